"""The reading of bodies: feeds out of bytes, in processes of their own where that pays or where a body may be a trap.

A process that takes too long over one body, or dies of it, is replaced, and only that body's source fails.
"""

import contextlib
import os
import select
import signal
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, NoReturn

from pkm.errors import PkmError
from pkm.seek.decide import Fetched
from pkm.seek.rhythm import Asked

PAYS_FROM = 8
"""With more sources than this, reading goes to processes of its own; below, starting them costs more than it gives."""

LARGE = 50_000
"""Bytes from which a body is read in a process of its own also where sources are few."""

READ_S = 20.0
"""Seconds of processor time that the reading of one body may take; three times as many by the clock."""

_SMALLEST = b"<rss version='2.0'><channel><item><title>a</title><description>&lt;p>b&lt;/p></description></item></channel></rss>"
_KILLED = "reading it took too much memory or broke the parser"


class Body(NamedTuple):
    """What is to be read: the bytes of a feed, and what the server said of them.

    known: hashes of the entries that were read before and need not be read again (seek/entry_bytes).
    """

    url: str
    content_type: str
    data: bytes
    identity: str | None
    known: bytes = b""


def read_body(body: Body) -> Fetched:
    """The feed in the bytes, its entries told apart by the source's rung, or the reason why there is none.

    Entries that are known by their bytes are left out.
    """
    from pkm.seek.entry_bytes import cut_known
    from pkm.seek.identity import choose_scheme, distinct
    from pkm.seek.parse import parse_feed

    is_xml = body.data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    cut = cut_known(body.data, body.known if body.identity else b"") if is_xml else None
    was_cut = cut is not None and len(cut.document) < len(body.data)
    try:
        feed = parse_feed(cut.document if cut else body.data, url=body.url, content_type=body.content_type)
    except PkmError as error:
        return read_body(body._replace(known=b"")) if was_cut else Fetched(failure=error.why)
    except Exception as error:
        return broken(error)
    if was_cut and not feed.separable:  # what was cut may have said something of the rest
        return read_body(body._replace(known=b""))
    scheme = body.identity or (choose_scheme(feed.entries) if feed.entries else None)
    entries = tuple(distinct(feed.entries, scheme or "guid"))
    alone = feed.separable and cut and cut.left == len(feed.entries) == len(entries)  # of doubles none may be left out
    return Fetched(
        title=feed.title, site_url=feed.site_url, description=feed.description, scheme=scheme, entries=entries,
        asked=Asked(ttl_s=feed.ttl_s, skip_hours=feed.skip_hours, skip_days=feed.skip_days),
        hashes=cut.hashes if cut and alone else b"",
    )  # fmt: skip


def broken(error: Exception) -> Fetched:
    """The failure where pkm itself is at fault: one source never stops the others."""
    return Fetched(failure=f"pkm cannot read it, and should ({type(error).__name__})")


class Reader:
    """Reads bodies in this process."""

    def read(self, body: Body) -> Fetched:
        """What is in the bytes."""
        return read_body(body)

    def close(self) -> None:
        """Nothing is left behind."""


class ChildReader(Reader):
    """Reads bodies in a process of its own, which ends when this one closes the pipe, or dies.

    least: bytes of a body below which it is read here. ready: it loads what it reads with before it is asked.
    """

    def __init__(self, context: Any, others: "Sequence[ChildReader]", least: int = 0, *, ready: bool = False) -> None:
        self._least = least
        self._pipe, theirs = context.Pipe()
        inherited = [self._pipe, *(other._pipe for other in others)]
        self._process = context.Process(target=_serve, args=(theirs, inherited, ready), daemon=True)
        # The child is born deaf to Ctrl-C, which is the parent's to handle: it may be pressed before the child says so itself.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self._dead = False

    def read(self, body: Body) -> Fetched:
        """What is in the bytes; a body that kills its reader, or keeps it too long, is a failure."""
        if self._dead or len(body.data) < self._least:
            return read_body(body)
        try:
            self._pipe.send(body)
            answer: Fetched = self._pipe.recv()
        except Exception:  # the end of the pipe, or half an answer: nothing more comes that could be trusted
            self._dead = True
            return Fetched(failure=_KILLED)
        return answer

    def close(self) -> None:
        """The process is gone."""
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._process.terminate()
        self._process.join(1)


def start_readers(sources: int, fresh: int = 0) -> list[Reader]:
    """The readers of a run, made before its threads: a fork of a process with threads may copy a lock that is held.

    fresh: so many sources were never read: where they are most, the readers make ready while the first answers come.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if sys.platform != "linux":
        return [Reader()]
    context = get_context("fork")
    if sources <= PAYS_FROM or cores < 2:
        # Two, so that the others need not wait behind one that takes long.
        number, least = max(1, min(2, sources)), LARGE
    else:
        number, least = min(cores, 8), 0
    children: list[ChildReader] = []
    for _ in range(number):
        children.append(ChildReader(context, children, least, ready=not least and 2 * fresh > sources))
    return list(children)


def _serve(pipe: Connection, inherited: Sequence[Connection], ready: bool) -> None:
    """Keeps one worker at the pipe until its other end is closed: one that dies is told of and replaced.

    The worker is made when the first body comes: most pulls of few sources have none that is read here. Forks from here
    are safe at any time, since this process has no thread.
    """
    worker = 0

    def stop(*_: object) -> None:
        if worker:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself a moment ago
                os.kill(worker, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    for other in inherited:  # else the pipe would stay open when the parent dies
        other.close()
    if ready:
        read_body(Body("", "", _SMALLEST, None))
    while _is_asked(pipe):
        worker = os.fork()
        if not worker:
            _work(pipe)
        signal.signal(signal.SIGTERM, stop)
        ended = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        worker = 0
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if ended == 0:
            return
        late = ended in (-signal.SIGPROF, -signal.SIGALRM)
        with contextlib.suppress(OSError):
            pipe.send(Fetched(failure="reading it took too long" if late else _KILLED))


def _is_asked(pipe: Connection) -> bool:
    """A body waits in the pipe; False once the other end was closed."""
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    return not any(flags & (select.POLLHUP | select.POLLERR) for _, flags in waiting.poll())


def _work(pipe: Connection) -> NoReturn:
    """A worker's process: bodies in, feeds out. The system ends it where one body takes too long, whoever runs then."""
    import gc

    for each in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(each, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.nice(5)  # the one writer goes first: readers that run ahead of it only make it wait
    gc.disable()  # a feed is short-lived and its garbage has few cycles: collected once a body instead
    with contextlib.suppress(EOFError, OSError):
        while True:
            body = pipe.recv()
            _set_limits(READ_S)
            fetched = read_body(body)
            _set_limits(0)
            pipe.send(fetched)
            del body, fetched  # what was sent is let go of first: collected, it would be walked through
            gc.collect(1)
    os._exit(0)


def _set_limits(seconds: float) -> None:
    """The process ends after so much processor time, or three times that by the clock; 0: never."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 3 * seconds)
