"""What a feed brings, as values: made harmless here, whatever format it came in. No store, no network, no parser.

All text is cleaned; HTML holds safe tags only; URLs are absolute web addresses or ""; instants are stamps
(2026-11-23T09:00:00Z) or None.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pkm import dates, text
from pkm.enclosure import Enclosure
from pkm.html import absolute_url, canonical_url, clean_html, clean_html_to_text
from pkm.seek.citing import Links, find_links

MAX_ENTRIES = 20_000
MAX_TITLE = 1_000  # characters
MAX_HTML = 1_000_000
MAX_SUMMARY = 500
_MAX_LISTED = 100  # tags, authors, enclosures of one entry
_FIRST_YEAR = 1990  # what is older is a clock that was never set
_YEARS_AHEAD = 10


class Byline(NamedTuple):
    """Who wrote an entry, as it says: a name, an email address and a web address, each "" where it does not."""

    name: str
    email: str = ""
    url: str = ""


class ParsedEntry(NamedTuple):
    """One entry. published: as the entry says, else its last change. author: all authors on one line; bylines: those
    of them of whom more than a name is known.

    title: the entry's own, else its first sentence. summary: the feed's own where it is another text than the content,
    else the beginning of the text; one line. hash: of title, html and url (not of dates), 32 hex digits.
    links: what it points at outside its own host: (canonical address, "link").
    """

    guid: str = ""
    url: str = ""
    title: str = ""
    author: str = ""
    authors: tuple[str, ...] = ()
    bylines: tuple[Byline, ...] = ()
    published: str | None = None
    updated: str | None = None
    html: str = ""
    text: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    hash: str = ""
    links: Links = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed. kind: rss, rdf, atom, cdf, json, h-feed or xml. warning: what is wrong with it though it could be read.

    ttl_s: how long the feed asks not to be fetched again, in seconds, where it says so. skip_hours (0 to 23, GMT),
    skip_days (Monday is 0): when it asks not to be fetched. separable: each entry says the same without the others.
    """

    title: str = ""
    site_url: str = ""
    description: str = ""
    author: str = ""
    entries: tuple[ParsedEntry, ...] = ()
    kind: str = "xml"
    warning: str | None = None
    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    separable: bool = field(default=False, compare=False)


class GivenEntry(NamedTuple):
    """An entry as it came. title, summary: plain text; html: not safe yet; base: what its links count from."""

    guid: str
    url: str
    title: str
    authors: Iterable[str]
    published: str | None
    updated: str | None
    html: str
    base: str
    summary: str = ""
    tags: Iterable[str] = ()
    enclosures: Iterable[Enclosure] = ()
    bylines: Iterable[Byline] = ()


def make_entries(given: Sequence[GivenEntry]) -> list[ParsedEntry]:
    """The entries, cleaned and within limits, in order.

    One step after the other, each for all of them: a step that runs once for each entry finds nothing of itself left in
    the processor's cache, and takes twice the time.
    """
    safe = [clean_html(one.html[:MAX_HTML], one.base) for one in given]
    plain = [clean_html_to_text(html) for html in safe]
    files = [tuple(one.enclosures)[:_MAX_LISTED] for one in given]
    urls = [one.url or next((file.url for file in its), "") for one, its in zip(given, files, strict=True)]
    links = [find_links(html, url or one.base) for html, url, one in zip(safe, urls, given, strict=True)]
    titles = [text.one_line(one.title, MAX_TITLE) for one in given]
    pages = [canonical_url(url, keep_fragment=True) for url in urls]  # trackers may differ at every fetch
    hashes = [hash_of(*each) for each in zip(titles, safe, pages, strict=True)]
    return list(map(_entry, given, safe, plain, titles, urls, files, hashes, links))


def _entry(
    one: GivenEntry, html: str, plain: str, title: str, url: str, files: tuple[Enclosure, ...], hash: str, links: Links
) -> ParsedEntry:  # fmt: skip
    names = distinct_lines(one.authors, 200)
    return ParsedEntry(
        guid=text.one_line(one.guid),
        url=url,
        title=title or text.first_sentence(plain[:2000]),
        author=text.one_line(", ".join(names), 200),
        authors=names,
        bylines=_known_bylines(one.bylines, one.base),
        published=one.published or one.updated,
        updated=one.updated,
        html=html,
        text=plain,
        summary=text.one_line(one.summary[: 4 * MAX_SUMMARY] or plain[: 4 * MAX_SUMMARY], MAX_SUMMARY),
        tags=distinct_lines(one.tags, 100),
        enclosures=files,
        hash=hash,
        links=links,
    )


def _known_bylines(bylines: Iterable[Byline], base: str) -> tuple[Byline, ...]:
    """Those of whom more than a name is known, cleaned."""
    cleaned = (
        Byline(
            text.one_line(one.name, 200), text.one_line(one.email, 200).lower() if "@" in one.email else "",
            absolute_url(one.url, base) if one.url.strip() else "",
        )
        for one in bylines
    )  # fmt: skip
    return tuple(one for one in dict.fromkeys(cleaned) if one.email or one.url)[:_MAX_LISTED]


def hash_of(*parts: str) -> str:
    """32 hex digits of the parts; ("a", "b") and ("ab", "") differ."""
    joined = "\x00".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:32]


def distinct_lines(lines: Iterable[str], limit: int) -> tuple[str, ...]:
    """Each line once, cleaned and cut to `limit` characters, in order; no empty ones, at most a hundred."""
    cleaned = dict.fromkeys(text.one_line(line, limit) for line in lines)
    return tuple(line for line in cleaned if line)[:_MAX_LISTED]


def make_enclosure(
    url: str, base: str, *, type: str = "", size: object = None, duration: object = None, rel: str = "enclosure"
) -> Enclosure | None:
    """The enclosure, None where its URL is no web address. size in bytes, duration in seconds or as [hh:]mm:ss."""
    address = absolute_url(url, base)
    if not address or not url.strip():
        return None
    return Enclosure(address, text.one_line(type, 100), _number(size) or None, _seconds(duration), rel)


def _number(value: object) -> int | None:
    digits = str(value or "").strip()
    if isinstance(value, float) and value == value and abs(value) < 1e15:
        digits = str(int(value))
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _seconds(value: object) -> int | None:
    if not isinstance(value, str) or ":" not in value:
        return _number(value)
    parts = [_number(part) for part in value.split(":")]
    if len(parts) > 3 or None in parts:
        return None
    total = 0
    for part in parts:
        total = total * 60 + (part or 0)
    return total


def stamp_of(value: str) -> str | None:
    """The stamp of a date in the forms of RFC 3339 and RFC 5322; without a zone it is UTC; None for what is no date."""
    value = value.strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return checked_stamp(at if at.tzinfo else at.replace(tzinfo=UTC))
    return None


def checked_stamp(at: datetime) -> str | None:
    """The stamp of an instant, None where no entry can be of that time: before 1990, over ten years ahead."""
    try:
        at = at.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return dates.stamp(at) if _FIRST_YEAR <= at.year <= dates.now().year + _YEARS_AHEAD else None
