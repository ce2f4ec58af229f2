"""Whom the readers of a share may see named in it where its writer put an @nick, and the texts as they read them then.

A nick is private, and a name is its bearer's. It is read only by those who know it anyway: the members of a team or a
community read one another's names, the people to whom a letter goes by name each other's, and everybody that of an author
whom the digest names as its source. Everybody else is "somebody". So is whoever has a note of their name that may not go.
"""

import functools
import sqlite3
from collections.abc import Collection, Sequence

from pkm.capture import masked, tags_in
from pkm.ids import Row
from pkm.markdown import escape
from pkm.reach import wide_enough
from pkm.share.unmarked import unmarked
from pkm.store import audience, contacts, shares
from pkm.store import tags as stored
from pkm.text import fold


def known_to(db: sqlite3.Connection, share: int, stage: Row, kind: str) -> frozenset[int]:
    """The contacts whose names the readers of a stage know. kind: of the circle that they are treated as."""
    if stage["circle_id"] is None:
        return frozenset(one["id"] for one in shares.people_of(db, share))
    return frozenset(audience.members(db).get(stage["circle_id"], ())) if kind != "network" else frozenset()


def readers(db: sqlite3.Connection, share: int, stage: Row, kind: str, language: str = "en") -> "Naming":
    """Texts as those have them who read a stage. kind: as known_to has it. language: where the circle has none of its own."""
    return Naming(db, stage["language"] or language, known_to(db, share, stage, kind), wide_enough(kind))


def beside(note: Row) -> tuple[str, ...]:
    """The author and the source that a digest names below a note."""
    return (note["item_author"] or "", note["source_title"] or "") if note["item_id"] is not None else ()


class Naming:
    """Texts without the marks of their writer, for readers who know some people.

    language: in which somebody is "somebody". known: the contacts whose names they know. reaches: of the notes that may go
    there.
    """

    def __init__(
        self, db: sqlite3.Connection, language: str = "en", known: Collection[int] = (), reaches: Sequence[str] = ()
    ) -> None:  # fmt: skip
        self._db, self.language, self._known, self._reaches = db, language, known, list(reaches)

    def text(self, markdown: str, tags: Collection[str] = (), beside: Sequence[str] = ()) -> str:
        """The Markdown as they read it. tags: those that are said below it. beside: the author and source named there."""
        said = self._who(beside)
        return unmarked(markdown, self._marks(markdown, tags), lambda nick: (name := said(nick)) and escape(name), self.language)

    def line(self, title: str, beside: Sequence[str] = ()) -> str:
        """A title as they read it."""
        return unmarked(title, (), self._who(beside), self.language)

    def unnamed(self, markdown: str, tags: Collection[str] = (), beside: Sequence[str] = ()) -> dict[str, bool]:
        """The nicks in a Markdown that are read as no name, in order: whether as "somebody", or as they stand."""
        who, asked = self._who(beside), {}

        def ask(nick: str) -> str | None:
            asked[nick] = who(nick)
            return asked[nick]

        unmarked(markdown, self._marks(markdown, tags), ask, self.language)
        return {nick: name == "" for nick, name in reversed(asked.items()) if not name}

    def _marks(self, markdown: str, tags: Collection[str]) -> Collection[str]:
        """The tags by all the names that they have in the text: also those that they had when it was written."""
        about = {fold(tag) for tag in tags}
        former = (mark for mark in tags_in(masked(markdown)) if fold(stored.resolve(self._db, mark)) in about)
        return {*about, *former} if about and "#" in markdown else about

    def _who(self, beside: Sequence[str]) -> "functools.partial[str | None]":
        return functools.partial(self._name, {fold(one) for one in beside if one})

    def _name(self, beside: Collection[str], nick: str) -> str | None:
        found = contacts.find_mentioned(self._db, nick)
        if not found:
            return None
        names = audience.names(self._db, found)
        name = names[found[0]]
        may = len(found) == 1 and (found[0] in self._known or fold(name) in beside)
        return name if may and fold(name) not in self._private else ""

    @functools.cached_property
    def _private(self) -> frozenset[str]:
        """What notes are called that may not go there, folded."""
        return frozenset(fold(title) for title, _ in shares.narrower_titles(self._db, self._reaches))
