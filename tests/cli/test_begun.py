"""A text that was typed in an editor is never lost, whatever becomes of the command; the next one goes on with it."""

import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, Editor

COMMANDS = {
    "sense edit n1": "note of mine", "contact edit c1": "Ann Lee", "contact introduce c1 c2": "Your own words",
    "share edit x1": "# Walks",
}
"""Each command that opens an editor on a thing, and what it shows there."""

OLDER = {
    "sense edit n1": "edit-n1-2026-11-20T09-00-00Z.md", "contact edit c1": "contact-c1-2026-11-20T09-00-00Z.txt",
    "contact introduce c1 c2": "introduction-Ann Lee and Ben Öde-2026-11-20T09-00-00Z.md", "share edit x1": "share Walks.md",
}
"""What an older version called their drafts."""


@pytest.fixture
def world(pkm: CommandLine) -> CommandLine:
    pkm("contact", "add", "Ann Lee", "--nick", "ann", "--no-follow")
    pkm("contact", "add", "Ben Öde", "--nick", "ben", "--no-follow")
    pkm("sense", "note", "note of mine", "--reach", "network")
    pkm("share", "draft", "n1", "--title", "Walks")
    return pkm


def begun(home: Path) -> list[str]:
    return [path.read_text() for path in sorted((home / "drafts").iterdir())]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_was_typed_outlives_a_failure_and_is_gone_on_with(
    world: CommandLine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: Editor, command: str
) -> None:
    editor(f'cp "$1" {tmp_path}/shown; echo "about: words of mine" >> "$1"; exit 3')
    told = world(*command.split(), ok=1).err
    assert COMMANDS[command] in (tmp_path / "shown").read_text()
    (typed,) = begun(home)
    assert "words of mine" in typed
    assert f"Next: pkm {command}" in told
    editor(f'cp "$1" {tmp_path}/shown')
    other = sqlite3.connect(home / "pkm.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("pkm.store.connection.BUSY_MS", 50)
    told = world(*command.split(), ok=1).err
    assert "it was not stored: “about: words of mine”. It is gone on with." in told
    assert (tmp_path / "shown").read_text() == typed
    assert f"pkm {command}" in told.split("Next:")[1]
    assert begun(home) == [typed]
    other.rollback()
    other.close()
    world(*command.split())
    assert begun(home) == []
    looks = (("find", "mine"), ("contact", "show", "c1"), ("share", "preview", "x1"), ("share", "preview", "x2"))
    assert "words of mine" in "".join(world(*look, ok=None).out for look in looks)


@pytest.mark.parametrize("command", OLDER)
def test_a_text_that_an_older_version_kept_is_gone_on_with_too(
    world: CommandLine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: Editor, command: str
) -> None:
    (home / "drafts" / OLDER[command]).write_text("name: Ann\nabout: words of mine\n")
    editor(f'cp "$1" {tmp_path}/shown')
    world(*command.split())
    assert "words of mine" in (tmp_path / "shown").read_text()
    assert begun(home) == []


def test_what_the_editor_holds_when_all_is_killed_is_gone_on_with(
    world: CommandLine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: Editor
) -> None:
    editor('echo "words of mine" > "$1"; echo $$ > "$0.pid"; exec sleep 60')
    run = subprocess.Popen([sys.executable, "-m", "pkm", "sense", "edit", "n1"])
    pid, end = tmp_path / "an editor.pid", time.monotonic() + 30
    while not (pid.is_file() and pid.read_text().strip()) and time.monotonic() < end:
        time.sleep(0.02)
    assert begun(home) == ["words of mine\n"]
    monkeypatch.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
    assert "It is gone on with" not in world("sense", "edit", "n1", "-m", "other words").err
    run.kill()
    run.wait()
    os.kill(int(pid.read_text()), signal.SIGKILL)
    editor("true")
    told = world("sense", "edit", "n1").err
    assert "“words of mine”. What it is of was changed since. It is gone on with." in told
    assert world.json("sense", "show", "n1")["text"] == "words of mine"


def test_somebody_at_the_terminal_is_asked(
    world: CommandLine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: Editor
) -> None:
    editor('echo "half a thought" > "$1"; exit 3')
    assert "pkm sense note --draft last" in run_on_pty(home, ["sense", "note"])
    editor('[ -s "$1" ] || echo "Something else" > "$1"')
    shown = run_on_pty(home, ["sense", "note"], [("[Y/n]", "n\n")])
    assert "“half a thought”. Go on with it?" in " ".join(shown.split())
    assert "It stays in" in shown
    assert "n2  Something else" in shown
    assert "n3  half a thought" in run_on_pty(home, ["sense", "note"], [("[Y/n]", "\n")])
    assert begun(home) == []


def test_the_doctor_names_what_takes_up_each_text(world: CommandLine, home: Path) -> None:
    for name in ("note-i5-2026-11-20T09-00-00Z.md", "contact-c1-2026-11-20T09-00-00Z.txt", "share Walks.md"):
        (home / "drafts" / name).write_text("# form\nwords of mine\n")
    told = world("doctor").out
    assert "3 texts that you began" in told
    for step in (f"pkm sense note --draft {home}/drafts/note-i5-2026-11-20T09-00-00Z.md --from i5", "pkm contact edit c1",
                 f"read it: {home}/drafts/share Walks.md"):  # fmt: skip
        assert f"    {step}\n" in told


@pytest.mark.parametrize("words", [
    "share heard x1 -", "share heard x1 --from nobody -", "sense annotate n1 -q of -q mine -m -",
    "sense annotate n1 -q 'never said' -m -", "share edit x1 --for practice -m -",
])  # fmt: skip
def test_what_came_on_stdin_is_kept_where_the_command_fails(
    world: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    world("circle", "add", "practice", "--kind", "community")
    told = world(*shlex.split(words), stdin="words of mine", ok=(1, 2)).err
    (typed,) = begun(home)
    assert "words of mine" in typed
    assert "Kept: What you typed, in" in told


def test_words_that_were_stored_at_the_second_try_are_no_draft_any_more(world: CommandLine, home: Path) -> None:
    world("share", "send", "x1", "--yes")
    for outcome in ("wrked", "workd"):  # one draft of the same words is enough
        world("sense", "try", "n1", "--outcome", outcome, "words of mine", ok=2)
    world("share", "heard", "x1", "--from", "nobody", "words of theirs", ok=1)
    assert begun(home) == ["words of theirs", "words of mine"]
    world("sense", "try", "n1", "--outcome", "worked", "words of mine")
    world("share", "heard", "x1", "--from", "c1", "other words")
    assert begun(home) == ["words of theirs"]


def test_a_draft_that_goes_while_it_is_looked_at_stops_nothing(world: CommandLine, home: Path) -> None:
    (home / "drafts" / "note-2026-11-20T09-00-00Z.md").symlink_to(home / "stored-meanwhile")
    (home / "drafts" / "share Walks.md").symlink_to(home / "stored-meanwhile")
    for words in (["sense", "note", "more words"], ["contact", "log", "ann", "met"], [], ["doctor"]):
        world(*words)
