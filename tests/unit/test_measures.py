"""Measures of the loop and its people, from tables: the least number of cases, the edges of a span, nothing at all. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from pkm.whole import measures
from pkm.whole.measures import FEW, FINE, WARN

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(("counts", "effective", "verdict"), [
    ({}, None, FEW), ({"a": 9}, None, FEW), ({"a": 5, "b": 4}, None, FEW),  # under ten: counts only
    ({"a": 10}, 1.0, FINE), ({"a": 19}, 1.0, FINE),  # concentrated, but too few to say so
    ({"a": 20}, 1.0, WARN), ({"a": 10, "b": 10}, 2.0, WARN),
    ({name: 4 for name in "abcd"} | {"e": 4}, 5.0, FINE),  # not under five
    ({name: 4 for name in "abcd"} | {"e": 3, "f": 1}, 5.41, FINE), ({"a": 8, "b": 4, "c": 4, "d": 4}, 3.57, WARN),
    ({"a": 10, "b": 0, "c": -1}, 1.0, FINE),
])  # fmt: skip
def test_how_few_are_behind_it(counts: dict[str, int], effective: float | None, verdict: str) -> None:
    found = measures.concentrate(counts)
    assert (found.effective, found.verdict) == (effective, verdict)
    assert found.cases == sum(number for number in counts.values() if number > 0)


def test_the_half_is_named_by_the_alphabet_and_not_by_how_much() -> None:
    found = measures.concentrate({"Zoe": 9, "Ann": 8, "bo": 2, "Cy": 1})
    assert found.half == ("Ann", "Zoe")
    assert measures.concentrate({"Zoe": 10, "Ann": 10}).half == ("Ann",)
    assert found.index == pytest.approx((81 + 64 + 4 + 1) / 400)


@pytest.mark.parametrize(("number", "cases", "part", "verdict"), [
    (0, 0, None, FEW), (9, 9, None, FEW), (10, 10, 1.0, WARN), (8, 10, 0.8, FINE), (9, 10, 0.9, WARN), (0, 10, 0.0, FINE),
])  # fmt: skip
def test_a_part_is_told_from_ten_cases_on(number: int, cases: int, part: float | None, verdict: str) -> None:
    found = measures.part_of(number, cases, above=measures.ECHO)
    assert (found.part, found.verdict, found.number, found.cases) == (part, verdict, number, cases)
    assert measures.part_of(number, cases).verdict in (FEW, FINE)


def test_echo_is_what_came_by_way_of_the_three_circles_most_used() -> None:
    one, two, three, four, none = (frozenset({1}), frozenset({2, 1}), frozenset({3}), frozenset({4}), frozenset())
    part, most = measures.measure_echo([one] * 4 + [two] * 3 + [three] * 2 + [four] + [none] * 2)
    assert most == [1, 2, 3]
    assert (part.number, part.cases, part.verdict) == (9, 12, FINE)
    assert measures.measure_echo([one] * 9 + [none])[0].verdict == WARN
    assert measures.measure_echo([one] * 9)[0].verdict == FEW
    assert measures.measure_echo([])[1] == []


def test_what_filtered_is_counted_and_ways_in_are_no_filters() -> None:
    part, by = measures.mix_filters(["person"] * 6 + ["rule"] * 3 + ["network"] + ["clip", "import", "mail", ""] * 5)
    assert by == {"network": 1, "person": 6, "rule": 3}
    assert (part.number, part.cases, part.part) == (7, 10, 0.7)


@pytest.mark.parametrize(("days", "first", "number"), [
    (1, "2026-11-23", 1), (2, "2026-11-23", 1), (3, "2026-11-16", 2), (7, "2026-11-16", 2), (90, "2026-08-24", 14),
    (5000, "2025-11-24", 53),
])  # fmt: skip
def test_weeks_begin_on_mondays_and_hold_the_span(days: float, first: str, number: int) -> None:
    weeks = measures.weeks_to(NOW, days)
    assert (weeks[0].date().isoformat(), len(weeks)) == (first, number)
    assert all(week.weekday() == 0 and week.hour == 0 for week in weeks)


def test_weeks_begin_at_midnight_where_the_clocks_change(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    weeks = measures.weeks_to(NOW, 60)
    assert {(week.weekday(), week.hour) for week in weeks} == {(0, 0)}
    assert {week.utcoffset() for week in weeks} == {timedelta(hours=1), timedelta(hours=2)}


def test_what_is_counted_by_week_is_in_the_week_that_has_begun() -> None:
    weeks = measures.weeks_to(NOW, 7)
    stamps = ["2026-11-15T23:59:59Z", "2026-11-16T00:00:00Z", "2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z"]
    assert measures.count_by(weeks, stamps) == [2, 1]
    assert measures.count_by([], stamps) == []


def test_members_are_those_at_the_end_of_each_month_and_now() -> None:
    months = measures.months_to(NOW, 90)
    assert (len(months), months[0].date().isoformat(), months[-1].date().isoformat()) == (12, "2025-12-01", "2026-11-01")
    stays = [("2024-01-01T00:00:00Z", None), ("2026-09-01T00:00:00Z", "2026-10-31T23:00:00Z"), ("2026-11-25T11:00:00Z", None),
             ("2026-12-01T00:00:00Z", None)]  # fmt: skip
    assert measures.members_by_month(stays, months, NOW) == [1] * 9 + [2, 1, 2]
    assert measures.members_by_month([], months, NOW) == [0] * 12
    assert len(measures.months_to(NOW, 100_000)) == 36


@pytest.mark.parametrize(("spans", "median"), [
    ([], None), ([86_400.0] * 9, None), ([86_400.0] * 10, 1.0), ([86_400.0 * day for day in range(11)], 5.0),
    ([0.0] * 5 + [86_400.0] * 5, 0.5),
])  # fmt: skip
def test_a_median_is_told_from_ten_on(spans: list[float], median: float | None) -> None:
    assert measures.median_days(spans) == median


@pytest.mark.parametrize(("at", "weeks"), [
    (None, None), ("2026-11-25T12:00:00Z", 0), ("2026-11-18T12:00:01Z", 0), ("2026-11-18T12:00:00Z", 1),
    ("2026-12-25T12:00:00Z", 0),
])  # fmt: skip
def test_weeks_since(at: str | None, weeks: int | None) -> None:
    assert measures.weeks_since(at, NOW) == weeks


def test_ages() -> None:
    assert measures.count_ages([0, 6.9, 7, 29, 30, 91, 364, 365, 4000]) == {
        "week": 2, "month": 2, "quarter": 1, "year": 2, "older": 2,
    }  # fmt: skip
