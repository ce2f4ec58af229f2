"""`pkm tag show`: the story of a subject on one screen, laid out as a contact's card is. cli/tag names it."""

import shutil
from collections.abc import Sequence
from typing import Annotated

import typer

from pkm.cli import current, render
from pkm.cli.card_layout import Part, one_line_from, share_room, shown
from pkm.cli.options import JsonFlag, TagArgument
from pkm.cli.plots import sparkline
from pkm.dates import ago, day, now
from pkm.ids import Row
from pkm.text import count, one_line, with_kind

ROWS = 5
"""Rows of each part, where no -n asks for more."""
PLOTTED = 40
"""So many years or months are drawn at most, the last ones."""
PROMPT = 2
"""Lines of the screen that the command and the next prompt take."""


def show(
    name: TagArgument,
    limit: Annotated[
        int | None, typer.Option("-n", "--limit", min=1, help="How many rows of each part; without it, one screen.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Tell the story of a subject: since when, what you thought, who is in it, what went out, what is next."""
    from pkm.whole.subject import tell

    row = tell(current.store().read(), name, now(), limit or ROWS)
    current.remember(rows=[one["id"] for part in ("latest", "people", "sources", "shares") for one in row[part]])
    if json:
        render.emit_json(row)
        return
    size = shutil.get_terminal_size((80, 24))
    room = size.lines - PROMPT - len(row["next"]) if limit is None else None
    render.show_text("\n".join(lay_out(row, columns=size.columns, lines=room)))
    for step in row["next"]:
        render.tell(f"Next: {step['command']}   ({one_line(step['why'])})")


def lay_out(row: Row, *, columns: int, lines: int | None) -> list[str]:
    """The subject's lines. columns: characters of a line at most; lines: as many at most where possible, None: all."""
    head = one_line_from(_head(row), columns)
    parts = [part for part in _parts(row) if part.lines]
    told = [head]
    room = None if lines is None else lines - len(told)
    for part, size in zip(parts, share_room([len(part.lines) for part in parts], room), strict=True):
        told += shown(part, size, columns)
    return told


def _head(row: Row) -> str:
    also = f"also called {', '.join(row['aliases'])}" if row["aliases"] else ""
    below = " ".join(f"#{name}" for name in row["children"])
    learning = "a learning area" if row["learning"] else ""
    return "  ·  ".join(part for part in (row["id"], learning, also, below) if part)


def _parts(row: Row) -> list[Part]:
    """What there is, in the order of the story; a part without lines is left out."""
    first, at = row["first"], now()
    notes = [f"first {_note(first)}"] if first else []
    notes += [_note(one) for one in row["latest"] if one["id"] != (first or {}).get("id")]
    return [
        Part("Since", [f"{day(row['since'])} ({ago(row['since'], at)}): {_counts(row)}", *_plot(row)]),
        Part("Notes", notes, row["notes"]),
        Part("Practice", [_note(one) + _because(one) for one in row["practices"]], row["stages"]["practice"]),
        Part("Untried", [_note(one) for one in row["untried"]], row["untried_count"]),
        Part("Against", [f"{_named(one)} contradicts {_named(one['against'])}" for one in row["contradictions"]],
             row["contradiction_count"]),
        Part("Asked", [_note(one) for one in row["questions"]], row["question_count"]),
        Part("People", [_person(one) for one in row["people"]], row["people_count"]),
        Part("Sources", [_source(one) for one in row["sources"]], row["source_count"]),
        Part("Went out", [_share(one) for one in row["shares"]], row["share_count"]),
        Part("Came back", [_answer(one) for one in row["came_back"]], row["came_back_count"]),
        Part("Not yet", [f"{one['id']}  {with_kind(one['name'], one['circle_kind'])} cares about it and has nothing of it"
                         for one in row["without"]], row["without_count"]),
    ]  # fmt: skip


def _counts(row: Row) -> str:
    kept = f"{row['kept']:,} of {count(row['decided'], 'item')} kept" if row["decided"] else "no item kept"
    stages = ", ".join(count(number, stage) for stage, number in row["stages"].items() if number)
    return f"{kept}, {stages or 'no note'}"


def _plot(row: Row) -> list[str]:
    """Kept and written by year or month, where there are at least two of these."""
    periods: Sequence[Row] = row["periods"][-PLOTTED:]
    if len(periods) < 2:
        return []
    span = f"by {row['by']}, {periods[0]['from']} to {periods[-1]['from']}"
    drawn = [f"{name:<5}  {sparkline([one[name] for one in periods])}" for name in ("kept", "notes") if row[name]]
    return [f"{line}  {span}" if place == 0 else line for place, line in enumerate(drawn)]


def _named(one: Row) -> str:
    return f"{one['id']} {one_line(one['title'], 26)}"


def _note(one: Row) -> str:
    return f"{one['id']}  {day(one['at'])}  {one_line(one['title'], 48)}"


def _because(one: Row) -> str:
    return f": {one_line(one['because'])}" if one["because"] else ""


def _person(one: Row) -> str:
    """Who it is, and in few words what speaks for them, so that the last day is seen too."""
    told = [f"{one['kept']:,} kept"] if one["kept"] else []
    told += [count(one[part], word) for part, word in (("quotes", "quote"), ("answers", "answer")) if one[part]]
    told += ["cares about it"] if one["interests"] else []
    last = f"  (last {day(one['last'])})" if one["last"] else ""
    return f"{one['id']}  {one_line(one['name'], 20)}  {', '.join(told)}{last}"


def _source(one: Row) -> str:
    told = f"{one['kept']:,} of {one['decided']:,} kept" if one["decided"] else "nothing decided yet"
    return f"{one['id']}  {one_line(one['title'], 36)}  {told}{', challenges it' if one['challenges'] else ''}"


def _share(one: Row) -> str:
    to = " → ".join(f"{one_line(step['name'], 24)} {day(step['at'])}" for step in reversed(one["to"]))
    return f"{one['id']}  {one_line(one['title'], 28)}  {to}"


def _answer(one: Row) -> str:
    name = f"{one_line(one['name'], 20)}: " if one["name"] else ""
    return f"{one['id']}  {day(one['at'])}  {name}“{one_line(one['title'])}”"
