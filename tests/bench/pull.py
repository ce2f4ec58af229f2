"""The pull of a thousand feeds, beside sfeed, newsboat, reader and curl: cold, unchanged, a tenth with something new."""

import os
import sqlite3
import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.bench import feeds, peers
from tests.bench.measure import Measured, median, medians, run
from tests.bench.table import Row

BOUNDS = {
    "cold": {"sfeed": 0.5, "newsboat": 0.4, "reader": 0.2, "curl": None},
    "unchanged": {"sfeed": None, "newsboat": 0.1, "reader": 0.3, "curl": 3.0},
    "a tenth with one new entry": {"sfeed": 0.2, "newsboat": None, "reader": 0.3, "curl": None},
}
PULL = [sys.executable, "-m", "pkm", "seek", "pull", "--all"]
MEMORY_MB = 300
COLD_RUNS = 3
"""Of each, from nothing each time: one alone is over by a tenth now and under by a tenth the next time."""


def bench(asked: Namespace, folder: Path) -> Iterator[Row]:
    """The rows of the three pulls, and of the memory of the first."""
    number = asked.feeds
    with feeds.serve(number) as served:
        ours, beside = list[Measured](), defaultdict[str, list[Measured]](list)
        for turn in range(min(asked.runs, COLD_RUNS)):  # in turns, so that what the machine does besides meets all
            home = folder / f"pkm-{turn}"
            follow(home, served.urls)
            ours.append(run(PULL, env={"PKM_HOME": str(home)}))
            theirs = peers.pulling(folder / f"peers-{turn}", served.urls)
            theirs = {name: command for name, command in theirs.items() if name in asked.beside}
            for name, command in theirs.items():
                beside[name].append(run(command))
        _check(home, number * feeds.ENTRIES)
        yield from _rows(f"pull of {number:,} feeds, cold", median(ours), medians(beside), BOUNDS["cold"])
        theirs = peers.again(theirs)
        for state in ("unchanged", "a tenth with one new entry"):
            new = len(range(0, number, 10)) if state.startswith("a tenth") else 0
            if new:
                served.news(10)
            again = 1 if new else asked.runs  # what is new is so once; the other is over before the machine is warm
            ours, beside = [run(PULL, env={"PKM_HOME": str(home)})], defaultdict(list)
            while len(ours) < again and "curl" in theirs:
                beside["curl"].append(run(theirs["curl"]))
                ours.append(run(PULL, env={"PKM_HOME": str(home)}))
            _check(home, number * feeds.ENTRIES + new)
            for name, command in theirs.items():
                beside[name].append(run(command))
            yield from _rows(f"pull of {number:,} feeds, {state}", median(ours), medians(beside), BOUNDS[state])
        follow(folder / "again", served.urls)
        weighed = run(PULL, env={"PKM_HOME": str(folder / "again")}, memory=True)
        yield Row(f"memory: pull of {number:,} feeds", weighed.together_mb, bound=MEMORY_MB, unit="MB",
                  note=f"largest process {weighed.peak_mb:.0f} MB")  # fmt: skip


def _rows(work: str, ours: Measured, found: dict[str, Measured], bounds: dict[str, float | None]) -> Iterator[Row]:
    yield Row(work, ours.wall_s, note=f"cpu {ours.cpu_s:.2f} s", more={"cpu_s": ours.cpu_s})
    for name, bound in bounds.items():
        if name in found:
            it = found[name]
            note = f"cpu {it.cpu_s:.2f} s, {ours.cpu_s / it.cpu_s:.2f}x"
            yield Row(work, ours.wall_s, name, it.wall_s, bound, note=note, more={"cpu_s": ours.cpu_s, "their_cpu_s": it.cpu_s})
        elif bound is not None:
            yield Row(work, ours.wall_s, name, None, bound, note=f"{name} is not installed, or was not asked for")


def follow(home: Path, urls: list[str]) -> None:
    """The home follows these feeds."""
    from pkm.config import Home
    from pkm.store import intake
    from pkm.store.session import Store

    home.mkdir(parents=True)
    os.environ["PKM_HOME"] = str(home)
    store = Store(Home.find(), "follow")
    with store.unit() as unit:
        intake.add_sources(unit, [{"url": url, "title": "", "site_url": "", "opml": "{}"} for url in urls])
    store.close()


def _check(home: Path, items: int) -> None:
    """Every item is kept, and can be searched. Raises AssertionError."""
    with sqlite3.connect(home / "pkm.db") as db:
        kept = db.execute("SELECT count(*) FROM item").fetchone()[0]
        indexed = db.execute("SELECT count(*) FROM item_fts_docsize").fetchone()[0]
        longest = db.execute("SELECT text FROM item ORDER BY id DESC LIMIT 1").fetchone()[0].split()
        words = " ".join(f'"{word}"' for word in longest[:5])
        found = db.execute("SELECT count(*) FROM item_fts WHERE item_fts MATCH ?", (words,)).fetchone()[0]
    assert (kept, indexed) == (items, items), f"{kept} items, {indexed} in the index, for {items}"
    assert found, "the last item is not found by its words"
