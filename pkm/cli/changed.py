"""How things that were decided on are told: kept, dropped, put into the inbox again."""

from collections import Counter
from collections.abc import Collection

from pkm.cli import current, render
from pkm.ids import Row
from pkm.text import count, one_line

MANY = 10
"""So many things that a command changed are named."""


def emit_changed(rows: list[Row], *, as_json: bool, already: Collection[str] = ()) -> None:
    """Things that were changed: each a line that begins with its id, or one array. already: were as they are now.

    Of several it is said how many, and how to take it back; of more than MANY no more than that.
    """
    if rows:
        current.remember(touched=rows[-1]["id"])
    if as_json:
        render.emit_json([{key: value for key, value in row.items() if key != "text"} for row in rows])
        return
    if len(rows) <= MANY:
        for row in rows:
            state = _state(row) + (" already" if row["id"] in already else "")
            render.say(f"{row['id']}  {one_line(row['title'], 100)}  {state}")
    if len(rows) > 1:
        (render.say if len(rows) > MANY else render.tell)(_sum_up(rows, already))


def _sum_up(rows: list[Row], already: Collection[str]) -> str:
    """How many things are what now, and the command that takes it back."""
    states = Counter((row["kind"], _state(row)) for row in rows)
    told = [
        f"{count(number, 'answer' if kind == 'response' else kind)} {'back in the inbox' if state == 'inbox' else state}"
        for (kind, state), number in states.items()
    ]
    before = f", {len(already):,} of them already" if already else ""
    return f"{', '.join(told)}{before}. {render.way_back()}".strip()


def _state(row: Row) -> str:
    """What became of it; a note has no state, but is put away or kept."""
    return str(row.get("state") or ("put away" if row.get("dropped_at") else "kept"))
