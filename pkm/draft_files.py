"""Texts that were begun and are not in the store: how their files in drafts/ are called, which wait, and what takes them up.

A name says what the text is to be, of which thing, when it was begun, and, while somebody is at work on it, the process:
`edit-n12-2026-11-23T09-00-00Z-4711.md`. Whatever its name, a file in drafts/ is somebody's text.
"""

import os
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pkm.config import Home
from pkm.dates import now, stamp
from pkm.files import safe_name

NUMBERED = 9
"""Up to here the number behind a name tells texts of one second apart, and names no process."""


class Begun(NamedTuple):
    """A text that waits. of: what it is to be (`note`, `edit-n12`), the file's name where that says no more. at: begun then."""

    of: str
    path: Path
    at: str


def name_for(what: str, ending: str = ".md", *, process: int | None = None, at: str = "") -> str:
    """The file name of a text that is begun now, or was `at`. process: who is at work on it."""
    return safe_name("-".join([what, at or stamp(now()), *([str(process)] if process else [])])) + ending


def left(home: Home, *whats: str) -> list[Begun]:
    """The texts that no running process is at work on, the newest first. whats: of those only."""
    wanted, found = {safe_name(what) for what in whats}, []
    for path in home.begun():
        if not path.is_file():
            continue
        one = of_file(path)
        found += [one] if (not wanted or one.of in wanted) and not _is_worked_on(path) else []
    return found[::-1]


def what_of(name: str) -> str:
    """What a text of that file name is to be."""
    stem = Path(name).stem
    found = _NAME.fullmatch(stem)
    return found[1] if found else stem


def of_file(path: Path) -> Begun:
    """The file of a text, and what that is to be."""
    found = _NAME.fullmatch(path.stem)
    if found is None:
        at = now()
        with suppress(OSError):  # another command has just stored it
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Begun(path.stem, path, stamp(at))
    day, hours = found[2].rstrip("Z").split("T")
    return Begun(found[1], path, f"{day}T{hours.replace('-', ':')}Z")


def text_of(path: Path) -> str:
    """What the file holds; "" where it cannot be read."""
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace")
    return ""


def take_up(what: str, file: Path) -> str:
    """The command that goes on with the text in the file, which is to be that; "" where it can only be read there."""
    kind, _, of = what.partition("-")
    path = shlex.quote(str(file))
    if kind == "note":
        source = f" --from {of}" if re.fullmatch(r"[ir]\d+", of) else ""
        return f"pkm sense note --draft {path}{source}"
    return _STEPS[kind](of, path) if kind in _STEPS and of else ""


def _introduced(of: str, path: str) -> str:
    pair = re.fullmatch(r"(c\d+)-(c\d+)", of)  # an older one is named by its subject
    return f"pkm contact introduce {pair[1]} {pair[2]}" if pair else ""


def _worded(of: str, path: str) -> str:
    share, _, circle = of.partition("-")
    return f"pkm share edit {share} --for {shlex.quote(circle)} -m - < {path}" if circle else ""


_STEPS: Mapping[str, Callable[[str, str], str]] = {
    "edit": lambda of, path: f"pkm sense edit {of} --draft {path}",
    "contact": lambda of, path: f"pkm contact edit {of}",
    "share": lambda of, path: f"pkm share edit {of}",
    "introduction": _introduced,
    "comment": lambda of, path: f"pkm sense annotate {of} -m - < {path}",
    "annotation": lambda of, path: f"pkm sense annotate {of} -m - < {path}",
    "letter": lambda of, path: f"pkm share edit {of} -m - < {path}",
    "words": _worded,
    "trial": lambda of, path: f"pkm sense try {of} --outcome … - < {path}",
    "heard": lambda of, path: f"pkm share heard {of} --from WHO - < {path}",
}
"""By its kind, how a text of a thing is gone on with."""


_NAME = re.compile(r"(.+?)-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)(?:-(\d+))?")


def _is_worked_on(path: Path) -> bool:
    """Whether another process has it in its hands."""
    found = _NAME.fullmatch(path.stem)
    process = int(found[3] or 0) if found else 0
    if process <= NUMBERED or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
