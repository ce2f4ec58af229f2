"""`pkm circle`: named groups of people, by strength of ties: what they are for, who is in them, and why."""

import shlex
from typing import Annotated, Any

import typer

from pkm import config
from pkm.cli import candidates as listing
from pkm.cli import circle_card, complete, current, membership, render, selectors
from pkm.cli.app import group
from pkm.cli.options import BecauseOption, CircleArgument, JsonFlag, as_seconds, put_tags
from pkm.dates import day, format_span, now
from pkm.errors import Ambiguous, Invalid, NotFound
from pkm.hours import circles_named
from pkm.ids import Row
from pkm.store import circles
from pkm.text import fold, one_line

app = group("Circles of people (team, community, network): who is in them, and why.", invoke_without_command=True,
            epilog="Example:  pkm circle add practice --kind community")  # fmt: skip

COLUMNS = (
    ("id", lambda row: row["id"]),
    ("name", lambda row: one_line(row["name"], 40)),
    ("kind", lambda row: row["circle_kind"]),
    ("members", lambda row: row["members"]),
    ("channels", lambda row: ", ".join(row["channels"])),
    ("why", lambda row: row["purpose"]),
)

Strings = list[str] | None
WhoArguments = Annotated[
    list[str], typer.Argument(metavar="WHO...", help="Contacts.", autocompletion=complete.complete_contacts)
]
PurposeOption = Annotated[str | None, typer.Option("--purpose", help="What it is for.")]
EveryOption = Annotated[
    str | None,
    typer.Option("--every", help="How often to be in touch with its members (6w); else as its kind: 2w, 6w, 26w."),
]
TagOption = Annotated[Strings, put_tags("An interest; may be given again.")]
ChannelOption = Annotated[
    Strings,
    typer.Option("--channel", help="A way to reach it; may be given again.", autocompletion=complete.complete_channels),
]
JoinLettersFlag = Annotated[
    bool, typer.Option("--letters", help="Only: who asked for no more letters of it gets them again.")
]
LeaveLettersFlag = Annotated[
    bool, typer.Option("--letters", help="Only its letters: they stay in it and get no more of them, for good.")
]


@app.callback()
def circle(ctx: typer.Context, json: JsonFlag = False) -> None:
    """Circles of people (team, community, network): who is in them, and why."""
    if ctx.invoked_subcommand is None:
        list_circles(json=json)


@app.command("list", epilog="Example:  pkm circle list")
def list_circles(
    limit: Annotated[int | None, typer.Option("-n", "--limit", min=1, help="How many rows at most.")] = None,
    json: JsonFlag = False,
) -> None:
    """List circles, the closest kind first."""
    rows = circles.rows(current.store().read())
    render.emit_list(rows[:limit], COLUMNS, as_json=json, noun="circle", total=len(rows))


@app.command(epilog='Example:  pkm circle add practice --kind community --purpose "to try ideas" --tag org')
def add(
    name: Annotated[str, typer.Argument(help="The name; in quotes where it has several words.")],
    kind: Annotated[
        str, typer.Option("--kind", help="Wanted: team (strong ties), community (trust), network (loose ties).")
    ] = "",
    purpose: PurposeOption = None,
    every: EveryOption = None,
    tag: TagOption = None,
    channel: ChannelOption = None,
    json: JsonFlag = False,
) -> None:
    """Add a circle."""
    from pkm.people.circles import add_circle

    if not kind:
        raise Invalid("a circle of no kind", "it is a team (strong ties), a community (trust) or a network (loose ties)",
                      next=f"pkm circle add {shlex.quote(name)} --kind community")  # fmt: skip
    saved = add_circle(
        current.store(), name, kind, purpose=purpose or "", every_s=as_seconds(every), tags=tag or (),
        channels=channel or (),
    )  # fmt: skip
    render.emit_made(saved.row, as_json=json, also=[saved.row["circle_kind"]])
    for warning in saved.warnings:
        render.tell(f"{warning}.")
    render.tell(f'Next: pkm circle join {saved.row["id"]} WHO --because "…"')


@app.command(epilog="Example:  pkm circle show practice")
def show(
    which: CircleArgument,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help="How many rows of each part at most.")] = 10,
    json: JsonFlag = False,
) -> None:
    """Show a circle: members with their evidence, who is quiet, who came and went, what it got and what came back."""
    found = selectors.one(which, ("circle",))
    shown = circle_card.gather(current.store().read(), found.number) | membership.without_letters(found.number)
    current.remember(touched=found.id, rows=[one["id"] for one in shown["people"]])
    if json:
        render.emit_json(shown)
    else:
        circle_card.show(shown, now(), limit)


@app.command(epilog="Example:  pkm circle edit practice --every 4w --channel +site --tag -draft")
def edit(
    which: CircleArgument,
    name: Annotated[str | None, typer.Option("--name", help="The name.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="team, community or network.")] = None,
    purpose: PurposeOption = None,
    every: EveryOption = None,
    tag: TagOption = None,
    channel: ChannelOption = None,
    salutation: Annotated[
        str | None, typer.Option("--salutation", help="How what you share with it begins: Hello all,")
    ] = None,
    intro: Annotated[
        str | None, typer.Option("--intro", help="A few words in front of what has none of its own, in Markdown.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="What you share with it is in: de. '': as share.language is.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Change a circle. --tag and --channel set the whole list, or change it by +NAME and -NAME; '' empties it."""
    from pkm.people.circles import edit_circle

    found = selectors.one(which, ("circle",))
    if all(value is None for value in (name, kind, purpose, every, tag, channel, salutation, intro, language)):
        options = "--name, --kind, --purpose, --every, --tag, --channel, --salutation, --intro or --language"
        raise Invalid(found.id, "nothing is said of what to change", next=f"pkm circle edit {found.id} with {options}")
    saved = edit_circle(
        current.store(), found.number, name=name, kind=kind, purpose=purpose, every_s=as_seconds(every), tags=tag,
        channels=channel, salutation=salutation, introduction=intro, language=language,
    )  # fmt: skip
    also = [render.changed_fields(saved.changed)]
    render.emit_made(saved.row, as_json=json, also=also)
    for warning in saved.warnings:
        render.tell(f"{warning}.")
    for move in saved.moves:
        render.tell(f"  {_tie(move)}")
    if fold(found.title) != fold(saved.row["name"]):
        _tell_settings(found.title)
    if "kind" in saved.changed:
        render.tell_undo(as_json=json)


def _tell_settings(name: str) -> None:
    """What the settings say of a circle by the name that it no longer has."""
    settings = config.read(current.home())
    for key, called in circles_named(settings["share.quiet"], settings["share.weekly"]):
        if called == fold(name):
            render.tell(f"{key} still says {one_line(name, 60)}, and holds for it no more. Next: pkm config {key}")


@app.command(epilog='Example:  pkm circle join practice maria --because "co-hosts the meetup"')
def join(
    which: CircleArgument, who: WhoArguments, because: BecauseOption = "", letters: JoinLettersFlag = False,
    json: JsonFlag = False,
) -> None:  # fmt: skip
    """Put contacts into a circle, with the reason."""
    from pkm.people import circles as people

    found = _circle_of(which, guess=False)
    if letters:
        membership.put_back(found.number, _numbers(who, guess=False), json)
        return
    moved = people.join(current.store(), found.number, _numbers(who), because)
    _show_moved(moved, "joined", "is in {circle} already, since {since}", json)
    if not json:
        membership.tell_joined(moved, because)
    render.tell_undo(as_json=json)


@app.command(epilog='Example:  pkm circle leave practice ken --because "moved on"')
def leave(
    which: CircleArgument, who: WhoArguments, because: BecauseOption = "", letters: LeaveLettersFlag = False,
    json: JsonFlag = False,
) -> None:  # fmt: skip
    """Let contacts leave a circle; the history keeps that they were in it, and both reasons."""
    from pkm.people import circles as people

    found = _circle_of(which, guess=False)
    if letters:
        membership.take_off(found.number, _numbers(who, guess=False), because, json)
        return
    moved = people.leave(current.store(), found.number, _numbers(who, guess=False), because)
    _show_moved(moved, "left", "is not in {circle}", json)
    if not json:
        membership.tell_left(moved, because)
    render.tell_undo(as_json=json)


def _circle_of(which: str, *, guess: bool = True) -> Any:
    """The circle that is meant; where a contact was named in its place, the error says so."""
    try:
        return selectors.one(which, ("circle",), guess=guess)
    except (NotFound, Invalid, Ambiguous) as error:
        if membership.is_contact(which):
            error.next = "the circle comes first, then who: pkm circle join CIRCLE WHO, or leave CIRCLE WHO"
        raise


def _numbers(who: list[str], *, guess: bool = True) -> list[int]:
    parts = [part for text in who for part in text.split(",") if part.strip()]
    if not parts:
        raise Invalid("an empty name", "say who it is: an id, a nick or a name")
    return [one.number for one in selectors.many(parts, ("contact",), guess=guess)]


def _show_moved(moved: Any, verb: str, unchanged: str, json: bool) -> None:
    current.remember(touched=moved.circle["id"])
    name = one_line(moved.circle["name"], 60)
    if json:
        moves = [_move_row(move) for move in moved.moves]
        reach = membership.reach_of(moved.circle)
        render.emit_json({**moved.circle, "operation": moved.operation, "moves": moves, "reach": reach})
    for move in moved.moves:
        who = one_line(move.contact["name"], 60)
        if not move.changed:
            why = unchanged.replace("{circle}", name).replace("{since}", day(move.since) if move.since else "")
            done = "the reason is kept now" if move.explained else "nothing was changed"
            render.tell(f"{move.contact['id']}  {who} {why}; {done}.")
        elif not json:
            render.say(f"{move.contact['id']}  {who} {verb} {moved.circle['id']} {name}")
            render.say(f"  {_tie(move, named=False)}")


def _tie(move: Any, *, named: bool = True) -> str:
    """The closest kind of circle before and after, and the cadence that holds now."""
    who = f"{move.contact['id']}  {one_line(move.contact['name'], 60)}  " if named else ""
    before, after = move.tie_before or "none", move.tie_after or "none"
    tie = f"closest circle: {before} → {after}" if before != after else f"closest circle: {after}, as before"
    every = f"in touch every {format_span(move.every_after_s)}" if move.every_after_s else "no rhythm"
    if move.every_before_s and move.every_before_s != move.every_after_s:
        every += f" (before: {format_span(move.every_before_s)})"
    due = f", next due {day(move.contact['due'])}" if move.contact["due"] else ""
    return f"{who}{tie}; {every}{due}"


def _move_row(move: Any) -> Row:
    return {
        "contact": move.contact["id"], "name": move.contact["name"], "changed": move.changed, "since": move.since,
        "explained": move.explained,
        "tie_before": move.tie_before, "tie_after": move.tie_after, "every_before_s": move.every_before_s,
        "every_after_s": move.every_after_s, "due": move.contact["due"],
    }  # fmt: skip


_EXAMPLE = """Example:  pkm circle candidates practice\n
          pkm circle candidates practice --dismiss c7 --because "no time this year\""""
app.command("candidates", epilog=_EXAMPLE)(listing.candidates)
