"""`pkm share`: draft, look at it, send it, and see what went where."""

from functools import partial
from pathlib import PurePath
from typing import Annotated, Any

import typer

from pkm.cli import channel, complete, current, heard, planning, previewing, render, selectors, site, whom
from pkm.cli.app import group
from pkm.cli.options import DryRunFlag, ForCircleOption, JsonFlag, LimitOption, NotesLimitOption, ShareArgument, YesFlag
from pkm.dates import day
from pkm.errors import Invalid
from pkm.ids import Row, existing, make
from pkm.store import deliveries, shares, today
from pkm.text import count, one_line, with_kind

app = group(
    "Draft the digest since the last one, show it, and publish it once confirmed.", invoke_without_command=True,
    epilog="Example:  pkm share            (shows the digest, asks, publishes)\n\n"
    "          pkm share --yes      (publishes without asking)\n\n"
    "          pkm share --due --yes   (from cron: what was planned and is due)",
)  # fmt: skip
app.add_typer(channel.app, name="channel", epilog="Example:  pkm share channel add drop files:/some/folder")
app.add_typer(site.app, name="site", epilog="Example:  pkm share site build")

ToOption = Annotated[
    list[str], typer.Option("--to", help="A circle; may be given again.", autocompletion=complete.complete_circles)
]


@app.callback()
def share(
    ctx: typer.Context,
    to: ToOption = [],  # noqa: B006 (typer reads the default, nobody changes it)
    yes: YesFlag = False,
    json: JsonFlag = False,
    limit: NotesLimitOption = 20,
    due: Annotated[
        bool, typer.Option("--due", help="Send what is planned and due, and what you sent and met no server; nothing else.")
    ] = False,
    dry_run: DryRunFlag = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="With --due: say only what went or failed (for cron).")] = False,
) -> None:
    """Draft the digest since the last one, show it, and publish it once confirmed."""
    if ctx.invoked_subcommand is not None:
        return
    if due:
        planning.send_due(yes=yes, dry_run=dry_run, json=json, quiet=quiet)
        return
    from pkm import config
    from pkm.cli import outgoing, sent
    from pkm.dates import now
    from pkm.share import draft, outbox

    store, home = current.store(), current.home()
    if not dry_run:
        outbox.ask_channels(store, home)
    unsettled = deliveries.unsettled(store.read())
    if unsettled:
        outgoing.tell_unsettled(unsettled)
    unfinished = [] if to else shares.unfinished(store.read())
    targets = selectors.circles_named(to or ["network"])
    _refuse_unreachable(targets)
    plans = [draft.plan_digest(store.read(), circle, limit=limit) for circle in targets]
    for plan in plans:
        _tell_left_out(plan)
    plans = [plan for plan in plans if plan.notes]
    if not plans and not unfinished:
        if dry_run and json:
            _tell_dry_run([], [], json)
        _nothing_to_share(targets, json and not dry_run)
        return
    settings = config.read(home)
    if not json:
        _show_plans(unfinished, plans, signed=bool(settings["name"]))
    for plan in plans:
        outgoing.tell_of_digest(plan)
    if dry_run:
        _tell_dry_run(unfinished, plans, json)
        return

    def make(plan: Any) -> Row:
        title = draft.title_of(settings, plan.circle["name"], len(plan.notes), now())
        return draft.create_share(store, [note["id"] for note in plan.notes], [plan.circle], title, only_new=True)

    plans = [plan for plan in plans if json or not planning.plans_first(plan, partial(make, plan), yes=yes)]
    if not plans and not unfinished:
        return
    no = "Nothing was published and nothing was kept. Next: pkm share draft, to keep a draft."
    if not render.confirm("Publish it?", yes=yes, no=no):
        return
    numbers = [row["number"] for row in unfinished] + [make(plan)["number"] for plan in plans]
    leave = outbox.Leave(refused_too=not yes)  # nobody was asked
    sent.report_all([outbox.send_share(store, home, number, leave=leave) for number in numbers], json)


def _tell_left_out(plan: Any) -> None:
    from pkm.share import holding

    for note in plan.without_words:
        render.tell(
            f"Left out: n{note['id']} {one_line(note['title'], 50)} has no words of your own (pkm sense edit n{note['id']})"
        )
    if plan.bare_items:
        first = plan.bare_items[0]
        render.tell(
            f"Left out: {count(len(plan.bare_items), 'kept item')} without words of your own, "
            f"such as {first['id']} {one_line(first['title'], 40)} (pkm sense note --from {first['id']})"
        )
    if plan.waiting:
        render.tell(f"{count(plan.waiting, 'older note')} waits for the next one (-n for more)")
    for held in plan.holding:
        if held["state"] == "draft" or not plan.notes:
            render.tell(f"{holding.told(held)}: {holding.step(held)}")


def _show_plans(unfinished: list[Row], plans: list[Any], *, signed: bool) -> None:
    """What goes is listed: shares that were begun, then the digests."""
    for row in unfinished:
        goal = ", ".join(row["circles"]) or " and ".join(one["name"] for one in row["contacts"])
        render.say(f"Not finished: {row['id']} “{row['title']}” for {goal}")
    for plan in plans:
        _show_plan(plan)
    if not signed:
        render.tell('It is signed by nobody. To sign it: pkm config name "Your Name"')


def _tell_dry_run(unfinished: list[Row], plans: list[Any], json: bool) -> None:
    """What would go was shown and nothing is kept of it; for programs, the shares and the circles with their notes."""
    if not json:
        render.tell("Nothing was published and nothing was kept. Next: pkm share, or pkm share draft, to keep a draft")
        return
    going = [{"id": row["id"], "kind": "share", "title": row["title"], "notes": row["notes"]} for row in unfinished]
    going += [{"id": make("circle", plan.circle["number"]), "kind": "circle", "title": plan.circle["name"],
               "notes": [make("note", note["id"]) for note in plan.notes]} for plan in plans]  # fmt: skip
    run = {"new": len(going), "updated": 0, "unchanged": 0, "failed": 0, "failures": [], "would_go": going}
    render.emit_run(run, as_json=True, line="", dry_run=True)


def _show_plan(plan: Any) -> None:
    since = f"since {day(plan.since)}" if plan.since else "the first"
    channels = ", ".join(plan.circle["channels"]) or "no channel yet"
    from pkm.cli import outgoing
    from pkm.share.channels import is_letters
    from pkm.share.transmit import older
    from pkm.share.unsubscribed import subscribers

    render.say(f"Digest for {with_kind(plan.circle['name'], plan.circle['circle_kind'])}, {since}, by {channels}:")
    for note in plan.notes:
        source = f"  ← {one_line(note['source_title'] or note['item_author'] or '', 30)}" if note["item_id"] else ""
        render.say(f"  n{note['id']}  {one_line(note['title'], 60)}{source}")
    db, number = current.store().read(), plan.circle["number"]
    for way in shares.channels_of(db, number):
        if is_letters(way["channel_kind"]):
            people = [one for one in subscribers(db, current.home(), number) if one["email"]]
            names = outgoing.named([outgoing.addressed(one["name"], one["email"]) for one in people])
            render.say(f"  {way['name']} to {names or 'nobody'}; mail cannot be recalled")
            outgoing.tell_moved((one["id"], one["name"], one["email"]) for one in people)
            if people and (why := older(db, current.home())):
                outgoing.tell_older(why)


def _refuse_unreachable(targets: list[Row]) -> None:
    """Raises Invalid where a circle has no channel: a digest for it could not go anywhere."""
    from pkm.share.channels import way_to_give

    for circle in targets:
        if not circle["channels"]:
            step = way_to_give(current.store().read(), circle["name"])
            raise Invalid(f"the circle {circle['name']}", "it has no channel that reaches it", next=step)


def _nothing_to_share(targets: list[Row], json: bool) -> None:
    from pkm.share.channels import reaches_for

    if json:
        render.emit_json({"new": 0, "updated": 0, "unchanged": 0, "failed": 0, "failures": []})
    db = current.store().read()
    kept = {circle["number"]: shares.holding(db, circle["number"], reaches_for(db, circle)) for circle in targets}
    told = {held["id"] for rows in kept.values() for held in rows}
    drafts = [row["id"] for row in shares.rows(db, 50) if row["state"] == "draft" and row["id"] not in told]
    if drafts:
        render.tell(f"Not sent yet: {', '.join(drafts)}. Next: pkm share send {drafts[0]}")
    for circle in targets:
        since = None if kept[circle["number"]] else shares.last_sent(db, circle["number"])
        nothing, others = ("Nothing else", "Other notes") if kept[circle["number"]] else ("Nothing new", "Notes")
        kind = circle["circle_kind"]
        step = f"{others} are private until you widen them: pkm sense reach NOTE {kind}"
        if not today.newest_note(db, private=True):
            step = f'Write something for it: pkm sense note "…" --reach {kind}'
        done = f"All that may go to {circle['name']} has gone, last on {day(since)}" if since else (
            f"{nothing} may go to {circle['name']}")  # fmt: skip
        render.tell(f"{done}. {step}")


@app.command(
    epilog='Example:  pkm share draft n41 n44 --to practice --title "Finds 47"\n\n'
    "          pkm share draft --to network     (the digest since the last one)"
)
def draft(
    notes: Annotated[
        list[str] | None,
        typer.Argument(
            help="Notes, in order; left out: the digest since the last one.", autocompletion=complete.complete_notes
        ),
    ] = None,
    to: ToOption = [],  # noqa: B006
    title: Annotated[str, typer.Option("--title", "-t", help="Its title; else that of its only note, or the digest's.")] = "",
    intro: Annotated[str, typer.Option("--intro", help="A few words in front, in Markdown.")] = "",
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """Make a draft of some notes, or of all that may go since the last one."""
    from pkm import config
    from pkm.cli import outgoing
    from pkm.dates import now
    from pkm.share import draft as drafting
    from pkm.share.channels import way_to_give

    store = current.store()
    targets = selectors.circles_named(to or ["network"])
    if notes:
        numbers = [found.number for found in selectors.many(notes, ("note",), guess=False)]
    else:
        plan = drafting.plan_digest(store.read(), targets[0], limit=limit)
        _tell_left_out(plan)
        numbers = [note["id"] for note in plan.notes]
    named = one_line(title, 200)
    if not named and notes and len(set(numbers)) == 1:
        named = drafting.title_of_note(store.read(), numbers[0], targets)
    elif not named:
        named = drafting.title_of(config.read(current.home()), targets[0]["name"], len(numbers), now())
    row = drafting.create_share(store, numbers, targets, named, intro)
    offer = planning.offer_community(row)
    also = [f"{count(len(row['notes']), 'note')} for {', '.join(row['circles'])}"]
    render.emit_made({**row, "offer": offer}, as_json=json, also=also)
    if not json:
        for circle in (one for one in targets if not one["channels"]):
            render.tell(f"{one_line(circle['name'], 60)} has no way out yet: {way_to_give(store.read(), circle['name'])}")
        outgoing.tell_again(row["number"])
        render.tell(f"Next: pkm share preview {row['id']}, then pkm share send {row['id']}")


@app.command(epilog="Example:  pkm share send x12\n\n"
             "          pkm share send x9 --by-hand    (an introduction that you wrote to both yourself)")  # fmt: skip
def send(
    what: ShareArgument,
    yes: YesFlag = False,
    dry_run: DryRunFlag = False,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="An introduction: send nothing, note that you wrote to both yourself.")
    ] = False,
    at_once: Annotated[
        bool, typer.Option("--now", help="A planned one: in quiet hours too, and beyond its weekly cap.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Send a draft to its circles or people once confirmed; what was sent is never sent again."""
    from pkm.cli import outgoing, sent
    from pkm.share import outbox
    from pkm.share.rendered import look_at

    store, home = current.store(), current.home()
    found = selectors.one(what, ("share",), guess=False)
    row = existing(shares.row(store.read(), found.number), "share", found.number)
    if by_hand:
        sent.report_all([outbox.send_by_hand(store, found.number)], json)
        return
    if row["state"] == "planned":
        planning.send_stage(found, yes=yes, dry_run=dry_run, at_once=at_once, json=json)
        return
    outgoing.refuse_held(row)
    if not (yes or dry_run or json) and planning.take_offer(found.number, stopped="Nothing was sent."):
        render.tell(f"{found.id} is planned; nothing was sent. Next: pkm share send {found.id}, for its first stage")
        return
    at = outgoing.instant(found.id)
    shown = look_at(store, home, found.number, at)  # the guard speaks before the question is put
    outgoing.tell_before(shown)
    outgoing.tell_before_sending(found.number)
    goes = row["state"] != "sent" or any(one.state and one.may_go for one in shown)
    untimely = outgoing.tell_untimely(found.number) if goes else ""
    if dry_run:
        render.emit_json(outgoing.as_json(found, shown)) if json else render.say(
            f"{found.id} “{row['title']}” would go {outgoing.summary(shown)}"
        )
        return
    if goes:
        question = f"Send {found.id} “{row['title']}” to {outgoing.whom(row)}, {outgoing.summary(shown)} {untimely}Go on?"
        if not render.confirm(question, yes=yes, no="Nothing was sent."):
            return
    sent.report_all([outbox.send_share(store, home, found.number, outbox.Leave(at=at))], json)


@app.command(epilog="Example:  pkm share edit x9 --title \"Ann and Ben: walking retros\"\n\n"
             "          pkm share edit x9        (opens your editor)\n\n"
             "          pkm share edit x12 --without n41 --with n44\n\n"
             "          pkm share edit x12 --for network --note n41 -m \"the short version\"\n\n"
             "          pkm share edit x12 --for network --only n41")  # fmt: skip
def edit(
    what: ShareArgument,
    title: Annotated[str | None, typer.Option("--title", "-t", help="Its title: the subject of a letter.")] = None,
    text: Annotated[str | None, typer.Option("--text", "-m", help="Its words, in Markdown; - reads them from stdin.")] = None,
    circle: ForCircleOption = "",
    note: Annotated[
        str,
        typer.Option("--note", metavar="NOTE", help="With --for: the words are instead of this note's.",
                     autocompletion=complete.complete_notes),
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NOTE", help="With --for: this note goes there; may be given again. all: every one.",
                     autocompletion=complete.complete_notes),
    ] = None,
    out: Annotated[
        list[str], typer.Option("--without", metavar="NOTE", help="Take this note out; may be given again.",
                                autocompletion=complete.complete_notes),
    ] = [],  # noqa: B006
    into: Annotated[
        list[str], typer.Option("--with", metavar="NOTE", help="Put this note in, last; may be given again.",
                                autocompletion=complete.complete_notes),
    ] = [],  # noqa: B006
    json: JsonFlag = False,
) -> None:
    """Change a draft: its notes, an introduction's letter, a digest's few words in front. Without options, in your editor."""
    from pkm.cli.letters import change_notes, edit_for_circle, edit_share

    if out or into:
        if only or note or title is not None or text is not None:
            raise Invalid("--with and --without", "they change which notes it has, not its words",
                          next=f"pkm share edit {what} --without NOTE")  # fmt: skip
        (goal,) = selectors.circles_named([circle]) if circle else [None]
        change_notes(selectors.one(what, ("share",), guess=False), goal, into, out, json)
        return
    if circle:
        (target,) = selectors.circles_named([circle])
        edit_for_circle(selectors.one(what, ("share",), guess=False), target, title, text, note, only, json)
        return
    if note or only:
        raise Invalid("--note and --only", "they say what one circle gets", next=f"pkm share edit {what} --for CIRCLE …")

    edit_share(selectors.one(what, ("share",), guess=False), title, text, json)


@app.command(
    epilog="Example:  pkm share log          (everything that went out)\n\n"
    "          pkm share log n41      (who got that note, where, when)\n\n"
    "          pkm share log --contact ann    (what reached her)\n\n"
    "          pkm share log --resolve d212 sent"
)
def log(
    what: Annotated[
        str | None, typer.Argument(metavar="SHARE|NOTE|CIRCLE", help="A share, a note or a circle.",
                                   autocompletion=complete.complete_any)
    ] = None,
    resolve: Annotated[
        str | None,
        typer.Option("--resolve", metavar="DELIVERY", help="Say what became of a letter that is unknown or held: d212 sent; "
                     "older or copy sent|refused: of those held in a store put back from a copy, or in a copied home.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="WHO", help="What reached one person.", autocompletion=complete.complete_contacts),
    ] = None,
    circle: Annotated[
        str | None, typer.Option("--circle", help="What went to one circle.", autocompletion=complete.complete_circles)
    ] = None,
    limit: LimitOption = 50,
    json: JsonFlag = False,
) -> None:
    """List what went where, and when; or settle a letter of which nobody knows whether it arrived."""
    if resolve is not None:
        from pkm.cli.settling import settle

        settle(resolve, what or "", json)
        return
    asked = [(what, ("share", "note", "circle", "contact")), (circle, ("circle",)), (contact, ("contact",))]
    given = [selectors.one(text, kinds) for text, kinds in asked if text is not None]
    found = given[0] if given else None
    wanted = {one.kind: one.number for one in given}
    rows = deliveries.rows(current.store().read(), limit=limit, **wanted)
    columns: render.Columns = [
        ("id", lambda row: row["id"]), ("share", lambda row: row["share"]), ("state", lambda row: row["state"]),
        ("to", _receiver),
        ("as", lambda row: PurePath(row["recipient"]).suffix if row["channel_kind"] == "files" else ""),
        ("channel", lambda row: row["channel"]),
        ("at", lambda row: day(row["at"]) if row["at"] else ""), ("title", lambda row: row["title"]),
    ]  # fmt: skip
    if any(_why(row) for row in rows):
        columns = [*columns, ("why", _why)]
    if json:
        from pkm.share import fate

        rows = [{**row, "taken_back": fate.taken_back(row) or None} for row in rows]
    empty = f"{found.id} has not gone anywhere." if found else "Nothing has gone out yet. Next: pkm share"
    render.emit_list(rows, columns, as_json=json, noun="delivery", plural="deliveries", empty=empty)
    if not json:
        from pkm.cli import outgoing

        outgoing.tell_refused(row for row in reversed(rows) if outgoing.stays_refused(row))


def _receiver(row: Row) -> str:
    """Whom a delivery is to: a circle, or somebody with the address, where one is known."""
    if row["contact"] is None:
        return row["circle"] or ""
    name = one_line(row["name"] or "", 40)
    return f"{name} ({row['contact']})" if row["recipient"] == row["contact"] else f"{name} <{row['recipient']}>"


def _why(row: Row) -> str:
    """Why a delivery has not arrived, or what became of one that was taken back, in a table's cell; "" where it stands."""
    from pkm.share import fate

    if row["retracted"]:
        return fate.told(row)
    if row["state"] == "sent" or row["error"]:
        return "" if row["state"] == "sent" else one_line(row["error"], 160)
    return f"leaves at {planning.moment(row['not_before'])}" if row["state"] == "waiting" and row["not_before"] else ""


app.command("preview", epilog="Example:  pkm share preview x12 --to practice\n\n"
            "          pkm share preview x12 --open\n\n"
            "          pkm share preview x12 --diff practice network")(previewing.preview)  # fmt: skip
app.command("plan", epilog='Example:  pkm share plan x12 --stage "practice now" --stage "network +14d after approval"\n\n'
            "          pkm share plan x12      (what each stage waits for)\n\n"
            "          pkm share plan          (all that is drafted or planned)")(planning.plan)  # fmt: skip
app.command("drop", epilog="Example:  pkm share drop x4")(planning.drop)
app.command("approve", epilog="Example:  pkm share approve x12 --by ann")(planning.approve)
app.command("hold", epilog="Example:  pkm share hold x12\n\n          pkm share hold x12 --release")(planning.hold)
app.command("who", epilog="Example:  pkm share who n41\n\n"
            '          pkm share who --need "how do you run retros?"')(whom.who)  # fmt: skip
app.command("not", epilog='Example:  pkm share not n41 practice --until 2027-02-01 --because "after the reorganisation"\n\n'
            "          pkm share not n41      (never, to nobody)")(whom.decline)  # fmt: skip
app.command("retract", epilog='Example:  pkm share retract x12 --because "it did not hold"')(whom.retract)
app.command("check", epilog="Example:  pkm share check x12")(whom.check)
app.command("heard", epilog='Example:  pkm share heard x12 --from ken "tried it, worked"\n\n'
            "          pkm share heard      (all that was answered)")(heard.heard)  # fmt: skip
