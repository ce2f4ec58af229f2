"""Tags on things, by hand: put and taken, renamed and merged, each with what it did."""

import shlex
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pkm.errors import Invalid
from pkm.ids import make
from pkm.store import learning, tags
from pkm.store.session import Store
from pkm.store.tags import Moved
from pkm.text import fold

TAGGED = ("note", "item", "source", "contact", "circle")
"""Kinds of things that tags may be on."""


class Tagged(NamedTuple):
    """One thing after its tags were changed: what is on it now, what came and went, what of it stands in its text."""

    kind: str
    number: int
    tags: list[str]
    added: list[str]
    taken: list[str]
    written: list[str]


def read_changes(words: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """(things, tags to add, tags to take) of words such as `n1 +org/design -draft`.

    Raises Invalid where no tag is among them: a bare word is not taken for one.
    """
    add = [word[1:] for word in words if word.startswith("+") and len(word) > 1]
    take = [word.lstrip("-") for word in words if word.startswith("-") and len(word) > 1]
    things = [word for word in words if word == "-" or not word.startswith(("+", "-"))]
    if not add and not take:
        last = things[-1] if len(things) > 1 else "org"
        step = shlex.join(["pkm", "sense", "tag", *things[:-1], f"+{last}"]) if len(things) > 1 else None
        raise Invalid(" ".join(words), f"say +{last} to add a tag, -{last} to take it away", next=step)
    if not things:
        raise Invalid(" ".join(words), "say first what gets the tags: an id, or words of a title")
    for name in (*add, *take):
        tags.clean_name(name)
    return things, add, take


def new_with_likes(
    store: Store, names: Iterable[str], taken: Iterable[str] = ()
) -> list[tuple[str, list[tuple[str, int]]]]:  # fmt: skip
    """Of the names, those that no tag has yet but that nearly exist: (name, [(like it, how often)]).

    taken: tags that are taken away for them, and so are not what was meant.
    """
    db = store.read()
    gone = {fold(tags.resolve(db, tags.clean_name(name))) for name in taken}
    found = []
    for name in dict.fromkeys(tags.resolve(db, tags.clean_name(name)) for name in names):
        if tags.find(db, name) is None and (like := [one for one in tags.near(db, name) if fold(one[0]) not in gone]):
            found.append((name, like))
    return found


def change_tags(
    store: Store, things: Sequence[tuple[str, int]], add: Sequence[str], take: Sequence[str]
) -> list[Tagged]:
    """The things have the tags to add and not those to take."""
    changed = []
    with store.unit() as unit:
        for kind, number in things:
            origins = tags.origins(unit.connection, kind, number)
            taken = tags.take(unit, kind, number, take)
            added = tags.put(unit, kind, number, add)
            now = tags.of(unit.connection, kind, number)
            written = [name for name in taken if origins.get(name) == "text"]
            changed.append(Tagged(kind, number, now, added, taken, written))
        words = [*(f"+{name}" for name in add), *(f"-{name}" for name in take)]
        unit.summarize(f"{' '.join(words)} on {', '.join(make(kind, number) for kind, number in things[:5])}")
    return changed


def rename(store: Store, old: str, new: str) -> Moved:
    """The tag, and those below it, are called anew; the old names still work. Raises NotFound, Exists, Invalid."""
    with store.unit() as unit:
        moved = tags.rename(unit, old, new)
        unit.summarize(f"#{moved.old} is #{moved.new}")
        return moved


def merge(store: Store, old: str, into: str) -> Moved:
    """What had the old tag has the other; the old name still works. Raises NotFound, Invalid."""
    with store.unit() as unit:
        moved = tags.merge(unit, old, into)
        unit.summarize(f"#{moved.old} went into #{moved.new}")
        return moved


def give_alias(store: Store, alias: str, name: str) -> str:
    """The other name means the tag from now on; the tag's name. Raises Exists, Invalid."""
    with store.unit() as unit:
        kept = tags.give_alias(unit, alias, name)
        unit.summarize(f"#{tags.clean_name(alias)} means #{kept}")
        return kept


def take_alias(store: Store, alias: str) -> str:
    """The other name means nothing any more; the tag that it meant. Raises NotFound."""
    with store.unit() as unit:
        kept = tags.take_alias(unit, alias)
        unit.summarize(f"#{tags.clean_name(alias)} no longer means #{kept}")
        return kept


def set_learning(store: Store, name: str, on: bool) -> tuple[str, bool]:
    """The tag is something that one wants to learn about, or not; its name, and whether that is new."""
    with store.unit() as unit:
        kept = tags.resolve(unit.connection, tags.clean_name(name))
        changed = learning.set_learning(unit, kept, on)
        unit.summarize(f"#{kept} is {'a' if on else 'no'} learning area")
        return kept, changed
