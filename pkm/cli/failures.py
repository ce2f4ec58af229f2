"""What failed in a run, or was found otherwise, told so that it fits a screen: few each by themselves, many by reason.

What imports could not use is kept beside the store; the next import of the same file or folder takes its place.
"""

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pkm.cli import current
from pkm.dates import now, stamp
from pkm.errors import PkmError
from pkm.files import write_atomic
from pkm.grouped import grouped
from pkm.ids import Row
from pkm.text import count, one_line, some

FEW = 6
"""So many failures are told one by one."""

REASONS = 8
"""So many reasons are told; the rest is counted."""

IMPORTS, FAILURES = 20, 2_000
"""Of so many imports it is kept, and so many of each."""

AGAIN = "pkm import --failed"

_HELD = re.compile(r"\((\d[\d,]*) more sources? of that host waits? too\)")
_OWN_PART = re.compile(r" ?\(\d[\d,]* more sources? of that host waits? too\)|(?<=until ).*|(?<=at )(?:env|file|command):.*")


def tell_failures(
    failures: Sequence[Mapping[str, str]], width: int = 0, rest: str = ""
) -> list[str]:
    """The lines, of {"what", "why"}; "reason" is what many have in common where "why" says more, "id" whose it is.

    width: of the terminal, 0 for lines of any length. rest: where those are told that were only counted.
    """
    if len(failures) <= FEW:
        return [f"{failure['what']}: {failure['why']}" for failure in failures]
    groups = grouped((_OWN_PART.sub("…", one.get("reason") or one["why"]), one) for one in failures)
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))
    told = [_tell_group(why, group, width) for why, group in largest[:REASONS]]
    others = largest[REASONS:]
    if others:
        number = sum(len(group) for _, group in others)
        told.append(f"{number:,} for {count(len(others), 'other reason')}")
    return [*told, *filter(None, [rest])]


def _tell_group(why: str, group: Sequence[Mapping[str, str]], width: int) -> str:
    if len(group) == 1:
        return one_line(f"{group[0]['what']}: {group[0]['why']}", width)
    group = sorted(group, key=lambda failure: (len(failure.get("id", "")), failure.get("id", "")))
    known = list(dict.fromkeys(failure.get("id") or one_line(failure["what"], 20) for failure in group))
    held = sum(int(found[1].replace(",", "")) for failure in group if (found := _HELD.search(failure["why"])))
    head = f"{len(group):,} × {why}"
    for shown in (*range(min(4, len(known)), 1, -1), 1):  # as many names as there is room for beside the reason
        who = f" ({some(known, shown)}{f'; {held:,} more wait' if held else ''})"
        if not width or len(head) + len(who) <= width:
            break
    return one_line(head, max(width - len(who), 20) if width else 0) + who


def keep(source: str | Path, line: str, failures: Sequence[Row]) -> None:
    """What this run could not use of a file or folder takes the place of what was kept of it. line: the run's summary."""
    name = str(source) if str(source) in ("-", "stdin") else str(Path(source).expanduser().absolute())
    before = kept()
    imports = [one for one in before if one["id"] != name]
    if failures:
        told = [{"what": one["what"], "why": one["why"]} for one in failures[:FAILURES]]
        imports.insert(0, {"id": name, "kind": "import", "title": current.typed(), "at": stamp(now()), "line": line,
                        "failed": len(failures), "failures": told})  # fmt: skip
    if imports != before:
        _write(imports[:IMPORTS])


def kept() -> list[Row]:
    """What the last imports could not use, import by import, the newest first."""
    try:
        found = json.loads(current.home().imports.read_text(encoding="utf-8"))
        return [one for one in found if {"id", "title", "at", "line", "failed", "failures"} <= one.keys()]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return []


def _write(imports: list[Row]) -> None:
    """Where the home cannot be written, nothing is kept: the import itself has told it."""
    with contextlib.suppress(OSError, PkmError):
        write_atomic(current.home().imports, json.dumps(imports, ensure_ascii=False).encode("utf-8", "replace"))
