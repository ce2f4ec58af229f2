"""Questions about what is queued: deliveries that have not left, and plans. Reads only."""

import json
import sqlite3
from collections.abc import Iterable

from pkm.delivery import NOT_LEFT, sql_list

_HANDED_IN = (
    "FROM delivery JOIN channel ON channel.id = delivery.channel_id "
    "WHERE channel.kind NOT IN (SELECT value FROM json_each(:mirrors)) AND payload <> x'' "
)


def keys(db: sqlite3.Connection, mirrors: Iterable[str]) -> list[str]:
    """The keys of deliveries that have not left, but for those to channels of these kinds, by id."""
    sql = f"SELECT delivery.key {_HANDED_IN} AND delivery.state IN {sql_list(NOT_LEFT)} ORDER BY delivery.id"
    return [row[0] for row in db.execute(sql, {"mirrors": json.dumps(list(mirrors))})]


def plans(db: sqlite3.Connection) -> list[str]:
    """The uids of shares that are planned and have not gone everywhere, by number."""
    return [row[0] for row in db.execute("SELECT uid FROM share WHERE state = 'planned' ORDER BY id")]


def waits(db: sqlite3.Connection, mirrors: Iterable[str]) -> bool:
    """Whether a share is planned, or a delivery is to leave or held, but for those to channels of these kinds."""
    sql = f"SELECT 1 {_HANDED_IN} AND delivery.state IN ('waiting', 'held') LIMIT 1"
    return bool(plans(db)) or db.execute(sql, {"mirrors": json.dumps(list(mirrors))}).fetchone() is not None


def anything(db: sqlite3.Connection, mirrors: Iterable[str]) -> bool:
    """Whether a share is planned, or anything was ever queued but to channels of these kinds."""
    if plans(db):
        return True
    sql = f"SELECT 1 {_HANDED_IN} AND delivery.state <> 'cancelled' LIMIT 1"
    return db.execute(sql, {"mirrors": json.dumps(list(mirrors))}).fetchone() is not None
