"""How alike two names are, and why: spelling, order, initials, short forms. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, utils

from pkm.grouped import grouped_sets
from pkm.text import fold

ALIKE = 86
"""From this likeness (0 to 100) on, two full names may be one."""

_TITLES = {"dr", "prof", "mr", "mrs", "ms", "sir", "herr", "frau", "phd", "md", "jr", "sr", "ii", "iii", "dipl", "ing"}
_SHORT_FORMS = (
    "alexander alexandra alex sasha", "andrew andy drew", "anthony tony", "barbara barb", "benjamin ben", "catherine "
    "katherine kathryn cathy kathy kate katie", "charles charlie chuck", "christopher christine christina chris",
    "daniel dan danny", "david dave", "deborah debbie deb", "donald don", "edward ed eddie ted", "elizabeth liz beth "
    "betty lisa", "francisco paco", "frederick fred", "gregory greg", "james jim jimmy jamie", "jennifer jen jenny",
    "johannes hans", "john johnny jack", "jonathan jon", "jose pepe", "joseph joe josef sepp", "joshua josh",
    "kenneth ken kenny", "lawrence larry", "margaret maggie meg peggy", "matthew matt", "maximilian max",
    "michael mike mick michi", "nathaniel nathan nate", "nicholas nick nico", "pamela pam", "patrick patricia pat",
    "peter pete", "philip phillip phil", "raymond ray", "rebecca becky", "richard rick dick", "robert bob rob bobby "
    "bert", "ronald ron", "samuel samantha sam", "stephen steven steve", "susan sue", "theodore ted theo", "thomas tom "
    "tommy", "timothy tim", "victoria vicky", "vincent vince", "walter walt", "william bill will billy", "wolfgang wolf",
)  # fmt: skip


@lru_cache(maxsize=1)
def _forms() -> dict[str, set[int]]:
    return grouped_sets((_spelled(name), place) for place, line in enumerate(_SHORT_FORMS) for name in line.split())


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared. plain: lower case, without accents, punctuation and titles, family name last."""

    plain: str
    words: tuple[str, ...]
    ordered: str  # the words in their order in a dictionary
    initials: str  # of the first and the last word, the earlier letter first


@lru_cache(maxsize=100_000)
def read_name(text: str) -> Name:
    """The name without accents and titles; "Silva, Maria" is Maria Silva."""
    family, comma, rest = text.partition(",")
    if comma and rest.strip() and "," not in rest and not set(utils.default_process(rest).split()) <= _TITLES:
        text = f"{rest} {family}"
    text = text if text.isascii() else _without_accents(text)
    words = [_spelled(word) for word in utils.default_process(text.replace("'", "")).split()]
    kept = tuple(word for word in words if word not in _TITLES) or tuple(words)
    initials = "".join(sorted(word[0] for word in (kept[0], kept[-1]))) if kept else ""
    return Name(" ".join(kept), kept, " ".join(sorted(kept)), initials)


def _spelled(word: str) -> str:
    """The word with one spelling for Jörg and Joerg."""
    return re.sub(r"(?<=[aou])e", "", word) if len(word) > 4 else word


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", fold(text).replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter) and letter not in "’`")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes two names alike, in words, and how much it says (0 to 1)."""

    why: str
    score: float


def compare(one: Name, other: Name) -> Likeness | None:
    """How alike the two are: the same, in another order, hardly another spelling, initials, a short form; else None.

    The score of spellings is rapidfuzz's QRatio or token_sort_ratio, whichever is higher, of the names without accents.
    """
    if not one.plain or not other.plain:
        return None
    full = len(one.words) > 1 and len(other.words) > 1
    if one.plain == other.plain:
        return Likeness("the same name", 0.6 if full else 0.3)
    if not full:
        return _compare_single(one, other)
    if one.ordered == other.ordered:
        return Likeness("the same name in another order", 0.58)
    if one.words[-1] == other.words[-1] and (found := _in_short(one.words, other.words)) is not None:
        return found
    if one.initials != other.initials or _are_told_apart(one.words, other.words):
        return None  # Anna and Hanna, Jan and Dan: as like as a slip, and mostly two people
    if (masked := _without_figures(one.plain)) and masked == _without_figures(other.plain):
        return None  # Contact 001 and Contact 010
    ratio = likeness(one, other)
    return Likeness(f"names alike by {ratio:.0f} of 100", 0.42 + (ratio - ALIKE) / 100) if ratio >= ALIKE else None


def likeness(one: Name, other: Name) -> float:
    """0 to 100, 0 under ALIKE: rapidfuzz's QRatio and token_sort_ratio, with default_process, as read_name prepared them."""
    ratio = fuzz.ratio(one.plain, other.plain, score_cutoff=ALIKE)
    return max(ratio, fuzz.ratio(one.ordered, other.ordered, score_cutoff=ALIKE))


def _compare_single(one: Name, other: Name) -> Likeness | None:
    """One of them is a single word: a spelling of a long one, or a part of the other, which says little."""
    ratio = likeness(one, other)
    if len(one.words) == len(other.words) and ratio >= 90 and min(len(one.plain), len(other.plain)) >= 7:
        return Likeness(f"names alike by {ratio:.0f} of 100", 0.25)
    return None


def _in_short(one: tuple[str, ...], other: tuple[str, ...]) -> Likeness | None:
    """Of one family name: given names that are initials, short forms or a part of the other's."""
    if len(one[-1]) < 2:
        return None
    first, second = one[0], other[0]
    if first != second and (len(first) == 1 or len(second) == 1):
        return Likeness("the same initial and family name", 0.4) if first[0] == second[0] else None
    if first != second and _forms().get(first, set()) & _forms().get(second, set()):
        return Likeness("one given name may be short for the other", 0.4)
    if first == second and _middles_agree(one[1:-1], other[1:-1]):
        return Likeness("the same name but for the middle one", 0.5)
    return None


def _without_figures(plain: str) -> str:
    """The name with its figures masked, "" where it has none."""
    masked = re.sub(r"\d+", "0", plain)
    return masked if masked != plain else ""


def _are_told_apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether an initial in the middle is all that differs: that is what it is there for."""
    if one[-1] != other[-1] or one[0] != other[0]:
        return False
    return any(len(a) == 1 or len(b) == 1 for a, b in zip(one[1:-1], other[1:-1], strict=False))


def _middles_agree(middle: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether one has no middle name, or each is an initial of the other's."""
    if not middle or not others:
        return True
    return all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in zip(middle, others, strict=False))


def are_apart(one: Name, other: Name) -> bool:
    """Whether the two name two people: full names whose given names are nothing alike."""
    if min(len(one.words), len(other.words)) < 2 or compare(one, other) is not None:
        return False
    return fuzz.ratio(one.words[0], other.words[0]) < 75 and not set(one.words) <= set(other.words)
