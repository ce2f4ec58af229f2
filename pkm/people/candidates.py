"""Who may become a member of a closer circle, with the evidence; and which members have been silent for long.

Gathers from the store, weighs in a pure function, and writes only what was turned down. Nobody is ever moved by it.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pkm import ids
from pkm.dates import day, parse_stamp, stamp
from pkm.errors import Invalid, NotFound
from pkm.people.cadence import HARD
from pkm.store import circles, contacts, dismissals, exchange
from pkm.store.exchange import Sign, Trace
from pkm.store.session import Store
from pkm.text import clean, count, one_line

Row = dict[str, Any]

KIND = "member"
"""The kind of dismissal that this is."""

HALF_LIFE_DAYS = 180
"""After so many days a piece of evidence weighs half: what was lively two years ago is no tie of today."""

LEAST = 1.2
"""Points of exchange (shared interests apart) that a candidate has at least: an answer of the last weeks, or two things
of less weight. One call half a year ago is none."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part of the score is worth: `most` points in the end, half of them for an amount of `half`."""

    most: float
    half: float
    both_ways: bool = False  # it came from them, or they took part in it


WEIGHTS = {
    "answers": Weight(4, 2, both_ways=True), "trials": Weight(4, 2, both_ways=True),
    "interactions": Weight(3, 2, both_ways=True), "promises": Weight(2, 2, both_ways=True),
    "quotes": Weight(2, 2), "mentions": Weight(2, 2), "interests": Weight(2, 1),
}  # fmt: skip
"""An answer to something shared counts most; being read counts least, since knowing about somebody is not knowing them.

Each part has a most, so that no number of one thing makes up for all the others (the second says less than the first).
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a score: in words, in points, with the ids of what it rests on and the day of the last."""

    name: str
    what: str
    points: float
    ids: tuple[str, ...]
    last: str | None = None

    def as_dict(self) -> Row:
        """The part as the JSON contract has it."""
        return {"what": self.what, "part": self.name, "points": round(self.points, 2), "ids": list(self.ids),
                "last": self.last}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact who may become a member. person: the contact's row; hidden: why they are not proposed, "" where they are.

    since: the day after which evidence is new, where they were turned down or left.
    """

    person: Row
    parts: tuple[Part, ...]
    hidden: str = ""
    since: str | None = None

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(part.points for part in self.parts)

    def as_dict(self) -> Row:
        """The candidate as the JSON contract has it."""
        keys = ("id", "kind", "title", "name", "nick", "tie", "circles", "last")
        return {
            **{key: self.person[key] for key in keys}, "score": round(self.score, 2), "both_ways": is_both_ways(self.parts),
            "because": [part.as_dict() for part in self.parts],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to say of a circle: who may join, whom the person only reads, and who was turned down."""

    circle: Row
    candidates: tuple[Candidate, ...]
    one_way: tuple[Candidate, ...]
    hidden: tuple[Candidate, ...]
    around: int  # how many people are in the wider ring


@dataclass(frozen=True, slots=True)
class Silent:
    """A member of whom nothing was heard for more than the hard limit. last: what they last did, None: nothing."""

    member: Row
    last: Sign | None
    since: str

    def as_dict(self) -> Row:
        """The member as the JSON contract has it."""
        keys = ("id", "kind", "title", "name", "nick", "because", "every_s")
        return {
            **{key: self.member[key] for key in keys}, "member_since": self.member["since"], "silent_since": self.since,
            "last": None if self.last is None else self.last._asdict(),
        }  # fmt: skip


def weigh(found: Sequence[Trace], shared: Mapping[str, Sequence[str]], now: datetime) -> tuple[Part, ...]:
    """The parts of a score, most points first, then by name. Pure.

    found: what speaks for one contact; shared: the circle's interests that they share, each with the ids that say so.
    Each piece weighs 1 today and half of that after HALF_LIFE_DAYS; what is of the future weighs as of today.
    """
    parts = []
    for name, weight in WEIGHTS.items():
        pieces = sorted((one for one in found if one.part == name), key=lambda one: (one.at, one.id), reverse=True)
        amount = sum(_fresh(one.at, now) for one in pieces)
        if pieces:
            numbers = tuple(one.id for one in pieces)
            parts.append(Part(name, _words(name, len(pieces)), _points(weight, amount), numbers, pieces[0].at))
    if shared:
        numbers = tuple(dict.fromkeys(number for held in shared.values() for number in held))
        words = f"shares {' '.join('#' + name for name in shared)}"
        parts.append(Part("interests", words, _points(WEIGHTS["interests"], len(shared)), numbers))
    return tuple(sorted(parts, key=lambda part: (-part.points, part.name)))


def _fresh(at: str, now: datetime) -> float:
    days = max(0.0, (now - parse_stamp(at)) / timedelta(days=1))
    return float(0.5 ** (days / HALF_LIFE_DAYS))


def _points(weight: Weight, amount: float) -> float:
    return weight.most * amount / (amount + weight.half)


def _words(name: str, number: int) -> str:
    times = {1: "once", 2: "twice"}.get(number, f"{number:,} times")
    return {
        "answers": f"answered {times}",
        "trials": f"tried {count(number, 'idea')} of yours",
        "interactions": f"in touch {times}",
        "promises": f"{count(number, 'promise')} kept between you",
        "quotes": f"quoted by you {times}",
        "mentions": f"in {count(number, 'note')} of yours",
    }[name]


def is_enough(parts: Sequence[Part]) -> bool:
    """Whether it makes a candidate: two parts at least, and LEAST points of exchange. No part alone does."""
    return len(parts) >= 2 and sum(part.points for part in parts if part.name != "interests") >= LEAST


def is_both_ways(parts: Sequence[Part]) -> bool:
    """Whether something came from them: an answer, a trial, a touch, a promise. Who is only read is known, not met."""
    return any(WEIGHTS[part.name].both_ways for part in parts)


def find_candidates(store: Store, circle_id: int, now: datetime) -> Found:
    """Who may join a circle, the best first, then by id; with whom the person only reads, and who was turned down.

    Raises NotFound where there is no such circle, Invalid for a network: nothing is wider.
    """
    db = store.read()
    circle = _closer_circle(db, circle_id)
    around = exchange.ring(db, circle_id, circle["circle_kind"])
    found = _weighed(db, circle_id, around, now)
    rows = {row["id"]: row for row in contacts.rows(db, limit=-1, ids=list(found))}
    reasons = _reasons_against(db, circle_id)
    told = []
    for number, (pieces, parts) in found.items():
        why, since = reasons.get(number, ("", ""))
        old = all(one.entered <= since for one in pieces)
        told.append(Candidate(rows[ids.make("contact", number)], parts, why if old else "", since or None))
    told.sort(key=lambda one: (-round(one.score, 9), int(one.person["id"][1:])))
    shown = [one for one in told if not one.hidden]
    return Found(
        circle, tuple(one for one in shown if is_both_ways(one.parts)),
        tuple(one for one in shown if not is_both_ways(one.parts)), tuple(one for one in told if one.hidden), len(around),
    )  # fmt: skip


def _closer_circle(db: sqlite3.Connection, circle_id: int) -> Row:
    circle = circles.row(db, circle_id)
    if circle is None:
        raise NotFound(ids.make("circle", circle_id), "there is no such circle", next="pkm circle list")
    if circle["circle_kind"] not in exchange.WIDER:
        raise Invalid(
            f"{circle['id']} {one_line(circle['name'], 60)}", "it is a network, the widest ring: nobody is further out",
            next=f"pkm circle candidates of a community or a team (pkm circle list); pkm circle show {circle['id']}",
        )  # fmt: skip
    return circle


def _weighed(
    db: sqlite3.Connection, circle_id: int, around: Sequence[int], now: datetime
) -> dict[int, tuple[list[Trace], tuple[Part, ...]]]:
    """For each of these contacts with enough evidence: the evidence and its weight."""
    pieces: dict[int, list[Trace]] = {}
    for one in exchange.traces(db, around):
        pieces.setdefault(one.contact, []).append(one)
    likely = {number: parts for number, of in pieces.items() if (parts := weigh(of, {}, now)) and _exchanged(parts)}
    shared = exchange.shared_interests(db, likely, exchange.interests(db, circle_id))
    found = {}
    for number, parts in likely.items():
        if number in shared:
            parts = weigh(pieces[number], shared[number], now)
        if is_enough(parts):
            found[number] = (pieces[number], parts)
    return found


def _exchanged(parts: Sequence[Part]) -> bool:
    return sum(part.points for part in parts) >= LEAST


def _reasons_against(db: sqlite3.Connection, circle_id: int) -> dict[int, tuple[str, str]]:
    """Who is not proposed until new evidence comes: (why, since when): they were turned down, or they left."""
    reasons = {
        number: (f"left {day(at)}" + (f": {because}" if because else ""), at)
        for number, (at, because) in exchange.left_since(db, circle_id).items()
    }
    for one in dismissals.starting(db, KIND, _key(circle_id)):
        number = int(one.key.rpartition(":c")[2])
        if one.at >= reasons.get(number, ("", ""))[1]:
            reasons[number] = (f"dismissed {day(one.at)}" + (f": {one.because}" if one.because else ""), one.at)
    return reasons


def _key(circle_id: int, contact: int | None = None) -> str:
    """What a dismissal is remembered by: "o3:c7"; without a contact, what those of the circle begin with."""
    return f"{ids.make('circle', circle_id)}:" + (ids.make("contact", contact) if contact else "")


def find_silent(store: Store, circle_id: int, now: datetime) -> list[Silent]:
    """Members of whom nothing was heard for more than the hard limit of their cadence, the longest silent first.

    A touch, an answer and an item each end a silence; who has just joined is not silent yet.
    """
    return silent_of(store.read(), circles.members(store.read(), circle_id), now)


def silent_of(db: sqlite3.Connection, members: Sequence[Row], now: datetime) -> list[Silent]:
    """Those of these members (rows of circles.members) of whom nothing was heard for long, the longest silent first."""
    signs = exchange.last_signs(db, [int(one["id"][1:]) for one in members])
    found = []
    for one in members:
        last = signs.get(int(one["id"][1:]))
        since = max(one["since"], last.at) if last else one["since"]
        if one["every_s"] and since < stamp(now - timedelta(seconds=HARD * one["every_s"])):
            found.append(Silent(one, last, since))
    return sorted(found, key=lambda one: (one.since, int(one.member["id"][1:])))


def dismiss(store: Store, circle_id: int, numbers: Sequence[int], because: str, now: datetime) -> list[Candidate]:
    """These candidates are not proposed for the circle until new evidence comes; as they were.

    Raises Invalid, naming the reason, where somebody is no candidate: nothing is changed then.
    """
    found = find_candidates(store, circle_id, now)
    known = {one.person["id"]: one for one in (*found.candidates, *found.one_way)}
    chosen = [ids.make("contact", number) for number in numbers]
    for number, id in zip(numbers, chosen, strict=True):
        if id not in known:
            raise _no_candidate(store.read(), found, number)
    with store.unit() as unit:
        for number in numbers:
            dismissals.put(unit, KIND, _key(circle_id, number), clean(because).strip())
        names = ", ".join(one_line(known[id].person["name"], 60) for id in chosen[:3])
        more = f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""
        unit.summarize(f"{names}{more} dismissed for {one_line(found.circle['name'], 60)}")
    return [known[id] for id in chosen]


def _no_candidate(db: sqlite3.Connection, found: Found, number: int) -> Invalid:
    circle, person = found.circle, contacts.row(db, number)
    name = one_line(circle["name"], 60)
    hidden = next((one.hidden for one in found.hidden if one.person["id"] == ids.make("contact", number)), "")
    if circles.open_membership(db, int(circle["id"][1:]), number):
        why = f"they are in {name} already"
    elif hidden:
        why = f"they are not proposed as it is ({hidden})"
    elif number not in exchange.ring(db, int(circle["id"][1:]), circle["circle_kind"]):
        why = f"they are in no wider circle than {name}"
    else:
        why = f"too little has passed between you to propose them for {name}"
    who = f"{ids.make('contact', number)} {one_line(person['name'] if person else '', 60)}".strip()
    return Invalid(who, f"no candidate: {why}", next=f"pkm circle candidates {circle['id']}")


def take_back(store: Store, circle_id: int, numbers: Sequence[int]) -> list[Row]:
    """These contacts may be proposed for the circle again. Raises Invalid where one was not dismissed: nothing is changed."""
    db = store.read()
    circle = _closer_circle(db, circle_id)
    rows = contacts.rows(db, limit=-1, ids=list(numbers))
    with store.unit() as unit:
        for number, row in zip(numbers, rows, strict=True):
            if not dismissals.remove(unit, KIND, _key(circle_id, number)):
                raise Invalid(f"{row['id']} {one_line(row['name'], 60)}", "they were not dismissed",
                              next=f"pkm circle candidates {circle['id']} --dismissed")  # fmt: skip
        names = ", ".join(one_line(row["name"], 60) for row in rows[:3])
        unit.summarize(f"{names}: no longer dismissed for {one_line(circle['name'], 60)}")
    return rows


def list_dismissed(store: Store, circle_id: int) -> list[Row]:
    """Who was turned down for a circle, the last first: {"id", "kind", "title", "name", "because", "at"}."""
    db = store.read()
    _closer_circle(db, circle_id)
    found = {int(one.key.rpartition(":c")[2]): one for one in dismissals.starting(db, KIND, _key(circle_id))}
    rows = contacts.rows(db, limit=-1, ids=list(found))
    return [
        {"id": row["id"], "kind": "contact", "title": row["name"], "name": row["name"],
         "because": found[int(row["id"][1:])].because, "at": found[int(row["id"][1:])].at}
        for row in rows
    ]  # fmt: skip
