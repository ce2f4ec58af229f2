"""Texts that are nearly the same: by the runs of three words that they share. Pure, and the same from run to run."""

import functools
import re
import zlib
from collections.abc import Iterable
from itertools import combinations

from pkm.grouped import grouped

ALIKE = 0.7
"""From so large a share of equal runs on, two texts are nearly one."""
_SKETCH = 4
"""Two texts are compared where one of so many of their runs, those of the smallest codes, is in both sketches."""
_CROWD = 40  # a run that more texts share is a form they were all written by
_WORD = re.compile(r"[^\W_]+")


@functools.lru_cache(maxsize=1 << 17)
def _code(word: str) -> int:
    return zlib.crc32(word.encode(errors="replace"))


def runs_of(text: str) -> frozenset[int]:
    """The codes of the text's runs of three words; of a shorter text, that of all its words. Empty without a word."""
    codes = list(map(_code, _WORD.findall(text.lower())))
    if len(codes) < 3:
        return frozenset([hash(tuple(codes))]) if codes else frozenset()
    # the hash of numbers does not depend on the run of the program, as that of words does
    return frozenset(map(hash, zip(codes, codes[1:], codes[2:], strict=False)))


def candidates(texts: Iterable[tuple[int, str]]) -> list[tuple[int, int]]:
    """Pairs of numbers whose texts may be nearly the same, the smaller first, each once."""
    buckets = grouped((run, number) for number, text in texts for run in sorted(runs_of(text))[:_SKETCH])
    pairs = {
        pair for numbers in buckets.values() if 1 < len(numbers) <= _CROWD for pair in combinations(sorted(numbers), 2)
    }  # fmt: skip
    return sorted(pairs)


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of their runs that both have, 0 to 1."""
    return len(one & other) / (len(one | other) or 1)
