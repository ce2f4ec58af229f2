"""Commands that serve the whole: export, doctor, config."""

import contextlib
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli import complete, current, render
from pkm.cli.app import group
from pkm.cli.lines import tell_of_waiting
from pkm.cli.options import JsonFlag
from pkm.ids import Row
from pkm.text import count

if TYPE_CHECKING:
    from datetime import timedelta

    from pkm.config import Home

app = group("What serves the whole.")

QUIET = 10
"""So many quiet sources are named by `pkm doctor`, the rest is counted."""


@app.command(
    "export",
    epilog="Example:  pkm export ~/pkm-export\n\n          pkm export --notes ~/notes     (for another editor)",
)
def export_folder(
    folder: Annotated[Path | None, typer.Argument(help="A new or empty folder, or one that an export made.")] = None,
    notes: Annotated[
        Path | None, typer.Option("--notes", metavar="DIR", help="The notes alone, as Markdown; only what changed is written.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Export all of it as plain files, or the notes as a folder of Markdown."""
    from pkm.errors import Invalid

    if (folder is None) == (notes is None):
        given = "an export without a folder" if folder is None else f"{folder} and --notes {notes}"
        raise Invalid(given, "name one folder", next="pkm export DIR for everything, pkm export --notes DIR for the notes")
    if notes is not None:
        from pkm.cli.vault import export_vault

        export_vault(notes.expanduser(), json=json)
        return
    assert folder is not None
    from pkm.whole.archive import export_all

    report = export_all(current.store(), current.home(), folder.expanduser())
    summary = {
        "folder": str(report.folder), "new": report.written, "updated": 0, "unchanged": report.unchanged, "failed": 0,
        "failures": [], "rows": report.rows,
    }  # fmt: skip
    told = ", ".join(count(report.rows[table], table) for table in ("source", "item", "note", "contact", "share"))
    render.emit_run(
        summary,
        as_json=json,
        line=f"{report.folder}  {told}; {count(report.written, 'file')} written, {report.unchanged} unchanged",
    )


@app.command(epilog="Example:  pkm doctor\n\n          pkm doctor --compact   (after much has gone)\n\n"
                    "          pkm doctor --links     (are the pages that notes lead to still there?)")  # fmt: skip
def doctor(
    compact: Annotated[bool, typer.Option("--compact", help="Write the store anew without its empty room.")] = False,
    links: Annotated[
        bool, typer.Option("--links", help="Ask the pages that notes and kept items lead to whether they are there.")
    ] = False,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help="With --links: how many pages are asked at most.")] = 50,
    mend: Annotated[
        bool, typer.Option("--mend", help="With --links: let notes lead to where pages that moved for good are now.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Check the store and the sources; mend what can be mended."""
    if links:
        from pkm.cli.dead_links import check_links

        check_links(limit, mend=mend, json=json)
        return
    if mend:
        from pkm.errors import Invalid

        raise Invalid("--mend", "it goes with --links; all else is mended anyway", next="pkm doctor --links --mend")
    from pkm.whole.doctor import examine, make_small

    tell_of_waiting("The store’s file ({size}) is gone through: that takes a minute or more.", current.home().db)
    found = examine(current.store(), current.home())
    if compact and not any(finding.what == "store" and finding.state == "wrong" for finding in found):
        found.append(make_small(current.store(), current.home()))
    if json:
        render.emit_json([finding.as_row() for finding in found])
    else:
        for finding in _shown(found):
            mark = {"wrong": "!", "mended": "+", "told": "·"}[finding.state]
            render.say(f"{mark} {finding.what}: {finding.why}")
            if finding.next:
                render.say(f"    {finding.next}")
        wrong = sum(finding.state == "wrong" for finding in found)
        render.tell(
            "All is well."
            if not found
            else f"{count(wrong, 'thing')} to do, {count(len(found) - wrong, 'other finding')}."
        )
    if any(finding.state == "wrong" for finding in found):
        raise typer.Exit(1)


def _shown(found: list[Any]) -> list[Any]:
    """The findings without the quiet sources beyond the first few, which stand in one line."""
    from dataclasses import replace

    quiet = [finding for finding in found if finding.health == "quiet"]
    rest = quiet[QUIET:]
    if not rest:
        return found
    why = f"quiet: {len(rest):,} more have brought nothing for long"
    more = replace(rest[0], what="sources", why=why, next="pkm seek list --sort quiet")
    return [*(finding for finding in found if finding not in rest), more]


def _set_to(home: "Home", key: str | None) -> str | None:
    """What the file gives a setting; None where it gives nothing, or nothing that can be."""
    from pkm import config
    from pkm.errors import PkmError

    with contextlib.suppress(PkmError):
        if key and key in config.SETTINGS and (settings := config.read(home)).is_set(key):
            return settings[key]
    return None


def _keeping(age: "timedelta | None", number: int | None) -> str:
    """What is kept how long, in a sentence."""
    from pkm.dates import format_span, now, stamp
    from pkm.errors import PkmError
    from pkm.store.retention import ALWAYS_KEPT, count_old

    going = [f"items that came in more than {format_span(age.total_seconds())} ago"] if age else []
    going += [f"items beyond the newest {number:,} of a source"] if number is not None else []
    if not going:
        return "All items stay for ever."
    rule = f"With each pull go {' and '.join(going)}, but never what you used, nor the last {ALWAYS_KEPT} of a source."
    with contextlib.suppress(PkmError):  # a setting can be changed whatever became of the store
        before = None if age is None else stamp(now() - age)
        if old := count_old(current.store().read(), before=before, number=number):
            rule += f" As things are, that is {count(old, 'item')}, and no undo brings them back. In a copy they stay: pkm backup"
    return rule


@app.command("config", epilog='Example:  pkm config name "Ann Example"\n\n          pkm config          (all settings)\n\n'
             '          pkm config timer    (what makes the pull run by itself)')  # fmt: skip
def settings(
    key: Annotated[str | None, typer.Argument(help="The setting; timer: print what makes the pull run by itself.",
                                              autocompletion=complete.complete_settings)] = None,
    value: Annotated[str | None, typer.Argument(help="Its new value.")] = None,
    unset: Annotated[bool, typer.Option("--unset", help="Give the setting its default again.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="With timer: a line for cron, instead of systemd's timer.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show or change settings."""
    from pkm import config

    if key == "timer":
        from pkm.cli.timer import show_timer

        show_timer(cron=cron, json=json)
        return
    home = current.home()
    before = _set_to(home, key)
    if key and unset:
        config.unset(home, key)
    elif key and value is not None:
        home.ensure()
        config.set(home, key, value)
    rows = [
        {"id": name, "kind": "setting", "title": setting.help, "value": config.read(home)[name], "default": setting.default,
         "set": config.read(home).is_set(name)}
        for name, setting in config.SETTINGS.items() if key is None or name == key
    ]  # fmt: skip
    if key and not rows and not unset:
        config.get(home, key)  # names the nearest setting
    rows = rows or [{"id": key, "kind": "setting", "title": "no setting", "value": "", "default": "", "set": False}]
    if json:
        render.emit_json(rows[0] if key and rows else rows)
        return
    if key:
        render.say(f"{rows[0]['id']}  {rows[0]['value'] or '(none)'}")
        if unset:
            default = f"That is the default{'' if rows[0]['default'] else ': none'}."
            render.tell(default if key in config.SETTINGS else f"There is no such setting; it is out of {home.config}.")
        if key == "keep.items":
            render.tell(_keeping(*config.read(home).limits(key)))
        if (value is not None or unset) and (key == "name" or key.startswith("site.")) and (home.site / "index.html").exists():
            render.tell("The pages of the site have it after: pkm share site build")
        if key in config.SETTINGS and _set_to(home, key) != before:  # pkm undo would take back what was done before it
            render.tell(f"Take it back: pkm config {key} {'--unset' if before is None else shlex.quote(before)}")
        if value is None and not unset:
            render.tell(f"Meaning: {rows[0]['title']}")
            render.tell(f"Example: pkm config {key} {shlex.quote(config.SETTINGS[key].example)}")
        return
    _list_settings(rows)
    render.tell(f"They are kept in {home.config}. Change one with: pkm config SETTING VALUE")


def _list_settings(rows: list[Row]) -> None:
    """Each setting with its value, and what it means: on a terminal below it, so that it is whole there."""
    columns: render.Columns = [("setting", lambda row: row["id"]), ("value", lambda row: row["value"] or "(none)")]
    if not sys.stdout.isatty():
        render.emit_table(rows, [*columns, ("title", lambda row: row["title"])])
        return
    width = max(len(row["id"]) for row in rows)
    for row in rows:
        render.say(f"{row['id']:<{width}}  {row['value'] or '(none)'}")
        render.say(f"    {row['title']}")
