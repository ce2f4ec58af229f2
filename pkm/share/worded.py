"""What a stage of a share is told: its notes and its title, as its circle has them, and the words beside them."""

import sqlite3
from typing import NamedTuple

from pkm.capture import title_of as title_of_text
from pkm.ids import Row, existing, make
from pkm.store import shares
from pkm.text import one_line


def notes_for(db: sqlite3.Connection, share: int, stage: Row) -> list[Row]:
    """The notes that one stage's circle gets, in order, each in the words that are for it."""
    gate = stage["gate"]
    words = gate.get("words") or {}
    chosen = gate.get("notes")
    return [
        _reworded(note, words.get(make("note", note["id"]))) for note in shares.notes(db, share)
        if chosen is None or note["id"] in chosen
    ]  # fmt: skip


def _reworded(note: Row, words: str | None) -> Row:
    """The note with other words; a title that was taken from its own is taken from these."""
    if not words:
        return note
    own = title_of_text(note["text"]) == note["title"]
    return {**note, "text": words, "title": (own and title_of_text(words)) or note["title"], "reworded": True}


class Said(NamedTuple):
    """What a stage is told beside its notes, "" where there is nothing."""

    title: str
    introduction: str
    salutation: str


def said(db: sqlite3.Connection, row: Row, stage: Row | None, own: bool) -> Said:
    """What a stage of a share is told beside its notes, as it is written: the stage's words, else the share's.

    own: whether those alone read it whom the circle's introduction and salutation are kept for; else it has neither.
    """
    words = (stage["gate"].get("words") if stage else None) or {}
    circle = stage if stage and own else {"introduction": "", "salutation": ""}
    introduction = words.get("introduction") or row["introduction"] or circle["introduction"]
    title = words.get("title") or (stage and _as_reworded(db, row, stage)) or row["title"]
    return Said(title, introduction or "", circle["salutation"] or "")


def _as_reworded(db: sqlite3.Connection, row: Row, stage: Row) -> str:
    """What the only note of a share is called in the words for one stage, where the share is called as the note is; else ""."""
    if len(row["notes"]) != 1:
        return ""
    titles = [note["title"] for note in notes_for(db, row["number"], stage) if note.get("reworded")]
    return titles[0] if titles and row["title"] == shares.notes(db, row["number"])[0]["title"] else ""


def title_for(db: sqlite3.Connection, row: Row, stage: Row | None) -> str:
    """The title that a stage of a share is told, with no comments in it."""
    from pkm.markdown import without_comments

    return one_line(without_comments(said(db, row, stage, own=False).title)) or "Finds"


def words_beside(db: sqlite3.Connection, share: int, stage: Row) -> list[str]:
    """What is written in a stage beside its notes: title, introduction, salutation, all that may be taken for these."""
    row = existing(shares.row(db, share), "share", share)
    texts = [*said(db, row, stage, own=True), row["title"], row["introduction"], stage["introduction"]]
    return [*dict.fromkeys(filter(None, texts))]
