"""`pkm share who|not|check`: whom a note is for, the answers "not yet" and "never", and what keeps a share from going."""

from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.options import BecauseOption, JsonFlag, LimitOption, NoteArgument, ShareArgument, YesFlag
from pkm.dates import day, now
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.text import one_line
from pkm.typed_dates import parse_date


def who(
    what: Annotated[
        str | None, typer.Argument(metavar="NOTE", help="The note: its id, or words of its title.",
                                   autocompletion=complete.complete_notes)
    ] = None,
    need: Annotated[str, typer.Option("--need", help="What somebody asked: which of your notes would serve them.")] = "",
    limit: LimitOption = 12,
    json: JsonFlag = False,
) -> None:
    """Say for whom a note may be, and whom to ask an open question: each with why, and why not. Sends nothing."""
    from pkm.share import who as asking

    if bool(what) == bool(need):
        raise Invalid("share who", "a note is wanted, or a need",
                      next='pkm share who n41; pkm share who --need "what they asked"')  # fmt: skip
    db = current.store().read()
    if need:
        _show_needed(asking.needed(db, need, limit), json)
        return
    found = selectors.one(what or "", ("note",))
    rows = [asking.as_row(case) for case in asking.find(db, found.number, now())]
    if json:
        render.emit_json(rows[:limit])
        return
    if found.title.rstrip().endswith("?"):
        render.tell("An open question: whom you might ask.")
    for row in rows[:limit]:
        _show(row)
    if not rows:
        render.tell("There is no circle and nobody it could be for. Next: pkm circle add NAME --kind community")
    elif first := next((row for row in rows if not row["against"] and not row["not"] and row["kind"] == "circle"), None):
        render.tell(f"Next: {first['next']}")


def _show(row: Row) -> None:
    render.say(f"{row['id']}  {one_line(row['title'], 50)}")
    if row["not"]:
        until = f"not until {row['not']['until']}" if row["not"]["until"] else "never"
        render.say(f"  – {until}, you said on {day(row['not']['at'])}"
                   + (f": {one_line(row['not']['because'], 100)}" if row["not"]["because"] else ""))  # fmt: skip
    for one in row["because"]:
        ids = f"  ({', '.join(one['ids'][:4])})" if one["ids"] else ""
        render.say(f"  + {one_line(one['what'], 100)}{ids}")
    for one in row["against"]:
        render.say(f"  – {one_line(one['what'], 100)}  ({one['next']})")


def _show_needed(rows: list[Row], json: bool) -> None:
    columns: render.Columns = (
        ("id", lambda row: row["id"]), ("title", lambda row: one_line(row["title"], 60)), ("stage", lambda row: row["stage"]),
        ("reach", lambda row: row["reach"]), ("words", lambda row: ", ".join(row["words"])),
    )  # fmt: skip
    empty = "None of your notes speaks of that. To keep the question: pkm sense note \"…?\""
    render.emit_list(rows, columns, as_json=json, noun="note", empty=empty)


def decline(
    note: NoteArgument,
    whom: Annotated[
        str | None,
        typer.Argument(metavar="CIRCLE|WHO", help="A circle or a person; left out: nobody at all.",
                       autocompletion=complete.complete_any),
    ] = None,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Not yet; left out: never.")] = "",
    again: Annotated[bool, typer.Option("--take-back", help="It may go there after all.")] = False,
    because: BecauseOption = "",
    json: JsonFlag = False,
) -> None:
    """Keep that a note does not go to somebody yet, or ever, and why; nothing asks again before that day.

    Where it is not for a person: by letters it goes to the others. By a way out that all of a circle reads (a folder, a room, a
    webhook) it goes to nobody there while that person is in the circle. From the site and public accounts, which everybody
    reads, it is kept from nobody.
    """
    from pkm.share import declined
    from pkm.share import who as asking

    found = selectors.one(note, ("note",), guess=False)
    target = selectors.named(whom, ("circle", "contact")) if whom is not None else None
    key = target.id if target else ""
    name = one_line(target.title, 40) if target else "anybody"
    store = current.store()
    if again:
        row, said = asking.reconsider(store, found.number, key), f"may go to {name} again"
    else:
        date = parse_date(until, now()).isoformat() if until else ""
        if date and date <= day(now()):
            raise Invalid(f"until {date}", "that day is not to come", next="--until 2027-02-01, or in 3 months")
        row = asking.decline(store, found.number, key, date, because)
        said = f"not to {name} until {date}" if date else f"never to {name}"
    current.remember(touched=found.id)
    render.emit_made(row, as_json=json, also=[said])
    if json or again:
        return
    for line in declined.told(store.read(), row, target.number, name) if target and target.kind == "contact" else ():
        render.tell(line)
    render.tell(f"Take it back: pkm share not {found.id}{f' {key}' if key else ''} --take-back")


def check(what: ShareArgument, json: JsonFlag = False) -> None:
    """List what keeps a share from its circles, each with the command that mends it; nothing is queued or sent."""
    from pkm.cli import outgoing
    from pkm.errors import Refused
    from pkm.share.rendered import look_at

    found = selectors.one(what, ("share",))
    findings: list[tuple[str, str, str]] = []
    try:
        shown = look_at(current.store(), current.home(), found.number, outgoing.instant(found.id))
    except Refused as refused:
        findings = list(refused.findings)
    if json:
        render.emit_json([{"what": thing, "why": why, "next": mend} for thing, why, mend in findings])
    elif findings:
        for thing, why, mend in findings:
            render.say(f"{thing}: {why}")
            render.say(f"  {mend}")
        render.tell(f"{len(findings)} found. Nothing was queued and nothing was sent.")
    else:
        render.say(f"{found.id}  {one_line(found.title, 60)}  nothing keeps it; it would go {outgoing.summary(shown)}")
    outgoing.tell_otherwise(found.number)
    if findings:
        raise typer.Exit(3)


def retract(what: ShareArgument, because: BecauseOption = "", yes: YesFlag = False, json: JsonFlag = False) -> None:
    """Take back a share where its channels let that be done, say where they do not, and draft a correction."""
    from pkm.share.retract import retract as take_back

    found = selectors.one(what, ("share",), guess=False)
    question = f"Take back {found.id} “{one_line(found.title, 60)}” everywhere it can be?"
    agreed = yes or not render.is_asked()  # in a script the command itself is the yes
    if not render.confirm(question, yes=agreed, no="Nothing was taken back."):
        return
    done = take_back(current.store(), current.home(), found.number, because)
    current.remember(touched=found.id)
    if json:
        channels = [{"channel": channel, "what": said} for channel, said in done.channels]
        render.emit_json({**done.share, "channels": channels, "correction": done.correction and done.correction["id"]})
    else:
        _say_retracted(found, done)
    if done.left:
        render.tell(f"On {', '.join(done.left)} something may still stand. Next: pkm share retract {found.id}, to try again")
        raise typer.Exit(4)


def _say_retracted(found: Any, done: Any) -> None:
    render.say(f"{found.id}  {one_line(found.title, 60)}  taken back")
    for channel, said in done.channels:
        render.say(f"  {channel}: {said}")
    if done.correction:
        number = done.correction["id"]
        render.say(f"{number}  {one_line(done.correction['title'], 60)}  a draft, for those who got a letter")
        render.tell(f"Next: pkm share edit {number}, then pkm share send {number}")
