"""What `pkm seek` takes in and gives out whole: lists of feeds, and single pages. cli/seek names the commands."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render
from pkm.cli.options import DryRunFlag, JsonFlag
from pkm.store import sources
from pkm.text import count


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="OPML, or newsboat's urls file; -: stdin.")],
    backlog: Annotated[
        bool, typer.Option("--backlog", help="All that they hold comes into the inbox; else each one's newest five.")
    ] = False,
    dry_run: DryRunFlag = False,
    json: JsonFlag = False,
) -> None:
    """Follow every feed of a list (OPML, newsboat's urls); folders become tags. Nothing is fetched yet."""
    import_list(file, dry_run=dry_run, json=json, backlog=backlog)


def import_list(file: Path, *, dry_run: bool, json: bool, backlog: bool = False) -> None:
    """The list's feeds are followed and the summary is printed; exit code 4 where some could not be used."""
    from pkm.net.fetch import read_file
    from pkm.seek import lists

    data = sys.stdin.buffer.read() if str(file) == "-" else read_file(file)
    listed = lists.read_list(data, "stdin" if str(file) == "-" else str(file))
    store = current.store()
    plan = lists.preview_import(store, listed) if dry_run else lists.import_list(store, listed, backlog=backlog)
    if plan.salvaged:
        render.tell("The file is broken: only its addresses could be taken, without folders.")
    line = f"would be: {plan.line}" if dry_run else plan.line
    render.emit_run({**plan.as_dict(), "dry_run": dry_run}, as_json=json, line=line)
    if plan.new and not dry_run:
        render.tell("Next: pkm seek")
    if plan.failures:
        raise typer.Exit(4)


def export_file(
    opml: Annotated[Path, typer.Option("--opml", help="The file to write; -: stdout.")] = Path("-"),
) -> None:
    """Write the sources as OPML, with their tags and all that the list they came from said."""
    from pkm.seek.lists import export_list

    data = export_list(current.store())
    if str(opml) == "-":
        sys.stdout.write(data.decode())
        return
    from pkm.files import write_atomic

    write_atomic(opml.expanduser(), data, mode=0o644)
    render.say(f"{opml}")
    render.tell(count(sources.count_all(current.store().read()), "source"))


def clip(
    address: Annotated[str, typer.Argument(metavar="URL|FILE", help="A web page, or a page in a file.")],
    note: Annotated[str, typer.Option("--note", help="Words of your own: a note is made with them.")] = "",
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", help="A tag; may be given again.", autocompletion=complete.complete_tags),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Take one page in as an item, kept; the same page twice is one item."""
    from pkm.cli import drafts

    if not note:
        _show_clipped(*_clip(address, "", tag), json)
        return
    with drafts.kept(note, drafts.name_for("clip")):
        _show_clipped(*_clip(address, note, tag), json)


def _clip(address: str, note: str, tag: list[str] | None) -> tuple[Any, Any]:
    """(what was clipped, the note made from it or None), in one transaction once the page is there."""
    from pkm.errors import BadInput
    from pkm.seek.clipping import fetch_page, keep_page

    try:
        page = fetch_page(address)
    except BadInput as error:
        error.kept = error.kept or "Nothing was added."
        raise
    store = current.store()
    with store.unit():
        clipped = keep_page(store, page, tag_names=tuple(tag or ()))
        if not note:
            return clipped, None
        from pkm.sense.notes import add_note

        return clipped, add_note(store, note, item_id=clipped.row["number"])


def _show_clipped(clipped: Any, noted: Any, json: bool) -> None:
    row = clipped.row if noted is None else {**clipped.row, "note": noted.row["id"]}
    also = [row["url"]] + ([f"{noted.row['id']} made from it"] if noted else [])
    render.emit_made(row, as_json=json, also=also)
    if not clipped.new:
        render.tell("It was here already; it is one item.")
    if noted and noted.unknown_people:
        names = ", ".join(f"@{name}" for name in noted.unknown_people)
        render.tell(f"Nobody is called {names} yet. Next: pkm contact add \"Name\" --nick NICK")
