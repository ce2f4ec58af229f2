"""Measures of the loop and of its people, from plain values: no store, no clock, no words. Pure.

What they say is a fact about a span of time, never a score of a person. Where there are fewer than MIN_CASES cases there
are counts and no verdict: of three items nothing can be told.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pkm.dates import parse_stamp, stamp
from pkm.ids import Row

MIN_CASES = 10
CONCENTRATION_CASES, EFFECTIVE = 20, 5.0
"""From so many items on it is said that they come from few, where 1/Σp² is under five."""
ECHO_CIRCLES, ECHO = 3, 0.8
HUMAN = frozenset({"person", "network"})
"""Filters that are people: one whom one trusts; several who point at it."""
FILTERS = HUMAN | {"rule", "score", "chance"}
"""What is known to have filtered; clips, imports and mail are ways in."""
MAX_WEEKS, MAX_MONTHS = 53, 36

SHOWN = 50
"""Ids of things that a measure names at most; `total` says how many there are."""

FEW, FINE, WARN = "few", "fine", "warn"
"""Verdicts: too few cases to tell; nothing to say; worth a look."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is looked at: the last `days` until now; aware."""

    now: datetime
    days: float

    @property
    def since(self) -> str:
        """Its beginning, as a stamp."""
        return stamp(self.now - timedelta(days=self.days))

    @property
    def until(self) -> str:
        """The first moment after it, as a stamp."""
        return stamp(self.now + timedelta(seconds=1))

    def before(self, days: float) -> str:
        """The moment so many days ago, as a stamp."""
        return stamp(self.now - timedelta(days=days))

    def age_days(self, at: str) -> float:
        """How old that is now; what is said to be later is 0 days old."""
        return max(0.0, (self.now - parse_stamp(at)).total_seconds() / 86_400)


@dataclass(frozen=True, slots=True)
class Measure:
    """One fact about a span of time. verdict: few, fine, warn, or "" where nothing is judged; next: what helps."""

    id: str
    title: str
    values: Row = field(default_factory=dict)
    verdict: str = ""
    next: str = ""

    def as_dict(self) -> Row:
        """The measure as the JSON contract has it."""
        return {"id": self.id, "kind": "measure", "title": self.title, "verdict": self.verdict or None,
                "next": self.next or None, **self.values}  # fmt: skip


def listed(rows: Sequence[Row]) -> Row:
    """The first of some things, with how many there are."""
    return {"total": len(rows), "things": list(rows[:SHOWN])}


@dataclass(frozen=True, slots=True)
class Concentration:
    """How few there are behind many things. cases: things; parts: who or what is behind them.

    index: Σp², 1/parts where all have an equal part, 1 where one has all; effective: 1/Σp². half: the fewest that have
    half of the things between them. index, effective and half are None where there are too few cases.
    """

    cases: int
    parts: int
    index: float | None = None
    effective: float | None = None
    half: tuple[str, ...] = ()
    verdict: str = FEW

    def as_dict(self) -> Row:
        """The concentration as JSON has it; of `half` the first."""
        return {"cases": self.cases, "parts": self.parts, "index": self.index, "effective": self.effective,
                "half_of": len(self.half), "half": list(self.half[:SHOWN])}  # fmt: skip


def concentrate(counts: Mapping[str, int]) -> Concentration:
    """How concentrated these counts are; the names of `half` are in the order of the alphabet, not of their counts."""
    found = {name: number for name, number in counts.items() if number > 0}
    cases = sum(found.values())
    if cases < MIN_CASES:
        return Concentration(cases, len(found))
    squares = sum(number**2 for number in found.values())  # whole numbers: five equal parts are exactly five
    half: list[str] = []
    held = 0
    for name in sorted(found, key=lambda name: (-found[name], name)):
        if held * 2 >= cases:
            break
        half.append(name)
        held += found[name]
    index, effective = squares / cases**2, cases**2 / squares
    warn = cases >= CONCENTRATION_CASES and effective < EFFECTIVE
    return Concentration(cases, len(found), round(index, 4), round(effective, 2),
                         tuple(sorted(half, key=str.casefold)), WARN if warn else FINE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many cases. part: 0 to 1, None where there are too few to tell."""

    cases: int
    number: int
    part: float | None
    verdict: str

    def as_dict(self) -> dict[str, Any]:
        """The part as JSON has it."""
        return asdict(self)


def part_of(number: int, cases: int, *, above: float | None = None) -> Part:
    """The part that `number` is of all cases. above: it is worth a look where the part is more than that."""
    if cases < MIN_CASES:
        return Part(cases, number, None, FEW)
    part = number / cases
    return Part(cases, number, round(part, 4), WARN if above is not None and part > above else FINE)


def measure_echo(circles_of_items: Sequence[frozenset[Hashable]]) -> tuple[Part, list[Hashable]]:
    """How much of what was kept came by way of the three circles most used, and which they are.

    circles_of_items: for each kept item the circles of whoever recommended it; empty where it came from outside.
    Circles that are used equally are taken in the order of their keys.
    """
    used = Counter(circle for circles in circles_of_items for circle in circles)
    most = sorted(used, key=lambda circle: (-used[circle], repr(circle)))[:ECHO_CIRCLES]
    within = sum(bool(circles & set(most)) for circles in circles_of_items)
    return part_of(within, len(circles_of_items), above=ECHO), most


def mix_filters(vias: Iterable[str]) -> tuple[Part, dict[str, int]]:
    """What part of the kept items whose filter is known came by people, and how many by each filter."""
    counts = Counter(via for via in vias if via in FILTERS)
    human = sum(number for via, number in counts.items() if via in HUMAN)
    return part_of(human, sum(counts.values())), dict(sorted(counts.items()))


def weeks_to(now: datetime, days: float) -> list[datetime]:
    """The Mondays, local midnight, at which the weeks of the last `days` begin, oldest first; 53 at most."""
    here = now.astimezone()
    first = here - timedelta(days=days)
    monday = _monday(here)
    starts = [monday]
    while starts[-1] > first and len(starts) < MAX_WEEKS:
        starts.append(_monday(starts[-1] - timedelta(days=3)))
    return [start for start in reversed(starts) if start + timedelta(days=7) > first]


def _monday(at: datetime) -> datetime:
    """Midnight of the local Monday before; also where the clocks were changed in between."""
    day = (at - timedelta(days=at.weekday())).replace(tzinfo=None)
    return day.replace(hour=0, minute=0, second=0, microsecond=0).astimezone()


def months_to(now: datetime, days: float) -> list[datetime]:
    """The first instants of the local months of the last `days`, twelve at least and 36 at most, oldest first."""
    here = now.astimezone()
    number = min(MAX_MONTHS, max(12, round(days / 30.44)))
    last = here.year * 12 + here.month - 1
    return [datetime(month // 12, month % 12 + 1, 1).astimezone() for month in range(last - number + 1, last + 1)]


def count_by(starts: Sequence[datetime], stamps: Iterable[str]) -> list[int]:
    """How many of the stamps are in each of the spans that begin at `starts`; what is before the first is left out."""
    edges = [start.timestamp() for start in starts]
    counts = [0] * len(starts)
    for at in stamps:
        place = bisect_right(edges, parse_stamp(at).timestamp()) - 1
        if place >= 0:
            counts[place] += 1
    return counts


def members_by_month(stays: Sequence[tuple[str, str | None]], months: Sequence[datetime], now: datetime) -> list[int]:
    """How many stays lasted at the end of each month, of the last one: now. stays: (from, to), to is None where it lasts."""
    ends = [start.timestamp() for start in months[1:]] + [now.timestamp() + 1]  # the first second after each
    joined = sorted(parse_stamp(start).timestamp() for start, _ in stays)
    left = sorted(parse_stamp(end).timestamp() for _, end in stays if end is not None)
    return [bisect_left(joined, end) - bisect_left(left, end) for end in ends]


def median_days(spans_s: Sequence[float]) -> float | None:
    """The median of these spans (seconds) in days; None where there are too few to tell."""
    if len(spans_s) < MIN_CASES:
        return None
    ordered = sorted(spans_s)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return round(middle / 86_400, 1)


def weeks_since(at: str | None, now: datetime) -> int | None:
    """Whole weeks from then until now, never less than 0; None for never."""
    return None if at is None else max(0, (now - parse_stamp(at)).days // 7)


AGES = (("week", 7), ("month", 30), ("quarter", 91), ("year", 365), ("older", None))
"""Ages that notes are counted by: their name, and the days under which they are that old."""


def count_ages(ages_days: Iterable[float]) -> dict[str, int]:
    """How many are younger than a week, a month, a quarter, a year, and how many older."""
    counts = {name: 0 for name, _ in AGES}
    for age in ages_days:
        counts[next(name for name, days in AGES if days is None or age < days)] += 1
    return counts
