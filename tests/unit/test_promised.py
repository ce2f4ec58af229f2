"""What a logged text promises, and what it does not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import Invalid
from pkm.people.promised import Promised, is_overdue, mistyped_date, name_state, read_all, read_promises

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MARIA = [["maria", "Maria Silva", "Mariazinha"]]
BOTH = [*MARIA, ["Ken Lee"]]
FRIDAY = "2026-11-27T23:59:59Z"


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("call: demo, promised the Dawson paper", ["me: the Dawson paper"]),
        ("Promised to call back. Then lunch", ["me: call back"]),
        ("promised the paper; promised to call", ["me: the paper", "me: call"]),
        ("promised: the paper v1.2 of Dr. Dawson's", ["me: the paper v1.2 of Dr. Dawson's"]),
        ("talked (promised the paper) at length", ["me: the paper"]),
        ("promised her the paper", ["me: the paper"]),
        ("promised her paper a read", ["me: her paper a read"]),
        ("promised Maria the paper", ["me: the paper"]),
        ("I've promised them slides", ["me: slides"]),
        ("I promise to write", ["me: write"]),
        ("She asked; promised it", ["me: it"]),
        ("promised the paper and promised the paper", ["me: the paper"]),
        ("she promised the slides", ["them: the slides"]),
        ("Maria promised me the maps", ["them: the maps"]),
        ("@maria also promised maps", ["them: maps"]),
        ("mariazinha has promised maps", ["them: maps"]),
        ("they promised us a room", ["them: a room"]),
        ("she liked it and promised the slides", ["them: the slides"]),
        ("I was promised a seat", ["them: a seat"]),
        ("we promised a workshop, she promised a room", ["me: a workshop", "them: a room"]),
        ("she promised me the slides and I promised to read them", ["them: the slides", "me: read them"]),
    ],
)
def test_what_is_promised(text: str, promises: list[str]) -> None:
    assert [f"{one.owed_by}: {one.text}" for one in read_promises(text, MARIA, NOW)] == promises


@pytest.mark.parametrize(
    "text",
    ["promised nothing", "never promised a thing", "I haven't promised the paper", "didn’t promise anything",
     "she promised nothing", "nobody promised a thing", "as promised, the paper", "it was promised", "promised", "promised.",
     "Bob promised the moon", "unpromised land", "compromised on it", "a promise is a promise", "", "promised no paper"],
)  # fmt: skip
def test_what_is_no_promise(text: str) -> None:
    assert read_promises(text, MARIA, NOW) == []


@pytest.mark.parametrize(
    ("said", "text", "due_at"),
    [
        ("the paper by fri", "the paper", FRIDAY),
        ("the paper, by Friday.", "the paper", FRIDAY),
        ("the paper until 2026-12-01", "the paper", "2026-12-01T23:59:59Z"),
        ("the paper till next week", "the paper", "2026-12-06T23:59:59Z"),
        ("the paper by fri 14:30", "the paper", FRIDAY),
        ("the book by Dawson", "the book by Dawson", None),
        ("the book by Dawson by fri", "the book by Dawson", FRIDAY),
        ("the paper", "the paper", None),
    ],
)
def test_until_when(said: str, text: str, due_at: str | None) -> None:
    assert read_promises(f"promised {said}", MARIA, NOW) == [Promised(text, "me", due_at)]


@pytest.mark.parametrize(("said", "due_at"), [
    ("by fri", FRIDAY), ("by Friday 14:30", FRIDAY), ("till on fri", FRIDAY), ("by today", FRIDAY), ("by this fri", FRIDAY),
    ("by next fri", "2026-12-04T23:59:59Z"), ("by thu", "2026-12-03T23:59:59Z"), ("by sat", "2026-11-28T23:59:59Z"),
])  # fmt: skip
def test_by_friday_said_on_a_friday_is_that_day(said: str, due_at: str) -> None:
    on_friday = datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert [one.due_at for one in read_promises(f"promised the paper {said}", MARIA, on_friday)] == [due_at]


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Invalid, match="no such day"):
        read_promises("promised it by 31 february", MARIA, NOW)


@pytest.mark.parametrize(("text", "said", "meant"), [
    ("the paper by frii", "by frii", ["fri"]), ("the paper, by Firday", "by Firday", ["friday"]),
    ("the paper until next wensday", "until next wensday", ["next wednesday"]), ("it by tomorow", "by tomorow", ["tomorrow"]),
    ("it by 31 Dez", "by 31 Dez", ["31 dec"]), ("it by net week", "by net week", ["next week"]),
    ("it till in 2 weks", "till in 2 weks", ["in 2 weeks"]),
    ("the book by Dawson", "", []), ("the book by dawson", "", []), ("the book by Sam", "", []), ("the talk by Jean", "", []),
    ("the talk by Julia", "", []), ("a word by maria", "", []), ("the paper by Harold Jarche", "", []), ("the paper", "", []),
    ("by frii", "", []), ("a way by the sea", "", []),
])  # fmt: skip
def test_what_ends_as_a_mistyped_date_would_is_told(text: str, said: str, meant: list[str]) -> None:
    found = mistyped_date(text, NOW)
    assert (found[0], list(found[1])) == (said, meant)


def test_of_several_who_took_part_the_one_is_named() -> None:
    assert read_promises("ken promised the room", BOTH, NOW) == [Promised("Ken Lee: the room", "them")]
    assert read_promises("they promised the room", BOTH, NOW) == [Promised("the room", "them")]


def test_what_is_told_by_an_option_is_not_read_twice() -> None:
    found = read_all("promised the paper, she promised slides", MARIA, "2026-11-23T09:00:00Z", ["the paper by fri"], ["a room"])
    assert found == [Promised("the paper", "me", FRIDAY), Promised("a room", "them"), Promised("slides", "them")]
    with pytest.raises(Invalid, match="empty promise"):
        read_all("x", MARIA, "2026-11-23T09:00:00Z", [" \x1b[31m"], [])


def test_the_state_of_a_promise_in_words() -> None:
    row = {"state": "open", "due_at": "2026-11-22T23:59:59Z"}
    assert (is_overdue(row, NOW), name_state(row, NOW)) == (True, "overdue")
    assert name_state({"state": "open", "due_at": "2026-11-23T23:59:59Z"}, NOW) == "open"
    assert name_state({"state": "dropped", "due_at": "2026-11-22T23:59:59Z"}, NOW) == "let go"


SAID = ("promised", "she", "I", "by", "fri", "nothing", "maria", "not", ".", ";", "the paper", "\x1b[2J")
WORDS = st.lists(st.sampled_from(SAID))


@given(WORDS.map(" ".join) | st.text())
def test_any_text_gives_promises_of_one_plain_line(text: str) -> None:
    try:
        found = read_promises(text, BOTH, NOW)
    except Invalid:
        return
    for one in found:
        assert one.text == one.text.strip() != ""
        assert one.text.isprintable()
