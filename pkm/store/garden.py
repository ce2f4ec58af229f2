"""What of the notes wants looking after: one question a part, over the whole store, with how many there are in all.

Every row is {"total", "number", "title"} and what its part says of it. Notes that were put away are in none of them.
"""

import sqlite3

from pkm.ids import Row
from pkm.store.conditions import FROM_THERE, SENT, TO_THERE
from pkm.store.rows import in_ids

_NOTE = "SELECT count(*) OVER () AS total, note.id AS number, note.title, note.updated_at, note.reach"
_HERE = "note.dropped_at IS NULL"
_OUT = f"EXISTS (SELECT 1 FROM link WHERE from_kind = 'note' AND from_id = note.id AND {TO_THERE}{{}})"
_IN = f"EXISTS (SELECT 1 FROM link WHERE to_kind = 'note' AND to_id = note.id AND {FROM_THERE})"
_NEWEST = "ORDER BY note.updated_at DESC, note.id DESC LIMIT :limit"

PARTS = {
    "unmerged": (  # as textmerge marks them
        f"{_NOTE} FROM note WHERE {_HERE} AND char(10) || note.text GLOB '*' || char(10) || '<<<<<<< *' || char(10) || '=======' "
        f"|| char(10) || '*>>>>>>> *' {_NEWEST}"
    ),
    "orphans": f"{_NOTE} FROM note WHERE {_HERE} AND note.item_id IS NULL AND NOT {_OUT.format('')} AND NOT {_IN} {_NEWEST}",
    "dead-ends": f"{_NOTE} FROM note WHERE {_HERE} AND {_IN} AND NOT {_OUT.format(' AND to_id IS NOT NULL')} {_NEWEST}",
    "wanted": (
        "SELECT count(*) OVER () AS total, min(link.from_id) AS number, min(link.written) AS title, "
        "link.to_kind, count(DISTINCT link.from_id) AS notes FROM link JOIN note ON note.id = link.from_id "
        f"WHERE link.to_id IS NULL AND link.from_kind = 'note' AND {_HERE} GROUP BY link.to_kind, link.written COLLATE NOCASE "
        "ORDER BY notes DESC, min(link.id) LIMIT :limit"
    ),
    "untagged": (
        f"{_NOTE} FROM note WHERE {_HERE} AND NOT EXISTS "
        f"(SELECT 1 FROM tagging WHERE kind = 'note' AND entity_id = note.id) {_NEWEST}"
    ),
    "old": (
        f"{_NOTE} FROM note WHERE {_HERE} AND note.stage = 'observation' AND note.updated_at < :before "
        "ORDER BY note.updated_at, note.id LIMIT :limit"
    ),
    "quotes": (
        "SELECT count(*) OVER () AS total, annotation.id AS number, annotation.exact AS title, annotation.item_id, "
        "annotation.created_at AS updated_at FROM annotation WHERE annotation.exact <> '' AND annotation.item_id IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM note WHERE note.item_id = annotation.item_id AND {_HERE}) "
        "AND NOT EXISTS (SELECT 1 FROM link WHERE from_kind = 'note' AND to_kind = 'item' AND to_id = annotation.item_id) "
        "ORDER BY annotation.created_at DESC, annotation.id DESC LIMIT :limit"
    ),
    "untried": (
        f"{_NOTE} FROM note WHERE {_HERE} AND note.stage = 'idea' AND NOT EXISTS "
        f"(SELECT 1 FROM trial WHERE trial.note_id = note.id) {_NEWEST}"
    ),
    "unshared": (
        f"{_NOTE} FROM note WHERE {_HERE} AND note.stage = 'practice' AND note.id NOT IN ({SENT}) {_NEWEST}"
    ),
    "hubs": (
        "SELECT count(*) OVER () AS total, note.id AS number, note.title, sum(counted.links) AS links FROM ("
        f"SELECT from_id AS id, count(*) AS links FROM link WHERE from_kind = 'note' AND to_id IS NOT NULL AND {TO_THERE} "
        "GROUP BY from_id UNION ALL SELECT to_id, count(*) FROM link WHERE to_kind = 'note' AND to_id IS NOT NULL "
        f"AND {FROM_THERE} GROUP BY to_id) AS counted "
        f"JOIN note ON note.id = counted.id WHERE {_HERE} GROUP BY note.id HAVING sum(counted.links) >= :least "
        "ORDER BY links DESC, note.id LIMIT :limit"
    ),
}  # fmt: skip
"""The parts that a question answers, in the order they are told."""


def part(db: sqlite3.Connection, name: str, limit: int, *, before: str, least: int) -> list[Row]:
    """The rows of a part, at most so many. before: a stamp, for old ones; least: how many links make a hub."""
    found = db.execute(PARTS[name], {"limit": limit, "before": before, "least": least})
    return [dict(row) for row in found]


def beginnings(db: sqlite3.Connection, limit: int) -> list[tuple[int, str]]:
    """(number, title and beginning of the text) of the notes changed last."""
    found = db.execute(
        "SELECT id, title || ' ' || substr(text, 1, 2000) FROM note WHERE dropped_at IS NULL "
        "ORDER BY updated_at DESC, id DESC LIMIT :limit", {"limit": limit},
    )  # fmt: skip
    return [(row[0], row[1]) for row in found]


def unlinked_pairs(db: sqlite3.Connection, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the pairs of notes that no link joins."""
    notes = in_ids({number for pair in pairs for number in pair})
    links = db.execute(
        "SELECT from_id, to_id FROM link WHERE from_kind = 'note' AND to_kind = 'note' "
        f"AND from_id IN {notes} AND to_id IN {notes}"
    )
    joined = {frozenset(link) for link in links}
    return [pair for pair in pairs if frozenset(pair) not in joined]
