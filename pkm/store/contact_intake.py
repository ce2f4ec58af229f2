"""Bulk intake of contacts: what an import brings, written by the thousand with plain SQL inside a unit.

Knows rows, not cards: who is new and what others get was decided before. The unit's transaction holds the store's only
write lock, so that the next ids can be given out here.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store import contacts, links
from pkm.store.contact_merging import set_columns
from pkm.store.session import Unit
from pkm.text import fold

_COLUMNS = ("uid", "name", "nick", "org", "role", "met", "about", "birthday", "vcard")


def add_contacts(unit: Unit, rows: Sequence[Row]) -> list[int]:
    """The contacts are in the store; their ids in order. Rows: uid, name and those other columns that are not empty."""
    found = unit.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'contact'").fetchone()
    first = 1 if found is None else int(found[0]) + 1
    numbers = list(range(first, first + len(rows)))
    unit.connection.executemany(
        f"INSERT INTO contact (id, {', '.join(_COLUMNS)}, created_at, updated_at) "
        f"VALUES (:id, {', '.join(':' + name for name in _COLUMNS)}, :at, :at)",
        (
            {**dict.fromkeys(_COLUMNS, ""), **row, "id": number, "at": unit.at}
            for number, row in zip(numbers, rows, strict=True)
        ),
    )
    return numbers


def add_handles(unit: Unit, handles: Iterable[tuple[int, str, str, str]]) -> None:
    """The contacts have the handles (contact, kind, label, value) after those of the kind that they had."""
    given = grouped((number, (kind, label, value)) for number, kind, label, value in handles)
    unit.connection.executemany(
        "INSERT INTO handle (contact_id, kind, value, folded, label, position) "
        "VALUES (:contact, :kind, :value, :folded, :label, :position) ON CONFLICT (contact_id, kind, value) DO NOTHING",
        (row for number, wanted in given.items() for row in _placed(unit.connection, number, wanted)),
    )


def _placed(db: sqlite3.Connection, number: int, handles: Sequence[tuple[str, str, str]]) -> list[Row]:
    """The handles of a contact as rows, each kind's counted on from those that are there."""
    found = db.execute("SELECT kind, max(position) + 1 FROM handle WHERE contact_id = :id GROUP BY kind", {"id": number})
    places = {kind: int(place) for kind, place in found}
    rows = []
    for kind, label, value in handles:
        place = places.get(kind, 0)
        places[kind] = place + 1
        rows.append({"contact": number, "kind": kind, "label": label, "value": value, "folded": fold(value), "position": place})
    return rows


def fill_contacts(unit: Unit, filled: Mapping[int, Mapping[str, str]]) -> None:
    """The contacts have these columns, and are changed as of now."""
    for number, columns in filled.items():
        assert columns.keys() <= set(_COLUMNS)
        set_columns(unit, number, columns)


def change_lines(unit: Unit, numbers: Iterable[int], change: Callable[[int, list[str]], list[str]]) -> None:
    """The contacts' cards have the lines that `change` makes of a contact's number and the lines that were there."""
    for number in numbers:
        had = unit.connection.execute("SELECT vcard FROM contact WHERE id = :id", {"id": number}).fetchone()[0]
        lines = change(number, json.loads(had) if had else [])
        told = json.dumps(lines, ensure_ascii=False) if lines else ""
        if told != had:
            unit.connection.execute("UPDATE contact SET vcard = :told WHERE id = :id", {"told": told, "id": number})


def handles_of(unit: Unit, number: int) -> list[tuple[int, str, str]]:
    """The handles of a contact: (row, kind, value), by row."""
    found = unit.connection.execute(
        "SELECT id, kind, value FROM handle WHERE contact_id = :id ORDER BY id", {"id": number}
    )
    return [(row["id"], row["kind"], row["value"]) for row in found]


def take_handle(unit: Unit, row: int) -> None:
    """The handle is gone."""
    unit.connection.execute("DELETE FROM handle WHERE id = :id", {"id": row})


def write_handle(unit: Unit, row: int, label: str, value: str) -> None:
    """The handle is written so."""
    unit.connection.execute(
        "UPDATE handle SET label = :label, value = :value, folded = :folded WHERE id = :id",
        {"label": label, "value": value, "folded": fold(value), "id": row},
    )


def join_circle(unit: Unit, circle_id: int, numbers: Iterable[int], because: str) -> None:
    """The contacts are in the circle from now on, for that reason; none of them may be in it."""
    unit.connection.executemany(
        "INSERT INTO membership (circle_id, contact_id, joined_at, because, left_because) "
        "VALUES (:circle, :contact, :at, :because, '')",
        [{"circle": circle_id, "contact": number, "at": unit.at, "because": because} for number in numbers],
    )


def resolve_mentions(unit: Unit, numbers: Iterable[int]) -> int:
    """Mentions in notes that meant nobody mean these contacts where one of them is called so; how many."""
    wanted = _wanted_names(unit.connection)
    if not wanted:
        return 0
    resolved = 0
    for number in numbers:
        names = contacts.names_of(unit.connection, number)
        if wanted & set(map(fold, names)):
            resolved += links.resolve_people(unit, number, names)
    return resolved


def _wanted_names(db: sqlite3.Connection) -> set[str]:
    """The names, as they are compared, that links name and nobody has."""
    rows = db.execute("SELECT DISTINCT written FROM link WHERE to_id IS NULL AND to_kind IN ('contact', 'note')")
    return {fold(name) for row in rows for name in (row[0], row[0].replace("_", " "))}
