"""What a store holds, row by row, read past the program; and whether it is whole."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pkm.store.derived import FULL_TEXT

Key = tuple[Any, ...]
"""A row: its table and what tells it from the others of that table."""
Row = dict[str, Any]
Facts = dict[Key, Row]

BOOKKEEPING = ("operation", "change", "journal", "signal", "standing", "source_entries", "tally", "sqlite_sequence",
               "alembic_version")  # fmt: skip
"""Tables that hold nothing a person said: the journal, and what is worked out from the rest."""


@dataclass(frozen=True)
class Diff:
    """What a step changed: rows by key, as they were and as they are; None where there is none."""

    rows: dict[Key, tuple[Row | None, Row | None]]

    def __bool__(self) -> bool:
        return bool(self.rows)

    def added(self, table: str) -> dict[Key, Row]:
        """The rows of that table that were not there before."""
        return {key: new for key, (old, new) in self.rows.items() if key[0] == table and old is None and new is not None}

    def changed(self, table: str) -> dict[Key, tuple[Row, Row]]:
        """The rows of that table that are not as they were."""
        return {key: (old, new) for key, (old, new) in self.rows.items() if key[0] == table and old and new}

    def gone(self) -> list[Key]:
        """The rows that are no longer there."""
        return [key for key, (_, new) in self.rows.items() if new is None]

    def tables(self) -> set[str]:
        """The tables it touched."""
        return {key[0] for key in self.rows}

    def __str__(self) -> str:
        lines = []
        for key, (old, new) in sorted(self.rows.items(), key=str)[:12]:
            if old and new:
                told = {name: (old[name], new[name]) for name in new if old[name] != new[name]}
            else:
                told = {"gone" if new is None else "new": old or new}
            lines.append(f"    {key}: {str(told)[:300]}")
        return "\n".join([f"{len(self.rows)} rows:", *lines])


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of the soak's own."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as db:
        db.row_factory = sqlite3.Row
        yield db


def observe(path: Path) -> Facts:
    """Every row of what the person has; {} where there is no store yet."""
    return survey(path, 0)[0]


def survey(path: Path, past: int) -> tuple[Facts, list[tuple[int, str]]]:
    """Every row of what the person has, and the journal's commands after that one: number and line."""
    if not path.exists() or not path.stat().st_size:
        return {}, []
    facts: Facts = {}
    with reading(path) as db:
        db.execute("BEGIN")
        if not (tables := _tables(db)):
            return {}, []
        for table in tables:
            keys = [row["name"] for row in db.execute(f'PRAGMA table_info("{table}")') if row["pk"]]
            for row in db.execute(f'SELECT * FROM "{table}"'):
                facts[(table, *(row[name] for name in keys))] = dict(row)
        made = db.execute("SELECT id, command FROM operation WHERE id > ? ORDER BY id", (past,))
        return facts, [tuple(row) for row in made]


def _tables(db: sqlite3.Connection) -> list[str]:
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return [name for name in names if "_fts" not in name and name not in BOOKKEEPING]


def difference(before: Facts, after: Facts) -> Diff:
    """What must be done to the one to have the other."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return Diff({key: (before.get(key), after.get(key)) for key in keys})


def ailments(path: Path) -> list[str]:
    """What SQLite itself says is wrong with the store: pages, references, the indexes of words. [] where nothing is."""
    if not path.exists() or not path.stat().st_size:
        return []
    found = []
    try:
        with reading(path) as db:
            found += [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"foreign key: {tuple(row)}" for row in db.execute("PRAGMA foreign_key_check")]
            for table in FULL_TEXT if _tables(db) else ():  # a process killed while it made the store leaves an empty one
                db.execute(f"INSERT INTO {table}_fts ({table}_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.Error as error:
        found.append(f"{type(error).__name__}: {error}")
    return found
