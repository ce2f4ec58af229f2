"""The tools that a person would use instead: where they are, how they are installed, how they pull.

    apt-get install newsboat sfeed ripgrep sqlite3 notmuch curl
    python3 -m venv PEERS && PEERS/bin/pip install reader jrnl khard sqlite-utils
    PKM_BENCH_PEERS=PEERS python -m tests.bench
"""

import os
from collections.abc import Sequence
from pathlib import Path

from tests.bench.measure import which

HOW = __doc__.partition("\n\n")[2]
_VENV = "PKM_BENCH_PEERS"
JOBS = 32

_READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for path in sys.argv[2:]:
    for url in open(path).read().split():
        reader.add_feed(url)
reader.update_feeds(workers=32, scheduled=False)  # else it asks no feed that it asked within the hour
print(reader.get_entry_counts().total)
"""


def find(program: str) -> str | None:
    """Where a peer is installed; None where it is not."""
    named = os.environ.get(_VENV)
    return which(program, [Path(named) / "bin"] if named else [])


def missing(programs: Sequence[str]) -> list[str]:
    """Those that are not installed."""
    return [name for name in programs if find(name) is None and not (name == "reader" and find_reader())]


def find_reader() -> str | None:
    """The Python that has reader."""
    named = os.environ.get(_VENV)
    python = Path(named or ".") / "bin" / "python"
    there = python.exists() and next(python.parent.parent.glob("lib/*/site-packages/reader"), None)
    return str(python) if there else None


def pulling(folder: Path, urls: Sequence[str]) -> dict[str, list[str]]:
    """For each peer that is installed, the command that pulls these feeds into a home of its own in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / "urls"
    listed.write_text("\n".join(urls) + "\n")
    found: dict[str, list[str]] = {}
    if curl := find("curl"):
        config = folder / "curl.conf"
        config.write_text("".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls))
        found["curl"] = [curl, "--silent", "--parallel", "--parallel-max", "64", "--config", str(config)]
    if sfeed := find("sfeed_update"):
        (folder / "sfeed").mkdir(exist_ok=True)
        config = folder / "sfeedrc"
        feeds = "\n".join(f'\tfeed "feed{n}" "{url}"' for n, url in enumerate(urls))
        config.write_text(f'sfeedpath="{folder / "sfeed"}"\nmaxjobs={JOBS}\nfeeds() {{\n{feeds}\n}}\n')
        found["sfeed"] = [sfeed, str(config)]
    if newsboat := find("newsboat"):
        config = folder / "newsboat.conf"
        config.write_text(f"reload-threads {JOBS}\nauto-reload no\n")
        found["newsboat"] = [newsboat, "-C", str(config), "-u", str(listed), "-c", str(folder / "newsboat.db"), "-x", "reload"]
    if python := find_reader():
        found["reader"] = [python, "-c", _READER, str(folder / "reader.db"), str(listed)]
    return found


def again(commands: dict[str, list[str]]) -> dict[str, list[str]]:
    """The commands for a second time: reader knows its feeds already."""
    return {name: command[:4] if name == "reader" else command for name, command in commands.items()}
