"""Being in touch: what passed and what was promised is logged; who is due, whom to turn to next, and with what."""

import re
import shlex
from datetime import datetime
from typing import Annotated, Any

import typer

from pkm import first_step
from pkm.cli import card_layout, complete, current, render, selectors
from pkm.cli.options import BecauseOption, JsonFlag, LimitOption, WhoArgument
from pkm.dates import ago, day, format_span, now, parse_stamp, stamp
from pkm.errors import Invalid, NotFound
from pkm.ids import Row, listing
from pkm.store import contacts, interactions, received, standings
from pkm.store import promises as stored
from pkm.store.lookup import Found
from pkm.text import count, one_line

Strings = list[str] | None

SHOWN = 5
"""Rows of each thing to talk about."""

PeopleArgument = Annotated[
    str, typer.Argument(metavar="WHO[,WHO]", help="Whom it was with.", autocompletion=complete.complete_contacts)
]
KeptOption = Annotated[Strings, typer.Option("--kept", help="A promise (p3) that was kept; may be given again.")]


def log(
    who: PeopleArgument,
    text: Annotated[Strings, typer.Argument(help="What passed between you. “promised …” makes a promise.")] = None,
    when: Annotated[str, typer.Option("--when", help="When it was: yesterday, mon, 2026-11-20, 14:30.")] = "",
    promise: Annotated[
        Strings, typer.Option("--promise", help="What you promised, as “the paper by fri”; may be given again.")
    ] = None,
    promised_me: Annotated[
        Strings, typer.Option("--promised-me", help="What they promised you; may be given again.")
    ] = None,
    kept: KeptOption = None,
    json: JsonFlag = False,
) -> None:
    """Log what passed between you and one or more contacts, and what was promised; their next touch counts from it."""
    from pkm.cli import drafts
    from pkm.people.contacts import log_touch
    from pkm.typed_dates import parse_past

    mine, theirs = promise or [], promised_me or []
    words = " ".join(text or ()) or _told(mine, theirs)
    with drafts.kept(_command(who, words, when, mine, theirs, kept), drafts.name_for("log")):
        people = _people(who)
        done = [one.number for one in selectors.many(kept or (), ("promise",))]
        if done and not words.strip():
            _keep_only(done, people, json)
            return
        logged = log_touch(
            current.store(), [one.number for one in people], words, parse_past(when, now()), mine=mine, theirs=theirs, kept=done
        )
    if json:
        made = {"people": list(logged.contacts), "promises": list(logged.promised), "kept": list(logged.kept)}
        render.emit_made({**logged.row, **made}, as_json=True)
        return
    render.emit_made(logged.row, as_json=False, also=[day(logged.row["at"])])
    for row in logged.promised:
        render.say(f"  {card_layout.promise(row, now())}")
    for row in logged.kept:
        render.say(f"  {row['id']}  kept: {one_line(row['text'], 60)}")
    for row in logged.contacts:
        render.say(f"  {row['id']}  {one_line(row['name'], 60)}  {_standing(row)}")
    _ask_about_dates(logged)
    if logged.same:
        render.tell(f"It was logged already as {logged.same}, the same words with the same people that day.")
    render.tell_undo()


def _ask_about_dates(logged: Any) -> None:
    """Of a promise that has no date since it was mistyped it is said what may be meant, and the commands that mend it."""
    from pkm.people.promised import mistyped_date
    from pkm.spelling import did_you_mean

    typed = mended = current.typed()
    for row in logged.promised:
        said, meant = ("", ()) if row["due_at"] else mistyped_date(row["text"], parse_stamp(logged.row["at"]))
        if said:
            render.tell(f"{row['id']}: “{one_line(said, 40)}” is no date, so it has none. {did_you_mean(meant)}")
            word = said.split()[0]
            mended = re.sub(r"\s+".join(map(re.escape, said.split())), f"{word} {meant[0]}", mended)
    if mended != typed:
        render.tell(f"If so: {render.undo_command()}, then {mended}")


def _command(who: str, words: str, when: str, mine: list[str], theirs: list[str], kept: Strings) -> str:
    """What was typed as the command that it was, so that a draft of it can be run; "" where there were no words."""
    given = [("--when", [when] if when else []), ("--promise", mine), ("--promised-me", theirs), ("--kept", kept or [])]
    options = [f"{option}={value}" for option, values in given for value in values]
    return shlex.join(["pkm", "contact", "log", *options, "--", who, words]) + "\n" if words.strip() else ""


def _told(mine: list[str], theirs: list[str]) -> str:
    """What a log says that has no words but promises."""
    return "; ".join([*(f"promised {one}" for one in mine), *(f"they promised {one}" for one in theirs)])


def _people(who: str) -> list[Found]:
    """The contacts named. Raises NotFound, offering to add who is not there."""
    found: dict[int, Found] = {}
    for name in who.split(","):
        if not name.strip():
            continue
        try:
            one = selectors.one(name, ("contact",))
        except NotFound as error:
            if error.next == listing("contact"):
                error.next = f"pkm contact add {shlex.quote(one_line(name).removeprefix('@'))}, or pkm contact list"
            raise
        found.setdefault(one.number, one)
    if not found:
        raise Invalid("nobody", "name whom it was with", next='pkm contact log NAME "call: the demo"')
    return list(found.values())


def _keep_only(numbers: list[int], people: list[Found], json: bool) -> None:
    """The promises are kept, and nothing is logged."""
    from pkm.people.promises import refuse_strangers, settle

    store = current.store()
    refuse_strangers(store.read(), numbers, [one.number for one in people])
    _show_settled(settle(store, numbers, "kept"), json)


def promises(
    who: Annotated[
        str, typer.Argument(metavar="[WHO]", help="Only those with a contact.", autocompletion=complete.complete_contacts)
    ] = "",
    mine: Annotated[bool, typer.Option("--mine", help="Only what you owe.")] = False,
    theirs: Annotated[bool, typer.Option("--theirs", help="Only what is owed to you.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also those that were kept or let go.")] = False,
    kept: KeptOption = None,
    let_go: Annotated[Strings, typer.Option("--let-go", help="One that will not be kept; say why with --because.")] = None,
    reopen: Annotated[Strings, typer.Option("--reopen", help="One that is open again.")] = None,
    because: BecauseOption = "",
    limit: LimitOption = 50,
    json: JsonFlag = False,
) -> None:
    """List what you promised and what was promised to you, soonest due first; mark one as kept or let it go."""
    chosen = {"kept": kept, "dropped": let_go, "open": reopen}
    asked = {state: texts for state, texts in chosen.items() if texts}
    if len(asked) > 1:
        raise Invalid("--kept, --let-go, --reopen", "one of them at a time")
    if because and not {"kept", "dropped"} & set(asked):
        raise Invalid("--because", "it says why a promise is --kept or --let-go, and none is named")
    db = current.store().read()
    number = selectors.one(who, ("contact",)).number if who else None
    if asked:
        from pkm.people.promises import refuse_strangers, settle

        [(state, texts)] = asked.items()
        numbers = [one.number for one in selectors.many(texts, ("promise",))]
        if number is not None:
            refuse_strangers(db, numbers, [number])
        _show_settled(settle(current.store(), numbers, state, because), json)
        return
    owed_by = None if mine == theirs else "me" if mine else "them"
    rows = stored.rows(db, limit=limit, contact=number, owed_by=owed_by, settled=every)
    total = len(rows)
    if total == limit:
        total = stored.count(db, contact=number, owed_by=owed_by, settled=every)
    _list_promises(rows, total, now(), json)


def _list_promises(rows: list[Row], total: int, at: datetime, json: bool) -> None:
    from pkm.people.promised import is_overdue, name_state

    rows = [{**row, "overdue": is_overdue(row, at)} for row in rows]
    columns: render.Columns = (
        ("id", lambda row: row["id"]), ("who", lambda row: card_layout.owes(row)), ("text", lambda row: row["text"]),
        ("with", lambda row: one_line(", ".join(row["names"]), 30)),
        ("by", lambda row: day(row["due_at"]) if row["due_at"] else ""),
        ("state", lambda row: name_state(row, at)),
    )  # fmt: skip
    empty = 'No promise is open. Next: pkm contact log WHO "call: promised the paper by fri"'
    render.emit_list(rows, columns, as_json=json, noun="promise", total=total, empty=empty)
    if rows and not json and any(row["state"] == "open" for row in rows):
        render.tell("Next: pkm contact promises --kept ID")


def _show_settled(rows: list[Row], json: bool) -> None:
    from pkm.people.promised import DONE

    current.remember(touched=rows[-1]["id"])
    if json:
        render.emit_json(rows[0] if len(rows) == 1 else rows)
        return
    for row in rows:
        because = f": {one_line(row['because'], 60)}" if row["because"] else ""
        render.say(f"{row['id']}  {one_line(row['text'], 60)}  {DONE[row['state']]}{because}")


def due(
    within: Annotated[str, typer.Option("--in", help="Also who is due within this time: 2w.")] = "",
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """List who is due to hear from you, the longest due first."""
    from pkm.people.cadence import name_shade
    from pkm.typed_dates import parse_span

    at = now()
    before = stamp(at + parse_span(within)) if within else stamp(at)
    found = contacts.due(current.store().read(), before, limit=limit + 1)
    rows = [{**row, "shade": name_shade(row["due"], row["every_s"], at)} for row in found[:limit]]
    if json:
        render.emit_list(rows, (), as_json=True, noun="contact")
    else:
        _show_due(rows, at, more=len(found) > limit)


def _show_due(rows: list[Row], now: datetime, *, more: bool) -> None:
    """Who is due, the longest first; on a terminal the late are red and the due yellow (NO_COLOR is respected)."""
    current.remember(rows=[str(row["id"]) for row in rows])
    if not rows:
        _tell_nobody_due()
        return
    names = ("id", "name", "due", "state", "last", "circles")
    colors = {"late": "red", "due": "yellow"}
    render.emit_table(rows, [(name, _cell(name, now)) for name in names], lambda row: colors.get(row["shade"], ""))
    rest = " (-n for more)" if more else ""
    render.tell(f"{count(len(rows), 'contact')}{rest}")
    render.tell("Next: pkm contact next")


def _cell(name: str, now: datetime) -> Any:
    return {
        "id": lambda row: row["id"],
        "name": lambda row: one_line(row["name"], 40),
        "due": lambda row: f"{day(row['due'])} ({ago(row['due'], now)})",
        "state": lambda row: row["shade"],
        "last": lambda row: day(row["last"]) if row["last"] else "never",
        "circles": lambda row: ", ".join(row["circles"]),
    }[name]


def next_contact(
    who: Annotated[
        str, typer.Argument(metavar="[WHO]", help="A contact; else who is due most.", autocompletion=complete.complete_contacts)
    ] = "",
    json: JsonFlag = False,
) -> None:
    """Name one person to be in touch with, and what there is to talk about; of a contact named, what there is with them."""
    at = now()
    db = current.store().read()
    number = selectors.one(who, ("contact",)).number if who else standings.most_due(db, stamp(at))
    chosen = None if number is None else contacts.row(db, number)
    if number is None or chosen is None:
        if json:
            render.emit_json(None)
        _tell_nobody_due()
        return
    topics = _gather_topics(number, chosen["last"])
    current.remember(touched=chosen["id"])
    if json:
        render.emit_json({**chosen, **topics})
    else:
        _show_next(chosen, topics, at)


def _gather_topics(number: int, last: str | None) -> Row:
    """What there is to talk about with a contact: what is new from them since the last touch, what binds one to them."""
    db = current.store().read()
    notes = contacts.notes_about(db, number, SHOWN)
    told = {note["id"] for note in notes}
    fitting = contacts.notes_fitting(db, number, 2 * SHOWN)
    return {
        "promises": stored.rows(db, contact=number, limit=SHOWN),
        "answers": received.answers(db, number, SHOWN),
        "newest": contacts.newest_items(db, number, SHOWN, since=last or ""),
        "notes": notes,
        "fitting": [note for note in fitting if note["id"] not in told][:SHOWN],
        "interactions": interactions.of_contact(db, number, 1),
    }


def _show_next(row: Row, topics: Row, now: datetime) -> None:
    """One person, why now, and what there is to talk about."""
    lines = [card_layout.head(row), f"last  {card_layout.last_touch(row, now)}"]
    lines.append(f"due   {card_layout.next_touch(row, now)}")
    since = f" since {day(row['last'])}" if row["last"] else ""
    for heading, part in (
        ("Promised", [card_layout.promise(one, now) for one in topics["promises"]]),
        ("Last time", [card_layout.interaction(one) for one in topics["interactions"]]),
        ("They answered", [card_layout.answer(one) for one in topics["answers"]]),
        (f"New from them{since}", [card_layout.item(one) for one in topics["newest"]]),
        ("Your notes on them", [card_layout.note(one) for one in topics["notes"]]),
        ("Your notes on their subjects", [_fitting(one) for one in topics["fitting"]]),
    ):
        if part:
            lines += ["", heading, *("  " + line for line in part)]
    render.show_text("\n".join(lines))
    render.tell(f'Next: pkm contact log {row["id"]} "…", or pkm contact snooze {row["id"]} 1w')


def _fitting(note: Row) -> str:
    return f"{card_layout.note(note)}  {' '.join('#' + tag for tag in note['tags'])}"


def _tell_nobody_due() -> None:
    """Says that nobody is due, who will be next, and what was promised and is over its date."""
    db = current.store().read()
    number = standings.first_due(db)
    coming = None if number is None else contacts.row(db, number)
    if coming:
        render.tell(f"Nobody is due. The next one is {coming['id']} {coming['name']}, on {day(coming['due'])}.")
    elif contacts.count(db):
        render.tell("Nobody is due. Next: pkm circle join CIRCLE WHO, so that there is a rhythm to keep")
    else:
        render.tell(f"Nobody yet. Next: {first_step.STEP}")
    late = stored.count(db, before=stamp(now()))
    if late:
        render.tell(f"{count(late, 'promise is over its', 'promises are over their')} date: pkm contact promises")


def snooze(
    who: WhoArgument,
    until: Annotated[
        str, typer.Argument(help="For how long, or until when: 1w, fri, 2026-12-24; none: as the cadence says.")
    ] = "1w",
    json: JsonFlag = False,
) -> None:
    """Let a contact not be due before a day, or take that back."""
    from pkm.people import contacts as people
    from pkm.typed_dates import parse_when

    found = selectors.one(who, ("contact",))
    at = now()
    if until.strip().casefold() in ("none", "off", "never"):
        row = people.snooze(current.store(), found.number, None)
        render.emit_made(row, as_json=json, also=[_next_due(row)])
        return
    then = parse_when(until.strip().removeprefix("until ").removeprefix("for "), at)
    if then <= at:
        raise Invalid(f"“{until}”", f"that is {day(then)}, which is past", next=f"pkm contact snooze {found.id} 1w")
    row = people.snooze(current.store(), found.number, stamp(then))
    render.emit_made(row, as_json=json, also=[f"not due before {day(then)}"])
    if row["due"] != row["snoozed_until"]:
        render.tell(f"After that: {_next_due(row)}.")


def _next_due(row: Row) -> str:
    if not row["due"]:
        return f"never due: in no circle and with no --every (pkm contact edit {row['id']} --every 6w)"
    return f"next due {day(row['due'])} (every {format_span(row['every_s'])})"


def _standing(row: Row) -> str:
    last = f"last touch {day(row['last'])}" if row["last"] else "no touch logged"
    if not row["due"]:
        return f"{last}; in no circle and with no --every, so never due: pkm contact edit {row['id']} --every 6w"
    return f"{last}; {_next_due(row)}"
