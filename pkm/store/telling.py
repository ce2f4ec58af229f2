"""How much an item tells of words: how often they stand in its heading and where its text begins. Pure.

FTS5's bm25 counts the rows of a word, a phrase or all words that begin so in the whole index before it ranks any. Of a
million items that takes longer than to read the few that are ranked; and only what is rare among these tells them apart.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from math import log

from pkm.query_tree import Word, searchable
from pkm.stemming import common_beginning

READ = 3_000
"""Bytes of a text that are looked at: its beginning says what it is about better than the whole."""
TEXTS = 500
"""So many texts are read, of items whose headings hold most of the words, then of those that came first."""
_HEADING = 3
"""A word of the title, or of the author's name, counts as often as so many in the text."""
_FULL = 1.2
"""bm25's k1: where a word stands so often, it counts half of what it can."""
_SOMEWHERE = 0.5
"""What a word counts that stands further on, or in another form: the index found it."""

def ranks(
    words: Sequence[Word], headings: Sequence[bytes], texts: Callable[[Sequence[int]], Iterable[tuple[int, bytes]]]
) -> list[float]:  # fmt: skip
    """What each item counts for the words: as bm25 has it, the least is the best.

    texts: gives (place, text) for the places in `headings` whose text is to count as well. Of two words that count the more
    which fewer of the items have.
    """
    looked = [word for word in words if searchable(word.text)]
    patterns = list(map(_pattern, looked))
    weights = [0 if word.where == "text" else _HEADING for word in looked]
    counts = [[weight * len(pattern.findall(heading)) for pattern, weight in zip(patterns, weights, strict=True)]
              for heading in map(bytes.lower, headings)]  # fmt: skip
    promising = sorted(range(len(headings)), key=lambda place: -sum(map(bool, counts[place])))
    for place, text in texts(promising[:TEXTS]):
        begun = text[:READ].lower()
        for at, pattern in enumerate(patterns):
            if looked[at].where != "title":
                counts[place][at] += len(pattern.findall(begun))
    rarities = [log(1 + len(headings) / max(1, sum(map(bool, column)))) for column in zip(*counts, strict=True)]
    return [-sum(map(_worth, row, rarities)) for row in counts]


def _worth(count: int, rarity: float) -> float:
    number = count or _SOMEWHERE
    return rarity * number / (number + _FULL)


def _pattern(word: Word) -> re.Pattern[bytes]:
    """Words that begin as these do. What they begin with leads, since re skips to it; that no letter is before it follows."""
    first, *rest = map(_begun, searchable(word.text).split())
    apart = rb"(?<!\w%b)" % first if first.isalnum() else b""
    return re.compile(rb"\w*\W+".join([first + apart, *rest]))


def _begun(word: str) -> bytes:
    """A pattern of what is common to the word's forms; only ASCII has small letters in bytes."""
    small = word.lower()
    if not small.isascii():
        return f"(?:{re.escape(small)}|{re.escape(word.title())})".encode()
    return common_beginning(small).encode()
