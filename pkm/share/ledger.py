"""The ledger beside the store: what was queued here, which letters began to leave, what was answered. It is never written over.

A store that was put back from a backup, or copied, does not know what left since; the ledger does. One line a step, on the
disk before the letter's first byte goes. It holds no address and no word of a letter: only keys, states and times, digests
of whom a circle's letters went to, and where the ledger itself lies (origin.py).
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pkm.addresses import others, spellings
from pkm.config import Home
from pkm.delivery import MAY_HAVE_LEFT
from pkm.errors import StoreError
from pkm.grouped import grouped

QUEUED, ELSEWHERE = "queued", "elsewhere"
"""What is to leave from this home, and what the person said is not."""

SETTLED = "settled"
"""What a letter that left, and that the store does not know, is from when the person has said so on."""


def path_of(home: Home) -> Path:
    """Where the ledger is: beside the store."""
    return home.data / "outbox.log"


def note(home: Home, key: str, state: str, at: str, *, to: str = "") -> None:
    """The ledger says so, on the disk. Raises StoreError where it cannot be written: then nothing may leave.

    to: as address_digest has it, for a circle's letter that is about to leave. A ledger that begins with this line, since nothing
    was queued here, does not know of which home it is.
    """
    if not path_of(home).exists():
        put(home, {}, at)
    said = {"at": at, "key": key, "state": state, **({"to": to} if to else {})}
    _write(path_of(home), [said], "The letter did not leave.")


def address_digest(key: str, marks: Sequence[str], address: str) -> str:
    """What tells later that the letter of that key went to that address, as one of that circle: not the address itself.

    marks: the circle's, as store.circles.marks has them.
    """
    return address_digests(key, marks, address)[0]


def address_digests(key: str, marks: Sequence[str], address: str) -> list[str]:
    """The same, then what older versions made of that circle and address."""
    said = [f"{key}\n{mark}\n{one}" for mark in marks for one in (*spellings(address), *others(address))]
    return [hashlib.sha256(one.encode()).hexdigest()[:32] for one in said]


def addressed(home: Home) -> dict[str, str]:
    """Key -> address_digest, of each letter of a circle that began to leave; those of older versions have none."""
    return {str(one["key"]): str(one["to"]) for one in _lines(path_of(home)) or () if one.keys() >= {"key", "to"}}


def note_all(home: Home, keys: Iterable[str], state: str, at: str) -> None:
    """The ledger says so of each, on the disk at once. Raises as note does."""
    _write(path_of(home), [{"at": at, "key": key, "state": state} for key in keys], "Nothing was queued and nothing left.")


def put(home: Home, place: Mapping[str, Any], at: str) -> None:
    """The ledger says where it lies from now on. Raises as note does."""
    _write(path_of(home), [{"at": at, "home": place}], "Nothing was queued and nothing left.")


def append(path: Path, key: str, state: str, at: str, *, kept: str) -> None:
    """The file has one line more, on the disk. Raises StoreError, which says what was `kept`, where it cannot be written."""
    _write(path, [{"at": at, "key": key, "state": state}], kept)


def _write(path: Path, said: Iterable[Mapping[str, Any]], kept: str) -> None:
    lines = "".join(json.dumps(one) + "\n" for one in said).encode()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":  # the power went while a line was written
                lines = b"\n" + lines
            while lines:
                lines = lines[os.write(descriptor, lines) :]
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


def times_begun(home: Home) -> dict[str, list[str]]:
    """Key -> the stamps of when it began to leave, as the ledger says, the last last."""
    return grouped((key, at) for key, state, at in steps(path_of(home)) or () if state == "sending")


def read(home: Home) -> dict[str, tuple[str, str]] | None:
    """Key -> (state, at) as it was last written; None where there is no ledger. A line that was cut off says nothing."""
    found = steps(path_of(home))
    return None if found is None else {key: (state, at) for key, state, at in found}


def place(home: Home) -> dict[str, Any] | None:
    """Where the ledger says that it lies; {} where that is not known, None where it does not say, or is not there."""
    return next((said["home"] for said in reversed(_lines(path_of(home)) or ()) if isinstance(said.get("home"), dict)), None)


def steps(path: Path) -> list[tuple[str, str, str]] | None:
    """(key, state, at), oldest first; None where there is no such file."""
    lines = _lines(path)
    if lines is None:
        return None
    return [(str(said["key"]), str(said["state"]), str(said["at"])) for said in lines if said.keys() >= {"key", "state", "at"}]


def _lines(path: Path) -> list[dict[str, Any]] | None:
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
        except ValueError:
            continue  # the power went while it was written; what it was about is `sending` in the line before, or never began
        if isinstance(said, dict):
            found.append(said)
    return found
