"""How a command is run: in this process, as a process of its own, and with what goes wrong meanwhile."""

import contextlib
import io
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 90
"""How long one command may take before it counts as hanging."""
PAGE = 4096
_TOUCHES_DISK = ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate", "os.rmdir", "sqlite3.connect")


@dataclass(frozen=True)
class Result:
    """What a run gave; code: negative where a signal ended it, the signal's number."""

    out: str
    err: str
    code: int

    @property
    def killed(self) -> bool:
        """Whether it ended before it said so."""
        return self.code < 0

    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


def inside(args: Sequence[str], stdin: str = "") -> Result:
    """The command line run in this process."""
    from pkm.cli import current
    from pkm.cli.app import main

    current.home.cache_clear()
    current.store.cache_clear()
    kept, out, err, code = (sys.argv, sys.stdin), io.StringIO(), io.StringIO(), 0
    sys.argv, sys.stdin = ["pkm", *args], io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    finally:
        current.close()
        sys.argv, sys.stdin = kept
    return Result(out.getvalue(), err.getvalue(), code)


def start(args: Sequence[str], home: Path, stdin: str = "") -> "subprocess.Popen[str]":
    """The command line as anybody starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pkm", *args], env=os.environ | {"PKM_HOME": str(home)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(stdin)
        process.stdin.close()
    process.stdin = None
    return process


def ended(process: "subprocess.Popen[str]") -> Result:
    """What it said, and how it ended."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return Result(out, err, process.returncode)


def process(args: Sequence[str], home: Path, stdin: str = "", kill_after_s: float | None = None) -> Result:
    """The command line as a process of its own, killed after that time where one is given and it still runs."""
    running = start(args, home, stdin)
    if kill_after_s is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(kill_after_s)
        running.kill()
    return ended(running)


@dataclass
class Child:
    """A copy of this process that runs one command."""

    pid: int
    folder: Path

    def wait(self) -> Result:
        """What it said, and how it ended. A child that hangs is killed, and TimeoutError raised."""
        until = time.monotonic() + PATIENCE_S
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise TimeoutError(f"a command hangs (what it said: {self.folder})")
            time.sleep(0.002)
        out, err = ((self.folder / name).read_text("utf-8", "replace") for name in ("out", "err"))
        shutil.rmtree(self.folder)
        return Result(out, err, os.waitstatus_to_exitcode(status))


def fork(args: Sequence[str], stdin: str = "", before: Callable[[], None] = lambda: None) -> Child:
    """A copy of this process runs the command; `before` makes its world worse first, and nobody else's."""
    folder = Path(tempfile.mkdtemp(prefix="pkm-soak-child-"))  # not on the disk that may be full
    descriptors = [os.open(folder / name, os.O_WRONLY | os.O_CREAT) for name in ("out", "err")]
    pid = os.fork()
    if not pid:
        _run_and_end(args, stdin, before, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return Child(pid, folder)


def _run_and_end(args: Sequence[str], stdin: str, before: Callable[[], None], descriptors: list[int]) -> None:
    """The child's life: whatever comes, it ends here."""
    try:
        before()
        result = inside(args, stdin)
    except BaseException:
        result = Result("", traceback.format_exc(), 99)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for descriptor, text in zip(descriptors, (result.out, result.err), strict=True):
        with contextlib.suppress(OSError):
            os.write(descriptor, text.encode("utf-8", "replace"))
    os._exit(result.code)


def die_at(event: int) -> Callable[[], None]:
    """The process is killed at its n-th touch of the disk or the store: a file opened to be written, a statement."""
    left = [event]

    def count() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(name: str, args: tuple[Any, ...]) -> None:
        if name in _TOUCHES_DISK and not (name == "open" and not _writes(args)):
            count()

    def arm() -> None:
        _trace(lambda _: count())
        sys.addaudithook(hook)

    return arm


def _trace(tell: Callable[[str], None]) -> None:
    """Each statement of this process is told before it is run."""

    def traced(*args: Any, **options: Any) -> sqlite3.Connection:
        made = connect(*args, **options)
        made.set_trace_callback(tell)
        return made

    connect, sqlite3.connect = sqlite3.connect, traced


def _writes(args: tuple[Any, ...]) -> bool:
    return isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def die_in(after_s: float) -> Callable[[], None]:
    """The process is ended so long after its first transaction began, wherever it is then: no handler, no cleaning up."""

    def begun(statement: str) -> None:
        if statement.startswith("BEGIN"):
            signal.setitimer(signal.ITIMER_REAL, after_s)

    def arm() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _trace(begun)

    return arm


def small_files(most: int) -> Callable[[], None]:
    """No file of the process can grow past so many bytes: what a full disk is where none may be mounted."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    return limit


@contextlib.contextmanager
def full_disk(folder: Path, free: int) -> Iterator[None]:
    """The small file system that the folder is on has so many bytes left, and no more."""
    filler = folder / "filler"
    try:
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(PAGE, shutil.disk_usage(folder).free - free - PAGE))
        yield
    finally:
        filler.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(folder: Path, size_mb: int = 256) -> Iterator[bool]:
    """Whether the folder is a small file system of its own, which only root can have."""
    mounted = os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "pkm-soak", str(folder)], capture_output=True, check=False
    ).returncode  # fmt: skip
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)


@contextlib.contextmanager
def only_readable(folder: Path) -> Iterator[Callable[[], None]]:
    """The folder and all in it can be read and not written; gives what takes root's rights away in a child."""
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and parent not in (Path("/"), Path("/tmp")):
            parent.chmod(parent.stat().st_mode | 0o011)
    modes = {path: path.stat().st_mode & 0o7777 for path in (folder, *folder.rglob("*")) if not path.is_symlink()}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield lambda: os.seteuid(65534) if os.geteuid() == 0 else None
    finally:
        for path, mode in modes.items():
            with contextlib.suppress(FileNotFoundError):
                path.chmod(mode)


def flip_byte(path: Path, rng: random.Random) -> int:
    """One bit of the file is not as it was; its place."""
    place = rng.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ (1 << rng.randrange(8))]))
    return place
