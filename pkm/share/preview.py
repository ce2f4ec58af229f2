"""Frozen bytes as the receiver would read them: for a terminal, as facts, in a browser, and two circles' beside each other.

Gathers from the store what is known of the receivers; sends and writes nothing.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from typing import Any

from pkm import attachment_files
from pkm.channels.way import Room
from pkm.config import Home
from pkm.ids import Row, make
from pkm.picture import ENDINGS
from pkm.share import worded
from pkm.share.channels import KINDS, adapter, is_public, recall
from pkm.share.letter import MEDIA_TYPE, inlined, open_letter
from pkm.share.posts import kind_of
from pkm.share.render import SITE_MEDIA_TYPE
from pkm.share.rendition import Rendered
from pkm.store import deliveries, received, shares
from pkm.text import clean

_COMPARED = (MEDIA_TYPE, "text/markdown", SITE_MEDIA_TYPE)
"""In which form two circles are compared, the best first, where both get it."""


def readable(media_type: str, payload: bytes) -> str:
    """The text of a delivery: Markdown as it is, a page's or the site's digest as plain text; "" where its bytes are gone."""
    if not payload:
        return ""
    if media_type == SITE_MEDIA_TYPE:
        from pkm.share.render import render_text, thaw

        return render_text(thaw(payload)).decode()
    if media_type == MEDIA_TYPE:
        opened = open_letter(payload)
        shown = [f"{name}: {opened.header(name)}" for name in ("From", "To", "Subject", "Date") if opened.header(name)]
        return "\n".join([*shown, "", opened.text.strip("\n")])
    if kind := kind_of(media_type):
        return adapter(kind).shown(payload)
    if media_type == "text/html":
        return f"(the page as HTML, {len(payload):,} bytes; the same words as above)"
    return payload.decode("utf-8", "replace")


def describe(db: sqlite3.Connection, share: Row, shown: Sequence[Rendered]) -> list[Row]:
    """What there is to know of each before it leaves, as the JSON contract has it.

    people: whom it tells, each with whether they are new since last time and which of its notes they had before; [] where
    everybody can read it. room: how much of a post it takes, None where there is no limit. parts: of how many it is one.
    """
    before = deliveries.last_addresses(db)
    people = _people(db, share["number"], shown)
    options = {one["number"]: one["options"] for one in shares.channels(db, removed=True)}
    parts: dict[tuple[int, int, str], int] = {}
    for one in shown:
        key = (one.stage_id, one.channel_id, one.recipient)
        parts[key] = max(parts.get(key, 0), one.part)
    return [
        {
            "id": share["id"], "kind": "share", "title": share["title"], "circle": one.circle, "channel": one.channel,
            "channel_kind": one.channel_kind, "recipient": one.recipient or one.file_name,
            "contact": one.contact_id and make("contact", one.contact_id), "name": one.name or None,
            "sent_before_to": before.get(one.contact_id or 0), "new": one.new, "media_type": one.media_type,
            "sha256": one.sha256, "bytes": one.size, "part": one.part,
            "parts": parts[one.stage_id, one.channel_id, one.recipient], "state": one.state or None,
            "measure": measure(one, options[one.channel_id]) or None, "room": _room(room(one, options[one.channel_id])),
            "edits": KINDS[one.channel_kind].edits, "deletes": KINDS[one.channel_kind].deletes,
            "recall": recall(one.channel_kind), "readers": KINDS[one.channel_kind].readers, "people": people[number],
            "text": f"(a picture, {one.media_type})" if one.is_picture
            else readable(one.media_type, one.payload) if one.payload else "",
        }
        for number, one in enumerate(shown)
    ]  # fmt: skip


def room(one: Rendered, options: Mapping[str, Any]) -> Room | None:
    """How much of a post it takes, as its channel counts; None where there is no limit."""
    return adapter(one.channel_kind).room(one.payload, options) if one.is_post else None


def measure(one: Rendered, options: Mapping[str, Any]) -> str:
    """How long a post is in words, as its channel counts; "" where there is no limit."""
    return adapter(one.channel_kind).measure(one.payload, options) if one.is_post else ""


def _room(found: Room | None) -> Row | None:
    return found and {**found._asdict(), "left": found.limit - found.used}


def _people(db: sqlite3.Connection, share: int, shown: Sequence[Rendered]) -> list[list[Row]]:
    """Whom each tells: a letter its recipient, what goes to a circle as a whole its members; public: nobody by name."""
    stages = {stage["id"]: stage for stage in shares.stages(db, share)}
    notes = {number: [note["id"] for note in worded.notes_for(db, share, stage)] for number, stage in stages.items()}
    told: list[list[Row]] = []
    known: dict[tuple[int, int | None], list[Row]] = {}
    for one in shown:
        key = (one.stage_id, one.contact_id)
        if not is_public(one.channel_kind) and key not in known:
            known[key] = _told(db, share, one, notes.get(one.stage_id, []))
        told.append([] if is_public(one.channel_kind) else known[key])
    return told


def _told(db: sqlite3.Connection, share: int, one: Rendered, notes: Sequence[int]) -> list[Row]:
    people: list[Row] = []
    if one.contact_id is not None:
        people = [{"id": one.contact_id, "name": one.name, "new": one.new}]
    elif one.circle_id is not None:
        people = received.members(db, one.circle_id, share)
    had = received.had(db, [person["id"] for person in people], notes, share)
    return [
        {"id": make("contact", person["id"]), "kind": "contact", "title": person["name"], "name": person["name"],
         "new": bool(person["new"]), "had": had.get(person["id"], [])}
        for person in people
    ]  # fmt: skip


def compare(first: Sequence[Rendered], second: Sequence[Rendered]) -> list[str]:
    """What the second circle gets as a unified diff of what the first gets; [] where both get the same words.

    Compared is what both get in one form: a letter's words, a file, the site's page, a post; else the best of each.
    """
    forms = [one.media_type for one in first if any(one.media_type == other.media_type for other in second)]
    form = next((form for form in (*_COMPARED, *forms) if form in forms), "")
    sides = [_side(side, form) for side in (first, second)]
    (old_name, old), (new_name, new) = sides
    return [clean(line) for line in unified_diff(old, new, old_name, new_name, lineterm="")]


def _side(shown: Sequence[Rendered], form: str) -> tuple[str, list[str]]:
    """(for whom and by what, the lines) of what a circle gets in that form."""
    kinds = [one.media_type for one in shown]
    form = form or next((one for one in (*_COMPARED, *kinds) if one in kinds), "")
    first = next(one for one in shown if one.media_type == form)
    texts = [
        _words(one) for one in shown
        if (one.media_type, one.channel_id, one.recipient) == (form, first.channel_id, first.recipient)
    ]  # fmt: skip
    return f"{first.circle or 'by name'} by {first.channel}", "\n\n".join(texts).split("\n")


def _words(one: Rendered) -> str:
    """The text without what differs between any two letters: whom it is to."""
    if one.media_type != MEDIA_TYPE or not one.payload:
        return readable(one.media_type, one.payload).strip("\n")
    opened = open_letter(one.payload)
    return f"Subject: {opened.header('Subject')}\n\n{opened.text.strip()}"


def pages(home: Home, rows: Sequence[Row], shown: Sequence[Rendered]) -> dict[str, bytes]:
    """What a browser shows: index.html with all that is known, and a page of its own for each that is HTML; path -> bytes.

    Letters that say the same to several people are one page.
    """
    from pkm.share.template import render

    files: dict[str, bytes] = {}
    told: list[Row] = []
    seen: set[tuple[int, int]] = set()
    for row, one in zip(rows, shown, strict=True):
        place = (one.stage_id, one.channel_id)
        page = b"" if one.is_letter and place in seen else _html(home, one)
        seen.add(place)
        if one.is_letter or one.is_picture:
            files |= {f"pictures/{name}.{ending}": _picture(home, one, name) for name, ending in _figures(one)}
        name = f"{len(told) + 1}.html" if page else ""
        if page:
            files[name] = page
        told.append({**row, "page": name})
    values = {"title": rows[0]["title"] if rows else "", "share": rows[0]["id"] if rows else "", "rows": told, "language": "en"}
    return {"index.html": render("preview.html", values, home.templates), **files}


def _figures(one: Rendered) -> list[tuple[str, str]]:
    """(hash, ending) of each picture that a letter has in it, or that a file is."""
    if one.is_picture:
        return [(one.sha256, ENDINGS[one.media_type])]
    return [(name, ENDINGS[media_type]) for name, media_type in inlined(one.payload)]


def _picture(home: Home, one: Rendered, sha256: str) -> bytes:
    return one.pictures[sha256].data if sha256 in one.pictures else attachment_files.read(home.attachments, sha256)


def _html(home: Home, one: Rendered) -> bytes:
    """The page that a receiver sees; b"" where it is none."""
    if one.media_type == SITE_MEDIA_TYPE and one.payload:
        from pkm.share.render import render_html, thaw

        return render_html(thaw(one.payload), templates=home.templates)
    if one.is_letter:
        page = open_letter(one.payload).html.encode()
        for name, ending in _figures(one):
            page = page.replace(f"cid:{name}@pkm".encode(), f"pictures/{name}.{ending}".encode())
        return page
    return one.payload if one.media_type == "text/html" else b""
