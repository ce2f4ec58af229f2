"""The order of the inbox: what lifts an item, what holds it down, and the places that are kept for a surprise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pkm.dates import stamp
from pkm.seek.rank import AMONG, FEW, OF_A_SOURCE, Candidate, Decision, Order, half_life_days, learn, rank, score_parts

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
BEGUN = "2026-11-23T00:00:00Z"


def ago(days: float) -> str:
    return stamp(NOW - timedelta(days=days))


def decided(source: int, kept: int, dropped: int, *, via: str = "network", days: float = 3) -> list[Decision]:
    made = [Decision(ago(days + n / 100), source, "", n < kept, via) for n in range(kept + dropped)]
    return sorted(made, reverse=True)


def items(*sources: int, first: int = 1, days: float = 2) -> list[Candidate]:
    return [
        Candidate(first + n, source, title=f"Title{first + n} word{first + n}", received_at=ago(days + n / 1000))
        for n, source in enumerate(sources)
    ]


HABIT = [*decided(1, 30, 5), *decided(2, 2, 30), *decided(3, 8, 24)]


def order(candidates: list[Candidate], decisions: list[Decision] = HABIT, **more: object) -> Order:
    return rank(candidates, decisions, NOW, today=BEGUN, day=DAY, **more)  # type: ignore[arg-type]


def places(found: Order) -> list[int]:
    return [one.item for one in found.placed]


def test_what_is_kept_of_its_source_lifts_an_item():
    assert places(order(items(2, 3, 1), surprises=False)) == [3, 2, 1]


def test_the_terms_add_up_to_the_score():
    found = order([replace(one, fit=0.3, note=1, heat=3, due=True, contact="ann") for one in items(1, 2, 3)])
    for one in found.placed:
        assert one.score == pytest.approx(sum(value for _, value in one.parts), abs=0.001)
    assert {name for name, _ in found.placed[0].parts} >= {"source", "fit", "recency", "heat", "due"}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"fit": 0.5}, {}),
        ({"heat": 4}, {"heat": 1}),
        ({"due": True}, {}),
        ({"received_at": ago(1)}, {"received_at": ago(20)}),
        ({"received_at": ago(20), "gap_s": 40 * 86400.0}, {"received_at": ago(20), "gap_s": 3600.0}),
        ({"rank": 1, "received_at": ago(300)}, {"fit": 1.0, "heat": 50, "due": True}),
        ({}, {"rank": -1, "fit": 1.0, "heat": 50, "due": True}),
    ],
)
def test_what_stands_higher(better, worse):
    up, down = items(4, 5)
    assert places(order([replace(down, **worse), replace(up, **better)], surprises=False)) == [1, 2]


def test_slow_writers_fade_slowly():
    assert half_life_days(3600) < half_life_days(7 * 86400) < half_life_days(19 * 86400)
    assert half_life_days(365 * 86400) == 60


def test_an_old_decision_weighs_less_than_a_new_one():
    then, lately = decided(4, 0, 20, days=720), decided(5, 0, 20, days=1)
    habits = learn([*HABIT, *then, *lately], NOW)
    old, new = (dict(score_parts(one, habits, NOW))["source"] for one in items(4, 5))
    assert new < old < 0


def test_no_more_than_two_of_a_source_stand_among_ten():
    many = items(*[1] * 12, *range(10, 40))
    sources = {one.item: one.source for one in many}
    shown = [sources[number] for number in places(order(many))]
    for start in range(len(shown) - AMONG - 10):
        assert max(map(shown[start : start + AMONG].count, shown)) <= OF_A_SOURCE
    assert len(shown) == len(many) == len(set(places(order(many))))


def test_a_source_alone_is_shown_whole_and_what_is_ranked_down_comes_after_it():
    few = items(*[1] * 6) + [replace(one, rank=-1) for one in items(9, first=50)]
    assert places(order(few, surprises=False))[-1] == 50
    assert len(places(order(few, surprises=False))) == 7


class TestSurprise:
    POOL = items(*[1, 2, 3] * 4, *range(10, 40))

    def test_every_seventh_place_is_one_from_outside_the_habits(self):
        found = order(self.POOL)
        assert [one.place for one in found.placed if one.surprise] == [7, 14, 21, 28, 35, 42]
        sources = {one.item: one.source for one in self.POOL}
        assert {sources[one.item] for one in found.placed if one.surprise}.isdisjoint({1, 2, 3})
        assert found.placed[6].why == found.placed[6].filter == "surprise"

    def test_it_is_the_same_all_day_whatever_comes_in_or_is_decided(self):
        morning = [one.item for one in order(self.POOL).placed if one.surprise]
        gone = set(places(order(self.POOL))[:5]) - set(morning)
        later = [replace(one, decided=one.item in gone) for one in self.POOL]
        more = items(*range(60, 90), first=500, days=0.1)
        today = [Decision(ago(0.01), one.source, "", True, "network") for one in later if one.decided]
        evening = [one.item for one in order([*more, *later], [*today, *HABIT]).placed if one.surprise]
        assert evening[: len(morning)] == morning

    def test_another_day_draws_another(self):
        days = {
            rank(self.POOL, HABIT, NOW, today=BEGUN, day=DAY + timedelta(days=n)).placed[6].item for n in range(8)
        }  # fmt: skip
        assert len(days) > 3

    def test_one_that_failed_does_not_count_against_its_source(self):
        found = order(items(8, 9), [*HABIT, *decided(8, 0, 20, via="chance")], surprises=False)
        parts = {one.item: dict(one.parts) for one in found.placed}
        assert parts[1].get("source", 0) == parts[2].get("source", 0)

    def test_sources_whose_surprises_were_kept_are_drawn_more_often(self):
        record = [*decided(10, 20, 0, via="chance", days=2), *decided(11, 0, 20, via="chance", days=2), *HABIT]
        drawn = []
        for n in range(40):
            found = rank(self.POOL, record, NOW, today=BEGUN, day=DAY + timedelta(days=n))
            drawn.append({one.item: one.source for one in self.POOL}[found.placed[6].item])
        assert drawn.count(10) > drawn.count(11)

    def test_a_source_that_challenges_gets_the_place_first(self):
        pool = [*self.POOL, *(replace(one, challenges="agile") for one in items(50, first=900))]
        assert (order(pool).placed[6].item, order(pool).placed[6].why) == (900, "challenges #agile")

    def test_what_is_ranked_down_or_waits_for_its_day_is_none(self):
        pool = [replace(one, rank=-1, paced=True) if (one.source or 0) >= 10 else one for one in self.POOL]
        assert not any(one.surprise for one in order(pool).placed)


class TestFewDecisions:
    def test_the_sources_take_turns_the_newest_first(self):
        found = order(items(1, 1, 1, 2, 3), HABIT[: FEW - 1])
        assert found.few
        assert places(found) == [1, 4, 5, 2, 3]

    def test_a_person_has_two_turns_in_one(self):
        pool = [replace(one, contact="ann") if one.source == 1 else one for one in items(2, 2, 2, 1, 1, 1)]
        assert places(order(pool, []))[:5] == [4, 1, 5, 2, 6]

    def test_people_rise_before_the_first_decision_the_closer_the_higher(self):
        ties = {2: "network", 3: "team", 4: "", 5: "community"}
        pool = [replace(one, contact="ann", tie=ties[one.item]) if one.item in ties else one for one in items(1, 2, 3, 4, 5)]
        assert places(order(pool, [])) == [3, 5, 2, 4, 1]

    def test_what_is_said_of_an_item_is_in_its_score(self):
        pool = items(1, 2, 3)
        told = {2: {"fit": 0.4, "note": 12, "words": "trust, team"}, 3: {"heat": 3}}
        found = order([replace(one, **told.get(one.item, {})) for one in pool], [])
        assert [(one.item, one.why, [name for name, _ in one.parts]) for one in found.placed] == [
            (3, "3 point at it", ["heat"]), (2, "like n12: trust, team", ["fit"]), (1, "", []),
        ]  # fmt: skip

    def test_of_equal_ones_what_was_written_last_is_first_whatever_came_last(self):
        days = {1: ago(3), 2: ago(9), 3: ago(4), 4: ago(-30)}  # 4 says that it is of next month
        pool = [replace(one, published_at=days[one.item]) for one in items(1, 2, 3, 4)]
        assert places(order(pool, [])) == [4, 1, 3, 2]

    def test_more_and_less_count_all_the_same(self):
        one, two, three = items(1, 2, 3)
        assert places(order([replace(one, rank=-1), two, replace(three, rank=1)], [])) == [3, 2, 1]


def test_items_of_people_wait_for_their_day():
    pool = items(1, 2, 3, 3)
    pool = [replace(one, waits=True, paced=True, contact="ann") if one.source == 3 else one for one in pool]
    found = order(pool)
    assert (places(found), found.waiting, found.waiting_people) == ([1, 2], (3, 4), 1)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"rank": 1, "rule": 3, "contact": "ann"}, "rule u3"),
        ({"answers": 12, "fit": 0.3, "contact": "ann"}, "may answer n12"),
        ({"contact": "ann", "heat": 9}, "ann"),
        ({"heat": 3, "fit": 0.5, "note": 1}, "3 point at it"),
        ({"fit": 0.3, "note": 12, "words": "trust, team"}, "like n12: trust, team"),
        ({}, ""),
    ],
)
def test_it_says_by_which_filter_an_item_stands_high(facts, why):
    assert order([replace(items(8)[0], **facts)]).placed[0].why == why


def test_a_page_is_the_beginning_of_the_whole():
    pool = items(*[1, 2, 3] * 4, *range(10, 40))
    assert places(order(pool, limit=20)) == places(order(pool))[:20]


def test_a_later_pull_changes_no_surprise_of_the_first_day():
    early = items(*range(10, 29), days=0.4)
    late = items(*range(30, 50), first=100, days=0.1)

    def surprises(candidates):
        return [one.item for one in order(candidates).placed if one.surprise]

    assert len(surprises(early)) == 2
    assert surprises([*early, *late])[:2] == surprises(early)
    assert len(surprises([*early, *late])) == 5


def test_where_every_source_is_familiar_an_unfamiliar_writer_is_the_surprise():
    known = [replace(one, author="Ann") for one in items(*[1] * 20)]
    told = [replace(one, author="Bo" if one.item == 9 else "Ann") for one in known]
    habit = [one._replace(author="Ann") for one in decided(1, 40, 0)]
    assert [one.item for one in order(told, habit).placed if one.surprise] == [9]
    assert not any(one.surprise for one in order(known, habit).placed)
