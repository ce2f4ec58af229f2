"""Questions about annotations: those of an item or a note, and one. Plain SQL, in the shape of the JSON contract."""

import sqlite3

from pkm.ids import Row
from pkm.store.rows import thing
from pkm.text import first_sentence

_ROWS = (
    "SELECT id, coalesce(nullif(comment, ''), exact) AS title, exact, comment, state, item_id, note_id, created_at, updated_at, "
    "prefix, suffix, position FROM annotation"
)


def _shape(row: sqlite3.Row) -> Row:
    return {**thing("annotation", row), "title": first_sentence(row["title"])}


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One annotation as an object, None where there is none."""
    found = db.execute(f"{_ROWS} WHERE id = :id", {"id": number}).fetchone()
    return None if found is None else _shape(found)


def of(db: sqlite3.Connection, kind: str, number: int) -> list[Row]:
    """Annotations of an item or a note, in the order of the text; those on the whole of it last."""
    column = {"item": "item_id", "note": "note_id"}[kind]
    sql = f"{_ROWS} WHERE {column} = :id ORDER BY exact = '', position IS NULL, position, id"
    return [_shape(row) for row in db.execute(sql, {"id": number})]


def texts(db: sqlite3.Connection, kind: str, number: int) -> str:
    """The text that quotes of an item or a note stand in."""
    assert kind in ("item", "note")
    found = db.execute(f"SELECT text FROM {kind} WHERE id = :id", {"id": number}).fetchone()
    return "" if found is None else str(found[0])
