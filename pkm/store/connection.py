"""The store's file: how a connection to it is made, and what SQLite's errors mean."""

import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

from pkm.errors import PkmError, StoreError
from pkm.text import one_line

BUSY_MS = 10_000
"""How long a command waits for another one that writes."""


class Paths(Protocol):
    """What the store needs to know of the home: its file, and where copies go before a migration."""

    @property
    def db(self) -> Path:
        """The store's file."""

    @property
    def backups(self) -> Path:
        """The folder of copies."""

    @property
    def attachments(self) -> Path:
        """The folder of what notes show."""

    def ensure(self) -> None:
        """Make the home's folders; StoreError where that is not possible."""


WRITABLE = "make that folder writable, or set PKM_HOME to one that is"


def connect(
    path: Path, *, mode: str = "rw", factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """A connection as every command uses it: foreign keys on, patient, transactions begun by hand.

    Raises sqlite3.Error, also where the schema is so damaged that SQLite's own words about it are no text.
    """
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=BUSY_MS / 1000, check_same_thread=False, factory=factory
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    try:
        connection.execute("PRAGMA synchronous = FULL")  # what was reported as saved survives a power cut
    except UnicodeDecodeError as error:  # this statement is the first that reads the schema
        connection.close()
        raise sqlite3.DatabaseError("malformed database schema") from error
    connection.execute("PRAGMA cache_size = -32000")
    return connection


def let_stop(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Ctrl-C ends a statement that takes minutes, as an sqlite3.OperationalError ("interrupted"): Python hears it only
    when it is called.
    """
    connection.set_progress_handler(lambda: 0, 1_000_000)
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, also where the store lies in a folder that cannot be written. Raises sqlite3.Error."""
    try:
        reader = connect(path)
        reader.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        # A home that cannot be written, or a full disk: SQLite cannot make the WAL's index there. With no WAL left
        # over, the file is the whole store and can be read as it stands.
        wal = path.with_name(path.name + "-wal")
        if "locked" in str(error) or not path.exists() or (wal.exists() and wal.stat().st_size):
            raise
        reader = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, isolation_level=None)
        reader.row_factory = sqlite3.Row
        reader.execute("SELECT 1 FROM sqlite_master").fetchone()
    reader.execute("PRAGMA query_only = ON")
    return reader


def translate(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> PkmError:
    """SQLite's error as one of ours: what happened, and what helps. What stands in the store is never in the message."""
    words = str(error).lower()
    if "disk i/o" in words and _is_full(path):
        words = "full"
    damaged = "pkm backup --list, then pkm backup --restore FILE"
    for sign, why, step in (
        ("locked", f"another command is writing to it and did not finish within {BUSY_MS // 1000} s",
         "try again when that command is done"),
        ("full", "the disk is full", "free some space and run the command again"),
        ("readonly", "it cannot be written", WRITABLE),
        ("unable to open", "it cannot be opened", WRITABLE),
        ("not a database", "it is damaged or no store of pkm", damaged),
        ("malformed", "it is damaged", damaged),
        ("vtable constructor", "it is damaged", damaged),
        ("decode", "a text in it is damaged: it is not UTF-8", damaged),
        ("disk i/o", "the disk gave an error", "pkm doctor"),
        ("interrupted", "it was interrupted", "run the command again"),
        ("constraint failed", "another command wrote the same at the same time, or what was given breaks a rule",
         "look at what is there, then run the command again"),
    ):  # fmt: skip
        if sign in words:
            return StoreError(str(path), why, kept="Nothing was changed.", next=step)
    return StoreError(str(path), one_line(str(error), 120), kept="Nothing was changed.", next="pkm doctor")


def _is_full(path: Path) -> bool:
    """Whether the disk has no room for SQLite's index of the WAL (32 KiB)."""
    try:
        return shutil.disk_usage(path.parent).free < 64 * 1024
    except OSError:
        return False
