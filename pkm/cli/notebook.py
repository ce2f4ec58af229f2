"""Notebooks of nb, taken in by `pkm import`: notes and to-dos as notes, bookmarks as items."""

from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from typing import Any

import typer

from pkm.cli import current, render
from pkm.text import count, one_line


def import_notebook(path: Path, *, drop_gone: bool, whole: bool, yes: bool, dry_run: bool, json: bool) -> None:
    """The notebook is in the store, by one command that one undo takes back; exit code 4 where something needs a look.

    whole: its templates are wanted as well.
    """
    from pkm.cli.vault import tell_import, wants
    from pkm.errors import BadInput
    from pkm.seek import bookmarking, nb
    from pkm.sense import vault
    from pkm.sense.vault_folder import holds_notes

    if not path.is_dir():
        raise BadInput(str(path), "it is a file; a notebook is a folder", next=f"pkm import {quote(str(path.parent))} --as nb")
    if not wants(path, yes=yes or dry_run, marked=True):
        raise typer.Exit(1)
    store = current.store()
    listed = nb.read_bookmarks(path)
    notes: Any = None
    has_notes = holds_notes(path, nb.ENDING)
    if not has_notes and not (listed.bookmarks or listed.failures):
        raise BadInput(str(path), "there is neither a note (.md) nor a bookmark in it")
    if dry_run:
        items = bookmarking.preview_bookmarks(store, listed)
        notes = vault.preview_import(store, path, leave=nb.ENDING, templates=whole) if has_notes else None
    else:
        with ExitStack() as stack:
            items = bookmarking.preview_bookmarks(store, listed)
            if items.new or items.changed:
                unit = stack.enter_context(store.unit())
                items = bookmarking.import_bookmarks(store, listed)
            if has_notes:
                notes = vault.import_vault(
                    store, current.home(), path, drop_gone=drop_gone, leave=nb.ENDING, templates=whole
                )
            if items.new or items.changed:
                unit.summarize(f"a notebook of nb: {one_line(path.name, 60)}")
    summary = _summary(notes.as_dict() if notes else {}, items.as_dict(), dry_run)
    line = " · ".join([*([notes.line] if notes else []), f"bookmarks: {items.line}"])
    render.emit_run(summary, as_json=json, line=line, dry_run=dry_run, source=path)
    if not json:
        if notes:
            tell_import(notes, path, dry_run, kind="nb")
        if not dry_run and items.new:
            render.tell(f"{count(len(items.new), 'bookmark')}: kept items. Next: pkm find kind:item")
    render.tell_undo(as_json=json)
    if summary["failures"]:
        raise typer.Exit(4)


def _summary(notes: dict[str, Any], items: dict[str, Any], dry_run: bool) -> dict[str, Any]:
    """Both imports in one object: their counts added up, and the bookmarks' beside."""
    told = dict(notes)
    for name in ("new", "updated", "unchanged", "failed"):
        told[name] = notes.get(name, 0) + items[name]
    told["failures"] = [*notes.get("failures", []), *items["failures"]]
    told["bookmarks"] = {name: items[name] for name in ("new", "updated", "unchanged", "failed")}
    return {**told, "dry_run": dry_run}
