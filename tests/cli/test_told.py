"""What a person is told who types a name, a gate or a channel that is nearly right; and why a letter has not arrived."""

import re
from pathlib import Path

import pytest

from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, kept_home


@kept_home
def world(pkm: CommandLine, tmp_path: Path) -> None:
    """A community of three by letter and by a folder, one without an address; a draft x1 that links to what is private."""
    pkm("share", "channel", "add", "post", "smtp://127.0.0.1:9", "--from", "Me <me@example.org>")
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "post", "--channel", "drop")
    for name in ("Ann Able", "Ken Keen", "Lea Low"):
        address = [] if name == "Lea Low" else ["--email", f"{name[:3].lower()}@example.org"]
        pkm("contact", "add", name, *address)
    for number in ("c1", "c2", "c3"):
        pkm("circle", "join", "practice", number, "--because", "peer")
    pkm("sense", "note", "Nobody reads this one")
    pkm("sense", "note", "Walking retros work, see [[Nobody reads this one]]", "--reach", "network")
    pkm("share", "draft", "n2", "--to", "practice", "--title", "Walking")


def test_a_first_name_that_one_person_has_is_enough_to_note_something_of_them(world: CommandLine) -> None:
    world("share", "plan", "x1", "--stage", "practice after approval by ann")
    assert "approved by Ann Able" in world("share", "approve", "x1", "--by", "ann").out
    assert "never to Ken Keen" in world("share", "not", "n2", "ken").out
    world("contact", "add", "Ann Other")
    assert "c4  Ann Other" in world("share", "not", "n2", "ann", ok=2).err


def test_a_gate_typed_wrong_is_told_from_a_circle_that_is_none(world: CommandLine) -> None:
    said = world("share", "plan", "x1", "--stage", "network +14d after aproval", ok=2).err
    assert "“after aproval”" in said
    assert "after approval [by WHO]" in said
    assert "pkm help plans" in said
    assert "no circle is called like that" in world("share", "plan", "x1", "--stage", "nosuch now", ok=1).err


def test_a_preview_is_of_what_was_asked_and_names_what_there_is(world: CommandLine) -> None:
    world("share", "channel", "add", "hook", "webhook+http://127.0.0.1:9/in", "--secret-env", "HOOK_SECRET")
    world("circle", "edit", "practice", "--channel", "hook", "--channel", "drop")
    world("sense", "note", "See ![](https://example.org/img/two.png)", "--reach", "network")
    world("share", "draft", "n3", "--to", "practice", "--title", "Pictures")
    assert "n3 shows https://example.org/img/two.png" in world("share", "preview", "x2", ok=3).err
    assert {row["channel"] for row in world.json("share", "preview", "x2", "--channel", "drop")} == {"drop"}
    assert "it goes by drop, hook" in world("share", "preview", "x2", "--channel", "typo", ok=1).err
    assert "it is for practice" in world("share", "preview", "x2", "--to", "network", ok=1).err


def test_a_cut_link_and_a_missing_address_are_told_and_keep_nothing(world: CommandLine) -> None:
    for command in ("check", "preview"):
        said = world("share", command, "x1").err
        assert "n2: a link to n1, which is private, shows as “…”" in said
        assert "c3 Lea Low: no e-mail address is known" in said
        assert "pkm contact edit c3 --email" in said
    assert world.json("share", "check", "x1") == []


def test_a_command_that_names_a_circle_can_be_pasted(world: CommandLine) -> None:
    world("circle", "add", "Reading group", "--kind", "community")
    world("share", "draft", "n2", "--to", "Reading group", "--title", "Read")
    said = [
        world(*words, ok=None) for words in (
            ("circle", "join", "Reading group", "c1"), ("circle", "show", "Reading group"), ("share", "--to", "Reading group"),
            ("share", "who", "n2"), ("share", "draft", "n2", "--to", "Reading group"), ("circle", "candidates", "Reading group"),
            ("share", "edit", "x2", "--for", "Reading group"), ("share", "edit", "x2", "--for", "Reading group", "-m", "Words"),
            ("share", "edit", "x1", "--for", "Reading group", "-m", "Words"),
        )
    ]  # fmt: skip
    named = re.findall(r"(?=(pkm [^,;\n]*?)Reading group)", "\n".join(one.out + one.err for one in said))
    assert len(named) > 8
    assert {command[-1] for command in named} == {"'"}


def test_an_address_that_is_none_keeps_nobody_else_from_their_letter(world: CommandLine) -> None:
    world("contact", "edit", "c3", "--email", "lea@b..c")
    assert "c3 Lea Low: no e-mail address is known" in world("share", "preview", "x1").err


def test_marks_that_go_out_otherwise_than_written_are_told_before_they_do(world: CommandLine, home: Path) -> None:
    world("contact", "add", "Julien Voisin", "--nick", "julien")
    world("contact", "edit", "c1", "--nick", "annie")
    world("sense", "note", "With @julien, @annie and @bob I saw how #privcy works, and #trust. #trust")
    world("sense", "tag", "n3", "-privcy", "+privacy")
    world("sense", "reach", "n3", "network")
    far = "@julien is written as “somebody”; @annie is written as “somebody”; @bob stands as it is; #privcy is still in its words"
    near = far.replace("; @annie is written as “somebody”", "")  # they know her
    mend = "(pkm sense edit n3)"
    world("sense", "drop", "n2")
    assert f"n3: {far} {mend}" in world("share", "--to", "network", ok=3).err.splitlines()
    world("share", "draft", "n3", "--to", "practice", "--title", "With @bob")
    for command in (("preview",), ("check",), ("send", "--dry-run")):
        said = world("share", command[0], "x2", *command[1:]).err.splitlines()
        assert f"n3: {near} {mend}" in said
        assert "x2: @bob stands as it is (pkm share edit x2)" in said
    assert f"n3: {far} {mend}" in world("share", "--yes").err.splitlines()
    (page,) = (home / "site" / "notes").glob("*/index.html")
    assert "With somebody, somebody and @bob I saw how #privcy works" in page.read_text()


def test_a_nick_in_what_a_circle_is_always_told_is_said_too(world: CommandLine, tmp_path: Path) -> None:
    world("contact", "add", "Julien Voisin", "--nick", "julien")
    world("circle", "edit", "practice", "--intro", "What @julien showed us", "--salutation", "Hello @julien and @bob,")
    said = world("share", "check", "x1").err.splitlines()
    assert "x1: @julien is written as “somebody” (pkm share edit x1)" in said
    greeting = "@julien is written as “somebody”; @bob stands as it is"
    assert f"the salutation of o2: {greeting} (pkm circle edit o2 --salutation WORDS)" in said
    world("share", "send", "x1", "--yes", ok=None)
    sent = next((tmp_path / "drop").glob("*.md")).read_text()
    assert "What somebody showed us" in sent
    assert "Hello somebody and @bob," in sent


def test_drafts_are_listed_and_one_can_be_dropped_and_brought_back(world: CommandLine) -> None:
    world("share", "draft", "n2", "--to", "network", "--title", "Second")
    assert "pkm share send x1, or pkm share drop x1" in world().out
    assert "draft" in world("find", "kind:share is:draft").out
    before = world.json("share", "plan")
    assert [(row["id"], row["state"], row["title"]) for row in before] == [
        ("x2", "draft", "Second"), ("x1", "draft", "Walking"),
    ]  # fmt: skip
    assert before[1]["next"] == "practice, when you send it"
    world("share", "plan", "x2", "--stage", "practice now", "--stage", "network +14d after approval")
    assert "dropped" in world("share", "drop", "x2").out
    assert [row["id"] for row in world.json("share", "plan")] == ["x1"]
    world("undo")
    assert [(row["id"], len(row["stages"])) for row in world.json("share", "plan")] == [("x2", 2), ("x1", 1)]
    world("share", "send", "x1", "--yes", ok=None)
    assert "has left" in world("share", "drop", "x1", ok=3).err
    assert "no such share" in world("share", "drop", "x9", ok=1).err


def test_the_log_says_to_whom_and_why_not(world: CommandLine) -> None:
    world("share", "send", "x1", "--yes", ok=None)
    said = world("share", "log", "x1").out
    assert "Lea Low (c3)" in said
    assert "no e-mail address is known" in said


@pytest.mark.parametrize("words", [
    ("share", "not", "n2", ""), ("share", "log", "--contact", ""), ("share", "log", ""), ("share", "log", "--resolve", ""),
    ("share", "heard", ""), ("share", "channel", "test", ""), ("share", "channel", "remove", ""), ("contact", "show", "@"),
    ("sense", "show", " "), ("share", "draft", "n2", "--to", ""),
], ids=" ".join)  # fmt: skip
def test_an_empty_name_is_told_as_that_and_does_nothing(world: CommandLine, words: tuple[str, ...]) -> None:
    before = world.json("log", "-n", "1")
    said = world(*words, ok=2).err
    assert "empty" in said or "it names nothing" in said or "it is the id of a delivery" in said
    assert world.json("log", "-n", "1") == before


def test_what_each_way_out_can_do_is_read_in_eighty_columns(world: CommandLine, home: Path) -> None:
    world("share", "channel", "add", "room", "matrix+https://matrix.example", "--room", "!abc:example", "--token-env", "T")
    shown = run_on_pty(home, ["share", "channel", "list"])
    assert all(len(line) <= 80 for line in shown.splitlines() if str(home) not in line)  # a path stays whole
    said = " ".join(shown.split())
    assert "…" not in said
    for words in (
        "post mail practice smtp://127.0.0.1:9 as Me <me@example.org> no edits, no deletes, never repeated; private: who gets "
        "the letter; no limit", "no edits, deletes, repeats safely; private: who is in the room; 40,000 bytes a message; answers",
        "edits, deletes, repeats safely; public: everybody; no limit",
    ):  # fmt: skip
        assert words in said
    powers = {row["name"]: row for row in world.json("share", "channel", "list")}
    assert powers["room"]["limit_count"] == 40_000
    assert {name: powers["room"][name] for name in ("edits", "deletes", "idempotent", "private", "answers", "posts")} == {
        "edits": False, "deletes": True, "idempotent": True, "private": True, "answers": True, "posts": True,
    }  # fmt: skip
