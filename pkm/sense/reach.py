"""Reach: how far a note may go, and who that lets it go to. Unknown means private."""

import sqlite3
from typing import Any

from pkm.errors import Invalid
from pkm.store import circles

Row = dict[str, Any]

REACHES = ("private", "team", "community", "network")
"""From the narrowest to the widest."""


def read_reach(word: str) -> str:
    """The reach that a word, or the beginning of one, means. Raises Invalid with the four there are."""
    found = [reach for reach in REACHES if word and reach.startswith(word.strip().lower())]
    if len(found) != 1:
        raise Invalid(f"“{word}” as a reach", f"it is one of {', '.join(REACHES)}")
    return found[0]


def is_wider(reach: str, than: str) -> bool:
    """Whether a note of the one reach may go further than one of the other."""
    return REACHES.index(reach) > REACHES.index(than)


def audience(db: sqlite3.Connection, reach: str) -> list[Row]:
    """Circles that may get a note of that reach: those whose kind is at most as wide. Private: none."""
    return [row for row in circles.rows(db) if not is_wider(row["circle_kind"], reach)]
