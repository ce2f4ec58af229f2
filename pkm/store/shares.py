"""Shares, the stages of their plans, their notes and channels: what may go next. Reads, but for a channel that is taken away."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from pkm.addresses import address_key
from pkm.delivery import CAME_BACK, MAY_GO, MAY_HAVE_LEFT, sql_list
from pkm.errors import Invalid, NotFound
from pkm.ids import Row, make
from pkm.spelling import near
from pkm.store import tally
from pkm.store.rows import as_dicts, things

if TYPE_CHECKING:
    from pkm.store.session import Unit

_SHARE = "SELECT id, type, title, slug, introduction, state, uid, created_at, sent_at FROM share"


def rows(db: sqlite3.Connection, limit: int) -> list[Row]:
    """The newest shares first."""
    return [_shape(db, row) for row in db.execute(f"{_SHARE} ORDER BY id DESC LIMIT :limit", {"limit": limit})]


def ahead(db: sqlite3.Connection) -> list[Row]:
    """The drafts and the planned shares, newest first."""
    return [_shape(db, row) for row in db.execute(f"{_SHARE} WHERE state IN ('draft', 'planned') ORDER BY id DESC").fetchall()]


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
    people = people_of(db, share["id"]) if share["type"] == "introduction" else []
    return {
        **dict(share), "id": make("share", share["id"]), "kind": "share", "number": share["id"],
        "circles": [circle[0] for circle in circles], "notes": [make("note", note[0]) for note in notes],
        "contacts": [{"id": make("contact", one["id"]), "name": one["name"]} for one in people],
    }  # fmt: skip


def published_id(db: sqlite3.Connection, share: Row) -> str:
    """What feeds and receivers know a share by, for ever: the id that its page has, else one made from its uid, which cannot be
    told from it. The uid itself is nobody's business: the keys of its letters are made of it.
    """
    found = db.execute(
        "SELECT CAST(payload AS TEXT) FROM delivery JOIN channel ON channel.id = channel_id AND channel.kind = 'site' "
        "WHERE share_id = :id AND payload <> x'' AND media_type = 'application/vnd.pkm.digest+json' ORDER BY delivery.id LIMIT 1",
        {"id": share["number"]},
    ).fetchone()
    if found:
        return str(json.loads(found[0])["uid"])
    from hashlib import sha256  # loads OpenSSL, which no list needs
    from uuid import UUID

    return str(UUID(sha256(f"published\n{share['uid']}".encode()).hexdigest()[:32]))


def stages(db: sqlite3.Connection, share_id: int) -> list[Row]:
    """The steps of a share's plan in order, each with its circle: id, circle_id, circle, circle_kind, gate, …

    gate: what it waits for, read; one that cannot be read is held.

    A step without a circle is for the people that the share names; its circle's columns are None.
    """
    found = as_dicts(db.execute(
        "SELECT stage.id, stage.position, stage.circle_id, circle.name AS circle, circle.kind AS circle_kind, "
        "circle.salutation, circle.introduction, circle.language, stage.passed_at, stage.gate "
        "FROM stage LEFT JOIN circle ON circle.id = stage.circle_id "
        "WHERE share_id = :id ORDER BY position", {"id": share_id},
    ))  # fmt: skip
    return [{**one, "gate": read_gate(one["gate"])} for one in found]


def read_gate(text: str) -> Row:
    """A stage's gate as it is kept. What is no JSON object is a hold: nothing leaves by a plan that cannot be read."""
    try:
        gate = json.loads(text)
    except ValueError:
        gate = None
    return gate if isinstance(gate, dict) else {"held": {"at": "", "because": "its plan cannot be read"}}


_FIRST_EMAIL = (
    "(SELECT value FROM handle WHERE contact_id = contact.id AND kind = 'email' ORDER BY position, id LIMIT 1) AS email"
)


def taken_back(db: sqlite3.Connection) -> set[str]:
    """The uids of shares that were taken back."""
    return {row[0] for row in db.execute("SELECT uid FROM share WHERE state = 'retracted'")}


def out(db: sqlite3.Connection, uids: Collection[str]) -> list[Row]:
    """Those of the shares of these uids of which something left, or may have, and that were not taken back; by number."""
    found = db.execute(
        f"{_SHARE} WHERE uid IN (SELECT value FROM json_each(:uids)) AND state <> 'retracted' AND EXISTS (SELECT 1 FROM delivery "
        f"WHERE share_id = share.id AND state IN {sql_list(MAY_HAVE_LEFT)}) ORDER BY id", {"uids": json.dumps(list(uids))},
    ).fetchall()  # fmt: skip
    return [_shape(db, one) for one in found]


def note_rows(db: sqlite3.Connection, share_id: int) -> list[Row]:
    """The rows that put notes into a share, in order: id, note_id, position."""
    sql = "SELECT id, note_id, position FROM share_note WHERE share_id = :id ORDER BY position, id"
    return as_dicts(db.execute(sql, {"id": share_id}))


def people_of(db: sqlite3.Connection, share_id: int) -> list[Row]:
    """The people whom a share is for by name, in its order: {"id" (a number), "name", "email" (None: there is none)}."""
    return as_dicts(db.execute(
        f"SELECT contact.id, contact.name, {_FIRST_EMAIL}, 0 AS new FROM share_contact "
        "JOIN contact ON contact.id = share_contact.contact_id WHERE share_id = :id ORDER BY share_contact.position, contact.id",
        {"id": share_id},
    ))  # fmt: skip


def recipients(db: sqlite3.Connection, circle_id: int) -> list[Row]:
    """Who is in a circle now, by name then id, as people_of has them; "new": 1 where others got something before, and
    this one did not.
    """
    return as_dicts(db.execute(
        f"SELECT contact.id, contact.name, {_FIRST_EMAIL}, "
        "EXISTS (SELECT 1 FROM delivery WHERE circle_id = :id AND state = 'sent' AND delivery.contact_id IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM delivery WHERE circle_id = :id AND delivery.contact_id = contact.id AND state = 'sent') "
        "AS new FROM membership JOIN contact ON contact.id = membership.contact_id WHERE membership.circle_id = :id "
        "AND left_at IS NULL ORDER BY contact.name COLLATE NOCASE, contact.id", {"id": circle_id},
    ))  # fmt: skip


def introductions(db: sqlite3.Connection, first: int, second: int) -> list[Row]:
    """Shares that introduce these two to each other and were not taken back, newest first."""
    found = db.execute(
        f"{_SHARE} WHERE type = 'introduction' AND state <> 'retracted' AND 2 = (SELECT count(*) FROM share_contact "
        "WHERE share_id = share.id AND contact_id IN (:first, :second)) ORDER BY id DESC", {"first": first, "second": second},
    ).fetchall()  # fmt: skip
    return [_shape(db, one) for one in found]


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


_WIDE = "note.dropped_at IS NULL AND note.reach IN (SELECT value FROM json_each(:reaches))"
_TAKEN = (
    "SELECT share_note.note_id FROM share_note JOIN stage ON stage.share_id = share_note.share_id "
    "JOIN share ON share.id = share_note.share_id WHERE stage.circle_id = :circle "
    "AND (share.state <> 'retracted' OR EXISTS (SELECT 1 FROM delivery WHERE delivery.share_id = share.id "
    "AND delivery.circle_id = :circle AND delivery.sent_at IS NOT NULL)) "  # they had it: it is not offered again by itself
    "AND (json_type(stage.gate, '$.notes') IS NULL "
    "OR share_note.note_id IN (SELECT value FROM json_each(stage.gate, '$.notes')))"
)
"""SQL: the notes that are in a share to the circle."""


def candidates(db: sqlite3.Connection, circle_id: int, reaches: list[str], limit: int) -> list[Row]:
    """Notes that may go to a circle and are in no share to it yet, oldest first; the newest `limit` of them.

    reaches: the reaches that are wide enough for the circle.
    """
    found = as_dicts(db.execute(
        f"{_PIECE} WHERE {_WIDE} AND note.id NOT IN ({_TAKEN}) ORDER BY note.created_at DESC, note.id DESC LIMIT :limit",
        {"circle": circle_id, "reaches": json.dumps(reaches), "limit": limit},
    ))  # fmt: skip
    return found[::-1]


def count_candidates(db: sqlite3.Connection, circle_id: int, reaches: list[str], but: Collection[int] = ()) -> int:
    """How many notes, but for these, may go to a circle and are in no share to it yet."""
    found = db.execute(
        f"SELECT {tally.OF_REACHES} - (SELECT count(*) FROM note "
        f"WHERE note.id IN ({_TAKEN} UNION SELECT value FROM json_each(:but)) AND {_WIDE})",
        {"circle": circle_id, "reaches": json.dumps(reaches), "but": json.dumps(list(but))},
    )
    return int(found.fetchone()[0])


def holding(db: sqlite3.Connection, circle_id: int, reaches: list[str]) -> list[Row]:
    """The drafts and plans that have notes for a circle which may go there and have not, and so are in no other digest.

    By number: {"id", "title", "state", "at" (when it was made), "notes" (how many)}. reaches: as for candidates().
    """
    found = db.execute(
        "SELECT share.id, share.title, share.state, share.created_at AS at, count(*) AS notes FROM share "
        "JOIN stage ON stage.share_id = share.id AND stage.circle_id = :circle AND stage.passed_at IS NULL "
        "JOIN share_note ON share_note.share_id = share.id JOIN note ON note.id = share_note.note_id "
        "WHERE share.state IN ('draft', 'planned') AND note.dropped_at IS NULL "
        "AND note.reach IN (SELECT value FROM json_each(:reaches)) AND (json_type(stage.gate, '$.notes') IS NULL "
        "OR note.id IN (SELECT value FROM json_each(stage.gate, '$.notes'))) GROUP BY share.id ORDER BY share.id",
        {"circle": circle_id, "reaches": json.dumps(reaches)},
    )
    return [{**dict(row), "id": make("share", row["id"])} for row in found]


def others_with(db: sqlite3.Connection, notes: list[int], circle_id: int, share: int) -> list[Row]:
    """The other shares that hold some of these notes for a circle, or took them there and were not taken back since.

    By number: {"id", "state", "went" (whether it did), "notes" (numbers, in order)}.
    """
    found = db.execute(
        "SELECT share.id, share.state, share_note.note_id AS note, EXISTS (SELECT 1 FROM delivery "
        "WHERE delivery.stage_id = stage.id AND delivery.state = 'sent') AS went FROM share_note "
        "JOIN stage ON stage.share_id = share_note.share_id AND stage.circle_id = :circle "
        "JOIN share ON share.id = stage.share_id WHERE share_note.note_id IN (SELECT value FROM json_each(:notes)) "
        "AND share.id <> :share AND share.state <> 'retracted' AND (json_type(stage.gate, '$.notes') IS NULL "
        "OR share_note.note_id IN (SELECT value FROM json_each(stage.gate, '$.notes'))) "
        "AND (went OR (share.state IN ('draft', 'planned') AND stage.passed_at IS NULL)) ORDER BY share.id, note, stage.id",
        {"notes": json.dumps(notes), "circle": circle_id, "share": share},
    )
    others: dict[int, Row] = {}
    for row in found:
        other = others.setdefault(row["id"], {"id": make("share", row["id"]), "state": row["state"], "went": False, "notes": []})
        other["went"] = other["went"] or bool(row["went"])
        other["notes"] = list(dict.fromkeys([*other["notes"], row["note"]]))
    return list(others.values())


def kept_without_note(db: sqlite3.Connection, since: str, limit: int) -> list[Row]:
    """Items kept since then that no note was made from, newest first: they have no words of one's own."""
    found = db.execute(
        "SELECT id, title FROM item WHERE +state = 'kept' AND decided_at > :since "  # +: from what was decided last, not all
        "AND story_id IS NULL "  # what another source told too is not told twice
        "AND NOT EXISTS (SELECT 1 FROM note WHERE note.item_id = item.id) ORDER BY decided_at DESC, id DESC LIMIT :limit",
        {"since": since, "limit": limit},
    )
    return things("item", found)


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


def narrower_texts(db: sqlite3.Connection, reaches: list[str]) -> Iterator[tuple[str, int]]:
    """(text, number) of every note that may not go where notes of these reaches go, one at a time."""
    found = db.execute(
        "SELECT text, id FROM note WHERE dropped_at IS NOT NULL OR reach NOT IN (SELECT value FROM json_each(:reaches)) "
        "ORDER BY id", {"reaches": json.dumps(reaches)},
    )  # fmt: skip
    yield from ((row[0], row[1]) for row in found)


def public_notes(db: sqlite3.Connection) -> set[str]:
    """The ids of all notes that everybody may read."""
    found = db.execute("SELECT id FROM note WHERE reach = 'network' AND dropped_at IS NULL")
    return {make("note", row[0]) for row in found}


def phones(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every contact's telephone number as it is written, with the contact's number."""
    found = db.execute("SELECT value, contact_id FROM handle WHERE kind = 'phone' ORDER BY id")
    return [(one[0], one[1]) for one in found]


def emails(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every contact's e-mail address, as addresses are compared, with the contact's number."""
    found = db.execute("SELECT value, contact_id FROM handle WHERE kind = 'email' ORDER BY id")
    return [(address_key(one[0]), one[1]) for one in found]


def channels(db: sqlite3.Connection, *, removed: bool = False) -> list[Row]:
    """Every channel that was not removed by name, with the circles that it reaches; removed: those as well."""
    found = as_dicts(db.execute(
        "SELECT id AS number, name, kind AS channel_kind, address, options, (SELECT json_group_array(name) FROM (SELECT "
        "circle.name FROM circle_channel JOIN circle ON circle.id = circle_id WHERE channel_id = channel.id "
        "ORDER BY circle.name)) AS circles FROM channel "
        "WHERE :removed OR json_extract(options, '$.removed') IS NULL ORDER BY name", {"removed": removed},
    ))  # fmt: skip
    return [
        {**one, "id": one["name"], "kind": "channel", "title": one["name"], "circles": json.loads(one["circles"]),
         "options": json.loads(one["options"])}
        for one in found
    ]  # fmt: skip


def site_named(db: sqlite3.Connection, name: str) -> str:
    """A site's name as a command takes it, with a space in front; "" where there is no other site."""
    return "" if sum(one["channel_kind"] == "site" for one in channels(db)) < 2 else f" {name}"


def channel_named(db: sqlite3.Connection, name: str) -> Row:
    """The channel of that name, case ignored. Raises Invalid where none was named, NotFound with those that are near."""
    rows = channels(db)
    found = next((one for one in rows if one["name"].casefold() == name.casefold()), None)
    if found is None:
        if not name.strip():
            raise Invalid("an empty name", "a channel's name is wanted", next="pkm share channel list")
        raise NotFound(f"the channel {name}", "there is none of that name", next="pkm share channel list",
                       near=near(name, [one["name"] for one in rows]))  # fmt: skip
    return found


def channels_of(db: sqlite3.Connection, circle_id: int) -> list[Row]:
    """The channels that reach a circle, by name: number, name, channel_kind, address, options."""
    found = as_dicts(db.execute(
        "SELECT channel.id AS number, channel.name, channel.kind AS channel_kind, channel.address, channel.options "
        "FROM circle_channel JOIN channel ON channel.id = channel_id WHERE circle_id = :circle "
        "ORDER BY channel.name, channel.id",
        {"circle": circle_id},
    ))  # fmt: skip
    return [{**one, "options": json.loads(one["options"])} for one in found]


def hangs_on(db: sqlite3.Connection, channel: int) -> dict[str, int]:
    """How many deliveries a channel has, by state."""
    sql = "SELECT state, count(*) FROM delivery WHERE channel_id = :channel GROUP BY state ORDER BY state"
    return {row[0]: row[1] for row in db.execute(sql, {"channel": channel})}


REMOVED = "its channel was removed"
"""Why what waited there goes nowhere."""


def take_away_channel(unit: "Unit", channel: int, name: str) -> bool:
    """The channel reaches no circle and is in no list; whether it is gone, else its row stays for its deliveries.

    What waits there goes nowhere any more. A row that stays has another name, so that this one is free.
    """
    from pkm.store.model import Channel

    at = {"channel": channel}
    unit.connection.execute("DELETE FROM circle_channel WHERE channel_id = :channel", at)
    row = unit.get(Channel, channel)
    if not hangs_on(unit.connection, channel):
        unit.delete(row)
        unit.flush()
        return True
    unit.connection.execute(
        f"UPDATE delivery SET state = 'cancelled', error = '{REMOVED}' WHERE channel_id = :channel "
        f"AND (state IN ('waiting', 'held') OR (state = 'refused' AND error NOT LIKE '{CAME_BACK}%'))", at,
    )  # fmt: skip
    unit.connection.execute(
        "UPDATE delivery SET state = 'unknown', error = 'its channel was removed while it left' "
        "WHERE channel_id = :channel AND state = 'sending'", at,
    )  # fmt: skip
    row.options = json.dumps({**json.loads(row.options), "removed": unit.at, "was": name}, ensure_ascii=False)
    row.name = f"{name} (removed, {channel})"
    unit.flush()
    return False


_STANDING = (
    "EXISTS (SELECT 1 FROM delivery JOIN channel ON channel.id = channel_id WHERE delivery.share_id = share.id "
    "AND channel.kind IN ('site', 'files') AND (delivery.sent_at IS NOT NULL OR delivery.state = 'sending'))"
)
_PUBLIC = (
    "(EXISTS (SELECT 1 FROM stage JOIN circle ON circle.id = stage.circle_id WHERE stage.share_id = share.id "
    "AND (circle.kind = 'network' OR EXISTS (SELECT 1 FROM circle_channel JOIN channel ON channel.id = channel_id "
    "WHERE circle_channel.circle_id = circle.id AND channel.kind = 'site'))) OR EXISTS (SELECT 1 FROM delivery "
    "JOIN channel ON channel.id = channel_id WHERE delivery.share_id = share.id AND channel.kind = 'site'))"
)


def slugs(db: sqlite3.Connection, number: int) -> dict[str, bool]:
    """The names that a share may not have for its page and files; and whether it may not keep one that it has already, as a
    share before it has that, or one of which something stands.

    Of one that goes to the site: those of all others that do, or that are for a circle of its; else those of all others.
    """
    public = bool(db.execute(f"SELECT 1 FROM share WHERE id = :id AND {_PUBLIC}", {"id": number}).fetchone())
    found = db.execute(
        f"SELECT slug, max(id < :id OR {_STANDING}) FROM share WHERE slug <> '' AND id <> :id AND (NOT :public OR {_PUBLIC} "
        "OR EXISTS (SELECT 1 FROM stage JOIN stage AS own ON own.circle_id = stage.circle_id "
        "WHERE stage.share_id = share.id AND own.share_id = :id)) GROUP BY slug",
        {"id": number, "public": public},
    )
    return {name: bool(first) for name, first in found}


def stands(db: sqlite3.Connection, number: int) -> bool:
    """Whether a page or files of a share are in their place, or may be: what they are called stays."""
    return bool(db.execute(f"SELECT 1 FROM share WHERE id = :id AND {_STANDING}", {"id": number}).fetchone())


def page(db: sqlite3.Connection, number: int) -> str:
    """What a share's page on the site is called where it stands, "" where it does not."""
    return pages(db).get(number, "")


def pages(db: sqlite3.Connection) -> dict[int, str]:
    """Share -> what its page on the site is called, of those that stand."""
    return dict(db.execute(
        "SELECT share_id, file_name FROM delivery JOIN channel ON channel.id = channel_id WHERE channel.kind = 'site' "
        "AND media_type = 'application/vnd.pkm.digest+json' AND (sent_at IS NOT NULL OR state = 'sending') ORDER BY delivery.id"
    ).fetchall())  # fmt: skip


def unfinished(db: sqlite3.Connection) -> list[Row]:
    """Shares with deliveries that were begun and have not arrived, oldest first.

    Of a share that was sent, a recipient who was refused is settled: only the person tries that again. A planned one goes
    when its stages are due.
    """
    found = db.execute(
        f"{_SHARE} WHERE id IN (SELECT share_id FROM delivery WHERE state IN {sql_list((*MAY_GO, 'sending'))}) "
        "AND state = 'draft' AND NOT EXISTS (SELECT 1 FROM stage WHERE share_id = share.id "
        "AND json_type(stage.gate, '$.held') IS NOT NULL) ORDER BY id"
    )
    return [_shape(db, one) for one in found.fetchall()]
