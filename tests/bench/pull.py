"""The pull of a thousand feeds, beside sfeed, newsboat, reader and curl: cold, unchanged, a tenth with something new."""

import os
import sqlite3
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tests.bench import feeds, peers
from tests.bench.measure import Measured, median, run
from tests.bench.table import Row

BOUNDS = {
    "cold": {"sfeed": 0.5, "newsboat": 0.4, "reader": 0.2, "curl": None},
    "unchanged": {"sfeed": None, "newsboat": 0.1, "reader": 0.3, "curl": 3.0},
    "a tenth with one new entry": {"sfeed": 0.2, "newsboat": None, "reader": 0.3, "curl": None},
}
PULL = [sys.executable, "-m", "pkm", "seek", "pull", "--all"]
MEMORY_MB = 300


def bench(asked: Namespace, folder: Path) -> Iterator[Row]:
    """The rows of the three pulls, and of the memory of the first."""
    number = asked.feeds
    with feeds.serve(number) as served:
        theirs = peers.pulling(folder / "peers", served.urls)
        theirs = {name: command for name, command in theirs.items() if name in asked.beside}
        env = {"PKM_HOME": str(folder / "pkm")}
        follow(folder / "pkm", served.urls)
        for state, bounds in BOUNDS.items():
            if state.startswith("a tenth"):
                served.news(10)
            again = asked.runs if state == "unchanged" else 1  # one is over before the machine is warm
            runs, beside = [run(PULL, env=env)], list[Measured]()
            while len(runs) < again and "curl" in theirs:
                beside.append(run(theirs["curl"]))
                runs.append(run(PULL, env=env))
            ours = median(runs)
            _check(folder / "pkm", number * feeds.ENTRIES + (len(range(0, number, 10)) if state.startswith("a") else 0))
            found = {name: run(command) for name, command in theirs.items()}
            if beside:
                found["curl"] = median([*beside, found["curl"]])
            theirs = peers.again(theirs)
            yield from _rows(f"pull of {number:,} feeds, {state}", ours, found, bounds)
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
