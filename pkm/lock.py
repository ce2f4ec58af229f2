"""A lock that one process of this machine holds at a time, and that goes with it however it ends."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pkm.errors import PkmError, StoreError


@contextlib.contextmanager
def locked(path: Path, what: str, wait_s: float = 10.0, busy: PkmError | None = None) -> Iterator[None]:
    """One process alone, this one, does it (what: in words) while the block runs.

    Raises PkmError (busy) where another one does and is not done within wait_s; StoreError where the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        step = "see that there is room and that the folder can be written"
        raise StoreError(str(path), error.strerror or str(error), kept=f"{what} did not begin", next=step) from error
    try:
        until = time.monotonic() + wait_s
        while not _take(descriptor):
            if time.monotonic() >= until:
                raise busy or PkmError(what, "another pkm is at it now", next="do it again when that one is done")
            time.sleep(0.05)
        yield
    finally:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing it does not: a child that is about to end has it open, too
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
