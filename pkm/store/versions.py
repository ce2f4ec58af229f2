"""Versions: what an item said before its source changed it, and items that come back since they changed."""

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pkm.ids import Row
from pkm.store import stories

if TYPE_CHECKING:
    from pkm.store.session import Unit

MOST = 24
"""So many versions of an item are kept: its earliest, and the latest others. Some sources change at every fetch."""


def keep(unit: "Unit", numbers: Sequence[int]) -> None:
    """What the items say now is kept as a version; they are about to be changed."""
    if not numbers:
        return
    which = {"ids": json.dumps(list(numbers)), "at": unit.at, "most": MOST - 1}
    unit.connection.execute(
        "INSERT INTO version (item_id, at, title, url, hash, text, html) SELECT id, :at, title, url, hash, text, html "
        "FROM item WHERE id IN (SELECT value FROM json_each(:ids))",
        which,
    )
    unit.connection.execute(
        "DELETE FROM version WHERE id IN (SELECT old.id FROM json_each(:ids) AS item JOIN version AS old "
        "ON old.item_id = item.value WHERE old.id > (SELECT min(id) FROM version WHERE item_id = item.value) "
        "AND old.id NOT IN (SELECT id FROM version WHERE item_id = item.value ORDER BY id DESC LIMIT :most))",
        which,
    )


def of_item(db: sqlite3.Connection, number: int) -> list[Row]:
    """What an item said before, oldest first: {"at", "title", "url", "text"}; at: when it was replaced."""
    found = db.execute("SELECT at, title, url, text FROM version WHERE item_id = :id ORDER BY id", {"id": number})
    return [dict(row) for row in found]


def count_of(db: sqlite3.Connection, number: int) -> int:
    """How many versions of an item are kept."""
    return int(db.execute("SELECT count(*) FROM version WHERE item_id = :id", {"id": number}).fetchone()[0])


def kept_among(db: sqlite3.Connection, numbers: Sequence[int]) -> list[int]:
    """Those of the items that are kept."""
    sql = "SELECT id FROM item WHERE state = 'kept' AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id"
    return [row[0] for row in db.execute(sql, {"ids": json.dumps(list(numbers))})]


def resurface(unit: "Unit", numbers: Sequence[int]) -> list[int]:
    """The items, with the stories that they tell, are on top of the inbox; which. Kept and muted ones stay so."""
    told = unit.connection.execute(
        "UPDATE item SET state = 'inbox', decided_at = NULL, received_at = :at "
        "WHERE state IN ('inbox', 'backlog', 'dropped') AND id IN (SELECT value FROM json_each(:ids)) "
        "RETURNING id",
        {"ids": json.dumps(stories.whole(unit.connection, numbers)), "at": unit.at},
    )
    return sorted(row[0] for row in told.fetchall())
