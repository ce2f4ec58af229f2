"""The very bytes that a share would send, for each circle, channel and recipient: rendered, guarded, frozen in the store.

What began to leave is never rendered anew. A delivery's key is made of what it is (share, stage, channel, recipient, part),
so that the same letter has the same name in a store that was put back from a copy.
"""

import functools
import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pkm import attachment_files, config, dates
from pkm.config import Home
from pkm.delivery import MAY_GO, NO_ADDRESS, is_refused, may_go, may_have_left
from pkm.errors import Invalid, NotFound, Refused
from pkm.ids import make
from pkm.picture import ENDINGS, Picture
from pkm.reach import wide_enough
from pkm.share import draft, figures, origin, posts
from pkm.share.channels import effective_kind, is_letters, is_mirror, is_posts
from pkm.share.guard import Finding, Secrets, check_addresses, check_bytes
from pkm.share.ledger import delivery_key
from pkm.share.letter import MEDIA_TYPE as LETTER
from pkm.share.letter import unpack, whole_size
from pkm.share.posting import bodies, posted_for
from pkm.share.recipients import channels_for, had_before, letter_places, people_of, recipient_of
from pkm.share.unsubscribed import subscribers
from pkm.store import attachments, shares
from pkm.store.attachments import Attached
from pkm.store.session import Store

if TYPE_CHECKING:
    from pkm.share.letter import Opened

Row = dict[str, Any]

SITE_MEDIA_TYPE = "application/vnd.pkm.digest+json"
"""The site's deliveries hold the digest itself; its page, the index and the feeds are made from it."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Bytes that would leave (or have left) on one channel, for one circle (None: for people by name).

    recipient: an address; "" where the channel itself is the recipient; a contact's id where nobody knows an address, and
    then there are no bytes. new: whether the others of the circle got something before, and this one did not.

    payload: what the store keeps. A picture's bytes are kept once, with the attachments by their hash: of a file that is a
    picture the payload is empty, a letter has a line in the place of each (letter.unpack), a post names it. hash: of the bytes
    that leave, where these are other ones. length: of a picture that is kept. pictures: those that are not kept yet, by hash.
    """

    circle: str | None
    channel: str
    channel_kind: str
    file_name: str
    media_type: str
    payload: bytes
    stage_id: int
    circle_id: int | None
    channel_id: int
    part: int
    key: str
    recipient: str = ""
    contact_id: int | None = None
    name: str = ""
    new: bool = False
    state: str = ""
    error: str = ""
    hash: str = ""
    length: int = 0
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The hash of the bytes that leave, in hex."""
        return self.hash or hashlib.sha256(self.payload).hexdigest()

    @property
    def size(self) -> int:
        """How many bytes leave."""
        if self.is_picture:
            return self.length or len(self.pictures[self.hash].data)
        return whole_size(self.payload) if self.media_type == LETTER else len(self.payload)

    @property
    def may_go(self) -> bool:
        """Whether it goes with the next send: it is new, or has not left."""
        return not self.state or may_go(self.state, self.error)

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture in a file of its own."""
        return self.media_type in ENDINGS

    @property
    def is_post(self) -> bool:
        """Whether it is posted to the channel itself."""
        return bool(posts.kind_of(self.media_type))

    @property
    def is_letter(self) -> bool:
        """Whether it is a letter to one recipient that has an address."""
        return self.media_type == LETTER and bool(self.payload)


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
    row = shares.row(db, share)
    if row is None:
        raise NotFound(make("share", share), "there is no such share", next="pkm share log")
    if stage is None and row["state"] == "planned":  # each stage leaves by itself
        return [one for step in shares.stages(db, share) for one in look_at(store, home, share, at, step["id"], channel)]
    rows = deliveries(db, share, stage)
    left = any(may_have_left(one["state"], one["error"]) for one in rows)
    rendered = (
        [*frozen(db, share, stage), *amended(db, home, share, at, stage)] if left
        else list(_render_stages(db, home, share, at, stage, channel))
    )  # fmt: skip
    rendered = [one for one in rendered if channel in ("", one.channel)]
    if (row["state"] == "sent" or (stage is not None and rows)) and all(one["state"] == "sent" for one in rows):
        return rendered
    findings = draft.check_share(db, share, stage, channel) or [
        *check_pictures(db, home, share, stage), *guard_bytes(db, home, share, rendered)
    ]  # fmt: skip
    if findings:
        raise Refused(
            make("share", share), "something in it may not go there", findings=findings,
            kept="Nothing was queued and nothing was sent.", next=f"mend that, then pkm share send {make('share', share)}",
        )  # fmt: skip
    if not rendered and not channel and not (stage and _has_it_all(db, home, share, stage)):
        raise _nothing_carries(row)
    return rendered


def _has_it_all(db: sqlite3.Connection, home: Home, share: int, stage: int) -> bool:
    """Whether nothing of a stage is to go because all of it is there: its people have it, its accounts say it."""
    step = next(one for one in shares.stages(db, share) if one["id"] == stage)
    said = any(is_posts(channel["channel_kind"]) for channel in channels_for(db, step))
    return said or bool(step["passed_at"] or had_before(db, home, share, step))


def _nothing_carries(share: Row) -> Invalid:
    if share["type"] == "introduction":
        return Invalid(
            share["id"], "there is no channel of mail to send it by", kept="the draft",
            next='pkm share channel add mail smtp://HOST:PORT --from "Me <me@example.org>"; or send it yourself: '
            f"pkm share preview {share['id']}, then pkm share send {share['id']} --by-hand",
        )  # fmt: skip
    return Invalid(
        share["id"], "no circle it is for has a channel that reaches somebody",
        next="pkm share channel add NAME files:/some/folder, then pkm circle edit CIRCLE --channel NAME",
    )  # fmt: skip


def deliveries(db: sqlite3.Connection, share: int, stage: int | None) -> list[Row]:
    """All deliveries of a share, or of one of its stages, newest first."""
    return [row for row in shares.deliveries(db, share=share, limit=-1) if stage is None or row["stage_number"] == stage]


def frozen(db: sqlite3.Connection, share: int, stage: int | None = None) -> Iterable[Rendered]:
    """The deliveries of a share, or of one of its stages, as they were frozen, each with its state."""
    kept = attachments.hashes(db)
    for row in shares.frozen(db, share):
        if stage is not None and row["stage_id"] != stage:
            continue
        yield Rendered(
            row["circle"], row["channel"], row["channel_kind"], row["file_name"], row["media_type"], row["payload"],
            row["stage_id"], row["circle_id"], row["channel_id"], row["part"], row["key"], row["recipient"],
            row["contact_id"], row["name"] or "", state=row["state"], error=row["error"], hash=row["sha256"],
            length=kept.get(row["sha256"], ("", 0))[1],
        )  # fmt: skip


def amended(db: sqlite3.Connection, home: Home, share: int, at: str = "", stage: int | None = None) -> list[Rendered]:
    """Letters to those who did not get theirs and have another address now; the rest of the share has begun to leave."""
    rows = [row for row in deliveries(db, share, stage) if row["contact"]]
    got = {row["contact"] for row in rows if not may_go(row["state"], row["error"])}
    tried = {row["recipient"] for row in rows}
    asked = {row["contact"] for row in rows} - got
    if not asked:
        return []
    return [
        one for one in _render_stages(db, home, share, at, stage)
        if one.is_letter and make("contact", one.contact_id or 0) in asked and one.recipient not in tried
    ]  # fmt: skip


def _render_stages(
    db: sqlite3.Connection, home: Home, share: int, at: str, only: int | None, by: str = ""
) -> Iterable[Rendered]:  # fmt: skip
    from pkm.share import mailing, mirror

    settings = config.read(home)
    at = at or draft.now_stamp()
    row = shares.row(db, share)
    assert row is not None
    places = letter_places(db, home, share)
    gallery = figures.Gallery(db, home, [note["id"] for note in shares.notes(db, share)])
    for stage in shares.stages(db, share):
        for channel in channels_for(db, stage) if only in (None, stage["id"]) else ():
            if by not in ("", channel["name"]):
                continue
            place: Row = {"stage_id": stage["id"], "circle_id": stage["circle_id"], "circle": stage["circle"],
                     "channel_id": channel["number"], "channel": channel["name"],
                     "channel_kind": channel["channel_kind"]}  # fmt: skip
            digest = draft.digest_for(db, share, stage, channel["channel_kind"], settings, at)
            digest, pictures = gallery.fill(digest, draft.notes_for(db, share, stage))
            place["pictures"] = pictures
            if is_mirror(channel["channel_kind"]):
                for part, (name, media_type, payload, hash) in enumerate(
                    mirror.files(digest, channel["channel_kind"], home), 1
                ):
                    yield Rendered(file_name=name, media_type=media_type, payload=payload, part=part, hash=hash,
                                   key=delivery_key(row, stage, channel, "", part), **place)  # fmt: skip
            elif is_posts(channel["channel_kind"]):
                if posted_for(db, home, share, stage, channel, at) is not None:
                    continue
                for part, payload in enumerate(bodies(db, home, row, stage, channel, digest), 1):
                    yield Rendered(file_name="", media_type=posts.media_type(channel["channel_kind"]), payload=payload,
                                   part=part, key=delivery_key(row, stage, channel, "", part), **place)  # fmt: skip
            else:
                answers = _answered(db, stage)
                people = people_of(db, home, share, stage)
                people = [one for one in people if places.get(one["id"]) == (stage["id"], channel["number"])]
                if answers is not None:
                    people = [one for one in people if one["id"] in answers]
                keys = {one["id"]: delivery_key(row, stage, channel, recipient_of(one), 1) for one in people}
                for one, payload in mailing.compose(row["id"], digest, stage, channel, people, keys, home, answers):
                    yield Rendered(
                        file_name="", media_type=LETTER, payload=payload, part=1, key=keys[one["id"]],
                        recipient=recipient_of(one), contact_id=one["id"], name=one["name"], new=bool(one["new"]),
                        hash=hashlib.sha256(whole(payload, pictures)).hexdigest() if pictures else "", **place,
                    )  # fmt: skip


def whole(letter: bytes, pictures: Mapping[str, Picture]) -> bytes:
    """A letter as it leaves, with these pictures in it."""
    return unpack(letter, lambda sha256: pictures[sha256].data)


def check_pictures(db: sqlite3.Connection, home: Home, share: int, stage: int | None = None) -> list[Finding]:
    """A finding for each attachment that a note of the share shows and that cannot go out so; stage: of that one alone."""
    gallery = figures.Gallery(db, home, [note["id"] for note in shares.notes(db, share)])
    findings: list[Finding] = []
    for step in shares.stages(db, share):
        if stage not in (None, step["id"]):
            continue
        notes = draft.notes_for(db, share, step)
        findings += gallery.check(notes)
        letters = any(is_letters(channel["channel_kind"]) for channel in channels_for(db, step))
        if letters and (size := gallery.size(notes)) > figures.MAX_LETTER:
            why = f"its pictures have {size / 1e6:.0f} MB together, and a letter takes {figures.MAX_LETTER // 1_000_000}"
            findings.append((make("share", share), why, f"pkm share edit {make('share', share)} --for CIRCLE --only NOTE"))
    return list(dict.fromkeys(findings))


def _answered(db: sqlite3.Connection, stage: Row) -> dict[int, str] | None:
    """For a correction: contact -> the key of the letter that it corrects; None where it corrects none."""
    share = stage["gate"].get("replies_to")
    return shares.keys_of_letters(db, share) if share else None


def guard_bytes(db: sqlite3.Connection, home: Home, share: int, rendered: Sequence[Rendered]) -> list[Finding]:
    """What the guard finds in the very bytes that would leave; of the site's, in the page that is made from them."""
    from pkm.share.letter import open_letter

    findings: list[Finding] = []
    row = shares.row(db, share)
    stages = {stage["id"]: stage for stage in shares.stages(db, share)}
    steps = {number: draft.notes_for(db, share, stage) for number, stage in stages.items()}
    linked: dict[tuple[int, str], tuple[tuple[str, int], ...]] = {}
    emails = dict(shares.emails(db))
    kinds = {number: stage["circle_kind"] or draft.kind_by_name(db, share) for number, stage in stages.items()}
    others = [text for note in shares.notes(db, share) for text in _words_of_others(db, note)]
    own = row["introduction"] if row and row["type"] == "introduction" else ""
    checked: set[tuple[int, bytes]] = set()
    for one in rendered:
        if not one.payload:
            continue
        opened = open_letter(one.payload) if one.media_type == LETTER else None
        text = _readable(one, opened, home)
        allowed: frozenset[str] = frozenset()
        if opened is not None:
            allowed = draft.may_be_read_in(db, share, one.channel_id, one.recipient)
            findings += check_addresses(opened.header("To"), allowed, make("share", share))
        if (one.stage_id, text) in checked:
            continue
        checked.add((one.stage_id, text))
        reaches = wide_enough(effective_kind(kinds[one.stage_id], one.channel_kind))
        if (place := (one.stage_id, one.channel_kind)) not in linked:
            linked[place] = tuple(draft.linked_by(db, share, stages[one.stage_id], reaches))
            findings += draft.check_beside(db, share, stages[one.stage_id], reaches)
        hidden = {address: person for address, person in emails.items() if address not in allowed}
        secrets = Secrets(
            tuple(shares.narrower_titles(db, reaches)), hidden, tuple(others), tuple(shares.phones(db)),
            functools.partial(shares.narrower_texts, db, reaches), linked[place],
        )  # fmt: skip
        beside = draft.words_beside(db, share, stages[one.stage_id])
        findings += check_bytes(text, secrets, steps[one.stage_id], said=own, share=make("share", share), beside=beside)
    return list(dict.fromkeys(findings))


def _readable(one: Rendered, opened: "Opened | None", home: Home) -> bytes:
    """What a receiver can read of it, decoded: a letter's subject and both its texts, the page that the site makes."""
    if one.media_type == SITE_MEDIA_TYPE:
        from pkm.share.render import render_html, thaw

        return render_html(thaw(one.payload), templates=home.templates)
    if posts.kind_of(one.media_type):
        from pkm.channels.way import texts

        return "\n\n".join(texts(one.payload)).encode()
    if opened is not None:
        return "\n\n".join([opened.header("Subject"), opened.header("List-Id"), opened.text, opened.html]).encode()
    return one.payload


def _words_of_others(db: sqlite3.Connection, note: Row) -> Iterable[str]:
    """What a digest says of a note that is public already: the item's title and author, its source, what is quoted."""
    yield from filter(None, (note["item_title"], note["item_author"], note["source_title"], note["item_url"]))
    if note["item_id"] is not None:
        yield from shares.quotes(db, note["item_id"])


def freeze(
    store: Store, home: Home, share: int, at: str = "", stage: int | None = None, not_before: str = "", *, wait: bool = True
) -> dict[int, list[int]]:  # fmt: skip
    """Channel number -> delivery numbers that are to go now; new ones are frozen and committed.

    stage: of that one alone. not_before: when its new letters may leave at the earliest; wait: whether that counts.

    What was frozen and has not begun to leave is frozen anew, so that what goes is what the notes say now; once something
    has begun to leave, all others get the same. Raises as look_at does.
    """
    queued = _queued(store.read(), share, stage)
    at = (queued[0] if queued else at) or draft.now_stamp()
    rendered = look_at(store, home, share, at, stage)
    kept = {name: picture for one in rendered for name, picture in one.pictures.items()}
    for picture in kept.values():
        attachment_files.keep(home.attachments, picture.data)
    with store.unit() as unit:  # of two runs at once, the second waits here and finds the deliveries of the first
        db = unit.connection
        draft.name_page(unit, share)
        existing = deliveries(db, share, stage)
        origin.queue(db, home, share, (one.key for one in rendered if one.payload and not is_mirror(one.channel_kind)), unit.at)
        if any(may_have_left(row["state"], row["error"]) for row in existing):
            _cancel_gone(unit, home, share)
            known = {one.key for one in frozen(db, share)}
            _amend(unit, share, [one for one in rendered if one.key not in known], existing, at)
        else:
            before = {row["key"]: row for row in shares.frozen(db, share)}
            same = _unfreeze(unit, share, stage, rendered)
            fresh = [one for one in rendered if one.key not in same]
            told = [one for one in fresh if not queued or one.key in before]
            _add(unit, share, told, at, queued[1] if queued else not_before)
            _refuse_still(unit, share, [row for row in before.values() if row["key"] not in same])
            if late := [one for one in fresh if one not in told]:
                _add(unit, share, late, at, _cooled(db, home, share), mirrors_too=True)
        if not_before:
            _leave_then(unit, share, stage, not_before)
        attachments.keep_sent(
            unit, (Attached(f"{make('share', share)}/{name}", name, one.media_type, len(one.data)) for name, one in kept.items())
        )
        existing = deliveries(db, share, stage)
    now = draft.now_stamp()
    numbers: dict[int, list[int]] = {}
    for row in reversed(existing):
        # a mirror can be written again and again, so `sending` (a run that was killed) is taken up too
        goes = row["state"] in (*MAY_GO, "sending") if is_mirror(row["channel_kind"]) else may_go(row["state"], row["error"])
        early = wait and (row["not_before"] or "") > now
        if goes and row["error"] != NO_ADDRESS and not early:
            numbers.setdefault(row["channel_number"], []).append(int(row["id"][1:]))
    return numbers


def _cooled(db: sqlite3.Connection, home: Home, share: int) -> str:
    """When somebody, or a channel, may get it that came in after the others were told when theirs leaves; "" where no plan
    is under way: then it is the person who sends it.
    """
    if (shares.row(db, share) or {}).get("state") != "planned":
        return ""
    return dates.stamp(dates.now() + timedelta(seconds=config.read(home).seconds("share.cooling")))


def _queued(db: sqlite3.Connection, share: int, stage: int | None) -> tuple[str, str] | None:
    """(when it was frozen, when it may leave) of what was frozen to leave later; its bytes keep their date."""
    found = [row for row in deliveries(db, share, stage) if row["not_before"] and may_go(row["state"], row["error"])]
    return (found[-1]["frozen_at"], found[-1]["not_before"]) if found else None


def _unfreeze(unit: Any, share: int, stage: int | None, rendered: Sequence[Rendered]) -> set[str]:
    """What was frozen and would be other bytes now is gone; the keys of what stays."""
    now = {one.key: one.sha256 for one in rendered}
    same = set()
    for row in shares.frozen(unit.connection, share):
        if stage is not None and row["stage_id"] != stage:
            continue
        if row["state"] == "cancelled" and row["key"] not in now:  # it stays told of
            continue
        if row["not_before"] and now.get(row["key"]) == row["sha256"]:
            same.add(row["key"])
        else:
            shares.unfreeze(unit, row["id"])
    return same


def _leave_then(unit: Any, share: int, stage: int | None, at: str) -> None:
    """What waits leaves at that time at the earliest, also what was to leave before."""
    for row in shares.frozen(unit.connection, share):
        waits = may_go(row["state"], row["error"]) and not is_mirror(row["channel_kind"])
        if stage in (None, row["stage_id"]) and waits and (row["not_before"] or "") < at:
            unit.update("delivery", row["id"], not_before=at)


def _refuse_still(unit: Any, share: int, before: Iterable[Row]) -> None:
    """What a server refused stays refused, whatever it says now: who tries it again is the person."""
    now = {row["key"]: row["id"] for row in shares.frozen(unit.connection, share)}
    for row in before:
        if row["key"] in now and not is_mirror(row["channel_kind"]) and is_refused(row["state"], row["error"]):
            unit.update("delivery", now[row["key"]], state="refused", error=row["error"], attempts=row["attempts"])


def _cancel_gone(unit: Any, home: Home, share: int) -> None:
    """Who left the circle meanwhile, or asked for no more letters, gets nothing of what still waits."""
    db = unit.connection
    members: dict[int, set[int]] = {}
    for row in shares.frozen(db, share):
        if row["circle_id"] is None or row["contact_id"] is None or not may_go(row["state"], row["error"]):
            continue
        circle = row["circle_id"]
        if circle not in members:
            members[circle] = {one["id"] for one in subscribers(db, home, circle)}
        if row["contact_id"] not in members[circle]:
            why = "they left the circle, or asked for no more letters"
            unit.update("delivery", row["id"], state="cancelled", error=why)


def _amend(unit: Any, share: int, rendered: Sequence[Rendered], existing: Sequence[Row], at: str) -> None:
    """Letters to another address take the place of those that did not arrive."""
    from pkm.store.model import Delivery

    for one in rendered:
        for row in existing:
            if may_go(row["state"], row["error"]) and row["contact"] == make("contact", one.contact_id or 0):
                unit.get(Delivery, int(row["id"][1:])).state = "cancelled"
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
