"""`pkm import --failed`: what the last imports could not use, and why."""

from collections.abc import Sequence
from pathlib import Path

from pkm.cli import failures, render
from pkm.dates import day
from pkm.text import count, one_line, some


def show(sources: Sequence[Path], *, json: bool) -> None:
    """What could not be used, import by import, the newest first; sources: of those files or folders alone."""
    kept = failures.kept()
    if sources:
        kept = [one for one in kept if one["id"] in {str(source.expanduser().absolute()) for source in sources}]
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
        those = some([str(source) for source in sources], 3)
        render.tell(f"Nothing of {those} was left out." if sources else "The last imports took all that there was.")
    else:
        render.tell("Mend them there, or leave them, and import again: what is here already stays as it is.")
