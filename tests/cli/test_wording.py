"""What the command line says: whole words at a terminal's edge, what is true, and a next step that can be taken."""

from pathlib import Path

import pytest

from tests.cli.test_find import Terminal
from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine
from tests.edge.test_pull import rss
from tests.server import FeedServer


class TestAtTheEdge:
    def test_an_error_is_broken_between_words_and_whole_in_a_pipe(
        self, pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = ["seek", "list", "--sort", "a-very-long-name-of-an-order-that-there-is-not", "--state", "active"]
        whole = pkm(*words, ok=2).err
        assert len(whole.splitlines()[0]) > 80
        shown = run_on_pty(home, words)
        lines = shown.splitlines()
        assert all(len(line) <= 80 for line in lines)
        for word in whole.split():
            assert word in shown.split()

    def test_a_question_and_its_answer_stand_on_whole_words(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from pkm.cli import render

        screen, keys = Terminal(), Terminal("y\n")
        monkeypatch.setattr("sys.stderr", screen)
        monkeypatch.setattr("sys.stdin", keys)
        monkeypatch.setenv("COLUMNS", "60")
        question = "u1: mute items with “sponsored” in the title or the text. Change twelve items of them?"
        assert render.confirm(question, yes=False)
        assert screen.getvalue().endswith("[y/N] ")
        assert all(len(line) <= 60 for line in screen.getvalue().splitlines())
        assert screen.getvalue().split() == [*question.split(), "[y/N]"]

    def test_the_help_of_the_walk(self, pkm: CommandLine, server: FeedServer, home: Path) -> None:
        pkm("seek", "add", server.add("/f", rss("a")))
        pkm("seek", "pull")
        shown = run_on_pty(home, ["sense"], [("[q]uit ?", "?"), ("quit (so", "q")])
        assert all(len(line) <= 80 for line in shown.splitlines())
        assert "an empty line cancels" in " ".join(shown.split())

    def test_a_long_rule_gives_way_to_its_id_and_counts(
        self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = " OR ".join(f"title:sponsored{number}" for number in range(30))
        pkm("seek", "rules", "add", "mute", words)
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", "80")
        pkm("seek", "rules")
        row = screen.getvalue().splitlines()[-1]
        assert "u1" in row
        assert "…" in row
        assert row.rstrip().endswith("0")
        assert "items" in screen.getvalue()
