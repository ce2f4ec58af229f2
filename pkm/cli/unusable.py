"""`pkm import --failed`: what the last imports could not use, and why."""

from pathlib import Path

from pkm.cli import failures, render
from pkm.dates import day
from pkm.text import count, one_line


def show(source: Path | None, *, json: bool) -> None:
    """What could not be used, import by import, the newest first; source: of that file or folder alone."""
    kept = failures.kept()
    if source is not None:
        kept = [one for one in kept if one["id"] == str(source.expanduser().absolute())]
    if json:
        render.emit_json(kept)
        return
    for one in kept:
        render.say(f"{day(one['at'])}  {one['title']}  {one_line(one['line'])}")
        for failure in one["failures"]:
            render.say(f"  {failure['what']}: {failure['why']}")
        if more := one["failed"] - len(one["failures"]):
            render.say(f"  and {count(more, 'more')}")
    if not kept:
        render.tell("The last imports took all that there was." if source is None else f"Nothing of {source} was left out.")
    else:
        render.tell("Mend them there, or leave them, and import again: what is here already stays as it is.")
