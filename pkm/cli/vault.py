"""Notes as folders of Markdown, in and out: the part of `pkm import` and `pkm export` that is about them."""

from pathlib import Path
from typing import Any

import typer

from pkm.cli import current, render
from pkm.ids import Row
from pkm.text import count, one_line

TOLD = 10
"""So many names of what nothing answers to, files that are gone and the like are told one by one."""


def import_folder(path: Path, *, drop_gone: bool, forgotten: bool, dry_run: bool, json: bool) -> None:
    """The notes of the folder are in the store and the summary is printed; exit code 4 where something needs a look."""
    from pkm.sense import vault

    if dry_run:
        done = vault.preview_import(current.store(), path, forgotten=forgotten)
    else:
        done = vault.import_vault(
            current.store(), current.home(), path, drop_gone=drop_gone, forgotten=forgotten, tell=render.tell
        )
    render.emit_run(done.as_dict(), as_json=json, line=done.line, dry_run=dry_run)
    if not json:
        tell_import(done, path, dry_run)
        if not dry_run and current.store().operation:
            render.tell(f"Take it back: pkm undo {current.store().operation}")
    if done.failures:
        raise typer.Exit(4)


def tell_import(done: Any, path: Path, dry_run: bool) -> None:
    """What beside the counts is worth knowing of an import of notes is told."""
    _tell_links(done.counted)
    _tell_rest(done, path, dry_run)


def _tell_links(counted: Any) -> None:
    for names, what in ((counted.ambiguous, "Ambiguous: several notes are called"), (counted.unresolved, "No note yet:")):
        if names:
            listed = ", ".join(f"[[{one_line(name, 60)}]]" for name in list(names)[:TOLD])
            more = f" and {len(names) - TOLD:,} more" if len(names) > TOLD else ""
            render.tell(f"{what} {listed}{more}")


def _tell_rest(done: Any, path: Path, dry_run: bool) -> None:
    if done.others:
        render.tell(f"{count(done.others, 'other file')} that no note shows: left where they are.")
    _tell_notes("Put away", done.put_away)
    if done.gone:
        _tell_notes("Gone from the folder, kept here", done.gone)
        render.tell(f"Next: pkm import {path} --drop-gone puts them away; pkm export --notes {path} writes them again")
    if done.forgotten:
        listed = ", ".join(one_line(name, 60) for name in done.forgotten[:TOLD])
        render.tell(f"Forgotten, left out: {listed}{' …' if len(done.forgotten) > TOLD else ''}")
        render.tell(f"Next: remove them there, or pkm import {path} --forgotten takes them in anew")
    if done.unmerged:
        listed = f"{', '.join(done.unmerged[:TOLD])}{' …' if len(done.unmerged) > TOLD else ''}"
        render.tell(f"Two versions stand in {listed}, marked, since an earlier import. Next: pkm sense garden unmerged")
    if done.wider:
        render.tell(f"{count(len(done.wider), 'new note')} may go further than you alone, as the files say: "
                    f"{', '.join(done.wider[:TOLD])}{' …' if len(done.wider) > TOLD else ''}")  # fmt: skip
        render.tell("Next: pkm find 'kind:note -reach:private'; narrow one: pkm sense reach NOTE private")
    if done.resolved:
        render.tell(f"{count(done.resolved, 'link')} of other notes: now answered.")
    if done.plan.new and not dry_run:
        render.tell("Next: pkm find kind:note")


def _tell_notes(what: str, rows: list[Row]) -> None:
    if rows:
        listed = ", ".join(f"{row['id']} {one_line(row['title'], 40)}" for row in rows[:TOLD])
        more = f" and {len(rows) - TOLD:,} more" if len(rows) > TOLD else ""
        render.tell(f"{what}: {listed}{more}")


def export_vault(folder: Path, *, json: bool) -> None:
    """The notes are in the folder and the summary is printed; exit code 4 where a file could not be written."""
    from pkm.sense.vault_out import export_notes

    done = export_notes(current.store(), current.home(), folder)
    render.emit_run(done.as_dict(), as_json=json, line=done.line)
    if not json:
        if done.again:
            listed = ", ".join(one_line(path, 60) for path in done.again[:TOLD])
            render.tell(f"Deleted in the folder, written again: {listed}{' …' if len(done.again) > TOLD else ''}")
        if done.unmerged:
            listed = ", ".join(one_line(path, 60) for path in done.unmerged[:TOLD])
            render.tell(f"Two versions stand there, marked: {listed}{' …' if len(done.unmerged) > TOLD else ''}")
            render.tell("Next: pkm sense garden unmerged")
        if done.ahead:
            render.tell(f"{count(len(done.ahead), 'file')} changed in the folder. Next: pkm import {folder}")
    if done.failures:
        raise typer.Exit(4)


def import_journal(path: Path, *, dry_run: bool, json: bool) -> None:
    """The entries of jrnl's export are notes and the summary is printed; exit code 4 where some could not be used."""
    from pkm.errors import BadInput
    from pkm.sense.jrnl import import_jrnl

    if not path.is_file():
        raise BadInput(str(path), "it is no file", next="jrnl --format json > journal.json")
    done = import_jrnl(current.store(), path, dry_run=dry_run)
    render.emit_run(done.as_dict(), as_json=json, line=done.line, dry_run=dry_run)
    if done.failures:
        raise typer.Exit(4)
