"""Notes as folders of Markdown, in and out: the part of `pkm import` and `pkm export` that is about them."""

import shlex
from pathlib import Path
from typing import Any

import typer

from pkm.cli import current, render
from pkm.ids import Row
from pkm.text import count, one_line, some

TOLD = 10
"""So many names of what nothing answers to, files that are gone and the like are told one by one."""
FEW = 3
"""So many places of templates are."""


def import_folder(
    path: Path, *, drop_gone: bool, forgotten: bool, whole: bool, yes: bool, dry_run: bool, json: bool
) -> None:
    """The notes of the folder are in the store and the summary is printed; exit code 4 where something needs a look.

    whole: it is one of notes for sure, and its templates are wanted as well.
    """
    from pkm.sense import vault

    if not wants(path, yes=yes or dry_run, marked=whole):
        raise typer.Exit(1)
    if dry_run:
        done = vault.preview_import(current.store(), path, drop_gone=drop_gone, forgotten=forgotten, templates=whole)
    else:
        done = vault.import_vault(
            current.store(), current.home(), path, drop_gone=drop_gone, forgotten=forgotten, templates=whole,
            tell=render.tell,
        )  # fmt: skip
    render.emit_run(done.as_dict(), as_json=json, line=done.line, dry_run=dry_run, source=path)
    if not json:
        tell_import(done, path, dry_run)
    render.tell_undo(as_json=json)
    if done.failures:
        raise typer.Exit(4)


def wants(path: Path, *, yes: bool, marked: bool) -> bool:
    """Whether the notes of the folder are to come in; where it may be the wrong one, what it holds is told and asked about."""
    from pkm.sense.vault_sight import look

    if not path.is_dir():
        return True
    seen = look(current.store(), path, marked=marked)
    if not seen.doubt:
        return True
    total = seen.notes.total()
    render.tell(f"{path}: {seen.doubt}.")
    for name, number in seen.notes.most_common(TOLD):
        render.tell(f"  {number:>6,}  {one_line(name, 60) or '.'}{'/' if name else ''}")
    if len(seen.notes) > TOLD:
        rest = total - sum(number for _, number in seen.notes.most_common(TOLD))
        render.tell(f"  {rest:>6,}  in {count(len(seen.notes) - TOLD, 'other folder')}")
    return render.confirm(f"Take {count(total, 'file')} of Markdown as your own notes?", yes=yes)


def tell_import(done: Any, path: Path, dry_run: bool, *, kind: str = "vault") -> None:
    """What beside the counts is worth knowing of an import of notes is told. kind: what --as calls the folder."""
    _tell_links(done.counted)
    if done.templates:
        places = sorted({one_line(one.rpartition("/")[0] or one, 60) for one in done.templates})
        render.tell(f"{count(len(done.templates), 'template')} left out ({some(places, FEW)}). "
                    f"To take them too: pkm import {shlex.quote(str(path))} --as {kind}")  # fmt: skip
    _tell_rest(done, path, dry_run)


def _tell_links(counted: Any) -> None:
    for names, what in ((counted.ambiguous, "Ambiguous: several notes are called"), (counted.unresolved, "No note yet:")):
        if names:
            render.tell(f"{what} {some([f'[[{one_line(name, 60)}]]' for name in names], TOLD)}")


def _tell_rest(done: Any, path: Path, dry_run: bool) -> None:
    if done.others:
        render.tell(f"{count(done.others, 'other file')} that no note shows: left where they are.")
    _tell_notes("Would be put away" if dry_run else "Put away", done.put_away)
    if done.gone:
        _tell_notes("Gone from the folder, kept here", done.gone)
        there = shlex.quote(str(path))
        render.tell(f"Next: pkm import {there} --drop-gone puts them away; pkm export --notes {there} writes them again")
    if done.forgotten:
        render.tell(f"Forgotten, left out: {some([one_line(name, 60) for name in done.forgotten], TOLD)}")
        render.tell(f"Next: remove them there, or pkm import {shlex.quote(str(path))} --forgotten takes them in anew")
    if done.unmerged:
        render.tell(f"Two versions stand in {some(done.unmerged, TOLD)}, marked, since an earlier import. "
                    "Next: pkm sense garden unmerged")  # fmt: skip
    if done.wider:
        render.tell(f"{count(len(done.wider), 'new note')} may go further than you alone, as the files say: "
                    f"{some(done.wider, TOLD)}")  # fmt: skip
        render.tell("Next: pkm find 'kind:note -reach:private'; narrow one: pkm sense reach NOTE private")
    if done.resolved:
        render.tell(f"{count(done.resolved, 'link')} of other notes: now answered.")
    if done.plan.new and not dry_run:
        render.tell("Next: pkm find kind:note")


def _tell_notes(what: str, rows: list[Row]) -> None:
    if rows:
        listed = [f"{row['id']} {one_line(row['title'], 40)}" for row in rows]
        render.tell(f"{what}: {some(listed, TOLD)}")


def export_vault(folder: Path, *, json: bool) -> None:
    """The notes are in the folder and the summary is printed; exit code 4 where a file could not be written."""
    from pkm.sense.vault_out import export_notes

    done = export_notes(current.store(), current.home(), folder)
    render.emit_run(done.as_dict(), as_json=json, line=done.line)
    if not json:
        if done.again:
            render.tell(f"Deleted in the folder, written again: {some([one_line(path, 60) for path in done.again], TOLD)}")
        if done.unmerged:
            render.tell(f"Two versions stand there, marked: {some([one_line(path, 60) for path in done.unmerged], TOLD)}")
            render.tell("Next: pkm sense garden unmerged")
        if done.ahead:
            render.tell(f"{count(len(done.ahead), 'file')} changed in the folder. Next: pkm import {shlex.quote(str(folder))}")
    if done.failures:
        raise typer.Exit(4)


def import_journal(path: Path, *, dry_run: bool, json: bool) -> None:
    """The entries of jrnl's export are notes and the summary is printed; exit code 4 where some could not be used."""
    from pkm.errors import BadInput
    from pkm.sense.jrnl import import_jrnl

    if not path.is_file():
        raise BadInput(str(path), "it is no file", next="jrnl --format json > journal.json")
    done = import_jrnl(current.store(), path, dry_run=dry_run)
    render.emit_run(done.as_dict(), as_json=json, line=done.line, dry_run=dry_run, source=path)
    render.tell_undo(as_json=json)
    if done.failures:
        raise typer.Exit(4)
