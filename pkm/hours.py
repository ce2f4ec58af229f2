"""When a circle may be disturbed, and how often: quiet hours and weekly caps as the settings give them. Pure.

    share.quiet   "22:00-07:00; practice 20:00-09:00"     share.weekly  "practice 1; network 3"

What stands without a circle's name is for all circles that have none of their own.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from pkm.errors import Invalid
from pkm.text import fold

Quiet = tuple[time, time]

_HOURS = re.compile(r"(?:(?P<circle>.+?)\s+)?(?P<start>\d{1,2}:\d\d)\s*[-–]\s*(?P<end>\d{1,2}:\d\d)")
_CAP = re.compile(r"(?:(?P<circle>.+?)\s+)?(?P<count>\d{1,3})")


def read_quiet(text: str) -> dict[str, Quiet]:
    """Circle's name, folded ("": all others) -> from when until when, local time. Raises Invalid."""
    found: dict[str, Quiet] = {}
    for part in _parts(text):
        match = _HOURS.fullmatch(part)
        try:
            if match is None:
                raise ValueError
            found[fold(match["circle"] or "")] = _time(match["start"]), _time(match["end"])
        except ValueError:
            raise Invalid(f"share.quiet: {part}", "it should be hours, as 22:00-07:00 or practice 20:00-09:00",
                          next='pkm config share.quiet "22:00-07:00; practice 20:00-09:00"') from None  # fmt: skip
    return found


def read_weekly(text: str) -> dict[str, int]:
    """Circle's name, folded ("": all others) -> how many shares a week it gets at most. Raises Invalid."""
    found: dict[str, int] = {}
    for part in _parts(text):
        match = _CAP.fullmatch(part)
        if match is None or not int(match["count"]):
            raise Invalid(f"share.weekly: {part}", "it should be a number of shares a week, as 3 or practice 1",
                          next='pkm config share.weekly "practice 1; network 3"')  # fmt: skip
        found[fold(match["circle"] or "")] = int(match["count"])
    return found


def circles_named(quiet: str, weekly: str) -> list[tuple[str, str]]:
    """(the setting, a circle's name, folded) for every circle that the two settings name. Raises Invalid."""
    tables: dict[str, Mapping[str, object]] = {"share.quiet": read_quiet(quiet), "share.weekly": read_weekly(weekly)}
    return [(key, circle) for key, table in tables.items() for circle in table if circle]


def of_circle(table: Mapping[str, object], circle: str) -> object | None:
    """What a table says of a circle, else what it says of all others."""
    return table.get(fold(circle), table.get(""))


def quiet_until(quiet: Quiet | None, local: datetime) -> datetime | None:
    """When the quiet hours end that this local instant lies in, None where it lies in none."""
    if quiet is None or quiet[0] == quiet[1]:
        return None
    start, end = quiet
    at = local.time().replace(tzinfo=None)
    inside = start <= at < end if start < end else at >= start or at < end
    if not inside:
        return None
    ends = datetime.combine(local.date(), end, local.tzinfo)
    return ends if ends > local else ends + timedelta(days=1)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
