"""`pkm share site`: build it anew, look at it, see that it is whole; and the command that publishes it."""

from typing import Annotated

import typer

from pkm.cli import complete, current, render
from pkm.cli.app import group
from pkm.cli.options import JsonFlag
from pkm.errors import Invalid, NotFound, PkmError
from pkm.ids import Row
from pkm.spelling import near
from pkm.store import shares
from pkm.text import count

app = group("The static site: build, open, verify.", no_args_is_help=True)

NameArgument = Annotated[
    str, typer.Argument(help="Its channel; left out: the only site.", autocompletion=complete.complete_channels)
]


def _site(name: str) -> Row:
    rows = [row for row in shares.channels(current.store().read()) if row["channel_kind"] == "site"]
    found = [row for row in rows if row["name"].casefold() == name.casefold()] if name else rows
    if not found:
        raise NotFound(f"the site {name}".strip(), "there is none", near=near(name, [row["name"] for row in rows]),
                       next="pkm share channel list" if rows else "pkm share channel add site site:")  # fmt: skip
    if len(found) > 1:
        raise Invalid("the site", "there are several", next=f"name one of {', '.join(row['name'] for row in found)}")
    return found[0]


@app.command(epilog="Example:  pkm share site build")
def build(name: NameArgument = "", json: JsonFlag = False) -> None:
    """Build the site from all that was sent; write what changed, and publish it where it has a command."""
    from pkm.share import mirror, publish
    from pkm.share.channels import folder_of

    row = _site(name)
    folder = folder_of(row, current.home())
    changed = mirror.mirror(current.store().read(), current.home(), row["number"]).changed
    failures = []
    try:
        published = publish.run(row, folder, changed)
    except PkmError as error:
        published, failures = False, [{"what": error.what, "why": error.why}]
    left_out = [{"what": what, "why": why, "next": step} for what, why, step in mirror.left_out(current.store().read())]
    if json:
        render.emit_json({**row, "folder": str(folder), "changed": list(changed), "published": published, "failed": len(failures),
                          "failures": failures, "left_out": left_out})  # fmt: skip
    else:
        render.say(f"{row['name']}  {count(len(changed), 'file')} changed in {folder}{', published' if published else ''}")
    for one in () if json else left_out:
        render.tell(f"{one['what']}: {one['why']}. Next: {one['next']}")
    for one in failures:
        render.tell(f"{one['what']}: {one['why']}. Next: pkm share site build, which tries again")
    if failures:
        raise typer.Exit(4)


@app.command("open", epilog="Example:  pkm share site open")
def open_site(name: NameArgument = "", json: JsonFlag = False) -> None:
    """Open the site's first page in a browser, built where it was not yet; with --json, say where it is."""
    import webbrowser

    from pkm.share import mirror
    from pkm.share.channels import folder_of

    row = _site(name)
    page = folder_of(row, current.home()) / "index.html"
    if not page.is_file():
        mirror.mirror(current.store().read(), current.home(), row["number"])
    if json:
        render.emit_json({**row, "page": page.as_uri()})
        return
    if not webbrowser.open(page.as_uri()):
        raise PkmError(str(page), "no browser was found", next="open it by hand, or set BROWSER")


@app.command(epilog="Example:  pkm share site verify")
def verify(name: NameArgument = "", json: JsonFlag = False) -> None:
    """Compare the site's folder with what was sent, and follow each link within it; ends with 1 where something is wrong."""
    from pkm.share.checking import verify as look

    row = _site(name)
    found = look(current.store().read(), current.home(), row)
    if json:
        render.emit_json([{"what": what, "why": why} for what, why in found])
    for what, why in () if json else found:
        render.say(f"{what}: {why}")
    if found:
        render.tell("Next: pkm share site build")
        raise typer.Exit(1)
    if not json:
        render.say(f"{row['name']}  is what was sent, and every link within it leads somewhere")
