"""Connections that obey a deadline and refuse private addresses: what the HTTP library leaves open.

Its timeouts count from one byte to the next, so that a server that drips bytes would hold a thread for ever; here a
watch shuts the socket down when a call's whole time is over. Knows sockets only, no URLs and no redirects.
"""

import contextlib
import http.client
import io
import re
import socket
import threading
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import FunctionType
from typing import Any, BinaryIO

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool as _HTTPPool
from urllib3.connectionpool import HTTPSConnectionPool as _HTTPSPool
from urllib3.exceptions import HTTPError

_thread = threading.local()


class PrivateAddress(HTTPError):
    """A connection that had to be public reached a private address."""


class Call:
    """One request under way: its deadline (time.monotonic), its socket once there is one, and what became of it.

    public: whether it is made to an address of the public internet; False while there is none, or by way of a proxy.
    """

    def __init__(self, deadline: float, refuse_private: bool) -> None:
        self.deadline = deadline
        self.refuse_private = refuse_private
        self.reused = False
        self.expired = False
        self.public = False
        self._socket: socket.socket | None = None

    def holds(self, sock: Any) -> None:
        """From now on this socket is cut when the time is over; it may be one that an earlier call left open."""
        self._socket = sock if isinstance(sock, socket.socket) else getattr(sock, "socket", None)
        if self._socket is None:
            return
        self.public = not is_private(str(self._socket.getpeername()[0]))
        if self.refuse_private and not self.public:
            raise PrivateAddress("it is an address of this machine or its local network")

    def cut(self) -> None:
        """The call is over: whoever waits for the socket gets an end of file."""
        self.expired = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed in the meantime; SSLSocket's own shutdown is not thread-safe
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Watch:
    """The thread that cuts calls off at their deadlines. It starts with the first call."""

    def __init__(self) -> None:
        self._calls: set[Call] = set()
        self._wake = float("inf")
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def call(self, deadline: float, *, refuse_private: bool = False) -> Iterator[Call]:
        """Connections that this thread makes within the block belong to the call that is given."""
        call = Call(deadline, refuse_private)
        self._add(call)
        _thread.call = call
        try:
            yield call
        finally:
            _thread.call = None
            with self._changed:
                self._calls.discard(call)

    def _add(self, call: Call) -> None:
        with self._changed:
            self._calls.add(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pkm-deadlines", daemon=True)
                self._thread.start()
            elif call.deadline < self._wake:
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for call in [each for each in self._calls if each.deadline <= now]:
                    self._calls.discard(call)
                    call.cut()
                self._wake = min((call.deadline for call in self._calls), default=float("inf"))
                self._changed.wait(min(self._wake - now, 3600))

    def close(self) -> None:
        """Calls under way are cut off; the thread ends."""
        with self._changed:
            self._closed = True
            for call in self._calls:
                call.cut()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()


def is_private(address: str) -> bool:
    """True for an address that is not one of the public internet. Raises ValueError for what is no IP address."""
    host = address.strip("[]").partition("%")[0]
    try:
        ip = ip_address(host)
    except ValueError:
        if not _OLD_FORM.fullmatch(host):
            raise
        try:
            ip = IPv4Address(socket.inet_aton(host))  # as every system reads it
        except OSError:
            raise ValueError(f"{host} is no address") from None
    return _is_local(ip) or (isinstance(ip, IPv6Address) and any(map(_is_local, _embedded(ip))))


def _is_local(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        return _is_local(ip.ipv4_mapped)
    return not ip.is_global or ip.is_multicast or (isinstance(ip, IPv6Address) and ip.is_site_local)


def _embedded(ip: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that a gateway may make of it. RFC 6052 (NAT64), 8215, 3056, 7526 (6to4), 4380 (Teredo), 4291."""
    last = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _NAT64:
        return [last]
    if ip in _NAT64_LOCAL or int(ip) >> 32 == 0 or ip.sixtofour is not None:
        return [IPv4Address(0)]  # a network's own gateway; what nobody uses any more: never public, whatever it leads to
    return list(ip.teredo) if ip.teredo is not None else []


_OLD_FORM = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}", re.I)
"""An IPv4 address in fewer than four numbers, or in octal or hexadecimal ones: 127.1, 0177.0.0.1, 2130706433."""

_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")


def _tell_call(connection: HTTPConnection, *, reused: bool = False) -> None:
    call: Call | None = getattr(_thread, "call", None)
    if call is not None and connection.sock is not None:
        call.reused = reused
        if connection.proxy is None:
            call.holds(connection.sock)


_LONGEST_LINE, _MOST_HEADERS = 65_536, 100
"""What http.client allows."""


def _read_headers(file: BinaryIO, *_more: object, **_named: object) -> http.client.HTTPMessage:
    """The headers of an answer as http.client reads them; by our own hand where each stands on a line of its own.

    The parser of letters that http.client uses takes a third of the processor time of a request that is answered 304.
    Raises LineTooLong and HTTPException as http.client does.
    """
    lines, plain = list[bytes](), True
    while (line := file.readline(_LONGEST_LINE + 1)) not in (b"\r\n", b"\n", b""):
        if len(line) > _LONGEST_LINE:
            raise http.client.LineTooLong("header line")
        lines.append(line)
        if len(lines) > _MOST_HEADERS:
            raise http.client.HTTPException(f"got more than {_MOST_HEADERS} headers")
        name, _, value = line.partition(b":")
        plain = plain and name.replace(b"-", b"").isalnum() and value[-2:] == b"\r\n" and b"\r" not in value[:-2]
    if not plain:
        return http.client.parse_headers(io.BytesIO(b"".join(lines) + b"\r\n"))
    message = http.client.HTTPMessage()
    for line in lines:
        told, _, rest = line.decode("iso-8859-1").partition(":")
        message.set_raw(told, rest.lstrip(" \t").rstrip("\r\n"))
    return message


class Response(http.client.HTTPResponse):
    """An answer whose headers are read by the function above: the library has no other place to say so."""

    begin = FunctionType(http.client.HTTPResponse.begin.__code__, {**vars(http.client), "parse_headers": _read_headers})
    begin.__kwdefaults__ = http.client.HTTPResponse.begin.__kwdefaults__  # newer ones take a limit of headers


class _Watched(HTTPConnection):
    response_class = Response

    def connect(self) -> None:
        super().connect()
        _tell_call(self)

    def request(self, *args: Any, **options: Any) -> None:
        _tell_call(self, reused=not getattr(self, "fresh", True))
        self.fresh = False
        super().request(*args, **options)


class _WatchedTLS(_Watched, HTTPSConnection):
    """The same, secure: what _Watched calls is HTTPSConnection's."""


class HTTPConnectionPool(_HTTPPool):
    """Connections to one host."""

    ConnectionCls = _Watched


class HTTPSConnectionPool(_HTTPSPool):
    """Secure connections to one host."""

    ConnectionCls = _WatchedTLS
