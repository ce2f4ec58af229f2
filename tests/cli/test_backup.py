"""Copies from the command line: where they go, what belongs to them, how one comes back, and where a store is gone."""

from pathlib import Path

import pytest

from pkm.lock import locked
from tests.cli.test_sense import run_on_pty
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


@pytest.fixture
def showing(pkm: CommandLine, tmp_path: Path) -> CommandLine:
    """A home with a note that shows a file."""
    (tmp_path / "lawn.txt").write_text("grass")
    pkm("sense", "note", "a path across the lawn")
    pkm("sense", "attach", "n1", tmp_path / "lawn.txt")
    return pkm


def test_a_copy_elsewhere_says_what_belongs_to_it(showing: CommandLine, home: Path, tmp_path: Path) -> None:
    assert showing("backup").err == ""
    stick = tmp_path / "stick"
    told = showing("backup", stick / "copy.db")
    assert f"What its notes show is in {stick}/copy.db.attachments: keep both together." in " ".join(told.err.split())
    assert showing.json("backup", stick / "other.db")["attachments"] == f"{stick}/other.db.attachments"


def test_a_folder_gets_a_copy_with_the_time_in_its_name(showing: CommandLine, tmp_path: Path) -> None:
    made = [Path(showing.json("backup", tmp_path)["id"]) for _ in range(2)]
    assert {path.parent for path in made} == {tmp_path}
    assert len(set(made)) == 2
    assert all(path.name.startswith("pkm-2") for path in made)


@pytest.mark.parametrize(("alone", "told"), [(True, "Not in this home: what its notes show, lawn.txt."), (False, "")])
def test_a_copy_that_came_without_what_its_notes_show_says_so(
    showing: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool, told: str
) -> None:
    copy = Path(showing.json("backup", tmp_path)["id"])
    if alone:
        copy = copy.rename(tmp_path / "alone.db")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "new machine"))
    err = " ".join(showing("backup", "--restore", copy, "--yes").err.split())
    assert err.startswith(told)
    assert bool(err) == alone


def test_an_export_that_came_without_what_its_notes_show_says_so(
    showing: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    showing("export", tmp_path / "out")
    for path in (tmp_path / "out/attachments").iterdir():
        path.unlink()
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "new machine"))
    assert "Not in this home: what its notes show, lawn.txt." in showing("import", tmp_path / "out").err


def test_a_copy_of_the_home_comes_back_by_its_name(showing: CommandLine) -> None:
    copy = Path(showing.json("backup")["id"])
    showing("sense", "note", "afterwards")
    assert copy.name in showing("backup", "--list").out
    showing("backup", "--restore", copy.name, "--yes")
    assert showing.json("find", "afterwards") == []


def test_what_is_no_file_says_where_copies_are(pkm: CommandLine, tmp_path: Path) -> None:
    assert "there is no such file" in pkm("backup", "--restore", "pkm-1.db", ok=1).err
    told = pkm("backup", "--restore", tmp_path, ok=1).err
    assert "it is a folder" in told
    assert "pkm import FOLDER" in told


@pytest.mark.parametrize("word", ["list", "restore"])
def test_the_name_of_an_option_is_no_name_for_a_copy(pkm: CommandLine, tmp_path: Path, word: str) -> None:
    assert f"pkm backup --{word}" in pkm("backup", word, ok=2).err
    pkm("backup", tmp_path / word)


def test_a_copy_that_is_imported_is_told_the_other_command(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("backup", tmp_path / "copy.db")
    assert f"pkm backup --restore {tmp_path}/copy.db" in pkm("import", tmp_path / "copy.db", ok=1).err


def test_before_a_copy_is_put_back_both_are_told(showing: CommandLine, home: Path) -> None:
    copy = showing.json("backup")["id"]
    showing("sense", "note", "afterwards")
    told = run_on_pty(home, ["backup", "--restore", copy], [("[y/N]", "n\n")])
    assert "The copy: 1 note, 0 items, 0 contacts, last changed 20" in told
    assert "The store: 2 notes, 0 items, 0 contacts, last changed 20" in told
    assert len(showing.json("find", "kind:note")) == 2


def test_no_copy_is_put_back_under_a_pull(showing: CommandLine, home: Path) -> None:
    copy = showing.json("backup")["id"]
    showing("sense", "note", "afterwards")
    with locked(home / "pull.lock", "a pull"):
        assert "a pull is running" in showing("backup", "--restore", copy, "--yes", ok=1).err
    assert len(showing.json("find", "kind:note")) == 2
    showing("backup", "--restore", copy, "--yes")
    assert len(showing.json("find", "kind:note")) == 1
