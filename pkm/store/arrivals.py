"""What came in: where the new items of a pull went, which of them wait in the inbox, and what came since one decided last."""

import json
import sqlite3
from collections.abc import Iterable

TOLD = "told"
"""What becomes of a new item that another item stands for, whatever its state."""


def where_new_went(db: sqlite3.Connection, first: int) -> dict[str, int]:
    """How many items from that number on went where: inbox, backlog, muted, or told by another item of the same story.

    Each is counted once, so that the parts add up to what came.
    """
    found = db.execute(
        "SELECT iif(story_id IS NULL, state, :told), count(*) FROM item "
        "WHERE id >= :first AND source_id IS NOT NULL GROUP BY 1 ORDER BY 1",
        {"first": first, "told": TOLD},
    )
    return dict(found.fetchall())


def in_inbox(db: sqlite3.Connection, first: int, also: Iterable[int] = ()) -> list[int]:
    """The items from that number on, and those others, that wait in the inbox; the last brought first."""
    found = db.execute(
        "SELECT id FROM item WHERE id >= :first AND +state = 'inbox' AND story_id IS NULL AND source_id IS NOT NULL "
        "UNION SELECT id FROM item WHERE id IN (SELECT value FROM json_each(:also)) AND +state = 'inbox' "
        "AND story_id IS NULL ORDER BY id DESC",
        {"first": first, "also": json.dumps(list(also))},
    )
    return [row[0] for row in found]


def last_visit(db: sqlite3.Connection) -> str | None:
    """The stamp of the last decision before what came in last; None where nothing was decided before it.

    What came since then is new, and stays so until something comes after the next decision: a morning's work does not make
    it old.
    """
    arrival = db.execute("SELECT received_at FROM item WHERE source_id IS NOT NULL ORDER BY id DESC LIMIT 1").fetchone()
    if arrival is None:
        return None
    found = db.execute(
        "SELECT max(decided_at) FROM item INDEXED BY item_decided WHERE decided_at < :arrival", {"arrival": arrival[0]}
    ).fetchone()
    return None if found[0] is None else str(found[0])
