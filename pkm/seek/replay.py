"""The self-test of the order: over the person's own decisions, best first against newest first. Pure.

Day by day the items that were undecided that day are ordered by what was known then, and newest first; of the ten on
top of either, how many were kept in the end? Likeness and heat are not known of the past, surprises have no score; so
habits, recency and diversity are what is tested.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import mean, stdev
from typing import Any

from pkm.dates import midnight, parse_stamp, stamp
from pkm.ids import Row
from pkm.seek.rank import FEW, Candidate, Decision, rank

TOP = 10
_POOL = 400  # of a day's items, the newest
_KNOWN = 1_500  # decisions before a day, the latest, that its order rests on
_LATER = 2_000  # decisions from a day on, among which is what was undecided that day
_WEEKS = 5  # fewer say nothing
_SURE = 3.0  # standard errors: by chance alone it would be claimed once in 700 histories


def replay(history: Sequence[Mapping[str, Any]]) -> Row:
    """kept@10 of both orders over the history (decided items), and which was better, where that is no chance.

    Returns {"decisions", "days_decided" (days on which they were made), "days_known" (those with FEW before them), "days"
    (those that were compared), "weeks", "best", "newest", "better": "best" | "newest" | None, "enough"}; best and
    newest are the shares of the ten on top that were kept, over the days on which the two could differ. Days lie
    close together in what they hold, so that the difference is judged over weeks.
    """
    decided = sorted(history, key=lambda row: (row["decided_at"], row["item"]))
    decided_on = _days(decided)
    times = [row["decided_at"] for row in decided]
    known = [day for day in decided_on if bisect_left(times, stamp(midnight(day))) >= FEW]
    result: Row = {
        "decisions": len(decided), "days": 0, "weeks": 0, "best": None, "newest": None, "better": None, "enough": False,
        "days_decided": len(decided_on), "days_known": len(known),
    }  # fmt: skip
    if len(decided) < FEW:
        return result
    weeks: dict[tuple[int, int], list[tuple[float, float]]] = {}
    decisions = [Decision(row["decided_at"], row["source"], row["author"], row["kept"], row["via"]) for row in decided]
    for day in known:
        if (both := _compare(day, decided, decisions)) is not None:
            weeks.setdefault(day.isocalendar()[:2], []).append(both)
    days = [both for week in weeks.values() for both in week]
    if not days:
        return result
    best, newest = (mean(both[which] for both in days) for which in (0, 1))
    gains = [mean(one - other for one, other in week) for week in weeks.values()]
    return {
        **result, "days": len(days), "weeks": len(weeks), "best": round(best, 3), "newest": round(newest, 3),
        "better": _better(gains), "enough": len(weeks) >= _WEEKS,
    }  # fmt: skip


def _better(gains: Sequence[float]) -> str | None:
    """The order that is better by more than chance explains, None where it does not."""
    if len(gains) < _WEEKS:
        return None
    gain, error = mean(gains), stdev(gains) / len(gains) ** 0.5
    if abs(gain) <= _SURE * error or gain == 0:
        return None
    return "best" if gain > 0 else "newest"


def _days(decided: Sequence[Mapping[str, Any]]) -> list[date]:
    """The days on which something was decided."""
    return sorted({parse_stamp(row["decided_at"]).astimezone().date() for row in decided})


def _compare(
    day: date, decided: Sequence[Mapping[str, Any]], decisions: Sequence[Decision]
) -> tuple[float, float] | None:
    """(kept of the ten best, kept of the ten newest) as shares; None where there was nothing to choose that day."""
    end = midnight(day + timedelta(days=1))
    begun, ended = stamp(midnight(day)), stamp(end)
    known = bisect_left(decisions, begun, key=lambda one: one.at)
    if known < FEW:
        return None
    there = [row for row in decided[known : known + _LATER] if row["received_at"] < ended]
    there.sort(key=lambda row: (row["received_at"], row["item"]), reverse=True)
    there = there[:_POOL]
    if len(there) <= TOP:
        return None
    candidates = [
        Candidate(item=row["item"], source=row["source"], author=row["author"], title=row["title"],
                  received_at=row["received_at"], published_at=row["published_at"])
        for row in there
    ]  # fmt: skip
    before = decisions[max(0, known - _KNOWN) : known]
    order = rank(candidates, before, end, today=begun, day=day, limit=TOP, surprises=False)
    kept = {row["item"] for row in there if row["kept"]}
    best = sum(one.item in kept for one in order.placed) / TOP
    return best, sum(row["item"] in kept for row in there[:TOP]) / TOP


def _why_nothing(result: Row) -> str:
    """Why no day counts: each needs enough decisions of days before it, and more items than stand on top."""
    if not result["days_known"]:
        since = "all are of one day" if result["days_decided"] == 1 else f"they are of {result['days_decided']} days"
        return f"{since}, and a day counts once {FEW} were made on the days before it"
    return f"on no day with {FEW} decisions before it did more than {TOP} of the items that you decided about lie there"


def replay_line(result: Row) -> str:
    """The result in a sentence, no better than it is."""
    if result["decisions"] < FEW:
        return f"Too little to compare: {result['decisions']} decisions, {FEW} are needed before the first day counts."
    if not result["days"]:
        return f"Nothing to compare in {result['decisions']:,} decisions: {_why_nothing(result)}."
    told = (
        f"kept@{TOP}: best first {result['best']:.1%}, newest first {result['newest']:.1%} "
        f"(n = {result['days']} days in {result['weeks']} weeks, {result['decisions']:,} decisions). "
    )
    if not result["enough"]:
        return told + f"That is too little to say which is better ({_WEEKS} weeks are needed)."
    if result["better"] == "best":
        return told + "Best first was better."
    if result["better"] == "newest":
        return told + "Newest first was better: pkm sense inbox --sort newest."
    return told + "Neither was better by more than chance."
