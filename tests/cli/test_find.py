"""`pkm find` and `pkm why` on the command line: hits in lines or JSON, what helps where there are none, the chain told."""

import io
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pkm.config import Home
from tests.conftest import CommandLine
from tests.loading import loaded_by
from tests.store.world import make_world


@pytest.fixture
def world(home: Path) -> None:
    make_world(Home.find()).close()


@pytest.mark.usefixtures("world")
class TestFind:
    def test_prints_a_line_a_hit_with_the_hit_marked_and_the_count_beside(self, pkm: CommandLine) -> None:
        done = pkm("find", "desire", "kind:note,item")
        lines = done.out.splitlines()
        assert [line.split()[0] for line in lines] == ["n1", "i1"]
        assert "Desire paths beat roadmaps" in lines[0]
        assert "**Desire** paths" in lines[0]
        assert "2026-11-15" in lines[0]
        assert done.err == "2 things\n"

    def test_json_is_an_array_of_entities(self, pkm: CommandLine) -> None:
        rows = pkm.json("find", "desire kind:note")
        assert [(row["id"], row["kind"], row["title"], row["reach"], row["tags"]) for row in rows] == [
            ("n1", "note", "Desire paths beat roadmaps", "network", ["org/design"])
        ]
        assert pkm.json("find", "nothinglikethis") == []

    def test_rows_of_the_page_can_be_named_after_it(self, pkm: CommandLine) -> None:
        pkm("find", "kind:note", "--sort", "oldest")
        assert pkm.json("why", "%2")["id"] == "n2"

    def test_the_limit_is_kept_and_the_rest_told(self, pkm: CommandLine) -> None:
        done = pkm("find", "kind:note", "-n", 1)
        assert len(done.out.splitlines()) == 1
        assert "1 thing of 3 (-n for more)" in done.err

    def test_no_hit_says_what_may_help(self, pkm: CommandLine) -> None:
        done = pkm("find", "tag:orgg")
        assert done.out == ""
        assert "No tag is called orgg. Did you mean org?" in done.err
        assert "'xylopho*'" in pkm("find", "xylophone").err

    def test_explain_says_in_words_what_was_asked(self, pkm: CommandLine) -> None:
        assert "Asked for: notes tagged #org, with desire, not dropped." in pkm(
            "find", "kind:note tag:org desire -is:dropped", "--explain"
        ).err  # fmt: skip

    def test_a_minus_can_be_typed_as_a_word_of_its_own(self, pkm: CommandLine) -> None:
        assert [row["id"] for row in pkm.json("find", "desire", "-roadmaps")] == ["i1"]

    @pytest.mark.parametrize(
        "typed",
        [
            (),
            ("",),
            ('"',),
            ("*",),
            ("knd:note",),
            ("kind:nose",),
            ("/(a+)+$/",),
            ("x", "--sort", "up"),
        ],
    )
    def test_what_cannot_be_asked_is_wrong_usage(self, pkm: CommandLine, typed: tuple[str, ...]) -> None:
        done = pkm("find", *typed, ok=2)
        assert "Kept: Nothing was changed." in done.err

    @pytest.mark.parametrize("word", ["-nothing", "-hello", "-sort", "-5"])
    def test_a_word_to_be_without_is_no_option(self, pkm: CommandLine, word: str) -> None:
        done = pkm("find", "desire", word, "-n2", "--explain")
        assert [line.split()[0] for line in done.out.splitlines()] == ["n1", "i1"]
        assert f"without {word[1:]}" in done.err

    def test_a_mistyped_option_is_wrong_usage(self, pkm: CommandLine) -> None:
        assert "Cannot use --jsn: pkm find has no such option. Did you mean --json?" in pkm("find", "x", "--jsn", ok=2).err

    def test_dashes_make_no_option_near(self, pkm: CommandLine) -> None:
        said = pkm("share", "send", "x1", "--to", "practice", ok=2).err
        assert "Cannot use --to: pkm share send has no such option.\n" in said
        assert "Next: pkm share send -h\n" in said

    def test_what_is_half_typed_is_told(self, pkm: CommandLine) -> None:
        told = pkm("find", "(desire OR").err
        assert "A ( was never closed" in told
        assert "OR has nothing to join there" in told

    def test_a_misspelled_word_is_told_with_the_one_that_is_there(self, pkm: CommandLine) -> None:
        assert "Did you mean desire paths?" in pkm("find", "dseire paths").err

    def test_on_a_terminal_hits_are_bold_and_lines_fit(self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        pkm("find", "desire")
        shown = screen.getvalue()
        assert "\x1b[1mDesire\x1b[0m" in shown
        assert all(len(re.sub(r"\x1b\[\d*m", "", line)) <= 60 for line in shown.splitlines())

    def test_on_a_terminal_a_quote_says_only_that_its_words_are_gone(
        self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def shown() -> str:
            screen = Terminal()
            with monkeypatch.context() as patch:
                patch.setattr("sys.stdout", screen)
                pkm("find", "kind:annotation")
            return screen.getvalue()

        assert "anchored" not in shown()
        with closing(sqlite3.connect(Home.find().db)) as db, db:
            db.execute("UPDATE annotation SET state = 'orphan' WHERE id = 1")
        assert shown().count("no longer in the text") == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("world")
class TestWhy:
    def test_tells_the_whole_way(self, pkm: CommandLine) -> None:
        assert pkm("why", "n1").out.splitlines() == [
            "  c1  Maria Silva (who writes the source); met: at a conference",
            "    s1  source: Maria's garden; followed since 2026-11-20; active",
            "      i1  item: Desire paths in parks; by Maria Silva; of 2026-11-11; came in 2026-11-11 by a person; "
            "kept 2026-11-20",
            "        a1  “planners follow later” – as in our team; 2026-11-20",
            "*       n1  note: Desire paths beat roadmaps; written 2026-11-15; practice; reach network",
            "          a2  comment: a year later: still so; 2026-11-20",
            "          n2  links to Plans are promises (supports); “This supports that.”",
            "          c1  links to Maria Silva",
            "          n1  grew from observation to idea; 2026-11-16; it is a claim now",
            "          n1  grew from idea to practice; 2026-11-18; it was tried",
            "          t1  tried at retro: mixed; 2026-11-17; took longer, but held",
            "          x1  share: Friday's finds; sent 2026-11-21",
            "            d1  to practice by site; sent 2026-11-21",
            "              r1  Jörg Ólafsson answered: Our group needs that too; 2026-11-22",
            "                n3  note: What do communities need?; written 2026-11-17; observation; reach community",
            "            o1  to network; planned, not sent",
        ]

    def test_json_is_one_object_with_a_flat_chain(self, pkm: CommandLine) -> None:
        chain = pkm.json("why", "c2")
        assert (chain["id"], chain["kind"], chain["title"]) == ("c2", "contact", "Jörg Ólafsson")
        assert [step["id"] for step in chain["chain"]] == ["c1", "c2", "o1", "r1", "n3"]
        assert all({"id", "kind", "title", "relation", "at", "depth"} <= step.keys() for step in chain["chain"])

    def test_words_of_a_title_will_do(self, pkm: CommandLine) -> None:
        assert pkm.json("why", "promises")["id"] == "n2"

    def test_a_membership_is_told_with_its_reasons(self, pkm: CommandLine) -> None:
        assert "in network; joined 2026-10-01: met online; left 2026-11-02: no time" in pkm("why", "c2").out

    def test_fits_a_terminal(self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        pkm("why", "n1")
        assert all(len(re.sub(r"\x1b\[\d*m", "", line)) <= 80 for line in screen.getvalue().splitlines())

    def test_every_kind_can_be_told(self, pkm: CommandLine) -> None:
        for name in ("s1", "i1", "a1", "n2", "c1", "o2", "x1", "d1", "r1", "t1", "e1"):
            assert f"  {name}  " in "  " + pkm("why", name).out.replace("*", " ").lstrip(), name


@pytest.mark.usefixtures("world")
def test_reading_commands_do_not_load_what_only_writing_and_terminals_need() -> None:
    loaded = set().union(*loaded_by(["find", "desire"], ["why", "n1"]).values())
    assert "sqlite3" in loaded
    assert not loaded & {"sqlmodel", "sqlalchemy", "pydantic", "feedparser", "httpx", "urllib3", "jinja2", "textual", "rich",
                         "rapidfuzz"}  # fmt: skip
