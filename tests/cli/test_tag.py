from pathlib import Path

from tests.conftest import CommandLine


def test_tags_are_listed_renamed_and_merged_with_counts(pkm: CommandLine) -> None:
    for number in range(3):
        pkm("sense", "note", f"note {number} #notetaking")
    pkm("sense", "note", "both #notetaking #note-taking")
    near = pkm("sense", "note", "more #note-taking #notetakings")
    assert "#notetakings is new, and nearly" in near.err
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
    assert "did you mean #organization?" in result.err
    assert "Next: pkm tag list" in result.err
    pkm("tag", "rename", "organization", " ", ok=2)


def test_no_tag_yet(pkm: CommandLine, home: Path) -> None:
    result = pkm("tag")
    assert (result.out, "No tag yet" in result.err) == ("", True)
    assert pkm.json("tag", "list") == []
