"""What a mistyped name may have been: one measure and one question for all that is called by a name. Pure.

Nothing acts on what is found here: it is told, and the person types again.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from pkm.errors import Invalid
from pkm.text import fold, one_of

_WORDS = re.compile(r"[^\W_]+")
MOST = 2
"""Slips from one word to another that it may stand for, at most."""
FAR = 1_000


def near(typed: str, names: Iterable[str], most: int = 3, within: int = 2, *, whole: bool = False) -> list[str]:
    """The names nearest to the one that was typed, as they are spelled; of equally near ones those that come first.

    within: how many slips apart at most.

    Near is what is a letter too many, missing, wrong or swapped with the next: one in a word of three or four, two in a
    longer one. Where the whole is not near, each word that was typed is compared with those of the name; whole: it is not.
    """
    word = fold(typed)
    parts = _WORDS.findall(word)
    known = cache(slips)  # many names have the same words
    apart: dict[str, tuple[int, bool]] = {}
    for name in dict.fromkeys(names):
        folded = fold(name)
        apart[name] = (slips(word, folded), False)
        if apart[name][0] >= FAR and parts and not whole:
            words = _WORDS.findall(folded)
            apart[name] = (sum(min((known(part, one) for one in words), default=FAR) for part in parts), True)
    least = min(apart.values(), default=(FAR, True))
    return [name for name, far in apart.items() if far == least < (within + 1,)][:most]


def slips(typed: str, name: str) -> int:
    """How many slips apart two folded words are; FAR where it is too many for one to stand for the other."""
    longest = max(len(typed), len(name))
    most = min(MOST, (longest > 2) + (longest > 4))
    if abs(len(typed) - len(name)) > most:
        return FAR
    from rapidfuzz.distance import OSA  # counts two letters swapped as one slip, the commonest of all

    apart = int(OSA.distance(typed, name, score_cutoff=most))
    return apart if apart <= most else FAR


def did_you_mean(names: Sequence[str]) -> str:
    """The question after names that are near; "" where there are none."""
    return f"Did you mean {one_of(names)}?" if names else ""


def none_of(what: str, typed: str, known: Collection[str], *, next: str | None = None) -> Invalid:
    """The error for a word that is none of a few; what: the word with what it was given for."""
    return Invalid(what, should_be(known), near=near(typed, known), next=next)


def should_be(known: Collection[str]) -> str:
    """Why a word that is none of a few cannot be used."""
    return f"it should be one of {', '.join(known)}"
