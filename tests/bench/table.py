"""The table of figures: ours, the peers', the ratio, the bound; as Markdown and as JSON."""

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside another: `ours` over `theirs` (None: the bound is an absolute one) must be at most `bound`.

    unit: s, ms or MB. note: what else was seen, or why there is no figure.
    """

    work: str
    ours: float | None
    beside: str = ""
    theirs: float | None = None
    bound: float | None = None
    unit: str = "s"
    note: str = ""
    more: dict[str, float] = field(default_factory=dict)
    failed: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours by theirs."""
        return None if self.ours is None or not self.theirs else self.ours / self.theirs

    @property
    def verdict(self) -> str:
        """ok, OVER, or - where there is nothing to compare."""
        value = self.ratio if self.beside else self.ours
        return "-" if value is None or self.bound is None else "ok" if value <= self.bound else "OVER"


def as_markdown(rows: Iterable[Row]) -> str:
    """The rows as a table."""
    lines = ["| work | ours | beside | theirs | ratio | bound | |", "| --- | ---: | --- | ---: | ---: | ---: | --- |"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
        bound = "" if row.bound is None else f"<= {row.bound:g}x" if row.beside else f"< {row.bound:g} {row.unit}"
        told = " · ".join(part for part in (row.verdict, row.note) if part)
        cells = (row.work, _figure(row.ours, row.unit), row.beside, _figure(row.theirs, row.unit), ratio, bound, told)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _figure(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    model = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), "")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": len(os.sched_getaffinity(0)), "processor": model,
        "system": platform.platform(), "python": sys.version.split()[0], "sqlite": sqlite3.sqlite_version,
        "load": round(os.getloadavg()[0], 2),
    }  # fmt: skip


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def write(rows: Sequence[Row], path: Path) -> None:
    """The rows stand in path.md and path.json, with the machine they were taken on."""
    where = machine()
    told = " · ".join(f"{name} {value}" for name, value in where.items())
    path.with_suffix(".md").write_text(f"{as_markdown(rows)}\n{told}\n")
    listed = [{**asdict(row), "ratio": row.ratio, "verdict": row.verdict} for row in rows]
    path.with_suffix(".json").write_text(json.dumps({"machine": where, "rows": listed}, indent=1) + "\n")
