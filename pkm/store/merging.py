"""Two sources that turned out to be one: what the one has goes to the other. Plain SQL inside a unit, journaled."""

import sqlite3
from typing import NamedTuple

from pkm.store import stories
from pkm.store.session import Unit
from pkm.store.sources import UNTOUCHED


class Merged(NamedTuple):
    """How many items moved to the source that stays, and how many were the same as one that it had."""

    moved: int
    same: int


MERGE = "merge"
"""The kind of dismissal that says that two sources were merged once: an undo of that is the last word."""


def remember_merge(unit: Unit, url: str, into: str) -> bool:
    """True where the two were never merged before; from now on they were, whatever an undo takes back."""
    made = unit.connection.execute(
        "INSERT OR IGNORE INTO dismissal (kind, key, title, at) VALUES (:kind, :key, '', :at)",
        {"kind": MERGE, "key": f"{url} {into}", "at": unit.at},
    )
    return made.rowcount > 0


def merge_source(unit: Unit, gone: int, kept: int, *, one_host: bool) -> Merged:
    """The source `gone` is no more; its items, tags, circles, rules and contact are those of `kept`.

    An item that both had is one from now on: the one that somebody decided on or used. Where both were used, both stay.
    one_host: both are of one host, so that what the one calls an entry means the same for the other. Of another host
    only what is equal to the letter is the same: anybody may name anything, and then send everybody elsewhere.
    """
    db, both = unit.connection, {"gone": gone, "kept": kept}
    before = _count(db, gone)
    db.execute("UPDATE item SET source_id = :kept WHERE source_id = :gone", both)
    same = 0
    for entry_id, ours, theirs in _pairs(db, both) if one_host else _equal_pairs(db, both):
        same += _make_one(unit, entry_id, ours, theirs)
    if one_host:  # what is left behind is known to `kept` under the same key
        db.execute("UPDATE OR IGNORE entry SET source_id = :kept WHERE source_id = :gone", both)
    for table in ("circle_source", "rule"):
        db.execute(f"UPDATE OR IGNORE {table} SET source_id = :kept WHERE source_id = :gone", both)
    for statement in (
        "UPDATE OR IGNORE tagging SET entity_id = :kept WHERE kind = 'source' AND entity_id = :gone",
        "UPDATE link SET to_id = :kept WHERE to_kind = 'source' AND to_id = :gone",
        "UPDATE source SET (contact_id, every_s, challenges_id) = (SELECT coalesce(source.contact_id, other.contact_id), "
        "coalesce(source.every_s, other.every_s), coalesce(source.challenges_id, other.challenges_id) "
        "FROM source AS other WHERE other.id = :gone) WHERE id = :kept",
        "DELETE FROM source WHERE id = :gone",
    ):
        db.execute(statement, both)
    return Merged(before - same, same)


def _count(db: sqlite3.Connection, source_id: int) -> int:
    return int(db.execute("SELECT count(*) FROM item WHERE source_id = :id", {"id": source_id}).fetchone()[0])


def _pairs(db: sqlite3.Connection, both: dict[str, int]) -> list[tuple[int, int | None, int | None]]:
    """(the staying source's entry, its item, the other source's item) of what both have: by key, else page and title."""
    by_key = db.execute(
        "SELECT ours.id, ours.item_id, theirs.item_id FROM entry AS theirs JOIN entry AS ours "
        "ON ours.source_id = :kept AND ours.key = theirs.key WHERE theirs.source_id = :gone ORDER BY ours.id", both,
    ).fetchall()  # fmt: skip
    by_page = db.execute(
        "SELECT ours.id, mine.id, other.id FROM entry AS theirs JOIN item AS other ON other.id = theirs.item_id "
        "JOIN item AS mine ON mine.canonical_url = other.canonical_url AND mine.title = other.title AND mine.id <> other.id "
        "JOIN entry AS ours ON ours.item_id = mine.id AND ours.source_id = :kept "
        "WHERE theirs.source_id = :gone AND other.canonical_url <> '' ORDER BY ours.id", both,
    ).fetchall()  # fmt: skip
    found: dict[int, tuple[int, int | None, int | None]] = {}
    taken: set[int | None] = set()
    for entry_id, ours, theirs in (*by_key, *by_page):
        if entry_id not in found and (theirs is None or theirs not in taken):
            found[entry_id] = (entry_id, ours, theirs)
            taken.add(theirs)
    return list(found.values())


def _equal_pairs(db: sqlite3.Connection, both: dict[str, int]) -> list[tuple[int, int | None, int | None]]:
    """As _pairs gives them, of what both have with equal title, page and content."""
    rows = db.execute(
        "SELECT ours.id, mine.id, min(other.id) FROM entry AS theirs JOIN item AS other ON other.id = theirs.item_id "
        "JOIN item AS mine ON mine.canonical_url = other.canonical_url AND mine.title = other.title "
        "AND mine.text = other.text AND mine.id <> other.id "
        "JOIN entry AS ours ON ours.item_id = mine.id AND ours.source_id = :kept "
        "WHERE theirs.source_id = :gone AND other.canonical_url <> '' GROUP BY ours.id ORDER BY ours.id", both,
    )  # fmt: skip
    return [(row[0], row[1], row[2]) for row in rows]


def _make_one(unit: Unit, entry_id: int, ours: int | None, theirs: int | None) -> int:
    """The entry has the one item of the two that stays; 1 where the other one is gone."""
    db = unit.connection
    if theirs is None or ours == theirs:
        return 0
    if ours is None:  # ours was purged and theirs was not: it is there, so it stays
        db.execute("UPDATE entry SET item_id = :item WHERE id = :id", {"item": theirs, "id": entry_id})
        return 0
    if _is_untouched(db, theirs):
        stories.hand_on(unit, "id = :one", {"one": theirs})
        db.execute("DELETE FROM item WHERE id = :id", {"id": theirs})
        return 1
    if _is_untouched(db, ours):
        db.execute("UPDATE entry SET item_id = :item WHERE id = :id", {"item": theirs, "id": entry_id})
        stories.hand_on(unit, "id = :one", {"one": ours})
        db.execute("DELETE FROM item WHERE id = :id", {"id": ours})
        return 1
    return 0


def _is_untouched(db: sqlite3.Connection, item_id: int) -> bool:
    found = db.execute(f"SELECT {UNTOUCHED} FROM item WHERE id = :id", {"id": item_id}).fetchone()
    return bool(found and found[0])
