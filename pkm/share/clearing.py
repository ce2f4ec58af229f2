"""Whether what was rendered may go: the guard looks at the very bytes that would leave, and at the pictures in them."""

import functools
import sqlite3
from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from pkm.config import Home
from pkm.ids import Row, make
from pkm.reach import wide_enough
from pkm.share import draft, figures, linked, posts, worded
from pkm.share.channels import effective_kind, is_letters
from pkm.share.guard import Finding, Secrets, check_addresses, check_bytes
from pkm.share.letter import MEDIA_TYPE as LETTER
from pkm.share.recipients import channels_for
from pkm.share.whose import Addresses
from pkm.store import shares

if TYPE_CHECKING:
    from pkm.share.letter import Opened
    from pkm.share.rendition import Rendered


def check_pictures(db: sqlite3.Connection, home: Home, share: int, stage: int | None = None) -> list[Finding]:
    """A finding for each attachment that a note of the share shows and that cannot go out so; stage: of that one alone."""
    gallery = figures.Gallery(db, home, [note["id"] for note in shares.notes(db, share)])
    findings: list[Finding] = []
    for step in shares.stages(db, share):
        if stage not in (None, step["id"]):
            continue
        notes = worded.notes_for(db, share, step)
        findings += gallery.check(notes)
        letters = any(is_letters(channel["channel_kind"]) for channel in channels_for(db, step))
        if letters and (size := gallery.size(notes)) > figures.MAX_LETTER:
            why = f"its pictures have {size / 1e6:.0f} MB together, and a letter takes {figures.MAX_LETTER // 1_000_000}"
            findings.append((make("share", share), why, f"pkm share edit {make('share', share)} --for CIRCLE --only NOTE"))
    return list(dict.fromkeys(findings))


def check_rendered(db: sqlite3.Connection, home: Home, share: int, rendered: "Iterable[Rendered]") -> list[Finding]:
    """What the guard finds in the very bytes that would leave; of the site's, in the page that is made from them."""
    from pkm.share.letter import open_letter

    findings: list[Finding] = []
    row = shares.row(db, share)
    stages = {stage["id"]: stage for stage in shares.stages(db, share)}
    steps = {number: worded.notes_for(db, share, stage) for number, stage in stages.items()}
    narrower: dict[tuple[int, str], tuple[tuple[str, int], ...]] = {}
    people = Addresses(dict(shares.emails(db)))
    kinds = {number: stage["circle_kind"] or draft.kind_by_name(db, share) for number, stage in stages.items()}
    others = [text for note in shares.notes(db, share) for text in _words_of_others(db, note)]
    own = row["introduction"] if row and row["type"] == "introduction" else ""
    checked: set[tuple[int, bytes, frozenset[str]]] = set()  # for whom: what one may read is another's secret
    for one in rendered:
        if not one.payload:
            continue
        opened = open_letter(one.payload) if one.media_type == LETTER else None
        text = _readable(one, opened, home)
        allowed: frozenset[str] = frozenset()
        if opened is not None:
            allowed = draft.may_be_read_in(db, share, one.channel_id, one.recipient)
            findings += check_addresses(opened.header("To"), allowed, make("share", share))
        if (one.stage_id, text, allowed) in checked:
            continue
        checked.add((one.stage_id, text, allowed))
        reaches = wide_enough(effective_kind(kinds[one.stage_id], one.channel_kind))
        if (place := (one.stage_id, one.channel_kind)) not in narrower:
            narrower[place] = tuple(linked.linked_by(db, share, stages[one.stage_id], reaches))
            findings += linked.check_beside(db, share, stages[one.stage_id], reaches)
        secrets = Secrets(
            tuple(shares.narrower_titles(db, reaches)), people, tuple(others), tuple(shares.phones(db)),
            functools.partial(shares.narrower_texts, db, reaches), narrower[place],
            allowed,
        )  # fmt: skip
        beside = worded.words_beside(db, share, stages[one.stage_id])
        findings += check_bytes(text, secrets, steps[one.stage_id], said=own, share=make("share", share), beside=beside)
    return list(dict.fromkeys(findings))


def _readable(one: "Rendered", opened: "Opened | None", home: Home) -> bytes:
    """What a receiver can read of it, decoded: a letter's subject and both its texts, the page that the site makes; and what
    a page or a file is called after, but for its circle.
    """
    from pkm.share import mirror

    called = PurePath(one.file_name).stem.removesuffix(mirror.circle_mark(one.circle or ""))
    return b"\n\n".join([_words_in(one, opened, home), called.encode()])


def _words_in(one: "Rendered", opened: "Opened | None", home: Home) -> bytes:
    from pkm.share.render import SITE_MEDIA_TYPE, render_html, thaw

    if one.media_type == SITE_MEDIA_TYPE:
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
