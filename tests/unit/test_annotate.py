"""Quotes are found in a text however they were retyped, marked there, and found again when the text changes."""

import pytest

from pkm.sense.anchor import Passage, anchor, closest, find, select
from pkm.sense.show import links_of, marked

TEXT = (
    "Work in the complex domain is not planned. People in the complex domain probe first,\nthen sense, and only then "
    "respond. “Good practice” comes later — if it comes at all. The end."
)


def quoted(text: str, words: str, nth: int = 1) -> dict[str, object]:
    kept = select(text, find(text, words)[nth - 1])
    return {**kept._asdict(), "state": "anchored", "comment": ""}


@pytest.mark.parametrize(("quote", "words"), [
    ("People in the complex domain", ["People in the complex domain"]),
    ("  people IN the\n complex domain ", ["People in the complex domain"]),
    ("probe first, then sense", ["probe first,\nthen sense"]),
    ('"good practice"', ["“Good practice”"]),
    ("later - if it comes", ["later — if it comes"]),
    ("the complex domain", ["the complex domain", "the complex domain"]),
    ("simple domain", []),
    ("", []),
    (" \u200b ", []),
])  # fmt: skip
def test_quotes_are_found_however_they_were_retyped(quote: str, words: list[str]) -> None:
    assert [TEXT[one.start : one.end] for one in find(TEXT, quote)] == words


def test_a_quote_keeps_its_surroundings() -> None:
    kept = select(TEXT, find(TEXT, "probe first")[0])
    assert (kept.exact, kept.prefix, kept.suffix) == (
        "probe first", "d. People in the complex domain ", ",\nthen sense, and only then resp",
    )  # fmt: skip
    assert kept.position == TEXT.index("probe")


@pytest.mark.parametrize(("quote", "like"), [
    ("people in a complex domain probe", "People in the complex domain probe"),
    ("zebra quartz xylophone", ""),
    ("", ""),
])  # fmt: skip
def test_the_closest_passage_is_offered_in_whole_words(quote: str, like: str) -> None:
    found = closest(TEXT, quote)
    assert like in found
    assert bool(found) == bool(like)


CHANGES = [
    ("unchanged", lambda text: text, "People in the complex domain"),
    ("text in front", lambda text: "A new beginning. " * 9 + text, "People in the complex domain"),
    ("a word of it", lambda text: text.replace("People in the", "People in a"), "People in a complex domain"),
    ("another end", lambda text: text.replace("probe first", "first of all listen"), "People in the complex domain"),
    ("rewrapped", lambda text: text.replace(" ", "\n"), "People\nin\nthe\ncomplex\ndomain"),
    ("the sentence is gone", lambda text: text.replace("People in the complex domain probe first,", ""), None),
    ("the words are gone, the rest is there", lambda text: text.replace("People in the complex domain", "They"), None),
    ("the text is another", lambda text: "Nothing of it is left here.", None),
    ("empty", lambda text: "", None),
]


@pytest.mark.parametrize(("change", "words"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_a_quote_is_found_again_or_given_up(change: object, words: str | None) -> None:
    kept = select(TEXT, find(TEXT, "People in the complex domain")[0])
    now = change(TEXT)  # type: ignore[operator]
    found = anchor(now, *kept)
    assert (None if found is None else now[found.start : found.end]) == words


def test_of_two_equal_quotes_the_one_that_is_left_is_not_taken_for_the_other() -> None:
    kept = select(TEXT, find(TEXT, "the complex domain")[0])
    now = TEXT.replace("Work in the complex domain is not planned. ", "")
    assert anchor(now, *kept) is None


def test_equal_surroundings_are_told_apart_by_nothing_and_so_not_at_all() -> None:
    verse = "Row, row, row your boat, gently down the stream, merrily merrily. "
    text = verse * 4
    start = len(verse) * 2
    kept = select(text, Passage(start, start + 8))
    assert anchor(text, *kept) == (start, start + 8, 1.0)
    assert anchor("x" + text, *kept) is None


def test_quotes_are_marked_and_numbered_also_where_they_overlap() -> None:
    rows = [quoted(TEXT, "People in the complex domain"), quoted(TEXT, "complex domain probe"), {"exact": ""},
            {**quoted(TEXT, "The end"), "exact": "What nobody wrote there", "prefix": "", "suffix": ""}]  # fmt: skip
    shown = marked(TEXT, rows)
    assert "⟪People in the ⟪complex domain⟫[1] probe⟫[2] first" in shown
    assert shown.replace("⟪", "").replace("⟫[1]", "").replace("⟫[2]", "") == TEXT


def test_links_are_numbered_and_only_web_addresses_count() -> None:
    html = (
        '<p><a href="https://a.example/">A <b>page</b></a> <a href="javascript:alert(1)">no</a> '
        '<a href="https://b.example/?x=1&amp;y=2">B</a> <a href="https://a.example/">again</a></p>'
    )
    assert links_of(html, "") == [
        {"number": 1, "title": "A page again", "url": "https://a.example/"},
        {"number": 2, "title": "B", "url": "https://b.example/?x=1&y=2"},
    ]
    assert [one["url"] for one in links_of("", "see https://c.example/x, or (http://d.example).")] == [
        "https://c.example/x", "http://d.example",
    ]  # fmt: skip
