"""`python -m tests.soak`: see the package."""

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from tests.soak import machine
from tests.soak.life import KINDS, Life, Loss, Step, Tally, environment, publish

STEPS = 300
"""How long a life is: long enough for much to hang together, short enough to be played again."""
SHRINK_S = 120
"""How long a shorter history is looked for."""


@contextlib.contextmanager
def feeds(folder: Path) -> Iterator[None]:
    """Three feeds are served on 127.0.0.1, by another process."""
    folder.mkdir()
    for name in ("one", "two", "three"):
        publish(folder / f"{name}.xml", 5)
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder), "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout
    try:
        port = server.stdout.readline().split(" port ")[1].split()[0]
        urls = " ".join(f"http://127.0.0.1:{port}/{path.name}" for path in sorted(folder.glob("*.xml")))
        with environment(PKM_SOAK_FEEDS=urls, PKM_SOAK_FOLDER=str(folder)):
            yield
    finally:
        server.kill()
        server.wait()


def history(seed: str, steps: int = STEPS) -> list[Step]:
    """The steps of one life."""
    rng = random.Random(seed)
    return [Step(rng.choices(list(KINDS), list(KINDS.values()))[0], rng.randrange(2**32)) for _ in range(steps)]


def live(steps: Sequence[Step], folder: Path, tally: Tally, until: float = float("inf"), most: float = float("inf"),
         small: bool = False) -> tuple[int, Loss] | None:  # fmt: skip
    """A life of those steps; where something was lost, the step's place and what it was."""
    home = Path(tempfile.mkdtemp(dir=folder, prefix="life-"))
    life = Life(home, tally, small_disk=small)
    with environment(PKM_HOME=str(life.home), TZ="UTC", PKM_CREDENTIALS=""):
        for at, step in enumerate(steps):
            if time.monotonic() > until or tally.commands >= most:
                break
            try:
                life.take(step)
            except Loss as loss:
                return at, loss
            except Exception as error:  # a hang, output that is no JSON, or a slip of the soak's own
                return at, Loss("\n  ".join([*life.said[-8:], *traceback.format_exc().splitlines()[-12:], str(error)]))
    shutil.rmtree(home, ignore_errors=True)
    return None


def shortest(steps: list[Step], loss: Loss, folder: Path, small: bool, for_s: float = SHRINK_S) -> list[Step]:
    """The fewest of the steps found that still lose something: pieces are left out as long as that stays so."""
    until = time.monotonic() + for_s
    size = max(1, len(steps) // 2)
    while size and time.monotonic() < until:
        at = 0
        while at < len(steps) - 1 and time.monotonic() < until:
            fewer = steps[:at] + steps[at + size :]
            found = live(fewer, folder, Tally(), until, small=small) if fewer else None
            if found and str(found[1])[:25] == str(loss)[:25]:
                steps = fewer[: found[0] + 1]
            else:
                at += size
        size //= 2
    return steps


def soak(seed: str, *, seconds: float = float("inf"), commands: float = float("inf"), small_disk: bool = True,
         shrink_s: float = SHRINK_S) -> tuple[Tally, str]:  # fmt: skip
    """So much of it was run; the second value says what was lost, "" where nothing was."""
    import sqlmodel  # noqa: F401  # a copy of this process has it, and need not load it each time
    import typer

    typer.main.get_group, typer.main.get_command = cache(typer.main.get_group), cache(typer.main.get_command)
    tally, until, number = Tally(), time.monotonic() + seconds, 0
    with tempfile.TemporaryDirectory(prefix="pkm-soak-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        disk = folder / "disk"
        disk.mkdir()
        with feeds(folder / "feeds"), machine.small_disk(disk) if small_disk else contextlib.nullcontext(False) as small:
            while time.monotonic() < until and tally.commands < commands:
                number += 1
                steps = history(f"{seed}:{number}")
                if found := live(steps, disk, tally, until, commands, small):
                    at, loss = found
                    few = shortest(steps[: at + 1], loss, disk, small, shrink_s)
                    return tally, told(seed, number, at, loss, few)
    return tally, ""


def told(seed: str, life: int, at: int, loss: Loss, few: list[Step]) -> str:
    """The loss in words, and how to see it again."""
    lines = [f"LOSS in life {life}, step {at + 1} (--seed {seed}):", str(loss), f"The shortest history found, {len(few)} steps:"]
    return "\n".join([*lines, *(f"  {step}" for step in few)])


def summary(tally: Tally, seed: str, lost: str, took_s: float) -> str:
    """The last line of a run."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.faults.items()))
    return (f"{tally.commands} commands, {tally.kills} kills, {sum(tally.faults.values())} faults ({kinds}), "
            f"losses {int(bool(lost))}; seed {seed}, {took_s:.0f} s")  # fmt: skip


def main() -> int:
    """The command line of the soak."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Random commands, kills and faults.")
    parser.add_argument("--seconds", type=float, default=None, help="how long (default: 3600, unless --commands)")
    parser.add_argument("--commands", type=int, default=None, help="how many commands")
    parser.add_argument("--seed", default=None, help="the same seed gives the same steps")
    given = parser.parse_args()
    seed = given.seed or str(random.SystemRandom().randrange(10**9))
    seconds = given.seconds or (float("inf") if given.commands else 3600.0)
    os.environ.pop("PKM_NOW", None)
    began = time.monotonic()
    tally, lost = soak(seed, seconds=seconds, commands=given.commands or float("inf"))
    if lost:
        print(lost)
    print(summary(tally, seed, lost, time.monotonic() - began))
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
