"""What evidence is worth: pure rules over plain values."""

import itertools

import pytest

from pkm.dates import parse_stamp
from pkm.people.candidates import HALF_LIFE_DAYS, LEAST, WEIGHTS, explain, freshness, is_both_ways, is_enough, weigh
from pkm.store.exchange import Trace

NOW = parse_stamp("2026-11-23T09:00:00Z")
KINDS = {"answers": "response", "interactions": "interaction", "quotes": "annotation", "mentions": "note"}


def traces(**days: list[str]) -> list[Trace]:
    """Of each part one trace a day, numbered from 1."""
    return [
        Trace(7, part, KINDS[part], number, f"{at}T08:00:00Z", f"{at}T08:00:00Z")
        for part, of in days.items() for number, at in enumerate(of, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(("at", "worth"), [
    ("2026-11-23", 1.0), ("2026-05-27", 0.5), ("2025-11-28", 0.25), ("2027-03-01", 1.0),
])  # fmt: skip
def test_a_piece_weighs_half_after_half_a_year(at: str, worth: float) -> None:
    assert HALF_LIFE_DAYS == 180
    assert freshness(f"{at}T08:00:00Z", NOW) == pytest.approx(worth)


@pytest.mark.parametrize("part", WEIGHTS)
def test_each_piece_adds_less_than_the_one_before_and_never_more_than_the_most(part: str) -> None:
    sums = [weigh({part: amount})[part] for amount in (1, 2, 3, 4)]
    steps = [after - before for before, after in itertools.pairwise(sums)]
    assert steps == sorted(steps, reverse=True)
    assert all(step > 0 for step in steps)
    assert weigh({part: 1000})[part] < WEIGHTS[part].most


def test_nothing_of_a_part_is_no_part() -> None:
    assert weigh({"answers": 0, "mentions": 1.0}).keys() == {"mentions"}


@pytest.mark.parametrize(("amounts", "enough"), [
    ({"interests": 9}, False),
    ({"interests": 9, "mentions": 1}, False),
    ({"interactions": 50}, False),
    ({"answers": 50}, False),
    ({"interactions": 1, "interests": 1}, False),
    ({"interactions": 1, "mentions": 1}, True),
    ({"answers": 1, "interests": 1}, True),
    ({"interactions": 2, "interests": 1}, True),
    ({"interactions": 0.25, "mentions": 0.25}, False),
    ({"quotes": 3, "mentions": 2, "interests": 2}, True),
])  # fmt: skip
def test_no_part_alone_makes_a_candidate_nor_a_little_of_two(amounts: dict[str, float], enough: bool) -> None:
    assert is_enough(weigh(amounts)) is enough


def test_the_least_is_more_than_one_touch_and_less_than_one_answer() -> None:
    assert weigh({"interactions": 1})["interactions"] < LEAST < weigh({"answers": 1})["answers"]


@pytest.mark.parametrize(("parts", "both"), [
    (["quotes", "mentions", "interests"], False), (["answers"], True), (["quotes", "interactions"], True),
    (["trials"], True), (["promises"], True), ([], False),
])  # fmt: skip
def test_who_is_only_read_has_given_nothing(parts: list[str], both: bool) -> None:
    assert is_both_ways(parts) is both


def test_the_parts_are_told_in_words_with_their_ids_the_newest_first() -> None:
    found = traces(answers=["2026-10-01", "2026-09-01", "2026-11-01", "2026-08-01"], quotes=["2026-02-01"],
                   mentions=["2026-11-01", "2026-11-02"])  # fmt: skip
    parts = {part.name: part for part in explain(found, {"retro": ["c7", "i4"], "org": ["i4"]}, NOW)}
    assert {name: (part.what, part.ids) for name, part in parts.items()} == {
        "answers": ("answered 4 times", ("r3", "r1", "r2", "r4")),
        "quotes": ("quoted by you once", ("a1",)),
        "mentions": ("in 2 notes of yours", ("n2", "n1")),
        "interests": ("shares #retro #org", ("c7", "i4")),
    }
    assert (parts["answers"].last, parts["interests"].last) == ("2026-11-01T08:00:00Z", None)
    assert next(iter(parts)) == "answers"


def test_the_words_and_the_ranking_rest_on_the_same_points() -> None:
    found = traces(answers=["2026-10-01"], interactions=["2026-11-01", "2025-11-01"])
    amounts: dict[str, float] = {"interests": 1}
    for one in found:
        amounts[one.part] = amounts.get(one.part, 0) + freshness(one.at, NOW)
    assert {part.name: part.points for part in explain(found, {"org": ["c7"]}, NOW)} == pytest.approx(weigh(amounts))


def test_what_is_recent_is_worth_more() -> None:
    fresh, stale = (explain(traces(answers=[at]), {}, NOW)[0].points for at in ("2026-11-20", "2025-11-20"))
    assert fresh > 2 * stale


def test_a_byline_in_a_source_of_others_says_so_and_weighs_less_than_a_quote() -> None:
    def byline(number: int, where: str) -> Trace:
        return Trace(1, "bylines", "annotation", number, "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z", where)

    one = explain([byline(1, "Group blog")], {}, NOW)
    assert [(part.name, part.what) for part in one] == [
        ("bylines", "quoted by you once, bylined in Group blog, which is not theirs")
    ]
    two = explain([byline(1, "Group blog"), byline(2, "Spam")], {}, NOW)
    assert two[0].what == "quoted by you twice, bylined in Spam and 1 more, which are not theirs"
    assert weigh({"bylines": 1})["bylines"] == weigh({"quotes": 1})["quotes"] / 2
    assert not is_enough({"quotes": 2.0, "bylines": 1.0})
