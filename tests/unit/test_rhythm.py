"""When a source is looked at again: its pace, what it asks for, and where both end."""

from datetime import UTC, datetime, timedelta

import pytest

from pkm.dates import stamp
from pkm.net.times import fresh_seconds, in_words
from pkm.seek.rhythm import Asked, find_pace, next_look, read_skipped

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def every(gap: timedelta, number: int = 25, last: timedelta = timedelta(0)) -> list[str]:
    return [stamp(NOW - last - gap * n) for n in range(number)]


@pytest.mark.parametrize(
    ("dates", "pace"),
    [
        ([], HOUR),
        (every(HOUR, 1), HOUR),
        (every(10 * HOUR), 5 * HOUR),
        (every(HOUR), HOUR),
        (every(30 * DAY, 9), DAY),
        (every(DAY, 25, timedelta(days=366)), 7 * DAY),
        (every(DAY, 1, timedelta(days=366)), 7 * DAY),
        (every(timedelta(0)) + every(10 * HOUR, 3), 5 * HOUR),  # many of one instant are one
        (every(4 * HOUR, 21) + every(40 * DAY, 100, DAY), 2 * HOUR),  # the latest twenty tell
    ],
)
def test_pace_is_half_the_median_gap(dates, pace):
    assert find_pace(dates, NOW, HOUR) == pace


def test_the_setting_is_the_least_interval():
    assert find_pace(every(HOUR), NOW, 15 * timedelta(minutes=1)) == HOUR / 2
    assert find_pace(every(10 * HOUR), NOW, 2 * DAY) == 2 * DAY


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (Asked(), HOUR),
        (Asked(fresh_s=60), HOUR),
        (Asked(fresh_s=7200, ttl_s=3 * 3600), 3 * HOUR),
        (Asked(fresh_s=16 * 365 * 86400), DAY),
        (Asked(skip_hours=(10, 11)), timedelta(hours=2, minutes=30)),
        (Asked(skip_days=(0,)), timedelta(hours=14, minutes=30)),
        (Asked(skip_hours=tuple(range(24))), timedelta(hours=24, minutes=30)),
    ],
)
def test_what_a_source_asks_for_is_a_floor(asked, wait):
    assert next_look(1, asked, (), NOW, least=HOUR) == NOW + wait


def test_sources_are_spread_and_each_keeps_its_place():
    looks = [next_look(number, Asked(), every(20 * HOUR), NOW, least=HOUR) - NOW for number in range(1, 200)]
    assert 9 * HOUR <= min(looks) < max(looks) <= 10 * HOUR
    assert len(set(looks)) > 150
    assert looks[0] == next_look(1, Asked(), every(20 * HOUR), NOW, least=HOUR) - NOW


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, MAX-AGE=600"}, 600),
        ({"cache-control": 'max-age="600"', "age": "100"}, 500),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=99999999999999999999"}, 10**9),
        ({"cache-control": "max-age=60", "expires": "Mon, 23 Nov 2026 12:30:00 GMT"}, 60),
        ({"expires": "Mon, 23 Nov 2026 12:30:00 GMT"}, 3 * 3600),
        ({"expires": "Mon, 23 Nov 2026 12:30:00 GMT", "date": "Mon, 23 Nov 2026 12:00:00 GMT"}, 1800),
        ({"expires": "0"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    ],
)
def test_how_long_an_answer_is_good(headers, seconds):
    assert fresh_seconds(headers, NOW) == seconds


def test_skipped_hours_and_days():
    head = b"<rss><skipHours><hour>0</hour><hour> 24</hour><hour>7</hour><hour>25</hour><hour>x</hour></skipHours>"
    assert read_skipped(head + b"<skipdays><day>Sunday</day><day>sat</day></skipdays>") == ((0, 7), (6,))
    assert read_skipped(b"<skipHours><hour>3</hour>") == ((), ())


def test_a_wait_in_words():
    assert in_words(NOW + HOUR, NOW) == f"{(NOW + HOUR).astimezone():%H:%M}"
    assert in_words(NOW + 3 * DAY, NOW) == f"{(NOW + 3 * DAY).astimezone():%Y-%m-%d %H:%M}"
