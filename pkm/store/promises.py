"""Questions about promises: what is owed to whom, by whom, until when.

Reads only, plain SQL, in the shape of the JSON contract. Who promised or was promised is who took part in the interaction.
"""

import sqlite3

from pkm.ids import Row, make
from pkm.store.rows import in_ids

_ROWS = (
    "SELECT promise.*, interaction.at, group_concat(contact.id) AS people, group_concat(contact.name, char(10)) AS names "
    "FROM promise JOIN interaction ON interaction.id = promise.interaction_id "
    "LEFT JOIN interaction_contact ON interaction_contact.interaction_id = interaction.id "
    "LEFT JOIN contact ON contact.id = interaction_contact.contact_id WHERE {where} GROUP BY promise.id "
    "ORDER BY promise.state <> 'open', promise.settled_at DESC, coalesce(promise.due_at, '~'), interaction.at, promise.id "
    "LIMIT :limit"
)
_WITH = "promise.interaction_id IN (SELECT interaction_id FROM interaction_contact WHERE contact_id = :contact)"


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One promise as an object, None where there is none."""
    found = db.execute(_ROWS.format(where="promise.id = :id"), {"id": number, "limit": 1}).fetchone()
    return None if found is None else _shape(found)


def rows(
    db: sqlite3.Connection, *, limit: int, contact: int | None = None, owed_by: str | None = None, settled: bool = False,
    ids: tuple[int, ...] | None = None,
) -> list[Row]:  # fmt: skip
    """Promises: the open ones, soonest due first, those without a date last; with `settled` then the others, newest first.

    contact: only those made to or by that contact. owed_by: "me" or "them". ids: only those.
    """
    where, given = _filter(contact, owed_by, settled)
    if ids is not None:
        where = f"promise.id IN {in_ids(ids)}"
    return [_shape(found) for found in db.execute(_ROWS.format(where=where), {**given, "limit": limit})]


def count(
    db: sqlite3.Connection, *, contact: int | None = None, owed_by: str | None = None, settled: bool = False,
    before: str | None = None,
) -> int:  # fmt: skip
    """How many promises `rows` would list without a limit; with `before` those whose date is before that stamp."""
    where, given = _filter(contact, owed_by, settled)
    late = "" if before is None else " AND promise.due_at < :before"
    sql = f"SELECT count(*) FROM promise WHERE {where}{late}"
    return int(db.execute(sql, {**given, "before": before}).fetchone()[0])


def _filter(contact: int | None, owed_by: str | None, settled: bool) -> tuple[str, Row]:
    conditions = ["1" if settled else "promise.state = 'open'"]
    if contact is not None:
        conditions.append(_WITH)
    if owed_by is not None:
        conditions.append("promise.owed_by = :owed_by")
    return " AND ".join(conditions), {"contact": contact, "owed_by": owed_by}


def _shape(found: sqlite3.Row) -> Row:
    numbers = [int(number) for number in (found["people"] or "").split(",") if number]
    people = sorted(zip(numbers, (found["names"] or "").split("\n"), strict=False))
    return {
        "id": make("promise", found["id"]), "kind": "promise", "title": found["text"], "text": found["text"],
        "owed_by": found["owed_by"], "state": found["state"], "due_at": found["due_at"], "settled_at": found["settled_at"],
        "because": found["because"], "interaction": make("interaction", found["interaction_id"]), "at": found["at"],
        "contacts": [make("contact", number) for number, _ in people], "names": [name for _, name in people],
    }  # fmt: skip
