"""People in text: whom a name in a note means, what is said where it means nobody or several, and that it stays so."""


import pytest

from tests.conftest import CommandLine, kept_home


@kept_home
def maria(pkm: CommandLine) -> None:
    """c1 Maria Silva, @maria, also Mia; c2 Jörg Ólafsson, @jörg; c3 Ken Smith, no nick."""
    pkm("contact", "add", "Maria Silva", "--nick", "maria", "--alias", "Mia", "--email", "maria@example.org")
    pkm("contact", "add", "Jörg Ólafsson", "--nick", "jörg")
    pkm("contact", "add", "Ken Smith")


def linked(pkm: CommandLine, note: str) -> list[str]:
    """The ids of the people whom a note mentions, by its `why` and card: who is found with it."""
    people = ("c1", "c2", "c3", "c4", "c5", "c6")
    there = {row["id"] for row in pkm.json("contact", "list", "-n", "50")}
    found = []
    for number in people:
        if number in there and note in [row["id"] for row in pkm.json("find", f"kind:note person:{number}")]:
            found.append(number)
    return found


@pytest.mark.parametrize(("text", "people"), [
    ("Talked with @maria today", ["c1"]), ("It was @maria.", ["c1"]), ("That is @maria's idea", ["c1"]),
    ("That is @maria’s idea", ["c1"]), ("See @MARIA, please", ["c1"]), ("with @maria_silva and others", ["c1"]),
    ("a word of _@maria_ here", ["c1"]), ("a word of **@maria** here", ["c1"]), ("(@maria)", ["c1"]),
    ("[[Maria Silva]] said so", ["c1"]), ("[[maria]] said so", ["c1"]), ("@mia said so", ["c1"]),
    ("[[Maria Silva|she]] said so", ["c1"]), ("@jörg and @JÖRG", ["c2"]), ("@Jörg_Ólafsson was there", ["c2"]),
    ("@ken_smith was there", ["c3"]), ("@maria und @jörg", ["c1", "c2"]), ("[[c3]] was there", ["c3"]),
    ("write to maria@example.org today", []), ("the code `@maria` is none", []), ("```\n@maria\n```\nand more", []),
    ("https://social.example/@maria wrote", []), ("a %% hidden @maria %% remark", []), ("@mariana is another", []),
    (r"an escaped \@maria is none", []), ("foo_@maria is an address", []),
])  # fmt: skip
def test_whom_a_name_in_a_note_means(maria: CommandLine, text: str, people: list[str]) -> None:
    maria("sense", "note", text)
    assert linked(maria, "n1") == people


def test_who_is_nobody_yet_is_offered_and_listed(maria: CommandLine) -> None:
    ran = maria("sense", "note", "A call with @dora_lane. She knows more.")
    assert ran.err == '@dora_lane is nobody yet: pkm contact add "Dora Lane …" --nick dora_lane\n'
    maria("sense", "note", "And @Dora_Lane again, with @ken")
    shown = maria("contact", "list", "--wanted")
    assert shown.out.splitlines()[0] == "@Dora_Lane  in 2 notes: n1, n2"
    assert '    pkm contact add "Dora Lane …" --nick Dora_Lane' in shown.out
    rows = maria.json("contact", "list", "--wanted")
    assert [(row["id"], row["notes"], row["may_be"]) for row in rows] == [
        ("@Dora_Lane", ["n1", "n2"], []), ("@ken", ["n2"], ["c3"])
    ]  # fmt: skip
    assert rows[1]["next"] == "pkm contact edit c3 --nick ken"
    maria("contact", "add", "Dora Lane", "--nick", "dora_lane")  # older mentions mean her from now on
    assert linked(maria, "n1") == linked(maria, "n2") == ["c4"]
    maria("undo")  # what was resolved with her is open again
    assert linked(maria, "n1") == []
    assert len(maria.json("contact", "list", "--wanted")) == 2
    maria("contact", "add", "Dora Lane", "--nick", "dora_lane")
    maria("contact", "edit", "c3", "--nick", "ken")
    assert linked(maria, "n2") == ["c3", "c5"]  # an id is never given twice
    assert "is a contact" in maria("contact", "list", "--wanted").err
    assert maria.json("contact", "list", "--wanted") == []


def test_a_name_typed_wrong_leads_to_no_second_person_or_note(maria: CommandLine) -> None:
    maria("sense", "note", "Carrots for vendors\n\nThey take them all.")
    maria("sense", "note", "Week 47")
    told = maria("sense", "note", "With @marria, see [[Carrots for vendor]] and [[Week 48]]").err.splitlines()
    assert told == [
        '@marria is nobody yet. Did you mean @maria? If so: pkm sense edit n3; if not: pkm contact add "Marria …" --nick marria',
        "[[Carrots for vendor]] is no note yet. Did you mean [[Carrots for vendors]]? If so: pkm sense edit n3; if not, it will "
        "be linked when one is called that.",
        "[[Week 48]] is no note yet; it will be linked when one is called that.",
    ]
    assert "    Did you mean @maria? If so: pkm sense edit n3; if not:" in maria("contact", "list", "--wanted").out
    wanted = {row["title"]: (row["why"], row["next"]) for row in maria.json("sense", "garden", "wanted")}
    assert wanted["marria"] == ("@marria: named in 1 note, first in n3; nearly @maria", "pkm sense edit n3")
    assert wanted["Carrots for vendor"] == ("named in 1 note, first in n3; nearly [[Carrots for vendors]]", "pkm sense edit n3")
    assert wanted["Week 48"][1] == "pkm sense note --title 'Week 48'"
    maria("sense", "drop", "n1")
    assert "Did you mean" not in maria("sense", "note", "See [[Carrots for vendor]]").err


def test_two_of_one_name_are_both_named_with_how_to_write_them(maria: CommandLine) -> None:
    maria("contact", "add", "Ann Lee")
    maria("contact", "add", "ann lee", "--nick", "annie")
    told = maria("sense", "note", "Lunch with @ann_lee").err
    assert "c4 Ann Lee (write [[c4]]) or c5 ann lee (write @annie)" in told
    assert linked(maria, "n1") == []
    assert "c4 Ann Lee" in maria("sense", "note", "Tea with [[Ann Lee]]").err
    maria("sense", "note", "Dinner with [[c4]]")
    assert linked(maria, "n3") == ["c4"]
    maria("contact", "edit", "c5", "--name", "Annie Lee")  # now only one is called so
    assert linked(maria, "n1") == ["c4"]


def test_two_first_names_ask_for_the_whole_name(maria: CommandLine) -> None:
    maria("contact", "add", "Ken Adams")
    told = maria("sense", "note", "A call with @ken").err
    assert told == ("@ken may be c3 Ken Smith (write [[c3]]) or c4 Ken Adams (write [[c4]]); or give one of them the nick: "
                    "pkm contact edit ID --nick ken; all: pkm contact list ken\n")  # fmt: skip


@pytest.mark.parametrize("change", [
    ["--name", "Maria Costa"], ["--nick", "mc"], ["--nick", ""], ["--name", "Maria Costa", "--nick", "mc"],
    ["--alias", "-Mia"],
])  # fmt: skip
def test_renaming_changes_no_notes_meaning(maria: CommandLine, change: list[str]) -> None:
    for text in ("With @maria", "With [[Maria Silva]]", "With @mia"):
        maria("sense", "note", text)
    maria("contact", "edit", "c1", *change)
    for note in ("n1", "n2", "n3"):
        assert linked(maria, note) == ["c1"]
        maria("sense", "edit", note, "--text", maria.json("sense", "show", note)["text"] + "\n\nMore of it.")
        assert linked(maria, note) == ["c1"]
    maria("sense", "note", "Another, with @maria")
    assert linked(maria, "n4") == ["c1"]  # what was a nick or a name once still means her
    maria("contact", "add", "Maria Other", "--nick", "maria2")
    assert linked(maria, "n1") == ["c1"]


def test_find_by_name_finds_what_is_of_a_person_and_about_them(maria: CommandLine) -> None:
    maria("sense", "note", "With @maria")
    maria("sense", "note", "With @nobody_yet")
    assert {row["id"] for row in maria.json("find", "@maria")} == {"c1", "n1"}
    assert {row["id"] for row in maria.json("find", "@mia")} == {"c1", "n1"}
    assert [row["id"] for row in maria.json("find", "@nobody_yet")] == ["n2"]  # also while nobody is called so
