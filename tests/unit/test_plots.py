"""Small plots: what they show of numbers, and of none."""

import pytest

from pkm.cli.plots import bar, percent, sparkline
from pkm.text import listed


@pytest.mark.parametrize(("values", "shown"), [
    ([], ""), ([0, 0], "▁▁"), ([0, 1, 2, 4, 8], "▁▂▃▅█"), ([1], "█"), ([1, 1000], "▂█"), ([-3, 5], "▁█"),
])  # fmt: skip
def test_a_sparkline_has_a_letter_a_value(values: list[float], shown: str) -> None:
    assert sparkline(values) == shown


@pytest.mark.parametrize(("value", "shown"), [
    (0, ""), (-1, ""), (1, "▏"), (5, "▌"), (25, "██▌"), (100, "█" * 10), (0.001, "▏"), (200, "█" * 10),
])  # fmt: skip
def test_a_bar_is_in_eighths(value: float, shown: str) -> None:
    assert bar(value, 100, 10) == shown
    assert bar(value, 0, 10) == ""


def test_lists_in_words() -> None:
    assert listed([], 0, 3) == ""
    assert listed(["a"], 1, 3) == "a"
    assert listed(["a", "b", "c"], 3, 3) == "a, b and c"
    assert listed(["a", "b", "c"], 1200, 2) == "a, b and 1,198 more"
    assert (percent(0.834), percent(None)) == ("83 %", "")
