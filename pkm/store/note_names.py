"""What notes are called: by their titles, by other names (note_alias), by the files they are kept in (note_file).

Owns the rule by which a name written in [[ ]] means a note. Knows nothing of Markdown, contacts or links' rows.
"""

import json
import posixpath
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pkm.grouped import grouped
from pkm.store.rows import literal
from pkm.text import fold, one_line

if TYPE_CHECKING:
    from pkm.store.session import Unit

ENDINGS = (".md", ".markdown")

Place = tuple[str, str]
"""A file: the root of its folder, its path in there."""


class _Called(NamedTuple):
    number: int
    dropped: bool
    place: Place = ("", "")


class Names:
    """Names and the notes they mean; all there are, or those that one name may mean."""

    def __init__(self) -> None:
        self._titles: dict[str, list[_Called]] = {}
        self._aliases: dict[str, list[_Called]] = {}
        self._files: dict[str, list[_Called]] = {}

    @classmethod
    def all(cls, db: sqlite3.Connection) -> "Names":
        """The names of every note: for writing by the thousand."""
        names = cls()
        dropped = {}
        for number, title, gone in db.execute("SELECT id, title, dropped_at IS NOT NULL FROM note ORDER BY id"):
            dropped[number] = bool(gone)
            names.add_title(title, number, dropped=bool(gone))
        for number, name in db.execute("SELECT note_id, folded FROM note_alias ORDER BY note_id, id"):
            names.add_alias(name, number, dropped=dropped[number])
        for number, root, path in db.execute("SELECT note_id, root, path FROM note_file ORDER BY note_id, id"):
            names.add_file((root, path), number, dropped=dropped[number])
        return names

    @classmethod
    def like(cls, db: sqlite3.Connection, name: str) -> "Names":
        """The names that this one may mean: for one link."""
        names = cls()
        whole = _bare(name)
        last = whole.rpartition("/")[2]
        for text in dict.fromkeys((whole, last)):
            for number in by_title(db, text):
                names.add_title(text, number, dropped=_is_dropped(db, number))
            for row in db.execute("SELECT note_id FROM note_alias WHERE folded = :name ORDER BY id", {"name": fold(text)}):
                names.add_alias(text, row[0], dropped=_is_dropped(db, row[0]))
        # SQLite folds ASCII only; of other names all files are looked at
        start = literal(last) if last.isascii() else ""
        found = "SELECT note_id, root, path FROM note_file WHERE path LIKE :like ESCAPE '!' ORDER BY note_id, id"
        for number, root, path in db.execute(found, {"like": f"%{start}.m%"}):
            if fold(_stem(path)) == fold(last):
                names.add_file((root, path), number, dropped=_is_dropped(db, number))
        return names

    def add_title(self, title: str, number: int, *, dropped: bool = False) -> None:
        """The note is called so."""
        self._titles.setdefault(fold(title), []).append(_Called(number, dropped))

    def add_alias(self, name: str, number: int, *, dropped: bool = False) -> None:
        """The note is called so as well."""
        self._aliases.setdefault(fold(name), []).append(_Called(number, dropped))

    def add_file(self, place: Place, number: int, *, dropped: bool = False) -> None:
        """The note is in that file."""
        self._files.setdefault(fold(_stem(place[1])), []).append(_Called(number, dropped, place))

    def meant(self, name: str, beside: Place | None = None) -> list[int]:
        """The notes that [[name]] means, the likeliest first; more than one where it does not say which.

        beside: the file that it is written in. In the folder of that, a file's name goes before a title; a path decides
        between files of one name. Then titles, files elsewhere, other names, and the last part of a path.
        """
        return self.found(name, beside)[1]

    def found(self, name: str, beside: Place | None = None) -> tuple[str, list[int]]:
        """As `meant`, with what answered: file, title, alias, or "" where nothing did."""
        if beside is not None and name.startswith(("./", "../", "/")):
            path = _joined(beside[1], name)
            return "file", self._order(self._at((beside[0], path)), beside) if path else []
        whole = fold(_bare(name))
        last = whole.rpartition("/")[2]
        files = [one for one in self._files.get(last, ()) if f"/{fold(_bare(one.place[1]))}".endswith(f"/{whole}")]
        near = [one for one in files if beside is not None and one.place[0] == beside[0]]
        titles, aliases = self._titles, self._aliases
        for how, found in (
            ("file", near), ("title", titles.get(whole)), ("file", files), ("alias", aliases.get(whole)),
            ("title", titles.get(last)), ("alias", aliases.get(last)),
        ):  # fmt: skip
            if found:
                return how, self._order(found, beside)
        return "", []

    def at_path(self, path: str, beside: Place) -> list[int]:
        """The note of the file to which a relative path leads from the file that it is written in."""
        joined = _joined(beside[1], path)
        return self._order(self._at((beside[0], joined)), beside) if joined else []

    def _at(self, place: Place) -> list[_Called]:
        wanted = fold(_bare(place[1]))
        return [
            one for one in self._files.get(wanted.rpartition("/")[2], ())
            if one.place[0] == place[0] and fold(_bare(one.place[1])) == wanted
        ]  # fmt: skip

    @staticmethod
    def _order(found: Iterable[_Called], beside: Place | None) -> list[int]:
        """Those not put away; of the rest the ones in the same folder first, then those less deep, then the oldest."""
        here = [one for one in found if not one.dropped] or list(found)
        folder = posixpath.dirname(beside[1]) if beside else None
        here.sort(key=lambda one: (
            posixpath.dirname(one.place[1]) != folder if one.place[0] else True, one.place[1].count("/"), one.number
        ))  # fmt: skip
        return list(dict.fromkeys(one.number for one in here))


def _bare(name: str) -> str:
    """A name without the ending of a Markdown file."""
    return next((name[: -len(end)] for end in ENDINGS if name.lower().endswith(end)), name).strip("/ ")


def _stem(path: str) -> str:
    return _bare(path.rpartition("/")[2])


def _joined(here: str, path: str) -> str:
    """Where a relative path leads from a file; "" where it leads out of the folder."""
    joined = posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(here), path))
    return "" if joined.startswith("..") else joined


def _is_dropped(db: sqlite3.Connection, number: int) -> bool:
    row = db.execute("SELECT dropped_at IS NOT NULL FROM note WHERE id = :id", {"id": number}).fetchone()
    return bool(row and row[0])


def by_title(db: sqlite3.Connection, title: str) -> list[int]:
    """Notes of that title, case and width of letters ignored: first those not put away, then the oldest."""
    folded = fold(title)
    if not folded:
        return []
    if title.isascii():
        sql, given = "SELECT id, title, dropped_at FROM note WHERE title = :title COLLATE NOCASE", title.strip()
    else:  # SQLite folds ASCII only; the index of words folds all of them, and finds more than is meant
        found = "SELECT rowid FROM note_fts WHERE note_fts MATCH :title"
        sql = f"SELECT id, title, dropped_at FROM note WHERE id IN ({found})"
        given = 'title : "' + title.replace('"', '""') + '"'
    same = [row for row in db.execute(sql, {"title": given}) if fold(row["title"]) == folded]
    return [row["id"] for row in sorted(same, key=lambda row: (row["dropped_at"] is not None, row["id"]))]


def place_of(db: sqlite3.Connection, number: int) -> Place | None:
    """The file that a note is in, the one written or read last; None where it is in none."""
    row = db.execute(
        "SELECT root, path FROM note_file WHERE note_id = :id AND root GLOB '/*' ORDER BY at DESC, id DESC LIMIT 1",
        {"id": number},
    ).fetchone()
    return None if row is None else (row[0], row[1])


def paths_of(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """For each note that is in a file: the path of that in its folder."""
    rows = db.execute(
        "SELECT note_id, path FROM note_file WHERE root GLOB '/*' AND note_id IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY at, id", {"ids": json.dumps(list(numbers))},
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def aliases_of(db: sqlite3.Connection) -> dict[int, list[str]]:
    """For each note that has any: its other names, in the order in which they came."""
    return grouped((row[0], row[1]) for row in db.execute("SELECT note_id, name FROM note_alias ORDER BY note_id, id"))


def put_aliases(unit: "Unit", wanted: Mapping[int, Sequence[str]]) -> None:
    """The notes are called so as well; a name that is a note's title needs no second mention."""
    unit.flush()
    unit.connection.executemany(
        "INSERT INTO note_alias (note_id, name, folded) VALUES (:id, :name, :folded) ON CONFLICT DO NOTHING",
        [
            {"id": number, "name": one_line(name, 300), "folded": fold(one_line(name, 300))}
            for number, names in wanted.items() for name in names if one_line(name)
        ],
    )  # fmt: skip


def take_aliases(unit: "Unit", number: int, names: Iterable[str]) -> None:
    """The note is no longer called so."""
    unit.flush()
    unit.connection.executemany(
        "DELETE FROM note_alias WHERE note_id = :id AND folded = :name",
        [{"id": number, "name": fold(name)} for name in names],
    )
