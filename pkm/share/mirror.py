"""Channels that are mirrors: a folder, the site. After a send the folder holds exactly what the store says was sent.

Writing one again, a killed run and an undo need no special case. What may not be repeated is transmit.py's.
"""

import sqlite3
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from pkm import config
from pkm.config import Home
from pkm.errors import PkmError
from pkm.share.channels import folder_of, is_mirror
from pkm.store import shares
from pkm.store.session import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkm.share.render import Digest
    from pkm.store.journal import Reverted

Row = dict[str, Any]


def files(digest: "Digest", channel_kind: str, home: Home) -> list[tuple[str, str, bytes]]:
    """(file name, media type, bytes) that a mirror of that kind gets of a digest."""
    from pkm.files import safe_name
    from pkm.share.freeze import SITE_MEDIA_TYPE
    from pkm.share.render import freeze, render_html, render_markdown

    name = f"{digest.date[:10]}-{digest.slug.removesuffix('-' + digest.date[5:10])}"  # the day once
    if digest.circle:  # two circles may share a folder, each with its own wording
        name += "-" + safe_name(digest.circle).replace(" ", "-").lower()
    if channel_kind == "site":
        return [(digest.slug, SITE_MEDIA_TYPE, freeze(digest))]
    return [
        (f"{name}.md", "text/markdown", render_markdown(digest, templates=home.templates)),
        (f"{name}.html", "text/html", render_html(digest, templates=home.templates)),
    ]


def send(store: Store, home: Home, channel: Row, numbers: list[int]) -> PkmError | None:
    """The deliveries of one mirror are sent or refused, all of them; why, where they are refused."""
    from pkm.store.model import Delivery

    with store.unit() as unit:
        for number in numbers:
            delivery = unit.get(Delivery, number)
            delivery.state, delivery.attempts = "sending", delivery.attempts + 1
    try:
        mirror(store.read(), home, channel["number"], also=tuple(numbers))
        error = None
    except PkmError as failure:
        error = failure
    with store.unit() as unit:
        for number in numbers:
            delivery = unit.get(Delivery, number)
            delivery.state = "refused" if error else "sent"
            delivery.error = str(error) if error else ""
            delivery.sent_at = None if error else unit.at
    return error


def mirror(db: sqlite3.Connection, home: Home, channel_id: int, *, also: tuple[int, ...] = ()) -> tuple[str, ...]:
    """The channel's folder holds what was sent on it (and `also`), byte for byte; the paths that changed.

    Raises PkmError where the folder cannot be written.
    """
    from pkm.channels.folder import write
    from pkm.share.render import thaw
    from pkm.share.site import SiteInput, build, digest_path

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
            gone=tuple(digest_path(thaw(payload)) for payload in shares.withdrawn(db, channel_id)),
        )  # fmt: skip
        content = build(site, templates=home.templates)
    else:
        content = {row["file_name"]: row["payload"] for row in rows}
    report = write(content, folder_of(channel, home))
    return (*report.written, *report.removed)


def places(db: sqlite3.Connection, home: Home, share: int, among: Collection[str] = ()) -> Iterable[str]:
    """Where the person finds what was sent: the page of the site, the files of a folder. among: of these deliveries."""
    from pkm.share.render import thaw
    from pkm.share.site import digest_path

    by_name = {one["name"]: one for one in shares.channels(db)}
    for row in reversed(shares.deliveries(db, share=share)):
        channel = by_name[row["channel"]]
        if row["state"] != "sent" or not is_mirror(channel["channel_kind"]) or (among and row["id"] not in among):
            continue
        folder = folder_of(channel, home)
        if channel["channel_kind"] == "site":
            frozen = [one for one in shares.payloads(db, channel["number"]) if one["id"] == int(row["id"][1:])]
            yield str(folder / digest_path(thaw(frozen[0]["payload"])))
        else:
            yield str(folder / row["recipient"])


def republish(db: sqlite3.Connection, home: Home, rows: "Sequence[Reverted]") -> None:
    """The folders hold again what the store says was sent, after an undo took deliveries back or brought them back."""
    images = [row.after or row.before for row in rows if row.table == "delivery"]
    touched = {int(image["channel_id"]) for image in images}
    known = {one["number"] for one in shares.channels(db) if is_mirror(one["channel_kind"])}
    for channel_id in sorted(number for number in touched if number in known):
        mirror(db, home, channel_id)


def mend_mirrors(db: sqlite3.Connection, home: Home) -> list[tuple[str, tuple[str, ...]]]:
    """Each channel's folder holds what the store says was sent; (channel, paths) of those where something differed.

    A folder that nothing was sent to and that is not there is left alone.
    """
    mended = []
    for channel in shares.channels(db):
        if not is_mirror(channel["channel_kind"]):
            continue
        if folder_of(channel, home).exists() or shares.payloads(db, channel["number"]):
            paths = mirror(db, home, channel["number"])
            if paths:
                mended.append((channel["name"], paths))
    return mended
