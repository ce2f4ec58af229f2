"""A saved page as a value, whosever list it stood in: cleaned, its times checked, what comes again made one.

No store, no network. An address that no page may be opened at is left out.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pkm import dates
from pkm.html import canonical_url, is_web_address
from pkm.seek.entry import stamp_of
from pkm.text import clean, one_line

_MAX_TEXT = 20_000  # characters of one comment or quote
_FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the page with what the person said of them; without words, a comment on the whole. at: a stamp."""

    exact: str = ""
    comment: str = ""
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A saved page. waiting: it was saved to be read and was not yet. added: when it was saved, a stamp or None.

    key: what the same page has in every list: its canonical address, or a name for a book that has none.
    description: what the page says of itself; what the person says stands in quotes. text: all that it says, where the
    list has it.
    """

    url: str
    key: str
    title: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    added: str | None = None
    waiting: bool = False
    description: str = ""
    quotes: tuple[Quote, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class BookmarkList:
    """What a file lists, each page once. kind: whose list it is. left_out: entries that are no web pages, or a feed's.

    doubled: how often a page came again. failures: (what, why).
    """

    kind: str
    bookmarks: tuple[Bookmark, ...] = ()
    left_out: int = 0
    doubled: int = 0
    failures: tuple[tuple[str, str], ...] = ()


Found = Bookmark | str | None
"""An entry of a list: its bookmark; None where it is none to take in, words where it cannot be one."""


def make_bookmark(
    url: str, *, title: str = "", author: str = "", tags: Iterable[str] = (), added: str | None = None,
    waiting: bool = False, description: str = "", comment: str = "", quotes: Iterable[Quote] = (), key: str = "", text: str = "",
) -> Found:  # fmt: skip
    """The bookmark, cleaned; None where its address is no page's, words where it has none at all."""
    url = re.sub(r"^(https?://)[^/?#@]*@", r"\1", one_line(url).replace(" ", "%20"), flags=re.I)  # no password is kept
    title = one_line(title, 1000)
    if not url and not key:
        return f"{title or 'an entry'}: it has no web address"
    if url and not is_web_address(url):
        return None
    said = [Quote("", comment, added), *quotes] if comment.strip() else list(quotes)
    return Bookmark(
        url=url, key=canonical_url(url) if url else key, title="" if title == url else title,
        author=one_line(author, 200), tags=tuple(dict.fromkeys(filter(None, map(_tag, tags)))), added=added,
        waiting=waiting, description=one_line(description, 500), quotes=tuple(map(_cleaned, said)),
        text=clean(text).strip(),
    )  # fmt: skip


def _tag(name: str) -> str:
    """The tag as it is typed, "" for what can be none."""
    name = one_line(name).strip(" #")
    return name if re.search(r"[^\s,;\"'`\[\](){}<>|/#-]", name) else ""


def _cleaned(quote: Quote) -> Quote:
    return Quote(clean(quote.exact).strip()[:_MAX_TEXT], clean(quote.comment).strip()[:_MAX_TEXT], quote.at)


def collect(kind: str, found: Iterable[Found]) -> BookmarkList:
    """The list of what was read, pages that come again made one."""
    pages: dict[str, Bookmark] = {}
    failures, left_out, doubled = [], 0, 0
    for one in found:
        if one is None:
            left_out += 1
        elif isinstance(one, str):
            what, _, why = one.rpartition(": ")
            failures.append((one_line(what, 100), why))
        elif one.key in pages:
            doubled += not (one.quotes and not one.url)  # the rows of a book are its quotes
            pages[one.key] = _joined(pages[one.key], one)
        else:
            pages[one.key] = one
    return BookmarkList(kind, tuple(pages.values()), left_out, doubled, tuple(failures))


def _joined(one: Bookmark, other: Bookmark) -> Bookmark:
    """One bookmark of two of the same page: the first, with what the other has more."""
    return replace(
        one, title=one.title or other.title, author=one.author or other.author,
        tags=tuple(dict.fromkeys((*one.tags, *other.tags))), waiting=one.waiting and other.waiting,
        added=min(filter(None, (one.added, other.added)), default=None),
        description=one.description or other.description, quotes=tuple(dict.fromkeys((*one.quotes, *other.quotes))),
        text=one.text or other.text,
    )  # fmt: skip


def stamp_of_number(value: str) -> str | None:
    """The stamp of seconds since 1970 (also of milliseconds and microseconds); None where that can be no day of it."""
    digits = value.strip().partition(".")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
        return None
    number = int(digits)
    while number > 100_000_000_000:
        number //= 1000
    return _past(dates.stamp(datetime.fromtimestamp(number, UTC)))


def when_of(value: str) -> str | None:
    """The stamp of a time as such lists write it: a number, or a date in one of the usual forms."""
    value = value.strip()
    if value.replace(".", "").isdigit():
        return stamp_of_number(value)
    found = stamp_of(value) if value else None
    if found is None and value:
        for form in ("%B %d, %Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y"):
            try:
                found = dates.stamp(datetime.strptime(value, form).replace(tzinfo=UTC))
                break
            except ValueError:
                continue
    return _past(found)


def _past(at: str | None) -> str | None:
    """None for a time that nobody can have saved a page at: before the web, or to come."""
    return at if at and at[:4] >= str(_FIRST_YEAR) and at <= dates.stamp(dates.now()) else None


def columns_of(line: str) -> list[str]:
    """The names of a table's columns, from its first line."""
    line = line.lstrip("\ufeff").strip()
    delimiter = max(",;\t", key=line.count)
    try:
        return [one_line(name).lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
