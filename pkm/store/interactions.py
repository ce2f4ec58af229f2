"""What passed between the person and their contacts, as it was logged. What follows from it is standings.py's."""

import sqlite3
from collections.abc import Iterable

from pkm.ids import Row, make
from pkm.text import first_sentence

_ROWS = (
    "SELECT interaction.id, interaction.at, interaction.text, group_concat(contact.id) AS ids "
    "FROM interaction LEFT JOIN interaction_contact ON interaction_contact.interaction_id = interaction.id "
    "LEFT JOIN contact ON contact.id = interaction_contact.contact_id WHERE {where} GROUP BY interaction.id "
    "ORDER BY interaction.at DESC, interaction.id DESC LIMIT :limit"
)


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One interaction as an object, None where there is none."""
    found = db.execute(_ROWS.format(where="interaction.id = :id"), {"id": number, "limit": 1}).fetchone()
    return None if found is None else _shape(found)


def of_contact(db: sqlite3.Connection, contact_id: int, limit: int) -> list[Row]:
    """What passed between the person and a contact, newest first."""
    where = "interaction.id IN (SELECT interaction_id FROM interaction_contact WHERE contact_id = :id)"
    return [_shape(found) for found in db.execute(_ROWS.format(where=where), {"id": contact_id, "limit": limit})]


def find_same(db: sqlite3.Connection, text: str, at: str, numbers: Iterable[int]) -> int | None:
    """The newest interaction with that text on that day (of the stamp) with the same contacts; None: there is none."""
    people = sorted(set(numbers))
    found = db.execute(
        "SELECT interaction.id, group_concat(contact_id) AS people FROM interaction JOIN interaction_contact "
        "ON interaction_contact.interaction_id = interaction.id WHERE text = :text AND substr(at, 1, 10) = :day "
        "GROUP BY interaction.id ORDER BY interaction.id DESC",
        {"text": text, "day": at[:10]},
    )
    return next((row["id"] for row in found if sorted(map(int, row["people"].split(","))) == people), None)


def _shape(found: sqlite3.Row) -> Row:
    people = sorted(int(number) for number in (found["ids"] or "").split(",") if number)
    return {
        "id": make("interaction", found["id"]), "kind": "interaction", "title": first_sentence(found["text"]),
        "text": found["text"], "at": found["at"], "contacts": [make("contact", number) for number in people],
    }  # fmt: skip
