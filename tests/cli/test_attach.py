"""`pkm sense attach`: a picture beside a note, kept in the home, shown by the note and sent with it."""

from pathlib import Path

import pytest

from pkm.config import Home
from tests.conftest import CommandLine

PICTURES = Path(__file__).parent.parent / "data" / "pictures"


@pytest.fixture
def lawn(tmp_path: Path, pkm: CommandLine) -> Path:
    pkm("sense", "note", "Lawn. Worn by walkers.", "--reach", "network")
    path = tmp_path / "My lawn.PNG"
    path.write_bytes((PICTURES / "told.png").read_bytes())
    return path


def text(pkm: CommandLine) -> str:
    return str(pkm.json("sense", "show", "n1")["text"])


def test_the_note_shows_it_its_bytes_are_kept_and_an_undo_takes_it_back(pkm: CommandLine, lawn: Path) -> None:
    pkm("sense", "attach", "n1", lawn, "--alt", "A [worn] lawn")
    assert text(pkm) == "Lawn. Worn by walkers.\n\n![A (worn) lawn](<My lawn.png>)"
    (kept,) = Home.find().attachments.iterdir()
    assert kept.read_bytes() == lawn.read_bytes()
    pkm("share", "--yes")
    assert len(list((Home.find().site / "pictures").iterdir())) == 1
    pkm("undo")
    pkm("undo")
    assert text(pkm) == "Lawn. Worn by walkers."


def test_without_words_it_stays_here_and_that_is_said(pkm: CommandLine, lawn: Path) -> None:
    assert "goes out only with words" in pkm("sense", "attach", "n1", lawn).err
    pkm("share", "draft", "n1", "--to", "network")
    assert "n1" in pkm("share", "check", "x1", ok=3).out


def test_another_file_of_that_name_gets_a_number_and_the_same_one_none(pkm: CommandLine, lawn: Path, tmp_path: Path) -> None:
    pkm("sense", "attach", "n1", lawn, "--alt", "one")
    other = tmp_path / "there" / "My lawn.png"
    other.parent.mkdir()
    other.write_bytes((PICTURES / "moving.gif").read_bytes())
    pkm("sense", "attach", "n1", other, lawn, "--alt", "two", "--alt", "three")
    assert text(pkm).splitlines()[-5:] == [
        "![one](<My lawn.png>)", "", "![two](<My lawn-2.png>)", "", "![three](<My lawn.png>)",
    ]  # fmt: skip


def test_what_is_no_file_changes_nothing(pkm: CommandLine, lawn: Path, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.png"):
        pkm("sense", "attach", "n1", lawn, path, ok=1)
    pkm("sense", "attach", "n1", lawn, "--alt", "a", "--alt", "b", ok=2)
    assert text(pkm) == "Lawn. Worn by walkers."
