"""What the list on the left holds: the inbox, a review, what a search found. Rows are read as they come into view.

A shelf knows numbers, a few bytes each; so an inbox of a hundred thousand items opens at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pkm.dates import day
from pkm.ids import Row, Thing, make
from pkm.store import items, notes, responses
from pkm.store.session import Store
from pkm.text import one_line

WINDOW = 64
"""Rows that are read at once."""


@dataclass
class Shelf:
    """Things in their order, under a name; why: what is said of some of them."""

    name: str
    things: list[Thing]
    why: Mapping[Thing, str] = field(default_factory=dict)
    filters: Mapping[int, str] = field(default_factory=dict)  # by what items stand high, to be stored with a decision
    note: str = ""  # what is to be said of the whole
    _rows: dict[Thing, Row] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.things)

    def row(self, store: Store, at: int) -> Row:
        """What stands at a place: {"id", "kind", "title", "from", "day", "why"}; read with its neighbors."""
        thing = self.things[at]
        if thing not in self._rows:
            begin = at // WINDOW * WINDOW
            self._rows |= _read(store, self.things[begin : begin + WINDOW])
        row = self._rows.get(thing, {"id": make(*thing), "kind": thing[0], "title": "(gone)", "from": "", "day": ""})
        return {**row, "why": self.why.get(thing, "")}

    def take(self, thing: Thing) -> int | None:
        """The thing is off the shelf; its place, None where it was not there."""
        if thing not in self.things:
            return None
        at = self.things.index(thing)
        del self.things[at]
        return at

    def put(self, thing: Thing, at: int) -> None:
        """The thing is back at its place."""
        self.things.insert(min(at, len(self.things)), thing)

    def forget(self, thing: Thing) -> None:
        """What was read of the thing is read anew."""
        self._rows.pop(thing, None)


def _read(store: Store, things: Sequence[Thing]) -> dict[Thing, Row]:
    db = store.read()
    found: dict[Thing, Row] = {}
    wanted = {kind: [number for one, number in things if one == kind] for kind in ("item", "note")}
    for row in items.rows(db, wanted["item"]):
        found["item", int(row["id"][1:])] = {
            "id": row["id"], "kind": "item", "title": row["title"] or row["url"], "from": row["source_title"] or "",
            "day": day(row["published_at"] or row["received_at"]),
        }  # fmt: skip
    for row in notes.rows(db, wanted["note"]):
        found["note", int(row["id"][1:])] = {
            "id": row["id"], "kind": "note", "title": row["title"], "from": row["stage"], "day": day(row["updated_at"]),
        }  # fmt: skip
    for kind, number in things:
        if kind == "response" and (one := responses.row(db, number)):
            found[kind, number] = {
                "id": one["id"], "kind": kind, "title": one["title"], "day": day(one["at"]),
                "from": f"{one['contact_name'] or one['author'] or 'somebody'} on {one['share']}",
            }  # fmt: skip
    return found


ANSWERS = 100
"""So many answers stand above the items at most."""


def open_inbox(store: Store, at: datetime) -> Shelf:
    """The answers that nobody decided about, newest first; then the items best first, beyond the pool the newest first."""
    from pkm.seek.order import filter_of, order_inbox, waiting_line
    from pkm.store import ranking

    order = order_inbox(store, at)
    placed = [one.item for one in order.placed]
    numbers = placed + ranking.unranked(store.read(), [*placed, *order.waiting], -1)
    heard = responses.rows(store.read(), state="inbox", limit=ANSWERS)
    answers = [("response", int(row["id"][1:])) for row in heard]
    return Shelf(
        "inbox", [*answers, *(("item", number) for number in numbers)],
        {("item", one.item): one.why for one in order.placed if one.why},
        {one.item: via for one in order.placed if (via := filter_of(one))}, waiting_line(order),
    )  # fmt: skip


def open_review(store: Store, at: datetime) -> Shelf:
    """The few notes to look at again today."""
    from pkm.sense.review import today

    rows = [row for row in today(store.read(), at).rows if row["kind"] == "note"]
    things = [("note", int(row["id"][1:])) for row in rows]
    return Shelf("review", things, {thing: row["why"] for thing, row in zip(things, rows, strict=True)})


def open_found(store: Store, typed: str, at: datetime) -> Shelf:
    """The items and notes that a search finds. Raises Invalid where nothing is asked for."""
    from pkm import query
    from pkm.store.search import search

    page = search(store.read(), query.parse(typed), limit=500, now=at)
    rows = [row for row in page.rows if row["kind"] in ("item", "note")]
    things = [(row["kind"], int(row["id"][1:])) for row in rows]
    why = {thing: one_line(row["snippet"], 200) for thing, row in zip(things, rows, strict=True)}
    return Shelf(f"found: {one_line(typed, 40)}", things, why)
