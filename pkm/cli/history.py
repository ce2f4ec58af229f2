"""`pkm log` and `pkm undo`: what each command changed, and taking it back."""

from collections.abc import Iterable
from typing import Annotated

import typer

from pkm import first_step
from pkm.cli import current, render
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption
from pkm.dates import day, format_span
from pkm.ids import LETTERS, make
from pkm.store import journal
from pkm.text import count, one_line, some, without_user

app = group("What was done, and taking it back.")


@app.command(epilog="Example:  pkm log -n 5")
def log(limit: LimitOption = 20, json: JsonFlag = False) -> None:
    """List what each command changed."""
    rows = [{**row, "command": without_user(row["command"])} for row in journal.operations(current.store().read(), limit)]
    if json:
        render.emit_json([{**row, "id": row["id"], "title": row["command"]} for row in rows])
        return
    if not rows:
        render.tell(f"Nothing has been written yet. Next: {first_step.STEP}")
        return
    for row in rows:
        undone = f"  (undone by {row['undone_by']})" if row["undone_by"] else "" if row["undoable"] else "  (no undo)"
        render.say(f"{row['id']:>5}  {day(row['at'])}  {one_line(row['command'], 90)}{undone}")
        told = [f"{thing['id']} {thing['what']}" for thing in row["changed"]]
        shown = some(told, 6)
        if row["summary"] or shown:
            render.say(" " * 7 + "; ".join(part for part in (row["summary"], shown) if part))
    render.tell("Take one back: pkm undo N")


@app.command(epilog="Example:  pkm undo        (the last command)\n\n          pkm undo 88     (command 88 of pkm log)")
def undo(
    number: Annotated[
        int | None, typer.Argument(help="The command's number in pkm log; the last one if left out.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Take back the last command, or command N of the log."""
    from pkm.whole.undo import undo_command

    undone = undo_command(current.store(), current.home(), number)
    rows = [
        {"id": make(row.table, row.number), "kind": row.table, "title": _title(row), "what": row.what}
        for row in undone.rows
        if row.table in LETTERS
    ]
    command = without_user(undone.command)
    if json:
        render.emit_json({"undone": undone.operation, "command": command, "undo": undone.number, "rows": rows})
        return
    render.say(f"{undone.operation}  undone: {command}")
    for row in rows[:20]:
        render.say(f"  {row['id']}  {row['what']}  {one_line(row['title'], 70)}")
    if not rows and (folder := _folder_written(undone.rows)):
        render.say(f"  what was written stays in {one_line(folder, 200)}: remove it there")
    elif not rows:
        render.say(f"  taken back: {one_line(without_user(undone.summary), 90)}")
    more = [f"{len(rows) - 20:,} more"] if len(rows) > 20 else []
    if rows and (rest := len(undone.rows) - len(rows)):
        more.append(f"{count(rest, 'row')} that belong to {'it' if len(rows) == 1 else 'them'}")
    if more:
        render.tell(f"and {', and '.join(more)}")
    if number is None:
        for later in journal.final_since(current.store().read(), undone.operation)[:1]:
            render.tell(f"Not taken back: {later['id']} ({without_user(later['command'])}): {later['final']}.")
    render.tell(f"Do it again: pkm undo {undone.number}")
    if any(row.table == "delivery" for row in undone.rows):
        from pkm.share.mirror import unpublished
        from pkm.store import shares

        db = current.store().read()
        for name in unpublished(db, current.home()):
            render.tell(f"What others read at {name} is as it was. Next: pkm share site build{shares.site_named(db, name)}")


def _folder_written(rows: Iterable[journal.Reverted]) -> str:
    """Where the files are that an export wrote, which the store now knows nothing of; "" where it was no export."""
    gone = (row for row in rows if row.table == "note_file" and row.what != "restored")
    return next((str((row.after or row.before)["root"]) for row in gone), "")


def _title(row: journal.Reverted) -> str:
    """What the row is called and what changed on it, without the passwords that an address may hold."""
    return without_user(_told(row))


def _value(key: str, value: object) -> str:
    """What a field holds; a length of time as it is typed."""
    return format_span(value) if key.endswith("_s") and isinstance(value, int) else one_line(str(value), 24)


def _told(row: journal.Reverted) -> str:
    image = row.before or row.after
    title = str(image.get("title") or image.get("name") or image.get("comment") or image.get("text") or "")
    if row.what != "changed back":
        return title
    fields = [key for key in row.before if row.before[key] != row.after.get(key) and not key.endswith("_at")]
    told = ", ".join(
        f"{key.removesuffix('_s')}: {_value(key, row.after.get(key))} → {_value(key, row.before[key])}" for key in fields[:3]
    )
    return f"{title}  ({told})" if told else title
