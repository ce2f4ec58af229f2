"""The inbox and the notes on the command line: kept or dropped by one key, written, edited, and nothing typed is lost."""

import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pkm import first_step
from pkm.cli import current
from pkm.cli.app import run
from pkm.config import Home
from pkm.store.session import Store
from tests.conftest import CommandLine, Editor, kept_home
from tests.loading import loaded_by

TEXT = "People in the complex domain probe first,\nthen sense. A second line about desire paths."
HTML = '<p>See <a href="https://example.org/more">more</a> and <a href="javascript:x">x</a></p>'


@kept_home
def items() -> None:
    """A home with s1 and three items in the inbox; i3 came last."""
    from pkm.store.model import Item, Source

    store = Store(Home.find())
    with store.unit() as unit:
        unit.add(Source(url="https://example.org/feed", title="Example feed", created_at="2026-11-01T00:00:00Z"))
        for number in (1, 2, 3):
            unit.add(Item(source_id=1, title=f"Item number {number}", url=f"https://example.org/{number}",
                          author="Ann Author",
                          published_at=f"2026-11-0{number}T10:00:00Z", received_at=f"2026-11-1{number}T10:00:00Z",
                          text=TEXT, html=HTML, via="source"))  # fmt: skip
    store.close()


def drafts(home: Path) -> list[str]:
    return [path.read_text() for path in sorted((home / "drafts").glob("*.md"))]


class TestInbox:
    def test_it_lists_a_page_and_says_how_many_there_are(self, pkm: CommandLine, items: Path) -> None:
        result = pkm("sense", "inbox", "-n", "2")
        assert result.out.splitlines() == [
            "i3  Item number 3  Example feed  2026-11-03", "i2  Item number 2  Example feed  2026-11-02",
        ]  # fmt: skip
        assert "2 of 3 items in the inbox (-n for more)" in result.err
        rows = pkm.json("sense", "inbox", "--sort", "oldest")
        assert [row["id"] for row in rows] == ["i1", "i2", "i3"]
        assert rows[0]["source"] == "s1"

    def test_bare_sense_without_a_terminal_is_the_inbox(self, pkm: CommandLine, items: Path) -> None:
        assert pkm("sense").out == pkm("sense", "inbox").out
        assert pkm.json("sense") == pkm.json("sense", "inbox")

    def test_an_empty_one_says_what_to_do(self, pkm: CommandLine) -> None:
        result = pkm("sense")
        assert (result.out, result.err) == ("", f"{first_step.UNFOLLOWED}\n")
        pkm("sense", "inbox", "--sort", "worst", ok=2)


class TestKeep:
    def test_with_words_it_makes_a_note_from_the_item(self, pkm: CommandLine, items: Path) -> None:
        result = pkm("sense", "keep", "i2", "--note", "My own words #tag @maria", "--tag", "more", "--reach", "team")
        assert result.out == "n1  My own words  from i2  #more #tag  team\n"
        assert 'pkm contact add "Maria …" --nick maria' in result.err
        note = pkm.json("sense", "show", "n1")
        assert (note["item"], note["tags"], note["reach"]) == ("i2", ["more", "tag"], "team")
        item = pkm.json("sense", "show", "i2")
        assert (item["state"], item["tags"], [one["id"] for one in item["notes"]]) == ("kept", ["more"], ["n1"])
        pkm("undo")
        assert [row["state"] for row in [pkm.json("sense", "show", "i2")]] == ["inbox"]
        pkm("sense", "show", "n1", ok=1)

    def test_without_words_it_prints_what_is_kept(self, pkm: CommandLine, items: Path) -> None:
        assert pkm("sense", "keep", "i1", "i2").out == "i1  Item number 1  kept\ni2  Item number 2  kept\n"
        assert [row["id"] for row in pkm.json("sense", "keep", "i3")] == ["i3"]
        pkm("sense", "keep", "i3", "--reach", "team", ok=2)
        pkm("sense", "keep", "i9", ok=1)

    def test_several_items_with_words_make_one_note(self, pkm: CommandLine, items: Path) -> None:
        note = pkm.json("sense", "keep", "i1", "i3", "--note", "Both say the same thing")
        assert (note["id"], note["item"]) == ("n1", "i1")
        links = pkm.json("sense", "show", "n1")["links"]
        assert [(link["to"], link["type"]) for link in links] == [("i3", "source")]
        assert [row["id"] for row in pkm.json("sense", "inbox")] == ["i2"]

    def test_many_at_once_are_counted_and_taken_back_by_one_undo(self, pkm: CommandLine, items: Path) -> None:
        with sqlite3.connect(items / "pkm.db") as db:
            db.executemany("INSERT INTO item (source_id, title, url, received_at, canonical_url, author, hash, state, via, "
                           "summary, text, html) VALUES (1, ?, '', '2026-11-22T00:00:00Z', '', '', '', 'inbox', '', '', '', '')",
                           [(f"Gravel {n}",) for n in range(11)])  # fmt: skip
        would = pkm("sense", "drop", "is:inbox gravel", "--dry-run")
        assert (len(would.out.splitlines()), would.err) == (11, "11 things would be dropped\n")
        done = pkm("sense", "drop", "is:inbox gravel")
        number = pkm.json("log")[0]["id"]
        assert (done.out, done.err) == (f"11 items dropped. Take it back: pkm undo {number}\n", "")
        pkm("undo", str(number))
        two = pkm("sense", "drop", *(row["id"] for row in pkm.json("find", "is:inbox gravel", "-n", "2")))
        assert len(two.out.splitlines()) == 2
        assert two.err.startswith("2 items dropped. Take it back: pkm undo ")

    def test_drop_puts_items_and_notes_away_and_undo_brings_them_back(self, pkm: CommandLine, items: Path) -> None:
        pkm("sense", "note", "A note to go")
        assert pkm("sense", "drop", "i1", "n1").out == "i1  Item number 1  dropped\nn1  A note to go  put away\n"
        assert pkm.json("sense", "show", "n1")["dropped_at"] == "2026-11-23T09:00:00Z"
        pkm("undo")
        assert pkm.json("sense", "show", "n1")["dropped_at"] is None
        pkm("sense", "drop", "number", ok=2)

    def test_what_was_dropped_before_is_said(self, pkm: CommandLine, items: Path) -> None:
        pkm("sense", "note", "A note to go")
        pkm("sense", "drop", "i1", "n1")
        told = pkm("sense", "drop", "i1", "n1", "i2")
        assert told.out == "i1  Item number 1  dropped already\nn1  A note to go  put away already\ni2  Item number 2  dropped\n"
        assert "2 of them already" in told.err


class TestNote:
    def test_the_same_words_twice_are_said(self, pkm: CommandLine, items: Path) -> None:
        pkm("sense", "note", "Twice the same. And more")
        pkm("sense", "note", "Twice the same")
        told = pkm("sense", "note", "Twice the same. And more")
        number = pkm.json("log")[0]["id"]
        assert told.err == f"n3 has the same words as n1. Take it back: pkm undo {number}\n"
        assert pkm("sense", "keep", "i1", "--note", "Twice the same").err == ""  # of something else
        assert "n5 has the same words as n4." in pkm("sense", "keep", "i1", "--note", "Twice the same").err
        pkm("undo")
        pkm("sense", "drop", "n1", "n3")
        assert pkm("sense", "note", "Twice the same. And more").err == ""

    @pytest.mark.parametrize(("words", "stdin"), [
        (["Title or first sentence.", "More."], ""), (["-"], "Title or first sentence. More.\n"),
        ([], "Title or first sentence. More."),
    ])  # fmt: skip
    def test_it_comes_from_arguments_or_stdin(self, pkm: CommandLine, words: list[str], stdin: str) -> None:
        row = pkm.json("sense", "note", *words, "--reach", "team", stdin=stdin)
        assert (row["id"], row["title"], row["text"], row["reach"]) == (
            "n1", "Title or first sentence", "Title or first sentence. More.", "team",
        )  # fmt: skip

    def test_nothing_is_no_note(self, pkm: CommandLine, home: Path) -> None:
        result = pkm("sense", "note", ok=2, stdin=" \n")
        assert "an empty note" in result.err
        assert drafts(home) == []

    def test_it_tells_what_nothing_answers_to(self, pkm: CommandLine, home: Path) -> None:
        pkm("sense", "note", "first #org/design")
        result = pkm("sense", "note", "See [[Another]] with @maria_silva #org/desgin")
        assert 'pkm contact add "Maria Silva …" --nick maria_silva' in result.err
        assert "[[Another]] is no note yet" in result.err
        assert "#org/desgin is new. Did you mean #org/design? If so: pkm tag merge org/desgin org/design" in result.err
        assert drafts(home) == []

    def test_a_wrong_reach_is_told_before_anything(self, pkm: CommandLine) -> None:
        assert "private, team, community, network" in pkm("sense", "note", "words", "--reach", "all", ok=2).err

    def test_it_comes_from_the_editor(self, pkm: CommandLine, home: Path, editor: Editor) -> None:
        editor('printf "From the editor\\n\\nwith more" > "$1"')
        result = run_on_pty(home, ["sense", "note"])
        assert "n1  From the editor  private" in result
        assert drafts(home) == []

    def test_an_editor_that_fails_leaves_the_draft_and_it_can_be_taken_up(
        self, pkm: CommandLine, home: Path, editor: Editor
    ) -> None:
        editor('printf "Half a thought" > "$1"; exit 3')
        assert str(home / "drafts") in run_on_pty(home, ["sense", "note"]).replace("\r\n", "")
        assert drafts(home) == ["Half a thought"]
        assert pkm.json("sense", "note", "--draft", "last")["text"] == "Half a thought"
        assert drafts(home) == []
        pkm("sense", "note", "--draft", "last", ok=1)

    def test_a_locked_store_leaves_the_draft(
        self, pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pkm("sense", "note", "one")
        monkeypatch.setattr("pkm.store.connection.BUSY_MS", 100)
        other = sqlite3.connect(home / "pkm.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        result = pkm("sense", "note", "precious words", ok=1)
        other.close()
        path = next((home / "drafts").glob("*.md"))
        assert f"hat you typed, in {path}" in result.err
        assert f"pkm sense note --draft {path}" in result.err
        assert pkm.json("sense", "note", "--draft", path.name)["text"] == "precious words"

    def test_where_drafts_cannot_be_written_either_nothing_is_lost(
        self, pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pkm("sense", "note", "one")
        (home / "drafts").rmdir()
        (home / "drafts").write_text("in the way")
        monkeypatch.setattr("pkm.store.connection.BUSY_MS", 100)
        other = sqlite3.connect(home / "pkm.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        result = pkm("sense", "note", "precious words", ok=1)
        monkeypatch.setattr("tempfile.tempdir", str(home / "not there"))
        shown = pkm("sense", "note", "more precious words", ok=1)
        other.close()
        found = re.search(r"hat you typed, in (\S+)", result.err)
        assert found is not None
        path = Path(found[1].rstrip("."))
        assert path.read_text() == "precious words"
        assert "more precious words" in shown.err
        path.unlink()

    def test_bytes_that_are_no_utf8_are_taken_as_far_as_they_go(self, home: Path) -> None:
        command = [sys.executable, "-m", "pkm", "sense", "note", "--json"]
        run = subprocess.run(command, input=b"\xef\xbb\xbfcaf\xe9 \x00 ok", capture_output=True, check=True)
        assert json.loads(run.stdout)["text"] == "caf\ufffd  ok"

    def test_a_person_who_is_added_later_is_linked(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "Learned with @maria and [[Maria Silva]]")
        pkm("contact", "add", "Maria Silva", "--nick", "maria")
        assert [link["to"] for link in pkm.json("sense", "show", "n1")["links"]] == ["c1", "c1"]
        assert pkm("sense", "note", "Again. With @maria").out == "n2  Again  @maria  private\n"


class TestEdit:
    def test_tags_people_and_links_are_read_again(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "Desire paths #draft\n\nwords")
        row = pkm.json("sense", "edit", "n1", "--text", "Desire paths win #final\n\nwords")
        assert (row["title"], row["tags"]) == ("Desire paths win", ["final"])
        assert pkm.json("sense", "edit", "n1", "--title", "Given")["title"] == "Given"
        assert pkm.json("sense", "edit", "n1", "--text", "-", stdin="From stdin")["text"] == "From stdin"

    def test_in_the_editor_the_last_one_who_saves_does_not_overwrite_the_other(
        self, pkm: CommandLine, home: Path, editor: Editor
    ) -> None:
        pkm("sense", "note", "As it was")
        other = f"{sys.executable} -m pkm sense edit n1 --text 'The other was faster' >&2"
        editor(f'printf "Mine, slow" > "$1"\n{other}')
        result = pkm("sense", "edit", "n1", ok=3)
        path = next((home / "drafts").glob("*.md"))
        assert str(path) in result.err
        assert path.read_text() == "Mine, slow"
        assert pkm.json("sense", "show", "n1")["text"] == "The other was faster"
        row = pkm.json("sense", "edit", "n1", "--draft", path.name)
        assert (row["text"], drafts(home)) == ("Mine, slow", [])

    def test_an_editor_that_changes_nothing_changes_nothing(self, pkm: CommandLine, home: Path, editor: Editor) -> None:
        pkm("sense", "note", "As it was")
        editor("exit 0")
        assert "Nothing was changed." in pkm("sense", "edit", "n1").err
        assert drafts(home) == []
        editor("exit 2")
        assert "ended with code 2" in pkm("sense", "edit", "n1", ok=1).err


class TestReachAndTag:
    def test_widening_says_who_may_now_get_it(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "one")
        pkm("sense", "note", "two")
        result = pkm("sense", "reach", "n1", "n2", "network")
        assert result.out == "n1  one  private → network\nn2  two  private → network\n"
        assert "May now go to: network (0 members)" in result.err
        assert pkm("sense", "reach", "n1", "team").err == "Take it back: pkm undo 4\n"
        assert "private, team, community, network" in pkm("sense", "reach", "n1", "everybody", ok=2).err
        pkm("sense", "reach", "network", ok=2)

    def test_plus_adds_and_minus_takes_away(self, pkm: CommandLine, items: Path) -> None:
        pkm("sense", "note", "one #draft")
        result = pkm("sense", "tag", "n1", "i1", "+org/design", "-draft")
        assert result.out == "n1  one  #org/design\ni1  Item number 1  #org/design\n"
        assert "#draft still stands in the text of n1" in result.err
        assert [row["tags"] for row in pkm.json("sense", "tag", "n1", "-org/design", "+health", "-hair")] == [
            ["health"]
        ]
        assert "say +org to add a tag, -org to take it away" in pkm("sense", "tag", "n1", "org", ok=2).err
        assert "Example:" in pkm("sense", "tag", "--help").out


class TestAnnotate:
    def test_a_quote_is_marked_and_numbered_where_it_stands(self, pkm: CommandLine, items: Path) -> None:
        result = pkm("sense", "annotate", "i1", "-q", "people in the  complex domain", "-m", "matches our group")
        assert result.out == "a1  “People in the complex domain”  on i1  Item number 1\n"
        pkm("sense", "annotate", "i1", "-q", "probe first, then sense")
        pkm("sense", "annotate", "i1", "-m", "on the whole of it")
        shown = pkm("sense", "show", "i1").out
        assert "⟪People in the complex domain⟫[1] ⟪probe first,\nthen sense⟫[2]." in shown
        assert "[1] a1  “People in the complex domain” · matches our group" in shown
        assert "[1] more  https://example.org/more" in shown
        assert max(map(len, shown.splitlines())) <= 88
        row = pkm.json("sense", "show", "i1")
        assert [one["id"] for one in row["annotations"]] == ["a1", "a2", "a3"]
        assert pkm.json("sense", "show", "a1")["exact"] == "People in the complex domain"

    def test_words_that_are_not_there_bring_the_closest_that_are(self, pkm: CommandLine, items: Path) -> None:
        result = pkm("sense", "annotate", "i1", "-q", "people in a complex domain probe", ok=1)
        assert "the closest there is “People in the complex domain probe" in result.err
        pkm("sense", "annotate", "i1", ok=2)

    def test_of_several_places_the_first_is_taken_and_told(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "one and one and one")
        result = pkm("sense", "annotate", "n1", "-q", "one")
        assert "3 times; this is place 1" in result.err
        assert pkm.json("sense", "annotate", "n1", "-q", "one", "--nth", "3")["position"] == 16
        pkm("sense", "annotate", "n1", "-q", "one", "--nth", "4", ok=2)

    def test_a_check_finds_moved_words_and_tells_orphans(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "People in the complex domain probe first. Then they sense, and at last they respond.")
        pkm("sense", "annotate", "n1", "-q", "complex domain probe first")
        pkm("sense", "annotate", "n1", "-q", "at last")
        pkm("sense", "edit", "n1", "--text", "New on top.\n\nPeople in the complex domain probe first. Then nothing.")
        result = pkm("sense", "annotate", "n1", "--check")
        assert result.out.splitlines() == ["a1  moved  “complex domain probe first”", "a2  orphan  “at last”"]
        assert "2 quotes, 1 no longer found" in result.err
        shown = pkm("sense", "show", "n1").out
        assert "⟪complex domain probe first⟫[1]" in shown
        assert "a2  “at last” (its words are no longer in the text)" in shown
        assert [row["state"] for row in pkm.json("sense", "annotate", "n1", "--check")] == ["moved", "orphan"]


class TestLinkAndGrow:
    def test_a_link_prints_both_ends(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "Desire paths beat roadmaps")
        pkm("sense", "note", "Roadmaps are promises")
        result = pkm("sense", "link", "n1", "n2", "--as", "supports")
        assert result.out == "n1  Desire paths beat roadmaps\n  supports → n2  Roadmaps are promises\n"
        assert "already" in pkm("sense", "link", "n1", "n2", "--as", "supports").err
        assert "n1  Desire paths beat roadmaps (supports)" in pkm("sense", "show", "n2").out
        assert pkm.json("sense", "link", "n1", "n2", "--remove")["links_removed"] == 1
        pkm("sense", "link", "n1", "n1", ok=2)

    def test_a_note_grows_when_nothing_is_missing_or_with_a_reason(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "Roadmaps\n\nPeople follow the paths they made themselves, not the plan.")
        refused = pkm("sense", "grow", "n1", ok=3).err
        assert "a title that is a claim" in refused
        assert "a link" in refused
        pkm("sense", "note", "Other")
        pkm("sense", "link", "n1", "n2")
        grown = pkm.json("sense", "grow", "n1", "--title", "Desire paths beat roadmaps")
        assert (grown["stage"], grown["title"]) == ("idea", "Desire paths beat roadmaps")
        assert "a trial" in pkm("sense", "grow", "n1", ok=3).err
        tried = pkm("sense", "try", "n1", "--where", "retro", "--outcome", "mixed", "took longer")
        assert tried.out == "t1  took longer  mixed  with n1 Desire paths beat roadmaps\n"
        assert pkm("sense", "grow", "n1").out == "n1  Desire paths beat roadmaps  practice\n"
        pkm("sense", "grow", "n1", ok=2)
        pkm("sense", "shrink", "n1", ok=2)
        pkm("sense", "shrink", "n1", "--because", "it did not hold")
        assert pkm("sense", "grow", "n2", "--because", "I know it").out == "n2  Other  idea\n"
        shown = pkm("sense", "show", "n1").out
        assert "practice → idea: it did not hold" in shown
        assert "in retro: mixed. took longer" in shown


class TestShow:
    def test_links_open_in_the_browser_by_number(
        self, pkm: CommandLine, items: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened: list[str] = []
        monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
        pkm("sense", "show", "i1", "--open", "1")
        pkm("sense", "show", "i1", "--open", "0")
        pkm("sense", "show", "i1", "--open", "2", ok=2)
        assert opened == ["https://example.org/more", "https://example.org/1"]

    def test_hostile_text_stays_text(self, pkm: CommandLine, home: Path) -> None:
        from pkm.store.model import Item

        store = Store(Home.find())
        evil = "[bold red]x[/] \x1b]8;;http://evil\x07click\x1b[2J \u202egnp " + "é" * 300 + " %s {0}"
        with store.unit() as unit:
            unit.add(
                Item(title=evil, author=evil, url="javascript:alert(1)", received_at="2026-11-01T00:00:00Z", text=evil)
            )
        store.close()
        for result in (pkm("sense", "show", "i1"), pkm("sense", "inbox"), pkm("sense", "keep", "i1", "--note", evil)):
            assert "\x1b" not in result.out
            assert "\u202e" not in result.out
            assert "[bold red]x[/]" in result.out
        pkm("sense", "show", "i1", "--open", "0", ok=2)

    def test_reads_do_not_import_what_only_writes_need(self, items: Path) -> None:
        loaded = set().union(*loaded_by(["sense", "inbox"], ["sense", "show", "i1"], ["tag"]).values())
        assert not loaded & {"sqlmodel", "sqlalchemy", "pydantic", "feedparser", "httpx", "jinja2", "rapidfuzz"}


def run_on_pty(
    home: Path, arguments: list[str], keys: list[tuple[str, str]] | None = None, stop: int = 0, *, color: bool = False
) -> str:  # fmt: skip
    """What `pkm` shows on a terminal of 80x24; keys: (what to wait for, what to type). stop: a signal at the end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(PKM_HOME=str(home), TERM="xterm-256color" if color else "xterm", COLUMNS="80", LINES="24")
        os.environ.pop("NO_COLOR", None) if color else os.environ.update(NO_COLOR="1")
        _be_pkm(arguments)
    shown = heard = ""
    try:
        for waited, typed in keys or []:
            if waited not in heard:
                shown += _read_until(terminal, waited)
            heard = _press(terminal, typed)
            shown += heard
        if stop:
            shown += _read_until(terminal, "[q]uit")
            os.kill(pid, stop)
        shown += _read_until(terminal, None)
    finally:
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
    return f"{shown}\nexit {os.waitstatus_to_exitcode(status)}"


def _be_pkm(arguments: list[str]) -> None:
    """This process, a copy of the one that tests, is `pkm ARGUMENTS` on its terminal, and ends with it.

    It is one of its own, with its own signals; to start Python and import all anew would take most of such a test.
    """
    try:
        sys.stdin, sys.stdout, sys.stderr = (open(number, mode, closefd=False) for number, mode in enumerate("rww"))  # noqa: SIM115
        sys.argv = ["pkm", *arguments]
        current.home.cache_clear()
        current.store.cache_clear()
        run()
    finally:
        os._exit(1)  # run() ends the process, unless it breaks


def _press(terminal: int, typed: str) -> str:
    """What is shown when the keys are typed; Ctrl-C until it is heard, since readline can miss one."""
    os.write(terminal, typed.encode())
    shown = ""
    for _ in range(10 if typed == "\x03" else 0):
        shown += _read_until(terminal, None, seconds=1)
        if shown.replace("^C", ""):
            break
        os.write(terminal, typed.encode())
    return shown


def _read_until(terminal: int, waited: str | None, seconds: float = 20.0) -> str:
    shown = b""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            piece = b""
        if not piece:
            break
        shown += piece
        if waited is not None and waited in shown.decode(errors="replace"):
            break
    return shown.decode(errors="replace")


class TestWalk:
    @pytest.fixture
    def states(self, items: Path) -> dict[str, str]:
        """The items' states as they are when they are looked at."""

        class States(dict[str, str]):
            def __getitem__(self, name: str) -> str:
                db = sqlite3.connect(items / "pkm.db")
                found = db.execute("SELECT state FROM item WHERE id = ?", (int(name[1:]),)).fetchone()[0]
                db.close()
                return str(found)

        return States()

    def test_one_key_each(self, items: Path, states: dict[str, str], pkm: CommandLine) -> None:
        shown = run_on_pty(items, ["sense", "--plain"], [
            ("[q]uit ?", "k"), ("2/3", "n"), ("Your words", "What I think of it #own\n"), ("3/3", "s"),
        ])  # fmt: skip
        assert "i3  Item number 3" in shown
        assert "Example feed · Ann Author · 2026-11-03 · inbox" in shown
        assert "n1  What I think of it" in shown
        assert "1 kept, 1 kept with a note; 1 left in the inbox." in shown
        assert shown.endswith("exit 0")
        assert (states["i3"], states["i2"], states["i1"]) == ("kept", "kept", "inbox")
        assert [line for line in shown.replace("\r", "").splitlines() if len(line) > 80] == []
        log = pkm.json("log")
        assert [row["command"] for row in log][:2] == ["pkm sense keep --note i2", "pkm sense keep i3"]

    def test_undo_brings_the_last_one_back(self, items: Path, states: dict[str, str]) -> None:
        shown = run_on_pty(items, ["sense", "--plain"], [("[q]uit ?", "d"), ("i2 ", "u"), ("1/3", "k"), ("2/3", "q")])
        assert "1 kept; 2 left in the inbox." in shown
        assert states["i3"] == "kept"

    def test_what_was_decided_before_ctrl_c_is_kept(self, items: Path, states: dict[str, str]) -> None:
        shown = run_on_pty(items, ["sense", "--plain"], [("[q]uit ?", "d"), ("2/3", "?"), ("quit (so", "x")], stop=signal.SIGINT)
        assert "1 dropped; 2 left in the inbox." in shown
        assert (states["i3"], states["i2"]) == ("dropped", "inbox")

    def test_words_that_ctrl_c_broke_off_are_kept(self, items: Path, states: dict[str, str]) -> None:
        shown = run_on_pty(items, ["sense", "--plain"], [
            ("[q]uit ?", "n"), ("Your words", "Half a thought"), ("Half a thought", "\x03"), ("[q]uit ?", "q"),
        ])  # fmt: skip
        assert "Not noted. What you typed is in" in shown
        (draft,) = (items / "drafts").glob("*.md")
        assert draft.read_text(encoding="utf-8") == "Half a thought"
        assert states["i3"] == "inbox"

    def test_an_undo_says_what_it_took_back(self, items: Path) -> None:
        shown = run_on_pty(items, ["sense", "--plain"], [("[q]uit ?", "n"), ("Your words", "A thought\n"), ("2/3", "u"),
                                              ("Taken back", ""), ("[q]uit ?", "q")])  # fmt: skip
        assert "Taken back: noted i3. n1 is removed. Do it again: pkm undo" in " ".join(shown.split())

    def test_keys_typed_ahead_count_and_an_empty_line_cancels_a_note(self, items: Path, states: dict[str, str]) -> None:
        shown = run_on_pty(
            items, ["sense", "--plain"], [("[q]uit ?", "kd\x1b[A"), ("3/3", "n"), ("Your words", "\n"), ("[q]uit ?", "q")]
        )
        assert (states["i3"], states["i2"], states["i1"]) == ("kept", "dropped", "inbox")
        assert "1 kept, 1 dropped; 1 left" in shown

    def test_tags_are_put_on_the_item_and_it_stays(self, items: Path, pkm: CommandLine) -> None:
        run_on_pty(items, ["sense", "--plain"], [("[q]uit ?", "t"), ("Tags", "org/design, +cop\n"), ("#org/design", "q")])
        assert pkm.json("sense", "show", "i3")["tags"] == ["cop", "org/design"]


def test_json_is_one_value_for_every_command_that_prints_data(pkm: CommandLine, items: Path) -> None:
    pkm("sense", "note", "one")
    for command in (["inbox"], ["show", "n1"], ["keep", "i1"], ["drop", "i1"], ["reach", "n1", "team"],
                    ["tag", "n1", "+x"],
                    ["annotate", "n1", "-m", "x"], ["annotate", "n1", "--check"], ["link", "n1", "i1"]):  # fmt: skip
        json.loads(pkm("sense", *command, "--json").out)


def test_an_editor_that_fails_before_anything_was_typed_leaves_no_draft(
    pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "false")
    pkm("sense", "note", "one")
    told = pkm("sense", "edit", "n1", ok=1).err
    assert "nothing was typed" in told
    assert list((home / "drafts").glob("*")) == []


def test_an_unknown_name_may_be_somebody_who_is_there(pkm: CommandLine) -> None:
    pkm("contact", "add", "Jason Davies")
    assert "@jason may be c1 Jason Davies: pkm contact edit c1 --nick jason" in pkm("sense", "note", "As @jason says").err
    assert "@jas is nobody yet" in pkm("sense", "note", "As @jas says").err
    assert "@jason" not in pkm("sense", "note", "So @Jason said").err  # it was offered
    (jason,) = [row for row in pkm.json("contact", "list", "--wanted") if row["total"] == 2]
    assert jason["next"] == "pkm contact edit c1 --nick Jason"
    pkm("contact", "edit", "c1", "--nick", "jason")
    assert [row["id"] for row in pkm.json("contact", "show", "c1")["notes"]] == ["n3", "n1"]


def test_a_page_that_asks_is_no_question_of_ones_own(pkm: CommandLine, items: Path) -> None:
    db = sqlite3.connect(items / "pkm.db")
    db.execute("UPDATE item SET title = 'Why walk?' WHERE id = 1")
    db.commit()
    db.close()
    pkm("sense", "note", "As its page says.", "-t", "Why walk?", "--from", "i1")
    pkm("sense", "note", "As its page says.", "-t", "But why do we walk?", "--from", "i1")
    assert [row["id"] for row in pkm.json("find", "is:question")] == ["n2"]
