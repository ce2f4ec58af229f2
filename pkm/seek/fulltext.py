"""The full text of pages: for sources that give summaries only, and for saved pages that came without a text.

One connection a host, few pages a run, and no host that asked to wait; what is left comes the next time. A page's text
takes the place of the feed's only where it is longer, is about the same, and is no wall; the feed's own stays beside it.
Nothing here makes a pull fail.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Queue
from types import MappingProxyType
from urllib.parse import urlsplit

from pkm.dates import stamp
from pkm.errors import PkmError
from pkm.grouped import grouped
from pkm.net.failure import FetchError
from pkm.net.fetch import ACCEPT_PAGE, Fetcher, Response, may_be_local
from pkm.seek.clip import Page, read_page
from pkm.store import pages
from pkm.store.pages import FullText
from pkm.store.session import Store
from pkm.text import count

A_SOURCE = 30
"""Pages of one source in one run."""

A_RUN = 300
"""Pages of all sources in one run; what is left comes the next time."""

HOST_S = 60.0
"""A host gets no further request in a run when it has been asked for so long."""

READ_S = 60.0
"""Pages of a source wait for the next run when those before them took so long to read."""

LEAST = 200
"""Characters of a text that is worth the name."""

RETRIED = timedelta(days=14)
"""How long an item's page is asked for again where its host gave no answer."""

_THREADS = 8
_BATCH = 20
_SILENT = 2
_FINAL = {400, 401, 402, 403, 404, 405, 406, 410, 451}
_PAYWALL = re.compile(
    r"(?:subscribe|sign ?in|log ?in|register|join|upgrade)\b[^.]{0,40}\bto (?:continue|keep|read|unlock|access)"
    r"|already (?:a )?(?:subscriber|member)|(?:for|only for) (?:paid )?subscribers|subscribers? only|remaining free articles"
    r"|this (?:post|article|content|story) is for (?:paid|paying|subscri|members)|weiterlesen mit|nur für abonnenten"
    r"|jetzt abonnieren|réservé aux abonnés|exclusivo para suscriptores",
    re.I,
)
_BOT_WALL = re.compile(
    r"verify(?:ing)? (?:that )?you are (?:a )?human|enable javascript and cookies to continue|checking your browser"
    r"|are you a robot|unusual traffic from your|access denied|just a moment\.\.\.",
    re.I,
)
_LOCKED = re.compile(rb'"isAccessibleForFree"\s*:\s*(?:"?false)', re.I)

Wanted = Sequence[tuple[int, str]]
Trusted = Callable[[int, str], bool]
Origin = object


@dataclass(slots=True)
class TextsFilled:
    """How many items got their page's text, how many pages brought nothing better, how many gave no answer."""

    filled: int = 0
    no_better: int = 0
    failed: int = 0


def is_better(page: Page, title: str, summary: str, own: str, *, locked: bool = False) -> bool:
    """Whether a page's text says more of the item than its own does: longer, of the same matter, and no wall.

    locked: the page says of itself that it is not free to read.
    """
    text = page.text
    if len(text) < LEAST or len(text) <= len(own):
        return False
    end = text[-600:]
    if _BOT_WALL.search(text[:600]) and len(text) < 2000:
        return False
    if len(text) < 4000 and (locked or _PAYWALL.search(end)):
        return False
    told = _words(summary or own[:500])
    told = told if len(told) >= 5 else told | _words(title)
    return len(told) < 5 or len(told & _words(text)) >= 0.3 * len(told)  # a notice about cookies has the right title


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


def leads_elsewhere(asked: str, final: str) -> bool:
    """Whether the page of an article led to a front page instead."""
    before, after = urlsplit(asked), urlsplit(final)
    return before.path not in ("", "/") and after.path in ("", "/") and not after.query


def fill_sources(
    store: Store, sources: Mapping[int, str], at: datetime, waits: Mapping[str, datetime], local: Sequence[str] = (),
) -> TextsFilled:  # fmt: skip
    """The new items of these sources (address by id) have their pages' texts where those are better.

    At most A_SOURCE pages of each. A feed may name any address: one of this machine or its network is asked for only
    where the item's own feed has the same scheme, host and port, and may be there. waits: hosts that are not to be asked
    before a time. local: hosts that may be there though their names do not say so.
    What is finished is written, also where Ctrl-C ends it.
    """
    db, since = store.read(), stamp(at - RETRIED)
    wanted: list[tuple[int, str]] = []
    origins: dict[int, Origin] = {}
    whose: dict[int, int] = {}
    for number, address in sources.items():
        found = pages.without_full_text(db, number, since, A_SOURCE)
        wanted += found
        origins |= dict.fromkeys((item for item, _ in found), origin_of(address))
        whose |= dict.fromkeys((item for item, _ in found), number)
    return fill(store, wanted[:A_RUN], at, waits, journal=False, whose=whose,
                trusted=lambda item, url: origins[item] == origin_of(url) and may_be_local(url, local))  # fmt: skip


def origin_of(url: str) -> "Origin":
    """(scheme, host, port) of an address; what equals nothing else where it has none."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.hostname
        return (scheme, host, parts.port or {"http": 80, "https": 443}.get(scheme)) if host else object()
    except ValueError:
        return object()


def fill_imported(
    store: Store, limit: int, at: datetime, waits: Mapping[str, datetime],
    progress: Callable[[int, int, str], None] | None = None,
) -> TextsFilled:  # fmt: skip
    """Saved pages that came without a text have it, at most so many."""
    return fill(store, pages.imported_without_text(store.read(), limit), at, waits, journal=True, progress=progress)


def fill(
    store: Store, wanted: Wanted, at: datetime, waits: Mapping[str, datetime], *, journal: bool,
    trusted: Trusted = lambda item, url: True, progress: Callable[[int, int, str], None] | None = None,
    whose: Mapping[int, int] = MappingProxyType({}),
) -> TextsFilled:  # fmt: skip
    """The items (id, address) have their pages' texts where those are better; every page is asked for once.

    trusted: whether an item's address may be on this machine or its network. whose: the source of an item whose pages are
    not to take too long together.
    """
    done = TextsFilled()
    batch: list[FullText] = []
    if not wanted:
        return done
    addresses = dict(wanted)
    own = pages.own_texts(store.read(), addresses)
    took: Counter[int] = Counter()  # nanoseconds, by source
    try:
        for done_so_far, (number, got) in enumerate(_fetch_all(wanted, at, waits, trusted), 1):
            if progress is not None:
                progress(done_so_far, len(wanted), urlsplit(addresses[number]).hostname or "")
            source, started = whose.get(number), time.monotonic_ns()
            late = source is not None and took[source] > READ_S * 1e9
            found = None if late else _judge(number, got, addresses[number], own.get(number, ("", "", "")))
            if source is not None:
                took[source] += time.monotonic_ns() - started
            done.failed += found is None
            done.filled += bool(found and found.text)
            done.no_better += bool(found and not found.text)
            batch += [found] if found else []
            if len(batch) >= _BATCH:
                _write(store, batch, journal)
    finally:
        _write(store, batch, journal)
    return done


def _write(store: Store, batch: list[FullText], journal: bool) -> None:
    if batch:
        with store.unit(journal=journal) as unit:
            pages.fill(unit, batch)
            unit.summarize(f"texts of {count(len(batch), 'page')}")
        batch.clear()


def _judge(
    number: int, got: "Response | PkmError | None", address: str, own: tuple[str, str, str]
) -> FullText | None:  # fmt: skip
    """What a page brought; without a text where it is settled that it brings none; None: ask again the next time."""
    if got is None or (isinstance(got, FetchError) and got.status not in _FINAL):
        return None
    if isinstance(got, PkmError) or leads_elsewhere(address, got.final_url):
        return FullText(number)
    body = got.body or b""
    try:
        page = read_page(body, url=got.final_url, content_type=got.content_type)
    except PkmError:
        return FullText(number)
    if not is_better(page, *own, locked=bool(_LOCKED.search(body))):
        return FullText(number)
    return FullText(number, page.text, page.html)


def _fetch_all(
    wanted: Wanted, at: datetime, waits: Mapping[str, datetime], trusted: Trusted
) -> "Iterator[tuple[int, Response | PkmError | None]]":
    """(id, what its address gave) as they come: an answer, why there is none, or None where it was not asked."""
    hosts = grouped((urlsplit(url).hostname or "", (number, url)) for number, url in wanted)
    results: Queue[tuple[int, Response | PkmError | None]] = Queue()
    queue = sorted(hosts.items(), key=lambda item: -len(item[1]))
    stop = threading.Event()
    with Fetcher() as fetcher:
        for _ in range(min(_THREADS, len(queue))):
            threading.Thread(
                target=_fetch_hosts, args=(queue, fetcher, results, stop, at, waits, trusted), name="pkm-page",
                daemon=True,
            ).start()  # fmt: skip
        try:
            for _ in wanted:
                yield results.get()
        finally:
            stop.set()


def _fetch_hosts(
    queue: list[tuple[str, list[tuple[int, str]]]], fetcher: Fetcher,
    results: "Queue[tuple[int, Response | PkmError | None]]", stop: threading.Event, at: datetime,
    waits: Mapping[str, datetime], trusted: Trusted,
) -> None:  # fmt: skip
    while not stop.is_set():
        try:
            host, wanted = queue.pop(0)
        except IndexError:
            return
        closed = not host or (host in waits and waits[host] > at)
        started, silent = time.monotonic(), 0
        for number, url in wanted:
            if closed or stop.is_set() or silent >= _SILENT or time.monotonic() - started > HOST_S:
                results.put((number, None))
                continue
            got = _fetch(fetcher, url, trusted(number, url))
            if isinstance(got, FetchError):
                silent = silent + 1 if got.status is None else 0
                closed = got.status in (429, 503)
            results.put((number, got))


def _fetch(fetcher: Fetcher, url: str, trusted: bool) -> "Response | PkmError":
    try:
        return fetcher.fetch(url, accept=ACCEPT_PAGE, allow_private=trusted)
    except PkmError as error:
        return error
    except Exception as error:  # a thread that dies would leave the run waiting for ever
        return PkmError(url, type(error).__name__)
