"""What ails a source, from values alone; how much it brings; why it is looked at so often."""

from datetime import timedelta

import pytest

from pkm.dates import parse_stamp, stamp
from pkm.net.wall import name_wall
from pkm.seek.health import diagnose, explain_interval, items_per_week, quiet_after

NOW = parse_stamp("2026-11-23T09:00:00Z")
HOUR = timedelta(hours=1)


def ago(**span: float) -> str:
    return stamp(NOW - timedelta(**span))


def row(**given: object) -> dict:
    return {
        "id": "s3", "number": 3, "url": "https://a.org/f", "state": "active", "failures": 0, "error": None, "moved_to": None,
        "created_at": ago(days=900), "checked_at": ago(hours=1), "fetched_at": ago(hours=1), "next_at": None,
        "every_s": None, **given,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "given", "kind"),
    [
        ("the server answered 410: gone for good", {"failures": 1, "state": "gone"}, "dead"),
        ("the server answered 404 (not found)", {"failures": 9, "fetched_at": ago(days=8)}, "dead"),
        ("the server answered 404 (not found)", {"failures": 3, "fetched_at": ago(days=2)}, "failing"),
        ("no such host", {"failures": 9, "fetched_at": None}, "dead"),
        ("the server answered 403: it wants no such visitor", {"failures": 1}, "blocked"),
        ("the server answered 503: a bot wall (Anubis) that wants a browser", {"failures": 1}, "blocked"),
        ("it is a bot wall (Cloudflare): a page that wants a browser, and no feed", {"failures": 1}, "blocked"),
        ("the server answered 401: it wants credentials", {"failures": 1}, "auth"),
        ("the credential at env:X: the environment has no X", {"failures": 1}, "auth"),
        ("it is a web page, not a feed", {"failures": 1}, "broken"),
        ("the server answered 500 (internal server error)", {"failures": 3}, "failing"),
        ("the server answered 500 (internal server error)", {"failures": 2}, None),
        ("no answer within 20 s", {"failures": 40, "fetched_at": ago(days=300)}, "failing"),
        ("the server answered 404 (not found)", {"failures": 9, "fetched_at": None, "state": "paused"}, None),
    ],
)
def test_a_failure_has_a_kind_and_a_command(error: str, given: dict, kind: str | None) -> None:
    found = diagnose(row(error=error, **given), [ago(days=1)], NOW)
    assert (found and found.kind) == kind
    if found:
        assert found.wrong
        assert found.next.startswith(("pkm seek", "export X=…, then: pkm seek pull"))
        assert "s3" in found.next


def test_moved_is_told_with_the_address() -> None:
    found = diagnose(row(moved_to="https://b.org/f"), [ago(days=1)], NOW)
    assert found is not None
    assert (found.kind, found.wrong, found.next) == ("moved", False, "pkm seek edit s3 --url https://b.org/f")


@pytest.mark.parametrize(
    ("gap", "silent", "quiet"),
    [(1, 29, False), (1, 31, True), (30, 80, False), (30, 100, True), (200, 360, False), (200, 370, True)],
)
def test_quiet_is_measured_by_its_own_pace(gap: int, silent: int, quiet: bool) -> None:
    dates = [ago(days=silent + number * gap) for number in range(6)]
    found = diagnose(row(), dates, NOW)
    assert (found is not None and found.kind == "quiet") is quiet
    assert found is None or not found.wrong


@pytest.mark.parametrize(("followed", "quiet"), [(0, False), (29, False), (31, True)])
def test_quiet_counts_from_when_it_is_followed(followed: int, quiet: bool) -> None:
    dates = [ago(days=5000 + number) for number in range(6)]
    found = diagnose(row(created_at=ago(days=followed)), dates, NOW)
    assert (found is not None and found.kind == "quiet") is quiet


def test_too_few_items_say_nothing_for_a_year() -> None:
    assert quiet_after([ago(days=40)]) == timedelta(days=365)
    assert diagnose(row(created_at=ago(days=100)), [], NOW) is None
    assert diagnose(row(fetched_at=None), [], NOW) is None


@pytest.mark.parametrize(
    ("dates", "whole", "rate"),
    [
        ([], True, 0.0),
        ([ago(days=day) for day in (1, 8, 15, 22, 28)], True, 1.25),
        ([ago(hours=hour / 2) for hour in range(1, 21)], False, 336.0),
        ([ago(days=1)], True, 1.0),
        ([ago(days=-400), ago(days=14)], True, 0.5),
    ],
)
def test_items_a_week(dates: list[str], whole: bool, rate: float) -> None:
    assert items_per_week(dates, NOW, whole=whole) == rate


def test_why_it_is_looked_at_so_often() -> None:
    def told(**given: object) -> str:
        dates = [ago(days=day) for day in range(0, 4)] if not given.pop("silent", False) else [ago(days=500)]
        return explain_interval(row(checked_at=stamp(NOW), **given), dates, NOW, HOUR)

    assert told(every_s=86400) == "every 1 day: as you set it"
    assert told(next_at=ago(hours=-11.5)) == "every 12 h: half the median gap between its items"
    assert told(next_at=ago(hours=-24)) == "every 24 h: its server or feed asks for that (12 h by its own pace)"
    assert told(next_at=ago(days=-7), silent=True) == "every 7 d: it was silent for a year"
    assert told(failures=2, next_at=ago(hours=-2)).startswith("after a failure")
    new = row(checked_at=stamp(NOW), next_at=ago(hours=-1))
    assert explain_interval(new, [], NOW, HOUR).startswith("every 60 min: the least")


@pytest.mark.parametrize(
    ("headers", "body", "wall"),
    [
        ({"cf-mitigated": "challenge"}, b"", "Cloudflare"),
        ({"x-datadome": "protected"}, b"", "DataDome"),
        ({}, b'<script id="anubis_challenge" type="application/json">', "Anubis"),
        ({}, b"<title>Making sure you&#39;re not a bot!</title>", "Anubis"),
        ({}, b"<title>Just a moment...</title>", "Cloudflare"),
        ({}, b"<div class='h-captcha'>", "hCaptcha"),
        ({}, b"<p>Solve the CAPTCHA</p>", "a captcha"),
        ({"server": "nginx"}, b"<h1>403 Forbidden</h1>", ""),
    ],
)
def test_walls_are_named(headers: dict[str, str], body: bytes, wall: str) -> None:
    assert name_wall(headers, body) == wall
