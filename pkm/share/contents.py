"""Which notes a share has: some come in, others are taken out, for all of its circles or for one, until it begins to leave.

What a circle got is kept as it was. Sends nothing.
"""

import sqlite3
from collections.abc import Sequence
from shlex import quote
from typing import TYPE_CHECKING

from pkm.errors import Invalid, Refused
from pkm.ids import Row, existing, make
from pkm.share import draft, plan, worded
from pkm.store import shares
from pkm.store.session import Store

if TYPE_CHECKING:
    from pkm.store.session import Unit


def change(
    store: Store, share: int, *, into: Sequence[int] = (), out: Sequence[int] = (), circle: Row | None = None
) -> Row:  # fmt: skip
    """These notes are in the share, behind the others, and those are not; circle: only for that one. The share's row.

    A circle that began to get it keeps the notes that it has. Raises NotFound; Invalid where it has begun to leave, a note is
    not in it, or none would be left; Refused (with findings) where a note that comes in may not go there: nothing is changed.
    """
    with store.unit() as unit:
        db = unit.connection
        row = plan.changeable(db, share)
        if row["type"] == "introduction":
            raise Invalid(row["id"], "an introduction has no notes", next=f"pkm share edit {row['id']}")
        open_ = _open_stages(db, row, circle)
        has = {stage["id"]: [note["id"] for note in worded.notes_for(db, share, stage)] for stage in shares.stages(db, share)}
        _check_out(row, out, [has[stage["id"]] for stage in open_], circle)
        wanted = dict(has)
        for stage in open_:
            kept = [note for note in has[stage["id"]] if note not in out]
            wanted[stage["id"]] = [*kept, *(note for note in into if note not in kept)]
        _put(unit, row, wanted, into)
        _check_in(db, row, into, {stage["id"] for stage in open_})
        unit.summarize(f"changed the notes of {row['id']} {row['title']}")
        return existing(shares.row(db, share), "share", share)


def _open_stages(db: sqlite3.Connection, row: Row, circle: Row | None) -> list[Row]:
    """The stages that have not begun to leave: all, or that of a circle."""
    found = [stage for stage in shares.stages(db, row["number"]) if circle is None or stage["circle_id"] == circle["number"]]
    name = f"{row['id']} for {circle['name']}" if circle else row["id"]
    if circle and not found:
        raise Invalid(name, "it does not go there", next=f"pkm share plan {row['id']} --stage {quote(circle['name'] + ' now')}")
    open_ = [stage for stage in found if not stage["passed_at"] and not plan.has_begun(db, row["number"], stage["id"])]
    if not open_:
        raise Invalid(name, "it has begun to leave; what others got stays as it is", next=f"pkm share log {row['id']}")
    return open_


def _check_out(row: Row, out: Sequence[int], has: Sequence[Sequence[int]], circle: Row | None) -> None:
    for note in out:
        if not any(note in one for one in has):
            where = f"it is not in {row['id']}" + (f" for {circle['name']}" if circle else "")
            raise Invalid(make("note", note), where, next=f"pkm share preview {row['id']}")


def _check_in(db: sqlite3.Connection, row: Row, into: Sequence[int], stages: set[int]) -> None:
    """Raises Refused where one of the notes that came in may not go where these stages go."""
    names = tuple(f"{make('note', note)} " for note in into)
    findings = [one for stage in stages for one in draft.check_share(db, row["number"], stage) if one[0].startswith(names)]
    if findings:
        raise Refused(row["id"], "a note may not go there", findings=list(dict.fromkeys(findings)),
                      kept=f"{row['id']} is as it was.")  # fmt: skip


def _put(unit: "Unit", row: Row, wanted: dict[int, list[int]], into: Sequence[int]) -> None:
    """Each stage has the notes that it is to have, and the share those that one of them has."""
    from pkm.store.model import ShareNote

    db, share = unit.connection, row["number"]
    kept = {note for one in wanted.values() for note in one}
    if not all(wanted.values()):
        raise Invalid(row["id"], "no note would be left", next=f"pkm share drop {row['id']}")
    rows = shares.note_rows(db, share)
    for one in rows:
        if one["note_id"] not in kept:
            unit.delete(unit.get(ShareNote, one["id"]))
    before = {one["note_id"] for one in rows}
    last = max((one["position"] for one in rows), default=0)
    for position, note in enumerate((one for one in dict.fromkeys(into) if one not in before), last + 1):
        unit.insert("share_note", share_id=share, note_id=note, position=position)
    for stage in shares.stages(db, share):
        of = wanted[stage["id"]]
        words = {key: said for key, said in (stage["gate"].get("words") or {}).items() if not _is_of(key, kept)}
        gate = {**stage["gate"], "notes": None if set(of) == kept else of, "words": words}
        gate = {key: value for key, value in gate.items() if value}
        if gate != stage["gate"]:
            plan.set_gate(unit, stage, gate)


def _is_of(key: str, kept: set[int]) -> bool:
    """Whether words are for a note that is no longer there."""
    return key[:1] == "n" and key[1:].isdigit() and int(key[1:]) not in kept
