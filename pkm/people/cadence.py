"""When to be in touch again: pure rules over stamps and spans. Knows neither the store nor the clock.

A contact is due at the last touch plus their cadence (their own, else that of the closest circle, else that of its
kind); store/standings.py computes that for many at once. Here is what follows from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pkm.dates import median_gap_s, parse_stamp

HARD = 1.5
"""From this many cadences after the last touch on, a contact is not just due but late (the hard limit)."""


QUIET_GAPS, QUIET_DAYS = 3, 30
"""Who has written nothing for so many of their usual gaps, and for so many days at least, is quiet."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a change of circles did to one contact: closest tie and cadence (seconds) before and after."""

    contact: Mapping[str, Any]
    tie_before: str | None
    tie_after: str | None
    every_before_s: int | None
    every_after_s: int | None
    changed: bool = True
    since: str | None = None  # where nothing changed: the day they joined
    explained: bool = False  # they were in it without a reason, and have one now


def begin_quarter(now: datetime) -> datetime:
    """The first instant of the local quarter that `now` is in; aware."""
    here = now.astimezone()
    return here.replace(month=(here.month - 1) // 3 * 3 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)


def name_shade(due: str | None, every_s: int | None, now: datetime) -> str:
    """How urgent a contact is: "" (no cadence), "later", "due" (past the soft limit) or "late" (past the hard one)."""
    if due is None or not every_s:
        return ""
    over = now - parse_stamp(due)
    if over < timedelta(0):
        return "later"
    return "late" if over >= timedelta(seconds=every_s * (HARD - 1)) else "due"


def quiet_since(dates: Sequence[str], now: datetime) -> str | None:
    """The stamp of the last thing that somebody wrote, where they have been quiet since; None where they have not.

    dates: when what they wrote was published (stamps), in any order. Quiet is a gap of more than 30 days and more than
    three of their median gaps; of fewer than three things no gap can be told, and the 30 days alone count.
    """
    ordered = sorted(dates)
    if not ordered:
        return None
    gap_s = median_gap_s([parse_stamp(at) for at in ordered]) if len(ordered) > 2 else None
    over = max(timedelta(days=QUIET_DAYS), timedelta(seconds=QUIET_GAPS * (gap_s or 0)))
    return ordered[-1] if now - parse_stamp(ordered[-1]) > over else None
