"""How a source stands, as a person reads it: what it brings, what ails it, and whom to leave."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta

from pkm.cli import current, render
from pkm.dates import ago, now
from pkm.ids import Row
from pkm.text import count, one_line

NOISE = 0.1
"""Of what has brought so little that was kept, leaving is offered."""


def describe(db: sqlite3.Connection, number: int) -> Row:
    """One source with how it does, and how often it is looked at and why."""
    from pkm import config
    from pkm.seek import health
    from pkm.seek.rhythm import RECENT
    from pkm.store import sources

    (row,) = health.of_sources(db, [sources.row(db, number) or {}], now())
    dates = sources.recent_dates(db, [number], RECENT).get(number, [])
    least = timedelta(seconds=config.read(current.home()).seconds("seek.every"))
    return {**row, "interval": health.explain_interval(row, dates, now(), least)}


def failing(row: Row) -> str:
    """What fails, how often in a row, and since when; or why its host waits."""
    if not row["failures"]:
        return str(row["error"] or "")
    since = f"last read {ago(row['fetched_at'], now())}" if row["fetched_at"] else "never read"
    return f"{row['error']} ({count(row['failures'], 'failure')} in a row, {since})"


def mend(row: Row) -> str:
    """What ails it besides a failure, and the command for it."""
    ailment = row.get("health")
    if not ailment:
        return ""
    return ailment["next"] if row["failures"] else f"{ailment['why']}: {ailment['next']}"


def brings(row: Row) -> str:
    """How much comes, and how much of it is kept."""
    if "items_per_week" not in row:
        return ""
    told = f"{row['items_per_week']:g} items a week"
    return told + (f"; in a year you decided on {row['decided']} and kept {row['kept']}" if row["decided"] else "")


def tell_noise(rows: Sequence[Row]) -> None:
    """The command that leaves the sources of which next to nothing is kept; where there are too few decisions, so."""
    from pkm.seek.health import ENOUGH

    judged = [row for row in rows if row["decided"] >= ENOUGH]
    noise = [row for row in judged if row["signal"] <= NOISE][:10]
    if noise:
        kept, decided = sum(row["kept"] for row in noise), sum(row["decided"] for row in noise)
        names = " ".join(row["id"] for row in noise)
        render.tell(f"Of {one_line(names)} you kept {kept} of {decided}. Leave them: pkm seek remove {names}")
    elif rows and not judged:
        render.tell(f"Nothing can be said yet: no source has {ENOUGH} items that you decided on in a year.")
