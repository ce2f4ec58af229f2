"""A draft that waits: what it keeps from every other digest is said, and a note can be taken out of it, or put into it."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine, KeptHomes


@pytest.fixture
def world(pkm: CommandLine, tmp_path: Path, home: Path, kept_homes: KeptHomes) -> CommandLine:
    """A community with a folder, three notes that may go there, and one that may not; x1, a draft of the first two."""
    kept_homes.fill(home, "draft", lambda: live(pkm, tmp_path))
    return pkm


def live(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "drop")
    for words in ("Walking retros work", "Silence is a signal", "Boards fill by themselves"):
        pkm("sense", "note", words, "--reach", "network")
    pkm("sense", "note", "The boss hates it")
    pkm("share", "draft", "n1", "n2", "--to", "practice", "--title", "Finds")


def test_what_a_forgotten_draft_keeps_back_is_said_wherever_a_digest_is_made(
    world: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = "2 notes wait in x1 (a draft of 23 Nov)"
    step = "pkm share send x1, or pkm share drop x1"
    assert f"share    {waits}: {step}" in world().out
    assert f"{waits}: {step}" in world("share", "--to", "practice", "--yes").err  # n3 goes
    made = world("share", "draft", "--to", "practice", ok=2).err
    assert f"{waits}." in made
    assert f"Next: {step}" in made
    nothing = world("share", "--to", "practice", "--yes").err
    assert f"{waits}: {step}" in nothing
    assert "All that may go to practice has gone" not in nothing
    monkeypatch.setenv("PKM_NOW", "2027-01-04T09:00:00Z")
    assert "2 notes wait in x1 (a draft of 23 Nov 2026)" in world("share", "--to", "practice", "--yes").err
    world("share", "drop", "x1")
    assert "wait" not in world("share", "draft", "--to", "practice").err
    world("share", "send", "x3", "--yes")
    assert "all that may go there has gone, last on 2027-01-04" in world("share", "draft", "--to", "practice", ok=2).err
