"""Questions about what reached a contact: by name, or as a member, on that day, of a circle that it went to. Reads only.

Who joins later got nothing of what went before; who left keeps what they got.
"""

import sqlite3
from typing import Any

from pkm.ids import make

Row = dict[str, Any]

_REACHED = """
SELECT delivery.id, delivery.share_id, delivery.circle_id, delivery.sent_at FROM delivery
  WHERE delivery.contact_id = :contact AND delivery.state = 'sent'
UNION
SELECT delivery.id, delivery.share_id, delivery.circle_id, delivery.sent_at FROM membership
  JOIN delivery ON delivery.circle_id = membership.circle_id AND delivery.contact_id IS NULL
  AND delivery.sent_at >= membership.joined_at AND (membership.left_at IS NULL OR delivery.sent_at < membership.left_at)
  WHERE membership.contact_id = :contact AND delivery.state = 'sent'
"""
"""SQL: the deliveries that reached a contact. One that names its receiver is theirs alone, whatever the circle."""


def shares_with(db: sqlite3.Connection, contact: int, limit: int) -> list[Row]:
    """What was shared with a contact, newest first, then by id.

    {"id", "kind", "title", "state", "at" (when it reached them last), "circles" (through which; none: by name only),
    "answers" (how many they gave)}
    """
    found = db.execute(
        f"SELECT share.id, share.title, share.state, max(reached.sent_at) AS at, "
        "group_concat(DISTINCT circle.name) AS circles, (SELECT count(*) FROM response "
        "WHERE response.share_id = share.id AND response.contact_id = :contact) AS answers "
        f"FROM ({_REACHED}) AS reached JOIN share ON share.id = reached.share_id "
        "LEFT JOIN circle ON circle.id = reached.circle_id "
        "GROUP BY share.id ORDER BY at DESC, share.id DESC LIMIT :limit",
        {"contact": contact, "limit": limit},
    )
    return [
        {"id": make("share", row["id"]), "kind": "share", "title": row["title"], "state": row["state"], "at": row["at"],
         "circles": sorted((row["circles"] or "").split(",")) if row["circles"] else [], "answers": row["answers"]}
        for row in found
    ]  # fmt: skip


def count_shares_with(db: sqlite3.Connection, contact: int) -> int:
    """How many shares reached a contact."""
    sql = f"SELECT count(DISTINCT share_id) FROM ({_REACHED})"
    return int(db.execute(sql, {"contact": contact}).fetchone()[0])


def delivery_to(db: sqlite3.Connection, share: int, contact: int) -> int | None:
    """The delivery by which a share reached a contact, the last of several; None where it did not reach them."""
    found = db.execute(
        f"SELECT id FROM ({_REACHED}) WHERE share_id = :share ORDER BY sent_at DESC, id DESC LIMIT 1",
        {"contact": contact, "share": share},
    ).fetchone()
    return None if found is None else int(found[0])


def first_sent(db: sqlite3.Connection, share: int) -> str | None:
    """When anything of a share first left; None where nothing did."""
    found = db.execute(
        "SELECT min(coalesce(sent_at, frozen_at)) FROM delivery WHERE share_id = :share "
        "AND state IN ('sent', 'sending', 'unknown')",
        {"share": share},
    ).fetchone()
    return found[0] and str(found[0])
