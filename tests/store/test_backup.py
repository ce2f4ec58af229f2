"""Copies of the store: whole, verified, put back; and an older store brought up to date."""

import os
import resource
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkm.config import Home
from pkm.errors import BadInput, StoreError
from pkm.store import backup
from pkm.store.connection import connect
from pkm.store.model import Note
from pkm.store.session import Store
from tests.store.test_session import unprivileged

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT = "2026-01-01T00:00:00Z"


def write(store: Store, title: str) -> None:
    with store.unit() as unit:
        unit.add(Note(uid=title, title=title, text=title, created_at=AT, updated_at=AT))


def titles(home: Home) -> list[str]:
    return [row[0] for row in Store(home).read().execute("SELECT title FROM note ORDER BY id")]


def test_a_copy_holds_the_store_and_can_be_put_back(store: Store, home_paths: Home) -> None:
    write(store, "one")
    copy = backup.back_up(home_paths, NOW)
    assert copy.name == "pkm-20261123-090000.db"
    write(store, "two")
    store.close()
    kept = backup.restore(home_paths, copy, NOW)
    assert titles(home_paths) == ["one"]
    assert kept is not None
    backup.restore(home_paths, kept, NOW)
    assert titles(home_paths) == ["one", "two"]


def test_two_copies_of_one_second_do_not_meet(store: Store, home_paths: Home) -> None:
    write(store, "one")
    assert backup.back_up(home_paths, NOW) != backup.back_up(home_paths, NOW)


def test_an_existing_file_is_never_written_over(store: Store, home_paths: Home, tmp_path: Path) -> None:
    store.read()
    target = tmp_path / "mine"
    target.write_text("mine")
    with pytest.raises(StoreError, match="there is a file of that name"):
        backup.back_up(home_paths, NOW, target=target)
    assert target.read_text() == "mine"


def test_a_damaged_copy_is_not_put_back(store: Store, home_paths: Home) -> None:
    for number in range(50):
        write(store, f"note {number}")
    copy = backup.back_up(home_paths, NOW)
    data = bytearray(copy.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096 * 3] = b"\xff" * (4096 * 3)
    copy.write_bytes(bytes(data))
    with pytest.raises(BadInput):
        backup.restore(home_paths, copy, NOW)
    assert len(titles(home_paths)) == 50


def test_a_file_that_is_no_store_is_not_put_back(store: Store, home_paths: Home, tmp_path: Path) -> None:
    write(store, "one")
    other = tmp_path / "x.db"
    connect_other = __import__("sqlite3").connect(other)
    connect_other.execute("CREATE TABLE t (x)")
    connect_other.close()
    with pytest.raises(BadInput, match="no store of pkm"):
        backup.restore(home_paths, other, NOW)
    assert titles(home_paths) == ["one"]


@pytest.mark.parametrize("damage", [
    lambda whole: b"rubbish" * 1000,
    lambda whole: whole.replace(b"note_updated ON note (updated_at", b"note_updated ON note (up\xe9ated_at"),
], ids=["no store at all", "a schema of which SQLite's own message is no text"])  # fmt: skip
def test_a_damaged_store_is_kept_beside_the_restored_one(
    store: Store, home_paths: Home, damage: Callable[[bytes], bytes]
) -> None:
    write(store, "one")
    copy = backup.back_up(home_paths, NOW)
    store.close()
    raw = connect(home_paths.db)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    whole = home_paths.db.read_bytes()
    damaged = damage(whole)
    assert damaged != whole
    home_paths.db.write_bytes(damaged)
    kept = backup.restore(home_paths, copy, NOW)
    assert titles(home_paths) == ["one"]
    assert kept is not None
    assert kept.read_bytes() == damaged


@pytest.mark.parametrize("room", [0, 60_000, 960_000])
def test_where_there_is_no_room_the_store_stays_with_all_that_was_written(
    store: Store, home_paths: Home, room: int
) -> None:
    write(store, "one")
    copy = backup.back_up(home_paths, NOW)
    with connect(home_paths.db) as reader:  # as another command does: what is written meanwhile stands beside the store
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM note").fetchone()
        for number in range(30):
            write(store, f"{number} {'x' * 40_000}")
        before = titles(home_paths)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            with pytest.raises(StoreError):
                backup.restore(home_paths, copy, NOW)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert titles(home_paths) == before
    assert len(before) == 31
    assert list(home_paths.backups.iterdir()) == [copy]


def test_what_a_killed_copy_left_is_in_nobodys_way(store: Store, home_paths: Home, tmp_path: Path) -> None:
    write(store, "one")
    target = tmp_path / "copy.db"
    for name in ("copy.db.part", f"copy.db.{os.getpid()}.part"):
        (tmp_path / name).write_bytes(b"half of it")
    assert backup.back_up(home_paths, NOW, target=target) == target
    assert backup.check(target)


def test_a_home_that_cannot_be_written_any_more_can_be_copied_elsewhere(store: Store, home_paths: Home, tmp_path: Path) -> None:
    write(store, "one")
    store.close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    with unprivileged(home_paths.data):
        assert backup.check(backup.back_up(home_paths, NOW, target=elsewhere / "copy.db"))
        with pytest.raises(StoreError):
            backup.back_up(home_paths, NOW)


def test_each_week_has_a_copy_and_the_oldest_go(store: Store, home_paths: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", NOW.isoformat())
    write(store, "one")
    db = store.read()
    made = [backup.back_up_weekly(home_paths, db, NOW + timedelta(days=day), keep=2) for day in (0, 6, 7, 8, 13, 14, 21, 22)]
    assert [copy and copy.name[4:12] for copy in made] == [None, None, "20261130", None, None, "20261207", "20261214", None]
    assert [copy.name for copy in sorted(home_paths.backups.iterdir())] == [
        "pkm-20261207-090000-weekly.db", "pkm-20261214-090000-weekly.db"
    ]  # fmt: skip
    assert backup.back_up_weekly(home_paths, db, NOW + timedelta(days=99), keep=0) is None
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=0))
    with pytest.raises(StoreError, match="too little room"):
        backup.back_up_weekly(home_paths, db, NOW + timedelta(days=99), keep=2)
    assert len(list(home_paths.backups.iterdir())) == 2
