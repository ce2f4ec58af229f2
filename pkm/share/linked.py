"""What a stage of a share links to, by whatever form of link, and that may not go where it goes."""

import sqlite3
from collections.abc import Iterable, Sequence

from pkm.conceal import names_in
from pkm.ids import Row, make
from pkm.link_forms import name_of
from pkm.share.guard import Finding
from pkm.share.worded import notes_for, words_beside
from pkm.store import plans, shares
from pkm.text import fold


def linked_by(db: sqlite3.Connection, share: int, stage: Row, reaches: list[str]) -> list[tuple[str, int]]:
    """(name, number) of all that notes are called by that something in a stage links to and that may not go there."""
    return narrower_links(db, notes_for(db, share, stage), words_beside(db, share, stage), reaches)


def check_beside(db: sqlite3.Connection, share: int, stage: Row, reaches: list[str]) -> list[Finding]:
    """A finding for each note that title, introduction or salutation links to and that may not go there."""
    by = make("share", share)
    titles = {number: name for name, number in narrower_links(db, [], words_beside(db, share, stage), reaches)}
    return [
        (f"{make('note', number)} “{title}”", f"{by} links to it in its title or introduction, and it may not go there",
         f"pkm share edit {by}") for number, title in titles.items()
    ]  # fmt: skip


def narrower_links(
    db: sqlite3.Connection, notes: Sequence[Row], texts: Iterable[str], reaches: list[str]
) -> list[tuple[str, int]]:  # fmt: skip
    """(name, number) of all that notes are called by that these notes, or texts, link to and that may not go there.

    A link is one in whatever form, in code and comments too. A name that a note which may go has as well means that one,
    unless the store says otherwise.
    """
    known = [row for note in notes for row in _targets(db, note, reaches)]
    asked = frozenset().union(*(names_in(text) for text in [*(note["text"] for note in notes), *texts]))
    if not known and not asked:
        return []
    called = plans.called(db, reaches)
    numbers = {number for name, number in _narrow(called) if name in asked} | {row["id"] for row in known}
    named = [(name_of(name), number) for name, number, _ in called if number in numbers]
    return list(dict.fromkeys([*((row["written"], row["id"]) for row in known if row["written"]), *named]))


def cut_by(db: sqlite3.Connection, notes: Sequence[Row], reaches: list[str]) -> dict[int, list[int]]:
    """The same by note: the numbers of those that it links to and that may not go there, each once."""
    asked = {note["id"]: names_in(note["text"]) for note in notes}
    found = {note["id"]: [row["id"] for row in _targets(db, note, reaches)] for note in notes}
    for name, number in _narrow(plans.called(db, reaches)) if any(asked.values()) else ():
        for note, names in asked.items():
            found[note] += [number] if name in names else []
    return {note: list(dict.fromkeys(numbers)) for note, numbers in found.items() if numbers}


def _targets(db: sqlite3.Connection, note: Row, reaches: list[str]) -> list[Row]:
    """The notes that the store says it links to and that may not go there; in other words it may link to others."""
    return [] if note.get("reworded") else shares.narrower_targets(db, note["id"], reaches)


def _narrow(called: Iterable[tuple[str, int, bool]]) -> list[tuple[str, int]]:
    """(name, number) of what is called so, folded, and may not go there; not the names that another has which may."""
    names = [(fold(name_of(name)), number, narrow) for name, number, narrow in called]
    wide = {name for name, _, narrow in names if not narrow}
    return [(name, number) for name, number, narrow in names if narrow and name not in wide]
