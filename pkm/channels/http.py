"""One call of an API over HTTP, made once: what was answered, and whether anything may have been taken where nothing was.

A connection is made first, by itself: what fails until then is Unreachable, and nothing left. After that silence is Silent:
nobody knows. Nothing is repeated, no redirect is followed, and no proxy is used. Repeats no secret. Knows no store.
"""

import contextlib
import email.utils
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as HTTPTimeout

from pkm.errors import Invalid, PkmError, Unreachable
from pkm.secret import hide, is_loopback
from pkm.text import one_line

CONNECT_S, ANSWER_S = 10.0, 60.0
WHOLE_S = 600.0
"""A call is cut off after so long: a server that sends a byte a minute would hold whatever asked it for ever."""

MAX_BYTES = 4_000_000
"""More than that is read of no answer."""

LONGEST_WAIT_S = 7 * 86_400


class Silent(PkmError):
    """The request began to leave, and no answer came that can be read: what came of it, nobody knows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an API is: https, or http on this machine itself."""

    scheme: str
    host: str
    port: int
    path: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


_PORTS = {"https": 443, "http": 80}


class Reply(NamedTuple):
    """What a server answered: the status, the JSON in it (None where there is none), how long it asks to wait, its words.

    at: what time it is there (RFC 9110, 6.6.1), None where it does not say.
    """

    status: int
    body: Any = None
    wait_s: int | None = None
    words: str = ""
    at: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether it says that it was done."""
        return 200 <= self.status < 300

    def said(self, name: str) -> str:
        """A text member of the JSON, "" where there is none."""
        value = self.body.get(name) if isinstance(self.body, dict) else None
        return value if isinstance(value, str) else ""


def read_place(address: str, example: str) -> Place:
    """The place of an address such as https://social.example. Raises Invalid; a password in it is not repeated."""
    wanted = Invalid("the address of the channel", f"it should be as {example}")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise wanted from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.fragment or port == 0 or "\\" in address:
        raise wanted
    if parts.username is not None:
        raise Invalid("the address of the channel", "name and password do not belong into it",
                      next="say where the secret is: --token-env, --password-env, --secret-env or --credential")  # fmt: skip
    if one_line(address) != address or " " in address:
        raise wanted
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Invalid("the address of the channel", "http is for this machine itself only; elsewhere it is https")
    path = parts.path.rstrip("/") if not parts.query else f"{parts.path}?{parts.query}"
    return Place(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path)


def listen(place: Place) -> None:
    """Somebody takes connections there; nothing was said to them. Raises Unreachable."""
    try:
        socket.create_connection((place.host, place.port), timeout=10).close()
    except OSError as error:
        raise Unreachable(str(place), error.strerror or str(error)) from None


class Form:
    """A form as it is sent with files in it (RFC 7578). name: what no part of it holds; the same gives the same bytes."""

    def __init__(self, name: str) -> None:
        self._boundary = f"pkm-{name[:40]}"
        self._parts: list[bytes] = []

    @property
    def media_type(self) -> str:
        """Its Content-Type."""
        return f"multipart/form-data; boundary={self._boundary}"

    def add(self, name: str, value: bytes, file_name: str = "", media_type: str = "") -> None:
        """The form has this field; file_name: plain letters, "" where it is no file."""
        head = f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"'
        head += f'; filename="{file_name}"\r\nContent-Type: {media_type}' if file_name else ""
        self._parts.append(head.encode() + b"\r\n\r\n" + value + b"\r\n")

    def body(self) -> bytes:
        """All of it."""
        return b"".join([*self._parts, f"--{self._boundary}--\r\n".encode()])


def call(
    place: Place, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Reply:  # fmt: skip
    """What the server answered to one request. path: put behind the place's own; body: as it is sent, JSON.

    Raises Unreachable where nothing left, Silent where something may have been taken.
    """
    connection = _connect(place)
    given = {"Accept": "application/json", "User-Agent": "pkm", "Connection": "close", **(headers or {})}
    if body is not None:
        given.setdefault("Content-Type", "application/json")
    limit = _Limit(connection.sock)
    try:
        connection.request(method, (place.path + path) or "/", body=body, headers=given, preload_content=False)
        response = connection.getresponse()
        data = response.read(MAX_BYTES, decode_content=True)
        if limit.passed:  # a body without a length ends silently when its socket is shut down
            raise TimeoutError
        wait_s, at = _wait(response.headers.get("Retry-After")), _date(response.headers.get("Date"))
        return Reply(response.status, _json(data), wait_s, _words(response.status, data), at)
    except (OSError, HTTPError, ssl.SSLError, ValueError) as error:
        raise Silent(str(place), _why(TimeoutError() if limit.passed else error)) from None
    finally:
        limit.end()
        connection.close()


class _Limit:
    """A call's whole time: when it is over, whoever waits for the socket gets an end of file."""

    def __init__(self, sock: Any) -> None:
        self.passed = False
        self._socket = sock
        self._timer = threading.Timer(WHOLE_S, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        self.passed = True
        with contextlib.suppress(OSError):  # closed in the meantime; SSLSocket's own shutdown is not thread-safe
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def end(self) -> None:
        """The call is over by itself."""
        self._timer.cancel()


def _connect(place: Place) -> HTTPConnection:
    """A connection that is there. Raises Unreachable."""
    connection: HTTPConnection
    if place.scheme == "https":
        connection = HTTPSConnection(place.host, place.port, timeout=CONNECT_S, cert_reqs="CERT_REQUIRED",
                                     ssl_context=ssl.create_default_context())  # fmt: skip
    else:
        connection = HTTPConnection(place.host, place.port, timeout=CONNECT_S)
    try:
        connection.connect()
        if connection.sock is None:
            raise OSError
        if place.scheme == "http" and not is_loopback(str(connection.sock.getpeername()[0])):
            raise Unreachable(str(place), "it is not this machine, and nothing is sent in the open")
        connection.sock.settimeout(ANSWER_S)
    except PkmError:
        connection.close()
        raise
    except (OSError, HTTPError, ValueError) as error:
        connection.close()
        raise Unreachable(str(place), _why(error)) from None
    return connection


def _why(error: Exception) -> str:
    """A failure in plain words; never the library's own, which may repeat what was sent."""
    cause = error.__cause__ or error
    if isinstance(error, NameResolutionError):
        return "no such host, or no network"
    if isinstance(error, SSLError | ssl.SSLError) or isinstance(cause, ssl.SSLError):
        checked = next((one for one in (cause, *error.args) if isinstance(one, ssl.SSLCertVerificationError)), None)
        return f"its certificate is not to be trusted: {one_line(checked.verify_message)}" if checked else (
            "no secure connection can be made with it"
        )
    if isinstance(error, HTTPTimeout | TimeoutError):
        return "no answer in time"
    if isinstance(error, NewConnectionError) or isinstance(cause, ConnectionRefusedError):
        return "connection refused" if isinstance(cause, ConnectionRefusedError) else "no connection can be made"
    return "the connection broke before the answer came"


def _date(text: str | None) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(text or "")
    except (ValueError, OverflowError, TypeError, IndexError):  # what a server may write there
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data.strip() else None
    except (ValueError, RecursionError):
        return None


def _wait(header: str | None) -> int | None:
    """Seconds, of a Retry-After in seconds or as a date (RFC 9110, 10.2.3); None where there is none."""
    if not header:
        return None
    if header.strip().isdecimal():
        return min(int(header.strip()[:9]), LONGEST_WAIT_S)
    until = _date(header)
    return None if until is None else min(max(0, int(until.timestamp() - time.time())), LONGEST_WAIT_S)


def _words(status: int, data: bytes) -> str:
    """The status with what the server says of it, where that is a word or two of text."""
    body = _json(data)
    said = ""
    if isinstance(body, dict):
        said = next((body[name] for name in ("message", "error_description", "error") if isinstance(body.get(name), str)), "")
    return one_line(hide(f"{status} {said}".strip()), 200)
