"""Run the benchmarks and write their table.

    python -m tests.bench                         all of them, at the size that the bounds are for
    python -m tests.bench pull --feeds 200        one of them, smaller
    python -m tests.bench --out figures           writes figures.md and figures.json
    python -m tests.bench --prepare               makes the large stores (half an hour, once) and says which peers lack
    python -m tests.bench --quick                 all of them small, to see whether they run: the bounds mean little then

A quiet machine of two cores takes some fifteen minutes for all, once the stores are there. The bounds of the pull are for both
of its cores. What fails is a row that says why, and the others go on.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from pkm.errors import PkmError
from tests.bench import peers, startup, stores, table

NAMES = ("startup", "search", "imports", "site", "tools", "pull")
PEERS = ("newsboat", "sfeed_update", "rg", "sqlite3", "notmuch", "curl", "reader", "jrnl", "khard", "sqlite-utils")


def main() -> int:
    """Run what the command line asks for; 1 where a row is over its bound."""
    asked = _asked()
    if absent := peers.missing(PEERS):
        print(f"Not installed: {', '.join(absent)}. To install the peers:\n\n{peers.HOW}", file=sys.stderr)
    if asked.prepare:
        for notes, items in ((startup.SMALL // 3, startup.SMALL), (asked.notes, asked.items)):
            print(stores.home(asked.stores, notes, items))
        return 0
    rows: list[table.Row] = []
    for name in asked.names or NAMES:
        started = time.monotonic()
        for row in _rows(name, asked):
            rows.append(row)
            print(table.as_markdown([row]).splitlines()[-1], flush=True)
        print(f"({name}: {time.monotonic() - started:.0f} s)", file=sys.stderr)
        table.write(rows, asked.out)
    print("\n" + table.as_markdown(rows))
    over = [row for row in rows if row.verdict == "OVER" or row.failed]
    print(f"{len(rows)} rows, {len(over)} over their bound or failed; in {asked.out}.md and {asked.out}.json", file=sys.stderr)
    return bool(over)


def _rows(name: str, asked: argparse.Namespace) -> Iterator[table.Row]:
    """The rows of one benchmark; where it fails, the last one says why."""
    folder = Path(tempfile.mkdtemp(prefix=f"pkm-bench-{name}-"))
    try:
        yield from import_module(f"tests.bench.{name}").bench(asked, folder)
    except (RuntimeError, AssertionError, OSError, PkmError) as error:
        yield table.Row(name, None, note=f"FAILED: {' '.join(str(error).split())[-300:]}", failed=True)
    finally:
        shutil.rmtree(folder)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=f"{__doc__}\n{peers.__doc__}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; all by default")
    parser.add_argument("--feeds", type=int, default=1000, help="feeds of the pull")
    parser.add_argument("--items", type=int, default=1_000_000, help="items of the large store")
    parser.add_argument("--notes", type=int, default=50_000, help="notes of the large store")
    parser.add_argument("--stores", type=Path, default=Path(tempfile.gettempdir(), "pkm-bench-stores"),
                        help="where the large stores are kept for the next run (8 GB)")  # fmt: skip
    parser.add_argument("--prepare", action="store_true", help="make the stores, and nothing else")
    parser.add_argument("--quick", action="store_true", help="50 feeds, 3,000 items, 1,000 notes, two runs")
    parser.add_argument("--beside", nargs="*", default=["sfeed", "newsboat", "reader", "curl"], metavar="PEER",
                        help="the peers of the pull: sfeed, newsboat, reader, curl")  # fmt: skip
    parser.add_argument("--runs", type=int, default=5, help="runs of what is short")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir(), "pkm-bench"), help="write OUT.md and OUT.json")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if asked.quick:
        asked.feeds, asked.items, asked.notes, asked.runs = 50, startup.SMALL, startup.SMALL // 3, 2
    return asked


if __name__ == "__main__":
    sys.exit(main())
