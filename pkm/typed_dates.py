"""Dates, times and spans as people say them, read in local time: `fri`, `3d ago`, `in 2 weeks`, `dec 1 at 14:30`, `every 6w`.

`a..b` is accepted by `parse_range` only. What is none says what would be right. How they are kept and shown is in dates:
a command that only reads loads that one alone.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pkm.dates import UNIT_S, day, stamp
from pkm.errors import Invalid

# Spans: how often, how long

_UNIT_NAMES = {
    "minute": "m min mins minute minutes", "hour": "h hr hrs hour hours", "day": "d day days",
    "week": "w wk wks week weeks", "month": "mo mon month months", "year": "y yr yrs year years",
}  # fmt: skip
_UNITS = {name: unit for unit, names in _UNIT_NAMES.items() for name in names.split()}
_RHYTHMS = {
    "hourly": (1, "hour"), "daily": (1, "day"), "weekly": (1, "week"), "fortnightly": (2, "week"),
    "monthly": (1, "month"), "quarterly": (3, "month"), "yearly": (1, "year"),
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
_AMOUNT = r"(?:(?P<count>\d{1,5}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")\s*(?P<unit>[a-z]+))"
_LONGEST = timedelta(days=36525)


def parse_span(text: str) -> timedelta:
    """How long: 30min, 1h, 2d, 1w, 6w, 2mo (30 days each), 1y (365), weekly, "every 2 weeks". A bare m is minutes.

    Raises Invalid; a span is at least a minute and at most a hundred years.
    """
    words = _words(text).removeprefix("every ").strip()
    match = re.fullmatch(_AMOUNT, words)
    if words in _RHYTHMS:
        count, unit = _RHYTHMS[words]
    elif words in _UNITS and len(words) > 2:
        count, unit = 1, _UNITS[words]
    elif match and match["unit"] in _UNITS:
        count, unit = _number(match["count"]), _UNITS[match["unit"]]
    else:
        raise Invalid(_shown(text), "it should be a length of time such as 30min, 1h, 2d, 6w, 2mo or weekly")
    span = timedelta(seconds=count * UNIT_S[unit])
    if not timedelta(minutes=1) <= span <= _LONGEST:
        raise Invalid(_shown(text), "a length of time is from 1min to 100y")
    return span


# Dates and times

RIGHT = "it should be a date such as fri, tomorrow, in 2 weeks, 3d ago, eom, 1 dec or 2026-12-01"
RIGHT_PAST = "it should be a date such as yesterday, mon, 3d ago or 2026-11-20"
"""The same where only what is past can be meant."""
_NEXT_PAST = "give the date as 2026-11-20, which is never misread"
_NEXT = "give the date as 2026-12-01, which is never misread"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NEAR = {"today": 0, "tomorrow": 1, "yesterday": -1}
_SPELLED = (
    *_NEAR, *_WEEKDAYS, *_MONTHS, *(name[:3] for name in (*_WEEKDAYS, *_MONTHS)), "next", "last", "day", "days", "week", "weeks",
    "month", "months", "year", "years",
)  # fmt: skip
"""The words of dates that may be mistyped, as they are offered."""
_YEARS = range(1000, 9000)
# A time at the end of the text. A bare number is an hour only after "at". Compiled where it is used: a read needs none.
_TIME = (
    r"(?:^|(?<=[\s,]))(?:at\s+)?(?:(?P<word>noon|midnight)|(?P<hour>\d{1,2}):(?P<minute>\d\d)\s*(?P<half>[ap]m)?"
    r"|(?P<hour2>\d{1,2})\s*(?P<half2>[ap]m)|(?<=at\s)(?P<hour3>\d{1,2}))$"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was named: its first moment, naive local time, and how long it lasts: day, week, month, year, moment.

    "span" is a day that was counted (3d ago) and has the time of now, "bare" one without a word for its direction.
    """

    start: datetime
    unit: str = "day"


def parse_date(text: str, now: datetime, *, past: bool = False) -> date:
    """The local date that people mean: today, fri, next fri, last tuesday, in 2 weeks, 3d ago, eow, eom, eoy, dec 1,
    1 dec 2026, 2026-05 (its first day), 2026-12-01.

    past: which way a bare `2w`, `fri` or `dec 1` goes. A weekday by itself never means today. m is months here.
    parse_deadline is the exception.
    Raises Invalid, saying what would be right; a day that does not exist is not another day.
    """
    return _read(text, now, past).start.date()


def parse_when(text: str, now: datetime, *, past: bool = False, at: time = time(0)) -> datetime:
    """The instant that people mean, aware, UTC: a date as parse_date reads it, a time (`noon`, `at 14:30`), or both.

    at: the local time of day where only a date is given. A span (`in 2 weeks`, `3h ago`) keeps the time of now. A time
    alone is the next one, with past the last one. Raises Invalid.
    """
    found = _read(text, now, past)
    return _utc(_timed(found, at), text)


def parse_entry(text: str, now: datetime) -> datetime | None:
    """The instant that stands in front of a journal's entry, aware, UTC; None where the text may be something else.

    A day, or a time, in the past where its direction is open; a month, a year or a bare span (2w) is a word. A day
    is meant from noon on: it stays that day in other time zones. Never later than now on this day.
    """
    try:
        found = _read(text, now, True)
    except Invalid:
        return None
    if found.unit not in ("day", "span", "moment") or _words(text) == "now":
        return None
    at = _utc(_timed(found, time(12)), text)
    return now.astimezone(UTC) if at > now and day(at) == day(now) else at


def parse_range(text: str, now: datetime, *, past: bool = True) -> tuple[datetime | None, datetime | None]:
    """The instants from which and before which: `a..b`, `a..`, `..b`, or one day, week, month or year.

    Both are aware, UTC; the end is the first instant after b's day (month, year). None is open. Raises Invalid.
    """
    first, dots, last = text.partition("..")
    if not dots:
        last = first
    if not first.strip() and not last.strip():
        raise Invalid(_shown(text), "it should be two dates with .. between, such as 2026-05..2026-07 or mon..")
    start = _utc(_start(_read(first, now, past), whole=not dots), text) if first.strip() else None
    end = _utc(_end(_read(last, now, past), whole=not dots), text) if last.strip() else None
    if start and end and start >= end:
        raise Invalid(_shown(text), "the end comes before the start")
    return start, end


def parse_deadline(text: str, now: datetime) -> datetime:
    """The instant at which what is named is over: `fri`, `next week`, `2026-12-01`; aware, UTC. Raises Invalid.

    The one place where a weekday may be today: "by fri", said on a Friday, leaves the rest of that day.
    """
    words = _words(text).removeprefix("on ")
    name = words.replace(",", " ").split(" ")[0]
    if len(name) >= 3 and any(full.startswith(name) for full in _WEEKDAYS):
        words = f"this {words}"
    _, end = parse_range(words, now, past=False)
    assert end is not None
    return end


def _utc(naive: datetime, text: str) -> datetime:
    """Local naive time as an instant; the system's rules for that day hold, not today's offset."""
    try:
        return naive.astimezone(UTC)
    except (OverflowError, ValueError, OSError):
        raise _no(text) from None


def _timed(found: _Found, at: time) -> datetime:
    return found.start if found.unit in ("moment", "span", "bare") else datetime.combine(found.start, at)


def _start(found: _Found, *, whole: bool) -> datetime:
    """Where a range begins that is named so; with `whole` a moment stands for its day."""
    return found.start if found.unit == "moment" and not whole else datetime.combine(found.start, time(0))


def _end(found: _Found, *, whole: bool) -> datetime:
    start = found.start
    if found.unit == "moment" and not whole:
        return start
    days = {"week": 7, "month": monthrange(start.year, start.month)[1]}
    days["year"] = (date(start.year + 1, 1, 1) - date(start.year, 1, 1)).days
    return datetime.combine(start.date() + timedelta(days=days.get(found.unit, 1)), time(0))


def _read(text: str, now: datetime, past: bool) -> _Found:
    words = _words(text)
    here = now.astimezone().replace(tzinfo=None)
    try:
        found = _iso_moment(words) or _span_from(words, here, past) or _dated(words, here, past)
    except (ValueError, OverflowError):
        raise Invalid(_shown(text), "there is no such day or time", next=_NEXT_PAST if past else _NEXT) from None
    if found is None or found.start.year not in _YEARS:
        raise _no(text, past, _meant(words, here, past))
    return found


def _meant(words: str, here: datetime, past: bool) -> list[str]:
    """What is no date is one with one word of it spelled so."""
    from pkm.spelling import near

    parts = words.split(" ")
    spelled = near(words, _SPELLED, whole=True) if len(parts) > 1 else []  # to morrow
    for place, part in enumerate(parts if len(parts) <= _MOST_WORDS else ()):
        names = near(part, _SPELLED, within=2 if len(part) > 5 else 1, whole=True)
        spelled += [" ".join((*parts[:place], name, *parts[place + 1 :])) for name in names]
    return [one for one in dict.fromkeys(spelled) if _is_date(one, here, past)]


_MOST_WORDS = 5
"""What is longer is a sentence, and no date that was mistyped."""


def _is_date(words: str, here: datetime, past: bool) -> bool:
    try:
        return (_span_from(words, here, past) or _dated(words, here, past)) is not None
    except (ValueError, OverflowError):
        return False


def _no(text: str, past: bool = False, close: Sequence[str] = ()) -> Invalid:
    return Invalid(_shown(text), RIGHT_PAST if past else RIGHT, near=close, next=_NEXT_PAST if past else _NEXT)


def _shown(text: str) -> str:
    from pkm.text import one_line

    return f"“{one_line(text, 60)}”"


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)


def _iso_moment(words: str) -> _Found | None:
    """2026-12-01T10:00[:30[.5]][Z|+01:00]; without an offset it is local time. Source: RFC 3339."""
    form = r"\d{4}-\d\d-\d\d[t ]\d\d:?\d\d(?::?\d\d(?:\.\d{1,9})?)?\s?(?:z|[+-]\d\d:?\d\d)?"
    if not re.fullmatch(form, words, re.A):
        return None
    at = datetime.fromisoformat(words.upper().replace(" ", "T", 1).replace(" ", ""))
    return _Found(at.astimezone().replace(tzinfo=None) if at.tzinfo else at, "moment")


def _span_from(words: str, here: datetime, past: bool) -> _Found | None:
    """Read in 2 weeks, 3d ago, 2 weeks from now, -3d, +2w, 3m."""
    match = re.fullmatch(rf"(?P<sign>[+-]|in )?\s*{_AMOUNT}(?P<end> ago| from now)?", words, re.A)
    if match is None or (match["sign"] and match["end"]):
        return None
    unit = "month" if match["unit"] == "m" else _UNITS.get(match["unit"])
    if unit is None:
        return None
    told = bool(match["sign"] or match["end"])
    if told:
        past = match["sign"] == "-" or match["end"] == " ago"
    count = _number(match["count"]) * (-1 if past else 1)
    if unit in ("month", "year"):
        start = _months_on(here, count * (12 if unit == "year" else 1))
    else:
        start = here + timedelta(seconds=count * UNIT_S[unit])
    if not told:
        return _Found(start, "bare")
    return _Found(start, "moment" if unit in ("minute", "hour") else "span")


def _months_on(start: datetime, months: int) -> datetime:
    """The same day of another month, or its last day where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year not in _YEARS:
        raise OverflowError(year)
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))


def _dated(words: str, here: datetime, past: bool) -> _Found | None:
    """A date, a time, or a date and a time."""
    if words == "now":
        return _Found(here, "moment")
    match = re.search(_TIME, words)
    if match is None:
        return _day(words, here, past)
    clock = _clock(match)
    rest = words[: match.start()].rstrip(" ,")
    if not rest:
        start = datetime.combine(here, clock)
        if past and start > here:
            start -= timedelta(days=1)
        elif not past and start < here:
            start += timedelta(days=1)
        return _Found(start, "moment")
    found = _day(rest, here, past)
    if found is None or found.unit != "day":
        return None
    return _Found(datetime.combine(found.start, clock), "moment")


def _clock(match: re.Match[str]) -> time:
    if match["word"]:
        return time(12 if match["word"] == "noon" else 0)
    hour = int(match["hour"] or match["hour2"] or match["hour3"])
    half = match["half"] or match["half2"]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(match["minute"] or 0))


def _day(words: str, here: datetime, past: bool) -> _Found | None:
    words = words.removeprefix("on ")
    today = here.date()
    if words in _NEAR:
        found: date | None = today + timedelta(days=_NEAR[words])
    elif words in ("eow", "eom", "eoq", "eoy"):
        found = _last_day(words, today)
    else:
        found = _weekday(words, today, past) or _day_of_month(words, today, past)
    if found is not None:
        return _at(found)
    return _period(words, today) or _month(words, today, past)


def _at(found: date, unit: str = "day") -> _Found:
    return _Found(datetime.combine(found, time(0)), unit)


def _last_day(words: str, today: date) -> date:
    """The last day of this week (Sunday), month, quarter or year."""
    if words == "eow":
        return today + timedelta(days=6 - today.weekday())
    month = {"eom": today.month, "eoq": (today.month + 2) // 3 * 3, "eoy": 12}[words]
    return date(today.year, month, monthrange(today.year, month)[1])


def _weekday(words: str, today: date, past: bool) -> date | None:
    """Read fri, next fri: the first after today; last fri: the last before it; this fri: today or the first after."""
    which, _, name = words.rpartition(" ")
    names = [number for number, full in enumerate(_WEEKDAYS) if len(name) >= 3 and full.startswith(name)]
    if not names or which not in ("", "next", "last", "this"):
        return None
    ahead = (names[0] - today.weekday()) % 7
    if which == "last" or (past and not which):
        return today - timedelta(days=7 - ahead)
    return today + timedelta(days=ahead if which == "this" else ahead or 7)


def _period(words: str, today: date) -> _Found | None:
    """Read this, next or last week, month or year; 2026-05; 2026."""
    match = re.fullmatch(r"(this|next|last) (week|month|year)", words)
    if match:
        step = {"this": 0, "next": 1, "last": -1}[match[1]]
        if match[2] == "week":
            return _at(today + timedelta(days=7 * step - today.weekday()), "week")
        if match[2] == "month":
            return _at(_months_on(datetime(today.year, today.month, 1), step).date(), "month")
        return _at(date(today.year + step, 1, 1), "year")
    match = re.fullmatch(r"(\d{4})(?:[-/](\d{1,2}))?", words, re.A)
    if match:
        return _at(date(int(match[1]), int(match[2] or 1), 1), "month" if match[2] else "year")
    return None


def _day_of_month(words: str, today: date, past: bool) -> date | None:
    """2026-12-01, 2026/12/1, 1.12.2026, dec 1, 1 dec 2026, december 1st, 2026."""
    match = re.fullmatch(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", words, re.A)
    if match:
        return date(int(match[1]), int(match[3]), int(match[4]))
    match = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", words, re.A)
    if match:
        return date(int(match[3]), int(match[2]), int(match[1]))
    ordinal = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
    month_name, year = r"(?P<month>[a-z]+)\.?", r"(?:,? (?P<year>\d{4}))?"
    match = re.fullmatch(f"{month_name} {ordinal}{year}", words, re.A)
    match = match or re.fullmatch(f"{ordinal} {month_name}{year}", words, re.A)
    month = _month_number(match["month"]) if match else None
    if match is None or month is None:
        return None
    if match["year"]:
        return date(int(match["year"]), month, int(match["day"]))
    return _nearest(month, int(match["day"]), today, past)


def _nearest(month: int, day: int, today: date, past: bool) -> date:
    """That day of the first year that has it, on the side asked for, today included. 29 February may be 8 years off."""
    date(2000, month, day)  # raises ValueError where no year has it
    for step in range(9):
        year = today.year - step if past else today.year + step
        if day > monthrange(year, month)[1]:
            continue
        found = date(year, month, day)
        if (found <= today) if past else (found >= today):
            return found
    raise ValueError(day)


def _month_number(name: str) -> int | None:
    found = [number for number, full in enumerate(_MONTHS, 1) if len(name) >= 3 and full.startswith(name)]
    return found[0] if found else 9 if name == "sept" else None


def _month(words: str, today: date, past: bool) -> _Found | None:
    """dec, december 2026: its first day."""
    name, _, year = words.partition(" ")
    month = _month_number(name)
    if month is None or not re.fullmatch(r"(?:\d{4})?", year, re.A):
        return None
    if year:
        return _at(date(int(year), month, 1), "month")
    return _at(_nearest(month, 1, today, past), "month")


def parse_past(text: str, now: datetime) -> str | None:
    """The stamp of a moment that is past: a day alone is its noon, today alone is now; None where nothing is said.

    Raises Invalid where the text is no date.
    """
    if not text.strip():
        return None
    then = parse_when(text, now, past=True, at=time(12))
    return stamp(now if then > now and parse_when(text, now, past=True) <= now else then)
