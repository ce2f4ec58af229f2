"""Suggestions that were turned down, each with its day and a reason or a title; turned down anew, and taken back."""

import re
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pkm.store.session import Unit


BY_IDS = ("day", "duplicate", "introduction", "link", "member", "mention", "share", "unsubscribed")
"""Kinds whose keys are made of ids (and of other signs between them)."""

TAG = "tag"
"""Of two things, which the first word of the key tells apart: a tag that is not for a note (n12 retro), and a finding of the
tags' doctor that is fine as it is (alike:a+b)."""


class Dismissed(NamedTuple):
    """A suggestion that was turned down. because: the reason, kept where others keep a title."""

    key: str
    because: str
    at: str


def ids_in(kind: str, key: str) -> set[str]:
    """The words of a key where ids stand; a tag may be called like one."""
    if kind == TAG:
        return {key.partition(" ")[0]}
    return set(re.split(r"[^a-z0-9]+", key)) if kind in BY_IDS else set()


def dismissed(db: sqlite3.Connection, kind: str) -> dict[str, str]:
    """The keys of the suggestions of a kind (source, person) that were turned down, each with when: a stamp."""
    found = db.execute("SELECT key, at FROM dismissal WHERE kind = :kind ORDER BY id", {"kind": kind})
    return {row["key"]: row["at"] for row in found}


def starting(db: sqlite3.Connection, kind: str, start: str) -> list[Dismissed]:
    """What of a kind was turned down and has a key that begins so, the last first, then by key."""
    found = db.execute(
        "SELECT key, title, at FROM dismissal WHERE kind = :kind AND substr(key, 1, length(:start)) = :start "
        "ORDER BY at DESC, key",
        {"kind": kind, "start": start},
    )
    return [Dismissed(*row) for row in found]


def put(unit: "Unit", kind: str, key: str, because: str) -> None:
    """The suggestion is turned down as of now; where it was before, the day and the reason are the new ones."""
    found = unit.connection.execute(
        "SELECT id FROM dismissal WHERE kind = :kind AND key = :key", {"kind": kind, "key": key}
    ).fetchone()
    if found is None:
        unit.insert("dismissal", kind=kind, key=key, title=because, at=unit.at)
        return
    unit.update("dismissal", found[0], title=because, at=unit.at)


def remove(unit: "Unit", kind: str, key: str) -> bool:
    """The suggestion may be made again; False where it was not turned down."""
    gone = unit.connection.execute("DELETE FROM dismissal WHERE kind = :kind AND key = :key", {"kind": kind, "key": key})
    return gone.rowcount > 0
