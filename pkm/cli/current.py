"""What one run of the command line works on: the home, the store, and what the last run listed and touched."""

import functools
import json
import shlex
import sys
from typing import Any

from pkm.cli.lines import tell_of_waiting
from pkm.config import Home
from pkm.store.session import Store
from pkm.text import one_line, without_user

RECALLED = 1000
"""How many rows of a list `%N` can name afterwards."""

SEEN = 20
"""How many shares it is remembered of when they were last looked at."""


@functools.cache
def home() -> Home:
    """The home that the environment names."""
    return Home.find()


@functools.cache
def store() -> Store:
    """The store of this run; the log shows this run's command line."""
    words = (f"'{word}'" if " " in word or not word else word for word in sys.argv[1:])
    return Store(home(), one_line(without_user("pkm " + " ".join(words)), 200), waiting=tell_of_waiting)


def local_hosts() -> list[str]:
    """The hosts that sources may have on this machine or its network though their names do not say so."""
    from pkm import config

    return config.read(home())["seek.local"].split()


def typed(*more: str, instead: tuple[str, str] = ("", "")) -> str:
    """The command line of this run as it can be typed again; more: with these options, instead: with the one for the other."""
    was, now = instead
    words = [now + word.removeprefix(was) if was and word.partition("=")[0] == was else word for word in sys.argv[1:]]
    end = words.index("--") if "--" in words else len(words)
    return shlex.join(["pkm", *words[:end], *more, *words[end:]])


def recall() -> dict[str, Any]:
    """What the last run left.

    {"touched": id or None, "rows": [ids], "suggested": [suggestions], "seen": {id of a share: stamp of its preview}}
    """
    try:
        found = json.loads(home().last.read_text(encoding="utf-8")) if home().last.is_file() else {}
    except (OSError, ValueError, RecursionError):
        found = {}
    if not isinstance(found, dict):
        found = {}
    lists = {name: one if isinstance(one := found.get(name), list) else [] for name in ("rows", "suggested")}
    seen = found.get("seen")
    return {"touched": found.get("touched"), **lists, "seen": seen if isinstance(seen, dict) else {}}


def remember(
    *, touched: str | None = None, rows: list[str] | None = None, seen: tuple[str, str] | None = None,
    suggested: list[str] | None = None,
) -> None:  # fmt: skip
    """`.` means `touched` from now on, %N row N of `rows`, and --accept N suggestion N of `suggested`.

    `seen`: a share and when its bytes were looked at.

    Where the home cannot be written, nothing is kept.
    """
    kept = recall()
    if seen is not None:
        kept["seen"] = dict([*((key, at) for key, at in kept["seen"].items() if key != seen[0]), seen][-SEEN:])
    if touched is not None:
        kept["touched"] = touched
    if rows is not None:
        kept["rows"] = rows[:RECALLED]
    if suggested is not None:
        kept["suggested"] = suggested[:RECALLED]
    path = home().last
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(kept), encoding="utf-8")
        part.chmod(0o600)
        part.replace(path)
    except OSError:
        return  # a convenience: a read from a read-only home must not fail for it


def close() -> None:
    """The store of this run, if it was opened, is closed: SQLite folds its log into the file."""
    if store.cache_info().currsize:
        store().close()


def anew() -> None:
    """What this run does from now on is an operation of its own, which is undone by itself."""
    close()
    store.cache_clear()
