"""What `pkm contact` does about one person who is there twice: dupes and merge. cli/contact names the commands."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.options import DryRunFlag, JsonFlag, LimitOption, YesFlag
from pkm.errors import Invalid
from pkm.ids import Row, make, parse
from pkm.text import count, one_line

SHOWN = 200
"""Characters of a value that the table shows, where it is not for a terminal."""
BRIEF = 120
"""Characters of a value on a terminal, where the whole question should be seen."""

TakeOption = Annotated[
    list[str] | None,
    typer.Option("--take", metavar="FIELD=WHO|both", help="Whose value of a field stays: email=both, name=c12."),
]


def dupes(
    dismiss: Annotated[
        list[str] | None,
        typer.Option("--dismiss", metavar="N|c12,c40", help="These are two people; pkm undo takes that back."),
    ] = None,
    limit: LimitOption = 20,
    json: JsonFlag = False,
) -> None:
    """List contacts that may be one person, with the reasons, the surest first."""
    from pkm.people import duplicates

    if dismiss:
        _dismiss(dismiss, json)
        return
    found = [pair.as_dict() for pair in duplicates.find_duplicates(current.store())]
    render.emit_numbered(found[:limit], _pair_lines, as_json=json, noun="pair", total=len(found),
                         empty="No two contacts look like one person.")  # fmt: skip
    if found and not json:
        one, other = (contact["id"] for contact in found[0]["contacts"])
        render.tell(f"Next: pkm contact merge {one} {other} (the first stays), or pkm contact dupes --dismiss {found[0]['id']}")


def _pair_lines(row: Row) -> tuple[str, str]:
    names = " = ".join(_called(one) for one in row["contacts"])
    return f"{names}?  ({row['score']:.2f})", "; ".join(reason["what"] for reason in row["because"])


def _called(row: Row) -> str:
    org = f" ({one_line(row['org'], 30)})" if row["org"] else ""
    return f"{row['id']} {one_line(row['name'], 40)}{org}"


def _dismiss(texts: Sequence[str], json: bool) -> None:
    from pkm.people import duplicates

    pairs = [_pair(text) for text in texts]
    keys = duplicates.dismiss_pairs(current.store(), pairs)
    render.emit_dismissed(keys, "duplicate", "two people; they will not be listed as one again", as_json=json)


def _pair(text: str) -> tuple[int, int]:
    """The two contacts that were named, or stand in that row of the last list."""
    words = selectors.recalled(f"%{text.strip()}") if text.strip().isdecimal() else text
    people = _contacts([words])
    if len(people) != 2:
        raise Invalid(one_line(text, 60), f"two contacts are wanted, it names {len(people)}",
                      next="as in --dismiss c12,c40")  # fmt: skip
    return people[0], people[1]


def _contacts(texts: Sequence[str]) -> list[int]:
    """The numbers of the contacts named, each once: ids, nicks, whole names, and %N for both of a row of dupes."""
    spread = []
    for text in texts:
        recalled = selectors.recalled(text)
        parts = [part.strip() for part in recalled.split(",")]
        spread += parts if len(parts) > 1 and all(map(parse, parts)) else [recalled]
    return [found.number for found in selectors.many(spread, ("contact",), guess=False)]


def merge_contacts(
    who: Annotated[
        list[str],
        typer.Argument(metavar="WHO WHO...", help="The one who stays, then who goes into them; %N: a row of dupes.",
                       autocompletion=complete.complete_contacts),
    ],
    take: TakeOption = None,
    dry_run: DryRunFlag = False,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:  # fmt: skip
    """Make one contact of two or more: shows field by field what stays, then does it once confirmed."""
    from pkm.people import merging

    store = current.store()
    numbers = _contacts(who)
    if len(who) == 1 == len(numbers):
        raise Invalid(make("contact", numbers[0]), "two contacts are wanted: the one who stays, then who goes into them",
                      next=f"pkm contact dupes, or pkm contact merge {make('contact', numbers[0])} WHO")  # fmt: skip
    plan = merging.preview_merge(store, numbers, take or ())
    if not json:
        _show_plan(plan)
    if dry_run:
        if json:
            render.emit_json({**_row(plan.kept["id"]), **plan.as_dict(), "dry_run": True})
        return
    names = " and ".join(f"{make('contact', row['id'])} {one_line(row['name'], 40)}" for row in plan.gone)
    into = f"{make('contact', plan.kept['id'])} {one_line(plan.columns['name'], 40)}"
    if not render.confirm(f"Merge {names} into {into}?", yes=yes):
        raise typer.Exit(1)
    done = merging.merge_contacts(store, numbers, take or ())
    gone = done.plan.as_dict()["merged"]
    also = [f"{', '.join(gone)} {'means' if len(gone) == 1 else 'mean'} {done.row['id']} now"]
    render.emit_made({**done.row, **done.plan.as_dict()} if json else done.row, as_json=json, also=also)
    if done.resolved:
        render.tell(f"{count(done.resolved, 'earlier mention')} in your notes: now answered by this contact.")
    render.tell_undo(as_json=json)


def _row(number: int) -> Row:
    from pkm.store import contacts

    return contacts.row(current.store().read(), number) or {}


def _show_plan(plan: Any) -> None:
    """The fields side by side with what stays and of whom, what nobody has afterwards, and what moves."""
    from pkm.people import merging

    everybody = [make("contact", row["id"]) for row in (plan.kept, *plan.gone)]
    heads = ["field", *everybody, f"{everybody[0]} will have", "from"]
    wide = sys.stdout.isatty()
    shown = [one for one in plan.fields if not (wide and one.alike)]
    size = BRIEF if wide else SHOWN
    cells = [[one.field, *(_cell(ones, size) for ones in (*one.values, one.kept)), one.origin] for one in shown]
    if wide:
        _show_wide(heads, cells)
        same = [one.field for one in plan.fields if one.alike]
        if same:
            render.say(f"{count(len(same), 'field is', 'fields are')} the same: {', '.join(same)}")
    else:
        render.emit_table([{"cells": line} for line in (heads, *_in_lines(cells))], _columns(len(heads)))
    for one in plan.fields:
        for place, value in one.lost[:3]:
            choice = "both" if one.field in (*merging.JOINED, *merging.LISTS) else everybody[place]
            told = one_line(value, 60)
            render.tell(f"Nobody has this {one.field} afterwards: {told}. To keep it: --take {one.field}={choice}")
    if plan.moves:
        render.tell(f"Moves to {everybody[0]}: {merging.told_moves(plan.moves)}")


def _cell(values: Sequence[str], size: int) -> str:
    """The values, one a line; of a long text its beginning."""
    return "\n".join(value if len(value) <= size else f"{value[:size].rstrip()}…" for value in values)


def _in_lines(cells: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[", ".join(filter(None, cell.split("\n"))) for cell in line] for line in cells]


def _columns(number: int) -> render.Columns:
    return tuple((str(place), lambda row, place=place: row["cells"][place]) for place in range(number))


def _show_wide(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """A table on a terminal, its cells broken where it is narrow: a value is never cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for place, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=place in (0, len(heads) - 1),
                         style="bold" if place == len(heads) - 2 else "")  # fmt: skip
    for line in cells:
        table.add_row(*(Text("\n".join(one_line(part) for part in cell.split("\n"))) for cell in line))
    Console(markup=False, highlight=False).print(table)
