"""Contacts whole, with what only their cards need (uid, unknown properties): for files of contacts. Reads only."""

import sqlite3
from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]


def everybody(db: sqlite3.Connection) -> Iterator[Row]:
    """Every contact by number, with "handles" ({"kind", "value", "label"}, in order) and "tags"."""
    handles: dict[int, list[Row]] = {}
    for row in db.execute("SELECT contact_id, kind, value, label FROM handle ORDER BY contact_id, position, id"):
        handles.setdefault(row["contact_id"], []).append(dict(row))
    tags: dict[int, list[str]] = {}
    for number, name in db.execute(
        "SELECT entity_id, name FROM tagging JOIN tag ON tag.id = tag_id WHERE tagging.kind = 'contact' ORDER BY name"
    ):
        tags.setdefault(number, []).append(name)
    for row in db.execute("SELECT * FROM contact ORDER BY id"):
        yield {**dict(row), "handles": handles.get(row["id"], []), "tags": tags.get(row["id"], [])}
