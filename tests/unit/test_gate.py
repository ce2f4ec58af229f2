"""What a stage waits for: the words people type, and what they decide."""

from datetime import UTC, datetime, timedelta

import pytest

from pkm.errors import Malformed
from pkm.share.due import Limits, Turn, turn
from pkm.share.gate import Facts, Verdict, judge, not_understood, read_stage, told
from pkm.share.plan import Step

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "circle", "gate", "said"),
    [
        ("practice", "practice", {}, "now"),
        ("practice now", "practice", {}, "now"),
        ("network +14d after approval", "network", {"after_s": 1209600, "approval": True}, "+2 weeks, after approval"),
        ("network after approval, +14d", "network", {"after_s": 1209600, "approval": True}, "+2 weeks, after approval"),
        ("my team friday", "my team", {"at": "2026-12-04T00:00:00Z"}, "from 2026-12-04"),
        ("network 2026-12-15 after approval by ann and no objection", "network",
         {"at": "2026-12-15T00:00:00Z", "approval": True, "by": "ann", "no_objection": True},
         "from 2026-12-15, after approval, no objection"),
        ("network after 3 responses", "network", {"responses": 3}, "after 3 responses"),
        ("network after 1 answer", "network", {"responses": 1}, "after 1 response"),
        ("network someday", "network someday", {}, "now"),
    ],
)  # fmt: skip
def test_a_stage_is_read_and_told(
    text: str, circle: str, gate: dict[str, object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    assert read_stage(text, NOW) == (circle, gate)
    assert told(gate) == said


@pytest.mark.parametrize(("text", "wrong"), [
    ("+14d after aproval", "after aproval"), ("tomorow", "tomorow"), ("on friday, no objecton", "no objecton"), ("now", ""),
])  # fmt: skip
def test_what_of_a_gate_is_none(text: str, wrong: str) -> None:
    assert not_understood(text, NOW) == wrong


def test_no_circle_is_no_stage() -> None:
    with pytest.raises(Malformed):
        read_stage("  ", NOW)


def yes(words: str = "w", at: str = "2026-12-20T10:00:00Z") -> dict[str, object]:
    return {"approved": {"by": "c1", "name": "Ann", "at": at, "words": words}}


def facts(now: datetime = NOW, **given: object) -> Facts:
    return Facts(now=now, planned_at=NOW - DAY, words=("w",), **given)  # type: ignore[arg-type]


WENT = {"before": "practice", "before_at": NOW}
TWO_WEEKS: dict[str, object] = {"after_s": 14 * 86400, "approval": True}


@pytest.mark.parametrize(
    ("gate", "given", "waits"),
    [
        ({}, facts(), ()),
        ({}, facts(before="practice"), ("for practice to get it first",)),
        (TWO_WEEKS, facts(before="practice"), ("for practice to get it first, then 2 weeks", "for approval")),
        (TWO_WEEKS, facts(NOW + 13 * DAY, **WENT), ("until 2026-12-15 10:00", "for approval")),
        (TWO_WEEKS | yes(), facts(NOW + 13 * DAY, **WENT), ("until 2026-12-15 10:00",)),
        (TWO_WEEKS, facts(NOW + 15 * DAY, **WENT), ("for approval",)),
        (TWO_WEEKS | yes(), facts(NOW + 15 * DAY, **WENT), ()),
        (TWO_WEEKS | yes("other"), facts(NOW + 15 * DAY, **WENT), ("for a new approval: the words changed since Ann said yes",)),
        (TWO_WEEKS | yes(), facts(NOW - 5 * DAY, **WENT), ("until 2026-12-15 10:00",)),  # the clock was set back
        ({"approval": True, "by": "c1", "by_name": "Ann"}, facts(), ("for approval by Ann",)),
        ({"at": "2026-12-01T10:00:01Z"}, facts(), ("until 2026-12-01 10:00",)),
        ({"at": "2026-12-01T10:00:00Z"}, facts(), ()),
        ({"responses": 2}, facts(answers=(NOW,)), ("for 1 more response",)),
        ({"responses": 2}, facts(answers=(NOW, NOW)), ()),
        ({"no_objection": True}, facts(against=("Ken",)), ("for the objection of Ken to be settled",)),
        ({}, facts(against=("Ken",)), ()),
        ({"objections": [{"name": "Ken"}]}, facts(), ("for the objection of Ken to be settled",)),
        ({"objections": [{"name": "Ken"}], "no_objection": True}, facts(against=("Ken", "Ann")),
         ("for the objection of Ken, Ann to be settled",)),
    ],
)  # fmt: skip
def test_what_a_gate_waits_for(
    gate: dict[str, object], given: Facts, waits: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    assert judge(gate, given).waits == waits


def test_it_is_due_since_the_last_of_what_it_waited_for() -> None:
    gate = {"responses": 1, "at": "2026-12-10T00:00:00Z"} | TWO_WEEKS | yes()
    assert judge(gate, facts(NOW + 30 * DAY, answers=(NOW,), **WENT)).since == datetime(2026, 12, 20, 10, tzinfo=UTC)
    assert judge(TWO_WEEKS | yes(at="2026-12-03T00:00:00Z"), facts(NOW + 30 * DAY, **WENT)).since == NOW + 14 * DAY


COOLING = Limits(cooling=timedelta(minutes=10))
NIGHT = datetime(2026, 12, 1, 22, 55, tzinfo=UTC)


def step(since: datetime = NOW, leaving: str = "", **gate: object) -> Step:
    return Step({"gate": gate, "circle": "practice", "passed_at": None}, Verdict((), since), leaving)


@pytest.mark.parametrize(
    ("one", "limits", "went", "now", "by_mail", "by_hand", "then"),
    [
        (step(), COOLING, (), NOW, False, False, Turn(go=True)),
        (step(), COOLING, (), NOW, True, False, Turn(go=True, not_before=NOW + timedelta(minutes=10))),
        (step(leaving="2026-12-01T10:00:00Z"), COOLING, (), NOW, True, False, Turn(go=True)),
        (step(leaving="2026-12-01T10:10:00Z"), COOLING, (), NOW, True, False,
         Turn(waits=("until 2026-12-01 10:10: its letters leave then",))),
        (step(held={"because": "wait"}), COOLING, (), NOW, False, False, Turn(waits=("on hold: wait",))),
        (step(held={"because": "wait"}), COOLING, (), NOW, False, True, Turn(waits=("on hold: wait",))),
        (step(NOW - 4 * DAY), COOLING, (), NOW, False, False,
         Turn(hold="it should have gone on 2026-11-27, and it is 2026-12-01")),
        (step(NOW - 4 * DAY), COOLING, (), NOW, False, True, Turn(go=True)),
        (step(NOW - 4 * DAY, released_at="2026-12-01T09:00:00Z"), COOLING, (), NOW, False, False, Turn(go=True)),
        (step(NOW - 3 * DAY), COOLING, (), NOW, False, False, Turn(go=True)),
        (step(), Limits(weekly=1), (NOW - 2 * DAY,), NOW, False, False,
         Turn(waits=("until 2026-12-06: practice gets 1 a week at most",))),
        (step(), Limits(weekly=2), (NOW - 2 * DAY,), NOW, False, False, Turn(go=True)),
        (step(), Limits(timedelta(minutes=10), quiet=(NIGHT.replace(hour=23, minute=0, tzinfo=None).time(),
                                                      NIGHT.replace(hour=7, minute=0, tzinfo=None).time())),
         (), NIGHT, True, False, Turn(go=True, not_before=datetime(2026, 12, 2, 7, tzinfo=UTC))),
    ],
)  # fmt: skip
def test_whose_turn_it_is(
    one: Step, limits: Limits, went: tuple[datetime, ...], now: datetime, by_mail: bool, by_hand: bool, then: Turn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TZ", "UTC")
    assert turn(one, limits, went, now, handed_in=by_mail, by_hand=by_hand) == then
