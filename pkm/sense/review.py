"""The review of five minutes: which few notes to look at again today, and why these.

`plan_review` is pure: it takes what the store's questions gave. Nothing is shown twice, and never two of one source.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pkm.dates import parse_stamp, stamp
from pkm.errors import Invalid
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
        contradictions=review.contradictions(db, POOL), day=review.on_this_day(db, f"{here:%Y-%m-%d}", POOL),
        chance=review.far_away(db, stamp(now - OLD), here.toordinal(), POOL),
    )  # fmt: skip


def plan_review(found: Gathered, now: datetime, limit: int = FEW) -> tuple[Row, ...]:
    """At most `limit` notes: one of each other part where there is room, the rest what is due, most forgotten first."""
    parts = {part: list(rows) for part, rows in _parts(found, now).items()}
    seen: set[str] = set()
    others = ("contradiction", "question", "day", "chance")
    room = max(1, limit - sum(bool(parts[part]) for part in others))
    chosen = _take([*parts["due"], *parts["stale"]], room, seen)
    for part in others:
        if len(chosen) < limit:
            chosen += _take(parts[part], 1, seen)
    left_over = [row for part in ("due", "stale", *others) for row in parts[part]]
    chosen += _take(left_over, limit - len(chosen), seen)
    return tuple(sorted(chosen[:limit], key=lambda row: PARTS.index(row["part"])))


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
        "day": [_told(row, "day", f"on this day in {row['created_at'][:4]}") for row in found.day],
        "chance": [_told(row, "chance", "by chance, far from what you work on") for row in found.chance],
    }  # fmt: skip


def _told(row: Row, part: str, why: str) -> Row:
    return {**row, "part": part, "why": why}


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
    from pkm.store.model import Note

    if half_life is not None:
        half_life = read_half_life(half_life)
    with store.unit() as unit:
        note = unit.get(Note, number)
        note.reviewed_at = unit.at
        if half_life is not None:
            note.half_life = half_life
        unit.flush()
        kept = f", {half_life}" if half_life else ""
        unit.summarize(f"looked at {make('note', number)} {one_line(note.title, 60)}{kept}")
        row = notes.row(unit.connection, number)
    assert row is not None
    return row


def read_half_life(word: str) -> str:
    """The half-life meant, by its first letters. Raises Invalid with what there is."""
    found = [name for name in HALF_LIVES if word.strip() and name.startswith(word.strip().lower())]
    if len(found) != 1:
        raise Invalid(f"--as {one_line(word, 40)}", f"it should be {', '.join(HALF_LIVES[:-1])} or {HALF_LIVES[-1]}")
    return found[0]
