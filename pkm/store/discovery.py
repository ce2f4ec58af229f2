"""Questions behind the suggestions: what was kept of whom, what people's sources brought, who is known, what was turned
down. Bounded: the newest of each, never the whole store.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store.sources import without_user

if TYPE_CHECKING:
    from pkm.store.session import Unit

EACH = 100
"""So many items of one source are looked at for who is named in them."""

_ITEM = """
SELECT item.id, item.title, item.url, item.source_id, item.state, item.author, item.authors, item.html,
  coalesce(item.decided_at, item.received_at) AS at, source.contact_id,
  source.url AS source_url, source.site_url AS site,
  coalesce(nullif(contact.name, ''), nullif(source.title, ''), source.url) AS writer
FROM item LEFT JOIN source ON source.id = item.source_id LEFT JOIN contact ON contact.id = source.contact_id
"""
_NOTED = """
SELECT item_id FROM note WHERE item_id IS NOT NULL AND dropped_at IS NULL
UNION SELECT item_id FROM annotation WHERE item_id IS NOT NULL
UNION SELECT to_id FROM link WHERE to_kind = 'item' AND from_kind = 'note' AND to_id IS NOT NULL
"""
_SHARED = """
SELECT note.item_id FROM share JOIN share_note ON share_note.share_id = share.id JOIN note ON note.id = share_note.note_id
WHERE share.state = 'sent' AND note.item_id IS NOT NULL
"""


def kept_items(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Items that were kept or noted, the last decided on first, then by id, with their HTML.

    "weight" is 1 for a kept one, 2 for one that a note was made of (or that was quoted, or linked), 3 where that note
    was shared; "writer" is the contact whose source it came from, else the source's title, None for a clip.
    """
    noted = {row[0] for row in db.execute(_NOTED)}
    shared = {row[0] for row in db.execute(_SHARED)}
    newest = json.dumps(sorted(noted, reverse=True)[:limit])
    found = db.execute(
        f"{_ITEM} WHERE item.id IN (SELECT id FROM (SELECT id FROM item WHERE state = 'kept' "
        "ORDER BY received_at DESC, id DESC LIMIT :limit) UNION SELECT value FROM json_each(:noted)) "
        "ORDER BY at DESC, item.id DESC LIMIT :limit",
        {"limit": limit, "noted": newest},
    )
    return [{**_shape(row), "weight": 3 if row["id"] in shared else 2 if row["id"] in noted else 1} for row in found]


def items_of_people(db: sqlite3.Connection, limit: int) -> list[Row]:
    """The newest items of the sources that belong to contacts, at most EACH of a source, by id, newest first."""
    found = db.execute(
        f"{_ITEM} WHERE item.id IN (SELECT latest.id FROM source AS owned JOIN item AS latest ON latest.id IN "
        "(SELECT id FROM item WHERE source_id = owned.id ORDER BY id DESC LIMIT :each) "
        "WHERE owned.contact_id IS NOT NULL) AND item.state <> 'muted' ORDER BY item.id DESC LIMIT :limit",
        {"limit": limit, "each": EACH},
    )
    return [{**_shape(row), "weight": 0} for row in found]


def dropped_bylines(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Who wrote the items that were dropped last: {"author", "authors", "source_id"}."""
    found = db.execute(
        "SELECT id, author, authors, source_id FROM item WHERE state = 'dropped' "
        "ORDER BY received_at DESC, id DESC LIMIT :limit", {"limit": limit},
    )  # fmt: skip
    return [dict(row) for row in found]


def samples(db: sqlite3.Connection, source_ids: Iterable[int], *, each: int) -> list[tuple[int, str]]:
    """(source, HTML) of the newest items of these sources, `each` of a source, whatever became of them."""
    found = db.execute(
        "SELECT item.source_id, item.html FROM json_each(:ids) AS wanted JOIN item ON item.id IN "
        "(SELECT id FROM item WHERE source_id = wanted.value ORDER BY id DESC LIMIT :each) ORDER BY item.id DESC",
        {"ids": json.dumps(list(source_ids)), "each": each},
    )
    return [(row[0], row[1]) for row in found]


def followed(db: sqlite3.Connection) -> list[Row]:
    """Every source, by id: {"id", "url", "site_url", "title", "contact_id"}."""
    found = db.execute(
        "SELECT id, url, site_url, coalesce(nullif(title, ''), url) AS title, contact_id FROM source ORDER BY id"
    )
    return [{**dict(row), "title": without_user(row["title"])} for row in found]


def known_people(db: sqlite3.Connection) -> list[Row]:
    """Every contact, by id: {"id", "name", "nick", "handles"}; the handles are (kind, value) pairs."""
    every = db.execute("SELECT contact_id, kind, value FROM handle ORDER BY contact_id, position, id")
    handles = grouped((row[0], (row[1], row[2])) for row in every)
    found = db.execute("SELECT id, name, nick FROM contact ORDER BY id")
    return [{**dict(row), "handles": handles.get(row["id"], [])} for row in found]


def kept_of_decided(db: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """For each source that belongs to a contact: (items kept, items decided on)."""
    found = db.execute(
        "SELECT source_id, sum(state = 'kept') AS kept, count(*) AS decided FROM item "
        "WHERE decided_at IS NOT NULL AND source_id IN (SELECT id FROM source WHERE contact_id IS NOT NULL) "
        "GROUP BY source_id"
    )
    return {row["source_id"]: (row["kept"], row["decided"]) for row in found}


def answers_of_nobody(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Answers to shares that came from an address to which something went, and from no contact yet, newest first, then by
    id: {"id", "share", "address", "text", "at"}.
    """
    found = db.execute(
        "SELECT response.id, response.share_id AS share, delivery.recipient AS address, response.text, response.at "
        "FROM response JOIN delivery ON delivery.id = response.delivery_id WHERE response.contact_id IS NULL "
        "AND delivery.contact_id IS NULL AND response.state <> 'dropped' AND delivery.recipient <> '' "
        "ORDER BY response.at DESC, response.id DESC LIMIT :limit",
        {"limit": limit},
    )
    return [dict(row) for row in found]


def claim_answers(unit: "Unit", contact_id: int, emails: Iterable[str]) -> int:
    """Answers of nobody that came from one of these addresses are the contact's; how many."""
    unit.flush()
    return unit.connection.execute(
        "UPDATE response SET contact_id = :contact WHERE contact_id IS NULL AND delivery_id IN (SELECT id FROM delivery "
        "WHERE contact_id IS NULL AND lower(recipient) IN (SELECT value FROM json_each(:emails)))",
        {"contact": contact_id, "emails": json.dumps([email.lower() for email in emails])},
    ).rowcount


def _shape(row: sqlite3.Row) -> Row:
    return {**dict(row), "writer": row["writer"] and without_user(row["writer"])}
