"""`pkm find` and `pkm why`: one search over everything, and the chain of one thing."""

import os
import sys
from collections.abc import Callable
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli import current, render, selectors
from pkm.cli.app import group
from pkm.cli.complete import complete_any
from pkm.cli.options import JsonFlag, LimitOption, QueryCommand
from pkm.dates import day
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.text import clean, count, one_line, with_kind

if TYPE_CHECKING:
    from pkm.query_tree import Query
    from pkm.store.search import SearchPage

Teller = Callable[[Row], tuple[str, ...]]

app = group("Find things, and why they are there.")


def _bold(text: str) -> str:
    return text if os.environ.get("NO_COLOR") else typer.style(text, bold=True)


@app.command(
    cls=QueryCommand,
    epilog="Example:  pkm find 'kind:note tag:org \"desire paths\" -is:private after:3m'\n\n"
    "          pkm find --save cop 'tag:cop'      (from then on :cop stands for it)",
)
def find(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUERY", help='Words, "phrases", OR, -not, field:value; quote it for the shell.'),
    ] = None,
    limit: LimitOption = 20,
    sort: Annotated[str, typer.Option("--sort", help="best, newest, oldest or title.")] = "best",
    explain: Annotated[bool, typer.Option("--explain", help="Say in words what is asked for.")] = False,
    save: Annotated[str, typer.Option("--save", metavar="NAME", help="Keep the query: :NAME stands for it.")] = "",
    saved: Annotated[bool, typer.Option("--saved", help="List the saved searches.")] = False,
    forget: Annotated[str, typer.Option("--forget", metavar="NAME", help="Forget a saved search.")] = "",
    json: JsonFlag = False,
) -> None:
    """Search items, annotations, notes, contacts and shares."""
    if saved or save or forget:
        _keep_searches(" ".join(words or ()), save, forget, limit, json=json)
        return
    from pkm import query
    from pkm.cli.advice import oddities
    from pkm.dates import now
    from pkm.explain import said
    from pkm.store.search import SORTS, search

    typed = " ".join(words or ())
    if sort not in SORTS:
        from pkm.spelling import none_of

        raise none_of(f"--sort {sort}", sort, SORTS)
    asked = query.parse(typed)
    if explain:
        render.tell(f"Asked for: {said(asked)}.")
    for ignored in asked.ignored:
        render.tell(f"“{ignored}” holds no letter or digit and was left out.")
    page = search(current.store().read(), asked, limit=limit, sort=sort, now=now())
    if page.stopped:
        render.tell("The regular expression took too long; this is what was found until then. Add a word or a field.")
    for told in oddities(asked):
        render.tell(told)
    _print_page(page, asked, as_json=json)
    if page.stopped:
        raise typer.Exit(4)


def _keep_searches(typed: str, save: str, forget: str, limit: int, *, json: bool) -> None:
    """What --save, --forget and --saved do."""
    from pkm.cli import searches

    if save and forget:
        raise Invalid("--save and --forget", "give one of the two")
    if typed and not save:
        raise Invalid(f"“{one_line(typed, 60)}”", "--saved and --forget take no query", next=f"pkm find {quote(typed)}")
    if save:
        searches.save(save, typed, json=json)
    elif forget:
        searches.forget(forget, json=json)
    else:
        searches.show_all(limit, json=json)


def _print_page(page: "SearchPage", asked: "Query", *, as_json: bool) -> None:
    from pkm.cli.advice import advise

    if as_json or not page.rows:
        told = "" if as_json or page.stopped else advise(page, asked)
        hints = f"Nothing found for {asked.text}{' so far' if page.stopped else ''}. {told}".rstrip()
        render.emit_list(page.rows, (), as_json=as_json, noun="thing", empty=hints)
        return
    current.remember(rows=[row["id"] for row in page.rows])
    if sys.stdout.isatty():
        for row in page.rows:
            _print_hit(row)
    else:
        render.emit_table(page.rows, STATED if any(row["kind"] == "share" for row in page.rows) else COLUMNS)
    shown = count(len(page.rows), "thing")
    whole = page.total is not None and page.total <= len(page.rows)
    render.tell(shown if whole else f"{shown} of {'many' if page.total is None else f'{page.total:,}'} (-n for more)")


def _at(row: Row) -> str:
    """The day of a row: when it was published, sent, answered or last changed."""
    for key in ("published_at", "sent_at", "updated_at", "received_at", "at", "changed_at", "created_at"):
        if row.get(key):
            return day(row[key])
    return ""


def _marked(row: Row, mark: Callable[[str], str]) -> str:
    """The snippet with its hits marked."""
    text, end, marked = clean(row["snippet"]), 0, ""
    for start, stop in row["hits"]:
        marked += text[end:start] + mark(text[start:stop])
        end = stop
    return marked + text[end:]


COLUMNS = (
    ("id", lambda row: row["id"]),
    ("at", _at),
    ("title", lambda row: one_line(row["title"], 100)),
    ("text", lambda row: _marked(row, lambda word: f"**{word}**")),
)
STATED = (*COLUMNS[:2], ("state", lambda row: row["state"] if row["kind"] == "share" else ""), *COLUMNS[2:])
"""Where shares are among the rows: which of them are drafts, and which have gone."""


def _print_hit(row: Row) -> None:
    """Two lines on a terminal: the title with its day and where it is from, and the snippet under it."""
    state = row.get("state") or ""
    if row["kind"] == "annotation":
        state = "no longer in the text" if state == "orphan" else ""
    where = row.get("source_title") or row.get("org") or row.get("reach") or state
    tail = "  ".join(part for part in (one_line(str(where), 24), _at(row)) if part)
    room = max(20, render.width() - len(row["id"]) - len(tail) - 4)
    print(f"{_bold(row['id'])}  {one_line(row['title'], room)}  {_dim(tail)}")
    if row["snippet"]:
        print("    " + _fitted(row, render.width() - 4))


def _fitted(row: Row, room: int) -> str:
    """The snippet with its hits bold, cut to the room, its first hit in sight."""
    text, hits = clean(row["snippet"]), row["hits"]
    start = max(0, hits[0][0] - room // 3) if hits and hits[0][1] > room else 0
    piece = ("…" if start else "") + text[start:]
    moved = start - bool(start)
    cut = [[a - moved, b - moved] for a, b in hits if a >= start and b - moved < room]
    return _marked({"snippet": one_line(piece, room), "hits": cut}, _bold)


def _dim(text: str) -> str:
    return text if os.environ.get("NO_COLOR") else typer.style(text, dim=True)


@app.command(epilog="Example:  pkm why n142")
def why(
    thing: Annotated[str, typer.Argument(help="An id, or words of a title.", autocompletion=complete_any)],
    json: JsonFlag = False,
) -> None:
    """Show where a thing came from and where it went."""
    from pkm.whole.chain import WALKS, trace

    found = selectors.one(thing, tuple(WALKS))
    chain = trace(current.store().read(), found.kind, found.number)
    if json:
        render.emit_json(chain)
        return
    current.remember(touched=found.id)
    for step in chain["chain"]:
        _print_step(step)
    person = next((step["id"] for step in chain["chain"] if step["kind"] == "contact"), None)
    if found.kind == "interaction" and person:
        render.tell(f"Next: pkm contact show {person}")


def _print_step(step: Row) -> None:
    """One line, indented by its depth; the thing that was asked for has a star. A terminal's lines are wrapped."""
    gutter = ("* " if step["this"] else "  ") + "  " * step["depth"]
    name = step["id"] or "-"
    line = f"{name}  {one_line(_told(step))}"
    if not sys.stdout.isatty():
        render.say(gutter + line)
        return
    import textwrap

    lines = textwrap.wrap(line, max(40, render.width() - len(gutter)), subsequent_indent=" " * (len(name) + 2))
    lines[0] = _bold(name) + lines[0][len(name) :] if step["this"] else lines[0]
    print("\n".join((gutter if position == 0 else " " * len(gutter)) + text for position, text in enumerate(lines)))


def _told(step: Row) -> str:
    """A step in words: what it is called, then the facts in the order they happened."""
    tell: Teller = _tell_link if "direction" in step else TELL[step["relation"]]
    more = ", ".join(f"more {kind}s" for kind in step.get("more", ()))
    return "; ".join(part for part in (*tell(step), more and f"there are {more}") if part)


def _on(step: Row, key: str = "at", before: str = "") -> str:
    return f"{before}{day(step[key])}" if step.get(key) else ""


def _tell_writer(step: Row) -> tuple[str, ...]:
    return f"{step['title']} (who writes the source)", _met(step)


def _met(step: Row) -> str:
    return f"met: {step['met']}" if step.get("met") else ""


def _tell_source(step: Row) -> tuple[str, ...]:
    circles = f"of {', '.join(step['circles'])}" if step.get("circles") else ""
    held = f"{step['items']} items, {step['kept']} kept, {step['dropped']} dropped" if "items" in step else ""
    return f"source: {step['title']}", _on(step, before="followed since "), circles, held, step.get("state", "")


_FILTERS = {
    "person": " by a person", "network": " from the network", "rule": " by a rule", "score": " by its score",
    "chance": " by chance", "mail": " by mail", "import": " with an import",
    "hand": " by hand",
}  # fmt: skip
"""The filter that brought an item, in words."""


def _tell_item(step: Row) -> tuple[str, ...]:
    came = _on(step, "received_at", "clipped " if step["relation"] == "clip" else "came in ")
    by = _FILTERS.get(step.get("via") or "", "") if step["relation"] != "clip" else ""
    author = f"by {step['author']}" if step.get("author") else ""
    state = "in the inbox" if step["state"] == "inbox" else step["state"] + _on(step, "decided_at", " ")
    state += f" by {step['rule']}" if step["state"] == "muted" and step.get("rule") else ""
    return f"{step['kind']}: {step['title']}", author, _on(step, before="of "), came + by, state


def _tell_quote(step: Row) -> tuple[str, ...]:
    orphan = "the text no longer has it" if step["state"] == "orphan" else ""
    comment = step.get("comment", "").rstrip(".")
    return f"“{step['exact']}”" + (f" – {comment}" if comment else ""), _on(step), orphan


def _tell_comment(step: Row) -> tuple[str, ...]:
    return f"comment: {step['title']}", _on(step)


def _tell_note(step: Row) -> tuple[str, ...]:
    dropped = _on(step, "dropped_at", "dropped ")
    return f"note: {step['title']}", _on(step, before="written "), step["stage"], f"reach {step['reach']}", dropped


def _tell_growth(step: Row) -> tuple[str, ...]:
    return f"grew from {step['stage_from']} to {step['stage_to']}", _on(step), step.get("because", "")


def _tell_trial(step: Row) -> tuple[str, ...]:
    place = f" at {step['place']}" if step.get("place") else ""
    who = f" by {step['contact']}" if step.get("contact") else ""
    what = f"{step['note']} " if step.get("note") else ""  # under the answer that told of it, not under its note
    return f"{what}tried{place}{who}: {step['outcome']}", _on(step), step["title"]


def _tell_share(step: Row) -> tuple[str, ...]:
    return (f"share: {step['title']}", step["state"] + _on(step, before=" "))


def _tell_delivery(step: Row) -> tuple[str, ...]:
    to = step.get("contact") or step.get("recipient")
    goal = " of ".join(filter(None, (to, step.get("circle"))))
    way = f"to {goal} by {step['channel']}"
    title = f"“{step['share_title']}”" if "share" in step else ""
    return title, way, step["state"] + _on(step, before=" "), step.get("url", ""), step.get("error", "")


def _tell_planned(step: Row) -> tuple[str, ...]:
    return f"to {with_kind(step['title'], step['circle_kind'])}", "planned, not sent"


def _tell_response(step: Row) -> tuple[str, ...]:
    return f"{step.get('contact') or 'somebody'} answered: {step['title']}", _on(step)


def _tell_member(step: Row) -> tuple[str, ...]:
    name = f"in {with_kind(step['title'], step['circle_kind'])}" if "circle_kind" in step else f"member: {step['title']}"
    left = _on(step, "until", "left ") + (f": {step['left_because']}" if step.get("left_because") else "")
    return name, _on(step, before="joined ") + (f": {step['because']}" if step.get("because") else ""), left


def _tell_declined(step: Row) -> tuple[str, ...]:
    when = f"not until {step['until']}" if step.get("until") else "never"
    return f"{when} to {step['title']}", step.get("because", ""), _on(step, before="said ")


def _tell_circle(step: Row) -> tuple[str, ...]:
    return with_kind(step['title'], step['circle_kind']), step.get("purpose", "")


def _tell_link(step: Row) -> tuple[str, ...]:
    """Any other relation is the type of a link, also one of the person's own."""
    arrow = "is linked from" if step["direction"] == "in" else "links to"
    kind = "" if step["relation"] == "related" else f" ({step['relation']})"
    unknown = "nothing answers to it yet" if step["id"] is None else ""
    return f"{arrow} {step['title']}{kind}", f"“{step['sentence']}”" if step.get("sentence") else "", unknown


TELL: dict[str, Teller] = {
    "writer": _tell_writer, "source": _tell_source, "item": _tell_item, "clip": _tell_item, "quote": _tell_quote,
    "comment": _tell_comment, "note": _tell_note, "growth": _tell_growth, "trial": _tell_trial, "share": _tell_share,
    "delivery": _tell_delivery, "planned": _tell_planned, "response": _tell_response, "member": _tell_member,
    "circle": _tell_circle, "declined": _tell_declined,
    "through": lambda step: (f"{step['title']} (through whom)", _met(step)),
    "contact": lambda step: (step["title"], _met(step)),
    "introduced": lambda step: (f"{step['title']} (met through this one)", _on(step)),
    "rule": lambda step: (f"rule: {step['title']}", step.get("argument", ""), _on(step, before="written ")),
    "interaction": lambda step: (_on(step), step["title"]),
    "promise": lambda step: (
        f"{'promised' if step['owed_by'] == 'me' else 'promised to you'}: {step['title']}",
        {"open": "open", "kept": "kept", "dropped": "let go"}[step["state"]], step.get("because", ""),
    ),
}  # fmt: skip
"""How a relation is told."""
