"""Pictures of the desk say what the stored ones say; `pytest --rewrite tests/desk` stores them anew."""

import re
from pathlib import Path

import pytest

from tests.desk.picture import take, text_of

PICTURES = Path(__file__).resolve().parent.parent / "pictures"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_desk_looks_as_it_did(size: tuple[int, int], home: Path, request: pytest.FixtureRequest) -> None:
    stored = PICTURES / f"desk-{size[0]}x{size[1]}.svg"
    picture = take(size)
    if request.config.getoption("--rewrite"):
        stored.write_text(picture, encoding="utf-8")
    assert text_of(picture) == text_of(stored.read_text(encoding="utf-8"))
    assert not re.search(r"url\(|@import|<image|href=", picture.replace("url(#", "")), "it would load something"


@pytest.mark.parametrize(("keys", "words"), [
    (("question_mark",), "n note: your own words on it"),
    (("n", "f1"), "Ctrl-S done: it is stored"),
    (("t",), "i1 has #cop #org/trust. + adds, - takes away:"),
    (("g",), "Open which link?"),
    (("slash", *"kind:note", "enter"), "Trust grows in small steps"),
])  # fmt: skip
@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_screen_fits(size: tuple[int, int], keys: tuple[str, ...], words: str, home: Path) -> None:
    shown = text_of(take(size, keys))
    assert len(shown) <= size[1] + 1
    if size[0] >= 80:
        assert words in "\n".join(shown)
