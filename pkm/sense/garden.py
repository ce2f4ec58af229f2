"""What of the notes wants looking after, in parts, each line with what is so and the command that mends it."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pkm import twins
from pkm.dates import day, stamp
from pkm.ids import Row, make
from pkm.spelling import none_of
from pkm.store import garden, lookup, notes
from pkm.store.session import Store
from pkm.text import count, one_line

TITLES = {
    "unmerged": "Notes in which two versions stand, marked",
    "orphans": "Notes without a link",
    "dead-ends": "Notes that are linked to and lead nowhere",
    "wanted": "Titles and people that are named and not there yet",
    "twins": "Notes that are nearly the same",
    "untagged": "Notes without a tag",
    "old": "Observations that nobody took up for four weeks",
    "quotes": "Quotes that no note was made of",
    "untried": "Ideas that were never tried",
    "unshared": "Practices that were never shared",
    "hubs": "Notes that much is linked with",
}
"""The parts in order, and what is in them."""
OLD = timedelta(weeks=4)
HUB = 8
"""So many links make a hub."""
COMPARED = 5_000
"""So many notes, the last changed, are compared with one another for the overview; asked for the part, all of them."""
NEAR = 100
"""Of so many titles and people that are wanted, the first, those that nearly are there are looked for."""
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the garden: its name, how many there are in it, the first of them."""

    name: str
    total: int
    rows: tuple[Row, ...]

    def as_dict(self) -> Row:
        """For JSON."""
        return {"id": self.name, "kind": "part", "title": TITLES[self.name], "count": self.total, "rows": list(self.rows)}


def read_part(name: str) -> str:
    """The part that the name, or the beginning of it, means. Raises Invalid."""
    typed = one_line(name).lower()
    if typed in TITLES:
        return typed
    meant = [one for one in TITLES if typed and one.startswith(typed)]
    if len(meant) != 1:
        raise none_of(f"“{one_line(name, 40)}” as a part of the garden", typed, TITLES, next="pkm sense garden")
    return meant[0]


def look(store: Store, now: datetime, limit: int) -> list[Part]:
    """The whole garden, `limit` rows of each part."""
    return [look_at(store, name, now, limit, whole=False) for name in TITLES]


def look_at(store: Store, name: str, now: datetime, limit: int = _ALL, *, whole: bool = True) -> Part:
    """One part of it. whole: all notes are compared for twins, not the last changed ones only."""
    if name == "twins":
        return _twins(store, limit, _ALL if whole else COMPARED)
    found = garden.part(store.read(), name, limit, before=stamp(now - OLD), least=HUB)
    if name == "wanted":
        meant = lookup.Meant(store.read())
        found = [
            {**row, "near": meant.near(row["to_kind"], row["title"], row["number"]) if at < NEAR else []}
            for at, row in enumerate(found)
        ]
    rows = tuple(_shape(name, row) for row in found)
    return Part(name, found[0]["total"] if found else 0, rows)


def _shape(name: str, row: Row) -> Row:
    kind = "annotation" if name == "quotes" else "note"
    told = _TOLD[name](row)
    return {"id": make(kind, row["number"]), "kind": kind, "title": one_line(row["title"], 200), "why": told[0], "next": told[1]}


def _id(row: Row) -> str:
    return make("note", row["number"])


def _wanted(row: Row) -> tuple[str, str]:
    """Whoever it is that is wanted is told with the first note that names it."""
    named = f"named in {count(row['notes'], 'note')}, first in {_id(row)}"
    title = one_line(row["title"], 120)
    if row["near"]:
        shown = f"@{title}: " if row["to_kind"] == "contact" else ""
        return f"{shown}{named}; nearly {one_line(', '.join(row['near']), 160)}", f"pkm sense edit {_id(row)}"
    if row["to_kind"] == "contact":
        nick = shlex.quote(title)
        return f"@{title}: {named}", f"pkm contact add {shlex.quote(title.replace('_', ' ').title())} --nick {nick}"
    return named, f"pkm sense note --title {shlex.quote(title)}"


def _unshared(row: Row) -> tuple[str, str]:
    if row["reach"] == "private":
        return f"it is private; changed {day(row['updated_at'])}", f"pkm sense reach {_id(row)} community"
    return f"its reach is {row['reach']}; changed {day(row['updated_at'])}", f"pkm share draft {_id(row)}"


_TOLD: dict[str, Callable[[Row], tuple[str, str]]] = {
    "unmerged": lambda row: ("between <<<<<<< and >>>>>>>: choose, and take the marks out", f"pkm sense edit {_id(row)}"),
    "orphans": lambda row: (f"changed {day(row['updated_at'])}", f"pkm sense suggest {_id(row)}"),
    "dead-ends": lambda row: (f"changed {day(row['updated_at'])}", f"pkm sense suggest {_id(row)}"),
    "wanted": _wanted,
    "untagged": lambda row: (f"changed {day(row['updated_at'])}", f"pkm sense tag {_id(row)} +…"),
    "old": lambda row: (f"since {day(row['updated_at'])}", f"pkm sense grow {_id(row)}"),
    "quotes": lambda row: (
        f"quoted from {make('item', row['item_id'])} on {day(row['updated_at'])}",
        f"pkm sense note --from {make('item', row['item_id'])}",
    ),
    "untried": lambda row: (
        f"changed {day(row['updated_at'])}", f'pkm sense try {_id(row)} --where "…" --outcome worked "…"'
    ),
    "unshared": _unshared,
    "hubs": lambda row: (count(row["links"], "link"), f"pkm sense show {_id(row)}"),
}  # fmt: skip
"""What is said of a row, and the command that mends it."""


def _twins(store: Store, limit: int, compared: int) -> Part:
    """Pairs of notes that are nearly the same and not linked, the most like first."""
    db = store.read()
    texts = dict(garden.beginnings(db, compared))
    pairs = garden.unlinked_pairs(db, twins.candidates(texts.items()))
    found = []
    for one, other in pairs:
        like = twins.likeness(twins.runs_of(texts[one]), twins.runs_of(texts[other]))
        if like >= twins.ALIKE:
            found.append((like, one, other))
    found.sort(key=lambda pair: (-pair[0], pair[2], pair[1]))
    shown = found[:limit]
    called = {row["id"]: row for row in notes.rows(db, sorted({number for _, *both in shown for number in both}))}
    rows = tuple(_of_twins(called, like, make("note", one), make("note", other)) for like, one, other in shown)
    return Part("twins", len(found), rows)


def _of_twins(called: dict[str, Row], like: float, one: str, other: str) -> Row:
    """The later one of two, with the earlier one in its words."""
    same = called[one]["text"] == called[other]["text"]
    why = f"the same as {one}" if same else f"{like:.0%} like {one} {one_line(called[one]['title'], 60)}"
    step = f"pkm sense drop {other}" if same else f"pkm sense link {other} {one}"
    return {"id": other, "kind": "note", "title": one_line(called[other]["title"], 200), "why": why, "next": step,
            "like": round(like, 3), "twin": one}  # fmt: skip
