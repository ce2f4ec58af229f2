"""A folder that holds several things is told with the command for each, and none of them is taken silently."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEMAIL:ann@example.org\nEND:VCARD\n"
LIST = '<opml version="2.0"><body><outline type="rss" xmlUrl="http://127.0.0.1:9/feed"/></body></opml>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two vaults, people, and feeds, side by side."""
    place = tmp_path / "my things"
    for vault in ("home", "work"):
        (place / vault / ".obsidian").mkdir(parents=True)
        (place / vault / "one.md").write_text(f"One of {vault}\n")
    (place / "people.vcf").write_text(CARD)
    (place / "feeds.opml").write_text(LIST)
    (place / "notes of the house.txt").write_text("nothing that pkm takes\n")
    return place


def test_all_that_is_there_is_told_with_its_command(pkm: CommandLine, folder: Path) -> None:
    for command in ("import", "seek import"):
        told = pkm(*command.split(), folder, ok=2).err
        assert f"{folder} holds several things; none was taken.\n" in told
        for step in (f"contact import '{folder}'  1 file of vCards", f"seek import '{folder}/feeds.opml'  a list of feeds",
                     f"import '{folder}/home'  a folder of notes", f"import '{folder}/work'  a folder of notes"):  # fmt: skip
            assert f"  pkm {step}" in told
        assert f"all Markdown there as one folder of notes: pkm import '{folder}' --as vault" in told
    assert (pkm.json("find", "kind:note"), pkm.json("contact", "list"), pkm.json("seek", "list")) == ([], [], [])


def test_each_command_takes_what_it_was_told_to(pkm: CommandLine, folder: Path) -> None:
    told = pkm("contact", "import", folder)
    assert "1 new" in told.out
    assert f"Also there: a list of feeds, feeds.opml. To take it: pkm seek import '{folder}/feeds.opml'" in told.err
    pkm("import", folder / "home")
    assert len(pkm.json("find", "kind:note")) == 1
    pkm("import", folder, "--as", "vault")
    assert "2 notes: 0 new, 0 updated, 2 unchanged" in pkm("import", folder).out  # it was taken as one before


def test_a_vault_is_one_thing_whatever_lies_in_it(pkm: CommandLine, folder: Path) -> None:
    for name in ("people.vcf", "feeds.opml"):
        (folder / name).replace(folder / "home" / name)
    assert "1 note: 1 new" in pkm("import", folder / "home").out
    plain = folder / "plain"
    (plain / "files").mkdir(parents=True)
    (plain / "one.md").write_text("One\n")
    (plain / "files" / "people.vcf").write_text(CARD)
    assert "1 note: 1 new" in pkm("import", plain).out


@pytest.mark.parametrize(("command", "why"), [
    ("import", "it is neither a folder of Markdown"), ("seek import", "it is a folder; a list is one file"),
    ("contact import", "there is no .vcf file in it"),
])  # fmt: skip
def test_a_folder_of_something_else_says_what_takes_it(pkm: CommandLine, tmp_path: Path, command: str, why: str) -> None:
    place = tmp_path / "feeds"
    place.mkdir()
    assert "nothing that pkm can take was found in it" in pkm(*command.split(), place, ok=1).err
    (place / "a.opml").write_text(LIST)
    told = pkm(*command.split(), place, ok=1).err
    assert f"{why}" in told
    assert f"in it: a list of feeds, a.opml.\nKept: Nothing was changed.\nNext: pkm seek import {place}/a.opml\n" in told


class TestSeveralPaths:
    """`pkm import` of several is each of them as if alone."""

    def test_each_comes_in_by_itself_and_is_taken_back_by_itself(self, pkm: CommandLine, folder: Path) -> None:
        done = pkm("import", folder / "people.vcf", folder / "feeds.opml", folder / "home")
        assert [line for line in done.out.splitlines() if line.startswith("/")] == [
            str(folder / name) for name in ("people.vcf", "feeds.opml", "home")
        ]
        assert [len(pkm.json(*words)) for words in (("contact", "list"), ("seek", "list"), ("find", "kind:note"))] == [1, 1, 1]
        steps = [line.partition("Take it back: ")[2] for line in done.err.splitlines() if "Take it back: " in line]
        assert len(set(steps)) == 3
        pkm(*steps[1].split()[1:])
        assert [len(pkm.json(*words)) for words in (("contact", "list"), ("seek", "list"), ("find", "kind:note"))] == [1, 0, 1]

    def test_one_that_fails_stops_no_other_and_the_exit_code_says_so(self, pkm: CommandLine, folder: Path) -> None:
        (folder / "more.vcf").write_text(CARD.replace("Ann", "Ben").replace("ann@", "ben@"))
        done = pkm("import", folder / "people.vcf", folder / "none.vcf", folder / "more.vcf", ok=4)
        assert f"Found nothing for {folder / 'none.vcf'}" in done.err
        assert [row["name"] for row in pkm.json("contact", "list")] == ["Ann", "Ben"]
        alone = pkm("import", folder / "none.vcf", ok=None).code
        assert pkm("import", folder / "none.vcf", folder / "nor this", ok=None).code == alone != 0
        assert pkm("import", folder / "people.vcf", folder / "more.vcf", "--dry-run").code == 0
        assert pkm("import", folder, folder / "none.vcf", ok=1).code == 1

    def test_one_that_may_not_be_looked_at_stops_no_other(
        self, pkm: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        away = folder / ("x" * 300)  # no system has such a name
        told = pkm.json("import", folder / "people.vcf", away, folder / "home", ok=4)
        assert [(run["new"], run["failed"]) for run in told["runs"]] == [(1, 0), (0, 1), (1, 0)]
        assert f"Could not read {folder}/xxx" in pkm("import", away, ok=1).err
        monkeypatch.setattr("os.access", lambda path, *_: not str(path).endswith("people.vcf"))
        assert pkm.json("import", folder / "people.vcf", folder / "home")["unchanged"] == 2

    def test_as_json_it_is_one_run(self, pkm: CommandLine, folder: Path) -> None:
        told = pkm.json("import", folder / "people.vcf", folder / "none.vcf", folder / "home", ok=4)
        assert {name: told[name] for name in ("new", "updated", "unchanged", "failed")} == {
            "new": 2, "updated": 0, "unchanged": 0, "failed": 1,
        }  # fmt: skip
        assert [failure["what"] for failure in told["failures"]] == [str(folder / "none.vcf")]
        assert [(Path(run["path"]).name, run["new"]) for run in told["runs"]] == [("people.vcf", 1), ("none.vcf", 0), ("home", 1)]

    def test_what_they_could_not_use_is_told_of_each(self, pkm: CommandLine, folder: Path) -> None:
        files = [folder / name for name in ("one.vcf", "two.vcf", "three.vcf")]
        for file in files:
            file.write_text(CARD + f"BEGIN:VCARD\nVERSION:3.0\nNOTE:of {file.stem}\nEND:VCARD\n")
        pkm("import", *files, ok=4)
        assert {row["id"] for row in pkm.json("import", "--failed", *files[:2])} == {*map(str, files[:2])}
