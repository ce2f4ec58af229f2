"""Measures a command as a whole: its time by the clock, the processor time of all its processes, its memory.

Processes that outlive their parent are counted too: this process takes them in as its own (Linux).
"""

import ctypes
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. Seconds; peak memory in MB: of the largest process, and where asked for, of all together."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    together_mb: float = 0.0
    code: int = 0


def run(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None, memory: bool = False,
    codes: Sequence[int] = (0,), input: Path | None = None,
) -> Measured:  # fmt: skip
    """The command ran to its end. memory: all its processes are looked at every 50 ms, which costs some time.

    Raises RuntimeError with the end of what it wrote where it gave another code than these.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    whole = {**os.environ, **(env or {})}
    whole.pop("PYTHONDONTWRITEBYTECODE", None)
    with (
        open(os.devnull if input is None else input, "rb") as given,
        open(os.memfd_create("output"), "w+b") as output,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=whole, cwd=cwd, start_new_session=True, stdin=given, stdout=output, stderr=output
        )
        together, code, cpu, peak = 0.0, None, 0.0, 0
        while True:
            try:
                number, status, usage = os.wait4(-process.pid, os.WNOHANG if memory and code is None else 0)
            except ChildProcessError:
                break
            if not number:
                together = max(together, _together(process.pid))
                time.sleep(0.05)
                continue
            cpu += usage.ru_utime + usage.ru_stime
            peak = max(peak, usage.ru_maxrss)
            if number == process.pid:
                wall = time.perf_counter() - started
                code = process.returncode = os.waitstatus_to_exitcode(status)
        if code not in codes:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command[:4])} ended with {code}: {output.read().decode(errors='replace')[-600:]}")
    return Measured(wall, cpu, peak / 1024, together, code or 0)


def _together(group: int) -> float:
    """The memory of a process group in MB, what its processes share counted once (Pss)."""
    total = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    lines = Path(entry.path, "smaps_rollup").read_text().splitlines()
                    total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            except (OSError, StopIteration):
                continue
    return total / 1024


def median(runs: Sequence[Measured]) -> Measured:
    """The middle of several runs, figure by figure."""
    middle = statistics.median
    return Measured(
        middle(one.wall_s for one in runs), middle(one.cpu_s for one in runs), max(one.peak_mb for one in runs),
        max(one.together_mb for one in runs),
    )  # fmt: skip


def medians(runs: Mapping[str, Sequence[Measured]]) -> dict[str, Measured]:
    """The same for each command."""
    return {name: median(each) for name, each in runs.items()}


def alternately(commands: Mapping[str, Sequence[str]], runs: int, env: Mapping[str, str] | None = None) -> dict[str, Measured]:
    """Each command's middle of several runs, in turns, so that what the machine does besides meets all; one before."""
    found: dict[str, list[Measured]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            measured = run(command, env=env)
            if turn:
                found[name].append(measured)
    return medians(found)


def which(program: str, folders: Sequence[Path] = ()) -> str | None:
    """Where a program is; None where it is not installed."""
    return shutil.which(program, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))
