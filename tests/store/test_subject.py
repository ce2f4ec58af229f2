"""The story of a subject (`pkm tag show`): each part of it over a small real store, and what is decided from plain values."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pkm.cli.subject import lay_out
from pkm.errors import NotFound
from pkm.store import subject
from pkm.store.session import Store, Unit
from pkm.store.subject import Decided, Thought
from pkm.whole.subject import Person, add_kept, next_steps, periods, tell, to_give, weigh
from tests.store.world import AT

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def world(world: Store) -> Store:
    """The small world, where #org is on i2 and c1 and #org/design on n1; and beside it what fills every part."""
    with world.unit() as unit:
        _more(unit)
    return world


def _more(unit: Unit) -> None:
    """#org: n5 an idea never tried, n6 a question, n7 put away; i1 (kept) and i3 (dropped); s2 challenges it; the circle
    o3 cares about it; a rule gives i5 of s2 to c2. n2, which has no tag, contradicts n5. Of n1 a second answer was dropped.
    """
    from pkm.store.model import Circle, Item, Link, Note, Response, Rule, Tagging

    for number, (title, stage, dropped) in enumerate(
        [("Rhythm beats plans", "idea", None), ("Who walks first?", "observation", None), ("Never mind", "idea", AT)], 5
    ):
        at = f"202{number - 1}-03-01T08:00:00Z"
        unit.add(Note(uid=f"m{number}", title=title, text=title, stage=stage, created_at=at, updated_at=AT, dropped_at=dropped))
    unit.add(Circle(name="crew", kind="team", created_at=AT))
    unit.add(Circle(name="walkers", kind="network", created_at=AT))
    unit.add(Rule(action="assign", pattern="walk", person_id=2, created_at=AT))
    unit.add(Item(source_id=2, state="kept", title="A walk", received_at=AT, decided_at="2026-10-02T08:00:00Z", rule_id=2))
    unit.add(Link(from_kind="note", from_id=2, to_kind="note", to_id=5, type="contradicts", created_at=AT))
    unit.add(Response(share_id=1, contact_id=1, state="dropped", text="Out of office", at=AT))
    unit.connection.execute("UPDATE source SET challenges_id = 1 WHERE id = 2")
    for kind, number, tag in (
        ("note", 5, 1), ("note", 6, 1), ("note", 7, 1), ("item", 1, 1), ("item", 3, 2), ("item", 5, 1), ("circle", 3, 1),
        ("circle", 2, 2),
    ):  # fmt: skip
        unit.add(Tagging(tag_id=tag, kind=kind, entity_id=number))


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


PARTS = {
    "name": "org", "aliases": ["organisation"], "children": ["org/design"], "learning": False,
    "since": "2024-03-01T08:00:00Z", "kept": 2, "decided": 3, "notes": 3, "by": "year",
    "periods": [{"from": "2024", "kept": 0, "notes": 1}, {"from": "2025", "kept": 0, "notes": 1},
                {"from": "2026", "kept": 2, "notes": 1}],
    "stages": {"observation": 1, "idea": 1, "practice": 1},
    "latest": ["n1", "n6", "n5"], "practices": ["n1"], "untried": ["n5"], "untried_count": 1,
    "contradictions": ["n2"], "contradiction_count": 1, "questions": ["n6"], "question_count": 1,
    "people": ["c2", "c1"], "people_count": 2, "sources": ["s1", "s2"], "source_count": 2,
    "shares": ["x1"], "share_count": 1, "came_back": ["r1"], "came_back_count": 1,
    "without": ["o3"], "without_count": 1,
}  # fmt: skip


def test_each_part_is_told_with_what_is_below_the_tag(world: Store) -> None:
    found = tell(world.read(), "organisation", NOW, 5)
    told = {name: ids(found[name]) if found[name] and "id" in _first(found[name]) else found[name] for name in PARTS}
    assert told == PARTS
    assert (found["first"]["id"], found["practices"][0]["at"], found["practices"][0]["because"]) == (
        "n5", "2026-11-18T08:00:00Z", "it was tried"
    )  # fmt: skip
    assert found["contradictions"][0]["against"] == {"id": "n5", "kind": "note", "title": "Rhythm beats plans"}
    assert found["shares"][0]["to"] == [{"id": "o2", "name": "practice", "at": "2026-11-21T08:00:00Z"}]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else ()


def test_who_is_in_it_is_told_with_the_evidence(world: Store) -> None:
    found = tell(world.read(), "org", NOW, 5)
    keys = ("id", "kept", "quotes", "answers", "interests", "last")
    assert [tuple(one[key] for key in keys) for one in found["people"]] == [
        ("c2", 1, 0, 1, [], "2026-11-22T08:00:00Z"), ("c1", 1, 1, 0, ["org"], AT),
    ]  # fmt: skip
    assert [(one["id"], one["kept"], one["decided"], one["challenges"]) for one in found["sources"]] == [
        ("s1", 1, 1, False), ("s2", 1, 2, True)
    ]  # fmt: skip


def test_lists_are_bounded_and_counted(world: Store) -> None:
    found = tell(world.read(), "org", NOW, 1)
    assert (ids(found["latest"]), found["notes"], ids(found["people"]), found["people_count"]) == (["n1"], 3, ["c2"], 2)
    assert ids(found["sources"]) == ["s1", "s2"]  # the one that challenges it is never cut off


def test_a_parent_that_is_only_a_part_of_names_and_a_tag_that_is_not_there(world: Store) -> None:
    with world.unit() as unit:
        unit.connection.execute("UPDATE tag SET name = 'a/b' WHERE name = 'weather'")
    assert tell(world.read(), "a", NOW, 5)["children"] == ["a/b"]
    with pytest.raises(NotFound):
        tell(world.read(), "nowhere", NOW, 5)


def test_many_items_are_counted_the_same_by_the_index(world: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    few = subject.decided(world.read(), "(1, 2)")
    monkeypatch.setattr(subject, "MANY", 1)
    assert subject.decided(world.read(), "(1, 2)") == few != []


def test_what_was_sent_without_the_note_did_not_go_out(world: Store) -> None:
    with world.unit() as unit:
        unit.connection.execute("UPDATE stage SET gate = '{\"notes\": [2]}' WHERE id = 1")
    assert subject.went(world.read(), "(1, 2)") == []


@pytest.mark.parametrize(
    ("since", "unit", "first", "number"),
    [
        ("2026-11-01T00:00:00Z", "month", "2026-11", 1), ("2025-12-31T12:00:00Z", "month", "2025-12", 12),
        ("2024-11-23T09:00:00Z", "year", "2024", 3), ("2016-05-05T09:00:00Z", "year", "2016", 11),
    ],
)  # fmt: skip
def test_what_is_younger_than_two_years_is_told_by_month(since: str, unit: str, first: str, number: int) -> None:
    by, told = periods(since, NOW, {"2026-11": 3, "2026-10": 1}, {"2026-11": 2})
    assert (by, told[0]["from"], len(told), told[-1]["notes"]) == (unit, first, number, 2)
    assert told[-1]["kept"] == (4 if unit == "year" else 3)


def test_an_answer_speaks_for_two_and_a_person_of_whom_more_speaks_comes_first() -> None:
    read = Person(1, kept=40, last="2026-11-22T00:00:00Z")
    told = Person(2, answers=["r1"], last="2020-01-01T00:00:00Z")
    both = Person(3, kept=1, quotes=["a1"], last="2026-01-01T00:00:00Z")
    same = Person(4, kept=1, quotes=["a2"], last="2026-01-02T00:00:00Z")
    assert [one.number for one in weigh([read, told, both, same])] == [4, 3, 2, 1]


def test_what_a_rule_gives_to_somebody_is_not_its_sources_owner_s() -> None:
    people = {1: Person(1), 2: Person(2)}
    rows = [(7, "kept", 3), (7, "dropped", 9), (None, "kept", 1)]
    decided = [Decided(source, state, "2026-11", number, AT) for source, state, number in rows]
    add_kept(people, decided, {7: 1}, [(2, 7, 1, AT)])
    assert (people[1].kept, people[2].kept) == (2, 1)


NOTHING: dict[str, Any] = {
    "name": "org", "learning": False, "kept": 0, "without": [], "untried": [], "contradictions": [], "questions": [],
    "sources": [],
}  # fmt: skip
NOTE = {"id": "n5", "at": "2026-09-01T08:00:00Z"}
YOUNG = {"id": "n5", "at": AT}


@pytest.mark.parametrize(
    ("facts", "commands"),
    [
        ({}, []),
        ({"kept": 4}, ['pkm sense note "… #org"']),
        ({"untried": [NOTE], "questions": [NOTE]}, ["pkm sense try n5", "pkm share who n5"]),
        ({"untried": [YOUNG], "questions": [YOUNG]}, []),
        ({"contradictions": [{"id": "n2", "against": NOTE}]}, ["pkm sense show n2"]),
        ({"learning": True, "sources": [{"challenges": False}]}, ["pkm seek edit SOURCE --challenges org"]),
        ({"learning": True, "sources": [{"challenges": True}]}, []),
        ({"untried": [NOTE], "questions": [NOTE], "contradictions": [{"id": "n2", "against": NOTE}]},
         ["pkm sense try n5", "pkm sense show n2"]),
    ],
)  # fmt: skip
def test_a_step_is_told_only_where_there_is_a_reason(facts: dict[str, Any], commands: list[str]) -> None:
    assert [step["command"] for step in next_steps({**NOTHING, **facts}, [], NOW)] == commands


def test_a_circle_without_it_might_get_the_ripest_note_that_may_go_there() -> None:
    notes = [
        Thought(1, "practice", "private", "2026-01-01", True, False), Thought(2, "idea", "community", "2026-01-02", False, False),
        Thought(3, "idea", "network", "2026-01-03", False, False), Thought(4, "practice", "network", "2026-01-04", False, True),
    ]  # fmt: skip
    facts = {**NOTHING, "without": [{"name": "practice", "circle_kind": "community"}]}
    assert next_steps(facts, notes, NOW)[0]["command"] == "pkm share who n3"
    assert to_give(notes[:1], "network") == notes[0]
    assert to_give([], "network") is None


def test_all_of_it_is_on_one_screen(world: Store) -> None:
    found = tell(world.read(), "org", NOW, 5)
    names = ["Since", "Notes", "Practice", "Untried", "Against", "Asked", "People", "Sources", "Went out", "Came back", "Not yet"]
    for columns, lines in ((80, 20), (40, 12)):
        told = lay_out(found, columns=columns, lines=lines)
        assert (len(told) <= lines, max(map(len, told)) <= columns) == (True, True)
        assert [line[:10].strip() for line in told[1:] if line[0] != " "] == names
    assert "s2  Other News  1 of 2 kept, challenges it" in "\n".join(told := lay_out(found, columns=80, lines=None))
    assert any(line.endswith("kept   ▁▁█  by year, 2024 to 2026") for line in told)
