"""Search inside the process at a million items, beside the bare FTS5 query; what is related, suggested and ranked."""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from pkm.dates import now
from pkm.query import parse
from pkm.seek.order import list_best
from pkm.sense.related import find_related
from pkm.sense.suggest import suggest
from pkm.store.search import search
from tests.bench import stores
from tests.bench.large import Writer
from tests.bench.table import Row

P95_MS, TIMES, NOTE_MS = 100, 1.5, 300
EACH = 20


def bench(asked: Namespace, folder: Path) -> Iterator[Row]:
    """A row for each shape of query, and one for each thing that is worked out when asked for."""
    store = stores.opened(stores.home(asked.stores or folder, asked.notes, asked.items))
    db, at = store.read(), now()
    words = Writer().words
    some = [words[position] for position in range(3, 3 + EACH * 40, 40)]  # from very common to rare
    shapes: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
        "one word": (str, str),
        "phrase": (lambda word: f'"{word} {words[5]}"', lambda word: f'"{word} {words[5]}"'),
        "prefix": (lambda word: f"{word[:5]}*", lambda word: f"{word[:5]}*"),
        "tag and date": (lambda word: f"{word} tag:area1 after:2026-01-01", str),
    }
    bare = "SELECT rowid FROM item_fts WHERE item_fts MATCH ? ORDER BY bm25(item_fts) LIMIT 20"
    for name, (asks, matches) in shapes.items():
        ours = p95(lambda word, asks=asks: search(db, parse(asks(word)), limit=20, now=at), some)
        theirs = p95(lambda word, matches=matches: db.execute(bare, (matches(word),)).fetchall(), some)
        work = f"search, {name}, {asked.items:,} items: p95"
        yield Row(work, ours, bound=P95_MS, unit="ms")
        yield Row(work, ours, "bare FTS5", theirs, TIMES, unit="ms")
    some_notes = [str(number) for number in range(1, asked.notes, max(1, asked.notes // EACH))]
    for name, function in (("related", lambda store, number: find_related(store, "note", number)), ("suggest", suggest)):
        function(store, int(some_notes[0]))  # the words' rarity is counted once and kept
        took = p95(lambda number, function=function: function(store, int(number)), some_notes)
        yield Row(f"{name} at {asked.notes:,} notes: p95", took, bound=NOTE_MS, unit="ms")
    took = p95(lambda _: list_best(store, at, 20), ["1"] * (EACH // 2))
    yield Row(f"rank of the inbox at {asked.items:,} items: p95", took, bound=NOTE_MS, unit="ms")
    store.close()


def p95(function: Callable[[str], object], given: list[str]) -> float:
    """Milliseconds that 95 of 100 calls stay under, each counted by the faster of two: what is asked for is read already."""
    times = []
    for one in given:
        taken = []
        for _ in range(2):
            started = time.perf_counter()
            function(one)
            taken.append((time.perf_counter() - started) * 1000)
        times.append(min(taken))
    return sorted(times)[max(0, int(len(times) * 0.95) - 1)]
