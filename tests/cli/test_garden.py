"""What of the notes wants looking after, and that each line's command is one."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from pkm.store.session import Store
from pkm.twins import ALIKE, candidates, likeness, runs_of
from tests.conftest import CommandLine, kept_home

LONG = "Where people walk across the lawn the grass gives way, and the planners of the park pave it one or two years later."


@kept_home
def garden(pkm: CommandLine, store: Store) -> None:
    from pkm.store.model import Annotation, Item

    pkm("contact", "add", "Maria Silva", "--nick", "maria")
    pkm("sense", "note", f"Desire paths. {LONG} #park")  # n1: its twin is n2
    pkm("sense", "note", f"Desire paths. {LONG} So they say. #park")
    pkm("sense", "note", "Hub. #h [[Desire paths]] [[Emergent order]] @ann_lee")  # n3
    for number in range(8):
        pkm("sense", "note", f"Leaf {number} says something else {number * 7} [[Hub]] [[emergent order]]")  # n4 to n11
    pkm("sense", "note", "Alone in the world")  # n12
    pkm("sense", "grow", "n12", "--because", "x")  # an idea that nobody tried
    pkm("sense", "grow", "n1", "--because", "x")
    pkm("sense", "grow", "n1", "--because", "x")  # a practice, private
    pkm("sense", "note", "Put away")
    pkm("sense", "drop", "n13")
    with store.unit() as unit:
        unit.add(Item(title="Read", text="words to quote", state="kept", received_at="2026-11-01T00:00:00Z"))
        unit.add(Annotation(item_id=1, exact="to quote", created_at="2026-11-01T00:00:00Z", updated_at="2026-11-01T00:00:00Z"))
    store.close()


def rows(pkm: CommandLine, part: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in pkm.json("sense", "garden", part)}


@pytest.mark.usefixtures("garden")
class TestGarden:
    def test_each_part(self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        assert set(rows(pkm, "orphans")) == {"n2", "n12"}
        assert set(rows(pkm, "dead-ends")) == {"n1"}
        wanted = pkm.json("sense", "garden", "wanted")
        assert [(row["title"], row["why"]) for row in wanted] == [
            ("Emergent order", "named in 9 notes, first in n3"), ("ann_lee", "@ann_lee: named in 1 note, first in n3"),
        ]  # fmt: skip
        assert wanted[0]["next"] == "pkm sense note --title 'Emergent order'"
        assert wanted[1]["next"] == "pkm contact add 'Ann Lee' --nick ann_lee"
        assert {id: row["twin"] for id, row in rows(pkm, "twins").items()} == {"n2": "n1"}
        assert "n12" in rows(pkm, "untagged")
        assert not {"n1", "n3", "n13"} & set(rows(pkm, "untagged"))
        assert rows(pkm, "old") == {}
        assert rows(pkm, "quotes")["a1"]["next"] == "pkm sense note --from i1"
        assert set(rows(pkm, "untried")) == {"n12"}
        assert rows(pkm, "unshared")["n1"]["next"] == "pkm sense reach n1 community"
        assert rows(pkm, "hubs")["n3"]["why"] == "9 links"
        monkeypatch.setenv("PKM_NOW", "2026-12-30T09:00:00Z")
        assert set(rows(pkm, "old")) == {"n2", "n3", *(f"n{number}" for number in range(4, 12))}

    def test_the_overview_has_a_few_of_each_and_the_counts(self, pkm: CommandLine) -> None:
        parts = {part["id"]: part for part in pkm.json("sense", "garden")}
        assert (parts["untagged"]["count"], len(parts["untagged"]["rows"])) == (9, 3)
        assert parts["old"]["count"] == 0
        told = pkm("sense", "garden")
        assert "Notes without a tag: 9" in told.out
        assert "… 6 more: pkm sense garden untagged" in told.out
        assert "Observations" not in told.out
        assert len(pkm.json("sense", "garden", "untagged", "-n", "2")) == 2
        assert "2 of 9 rows" in pkm("sense", "garden", "untagged", "-n", "2").err

    def test_each_line_ends_with_a_command_that_runs(self, pkm: CommandLine) -> None:
        runnable = ("suggest", "show", "reach", "grow", "link", "drop")
        for part in pkm.json("sense", "garden"):
            for row in part["rows"]:
                words = shlex.split(row["next"])
                assert words[:2] in (["pkm", "sense"], ["pkm", "contact"], ["pkm", "share"])
                if words[2] in runnable:
                    pkm(*words[1:], ok=(0, 3))
        assert rows(pkm, "unshared") == {} or rows(pkm, "unshared")["n1"]["next"].startswith("pkm share draft n1")

    def test_a_practice_that_the_first_circle_of_a_plan_has_is_shared(self, pkm: CommandLine, home: Path) -> None:
        pkm("sense", "reach", "n1", "network")
        pkm("share", "channel", "add", "drop", f"files:{home}/drop")
        pkm("circle", "add", "peers", "--kind", "community", "--channel", "drop")
        pkm("share", "draft", "n1", "--to", "peers", "--title", "Paths")
        assert "n1" in rows(pkm, "unshared")
        pkm("share", "plan", "x1", "--stage", "peers now", "--stage", "network +14d after approval")
        pkm("share", "send", "x1", "--yes")
        assert rows(pkm, "unshared") == {}

    def test_a_title_is_no_word_of_the_shell(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "x [[$(rm -rf /); 'a']]")
        step = pkm.json("sense", "garden", "wanted")[-1]["next"]
        assert shlex.split(step)[-1] == "$(rm -rf /); 'a'"

    def test_notes_that_were_put_away_are_linked_with_nothing(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "Alpha stands by itself")  # n14
        pkm("sense", "note", "See [[Alpha stands by itself]]", "-t", "Beta")  # n15
        assert "n14" not in rows(pkm, "orphans")
        pkm("sense", "drop", "n15")
        assert "n14" in rows(pkm, "orphans")
        assert "n14" not in rows(pkm, "dead-ends")
        assert "n14" in [row["id"] for row in pkm.json("find", "kind:note links:0")]

    def test_a_person_and_a_note_of_one_name_are_two_that_are_wanted(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "I asked @zoe about it")
        pkm("sense", "note", "See [[Zoe]] for more")
        steps = [row["next"] for row in pkm.json("sense", "garden", "wanted")]
        assert {"pkm contact add Zoe --nick zoe", "pkm sense note --title Zoe"} <= set(steps)

    def test_twins_that_are_linked_are_told_apart_already(self, pkm: CommandLine) -> None:
        step = rows(pkm, "twins")["n2"]["next"]
        pkm(*shlex.split(step)[1:])
        assert rows(pkm, "twins") == {}

    def test_numbers_name_the_rows(self, pkm: CommandLine) -> None:
        pkm("sense", "garden", "hubs")
        assert pkm.json("sense", "show", "%1")["id"] == "n3"

    def test_a_part_by_its_beginning_or_not_at_all(self, pkm: CommandLine) -> None:
        assert "n3" in rows(pkm, "hub")
        assert "orphans, dead-ends" in pkm("sense", "garden", "weeds", ok=2).err
        pkm("sense", "garden", "un", ok=2)


def test_an_empty_garden(pkm: CommandLine) -> None:
    assert "Nothing wants looking after" in pkm("sense", "garden").err
    assert pkm.json("sense", "garden", "twins") == []


@pytest.mark.parametrize(("one", "other", "alike"), [
    (LONG, LONG, True),
    (LONG, LONG.upper(), True),
    (LONG, LONG.replace("lawn", "meadow"), True),
    (LONG, f"{LONG} And a last sentence here.", True),
    (LONG, " ".join(reversed(LONG.split())), False),
    ("a b", "a b", True),
    ("a b", "b a", False),
    ("", "", False),
])  # fmt: skip
def test_nearly_the_same(one: str, other: str, alike: bool) -> None:
    assert (likeness(runs_of(one), runs_of(other)) >= ALIKE) == alike
    if alike:
        assert candidates([(1, one), (2, other)]) == [(1, 2)]
