"""Answers that wait: seen in the inbox and on the dashboard, kept, dropped, marked as contradicting."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine, kept_home


@kept_home
def answered(pkm: CommandLine) -> None:
    """A thought that went out, and what Ben answered."""
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


def test_each_line_of_the_dashboard_names_a_command_that_shows_something(
    answered: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered("circle", "add", "practice", "--kind", "community")
    answered("circle", "join", "practice", "ben")
    answered("share", "channel", "add", "drop", "files:drop")
    answered("circle", "edit", "practice", "--channel", "drop")
    answered("contact", "log", "ben", "call, promised the paper by 2026-12-01")
    for words in ("In a draft", "Another"):
        answered("sense", "note", words, "--reach", "community")
    answered("share", "draft", "n2", "--to", "practice")
    answered("contact", "log", "nobody", "kept in drafts", ok=1)
    monkeypatch.setenv("PKM_NOW", "2027-02-01T09:00:00Z")
    told = [line.partition(": pkm ") for line in answered().out.split("\n\n")[0].splitlines()]
    assert {line.split()[0]: command.split(", or ")[0] for line, _, command in told} == {
        "answers": "sense inbox", "notes": "", "review": "sense review", "people": "contact due",
        "promises": "contact promises", "drafts": "doctor", "share": "share send x2",
    }  # fmt: skip
    for _, _, command in told:
        assert not command or command.startswith("share") or answered(*command.split(), ok=(0, 1)).out, command


def test_an_answer_that_came_in_is_marked_as_contradicting_and_stays_one(answered: CommandLine) -> None:
    made = answered.json("share", "heard", "r1", "--contradicts", "n1")
    assert (made["id"], made["note"], made["contradicts"]) == ("r1", "n2", "n1")
    assert states(answered) == ["kept"]
    (open_one,) = answered.json("sense", "review", "--only", "contradiction")
    assert (open_one["id"], open_one["against"]["id"]) == ("n2", "n1")
    assert answered.json("share", "heard", "r1", "--contradicts", "n1")["note"] == "n2"
    assert "pkm share heard r2" in answered("share", "heard", "x1", "--from", "ben", "--contradicts", "n1", ok=2).err


def test_a_channel_is_mended_and_removed_and_what_it_sent_stays_told(answered: CommandLine, home: Path) -> None:
    answered("share", "channel", "add", "mail", "smtp://127.0.0.1:9", "--from", "me@example.org")
    assert "channel edit mail" in answered("share", "channel", "add", "mail", "files:/x", ok=1).err
    answered("share", "channel", "edit", "mail", "--address", "files:/x", ok=2)
    mended = answered.json("share", "channel", "edit", "mail", "--address", "smtp://127.0.0.1:7", "--from", "you@example.org")
    assert (mended["address"], mended["options"]["from"]) == ("smtp://127.0.0.1:7", "you@example.org")
    assert answered.json("share", "channel", "remove", "mail")["gone"]
    before = [row["sha256"] for row in answered.json("share", "log")]
    assert not answered.json("share", "channel", "remove", "site")["gone"]
    assert answered.json("share", "channel", "list") == []
    assert before == [row["sha256"] for row in answered.json("share", "log")] != []
    answered("undo")
    assert [row["name"] for row in answered.json("share", "channel", "list")] == ["site"]


def test_a_webhook_that_nobody_listens_to_does_not_work(pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "whsec_" + "A" * 44)
    pkm("share", "channel", "add", "hook", "webhook+http://127.0.0.1:9", "--secret-env", "HOOK")
    assert "channel edit hook" in pkm("share", "channel", "test", "hook", ok=1).err
