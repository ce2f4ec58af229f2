"""`pkm seek`: keep up with sources: follow, pull, list, edit, leave; lists of feeds in and out; clip a page."""

import sys
from typing import Annotated, Any

import typer

from pkm.cli import arrivals, complete, current, lists, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption, YesFlag
from pkm.dates import ago, now
from pkm.errors import Ambiguous, Invalid, PkmError
from pkm.store import items, sources
from pkm.text import count, one_line

app = group("Pull the sources that are due, then list what is new.", invoke_without_command=True,
            epilog="Example:  pkm seek add https://jarche.com --tag pkm")  # fmt: skip

Row = dict[str, Any]
Strings = list[str] | None

COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]),
    ("title", lambda row: one_line(row["title"], 60)),
    ("items", lambda row: f"{row['items']:,}"),
    ("state", lambda row: _state(row)),
    ("last", lambda row: ago(row["fetched_at"], now()) if row["fetched_at"] else "never"),
    ("tags", lambda row: " ".join(f"#{name}" for name in row["tags"])),
)
ITEM_COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]),
    ("title", lambda row: one_line(row["title"], 70)),
    ("source", lambda row: arrivals.tellers(row, 24)),
    ("published", lambda row: ago(row["published_at"] or row["received_at"], now())),
)
STATE_COLUMN = ("state", lambda row: row["state"])
LATEST_COLUMNS = [*(column for column in ITEM_COLUMNS if column[0] != "source"), STATE_COLUMN]
NOTHING = (
    "Nothing is followed yet. Start with a person: pkm contact add \"Name\" --url https://their.site; "
    "or with an address: pkm seek add https://example.org"
)

SourcesArgument = Annotated[
    Strings,
    typer.Argument(metavar="[SOURCE]...", help="s1, or words of a title.", autocompletion=complete.complete_sources),
]
SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="s1, or words of a title.", autocompletion=complete.complete_sources)
]
EveryOption = Annotated[str | None, typer.Option("--every", help="How often to look: 30min, 1h, weekly; else at its own pace.")]
TagOption = Annotated[
    Strings, typer.Option("--tag", help="A tag; may be given again.", autocompletion=complete.complete_tags)
]
ContactOption = Annotated[
    str | None,
    typer.Option("--contact", help="The contact who writes it.", autocompletion=complete.complete_contacts),
]
CircleOption = Annotated[
    Strings,
    typer.Option("--circle", help="A circle that it serves; may be given again.",
                 autocompletion=complete.complete_circles),
]  # fmt: skip
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what failed (for cron).")]


def _state(row: Row) -> str:
    if row["state"] == "active" and row["failures"]:
        return f"failing ({row['failures']})"
    return str(row["state"])


@app.callback()
def seek(ctx: typer.Context, quiet: QuietFlag = False, limit: LimitOption = 20, json: JsonFlag = False) -> None:
    """Pull the sources that are due, then list what is new."""
    if ctx.invoked_subcommand is not None:
        return
    report = _run_pull(None, due_only=True, quiet=quiet or json)
    new = items.inbox(current.store().read(), limit)
    if json:
        current.remember(rows=[row["id"] for row in new])
        _tell_failures(report)
        render.emit_json({**report.as_dict(), "items": new})
    else:
        _show_report(report, quiet=quiet, json=False)
        if not quiet and (new or report.sources):
            total = items.count_inbox(current.store().read())
            render.emit_list(new, ITEM_COLUMNS, as_json=False, noun="item", total=total, empty="The inbox is empty.")
    _exit_for(report)


@app.command(epilog="Example:  pkm seek pull             (what is due)\n\n"
                    "          pkm seek pull s12 --json  (these, whether due or not)")  # fmt: skip
def pull(
    which: SourcesArgument = None,
    all: Annotated[bool, typer.Option("--all", help="Every active source, whether due or not.")] = False,
    quiet: QuietFlag = False,
    json: JsonFlag = False,
) -> None:
    """Fetch the sources that are due and bring in what is new."""
    ids = [found.number for found in selectors.many(which, ("source",))] if which else None
    report = _run_pull(ids, due_only=not all, quiet=quiet or json)
    _show_report(report, quiet=quiet, json=json)
    _exit_for(report)


def _run_pull(ids: list[int] | None, *, due_only: bool, quiet: bool) -> Any:
    from datetime import timedelta

    from pkm import config
    from pkm.cli.progress import show_progress
    from pkm.seek.prune import prune, read_keep
    from pkm.seek.pull import pull as run

    every = timedelta(seconds=config.read(current.home()).seconds("seek.every"))
    with show_progress("Pulling", wanted=not quiet) as progress:
        report = run(current.store(), ids=ids, due_only=due_only, every=every, progress=progress)
    keep = read_keep(config.read(current.home())["keep.items"])
    report.purged = 0 if report.interrupted else prune(current.store(), keep)
    return report


def _tell_failures(report: Any) -> None:
    for failure in report.failures:
        render.tell(f"{failure['what']}: {failure['why']}")


def _show_report(report: Any, *, quiet: bool, json: bool) -> None:
    if quiet and not json:
        _tell_failures(report)
    elif report.sources or json:
        render.emit_run(report.as_dict(), as_json=json, line=report.line)
    for move in report.moved:
        render.tell(f"{move['id']} has moved for good: {move['from']} → {move['to']}")
    for merge in report.merged:
        render.tell(f"{merge['id']} leads to {merge['into']} for good and was merged into it. Take it back: pkm undo")
    for double in report.doubled if not quiet else ():
        render.tell(f"{double['id']} now leads to what {double['of']} follows: pkm seek remove {double['id']}")
    if not quiet:
        arrivals.tell_arrivals(report)
    if report.interrupted:
        finished = report.sources - report.left
        render.tell(f"Stopped. Kept: what {finished} of {count(report.sources, 'source')} gave. Next: pkm seek pull")
    elif report.failed and not quiet:
        render.tell("Kept: all items that were there. What failed is tried again later; now: pkm seek pull SOURCE")
    if not report.sources and not quiet:
        following = count(sources.count_all(current.store().read()), "source")
        due = f"None of {following} is due. All of them now: pkm seek pull --all"
        render.tell(NOTHING if following == "0 sources" else due)


def _exit_for(report: Any) -> None:
    """1 where there was no network, 4 where some failed or the person stopped it."""
    if report.offline and report.failed == report.sources:
        raise typer.Exit(1)
    if report.failed or report.interrupted:
        raise typer.Exit(4)


@app.command(epilog="Example:  pkm seek add https://jarche.com --every 1d --tag pkm --contact harold")
def add(
    addresses: Annotated[
        list[str], typer.Argument(metavar="URL|FILE|-", help="A site, a feed, a feed file; -: addresses on stdin.")
    ],
    every: EveryOption = None,
    tag: TagOption = None,
    contact: ContactOption = None,
    circle: CircleOption = None,
    title: Annotated[str, typer.Option("--title", help="What to call it; else as it calls itself.")] = "",
    backlog: arrivals.BacklogFlag = False,
    updates: arrivals.UpdatesOption = None,
    force: Annotated[bool, typer.Option("--force", help="Follow the address though no feed answers.")] = False,
    json: JsonFlag = False,
) -> None:
    """Follow a source: a site's address finds its feed. Its items come with the next pull."""
    given = [word for one in addresses for word in (sys.stdin.read().split() if one == "-" else [one])]
    if not given:
        raise Invalid("stdin", "it holds no address", next="pkm seek add https://example.org")
    options = {
        "title": title, "tags": tag or (), "every_s": _seconds(every), "contact_id": _contact(contact),
        "circle_ids": _circles(circle), "backlog": backlog, "updates": arrivals.read_updates(updates) or "silent",
    }  # fmt: skip
    if len(given) == 1:
        _show_added(_add(given[0], force, options), json)
        render.tell("Next: pkm seek")
        return
    _add_many(given, force, options, json)


def _add(address: str, force: bool, options: Row) -> Any:
    from pkm.seek.sources import add_source

    return add_source(current.store(), _find(address, force), **options)


def _add_many(addresses: list[str], force: bool, options: Row, json: bool) -> None:
    added, failures = [], []
    for address in addresses:
        try:
            added.append(_add(address, force, options))
        except PkmError as error:
            failures.append({"what": sources.without_user(address), "why": error.why or error.what})
    current.remember(rows=[one.row["id"] for one in added])
    if not json:
        for one in added:
            _show_added(one, json)
    rows = [one.row for one in added]
    counts = {"new": len(rows), "updated": 0, "unchanged": 0, "failed": len(failures)}
    summary = {**counts, "failures": failures, "sources": rows}
    render.emit_run(summary, as_json=json, line=f"{count(len(rows), 'new source')}; {len(failures)} failed")
    if rows:
        render.tell("Next: pkm seek")
    if failures:
        raise typer.Exit(4 if rows else 1)


def _find(address: str, force: bool) -> Any:
    """The feed to follow: found at the address; with --force the address itself where there is none."""
    from pkm.seek.sources import as_address, choose_main, look_for_feed

    try:
        found = look_for_feed(address)
    except PkmError as error:
        if force:
            return as_address(address)
        error.kept = "Nothing was added."
        if error.next is None:
            shown = sources.without_user(address)
            error.next = f"see that the address is right; to follow it all the same: pkm seek add {shown} --force"
        raise
    return choose_main(found) or _ask_which(address, found)


def _ask_which(address: str, found: list[Any]) -> Any:
    listed = [(feed.url, f"{feed.title} ({count(len(feed.parsed.entries), 'entry', 'entries')})") for feed in found]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Ambiguous(address, listed, next=f"follow one of them: pkm seek add {found[0].url}")
    for number, (url, title) in enumerate(listed, 1):
        render.tell(f"{number}  {one_line(title, 60)}  {url}")
    print(f"Which one? [1-{len(found)}, none to leave it] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    if not (answer.isdigit() and 1 <= int(answer) <= len(found)):
        raise typer.Exit(1)
    return found[int(answer) - 1]


def _show_added(added: Any, json: bool) -> None:
    if added.like:
        like = added.like["id"]
        render.tell(f"{like} follows {added.like['url']}, which may be the same. Next: pkm seek remove {like}")
    render.emit_made(added.row, as_json=json, also=[added.row["url"]] if added.row["title"] != added.row["url"] else [])


def _seconds(every: str | None) -> int | None:
    if every is None:
        return None
    from pkm.dates import parse_span

    return int(parse_span(every).total_seconds())


def _contact(name: str | None) -> int | None:
    return selectors.one(name, ("contact",)).number if name else None


def _circles(names: Strings) -> list[int]:
    return [selectors.one(name, ("circle",)).number for name in names or ()]


@app.command("list", epilog="Example:  pkm seek list -n 100")
def list_sources(
    which: SourcesArgument = None,
    state: Annotated[str, typer.Option("--state", help="Only those that are active, paused or gone.")] = "",
    limit: LimitOption = 50,
    json: JsonFlag = False,
) -> None:
    """List the sources: what is followed, how much it brought, when it was last fetched."""
    if state not in ("", "active", "paused", "gone"):
        raise Invalid(f"--state {state}", "it should be active, paused or gone")
    ids = [found.number for found in selectors.many(which, ("source",))] if which else None
    db = current.store().read()
    rows = sources.rows(db, limit=limit, state=state or None, ids=ids)
    total = len(rows) if ids or state else sources.count_all(db)
    render.emit_list(rows, COLUMNS, as_json=json, noun="source", total=total, empty=NOTHING)


@app.command(epilog="Example:  pkm seek show s12")
def show(source: SourceArgument, limit: LimitOption = 10, json: JsonFlag = False) -> None:
    """Show one source: where it is, how it does, and its latest items."""
    found = selectors.one(source, ("source",))
    db = current.store().read()
    row = sources.row(db, found.number) or {}
    latest = items.of_source(db, found.number, limit)
    if json:
        current.remember(touched=found.id)
        render.emit_json({**row, "latest": latest})
        return
    render.emit_made(row, as_json=False)
    waiting = items.count_inbox(db, source=found.number, state="backlog")
    for label, value in _facts(row):
        render.say(f"  {label:<9} {value}")
    if waiting:
        render.say(f"  {'backlog':<9} {count(waiting, 'item')}: pkm sense inbox --backlog --source {found.id}")
    render.emit_list(latest, LATEST_COLUMNS, as_json=False, noun="item", total=row["items"],
                     empty=f"No items yet. Next: pkm seek pull {found.id}")  # fmt: skip
    current.remember(touched=found.id)


def _facts(row: Row) -> list[tuple[str, str]]:
    from pkm.dates import format_span

    at = now()
    told = [
        ("feed", row["url"]), ("site", row["site_url"]), ("about", one_line(row["description"], 200)),
        ("state", _state(row)), ("error", row["error"] or ""),
        ("every", format_span(row["every_s"]) if row["every_s"] else ""),
        ("fetched", ago(row["fetched_at"], at) if row["fetched_at"] else "never"),
        ("changed", ago(row["changed_at"], at) if row["changed_at"] else ""),
        ("next", ago(row["next_at"], at) if row["next_at"] else "now"),
        ("updates", row["updates"] if row["updates"] != "silent" else ""),
        ("contact", row["contact"] or ""), ("circles", ", ".join(row["circles"])),
        ("tags", " ".join(f"#{name}" for name in row["tags"])),
    ]  # fmt: skip
    return [(label, value) for label, value in told if value]


@app.command(epilog="Example:  pkm seek edit s12 --title \"Half an Hour\" --every 1d --tag +learning --tag -news")
def edit(
    source: SourceArgument,
    title: Annotated[str | None, typer.Option("--title", help="What to call it.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where it is fetched from now on; its items stay.")] = None,
    every: Annotated[
        str | None, typer.Option("--every", help="How often to look: 1h, 2d; \"\": at its own pace.")
    ] = None,
    tag: Annotated[
        Strings,
        typer.Option("--tag", help="+tag puts one on, -tag takes it away.", autocompletion=complete.complete_tags),
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", help="Who writes it; \"\": nobody.", autocompletion=complete.complete_contacts),
    ] = None,
    circle: CircleOption = None,
    leave: Annotated[
        Strings,
        typer.Option("--leave", help="A circle it no longer serves.", autocompletion=complete.complete_circles),
    ] = None,
    backlog: Annotated[bool, typer.Option("--backlog", help="Bring its backlog into the inbox.")] = False,
    updates: arrivals.UpdatesOption = None,
    pause: Annotated[bool, typer.Option("--pause", help="Do not pull it.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Pull it again.")] = False,
    json: JsonFlag = False,
) -> None:
    """Change a source: its name, address, rhythm, tags, contact, circles; pause it or resume it."""
    from pkm.seek.sources import SourceEdit, edit_source

    if pause and resume:
        raise Invalid("--pause and --resume", "give one of the two")
    found = selectors.one(source, ("source",))
    words = tag or []
    change = SourceEdit(
        title=title, url=url, every_s=None if every is None else _seconds(every) if every else 0,
        contact_id=None if contact is None else _contact(contact) or 0,
        state="paused" if pause else "active" if resume else None,
        updates=arrivals.read_updates(updates), backlog=backlog,
        add_tags=[word.removeprefix("+") for word in words if not word.startswith("-")],
        drop_tags=[word[1:] for word in words if word.startswith("-")],
        join_circles=_circles(circle), leave_circles=_circles(leave),
    )  # fmt: skip
    if change == SourceEdit(add_tags=[], drop_tags=[], join_circles=[], leave_circles=[]):
        raise Invalid(f"edit {found.id}", "nothing to change was named", next=f"pkm seek edit {found.id} --help")
    row = edit_source(current.store(), found.number, change)
    also = [value for label, value in _facts(row) if label in ("state", "every", "updates", "tags")]
    render.emit_made(row, as_json=json, also=also)


@app.command(epilog="Example:  pkm seek remove s12")
def remove(
    which: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="s1, or an exact title.", autocompletion=complete.complete_sources),
    ],
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Leave sources; items that you decided on, noted or tagged stay. An undo brings all of it back."""
    found = selectors.many(which, ("source",), guess=False)
    if not found:
        raise Invalid("stdin", "it names no source")
    counted = sources.undecided(current.store().read(), [one.number for one in found])
    names = ", ".join(f"{one.id} ({one_line(one.title, 50)})" for one in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    fate = f"{count(counted['goes'], 'item')} of the inbox go too, {counted['stays']:,} stay"
    if not render.confirm(f"Remove {names}{more}? {fate}.", yes=yes):
        render.tell("Nothing was removed.")
        return
    from pkm.seek.sources import remove_sources

    counted = remove_sources(current.store(), [one.number for one in found])
    if json:
        removed = {"removed": [one.id for one in found]}
        render.emit_json({**removed, "items_removed": counted["goes"], "items_kept": counted["stays"]})
        return
    for one in found:
        render.say(f"{one.id}  removed: {one_line(one.title, 80)}")
    render.tell(f"{count(counted['goes'], 'item')} removed, {counted['stays']:,} kept. Take it back: pkm undo")


app.command("import", epilog="Example:  pkm seek import subscriptions.opml")(lists.import_file)
app.command("export", epilog="Example:  pkm seek export --opml subscriptions.opml")(lists.export_file)
app.command("clip", epilog='Example:  pkm seek clip https://example.org/essay --note "Why it matters #org"')(lists.clip)
import_list = lists.import_list
