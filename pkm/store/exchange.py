"""What went to and fro between the person and one contact: shares, answers, and how much of each there is.

Reads only, plain SQL, in the shape of the JSON contract.
"""

import sqlite3
from typing import Any

from pkm.ids import make
from pkm.text import first_sentence

Row = dict[str, Any]

_THEIRS = """
  SELECT share_id, max(sent_at) AS at, '' AS via FROM delivery
  WHERE contact_id = :id AND state = 'sent' GROUP BY share_id
  UNION ALL
  SELECT delivery.share_id, max(delivery.sent_at), circle.name FROM membership
  JOIN delivery ON delivery.circle_id = membership.circle_id JOIN circle ON circle.id = membership.circle_id
  WHERE membership.contact_id = :id AND delivery.contact_id IS NULL AND delivery.state = 'sent'
  AND delivery.sent_at >= membership.joined_at AND (membership.left_at IS NULL OR delivery.sent_at < membership.left_at)
  GROUP BY delivery.share_id, circle.id
  UNION ALL
  SELECT share_id, NULL, '~' FROM response WHERE contact_id = :id
"""
"""SQL: each share that went to a contact, with when and through which circle ('': by name); '~': one they answered."""


def shares(db: sqlite3.Connection, number: int, limit: int) -> list[Row]:
    """What was shared with a contact, by name or with a circle while they were in it, or that they answered; newest first.

    "via": the circle it came through, None where it went to them by name or they found it. "answers": how many they gave;
    "responses": those, oldest first: {"id", "kind", "title", "text", "at", "state", "share", "note"}.
    """
    found = db.execute(
        f"SELECT share.id, share.title, coalesce(max(theirs.at), share.sent_at) AS at, min(theirs.via) AS via "
        f"FROM ({_THEIRS}) AS theirs JOIN share ON share.id = theirs.share_id "
        "GROUP BY share.id ORDER BY at DESC, share.id DESC LIMIT :limit",
        {"id": number, "limit": limit},
    ).fetchall()
    given: dict[str, list[Row]] = {}
    for response in reversed(answers(db, number, -1)):
        given.setdefault(response["share"], []).append(response)
    return [
        {"id": (share := make("share", row["id"])), "kind": "share", "title": row["title"], "at": row["at"],
         "via": None if row["via"] in ("", "~") else row["via"], "answers": len(given.get(share, ())),
         "responses": given.get(share, [])}
        for row in found
    ]  # fmt: skip


def answers(db: sqlite3.Connection, number: int, limit: int) -> list[Row]:
    """What a contact answered to shares, newest first."""
    found = db.execute(
        "SELECT id, share_id, note_id, state, text, at FROM response WHERE contact_id = :id "
        "ORDER BY at DESC, id DESC LIMIT :limit",
        {"id": number, "limit": limit},
    )
    return [
        {"id": make("response", row["id"]), "kind": "response", "title": first_sentence(row["text"]), "text": row["text"],
         "at": row["at"], "state": row["state"], "share": make("share", row["share_id"]),
         "note": row["note_id"] and make("note", row["note_id"])}
        for row in found
    ]  # fmt: skip


def counts(db: sqlite3.Connection, number: int) -> dict[str, int]:
    """How much there is of each part of a contact's card."""
    found = db.execute(
        "SELECT (SELECT count(*) FROM interaction_contact WHERE contact_id = :id) AS interactions, "
        "(SELECT count(*) FROM (SELECT item.id FROM source JOIN item ON item.source_id = source.id "
        "WHERE source.contact_id = :id UNION SELECT item.id FROM rule JOIN item ON item.rule_id = rule.id "
        "WHERE rule.person_id = :id)) AS newest, "
        "(SELECT count(DISTINCT note.id) FROM link JOIN note ON note.id = link.from_id WHERE link.from_kind = 'note' "
        "AND link.to_kind = 'contact' AND link.to_id = :id AND note.dropped_at IS NULL) AS notes, "
        f"(SELECT count(DISTINCT share_id) FROM ({_THEIRS})) AS shares, "
        "(SELECT count(*) FROM response WHERE contact_id = :id) AS answers, "
        "(SELECT count(DISTINCT promise.id) FROM interaction_contact JOIN promise "
        "ON promise.interaction_id = interaction_contact.interaction_id "
        "WHERE contact_id = :id AND promise.state = 'open') AS promises",
        {"id": number},
    ).fetchone()
    return dict(found)
