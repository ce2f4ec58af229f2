"""Coincidences: sources that do not cite each other turning to one subject within a week. Pure.

A subject is a word or a pair of words that at least three sources turn to now and hardly any used in the weeks before. What
an item is about, its title says: a pair stands in one of their titles, a word in two, or it is only a way of speaking.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from pkm.seek.likeness import phrases_of

SOURCES = 3
"""From so many sources on it is pointed out."""
SHOWN = 2
_BEFORE = 1  # source used it in the weeks before, at most: it is new
_WIDEST = 0.2  # what a fifth of all sources use is no subject but the language


class Told(NamedTuple):
    """An item as far as its subject goes. story: the item that stands for it."""

    item: int
    source: int
    title: str
    text: str
    story: int


class Coincidence(NamedTuple):
    """A subject, and the items that turn to it: one a source, each from another source."""

    subject: str
    items: tuple[int, ...]


def find_coincidences(
    recent: Sequence[Told], before: Sequence[Told], cited: Set[tuple[int, int]]
) -> list[Coincidence]:
    """The subjects that several sources turned to, those of most sources first, at most two.

    recent: items of the last week; before: of the weeks before it. cited: (item, item) that point at one another.
    """
    if not before:
        return []
    now, said = _sources_by_phrase(recent)
    then, _ = _sources_by_phrase(before)
    sources = len({one.source for one in (*recent, *before)})
    candidates = []
    for phrase, using in now.items():
        if len(using) < SOURCES or (len(using) > SOURCES and len(using) > _WIDEST * max(sources, 15)):
            continue
        if len(then.get(phrase, ())) > _BEFORE:
            continue
        apart = _apart(using, cited)
        if len(apart) >= SOURCES and _is_subject(phrase, apart):
            candidates.append(Coincidence(said[phrase], tuple(sorted(one.item for one in apart))))
    candidates.sort(key=lambda one: (-len(one.items), " " not in one.subject, one.subject))
    return _different(candidates)


def _sources_by_phrase(told: Iterable[Told]) -> tuple[dict[str, dict[int, Told]], dict[str, str]]:
    """By phrase: each source's item that uses it (its latest, since they come last first); and how it is said there."""
    found: dict[str, dict[int, Told]] = defaultdict(dict)
    said: dict[str, str] = {}
    for one in told:
        for phrase, words in phrases_of(one.title, one.text).items():
            found[phrase].setdefault(one.source, one)
            said.setdefault(phrase, words)
    return found, said


def _is_subject(phrase: str, told: Iterable[Told]) -> bool:
    named = sum(phrase in phrases_of(one.title, "") for one in told)
    return named >= (1 if " " in phrase else 2)


def _apart(using: Mapping[int, Told], cited: Set[tuple[int, int]]) -> list[Told]:
    """Of the sources' items those that tell no story twice and point at none of the others."""
    kept: dict[int, Told] = {}
    for one in using.values():
        same = any(one.title == other.title for other in kept.values())
        linked = any({(one.item, other.item), (other.item, one.item)} & cited for other in kept.values())
        if one.story not in kept and not same and not linked:
            kept[one.story] = one
    return list(kept.values())


def _different(candidates: Sequence[Coincidence]) -> list[Coincidence]:
    """The first two that are not about the same items."""
    chosen: list[Coincidence] = []
    for one in candidates:
        if not any(set(one.items) & set(other.items) for other in chosen):
            chosen.append(one)
        if len(chosen) == SHOWN:
            break
    return chosen
