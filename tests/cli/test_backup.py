"""Copies from the command line: where they go, what belongs to them, how one comes back, and where a store is gone."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine


@pytest.mark.parametrize("left", [None, b""], ids=["removed", "emptied"])
def test_where_the_store_is_gone_its_copies_are_named(pkm: CommandLine, home: Path, left: bytes | None) -> None:
    assert "copies" not in pkm().out
    pkm("sense", "note", "ten years of it")
    for _ in range(2):
        copy = pkm("backup").out.split()[0]
    for path in home.glob("pkm.db*"):
        path.unlink()
    if left is not None:
        (home / "pkm.db").write_bytes(left)
    assert pkm().out.startswith("Nothing is in the store, but copies of one are in its home (2): pkm backup --list")
    assert "! store: nothing is in it, but copies of one are in its home (2)" in pkm("doctor", ok=1).out
    pkm("backup", "--restore", copy, "--yes")
    assert pkm.json("find", "years")[0]["id"] == "n1"
    assert pkm.json("doctor") == []
