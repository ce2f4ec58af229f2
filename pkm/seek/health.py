"""How a source does: what ails it and the command that mends it, how much it writes, how much of it is kept.

The judgments are pure: values in, kind out, `now` a parameter. `of_sources` asks the store.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote
from typing import Any

from pkm.dates import median_gap_s, parse_stamp, stamp
from pkm.ids import Row
from pkm.seek.rhythm import RECENT
from pkm.store import source_health, sources

SICK_AFTER = 3
"""From this many failures in a row on, a source is sick; what no repetition mends is told at the first."""

DEAD_AFTER = timedelta(days=7)
"""So long must an address be unknown (404, no such host) before its source is called dead."""

QUIET_LEAST, QUIET_MOST = timedelta(days=30), timedelta(days=365)
"""A source is quiet after three times its own pace, but not before the one, and in any case after the other."""

COUNTED = timedelta(days=365)
"""What was kept of what was shown is counted over this time."""

ENOUGH = 10
"""With fewer decisions, what is kept of a source says nothing of it yet."""

_STATUS = re.compile(r"the server answered (\d{3})\b")
_UNSET = re.compile(r"the environment has no (\w+)")
_NO_FEED = re.compile(r"it is (?:empty|too broken|neither|XML|JSON|no JSON|a web page)")


@dataclass(frozen=True, slots=True)
class Ailment:
    """What ails a source. kind: dead, blocked, auth, broken, failing, moved, quiet. wrong: something must be done.

    why: in words; next: the command that mends it.
    """

    kind: str
    why: str
    next: str
    wrong: bool = True


def diagnose(row: Mapping[str, Any], dates: Sequence[str], now: datetime) -> Ailment | None:
    """What ails the source, None where it does well, is paused, or has failed for too short a time to say.

    row: as store/sources gives it. dates: when its latest items were published, stamps in any order.
    """
    if row["state"] == "paused":
        return None
    if row["failures"]:
        return _of_failure(row, now)
    if row["moved_to"] and row["moved_to"] != row["url"]:
        step = f"pkm seek edit {row['id']} --url {quote(row['moved_to'])}"
        step += " (its secret stays behind: give it again with --credential)" if row.get("credential") else ""
        return Ailment("moved", f"it sends to {row['moved_to']}", step, wrong=False)
    silent = now - parse_stamp(max(dates, default=row["created_at"]))
    followed = now - parse_stamp(row["created_at"])  # what was silent before it was followed was chosen so
    if row["fetched_at"] and min(silent, followed) > quiet_after(dates):
        return Ailment("quiet", f"nothing new for {in_days(silent)}", f"pkm seek remove {row['id']}", wrong=False)
    return None


def _of_failure(row: Mapping[str, Any], now: datetime) -> Ailment | None:
    number, error = row["id"], row["error"] or ""
    kind = name_kind(error, row["state"], now - parse_stamp(row["fetched_at"] or row["created_at"]))
    if kind == "failing" and row["failures"] < SICK_AFTER:
        return None
    return Ailment(kind, error, _mend(kind, number, error))


def _of_first_failures(row: Mapping[str, Any]) -> Ailment | None:
    """A source that has failed for too short a time to be sick: it is tried again by itself, and nothing must be done."""
    if not row["failures"]:
        return None
    return Ailment("failing", row["error"] or "", f"pkm seek pull {row['id']}", wrong=False)


def name_kind(error: str, state: str, since: timedelta) -> str:
    """The kind of failure. since: how long no feed has come."""
    found = _STATUS.search(error)
    status = int(found[1]) if found else None
    if "credential" in error:
        return "auth"
    if "bot wall" in error or status in (403, 451):
        return "blocked"
    if state == "gone" or status == 410:
        return "dead"
    unknown = status == 404 or "no such host" in error or "cannot be looked up" in error or "no such file" in error
    if unknown and since >= DEAD_AFTER:
        return "dead"
    return "broken" if _NO_FEED.search(error) else "failing"


def _mend(kind: str, number: str, error: str) -> str:
    edit = f"pkm seek edit {number}"
    if kind == "auth" and (missing := _UNSET.search(error)):
        return f"export {missing[1]}=…, then: pkm seek pull {number}"
    if kind == "auth" and "the secret is not" in error:
        return f"write the secret in one of these forms, then: pkm seek pull {number}"
    if kind == "auth":
        return f"{edit} --credential env:NAME"
    if kind == "blocked":
        pause = f"{edit} --pause"
        return pause if "bot wall" in error else f'{edit} --user-agent "Mozilla/5.0", or {pause}'
    if kind == "dead":
        return f"pkm seek remove {number}, or {edit} --url URL"
    if kind == "broken":
        return f"{edit} --url URL, or {edit} --pause"
    return f"pkm seek pull {number}, or {edit} --pause"


def quiet_after(dates: Sequence[str]) -> timedelta:
    """How long a source with items of these dates may say nothing before it is quiet."""
    times = [parse_stamp(each) for each in sorted(set(dates))]
    gap_s = median_gap_s(times) if len(times) > 2 else None
    return QUIET_MOST if gap_s is None else min(max(QUIET_LEAST, timedelta(seconds=3 * gap_s)), QUIET_MOST)


def items_per_week(dates: Sequence[str], now: datetime, *, whole: bool) -> float:
    """How many items a week a source brings, by its latest ones. whole: there are no others."""
    past = [parse_stamp(each) for each in dates if each <= stamp(now)]
    if not past:
        return 0.0
    span = max(now - min(past), timedelta(weeks=1) if whole else timedelta(hours=1))
    return round(len(past) / (span / timedelta(weeks=1)), 2)


def in_days(span: timedelta) -> str:
    """The span as people say it: 45 days, 14 months, 3 years."""
    days = span.days
    if days < 90:
        return f"{days} days"
    return f"{days // 30} months" if days < 730 else f"{days // 365} years"


def of_sources(db: sqlite3.Connection, rows: Sequence[Row], now: datetime) -> list[Row]:
    """The sources with how they do: items_per_week, kept and decided (in a year), signal (the share kept), health.

    Asks for these sources alone, so that a page of a large store stays quick.
    """
    numbers = [row["number"] for row in rows]
    dates = sources.recent_dates(db, numbers, RECENT)
    decided = source_health.decisions(db, numbers, stamp(now - COUNTED))
    return [{**row, **_figures(row, dates.get(row["number"], []), decided, now)} for row in rows]


def _figures(row: Row, dates: Sequence[str], decided: Mapping[int, tuple[int, int]], now: datetime) -> Row:
    kept, of = decided.get(row["number"], (0, 0))
    ailment = diagnose(row, dates, now)
    return {
        "items_per_week": items_per_week(dates, now, whole=len(dates) < RECENT), "kept": kept, "decided": of,
        "signal": round(kept / of, 3) if of else None,
        "health": {"kind": ailment.kind, "why": ailment.why, "next": ailment.next} if ailment else None,
    }  # fmt: skip


def sort_sources(
    db: sqlite3.Connection, order: str, limit: int, now: datetime, *, state: str | None = None,
    ids: Sequence[int] | None = None,
) -> list[Row]:  # fmt: skip
    """The first `limit` sources in that order (source_health.ORDERS), with how they do."""
    numbers = source_health.numbers(
        db, order, limit, since=stamp(now - COUNTED), enough=ENOUGH, state=state, ids=ids
    )  # fmt: skip
    rows = {row["number"]: row for row in sources.rows(db, limit=limit, ids=numbers)}
    return of_sources(db, [rows[number] for number in numbers], now)


def ailing(db: sqlite3.Connection, now: datetime) -> list[tuple[Row, Ailment]]:
    """Every source that something ails or that gave nothing the last time, by kind in the order of Ailment's, then by
    how long.
    """
    rows = source_health.watched(db)
    dates = sources.recent_dates(db, [row["number"] for row in rows], RECENT)
    found = [
        (row, ailment)
        for row in rows
        if (ailment := diagnose(row, dates.get(row["number"], []), now) or _of_first_failures(row))
    ]
    kinds = ("dead", "blocked", "auth", "broken", "failing", "moved", "quiet")
    return sorted(found, key=lambda one: (kinds.index(one[1].kind), one[0]["fetched_at"] or "", one[0]["number"]))


def explain_interval(row: Mapping[str, Any], dates: Sequence[str], now: datetime, least: timedelta) -> str:
    """How often a source is looked at and why, in words."""
    from pkm.dates import format_span
    from pkm.seek.rhythm import SILENT_WAIT, find_pace

    if row["every_s"]:
        return f"every {format_span(row['every_s'])}: as you set it"
    if row["failures"]:
        return "after a failure: from 1 h on, doubling to a week"
    if not row["checked_at"] or not row["next_at"]:
        return ""
    wait = parse_stamp(row["next_at"]) - parse_stamp(row["checked_at"])
    pace = find_pace(dates, now, least)
    said = f"every {in_hours(wait)}"
    if wait > pace * 1.01:
        return f"{said}: its server or feed asks for that ({in_hours(pace)} by its own pace)"
    if pace >= SILENT_WAIT:
        return f"{said}: it was silent for a year"
    if pace <= least:
        return f"{said}: the least interval (pkm config seek.every)"
    return f"{said}: half the median gap between its items"


def in_hours(span: timedelta) -> str:
    """The span in minutes, hours or days, rounded."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} d"
