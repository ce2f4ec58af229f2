"""Contacts whole, with what only their cards need (uid, unknown properties): for files of contacts. Reads only."""

import sqlite3
from collections.abc import Iterator, Sequence

from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store import tags


def everybody(db: sqlite3.Connection) -> Iterator[Row]:
    """Every contact by number, with "handles" ({"kind", "value", "label"}, in order) and "tags".

    written_to: whether they are in a team or a community.
    """
    written_to = {row[0] for row in db.execute(
        "SELECT contact_id FROM membership JOIN circle ON circle.id = circle_id "
        "WHERE left_at IS NULL AND circle.kind IN ('team', 'community')"
    )}  # fmt: skip
    found = db.execute("SELECT contact_id, kind, value, label FROM handle ORDER BY contact_id, position, id")
    handles = grouped((row["contact_id"], dict(row)) for row in found)
    tagged = grouped(db.execute(
        "SELECT entity_id, name FROM tagging JOIN tag ON tag.id = tag_id WHERE tagging.kind = 'contact' ORDER BY name"
    ))  # fmt: skip
    for row in db.execute("SELECT * FROM contact ORDER BY id"):
        yield {**dict(row), "handles": handles.get(row["id"], []), "tags": tagged.get(row["id"], []),
               "written_to": row["id"] in written_to}  # fmt: skip


def one(db: sqlite3.Connection, number: int) -> Row | None:
    """One contact as `everybody` gives them, None where there is none."""
    row = db.execute("SELECT * FROM contact WHERE id = :id", {"id": number}).fetchone()
    if row is None:
        return None
    handles = db.execute(
        "SELECT contact_id, kind, value, label FROM handle WHERE contact_id = :id ORDER BY position, id", {"id": number}
    )
    return {**dict(row), "handles": [dict(one) for one in handles], "tags": tags.of(db, "contact", number)}


def sharing_word(db: sqlite3.Connection, words: Sequence[str], limit: int) -> list[tuple[int, str]]:
    """(number, name) of the newest contacts whose name holds one of the words (letters and digits only), by number."""
    match = " OR ".join(f'name : "{word}"' for word in words)
    found = db.execute(
        "SELECT id, name FROM contact WHERE id IN (SELECT rowid FROM contact_fts WHERE contact_fts MATCH :match "
        "ORDER BY rowid DESC LIMIT :limit) ORDER BY id", {"match": match, "limit": limit},
    )  # fmt: skip
    return [(row["id"], row["name"]) for row in found] if match else []


def weights(db: sqlite3.Connection) -> dict[int, int]:
    """How much of the person's own hangs on a contact: interactions, stays, mentions, sources, answers, deliveries."""
    found: dict[int, int] = {}
    for table, column, where in (
        ("interaction_contact", "contact_id", "1"), ("membership", "contact_id", "1"), ("source", "contact_id", "1"),
        ("response", "contact_id", "1"), ("delivery", "contact_id", "1"), ("link", "to_id", "to_kind = 'contact'"),
    ):  # fmt: skip
        sql = f"SELECT {column}, count(*) FROM {table} WHERE {column} IS NOT NULL AND {where} GROUP BY {column}"
        for number, count in db.execute(sql):
            found[number] = found.get(number, 0) + count
    return found
