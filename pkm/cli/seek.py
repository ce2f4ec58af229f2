"""`pkm seek`: keep up with sources: follow, pull, list, edit, leave; lists of feeds in and out; clip a page."""

import sys
from typing import Annotated, Any

import typer

from pkm.cli import (
    access,
    arrivals,
    clips,
    complete,
    current,
    discover,
    lists,
    mailbox,
    meet,
    ranked,
    render,
    rules,
    selectors,
    standing,
)
from pkm.cli.app import group
from pkm.cli.failures import tell_failures
from pkm.cli.options import JsonFlag, LimitOption, YesFlag
from pkm.dates import ago, now
from pkm.errors import Invalid, PkmError
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
    ("a week", lambda row: f"{row['items_per_week']:g}"),
    ("kept", lambda row: f"{row['kept']}/{row['decided']}" if row["decided"] else ""),
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
CredentialOption = Annotated[
    str | None,
    typer.Option("--credential", help="Where its secret is, never the secret: env:NAME, command:WORDS, file:PATH."),
]
AgentOption = Annotated[
    str | None, typer.Option("--user-agent", help="What to be asked as, where its host refuses pkm's own name.")
]
AuthorOption = Annotated[
    str | None, typer.Option("--author", help="Follow only what this author writes there; --contact says who that is.")
]
FullTextFlag = Annotated[
    bool, typer.Option("--full-text", help="It gives summaries only: fetch the text of its new items' pages as well.")
]
ChallengesOption = Annotated[
    str | None,
    typer.Option("--challenges", help="A tag: it disagrees with what you think there; \"\": no longer.",
                 autocompletion=complete.complete_tags),
]  # fmt: skip
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what failed (for cron).")]


def _state(row: Row) -> str:
    """What ails it, where something does, else its state."""
    if row["mailbox"]:
        return f"{row['state']}, in {row['mailbox']}"
    if row["state"] != "paused" and (ailment := row.get("health")):
        return f"{ailment['kind']} ({row['failures']})" if row["failures"] else str(ailment["kind"])
    if row["state"] == "active" and row["failures"]:
        return f"failing ({row['failures']})"
    return str(row["state"])


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
        following = count(sources.count_all(current.store().read()), "source")
        due = f"None of {following} is due. All of them now: pkm seek pull --all"
        render.tell(NOTHING if following == "0 sources" else due)


def _exit_for(report: Any) -> None:
    """1 where there was no network, 4 where some failed or the person stopped it."""
    if report.offline and report.failed == report.sources:
        raise typer.Exit(1)
    if report.failed or report.interrupted:
        raise typer.Exit(4)


@app.command(epilog="Example:  pkm seek add https://jarche.com --every 1d --tag pkm --contact harold\n\n"
                    "          pkm seek add ~/Mail/news  (its newsletters; so an mbox, a letter.eml, imaps://me@host/Folder)")
def add(
    addresses: Annotated[
        list[str], typer.Argument(metavar="URL|FILE|-", help="A site, a feed, a mailbox, a file of these; -: addresses on stdin.")
    ],
    every: EveryOption = None,
    tag: TagOption = None,
    contact: ContactOption = None,
    circle: CircleOption = None,
    author: AuthorOption = None,
    title: Annotated[str, typer.Option("--title", help="What to call it; else as it calls itself.")] = "",
    credential: CredentialOption = None,
    user_agent: AgentOption = None,
    full_text: FullTextFlag = False,
    feed: Annotated[int, typer.Option("--feed", min=0, help="Of several feeds that a page has: the Nth.")] = 0,
    challenges: ChallengesOption = None,
    backlog: arrivals.BacklogFlag = False,
    updates: arrivals.UpdatesOption = None,
    force: Annotated[bool, typer.Option("--force", help="Follow the address though no feed answers.")] = False,
    all_mail: Annotated[bool, typer.Option("--all-mail", help="Of a mailbox, take personal letters too.")] = False,
    subfolders: Annotated[bool, typer.Option("--subfolders", help="Of a Maildir, read its folders too.")] = False,
    json: JsonFlag = False,
) -> None:
    """Follow a source: a site's address finds its feed. Its items come with the next pull."""
    given = [word for one in addresses for word in (sys.stdin.read().split() if one == "-" else [one])]
    if not given:
        raise Invalid("stdin", "it holds no address", next="pkm seek add https://example.org")
    options = {
        "title": title, "tags": tag or (), "every_s": _seconds(every), "contact_id": _contact(contact),
        "circle_ids": _circles(circle), "credential": access.place(credential), "user_agent": user_agent or "",
        "all_mail": all_mail, "subfolders": subfolders, "author": author or "", "full_text": full_text,
        "challenges": challenges or "", "backlog": backlog, "updates": arrivals.read_updates(updates) or "silent",
    }  # fmt: skip
    access.warn_of_secrets(given)
    if len(given) == 1:
        _show_added(_add(given[0], force, options, feed), json)
        render.tell("Next: pkm seek")
        return
    _add_many(given, force, options, json)


def _add(address: str, force: bool, options: Row, feed: int = 0) -> Any:
    from pkm.seek.rules import follow_author
    from pkm.seek.sources import add_source

    author, options = options["author"], {name: value for name, value in options.items() if name != "author"}
    if (added := mailbox.add(address, force, options)) is not None:
        return added
    rest = {name: value for name, value in options.items() if name not in mailbox.OPTIONS}
    store = current.store()
    found = _find(address, force, feed, credential=options["credential"], user_agent=options["user_agent"])
    with store.unit():
        if not author:
            return add_source(store, found, **rest)
        added = add_source(store, found, **{**rest, "contact_id": None})  # it is a group's, not the person's
        _tell_rules(follow_author(store, added.row["number"], author, options["contact_id"]))
        return added


def _tell_rules(rows: list[Row]) -> None:
    for row in rows:
        render.tell(f"{row['id']}  {row['title']}")


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


def _find(address: str, force: bool, feed: int = 0, **access: str) -> Any:
    """The feed to follow: found at the address, the Nth where that is said; with --force the address itself where there
    is none.
    """
    from pkm.cli.choosing import ask_which, pick
    from pkm.seek.sources import as_address, choose_main, look_for_feed

    if address.startswith("%"):
        address = selectors.recalled(address)
    try:
        found = look_for_feed(address, **access)
    except PkmError as error:
        if force:
            return as_address(address)
        error.kept = "Nothing was added."
        if error.next is None:
            shown = sources.without_user(address)
            error.next = f"see that the address is right; to follow it all the same: pkm seek add {shown} --force"
        raise
    return pick(found, feed, address) if feed else choose_main(found) or ask_which(address, found)


def _show_added(added: Any, json: bool) -> None:
    if added.like:
        like = added.like["id"]
        render.tell(f"{like} follows {added.like['url']}, which may be the same. Next: pkm seek remove {like}")
    render.emit_made(added.row, as_json=json, also=[added.row["url"]] if added.row["url"] not in ("", added.row["title"]) else [])


def _seconds(every: str | None) -> int | None:
    if every is None:
        return None
    from pkm.dates import parse_span

    return int(parse_span(every).total_seconds())


def _contact(name: str | None) -> int | None:
    return selectors.one(name, ("contact",)).number if name else None


def _circles(names: Strings) -> list[int]:
    return [selectors.one(name, ("circle",)).number for name in names or ()]


@app.command("list", epilog="Example:  pkm seek list -n 100\n\n"
                            "          pkm seek list --sort noise  (what you keep least of: whom to leave)")  # fmt: skip
def list_sources(
    which: SourcesArgument = None,
    state: Annotated[str, typer.Option("--state", help="Only those that are active, paused or gone.")] = "",
    sort: Annotated[
        str, typer.Option("--sort", help="name; noise: least kept first; signal: most kept; quiet: longest silent.")
    ] = "name",
    limit: LimitOption = 50,
    json: JsonFlag = False,
) -> None:
    """List the sources: what is followed, how much it brings, how much of it you keep, how it does."""
    from pkm.seek import health
    from pkm.store.source_health import ORDERS

    if sort not in ORDERS:
        raise Invalid(f"--sort {sort}", f"it should be one of {', '.join(ORDERS)}")
    if state not in ("", "active", "paused", "gone"):
        raise Invalid(f"--state {state}", "it should be active, paused or gone")
    ids = [found.number for found in selectors.many(which, ("source",))] if which else None
    db = current.store().read()
    rows = health.sort_sources(db, sort, limit, now(), state=state or None, ids=ids)
    total = len(rows) if ids or state else sources.count_all(db)
    render.emit_list(rows, COLUMNS, as_json=json, noun="source", total=total, empty=NOTHING)
    if sort == "noise" and not json:
        standing.tell_noise(rows)


@app.command(epilog="Example:  pkm seek show s12")
def show(source: SourceArgument, limit: LimitOption = 10, json: JsonFlag = False) -> None:
    """Show one source: where it is, how it does, and its latest items."""
    found = selectors.one(source, ("source",))
    db = current.store().read()
    row = standing.describe(db, found.number)
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
    clips.hint_full_text(row)
    current.remember(touched=found.id)


def _facts(row: Row) -> list[tuple[str, str]]:
    from pkm.dates import format_span

    at = now()
    told = [
        ("feed", row["url"]), ("site", row["site_url"]), ("about", one_line(row["description"], 200)),
        ("state", _state(row)), ("error", standing.failing(row)), ("mend", standing.mend(row)),
        ("every", row.get("interval") or (format_span(row["every_s"]) if row["every_s"] else "")),
        ("brings", standing.brings(row)), ("secret", row["credential"]), ("asks as", row["user_agent"]),
        ("texts", "full text of each page (--summaries: as the feed gives them)" if row["full_text"] else ""),
        ("fetched", ago(row["fetched_at"], at) if row["fetched_at"] else "never"),
        ("changed", ago(row["changed_at"], at) if row["changed_at"] else ""),
        ("next", "" if row["url"].startswith("mail:") else ago(row["next_at"], at) if row["next_at"] else "now"),
        ("contact", row["contact"] or ""), ("circles", ", ".join(row["circles"])),
        ("tags", " ".join(f"#{name}" for name in row["tags"])),
        ("against", f"challenges #{row['challenges']}" if row["challenges"] else ""),
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
    credential: CredentialOption = None,
    user_agent: AgentOption = None,
    author: Annotated[
        str | None, typer.Option("--author", help="Only what this author writes there; \"\": everybody again.")
    ] = None,
    leave: Annotated[
        Strings,
        typer.Option("--leave", help="A circle it no longer serves.", autocompletion=complete.complete_circles),
    ] = None,
    full_text: Annotated[
        bool | None,
        typer.Option("--full-text/--summaries", help="Fetch the text of its new items' pages, or take what it gives."),
    ] = None,
    challenges: ChallengesOption = None,
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
        contact_id=None if contact is None or author else _contact(contact) or 0,
        state="paused" if pause else "active" if resume else None,
        updates=arrivals.read_updates(updates), backlog=backlog,
        add_tags=[word.removeprefix("+") for word in words if not word.startswith("-")],
        drop_tags=[word[1:] for word in words if word.startswith("-")],
        join_circles=_circles(circle), leave_circles=_circles(leave), credential=credential, user_agent=user_agent,
        full_text=full_text, challenges=challenges,
    )  # fmt: skip
    access.warn_of_secrets([url or ""])
    if author is None and change == SourceEdit(add_tags=[], drop_tags=[], join_circles=[], leave_circles=[]):
        raise Invalid(f"edit {found.id}", "nothing to change was named", next=f"pkm seek edit {found.id} --help")
    with current.store().unit():
        if author is not None:
            _follow_author(found.number, author, contact)
        row = edit_source(current.store(), found.number, change)
    also = [value for label, value in _facts(row) if label in ("state", "every", "updates", "tags", "against")]
    render.emit_made(row, as_json=json, also=also)


def _follow_author(source: int, author: str, contact: str | None) -> None:
    from pkm.seek.rules import follow_author

    made = follow_author(current.store(), source, author, _contact(contact))
    _tell_rules(made)
    if made:
        render.tell(f"It is for what comes in from now on. What is here already: pkm seek rules apply {made[0]['id']}")


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
app.add_typer(rules.app, name="rules")
app.command("clip", epilog='Example:  pkm seek clip https://example.org/essay --note "Why it matters #org"')(clips.clip)
import_list = lists.import_list
app.command("discover", epilog="Example:  pkm seek discover\n\n          pkm seek discover --accept 2")(discover.discover)
app.command("people", epilog="Example:  pkm seek people\n\n          pkm seek people --accept 1")(meet.people)
