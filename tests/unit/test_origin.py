"""What tells a home from a copy of it: the ledger's file, by its number and birth, and where it lies."""

import sqlite3
from pathlib import Path

import pytest

from pkm.config import Home
from pkm.share import ledger, origin

HERE = {"path": "/home/me/pkm", "inode": 7, "device": 1, "born": 100}


@pytest.mark.parametrize(("changed", "why"), [
    ({}, ""),
    ({"path": "/home/me/elsewhere"}, ""),  # moved on its disk
    ({"device": 2}, ""),  # a disk that has another number since the machine was started
    ({"path": "/home/me/other", "device": 2}, "its home is one of /home/me/other"),
    ({"inode": 8}, "its home was put back from a copy"),
    ({"born": 101}, "its home was put back from a copy"),  # the number of a file that was deleted, given again
    ({"path": "/home/me/other", "born": 101}, "its home is one of /home/me/other"),
])  # fmt: skip
def test_a_copy_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object], why: str) -> None:
    home = Home(tmp_path, tmp_path, tmp_path)
    ledger.path_of(home).touch()
    monkeypatch.setattr(ledger, "place", lambda home: {**HERE, **changed})
    monkeypatch.setattr(origin, "_here", lambda home: HERE)
    assert origin.foreign(sqlite3.connect(":memory:"), home).removeprefix(origin.COPY) == why
