"""The shape that the help of every command has: what stands for a value, how an argument and an example are shown."""

import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from pkm.errors import Invalid

Function = TypeVar("Function", bound=Callable[..., Any])

VALUES = {
    "because": "WHY", "channel": "CHANNEL", "circle": "CIRCLE", "contact": "WHO", "every": "TIME", "for": "CIRCLE",
    "limit": "N", "note": "TEXT", "only": "PART", "open": "N", "nth": "N", "reach": "REACH", "leave": "CIRCLE",
    "through": "WHO", "author": "WHO", "since": "DATE", "source": "SOURCE", "stage": "STAGE", "tag": "TAG", "title": "TITLE",
    "to": "CIRCLE", "url": "URL", "when": "DATE", "name": "NAME", "nick": "NAME", "alias": "NAME", "email": "ADDRESS",
    "window": "TIME", "challenges": "TAG", "sort": "ORDER", "state": "STATE", "outcome": "OUTCOME", "where": "WHERE",
}  # fmt: skip
"""What stands in the help for the value of an option of this name; for others TEXT, N or FILE, by their type."""

ARGUMENTS = {"what": "SHARE", "notes": "NOTE"}
"""What an argument of this name is called; others by their own name."""

PATHS = ("path", "file", "directory")
TYPES = {"int": "N", "float": "N", "path": "FILE", "file": "FILE", "directory": "DIR"}


class Shaped:
    """What commands and groups have in common: values named by what they mean, examples each on a line of its own."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for param in getattr(self, "params", ()):
            _name_value(param)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage: what must be there as it is, what may be left out in brackets."""
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [piece[1:-1] if piece.startswith("{") else piece for piece in pieces]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The examples, one below the other."""
        lines = [line.strip() for line in (getattr(self, "epilog", "") or "").splitlines() if line.strip()]
        if not lines:
            return
        formatter.write("\n")
        for line in lines:
            first = line.startswith(("Example:", "Start"))
            formatter.write(textwrap.fill(
                line, max(formatter.width, 40), initial_indent="  " if first else " " * 12, subsequent_indent=" " * 14,
                break_long_words=False, break_on_hyphens=False,
            ) + "\n")  # fmt: skip


def _name_value(param: Any) -> None:
    """The parameter's value has a name in capitals; a least number is no news in a help."""
    if hasattr(param.type, "_describe_range"):
        param.type._describe_range = str
    if param.metavar or getattr(param, "is_flag", False):
        return
    kind = "int" if "int" in param.type.name else param.type.name
    argument = param.param_type_name == "argument"
    named = ARGUMENTS.get(param.name, param.name.upper()) if argument else VALUES.get(param.name)
    param.metavar = named or TYPES.get(kind, "TEXT")
    if argument and param.nargs == -1:
        param.metavar = f"{param.metavar}..." if param.required else f"[{param.metavar}]..."


class Command(Shaped, TyperCommand):
    """A command with that shape."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The parameters; an empty word is no path: it would mean the folder that one is in."""
        empty = "" in args  # the parser takes the words out of the list
        rest: list[str] = super().parse_args(ctx, args)
        for param in self.params if empty else ():
            given = ctx.params.get(param.name or "")
            if param.type.name in PATHS and any(str(one) in ("", ".") for one in (given if param.nargs == -1 else [given])):
                raise Invalid("an empty path", "name a file or a folder")
        return rest


class Group(typer.Typer):
    """A Typer whose commands have that shape."""

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = None, **options: Any
    ) -> Callable[[Function], Function]:
        """As Typer's own."""
        return super().command(name, cls=cls or Command, **options)
