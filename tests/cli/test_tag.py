"""Tags on the command line: counted, renamed, merged, divided, and marked as areas of learning."""

from pathlib import Path

from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine


def test_tags_are_listed_renamed_and_merged_with_counts(pkm: CommandLine) -> None:
    for number in range(3):
        pkm("sense", "note", f"note {number} #notetaking")
    pkm("sense", "note", "both #notetaking #note-taking")
    near = pkm("sense", "note", "more #note-taking #notetakings")
    assert "#notetakings is new. Did you mean #notetaking" in near.err
    assert "pkm tag merge notetakings" in near.err
    rows = pkm.json("tag")
    assert [(row["id"], row["count"]) for row in rows] == [("#notetaking", 4), ("#note-taking", 2), ("#notetakings", 1)]
    merged = pkm("tag", "merge", "notetaking", "note-taking")
    assert merged.out == "#notetaking (4) → #note-taking (2): 5 things, 1 had both\n"
    renamed = pkm.json("tag", "rename", "note-taking", "notes/taking")
    assert (renamed["id"], renamed["count"], renamed["old"]) == ("#notes/taking", 5, "note-taking")
    assert pkm("tag", "list", "-n", "1").out.startswith("#notes/taking")


def test_a_tag_nobody_has_is_an_error_that_says_what_to_do(pkm: CommandLine) -> None:
    pkm("sense", "note", "words #organization")
    result = pkm("tag", "merge", "organisation", "x", ok=1)
    assert "Did you mean #organization?" in result.err
    assert "Next: pkm tag list" in result.err
    pkm("tag", "rename", "organization", " ", ok=2)


def test_no_tag_yet(pkm: CommandLine, home: Path) -> None:
    result = pkm("tag")
    assert (result.out, "No tag yet" in result.err) == ("", True)
    assert pkm.json("tag", "list") == []


def test_a_learning_area_is_marked_and_told(pkm: CommandLine) -> None:
    assert "Next: pkm tag edit NAME --learning" in pkm("tag", "list", "--learning").err
    pkm("contact", "add", "Ann Lee", "--tag", "walks")
    pkm("sense", "note", "Does walking help? #walks/retros")
    assert pkm("tag", "edit", "walks", "--learning").out == "#walks  a learning area\n"
    assert pkm("tag", "list", "--learning").out == (
        "#walks  1 observation, 0 ideas, 0 practices\n  Learning from\n    c1  Ann Lee\n"
        "  Open questions: 1\n    n1  Does walking help?\n"
    )
    (row,) = pkm.json("tag", "list", "--learning")
    assert (row["id"], row["learning"], row["notes"], row["stages"]["observation"]) == ("#walks", True, 1, 1)
    pkm("tag", "edit", "walks", "--no-learning")
    assert pkm.json("tag", "list", "--learning") == []
    assert "it does not say what to change" in pkm("tag", "edit", "walks", ok=2).err


def test_another_name_means_the_tag_until_it_does_not(pkm: CommandLine) -> None:
    pkm("sense", "note", "one #personal-knowledge")
    assert pkm("tag", "alias", "pk", "personal-knowledge").out == "#pk means #personal-knowledge\n"
    pkm("sense", "note", "two #pk")
    (row,) = pkm.json("tag")
    assert (row["name"], row["count"], row["aliases"]) == ("personal-knowledge", 2, ["pk"])
    assert len(pkm.json("find", "tag:pk")) == 2
    assert "they are one tag already" in pkm("tag", "alias", "personal-knowledge", "pk", ok=2).err
    pkm("sense", "note", "three #other")
    assert "Next: pkm tag merge other personal-knowledge" in pkm("tag", "alias", "other", "pk", ok=1).err
    pkm("tag", "alias", "pk", "--remove")
    assert pkm.json("tag", "list", "-n", "1")[0]["aliases"] == []
    pkm("tag", "alias", "pk", "--remove", ok=1)
    pkm("tag", "alias", "pk", ok=2)


def test_a_tag_is_divided_with_counts_before_and_after(pkm: CommandLine) -> None:
    for words in ("about teams", "about screens", "about screens and teams", "about nothing"):
        pkm("sense", "note", words)
    pkm("sense", "note", "in a text about screens #design")
    pkm("sense", "tag", "n1", "n2", "n3", "n4", "+design")
    words = ["tag", "split", "design", "--into", "design/ui=screens", "--into", "team=n1,n3"]
    planned = pkm(*words, "--dry-run")
    assert pkm.json("tag")[0]["count"] == 5
    done = pkm(*words)
    assert done == planned
    assert done.out == "#design  5 → 2\n#design/ui  0 → 3\n#team  0 → 2\n1 thing in more than one of them\n"
    assert "1 note keeps #design, which stands in the text: pkm sense edit n5" in done.err
    assert {row["name"]: row["count"] for row in pkm.json("tag")} == {"design": 4, "design/ui": 3, "team": 2}
    pkm("undo")
    assert {row["name"]: row["count"] for row in pkm.json("tag")} == {"design": 5}
    found = pkm.json(*words)
    assert (found["before"], found["after"], found["stay"], found["written"]) == (5, 2, ["n4"], ["n5"])
    assert [(one["id"], one["after"]) for one in found["into"]] == [("#design/ui", 3), ("#team", 2)]


def test_a_division_that_is_none(pkm: CommandLine) -> None:
    pkm("sense", "note", "one #design")
    pkm("sense", "note", "two")
    for words, code, told in (
        (["design"], 2, "as in --into org/design,org/team"),
        (["design", "--into", "a,b"], 2, "pkm tag split design --into 'a=IDS or QUERY' --into 'b=IDS or QUERY'"),
        (["design", "--into", "a=x", "--into", "b"], 2, "Next: --into b=QUERY"),
        (["design", "--into", "design=one"], 2, "it is the tag that is divided"),
        (["design", "--into", "a=n2"], 1, "it does not have #design"),
        (["design", "--into", "a=nothing"], 1, "Nothing was chosen"),
        (["nothing", "--into", "a=n1"], 1, "there is no such tag"),
    ):
        assert told in " ".join(pkm("tag", "split", *words, ok=code).err.split("\n")), words
    assert [row["name"] for row in pkm.json("tag")] == ["design"]


def test_a_tag_is_divided_by_hand_on_a_terminal(pkm: CommandLine, home: Path) -> None:
    for words in ("about teams", "about screens", "about both", "about nothing"):
        pkm("sense", "note", words)
    pkm("sense", "tag", "n1", "n2", "n3", "n4", "+design")
    keys = [("about teams", "2\n"), ("about screens", "1\n"), ("about both", "12\n"), ("about nothing", "\n")]
    shown = run_on_pty(home, ["tag", "split", "design", "--into", "ui,team"], keys)
    assert "For each: 1 ui, 2 team" in shown
    assert {row["name"]: row["count"] for row in pkm.json("tag")} == {"ui": 2, "team": 2, "design": 1}


def test_the_doctor_ends_each_line_with_the_command_and_remembers(pkm: CommandLine) -> None:
    assert "Nothing ails the tags." in pkm("tag", "doctor").err
    pkm("sense", "note", "one #team")
    pkm("sense", "note", "two #team #teams")
    result = pkm("tag", "doctor")
    assert result.out == "1  #teams (1) is nearly #team (2): pkm tag merge teams team\n"
    (row,) = pkm.json("tag", "doctor")
    assert (row["id"], row["tags"], row["next"]) == ("alike:team+teams", ["#teams", "#team"], "pkm tag merge teams team")
    assert "fine as it is" in pkm("tag", "doctor", "--dismiss", "1").out
    assert [row["id"] for row in pkm.json("tag", "doctor")] == []
    pkm("undo")
    assert [row["id"] for row in pkm.json("tag", "doctor")] == ["alike:team+teams"]
    pkm("tag", "doctor", "--dismiss", "bogus", ok=1)


def test_a_split_by_query_takes_sources_and_circles_as_well(pkm: CommandLine, home: Path) -> None:
    from pkm.config import Home
    from pkm.sense.tags import change_tags
    from pkm.store.model import Source
    from pkm.store.session import Store

    pkm("sense", "note", "Words")
    pkm("circle", "add", "practice", "--kind", "community")
    store = Store(Home.find(), "setup")
    with store.unit() as unit:
        unit.add(Source(url="https://a.example/feed", title="A", created_at=unit.at))
    change_tags(store, [("note", 1), ("circle", 2), ("source", 1)], ["big"], [])
    store.close()
    pkm("tag", "split", "big", "--into", "big/one=tag:big", "--yes")
    assert {row["id"] for row in pkm.json("find", "tag:big/one kind:note,circle,source")} == {"n1", "o2", "s1"}


def test_a_tag_that_is_put_right_is_not_asked_about(pkm: CommandLine) -> None:
    pkm("sense", "note", "About #privcy")
    pkm("sense", "note", "More of it #privcy")
    assert "merge" not in pkm("sense", "tag", "n1", "-privcy", "+privacy").err
    assert "pkm tag merge privacies privacy" in pkm("sense", "tag", "n1", "-privcy", "+privacies").err
