"""What the full-text index knows of words: how many notes hold each, and which things hold most of some. FTS5, as search.py.

Nothing is kept beside the index for this: it is always of now, and costs nothing until it is asked.
"""

import sqlite3
from collections.abc import Sequence

from pkm.query import searchable

_RANKS = {"note": "3.0, 1.0", "item": "3.0, 0.0, 1.0"}
"""bm25's weights of the columns; what an item's author is called says nothing of its subject."""
_SHOWN = {
    "note": "note.dropped_at IS NULL",
    "item": "item.state NOT IN ('dropped', 'muted') AND item.story_id IS NULL",
}
_BOUND = 100_000
"""So many of the newest are looked at."""


def holding(db: sqlite3.Connection, least: int) -> dict[str, int]:
    """How many notes hold each stem that more than `least` notes hold: one pass over the index, 2 s for 50,000 notes."""
    _open_vocabulary(db)
    found = db.execute("SELECT term, doc FROM temp.note_words WHERE doc > :least", {"least": least})
    return {row[0]: row[1] for row in found}


def _open_vocabulary(db: sqlite3.Connection) -> None:
    """The index can be read by its words. Of this connection only: nothing is written into the store."""
    if db.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'note_words'").fetchone():
        return
    reads_only = db.execute("PRAGMA query_only").fetchone()[0]
    db.execute("PRAGMA query_only = OFF")
    try:
        db.execute("CREATE VIRTUAL TABLE temp.note_words USING fts5vocab('main', 'note_fts', 'row')")
    finally:
        db.execute(f"PRAGMA query_only = {int(reads_only)}")


def most_holding(db: sqlite3.Connection, kind: str, words: Sequence[str], limit: int) -> list[int]:
    """Notes or items that are in lists and hold most of the words, by bm25, among the newest."""
    wanted = " OR ".join(f'"{one}"' for one in map(searchable, words) if one)
    if not wanted:
        return []
    newest = db.execute(f"SELECT max(id) FROM {kind}").fetchone()[0] or 0
    found = db.execute(
        f"SELECT words.rowid FROM {kind}_fts AS words WHERE words.{kind}_fts MATCH :words AND words.rowid > :after "
        f"ORDER BY bm25({kind}_fts, {_RANKS[kind]}), words.rowid DESC LIMIT :some",
        {"words": wanted, "after": newest - _BOUND, "some": limit * 2},
    )
    numbers = [row[0] for row in found]
    listed = ", ".join(str(int(number)) for number in numbers)
    there = {row[0] for row in db.execute(f"SELECT id FROM {kind} WHERE id IN ({listed}) AND {_SHOWN[kind]}")}
    return [number for number in numbers if number in there][:limit]
