"""`pkm`: the root of the command line. Knows every command's name and room, and imports only the one asked for."""

import gc
import os
import re
import sys
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperGroup

GROUPS = {
    "seek": ("pkm.cli.seek", "Pull the sources that are due, then list what is new."),
    "sense": ("pkm.cli.sense", "Work through the inbox: keep, drop, note, quote, tag, link, grow."),
    "share": ("pkm.cli.share", "Draft the digest since the last one, show it, and publish it once confirmed."),
    "contact": ("pkm.cli.contact", "The people you learn with: add, show, log what passed between you."),
    "circle": ("pkm.cli.circle", "Circles of people (team, community, network): who is in them, and why."),
    "tag": ("pkm.cli.tag", "List, rename and merge tags."),
}
COMMANDS = {
    "find": ("pkm.cli.find", "Search items, annotations, notes, contacts and shares."),
    "why": ("pkm.cli.find", "Show where a thing came from and where it went."),
    "undo": ("pkm.cli.history", "Take back the last command, or command N of the log."),
    "forget": ("pkm.cli.forget", "Erase people, notes and other things for good, words and bytes."),
    "log": ("pkm.cli.history", "List what each command changed."),
    "stats": ("pkm.cli.stats", "Tell how the loop goes: seek, sense, share and people, in counts and small plots."),
    "map": ("pkm.cli.map", "Draw the graph of notes, items, people and circles as one page."),
    "import": ("pkm.cli.whole", "Import feeds, bookmarks, people, a folder of Markdown, or one that `pkm export` made."),
    "export": ("pkm.cli.whole", "Export all of it as plain files, or the notes as a folder of Markdown."),
    "backup": ("pkm.cli.whole", "Copy the store, verified; or put a copy back."),
    "doctor": ("pkm.cli.whole", "Check the store and the sources; mend what can be mended."),
    "config": ("pkm.cli.whole", "Show or change settings."),
    "help": ("pkm.cli.help", "Explain searches, selectors, dates, reach, plans and the method; or a command."),
    "tour": ("pkm.cli.tour", "Play the whole loop in a throw-away home, with no network."),
}
"""Name to module and the first line of its help; a test holds these lines equal to the commands' own."""


INSTEAD = {
    ("seek", "pause"): "pkm seek edit SOURCE --pause", ("seek", "resume"): "pkm seek edit SOURCE --resume",
    ("seek", "unfollow"): "pkm seek remove SOURCE", ("seek", "unsubscribe"): "pkm seek remove SOURCE",
    ("seek", "delete"): "pkm seek remove SOURCE", ("seek", "follow"): "pkm seek add URL",
    ("seek", "subscribe"): "pkm seek add URL", ("seek", "rename"): "pkm seek edit SOURCE --title NAME",
    ("contact", "remove"): "pkm forget WHO", ("contact", "delete"): "pkm forget WHO", ("sense", "delete"): "pkm forget NOTE",
    ("sense", "remove"): "pkm sense drop NOTE, or pkm forget NOTE", ("circle", "remove"): "pkm forget CIRCLE",
    ("circle", "delete"): "pkm forget CIRCLE", ("pkm", "delete"): "pkm forget ID", ("pkm", "erase"): "pkm forget ID",
}  # fmt: skip
"""What people type who know other readers, and the command that does it here."""


_SHOWN = {"n": "sense show", "i": "sense show", "a": "sense show", "s": "seek show", "c": "contact show", "x": "share preview"}
"""What shows a thing, by its id's letter; `pkm why` for all others."""


def _showing(typed: str) -> str:
    """The command that shows the thing whose id was typed in a command's place; empty where it is no id."""
    return f"pkm {_SHOWN.get(typed[0].lower(), 'why')} {typed}" if re.fullmatch(r"[A-Za-z]\d+", typed) else ""


def _nearest(typed: str, names: list[str]) -> str:
    """What may have been meant by a mistyped command, as a question; empty where nothing is near."""
    from rapidfuzz.distance import OSA  # counts two letters swapped as one slip, the commonest of all

    near = [name for name in names if OSA.distance(typed.lower(), name) <= 1 + (len(name) > 4)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


class PrefixGroup(TyperGroup):
    """A group whose commands may be shortened to a unique prefix."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name or unique prefix; several matches are a usage error that lists them."""
        names = self.list_commands(ctx)
        if cmd_name not in names:
            matches = [name for name in names if cmd_name and name.startswith(cmd_name)]
            if len(matches) > 1:
                ctx.fail(f"'{cmd_name}' is short for several commands: {', '.join(matches)}.")
            if matches:
                cmd_name = matches[0]
            elif not ctx.resilient_parsing and not cmd_name.startswith("-"):
                instead = INSTEAD.get((ctx.info_name, cmd_name.lower())) or _showing(cmd_name)
                ctx.fail(f"No such command '{cmd_name}'.{f' Next: {instead}' if instead else _nearest(cmd_name, names)}")
        return self.load(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, each with its whole first sentence: nothing is cut at the terminal's edge."""
        found = [(name, self.load(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(400)) for name, one in found if one and not one.hidden])

    def load(self, name: str) -> Any:
        """The command of exactly that name, None where there is none."""
        return self.commands.get(name)


Table = Mapping[str, tuple[str, str]]
"""A command's name to its module and the first line of its help."""


class LazyGroup(PrefixGroup):
    """A group with commands of its own, and others known by name whose modules are imported when they run."""

    table: ClassVar[Table] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Its own first, then those of the table."""
        return [*self.commands, *self.table]

    def load(self, name: str) -> Any:
        """The command, imported now; where the module has none of that name, it is the group that is meant."""
        from importlib import import_module

        if name not in self.table:
            return super().load(name)
        found: Any = typer.main.get_group(import_module(self.table[name][0]).app)
        return found.commands.get(name, found)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, without importing any of them."""
        own = [(name, one.get_short_help_str(200)) for name, one in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl([*own, *((name, line) for name, (_, line) in self.table.items())])


class RootGroup(LazyGroup):
    """The root: verbs first, then people, then what serves the whole."""

    table: ClassVar[Table] = {**GROUPS, **COMMANDS}

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, without importing any of them."""
        for heading, table in (("The loop and its people", GROUPS), ("The whole", COMMANDS)):
            with formatter.section(heading):
                formatter.write_dl([(name, line) for name, (_, line) in table.items()])


app = typer.Typer(
    cls=RootGroup, suggest_commands=False, rich_markup_mode=None, invoke_without_command=True, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with a person:  pkm contact add \"Harold Jarche\" --url https://jarche.com",
)  # fmt: skip


def _print_version(wanted: bool) -> None:
    if wanted:
        from pkm import __version__

        typer.echo(f"pkm {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="With no command: print the dashboard as JSON.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Seek, sense, share: a personal knowledge manager. With no command: where everything stands today."""
    if ctx.invoked_subcommand is None:
        from pkm.cli.dashboard import show_dashboard

        show_dashboard(json=json)


def group(help: str, cls: type[PrefixGroup] = PrefixGroup, **options: Any) -> typer.Typer:
    """A Typer for a verb or noun: prefixes work, help is plain text."""
    return typer.Typer(
        cls=cls, help=help, suggest_commands=False, rich_markup_mode=None, pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]}, **options,
    )  # fmt: skip


def main() -> None:
    """Run the command line. Errors of pkm become messages on stderr and their exit code; others a short report."""
    try:
        typer.main.get_command(app)(prog_name="pkm")
    except Exception as error:
        if os.environ.get("PKM_DEBUG"):
            raise
        sys.exit(_report(error))


def _report(error: Exception) -> int:
    """The message for an error is on stderr; returns the exit code."""
    import sqlite3

    from pkm.cli import messages
    from pkm.errors import PkmError

    if isinstance(error, (sqlite3.Error, UnicodeDecodeError)):  # a query met a damaged or locked file
        from pkm.cli import current
        from pkm.store.session import translate

        error = translate(error, current.home().db)
    if isinstance(error, PkmError):
        messages.show(error)
        return error.exit_code
    messages.show_unforeseen(error)
    return 1


def run() -> None:
    """The program's entry: main(), and then out at once.

    Taking half a million objects of the ORM apart one by one, only to exit, costs a tenth of a short command.
    """
    # Importing the ORM makes hundreds of thousands of objects that stay; looking through them for garbage again and
    # again takes a quarter of a short command's time. A long one still collects, just less often.
    gc.set_threshold(200_000, 20, 100)
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    _leave(code)


def _leave(code: int) -> None:
    if "pkm.cli.current" in sys.modules:
        from pkm.cli import current

        current.close()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read the output has seen enough and is gone
        code = code or 1
    os._exit(code)
