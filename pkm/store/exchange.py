"""Questions about what there is between the person and contacts: the evidence that candidates and members are shown by.

Reads only, a fixed number of queries whatever the number of contacts. Knows nothing of what any of it is worth.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from pkm.grouped import grouped, grouped_sets
from pkm.ids import make
from pkm.store import tags
from pkm.store.rows import in_ids
from pkm.store.writers import LATEST
from pkm.text import first_sentence, fold

WIDER = {"team": ("community", "network"), "community": ("network",)}
"""Kind of circle to the kinds that are wider; a network has none."""


class Trace(NamedTuple):
    """One thing that speaks for a tie. part: answers, trials, interactions, promises, quotes, bylines or mentions.

    kind, number: what it is; at: when it was; entered: when the store heard of it. where: of a byline, whose word it is.
    """

    contact: int
    part: str
    kind: str
    number: int
    at: str
    entered: str
    where: str = ""


class Sign(NamedTuple):
    """The last that came from, or passed with, a contact: an interaction, an answer, or an item that they wrote."""

    id: str
    kind: str
    title: str
    at: str


_THEIRS = "IN (SELECT value FROM json_each(:ids))"
"""SQL: one of the contacts asked about. As a join it would be read again for each row."""

_TRACES = """
SELECT contact_id, 'answers', 'response', id, at, at FROM response WHERE contact_id {chosen} AND state <> 'dropped'
UNION ALL
SELECT contact_id, 'trials', 'trial', id, at, created_at FROM trial WHERE contact_id {chosen} AND response_id IS NULL
UNION ALL
SELECT met.contact_id, 'interactions', 'interaction', interaction.id, interaction.at, interaction.created_at
  FROM interaction_contact AS met JOIN interaction ON interaction.id = met.interaction_id WHERE met.contact_id {chosen}
UNION ALL
SELECT met.contact_id, 'promises', 'promise', promise.id, coalesce(promise.settled_at, interaction.at),
  coalesce(promise.settled_at, interaction.at)
  FROM promise JOIN interaction ON interaction.id = promise.interaction_id
  JOIN interaction_contact AS met ON met.interaction_id = interaction.id
  WHERE promise.state = 'kept' AND met.contact_id {chosen}
UNION ALL
SELECT link.to_id, 'mentions', 'note', note.id, min(link.created_at), min(link.created_at)
  FROM link JOIN note ON note.id = link.from_id WHERE link.from_kind = 'note' AND link.to_kind = 'contact'
  AND link.to_id {chosen} AND note.dropped_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM response WHERE response.note_id = note.id AND response.contact_id = link.to_id)
  GROUP BY link.to_id, note.id
"""
"""A note made from an answer, and a trial that an answer told of, are that answer: they do not count twice."""

_MANY = 500
"""From so many contacts on, all are read and those not asked for left out: a list in SQL costs more than that."""


def ring(db: sqlite3.Connection, circle_id: int, kind: str) -> list[int]:
    """Who is around a circle of that kind and not in it: contacts in a wider circle, or in none at all; by id."""
    found = db.execute(
        "SELECT contact.id FROM contact WHERE NOT EXISTS (SELECT 1 FROM membership WHERE circle_id = :circle "
        "AND contact_id = contact.id AND left_at IS NULL) AND (NOT EXISTS (SELECT 1 FROM membership "
        "WHERE contact_id = contact.id AND left_at IS NULL) OR EXISTS (SELECT 1 FROM membership JOIN circle "
        "ON circle.id = membership.circle_id WHERE membership.contact_id = contact.id AND left_at IS NULL "
        "AND circle.kind IN (SELECT value FROM json_each(:wider)))) ORDER BY contact.id",
        {"circle": circle_id, "wider": json.dumps(WIDER.get(kind, ()))},
    )
    return [row[0] for row in found]


def traces(db: sqlite3.Connection, ids: Iterable[int]) -> list[Trace]:
    """All that speaks for a tie with these contacts, by contact, part, time and number.

    An answer that was dropped and a note that was put away speak for nothing.
    """
    found = [Trace(*row) for row in read_traces(db, ids)]
    where = _sources_of(db, {one.number for one in found if one.part == "bylines"})
    told = [one._replace(where=where[one.number]) if one.part == "bylines" else one for one in found]
    return sorted(told, key=lambda one: (one.contact, one.part, one.at, one.number))


def read_traces(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, str, str, int, str, str]]:
    """The same as plain tuples, in no order: of thousands of contacts there are tens of thousands."""
    wanted = set(ids)
    chosen = f"IN {in_ids(wanted)}" if len(wanted) < _MANY else "IS NOT NULL"
    cursor = db.cursor()
    cursor.row_factory = None
    for row in cursor.execute(_TRACES.format(chosen=chosen)):
        if row[0] in wanted:
            yield row
    yield from _quotes(db, wanted)


def _quotes(db: sqlite3.Connection, wanted: set[int]) -> Iterator[tuple[int, str, str, int, str, str]]:
    """What was quoted from, or remarked on, what these contacts wrote; a byline where nothing else is theirs is told apart."""
    rows = db.execute("SELECT id, item_id, created_at FROM annotation WHERE item_id IS NOT NULL ORDER BY id").fetchall()
    wrote = writers_of(db, {row["item_id"] for row in rows})
    for number, item, at in rows:
        for contact, sure in wrote.get(item, {}).items():
            if contact in wanted:
                yield contact, "quotes" if sure else "bylines", "annotation", number, at, at


def _sources_of(db: sqlite3.Connection, annotations: set[int]) -> dict[int, str]:
    """What the source is called that each of these was quoted from; where there is none, the item's address."""
    found = db.execute(
        "SELECT annotation.id, coalesce(nullif(source.title, ''), source.url, item.url) FROM annotation "
        "JOIN item ON item.id = item_id LEFT JOIN source ON source.id = item.source_id "
        "WHERE annotation.id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(sorted(annotations))},
    )  # fmt: skip
    return {row[0]: row[1] for row in found}


def writers_of(db: sqlite3.Connection, items: Iterable[int]) -> dict[int, dict[int, bool]]:
    """For each of these items that contacts wrote: who, and whether that is sure; anybody may put a name on what they publish.

    A rule's word goes first, then the byline, then the source's. Sure is a rule, a source that is theirs, and a byline in a
    source at one of their addresses.
    """
    found = db.execute(
        "SELECT item.id, item.author, item.authors, rule.person_id, source.contact_id, "
        "coalesce(source.url, item.url) AS place FROM json_each(:items) AS wanted "
        "JOIN item ON item.id = wanted.value LEFT JOIN rule ON rule.id = item.rule_id "
        "LEFT JOIN source ON source.id = item.source_id",
        {"items": json.dumps(sorted(items))},
    ).fetchall()
    names = {row["id"]: _names(row["author"], row["authors"]) for row in found}
    known = _called(db, {name for called in names.values() for name in called})
    homes = _addresses(db, set(known.values()))
    wrote: dict[int, dict[int, bool]] = {}
    for row in found:
        named = dict.fromkeys(known[name] for name in names[row["id"]] if name in known)
        sure = {one: one == row["contact_id"] or _is_at(row["place"], homes.get(one, ())) for one in named}
        others = {} if row["contact_id"] is None else {row["contact_id"]: True}
        wrote[row["id"]] = {row["person_id"]: True} if row["person_id"] else sure or others
    return {item: people for item, people in wrote.items() if people}


def _addresses(db: sqlite3.Connection, people: set[int]) -> dict[int, list[str]]:
    """The web addresses of these contacts."""
    found = db.execute(
        "SELECT contact_id, folded FROM handle WHERE kind = 'url' AND contact_id IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY id", {"ids": json.dumps(sorted(people))},
    )  # fmt: skip
    return grouped(found)


def _is_at(place: str, homes: Iterable[str]) -> bool:
    """Whether an address is on the host of one of these; where that goes on with a path, with its first part in its path.

    Many people share a host: example.org/@ann is Ann's, example.org/@ben is not.
    """
    host, parts = _split(place)
    return bool(host) and any(host == one and (not path or path[0] in parts) for one, path in map(_split, homes))


@lru_cache(maxsize=4096)
def _split(url: str) -> tuple[str, list[str]]:
    """An address's host without www., and the parts of its path, folded; "" where it has none."""
    try:
        parts = urlsplit(fold(url))
        return (parts.netloc.rpartition("@")[2].removeprefix("www."), [part for part in parts.path.split("/") if part])
    except ValueError:
        return "", []


_BETWEEN = re.compile(r"\s*(?:,|;|&|\band\b)\s+", re.I)


@lru_cache(maxsize=4096)
def _names(author: str, authors: str) -> list[str]:
    """What a byline may call somebody, folded: the whole of it, its parts, and the e-mails and addresses beside it."""
    told = [author, *_BETWEEN.split(author)]
    if authors not in ("", "[]"):
        known = json.loads(authors)
        told += [str(one.get(key) or "") for one in known for key in ("name", "email", "url")]
    return [name for name in dict.fromkeys(fold(one) for one in told) if name]


def _called(db: sqlite3.Connection, names: set[str]) -> dict[str, int]:
    """Which of these folded names mean one contact, by name, alias, e-mail or address; one that means two means none."""
    if not names:
        return {}
    given = {"names": json.dumps(sorted(names)), "beyond": "*[^\x01-\x7f]*"}  # SQLite folds ASCII only
    people = db.execute(
        "SELECT id, name FROM contact WHERE name COLLATE NOCASE IN (SELECT value FROM json_each(:names)) "
        "OR name GLOB :beyond", given,
    )  # fmt: skip
    found = [(fold(row[1]), row[0]) for row in people]
    handles = db.execute(
        "SELECT folded, contact_id FROM handle WHERE kind IN ('alias', 'email', 'url') "
        "AND folded IN (SELECT value FROM json_each(:names))", given,
    )  # fmt: skip
    found += [(row[0], row[1]) for row in handles]
    meant = grouped_sets((name, contact) for name, contact in found if name in names)
    return {name: contacts.pop() for name, contacts in meant.items() if len(contacts) == 1}


def interests(db: sqlite3.Connection, circle_id: int) -> dict[int, str]:
    """The tags that a circle is interested in, those below them too: number to the name of the interest."""
    wanted = tags.of(db, "circle", circle_id)
    named = [(row["id"], fold(row["name"])) for row in db.execute("SELECT id, name FROM tag WHERE alias_of IS NULL")]
    return {
        number: interest for number, name in named for interest in wanted
        if name == fold(interest) or name.startswith(fold(interest) + "/")
    }  # fmt: skip


_TAGGED = f"""
SELECT entity_id AS contact, tag_id AS tag, 'contact' AS kind, entity_id AS number
  FROM tagging WHERE kind = 'contact' AND tag_id IN (SELECT value FROM json_each(:tags)) AND entity_id {_THEIRS}
UNION
SELECT source.contact_id, tagging.tag_id, 'source', source.id FROM tagging JOIN source ON source.id = tagging.entity_id
  WHERE tagging.kind = 'source' AND tagging.tag_id IN (SELECT value FROM json_each(:tags))
  AND source.contact_id {_THEIRS}
UNION
SELECT link.to_id, tagging.tag_id, 'note', note.id FROM tagging
  JOIN note ON note.id = tagging.entity_id AND note.dropped_at IS NULL
  JOIN link ON link.from_kind = 'note' AND link.from_id = note.id AND link.to_kind = 'contact'
  WHERE tagging.kind = 'note' AND tagging.tag_id IN (SELECT value FROM json_each(:tags)) AND link.to_id {_THEIRS}
ORDER BY contact, kind, number, tag
"""


def shared_interests(
    db: sqlite3.Connection, ids: Iterable[int], wanted: Mapping[int, str]
) -> dict[int, dict[str, list[str]]]:
    """For each of these contacts: the interests that they share, each with the ids of what says so.

    wanted: see interests(). That is a tag on them, on a source of theirs, on an item that they wrote and that was kept or
    quoted, or on a note that mentions them.
    """
    theirs = set(ids)
    given = {"ids": json.dumps(sorted(theirs)), "tags": json.dumps(list(wanted))}
    found = [(row[0], row[1], make(row[2], row[3])) for row in db.execute(_TAGGED, given)] if wanted else []
    items = db.execute(
        "SELECT item.id, tagging.tag_id FROM tagging JOIN item ON item.id = tagging.entity_id WHERE tagging.kind = 'item' "
        "AND tagging.tag_id IN (SELECT value FROM json_each(:tags)) AND (item.state = 'kept' "
        "OR EXISTS (SELECT 1 FROM annotation WHERE annotation.item_id = item.id)) ORDER BY item.id", given,
    ).fetchall()  # fmt: skip
    wrote = writers_of(db, {row[0] for row in items})
    found += [(who, row[1], make("item", row[0])) for row in items for who, sure in wrote.get(row[0], {}).items()
              if sure and who in theirs]
    told: dict[int, dict[str, dict[str, None]]] = {}
    for contact, tag, number in found:
        told.setdefault(contact, {}).setdefault(wanted[tag], {})[number] = None
    return {contact: {interest: list(held) for interest, held in of.items()} for contact, of in told.items()}


_SIGNS = f"""
SELECT contact, kind, number, title, at FROM (
  SELECT *, row_number() OVER (PARTITION BY contact ORDER BY at DESC, kind, number DESC) AS place FROM (
    SELECT met.contact_id AS contact, 'interaction' AS kind, interaction.id AS number, interaction.text AS title,
      interaction.at AS at FROM interaction_contact AS met JOIN interaction ON interaction.id = met.interaction_id
      WHERE met.contact_id {_THEIRS}
    UNION ALL
    SELECT contact_id, 'response', id, text, at FROM response WHERE contact_id {_THEIRS}
    UNION ALL
    SELECT source.contact_id, 'item', item.id, coalesce(nullif(item.title, ''), item.url),
      min(coalesce(item.published_at, item.received_at), item.received_at)
      FROM source CROSS JOIN item ON item.id IN (
        SELECT id FROM item WHERE source_id = source.id ORDER BY id DESC LIMIT {LATEST})
      WHERE source.contact_id {_THEIRS}
    UNION ALL
    SELECT rule.person_id, 'item', item.id, coalesce(nullif(item.title, ''), item.url),
      min(coalesce(item.published_at, item.received_at), item.received_at)
      FROM rule CROSS JOIN item ON item.rule_id = rule.id WHERE rule.person_id {_THEIRS}))
WHERE place = 1 ORDER BY contact
"""
"""What claims to be of the future is of the day it came in."""


def last_signs(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Sign]:
    """The last that each of these contacts did: passed with them, answered, or wrote; those who did nothing left out."""
    found = db.execute(_SIGNS, {"ids": json.dumps(list(ids))})
    return {row[0]: Sign(make(row[1], row[2]), row[1], first_sentence(row[3]), row[4]) for row in found}


def left_since(db: sqlite3.Connection, circle_id: int) -> dict[int, tuple[str, str]]:
    """Who was in a circle and is not now: contact to (when they left last, why)."""
    found = db.execute(
        "SELECT contact_id, left_at, left_because FROM membership AS stay WHERE circle_id = :circle AND left_at IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM membership WHERE circle_id = :circle AND contact_id = stay.contact_id "
        "AND left_at IS NULL) ORDER BY left_at, id",
        {"circle": circle_id},
    )
    return {row[0]: (row[1], row[2]) for row in found}
