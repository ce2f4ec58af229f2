"""Whether the store is whole: questions for the doctor, and the one thing that can be made anew, the search indexes."""

import sqlite3

from pkm.store.derived import FULL_TEXT
from pkm.store.session import Store


def integrity(db: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with the file; empty: nothing."""
    try:
        return [row[0] for row in db.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
    except sqlite3.DatabaseError as error:  # too damaged even to be checked
        return [str(error)]


def broken_texts(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Rows of searched tables whose text is not UTF-8 any more: (table, number), at most 20 a table."""
    found = []
    for table in FULL_TEXT:
        columns = [row["name"] for row in db.execute(f"PRAGMA table_info({table})") if row["type"] in ("TEXT", "VARCHAR")]
        joined = " || ".join(f"coalesce(CAST(\"{column}\" AS BLOB), x'')" for column in columns)
        for row in db.execute(f"SELECT id, CAST({joined} AS BLOB) AS bytes FROM {table}"):
            try:
                row["bytes"].decode("utf-8")
            except UnicodeDecodeError:
                found.append((table, row["id"]))
    return found[:20]


def mend_texts(store: Store, table: str, number: int) -> None:
    """What cannot be read of the row's texts is � there, and they can be read. No image is kept: it could not be read either."""
    with store.unit(journal=False) as unit:
        db = unit.connection
        columns = [row["name"] for row in db.execute(f"PRAGMA table_info({table})") if row["type"] in ("TEXT", "VARCHAR")]
        for column in columns:
            broken = db.execute(f'SELECT CAST("{column}" AS BLOB) FROM {table} WHERE id = ?', (number,)).fetchone()[0]
            if broken is not None and "\ufffd" in (text := broken.decode("utf-8", "replace")):
                db.execute(f'UPDATE {table} SET "{column}" = ? WHERE id = ?', (text, number))


def broken_references(db: sqlite3.Connection) -> int:
    """How many rows refer to rows that are not there."""
    return len(db.execute("PRAGMA foreign_key_check").fetchall())


def stale_indexes(store: Store) -> list[str]:
    """Tables whose full-text index does not fit their rows."""
    stale = []
    for table in FULL_TEXT:
        try:
            with store.unit(journal=False) as unit:
                # rank 1: compare with the content table as well (FTS5 4.2.3, "integrity-check")
                unit.connection.execute(f"INSERT INTO {table}_fts({table}_fts, rank) VALUES ('integrity-check', 1)")
        except Exception as error:
            if not _is_damage(error):
                raise
            stale.append(table)
    return stale


def _is_damage(error: BaseException) -> bool:
    """Whether the index was found not to fit; SQLite says so with SQLITE_CORRUPT_VTAB, "malformed"."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, sqlite3.DatabaseError) and "malformed" in str(cause):
            return True
        cause = cause.__cause__
    return False


def rebuild_index(store: Store, table: str) -> None:
    """The table's full-text index is made anew from its rows."""
    with store.unit(journal=False) as unit:
        unit.connection.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild')")
