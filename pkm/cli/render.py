"""How results look: tables and lines for people, one JSON value for programs. Untrusted text is escaped here.

Results go to stdout; counts, hints and progress to stderr. Rich is loaded only for a terminal: a pipe gets plain,
whole lines.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pkm.cli import current
from pkm.cli.lines import say as say
from pkm.cli.lines import tell as tell
from pkm.cli.lines import wrapped
from pkm.ids import Row
from pkm.text import clean, count, escaped_json, one_line

Columns = Sequence[tuple[str, Callable[[Row], object]]]
"""A table's columns: heading, and what of a row stands there."""

FLEXIBLE = {"title", "why", "text", "reason", "source", "rule"}
"""Columns that give way first, with an ellipsis, where the terminal is too narrow for all."""
GIVING = {"name", "nick", "org", "circles", "with", "from", "who", "channels", "to"}
"""Columns that give way next, so that an id, a date and a state are whole."""
_LEAST = ((FLEXIBLE, 12), (FLEXIBLE | GIVING, 8), (FLEXIBLE | GIVING, 3))
"""Which columns give way, and down to how many characters: as far as it takes, step by step."""


def emit_json(value: object) -> None:
    """One JSON value on stdout; what a terminal could act upon is escaped in it: a file's name is as it is, and harmless."""
    print(escaped_json(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None)))


def emit_list(
    rows: Sequence[Row], columns: Columns, *, as_json: bool, noun: str, total: int | None = None, empty: str = "",
    plural: str | None = None,
) -> None:  # fmt: skip
    """The list is printed and can be named by %1, %2, …; the count goes to stderr; `empty` says what to do about none."""
    current.remember(rows=[str(row["id"]) for row in rows if "id" in row])
    if as_json:
        emit_json(list(rows))
        return
    if not rows:
        tell(empty or f"No {plural or noun + 's'}.")
        return
    emit_table(rows, columns)
    tell(count_of(len(rows), total, noun, plural))


def emit_numbered(
    rows: Sequence[Row], lines: Callable[[Row], Sequence[str]], *, as_json: bool, noun: str, total: int, empty: str
) -> None:
    """As emit_list, with what is said of a row in lines, and the number that it can be named by in front."""
    if as_json or not rows:
        emit_list(rows, (), as_json=as_json, noun=noun, empty=empty)
        return
    current.remember(rows=[row["id"] for row in rows])
    width = len(str(len(rows)))
    for number, row in enumerate(rows, 1):
        for place, line in enumerate(lines(row)):
            say(f"{number if place == 0 else '':>{width}}  {line}")
    tell(count_of(len(rows), total, noun))


def count_of(shown: int, total: int | None, noun: str, plural: str | None = None) -> str:
    """How many there are, and of more than are shown how to see them."""
    if total is not None and total > shown:
        return f"{shown:,} of {count(total, noun, plural)} (-n for more)"
    return count(shown, noun, plural)


def emit_table(rows: Iterable[Row], columns: Columns, style: Callable[[Row], str] | None = None) -> None:
    """A table on stdout; on a terminal its headings are dim and a long title gives way, in a pipe lines are whole.

    style: the color that a row has on a terminal.
    """
    rows = list(rows)
    cells = [[one_line("" if (value := get(row)) is None else str(value)) for _, get in columns] for row in rows]
    if sys.stdout.isatty():
        _rich_table(cells, [heading for heading, _ in columns], [style(row) if style else "" for row in rows])
        return
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)] if cells else []
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _rich_table(cells: list[list[str]], headings: list[str], styles: list[str]) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(markup=False, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="dim")
    told = [position for position in range(len(headings)) if position == 0 or any(line[position] for line in cells)]
    cells, headings = [[line[at] for at in told] for line in cells], [headings[at] for at in told]  # an empty one takes room
    wide = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
    for position, (heading, width) in enumerate(zip(headings, fit_widths(headings, wide, console.width), strict=True)):
        table.add_column(heading, no_wrap=True, overflow="ellipsis", width=width, style="bold" if position == 0 else "")
    for line, style in zip(cells, styles, strict=True):
        table.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis", style=style) for cell in line))
    console.print(table)


def fit_widths(headings: Sequence[str], wide: Sequence[int], room: int) -> list[int]:
    """The columns' widths where there is only so much room (two spaces between): the widest that may give way does."""
    widths = list(wide)
    over = sum(widths) + 2 * (len(widths) - 1) - room
    for names, least in _LEAST:
        giving = [place for place, heading in enumerate(headings) if place and heading in names]
        while over > 0 and any(widths[place] > least for place in giving):
            widths[max(giving, key=lambda place: (widths[place], place))] -= 1
            over -= 1
    return widths


def emit_made(row: Row, *, as_json: bool, also: Sequence[str] = ()) -> None:
    """One thing that was made or changed: its id first, then its title and what else is said of it on one line."""
    current.remember(touched=str(row["id"]))
    if as_json:
        emit_json(row)
        return
    titled = [one_line(str(row["title"]), 100)] if row.get("title") and row["title"] != row["id"] else []  # a channel's are one
    say("  ".join([str(row["id"]), *titled, *map(one_line, also)]))


def changed_fields(names: Sequence[str]) -> str:
    """The fields that were changed, as they are called in options."""
    return f"changed: {', '.join(names)}" if names else "nothing changed"


def undo_command() -> str:
    """The command that takes back what this one did; "" where it changed nothing, or for good."""
    from pkm.store.journal import is_undoable

    store = current.store()
    return f"pkm undo {store.operation}" if is_undoable(store.read(), store.operation) else ""


def way_back() -> str:
    """The sentence with the command that takes back what this one did; "" where there is none."""
    return f"Take it back: {undo}" if (undo := undo_command()) else ""


def tell_undo(told: str = "", *, as_json: bool = False) -> None:
    """What was done is told and, where something was changed, how it is taken back; a program needs neither."""
    if not as_json and (line := " ".join(filter(None, [told, way_back()]))):
        tell(line)


def emit_run(
    summary: Row, *, as_json: bool, line: str, dry_run: bool | None = None, source: str | Path = ""
) -> None:  # fmt: skip
    """A run's summary: `line` for people, the object for programs; then what failed, on stderr.

    dry_run: whether nothing was done, which is said then; None where that is not asked. source: what an import reads; what
    it could not use is kept.
    """
    failures = summary.get("failures") or []
    kept = bool(source) and not dry_run
    if kept:
        keep_failures(source, line, failures)
    if dry_run is not None:
        summary, line = {**summary, "dry_run": dry_run}, f"would be: {line}" if dry_run else line
    if as_json:
        emit_json(summary)
    else:
        say(line)
    if failures:
        tell_failures(failures, as_json=as_json, kept=kept)


def keep_failures(source: str | Path, line: str, failures: Sequence[Row]) -> None:
    """What an import could not use is told again by a command of its own."""
    from pkm.cli import failures as told

    told.keep(source, line, failures)


def tell_failures(failures: Sequence[Mapping[str, str]], *, as_json: bool = False, kept: bool = False) -> None:
    """What failed, or was found otherwise, is told as the terminal has room; of what was only counted, how to see each.

    kept: it can be asked for again.
    """
    from pkm.cli import failures as told

    if kept:
        again = f"Each by itself, and again: {told.AGAIN}"
    else:
        again = f"Each by itself: {', and '.join(filter(None, [undo_command(), 'the same command with --json']))}"
    for line in told.tell_failures(failures, columns(), "" if as_json else again):
        tell(line)
    if kept and failures and len(failures) <= told.FEW and not as_json:
        tell(f"To see this again: {told.AGAIN}")


def show_text(text: str) -> None:
    """A long text on stdout; on a terminal too small for it, in $PAGER."""
    text = clean(text)
    lines = text.count("\n") + 1
    if sys.stdout.isatty() and sys.stdin.isatty() and lines > os.get_terminal_size().lines - 2:
        import shlex
        import subprocess

        command = shlex.split(os.environ.get("PAGER", "") or "less -FRX")
        try:
            subprocess.run(command, input=text.encode(), check=False)
        except OSError:
            print(text)  # no such pager: the text itself is what matters
    else:
        print(text)


def emit_file(text: str) -> None:
    """What a file would hold, on stdout: as it is, but for a terminal, which would obey what stands in it."""
    sys.stdout.write(clean(text) if sys.stdout.isatty() else text)


def width() -> int:
    """Columns to fill with running text: those of the terminal, 88 at most."""
    import shutil

    return min(88, shutil.get_terminal_size((88, 24)).columns)


def columns() -> int:
    """Columns that a line on stderr has, 0 where it is no terminal."""
    return os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else 0


def emit_dismissed(keys: Sequence[str], kind: str, said: str, *, as_json: bool) -> None:
    """What is not to be proposed again: a line each, with what is meant by it, or one array."""
    if as_json:
        emit_json([{"id": key, "kind": kind, "title": key, "dismissed": True} for key in keys])
        return
    for key in keys:
        say(f"{key}  {said}")
    tell_undo()


def screen_rows() -> int:
    """Lines of the terminal that the result goes to, 0 where it goes to none."""
    return os.get_terminal_size(sys.stdout.fileno()).lines if sys.stdout.isatty() else 0


def is_asked() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty() and sys.stderr.isatty()


UNCHANGED = "Nothing was changed."


class Stopped(KeyboardInterrupt):
    """A Ctrl-C of which it was said what came of it."""


def confirm(question: str, *, yes: bool, no: str = UNCHANGED) -> bool:
    """True where the person agrees; `no` is said where they do not, and at a Ctrl-C, which then ends the command.

    no: "" where the command goes on without. Without a terminal nothing is asked: Refused names --yes.
    """
    if yes:
        return True
    if not is_asked():
        from pkm.errors import Refused

        raise Refused("this needs a yes, and there is no terminal to ask on", next=current.typed("--yes"))
    agrees = _asked(f"{clean(question)} [y/N]", no or UNCHANGED).strip().lower() in ("y", "yes")
    if no and not agrees:
        tell(no)
    return agrees


def takes(question: str, *, stopped: str = UNCHANGED) -> bool:
    """True where the person takes what is offered, which Enter does; False where there is no terminal to ask on.

    stopped: what is said at a Ctrl-C, which ends the command.
    """
    if not is_asked():
        return False
    typed = _asked(f"{clean(question)} [Y/n]", stopped)
    return typed.strip().lower() in ("", "y", "yes") if typed else False  # nothing at all: the input ended


def _asked(question: str, stopped: str) -> str:
    """The line that was typed at a question; at a Ctrl-C it is said what came of it."""
    try:
        return _typed(wrapped(question, sys.stderr) + " ")
    except KeyboardInterrupt:
        tell(stopped)
        raise Stopped from None


def ask_line(question: str) -> str:
    """What was typed at a question; a Ctrl-C, once the question stands, ends its line before it ends the command."""
    return _typed(question).strip()


def _typed(question: str) -> str:
    """The line that was typed, with its end; "" where there was none."""
    sys.stdout.flush()
    try:
        print(question, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        raise
