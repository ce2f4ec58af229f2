"""What `pkm contact` takes in and gives out whole: vCards and tables of contacts. cli/contact names the commands."""

import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, selectors, writers
from pkm.cli.options import BecauseOption, DryRunFlag, JsonFlag
from pkm.errors import Invalid
from pkm.ids import Row, make
from pkm.text import count, one_line

TOLD = 10
"""How many changes of a kind are told one by one."""
ALIKE = 5
"""How many possible duplicates are."""
NAMED = 40
"""How many people a command names by their ids."""
_KEY = re.compile(r"(?<=e-mail) .*|(?<=page) .*")
"""The address by which two cards are one contact's."""


def import_file(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="vCards, tables of contacts (CSV), or folders of .vcf files.")
    ],
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
    import_people(*paths, circle=circle, because=because, mapping=read_mapping(map_ or []), dry_run=dry_run, json=json)


def import_people(
    *paths: Path, kind: str = "", circle: str | None = None, because: str = "", mapping: dict[str, str] | None = None,
    dry_run: bool = False, json: bool = False,
) -> None:  # fmt: skip
    """The people of the files are contacts and the summary is printed; exit code 4 where some could not be used.

    What is wrong with one of several stops no other.
    """
    if because and not circle:
        raise Invalid("--because", "it is the reason for a --circle, and none is named", next="name one with --circle")
    from pkm.people import importing

    paths, there = tuple(path.expanduser() for path in paths), []
    for path in paths:
        if path.is_dir() and kind != "csv" and not mapping:
            from pkm.whole import sight

            if not importing.holds_people(path) and len(paths) == 1:
                raise sight.instead(path, "there is no .vcf file in it")
            there += sight.beside(path, "people")
    store = current.store()
    in_circle = selectors.one(circle, ("circle",), guess=False).number if circle else None
    if len(paths) == 1:
        read = importing.read_people(paths[0], kind=kind, mapping=mapping)
    else:
        read = importing.read_several(paths, kind=kind, mapping=mapping)
    bases, gone = _remembered(paths)
    before = writers.find_writers()
    if dry_run:
        done = importing.preview_import(store, read, bases)
    else:
        done = importing.import_people(store, read, circle_id=in_circle, because=because, bases=bases)
    summary = done.as_dict() if json else {}
    render.emit_run(summary, as_json=json, line=done.line, dry_run=dry_run)
    if not dry_run:
        _keep_failures(paths, done)
    if not json:
        _tell_more(done, kept=not dry_run)
    if gone:
        render.tell(f"{count(gone, 'file')} that an export left there: deleted since. Their contacts stay.")
    if in_circle is not None:
        _tell_outside(done.known, in_circle)
    writers.tell_writers(before)
    for thing in there[:TOLD]:
        render.tell(f"Also there: {thing.what}. To take it: {thing.command}")
    if done.plan.alike and not dry_run:
        render.tell("Next: pkm contact dupes")
    render.tell_undo(as_json=json)
    if done.failures or done.plan.conflicts:
        raise typer.Exit(4 if done.plan.read or len(paths) == 1 else 1)


def _keep_failures(paths: tuple[Path, ...], done: Any) -> None:
    """What could not be used is told again by the name of the file or the folder that it was in."""
    for path in paths:
        own = (f"{path}, line ", f"{path}: ", f"{path}/")
        failures = [one for one in done.failures if len(paths) == 1 or one.what == str(path) or one.what.startswith(own)]
        render.keep_failures(path, done.line, [*map(_failed, failures)])


def _tell_outside(known: tuple[int, ...], circle: int) -> None:
    """Of those who were here already it is said who is not in the circle, and the command that they join by."""
    from pkm.store import circles, contacts

    db = current.store().read()
    row, members = circles.row(db, circle), set(circles.member_ids(db, circle))
    outside = [number for number in known if number not in members]
    if row is None or not known:
        return
    name = one_line(row["name"], 40)
    verb = "was" if len(known) == 1 else "were"
    told = f"{len(known):,} {verb} here already, {len(outside):,} of them not in {name}: nobody was moved."
    if outside:
        alone = contacts.count(db) - len(members) == len(outside)
        who = ",".join(make("contact", number) for number in outside)
        if len(outside) > (ALIKE if alone else NAMED):
            who = f'"kind:contact -circle:{row["id"]}"' + ("" if alone else " (everybody who is not in it)")
        told += f" Next: pkm circle join {quote(row['name'])} {who}"
    render.tell(told)


def _remembered(paths: tuple[Path, ...]) -> tuple[Any, int]:
    """What folders said when they were last written, as import_people asks for it; and how many files were deleted since."""
    folders = [path for path in paths if path.is_dir()]
    if not folders:
        return None, 0
    from pkm.people.card_folder import bases_of, missing_files, read_memory

    found = [(memory, path) for path in folders if (memory := read_memory(current.home().folders, path)).files]
    if not found:
        return None, 0

    def bases(person: Any) -> dict[str, Any]:
        return {card: said for memory, _ in found for card, said in bases_of(memory, person.uid, person.memory()).items()}

    return bases, sum(len(missing_files(memory, path)) for memory, path in found)


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


def _tell_more(done: Any, *, kept: bool) -> None:
    """First what the person may have to do something about, then what is only otherwise in the files than here.

    kept: what could not be used can be asked for again.
    """
    asking = [_failed(one) for one in done.failures if one.asks]
    render.tell_failures(asking, kept=kept)
    _tell_to_look_at(done.plan)
    rest, otherwise = [_failed(one) for one in done.failures if not one.asks], [*_otherwise(done.plan)]
    render.tell_failures([*rest, *otherwise], kept=kept and bool(rest) and not otherwise and not asking)
    if done.resolved:
        render.tell(f"{count(done.resolved, 'earlier mention')} in your notes: now answered.")


def _failed(one: Any) -> Row:
    """What could not be used, as tell_failures takes it."""
    return {"what": one.what, "why": one.told, "reason": one.why if one.where else one.told, "id": one.contact}


def _tell_to_look_at(plan: Any) -> None:
    """Who may be one person (where many may, dupes lists them), whose a card was taken for, what changed, and on both sides."""
    if len(plan.alike) <= ALIKE:
        for person, other in plan.alike:
            render.tell(f"{_called(person)} may be {_called(other)}")
    for one in plan.taken[:TOLD]:
        known = f"{one.person.id} {one_line(one.called, 60)}"
        render.tell(f"{one.where}: “{one_line(one.name, 60)}” is taken for {known} ({one.why})")
    for one in plan.replaced[:TOLD]:
        _tell_replaced(one)
    for one in plan.conflicts[:TOLD]:
        render.tell(f"{one.who}: {one.field} was changed on both sides: {_both(one)}. Yours stays, theirs is kept beside it.")
    more = sum(max(0, len(found) - TOLD) for found in (plan.taken, plan.replaced, plan.conflicts))
    if more:
        render.tell(f"and {more:,} more like that")


def _otherwise(plan: Any) -> Iterator[Row]:
    """Which cards are one contact, and what the files say otherwise than the contacts: nothing is to be done about it."""
    for one in plan.joined:
        name = f"“{one_line(one.name, 60)}”"
        yield {"what": one.where, "why": f"{name} is the contact of {one.other}: {one.why}", "id": name,
               "reason": f"joined to another card: {_KEY.sub('', one.why)}"}  # fmt: skip
    for one in plan.older:
        left = "that was imported{}: left as it is"
        yield {"what": f"{one.person.id} {one_line(one.person.fields['name'], 60)}", "id": one.person.id,
               "why": f"the card ({_day(one.rev)}) is older than the one {left.format(f' ({_day(one.before)})')}",
               "reason": f"the card is older than the one {left.format('')}"}  # fmt: skip
    for one in plan.differences:
        yield {"what": one.who, "id": one.who, "why": f"{one.field} differs: {_both(one)}",
               "reason": f"{one.field} differs: yours stays"}  # fmt: skip


def _tell_replaced(one: Any) -> None:
    """What letters or mentions meant until now, and mean no more."""
    word, here, there = "e-mail" if one.field == "email" else one.field, one_line(one.here, 100), one_line(one.there, 100)
    change = f"{here} → {there}" if there else f"{here} is taken away"
    if one.kept:
        change = f"{change}: {here} stays, and stays first, since letters go to it"
    render.tell(f"{one.who} {one_line(one.name, 60)}: {word} {change}")
    if one.kept:
        render.tell(f"Next: pkm contact edit {one.who} --email -{here} takes it away.")


def _day(rev: str) -> str:
    """The instant of a REV to its minute."""
    return f"{rev[:4]}-{rev[4:6]}-{rev[6:8]} {rev[8:10]}:{rev[10:12]}"


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
    version: Annotated[
        str, typer.Option("--version", metavar="4.0|3.0", help="Of the vCards; many phones take 3.0 only.")
    ] = "",
    restore: Annotated[
        bool, typer.Option("--restore", help="Into a folder: also those whose files were deleted there.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Write the contacts as vCard 4.0, with all that their cards said; into a folder, only what has changed."""
    from pkm.people.cards import all_cards
    from pkm.people.vcard import VERSIONS, write_cards

    if version and version not in VERSIONS:
        raise Invalid(f"--version {one_line(version, 20)}", f"cards are written as {' or '.join(VERSIONS)}")
    if path and vcard:
        raise Invalid(str(path), f"--vcard {vcard} is named as well", next="name one of them")
    target = (vcard or path or Path("-")).expanduser()
    cards = all_cards(current.store().read())
    if _is_folder(target, str(vcard or path or "-")):
        _export_folder(list(cards), target, json, version, restore)
        return
    if restore:
        raise Invalid("--restore", "it is for a folder, whose files somebody may delete", next="name a folder")
    data = write_cards(cards, version or "4.0")
    if str(target) == "-" and not json:
        render.emit_file(data.decode())
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


def _export_folder(cards: list[Any], folder: Path, json: bool, version: str, restore: bool) -> None:
    from pkm.people.card_folder import read_memory, write_folder

    done = write_folder(cards, folder, read_memory(current.home().folders, folder), version=version, restore=restore)
    _emit(folder, json, new=len(done.new), updated=len(done.updated), unchanged=done.unchanged, removed=len(done.removed),
          failures=[{"what": what, "why": why} for what, why in done.failures],
          deleted=[{"file": file, "name": name} for file, name in done.deleted])  # fmt: skip
    for file, name in done.again:
        render.tell(f"{file}: {one_line(name, 60)} was deleted there, and is written again")
    for file, name in done.deleted[:TOLD]:
        render.tell(f"{file}: {one_line(name, 60)} was deleted there: stays here, and is not written again")
    if done.deleted:
        render.tell(f"Next: pkm contact export {quote(str(folder))} --restore writes what was deleted there again.")
    if done.failures:
        raise typer.Exit(4)


def _emit(
    target: Path, json: bool, *, new: int = 0, updated: int = 0, unchanged: int = 0, removed: int = 0,
    failures: list[dict[str, str]] | None = None, deleted: list[dict[str, str]] | None = None,
) -> None:  # fmt: skip
    counts = {"new": new, "updated": updated, "unchanged": unchanged}
    shown = {**counts, "removed": removed, "deleted there": len(deleted or [])}
    told = ", ".join(f"{number:,} {word}" for word, number in shown.items() if number)
    summary = {"path": str(target), **counts, "files_removed": removed, "failed": len(failures or []),
               "failures": failures or [], "deleted": deleted or []}  # fmt: skip
    render.emit_run(summary, as_json=json, line=f"{target}  {told or 'no contacts'}")
