"""What leaves a note private: a folder widens nothing, a synthesis gives nothing on, two versions go nowhere."""

from pathlib import Path

import pytest

from tests.cli.test_sense import items as items
from tests.conftest import CommandLine, Editor


def published(home: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((home / "site").rglob("*")) if path.is_file())


def test_a_folder_never_widens_a_note(pkm: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "vault" / "diary.md"
    page.parent.mkdir()
    page.write_text("# Diary\n\nvery private\n")
    pkm("import", page.parent, "--as", "vault")
    page.write_text("---\nreach: network\n---\n# Diary\n\nvery private\n")
    told = pkm("import", page.parent, "--as", "vault", ok=4)
    assert "kept private. To widen it: pkm sense reach n1 network" in told.err
    assert pkm.json("sense", "show", "n1")["reach"] == "private"
    assert pkm.json("import", page.parent, "--as", "vault")["unchanged"] == 1


def test_a_synthesis_gives_no_private_note_on(pkm: CommandLine, home: Path) -> None:
    pkm("sense", "note", "Acquisition of Northwind. We will offer forty million zebra coins to the whole board #m")
    pkm("sense", "annotate", "n1", "-q", "offer forty million zebra coins to the whole board", "-m", "only quagga knows")
    pkm("sense", "note", "--from", "tag:m", "-t", "What mergers need")
    pkm("sense", "reach", "n2", "network")
    told = pkm("share", "--yes", ok=3)
    assert "words of it would go out with n2" in told.err
    assert not (home / "site").exists() or "zebra" not in published(home)
    text = pkm.json("sense", "show", "n2")["text"]
    pkm("sense", "edit", "n2", "--text", text.replace("offer forty million zebra coins to the whole board", "offer much"))
    pkm("share", "send", "x1", "--yes")
    assert "offer much" in published(home)
    assert not [word for word in ("zebra", "quagga", "Northwind") if word in published(home)]


def test_what_others_titled_makes_no_tags_people_or_links(pkm: CommandLine) -> None:
    from pkm.sense.synthesis import Passage, compose

    pkm("contact", "add", "Maria", "--nick", "maria")
    made = compose("Own", [Passage("i1", "x #vip @maria [[Secret plan]] %%y%%", (), "An #author")])
    pkm("sense", "note", "-", stdin=made.text)
    note = pkm.json("sense", "show", "n1")
    assert (note["tags"], note["links"]) == ([], [])


def test_two_versions_go_nowhere_until_somebody_chose(pkm: CommandLine, home: Path) -> None:
    both = "A claim\n\n<<<<<<< in pkm\none\n=======\nother\n>>>>>>> in a.md"
    pkm("sense", "note", "-", "--reach", "network", stdin=both)
    assert "two versions of it stand there" in pkm("share", "--yes", ok=3).err
    pkm("sense", "edit", "n1", "--text", "A claim\n\nother")
    pkm("share", "--yes")
    assert "other" in published(home)


def test_a_map_takes_no_other_files_place(pkm: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "note.html"
    page.write_text("<!doctype html><title>mine</title>")
    assert "it is no map" in pkm("map", "--out", page, ok=1).err
    assert "mine" in page.read_text()
    drawn = tmp_path / "map.html"
    pkm("map", "--out", drawn)
    pkm("map", "--out", drawn)


@pytest.mark.parametrize("query", ["kind:note links:0 has:quote", "is:due", "kind:share"])
def test_a_field_is_not_called_none(pkm: CommandLine, query: str) -> None:
    assert "is no field" not in pkm("find", query).err


def test_the_last_draft_is_one_of_a_note(pkm: CommandLine, home: Path) -> None:
    pkm("sense", "note", "A thought")
    pkm("sense", "try", "n1", "--where", "x", "--outcome", "bogus", "it went badly", ok=2)
    assert list((home / "drafts").glob("trial-n1-*.md"))
    assert "there is none" in pkm("sense", "note", "--draft", "last", ok=1).err


def test_a_failing_editors_words_are_taken_up_by_the_next_command(pkm: CommandLine, editor: Editor) -> None:
    editor('echo "half a thought" > "$1"; exit 3')
    pkm("sense", "note", "before")
    assert "Next: pkm sense edit n1 --draft last" in pkm("sense", "edit", "n1", ok=1).err
    pkm("sense", "edit", "n1", "--draft", "last")
    assert pkm.json("sense", "show", "n1")["text"] == "half a thought"


def test_an_export_makes_nothing_outside_of_its_folder(pkm: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "vault" / "sub" / "deep" / "one.md"
    page.parent.mkdir(parents=True)
    page.write_text("One\n")
    pkm("import", tmp_path / "vault", "--as", "vault")
    outside = tmp_path / "outside"
    outside.mkdir()
    page.unlink()
    page.parent.rmdir()
    page.parent.parent.rmdir()
    page.parent.parent.symlink_to(outside)
    pkm("export", "--notes", tmp_path / "vault", ok=4)
    assert list(outside.iterdir()) == []


def test_a_pipe_in_a_folder_of_readwise_does_not_hang(pkm: CommandLine, tmp_path: Path) -> None:
    import os

    folder = tmp_path / "rw"
    folder.mkdir()
    os.mkfifo(folder / "zz.md")
    assert pkm("import", folder, "--as", "readwise", ok=None).code in (0, 1, 4)


def test_an_odd_time_costs_one_entry_of_a_journal(pkm: CommandLine, tmp_path: Path) -> None:
    journal = tmp_path / "j.txt"
    journal.write_text("[0001-01-01 00:00] x\n\n[2020-02-03 09:00] kept\n")
    counts = pkm.json("import", journal, "--as", "jrnl", ok=4)
    assert (counts["new"], counts["failed"]) == (1, 1)


def test_what_was_begun_is_told_and_slips_are_named(pkm: CommandLine, home: Path, items: Path) -> None:
    assert "from i1" in pkm("sense", "note", "i1", "walked with Ben").out
    assert "There is no i99 here: it stands in the note as a word. Take it back: pkm undo" in pkm(
        "sense", "note", "i99", "is no item").err  # fmt: skip
    assert pkm.json("sense", "show", "n2")["item"] is None
    pkm("sense", "note", "another")
    assert "Did you mean supports?" in pkm("sense", "link", "n1", "n3", "--as", "suports").err
    assert "nearly" not in pkm("sense", "link", "n1", "n3", "--as", "echoes").err
    assert "that you began" not in pkm().out
    (home / "drafts").mkdir(exist_ok=True)
    (home / "drafts" / "note-1.md").write_text("half")
    assert "drafts   1 text that you began" in pkm().out


def test_a_draft_that_makes_no_note_is_told_and_never_becomes_one(
    pkm: CommandLine, home: Path, items: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkm("contact", "add", "Sam Lee")
    pkm("sense", "note", "a note")
    pkm("sense", "annotate", "n1", "-m", "a comment")
    monkeypatch.setenv("EDITOR", "sed -i 1iBLA")
    pkm("contact", "edit", "c1", ok=2)  # what was typed is no form
    monkeypatch.setenv("EDITOR", "sh -c 'echo mine > \"$0\"; exit 1'")
    pkm("sense", "edit", "n1", ok=1)
    pkm("sense", "annotate", "a1", "-q", "not there", "-m", "another comment", ok=1)
    begun = sorted(path.name.rpartition("-2026")[0] for path in (home / "drafts").iterdir())
    assert begun == ["contact-c1", "edit-n1", "quote-a1"]
    assert "drafts   3 texts that you began: pkm doctor" in pkm().out
    assert "3 texts that you began" in pkm("doctor").out
    assert "there is none in" in pkm("sense", "note", "--draft", "last", ok=1).err
    assert pkm.json("sense", "edit", "n1", "--draft", "last")["text"] == "mine"
