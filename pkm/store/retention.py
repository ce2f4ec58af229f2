"""Retention: old items that nobody touched go; what a source calls them stays, so that they do not come again."""

import json
import sqlite3
from typing import TYPE_CHECKING

from pkm.store import stories
from pkm.store.sources import UNTOUCHED

if TYPE_CHECKING:
    from pkm.store.session import Unit

BATCH = 2000
"""How many items go in one transaction."""

_TOO_MANY = (
    "SELECT item.id FROM (SELECT id, state, received_at, CASE state WHEN 'dropped' THEN NULL ELSE decided_at END "
    "AS decided_at, row_number() OVER (PARTITION BY source_id ORDER BY coalesce(published_at, received_at) DESC, id DESC) "
    "AS place FROM item WHERE source_id IS NOT NULL) AS item WHERE place > :least "
    "AND (received_at < :before OR place > :most) "
    f"AND {UNTOUCHED} AND NOT EXISTS (SELECT 1 FROM link WHERE from_kind = 'item' AND from_id = item.id) LIMIT :batch"
)


def to_purge(db: sqlite3.Connection, *, before: str | None, most: int | None, least: int, batch: int = BATCH) -> list[int]:
    """Items that came in before then, or are beyond the newest `most` of their source, and that nobody touched.

    The newest `least` of each source stay in any case; a dropped item counts as untouched. At most `batch`.
    """
    values = {"before": before, "most": most, "least": least, "batch": batch}
    return [row[0] for row in db.execute(_TOO_MANY, values)]


def purge(unit: "Unit", numbers: list[int]) -> None:
    """The items are gone; their entries stay as tombstones."""
    which = {"ids": json.dumps(numbers)}
    going = "id IN (SELECT value FROM json_each(:ids))"
    stories.hand_on(unit, going, which)
    unit.connection.execute(f"DELETE FROM item WHERE {going}", which)
