"""What passed between the person and their contacts, and what follows from it: the last touch and when the next is due.

Owns the SQL of a contact's standing (closest tie, cadence, last touch, due). Knows nothing of how it is shown.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from pkm.ids import make
from pkm.text import first_sentence

DAY_S = 86_400
EVERY_S = {"team": 14 * DAY_S, "community": 42 * DAY_S, "network": 182 * DAY_S}
"""Seconds between two touches, by the kind of the closest circle, where neither contact nor circle says otherwise."""

RANK = "CASE {kind} WHEN 'team' THEN 1 WHEN 'community' THEN 2 ELSE 3 END"
"""SQL: how close a kind of circle is, 1 the closest."""

_DEFAULT_S = " ".join(f"WHEN '{kind}' THEN {seconds}" for kind, seconds in EVERY_S.items())
_CIRCLE_S = f"coalesce(circle.every_s, CASE circle.kind {_DEFAULT_S} END)"


_PACK = 10**12
"""A circle's closeness and cadence as one number, closeness * _PACK + seconds: its minimum is what counts."""


def standing(chosen: str = "IS NOT NULL") -> str:
    """SQL of a WITH clause: the table `standing` (contact_id, tie, every_s, last, due) of the contacts `chosen`.

    chosen: the end of an SQL condition on an id. tie: the closest kind of circle joined. every_s: the contact's own
    cadence, else the shortest of the circles of that kind. last: the newest interaction or answer to a share. due:
    last (never touched: the day the contact was added) + every_s, not before a snooze's end; NULL without a cadence.
    """
    return f"""WITH tied AS (
      SELECT membership.contact_id, min({RANK.format(kind="circle.kind")} * {_PACK} + {_CIRCLE_S}) AS packed
      FROM membership JOIN circle ON circle.id = membership.circle_id
      WHERE membership.left_at IS NULL AND membership.contact_id {chosen} GROUP BY membership.contact_id),
    touched AS (
      SELECT contact_id, max(at) AS last FROM (
        SELECT interaction_contact.contact_id, interaction.at FROM interaction_contact
        JOIN interaction ON interaction.id = interaction_contact.interaction_id
        WHERE interaction_contact.contact_id {chosen}
        UNION ALL
        SELECT contact_id, at FROM response WHERE contact_id {chosen}) AS touch GROUP BY contact_id),
    rhythm AS (
      SELECT contact.id AS contact_id, coalesce(contact.every_s, tied.packed % {_PACK}) AS every_s, touched.last,
        CASE tied.packed / {_PACK} WHEN 1 THEN 'team' WHEN 2 THEN 'community' WHEN 3 THEN 'network' END AS tie,
        contact.snoozed_until, coalesce(touched.last, contact.created_at) AS since
      FROM contact LEFT JOIN tied ON tied.contact_id = contact.id
      LEFT JOIN touched ON touched.contact_id = contact.id WHERE contact.id {chosen}),
    standing AS (
      SELECT contact_id, tie, every_s, last, CASE WHEN every_s IS NOT NULL THEN
        max(strftime('%Y-%m-%dT%H:%M:%SZ', since, '+' || every_s || ' seconds'), coalesce(snoozed_until, '')) END AS due
      FROM rhythm)"""


def in_ids(ids: Iterable[int]) -> str:
    """SQL list of numbers, safe because they are numbers: (1, 2, 3)."""
    return "(" + ", ".join(str(int(number)) for number in ids) + ")"


def standings(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """For each contact: {"tie", "every_s", "last", "due"}."""
    sql = standing(f"IN {in_ids(ids)}") + " SELECT * FROM standing"
    return {
        row["contact_id"]: {"tie": row["tie"], "every_s": row["every_s"], "last": row["last"], "due": row["due"]}
        for row in db.execute(sql)
    }


def due(db: sqlite3.Connection, before: str, limit: int) -> list[int]:
    """Contacts whose next touch is due at or before that stamp, longest due first, then by id."""
    rows = db.execute(
        f"{standing()} SELECT contact_id FROM standing WHERE due <= :before ORDER BY due, contact_id LIMIT :limit",
        {"before": before, "limit": limit},
    )
    return [row[0] for row in rows]


def most_due(db: sqlite3.Connection, now: str) -> int | None:
    """The contact who is over their date by the most of their own cadence (then the lowest id); None: nobody is due."""
    found = db.execute(
        f"{standing()} SELECT contact_id FROM standing WHERE due <= :now "
        "ORDER BY (julianday(:now) - julianday(due)) / every_s DESC, contact_id LIMIT 1",
        {"now": now},
    ).fetchone()
    return None if found is None else int(found[0])


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
