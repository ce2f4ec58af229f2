"""`pkm contact dupes` and `merge` as they are typed: what is shown, asked, refused and said."""

import re
from pathlib import Path

import pytest

from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, kept_home


@kept_home
def twice(pkm: CommandLine) -> None:
    """c1 and c2 are one person, c3 and c4 others."""
    pkm("contact", "add", "Maria Silva", "--nick", "maria", "--email", "maria@example.org", "--org", "Map Works")
    pkm("contact", "add", "M. Silva", "--nick", "mary", "--email", "m@b.example", "--org", "Map Works", "--about", "Second.")
    pkm("contact", "add", "Ken Ott")
    pkm("contact", "add", "Otto Berg")


def test_dupes_say_why_and_end_with_the_command(twice: CommandLine) -> None:
    result = twice("contact", "dupes")
    assert result.out == (
        "1  c1 Maria Silva (Map Works) = c2 M. Silva (Map Works)?  (0.55)\n"
        "   the same initial and family name; the same organization, Map Works\n"
    )
    assert result.err == (
        "1 pair\nNext: pkm contact merge c1 c2 (the first stays), or pkm contact dupes --dismiss c1,c2\n"
    )
    (row,) = twice.json("contact", "dupes")
    assert (row["id"], row["kind"], row["score"], row["next"]) == ("c1,c2", "duplicate", 0.55, "pkm contact merge c1 c2")
    assert [one["id"] for one in row["contacts"]] == ["c1", "c2"]
    assert [one["what"] for one in row["because"]] == result.out.splitlines()[1].strip().split("; ")


@pytest.mark.parametrize("named", ["c1,c2", "1", "%1", "c2, c1"])
def test_two_people_are_not_listed_again_until_that_is_undone(twice: CommandLine, named: str) -> None:
    twice("contact", "dupes")
    assert twice("contact", "dupes", "--dismiss", named).out.startswith("c1,c2  two people")
    result = twice("contact", "dupes")
    assert (result.out, result.err) == ("", "No two contacts look like one person.\n")
    assert twice.json("contact", "dupes") == []
    twice("undo")
    assert len(twice.json("contact", "dupes")) == 1


@pytest.mark.parametrize(("words", "code", "told"), [
    (["dupes", "--dismiss", "c1"], 2, "two contacts are wanted"),
    (["dupes", "--dismiss", "c1,c99"], 1, "there is no such contact"),
    (["dupes", "--dismiss", "7"], 1, "the last list had"),
    (["merge", "c1"], 2, "two contacts are wanted"),
    (["merge", "c1", "c1", "--yes"], 2, "it cannot be merged with itself"),
    (["merge", "c1", "c99", "--yes"], 1, "Found nothing for c99"),
    (["merge", "c1", "n1", "--yes"], 2, "this takes a contact"),
    (["merge", "maria", "Ken O", "--yes"], 2, "Did you mean c3 Ken Ott?"),
    (["merge", "c1", "c2", "--yes", "--take", "shoe=c1"], 2, "the fields are name, nick, org"),
    (["merge", "c1", "c2", "--yes", "--take", "email=c3"], 2, "it is none of c1 (Maria Silva), c2 (M. Silva), or both"),
    (["merge", "c1", "c2", "--yes", "--take", "name=both"], 2, "it holds one value"),
    (["merge", "c1", "c2"], 3, "Next: pkm contact merge c1 c2 --yes"),
    (["merge", "c1", "c2", "--json"], 3, "Next: pkm contact merge c1 c2 --json --yes"),
])  # fmt: skip
def test_what_cannot_be_done_is_said_and_changes_nothing(
    twice: CommandLine, words: list[str], code: int, told: str
) -> None:
    before = twice.json("contact", "list")
    assert told in " ".join(twice("contact", *words, ok=code).err.split("\n"))
    assert twice.json("contact", "list") == before


def test_a_merge_shows_its_table_then_is_done(twice: CommandLine) -> None:
    shown = twice("contact", "merge", "c1", "mary", "--take", "email=c1", "--dry-run")
    lines = [line.split() for line in shown.out.splitlines()]
    assert lines[0] == ["field", "c1", "c2", "c1", "will", "have", "from"]
    assert ["email", "maria@example.org", "m@b.example", "maria@example.org", "c1"] in lines
    assert "Nobody has this email afterwards: m@b.example. To keep it: --take email=both" in shown.err
    assert len(twice.json("contact", "list")) == 4
    done = twice("contact", "merge", "c1", "mary", "--take", "email=c1", "--yes")
    assert done.out == shown.out + "c1  Maria Silva  c2 means c1 now\n"
    row = twice.json("contact", "show", "c1")
    assert (row["emails"], row["about"]) == (["maria@example.org"], "Second.")
    assert [one["value"] for one in row["handles"] if one["kind"] == "alias"] == ["M. Silva", "mary"]


def test_the_json_of_a_merge_is_its_plan_with_the_contact(twice: CommandLine) -> None:
    planned = twice.json("contact", "merge", "c1", "c2", "--dry-run")
    done = twice.json("contact", "merge", "c1", "c2", "--yes")
    assert (planned["id"], planned["dry_run"], done["id"], done["merged"]) == ("c1", True, "c1", ["c2"])
    assert planned["fields"] == done["fields"]
    about = next(field for field in done["fields"] if field["field"] == "about")
    assert about == {"field": "about", "values": {"c1": [], "c2": ["Second."]}, "kept": ["Second."], "from": "c2"}


def test_a_row_of_dupes_is_merged_by_its_number(twice: CommandLine) -> None:
    twice("contact", "dupes")
    assert twice("contact", "merge", "%1", "--yes").out.endswith("c1  Maria Silva  c2 means c1 now\n")


def test_the_old_id_is_understood_everywhere_and_says_so(twice: CommandLine) -> None:
    twice("sense", "note", "a walk with @mary")
    twice("contact", "merge", "c1", "c2", "--yes")
    for words in ("contact show c2", "why c2", "contact log c2 call", "circle join network c2"):
        result = twice(*words.split())
        assert "c2 was merged into c1 Maria Silva." in result.err, words
        assert "c1" in result.out, words
    told = twice("sense", "note", "again with [[c2]]").err
    assert "c2 was merged into c1 Maria Silva." in told
    assert [row["id"] for row in twice.json("find", "@c2", "kind:note")] == ["n2", "n1"]
    assert [row["id"] for row in twice.json("contact", "show", "c2")["notes"]] == ["n2", "n1"]


def test_adding_somebody_like_somebody_is_told_and_done(twice: CommandLine) -> None:
    result = twice("contact", "add", "Silva, Maria")
    assert result.out == "c5  Silva, Maria\n"
    assert "c1 Maria Silva may be the same person (the same name); pkm contact merge c1 c5 makes them one." in result.err
    assert "Note" not in twice("contact", "add", "Somebody Else").err


def test_on_a_terminal_it_asks_and_the_table_is_whole(twice: CommandLine, home: Path) -> None:
    long = "a very long text about her that does not fit into a column of a terminal of eighty columns at all"
    twice("contact", "edit", "c2", "--about", long)
    shown = run_on_pty(home, ["contact", "merge", "c1", "c2"], [("[y/N]", "n\n")])
    assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 80 for line in shown.splitlines())
    assert "…" not in shown
    assert "Nothing was changed." in shown
    assert len(twice.json("contact", "list")) == 4
    run_on_pty(home, ["contact", "merge", "c1", "c2"], [("[y/N]", "y\n")])
    assert [row["id"] for row in twice.json("contact", "list")] == ["c3", "c1", "c4"]


def test_on_a_terminal_what_is_equal_is_only_counted(twice: CommandLine, home: Path) -> None:
    shown = run_on_pty(home, ["contact", "merge", "c1", "c2"], [("[y/N]", "n\n")])
    assert "1 field is the same: org" in shown
    assert "Map Works" not in shown
    assert "Map Works" in twice("contact", "merge", "c1", "c2", "--dry-run").out


def test_ctrl_c_at_the_question_says_that_nothing_was_changed(twice: CommandLine, home: Path) -> None:
    shown = run_on_pty(home, ["contact", "merge", "c1", "c2"], [("[y/N]", "\x03")])
    assert "Nothing was changed." in shown
    assert shown.endswith("exit 130")
    assert len(twice.json("contact", "list")) == 4


def test_markup_and_escapes_in_a_name_stay_text(twice: CommandLine, home: Path) -> None:
    twice("contact", "edit", "c2", "--name", "[red]M[/red] Silva", "--about", "\x1b[31mred")
    shown = run_on_pty(home, ["contact", "merge", "c1", "c2"], [("[y/N]", "n\n")])
    assert "[red]M[/red]" in "".join(shown.split())
    assert "\x1b[31m" not in shown
