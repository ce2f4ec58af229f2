"""How like new items are to the person's own notes, and what open question they may answer; phrases to compare items by."""

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import NamedTuple

from pkm.likeness import Rarities, count_words, rarity, say, shared, spoken_as, spoken_words, weigh, weightiest
from pkm.stemming import stem

NEAREST = 3
"""Fit is the mean of so many nearest notes: interests are plural, so that one centroid would be like nothing."""
ANSWERS_FROM, ANSWERS_WORDS = 0.2, 3
"""An item may answer an open question from this likeness on, and where they share so many words."""
RARE_IN, RARE_AMONG = 0.01, 30
"""One word of its title is a reason alone where no more than that part of so many notes, or of more, have it."""
_COMPARED = 40  # words of an item, its weightiest
_COMMON_IN = 0.1  # what more of the notes have is not looked up: it would lead to all of them


@dataclass(frozen=True, slots=True)
class OwnNote:
    """A note as far as likeness goes. question: an open one."""

    number: int
    title: str
    text: str
    question: bool = False


class Likeness(NamedTuple):
    """How like an item is to the notes: 0 to 1, the nearest note and their words; the open question it may answer."""

    fit: float = 0.0
    note: int | None = None
    words: str = ""
    answers: int | None = None


class NoteIndex:
    """The notes, ready to be compared with. common: stems that are rare in no case."""

    def __init__(self, notes: Sequence[OwnNote], common: Set[str] = frozenset()) -> None:
        counted = {note.number: count_words(note.title, note.text) for note in notes}
        found = Counter(word for words in counted.values() for word in words)
        named = {word: rarity(number, len(notes)) for word, number in found.items()}
        self._rarities = Rarities(named, log(1 + len(found)) if found else 1.0)  # what no note has can match none
        self._notes = {number: weigh(words, self._rarities) for number, words in counted.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, weights in self._notes.items():
            for word, weight in weights.items():
                if found[word] <= max(10, _COMMON_IN * len(notes)):
                    self._postings[word].append((number, weight))
        most = max(1, RARE_IN * len(notes)) if len(notes) >= RARE_AMONG else 0
        self._rare = {word for word, number in found.items() if number <= most and word not in common}
        self._questions = {note.number for note in notes if note.question}

    def compare(self, title: str, text: str) -> Likeness:
        """How like the text is to the notes; to such as share two words with it, or a rare one of its title, and to no others."""
        alone = self._rare & count_words(title, "").keys()
        weights = weigh(count_words(title, text), self._rarities)
        likeness: dict[int, float] = {}
        reasons: Counter[int] = Counter()
        for word in weightiest(weights, _COMPARED):
            weight = weights[word]
            for number, theirs in self._postings.get(word, ()):
                likeness[number] = likeness.get(number, 0.0) + weight * theirs
                reasons[number] += 2 if word in alone else 1
        likeness = {number: like for number, like in likeness.items() if reasons[number] > 1}
        if not likeness:
            return Likeness()
        nearest = [number for _, number in nlargest(NEAREST, ((like, -number) for number, like in likeness.items()))]
        nearest = [-number for number in nearest]
        fit = sum(likeness[number] for number in nearest) / NEAREST
        words = weightiest(shared(weights, self._notes[nearest[0]]), 2)
        answers = self._answered(likeness, weights)
        return Likeness(round(fit, 4), nearest[0], say(words, spoken_as(title, text)), answers)

    def _answered(self, likeness: dict[int, float], weights: dict[str, float]) -> int | None:
        """The open question that it is most like, where it is like enough."""
        asked = [
            number for number in self._questions & likeness.keys()
            if likeness[number] >= ANSWERS_FROM and len(shared(weights, self._notes[number])) >= ANSWERS_WORDS
        ]  # fmt: skip
        return max(asked, key=lambda number: (likeness[number], -number), default=None)


def phrases_of(title: str, text: str) -> dict[str, str]:
    """What a text turns to, and how it says it: words and pairs of neighbors, as stems, that stand in its title, or more
    than once in its beginning.
    """
    in_text, in_title = _phrases(spoken_words(text[:1500])), _phrases(spoken_words(title))
    counted = Counter(phrase for phrase, _ in in_text)
    return {**{phrase: said for phrase, said in in_text if counted[phrase] > 1}, **dict(in_title)}


def _phrases(words: Sequence[str]) -> list[tuple[str, str]]:
    """(phrase as stems, as it is said) of each word and each pair of neighbors."""
    stems = [(stem(word), word) for word in words]
    pairs = [(f"{one} {two}", f"{first} {second}") for (one, first), (two, second) in pairwise(stems) if one != two]
    return [*stems, *pairs]
