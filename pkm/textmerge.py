"""Two texts that began as one, made one again line by line; and a text put back into the file that it was read from.

Pure. Knows nothing of notes, files or folders.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from pkm.text import clean

MOST_LINES = 4_000
"""So many lines that differ, beginning to end, are compared one by one; beyond that they are one difference."""

_OURS, _MIDDLE, _THEIRS = "<<<<<<<", "=======", ">>>>>>>"
OURS_NAME = "in pkm"
"""What the marks call our side."""


_MARKED = re.compile(rf"^{_OURS} .*^{_MIDDLE}$.*^{_THEIRS} ", re.M | re.S)


def is_marked(text: str) -> bool:
    """Whether two versions stand in a text, with the marks between them: somebody has still to choose."""
    return _OURS in text and _MARKED.search(text) is not None


class Merged(NamedTuple):
    """A merged text. conflicts: how many places both had changed; there both stand, between marks as git makes them."""

    text: str
    conflicts: int


def plain(body: str) -> str:
    """The text of a file as a note keeps it: cleaned, without blank lines before and after it."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", clean(body).rstrip(" \t\n"))


def same(one: str, other: str) -> bool:
    """Whether two texts say the same, line by line: blanks at the ends of lines, and blank lines around, do not count."""
    return one == other or _keys(plain(one)) == _keys(plain(other))


def merge(base: str, ours: str, theirs: str, *, theirs_name: str) -> Merged:
    """The text with what `ours` changed in `base` and what `theirs` changed in it. Nothing of either is lost.

    Lines that only one of them changed are as that one has them. Where both changed the same lines in different ways,
    both versions stand there, marked as OURS_NAME and theirs_name; so they do where an earlier merge left them in `ours`
    and nobody has chosen since.
    """
    before, others = (plain(text).split("\n") for text in (base, theirs))
    lines, both = _unmarked(plain(ours), base)
    merged: list[str] = []
    conflicts = 0

    def touch(part: slice, place: tuple[int, int]) -> bool:
        return bool(part.start <= place[1] and place[0] <= part.stop)

    for a, b, c in _regions(before, lines, others):
        was, one, other = (_keys_of(part) for part in (before[a], lines[b], others[c]))
        is_open = any(touch(a, there) or touch(b, here) for here, there in both)
        if one in (other, was):
            merged += others[c]
        elif other == was and not is_open:
            merged += lines[b]
        else:
            conflicts += 1
            merged += [f"{_OURS} {OURS_NAME}", *lines[b], _MIDDLE, *others[c], f"{_THEIRS} {theirs_name}"]
    return Merged("\n".join(merged), conflicts)


def _unmarked(text: str, base: str) -> tuple[list[str], list[tuple[tuple[int, int], tuple[int, int]]]]:
    """The lines with our side alone wherever an earlier merge left two versions marked, of which `base` has theirs; and
    where our sides are in them and theirs in the base, each as (first line, the one behind the last).

    Marks that a person quotes, or that stand in the base as well, are words like others, and so are those around a side of
    theirs that was changed here.
    """
    if _OURS not in text or is_marked(base):
        return text.split("\n"), []
    keys = _keys(plain(base))
    line = rf"(?:(?!{_OURS} |{_THEIRS} )[^\n]*\n)*?"
    mark = rf"^{_OURS} {OURS_NAME}\n(?P<ours>{line}){_MIDDLE}\n(?P<theirs>{line}){_THEIRS} in [^\n]*$\n?"
    left, at = "", 0
    places = []
    for found in re.finditer(mark, text, re.M):
        theirs = _keys(found["theirs"])[:-1]
        there = [place for place in range(len(keys)) if keys[place : place + len(theirs)] == theirs]
        if not there:
            continue
        left += text[at : found.start()]
        here = left.count("\n"), left.count("\n") + found["ours"].count("\n")
        left += found["ours"]
        at = found.end()
        places += [(here, (place, place + len(theirs))) for place in (there if theirs else [-2])]
    return (left + text[at:]).removesuffix("\n").split("\n"), places


def put_back(raw: str, text: str) -> str:
    """The body of a file that says `text`: lines that it has already stay as they are, to the byte.

    What is new has the line ends of the rest. plain(put_back(raw, text)) says the same as text.
    """
    if same(raw, text):
        return raw
    lines = re.findall(r"[^\n]*\n|[^\n]+", raw)
    end = "\r\n" if sum(line.endswith("\r\n") for line in lines) * 2 > len(lines) else "\n"
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    last = next((at for at in range(len(lines), first, -1) if lines[at - 1].strip()), first)
    core, wanted = lines[first:last], plain(text).split("\n")
    kept: list[str] = []
    for old, new in _changes(_keys_of([clean(line) for line in core]), _keys_of(wanted)):
        equal = _keys_of([clean(line) for line in core[old]]) == _keys_of(wanted[new])
        kept += core[old] if equal else [line + end for line in wanted[new]]
    made = "".join(one if one.endswith("\n") else one + end for one in kept)
    if core and not core[-1].endswith("\n"):  # the file ends without a line end, and stays so
        made = re.sub(r"\r?\n\Z", "", made)
    made = "".join([*lines[:first], made, *lines[last:]])
    # What spans lines (a terminal's sequence, a lone carriage return) is not told apart line by line: then all is new.
    return made if same(made, text) else plain(text).replace("\n", end) + end


def _keys_of(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines]


def _keys(text: str) -> list[str]:
    return _keys_of(text.split("\n"))


def _changes(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[slice, slice]]:
    """Both from beginning to end in pairs of parts: equal ones, and ones that differ."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    tail = 0
    while tail < min(len(one), len(other)) - start and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    ends = len(one) - tail, len(other) - tail
    yield slice(0, start), slice(0, start)
    if max(ends) - start > MOST_LINES:
        yield slice(start, ends[0]), slice(start, ends[1])
    else:
        matcher = SequenceMatcher(None, one[start : ends[0]], other[start : ends[1]], autojunk=False)
        for _, a, b, c, d in matcher.get_opcodes():
            yield slice(start + a, start + b), slice(start + c, start + d)
    yield slice(ends[0], len(one)), slice(ends[1], len(other))


def _matches(base: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    """(place in base, place in other, how many lines) of what is equal, in order."""
    found = []
    for a, b in _changes(base, other):
        if a.stop > a.start and list(base[a]) == list(other[b]):
            found.append((a.start, b.start, a.stop - a.start))
    return found


def _regions(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[tuple[slice, slice, slice]]:
    """The three texts from beginning to end in parts: those that are equal in all three, and what lies between.

    Source: merge3 of Bazaar (Martin Pool), find_sync_regions.
    """
    keys = [_keys_of(lines) for lines in (base, ours, theirs)]
    one, other = _matches(keys[0], keys[1]), _matches(keys[0], keys[2])
    at = [0, 0, 0]
    i = j = 0
    while i < len(one) and j < len(other):
        start = max(one[i][0], other[j][0])
        stop = min(one[i][0] + one[i][2], other[j][0] + other[j][2])
        if start < stop:
            b, c = one[i][1] + start - one[i][0], other[j][1] + start - other[j][0]
            yield slice(at[0], start), slice(at[1], b), slice(at[2], c)
            at = [stop, b + stop - start, c + stop - start]
            yield slice(start, stop), slice(b, at[1]), slice(c, at[2])
        if one[i][0] + one[i][2] < other[j][0] + other[j][2]:
            i += 1
        else:
            j += 1
    yield slice(at[0], len(base)), slice(at[1], len(ours)), slice(at[2], len(theirs))
