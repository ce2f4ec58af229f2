"""Notes in the store: the questions that are asked of them, their shape in JSON, and that no edit overwrites another."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pkm.config import Home
from pkm.errors import Invalid, Refused
from pkm.sense.inbox import drop
from pkm.sense.notes import add_note, edit_note, set_reach
from pkm.store import annotations, items, note_names, notes, tags, tally
from pkm.store.model import Item
from pkm.store.session import Store

AT = "2026-11-23T09:00:00Z"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """n1 from i1, n2 with an accent, n3 of the same title as n1, n4 put away."""
    opened = Store(Home.find())
    with opened.unit() as unit:
        unit.add(Item(title="An item", url="https://example.org/1", received_at=AT))
    add_note(opened, "Desire paths #org", item_id=1)
    add_note(opened, "Über Wege\n\nwords")
    add_note(opened, "desire PATHS\n\nothers")
    add_note(opened, "Put away\n\nwords")
    drop(opened, [("note", 4)])
    yield opened
    opened.close()


QUESTIONS: list[tuple[str, Callable[[Any], list[Any]], list[Any]]] = [
    ("in the order asked for", lambda db: [row["id"] for row in notes.rows(db, [3, 99, 1])], ["n3", "n1"]),
    ("by title, case ignored", lambda db: note_names.by_title(db, "Desire Paths"), [1, 3]),
    ("by title, beyond ASCII", lambda db: note_names.by_title(db, "ÜBER  wege"), [2]),
    ("by title, put away", lambda db: note_names.by_title(db, "put away"), [4]),
    ("by no title", lambda db: note_names.by_title(db, "  "), []),
    ("by a title of signs", lambda db: note_names.by_title(db, "“”*"), []),
    ("of an item", lambda db: [row["id"] for row in notes.of_item(db, 1)], ["n1"]),
    ("how many", lambda db: [tally.notes(db)], [3]),
    ("the item is kept by its note", lambda db: [row["state"] for row in items.rows(db, [1])], ["kept"]),
]


@pytest.mark.parametrize(("question", "ask", "answer"), QUESTIONS, ids=[name for name, _, _ in QUESTIONS])
def test_questions(store: Store, question: str, ask: Callable[[Any], list[Any]], answer: list[Any]) -> None:
    assert ask(store.read()) == answer


def test_a_note_has_the_shape_of_the_contract(store: Store) -> None:
    row = notes.row(store.read(), 1)
    assert row == {
        "id": "n1", "kind": "note", "title": "Desire paths", "text": "Desire paths #org", "tags": ["org"],
        "reach": "private", "stage": "observation", "item": "i1", "at": None, "created_at": AT, "updated_at": AT,
        "dropped_at": None, "reviewed_at": None, "half_life": "", "path": None,
    }  # fmt: skip
    assert notes.row(store.read(), 99) is None
    assert annotations.row(store.read(), 1) is None


def test_a_title_follows_the_text_unless_it_was_given(store: Store) -> None:
    assert edit_note(store, 2, text="Neue Wege\n\nwords").row["title"] == "Neue Wege"
    edit_note(store, 2, title="Given")
    assert edit_note(store, 2, text="Andere Wege\n\nwords").row["title"] == "Given"


def test_a_note_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    base = notes.row(store.read(), 1)
    edit_note(store, 1, text="The other editor was faster")
    with pytest.raises(Refused):
        edit_note(store, 1, text="Mine", base=base)
    assert (notes.row(store.read(), 1) or {})["text"] == "The other editor was faster"


@pytest.mark.parametrize("text", ["", "  \n\t", "\x1b[2J", "\u202e"])
def test_an_empty_note_is_refused_and_nothing_is_made(store: Store, text: str) -> None:
    with pytest.raises(Invalid):
        add_note(store, text)
    assert tally.notes(store.read()) == 3


def test_a_note_with_a_reach_nobody_knows_is_refused(store: Store) -> None:
    with pytest.raises(Invalid, match="private, team, community, network"):
        add_note(store, "words", reach="public")
    assert [(row["reach"], before) for row, before in set_reach(store, [1, 2], "network")] == [("network", "private")] * 2


def test_a_date_in_front_is_when_it_was(store: Store) -> None:
    row = add_note(store, "2026-11-20: met the whole team").row
    assert (row["text"], row["at"]) == ("met the whole team", "2026-11-20T12:00:00Z")
    assert edit_note(store, 5, text="fri: met the whole team").row["at"] == "2026-11-20T12:00:00Z"


def test_what_is_typed_is_cleaned(store: Store) -> None:
    row = add_note(store, "safe \x1b]0;evil\x07 words \u202e\r\nmore").row
    assert row["text"] == "safe  words\nmore"


def test_a_failed_write_leaves_nothing_behind(store: Store) -> None:
    def add_and_fail() -> None:
        with store.unit():
            add_note(store, "Never #never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    assert (tally.notes(store.read()), tags.find(store.read(), "never")) == (3, None)
