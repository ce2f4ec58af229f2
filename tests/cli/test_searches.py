"""Saved searches: :name stands for a query, wherever things are selected."""


import pytest

from tests.conftest import CommandLine, kept_home


@kept_home
def notes(pkm: CommandLine) -> None:
    pkm("sense", "note", "Trust in teams. #cop")
    pkm("sense", "note", "Weekly walks. #cop #practice")
    pkm("sense", "note", "Sourdough.")
    pkm("find", "--save", "cop", "tag:cop")


def ids(pkm: CommandLine, *words: str) -> list[str]:
    return sorted(row["id"] for row in pkm.json("find", *words))


@pytest.mark.usefixtures("notes")
class TestSavedSearches:
    def test_stands_for_its_query_anywhere_in_another(self, pkm: CommandLine) -> None:
        assert ids(pkm, ":cop") == ["n1", "n2"]
        assert ids(pkm, ":COP trust") == ["n1"]
        assert ids(pkm, "kind:note -:cop") == ["n3"]
        assert ids(pkm, ":cop OR sourdough") == ["n1", "n2", "n3"]
        pkm("find", "--save", "walks", ":cop (walks OR sourdough)")
        assert ids(pkm, ":walks") == ["n2"]
        assert pkm.json("find", ":walks")[0]["hits"]  # the words of a saved search are marked as well

    def test_selects_wherever_several_things_are_taken(self, pkm: CommandLine) -> None:
        rows = pkm.json("sense", "tag", ":cop", "+review")
        assert sorted(row["id"] for row in rows) == ["n1", "n2"]
        assert sorted(row["id"] for row in pkm.json("sense", "tag", "tag:cop -tag:practice", "n3", "+x")) == ["n1", "n3"]
        assert [row["id"] for row in pkm.json("sense", "drop", ":cop")] == ["n2", "n1"]
        assert "no note" in pkm("sense", "reach", ":cop", "team", ok=1).err

    def test_selects_one_where_it_finds_one(self, pkm: CommandLine) -> None:
        assert pkm.json("sense", "show", ":cop trust")["id"] == "n1"
        told = pkm("sense", "show", ":cop", ok=2).err
        assert "n1  Trust in teams" in told
        assert "n2  Weekly walks" in told

    def test_a_title_with_a_colon_is_a_title(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "is:kept", "--title", "is:kept")
        assert pkm.json("sense", "show", "is:kept")["id"] == "n4"

    def test_is_listed_replaced_and_forgotten(self, pkm: CommandLine) -> None:
        (row,) = pkm.json("find", "--saved")
        assert (row["id"], row["query"], row["said"]) == (":cop", "tag:cop", "everything tagged #cop")
        assert "It was: tag:cop" in pkm("find", "--save", ":Cop", "tag:cop -tag:practice").err
        assert ids(pkm, ":cop") == ["n1"]
        assert ":cop is tag:cop -tag:practice; it was tag:cop" in pkm("undo").out
        assert ids(pkm, ":cop") == ["n1", "n2"]
        pkm("find", "--save", "more", ":cop OR x")
        assert "still named by :more" in pkm("find", "--forget", "cop").err
        assert "no search was saved" in pkm("find", ":more", ok=1).err
        assert pkm("find", "--forget", "cop", ok=1).code == 1

    def test_never_names_itself(self, pkm: CommandLine) -> None:
        assert ":cop → :cop" in pkm("find", "--save", "cop", "trust OR :cop", ok=2).err
        pkm("find", "--save", "bb", ":cop walks")
        assert ":cop → :bb → :cop" in pkm("find", "--save", "cop", ":bb", ok=2).err
        assert ids(pkm, ":cop") == ["n1", "n2"]

    def test_never_grows_without_end(self, pkm: CommandLine) -> None:
        for n in range(4):
            pkm("find", "--save", f"x{n}", " OR ".join(f"w{n}{m}" for m in range(150)))
        assert "more than 500 terms" in pkm("find", ":x0 :x1 :x2 :x3", ok=2).err
        assert pkm.json("find", ":x0 :x1") == []

    @pytest.mark.parametrize(("words", "told"), [
        (("--save", "a b", "x"), "one word"),
        (("--save", "9", "x"), "one word"),
        (("--save", "cop2", ""), "nothing to save"),
        (("--save", "cop2", "tags:x"), "tag:"),
        (("--save", "a1", "--forget", "cop"), "one of the two"),
        (("--saved", "word"), "no query"),
    ])  # fmt: skip
    def test_what_cannot_be_saved(self, pkm: CommandLine, words: tuple[str, ...], told: str) -> None:
        assert told in pkm("find", *words, ok=2).err

    def test_a_misspelled_name_gets_the_right_one(self, pkm: CommandLine) -> None:
        assert "Did you mean :cop?" in pkm("find", "--save", "z1", ":copp x", ok=1).err

    def test_goes_with_an_export(self, pkm: CommandLine, tmp_path: object) -> None:
        pkm("export", f"{tmp_path}/out")
        pkm("find", "--forget", "cop")
        pkm("undo")
        assert ids(pkm, ":cop") == ["n1", "n2"]
