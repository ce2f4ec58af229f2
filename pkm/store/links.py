"""Links: from notes to notes, items and contacts, with the sentence each was written in.

A link read from a text keeps what was written and points to a number, so that a renamed note keeps its links; while
nothing answers to what was written it points to nothing, and is wanted. Knows nothing of Markdown: what is linked in a
text is told by the caller.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pkm import ids
from pkm.ids import Row
from pkm.store import contacts, lookup, note_names
from pkm.store.note_names import Names
from pkm.text import fold

if TYPE_CHECKING:
    from pkm.store.session import Unit

_TITLE = "CASE {side}_kind " + " ".join(
    f"WHEN '{kind}' THEN (SELECT {lookup.TITLES[kind]} FROM {kind} WHERE {kind}.id = link.{{side}}_id)"
    for kind in ("note", "item", "contact", "annotation", "source")
) + " END"  # fmt: skip
_ROWS = (
    f"SELECT link.*, {_TITLE.format(side='to')} AS to_title, {_TITLE.format(side='from')} AS from_title "
    "FROM link WHERE {where} ORDER BY link.id"
)


class Written(NamedTuple):
    """A link as it stands in a text: kind is contact for @name, note for [[title]] and for [words](path.md).

    path: it is a path, relative to the file that the note is in; while nothing is there, it is no link.
    type: what it says of the other thing, where that is written.
    """

    kind: str
    name: str
    sentence: str
    path: bool = False
    type: str = "related"


def _shape(row: sqlite3.Row) -> Row:
    return {
        "from": ids.make(row["from_kind"], row["from_id"]), "from_title": row["from_title"] or "",
        "to": None if row["to_id"] is None else ids.make(row["to_kind"], row["to_id"]),
        "to_kind": row["to_kind"], "to_title": row["to_title"] or row["written"], "type": row["type"],
        "written": row["written"],
        "sentence": row["sentence"], "origin": row["origin"],
        **({"resolved_at": row["resolved_at"], "because": row["because"]} if row["resolved_at"] else {}),
    }  # fmt: skip


def _all(db: sqlite3.Connection, where: str, **given: object) -> list[Row]:
    return [_shape(row) for row in db.execute(_ROWS.format(where=where), given)]


def outgoing(db: sqlite3.Connection, kind: str, number: int) -> list[Row]:
    """Links from a thing, wanted ones as well, in the order they were made."""
    return _all(db, "from_kind = :kind AND from_id = :id", kind=kind, id=number)


def incoming(db: sqlite3.Connection, kind: str, number: int) -> list[Row]:
    """Links to a thing from notes that are not put away, in the order they were made."""
    where = (
        "to_kind = :kind AND to_id = :id AND NOT EXISTS (SELECT 1 FROM note WHERE link.from_kind = 'note' "
        "AND note.id = link.from_id AND note.dropped_at IS NOT NULL)"
    )
    return _all(db, where, kind=kind, id=number)


def between(db: sqlite3.Connection, number: int, to_kind: str, to_id: int) -> list[Row]:
    """Links from a note to a thing, in the order they were made."""
    where = "from_kind = 'note' AND from_id = :id AND to_kind = :kind AND to_id = :to"
    return _all(db, where, id=number, kind=to_kind, to=to_id)


def is_called(db: sqlite3.Connection, number: int, name: str) -> bool:
    """Whether a note that links to this one calls it so."""
    rows = db.execute("SELECT written FROM link WHERE to_kind = 'note' AND to_id = :id AND written <> ''", {"id": number})
    return any(fold(row[0]) == fold(name) for row in rows)


def count_resolved(db: sqlite3.Connection, number: int) -> int:
    """How many links join a note to something that is there, in either direction."""
    sql = (
        "SELECT count(*) FROM link WHERE (from_kind = 'note' AND from_id = :id AND to_id IS NOT NULL) "
        "OR (to_kind = 'note' AND to_id = :id)"
    )
    return int(db.execute(sql, {"id": number}).fetchone()[0])


def answer(db: sqlite3.Connection, written: Written, apart_from: int | None = None) -> tuple[str, int] | None:
    """What a written link means: (kind, number), None where nothing or more than one contact answers.

    [[title]]: an id, else the note of that name (the likeliest of several: see Names.meant), else a contact. @name: a
    contact. apart_from: the note it is written in, which is never meant.
    """
    if written.kind != "note":
        return answer_among(db, written, Names(), None, apart_from)
    beside = None if apart_from is None else note_names.place_of(db, apart_from)
    return answer_among(db, written, Names.like(db, written.name), beside, apart_from)


def answer_among(
    db: sqlite3.Connection, written: Written, names: Names, beside: note_names.Place | None, apart_from: int | None = None
) -> tuple[str, int] | None:
    """As `answer`, where the names of the notes are known, and the file that the link is written in."""
    if written.path:
        meant = names.at_path(written.name, beside) if beside else []
        return next((("note", number) for number in meant if number != apart_from), None)
    if written.kind == "note":
        parsed = ids.parse(written.name)
        found = lookup.by_number(db, *parsed) if parsed and parsed[0] in ("note", "item", "contact") else None
        if found is not None:
            return found.kind, found.number
        meant = [number for number in names.meant(written.name, beside) if number != apart_from]
        if meant:
            return "note", meant[0]
    people = contacts.find_mentioned(db, written.name)
    return ("contact", people[0]) if len(people) == 1 else None


def sync(unit: "Unit", number: int, links: Iterable[Written]) -> None:
    """The links read from a note's text are exactly these; those made by hand stay.

    A link that stood there before keeps what it pointed to, also when that is called otherwise by now.
    """
    unit.flush()
    db = unit.connection
    old = db.execute(
        "SELECT * FROM link WHERE from_kind = 'note' AND from_id = :id AND origin = 'text' ORDER BY id", {"id": number}
    ).fetchall()
    left = {row["id"]: row for row in old}
    for written in _each_once(links):
        row = _stood(left.values(), written)
        if row is None:
            kind, target = answer(db, written, number) or (written.kind, None)
            if target is None and written.path:
                continue
            _insert(unit, number, kind, target, written=written.name, sentence=written.sentence, origin="text")
        else:
            del left[row["id"]]
            _refresh(db, row, written, number)
    for stale in left:
        db.execute("DELETE FROM link WHERE id = :id", {"id": stale})


def _each_once(links: Iterable[Written]) -> list[Written]:
    found: dict[tuple[str, str], Written] = {}
    for written in links:
        found.setdefault((written.kind, fold(written.name)), written)
    return list(found.values())


def _stood(rows: Iterable[sqlite3.Row], written: Written) -> sqlite3.Row | None:
    same = [row for row in rows if fold(row["written"]) == fold(written.name)]
    alike = [row for row in same if row["to_kind"] == written.kind]
    return next(iter(alike or same), None)


def _refresh(db: sqlite3.Connection, row: sqlite3.Row, written: Written, number: int) -> None:
    kind, target = row["to_kind"], row["to_id"]
    if target is None:
        kind, target = answer(db, written, number) or (written.kind, None)
    if (kind, target, written.name, written.sentence) != (
        row["to_kind"],
        row["to_id"],
        row["written"],
        row["sentence"],
    ):
        db.execute(
            "UPDATE link SET to_kind = :kind, to_id = :target, written = :name, sentence = :sentence WHERE id = :id",
            {"kind": kind, "target": target, "name": written.name, "sentence": written.sentence, "id": row["id"]},
        )


def add(unit: "Unit", number: int, to_kind: str, to_id: int, type: str, sentence: str = "") -> bool:
    """The note is linked to the thing by hand with that type; False where it was already. sentence: where it is named."""
    unit.flush()
    if any(row["type"] == type for row in between(unit.connection, number, to_kind, to_id)):
        return False
    _insert(unit, number, to_kind, to_id, type=type, sentence=sentence)
    return True


def _insert(
    unit: "Unit", number: int, to_kind: str, to_id: int | None, *, type: str = "related", written: str = "",
    sentence: str = "", origin: str = "hand",
) -> None:  # fmt: skip
    unit.insert(
        "link", from_kind="note", from_id=number, to_kind=to_kind, to_id=to_id, type=type, written=written,
        sentence=sentence, origin=origin, created_at=unit.at,
    )  # fmt: skip


def remove(unit: "Unit", number: int, to_kind: str, to_id: int, type: str | None = None) -> tuple[int, int]:
    """Links made by hand from the note to the thing are gone; (how many, how many stand in the text and stay)."""
    unit.flush()
    given = {"id": number, "kind": to_kind, "to": to_id, "type": type}
    where = (
        "from_kind = 'note' AND from_id = :id AND to_kind = :kind AND to_id = :to AND (:type IS NULL OR type = :type)"
    )
    gone = unit.connection.execute(f"DELETE FROM link WHERE {where} AND origin = 'hand'", given).rowcount
    stay = unit.connection.execute(f"SELECT count(*) FROM link WHERE {where}", given).fetchone()[0]
    return gone, stay


def settle(unit: "Unit", number: int, to_kind: str, to_id: int, type: str, because: str) -> int:
    """Links of that type between the two, in either direction, are come to terms with, for that reason; how many."""
    unit.flush()
    given = {"id": number, "kind": to_kind, "to": to_id, "type": type, "because": because, "at": unit.at}
    return unit.connection.execute(
        "UPDATE link SET resolved_at = :at, because = :because WHERE type = :type AND resolved_at IS NULL AND ("
        "(from_kind = 'note' AND from_id = :id AND to_kind = :kind AND to_id = :to) "
        "OR (:kind = 'note' AND from_kind = 'note' AND from_id = :to AND to_kind = 'note' AND to_id = :id))",
        given,
    ).rowcount


def resolve_people(unit: "Unit", contact_id: int, names: Iterable[str]) -> int:
    """Wanted links that name this person, as @name or [[name]], point to them; how many.

    names: nick, name and aliases of the contact. A name that several contacts have stays open.
    """
    unit.flush()
    folded = {fold(name.removeprefix("@")) for name in names if name}
    db = unit.connection
    sole = {name for name in folded if contacts.find_mentioned(db, name) in ([contact_id], [])}
    found = [row["id"] for row in _open(db, ("contact", "note")) if _spoken(row["written"], sole)]
    return _point(db, found, "contact", contact_id)


def resolve_title(unit: "Unit", note_id: int, title: str) -> int:
    """Wanted [[links]] to this title point to the note, but for its own; how many."""
    unit.flush()
    db = unit.connection
    folded = fold(title)
    found = [
        row["id"] for row in _open(db, ("note",))
        if fold(row["written"]) == folded and (row["from_kind"], row["from_id"]) != ("note", note_id)
    ]  # fmt: skip
    return _point(db, found, "note", note_id)


def _spoken(written: str, names: set[str]) -> bool:
    """Whether a mention is one of the names; `_` may stand for a space (@maria_silva)."""
    return fold(written) in names or fold(written.replace("_", " ")) in names


def _open(db: sqlite3.Connection, kinds: Sequence[str]) -> list[sqlite3.Row]:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    sql = f"SELECT id, from_kind, from_id, written FROM link WHERE to_kind IN ({listed}) AND to_id IS NULL ORDER BY id"
    return db.execute(sql).fetchall()


def _point(db: sqlite3.Connection, found: Sequence[int], kind: str, number: int) -> int:
    db.executemany(
        "UPDATE link SET to_kind = :kind, to_id = :number WHERE id = :id",
        [{"kind": kind, "number": number, "id": link} for link in found],
    )
    return len(found)
