"""`pkm share plan|approve|hold` and `pkm share --due`: when a share goes to whom, and what leaves of it now."""

from collections.abc import Callable
from shlex import quote
from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.options import BecauseOption, ForCircleOption, JsonFlag, LimitOption, ShareArgument
from pkm.dates import day, local, now, parse_stamp, stamp
from pkm.errors import Invalid, Malformed
from pkm.ids import Row
from pkm.store import deliveries, shares
from pkm.text import count, one_line, some


def _waits(row: Row) -> str:
    """What a stage waits for, or what became of it, in words."""
    if row["passed_at"]:
        return f"on {day(row['passed_at'])}"
    if row["held"] is not None:
        return str(row["held"])
    if row["waits"]:
        return f"waits {', and '.join(row['waits'])}"
    return f"leaves at {moment(row['leaves_at'])}" if row["leaves_at"] else ""


def _show_stages(share: str, rows: list[Row], *, json: bool) -> None:
    """Each stage a line, and below it what it waits for, whole however narrow the terminal is."""
    if json or not rows:
        render.emit_list(rows, (), as_json=json, noun="stage", empty=f"{share} is for no circle.")
        return
    current.remember(rows=[row["id"] for row in rows])
    cells = [
        (str(row["position"]), one_line(row["circle"] or "people by name"), row["state"], one_line(row["gate"]))
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row, line in zip(rows, cells, strict=True):
        told = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        gone = row["passed_at"]
        render.say("  ".join([*told, _waits(row)] if gone else told).rstrip())
        if not gone and (waits := _waits(row)):
            render.say(f"   {one_line(waits)}")
    render.tell(count(len(rows), "stage"))


def moment(at: str) -> str:
    """A stamp as a day and a time here."""
    return f"{local(parse_stamp(at)):%Y-%m-%d %H:%M}"


AHEAD: render.Columns = (
    ("id", lambda row: row["id"]), ("state", lambda row: row["state"]), ("title", lambda row: one_line(row["title"], 60)),
    ("next", lambda row: row["next"]),
)  # fmt: skip


def plan(
    what: Annotated[
        str | None, typer.Argument(help="The share: x12, or words of its title; left out: all that are still to go.",
                                   autocompletion=complete.complete_shares)
    ] = None,
    stage: Annotated[
        list[str] | None,
        typer.Option("--stage", help="A circle and what it waits for, in order: \"network +14d after approval\"."),
    ] = None,
    because: BecauseOption = "",
    offered: Annotated[
        bool, typer.Option("--offered", help="Take the plan that is offered: a community first, then the network.")
    ] = False,
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """Say which circle gets a share when; without --stage, show what each stage waits for."""
    from pkm.share import plan as planning

    if what is None:
        if stage or because or offered:
            raise Invalid("a plan", "the share is missing", next='pkm share plan x12 --stage "practice now"')
        _list_ahead(limit, json)
        return
    store = current.store()
    found = selectors.one(what, ("share",), guess=not stage and not offered)
    if offered:
        if stage:
            raise Invalid("--offered and --stage", "the stages are those that are offered, or those that you name")
        offer = planning.community_first(store.read(), found.number)
        if offer is None:
            raise Invalid(f"--offered for {found.id}", "no plan is offered for it", next=f"pkm share plan {found.id}")
        stage = offer["stages"]
    if stage:
        planning.set_plan(store, current.home(), found.number, [_wanted(text) for text in stage], because)
        current.remember(touched=found.id)
    elif because:
        raise Invalid("--because", "it goes with --stage", next=f'pkm share plan {found.id} --stage "network now" --because "…"')
    elif not json:
        take_offer(found.number)
    rows = planning.as_rows(store.read(), found.number, now())
    _show_stages(found.id, rows, json=json)
    if not json:
        _tell_next(found.id, rows)


def _list_ahead(limit: int, json: bool) -> None:
    """The shares that are drafts or planned, each with its next stage, newest first."""
    from pkm.share import plan as planning

    db = current.store().read()
    found = shares.ahead(db)
    rows = []
    for row in found[:limit]:
        steps = [step for step in planning.as_rows(db, row["number"], now()) if not step["passed_at"]]
        rows.append({**row, "next": _next_of(row, steps[0]) if steps else "", "stages": steps})
    empty = "Nothing is drafted or planned. Next: pkm share draft NOTE --to CIRCLE"
    render.emit_list(rows, AHEAD, as_json=json, noun="share", total=len(found), empty=empty)
    if rows and not json:
        render.tell("Next: pkm share preview ID, then pkm share send ID; or pkm share drop ID")


def _next_of(share: Row, step: Row) -> str:
    """A stage with what it waits for, in a table's cell; a draft goes when the person sends it."""
    if share["state"] == "draft" and step["held"] is None:
        return f"{step['circle'] or 'people by name'}, when you send it"
    return f"{step['title']}: {_waits(step)}" if _waits(step) else f"{step['title']}: {step['state']}"


def drop(
    what: Annotated[
        list[str], typer.Argument(help="Drafts: their ids, or words of a title.", autocompletion=complete.complete_shares)
    ],
    json: JsonFlag = False,
) -> None:
    """Throw a draft or a plan away of which nothing has left; its notes stay. pkm undo brings it back."""
    from pkm.share import dropping

    found = selectors.many(what, ("share",), guess=False)
    rows = dropping.drop(current.store(), [one.number for one in found])
    if json:
        render.emit_json(rows)
        return
    for row in rows:
        render.say(f"{row['id']}  {one_line(row['title'], 60)}  dropped; its notes stay")
    render.tell_undo()


def _wanted(text: str) -> Any:
    """The stage that was typed, with its circle and its approver found."""
    from pkm.share.gate import read_stage
    from pkm.share.plan import Wanted

    name, gate = read_stage(text, now())
    _refuse_misread(name, text)
    (circle,) = selectors.circles_named([name])
    if gate.get("by"):
        who = selectors.named(gate["by"], ("contact",))
        gate |= {"by": who.id, "by_name": who.title}
    return Wanted(circle, gate)


def _refuse_misread(name: str, stage: str) -> None:
    """Raises Malformed where the name is that of a circle with words behind it that were meant to be a gate."""
    from pkm.share.gate import FORMS, GATES, not_understood
    from pkm.spelling import near
    from pkm.store import lookup

    words, db = name.split(), current.store().read()
    for split in range(len(words), 0, -1):
        if lookup.by_name(db, "circle", " ".join(words[:split])):
            rest = one_line(stage).split()[split:]
            if split < len(words):
                odd = not_understood(" ".join(rest), now())
                raise Malformed(f"“{odd}” in the stage “{one_line(stage, 80)}”", f"that is not understood; a stage is {FORMS}",
                                near=near(odd, GATES), next="pkm help plans")  # fmt: skip
            return


def _tell_next(share: str, rows: list[Row]) -> None:
    ahead = next((row for row in rows if not row["passed_at"]), None)
    if ahead is None:
        return
    if ahead["state"] == "cancelled":
        render.tell(f"{share} was taken back; nothing more of it goes. What became of it: pkm share log {share}")
        return
    step = {
        "due": f"pkm share send {share}, or pkm share --due --yes from cron",
        "held": f"pkm share hold {share} --release",
        "leaving": f"pkm share --due; at once: pkm share send {share}; or stop it: pkm share hold {share}",
    }.get(ahead["state"])  # fmt: skip
    if step is None and any("approval" in one for one in ahead["waits"]):
        step = f"pkm share approve {share} --by WHO"
    if step is None and ahead["objections"]:  # "me" is the person, who needs no name
        who = ahead["objections"][0]["by"]
        step = f"pkm share approve {share}{'' if who == 'me' else f' --by {who}'}, when they agree"
    if step:
        render.tell(f"Next: {step}")


def approve(
    what: ShareArgument,
    by: Annotated[
        str,
        typer.Option("--by", metavar="WHO", help="Who said it; left out: yourself.", autocompletion=complete.complete_contacts),
    ] = "",
    circle: ForCircleOption = "",
    objects: Annotated[bool, typer.Option("--objects", help="They said no: nothing goes until they say yes.")] = False,
    because: BecauseOption = "",
    json: JsonFlag = False,
) -> None:
    """Note that somebody said yes to the next stage of a share, for the words as they are now; or that they object."""
    from pkm.share import plan as planning

    store = current.store()
    found = selectors.one(what, ("share",), guess=False)
    person = selectors.named(by, ("contact",)) if by else None
    who = {"id": person.id, "name": person.title} if person else {"id": "me", "name": "you"}
    number = selectors.one(circle, ("circle",), guess=False).number if circle else None
    stage = planning.approve(store, found.number, who, circle=number, against=objects, because=because)
    current.remember(touched=found.id)
    rows = planning.as_rows(store.read(), found.number, now())
    row = next(one for one in rows if one["circle"] == stage["circle"])
    if json:
        render.emit_json(row)
        return
    said = "objected by" if objects else "approved by"
    render.say(f"{found.id}  {one_line(found.title, 60)}  for {row['circle']}, {said} {one_line(who['name'], 40)}")
    if row["waits"]:
        render.tell(f"It still waits {', and '.join(row['waits'])}.")
    _tell_next(found.id, rows)


def hold(
    what: ShareArgument,
    release: Annotated[bool, typer.Option("--release", help="Let it go on.")] = False,
    because: BecauseOption = "",
    json: JsonFlag = False,
) -> None:
    """Stop all of a share that has not left, until it is released."""
    from pkm.share import plan as planning

    store = current.store()
    found = selectors.one(what, ("share",), guess=False)
    row = planning.release(store, found.number) if release else planning.hold(store, found.number, because)
    current.remember(touched=found.id)
    render.emit_made(row, as_json=json, also=["released" if release else "on hold; nothing more of it leaves"])
    if not json:
        if release:
            _tell_next(found.id, planning.as_rows(store.read(), found.number, now()))
        else:
            render.tell(f"Next: pkm share hold {found.id} --release, when it may go on")


def hold_what_would_leave() -> None:
    """An objection, a hold, a narrower reach that came after the copy are not in it: nothing goes by itself for want of them."""
    from pkm.share import due

    held = due.hold_all(current.store(), "the store was put back from a copy: what was said of it since is not in it")
    if held:
        names = some([row["id"] for row in held], 8)
        render.tell(f"What would leave by itself is on hold, since what was said of it after the copy is not in it: {names}. "
                    f"Next: pkm share plan {held[0]['id']}, then pkm share hold {held[0]['id']} --release")  # fmt: skip


def send_stage(found: Any, *, yes: bool, dry_run: bool, at_once: bool, json: bool) -> None:
    """The first stage of a plan that is due went, once confirmed, and what was refused in those before it is tried again."""
    from pkm.cli import outgoing, sent
    from pkm.errors import Refused
    from pkm.share import due, outbox
    from pkm.share.rendered import look_at

    store, home = current.store(), current.home()
    step = due.next_step(store.read(), found.number, now())
    assert step is not None  # a share of which all stages have passed is sent
    again = due.refused_before(store.read(), home, found.number, now(), at_once=at_once)
    going = [*again, step.row]
    waits = None
    try:
        waits = due.check_turn(store.read(), home, found.number, step, now(), at_once=at_once).not_before
    except Refused:
        if not again or step.held is not None:
            raise
        going = again
    at = outgoing.instant(found.id)
    shown = [one for row in going for one in look_at(store, home, found.number, at, row["id"])]
    goal = ", ".join(row["circle"] or "people by name" for row in going)
    if dry_run:
        render.emit_json(outgoing.as_json(found, shown)) if json else render.say(
            f"{found.id} “{found.title}” would go to {goal}, {outgoing.summary(shown)}"
        )
        return
    outgoing.tell_before(shown)
    outgoing.tell_before_sending(found.number, [row["id"] for row in going])
    question = f"Send {found.id} “{found.title}” to {goal}, {outgoing.summary(shown)} Go on?"
    if not render.confirm(question, yes=yes, no="Nothing was sent."):
        return
    reports = [outbox.send_share(store, home, found.number, outbox.Leave(row["id"], at, wait=False)) for row in again]
    done = due.send_next(store, home, found.number, at, at_once=at_once) if step.row in going else None
    if done is not None and done.report is not None:
        reports.append(done.report)
        if not json:
            tell_leaving(done.report, found.id)
    if waits and any(row["stage_number"] == step.row["id"] for row in outgoing.refused(found.number)):
        render.tell(f"It is quiet there: what was refused is not tried again before {moment(stamp(waits))}. "
                    f"To try at once: pkm share send {found.id} --now")  # fmt: skip
    if reports:
        sent.report_all(reports, json)
    elif json:
        render.emit_json({"new": 0, "updated": 0, "unchanged": 0, "failed": 0, "failures": []})


def send_due(*, yes: bool, dry_run: bool, json: bool, quiet: bool = False) -> None:
    """What is planned and due leaves; the rest is told with what it waits for, unless it is to be quiet."""
    from pkm import config
    from pkm.cli import outgoing
    from pkm.share import due

    store, home = current.store(), current.home()
    found = due.look(store.read(), config.read(home), now())
    going = [(row, step) for row, step, turn in found if turn.go]
    if not dry_run and not yes:
        names = ", ".join(f"{row['id']} “{one_line(row['title'], 40)}” to {step.row['circle']}" for row, step in going)
        if going or not render.is_asked():
            late = [f"{row['id']} is late and will be held: {turn.hold}." for row, _, turn in found if turn.hold]
            if not render.confirm(f"Send {names}? {' '.join(late)}".strip(), yes=False, no="Nothing was sent."):
                return
    if dry_run:
        again = due.behind(store.read(), config.read(home), now())
        behind = [{**row, "circles": [stage["circle"]] if stage["circle"] else []} for row, stage in again]
        _show_due(found, [*behind, *due.interrupted(store.read())], json)
        return
    done = due.run(store, home)
    summaries = [_one(one, json, quiet=quiet) for one in done]
    if json:
        failed = [one for one in summaries if one["failures"]]
        render.emit_json({
            "new": sum(one["new"] for one in summaries), "updated": 0, "unchanged": sum(one["unchanged"] for one in summaries),
            "failed": sum(one["failed"] for one in summaries),
            "failures": [failure for one in failed for failure in one["failures"]], "shares": summaries,
        })  # fmt: skip
    elif not done and not quiet:
        render.tell("Nothing planned waits to go. Next: pkm share plan SHARE --stage \"CIRCLE now\"")
    for number in dict.fromkeys(one.share["number"] for one in done if _tells_refused(one, quiet=quiet or json)):
        outgoing.tell_refused(outgoing.refused(number))
    if unsettled := deliveries.unsettled(store.read()):
        outgoing.tell_unsettled(unsettled)
    if any(one.failure or one.held or (one.report and (one.report.failures or one.report.unknown)) for one in done):
        raise typer.Exit(4)


def _show_due(found: list[tuple[Row, Any, Any]], interrupted: list[Row], json: bool) -> None:
    """What a run would do now. interrupted: shares that were sent, or sent again, and met no server."""
    rows = [
        {"id": row["id"], "kind": "share", "title": row["title"], "circle": step.row["circle"], "go": turn.go,
         "waits": list(turn.waits), "held": turn.hold or None}
        for row, step, turn in found
    ]  # fmt: skip
    rows += [
        {"id": row["id"], "kind": "share", "title": row["title"], "circle": ", ".join(row["circles"]) or None, "go": True,
         "waits": [], "held": None} for row in interrupted
    ]  # fmt: skip
    if json:
        render.emit_json(rows)
        return
    for row in rows:
        waits = f"waits {', and '.join(row['waits'])}"
        what = "would go" if row["go"] else f"would be held: {row['held']}" if row["held"] else waits
        render.say(f"{row['id']}  {one_line(row['title'], 60)}  for {row['circle']}: {what}")
    if not rows:
        render.tell("Nothing planned waits to go.")


def _tells_refused(done: Any, *, quiet: bool) -> bool:
    """Whether what stays refused of a share is told after a run: once, however many of its stages there were."""
    if done.report is not None:
        return bool(done.report.failures) or not quiet
    return not (done.failure or done.held or quiet)


def _one(done: Any, json: bool, *, quiet: bool = False) -> Row:
    """One share of a run, told, but for what is told of all at the end; as the contract has it."""
    from pkm.cli.sent import emit_report

    waits = {"circle": done.circle, "waits": list(done.waits), "held": done.held or None}
    name = f"{done.share['id']} for {done.circle}"
    if done.report is not None:
        summary = {**emit_report(done.report, json=json, unsettled=False), **waits}
        if not json:
            tell_leaving(done.report, done.share["id"])
        return summary
    failures = [{"what": name, "why": str(done.failure)}] if done.failure else []
    failures += [{"what": name, "why": f"held: {done.held}"}] if done.held else []
    if done.failure:
        render.tell(f"{name}: {done.failure}")
        for what, why, mend in getattr(done.failure, "findings", ()):
            render.tell(f"  {what}: {why}")
            render.tell(f"    {mend}")
        if done.failure.next and not getattr(done.failure, "findings", ()):
            render.tell(f"  Next: {done.failure.next}")
    elif done.held:
        render.tell(f"{name} is held, not sent: {done.held}. Next: pkm share hold {done.share['id']} --release, to let it go")
    elif not json and not quiet:
        render.tell(f"{name} waits {', and '.join(done.waits)}")
    return {**done.share, "new": 0, "updated": 0, "unchanged": 0, "failed": len(failures), "failures": failures,
            "deliveries": [], "places": [], "unknown": [], **waits}  # fmt: skip


def tell_leaving(report: Any, share: str) -> None:
    """When the letters that wait for their time leave."""
    waiting = [row["not_before"] for row in deliveries.of(current.store().read(), report.share["number"])
               if row["state"] == "waiting" and (row["not_before"] or "") > stamp(now())]  # fmt: skip
    if waiting:
        letters = f"{len(waiting)} letter{'' if len(waiting) == 1 else 's'}"
        render.tell(f"{letters} of {share} may leave from {moment(max(waiting))} on: pkm share --due. "
                    f"Until then: pkm share hold {share}")  # fmt: skip


def offer_community(share: Row) -> Row | None:
    """The plan by way of a community, told with its reason where there is one; None where there is not."""
    from pkm.share.plan import community_first

    offer = community_first(current.store().read(), share["number"])
    if offer is not None:
        _tell_offer(share["id"], offer)
    return offer


def plans_first(digest: Any, make: Callable[[], Row], *, yes: bool) -> bool:
    """Whether a digest for a network now goes by way of a community first: as take_offer has it, of one that is not drafted yet.

    make: drafts it. yes: it is told, not offered and not asked: it goes now.
    """
    from pkm.share.plan import offer, set_plan

    store, circle = current.store(), digest.circle
    offered = None
    if circle["circle_kind"] == "network":
        offered = offer(store.read(), [note["id"] for note in digest.notes], circle["name"])
    if offered is None:
        return False
    if yes:
        render.tell(f"{_untried(offered)}. Without --yes, pkm share offers to go there first.")
        return False
    _tell_offer("", offered)
    first, then = offered["stages"]
    if not render.takes(f"{one_line(offered['circle'], 40)} first? That is {first}, then {then}."):
        return False
    row = make()
    set_plan(store, current.home(), row["number"], [_wanted(text) for text in offered["stages"]])
    current.remember(touched=row["id"])
    render.tell(f"{row['id']} is planned; nothing was sent. Next: pkm share send {row['id']}, for its first stage")
    return True


def _tell_offer(share: str, offer: Row) -> None:
    """Why a community should have it first, and how to have it so. share: "" where it is not drafted yet."""
    render.tell(f"{_untried(offer)}: there people you know can try it and say what is wrong with it before everybody reads it.")
    stages = " ".join(f"--stage {quote(stage)}" for stage in offer["stages"])
    drafted = "" if share else "pkm share draft, then "
    render.tell(f"To go there first: {drafted}pkm share plan {share or '.'} --offered, which is {stages}")


def _untried(offer: Row) -> str:
    first, *rest = offer["notes"]
    more = f" and {len(rest)} more" if rest else ""
    return f"{first['id']} {one_line(first['title'], 50)}{more} went to no community yet"


def take_offer(number: int, *, stopped: str = render.UNCHANGED) -> bool:
    """Whether a draft now goes by way of a community first: where that is offered, it is told why, and asked on a terminal.

    stopped: what is said at a Ctrl-C.
    """
    from pkm.share.plan import community_first, set_plan

    store = current.store()
    row = shares.row(store.read(), number)
    offer = community_first(store.read(), number) if row and row["state"] == "draft" else None
    if row is None or offer is None:
        return False
    _tell_offer(row["id"], offer)
    first, then = offer["stages"]
    if not render.takes(f"{one_line(offer['circle'], 40)} first? That is {first}, then {then}.", stopped=stopped):
        return False
    set_plan(store, current.home(), number, [_wanted(text) for text in offer["stages"]])
    current.remember(touched=row["id"])
    return True
