"""The sources that are followed: listed, shown, changed, left. cli/seek names the commands."""

from shlex import quote
from typing import Annotated

import typer

from pkm import first_step
from pkm.cli import arrivals, complete, current, render, selectors, standing
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption, YesFlag, put_tags
from pkm.cli.source_options import (
    AgentOption,
    CircleOption,
    CredentialOption,
    SourceArgument,
    SourcesArgument,
    Strings,
    read_circles,
    read_contact,
    read_seconds,
)
from pkm.dates import ago, day, now
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.spelling import none_of
from pkm.store import contacts, items, lookup, sources
from pkm.text import count, fold, one_line, some
from pkm.vocabulary import SOURCE_STATES

app = group("Sources.")

COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]),
    ("title", lambda row: one_line(row["title"], 60)),
    ("items", lambda row: f"{row['items']:,}"),
    ("a week", lambda row: f"{row['items_per_week']:g}"),
    ("kept/decided", lambda row: f"{row['kept']}/{row['decided']}" if row["decided"] else ""),
    ("state", lambda row: _state(row)),
    ("last", lambda row: ago(row["fetched_at"], now()) if row["fetched_at"] else "never"),
    ("tags", lambda row: " ".join(f"#{name}" for name in row["tags"])),
)
LATEST_COLUMNS: render.Columns = (
    ("id", lambda row: row["id"]),
    ("title", lambda row: one_line(row["title"], 70)),
    ("date", lambda row: day(row["published_at"] or row["received_at"])),
    ("state", lambda row: row["state"]),
)


def _state(row: Row) -> str:
    """What ails it, where something does, else its state."""
    if row["mailbox"]:
        return f"{row['state']}, in {row['mailbox']}"
    if row["state"] != "paused" and (ailment := row.get("health")):
        return f"{ailment['kind']} ({row['failures']})" if row["failures"] else str(ailment["kind"])
    if row["state"] == "active" and row["failures"]:
        return f"failing ({row['failures']})"
    return str(row["state"])


@app.command(
    "list",
    epilog="Example:  pkm seek list -n 100\n\n          pkm seek list --sort noise  (what you keep least of: whom to leave)",
)
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
        raise none_of(f"--sort {sort}", sort, ORDERS)
    if state not in ("", *SOURCE_STATES):
        raise none_of(f"--state {state}", state, SOURCE_STATES)
    ids = [found.number for found in selectors.many(which, ("source",))] if which else None
    db = current.store().read()
    rows = health.sort_sources(db, sort, limit, now(), state=state or None, ids=ids)
    total = len(rows) if ids or state else sources.count_all(db)
    empty = "" if rows else first_step.unfollowed(contacts.first_with_url(db))
    render.emit_list(rows, COLUMNS, as_json=json, noun="source", total=total, empty=empty)
    if sort == "noise" and not json:
        standing.tell_noise(rows)


@app.command(epilog="Example:  pkm seek show s12")
def show(source: SourceArgument, limit: LimitOption = 10, json: JsonFlag = False) -> None:
    """Show one source: where it is, how it does, and its latest items."""
    from pkm.cli.clips import hint_full_text

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
    hint_full_text(row)
    current.remember(touched=found.id)


def _facts(row: Row) -> list[tuple[str, str]]:
    from pkm.dates import format_span

    at = now()
    told = [
        ("feed", row["url"]), ("site", row["site_url"]), ("about", one_line(row["description"], 200)),
        ("state", _state(row)), ("error", standing.failing(row)), ("mend", standing.mend(row)),
        ("every", (row.get("interval") or (format_span(row["every_s"]) if row["every_s"] else "")).removeprefix("every ")),
        ("brings", standing.brings(row)), ("secret", row["credential"]), ("asks as", row["user_agent"]),
        ("updates", row["updates"] if row["updates"] != "silent" else ""),
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
    title: Annotated[str | None, typer.Option("--title", "-t", help="What to call it.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where it is fetched from now on; its items stay.")] = None,
    every: Annotated[str | None, typer.Option("--every", help="How often to look: 1h, 2d; \"\": its own pace.")] = None,
    tag: Annotated[Strings, put_tags("+tag puts one on, -tag takes it away.")] = None,
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
    challenges: Annotated[
        str | None, put_tags("A tag: it disagrees with what you think there; \"\": no longer.", "--challenges")
    ] = None,
    backlog: Annotated[bool, typer.Option("--backlog", help="Bring its backlog into the inbox.")] = False,
    updates: arrivals.UpdatesOption = None,
    pause: Annotated[bool, typer.Option("--pause", help="Do not pull it.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Pull it again.")] = False,
    json: JsonFlag = False,
) -> None:
    """Change a source, pause it or resume it.

    Its name, address, rhythm, tags, contact, circles; the author followed there; its credential; whether full texts are
    fetched, what becomes of updates, what it challenges; and its backlog comes into the inbox.
    """
    from pkm.cli.access import warn_of_secrets
    from pkm.cli.noted import tell_not_there
    from pkm.seek.sources import SourceEdit, edit_source

    state = _read_state(pause=pause, resume=resume)
    found = selectors.one(source, ("source",))
    words = tag or []
    change = SourceEdit(
        title=title, url=url, every_s=None if every is None else read_seconds(every) if every else 0,
        contact_id=None if contact is None or author else read_contact(contact) or 0,
        state=state, updates=arrivals.read_updates(updates), backlog=backlog,
        add_tags=[word.removeprefix("+") for word in words if not word.startswith("-")],
        drop_tags=[word[1:] for word in words if word.startswith("-")],
        join_circles=read_circles(circle), leave_circles=read_circles(leave), credential=credential, user_agent=user_agent,
        full_text=full_text, challenges=challenges,
    )  # fmt: skip
    warn_of_secrets([url or ""])
    if author is None and change == SourceEdit(add_tags=[], drop_tags=[], join_circles=[], leave_circles=[]):
        raise Invalid(f"edit {found.id}", "nothing to change was named", next=f"pkm seek edit {found.id} --help")
    with current.store().unit():
        if author is not None:
            _follow_author(found.number, author, contact)
        had = sources.row(current.store().read(), found.number) or {}
        waited = items.count_inbox(current.store().read(), source=found.number, state="backlog")
        row = edit_source(current.store(), found.number, change)
    if credential is None:
        _tell_of_secret(had, row)
    for name in change.drop_tags:
        if fold(name.removeprefix("#")) not in map(fold, had.get("tags", ())):
            tell_not_there(name, row["tags"])
    brought = [f"{count(waited, 'item')} put into the inbox" if waited else "nothing waited in its backlog"] if backlog else []
    also = [*_changed(row, change.contact_id), *brought] if row != had or backlog else ["nothing changed"]
    render.emit_made(row, as_json=json, also=also)
    render.tell_undo(as_json=json)


def _changed(row: Row, writer_number: int | None) -> list[str]:
    """What is said of a source behind its title once it was changed. writer_number: the contact that was named."""
    shown = ("state", "every", "updates", "tags", "against")
    also = [f"every {value}" if label == "every" else value for label, value in _facts(row) if label in shown and value]
    if writer_number and (writer := lookup.by_number(current.store().read(), "contact", writer_number)):
        also.append(f"by {writer.id} {one_line(writer.title, 60)}")
    return also


def _read_state(*, pause: bool, resume: bool) -> str | None:
    """The state that was asked for; None: as it is. Raises Invalid."""
    if pause and resume:
        raise Invalid("--pause and --resume", "give one of the two")
    return "paused" if pause else "active" if resume else None


def _tell_of_secret(had: Row, row: Row) -> None:
    """A source that was moved to another host leaves its secret behind, and the person knows it."""
    if had.get("credential") and not row["credential"]:
        render.tell(f"Its secret belonged to {had['url']} and stays behind. Next: pkm seek edit {row['id']} --credential "
                    f"{quote(had['credential'])}")


def _follow_author(source: int, author: str, contact: str | None) -> None:
    from pkm.cli.follow import tell_rules
    from pkm.seek.rules import follow_author

    made = follow_author(current.store(), source, author, read_contact(contact))
    tell_rules(made)
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
    names = some([f"{one.id} ({one_line(one.title, 50)})" for one in found], 5)
    goes = "goes" if counted["goes"] == 1 else "go"
    fate = f"{count(counted['goes'], 'item')} that you did nothing with {goes} too, {counted['stays']:,} stay"
    if not render.confirm(f"Remove {names}? {fate}.", yes=yes, no="Nothing was removed."):
        return
    from pkm.seek.sources import remove_sources

    counted = remove_sources(current.store(), [one.number for one in found])
    if json:
        removed = {"removed": [one.id for one in found]}
        render.emit_json({**removed, "items_removed": counted["goes"], "items_kept": counted["stays"]})
        return
    for one in found:
        render.say(f"{one.id}  removed: {one_line(one.title, 80)}")
    render.tell_undo(f"{count(counted['goes'], 'item')} removed, {counted['stays']:,} kept.")
