"""The store: opened, made, refused; what happens when it is locked, full, read-only or not ours."""

import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkm.config import Home
from pkm.errors import StoreError
from pkm.lock import locked
from pkm.store import schema
from pkm.store.connection import connect, connect_to_read, let_stop, translate
from pkm.store.model import Note
from pkm.store.session import Store
from pkm.store.version import SCHEMA_VERSION


def note(title: str = "T", text: str = "T") -> Note:
    return Note(uid=title, title=title, text=text, created_at="2026-01-01T00:00:00Z", updated_at="2026-01-01T00:00:00Z")


def test_schema_sql_is_what_the_model_says() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.render(), "run python -m pkm.store.schema"


def test_a_new_store_has_one_circle_whose_channel_is_the_site(store: Store) -> None:
    assert [tuple(row) for row in store.read().execute("SELECT name, kind FROM circle")] == [("network", "network")]
    rows = store.read().execute(
        "SELECT circle.name, channel.name FROM circle_channel JOIN circle ON circle.id = circle_id "
        "JOIN channel ON channel.id = channel_id"
    )
    assert [tuple(row) for row in rows] == [("network", "site")]


def test_settings_of_the_file(store: Store) -> None:
    db = store.read()
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    with contextlib.closing(connect(store.path)) as as_commands_do:
        assert as_commands_do.execute("PRAGMA synchronous").fetchone()[0] == 2  # what was saved survives a power cut
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_a_unit_commits_whole_or_not_at_all(store: Store) -> None:
    def half() -> None:
        with store.unit() as unit:
            unit.add(note("kept back"))
            raise KeyError("stop")

    with pytest.raises(KeyError):
        half()
    assert store.read().execute("SELECT count(*) FROM note").fetchone()[0] == 0
    with store.unit() as unit:
        unit.add(note("in"))
    assert store.read().execute("SELECT title FROM note").fetchone()[0] == "in"


def test_a_unit_inside_a_unit_is_the_same_transaction_and_operation(store: Store) -> None:
    with store.unit() as outer:
        with store.unit() as inner:
            assert inner is outer
            inner.add(note("x"))
        assert store.read().execute("SELECT count(*) FROM note").fetchone()[0] == 1
    assert store.read().execute("SELECT count(*) FROM operation").fetchone()[0] == 1


def test_full_text_follows_every_change(store: Store) -> None:
    def found(word: str) -> int:
        return len(store.read().execute("SELECT rowid FROM note_fts WHERE note_fts MATCH ?", (word,)).fetchall())

    with store.unit() as unit:
        row = unit.add(note("paths", "Desire paths"))
    assert found("desire") == 1
    with store.unit() as unit:
        unit.get(Note, row.id or 0).text = "Roadmaps"
    assert (found("desire"), found("roadmap")) == (0, 1)
    with store.unit() as unit:
        unit.delete(unit.get(Note, row.id or 0))
    assert found("roadmap") == 0


def test_a_long_statement_hears_a_ctrl_c() -> None:
    before = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with contextlib.closing(let_stop(sqlite3.connect(":memory:"))) as db:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(sqlite3.OperationalError, match="interrupted"):
                db.execute("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 200000000) SELECT max(x) FROM n")
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_second_writer_waits_for_the_first(store: Store, home_paths: Home) -> None:
    store.read()
    first = connect(store.path)
    first.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: first.execute("COMMIT"))
    timer.start()
    with Store(home_paths).unit() as unit:
        unit.add(note("second"))
    timer.join()
    assert store.read().execute("SELECT count(*) FROM note").fetchone()[0] == 1


def test_a_store_that_another_command_keeps_locked_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.read()
    monkeypatch.setattr("pkm.store.connection.BUSY_MS", 50)
    holder = connect(store.path)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another command is writing"), store.unit():
        pass
    holder.execute("COMMIT")


def test_a_newer_store_is_refused_and_untouched(store: Store, home_paths: Home) -> None:
    store.read().close()
    raw = connect(store.path)
    raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match="a newer pkm wrote it"):
        Store(home_paths).read()
    assert store.path.read_bytes() == before


def test_a_database_of_another_program_is_refused(home_paths: Home) -> None:
    home_paths.ensure()
    raw = sqlite3.connect(home_paths.db)
    raw.execute("CREATE TABLE theirs (x)")
    raw.close()
    before = home_paths.db.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store(home_paths).read()
    assert home_paths.db.read_bytes() == before


def test_a_file_that_is_no_database(home_paths: Home) -> None:
    home_paths.ensure()
    home_paths.db.write_bytes(b"not a database at all, but long enough to be taken for one" * 50)
    with pytest.raises(StoreError, match="damaged"):
        Store(home_paths).read()


@contextlib.contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """The folder cannot be written, also where the tests run as root (who may write anything)."""
    root = os.geteuid() == 0
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and parent not in (Path("/"), Path("/tmp")):
            parent.chmod(parent.stat().st_mode | 0o055)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)


def test_a_home_that_cannot_be_written_can_be_read(store: Store, home_paths: Home) -> None:
    with store.unit() as unit:
        unit.add(note("there"))
    store.close()
    with unprivileged(home_paths.data):
        reading = Store(home_paths)
        assert reading.read().execute("SELECT title FROM note").fetchone()[0] == "there"
        with pytest.raises(StoreError, match="cannot be"), reading.unit():
            pass
        reading.close()


def test_a_home_that_cannot_be_written_says_what_helps_before_a_pull(store: Store, home_paths: Home) -> None:
    store.read()
    with unprivileged(home_paths.data), pytest.raises(StoreError) as error, locked(home_paths.data / "pull.lock", "this pull"):
        pass
    assert error.value.next


def test_a_reader_writes_nothing_and_an_index_that_is_left_over_is_not_passed_by(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.read()
    store.close()
    with contextlib.closing(connect_to_read(store.path)) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM circle")
    monkeypatch.setattr("pkm.store.connection.connect", unable)
    with contextlib.closing(connect_to_read(store.path)) as reader:  # the file alone is the whole store
        assert reader.execute("SELECT count(*) FROM circle").fetchone()[0] == 1
    for wal, opens in ((b"", True), (b"what was written last", False)):
        store.path.with_name("pkm.db-wal").write_bytes(wal)
        with contextlib.nullcontext() if opens else pytest.raises(sqlite3.OperationalError):
            connect_to_read(store.path).close()


def unable(*_: object, **__: object) -> sqlite3.Connection:
    raise sqlite3.OperationalError("unable to open database file")


@pytest.mark.parametrize(("words", "free", "why"), [
    ("disk I/O error", 0, "the disk is full"), ("disk I/O error", 64 * 1024, "the disk gave an error"),
    ("unable to open database file", 0, "it cannot be opened"),
])  # fmt: skip
def test_a_disk_is_called_full_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, free: int, why: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    assert translate(sqlite3.OperationalError(words), tmp_path / "pkm.db").why == why


def test_two_processes_make_the_store_at_once(home_paths: Home) -> None:
    script = (
        "from pkm.config import Home\nfrom pkm.store.session import Store\n"
        "print(Store(Home.find()).read().execute('SELECT count(*) FROM circle').fetchone()[0])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    outputs = [process.communicate() for process in running]
    assert [out.strip() for out, _ in outputs] == ["1"] * 3, outputs


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's small file systems")
def test_a_full_disk_leaves_the_store_whole(store: Store) -> None:
    store.read()
    pages = connect(store.path).execute("PRAGMA page_count").fetchone()[0]

    def fill() -> None:
        with store.unit() as unit:
            unit.connection.execute(f"PRAGMA max_page_count = {pages + 5}")  # SQLite's own way to a full disk
            for number in range(2000):
                unit.add(note(f"n{number}", "word " * 200))

    with pytest.raises(StoreError, match="the disk is full"):
        fill()
    assert store.read().execute("SELECT count(*) FROM note").fetchone()[0] == 0
    assert store.read().execute("PRAGMA integrity_check").fetchone()[0] == "ok"
