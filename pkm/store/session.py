"""The store: how it is opened, read and written. Nothing else opens it and nothing else commits.

Reads use the standard library's driver and never import the ORM. A unit is one transaction and one operation of the
journal; units inside a unit join it, and the units of one command share its operation, so that a command is undone whole.
Rows of the model go through a session of the ORM in the same transaction, which is opened for the first of them: its
import takes several times as long as what a pull that brings nothing does.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pkm import config
from pkm.dates import now, stamp
from pkm.errors import PkmError, StoreError
from pkm.store.connection import WRITABLE, Paths, connect, connect_to_read, translate
from pkm.store.live import Live
from pkm.store.version import APPLICATION_ID, SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from sqlmodel import Session, SQLModel

    Waiting = Callable[[str, Path], None]

ModelT = TypeVar("ModelT", bound="SQLModel")


_GONE = ("it is no longer there", "look again: another command removed it")


class Unit:
    """An open transaction. Rows are added, fetched and changed through it; it commits when its block ends."""

    def __init__(self, engine: "Callable[[], Engine]", connection: sqlite3.Connection, operation: int | None) -> None:
        self.connection = connection  # the same transaction, for the plain SQL of store/'s queries
        self.operation = operation  # the journal's number of this command
        self.at = stamp(now())
        self._engine = engine
        self._session: Session | None = None
        self._waiting: list[Live] = []

    @property
    def session(self) -> "Session":
        """The ORM's session in this transaction."""
        if self._session is None:
            from sqlmodel import Session

            self._session = Session(self._engine(), expire_on_commit=False)
        return self._session

    def add(self, row: ModelT) -> ModelT:
        """The row is in the store and has its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def insert(self, table: str, **values: object) -> int:
        """A row of that table is in the store; its number. Without the ORM, for what is written often: all that the table
        demands is given. Names are the program's own.
        """
        self.flush()
        names = ", ".join(f'"{name}"' for name in values)
        made = self.connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
        )
        assert made.lastrowid is not None
        return made.lastrowid

    def update(self, table: str, number: int, **values: object) -> None:
        """The row of that number has these values; without the ORM, as above. Raises StoreError where it is gone."""
        self.flush()
        changes = ", ".join(f'"{name}" = ?' for name in values)
        done = self.connection.execute(f'UPDATE "{table}" SET {changes} WHERE id = ?', (*values.values(), number))
        if not done.rowcount:
            raise StoreError(f"{table} {number}", _GONE[0], next=_GONE[1])

    def row(self, table: str, number: int) -> Live:
        """The row of that number, which can be changed; without the ORM, as above. Raises StoreError where it is gone."""
        self.flush()
        found = self.connection.execute(f'SELECT * FROM "{table}" WHERE id = ?', (number,)).fetchone()
        if found is None:
            raise StoreError(f"{table} {number}", _GONE[0], next=_GONE[1])
        return Live(table, dict(found), self._waiting)

    def remove(self, table: str, number: int) -> None:
        """The row is gone, with what hangs on it; without the ORM, as above. Raises StoreError where it was gone before."""
        self.flush()
        if not self.connection.execute(f'DELETE FROM "{table}" WHERE id = ?', (number,)).rowcount:
            raise StoreError(f"{table} {number}", _GONE[0], next=_GONE[1])

    def get(self, table: type[ModelT], number: int) -> ModelT:
        """The row of that number. Raises StoreError where it is gone (deleted between looking and writing)."""
        row = self.session.get(table, number)
        if row is None:
            name = str(table.__name__).lower()
            raise StoreError(f"{name} {number}", _GONE[0], next=_GONE[1])
        return row

    def delete(self, row: "SQLModel") -> None:
        """The row is gone, with what hangs on it."""
        self.session.delete(row)
        self.session.flush()

    def flush(self) -> None:
        """What was changed on rows so far is visible to the connection's queries."""
        if self._session is not None:
            self._session.flush()
        for row in self._waiting:
            row.write(self.connection)
        self._waiting.clear()

    def close(self) -> None:
        """The session is gone; what it held of the transaction is for the connection to end."""
        if self._session is not None:
            self._session.close()

    def summarize(self, text: str, *, final: str = "") -> None:
        """The log says what came of the command; `final` says why it cannot be undone."""
        self.connection.execute(
            "UPDATE operation SET summary = ?, final = ? WHERE id = ?", (text, final, self.operation)
        )


class Store:
    """One store, opened on first use. `command` is the line that the log shows for what is written through it."""

    def __init__(self, home: Paths, command: str = "pkm", *, waiting: "Waiting | None" = None) -> None:
        """waiting: told what takes long now, with {size} for that of a file, and that file."""
        self.home = home
        self.path = home.db
        self.command = command
        self._waiting = waiting
        self.operation: int | None = None  # of the units so far
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._engine: Engine | None = None
        self._unit: Unit | None = None

    def read(self) -> sqlite3.Connection:
        """A connection for queries; inside a unit, the unit's own, so that a query sees what was just written."""
        if self._unit is not None:
            self._unit.flush()
            return self._unit.connection
        if self._reader is None:
            self._reader = self._open_reader()
        return self._reader

    def close(self) -> None:
        """No connection is open."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    @contextlib.contextmanager
    def unit(self, *, journal: bool = True) -> Iterator[Unit]:
        """One transaction. Commits at the end of the block, rolls back where it raises.

        journal: False where items are brought in by the thousand: the log has a line, but no row images are kept.
        Raises StoreError where the store cannot be written (locked, full, read-only); nothing is changed then.
        """
        if self._unit is not None:
            yield self._unit
            return
        self.read()  # makes or migrates the store before the transaction
        from pkm.store import standings

        try:
            raw = self._open_writer()
            # The driver begins lazily and as a reader; a writer that finds out late that it may not write has to throw
            # its work away. So: take the write lock first.
            raw.execute("BEGIN IMMEDIATE")
            try:
                self._unit = unit = self._begin(raw, journal)
                yield unit
                unit.flush()
                standings.refresh(raw)
                raw.execute("UPDATE journal SET operation_id = NULL")
                raw.execute("COMMIT")
            finally:
                self._end(raw)
            self.operation = unit.operation or self.operation
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        except Exception as error:
            if isinstance(cause := getattr(error, "orig", None), sqlite3.Error):  # the ORM's, of what the driver said
                raise translate(cause, self.path) from error
            raise
        finally:
            self._unit = None

    def _begin(self, raw: sqlite3.Connection, journal: bool) -> Unit:
        if self.operation is None:
            made = raw.execute(
                "INSERT INTO operation (at, command, summary, final) VALUES (?, ?, '', '')", (stamp(now()), self.command)
            )
            number = made.lastrowid
        else:
            there = raw.execute("SELECT id FROM operation WHERE id = ?", (self.operation,)).fetchone()
            number = there[0] if there else None
        unit = Unit(self._orm, raw, number)
        if journal:
            raw.execute("UPDATE journal SET operation_id = ?", (unit.operation,))
        return unit

    def _end(self, raw: sqlite3.Connection) -> None:
        """The transaction is over: what was not committed is undone."""
        if raw.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # a full disk may have rolled it back already
                raw.execute("ROLLBACK")
        if self._unit is not None:
            self._unit.close()

    def _open_writer(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = self._tell_settings(connect(self.path, factory=_Writer))
        return self._writer

    def _orm(self) -> "Engine":
        """The ORM on the writer's connection, whose transactions are begun and ended here."""
        if self._engine is None:
            from sqlalchemy import create_engine
            from sqlalchemy.pool import StaticPool

            self._engine = create_engine("sqlite://", creator=self._open_writer, poolclass=StaticPool)
        return self._engine

    def _open_reader(self) -> sqlite3.Connection:
        try:
            if not self.path.exists():
                create(self.home)
            reader = connect_to_read(self.path)
            version = reader.execute("PRAGMA user_version").fetchone()[0]
            if version != SCHEMA_VERSION:
                reader.close()
                self._change_version(version)
                reader = connect_to_read(self.path)
            return self._tell_settings(reader)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        except OSError as error:
            raise StoreError(str(self.path), error.strerror or str(error), next=WRITABLE) from error

    def _tell_settings(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """SQL on that connection can ask what the person set: setting('touch.mentions')."""
        # The connection keeps the function where Python does not look for garbage: one that kept the store, too, would
        # keep both open for ever.
        connection.create_function("setting", 1, partial(_setting, self.home), deterministic=True)
        return connection

    def _change_version(self, version: int) -> None:
        """The store has this program's schema; a store that is not ours or newer is refused, untouched."""
        with contextlib.closing(connect(self.path, mode="ro")) as raw:
            ours = raw.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
            empty = not raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if empty:
            create(self.home)
        elif not ours:
            raise StoreError(
                str(self.path), "it is a database of another program", kept="It was not touched.",
                next="set PKM_HOME to another folder",
            )  # fmt: skip
        elif version > SCHEMA_VERSION:
            raise StoreError(
                str(self.path), f"a newer pkm wrote it (schema {version}; this one knows up to {SCHEMA_VERSION})",
                kept="It was not touched.", next="install the newer pkm on this machine too",
            )  # fmt: skip
        else:
            from pkm.store.migrate import migrate

            if self._waiting:
                what = "The store’s file ({size}) is brought to this version’s form, after a copy: that takes a minute or more."
                self._waiting(what, self.path)
            migrate(self.home, version)


def _setting(home: Paths, key: str) -> str:
    """The setting; its default where the settings cannot be read, which the doctor and `pkm config` tell."""
    if isinstance(home, config.Home):
        with contextlib.suppress(PkmError):
            return config.read(home)[key]
    return config.SETTINGS[key].default


class _Writer(sqlite3.Connection):
    """A connection whose transactions are ended by statements alone: the ORM, which shares it, ends none."""

    def commit(self) -> None:
        """Nothing: a unit commits."""

    def rollback(self) -> None:
        """Nothing: a unit rolls back. The ORM would when it looks at a connection for the first time."""


def create(home: Paths) -> None:
    """The store is there, with the first circle; a second process that makes it at the same time does no harm."""
    home.ensure()
    os.close(os.open(home.db, os.O_CREAT | os.O_RDWR, 0o600))
    from pkm.store import derived

    with contextlib.closing(connect(home.db)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("BEGIN IMMEDIATE")
        if not raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            derived.make_tables(raw)
            for statement in derived.derived():
                raw.execute(statement)
            _first_rows(raw)
        raw.execute("COMMIT")


def _first_rows(raw: sqlite3.Connection) -> None:
    """A new home has one circle, the network, and its channel is the site."""
    at = {"at": stamp(now())}
    raw.execute("INSERT INTO circle (id, name, kind, purpose, salutation, introduction, created_at) "
                "VALUES (1, 'network', 'network', 'wide and loose ties: new ideas come in, finished ones go out', "
                "'', '', :at)", at)  # fmt: skip
    raw.execute("INSERT INTO channel (id, name, kind, address, options, created_at) "
                "VALUES (1, 'site', 'site', '', '{}', :at)", at)  # fmt: skip
    raw.execute("INSERT INTO circle_channel (circle_id, channel_id) VALUES (1, 1)")
