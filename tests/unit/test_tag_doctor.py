"""What ails the tags: the pure examination."""

import pytest

from pkm.sense.tag_doctor import examine
from pkm.store.tag_health import Single, Together


def told(*given: object, **more: object) -> list[tuple[str, str]]:
    return [(one.key, one.next) for one in examine(*given, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("used", "steps"), [
    ({"note-taking": 31, "notetaking": 4}, ["pkm tag merge notetaking note-taking"]),
    ({"team": 2, "teams": 9}, ["pkm tag merge team teams"]),
    ({"community": 5, "communities": 5}, ["pkm tag merge communities community"]),
    ({"orgs": 1, "org": 3}, ["pkm tag merge orgs org"]),
    ({"Org/Design": 2, "org/desgin": 1}, ["pkm tag merge org/desgin Org/Design"]),
    ({"org": 3, "org/design": 2, "week-41": 1, "week-42": 1}, []),
    ({}, []),
])  # fmt: skip
def test_names_that_nearly_are_one(used: dict[str, int], steps: list[str]) -> None:
    assert [step for _, step in told(used, [], [])] == steps


@pytest.mark.parametrize(("pair", "found"), [
    (Together("ui", "figma", 5, 6, 5), True),
    (Together("ui", "figma", 5, 9, 5), False),
    (Together("ui", "figma", 3, 3, 3), False),
    (Together("org/design", "org", 6, 6, 6), False),
])  # fmt: skip
def test_tags_that_stand_together(pair: Together, found: bool) -> None:
    assert told({}, [pair], []) == ([("together:figma+ui", "pkm tag merge ui figma")] if found else [])


def test_a_tag_used_once_is_mended_where_it_stands() -> None:
    singles = [Single("x", "n3", False), Single("y", "n4", True), Single("orgs", "n5", False)]
    assert told({"org": 2, "orgs": 1}, [], singles) == [
        ("alike:org+orgs", "pkm tag merge orgs org"), ("once:x", "pkm sense tag n3 -x"), ("once:y", "pkm sense edit n4"),
    ]  # fmt: skip


def test_what_was_dismissed_is_not_told() -> None:
    assert told({"org": 2, "orgs": 1}, [], [Single("x", "n3", False)], dismissed={"alike:org+orgs", "once:x"}) == []
