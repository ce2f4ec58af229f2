"""The self-test of the order: it claims to be better only where it was."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pkm.dates import stamp
from pkm.seek.replay import replay, replay_line
from tests.effort import tries

START = datetime(2025, 11, 24, 6, 0, tzinfo=UTC)


def months(chances: list[float], seed: int, *, days: int = 240, a_day: int = 25) -> list[dict[str, Any]]:
    """Eight months of decisions: source n is kept with the chance chances[n]; each item is decided on its day or the next."""
    draw = random.Random(seed)
    rows = []
    for number in range(days * a_day):
        received = START + timedelta(days=number // a_day, minutes=draw.randrange(600))
        source = draw.randrange(len(chances))
        rows.append({
            "item": number, "source": source, "author": f"Author {source}", "title": f"Title {draw.randrange(5000)}",
            "received_at": stamp(received), "published_at": stamp(received), "via": "network",
            "decided_at": stamp(received + timedelta(hours=draw.choice((12, 30)))), "kept": draw.random() < chances[source],
        })  # fmt: skip
    return rows


HABITS = [0.8, 0.7, 0.6] + [0.1] * 9


@pytest.mark.parametrize("seed", [1, 2][: tries(1)])
def test_where_habits_exist_best_first_is_better(seed):
    result = replay(months(HABITS, seed))
    assert result["better"] == "best"
    assert result["best"] > result["newest"] + 0.1
    assert replay_line(result).endswith("Best first was better.")
    assert f"n = {result['days']} days" in replay_line(result)


@pytest.mark.parametrize("seed", [1, 2, 3][: tries(1)])
def test_where_there_are_none_it_does_not_claim_to_be(seed):
    result = replay(months([0.25] * 12, seed, days=365))
    assert result["better"] is None
    assert abs(result["best"] - result["newest"]) < 0.03
    assert "Neither was better" in replay_line(result)


def test_only_what_was_known_then_counts():
    """The habit begins on the last day: no earlier day may profit from it."""
    rows = months([0.25] * 12, 4, days=120)
    last = stamp(START + timedelta(days=119))
    late = [{**row, "kept": row["source"] == 0} if row["decided_at"] > last else row for row in rows]
    assert replay(late)["better"] is None


def test_a_habit_that_turns_is_told_as_it_is():
    """What is kept turns around every ten days, so that what was learned misleads."""
    rows = months([0.5] * 2, 5, days=200)
    for row in rows:
        turn = (datetime.fromisoformat(row["received_at"]) - START).days // 10 % 2
        row["kept"] = row["source"] == turn
    result = replay(rows)
    assert result["better"] != "best" or result["best"] > result["newest"]
    assert f"{result['best']:.1%}" in replay_line(result)


def of_one_day(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same items, all decided on one afternoon."""
    return [{**row, "decided_at": stamp(START + timedelta(days=9, seconds=number))} for number, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "Too little to compare: 0 decisions"),
        (months(HABITS, 1, days=1, a_day=29), "Too little to compare: 29 decisions"),
        (months(HABITS, 1, days=90, a_day=3), "no day"),
        (of_one_day(months(HABITS, 1, days=2, a_day=41)), "82 decisions: all are of one day, and a day counts once 30 were"),
        (months(HABITS, 1, days=2, a_day=14)[:1] + months(HABITS, 1, days=2, a_day=15), "31 decisions: they are of"),
        (months(HABITS, 1, days=20), "too little to say which is better"),
    ],
)
def test_too_little_is_said(rows, words):
    assert words in replay_line(replay(rows))
