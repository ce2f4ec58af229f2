"""Questions of the review: what is due to be looked at again, open questions, contradictions, this day in other years.

Reads only, plain SQL; a review writes through `sense/review`. Notes that were put away are in none of them.
"""

import sqlite3
import zlib
from typing import Any

from pkm.ids import make
from pkm.store.conditions import IS

Row = dict[str, Any]

DAYS = {"soon": 7, "later": 14, "eventually": 28}
"""Days of each half-life: after one of them, half of what was seen is forgotten."""
BY_STAGE = {"observation": "soon", "idea": "later", "practice": "eventually"}
"""The half-life of a note that nobody gave one."""

_KIND = "coalesce(nullif(note.half_life, ''), CASE note.stage " + " ".join(
    f"WHEN '{stage}' THEN '{name}'" for stage, name in BY_STAGE.items()
) + " END)"  # fmt: skip
_LIFE = f"CASE {_KIND} " + " ".join(f"WHEN '{name}' THEN {days}" for name, days in DAYS.items()) + " END"
_SEEN = "coalesce(note.reviewed_at, note.updated_at)"
_AGE = f"(julianday(:now) - julianday({_SEEN}))"
_DUE = f"note.dropped_at IS NULL AND {_KIND} <> 'never' AND {_AGE} >= {_LIFE}"
_NOTE = (
    f"SELECT note.id, note.title, note.stage, note.reach, {_SEEN} AS seen_at, note.reviewed_at, {_KIND} AS half_life, "
    "note.created_at, item.source_id FROM note LEFT JOIN item ON item.id = note.item_id"
)


def _shape(row: sqlite3.Row) -> Row:
    return {
        "id": make("note", row["id"]), "kind": "note", "title": row["title"], "stage": row["stage"], "reach": row["reach"],
        "seen_at": row["seen_at"], "reviewed_at": row["reviewed_at"], "half_life": row["half_life"],
        "created_at": row["created_at"], "source": None if row["source_id"] is None else make("source", row["source_id"]),
    }  # fmt: skip


def due(db: sqlite3.Connection, now: str, limit: int) -> list[Row]:
    """Notes whose half-life is over, those most of which is forgotten first, then by id. now: a stamp."""
    sql = f"{_NOTE} WHERE {_DUE} ORDER BY {_AGE} / {_LIFE} DESC, note.id LIMIT :limit"
    return [_shape(row) for row in db.execute(sql, {"now": now, "limit": limit})]


def count_due(db: sqlite3.Connection, now: str) -> int:
    """How many notes `due` would give without a limit."""
    return int(db.execute(f"SELECT count(*) FROM note WHERE {_DUE}", {"now": now}).fetchone()[0])


def questions(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Open questions with "answers": what waits in the inbox that may answer them; those with answers first, oldest first."""
    waiting = "SELECT 1 FROM signal JOIN item ON item.id = signal.item_id WHERE answers_id = note.id AND item.state = 'inbox'"
    sql = (
        f"{_NOTE} WHERE note.dropped_at IS NULL AND {IS['question']['note']} "
        f"ORDER BY EXISTS ({waiting}) DESC, note.created_at, note.id LIMIT :limit"
    )
    rows = [_shape(row) for row in db.execute(sql, {"limit": limit})]
    return [{**row, "answers": _answers(db, int(row["id"][1:]))} for row in rows]


def _answers(db: sqlite3.Connection, number: int, limit: int = 3) -> list[Row]:
    found = db.execute(
        "SELECT item.id, item.title, item.url, signal.words FROM signal JOIN item ON item.id = signal.item_id "
        "WHERE signal.answers_id = :id AND item.state = 'inbox' ORDER BY item.id DESC LIMIT :limit",
        {"id": number, "limit": limit},
    )
    return [
        {"id": make("item", row["id"]), "kind": "item", "title": row["title"] or row["url"], "words": row["words"]}
        for row in found
    ]


def contradictions(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Pairs that contradict each other and that nobody came to terms with, oldest first.

    {"id", "kind", "title", …} of the note that says so, and "against": {"id", "kind", "title"}.
    """
    sql = (
        f"SELECT * FROM ({_NOTE}) AS one JOIN (SELECT id AS link_id, from_id, to_kind, to_id, created_at AS linked_at "
        "FROM link WHERE from_kind = 'note' AND type = 'contradicts' AND to_kind IN ('note', 'item') AND to_id IS NOT NULL "
        "AND resolved_at IS NULL) AS link ON link.from_id = one.id "
        "WHERE EXISTS (SELECT 1 FROM note WHERE note.id = one.id AND note.dropped_at IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM note WHERE link.to_kind = 'note' AND note.id = link.to_id "
        "AND note.dropped_at IS NOT NULL) ORDER BY linked_at, link_id LIMIT :limit"
    )
    return [
        {**_shape(row), "against": {"id": make(row["to_kind"], row["to_id"]), "kind": row["to_kind"],
                                    "title": _title(db, row["to_kind"], row["to_id"])}, "at": row["linked_at"]}
        for row in db.execute(sql, {"limit": limit})
    ]  # fmt: skip


def _title(db: sqlite3.Connection, kind: str, number: int) -> str:
    assert kind in ("note", "item")
    found = db.execute(f"SELECT title FROM {kind} WHERE id = :id", {"id": number}).fetchone()
    return "" if found is None else str(found[0])


def on_this_day(db: sqlite3.Connection, day: str, limit: int) -> list[Row]:
    """Notes of this day of the month in other years, oldest first. day: the local date, 2026-11-28."""
    at = "coalesce(note.at, note.created_at)"
    sql = (
        f"{_NOTE} WHERE note.dropped_at IS NULL AND strftime('%m-%d', {at}, 'localtime') = substr(:day, 6) "
        f"AND strftime('%Y', {at}, 'localtime') < substr(:day, 1, 4) ORDER BY {at}, note.id LIMIT :limit"
    )
    return [_shape(row) for row in db.execute(sql, {"day": day, "limit": limit})]


def far_away(db: sqlite3.Connection, before: str, seed: int, limit: int) -> list[Row]:
    """Older notes that no three links lead to from what was touched last, in an order that `seed` shuffles.

    before: they were touched last before this stamp.
    """
    sql = f"""WITH RECURSIVE near(id, steps) AS (
      SELECT * FROM (SELECT id, 0 FROM note WHERE dropped_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 3)
      UNION SELECT other, steps + 1 FROM (
        SELECT from_id AS one, to_id AS other FROM link WHERE from_kind = 'note' AND to_kind = 'note' AND to_id IS NOT NULL
        UNION ALL
        SELECT to_id, from_id FROM link WHERE from_kind = 'note' AND to_kind = 'note' AND to_id IS NOT NULL) AS step
      JOIN near ON near.id = step.one WHERE steps < 3)
      {_NOTE} WHERE note.dropped_at IS NULL AND {_KIND} <> 'never' AND {_SEEN} < :before AND note.id NOT IN (SELECT id FROM near)
      ORDER BY note.id * :factor % 2147483647, note.id LIMIT :limit"""
    factor = zlib.crc32(str(seed).encode()) % 2147483646 + 1  # another order for each: a sum would only turn the same one
    return [_shape(row) for row in db.execute(sql, {"before": before, "factor": factor, "limit": limit})]
