"""Lists of saved pages into bookmarks: browsers' HTML, Pocket, Pinboard, Raindrop, Instapaper, Readwise and its Reader.

Bytes in, values out: no store, no network. The forms were read off real exports: each table is known by its columns,
in any order.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pkm.errors import BadInput
from pkm.filekind import decode_text, is_binary
from pkm.seek import readwise
from pkm.seek.bookmark import BookmarkList, Found, Quote, collect, columns_of, make_bookmark, when_of
from pkm.seek.bookmark_page import read_page
from pkm.text import one_line

MAX_BYTES = 200_000_000
"""Of a list: browsers write the icon of every page into it."""

Row = Mapping[str, str]
Reader = Callable[[Row], Found]


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
        return collect("readwise", readwise.read_file(data, name))
    if not kind:
        raise BadInput(name, "it is no list of bookmarks that pkm knows",
                       next="export them as HTML; every browser and service can")  # fmt: skip
    text = decode_text(data).lstrip("\ufeff").replace("\x00", "")
    if kind == "readwise":
        return collect(kind, readwise.read_table(text))
    if _table_kind(columns_of(text.lstrip(" \t\r\n").partition("\n")[0])):
        return collect(kind, _read_table(text, _READERS[kind], name))
    if kind == "pinboard":
        return collect(kind, _read_pinboard(text, name))
    return collect(kind, read_page(text))


# Pinboard: pinboard.in/export, format JSON


def _read_pinboard(text: str, name: str) -> Iterator[Found]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(name, f"its JSON is broken ({one_line(str(error), 80)})") from error
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield _pinned({key: value for key, value in row.items() if isinstance(value, str)}, row)


def _pinned(row: Row, raw: Mapping[str, Any]) -> Found:
    tags = raw.get("tags")
    return make_bookmark(
        row.get("href", ""), title=row.get("description", ""), added=when_of(row.get("time", "")),
        tags=tags if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags) else row.get("tags", "").split(),
        waiting=raw.get("toread") in ("yes", "1", 1, True), comment=row.get("extended", ""),
    )  # fmt: skip


# Tables


def _table_kind(columns: list[str]) -> str:
    return next((kind for kind, needed in _TELLING.items() if needed <= set(columns)), "")


def _read_table(text: str, read: Reader, name: str) -> Iterator[Found]:
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


def _pocket(row: Row) -> Found:
    tags = re.split(r"[|,]", row.get("tags", ""))
    return make_bookmark(row.get("url", ""), title=row.get("title", ""), tags=tags,
                         added=when_of(row.get("time_added", "")), waiting=row.get("status") == "unread")  # fmt: skip


def _raindrop(row: Row) -> Found:
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


def _instapaper(row: Row) -> Found:
    folder = row.get("folder", "").strip()
    tags = [folder if folder not in ("Unread", "Archive") else "", *re.findall(r"[^\[\]\",]+", row.get("tags") or "")]
    return make_bookmark(
        row.get("url", ""), title=row.get("title", ""), tags=tags, added=when_of(row.get("timestamp", "")),
        waiting=folder == "Unread", description=row.get("selection", ""),
    )  # fmt: skip


def _reader(row: Row) -> Found:
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
