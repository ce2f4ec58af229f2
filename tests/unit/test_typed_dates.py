"""Dates, times, ranges and spans as people say them; what is none says what would be right."""

import contextlib
import time as clock
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm import dates, typed_dates
from pkm.errors import Invalid

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True, params=["UTC"])
def zone(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    clock.tzset()
    yield request.param
    monkeypatch.undo()
    clock.tzset()


@pytest.mark.parametrize(
    ("text", "ahead", "back"),
    [
        ("today", "2026-11-23", None),
        ("Tomorrow", "2026-11-24", None),
        ("yesterday", "2026-11-22", None),
        ("fri", "2026-11-27", "2026-11-20"),
        ("next fri", "2026-11-27", None),
        ("last tuesday", "2026-11-17", None),
        ("mon", "2026-11-30", "2026-11-16"),
        ("this monday", "2026-11-23", None),
        ("on thurs", "2026-11-26", "2026-11-19"),
        ("in 2 weeks", "2026-12-07", None),
        ("3d ago", "2026-11-20", None),
        ("a week ago", "2026-11-16", None),
        ("2w", "2026-12-07", "2026-11-09"),
        ("3m", "2027-02-23", "2026-08-23"),
        ("1y", "2027-11-23", "2025-11-23"),
        ("-3d", "2026-11-20", None),
        ("+2w", "2026-12-07", None),
        ("two weeks from now", "2026-12-07", None),
        ("eow", "2026-11-29", None),
        ("eom", "2026-11-30", None),
        ("eoq", "2026-12-31", None),
        ("eoy", "2026-12-31", None),
        ("2026-05", "2026-05-01", None),
        ("2026", "2026-01-01", None),
        ("2026-12-01", "2026-12-01", None),
        ("2026/2/3", "2026-02-03", None),
        ("1.12.2026", "2026-12-01", None),
        ("dec 1", "2026-12-01", "2025-12-01"),
        ("1 dec 2026", "2026-12-01", None),
        ("December 1st, 2026", "2026-12-01", None),
        ("nov 23", "2026-11-23", "2026-11-23"),
        ("29 feb", "2028-02-29", "2024-02-29"),
        ("march", "2027-03-01", "2026-03-01"),
        ("sept 2025", "2025-09-01", None),
        ("next week", "2026-11-30", None),
        ("last month", "2026-10-01", None),
        ("this year", "2026-01-01", None),
        ("fri at noon", "2026-11-27", "2026-11-20"),
        ("  in  a   month ", "2026-12-23", None),
    ],
)
def test_a_date_is_read_as_people_say_it(text, ahead, back):
    assert typed_dates.parse_date(text, NOW).isoformat() == ahead
    assert typed_dates.parse_date(text, NOW, past=True).isoformat() == (back or ahead)


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("now", "2026-11-23T09:00:00Z"),
        ("noon", "2026-11-23T12:00:00Z"),
        ("at 8:30", "2026-11-24T08:30:00Z"),
        ("tomorrow at 14:30", "2026-11-24T14:30:00Z"),
        ("fri 2pm", "2026-11-27T14:00:00Z"),
        ("fri, 12 am", "2026-11-27T00:00:00Z"),
        ("2026-12-01 10:00", "2026-12-01T10:00:00Z"),
        ("2026-12-01T10:00:30Z", "2026-12-01T10:00:30Z"),
        ("2026-12-01t10:00+02:00", "2026-12-01T08:00:00Z"),
        ("3h ago", "2026-11-23T06:00:00Z"),
        ("90min", "2026-11-23T10:30:00Z"),
        ("in 2 weeks", "2026-12-07T09:00:00Z"),
        ("dec 1 at 9", "2026-12-01T09:00:00Z"),
        ("fri", "2026-11-27T00:00:00Z"),
    ],
)
def test_a_time_is_read_as_people_say_it(text, ahead):
    assert dates.stamp(typed_dates.parse_when(text, NOW)) == ahead


def test_a_time_alone_is_the_last_one_when_the_past_is_meant():
    assert dates.stamp(typed_dates.parse_when("at 14:30", NOW, past=True)) == "2026-11-22T14:30:00Z"
    assert dates.stamp(typed_dates.parse_when("at 8:30", NOW, past=True)) == "2026-11-23T08:30:00Z"


def test_a_date_without_time_gets_the_time_asked_for():
    assert dates.stamp(typed_dates.parse_when("fri", NOW, at=time(9))) == "2026-11-27T09:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "31 february",
        "2026-02-31",
        "2026-13-01",
        "feb 30",
        "0 dec",
        "at 25:00",
        "fri 13pm",
        "soon",
        "",
        " ",
        "12:60",
        "9999-12-31",
        "0000-01-01",
        "in 99999 years",
        "99999 months ago",
        "2026-05 at noon",
        "in 2 parsecs",
        "-3d ago",
        "1",
        "12",
        "fr",
        "next",
        "٣d ago",
        "2026-12-01T10:00:00+99:00",
        "\0",
        "in 2 weeks ago",
    ],
)
def test_what_is_no_date_says_what_would_be_right(text):
    with pytest.raises(Invalid) as caught:
        typed_dates.parse_date(text, NOW)
    assert caught.value.why
    assert caught.value.next


@given(
    st.text(max_size=30)
    | st.from_regex(r"(in |last |next )?\d{1,5} ?[a-z]{1,6}( ago)?( at \d\d?:?\d?\d?)?", fullmatch=True)
)
def test_any_text_is_a_date_or_invalid(text):
    for read in (typed_dates.parse_date, typed_dates.parse_when, typed_dates.parse_range):
        with contextlib.suppress(Invalid):
            read(text, NOW)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))
def test_what_iso_says_is_what_is_read(at):
    at = at.replace(microsecond=0)
    assert typed_dates.parse_when(at.isoformat() + "Z", NOW) == at.replace(tzinfo=UTC)
    assert typed_dates.parse_date(at.date().isoformat(), NOW) == at.date()


@pytest.mark.parametrize("zone", ["Europe/Berlin"], indirect=True)
def test_local_time_is_that_of_the_day_meant_not_of_today(zone):
    assert dates.stamp(typed_dates.parse_when("2026-07-01 12:00", NOW)) == "2026-07-01T10:00:00Z"
    assert dates.stamp(typed_dates.parse_when("2026-12-01 12:00", NOW)) == "2026-12-01T11:00:00Z"
    assert dates.day("2026-11-22T23:30:00Z") == "2026-11-23"
    assert dates.stamp(dates.midnight(date(2026, 7, 1))) == "2026-06-30T22:00:00Z"
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert typed_dates.parse_date("today", late).isoformat() == "2026-11-23"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-05", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"),
        ("2026-05..2026-06", "2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ("yesterday", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("..2026-05-03", None, "2026-05-04T00:00:00Z"),
        ("mon..", "2026-11-16T00:00:00Z", None),
        ("2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("last week", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("2w..today", "2026-11-09T00:00:00Z", "2026-11-24T00:00:00Z"),
        ("3d ago", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("now", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"),
        ("2026-11-23 08:00..now", "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"),
    ],
)
def test_a_range_ends_after_what_it_names(text, start, end):
    found = typed_dates.parse_range(text, NOW)
    assert tuple(at and dates.stamp(at) for at in found) == (start, end)


@pytest.mark.parametrize("text", ["..", "", "2026-06..2026-05", "a..b"])
def test_a_range_that_is_none_is_invalid(text):
    with pytest.raises(Invalid):
        typed_dates.parse_range(text, NOW)


@pytest.mark.parametrize(
    ("text", "seconds", "shown"),
    [
        ("30min", 1800, "30 minutes"),
        ("30m", 1800, "30 minutes"),
        ("1h", 3600, "1 hour"),
        ("2d", 172800, "2 days"),
        ("1w", 604800, "1 week"),
        ("6w", 3628800, "6 weeks"),
        ("2mo", 5184000, "2 months"),
        ("1y", 31536000, "1 year"),
        ("weekly", 604800, "1 week"),
        ("daily", 86400, "1 day"),
        ("every 2 weeks", 1209600, "2 weeks"),
        ("Monthly", 2592000, "1 month"),
        ("yearly", 31536000, "1 year"),
        ("every week", 604800, "1 week"),
        ("two days", 172800, "2 days"),
    ],
)
def test_a_span_is_read_and_shown(text, seconds, shown):
    assert typed_dates.parse_span(text) == timedelta(seconds=seconds)
    assert dates.format_span(seconds) == shown


@pytest.mark.parametrize("text", ["", "0d", "-1h", "99999y", "often", "1 parsec", "every", "h", "1"])
def test_a_span_that_is_none_is_invalid(text):
    with pytest.raises(Invalid):
        typed_dates.parse_span(text)


@given(st.integers(1, 99999))
def test_a_span_shown_is_read_as_itself(minutes):
    assert typed_dates.parse_span(dates.format_span(minutes * 60)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (59, "just now"),
        (-59, "just now"),
        (60, "1 min ago"),
        (7200, "2 h ago"),
        (3 * 86400, "3 d ago"),
        (-2 * 86400, "in 2 d"),
        (21 * 86400, "3 w ago"),
        (100 * 86400, "3 mo ago"),
        (1000 * 86400, "2 y ago"),
        (47 * 3600, "47 h ago"),
    ],
)
def test_how_long_ago_fits_a_cell(seconds, shown):
    assert dates.ago(dates.stamp(NOW - timedelta(seconds=seconds)), NOW) == shown


def test_now_is_what_the_environment_says(monkeypatch):
    monkeypatch.setenv("PKM_NOW", "2026-12-01T10:00:00+02:00")
    assert dates.stamp(dates.now()) == "2026-12-01T08:00:00Z"
    monkeypatch.setenv("PKM_NOW", "later")
    with pytest.raises(Invalid):
        dates.now()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("yesterday", "2026-11-22T12:00:00Z"),
        ("2026-11-20 at noon", "2026-11-20T12:00:00Z"),
        ("at 8:30", "2026-11-23T08:30:00Z"),
        ("today", "2026-11-23T09:00:00Z"),
        ("fri", "2026-11-20T12:00:00Z"),
        ("3d ago", "2026-11-20T09:00:00Z"),
        ("May", None),
        ("2026", None),
        ("1984", None),
        ("2w", None),
        ("now", None),
        ("last week", None),
        ("Note", None),
        ("31 feb", None),
    ],
)
def test_a_date_in_front_of_an_entry_is_one_that_can_be_nothing_else(text, at):
    found = typed_dates.parse_entry(text, NOW)
    assert (found and dates.stamp(found)) == at


@pytest.mark.parametrize(("minutes", "gap_s"), [
    ([], None), ([0], None), ([0, 1], 60), ([0, 1, 10], 300), ([0, 1, 10, 12], 120),
])  # fmt: skip
def test_the_median_gap_of_times(minutes, gap_s):
    times = [datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(minutes=each) for each in minutes]
    assert dates.median_gap_s(times) == gap_s


@pytest.mark.parametrize(("typed", "meant"), [
    ("frii", ["fri"]), ("nxt fri", ["next fri"]), ("1 dez", ["1 dec"]), ("to morrow", ["tomorrow"]), ("31 febuary", []),
    ("fir 14:30", ["fri 14:30"]), ("whenever it suits you both", []), ("zzz", []),
])  # fmt: skip
def test_a_word_that_was_mistyped_is_offered_as_the_date_that_it_makes(typed: str, meant: list[str]) -> None:
    with pytest.raises(Invalid) as error:
        typed_dates.parse_date(typed, NOW)
    assert list(error.value.near) == meant
