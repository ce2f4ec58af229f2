"""What the keys of the desk do: each one call to the verbs. Knows no widget."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pkm.config import Home
from pkm.dates import now, stamp
from pkm.desk.shelves import Thing
from pkm.files import safe_name
from pkm.ids import make
from pkm.store import circles, lookup, tags
from pkm.store import items as stored_items
from pkm.store.session import Store
from pkm.text import one_line

Row = dict[str, Any]

WHAT_NOW = {
    "inbox": "The inbox is empty. v: the review; /: search; q, then pkm seek: what is new.",
    "review": "Nothing is due to be looked at again. i: the inbox.",
}
REACHES = (
    ("private", "private: nobody but you"), ("team", "team: your teams"), ("community", "community: communities too"),
    ("network", "network: everybody, and the public site"),
)  # fmt: skip


def decide(store: Store, verb: str, thing: Thing, filters: Mapping[int, str]) -> None:
    """The thing is kept or dropped. filters: by what items stood high. Raises Invalid for a note that is to be kept."""
    from pkm.errors import Invalid
    from pkm.sense import inbox

    if verb == "drop":
        inbox.drop(store, [thing], filters=filters)
    elif thing[0] == "item":
        inbox.keep(store, [thing[1]], filters=filters)
    else:
        raise Invalid(make(*thing), "a note is kept already", next="d puts it away")


def mark_seen(store: Store, number: int, half_life: str) -> None:
    """The note was looked at, and comes back in that time."""
    from pkm.sense.review import mark_seen as mark

    mark(store, number, half_life)


def draft_path(home: Home, what: str) -> Path:
    """Where what is typed is kept until it is stored."""
    home.ensure()
    return home.drafts / f"{safe_name(f'{what}-{stamp(now())}-{os.getpid()}')}.md"


def write_note(store: Store, text: str, of_item: Thing | None, filters: Mapping[int, str]) -> Row:
    """A note with these words; the item that it is made from is kept."""
    from pkm.sense.inbox import keep
    from pkm.sense.notes import add_note

    with store.unit():
        if of_item:
            keep(store, [of_item[1]], filters=filters)
        return add_note(store, text, item_id=of_item[1] if of_item else None).row


def edit(store: Store, number: int, text: str, base: Row) -> None:
    """The note has the text; base: as it was when its editing began."""
    from pkm.sense.notes import edit_note

    edit_note(store, number, text=text, base=base)


def quote(store: Store, thing: Thing, exact: str, comment: str) -> Row:
    """The words are quoted; the annotation."""
    from pkm.sense.annotate import annotate

    return annotate(store, thing[0], thing[1], quote=exact, comment=comment).row


def known_tags(store: Store) -> list[str]:
    """Names of tags, the most used first."""
    return [str(row["name"]) for row in tags.rows(store.read(), limit=2000)]


def tag(store: Store, thing: Thing, words: str) -> list[str]:
    """Tags are put on (+name or name) and taken off (-name); the tags it has now."""
    from pkm.sense.tags import change_tags

    typed = words.replace(",", " ").split()
    add = [name for word in typed if not word.startswith("-") and (name := word.lstrip("+#"))]
    take = [name for word in typed if word.startswith("-") and (name := word.lstrip("-#"))]
    return list(change_tags(store, [thing], add, take)[0].tags)


def link(store: Store, number: int, other: Thing) -> None:
    """The note is linked to the other thing."""
    from pkm.sense.links import link as link_things

    link_things(store, number, *other)


def offer_links(store: Store, number: int, typed: str) -> list[tuple[str, str]]:
    """What a note may be linked to: (id, words); by what was typed, else what is like it."""
    from pkm import query
    from pkm.errors import PkmError
    from pkm.store.search import search

    db = store.read()
    if not typed.strip():
        found = [one for kind in ("note", "contact") for one in lookup.starting(db, kind, "", 8)]
        return [(one.id, f"{one.id}  {one_line(one.title, 70)}") for one in found if (one.kind, one.number) != ("note", number)]
    try:
        rows = search(db, query.parse(typed), limit=20, now=now()).rows
    except PkmError:
        return []
    kinds = ("note", "item", "contact")
    return [
        (row["id"], f"{row['id']}  {one_line(row['title'], 70)}") for row in rows
        if row["kind"] in kinds and row["id"] != make("note", number)
    ]  # fmt: skip


def set_reach(store: Store, number: int, reach: str) -> None:
    """The note may go so far."""
    from pkm.sense.notes import set_reach as set_notes_reach

    set_notes_reach(store, [number], reach)


def offer_circles(store: Store) -> Sequence[tuple[str, str]]:
    """The circles: (id, words)."""
    return [(row["id"], f"{one_line(row['name'], 50)}  ({row['circle_kind']})") for row in circles.rows(store.read())]


def draft_share(store: Store, number: int, circle_id: int) -> Row:
    """A draft of the note for the circle. Raises Refused where its reach is too narrow."""
    from pkm.share.draft import create_share
    from pkm.store import notes

    circle = circles.row(store.read(), circle_id)
    note = notes.row(store.read(), number)
    assert circle is not None
    assert note is not None
    return create_share(store, [number], [{**circle, "number": circle_id}], note["title"])


def address(store: Store, thing: Thing) -> str:
    """Its page's address, "" where it has none."""
    row = stored_items.row(store.read(), thing[1]) if thing[0] == "item" else None
    return str(row["url"]) if row else ""


def undo(store: Store, operation: int) -> None:
    """The command is taken back."""
    from pkm.store.journal import undo as take_back

    take_back(store, operation)
