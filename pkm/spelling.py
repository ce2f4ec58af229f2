"""What a mistyped name may have been: one measure and one question for all that is called by a name. Pure.

Nothing acts on what is found here: it is told, and the person types again.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from pkm.errors import Invalid
from pkm.text import fold

_WORDS = re.compile(r"[^\W_]+")


def near(typed: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names nearest to the one that was typed, as they are spelled; of equally near ones those that come first.

    Near is what is a letter too many, missing, wrong or swapped with the next: one in a word of three or four, two in a
    longer one. Where the whole is not near, each word that was typed is compared with those of the name.
    """
    word, parts = fold(typed), _WORDS.findall(fold(typed))
    apart: dict[str, tuple[int, bool]] = {}
    for name in dict.fromkeys(names):
        folded = fold(name)
        whole = _slips(word, folded)
        slips = whole if whole is not None or not parts else _slips_by_words(parts, _WORDS.findall(folded))
        if slips is not None:
            apart[name] = (slips, whole is None)
    least = min(apart.values(), default=None)
    return [name for name, slips in apart.items() if slips == least][:most]


def _slips(typed: str, name: str) -> int | None:
    """How many slips apart the words are, None where it is too many for one to stand for the other."""
    longest = max(len(typed), len(name))
    most = (longest > 2) + (longest > 4)
    if abs(len(typed) - len(name)) > most:
        return None
    from rapidfuzz.distance import OSA  # counts two letters swapped as one slip, the commonest of all

    slips = int(OSA.distance(typed, name, score_cutoff=most))
    return slips if slips <= most else None


def _slips_by_words(typed: Sequence[str], name: Sequence[str]) -> int | None:
    found = 0
    for word in typed:
        slips = [one for each in name if (one := _slips(word, each)) is not None]
        if not slips:
            return None
        found += min(slips)
    return found


def did_you_mean(names: Sequence[str]) -> str:
    """The question after names that are near; "" where there are none."""
    return f"Did you mean {' or '.join(filter(None, (', '.join(names[:-1]), names[-1])))}?" if names else ""


def none_of(what: str, typed: str, known: Collection[str], *, next: str | None = None) -> Invalid:
    """The error for a word that is none of a few; what: the word with what it was given for."""
    return Invalid(what, f"it should be one of {', '.join(known)}", near=near(typed, known), next=next)
