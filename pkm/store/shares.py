"""Shares, their deliveries and channels: what went where, what may go next. Reads only."""

import json
import sqlite3
from typing import Any

from pkm.ids import make
from pkm.store.session import as_dicts

Row = dict[str, Any]

_SHARE = "SELECT id, title, slug, introduction, state, uid, created_at, sent_at FROM share"


def rows(db: sqlite3.Connection, limit: int) -> list[Row]:
    """The newest shares first."""
    return [_shape(db, row) for row in db.execute(f"{_SHARE} ORDER BY id DESC LIMIT :limit", {"limit": limit})]


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """The share of that number, None where there is none."""
    found = db.execute(f"{_SHARE} WHERE id = :id", {"id": number}).fetchone()
    return None if found is None else _shape(db, found)


def _shape(db: sqlite3.Connection, share: sqlite3.Row) -> Row:
    circles = db.execute(
        "SELECT circle.name FROM stage JOIN circle ON circle.id = stage.circle_id WHERE share_id = :id ORDER BY position",
        {"id": share["id"]},
    )
    notes = db.execute("SELECT note_id FROM share_note WHERE share_id = :id ORDER BY position", {"id": share["id"]})
    return {
        **dict(share), "id": make("share", share["id"]), "kind": "share", "number": share["id"],
        "circles": [circle[0] for circle in circles], "notes": [make("note", note[0]) for note in notes],
    }  # fmt: skip


def stages(db: sqlite3.Connection, share_id: int) -> list[Row]:
    """The steps of a share's plan in order, each with its circle: id, circle_id, circle, circle_kind, …"""
    return as_dicts(db.execute(
        "SELECT stage.id, stage.position, stage.circle_id, circle.name AS circle, circle.kind AS circle_kind, "
        "circle.salutation, circle.introduction, stage.passed_at FROM stage JOIN circle ON circle.id = stage.circle_id "
        "WHERE share_id = :id ORDER BY position", {"id": share_id},
    ))  # fmt: skip


def notes(db: sqlite3.Connection, share_id: int) -> list[Row]:
    """The notes of a share in order, whole, each with its item and the item's source."""
    return as_dicts(db.execute(f"{_PIECE} JOIN share_note ON share_note.note_id = note.id "
                               "WHERE share_note.share_id = :id ORDER BY share_note.position, note.id",
                               {"id": share_id}))  # fmt: skip


_PIECE = (  # a note made from no item is credited to the first one that it links to as its source
    "SELECT note.id, note.title, note.text, note.stage, note.reach, note.dropped_at, note.created_at, note.updated_at, "
    "item.id AS item_id, item.title AS item_title, item.url AS item_url, item.author AS item_author, "
    "source.title AS source_title, source.site_url AS source_url, source.url AS feed_url "
    "FROM note LEFT JOIN item ON item.id = coalesce(note.item_id, (SELECT to_id FROM link WHERE from_kind = 'note' "
    "AND from_id = note.id AND to_kind = 'item' AND type = 'source' ORDER BY id LIMIT 1)) "
    "LEFT JOIN source ON source.id = item.source_id"
)


_MAY_GO = (
    "note.dropped_at IS NULL AND note.reach IN (SELECT value FROM json_each(:reaches)) AND NOT EXISTS ("
    "SELECT 1 FROM share_note JOIN stage ON stage.share_id = share_note.share_id "
    "JOIN share ON share.id = share_note.share_id "
    "WHERE share_note.note_id = note.id AND stage.circle_id = :circle AND share.state <> 'retracted')"
)


def candidates(db: sqlite3.Connection, circle_id: int, reaches: list[str], limit: int) -> list[Row]:
    """Notes that may go to a circle and are in no share to it yet, oldest first; the newest `limit` of them.

    reaches: the reaches that are wide enough for the circle.
    """
    found = as_dicts(db.execute(
        f"{_PIECE} WHERE {_MAY_GO} ORDER BY note.created_at DESC, note.id DESC LIMIT :limit",
        {"circle": circle_id, "reaches": json.dumps(reaches), "limit": limit},
    ))  # fmt: skip
    return found[::-1]


def count_candidates(db: sqlite3.Connection, circle_id: int, reaches: list[str]) -> int:
    """How many notes may go to a circle and are in no share to it yet."""
    values = {"circle": circle_id, "reaches": json.dumps(reaches)}
    return int(db.execute(f"SELECT count(*) FROM note WHERE {_MAY_GO}", values).fetchone()[0])


def kept_without_note(db: sqlite3.Connection, since: str, limit: int) -> list[Row]:
    """Items kept since then that no note was made from, newest first: they have no words of one's own."""
    found = db.execute(
        "SELECT id, title FROM item WHERE state = 'kept' AND decided_at > :since "
        "AND NOT EXISTS (SELECT 1 FROM note WHERE note.item_id = item.id) ORDER BY decided_at DESC, id DESC LIMIT :limit",
        {"since": since, "limit": limit},
    )
    return [{"id": make("item", one["id"]), "kind": "item", "title": one["title"]} for one in found]


def last_sent(db: sqlite3.Connection, circle_id: int) -> str | None:
    """When the circle last got something, None where it never did."""
    found = db.execute(
        "SELECT max(sent_at) FROM delivery WHERE circle_id = :circle AND state = 'sent'", {"circle": circle_id}
    ).fetchone()
    return str(found[0]) if found[0] else None


def quotes(db: sqlite3.Connection, item_id: int) -> list[str]:
    """The exact words that were quoted from an item, in the order of its text."""
    found = db.execute(
        "SELECT exact FROM annotation WHERE item_id = :item AND exact <> '' ORDER BY position, id", {"item": item_id}
    )
    return [one[0] for one in found]


def narrower_targets(db: sqlite3.Connection, note_id: int, reaches: list[str]) -> list[Row]:
    """Notes that a note's text links to and that may not go where it goes: written, title, id."""
    return as_dicts(db.execute(
        "SELECT link.written, other.title, other.id FROM link JOIN note AS other ON other.id = link.to_id "
        "WHERE link.from_kind = 'note' AND link.from_id = :note AND link.to_kind = 'note' AND (other.dropped_at IS NOT "
        "NULL OR other.reach NOT IN (SELECT value FROM json_each(:reaches))) ORDER BY link.id",
        {"note": note_id, "reaches": json.dumps(reaches)},
    ))  # fmt: skip


def narrower_titles(db: sqlite3.Connection, reaches: list[str]) -> list[tuple[str, int]]:
    """(title, number) of every note that may not go where notes of these reaches go."""
    found = db.execute(
        "SELECT title, id FROM note WHERE dropped_at IS NOT NULL OR reach NOT IN (SELECT value FROM json_each(:reaches)) "
        "ORDER BY id", {"reaches": json.dumps(reaches)},
    )  # fmt: skip
    return [(row[0], row[1]) for row in found]


def emails(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every contact's e-mail address, case folded, with the contact's number."""
    found = db.execute("SELECT folded, contact_id FROM handle WHERE kind = 'email' ORDER BY id")
    return [(one[0], one[1]) for one in found]


def deliveries(
    db: sqlite3.Connection, *, share: int | None = None, note: int | None = None, circle: int | None = None,
    limit: int = 1000,
) -> list[Row]:  # fmt: skip
    """Deliveries, newest first: of a share, of shares that hold a note, to a circle, or all. Without their bytes."""
    found = db.execute(
        "SELECT delivery.id, delivery.share_id, share.title, delivery.state, circle.name AS circle, "
        "channel.name AS channel, recipient, sha256, delivery.sent_at, delivery.error, file_name, media_type, "
        "part, revision, frozen_at, remote_url FROM delivery JOIN share ON share.id = delivery.share_id "
        "JOIN circle ON circle.id = delivery.circle_id JOIN channel ON channel.id = delivery.channel_id "
        "WHERE (:share IS NULL OR delivery.share_id = :share) AND (:circle IS NULL OR delivery.circle_id = :circle) "
        "AND (:note IS NULL OR EXISTS (SELECT 1 FROM share_note WHERE share_note.share_id = delivery.share_id "
        "AND share_note.note_id = :note)) ORDER BY delivery.id DESC LIMIT :limit",
        {"share": share, "note": note, "circle": circle, "limit": limit},
    )
    return [
        {
            "id": make("delivery", one["id"]), "kind": "delivery", "title": one["title"],
            "share": make("share", one["share_id"]), "state": one["state"], "circle": one["circle"],
            "channel": one["channel"], "recipient": one["recipient"] or one["file_name"], "sha256": one["sha256"],
            "at": one["sent_at"], "error": one["error"], "media_type": one["media_type"], "part": one["part"],
            "revision": one["revision"], "frozen_at": one["frozen_at"], "url": one["remote_url"],
        }
        for one in found
    ]  # fmt: skip


def frozen(db: sqlite3.Connection, share: int) -> list[Row]:
    """The deliveries of a share with their bytes, their circle and channel, in the order they were frozen."""
    return as_dicts(db.execute(
        "SELECT delivery.id, stage_id, delivery.circle_id, channel_id, part, file_name, media_type, payload, "
        "circle.name AS circle, channel.name AS channel, channel.kind AS channel_kind FROM delivery "
        "JOIN circle ON circle.id = delivery.circle_id JOIN channel ON channel.id = delivery.channel_id "
        "WHERE share_id = :share ORDER BY delivery.id", {"share": share},
    ))  # fmt: skip


def payloads(db: sqlite3.Connection, channel_id: int, *, also: tuple[int, ...] = ()) -> list[Row]:
    """What was sent on a channel and stands there now, with its bytes, oldest first; `also`: deliveries on their way."""
    marks = ", ".join(str(int(number)) for number in also) or "0"
    return as_dicts(db.execute(
        "SELECT delivery.id, share_id, file_name, media_type, payload, sha256, coalesce(delivery.sent_at, frozen_at) AS at "
        "FROM delivery JOIN share ON share.id = share_id WHERE channel_id = :channel AND share.state <> 'retracted' "
        f"AND (delivery.state = 'sent' OR delivery.id IN ({marks})) ORDER BY delivery.id", {"channel": channel_id},
    ))  # fmt: skip


def channels(db: sqlite3.Connection) -> list[Row]:
    """Every channel by name, with the circles that it reaches."""
    found = as_dicts(
        db.execute("SELECT id AS number, name, kind AS channel_kind, address, options FROM channel ORDER BY name")
    )
    for one in found:
        circles = db.execute(
            "SELECT circle.name FROM circle_channel JOIN circle ON circle.id = circle_id WHERE channel_id = :id "
            "ORDER BY circle.name", {"id": one["number"]},
        )  # fmt: skip
        one |= {"id": one["name"], "kind": "channel", "title": one["name"], "circles": [name[0] for name in circles]}
    return found


def channels_of(db: sqlite3.Connection, circle_id: int) -> list[Row]:
    """The channels that reach a circle, by name: number, name, channel_kind, address."""
    return as_dicts(db.execute(
        "SELECT channel.id AS number, channel.name, channel.kind AS channel_kind, channel.address FROM circle_channel "
        "JOIN channel ON channel.id = channel_id WHERE circle_id = :circle ORDER BY channel.name", {"circle": circle_id},
    ))  # fmt: skip


def slugs(db: sqlite3.Connection) -> set[str]:
    """The names of pages that are taken."""
    return {one[0] for one in db.execute("SELECT slug FROM share WHERE slug <> ''")}


def unfinished(db: sqlite3.Connection) -> list[Row]:
    """Shares with deliveries that were begun and have not arrived, oldest first."""
    found = db.execute(
        f"{_SHARE} WHERE id IN (SELECT share_id FROM delivery WHERE state IN ('waiting', 'sending', 'refused')) ORDER BY id"
    )
    return [_shape(db, one) for one in found]
