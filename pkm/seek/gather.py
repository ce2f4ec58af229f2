"""The gathering of a pull: many sources fetched at once and read, one connection a host. Values in, values out.

Threads wait for the network, processes read what changed (parsing is what a pull costs), and bounded queues between
them keep few bodies in memory whatever the feeds send. Knows no store and no plan.
"""

import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from queue import Empty, Full, Queue
from types import TracebackType
from typing import Self, TypeVar

from pkm.errors import PkmError
from pkm.net.begun import Begun
from pkm.net.conditional import Question, ask
from pkm.net.failure import FetchError
from pkm.net.fetch import LOCAL, Fetcher, Response, read_file
from pkm.net.mailbox import is_mailbox
from pkm.net.times import fresh_seconds, in_words
from pkm.seek.credential import Credentials
from pkm.seek.decide import Facts, Fetched, may_ask_conditionally
from pkm.seek.mailbox import read_mailbox
from pkm.seek.reading import Body, Reader, broken, start_readers
from pkm.seek.rhythm import Asked

THREADS = 64
"""Hosts that are asked at the same time."""

SILENT = 3
"""After so many fetches in a row that got no answer at all, the rest of a host's sources are left for another time."""

UNREACHED = 8
"""After so many hosts that cannot be looked up, and none reached, the network is taken to be away."""

AHEAD = 6000
"""Entries that may wait to be written: what is read while a batch is being written, so that no reader waits for that."""

_LONG = 8000  # characters of an entry that counts as more than one

FEW = 3
"""With fewer hosts than this, one question each, threads are as fast as one that asks them all."""

_POLL_S = 0.2
T = TypeVar("T")


class Gathering:
    """A run over some sources. In a `with`, iterate to get (facts, fetched) of each, as they come; leaving stops it.

    waits: hosts that are not to be asked before a time, since they said so earlier. given: the feed itself, for the one
    source that there is then. known: for each source the hashes of the entries that need not be read again. local: hosts
    that may be on this machine or its network though their names do not say so.
    """

    def __init__(
        self, sources: Sequence[Facts], now: datetime, waits: Mapping[str, datetime] | None = None,
        given: bytes | None = None, known: Mapping[int, bytes] | None = None, local: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._now = now
        self._known = known or {}
        self._given = given
        self._waits = waits or {}
        self._total = len(sources)
        self._lines = deque(_Line(host, its) for host, its in _by_host(sources))
        self._running = 0  # threads that fetch
        self._lock = threading.Lock()
        self._readers = start_readers(len(sources), sum(facts.fetched_at is None for facts in sources))
        self._fetcher = Fetcher(local=local)
        self._network = _Network()
        self._credentials = Credentials()
        self._stop = threading.Event()
        self._bodies: Queue[tuple[Facts, Body, Fetched]] = Queue(2 * len(self._readers))
        self._results: Queue[tuple[Facts, Fetched]] = _Weighed(AHEAD)

    def __enter__(self) -> Self:
        questions = self._take_questions()
        if questions:
            threading.Thread(target=ask, args=(questions, self, self._stop), name="pkm-ask", daemon=True).start()
        for _ in range(min(THREADS, len(self._lines))):
            self._start_fetching()
        for reader in self._readers:
            threading.Thread(target=self._read_bodies, args=(reader,), name="pkm-read", daemon=True).start()
        return self

    def __iter__(self) -> Iterator[tuple[Facts, Fetched]]:
        left = self._total
        while left:
            facts, fetched = self._results.get()
            left -= not fetched.more
            yield facts, fetched

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._fetcher.close()
        for reader in self._readers:
            reader.close()

    def _take_questions(self) -> list[list[Question]]:
        """For each host where nothing stands against it: the questions whether anything changed, its first sources'.

        What is left, or turns out to be more than a question, is fetched.
        """
        taken, rest = list[list[Question]](), deque["_Line"]()
        for line in self._lines:
            questions = [] if line.host in self._waits else [self._question(facts) for facts in line.sources]
            plain = [question for question in questions if question is not None]
            if len(plain) < 2 and len(self._lines) < FEW:
                plain = []  # a thread does it as fast
            if plain:
                taken.append(plain)
            asked = {question.what.id for question in plain}
            left = [facts for facts in line.sources if facts.id not in asked]
            if left:
                rest.append(_Line(line.host, left))
        self._lines = rest
        return taken

    def _question(self, facts: Facts) -> Question | None:
        if self._given is not None or facts.credential or is_mailbox(facts.url) or not may_ask_conditionally(facts, self._now):
            return None
        words = self._fetcher.words(
            facts.url, etag=facts.etag, modified=facts.modified, user_agent=facts.user_agent
        )
        return None if words is None else Question(facts.url, words, facts, not self._fetcher.may_be_local(facts.url))

    def unchanged(self, question: Question, response: Response) -> None:
        """The source is as it was."""
        self._network.reached()
        self._put(self._results, (question.what, _told(response, self._now)))

    def hand_on(self, questions: Sequence[Question], begun: Begun | None) -> None:
        """A thread goes on with these sources of a host, first of all with the answer that has begun."""
        line = _Line(_host_of(questions), [question.what for question in questions], begun)
        with self._lock:
            (self._lines.append if begun is None else self._lines.appendleft)(line)
        self._start_fetching()

    def waiting(self) -> int:
        """How many answers that have begun no thread has taken yet."""
        return sum(line.begun is not None for line in tuple(self._lines))

    def _start_fetching(self) -> None:
        with self._lock:
            if self._running >= THREADS:
                return
            self._running += 1
        threading.Thread(target=self._fetch_lines, name="pkm-fetch", daemon=True).start()

    def _fetch_lines(self) -> None:
        while True:
            with self._lock:
                if not self._lines or self._stop.is_set():
                    self._running -= 1
                    return
                line = self._lines.popleft()
            self._fetch_line(line)

    def _fetch_line(self, line: "_Line") -> None:
        """One after the other, so that a host sees one connection; when it asks to wait, the others wait as well."""
        host, now = line.host, self._now
        while line.sources:
            if self._stop.is_set():
                return
            facts, begun = line.sources.pop(0), line.begun
            held = _waiting(self._waits[host], now) if host in self._waits else line.held
            line.begun = None
            got = held or (self._network.away() if host and begun is None else None) or self._fetch(facts, begun)
            if isinstance(got, Fetched):
                self._put(self._results, (facts, got))
                line.silent = line.silent + 1 if host and got.failure and got.status is None and not got.unasked else 0
                line.held = held or _hold(host, got, line.silent, now)
            else:
                line.silent = 0
                body, told = got
                if self._may_leave_out(facts, told):
                    body = body._replace(known=self._known[facts.id])
                self._put(self._bodies, (facts, body, told))
            if begun is not None and line.sources:  # the answers of others have begun as well
                with self._lock:
                    self._lines.append(line)
                return

    def _may_leave_out(self, facts: Facts, told: Fetched) -> bool:
        """Whether entries that are known need not be read: now and then all of them are."""
        return facts.id in self._known and not told.partial and may_ask_conditionally(facts, self._now)

    def _fetch(self, facts: Facts, begun: Begun | None = None) -> "Fetched | tuple[Body, Fetched]":
        """What the source gave: an end already, or a body to read with what is known beside it."""
        try:
            if self._given is not None:
                return _compare(facts, Body(facts.url, "", self._given, facts.identity), Fetched(), conditional=True)
            if facts.url[:5].lower() == "file:":
                body = Body(facts.url, "", read_file(facts.url), facts.identity)
                return _compare(facts, body, Fetched(), may_ask_conditionally(facts, self._now))
            if is_mailbox(facts.url):
                return self._read_mailbox(facts)
            return self._ask(facts, begun)
        except FetchError as error:
            if error.offline:
                self._network.missed(error.why)
            else:
                self._network.reached()
            where = f"; where that is meant: pkm config seek.local {facts.host}" if error.why == LOCAL else ""
            return Fetched(
                failure=f"{error.why}{where}", status=error.status, not_before=error.retry_after, offline=error.offline
            )
        except PkmError as error:
            return Fetched(failure=error.why)
        except Exception as error:  # a thread that ends gives no result, and the pull would wait for it for ever
            return broken(error)

    def _read_mailbox(self, facts: Facts) -> Fetched:
        """The last of a mailbox's letters; those before it go ahead, since all together may be too many to hold."""
        before = None
        for fetched in read_mailbox(facts):
            if before is not None:
                self._put(self._results, (facts, before))
            if self._stop.is_set():
                break
            before = fetched
        self._network.reached()
        return before or Fetched()

    def _ask(self, facts: Facts, begun: Begun | None) -> "Fetched | tuple[Body, Fetched]":
        conditional = may_ask_conditionally(facts, self._now)
        try:
            secret = self._credentials.headers(facts.credential)
        except PkmError as error:
            return Fetched(failure=str(error), unasked=True)
        response = self._fetcher.fetch(
            facts.url, etag=facts.etag if conditional else None, modified=facts.modified if conditional else None,
            headers=secret, user_agent=facts.user_agent, begun=begun, allow_private=self._fetcher.may_be_local(facts.url),
        )  # fmt: skip
        self._network.reached()
        told = _told(response, self._now)
        if response.not_modified or response.body is None:
            return told
        body = Body(response.final_url, response.content_type, response.body, facts.identity)
        return _compare(facts, body, told, conditional)

    def _read_bodies(self, reader: Reader) -> None:
        while not self._stop.is_set():
            try:
                facts, body, told = self._bodies.get(timeout=_POLL_S)
            except Empty:
                continue
            self._put(self._results, (facts, _joined(told, reader.read(body))))

    def _put(self, queue: "Queue[T]", value: T) -> None:
        while not self._stop.is_set():
            try:
                queue.put(value, timeout=_POLL_S)
            except Full:
                continue
            return


class _Line:
    """The sources of one host that wait to be fetched. held: what the rest of them gets; begun: the answer to the first."""

    def __init__(self, host: str, sources: Sequence[Facts], begun: Begun | None = None) -> None:
        self.host = host
        self.sources = list(sources)
        self.begun = begun
        self.held: Fetched | None = None
        self.silent = 0


def _host_of(questions: Sequence[Question]) -> str:
    facts: Facts = questions[0].what
    return facts.host


class _Weighed(Queue["tuple[Facts, Fetched]"]):
    """A queue that holds so many entries, a long one counting as several; what brings none is as heavy as one."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._weight = 0

    def _qsize(self) -> int:
        return self._weight

    def _put(self, item: tuple[Facts, Fetched]) -> None:
        super()._put(item)
        self._weight += _weigh(item[1])

    def _get(self) -> tuple[Facts, Fetched]:
        item: tuple[Facts, Fetched] = super()._get()
        self._weight -= _weigh(item[1])
        return item


def _weigh(fetched: Fetched) -> int:
    entries = [entry for _, entry in fetched.entries] + [letter.entry for letter in fetched.letters]
    return 1 + sum(1 + (len(entry.html) + len(entry.text)) // _LONG for entry in entries)


class _Network:
    """Whether there seems to be a network at all, as all threads see it."""

    def __init__(self) -> None:
        self._any = False
        self._missed = 0
        self._why = ""

    def reached(self) -> None:
        """A server answered, or refused to: there is a network."""
        self._any = True

    def missed(self, why: str) -> None:
        """A host was not found, or no way led to it."""
        self._missed += 1
        self._why = why

    def away(self) -> Fetched | None:
        """What to say of a source without asking, once it is plain that there is no network."""
        if self._any or self._missed < UNREACHED:
            return None
        return Fetched(failure=self._why, offline=True)


def _by_host(sources: Sequence[Facts]) -> list[tuple[str, list[Facts]]]:
    """The sources of each host; those with the most first, since they take longest. Files have the host ""."""
    hosts: dict[str, list[Facts]] = defaultdict(list)
    for facts in sources:
        hosts[facts.host].append(facts)
    return sorted(hosts.items(), key=lambda item: -len(item[1]))


def _hold(host: str, got: Fetched, silent: int, now: datetime) -> Fetched | None:
    """What the other sources of a host get, where the host is not to be asked again in this run."""
    if got.host_waits and got.not_before is not None:
        return _waiting(got.not_before, now)
    if silent >= SILENT and not got.offline:
        return Fetched(failure=f"not asked: {host} gave no answer {silent} times", held=True)
    return None


def _waiting(until: datetime, now: datetime) -> Fetched:
    return Fetched(failure=f"its host waits until {in_words(until, now)}", not_before=until, held=True)


def _told(response: Response, now: datetime) -> Fetched:
    return Fetched(
        etag=response.headers.get("etag"), modified=response.headers.get("last-modified"),
        moved_to=response.moved_to, unchanged=response.not_modified, partial=response.status == 226,
        asked=Asked(fresh_s=fresh_seconds(response.headers, now)),
    )  # fmt: skip


def _compare(facts: Facts, body: Body, told: Fetched, conditional: bool) -> "Fetched | tuple[Body, Fetched]":
    """The very bytes of the last time need no reading; servers without validators, or with wrong ones, are many.

    Where the question was unconditional for a change, they are read all the same: what the feed asks for counts anew.
    """
    digest = hashlib.sha256(body.data).hexdigest()[:32]
    if digest == facts.body_hash and conditional:
        return replace(told, body_hash=digest, unchanged=True)
    return body, replace(told, body_hash=digest)


def _joined(told: Fetched, read: Fetched) -> Fetched:
    if read.failure:
        return read
    return replace(
        read, etag=told.etag, modified=told.modified, body_hash=told.body_hash, moved_to=told.moved_to,
        partial=told.partial, hashes=None if told.partial else read.hashes, asked=replace(read.asked, fresh_s=told.asked.fresh_s),
    )  # fmt: skip
