"""The arguments and options that the commands on sources share."""

from typing import Annotated

import typer

from pkm.cli import complete
from pkm.cli.options import put_tags

Strings = list[str] | None

SourcesArgument = Annotated[
    Strings,
    typer.Argument(metavar="[SOURCE]...", help="s1, or words of a title.", autocompletion=complete.complete_sources),
]
SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="s1, or words of a title.", autocompletion=complete.complete_sources)
]
EveryOption = Annotated[str | None, typer.Option("--every", help="How often to look: 30min, 1h, weekly; else at its own pace.")]
ContactOption = Annotated[
    str | None,
    typer.Option("--contact", help="The contact who writes it.", autocompletion=complete.complete_contacts),
]
CircleOption = Annotated[
    Strings,
    typer.Option("--circle", help="A circle that it serves; may be given again.",
                 autocompletion=complete.complete_circles),
]  # fmt: skip
CredentialOption = Annotated[
    str | None,
    typer.Option("--credential", help="Where its secret is, never the secret: env:NAME, command:WORDS, file:PATH."),
]
AgentOption = Annotated[
    str | None, typer.Option("--user-agent", help="What to be asked as, where its host refuses pkm's own name.")
]
AuthorOption = Annotated[
    str | None, typer.Option("--author", help="Follow only what this author writes there; --contact says who that is.")
]
FullTextFlag = Annotated[
    bool, typer.Option("--full-text", help="Fetch the text of its new items' pages too, where it gives summaries.")
]
ChallengesOption = Annotated[str | None, put_tags("A tag: it disagrees with what you think there.", "--challenges")]


def read_seconds(every: str | None) -> int | None:
    """The span that was typed, in seconds; None where none was. Raises Invalid."""
    if every is None:
        return None
    from pkm.typed_dates import parse_span

    return int(parse_span(every).total_seconds())


def read_contact(name: str | None) -> int | None:
    """The number of the contact that is meant; None where none was named."""
    from pkm.cli import selectors

    return selectors.one(name, ("contact",)).number if name else None


def read_circles(names: Strings) -> list[int]:
    """The numbers of the circles that are meant."""
    from pkm.cli import selectors

    return [selectors.one(name, ("circle",)).number for name in names or ()]
