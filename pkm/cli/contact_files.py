"""What `pkm contact` takes in and gives out whole: vCards and tables of contacts. cli/contact names the commands."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors
from pkm.cli.options import BecauseOption, DryRunFlag, JsonFlag
from pkm.errors import Invalid
from pkm.text import count, one_line

TOLD = 10
"""How many differences and possible duplicates are told one by one."""


def import_file(
    path: Annotated[Path, typer.Argument(help="vCards, a table of contacts (CSV), or a folder of .vcf files.")],
    circle: Annotated[
        str | None,
        typer.Option("--circle", help="The circle of those who are new.", autocompletion=complete.complete_circles),
    ] = None,
    because: BecauseOption = "",
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN,…", help='Which column is what: "name=Full Name,email=Mail".'),
    ] = None,
    dry_run: DryRunFlag = False,
    json: JsonFlag = False,
) -> None:
    """Import people from vCards or a CSV (LinkedIn, Google, Outlook, or --map). A second import changes nothing."""
    import_people(path, circle=circle, because=because, mapping=read_mapping(map_ or []), dry_run=dry_run, json=json)


def import_people(
    path: Path, *, kind: str = "", circle: str | None = None, because: str = "", mapping: dict[str, str] | None = None,
    dry_run: bool = False, json: bool = False,
) -> None:  # fmt: skip
    """The people of the file are contacts and the summary is printed; exit code 4 where some could not be used."""
    if because and not circle:
        raise Invalid("--because", "it is the reason for a --circle, and none is named", next="name one with --circle")
    from pkm.people import importing

    store = current.store()
    in_circle = selectors.one(circle, ("circle",)).number if circle else None
    read = importing.read_people(path.expanduser(), kind=kind, mapping=mapping)
    if dry_run:
        done = importing.preview_import(store, read)
    else:
        done = importing.import_people(store, read, circle_id=in_circle, because=because)
    render.emit_run(done.as_dict(), as_json=json, line=f"would be: {done.line}" if dry_run else done.line)
    _tell_more(done)
    if done.failures or done.plan.conflicts:
        raise typer.Exit(4)


def read_mapping(given: list[str]) -> dict[str, str]:
    """Field to column of --map name=…,email=…; a comma inside a column's name is part of it."""
    mapping = {}
    for part in (part for text in given for part in re.split(r",(?=\s*\w+\s*=)", text)):
        field, equals, column = part.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise Invalid(f"--map {one_line(part, 60)}", "it should be FIELD=COLUMN",
                          next='as in --map "name=Full Name,email=Mail"')  # fmt: skip
        mapping[field.strip().lower()] = column.strip()
    return mapping


def _tell_more(done: Any) -> None:
    """What the files say otherwise than the contacts, which cards are one contact, and who may be one person."""
    plan = done.plan
    told = [f"{one.where}: “{one_line(one.name, 60)}” is the contact of {one.other}: {one.why}" for one in plan.joined]
    told += [f"{one.id} {one_line(one.fields['name'], 60)}: the card is older than the one that was imported: left as it is"
             for one in plan.older]  # fmt: skip
    told += [f"{one.who}: {one.field} differs: {_both(one)}" for one in plan.differences]
    told += [f"{_called(person)} may be {_called(other)}" for person, other in plan.alike]
    for one in plan.conflicts:
        render.tell(f"{one.who}: {one.field} was changed on both sides: {_both(one)}. Yours stays, theirs is kept beside it.")
    for line in told[:TOLD]:
        render.tell(line)
    if len(told) > TOLD:
        render.tell(f"and {len(told) - TOLD:,} more like that (--json names them all)")
    if done.resolved:
        render.tell(f"{count(done.resolved, 'earlier mention')} in your notes: now answered.")


def _both(one: Any) -> str:
    here, there = _from_difference(one_line(one.here), one_line(one.there))
    return f"“{here}” here, “{there}” in the file"


def _from_difference(here: str, there: str) -> tuple[str, str]:
    """The two texts, short; long ones from a little before they part."""
    same = next((at for at, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), 0)
    start = max(0, same - 20) if same > 40 else 0
    dots = "…" if start else ""
    return f"{dots}{one_line(here[start:], 60)}", f"{dots}{one_line(there[start:], 60)}"


def _called(person: Any) -> str:
    told = ", ".join(one_line(person.fields[key], 60) for key in ("name", "org") if key in person.fields)
    return f"{person.id} ({told})" if person.number else told


def export_file(
    path: Annotated[Path | None, typer.Argument(help="A file, or a folder for one file a contact; -: stdout.")] = None,
    vcard: Annotated[Path | None, typer.Option("--vcard", metavar="PATH|DIR|-", help="The same, as an option.")] = None,
    json: JsonFlag = False,
) -> None:
    """Write the contacts as vCard 4.0, with all that their cards said; into a folder, only what has changed."""
    from pkm.people.cards import all_cards
    from pkm.people.vcard import write_cards

    if path and vcard:
        raise Invalid(str(path), f"--vcard {vcard} is named as well", next="name one of them")
    target = (vcard or path or Path("-")).expanduser()
    cards = all_cards(current.store().read())
    if _is_folder(target, str(vcard or path or "-")):
        _export_folder(list(cards), target, json)
        return
    data = write_cards(cards)
    if str(target) == "-" and not json:
        sys.stdout.write(data.decode())
        return
    if str(target) == "-":
        raise Invalid("--json", "the cards themselves go to stdout", next="name a file or a folder")
    from pkm.files import write_atomic

    same = target.is_file() and target.read_bytes() == data
    if not same:
        write_atomic(target, data)
    written = data.count(b"\r\nEND:VCARD\r\n")
    _emit(target, json, new=0 if same else written, unchanged=written if same else 0)


def _is_folder(target: Path, written: str) -> bool:
    """Whether a folder is meant: one that is there, or a name that ends like one."""
    return written != "-" and (target.is_dir() or written.endswith("/") or (not target.exists() and not target.suffix))


def _export_folder(cards: list[Any], folder: Path, json: bool) -> None:
    from pkm.people.card_folder import write_folder

    done = write_folder(cards, folder)
    _emit(folder, json, new=len(done.new), updated=len(done.updated), unchanged=done.unchanged, removed=len(done.removed),
          failures=[{"what": what, "why": why} for what, why in done.failures])  # fmt: skip
    if done.failures:
        raise typer.Exit(4)


def _emit(
    target: Path, json: bool, *, new: int = 0, updated: int = 0, unchanged: int = 0, removed: int = 0,
    failures: list[dict[str, str]] | None = None,
) -> None:  # fmt: skip
    counts = {"new": new, "updated": updated, "unchanged": unchanged}
    told = ", ".join(f"{number:,} {word}" for word, number in {**counts, "removed": removed}.items() if number)
    summary = {"path": str(target), **counts, "files_removed": removed, "failed": len(failures or []), "failures": failures or []}
    render.emit_run(summary, as_json=json, line=f"{target}  {told or 'no contacts'}")
