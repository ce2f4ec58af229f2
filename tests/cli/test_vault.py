"""Folders of Markdown: in, out, and in step with another editor."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pkm.config import Home
from pkm.sense.notes import edit_note
from pkm.store.session import Store
from tests.conftest import CommandLine
from tests.vault import write_vault

CALLED = {
    "wikilinks": "links", "dangling": "unresolved", "dangling_names": "unresolved_names", "md_dangling": "md_unresolved",
}  # fmt: skip
"""What INDEX.tsv calls otherwise than the summary."""


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def touch(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def note(pkm: CommandLine, words: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = pkm.json("find", f"kind:note {words}")
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("name", ["foam-docs", "kepano", "odd"])
def test_a_shared_vault_is_counted_as_its_index_says_and_goes_out_as_it_came(
    pkm: CommandLine, shared: Path, tmp_path: Path, name: str
) -> None:
    with (shared / "vaults/INDEX.tsv").open(encoding="utf-8") as file:
        expected = next(row for row in csv.DictReader(file, delimiter="\t") if row["vault"] == name)
    told = {column: int(value) for column, value in expected.items() if column not in ("vault", "source", "licence")}
    vault = shared / "vaults" / name
    would = pkm.json("import", vault, "--as", "vault", "--dry-run", ok=(0, 4))
    first = pkm.json("import", vault, "--as", "vault", ok=(0, 4))
    assert {column: first[CALLED.get(column, column)] for column in told} == told
    assert first["new"] == told["notes"]
    assert {**would, "dry_run": False} == first
    again = pkm.json("import", vault)
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, told["notes"])
    assert again["links"] == first["links"]
    pkm("export", "--notes", tmp_path / "out")
    out = files(tmp_path / "out")
    notes = {path.relative_to(vault).as_posix(): path.read_bytes() for path in vault.rglob("*.md")}
    assert {path: data for path, data in out.items() if path.endswith(".md")} == {
        path: data for path, data in notes.items() if not path.startswith(".")
    }


def test_links_lead_where_they_say(pkm: CommandLine, shared: Path) -> None:
    pkm("import", shared / "vaults/odd", ok=4)
    index = pkm.json("sense", "show", note(pkm, '"start here"')["id"])
    to = {link["written"]: link["to_title"] for link in index["links"] if link["to"]}
    assert to["Idea one"] == to["First idea"] == "Idea one"
    assert to["folder/Same name"] == to["folder/Same name.md"] == "Same name (folder)"
    assert to["other/Same name"] == "Same name (other)"
    assert [link["written"] for link in index["links"] if link["to"] is None] == ["Nowhere yet"]
    assert index["path"] == "Index.md"
    private = note(pkm, "survive")
    assert private["text"].startswith('---\ntitle: "not closed\n')
    assert {row["reach"] for row in pkm.json("find", "kind:note", "-n", "50")} == {"private"}


def test_front_matter_says_what_a_note_is_and_what_it_is_linked_to(pkm: CommandLine, tmp_path: Path) -> None:
    vault = make(
        tmp_path / "v", Other="words",
        One="---\ntitle: A claim\nreach: team\nstage: idea\ncreated: 2024-02-29\ntags: [a/b, c]\n"
            "supports: '[[Other]]'\nzip: 012\n---\ntext #d\n",
    )  # fmt: skip
    assert "1 new note may go further than you alone, as the files say: A claim (team)" in pkm("import", vault).err
    one = pkm.json("sense", "show", note(pkm, "claim")["id"])
    assert (one["title"], one["reach"], one["stage"], one["created_at"]) == ("A claim", "team", "idea", "2024-02-29T00:00:00Z")
    assert one["tags"] == ["a/b", "c", "d"]
    assert [(link["type"], link["to_title"]) for link in one["links"]] == [("supports", "Other")]
    pkm("sense", "reach", one["id"], "private")
    pkm("sense", "tag", one["id"], "+e", "-c")
    pkm("export", "--notes", vault)
    assert (vault / "One.md").read_text(encoding="utf-8") == (
        "---\ntitle: A claim\nstage: idea\ncreated: 2024-02-29\ntags: [a/b, e]\n"
        "supports: '[[Other]]'\nzip: 012\n---\ntext #d\n"
    )


BAD = {
    "binary.md": (b"\x89PNG\r\n\x1a\n\x00\x01\x02", "it is a picture (PNG)"),
    "nul.md": (b"text \x00 text", "NUL"),
    "latin.md": ("Grüße".encode("latin-1"), "Windows-1252"),
    "open.md": (b"---\ntitle: x\n\ntext", "no end"),
    "broken.md": (b'---\ntitle: "x\n---\ntext', "cannot be read"),
    "bomb.md": (b"---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\ntext", "anchors or aliases"),
    "reach.md": (b"---\nreach: everybody\n---\ntext", "private"),
    "line\nbreak.md": (b"text", "line break"),
}


def test_bad_files_are_named_and_the_rest_comes_in(pkm: CommandLine, tmp_path: Path) -> None:
    vault = make(tmp_path / "v", good="good words")
    for name, (data, _) in BAD.items():
        (vault / name).write_bytes(data)
    (tmp_path / "outside.md").write_text("outside")
    (vault / "out.md").symlink_to(tmp_path / "outside.md")
    (vault / "loop").symlink_to(vault)
    (vault / "circle.md").symlink_to(vault / "circle.md")
    os.mkfifo(vault / "pipe.md")
    (vault / ".trash").mkdir()
    (vault / ".trash/gone.md").write_text("gone")
    told = pkm.json("import", vault, ok=4)
    why = {failure["what"]: failure["why"] for failure in told["failures"]}
    for name, (_, part) in BAD.items():
        assert part in why[name.replace("\n", " ")]
    assert "out of the folder" in why["out.md"]
    assert "not followed" in why["loop"]
    assert {"circle.md", "pipe.md"} <= why.keys()
    assert (told["new"], told["lost"]) == (7, 5)
    assert "Grüße" in note(pkm, "grüße")["text"]
    assert pkm.json("find", "outside OR gone") == []
    pkm("export", "--notes", tmp_path / "out")
    assert (tmp_path / "out/broken.md").read_bytes() == BAD["broken.md"][0]


def test_a_page_of_the_first_day_there_is_comes_in_without_a_day(pkm: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "daily").mkdir()
    for day in ("0001-01-01", "2026-11-20"):
        (tmp_path / "daily" / f"{day}.md").write_text(f"Of {day}\n")
    pkm("import", tmp_path / "daily", "--as", "vault", "--yes")
    assert [pkm.json("sense", "show", note)["at"] for note in ("n1", "n2")] == [None, "2026-11-20T00:00:00Z"]


def test_a_file_that_may_not_be_read_is_named(pkm: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = make(tmp_path / "v", good="good", closed="closed")
    whole = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name == "closed.md":
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    told = pkm.json("import", vault, ok=4)
    assert told["failures"] == [{"what": "closed.md", "why": "it cannot be read: Permission denied"}]
    assert told["new"] == 1


def test_a_note_of_2_mb(pkm: CommandLine, tmp_path: Path) -> None:
    vault = make(tmp_path / "v", big=f"{'Words of a paragraph. ' * 20}`code` and [[big]].\n\n" * 4_000, ticks="`a " * 100_000)
    assert pkm.json("import", vault)["new"] == 2
    pkm("export", "--notes", tmp_path / "out")
    assert files(tmp_path / "out") == files(vault)


def test_attachments_come_in_by_their_bytes_and_go_out_again(
    pkm: CommandLine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = make(tmp_path / "v", One="![[pic.png]] [paper](docs/a%20b.pdf) ![](../secret.png) ![[none.png]]")
    (vault / "docs").mkdir()
    (vault / "docs/a b.pdf").write_bytes(b"%PDF-1")
    (vault / "docs/pic.png").write_bytes(b"\x89PNG")
    (vault / "docs/unused.bin").write_bytes(b"x")
    (tmp_path / "secret.png").write_bytes(b"secret")
    told = pkm.json("import", vault)
    assert (told["attachments"], told["other_files"]) == (2, 1)
    kept = list((home / "attachments").iterdir())
    assert sorted(path.read_bytes() for path in kept) == [b"%PDF-1", b"\x89PNG"]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert pkm.json("doctor") == []
    pkm("export", "--notes", tmp_path / "out")
    assert files(tmp_path / "out") == {name: data for name, data in files(vault).items() if "unused" not in name}
    pkm("export", tmp_path / "all")
    pkm("backup", tmp_path / "copy.db")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "second"))
    pkm("import", tmp_path / "all")
    assert pkm.json("doctor") == []
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "third"))
    pkm("backup", "--restore", tmp_path / "copy.db", "--yes")
    assert pkm.json("doctor") == []
    next((tmp_path / "third/attachments").iterdir()).unlink()
    assert "not in the home" in pkm("doctor", ok=1).out


def test_pictures_of_one_name_in_two_folders_do_not_take_each_others_place(pkm: CommandLine, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (make(tmp_path / name, **{name: f"![[img.png]] of {name}"}) / "img.png").write_bytes(f"\x89PNG {name}".encode())
    pkm("import", tmp_path / "a")
    told = pkm.json("import", tmp_path / "b", ok=4)
    assert (told["new"], told["lost"], [one["what"] for one in told["failures"]]) == (1, 0, ["img.png"])
    assert f"another file of that name is in {tmp_path / 'a'}" in told["failures"][0]["why"]
    assert pkm.json("import", tmp_path / "a")["failures"] == []
    pkm("export", "--notes", tmp_path / "out")
    assert files(tmp_path / "out")["img.png"] == "\x89PNG a".encode()
    (tmp_path / "a/img.png").write_bytes(b"a new one")
    pkm("import", tmp_path / "a")
    assert pkm.json("import", tmp_path / "b", ok=4)["failed"] == 1


class TestInStep:
    @pytest.fixture
    def vault(self, pkm: CommandLine, tmp_path: Path) -> Path:
        vault = make(tmp_path / "v", One="# One\n\nfirst  \nsecond\nthird\nfourth\n", Two="two words. See [[One]].")
        pkm("import", vault)
        return vault

    def edit(self, pkm: CommandLine, words: str, text: str) -> str:
        number = str(note(pkm, words)["id"])
        store = Store(Home.find())
        edit_note(store, int(number[1:]), text=text)
        store.close()
        return number

    def test_what_changed_there_comes_in_and_what_changed_here_goes_out(self, pkm: CommandLine, vault: Path) -> None:
        touch(vault / "Two.md", "two words and more. See [[One]].")
        self.edit(pkm, "first", "# One\n\nfirst\nSECOND\nthird\nfourth")
        told = pkm.json("import", vault)
        assert (told["updated"], told["unchanged"], told["merged"]) == (1, 1, 0)
        told = pkm.json("export", "--notes", vault)
        assert (told["new"], told["updated"], told["unchanged"]) == (0, 1, 1)
        assert (vault / "One.md").read_text() == "# One\n\nfirst  \nSECOND\nthird\nfourth\n"
        told = pkm.json("import", vault)
        assert (told["updated"], told["unchanged"]) == (0, 2)

    def test_both_changed_in_different_lines(self, pkm: CommandLine, vault: Path) -> None:
        self.edit(pkm, "first", "# One\n\nFIRST\nsecond\nthird\nfourth")
        touch(vault / "One.md", "# One\n\nfirst  \nsecond\nthird\nFOURTH\n")
        assert pkm("export", "--notes", vault, ok=4).err.count("changed here (n1) and in the folder") == 1
        assert pkm.json("import", vault)["merged"] == 1
        assert note(pkm, "second")["text"] == "# One\n\nFIRST\nsecond\nthird\nFOURTH"
        pkm("export", "--notes", vault)
        assert (vault / "One.md").read_text() == "# One\n\nFIRST\nsecond\nthird\nFOURTH\n"

    def test_a_conflict_keeps_both_texts_and_says_so(self, pkm: CommandLine, vault: Path) -> None:
        self.edit(pkm, "first", "# One\n\nfirst\nMINE\nthird\nfourth")
        touch(vault / "One.md", "# One\n\nfirst\nTHEIRS\nthird\nfourth\n")
        told = pkm.json("import", vault, ok=4)
        assert [row["id"] for row in told["conflicts"]] == ["n1"]
        both = "# One\n\nfirst\n<<<<<<< in pkm\nMINE\n=======\nTHEIRS\n>>>>>>> in One.md\nthird\nfourth"
        assert note(pkm, "third")["text"] == both
        assert [row["id"] for row in pkm.json("sense", "garden", "unmerged")] == ["n1"]
        assert pkm.json("import", vault)["unchanged"] == 2
        touch(vault / "One.md", "# One\n\nfirst\nTHEIRS AGAIN\nthird\nfourth\n")
        pkm("import", vault, ok=4)
        assert note(pkm, "third")["text"] == both.replace("THEIRS", "THEIRS AGAIN")
        assert pkm.json("export", "--notes", vault)["unmerged"] == ["One.md"]
        self.edit(pkm, "third", "# One\n\nfirst\nMINE AND THEIRS\nthird\nfourth")
        assert pkm.json("sense", "garden", "unmerged") == []
        pkm("export", "--notes", vault)
        assert (vault / "One.md").read_text() == "# One\n\nfirst\nMINE AND THEIRS\nthird\nfourth\n"
        assert pkm.json("import", vault)["unchanged"] == 2

    def test_a_side_of_a_conflict_that_nobody_chose_from_is_never_dropped(self, pkm: CommandLine, vault: Path) -> None:
        self.edit(pkm, "first", "# One\n\nfirst\nMINE\nthird\nfourth")
        touch(vault / "One.md", "# One\n\nfirst\nTHEIRS\nthird\nfourth\n")
        pkm("import", vault, ok=4)
        both = note(pkm, "third")["text"]
        touch(vault / "One.md", "# One\n\nfirst\nTHEIRS\nthird\n4th\n")
        told = pkm.json("import", vault, ok=4)
        assert [row["id"] for row in told["conflicts"]] == ["n1"]
        both = both.replace("fourth", "4th")
        assert note(pkm, "third")["text"] == both
        self.edit(pkm, "third", both.replace("THEIRS", "THEIRS, and a word of mine"))
        touch(vault / "One.md", "# One\n\nfirst\nTHEIRS\nthird\nFOURTH\n")
        told = pkm("import", vault)  # what was written into their side stands nowhere else
        assert "Two versions stand in n1, marked" in told.err
        both = both.replace("THEIRS", "THEIRS, and a word of mine").replace("4th", "FOURTH")
        assert note(pkm, "third")["text"] == both
        pkm("export", "--notes", vault)
        self.edit(pkm, "third", both.replace("# One", "# Uno"))
        touch(vault / "One.md", both.replace("FOURTH", "fifth"))
        pkm("import", vault)  # the file has the marks as well: theirs stands nowhere else
        assert note(pkm, "third")["text"] == both.replace("# One", "# Uno").replace("FOURTH", "fifth")

    @pytest.mark.parametrize("quoted", ["in the file", "here"])
    def test_marks_that_a_person_quotes_are_words_like_others(self, pkm: CommandLine, vault: Path, quoted: str) -> None:
        shown = "first\n<<<<<<< HEAD\ntheir words\n=======\nother words\n>>>>>>> branch"
        if quoted == "in the file":
            touch(vault / "One.md", f"# One\n\n{shown}\nsecond\nthird\nfourth\n")
            pkm("import", vault)
        self.edit(pkm, "first", f"# Uno\n\n{shown}\nsecond\nthird\nfourth")
        there = vault / "One.md"
        touch(there, there.read_text().replace("fourth", "FOURTH"))
        pkm("import", vault)
        assert note(pkm, "third")["text"].replace("first  ", "first") == f"# Uno\n\n{shown}\nsecond\nthird\nFOURTH"

    def test_an_export_leaves_a_file_that_is_ahead(self, pkm: CommandLine, vault: Path) -> None:
        touch(vault / "Two.md", "two, in the folder")
        told = pkm.json("export", "--notes", vault)
        assert (told["ahead"], told["updated"]) == (["Two.md"], 0)
        assert (vault / "Two.md").read_text() == "two, in the folder"

    def test_a_file_that_is_deleted_is_told_and_its_note_put_away_when_asked(self, pkm: CommandLine, vault: Path) -> None:
        (vault / "Two.md").unlink()
        told = pkm.json("import", vault)
        assert [row["path"] for row in told["gone"]] == ["Two.md"]
        assert note(pkm, "two")["dropped_at"] is None
        assert "Would be put away: n2 Two" in pkm("import", vault, "--drop-gone", "--dry-run").err
        assert note(pkm, "two")["dropped_at"] is None
        told = pkm.json("import", vault, "--drop-gone")
        assert ([row["id"] for row in told["put_away"]], told["gone"]) == (["n2"], [])
        assert pkm.json("find", "kind:note two") == []
        assert pkm.json("import", vault)["gone"] == []

    def test_a_file_that_is_renamed_keeps_its_note_and_its_links(self, pkm: CommandLine, vault: Path) -> None:
        (vault / "sub").mkdir()
        (vault / "One.md").rename(vault / "sub/Uno.md")
        told = pkm.json("import", vault)
        assert (told["new"], told["renamed"], told["gone"]) == (0, 1, [])
        one = pkm.json("sense", "show", "n1")
        assert one["path"] == "sub/Uno.md"
        assert [link["from"] for link in one["backlinks"]] == ["n2"]
        (vault / "Two.md").rename(vault / "sub/Two.md")
        touch(vault / "sub/Two.md", "two words, changed. See [[One]].")
        assert pkm.json("import", vault)["renamed"] == 1

    def test_a_note_that_is_put_away_takes_its_file_along_unless_that_was_changed(self, pkm: CommandLine, vault: Path) -> None:
        pkm("sense", "drop", "n1", "n2")
        touch(vault / "Two.md", "two, in the folder")
        told = pkm.json("export", "--notes", vault, ok=4)
        assert told["removed"] == 1
        assert sorted(files(vault)) == ["Two.md"]
        assert "put away here" in told["failures"][0]["why"]
        assert "it is back" in pkm.json("import", vault, ok=4)["failures"][0]["why"]
        assert note(pkm, "folder")["id"] == "n2"

    def test_another_text_under_the_name_of_a_note_that_was_put_away_is_another_note(
        self, pkm: CommandLine, vault: Path
    ) -> None:
        pkm("sense", "drop", "n1", "n2")
        pkm("export", "--notes", vault)
        touch(vault / "One.md", "Bought bread, called the landlord about the heating\n")
        touch(vault / "Two.md", "two words once. See [[One]].")
        told = pkm.json("import", vault, ok=4)
        assert (told["new"], told["updated"]) == (1, 1)
        assert "it is back" in told["failures"][0]["why"]
        one = pkm.json("sense", "show", "n1")
        assert (one["text"], one["dropped_at"] is None) == ("# One\n\nfirst  \nsecond\nthird\nfourth", False)
        assert note(pkm, "bread")["id"] == "n3"
        assert note(pkm, "once")["id"] == "n2"

    def test_a_note_that_was_put_away_comes_back_when_it_is_kept(self, pkm: CommandLine, vault: Path) -> None:
        before = files(vault)
        pkm("sense", "drop", "n1", "n2")
        pkm("export", "--notes", vault)
        assert pkm("sense", "keep", "n2").out == "n2  Two  kept\n"
        assert "n2  Two  kept already" in pkm("sense", "keep", "n1,n2").out
        assert pkm("sense", "keep", "n1", "--tag", "x", ok=2).err
        assert pkm.json("export", "--notes", vault)["new"] == 2
        assert files(vault) == before

    def test_files_that_were_not_there_for_a_while_bring_their_notes_back(self, pkm: CommandLine, vault: Path) -> None:
        away = vault.with_name("away")
        (vault / "One.md").rename(away)
        assert len(pkm.json("import", vault, "--drop-gone")["put_away"]) == 1
        away.rename(vault / "One.md")
        before = files(vault)
        told = pkm.json("import", vault, ok=4)
        assert [failure["why"] for failure in told["failures"]] == ["it was put away here and is there again: it is back"]
        assert note(pkm, "first")["id"] == "n1"
        assert pkm.json("export", "--notes", vault)["removed"] == 0
        assert files(vault) == before

    def test_a_name_in_two_forms_of_unicode_loses_neither_file(self, pkm: CommandLine, vault: Path) -> None:
        touch(vault / "Caf\u00e9.md", "of here")
        pkm("import", vault)
        self.edit(pkm, "here", "of here, and more")
        touch(vault / "Cafe\u0301.md", "of a Mac")
        told = pkm.json("export", "--notes", vault, ok=4)
        assert told["updated"] == 0
        assert "another form of Unicode" in told["failures"][0]["why"]
        assert {data for name, data in files(vault).items() if name[0] == "C"} == {b"of here", b"of a Mac"}

    def test_a_folder_that_was_moved_is_the_same(self, pkm: CommandLine, vault: Path) -> None:
        moved = vault.rename(vault.with_name("elsewhere"))
        told = pkm.json("import", moved)
        assert (told["new"], told["unchanged"]) == (0, 2)

    def test_an_undo_takes_an_import_back(self, pkm: CommandLine, vault: Path) -> None:
        before = files(vault)
        pkm("undo")
        assert pkm.json("find", "kind:note") == []
        assert pkm.json("import", vault)["new"] == 2
        touch(vault / "One.md", "# Changed\n")
        pkm("import", vault)
        pkm("undo")
        assert note(pkm, "second")["title"] == "One"
        assert files(vault) == {**before, "One.md": b"# Changed\n"}

    def test_reach_of_a_file_that_both_changed_is_the_narrower(self, pkm: CommandLine, vault: Path) -> None:
        pkm("sense", "reach", "n2", "team")
        touch(vault / "Two.md", "---\nreach: network\n---\ntwo words. See [[One]].")
        told = pkm.json("import", vault, ok=4)
        assert "it is “team”" in told["failures"][0]["why"]
        assert note(pkm, "two")["reach"] == "team"


def test_a_renamed_note_answers_to_its_old_title(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("sense", "note", "Old title\n\nwords")
    pkm("sense", "edit", "n1", "--title", "New title")
    pkm("sense", "note", "See [[Old title]]")
    assert pkm.json("sense", "show", "n2")["links"][0]["to"] == "n1"
    pkm("export", "--notes", tmp_path / "out")
    assert "aliases: [Old title]\n" in (tmp_path / "out/New title.md").read_text()


def test_a_link_that_the_store_keeps_is_counted_as_one_that_leads_somewhere(pkm: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    folder.mkdir()
    for name, text in (("One", "first words of one"), ("Two", "See [[One]] and [[Nothing]].")):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    first = pkm.json("import", folder)
    (folder / "One.md").rename(folder / "Uno.md")
    again = pkm.json("import", folder)
    assert [(one["resolved"], one["unresolved"]) for one in (first, again)] == [(1, 1), (1, 1)]
    assert [link["to"] for link in pkm.json("sense", "show", "Two")["links"]] == ["n1", None]
    pkm("sense", "drop", "n1")
    assert pkm.json("import", folder, "--dry-run")["unresolved"] == 2


def test_new_notes_get_names_that_every_system_takes(
    pkm: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("A/b: c?", "a-b- c", "CON", ".hidden", "x" * 290, "Same", "same", "---"):
        pkm("sense", "note", "-", "--title", title, stdin="---\nnot: front\n---\nwords")
    pkm("export", "--notes", tmp_path / "out")
    names = sorted(files(tmp_path / "out"))
    assert len({name.casefold() for name in names}) == 8
    assert not any(set(name) & set('/\\:*?"<>|') or name.startswith(".") or len(name.encode()) > 90 for name in names)
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "second"))
    pkm("import", tmp_path / "out")
    titles = {row["title"] for row in pkm.json("find", "kind:note", "-n", "20")}
    assert titles >= {"A/b: c?", "CON", ".hidden", "Same", "same"}
    pkm("export", "--notes", tmp_path / "again")
    assert files(tmp_path / "out") == files(tmp_path / "again")


def test_an_export_writes_nothing_outside_of_its_folder(pkm: CommandLine, tmp_path: Path) -> None:
    vault = make(tmp_path / "v")
    (vault / "sub").mkdir()
    touch(vault / "sub/One.md", "one")
    pkm("import", vault)
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "sub").symlink_to(elsewhere)
    assert "symbolic link" in pkm("export", "--notes", out, ok=4).err
    assert list(elsewhere.iterdir()) == []
    pkm("export", tmp_path / "all")
    assert pkm("export", "--notes", tmp_path / "all", ok=3).err
    assert pkm("export", ok=2).err.count("name one folder") == 1


def test_a_vault_of_300_notes_twice(pkm: CommandLine, tmp_path: Path) -> None:
    write_vault(tmp_path / "v", 300)
    told = pkm.json("import", tmp_path / "v")
    assert (told["new"], told["aliases"], told["crlf"]) == (300, 100, 6)
    assert pkm.json("import", tmp_path / "v")["unchanged"] == 300
    assert pkm.json("export", "--notes", tmp_path / "v")["unchanged"] == 300
    pkm("export", "--notes", tmp_path / "out")
    assert files(tmp_path / "out") == files(tmp_path / "v")


def test_a_journal_of_jrnl_comes_in_once(pkm: CommandLine, tmp_path: Path) -> None:
    entry = {"title": "Met @maria.", "body": "About #paths and [[Maps]].", "date": "2024-02-29", "time": "10:30", "starred": True}
    entries = [entry, {**entry, "title": "The same minute.", "body": "", "starred": False}, {"title": "no date"}]
    path = tmp_path / "journal.json"

    def write() -> None:
        path.write_text(json.dumps({"tags": {"@maria": 1}, "entries": entries}), encoding="utf-8")

    write()
    told = pkm.json("import", path, ok=4)
    assert (told["new"], [failure["what"] for failure in told["failures"]]) == (2, ["journal.json, entry 3"])
    first = note(pkm, "maria")
    assert (first["title"], first["at"], first["created_at"]) == ("Met @maria", "2024-02-29T10:30:00Z", "2024-02-29T10:30:00Z")
    assert (first["text"], first["tags"], first["reach"]) == (
        "Met @maria.\nAbout #paths and [[Maps]].", ["maria", "paths", "starred"], "private"
    )  # fmt: skip
    assert first["path"] is None
    told = pkm.json("import", path, ok=4)
    assert (told["new"], told["updated"], told["unchanged"]) == (0, 0, 2)
    del entries[2]
    entries[1] = {**entries[1], "body": "More words."}
    write()
    assert pkm.json("import", path)["updated"] == 1
    assert note(pkm, "minute")["text"] == "The same minute.\nMore words."
    pkm("undo")
    assert note(pkm, "minute")["text"] == "The same minute."


def test_the_files_of_an_export_that_was_undone_are_the_notes_they_were(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("sense", "note", "Alpha is one\n\nWith words. #deep")
    pkm("sense", "note", "Beta points to [[Alpha is one]]")
    pkm("export", "--notes", tmp_path / "out")
    pkm("undo")
    touch(tmp_path / "out" / "Alpha is one, too.md", "Alpha is one\n\nWith other words.")
    told = pkm.json("import", tmp_path / "out")
    assert (told["new"], told["unchanged"]) == (1, 2)
    assert len(pkm.json("find", "kind:note")) == 3
    touch(tmp_path / "out" / "Alpha is one.md", "Alpha is one\n\nWith words, and more.")
    assert pkm.json("import", tmp_path / "out")["updated"] == 1
    assert pkm.json("sense", "show", "n1")["text"] == "Alpha is one\n\nWith words, and more."


def test_two_spellings_of_reach_mean_the_narrower_and_one_of_them_goes_out(pkm: CommandLine, tmp_path: Path) -> None:
    folder = make(tmp_path / "in", Two="---\nreach: network\nReach: team\n---\nText")
    told = pkm("import", folder, ok=4).out
    assert pkm.json("sense", "show", "n1")["reach"] == "team", told
    pkm("sense", "reach", "n1", "private")
    pkm("export", "--notes", folder)
    assert "each" not in (folder / "Two.md").read_text()


def test_a_file_that_was_renamed_and_changed_is_the_note_it_was(pkm: CommandLine, tmp_path: Path) -> None:
    words = "A long enough text about how desire paths come to be, and who walks them."
    folder = make(tmp_path / "in", Delta=words, Other="Something else altogether, about sourdough, flour, water and salt.")
    pkm("import", folder)
    number = note(pkm, "desire")["id"]
    pkm("sense", "reach", number, "team")
    (folder / "Delta.md").rename(folder / "Epsilon.md")
    touch(folder / "Epsilon.md", f"{words}\n\nAnd why.")
    told = pkm.json("import", folder)
    assert (told["new"], told["renamed"], told["gone"]) == (0, 1, [])
    shown = pkm.json("sense", "show", number)
    assert (shown["title"], shown["reach"]) == ("Epsilon", "team")
