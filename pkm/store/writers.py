"""Questions about contacts as those who write: when what they write came, and who has fallen quiet. Reads only."""

import json
import sqlite3
from collections.abc import Iterable

from pkm.grouped import grouped

LATEST = 20
"""So many of each source's items tell the pace of whoever writes it."""


def dates(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, list[str]]:
    """By contact: when their latest items were published, or else came; those without a source are left out."""
    found = db.execute(
        "SELECT theirs.contact_id, coalesce(item.published_at, item.received_at) FROM (SELECT id, contact_id FROM source "
        "WHERE contact_id IN (SELECT value FROM json_each(:ids))) AS theirs CROSS JOIN item ON item.id IN ("
        "SELECT id FROM item WHERE source_id = theirs.id ORDER BY id DESC LIMIT :latest)",
        {"ids": json.dumps(list(numbers)), "latest": LATEST},
    )
    return grouped(found)


def all_writers(db: sqlite3.Connection) -> list[int]:
    """The contacts of whom something is followed, by id."""
    return [row[0] for row in db.execute("SELECT DISTINCT contact_id FROM source WHERE contact_id IS NOT NULL ORDER BY 1")]
