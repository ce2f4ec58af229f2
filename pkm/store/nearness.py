"""What stands near a note or an item: its text and those of others, what both are linked with, tags. Reads only."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pkm.store import lookup
from pkm.store.conditions import FROM_THERE, TO_THERE
from pkm.store.hits import TITLED
from pkm.store.rows import in_ids

Thing = tuple[str, int]

_MOST = 4000
"""So many links are followed; whoever is linked with more says little by it."""


class Compared(NamedTuple):
    """A thing as far as likeness goes. writer: the contact who writes an item's source."""

    kind: str
    number: int
    title: str
    text: str
    writer: int | None = None


def texts(db: sqlite3.Connection, kind: str, numbers: Iterable[int]) -> list[Compared]:
    """Notes or items with the beginning of their text, by id; notes that were put away are left out."""
    if kind == "note":
        sql = f"SELECT id, title, substr(text, 1, 3000), NULL FROM note WHERE id IN {in_ids(numbers)} AND dropped_at IS NULL"
    else:
        sql = (
            f"SELECT item.id, {TITLED['item']}, "
            "substr(item.text, 1, 3000), coalesce(rule.person_id, source.contact_id) FROM item "
            "LEFT JOIN source ON source.id = item.source_id LEFT JOIN rule ON rule.id = item.rule_id "
            f"WHERE item.id IN {in_ids(numbers)}"
        )
    return [Compared(kind, row[0], row[1] or "", row[2] or "", row[3]) for row in db.execute(f"{sql} ORDER BY 1")]


def count_notes(db: sqlite3.Connection) -> int:
    """How many notes the index of words holds: those that were put away as well."""
    return int(db.execute("SELECT count(*) FROM note").fetchone()[0])


def newest(db: sqlite3.Connection, kind: str) -> int:
    """The number of the newest note or item: about how many there are, without counting them."""
    return int(db.execute(f"SELECT max(id) FROM {kind}").fetchone()[0] or 0)


_MINE = (
    f"SELECT to_kind AS kind, to_id AS id FROM link WHERE from_kind = :kind AND from_id = :id AND to_id IS NOT NULL "
    f"AND {TO_THERE} UNION SELECT from_kind, from_id FROM link WHERE to_kind = :kind AND to_id = :id AND {FROM_THERE} "
    "UNION SELECT 'item', item_id FROM note WHERE :kind = 'note' AND id = :id AND item_id IS NOT NULL "
    "UNION SELECT 'note', id FROM note WHERE :kind = 'item' AND item_id = :id AND dropped_at IS NULL"
)
"""What the thing is linked with, either way; a note with the item that it was made from."""


def linked_with(db: sqlite3.Connection, kind: str, number: int) -> set[Thing]:
    """What the thing is linked with, either way."""
    return {(row[0], row[1]) for row in db.execute(_MINE, {"kind": kind, "id": number})}


def neighbors(db: sqlite3.Connection, kind: str, number: int) -> list[tuple[Thing, int]]:
    """(a thing that both are linked with, another note) for each note that shares a neighbor with the thing."""
    # CROSS and plus: what the thing is linked with leads; otherwise SQLite reads every link of a note.
    sql = (
        f"WITH mine AS ({_MINE}) SELECT * FROM ("
        "SELECT mine.kind, mine.id, link.from_id AS other FROM mine CROSS JOIN link ON link.to_kind = mine.kind "
        "AND link.to_id = mine.id AND +link.from_kind = 'note' "
        "UNION SELECT mine.kind, mine.id, link.to_id FROM mine CROSS JOIN link ON link.from_kind = mine.kind "
        "AND link.from_id = mine.id AND +link.to_kind = 'note' AND link.to_id IS NOT NULL "
        "UNION SELECT mine.kind, mine.id, note.id FROM mine JOIN note ON mine.kind = 'item' AND note.item_id = mine.id) "
        "WHERE NOT (:kind = 'note' AND other = :id) LIMIT :most"
    )
    found = db.execute(sql, {"kind": kind, "id": number, "most": _MOST})
    return [((row[0], row[1]), row[2]) for row in found]


_TITLES = "SELECT 'note', id, title FROM note INDEXED BY note_title WHERE dropped_at IS NULL"
_TITLES_WITHIN = (
    "SELECT 'note', note.id, note.title FROM json_each(:ranges) AS range CROSS JOIN note INDEXED BY note_title "
    "ON note.dropped_at IS NULL AND note.title COLLATE NOCASE >= json_extract(range.value, '$[0]') "
    "AND note.title COLLATE NOCASE < json_extract(range.value, '$[1]')"
)


def names(db: sqlite3.Connection, beginnings: Iterable[str] | None = None) -> list[tuple[str, int, str]]:
    """(kind, number, name) of all that a text may name: titles and aliases of notes, names, nicks and aliases of people.

    A name may come twice. beginnings: in plain letters, lower case; of titles only those that begin with one of these, with
    accents or without, and those that begin with no plain letter.
    """
    here = "NOT IN (SELECT id FROM note WHERE dropped_at IS NOT NULL)"
    sql = (
        f"{_TITLES if beginnings is None else _TITLES_WITHIN} "
        f"UNION ALL SELECT 'note', note_id, name FROM note_alias WHERE note_id {here} "
        "UNION ALL SELECT 'contact', id, name FROM contact UNION ALL SELECT 'contact', id, nick FROM contact WHERE nick <> '' "
        "UNION ALL SELECT 'contact', contact_id, value FROM handle WHERE kind = 'alias'"
    )
    cursor = db.cursor()
    cursor.row_factory = None  # plain tuples: there may be a hundred thousand
    given = {} if beginnings is None else {"ranges": json.dumps(_ranges(beginnings))}
    return cursor.execute(sql, given).fetchall()


def _ranges(beginnings: Iterable[str]) -> list[tuple[str, str]]:
    """Where these titles stand in the order of all; every letter with an accent comes after the plain ones."""
    last = chr(0x10FFFF)
    apart: list[str] = []
    for one in sorted(beginnings):
        if not apart or not one.startswith(apart[-1]):
            apart.append(one)
    accents = sorted({one[:size] for one in apart for size in range(1, len(one))})
    return [("", "0"), (":", "a"), ("{", last), *((one, one + last) for one in apart),
            *((one + chr(127), one + last) for one in accents)]  # fmt: skip


def noted(db: sqlite3.Connection, number: int) -> tuple[str, str] | None:
    """(title, text) of a note that was not put away."""
    row = db.execute("SELECT title, text FROM note WHERE id = :id AND dropped_at IS NULL", {"id": number}).fetchone()
    return None if row is None else (row[0], row[1])


def newest_texts(db: sqlite3.Connection, limit: int) -> list[tuple[int, str]]:
    """(number, text) of the notes that were changed last."""
    sql = (
        "SELECT id, substr(text, 1, 50000) FROM note WHERE dropped_at IS NULL "
        "ORDER BY updated_at DESC, id DESC LIMIT :limit"
    )
    return [(row[0], row[1]) for row in db.execute(sql, {"limit": limit})]


def all_links(db: sqlite3.Connection) -> dict[int, set[Thing]]:
    """By note: what it is linked with, either way."""
    found: dict[int, set[Thing]] = {}
    sql = "SELECT from_id, to_kind, to_id, from_kind FROM link WHERE to_id IS NOT NULL"
    for source, kind, target, from_kind in db.execute(sql):
        if from_kind == "note":
            found.setdefault(source, set()).add((kind, target))
        if kind == "note":
            found.setdefault(target, set()).add((from_kind, source))
    return found


def titles(db: sqlite3.Connection, things: Sequence[Thing]) -> dict[Thing, str]:
    """What these things are called; a person by the nick, where there is one."""
    found: dict[Thing, str] = {}
    for kind, number in things:
        if kind == "contact":
            row = db.execute("SELECT nick, name FROM contact WHERE id = :id", {"id": number}).fetchone()
            if row is not None:
                found[kind, number] = f"@{row[0]}" if row[0] else row[1]
        elif (one := lookup.by_number(db, kind, number)) is not None:
            found[kind, number] = f"{one.id} {one.title}"
    return found
