"""Questions about what reached a contact: by name, or as a member, on that day, of a circle that it went to. Reads only.

Who joins later got nothing of what went before; who left keeps what they got.
"""

import json
import sqlite3
from collections.abc import Sequence

from pkm.delivery import MAY_HAVE_LEFT, sql_list
from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.store.rows import things
from pkm.text import first_sentence

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


_THEIRS = f"""
SELECT share_id, circle_id, sent_at FROM ({_REACHED})
UNION ALL
SELECT share_id, NULL, NULL FROM response WHERE contact_id = :contact
"""
"""SQL: what reached a contact, and what they answered to however it did."""


def shares(db: sqlite3.Connection, contact: int, limit: int) -> list[Row]:
    """What was shared with a contact, by name or with a circle while they were in it, or that they answered; newest first.

    {"id", "kind", "title", "state", "at" (when it reached them last), "circles" (through which), "via" (the first of
    these, None: by name, or they found it), "answers" (how many they gave), "responses": those, oldest first}
    """
    found = db.execute(
        "SELECT share.id, share.title, share.state, coalesce(max(theirs.sent_at), share.sent_at) AS at, "
        f"group_concat(DISTINCT circle.name) AS circles FROM ({_THEIRS}) AS theirs "
        "JOIN share ON share.id = theirs.share_id LEFT JOIN circle ON circle.id = theirs.circle_id "
        "GROUP BY share.id ORDER BY at DESC, share.id DESC LIMIT :limit",
        {"contact": contact, "limit": limit},
    ).fetchall()
    given = grouped((response["share"], response) for response in reversed(answers(db, contact, -1)))
    return [_share(row, given.get(make("share", row["id"]), [])) for row in found]


def _share(row: sqlite3.Row, responses: list[Row]) -> Row:
    circles = sorted((row["circles"] or "").split(",")) if row["circles"] else []
    return {
        "id": make("share", row["id"]), "kind": "share", "title": row["title"], "state": row["state"], "at": row["at"],
        "circles": circles, "via": circles[0] if circles else None, "answers": len(responses), "responses": responses,
    }  # fmt: skip


def answers(db: sqlite3.Connection, number: int, limit: int) -> list[Row]:
    """What a contact answered to shares, newest first."""
    found = db.execute(
        "SELECT id, text AS title, text, at, state, share_id, note_id FROM response WHERE contact_id = :id "
        "ORDER BY at DESC, id DESC LIMIT :limit",
        {"id": number, "limit": limit},
    )
    return [{**one, "title": first_sentence(one["text"])} for one in things("response", found)]


def counts(db: sqlite3.Connection, number: int) -> dict[str, int]:
    """How much there is of each part of a contact's card."""
    from pkm.store.contacts import WRITTEN  # only the card asks, and has it

    found = db.execute(
        "SELECT (SELECT count(*) FROM interaction_contact WHERE contact_id = :contact) AS interactions, "
        f"(SELECT count(*) FROM ({WRITTEN})) AS newest, "
        "(SELECT count(DISTINCT note.id) FROM link JOIN note ON note.id = link.from_id WHERE link.from_kind = 'note' "
        "AND link.to_kind = 'contact' AND link.to_id = :contact AND note.dropped_at IS NULL) AS notes, "
        f"(SELECT count(DISTINCT share_id) FROM ({_THEIRS})) AS shares, "
        "(SELECT count(*) FROM response WHERE contact_id = :contact) AS answers, "
        "(SELECT count(DISTINCT promise.id) FROM interaction_contact JOIN promise "
        "ON promise.interaction_id = interaction_contact.interaction_id "
        "WHERE contact_id = :contact AND promise.state = 'open') AS promises",
        {"contact": number},
    ).fetchone()
    return dict(found)


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
        f"AND state IN {sql_list(MAY_HAVE_LEFT)}",
        {"share": share},
    ).fetchone()
    return found[0] and str(found[0])


_IN_STAGE = (
    "JOIN stage ON stage.id = delivery.stage_id AND (json_type(stage.gate, '$.notes') IS NULL "
    "OR share_note.note_id IN (SELECT value FROM json_each(stage.gate, '$.notes'))) "
)
"""SQL: the note went with that delivery; a stage may get fewer of a share's notes."""
_SENT_TO = (
    f"JOIN delivery ON delivery.share_id = share_note.share_id AND delivery.state = 'sent' {_IN_STAGE}"
    "LEFT JOIN membership ON delivery.contact_id IS NULL AND membership.circle_id = delivery.circle_id "
    "AND joined_at <= delivery.sent_at AND (left_at IS NULL OR left_at > delivery.sent_at)"
)
"""SQL: each delivery that took a share's note out, and who was in its circle then, where it was to nobody by name."""


def receivers(db: sqlite3.Connection, note: int) -> list[Row]:
    """Whom a note has reached, by name or with a circle while they were in it, by share and name.

    {"id", "kind", "title" (their name), "share", "at" (when it reached them last)}
    """
    found = db.execute(
        "SELECT contact.id, contact.name AS title, delivery.share_id, max(delivery.sent_at) AS at FROM share_note "
        f"{_SENT_TO} "
        "JOIN contact ON contact.id = coalesce(delivery.contact_id, membership.contact_id) WHERE share_note.note_id = :note "
        "GROUP BY delivery.share_id, contact.id ORDER BY delivery.share_id, contact.name COLLATE NOCASE, contact.id",
        {"note": note},
    )
    return things("contact", found)


def members(db: sqlite3.Connection, circle: int, share: int) -> list[Row]:
    """Who is in a circle now, by name then id: {"id" (a number), "name", "new"}.

    new: 1 where they joined after another share than this last went to the circle.
    """
    found = db.execute(
        "SELECT contact.id, contact.name, coalesce(membership.joined_at > (SELECT max(sent_at) FROM delivery "
        "WHERE circle_id = :circle AND state = 'sent' AND share_id <> :share), 0) AS new FROM membership "
        "JOIN contact ON contact.id = membership.contact_id WHERE membership.circle_id = :circle AND left_at IS NULL "
        "ORDER BY contact.name COLLATE NOCASE, contact.id", {"circle": circle, "share": share},
    )  # fmt: skip
    return [dict(row) for row in found]


def had(db: sqlite3.Connection, contacts: Sequence[int], notes: Sequence[int], share: int) -> dict[int, list[Row]]:
    """By contact: which of these notes reached them before, by another share than this one, the latest share of each.

    {"id", "kind", "title", "share", "at"}, in the order of the notes' ids.
    """
    found = db.execute(
        "SELECT note.id, note.title, share_id, max(sent_at) AS at, contact FROM (SELECT coalesce(delivery.contact_id, "
        "membership.contact_id) AS contact, share_note.note_id, delivery.share_id, delivery.sent_at FROM share_note "
        f"{_SENT_TO} "
        "WHERE share_note.note_id IN (SELECT value FROM json_each(:notes)) AND delivery.share_id <> :share) "
        "JOIN note ON note.id = note_id WHERE contact IN (SELECT value FROM json_each(:contacts)) "
        "GROUP BY contact, note.id ORDER BY contact, note.id",
        {"notes": json.dumps(list(notes)), "contacts": json.dumps(list(contacts)), "share": share},
    )
    return grouped((row.pop("contact"), row) for row in things("note", found))
