"""Numbers into SQL, rows out of it."""

import sqlite3
from collections.abc import Iterable
from typing import Any


def in_ids(ids: Iterable[int]) -> str:
    """SQL list of numbers, safe because they are numbers: (1, 2, 3)."""
    return "(" + ", ".join(str(int(number)) for number in ids) + ")"


def as_dicts(rows: sqlite3.Cursor) -> list[dict[str, Any]]:
    """Rows of a query as objects, in the query's order."""
    return [dict(row) for row in rows]
