"""How long a text is to a channel, and how it is divided."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.channels import bluesky
from pkm.channels.lengths import graphemes, links, parts_of, shorten, split
from pkm.channels.mastodon import length
from pkm.channels.way import Post
from pkm.errors import Invalid

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(("text", "counted"), [
    ("abc", 3), ("", 0), ("é", 1), ("e\u0301", 1), (FAMILY * 3, 3), ("🇨🇭🇸🇪", 2), ("👍🏽", 1), ("a\nb", 3),
    ("https://example.org", 23), ("see https://example.org/" + "x" * 200 + ".", 28), ("(https://example.org/a)", 25),
    ("https://en.wikipedia.org/wiki/A_(b)", 23), ("https://example.org/a, https://example.org/b", 48), ("http://localhost/a", 18),
    ("@ken@social.example hi", 7), ("ken@social.example", 18),
])  # fmt: skip
def test_mastodon_counts(text: str, counted: int) -> None:
    assert length(text) == counted


@pytest.mark.parametrize(("text", "limit", "parts"), [
    ("One. Two.", 20, ["One. Two."]),
    ("One is short. Two is short.", 15, ["One is short.", "Two is short."]),
    ("A heading\n\nIts words are here.", 20, ["A heading", "Its words are here."]),
    ("one two three four", 9, ["one two", "three", "four"]),
    ("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]),
    (f"{FAMILY}{FAMILY}{FAMILY}", 2, [f"{FAMILY}{FAMILY}", FAMILY]),
    ("He said “No.” And she left.", 14, ["He said “No.”", "And she left."]),
    ("", 10, []),
])  # fmt: skip
def test_a_text_is_split_where_it_hurts_least(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit, lambda one: len(graphemes(one))) == parts


def test_a_sign_may_count_for_more_than_one() -> None:
    def in_bytes(text: str) -> int:
        return len(text.encode())

    parts = split(FAMILY * 40, 200, in_bytes)
    assert "".join(parts) == FAMILY * 40
    assert max(map(in_bytes, parts)) <= 200
    assert bluesky.length(FAMILY * 120) == 300  # 3,000 bytes
    assert bluesky.length("Zürich " * 20) == 140


WORDS = st.sampled_from([
    "Walking", "retros", "work.", "Why?", "https://example.org/a/long/way?x=1", "(https://example.org/b).", FAMILY, "é", "\n\n",
    "\n", "#pkm", "x" * 70, "🇨🇭",
])  # fmt: skip


@given(st.lists(WORDS, max_size=60).map(" ".join), st.integers(40, 120))
def test_nothing_is_lost_and_nothing_is_torn(text: str, limit: int) -> None:
    parts = split(text, limit, length)
    assert all(part and length(part) <= limit for part in parts)
    assert "".join(re.sub(r"\s", "", part) for part in parts) == re.sub(r"\s", "", text)
    assert [one for part in parts for one in graphemes(part) if one.strip()] == [one for one in graphemes(text) if one.strip()]
    whole = [text[start:end] for start, end in links(text)]
    assert [part[start:end] for part in parts for start, end in links(part)] == whole


def test_too_long_a_thread_and_too_long_a_link() -> None:
    with pytest.raises(Invalid, match="posts"):
        split("Some words. " * 400, 30, len)
    with pytest.raises(Invalid, match="link"):
        split("https://example.org/" + "x" * 50, 30, len)


def test_a_post_leads_to_its_page() -> None:
    post = Post("Finds", "", "Words. " * 100, short="Finds\n\nWords and more words", url="https://me.example/2026/finds/")
    assert parts_of(post, 40, length) == ["Finds\n\nWords…\n\nhttps://me.example/2026/finds/"]
    assert parts_of(post, 5000, length)[0].endswith("Words. \n\nhttps://me.example/2026/finds/")
    assert shorten("one two three", 8, len) == "one two…"


def test_pictures_are_shared_out_and_what_does_not_fit_is_left_to_the_page() -> None:
    from pkm.channels.lengths import share_out
    from pkm.channels.way import Picture

    small = [Picture(str(number), "image/png", "x", 10) for number in range(6)]
    large = Picture("large", "image/png", "x", 2_000_000)
    thread = Post("t", "", "text", pictures=tuple(small))
    assert [len(part) for part in share_out(thread, 2, 4)] == [4, 2]
    with pytest.raises(Invalid, match="6 pictures"):
        share_out(thread, 1, 4)
    with pytest.raises(Invalid, match=r"2\.0 MB"):
        share_out(Post("t", "", "text", pictures=(large,)), 1, 4, 1_000_000)
    page = Post("t", "", "text", url="https://me.example/p", pictures=(large, *small))
    assert [[one.sha256 for one in part] for part in share_out(page, 1, 4, 1_000_000)] == [["0", "1", "2", "3"]]
