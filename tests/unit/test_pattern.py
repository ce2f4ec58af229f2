"""Patterns: what they mean, and where they are wrong."""

import pytest

from pkm.errors import Malformed
from pkm.matching import Overran, Subject, compile_pattern
from pkm.pattern import fields, is_everything, read, said

ITEM = {
    "title": ("Désiré paths in the Park",), "author": ("Ann Lee, Bob Ray",),
    "text": ("People walk where they want; planners follow. 広告を含みます。 See C++17.",),
    "url": ("https://news.example.org/2026/post-12",), "category": ("Urban Design", "ads"),
    "source": ("City Weekly", "https://city.example/feed"), "enclosure": ("audio/mpeg", "https://e.org/1.mp3"),
    "has": ("enclosure", "audio"),
}  # fmt: skip


def matches(pattern: str) -> bool:
    return compile_pattern(read(pattern))(Subject(lambda field: ITEM[field]))


@pytest.mark.parametrize("pattern", [
    "desire", "DÉSIRÉ", "paths park", '"desire paths"', "“desire paths”", "desire-paths", "park OR nothing", "nothing | park",
    "-nothing", "NOT nothing", "walk AND planners", "(nothing OR walk) -roadmap", "ann", '"Ann Lee"', 'author:"bob ray"',
    "by:ann", "plan*", "p?rk", "*lanner*", "title:d*e", "title:/d.sir/", "/PLANNERS follow/i", "広告", "category:design",
    'category:"urban design"', "category:urban*", "cat:ads", "url:example.org", "url:https://news.*", "url:*post*",
    "source:weekly", "from:city.example", "enclosure:audio*", "has:audio", "has:enclosures", "title:nothing,park",
    "title:(nothing OR park)", "title:(park -ad)", "-(nothing walk)", "*", "author:*", "--park", "url:/post-\\d+$/", "17",
])  # fmt: skip
def test_a_pattern_matches(pattern: str) -> None:
    assert matches(pattern)


@pytest.mark.parametrize("pattern", [
    "desir", "path", '"paths desire"', '"lee bob nothing"', "-park", "park nothing", "title:planners", "text:park", "news",
    "category:urb", '"design ads"', "pl*x", "?ark*s", "url:new*x", "title:/^park/", "has:video", "source:town", "-(park OR x)",
    "NOT *",
])  # fmt: skip
def test_a_pattern_does_not_match(pattern: str) -> None:
    assert not matches(pattern)


@pytest.mark.parametrize(("pattern", "place", "why"), [
    ("title:/a(b/", 10, "missing )"),
    ("foo /x[/ bar", 7, "regular expression"),
    ('a "b', 2, "quote is never closed"),
    ("a (b OR c", 2, "parenthesis is never closed"),
    ("a) b", 1, "closes nothing"),
    ("a OR", 4, "wanted here"),
    ("OR a", 0, "wanted here"),
    ("foo titel:x", 4, "a rule knows title:, author:"),
    ("xyzzy:x", 0, "a rule knows title:, author:"),
    ("title: x", 6, "right after title:"),
    ("has:sound", 4, "one of enclosure, audio"),
    ("a !!!", 2, "no letter or digit"),
    ("/a", 0, "no closing /"),
    ("()", 1, "wanted here"),
    ("/(a{999}){999}/", 9, "more than 10,000"),
    ("(" * 40 + "a" + ")" * 40, 30, "so deep"),
    ("a " * 3000, 4000, "longer than"),
])  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(pattern: str, place: int, why: str) -> None:
    with pytest.raises(Malformed) as error:
        read(pattern)
    assert (error.value.position, error.value.text) == (place, pattern)
    assert why in error.value.why


def test_a_word_that_looks_like_a_field_is_a_word_where_no_field_is_meant() -> None:
    assert said(read("https://e.org/x Re:paths")) == "“https://e.org/x” and “Re:paths”"


@pytest.mark.parametrize(("pattern", "words"), [
    ("title:sponsored", "“sponsored” in the title"),
    ("a (b OR -c*)", "“a” and (“b” or not c*)"),
    ("url:/x/ has:audio", "/x/ in the address and an audio"),
    ("", ""),
])  # fmt: skip
def test_a_pattern_in_words(pattern: str, words: str) -> None:
    assert said(read(pattern)) == words


def test_what_a_pattern_needs_and_whether_it_takes_everything() -> None:
    assert fields(read("title:a url:b")) == {"title", "url"}
    assert fields(read("a")) == {"title", "author", "text"}
    assert [is_everything(read(text)) for text in ("", "*", "a OR *", "a *", "title:*")] == [True, True, True, False, False]


def test_a_regular_expression_that_takes_too_long_says_so() -> None:
    subject = Subject(lambda field: ("a" * 5000 + "b",))
    with pytest.raises(Overran):
        compile_pattern(read("/(a|aa)+$/"))(subject)


def test_each_field_is_read_once_and_only_where_it_is_asked_for() -> None:
    asked: list[str] = []

    def value(field: str) -> tuple[str, ...]:
        asked.append(field)
        return ("words",)

    subject = Subject(value)
    for pattern in ("title:a", "title:b", "title:/c/", "url:d"):
        compile_pattern(read(pattern))(subject)
    assert asked == ["title", "url"]
