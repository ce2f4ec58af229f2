"""Notes by the thousand: what an import of files brings, written with plain SQL inside a unit, and the files themselves.

Knows rows, not Markdown: what is new and what has changed was decided before. The unit's transaction holds the store's
only write lock, so that the next ids can be given out here.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store import links, note_names
from pkm.store.links import Written
from pkm.store.note_names import Names, Place
from pkm.store.session import Unit
from pkm.text import fold


class KnownFile(NamedTuple):
    """A note in a file of a folder, both as the store has them. hash, front, base: of the file as it was last.

    dropped: the note is put away. created_at, updated_at: the note's.
    """

    id: int
    note_id: int
    root: str
    path: str
    hash: str
    front: str
    base: str
    title: str
    text: str
    stage: str
    reach: str
    at: str | None
    created_at: str
    updated_at: str
    dropped: bool


class FileRow(NamedTuple):
    """What is kept of a file from now on."""

    note_id: int
    root: str
    path: str
    hash: str
    front: str
    base: str


_KNOWN = (
    "SELECT note_file.id, note_id, root, path, hash, front, base, title, text, stage, reach, note.at, note.created_at, "
    "note.updated_at, dropped_at IS NOT NULL FROM note_file JOIN note ON note.id = note_id "
)


_CHANGED = {"title", "text", "stage", "reach", "at", "updated_at", "dropped_at", "reviewed_at", "half_life"}


def files_in(db: sqlite3.Connection, root: str) -> dict[str, KnownFile]:
    """The files of a folder that the store knows, by their paths."""
    rows = db.execute(f"{_KNOWN} WHERE root = :root ORDER BY note_file.id", {"root": root})
    return {row["path"]: KnownFile(*row) for row in rows}


def paths_in(db: sqlite3.Connection, root: str) -> set[str]:
    """Which files of a folder the store knows."""
    return {row[0] for row in db.execute("SELECT path FROM note_file WHERE root = :root", {"root": root})}


def links_kept(db: sqlite3.Connection, root: str) -> set[tuple[str, str]]:
    """(path, what is written, folded) of each link in a folder's notes that leads to a note which is not put away."""
    rows = db.execute(
        "SELECT note_file.path, link.written FROM note_file JOIN link ON link.from_kind = 'note' "
        "AND link.from_id = note_file.note_id JOIN note ON note.id = link.to_id AND link.to_kind = 'note' "
        "WHERE note_file.root = :root AND link.origin = 'text' AND note.dropped_at IS NULL",
        {"root": root},
    )
    return {(row[0], fold(row[1])) for row in rows}


def files_of_notes(db: sqlite3.Connection) -> dict[int, KnownFile]:
    """For each note that came from a folder: its file, the one written or read last."""
    rows = db.execute(f"{_KNOWN} WHERE root GLOB '/*' ORDER BY note_file.at, note_file.id")
    return {row["note_id"]: KnownFile(*row) for row in rows}


def roots(db: sqlite3.Connection) -> list[str]:
    """The folders that notes came from or went to, by name."""
    return [row[0] for row in db.execute("SELECT DISTINCT root FROM note_file ORDER BY root")]


def add_notes(unit: Unit, rows: Sequence[Row]) -> list[int]:
    """The notes are in the store; their ids in order. Rows: uid, title, text, stage, reach, at, created_at, updated_at."""
    unit.flush()
    found = unit.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'note'").fetchone()
    first = 1 if found is None else int(found[0]) + 1
    numbers = list(range(first, first + len(rows)))
    unit.connection.executemany(
        "INSERT INTO note (id, uid, title, text, stage, reach, at, created_at, updated_at) "
        "VALUES (:id, :uid, :title, :text, :stage, :reach, :at, :created_at, :updated_at)",
        ({**row, "id": number} for number, row in zip(numbers, rows, strict=True)),
    )
    return numbers


def change_notes(unit: Unit, changes: Mapping[int, Row]) -> None:
    """The notes have these columns: any of title, text, stage, reach, at, updated_at, dropped_at, reviewed_at, half_life."""
    unit.flush()
    for number, row in changes.items():
        assert row.keys() <= _CHANGED
        if row:
            values = ", ".join(f"{name} = :{name}" for name in row)
            unit.connection.execute(f"UPDATE note SET {values} WHERE id = :id", {**row, "id": number})


def keep_files(unit: Unit, rows: Iterable[FileRow]) -> None:
    """The store knows these files as they are now; a path in a folder is one file."""
    unit.flush()
    unit.connection.executemany(
        "INSERT INTO note_file (note_id, root, path, hash, front, base, at) VALUES (:note_id, :root, :path, :hash, :front, "
        ":base, :at) ON CONFLICT (root, path) DO UPDATE SET note_id = excluded.note_id, hash = excluded.hash, "
        "front = excluded.front, base = excluded.base, at = excluded.at",
        ({**row._asdict(), "at": unit.at} for row in rows),
    )


def forget_files(unit: Unit, root: str, paths: Iterable[str]) -> None:
    """The store knows no such files any more; their notes stay."""
    unit.flush()
    unit.connection.executemany(
        "DELETE FROM note_file WHERE root = :root AND path = :path", [{"root": root, "path": path} for path in paths]
    )


def move_root(unit: Unit, old: str, new: str) -> None:
    """A folder is elsewhere now; its files are the same."""
    unit.flush()
    unit.connection.execute("UPDATE note_file SET root = :new WHERE root = :old", {"old": old, "new": new})


def link_many(unit: Unit, written: Mapping[int, Sequence[Written]], names: Names, places: Mapping[int, Place]) -> None:
    """The links in the texts and front matter of these notes are exactly those; links made by hand stay.

    names: of all notes. places: the files that the notes are in. A link that stood before keeps what it pointed to.
    """
    unit.flush()
    db = unit.connection
    memory: dict[tuple[str, str], tuple[str, int] | None] = {}
    stood = _standing(db, written)
    added, kept = [], []
    for number, found in written.items():
        for key, link in _each_once(found).items():
            before = stood.pop((number, *key), None)
            target = (before["to_kind"], before["to_id"]) if before and before["to_id"] is not None else _answer(
                db, link, names, places.get(number), number, memory
            )  # fmt: skip
            if target is None and (link.path or names.meant(link.name, places.get(number)) == [number]):
                continue  # a file that is not there, or the note itself, is not wanted
            kind, to = target or (link.kind, None)
            row = {"id": number, "kind": kind, "to": to, "name": link.name, "sentence": link.sentence, "at": unit.at,
                   "type": link.type, "origin": "text" if link.type == "related" else "front"}  # fmt: skip
            if before is None:
                added.append(row)
            elif (kind, to, link.sentence) != (before["to_kind"], before["to_id"], before["sentence"]):
                kept.append({**row, "id": before["id"]})
    db.executemany("DELETE FROM link WHERE id = :id", [{"id": row["id"]} for row in stood.values()])
    db.executemany("UPDATE link SET to_kind = :kind, to_id = :to, sentence = :sentence WHERE id = :id", kept)
    db.executemany(
        "INSERT INTO link (from_kind, from_id, to_kind, to_id, type, written, sentence, origin, created_at) "
        "VALUES ('note', :id, :kind, :to, :type, :name, :sentence, :origin, :at)", added,
    )  # fmt: skip


def _each_once(found: Iterable[Written]) -> dict[tuple[str, str], Written]:
    once: dict[tuple[str, str], Written] = {}
    for link in found:
        once.setdefault((fold(link.name), link.type), link)
    return once


def _standing(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[tuple[int, str, str], sqlite3.Row]:
    rows = db.execute(
        "SELECT * FROM link WHERE from_kind = 'note' AND origin IN ('text', 'front') "
        "AND from_id IN (SELECT value FROM json_each(:ids)) ORDER BY id DESC",
        {"ids": json.dumps(list(numbers))},
    )
    return {(row["from_id"], fold(row["written"]), row["type"]): row for row in rows}


def _answer(
    db: sqlite3.Connection, link: Written, names: Names, beside: Place | None, number: int,
    memory: dict[tuple[str, str], tuple[str, int] | None],
) -> tuple[str, int] | None:  # fmt: skip
    """What a link means; what is no note (a person, a thing by its id) is looked up once."""
    if link.path or (link.kind == "note" and names.meant(link.name, beside)):
        return links.answer_among(db, link, names, beside, number)
    key = (link.kind, fold(link.name))
    if key not in memory:
        memory[key] = links.answer_among(db, link, names, beside, number)
    return memory[key]


def resolve_wanted(unit: Unit, names: Names, numbers: Iterable[int]) -> int:
    """Links of other notes that waited for a note point to one of these where it is called so; how many."""
    unit.flush()
    new = set(numbers)
    rows = unit.connection.execute(
        "SELECT id, from_id, written FROM link WHERE to_kind = 'note' AND to_id IS NULL AND from_kind = 'note' ORDER BY id"
    ).fetchall()
    places: dict[int, Place | None] = {}
    found = []
    for row in rows:
        if row["from_id"] not in places:
            places[row["from_id"]] = note_names.place_of(unit.connection, row["from_id"])
        meant = [number for number in names.meant(row["written"], places[row["from_id"]]) if number != row["from_id"]]
        if meant and meant[0] in new:
            found.append({"id": row["id"], "to": meant[0]})
    unit.connection.executemany("UPDATE link SET to_id = :to WHERE id = :id", found)
    return len(found)


def hand_tags(db: sqlite3.Connection) -> dict[int, list[str]]:
    """For each note that has any: the tags that were put on it, not those of its text, by name."""
    rows = db.execute(
        "SELECT entity_id, tag.name FROM tagging JOIN tag ON tag.id = tag_id WHERE kind = 'note' AND origin <> 'text' "
        "ORDER BY tag.name COLLATE NOCASE, tag.id"
    )
    return grouped((row[0], row[1]) for row in rows)


def live_notes(db: sqlite3.Connection) -> list[Row]:
    """Every note that is not put away, by id, as an export needs it, with the address of the page it was made from."""
    rows = db.execute(
        "SELECT note.id, note.title, note.text, note.stage, note.reach, note.at, note.created_at, note.updated_at, "
        "coalesce(item.url, '') AS source FROM note LEFT JOIN item ON item.id = note.item_id "
        "WHERE note.dropped_at IS NULL ORDER BY note.id"
    )
    return [dict(row) for row in rows]


def unfiled_notes(db: sqlite3.Connection) -> list[Row]:
    """Every note with words in it that is not put away and that is in no file: {"id", "title", "text"}, newest first."""
    rows = db.execute(
        "SELECT id, title, text FROM note WHERE dropped_at IS NULL AND trim(text) <> '' "
        "AND NOT EXISTS (SELECT 1 FROM note_file WHERE note_id = note.id) ORDER BY id DESC"
    )
    return [dict(row) for row in rows]
