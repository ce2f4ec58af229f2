"""`pkm seek`: pull what is due, then list what is new; the other commands of the verb are registered from their files."""

from typing import Annotated, Any

import typer

from pkm.cli import (
    access,
    arrivals,
    clips,
    current,
    discover,
    follow,
    lists,
    mailbox,
    meet,
    ranked,
    render,
    rules,
    selectors,
    sources,
)
from pkm.cli.app import group
from pkm.cli.failures import tell_failures
from pkm.cli.options import JsonFlag, LimitOption
from pkm.cli.source_options import SourcesArgument
from pkm.dates import ago, now
from pkm.store import items
from pkm.store.sources import count_all
from pkm.text import count, one_line

app = group("Pull the sources that are due, then list what is new.", invoke_without_command=True,
            epilog="Example:  pkm seek add https://jarche.com --tag pkm")  # fmt: skip

Row = dict[str, Any]

ITEM_COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]),
    ("title", lambda row: one_line(row["title"], 70)),
    ("source", lambda row: arrivals.tellers(row, 24)),
    ("published", lambda row: ago(row["published_at"] or row["received_at"], now())),
)
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what failed (for cron).")]


@app.callback()
def seek(ctx: typer.Context, quiet: QuietFlag = False, limit: LimitOption = 20, json: JsonFlag = False) -> None:
    """Pull the sources that are due, then list what is new."""
    if ctx.invoked_subcommand is not None:
        return
    report = _run_pull(None, due_only=True, quiet=quiet or json, patient=quiet and not json)
    limit = _fitting(ctx, limit, report)
    new, order = _best(limit)
    if json:
        current.remember(rows=[row["id"] for row in new])
        _tell_failures(report)
        render.emit_json({**report.as_dict(), "items": new, "coincidences": ranked.find_coincidences()})
    else:
        _show_report(report, quiet=quiet, json=False)
        if not quiet and (new or report.sources):
            total = items.count_inbox(current.store().read())
            columns = (*ITEM_COLUMNS, ranked.WHY)
            render.emit_list(new, columns, as_json=False, noun="item", total=total, empty="The inbox is empty.")
            ranked.tell_order(order, json=False)
    _exit_for(report)


def _best(limit: int) -> tuple[list[Row], Any]:
    """The inbox best first, and what is to be said of its order."""
    from pkm.seek.order import list_best

    listed = list_best(current.store(), now(), limit)
    return list(listed.rows), listed.order


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
            return run(current.store(), ids=ids, due_only=due_only, every=every, progress=progress, given=given,
                       keep=settings.limits("keep.items"))  # fmt: skip
        except PullRunning:
            if patient:
                raise typer.Exit(0) from None
            raise


def _tell_failures(report: Any) -> None:
    for line in tell_failures(report.failures, render.columns()):
        render.tell(line)


def _fitting(ctx: typer.Context, limit: int, report: Any) -> int:
    """How many rows fit below the summary on a terminal, where the person named no number; five at least."""
    rows = render.screen_rows()
    source = ctx.get_parameter_source("limit")
    if not rows or source is None or source.name != "DEFAULT":
        return limit
    moves = len(report.moved) + len(report.merged) + len(report.doubled)
    others = 7  # the command, the summary's line, what was kept (2), the heading, the count, the prompt
    used = len(tell_failures(report.failures)) + moves + others
    return min(limit, max(5, rows - used))


def _show_report(report: Any, *, quiet: bool, json: bool) -> None:
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
        render.tell(f"{one['id']} is one with {one['into']} from now on, where it has moved to: {came}. Take it back: pkm undo")
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
        following = count(count_all(current.store().read()), "source")
        due = f"None of {following} is due. All of them now: pkm seek pull --all"
        render.tell(sources.NOTHING if following == "0 sources" else due)


def _exit_for(report: Any) -> None:
    """1 where there was no network, 4 where some failed or the person stopped it."""
    if report.offline and report.failed == report.sources:
        raise typer.Exit(1)
    if report.failed or report.interrupted:
        raise typer.Exit(4)


app.command(
    epilog="Example:  pkm seek add https://jarche.com --every 1d --tag pkm --contact harold\n\n"
    "          pkm seek add ~/Mail/news  (its newsletters; so an mbox, a letter.eml, imaps://me@host/Folder)",
)(follow.add)
app.command(
    "list",
    epilog="Example:  pkm seek list -n 100\n\n          pkm seek list --sort noise  (what you keep least of: whom to leave)",
)(sources.list_sources)
app.command(epilog="Example:  pkm seek show s12")(sources.show)
app.command(epilog="Example:  pkm seek edit s12 --title \"Half an Hour\" --every 1d --tag +learning --tag -news")(sources.edit)
app.command(epilog="Example:  pkm seek remove s12")(sources.remove)
app.command("import", epilog="Example:  pkm seek import subscriptions.opml")(lists.import_file)
app.command("export", epilog="Example:  pkm seek export --opml subscriptions.opml")(lists.export_file)
app.add_typer(rules.app, name="rules")
app.command("clip", epilog='Example:  pkm seek clip https://example.org/essay --note "Why it matters #org"')(clips.clip)
app.command("discover", epilog="Example:  pkm seek discover\n\n          pkm seek discover --accept 2")(discover.discover)
app.command("people", epilog="Example:  pkm seek people\n\n          pkm seek people --accept 1")(meet.people)
