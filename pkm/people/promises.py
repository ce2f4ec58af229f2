"""Promises: made with what is logged, kept, let go, opened again. One unit each; never prints."""

import sqlite3
from collections.abc import Iterable, Sequence

from pkm import ids
from pkm.dates import day
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.people.promised import DONE, Promised
from pkm.store import promises
from pkm.store.session import Store, Unit
from pkm.text import one_line


def add(unit: Unit, interaction_id: int, said: Iterable[Promised]) -> list[int]:
    """The promises are kept with the interaction; their numbers."""
    return [
        unit.insert(
            "promise", interaction_id=interaction_id, text=one.text, owed_by=one.owed_by, due_at=one.due_at, state="open"
        )
        for one in said
    ]


def settle(store: Store, numbers: Sequence[int], state: str, because: str = "") -> list[Row]:
    """The promises are kept, dropped or open (again), with what came of them.

    state: "kept", "dropped", "open". Raises NotFound, and Invalid where one is in that state, or settled otherwise
    already; nothing is changed then.
    """
    because = one_line(because)
    with store.unit() as unit:
        for number in numbers:
            row = ids.existing(promises.row(unit.connection, number), "promise", number)
            _refuse(row, state)
            promise = unit.row("promise", number)
            promise.state = state
            promise.settled_at = None if state == "open" else unit.at
            promise.because = "" if state == "open" else because
        unit.flush()
        rows = [promises.row(unit.connection, number) for number in numbers]
        unit.summarize("; ".join(f"{row['id']} {one_line(row['text'], 60)}: {DONE[state]}" for row in rows if row))
    return [row for row in rows if row]


def refuse_strangers(db: sqlite3.Connection, numbers: Sequence[int], contact_ids: Sequence[int]) -> None:
    """Raises NotFound where a promise is not there, Invalid where none of those contacts made or was made it."""
    people = {ids.make("contact", number) for number in contact_ids}
    for number in numbers:
        row = ids.existing(promises.row(db, number), "promise", number)
        if not people.intersection(row["contacts"]):
            names = ", ".join(f"{name} ({who})" for who, name in zip(row["contacts"], row["names"], strict=True))
            raise Invalid(row["id"], f"that promise is between you and {names or 'nobody any more'}",
                          next=f"pkm contact promises --kept {row['id']}")  # fmt: skip


def _refuse(row: Row, state: str) -> None:
    """Raises Invalid where the promise has that state, or would go from one end to the other."""
    if (row["state"] == "open") != (state == "open"):
        return
    if state == "open":
        raise Invalid(row["id"], "it is open already", next="pkm contact promises")
    why = f"it was {DONE[row['state']]} on {day(row['settled_at'])}"
    raise Invalid(row["id"], why, next=f"pkm contact promises --reopen {row['id']}, or pkm contact promises --all")
