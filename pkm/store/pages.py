"""Other texts of items: what the feed gave where the page's full text took its place; pages as they were archived.

A row of role feed without a text says that the page was tried and brought nothing better. Its body is empty, not NULL:
the journal's images of rows cannot tell the two apart.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pkm.ids import Row
from pkm.store.session import Unit


class FullText(NamedTuple):
    """What a page brought for an item: its text, or "" where it brought nothing better than what is there."""

    item_id: int
    text: str = ""
    html: str = ""


def of(db: sqlite3.Connection, item_id: int) -> list[Row]:
    """What other texts an item has: {"role", "at", "media_type", "size_bytes"}; without the texts."""
    rows = db.execute(
        "SELECT role, at, media_type, length(body) AS packed, length(text) AS size FROM page "
        "WHERE item_id = :id AND (length(body) > 0 OR text <> '') ORDER BY role",
        {"id": item_id},
    )
    return [{"role": row["role"], "at": row["at"], "media_type": row["media_type"],
             "size_bytes": row["packed"] or row["size"]} for row in rows]  # fmt: skip


def enclosures(db: sqlite3.Connection, item_id: int) -> list[Row]:
    """The files that go with an item, in its source's order: {"url", "type", "size_bytes", "duration_s", "rel"}."""
    rows = db.execute(
        "SELECT url, type, size_bytes, duration_s, rel FROM enclosure WHERE item_id = :id ORDER BY position, id",
        {"id": item_id},
    )
    return [dict(row) for row in rows]


def feed_text(db: sqlite3.Connection, item_id: int) -> str | None:
    """What the feed itself said, None where no full text took its place."""
    found = db.execute(
        "SELECT text FROM page WHERE item_id = :id AND role = 'feed' AND text <> ''", {"id": item_id}
    ).fetchone()
    return None if found is None else str(found[0])


def archived(db: sqlite3.Connection, item_id: int) -> tuple[bytes, str] | None:
    """(the page as it came, its media type), None where none was archived."""
    found = db.execute(
        "SELECT body, media_type FROM page WHERE item_id = :id AND role = 'archive' AND length(body) > 0",
        {"id": item_id},
    ).fetchone()
    return None if found is None else (zlib.decompress(found["body"]), str(found["media_type"]))


def archive(unit: Unit, item_id: int, body: bytes, media_type: str) -> None:
    """The page is archived as it came; an earlier one gives way."""
    unit.connection.execute(
        "INSERT INTO page (item_id, role, at, media_type, text, html, body) "
        "VALUES (:id, 'archive', :at, :type, '', '', :body) "
        "ON CONFLICT (item_id, role) DO UPDATE SET at = :at, media_type = :type, body = :body",
        {"id": item_id, "at": unit.at, "type": media_type or "text/html", "body": zlib.compress(body)},
    )


def without_full_text(db: sqlite3.Connection, source_id: int, since: str, limit: int) -> list[tuple[int, str]]:
    """(id, address) of items of a source whose page was not tried yet, the newest first: what waits or was kept, and
    came in since then. Only its latest 500 are looked at.
    """
    rows = db.execute(
        "SELECT id, url FROM item WHERE id IN "
        "(SELECT id FROM item WHERE source_id = :source ORDER BY id DESC LIMIT 500) "
        "AND state IN ('inbox', 'kept') AND received_at >= :since AND url <> '' "
        "AND NOT EXISTS (SELECT 1 FROM page WHERE page.item_id = item.id AND page.role = 'feed') "
        "ORDER BY id DESC LIMIT :limit",
        {"source": source_id, "since": since, "limit": limit},
    )
    return [(row[0], row[1]) for row in rows]


def imported_without_text(db: sqlite3.Connection, limit: int) -> list[tuple[int, str]]:
    """(id, address) of saved pages that came by a list, have no text and were not tried yet, the newest first."""
    rows = db.execute(
        "SELECT id, url FROM item WHERE via = 'import' AND source_id IS NULL AND text = '' AND url <> '' "
        "AND state IN ('inbox', 'kept') "
        "AND NOT EXISTS (SELECT 1 FROM page WHERE page.item_id = item.id AND page.role = 'feed') "
        "ORDER BY id DESC LIMIT :limit",
        {"limit": limit},
    )
    return [(row[0], row[1]) for row in rows]


def latest_texts(db: sqlite3.Connection, source_id: int) -> list[str]:
    """How the texts of a source's latest items end: their last 1000 characters, "" for what is not there."""
    rows = db.execute(
        "SELECT substr(text, -1000) FROM item WHERE source_id = :id ORDER BY id DESC LIMIT 12", {"id": source_id},
    )  # fmt: skip
    return [row[0] for row in rows]


def own_texts(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """(title, summary, text) of these items."""
    rows = db.execute(
        "SELECT id, title, summary, text FROM item WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(ids))},
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def fill(unit: Unit, texts: Sequence[FullText]) -> None:
    """The items have these texts, and what they had before is kept beside it; those without one count as tried."""
    rows = [{**one._asdict(), "at": unit.at} for one in texts]
    unit.connection.executemany(
        "INSERT INTO page (item_id, role, at, media_type, text, html, body) SELECT id, 'feed', :at, 'text/html', "
        "iif(:text = '', '', text), iif(:text = '', '', html), x'' FROM item WHERE id = :item_id ON CONFLICT DO NOTHING",
        rows,
    )
    unit.connection.executemany("UPDATE item SET text = :text, html = :html WHERE id = :item_id AND :text <> ''", rows)
