"""Sources: which are followed, which are due, and what a pull has to know of them. Reads only."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from pkm import text
from pkm.grouped import grouped
from pkm.ids import Row, make

_COLUMNS = """
SELECT source.*, coalesce(nullif(source.title, ''), source.url) AS called,
  coalesce((SELECT number FROM tally WHERE what = 'of source' AND key = source.id), 0) AS items,
  (SELECT json_group_array(name) FROM (
     SELECT tag.name FROM tagging JOIN tag ON tag.id = tagging.tag_id
     WHERE tagging.kind = 'source' AND tagging.entity_id = source.id ORDER BY tagging.id)) AS tags,
  (SELECT json_group_array(name) FROM (
     SELECT circle.name FROM circle_source JOIN circle ON circle.id = circle_source.circle_id
     WHERE circle_source.source_id = source.id ORDER BY circle.name)) AS circles,
  (SELECT name FROM tag WHERE tag.id = source.challenges_id) AS challenges
FROM source
"""

_SHOWN = (
    "url", "site_url", "description", "state", "items", "every_s", "created_at", "checked_at", "fetched_at",
    "changed_at", "next_at", "failures", "error", "moved_to", "credential", "user_agent",
    "updates",
)  # fmt: skip


def rows(
    db: sqlite3.Connection, *, limit: int, state: str | None = None, ids: Iterable[int] | None = None
) -> list[Row]:
    """Sources by name, then id. state: only those in it; ids: only these. Items are counted for the page alone."""
    order = "coalesce(nullif(source.title, ''), source.url) COLLATE NOCASE, source.id"
    found = db.execute(
        f"{_COLUMNS} WHERE source.id IN (SELECT id FROM source WHERE (:state IS NULL OR state = :state) "
        "AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids))) "
        f"ORDER BY {order} LIMIT :limit) ORDER BY {order}",
        {"state": state, "ids": _json(ids), "limit": limit},
    )
    return [_shape(row) for row in found]


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """The source of that number, None where there is none."""
    found = db.execute(f"{_COLUMNS} WHERE source.id = :id", {"id": number}).fetchone()
    return None if found is None else _shape(found)


def count_all(db: sqlite3.Connection) -> int:
    """How many sources there are."""
    return int(db.execute("SELECT count(*) FROM source").fetchone()[0])


def of_contact(db: sqlite3.Connection, contact_id: int) -> list[Row]:
    """The sources that belong to a contact, oldest first."""
    found = db.execute(f"{_COLUMNS} WHERE source.contact_id = :contact ORDER BY source.id", {"contact": contact_id})
    return [_shape(row) for row in found]


def by_url(db: sqlite3.Connection, url: str) -> Row | None:
    """The source that is fetched at exactly this address, None where there is none."""
    found = db.execute(f"{_COLUMNS} WHERE source.url = :url", {"url": url}).fetchone()
    return None if found is None else _shape(found)


def at_host(db: sqlite3.Connection, host: str) -> list[Row]:
    """Sources whose address names the host, by id: those that an equivalent address has to be compared with."""
    found = db.execute(
        f"{_COLUMNS} WHERE instr(lower(source.url), :host) > 0 ORDER BY source.id LIMIT 1000", {"host": host.lower()}
    )
    return [_shape(row) for row in found]


def outlines(db: sqlite3.Connection) -> list[Row]:
    """Every source as a list of feeds has it, by id: {"id", "url", "title", "site_url", "tags", "opml"}.

    Mail is in no such list: nobody else can read it, and an address tells an account.
    """
    found = db.execute(
        f"{_COLUMNS} WHERE substr(source.url, 1, instr(source.url, ':') - 1) "
        "NOT IN ('mail', 'maildir', 'mbox', 'imap', 'imaps') ORDER BY source.id"
    )
    return [
        {"id": row["id"], "url": row["url"], "title": row["title"], "site_url": row["site_url"],
         "tags": json.loads(row["tags"]), "opml": json.loads(row["opml"])}
        for row in found
    ]  # fmt: skip


_POLLED = (
    "SELECT id, url, title, site_url, description, state, every_s, checked_at, fetched_at, changed_at, next_at, etag, "
    "modified, body_hash, identity, moved_to, moved_since, failures, error, contact_id, updates, backlog, full_text, "
    "mailbox_id, credential, user_agent FROM source"
)

_ASKED = "url NOT LIKE 'mail:%'"
"""SQL: the source is asked itself; what a mailbox brings comes with the mailbox."""

_DUE = f"state IN ('active', 'gone') AND {_ASKED} AND (next_at IS NULL OR next_at <= :now OR checked_at > :now)"


def due(db: sqlite3.Connection, now: str) -> list[Row]:
    """What a pull has to know of the sources whose time has come, longest waiting first, then by id.

    A source that is gone is asked again when its time comes (monthly); one that is paused is not. One that was looked
    at in the future is due: this machine's clock was wrong then, or is now.
    """
    return [dict(row) for row in db.execute(f"{_POLLED} WHERE {_DUE} ORDER BY coalesce(next_at, ''), id", {"now": now})]


def count_due(db: sqlite3.Connection, now: str) -> int:
    """How many sources `due` gives."""
    return int(db.execute(f"SELECT count(*) FROM source WHERE {_DUE}", {"now": now}).fetchone()[0])


def active(db: sqlite3.Connection) -> list[Row]:
    """What a pull has to know of all active sources, due or not, by id."""
    return [dict(row) for row in db.execute(f"{_POLLED} WHERE state = 'active' AND {_ASKED} ORDER BY id")]


def polled(db: sqlite3.Connection, ids: Iterable[int]) -> list[Row]:
    """What a pull has to know of these sources, whatever their state, by id."""
    found = db.execute(f"{_POLLED} WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id", {"ids": _json(ids)})
    return [dict(row) for row in found]


def recent_dates(db: sqlite3.Connection, ids: Iterable[int], limit: int) -> dict[int, list[str]]:
    """When the latest items of each of these sources were published, or else came in: at most `limit` stamps each."""
    found = db.execute(
        "SELECT item.source_id, coalesce(item.published_at, item.received_at) FROM json_each(:ids) AS wanted "
        "JOIN item ON item.id IN (SELECT id FROM item WHERE source_id = wanted.value ORDER BY id DESC LIMIT :limit)",
        {"ids": _json(ids), "limit": limit},
    )
    return grouped(found)


def undecided(db: sqlite3.Connection, ids: Sequence[int]) -> Row:
    """What a removal of these sources would take and leave: {"goes", "stays"} items.

    An item stays where it was decided on, or where a note, an annotation, a tag or a link hangs on it.
    """
    counted = db.execute(
        f"SELECT count(*) AS every, coalesce(sum({UNTOUCHED}), 0) AS goes FROM item "
        "WHERE source_id IN (SELECT value FROM json_each(:ids))",
        {"ids": _json(ids)},
    ).fetchone()
    return {"goes": counted["goes"], "stays": counted["every"] - counted["goes"]}


UNUSED = """(item.state <> 'kept'
  AND NOT EXISTS (SELECT 1 FROM note WHERE note.item_id = item.id)
  AND NOT EXISTS (SELECT 1 FROM annotation WHERE annotation.item_id = item.id)
  AND NOT EXISTS (SELECT 1 FROM tagging WHERE tagging.kind = 'item' AND tagging.entity_id = item.id
    AND tagging.origin <> 'rule')
  AND NOT EXISTS (SELECT 1 FROM link WHERE link.to_kind = 'item' AND link.to_id = item.id))"""
"""SQL: the item is not kept, and no note, quote, tag or link hangs on it."""

UNTOUCHED = f"({UNUSED} AND decided_at IS NULL)"
"""SQL: nobody has done anything with the item yet."""


def _shape(row: sqlite3.Row) -> Row:
    return {
        "id": make("source", row["id"]), "kind": "source", "number": row["id"], "title": without_user(row["called"]),
        **{name: row[name] for name in _SHOWN}, "url": without_user(row["url"]),
        "contact": make("contact", row["contact_id"]) if row["contact_id"] else None,
        "mailbox": make("source", row["mailbox_id"]) if row["mailbox_id"] else None,
        "full_text": bool(row["full_text"]),
        "tags": json.loads(row["tags"]), "circles": json.loads(row["circles"]),
        "challenges": row["challenges"],
    }  # fmt: skip


def without_user(url: str) -> str:
    """The address as it may be shown: without a user name and password."""
    return text.without_user(url)


def _json(ids: Iterable[int] | None) -> str | None:
    return None if ids is None else json.dumps(list(ids))


def tagged(db: sqlite3.Connection, tag: str) -> list[Row]:
    """Sources on the web that have that tag and want no secret, by name, then id: {"id", "title", "url", "site_url"}."""
    found = db.execute(
        "SELECT 's' || source.id AS id, source.title, source.url, source.site_url FROM source "
        "JOIN tagging ON tagging.kind = 'source' "
        "AND tagging.entity_id = source.id JOIN tag ON tag.id = tagging.tag_id WHERE tag.name = :tag "
        "AND source.credential = '' AND source.state <> 'gone' AND source.url LIKE 'http%' AND source.url NOT LIKE '%@%' "
        "ORDER BY source.title COLLATE NOCASE, source.id", {"tag": tag},
    )  # fmt: skip
    return [dict(row) for row in found]
