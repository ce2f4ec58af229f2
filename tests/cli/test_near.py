"""What is near a note, and suggestions that are accepted and muted by number."""

from typing import Any

import pytest

from tests.conftest import CommandLine, kept_home

AT = "2026-11-01T00:00:00Z"


@kept_home
def notes(pkm: CommandLine) -> None:
    pkm("contact", "add", "Maria Silva", "--nick", "maria")
    for text in (
        "Desire paths beat roadmaps. People walk across the lawn, and planners pave later. #org/design #park",
        "Roadmaps are promises. A desire path shows where people walk. Maria Silva told me of planners and lawns.",
        "Planners and lawns. Planners pave where people walk across a lawn. #org/design #park",
        "Parks at night. Lawns, planners and people who walk. #org/design",
        "Sourdough. Flour, water, salt and patience. @maria",
    ):
        pkm("sense", "note", text)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.usefixtures("notes")
class TestRelated:
    def test_says_why(self, pkm: CommandLine) -> None:
        rows = pkm.json("sense", "related", "n1")
        assert set(ids(rows)) == {"n2", "n3", "n4"}
        assert all({"id", "kind", "title", "score", "because", "linked"} <= row.keys() for row in rows)
        assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
        because = next(row["because"] for row in rows if row["id"] == "n3")
        assert because[0].startswith("both speak of: ")
        assert "lawn" in because[0]
        assert because[1] == "both are tagged #org/design, #park"

    def test_shared_links_and_people_count(self, pkm: CommandLine) -> None:
        pkm("sense", "link", "n1", "n5")
        pkm("sense", "link", "n4", "n5")
        pkm("sense", "link", "n3", "c1")
        near = {row["id"]: row["because"] for row in pkm.json("sense", "related", "n1")}
        assert "both are linked with n5 Sourdough" in near["n4"]
        rows = {row["id"]: row for row in pkm.json("sense", "related", "n5")}
        assert rows["n3"]["because"] == ["both name @maria"]
        assert rows["n1"]["linked"] if "n1" in rows else True

    def test_of_two_with_the_same_words_the_one_that_shares_a_neighbor_a_person_or_a_tag_is_nearer(
        self, pkm: CommandLine
    ) -> None:
        for text in ("Lichen on granite. Spores", "Lichen on granite. Mosses", "Lichen on granite. Ferns"):
            pkm("sense", "note", text)  # n6, n7, n8
        plain = {row["id"]: row["score"] for row in pkm.json("sense", "related", "n6")}
        for to, change in (("n5", "link"), ("c1", "link"), ("+stone", "tag")):
            pkm("sense", change, "n6", to)
            pkm("sense", change, "n8", to)
            rows = {row["id"]: row["score"] for row in pkm.json("sense", "related", "n6")}
            assert rows["n8"] > plain["n8"] + 0.02, to
            assert rows["n8"] > rows["n7"] + 0.02, to
            pkm("undo")
            pkm("undo")

    def test_what_is_linked_can_be_left_out(self, pkm: CommandLine) -> None:
        pkm("sense", "link", "n1", "n3", "--as", "supports")
        assert next(row for row in pkm.json("sense", "related", "n1") if row["id"] == "n3")["linked"]
        assert "n3" not in ids(pkm.json("sense", "related", "n1", "--new"))

    def test_items_too(self, pkm: CommandLine, store: Any) -> None:
        from pkm.store.model import Item

        with store.unit() as unit:
            for state in ("inbox", "dropped"):
                unit.add(Item(title="Paving desire paths", text="planners and lawns", state=state, received_at=AT))
        assert "i1" in ids(pkm.json("sense", "related", "n1"))
        assert "i2" not in ids(pkm.json("sense", "related", "n1"))
        assert "n1" in ids(pkm.json("sense", "related", "i1"))

    def test_numbers_name_the_rows(self, pkm: CommandLine) -> None:
        first = ids(pkm.json("sense", "related", "n1"))[0]
        pkm("sense", "related", "n1")
        assert pkm.json("sense", "show", "%1")["id"] == first

    def test_nothing_is_near(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "Xylophone!")
        assert pkm.json("sense", "related", "n6") == []
        assert "Nothing shares words" in pkm("sense", "related", "n6").err
        pkm("sense", "drop", "n4")
        assert "put away" in pkm("sense", "related", "n4", ok=1).err

    def test_reads_only(self, pkm: CommandLine) -> None:
        before = pkm("log").out
        pkm("sense", "related", "n1")
        pkm("sense", "suggest", "n2")
        assert pkm("log").out == before


@pytest.mark.usefixtures("notes")
class TestSuggest:
    def test_what_is_mentioned_related_and_tagged(self, pkm: CommandLine) -> None:
        rows = pkm.json("sense", "suggest", "n2")
        assert [(row["suggestion"], row["id"]) for row in rows if row["suggestion"] == "mention"] == [
            ("mention", "c1"), ("mention", "n3"),
        ]  # fmt: skip
        assert rows[0]["sentence"] == "Maria Silva told me of planners and lawns."
        assert rows[0]["because"] == ["the text says “Maria Silva” without a link"]
        assert "n1" in {row["id"] for row in rows if row["suggestion"] == "related"}
        tags = [row for row in rows if row["suggestion"] == "tag"]
        assert [row["id"] for row in tags] == ["#org/design", "#park"]
        assert "3 notes of the 4 most like it have it: n" in tags[0]["because"][0]
        assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))

    def test_accepting_makes_a_link_with_its_sentence_and_leaves_the_text(self, pkm: CommandLine) -> None:
        before = pkm.json("sense", "show", "n2")["text"]
        pkm("sense", "suggest", "n2")
        done = pkm.json("sense", "suggest", "n2", "--accept", "1,2")
        assert ids(done["accepted"]) == ["c1", "n3"]
        after = pkm.json("sense", "show", "n2")
        assert after["text"] == before
        back = pkm.json("why", "n3")
        assert any(step.get("sentence") == "Maria Silva told me of planners and lawns." for step in back["chain"])
        assert not {"c1", "n3"} & set(ids(pkm.json("sense", "suggest", "n2")))
        pkm("undo")
        assert {"c1", "n3"} <= set(ids(pkm.json("sense", "suggest", "n2")))

    def test_accepting_a_tag_puts_it(self, pkm: CommandLine) -> None:
        rows = pkm.json("sense", "suggest", "n2")
        number = next(row["number"] for row in rows if row["id"] == "#org/design")
        pkm("sense", "suggest", "n2", "--accept", number)
        assert pkm.json("sense", "show", "n2")["tags"] == ["org/design"]

    def test_a_muted_tag_stays_muted_under_its_new_name(self, pkm: CommandLine) -> None:
        for number in (1, 2, 3):
            pkm("sense", "note", f"Walking retros {number} help teams to talk along rivers", "--tag", "walking")
        note = pkm.json("sense", "note", "Walking retros help teams to talk along rivers too")["id"]
        (tag,) = [row for row in pkm.json("sense", "suggest", note) if row["id"] == "#walking"]
        pkm("sense", "suggest", note, "--mute", tag["number"])
        pkm("tag", "rename", "walking", "strolling")
        assert "#strolling" not in ids(pkm.json("sense", "suggest", note))

    def test_what_is_muted_stays_muted_both_ways(self, pkm: CommandLine) -> None:
        rows = pkm.json("sense", "suggest", "n2")
        pkm("sense", "suggest", "n2", "--mute", f"1-{len(rows)}")
        assert pkm.json("sense", "suggest", "n2") == []
        assert "n2" not in ids(pkm.json("sense", "suggest", "n1"))
        pkm("undo")
        assert len(pkm.json("sense", "suggest", "n2")) == len(rows)

    @pytest.mark.parametrize(("words", "code", "told"), [
        (("--accept", "9"), 2, "the last list had 5 rows"),
        (("--accept", "0"), 2, "the last list had"),
        (("--accept", "x"), 2, "numbers of the list are wanted"),
        (("--accept", "3-1"), 2, "the last list had"),
        (("--accept", "1", "--mute", "1"), 2, "accepted and muted"),
    ])  # fmt: skip
    def test_numbers_that_cannot_be(self, pkm: CommandLine, words: tuple[str, ...], code: int, told: str) -> None:
        pkm("sense", "suggest", "n2")
        assert told in pkm("sense", "suggest", "n2", *words, ok=code).err
        assert pkm.json("sense", "show", "n2")["tags"] == []

    def test_numbers_mean_what_was_shown(self, pkm: CommandLine) -> None:
        assert "no suggestions were shown yet" in pkm("sense", "suggest", "n2", "--accept", "1", ok=1).err
        pkm("sense", "suggest", "n2")
        assert "that of n2" in pkm("sense", "suggest", "n1", "--accept", "1", ok=1).err
        pkm("sense", "link", "n2", "c1")
        refused = pkm("sense", "suggest", "n2", "--accept", "1,2", ok=3).err
        assert "no suggestion any more" in refused
        assert "n3" in ids(pkm.json("sense", "suggest", "n2"))  # nothing was done

    def test_over_all_notes(self, pkm: CommandLine) -> None:
        rows = pkm.json("sense", "suggest", "--all")
        assert rows[0]["note"] == "n2"
        assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
        assert "n4" in {row["note"] for row in rows}  # it has no link
        pkm("sense", "suggest", "--all", "--accept", "1")
        assert rows[0]["id"] not in [row["id"] for row in pkm.json("sense", "suggest", "--all") if row["note"] == "n2"]

    def test_one_note_or_all(self, pkm: CommandLine) -> None:
        assert "--all" in pkm("sense", "suggest", ok=2).err
        pkm("sense", "suggest", "n1", "--all", ok=2)

    def test_an_empty_store(self, pkm: CommandLine) -> None:
        for number in range(1, 6):
            pkm("sense", "drop", f"n{number}")
        assert "No suggestion" in pkm("sense", "suggest", "--all").err
