"""What an import could not use is told where it is read, and again when it is asked for."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:{0}\nEMAIL:{0}@example.org\nEND:VCARD\n"
LIST = ('<opml version="2.0"><body><outline type="rss" xmlUrl="http://127.0.0.1:9/feed"/>'
        '<outline type="rss" xmlUrl="gopher://old.example/"/></body></opml>')  # fmt: skip


def cards(folder: Path, good: int, bad: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(good):
        (folder / f"good-{number}.vcf").write_text(CARD.format(f"ann{number}"))
    for number in range(bad):
        (folder / f"bad-{number}.vcf").write_text(f"no card {number}\n")
    return folder


def test_of_many_files_each_that_failed_is_listed_again_with_its_reason(pkm: CommandLine, tmp_path: Path) -> None:
    assert "took all that there was" in pkm("import", "--failed").err
    folder = cards(tmp_path / "cards", 3, 8)
    told = pkm("contact", "import", folder, ok=4)
    assert "3 new" in told.out
    assert "Each by itself, and again: pkm import --failed\n" in told.err
    listed = pkm("import", "--failed").out
    assert listed.startswith(f"2026-11-23  pkm contact import {folder}  3 read · 3 new · 0 updated · 8 lost\n")
    assert all(f"  bad-{number}.vcf: it is plain text, not a vCard file; not imported\n" in listed for number in range(8))
    (one,) = pkm.json("import", "--failed")
    assert (one["id"], one["failed"], one["failures"][0]["what"]) == (str(folder), 8, "bad-0.vcf")


def test_the_list_of_one_import_stays_beside_others_until_the_same_comes_in_again(pkm: CommandLine, tmp_path: Path) -> None:
    folder, feeds = cards(tmp_path / "cards", 1, 2), tmp_path / "feeds.opml"
    feeds.write_text(LIST)
    assert "To see this again: pkm import --failed\n" in pkm("contact", "import", folder, ok=4).err
    pkm("seek", "import", feeds, ok=4)
    pkm("seek", "import", feeds, "--dry-run", ok=4)
    assert [one["id"] for one in pkm.json("import", "--failed")] == [str(feeds), str(folder)]
    assert "gopher" in pkm("import", feeds, "--failed").out
    for path in folder.glob("bad-*"):
        path.unlink()
    pkm("import", folder)
    assert [one["id"] for one in pkm.json("import", "--failed")] == [str(feeds)]
    assert "Nothing of" in pkm("import", folder, "--failed").err


def test_a_forgotten_persons_words_are_not_kept_there(pkm: CommandLine, home: Path, tmp_path: Path) -> None:
    pkm("contact", "import", cards(tmp_path / "cards", 1, 1), ok=4)
    assert (home / "imports.json").stat().st_mode & 0o077 == 0
    pkm("forget", "c1", "--yes")
    assert pkm.json("import", "--failed") == []


@pytest.mark.parametrize("held", ["", "[1]", "{", "[" * 99_999])
def test_a_list_that_cannot_be_read_is_none(pkm: CommandLine, home: Path, held: str) -> None:
    pkm("sense", "note", "one")
    (home / "imports.json").write_text(held)
    assert pkm.json("import", "--failed") == []
