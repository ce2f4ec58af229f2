"""`pkm import`: what it is given is recognized, and taken in by the part that reads such things."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from json import loads
from pathlib import Path
from shlex import quote
from typing import Annotated, NamedTuple

import typer

from pkm.cli import current, render
from pkm.cli.app import group
from pkm.cli.options import DryRunFlag, JsonFlag
from pkm.errors import BadInput, Invalid, NotFound, PkmError
from pkm.ids import Row
from pkm.text import count

app = group("What comes in.")

KINDS = ("opml", "urls", "bookmarks", "vcard", "csv", "vault", "nb", "jrnl", "readwise", "export")
"""What `pkm import` takes."""
DONE, FAILED, PARTLY = 0, 1, 4
"""Exit codes."""


class Wanted(NamedTuple):
    """How things are to come in, as the options say."""

    as_: str
    drop_gone: bool
    forgotten: bool
    yes: bool
    dry_run: bool
    json: bool


@app.command(
    "import",
    epilog="Example:  pkm import subscriptions.opml\n\n          pkm import contacts.vcf more.vcf\n\n"
    "          pkm import ~/vault --dry-run\n\n"
    "          pkm import ~/pkm-export     (into an empty home)\n\n"
    "          pkm import --failed         (what the last imports could not use)",
)
def import_paths(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", readable=False,
                       help="OPML, newsboat's urls, bookmarks, vCards or a folder of them, a CSV of contacts, a folder of "
                       "Markdown, a notebook of nb, jrnl's JSON or text, Readwise's CSV, an export. Several: each as if alone."),
    ] = None,
    as_: Annotated[str, typer.Option("--as", help=f"What it is, where that cannot be seen: {', '.join(KINDS)}. A vault, nb: "
                     "with its templates.")] = "",
    drop_gone: Annotated[
        bool, typer.Option("--drop-gone", help="Of a folder of Markdown: put away notes whose files are gone from it.")
    ] = False,
    forgotten: Annotated[
        bool, typer.Option("--forgotten", help="Of a folder of Markdown: take in also files whose notes were forgotten.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do it without asking; of an export: take also its commands and secrets’ places.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="List what the last imports could not use, and why; of PATH, or of all.")
    ] = False,
    dry_run: DryRunFlag = False,
    json: JsonFlag = False,
) -> None:
    """Import feeds, bookmarks, people, a folder of Markdown, or one that `pkm export` made."""
    if failed:
        from pkm.cli import unusable

        unusable.show(paths or [], json=json)
        return
    if not paths:
        raise Invalid("pkm import without PATH", "name what is to come in", next="as in pkm import subscriptions.opml")
    if as_ and as_ not in KINDS:
        from pkm.spelling import none_of

        raise none_of(f"--as {as_}", as_, KINDS)
    wanted = Wanted(as_, drop_gone, forgotten, yes, dry_run, json)
    if len(paths) == 1:
        _import(paths[0], wanted)
    else:
        _import_each(paths, wanted)


def _import_each(paths: Sequence[Path], wanted: Wanted) -> None:
    """Each comes in as if alone, by an operation of its own, and stops no other; the exit code is theirs, 4 where they differ
    and something came in. As JSON it is one run, their counts together.
    """
    codes, runs = [], []
    for path in paths:
        current.anew()
        if not wanted.json:
            render.say(str(path))
        told = StringIO() if wanted.json else sys.stdout
        with redirect_stdout(told):
            code, failures = _code(path, wanted)
        alone = loads(told.getvalue() or "{}") if isinstance(told, StringIO) else {}
        codes.append(code)
        runs.append({"path": str(path), "new": 0, "updated": 0, "unchanged": 0, "failed": len(failures), "failures": failures,
                     **alone})  # fmt: skip
    if wanted.json:
        run: Row = {name: sum(one[name] for one in runs) for name in ("new", "updated", "unchanged", "failed")}
        failures = [failure for one in runs for failure in one["failures"]]
        render.emit_json({**run, "failures": failures, "dry_run": wanted.dry_run, "runs": runs})
    if any(codes):
        several = PARTLY if {DONE, PARTLY} & {*codes} else FAILED
        raise typer.Exit(codes[0] if len({*codes}) == 1 else several)


def _code(path: Path, wanted: Wanted) -> tuple[int, list[Row]]:
    """The exit code of one import, and the error that it ended with, which is told."""
    try:
        _import(path, wanted)
    except typer.Exit as stop:
        return stop.exit_code, []
    except PkmError as error:
        from pkm.cli import messages

        messages.show(error)
        return error.exit_code, [{"what": error.what, "why": error.why}]
    return DONE, []


def _import(path: Path, wanted: Wanted) -> None:
    """What lies there is in the store and the summary is printed."""
    path = path.expanduser()
    try:
        if not path.exists():
            raise NotFound(str(path), "there is no such file or folder", next="pkm import -h")
        kind = wanted.as_ or _kind_of(path)
    except OSError as error:
        raise BadInput(str(path), error.strerror or str(error)) from error
    dry_run, json = wanted.dry_run, wanted.json
    if wanted.drop_gone and kind not in ("vault", "nb"):
        raise Invalid("--drop-gone", f"{path} is no folder of Markdown",
                      next=f"pkm import {quote(str(path))} --as vault --drop-gone")  # fmt: skip
    if kind == "nb":
        from pkm.cli.notebook import import_notebook

        import_notebook(
            path, drop_gone=wanted.drop_gone, whole=bool(wanted.as_), yes=wanted.yes, dry_run=dry_run, json=json
        )
    elif kind == "vault":
        from pkm.cli.vault import import_folder

        import_folder(
            path, drop_gone=wanted.drop_gone, forgotten=wanted.forgotten, whole=bool(wanted.as_), yes=wanted.yes,
            dry_run=dry_run, json=json,
        )  # fmt: skip
    elif kind == "jrnl":
        from pkm.cli.vault import import_journal

        import_journal(path, dry_run=dry_run, json=json)
    elif kind == "readwise" and path.is_dir():
        from pkm.cli.bookmarks import import_pages

        import_pages(path, dry_run=dry_run, json=json)
    elif kind in ("people", "vcard", "csv"):
        from pkm.cli.contact_files import import_people

        import_people(path, kind=wanted.as_, dry_run=dry_run, json=json)
    elif path.is_dir():
        _import_export(path, yes=wanted.yes, dry_run=dry_run, json=json)
    else:
        from pkm.cli.lists import import_list

        import_list(path, kind=wanted.as_, dry_run=dry_run, json=json)


def _kind_of(path: Path) -> str:
    """What lies there: the first that it looks like; "" for a list, which its reader knows. Raises Several for a folder that
    holds several things.
    """
    from pkm.whole.sight import was_taken

    known = path.is_dir() and was_taken(current.store(), path)
    looks = {
        "nb": _is_notebook, "vault": lambda path: known or _holds_notes(path), "jrnl": _is_journal, "people": _holds_people,
        "export": Path.is_dir,
    }  # fmt: skip
    return next((kind for kind, is_one in looks.items() if is_one(path)), "")


def _import_export(path: Path, *, dry_run: bool, yes: bool, json: bool) -> None:
    from pkm.whole import archive, sight

    if not archive.is_export(path):
        raise sight.instead(path, "it is neither a folder of Markdown nor one that pkm export made (no pkm.json in it)")
    rows = archive.import_all(current.store(), current.home(), path, dry_run=dry_run, trusted=yes)
    counts = {"new": sum(rows.values()), "updated": 0, "unchanged": 0, "failed": 0, "failures": []}
    told = ", ".join(count(rows[table], table) for table in ("source", "item", "note", "contact", "share"))
    line = f"{'would import' if dry_run else 'imported'} {told}"
    render.emit_run({**counts, "rows": rows, "dry_run": dry_run}, as_json=json, line=line)
    if not dry_run:
        from pkm.cli.copies import tell_missing

        tell_missing(current.home())
    from pkm.share import ledger

    if not dry_run and ledger.path_of(current.home()).exists():  # its store was lost
        from pkm.cli.planning import hold_what_would_leave

        hold_what_would_leave()


def _is_notebook(path: Path) -> bool:
    from pkm.seek.nb import looks_like_nb

    return looks_like_nb(path)


def _is_journal(path: Path) -> bool:
    from pkm.sense.jrnl import looks_like_jrnl

    if not path.is_file():
        return False
    with path.open("rb") as file:
        return looks_like_jrnl(file.read(65_536))


def _holds_notes(path: Path) -> bool:
    """Whether it is a folder of Markdown, and not one of vCards or of an export."""
    from pkm.sense.vault_folder import looks_like_vault
    from pkm.whole.archive import is_export

    return path.is_dir() and not is_export(path) and looks_like_vault(path)


def _holds_people(path: Path) -> bool:
    from pkm.people.importing import holds_people
    from pkm.seek.bookmarks import looks_like_bookmarks
    from pkm.whole.archive import is_export

    if path.is_file():
        with path.open("rb") as file:
            if looks_like_bookmarks(file.read(65_536)):
                return False
    return not (path.is_dir() and is_export(path)) and holds_people(path)
