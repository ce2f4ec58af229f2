"""Questions about contacts: lists, one card, who a name means, and what hangs on a person.

Reads only, plain SQL, in the shape of the JSON contract. The standing (tie, last touch, due) is standings.py's.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from pkm.addresses import address_key, readable
from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.store import standings, tags
from pkm.store.rows import in_ids, literal, things
from pkm.store.standings import RANK
from pkm.text import fold

_LISTED = (
    "SELECT DISTINCT contact.id FROM contact {join} WHERE {where} "
    "ORDER BY contact.name COLLATE NOCASE, contact.id LIMIT :limit"
)


def rows(
    db: sqlite3.Connection, *, limit: int, circle: int | None = None, words: str | None = None,
    ids: Sequence[int] | None = None,
) -> list[Row]:  # fmt: skip
    """Contacts by name, then id; those in a circle now, that hold all words, or (in the order given) of these ids."""
    if ids is None:
        ids = _chosen(db, limit, circle, words)
    return _described(db, list(ids)[: limit if limit >= 0 else None])


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One contact as an object, None where there is none."""
    found = _described(db, [number])
    return found[0] if found else None


def count(db: sqlite3.Connection, *, circle: int | None = None, words: str | None = None) -> int:
    """How many contacts `rows` would list without a limit."""
    sql, values = _filter(circle, words)
    return int(db.execute(f"SELECT count(*) FROM ({sql})", {**values, "limit": -1}).fetchone()[0])


def due(db: sqlite3.Connection, before: str, *, limit: int) -> list[Row]:
    """Contacts whose next touch is due at or before that stamp, longest due first, then by id."""
    return _described(db, standings.due(db, before, limit))


def _chosen(db: sqlite3.Connection, limit: int, circle: int | None, words: str | None) -> list[int]:
    sql, values = _filter(circle, words)
    return [found[0] for found in db.execute(sql, {**values, "limit": limit})]


def _filter(circle: int | None, words: str | None) -> tuple[str, dict[str, Any]]:
    conditions = ["1"]
    values: dict[str, Any] = {}
    join = ""
    if circle is not None:
        join = "JOIN membership ON membership.contact_id = contact.id AND membership.left_at IS NULL"
        conditions.append("membership.circle_id = :circle")
        values["circle"] = circle
    for position, word in enumerate((words or "").split()):
        name = f"word{position}"
        like = f"LIKE :{name} ESCAPE '!'"
        conditions.append(
            f"(contact.name {like} OR contact.nick {like} OR contact.org {like} "
            f"OR contact.id IN (SELECT contact_id FROM handle WHERE value {like}))"
        )
        values[name] = f"%{literal(word)}%"
    return _LISTED.format(join=join, where=" AND ".join(conditions)), values


def _described(db: sqlite3.Connection, ids: list[int]) -> list[Row]:
    """The contacts of these ids, in their order, as objects."""
    if not ids:
        return []
    listed = in_ids(ids)
    stood = standings.standings(db, ids)
    handles, circles, tagged = _handles(db, listed), _circles(db, listed), tags.of_many(db, "contact", ids)
    found = {row["id"]: row for row in db.execute(f"SELECT * FROM contact WHERE id IN {listed}")}
    return [
        _shape(found[number], stood[number], handles.get(number, []), circles.get(number, []), tagged.get(number, []))
        for number in ids
        if number in found
    ]


def _shape(person: sqlite3.Row, standing: Row, handles: list[Row], circles: list[str], tagged: list[str]) -> Row:
    return {
        "id": make("contact", person["id"]), "kind": "contact", "title": person["name"], "name": person["name"],
        "nick": person["nick"], "org": person["org"], "role": person["role"],
        "emails": [handle["value"] for handle in handles if handle["kind"] == "email"],
        "handles": handles, "circles": circles, "tie": standing["tie"], "last": standing["last"],
        "due": standing["due"], "every_s": standing["every_s"], "own_every_s": person["every_s"],
        "read_every_s": person["read_every_s"],
        "snoozed_until": person["snoozed_until"], "tags": tagged,
        "met": person["met"], "about": person["about"], "birthday": person["birthday"],
        "through": None if person["through_id"] is None else make("contact", person["through_id"]),
        "created_at": person["created_at"], "updated_at": person["updated_at"],
    }  # fmt: skip


def _handles(db: sqlite3.Connection, listed: str) -> dict[int, list[Row]]:
    found = db.execute(
        f"SELECT contact_id, kind, value, label FROM handle WHERE contact_id IN {listed} AND kind <> 'uid' "
        "ORDER BY contact_id, position, id"
    )
    return grouped((row[0], {"kind": row["kind"], "value": row["value"], "label": row["label"]}) for row in found)


def _circles(db: sqlite3.Connection, listed: str) -> dict[int, list[str]]:
    return grouped(db.execute(
        "SELECT membership.contact_id, circle.name FROM membership JOIN circle ON circle.id = membership.circle_id "
        f"WHERE membership.left_at IS NULL AND membership.contact_id IN {listed} "
        f"ORDER BY {RANK.format(kind='circle.kind')}, circle.name, circle.id"
    ))  # fmt: skip


def find_mentioned(db: sqlite3.Connection, name: str) -> list[int]:
    """Whom @name or [[name]] means, case ignored: contacts of that nick, else of that name, else of that alias; by id.

    In a mention, `_` may stand for a space (@maria_silva).
    """
    name = name.strip().removeprefix("@")
    for text in dict.fromkeys((name, name.replace("_", " "))):
        for find in (with_nick, with_name, lambda db, name: with_handle(db, "alias", name)):
            found = find(db, text) if text else []
            if found:
                return found
    return []


def first_named(db: sqlite3.Connection, name: str) -> list[Row]:
    """Contacts without a nick whose name begins with that word, case ignored: whom an unknown @name may mean; by id."""
    found = db.execute(
        "SELECT id, name FROM contact WHERE nick = '' AND name LIKE :start ESCAPE '!' ORDER BY id LIMIT 3",
        {"start": f"{literal(name)} %"},
    )
    return [{"id": make("contact", row["id"]), "name": row["name"]} for row in found]


def urls_of(row: Row) -> list[str]:
    """The web addresses of a contact, as row gives one, in their order."""
    return [handle["value"] for handle in row["handles"] if handle["kind"] == "url"]


def first_with_url(db: sqlite3.Connection) -> Row | None:
    """The first contact whose web address is known: id, name, url; None where there is none."""
    found = db.execute(
        "SELECT contact.id, contact.name, handle.value AS url FROM handle JOIN contact ON contact.id = handle.contact_id "
        "WHERE handle.kind = 'url' ORDER BY contact.id, handle.position, handle.id LIMIT 1"
    ).fetchone()
    return {"id": make("contact", found["id"]), "name": found["name"], "url": found["url"]} if found else None


def mentioned_in_vain(db: sqlite3.Connection, limit: int) -> tuple[int, list[Row]]:
    """How many names notes mention that mean nobody, or several; and the first of them by how many notes, then by name.

    {"name", "total", "notes"}: as first written, how many notes, and some of these.
    """
    found = db.execute(
        "SELECT min(link.written) AS name, lower(link.written) AS folded, count(DISTINCT note.id) AS total, "
        "group_concat(DISTINCT note.id) AS notes FROM link JOIN note ON note.id = link.from_id "
        "WHERE link.to_kind = 'contact' AND link.to_id IS NULL AND link.from_kind = 'note' AND note.dropped_at IS NULL "
        "GROUP BY folded ORDER BY total DESC, folded"
    ).fetchall()
    return len(found), [
        {"name": row["name"], "total": row["total"],
         "notes": [make("note", number) for number in sorted(map(int, row["notes"].split(",")))[:20]]}
        for row in found[:limit]
    ]  # fmt: skip


def is_mentioned_again(db: sqlite3.Connection, name: str) -> bool:
    """Whether several notes mention a name that means nobody yet."""
    found = db.execute(
        "SELECT count(DISTINCT from_id) FROM link WHERE to_kind = 'contact' AND to_id IS NULL AND from_kind = 'note' "
        "AND lower(written) = lower(:name)", {"name": name},
    )  # fmt: skip
    return bool(found.fetchone()[0] > 1)


def with_nick(db: sqlite3.Connection, nick: str) -> list[int]:
    """Contacts of that nick, case ignored, by id."""
    return _called(db, "nick", nick)


def with_name(db: sqlite3.Connection, name: str) -> list[int]:
    """Contacts of that name, case ignored, by id."""
    return _called(db, "name", name)


def with_handle(db: sqlite3.Connection, kind: str, value: str) -> list[int]:
    """Contacts with that handle (email, url, alias, …), case ignored, by id; an e-mail address in any spelling, and no other."""
    if kind == "email":
        return _with_address(db, value)
    found = db.execute(
        "SELECT DISTINCT contact_id FROM handle WHERE kind = :kind AND folded = :folded ORDER BY contact_id",
        {"kind": kind, "folded": fold(value)},
    )
    return [row[0] for row in found]


def _with_address(db: sqlite3.Connection, address: str) -> list[int]:
    key = address_key(address)
    found = db.execute(
        "SELECT contact_id, value FROM handle WHERE kind = 'email' AND folded IN (SELECT value FROM json_each(:forms)) "
        "ORDER BY contact_id", {"forms": json.dumps([key, fold(address), fold(readable(key))])},
    )  # fmt: skip
    return list(dict.fromkeys(row[0] for row in found if address_key(row[1]) == key))


def _called(db: sqlite3.Connection, column: str, text: str) -> list[int]:
    if text.isascii():
        found = db.execute(f"SELECT id FROM contact WHERE {column} = :text COLLATE NOCASE ORDER BY id", {"text": text})
        return [row[0] for row in found]
    # SQLite folds ASCII only; such a name is rare enough to compare those that are as unusual here.
    folded = fold(text)
    found = db.execute(f"SELECT id, {column} FROM contact WHERE {column} GLOB :beyond ORDER BY id",
                       {"beyond": "*[^\x01-\x7f]*"})  # fmt: skip
    return [row[0] for row in found if fold(row[1]) == folded]


def handle_ids(db: sqlite3.Connection, number: int, kind: str) -> list[int]:
    """Rows of a contact's handles of a kind, in their order."""
    found = db.execute(
        "SELECT id FROM handle WHERE contact_id = :id AND kind = :kind ORDER BY position, id",
        {"id": number, "kind": kind},
    )
    return [row[0] for row in found]


def names_of(db: sqlite3.Connection, number: int) -> list[str]:
    """What a contact is called: nick, name and aliases, each once."""
    found = db.execute(
        "SELECT nick, 0 FROM contact WHERE id = :id UNION ALL SELECT name, 1 FROM contact WHERE id = :id "
        "UNION ALL SELECT value, 2 FROM handle WHERE contact_id = :id AND kind = 'alias' ORDER BY 2, 1",
        {"id": number},
    )
    return list(dict.fromkeys(row[0] for row in found if row[0]))


def memberships(db: sqlite3.Connection, number: int) -> list[Row]:
    """The circles a contact is in now, closest first, with "circle_kind", "since" and "because"."""
    found = db.execute(
        "SELECT circle.id, circle.name AS title, circle.name, circle.kind AS circle_kind, membership.joined_at AS since, "
        "membership.because FROM membership "
        "JOIN circle ON circle.id = membership.circle_id "
        "WHERE membership.contact_id = :id AND membership.left_at IS NULL "
        f"ORDER BY {RANK.format(kind='circle.kind')}, circle.name, circle.id",
        {"id": number},
    )
    return things("circle", found)


WRITTEN = (
    "SELECT item.id FROM source JOIN item ON item.source_id = source.id WHERE source.contact_id = :contact UNION "
    "SELECT item.id FROM rule JOIN item ON item.rule_id = rule.id WHERE rule.person_id = :contact"
)
"""SQL: the items of a contact's sources, and those that rules say are theirs."""


def newest_items(db: sqlite3.Connection, number: int, limit: int, since: str = "") -> list[Row]:
    """The newest items of a contact's sources, and those that rules say are theirs. since: only those after that stamp.

    {"id", "kind", "title", "url", "source", "at", "state"}.
    """
    found = db.execute(
        "SELECT item.id, coalesce(nullif(item.title, ''), item.url) AS title, item.url, item.source_id, "
        f"coalesce(item.published_at, item.received_at) AS at, item.state FROM item WHERE item.id IN ({WRITTEN}) "
        "AND coalesce(item.published_at, item.received_at) > :since ORDER BY at DESC, item.id DESC LIMIT :limit",
        {"contact": number, "limit": limit, "since": since},
    )
    return things("item", found)


def notes_about(db: sqlite3.Connection, number: int, limit: int) -> list[Row]:
    """Notes that mention a contact or are linked to them, newest first: {"id", "kind", "title", "at", "sentence"}."""
    found = db.execute(
        "SELECT note.id, note.title, note.updated_at AS at, min(link.sentence) AS sentence FROM link JOIN note "
        "ON note.id = link.from_id WHERE link.from_kind = 'note' AND link.to_kind = 'contact' AND link.to_id = :id "
        "AND note.dropped_at IS NULL GROUP BY note.id ORDER BY note.updated_at DESC, note.id DESC LIMIT :limit",
        {"id": number, "limit": limit},
    )
    return things("note", found)


def notes_fitting(db: sqlite3.Connection, number: int, limit: int) -> list[Row]:
    """Notes that share a tag with a contact, the most tags first, then the newest: {"id", "kind", "title", "tags"}.

    Of notes with as many tags in common only the last that were made are looked at: a tag may be on ten thousand.
    """
    found = db.execute(
        "WITH fitting AS MATERIALIZED (SELECT mine.entity_id, count(*) AS shared FROM tagging AS theirs "
        "JOIN tagging AS mine ON mine.tag_id = theirs.tag_id AND mine.kind = 'note' "
        "WHERE theirs.kind = 'contact' AND theirs.entity_id = :id "
        "GROUP BY mine.entity_id ORDER BY shared DESC, mine.entity_id DESC LIMIT :looked) "
        "SELECT note.id, note.title, (SELECT group_concat(tag.name, ', ') FROM tagging AS mine "
        "JOIN tagging AS theirs ON theirs.tag_id = mine.tag_id AND theirs.kind = 'contact' AND theirs.entity_id = :id "
        "JOIN tag ON tag.id = mine.tag_id WHERE mine.kind = 'note' AND mine.entity_id = note.id) AS tags "
        "FROM fitting JOIN note ON note.id = fitting.entity_id "
        "WHERE note.dropped_at IS NULL ORDER BY shared DESC, note.updated_at DESC, note.id DESC LIMIT :limit",
        {"id": number, "limit": limit, "looked": max(20 * limit, 200)},
    )
    return [{**note, "tags": note["tags"].split(", ")} for note in things("note", found)]


def introduced_by(db: sqlite3.Connection, number: int) -> list[Row]:
    """Contacts one met through this one, by name then id: {"id", "kind", "title"}."""
    found = db.execute(
        "SELECT id, name AS title FROM contact WHERE through_id = :id ORDER BY name COLLATE NOCASE, id", {"id": number}
    )
    return things("contact", found)
