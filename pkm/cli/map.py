"""`pkm map`: a picture of notes, items, people and circles, as a page for the browser or for other programs."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from pkm.cli import current, render
from pkm.cli.app import group
from pkm.cli.options import QueryCommand
from pkm.errors import Exists, Invalid
from pkm.files import write_atomic
from pkm.text import count, one_line

app = group("The map.")


@app.command("map", cls=QueryCommand,
             epilog="Example:  pkm map --out map.html --open\n\n          pkm map 'tag:org' --format mermaid")  # fmt: skip
def map_things(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[QUERY]", help="What the map is around: ids, or a search as for find.")
    ] = None,
    out: Annotated[str, typer.Option("--out", "-o", metavar="FILE|-", help="The file to write; -: stdout.")] = "",
    format: Annotated[str, typer.Option("--format", help="html, json, dot or mermaid; else by the file's name.")] = "",
    open: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help="How many things at most.")] = 2000,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON: the same as --format json --out -.")] = False,
) -> None:
    """Draw the graph of notes, items, people and circles as one page."""
    from pkm.whole import map as drawing

    if json:
        out, format = "-", "json"
    format = format or {".json": "json", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}.get(Path(out).suffix, "html")
    if format not in drawing.FORMATS:
        from pkm.spelling import none_of

        raise none_of(f"--format {one_line(format, 40)}", format, drawing.FORMATS)
    asked = " ".join(words or ())
    found = drawing.gather(current.store().read(), _chosen(words or []) if asked else None, limit)
    text = drawing.write(found, format, f"Map of {asked}" if asked else "Map")
    if out == "-" or (not out and format != "html"):
        render.emit_file(text)
        return
    path = Path(out or "map.html").expanduser()
    _refuse_other(path, text)
    write_atomic(path, text.encode())
    render.say(f"{path}  {count(len(found.nodes), 'thing')}, {count(len(found.edges), 'link')}")
    if found.left_out:
        render.tell(f"{found.left_out:,} more had no room (-n for more); the best joined are there.")
    render.tell("It holds titles of private notes: it is for your eyes.")
    if open:
        from pkm.cli.browser import open_file

        open_file(path)


def _refuse_other(path: Path, text: str) -> None:
    """A file that is there is another map of that format. Raises Exists where it is anything else."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        there = file.read(400).decode("utf-8", "replace")
    if 'content="pkm map"' not in there and (text[:8] != there[:8] or text.startswith("<")):
        raise Exists(str(path), "it is there already, and it is no map", kept="It was not touched.",
                     next="name another file with --out")  # fmt: skip


def _chosen(words: list[str]) -> list[tuple[str, int]]:
    """The things that ids name, or that a search finds. Raises Invalid where it finds none that a map shows."""
    from pkm import ids, query
    from pkm.cli import selectors
    from pkm.cli.advice import respelled
    from pkm.dates import now
    from pkm.store.graph import KINDS
    from pkm.store.search import search

    if all(ids.parse(word) or word == "." or word[0] in "%-" for word in words):
        return [(one.kind, one.number) for one in selectors.many(words, KINDS)]
    asked = query.parse(" ".join(words))
    rows = search(current.store().read(), asked, limit=2000, now=now()).rows
    found = [(row["kind"], int(row["id"][1:])) for row in rows if row["kind"] in KINDS]
    if not found:
        typed = one_line(asked.text, 80)
        raise Invalid(typed, "no note, item, contact or circle is found by it", kept="Nothing was written.",
                      next=f"pkm find {quote(asked.text)}", near=[right] if (right := respelled(asked)) else ())  # fmt: skip
    return found
