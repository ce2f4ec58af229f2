"""Dates as plain feeds write them; every other form is feedparser's to read, which is imported then only."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905
_MAIL = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:gmt|utc|z|([+-])(\d\d)(\d\d))"
)
_WEB = re.compile(r"(\d{4})-(\d\d)-(\d\d)t(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:z|([+-])(\d\d):(\d\d))")


@lru_cache(2048)
def parse_date(text: str) -> Any:
    """(year, month, day, hour, minute, second) of a date in UTC, as feedparser reads it; None for what is no date."""
    lower = text.lower()
    if found := _WEB.fullmatch(lower):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif (found := _MAIL.fullmatch(lower)) and found[2] in _MONTHS:
        year, month, day = int(found[3]), _MONTHS[found[2]], int(found[1])
    else:
        return _ask_feedparser(text)
    hour, minute, second = int(found[4]), int(found[5]), int(found[6])
    try:
        at = datetime(year, month, day, hour, minute, second)
        if found[7]:
            ahead = timedelta(hours=int(found[8]), minutes=int(found[9]))
            if found[7] == "-" and found[9] != "00":
                return _ask_feedparser(text)
            at = at - ahead if found[7] == "+" else at + ahead
    except (ValueError, OverflowError):
        return _ask_feedparser(text)
    return at.timetuple()[:6]


def _ask_feedparser(text: str) -> Any:
    from feedparser.datetimes import _parse_date

    return _parse_date(text)
