"""A note made of somebody's answer: what they wrote is quoted, and means nothing of one's own."""



from tests.conftest import CommandLine, kept_home

ANSWER = "see [[A thought]] #boss @ben %%hidden and <!-- x\n```\n#in [l](f.md) ![[A thought]] `a` 50% https://x.org/a_b"


@kept_home
def shared(pkm: CommandLine) -> None:
    """A thought that went out; Ann, whose name is no link, and Ben."""
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


def test_what_speaks_against_a_note_brings_it_back_with_those_who_got_it(shared: CommandLine) -> None:
    shared("circle", "join", "network", "ben", "--because", "met")
    shared("sense", "note", "Another", "--reach", "network")
    shared("share", "--yes")
    made = shared.json("share", "heard", "x2", "--from", "c1", "it did not hold", "--contradicts", "n2")
    assert (made["contradicts"], [(one["id"], one["share"]) for one in made["received"]]) == ("n2", [("c2", "x2")])
    (open_one,) = shared.json("sense", "review", "--only", "contradiction")
    assert (open_one["id"], open_one["against"]["id"]) == (made["note"], "n2")
    again = shared.json("share", "heard", "x2", "--from", "c1", "it did not hold", "--contradicts", "n2")
    assert (again["id"], again["note"]) == (made["id"], made["note"])
    assert "it holds n2" in shared("share", "heard", "x2", "--from", "c1", "no", "--contradicts", "n1", ok=2).err
    assert shared("share", "heard", "--contradicts", "n1", ok=2).err
