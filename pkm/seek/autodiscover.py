"""From any web address to the feeds behind it. Asks the network only through the function it is given.

Every feed that is offered was fetched and parsed: what merely looks like one is not. Knows nothing of the store.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from shlex import quote
from urllib.parse import urlsplit

from pkm import text
from pkm.errors import BadInput, NotFound, Unreachable
from pkm.html import absolute_url, same_page_key
from pkm.html_depth import whole_tags
from pkm.net.fetch import Response
from pkm.seek.parse import ParsedFeed, parse_feed
from pkm.seek.places import find_stated, pattern_feeds, usual_places

MAX_REQUESTS = 24  # for one address, its page included
_MAX_PAGE = 2_000_000  # bytes of a page that are looked at
_MAX_LINKS = 8
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
_MAYBE_TYPES = {"application/json", "application/xml", "text/xml"}
_FEED_PATH = re.compile(r"(?:^|[/._-])(?:feeds?|rss2?|atom|rdf)(?:[./_?-](?:xml|json|rss|atom)?|$)", re.I)
_FEED_WORDS = re.compile(r"\b(?:rss|atom|json)(?:[ -]feed)?\b|^feed$|\bweb ?feed\b", re.I)
_COMMENTS = re.compile(r"comment|kommentar|respuesta|/replies", re.I)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that answers. how: where it was found, in words. url: what to follow (new where it moved for good)."""

    url: str
    title: str
    how: str
    parsed: ParsedFeed
    response: Response


@dataclass(frozen=True, slots=True)
class _Candidate:
    url: str
    title: str
    how: str
    may_be_page: bool = False  # with entries in it: what rel=feed names
    from_directory: bool = False


def find_feeds(url: str, fetch: Callable[[str], Response]) -> list[FoundFeed]:
    """The feeds of an address, best first: the address itself, or what its page links to, or where such sites keep one;
    the page itself where it has entries (h-feed) and there is nothing else.

    url: with or without https://. Feeds of comments come last.
    Raises NotFound where there is a page but no feed; the fetch's Unreachable where there is not even a page;
    BadInput where the address gave something that is neither.
    """
    search = _Search(fetch)
    try:
        address, response = search.open(url)
    except Unreachable:  # some hosts refuse the page to programs, but not the feed
        found = search.try_all(_known(_with_scheme(url), ""), usual=False)
        if not found:
            raise
        return found
    itself = search.read(response, "", "the address itself")
    if itself is not None and itself.parsed.kind != "h-feed":
        return [itself]
    page = _Page(response)
    known = [*_known(address, page.source), *_known(response.final_url, page.source)]
    found = search.try_all([*page.links(), *known], usual=False)
    found = found or search.try_all(page.anchors(), usual=False)
    guesses = [_Candidate(each, "", "a usual place") for each in usual_places(address)]
    found = found or search.try_all(guesses, usual=True)
    if not found and itself is not None:
        return [itself]
    if not found:
        tried = text.count(search.requests, "address", "addresses")
        advice = f"give the feed's own address, or keep the page: pkm seek clip {quote(url)}"
        raise NotFound(url, f"no feed was found there ({tried} tried)", next=advice)
    return sorted(found, key=lambda each: bool(_COMMENTS.search(f"{each.url} {each.title}")))


def _with_scheme(url: str) -> str:
    url = re.sub(r"^feed:(?://)?(?=https?:)", "", url.strip(), flags=re.I)
    url = re.sub(r"^feed:(?://)?", "https://", url, flags=re.I)
    return url if "://" in url else f"https://{url}"


def _known(url: str, page: str) -> list[_Candidate]:
    return [_Candidate(each, "", "where such sites keep it") for each in pattern_feeds(url, page)]


class _Search:
    """The requests of one search: none twice, not too many, none to a host that stopped answering."""

    def __init__(self, fetch: Callable[[str], Response]) -> None:
        self._fetch = fetch
        self._asked: set[str] = set()
        self._silent: set[str] = set()
        self.requests = 0

    def open(self, url: str) -> tuple[str, Response]:
        """(the address as it was asked, its answer); an address without a scheme is tried with https, then http."""
        address = _with_scheme(url)
        try:
            return address, self._get(address)
        except Unreachable as error:
            if "://" in url or error.status is not None:
                raise
            address = f"http://{address.partition('://')[2]}"
            return address, self._get(address)

    def _get(self, url: str) -> Response:
        self.requests += 1
        self._asked.add(_request_key(url))
        response = self._fetch(url)
        self._asked.add(_request_key(response.final_url))
        return response

    def try_all(self, candidates: Iterable[_Candidate], *, usual: bool) -> list[FoundFeed]:
        """The candidates that are feeds, in their order. usual: they are guesses, and one that is right is enough."""
        found: dict[str, FoundFeed] = {}
        for candidate in candidates:
            if usual and found:
                break
            feed = self._try(candidate)
            if feed is not None and not (usual and not (feed.parsed.entries or feed.parsed.title)):
                found.setdefault(same_page_key(feed.response.final_url), feed)
        return list(found.values())

    def _try(self, candidate: _Candidate) -> FoundFeed | None:
        host = urlsplit(candidate.url).netloc
        asked = _request_key(candidate.url) in self._asked
        if asked or host in self._silent or self.requests >= MAX_REQUESTS:
            return None
        try:
            response = self._get(candidate.url)
        except Unreachable as error:
            if error.status in (None, 429, 503):  # it is away, or wants to be left alone
                self._silent.add(host)
            return None
        stated = find_stated(_start_of(response)) if _is_json(response) else []
        if stated and not candidate.from_directory:
            return self._try(_Candidate(stated[0], candidate.title, "what a directory names", from_directory=True))
        feed = self.read(response, candidate.title, candidate.how)
        is_page = feed is not None and feed.parsed.kind == "h-feed"  # a site may give its front page for any address
        return None if is_page and not candidate.may_be_page else feed

    def read(self, response: Response, title: str, how: str) -> FoundFeed | None:
        """The feed in an answer, None where it is something else."""
        try:
            parsed = parse_feed(response.body or b"", url=response.final_url, content_type=response.content_type)
        except BadInput:
            return None
        name = parsed.title or text.one_line(title, 200) or urlsplit(response.final_url).hostname or ""
        return FoundFeed(response.moved_to or response.url, name, how, parsed, response)


def _is_json(response: Response) -> bool:
    return "json" in response.content_type or (response.body or b"").lstrip()[:1] == b"{"


def _start_of(response: Response) -> str:
    return (response.body or b"")[:100_000].decode("utf-8", "replace")


def _request_key(url: str) -> str:
    return url.partition("#")[0]


class _Page:
    """What a page says of its feeds."""

    def __init__(self, response: Response) -> None:
        body = (response.body or b"")[:_MAX_PAGE]
        if b"\x00" in body[:1024]:
            raise BadInput(response.url, "it is neither a feed nor a page")
        self._header = response.headers.get("link", "")
        charset = re.search(r"charset=[\"']?([\w-]+)", response.content_type, re.I)
        try:
            self.source = body.decode(charset[1] if charset else "utf-8", "replace")
        except LookupError:
            self.source = body.decode("utf-8", "replace")
        self._reader = _LinkReader()
        with contextlib.suppress(AssertionError):  # what html.parser raises on a declaration it cannot read
            self._reader.feed(whole_tags(self.source))
            self._reader.close()
        self._host = urlsplit(response.final_url).hostname or ""
        self._base = absolute_url(self._reader.base, response.final_url) if self._reader.base else response.final_url

    def links(self) -> list[_Candidate]:
        """The feeds that the page's head and the HTTP header name, in that order."""
        found = [each for each in self._reader.links if _is_feed_link(each)]
        found += [each for each in _header_links(self._header) if _is_feed_link(each)]
        links = [(absolute_url(each["href"], self._base), each) for each in found if each.get("href")]
        return [
            _Candidate(url, each.get("title", ""), "the page's link", "feed" in each.get("rel", "").lower().split())
            for url, each in links[:_MAX_LINKS] if url
        ]  # fmt: skip

    def anchors(self) -> list[_Candidate]:
        """Links in the text that look like feeds, on the same site or a feed service."""
        found = []
        for href, words in self._reader.anchors:
            url = absolute_url(href, self._base)
            if url and self._is_near(url) and (_FEED_PATH.search(urlsplit(url).path) or _FEED_WORDS.search(words)):
                found.append(_Candidate(url, "", "a link in the page's text"))
        return list({each.url: each for each in found}.values())[:_MAX_LINKS]

    def _is_near(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        own = self._host.removeprefix("www.")
        return host == own or host.endswith(f".{own}") or host.startswith(("feeds.", "feed.", "rss."))


def _is_feed_link(link: dict[str, str]) -> bool:
    rel = link.get("rel", "").lower().split()
    kind = link.get("type", "").partition(";")[0].strip().lower()
    href = link.get("href", "")
    if "feed" in rel and "stylesheet" not in rel:
        return True
    if "alternate" not in rel:
        return False
    return kind in _FEED_TYPES or (kind in _MAYBE_TYPES and "/wp-json/" not in href and bool(_FEED_PATH.search(href)))


def _header_links(header: str) -> Iterator[dict[str, str]]:
    """The links of a Link header. Source: RFC 8288."""
    for match in re.finditer(r"<([^<>]*)>((?:\s*;\s*[\w*]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)", header[:8000]):
        pairs = re.findall(r";\s*([\w*]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", match[2])
        yield {"href": match[1], **{name.lower(): quoted or bare for name, quoted, bare in pairs}}


class _LinkReader(HTMLParser):
    """Collects link elements, anchors with their words, and the base of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base = ""
        self.links: list[dict[str, str]] = []
        self.anchors: list[tuple[str, str]] = []
        self._href: str | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Reads link, base and the beginning of an anchor."""
        values = {name: value or "" for name, value in reversed(attrs)}
        if tag == "link":
            self.links.append(values)
        elif tag == "base" and not self.base:
            self.base = values.get("href", "")
        elif tag == "a":
            self._end_anchor()
            self._href = values.get("href")
            self._words = f"{values.get('title', '')} {values.get('aria-label', '')} "
        elif tag == "img" and self._href is not None:
            self._words += f" {values.get('alt', '')}"

    def handle_data(self, data: str) -> None:
        """Collects the words of an anchor."""
        if self._href is not None and len(self._words) < 200:
            self._words += data

    def handle_endtag(self, tag: str) -> None:
        """Ends an anchor."""
        if tag == "a":
            self._end_anchor()

    def _end_anchor(self) -> None:
        if self._href:
            self.anchors.append((self._href, text.one_line(self._words, 200)))
        self._href = None
