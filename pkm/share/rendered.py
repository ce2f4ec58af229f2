"""The very bytes that a share would send, for each circle, channel and recipient, or that it has sent.

What began to leave is never rendered anew.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from shlex import quote
from typing import TYPE_CHECKING

from pkm import config
from pkm.config import Home
from pkm.delivery import may_go, may_have_it, may_have_left
from pkm.errors import Invalid, Refused
from pkm.ids import Row, existing, make
from pkm.picture import Picture
from pkm.share import clearing, draft, figures, posts, worded
from pkm.share.channels import is_mirror, is_posts, way_to_give
from pkm.share.delivery_keys import Keys
from pkm.share.letter import MEDIA_TYPE as LETTER
from pkm.share.letter import unpack
from pkm.share.posting import bodies, posted_for
from pkm.share.recipients import channels_for, had_before, letter_places, people_of, recipient_of, turned
from pkm.share.rendition import Rendered
from pkm.store import attachments, deliveries, shares
from pkm.store.session import Store
from pkm.text import one_line

if TYPE_CHECKING:
    from pkm.share.render import Digest


def look_at(
    store: Store, home: Home, share: int, at: str = "", stage: int | None = None, channel: str = ""
) -> list[Rendered]:  # fmt: skip
    """The bytes of a share for each circle, channel and recipient: as they began to leave, else as they would be frozen now.

    at: the stamp that they are dated with; "": now. stage: of that one alone; channel: on the one
    of that name alone.
    Raises NotFound; for a share that has not arrived everywhere: Refused with findings where the guard finds
    something, Invalid where nothing would carry it.
    """
    db = store.read()
    row = existing(shares.row(db, share), "share", share)
    planned = stage is None and row["state"] == "planned"  # each stage leaves by itself
    steps = [one["id"] for one in shares.stages(db, share)] if planned else [stage]
    return [one for step in steps for one in _look_at(db, home, row, at, step, channel)]


def _look_at(db: sqlite3.Connection, home: Home, row: Row, at: str, stage: int | None, channel: str) -> list[Rendered]:
    share = row["number"]
    rows, at = deliveries.of(db, share, stage), (queued(db, share, stage) or (at, ""))[0]
    left = any(may_have_left(one["state"], one["error"]) for one in rows)
    now = turned(db, home, share, stage) if left else {}
    rendered = (
        [*frozen(db, share, stage, now), *amended(db, home, share, at, stage, now)] if left
        else list(_render_stages(db, home, share, at, stage, channel))
    )  # fmt: skip
    rendered = [one for one in rendered if channel in ("", one.channel)]
    if (row["state"] == "sent" or (stage is not None and rows)) and all(one["state"] == "sent" for one in rows):
        return rendered
    findings = draft.check_share(db, share, stage, channel) or [
        *clearing.check_pictures(db, home, share, stage), *clearing.check_rendered(db, home, share, filter(_leaves, rendered))
    ]  # fmt: skip
    if findings:
        raise Refused(
            make("share", share), "something in it may not go there", findings=findings,
            kept="Nothing was queued and nothing was sent.", next=f"mend that, then pkm share send {make('share', share)}",
        )  # fmt: skip
    if not rendered and not channel and not (stage and _has_it_all(db, home, share, stage)):
        raise _nothing_carries(db, row, stage)
    return rendered


def _leaves(one: Rendered) -> bool:
    """Whether it may still leave: a folder's file is written again and again, what nobody knows of may be handed in again."""
    return is_mirror(one.channel_kind) or one.state not in ("sent", "cancelled")


def _has_it_all(db: sqlite3.Connection, home: Home, share: int, stage: int) -> bool:
    """Whether nothing of a stage is to go because all of it is there: its people have it, its accounts say it."""
    step = next(one for one in shares.stages(db, share) if one["id"] == stage)
    said = any(is_posts(channel["channel_kind"]) for channel in channels_for(db, step))
    return said or bool(step["passed_at"] or had_before(db, home, share, step))


def _nothing_carries(db: sqlite3.Connection, share: Row, stage: int | None) -> Invalid:
    if share["type"] == "introduction":
        return Invalid(
            share["id"], "there is no channel of mail to send it by", kept="the draft",
            next='pkm share channel add mail smtp://HOST:PORT --from "Me <me@example.org>"; or send it yourself: '
            f"pkm share preview {share['id']}, then pkm share send {share['id']} --by-hand",
        )  # fmt: skip
    steps = [one for one in shares.stages(db, share["number"]) if stage in (None, one["id"]) and one["circle"]]
    circle = steps[0]["circle"] if steps else "CIRCLE"
    if steps and channels_for(db, steps[0]):  # nobody is there
        without = f"; or without it: pkm share plan {share['id']}" if share["state"] == "planned" else ""
        return Invalid(share["id"], "no circle it is for has a channel that reaches somebody",
                       next=f"pkm circle join {quote(one_line(circle, 60))} WHO{without}")  # fmt: skip
    return Invalid(share["id"], "no circle it is for has a channel that reaches somebody", next=way_to_give(db, circle))


def queued(db: sqlite3.Connection, share: int, stage: int | None) -> tuple[str, str] | None:
    """(when it was frozen, when it may leave) of what was frozen to leave later; its bytes keep their date."""
    found = [row for row in deliveries.of(db, share, stage) if row["not_before"] and may_go(row["state"], row["error"])]
    return (found[-1]["frozen_at"], found[-1]["not_before"]) if found else None


def frozen(
    db: sqlite3.Connection, share: int, stage: int | None = None, now: Mapping[int, tuple[str, str]] | None = None
) -> Iterable[Rendered]:  # fmt: skip
    """The deliveries of a share, or of one of its stages, as they were frozen, each with its state.

    now: what recipients.turned says of them; None: as they stand.
    """
    kept = attachments.hashes(db)
    for row in deliveries.frozen(db, share):
        if stage is not None and row["stage_id"] != stage:
            continue
        state, error = (now or {}).get(row["id"], (row["state"], row["error"]))
        yield Rendered(
            row["circle"], row["channel"], row["channel_kind"], row["file_name"], row["media_type"], row["payload"],
            row["stage_id"], row["circle_id"], row["channel_id"], row["part"], row["key"], row["recipient"],
            row["contact_id"], row["name"] or "", state=state, error=error, hash=row["sha256"],
            length=kept.get(row["sha256"], ("", 0))[1],
        )  # fmt: skip


def amended(
    db: sqlite3.Connection, home: Home, share: int, at: str = "", stage: int | None = None,
    now: Mapping[int, tuple[str, str]] | None = None,
) -> list[Rendered]:  # fmt: skip
    """Letters to those who did not get theirs and have another address now, or get theirs as one of another circle of the
    share; the rest of it has begun to leave. now: as `frozen` has it.
    """
    rows = [row for row in deliveries.of(db, share, stage) if row["contact"]]
    state = {row["id"]: (now or {}).get(int(row["id"][1:]), (row["state"], row["error"])) for row in rows}
    got = {row["contact"] for row in rows if may_have_it(*state[row["id"]])}
    asked = {row["contact"] for row in rows} - got
    if not asked:
        return []
    tried = {(row["stage_number"], row["recipient"]) for row in rows}
    open_ = {row["recipient"] for row in rows if state[row["id"]][0] != "cancelled"}
    return [
        one for one in _render_stages(db, home, share, at, stage)
        if one.is_letter and make("contact", one.contact_id or 0) in asked
        and one.recipient not in open_ and (one.stage_id, one.recipient) not in tried
    ]  # fmt: skip


def _render_stages(
    db: sqlite3.Connection, home: Home, share: int, at: str, only: int | None, by: str = ""
) -> Iterable[Rendered]:  # fmt: skip
    from pkm.share import mailing

    settings = config.read(home)
    at = at or draft.now_stamp()
    row = existing(shares.row(db, share), "share", share)
    places = letter_places(db, home, share)
    gallery = figures.Gallery(db, home, [note["id"] for note in shares.notes(db, share)])
    keys, given = Keys(db, row), dict[int, dict[str, str]]()
    for stage in shares.stages(db, share):
        for channel in channels_for(db, stage) if only in (None, stage["id"]) else ():
            if by not in ("", channel["name"]):
                continue
            place: Row = {"stage_id": stage["id"], "circle_id": stage["circle_id"], "circle": stage["circle"],
                     "channel_id": channel["number"], "channel": channel["name"],
                     "channel_kind": channel["channel_kind"]}  # fmt: skip
            digest = draft.digest_for(db, share, stage, channel["channel_kind"], settings, at)
            digest, pictures = gallery.fill(digest, worded.notes_for(db, share, stage))
            place["pictures"] = pictures
            if is_mirror(channel["channel_kind"]):
                files = _named_apart(db, home, row, stage, channel, digest, given.setdefault(channel["number"], {}))
                for part, (name, media_type, payload, hash) in enumerate(files, 1):
                    yield Rendered(file_name=name, media_type=media_type, payload=payload, part=part, hash=hash,
                                   key=keys.of(stage, channel, "", part), **place)  # fmt: skip
            elif is_posts(channel["channel_kind"]):
                if posted_for(db, home, share, stage, channel, at) is not None:
                    continue
                for part, payload in enumerate(bodies(db, home, row, stage, channel, digest, keys), 1):
                    yield Rendered(file_name="", media_type=posts.media_type(channel["channel_kind"]), payload=payload,
                                   part=part, key=keys.of(stage, channel, "", part), **place)  # fmt: skip
            else:
                answers = _answered(db, stage)
                people = people_of(db, home, share, stage)
                people = [one for one in people if places.get(one["id"]) == (stage["id"], channel["number"])]
                if answers is not None:
                    people = [one for one in people if one["id"] in answers]
                named = {one["id"]: keys.of(stage, channel, recipient_of(one), 1) for one in people}
                for one, payload in mailing.compose(row["id"], digest, stage, channel, people, named, home, answers):
                    yield Rendered(
                        file_name="", media_type=LETTER, payload=payload, part=1, key=named[one["id"]],
                        recipient=recipient_of(one), contact_id=one["id"], name=one["name"], new=bool(one["new"]),
                        hash=hashlib.sha256(whole(payload, pictures)).hexdigest() if pictures else "", **place,
                    )  # fmt: skip


def _named_apart(
    db: sqlite3.Connection, home: Home, row: Row, stage: Row, channel: Row, digest: "Digest", given: dict[str, str]
) -> "list[tuple[str, str, bytes, str]]":
    """The files of a mirror (mirror.files), called as no other words in its folder are: those of other shares, of stages that
    are told otherwise, of circles whose names make one. given: what stages before it have there, name -> hash.
    """
    from pkm.share import mirror

    if channel["channel_kind"] == "site":  # it has one page a share
        return mirror.files(digest, "site", home)
    there = deliveries.file_names(db, channel["number"], stage["id"]) | given
    mark = "" if digest.slug.endswith(f"-{row['id']}") else f"-{row['id']}"
    for suffix in ("", mark, f"{mark}-{stage['position']}"):
        files = mirror.files(digest, channel["channel_kind"], home, suffix)
        hashes = {name: hash or hashlib.sha256(payload).hexdigest() for name, _, payload, hash in files}
        if all(there.get(name, hash) == hash for name, hash in hashes.items()):
            break
    given |= hashes
    return files


def whole(letter: bytes, pictures: Mapping[str, Picture]) -> bytes:
    """A letter as it leaves, with these pictures in it."""
    return unpack(letter, lambda sha256: pictures[sha256].data)


def _answered(db: sqlite3.Connection, stage: Row) -> dict[int, str] | None:
    """For a correction: contact -> the key of the letter that it corrects; None where it corrects none."""
    share = stage["gate"].get("replies_to")
    return deliveries.keys_of_letters(db, share) if share else None
