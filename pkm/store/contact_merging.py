"""Two contacts that turned out to be one: all that hangs on the one goes to the other. Plain SQL inside a unit, journaled.

Knows rows, not which value of a field stays: that was decided before.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.store import audience
from pkm.store.dismissals import BY_IDS
from pkm.store.rows import in_ids
from pkm.store.session import Unit
from pkm.text import fold

MOVED = {
    "interaction_contact": "interaction", "membership": "stay", "link": "mention", "source": "source", "response": "answer",
    "delivery": "delivery", "trial": "trial", "rule": "rule", "share_contact": "share", "introduced": "introduction",
}  # fmt: skip
"""What the person sees of what moves, and its name."""

_SIMPLE = ("delivery", "response", "source", "trial")
_ONCE = {"interaction_contact": "interaction_id", "share_contact": "share_id"}
_SAME_RULE = (
    "theirs.action = ours.action AND theirs.pattern = ours.pattern AND theirs.argument = ours.argument "
    "AND theirs.person_id IS ours.person_id AND theirs.source_id IS ours.source_id AND theirs.tag_id IS ours.tag_id "
    "AND theirs.contact_id IS ours.contact_id AND theirs.id > ours.id"
)


class Stay(NamedTuple):
    """A stay in a circle: its row, and from when to when it lasted and why."""

    id: int
    circle_id: int
    joined_at: str
    because: str
    left_at: str | None
    left_because: str


def counts(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[str, int]:
    """How much hangs on these contacts, by MOVED's names; what there is none of is left out."""
    listed = in_ids(numbers)
    where = {
        "link": f"(to_kind = 'contact' AND to_id IN {listed}) OR (from_kind = 'contact' AND from_id IN {listed})",
        "rule": f"contact_id IN {listed} OR person_id IN {listed}",
        "introduced": f"through_id IN {listed} AND id NOT IN {listed}",
    }
    found = {}
    for table, name in MOVED.items():
        asked = "contact" if table == "introduced" else table
        sql = f"SELECT count(*) FROM {asked} WHERE {where.get(table, f'contact_id IN {listed}')}"
        if number := db.execute(sql).fetchone()[0]:
            found[name] = int(number)
    return found


def merge_contact(unit: Unit, gone: int, kept: int) -> None:
    """The contact `gone` is no more; what hung on them hangs on `kept`, and their id means that one from now on.

    Handles are not moved: which of them stay was decided (set_handles).
    """
    unit.flush()
    db, both = unit.connection, {"gone": gone, "kept": kept, "at": unit.at}
    for table in _SIMPLE:
        db.execute(f"UPDATE {table} SET contact_id = :kept WHERE contact_id = :gone", both)
    for table in _ONCE:
        db.execute(f"UPDATE OR IGNORE {table} SET contact_id = :kept WHERE contact_id = :gone", both)
        db.execute(f"DELETE FROM {table} WHERE contact_id = :gone", both)
    _move_stays(db, gone, kept)
    _move_links(db, both)
    _move_rules(db, both)
    _move_dismissals(db, gone, kept)
    said = {kind: f'"by": "{make("contact", number)}"' for kind, number in (("gone", gone), ("kept", kept))}
    # a yes that is waited for or was given, and an objection: who else could take it back? In JSON no text reads like that
    db.execute("UPDATE stage SET gate = replace(gate, :gone, :kept) WHERE instr(gate, :gone)", said)
    for statement in (
        "UPDATE contact SET through_id = :kept WHERE through_id = :gone AND id <> :kept",
        "UPDATE contact SET through_id = NULL WHERE id = :kept AND through_id = :gone",
        "UPDATE OR IGNORE tagging SET entity_id = :kept WHERE kind = 'contact' AND entity_id = :gone",
        "DELETE FROM contact WHERE id = :gone",
        "INSERT INTO merger (kind, gone_id, into_id, at) VALUES ('contact', :gone, :kept, :at)",
    ):
        db.execute(statement, both)


def unite_stays(stays: Iterable[Stay]) -> list[tuple[Stay, list[int]]]:
    """The stays in one circle with those that overlap made one, and the rows that are no more; the first row stays.

    One stay lasts from the first joining to the last leaving, for all the reasons.
    """
    found: list[tuple[Stay, list[int]]] = []
    for stay in sorted(stays, key=lambda stay: (stay.joined_at, stay.id)):
        before, gone = found[-1] if found else (None, [])
        if before is None or (before.left_at is not None and before.left_at < stay.joined_at):
            found.append((stay, []))
            continue
        last = max(before, stay, key=lambda one: one.left_at or "9999")
        reasons = [before.left_because, stay.left_because] if last.left_at else []
        united = before._replace(
            because=_joined([before.because, stay.because]), left_at=last.left_at, left_because=_joined(reasons)
        )
        found[-1] = (united, [*gone, stay.id])
    return found


def _joined(reasons: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, reasons)))


def _move_stays(db: sqlite3.Connection, gone: int, kept: int) -> None:
    """The stays of both are the kept one's; where both were in a circle at one time, that is one stay."""
    every = db.execute(
        "SELECT id, circle_id, joined_at, because, left_at, left_because FROM membership "
        "WHERE contact_id IN (:gone, :kept) ORDER BY circle_id, id", {"gone": gone, "kept": kept},
    )  # fmt: skip
    for stays in grouped((row["circle_id"], Stay(*row)) for row in every).values():
        united = unite_stays(stays)
        for number in (number for _, rows in united for number in rows):
            db.execute("DELETE FROM membership WHERE id = :id", {"id": number})
        for stay, rows in united:
            if rows:
                db.execute(
                    "UPDATE membership SET because = :because, left_at = :left_at, left_because = :left_because "
                    "WHERE id = :id", stay._asdict(),
                )  # fmt: skip
    db.execute("UPDATE membership SET contact_id = :kept WHERE contact_id = :gone", {"gone": gone, "kept": kept})


def _move_links(db: sqlite3.Connection, both: Row) -> None:
    """Links and tags are the kept one's; of two by hand that say the same, one stays."""
    for statement in (
        "DELETE FROM link WHERE origin = 'hand' AND (to_kind = 'contact' AND to_id = :gone) AND EXISTS (SELECT 1 "
        "FROM link AS other WHERE other.from_kind = link.from_kind AND other.from_id = link.from_id "
        "AND other.type = link.type AND other.origin = 'hand' AND other.to_kind = 'contact' AND other.to_id = :kept)",
        "DELETE FROM link WHERE from_kind = 'contact' AND to_kind = 'contact' AND from_id IN (:gone, :kept) "
        "AND to_id IN (:gone, :kept)",
        "UPDATE link SET to_id = :kept WHERE to_kind = 'contact' AND to_id = :gone",
        "UPDATE link SET from_id = :kept WHERE from_kind = 'contact' AND from_id = :gone",
    ):
        db.execute(statement, both)


def _move_rules(db: sqlite3.Connection, both: Row) -> None:
    """Rules are about the kept one; of two that then say the same, the older one stays, with the items of both."""
    for column in ("person_id", "contact_id"):
        db.execute(f"UPDATE rule SET {column} = :kept WHERE {column} = :gone", both)
    same = db.execute(
        f"SELECT min(ours.id), theirs.id FROM rule AS ours JOIN rule AS theirs ON {_SAME_RULE} "
        "WHERE ours.person_id = :kept OR ours.contact_id = :kept GROUP BY theirs.id", both,
    ).fetchall()  # fmt: skip
    for ours, theirs in same:
        db.execute("UPDATE item SET rule_id = :ours WHERE rule_id = :theirs", {"ours": ours, "theirs": theirs})
        db.execute("DELETE FROM rule WHERE id = :theirs", {"theirs": theirs})


def _move_dismissals(db: sqlite3.Connection, gone: int, kept: int) -> None:
    """What was turned down of the one is turned down of the other; that the two are two people holds no longer."""
    listed = ", ".join(f"'{kind}'" for kind in BY_IDS)
    there = db.execute(f"SELECT id, kind, key, title FROM dismissal WHERE kind IN ({listed}) ORDER BY id").fetchall()
    known = {(row["kind"], row["key"]): row for row in there}
    for row in there:
        parts = re.split(r"([^a-z0-9]+)", row["key"])
        if make("contact", gone) not in parts:
            continue
        key = _renamed(parts, make("contact", gone), make("contact", kept))
        same = known.get((row["kind"], key)) if key else None
        if same is not None and row["kind"] == audience.KIND and audience.outlasts(row["title"], same["title"]):
            db.execute("UPDATE dismissal SET title = :title WHERE id = :id", {"title": row["title"], "id": same["id"]})
        if key is None or same is not None:
            db.execute("DELETE FROM dismissal WHERE id = :id", {"id": row["id"]})
        else:
            db.execute("UPDATE dismissal SET key = :key WHERE id = :id", {"key": key, "id": row["id"]})


def _renamed(parts: list[str], gone: str, kept: str) -> str | None:
    """The key with the one id for the other, two contacts in the order of their numbers; None where they are one."""
    named = [kept if part == gone else part for part in parts]
    people = [place for place, part in enumerate(named) if re.fullmatch(r"c\d+", part)]
    if len({named[place] for place in people}) < len(people):
        return None
    for place, part in zip(people, sorted((named[place] for place in people), key=lambda one: int(one[1:])), strict=True):
        named[place] = part
    return "".join(named)


def set_columns(unit: Unit, number: int, columns: Mapping[str, object]) -> None:
    """The contact has these values, and is changed as of now."""
    changes = ", ".join(f"{name} = :{name}" for name in (*columns, "updated_at"))
    unit.connection.execute(
        f"UPDATE contact SET {changes} WHERE id = :id", {**columns, "updated_at": unit.at, "id": number}
    )


def set_handles(unit: Unit, number: int, gone: Sequence[int], handles: Sequence[tuple[str, str, str]]) -> None:
    """The contact has exactly these handles (kind, value, label) in this order, of all of them and new ones.

    A row that is there keeps its id, whoever had it.
    """
    unit.flush()
    db = unit.connection
    wanted = {(kind, value): (place, label) for place, (kind, value, label) in enumerate(handles)}
    there = db.execute(
        f"SELECT id, kind, value FROM handle WHERE contact_id IN {in_ids([number, *gone])} "
        "ORDER BY contact_id = :kept DESC, id", {"kept": number},
    ).fetchall()  # fmt: skip
    for row in there:
        found = wanted.pop((row["kind"], row["value"]), None)
        if found is None:
            db.execute("DELETE FROM handle WHERE id = :id", {"id": row["id"]})
        else:
            db.execute(
                "UPDATE handle SET contact_id = :contact, position = :position, label = :label WHERE id = :id",
                {"contact": number, "position": found[0], "label": found[1], "id": row["id"]},
            )
    db.executemany(
        "INSERT INTO handle (contact_id, kind, value, folded, label, position) "
        "VALUES (:contact, :kind, :value, :folded, :label, :position)",
        [
            {"contact": number, "kind": kind, "value": value, "folded": fold(value), "label": label, "position": place}
            for (kind, value), (place, label) in wanted.items()
        ],
    )
