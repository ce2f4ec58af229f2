"""What was kept of what each source showed, and sources by it. Reads only, over the index of decisions alone."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from pkm.ids import Row, make
from pkm.text import without_user

RECENT = 30
"""The latest items of a source, among which its newest is looked for: a feed need not give them in order."""

_DECIDED = (
    "SELECT source_id, sum(state = 'kept') AS kept, count(*) AS decided FROM item INDEXED BY item_decided "
    "WHERE decided_at IS NOT NULL AND decided_at >= :since AND state IN ('kept', 'dropped') AND source_id IS NOT NULL "
)

_NAME = "coalesce(nullif(source.title, ''), source.url) COLLATE NOCASE, source.id"
_NEWEST = (
    "(SELECT max(coalesce(item.published_at, item.received_at)) FROM item WHERE item.id IN "
    f"(SELECT id FROM item WHERE source_id = source.id ORDER BY id DESC LIMIT {RECENT}))"
)
ORDERS = {
    "name": _NAME,
    "noise": f"coalesce(decided, 0) < :enough, (coalesce(kept, 0) + 1.0) / (decided + 2), decided DESC, {_NAME}",
    "signal": f"coalesce(decided, 0) < :enough, (kept + 1.0) / (decided + 2) DESC, decided DESC, {_NAME}",
    "quiet": f"source.fetched_at IS NULL AND {_NEWEST} IS NULL, coalesce({_NEWEST}, source.created_at), {_NAME}",
}
"""noise: least kept first, those with too few decisions last; signal: most kept first; quiet: longest silent first.

Silent since the newest of its latest items was published; those that were never read are last.
"""


def decisions(db: sqlite3.Connection, ids: Iterable[int], since: str) -> dict[int, tuple[int, int]]:
    """(kept, decided) items of each of these sources since a time; those with none are left out."""
    found = db.execute(
        f"{_DECIDED} AND source_id IN (SELECT value FROM json_each(:ids)) GROUP BY source_id",
        {"ids": json.dumps(list(ids)), "since": since},
    )
    return {row["source_id"]: (row["kept"], row["decided"]) for row in found}


def numbers(
    db: sqlite3.Connection, order: str, limit: int, *, since: str, enough: int, state: str | None = None,
    ids: Sequence[int] | None = None,
) -> list[int]:  # fmt: skip
    """The first sources in one of ORDERS. state: only those in it; ids: only these."""
    counted = f"LEFT JOIN ({_DECIDED} GROUP BY source_id) AS shown ON shown.source_id = source.id"
    found = db.execute(
        f"SELECT source.id FROM source {counted if order in ('noise', 'signal') else ''} "
        "WHERE (:state IS NULL OR state = :state) AND (:ids IS NULL OR source.id IN (SELECT value FROM json_each(:ids))) "
        f"ORDER BY {ORDERS[order]} LIMIT :limit",
        {"since": since, "enough": enough, "state": state, "ids": None if ids is None else json.dumps(list(ids)),
         "limit": limit},
    )  # fmt: skip
    return [row[0] for row in found]


def watched(db: sqlite3.Connection) -> list[Row]:
    """What tells how a source does, of each that is not paused, by id."""
    found = db.execute(
        "SELECT id, url, title, state, failures, error, created_at, checked_at, fetched_at, changed_at, next_at, "
        "every_s, moved_to FROM source WHERE state <> 'paused' ORDER BY id"
    )
    return [
        {**dict(row), "number": row["id"], "id": make("source", row["id"]), "url": without_user(row["url"]),
         "title": without_user(row["title"] or row["url"])}
        for row in found
    ]  # fmt: skip
