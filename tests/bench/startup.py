"""What a command costs as a whole process, beside `python -c "import typer"`; reads at two sizes of the store."""

import os
import subprocess
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


def slowest(words: list[str], env: dict[str, str], number: int = 3) -> tuple[float, str]:
    """(seconds that a command's imports take, the slowest of them by themselves), by `python -X importtime`."""
    command = [sys.executable, "-X", "importtime", "-m", "pkm", *words]
    told = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False).stderr
    lines = [line.split(":")[1].split("|") for line in told.splitlines() if line.startswith("import time:") and "|" in line]
    found = [(int(own), name.strip()) for own, _, name in lines if own.strip().isdecimal()]
    most = ", ".join(f"{name} {own / 1000:.0f} ms" for own, name in sorted(found, reverse=True)[:number])
    return sum(own for own, _ in found) / 1e6, f"{len(found)} modules; {most}"


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
    for name, words in READS.items():
        took, most = slowest(words, {"PKM_HOME": str(stores.home(asked.stores or folder, SMALL // 3, SMALL))})
        yield Row(f"imports of {name}", took, note=most)
    find = found[large]["pkm find x"]
    yield Row(f"memory: find at {large:,}", find.peak_mb, bound=MEMORY_MB, unit="MB")
    env = {"PKM_HOME": str(folder / "writing")}
    note = alternately({"typer": TYPER, "note": [*PKM, "sense", "note", "A thought about #paths"]}, asked.runs, env)
    yield Row("pkm sense note", note["note"].wall_s, "import typer", note["typer"].wall_s, WRITE,
              note=f"cpu {note['note'].cpu_s / note['typer'].cpu_s:.2f}x; 3x is the aim")  # fmt: skip
