"""`pkm help`: pages on what is the same in many commands, and the help of each command."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pkm.cli import render
from pkm.cli.app import GROUPS, group

app = group("Help.")

TOPICS = {
    "search": "the grammar of searches", "selectors": "how things are named", "dates": "dates and lengths of time",
    "reach": "how far a note may go", "plans": "who gets a share when", "method": "seek, sense, share",
    "templates": "how what leaves looks",
}  # fmt: skip
"""Each page with what it is about; its text is in topics/."""

_FOLDER = Path(__file__).with_name("topics")


def read_topic(name: str) -> str:
    """The page's text."""
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def _names() -> list[str]:
    return list(TOPICS)


@app.command("help", epilog="Example:  pkm help search\n\n          pkm help share plan\n\n"
                          "          pkm help --man > ~/.local/share/man/man1/pkm.1     (then: man pkm)")
def show_help(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC | COMMAND...]", help="A page, or a command.", autocompletion=_names)
    ] = None,
    man: Annotated[bool, typer.Option("--man", help="Print the manual page, for man: all commands and pages.")] = False,
) -> None:
    """Explain searches, selectors, dates, reach, plans, templates and the method; or a command."""
    said = words or []
    if man:
        from pkm.cli.manpage import write

        print(write(ctx.parent, {name: read_topic(name) for name in TOPICS}), end="")
        return
    if not said:
        for name, about in TOPICS.items():
            render.say(f"pkm help {name:<10} {about}")
        render.tell("And each command: pkm help share plan. All commands: pkm -h")
        return
    topic = _topic(said[0]) if len(said) == 1 else ""
    if topic:
        render.show_text(read_topic(topic).rstrip())
        return
    assert ctx.parent is not None
    at: Any = ctx.parent
    for word in said:
        names = at.command.list_commands(at) if hasattr(at.command, "list_commands") else []
        meant = [word] if word in names else [name for name in names if name.startswith(word)]
        if len(meant) != 1:
            from pkm.cli.meant import no_page

            raise no_page(at, word, " ".join(said), TOPICS)
        at = type(at)(at.command.get_command(at, meant[0]), info_name=meant[0], parent=at)
    print(at.command.get_help(at))


def _topic(word: str) -> str:
    """The page that the word, or the beginning of it, means; "" where none, or where it is a verb's name."""
    meant = [name for name in TOPICS if word and name.startswith(word.lower())]
    return meant[0] if len(meant) == 1 and word not in GROUPS else ""
