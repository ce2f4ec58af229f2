"""What is old and was never used goes: items by age and number, each leaving its entry behind as a tombstone."""

import json
import sqlite3
import sys
from collections.abc import Iterable

from pkm.store import stories
from pkm.store.session import Unit
from pkm.store.sources import UNUSED

ALWAYS_KEPT = 50
"""So many of a source's latest items stay whatever their age: a rare writer is not emptied."""

_STATES = ("backlog", "dropped", "inbox", "muted")
"""All but kept: in each the oldest are found by an index, and nothing is read of what is younger."""

_OF_STATE = f"""
SELECT item.id, item.source_id FROM item WHERE item.state = :state AND item.received_at < :before AND {UNUSED}
ORDER BY item.received_at, item.id
"""
_OF_SOURCE = f"SELECT item.id FROM item WHERE item.source_id = :source AND item.id < :first AND {UNUSED} ORDER BY item.id"


def find_old(
    db: sqlite3.Connection, source_ids: Iterable[int], *, before: str | None, number: int | None, limit: int
) -> list[int]:
    """Items of these sources that came in before the stamp, or are not among the source's `number` latest; by id.

    Of more than `limit` the oldest of each state, and those of the first sources.
    """
    sources = sorted(source_ids)
    found: dict[int, None] = {}
    if before is not None:
        stay = _first_of_latest(db, sources, ALWAYS_KEPT)
        for state in _STATES:
            for item, source in db.execute(_OF_STATE, {"state": state, "before": before}):
                if len(found) >= limit:
                    break
                if item < stay.get(source, 0):
                    found[item] = None
    if number is not None:
        for source, first in _first_of_latest(db, sources, max(number, ALWAYS_KEPT)).items():
            for (item,) in db.execute(_OF_SOURCE, {"source": source, "first": first}):
                if len(found) >= limit:
                    break
                found[item] = None
    return sorted(found)


def count_old(db: sqlite3.Connection, *, before: str | None, number: int | None) -> int:
    """How many items of all sources would go by now."""
    sources = [row["id"] for row in db.execute("SELECT id FROM source")]
    return len(find_old(db, sources, before=before, number=number, limit=sys.maxsize))


def _first_of_latest(db: sqlite3.Connection, sources: Iterable[int], number: int) -> dict[int, int]:
    """For each source that has so many items: the first of its so many latest."""
    rows = db.execute(
        "SELECT value, (SELECT id FROM item WHERE source_id = value ORDER BY id DESC LIMIT 1 OFFSET :number - 1) "
        "FROM json_each(:sources)",
        {"sources": json.dumps(list(sources)), "number": number},
    )
    return {source: first for source, first in rows if first is not None}


def purge(unit: Unit, ids: Iterable[int]) -> None:
    """The items are gone, and stay gone: their entries are tombstones."""
    going, which = "id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(ids))}
    stories.hand_on(unit, going, which)
    unit.connection.execute(f"DELETE FROM item WHERE {going}", which)
