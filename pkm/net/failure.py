"""Why a fetch gave nothing, in plain words: the one error of this folder, made from the HTTP library's many.

Knows no request; only what came of it.
"""

import errno
import socket
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    IncompleteRead,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    SSLError,
    TimeoutError,
)

from pkm import dates
from pkm.errors import Unreachable
from pkm.net.connect import PrivateAddress
from pkm.net.times import in_words, parse_retry_after
from pkm.net.wall import name_wall


class FetchError(Unreachable):
    """No usable answer. `retry_after`: when the server asks to be asked again; `offline`: nothing was reached."""

    def __init__(
        self, url: str, why: str, *, status: int | None = None, retry_after: datetime | None = None,
        offline: bool = False, redirects: tuple[tuple[int, str], ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(hide_credentials(url), why, status=status)
        self.retry_after = retry_after
        self.offline = offline
        self.redirects = redirects


def is_offline(error: BaseException) -> bool:
    """True where the error may mean that there is no network at all: no name could be looked up, no route found.

    One such error can be a mistyped host; a caller who sees nothing else should say it once, for all.
    """
    return isinstance(error, FetchError) and error.offline


def hide_credentials(url: str) -> str:
    """The URL as it may be shown and stored: without user name and password."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}" if "@" in authority else url


class TooLarge(HTTPError):
    """The body is over the limit."""


def hung_up(error: BaseException) -> bool:
    """True where the other side had closed the connection before it answered anything."""
    cause = error.args[1] if isinstance(error, ProtocolError) and len(error.args) > 1 else error
    return isinstance(cause, ConnectionError)


def explain(url: str, error: Exception, *, expired: bool, timeout_s: float, connect_s: float) -> FetchError:
    """The error of the HTTP library in plain words."""
    if isinstance(error, FetchError):
        return error
    if expired or (isinstance(error, TimeoutError) and not isinstance(error, ConnectTimeoutError)):
        return FetchError(url, f"no answer within {timeout_s:g} s")
    why, offline = _in_words(error, connect_s)
    return FetchError(url, why, offline=offline)


def _in_words(error: Exception, connect_s: float) -> tuple[str, bool]:
    """(why, whether there may be no network at all)."""
    if isinstance(error, ProxyError):
        return f"the proxy does not answer ({_in_words(error.original_error, connect_s)[0]})", True
    if isinstance(error, NameResolutionError):
        again = getattr(error.__cause__, "errno", None) == socket.EAI_AGAIN
        return "its name cannot be looked up" if again else "no such host", True
    if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
        return f"no connection within {connect_s:g} s", False
    if isinstance(error, NewConnectionError):
        return _no_connection(error.__cause__)
    if isinstance(error, SSLError):
        return _no_trust(error), False
    if isinstance(error, TooLarge | PrivateAddress):
        return str(error), False
    if isinstance(error, DecodeError):
        return "the answer is not packed the way it says", False
    cause = error.args[1] if isinstance(error, ProtocolError) and len(error.args) > 1 else error
    if isinstance(cause, IncompleteRead):
        return f"the answer broke off after {cause.partial:,} bytes", False
    if isinstance(cause, ConnectionError):
        return "the server closed the connection without an answer", False
    return "the answer is no HTTP that can be read", False


def _no_connection(cause: BaseException | None) -> tuple[str, bool]:
    number = getattr(cause, "errno", None)
    if number == errno.ECONNREFUSED:
        return "connection refused", False
    if number in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL):
        return "no way to it through the network", True
    return f"no connection ({getattr(cause, 'strerror', None) or 'unknown reason'})", False


def _no_trust(error: SSLError) -> str:
    """What is wrong with a certificate, by OpenSSL's number (X509_V_ERR_*)."""
    cause = error.args[0] if error.args else error
    number = getattr(cause, "verify_code", None)
    if number in (62, 64):
        return "the certificate is not valid for this host"
    if number in (9, 10):
        return "the certificate has expired" if number == 10 else "the certificate is not valid yet"
    if number is not None:
        return "the certificate is signed by nobody this machine trusts"
    return "no secure connection can be made with it"


def refusal(
    url: str, status: int, headers: Mapping[str, str], hops: tuple[tuple[int, str], ...], body: bytes = b""
) -> FetchError:
    """The error for an answer that is none: 4xx, 5xx, a redirect to nowhere, a 304 that was not asked for."""
    wait = parse_retry_after(headers.get("retry-after", ""), headers.get("date", ""))
    if status in (403, 429, 503) and (wall := name_wall(headers, body)):
        why = f"the server answered {status}: a bot wall ({wall}) that wants a browser"
    elif status in (401, 403):
        why = f"the server answered {status}: it wants {'credentials' if status == 401 else 'no such visitor'}"
    elif status == 410:
        why = "the server answered 410: gone for good"
    else:
        why = f"the server answered {status}{_phrase(status)}"
    if wait is not None:
        says = ": its host waits until" if status in (429, 503) else " and asks to wait until"
        why += f"{says} {in_words(wait, dates.now())}"
    return FetchError(url, why, status=status, retry_after=wait, redirects=hops)


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase.lower()})"
    except ValueError:
        return ""


def in_megabytes(size: int) -> str:
    """The size as people say it: 10 MB."""
    return f"{size / 1_000_000:g} MB"
