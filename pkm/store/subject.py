"""Questions behind `pkm tag show`: what the store holds of one subject, that is of a tag, what is below it and its aliases.

Reads only, plain SQL. `numbers` is the SQL list of those tags (`conditions.tag_numbers`): the meaning that tag: has in a
search. Of items only what was decided is gone over, in an index; rows are read of what the person wrote, quoted or shared.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from pkm.ids import Row, make
from pkm.store import tags
from pkm.store.conditions import IS
from pkm.store.learning import notes, tagged
from pkm.store.rows import things
from pkm.store.sources import without_user
from pkm.store.stats import SENT
from pkm.text import first_sentence

MANY = 1_000
"""From so many tagged items on, the index of all that was decided is gone over, not each item's row."""


class Decided(NamedTuple):
    """So many items of one source (None: clips and imports) that were kept in one local month (2026-11), or dropped ever."""

    source: int | None
    state: str
    month: str
    number: int
    last: str


class Thought(NamedTuple):
    """A note in few words. at: the day it speaks of, else when it was made; asks: it is an open question."""

    number: int
    stage: str
    reach: str
    at: str
    tried: bool
    asks: bool


def decided(db: sqlite3.Connection, numbers: str) -> list[Decided]:
    """What was kept of the subject's items, by source and month, and what was dropped, by source (its month is "")."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM tagging WHERE kind = 'item' AND tag_id IN {numbers} LIMIT {MANY})"
    path = "NOT INDEXED" if db.execute(sql).fetchone()[0] < MANY else "INDEXED BY item_decided"
    found = db.execute(
        "SELECT source_id, state, CASE WHEN state = 'kept' THEN strftime('%Y-%m', decided_at, 'localtime') ELSE '' END AS month, "
        "count(*), max(decided_at) "
        f"FROM item {path} WHERE decided_at IS NOT NULL AND state IN ('kept', 'dropped') "
        f"AND item.id IN {tagged('item', numbers)} GROUP BY source_id, state, month ORDER BY source_id, state, month"
    )
    return [Decided(*row) for row in found]


def assigned(db: sqlite3.Connection, numbers: str) -> list[tuple[int, int | None, int, str]]:
    """(contact, source, how many, when last) of the kept items that a rule says a person wrote, by contact then source."""
    found = db.execute(
        "SELECT rule.person_id, item.source_id, count(*), max(item.decided_at) FROM rule "
        "CROSS JOIN item INDEXED BY item_rule ON item.rule_id = rule.id WHERE rule.person_id IS NOT NULL "
        f"AND item.state = 'kept' AND item.decided_at IS NOT NULL AND item.id IN {tagged('item', numbers)} "
        "GROUP BY rule.person_id, item.source_id ORDER BY rule.person_id, item.source_id"
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]


def sources(db: sqlite3.Connection, numbers: str, also: Iterable[int]) -> dict[int, Row]:
    """Sources with one of the tags, those that challenge one, and `also`: {"title", "contact", "challenges"} by number."""
    found = db.execute(
        "SELECT id, coalesce(nullif(title, ''), url) AS title, contact_id AS contact, "
        f"coalesce(challenges_id IN {numbers}, 0) AS challenges FROM source WHERE id IN {tagged('source', numbers)} "
        f"OR challenges_id IN {numbers} OR id IN (SELECT value FROM json_each(:also)) ORDER BY id",
        {"also": json.dumps(sorted(also))},
    )
    return {
        row["id"]: {"title": without_user(row["title"]), "contact": row["contact"], "challenges": bool(row["challenges"])}
        for row in found
    }


def quotes(db: sqlite3.Connection, numbers: str) -> list[tuple[int, int, str]]:
    """(annotation, item, when) of quotes out of the subject's items, or of items its notes were made from; oldest first."""
    has = f"SELECT 1 FROM tagging WHERE tagging.tag_id IN {numbers} AND tagging.kind = '{{}}' AND tagging.entity_id = {{}}"
    found = db.execute(
        "SELECT id, item_id, created_at FROM annotation WHERE item_id IS NOT NULL AND exact <> '' "
        f"AND (EXISTS ({has.format('item', 'annotation.item_id')}) OR EXISTS (SELECT 1 FROM note "
        f"WHERE note.item_id = annotation.item_id AND note.dropped_at IS NULL AND EXISTS ({has.format('note', 'note.id')}))) "
        "ORDER BY created_at, id"
    )
    return [(row[0], row[1], row[2]) for row in found]


def thoughts(db: sqlite3.Connection, numbers: str) -> list[Thought]:
    """The subject's notes that are not put away, oldest first, then by id."""
    found = db.execute(
        "SELECT note.id, note.stage, note.reach, coalesce(note.at, note.created_at) AS told, "
        f"EXISTS (SELECT 1 FROM trial WHERE trial.note_id = note.id), {IS['question']['note']} FROM note "
        f"WHERE {notes(numbers)} ORDER BY told, note.id"
    )
    return [Thought(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5])) for row in found]


def titles(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """The titles of these notes."""
    found = db.execute("SELECT id, title FROM note WHERE id IN (SELECT value FROM json_each(:ids))",
                       {"ids": json.dumps(sorted(numbers))})  # fmt: skip
    return {row[0]: row[1] for row in found}


def became(db: sqlite3.Connection, numbers: str) -> list[Row]:
    """The subject's practices, the last that became one first, then by id: {"id", "kind", "title", "at", "because"}.

    One that never grew, as an import brings them, is one since it was made.
    """
    found = db.execute(
        "SELECT note.id, note.title, coalesce(max(growth.at), note.at, note.created_at) AS at, "
        "coalesce(growth.because, '') AS because FROM note "
        "LEFT JOIN growth ON growth.note_id = note.id AND growth.stage_to = 'practice' "
        f"WHERE note.stage = 'practice' AND {notes(numbers)} GROUP BY note.id ORDER BY at DESC, note.id DESC"
    )
    return things("note", found)


def contradictions(db: sqlite3.Connection, numbers: str) -> list[Row]:
    """What a note of the subject contradicts, or is contradicted by, and nobody came to terms with; oldest first.

    {"id", "kind", "title"} of the note that says so, and "against", the same of the other. What was put away says nothing.
    """
    found = db.execute(
        "SELECT says.id, says.title, link.to_kind, link.to_id, coalesce(other.title, nullif(item.title, ''), item.url, '') "
        "AS against FROM link JOIN note AS says ON says.id = link.from_id "
        "LEFT JOIN note AS other ON link.to_kind = 'note' AND other.id = link.to_id "
        "LEFT JOIN item ON link.to_kind = 'item' AND item.id = link.to_id WHERE link.id IN ("
        f"SELECT id FROM link WHERE from_kind = 'note' AND from_id IN {tagged('note', numbers)} UNION "
        f"SELECT id FROM link WHERE to_kind = 'note' AND to_id IN {tagged('note', numbers)}) "
        "AND +link.from_kind = 'note' AND link.type = 'contradicts' AND link.resolved_at IS NULL AND link.to_id IS NOT NULL "
        "AND link.to_kind IN ('note', 'item') AND says.dropped_at IS NULL AND other.dropped_at IS NULL "
        "ORDER BY link.created_at, link.id"
    )
    return [
        {"id": make("note", row["id"]), "kind": "note", "title": row["title"],
         "against": {"id": make(row["to_kind"], row["to_id"]), "kind": row["to_kind"], "title": row["against"]}}
        for row in found
    ]  # fmt: skip


def went(db: sqlite3.Connection, numbers: str) -> list[Row]:
    """Steps of shares that went out and stand, with a note of the subject in them; newest first, then by share and circle.

    {"share", "title", "circle" (None: to people by name), "name", "at", "notes" (how many of the subject)}
    """
    found = db.execute(
        f"WITH {SENT} SELECT sent.share, share.title, sent.circle, coalesce(circle.name, (SELECT group_concat(name, ', ') "
        "FROM (SELECT contact.name FROM share_contact JOIN contact ON contact.id = share_contact.contact_id "
        "WHERE share_contact.share_id = sent.share ORDER BY share_contact.position, contact.id))) AS name, "
        "min(sent.at) AS at, count(DISTINCT share_note.note_id) AS notes FROM sent JOIN share ON share.id = sent.share "
        "JOIN share_note ON share_note.share_id = sent.share LEFT JOIN circle ON circle.id = sent.circle "
        f"WHERE share_note.note_id IN {tagged('note', numbers)} AND (json_type(sent.gate, '$.notes') IS NULL "
        "OR share_note.note_id IN (SELECT value FROM json_each(sent.gate, '$.notes'))) "
        "GROUP BY sent.share, sent.circle ORDER BY at DESC, sent.share DESC, sent.circle"
    )
    return [dict(row) for row in found]


def came_back(db: sqlite3.Connection, numbers: str) -> list[Row]:
    """Answers to shares with a note of the subject in them, newest first, then by id; not what was put away.

    {"id", "kind", "title", "at", "share", "contact" (None: nobody's yet), "name"}
    """
    found = db.execute(
        "SELECT response.id, response.text AS title, response.at, response.share_id, response.contact_id, "
        "coalesce(contact.name, response.author) AS name FROM response LEFT JOIN contact ON contact.id = response.contact_id "
        f"WHERE response.state <> 'dropped' AND response.share_id IN (SELECT share_id FROM share_note "
        f"WHERE note_id IN {tagged('note', numbers)}) ORDER BY response.at DESC, response.id DESC"
    )
    return [{**one, "title": first_sentence(one["title"])} for one in things("response", found)]


def tag(db: sqlite3.Connection, name: str, numbers: str) -> Row:
    """The tag itself: {"aliases", "learning", "at" (when the first of the tags was made; None: there is none)}."""
    row = tags.find(db, name)
    given = {"id": row and row["id"]}
    aliases = db.execute("SELECT name FROM tag WHERE alias_of = :id ORDER BY name COLLATE NOCASE, id", given)
    made = db.execute(f"SELECT min(created_at) FROM tag WHERE id IN {numbers}").fetchone()[0]
    return {"aliases": [one[0] for one in aliases], "learning": bool(row and row["learning"]), "at": made}
