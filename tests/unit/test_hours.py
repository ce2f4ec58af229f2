"""Quiet hours and weekly caps, as the settings give them."""

from datetime import UTC, datetime, time

import pytest

from pkm.errors import Invalid
from pkm.hours import of_circle, quiet_until, read_quiet, read_weekly


def test_a_circle_of_its_own_goes_before_all_others() -> None:
    table = read_quiet("22:00-07:00; My Practice 20:00-9:00")
    assert of_circle(table, "my practice") == (time(20), time(9))
    assert of_circle(table, "network") == (time(22), time(7))
    assert of_circle(read_weekly("practice 1"), "network") is None
    assert read_weekly("3; practice 1") == {"": 3, "practice": 1}
    assert read_quiet("") == {}


@pytest.mark.parametrize("text", ["late", "22:00", "25:00-07:00", "practice"])
def test_what_is_no_hours(text: str) -> None:
    with pytest.raises(Invalid):
        read_quiet(text)


@pytest.mark.parametrize("text", ["practice", "0", "practice -1"])
def test_what_is_no_cap(text: str) -> None:
    with pytest.raises(Invalid):
        read_weekly(text)


@pytest.mark.parametrize(
    ("at", "ends"),
    [((1, 21, 59), None), ((1, 22, 0), (2, 7, 0)), ((2, 6, 59), (2, 7, 0)), ((2, 7, 0), None)],
)
def test_the_night_has_two_days(at: tuple[int, int, int], ends: tuple[int, int, int] | None) -> None:
    found = quiet_until((time(22), time(7)), datetime(2026, 12, *at, tzinfo=UTC))
    assert found == (ends and datetime(2026, 12, *ends, tzinfo=UTC))


def test_hours_of_one_day() -> None:
    noon = (time(12), time(13))
    assert quiet_until(noon, datetime(2026, 12, 1, 12, 30, tzinfo=UTC)) == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert quiet_until(noon, datetime(2026, 12, 1, 14, tzinfo=UTC)) is None
