"""Commands of `pkm sense` that rework what is there: link, grow, try, shrink."""

from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import complete, current, drafts, render, selectors
from pkm.cli.app import group
from pkm.cli.options import BecauseOption, JsonFlag, NoteArgument, WhenOption
from pkm.dates import now
from pkm.errors import Invalid
from pkm.spelling import did_you_mean, near
from pkm.text import count, one_line
from pkm.typed_dates import parse_past

if TYPE_CHECKING:
    from pkm.store.lookup import Found

app = group("Reworking.")


@app.command(epilog="Example:  pkm sense link n142 n98 --as supports")
def link(
    note: NoteArgument,
    to: Annotated[
        str,
        typer.Argument(metavar="NOTE|ITEM|CONTACT", help="What it is linked to.", autocompletion=complete.complete_any),
    ],
    type: Annotated[
        str | None,
        typer.Option("--as", help="supports, contradicts, source, next, answers, related, or your own word."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the link away.")] = False,
    resolve: Annotated[
        str | None, typer.Option("--resolve", help="How you came to terms with it: a contradiction is listed no longer.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Link a note to a note, an item or a contact."""
    from pkm.sense.links import LINKED, TYPES, read_type, unlink
    from pkm.sense.links import link as link_things

    source = selectors.one(note, ("note",))
    target = selectors.one(to, LINKED)
    if resolve is not None:
        _resolve(source, target, resolve, json)
        return
    if remove:
        gone, stay = unlink(
            current.store(), source.number, target.kind, target.number, read_type(type) if type else None
        )
        made = {
            "id": source.id,
            "kind": "note",
            "title": source.title,
            "links_removed": gone,
            "in_text": stay,
            "to": target.id,
        }
        render.emit_made(
            made, as_json=json, also=[f"no longer linked to {target.id}" if gone else f"still linked to {target.id}"]
        )
        if stay:
            render.tell(f"{count(stay, 'link')} stand in the text of {source.id}: pkm sense edit {source.id}")
        return
    linked = link_things(current.store(), source.number, target.kind, target.number, type or "related")
    current.remember(touched=source.id)
    if json:
        render.emit_json(linked.row)
    else:
        render.say(f"{source.id}  {one_line(source.title, 80)}")
        render.say(f"  {linked.row['type']} → {target.id}  {one_line(target.title, 80)}")
    if not linked.made:
        render.tell("It was linked so already.")
    elif (kind := linked.row["type"]) not in TYPES and (like := near(kind, TYPES, 1)):
        render.tell(f"“{kind}” is a kind of your own. {did_you_mean(like)} pkm sense link {source.id} {target.id} "
                    f"--as {like[0]}, and take this one away with --remove --as {kind}")  # fmt: skip


def _resolve(source: "Found", target: "Found", because: str, json: bool) -> None:
    from pkm.sense.links import resolve as come_to_terms

    settled = come_to_terms(current.store(), source.number, target.kind, target.number, because)
    row = {"id": source.id, "kind": "note", "title": source.title, "to": target.id, "resolved": settled, "because": because}
    render.emit_made(row, as_json=json, also=[f"no longer contradicts {target.id}: {one_line(because, 80)}"])


@app.command(epilog='Example:  pkm sense grow n12 --title "Desire paths beat roadmaps"')
def grow(
    note: NoteArgument,
    title: Annotated[str, typer.Option("--title", "-t", help="A title that says what is so.")] = "",
    because: BecauseOption = "",
    json: JsonFlag = False,
) -> None:
    """Let a note grow: observation to idea, idea to practice."""
    from pkm.sense.grow import grow as grow_note

    row = grow_note(current.store(), selectors.one(note, ("note",)).number, title=title, because=because)
    render.emit_made(row, as_json=json, also=[row["stage"]])


@app.command(
    "try", epilog='Example:  pkm sense try n12 --where "retro, team blue" --outcome mixed "took longer, but…"\n\n'
                  "          pkm sense try n12 --from r4 --outcome worked   (as somebody answered)"
)  # fmt: skip
def try_note(
    note: NoteArgument,
    words: Annotated[list[str] | None, typer.Argument(metavar="[TEXT...]", help="What came of it; -: stdin.")] = None,
    outcome: Annotated[str, typer.Option("--outcome", help="worked, mixed or failed.")] = "",
    where: Annotated[str, typer.Option("--where", help="Where it was tried.")] = "",
    by: Annotated[
        str, typer.Option("--by", metavar="WHO", help="Who tried it, if not you.", autocompletion=complete.complete_contacts)
    ] = "",
    answer: Annotated[str, typer.Option("--from", metavar="ANSWER", help="The answer (r4) that told of it.")] = "",
    when: WhenOption = "",
    json: JsonFlag = False,
) -> None:
    """Log where an idea was tried and what came of it."""
    from pkm.sense.grow import add_trial
    from pkm.vocabulary import OUTCOMES

    if not outcome:
        raise Invalid("a trial without --outcome", f"say {', '.join(OUTCOMES)}",
                      next=f'pkm sense try {one_line(note, 60)} --outcome worked "what came of it"')  # fmt: skip
    found = selectors.one(note, ("note",))
    told = selectors.one(answer, ("response",)).number if answer else None
    who = selectors.one(by, ("contact",)).number if by else None
    text = _said(words)
    with drafts.kept(text, drafts.name_for("trial", found.id)):
        row = add_trial(
            current.store(), found.number, where=where, outcome=outcome, text=text, contact=who, response=told,
            at=parse_past(when, now()),
        )  # fmt: skip
    also = [row["outcome"]] if row["title"] != row["outcome"] else [where] if where else []
    also.append(f"with {found.id}  {one_line(found.title, 60)}")
    if row["contact"]:
        also.append(f"by {one_line(row['contact_name'], 40)}")
    render.emit_made(row, as_json=json, also=[*also, f"told in {row['response']}"] if row["response"] else also)


def _said(words: list[str] | None) -> str:
    """What was typed, or what comes on stdin for `-`."""
    return drafts.typed().strip() if words == ["-"] else " ".join(words or [])


@app.command(epilog='Example:  pkm sense shrink n12 --because "it did not hold outside our team"')
def shrink(note: NoteArgument, because: BecauseOption = "", json: JsonFlag = False) -> None:
    """Take a note one stage back, with the reason."""
    from pkm.sense.grow import shrink as shrink_note

    row = shrink_note(current.store(), selectors.one(note, ("note",)).number, because=because)
    render.emit_made(row, as_json=json, also=[row["stage"]])
