"""The undo journal: what each command changed, and how it is put back. The images are written by triggers."""

import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from pkm.errors import Invalid, NotFound, Refused
from pkm.ids import LETTERS, Row, make
from pkm.store.session import Store, Unit


class Reverted(NamedTuple):
    """One row that came back, went away, or has its old values again."""

    table: str
    number: int
    what: str  # restored, removed, changed back
    before: Row  # as it stands now
    after: Row  # as it stood before the undo


class Undone(NamedTuple):
    """What an undo did: the operation it took back and what that had done, the number that takes the undo back, the rows."""

    operation: int
    command: str
    summary: str
    number: int
    rows: tuple[Reverted, ...]


def operations(db: sqlite3.Connection, limit: int) -> list[Row]:
    """The newest operations that changed something, newest first, each with the ids it touched.

    undoable: whether images were kept of what it changed; a pull keeps none.
    """
    found = db.execute(
        "SELECT id, at, command, summary, final, undone_by, undoes, "
        "(final = '' AND EXISTS (SELECT 1 FROM change WHERE operation_id = operation.id)) AS undoable "
        "FROM operation WHERE summary <> '' "
        "OR EXISTS (SELECT 1 FROM change WHERE operation_id = operation.id) ORDER BY id DESC LIMIT :limit",
        {"limit": limit},
    ).fetchall()
    return [
        {**dict(row), "kind": "operation", "undoable": bool(row["undoable"]), "changed": changed(db, row["id"])}
        for row in found
    ]


def changed(db: sqlite3.Connection, operation: int) -> list[Row]:
    """What an operation did to things that have ids: {"id", "what", "title"}, in the order of the first change."""
    known = ", ".join(f"'{kind}'" for kind in LETTERS)
    rows = db.execute(
        f"SELECT table_name, row_id, min(id), max(before IS NULL) AS made, max(after IS NULL) AS gone, "
        f"coalesce(max(json_extract(after, '$.title')), max(json_extract(after, '$.name')), "
        f"max(json_extract(before, '$.title')), max(json_extract(before, '$.name')), '') AS title "
        f"FROM change WHERE operation_id = :operation AND table_name IN ({known}) "
        f"GROUP BY table_name, row_id ORDER BY min(id)",
        {"operation": operation},
    )
    words = {(1, 0): "added", (0, 0): "changed", (0, 1): "removed", (1, 1): "added and removed"}
    return [
        {"id": make(row["table_name"], row["row_id"]), "what": words[row["made"], row["gone"]], "title": row["title"]}
        for row in rows
    ]


_UNDOABLE = (
    "undone_by IS NULL AND undoes IS NULL AND final = '' AND EXISTS (SELECT 1 FROM change WHERE operation_id = operation.id)"
)
"""SQL: the operation changed rows, and can be taken back."""


def last_undoable(db: sqlite3.Connection) -> int:
    """The newest operation that changed rows and was not undone. Raises NotFound where there is none."""
    row = db.execute(f"SELECT max(id) FROM operation WHERE {_UNDOABLE}").fetchone()
    if row[0] is None:
        raise NotFound("the last command", "there is none left to take back", next="pkm log")
    return int(row[0])


def is_undoable(db: sqlite3.Connection, operation: int | None) -> bool:
    """Whether the operation changed rows, and can be taken back."""
    return db.execute(f"SELECT 1 FROM operation WHERE id = ? AND {_UNDOABLE}", (operation,)).fetchone() is not None


def final_since(db: sqlite3.Connection, operation: int) -> list[Row]:
    """The later operations that cannot be undone, newest first: {"id", "command", "final"}."""
    found = db.execute(
        "SELECT id, command, final FROM operation WHERE id > :id AND final <> '' ORDER BY id DESC", {"id": operation}
    )
    return [dict(row) for row in found]


def undo(store: Store, operation: int | None = None) -> Undone:
    """The rows of an operation are as they were before it, all or none; the undo is an operation itself.

    operation: its number in `pkm log`; None: the last one. Undoing an undo does the command again.
    Raises NotFound (no such operation), Invalid (already undone), Refused (rows have changed since; final).
    """
    with store.unit() as unit:
        db = unit.connection
        number = last_undoable(db) if operation is None else operation
        row = db.execute("SELECT * FROM operation WHERE id = :id", {"id": number}).fetchone()
        if row is None or row["id"] == unit.operation:
            raise NotFound(str(number), "there is no such command in the log", next="pkm log")
        if row["undone_by"] is not None:
            raise Invalid(str(number), f"it was undone already, by {row['undone_by']}", next="pkm log")
        if row["final"]:
            raise Refused(f"{number} ({row['command']})", row["final"], kept="Nothing was changed.", next="pkm log")
        reverted = _revert(unit, number)
        unit.summarize(f"took back {number} ({row['command']})")
        db.execute("UPDATE operation SET undone_by = :by WHERE id = :id", {"by": unit.operation, "id": number})
        db.execute("UPDATE operation SET undoes = :id WHERE id = :by", {"by": unit.operation, "id": number})
        if row["undoes"] is not None:  # the command it had taken back stands again
            db.execute("UPDATE operation SET undone_by = NULL WHERE id = :id", {"id": row["undoes"]})
        return Undone(number, row["command"], row["summary"], unit.operation or 0, tuple(reverted))


def _revert(unit: Unit, operation: int) -> list[Reverted]:
    db = unit.connection
    changes = db.execute(
        "SELECT id, table_name, row_id, before, after FROM change WHERE operation_id = :operation ORDER BY id",
        {"operation": operation},
    ).fetchall()
    if not changes:
        raise Refused(str(operation), "it kept no images of what it changed", next="pkm log")
    first: dict[tuple[str, int], Row | None] = {}
    last: dict[tuple[str, int], Row | None] = {}
    for change in changes:
        key = (change["table_name"], change["row_id"])
        first.setdefault(key, json.loads(change["before"]) if change["before"] else None)
        last[key] = json.loads(change["after"]) if change["after"] else None
    images = _Images(db)
    _refuse_if_changed(images, operation, last)
    goes = [key for key, before in first.items() if before is None and last[key] is not None]
    _refuse_if_used(db, operation, goes, {key for key, before in first.items() if before is not None})
    db.execute("PRAGMA defer_foreign_keys = ON")
    reverted = []
    # Rows that go, last made first; then rows that come back or change, first touched first, so that what they
    # refer to is there. Triggers that clean up after a deletion find nothing: their work is in the images as well.
    for key in reversed(first):
        if first[key] is None and last[key] is not None:
            db.execute(f"DELETE FROM {key[0]} WHERE id = :id", {"id": key[1]})
            reverted.append(Reverted(*key, "removed", {}, last[key] or {}))
    for key, before in _put_back(images, {key: row for key, row in first.items() if row is not None and row != last[key]}):
        what = "restored" if last[key] is None else "changed back"
        reverted.append(Reverted(*key, what, before, last[key] or {}))
    return reverted


def _put_back(images: "_Images", rows: dict[tuple[str, int], Row]) -> Iterator[tuple[tuple[str, int], Row]]:
    """The rows are as their images say, in their order; one whose place another still has waits until that one left."""
    while rows:
        waiting: dict[tuple[str, int], Row] = {}
        for key, row in rows.items():
            try:
                images.put(key[0], row)
            except sqlite3.IntegrityError:
                waiting[key] = row
                continue
            yield key, row
        if len(waiting) == len(rows):
            images.put(next(iter(rows))[0], next(iter(rows.values())))  # none can: say why
        rows = waiting


class _Images:
    """Row images of the tables as they are now; bytes are hex in an image."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._columns: dict[str, dict[str, str]] = {}

    def columns(self, table: str) -> dict[str, str]:
        """Column name to declared type."""
        if table not in self._columns:
            self._columns[table] = {row["name"]: row["type"] for row in self.db.execute(f"PRAGMA table_info({table})")}
        return self._columns[table]

    def now(self, table: str, number: int) -> Row | None:
        row = self.db.execute(f"SELECT * FROM {table} WHERE id = :id", {"id": number}).fetchone()
        if row is None:
            return None
        return {key: value.hex().upper() if isinstance(value, bytes) else value for key, value in dict(row).items()}

    def put(self, table: str, image: Row) -> None:
        """The row is in the table with the values of its image; columns younger than the image keep their value."""
        columns = self.columns(table)
        names = [name for name in image if name in columns]
        values = {
            name: bytes.fromhex(image[name]) if columns[name] == "BLOB" and image[name] is not None else image[name]
            for name in names
        }
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
        self.db.execute(
            f"INSERT INTO {table} ({', '.join(_quoted(names))}) VALUES ({', '.join(':' + name for name in names)}) "
            f"ON CONFLICT (id) DO UPDATE SET {updates}",
            values,
        )


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _refuse_if_changed(images: _Images, operation: int, last: dict[tuple[str, int], Row | None]) -> None:
    findings = []
    for (table, number), image in last.items():
        current = images.now(table, number)
        if image is None and current is None:
            continue
        if image is None or current is None or any(current.get(key) != value for key, value in image.items()):
            later = images.db.execute(
                "SELECT max(operation_id) FROM change WHERE table_name = :table AND row_id = :id AND operation_id > :op",
                {"table": table, "id": number, "op": operation},
            ).fetchone()[0]
            findings.append((_name(table, number), *_since(images.db, later, table, number)))
    if findings:
        raise Refused(
            f"undo {operation}", "what it changed has been changed since", findings=findings,
            kept="Nothing was changed.", next=findings[0][2] + _earlier(images.db, operation),
        )  # fmt: skip


def _refuse_if_used(
    db: sqlite3.Connection, operation: int, goes: list[tuple[str, int]], back: set[tuple[str, int]]
) -> None:
    """A row that would go, but that later rows refer to, stays: they would lose what they hang on.

    back: rows that the operation changed or took away, and that refer to what they did before it in a moment.
    """
    going = {*goes, *back}
    referring = _references(db)
    findings = []
    for table, number in goes:
        for other, where in referring.get(table, []):
            rows = db.execute(f"SELECT id FROM {other} WHERE {where}", {"id": number}).fetchall()
            users = [row[0] for row in rows if (other, row[0]) not in going]
            if users:
                later = db.execute(
                    "SELECT max(operation_id) FROM change WHERE table_name = :table AND row_id = :id",
                    {"table": other, "id": users[0]},
                ).fetchone()[0]
                step = f"pkm undo {later}" if later else "pkm log"
                findings.append((_name(table, number), f"{_name(other, users[0])} uses it", step))
                break
    if findings:
        raise Refused(
            f"undo {operation}", "what it made is in use since", findings=findings,
            kept="Nothing was changed.", next="undo the later command first: pkm log",
        )  # fmt: skip


def _references(db: sqlite3.Connection) -> dict[str, list[tuple[str, str]]]:
    """For each table, the (table, condition) pairs whose rows point at a row :id of it; what is only computed does not."""
    from pkm.store.derived import tables

    found: dict[str, list[tuple[str, str]]] = {}
    for name in tables(db):
        for key in db.execute(f"PRAGMA foreign_key_list({name})"):
            found.setdefault(key["table"], []).append((name, f'"{key["from"]}" = :id'))
    for kind in LETTERS:
        found.setdefault(kind, []).append(("tagging", f"kind = '{kind}' AND entity_id = :id"))
        found[kind].append(
            ("link", f"(from_kind = '{kind}' AND from_id = :id) OR (to_kind = '{kind}' AND to_id = :id)")
        )
    return found


def _name(table: str, number: int) -> str:
    return make(table, number) if table in LETTERS else f"{table.replace('_', ' ')} {number}"


def _since(db: sqlite3.Connection, later: int | None, table: str, number: int) -> tuple[str, str]:
    """(what changed the row since, the command that goes past it)."""
    if not later:
        step = f"pkm seek remove {_name(table, number)}" if table == "source" else "pkm log"
        return "changed by a pull since, which cannot be undone", step
    final = db.execute("SELECT final FROM operation WHERE id = :id", {"id": later}).fetchone()
    if final and final[0]:
        return f"changed by command {later}, which cannot be undone: {final[0]}", "pkm log"
    return f"changed by command {later}", f"pkm undo {later}"


def _earlier(db: sqlite3.Connection, operation: int) -> str:
    """The way past a command that cannot be taken back, "" where nothing stands before it."""
    row = db.execute(f"SELECT max(id) FROM operation WHERE id < :id AND {_UNDOABLE}", {"id": operation}).fetchone()
    return f"; the command before it: pkm undo {row[0]}" if row[0] else ""
