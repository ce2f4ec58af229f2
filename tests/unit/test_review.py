"""Which notes a review shows, and why: values in, values out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pkm.dates import stamp
from pkm.errors import Invalid
from pkm.sense.review import Gathered, plan_review, read_half_life

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


def test_never_two_of_one_source_and_no_note_twice() -> None:
    found = Gathered(due=[note(1, source="s1"), note(2, source="s1"), note(3)], questions=[note(3, answers=[])])
    assert shown(found) == [("n1", "due"), ("n3", "due")]


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
    with pytest.raises(Invalid, match="soon, later, eventually or never"):
        read_half_life(word)
