"""Lines for people: a result on stdout, what is told beside it on stderr, broken between words as the terminal is wide."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from pkm.text import clean


def say(line: str = "") -> None:
    """A line of the result, on stdout; on a terminal it is broken between words, in a pipe it stays whole."""
    print(wrapped(clean(line), sys.stdout))


def tell(line: str) -> None:
    """A line beside the result (counts, hints, warnings), on stderr."""
    sys.stdout.flush()
    print(wrapped(clean(line), sys.stderr), file=sys.stderr)


LARGE = 1_000_000_000
"""Bytes of a store from which it takes minutes to go through it, or to write it anew."""


def tell_of_waiting(what: str, path: Path) -> None:
    """Where the file is large, what takes so long now; {size} stands for its size."""
    with suppress(OSError):
        if (size := path.stat().st_size) > LARGE:
            tell(what.format(size=f"{size / 1e9:.1f} GB"))


def wrapped(line: str, stream: TextIO) -> str:
    """The line as the stream's terminal shows it without breaking a word; what follows is indented a little more."""
    if not stream.isatty() or len(line) < 40:
        return line
    if "\n" in line:
        return "\n".join(wrapped(each, stream) for each in line.split("\n"))
    import shutil
    import textwrap

    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line, shutil.get_terminal_size((88, 24)).columns, subsequent_indent=indent + "  ",
        break_long_words=False, break_on_hyphens=False, replace_whitespace=False, drop_whitespace=True,
    )  # fmt: skip
