"""`pkm share`: draft, look at it, send it, and see what went where."""

from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption, YesFlag
from pkm.dates import day
from pkm.errors import Invalid, NotFound
from pkm.store import circles, shares
from pkm.text import count, one_line

app = group(
    "Draft the digest since the last one, show it, and publish it once confirmed.", invoke_without_command=True,
    epilog="Example:  pkm share            (shows the digest, asks, publishes)\n\n"
    "          pkm share --yes      (publishes without asking)",
)  # fmt: skip
channel_app = group("The ways out: the site, folders of files.", invoke_without_command=True)
app.add_typer(channel_app, name="channel", epilog="Example:  pkm share channel add drop files:/some/folder")

ToOption = Annotated[
    list[str], typer.Option("--to", help="A circle; may be given again.", autocompletion=complete.complete_circles)
]
ShareArgument = Annotated[
    str, typer.Argument(help="The share: x12, or words of its title.", autocompletion=complete.complete_shares)
]


@app.callback()
def share(
    ctx: typer.Context,
    to: ToOption = [],  # noqa: B006 (typer reads the default, nobody changes it)
    yes: YesFlag = False,
    json: JsonFlag = False,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help="How many notes at most.")] = 20,
) -> None:
    """Draft the digest since the last one, show it, and publish it once confirmed."""
    if ctx.invoked_subcommand is not None:
        return
    from pkm import config
    from pkm.dates import now
    from pkm.share import draft, outbox

    store, home = current.store(), current.home()
    unfinished = [] if to else shares.unfinished(store.read())
    targets = _circles(to or ["network"])
    _refuse_unreachable(targets)
    plans = [draft.plan_digest(store.read(), circle, limit=limit) for circle in targets]
    for plan in plans:
        _tell_left_out(plan)
    plans = [plan for plan in plans if plan.notes]
    if not plans and not unfinished:
        _nothing_to_share(targets, json)
        return
    if not json:
        for row in unfinished:
            render.say(f"Not finished: {row['id']} “{row['title']}” for {', '.join(row['circles'])}")
        for plan in plans:
            _show_plan(plan)
        if not config.read(home)["name"]:
            render.tell('It is signed by nobody. To sign it: pkm config name "Your Name"')
    if not render.confirm("Publish it?", yes=yes):
        render.tell("Nothing was published and nothing was kept. Next: pkm share draft, to keep a draft.")
        return
    settings = config.read(home)
    numbers = [row["number"] for row in unfinished]
    for plan in plans:
        title = draft.title_of(settings, plan.circle["name"], len(plan.notes), now())
        numbers_of = [note["id"] for note in plan.notes]
        made = draft.create_share(store, numbers_of, [plan.circle], title, only_new=True)
        numbers.append(made["number"])
    reports = [outbox.send_share(store, home, number) for number in numbers]
    summaries = [_emit_report(report, json=json) for report in reports]
    if json:
        render.emit_json(summaries[0] if len(summaries) == 1 else summaries)
    if any(report.failures for report in reports):
        raise typer.Exit(4)


def _circles(names: list[str]) -> list[dict[str, Any]]:
    found = selectors.many(names, ("circle",), guess=False)
    rows = [circles.row(current.store().read(), one.number) for one in found]
    return [{**row, "number": int(row["id"][1:])} for row in rows if row]


def _tell_left_out(plan: Any) -> None:
    for note in plan.without_words:
        render.tell(
            f"left out: n{note['id']} {one_line(note['title'], 50)} has no words of your own (pkm sense edit n{note['id']})"
        )
    if plan.bare_items:
        first = plan.bare_items[0]
        render.tell(
            f"left out: {count(len(plan.bare_items), 'kept item')} without words of your own, "
            f"such as {first['id']} {one_line(first['title'], 40)} (pkm sense note --from {first['id']})"
        )
    if plan.waiting:
        render.tell(f"{count(plan.waiting, 'older note')} waits for the next one (-n for more)")


def _show_plan(plan: Any) -> None:
    since = f"since {day(plan.since)}" if plan.since else "the first one"
    channels = ", ".join(plan.circle["channels"]) or "no channel yet"
    render.say(f"For {plan.circle['name']} ({plan.circle['circle_kind']}), {since}, by {channels}:")
    for note in plan.notes:
        source = f"  ← {one_line(note['source_title'] or note['item_author'] or '', 30)}" if note["item_id"] else ""
        render.say(f"  n{note['id']}  {one_line(note['title'], 60)}{source}")


def _refuse_unreachable(targets: list[dict[str, Any]]) -> None:
    """Raises Invalid where a circle has no channel: a digest for it could not go anywhere."""
    for circle in targets:
        if not circle["channels"]:
            step = f"pkm share channel add NAME files:/some/folder, then pkm circle edit {circle['name']} --channel NAME"
            raise Invalid(f"the circle {circle['name']}", "it has no channel that reaches it", next=step)


def _nothing_to_share(targets: list[dict[str, Any]], json: bool) -> None:
    if json:
        render.emit_json({"new": 0, "updated": 0, "unchanged": 0, "failed": 0, "failures": []})
    db = current.store().read()
    drafts = [row["id"] for row in shares.rows(db, 50) if row["state"] == "draft"]
    if drafts:
        render.tell(f"Not sent yet: {', '.join(drafts)}. Next: pkm share send {drafts[0]}")
    for circle in targets:
        since = shares.last_sent(db, circle["number"])
        done = f"All that may go to {circle['name']} has gone, last on {day(since)}. " if since else ""
        render.tell(
            f"{done}Nothing new may go to {circle['name']}. "
            f"Notes are private until you widen them: pkm sense reach NOTE {circle['circle_kind']}"
        )


def _emit_report(report: Any, *, json: bool) -> dict[str, Any]:
    current.remember(touched=report.share["id"])
    summary = {
        **report.share, "new": len(report.sent), "updated": 0, "unchanged": report.already,
        "failed": len(report.failures), "failures": [{"what": what, "why": why} for what, why in report.failures],
        "deliveries": list(report.sent), "places": list(report.places),
    }  # fmt: skip
    for what, why in report.failures:
        render.tell(f"{what}: {why}")
    if json:
        return summary
    if report.sent:
        channels = ", ".join(dict.fromkeys(row["channel"] for row in report.sent))
        render.say(f"{report.share['id']}  {report.share['title']}  sent by {channels}")
    elif report.already:
        render.say(f"{report.share['id']}  {report.share['title']}  was sent before; nothing was sent again")
    for place in report.places:
        render.say(f"  {place}")
    return summary


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
    title: Annotated[str, typer.Option("--title", help="Its title.")] = "",
    intro: Annotated[str, typer.Option("--intro", help="A few words in front, in Markdown.")] = "",
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """Make a draft of some notes, or of all that may go since the last one."""
    from pkm import config
    from pkm.dates import now
    from pkm.share import draft as drafting

    store = current.store()
    targets = _circles(to or ["network"])
    if notes:
        numbers = [found.number for found in selectors.many(notes, ("note",), guess=False)]
    else:
        plan = drafting.plan_digest(store.read(), targets[0], limit=limit)
        _tell_left_out(plan)
        numbers = [note["id"] for note in plan.notes]
    named = one_line(title, 200) or drafting.title_of(
        config.read(current.home()), targets[0]["name"], len(numbers), now()
    )
    row = drafting.create_share(store, numbers, targets, named, intro)
    render.emit_made(row, as_json=json, also=[f"{count(len(row['notes']), 'note')} for {', '.join(row['circles'])}"])
    if not json:
        render.tell(f"Next: pkm share preview {row['id']}, then pkm share send {row['id']}")


@app.command(epilog="Example:  pkm share preview x12 --to practice")
def preview(
    what: ShareArgument,
    to: Annotated[
        str, typer.Option("--to", help="Only for this circle.", autocompletion=complete.complete_circles)
    ] = "",
    channel: Annotated[
        str, typer.Option("--channel", help="Only on this channel.", autocompletion=complete.complete_channels)
    ] = "",
    json: JsonFlag = False,
) -> None:
    """Show the very bytes that would go, for each circle and channel, with their hash."""
    from pkm.share.freeze import look_at
    from pkm.share.preview import readable

    found = selectors.one(what, ("share",))
    circle = selectors.one(to, ("circle",)).title if to else ""
    shown = [
        one for one in look_at(current.store(), current.home(), found.number)
        if (not circle or one.circle == circle) and (not channel or one.channel == channel)
    ]  # fmt: skip
    if not shown:
        raise NotFound(f"{found.id} for {circle or 'any circle'} on {channel or 'any channel'}", "it does not go there")
    if json:
        render.emit_json([
            {"id": found.id, "kind": "share", "title": found.title, "circle": one.circle, "channel": one.channel,
             "media_type": one.media_type, "sha256": one.sha256, "text": readable(one.media_type, one.payload)}
            for one in shown
        ])  # fmt: skip
        return
    parts = []
    for one in shown:
        parts.append(
            f"— for {one.circle} by {one.channel}: {one.file_name}, {len(one.payload):,} bytes, sha256 {one.sha256}"
        )
        parts.append(readable(one.media_type, one.payload))
    render.show_text("\n".join(parts))


@app.command(epilog="Example:  pkm share send x12")
def send(what: ShareArgument, yes: YesFlag = False, json: JsonFlag = False) -> None:
    """Send a draft to its circles once confirmed; what was sent is never sent again."""
    from pkm.share import outbox
    from pkm.share.freeze import look_at

    store, home = current.store(), current.home()
    found = selectors.one(what, ("share",), guess=False)
    row = shares.row(store.read(), found.number)
    assert row is not None
    if row["state"] != "sent":
        look_at(store, home, found.number)  # the guard speaks before the question is put
        if not render.confirm(f"Send {found.id} “{row['title']}” to {', '.join(row['circles'])}?", yes=yes):
            render.tell("Nothing was sent.")
            return
    report = outbox.send_share(store, home, found.number)
    summary = _emit_report(report, json=json)
    if json:
        render.emit_json(summary)
    if report.failures:
        raise typer.Exit(4)


@app.command(
    epilog="Example:  pkm share log          (everything that went out)\n\n"
    "          pkm share log n41      (who got that note, where, when)"
)
def log(
    what: Annotated[
        str | None, typer.Argument(help="A share, a note or a circle.", autocompletion=complete.complete_any)
    ] = None,
    limit: LimitOption = 50,
    json: JsonFlag = False,
) -> None:
    """List what went where, and when."""
    found = selectors.one(what, ("share", "note", "circle")) if what else None
    wanted = {found.kind: found.number} if found else {}
    rows = shares.deliveries(current.store().read(), limit=limit, **wanted)
    columns: render.Columns = [
        ("id", lambda row: row["id"]), ("share", lambda row: row["share"]), ("state", lambda row: row["state"]),
        ("circle", lambda row: row["circle"]), ("channel", lambda row: row["channel"]),
        ("at", lambda row: day(row["at"]) if row["at"] else ""), ("title", lambda row: row["title"]),
    ]  # fmt: skip
    empty = f"{found.id} has not gone anywhere." if found else "Nothing has gone out yet. Next: pkm share"
    render.emit_list(rows, columns, as_json=json, noun="delivery", plural="deliveries", empty=empty)


@channel_app.callback()
def channel(ctx: typer.Context) -> None:
    """List the channels, or add one."""
    if ctx.invoked_subcommand is None:
        list_channels()


@channel_app.command("list", epilog="Example:  pkm share channel list")
def list_channels(json: JsonFlag = False) -> None:
    """List the channels: what each can do, and whom it reaches."""
    from pkm.share.channels import KINDS, folder_of

    rows = shares.channels(current.store().read())
    for row in rows:
        powers = KINDS.get(row["channel_kind"])
        row["folder"] = str(folder_of(row, current.home()))
        if powers:
            row |= {
                "edits": powers.edits,
                "deletes": powers.deletes,
                "repeats": powers.repeats,
                "readers": powers.readers,
            }
    columns: render.Columns = [
        ("name", lambda row: row["name"]), ("kind", lambda row: row["channel_kind"]),
        ("circles", lambda row: ", ".join(row["circles"]) or "no circle"),
        ("readers", lambda row: row.get("readers", "")), ("folder", lambda row: row["folder"]),
    ]  # fmt: skip
    render.emit_list(rows, columns, as_json=json, noun="channel")


@channel_app.command("add", epilog="Example:  pkm share channel add drop files:/some/folder")
def add_channel(
    name: Annotated[str, typer.Argument(help="One word.")],
    address: Annotated[str, typer.Argument(help="files:FOLDER, or site:FOLDER.")],
    json: JsonFlag = False,
) -> None:
    """Add a way out; then give it to a circle."""
    from pkm.share.channels import add_channel as add

    row = add(current.store(), current.home(), name, address)
    render.emit_made(row, as_json=json, also=[row["address"] or str(current.home().site)])
    if not json:
        render.tell(f"Next: pkm circle edit CIRCLE --channel {row['name']}")
