"""An answer that has begun to come: the bytes that are there already, and the socket on which the rest follows.

The HTTP library reads answers only to questions that it asked itself; here it is handed one that net/conditional asked.
"""

import http.client
import io
import socket
import ssl
from typing import Any, NamedTuple

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ProtocolError, SSLError, TimeoutError

from pkm.net.connect import Response


class Begun(NamedTuple):
    """url: what was asked for. data: what came so far, from the answer's first byte on. is_late: its time is over."""

    url: str
    sock: socket.socket
    data: bytes
    is_late: bool = False


def open_answer(begun: Begun, timeout_s: float) -> HTTPResponse:
    """The answer as the HTTP library gives it, its head read, its body yet to be read; closing it closes the connection.

    Raises the library's errors, as it does for a question of its own.
    """
    begun.sock.settimeout(timeout_s)
    answer = Response(_Connection(begun), method="GET")  # type: ignore[arg-type]  # it wants a socket for its makefile()
    try:
        answer.begin()
    except builtin_timeout as error:
        raise TimeoutError from error
    except ssl.SSLError as error:
        raise SSLError(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise ProtocolError("Connection aborted.", error) from error
    return HTTPResponse(
        answer, HTTPHeaderDict(answer.msg.items()), answer.status, preload_content=False, original_response=answer,
        request_method="GET", request_url=begun.url,
    )  # fmt: skip


builtin_timeout = socket.timeout
"""Python's own; the library's has the same name."""


class _Connection:
    """What the library needs of a socket to read an answer."""

    def __init__(self, begun: Begun) -> None:
        self._begun = begun

    def makefile(self, mode: str) -> io.BufferedReader:
        """A file that begins with what is there."""
        return io.BufferedReader(_Rest(self._begun))


class _Rest(io.RawIOBase):
    def __init__(self, begun: Begun) -> None:
        self._sock = begun.sock
        self._data = begun.data

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        if not self._data:
            return self._sock.recv_into(into)
        part, self._data = self._data[: len(into)], self._data[len(into) :]
        into[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._sock.close()
        super().close()
