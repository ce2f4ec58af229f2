"""`pkm seek`: pull what is due, then list what is new; the other commands of the verb are registered from their files."""

from typing import Annotated, Any

import typer

from pkm import first_step
from pkm.cli import current, render, selectors
from pkm.cli.app import LazyGroup, Table, group
from pkm.cli.options import JsonFlag, LimitOption
from pkm.cli.source_options import SourcesArgument
from pkm.dates import now
from pkm.ids import Row
from pkm.store import contacts, items
from pkm.store.sources import count_all
from pkm.text import count

COMMANDS: Table = {
    "add": ("pkm.cli.follow", "Follow a source: a site's address finds its feed. Its items come with the next pull."),
    "list": (
        "pkm.cli.sources",
        "List the sources: what is followed, how much it brings, how much of it you keep, how it does.",
    ),
    "show": ("pkm.cli.sources", "Show one source: where it is, how it does, and its latest items."),
    "edit": ("pkm.cli.sources", "Change a source, pause it or resume it."),
    "remove": (
        "pkm.cli.sources",
        "Leave sources; items that you decided on, noted or tagged stay. An undo brings all of it back.",
    ),
    "rules": ("pkm.cli.rules", "List the rules: what is muted, kept only, tagged, ranked or assigned as it comes in."),
    "clip": ("pkm.cli.clips", "Take one page in as an item, kept; the same page twice is one item."),
    "discover": ("pkm.cli.discover", "Suggest new sources: sites that what you kept links to, with the reason and the items."),
    "people": (
        "pkm.cli.meet",
        "Suggest people: named in several sources, quoted or linked by those you read, or who answered, with the reason.",
    ),
    "import": (
        "pkm.cli.lists",
        "Follow every feed of a list (OPML, newsboat's urls), or take in bookmarks as items. Nothing is fetched yet.",
    ),
    "export": ("pkm.cli.lists", "Write the sources as OPML, with their tags and all that the list they came from said."),
}
"""As in cli/app: a test holds these lines equal to the commands' own."""


class SeekGroup(LazyGroup):
    """The verb: of its commands only the one asked for is imported, and nothing for a listing that only a pull needs."""

    table = COMMANDS


app = group("Pull the sources that are due, then list what is new.", cls=SeekGroup, invoke_without_command=True,
            epilog="Example:  pkm seek add https://jarche.com --tag pkm")  # fmt: skip

QuietFlag = Annotated[bool, typer.Option("--quiet", help="Say only what failed (for cron).")]


@app.callback()
def seek(ctx: typer.Context, quiet: QuietFlag = False, limit: LimitOption = 20, json: JsonFlag = False) -> None:
    """Pull the sources that are due, then list what is new."""
    if ctx.invoked_subcommand is not None:
        return
    from pkm.cli import ranked

    report = _run_pull(None, due_only=True, quiet=quiet or json, patient=quiet and not json)
    from pkm.cli import heard

    answers = heard.collect(quiet=quiet or json)
    limit = _fitting(ctx, limit, report)
    new, order = _best(report.brought, limit)
    total = items.count_inbox(current.store().read())
    if json:
        current.remember(rows=[row["id"] for row in new])
        _tell_failures(report)
        told = report.as_dict()
        told["failures"] = [*told["failures"], *({"what": what, "why": why} for what, why in answers.failures)]
        render.emit_json({**told, "items": new, "inbox": total, "coincidences": ranked.find_coincidences(),
                          "answers": list(answers.new),
                          "unsubscribed": [{"contact": one.contact["id"], "circle": one.circle} for one in answers.off],
                          })  # fmt: skip
    else:
        _show_report(report, quiet=quiet, json=False)
        if not quiet:
            _show_new(new, len(report.brought), total, pulled=bool(report.sources))
            ranked.tell_order(order, json=False)
    _exit_for(report)
    if answers.failures:
        raise typer.Exit(4)


def _best(brought: list[int], limit: int) -> tuple[list[Row], Any]:
    """What the pull put into the inbox, best first, and what is to be said of its order."""
    from pkm.seek.order import list_best

    listed = list_best(current.store(), now(), limit, brought)
    return list(listed.rows), listed.order


def _show_new(rows: list[Row], new: int, inbox: int, *, pulled: bool) -> None:
    """What the pull put into the inbox is listed; below it how much waits there, and the command that goes through it."""
    from pkm.cli import ranked

    current.remember(rows=[row["id"] for row in rows])
    if rows:
        render.emit_table(rows, ranked.COLUMNS)
    if inbox:
        more = max(50, 2 * len(rows))
        cut = f"{len(rows):,} of {new:,} shown; more: pkm sense inbox -n {more}; " if len(rows) < new else ""
        render.tell(f"{cut}{count(inbox, 'item')} in the inbox: pkm sense")
    elif pulled:
        render.tell("The inbox is empty.")


@app.command(epilog="Example:  pkm seek pull             (what is due)\n\n"
                    "          pkm seek pull s12 --json  (these, whether due or not)")  # fmt: skip
def pull(
    which: SourcesArgument = None,
    all: Annotated[bool, typer.Option("--all", help="Every active source, whether due or not.")] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="The feed comes on stdin, for the one source named.")] = False,
    quiet: QuietFlag = False,
    json: JsonFlag = False,
) -> None:
    """Fetch the sources that are due and bring in what is new."""
    ids = [found.number for found in selectors.many(which, ("source",))] if which else None
    from pkm.cli import access

    given = access.feed_on_stdin(ids) if stdin else None
    report = _run_pull(ids, due_only=not all, quiet=quiet or json, given=given, patient=quiet and not json)
    _show_report(report, quiet=quiet, json=json)
    _exit_for(report)


def _run_pull(
    ids: list[int] | None, *, due_only: bool, quiet: bool, given: bytes | None = None, patient: bool = False
) -> Any:
    """patient: where another pull is running, that one does the work: done, and nothing to say (cron would mail it)."""
    from datetime import timedelta

    from pkm import config
    from pkm.cli.progress import show_progress
    from pkm.seek.pull import PullRunning
    from pkm.seek.pull import pull as run

    settings = config.read(current.home())
    every = timedelta(seconds=settings.seconds("seek.every"))
    with show_progress("Pulling", wanted=not quiet) as progress:
        try:
            report = run(current.store(), ids=ids, due_only=due_only, every=every, progress=progress, given=given,
                         keep=settings.limits("keep.items"), local=settings["seek.local"].split())  # fmt: skip
        except PullRunning:
            if patient:
                raise typer.Exit(0) from None
            raise
    _back_up_weekly(int(settings["backup.weekly"]))
    return report


def _back_up_weekly(keep: int) -> None:
    """There is a copy of the week; where none can be made, that is told, and what came in stays."""
    from pkm.errors import PkmError
    from pkm.store.backup import back_up_weekly

    try:
        back_up_weekly(current.home(), current.store().read(), now(), keep)
    except PkmError as error:
        render.tell(f"No weekly copy was made: {error.why}. Next: {error.next or 'pkm backup'}")


def _tell_failures(report: Any) -> None:
    from pkm.cli.failures import tell_failures

    for line in tell_failures(report.failures, render.columns(), "Each by itself: pkm doctor; all of them: pkm seek pull --json"):
        render.tell(line)


def _fitting(ctx: typer.Context, limit: int, report: Any) -> int:
    """How many rows fit below the summary on a terminal, where the person named no number; five at least."""
    from pkm.cli.failures import tell_failures

    rows = render.screen_rows()
    source = ctx.get_parameter_source("limit")
    if not rows or source is None or source.name != "DEFAULT":
        return limit
    moves = len(report.moved) + len(report.merged) + len(report.doubled)
    others = 7  # the command, the summary's line, what was kept (2), the heading, the count, the prompt
    used = len(tell_failures(report.failures)) + moves + others
    return min(limit, max(5, rows - used))


def _show_report(report: Any, *, quiet: bool, json: bool) -> None:
    from pkm.cli import arrivals, mailbox

    if quiet and not json:
        _tell_failures(report)
    elif report.sources or json:
        if json:
            render.emit_run(report.as_dict(), as_json=True, line="")
        else:
            _tell_failures(report)
            render.say(report.line)
    for move in report.moved:
        render.tell(f"{move['id']} has moved for good: {move['from']} → {move['to']}")
    for double in report.doubled if not quiet else ():
        render.tell(f"{double['id']} now leads to what {double['of']} follows; if that lasts a week, the two become one.")
    for one in report.merged:
        came = f"{count(one['moved'], 'item')} came along, {one['same']:,} were the same"
        render.tell_undo(f"{one['id']} is one with {one['into']} from now on, where it has moved to: {came}.")
    if not quiet:
        mailbox.tell_left(report)
    for warning in report.warnings:
        render.tell(f"{warning['what']}: {warning['why']}.")
    if not quiet:
        arrivals.tell_arrivals(report)
    if report.interrupted:
        finished = report.sources - report.left
        render.tell(f"Stopped. Kept: what {finished} of {count(report.sources, 'source')} gave. Next: pkm seek pull")
    elif report.failed and not quiet:
        render.tell("Kept: all items that were there. What failed is tried again later; now: pkm seek pull SOURCE")
    if not report.sources and not quiet:
        due, db = "No source is due. All of them now: pkm seek pull --all", current.store().read()
        render.tell(due if count_all(db) else first_step.unfollowed(contacts.first_with_url(db)))


def _exit_for(report: Any) -> None:
    """1 where there was no network, 4 where some failed or the person stopped it."""
    if report.offline and report.failed == report.sources:
        raise typer.Exit(1)
    if report.failed or report.interrupted:
        raise typer.Exit(4)
