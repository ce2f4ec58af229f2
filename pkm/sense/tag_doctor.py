"""What ails the tags: names that nearly are one, tags that always stand together, tags used once; each with its remedy.

Nothing is changed here: the person types the command, or says that it is fine as it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store import dismissals, tag_health
from pkm.store.session import Store
from pkm.store.tag_health import Single, Together
from pkm.store.tags import near_among
from pkm.text import count, fold

TOGETHER = 4
"""Things that must have both of two tags before that is told,"""
NEARLY_ALWAYS = 0.8
"""and the part of all that have one of them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What ails some tags. kind: alike, together, once; names: the one that gives way first."""

    kind: str
    names: tuple[str, ...]
    why: str
    next: str

    @property
    def key(self) -> str:
        """As a dismissal keeps it: alike:a+b."""
        return f"{self.kind}:{'+'.join(sorted(map(fold, self.names)))}"

    def as_dict(self) -> Row:
        """The finding as JSON has it."""
        return {
            "id": self.key, "kind": "finding", "title": self.why, "what": self.kind,
            "tags": [f"#{name}" for name in self.names], "next": self.next,
        }  # fmt: skip


def examine(
    used: Mapping[str, int], together: Iterable[Together], singles: Iterable[Single], dismissed: Iterable[str] = ()
) -> list[Finding]:
    """The findings, names alike first, then tags that stand together, then those used once; none that was dismissed."""
    alike = _alike(used)
    told = {frozenset(map(fold, one.names)) for one in alike}
    found = [*alike, *(one for one in _together(together) if frozenset(map(fold, one.names)) not in told)]
    named = {fold(one.names[0]) for one in found}
    found += [_once(one) for one in singles if fold(one.name) not in named]
    left_out = set(dismissed)
    return [one for one in found if one.key not in left_out]


def _alike(used: Mapping[str, int]) -> list[Finding]:
    """Tags whose names are nearly another's, that of the more used one to stay."""
    found: dict[frozenset[str], Finding] = {}
    for name, near in _near(used).items():
        for other, number in near_among(name, near, limit=len(near)):
            gone, kept = sorted((name, other), key=lambda one: (used[one], one))
            why = f"#{gone} ({used[gone]}) is nearly #{kept} ({used[kept]})"
            if number:
                step = f"pkm tag merge {quote(gone)} {quote(kept)}"
                found.setdefault(frozenset((gone, kept)), Finding("alike", (gone, kept), why, step))
    return sorted(found.values(), key=lambda one: (-used[one.names[1]], one.names))


def _near(used: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """For each name, those that may be nearly it, with their counts; each pair once."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    from pkm.spelling import MOST

    names = list(used)
    folded = [fold(name) for name in names]
    bare = grouped((re.sub(r"[-_.·]+|(?:ies|y|s)\b", "", name), place) for place, name in enumerate(folded))
    found: dict[str, dict[str, int]] = {}
    for place, name in enumerate(folded):
        like = process.extract(name, folded[place + 1 :], scorer=OSA.distance, score_cutoff=MOST, limit=None)
        near = {place + 1 + position for _, _, position in like}
        near |= {one for one in bare[re.sub(r"[-_.·]+|(?:ies|y|s)\b", "", name)] if one > place}
        if near:
            found[names[place]] = {names[one]: used[names[one]] for one in sorted(near)}
    return found


def _together(pairs: Iterable[Together]) -> list[Finding]:
    """Tags that nearly always stand together, where neither is above the other."""
    found = []
    for pair in pairs:
        one, other = fold(pair.one), fold(pair.other)
        all_of_them = pair.one_count + pair.other_count - pair.both
        apart = not (one.startswith(other + "/") or other.startswith(one + "/"))
        if apart and pair.both >= TOGETHER and pair.both >= NEARLY_ALWAYS * all_of_them:
            why = f"#{pair.one} and #{pair.other} stand together on {pair.both} of {count(all_of_them, 'thing')}"
            found.append(Finding("together", (pair.one, pair.other), why, f"pkm tag merge {quote(pair.one)} {quote(pair.other)}"))
    return found


def _once(single: Single) -> Finding:
    why = f"#{single.name} is on {single.thing} alone"
    step = f"pkm sense edit {single.thing}" if single.written else f"pkm sense tag {single.thing} {quote('-' + single.name)}"
    told = f"{why}, in its text" if single.written else why
    return Finding("once", (single.name,), told, step)


def find_ailments(store: Store) -> list[Finding]:
    """What ails the tags of the store."""
    db = store.read()
    return examine(
        tag_health.used(db), tag_health.together(db, TOGETHER), tag_health.singles(db), dismissals.dismissed(db, dismissals.TAG)
    )


def dismiss(store: Store, keys: Sequence[str]) -> None:
    """Those findings are fine as they are, and are not told again; an undo brings them back."""
    with store.unit() as unit:
        for key in keys:
            dismissals.put(unit, dismissals.TAG, key, "fine as it is")
        unit.summarize(f"fine as it is: {', '.join(keys[:5])}")
