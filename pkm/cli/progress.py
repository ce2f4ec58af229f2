"""A progress bar on stderr for a run over many things, where stderr is a terminal; nothing elsewhere."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from pkm.text import one_line

Step = Callable[[int, int, str], None]
"""Told after each thing: how many are done, of how many, and what it is called."""


@contextlib.contextmanager
def show_progress(verb: str, *, wanted: bool = True) -> Iterator[Step | None]:
    """Within the block, what is given moves the bar; None where nobody watches. The bar is gone afterwards."""
    if not wanted or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(verb), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}", markup=False),
    )  # fmt: skip
    console = Console(stderr=True, markup=False, highlight=False)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(verb, total=None, name="")

        def step(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=one_line(name, 40))

        yield step
