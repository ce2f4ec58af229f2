"""Questions behind the doctor of tags: how often each is used, which stand together, which stand once. Reads only."""

import sqlite3
from typing import NamedTuple

from pkm.ids import make


class Together(NamedTuple):
    """Two tags, the more used one second, and on how many things: each, and both."""

    one: str
    other: str
    one_count: int
    other_count: int
    both: int


class Single(NamedTuple):
    """A tag on one thing alone: its name, the thing's id, and whether it stands in that note's text."""

    name: str
    thing: str
    written: bool


def used(db: sqlite3.Connection) -> dict[str, int]:
    """Every tag that something has, by name, and how many things have it."""
    sql = "SELECT tag.name, count(*) FROM tagging JOIN tag ON tag.id = tag_id GROUP BY tag.id ORDER BY tag.name, tag.id"
    return {row[0]: row[1] for row in db.execute(sql)}


def together(db: sqlite3.Connection, least: int) -> list[Together]:
    """Tags that at least so many things have both of, the most first, then by name.

    Things with more than 20 tags are left out: they hold pairs of everything.
    """
    found = db.execute(
        "WITH few AS (SELECT kind, entity_id FROM tagging GROUP BY kind, entity_id HAVING count(*) BETWEEN 2 AND 20), "
        "counted AS (SELECT tag_id, count(*) AS number FROM tagging GROUP BY tag_id), "
        "pairs AS (SELECT one.tag_id AS one, other.tag_id AS other, count(*) AS both FROM few "
        "JOIN tagging AS one ON one.kind = few.kind AND one.entity_id = few.entity_id "
        "JOIN tagging AS other ON other.kind = few.kind AND other.entity_id = few.entity_id AND other.tag_id > one.tag_id "
        "GROUP BY one.tag_id, other.tag_id HAVING count(*) >= :least) "
        "SELECT a.name, b.name, c.number, d.number, both FROM pairs JOIN tag AS a ON a.id = one JOIN tag AS b ON b.id = other "
        "JOIN counted AS c ON c.tag_id = one JOIN counted AS d ON d.tag_id = other ORDER BY both DESC, a.name, b.name",
        {"least": least},
    )
    rows = [Together(*row) for row in found]
    return [row if row.one_count <= row.other_count else Together(row[1], row[0], row[3], row[2], row[4]) for row in rows]


def singles(db: sqlite3.Connection) -> list[Single]:
    """Tags that one thing alone has, by name."""
    found = db.execute(
        "SELECT tag.name, max(tagging.kind) AS kind, max(entity_id) AS number, max(origin = 'text') AS written FROM tagging "
        "JOIN tag ON tag.id = tag_id GROUP BY tag.id HAVING count(*) = 1 ORDER BY tag.name COLLATE NOCASE, tag.id"
    )
    return [Single(row["name"], make(row["kind"], row["number"]), bool(row["written"])) for row in found]
