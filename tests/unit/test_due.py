"""What happens with a stage now: each thing that stops it, and the minute from which it does not."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from pkm.dates import stamp
from pkm.share.due import WEEK, Limits, Turn, turn
from pkm.share.gate import Verdict
from pkm.share.plan import Step

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUIET = (time(22, 0), time(7, 0))
NIGHT = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 12, 2, 7, 0, tzinfo=UTC)
COOL = Limits(cooling=10 * MINUTE, quiet=QUIET)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def step(*, waits: tuple[str, ...] = (), since: datetime = NOW, leaving: datetime | None = None,
         unsettled: tuple[str, ...] = (), **gate: Any) -> Step:  # fmt: skip
    row = {"circle": "practice", "gate": gate, "passed_at": None}
    return Step(row, Verdict(waits=waits, since=since), stamp(leaving) if leaving else "", unsettled)


def at(step: Step, limits: Limits = COOL, now: datetime = NOW, *, went: tuple[datetime, ...] = (), letters: bool = True,
       by_hand: bool = False) -> Turn:  # fmt: skip
    return turn(step, limits, went, now, handed_in=letters, by_hand=by_hand)


@pytest.mark.parametrize(("stage", "why"), [
    (step(held={"because": "a typo"}), "on hold: a typo"), (step(waits=("for approval",)), "for approval"),
    (step(held={"because": "a typo"}, waits=("for approval",)), "on hold: a typo"),
    (step(unsettled=("d4", "d5")), "until d4, d5 is settled (pkm share log --resolve d4 sent|refused)"),
    (step(unsettled=("d4",), leaving=NOW - MINUTE), "until d4 is settled"),
    (step(leaving=NOW + MINUTE), "until 2026-12-01 10:01: its letters leave then"),
])  # fmt: skip
def test_what_stops_it(stage: Step, why: str) -> None:
    found = at(stage)
    assert not found.go
    assert not found.hold
    assert found.waits[0].startswith(why)
    assert at(stage, by_hand=True).go == (stage.leaving > stamp(NOW))  # by hand, no time to cool is kept


@pytest.mark.parametrize(("late", "gate", "leaving", "held"), [
    (timedelta(days=3), {}, None, False), (timedelta(days=3, seconds=1), {}, None, True),
    (timedelta(days=9), {"released_at": stamp(NOW - timedelta(days=3))}, None, False),
    (timedelta(days=9), {"released_at": stamp(NOW - timedelta(days=4))}, None, True),
    (timedelta(days=9), {}, NOW - timedelta(days=3), False), (timedelta(days=9), {}, NOW - timedelta(days=4), True),
])  # fmt: skip
def test_late_by_more_than_its_limit(late: timedelta, gate: dict[str, Any], leaving: datetime | None, held: bool) -> None:
    stage = step(since=NOW - late, leaving=leaving, **gate)
    assert bool(at(stage).hold) == held
    assert at(stage).go != held
    assert at(stage, by_hand=True).go


@pytest.mark.parametrize(("went", "weekly", "opens"), [
    ((), None, ""), ((NOW - MINUTE,), 2, ""), ((NOW - 2 * MINUTE, NOW - MINUTE), None, ""),
    ((NOW - timedelta(days=6), NOW - timedelta(days=2)), 2, "2026-12-02"),
    ((NOW - timedelta(days=6), NOW - timedelta(days=2)), 1, "2026-12-06"),
])  # fmt: skip
def test_a_weeks_cap(went: tuple[datetime, ...], weekly: int | None, opens: str) -> None:
    found = at(step(), Limits(weekly=weekly), went=went)
    assert found.waits == ((f"until {opens}: practice gets {weekly} a week at most",) if opens else ())
    assert at(step(leaving=NOW), Limits(weekly=weekly), went=went).go  # what has begun to leave was counted then
    assert timedelta(days=7) == WEEK


@pytest.mark.parametrize(("stage", "now", "letters", "then"), [
    (step(), NOW, True, Turn(go=True, not_before=NOW + 10 * MINUTE)), (step(), NOW, False, Turn(go=True)),
    (step(since=NIGHT), NIGHT, True, Turn(go=True, not_before=MORNING)),
    (step(since=NIGHT), NIGHT - 71 * MINUTE, True, Turn(go=True, not_before=NIGHT - 61 * MINUTE)),
    (step(since=NIGHT), NIGHT - 70 * MINUTE, True, Turn(go=True, not_before=MORNING)),  # cool in the quiet hours
    (step(since=NIGHT), NIGHT, False, Turn(go=True)),
    (step(leaving=NIGHT), NIGHT, True, Turn(go=True, quiet=True)), (step(leaving=NIGHT), NIGHT, False, Turn(go=True)),
    (step(leaving=NIGHT), MORNING, True, Turn(go=True)), (step(leaving=NOW), NOW, True, Turn(go=True)),
])  # fmt: skip
def test_when_its_letters_leave(stage: Step, now: datetime, letters: bool, then: Turn) -> None:
    assert at(stage, now=now, letters=letters) == then
