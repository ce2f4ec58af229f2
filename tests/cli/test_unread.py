"""Answers that wait: seen in the inbox and on the dashboard, kept, dropped, marked as contradicting."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine, KeptHomes


@pytest.fixture
def answered(pkm: CommandLine, home: Path, kept_homes: KeptHomes) -> CommandLine:
    """A thought that went out, and what Ben answered."""
    kept_homes.fill(home, "unread", lambda: live(pkm))
    return pkm


def live(pkm: CommandLine) -> None:
    pkm("contact", "add", "Ben", "--nick", "ben")
    pkm("sense", "note", "A thought", "--reach", "network")
    pkm("share", "--yes")
    pkm("share", "heard", "x1", "--from", "ben", "it did not hold")


def states(pkm: CommandLine) -> list[str]:
    return [row["state"] for row in pkm.json("share", "heard", "x1")]


def test_an_unread_answer_is_seen_until_it_is_decided(answered: CommandLine) -> None:
    assert [row["id"] for row in answered.json("sense", "inbox")] == ["r1"]
    assert "r1  Ben on x1: it did not hold" in answered("sense", "inbox").out
    assert "1 answer unread: pkm sense inbox" in answered().out
    for verb, state in (("keep", "kept"), ("drop", "dropped")):
        assert f"r1  it did not hold  {state}" in answered("sense", verb, "r1").out
        assert (states(answered), answered.json("sense", "inbox")) == ([state], [])
        assert "unread" not in answered().out
        answered("undo")
        assert states(answered) == ["inbox"]


def test_an_answer_that_came_in_is_marked_as_contradicting_and_stays_one(answered: CommandLine) -> None:
    made = answered.json("share", "heard", "r1", "--contradicts", "n1")
    assert (made["id"], made["note"], made["contradicts"]) == ("r1", "n2", "n1")
    assert states(answered) == ["kept"]
    (open_one,) = answered.json("sense", "review", "--only", "contradiction")
    assert (open_one["id"], open_one["against"]["id"]) == ("n2", "n1")
    assert answered.json("share", "heard", "r1", "--contradicts", "n1")["note"] == "n2"
    assert "pkm share heard r2" in answered("share", "heard", "x1", "--from", "ben", "--contradicts", "n1", ok=2).err
