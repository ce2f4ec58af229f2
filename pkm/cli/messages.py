"""Every error as a person reads it: what happened, what was kept, what to do next. No other place has such sentences."""

from collections.abc import Callable
from unicodedata import combining, east_asian_width

from pkm import errors
from pkm.errors import PkmError
from pkm.spelling import did_you_mean
from pkm.text import clean, one_line


def _because(error: PkmError) -> str:
    return f": {error.why}" if error.why else ""


HAPPENED: dict[type[PkmError], Callable[[PkmError], str]] = {
    errors.PkmError: lambda e: f"Could not go on with {e.what}{_because(e)}.",
    errors.NotFound: lambda e: f"Found nothing for {e.what}{_because(e)}.",
    errors.Ambiguous: lambda e: (
        f"“{e.what}” is no name that is known; nothing was guessed."
        if len(getattr(e, "candidates", ())) == 1
        else f"“{e.what}” can mean several things; nothing was guessed."
    ),
    errors.Several: lambda e: f"{e.what} holds several things; none was taken.",
    errors.Exists: lambda e: f"There already is {e.what}{_because(e)}.",
    errors.Invalid: lambda e: f"Cannot use {e.what}{_because(e)}.",
    errors.Malformed: lambda e: f"Cannot use {e.what}{_because(e)}.",
    errors.BadInput: lambda e: f"Could not read {e.what}{_because(e)}.",
    errors.Refused: lambda e: f"Refused: {e.what}{_because(e)}.",
    errors.Unreachable: lambda e: f"Could not reach {e.what}{_because(e)}.",
    errors.StoreError: lambda e: f"The store {e.what} could not be used{_because(e)}.",
}
"""The first sentence for each kind of error; a test demands one for every class."""

KEPT = "Nothing was changed."
FINDINGS = 20
"""So many of what stands in the way are told, the rest is counted: a list of feeds that is not undone has hundreds."""


def _sentence(text: str) -> str:
    """One line that ends with one mark."""
    line = one_line(text).rstrip(".")  # what an error says may end in a mark of its own
    path = "/" in line.rsplit(" ", 1)[-1]  # a mark behind a path would be copied with it
    return line if path or line.endswith(("?", "!", "…")) else line + "."


def lines(error: PkmError) -> list[str]:
    """The message's lines: what happened, what is in question (candidates, findings), what was kept, what to do."""
    candidates = error.candidates if isinstance(error, errors.Ambiguous) else ()
    near = [f"{name} {title}" for name, title in candidates] if len(candidates) == 1 else error.near
    happened = next(HAPPENED[kind] for kind in type(error).__mro__ if kind in HAPPENED)
    told = [f"{_sentence(happened(error))} {did_you_mean([one_line(name, 70) for name in near])}".rstrip()]
    if isinstance(error, errors.Ambiguous) and not near:
        told += [f"  {name}  {one_line(title, 70)}" for name, title in candidates]
        if error.total > len(error.candidates):
            told.append(f"  {len(error.candidates):,} of {error.total:,}")
    if isinstance(error, errors.Refused):
        told += [one_line(f"{what}: {why}") + (f"\n    {mend}" if mend else "") for what, why, mend in error.findings[:FINDINGS]]
        told += [f"and {more:,} more"] if (more := len(error.findings) - FINDINGS) > 0 else []
        told[1:] = ["  " + line for line in told[1:]]
    if isinstance(error, errors.Malformed) and error.text:
        told += _pointed(error.text, error.position)
    if error.kept != "":
        kept = _sentence(error.kept or KEPT)
        told.append(f"Kept: {kept[:1].upper() + kept[1:]}")
    step = error.next
    if step is None and isinstance(error, errors.Ambiguous):
        step = "name it by its id" + (f": {error.candidates[0][0]}" if len(error.candidates) == 1 else "")
    if step:
        told.append(f"Next: {clean(step)}")
    return told


def _pointed(text: str, position: int) -> list[str]:
    """The text on one line, and below it a mark at the character; of a long text what stands around it."""
    text = "".join(" " if char.isspace() else char for char in text)
    start = max(0, position - 50)
    before, after = clean(text[start:position]), clean(text[position : position + 20])
    lead = "…" if start else ""
    wide = sum(2 if east_asian_width(char) in "WF" else not combining(char) for char in before)
    return [f"  {lead}{before}{after}", "  " + " " * (len(lead) + wide) + "^"]


def show(error: PkmError) -> None:
    """The message is on stderr; on a terminal it is broken between words."""
    from pkm.cli.render import tell

    for line in "\n".join(lines(error)).splitlines():
        tell(line)


def show_unforeseen(error: Exception) -> None:
    """An error that nobody foresaw: its kind and words, without a traceback."""
    from pkm.cli.render import tell

    tell(f"Something went wrong that pkm did not foresee: {type(error).__name__}: {one_line(str(error), 300)}")
    tell("Kept: what was in the store; a command that was writing changed nothing.")
    tell("Next: run it again with PKM_DEBUG=1 to see where, and report it.")
