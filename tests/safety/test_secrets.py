"""Secrets and words that programs are started with: what stands in a variable goes nowhere, and no shell reads any of it."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.server import FeedServer

SECRET = "ann:hunter2-Zq9"
"""What no output may hold, as it is or packed for a header."""
FORMS = (SECRET, "hunter2-Zq9", base64.b64encode(SECRET.encode()).decode())


def _program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_no_secret_is_in_a_traceback_or_in_the_settings(
    pkm: CommandLine, server: FeedServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not where PKM_DEBUG shows the whole way down, for a feed, a mailbox, a channel and a page that fail."""
    monkeypatch.setenv("FEED_SECRET", SECRET)
    server.add("/feed.xml", b"", status=401)
    pkm("seek", "add", f"{server.url}/feed.xml", "--credential", "env:FEED_SECRET", ok=None)
    pkm("seek", "add", "imap://ann@127.0.0.1:9/INBOX", "--credential", "env:FEED_SECRET", ok=None)
    outputs = []
    for command in (["config"], ["config", "--json"], ["seek", "list", "--json"], ["doctor", "--json"], ["log", "--json"]):
        ran = pkm(*command, ok=None)
        outputs.append(ran.out + ran.err)
    debug = {**os.environ, "PKM_DEBUG": "1"}
    for command in (["seek", "pull", "--all"], ["seek", "clip", f"http://{SECRET}@127.0.0.1:9/"]):
        process = subprocess.run([sys.executable, "-m", "pkm", *command], env=debug, capture_output=True, text=True, check=False)
        outputs.append(process.stdout + process.stderr)
    assert "Traceback" in outputs[-1], "the clip should have failed with its whole way down"
    kept = [path.read_bytes().decode(errors="replace") for path in home.rglob("*") if path.is_file()]
    assert [form for form in FORMS for text in (*outputs, *kept) if form in text] == []


@pytest.mark.parametrize("words", ["; touch caught", "$(touch caught)", "`touch caught`", "| touch caught", "&& touch caught"])
def test_the_words_of_editor_and_credential_are_split_and_read_by_no_shell(
    pkm: CommandLine, server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Each word is one argument of the program; what a shell would have run does not happen."""
    told = tmp_path / "told"
    editor = _program(tmp_path / "my editor", f'for word; do echo "[$word]" >> "{told}"; done')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITOR", f"'{editor}' --wait {words}")
    pkm("sense", "note", "A thought")
    pkm("sense", "edit", "n1", ok=None)
    giver = _program(tmp_path / "giver", f'for word; do echo "<$word>" >> "{told}"; done; echo {SECRET}')
    server.add("/feed.xml", b"", status=401)
    pkm("seek", "add", f"{server.url}/feed.xml", "--credential", f"command:{giver} show {words}", ok=None)
    pkm("seek", "pull", "--all", ok=None)
    said = told.read_text().split("\n")
    for each, start in (("[{}]", "--wait"), ("<{}>", "show")):
        assert {each.format(word) for word in (start, *words.split())} <= set(said)
    assert not (tmp_path / "caught").exists()
