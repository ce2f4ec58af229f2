"""`pkm sense garden`: what of the notes wants looking after."""

import sys
from typing import Annotated, Any

import typer

from pkm.cli import current, render
from pkm.cli.app import group
from pkm.cli.options import JsonFlag
from pkm.dates import now
from pkm.ids import Row
from pkm.text import count, one_line

app = group("The garden.")

FEW = 3
"""So many of each part are shown where all parts are."""


def _parts(incomplete: str) -> list[str]:
    from pkm.sense.garden import TITLES

    return [name for name in TITLES if name.startswith(incomplete)]


@app.command(epilog="Example:  pkm sense garden\n\n          pkm sense garden orphans -n 50")
def garden(
    part: Annotated[
        str, typer.Argument(help="One part, whole: unmerged, orphans, dead-ends, wanted, twins, untagged, old, quotes, untried, "
                                 "unshared or hubs.", autocompletion=_parts)
    ] = "",
    limit: Annotated[
        int | None, typer.Option("-n", "--limit", min=1, help="How many rows of each part; of one part, all.")
    ] = None,
    json: JsonFlag = False,
) -> None:  # fmt: skip
    """Show what of the notes wants looking after, each line with the command that mends it."""
    from pkm.sense import garden as gardens

    store = current.store()
    if part:
        one = gardens.look_at(store, gardens.read_part(part), now(), limit or 1_000_000)
        current.remember(rows=[row["id"] for row in one.rows])
        if json:
            render.emit_json(list(one.rows))
        else:
            _show_part(one, 0)
            render.tell(render.count_of(len(one.rows), one.total, "row"))
        return
    parts = gardens.look(store, now(), limit or FEW)
    if json:
        render.emit_json([one.as_dict() for one in parts])
        return
    told = [one for one in parts if one.total]
    numbered = [row["id"] for one in told for row in one.rows]
    current.remember(rows=numbered)
    for one in told:
        _show_part(one, len(one.rows))
    empty = "Nothing wants looking after. Next: pkm sense" if not told else ""
    render.tell(empty or f"{count(sum(one.total for one in told), 'thing')} in {count(len(told), 'part')}")


def _show_part(part: Any, few: int) -> None:
    """A part: its heading with the count, its lines, and how to see the rest."""
    from pkm.sense.garden import TITLES

    render.say(f"{TITLES[part.name]}: {part.total:,}")
    for row in part.rows:
        _show_row(row)
    if few and part.total > few:
        render.say(f"  … {part.total - few:,} more: pkm sense garden {part.name}")


def _show_row(row: Row) -> None:
    """What it is and why, and at the line's end the command; on a narrow terminal the title gives way."""
    command = f"→ {row['next']}"
    room = max(16, render.width() - len(row["id"]) - 4) if sys.stdout.isatty() else 160
    print(f"  {row['id']}  {one_line(row['title'], room)}")
    render.say(f"      {row['why']}  {command}")
