"""Where the person stands with each contact: closest tie, cadence, last touch, and when the next one is due.

Kept in the table `standing`: triggers tell whose has to be computed anew, a unit does so at its end, and a read computes
for itself what no unit has done yet (an older store, another setting). What counts as a touch is touches.py's.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pkm.dates import parse_stamp, stamp
from pkm.store import touches
from pkm.store.rows import in_ids

DAY_S = 86_400
EVERY_S = {"team": 14 * DAY_S, "community": 42 * DAY_S, "network": 182 * DAY_S}
"""Seconds between two touches, by the kind of the closest circle, where neither contact nor circle says otherwise."""

RANK = "CASE {kind} WHEN 'team' THEN 1 WHEN 'community' THEN 2 ELSE 3 END"
"""SQL: how close a kind of circle is, 1 the closest."""

_KINDS = tuple(EVERY_S)
"""Kinds of circle, the closest first."""

_END = "9999-12-31T23:59:59Z"

Standing = dict[str, Any]


def standings(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Standing]:
    """For each contact: {"tie", "every_s", "last", "due"}.

    tie: the closest kind of circle joined. every_s: the contact's own cadence, else the shortest of the circles of that
    kind. last: the last touch. due: last (never touched: the day the contact was added) + every_s, not before a
    snooze's end; None without a cadence.
    """
    wanted = set(ids)
    kept = db.execute(
        f"SELECT contact_id, tie, every_s, last, due FROM standing WHERE counted = :counted AND contact_id IN {in_ids(wanted)}",
        {"counted": touches.counted(db)},
    )
    found = {row["contact_id"]: {name: row[name] for name in ("tie", "every_s", "last", "due")} for row in kept}
    return found | compute(db, wanted - found.keys())


def due(db: sqlite3.Connection, before: str, limit: int) -> list[int]:
    """Contacts whose next touch is due at or before that stamp, longest due first, then by id."""
    kept = db.execute(
        "SELECT due, contact_id FROM standing WHERE due <= :before AND counted = :counted ORDER BY due, contact_id LIMIT :limit",
        {"before": before, "counted": touches.counted(db), "limit": limit},
    )
    firsts = [(at, number) for at, number in kept]
    firsts += ((row["due"], number) for number, row in _uncounted(db) if row["due"] and row["due"] <= before)
    return [number for _, number in sorted(firsts)[: limit if limit >= 0 else None]]


def most_due(db: sqlite3.Connection, now: str) -> int | None:
    """The contact who is over their date by the most of their own cadence (then the lowest id); None: nobody is due."""
    at = parse_stamp(now)
    kept = db.execute(
        "SELECT every_s, due, contact_id FROM standing JOIN (SELECT every_s AS pace, min(due) AS first FROM standing "
        "WHERE counted = :counted AND due <= :now GROUP BY every_s) ON every_s = pace AND due = first WHERE counted = :counted",
        {"counted": touches.counted(db), "now": now},
    )
    over = [(row[0], row[1], row[2]) for row in kept]
    over += ((row["every_s"], row["due"], number) for number, row in _uncounted(db) if row["due"] and row["due"] <= now)
    shares = [((at - parse_stamp(since)).total_seconds() / every_s, -number) for every_s, since, number in over]
    return -max(shares)[1] if shares else None


def first_due(db: sqlite3.Connection) -> int | None:
    """The contact who is due first, today or on whatever day (then the lowest id); None: nobody has a cadence."""
    found = due(db, _END, 1)
    return found[0] if found else None


def refresh(db: sqlite3.Connection) -> int:
    """Every contact's standing is kept as it is now; how many had to be computed."""
    counted = touches.counted(db)
    anew = [{"id": number, "counted": counted, **standing} for number, standing in _uncounted(db)]
    db.executemany(
        "UPDATE standing SET counted = :counted, tie = :tie, every_s = :every_s, last = :last, due = :due WHERE contact_id = :id",
        anew,
    )
    return len(anew)


def _uncounted(db: sqlite3.Connection) -> Iterator[tuple[int, Standing]]:
    """Those whose standing is not kept, or was computed when other things counted as a touch."""
    stale = db.execute(
        "SELECT contact_id FROM standing WHERE counted < :counted OR counted > :counted", {"counted": touches.counted(db)}
    )
    yield from compute(db, [row[0] for row in stale]).items()


def compute(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Standing]:
    """What `standings` gives, from what passed and from the circles, whatever is kept."""
    wanted = list(ids)
    if not wanted:
        return {}
    chosen = f"IN {in_ids(wanted)}"
    ties, last = _ties(db, chosen), touches.last(db, chosen)
    people = db.execute(f"SELECT id, every_s, snoozed_until, created_at FROM contact WHERE id {chosen} ORDER BY id")
    found = {}
    for number, own_s, snoozed, created_at in people:
        tie, circle_s = ties.get(number, (None, None))
        every_s = own_s or circle_s
        due = every_s and max(stamp(_on(last.get(number, created_at), every_s)), snoozed or "")
        found[number] = {"tie": tie, "every_s": every_s, "last": last.get(number), "due": due}
    return found


def _ties(db: sqlite3.Connection, chosen: str) -> dict[int, tuple[str, int]]:
    """The closest kind of circle and its cadence in seconds, of each contact who is in one.

    Of several circles the closest counts, of several of that kind the one with the shortest cadence.
    """
    circles = {
        number: (_KINDS.index(kind), every_s or EVERY_S[kind])
        for number, kind, every_s in db.execute("SELECT id, kind, every_s FROM circle")
    }
    found: dict[int, tuple[int, int]] = {}
    stays = f"SELECT contact_id, circle_id FROM membership WHERE left_at IS NULL AND contact_id {chosen}"
    for number, circle in db.execute(stays):
        tie = circles[circle]
        if number not in found or tie < found[number]:
            found[number] = tie
    return {number: (_KINDS[rank], every_s) for number, (rank, every_s) in found.items()}


def _on(at: str, seconds: int) -> datetime:
    try:
        return datetime.fromisoformat(at) + timedelta(seconds=seconds)
    except OverflowError:
        return parse_stamp(_END)
