"""What the full-text index knows of words: how many notes hold each, and which things hold most of some. FTS5, as search.py.

Nothing is kept beside the index for this: it is always of now, and costs nothing until it is asked.
"""

import sqlite3
from collections.abc import Sequence

from pkm.query_tree import And, Node, Not, Or, Word, searchable
from pkm.stemming import stem
from pkm.store.rows import in_ids

_RANKS = {"note": "3.0, 1.0", "item": "3.0, 0.0, 1.0"}
"""bm25's weights of the columns; what an item's author is called says nothing of its subject."""
_SHOWN = {
    "note": "note.dropped_at IS NULL",
    "item": "item.state NOT IN ('dropped', 'muted') AND item.story_id IS NULL",
}
_BOUND = 100_000
"""So many of the newest are looked at."""
_SPELLED = 300
"""So many words are looked up for a beginning; with more, joining all their rows is faster."""


def holding(db: sqlite3.Connection, least: int) -> dict[str, int]:
    """How many notes hold each stem that more than `least` notes hold: one pass over the index, 2 s for 50,000 notes."""
    _open_vocabulary(db, "note", "row")
    found = db.execute("SELECT term, doc FROM temp.note_words WHERE doc > :least", {"least": least})
    return {row[0]: row[1] for row in found}


def _open_vocabulary(db: sqlite3.Connection, kind: str, shape: str) -> None:
    """The index can be read by its words. Of this connection only: nothing is written into the store."""
    if db.execute("SELECT 1 FROM temp.sqlite_master WHERE name = :name", {"name": f"{kind}_words"}).fetchone():
        return
    reads_only = db.execute("PRAGMA query_only").fetchone()[0]
    db.execute("PRAGMA query_only = OFF")
    try:
        db.execute(f"CREATE VIRTUAL TABLE temp.{kind}_words USING fts5vocab('main', '{kind}_fts', '{shape}')")
    finally:
        db.execute(f"PRAGMA query_only = {int(reads_only)}")


def spelled_out(db: sqlite3.Connection, node: Node) -> Node:
    """The same of items, each beginning of a word replaced by the words that begin so, where these are not too many.

    FTS5 joins the rows of all of them before it gives the newest; those of words it gives from the newest on.
    """
    if isinstance(node, Word):
        words = _begun(db, node.text) if node.prefix and node.text.isascii() and node.text.isalnum() else []
        return Or(tuple(Word(one, where=node.where) for one in words)) if words else node
    if isinstance(node, Not):
        return Not(spelled_out(db, node.node))
    if isinstance(node, And | Or):
        return type(node)(tuple(spelled_out(db, one) for one in node.nodes))
    return node


def _begun(db: sqlite3.Connection, beginning: str) -> list[str]:
    """A word for each term of items that begins so; none where there are more than _SPELLED, or one that no word leads to.

    Each question gives one term: reading on would read all rows of each.
    """
    _open_vocabulary(db, "item", "instance")
    sql = "SELECT term FROM temp.item_words WHERE term >= :least AND term < :end LIMIT 1"
    least = stem(beginning.lower())  # as the index has it, of a beginning too
    end = least + chr(0x10FFFF)
    words: list[str] = []
    while found := db.execute(sql, {"least": least, "end": end}).fetchone():
        word = next((one for one in (found[0], f"{found[0]}e") if stem(one) == found[0]), None)
        if word is None or len(words) == _SPELLED:
            return []
        words.append(word)
        least = f"{found[0]}\x01"  # the next: no term holds a control character
    return words


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
    there = {row[0] for row in db.execute(f"SELECT id FROM {kind} WHERE id IN {in_ids(numbers)} AND {_SHOWN[kind]}")}
    return [number for number in numbers if number in there][:limit]
