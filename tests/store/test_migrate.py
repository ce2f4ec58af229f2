"""An older store is brought to this program's schema: nothing lost, a copy kept, all or nothing."""

import contextlib
import sqlite3
from functools import cache
from pathlib import Path

import pytest

from pkm.cli import lines
from pkm.config import Home
from pkm.errors import StoreError
from pkm.store import journal
from pkm.store.session import Store
from pkm.store.version import HEAD, SCHEMA_VERSION
from tests.conftest import KeptHomes

STORED = sorted((Path(__file__).parent.parent / "data").glob("store-*.sql"))


@cache
def made(script: Path) -> bytes:
    """The file of the store that the script makes."""
    with contextlib.closing(sqlite3.connect(":memory:")) as raw:
        raw.executescript(script.read_text(encoding="utf-8"))
        return raw.serialize()


@pytest.fixture(params=STORED, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, home_paths: Home) -> int:
    """A home whose store is of an older schema; its version."""
    home_paths.ensure()
    home_paths.db.write_bytes(made(request.param))
    with contextlib.closing(sqlite3.connect(home_paths.db)) as raw:
        return int(raw.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture
def moved(old: int, home: Path, home_paths: Home, kept_homes: KeptHomes) -> int:
    """The same home after a command opened its store; moved once for all that look at what came of it."""

    def live() -> None:
        store = Store(home_paths)
        store.read()
        store.close()

    kept_homes.fill(home, f"moved from {old}", live)
    return old


def structure(db: sqlite3.Connection) -> dict[str, object]:
    """Tables with their columns, and the names of all indexes and triggers, whatever the order of columns."""
    named = {row[0]: row[1] for row in db.execute("SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}
    tables = {
        name: sorted((row["name"], row["type"], row["notnull"]) for row in db.execute(f"PRAGMA table_info({name})"))
        for name, kind in named.items() if kind == "table"
    }  # fmt: skip
    return {"named": named, "tables": tables}


def test_every_schema_before_this_one_is_stored() -> None:
    assert [path.stem for path in STORED] == [f"store-{number}" for number in range(1, SCHEMA_VERSION)]


def test_an_old_store_becomes_what_a_new_one_is(moved: int, home_paths: Home, tmp_path: Path) -> None:
    assert moved < SCHEMA_VERSION
    db = Store(home_paths).read()
    new = Store(Home(tmp_path / "new", tmp_path / "new", tmp_path / "new")).read()
    assert structure(db) == structure(new)
    assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert db.execute("SELECT version_num FROM alembic_version").fetchone()[0] == HEAD
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_nothing_is_lost_and_everything_is_found(moved: int, home_paths: Home) -> None:
    db = Store(home_paths).read()
    assert db.execute("SELECT title FROM note").fetchone()[0] == "Probe first"
    assert db.execute("SELECT rowid FROM note_fts WHERE note_fts MATCH 'plan'").fetchone()[0] == 1
    assert db.execute("SELECT rowid FROM item_fts WHERE item_fts MATCH 'sense'").fetchone()[0] == 1


def test_a_copy_of_the_old_store_is_kept(moved: int, home_paths: Home) -> None:
    (copy,) = home_paths.backups.glob("*.db")
    with contextlib.closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone()[0] == moved


def test_the_person_is_told_what_a_large_store_waits_for(
    old: int, home_paths: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lines, "LARGE", 1000)
    said = []
    for _ in range(2):  # the next command has nothing to wait for
        with contextlib.closing(Store(home_paths, waiting=lines.tell_of_waiting)) as store:
            store.read()
        said.append("is brought to this version’s form, after a copy" in " ".join(capsys.readouterr().err.split()))
    assert said == [True, False]


def test_what_was_done_before_can_still_be_undone(moved: int, home_paths: Home) -> None:
    journal.undo(Store(home_paths))
    assert Store(home_paths).read().execute("SELECT reach FROM note").fetchone()[0] == "private"


def test_writing_goes_on_after_it(moved: int, home_paths: Home) -> None:
    from pkm.sense.notes import add_note

    assert add_note(Store(home_paths, "pkm sense note"), "After the move").row["id"] == "n2"
    journal.undo(Store(home_paths))


def test_a_step_that_fails_leaves_the_store_as_it_was(old: int, home_paths: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home_paths.db.read_bytes()

    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("pkm.store.migrate.make_derived", fail)
    with pytest.raises(StoreError, match="could not be brought from schema"):
        Store(home_paths).read()
    monkeypatch.undo()
    assert home_paths.db.read_bytes() == before


def test_what_was_shared_and_answered_is_as_it_was(moved: int, home_paths: Home) -> None:
    if moved < 3:
        pytest.skip("the stored older ones shared nothing")
    db = Store(home_paths).read()
    row = db.execute("SELECT id, stage_id, circle_id, state, payload FROM delivery").fetchone()
    assert tuple(row) == (7, 4, 1, "sent", b"\x00\xff")
    assert db.execute("SELECT delivery_id FROM response").fetchone()[0] == 7
    assert db.execute("SELECT type FROM share").fetchone()[0] == "digest"
    sequences = dict(db.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    assert (sequences["stage"], sequences["delivery"]) == (4, 7)
