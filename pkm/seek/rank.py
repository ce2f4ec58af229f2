"""The order of the inbox: from plain values to places, each with its score in named parts. Pure: no store, no clock.

The score adds what can be said for an item: what was kept of what its source and its author were decided about, how
close its writer is, its likeness to the person's own notes, how new it is at its source's own pace, how many sources
point at it, whether its writer's day has come. Until enough was decided, sources take turns in place of habits.
Explicit more and less (rules) outrank all of it. Then the places: no more than two of a source
among ten, unlike ones before like ones (maximal marginal relevance), and every seventh from outside the habits.
Sources: Carbonell & Goldstein 1998 (MMR), Chapelle & Li 2011 (Thompson sampling).
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import log, log2
from typing import NamedTuple

from pkm.dates import parse_stamp, stamp
from pkm.grouped import grouped

FEW = 30
"""With fewer decisions than this no habit can be told; the sources take turns."""
PRIOR = 10
"""So many decisions' worth of the overall share stand behind each source before its own count."""
DECAY_DAYS = 180.0
"""After so long a decision counts half."""
FIT, RECENCY, HEAT, DUE, RULE = 2.0, 1.5, 0.7, 1.0, 30.0
PEOPLE = {"": 0.3, "network": 0.5, "community": 0.8, "team": 1.0}
"""What a writer's closest circle counts; "": a contact in none."""
"""The weights. RULE is more than all other parts together can be, so that what was said outranks what was inferred."""
LEAST_HALF_LIFE, LONGEST_HALF_LIFE = 2.0, 60.0
USUAL_GAP_S = 7 * 86400.0
SURPRISE_EVERY = 7
OF_A_SOURCE, AMONG = 2, 10
UNFAMILIAR = timedelta(days=90)
FRESH = timedelta(days=14)
"""How long an item of a source that challenges may take the surprise's place."""
_BESIDE = 40  # so many of the best are compared for each place
_SAME_SOURCE = 0.5
_LIKE = 0.08  # below this the shared words are chance
_MOST_TRIES = 50


@dataclass(slots=True, eq=False)  # not frozen: hundreds are made for each list, and that takes four times as long
class Candidate:
    """An undecided item and what the store holds about it; each is itself alone. Times are stamps.

    contact: the nick or name of its writer; tie: the closest kind of circle they are in. fit: 0 to 1, with the note it is
    most like and their words. heat: other sources that pointed at it within a week. rank: by rules; rule: the one that
    raised it. waits: its writer's day has not come; due: it has. decided: by now.
    """

    item: int
    source: int | None
    author: str = ""
    title: str = ""
    received_at: str = ""
    published_at: str | None = None
    contact: str = ""
    tie: str = ""
    fit: float = 0.0
    note: int | None = None
    words: str = ""
    answers: int | None = None
    heat: int = 0
    rank: int = 0
    rule: int | None = None
    gap_s: float | None = None  # the usual time between two of its source
    waits: bool = False
    due: bool = False
    paced: bool = False  # its writer has a day at all
    challenges: str = ""  # the tag under which its source disagrees
    decided: bool = False


class Decision(NamedTuple):
    """What became of an item: kept or not, when, and which filter had brought it."""

    at: str
    source: int | None
    author: str
    kept: bool
    via: str = ""


@dataclass(slots=True)
class Habits:
    """What was kept of what was decided, decayed, by source and by author; the surprises' own record beside it."""

    kept: float = 0.0
    total: float = 0.0
    number: int = 0
    sources: dict[int | None, list[float]] = field(default_factory=dict)
    authors: dict[str, list[float]] = field(default_factory=dict)
    counted: dict[int | None, list[float]] = field(default_factory=dict)  # kept, decided; as they are, for words
    chances: dict[int | None, list[float]] = field(default_factory=dict)  # kept, decided of the source's surprises
    familiar: set[int | str | None] = field(default_factory=set)  # sources and authors of whom something was kept lately

    @property
    def share(self) -> float:
        """The overall share that is kept."""
        return (self.kept + 1) / (self.total + 2)


class Placed(NamedTuple):
    """An item at its place (from 1). parts: the terms of the score, in order; they add up to it.

    filter: person, rule, answers, heat, likeness, habit, surprise, challenge, or "" where nothing lifts it; why: that in words,
    short; surprise: it stands there because it is from outside the habits.
    """

    place: int
    item: int
    score: float
    parts: tuple[tuple[str, float], ...]
    filter: str = ""
    why: str = ""
    surprise: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """The places, and what is to be said of the whole: too few decisions; items that wait for their writer's day.

    surprises: the items that stand, or would without a limit, where they stand to surprise.
    """

    placed: tuple[Placed, ...]
    waiting: tuple[int, ...] = ()
    waiting_people: int = 0
    decisions: int = 0
    surprises: frozenset[int] = frozenset()

    @property
    def few(self) -> bool:
        """Whether the sources take turns since there are too few decisions to tell a habit."""
        return self.decisions < FEW


def learn(decisions: Iterable[Decision], now: datetime, *, today: str = "") -> Habits:
    """The habits that the decisions show.

    A surprise's outcome is counted for surprises only: it never speaks against its source. today: the stamp at which
    the day began; what was decided since then changes no surprise.
    """
    habits = Habits()
    lately = stamp(now - UNFAMILIAR)
    weights: dict[str, float] = {}  # by day: reading a stamp costs more than all the rest
    for one in decisions:
        habits.number += 1
        if one.via == "chance":
            if not today or one.at < today:
                _add(habits.chances.setdefault(one.source, [0, 0]), one.kept)
            continue
        weight = weights.get(one.at[:10]) or weights.setdefault(one.at[:10], _decay(one.at, now))
        habits.total += weight
        habits.kept += weight * one.kept
        _add(habits.sources.setdefault(one.source, [0.0, 0.0]), one.kept, weight)
        _add(habits.authors.setdefault(one.author, [0.0, 0.0]), one.kept, weight)
        _add(habits.counted.setdefault(one.source, [0, 0]), one.kept)
        if one.kept and one.at >= lately and (not today or one.at < today):
            habits.familiar |= {one.source, one.author} - {None, ""}
    return habits


def _decay(at: str, now: datetime) -> float:
    """What a decision of that day still weighs, 0 to 1."""
    return float(2 ** (-max(0.0, (now - parse_stamp(at)).total_seconds()) / 86400 / DECAY_DAYS))


def _add(counted: list[float], kept: bool, weight: float = 1) -> None:
    """One more decision of that weight stands in [kept, decided]."""
    counted[0] += weight * kept
    counted[1] += weight


def score_parts(one: Candidate, habits: Habits, now: datetime) -> tuple[tuple[str, float], ...]:
    """The terms of the item's score, those that are not zero; rounded, so that what is shown adds up."""
    p0 = habits.share
    kept, total = habits.sources.get(one.source, (0.0, 0.0))
    of_source = (kept + PRIOR * p0) / (total + PRIOR)
    parts = {"source": _logit(of_source) - _logit(p0)}
    if one.author:
        mine, all_mine = habits.authors.get(one.author, (0.0, 0.0))
        parts["author"] = _logit((mine + PRIOR * of_source) / (all_mine + PRIOR)) - _logit(of_source)
    parts["recency"] = RECENCY * 2 ** (-age_days(one, now) / half_life_days(one.gap_s))
    return _terms({**parts, **_spoken_for(one)})


def _spoken_for(one: Candidate) -> dict[str, float]:
    """What speaks for an item whatever was decided so far."""
    return {
        "person": PEOPLE[one.tie] if one.contact else 0.0, "fit": FIT * one.fit, "heat": HEAT * log2(1 + one.heat),
        "due": DUE * one.due, "rule": RULE * one.rank,
    }  # fmt: skip


def _terms(parts: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((name, shown) for name, value in parts.items() if (shown := round(value, 2)))


def _logit(share: float) -> float:
    share = min(max(share, 0.001), 0.999)
    return log(share / (1 - share))


def age_days(one: Candidate, now: datetime) -> float:
    """How old the item is; one that its source dates ahead is new."""
    written = parse_stamp(one.published_at or one.received_at)
    return max(0.0, (now - written).total_seconds() / 86400)


def half_life_days(gap_s: float | None) -> float:
    """After how many days an item of a source of that pace is half as new: slow writers fade slowly."""
    usual = (USUAL_GAP_S if gap_s is None else gap_s) * 3 / 86400
    return min(max(usual, LEAST_HALF_LIFE), LONGEST_HALF_LIFE)


def rank(
    candidates: Sequence[Candidate], decisions: Sequence[Decision], now: datetime, *, today: str, day: date,
    limit: int | None = None, surprises: bool = True,
) -> Order:  # fmt: skip
    """The candidates in their order, at most `limit` of them; those that wait for their writer's day stand in none.

    candidates: undecided ones, and such as were decided since the day began (`today`, a stamp): these take no place,
    but keep the draw of the surprises what it was in the morning. day: the local date, the seed of the draw.
    """
    habits = learn(decisions, now, today=today)
    open_ones = [one for one in candidates if not one.decided and not one.waits]
    waiting = [one for one in candidates if one.waits and not one.decided]
    few = habits.number < FEW
    parts = _turns(open_ones) if few else {one.item: score_parts(one, habits, now) for one in open_ones}
    apart = _choose_apart(candidates, habits, now, today, day, few=few) if surprises else []
    apart = [one for one in apart if one.item in parts][: len(open_ones) // SURPRISE_EVERY]
    placed = _place(open_ones, parts, apart, limit)
    told = tuple(
        _tell(number, one, parts[one.item], habits, surprise=surprise, few=few)
        for number, (one, surprise) in enumerate(placed, 1)
    )
    people = len({one.contact for one in waiting})
    shown_apart = frozenset(one.item for one in apart)
    return Order(told, tuple(one.item for one in waiting), people, habits.number, shown_apart)


def _turns(candidates: Sequence[Candidate]) -> dict[int, tuple[tuple[str, float], ...]]:
    """With too few decisions: each source's newest first, then each one's second; a person's has two turns in one. What
    speaks for an item otherwise counts as ever.
    """
    queues = grouped((one.source, one) for one in sorted(candidates, key=_newness, reverse=True))
    found = {}
    for queue in queues.values():
        for turn, one in enumerate(queue):
            found[one.item] = _terms({"turn": -turn / (2 if one.contact else 1), **_spoken_for(one)})
    return found


def _newness(one: Candidate) -> tuple[str, int]:
    """When it was written, then its number; one that its source dates ahead was written when it came."""
    return (min(one.published_at or one.received_at, one.received_at), one.item)


def _choose_apart(
    candidates: Sequence[Candidate], habits: Habits, now: datetime, today: str, day: date, *, few: bool
) -> list[Candidate]:
    """What takes every seventh place, in order: by turns one that challenges and one that is drawn."""
    there = [one for one in candidates if one.rank >= 0 and not one.paced]
    before = [one for one in there if one.received_at < today]
    eligible = before or there
    challenging = [one for one in eligible if one.challenges and age_days(one, now) <= FRESH.days]
    challenging.sort(key=lambda one: (-_uniform(day, one.item, 0), one.item))
    # On the first day there is no morning to draw from: what came first is drawn first, so that a later pull changes none.
    drawn = [] if few else _draw(eligible, habits, day, by_arrival=not before)
    mixed: list[Candidate] = []
    for place in range(len(drawn) + len(challenging)):
        first, second = (challenging, drawn) if place % 2 == 0 else (drawn, challenging)
        chosen = next((one for one in (*first, *second) if one not in mixed), None) if place < 40 else None
        if chosen is None:
            break
        mixed.append(chosen)
    return mixed


def _draw(eligible: Sequence[Candidate], habits: Habits, day: date, *, by_arrival: bool) -> list[Candidate]:
    """Those from outside the habits, the luckiest first: a draw from the record of each source's surprises.

    Where nothing that is left is of an unfamiliar source, an unfamiliar writer of a familiar one will do.
    """
    if not eligible:
        return []
    median = sorted(one.fit for one in eligible)[len(eligible) // 2]
    outside = {
        one.item: far for one in eligible
        if one.fit <= median and not one.challenges and (far := _distance(one, habits)) is not None
    }  # fmt: skip
    there = [one for one in eligible if one.item in outside]
    luck = {one.item: _beta(day, one, habits.chances.get(one.source, (0, 0))) for one in there}
    arrival = {one.item: one.received_at if by_arrival else "" for one in there}
    return sorted(there, key=lambda one: (arrival[one.item], outside[one.item], -luck[one.item], one.item))


def _distance(one: Candidate, habits: Habits) -> int | None:
    """How an item lies outside the habits: 0 of an unfamiliar source, 1 of an unfamiliar writer; None: it does not."""
    if one.author and one.author in habits.familiar:
        return None
    if one.source not in habits.familiar:
        return 0
    return 1 if one.author else None


def _beta(day: date, one: Candidate, record: Sequence[float]) -> float:
    """A draw from Beta(kept + 1, not kept + 1): of n + 1 uniform numbers the (kept + 1)th in size. Same day, same draw."""
    kept, total = map(int, record)
    if total > _MOST_TRIES:
        kept, total = round(kept * _MOST_TRIES / total), _MOST_TRIES
    return sorted(_uniform(day, one.item, draw) for draw in range(total + 1))[kept]


def _uniform(day: date, item: int, draw: int) -> float:
    """A number from 0 to 1 that the day, the item and the draw's number fix (splitmix64; `random` costs 5 ms)."""
    mixed = (day.toordinal() * 0x9E3779B97F4A7C15 + item * 0xD1B54A32D192ED03 + draw * 0x8CB92BA72F3D8DD7) % 2**64
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> shift)) * factor % 2**64
    return (mixed ^ (mixed >> 31)) / 2**64


def _place(
    candidates: Sequence[Candidate], parts: Mapping[int, tuple[tuple[str, float], ...]], apart: Sequence[Candidate],
    limit: int | None,
) -> list[tuple[Candidate, bool]]:  # fmt: skip
    """(item, whether it stands there as a surprise) for each place."""
    score = {number: sum(value for _, value in terms) for number, terms in parts.items()}
    left = sorted(candidates, key=lambda one: (one.rank, score[one.item], _newness(one)), reverse=True)
    places = len(left) if limit is None else min(limit, len(left))
    waiting = list(apart)
    kept_apart = {one.item for one in waiting}
    likeness = _Likeness(left, {one.item: score[one.item] - RULE * one.rank for one in left})
    placed: list[tuple[Candidate, bool]] = []
    while left and len(placed) < places:
        recent = [one.source for one, _ in placed[1 - AMONG :]] + [one.source for one in waiting[:1]]
        surprise = waiting[0] if waiting and (len(placed) + 1) % SURPRISE_EVERY == 0 else None
        chosen = surprise or likeness.best(_open(left, recent, kept_apart))
        left.remove(chosen)
        if surprise is not None:
            del waiting[0]
        placed.append((chosen, surprise is not None))
        likeness.placed.append(chosen)
    return placed


def _open(left: Sequence[Candidate], recent: Sequence[int | None], kept_apart: Set[int]) -> list[Candidate]:
    """The best that may stand next: no third of a source among ten, unless only such or ranked down ones are left."""
    full = {source for source in recent if recent.count(source) >= OF_A_SOURCE}
    found: list[Candidate] = []
    for one in left:
        if found and one.rank != found[0].rank:
            break
        if one.rank < 0 <= left[0].rank:
            break
        if one.item not in kept_apart and (one.source not in full or one.source is None):
            found.append(one)
            if len(found) == _BESIDE:
                break
    return found or [next((one for one in left if one.item not in kept_apart), left[0])]


class _Likeness:
    """Chooses among candidates by score and unlikeness to what stands already; each pair is compared once."""

    def __init__(self, candidates: Sequence[Candidate], score: Mapping[int, float]) -> None:
        low, high = min(score.values(), default=0.0), max(score.values(), default=0.0)
        self._norm = {number: (value - low) / (high - low or 1) for number, value in score.items()}
        self._words = {one.item: frozenset(w for w in one.title.lower().split() if len(w) > 3) for one in candidates}
        self._most: dict[int, tuple[float, int]] = {}
        self.placed: list[Candidate] = []

    def best(self, candidates: Sequence[Candidate]) -> Candidate:
        """The one with the highest 0.7 score - 0.3 likeness; the first of equal ones."""
        if not self.placed or len(candidates) == 1:
            return candidates[0]
        return max(candidates, key=lambda one: 0.7 * self._norm[one.item] - 0.3 * self._likeness(one))

    def _likeness(self, one: Candidate) -> float:
        most, compared = self._most.get(one.item, (0.0, 0))
        words = self._words[one.item]
        for other in self.placed[compared:]:
            theirs = self._words[other.item]
            shared = len(words & theirs)
            like = shared / (len(words) * len(theirs)) ** 0.5 if shared else 0.0
            most = max(most, like, _SAME_SOURCE if other.source == one.source else 0.0)
        self._most[one.item] = (most, len(self.placed))
        return most


def _tell(
    place: int, one: Candidate, parts: tuple[tuple[str, float], ...], habits: Habits, *, surprise: bool, few: bool
) -> Placed:  # fmt: skip
    kind, why = ("challenge", f"challenges #{one.challenges}") if surprise and one.challenges else ("surprise", "surprise")
    if not surprise:
        kind, why = name_filter(one, habits, few=few)
    return Placed(place, one.item, round(sum(value for _, value in parts), 2), parts, kind, why, surprise)


def name_filter(one: Candidate, habits: Habits, *, few: bool = False) -> tuple[str, str]:
    """(the filter that the item stands high by, the same in a few words); people come before machines."""
    if one.rank > 0:
        return "rule", f"rule u{one.rule}" if one.rule else "by a rule"
    if one.answers is not None and one.fit:
        return "answers", f"may answer n{one.answers}"
    if one.contact:
        return "person", one.contact
    if one.heat >= 2:
        return "heat", f"{one.heat} point at it"
    if one.fit >= _LIKE and one.note is not None:
        return "likeness", f"like n{one.note}: {one.words}" if one.words else f"like n{one.note}"
    kept, total = habits.counted.get(one.source, (0, 0))
    if not few and total >= 5 and kept / total > habits.share:
        return "habit", f"kept {kept:.0f} of {total:.0f}"
    return "", ""
