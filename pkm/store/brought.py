"""What an import brought and nobody touched here since: notes that came in by files, as old as they were there.

The store says so by its times: what is written or looked at here has the time of a command, what an import brings that of
its file (or of the import itself, where the file says a later one). One who never asked for a note owes it nothing.
"""

import sqlite3
from collections.abc import Iterable

from pkm.store.rows import in_ids

LAST_SEEN = "coalesce(note.reviewed_at, note.updated_at)"
BROUGHT = (
    f"(+note.id IN (SELECT note_id FROM note_file) AND ({LAST_SEEN} NOT IN (SELECT at FROM operation) "
    f"OR (note.reviewed_at IS NULL AND EXISTS (SELECT 1 FROM note_file WHERE note_file.note_id = note.id "
    f"AND note_file.at = {LAST_SEEN}))))"
)
"""SQL: a note of an import that nobody wrote on, grew or looked at here. Two look-ups in indexes a note.

+: it is never the files that lead the search.
"""

_WORDS = 60
"""Characters of a text that is worth a look: fewer are an empty page."""


def folders_of(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """For each of these notes that an import brought, and that says something of its own: the folder or file it came from.

    Empty pages and templates are left out.
    """
    found = db.execute(
        f"SELECT note.id, note.text, note.title, note_file.root, note_file.path FROM note JOIN note_file "
        f"ON note_file.note_id = note.id WHERE note.id IN {in_ids(numbers)} AND {BROUGHT} ORDER BY note.id, note_file.id DESC"
    )
    return {
        row["id"]: row["root"].rstrip("/").rpartition("/")[2]
        for row in found
        if len(row["text"].strip()) >= _WORDS and "template" not in f"{row['path']} {row['title']}".casefold()
    }


def are_brought(db: sqlite3.Connection, numbers: Iterable[int]) -> set[int]:
    """Which of these notes an import brought and nobody touched."""
    return {row[0] for row in db.execute(f"SELECT note.id FROM note WHERE note.id IN {in_ids(numbers)} AND {BROUGHT}")}
