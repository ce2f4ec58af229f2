"""Questions about annotations: those of an item or a note, and one. Plain SQL, in the shape of the JSON contract."""

import sqlite3

from pkm.ids import Row, make
from pkm.text import first_sentence


def _shape(row: sqlite3.Row) -> Row:
    return {
        "id": make("annotation", row["id"]), "kind": "annotation",
        "title": first_sentence(row["comment"] or row["exact"]), "exact": row["exact"], "comment": row["comment"],
        "state": row["state"], "item": None if row["item_id"] is None else make("item", row["item_id"]),
        "note": None if row["note_id"] is None else make("note", row["note_id"]), "created_at": row["created_at"],
        "updated_at": row["updated_at"], "prefix": row["prefix"], "suffix": row["suffix"], "position": row["position"],
    }  # fmt: skip


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One annotation as an object, None where there is none."""
    found = db.execute("SELECT * FROM annotation WHERE id = :id", {"id": number}).fetchone()
    return None if found is None else _shape(found)


def of(db: sqlite3.Connection, kind: str, number: int) -> list[Row]:
    """Annotations of an item or a note, in the order of the text; those on the whole of it last."""
    column = {"item": "item_id", "note": "note_id"}[kind]
    sql = f"SELECT * FROM annotation WHERE {column} = :id ORDER BY exact = '', position IS NULL, position, id"
    return [_shape(row) for row in db.execute(sql, {"id": number})]


def texts(db: sqlite3.Connection, kind: str, number: int) -> str:
    """The text that quotes of an item or a note stand in."""
    assert kind in ("item", "note")
    found = db.execute(f"SELECT text FROM {kind} WHERE id = :id", {"id": number}).fetchone()
    return "" if found is None else str(found[0])
