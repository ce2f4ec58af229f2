"""When a source is looked at again, where its person named no interval: at its own pace, and as rarely as it asks.

Pure. A source that writes weekly needs no hourly look. What its server (Cache-Control, Expires) and its feed (ttl, sy:,
skipHours, skipDays) ask for is a floor, never more than a day: real feeds ask for sixteen years.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pkm.dates import median_gap_s, parse_stamp, stamp

LONGEST = timedelta(hours=24)
"""The longest that a pace or a floor makes a source wait."""

SILENT_AFTER, SILENT_WAIT = timedelta(days=365), timedelta(days=7)
"""What brought nothing for a year is looked at weekly."""

RECENT = 20
"""How many of the latest items tell a source's pace."""

_EARLIER = 0.1  # by how much of its pace a source may come early, so that not all come at once

_SKIPPED = re.compile(rb"<skip(Hours|Days)\b[^>]*>(.*?)</skip\1\s*>", re.I | re.S)
_VALUE = re.compile(rb"<(?:hour|day)\b[^>]*>\s*(\w+)\s*</", re.I)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Asked:
    """How rarely a source asks to be looked at: its server (fresh_s), its feed (the others). Hours are GMT, Monday 0."""

    fresh_s: int | None = None
    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()

    @property
    def floor(self) -> timedelta:
        """The least interval that it asks for, a day at most."""
        return min(timedelta(seconds=max(self.fresh_s or 0, self.ttl_s or 0)), LONGEST)


NOTHING_ASKED = Asked()


def next_look(
    number: int, asked: Asked, dates: Sequence[str], now: datetime, *, least: timedelta,
    before: timedelta = timedelta(0),
) -> datetime:  # fmt: skip
    """When the source of that number is looked at again.

    dates: when its items were published, stamps in any order. least: no interval is shorter. before: the interval of
    the last time, where nothing was read since and what the feed asks for is not known anew.
    """
    at = now + max(least, asked.floor, min(before, LONGEST), _spread(number, find_pace(dates, now, least)))
    return _past_skipped(at, asked)


def find_pace(dates: Sequence[str], now: datetime, least: timedelta) -> timedelta:
    """Half the median gap between the latest items, from `least` to a day; a week where they are older than a year.

    Items of one instant count once: a feed that gives ten at a time is no faster for it.
    """
    until = stamp(now)
    latest = sorted({each for each in dates if each <= until})[-RECENT:]  # a clock may have been ahead
    if not latest:
        return least
    times = [parse_stamp(each) for each in latest]
    if now - times[-1] > SILENT_AFTER:
        return max(SILENT_WAIT, least)
    gap_s = median_gap_s(times)
    return least if gap_s is None else max(least, min(timedelta(seconds=gap_s / 2), LONGEST))


def _spread(number: int, pace: timedelta) -> timedelta:
    """The pace, up to a tenth shorter: for each source always the same, for all of them spread."""
    return pace * (1 - _EARLIER * zlib.crc32(str(number).encode()) / 2**32)


def _past_skipped(at: datetime, asked: Asked) -> datetime:
    """The first time from `at` on that the feed does not exclude, a day later at most."""
    for _ in range(24):
        if at.hour not in asked.skip_hours and at.weekday() not in asked.skip_days:
            break
        at = at.replace(minute=0, second=0) + timedelta(hours=1)
    return at


def read_skipped(head: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(hours 0 to 23, days with Monday as 0) that the beginning of an RSS feed asks to be left alone in.

    Source: RSS 0.91, which writes midnight as 24, and RSS 2.0, skipHours and skipDays.
    """
    hours: set[int] = set()
    days: set[int] = set()
    for which, listed in _SKIPPED.findall(head):
        values = [value.decode("ascii", "replace").lower() for value in _VALUE.findall(listed)]
        if which.lower() == b"hours":
            hours.update(int(value) % 24 for value in values if re.fullmatch(r"[0-9]{1,2}", value) and int(value) < 25)
        else:
            days.update(_DAYS.index(value) for value in values if value in _DAYS)
    return tuple(sorted(hours)), tuple(sorted(days))
