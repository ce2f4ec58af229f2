"""Learning areas: tags that are marked as such, and for each who one learns from, what came in, what became of it."""

import sqlite3
from typing import TYPE_CHECKING

from pkm.ids import Row, make
from pkm.store import tags
from pkm.store.conditions import IS, tag_numbers
from pkm.store.rows import in_ids, things
from pkm.store.sources import without_user
from pkm.vocabulary import STAGES

if TYPE_CHECKING:
    from pkm.store.session import Unit


def tagged(kind: str, numbers: str) -> str:
    """SQL: the things of a kind that have one of these tags."""
    return f"(SELECT entity_id FROM tagging WHERE kind = '{kind}' AND tag_id IN {numbers})"


def _items(numbers: str) -> str:
    """SQL: whether an item, or the source it came from, has one of these tags."""
    return f"(item.id IN {tagged('item', numbers)} OR item.source_id IN {tagged('source', numbers)})"


def notes(numbers: str) -> str:
    """SQL: whether a note that is not put away has one of these tags."""
    return f"(note.dropped_at IS NULL AND note.id IN {tagged('note', numbers)})"


def areas(db: sqlite3.Connection) -> list[str]:
    """Names of the tags that are learning areas, by name."""
    found = db.execute("SELECT name FROM tag WHERE learning = 1 AND alias_of IS NULL ORDER BY name COLLATE NOCASE, id")
    return [row[0] for row in found]


def set_learning(unit: "Unit", name: str, on: bool) -> bool:
    """The tag is a learning area, or none; made where there is none yet. True where that is new."""
    number = tags.number_for(unit, name)
    return bool(unit.connection.execute(
        "UPDATE tag SET learning = :on WHERE id = :id AND learning <> :on", {"on": int(on), "id": number}
    ).rowcount)  # fmt: skip


def area(db: sqlite3.Connection, name: str, since: str, limit: int) -> Row:
    """One area with the tags below it: {"from", "came_in", "stages", "tried", "questions", and their counts}.

    since: a stamp; items that came later are "came_in". limit: of each list; counts are of all.
    """
    numbers = in_ids(tag_numbers(db, name))
    came_in, came = _came_in(db, numbers, since, limit)
    questions, asked = _questions(db, numbers, limit)
    return {
        "from": _teachers(db, numbers, limit), "came_in": came_in, "came_in_count": came,
        "stages": _by_stage(db, numbers), "tried": _tried(db, numbers, limit),
        "questions": questions, "question_count": asked,
    }  # fmt: skip


def _teachers(db: sqlite3.Connection, numbers: str, limit: int) -> list[Row]:
    """Contacts and sources with the tag, or whose kept items carry it; those with most kept first, then by kind and id.

    A source that is a contact's is that contact.
    """
    found = db.execute(
        f"WITH kept AS (SELECT item.source_id, count(*) AS kept FROM item WHERE item.state = 'kept' "
        f"AND item.source_id IS NOT NULL AND {_items(numbers)} GROUP BY item.source_id), "
        f"named AS (SELECT source.id, source.contact_id, coalesce(kept.kept, 0) AS kept FROM source "
        f"LEFT JOIN kept ON kept.source_id = source.id "
        f"WHERE kept.kept IS NOT NULL OR source.id IN {tagged('source', numbers)}), "
        f"people AS (SELECT contact_id AS id, sum(kept) AS kept FROM named WHERE contact_id IS NOT NULL GROUP BY contact_id "
        f"UNION ALL SELECT entity_id, 0 FROM tagging WHERE kind = 'contact' AND tag_id IN {numbers}) "
        "SELECT 'contact' AS kind, contact.id AS id, contact.name AS title, sum(people.kept) AS kept FROM people "
        "JOIN contact ON contact.id = people.id GROUP BY contact.id UNION ALL "
        "SELECT 'source', source.id, coalesce(nullif(source.title, ''), source.url), named.kept FROM named "
        "JOIN source ON source.id = named.id WHERE named.contact_id IS NULL "
        "ORDER BY kept DESC, kind, id LIMIT :limit", {"limit": limit},
    )  # fmt: skip
    return [
        {"id": make(row["kind"], row["id"]), "kind": row["kind"], "title": without_user(row["title"]), "kept": row["kept"]}
        for row in found
    ]


def _came_in(db: sqlite3.Connection, numbers: str, since: str, limit: int) -> tuple[list[Row], int]:
    """Items of the area since then, newest first, and how many there are."""
    where = f"item.received_at >= :since AND item.state <> 'muted' AND {_items(numbers)}"
    found = db.execute(
        f"SELECT item.id, coalesce(nullif(item.title, ''), item.url) AS title, item.state, item.received_at AS at FROM item "
        f"WHERE {where} ORDER BY item.received_at DESC, item.id DESC LIMIT :limit", {"since": since, "limit": limit},
    )  # fmt: skip
    total = db.execute(f"SELECT count(*) FROM item WHERE {where}", {"since": since}).fetchone()[0]
    return things("item", found), int(total)


def _by_stage(db: sqlite3.Connection, numbers: str) -> dict[str, int]:
    """How many notes of the area are at each stage, those of none as well."""
    counts = dict.fromkeys(STAGES, 0)
    for stage, number in db.execute(
        f"SELECT stage, count(*) FROM note WHERE {notes(numbers)} GROUP BY stage ORDER BY stage"
    ):
        counts[stage] = number
    return counts


def _tried(db: sqlite3.Connection, numbers: str, limit: int) -> list[Row]:
    """Trials of the area's notes, newest first, with the note and its title."""
    found = db.execute(
        "SELECT trial.id, trial.text, trial.outcome, trial.place, trial.at, note.id AS note, note.title AS note_title "
        f"FROM trial JOIN note ON note.id = trial.note_id WHERE {notes(numbers)} "
        "ORDER BY trial.at DESC, trial.id DESC LIMIT :limit", {"limit": limit},
    )  # fmt: skip
    return [
        {**dict(row), "id": make("trial", row["id"]), "kind": "trial", "title": row["text"] or row["note_title"],
         "note": make("note", row["note"])}
        for row in found
    ]  # fmt: skip


def _questions(db: sqlite3.Connection, numbers: str, limit: int) -> tuple[list[Row], int]:
    """Open questions among the area's notes, oldest first, and how many there are."""
    where = f"{notes(numbers)} AND {IS['question']['note']}"
    found = db.execute(
        f"SELECT id, title, created_at AS at FROM note WHERE {where} ORDER BY created_at, id LIMIT :limit", {"limit": limit}
    )
    total = db.execute(f"SELECT count(*) FROM note WHERE {where}").fetchone()[0]
    return things("note", found), int(total)
