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
    known = [row for note in notes if not note.get("reworded") for row in shares.narrower_targets(db, note["id"], reaches)]
    asked = frozenset().union(*(names_in(text) for text in [*(note["text"] for note in notes), *texts]))
    if not known and not asked:
        return []
    called = [(name_of(name), number, narrow) for name, number, narrow in plans.called(db, reaches)]
    wide = {fold(name) for name, _, narrow in called if not narrow}
    numbers = {number for name, number, narrow in called if narrow and fold(name) in asked and fold(name) not in wide}
    numbers |= {row["id"] for row in known}
    named = [(name, number) for name, number, _ in called if number in numbers]
    return list(dict.fromkeys([*((row["written"], row["id"]) for row in known if row["written"]), *named]))
