"""`pkm tour`, played for real: child processes, its own server, a home of its own."""

import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from pkm.dates import now
from pkm.errors import BadInput
from pkm.seek.parse import parse_feed
from pkm.whole import tour
from pkm.whole.stage import Stage
from tests.conftest import CommandLine

TOUR = [sys.executable, "-m", "pkm", "tour"]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where throw-away homes are made; a home of one's own is named, and must stay untouched."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")
    monkeypatch.setenv("TZ", "UTC")
    return folder


@pytest.fixture
def stage(temporary: Path) -> Iterator[Stage]:
    stage = Stage(now())
    with stage:
        yield stage
    stage.clear()


def test_the_tour_plays_the_whole_loop(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # nothing answers there
    ran = subprocess.run(TOUR, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    out = ran.stdout
    assert ran.returncode == 0, out
    shown = [shlex.split(line[2:]) for line in out.splitlines() if line.startswith("$ pkm ")]
    assert len(shown) == len(tour.STEPS)
    for typed, step in zip(shown, tour.STEPS, strict=True):
        pattern = " ".join(re.sub(r"\\{\w+\\}", r"\\S+", re.escape(word)) for word in step.words)
        assert re.fullmatch(f"pkm {pattern}", " ".join(typed)), step
        assert " ".join(step.said.split()) in " ".join(out.split())
    (home,) = temporary.iterdir()
    assert not (temporary.parent / "own").exists()
    digest = Path(re.findall(rf"^  ({re.escape(str(home))}/\S+)$", out, re.M)[-1]).read_text(encoding="utf-8")
    assert tour.OWN in digest
    assert tour.OTHER in digest
    assert tour.WORDS in digest
    assert "Desire paths in the wiki" in digest
    why = out.rpartition("$ pkm why")[2]
    for told in ("Maria Silva", "Working Out Loud in Small Rooms", "Desire paths in the wiki", tour.WORDS, "x1", "d1"):
        assert told in why
    assert f"rm -r {home}" in out
    assert "\x1b" not in out


def test_an_answer_is_awaited_on_a_terminal_and_ctrl_c_leaves_nothing(temporary: Path) -> None:
    told, code = _on_a_terminal(["\n", "\n", "\n", "\n", "\x03"], temporary)
    assert told.count("$ pkm ") == 5
    assert "c1  Maria Silva" in told
    inbox = re.sub(r"\x1b\[[\d;]*m", "", told).partition("$ pkm sense inbox")[2]
    assert re.search(r"^i\d +Desire paths in the wiki", inbox, re.M)  # on 80 columns: an id is never cut for a title
    assert re.search(r"^i8 .*…", inbox, re.M)
    assert "its throw-away home is removed" in told
    assert code == 130
    assert list(temporary.iterdir()) == []


def _on_a_terminal(keys: list[str], temporary: Path) -> tuple[str, int]:
    """What the tour writes to a terminal on which each key is pressed when it waits for one, and its exit code."""
    child, terminal = pty.fork()
    if not child:
        os.execv(TOUR[0], TOUR)
    told, left, until = "", list(keys), time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([terminal], [], [], 2)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            told += piece.decode(errors="replace")
        elif not left and keys[-1] == "\x03":
            os.write(terminal, b"\x03")  # readline misses one that comes as it begins to wait
        if left and told.count("⏎") > len(keys) - len(left):
            os.write(terminal, left.pop(0).encode())
    os.close(terminal)
    return told, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


NO_SUCH = tour.Find("n", ("find", "kind:note"), "No such")


@pytest.mark.parametrize(("step", "why"), [
    (tour.Step("Why", "Said.", ("why", "n99")), "it ended with exit code 1"),
    (tour.Step("Why", "Said.", ("find", "paths"), (NO_SUCH,)), "does not list"),
], ids=["a command that fails", "a result that is not there"])  # fmt: skip
def test_a_step_that_fails_stops_the_tour(
    temporary: Path, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, step: tour.Step, why: str
) -> None:
    monkeypatch.setattr(tour, "STEPS", [step, tour.Step("Never", "Never said.", ("log",))])
    ran = pkm("tour", ok=1)
    assert "step 1 of 2" in ran.err
    assert why in ran.err
    assert "Never said" not in ran.out
    (kept,) = temporary.iterdir()
    assert str(kept) in ran.err


def test_samples_are_feeds_that_pages_lead_to(stage: Stage) -> None:
    feeds = ["maria/feed.atom", "commons/feed.xml", "chance/feed.json"]
    for path in feeds:
        with urlopen(f"{stage.url}/{path}") as answer:
            feed = parse_feed(answer.read(), url=answer.url, content_type=answer.headers["Content-Type"])
        assert feed.title
        assert len(feed.entries) >= 2
        for entry in feed.entries:
            assert urlopen(entry.url).status == 200
            assert entry.published
        folder, _, name = path.partition("/")
        page = urlopen(f"{stage.url}/{folder}/").read()
        assert f'href="{name}"'.encode() in page
        with pytest.raises(BadInput):
            parse_feed(page, url=stage.url)


@pytest.mark.parametrize("path", [
    "/", "//", "/maria/../maria/feed.atom", "/%2e%2e/stage.py", "/README.md", "/maria/no.xml",
])  # fmt: skip
def test_nothing_but_the_samples_is_served(stage: Stage, path: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        urlopen(stage.url + path)


@pytest.mark.parametrize(("words", "typed"), [
    (["find", "paths"], "pkm find paths"),
    (["contact", "add", "Maria Silva"], 'pkm contact add "Maria Silva"'),
    (["sense", "note", "it's #here @maria [[A note]]"], 'pkm sense note "it\'s #here @maria [[A note]]"'),
    (["find", 'say "$HOME"!'], "pkm find 'say \"$HOME\"!'"),
    (["find", ""], 'pkm find ""'),
])  # fmt: skip
def test_commands_are_shown_as_a_shell_reads_them(words: list[str], typed: str) -> None:
    assert tour.as_typed(words) == typed
    assert shlex.split(typed) == ["pkm", *words]
