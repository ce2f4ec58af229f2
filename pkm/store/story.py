"""Questions behind `pkm contact story`: what was made of what a contact wrote, and the notes on them.

Reads only, plain SQL, oldest first, then by id.
"""

import sqlite3

from pkm.ids import Row
from pkm.store.contacts import WRITTEN
from pkm.store.rows import things
from pkm.text import first_sentence


def items_kept(db: sqlite3.Connection, number: int) -> list[Row]:
    """The contact's items that were kept: {"id", "kind", "title", "at"}: when they wrote it."""
    found = db.execute(
        "SELECT id, coalesce(nullif(title, ''), url) AS title, coalesce(published_at, received_at) AS at FROM item "
        f"WHERE state = 'kept' AND id IN ({WRITTEN}) ORDER BY at, id",
        {"contact": number},
    )
    return things("item", found)


def quotes(db: sqlite3.Connection, number: int) -> list[Row]:
    """What was quoted out of the contact's items: {"id", "kind", "title": the quote, else the comment, "at", "item"}."""
    found = db.execute(
        "SELECT id, created_at AS at, coalesce(nullif(exact, ''), comment) AS title, item_id FROM annotation "
        f"WHERE item_id IN ({WRITTEN}) ORDER BY created_at, id",
        {"contact": number},
    )
    return [{**one, "title": first_sentence(one["title"])} for one in things("annotation", found)]


def notes(db: sqlite3.Connection, number: int) -> list[Row]:
    """Notes that name the contact, or were made from what they wrote: {"id", "kind", "title", "at": the day it speaks of}."""
    found = db.execute(
        "SELECT id, title, coalesce(note.at, created_at) AS at FROM note WHERE dropped_at IS NULL AND (id IN (SELECT from_id "
        f"FROM link WHERE from_kind = 'note' AND to_kind = 'contact' AND to_id = :contact) OR item_id IN ({WRITTEN})) "
        "ORDER BY 3, id",
        {"contact": number},
    )
    return things("note", found)
