"""Numbers into SQL, rows out of it."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from pkm.ids import LETTERS, Row, make


def in_ids(ids: Iterable[int]) -> str:
    """SQL list of numbers, safe because they are numbers: (1, 2, 3)."""
    return "(" + ", ".join(str(int(number)) for number in ids) + ")"


def literal(text: str) -> str:
    """The text as a part of a LIKE with ESCAPE '!': its own signs mean themselves."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def as_dicts(rows: sqlite3.Cursor) -> list[dict[str, Any]]:
    """Rows of a query as objects, in the query's order."""
    return [dict(row) for row in rows]


def thing(kind: str, row: sqlite3.Row) -> Row:
    """A row of a query as a thing of that kind: its number comes first, and of another thing's number, `share_id`, it has
    the id as `share` (None where there is none).
    """
    found: Row = {"id": make(kind, row[0]), "kind": kind}
    for column in row.keys()[1:]:
        name, value = column.removesuffix("_id"), row[column]
        refers = name != column and name in LETTERS
        found[name if refers else column] = make(name, value) if refers and value is not None else value
    return found


def things(kind: str, rows: Iterable[sqlite3.Row]) -> list[Row]:
    """Rows of a query as things of that kind, see `thing`."""
    return [thing(kind, row) for row in rows]
