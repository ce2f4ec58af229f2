"""What a selector needs to know: whether an id is there, what a thing is called, and who answers to some words."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from pkm.ids import make
from pkm.store import mergers
from pkm.store.rows import in_ids
from pkm.store.sources import without_user

TITLES = {
    "source": "coalesce(nullif(title, ''), url)",
    "item": "coalesce(nullif(title, ''), url)",
    "annotation": "coalesce(nullif(comment, ''), exact)",
    "note": "title",
    "contact": "name",
    "circle": "name",
    "share": "title",
    "delivery": "coalesce(nullif(recipient, ''), file_name)",
    "response": "text",
    "trial": "text",
    "interaction": "text",
    "rule": "action || ' ' || pattern",
    "promise": "text",
}
"""SQL of what a thing of a kind is called."""

EXACT = {
    "source": ("title", "url", "site_url"),
    "item": ("url", "canonical_url"),
    "note": ("title", "uid"),
    "contact": ("name", "nick"),
    "circle": ("name",),
    "share": ("title",),
}
"""Columns that name a thing exactly, case ignored."""

SEARCHED = {"item": "item_fts"}
"""Kinds too many to compare one by one: only the newest that share a word are looked at."""

PREFILTERED = 500
NEWEST = 5_000
"""So many things of a kind are looked at for one whose name is near."""

ALSO = {
    "contact": "SELECT id, nick FROM contact WHERE nick <> '' UNION SELECT contact_id, value FROM handle WHERE kind = 'alias'",
    "note": "SELECT note_id, name FROM note_alias",
}
"""What else a thing of a kind is called."""


class Found(NamedTuple):
    """A thing of the store: its kind, number and what it is called."""

    kind: str
    number: int
    title: str

    @property
    def id(self) -> str:
        """As people see it: n142."""
        return make(self.kind, self.number)


def _found(kind: str, number: int, title: str | None) -> Found:
    """The thing as it may be shown: an address that stands for a title keeps its password to itself."""
    return Found(kind, number, without_user(title or "") if kind == "source" else title or "")


def by_number(db: sqlite3.Connection, kind: str, number: int) -> Found | None:
    """The thing of that kind and number, None where there is none; for one that was merged, what it went into."""
    row = db.execute(f"SELECT {TITLES[kind]} FROM {kind} WHERE id = :id", {"id": number}).fetchone()
    if row is None and (merged := mergers.follow(db, kind, number)) is not None:
        return by_number(db, kind, merged)
    return None if row is None else _found(kind, number, row[0])


def by_name(db: sqlite3.Connection, kind: str, words: str) -> list[Found]:
    """Things of a kind that are called exactly so, case ignored, by id."""
    columns = EXACT.get(kind, ())
    if not columns:
        return []
    same = " OR ".join(f"{column} = :words COLLATE NOCASE" for column in columns)
    rows = db.execute(f"SELECT id, {TITLES[kind]} FROM {kind} WHERE {same} ORDER BY id LIMIT 50", {"words": words})
    found = [_found(kind, row[0], row[1]) for row in rows]
    if kind == "contact" and len(found) > 1:  # a nick is what one calls somebody: it goes before a name
        nicks = db.execute("SELECT id FROM contact WHERE nick = :words COLLATE NOCASE", {"words": words})
        numbers = {row[0] for row in nicks}
        found = [one for one in found if one.number in numbers] or found
    if kind == "contact" and not found:
        rows = db.execute(
            "SELECT DISTINCT contact.id, contact.name FROM handle JOIN contact ON contact.id = handle.contact_id "
            "WHERE handle.folded = :words ORDER BY contact.id LIMIT 50",
            {"words": words.casefold()},
        )
        found = [_found(kind, row[0], row[1]) for row in rows]
    return found


def names(db: sqlite3.Connection, kind: str) -> dict[str, int]:
    """What the newest things of a kind (a tag too) are called, by nick or other name as well, each with its number."""
    rows = db.execute(f"SELECT id, {TITLES.get(kind, 'name')} FROM {kind} ORDER BY id DESC LIMIT {NEWEST}").fetchall()
    if kind in ALSO:
        rows += db.execute(f"SELECT * FROM ({ALSO[kind]}) ORDER BY 1 DESC, 2 LIMIT {NEWEST}").fetchall()
    found: dict[str, int] = {}
    for number, name in rows:
        found.setdefault(without_user(name or ""), number)
    return found


def near(db: sqlite3.Connection, kind: str, typed: str) -> list[str]:
    """Names of things of a kind, or of tags, that are near the one typed."""
    from pkm.spelling import near as nearest

    return nearest(typed, names(db, kind))


class Meant:
    """What a name in a note that means nobody, or no note, may have been meant to be. Names are read once a kind."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._names: dict[str, dict[str, int]] = {}

    def near(self, kind: str, written: str, by: int = 0) -> list[str]:
        """The people (kind contact) or notes whose names are near, as a note mentions them: @julien, [[Carrots]].

        Names that differ in figures alone are of two things: [[Week 47]], [[Week 48]]. by: the note that names it.
        """
        from pkm.spelling import near as nearest

        if kind not in self._names:
            put_away = self._db.execute("SELECT id FROM note WHERE dropped_at IS NOT NULL AND :kind = 'note'", {"kind": kind})
            away = {row[0] for row in put_away}
            self._names[kind] = {name: number for name, number in names(self._db, kind).items() if number not in away}
        bare = _without_figures(written)
        known = [
            name for name, number in self._names[kind].items()
            if name and (kind, number) != ("note", by) and (bare == written or _without_figures(name) != bare)
        ]  # fmt: skip
        found = nearest(written, known, whole=kind == "note")
        return [f"[[{name}]]" if kind == "note" or " " in name else f"@{name}" for name in found]


def _without_figures(name: str) -> str:
    return "".join(letter for letter in name.casefold() if not letter.isdigit())


def marks_of_people(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """What tells these contacts from others of the name: the organization, else the first e-mail address, else ""."""
    found = db.execute(
        "SELECT id, coalesce(nullif(org, ''), (SELECT value FROM handle WHERE contact_id = contact.id AND kind = 'email' "
        f"ORDER BY position, id LIMIT 1), '') FROM contact WHERE id IN {in_ids(numbers)} "
        "ORDER BY id"
    )
    return {row[0]: row[1] for row in found}


def comparable(db: sqlite3.Connection, kind: str, words: str) -> list[Found]:
    """Things of a kind whose title is worth comparing with the words: all, or the newest that share a word."""
    table = SEARCHED.get(kind)
    if table is None:
        rows = db.execute(f"SELECT id, {TITLES[kind]} FROM {kind} ORDER BY id DESC")
    else:
        from pkm.query_tree import searchable

        match = " AND ".join(f'title : "{token}"*' for token in searchable(words).split())
        if not match:
            return []
        rows = db.execute(
            f"SELECT id, {TITLES[kind]} FROM {kind} WHERE id IN "
            f"(SELECT rowid FROM {table} WHERE {table} MATCH :match ORDER BY rowid DESC LIMIT {PREFILTERED}) "
            "ORDER BY id DESC",
            {"match": match},
        )
    return [_found(kind, row[0], row[1]) for row in rows]


def starting(db: sqlite3.Connection, kind: str, start: str, limit: int) -> list[Found]:
    """Things of a kind whose id or title starts with what was typed, newest first: what the shell offers."""
    letter = make(kind, 1)[0]
    if start and not (start[0].lower() == letter and (start[1:].isdigit() or len(start) == 1)):
        condition = f"{TITLES[kind]} LIKE :start"
    else:
        condition = "id LIKE :number"
    rows = db.execute(
        f"SELECT id, {TITLES[kind]} FROM {kind} WHERE {condition} ORDER BY id DESC LIMIT :limit",
        {"start": start.replace("%", "") + "%", "number": start[1:] + "%", "limit": limit},
    )
    return [_found(kind, row[0], row[1]) for row in rows]
