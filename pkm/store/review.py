"""Questions of the review: what is due to be looked at again, open questions, contradictions, this day in other years.

Reads only, plain SQL; a review writes through `sense/review`. Notes that were put away are in none of them. What an import
brought and nobody touched here is never due, and asks nothing.
"""

import json
import sqlite3
import zlib
from collections.abc import Sequence
from datetime import timedelta

from pkm.dates import parse_stamp, stamp
from pkm.ids import Row, make
from pkm.store.brought import BROUGHT, LAST_SEEN
from pkm.store.conditions import IS
from pkm.store.rows import things

DAYS = {"soon": 7, "later": 14, "eventually": 28}
"""Days of each half-life: after one of them, half of what was seen is forgotten."""
BY_STAGE = {"observation": "soon", "idea": "later", "practice": "eventually"}
"""The half-life of a note that nobody gave one."""

SEEN = "day"
"""The kind of dismissal that says when a quote of this day in other years was looked at."""

_KIND = "coalesce(nullif(note.half_life, ''), CASE note.stage " + " ".join(
    f"WHEN '{stage}' THEN '{name}'" for stage, name in BY_STAGE.items()
) + " END)"  # fmt: skip
_LIFE = f"CASE {_KIND} " + " ".join(f"WHEN '{name}' THEN {days}" for name, days in DAYS.items()) + " END"
_AGE = f"(julianday(:now) - julianday({LAST_SEEN}))"
_OF_LIFE = (
    f"FROM note INDEXED BY note_seen WHERE note.dropped_at IS NULL AND {_KIND} = '{{0}}' AND {LAST_SEEN} <= :{{0}} "
    f"AND NOT {BROUGHT}"
)
"""SQL: notes of a half-life that is over, out of an index that has them by when they were seen, and holds all it asks for."""
_NOTE = (
    f"SELECT note.id, note.title, note.stage, note.reach, {LAST_SEEN} AS seen_at, note.reviewed_at, {_KIND} AS half_life, "
    "note.created_at, item.source_id FROM note LEFT JOIN item ON item.id = note.item_id"
)


def _by(index: str, more: str = "") -> str:
    """The notes out of that index, which holds only those in lists, and only what is asked for. more: so much beside it."""
    return _NOTE.replace(" FROM note ", f"{more} FROM note INDEXED BY {index} ")


def due(db: sqlite3.Connection, now: str, limit: int) -> list[Row]:
    """Notes whose half-life is over, those most of which is forgotten first, then by id. now: a stamp."""
    oldest = " UNION ALL ".join(
        f"SELECT * FROM (SELECT note.id {_OF_LIFE.format(life)} ORDER BY {LAST_SEEN}, note.id LIMIT :limit)" for life in DAYS
    )
    sql = f"{_NOTE} WHERE note.id IN ({oldest}) ORDER BY {_AGE} / {_LIFE} DESC, note.id LIMIT :limit"
    return things("note", db.execute(sql, {"now": now, "limit": limit, **_over(now)}))


def count_due(db: sqlite3.Connection, now: str) -> int:
    """How many notes `due` would give without a limit."""
    over = f"CASE {_KIND} " + " ".join(f"WHEN '{life}' THEN :{life}" for life in DAYS) + " END"
    sql = (
        f"SELECT count(*) FROM note INDEXED BY note_seen WHERE note.dropped_at IS NULL AND {LAST_SEEN} <= :soon "
        f"AND {LAST_SEEN} <= {over} AND NOT {BROUGHT}"
    )
    return int(db.execute(sql, _over(now)).fetchone()[0])


def _over(now: str) -> dict[str, str]:
    """By half-life: what was seen then, or before, is due now."""
    return {life: stamp(parse_stamp(now) - timedelta(days=days)) for life, days in DAYS.items()}


def questions(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Open questions with "answers": what waits in the inbox that may answer them; those with answers first, oldest first."""
    waiting = "SELECT 1 FROM signal JOIN item ON item.id = signal.item_id WHERE answers_id = note.id AND item.state = 'inbox'"
    sql = (
        f"{_by('note_asks')} WHERE note.dropped_at IS NULL AND {IS['question']['note']} AND NOT {BROUGHT} "
        f"ORDER BY EXISTS ({waiting}) DESC, note.created_at, note.id LIMIT :limit"
    )
    rows = things("note", db.execute(sql, {"limit": limit}))
    return [{**row, "answers": _answers(db, int(row["id"][1:]))} for row in rows]


def _answers(db: sqlite3.Connection, number: int, limit: int = 3) -> list[Row]:
    found = db.execute(
        "SELECT item.id, coalesce(nullif(item.title, ''), item.url) AS title, signal.words FROM signal "
        "JOIN item ON item.id = signal.item_id "
        "WHERE signal.answers_id = :id AND item.state = 'inbox' ORDER BY item.id DESC LIMIT :limit",
        {"id": number, "limit": limit},
    )
    return things("item", found)


def contradictions(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Pairs that contradict each other and that nobody came to terms with, oldest first.

    {"id", "kind", "title", …} of the note that says so, and "against": {"id", "kind", "title"}.
    """
    sql = (
        f"SELECT one.*, to_kind, to_id, linked_at AS at FROM ({_NOTE}) AS one "
        "JOIN (SELECT id AS link_id, from_id, to_kind, to_id, created_at AS linked_at "
        "FROM link INDEXED BY link_against WHERE from_kind = 'note' AND type = 'contradicts' "
        "AND to_kind IN ('note', 'item') AND to_id IS NOT NULL "
        "AND resolved_at IS NULL) AS link ON link.from_id = one.id "
        "WHERE EXISTS (SELECT 1 FROM note WHERE note.id = one.id AND note.dropped_at IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM note WHERE link.to_kind = 'note' AND note.id = link.to_id "
        "AND note.dropped_at IS NOT NULL) ORDER BY linked_at, link_id LIMIT :limit"
    )
    rows = things("note", db.execute(sql, {"limit": limit}))
    return [{**row, "against": _other(db, row.pop("to_kind"), row.pop("to_id")), "at": row.pop("at")} for row in rows]


def _other(db: sqlite3.Connection, kind: str, number: int) -> Row:
    assert kind in ("note", "item")
    found = db.execute(f"SELECT title FROM {kind} WHERE id = :id", {"id": number}).fetchone()
    return {"id": make(kind, number), "kind": kind, "title": "" if found is None else str(found[0])}


def of_days(db: sqlite3.Connection, days: Sequence[str], before: str, unseen: str) -> list[Row]:
    """Notes of these days (UTC, 11-28) in any year, and quotes out of kept items; oldest first, then by kind and id.

    before: only what is older than that stamp; unseen: nothing that was looked at or changed since. Each has "at"; a quote
    is {"id", "kind", "title" (its words), "item", "comment", …}, what only notes have is None.
    """
    at, given = "coalesce(note.at, note.created_at)", {"days": json.dumps(list(days)), "before": before, "unseen": unseen}
    these = "IN (SELECT value FROM json_each(:days))"
    notes = db.execute(
        f"{_by('note_day', f', {at} AS at')} WHERE note.dropped_at IS NULL AND {_KIND} <> 'never' "
        f"AND {at} < :before AND max(note.updated_at, coalesce(note.reviewed_at, '')) < :unseen "
        f"AND substr({at}, 6, 5) {these}", given,
    )  # fmt: skip
    quotes = db.execute(
        "SELECT annotation.id, annotation.exact AS title, NULL AS stage, NULL AS reach, "
        "coalesce(seen.at, annotation.created_at) AS seen_at, seen.at AS reviewed_at, NULL AS half_life, "
        "annotation.created_at, item.source_id, annotation.item_id, annotation.comment, annotation.created_at AS at "
        "FROM annotation INDEXED BY annotation_day "
        "CROSS JOIN item ON item.id = annotation.item_id "
        "LEFT JOIN dismissal AS seen ON seen.kind = :kind AND seen.key = 'a' || annotation.id "
        "WHERE annotation.exact <> '' AND item.state = 'kept' AND annotation.created_at < :before "
        "AND max(annotation.updated_at, coalesce(seen.at, '')) < :unseen "
        f"AND substr(annotation.created_at, 6, 5) {these}", {**given, "kind": SEEN},
    )  # fmt: skip
    rows = things("note", notes) + things("annotation", quotes)
    return sorted(rows, key=lambda row: (row["at"], row["kind"], int(row["id"][1:])))


def far_away(db: sqlite3.Connection, before: str, seed: int, limit: int) -> list[Row]:
    """Older notes that no three links lead to from what was touched last, in an order that `seed` shuffles.

    before: they were touched last before this stamp; what an import brought may be younger.
    """
    shuffled = "note.id * :factor % 2147483647, note.id"
    sql = f"""WITH RECURSIVE near(id, steps) AS (
      SELECT * FROM (SELECT id, 0 FROM note WHERE dropped_at IS NULL AND NOT {BROUGHT} ORDER BY updated_at DESC, id DESC LIMIT 3)
      UNION SELECT to_id, steps + 1 FROM near JOIN link INDEXED BY link_from ON from_kind = 'note' AND from_id = near.id
        WHERE steps < 3 AND to_kind = 'note' AND to_id IS NOT NULL
      UNION SELECT from_id, steps + 1 FROM near JOIN link INDEXED BY link_to ON to_kind = 'note' AND to_id = near.id
        WHERE steps < 3 AND from_kind = 'note')
      {_NOTE} WHERE note.id IN (SELECT note.id FROM note INDEXED BY note_seen WHERE note.dropped_at IS NULL
        AND {_KIND} <> 'never' AND ({LAST_SEEN} < :before OR {BROUGHT}) AND note.id NOT IN (SELECT id FROM near)
        ORDER BY {shuffled} LIMIT :limit)
      ORDER BY {shuffled}"""
    factor = zlib.crc32(str(seed).encode()) % 2147483646 + 1  # another order for each: a sum would only turn the same one
    return things("note", db.execute(sql, {"before": before, "factor": factor, "limit": limit}))
