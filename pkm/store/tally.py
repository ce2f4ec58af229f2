"""How many there are of what comes by the million: items by state and by source, notes by reach, tags by the kind of what
has them.

Counting half a million rows takes as long as the rest of a command, so triggers keep the numbers; they know them by the
names here. A migration and the doctor make them anew.
"""

import json
import sqlite3

from pkm.reach import REACHES

BY_STATE = "item "
"""Items of a state (“item inbox”, key 0) that stand for themselves: none that another one stands for."""
BY_SOURCE = "of source"
"""Items that a source brought, by its number; 0: those of none."""
BY_REACH = "note "
"""Notes of a reach (“note team”, key 0) that are in lists: none that was put away."""
TAGGED = "tagged "
"""Things of a kind (“tagged note”) that have a tag, by its number."""

COUNTED = (
    f"SELECT '{BY_STATE}' || state AS what, 0 AS key, count(*) AS number FROM item WHERE story_id IS NULL GROUP BY state",
    f"SELECT '{BY_SOURCE}', coalesce(source_id, 0), count(*) FROM item GROUP BY source_id",
    f"SELECT '{BY_REACH}' || reach, 0, count(*) FROM note WHERE dropped_at IS NULL GROUP BY reach",
    f"SELECT '{TAGGED}' || kind, tag_id, count(*) FROM tagging GROUP BY tag_id, kind",
)
"""SQL: the numbers as they are."""

OF_REACHES = (
    "(SELECT coalesce(sum(number), 0) FROM tally WHERE key = 0 "
    f"AND what IN (SELECT '{BY_REACH}' || value FROM json_each(:reaches)))"
)
"""SQL: how many notes of :reaches, as JSON, are in lists."""


def waiting(db: sqlite3.Connection, state: str) -> int:
    """How many items of that state stand for themselves."""
    found = db.execute("SELECT number FROM tally WHERE what = :what AND key = 0", {"what": BY_STATE + state}).fetchone()
    return int(found[0]) if found else 0


def notes(db: sqlite3.Connection) -> int:
    """How many notes are not put away."""
    return int(db.execute(f"SELECT {OF_REACHES}", {"reaches": json.dumps(REACHES)}).fetchone()[0])


def tagged(db: sqlite3.Connection) -> list[tuple[int, str, int]]:
    """(tag, kind, how many things of that kind have it), by tag and kind; only what there is."""
    found = db.execute(
        "SELECT key, what, number FROM tally WHERE what BETWEEN :first AND :last ORDER BY key, what",
        {"first": TAGGED, "last": TAGGED + "\x7f"},
    )
    return [(row[0], row[1].removeprefix(TAGGED), row[2]) for row in found]


def is_wrong(db: sqlite3.Connection) -> bool:
    """Whether a number is another than there are rows."""
    kept = {(row[0], row[1], row[2]) for row in db.execute("SELECT what, key, number FROM tally")}
    return kept != {(row[0], row[1], row[2]) for sql in COUNTED for row in db.execute(sql)}


def count_anew(db: sqlite3.Connection) -> None:
    """The numbers are those of the rows, in the transaction that is open."""
    db.execute("DELETE FROM tally")
    for sql in COUNTED:
        db.execute(f"INSERT INTO tally (what, key, number) {sql}")
