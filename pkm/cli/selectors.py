"""Selectors: an id (n142), `.` (the last one touched), `%2` (row 2 of the last list), `-` (ids on stdin), or words; and a
query with a field or a saved search in it (`tag:org after:3m`, `:cop`), which means all that it finds.

Words name a thing exactly, or one whose title holds all of them, or one that is very like them. A guess never deletes,
merges or sends: with guess=False anything less than an exact name lists what it might have meant.
"""

import shlex
import sys
from collections.abc import Iterable, Sequence

from pkm import ids
from pkm.cli import current, render
from pkm.dates import day
from pkm.errors import Ambiguous, Invalid, NotFound
from pkm.ids import Row
from pkm.store import lookup
from pkm.store.forgetting import forgotten_on
from pkm.store.lookup import Found
from pkm.text import fold, one_line, one_of

SURE = 90
"""From this likeness on (0 to 100) a title is taken for the words typed, if no other comes within MARGIN."""
MARGIN = 6
OFFERED = 8
"""So many things are offered whose names are near the words."""
FEW_KINDS = 3
"""So many kinds are named where nothing was found."""


def one(text: str, kinds: Sequence[str], *, guess: bool = True) -> Found:
    """The one thing that the selector means.

    Raises NotFound, Ambiguous (with candidates), Invalid (an id of a kind that the command does not take).
    """
    text = text.strip()
    if text == "-":
        found = many(["-"], kinds)
        if len(found) != 1:
            raise Invalid("-", f"one id is wanted on stdin, {len(found)} came")
        return found[0]
    text = recalled(text)
    parsed = ids.parse(text)
    if parsed is not None:
        return _by_id(text, *parsed, kinds)
    if not text:
        raise Invalid("an empty selector", "an id or some words of a title are wanted")
    asked = _by_query(text, kinds)
    if asked is None:
        return _by_words(text, kinds, guess)
    if len(asked) > 1:
        raise _ambiguous(text, asked)
    return asked[0]


def named(text: str, kinds: Sequence[str]) -> Found:
    """The one thing that is called exactly so, or the one person of that first name whom nothing else can mean.

    For what is only noted of somebody; what is sent, merged or deleted takes one(…, guess=False). Raises as that does.
    """
    try:
        return one(text, kinds, guess=False)
    except Ambiguous:
        word = fold(text.strip().removeprefix("@"))
        db = current.store().read()
        people = [found for found in lookup.comparable(db, "contact", word) if fold(found.title).split()[:1] == [word]]
        others = [kind for kind in kinds if kind != "contact"]
        if len(people) != 1 or any(_holds(each.title, word) for kind in others for each in lookup.comparable(db, kind, word)):
            raise
        return people[0]


def many(texts: Iterable[str], kinds: Sequence[str], *, guess: bool = True) -> list[Found]:
    """The things that the selectors mean, in order, each once. `n1,n4` and `n1 n4` are the same."""
    found: dict[tuple[str, int], Found] = {}
    for text in _spread(texts):
        for thing in _by_query(text.strip(), kinds) or [one(text, kinds, guess=guess)]:
            found.setdefault((thing.kind, thing.number), thing)
    return list(found.values())


def _by_query(text: str, kinds: Sequence[str]) -> list[Found] | None:
    """All things of these kinds that a query finds; None where the words are no query, or the name of a thing.

    A query has a field or a saved search in it. Raises NotFound where it finds nothing.
    """
    if not ids.is_query(text):
        return None
    from pkm import query
    from pkm.dates import now
    from pkm.store.search import find_all

    db = current.store().read()
    asked = query.parse(text)
    if not query.has_field(asked.node) or any(lookup.by_name(db, kind, text) for kind in kinds):
        return None
    found = [lookup.by_number(db, kind, number) for kind, number in find_all(db, asked, kinds, now())]
    if not found:
        from pkm.cli.advice import of_tagged_sources

        why, instead = of_tagged_sources(asked)
        why = why or f"no {' or '.join(map(ids.called, kinds))} is found by it"
        raise NotFound(text, why, next=f"pkm find {shlex.quote(instead or text)}")
    return [one for one in found if one is not None]


def _spread(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        if text == "-":
            yield from _ids_of(sys.stdin.read())
            continue
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > 1 and all(ids.parse(part) or part.startswith("%") or part == "." for part in parts):
            yield from parts
        else:
            yield text


def _ids_of(lines: str) -> Iterable[str]:
    """The ids on stdin: several on a line, or a list as pkm prints it, where the first word of each line is the id."""
    for line in lines.splitlines():
        words = line.split()
        if words and all(ids.parse(word) for word in words):
            yield from words
        elif words:
            yield words[0]


def recalled(text: str) -> str:
    """What `.` and %N mean; other words as they are. Raises NotFound where the last list had no such row."""
    if text == ".":
        touched = current.recall()["touched"]
        if not touched:
            raise NotFound(".", "nothing was touched yet", next="name a thing by its id")
        return str(touched)
    if text.startswith("%") and text[1:].isdigit():
        rows = current.recall()["rows"]
        number = int(text[1:])
        if not 1 <= number <= len(rows):
            raise NotFound(text, f"the last list had {len(rows)} rows", next="list again, then count from 1")
        return str(rows[number - 1])
    return text


def _by_id(text: str, kind: str, number: int, kinds: Sequence[str]) -> Found:
    if kind not in kinds:
        raise Invalid(text, f"it is {_article(kind)} {ids.called(kind)}; this takes {_listed(kinds)}", next=f"pkm why {text}")
    found = lookup.by_number(current.store().read(), kind, number)
    if found is None:
        if at := forgotten_on(current.store().read(), ids.make(kind, number)):
            raise NotFound(text, f"it was forgotten on {day(at)}; nothing of it is left", next=ids.listing(kind))
        raise NotFound(text, f"there is no such {ids.called(kind)}", next=ids.listing(kind))
    if found.number != number:
        render.tell(f"{ids.make(kind, number)} was merged into {found.id} {one_line(found.title, 60)}.")
    return found


def _by_words(words: str, kinds: Sequence[str], guess: bool) -> Found:
    db = current.store().read()
    name = words.removeprefix("@") if "contact" in kinds else words
    if not name.strip(" ,:#"):
        raise Invalid(f"“{words}”", "it names nothing: an id or some words of a title are wanted")
    exact = [found for kind in kinds for found in lookup.by_name(db, kind, name)]
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise _ambiguous(words, exact)
    if words.isascii() and words.isdigit() and len(words) < 16:  # an id without its letter; no part of a title is meant
        numbered = [found for kind in kinds if (found := lookup.by_number(db, kind, int(words)))]
        if numbered:
            raise _ambiguous(words, numbered)
    candidates = [found for kind in kinds for found in lookup.comparable(db, kind, name)]
    holding = [found for found in candidates if _holds(found.title, name)]
    if len(holding) == 1 and guess:
        return holding[0]
    if holding:
        raise _ambiguous(words, holding)
    sure = _by_likeness(name, candidates) if guess else None
    if sure is not None:
        return sure
    if near := _near(name, kinds):
        raise _ambiguous(words, near)
    step = ids.listing(kinds[0]) if len(kinds) == 1 else f"pkm find {shlex.quote(words)}"
    if kinds == ("circle",):
        step = f"pkm circle add {shlex.quote(words)} --kind community, or {step}"
    what = f"no {' or '.join(map(ids.called, kinds))}" if len(kinds) <= FEW_KINDS else "nothing"
    raise NotFound(f"“{words}”", f"{what} is called like that", next=step)


def _by_likeness(name: str, candidates: list[Found]) -> Found | None:
    """The one candidate whose title is all but the name, None where there is none or a second."""
    from rapidfuzz import fuzz, process, utils

    scored = process.extract(
        name, [found.title for found in candidates], scorer=fuzz.token_sort_ratio, processor=utils.default_process,
        score_cutoff=SURE - MARGIN, limit=2,
    )  # fmt: skip
    alone = bool(scored) and (len(scored) == 1 or scored[0][1] - scored[1][1] >= MARGIN)
    return candidates[scored[0][2]] if alone and scored[0][1] >= SURE else None


def _near(name: str, kinds: Sequence[str]) -> list[Found]:
    """Things that may have been meant by a mistyped name, each as it is called, with the name that is near beside it."""
    from pkm.spelling import near

    db = current.store().read()
    known = {called: (kind, number) for kind in kinds for called, number in lookup.names(db, kind).items()}
    found: dict[tuple[str, int], Found] = {}
    for called in near(name, known, OFFERED):
        thing = lookup.by_number(db, *known[called])
        if thing is not None:
            title = thing.title if called == thing.title else f"{thing.title} ({called})"
            found.setdefault((thing.kind, thing.number), thing._replace(title=title))
    return list(found.values())


def _holds(title: str, words: str) -> bool:
    folded = fold(title)
    return all(word in folded for word in fold(words).split())


def _ambiguous(words: str, found: Sequence[Found]) -> Ambiguous:
    """What the words may mean, ten at most; of people also what tells them apart, and the command that lists them."""
    shown = found[:10]
    people = [one.number for one in shown if one.kind == "contact"]
    marks = lookup.marks_of_people(current.store().read(), people) if people else {}
    named = [(one.id, f"{one.title}{f'  ({marks[one.number]})' if marks.get(one.number) else ''}" if one.kind == "contact"
              else one.title) for one in shown]  # fmt: skip
    step = None
    if people and len(people) == len(shown) > 1:
        step = f"name it by its id, or pkm contact list {shlex.quote(words.removeprefix('@'))}"
    return Ambiguous(words, named, total=len(found), next=step)


def _article(kind: str) -> str:
    return "an" if ids.called(kind)[0] in "aei" else "a"


def _listed(kinds: Sequence[str]) -> str:
    """The kinds with their letters: "an item (i…), a note (n…) or an annotation (a…)"."""
    return one_of([f"{_article(kind)} {ids.called(kind)} ({ids.LETTERS[kind]}…)" for kind in kinds])


def circles_named(names: list[str]) -> list[Row]:
    """The circles of these names, each as its row with its number."""
    from pkm.store import circles

    found = many(names, ("circle",), guess=False)
    rows = [circles.row(current.store().read(), one.number) for one in found]
    return [{**row, "number": int(row["id"][1:])} for row in rows if row]
