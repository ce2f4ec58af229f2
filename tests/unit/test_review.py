"""Which notes a review shows, and why: values in, values out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from pkm.dates import stamp
from pkm.errors import Invalid
from pkm.sense.review import Gathered, anniversary, days_around, in_words, order_by_day, plan_review, read_half_life

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def note(number: int, days: int = 10, *, source: str | None = None, stage: str = "observation", seen: bool = True,
         half_life: str = "soon", **more: Any) -> dict[str, Any]:  # fmt: skip
    """A note that was seen so many days ago."""
    at = stamp(NOW - timedelta(days=days))
    return {"id": f"n{number}", "title": f"Note {number}", "stage": stage, "source": source, "seen_at": at,
            "reviewed_at": at if seen else None, "half_life": half_life, "created_at": at, **more}  # fmt: skip


def shown(found: Gathered, limit: int = 5) -> list[tuple[str, str]]:
    return [(row["id"], row["part"]) for row in plan_review(found, NOW, limit)]


def against(number: int, other: str) -> dict[str, Any]:
    return note(number, against={"id": other, "title": "The other"})


def test_what_is_most_forgotten_fills_what_the_other_parts_leave() -> None:
    found = Gathered(
        due=[note(1, 30), note(2, 20), note(3, 10), note(4, 9)], questions=[note(5, answers=[])],
        contradictions=[against(6, "n1")], chance=[note(7, 90)],
    )  # fmt: skip
    assert shown(found) == [("n6", "contradiction"), ("n5", "question"), ("n1", "due"), ("n2", "due"), ("n7", "chance")]
    assert shown(found, 1) == [("n1", "due")]
    assert len(shown(found, 9)) == 7


def test_what_was_passed_over_makes_room_the_next_day() -> None:
    forgotten = [note(number, 90 - number) for number in range(1, 13)]
    found = Gathered(due=forgotten, contradictions=[against(20, "n1"), against(21, "n1")])
    days = [[row["id"] for row in plan_review(found, NOW + timedelta(days=day))] for day in range(4)]
    assert all(len(day) == 5 and not set(day) & set(after) for day, after in pairwise(days))
    assert {*days[0], *days[1], *days[2]} >= {row["id"] for row in found.due}  # all have their turn
    assert shown(Gathered(due=found.due[:5]))[0] == ("n1", "due")


def test_only_one_comes_out_of_what_an_import_brought() -> None:
    found = Gathered(chance=[note(number, 90, brought="garden") for number in range(1, 9)])
    assert shown(found) == [("n1", "chance")]
    assert plan_review(found, NOW)[0]["why"] == "by chance, from garden: not looked at since it came in"
    assert shown(Gathered(chance=[*found.chance, note(9, 90, brought="")])) == [("n9", "chance")]


def test_never_two_of_one_source_and_no_note_twice() -> None:
    found = Gathered(due=[note(1, source="s1"), note(2, source="s1"), note(3)], questions=[note(3, answers=[])])
    assert shown(found) == [("n3", "question"), ("n1", "due")]


def test_an_observation_that_nobody_came_back_to_is_stale_after_two_weeks() -> None:
    rows = [note(1, 14, seen=False), note(2, 13, seen=False), note(3, 14), note(4, 40, seen=False, stage="idea")]
    assert dict(shown(Gathered(due=rows))) == {"n1": "stale", "n2": "due", "n3": "due", "n4": "due"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (note(1, 7), "due: last seen 7 days ago, soon is 7 (recall 50%)"),
        (note(1, 28, half_life="later", stage="idea"), "due: last seen 28 days ago, later is 14 (recall 25%)"),
        (note(1, 20, seen=False), "an observation that nobody came back to for 20 days"),
    ],
)
def test_each_says_why(row: dict[str, Any], why: str) -> None:
    assert plan_review(Gathered(due=[row]), NOW)[0]["why"] == why


def test_a_question_names_what_may_answer_it() -> None:
    asked = note(1, 40, answers=[{"id": "i7", "title": "How paths form"}])
    (row,) = plan_review(Gathered(questions=[asked]), NOW)
    assert row["why"] == "an open question, asked 40 days ago; i7 “How paths form” may answer it"


@pytest.mark.parametrize(("word", "kept"), [("soon", "soon"), ("L", "later"), ("ev", "eventually"), ("never", "never")])
def test_a_half_life_by_its_first_letters(word: str, kept: str) -> None:
    assert read_half_life(word) == kept


@pytest.mark.parametrize("word", ["", " ", "weekly", "soonest"])
def test_no_other_half_life(word: str) -> None:
    with pytest.raises(Invalid, match="one of soon, later, eventually, never"):
        read_half_life(word)


@pytest.mark.parametrize(
    ("at", "today", "found"),
    [
        ("2025-11-28", "2026-11-28", (1, 0)), ("2024-11-25", "2026-11-28", (2, 3)), ("2016-12-01", "2026-11-28", (10, -3)),
        ("2026-11-28", "2026-11-28", (0, 0)), ("2024-12-31", "2026-01-02", (1, 2)), ("2025-01-01", "2025-12-30", (1, -2)),
        ("2024-02-29", "2025-03-01", (1, 0)), ("2024-02-29", "2028-02-29", (4, 0)), ("2024-02-29", "2026-02-27", (2, -2)),
    ],
)  # fmt: skip
def test_how_many_years_ago_a_day_was_and_how_far_today_is_from_it(at: str, today: str, found: tuple[int, int]) -> None:
    assert anniversary(date.fromisoformat(at), date.fromisoformat(today)) == found


def test_the_days_around_one_hold_the_leap_day_between_them() -> None:
    assert days_around(date(2027, 1, 2)) == [
        "12-29", "12-30", "12-31", "01-01", "01-02", "01-03", "01-04", "01-05", "01-06",
    ]  # fmt: skip
    assert "02-29" in days_around(date(2026, 3, 1))
    assert days_around(date(2028, 3, 1)).count("02-29") == 1


@pytest.mark.parametrize("around", [0, 3])
def test_the_days_around_one_hold_whatever_returns_then_in_any_time_zone(around: int) -> None:
    for today in (date(year, 2, 20) + timedelta(days=number) for year in (2026, 2028) for number in range(18)):
        for at in (date(year, 2, 15) + timedelta(days=number) for year in (2023, 2024) for number in range(30)):
            if abs(anniversary(at, today)[1]) > around:
                continue
            for hours in (-14, 0, 23, 23 + 12):  # midnight at the one end of the world, the last hour at the other
                then = datetime(at.year, at.month, at.day) + timedelta(hours=hours)
                assert f"{then:%m-%d}" in days_around(today, around), (at, today, hours)


def test_the_nearest_day_comes_first_then_the_fewest_years_and_notes() -> None:
    rows = [
        {"id": id, "kind": "annotation" if id[0] == "a" else "note", "at": f"{day}T12:00:00Z"}
        for id, day in (
            ("n1", "2025-11-27"), ("a2", "2025-11-28"), ("n9", "2025-11-28"), ("n3", "2020-11-28"), ("n4", "2025-12-02"),
            ("n5", "2026-11-27"), ("n10", "2025-11-28"),
        )
    ]  # fmt: skip
    assert [(row["id"], in_words(row)) for row in order_by_day(rows, date(2026, 11, 28))] == [
        ("n9", "1 year ago today"), ("n10", "1 year ago today"), ("a2", "1 year ago today"), ("n3", "6 years ago today"),
        ("n1", "1 year ago, on 2025-11-27"),
    ]  # fmt: skip


def test_one_of_this_day_takes_the_place_of_one_by_chance() -> None:
    day = [note(number, 365, years=1, off=0, at=stamp(NOW - timedelta(days=365))) for number in (8, 9)]
    found = Gathered(due=[note(8, 365), note(1, 30), note(2, 20)], day=day, chance=[note(7, 90)])
    assert shown(found, 9) == [("n1", "due"), ("n2", "due"), ("n8", "day")]
    assert shown(Gathered(chance=found.chance), 9) == [("n7", "chance")]
