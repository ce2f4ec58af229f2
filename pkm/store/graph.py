"""The graph of notes, items, people and circles: which there are and what joins them. Reads only, plain SQL."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from pkm.ids import Row, make

Node = tuple[str, int]
Edge = tuple[Node, Node, str]

KINDS = ("note", "item", "contact", "circle")

_EDGES = (
    # (from kind, from, to kind, to, what joins them)
    "SELECT 'note', from_id, to_kind, to_id, type FROM link JOIN note ON note.id = link.from_id WHERE from_kind = 'note' "
    "AND note.dropped_at IS NULL AND to_kind IN ('note', 'item', 'contact') AND to_id IS NOT NULL AND NOT (to_kind = 'note' "
    "AND EXISTS (SELECT 1 FROM note AS other WHERE other.id = to_id AND other.dropped_at IS NOT NULL))",
    "SELECT 'note', id, 'item', item_id, 'from' FROM note WHERE dropped_at IS NULL AND item_id IS NOT NULL",
    "SELECT 'contact', contact_id, 'circle', circle_id, 'member' FROM membership WHERE left_at IS NULL",
    "SELECT DISTINCT 'note', share_note.note_id, 'circle', delivery.circle_id, 'shared' FROM delivery "
    "JOIN share_note ON share_note.share_id = delivery.share_id WHERE delivery.state = 'sent' "
    "AND delivery.circle_id IS NOT NULL AND share_note.note_id IN (SELECT id FROM note WHERE dropped_at IS NULL)",
    "SELECT 'contact', through_id, 'contact', id, 'introduced' FROM contact WHERE through_id IS NOT NULL",
)
_WROTE = (
    "SELECT 'contact', source.contact_id, 'item', item.id, 'wrote' FROM item JOIN source ON source.id = item.source_id "
    "WHERE source.contact_id IS NOT NULL AND item.id IN (SELECT value FROM json_each(:items))"
)


def edges(db: sqlite3.Connection) -> list[Edge]:
    """All that joins two things; who wrote an item only where something else leads to that item."""
    found: list[Edge] = []
    for sql in _EDGES:
        found += [((row[0], row[1]), (row[2], row[3]), row[4]) for row in db.execute(sql)]
    items = sorted({number for one in found for kind, number in one[:2] if kind == "item"})
    found += [((row[0], row[1]), (row[2], row[3]), row[4]) for row in db.execute(_WROTE, {"items": json.dumps(items)})]
    return sorted(set(found))


def all_notes(db: sqlite3.Connection) -> list[Node]:
    """Every note that is not put away, the newest first."""
    found = db.execute("SELECT id FROM note WHERE dropped_at IS NULL ORDER BY updated_at DESC, id DESC")
    return [("note", row[0]) for row in found]


_NODES = {
    "note": "SELECT id, title, coalesce(at, created_at) AS at, stage, reach, '' AS state FROM note",
    "item": "SELECT id, coalesce(nullif(title, ''), url) AS title, coalesce(published_at, received_at) AS at, "
            "'' AS stage, '' AS reach, state FROM item",
    "contact": "SELECT id, name AS title, created_at AS at, '' AS stage, '' AS reach, '' AS state FROM contact",
    "circle": "SELECT id, name AS title, created_at AS at, kind AS stage, '' AS reach, '' AS state FROM circle",
}  # fmt: skip


def nodes(db: sqlite3.Connection, wanted: Iterable[Node]) -> list[Row]:
    """{"id", "kind", "title", "at", "stage", "reach", "state", "tags"} of each, by kind and number; a circle's stage is
    its kind. Those that are not there are left out.
    """
    told: list[Row] = []
    for kind in KINDS:
        numbers = sorted({number for one, number in wanted if one == kind})
        told += _nodes(db, kind, numbers)
    return told


def _nodes(db: sqlite3.Connection, kind: str, numbers: Sequence[int]) -> list[Row]:
    from pkm.store import tags

    listed = json.dumps(list(numbers))
    sql = f"{_NODES[kind]} WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id"
    tagged = tags.of_many(db, kind, list(numbers)) if numbers else {}
    return [
        {**dict(row), "id": make(kind, row["id"]), "kind": kind, "tags": tagged.get(row["id"], [])}
        for row in db.execute(sql, {"ids": listed})
    ]
