"""`pkm seek clip`: single pages taken in as items, from the web, a file or stdin; texts for pages that have none."""

import sys
from typing import Annotated, Any

import typer

from pkm.cli import current, mailbox, render
from pkm.cli.app import group
from pkm.cli.noted import tell_new
from pkm.cli.options import JsonFlag, TagOption
from pkm.errors import Invalid
from pkm.text import count

app = group("Clip.")


@app.command(epilog='Example:  pkm seek clip https://example.org/essay --note "Why it matters #org"')
def clip(
    address: Annotated[
        str, typer.Argument(metavar="URL|FILE|-", help="A web page, a page or letter in a file; -: HTML on stdin.")
    ] = "",
    url: Annotated[str, typer.Option("--url", help="Where the page in the file or on stdin is from.")] = "",
    note: Annotated[str, typer.Option("--note", "-m", help="Words of your own: a note is made with them.")] = "",
    tag: TagOption = None,
    keep_page: Annotated[
        bool, typer.Option("--keep-page", help="Archive the page as it came as well (pkm sense show ITEM --page FILE).")
    ] = False,
    missing: Annotated[
        int, typer.Option("--missing", metavar="N", min=0, help="Fetch the texts of N imported bookmarks that have none.")
    ] = 0,
    json: JsonFlag = False,
) -> None:
    """Take one page in as an item, kept; the same page twice is one item."""
    if missing and not address:
        _fill_missing(missing, json)
        return
    if missing or not address:
        raise Invalid("pkm seek clip", "it takes one page, or --missing", next="pkm seek clip https://example.org/essay")
    if url and address != "-" and "://" in address:
        raise Invalid("--url", "it says where a file or stdin is from; a web page says so itself")
    from pkm.cli import drafts

    if not note:
        _show_clipped(*_clip(address, url, "", tag, keep_page), json)
        return
    with drafts.kept(note, drafts.name_for("note", "clip")):
        _show_clipped(*_clip(address, url, note, tag, keep_page), json)


def _clip(address: str, url: str, note: str, tag: list[str] | None, keep_page: bool) -> tuple[Any, Any]:
    """(what was clipped, the note made from it or None), in one transaction once the page is there."""
    from pkm.errors import BadInput
    from pkm.seek.clipping import fetch_page, read_given
    from pkm.seek.clipping import keep_page as keep
    from pkm.seek.mail_sources import is_letter

    try:
        letter = address != "-" and is_letter(address)
        given = read_given(sys.stdin.buffer.read(), url) if address == "-" else None
        page = None if letter else given or fetch_page(address, url=url)
    except BadInput as error:
        error.kept = error.kept or "Nothing was added."
        raise
    store = current.store()
    with store.unit():
        names = tuple(tag or ())
        if page is None:
            clipped = mailbox.take_letter(address, kept=True, tag_names=names)
        else:
            clipped = keep(store, page, tag_names=names, archive=keep_page)
        if not note:
            return clipped, None
        from pkm.sense.notes import add_note

        return clipped, add_note(store, note, item_id=clipped.row["number"])


def _show_clipped(clipped: Any, noted: Any, json: bool) -> None:
    row = clipped.row if noted is None else {**clipped.row, "note": noted.row["id"]}
    also = [row["url"]] * bool(row["url"]) + ([f"{noted.row['id']} made from it"] if noted else [])
    render.emit_made(row, as_json=json, also=also)
    if not clipped.new:
        render.tell("It was here already; it is one item.")
    if noted:
        tell_new(noted.near_tags)
    if noted and noted.unknown_people:
        names = ", ".join(f"@{name}" for name in noted.unknown_people)
        render.tell(f"Nobody is called {names} yet. Next: pkm contact add \"Name\" --nick NICK")


def _fill_missing(limit: int, json: bool) -> None:
    from pkm.cli.progress import show_progress
    from pkm.dates import now
    from pkm.seek.clipping import fill_missing

    with show_progress("Fetching", wanted=not json) as progress:
        done, left = fill_missing(current.store(), limit, now(), progress)
    summary = {
        "new": 0, "updated": done.filled, "unchanged": done.no_better, "failed": done.failed, "failures": [], "left": left,
    }  # fmt: skip
    line = f"{count(done.filled, 'text')} fetched; {done.no_better:,} pages brought none; {done.failed:,} gave no answer"
    render.emit_run(summary, as_json=json, line=line)
    if left:
        render.tell(f"{count(left, 'page')} still without a text. Next: pkm seek clip --missing {limit}")
    if done.failed:
        raise typer.Exit(4)


def hint_full_text(source: Any) -> None:
    """Where a source gives the beginnings of its pages only, it is said how to get the whole."""
    from pkm.store import pages
    from pkm.text import looks_cut_off

    if not source["full_text"] and looks_cut_off(pages.latest_texts(current.store().read(), source["number"])):
        render.tell(f"It gives beginnings only. The whole of each page: pkm seek edit {source['id']} --full-text")
