"""What rules say of an item, in tables: rules and items in, judgement out."""

import pytest

from pkm.enclosure import Enclosure
from pkm.matching import Overran, Subject
from pkm.seek.screen import PATIENCE, Judgement, Screen, as_judged, compile_rule, read_rules, subject_of_brought
from pkm.store.intake import Brought
from pkm.store.rules import Origin

SOURCE = Origin("City Weekly", "https://city.example/feed", "", contact_id=3)


def rule(number: int, action: str, pattern: str, **more: object) -> dict[str, object]:
    empty = {"argument": "", "person_id": None, "source_id": None, "tag_id": None, "contact_id": None}
    return {**empty, "id": number, "action": action, "pattern": pattern, **more}


def item(**given: object) -> Brought:
    plain = Brought("k", "h", "Desire paths", "https://e.org/1", "https://e.org/1", "Ann Lee", None, "", "People walk.", "")
    return plain._replace(**given)


def judge(*rules: dict[str, object], one: Brought | None = None, source: int = 7) -> Judgement:
    screen = read_rules(rules, {5: {7}, 6: {8}}.__getitem__)
    assert not screen.unread
    return screen.judge(subject_of_brought(one or item(), SOURCE), source, SOURCE.contact_id)


def test_muting_goes_before_keeping_and_the_first_rule_is_named() -> None:
    said = judge(rule(1, "keep", "paths"), rule(2, "mute", "walk"), rule(3, "mute", "desire"))
    assert (said.muted_by, said.kept_by, said.matched) == (2, 1, (1, 2, 3))


@pytest.mark.parametrize(("patterns", "muted_by", "kept_by"), [
    (("paths",), None, 1), (("roadmaps",), 1, None), (("roadmaps", "paths"), None, 2), (("roadmaps", "plans"), 1, None),
])  # fmt: skip
def test_one_of_several_rules_that_keep_is_enough(
    patterns: tuple[str, ...], muted_by: int | None, kept_by: int | None
) -> None:
    said = judge(*(rule(number, "keep", text) for number, text in enumerate(patterns, 1)))
    assert (said.muted_by, said.kept_by) == (muted_by, kept_by)


@pytest.mark.parametrize(("scope", "covers"), [
    ({}, True), ({"source_id": 7}, True), ({"source_id": 8}, False), ({"tag_id": 5}, True), ({"tag_id": 6}, False),
    ({"contact_id": 3}, True), ({"contact_id": 4}, False),
])  # fmt: skip
def test_scopes(scope: dict[str, int], covers: bool) -> None:
    assert (judge(rule(1, "mute", "", **scope)).muted_by == 1) is covers
    assert judge(rule(1, "keep", "nothing", **scope)).muted_by == (1 if covers else None)


def test_ranks_add_up_and_tags_come_once() -> None:
    said = judge(rule(1, "up", "desire"), rule(2, "up", "walk"), rule(3, "down", "ann"), rule(4, "down", "roadmap"),
                 rule(5, "tag", "paths", argument="org"), rule(6, "tag", "walk", argument="org"))  # fmt: skip
    assert (said.rank, said.raised_by, said.tags) == (1, 1, ("org",))


@pytest.mark.parametrize(("said", "expected"), [
    (Judgement(), ("inbox", "network", None, 0)),
    (Judgement(muted_by=2, kept_by=1, assigned_by=3, rank=2), ("muted", "network", 2, 2)),
    (Judgement(assigned_by=3, kept_by=1), ("inbox", "person", 3, 0)),
    (Judgement(kept_by=1, raised_by=4, rank=1), ("inbox", "rule", 1, 1)),
    (Judgement(raised_by=4, rank=1), ("inbox", "rule", 4, 1)),
    (Judgement(rank=-1), ("inbox", "network", None, -1)),
])  # fmt: skip
def test_what_becomes_of_what_was_brought(said: Judgement, expected: tuple[object, ...]) -> None:
    one = as_judged(item(), said)
    assert (one.state, one.via, one.rule_id, one.rank) == expected


@pytest.mark.parametrize("pattern", [
    "source:weekly", "category:design", "has:audio", "has:transcript", "enclosure:*.mp3", "text:summary", "-has:video",
    "has:category",
])  # fmt: skip
def test_everything_of_an_item_can_be_asked_for(pattern: str) -> None:
    files = (Enclosure("https://e.org/1.mp3", "audio/mpeg"), Enclosure("https://e.org/1.vtt", "text/vtt", rel="transcript"))
    one = item(categories='["Urban design"]', enclosures=files, summary="A summary.")
    assert judge(rule(1, "mute", pattern), one=one).muted_by == 1


@pytest.mark.parametrize("action", ["mute", "keep", "tag", "up", "down", "assign"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_what_cannot_be_told_in_time_comes_in_untouched(action: str, sign: str) -> None:
    def never(subject: Subject) -> bool:
        raise Overran

    screen = Screen([compile_rule(rule(1, action, sign + "x"), lambda _: ())._replace(matches=never)])
    for _ in range(PATIENCE + 3):
        said = screen.judge(subject_of_brought(item(), SOURCE), 7, None)
        assert (said.muted_by, said.rank, said.tags, said.assigned_by, said.matched) == (None, 0, (), None, ())
    assert screen.overran == {1: PATIENCE}


def test_a_rule_that_is_not_understood_any_more_is_set_aside() -> None:
    screen = read_rules([rule(1, "mute", "/(/"), rule(2, "mute", "walk")], lambda _: ())
    assert list(screen.unread) == [1]
    assert screen.judge(subject_of_brought(item(), SOURCE), 7, None).muted_by == 2
