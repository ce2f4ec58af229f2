"""Links made by hand between a note and another thing, with what kind of link it is."""

import re
from typing import NamedTuple

from pkm.errors import Invalid
from pkm.ids import Row, make
from pkm.store import links
from pkm.store.session import Store
from pkm.text import clean, one_line

TYPES = ("related", "supports", "contradicts", "source", "next", "answers")
"""Kinds of links with a meaning to the program; any other word is one's own."""
LINKED = ("note", "item", "contact")


class Linked(NamedTuple):
    """A link as it stands; made is False where it was there already."""

    row: Row
    made: bool


def read_type(word: str) -> str:
    """The kind of a link as it is kept. Raises Invalid where it is not a word."""
    kept = one_line(word).lower()
    if not re.fullmatch(r"\w[\w-]{0,39}", kept):
        raise Invalid(f"--as {one_line(word, 60)}", f"one word is wanted: {', '.join(TYPES)}, or your own")
    return kept


def link(store: Store, number: int, to_kind: str, to_id: int, type: str = "related") -> Linked:
    """The note is linked to the note, item or contact; a second time changes nothing.

    Raises Invalid where it is linked to itself, or the type is no word.
    """
    type = read_type(type)
    if (to_kind, to_id) == ("note", number):
        raise Invalid(make("note", number), "a note cannot be linked to itself")
    there = _between(store, number, to_kind, to_id, type)
    if there is not None:
        return Linked(there, False)
    with store.unit() as unit:
        links.add(unit, number, to_kind, to_id, type)
        unit.summarize(f"linked {make('note', number)} to {make(to_kind, to_id)}")
    made = _between(store, number, to_kind, to_id, type)
    assert made is not None
    return Linked(made, True)


def _between(store: Store, number: int, to_kind: str, to_id: int, type: str) -> Row | None:
    found = links.between(store.read(), number, to_kind, to_id)
    return next((row for row in found if row["type"] == type), None)


def unlink(store: Store, number: int, to_kind: str, to_id: int, type: str | None = None) -> tuple[int, int]:
    """Links made by hand between the two are gone; (how many, how many stand in the note's text and stay).

    Raises Invalid where there was none.
    """
    with store.unit() as unit:
        gone, stay = links.remove(unit, number, to_kind, to_id, type)
        if not gone and not stay:
            raise Invalid(f"{make('note', number)} → {make(to_kind, to_id)}", "there is no such link")
        unit.summarize(f"unlinked {make('note', number)} from {make(to_kind, to_id)}")
        return gone, stay


def resolve(store: Store, number: int, to_kind: str, to_id: int, because: str) -> int:
    """The contradiction between the two is come to terms with, and how; it is listed no longer. How many links that was.

    Raises Invalid where there is no such contradiction, or no word about how.
    """
    because = clean(because).strip()
    if not because:
        raise Invalid("--resolve", "say how you came to terms with it")
    with store.unit() as unit:
        settled = links.settle(unit, number, to_kind, to_id, "contradicts", because)
        if not settled:
            raise Invalid(f"{make('note', number)} → {make(to_kind, to_id)}", "there is no open contradiction between them",
                          next="pkm sense review --only contradiction")  # fmt: skip
        unit.summarize(f"came to terms with {make('note', number)} against {make(to_kind, to_id)}")
    return settled
