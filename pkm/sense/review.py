"""The review of five minutes: which few notes to look at again today, and why these.

`plan_review` is pure: it takes what the store's questions gave. Nothing is shown twice, and never two of one source.
"""

import sqlite3
from calendar import isleap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pkm.dates import day, local, parse_stamp, stamp
from pkm.errors import Invalid, NotFound
from pkm.ids import make
from pkm.store import review
from pkm.store.review import DAYS
from pkm.store.session import Store
from pkm.text import count, one_line

Row = dict[str, Any]

FEW = 5
"""Notes of one review: what five minutes are enough for."""
STALE = timedelta(days=14)
"""An observation that nobody came back to for so long is stale."""
OLD = timedelta(days=30)
"""What was touched since is not brought up by chance."""
UNSEEN = timedelta(days=90)
"""What was looked at since is not brought up because of its day."""
AROUND = 3
"""Days before and after a day that count as that day in other years."""
PARTS = ("contradiction", "question", "due", "stale", "day", "chance")
POOL = 50
HALF_LIVES = (*DAYS, "never")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What there is to choose from, each part in its own order."""

    due: Sequence[Row] = ()
    questions: Sequence[Row] = ()
    contradictions: Sequence[Row] = ()
    day: Sequence[Row] = ()
    chance: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The notes to look at, each with "part" and "why"; left: how many more are due."""

    rows: tuple[Row, ...]
    left: int


def gather(db: sqlite3.Connection, now: datetime) -> Gathered:
    """The facts of today's review. What comes by chance is the same all day."""
    here = now.astimezone()
    return Gathered(
        due=review.due(db, stamp(now), POOL), questions=review.questions(db, POOL),
        contradictions=review.contradictions(db, POOL), day=years_ago(db, now),
        chance=review.far_away(db, stamp(now - OLD), here.toordinal(), POOL),
    )  # fmt: skip


def years_ago(db: sqlite3.Connection, now: datetime) -> list[Row]:
    """Notes and kept quotes of this day in other years, in the order of `order_by_day`; none that was looked at lately."""
    today = now.astimezone().date()
    rows = review.of_days(db, days_around(today), stamp(now - timedelta(days=365 - AROUND)), stamp(now - UNSEEN))
    return order_by_day(rows, today)


def days_around(today: date) -> list[str]:
    """The days of the year (11-28) around today, and the leap day where it lies between them; one more on either side,
    since stamps are UTC and days are local. Pure.
    """
    days = [f"{today + timedelta(days=number):%m-%d}" for number in range(-AROUND - 1, AROUND + 2)]
    return [*days, "02-29"] if {"02-28", "03-01"} <= {*days} and "02-29" not in days else days


def order_by_day(rows: Sequence[Row], today: date) -> list[Row]:
    """Rows with "years" and "off" (days from today): the nearest day first, then the fewest years, notes before quotes, the id.

    Pure. What is less than a year old is left out.
    """
    told = []
    for row in rows:
        years, off = anniversary(local(row["at"]).date(), today)
        if years >= 1 and abs(off) <= AROUND:
            told.append({**row, "years": years, "off": off})
    kinds = ("note", "annotation")
    return sorted(told, key=lambda row: (abs(row["off"]), row["years"], kinds.index(row["kind"]), int(row["id"][1:])))


def anniversary(at: date, today: date) -> tuple[int, int]:
    """(years, days): how many years ago that day was, counted to its nearest return, and how far today is beyond that. Pure.

    A leap day returns on the first of March.
    """
    about = today.year - at.year
    returns = [(years, today - _in_year(at, at.year + years)) for years in (about - 1, about, about + 1)]
    years, off = min(returns, key=lambda one: abs(one[1]))
    return years, off.days


def _in_year(at: date, year: int) -> date:
    leap = (at.month, at.day) == (2, 29) and not isleap(year)
    return date(year, 3, 1) if leap else at.replace(year=year)


def plan_review(found: Gathered, now: datetime, limit: int = FEW) -> tuple[Row, ...]:
    """At most `limit` things: one of each other part where there is room, the rest what is due, most forgotten first.

    One of this day in other years takes the place of one by chance.
    """
    parts = {part: list(rows) for part, rows in _parts(found, now).items()}
    parts["day"] = parts["day"][:1]
    if parts["day"]:
        parts["chance"] = []
    seen: set[str] = set()
    others, due = ("contradiction", "question", "day", "chance"), [*parts["due"], *parts["stale"]]
    chosen: list[Row] = []
    for part in others:
        if len(chosen) < limit - bool(due):  # what is due has one place at least
            chosen += _take(parts[part], 1, seen)
    chosen += _take(due, limit - len(chosen), seen)
    chosen += _take([row for part in others for row in parts[part]], limit - len(chosen), seen)
    return tuple(sorted(chosen, key=lambda row: PARTS.index(row["part"])))


def only(found: Gathered, part: str, now: datetime) -> tuple[Row, ...]:
    """All of one part. Raises Invalid where there is no such part."""
    if part not in PARTS:
        raise Invalid(f"--only {one_line(part, 40)}", f"it should be one of {', '.join(PARTS)}")
    return tuple(_parts(found, now)[part])


def _parts(found: Gathered, now: datetime) -> dict[str, list[Row]]:
    stale = [row for row in found.due if _is_stale(row, now)]
    return {
        "contradiction": [
            _told(row, "contradiction", f"contradicts {row['against']['id']} “{one_line(row['against']['title'], 60)}”")
            for row in found.contradictions
        ],
        "question": [_told(row, "question", _why_question(row, now)) for row in found.questions],
        "due": [_told(row, "due", _why_due(row, now)) for row in found.due if row not in stale],
        "stale": [
            _told(row, "stale", f"an observation that nobody came back to for {_days(row['seen_at'], now)} days")
            for row in stale
        ],
        "day": [_told(row, "day", in_words(row)) for row in found.day],
        "chance": [_told(row, "chance", "by chance, far from what you work on") for row in found.chance],
    }  # fmt: skip


def _told(row: Row, part: str, why: str) -> Row:
    return {**row, "part": part, "why": why}


def in_words(row: Row) -> str:
    """How long ago a thing of this day in other years is: "1 year ago today"."""
    ago = f"{count(row['years'], 'year')} ago"
    return f"{ago} today" if row["off"] == 0 else f"{ago}, on {day(row['at'])}"


def _days(at: str, now: datetime) -> int:
    return (now - parse_stamp(at)).days


def _ago(at: str, now: datetime) -> str:
    days = _days(at, now)
    return f"{count(days, 'day')} ago" if days > 0 else "today"


def _is_due(row: Row, now: datetime) -> bool:
    life = DAYS.get(row["half_life"])
    return life is not None and now - parse_stamp(row["seen_at"]) >= timedelta(days=life)


def _is_stale(row: Row, now: datetime) -> bool:
    return row["stage"] == "observation" and row["reviewed_at"] is None and now - parse_stamp(row["seen_at"]) >= STALE


def _why_due(row: Row, now: datetime) -> str:
    life = DAYS[row["half_life"]]
    recall = 0.5 ** (max((now - parse_stamp(row["seen_at"])) / timedelta(days=1), 0) / life)
    return f"due: last seen {_ago(row['seen_at'], now)}, {row['half_life']} is {life} (recall {recall:.0%})"


def _why_question(row: Row, now: datetime) -> str:
    asked = f"an open question, asked {_ago(row['created_at'], now)}"
    if not row["answers"]:
        return asked
    first = row["answers"][0]
    return f"{asked}; {first['id']} “{one_line(first['title'], 50)}” may answer it"


def _take(rows: Sequence[Row], limit: int, seen: set[str]) -> list[Row]:
    """The first rows that are not shown yet and share no source with one that is; `seen` grows by them."""
    return list(_taken(rows, limit, seen))


def _taken(rows: Sequence[Row], limit: int, seen: set[str]) -> Iterator[Row]:
    for row in rows:
        if limit <= 0:
            return
        if row["id"] in seen or (row["source"] and row["source"] in seen):
            continue
        seen.update(name for name in (row["id"], row["source"]) if name)
        limit -= 1
        yield row


def today(db: sqlite3.Connection, now: datetime, limit: int = FEW) -> Review:
    """Today's review, and how many notes more are due."""
    rows = plan_review(gather(db, now), now, limit)
    shown = sum(_is_due(row, now) for row in rows)
    return Review(rows, max(0, review.count_due(db, stamp(now)) - shown))


def mark_seen(store: Store, number: int, half_life: str | None = None) -> Row:
    """The note was looked at now; half_life: soon, later, eventually or never from now on, None: as it was.

    Raises NotFound, Invalid where there is no such half-life.
    """
    from pkm.store import notes

    if half_life is not None:
        half_life = read_half_life(half_life)
    with store.unit() as unit:
        note = unit.row("note", number)
        note.reviewed_at = unit.at
        if half_life is not None:
            note.half_life = half_life
        unit.flush()
        kept = f", {half_life}" if half_life else ""
        unit.summarize(f"looked at {make('note', number)} {one_line(note.title, 60)}{kept}")
        row = notes.row(unit.connection, number)
    assert row is not None
    return row


def mark_quote_seen(store: Store, number: int) -> Row:
    """The quote was looked at now, and comes back on its day, a season from now at the earliest. Raises NotFound."""
    from pkm.store import annotations, dismissals

    with store.unit() as unit:
        row = annotations.row(unit.connection, number)
        if row is None:
            raise NotFound(make("annotation", number), "there is no such quote", next="pkm find kind:annotation")
        dismissals.put(unit, review.SEEN, make("annotation", number), one_line(row["exact"], 60))
        unit.summarize(f"looked at {make('annotation', number)} {one_line(row['exact'], 60)}")
    return row


def read_half_life(word: str) -> str:
    """The half-life meant, by its first letters. Raises Invalid with what there is."""
    found = [name for name in HALF_LIVES if word.strip() and name.startswith(word.strip().lower())]
    if len(found) != 1:
        raise Invalid(f"--as {one_line(word, 40)}", f"it should be {', '.join(HALF_LIVES[:-1])} or {HALF_LIVES[-1]}")
    return found[0]
