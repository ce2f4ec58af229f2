"""What a yes to a stage is for: a hash of all that the person wrote for its circle and shows there, as its readers have it."""

import hashlib
import sqlite3
from collections.abc import Iterable

from pkm.conceal import conceal
from pkm.ids import Row, existing
from pkm.reach import wide_enough
from pkm.share import called, draft, linked, worded
from pkm.share.figures import Names
from pkm.store import shares, tags
from pkm.text import fold


def hashes(db: sqlite3.Connection, share: int, stage: Row) -> tuple[str, ...]:
    """What an approval is of, and of nothing else; then the same as it was before tags and the names of people counted, and
    before the circle's own words, quotes and pictures did: an approval that was given then still holds.
    """
    row = existing(shares.row(db, share), "share", share)
    words = [*worded.said(db, row, stage, own=False)[:2]]
    beside = [stage["introduction"] or "", stage["salutation"] or ""]
    notes = worded.notes_for(db, share, stage)
    names = Names(db, [note["id"] for note in notes])
    for note in notes:
        words += [note["title"], note["text"]]
        beside += [note[name] or "" for name in _CREDITED]
        beside += shares.quotes(db, note["item_id"]) if note["item_id"] is not None else ()
        beside += [f"{one.target}\t{one.attached.sha256}" for one in names.shown(note)]
    read = [line for kind in draft.kinds(db, share, stage) for line in _read(db, share, stage, kind, row, notes)]
    return _hash([*words, "", *beside, "", *read]), _hash([*words, "", *beside]), _hash(words)


_CREDITED = ("item_title", "item_url", "item_author", "source_title", "source_url")
"""What a digest says of where a note came from: others may change it."""


def _read(db: sqlite3.Connection, share: int, stage: Row, kind: str, row: Row, notes: Iterable[Row]) -> Iterable[str]:
    """The words with the names of people and of other notes in them, and the tags, as those have them who are treated as of
    that kind of circle.
    """
    naming = called.readers(db, share, stage, kind)
    hidden = frozenset(fold(name) for name, _ in linked.linked_by(db, share, stage, wide_enough(kind)))
    for said in worded.said(db, row, stage, own=stage["circle_kind"] == kind):
        yield conceal(naming.text(said), hidden)
    for note in notes:
        about, beside = tags.of(db, "note", note["id"]), called.beside(note)
        yield conceal(naming.line(note["title"], beside), hidden)
        yield conceal(naming.text(note["text"], about, beside), hidden)
        yield from about


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]
