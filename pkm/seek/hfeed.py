"""A page that is its own feed: its h-feed, or its h-entries, as a feed's entries.

A page that names a feed is never taken as one; nor is a single article, which is one h-entry and no h-feed. Source:
microformats.org/wiki/h-feed and h-entry; indieweb.org/post-type-discovery for what is a title.
"""

import re

from pkm import text
from pkm.enclosure import Enclosure
from pkm.filekind import decode_text
from pkm.html import text_to_html
from pkm.seek.entry import (
    MAX_ENTRIES,
    Byline,
    GivenEntry,
    ParsedFeed,
    distinct_lines,
    make_enclosure,
    make_entries,
    stamp_of,
)
from pkm.seek.microformats import MfItem, read_microformats

_MAX_BODY = 2_000_000
_MARK = re.compile(rb"\bh-(?:entry|feed)\b")
_NAMES_A_FEED = re.compile(rb"<link\b[^>]*\btype\s*=\s*[\"']?application/(?:rss|atom|rdf|feed)\+(?:xml|json)", re.I)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.I | re.S)
_FILES = ("audio", "video", "photo")


def read_h_feed(body: bytes, url: str, content_type: str = "") -> ParsedFeed | None:
    """The feed that a page is, None where it is none. url: the page's; entries stand in its order, the newest first."""
    if not _MARK.search(body[:_MAX_BODY]) or _NAMES_A_FEED.search(body[:200_000]):
        return None
    charset = re.search(r"charset=[\"']?([\w-]+)", content_type, re.I)
    page = decode_text(body[:_MAX_BODY], charset[1] if charset else "")
    found = read_microformats(page, url)
    feeds = sorted(found.of_type("h-feed"), key=lambda each: -len(_entries_of(each)))
    feed = feeds[0] if feeds and _entries_of(feeds[0]) else None
    entries = _entries_of(feed) if feed else [each for each in found.items if "h-entry" in each.types]
    if not entries or (feed is None and len(entries) < 2):
        return None
    title = (feed.text("name") if feed else "") or _page_title(page)
    authors = _authors(feed) if feed else []
    return ParsedFeed(
        title=text.one_line(title, 1000), site_url=url,
        description=text.one_line(feed.text("summary") if feed else "", 2000),
        author=text.one_line(", ".join(byline.name for byline in authors), 200),
        entries=tuple(make_entries([_given(each, url, authors) for each in entries[:MAX_ENTRIES]])), kind="h-feed",
    )  # fmt: skip


def _entries_of(feed: MfItem) -> list[MfItem]:
    """The entries of a feed: its children, or those that it has as a property."""
    inner = [value for value in feed.properties.get("entry", ()) if isinstance(value, MfItem)]
    return [each for each in (*feed.children, *inner) if "h-entry" in each.types]


def _page_title(page: str) -> str:
    match = _TITLE.search(page[:200_000])
    from html import unescape

    return unescape(match[1]) if match else ""


def _given(item: MfItem, url: str, feed_authors: list[Byline]) -> GivenEntry:
    address = _first_address(item, "url")
    html, words = _content(item)
    summary, name = item.text("summary"), item.text("name")
    authors = _authors(item) or feed_authors
    return GivenEntry(
        guid=item.text("uid") or address,
        url=address,
        title="" if _is_content(name, words or summary) else name,
        authors=distinct_lines([byline.name for byline in authors], 200),
        published=stamp_of(item.text("published")),
        updated=stamp_of(item.text("updated")),
        html=html or text_to_html(words or summary),
        base=address or url,
        summary=summary,
        tags=[value for value in item.properties.get("category", ()) if isinstance(value, str)],
        enclosures=_enclosures(item, address or url),
        bylines=authors,
    )


def _content(item: MfItem) -> tuple[str, str]:
    """(html, text) of an entry's content."""
    for value in item.properties.get("content", ()):
        if isinstance(value, dict):
            return value["html"], value["value"]
        if isinstance(value, str):
            return "", value
    return "", ""


def _is_content(name: str, words: str) -> bool:
    """Whether the name is no title but the text, or all that stands in the entry."""
    name, words = text.one_line(name), text.one_line(words)
    return bool(words) and (words.startswith(name.rstrip("…. ")) or words in name) and len(name) > 0


def _authors(item: MfItem) -> list[Byline]:
    found = []
    for value in item.properties.get("author", ()):
        if isinstance(value, MfItem):
            email = value.text("email").removeprefix("mailto:")
            found.append(Byline(value.text("name") or value.text("url"), email, value.text("url")))
        elif isinstance(value, str):
            found.append(Byline(value))
    return found


def _first_address(item: MfItem, name: str) -> str:
    """The first web address of a property."""
    values = [value for value in item.properties.get(name, ()) if isinstance(value, str)]
    return next((value for value in values if value.startswith(("http://", "https://"))), "")


def _enclosures(item: MfItem, base: str) -> list[Enclosure]:
    found = [
        make_enclosure(value, base, type=name)
        for name in _FILES for value in item.properties.get(name, ()) if isinstance(value, str)
    ]  # fmt: skip
    return [each for each in found if each is not None]
