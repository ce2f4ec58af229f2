"""Deliveries: what goes, or went, to whom by which channel, with its bytes. Reads, but for begin and unfreeze."""

import json
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkm.delivery import CAME_BACK, MAY_HAVE_LEFT, UNSETTLED, sql_list
from pkm.ids import Row, make
from pkm.store.rows import as_dicts, in_ids

if TYPE_CHECKING:
    from pkm.store.session import Unit

_DELIVERIES = (
    "SELECT delivery.id, delivery.share_id, share.title, delivery.state, circle.name AS circle, "
    "channel.name AS channel, channel.kind AS channel_kind, recipient, sha256, delivery.sent_at, delivery.error, "
    "file_name, media_type, delivery.contact_id, contact.name AS name, attempts, delivery.channel_id, "
    "part, revision, frozen_at, remote_url, delivery.stage_id, not_before, iif(share.state = 'retracted', "
    "json_extract(stage.gate, '$.retracted'), NULL) AS retracted "
    "FROM delivery JOIN share ON share.id = delivery.share_id JOIN stage ON stage.id = delivery.stage_id "
    "LEFT JOIN circle ON circle.id = delivery.circle_id LEFT JOIN contact ON contact.id = delivery.contact_id "
    "JOIN channel ON channel.id = delivery.channel_id"
)

_REACHED = (
    "(delivery.contact_id = :contact OR (delivery.contact_id IS NULL AND EXISTS ("
    "SELECT 1 FROM membership WHERE membership.contact_id = :contact AND membership.circle_id = delivery.circle_id "
    "AND joined_at <= delivery.sent_at AND (left_at IS NULL OR left_at > delivery.sent_at))))"
)


def rows(
    db: sqlite3.Connection, *, share: int | None = None, note: int | None = None, circle: int | None = None,
    contact: int | None = None, limit: int = 1000,
) -> list[Row]:  # fmt: skip
    """Deliveries, newest first: of a share, with a note in them, to a circle, that reached a contact, or all. Without bytes.

    Who was in a circle on that day got what went to it as a whole. retracted: {"at", "because"} where it was taken back.
    """
    of_it = "delivery.share_id = :share" if share is not None else "1"
    found = db.execute(
        f"{_DELIVERIES} WHERE {of_it} AND (:circle IS NULL OR delivery.circle_id = :circle) "
        "AND (:note IS NULL OR EXISTS (SELECT 1 FROM share_note WHERE share_note.share_id = delivery.share_id "
        "AND share_note.note_id = :note) AND NOT EXISTS (SELECT 1 FROM stage WHERE stage.id = delivery.stage_id "
        "AND json_type(stage.gate, '$.notes') IS NOT NULL "
        "AND :note NOT IN (SELECT value FROM json_each(stage.gate, '$.notes')))) "
        f"AND (:contact IS NULL OR {_REACHED}) "
        "ORDER BY delivery.id DESC LIMIT :limit",
        {"share": share, "note": note, "circle": circle, "contact": contact, "limit": limit},
    )
    return [_delivery(one) for one in found]


def of(db: sqlite3.Connection, share: int, stage: int | None = None) -> list[Row]:
    """All deliveries of a share, or of one of its stages, newest first, as rows() has them."""
    return [row for row in rows(db, share=share, limit=-1) if stage is None or row["stage_number"] == stage]


def _delivery(one: sqlite3.Row) -> Row:
    return {
        "id": make("delivery", one["id"]), "kind": "delivery", "title": one["title"],
        "share": make("share", one["share_id"]), "state": one["state"], "circle": one["circle"],
        "channel": one["channel"], "recipient": one["recipient"] or one["file_name"], "sha256": one["sha256"],
        "at": one["sent_at"], "error": one["error"], "media_type": one["media_type"], "part": one["part"],
        "revision": one["revision"], "frozen_at": one["frozen_at"], "url": one["remote_url"],
        "contact": one["contact_id"] and make("contact", one["contact_id"]), "name": one["name"],
        "attempts": one["attempts"], "channel_kind": one["channel_kind"], "channel_number": one["channel_id"],
        "stage_number": one["stage_id"], "not_before": one["not_before"],
        "retracted": one["retracted"] and json.loads(one["retracted"]),
    }  # fmt: skip


def frozen(db: sqlite3.Connection, share: int) -> list[Row]:
    """The deliveries of a share with their bytes, their circle and channel, in the order they were frozen."""
    return as_dicts(db.execute(
        "SELECT delivery.id, delivery.key, delivery.state, stage_id, delivery.circle_id, channel_id, part, file_name, "
        "media_type, payload, sha256, recipient, contact_id, contact.name, circle.name AS circle, channel.name AS channel, "
        "channel.kind AS channel_kind, not_before, frozen_at, delivery.error, attempts FROM delivery "
        "LEFT JOIN circle ON circle.id = delivery.circle_id LEFT JOIN contact ON contact.id = contact_id "
        "JOIN channel ON channel.id = delivery.channel_id WHERE share_id = :share ORDER BY delivery.id", {"share": share},
    ))  # fmt: skip


def file_names(db: sqlite3.Connection, channel: int, stage: int) -> dict[str, str]:
    """What is in a channel's folder, or is to go there, of all other stages than this: name -> hash."""
    return dict(db.execute(
        "SELECT file_name, sha256 FROM delivery JOIN share ON share.id = share_id WHERE channel_id = :channel "
        "AND stage_id IS NOT :stage AND file_name <> '' AND share.state <> 'retracted' AND payload <> x'' ORDER BY delivery.id",
        {"channel": channel, "stage": stage},
    ).fetchall())  # fmt: skip


def got(db: sqlite3.Connection, contact: int) -> int:
    """How many shares reached a contact, by name or as a member of a circle."""
    found = db.execute(
        f"SELECT count(DISTINCT share_id) FROM delivery WHERE state = 'sent' AND {_REACHED}", {"contact": contact}
    ).fetchone()
    return int(found[0])


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One delivery as rows() has it, None where there is none."""
    found = db.execute("SELECT share_id FROM delivery WHERE id = :id", {"id": number}).fetchone()
    if found is None:
        return None
    return next(one for one in of(db, found[0]) if one["id"] == make("delivery", number))


def keys(db: sqlite3.Connection) -> set[str]:
    """The keys of all deliveries."""
    return {row[0] for row in db.execute("SELECT key FROM delivery")}


def keys_of(db: sqlite3.Connection, share: int) -> dict[tuple[int, int, str, int], str]:
    """(stage, channel, recipient, part) -> key, of the deliveries of a share that are still those of a stage."""
    found = db.execute(
        "SELECT stage_id, channel_id, recipient, part, key FROM delivery WHERE share_id = :share ORDER BY id", {"share": share}
    )
    return {tuple(row[:4]): row[4] for row in found}


def last_addresses(db: sqlite3.Connection) -> dict[int, str]:
    """By contact: the address that their last letter was sent to."""
    found = db.execute(
        "SELECT contact_id, recipient FROM delivery WHERE state = 'sent' AND contact_id IS NOT NULL "
        "ORDER BY coalesce(sent_at, frozen_at), id"
    )
    return {row[0]: row[1] for row in found}


def leaving(db: sqlite3.Connection, numbers: Iterable[int]) -> list[Row]:
    """These deliveries by number: id, share_id, key, recipient, state, error, payload, part, frozen_at, remote_id."""
    return as_dicts(db.execute(
        "SELECT id, share_id, key, recipient, state, error, payload, part, frozen_at, remote_id FROM delivery "
        "WHERE id IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY id", {"ids": json.dumps(list(numbers))},
    ))  # fmt: skip


def sending(db: sqlite3.Connection, mirrors: Iterable[str]) -> list[Row]:
    """Deliveries that a run has begun and not finished, but for those to channels of these kinds: {"id", "key"}, by id."""
    return as_dicts(db.execute(
        "SELECT delivery.id, key FROM delivery JOIN channel ON channel.id = channel_id WHERE state = 'sending' "
        "AND channel.kind NOT IN (SELECT value FROM json_each(:mirrors)) ORDER BY delivery.id",
        {"mirrors": json.dumps(list(mirrors))},
    ))  # fmt: skip


def payloads(db: sqlite3.Connection, channel_id: int, *, also: tuple[int, ...] = ()) -> list[Row]:
    """What was sent on a channel and stands there now, with its bytes, oldest first; `also`: deliveries on their way."""
    return as_dicts(db.execute(
        "SELECT delivery.id, share_id, file_name, media_type, payload, sha256, coalesce(delivery.sent_at, frozen_at) AS at "
        "FROM delivery JOIN share ON share.id = share_id WHERE channel_id = :channel AND share.state <> 'retracted' "
        f"AND (delivery.state = 'sent' OR delivery.id IN {in_ids(also)}) ORDER BY delivery.id", {"channel": channel_id},
    ))  # fmt: skip


def withdrawn(db: sqlite3.Connection, channel_id: int) -> list[bytes]:
    """The bytes of what was sent on a channel and then taken back, oldest first."""
    found = db.execute(
        "SELECT payload FROM delivery JOIN share ON share.id = share_id WHERE channel_id = :channel "
        "AND share.state = 'retracted' AND delivery.state = 'sent' AND payload <> x'' ORDER BY delivery.id",
        {"channel": channel_id},
    )  # fmt: skip
    return [row[0] for row in found]


def keys_of_letters(db: sqlite3.Connection, share: int) -> dict[int, str]:
    """Contact -> the key of the letter of a share that they have, or may have."""
    found = db.execute(
        "SELECT contact_id, key FROM delivery WHERE share_id = :share AND contact_id IS NOT NULL AND payload <> x'' "
        f"AND (state IN {sql_list(MAY_HAVE_LEFT)} OR (state = 'refused' AND error LIKE :back)) ORDER BY id",
        {"share": share, "back": f"{CAME_BACK}%"},
    )  # fmt: skip
    return {row[0]: row[1] for row in found}


def unsettled(db: sqlite3.Connection) -> list[Row]:
    """Deliveries of which nobody knows whether they arrived, or that are held, oldest first, as rows() has them."""
    found = db.execute(f"{_DELIVERIES} WHERE delivery.state IN {sql_list(UNSETTLED)} ORDER BY delivery.id")
    return [_delivery(one) for one in found]


def begin(unit: "Unit", numbers: Iterable[int]) -> None:
    """The deliveries are being sent, once more."""
    which = {"ids": json.dumps(list(numbers))}
    unit.connection.execute(
        "UPDATE delivery SET state = 'sending', attempts = attempts + 1 WHERE id IN (SELECT value FROM json_each(:ids))", which
    )


def unfreeze(unit: "Unit", number: int) -> None:
    """The delivery is gone with its bytes."""
    unit.connection.execute("DELETE FROM delivery WHERE id = :id", {"id": number})
