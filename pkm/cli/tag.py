"""`pkm tag`: the tags in use, renamed and merged with counts before and after; the story of one is in subject.py."""

from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, subject, tag_rework
from pkm.cli.app import group
from pkm.cli.noted import tell_new
from pkm.cli.options import JsonFlag, LimitOption
from pkm.store import tags
from pkm.text import count

app = group("List, rename and merge tags.")

COLUMNS = (
    ("id", lambda row: row["id"]), ("things", lambda row: row["count"]), ("notes", lambda row: row["notes"]),
    ("items", lambda row: row["items"]),
    ("others", lambda row: row["sources"] + row["contacts"] + row["circles"]),
)  # fmt: skip


@app.callback(invoke_without_command=True, epilog="Example:  pkm tag merge notetaking note-taking")
def tag(ctx: typer.Context, limit: LimitOption = 50, json: JsonFlag = False) -> None:
    """List, rename and merge tags."""
    if ctx.invoked_subcommand is None:
        list_tags(limit=limit, json=json)


@app.command("list", epilog="Example:  pkm tag list -n 100 --json\n\n          pkm tag list --learning")
def list_tags(
    learning: Annotated[
        bool, typer.Option("--learning", help="What you want to learn: from whom, what came in, what was tried.")
    ] = False,
    limit: LimitOption = 50,
    json: JsonFlag = False,
) -> None:
    """List the tags in use, the most used first; a parent counts what its children have."""
    if learning:
        tag_rework.list_learning(limit, json)
        return
    db = current.store().read()
    rows = tags.rows(db, limit=limit)
    render.emit_list(rows, COLUMNS, as_json=json, noun="tag", total=tags.count(db),
                     empty='No tag yet. Next: pkm sense note "words with a #tag"')  # fmt: skip


OldArgument = Annotated[str, typer.Argument(help="The tag that gives way.", autocompletion=complete.complete_tags)]


@app.command(epilog="Example:  pkm tag rename org organization    (org/design becomes organization/design)")
def rename(old: OldArgument, new: Annotated[str, typer.Argument(help="Its new name.")], json: JsonFlag = False) -> None:
    """Rename a tag and those below it; the old name still works."""
    from pkm.sense.tags import new_with_likes
    from pkm.sense.tags import rename as rename_tag

    store = current.store()
    likes = new_with_likes(store, [new])
    moved = rename_tag(store, old, new)
    below = f", {count(moved.children, 'tag')} below it" if moved.children else ""
    _emit(moved, f"#{moved.old} ({moved.old_count}) is now #{moved.new} ({moved.total}){below}", json)
    others = [(name, [one for one in like if one[0].casefold() != moved.old.casefold()]) for name, like in likes]
    tell_new(one for one in others if one[1])


@app.command(epilog="Example:  pkm tag merge notetaking note-taking")
def merge(
    old: OldArgument,
    into: Annotated[str, typer.Argument(help="The tag that stays.", autocompletion=complete.complete_tags)],
    json: JsonFlag = False,
) -> None:
    """Merge a tag into another; the old name still works."""
    from pkm.sense.tags import merge as merge_tags

    moved = merge_tags(current.store(), old, into)
    _emit(moved, f"#{moved.old} ({moved.old_count}) → #{moved.new} ({moved.new_count}): "
                 f"{count(moved.total, 'thing')}, {moved.both} had both", json)  # fmt: skip


def _emit(moved: Any, line: str, json: bool) -> None:
    """What a rename or merge did, the tag that stays first."""
    found = tags.rows(current.store().read(), names=[moved.new])
    row = found[0] if found else {"id": f"#{moved.new}", "kind": "tag", "title": moved.new, "name": moved.new}
    told = {"old": moved.old, "old_count": moved.old_count, "new_count": moved.new_count, "both": moved.both}
    if json:
        render.emit_json({**row, **told})
    else:
        render.say(line)


app.command(epilog="Example:  pkm tag show complexity\n\n          pkm tag show org/design -n 20")(subject.show)
app.command(epilog="Example:  pkm tag edit complexity --learning")(tag_rework.edit)
app.command(epilog="Example:  pkm tag alias pkm personal-knowledge")(tag_rework.alias)
app.command(epilog="Example:  pkm tag split design --into 'design/ui=figma OR from:ux' --into design/org=n12,n40\n\n"
            "          pkm tag split design --into design/ui,design/org     (asks for each thing)")(tag_rework.split)  # fmt: skip
app.command(epilog="Example:  pkm tag doctor\n\n          pkm tag doctor --dismiss 2")(tag_rework.doctor)
