"""Options that several commands share, so that the same thing has the same name, letter and help everywhere."""

import re
from typing import Annotated, Any

import typer

from pkm.cli import complete
from pkm.cli.noted import ask_of_new
from pkm.cli.shape import Command

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LimitOption = Annotated[int, typer.Option("-n", "--limit", min=1, help="How many rows at most.")]
NotesLimitOption = Annotated[int, typer.Option("-n", "--limit", min=1, help="How many notes at most.")]
YesFlag = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRunFlag = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")]
BecauseOption = Annotated[str, typer.Option("--because", help="The reason, kept in the history.")]
WhenOption = Annotated[str, typer.Option("--when", help="When it was: yesterday, mon, 2026-11-20.")]
WhoArgument = Annotated[
    str, typer.Argument(metavar="WHO", help="c12, a nick or a name.", autocompletion=complete.complete_contacts)
]
NoteArgument = Annotated[
    str, typer.Argument(help="The note: its id, or words of its title.", autocompletion=complete.complete_notes)
]
CircleArgument = Annotated[
    str, typer.Argument(metavar="CIRCLE", help="o3, or its name.", autocompletion=complete.complete_circles)
]
ShareArgument = Annotated[
    str, typer.Argument(help="The share: x12, or words of its title.", autocompletion=complete.complete_shares)
]
TagArgument = Annotated[str, typer.Argument(metavar="TAG", help="The tag.", autocompletion=complete.complete_tags)]
ChannelArgument = Annotated[str, typer.Argument(help="Its name.", autocompletion=complete.complete_channels)]


def put_tags(help: str, name: str = "--tag") -> Any:
    """The option that puts tags on what is made or changed; a new one that nearly was there before is asked about."""
    return typer.Option(name, help=help, autocompletion=complete.complete_tags, callback=ask_of_new)


TagOption = Annotated[list[str] | None, put_tags("A tag; may be given again.")]
ForCircleOption = Annotated[
    str, typer.Option("--for", metavar="CIRCLE", help="Only for this circle.", autocompletion=complete.complete_circles)
]
ReachOption = Annotated[str, typer.Option("--reach", "-r", help="private, team, community or network.")]


def as_seconds(span: str | None) -> int | None:
    """A span as it was typed (2w), in seconds; 0 for "", which takes a cadence away; None where the option was not given."""
    if span is None:
        return None
    from pkm.typed_dates import parse_span

    return int(parse_span(span).total_seconds()) if span.strip() else 0


class QueryCommand(Command):
    """A command that takes a query: -word, of two letters or more, is a word to be without, and no heap of options."""

    _WORD = re.compile(r"-[^\W\d_]{2}")
    _MARK = "\ue000"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ignore_unknown_options = True

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The parameters as they were typed, each in its place; a word with two dashes is a mistyped option."""
        end = args.index("--") if "--" in args else len(args)
        marked = [self._MARK + word if self._WORD.match(word) else word for word in args[:end]]
        rest = super().parse_args(ctx, [*marked, *args[end : end + 1], *(self._MARK + word for word in args[end + 1 :])])
        for name, value in ctx.params.items():
            if isinstance(value, str):
                ctx.params[name] = value.removeprefix(self._MARK)
            elif isinstance(value, list | tuple):
                ctx.params[name] = [self._as_typed(ctx, word) for word in value]
        return rest

    def _as_typed(self, ctx: Any, word: Any) -> Any:
        if not isinstance(word, str):
            return word
        if word.startswith("--"):
            ctx.fail(f"No such option: {word}")
        return word.removeprefix(self._MARK)
