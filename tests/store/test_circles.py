"""Circles in the store: who is in them, came and went, and which tie that makes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pkm.config import Home
from pkm.errors import Exists, Invalid, NotFound
from pkm.people import circles as verbs
from pkm.people import contacts as people
from pkm.store import circles
from pkm.store.journal import undo
from pkm.store.session import Store


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """o1 network, o2 practice (community), o3 crew (team); c1 maria, c2 ken."""
    store = Store(Home.find())
    verbs.add_circle(store, "practice", "community", purpose="to try ideas", tags=["org", "#map"], channels=["site"])
    verbs.add_circle(store, "crew", "team")
    people.add_contact(store, "Maria Silva", nick="maria")
    people.add_contact(store, "Ken")
    store.operation = None
    yield store
    store.close()


def test_closest_kind_first(store: Store):
    assert [row["name"] for row in circles.rows(store.read())] == ["crew", "practice", "network"]


def test_row_is_the_contract(store: Store):
    row = circles.row(store.read(), 2)
    assert row is not None
    assert {key: row[key] for key in ("id", "kind", "title", "name", "circle_kind", "purpose", "members", "channels",
                                      "tags", "every_s")} == {
        "id": "o2", "kind": "circle", "title": "practice", "name": "practice", "circle_kind": "community",
        "purpose": "to try ideas", "members": 0, "channels": ["site"], "tags": ["map", "org"], "every_s": None,
    }  # fmt: skip
    assert circles.row(store.read(), 99) is None


@pytest.mark.parametrize(("name", "found"), [("practice", "o2"), ("PRACTICE", "o2"), ("prac", None), ("", None)])
def test_by_name(store: Store, name: str, found: str | None):
    row = circles.by_name(store.read(), name)
    assert (row and row["id"]) == found


def test_join_tells_the_tie_before_and_after(store: Store):
    first = verbs.join(store, 1, [1], "met online").moves[0]
    assert (first.tie_before, first.tie_after, first.every_before_s) == (None, "network", None)
    second = verbs.join(store, 3, [1]).moves[0]
    assert (second.tie_before, second.tie_after) == ("network", "team")
    assert (second.every_before_s, second.every_after_s) == (26 * 7 * 86_400, 2 * 7 * 86_400)


def test_joining_twice_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PKM_NOW", "2026-01-05T00:00:00Z")
    verbs.join(store, 2, [1], "first reason")
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")
    store.operation = None
    again = verbs.join(store, 2, [1, 2], "second reason")
    assert [(move.contact["id"], move.changed, move.since) for move in again.moves] == [
        ("c1", False, "2026-01-05T00:00:00Z"), ("c2", True, None),
    ]  # fmt: skip
    assert [one["because"] for one in circles.members(store.read(), 2)] == ["second reason", "first reason"]
    assert verbs.join(store, 2, [1]).operation is None


def test_leaving_is_history_and_joining_again_a_new_stay(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PKM_NOW", "2026-01-05T00:00:00Z")
    verbs.join(store, 2, [1], "co-hosts")
    monkeypatch.setenv("PKM_NOW", "2026-06-01T00:00:00Z")
    verbs.leave(store, 2, [1], "moved")
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")
    assert circles.members(store.read(), 2) == []
    verbs.join(store, 2, [1], "is back")
    stays = circles.history(store.read(), circle_id=2)
    assert [(stay["joined_at"][:10], stay["because"], stay["left_at"], stay["left_because"]) for stay in stays] == [
        ("2026-01-05", "co-hosts", "2026-06-01T00:00:00Z", "moved"), ("2026-11-23", "is back", None, ""),
    ]  # fmt: skip
    assert circles.history(store.read(), contact_id=1) == stays
    assert circles.history(store.read(), contact_id=2) == []


def test_nobody_left_before_they_joined_whatever_the_clock_says(store: Store, monkeypatch: pytest.MonkeyPatch):
    verbs.join(store, 2, [1])
    monkeypatch.setenv("PKM_NOW", "2026-11-22T09:00:00Z")
    verbs.leave(store, 2, [1])
    (stay,) = circles.history(store.read(), circle_id=2)
    assert stay["joined_at"] == stay["left_at"] == "2026-11-23T09:00:00Z"


def test_who_is_not_in_it_cannot_leave(store: Store):
    left = verbs.leave(store, 2, [1])
    assert (left.moves[0].changed, left.operation) == (False, None)


def test_join_and_leave_are_undone_by_their_number(store: Store):
    joined = verbs.join(store, 2, [1])
    store.operation = None
    left = verbs.leave(store, 2, [1], "by mistake")
    assert left.operation is not None
    assert left.operation != joined.operation
    store.operation = None
    undo(store, left.operation)
    assert circles.member_ids(store.read(), 2) == [1]
    store.operation = None
    undo(store, joined.operation)
    assert circles.history(store.read(), contact_id=1) == []


@pytest.mark.parametrize(
    ("name", "kind", "error"),
    [("Practice", "team", Exists), ("new", "family", Invalid), ("new", "", Invalid), (" ", "team", Invalid),
     ("o7", "team", Invalid)],
)  # fmt: skip
def test_a_circle_that_cannot_be(store: Store, name: str, kind: str, error: type[Exception]):
    with pytest.raises(error):
        verbs.add_circle(store, name, kind)
    assert len(circles.rows(store.read())) == 3


def test_an_unknown_channel_is_named_with_those_there_are(store: Store):
    with pytest.raises(NotFound) as caught:
        verbs.add_circle(store, "new", "team", channels=["pigeon"])
    assert "pigeon" in caught.value.what
    assert "site" in caught.value.why
    assert len(circles.rows(store.read())) == 3


def test_edit_sets_or_changes_lists(store: Store):
    row = verbs.edit_circle(store, 2, tags=["+art", "-ORG"], channels=["-site"], every_s=86_400, name="Practice").row
    assert (row["name"], row["tags"], row["channels"], row["every_s"]) == ("Practice", ["art", "map"], [], 86_400)
    row = verbs.edit_circle(store, 2, tags=["only"], channels=["site"], every_s=0).row
    assert (row["tags"], row["channels"], row["every_s"]) == (["only"], ["site"], None)
    assert verbs.edit_circle(store, 2, purpose="to try ideas").changed == ()
    with pytest.raises(Exists):
        verbs.edit_circle(store, 2, name="CREW")


def test_a_new_kind_tells_whose_tie_it_changes(store: Store):
    verbs.join(store, 2, [1, 2])
    verbs.join(store, 3, [2])
    saved = verbs.edit_circle(store, 2, kind="network")
    assert [(move.contact["id"], move.tie_before, move.tie_after) for move in saved.moves] == [
        ("c1", "community", "network")
    ]


def test_all_circles_are_read_in_three_questions_however_many_they_are(store: Store):
    asked: list[str] = []
    store.read().set_trace_callback(asked.append)
    assert [(row["name"], row["channels"], row["tags"]) for row in circles.rows(store.read())] == [
        ("crew", [], []), ("practice", ["site"], ["map", "org"]), ("network", ["site"], []),
    ]  # fmt: skip
    assert len(asked) == 3
