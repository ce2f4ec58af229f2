"""Attachments: which files notes show or point at, by name and by the hash of their bytes. The bytes are not here."""

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from pkm.store.session import Unit


class Attached(NamedTuple):
    """A file of notes: its name (a path in the folder that it came from), and the hash of its bytes."""

    name: str
    sha256: str
    media_type: str
    size_bytes: int


SENT = ".sent/"
"""How the names begin of what went out of attachments, made clean: no file of a folder of notes is called so."""


def rows(db: sqlite3.Connection) -> list[Attached]:
    """All of them that notes name, by name; of one name the newest."""
    found = db.execute(
        "SELECT name, sha256, media_type, size_bytes FROM attachment WHERE substr(name, 1, :length) <> :sent ORDER BY name, id",
        {"sent": SENT, "length": len(SENT)},
    )
    return list({row["name"]: Attached(*row) for row in found}.values())


def keep_sent(unit: Unit, files: Iterable[Attached]) -> None:
    """What goes out of attachments belongs to the store, under these names."""
    unit.flush()
    unit.connection.executemany(
        "INSERT INTO attachment (name, sha256, media_type, size_bytes, created_at) "
        "VALUES (:name, :sha256, :media_type, :size_bytes, :at) ON CONFLICT DO NOTHING",
        [{**one._asdict(), "name": SENT + one.name, "at": unit.at} for one in files],
    )


def hashes(db: sqlite3.Connection) -> dict[str, tuple[str, int]]:
    """Each hash that is known, with a name and the size of it."""
    found = db.execute("SELECT sha256, name, size_bytes FROM attachment ORDER BY id")
    return {row[0]: (row[1], row[2]) for row in found}


def put(unit: Unit, files: Iterable[Attached]) -> list[str]:
    """The files are known under their names; the names that are new or mean other bytes now."""
    unit.flush()
    there = {one.name: one.sha256 for one in rows(unit.connection)}
    new = [one for one in files if there.get(one.name) != one.sha256]
    gone = json.dumps([one.name for one in new if one.name in there])
    unit.connection.execute("DELETE FROM attachment WHERE name IN (SELECT value FROM json_each(:names))", {"names": gone})
    unit.connection.executemany(
        "INSERT INTO attachment (name, sha256, media_type, size_bytes, created_at) "
        "VALUES (:name, :sha256, :media_type, :size_bytes, :at)", [{**one._asdict(), "at": unit.at} for one in new],
    )  # fmt: skip
    return [one.name for one in new]
