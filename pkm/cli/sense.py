"""`pkm sense`: work through the inbox; keep, drop, write, tag. What reworks notes is registered from rework.py."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pkm.cli import arrivals, complete, current, ranked, render, selectors
from pkm.cli.app import LazyGroup, Table, group
from pkm.cli.options import DryRunFlag, JsonFlag, LimitOption, NoteArgument, QueryCommand, ReachOption, TagOption
from pkm.errors import Invalid
from pkm.ids import Row, existing
from pkm.store import circles, deliveries, items, notes, responses, shares
from pkm.store import versions as past
from pkm.store.lookup import Found
from pkm.text import clean, count, one_line, with_kind

COMMANDS: Table = {
    "note": (
        "pkm.cli.noting",
        "Write a note: from words, stdin, the clipboard, a page, an answer or your editor; or put quotes together.",
    ),
    "annotate": ("pkm.cli.quoting", "Quote words of an item or a note, comment on them, or both."),
    "attach": ("pkm.cli.attaching", "Put files beside a note, which shows them; their bytes are kept in the home."),
    "link": ("pkm.cli.rework", "Link a note to a note, an item or a contact."),
    "suggest": ("pkm.cli.near", "Suggest links and tags for a note, each with why; accept or mute them by number."),
    "related": ("pkm.cli.near", "List notes and items that are related to a note or an item, each with why."),
    "garden": ("pkm.cli.garden", "Show what of the notes wants looking after, each line with the command that mends it."),
    "grow": ("pkm.cli.rework", "Let a note grow: observation to idea, idea to practice."),
    "try": ("pkm.cli.rework", "Log where an idea was tried and what came of it."),
    "review": ("pkm.cli.review", "Look again at a few notes: what is due, open questions, contradictions, one by chance."),
    "shrink": ("pkm.cli.rework", "Take a note one stage back, with the reason."),
}
"""What reworks notes; as in cli/app."""


class SenseGroup(LazyGroup):
    """The verb; what reworks notes is imported when it is asked for."""

    table = COMMANDS


app = group("Work through the inbox: keep, drop, note, quote, tag, link, grow.", cls=SenseGroup)

ItemsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="ITEM|ANSWER...", help="Items, answers: ids, or words of a title.",
        autocompletion=complete.complete_items,
    ),
]


@app.callback(
    invoke_without_command=True,
    epilog="Example:  pkm sense            (opens the desk; --plain: one line, one key at a time)\n\n"
    '          pkm sense note "Desire paths beat roadmaps #org"',
)
def sense(
    ctx: typer.Context,
    sort: ranked.SortOption = "best",
    plain: Annotated[
        bool, typer.Option("--plain", help="One line and one key at a time: for screen readers and slow lines.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Work through the inbox: keep, drop, note, quote, tag, link, grow."""
    if ctx.invoked_subcommand is not None:
        return
    if sys.stdin.isatty() and sys.stdout.isatty() and not json:
        if not plain and sort == "best" and os.environ.get("TERM", "dumb") != "dumb":
            from pkm.desk.app import run

            run(current.store(), current.home())
            return
        from pkm.cli.review import walk_due
        from pkm.cli.walk import walk

        if walk(ranked.read_sort(sort)):
            walk_due()
    else:
        inbox(sort=sort, json=json)


@app.command(epilog="Example:  pkm sense inbox -n 50 --sort oldest\n\n"
                    "          pkm sense inbox --explain   (why each item stands where it stands)")  # fmt: skip
def inbox(
    limit: LimitOption = 20,
    sort: ranked.SortOption = "best",
    source: Annotated[
        str, typer.Option("--source", help="Only what this source brought.", autocompletion=complete.complete_sources)
    ] = "",
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", help="Only what is tagged so, or of sources that are; may be given again.",
            autocompletion=complete.complete_tags,
        ),
    ] = None,
    muted: Annotated[bool, typer.Option("--muted", help="List what rules muted instead.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the terms of each item's score.")] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Compare best first with newest first over your own decisions.")
    ] = False,
    backlog: Annotated[
        bool, typer.Option("--backlog", help="List what new sources brought of their past instead.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """List what came in and is not decided yet: answers, then items, best first."""
    sort = ranked.read_sort(sort)
    if replay:
        ranked.show_replay(json=json)
        return
    of = selectors.one(source, ("source",)).number if source else None
    if tag and (source or muted or backlog):
        raise Invalid("--tag", "it goes with the inbox, without --source, --muted and --backlog")
    if muted:
        from pkm.cli.rules import show_muted

        show_muted(limit, of, json=json)
        return
    if backlog:
        arrivals.show_backlog(limit, of, json=json)
        return
    ranked.show_inbox(limit, sort, of, tags=tag or (), explain=explain, json=json)


@app.command(epilog="Example:  pkm sense show i12 --open 1")
def show(
    thing: Annotated[
        str,
        typer.Argument(
            help="An item, note or annotation: its id, or words of its title.", autocompletion=complete.complete_any
        ),
    ],
    open: Annotated[
        int | None, typer.Option("--open", min=0, help="Open link or file N in the browser; 0: the page itself.")
    ] = None,
    page: Annotated[str, typer.Option("--page", metavar="FILE|-", help="Write its archived page to a file; -: stdout.")] = "",
    feed_text: Annotated[
        bool, typer.Option("--feed-text", help="What its feed gave, where the page's full text took its place.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="An item's text as Markdown, as a note would hold it.")
    ] = False,
    versions: Annotated[
        bool, typer.Option("--versions", help="What an item said before its source changed it.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Show an item, note or annotation with what hangs on it."""
    from pkm.sense.show import marked
    from pkm.sense.show import thing as whole

    found = selectors.one(thing, ("item", "note", "annotation"))
    if page or feed_text or markdown:
        from pkm.cli import pages

        pages.show_other(found, page=page, feed_text=feed_text, json=json)
        return
    row = whole(current.store().read(), found.kind, found.number)
    if open is not None:
        _open_link(row, open)
        return
    current.remember(touched=found.id)
    if versions:
        if found.kind != "item":
            raise Invalid(f"--versions {found.id}", "only what a source brought has versions")
        arrivals.show_versions(row, past.of_item(current.store().read(), found.number), as_json=json)
        return
    if json:
        render.emit_json(row)
        return
    from pkm.cli.thing import as_text

    text = marked(row["text"], row["annotations"]) if row.get("annotations") else str(row.get("text", ""))
    render.show_text(as_text(row, text))


def _open_link(row: Row, number: int) -> None:
    from pkm.cli.browser import open_page

    linked = [*row.get("links", []), *row.get("enclosures", [])]
    addresses = {link["number"]: link["url"] for link in linked if "url" in link}
    addresses[0] = row.get("url", "")
    if not addresses.get(number):
        raise Invalid(
            f"--open {number}", f"{row['id']} has {len(addresses) - 1} links", next=f"pkm sense show {row['id']}"
        )
    open_page(addresses[number])


@app.command(epilog='Example:  pkm sense keep i12 --note "My own words #tag @maria"')
def keep(
    things: ItemsArgument,
    note: Annotated[
        str | None, typer.Option("--note", "-m", help="Your own words: a note is made from the item.")
    ] = None,
    tag: TagOption = None,
    reach: ReachOption = "private",
    json: JsonFlag = False,
) -> None:
    """Keep items and answers; with words of your own, make a note from items. A note that was put away comes back."""
    from pkm.ids import parse
    from pkm.reach import read_reach

    if note is None and reach != "private":
        raise Invalid(f"--reach {reach}", "a reach is a note's; say your words with --note")
    reach = read_reach(reach)
    named = [parse(part.strip()) for text in things for part in text.split(",")]
    by_id = any(known and known[0] == "note" for known in named)  # words mean items and answers alone
    found = selectors.many(things, ("item", "response", "note") if by_id else ("item", "response"))
    numbers = [one.number for one in found if one.kind == "item"]
    answers = [one.number for one in found if one.kind == "response"]
    away = [one.number for one in found if one.kind == "note"]
    if away and (note is not None or tag):
        raise Invalid(f"--note and --tag on n{away[0]}", "they go with items", next=f"pkm sense edit n{away[0]}")
    if answers and (note is not None or tag):
        raise Invalid(f"--note and --tag on r{answers[0]}", "they go with items", next=f'pkm sense note --from r{answers[0]} "…"')
    if note is not None:
        _keep_with_words(numbers, note, tag or [], reach, json)
        return
    from pkm.cli.changed import emit_changed
    from pkm.sense.inbox import bring_back_notes, keep_answers
    from pkm.sense.inbox import keep as keep_items

    store = current.store()
    before = [*items.rows(store.read(), numbers), *(responses.row(store.read(), number) or {} for number in answers)]
    there = {row["id"] for row in before if row.get("state") == "kept"}
    there |= {row["id"] for row in notes.rows(store.read(), away) if not row["dropped_at"]}
    with store.unit():
        kept = keep_items(store, numbers, names=tag or [], filters=ranked.find_filters(numbers)) if numbers else []
        kept += keep_answers(store, answers) if answers else []
        kept += bring_back_notes(store, away) if away else []
    emit_changed(kept, as_json=json, already=there)


def _keep_with_words(numbers: list[int], words: str, names: list[str], reach: str, json: bool) -> None:
    from pkm.cli import drafts
    from pkm.cli.noted import emit_note
    from pkm.sense.inbox import keep as keep_items
    from pkm.sense.notes import add_note

    store = current.store()
    with drafts.kept(words, drafts.name_for()), store.unit():
        keep_items(store, numbers, names=names, filters=ranked.find_filters(numbers))
        added = add_note(store, words, reach=reach, item_id=numbers[0], also_from=numbers[1:], names=names)
        with store.unit() as unit:
            unit.summarize(f"{added.row['id']} {one_line(added.row['title'], 60)} from i{numbers[0]}")
    emit_note(added, as_json=json)


@app.command(epilog="Example:  pkm sense drop i12 i13\n\n"
                    "          pkm sense drop 'is:inbox from:#news before:3w' --dry-run   (see: pkm help search)")  # fmt: skip
def drop(
    things: Annotated[
        list[str],
        typer.Argument(
            metavar="ITEM|NOTE|ANSWER...", help="Items, notes and answers: ids, or a search for all it finds.",
            autocompletion=complete.complete_any,
        ),
    ],
    dry_run: DryRunFlag = False,
    json: JsonFlag = False,
) -> None:
    """Drop items and answers; put notes away. `pkm undo` brings them back."""
    from pkm.cli.changed import emit_changed
    from pkm.sense.inbox import drop as drop_things

    found = selectors.many(things, ("item", "note", "response"), guess=False)
    if dry_run:
        rows = [{"id": one.id, "kind": one.kind, "title": one.title} for one in found]
        render.emit_list(rows, (("id", lambda row: row["id"]), ("title", lambda row: one_line(row["title"], 100))),
                         as_json=json, noun="thing would be dropped", plural="things would be dropped")  # fmt: skip
        return
    filters = ranked.find_filters([one.number for one in found if one.kind == "item"])
    there = _dropped_of(found)
    dropped = drop_things(current.store(), [(one.kind, one.number) for one in found], filters=filters)
    emit_changed(dropped, as_json=json, already=there)


def _dropped_of(found: Sequence[Found]) -> set[str]:
    """The ids of those that are dropped, or put away, as it is."""
    db = current.store().read()
    numbers = {kind: [one.number for one in found if one.kind == kind] for kind in ("item", "note", "response")}
    rows = [*items.rows(db, numbers["item"]), *notes.rows(db, numbers["note"])]
    rows += [responses.row(db, number) or {} for number in numbers["response"]]
    return {row["id"] for row in rows if row.get("state") == "dropped" or row.get("dropped_at")}


@app.command(
    epilog='Example:  pkm sense edit n12\n\n          pkm sense edit n12 --title "Paths show what people want"'
)
def edit(
    note: NoteArgument,
    title: Annotated[str | None, typer.Option("--title", "-t", help="Give it this title.")] = None,
    text: Annotated[str | None, typer.Option("--text", "-m", help="Give it this text; -: stdin.")] = None,
    draft: Annotated[str, typer.Option("--draft", help="Give it the text of a draft: `last`, or its file.")] = "",
    json: JsonFlag = False,
) -> None:
    """Edit a note, in your editor or by options."""
    from pkm.cli import drafts, editor
    from pkm.cli.noted import emit_note
    from pkm.sense.notes import edit_note

    found = selectors.one(note, ("note",))
    store = current.store()
    base = existing(notes.row(store.read(), found.number), "note", found.number)
    path: Path | None = None
    given = drafts.typed() if text == "-" else text
    if draft:
        given, path = drafts.take_up(draft, f"edit-{found.id}")
    elif title is None and given is None:
        given, path = editor.edit(
            base["text"] + "\n", f"edit-{found.id}", instead=f'pkm sense edit {found.id} --text "…"',
            again=f"pkm sense edit {found.id} --draft last", changed_at=base["updated_at"],
        )
        if clean(given).strip() == base["text"].strip():
            path.unlink(missing_ok=True)
            render.tell("Nothing was changed.")
            return
    with drafts.kept(given or "", drafts.name_for("edit", found.id), path):
        added = edit_note(store, found.number, text=given, title=title, base=base)
    emit_note(added, as_json=json)


@app.command(epilog="Example:  pkm sense reach n1 n4 network")
def reach(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="NOTE... REACH",
            help="Notes, then private, team, community or network.",
            autocompletion=complete.complete_notes,
        ),
    ],
    json: JsonFlag = False,
) -> None:
    """Say how far notes may go: private, team, community or network."""
    from pkm.reach import read_reach

    wanted = read_reach(words[-1])
    if len(words) < 2:
        raise Invalid(words[0], "say which notes first: pkm sense reach n1 network")
    numbers = [found.number for found in selectors.many(words[:-1], ("note",))]
    from pkm.sense.notes import set_reach

    changed = set_reach(current.store(), numbers, wanted)
    current.remember(touched=changed[-1][0]["id"])
    if json:
        render.emit_json([row for row, _ in changed])
    else:
        for row, before in changed:
            render.say(f"{row['id']}  {one_line(row['title'], 100)}  {before} → {wanted}" if before != wanted else
                       f"{row['id']}  {one_line(row['title'], 100)}  {wanted} as before")  # fmt: skip
    _tell_audience(wanted, [before for _, before in changed])
    for row, before in changed:
        if before != wanted:
            _tell_already_out(row["id"], wanted)
    render.tell_undo(as_json=json)


def _tell_audience(wanted: str, before: list[str]) -> None:
    """Who may now get the notes, where that is more than before."""
    from pkm.reach import is_wider, may_go

    if not any(is_wider(wanted, one) for one in before):
        return
    told = [
        with_kind(row["name"], row["circle_kind"], count(row["members"], "member"))
        for row in circles.rows(current.store().read())
        if may_go(wanted, row["circle_kind"])
    ]
    public = "; on the public site as well" if wanted == "network" else ""
    render.tell(f"May now go to: {', '.join(told) or 'no circle yet'}{public}. Nothing was sent.")


def _tell_already_out(note: str, wanted: str) -> None:
    """Where a note stands already that it may no longer go to: narrowing calls nothing back."""
    from pkm.reach import may_go

    db = current.store().read()
    kinds = {row["name"]: row["circle_kind"] for row in circles.rows(db)}
    out = [row for row in deliveries.rows(db, note=int(note[1:])) if row["state"] == "sent"]
    too_far = [row for row in out if not may_go(wanted, kinds.get(row["circle"], "network"))]
    is_site = {row["name"]: row["channel_kind"] == "site" for row in shares.channels(db)}
    if too_far:
        where = ", ".join(dict.fromkeys(f"{row['share']} to {row['circle']} by {row['channel']}" for row in too_far))
        render.tell(f"{note} is out already: {where}. That stays as it is. Next: pkm share log {note}")
        for name in sorted({row["channel"] for row in too_far if is_site.get(row["channel"])}):
            render.tell(f"A page of its own at {name} goes with the next: pkm share site build{shares.site_named(db, name)}")


@app.command(cls=QueryCommand, epilog="Example:  pkm sense tag n1 i12 +org/design -draft")
def tag(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="THING... +TAG -TAG",
            help="Notes, items, sources, contacts, circles; then +tags and -tags.",
            autocompletion=complete.complete_tags,
        ),
    ],
    json: JsonFlag = False,
) -> None:
    """Put tags on things and take them away: +org -draft."""
    from pkm.cli.noted import tell_new, tell_not_there
    from pkm.sense.tags import TAGGED, change_tags, new_with_likes, read_changes

    texts, add, take = read_changes(words)
    found = selectors.many(texts, TAGGED)
    store = current.store()
    likes = new_with_likes(store, add, take)
    changed = change_tags(store, [(one.kind, one.number) for one in found], add, take)
    rows: list[Row] = [
        {"id": one.id, "kind": one.kind, "title": one.title, "tags": now.tags, "added": now.added, "taken": now.taken}
        for one, now in zip(found, changed, strict=True)
    ]
    current.remember(touched=rows[-1]["id"])
    if json:
        render.emit_json(rows)
    else:
        for row in rows:
            render.say(
                "  ".join(
                    [row["id"], one_line(row["title"], 80), " ".join(f"#{name}" for name in row["tags"])]
                ).rstrip()
            )
    tell_new(likes)
    for name in take:
        if not any(name in one.taken for one in changed):
            tell_not_there(name, [tag for one in changed for tag in one.tags])
    for one, row in zip(changed, rows, strict=True):
        for name in one.written:
            render.tell(f"#{name} still stands in the text of {row['id']}; its next edit puts it back.")


app.command(epilog="Example:  pkm sense restore i12")(arrivals.restore)
