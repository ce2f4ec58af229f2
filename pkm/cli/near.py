"""`pkm sense related` and `suggest`: what is near a note, and what could be made of it, accepted by number."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption, NoteArgument
from pkm.errors import Invalid, NotFound, Refused
from pkm.ids import Row
from pkm.text import around, count, one_line

if TYPE_CHECKING:
    from pkm.sense.suggest import Suggestion

app = group("What is near.")


@app.command(epilog="Example:  pkm sense related n12 -n 10 --json")
def related(
    thing: Annotated[
        str, typer.Argument(metavar="NOTE|ITEM", help="Its id, or words of its title.", autocompletion=complete.complete_any)
    ],
    limit: LimitOption = 10,
    new: Annotated[bool, typer.Option("--new", help="Leave out what it is linked with already.")] = False,
    json: JsonFlag = False,
) -> None:
    """List notes and items that are related to a note or an item, each with why."""
    from pkm.sense.related import find_related

    found = selectors.one(thing, ("note", "item"))
    near = find_related(current.store(), found.kind, found.number, 1000 if new else limit)
    rows = [one.as_dict() for one in near if not (new and one.linked)][:limit]
    empty = f"Nothing shares words, links or people with {found.id}. Next: pkm sense suggest {found.id}"
    if json or not rows:
        render.emit_list(rows, (), as_json=json, noun="thing", empty=empty)
        return
    current.remember(rows=[row["id"] for row in rows])
    for row in rows:
        _show_near(row, f"{row['score']:.2f}")
    render.tell(f"{count(len(rows), 'thing')} related to {found.id}")


def _show_near(row: Row, mark: str) -> None:
    """A related thing: its line, and why below it."""
    room = max(20, render.width() - len(row["id"]) - len(mark) - 4) if sys.stdout.isatty() else 200
    print(f"{row['id']}  {one_line(row['title'], room)}  ({mark})")
    render.say(f"    {'; '.join(row['because'])}")


NumbersOption = "Numbers of the list, with commas: 1,3 or 2-4; all."


@app.command(epilog="Example:  pkm sense suggest n12 --accept 1,3 --mute 2\n\n          pkm sense suggest --all")
def suggest(
    note: NoteArgument = "",
    every: Annotated[bool, typer.Option("--all", help="Over all notes, the best first.")] = False,
    accept: Annotated[
        str, typer.Option("--accept", metavar="N,N", help=f"Make these links and tags. {NumbersOption}")
    ] = "",
    mute: Annotated[
        str, typer.Option("--mute", metavar="N,N", help="Never suggest these again; pkm undo takes that back.")
    ] = "",
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """Suggest links and tags for a note, each with why; accept or mute them by number."""
    if bool(note) == every:
        raise Invalid("both a note and --all" if note else "suggest without a note", "name one, or say --all",
                      next="pkm sense suggest n12, or pkm sense suggest --all")  # fmt: skip
    found = None if every else selectors.one(note, ("note",))
    scope = found.id if found else "all"
    if accept or mute:
        _settle(scope, accept, mute, json)
        return
    _show(scope, found.number if found else None, limit, json)


def _show(scope: str, number: int | None, limit: int, json: bool) -> None:
    from pkm.sense.suggest import suggest as suggest_for
    from pkm.sense.suggest import suggest_all

    store = current.store()
    suggestions = suggest_all(store) if number is None else suggest_for(store, number)
    shown = suggestions[:limit]
    rows = [one.as_dict(position) for position, one in enumerate(shown, 1)]
    empty = "No suggestion: " + (
        "no note mentions what it is not linked with." if number is None
        else f"{scope} mentions nothing that it is not linked with, and nothing is much like it."
    )  # fmt: skip
    if json or not rows:
        render.emit_list(rows, (), as_json=json, noun="suggestion", empty=empty)
    else:
        for row, one in zip(rows, shown, strict=True):
            _show_one(row, one, of_all=number is None)
        render.tell(render.count_of(len(shown), len(suggestions), "suggestion"))
        render.tell(f"Next: pkm sense suggest {'--all' if number is None else scope} --accept N,N, or --mute N")
    current.remember(rows=[one.target for one in shown], suggested=[scope, *(one.key for one in shown)])


_SAYS = {"mention": "mentions", "related": "related", "tag": "tag"}


def _show_one(row: Row, one: "Suggestion", *, of_all: bool) -> None:
    """A suggestion: what it would make, why, and the sentence that it is about."""
    lead = f"{row['number']:>3}  {one.note + '  ' if of_all else ''}{_SAYS[one.kind]}  "
    name = one.target if one.kind == "tag" else f"{one.target}  {one.title}"
    room = max(24, render.width() - len(lead)) if sys.stdout.isatty() else 200
    print(f"{lead}{one_line(name, room)}")
    why = f"“{around(one.sentence, one_line(one.said), 160)}”" if one.sentence else "; ".join(one.because)
    render.say(f"     {one_line(why, 400)}")


def _settle(scope: str, accept: str, mute: str, json: bool) -> None:
    """The numbers mean what the last list showed; where one of it would not be suggested today, nothing is done."""
    from pkm.sense.suggest import settle, still_hold

    again = f"pkm sense suggest {'--all' if scope == 'all' else scope}"
    shown = [str(one) for one in current.recall()["suggested"]]
    if not shown or shown[0] != scope:
        other = f"the last list was that of {shown[0]}" if shown else "no suggestions were shown yet"
        raise NotFound(f"numbers of {scope}", other, next=f"{again}, then count from 1")
    wanted, unwanted = _numbers(accept, len(shown) - 1, again), _numbers(mute, len(shown) - 1, again)
    if both := sorted(set(wanted) & set(unwanted)):
        raise Invalid(f"number {both[0]}", "it is to be accepted and muted", next="say one of the two")
    holding = still_hold(current.store(), [shown[number] for number in (*wanted, *unwanted)])
    if gone := [number for number in (*wanted, *unwanted) if shown[number] not in holding]:
        if not json:
            _show(scope, None if scope == "all" else int(scope[1:]), 20, json)
        raise Refused(f"number {gone[0]}", f"“{shown[gone[0]]}” is no suggestion any more: it was done, or things changed",
                      next=again if json else "take the numbers of the list above")  # fmt: skip
    done = settle(current.store(), [holding[shown[n]] for n in wanted], [holding[shown[n]] for n in unwanted])
    _tell_done(scope, done.accepted, done.muted, json)


def _numbers(text: str, most: int, again: str) -> list[int]:
    """The numbers of `1,3`, `2-4` or `all`, each once. Raises Invalid where the list had none of that number."""
    found: dict[int, None] = {}
    for part in text.replace(" ", ",").split(","):
        first, dash, last = part.removeprefix("%").partition("-")
        if part == "all":
            first, last = "1", str(most)
        elif not dash:
            last = first
        if not part:
            continue
        if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit()):
            raise Invalid(f"“{one_line(part, 40)}” as a number", "numbers of the list are wanted: 1,3 or 2-4", next=again)
        if not 1 <= int(first[:9]) <= int(last[:9]) <= most:
            raise Invalid(f"number {part}", f"the last list had {count(most, 'row')}", next=f"{again}, then count from 1")
        found |= dict.fromkeys(range(int(first), int(last) + 1))
    return list(found)


def _tell_done(scope: str, accepted: "list[Suggestion]", muted: "list[Suggestion]", json: bool) -> None:
    if json:
        told = {"id": scope, "kind": "note" if scope != "all" else "suggestion", "title": scope}
        rows = [[one.as_dict(position) for position, one in enumerate(part, 1)] for part in (accepted, muted)]
        render.emit_json({**told, "accepted": rows[0], "muted": rows[1]})
        return
    for one in accepted:
        made = f"tagged {one.target}" if one.kind == "tag" else f"linked to {one.target}  {one_line(one.title, 80)}"
        render.say(f"{one.note}  {made}")
    for one in muted:
        render.say(f"{one.note}  {one.target} will not be suggested again")
    render.tell_undo()
