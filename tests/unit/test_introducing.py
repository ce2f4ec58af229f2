"""Whom to introduce: who shares something and does not know the other, the best first, with the reasons; and the draft."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.capture import without_comments
from pkm.people.introducing import MOST, Facts, draft_words, find_pairs, offers, read_form, who_is, write_form


def tagged(tag: str, *people: int, kind: str = "contact") -> list[dict[str, object]]:
    return [{"tag": tag, "contact_id": one, "kind": kind, "number": one} for one in people]


def mentioned(note: int, *people: int) -> list[dict[str, object]]:
    return [{"note_id": note, "contact_id": one} for one in people]


def together(circle: int, *people: int) -> list[dict[str, object]]:
    return [{"circle_id": circle, "name": "oslo", "contact_id": one} for one in people]


@pytest.mark.parametrize(("facts", "pairs"), [
    (Facts(), []),
    (Facts(subjects=tagged("walking", 1, 2)), ["c1,c2"]),
    (Facts(subjects=tagged("walking", 1, 2, 3)), ["c1,c2", "c1,c3", "c2,c3"]),
    (Facts(subjects=[*tagged("walking", 1, 2, 3), *tagged("retros", 2, 3)]), ["c2,c3", "c1,c2", "c1,c3"]),
    (Facts(subjects=[*tagged("big", *range(1, 9)), *tagged("small", 7, 9)]), ["c7,c9"]),
    (Facts(notes=mentioned(5, 2, 1), subjects=tagged("walking", 3, 4)), ["c1,c2", "c3,c4"]),
    (Facts(circles=together(4, 1, 2), subjects=tagged("walking", 3, 4)), ["c3,c4", "c1,c2"]),
    (Facts(subjects=tagged("walking", 1, 2), met_in=[(1, "e7"), (2, "e7")]), []),
    (Facts(subjects=tagged("walking", 1, 2), met_in=[(1, "e7"), (2, "e8")]), ["c1,c2"]),
    (Facts(subjects=tagged("walking", 1, 2), through=[(2, 1)]), []),
    (Facts(subjects=tagged("walking", 1, 2), through=[(1, 3), (2, 3)]), ["c1,c2"]),
    (Facts(subjects=tagged("walking", 1, 2), dismissed=frozenset({"c1,c2"})), []),
])  # fmt: skip
def test_who_is_suggested(facts: Facts, pairs: list[str]) -> None:
    limit = 1 if pairs == ["c7,c9"] else 10
    assert [one.id for one in find_pairs(facts, limit)] == pairs


def test_the_reasons_carry_ids() -> None:
    facts = Facts(
        subjects=[*tagged("walking", 1, 2), {"tag": "walking", "contact_id": 2, "kind": "source", "number": 9}],
        notes=mentioned(5, 1, 2), circles=together(4, 1, 2),
    )  # fmt: skip
    (one,) = find_pairs(facts, 10)
    assert one.because == [
        ("n5 mentions both", ("n5",)), ("#walking (c1 and c2, s9)", ("c1", "c2", "s9")), ("both are in oslo", ("o4",)),
    ]  # fmt: skip
    assert one.score == pytest.approx(1.5 + 1 / 1.58496 + 0.3, rel=1e-4)


@given(st.permutations(tagged("a", 1, 2, 3) + tagged("b", 2, 3) + tagged("c", 1, 3)))
def test_the_order_of_the_facts_does_not_matter(rows: list[dict[str, object]]) -> None:
    assert [one.id for one in find_pairs(Facts(subjects=rows), 9)] == ["c1,c3", "c2,c3", "c1,c2"]


def test_many_people_are_few_subjects() -> None:
    """What everybody has in common is not looked at by the store; of the rest, the rarest come first."""
    facts = Facts(subjects=[row for tag in range(300) for row in tagged(f"t{tag:03}", *range(tag * MOST, (tag + 1) * MOST))])
    assert len(find_pairs(facts, 5)) == 5


ANN = {"id": "c1", "name": "Ann Lee", "role": "facilitator", "org": "Walkers", "handles": [
    {"kind": "email", "value": "ann@example.org"}, {"kind": "phone", "value": "+47 1"},
    {"kind": "url", "value": "https://ann.example.org"},
], "met": "at the pub", "about": "snores", "tags": ["walking", "difficult"]}  # fmt: skip
BEN = {"id": "c2", "name": "Ben *Öde*", "role": "", "org": "", "handles": []}


def test_the_draft_says_what_may_be_said_and_nothing_else() -> None:
    offered = offers(ANN, BEN, ["walking"])
    assert offered == ["Ann Lee: facilitator at Walkers, <https://ann.example.org>", "What you share: walking."]
    for private in ("ann@example.org", "+47", "pub", "snores", "difficult"):
        assert private not in " ".join(offered)


def test_what_is_kept_of_them_goes_out_only_where_the_person_says_so() -> None:
    words = draft_words("both try walking retros", offers=offers(ANN, BEN, ["walking"]))
    assert "%% Ann Lee: facilitator at Walkers, <https://ann.example.org> %%\n" in words
    assert without_comments(words).strip() == "Why now: both try walking retros."
    said = without_comments(words.replace("%% What you share: walking. %%", "What you share: walking."))
    assert " ".join(said.split()) == "What you share: walking. Why now: both try walking retros."


@pytest.mark.parametrize("role", ["x %% boss", "%%%", "%%%%%", "`x %%` y", "```", "a\n```\nb"])
def test_no_role_ends_the_comment_that_it_stands_in(role: str) -> None:
    words = draft_words(offers=offers({**ANN, "role": role}, BEN, ["walking"]))
    assert without_comments(words).strip() == ""


@pytest.mark.parametrize(("person", "line"), [
    ({"role": "lead", "org": ""}, "Ben \\*Öde\\*: lead"), ({"role": "", "org": "Walkers"}, "Ben \\*Öde\\*: Walkers"),
    ({}, ""), ({"handles": [{"kind": "url", "value": "https://x.org/a b"}]}, ""),
    ({"handles": [{"kind": "url", "value": "https://x.org/>**wire%20money**<b"}]}, ""),
    ({"handles": [{"kind": "url", "value": "https://ann@evil.org/"}]}, ""),
    ({"handles": [{"kind": "url", "value": "https://x.org/`a`"}]}, ""),
    ({"handles": [{"kind": "url", "value": "https://x.org/~ben?a=1"}]}, "Ben \\*Öde\\*: <https://x.org/~ben?a=1>"),
])  # fmt: skip
def test_who_somebody_is(person: dict[str, object], line: str) -> None:
    assert who_is({**BEN, **person}) == line


@pytest.mark.parametrize(("text", "title", "words"), [
    ("# New title\n\nWords\n", "New title", "Words"), ("Words only", "Old", "Words only"), ("#\n\nWords", "Old", "#\n\nWords"),
    ("\n\n# T\nWords", "T", "Words"), ("## Not a title\n", "Old", "## Not a title"), ("", "Old", ""),
])  # fmt: skip
def test_what_the_editor_leaves(text: str, title: str, words: str) -> None:
    assert read_form(text, "Old") == (title, words)


def test_the_form_is_read_back() -> None:
    assert read_form(write_form("Ann and Ben", "Dear both,\n\ntalk."), "x") == ("Ann and Ben", "Dear both,\n\ntalk.")
