"""What is old and was never used goes: items by age and number, each leaving its entry behind as a tombstone."""

import json
import sqlite3
from collections.abc import Iterable

from pkm.store import stories
from pkm.store.session import Unit
from pkm.store.sources import UNUSED

ALWAYS_KEPT = 50
"""So many of a source's latest items stay whatever their age: a rare writer is not emptied."""

_TOO_MANY = f"""
SELECT item.id FROM (
  SELECT id, received_at, row_number() OVER (PARTITION BY source_id ORDER BY id DESC) AS place
  FROM item WHERE source_id IN (SELECT value FROM json_each(:sources))
) AS placed JOIN item ON item.id = placed.id
WHERE placed.place > {ALWAYS_KEPT} AND (placed.received_at < :before OR placed.place > :number) AND {UNUSED}
ORDER BY item.id LIMIT :limit
"""


def find_old(
    db: sqlite3.Connection, source_ids: Iterable[int], *, before: str | None, number: int | None, limit: int
) -> list[int]:
    """Items of these sources that came in before the stamp, or are not among the source's `number` latest; by id."""
    given = {"sources": json.dumps(list(source_ids)), "before": before or "", "number": number or 2**62, "limit": limit}
    return [row[0] for row in db.execute(_TOO_MANY, given)]


def purge(unit: Unit, ids: Iterable[int]) -> None:
    """The items are gone, and stay gone: their entries are tombstones."""
    going, which = "id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(ids))}
    stories.hand_on(unit, going, which)
    unit.connection.execute(f"DELETE FROM item WHERE {going}", which)
