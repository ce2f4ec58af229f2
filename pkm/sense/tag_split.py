"""A tag that has come to mean several things is divided: its things get narrower tags, chosen by ids, a query, or by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm import ids, query
from pkm.errors import Invalid, NotFound
from pkm.ids import Row, Thing
from pkm.store import tags
from pkm.store.search import find_all
from pkm.store.session import Store


@dataclass(frozen=True, slots=True)
class Part:
    """A narrower tag: how many things had it before, how many have it afterwards, and which of the divided tag's get it."""

    name: str
    before: int
    after: int
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A tag that was divided, or would be. before, after: things with it alone, not with one below it.

    stay: that nothing was chosen for. written: that keep it because it stands in their text.
    """

    name: str
    before: int
    after: int
    parts: tuple[Part, ...]
    both: int
    stay: tuple[str, ...]
    written: tuple[str, ...]


def things_of(store: Store, name: str) -> tuple[str, list[Row]]:
    """The tag's name as it is kept, and what has it: {"kind", "number", "title", "origin"}. Raises NotFound, Invalid."""
    db = store.read()
    kept = tags.existing(db, name)
    return kept, tags.having(db, kept)


def choose(store: Store, name: str, asked: str, now: datetime) -> list[Thing]:
    """Of what has the tag, the things of these ids (n1,n4), or that the query finds. Raises Invalid."""
    words = asked.replace(",", " ").split()
    parsed = [ids.parse(word) for word in words]
    if words and all(parsed):
        return [one for one in parsed if one is not None]
    there = {(row["kind"], row["number"]) for row in things_of(store, name)[1]}
    return sorted(set(find_all(store.read(), query.parse(asked), sorted({kind for kind, _ in there}), now)) & there)


def plan_split(store: Store, name: str, chosen: Mapping[str, Sequence[Thing]]) -> Split:
    """What split_tag would do. Raises NotFound (no such tag), Invalid (a part is the tag itself, a thing has it not)."""
    db = store.read()
    kept, rows = things_of(store, name)
    origins = {(row["kind"], row["number"]): row["origin"] for row in rows}
    parts: list[Part] = []
    given: list[Thing] = []
    for typed, things in chosen.items():
        part = tags.resolve(db, tags.clean_name(typed))
        if part == kept:
            raise Invalid(f"#{part}", "it is the tag that is divided", next=f"name another, as in --into {kept}/new")
        for thing in things:
            if thing not in origins:
                raise NotFound(ids.make(*thing), f"it does not have #{kept}", next=f"pkm find tag:{kept}")
        has = {(row["kind"], row["number"]) for row in tags.having(db, part)} if tags.find(db, part) else set()
        parts.append(Part(part, len(has), len(has | set(things)), tuple(ids.make(*one) for one in dict.fromkeys(things))))
        given += dict.fromkeys(things)
    moved = set(given)
    written = [thing for thing in moved if origins[thing] == "text"]
    stay = [thing for thing in origins if thing not in moved]
    return Split(
        kept, len(origins), len(stay) + len(written), tuple(parts), len(given) - len(moved),
        tuple(ids.make(*one) for one in stay), tuple(sorted(ids.make(*one) for one in written)),
    )  # fmt: skip


def split_tag(store: Store, name: str, chosen: Mapping[str, Sequence[Thing]]) -> Split:
    """The chosen things have the narrower tags instead of the tag; where it stands in a text, they have both."""
    with store.unit() as unit:
        plan = plan_split(store, name, chosen)
        written = set(plan.written)
        for part in plan.parts:
            for thing in part.things:
                kind, number = ids.parse(thing) or ("", 0)
                tags.put(unit, kind, number, [part.name])
                if thing not in written:
                    tags.take(unit, kind, number, [plan.name])
        told = ", ".join(f"#{part.name} {len(part.things)}" for part in plan.parts)
        unit.summarize(f"divided #{plan.name} ({plan.before}): {told}")
    return plan
