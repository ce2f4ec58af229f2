"""A folder on an IMAP server, read and never changed: EXAMINE and BODY.PEEK, so that nothing is even marked as seen.

Headers first: of a personal letter no more is asked for. Sources: RFC 3501 (IMAP4rev1; UIDVALIDITY in 2.3.1.1, the
folder names' encoding in 5.1.3), RFC 8314 (TLS).
"""

import base64
import contextlib
import errno
import imaplib
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from pkm.errors import Invalid, NotFound
from pkm.net.failure import FetchError
from pkm.net.fetch import _ssl_context
from pkm.net.letters import MAX_LETTER, Place, Reading, Wanted
from pkm.secret import hide, is_loopback
from pkm.text import one_line

CONNECT_S, ANSWER_S = 5.0, 20.0
WHOLE_S = 600.0
"""The longest that one reading takes; the rest comes the next time."""

_HEADERS_AT_ONCE = 200
_LETTERS_AT_ONCE = 20
_UID = re.compile(rb"\bUID (\d+)")
_LIST_HEADERS = ("LIST-ID", "LIST-UNSUBSCRIBE", "PRECEDENCE")
_SENT = re.compile(rb'\((?P<flags>[^()]*)\) (?:NIL|"(?:\\.|[^"\\])*") (?P<name>"(?:\\.|[^"\\])*"|[^\s"(){]+)')
_SENT_NAMES = ("sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente")


class _Tls(imaplib.IMAP4_SSL):
    """TLS from the first byte. A literal that is larger than any letter ends the connection."""

    def read(self, size: int) -> bytes:
        """What the server sends, refused where it announces too much."""
        _refuse_large(size)
        return super().read(size)


class _Plain(imaplib.IMAP4):
    """Without TLS, until STARTTLS."""

    def read(self, size: int) -> bytes:
        """What the server sends, refused where it announces too much."""
        _refuse_large(size)
        return super().read(size)


def _refuse_large(size: int) -> None:
    if size > MAX_LETTER + 65536:
        raise imaplib.IMAP4.abort("the server announces more than a letter may have")


class ImapReading(Reading):
    """The letters of a folder on a server that have come since the last time, by UIDVALIDITY and UID.

    headers: those that `wanted` looks at. since: where the cursor knows nothing, only what came since that day is looked at.
    """

    def __init__(
        self, url: str, place: Place, cursor: str | None, wanted: Wanted, secret: str,
        headers: Sequence[str] = _LIST_HEADERS, since: date | None = None,
    ) -> None:  # fmt: skip
        super().__init__(cursor, wanted)
        self._url = url
        self._place = place
        self._headers = f"BODY.PEEK[HEADER.FIELDS ({' '.join(headers)})]"
        self._since = since
        if not place.user or not place.host:
            raise Invalid(url, "it should name who logs in and where", next="imaps://ann@mail.example.org/Newsletters")
        if not secret:
            raise NotFound(f"the password of {place.user}", "the source has no credential")
        self._secret = secret

    def __iter__(self) -> Iterator[bytes]:
        with _explained(self._url), _logged_in(self._url, self._place, self._secret) as server:
            validity, following = _examine(server, self._url, self._place.path)
            known = self._known()
            first = int(known.get("next") or 1) if known.get("validity") == validity else 1
            begins = self._since if first == 1 else None
            numbers = _came_since(server, begins) if begins else _numbers(server, first)
            for batch in _batches(sorted(numbers, reverse=True), _HEADERS_AT_ONCE):
                yield from self._read(server, batch)
            following = max([following, first, *(number + 1 for number in numbers)])
            self.cursor = json.dumps({"validity": validity, "next": following})

    def _read(self, server: imaplib.IMAP4, numbers: Sequence[int]) -> Iterator[bytes]:
        wanted = numbers
        if not self._place.all_mail:
            heads = _fetch(server, numbers, self._headers)
            wanted = [number for number in numbers if number in heads and self._is_wanted(heads[number])]
        for batch in _batches(wanted, _LETTERS_AT_ONCE):
            letters = _fetch(server, batch, f"BODY.PEEK[]<0.{MAX_LETTER}>")
            yield from (letters[number] for number in batch if number in letters)


def _batches(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for at in range(0, len(numbers), size):
        yield numbers[at : at + size]


@contextlib.contextmanager
def _explained(url: str) -> Iterator[None]:
    """What goes wrong with the server, in plain words."""
    try:
        yield
    except socket.gaierror as error:
        raise FetchError(url, "no such host", offline=True) from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError(url, f"its certificate is not to be trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise FetchError(url, "no secure connection can be made with it") from error
    except TimeoutError as error:
        raise FetchError(url, "no answer in time") from error
    except ConnectionRefusedError as error:
        raise FetchError(url, "connection refused") from error
    except OSError as error:
        if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL):
            raise FetchError(url, "no way to it through the network", offline=True) from error
        raise FetchError(url, f"the connection broke: {error.strerror or 'it was closed'}") from error
    except imaplib.IMAP4.abort as error:
        closed = "EOF" in str(error) or "socket error" in str(error)
        why = "the server closed the connection" if closed else f"the server's answer cannot be used: {_words(error)}"
        raise FetchError(url, why) from error
    except imaplib.IMAP4.error as error:
        raise FetchError(url, f"the server's answer cannot be used: {_words(error)}") from error
    except (ValueError, IndexError, TypeError, AttributeError) as error:
        raise FetchError(url, "the server's answer is no IMAP that can be read") from error


def _words(error: Exception) -> str:
    return one_line(hide(str(error)), 200)


@contextlib.contextmanager
def _logged_in(url: str, place: Place, secret: str) -> Iterator[imaplib.IMAP4]:
    """A connection that is logged in, cut off after WHOLE_S whatever the server does."""
    server = _connect(url, place)
    watch = threading.Timer(WHOLE_S, _cut, [server])
    watch.daemon = True
    watch.start()
    try:
        _log_in(server, url, place.user, secret)
        yield server
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            server.logout()
    finally:
        watch.cancel()
        _cut(server)


def _connect(url: str, place: Place) -> imaplib.IMAP4:
    """Secured: TLS from the start, or by STARTTLS before anything is said; plain to this machine alone."""
    server: imaplib.IMAP4
    if place.scheme == "imaps":
        server = _Tls(place.host, place.port or 993, ssl_context=_ssl_context(), timeout=CONNECT_S)
    else:
        server = _Plain(place.host, place.port or 143, timeout=CONNECT_S)
    server.sock.settimeout(ANSWER_S)
    if place.scheme == "imap":
        if "STARTTLS" in server.capabilities:
            server.starttls(_ssl_context())
        elif not is_loopback(str(server.sock.getpeername()[0])):
            _cut(server)
            raise FetchError(url, "the server offers no TLS; a password is not sent in the open")
    return server


def _log_in(server: imaplib.IMAP4, url: str, user: str, secret: str) -> None:
    try:
        if user.isascii() and secret.isascii() and "LOGINDISABLED" not in server.capabilities:
            server.login(user, secret)
        else:
            server.authenticate("PLAIN", lambda _: f"\0{user}\0{secret}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:  # its words may repeat what was sent
        raise FetchError(url, f"the server does not let {user} in: the password, or the way to log in", status=401) from None


def _cut(server: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError):
        server.sock.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError, imaplib.IMAP4.error):
        server.shutdown()


def _examine(server: imaplib.IMAP4, url: str, path: str) -> tuple[int, int]:
    """(UIDVALIDITY, UIDNEXT or 0) of the folder, which is open for reading alone."""
    name = path.strip("/") or "INBOX"
    kind, said = server.select(f'"{_encode(name)}"', readonly=True)
    if kind != "OK":
        words = one_line(hide(str(said[0] or b"", "utf-8", "replace")), 200) if said else ""
        raise FetchError(url, f"there is no folder {one_line(name, 100)}: {words}")
    return _said(server, "UIDVALIDITY"), _said(server, "UIDNEXT")


def _said(server: imaplib.IMAP4, name: str) -> int:
    value = server.response(name)[1][0]
    return int(value) if value else 0


def _encode(name: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7, quoted."""

    def shift(found: re.Match[str]) -> str:
        packed = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{packed}-"

    encoded = re.sub("[^\x20-\x7e]+", shift, name.replace("&", "&-"))
    return encoded.replace("\\", "\\\\").replace('"', '\\"')


def _numbers(server: imaplib.IMAP4, first: int) -> list[int]:
    """The UIDs from `first` on. A range to the end holds the last letter in any case, hence the comparison."""
    found = []
    for line in _asked(server.uid("FETCH", f"{first}:*", "(UID)")):
        uid = _UID.search(line) if isinstance(line, bytes) else None
        found += [int(uid[1])] if uid else []
    return sorted({number for number in found if number >= first})


def _came_since(server: imaplib.IMAP4, day: date) -> list[int]:
    """The UIDs of what came on that day or later, as the server's own clock has it."""
    # IMAP's months are English, whatever the locale says
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][day.month - 1]
    return _found(server, "SINCE", f"{day.day:02d}-{month}-{day.year}")


def _found(server: imaplib.IMAP4, *asked: str) -> list[int]:
    """The UIDs that a search gives."""
    lines = _asked(server.uid("SEARCH", *asked))
    return sorted({int(word) for line in lines if isinstance(line, bytes) for word in line.split() if word.isdigit()})


def _fetch(server: imaplib.IMAP4, numbers: Sequence[int], what: str) -> dict[int, bytes]:
    """What the server holds of each of these letters."""
    found: dict[int, bytes] = {}
    if not numbers:
        return found
    lines = _asked(server.uid("FETCH", ",".join(map(str, numbers)), f"(UID {what})"))
    for line, after in zip(lines, [*lines[1:], b""], strict=True):
        if not isinstance(line, tuple):
            continue
        # The number stands before the letter, or behind it.
        uid = _UID.search(line[0]) or (_UID.search(after) if isinstance(after, bytes) else None)
        if uid and int(uid[1]) in numbers:
            found[int(uid[1])] = line[1]
    return found


def _asked(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, lines = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"FETCH: {lines[0]!r}" if lines else "FETCH")
    return [line for line in lines if line is not None]


def check_folder(url: str, place: Place, secret: str) -> None:
    """The folder can be read. Raises FetchError where not."""
    with _explained(url), _logged_in(url, place, secret) as server:
        _examine(server, url, place.path)


@contextlib.contextmanager
def searching(url: str, place: Place, secret: str) -> Iterator[Callable[[str], bool]]:
    """Whether a letter of that Message-ID (without its brackets) lies in the folder, or where the server keeps what was sent.

    Raises FetchError, while the block asks too.
    """
    with _explained(url), _logged_in(url, place, secret) as server:
        _examine(server, url, place.path)
        folders = [f'"{_encode(place.path.strip("/") or "INBOX")}"', *_folders_of_sent(server)]

        def has(ident: str) -> bool:
            for folder in folders:
                if server.select(folder, readonly=True)[0] == "OK" and _found(server, "HEADER", "Message-ID", f'"<{ident}>"'):
                    return True
            return False

        yield has


def _folders_of_sent(server: imaplib.IMAP4) -> list[str]:
    """Folders that keep what was sent, by the mark of RFC 6154 or, where the server marks none, by name; as it writes them."""
    kind, lines = server.list()
    found = [_SENT.fullmatch(line) for line in lines if isinstance(line, bytes)] if kind == "OK" else []
    there = [(one["flags"].lower().split(), one["name"].decode("ascii", "replace")) for one in found if one]
    marked = [name for flags, name in there if rb"\sent" in flags]
    return marked or [name for _, name in there if re.split(r"[./]", name.strip('"'))[-1].lower() in _SENT_NAMES]
