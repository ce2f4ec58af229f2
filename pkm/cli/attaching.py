"""`pkm sense attach`: files beside a note."""

from pathlib import Path
from typing import Annotated

import typer

from pkm.cli import current, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, NoteArgument
from pkm.errors import Invalid
from pkm.text import count

app = group("Attaching.")


@app.command(epilog='Example:  pkm sense attach n12 lawn.jpg --alt "A path worn across the lawn"')
def attach(
    note: NoteArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Pictures, or other files.")],
    alt: Annotated[
        list[str] | None, typer.Option("--alt", help="What a picture shows, in words; once for each file, in their order.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Put files beside a note, which shows them; their bytes are kept in the home."""
    from pkm.cli.noted import emit_note
    from pkm.sense.attach import attach as put_beside

    words = list(alt or [])
    if len(words) > len(files):
        raise Invalid(f"{len(words)} --alt", f"there {'is' if len(files) == 1 else 'are'} {count(len(files), 'file')}")
    words += [""] * (len(files) - len(words))
    number = selectors.one(note, ("note",)).number
    added = put_beside(current.store(), current.home(), number, [
        (path.expanduser(), said) for path, said in zip(files, words, strict=True)
    ])  # fmt: skip
    emit_note(added, as_json=json)
    if "![](" in added.row["text"]:
        render.tell("A picture goes out only with words in its place: --alt, or write them between the brackets.")
