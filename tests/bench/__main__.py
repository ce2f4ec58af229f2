"""Run the benchmarks and write their table.

    python -m tests.bench                         all of them, at the size that the bounds are for
    python -m tests.bench pull --feeds 200        one of them, smaller
    python -m tests.bench --out figures           writes figures.md and figures.json
"""

import argparse
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from tests.bench import peers, table

NAMES = ("pull", "startup", "search", "imports", "site")
PEERS = ("newsboat", "sfeed_update", "rg", "sqlite3", "notmuch", "curl", "reader", "jrnl", "khard", "sqlite-utils")


def main() -> int:
    """Run what the command line asks for; 1 where a row is over its bound."""
    asked = _asked()
    if absent := peers.missing(PEERS):
        print(f"Not installed: {', '.join(absent)}. To install the peers:\n\n{peers.HOW}", file=sys.stderr)
    rows: list[table.Row] = []
    for name in asked.names or NAMES:
        folder = Path(tempfile.mkdtemp(prefix=f"pkm-bench-{name}-"))
        try:
            for row in import_module(f"tests.bench.{name}").bench(asked, folder):
                rows.append(row)
                print(table.as_markdown([row]).splitlines()[-1], flush=True)
        finally:
            shutil.rmtree(folder)
    if asked.out:
        table.write(rows, asked.out)
    print("\n" + table.as_markdown(rows))
    return any(row.verdict == "OVER" for row in rows)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=f"{__doc__}\n{peers.__doc__}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("names", nargs="*", choices=NAMES, metavar="NAME", help=f"{', '.join(NAMES)}; all by default")
    parser.add_argument("--feeds", type=int, default=1000, help="feeds of the pull")
    parser.add_argument("--items", type=int, default=1_000_000, help="items of the large store")
    parser.add_argument("--notes", type=int, default=50_000, help="notes of the large store")
    parser.add_argument("--stores", type=Path, help="a folder where the large stores are kept for the next run")
    parser.add_argument("--beside", nargs="*", default=["sfeed", "newsboat", "reader", "curl"], metavar="PEER",
                        help="the peers of the pull: sfeed, newsboat, reader, curl")  # fmt: skip
    parser.add_argument("--runs", type=int, default=5, help="runs of what is short")
    parser.add_argument("--out", type=Path, help="write OUT.md and OUT.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
