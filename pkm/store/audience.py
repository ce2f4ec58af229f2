"""Facts behind `pkm share who`: who cares about a note's subjects, who answered, what is promised, and who has it already.

Also the answers "not yet" and "never", which are kept as dismissals: n41 (nobody), n41:o3, n41:c5. Reads only.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pkm.grouped import grouped, grouped_sets
from pkm.ids import make
from pkm.store import dismissals

if TYPE_CHECKING:
    from pkm.store.session import Unit

KIND = "share"
"""The kind of dismissal that such an answer is."""

_UNTIL = re.compile(r"until (\d{4}-\d\d-\d\d)(?:: (.*))?", re.S)

STANDS = "(dismissal.title NOT LIKE 'until ____-__-__%' OR substr(dismissal.title, 7, 10) > :today)"
"""SQL: whether such an answer holds on a local day."""


class Kept(NamedTuple):
    """An answer: to whom ("": nobody, else o3 or c5), until which local day it holds ("": for ever), why, and since when."""

    whom: str
    until: str
    because: str
    at: str


def kept(db: sqlite3.Connection, note: int, today: str) -> dict[str, Kept]:
    """By whom: the answers about a note that hold today."""
    name = make("note", note)
    exact = [one for one in dismissals.starting(db, KIND, name) if one.key == name]
    found = [*exact, *dismissals.starting(db, KIND, f"{name}:")]
    answers = [read(one.key.partition(":")[2], one.because, one.at) for one in found]
    return {one.whom: one for one in answers if not one.until or one.until > today}


def read(whom: str, said: str, at: str) -> Kept:
    """An answer as it is kept: "until 2027-02-01: the reason", or the reason alone."""
    match = _UNTIL.fullmatch(said)
    return Kept(whom, match[1], match[2] or "", at) if match else Kept(whom, "", said, at)


def outlasts(said: str, other: str) -> bool:
    """Whether the one answer, as it is kept, holds for longer than the other."""
    until, others = read("", said, "").until, read("", other, "").until
    return bool(others) and (not until or until > others)


def put(unit: "Unit", note: int, whom: str, until: str, because: str) -> None:
    """The answer is kept; an earlier one about the same note and the same people is replaced."""
    said = f"until {until}" + (f": {because}" if because else "") if until else because
    dismissals.put(unit, KIND, ":".join(filter(None, (make("note", note), whom))), said)


def remove(unit: "Unit", note: int, whom: str) -> bool:
    """The answer is taken back; False where there was none."""
    return dismissals.remove(unit, KIND, ":".join(filter(None, (make("note", note), whom))))


def withheld(db: sqlite3.Connection, whom: Iterable[str], today: str) -> set[int]:
    """Notes of which it was said that they go to nobody, or not to one of these (o3, c5), as far as that holds today."""
    found = db.execute(
        "SELECT CAST(substr(key, 2) AS INTEGER) AS note FROM dismissal WHERE kind = :kind AND key LIKE 'n%' "
        f"AND (instr(key, ':') = 0 OR substr(key, instr(key, ':') + 1) IN (SELECT value FROM json_each(:whom))) AND {STANDS}",
        {"kind": KIND, "whom": json.dumps(list(whom)), "today": today},
    )
    return {row[0] for row in found}


def withheld_people(db: sqlite3.Connection, notes: Iterable[int], today: str) -> set[int]:
    """Contacts of whom it was said that one of these notes does not go to them, as far as that holds today."""
    found: set[int] = set()
    for note in notes:
        found |= {int(whom[1:]) for whom in kept(db, note, today) if whom.startswith("c")}
    return found


def tagged(db: sqlite3.Connection, kind: str, tags: Sequence[str]) -> dict[int, list[str]]:
    """Contacts or notes by number -> which of these tags, or of what is below them, they have; without the put away."""
    found = db.execute(
        "SELECT DISTINCT tagging.entity_id AS number, wanted.value AS tag FROM json_each(:tags) AS wanted "
        "JOIN tag ON lower(tag.name) = lower(wanted.value) OR lower(tag.name) LIKE lower(wanted.value) || '/%' "
        "OR lower(wanted.value) LIKE lower(tag.name) || '/%' "
        "JOIN tagging ON tagging.tag_id = tag.id AND tagging.kind = :kind ORDER BY number, tag",
        {"tags": json.dumps(list(tags)), "kind": kind},
    )
    return grouped((row["number"], row["tag"]) for row in found)


def answered(db: sqlite3.Connection, notes: Iterable[int]) -> dict[int, list[str]]:
    """Contact -> ids of their answers to shares that held one of these notes, oldest first."""
    found = db.execute(
        "SELECT DISTINCT response.contact_id, response.id FROM response JOIN share_note "
        "ON share_note.share_id = response.share_id WHERE response.contact_id IS NOT NULL AND response.state <> 'dropped' "
        "AND share_note.note_id IN (SELECT value FROM json_each(:notes)) ORDER BY response.contact_id, response.at, response.id",
        {"notes": json.dumps(list(notes))},
    )
    return grouped((row[0], make("response", row[1])) for row in found)


def behind(db: sqlite3.Connection, note: int) -> dict[int, str]:
    """Contacts whose idea a note goes back to, or whom it names -> how, in words."""
    found = db.execute(
        "SELECT source.contact_id AS who, 'it goes back to what they wrote' AS how FROM note JOIN item ON item.id = note.item_id "
        "JOIN source ON source.id = item.source_id WHERE note.id = :note AND source.contact_id IS NOT NULL UNION ALL "
        "SELECT link.to_id, 'it names them' FROM link WHERE from_kind = 'note' AND from_id = :note AND to_kind = 'contact' "
        "AND to_id IS NOT NULL ORDER BY who",
        {"note": note},
    )
    told: dict[int, str] = {}
    for row in found:
        told.setdefault(row["who"], row["how"])
    return told


def promised(db: sqlite3.Connection, words: Sequence[str]) -> dict[int, list[tuple[str, str]]]:
    """Contact -> (id, text) of what was promised to them, is open and speaks of one of these words, soonest due first."""
    found = db.execute(
        "SELECT interaction_contact.contact_id AS who, promise.id, promise.text FROM promise JOIN interaction_contact "
        "ON interaction_contact.interaction_id = promise.interaction_id WHERE promise.owed_by = 'me' AND promise.state = 'open' "
        "AND EXISTS (SELECT 1 FROM json_each(:words) WHERE instr(lower(promise.text), lower(value)) > 0) "
        "ORDER BY who, promise.due_at IS NULL, promise.due_at, promise.id",
        {"words": json.dumps(list(words))},
    )
    return grouped((row["who"], (make("promise", row["id"]), row["text"])) for row in found)


def spoke_of(db: sqlite3.Connection, words: Sequence[str]) -> dict[int, dict[str, tuple[str, str]]]:
    """Contact -> beginning of a word -> (id, title) of the newest thing with it: an item of theirs, else what passed between
    you (its text in the place of the title).
    """
    found = db.execute(
        "SELECT source.contact_id AS who, value AS word, 'item' AS kind, item.id AS id, item.title AS title, 1 AS rank, "
        "item.received_at AS at "
        "FROM json_each(:words) JOIN item ON ' ' || lower(item.title) LIKE '% ' || value || '%' "
        "JOIN source ON source.id = item.source_id WHERE source.contact_id IS NOT NULL AND item.state <> 'muted' UNION ALL "
        "SELECT contact_id, value, 'interaction', interaction.id, text, 0, at FROM json_each(:words) "
        "JOIN interaction ON ' ' || lower(text) LIKE '% ' || value || '%' "
        "JOIN interaction_contact ON interaction_id = interaction.id ORDER BY who, word, rank, at, id",
        {"words": json.dumps(list(words))},
    )
    told: dict[int, dict[str, tuple[str, str]]] = {}
    for row in found:  # the last one stays
        told.setdefault(row["who"], {})[row["word"]] = (make(row["kind"], row["id"]), row["title"])
    return told


def members(db: sqlite3.Connection) -> dict[int, set[int]]:
    """Circle -> the contacts who are in it now."""
    return grouped_sets(db.execute("SELECT circle_id, contact_id FROM membership WHERE left_at IS NULL ORDER BY id"))


def names(db: sqlite3.Connection, contacts: Iterable[int]) -> dict[int, str]:
    """Contact -> name."""
    found = db.execute(
        "SELECT id, name FROM contact WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(contacts))}
    )
    return {row[0]: row[1] for row in found}


def has(db: sqlite3.Connection, note: int) -> tuple[dict[int, tuple[str, str]], dict[int, tuple[str, str]]]:
    """Who has a note already: (circle -> (share, when), contact -> (share, when)); by name, or as a member on that day."""
    values = {"note": note}
    went = (
        "SELECT {who} AS who, delivery.share_id, min(delivery.sent_at) AS at FROM share_note JOIN delivery "
        "ON delivery.share_id = share_note.share_id AND delivery.state = 'sent' "
        "JOIN stage ON stage.id = delivery.stage_id {join} "
        "WHERE share_note.note_id = :note AND {who} IS NOT NULL AND (json_type(stage.gate, '$.notes') IS NULL "
        "OR :note IN (SELECT value FROM json_each(stage.gate, '$.notes'))) GROUP BY 1 ORDER BY 1"
    )
    by_circle = db.execute(went.format(who="delivery.circle_id", join=""), values).fetchall()
    by_name = db.execute(went.format(who="delivery.contact_id", join=""), values).fetchall()
    as_member = db.execute(went.format(
        who="membership.contact_id",
        join="JOIN membership ON delivery.contact_id IS NULL AND membership.circle_id = delivery.circle_id "
        "AND membership.joined_at <= delivery.sent_at AND (membership.left_at IS NULL OR membership.left_at > delivery.sent_at)",
    ), values).fetchall()  # fmt: skip
    people = {row["who"]: (make("share", row["share_id"]), row["at"]) for row in [*as_member, *by_name]}
    return {row["who"]: (make("share", row["share_id"]), row["at"]) for row in by_circle}, people


def planned_for(db: sqlite3.Connection, note: int) -> dict[int, str]:
    """Circle -> the share in which a note waits for it, or stands in a draft."""
    found = db.execute(
        "SELECT stage.circle_id, share.id FROM share_note JOIN share ON share.id = share_note.share_id "
        "JOIN stage ON stage.share_id = share.id WHERE share_note.note_id = :note AND share.state IN ('draft', 'planned') "
        "AND stage.passed_at IS NULL AND stage.circle_id IS NOT NULL ORDER BY share.id DESC",
        {"note": note},
    )
    return {row[0]: make("share", row[1]) for row in found}
