"""Where a quote stands in a text: found when it is made, and found again, or given up, when the text has changed.

Pure: values in, values out. Source: W3C Web Annotation Data Model, text quote selector (exact, prefix, suffix) and text
position selector. An anchor never lies: in doubt there is none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

CONTEXT = 32
"""Characters kept on each side of a quote."""
LIKENESS = 0.85
"""From this likeness on a place is taken for the quoted one."""
MARGIN = 0.06
"""How much more like than the second best place the best one has to be."""
ALONE, ONE_SIDED = 24, 0.9
"""A quote this long is known again with the words on one side of it only, where both are so like what they were."""
SEED = 8
"""Characters of a piece by which places are looked for."""
PLACES = 24
"""How many places are compared letter by letter."""
OFTEN = 60
"""A piece that stands in the text more often tells no place."""


class Passage(NamedTuple):
    """A stretch of a text: text[start:end]."""

    start: int
    end: int


class Anchor(NamedTuple):
    """Where a quote stands, and how like it is, with what is around it, to what was quoted (0 to 1)."""

    start: int
    end: int
    likeness: float


class Selector(NamedTuple):
    """What is kept of a quote."""

    exact: str
    prefix: str
    suffix: str
    position: int | None


def select(text: str, passage: Passage) -> Selector:
    """The passage as it is kept: its words, up to CONTEXT characters on each side, its place."""
    start, end = passage
    return Selector(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start)


_SAME = str.maketrans(
    dict.fromkeys("“”„‟«»″❝❞", '"') | dict.fromkeys("‘’‚‛‹›′`´", "'") | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": "...", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": ""}
)  # fmt: skip
_BLANK, _RUN = re.compile(r"\s"), re.compile(r"\s+")


class Folded(NamedTuple):
    """A text as quotes are compared, and for each of its characters where it came from."""

    text: str
    sources: list[int]


def folded(text: str) -> Folded:
    """The text without case, typographic quotes and dashes, soft hyphens; white space is single spaces."""
    characters: list[str] = []
    sources: list[int] = []
    for position, character in enumerate(text):
        plain = " " if character.isspace() else character.casefold().translate(_SAME)
        if plain == " " and (not characters or characters[-1] == " "):
            continue
        for one in plain:
            characters.append(one)
            sources.append(position)
    return Folded("".join(characters), sources)


def find(text: str, quote: str) -> list[Passage]:
    """Every place of the quote in the text, in order: as given, else with case, white space and quotes folded."""
    quote = quote.strip()
    if not quote:
        return []
    exact = [Passage(start, start + len(quote)) for start in _occurrences(text, quote)]
    if exact:
        return exact
    there, wanted = folded(text), folded(quote).text.strip()
    if not wanted:
        return []
    found = []
    for start in _occurrences(there.text, wanted):
        last = there.sources[start + len(wanted) - 1]
        found.append(Passage(there.sources[start], last + 1))
    return found


def closest(text: str, quote: str) -> str:
    """The passage of the text most like the quote, in whole words; "" where nothing is like it."""
    from rapidfuzz import fuzz

    there, wanted = folded(text), folded(quote).text.strip()
    if not wanted or not there.text.strip():
        return ""
    found = fuzz.partial_ratio_alignment(wanted[:1000], there.text[:500_000], score_cutoff=60)
    if found is None or found.dest_end <= found.dest_start:
        return ""
    start, end = there.sources[found.dest_start], there.sources[found.dest_end - 1] + 1
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return _RUN.sub(" ", text[start:end]).strip()


def anchor(text: str, exact: str, prefix: str, suffix: str, position: int | None) -> Anchor | None:
    """Where the quote stands in the text now, None where that is not certain.

    Certain: the same words with the same surroundings at the same place; or the one place whose words are LIKENESS like
    the quote's, and so with their surroundings, by MARGIN more than any other's.
    """
    if not exact:
        return None
    if position is not None and position >= 0 and _stands_at(text, exact, prefix, suffix, position):
        return Anchor(position, position + len(exact), 1.0)
    # where a line was wrapped says nothing; each character stays in its place
    text, exact, prefix, suffix = (_BLANK.sub(" ", words) for words in (text, exact, prefix, suffix))
    scored = sorted(_scored(text, exact, prefix, suffix), key=lambda one: (-one[0], one[1]))
    if not scored or scored[0][2] < LIKENESS:
        return None
    best = scored[0]
    others = [one for one in scored[1:] if one[1].end <= best[1].start or one[1].start >= best[1].end]
    if any(best[0] - max(one[0], one[3]) < MARGIN for one in others):
        return None
    return Anchor(best[1].start, best[1].end, round(best[2], 3))


def _stands_at(text: str, exact: str, prefix: str, suffix: str, position: int) -> bool:
    end = position + len(exact)
    return (
        text[position:end] == exact
        and text[max(0, position - CONTEXT) : position] == prefix
        and text[end : end + CONTEXT] == suffix
    )


def _occurrences(text: str, wanted: str, most: int = 2000) -> list[int]:
    found: list[int] = []
    at = text.find(wanted)
    while at >= 0 and len(found) < most:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def _scored(text: str, exact: str, prefix: str, suffix: str) -> Iterator[tuple[float, Passage, float, float]]:
    """Places that may be the quote's: (likeness of the whole, the place, the likeness that decides, that of the region).

    The region's is what counts against another place: where letters of a quote were changed, its bounds are uncertain.
    """
    for place, region in _places(text, exact, prefix, suffix).items():
        whole, deciding = _likeness(text, place, exact, prefix, suffix)
        yield whole, place, deciding, region


def _likeness(text: str, place: Passage, exact: str, prefix: str, suffix: str) -> tuple[float, float]:
    """(likeness of quote and surroundings together, the likeness that decides whether it is the place).

    What decides is the lesser of the quote's own likeness and that of quote and surroundings. A long quote may have
    lost the words on one side of it: something else was put there.
    """
    from rapidfuzz.distance import Indel

    like = Indel.normalized_similarity
    before = text[max(0, place.start - len(prefix)) : place.start]
    after = text[place.end : place.end + len(suffix)]
    words = text[place.start : place.end]
    whole = like(prefix + exact + suffix, before + words + after)
    around = whole
    if len(exact) >= ALONE:
        left = like(prefix + exact, before + words) if len(prefix) >= SEED else 0.0
        right = like(exact + suffix, words + after) if len(suffix) >= SEED else 0.0
        around = max(around, *(side for side in (left, right) if side >= ONE_SIDED), 0.0)
    return whole, min(like(exact, words), around)


def _places(text: str, exact: str, prefix: str, suffix: str) -> dict[Passage, float]:
    """Where the quote stands word for word, and where pieces of it and its surroundings stand together; how like it is."""
    places = {Passage(start, start + len(exact)): 0.0 for start in _occurrences(text, exact, 400)}
    window = prefix + exact + suffix
    for start in _starts(text, window):
        found = _aligned(text, window, start, len(prefix), len(prefix) + len(exact))
        if found is not None:
            places[found[0]] = max(found[1], places.get(found[0], 0.0))
    return places


def _starts(text: str, window: str) -> list[int]:
    """Where the window may begin in the text, by votes of its pieces; the most voted first."""
    step = max(2, len(window) // 120)
    votes: dict[int, int] = {}
    for offset in range(0, max(1, len(window) - SEED + 1), step):
        found = _occurrences(text, window[offset : offset + SEED], OFTEN + 1)
        if len(found) <= OFTEN:
            for at in found:
                votes[at - offset] = votes.get(at - offset, 0) + 1
    return _spread(votes)


def _spread(votes: dict[int, int]) -> list[int]:
    """Starts with their neighbors' votes joined, at most PLACES, none near a better one."""
    starts = sorted(votes)
    sums = [0]
    for start in starts:
        sums.append(sums[-1] + votes[start])
    reach = SEED * 2

    def joined(start: int) -> int:
        return sums[bisect_right(starts, start + reach)] - sums[bisect_right(starts, start - reach - 1)]

    chosen: list[int] = []
    for start in sorted(starts, key=lambda start: (-joined(start), -votes[start], start)):
        if all(abs(start - other) > reach for other in chosen):
            chosen.append(start)
        if len(chosen) == PLACES:
            break
    return chosen


def _aligned(text: str, window: str, start: int, begin: int, end: int) -> tuple[Passage, float] | None:
    """Where window[begin:end] stands in the text, when the window begins about at `start`; how like the window is there.

    Where no letter of it is left, the place is where it would stand.
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Indel

    slack = CONTEXT + len(window) // 4
    low = max(0, start - slack)
    region = text[low : max(low, start + len(window) + slack)]
    found = fuzz.partial_ratio_alignment(window, region)
    if found is None or found.dest_end <= found.dest_start:
        return None
    codes = Indel.opcodes(window[found.src_start : found.src_end], region[found.dest_start : found.dest_end])
    steps = [(code.tag, code.src_start, code.src_end, code.dest_start, code.dest_end) for code in codes]
    first = _mapped_start(steps, begin - found.src_start)
    last = _mapped_end(steps, end - found.src_start)
    if first is None or last is None or last <= first:
        first = min(max(begin - found.src_start, 0), found.dest_end - found.dest_start - 1)
        last = max(first + 1, min(end - found.src_start, found.dest_end - found.dest_start))
    here = low + found.dest_start
    whole = _whole_words(text, here + first, here + last)
    return _with_ends(text, whole, window[begin:end].split()), found.score / 100


def _with_ends(text: str, found: Passage, words: Sequence[str]) -> Passage:
    """The passage with the first words of the quote where they stand just before it, and the last where just behind."""
    start, end = found
    before, behind = text[:start].rstrip(), text[end:].lstrip()
    for count in range(min(3, len(words) - 1), 0, -1):
        first, last = (" ".join(part) for part in (words[:count], words[-count:]))
        if start == found.start and before.endswith(first) and not text.startswith(first, start):
            start = len(before) - len(first)
        if end == found.end and behind.startswith(last) and not text.endswith(last, 0, end):
            end = len(text) - len(behind) + len(last)
    return _whole_words(text, start, end)


def _whole_words(text: str, start: int, end: int) -> Passage:
    """The passage with the words that it began or ended in the midst of, and without blanks around."""
    while start < end and text[start].isspace():
        start += 1
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Passage(start, end)


_Step = tuple[str, int, int, int, int]


def _mapped_start(steps: Sequence[_Step], offset: int) -> int | None:
    """Where the first kept character at or after the offset stands in the other text."""
    for tag, src_start, src_end, dest_start, _ in steps:
        if tag == "equal" and src_end > offset >= 0:
            return dest_start + max(0, offset - src_start)
    return None


def _mapped_end(steps: Sequence[_Step], offset: int) -> int | None:
    """Just behind where the last kept character before the offset stands in the other text."""
    for tag, src_start, _, dest_start, dest_end in reversed(steps):
        if tag == "equal" and src_start < offset:
            return min(dest_end, dest_start + offset - src_start)
    return None
