"""Questions about notes: one, several, the newest, by title, by item. Plain SQL, in the shape of the JSON contract."""

import sqlite3
from collections.abc import Sequence

from pkm.ids import Row, make
from pkm.store import tags
from pkm.store.note_names import paths_of
from pkm.store.rows import in_ids, things
from pkm.text import one_line


def _shape(row: sqlite3.Row, names: list[str], path: str | None) -> Row:
    return {
        "id": make("note", row["id"]), "kind": "note", "title": row["title"], "text": row["text"], "tags": names,
        "reach": row["reach"], "stage": row["stage"],
        "item": None if row["item_id"] is None else make("item", row["item_id"]), "at": row["at"],
        "created_at": row["created_at"], "updated_at": row["updated_at"], "dropped_at": row["dropped_at"],
        "reviewed_at": row["reviewed_at"], "half_life": row["half_life"],
        "path": None if path is None else one_line(path),  # as it is shown: the file may be called anything
    }  # fmt: skip


def _shaped(db: sqlite3.Connection, found: list[sqlite3.Row]) -> list[Row]:
    names = tags.of_many(db, "note", [row["id"] for row in found])
    paths = paths_of(db, [row["id"] for row in found])
    return [_shape(row, names.get(row["id"], []), paths.get(row["id"])) for row in found]


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One note as an object, None where there is none."""
    found = rows(db, [number])
    return found[0] if found else None


def rows(db: sqlite3.Connection, ids: Sequence[int]) -> list[Row]:
    """The notes of these numbers, in their order; those that are not there are left out."""
    found = {row["id"]: row for row in db.execute(f"SELECT * FROM note WHERE id IN {in_ids(ids)}")}
    return _shaped(db, [found[number] for number in ids if number in found])


def of_item(db: sqlite3.Connection, item_id: int) -> list[Row]:
    """Notes made from an item and not put away, oldest first."""
    sql = "SELECT * FROM note WHERE item_id = :id AND dropped_at IS NULL ORDER BY id"
    return _shaped(db, db.execute(sql, {"id": item_id}).fetchall())


def same_words(db: sqlite3.Connection, number: int) -> int | None:
    """The first earlier note, not put away, that has the title and the text of this one and was made of the same item."""
    # The plus leads by the title's index: nearly all notes are made of no item.
    found = db.execute(
        "SELECT other.id FROM note JOIN note AS other ON other.title = note.title COLLATE NOCASE AND other.dropped_at IS NULL "
        "AND other.id < note.id AND other.text = note.text AND +other.item_id IS note.item_id WHERE note.id = :id "
        "ORDER BY other.id LIMIT 1", {"id": number},
    ).fetchone()  # fmt: skip
    return None if found is None else int(found[0])


def trials(db: sqlite3.Connection, number: int) -> list[Row]:
    """Where a note was tried, oldest first, then by id.

    {"id", "kind", "title", "place", "outcome", "text", "at", "contact", "contact_name", "response"}; contact: who tried
    it, None: oneself; response: the answer that told of it.
    """
    found = db.execute(
        "SELECT trial.id, coalesce(nullif(text, ''), outcome) AS title, place, outcome, text, trial.at, contact_id, "
        "contact.name AS contact_name, response_id FROM trial LEFT JOIN contact ON contact.id = trial.contact_id "
        "WHERE note_id = :id ORDER BY trial.at, trial.id", {"id": number},
    )  # fmt: skip
    return things("trial", found)


def growth(db: sqlite3.Connection, number: int) -> list[Row]:
    """The steps of a note from stage to stage, oldest first: {"from", "to", "because", "at"}."""
    found = db.execute("SELECT * FROM growth WHERE note_id = :id ORDER BY id", {"id": number})
    return [{"from": r["stage_from"], "to": r["stage_to"], "because": r["because"], "at": r["at"]} for r in found]
