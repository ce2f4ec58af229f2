"""A site of a thousand pages, of which one is new: what a send of one note costs, and that only what changed is written."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tests.bench import stores
from tests.bench.large import Writer
from tests.bench.measure import run
from tests.bench.table import Row

PAGES, A_DIGEST, BOUND_S = 1_000, 50, 1.0
SEND = [sys.executable, "-m", "pkm", "share", "--yes", "-n", str(A_DIGEST)]
AT = "2026-01-01T10:00:00Z"


def bench(asked: Namespace, folder: Path) -> Iterator[Row]:
    """The send of a digest of fifty notes, and of one note, to a site that has the pages already."""
    home, env = folder / "home", {"PKM_HOME": str(folder / "home")}
    for first in range(0, PAGES - A_DIGEST, A_DIGEST):
        _add_notes(home, first, A_DIGEST)
        run(SEND, env=env)
    _add_notes(home, PAGES - A_DIGEST, A_DIGEST)
    fifty = run(SEND, env=env)
    before = _written(home)
    _add_notes(home, PAGES, 1)
    one = run(SEND, env=env)
    after = _written(home)
    changed = sum(before.get(path) != stamp for path, stamp in after.items())
    pages = [path for path, stamp in after.items() if "/notes/" in path and before.get(path) not in (None, stamp)]
    assert len(before) >= PAGES
    assert len(pages) <= 1, f"{len(pages)} pages of old notes were written anew"  # the list of notes is one
    work = f"a digest of {A_DIGEST} notes, sent to a site of {len(before):,} pages"
    yield Row(work, fifty.wall_s, note=f"cpu {fifty.cpu_s:.2f} s")
    yield Row(f"one note, sent to a site of {len(after):,} pages", one.wall_s, bound=BOUND_S,
              note=f"cpu {one.cpu_s:.2f} s, {changed:,} files written")  # fmt: skip


def _add_notes(home: Path, first: int, number: int) -> None:
    """So many notes of reach network are in the store."""
    from pkm.store import note_intake, tags

    writer = Writer()
    home.mkdir(parents=True, exist_ok=True)
    store = stores.opened(home)
    with store.unit() as unit:
        rows = []
        for each in range(first, first + number):
            title, text = writer.write(writer.choose_topics())
            title = f"{title} {each}"
            rows.append({
                "uid": f"bench-{each}", "title": title, "text": f"{title}\n\n{text}", "stage": "idea", "reach": "network",
                "at": None, "created_at": AT, "updated_at": AT,
            })  # fmt: skip
        ids = note_intake.add_notes(unit, rows)
        for each in ids:
            tags.put(unit, "note", each, [f"area{each % 40}"])
    store.close()


def _written(home: Path) -> dict[str, int]:
    """When each page of the site was written."""
    found = {}
    for place, _, names in os.walk(home):
        for name in names:
            if name == "index.html":
                path = Path(place) / name
                found[str(path)] = path.stat().st_mtime_ns
    return found
