"""`pkm backup`: copies of the store are made, listed and put back; and what did not come along with one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli import complete, current, render
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, YesFlag
from pkm.text import count, one_line, some

if TYPE_CHECKING:
    from pkm.config import Home

app = group("Copies of the store.")


@app.command(
    epilog="Example:  pkm backup\n\n          pkm backup /media/stick      (a new file there)\n\n"
           "          pkm backup --restore pkm-20261123-090000.db"
)  # fmt: skip
def backup(
    target: Annotated[
        Path | None,
        typer.Argument(help="A new file, or a folder for one; left out: a name with the time, in the home's backups/."),
    ] = None,
    restore: Annotated[
        Path | None,
        typer.Option("--restore", help="Put this copy back; the store as it is now is kept as a copy.",
                     autocompletion=complete.complete_copies),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the copies in the home.")] = False,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Copy the store, verified; or put a copy back.

    A pull makes a copy each week and keeps the last few (pkm config backup.weekly); other copies stay until you remove them.
    They lie on the disk that the store is on: now and then, make one elsewhere. A copy has all but settings, templates and
    drafts, which pkm export has too. What notes show goes along in a folder beside it.
    """
    from pkm.dates import now
    from pkm.share import transmit
    from pkm.store import backup as copies

    home = current.home()
    if listing:
        _list(home, json=json)
        return
    if restore is not None:
        copy = copies.find(home, restore.expanduser())
        copies.check(copy)
        if not yes:
            render.tell(f"The copy: {_standing(copy)}")
            render.tell(f"The store: {_standing(home.db) if home.db.exists() else 'there is none yet'}")
        if not render.confirm(f"Put {restore} in the place of the store? The store is kept as a copy.", yes=yes):
            return
        with transmit.alone(home):  # a run that is sending settles its letters first; none begins before all is on hold
            _put_back(home, copy, json)
        return
    if meant := {"list": "--list", "restore": "--restore FILE"}.get(str(target)):
        from pkm.errors import Invalid

        raise Invalid(str(target), "a copy would get that name", next=f"pkm backup {meant}")
    current.store().read()  # makes or migrates the store, so that there is a whole one to copy
    path = copies.back_up(home, now(), target=target.expanduser() if target else None)
    beside = copies.beside(path)
    row = {"title": f"{path.stat().st_size:,} bytes, verified", "attachments": str(beside) if beside.is_dir() else None}
    render.emit_made({**_row(path), **row}, as_json=json)
    if beside.is_dir():
        render.tell(f"What its notes show is in {beside}: keep both together.")


def _list(home: "Home", *, json: bool) -> None:
    from pkm.dates import local

    rows = [_row(path) for path in sorted(home.backups.glob("*.db"), reverse=True)] if home.backups.is_dir() else []
    columns: render.Columns = [
        ("file", lambda row: row["title"]), ("made", lambda row: f"{local(row['at']):%Y-%m-%d %H:%M}"),
        ("bytes", lambda row: f"{row['bytes']:,}"),
    ]  # fmt: skip
    render.emit_list(rows, columns, as_json=json, noun="copy", plural="copies", empty="No copies yet. Next: pkm backup")
    if rows and not json:
        render.tell(f"In {home.backups}. Put one back: pkm backup --restore FILE")


def _row(path: Path) -> dict[str, Any]:
    from datetime import UTC, datetime

    from pkm.dates import stamp

    made = path.stat()
    return {"id": str(path), "kind": "copy", "title": path.name, "bytes": made.st_size,
            "at": stamp(datetime.fromtimestamp(made.st_mtime, UTC))}  # fmt: skip


def _standing(path: Path) -> str:
    """What a store holds, and when it was last written to."""
    from pkm.dates import local
    from pkm.store.backup import standing

    if (held := standing(path)) is None:
        return "it cannot be read"
    last = f", last changed {local(held.last):%Y-%m-%d %H:%M}" if held.last else ""
    return f"{count(held.notes, 'note')}, {count(held.items, 'item')}, {count(held.contacts, 'contact')}{last}"


def _put_back(home: "Home", copy: Path, json: bool) -> None:
    """The copy is in the place of the store, what would leave of it by itself is on hold, and it is said what that means."""
    from pkm.dates import now, stamp
    from pkm.share import ledger, origin
    from pkm.store import backup as copies

    lived_in = home.db.exists() or ledger.path_of(home).exists()
    with origin.put_back(home, stamp(now())):
        kept = copies.restore(home, copy, now())
    row = {"id": str(home.db), "kind": "copy", "title": f"restored from {copy}", "kept": str(kept) if kept else None}
    render.emit_made(row, as_json=json)
    if kept:
        render.tell(f"The store as it was is kept at {kept}")
        _tell_standing_again(kept)
    tell_missing(home, "Beside a copy that pkm backup FILE made it is in FILE.attachments, else in the home that was copied, in "
                       "attachments/. ")  # fmt: skip
    if lived_in:  # of a home that is new, it is asked whether it is the one that sends
        from pkm.cli.planning import hold_what_would_leave

        hold_what_would_leave()


def tell_missing(home: "Home", where: str = "") -> None:
    """What notes show and did not come along is named. where: a sentence, with a space behind it."""
    from pkm.store import attachments

    shown = attachments.hashes(current.store().read())
    if gone := [one_line(name, 40) for sha256, (name, _) in shown.items() if not (home.attachments / sha256).is_file()]:
        render.tell(f"Not in this home: what its notes show, {some(gone, 3)}. {where}Copy that into {home.attachments}")


def _tell_standing_again(before: Path) -> None:
    """What was taken back after the copy is not taken back in it: what is in a folder is written there again."""
    from pkm.share.retract import standing_again

    if rows := standing_again(current.store().read(), before):
        names = some([f"{row['id']} “{one_line(row['title'], 40)}”" for row in rows], 8)
        render.tell(f"Taken back after the copy, and not in it: {names}. In folders and on the site it stands again with the "
                    f"next send there. Next: pkm share retract {rows[0]['id']}")  # fmt: skip
