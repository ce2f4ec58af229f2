"""Whom a note is for: circles and people with what speaks for each and what against. Nothing is sent, nobody is scored.

For an open question the same order says whom to ask. The answers "not yet" and "never" are kept, with their reason.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from shlex import quote

from pkm import dates
from pkm.errors import Invalid
from pkm.ids import Row, existing, make
from pkm.likeness import is_common
from pkm.reach import may_go
from pkm.share import declined
from pkm.store import audience, circles, notes, shares, standings
from pkm.store.session import Store
from pkm.store.standings import EVERY_S
from pkm.text import clean, count, one_line, some

FEW = 3
"""So many people may use a word of a question, and each is somebody to ask for it."""

LONG_WORD = 5
"""Letters from which on a word of a title says what it is about."""


@dataclass(slots=True)
class Case:
    """What speaks for and against one circle or person: (what, ids of the evidence); not: an answer that was kept.

    weight: how many kinds of reasons speak for it, strong ones twice; it orders, and is not told.
    """

    id: str
    kind: str
    title: str
    because: list[tuple[str, list[str]]] = field(default_factory=list)
    against: list[tuple[str, str]] = field(default_factory=list)
    weight: int = 0
    answer: audience.Kept | None = None
    next: str = ""

    def speak(self, what: str, ids: list[str], weight: int) -> None:
        """A reason for it."""
        self.because.append((what, ids))
        self.weight += weight


def rank(cases: list[Case]) -> list[Case]:
    """Those whom nothing keeps away first, by what speaks for them; circles before people; then by name and id. Pure."""
    order = {"circle": 0, "contact": 1}
    return sorted(cases, key=lambda one: (
        one.answer is not None, bool(one.against), -one.weight, order[one.kind], one.title.casefold(), one.id
    ))  # fmt: skip


def find(db: sqlite3.Connection, note: int, now: datetime) -> list[Case]:
    """Circles, and people of whom something says that a note is for them, or the person that it is not; in order.

    Raises NotFound.
    """
    row = existing(notes.row(db, note), "note", note)
    subjects = list(dict.fromkeys(row["tags"]))
    about = [note, *audience.tagged(db, "note", subjects)] if subjects else [note]
    answers = audience.kept(db, note, dates.day(now))
    people = _people(db, row, note, subjects, about, now)
    cases = [*_circles(db, row, note, subjects, {case.id for case in people}, answers, now), *people]
    kept = audience.names(db, [int(whom[1:]) for whom in {*answers} - {case.id for case in people} if whom.startswith("c")])
    for number, name in kept.items():  # nothing speaks for them, but it was said that it is not for them
        cases.append(Case(make("contact", number), "contact", name, next=f"pkm contact show {make('contact', number)}"))
    for case in cases:
        case.answer = answers.get(case.id) or answers.get("")
    return rank(cases)


def _people(
    db: sqlite3.Connection, row: Row, note: int, subjects: list[str], about: list[int], now: datetime
) -> list[Case]:
    tagged = audience.tagged(db, "contact", subjects) if subjects else {}
    answered, behind = audience.answered(db, about), audience.behind(db, note)
    owed = audience.promised(db, [*subjects, *_words(row["title"])])
    _, got = audience.has(db, note)
    speak = _who_speak_of(db, row["title"]) if row["title"].rstrip().endswith("?") else {}
    numbers = sorted({*tagged, *answered, *behind, *owed, *speak})
    called, stood = audience.names(db, numbers), standings.standings(db, numbers)
    cases = []
    for number in numbers:
        case = Case(make("contact", number), "contact", called[number])
        if number in owed:
            case.speak(f"you promised: {one_line(owed[number][0][1], 60)}", [one for one, _ in owed[number]], 3)
        if number in behind:
            case.speak(behind[number], [make("note", note)], 2)
        if number in answered:
            case.speak(f"answered {count(len(answered[number]), 'time')} on this", answered[number], 2)
        for key, title in speak.get(number, ()):
            verb = "wrote" if key.startswith("i") else "you spoke of it:"
            case.speak(f"{verb} “{one_line(title, 70)}”", [key], 1)
        if number in tagged:
            case.speak(f"cares about {', '.join(f'#{tag}' for tag in tagged[number])}", [], 1)
        due = stood[number]["due"]
        if due and due <= dates.stamp(now):
            case.speak(f"you have not been in touch since {dates.day(stood[number]['last'])}"
                       if stood[number]["last"] else "you have not been in touch yet", [], 1)  # fmt: skip
        if number in got:
            case.against.append((f"has it since {dates.day(got[number][1])}", f"pkm share log {make('note', note)}"))
        case.next = f"pkm contact show {case.id}"
        cases.append(case)
    return cases


def _who_speak_of(db: sqlite3.Connection, question: str) -> dict[int, list[tuple[str, str]]]:
    """Contact -> (id, title) of what they wrote, or what you told each other, with words of a question; each once.

    Of its words those count that few of them use, else the rarest.
    """
    beginnings = [_beginning(word) for word in _words(question) if not is_common(word)]
    found = audience.spoke_of(db, beginnings) if beginnings else {}
    used = Counter(word for words in found.values() for word in words)
    told = {}
    for number, words in found.items():
        things = dict.fromkeys(thing for word, thing in words.items() if used[word] <= max(FEW, min(used.values())))
        if things:
            told[number] = list(things)[:3]
    return told


def _beginning(word: str) -> str:
    """What the forms of a word have in common: walk, of walking and walks."""
    return re.sub(r"(?<=\w{4})(?:ing|ed|es|s)$", "", word)


def _circles(
    db: sqlite3.Connection, row: Row, note: int, subjects: list[str], people: set[str],
    answers: Mapping[str, audience.Kept], now: datetime,
) -> list[Case]:  # fmt: skip
    got, _ = audience.has(db, note)
    waiting, inside = audience.planned_for(db, note), audience.members(db)
    cases = []
    for circle in circles.rows(db):
        number = int(circle["id"][1:])
        case = Case(circle["id"], "circle", circle["name"])
        if shared := [tag for tag in subjects if any(_related(tag, other) for other in circle["tags"])]:
            case.speak(f"is about {', '.join(f'#{tag}' for tag in shared)}", [], 2)
        for_it = sorted(one for one in people if int(one[1:]) in inside.get(number, ()))
        if for_it:
            case.speak(f"{count(len(for_it), 'member')} for whom it may be", for_it, 1)
        _rhythm(db, case, circle, number, now)
        _obstacles(case, row, circle, got.get(number), waiting.get(number))
        if ways := declined.read_by_all(shares.channels_of(db, number)):
            for one, name in declined.members_not_for(db, number, answers):
                said = f"you said {'not yet' if one.until else 'never'} for {name}, and all of {case.title} reads {some(ways, 3)}"
                case.against.append((said, f"pkm share not {row['id']} {one.whom} --take-back"))
        case.next = f"pkm share draft {make('note', note)} --to {quote(circle['name'])}"
        cases.append(case)
    return cases


def _rhythm(db: sqlite3.Connection, case: Case, circle: Row, number: int, now: datetime) -> None:
    """When it got something, and what that says: half of its rhythm without anything speaks for it.

    The rhythm is that of being in touch; so it is no reason against a digest, which may come more often.
    """
    every_s = circle["every_s"] or EVERY_S[circle["circle_kind"]]
    last = shares.last_sent(db, number)
    if last is None:
        case.speak("got nothing yet", [], 0)
    elif now - dates.parse_stamp(last) < timedelta(seconds=every_s / 2):
        case.speak(f"got something on {dates.day(last)}", [], 0)
    else:
        case.speak(f"got nothing since {dates.day(last)}", [], 1)


def _obstacles(case: Case, row: Row, circle: Row, got: tuple[str, str] | None, waits: str | None) -> None:
    if got:
        case.against.append((f"got it on {dates.day(got[1])} with {got[0]}", f"pkm share log {got[0]}"))
    elif waits:
        case.against.append((f"it waits for them in {waits}", f"pkm share plan {waits}"))
    if not may_go(row["reach"], circle["circle_kind"]):
        case.against.append((f"its reach is {row['reach']}", f"pkm sense reach {row['id']} {circle['circle_kind']}"))
    if not circle["channels"]:
        case.against.append(("no channel reaches them", f"pkm circle edit {quote(circle['name'])} --channel NAME"))


def _related(tag: str, other: str) -> bool:
    one, two = tag.casefold(), other.casefold()
    return one == two or one.startswith(f"{two}/") or two.startswith(f"{one}/")


def _answers(row: Row) -> bool:
    """Whether a note may answer something: one that is put away, or asks itself, does not."""
    return not row["dropped_at"] and not row["title"].rstrip().endswith("?")


def _words(text: str) -> list[str]:
    return [word for word in dict.fromkeys(re.findall(r"\w+", text.lower())) if len(word) >= LONG_WORD]


def as_row(case: Case) -> Row:
    """A case as the JSON contract has it."""
    answer = case.answer
    return {
        "id": case.id, "kind": case.kind, "title": case.title, "name": case.title,
        "because": [{"what": what, "ids": ids} for what, ids in case.because],
        "against": [{"what": what, "next": step} for what, step in case.against],
        "not": answer and {"until": answer.until or None, "because": answer.because, "at": answer.at}, "next": case.next,
    }  # fmt: skip


def needed(db: sqlite3.Connection, text: str, limit: int) -> list[Row]:
    """Own notes that speak of what somebody asked, practices and ideas among them first; with how far they may go."""
    from pkm.query import parse
    from pkm.store.search import search

    words = list(dict.fromkeys(re.findall(r"\w{4,}", clean(text).lower())))[:20]
    if not words:
        raise Invalid("a need without words", "what did they ask?", next='pkm share who --need "how do you run retros?"')
    asked = " OR ".join(f'"{word}"' if word.isdigit() else f"{word}*" for word in words)
    found = search(db, parse(f"kind:note ({asked})"), limit=limit * 3, sort="best", now=dates.now()).rows
    rows = [row for one in found if (row := notes.row(db, int(one["id"][1:]))) and _answers(row)]
    step = {"practice": 0, "idea": 1, "observation": 2}

    def said(row: Row) -> int:
        text_of = f"{row['title']} {row['text']}".lower()
        return sum(word in text_of for word in words)

    rows.sort(key=lambda row: (-said(row), step[row["stage"]], int(row["id"][1:])))
    return [
        {"id": row["id"], "kind": "note", "title": row["title"], "stage": row["stage"], "reach": row["reach"],
         "words": [word for word in words if word in f"{row['title']} {row['text']}".lower()]}
        for row in rows[:limit]
    ]  # fmt: skip


def decline(store: Store, note: int, whom: str, until: str, because: str) -> Row:
    """It is kept that a note does not go to somebody (o3, c5; "": to anybody), until a local day ("": never)."""
    with store.unit() as unit:
        audience.put(unit, note, whom, until, one_line(clean(because), 500))
        unit.summarize(f"{make('note', note)} not to {whom or 'anybody'}")
        return existing(notes.row(unit.connection, note), "note", note)


def reconsider(store: Store, note: int, whom: str) -> Row:
    """The answer is taken back. Raises Invalid where there was none."""
    with store.unit() as unit:
        if not audience.remove(unit, note, whom):
            raise Invalid(make("note", note), "nothing of the kind was said of it", next=f"pkm share who {make('note', note)}")
        unit.summarize(f"{make('note', note)} may go to {whom or 'anybody'} again")
        return existing(notes.row(unit.connection, note), "note", note)
