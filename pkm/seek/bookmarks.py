"""Lists of saved pages into bookmarks: browsers' HTML, Pocket, Pinboard, Raindrop, Instapaper, Readwise and its Reader.

Bytes in, values out: no store, no network. The forms were read off real exports: each table is known by its columns,
in any order. All text is cleaned; an address that no page may be opened at is left out.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pkm import dates
from pkm.errors import BadInput
from pkm.filekind import decode_text, is_binary
from pkm.html import canonical_url, is_web_address
from pkm.seek.entry import stamp_of
from pkm.text import clean, one_line

MAX_BYTES = 200_000_000
"""Of a list: browsers write the icon of every page into it."""

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


Row = Mapping[str, str]
Reader = Callable[[Row], Bookmark | str | None]
"""A row's bookmark; None where it is none to take in, words where it cannot be one."""


def looks_like_bookmarks(data: bytes) -> str:
    """Whose list of saved pages the bytes seem to be, by their beginning; "" where they seem to be none."""
    if is_binary(data):
        return ""
    head = decode_text(data[:65_536]).lstrip("\ufeff \t\r\n")
    if kind := _table_kind(columns_of(head.partition("\n")[0])):
        return kind
    if re.search(r"<!doctype\s+netscape-bookmark-file", head[:2000], re.I):
        return "browser"
    if re.search(r"<title>\s*pocket export", head[:2000], re.I):
        return "pocket"
    if re.search(r"<dt>\s*<(?:a|h3)\b[^>]*\badd_date\s*=", head, re.I):
        return "browser"
    return "pinboard" if re.match(r"\[\s*\{[^{}]*\"href\"\s*:", head) else ""


def read_bookmarks(data: bytes, name: str, wanted: str = "") -> BookmarkList:
    """The saved pages of a file, in its order, each once. Raises BadInput where it is no list of them.

    wanted: whose list it should be, where that is known.
    """
    kind = looks_like_bookmarks(data)
    if wanted == "readwise" != kind:
        from pkm.seek.readwise import read_file

        return collect("readwise", read_file(data, name))
    if not kind:
        raise BadInput(name, "it is no list of bookmarks that pkm knows",
                       next="export them as HTML; every browser and service can")  # fmt: skip
    text = decode_text(data).lstrip("\ufeff").replace("\x00", "")
    if kind == "readwise":
        from pkm.seek.readwise import read_table

        return collect(kind, read_table(text))
    if _table_kind(columns_of(text.lstrip(" \t\r\n").partition("\n")[0])):
        return collect(kind, _read_table(text, _READERS[kind], name))
    if kind == "pinboard":
        return collect(kind, _read_pinboard(text, name))
    from pkm.seek.bookmark_page import read_page

    return collect(kind, read_page(text))


def make_bookmark(
    url: str, *, title: str = "", author: str = "", tags: Iterable[str] = (), added: str | None = None,
    waiting: bool = False, description: str = "", comment: str = "", quotes: Iterable[Quote] = (), key: str = "", text: str = "",
) -> Bookmark | str | None:  # fmt: skip
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


def collect(kind: str, found: Iterable[Bookmark | str | None]) -> BookmarkList:
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


# Pinboard: pinboard.in/export, format JSON


def _read_pinboard(text: str, name: str) -> Iterator[Bookmark | str | None]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(name, f"its JSON is broken ({one_line(str(error), 80)})") from error
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield _pinned({key: value for key, value in row.items() if isinstance(value, str)}, row)


def _pinned(row: Row, raw: Mapping[str, Any]) -> Bookmark | str | None:
    tags = raw.get("tags")
    return make_bookmark(
        row.get("href", ""), title=row.get("description", ""), added=when_of(row.get("time", "")),
        tags=tags if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags) else row.get("tags", "").split(),
        waiting=raw.get("toread") in ("yes", "1", 1, True), comment=row.get("extended", ""),
    )  # fmt: skip


# Tables


def columns_of(line: str) -> list[str]:
    """The names of a table's columns, from its first line."""
    line = line.lstrip("\ufeff").strip()
    delimiter = max(",;\t", key=line.count)
    try:
        return [one_line(name).lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _table_kind(columns: list[str]) -> str:
    return next((kind for kind, needed in _TELLING.items() if needed <= set(columns)), "")


def _read_table(text: str, read: Reader, name: str) -> Iterator[Bookmark | str | None]:
    lines = io.StringIO(text.lstrip(), newline="")
    head = lines.readline()
    columns = columns_of(head)
    csv.field_size_limit(10_000_000)
    try:
        for cells in csv.reader(lines, delimiter=max(",;\t", key=head.count)):
            if any(cell.strip() for cell in cells):
                yield read(dict(zip(columns, cells, strict=False)))
    except csv.Error as error:
        raise BadInput(name, f"its table is broken ({one_line(str(error), 80)})") from error


def _pocket(row: Row) -> Bookmark | str | None:
    tags = re.split(r"[|,]", row.get("tags", ""))
    return make_bookmark(row.get("url", ""), title=row.get("title", ""), tags=tags,
                         added=when_of(row.get("time_added", "")), waiting=row.get("status") == "unread")  # fmt: skip


def _raindrop(row: Row) -> Bookmark | str | None:
    folder = "/".join(part.strip().replace("/", "-") for part in row.get("folder", "").split(" / "))
    tags = [*row.get("tags", "").split(","), "" if folder == "Unsorted" else folder]
    tags += ["favorite"] if row.get("favorite", "").lower() == "true" else []
    return make_bookmark(
        row.get("url", ""), title=row.get("title", ""), tags=tags, added=when_of(row.get("created", "")),
        description=row.get("excerpt", ""), comment=row.get("note", ""),
        quotes=_raindrop_quotes(row.get("highlights") or ""),
    )  # fmt: skip


def _raindrop_quotes(cell: str) -> list[Quote]:
    """One quote a line; a line that begins with "Note:" is said of the one before."""
    found: list[Quote] = []
    for line in filter(None, map(str.strip, cell.splitlines())):
        if line.startswith("Note:") and found:
            found[-1] = replace(found[-1], comment=line[5:].strip())
        elif words := line.removeprefix("Highlight:").strip():
            found.append(Quote(words))
    return found


def _instapaper(row: Row) -> Bookmark | str | None:
    folder = row.get("folder", "").strip()
    tags = [folder if folder not in ("Unread", "Archive") else "", *re.findall(r"[^\[\]\",]+", row.get("tags") or "")]
    return make_bookmark(
        row.get("url", ""), title=row.get("title", ""), tags=tags, added=when_of(row.get("timestamp", "")),
        waiting=folder == "Unread", description=row.get("selection", ""),
    )  # fmt: skip


def _reader(row: Row) -> Bookmark | str | None:
    """Of Readwise Reader. What stands in its feed came by itself and was never saved."""
    place = row.get("location", "").strip().lower()
    if place == "feed":
        return None
    cell = row.get("document tags", "")
    tags = [one or other for one, other in re.findall(r"'([^']*)'|\"([^\"]*)\"", cell)] if "[" in cell else cell.split(",")
    return make_bookmark(row.get("url", ""), title=row.get("title", ""), tags=tags,
                         added=when_of(row.get("saved date", "")), waiting=place != "archive")  # fmt: skip


_TELLING: dict[str, set[str]] = {
    "pocket": {"url", "time_added", "status"},
    "readwise": {"highlight", "book title"},
    "reader": {"url", "document tags", "saved date"},
    "raindrop": {"url", "folder", "created", "excerpt"},
    "instapaper": {"url", "title", "selection", "folder"},
}
"""Whose table it is, by columns that it has; the first that fits."""
_READERS: dict[str, Reader] = {"pocket": _pocket, "reader": _reader, "raindrop": _raindrop, "instapaper": _instapaper}
"""How a row of each is read; readwise.py reads its own."""
