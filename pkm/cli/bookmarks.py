"""Lists of saved pages, taken in by `pkm seek import` and `pkm import`."""

import typer

from pkm.cli import current, render
from pkm.text import count


def import_bookmarks(data: bytes, name: str, *, dry_run: bool, json: bool) -> None:
    """The list's pages are items and the summary is printed; exit code 4 where some could not be used."""
    from pkm.seek import bookmarking
    from pkm.seek.bookmarks import read_bookmarks

    listed = read_bookmarks(data, name)
    store = current.store()
    plan = bookmarking.preview_bookmarks(store, listed) if dry_run else bookmarking.import_bookmarks(store, listed)
    line = f"would be: {plan.line}" if dry_run else plan.line
    render.emit_run({**plan.as_dict(), "dry_run": dry_run}, as_json=json, line=line)
    if plan.left_out:
        why = "what came by a feed" if plan.kind == "reader" else "what is no web page"
        render.tell(f"Left out: {count(plan.left_out, 'entry', 'entries')} ({why}).")
    if not dry_run and (plan.new or plan.changed):
        step = "pkm sense" if plan.waiting else "pkm find kind:item"
        render.tell(f"Next: {step}; their texts: pkm seek clip --missing 100")
    if plan.failures:
        raise typer.Exit(4)
