"""Who may become a member of a closer circle, with the evidence; and which members have been silent for long.

Gathers from the store, weighs in a pure function, and writes only what was turned down. Nobody is ever moved by it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pkm import ids
from pkm.dates import day, stamp
from pkm.errors import Invalid
from pkm.grouped import grouped
from pkm.ids import Row
from pkm.people.cadence import HARD
from pkm.store import circles, contacts, dismissals, exchange
from pkm.store.exchange import Sign, Trace
from pkm.store.session import Store
from pkm.text import clean, count, one_line, some

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
    "quotes": Weight(2, 2), "bylines": Weight(1, 2), "mentions": Weight(2, 2), "interests": Weight(2, 1),
}  # fmt: skip
"""An answer to something shared counts most; being read counts least, since knowing about somebody is not knowing them. A
byline in a source that is not theirs counts half of a quote: many blogs have several authors, and any can name whom it likes.

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
class Standing:
    """How a contact stands to a circle. points: by part; since: evidence after it is new, where they were turned down or
    left; hidden: why they are not proposed, "" where they are.
    """

    number: int
    points: Mapping[str, float]
    since: str = ""
    hidden: str = ""

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(self.points.values())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact who may become a member: who they are, the parts of the score in words, the day they were turned down."""

    person: Row
    parts: tuple[Part, ...]
    since: str | None = None

    def as_dict(self) -> Row:
        """The candidate as the JSON contract has it."""
        keys = ("id", "kind", "title", "name", "nick", "tie", "circles", "last")
        return {
            **{key: self.person[key] for key in keys}, "score": round(sum(part.points for part in self.parts), 2),
            "both_ways": is_both_ways(part.name for part in self.parts),
            "because": [part.as_dict() for part in self.parts], "dismissed_at": self.since,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to say of a circle: who may join, whom the person only reads, who was turned down or left.

    around: how many people are in the wider ring.
    """

    circle: Row
    candidates: tuple[Standing, ...]
    one_way: tuple[Standing, ...]
    hidden: tuple[Standing, ...]
    around: int


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


def weigh(amounts: Mapping[str, float]) -> dict[str, float]:
    """The points of each part: more of it is worth more, and each piece less than the one before. Pure.

    amounts: of each part the sum of its pieces, each as fresh as it is (see freshness); of interests their number.
    """
    return {
        part: weight.most * amounts[part] / (amounts[part] + weight.half)
        for part, weight in WEIGHTS.items() if amounts.get(part)
    }  # fmt: skip


def freshness(at: str, now: datetime) -> float:
    """What a piece of evidence weighs by its age: 1 today (and where it is of the future), half after HALF_LIFE_DAYS."""
    days = max(0, (now.date() - date.fromisoformat(at[:10])).days)
    return float(0.5 ** (days / HALF_LIFE_DAYS))


def explain(found: Sequence[Trace], shared: Mapping[str, Sequence[str]], now: datetime) -> tuple[Part, ...]:
    """The parts of a score in words, most points first, then by name. Pure.

    found: what speaks for one contact; shared: the circle's interests that they share, each with the ids that say so.
    """
    pieces = grouped((one.part, one) for one in sorted(found, key=lambda one: (one.at, one.number), reverse=True))
    amounts = {part: sum(freshness(one.at, now) for one in of) for part, of in pieces.items()}
    points = weigh({**amounts, "interests": len(shared)})
    parts = [
        Part(part, _words(part, of), points[part], tuple(ids.make(one.kind, one.number) for one in of), of[0].at)
        for part, of in pieces.items()
    ]
    if shared:
        numbers = tuple(dict.fromkeys(number for held in shared.values() for number in held))
        words = f"shares {' '.join('#' + name for name in shared)}"
        parts.append(Part("interests", words, points["interests"], numbers))
    return tuple(sorted(parts, key=lambda part: (-part.points, part.name)))


def _words(name: str, of: Sequence[Trace]) -> str:
    number = len(of)
    places = list(dict.fromkeys(one.where for one in of))
    others = f" and {len(places) - 1} more, which are not theirs" if len(places) > 1 else ", which is not theirs"
    times = {1: "once", 2: "twice"}.get(number, f"{number:,} times")
    return {
        "answers": f"answered {times}",
        "trials": f"tried {count(number, 'idea')} of yours",
        "interactions": f"in touch {times}",
        "promises": f"{count(number, 'promise')} kept between you",
        "quotes": f"quoted by you {times}",
        "bylines": f"quoted by you {times}, bylined in {one_line(places[0], 40)}{others}",
        "mentions": f"in {count(number, 'note')} of yours",
    }[name]


def is_enough(points: Mapping[str, float]) -> bool:
    """Whether it makes a candidate: two parts at least, and LEAST points of exchange. No part alone does.

    Quotes by their own word and by another's are one part.
    """
    kinds = {"quotes" if part == "bylines" else part for part in points}
    return len(kinds) >= 2 and sum(of for part, of in points.items() if part != "interests") >= LEAST


def is_both_ways(parts: Iterable[str]) -> bool:
    """Whether something came from them: an answer, a trial, a touch, a promise. Who is only read is known, not met."""
    return any(WEIGHTS[part].both_ways for part in parts)


def find_candidates(store: Store, circle_id: int, now: datetime) -> Found:
    """Who may join a circle, the best first, then by id; with whom the person only reads, and who was turned down.

    Raises NotFound where there is no such circle, Invalid for a network: nothing is wider.
    """
    db = store.read()
    circle = _closer_circle(db, circle_id)
    around = exchange.ring(db, circle_id, circle["circle_kind"])
    told = sorted(_standings(db, circle_id, around, now), key=lambda one: (-round(one.score, 9), one.number))
    shown = [one for one in told if not one.hidden]
    return Found(
        circle, tuple(one for one in shown if is_both_ways(one.points)),
        tuple(one for one in shown if not is_both_ways(one.points)), tuple(one for one in told if one.hidden), len(around),
    )  # fmt: skip


def describe(store: Store, found: Found, chosen: Sequence[Standing], now: datetime) -> list[Candidate]:
    """These of those who were found, in their order, with what speaks for them in words."""
    db, numbers = store.read(), [one.number for one in chosen]
    pieces = grouped((one.contact, one) for one in exchange.traces(db, numbers))
    shared = exchange.shared_interests(db, numbers, exchange.interests(db, int(found.circle["id"][1:])))
    rows = contacts.rows(db, limit=-1, ids=numbers)
    return [
        Candidate(row, explain(pieces.get(one.number, ()), shared.get(one.number, {}), now), one.since or None)
        for one, row in zip(chosen, rows, strict=True)
    ]


def _closer_circle(db: sqlite3.Connection, circle_id: int) -> Row:
    circle = ids.existing(circles.row(db, circle_id), "circle", circle_id)
    if circle["circle_kind"] not in exchange.WIDER:
        raise Invalid(
            f"{circle['id']} {one_line(circle['name'], 60)}", "it is a network, the widest ring: nobody is further out",
            next=f"pkm circle list, then pkm circle candidates CIRCLE (a team or a community); or pkm circle show {circle['id']}",
        )  # fmt: skip
    return circle


def _standings(db: sqlite3.Connection, circle_id: int, around: Sequence[int], now: datetime) -> Iterator[Standing]:
    """How each of these contacts with enough evidence stands to the circle."""
    reasons = _reasons_against(db, circle_id)
    sums: dict[str, dict[int, float]] = {part: {} for part in WEIGHTS}
    fresh: dict[str, float] = {}  # by day: there are few days and many pieces
    newest: dict[int, str] = {}
    for contact, part, _, _, at, entered in exchange.read_traces(db, around):
        day_of = at[:10]
        if day_of not in fresh:
            fresh[day_of] = freshness(day_of, now)
        sums[part][contact] = sums[part].get(contact, 0.0) + fresh[day_of]
        if contact in reasons:
            newest[contact] = max(newest.get(contact, ""), entered)
    heard = {contact for of in sums.values() for contact in of}
    amounts = {contact: {part: of[contact] for part, of in sums.items() if contact in of} for contact in heard}
    likely = [contact for contact, of in amounts.items() if sum(weigh(of).values()) >= LEAST]
    shared = exchange.shared_interests(db, likely, exchange.interests(db, circle_id))
    for contact in likely:
        points = weigh({**amounts[contact], "interests": len(shared.get(contact, ()))})
        if is_enough(points):
            why, since = reasons.get(contact, ("", ""))
            yield Standing(contact, points, since, why if newest.get(contact, "") <= since else "")


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
    known = {one.number: one for one in (*found.candidates, *found.one_way)}
    for number in numbers:
        if number not in known:
            raise _no_candidate(store.read(), found, number)
    chosen = describe(store, found, [known[number] for number in numbers], now)
    with store.unit() as unit:
        for number in numbers:
            dismissals.put(unit, KIND, _key(circle_id, number), clean(because).strip())
        names = some([one_line(one.person["name"], 60) for one in chosen], 3)
        unit.summarize(f"{names} dismissed for {one_line(found.circle['name'], 60)}")
    return chosen


def _no_candidate(db: sqlite3.Connection, found: Found, number: int) -> Invalid:
    circle, person = found.circle, contacts.row(db, number)
    name = one_line(circle["name"], 60)
    hidden = next((one.hidden for one in found.hidden if one.number == number), "")
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
