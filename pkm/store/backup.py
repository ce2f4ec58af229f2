"""Copies of the store: made online, verified by opening them, put back only when they are whole."""

import contextlib
import os
import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pkm.attachment_files import take_in
from pkm.dates import stamp
from pkm.errors import BadInput, NotFound, StoreError
from pkm.lock import locked
from pkm.store.connection import Paths, connect, connect_to_read, translate
from pkm.store.version import APPLICATION_ID, SCHEMA_VERSION

COPIES = "pkm backup --list, then pkm backup --restore FILE"
_UNTOUCHED = "The store was not touched."


def back_up(home: Paths, now: datetime, *, target: Path | None = None, label: str = "") -> Path:
    """A copy of the store is at the returned path (0600), whole: its integrity was checked after writing.

    target: a file that must not exist, or a folder for one; None: a new name with the time in the home's backups/.
    Raises StoreError where the copy cannot be made; an unfinished copy is not left behind.
    """
    if target is None:
        home.ensure()  # into another folder, also what lies where nothing can be written (any more) is saved
    name = f"pkm-{now:%Y%m%d-%H%M%S}{'-' + label if label else ''}.db"
    path = _unused((target or home.backups) / name) if target is None or target.is_dir() else target
    if path.exists():
        raise StoreError(str(path), "there is a file of that name", kept="It was not touched.", next="name another one")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # what a killed run left is in nobody's way
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with contextlib.closing(connect_to_read(home.db)) as store, contextlib.closing(sqlite3.connect(part)) as copy:
            store.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        check(part)
        if path.parent.resolve() != home.backups.resolve():
            _copy_attachments(home.attachments, beside(path))
        os.replace(part, path)
    except sqlite3.Error as error:
        raise translate(error, path) from error
    except OSError as error:
        raise StoreError(
            str(path), error.strerror or str(error), next="pkm backup FILE in a folder you can write"
        ) from error
    finally:
        _unlink(part)
    return path


def back_up_weekly(home: Paths, db: sqlite3.Connection, now: datetime, keep: int) -> Path | None:
    """There is a copy from the last seven days, and no more than `keep` of these copies; the new one, None where none was due.

    db: the store, open for reading; one that is younger than a week needs none yet. keep: 0 for no copies.
    Raises StoreError where there is no room for it or it cannot be made; the copies that were there stay then.
    """
    week_ago = now - timedelta(days=7)
    first = db.execute("SELECT at FROM operation ORDER BY id LIMIT 1").fetchone()
    copies = sorted(home.backups.glob(f"pkm-*-{_WEEKLY}.db"))
    if not keep or not first or first[0] > stamp(week_ago) or (copies and copies[-1].name[:19] > f"pkm-{week_ago:%Y%m%d-%H%M%S}"):
        return None
    if shutil.disk_usage(home.db.parent).free < 3 * home.db.stat().st_size:
        raise StoreError(
            str(home.backups), "there is too little room for the weekly copy of the store", kept="The older copies stay.",
            next="free some space, or keep none: pkm config backup.weekly 0",
        )  # fmt: skip
    made = back_up(home, now, label=_WEEKLY)
    for old in copies[: max(0, len(copies) + 1 - keep)]:
        old.unlink(missing_ok=True)
    return made


_WEEKLY = "weekly"


def beside(copy: Path) -> Path:
    """Where the attachments lie that belong to a copy outside of the home; in the home they are never removed."""
    return copy.with_name(copy.name + ".attachments")


def _copy_attachments(source: Path, target: Path) -> None:
    """The target has every attachment that the source has; what it has already stays."""
    if source.is_dir():
        for path in sorted(source.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                take_in(target, path, path.name)


def find(home: Paths, given: Path) -> Path:
    """The copy that is meant: a file, or the name of one of the home's copies. Raises NotFound, saying where copies are."""
    path = home.backups / given if not given.exists() and given.name == str(given) else given
    if path.is_dir():
        raise NotFound(str(given), "it is a folder", next=f"{COPIES}; what pkm export made comes back by: pkm import FOLDER")
    if not path.exists():
        raise NotFound(str(given), "there is no such file", next=COPIES)
    return path


class Standing(NamedTuple):
    """How much a store holds, and when it was last changed (a stamp; "" where it never was)."""

    notes: int
    items: int
    contacts: int
    last: str


def standing(path: Path) -> Standing | None:
    """What that store or copy holds; None where it cannot be read."""
    try:
        with contextlib.closing(connect_to_read(path)) as db:
            return Standing(*db.execute(
                "SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM item), (SELECT count(*) FROM contact), "
                "(SELECT coalesce(max(at), '') FROM operation)"
            ).fetchone())  # fmt: skip
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def check(path: Path) -> int:
    """The schema version of a whole store at that path. Raises BadInput where it is none or is damaged."""
    try:
        with contextlib.closing(connect(path, mode="ro")) as raw:
            if raw.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise BadInput(str(path), "it is no store of pkm")
            found = raw.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BadInput(str(path), f"it is damaged: {found}")
            return int(raw.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise BadInput(str(path), f"it cannot be read as a store: {error}") from error


def restore(home: Paths, copy: Path, now: datetime) -> Path | None:
    """The store is what the copy holds; the store it replaces is kept as a copy, whose path is returned.

    Raises BadInput where the copy is not whole or is newer than this program; StoreError where the store as it is cannot be
    kept, or there is no room for the other one. The store is untouched then.
    """
    version = check(copy)
    if version > SCHEMA_VERSION:
        raise BadInput(str(copy), "a newer pkm wrote it", kept=_UNTOUCHED, next="install the newer pkm")
    home.ensure()
    pulling = StoreError(str(home.db), "a pull is running", kept=_UNTOUCHED, next="wait until it is done, then do it again")
    with locked(home.db.with_name("pull.lock"), "this restore", 0, pulling):  # it would go on with what it read of the other one
        kept = _keep(home, now) if home.db.exists() else None
        there = home.db.exists()
        try:
            os.close(os.open(home.db, os.O_CREAT | os.O_RDWR, 0o600))
            with contextlib.closing(sqlite3.connect(copy)) as source, contextlib.closing(connect(home.db)) as store:
                source.backup(store)
                store.execute("PRAGMA journal_mode = WAL")
        except (sqlite3.Error, OSError) as error:
            if not there:  # half of the copy, where there was nothing or what was moved away
                _unlink(home.db)
                if kept:
                    _move(kept, home.db)
            raise translate(error, home.db) if isinstance(error, sqlite3.Error) else _no_room(home.db, error) from error
        _copy_attachments(beside(copy), home.attachments)
    return kept


def _keep(home: Paths, now: datetime) -> Path:
    """The store is kept as a copy, whose path is returned; one that is damaged was moved there as it is."""
    kept = _unused(home.backups / f"pkm-{now:%Y%m%d-%H%M%S}-before-restore.db")
    try:
        return back_up(home, now, target=kept)
    except (StoreError, BadInput):
        try:
            check(home.db)
        except BadInput:
            try:
                kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _move(home.db, kept)
                return kept
            except OSError as error:
                raise _no_room(kept, error) from error
        raise


def _no_room(path: Path, error: OSError) -> StoreError:
    return StoreError(str(path), error.strerror or str(error), next="see that there is room and that the folder can be written")


_PARTS = ("-wal", "-shm", "-journal", "")
"""What ends the names of a store's files; what was written last may stand in the first alone."""


def _move(store: Path, place: Path) -> None:
    for end in _PARTS:
        if (part := store.with_name(store.name + end)).exists():
            part.replace(place.with_name(place.name + end))


def _unlink(store: Path) -> None:
    for end in _PARTS:
        store.with_name(store.name + end).unlink(missing_ok=True)


def _unused(path: Path) -> Path:
    """That path, or the same with a number where there is such a file already."""
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free
