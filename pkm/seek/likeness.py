"""How like texts are: tf-idf over the person's own notes. Pure Python, since a library for it takes a second to load."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

TITLE_COUNTS = 3
"""A word of the title counts as often as so many in the text."""
NEAREST = 3
"""Fit is the mean of so many nearest notes: interests are plural, so that one centroid would be like nothing."""
ANSWERS_FROM, ANSWERS_WORDS = 0.2, 3
"""An item may answer an open question from this likeness on, and where they share so many words."""
_READ = 4_000  # characters of a text; what comes after changes little
_COMPARED = 40  # words of an item, its weightiest
_COMMON_IN = 0.1  # what more of the notes have tells none of them apart
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]{2,30}")
_COMMON = (
    "about above after again against also although always among and another any are aren't because been before being "
    "below between both but can can't cannot could did didn't does doesn't doing don't down during each either else even "
    "ever every few for from further get gets getting give got had has hasn't have haven't having her here hers herself "
    "him himself his how however i'm into isn't it's its itself just last least less let like made make makes many may "
    "maybe might more most much must myself near need never new next nor not nothing now off often once one only onto "
    "other our ours out over own per perhaps put quite rather really said same say says see seem seems she should since "
    "some something still such take than that that's the their them themselves then there these they they're thing things "
    "think this those though through thus too two under until upon use used using very via want was way ways we're well "
    "were what when where whether which while who whom whose why will with within without won't would yes yet you you're "
    "your yours yourself der die das und den dem des ein eine einer eines nicht ist sind war auf aus bei mit von zum zur "
    "für les des une est sont pour dans par sur avec pas que qui del los las una para por con het een van voor niet aan "
    "http https www com org html"
)
_STOP = frozenset(_COMMON.split())
"""Words that say nothing of a subject. English foremost; a rare language's are few enough for idf to see to."""


def words_of(text: str) -> list[str]:
    """The text's words of a subject, in order: folded, plural and -ing taken off, without the common ones."""
    return [_stem(word) for word in _WORD.findall(text[:_READ].lower()) if word not in _STOP]


def _stem(word: str) -> str:
    """The word without the commonest English endings: enough that `teams` and `team` are one."""
    word = word.replace("\u2019", "'").removesuffix("'s")
    if len(word) > 5 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 6 and word.endswith("ing"):
        return word[:-3]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def count_words(title: str, text: str) -> Counter[str]:
    """How often each word stands there, those of the title three times."""
    counted = Counter(words_of(text))
    for word in words_of(title):
        counted[word] += TITLE_COUNTS
    return counted


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
    """The notes, ready to be compared with."""

    def __init__(self, notes: Sequence[OwnNote]) -> None:
        counted = {note.number: count_words(note.title, note.text) for note in notes}
        found = Counter(word for words in counted.values() for word in words)
        self._idf = {word: log(1 + len(notes) / number) for word, number in found.items()}
        self._notes = {number: self._weigh(words) for number, words in counted.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, weights in self._notes.items():
            for word, weight in weights.items():
                if found[word] <= max(10, _COMMON_IN * len(notes)):
                    self._postings[word].append((number, weight))
        self._questions = {note.number for note in notes if note.question}

    def _weigh(self, words: Counter[str]) -> dict[str, float]:
        """The words' weights, of length 1; a word that no note has weighs as a rare one and can match none."""
        rare = log(1 + len(self._idf)) if self._idf else 1.0
        weights = {word: (1 + log(number)) * self._idf.get(word, rare) for word, number in words.items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {word: weight / length for word, weight in weights.items()}

    def compare(self, title: str, text: str) -> Likeness:
        """How like the text is to the notes."""
        weights = self._weigh(count_words(title, text))
        likeness: dict[int, float] = {}
        for word in sorted(weights, key=lambda word: (-weights[word], word))[:_COMPARED]:
            weight = weights[word]
            for number, theirs in self._postings.get(word, ()):
                likeness[number] = likeness.get(number, 0.0) + weight * theirs
        if not likeness:
            return Likeness()
        nearest = [number for _, number in nlargest(NEAREST, ((like, -number) for number, like in likeness.items()))]
        nearest = [-number for number in nearest]
        fit = sum(likeness[number] for number in nearest) / NEAREST
        shared = self._shared(weights, nearest[0])
        return Likeness(round(fit, 4), nearest[0], _best_words(shared), self._answered(likeness, weights))

    def _shared(self, weights: dict[str, float], number: int) -> dict[str, float]:
        """What each word adds to the likeness to the note."""
        theirs = self._notes[number]
        return {word: weight * theirs[word] for word, weight in weights.items() if word in theirs}

    def _answered(self, likeness: dict[int, float], weights: dict[str, float]) -> int | None:
        """The open question that it is most like, where it is like enough."""
        asked = [
            number for number in self._questions & likeness.keys()
            if likeness[number] >= ANSWERS_FROM and len(self._shared(weights, number)) >= ANSWERS_WORDS
        ]  # fmt: skip
        return max(asked, key=lambda number: (likeness[number], -number), default=None)


def _best_words(weights: dict[str, float]) -> str:
    """The two words that make the likeness."""
    return ", ".join(sorted(weights, key=lambda word: (-weights[word], word))[:2])


def phrases_of(title: str, text: str) -> Iterable[str]:
    """What a text turns to: words and pairs of neighbors that stand in its title, or more than once in its beginning."""
    counted = Counter(_phrases(words_of(text[:1500])))
    return {*_phrases(words_of(title)), *(phrase for phrase, number in counted.items() if number > 1)}


def _phrases(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{one} {two}" for one, two in pairwise(words) if one != two)]
