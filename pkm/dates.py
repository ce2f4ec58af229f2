"""Times: an instant is UTC, written as RFC 3339 with a Z and whole seconds; shown in local time.

`now()` is the only clock of the program; PKM_NOW sets it (tests, rehearsals). What people type is read in typed_dates.
"""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import pairwise

from pkm.errors import Invalid


def now() -> datetime:
    """The present instant, or the one that PKM_NOW names; aware, UTC. Raises Invalid where PKM_NOW is no time."""
    given = os.environ.get("PKM_NOW")
    if not given:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise Invalid(f"PKM_NOW={given}", "it should be a time such as 2026-12-01T10:00:00Z") from None
    return at.astimezone(UTC)


def stamp(at: datetime) -> str:
    """The instant as it is stored and put into JSON: 2026-11-23T09:00:00Z. Sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def parse_stamp(text: str) -> datetime:
    """The instant of a stored stamp; aware, UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


# Shown


def local(at: str | datetime) -> datetime:
    """The instant (a stamp or aware) in the local time zone; aware."""
    return (parse_stamp(at) if isinstance(at, str) else at).astimezone()


def day(at: str | datetime) -> str:
    """The local day of an instant: 2026-11-23."""
    return local(at).date().isoformat()


def midnight(of: date) -> datetime:
    """The instant at which a local day begins; aware, UTC. Raises OverflowError for the first day there is."""
    return datetime.combine(of, time(0)).astimezone(UTC)


def ago(at: str | datetime, now: datetime) -> str:
    """How far an instant is from now, for a table's cell: "just now", "5 min ago", "3 d ago", "in 2 w"."""
    seconds = round((now - local(at)).total_seconds())
    unit, size = next((unit, size) for unit, size, most in _AGES if abs(seconds) < size * most)
    count = abs(seconds) // size
    if not count:
        return "just now"
    return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"


# A unit, its seconds, and how many of it are told before the next one.
_AGES = (
    ("min", 60, 60), ("h", 3600, 48), ("d", 86400, 14), ("w", 604800, 9), ("mo", 2629800, 24), ("y", 31557600, 99999),
)  # fmt: skip

# How often, how long

UNIT_S = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 30 * 86400, "year": 365 * 86400}


def format_span(seconds: float) -> str:
    """The span in the largest unit that divides it: "6 weeks", "90 minutes", "2 months"; parse_span of typed_dates reads it."""
    whole = round(seconds)
    for unit in ("year", "month", "week", "day", "hour", "minute"):
        count, rest = divmod(whole, UNIT_S[unit])
        if count and not rest:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{whole} second{'' if whole == 1 else 's'}"


def median_gap_s(times: Sequence[datetime]) -> float | None:
    """The median time in seconds between neighbors of these, which are in order; None where there are fewer than two.

    The module `statistics` costs a listing more to import than all it is asked for.
    """
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(times))
    if not gaps:
        return None
    return (gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]) / 2
