"""What the keys of the desk do: each one call to the verbs. Knows no widget."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pkm.dates import now
from pkm.ids import Row, Thing, existing, make
from pkm.store import circles, tags
from pkm.store import items as stored_items
from pkm.store.session import Store
from pkm.text import one_line, with_kind

if TYPE_CHECKING:
    from pkm.sense.suggest import Suggestion

REACHES = (
    ("private", "private: nobody but you"), ("team", "team: your teams"), ("community", "community: communities too"),
    ("network", "network: everybody, and the public site"),
)  # fmt: skip


OFFERED = 20
"""Things that are offered at most for a link."""


def decide(store: Store, verb: str, thing: Thing, filters: Mapping[int, str]) -> None:
    """The thing is kept or dropped. filters: by what items stood high. Raises Invalid for a note that is to be kept."""
    from pkm.errors import Invalid
    from pkm.sense import inbox

    if verb == "drop":
        inbox.drop(store, [thing], filters=filters)
    elif thing[0] == "item":
        inbox.keep(store, [thing[1]], filters=filters)
    elif thing[0] == "response":
        inbox.keep_answers(store, [thing[1]])
    else:
        raise Invalid(make(*thing), "a note is kept already", next="d puts it away")


def mark_seen(store: Store, number: int, half_life: str) -> None:
    """The note was looked at, and comes back in that time."""
    from pkm.sense.review import mark_seen as mark

    mark(store, number, half_life)


def write_note(store: Store, text: str, of_item: Thing | None, filters: Mapping[int, str]) -> Row:
    """A note with these words; the item that it is made from is kept."""
    from pkm.sense.inbox import keep
    from pkm.sense.notes import add_note

    with store.unit():
        if of_item:
            keep(store, [of_item[1]], filters=filters)
        return add_note(store, text, item_id=of_item[1] if of_item else None).row


def note_of_answer(store: Store, text: str, number: int) -> Row:
    """A note with these words and the answer's below them, quoted; the answer leads to it. Raises Invalid where it does."""
    from pkm.whole.answered import note_of_answer as note

    return note(store, number, text).row


def edit(store: Store, number: int, text: str, base: Row) -> None:
    """The note has the text; base: as it was when its editing began."""
    from pkm.sense.notes import edit_note

    edit_note(store, number, text=text, base=base)


def quote(store: Store, thing: Thing, exact: str, comment: str, near: int) -> Row:
    """The words are quoted where they were selected, near that position of the text; the annotation."""
    from pkm.sense.annotate import annotate

    return annotate(store, thing[0], thing[1], quote=exact, comment=comment, near=near).row


def prefer(store: Store, thing: Thing, by: int) -> str:
    """The item's source ranks higher (1) or lower (-1) from now on; what is to be said of it. Raises Invalid."""
    from pkm.errors import Invalid
    from pkm.seek.prefer import prefer_source

    row = stored_items.row(store.read(), thing[1]) if thing[0] == "item" else None
    if row is None or not row["source"]:
        raise Invalid(make(*thing), "it has no source", next="+ and - are for items of a source")
    done = prefer_source(store, int(row["source"][1:]), by)
    word, name = "more" if by > 0 else "less", one_line(row["source_title"], 50)
    if not done.changed:
        return f"{word} of {name} already, by rule u{done.rule}"
    return f"{word} of {name} from now on, by rule u{done.rule}" if done.rule else f"as before: neither more nor less of {name}"


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
    """What a note may be linked to: (id, words); what is suggested and why, or what a search for the typed words finds."""
    if typed.strip():
        found = [(make(kind, one), title, "") for kind, one, title in _searched(store, typed)]
    else:
        found = [
            (one.target, one.title, "; ".join(one.because)) for one in _suggested(store, number) if one.kind != "tag"
        ]
    return [
        (name, f"{name}  {one_line(title, 60)}" + (f"\n      {one_line(why, 76)}" if why else ""))
        for name, title, why in found if name != make("note", number)
    ][:OFFERED]  # fmt: skip


def offer_tags(store: Store, thing: Thing) -> list[str]:
    """Tags that notes like this one have, of a note; without the #."""
    return [one.target.lstrip("#") for one in _suggested(store, thing[1]) if one.kind == "tag"] if thing[0] == "note" else []


def _suggested(store: Store, number: int) -> "Sequence[Suggestion]":
    """What could be made of a note; nothing of one that is gone."""
    from pkm.errors import PkmError
    from pkm.sense.suggest import suggest

    try:
        return suggest(store, number)
    except PkmError:
        return []


def _searched(store: Store, asked: str) -> list[tuple[str, int, str]]:
    """Notes, items and contacts that a search finds; of words that are no question, none."""
    from pkm import query
    from pkm.errors import PkmError
    from pkm.store.search import search

    try:
        rows = search(store.read(), query.parse(asked), limit=2 * OFFERED, now=now()).rows
    except PkmError:
        return []
    return [(row["kind"], int(row["id"][1:]), row["title"]) for row in rows if row["kind"] in ("note", "item", "contact")]


def set_reach(store: Store, number: int, reach: str) -> None:
    """The note may go so far."""
    from pkm.sense.notes import set_reach as set_notes_reach

    set_notes_reach(store, [number], reach)


def offer_circles(store: Store) -> Sequence[tuple[str, str]]:
    """The circles: (id, words)."""
    return [(row["id"], with_kind(one_line(row["name"], 50), row["circle_kind"])) for row in circles.rows(store.read())]


def draft_share(store: Store, number: int, circle_id: int) -> Row:
    """A draft of the note for the circle. Raises Refused where its reach is too narrow."""
    from pkm.share.draft import create_share, title_of_note

    row = existing(circles.row(store.read(), circle_id), "circle", circle_id)
    circle = {**row, "number": circle_id}
    return create_share(store, [number], [circle], title_of_note(store.read(), number, [circle]))


def links(store: Store, thing: Thing) -> list[tuple[str, str]]:
    """The links of an item's text: (address, words), numbered as `pkm sense show` does."""
    from pkm.sense.show import thing as whole

    if thing[0] != "item":
        return []
    found = whole(store.read(), *thing)["links"]
    return [(one["url"], f"{one['number']}  {one_line(one['title'] or one['url'], 70)}") for one in found]


def tags_of(store: Store, thing: Thing) -> list[str]:
    """The tags that a thing has."""
    return tags.of(store.read(), *thing) if thing[0] != "response" else []


def warm_up() -> None:
    """What writing needs is imported: the first decision is as quick as the others."""
    import pkm.sense.inbox  # noqa: F401


def address(store: Store, thing: Thing) -> str:
    """Its page's address, "" where it has none."""
    row = stored_items.row(store.read(), thing[1]) if thing[0] == "item" else None
    return str(row["url"]) if row else ""


def undo(store: Store, operation: int) -> None:
    """The command is taken back."""
    from pkm.store.journal import undo as take_back

    take_back(store, operation)
