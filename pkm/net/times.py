"""The times that servers write into their answers: when to come back, how long an answer stays good.

Values in, values out. Sources: RFC 9110 (HTTP dates, Retry-After), RFC 9111 (Cache-Control, Expires, Age).
"""

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pkm import dates

MAX_WAIT = timedelta(days=31)  # no server may silence a source for longer

_DIRECTIVE = re.compile(r'([\w-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,"]*)))?')
_NEVER_KEPT = {"no-cache", "no-store"}


def parse_retry_after(value: str, date_header: str = "", now: datetime | None = None) -> datetime | None:
    """When the server wants to be asked again, at least now and at most 31 days ahead; None for what is no time.

    A date counts from the server's own clock (its Date header) where it sent one. Source: RFC 9110 section 10.2.3.
    """
    now = now or dates.now()
    seconds = _whole(value)
    if seconds is not None:
        return now + min(timedelta(seconds=seconds), MAX_WAIT)
    until = parse_http_date(value)
    if until is None:
        return None
    wait = until - (parse_http_date(date_header) or now)
    return now + min(max(wait, timedelta(0)), MAX_WAIT)


def fresh_seconds(headers: Mapping[str, str], now: datetime) -> int | None:
    """For how many seconds from now the answer is good, None where the server does not say.

    headers: names in lower case. What may not be kept at all (no-cache, no-store) is good for no time, whatever its
    max-age says; max-age wins over Expires. An Expires that is no date has passed. Source: RFC 9111 section 4.2.
    """
    found = _DIRECTIVE.finditer(headers.get("cache-control", ""))
    said = {match[1].lower(): match[2] or match[3] or "" for match in found}
    if _NEVER_KEPT & said.keys():
        return None
    if "max-age" in said:
        return max(0, (_whole(said["max-age"]) or 0) - (_whole(headers.get("age", "")) or 0))
    if "expires" not in headers:
        return None
    until = parse_http_date(headers["expires"])
    counted = parse_http_date(headers.get("date", "")) or now
    return max(0, int((until - counted).total_seconds())) if until else 0


def in_words(at: datetime, now: datetime) -> str:
    """A time to wait for, in local time: 14:30 today, else with its day: 2026-11-24 14:30."""
    then = dates.local(at)
    return f"{then:%H:%M}" if then.date() == dates.local(now).date() else f"{then:%Y-%m-%d %H:%M}"


def parse_http_date(value: str) -> datetime | None:
    """The instant, None for what is no date; without a zone it is UTC."""
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _whole(value: str) -> int | None:
    """A number of seconds; one of ten digits and more is cut to 31 years."""
    value = value.strip()
    if not (value.isascii() and value.isdigit()):
        return None
    return int(value) if len(value) < 10 else 10**9
