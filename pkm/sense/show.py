"""One thing whole, for reading: an item, note or annotation with what hangs on it. Reads only.

Quotes are placed in the text here, never by the screen: a quote whose place is not certain is not marked.
"""

import re
import sqlite3
from html.parser import HTMLParser

from pkm.html import is_web_address
from pkm.ids import Row, existing
from pkm.store import annotations, items, links, notes, pages, versions
from pkm.text import one_line

LINKS = 200
"""How many links of an item are listed."""


def thing(db: sqlite3.Connection, kind: str, number: int) -> Row:
    """The item, note or annotation with what belongs to it, as an object. Raises NotFound."""
    read = {"item": _item, "note": _note, "annotation": _annotation}[kind]
    return existing(read(db, number), kind, number)


def _item(db: sqlite3.Connection, number: int) -> Row | None:
    """Text, summary, annotations, the notes made from it, its links, then its files: numbered on from the links."""
    row = items.row(db, number)
    if row is None:
        return None
    found = links_of(row.pop("html"), row["text"])
    files = [{"number": at, **file} for at, file in enumerate(pages.enclosures(db, number), len(found) + 1)]
    return {
        **row, "enclosures": files, "pages": pages.of(db, number),
        "annotations": _found(annotations.of(db, "item", number), row["text"]), "notes": notes.of_item(db, number),
        "backlinks": links.incoming(db, "item", number), "links": found, "versions": versions.count_of(db, number),
        "told": items.others_of_story(db, number),
    }  # fmt: skip


def _note(db: sqlite3.Connection, number: int) -> Row | None:
    row = notes.row(db, number)
    if row is None:
        return None
    item = None if row["item"] is None else items.rows(db, [int(row["item"][1:])])
    return {
        **row, "from": item[0] if item else None, "links": links.outgoing(db, "note", number),
        "backlinks": links.incoming(db, "note", number), "annotations": _found(annotations.of(db, "note", number), row["text"]),
        "trials": notes.trials(db, number), "growth": notes.growth(db, number),
    }  # fmt: skip


def _found(rows: list[Row], text: str) -> list[Row]:
    """The annotations in the state they have now: a source may have changed the text since they were last looked for."""
    if not any(row["exact"] for row in rows):
        return rows
    from pkm.sense.annotate import as_found

    return as_found(rows, text)


def _annotation(db: sqlite3.Connection, number: int) -> Row | None:
    row = annotations.row(db, number)
    if row is None:
        return None
    if row["item"]:
        on = items.rows(db, [int(row["item"][1:])])
    else:
        on = notes.rows(db, [int(row["note"][1:])])
    return {**row, "on": on[0] if on else None}


def marked(text: str, quotes: list[Row]) -> str:
    """The text with each quote between ⟪ and ⟫ and its number behind it; those without a certain place are left out.

    quotes: annotations; the first with a quote is number 1. Where its words are others now, that is said.
    """
    from pkm.sense.annotate import place

    marks: list[tuple[int, int, str]] = []
    for count, row in enumerate((row for row in quotes if row["exact"]), 1):
        found = place(row, text)
        if found is not None:
            # At one place, ends go before beginnings, and of two ends the one that began last goes first.
            marks.append((found.start, 1, "⟪"))
            same = text[found.start : found.end].split() == row["exact"].split()
            marks.append((found.end, 0, f"⟫[{count}]" if same else f"⟫[{count}, changed since]"))
    pieces, last = [], 0
    for at, _, mark in sorted(marks, key=lambda mark: mark[:2]):
        pieces += [text[last:at], mark]
        last = at
    return "".join([*pieces, text[last:]])


class _Links(HTMLParser):
    """Reads the links of cleaned HTML: address and words, each address once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[str]] = {}
        self._open: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An anchor opens."""
        url = dict(attrs).get("href") or ""
        if tag == "a" and is_web_address(url):
            self._open = self.found.setdefault(one_line(url), [])

    def handle_endtag(self, tag: str) -> None:
        """An anchor closes."""
        if tag == "a":
            self._open = None

    def handle_data(self, data: str) -> None:
        """Words of an anchor."""
        if self._open is not None:
            self._open.append(data)


def links_of(html: str, text: str) -> list[Row]:
    """Links of an item, numbered as they come: {"number", "title", "url"}; http and https only."""
    reader = _Links()
    if html:
        reader.feed(html)
        reader.close()
    else:
        reader.found = {url.rstrip(".,;:!?)"): [] for url in re.findall(r"https?://[^\s<>\"“”]+", text)}
    listed = list(reader.found.items())[:LINKS]
    return [
        {"number": number, "title": one_line(" ".join(words), 100), "url": url}
        for number, (url, words) in enumerate(listed, 1)
    ]
