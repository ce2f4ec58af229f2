"""What a text names without a link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.mentions import Name, Names, beginnings

NAMES = Names(
    [
        Name("note", 1, "Desire paths"), Name("note", 2, "Paths"), Name("note", 3, "Desire paths beat roadmaps"),
        Name("note", 4, "The"), Name("note", 5, "Stigmergy"), Name("note", 6, "Of the and"), Name("note", 7, "AI"),
        Name("note", 8, "Same name"), Name("note", 9, "Same Name"), Name("note", 10, "2026"), Name("note", 11, "teams"),
        Name("contact", 1, "Maria Silva"), Name("contact", 1, "maria"), Name("contact", 2, "Mark"),
        Name("contact", 3, "Jörg Ólafsson"), Name("contact", 4, "Will"),
    ],
    is_word=lambda stem: stem == "team",
)  # fmt: skip


def said(text: str, apart_from: set[tuple[str, int]] = frozenset()) -> str:  # type: ignore[assignment]
    return " ".join(f"{one.thing[0][0]}{one.thing[1]}={one.said}" for one in NAMES.mentioned(text, set(apart_from)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A desire path is walked.", "n1=desire path"),
        ("Paths are walked; a path is not named so.", "n2=Paths"),
        ("Desire paths beat roadmaps, I say", "n3=Desire paths beat roadmaps"),
        ("desire\npaths", "n1=desire\npaths"),
        ("desire. Then paths", "n2=paths"),
        ("desire\n\npaths", "n2=paths"),
        ("undesired pathsX", ""),
        ("the AI of the and 2026", ""),
        ("stigmergy, stigmergy and Stigmergy", "n5=stigmergy"),
        ("teams", ""),
        ("one of the same name", ""),
        ("[[Desire paths]] and `desire paths` and https://x.org/desire-paths", ""),
        ("see [desire paths](a.md), [stigmergy][s] and ![desire paths](b.png)", ""),
        ('About paths.\n\n[stigmergy]: stigmergy.md "Stigmergy"', "n2=paths"),
        ("stigmergy [sic]", "n5=stigmergy"),
        ("#stigmergy by @maria", ""),
        ("```\ndesire paths\n```", ""),
        ("Maria Silva said", "c1=Maria Silva"),
        ("maria said; Maria said", "c1=Maria"),
        ("mark my words; will it?", ""),
        ("Mark wrote", "c2=Mark"),
        ("Will Smith", ""),
        ("with Jörg Ólafsson", "c3=Jörg Ólafsson"),
    ],
)
def test_what_is_named(text: str, found: str) -> None:
    assert said(text) == found


def test_what_is_linked_already_is_not_named_and_hides_what_is_in_it() -> None:
    assert said("Desire paths beat roadmaps", {("note", 3)}) == ""
    assert said("Desire paths", {("note", 1)}) == ""


def test_the_sentence_is_told() -> None:
    (one,) = NAMES.mentioned("First. We saw stigmergy at work. Last.", set())
    assert one.sentence == "We saw stigmergy at work."


@given(st.lists(st.sampled_from(["desire", "paths", "Maria", "[[", "]]", "`", "\n", " ", "#", "@", "<", "路", "."])).map("".join))
def test_any_text_can_be_looked_through(text: str) -> None:
    for one in NAMES.mentioned(text, set()):
        assert one.said in text


@given(st.text(alphabet="abdeinostyz é", max_size=30))
def test_a_plain_name_begins_as_the_text_says(text: str) -> None:
    words = [word for word in text.split() if word.isascii()]
    assert all(any(word.startswith(begun) for begun in beginnings(text)) for word in words)
