"""What was rendered is frozen in the store: what has not begun to leave anew, what has begun as it is."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from pkm import attachment_files, config, dates
from pkm.config import Home
from pkm.delivery import MAY_GO, NO_ADDRESS, is_refused, may_go, may_have_left
from pkm.errors import Invalid
from pkm.ids import Row, make
from pkm.share import draft, gate, origin, page_names, recipients
from pkm.share.channels import is_mirror
from pkm.share.letter import MEDIA_TYPE as LETTER
from pkm.share.rendered import frozen, look_at, queued
from pkm.share.rendition import Rendered
from pkm.store import attachments, deliveries, shares
from pkm.store.attachments import Attached
from pkm.store.session import Store


def freeze(
    store: Store, home: Home, share: int, at: str = "", stage: int | None = None, not_before: str = "", *, wait: bool = True
) -> dict[int, list[int]]:  # fmt: skip
    """Channel number -> delivery numbers that are to go now; new ones are frozen and committed.

    stage: of that one alone. not_before: when its new letters may leave at the earliest; wait: whether that counts.

    What was frozen and has not begun to leave is frozen anew, so that what goes is what the notes say now; once something
    has begun to leave, all others get the same. Raises as look_at does; Invalid where it was taken back.
    """
    before_it = queued(store.read(), share, stage)
    at = (before_it[0] if before_it else at) or draft.now_stamp()
    rendered = look_at(store, home, share, at, stage)
    kept = {name: picture for one in rendered for name, picture in one.pictures.items()}
    for picture in kept.values():
        attachment_files.keep(home.attachments, picture.data)
    with store.unit() as unit:  # of two runs at once, the second waits here and finds the deliveries of the first
        db = unit.connection
        check_stands(db, share)  # it may have been taken back while this run waited for another one
        page_names.name_page(unit, share)
        existing = deliveries.of(db, share, stage)
        origin.queue(db, home, share, (one.key for one in rendered if one.payload and not is_mirror(one.channel_kind)), unit.at)
        if any(may_have_left(row["state"], row["error"]) for row in existing):
            _turn(unit, home, share, stage)
            known, existing = {one.key for one in frozen(db, share)}, deliveries.of(db, share, stage)
            _amend(unit, share, [one for one in rendered if one.key not in known], existing, at)
        else:
            before = {row["key"]: row for row in deliveries.frozen(db, share)}
            same = _unfreeze(unit, share, stage, rendered)
            fresh = [one for one in rendered if one.key not in same]
            told = [one for one in fresh if not before_it or one.key in before]
            _add(unit, share, told, at, before_it[1] if before_it else not_before)
            _refuse_still(unit, share, [row for row in before.values() if row["key"] not in same])
            if late := [one for one in fresh if one not in told]:
                _add(unit, share, late, at, _cooled(db, home, share), mirrors_too=True)
        if not_before:
            _leave_then(unit, share, stage, not_before)
        attachments.keep_sent(
            unit, (Attached(f"{make('share', share)}/{name}", name, one.media_type, len(one.data)) for name, one in kept.items())
        )
        existing = deliveries.of(db, share, stage)
        ahead = [step for step in shares.stages(db, share) if not step["passed_at"]]
        there = {one["number"] for one in shares.channels(db)}
        stopped = {step["id"] for step in ahead if gate.stopped(step["gate"], make("share", share))}  # while this run waited
    now = draft.now_stamp()
    numbers: dict[int, list[int]] = {}
    for row in reversed(existing):
        # a mirror can be written again and again, so `sending` (a run that was killed) is taken up too
        goes = row["state"] in (*MAY_GO, "sending") if is_mirror(row["channel_kind"]) else may_go(row["state"], row["error"])
        early = wait and (row["not_before"] or "") > now
        goes = goes and row["channel_number"] in there and row["stage_number"] not in stopped
        if goes and row["error"] != NO_ADDRESS and not early:
            numbers.setdefault(row["channel_number"], []).append(int(row["id"][1:]))
    return numbers


def check_stands(db: sqlite3.Connection, share: int) -> None:
    """Raises Invalid where the share was taken back."""
    row = shares.row(db, share)
    if row is not None and row["state"] == "retracted":
        raise Invalid(row["id"], "it was taken back", next=f"pkm share log {row['id']}")


def _cooled(db: sqlite3.Connection, home: Home, share: int) -> str:
    """When somebody, or a channel, may get it that came in after the others were told when theirs leaves; "" where no plan
    is under way: then it is the person who sends it.
    """
    if (shares.row(db, share) or {}).get("state") != "planned":
        return ""
    return dates.stamp(dates.now() + timedelta(seconds=config.read(home).seconds("share.cooling")))


def _unfreeze(unit: Any, share: int, stage: int | None, rendered: Sequence[Rendered]) -> set[str]:
    """What was frozen and would be other bytes now is gone; the keys of what stays."""
    now = {one.key: one.sha256 for one in rendered}
    same = set()
    for row in deliveries.frozen(unit.connection, share):
        if stage is not None and row["stage_id"] != stage:
            continue
        if row["state"] == "cancelled" and row["key"] not in now:  # it stays told of
            continue
        if row["not_before"] and row["state"] != "cancelled" and now.get(row["key"]) == row["sha256"]:
            same.add(row["key"])
        else:
            deliveries.unfreeze(unit, row["id"])
    return same


def _leave_then(unit: Any, share: int, stage: int | None, at: str) -> None:
    """What waits leaves at that time at the earliest, also what was to leave before."""
    for row in deliveries.frozen(unit.connection, share):
        waits = row["state"] == "waiting" and not is_mirror(row["channel_kind"])
        if stage in (None, row["stage_id"]) and waits and (row["not_before"] or "") < at:
            unit.update("delivery", row["id"], not_before=at)


def _refuse_still(unit: Any, share: int, before: Iterable[Row]) -> None:
    """What a server refused stays refused, whatever it says now: who tries it again is the person."""
    now = {row["key"]: row["id"] for row in deliveries.frozen(unit.connection, share)}
    for row in before:
        if row["key"] in now and not is_mirror(row["channel_kind"]) and is_refused(row["state"], row["error"]):
            unit.update("delivery", now[row["key"]], state="refused", error=row["error"], attempts=row["attempts"])


def _turn(unit: Any, home: Home, share: int, stage: int | None) -> None:
    """What still waits for somebody who is not to get it any more goes nowhere; for who is to get it again, it waits again."""
    for number, (state, why) in recipients.turned(unit.connection, home, share, stage).items():
        unit.update("delivery", number, state=state, error=why)


def _amend(unit: Any, share: int, rendered: Sequence[Rendered], existing: Sequence[Row], at: str) -> None:
    """Letters to another address take the place of those that did not arrive."""
    from pkm.store.model import Delivery

    for one in rendered:
        for row in existing:
            if may_go(row["state"], row["error"]) and row["contact"] == make("contact", one.contact_id or 0):
                delivery = unit.get(Delivery, int(row["id"][1:]))
                delivery.state, delivery.error = "cancelled", recipients.MOVED
    _add(unit, share, rendered, at)


def _add(
    unit: Any, share: int, rendered: Sequence[Rendered], at: str, not_before: str = "", *, mirrors_too: bool = False
) -> None:  # fmt: skip
    """The deliveries are frozen. not_before: of what cannot be taken down again; mirrors_too: of folders and the site as well."""
    for one in rendered:
        missing = one.media_type == LETTER and not one.payload
        unit.insert(
            "delivery", key=one.key, share_id=share, stage_id=one.stage_id, circle_id=one.circle_id, channel_id=one.channel_id,
            contact_id=one.contact_id, recipient=one.recipient, part=one.part, revision=1, attempts=0, sha256=one.sha256,
            media_type=one.media_type, file_name=one.file_name, frozen_at=at, payload=one.payload, remote_id="", remote_url="",
            state="refused" if missing else "waiting", error=NO_ADDRESS if missing else "",
            not_before=not_before if not_before and (mirrors_too or not is_mirror(one.channel_kind)) and not missing else None,
        )  # fmt: skip
