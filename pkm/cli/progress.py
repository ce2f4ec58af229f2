"""How far a run over many things is: a line with a bar on a terminal, now and then a line elsewhere; both on stderr.

The bar is one line, written over itself whole, at most ten times a second and always in the same columns, so that
nothing flickers or jumps.
"""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from pkm.text import one_line

Step = Callable[[int, int, str], None]
"""Told after each thing: how many are done, of how many, and what is said of it."""

BAR = 20
"""Cells of the bar."""

DRAW_S = 0.1
TELL_EVERY, TELL_S = 100, 10.0
"""Without a terminal, a line is written after so many things or so many seconds."""


@contextlib.contextmanager
def show_progress(verb: str, *, wanted: bool = True) -> Iterator[Step | None]:
    """Within the block, what is given moves the bar; None where nobody wants it. The bar is gone afterwards."""
    if not wanted:
        yield None
        return
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Lines(verb, sys.stderr).step
        return
    bar = Bar(verb, sys.stderr)
    bar.draw(0, 0, "")
    try:
        yield bar.step
    finally:
        bar.clear()


class Bar:
    """One line on a terminal that is written over itself."""

    def __init__(self, verb: str, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._verb = verb
        self._stream = stream
        self._clock = clock
        self._drawn_at = float("-inf")
        self._line = ""
        unicode = (stream.encoding or "").lower().replace("-", "").startswith("utf")
        self._full, self._empty = ("━", "─") if unicode else ("#", "-")

    def step(self, done: int, total: int, name: str) -> None:
        """The bar stands there, unless it was drawn a moment ago; the last step is always drawn."""
        if done >= total or self._clock() - self._drawn_at >= DRAW_S:
            self.draw(done, total, name)

    def draw(self, done: int, total: int, name: str) -> None:
        """The line is on the terminal."""
        line = self.line(done, total, name, shutil.get_terminal_size((80, 24)).columns - 1)
        self._drawn_at = self._clock()
        if line != self._line:
            self._line = line
            self._stream.write(f"\r{line}")
            self._stream.flush()

    def line(self, done: int, total: int, name: str, cells: int) -> str:
        """The line in exactly so many cells: verb, bar, counts, what is said of the thing."""
        from rich.cells import set_cell_size

        full = BAR * done // total if total else 0
        width = len(f"{total:,}")
        counts = f"{done:>{width},}/{total:,}" if total else ""
        bar = self._full * full + self._empty * (BAR - full)
        return set_cell_size(f"{self._verb} {bar} {counts}  {one_line(name)}", max(cells, 1))

    def clear(self) -> None:
        """The line is gone."""
        self._stream.write("\r\x1b[2K")
        self._stream.flush()


class Lines:
    """A whole line now and then, for a log."""

    def __init__(self, verb: str, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._verb = verb
        self._stream = stream
        self._clock = clock
        self._told_at = clock()
        self._told = 0

    def step(self, done: int, total: int, name: str) -> None:
        """A line is written where the last one is long enough ago, and something is left to do."""
        if done >= total or (done - self._told < TELL_EVERY and self._clock() - self._told_at < TELL_S):
            return
        self._told, self._told_at = done, self._clock()
        print(f"{self._verb} {done:,}/{total:,}  {one_line(name)}", file=self._stream, flush=True)
