"""Promises as they are read out of what was logged: pure, from a text to values. A guess, which is echoed and can be undone.

A text that says `promised …` makes one of what follows, up to the sentence's end: owed by oneself, or by them where the
subject is they, she, he or one of those who took part. Knows neither the store nor the clock.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from pkm.dates import parse_stamp, stamp
from pkm.errors import Invalid
from pkm.text import clean, fold, one_line
from pkm.typed_dates import RIGHT, parse_deadline

ME, THEM = "me", "them"

_WORD = re.compile(r"(?<![\w'’])(?:promised|(?<=\bI )promise)(?![\w'’])", re.IGNORECASE)
# A point ends a sentence but in a number, an abbreviation (Dr. Dawson) or an initial (J. Doe).
_END = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\bSt)(?<!\bvs)(?<!\b[A-Z])\.(?=\s|$)|[;!?\n]")
_BREAK = re.compile(r"[,:(—–]|\s-\s|\b(?:and|but|then|so|because|while)\b", re.IGNORECASE)
_UNTIL = re.compile(r"[,\s]*\b(?:by|until|till)\s+(?P<when>(?:(?!\b(?:by|until|till)\b)[^,;])+?)\s*$", re.IGNORECASE)
_NEXT_SAID = re.compile(r"(?:\s*,|\s+(?:and|but|then|also)\b)(?:\s+[\w@'’.-]+){0,2}\s*$", re.IGNORECASE)
_TO_WHOM = re.compile(
    r"(?:him|them|you|everyone|everybody|all)\s+|her\s+(?=(?:the|a|an|to|that|my|our|some|more|two|three)\b)",
    re.IGNORECASE,
)
_LONG = 6  # letters of monday and friday, the shortest weekdays
_TO_ME = re.compile(r"(?:me|us)\b\s*", re.IGNORECASE)
_LEAD = re.compile(r"(?:to|that|:)\s+", re.IGNORECASE)
_NOT = {"not", "never", "nothing", "nobody", "none", "neither", "nor", "no", "without", "hardly", "didn't", "hasn't",
        "haven't", "hadn't", "didn’t", "hasn’t", "haven’t", "hadn’t", "no-one", "noone"}  # fmt: skip
_SKIPPED = {"also", "again", "already", "finally", "just", "even", "then", "has", "have", "had", "kindly", "who", "both",
            "all", "later", "once", "really", "gladly", "too", "still"}  # fmt: skip
_I = {"i", "we", "i've", "i’ve", "i'd", "i’d", "we've", "we’ve"}
_THEY = {"she", "he", "they", "you", "everyone", "everybody", "both", "she's", "he's", "they've", "she’s", "he’s", "they’ve"}
_PASSIVE = {"was", "were", "been", "be", "is", "are", "as", "being"}


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise that was said: what, by whom ("me" or "them"), until when (stamp) where that was said."""

    text: str
    owed_by: str = ME
    due_at: str | None = None


def read_promises(text: str, names: Sequence[Sequence[str]] = (), at: datetime | None = None) -> list[Promised]:
    """What a logged text promises, in its order, each once.

    names: what each of those who took part is called. at: the moment it was said, which `by fri` counts from; None: no
    date is read. A denial (`promised nothing`, `never promised`) and what somebody else was promised make none.
    """
    found: dict[tuple[str, str], Promised] = {}
    for sentence in _sentences(clean(text)):
        said = list(_WORD.finditer(sentence))
        for match, after in zip_longest(said, said[1:]):
            what = sentence[match.end() : after.start() if after else None]
            one = _promise(sentence[: match.start()], _NEXT_SAID.sub("", what) if after else what, names)
            if one is not None:
                one = until(one.text, one.owed_by, at)
                found.setdefault((one.owed_by, fold(one.text)), one)
    return list(found.values())


def read_all(
    text: str, names: Sequence[Sequence[str]], at: str, mine: Sequence[str], theirs: Sequence[str]
) -> list[Promised]:
    """What was promised in so many words (mine, theirs), then what the text says beside them. at: stamp of when it was.

    Raises Invalid where one is empty, or its date does not exist.
    """
    then = parse_stamp(at)
    told = [until(one, owed_by, then) for owed_by, ones in ((ME, mine), (THEM, theirs)) for one in ones]
    if any(not one.text for one in told):
        raise Invalid("an empty promise", "what was promised is wanted", next='--promise "the paper by fri"')
    read = read_promises(text, names, then)
    return told + [one for one in read if not any(_same(one, other) for other in told)]


def _same(one: Promised, other: Promised) -> bool:
    """Whether two are the same promise, told once at length and once in short."""
    texts = sorted((fold(one.text), fold(other.text)), key=len)
    return one.owed_by == other.owed_by and texts[0] in texts[1]


def until(text: str, owed_by: str, at: datetime | None) -> Promised:
    """The promise; `by fri` or `until 2026-12-01` at the end of the text is its date: the end of what is named.
    By fri, said on a Friday, is that day.

    Raises Invalid where that is a day which does not exist (31 February); what is no date is part of the text.
    """
    text = one_line(text).rstrip(" ,.")
    match = _UNTIL.search(text) if at else None
    if match and at and text[: match.start()].strip():
        try:
            end = parse_deadline(match["when"], at)
        except Invalid as error:
            if error.why != RIGHT:
                raise
            return Promised(text, owed_by)  # "the book by Dawson"
        return Promised(text[: match.start()].rstrip(" ,"), owed_by, stamp(end - timedelta(seconds=1)))
    return Promised(text, owed_by)


def mistyped_date(text: str, at: datetime) -> tuple[str, Sequence[str]]:
    """What ends the text of a promise as a date that was mistyped would, and the dates that it may be: "by frii", ["fri"].

    "" where nothing does. A short word with a capital is taken for a name: the book by Sam.
    """
    match = _UNTIL.search(text)
    if match is None or not text[: match.start()].strip():
        return "", ()
    words = match["when"].split()
    named = any(word[0].isupper() and len(word) < _LONG for word in words) and not any(word[0].isdigit() for word in words)
    try:
        parse_deadline(match["when"], at)
    except Invalid as error:
        if error.near and not named:
            return match[0].strip(" ,"), error.near
    return "", ()


def _sentences(text: str) -> Iterable[str]:
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.start()]
        start = end.end()
    yield text[start:]


def _promise(before: str, after: str, names: Sequence[Sequence[str]]) -> Promised | None:
    """What stands after the word, with who said it; None where it is denied, empty, or said of somebody else."""
    what = after.strip(" ,:")
    owed_by = _subject(before, names)
    to_me = _TO_ME.match(what)
    if to_me and owed_by == ME and not _is_i(before):
        owed_by = THEM
    what = what[to_me.end() :] if to_me else _without_whom(what, names)
    lead = _LEAD.match(what)
    what = what[lead.end() :] if lead else what
    if what.count(")") > what.count("("):
        what = what[: what.rindex(")")]
    first = fold(what).split(" ")[0].strip(",.") if what else ""
    if owed_by is None or not first or first in _NOT:
        return None
    who = _named(before, names) if len(names) > 1 and owed_by == THEM else ""
    return Promised(f"{who}: {what.strip()}" if who else what.strip(), owed_by)


def _without_whom(what: str, names: Sequence[Sequence[str]]) -> str:
    """What was promised, without whom it was promised to: "her the paper" and "Maria the paper" are the paper."""
    match = _TO_WHOM.match(what)
    if match:
        return what[match.end() :]
    for name in sorted({name for called in names for name in _short(called)}, key=len, reverse=True):
        match = re.match(rf"@?{re.escape(name)}\s+(?!['’])", what, re.IGNORECASE)
        if match:
            return what[match.end() :]
    return what


def _subject(before: str, names: Sequence[Sequence[str]]) -> str | None:
    """Who promised, by the words before it in its sentence: "me", "them"; None: nobody, or somebody else."""
    clause = [part for part in _BREAK.split(before.replace("’", "'"))][-1]
    words = [word.strip(".,\"'“”").casefold() for word in clause.split()]
    if _NOT.intersection(words[-4:]):
        return None
    if words and words[-1] in _PASSIVE:
        return THEM if words[:-1] and words[-2] in _I else None
    while words and (words[-1] in _SKIPPED or words[-1].endswith("ly")):
        if words.pop() in ("both", "all"):
            return THEM
    if not words:
        return _first_subject(before, names)
    if words[-1] in _I:
        return ME
    if words[-1] in _THEY or _spoken(" ".join(words), names):
        return THEM
    return None


def _first_subject(before: str, names: Sequence[Sequence[str]]) -> str:
    """Whose sentence it is, where the word has no subject of its own: "she liked it and promised …" is hers."""
    said = re.split(r"[:(]", before)[-1].replace("’", "'").casefold().split()
    if said and said[0].strip(".,") in _THEY:
        return THEM
    short = {fold(name).split(" ")[0] for called in names for name in called}
    return THEM if said and said[0].removeprefix("@").strip(".,") in short else ME


def _is_i(before: str) -> bool:
    words = before.casefold().split()
    return bool(words) and words[-1] in _I


def _spoken(words: str, names: Sequence[Sequence[str]]) -> bool:
    """Whether the words end with what one of them is called."""
    return any(f" {words}".endswith((f" {name}", f" @{name}")) for called in names for name in _short(called))


def _named(before: str, names: Sequence[Sequence[str]]) -> str:
    """What the one of several who promised is called, "" where it is not said."""
    words = fold(before)
    spoken = [
        called[0] for called in names
        if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) for name in _short(called))
    ]  # fmt: skip
    return spoken[-1] if len(spoken) == 1 else ""


def _short(called: Sequence[str]) -> set[str]:
    """The names that somebody may be called by in a text, folded: each name, and the first word of it."""
    folded = {fold(name) for name in called if name.strip()}
    return folded | {name.split(" ")[0] for name in folded}


def is_overdue(row: dict[str, Any], now: datetime) -> bool:
    """Whether an open promise is past its date."""
    return row["state"] == "open" and row["due_at"] is not None and parse_stamp(row["due_at"]) < now


DONE = {"kept": "kept", "dropped": "let go", "open": "open again"}
"""What has become of a promise in a state, in words."""


def name_state(row: dict[str, Any], now: datetime) -> str:
    """What has become of a promise, in a word or two: open, overdue, kept, let go."""
    if row["state"] == "open":
        return "overdue" if is_overdue(row, now) else "open"
    return DONE[row["state"]]
