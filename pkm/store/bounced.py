"""Letters that a mail server may report about: those that are there, or may be. Reads only."""

import sqlite3

from pkm.ids import Row, make


def letters(db: sqlite3.Connection, key: str) -> list[Row]:
    """The letters of that name that were handed in and not answered, and those that are held: they may have been.

    id, key, share, stage, state, recipient, contact, name, attempts, since. More than one where a letter went to several people:
    of its share, on its channel, without a circle.
    """
    found = db.execute(
        "SELECT other.id, other.key, other.share_id, other.stage_id, other.state, other.recipient, other.contact_id, "
        "contact.name, other.attempts, coalesce(other.sent_at, other.frozen_at) AS since "
        "FROM delivery AS one JOIN delivery AS other "
        "ON other.id = one.id OR (one.circle_id IS NULL AND other.circle_id IS NULL AND other.share_id = one.share_id "
        "AND other.channel_id = one.channel_id) LEFT JOIN contact ON contact.id = other.contact_id "
        "WHERE one.key = :key AND other.recipient <> '' AND other.state IN ('sent', 'unknown', 'held') "
        "AND NOT EXISTS (SELECT 1 FROM response WHERE delivery_id = other.id) ORDER BY other.id",
        {"key": key},
    )
    return [
        {"id": row["id"], "key": row["key"], "share": make("share", row["share_id"]), "stage": row["stage_id"],
         "state": row["state"], "recipient": row["recipient"],
         "contact": row["contact_id"] and make("contact", row["contact_id"]), "name": row["name"],
         "attempts": row["attempts"], "since": row["since"]}
        for row in found
    ]  # fmt: skip
