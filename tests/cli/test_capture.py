"""Capture in one breath: the clipboard, a page, an answer, quotes by several; and what a full disk or a kill leaves."""

import os
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_sense import items as items
from tests.conftest import CommandLine, KeptHomes
from tests.server import FeedServer

PAGE = (
    "<!doctype html><html><head><title>Desire paths</title></head><body><article><h1>Desire paths</h1><p>"
    + "The garden grows where people walk, and planners who listen draw their paths there afterwards. " * 4
    + "</p></article></body></html>"
)


def drafts(home: Path) -> list[str]:
    return [path.read_text() for path in sorted((home / "drafts").glob("*.md"))]


class TestClipboard:
    @pytest.fixture
    def programs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A folder that holds all programs there are."""
        folder = tmp_path / "bin"
        folder.mkdir()
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.delenv("DISPLAY", raising=False)
        return folder

    def put(self, folder: Path, name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    @pytest.mark.parametrize(("name", "desktop"), [
        ("wl-paste", "WAYLAND_DISPLAY"), ("xclip", "DISPLAY"), ("xsel", "DISPLAY"), ("pbpaste", ""),
    ])  # fmt: skip
    def test_each_program_is_asked_where_it_has_a_desktop(
        self, pkm: CommandLine, programs: Path, monkeypatch: pytest.MonkeyPatch, name: str, desktop: str
    ) -> None:
        self.put(programs, name, "echo 'copied words'")
        if desktop:
            assert f"{name} found no desktop" in pkm("sense", "note", "--clipboard", ok=1).err
            monkeypatch.setenv(desktop, ":0")
        assert pkm.json("sense", "note", "--clipboard", "What I say of it.")["text"] == "What I say of it.\n\ncopied words"

    def test_without_a_program_or_text_it_says_so(self, pkm: CommandLine, programs: Path) -> None:
        told = pkm("sense", "note", "--clipboard", ok=1).err
        assert "wl-paste (wl-clipboard), xclip or xsel" in told
        assert "pkm sense note -" in told
        self.put(programs, "pbpaste", "echo nothing here >&2; exit 1")
        assert "nothing here" in pkm("sense", "note", "--clipboard", ok=1).err
        pkm("sense", "note", "--clipboard", "--draft", "last", ok=2)


class TestPage:
    def test_an_address_in_front_takes_the_page_in(self, pkm: CommandLine, server: FeedServer) -> None:
        url = server.add("/p", PAGE.encode(), content_type="text/html; charset=utf-8")
        row = pkm.json("sense", "note", url, "Why it matters #org", "--reach", "team")
        assert (row["title"], row["item"], row["tags"]) == ("Why it matters", "i1", ["org"])
        item = pkm.json("sense", "show", "i1")
        assert (item["title"], item["state"]) == ("Desire paths", "kept")
        alone = pkm.json("sense", "note", url)
        assert (alone["title"], alone["text"], alone["item"]) == ("Desire paths", url, "i1")
        assert pkm.json("sense", "note", "Once more", "--from", url)["item"] == "i1"

    def test_a_page_that_is_not_there_loses_no_words(self, pkm: CommandLine, server: FeedServer) -> None:
        url = f"{server.url}/gone"
        result = pkm("sense", "note", url, "Why it matters")
        assert "The page was not taken in" in result.err
        assert f"pkm seek clip {url}" in result.err
        row = pkm.json("sense", "show", "n1")
        assert (row["text"], row["item"]) == (f"Why it matters\n\n{url}", None)

    def test_words_with_an_address_in_them_stay_words(self, pkm: CommandLine) -> None:
        assert pkm.json("sense", "note", "See https://127.0.0.1:9/x for more")["item"] is None


class TestAnswer:
    @pytest.fixture
    def answered(self, pkm: CommandLine, home: Path, kept_homes: KeptHomes) -> CommandLine:
        """n1 went to the network as x1, and c1 answered it: r1."""
        kept_homes.fill(home, "answered", lambda: self.live_with_an_answer(pkm))
        return pkm

    def live_with_an_answer(self, pkm: CommandLine) -> None:
        pkm("contact", "add", "Maria Silva", "--nick", "maria")
        pkm("sense", "note", "Desire paths beat any roadmap #org", "--reach", "network")
        pkm("share", "draft", "n1", "--to", "network", "--title", "Paths")
        pkm("share", "send", "x1", "--yes")
        pkm("share", "heard", "x1", "--from", "maria", "Tried it in our team, it took longer")

    def test_a_note_is_made_from_it(self, answered: CommandLine) -> None:
        row = answered.json("sense", "note", "--from", "r1", "Others tried it too")
        assert row["text"].startswith("Others tried it too\n\n@maria on x1 “Paths”:\n\n> Tried it in our team")
        assert "n2 is the note of it already" in answered("sense", "note", "--from", "r1", "again", ok=2).err
        assert answered.json("share", "heard")[0]["note"] == "n2"
        answered("undo")
        assert answered.json("share", "heard")[0]["note"] is None
        assert answered.json("sense", "note", "--from", "r1")["title"].startswith("Maria Silva: Tried it")

    def test_a_trial_is_told_by_it(self, answered: CommandLine) -> None:
        row = answered.json("sense", "try", "n1", "--outcome", "mixed", "--from", "r1", "--where", "their team")
        assert (row["contact"], row["contact_name"], row["response"]) == ("c1", "Maria Silva", "r1")
        assert row["text"] == "Tried it in our team, it took longer"
        assert answered.json("share", "heard")[0]["state"] == "kept"  # it waits no longer
        shown = answered("sense", "show", "n1").out
        assert "in their team by c1 Maria Silva, told in r1: mixed." in " ".join(shown.split())
        assert "tried at their team by Maria Silva: mixed" in " ".join(answered("why", "n1").out.split())
        steps = [step for step in answered.json("why", "t1")["chain"] if step["kind"] == "trial"]
        assert [step["response"] for step in steps] == ["r1"]
        assert "t1 n1 tried at their team by Maria Silva: mixed" in " ".join(answered("why", "r1").out.split())
        own = answered.json("sense", "try", "n1", "--outcome", "worked", "--by", "maria", "--when", "yesterday", "by phone")
        assert (own["contact"], own["response"], own["at"][:10]) == ("c1", None, "2026-11-22")
        mine = answered.json("sense", "try", "n1", "--outcome", "worked", "-", stdin="from stdin\n")
        assert (mine["contact"], mine["text"]) == (None, "from stdin")
        answered("sense", "try", "n1", "--outcome", "worked", "--from", "r9", ok=1)
        answered("sense", "try", "n1", "--outcome", "worked", "--when", "some day", ok=2)


class TestQuotes:
    def test_several_are_made_at_once_or_none(self, pkm: CommandLine, items: Path) -> None:
        rows = pkm.json("sense", "annotate", "i1", "-q", "complex domain", "-m", "one", "-q", "desire paths", "-m", "")
        assert [(row["id"], row["exact"], row["comment"]) for row in rows] == [
            ("a1", "complex domain", "one"), ("a2", "desire paths", ""),
        ]  # fmt: skip
        pkm("undo")
        assert pkm.json("sense", "show", "i1")["annotations"] == []
        assert "are not in i1" in pkm("sense", "annotate", "i1", "-q", "second line", "-q", "no such words", ok=1).err
        assert pkm.json("sense", "show", "i1")["annotations"] == []
        assert "2 quotes and 1 comment" in pkm("sense", "annotate", "i1", "-q", "a", "-q", "b", "-m", "c", ok=2).err
        lines = pkm("sense", "annotate", "i1", "-q", "complex domain", "-q", "desire paths").out.splitlines()
        assert [line.split("  ")[1] for line in lines] == ["“complex domain”", "“desire paths”"]
        assert pkm.json("sense", "annotate", "i1", "-m", "-", stdin="said on stdin\n")["comment"] == "said on stdin"
        pkm("sense", "annotate", "i1", "-q", "-", "-m", "-", ok=2)

    def test_they_are_changed_and_taken_away(self, pkm: CommandLine, items: Path) -> None:
        pkm("sense", "annotate", "i1", "-q", "complex domain", "-m", "one")
        assert pkm("sense", "annotate", "a1", "-m", "said better").out == "a1  “complex domain”  said better\n"
        row = pkm.json("sense", "annotate", "a1", "-q", "desire paths")
        assert (row["exact"], row["comment"], row["suffix"]) == ("desire paths", "said better", ".")
        assert pkm.json("sense", "annotate", "a1", "-m", "")["comment"] == ""
        assert "are not in i1" in pkm("sense", "annotate", "a1", "-q", "no such words", ok=1).err
        assert "say what it is to be" in pkm("sense", "annotate", "a1", ok=2).err
        pkm("sense", "annotate", "i1", "--remove", ok=2)
        pkm("sense", "annotate", "a1", "-m", "x", "--remove", ok=2)
        pkm("sense", "annotate", "i1", "-m", "on the whole")
        assert "nothing would be left" in pkm("sense", "annotate", "a2", "-m", " ", ok=2).err
        assert pkm("sense", "annotate", "a1", "--remove").out == "a1  “desire paths”  removed from i1\n"
        pkm("sense", "show", "a1", ok=1)
        pkm("undo")
        assert pkm.json("sense", "show", "a1")["exact"] == "desire paths"

    def test_the_same_one_again_is_no_second(self, pkm: CommandLine, items: Path) -> None:
        pkm("sense", "annotate", "i1", "-q", "complex domain", "-m", "one")
        again = pkm("sense", "annotate", "i1", "-q", "complex domain", "-m", "one", "-q", "complex domain", "-m", "two").out
        assert [line.split()[0] for line in again.splitlines()] == ["a1", "a2"]
        assert "(it was there already)" in again.splitlines()[0]
        assert len(pkm.json("sense", "show", "i1")["annotations"]) == 2

    def test_what_a_source_changed_is_seen_before_anybody_checks(self, pkm: CommandLine, items: Path) -> None:
        pkm("sense", "annotate", "i1", "-q", "complex domain", "-m", "one")
        db = sqlite3.connect(items / "pkm.db")
        db.execute("UPDATE item SET text = 'Something else is written here now.' WHERE id = 1")
        db.commit()
        db.close()
        shown = pkm("sense", "show", "i1").out
        assert "⟪" not in shown
        assert "a1  “complex domain” (its words are no longer in the text) · one" in shown
        assert [row["state"] for row in pkm.json("sense", "show", "i1")["annotations"]] == ["orphan"]
        told = pkm("sense", "annotate", "a1", "--check").err
        assert 'pkm sense annotate a1 -q "the words as they are now"' in told


def run(home: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pkm", *words]
    # Python leaves half a file of bytecode behind where a file may not grow, and the next process breaks on it.
    environment = {**os.environ, "PKM_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE)


@pytest.mark.parametrize("words", [
    ("sense", "note", "precious words"), ("sense", "annotate", "n1", "-m", "precious words"),
    ("sense", "try", "n1", "--outcome", "mixed", "precious words"),
], ids=lambda words: words[1])  # fmt: skip
def test_a_full_disk_leaves_what_was_typed(pkm: CommandLine, home: Path, words: tuple[str, ...]) -> None:
    pkm("sense", "note", "one")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        process = run(home, *words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    told = process.communicate()[1]
    assert process.returncode == 1
    assert "Kept: What you typed, in" in told
    assert drafts(home) == ["precious words"]
    assert "Traceback" not in told


def test_a_killed_process_leaves_what_was_typed(pkm: CommandLine, home: Path) -> None:
    pkm("sense", "note", "one")
    other = sqlite3.connect(home / "pkm.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # so that the process waits while it has the words
    process = run(home, "sense", "note", "precious words")
    end = time.monotonic() + 60
    while not drafts(home) and time.monotonic() < end:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    other.close()
    assert drafts(home) == ["precious words"]
    assert pkm.json("sense", "note", "--draft", "last")["text"] == "precious words"
