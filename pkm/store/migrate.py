"""Brings an older store to this program's schema. Imported only when the versions differ.

Each migration is a file in migrations/versions, append-only, and changes tables alone. Triggers and full-text indexes
are made from the tables, so they are dropped before the first and made anew after the last one. An index of words that is
the model's already stays where no step touches what it holds: a million texts take minutes.
"""

import contextlib
import sqlite3
from pathlib import Path

from pkm.dates import now
from pkm.errors import PkmError, StoreError
from pkm.store import tally
from pkm.store.backup import back_up
from pkm.store.connection import Paths, connect, translate
from pkm.store.derived import FULL_TEXT, derived
from pkm.store.version import SCHEMA_VERSION

FOLDER = Path(__file__).with_name("migrations")


TEXTS_SINCE = 6
"""No migration after this schema changes a table that is searched, or a text in it. One that does raises this."""


class _HeldConnection(sqlite3.Connection):
    """A connection whose transaction only this module ends: SQLAlchemy rolls back whatever it is handed at first."""

    def commit(self) -> None:
        """Leave the transaction open."""

    def rollback(self) -> None:
        """Leave the transaction open."""


def migrate(home: Paths, version: int) -> Path:
    """The store has schema SCHEMA_VERSION; a copy of it as it was is at the returned path.

    Raises StoreError where a step fails: the store is then as it was (all steps are one transaction).
    """
    copy = back_up(home, now(), label=f"schema{version}")
    try:
        with contextlib.closing(connect(home.db, factory=_HeldConnection)) as raw:
            raw.execute("PRAGMA foreign_keys = OFF")  # SQLite changes a table by making it anew
            raw.execute("BEGIN IMMEDIATE")
            if raw.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:  # nobody else was faster
                _upgrade(raw, version)
            raw.execute("COMMIT")
    except sqlite3.Error as error:
        raise translate(error, home.db) from error
    except PkmError:
        raise
    except Exception as error:  # whatever a migration may raise, the person gets the copy's path
        raise StoreError(
            str(home.db), f"it could not be brought from schema {version} to {SCHEMA_VERSION}: {error}",
            kept=f"The store is as it was; a copy is at {copy}.", next="report it with PKM_DEBUG=1 set",
        ) from error  # fmt: skip
    return copy


def _upgrade(raw: sqlite3.Connection, version: int) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    drop_derived(raw, keep_texts=version >= TEXTS_SINCE)
    # The driver must not begin or commit by itself: the transaction is the caller's.
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    make_derived(raw)
    broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreError("migration", f"{len(broken)} rows would refer to rows that are not there")
    raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def drop_derived(raw: sqlite3.Connection, *, keep_texts: bool = False) -> None:
    """No trigger and no full-text index is in the store. keep_texts: but for those that are as the model has them."""
    kept = set(derived()) if keep_texts else set()
    names = raw.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL TABLE%'"
    ).fetchall()
    for kind, name, sql in names:
        if kind == "trigger":
            raw.execute(f"DROP TRIGGER {name}")
        elif sql not in kept:
            raw.execute(f"DROP TABLE {name}")


def make_derived(raw: sqlite3.Connection) -> None:
    """Triggers and full-text indexes are those of the model, the indexes hold every row, and the tallies count them."""
    there = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")}
    for statement in derived():
        if not any(statement.startswith(f"CREATE VIRTUAL TABLE {name} ") for name in there):
            raw.execute(statement)
    for name in FULL_TEXT:
        if f"{name}_fts" not in there:
            raw.execute(f"INSERT INTO {name}_fts({name}_fts) VALUES ('rebuild')")
    tally.count_anew(raw)
