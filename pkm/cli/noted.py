"""How a note that was made or edited is told, and what in it nothing answers to yet."""

from collections.abc import Iterable
from shlex import quote
from typing import TYPE_CHECKING, Any

import typer

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
    tell_new(added.near_tags)
    for link in mentioned:
        if link["to_kind"] == "contact" and link["to"] and ids.parse(link["written"]) not in (None, ids.parse(link["to"])):
            render.tell(f"{link['written']} was merged into {link['to']} {one_line(link['to_title'], 60)}.")
    tell_people(row["id"], added.unknown_people, added.ambiguous)
    tell_wanted(row["id"], added.wanted)
    if added.resolved:
        render.tell(f"{count(added.resolved, 'link')} of other notes waited for this title and now lead here.")


def ask_of_new(ctx: typer.Context, value: Any) -> Any:
    """The value of an option that puts tags on things, as it is; once they are there, those that nearly were are told."""
    from pkm.sense.tags import new_with_likes
    from pkm.store import tags

    given = [value] if isinstance(value, str) else value or ()
    names = [name.removeprefix("+") for name in given if name.strip("+# ") and not name.startswith("-")]
    if names and not ctx.resilient_parsing and (likes := new_with_likes(current.store(), names)):
        ctx.call_on_close(lambda: tell_new(one for one in likes if tags.find(current.store().read(), one[0])))
    return value


def tell_not_there(name: str, held: Iterable[str]) -> None:
    """That a tag was not taken away, with the one that may have been meant of those that are there."""
    from pkm.spelling import did_you_mean, near

    question = did_you_mean(near(name, [f"#{tag}" for tag in held]))
    render.tell(f"#{name} was not there to be taken away. {question}".rstrip())


def tell_new(likes: Iterable[tuple[str, list[tuple[str, int]]]]) -> None:
    """Each new tag that nearly was there before, with the command that makes the two one."""
    from pkm.spelling import did_you_mean

    for name, like in likes:
        question = did_you_mean([f"#{other}" for other, _ in like])
        render.tell(f"#{name} is new. {question} If so: pkm tag merge {quote(name)} {quote(like[0][0])}")
