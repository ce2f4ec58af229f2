"""What failed in a run, told so that it fits a screen: each by itself where few did, else by reason, with counts."""

import re
from collections.abc import Mapping, Sequence

from pkm.grouped import grouped
from pkm.text import count, one_line

FEW = 6
"""So many failures are told one by one."""

REASONS = 8
"""So many reasons are told; the rest is counted."""

_HELD = re.compile(r"\((\d[\d,]*) more sources? of that host waits? too\)")
_OWN_PART = re.compile(r" ?\(\d[\d,]* more sources? of that host waits? too\)|(?<=until ).*|(?<=at )(?:env|file|command):.*")


def tell_failures(failures: Sequence[Mapping[str, str]], width: int = 0) -> list[str]:
    """The lines. width: of the terminal, 0 for lines of any length."""
    if len(failures) <= FEW:
        return [f"{failure['what']}: {failure['why']}" for failure in failures]
    groups = grouped((_OWN_PART.sub("…", failure["why"]), failure) for failure in failures)
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))
    told = [_tell_group(why, group, width) for why, group in largest[:REASONS]]
    rest = largest[REASONS:]
    if rest:
        number = sum(len(group) for _, group in rest)
        told.append(f"{number:,} for {count(len(rest), 'other reason')}")
    return [*told, "Each by itself: pkm doctor; all of them: pkm seek pull --json"]


def _tell_group(why: str, group: Sequence[Mapping[str, str]], width: int) -> str:
    if len(group) == 1:
        return one_line(f"{group[0]['what']}: {group[0]['why']}", width)
    group = sorted(group, key=lambda failure: (len(failure.get("id", "")), failure.get("id", "")))
    names = [failure.get("id") or one_line(failure["what"], 20) for failure in group[:4]]
    more = f" and {len(group) - len(names):,} more" if len(group) > len(names) else ""
    held = sum(int(found[1].replace(",", "")) for failure in group if (found := _HELD.search(failure["why"])))
    who = f" ({', '.join(names)}{more}{f'; {held:,} more wait' if held else ''})"
    head = f"{len(group):,} × {why}"
    return one_line(head, max(width - len(who), 20) if width else 0) + who
