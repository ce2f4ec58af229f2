"""What `pkm seek` takes in and gives out whole: lists of feeds and of bookmarks. cli/seek names the commands."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pkm.cli import current, render, writers
from pkm.cli.app import group
from pkm.cli.options import DryRunFlag, JsonFlag
from pkm.store import sources
from pkm.text import count, some

app = group("Lists.")


@app.command("import", epilog="Example:  pkm seek import subscriptions.opml")
def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE|-", help="OPML, newsboat's urls file, or a list of bookmarks; -: stdin.")
    ],
    backlog: Annotated[
        bool, typer.Option("--backlog", help="All that they hold comes into the inbox; else each one's newest five.")
    ] = False,
    dry_run: DryRunFlag = False,
    json: JsonFlag = False,
) -> None:
    """Follow every feed of a list (OPML, newsboat's urls), or take in bookmarks as items. Nothing is fetched yet.

    Bookmarks: a browser's HTML, Pocket, Pinboard, Raindrop, Instapaper, Readwise. Folders become tags.
    """
    import_list(file, dry_run=dry_run, json=json, backlog=backlog)


def import_list(file: Path, *, dry_run: bool, json: bool, kind: str = "", backlog: bool = False) -> None:
    """The list's feeds are followed, or its bookmarks are items, and the summary is printed; exit code 4 where some
    could not be used. kind: bookmarks or readwise, where that is known.
    """
    from pkm.net.fetch import read_file
    from pkm.seek import lists
    from pkm.seek.bookmarks import MAX_BYTES, looks_like_bookmarks

    if file.expanduser().is_dir():
        from pkm.whole.sight import instead

        raise instead(file.expanduser(), "it is a folder; a list is one file")
    data = sys.stdin.buffer.read() if str(file) == "-" else read_file(file, MAX_BYTES)
    name = "stdin" if str(file) == "-" else str(file)
    if kind in ("bookmarks", "readwise") or (not kind and looks_like_bookmarks(data)):
        from pkm.cli.bookmarks import import_bookmarks

        import_bookmarks(data, name, dry_run=dry_run, json=json, kind=kind)
        return
    listed = lists.read_list(data, name)
    store = current.store()
    before = writers.find_writers()
    plan = lists.preview_import(store, listed) if dry_run else lists.import_list(store, listed, backlog=backlog)
    if plan.salvaged:
        render.tell("The file is broken: only its addresses could be taken, without folders.")
    render.emit_run(plan.as_dict(), as_json=json, line=plan.line, dry_run=dry_run, source=file)
    _tell_local([feed.url for feed in plan.new], dry_run)
    writers.tell_writers(before)
    if plan.new and not dry_run:
        render.tell("Next: pkm seek")
    render.tell_undo(as_json=json)
    if plan.failures:
        raise typer.Exit(4)


def _tell_local(urls: Sequence[str], dry_run: bool) -> None:
    """Whoever imports a list of others is told which of its addresses lead to this machine or its network."""
    from pkm.net.fetch import is_local

    local = [url for url in urls if is_local(url)]
    if not local:
        return
    numbers = {} if dry_run else {row["url"]: f"s{row['id']}" for row in sources.outlines(current.store().read())}
    found = f"{count(len(local), 'source')} ({some([numbers.get(url, url) for url in local], 5)})"
    render.tell(f"Of this machine or its network: {found}. What is not yours: pkm seek remove ID")


@app.command("export", epilog="Example:  pkm seek export --opml subscriptions.opml")
def export_file(
    opml: Annotated[Path | None, typer.Option("--opml", help="The file to write; -: stdout.")] = None,
    newsboat: Annotated[Path | None, typer.Option("--newsboat", help="Write newsboat's urls file instead.")] = None,
) -> None:
    """Write the sources as OPML, with their tags and all that the list they came from said."""
    from pkm.errors import Invalid
    from pkm.seek.lists import export_list, export_urls

    if opml and newsboat:
        raise Invalid("--opml and --newsboat", "give one of the two")
    data = export_urls(current.store()) if newsboat else export_list(current.store())
    opml = newsboat or opml or Path("-")
    if str(opml) == "-":
        render.emit_file(data.decode())
        return
    from pkm.files import write_atomic

    write_atomic(opml.expanduser(), data, mode=0o644)
    render.say(f"{opml}")
    render.tell(count(sources.count_all(current.store().read()), "source"))
