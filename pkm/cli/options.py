"""Options that several commands share, so that the same thing has the same name, letter and help everywhere."""

from typing import Annotated

import typer

from pkm.cli import complete
from pkm.dates import parse_span

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LimitOption = Annotated[int, typer.Option("-n", "--limit", min=1, help="How many rows at most.")]
YesFlag = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRunFlag = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")]
BecauseOption = Annotated[str, typer.Option("--because", help="The reason, kept in the history.")]
WhoArgument = Annotated[
    str, typer.Argument(metavar="WHO", help="c12, a nick or a name.", autocompletion=complete.complete_contacts)
]
NoteArgument = Annotated[
    str, typer.Argument(help="The note: its id, or words of its title.", autocompletion=complete.complete_notes)
]
TagOption = Annotated[
    list[str] | None,
    typer.Option("--tag", help="A tag; may be given again.", autocompletion=complete.complete_tags),
]
ReachOption = Annotated[str, typer.Option("--reach", "-r", help="private, team, community or network.")]


def as_seconds(span: str | None) -> int | None:
    """A span as it was typed (2w), in seconds; 0 for "", which takes a cadence away; None where the option was not given."""
    if span is None:
        return None
    return int(parse_span(span).total_seconds()) if span.strip() else 0
