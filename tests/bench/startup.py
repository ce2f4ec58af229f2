"""What a command costs as a whole process, beside `python -c "import typer"`; reads at two sizes of the store."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tests.bench import stores
from tests.bench.measure import alternately
from tests.bench.table import Row

TYPER = [sys.executable, "-c", "import typer"]
PKM = [sys.executable, "-m", "pkm"]
READS = {
    "pkm find x": ["find", "x"], "sense inbox": ["sense", "inbox"], "contact show": ["contact", "show", "c1"],
    "why": ["why", "n1"], "pkm": [],
}  # fmt: skip
READ, WRITE, GROWTH = 2.0, 9.0, 1.2
SMALL = 3_000
MEMORY_MB = 80


def bench(asked: Namespace, folder: Path) -> Iterator[Row]:
    """A row for each command and size beside typer, and for the large store beside the small one."""
    large = max(asked.items, SMALL)
    found = {}
    for size, notes in ((SMALL, SMALL // 3), (large, asked.notes)):
        env = {"PKM_HOME": str(stores.home(asked.stores or folder, notes, size))}
        commands = {"typer": TYPER, **{name: PKM + words for name, words in READS.items()}}
        found[size] = alternately(commands, asked.runs, env)
        for name in READS:
            ours, typer = found[size][name], found[size]["typer"]
            note = f"cpu {ours.cpu_s:.2f} s, {ours.cpu_s / typer.cpu_s:.2f}x"
            yield Row(f"{name}, {size:,} items", ours.wall_s, "import typer", typer.wall_s, READ, note=note)
    for name in READS:
        ours, small = found[large][name], found[SMALL][name]
        yield Row(f"{name}, {large:,} items beside {SMALL:,}", ours.wall_s, "small", small.wall_s, GROWTH)
    find = found[large]["pkm find x"]
    yield Row(f"memory: find at {large:,}", find.peak_mb, bound=MEMORY_MB, unit="MB")
    env = {"PKM_HOME": str(folder / "writing")}
    note = alternately({"typer": TYPER, "note": [*PKM, "sense", "note", "A thought about #paths"]}, asked.runs, env)
    yield Row("pkm sense note", note["note"].wall_s, "import typer", note["typer"].wall_s, WRITE,
              note=f"cpu {note['note'].cpu_s / note['typer'].cpu_s:.2f}x; 3x is the aim")  # fmt: skip
