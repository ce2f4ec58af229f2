"""Questions about posts: deliveries to a channel itself, in parts, and which of them may be asked about. Reads only."""

import json
import sqlite3

from pkm.delivery import MAY_HAVE_LEFT, sql_list
from pkm.ids import Row
from pkm.store.rows import as_dicts

REMOVED = "it was deleted there"
"""What a delivery says of itself that was sent and then taken down."""

_POSTS = (
    "SELECT delivery.id, delivery.share_id, delivery.stage_id, delivery.channel_id, delivery.key, delivery.recipient, "
    "delivery.state, delivery.payload, delivery.part, delivery.frozen_at, delivery.remote_id, delivery.error, "
    "delivery.sent_at, channel.kind AS channel_kind FROM delivery JOIN channel ON channel.id = delivery.channel_id "
    "JOIN share ON share.id = delivery.share_id "
)


def thread(db: sqlite3.Connection, number: int) -> dict[int, tuple[str, str]]:
    """Of the parts that a delivery is one of: part -> (state, remote id)."""
    found = db.execute(
        "SELECT other.part, other.state, other.remote_id FROM delivery AS one JOIN delivery AS other "
        "ON other.share_id = one.share_id AND other.stage_id IS one.stage_id AND other.circle_id IS one.circle_id "
        "AND other.channel_id = one.channel_id AND other.recipient = one.recipient AND other.revision = one.revision "
        "WHERE one.id = :id AND other.state <> 'cancelled' ORDER BY other.part, other.id", {"id": number},
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in found}


def others(db: sqlite3.Connection, channel: int, number: int) -> frozenset[str]:
    """The remote ids of what else is known to have been posted on a channel."""
    found = db.execute(
        "SELECT remote_id FROM delivery WHERE channel_id = :channel AND id <> :id AND remote_id <> ''",
        {"channel": channel, "id": number},
    )
    return frozenset(row[0] for row in found)


def unknown(db: sqlite3.Connection, kinds: list[str], share: int | None = None) -> list[Row]:
    """Deliveries on channels of these kinds of which nobody knows whether they arrived, with their bytes, by id.

    Those of a share that was taken back are left out. share: of that one alone.
    """
    return as_dicts(db.execute(
        f"{_POSTS} WHERE delivery.state = 'unknown' AND share.state <> 'retracted' "
        "AND channel.kind IN (SELECT value FROM json_each(:kinds)) AND (:share IS NULL OR delivery.share_id = :share) "
        "ORDER BY delivery.id", {"kinds": json.dumps(kinds), "share": share},
    ))  # fmt: skip


def standing(db: sqlite3.Connection, kinds: list[str], share: int) -> list[Row]:
    """Deliveries of a share on channels of these kinds that are there, or may be, the last part first."""
    return as_dicts(db.execute(
        f"{_POSTS} WHERE delivery.share_id = :share AND delivery.state IN {sql_list(MAY_HAVE_LEFT)} "
        "AND delivery.error <> :removed "
        "AND channel.kind IN (SELECT value FROM json_each(:kinds)) ORDER BY delivery.channel_id, delivery.part DESC, "
        "delivery.id DESC", {"kinds": json.dumps(kinds), "share": share, "removed": REMOVED},
    ))  # fmt: skip


def lately(db: sqlite3.Connection, kinds: list[str], since: str, limit: int) -> list[Row]:
    """Deliveries on channels of these kinds that were sent since then and are known there, newest first."""
    return as_dicts(db.execute(
        f"{_POSTS} WHERE delivery.state = 'sent' AND delivery.remote_id <> '' AND delivery.sent_at >= :since "
        "AND share.state <> 'retracted' AND channel.kind IN (SELECT value FROM json_each(:kinds)) "
        "ORDER BY delivery.sent_at DESC, delivery.id DESC LIMIT :limit",
        {"kinds": json.dumps(kinds), "since": since, "limit": limit},
    ))  # fmt: skip
