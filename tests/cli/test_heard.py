"""A note made of somebody's answer: what they wrote is quoted, and means nothing of one's own."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine, KeptHomes

ANSWER = "see [[A thought]] #boss @ben %%hidden and <!-- x\n```\n#in [l](f.md) ![[A thought]] `a` 50% https://x.org/a_b"


@pytest.fixture
def shared(pkm: CommandLine, home: Path, kept_homes: KeptHomes) -> CommandLine:
    """A thought that went out; Ann, whose name is no link, and Ben."""
    kept_homes.fill(home, "heard", lambda: live(pkm))
    return pkm


def live(pkm: CommandLine) -> None:
    pkm("contact", "add", "Ann ]] #boss [[Ben")
    pkm("contact", "add", "Ben", "--nick", "ben")
    pkm("sense", "note", "A thought", "--reach", "network")
    pkm("share", "--yes")


def test_what_they_wrote_is_no_tag_mention_or_link_of_ones_own(shared: CommandLine) -> None:
    made = shared.json("share", "heard", "x1", "--from", "c1", ANSWER, "--note")
    note = shared.json("sense", "show", made["note"])
    assert note["tags"] == []
    assert shared.json("tag", "list") == []
    assert [link["to"] for link in note["links"]] == ["c1"]
    assert note["text"].startswith("[[c1]] on x1 ")


def test_it_reads_as_they_wrote_it(shared: CommandLine) -> None:
    from pkm.markdown import to_plain

    made = shared.json("share", "heard", "x1", "--from", "ben", ANSWER, "--note")
    text = shared.json("sense", "show", made["note"])["text"]
    assert text.startswith("@ben on x1 ")
    for line in ANSWER.split("\n"):
        assert line in to_plain(text)
