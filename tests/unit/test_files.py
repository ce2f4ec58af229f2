"""Files are written whole, for their owner only, under names that are safe; a full disk keeps what was there."""

import os
import stat
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm import files
from pkm.errors import StoreError


def test_a_file_is_written_whole_for_its_owner_only(tmp_path):
    path = tmp_path / "a"
    files.write_atomic(path, b"one")
    files.write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    files.write_atomic(path, b"", mode=0o644)
    assert stat.S_IMODE(path.stat().st_mode) & 0o600 == 0o600
    assert os.listdir(tmp_path) == ["a"]


def test_a_link_is_replaced_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"kept")
    (tmp_path / "link").symlink_to(other)
    files.write_atomic(tmp_path / "link", b"new")
    assert other.read_bytes() == b"kept"
    assert not (tmp_path / "link").is_symlink()


def test_what_cannot_be_written_keeps_what_was_there(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "inside").write_bytes(b"kept")
    with pytest.raises(StoreError) as caught:
        files.write_atomic(folder, b"x")
    assert caught.value.what == str(folder)
    assert caught.value.kept
    assert caught.value.next
    assert sorted(os.listdir(tmp_path)) == ["folder"]
    with pytest.raises(StoreError):
        files.write_atomic(tmp_path / "none" / "a", b"x")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_a_full_disk_keeps_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "a"
    files.write_atomic(path, b"old")
    opened = os.open

    def full(name, *args):
        return opened("/dev/full", os.O_WRONLY) if str(name).endswith(".part") else opened(name, *args)

    monkeypatch.setattr(files.os, "open", full)
    with pytest.raises(StoreError, match="No space"):
        files.write_atomic(path, b"new" * 10_000)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Desire paths", "Desire paths"),
        ("a/b\\c", "a-b-c"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "untitled"),
        ("...", "untitled"),
        (" .hidden ", "hidden"),
        ("-rf", "rf"),
        ("a\nb\x00c", "a bc"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("c#", "c"),
        ('What? Why: "that"', "What- Why- -that"),
        ("e\u0301", "é"),
        ("\u202eevil", "evil"),
        ("console", "console"),
    ],
)
def test_a_file_name_says_the_title(title, name):
    assert files.safe_name(title) == name


@given(st.text())
def test_any_title_gives_one_safe_part_of_a_path(title):
    name = files.safe_name(title)
    assert name
    assert len(name.encode()) <= files.NAME_BYTES + 1
    assert name not in (".", "..")
    assert not set(name) & set('/\\:*?"<>|\0\n\r')
    assert name[0] not in ".-"
    assert unicodedata.is_normalized("NFC", name)
    assert not any(unicodedata.category(letter) == "Cc" for letter in name)


def test_a_long_title_is_cut_between_letters():
    name = files.safe_name("ä" * 100)
    assert name == "ä" * 40
    assert files.safe_name("a" * 79 + "q\u0323\u0307 more") == "a" * 79
