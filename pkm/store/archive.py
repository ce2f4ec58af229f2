"""Every table as rows, out of the store and into an empty one. The undo journal stays: it is history of this machine."""

import base64
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pkm.ids import Row
from pkm.store.derived import tables
from pkm.store.session import Unit


def dump(db: sqlite3.Connection, table: str) -> Iterator[Row]:
    """The table's rows by id; bytes become {"base64": …}."""
    for row in db.execute(f"SELECT * FROM {table} ORDER BY id"):
        yield {
            key: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
            for key, value in dict(row).items()
        }


def sequences(db: sqlite3.Connection) -> dict[str, int]:
    """The highest id that each table ever gave, so that an id is not given again after an import."""
    kept = set(tables(db))
    rows = db.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
    return {row["name"]: row["seq"] for row in rows if row["name"] in kept}


def is_empty(db: sqlite3.Connection) -> bool:
    """Whether nobody has put anything into the store yet: it holds at most what a new one holds."""
    told = ("source", "item", "note", "contact", "share", "annotation", "interaction", "tag")
    return not any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in told) and (
        db.execute("SELECT max((SELECT count(*) FROM circle), (SELECT count(*) FROM channel))").fetchone()[0] <= 1
    )


def columns(db: sqlite3.Connection, table: str) -> set[str]:
    """The table's columns; empty where there is no such table."""
    return {row["name"] for row in db.execute("SELECT name FROM pragma_table_info(:table)", {"table": table})}


def clear(unit: Unit) -> None:
    """No table that is exported has a row; what refers to what does not matter until the transaction ends."""
    unit.connection.execute("PRAGMA defer_foreign_keys = ON")
    for table in tables(unit.connection):
        unit.connection.execute(f"DELETE FROM {table}")


def load(unit: Unit, table: str, names: Sequence[str], rows: Iterable[Row]) -> int:
    """The rows are in the table, under their own ids; how many. names: the columns that the rows have."""
    marks = ", ".join(f":{name}" for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    cursor = unit.connection.executemany(
        f"INSERT INTO {table} ({listed}) VALUES ({marks})",
        ({name: _bytes(row.get(name)) for name in names} for row in rows),
    )
    return cursor.rowcount


def set_sequences(unit: Unit, highest: dict[str, int]) -> None:
    """New ids begin above these."""
    for table, number in highest.items():
        unit.connection.execute("DELETE FROM sqlite_sequence WHERE name = :table", {"table": table})
        unit.connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)", {"table": table, "number": number}
        )


def _bytes(value: Any) -> Any:
    return base64.b64decode(value["base64"], validate=True) if isinstance(value, dict) else value
