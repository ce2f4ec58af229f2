"""How alike names are, and which numbers are one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, utils

from pkm.people.names import ALIKE, are_apart, compare, likeness, read_name
from pkm.phones import read_number, same_line


@pytest.mark.parametrize(("one", "other", "why"), [
    ("Maria Silva", "maria  SILVA", "the same name"),
    ("Silva, Maria", "Maria Silva", "the same name"),
    ("Łukasz Żak", "Lukasz Zak", "the same name"),
    ("Jörg Müller", "Joerg Mueller", "the same name"),
    ("Dr. Ann Lee", "Ann Lee, PhD", "the same name"),
    ("O'Brien Ann", "Ann O’Brien", "the same name in another order"),
    ("M. Silva", "Maria Silva", "the same initial and family name"),
    ("Bob Jones", "Robert Jones", "one given name may be short for the other"),
    ("Ann Lee", "Ann B. Lee", "the same name but for the middle one"),
    ("Maria Silva", "Marai Silva", "names alike by 91 of 100"),
    ("Ann C. Lee", "Ann B. Lee", None),
    ("Anna Silva", "Hanna Silva", None),
    ("Contact 001", "Contact 010", None),
    ("Maria Silva", "Otto Silva", None),
    ("K. Silva", "Maria Silva", None),
    ("Maria", "Maria Silva", None),
    ("", "", None),
    ("...", "...", None),
])  # fmt: skip
def test_what_makes_two_names_alike(one: str, other: str, why: str | None) -> None:
    for pair in ((one, other), (other, one)):
        found = compare(*map(read_name, pair))
        assert (found and found.why) == why


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_score_is_that_of_rapidfuzz(one: str, other: str) -> None:
    mine, theirs = read_name(one), read_name(other)
    expected = max(
        fuzz.QRatio(mine.plain, theirs.plain, processor=utils.default_process),
        fuzz.token_sort_ratio(mine.plain, theirs.plain, processor=utils.default_process),
    )
    if mine.plain and theirs.plain and expected >= ALIKE:
        assert likeness(mine, theirs) == pytest.approx(expected)


@pytest.mark.parametrize(("one", "other", "apart"), [
    ("Ann Silva", "Ben Silva", True), ("Ann Silva", "Anna Silva", False), ("Ann", "Ben Silva", False),
    ("Ann Silva", "Silva Ann", False),
])  # fmt: skip
def test_names_that_name_two_people(one: str, other: str, apart: bool) -> None:
    assert are_apart(read_name(one), read_name(other)) == apart


@pytest.mark.parametrize(("one", "other", "same"), [
    ("+49 30 1234567", "0049-30-1234567", True),
    ("+49 30 1234567", "(030) 123 45 67", True),
    ("+49 (0)30 1234567", "030/1234567", True),
    ("tel:+1-555-123-4567;ext=12", "555.123.4567 x12", True),
    ("+1 555 123 4567", "555-123-4567", True),
    ("+49 30 1234567", "+43 30 1234567", False),
    ("030 1234567", "040 1234567", False),
    ("1234567", "+49 30 1234567", False),
    ("123456789", "3456789", False),
    ("1234567890", "0 4567890", False),
])  # fmt: skip
def test_one_line_however_it_is_written(one: str, other: str, same: bool) -> None:
    mine, theirs = read_number(one), read_number(other)
    assert mine is not None
    assert theirs is not None
    assert same_line(mine, theirs) == same_line(theirs, mine) == same
    assert not same or mine.tail == theirs.tail


def test_an_extension_is_told_apart() -> None:
    numbers = [read_number(text) for text in ("030 1234567 ext. 12", "+49301234567x13", "030 1234567")]
    assert [number and number.extension for number in numbers] == ["12", "13", ""]


@pytest.mark.parametrize("text", ["", "110", "+", "call me", "x5", "12 34"])
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = read_number(text)
    assert number is None or (number.digits.isdigit() and same_line(number, number))
