"""How like texts are: tf-idf over stems. Pure Python, since a library for it takes a second to load. Knows no store."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log, sqrt
from typing import NamedTuple

from pkm.stemming import stem

TITLE_COUNTS = 3
"""A word of the title counts as often as so many in the text."""
COMMON_IN = 0.4
"""What more of the notes have tells none of them apart."""
_READ = 3_000  # characters of a text: measured, its beginning says what it is about better than the whole
_WORD = re.compile(r"[^\W_]{2,40}")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>()\[\]\"']+", re.IGNORECASE)
_COMMON = (
    "an as at be by do go he if in is it me my no of on or so to up us am ve re ll ok eg ie etc isn aren doesn didn wasn "
    "about above after again against also although always among and another any are because been before being "
    "below between both but can cannot could did does doing don down during each either else even "
    "ever every few for from further get gets getting give got had has have having her here hers "
    "herself him himself his how however into its itself just last least less let like made make makes many may "
    "maybe might more most much must myself near need never new next nor not nothing now off often once one only onto "
    "other our ours out over own per perhaps put quite rather really said same say says see seem seems she should since "
    "some something still such take than that the their them themselves then there these they thing things "
    "think this those though through thus too two under until upon use used using very via want was way ways we "
    "well were what when where whether which while who whom whose why will with within without would yes yet you "
    "your yours yourself der die das und den dem des ein eine einer eines nicht ist sind war auf aus bei mit von zum zur "
    "für les une est sont pour dans par sur avec pas que qui del los las una con het een van voor niet aan "
    "http https www com org html md"
)
_STOP = frozenset(_COMMON.split())
"""Words that say nothing of a subject. English foremost; a rare language's are few enough for idf to see to."""


def is_common(word: str) -> bool:
    """Whether the word, in lower case, says nothing of a subject."""
    return word in _STOP


def _words(text: str) -> list[str]:
    """The words of the text's beginning in lower case. The parts of an address are none: nobody speaks of them."""
    text = text[:_READ]
    if "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    return _WORD.findall(text.lower())


def spoken_words(text: str) -> list[str]:
    """The text's words of a subject as they stand there, in order and in lower case, without the common ones."""
    return [word for word in _words(text) if word not in _STOP and not word.isdecimal()]


def count_words(title: str, text: str) -> dict[str, int]:
    """How often each stem (`teams` and `team` are one) stands there, those of the title three times."""
    counted: dict[str, int] = {}
    for part, weight in ((text, 1), (title, TITLE_COUNTS)):
        for word, number in Counter(_words(part)).items():
            if word not in _STOP and not word.isdecimal():
                one = stem(word)
                counted[one] = counted.get(one, 0) + weight * number
    return counted


def spoken_as(title: str, text: str) -> dict[str, str]:
    """For each stem, how it is said there: the shortest of its words, the title's own before the text's."""
    said: dict[str, str] = {}
    for part in (text, title):
        found: dict[str, str] = {}
        for word in sorted(set(spoken_words(part)), key=lambda word: (-len(word), word)):
            found[stem(word)] = word
        said.update(found)
    return said


class Rarities(NamedTuple):
    """What each word counts (the idf), and what one counts that is not named. 0: it tells nothing apart."""

    named: Mapping[str, float]
    other: float


def rarity(holding: float, number: int) -> float:
    """What a word counts that so many of the notes hold."""
    return log(1 + number / max(1.0, holding))


def weigh(words: Mapping[str, int], rarities: Rarities) -> dict[str, float]:
    """The words' weights, of length 1."""
    named, other = rarities
    weights = {word: (1 + log(number)) * rare for word, number in words.items() if (rare := named.get(word, other))}
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def shared(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """What each word that both have adds to their likeness; the sum is the likeness, 0 to 1."""
    if len(other) < len(one):
        one, other = other, one
    return {word: weight * other[word] for word, weight in one.items() if word in other}


def compare(weights: Mapping[str, float], words: Mapping[str, int], rarities: Rarities) -> dict[str, float]:
    """The same of a text that was not weighed yet: it takes a third of the time, since only shared words are kept."""
    named, other = rarities
    both, length = {}, 0.0
    for word, number in words.items():
        if rare := named.get(word, other):
            weight = rare if number == 1 else (1 + log(number)) * rare
            length += weight * weight
            if word in weights:
                both[word] = weight * weights[word]
    length = sqrt(length) or 1.0
    return {word: weight / length for word, weight in both.items()}


def weightiest(weights: Mapping[str, float], number: int) -> list[str]:
    """The words that weigh most, equal ones by the alphabet."""
    return sorted(weights, key=lambda word: (-weights[word], word))[:number]


def say(stems: Iterable[str], said: Mapping[str, str]) -> str:
    """The stems as they are said: "desire, paths, roadmap"."""
    return ", ".join(said.get(one, one) for one in stems)
