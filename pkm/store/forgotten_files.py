"""What is remembered of the files of forgotten notes: which do not come in again, and which are still to be removed.

Both are rows of the table of dismissals that say nothing of a name or a word: digests.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from pkm.store.dismissals import dismissed
from pkm.store.session import Store, Unit

FILE = "file"
"""The kind of dismissal that keeps the file of a forgotten note away: a digest of its place, and one of its bytes."""

UNREMOVED = "unremoved"
"""The kind that names an attachment, by its hash, whose bytes are to leave the home: no row names it any more."""

_WITHIN = "IN (SELECT value FROM json_each(:ids))"


def keep_away(unit: Unit, notes: Iterable[int]) -> None:
    """The files that these notes are in outside do not come in again by themselves, where they are or moved."""
    found = unit.connection.execute(
        f"SELECT root, path, hash FROM note_file WHERE note_id {_WITHIN}", {"ids": json.dumps(sorted(notes))}
    ).fetchall()
    _put(unit, FILE, {key for row in found for key in marks_of(row["root"], row["path"], row["hash"])})


def let_in(unit: Unit, files: Iterable[tuple[str, str, str]]) -> None:
    """These files (folder, path, hash), which came in after all, are not kept away any more."""
    if kept_away(unit.connection):
        _drop(unit, FILE, [key for file in files for key in marks_of(*file)])


def kept_away(db: sqlite3.Connection) -> set[str]:
    """The marks of the files that are kept away."""
    return set(dismissed(db, FILE))


def marks_of(root: str, path: str, digest: str) -> set[str]:
    """What a file is known again by, which tells nothing of its name or words: by its place, and by the hash of its bytes."""
    said = [f"{root}\0{path}", *([digest] if digest else [])]
    return {hashlib.sha256(one.encode("utf-8", "surrogatepass")).hexdigest() for one in said}


def to_be_removed(unit: Unit, before: set[str]) -> None:
    """The bytes of those hashes that no attachment has any more are to leave the home, however soon this run is cut off."""
    _put(unit, UNREMOVED, before - hashes(unit.connection))


def remove(store: Store, folder: Path) -> str:
    """The bytes that are to leave the home have left its folder of attachments; why one has not, "" where all have.

    Only those that were named when their note was forgotten are touched; one that a row names again by now stays. Who takes
    the very same bytes in at this moment, and has not told the store so yet, is told by the doctor that they are missing.
    Raises StoreError where the store cannot be written.
    """
    why = ""
    if not dismissed(store.read(), UNREMOVED):
        return why
    with store.unit(journal=False) as unit:
        known = hashes(unit.connection)
        for sha256 in sorted(dismissed(unit.connection, UNREMOVED)):
            try:
                if sha256 not in known and re.fullmatch("[0-9a-f]{64}", sha256):
                    (folder / sha256).unlink(missing_ok=True)
            except OSError as error:
                why = f"a picture of it cannot be removed: {error.strerror or error}"
            else:
                _drop(unit, UNREMOVED, [sha256])
    return why


def hashes(db: sqlite3.Connection) -> set[str]:
    """The hashes of all attachments that are known."""
    return {row[0] for row in db.execute("SELECT sha256 FROM attachment")}


def _put(unit: Unit, kind: str, keys: Iterable[str]) -> None:
    unit.connection.executemany("INSERT OR IGNORE INTO dismissal (kind, key, title, at) VALUES (?, ?, '', ?)",
                                [(kind, key, unit.at) for key in sorted(keys)])  # fmt: skip


def _drop(unit: Unit, kind: str, keys: Iterable[str]) -> None:
    unit.connection.execute(f"DELETE FROM dismissal WHERE kind = :kind AND key {_WITHIN}",
                            {"kind": kind, "ids": json.dumps(sorted(keys))})  # fmt: skip
