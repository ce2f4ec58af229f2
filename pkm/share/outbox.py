"""The outbox: frozen bytes on their way out, each delivery once.

A delivery is frozen and committed before anything leaves, marked `sending` (and committed) before its channel is
called, and `sent` or `refused` only after a definite answer. Sending again sends nothing that was sent.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pkm import config
from pkm.config import Home
from pkm.errors import Invalid, NotFound, PkmError, Refused
from pkm.ids import make
from pkm.reach import wide_enough
from pkm.share import draft
from pkm.share.channels import effective_kind, folder_of
from pkm.share.guard import Finding, Secrets, check_bytes
from pkm.store import shares
from pkm.store.session import Store

if TYPE_CHECKING:
    from pkm.share.render import Digest
    from pkm.store.journal import Reverted

Row = dict[str, Any]

SITE_MEDIA_TYPE = "application/vnd.pkm.digest+json"
"""The site's deliveries hold the digest itself; its page, the index and the feeds are made from it."""


LEAVING = ("sending", "sent", "unknown")
"""States of a delivery whose bytes may be on the other side: they are never rendered anew."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Bytes that would leave (or have left) on one channel for one circle."""

    circle: str
    channel: str
    channel_kind: str
    file_name: str
    media_type: str
    payload: bytes
    stage_id: int
    circle_id: int
    channel_id: int
    part: int

    @property
    def sha256(self) -> str:
        """The hash of the bytes, in hex."""
        return hashlib.sha256(self.payload).hexdigest()


@dataclass(frozen=True, slots=True)
class SendReport:
    """What a send did: deliveries sent, those that were sent before, failures (what, why), and where to look."""

    share: Row
    sent: tuple[Row, ...]
    already: int
    failures: tuple[tuple[str, str], ...]
    places: tuple[str, ...]


def look_at(store: Store, home: Home, share: int) -> list[Rendered]:
    """The bytes of a share for each circle and channel: as they began to leave, else as they would be frozen now.

    Raises NotFound; for a share that has not arrived everywhere: Refused with findings where the guard finds
    something, Invalid where no circle of it has a channel.
    """
    db = store.read()
    row = shares.row(db, share)
    if row is None:
        raise NotFound(make("share", share), "there is no such share", next="pkm share log")
    left = any(one["state"] in LEAVING for one in shares.deliveries(db, share=share))
    rendered = list(_frozen(db, share) if left else _render_stages(db, home, share))
    if row["state"] == "sent":
        return rendered
    findings = draft.check_share(db, share) or guard_bytes(db, home, share, rendered)
    if findings:
        raise Refused(
            make("share", share), "something in it may not go there", findings=findings,
            kept="Nothing was queued and nothing was sent.", next=f"mend that, then pkm share send {make('share', share)}",
        )  # fmt: skip
    if not rendered:
        raise Invalid(
            make("share", share), "no circle it is for has a channel",
            next="pkm share channel add NAME files:/some/folder, then pkm circle edit CIRCLE --channel NAME",
        )  # fmt: skip
    return rendered


def _frozen(db: sqlite3.Connection, share: int) -> Iterable[Rendered]:
    for row in shares.frozen(db, share):
        yield Rendered(
            row["circle"], row["channel"], row["channel_kind"], row["file_name"], row["media_type"], row["payload"],
            row["stage_id"], row["circle_id"], row["channel_id"], row["part"],
        )  # fmt: skip


def _render_stages(db: sqlite3.Connection, home: Home, share: int) -> Iterable[Rendered]:
    author = config.read(home)["name"]
    at = draft.now_stamp()
    for stage in shares.stages(db, share):
        for channel in shares.channels_of(db, stage["circle_id"]):
            digest = draft.digest_for(db, share, stage, channel["channel_kind"], author, at)
            for part, (name, media_type, payload) in enumerate(_files(digest, channel["channel_kind"], home), 1):
                yield Rendered(
                    stage["circle"], channel["name"], channel["channel_kind"], name, media_type, payload,
                    stage["id"], stage["circle_id"], channel["number"], part,
                )  # fmt: skip


def _files(digest: "Digest", channel_kind: str, home: Home) -> list[tuple[str, str, bytes]]:
    """(file name, media type, bytes) that a channel of that kind gets of a digest."""
    from pkm.files import safe_name
    from pkm.share.render import freeze, render_html, render_markdown

    name = f"{digest.date[:10]}-{digest.slug}"
    if digest.circle:  # two circles may share a folder, each with its own wording
        name += "-" + safe_name(digest.circle).replace(" ", "-").lower()
    if channel_kind == "site":
        return [(digest.slug, SITE_MEDIA_TYPE, freeze(digest))]
    return [
        (f"{name}.md", "text/markdown", render_markdown(digest, templates=home.templates)),
        (f"{name}.html", "text/html", render_html(digest, templates=home.templates)),
    ]


def guard_bytes(db: sqlite3.Connection, home: Home, share: int, rendered: Sequence[Rendered]) -> list[Finding]:
    """What the guard finds in the very bytes that would leave; of the site's, in the page that is made from them."""
    from pkm.share.render import render_html, thaw

    findings: list[Finding] = []
    notes = shares.notes(db, share)
    emails = dict(shares.emails(db))
    kinds = {stage["id"]: stage["circle_kind"] for stage in shares.stages(db, share)}
    others = [text for note in notes for text in _words_of_others(db, note)]
    for one in rendered:
        reaches = wide_enough(effective_kind(kinds[one.stage_id], one.channel_kind))
        secrets = Secrets(tuple(shares.narrower_titles(db, reaches)), emails, tuple(others))
        payload = one.payload
        if one.media_type == SITE_MEDIA_TYPE:
            payload = render_html(thaw(payload), templates=home.templates)
        findings += check_bytes(payload, secrets, notes)
    return list(dict.fromkeys(findings))


def _words_of_others(db: sqlite3.Connection, note: Row) -> Iterable[str]:
    """What a digest says of a note that is public already: the item's title and author, its source, what is quoted."""
    yield from filter(None, (note["item_title"], note["item_author"], note["source_title"], note["item_url"]))
    if note["item_id"] is not None:
        yield from shares.quotes(db, note["item_id"])


def send_share(store: Store, home: Home, share: int) -> SendReport:
    """Every delivery of the share has been tried; what was sent before is not sent again.

    Raises Refused (guard), Invalid (no channel). A channel that fails makes its deliveries `refused`; the others go on.
    """
    waiting = _freeze(store, home, share)
    already = sum(row["state"] == "sent" for row in shares.deliveries(store.read(), share=share)) if not waiting else 0
    failures = [failure for numbers in waiting.values() if (failure := _transmit(store, home, share, numbers))]
    _finish(store, share)
    db = store.read()
    done = [row for row in shares.deliveries(db, share=share) if row["state"] == "sent"][::-1]
    row = shares.row(db, share)
    assert row is not None
    new = {number for numbers in waiting.values() for number in numbers}
    sent = tuple(one for one in done if int(one["id"][1:]) in new)
    return SendReport(row, sent, already, tuple(failures), tuple(_places(db, home, share)))


def _freeze(store: Store, home: Home, share: int) -> dict[int, list[int]]:
    """Channel number -> delivery numbers that are to go now; new ones are frozen and committed.

    What was frozen and has not begun to leave is frozen anew, so that what goes is what the notes say now.
    """
    from pkm.ids import new_uid
    from pkm.store.model import Delivery

    rendered = look_at(store, home, share)
    with store.unit() as unit:  # of two runs at once, the second waits here and finds the deliveries of the first
        existing = shares.deliveries(unit.connection, share=share)
        if not any(row["state"] in LEAVING for row in existing):
            for row in existing:
                unit.delete(unit.get(Delivery, int(row["id"][1:])))
            for one in rendered:
                unit.add(Delivery(
                    key=new_uid(), share_id=share, stage_id=one.stage_id, circle_id=one.circle_id,
                    channel_id=one.channel_id, part=one.part, sha256=one.sha256, media_type=one.media_type,
                    file_name=one.file_name, frozen_at=unit.at, payload=one.payload,
                ))  # fmt: skip
            existing = shares.deliveries(unit.connection, share=share)
        channels = {one["name"]: one["number"] for one in shares.channels(unit.connection)}
    numbers: dict[int, list[int]] = {}
    for row in reversed(existing):
        # a mirror can be written again and again, so `sending` (a run that was killed) is taken up too
        if row["state"] != "sent":
            numbers.setdefault(channels[row["channel"]], []).append(int(row["id"][1:]))
    return numbers


def _transmit(store: Store, home: Home, share: int, numbers: list[int]) -> tuple[str, str] | None:
    """The deliveries of one channel are sent or refused; the failure as (what, why)."""
    from pkm.store.model import Delivery

    with store.unit() as unit:
        for number in numbers:
            delivery = unit.get(Delivery, number)
            delivery.state, delivery.attempts = "sending", delivery.attempts + 1
        channel_id = delivery.channel_id
    try:
        mirror(store.read(), home, channel_id, also=tuple(numbers))
        error = None
    except PkmError as failure:
        error = failure
    with store.unit() as unit:
        for number in numbers:
            delivery = unit.get(Delivery, number)
            delivery.state = "refused" if error else "sent"
            delivery.error = str(error) if error else ""
            delivery.sent_at = None if error else unit.at
    if error is None:
        return None
    name = next(one["name"] for one in shares.channels(store.read()) if one["number"] == channel_id)
    return (f"{make('share', share)} to {name}", str(error))


def _finish(store: Store, share: int) -> None:
    from pkm.store.model import Share, Stage

    rows = shares.deliveries(store.read(), share=share)
    current = shares.row(store.read(), share)
    if current is None or current["state"] == "sent" or not rows or any(row["state"] != "sent" for row in rows):
        return
    with store.unit() as unit:
        row = unit.get(Share, share)
        row.state, row.sent_at = "sent", unit.at
        for stage in shares.stages(unit.connection, share):
            unit.get(Stage, stage["id"]).passed_at = unit.at


def mirror(db: sqlite3.Connection, home: Home, channel_id: int, *, also: tuple[int, ...] = ()) -> tuple[str, ...]:
    """The channel's folder holds what was sent on it (and `also`), byte for byte; the paths that changed.

    Raises PkmError where the folder cannot be written.
    """
    from pkm.channels.folder import write
    from pkm.share.render import thaw
    from pkm.share.site import SiteInput, build

    channel = next(one for one in shares.channels(db) if one["number"] == channel_id)
    rows = shares.payloads(db, channel_id, also=also)
    if channel["channel_kind"] == "site":
        settings = config.read(home)
        # one page a share, also where two circles of its plan have the site for a channel
        digests = {row["share_id"]: thaw(row["payload"]) for row in rows}
        site = SiteInput(
            uid=next(iter(digests.values())).uid if digests else "",  # the first digest's: the feed keeps its id
            title=settings["site.title"] or settings["name"] or "Finds", author=settings["name"],
            base_url=settings["site.url"], digests=tuple(digests.values()),
        )  # fmt: skip
        content = build(site, templates=home.templates)
    else:
        content = {row["file_name"]: row["payload"] for row in rows}
    report = write(content, folder_of(channel, home))
    return (*report.written, *report.removed)


def _places(db: sqlite3.Connection, home: Home, share: int) -> Iterable[str]:
    """Where the person finds what was sent: the page of the site, the files of a folder."""
    from pkm.share.render import thaw
    from pkm.share.site import digest_path

    by_name = {one["name"]: one for one in shares.channels(db)}
    for row in reversed(shares.deliveries(db, share=share)):
        channel = by_name[row["channel"]]
        if row["state"] != "sent":
            continue
        folder = folder_of(channel, home)
        if channel["channel_kind"] == "site":
            frozen = [one for one in shares.payloads(db, channel["number"]) if one["id"] == int(row["id"][1:])]
            yield str(folder / digest_path(thaw(frozen[0]["payload"])))
        else:
            yield str(folder / row["recipient"])


def check_return(db: sqlite3.Connection, home: Home, rows: "Sequence[Reverted]") -> None:
    """Raises Refused where an undo would bring a digest back that may no longer go where it stood."""
    back = {int(row.before["share_id"]) for row in rows if row.table == "delivery" and row.before.get("state") == "sent"}
    for share in sorted(back):
        findings = draft.check_share(db, share) or guard_bytes(db, home, share, list(_frozen(db, share)))
        if findings:
            raise Refused(make("share", share), "it may no longer stand there", findings=findings, kept="Nothing was changed.")


def republish(db: sqlite3.Connection, home: Home, rows: "Sequence[Reverted]") -> None:
    """The folders hold again what the store says was sent, after an undo took deliveries back or brought them back."""
    images = [row.after or row.before for row in rows if row.table == "delivery"]
    touched = {int(image["channel_id"]) for image in images}
    known = {one["number"] for one in shares.channels(db)}
    for channel_id in sorted(number for number in touched if number in known):
        mirror(db, home, channel_id)


def mend_mirrors(db: sqlite3.Connection, home: Home) -> list[tuple[str, tuple[str, ...]]]:
    """Each channel's folder holds what the store says was sent; (channel, paths) of those where something differed.

    A folder that nothing was sent to and that is not there is left alone.
    """
    mended = []
    for channel in shares.channels(db):
        if folder_of(channel, home).exists() or shares.payloads(db, channel["number"]):
            paths = mirror(db, home, channel["number"])
            if paths:
                mended.append((channel["name"], paths))
    return mended
