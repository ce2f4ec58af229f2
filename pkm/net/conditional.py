"""Questions whether anything changed, put to many hosts at once by one thread: most are answered "no", in a few bytes.

A thread for each host costs a millisecond of processor time a question, most of it in handing the interpreter from one
to another; here it is a tenth of that. Whatever is no plain 304 is handed on to be read by net/fetch, with what came of
the answer so far: nothing is asked twice. Knows no redirects, no credentials and no proxies.
"""

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from pkm import text
from pkm.net.begun import Begun
from pkm.net.connect import is_private
from pkm.net.fetch import CONNECT_S, KEPT_HEADERS, TOTAL_S, Response, _ssl_context

TALKS = 128
"""Hosts that are asked at the same time."""

WAITING = 16
"""With so many talks handed on and not taken, no new one is begun: answers would wait too long for their reader."""

_NAMES = 16  # threads that look names up
_MOST_HEAD = 16_384  # bytes of an answer's head that are read here
_TICK_S = 0.2


class Question(NamedTuple):
    """url: an address, plain enough to be split at its slashes. words: the bytes that ask for it. what: the asker's own.

    public: whether it may be put to an address of the public internet alone.
    """

    url: str
    words: bytes
    what: Any
    public: bool = False


class Asker(Protocol):
    """Who wants to know. Called by the asking thread."""

    def unchanged(self, question: Question, response: Response) -> None:
        """The answer was 304."""

    def hand_on(self, questions: Sequence[Question], begun: Begun | None) -> None:
        """These questions to one host were not answered here; of the first one the answer may have begun."""

    def waiting(self) -> int:
        """How many that were handed on nobody has taken yet."""


def ask(hosts: Sequence[Sequence[Question]], asker: Asker, stop: threading.Event) -> None:
    """All questions are answered or handed on, unless stopped; those of one host one after the other."""
    _Round(hosts, asker, stop).run()


class _Talk:
    """What is said with one host."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.left = deque(questions)
        self.addresses: list[Any] = []
        self.sock: socket.socket | None = None
        self.origin = ""
        self.step: Callable[[], None] = lambda: None
        self.data = b""
        self.unsent = b""
        self.asked = False  # something of the question at hand is on its way
        self.reused = False
        self.started = self.deadline = 0.0
        self.events = 0


class _Round:
    def __init__(self, hosts: Sequence[Sequence[Question]], asker: Asker, stop: threading.Event) -> None:
        self._asker = asker
        self._stop = stop
        self._new = deque(_Talk(each) for each in hosts if each)
        self._open: set[_Talk] = set()
        self._named: deque[_Talk] = deque()  # their addresses are known
        self._unnamed: deque[_Talk] = deque()
        self._lookups = 0
        self._looking = threading.Condition()
        self._ready, self._wake = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        self._ready.setblocking(False)
        self._selector.register(self._ready, selectors.EVENT_READ, None)
        try:
            while (self._new or self._open) and not self._stop.is_set():
                self._begin_some()
                for key, _ in self._selector.select(_TICK_S):
                    if key.data is None:
                        with contextlib.suppress(BlockingIOError):
                            self._ready.recv(4096)
                    else:
                        self._go_on(key.data)
                while self._named:
                    self._connect(self._named.popleft())
                self._end_late()
        except Exception:  # whatever nobody foresaw: the others can still ask
            for talk in [*self._open, *self._new]:
                self._asker.hand_on(list(talk.left), None)
        finally:
            self._stop_looking()
            for talk in list(self._open):
                self._close(talk)
            self._selector.close()
            for each in (self._ready, self._wake):
                each.close()

    def _begin_some(self) -> None:
        while self._new and len(self._open) < TALKS and self._asker.waiting() < WAITING:
            talk = self._new.popleft()
            self._open.add(talk)
            self._find_host(talk)

    # names

    def _find_host(self, talk: _Talk) -> None:
        """The addresses of the next question's host are known, or will be."""
        talk.started = time.monotonic()
        talk.deadline = talk.started + TOTAL_S
        talk.origin = _origin(talk.left[0].url)
        try:
            talk.addresses = _look_up(talk.origin, socket.AI_NUMERICHOST)
        except OSError:
            with self._looking:
                self._unnamed.append(talk)
                if self._lookups < _NAMES:
                    self._lookups += 1
                    threading.Thread(target=self._look_names_up, name="pkm-names", daemon=True).start()
            return
        self._connect(talk)

    def _look_names_up(self) -> None:
        while True:
            with self._looking:
                if not self._unnamed:
                    self._lookups -= 1
                    return
                talk = self._unnamed.popleft()
            try:
                talk.addresses = _look_up(talk.origin)
            except (OSError, UnicodeError):
                talk.addresses = []
            self._named.append(talk)
            with contextlib.suppress(OSError):
                self._wake.send(b"n")

    def _stop_looking(self) -> None:
        with self._looking:
            self._unnamed.clear()

    # a connection

    def _connect(self, talk: _Talk) -> None:
        """A connection to the next address is under way; without one the host is handed on, whose error is told there."""
        if talk not in self._open:
            return  # it was late
        while talk.addresses:
            address = talk.addresses.pop(0)
            refused = talk.left[0].public and is_private(str(address[4][0]))
            talk.sock = None if refused else _start_connecting(*address)
            if talk.sock is None:
                continue
            talk.reused, talk.step = False, lambda: self._connected(talk)
            talk.deadline = time.monotonic() + CONNECT_S
            self._watch(talk, selectors.EVENT_WRITE)
            return
        self._give_up(talk)

    def _connected(self, talk: _Talk) -> None:
        assert talk.sock is not None
        if talk.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._drop(talk)
            self._connect(talk)
            return
        if talk.origin.startswith("https:"):
            self._unwatch(talk)
            name = _host_and_port(talk.origin)[0]
            talk.sock = _ssl_context().wrap_socket(talk.sock, server_hostname=name, do_handshake_on_connect=False)
            talk.step = lambda: self._shake_hands(talk)
            self._shake_hands(talk)
        else:
            self._ask(talk)

    def _shake_hands(self, talk: _Talk) -> None:
        assert isinstance(talk.sock, ssl.SSLSocket)
        if self._tried(talk, talk.sock.do_handshake):
            self._ask(talk)

    # a question

    def _ask(self, talk: _Talk) -> None:
        talk.deadline = talk.started + TOTAL_S
        talk.unsent, talk.data, talk.asked = talk.left[0].words, b"", True
        talk.step = lambda: self._send(talk)
        self._send(talk)

    def _send(self, talk: _Talk) -> None:
        assert talk.sock is not None
        sock = talk.sock
        sent = self._tried(talk, lambda: sock.send(talk.unsent))
        if sent is not None:
            talk.unsent = talk.unsent[sent:]
            if talk.unsent:
                self._watch(talk, selectors.EVENT_WRITE)
                return
            talk.step = lambda: self._receive(talk)
            self._watch(talk, selectors.EVENT_READ)

    def _receive(self, talk: _Talk) -> None:
        assert talk.sock is not None
        sock = talk.sock
        more = self._tried(talk, lambda: sock.recv(_MOST_HEAD))
        if more is None:
            return
        talk.data += more
        end = talk.data.find(b"\r\n\r\n")
        if not more or (end < 0 and len(talk.data) >= _MOST_HEAD) or (len(talk.data) > 12 and talk.data[8:13] != b" 304 "):
            self._give_up(talk)
        elif end >= 0:
            headers = read_unchanged(talk.data[:end])
            if headers is None:
                self._give_up(talk)
            else:
                self._take(talk, headers, kept=len(talk.data) == end + 4)

    def _take(self, talk: _Talk, headers: dict[str, str], *, kept: bool) -> None:
        question, elapsed = talk.left.popleft(), time.monotonic() - talk.started
        shown = {name: text.clean(value) for name, value in headers.items() if name in KEPT_HEADERS}
        talk.asked = False
        again = bool(talk.left) and kept and headers.get("connection", "").lower() != "close"
        if not again or _origin(talk.left[0].url) != talk.origin:
            self._drop(talk)
        self._asker.unchanged(question, Response(question.url, question.url, 304, None, shown, (), True, elapsed))
        if not talk.left:
            self._open.discard(talk)
        elif talk.sock is None:
            self._find_host(talk)
        else:
            talk.started, talk.reused = time.monotonic(), True
            self._ask(talk)

    # the end

    def _give_up(self, talk: _Talk) -> None:
        """Somebody else goes on with this host: with the answer where it has begun, else from the beginning."""
        begun = None
        is_late = time.monotonic() >= talk.deadline
        hung_up = talk.reused and not talk.data and not is_late
        if talk.sock is not None and talk.asked and not hung_up:
            self._unwatch(talk)
            begun = Begun(talk.left[0].url, talk.sock, talk.data, is_late)
            talk.sock = None
        self._close(talk)
        self._asker.hand_on(list(talk.left), begun)

    def _end_late(self) -> None:
        now = time.monotonic()
        for talk in [each for each in self._open if each.deadline <= now]:
            if talk.sock is not None and not talk.asked and talk.addresses:
                self._drop(talk)
                self._connect(talk)
            else:
                self._give_up(talk)

    def _close(self, talk: _Talk) -> None:
        self._drop(talk)
        self._open.discard(talk)

    def _drop(self, talk: _Talk) -> None:
        if talk.sock is not None:
            self._unwatch(talk)
            talk.sock.close()
            talk.sock = None

    # the selector

    def _go_on(self, talk: _Talk) -> None:
        if talk.sock is not None:
            talk.step()

    def _tried(self, talk: _Talk, act: Callable[[], Any]) -> Any:
        """What it gives (True for nothing); None where it has to wait, or failed and the talk is over here."""
        try:
            done = act()
        except ssl.SSLWantReadError:
            self._watch(talk, selectors.EVENT_READ)
        except ssl.SSLWantWriteError:
            self._watch(talk, selectors.EVENT_WRITE)
        except BlockingIOError:
            self._watch(talk, selectors.EVENT_WRITE if talk.unsent else selectors.EVENT_READ)
        except OSError:
            self._give_up(talk)
        else:
            return True if done is None else done
        return None

    def _watch(self, talk: _Talk, events: int) -> None:
        assert talk.sock is not None
        if talk.events != events:
            (self._selector.modify if talk.events else self._selector.register)(talk.sock, events, talk)
            talk.events = events

    def _unwatch(self, talk: _Talk) -> None:
        if talk.events:
            assert talk.sock is not None
            self._selector.unregister(talk.sock)
            talk.events = 0


def read_unchanged(head: bytes) -> dict[str, str] | None:
    """The headers of a 304, by their names in lower case; None where it is none, or one that takes a reader of its own."""
    status, *lines = head.split(b"\r\n")
    if not status.startswith(b"HTTP/1.1 304"):
        return None
    found: dict[str, str] = {}
    for line in lines:
        raw, colon, value = line.partition(b":")
        if not colon or not raw.replace(b"-", b"").isalnum() or b"\r" in value or b"\n" in value:
            return None
        name, told = raw.decode("ascii").lower(), value.decode("iso-8859-1").strip(" \t")
        found[name] = f"{found[name]}, {told}" if name in found else told
    return None if "transfer-encoding" in found else found


def _origin(url: str) -> str:
    return url[: url.index("/", 8)]


def _host_and_port(origin: str) -> tuple[str, int]:
    scheme, _, rest = origin.partition("://")
    host, _, port = rest.partition(":")
    return host, int(port) if port else {"http": 80, "https": 443}[scheme]


def _start_connecting(family: int, kind: int, protocol: int, _: str, address: Any) -> socket.socket | None:
    """A socket that is on its way to that address; None where there is no way."""
    sock = None
    try:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BlockingIOError):
            sock.connect(address)
    except OSError:
        if sock is not None:
            sock.close()
        return None
    return sock


def _look_up(origin: str, flags: int = 0) -> list[Any]:
    host, port = _host_and_port(origin)
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags))
