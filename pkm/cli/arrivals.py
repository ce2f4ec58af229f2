"""What came in and how it is told: the backlog of new sources, changed items, versions; bringing items back."""

from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.options import JsonFlag
from pkm.cli.ranked import COLUMNS
from pkm.dates import day
from pkm.ids import Row
from pkm.store import items
from pkm.text import count, one_line
from pkm.vocabulary import UPDATES

FEW = 5
"""So many items that were changed are named."""

BacklogFlag = Annotated[
    bool, typer.Option("--backlog", help="All that it brings comes into the inbox; else its newest five.")
]
UpdatesOption = Annotated[
    str | None,
    typer.Option("--updates", help="Items that it changes: silent, resurface (into the inbox again), or ignore."),
]


def read_updates(word: str | None) -> str | None:
    """What was typed, where it is one of the three. Raises Invalid."""
    if word is not None and word not in UPDATES:
        from pkm.spelling import none_of

        raise none_of(f"--updates {word}", word, UPDATES)
    return word


def tell_arrivals(report: Any) -> None:
    """What a pull put elsewhere than into the inbox, and what it brought back: said on stderr, with the next step."""
    if waiting := report.went.get("backlog", 0):
        one = report.backlog[0]["id"] if len(report.backlog) == 1 else ""
        of = f" of {one}" if one else ""
        listed = f"pkm sense inbox --backlog{' --source ' + one if one else ''}"
        all_of_it = f"pkm seek edit {one or 'SOURCE'} --backlog"
        render.tell(f"{count(waiting, 'older item')}{of} in the backlog. See: {listed}; into the inbox: {all_of_it}")
    if report.repeated:
        told, are = ("tells", "is") if report.repeated == 1 else ("tell", "are")
        render.tell(f"{count(report.repeated, 'new item')} {told} what you decided on already, and {are} in no inbox.")
    if report.purged:
        render.tell(f"{count(report.purged, 'old item')} that nobody touched went (pkm config keep.items).")
    others = [number for number in report.changed if number not in report.changed_kept]
    if others and len(report.changed) <= FEW:
        render.tell(f"Updated: {', '.join(others)}. What they said before: pkm sense show {others[0]} --versions")
    for number in report.changed_kept[:FEW]:
        render.tell(f"{number}, which you kept, was changed by its source: pkm sense show {number} --versions")


def show_backlog(limit: int, source: int | None, *, json: bool) -> None:
    """What new sources brought of their past, newest first, of one source or all."""
    db = current.store().read()
    rows = items.inbox(db, limit, source=source, state="backlog")
    render.emit_list(
        rows, COLUMNS, as_json=json, noun="item in the backlog", plural="items in the backlog",
        total=items.count_inbox(db, source=source, state="backlog"), empty="The backlog is empty. Next: pkm seek",
    )  # fmt: skip


def restore(
    things: Annotated[
        list[str],
        typer.Argument(metavar="ITEM...", help="Items by id.", autocompletion=complete.complete_items),
    ],
    json: JsonFlag = False,
) -> None:
    """Put items into the inbox (again): from the backlog, muted, kept or dropped."""
    from pkm.cli.changed import emit_changed
    from pkm.sense.inbox import restore as restore_items

    numbers = [found.number for found in selectors.many(things, ("item",), guess=False)]
    emit_changed(restore_items(current.store(), numbers), as_json=json)


def show_versions(row: Row, versions: list[Row], *, as_json: bool) -> None:
    """What an item said before, oldest first, each with what became of it; or one array of the versions."""
    if as_json:
        render.emit_json([{"id": row["id"], "kind": "version", **version} for version in versions])
        return
    if not versions:
        render.tell(f"{row['id']} has not changed since it came in.")
        return
    lines = [f"{row['id']}  {one_line(row['title'])}", count(len(versions), "earlier version")]
    for before, after in zip(versions, [*versions[1:], row], strict=True):
        lines += ["", f"Changed {day(before['at'])}:", *diff(before, after)]
    render.show_text("\n".join(lines) + "\n")


def diff(before: Row, after: Row) -> list[str]:
    """What changed in title, address and text: lines that went (-) and that came (+), with one line around them."""
    import difflib

    from pkm.cli.thing import wrap

    told = []
    for name in ("title", "url"):
        if before[name] != after[name]:
            told += [f"- {one_line(before[name])}", f"+ {one_line(after[name])}"]
    width = render.width() - 2
    old, new = wrap(before["text"], width), wrap(after["text"], width)
    changes = list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]
    told += ["  …" if line.startswith("@@") else f"{line[0]} {line[1:]}" for line in changes]
    return told or ["  only its HTML"]
