"""`pkm tour`: the whole loop, played for somebody who has just installed it."""

import contextlib
import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from pkm import first_step
from pkm.cli import render
from pkm.cli.app import group

if TYPE_CHECKING:
    from pathlib import Path

    from pkm.whole.stage import Stage
    from pkm.whole.tour import Step

app = group("A first look around.")


@app.command(epilog="Example:  pkm tour")
def tour(
    pause: Annotated[
        bool, typer.Option("--pause/--no-pause", help="On a terminal: wait for Enter before each command.")
    ] = True,
) -> None:
    """Play the whole loop in a throw-away home, with no network."""
    from pkm.dates import now
    from pkm.whole.stage import Stage

    waits = pause and sys.stdin.isatty() and sys.stdout.isatty()
    stage = Stage(now())
    try:
        with stage:
            _play_all(stage, waits)
    except KeyboardInterrupt:
        stage.clear()
        render.tell("\nThe tour is over; its throw-away home is removed. Again, from the start: pkm tour")
        raise typer.Exit(130) from None


def _play_all(stage: "Stage", waits: bool) -> None:
    """Every step has run, and what comes next is told. Raises PkmError at the first step that fails."""
    from pkm.whole.tour import STEPS

    _tell_beginning(len(STEPS), waits)
    known = {"here": stage.url}
    part = ""
    for number, step in enumerate(STEPS, 1):
        if step.part != part:
            part = step.part
            render.say()
            render.say(_styled(f"── {part} " + "─" * (min(72, render.width()) - len(part) - 4), bold=True))
        _play(stage, step, f"step {number} of {len(STEPS)}", known, waits)
    page = stage.find_digest()
    if page is None:
        raise _failed(stage, "its end", f"no digest is in {stage.home / 'site'}")
    _tell_end(stage, page, waits)


def _play(stage: "Stage", step: "Step", name: str, known: dict[str, str], waits: bool) -> None:
    """The step's command was shown and has run; the ids that it gave are known."""
    from pkm.errors import PkmError
    from pkm.whole.tour import as_typed, fill

    words = fill(step.words, known)
    command = as_typed(words)
    render.say()
    _say_filled(step.said)
    print(_styled(f"$ {command}", bold=True), end="", flush=True)
    _wait(waits)
    code = stage.play(words)
    if code:
        raise _failed(stage, f"{name}, {command}", f"it ended with exit code {code}")
    for find in step.finds:
        try:
            found = stage.find_id(find.ask, find.title)
        except PkmError as error:
            raise _failed(stage, f"{name}, {command}", str(error)) from error
        if found is None:
            missing = f"pkm {' '.join(find.ask)} does not list “{find.title}” after it"
            raise _failed(stage, f"{name}, {command}", missing)
        known[find.name] = found


def _failed(stage: "Stage", step: str, why: str) -> Exception:
    from pkm.errors import PkmError

    return PkmError(
        f"the tour at {step}", why, kept=f"the tour’s throw-away home as it is, in {stage.home}",
        next=f"PKM_HOME={stage.home} {_program()} doctor; then report it",
    )  # fmt: skip


def _tell_beginning(steps: int, waits: bool) -> None:
    how = "Press Enter to run each one; Ctrl-C ends the tour." if waits else ""
    _say_filled(
        f"pkm follows ideas between people: seek, sense, share. This plays the whole loop in {steps} commands, in a "
        f"throw-away home and with made-up sites that only this machine serves. Nothing of yours is touched. {how}"
    )


def _say_filled(text: str) -> None:
    """The text in lines of one indent, no longer than running text is."""
    for line in textwrap.wrap(text, render.width(), break_long_words=False, break_on_hyphens=False):
        render.say(line)


def _tell_end(stage: "Stage", page: "Path", waits: bool) -> None:
    program = _program()
    render.say()
    render.say("That was one turn of the loop. The digest can be opened in a browser:")
    render.say()
    render.say(_styled(f"  {page}", bold=True))
    render.say()
    render.say(f"Look around:     PKM_HOME={stage.home} {program}")
    render.say(f"Remove it all:   rm -r {stage.home}")
    render.say(f"Begin for real:  {program}{first_step.STEP.removeprefix('pkm')}")
    if waits:
        render.say()
        print("The made-up sites are served until you press Enter.", end="", flush=True)
        _wait(waits)


def _wait(waits: bool) -> None:
    """The line is ended: by the person's Enter, or at once. Keys that were pressed before do not count."""
    if not waits:
        print(flush=True)
        return
    with contextlib.suppress(ImportError, OSError):
        import termios  # not on every system

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    print(_styled("  ⏎ ", dim=True), end="", flush=True)
    if not sys.stdin.readline():
        print(flush=True)


def _styled(text: str, *, bold: bool = False, dim: bool = False) -> str:
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return typer.style(text, bold=bold or None, dim=dim or None)


def _program() -> str:
    """How pkm is started here: by its name where the shell finds it, else as it was now."""
    if shutil.which("pkm"):
        return "pkm"
    return f"{sys.executable} -m pkm" if sys.argv[0].endswith(".py") else sys.argv[0]
