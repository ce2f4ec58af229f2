"""What passed between the person and a contact, in the order of time. Reads only."""

import sqlite3
from collections.abc import Iterator

from pkm.ids import Row, existing
from pkm.store import circles, contacts, interactions, promises, received
from pkm.store import story as kept
from pkm.text import first_sentence

TO, FROM, BETWEEN, ABOUT = "to", "from", "between", "about"
"""Whose an event is: it went to them, came from them, passed between both, or is about them."""
_ORDER = (ABOUT, BETWEEN, FROM, TO)  # of one moment: who answers has read before


def tell(db: sqlite3.Connection, number: int) -> list[Row]:
    """The events with a contact, oldest first, then by direction and id.

    {"at", "id", "kind", "title", "direction" (to, from, between, about), "what": kept, quoted, noted, touched, promised, kept a
    promise, let a promise go, shared, answered, joined, left, "detail": the circle, reason or channel, or ""}. Of what they
    write only what was kept or quoted. Raises NotFound.
    """
    existing(contacts.row(db, number), "contact", number)
    events = [*_stays(db, number), *_read(db, number), *_notes(db, number), *_touches(db, number), *_shares(db, number)]
    return sorted(events, key=lambda one: (one["at"], _ORDER.index(one["direction"]), one["id"]))


def _event(row: Row, at: str, direction: str, what: str, detail: str = "", title: str = "") -> Row:
    return {
        "id": row["id"], "kind": row["kind"], "title": title or row["title"], "at": at, "direction": direction, "what": what,
        "detail": detail,
    }  # fmt: skip


def _stays(db: sqlite3.Connection, number: int) -> Iterator[Row]:
    for stay in circles.history(db, contact_id=number):
        row = {"id": stay["circle"], "kind": "circle", "title": stay["circle_name"]}
        yield _event(row, stay["joined_at"], ABOUT, "joined", stay["because"] or "")
        if stay["left_at"]:
            yield _event(row, stay["left_at"], ABOUT, "left", stay["left_because"] or "")


def _read(db: sqlite3.Connection, number: int) -> Iterator[Row]:
    for row in kept.items_kept(db, number):
        yield _event(row, row["at"], FROM, "kept")
    for row in kept.quotes(db, number):
        yield _event(row, row["at"], FROM, "quoted", row["item"])


def _notes(db: sqlite3.Connection, number: int) -> Iterator[Row]:
    for row in kept.notes(db, number):
        yield _event(row, row["at"], ABOUT, "noted")


def _touches(db: sqlite3.Connection, number: int) -> Iterator[Row]:
    for row in interactions.of_contact(db, number, -1):
        yield _event(row, row["at"], BETWEEN, "touched")
    for row in promises.rows(db, contact=number, settled=True, limit=-1):
        direction = TO if row["owed_by"] == "me" else FROM
        yield _event(row, row["at"], direction, "promised", f"by {row['due_at'][:10]}" if row["due_at"] else "")
        if row["settled_at"]:
            what = "kept a promise" if row["state"] == "kept" else "let a promise go"
            yield _event(row, row["settled_at"], direction, what, row["because"] or "")


def _shares(db: sqlite3.Connection, number: int) -> Iterator[Row]:
    for row in received.shares(db, number, -1):
        if row["at"]:
            yield _event(row, row["at"], TO, "shared", f"with {', '.join(row['circles'])}" if row["circles"] else "")
    for row in received.answers(db, number, -1):
        yield _event(row, row["at"], FROM, "answered", row["share"], first_sentence(row["text"]))
