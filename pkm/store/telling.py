"""How much an item tells of words: how often they stand in its title and where its text begins. Pure.

FTS5's bm25 counts the rows of a word in the whole index before it ranks any, those of a phrase by joining its words. For
items that takes longer than to read the few that are ranked; and only what is rare among these tells them apart.
"""

import re
from collections.abc import Sequence
from math import log

from pkm.query import Word, searchable
from pkm.stemming import stem

READ = 3_000
"""Bytes of a text: its beginning says what it is about better than the whole."""
_TITLE = 3
"""A word of the title counts as often as so many in the text."""
_FULL = 1.2
"""bm25's k1: where a word stands so often, it counts half of what it can."""
_SOMEWHERE = 0.5
"""What a word counts that stands further on, or in another form: the index found it."""

_Looked = tuple[re.Pattern[bytes], int, int]


def begun(text: bytes) -> bytes:
    """The part of a text that is looked at, in small letters."""
    return text[:READ].lower()


def ranks(words: Sequence[Word], told: Sequence[tuple[bytes, bytes]]) -> list[float]:
    """What each (title, text), as begun() gives them, counts for the words: as bm25 has it, the least is the best.

    A word counts the more, the fewer of these have it.
    """
    looked = [_looked(word) for word in words if searchable(word.text)]
    counts = [[_count(one, *texts) or _SOMEWHERE for one in looked] for texts in told]
    weights = [log(1 + len(told) / sum(count >= 1 or _SOMEWHERE for count in column)) for column in zip(*counts, strict=True)]
    return [-sum(weight * count / (count + _FULL) for weight, count in zip(weights, row, strict=True)) for row in counts]


def _looked(word: Word) -> _Looked:
    """How the word is looked for, and what it counts in the title and in the text."""
    return _pattern(word), 0 if word.where == "text" else _TITLE, 0 if word.where == "title" else 1


def _count(looked: _Looked, title: bytes, text: bytes) -> int:
    pattern, in_title, in_text = looked
    return in_title * len(pattern.findall(title)) + in_text * len(pattern.findall(text))


def _pattern(word: Word) -> re.Pattern[bytes]:
    """Words that begin as these do. What they begin with leads, since re skips to it; that no letter is before it follows."""
    parts = [re.escape(_beginning(one).encode()) for one in searchable(word.text).split()]
    first = rb"%b(?<!\w%b)" % (parts[0], parts[0])
    return re.compile(rb"\w*\W+".join([first, *parts[1:]]))


def _beginning(word: str) -> str:
    """What is common to the word's forms; in bytes only ASCII has small letters and letters at all."""
    small = word.lower()
    begun = stem(small) if small.isascii() else small
    while not small.startswith(begun):
        begun = begun[:-1]
    return begun
