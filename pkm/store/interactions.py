"""What passed between the person and their contacts, and what follows from it: the last touch and when the next is due.

Owns a contact's standing (closest tie, cadence, due); what counts as a touch is touches.py's. Knows nothing of how it is shown.
"""

import heapq
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pkm.dates import parse_stamp, stamp
from pkm.ids import make
from pkm.store import touches
from pkm.text import first_sentence

DAY_S = 86_400
EVERY_S = {"team": 14 * DAY_S, "community": 42 * DAY_S, "network": 182 * DAY_S}
"""Seconds between two touches, by the kind of the closest circle, where neither contact nor circle says otherwise."""

RANK = "CASE {kind} WHEN 'team' THEN 1 WHEN 'community' THEN 2 ELSE 3 END"
"""SQL: how close a kind of circle is, 1 the closest."""

_KINDS = tuple(EVERY_S)
"""Kinds of circle, the closest first."""


def in_ids(ids: Iterable[int]) -> str:
    """SQL list of numbers, safe because they are numbers: (1, 2, 3)."""
    return "(" + ", ".join(str(int(number)) for number in ids) + ")"


def standings(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """For each contact: {"tie", "every_s", "last", "due"}.

    tie: the closest kind of circle joined. every_s: the contact's own cadence, else the shortest of the circles of that
    kind. last: the last touch. due: last (never touched: the day the contact was added) + every_s, not before a
    snooze's end; None without a cadence.
    """
    chosen = f"IN {in_ids(ids)}"
    ties, last = _ties(db, chosen), touches.last(db, chosen)
    people = db.execute(f"SELECT id, every_s, snoozed_until, created_at FROM contact WHERE id {chosen} ORDER BY id")
    found = {}
    for number, own_s, snoozed, created_at in people:
        tie, circle_s = ties.get(number, (None, None))
        every_s = own_s or circle_s
        due = every_s and max(stamp(_on(last.get(number, created_at), every_s)), snoozed or "")
        found[number] = {"tie": tie, "every_s": every_s, "last": last.get(number), "due": due}
    return found


def due(db: sqlite3.Connection, before: str, limit: int) -> list[int]:
    """Contacts whose next touch is due at or before that stamp, longest due first, then by id."""
    firsts = (
        (_on(since, every_s), number)
        for every_s, over in _over(db, before).items()
        for since, number in (heapq.nsmallest(limit, over) if limit >= 0 else over)
    )
    return [number for _, number in sorted(firsts)[: limit if limit >= 0 else None]]


def most_due(db: sqlite3.Connection, now: str) -> int | None:
    """The contact who is over their date by the most of their own cadence (then the lowest id); None: nobody is due."""
    at = parse_stamp(now)
    firsts = [(every_s, min(over)) for every_s, over in _over(db, now).items()]
    shares = [((at - _on(since, every_s)).total_seconds() / every_s, -number) for every_s, (since, number) in firsts]
    return -max(shares)[1] if shares else None


def first_due(db: sqlite3.Connection) -> int | None:
    """The contact who is due first, today or on whatever day (then the lowest id); None: nobody has a cadence."""
    found = due(db, _END, 1)
    return found[0] if found else None


_END = "9000-01-01T00:00:00Z"


def _ties(db: sqlite3.Connection, chosen: str = touches.EVERYBODY) -> dict[int, tuple[str, int]]:
    """The closest kind of circle and its cadence in seconds, of each contact who is in one.

    Of several circles the closest counts, of several of that kind the one with the shortest cadence.
    """
    circles = {
        number: (_KINDS.index(kind), every_s or EVERY_S[kind])
        for number, kind, every_s in _plain(db, "SELECT id, kind, every_s FROM circle")
    }
    found: dict[int, tuple[int, int]] = {}
    stays = f"SELECT contact_id, circle_id FROM membership WHERE left_at IS NULL AND contact_id {chosen}"
    for number, circle in _plain(db, stays):
        tie = circles[circle]
        if number not in found or tie < found[number]:
            found[number] = tie
    return {number: (_KINDS[rank], every_s) for number, (rank, every_s) in found.items()}


def _over(db: sqlite3.Connection, before: str) -> dict[int, list[tuple[str, int]]]:
    """Who is due at or before that stamp: for each cadence in seconds, (since when it runs, contact).

    Every contact is looked at, so only what tells who is due is computed: stamps are compared as text. A snooze is told
    as a later start.
    """
    ties, last = _ties(db), touches.last(db)
    end = parse_stamp(before)
    newest: dict[int, str] = {}
    over: dict[int, list[tuple[str, int]]] = {}
    for number, own_s, snoozed, added in _plain(db, "SELECT id, every_s, snoozed_until, created_at FROM contact"):
        every_s = own_s or (ties[number][1] if number in ties else 0)
        if not every_s:
            continue
        since = last.get(number) or added
        if snoozed and snoozed > since:
            since = max(since, stamp(_on(snoozed, -every_s)))
        if every_s not in newest:
            newest[every_s], over[every_s] = stamp(end - timedelta(seconds=every_s)), []
        if since <= newest[every_s]:
            over[every_s].append((since, number))
    return {every_s: found for every_s, found in over.items() if found}


def _on(at: str, seconds: int) -> datetime:
    return datetime.fromisoformat(at) + timedelta(seconds=seconds)


def _plain(db: sqlite3.Connection, sql: str) -> sqlite3.Cursor:
    """Rows as plain tuples, which come twice as fast where they come by the ten thousand."""
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(sql)


_ROWS = (
    "SELECT interaction.id, interaction.at, interaction.text, group_concat(contact.id) AS ids "
    "FROM interaction LEFT JOIN interaction_contact ON interaction_contact.interaction_id = interaction.id "
    "LEFT JOIN contact ON contact.id = interaction_contact.contact_id WHERE {where} GROUP BY interaction.id "
    "ORDER BY interaction.at DESC, interaction.id DESC LIMIT :limit"
)


def row(db: sqlite3.Connection, number: int) -> dict[str, Any] | None:
    """One interaction as an object, None where there is none."""
    found = db.execute(_ROWS.format(where="interaction.id = :id"), {"id": number, "limit": 1}).fetchone()
    return None if found is None else _shape(found)


def of_contact(db: sqlite3.Connection, contact_id: int, limit: int) -> list[dict[str, Any]]:
    """What passed between the person and a contact, newest first."""
    where = "interaction.id IN (SELECT interaction_id FROM interaction_contact WHERE contact_id = :id)"
    return [_shape(found) for found in db.execute(_ROWS.format(where=where), {"id": contact_id, "limit": limit})]


def rows(db: sqlite3.Connection, *, limit: int) -> list[dict[str, Any]]:
    """All interactions, newest first."""
    return [_shape(found) for found in db.execute(_ROWS.format(where="1"), {"limit": limit})]


def _shape(found: sqlite3.Row) -> dict[str, Any]:
    people = sorted(int(number) for number in (found["ids"] or "").split(",") if number)
    return {
        "id": make("interaction", found["id"]), "kind": "interaction", "title": first_sentence(found["text"]),
        "text": found["text"], "at": found["at"], "contacts": [make("contact", number) for number in people],
    }  # fmt: skip
