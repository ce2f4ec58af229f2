"""Circles: made, changed, joined and left, with reasons. A stay in a circle is a row that is closed, never deleted.

Gathers from the store, decides, writes in one unit. Never prints.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pkm import ids
from pkm.errors import Exists, Invalid, NotFound
from pkm.ids import Row
from pkm.people.cadence import Move
from pkm.people.contacts import NAME_LIMIT, changed_list
from pkm.spelling import near, none_of
from pkm.store import circles, contacts, standings, tags
from pkm.store.session import Store, Unit
from pkm.text import check_language, clean, fold, one_line, some
from pkm.vocabulary import CIRCLE_KINDS


@dataclass(frozen=True, slots=True)
class CircleSaved:
    """A circle as it stands. changed: the fields that an edit changed; moves: members whose closest tie it changed."""

    row: Row
    changed: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """What joining or leaving did, one Move a contact; operation: its number for undo, None where nothing changed."""

    circle: Row
    moves: tuple[Move, ...]
    operation: int | None


def add_circle(
    store: Store, name: str, kind: str, *, purpose: str = "", every_s: int | None = None, tags: Iterable[str] = (),
    channels: Iterable[str] = (),
) -> CircleSaved:  # fmt: skip
    """The circle is there. Raises Exists (the name is taken), Invalid (name, kind), NotFound (a channel)."""
    kind = check_kind(kind)
    name, warnings = _name(name)
    with store.unit() as unit:
        _refuse_taken(unit.connection, name)
        number = unit.insert(
            "circle", name=name, kind=kind, purpose=clean(purpose).strip(), every_s=every_s or None, salutation="",
            introduction="", created_at=unit.at,
        )  # fmt: skip
        _set_channels(unit, number, tuple(channels))
        _set_tags(unit, number, tuple(tags))
        unit.summarize(f"added {ids.make('circle', number)} {one_line(name, 60)}")
        row = ids.existing(circles.row(unit.connection, number), "circle", number)
    return CircleSaved(row, warnings=warnings)


_CALLED = {"circle_kind": "kind", "every_s": "every", "introduction": "intro"}
"""What a person calls fields of a circle, as its options do; the others are called as they are."""


def edit_circle(
    store: Store, number: int, *, name: str | None = None, kind: str | None = None, purpose: str | None = None,
    every_s: int | None = None, tags: Sequence[str] | None = None, channels: Sequence[str] | None = None,
    salutation: str | None = None, introduction: str | None = None, language: str | None = None,
) -> CircleSaved:  # fmt: skip
    """The circle is as given; None: as it was. Lists are set whole, or changed by +value and -value.

    every_s: 0 is that of its kind. salutation, introduction: in front of what is shared with it, in Markdown. language: what
    that is in ("": as config says). Raises as add_circle does; nothing is changed then.
    """
    warnings: tuple[str, ...] = ()
    with store.unit() as unit:
        db = unit.connection
        before = ids.existing(circles.row(db, number), "circle", number)
        people = circles.member_ids(db, number)
        stood = standings.standings(db, people)
        circle = unit.row("circle", number)
        if name is not None:
            circle.name, warnings = _name(name)
            _refuse_taken(db, circle.name, but=before["id"])
        if kind is not None:
            circle.kind = check_kind(kind)
        if purpose is not None:
            circle.purpose = clean(purpose).strip()
        if every_s is not None:
            circle.every_s = every_s or None
        if salutation is not None:
            circle.salutation = one_line(clean(salutation), 300)
        if introduction is not None:
            circle.introduction = clean(introduction).strip()
        if language is not None:
            circle.language = check_language(language) if language else ""
        unit.flush()
        if channels is not None:
            _set_channels(unit, number, changed_list(before["channels"], channels))
        if tags is not None:
            _set_tags(unit, number, changed_list(before["tags"], tags))
        row = ids.existing(circles.row(db, number), "circle", number)
        changed = tuple(_CALLED.get(key, key) for key in before if before[key] != row[key] and key != "title")
        if changed:
            unit.summarize(f"changed {', '.join(changed)} of {row['id']} {one_line(row['name'], 60)}")
        moves = tuple(move for move in _moves(db, people, stood) if move.tie_before != move.tie_after)
    return CircleSaved(row, changed, moves, warnings)


def join(store: Store, circle_id: int, contact_ids: Sequence[int], because: str = "") -> Moved:
    """The contacts are in the circle from now on, for that reason; who was in it stays so.

    Who was in it for no reason that is kept has this one from now on.
    """
    with store.unit() as unit:
        db = unit.connection
        circle = ids.existing(circles.row(db, circle_id), "circle", circle_id)
        known = {number: stay for number in contact_ids if (stay := circles.open_membership(db, circle_id, number))}
        new = [number for number in dict.fromkeys(contact_ids) if number not in known]
        stood = standings.standings(db, contact_ids)
        because = clean(because).strip()
        for number in new:
            unit.insert("membership", circle_id=circle_id, contact_id=number, joined_at=unit.at, because=because,
                        left_because="")  # fmt: skip
        unexplained = {number for number, stay in known.items() if because and not stay["because"]}
        for number in unexplained:
            unit.row("membership", known[number]["id"]).because = because
        unchanged = {number: str(stay["joined_at"]) for number, stay in known.items()}
        moves = _moves(db, dict.fromkeys(contact_ids), stood, unchanged)
        moves = tuple(replace(move, explained=int(move.contact["id"][1:]) in unexplained) for move in moves)
        return _told(unit, circle, moves, "joined")


def leave(store: Store, circle_id: int, contact_ids: Sequence[int], because: str = "") -> Moved:
    """The contacts are not in the circle any more; that they were, and both reasons, stay in its history.

    Who had left before, for no reason that is kept, left for this one.
    """
    with store.unit() as unit:
        db = unit.connection
        circle = ids.existing(circles.row(db, circle_id), "circle", circle_id)
        stays = {number: circles.open_membership(db, circle_id, number) for number in contact_ids}
        stood = standings.standings(db, contact_ids)
        for stay in stays.values():
            if stay is not None:
                membership = unit.row("membership", stay["id"])
                membership.left_at = max(unit.at, membership.joined_at)  # a clock may be set back
                membership.left_because = clean(because).strip()
        gone = [number for number, stay in stays.items() if stay is None]
        explained = _explain_leaving(unit, circle_id, gone, clean(because).strip())
        unit.flush()
        moves = _moves(db, stays, stood, dict.fromkeys(gone))
        moves = tuple(replace(move, explained=int(move.contact["id"][1:]) in explained) for move in moves)
        return _told(unit, circle, moves, "left")


def _explain_leaving(unit: Unit, circle_id: int, numbers: Iterable[int], because: str) -> set[int]:
    """Those of the contacts whose last stay ended for no reason that is kept; it has this one now."""
    explained = set()
    for number in numbers if because else ():
        stay = circles.last_stay(unit.connection, circle_id, number)
        if stay is not None and not stay["left_because"]:
            unit.row("membership", stay["id"]).left_because = because
            explained.add(number)
    return explained


def check_kind(kind: str) -> str:
    """The kind of circle, written in full: none is guessed. Raises Invalid with the three kinds."""
    if fold(kind) not in CIRCLE_KINDS:
        raise none_of(f"the kind “{one_line(kind, 60)}”", kind, CIRCLE_KINDS)
    return fold(kind)


def _told(unit: Unit, circle: Row, moves: tuple[Move, ...], verb: str) -> Moved:
    moved = [move for move in moves if move.changed]
    names = [one_line(move.contact["name"], 60) for move in moved or moves if move.changed or move.explained]
    if names:
        reason = "the reason to have left" if verb == "left" else "the reason to be in"
        verb = f" {verb}" if moved else f": {reason}"
        unit.summarize(f"{some(names, 3)}{verb} {one_line(circle['name'], 60)}")
    row = circles.row(unit.connection, int(circle["id"][1:])) or circle
    return Moved(row, moves, unit.operation if names else None)


def _moves(
    db: sqlite3.Connection, numbers: Iterable[int], before: dict[int, Row],
    unchanged: Mapping[int, str | None] | None = None,
) -> tuple[Move, ...]:  # fmt: skip
    """What became of each contact; `unchanged` are those that nothing was done to, with the day they joined."""
    same = unchanged or {}
    return tuple(
        Move(
            row, before[number]["tie"], row["tie"], before[number]["every_s"], row["every_s"], number not in same,
            same.get(number),
        )
        for row in contacts.rows(db, limit=-1, ids=list(numbers))
        for number in [int(row["id"][1:])]
    )  # fmt: skip


def _name(text: str) -> tuple[str, tuple[str, ...]]:
    name = one_line(text)
    if not name:
        raise Invalid("an empty name", "a circle needs a name", next="pkm circle add practice --kind community")
    if ids.parse(name):
        raise Invalid(f"the name {name}", "it reads as an id", next="give another name")
    if len(name) <= NAME_LIMIT:
        return name, ()
    return one_line(name, NAME_LIMIT), (f"the name was cut from {len(name):,} characters to {NAME_LIMIT}",)


def _refuse_taken(db: sqlite3.Connection, name: str, but: str = "") -> None:
    found = circles.by_name(db, name)
    if found is not None and found["id"] != but:
        raise Exists(f"the circle {one_line(found['name'], 60)} ({found['id']})", f"it is a {found['circle_kind']}",
                     next=f"pkm circle show {found['id']}, or pkm circle edit {found['id']}")  # fmt: skip


def _set_tags(unit: Unit, number: int, wanted: Sequence[str]) -> None:
    wanted = [one_line(tag, NAME_LIMIT).removeprefix("#") for tag in wanted if tag.strip()]
    folded = {fold(tag) for tag in wanted}
    held = tags.of(unit.connection, "circle", number)
    tags.take(unit, "circle", number, [tag for tag in held if fold(tag) not in folded])
    tags.put(unit, "circle", number, wanted)


def _set_channels(unit: Unit, number: int, names: Sequence[str]) -> None:
    """The circle is reached by these channels and no others. Raises NotFound, naming the channel and what there is."""
    db = unit.connection
    known = {fold(name): channel for channel, name in circles.channels(db)}
    wanted = set()
    for name in names:
        if fold(name) not in known:
            there = ", ".join(name for _, name in circles.channels(db))
            why = f"there is {there}" if there else "there is none yet"
            close = near(name, [name for _, name in circles.channels(db)])
            raise NotFound(f"the channel “{one_line(name, 60)}”", why, near=close, next="pkm share channel add")
        wanted.add(known[fold(name)])
    held = circles.channel_rows(db, number)
    for channel, row in held.items():
        if channel not in wanted:
            unit.remove("circle_channel", row)
    for channel in sorted(wanted - held.keys()):
        unit.insert("circle_channel", circle_id=number, channel_id=channel)
