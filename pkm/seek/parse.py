"""The bytes of a feed into entries. Runs in a worker process: values in, values out, no store, no network.

RSS, RDF, CDF and Atom are read by feedparser, which also mends what is broken, unless they are plain (seek/plain). It is
given a stream only, since bytes or a string that name a file or a URL would be opened. Its own sanitizer and URL
resolution are off (they take most of its time); pkm.html does both. JSON Feed has its own reader.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from shlex import quote
from typing import Any

from pkm import text
from pkm.enclosure import Enclosure
from pkm.errors import BadInput
from pkm.html import absolute_url, html_to_text, strip_tags, text_to_html
from pkm.net.wall import name_wall
from pkm.seek.entry import (
    MAX_ENTRIES,
    MAX_TITLE,
    Byline,
    GivenEntry,
    ParsedEntry,
    ParsedFeed,
    checked_stamp,
    distinct_lines,
    make_enclosure,
    make_entries,
)
from pkm.seek.plain import read_plain
from pkm.seek.rhythm import read_skipped

__all__ = ["ParsedEntry", "ParsedFeed", "parse_feed"]

_HTML_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html)\b", re.I | re.S)
_FEED_ROOT = re.compile(rb"<(?:[a-z0-9]+:)?(?:rss|feed|rdf|channel|entry)\b", re.I)
_BOT_WALL = re.compile(
    rb"<title>\s*(?:just a moment|attention required|access denied|are you a robot|making sure you|ddos-guard"
    rb"|verifying you are human)|/cdn-cgi/challenge-platform/|_incapsula_resource|\bg-recaptcha\b|\bh-captcha\b|cf-turnstile",
    re.I,
)
_CDF_ROOT = re.compile(rb"<channel\b", re.I)
_MARKUP = re.compile(
    r"</\w|<(?:a|abbr|audio|b|blockquote|br|code|div|em|figure|font|h[1-6]|hr|i|iframe|img|li|ol|p|pre|script|span|strong"
    r"|style|table|u|ul|video)(?:\s[^<>]*)?/?>|&(?:[a-z]{2,8}|#\d{2,7}|#x[0-9a-f]{2,6});",
    re.I,
)
_BASE = re.compile(rb"(?:<|&lt;|xml:)base\b", re.I)
"""An address that others count from: feedparser goes on counting from it in the entries that follow."""
_MAX_FIELD = 20_000  # characters of a title or the like
_HARMLESS = ("CharacterEncodingOverride", "NonXMLContentType")
_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


def parse_feed(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The feed in the bytes that came from url, with the entries that can be read even where its end is broken.

    content_type: the HTTP header; its charset overrides what the document says (RFC 7303). A page that names no feed
    and has entries of its own (h-feed) is a feed.
    Raises BadInput for what is no feed: nothing, a web page, something that is neither XML nor JSON.
    """
    start = body[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise BadInput(url, "it is empty", next="ask again later, or look at it in a browser")
    if start[:1] == b"{" or "json" in content_type.lower():
        from pkm.seek.jsonfeed import read_json_feed

        return read_json_feed(body, url)
    if _HTML_PAGE.match(start) and not _FEED_ROOT.search(start):
        if _BOT_WALL.search(start):
            whose = name_wall({}, start)
            named = f" ({whose})" if whose else ""
            raise BadInput(url, f"it is a bot wall{named}: a page that wants a browser, and no feed")
        from pkm.seek.hfeed import read_h_feed

        if (found := read_h_feed(body, url, content_type)) is not None:
            return found
        raise BadInput(url, "it is a web page, not a feed", next=f"pkm seek add {quote(url)}")
    if b"<" not in start:
        raise BadInput(url, "it is neither XML nor JSON")
    if (plain := read_plain(body, content_type)) is not None:
        return replace(_read(plain.version, plain.feed, plain.entries, start, url, None), separable=True)
    raw = _run_feedparser(body, url, content_type)
    read = _read(raw.get("version") or "", raw.feed, raw.entries, start, url, _warning(raw))
    return replace(read, separable=not read.warning and _BASE.search(body) is None)


def _run_feedparser(body: bytes, url: str, content_type: str) -> Any:
    """What feedparser makes of it, at a second try of a mended copy: characters that cannot be make it give up."""
    try:
        return _parse(body, content_type)
    except Exception:  # whatever the parsers beneath it raise on what nobody foresaw
        mended = _mend(body)
    try:
        return _parse(mended, "application/xml; charset=utf-8")
    except Exception as error:
        raise BadInput(url, f"it is too broken to be read as a feed ({type(error).__name__})") from error


def _parse(body: bytes, content_type: str) -> Any:
    """What feedparser makes of it. It is not told the URL: it would make another guid of "123" on every host."""
    import feedparser

    from pkm.seek.podcast import teach

    teach(feedparser.mixin._FeedParserMixin)
    headers = {"content-type": content_type} if content_type else {}
    return feedparser.parse(
        io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
    )


def _mend(body: bytes) -> bytes:
    """The document in UTF-8 without declarations, control characters and references to characters that cannot be."""
    document = body.decode("utf-8", "replace")
    document = re.sub(r"<\?xml[^>]*>|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?\s*>|<!(?!\[CDATA\[|--)", "", document)
    document = re.sub(r"&#(?:x0*([0-9a-f]{1,8})|0*(\d{1,8}));?", _known_character, document, flags=re.I)
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", document).encode("utf-8", "replace")


def _known_character(reference: re.Match[str]) -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if 31 < number < 0xD800 or 0xDFFF < number < 0x110000 or number in (9, 10, 13) else ""


def _read(
    version: str, feed: Any, raw_entries: Sequence[Any], start: bytes, url: str, warning: str | None
) -> ParsedFeed:  # fmt: skip
    if not version and not raw_entries:
        raise BadInput(url, "it is XML of another kind, or none at all; no feed was found in it")
    site = _best_link(feed, url)
    home = url if version.startswith("atom") else site or url  # RSS has no rule; its writers count from the site
    authors = distinct_lines(_authors(feed), 200)
    inherited = authors if version.startswith("atom") else ()  # RSS names an editor there, not an author
    entries = make_entries([_given(each, inherited, home, version) for each in raw_entries[:MAX_ENTRIES]])
    if warning and len(entries) > 1 and _is_hollow(entries[-1]):  # the document broke off before the entry said anything
        entries.pop()
    skip_hours, skip_days = read_skipped(start)
    return ParsedFeed(
        title=_plain(feed, "title")[:MAX_TITLE],
        site_url=site,
        description=text.one_line(_plain(feed, "subtitle"), 2000),
        author=text.one_line(", ".join(authors), 200),
        entries=tuple(entries),
        kind=_kind(version, start),
        warning=warning,
        ttl_s=_ttl(feed),
        skip_hours=skip_hours,
        skip_days=skip_days,
    )


def _is_hollow(entry: ParsedEntry) -> bool:
    return not (entry.guid or entry.url or entry.title or entry.text or entry.published)


def _kind(version: str, start: bytes) -> str:
    if version in ("rss10", "rss090"):
        return "rdf"
    for kind in ("rss", "atom", "cdf"):
        if version.startswith(kind):
            return kind
    return "cdf" if _CDF_ROOT.search(start) else "xml"


def _warning(raw: Any) -> str | None:
    error = raw.get("bozo_exception")
    if not raw.get("bozo") or error is None or type(error).__name__ in _HARMLESS:
        return None
    message = str(error).replace("<unknown>:", "line ")
    return text.one_line(f"broken: {message}", 200)


def _ttl(feed: Any) -> int | None:
    """Seconds of <ttl> (minutes) or of the syndication module; the longer one where both are given."""
    found = []
    minutes = str(_value(feed, "ttl")).strip()
    if minutes.isascii() and minutes.isdigit():
        found.append(int(minutes[:9]) * 60)
    period = _PERIODS_S.get(str(_value(feed, "sy_updateperiod")).strip().lower())
    if period:
        often = str(_value(feed, "sy_updatefrequency")).strip()
        found.append(period // max(1, int(often[:6]) if often.isascii() and often.isdigit() else 1))
    return max(found, default=0) or None


def _given(raw: Any, feed_authors: tuple[str, ...], home: str, version: str) -> GivenEntry:
    link = _entry_link(raw, home)
    html, base = _content(raw, version)
    summary = _value(raw, "summary")
    updated = _stamp(raw, "updated_parsed")
    return GivenEntry(
        guid=_value(raw, "id"),
        url=link,
        title=_plain(raw, "title"),
        authors=_authors(raw) or feed_authors,
        published=_stamp(raw, "published_parsed") or _stamp(raw, "created_parsed") or updated,
        updated=updated,
        html=html,
        base=absolute_url(base, home) if base else link or home,
        summary=html_to_text(summary[:_MAX_FIELD]) if summary and summary != html else "",
        tags=_tags(raw),
        enclosures=_enclosures(raw, home),
        bylines=_bylines(raw),
    )


def _value(raw: Any, name: str) -> str:
    """A field as text, "" where it is absent; past feedparser's own fallbacks (updated falls back to published)."""
    value = dict.get(raw, name)
    return value if isinstance(value, str) else ""


def _entry_link(raw: Any, home: str) -> str:
    """Where the entry is to be read: behind a counter, in its own link, in a guid that is an address; else ""."""
    found = _best_link(raw, home)
    if found:
        return absolute_url(_value(raw, "feedburner_origlink")) or found
    guid = _value(raw, "id")
    if not dict.get(raw, "guidislink") or not guid:
        return ""
    return absolute_url(guid, home if guid.startswith("/") else None)


def _best_link(raw: Any, home: str) -> str:
    """The link to a page: rel=alternate, HTML first; else what feedparser took for it where it is an address."""
    links = [each for each in _dicts(raw, "links") if each.get("rel", "alternate") == "alternate"]
    links.sort(key=lambda each: "html" not in (each.get("type") or "html"))
    for href in [each.get("href") or "" for each in links]:
        if href and (address := absolute_url(href, home)):
            return address
    link = _value(raw, "link")
    return absolute_url(link) if link != _value(raw, "id") else ""


def _plain(raw: Any, name: str) -> str:
    """The field as plain text on one line; markup is taken out only where the feed means it as markup."""
    value = _value(raw, name)[:_MAX_FIELD]
    detail = _detail(raw, name)
    return text.one_line(value) if detail.get("type", "text/plain") == "text/plain" else strip_tags(value)


def _content(raw: Any, version: str) -> tuple[str, str]:
    """(the longest text of the entry as HTML, the base of its links)."""
    details = [each for each in _dicts(raw, "content") if _is_text(each.get("type") or "")]
    details.append(_detail(raw, "summary") or {"value": _value(raw, "summary"), "type": "text/html"})
    best = max(details, key=lambda each: len(each.get("value") or ""))
    value, kind = best.get("value") or "", best.get("type") or "text/html"
    if kind == "text/plain" and (version.startswith("atom") or not _MARKUP.search(value)):
        value = text_to_html(value)
    return value, best.get("base") or ""


def _is_text(kind: str) -> bool:
    return not kind or kind.startswith("text/") or "xml" in kind or "html" in kind


def _authors(raw: Any) -> list[str]:
    people = _dicts(raw, "authors") or [_detail(raw, "author")]
    names = [strip_tags(each.get("name") or each.get("email") or "") for each in people]
    return [name for name in names if name] or [name for name in [strip_tags(_value(raw, "author"))] if name]


def _bylines(raw: Any) -> list[Byline]:
    """Who wrote it, with the addresses that it gives."""
    people = _dicts(raw, "authors") or [_detail(raw, "author")]
    told = [(strip_tags(each.get("name") or ""), each.get("email") or "", each.get("href") or "") for each in people]
    return [Byline(name or email, email, url) for name, email, url in told]


def _tags(raw: Any) -> list[str]:
    return [strip_tags(each.get("label") or each.get("term") or "") for each in _dicts(raw, "tags")]


def _stamp(raw: Any, name: str) -> str | None:
    parts = dict.get(raw, name)
    try:
        year, month, day, hour, minute, second = parts[:6] if parts else (0,) * 6
        return checked_stamp(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)) if parts else None
    except (ValueError, TypeError, OverflowError):
        return None


def _enclosures(raw: Any, home: str) -> list[Enclosure]:
    """All files of the entry, each address once: enclosures, Media RSS content, transcripts of podcasts."""
    duration = _value(raw, "itunes_duration")
    found: list[Enclosure | None] = []
    for link in _dicts(raw, "links"):
        if link.get("rel") == "enclosure":
            size = link.get("length")
            href = link.get("href") or ""
            found.append(make_enclosure(href, home, type=link.get("type") or "", size=size, duration=duration))
    for media in _dicts(raw, "media_content"):
        kind = media.get("type") or media.get("medium") or ""
        size, seconds = media.get("filesize"), media.get("duration")
        found.append(make_enclosure(media.get("url") or "", home, type=kind, size=size, duration=seconds))
    for other in _dicts(raw, "alternates"):
        kind, size, href = other.get("type") or "", other.get("length"), other.get("url") or ""
        found.append(make_enclosure(href, home, type=kind, size=size, duration=duration))
    for script in _dicts(raw, "transcripts"):
        found.append(make_enclosure(script.get("url") or "", home, type=script.get("type") or "", rel="transcript"))
    return list({each.url: each for each in reversed(found) if each is not None}.values())[::-1]


def _dicts(raw: Any, name: str) -> list[dict[str, Any]]:
    """A field that is a list of things; an unknown element of the same name makes feedparser put a string there."""
    value = dict.get(raw, name)
    if value is None:
        return []
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _detail(raw: Any, name: str) -> dict[str, Any]:
    value = dict.get(raw, f"{name}_detail")
    return value if isinstance(value, dict) else {}
