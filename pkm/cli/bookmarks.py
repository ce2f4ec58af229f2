"""Lists of saved pages, taken in by `pkm seek import` and `pkm import`."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pkm.cli import current, render
from pkm.text import count, one_line

if TYPE_CHECKING:
    from pkm.seek.bookmark import BookmarkList


def import_bookmarks(data: bytes, name: str, *, dry_run: bool, json: bool, kind: str = "") -> None:
    """The list's pages are items and the summary is printed; exit code 4 where some could not be used. kind: whose it is."""
    from pkm.seek.bookmarks import read_bookmarks

    _import(read_bookmarks(data, name, kind), name, dry_run=dry_run, json=json)


def import_pages(folder: Path, *, dry_run: bool, json: bool) -> None:
    """The books of a folder that Readwise exported are items and the summary is printed; else as import_bookmarks."""
    from pkm.seek.readwise import read_folder

    _import(read_folder(folder), folder, dry_run=dry_run, json=json)


def _import(listed: "BookmarkList", source: str | Path, *, dry_run: bool, json: bool) -> None:
    from pkm.seek import bookmarking

    store = current.store()
    plan = bookmarking.preview_bookmarks(store, listed) if dry_run else bookmarking.import_bookmarks(store, listed)
    render.emit_run(plan.as_dict(), as_json=json, line=plan.line, dry_run=dry_run, source=source)
    if plan.left_out:
        why = "what came by a feed" if plan.kind == "reader" else "what is no web page"
        render.tell(f"Left out: {count(plan.left_out, 'entry', 'entries')} ({why}).")
    if plan.differing:
        render.tell(f"{count(plan.differing, 'comment')} changed here, and another in the list: left as here.")
    if plan.unlisted:
        number, words = plan.unlisted[0]
        more = f" and {len(plan.unlisted) - 1:,} more" if len(plan.unlisted) > 1 else ""
        render.tell(f"Not in the list, or deleted there: the quote “{one_line(words, 60)}” of i{number}{more}. They stay here. "
                    f"Next: pkm sense show i{number}")  # fmt: skip
    if not dry_run and (plan.new or plan.changed):
        step = "pkm sense" if plan.waiting else "pkm find kind:item"
        render.tell(f"Next: {step}; their texts: pkm seek clip --missing 100")
    render.tell_undo(as_json=json)
    if plan.failures:
        raise typer.Exit(4)
