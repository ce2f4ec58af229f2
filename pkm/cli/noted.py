"""How a note that was made or edited is told, and what in it nothing answers to yet."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkm import ids
from pkm.cli import current, render
from pkm.dates import day
from pkm.text import count, one_line

if TYPE_CHECKING:
    from pkm.sense.notes import NoteAdded


def emit_note(added: "NoteAdded", *, as_json: bool) -> None:
    """A note that was made or edited: its line, then what in it nothing answers to yet."""
    from pkm.cli.mentions import tell_people, tell_wanted
    from pkm.store import links, notes

    row = added.row
    mentioned = [
        link for link in links.outgoing(current.store().read(), "note", int(row["id"][1:])) if link["origin"] == "text"
    ]
    people = [f"@{link['written']}" for link in mentioned if (link["to"] or "").startswith("c")]
    also = [
        f"from {row['item']}" if row["item"] else "", " ".join(f"#{name}" for name in row["tags"]), " ".join(people),
        row["reach"], f"on {day(row['at'])}" if row["at"] else "",
    ]  # fmt: skip
    render.emit_made(row, as_json=as_json, also=[part for part in also if part])
    if (twin := notes.same_words(current.store().read(), int(row["id"][1:]))) is not None:
        render.tell(f"{row['id']} has the same words as {ids.make('note', twin)}. {render.way_back()}".rstrip())
    tell_near(added.near_tags)
    for link in mentioned:
        if link["to_kind"] == "contact" and link["to"] and ids.parse(link["written"]) not in (None, ids.parse(link["to"])):
            render.tell(f"{link['written']} was merged into {link['to']} {one_line(link['to_title'], 60)}.")
    tell_people(row["id"], added.unknown_people, added.ambiguous)
    tell_wanted(row["id"], added.wanted)
    if added.resolved:
        render.tell(f"{count(added.resolved, 'link')} of other notes waited for this title and now lead here.")


def tell_if_mistyped(name: str) -> None:
    """That there was no such tag yet, where one that is near may have been meant."""
    from pkm.spelling import did_you_mean
    from pkm.store import lookup, tags

    db = current.store().read()
    near = [f"#{tag}" for tag in lookup.near(db, "tag", name)] if tags.find(db, tags.clean_name(name)) is None else []
    if near:
        render.tell(f"#{tags.clean_name(name)} is new. {did_you_mean(near)}")


def tell_not_there(name: str, held: Iterable[str]) -> None:
    """That a tag was not taken away, with the one that may have been meant of those that are there."""
    from pkm.spelling import did_you_mean, near

    question = did_you_mean(near(name, [f"#{tag}" for tag in held]))
    render.tell(f"#{name} was not there to be taken away. {question}".rstrip())


def tell_near(likes: list[tuple[str, list[tuple[str, int]]]]) -> None:
    """Each new tag that nearly exists, with the command that merges it."""
    for name, like in likes:
        others = ", ".join(f"#{other} ({number})" for other, number in like)
        render.tell(f"#{name} is new, and nearly {others}: pkm tag merge {name} {like[0][0]}")
