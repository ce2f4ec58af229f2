"""The review of five minutes: which few notes to look at again today, and why these.

`plan_review` is pure: it takes what the store's questions gave. Nothing is shown twice, and never two of one source. What is
due is no debt: five are shown, and where there are more, those that were passed over make room the next day.
"""

import sqlite3
from calendar import isleap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pkm.dates import day, local, parse_stamp, stamp
from pkm.ids import Row, existing, make
from pkm.spelling import none_of
from pkm.store import brought, review
from pkm.store.review import DAYS
from pkm.store.session import Store
from pkm.text import count, one_line

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
    return replace(_without_chance(db, now, years_ago(db, now)), chance=by_chance(db, now))


def _without_chance(db: sqlite3.Connection, now: datetime, past: Sequence[Row]) -> Gathered:
    return Gathered(review.due(db, stamp(now), POOL), review.questions(db, POOL), review.contradictions(db, POOL), past)


def by_chance(db: sqlite3.Connection, now: datetime) -> list[Row]:
    """Notes that today's chance draws, each with "brought": the folder where an import brought it and nobody touched it since,
    else "". Of these, empty pages and templates are left out.
    """
    return _worth_a_look(db, review.far_away(db, stamp(now - OLD), now.astimezone().toordinal(), POOL))


def _worth_a_look(db: sqlite3.Connection, rows: Sequence[Row]) -> list[Row]:
    numbers = [int(row["id"][1:]) for row in rows if row["kind"] == "note"]
    came, folders = brought.are_brought(db, numbers), brought.folders_of(db, numbers)
    empty = {make("note", number) for number in came - folders.keys()}
    names = {make("note", number): folder for number, folder in folders.items()}
    return [{**row, "brought": names.get(row["id"], "")} for row in rows if row["id"] not in empty]


def years_ago(db: sqlite3.Connection, now: datetime, around: int = AROUND) -> list[Row]:
    """Notes and kept quotes of this day in other years, in the order of `order_by_day`; none that was looked at lately, and no
    empty page of an import. around: so many days before and after count as that day.
    """
    today = now.astimezone().date()
    before = stamp(now - timedelta(days=365 - AROUND))
    rows = review.of_days(db, days_around(today, around), before, stamp(now - UNSEEN))
    return _worth_a_look(db, order_by_day(rows, today, around))


def nearest_years_ago(db: sqlite3.Connection, now: datetime) -> list[Row]:
    """The first of `years_ago`, if there is one. The days around are looked through only where today brings nothing."""
    return next((found[:1] for around in (0, AROUND) if (found := years_ago(db, now, around))), [])


def days_around(today: date, around: int = AROUND) -> list[str]:
    """The days of the year (11-28) around today; one more on either side, since stamps are UTC and days are local, and all of
    the leap day and those beside it where it is one of them, or lies between: another year has no such day. Pure.
    """
    days = [f"{today + timedelta(days=number):%m-%d}" for number in range(-around - 1, around + 2)]
    leap = ("02-28", "02-29", "03-01")
    return list(dict.fromkeys([*days, *leap])) if leap[1] in days or {leap[0], leap[2]} <= {*days} else days


def order_by_day(rows: Sequence[Row], today: date, around: int = AROUND) -> list[Row]:
    """Rows with "years" and "off" (days from today): the nearest day first, then the fewest years, notes before quotes, the id.

    Pure. What is less than a year old is left out, and what is further off than `around`.
    """
    told = []
    for row in rows:
        years, off = anniversary(local(row["at"]).date(), today)
        if years >= 1 and abs(off) <= around:
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

    One of this day in other years takes the place of one by chance, and only one comes from what an import brought. Where
    more than FEW are due, or several ask, each day begins where the day before ended.
    """
    parts = {part: list(rows) for part, rows in _parts(found, now).items()}
    parts["day"] = parts["day"][:1]
    if parts["day"]:
        parts["chance"] = []
    parts["chance"] = [row for row in parts["chance"] if not row.get("brought")] or parts["chance"][:1]
    today = now.astimezone().toordinal()
    answered = [row for row in parts["question"] if row.get("answers")]
    parts["question"] = _turn(answered, today) + _turn([row for row in parts["question"] if row not in answered], today)
    parts["contradiction"] = _turn(parts["contradiction"], today)
    seen: set[str] = set()
    others, due = ("contradiction", "question", "day", "chance"), [*parts["due"], *parts["stale"]]
    chosen: list[Row] = []
    for part in others:
        if len(chosen) < limit - bool(due):  # what is due has one place at least
            chosen += _take(parts[part], 1, seen)
    room = limit - len(chosen)
    chosen += _take(_turn(due, today * room) if len(due) > FEW else due, room, seen)
    chosen += _take([row for part in others for row in parts[part]], limit - len(chosen), seen)
    return tuple(sorted(chosen, key=lambda row: PARTS.index(row["part"])))


def _turn(rows: Sequence[Row], by: int) -> list[Row]:
    """The rows, begun that many places later, round and round."""
    start = by % len(rows) if rows else 0
    return [*rows[start:], *rows[:start]]


def only(found: Gathered, part: str, now: datetime) -> tuple[Row, ...]:
    """All of one part. Raises Invalid where there is no such part."""
    if part not in PARTS:
        raise none_of(f"--only {one_line(part, 40)}", part, PARTS)
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
        "chance": [_told(row, "chance", _why_chance(row)) for row in found.chance],
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


def _why_chance(row: Row) -> str:
    if folder := row.get("brought", ""):
        return f"by chance, from {one_line(folder, 40)}: not looked at since it came in"
    return "by chance, far from what you work on"


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


def in_short(db: sqlite3.Connection, now: datetime, past: Sequence[Row]) -> tuple[Row, ...]:
    """The notes of today's review, for who only wants to know how many there are: chance is asked where there are few.

    past: those of `years_ago`, or its first.
    """
    found = _without_chance(db, now, past)
    rows = plan_review(found, now)
    return rows if len(rows) >= FEW else plan_review(replace(found, chance=by_chance(db, now)), now)


def mark_seen(store: Store, number: int, half_life: str | None = None) -> Row:
    """The note was looked at now; half_life: soon, later, eventually or never from now on, None: as it was.

    Raises NotFound, Invalid where there is no such half-life.
    """
    return mark_many_seen(store, [number], half_life)[0]


def mark_many_seen(store: Store, numbers: Sequence[int], half_life: str | None = None) -> list[Row]:
    """The same of several notes, as one operation."""
    from pkm.store import note_intake, notes

    if half_life is not None:
        half_life = read_half_life(half_life)
    with store.unit() as unit:
        rows = []
        for number in numbers:
            existing(notes.row(unit.connection, number), "note", number)
            note_intake.change_notes(unit, {number: {"reviewed_at": unit.at} | ({"half_life": half_life} if half_life else {})})
            rows.append(notes.row(unit.connection, number) or {})
        kept = f", {half_life}" if half_life else ""
        what = f"{rows[0]['id']} {one_line(rows[0]['title'], 60)}" if len(rows) == 1 else count(len(rows), "note")
        unit.summarize(f"looked at {what}{kept}")
    return rows


def mark_quote_seen(store: Store, number: int) -> Row:
    """The quote was looked at now, and comes back on its day, a season from now at the earliest. Raises NotFound."""
    from pkm.store import annotations, dismissals

    with store.unit() as unit:
        row = existing(annotations.row(unit.connection, number), "annotation", number)
        dismissals.put(unit, review.SEEN, make("annotation", number), one_line(row["exact"], 60))
        unit.summarize(f"looked at {make('annotation', number)} {one_line(row['exact'], 60)}")
    return row


def read_half_life(word: str) -> str:
    """The half-life meant, by its first letters. Raises Invalid with what there is."""
    found = [name for name in HALF_LIVES if word.strip() and name.startswith(word.strip().lower())]
    if len(found) != 1:
        raise none_of(f"--as {one_line(word, 40)}", word, HALF_LIVES)
    return found[0]
