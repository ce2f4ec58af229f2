"""Whether what is queued is to leave from this very home: a copy of one holds it, for the other may send it.

The ledger says what was queued here, and which file it is itself: a copy of it is another file, with a birth of its own, though
it may get the number of one that was deleted. A home that is moved keeps its file; one that was put back from a backup, or that
another machine has by synchronizing, does not: the person is asked once. So they are where the ledger does not say which file it
is, being of before that was written down, and something is queued; where nothing is, the first run writes it down. Sends nothing.
"""

import contextlib
import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pkm.config import Home
from pkm.share import ledger
from pkm.share.channels import MIRRORS
from pkm.store import deliveries, queued, shares

if TYPE_CHECKING:
    from pkm.store.session import Unit

COPY = "this store may be a copy: "
"""How the reason begins for which a letter is held that another home may send."""

NO_PLACE = f"{COPY}outbox.log beside it does not say which home it is of"

NOT_QUEUED_HERE = f"{COPY}outbox.log beside it does not know that this was queued"


def plan_key(uid: str) -> str:
    """What the ledger calls the plan of the share of that uid."""
    return hashlib.sha256(f"plan\n{uid}".encode()).hexdigest()[:32]


def foreign(db: sqlite3.Connection, home: Home) -> str:
    """Why nothing that is queued may leave from here before the person says so, "" where it may."""
    there, place = ledger.path_of(home).exists(), ledger.place(home)
    if not there or place == {}:  # the first channel that hands things in made one that says where it lies
        hands_in = any(one["channel_kind"] not in MIRRORS for one in shares.channels(db, removed=True))
        why = "its store was put back from a copy" if there else "there is no outbox.log beside it"
        return f"{COPY}{why}" if hands_in or queued.anything(db, MIRRORS) else ""
    if place is None:  # of before this was written down, or a copy of one that is
        return NO_PLACE if queued.waits(db, MIRRORS) else ""
    here = _here(home)
    same = all(place.get(name) == here[name] for name in ("inode", "born"))
    if same and (place.get("path") == here["path"] or place.get("device") == here["device"]):
        return ""
    if place.get("path") in (None, here["path"]):
        return f"{COPY}its home was put back from a copy"
    return f"{COPY}its home is one of {place['path']}"


def queue(db: sqlite3.Connection, home: Home, share: int, keys: Iterable[str], at: str) -> None:
    """The ledger knows of those of the keys that neither it nor the store had before: they are to leave from here.

    Not where the store itself may be a copy, nor of a share that was planned in another home: it leaves from there.
    """
    row = shares.row(db, share)
    if row is None or not begin(db, home, at) or (row["state"] == "planned" and not _is_planned_here(home, row)):
        return
    before = {one["key"] for one in deliveries.frozen(db, share)} | (ledger.read(home) or {}).keys()
    if fresh := [key for key in keys if key not in before]:
        ledger.note_all(home, fresh, ledger.QUEUED, at)


def plan(db: sqlite3.Connection, home: Home, share: int, at: str) -> None:
    """The ledger knows that the share, which is about to be planned, leaves from here; not where it was planned before."""
    row = shares.row(db, share)
    if row is not None and begin(db, home, at) and row["state"] != "planned":
        ledger.note_all(home, [plan_key(row["uid"])], ledger.QUEUED, at)


def _is_planned_here(home: Home, share: Mapping[str, Any]) -> bool:
    return (ledger.read(home) or {}).get(plan_key(share["uid"]), ("",))[0] == ledger.QUEUED


def begin(db: sqlite3.Connection, home: Home, at: str) -> bool:
    """There is a ledger that says where it lies; False where the store may be a copy of one that has another.

    So it is from the first channel on that hands things in. A store that has, or had, such a channel and no ledger was put back
    somewhere else, and does not know what left since; or it got the channel before this was kept and never sent anything, and
    is asked once.
    """
    if ledger.place(home) is not None:
        return True
    if foreign(db, home):
        return False
    _take_over(db, home, at) if ledger.path_of(home).exists() else _put_here(home, at)
    return True


@contextlib.contextmanager
def put_back(home: Home, at: str) -> Iterator[None]:
    """A store is put back here in the block: where no ledger lies, what left since then is not known, and is asked about."""
    home.ensure()
    if ledger.path_of(home).exists():
        yield
        return
    ledger.put(home, {}, at)
    try:
        yield
    except BaseException:
        ledger.path_of(home).unlink()
        raise


def settle_down(db: sqlite3.Connection, home: Home, at: str) -> None:
    """A ledger of before that was written down says where it lies, unless something is queued that a copy may send too."""
    if ledger.path_of(home).exists():
        begin(db, home, at)


def settle(unit: "Unit", home: Home, *, here: bool) -> None:
    """From now on what is queued in this home leaves from it; what is queued now, too, or not: another home sends it."""
    if here:
        _take_over(unit.connection, home, unit.at)
        return
    _put_here(home, unit.at)
    ledger.note_all(home, map(plan_key, queued.plans(unit.connection)), ledger.ELSEWHERE, unit.at)


def _take_over(db: sqlite3.Connection, home: Home, at: str) -> None:
    known = ledger.read(home) or {}
    fresh = [key for key in queued.keys(db, MIRRORS) if key not in known]
    plans = [key for key in map(plan_key, queued.plans(db)) if known.get(key, ("",))[0] != ledger.QUEUED]
    _put_here(home, at)
    ledger.note_all(home, [*fresh, *plans], ledger.QUEUED, at)


def _put_here(home: Home, at: str) -> None:
    ledger.note_all(home, (), ledger.QUEUED, at)  # the file itself, of which is said where it is
    ledger.put(home, _here(home), at)


def _here(home: Home) -> dict[str, Any]:
    """Which file the ledger is, and where."""
    path = ledger.path_of(home)
    found = path.stat()
    return {"path": str(path.resolve().parent), "inode": found.st_ino, "device": found.st_dev, "born": _born(path, found)}


def _born(path: Path, found: os.stat_result) -> int:
    """When the file came to be, in nanoseconds; 0 where the system does not say."""
    if seconds := getattr(found, "st_birthtime", 0):
        return int(seconds * 1e9)
    return _born_linux(os.fsencode(path)) if sys.platform == "linux" else 0


def _born_linux(path: bytes) -> int:
    """The same by statx, which Python does not have before 3.15; offsets as in linux/stat.h."""
    import ctypes

    answer = ctypes.create_string_buffer(256)
    try:
        failed = ctypes.CDLL(None).statx(-100, path, 0, 0x800, answer)  # AT_FDCWD, STATX_BTIME
    except (OSError, AttributeError):
        return 0
    if failed or not int.from_bytes(answer.raw[:4], sys.byteorder) & 0x800:
        return 0
    return int.from_bytes(answer.raw[80:88], sys.byteorder) * 1_000_000_000 + int.from_bytes(answer.raw[88:92], sys.byteorder)
