"""`pkm contact`: the people one learns with: who they are, how one met, what passed, and when to be in touch again."""

from typing import Annotated, Any

import typer

from pkm import first_step
from pkm.cli import card, complete, contact_files, current, introduce, merge, render, selectors, story, touch
from pkm.cli.app import group
from pkm.cli.options import BecauseOption, JsonFlag, LimitOption, WhoArgument, as_seconds, put_tags
from pkm.cli.their_feeds import follow, follow_alone, follows, look_for_feeds, tell_feeds
from pkm.dates import day, format_span
from pkm.errors import Invalid, NotFound
from pkm.ids import Row
from pkm.spelling import did_you_mean
from pkm.store import contacts, lookup, sources
from pkm.text import count, one_line

app = group("The people you learn with: add, show, log what passed between you.", invoke_without_command=True,
            epilog=f"Example:  {first_step.STEP}")  # fmt: skip

COLUMNS = (
    ("id", lambda row: row["id"]),
    ("name", lambda row: one_line(row["name"], 40)),
    ("nick", lambda row: f"@{row['nick']}" if row["nick"] else ""),
    ("circles", lambda row: ", ".join(row["circles"])),
    ("last", lambda row: day(row["last"]) if row["last"] else ""),
    ("due", lambda row: day(row["due"]) if row["due"] else ""),
    ("org", lambda row: one_line(row["org"], 40)),
)

Strings = list[str] | None
NickOption = Annotated[str | None, typer.Option("--nick", help="One word: what @nick means in notes.")]
EmailOption = Annotated[Strings, typer.Option("--email", help="An e-mail address; may be given again.")]
UrlOption = Annotated[Strings, typer.Option("--url", help="Their site or profile; may be given again.")]
AliasOption = Annotated[Strings, typer.Option("--alias", help="Another name they go by; may be given again.")]
OrgOption = Annotated[str | None, typer.Option("--org", help="Where they work or belong.")]
RoleOption = Annotated[str | None, typer.Option("--role", help="What they do there.")]
MetOption = Annotated[str | None, typer.Option("--met", help="How you met.")]
ThroughOption = Annotated[
    str | None,
    typer.Option("--through", help="Through whom: a contact.", autocompletion=complete.complete_contacts),
]
AboutOption = Annotated[str | None, typer.Option("--about", help="What to remember about them.")]
EveryOption = Annotated[
    str | None, typer.Option("--every", help="How often to be in touch (6w); else as the closest circle says.")
]
ReadOption = Annotated[
    str | None,
    typer.Option("--read", help="How often what they write shows up: daily, weekly, 3w … yearly; \"\": as it comes."),
]
TagOption = Annotated[Strings, put_tags("A subject of theirs; may be given again.")]
NoFollowFlag = Annotated[bool, typer.Option("--no-follow", help="Do not look for a feed at --url.")]
InCircleOption = Annotated[
    str | None, typer.Option("--circle", help="A circle.", autocompletion=complete.complete_circles)
]


@app.callback()
def contact(ctx: typer.Context, json: JsonFlag = False, limit: LimitOption = 50) -> None:
    """The people you learn with: add, show, log what passed between you."""
    if ctx.invoked_subcommand is None:
        _list(None, None, limit, json)


@app.command("list", epilog="Example:  pkm contact list --circle practice")
def list_contacts(
    words: Annotated[Strings, typer.Argument(help="Words of a name, nick, organization, e-mail or address.")] = None,
    circle: InCircleOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Those who used to write and have not for long.")] = False,
    wanted: Annotated[bool, typer.Option("--wanted", help="Names that notes mention and nobody has yet.")] = False,
    limit: LimitOption = 50,
    json: JsonFlag = False,
) -> None:
    """List contacts by name; of a circle, those that hold some words, or who has fallen quiet."""
    if wanted:
        from pkm.cli.mentions import list_wanted

        if words or circle or quiet:
            raise Invalid("--wanted", "it lists names, not contacts: no words, --circle or --quiet beside it")

        list_wanted(limit, json)
        return
    if quiet:
        card.list_quiet(" ".join(words or ()), circle, limit, json)
        return
    _list(" ".join(words or ()), circle, limit, json)


def _list(words: str | None, circle: str | None, limit: int, json: bool) -> None:
    db = current.store().read()
    found = selectors.one(circle, ("circle",)) if circle else None
    number = found.number if found else None
    rows = contacts.rows(db, limit=limit, circle=number, words=words)
    total = contacts.count(db, circle=number, words=words) if len(rows) == limit else len(rows)
    narrowed = bool(words or circle)
    near = lookup.near(db, "contact", words) if words and not rows else []
    nobody = f"Nobody is in {one_line(found.title, 40)}. Next: pkm circle join {found.id} WHO" if found and not words else ""
    unlike = f"No contact like that. {did_you_mean(near) or 'Next: pkm contact list'}"
    empty = nobody or (unlike if narrowed else f"Nobody yet. Next: {first_step.STEP}")
    render.emit_list(rows, COLUMNS, as_json=json, noun="contact", total=total, empty=empty)


@app.command(epilog='Example:  pkm contact add "Maria Silva" --nick maria --url https://maria.example.org')
def add(
    name: Annotated[str, typer.Argument(help="The name, in quotes.")],
    nick: NickOption = None,
    email: EmailOption = None,
    url: UrlOption = None,
    org: OrgOption = None,
    role: RoleOption = None,
    met: MetOption = None,
    through: ThroughOption = None,
    circle: InCircleOption = None,
    because: BecauseOption = "",
    tag: TagOption = None,
    about: AboutOption = None,
    alias: AliasOption = None,
    every: EveryOption = None,
    read: ReadOption = None,
    no_follow: NoFollowFlag = False,
    json: JsonFlag = False,
) -> None:
    """Add a contact; with --url, look for their feed and follow it."""
    from pkm.people import contacts as people

    if because and not circle:
        raise Invalid("--because", "it is the reason for a --circle, and none is named", next="name one with --circle")
    store = current.store()
    fields, _ = people.clean_fields(people.Fields(
        name=name, nick=nick, org=org, role=role, met=met, about=about, through=_through(through),
        every_s=as_seconds(every), read_every_s=as_seconds(read), emails=tuple(email or ()),
        urls=tuple(url or ()), aliases=tuple(alias or ()),
        tags=tuple(tag or ()),
    ))  # fmt: skip
    in_circle = selectors.one(circle, ("circle",), guess=False).number if circle else None
    same = None if no_follow else people.find_same(store.read(), fields, in_circle)
    if same and not sources.of_contact(store.read(), int(same["id"][1:])):
        _follow_later(same, fields, json)
        return
    people.refuse_taken(store.read(), fields)  # before the network is asked for anything
    feeds, told = ([], []) if no_follow else look_for_feeds(fields.urls or ())
    with store.unit() as unit:
        added = people.add_contact(
            store, name, nick=nick or "", emails=fields.emails or (), urls=fields.urls or (), org=org or "",
            role=role or "", met=met or "", through=fields.through, tags=fields.tags or (), about=about or "",
            aliases=fields.aliases or (), every_s=fields.every_s, read_every_s=fields.read_every_s,
        )  # fmt: skip
        if in_circle is not None:
            from pkm.people.circles import join

            join(store, in_circle, [added.number], because)
        followed = follow(feeds, added.number, told)
        more = f", follows {', '.join(row['id'] for row in followed)}" if followed else ""
        unit.summarize(f"added {added.row['id']} {one_line(added.row['name'], 60)}{more}")
    _show_added(added, feeds, followed, told, json)


def _show_added(added: Any, feeds: list[Any], followed: list[Row], told: list[str], json: bool) -> None:
    row = contacts.row(current.store().read(), added.number) or added.row
    also = [f"in {', '.join(row['circles'])}"] if row["circles"] else []
    also += follows(followed)
    if json:
        row = {**row, "sources": [source["id"] for source in followed], "resolved": added.resolved}
    render.emit_made(row, as_json=json, also=also)
    _warn(added.warnings, added.resolved)
    tell_feeds(row, feeds, followed, told)
    if added.warnings:
        render.tell_undo(as_json=json)


def _follow_later(row: Row, fields: Any, json: bool) -> None:
    """The contact is there, as they are now said to be, and their feed was not found then: it is looked for again."""
    feeds, told = look_for_feeds(fields.urls)
    followed = follow_alone(feeds, row, told)
    also = ["as before", *follows(followed)]
    render.emit_made({**row, "sources": [one["id"] for one in followed]} if json else row, as_json=json, also=also)
    tell_feeds(row, feeds, followed, told)


@app.command(epilog="Example:  pkm contact show maria")
def show(
    who: WhoArgument,
    full: Annotated[bool, typer.Option("--full", help="All of it, not just one screen.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show one contact on one screen: who they are, what you owe each other, what they write, what went to and fro."""
    found = selectors.one(who, ("contact",))
    shown = card.gather(current.store().read(), found.number, card.WHOLE if full else card.GATHERED)
    current.remember(touched=found.id)
    if json:
        render.emit_json(shown)
    else:
        card.show(shown, whole=full)


@app.command(epilog="Example:  pkm contact edit maria --email +maria@work.example --tag +org --tag -draft\n\n"
                    "          pkm contact edit maria        (opens your editor)")  # fmt: skip
def edit(
    who: WhoArgument,
    name: Annotated[str | None, typer.Option("--name", help="The name; the old one stays as an alias.")] = None,
    nick: NickOption = None,
    email: EmailOption = None,
    url: UrlOption = None,
    org: OrgOption = None,
    role: RoleOption = None,
    met: MetOption = None,
    through: ThroughOption = None,
    tag: TagOption = None,
    about: AboutOption = None,
    alias: AliasOption = None,
    every: EveryOption = None,
    read: ReadOption = None,
    no_follow: NoFollowFlag = False,
    json: JsonFlag = False,
) -> None:
    """Change a contact; without options, in your editor. A list is set whole, or changed by +VALUE and -VALUE."""
    from pkm.people import contacts as people

    found = selectors.one(who, ("contact",))
    lists = {
        key: tuple(values)
        for key, values in {"emails": email, "urls": url, "aliases": alias, "tags": tag}.items()
        if values is not None
    }
    fields = people.Fields(
        name=name, nick=nick, org=org, role=role, met=met, about=about, through=_through(through),
        every_s=as_seconds(every), read_every_s=as_seconds(read), **lists,
    )  # fmt: skip
    before = contacts.row(current.store().read(), found.number)
    if fields == people.Fields():
        changed = _edit_in_editor(found.number)
    else:
        changed = people.edit_contact(current.store(), found.number, fields)
    urls = () if no_follow or before is None else _new_urls(before, changed.row)
    feeds, told = look_for_feeds(urls)
    followed = follow_alone(feeds, changed.row, told)
    also = [render.changed_fields(changed.changed), *follows(followed)]
    render.emit_made(changed.row, as_json=json, also=also)
    _warn(changed.warnings, changed.resolved)
    if urls:
        tell_feeds(changed.row, feeds, followed, told)


def _new_urls(before: Row, row: Row) -> tuple[str, ...]:
    """The addresses that the contact has now and had not, where nothing of theirs is followed: their feed may be there."""
    if sources.of_contact(current.store().read(), int(row["id"][1:])):
        return ()
    had = contacts.urls_of(before)
    return tuple(url for url in contacts.urls_of(row) if url not in had)


def _edit_in_editor(number: int) -> Any:
    from dataclasses import replace

    from pkm.cli import drafts
    from pkm.cli.editor import edit
    from pkm.people import contacts as people
    from pkm.people.form import read_form, write_form

    row = contacts.row(current.store().read(), number)
    if row is None:
        raise NotFound(f"c{number}", "it is no longer there", next="pkm contact list")
    form = write_form(row, format_span(row["own_every_s"]) if row["own_every_s"] else "")
    text, path = edit(
        form, f"contact-{row['id']}", ending=".txt", instead=f"pkm contact edit {row['id']} --name NAME",
        again=f"pkm contact edit {row['id']}", changed_at=row["updated_at"],
    )  # fmt: skip
    with drafts.kept(text, path.name, path):
        filled = read_form(text)
        fields = replace(filled.fields, through=_through(filled.through), every_s=as_seconds(filled.every))
        return people.edit_contact(current.store(), number, fields)


def _warn(warnings: tuple[str, ...], resolved: int) -> None:
    for warning in warnings:
        render.tell(f"{warning}.")
    if resolved:
        render.tell(f"{count(resolved, 'earlier mention')} in your notes: now answered by this contact.")


def _through(text: str | None) -> int | None:
    """The contact named; 0 where the text is empty, which takes the field away; None where nothing is said."""
    if text is None:
        return None
    return selectors.one(text, ("contact",)).number if text.strip() else 0


# The commands of being in touch are touch.py's.
app.command("log", epilog='Example:  pkm contact log maria,ken "call: demo, promised the Dawson paper" --when yesterday\n\n'
            '          pkm contact log maria "sent it" --kept p3')(touch.log)  # fmt: skip
app.command("promises", epilog="Example:  pkm contact promises maria\n\n          pkm contact promises --kept p3\n\n"
            '          pkm contact promises --let-go p4 --because "she found it herself"')(touch.promises)  # fmt: skip
app.command("story", epilog="Example:  pkm contact story maria -n 20")(story.story)
app.command("due", epilog="Example:  pkm contact due --in 2w")(touch.due)
app.command("next", epilog="Example:  pkm contact next")(touch.next_contact)
app.command("snooze", epilog="Example:  pkm contact snooze ken 1w\n\n          pkm contact snooze ken none")(touch.snooze)
app.command("import", epilog="Example:  pkm contact import Connections.csv --circle network")(contact_files.import_file)
app.command("export", epilog="Example:  pkm contact export --vcard people.vcf\n\n"
            "          pkm contact export ~/contacts/     (one file a contact)")(contact_files.export_file)  # fmt: skip
app.command("dupes", epilog="Example:  pkm contact dupes\n\n          pkm contact dupes --dismiss c12,c40")(merge.dupes)
app.command("merge", epilog="Example:  pkm contact merge c12 c40 --take email=both --take name=c12\n\n"
            "          pkm contact merge %1            (row 1 of pkm contact dupes)")(merge.merge_contacts)  # fmt: skip
app.command("introduce", epilog='Example:  pkm contact introduce ann ben --because "both try walking retros"\n\n'
            "          pkm contact introduce --suggest")(introduce.introduce)  # fmt: skip
