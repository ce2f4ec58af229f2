"""Saved searches on the command line: `pkm find --save`, `--saved` and `--forget`."""

from pkm.cli import current, render
from pkm.text import one_line
from pkm.whole import searches

COLUMNS = (
    ("id", lambda row: row["id"]), ("title", lambda row: one_line(row["query"], 120)), ("text", lambda row: row["said"]),
)  # fmt: skip


def save(name: str, text: str, *, json: bool) -> None:
    """The query has the name, and what the name stood for is told."""
    saved = searches.save_search(current.store(), name, text)
    if json:
        render.emit_json(saved.row)
    else:
        render.say(f"{saved.row['id']}  {saved.row['query']}  ({saved.row['said']})")
    if saved.before is not None and saved.before != saved.row["query"]:
        render.tell_undo(f"It was: {saved.before}.", as_json=json)
    render.tell(f"Next: pkm find {saved.row['id']}, or where a thing is wanted: pkm sense tag {saved.row['id']} +review")


def show_all(limit: int, *, json: bool) -> None:
    """The saved searches are listed by name."""
    rows = searches.list_searches(current.store())
    render.emit_list(rows[:limit], COLUMNS, as_json=json, noun="saved search", plural="saved searches", total=len(rows),
                     empty="No saved search yet. Next: pkm find --save cop 'tag:cop'")  # fmt: skip


def forget(name: str, *, json: bool) -> None:
    """The name stands for nothing any more; who named it is told."""
    row, naming = searches.forget_search(current.store(), name)
    if json:
        render.emit_json({**row, "forgotten": True})
    else:
        render.say(f"{row['id']}  is forgotten; it was: {row['query']}")
    if naming:
        render.tell_undo(f"It is still named by {', '.join(f':{one}' for one in naming)}.", as_json=json)
