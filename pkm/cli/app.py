"""`pkm`: the root of the command line. Knows every command's name and room, and imports only the one asked for."""

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperGroup

from pkm import first_step, groups
from pkm.cli.shape import Group, Shaped
from pkm.errors import BadInput, Invalid, NotFound

GROUPS = {name: (f"pkm.cli.{name}", line) for name, line in groups.GROUPS.items()}
COMMANDS = {
    "find": ("pkm.cli.find", "Search items, annotations, notes, contacts and shares."),
    "why": ("pkm.cli.find", "Show where a thing came from and where it went."),
    "undo": ("pkm.cli.history", "Take back the last command, or command N of the log."),
    "forget": ("pkm.cli.forget", "Erase people, notes and other things for good, words and bytes."),
    "log": ("pkm.cli.history", "List what each command changed."),
    "stats": ("pkm.cli.stats", "Tell how the loop goes: seek, sense, share and people, in counts and small plots."),
    "map": ("pkm.cli.map", "Draw the graph of notes, items, people and circles as one page."),
    "import": ("pkm.cli.imports", "Import feeds, bookmarks, people, a folder of Markdown, or one that `pkm export` made."),
    "export": ("pkm.cli.whole", "Export all of it as plain files, or the notes as a folder of Markdown."),
    "backup": ("pkm.cli.copies", "Copy the store, verified; or put a copy back."),
    "doctor": ("pkm.cli.whole", "Check the store and the sources; mend what can be mended."),
    "config": ("pkm.cli.whole", "Show or change settings."),
    "help": ("pkm.cli.help", "Explain searches, selectors, dates, reach, plans, templates and the method; or a command."),
    "tour": ("pkm.cli.tour", "Play the whole loop in a throw-away home, with no network."),
}
"""Name to module and the first line of its help; a test holds these lines equal to the commands' own."""


class PrefixGroup(Shaped, TyperGroup):
    """A group whose commands may be shortened to a unique prefix."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name or unique prefix, None where there is none. Raises Invalid where there are several."""
        names = self.list_commands(ctx)
        if cmd_name not in names:
            matches = [name for name in names if cmd_name and name.startswith(cmd_name)]
            if len(matches) > 1:
                several = f"it is short for several commands: {', '.join(matches)}"
                raise Invalid(f"“{cmd_name}”", several, next=f"{ctx.command_path} -h")
            cmd_name = matches[0] if matches else cmd_name
        return self.load(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is asked for, and its words. Raises Invalid, with what may have been meant."""
        if not ctx.resilient_parsing and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from pkm.cli.meant import unknown_command

            raise unknown_command(ctx, args[0], args[1:])
        found = super().resolve_command(ctx, args)
        ctx.meta["pkm.command"] = f"{ctx.command_path} {found[1].name if found[1] else ''}".strip()
        return found

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


_UsageError: Any = typer.BadParameter.__base__
"""What the parser raises; typer gives no name to it."""


@contextmanager
def _in_our_words(ctx: Any = None) -> Iterator[None]:
    """The parser's errors are ours, and one about what was given that names no next step names one.

    That is the command with the word that was meant, where that can be told; else its help.
    """
    try:
        yield
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        from pkm.cli.meant import usage

        raise usage(error, ctx.meta.get("pkm.command", "pkm") if ctx is not None else "pkm") from None
    except (Invalid, NotFound, BadInput) as error:
        if error.next is None and ctx is not None:
            from pkm.cli.meant import corrected

            error.next = corrected(error) or f"{ctx.meta.get('pkm.command', ctx.command_path)} -h"
        raise


class RootGroup(LazyGroup):
    """The root: verbs first, then people, then what serves the whole."""

    table: ClassVar[Table] = {**GROUPS, **COMMANDS}

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The root's context; what it does not understand is told as every other error."""
        with _in_our_words():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """The command is run; what it does not understand is told as every other error, with where to read on."""
        try:
            with _in_our_words(ctx):
                return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            from pkm.cli import current, render

            if not isinstance(stop, render.Stopped):
                whole = current.store().operation is None
                render.tell(f"Stopped. {'Nothing was changed in the store.' if whole else 'What was written stays: pkm log'}")
            raise

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, without importing any of them."""
        for heading, table in (("The loop and its people", GROUPS), ("The whole", COMMANDS)):
            with formatter.section(heading):
                formatter.write_dl([(name, line) for name, (_, line) in table.items()])


app = typer.Typer(
    cls=RootGroup, suggest_commands=False, rich_markup_mode=None, invoke_without_command=True, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"Start with:  {first_step.STEP}",
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


def group(help: str, cls: type[PrefixGroup] = PrefixGroup, **options: Any) -> Group:
    """A Typer for a verb or noun: prefixes work, help is plain text."""
    return Group(
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
        from pkm.store.connection import translate

        error = translate(error, current.home().db)
    elif isinstance(error, UnicodeEncodeError) and isinstance(error.object, str) and error.encoding == "utf-8":
        error = Invalid(f"“{error.object[:80].encode(errors='replace').decode()}”", "it is not UTF-8", next="pkm help selectors")
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
