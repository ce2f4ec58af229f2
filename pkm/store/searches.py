"""Saved searches: queries with a name, and what a query means once the names in it are put into words.

A saved search is kept as it was typed and read anew each time, so that `after:3m` moves on with the days.
"""

import re
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING

from pkm import query as q
from pkm.errors import Invalid, NotFound
from pkm.ids import Row
from pkm.text import fold, one_line

if TYPE_CHECKING:
    from pkm.store.session import Unit

MOST_LEAVES = 500
"""A query with the searches that it names may have so many terms."""


def clean_name(name: str) -> str:
    """The name as it is kept. Raises Invalid where `:name` would not be read as one."""
    kept = fold(name.strip().removeprefix(":"))
    if not re.fullmatch(r"[^\W\d_][\w\-]+", kept):
        raise Invalid(f"“{one_line(name, 40)}” as a name", "it should be one word of letters, digits and dashes, such as cop",
                      next="pkm find --save cop 'tag:cop'")  # fmt: skip
    return kept


def rows(db: sqlite3.Connection) -> list[Row]:
    """The saved searches, by name."""
    found = db.execute("SELECT name, query, created_at FROM saved_search ORDER BY name, id")
    return [_shape(row) for row in found]


def row(db: sqlite3.Connection, name: str) -> Row | None:
    """The saved search of that name, None where there is none."""
    found = db.execute("SELECT name, query, created_at FROM saved_search WHERE name = :name", {"name": fold(name)}).fetchone()
    return None if found is None else _shape(found)


def _shape(found: sqlite3.Row) -> Row:
    return {"id": f":{found['name']}", "kind": "search", "title": found["query"], "name": found["name"],
            "query": found["query"], "created_at": found["created_at"]}  # fmt: skip


def save(unit: "Unit", name: str, text: str) -> str | None:
    """The name stands for the query; what it stood for before, None where it was new."""
    before = row(unit.connection, name)
    if before is None:
        unit.insert("saved_search", name=name, query=text, created_at=unit.at)
        return None
    unit.connection.execute("UPDATE saved_search SET query = :query WHERE name = :name", {"query": text, "name": name})
    return str(before["query"])


def forget(unit: "Unit", name: str) -> None:
    """The name stands for nothing any more."""
    unit.connection.execute("DELETE FROM saved_search WHERE name = :name", {"name": name})


def names_in(query: q.Query) -> list[str]:
    """The saved searches that a query names, as they are kept."""
    found = [fold(name) for one in q.fields(query.node) if one.name == "saved" for name in one.values]
    return list(dict.fromkeys(found))


def expanded(
    db: sqlite3.Connection, query: q.Query, now: datetime, *, instead: tuple[str, str] | None = None
) -> q.Query:  # fmt: skip
    """The query with what its saved searches stand for, theirs as well.

    instead: (name, text) of one that is to be saved. Raises NotFound (no such search), Invalid (one names itself; it
    is too long).
    """
    if query.node is None or not names_in(query):
        return query
    reader = _Reader(db, now, instead)
    return q.Query(query.text, reader.put(query.node, ()), query.ignored)


class _Reader:
    def __init__(self, db: sqlite3.Connection, now: datetime, instead: tuple[str, str] | None) -> None:
        self.db = db
        self.now = now
        self.instead = instead
        self.known: dict[str, q.Node] = {}
        self.leaves = 0

    def put(self, node: q.Node, within: tuple[str, ...]) -> q.Node:
        """The node with each saved search in it put into words; `within` are those that it is part of."""
        if isinstance(node, q.Field) and node.name == "saved":
            return q.joined(q.Or, [self.named(fold(name), within) for name in node.values]) or node
        if isinstance(node, q.Not):
            return q.negated(self.put(node.node, within))
        if isinstance(node, q.And | q.Or):
            return q.joined(type(node), [self.put(part, within) for part in node.nodes]) or node
        self.leaves += 1
        if self.leaves > MOST_LEAVES:
            raise Invalid("a query that long", f"with its saved searches it has more than {MOST_LEAVES} terms",
                          next="pkm find --saved")  # fmt: skip
        return node

    def named(self, name: str, within: tuple[str, ...]) -> q.Node:
        """What a name stands for."""
        if name in within:
            way = " → ".join(f":{one}" for one in (*within[within.index(name) :], name))
            raise Invalid(f":{name}", f"it would name itself: {way}", next="pkm find --saved")
        if name in self.known:
            return self.known[name]
        query = q.parse(self._text(name), self.now)
        assert query.node is not None
        self.known[name] = self.put(query.node, (*within, name))
        return self.known[name]

    def _text(self, name: str) -> str:
        if self.instead is not None and name == self.instead[0]:
            return self.instead[1]
        found = row(self.db, name)
        if found is None:
            raise _not_saved(self.db, name)
        return str(found["query"])


def _not_saved(db: sqlite3.Connection, name: str) -> NotFound:
    from pkm.spelling import near

    return NotFound(f":{name}", "no search was saved under that name", near=near(name, [f":{one['name']}" for one in rows(db)]),
                    next=f"pkm find --saved; to find the word, put it in quotes: '\":{name}\"'")  # fmt: skip


def existing(db: sqlite3.Connection, name: str) -> Row:
    """The saved search of that name. Raises NotFound with one that is called nearly so."""
    found = row(db, name)
    if found is None:
        raise _not_saved(db, fold(name))
    return found
