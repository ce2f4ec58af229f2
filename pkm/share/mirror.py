"""Channels that are mirrors: a folder, the site. After a send the folder holds exactly what the store says was sent.

Writing one again, a killed run and an undo need no special case. What may not be repeated is transmit.py's.
"""

import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pkm import config
from pkm.channels.folder import Content
from pkm.config import Home
from pkm.errors import PkmError, StoreError
from pkm.ids import Row, make
from pkm.keys import secret_in
from pkm.markdown import web_url
from pkm.picture import ENDINGS
from pkm.share import publish
from pkm.share.channels import folder_of, is_mirror
from pkm.store import deliveries, shares, sources
from pkm.store.session import Store
from pkm.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkm.channels.folder import WriteReport
    from pkm.opml_writing import OpmlFeed
    from pkm.share.render import Digest
    from pkm.share.site_plan import NotePage
    from pkm.store.journal import Reverted

PUBLIC = "blogroll"
"""The tag of sources that others may know of."""


def files(digest: "Digest", channel_kind: str, home: Home, suffix: str = "") -> list[tuple[str, str, bytes, str]]:
    """(file name, media type, bytes, "") that a mirror of that kind gets of a digest; of its pictures the hash, no bytes.

    suffix: what is added to the names of the files in a folder.
    """
    from pkm.share.render import SITE_MEDIA_TYPE, freeze, has_words, render_html, render_markdown

    name = f"{digest.date[:10]}-{digest.slug.removesuffix('-' + digest.date[5:10])}{suffix}"  # the day once
    name += circle_mark(digest.circle)  # two circles may share a folder, each with its own wording
    shown = {one.sha256: one for piece in digest.pieces if has_words(piece) for one in piece.figures}
    pictures = [(one.file, one.media_type, b"", one.sha256) for one in shown.values()]
    if channel_kind == "site":
        return [(digest.slug, SITE_MEDIA_TYPE, freeze(digest), ""), *pictures]
    return [
        (f"{name}.md", "text/markdown", render_markdown(digest, templates=home.templates), ""),
        (f"{name}.html", "text/html", render_html(digest, templates=home.templates), ""), *pictures,
    ]  # fmt: skip


def circle_mark(circle: str) -> str:
    """How the name of a file for a circle ends; "" where it may not be named."""
    from pkm.files import safe_name

    return f"-{safe_name(circle).replace(' ', '-').lower()}" if circle else ""


def send(store: Store, home: Home, channel: Row, numbers: list[int]) -> PkmError | None:
    """The deliveries of one mirror are sent or refused, all of them; why, where they are refused."""
    with store.unit() as unit:
        deliveries.begin(unit, numbers)
    try:
        mirror(store.read(), home, channel["number"], also=tuple(numbers), publish_it=True)
        error = None
    except PkmError as failure:
        error = failure
    with store.unit() as unit:
        for number in numbers:
            state, sent_at = ("refused", None) if error else ("sent", unit.at)
            unit.update("delivery", number, state=state, error=str(error or ""), sent_at=sent_at)
    return error


def mirror(
    db: sqlite3.Connection, home: Home, channel_id: int, *, also: tuple[int, ...] = (), publish_it: bool = False
) -> "WriteReport":  # fmt: skip
    """The channel's folder holds what was sent on it (and `also`), byte for byte; what was written for it.

    publish_it: the site's own command has run where something changed. Raises PkmError where the folder cannot be
    written, or that command fails.
    """
    from pkm.channels.folder import write

    channel = next(one for one in shares.channels(db) if one["number"] == channel_id)
    folder = folder_of(channel, home)
    report = write(built(db, home, channel_id, also=also), folder)
    if channel["channel_kind"] == "site":
        if publish_it:
            publish.run(channel, folder, report.changed)
        elif report.changed:
            publish.owe(channel, folder)
    return report


def built(db: sqlite3.Connection, home: Home, channel_id: int, *, also: tuple[int, ...] = ()) -> dict[str, Content]:
    """What the channel's folder is to hold: path -> bytes; a picture's file, which is with the attachments."""
    from pkm.share.memo import remembering
    from pkm.share.render import thaw
    from pkm.share.site import build
    from pkm.share.site_plan import SiteInput, digest_path, note_path
    from pkm.share.template import PACKAGED

    channel = next(one for one in shares.channels(db) if one["number"] == channel_id)
    found = deliveries.payloads(db, channel_id, also=also)
    rows = [row for row in found if row["media_type"] not in ENDINGS and row["payload"]]  # one that was forgotten has none
    shown = [row for row in found if row["media_type"] in ENDINGS]
    pictures = {row["file_name"]: place for row in shown if (place := _picture(row, home, channel, also))}
    if channel["channel_kind"] != "site":
        return {**{row["file_name"]: row["payload"] for row in rows}, **pictures}
    settings = config.read(home)
    # one page a share, also where two circles of its plan have the site for a channel
    digests = {row["share_id"]: thaw(row["payload"]) for row in rows}
    withdrawn = [thaw(payload) for payload in deliveries.withdrawn(db, channel_id)]
    title = settings["site.title"] or settings["name"] or "Finds"
    with remembering(home.data / f"site-{channel_id}.json", (PACKAGED, home.templates), folder_of(channel, home)):
        site = SiteInput(
            language=settings["share.language"],
            uid=next(iter(digests.values())).uid if digests else "",  # the first digest's: the feed keeps its id
            title=title, author=settings["name"], base_url=settings["site.url"], digests=tuple(digests.values()),
            notes=_notes(db, list(digests.values())),
            gone=tuple(path for digest in withdrawn for path in (digest_path(digest), *map(note_path, digest.pieces))),
            blogroll=_blogroll(db),
        )  # fmt: skip
        return {**build(site, templates=home.templates), **pictures}


def _picture(row: Row, home: Home, channel: Row, also: Collection[int]) -> Path | None:
    """Where the bytes of a picture are; None where they are lost, and lost in the channel's folder too.

    Raises StoreError where it is on its way and they are not there.
    """
    kept: Path = home.attachments / row["sha256"]
    if kept.is_file():
        return kept
    if row["id"] in also:
        raise StoreError(str(kept), "the bytes of this picture are missing", next="pkm doctor")
    published: Path = folder_of(channel, home) / row["file_name"]
    return published if published.is_file() else None


def _notes(db: sqlite3.Connection, digests: "Sequence[Digest]") -> "tuple[NotePage, ...]":
    """A page for each note that was sent, as the last digest has it, while its reach is network.

    What the page says was looked at by the guard before it was sent. Its address is made of the title that it had first.
    """
    from pkm.share.render import has_words
    from pkm.share.site_plan import NotePage, note_slug

    public = shares.public_notes(db)
    pages: dict[str, NotePage] = {}
    for digest in sorted(digests, key=lambda one: (one.date, one.uid)):
        for piece in digest.pieces:
            if piece.id in public and has_words(piece):
                first = pages.get(piece.id)
                pages[piece.id] = NotePage(piece.id, first.slug if first else note_slug(piece), piece)
    return tuple(pages.values())


def _blogroll(db: sqlite3.Connection) -> "tuple[OpmlFeed, ...]":
    """The sources with the tag PUBLIC: name and addresses, no remark."""
    from pkm.opml_writing import OpmlFeed

    return tuple(
        OpmlFeed(one["url"], one_line(one["title"]) or one["url"], web_url(one["site_url"]))
        for one in sources.tagged(db, PUBLIC) if not secret_in(one["url"])
    )  # fmt: skip


def left_out(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """(source, why, the command that mends it) of each source with the tag PUBLIC that the blogroll does not name."""
    return [
        (f"{one['id']} “{one_line(one['title'], 60)}”", f"it is not in the blogroll: its address has {found}",
         f"pkm seek edit {one['id']} --url ADDRESS, one that others may have; or --tag -{PUBLIC}")
        for one in sources.tagged(db, PUBLIC) if (found := secret_in(one["url"]))
    ]  # fmt: skip


def places(db: sqlite3.Connection, home: Home, share: int, among: Collection[str] = ()) -> Iterable[str]:
    """Where the person finds what was sent: the page of the site, the files of a folder. among: of these deliveries."""
    from pkm.share.render import thaw
    from pkm.share.site_plan import digest_path

    ways = {one["number"]: one for one in shares.channels(db, removed=True)}
    for row in deliveries.frozen(db, share):
        stands = row["state"] == "sent" and is_mirror(row["channel_kind"]) and row["media_type"] not in ENDINGS
        if stands and (not among or make("delivery", row["id"]) in among):
            path = digest_path(thaw(row["payload"])) if row["channel_kind"] == "site" else row["file_name"]
            yield str(folder_of(ways[row["channel_id"]], home) / path)


def republish(db: sqlite3.Connection, home: Home, rows: "Sequence[Reverted]") -> None:
    """The folders hold again what the store says was sent, after an undo took deliveries back or brought them back."""
    images = [row.after or row.before for row in rows if row.table == "delivery"]
    touched = {int(image["channel_id"]) for image in images}
    known = {one["number"] for one in shares.channels(db) if is_mirror(one["channel_kind"])}
    for channel_id in sorted(number for number in touched if number in known):
        mirror(db, home, channel_id)


def unpublished(db: sqlite3.Connection, home: Home) -> list[str]:
    """The sites of which others still read what the folder no longer holds, by name."""
    rows = [one for one in shares.channels(db) if one["channel_kind"] == "site"]
    return [one["name"] for one in rows if publish.is_owed(one, folder_of(one, home))]


def mend_mirrors(db: sqlite3.Connection, home: Home) -> list[tuple[str, "WriteReport"]]:
    """Each channel's folder holds what the store says was sent; (channel, what was written) of those where something differed.

    A folder that nothing was sent to and that is not there is left alone.
    """
    mended = []
    for channel in shares.channels(db):
        if not is_mirror(channel["channel_kind"]):
            continue
        if folder_of(channel, home).exists() or deliveries.payloads(db, channel["number"]):
            report = mirror(db, home, channel["number"])
            if report.changed:
                mended.append((channel["name"], report))
    return mended
