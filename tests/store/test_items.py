"""Items in the store: the questions that are asked of them, their shape in JSON, decisions and their undoing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pkm.config import Home
from pkm.sense.inbox import drop, keep
from pkm.store import items, journal
from pkm.store.model import Item, Source
from pkm.store.session import Store


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """s1 with i1 (day 1), i2, i3 (day 2, kept), i4 (day 3); i5 a clip of day 2 without a title."""
    opened = Store(Home.find())
    with opened.unit() as unit:
        unit.add(Source(url="https://example.org/feed", title="Example", created_at="2026-11-01T00:00:00Z"))
        for day, title, state in ((1, "One", "inbox"), (2, "Two", "inbox"), (2, "Three", "kept"), (3, "Four", "inbox")):
            unit.add(
                Item(source_id=1, title=title, state=state, text=f"{title}!", received_at=f"2026-11-0{day}T00:00:00Z")
            )
        unit.add(Item(url="https://example.org/5", received_at="2026-11-02T00:00:00Z", via="clip"))
    opened.operation = None
    yield opened
    opened.close()


def test_newest_is_what_was_written_last_whatever_batch_it_came_in(store: Store) -> None:
    days = {1: "2026-10-07", 2: "2026-10-09", 4: "2026-10-08", 5: "2027-05-01"}  # i5 is dated ahead: of the day it came
    with store.unit() as unit:
        for number, day in days.items():
            unit.update("item", number, published_at=f"{day}T00:00:00Z")
    db = store.read()
    order = [5, 2, 4, 1]
    for limit in (1, 2, 3, 4, 9, -1):
        assert items.newest(db, limit) == order[: limit if limit > 0 else None]
    assert items.newest(db, 2, skipped=[2]) == [5, 4]
    assert (items.next_in_inbox(db, [5, 2]) or {})["id"] == "i4"


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


QUESTIONS: list[tuple[str, Callable[[Any], Any], Any]] = [
    ("newest first", lambda db: ids(items.inbox(db, 10)), ["i4", "i5", "i2", "i1"]),
    ("oldest first", lambda db: ids(items.inbox(db, 10, sort="oldest")), ["i1", "i2", "i5", "i4"]),
    ("a page", lambda db: ids(items.inbox(db, 2)), ["i4", "i5"]),
    ("how many", items.count_inbox, 4),
    ("of a source", lambda db: ids(items.of_source(db, 1, 2)), ["i4", "i3"]),
    ("in the order asked for", lambda db: ids(items.rows(db, [5, 99, 1])), ["i5", "i1"]),
    ("the first not skipped", lambda db: (items.next_in_inbox(db, [4, 5]) or {})["id"], "i2"),
    ("none left", lambda db: items.next_in_inbox(db, [1, 2, 4, 5]), None),
    ("called by its address", lambda db: items.rows(db, [5])[0]["title"], "https://example.org/5"),
    ("nothing there", lambda db: items.row(db, 99), None),
]


@pytest.mark.parametrize(("question", "ask", "answer"), QUESTIONS, ids=[name for name, _, _ in QUESTIONS])
def test_questions(store: Store, question: str, ask: Callable[[Any], Any], answer: Any) -> None:
    assert ask(store.read()) == answer


def test_an_item_has_the_shape_of_the_contract(store: Store) -> None:
    row = items.rows(store.read(), [1])[0]
    assert row == {
        "id": "i1", "kind": "item", "title": "One", "url": "", "source": "s1", "source_title": "Example", "author": "",
        "published_at": None, "received_at": "2026-11-01T00:00:00Z", "decided_at": None, "state": "inbox", "via": "",
        "rule": None, "rank": 0, "person": None,
        "tags": [], "sources": [{"id": "s1", "kind": "source", "title": "Example"}], "also": [],
    }  # fmt: skip
    assert (items.row(store.read(), 1) or {})["text"] == "One!"


def test_decisions_are_kept_and_taken_back(store: Store) -> None:
    kept = keep(store, [1], names=["org"])
    assert [(row["state"], row["tags"]) for row in kept] == [("kept", ["org"])]
    store.operation = None
    assert [row["state"] for row in drop(store, [("item", 2), ("item", 1)])] == ["dropped", "dropped"]
    assert ids(items.inbox(store.read(), 10)) == ["i4", "i5"]
    store.operation = None
    journal.undo(store)
    assert [row["state"] for row in items.rows(store.read(), [1, 2])] == ["kept", "inbox"]


def test_the_inbox_is_listed_from_an_index(store: Store) -> None:
    plan = store.read().execute(
        "EXPLAIN QUERY PLAN SELECT id FROM item WHERE state = 'inbox' ORDER BY received_at DESC, id DESC LIMIT 20"
    )
    told = " ".join(row[3] for row in plan)
    assert "item_state" in told
    assert "TEMP B-TREE" not in told
