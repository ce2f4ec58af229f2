"""Fetches over HTTP, politely and with limits: size, time, redirects, addresses. Reads a local file by the same limits.

Knows nothing of feeds, the store or the terminal. It repeats a request only where a connection that was kept turns out to be
closed: what else to ask again, and when, is the caller's. All times are seconds; sizes are bytes after unpacking.
"""

import base64
import contextlib
import re
import socket
import ssl
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass, url2pathname

import urllib3
from urllib3.exceptions import HTTPError, TimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util.request import ACCEPT_ENCODING
from urllib3.util.url import parse_url

from pkm import text
from pkm.errors import BadInput, NotFound
from pkm.net import wall
from pkm.net.begun import Begun, open_answer
from pkm.net.connect import Call, HTTPConnectionPool, HTTPSConnectionPool, Watch, is_private
from pkm.net.failure import (
    FetchError,
    TooLarge,
    explain,
    hung_up,
    in_megabytes,
    refusal,
)

USER_AGENT = "pkm/0.1 (+personal feed reader)"
ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
CONNECT_S = 5.0
TOTAL_S = 20.0
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5
_DRAIN = 65_536  # how much of an error page is read to keep its connection

KEPT_HEADERS = (
    "age", "cache-control", "content-language", "content-type", "date", "etag", "expires", "last-modified", "link",
    "retry-after", "server", *wall.HEADERS,
)  # fmt: skip
_REDIRECTS = {301, 302, 303, 307, 308}
_SAFE = "%/:=&?~#+!$,;'@()*[]|"  # what a URL may hold as it stands; everything else is percent-encoded
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:[1-9][0-9]{0,3}|:[1-5][0-9]{4})?/[A-Za-z0-9_.\-%/:=&?~+!$,;'@()*]*"
)
"""Nearly all: there is nothing to change in them."""

_USUAL_PORTS = {"http": ":80", "https": ":443"}

HOSTS = 256
"""Of so many hosts connections are kept: more than threads ask at once, few enough for the files that may be open."""


Pool = HTTPConnectionPool | HTTPSConnectionPool


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered: 2xx with a body, or 304 (not_modified) without one.

    url: as asked for. final_url: where the body came from, without credentials. headers: lower-case names, only those
    in use. redirects: (status, URL it led to), in order. elapsed: seconds.
    """

    url: str
    final_url: str
    status: int
    body: bytes | None
    headers: Mapping[str, str] = field(default_factory=dict)
    redirects: tuple[tuple[int, str], ...] = ()
    not_modified: bool = False
    elapsed: float = 0.0

    @property
    def content_type(self) -> str:
        """The Content-Type as the server wrote it, "" where it wrote none."""
        return self.headers.get("content-type", "")

    @property
    def moved_to(self) -> str | None:
        """The new URL where every redirect of the chain was permanent (301, 308); else None.

        A chain that leaves https for http is followed, but anybody on the way could have written the rest of it.
        """
        permanent = self.redirects and all(status in (301, 308) for status, _ in self.redirects)
        way = [url[:6].lower() == "https:" for url in (self.url, *(url for _, url in self.redirects))]
        safe = all(after or not before for before, after in pairwise(way))
        return self.final_url if permanent and safe else None


LOCAL = "it is an address of this machine or its local network"

_HOME_DOMAINS = (".localhost", ".local", ".home.arpa", ".internal", ".lan")


def is_local(url: str) -> bool:
    """True where the address says itself that it is of this machine or its network: by number, as localhost, by a name
    without a domain or in one that means just that. RFC 6761 (localhost), 6762 (local), 8375 (home.arpa), ICANN (internal).
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    try:
        return is_private(host)
    except ValueError:  # a name
        return bool(host) and ("." not in host or host.endswith(_HOME_DOMAINS))


def may_be_local(url: str, names: Sequence[str]) -> bool:
    """Whether it is local by what it says, or by its host, for which one of these names stands; * is any part of one."""
    return is_local(url) or (bool(names) and any(fnmatchcase(_host(url), name.lower()) for name in names))


def check_address(host: str) -> None:
    """The host may be asked by whoever leads there: it leads only to public addresses.

    Raises FetchError where an address is private, loopback or link-local, or where no address is found.
    """
    if host_is_private(host):
        raise FetchError(host, LOCAL)


def host_is_private(host: str) -> bool:
    """True where the host is, or resolves to, a private, loopback, link-local or reserved address."""
    try:
        return is_private(host)
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(host, "no such host, or no network", offline=True) from error
    return any(is_private(str(address[4][0])) for address in found)


def read_file(path: str | Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of a local file, given as a path or a file: URL.

    Raises NotFound where there is none; BadInput for what is no plain file, cannot be read or is over max_bytes.
    """
    place = file_path(path)
    try:
        status = place.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device would never end
            raise BadInput(str(place), "it is a folder" if stat.S_ISDIR(status.st_mode) else "it is no plain file")
        with place.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(str(place), "there is no such file") from None
    except (OSError, ValueError) as error:
        raise BadInput(str(place), getattr(error, "strerror", None) or "it cannot be read") from error
    if len(data) > max_bytes:
        raise BadInput(str(place), f"it is larger than {in_megabytes(max_bytes)}")
    return data


def file_path(path: str | Path) -> Path:
    """The local path that a path or a file: URL names; ~ is the home."""
    if isinstance(path, str) and path[:5].lower() == "file:":
        parts = urlsplit(path)
        if parts.netloc not in ("", "localhost"):
            raise BadInput(path, "it is a file on another machine")
        return Path(url2pathname(parts.path))
    return Path(path).expanduser()


class Fetcher:
    """A client that many threads share: connections are kept and used again. Close it, or use it in a `with`."""

    def __init__(self, *, user_agent: str = USER_AGENT, local: Sequence[str] = ()) -> None:
        """local: names, with * for any part, that may lead to this machine or its network though they do not say so."""
        self._local = local
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING}
        self._proxies = getproxies()
        self._hosts: OrderedDict[str, Pool] = OrderedDict()  # by origin; the one used last stands last
        self._through: dict[tuple[str, str], urllib3.PoolManager] = {}  # by scheme and proxy
        self._lock = threading.Lock()
        self._watch = Watch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """All connections are closed; requests under way are cut off."""
        self._watch.close()
        for pool in self._hosts.values():
            pool.close()
        for pools in self._through.values():
            pools.clear()

    def may_be_local(self, url: str) -> bool:
        """Whether what this address leads to may be on this machine or its network: it says so, or its name was allowed."""
        return may_be_local(url, self._local)

    def fetch(
        self, url: str, *, etag: str | None = None, modified: str | None = None, timeout_s: float = TOTAL_S,
        max_bytes: int = MAX_BYTES, accept: str = ACCEPT_FEED, headers: Mapping[str, str] | None = None, user_agent: str = "",
        allow_private: bool = True, method: str = "GET", begun: Begun | None = None,
    ) -> Response:  # fmt: skip
        """The answer of the web, at the latest after timeout_s, with at most max_bytes of unpacked body.

        etag, modified: as the server gave them, sent back unchanged. allow_private: whether the URL itself may lead
        to a private address; a redirect from a public to a private one is refused in any case.
        headers: more to send (an Authorization, say); dropped, like credentials in the URL, when another host is asked.
        user_agent: what to be asked as, where a host refuses the program's own name. method: HEAD where no body is wanted.
        begun: the answer that has begun to come to a question asked before; its time counts from now.
        Raises FetchError (an Unreachable) for everything that is no 2xx or 304 within the limits.
        """
        first, secret = _web_url(url)
        private = {**secret, **(headers or {})}
        public = {**self._headers, "Accept": accept, **_conditions(etag, modified), **_agent(user_agent)}
        limits = _Limits(time.monotonic(), timeout_s, max_bytes, method)
        guarded = not allow_private and not self._proxy(first)
        if guarded:
            check_address(_host(first))
        asked, hops, outside = first, list[tuple[int, str]](), False
        while True:
            sent = {**public, **private} if asked is first or _origin(first) == _origin(asked) else public
            answer = self._finish(begun, limits) if begun else self._ask(url, asked, sent, limits, guarded)
            begun, outside = None, outside or answer.public
            if answer.location is None:
                break
            asked = _next_url(url, asked, answer.location)
            hops.append((answer.status, asked))
            if len(hops) > MAX_REDIRECTS:
                raise FetchError(url, f"more than {MAX_REDIRECTS} redirects, one after another", redirects=tuple(hops))
            guarded = guarded or self._leaves_the_public(url, first, asked, outside)
        unchanged = answer.status == 304 and bool(etag or modified)
        if not unchanged and not 200 <= answer.status < 300:
            raise refusal(url, answer.status, answer.headers, tuple(hops), answer.body)
        body = None if unchanged else answer.body
        elapsed = time.monotonic() - limits.started
        return Response(url, asked, answer.status, body, answer.headers, tuple(hops), unchanged, elapsed)

    def words(self, url: str, *, etag: str | None, modified: str | None, user_agent: str = "") -> bytes | None:
        """The bytes that ask whether the feed at that URL has changed; None where it takes more than to send them there."""
        conditions = _conditions(etag, modified)
        if not conditions or not _PLAIN_URL.fullmatch(url) or "/." in url or self._proxy(url):
            return None
        scheme, _, rest = url.partition("://")
        authority, _, path = rest.partition("/")
        if authority.endswith(_USUAL_PORTS[scheme]):
            return None
        headers = {"Host": authority, **self._headers, "Accept": ACCEPT_FEED, **conditions, **_agent(user_agent)}
        return "\r\n".join([f"GET /{path} HTTP/1.1", *map(": ".join, headers.items()), "", ""]).encode("ascii")

    def _leaves_the_public(self, url: str, first: str, asked: str, public: bool) -> bool:
        """Whether all connections must be to public addresses from here on: who is public hands us on.

        public: what answered was at such an address. Its name may lead elsewhere by now, and be its own once more.
        """
        same = _host(first) == _host(asked)
        if self._proxy(asked) or (not public and (same or host_is_private(_host(first)))):
            return False
        if not same and host_is_private(_host(asked)):
            raise FetchError(url, f"redirects to {asked}, an address of this machine or its local network")
        return True

    def _ask(self, url: str, asked: str, sent: Mapping[str, str], limits: "_Limits", guarded: bool) -> "_Answer":
        """One request and its answer, no redirect followed. A kept connection that turns out dead is replaced once."""
        for attempt in (1, 2):
            with self._watch.call(limits.started + limits.timeout_s, refuse_private=guarded) as call:
                try:
                    return self._exchange(asked, sent, limits, call)
                except (HTTPError, OSError, ValueError) as error:
                    if attempt == 1 and call.reused and not call.expired and hung_up(error):
                        continue
                    raise explain(url, error, expired=call.expired, timeout_s=limits.timeout_s, connect_s=CONNECT_S) from error
        raise AssertionError("unreachable")

    def _exchange(self, asked: str, sent: Mapping[str, str], limits: "_Limits", call: Call) -> "_Answer":
        left = max(0.001, call.deadline - time.monotonic())
        timeout = urllib3.Timeout(connect=min(CONNECT_S, left), read=left)
        pool, target = self._way(asked)
        raw = pool.urlopen(
            limits.method, target, headers=sent, redirect=False, retries=False, preload_content=False, timeout=timeout
        )
        answer = self._take(raw, limits, call)
        raw.release_conn()
        return answer

    def _finish(self, begun: Begun, limits: "_Limits") -> "_Answer":
        """The answer that has begun, to its end."""
        with self._watch.call(limits.started + limits.timeout_s) as call:
            try:
                if begun.is_late:
                    raise TimeoutError
                call.holds(begun.sock)
                raw = open_answer(begun, limits.timeout_s)
                answer = self._take(raw, limits, call)
                raw.close()
                return answer
            except (HTTPError, OSError, ValueError) as error:
                raise explain(begun.url, error, expired=call.expired, timeout_s=limits.timeout_s, connect_s=CONNECT_S) from error
            finally:
                begun.sock.close()

    def _take(self, raw: BaseHTTPResponse, limits: "_Limits", call: Call) -> "_Answer":
        try:
            location = raw.headers.get("location") if raw.status in _REDIRECTS else None
            wanted = 200 <= raw.status < 300
            body = _read(raw, limits.max_bytes if wanted else _DRAIN, cut=not wanted)
            if call.expired:  # a body without a length ends silently when its socket is shut down
                raise TimeoutError
        except BaseException:
            raw.close()
            raise
        kept = {name: text.clean(raw.headers[name]) for name in map(str.lower, raw.headers) if name in KEPT_HEADERS}
        return _Answer(raw.status, kept, body, location, call.public)

    def _proxy(self, url: str) -> str:
        """The proxy that the environment names for a URL, "" for none; this machine is always asked directly."""
        if not self._proxies:
            return ""
        host = _host(url)
        if host in ("localhost", "::1") or host.startswith("127.") or proxy_bypass(host):
            return ""
        return self._proxies.get(url.partition(":")[0]) or self._proxies.get("all") or ""

    def _way(self, url: str) -> tuple[urllib3.PoolManager | Pool, str]:
        """The connections to ask this URL by, and what to ask them for: a path, a proxy for the whole URL."""
        scheme, proxy = url.partition(":")[0], self._proxy(url)
        with self._lock:
            if proxy:
                if (scheme, proxy) not in self._through:
                    self._through[scheme, proxy] = _make_pools(scheme, proxy)
                return self._through[scheme, proxy], url
            end = url.index("/", len(scheme) + 3)
            pool = self._hosts.get(url[:end]) or _make_pool(url)
            self._hosts[url[:end]] = pool
            self._hosts.move_to_end(url[:end])
            if len(self._hosts) > HOSTS:
                self._hosts.popitem(last=False)[1].close()
        return pool, parse_url(url).request_uri if "/." in url else url[end:]


@dataclass(frozen=True, slots=True)
class _Limits:
    started: float
    timeout_s: float
    max_bytes: int
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    location: str | None
    public: bool


def _make_pool(url: str) -> Pool:
    """Connections to the host of a URL. urllib3's own choice among pools costs a tenth of a request's processor time."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return HTTPSConnectionPool(parts.hostname or "", parts.port, maxsize=4, ssl_context=_ssl_context())
    return HTTPConnectionPool(parts.hostname or "", parts.port, maxsize=4)


def _make_pools(scheme: str, proxy: str) -> urllib3.PoolManager:
    options: dict[str, Any] = {"num_pools": 64, "maxsize": 4}
    if scheme == "https" or proxy.startswith("https"):
        options["ssl_context"] = _ssl_context()
    if proxy.startswith("socks"):
        raise FetchError(proxy, "a SOCKS proxy cannot be used; name an HTTP proxy")
    address, secret = _web_url(proxy if "://" in proxy else f"http://{proxy}")
    proxy_headers = {"Proxy-Authorization": secret["Authorization"]} if secret else None
    pools = urllib3.ProxyManager(address, proxy_headers=proxy_headers, **options)
    pools.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}
    return pools


@cache
def _ssl_context() -> ssl.SSLContext:
    """One context for all connections: to read the machine's certificates takes 17 ms."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:  # a bare container has none of its own
        with contextlib.suppress(ImportError):
            import certifi

            context.load_verify_locations(certifi.where())
    return context


def _read(raw: BaseHTTPResponse, max_bytes: int, *, cut: bool) -> bytes:
    """The unpacked body, at most max_bytes; over it, cut off where `cut` says so, else an error."""
    body = bytearray()
    for chunk in raw.stream(65536, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            if cut:
                raw.close()
                break
            raise TooLarge(f"more than {in_megabytes(max_bytes)}")
    return bytes(body)


def _web_url(url: str) -> tuple[str, dict[str, str]]:
    """(the URL in ASCII without credentials and fragment, the credentials as a header). Raises FetchError."""
    if _PLAIN_URL.fullmatch(url):
        return url, {}
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except ValueError as error:
        raise FetchError(url, "it is no web address") from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise FetchError(url, "it is no web address (http or https)")
    query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    plain = f"{parts.scheme.lower()}://{host}{port}{quote(parts.path or '/', safe=_SAFE)}{query}"
    if parts.username is None:
        return plain, {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return plain, {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def same_origin(one: str, other: str) -> bool:
    """Whether both are at one server: the same scheme, host and port (https://x and https://x:443 are)."""
    try:
        return _origin(_web_url(one)[0]) == _origin(_web_url(other)[0])
    except FetchError:
        return False


def _conditions(etag: str | None, modified: str | None) -> dict[str, str]:
    """The validators as headers; one that no header can hold is left out."""
    given = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in given.items() if value and value.isprintable() and value.isascii()}


def _agent(user_agent: str) -> dict[str, str]:
    return {"User-Agent": user_agent} if user_agent.isprintable() and user_agent.isascii() and user_agent else {}


def _next_url(url: str, asked: str, location: str) -> str:
    """Where a redirect leads. Raises FetchError where that is no web address: file:, javascript: and the like."""
    with contextlib.suppress(UnicodeError):  # a header is read as Latin-1, but servers write UTF-8 into it
        location = location.encode("latin-1").decode()
    try:
        return _web_url(urljoin(asked, location.strip()))[0]
    except (FetchError, ValueError):
        where = text.one_line(location, 80)
        raise FetchError(url, f"redirects to {where}, which is no web address") from None
