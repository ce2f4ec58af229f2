"""How wide a table's columns are on a terminal: a title gives way, then a name or a receiver; an id, a date and a state never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.cli.render import fit_widths

PEOPLE = ("id", "name", "nick", "circles", "last", "due", "org")


@pytest.mark.parametrize(("headings", "wide", "room", "expected"), [
    (("id", "title"), (4, 40), 80, [4, 40]),
    (("id", "title", "state"), (4, 100, 6), 80, [4, 66, 6]),
    (("id", "title", "name", "on"), (4, 60, 40, 10), 80, [4, 20, 40, 10]),
    (PEOPLE, (5, 40, 10, 30, 10, 10, 40), 80, [5, 11, 10, 11, 10, 10, 11]),
    (("id", "due", "state"), (5, 40, 40), 60, [5, 40, 40]),
    (("id", "to", "at", "title"), (2, 60, 10, 50), 80, [2, 50, 10, 12]),
])  # fmt: skip
def test_what_gives_way(headings: tuple[str, ...], wide: tuple[int, ...], room: int, expected: list[int]) -> None:
    assert fit_widths(headings, wide, room) == expected


@given(st.lists(st.integers(0, 120), min_size=7, max_size=7), st.integers(20, 200))
def test_no_column_grows_and_ids_and_dates_stay(wide: list[int], room: int) -> None:
    found = fit_widths(PEOPLE, wide, room)
    assert all(width <= natural for width, natural in zip(found, wide, strict=True))
    assert [found[place] for place in (0, 4, 5)] == [wide[place] for place in (0, 4, 5)]
    assert sum(wide) + 12 > room or found == wide
