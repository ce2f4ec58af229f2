"""The ledger beside the store: which letters began to leave, and what was answered. It is never written over.

A store that was put back from a backup, or copied, does not know what left since; the ledger does. One line a step, on the
disk before the letter's first byte goes. It holds no address and no word of a letter: only keys, states and times.
"""

import json
import os
from collections.abc import Collection
from pathlib import Path

from pkm.config import Home
from pkm.errors import StoreError

MAY_HAVE_LEFT = ("sending", "sent", "unknown")
SETTLED = "settled"
"""What a letter that left, and that the store does not know, is from when the person has said so on."""


def path_of(home: Home) -> Path:
    """Where the ledger is: beside the store."""
    return home.data / "outbox.log"


def note(home: Home, key: str, state: str, at: str) -> None:
    """The ledger says so, on the disk. Raises StoreError where it cannot be written: then nothing may leave."""
    append(path_of(home), key, state, at, kept="The letter did not leave.")


def append(path: Path, key: str, state: str, at: str, *, kept: str) -> None:
    """The file has one line more, on the disk. Raises StoreError, which says what was `kept`, where it cannot be written."""
    line = (json.dumps({"at": at, "key": key, "state": state}) + "\n").encode()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":  # the power went while a line was written
                line = b"\n" + line
            while line:
                line = line[os.write(descriptor, line) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreError(
            str(path), f"it could not be written down: {error.strerror or error}", kept=kept,
            next="see that there is room and that the folder can be written, then do it again",
        ) from error  # fmt: skip


def left_unknown(home: Home, known: Collection[str]) -> list[str]:
    """The keys of letters that may have left and are none of the known ones: the store is older than the ledger."""
    return [key for key, (state, _) in (read(home) or {}).items() if state in MAY_HAVE_LEFT and key not in known]


def began(home: Home) -> dict[str, str]:
    """Key -> the stamp of when it last began to leave, as the ledger says."""
    return {key: at for key, state, at in steps(path_of(home)) or () if state == "sending"}


def read(home: Home) -> dict[str, tuple[str, str]] | None:
    """Key -> (state, at) as it was last written; None where there is no ledger. A line that was cut off says nothing."""
    found = steps(path_of(home))
    return None if found is None else {key: (state, at) for key, state, at in found}


def steps(path: Path) -> list[tuple[str, str, str]] | None:
    """(key, state, at), oldest first; None where there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(str(path), f"it cannot be read: {error.strerror or error}") from error
    found = []
    for line in lines:
        try:
            said = json.loads(line)
            found.append((str(said["key"]), str(said["state"]), str(said["at"])))
        except (ValueError, TypeError, KeyError):
            continue  # the power went while it was written; what it was about is `sending` in the line before, or never began
    return found
