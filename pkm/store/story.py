"""Questions behind `pkm contact story`: what was made of what a contact wrote, and the notes on them.

Reads only, plain SQL, oldest first, then by id.
"""

import sqlite3

from pkm.ids import Row, make
from pkm.store.contacts import WRITTEN
from pkm.text import first_sentence


def items_kept(db: sqlite3.Connection, number: int) -> list[Row]:
    """The contact's items that were kept: {"id", "kind", "title", "at"}: when they wrote it."""
    found = db.execute(
        "SELECT id, coalesce(nullif(title, ''), url) AS title, coalesce(published_at, received_at) AS at FROM item "
        f"WHERE state = 'kept' AND id IN ({WRITTEN}) ORDER BY at, id",
        {"contact": number},
    )
    return [{"id": make("item", row["id"]), "kind": "item", "title": row["title"], "at": row["at"]} for row in found]


def quotes(db: sqlite3.Connection, number: int) -> list[Row]:
    """What was quoted out of the contact's items: {"id", "kind", "title": the quote, else the comment, "at", "item"}."""
    found = db.execute(
        f"SELECT id, item_id, exact, comment, created_at FROM annotation WHERE item_id IN ({WRITTEN}) ORDER BY created_at, id",
        {"contact": number},
    )
    return [
        {"id": make("annotation", row["id"]), "kind": "annotation", "at": row["created_at"],
         "title": first_sentence(row["exact"] or row["comment"]), "item": make("item", row["item_id"])}
        for row in found
    ]  # fmt: skip


def notes(db: sqlite3.Connection, number: int) -> list[Row]:
    """Notes that name the contact, or were made from what they wrote: {"id", "kind", "title", "at": the day it speaks of}."""
    found = db.execute(
        "SELECT id, title, coalesce(at, created_at) AS told FROM note WHERE dropped_at IS NULL AND (id IN (SELECT from_id "
        f"FROM link WHERE from_kind = 'note' AND to_kind = 'contact' AND to_id = :contact) OR item_id IN ({WRITTEN})) "
        "ORDER BY told, id",
        {"contact": number},
    )
    return [{"id": make("note", row["id"]), "kind": "note", "title": row["title"], "at": row["told"]} for row in found]
