"""How much items tell of words."""

import pytest

from pkm.query_tree import Word
from pkm.store import telling


def best(words: list[Word], *items: tuple[str, str]) -> str:
    """The places of the items, the best first; those that are alike as they came."""
    ranks = telling.ranks(
        words, [heading.encode() for heading, _ in items],
        lambda places: [(place, items[place][1].encode()) for place in places],
    )  # fmt: skip
    return "".join(map(str, sorted(range(len(items)), key=lambda place: ranks[place])))


@pytest.mark.parametrize(
    ("words", "items", "order"),
    [
        ([Word("paths")], [("", "a path"), ("Path", ""), ("", "paths, path")], "120"),  # the title counts three times
        ([Word("path")], [("", "empathy"), ("", "A path")], "10"),  # the beginnings of words only
        ([Word("happy")], [("", "x"), ("", "Happiness")], "10"),  # other forms
        ([Word("desire paths")], [("", "paths of desire"), ("", "Desired, path")], "10"),
        ([Word("roadm", prefix=True)], [("", "a road"), ("", "Roadmaps")], "10"),
        ([Word("москва")], [("", "о Москве"), ("", "Москва")], "10"),
        ([Word("a"), Word("rare")], [("", "a"), ("", "a"), ("", "rare")], "201"),  # what fewer have counts more
        ([Word("path", where="title")], [("", "path path"), ("path", "")], "10"),
        ([Word("path", where="text")], [("path", ""), ("", "path")], "10"),
        ([Word("path")], [("", "x " * telling.READ + "path"), ("", "path")], "10"),
        ([Word("…")], [("", "x"), ("", "y")], "01"),
    ],
)  # fmt: skip
def test_what_tells_more_comes_first(words: list[Word], items: list[tuple[str, str]], order: str) -> None:
    assert best(words, *items) == order


def test_texts_are_read_of_those_whose_headings_speak_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "TEXTS", 1)
    assert best([Word("path")], ("", "path"), ("path", "path"), ("path", "")) == "120"
    assert best([Word("path")], ("", "path"), ("", "path path")) == "01"
