"""Where notes, kept items and sources lead on the web, and what the store keeps of a page. Reads only."""

import json
import sqlite3
from collections.abc import Iterable

from pkm.ids import Row


def notes_with_links(db: sqlite3.Connection) -> list[Row]:
    """The notes that are not put away and name an address of the web, by id: id, title, text."""
    found = db.execute("SELECT id, title, text FROM note WHERE dropped_at IS NULL AND text LIKE '%http%://%' ORDER BY id")
    return [dict(row) for row in found]


def kept_items(db: sqlite3.Connection) -> list[Row]:
    """The kept items that have an address, by id: id, title, url."""
    found = db.execute("SELECT id, title, url FROM item WHERE state = 'kept' AND url LIKE 'http%' ORDER BY id")
    return [dict(row) for row in found]


def source_urls(db: sqlite3.Connection) -> list[str]:
    """The addresses of the web that sources are at, by id."""
    return [row[0] for row in db.execute("SELECT url FROM source WHERE url LIKE 'http%' ORDER BY id")]


def kept_texts(db: sqlite3.Connection, urls: Iterable[str]) -> dict[str, int]:
    """Address -> the item that has the text of that page, or the page itself, as it was."""
    found = db.execute(
        "SELECT wanted.value, item.id FROM json_each(:urls) AS wanted JOIN item ON item.url = wanted.value "
        "OR item.canonical_url = wanted.value WHERE item.text <> '' "
        "OR EXISTS (SELECT 1 FROM page WHERE page.item_id = item.id) ORDER BY item.id DESC", {"urls": json.dumps(list(urls))},
    )  # fmt: skip
    return {row[0]: row[1] for row in found}
