"""When a page's text is better than what its feed gives: longer, of the same matter, and no wall."""

import pytest

from pkm.seek.clip import Page
from pkm.seek.fulltext import is_better, leads_elsewhere, origin_of
from pkm.text import looks_cut_off

TITLE, SUMMARY = "Desire paths beat roadmaps", "Planners who listen draw their paths where people already walk"
BODY = f"{TITLE}. {SUMMARY}. " + "More words about gardens and the people in them. " * 8


def page(text: str) -> Page:
    return Page("https://a.example/p", "https://a.example/p", TITLE, "", None, "", "", text, "", "")


@pytest.mark.parametrize(
    ("text", "locked", "better"),
    [
        (BODY, False, True),
        (BODY, True, False),
        (SUMMARY, False, False),
        (BODY + " Subscribe to continue reading this story.", False, False),
        (BODY + " This post is for paid subscribers", False, False),
        (BODY * 12 + " Subscribe to continue reading our other stories.", False, True),
        ("Just a moment... " + BODY, False, False),
        ("We value your privacy and use cookies to store information on a device. " * 10, False, False),
    ],
)
def test_is_better(text: str, locked: bool, better: bool) -> None:
    assert is_better(page(text), TITLE, SUMMARY, SUMMARY, locked=locked) is better


def test_what_the_feed_gives_whole_stays() -> None:
    assert not is_better(page(BODY), TITLE, SUMMARY, BODY + " and more")


@pytest.mark.parametrize(
    ("asked", "final", "elsewhere"),
    [("https://a.example/p", "https://a.example/", True), ("https://a.example/p", "https://a.example/q", False),
     ("https://a.example/", "https://a.example/", False), ("https://a.example/p", "https://a.example/?p=1", False)],
)  # fmt: skip
def test_leads_elsewhere(asked: str, final: str, elsewhere: bool) -> None:
    assert leads_elsewhere(asked, final) is elsewhere


@pytest.mark.parametrize(
    ("texts", "cut"),
    [
        (["one …", "two [...]", "three… Read more »"], True),
        (["one …", "two …"], False),
        (["one …", "two …", "x" * 1000 + "…"], False),
        (["one.", "two.", "three …"], False),
        (["", "", ""], False),
    ],
)
def test_looks_cut_off(texts: list[str], cut: bool) -> None:
    assert looks_cut_off(texts) is cut


@pytest.mark.parametrize(
    ("feed", "page", "same"),
    [
        ("http://127.0.0.1:8000/feed", "http://127.0.0.1:8000/p", True),
        ("http://127.0.0.1:8000/feed", "http://127.0.0.1:9200/p", False),
        ("http://127.0.0.1/feed", "http://127.0.0.1:80/p", True),
        ("http://127.0.0.1/feed", "https://127.0.0.1/p", False),
        ("http://127.0.0.1/feed", "http://127.0.0.2/p", False),
        ("http://127.0.0.1/feed", "http://127.0.0.1:99999/p", False),
        ("file:///feed.xml", "file:///p", False),
    ],
)
def test_origins(feed: str, page: str, same: bool) -> None:
    assert (origin_of(feed) == origin_of(page)) is same
