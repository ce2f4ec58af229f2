"""One line of text: nothing in it that is not seen, and nothing gone that a script or an emoji needs."""

import pytest

from pkm.text import around, clean, one_line, shown_name

WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A\u200bnn\u2060 B\ufeff", "Ann B"),
        ("Ann\U000e0069\U000e0067\U000e006e", "Ann"),
        (f"{WALES} Cymru", f"{WALES} Cymru"),
        ("\U0001f3f4 \U000e0067\U000e0062", "\U0001f3f4"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
    ],
)
def test_one_line_holds_nothing_unseen(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    "text",
    ["\u3164", "\u115f\u1160", "\u2800 \u2800", "\u00ad", "\uffa0", "\u180e", "\u200d", "\u200c\ufe0f", "\U000e0101", "\u034f"],
)
def test_a_name_that_shows_nothing_is_none(text: str) -> None:
    assert shown_name(text) == ""
    assert shown_name(f"{text}Ann") != ""


def test_the_unseen_leaves_what_is_written_with_it() -> None:
    assert one_line("co\u00adoperate") == "cooperate"
    assert one_line("\u2801\u2800\u2803") == "\u2801 \u2803"
    assert one_line("\u8fbb\U000e0101") == "\u8fbb\U000e0101"


@pytest.mark.parametrize("opener", ["\x9d", "\x90", "\x98", "\x9e", "\x9f", "\x9b", "\x1b]", "\x1bP"])
def test_a_terminal_sequence_ends_at_the_next_opener(opener: str) -> None:
    """So that a run of openers is searched once, not from each of them."""
    assert clean(f"\x9da{opener}0;b\x9c") == clean(f"\x90a{opener}0;b\x9c") == "a"


def test_the_words_stay_in_sight() -> None:
    long = "one two three " * 30 + "desire paths beat roadmaps " + "four five six " * 30
    assert "desire paths" in around(long, "desire paths", 80)
    assert len(around(long, "desire paths", 80)) <= 80
    assert around("short desire paths", "desire paths", 80) == "short desire paths"
