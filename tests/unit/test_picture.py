"""Pictures made clean: given files with what they become beside them, and bytes that are none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import BadInput
from pkm.picture import clean

PICTURES = Path(__file__).parent.parent / "data" / "pictures"
SHOWN = {"turned.jpg": (16, 24), "progressive.jpg": (24, 16), "told.png": (16, 24), "told.webp": (16, 24), "moving.gif": (24, 16)}
"""File -> width and height as it is shown. They tell of a camera, a place and an author, in capitals; each has its clean
form beside it, of which Pillow reads the same pixels and the same orientation."""


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_picture_tells_goes_and_what_it_shows_stays(name: str) -> None:
    made = clean((PICTURES / name).read_bytes(), name)
    stem, _, ending = name.rpartition(".")
    assert made.data == (PICTURES / f"{stem}.clean.{ending}").read_bytes()
    assert b"SECRET" not in made.data
    assert (made.width, made.height) == SHOWN[name]
    assert clean(made.data, name) == made


@pytest.mark.parametrize(("data", "why"), [
    (b"", "it is empty"), (b"%PDF-1.4 hello", "it is a PDF"), (b"<svg xmlns='x'><script/></svg>", "a picture (SVG)"),
    (b"\0\0\0\x18ftypheic" + b"\0" * 20, "a video, sound or picture file"),
    ((PICTURES / "turned.jpg").read_bytes()[:600], "it ends early"),
    ((PICTURES / "told.png").read_bytes()[:90], "cut off or changed"),
    ((PICTURES / "told.png").read_bytes().replace(b"IDAT", b"IDAX", 1), "cut off or changed"),
    (b"\xff\xd8\xff\xd9", "there is no picture in it"), (b"GIF89a" + b"\0" * 7 + b"\x3b", "there is no picture in it"),
])  # fmt: skip
def test_what_cannot_be_made_clean_stays(data: bytes, why: str) -> None:
    with pytest.raises(BadInput) as error:
        clean(data, "x.jpg")
    assert why in error.value.why


@given(st.sampled_from(sorted(SHOWN)), st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=6))
def test_any_bytes_become_a_clean_picture_or_are_refused(name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray((PICTURES / name).read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    try:
        made = clean(bytes(data), name)
    except BadInput:
        return
    assert clean(made.data, name) == made
