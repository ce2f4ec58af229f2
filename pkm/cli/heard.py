"""`pkm share heard`: what people answered to what was shared: typed in, listed, made a note of."""

from typing import Annotated, Any

import typer

from pkm.cli import complete, current, drafts, outgoing, render, selectors
from pkm.cli.options import JsonFlag, LimitOption, WhenOption
from pkm.dates import day, now
from pkm.errors import Invalid
from pkm.ids import Row, existing
from pkm.store import received, responses, shares
from pkm.text import count, one_line, some
from pkm.typed_dates import parse_past

SHOWN = 10
"""How many people are named who got what an answer contradicts."""

COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]), ("share", lambda row: row["share"]), ("on", lambda row: day(row["at"])),
    ("from", lambda row: one_line(row["contact_name"] or row["author"] or "somebody", 30)),
    ("text", lambda row: one_line(row["text"], 120)), ("note", lambda row: row["note"] or ""),
)  # fmt: skip


def heard(
    share: Annotated[
        str | None,
        typer.Argument(help="The share that was answered: x12, or words of its title; or an answer: r2.",
                       autocompletion=complete.complete_shares),
    ] = None,
    text: Annotated[list[str] | None, typer.Argument(help="What they said, - for stdin; left out: list the answers.")] = None,
    who: Annotated[
        str, typer.Option("--from", metavar="WHO", help="Who answered.", autocompletion=complete.complete_contacts)
    ] = "",
    when: WhenOption = "",
    note: Annotated[bool, typer.Option("--note", help="Make a note of it too, private as any.")] = False,
    contradicts: Annotated[
        str, typer.Option("--contradicts", metavar="NOTE", help="The note that it speaks against: review brings that back.",
                          autocompletion=complete.complete_notes)
    ] = "",
    webmentions: Annotated[
        str, typer.Option("--webmentions", metavar="PATH", help="Take the webmentions in a folder of jf2 files, or in one.")
    ] = "",
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """Keep what somebody answered to a share; without words, list the answers; alone, ask the channels for new ones first."""
    found = selectors.one(share, ("share", "response")) if share is not None else None
    if found is not None and found.kind == "response":
        _mark(found, text, who, contradicts, json)
        return
    words = (drafts.typed() if text == ["-"] else " ".join(text or ())).strip()
    if found is None or not (words or who):
        if note or when or who or contradicts or (found and webmentions):
            raise Invalid("--from, --when, --note or --contradicts", "they go with the words of an answer",
                          next='pkm share heard x12 --from WHO "what they said"')  # fmt: skip
        came = None if found else _take(webmentions) if webmentions else _ask()
        if came:
            tell(came, quiet=json)
        _list(found.number if found else None, limit, json)
        if came and came.failures:
            raise typer.Exit(4)
        return
    if not words and (contradicts or note):
        raise Invalid("an answer without words", "what they said is wanted; one that came in is marked by its id",
                      next=f'pkm share heard {found.id} --from WHO "what they said" --contradicts NOTE; '
                           "or pkm share heard r2 --contradicts NOTE (pkm sense inbox lists them)")  # fmt: skip
    with drafts.kept(words, drafts.name_for("heard", found.id)):
        if not who:
            raise Invalid("an answer from nobody", "who gave it is wanted")
        against = _one_of_its_notes(found, contradicts) if contradicts else None
        _keep(found.number, selectors.one(who, ("contact",)).number, words, parse_past(when, now()), note, against, json)


def _mark(answer: Any, text: Any, who: str, contradicts: str, json: bool) -> None:
    """An answer that is kept already contradicts a note of its share: a note is made of it, where there is none, and linked."""
    if not contradicts or text or who:
        raise Invalid(answer.id, "it is an answer that came in; what it speaks against is wanted",
                      next=f"pkm share heard {answer.id} --contradicts NOTE, or pkm sense keep {answer.id}")  # fmt: skip
    from pkm.share.responses import Heard
    from pkm.store.lookup import Found

    row = existing(responses.row(current.store().read(), answer.number), "response", answer.number)
    against = _one_of_its_notes(Found("share", int(row["share"][1:]), row["share_title"]), contradicts)
    with current.store().unit() as unit:
        row, made = _settled(unit, Heard(row, False, True), True, against)
    render.emit_made(row, as_json=json, also=[one_line(row["title"], 60), f"to {row['share']}"])
    if not json:
        if made:
            render.say(f"{row['note']}  a note of it, private")
        _tell_contradicted(row)


def _one_of_its_notes(share: Any, named: str) -> int:
    """The number of the note. Raises Invalid where the share does not hold it."""
    number = selectors.one(named, ("note",)).number
    row = existing(shares.row(current.store().read(), share.number), "share", share.number)
    if f"n{number}" not in row["notes"]:
        raise Invalid(f"--contradicts n{number}", f"{share.id} does not hold it", next=f"it holds {', '.join(row['notes'])}")
    return number


def _ask() -> Any:
    from pkm.share.answers import collect

    return collect(current.store(), current.home())


def _take(path: str) -> Any:
    from pathlib import Path

    from pkm.share.answers import collect_mentions

    return collect_mentions(current.store(), current.home(), Path(path).expanduser())


def collect(*, quiet: bool) -> Any:
    """The answers that came since the last time, and what else came of asking; what could not be asked is told."""
    came = _ask()
    tell(came, quiet=quiet)
    return came


_DOUBTS = {
    "unproven": "the mail answers none that went there, and anybody can write in their name",
    "shared": "several have or had that address, and whose letter it is cannot be told",
    "earlier": "the mail answers one from before they came back, and may be as old",
}
"""Why nobody is taken off, as share.leaving tells it."""


def tell(came: Any, *, quiet: bool) -> None:
    """What came of asking; quiet: only what could not be asked, and who was taken off, or asked for it and was not."""
    for channel, why in came.failures:
        render.tell(f"No answers from {channel}: {why}")
    for one in came.back:
        outgoing.tell_back(f"d{one['id']}", one)
    for one in came.off:
        render.tell(f"{one.contact['id']} {one_line(one.contact['name'], 60)} asked by mail for no more letters of "
                    f"{one_line(one.circle_name, 60)}, and gets none. Take it back: "
                    f"pkm circle join {one.circle} {one.contact['id']} --letters")  # fmt: skip
    for address in came.unknown:
        render.tell(f"{one_line(address, 100)} answered a letter that left and that this store, older than outbox.log, does not "
                    "know. The answer stays in the mailbox and is kept once the letter is known again. Next: "
                    "pkm share send SHARE (what left is held, not sent again), then pkm share heard")  # fmt: skip
    for address in came.wishes:
        render.tell(f"{one_line(address, 100)} asked for no more letters, in answer to one that left and that this store, older "
                    "than outbox.log, does not know: nothing was done yet. It is done once the letter is known again, if it went "
                    "to them. Next: pkm share send SHARE (what left is held, not sent again), then pkm share heard; or at once: "
                    "pkm circle leave CIRCLE WHO --letters")  # fmt: skip
    for one in came.asked:
        render.tell(f"{one_line(one.address, 100)} asked by mail for no more letters of {one.circle}, but {_DOUBTS[one.doubt]}: "
                    "nothing was done. If they meant it: "
                    f"pkm circle leave {one.circle} {' '.join(one.people)} --letters")  # fmt: skip
    for address, circle in came.away:
        render.tell(f"{one_line(address, 100)} asked by mail for no more letters of {circle}. No contact here has that address; "
                    "whoever is given it gets none. Take it back then: "
                    f"pkm circle join {circle} WHO --letters")  # fmt: skip
    for address, circle in came.strangers:
        went = "none went to that address" if "@" in address else "it cannot be told whether one went there"
        render.tell(f"{one_line(address, 100)} asked for no more letters of {circle}; {went}, so nothing was done. "
                    "It is kept as an answer. If you know who it is: "
                    f"pkm circle leave {circle} WHO --letters")  # fmt: skip
    if came.new and not quiet:
        render.tell(f"{count(len(came.new), 'new answer')}. Next: pkm sense note --from {came.new[0]['id']} \"your words\"")


def _list(share: int | None, limit: int, json: bool) -> None:
    db = current.store().read()
    rows = responses.rows(db, share=share, limit=limit)
    empty = "Nobody has answered yet." if share is None else f"Nobody has answered x{share} yet."
    step = f'{empty} Next: pkm share heard {f"x{share}" if share else "SHARE"} --from WHO "what they said"'
    render.emit_list(rows, COLUMNS, as_json=json, noun="answer", total=responses.count(db, share=share), empty=step)


def _keep(share: int, contact: int, words: str, at: str | None, note: bool, against: int | None, json: bool) -> None:
    from pkm.share.responses import hear

    store = current.store()
    with store.unit() as unit:
        kept = hear(store, share, contact, words, at)
        row, made = _settled(unit, kept, note, against)
    also = [f"{one_line(row['contact_name'], 40)} on {row['share']} {one_line(row['share_title'], 40)}", day(row["at"])]
    render.emit_made({**row, "new": kept.new}, as_json=json, also=also)
    if json:
        return
    if made:
        render.say(f"{row['note']}  a note of it, private")
    if against:
        _tell_contradicted(row)
    if not kept.new:
        render.tell("It was kept already; nothing was kept twice.")
    if kept.new and not kept.reached:
        render.tell(f"{row['share']} had not gone to them, as far as pkm knows; the answer counts all the same.")
    if row["note"] is None:
        render.tell(f'To make a note of it: pkm sense note --from {row["id"]} "your words"')


def _settled(unit: Any, kept: Any, note: bool, against: int | None) -> tuple[Row, bool]:
    """The answer with its note, where one is wanted, linked to what it speaks against; whether the note was made now."""
    from pkm.sense.links import link

    row, made = kept.row, False
    if (note or against) and row["note"] is None:
        row, made = _make_note(kept), True
        name = one_line(row["contact_name"] or row["author"] or "somebody", 60)
        unit.summarize(f"{row['id']} {name} answered {row['share']}; {row['note']}")
    if against:
        link(current.store(), int(row["note"][1:]), "note", against, "contradicts")
        row = {**row, "contradicts": f"n{against}", "received": received.receivers(unit.connection, against)}
    return row, made


def _tell_contradicted(row: Row) -> None:
    """What is against what, who has got that, and what to do about it."""
    note = row["contradicts"]
    render.say(f"{row['note']}  contradicts → {note}")
    render.tell(f"{note} comes back in pkm sense review, until: pkm sense link {row['note']} {note} --resolve \"…\"")
    for share in dict.fromkeys(one["share"] for one in row["received"]):
        people = [one_line(one["title"], 40) for one in row["received"] if one["share"] == share]
        got = f"{some(people, SHOWN)} got it with {share}"
        render.tell(f"{got}. To take it back or correct it: pkm share retract {share} --because \"…\"")


def _make_note(kept: Any) -> Row:
    """A note of the answer, with their words quoted and a mention of them; the answer as it stands."""
    from pkm.sense.notes import add_note
    from pkm.share.responses import as_note, settle

    store = current.store()
    told = as_note(store.read(), kept.row)
    made = add_note(store, told.text, title=told.title)
    return settle(store, kept.number, int(made.row["id"][1:]))
