"""Being in touch on the command line: what is logged and promised, who is due, and what there is to talk about."""


import pytest

from tests.cli.test_find import Terminal
from tests.conftest import CommandLine, kept_home
from tests.store.world import make_world


@kept_home
def people(pkm: CommandLine) -> None:
    """c1 Maria in the network, c2 Ken every two weeks."""
    pkm("contact", "add", "Maria Silva", "--nick", "maria", "--circle", "network")
    pkm("contact", "add", "Ken Lee", "--nick", "ken", "--every", "2w")


def test_what_is_promised_is_told_and_undone_with_what_was_logged(people: CommandLine) -> None:
    made = people.json("contact", "log", "maria,ken", "call, promised the paper by fri", "--promised-me", "a room")
    assert made["contacts"] == ["c1", "c2"]
    assert [(one["id"], one["owed_by"], one["text"], one["due_at"]) for one in made["promises"]] == [
        ("p1", "them", "a room", None), ("p2", "me", "the paper", "2026-11-27T23:59:59Z"),
    ]  # fmt: skip
    people("undo")
    assert people.json("contact", "promises", "--all") == []
    assert people.json("contact", "show", "maria")["interactions"] == []


def test_a_promise_alone_is_logged_in_its_own_words(people: CommandLine) -> None:
    made = people.json("contact", "log", "maria", "--promise", "the paper by fri", "--promised-me", "slides")
    assert made["text"] == "promised the paper by fri; they promised slides"
    assert [(one["owed_by"], one["text"]) for one in made["promises"]] == [("me", "the paper"), ("them", "slides")]


def test_what_is_promised_for_today_says_so(people: CommandLine) -> None:  # it is a Monday
    assert "you owe: the paper  (by 2026-11-23, today)\n" in people("contact", "log", "ken", "promised the paper by mon").out
    assert "(by 2026-11-23, today)" in people("contact", "show", "ken").out


def test_a_date_that_was_mistyped_is_asked_about_with_what_mends_it(people: CommandLine) -> None:
    told = people("contact", "log", "maria", "call, promised the paper by frii")
    assert "p1  you owe: the paper by frii\n" in told.out
    assert told.err.splitlines() == [
        "p1: “by frii” is no date, so it has none. Did you mean fri?",
        "If so: pkm undo 3, then pkm contact log maria 'call, promised the paper by fri'",
        "Take it back: pkm undo 3",
    ]
    people("undo", "3")
    assert "(by 2026-11-27" in people("contact", "log", "maria", "call, promised the paper by fri").out
    told = people("contact", "log", "ken", "--promise", "maps  by  frii", "--promised-me", "a room by tomorow")
    assert "then pkm contact log ken --promise 'maps  by fri' --promised-me 'a room by tomorrow'" in told.err
    assert "no date" not in people("contact", "log", "ken", "promised the book by Dawson").err


def test_dates_count_from_when_it_was_said(people: CommandLine) -> None:
    made = people.json("contact", "log", "maria", "promised it by tomorrow", "--when", "2026-11-10")
    assert made["promises"][0]["due_at"] == "2026-11-11T23:59:59Z"
    [row] = people.json("contact", "promises")
    assert (row["overdue"], row["names"]) == (True, ["Maria Silva"])
    assert "overdue" in people("contact", "promises").out
    assert "1 promise is over its date: pkm contact promises" in people("contact", "due").err
    assert people.json()["promises"] == {"open": 1, "overdue": 1}
    assert "1 open promise, 1 overdue" in people().out


def test_kept_with_a_word_is_an_interaction_too_and_without_is_not(people: CommandLine) -> None:
    people("contact", "log", "maria", "promised the paper; promised slides", "--when", "2026-11-10")
    made = people.json("contact", "log", "maria", "sent it", "--kept", "p1")
    assert [(one["id"], one["state"], one["because"]) for one in made["kept"]] == [("p1", "kept", "sent it")]
    kept = people.json("contact", "log", "maria", "--kept", "p2")
    assert (kept["id"], kept["state"], kept["settled_at"]) == ("p2", "kept", "2026-11-23T09:00:00Z")
    assert len(people.json("contact", "show", "maria")["interactions"]) == 2
    assert people.json("contact", "promises") == []
    people("undo")
    assert [row["id"] for row in people.json("contact", "promises")] == ["p2"]


def test_several_are_settled_together_or_not_at_all(people: CommandLine) -> None:
    people("contact", "log", "maria", "promised the paper; promised slides; promised a call")
    people("contact", "promises", "--kept", "p1")
    people("contact", "promises", "--kept", "p2", "--kept", "p1", ok=2)
    assert [row["id"] for row in people.json("contact", "promises")] == ["p2", "p3"]
    gone = people.json("contact", "promises", "maria", "--let-go", "p2", "--let-go", "p3", "--because", "no time")
    assert [(row["state"], row["because"]) for row in gone] == [("dropped", "no time")] * 2
    assert people.json("contact", "promises", "--reopen", "p3")["state"] == "open"
    people("contact", "promises", "ken", "--kept", "p3", ok=2)
    people("contact", "promises", "--kept", "p3", "--let-go", "p3", ok=2)


def test_promises_are_listed_soonest_first_and_counted(people: CommandLine) -> None:
    for number, end in enumerate(["", " by 2026-12-24", " by 2026-11-30", ""], 1):
        people("contact", "log", "ken" if number % 2 else "maria", f"promised thing {number}{end}")
    assert [row["text"] for row in people.json("contact", "promises")] == ["thing 3", "thing 2", "thing 1", "thing 4"]
    result = people("contact", "promises", "-n", "2")
    assert "2 of 4 promises (-n for more)" in result.err
    assert [row["id"] for row in people.json("contact", "promises", "ken", "--mine")] == ["p3", "p1"]
    assert people.json("contact", "promises", "ken", "--theirs") == []


def test_hostile_words_stay_words(people: CommandLine) -> None:
    result = people("contact", "log", "maria", "promised \x1b]0;owned\x07the \x1b[31m[red]paper[/red]\x1b[0m by fri")
    assert result.out.splitlines()[1] == "  p1  you owe: the [red]paper[/red]  (by 2026-11-27)"
    for words in (["contact", "promises"], ["contact", "show", "maria"], ["why", "p1"]):
        shown = people(*words).out
        assert "[red]paper[/red]" in shown
        assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["log", "maria,nobody", "x"], 'pkm contact add nobody, or pkm contact list'),
        (["log", " , ", "x"], "name whom it was with"),
        (["log", "maria", " \x1b[31m "], "an empty text"),
        (["log", "maria", "x", "--promise", " "], "an empty promise"),
        (["log", "maria", "promised it by 31 february"], "no such day"),
        (["log", "maria", "x", "--when", "2027-01-01"], "still to come"),
        (["log", "maria", "x", "--kept", "p7"], "no such promise"),
        (["promises", "--let-go", "c1"], "it is a contact"),
    ],
)
def test_what_cannot_be_changes_nothing(people: CommandLine, words: list[str], said: str) -> None:
    assert said in people("contact", *words, ok=(1, 2)).err
    assert people.json("contact", "show", "maria")["interactions"] == []
    assert people.json("contact", "promises", "--all") == []


def test_snooze_and_back(people: CommandLine) -> None:
    row = people.json("contact", "snooze", "ken", "until 2026-12-24")
    assert row["due"] == row["snoozed_until"] == "2026-12-24T00:00:00Z"
    assert people.json("contact", "snooze", "ken", "none")["due"] == "2026-12-07T09:00:00Z"
    assert "next due 2026-12-07" in people("contact", "snooze", "ken", "2d").err
    people("contact", "snooze", "ken", "31 february", ok=2)


def test_what_they_answered_stands_with_what_was_shared(home_paths, pkm: CommandLine, monkeypatch) -> None:
    make_world(home_paths).close()
    shown = pkm.json("contact", "show", "c2")
    [share] = shown["shares"]
    assert (share["id"], share["via"], share["answers"]) == ("x1", None, 1)
    assert [(one["id"], one["text"], one["note"]) for one in share["responses"]] == [("r1", "Our group needs that too", "n3")]
    [share] = pkm.json("contact", "show", "maria")["shares"]
    assert (share["id"], share["via"], share["responses"]) == ("x1", "practice", [])
    card = pkm("contact", "show", "c2").out
    assert "shared    x1  2026-11-21  Friday's finds\n            r1  2026-11-22  “Our group needs that too”\n" in card
    pkm("contact", "edit", "c2", "--every", "1w")
    monkeypatch.setenv("PKM_NOW", "2026-12-20T09:00:00Z")
    assert [one["id"] for one in pkm.json("contact", "next")["answers"]] == ["r1"]
    assert "They answered\n  r1  2026-11-22" in pkm("contact", "next").out


def test_next_tells_what_is_new_since_the_last_touch(home_paths, pkm: CommandLine, monkeypatch) -> None:
    from pkm.store.model import Item

    store = make_world(home_paths)
    monkeypatch.setenv("PKM_NOW", "2027-01-20T09:00:00Z")
    assert (pkm.json("contact", "next")["id"], pkm.json("contact", "next")["newest"]) == ("c1", [])  # all of before the talk
    with store.unit() as unit:
        unit.add(Item(source_id=1, title="Paths again", received_at="2026-12-01T08:00:00Z"))
    store.close()
    chosen = pkm.json("contact", "next")
    assert [one["title"] for one in chosen["newest"]] == ["Paths again"]
    assert [one["id"] for one in chosen["promises"]] == ["p1"]
    assert [one["id"] for one in chosen["notes"]] == ["n1"]
    assert "n1" not in [one["id"] for one in chosen["fitting"]]
    assert "New from them since 2026-11-20\n  i5  2026-12-01  Paths again" in pkm("contact", "next").out


def test_the_card_fits_a_small_terminal_and_full_shows_all(people: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        people("contact", "log", "maria", f"call {number}: promised thing {number}")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    lines = people("contact", "show", "maria").out.splitlines()
    assert len(lines) <= 22
    assert all(len(line) <= 80 for line in lines)
    assert sum(" more" in line for line in lines) == 2
    whole = people("contact", "show", "maria", "--full").out
    assert whole.count("  you owe: thing") == 30
    assert people.json("contact", "show", "maria")["counts"]["promises"] == 30


def test_who_is_due_is_colored_on_a_terminal(people: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    people("contact", "add", "Ann", "--every", "12w")
    monkeypatch.setenv("PKM_NOW", "2027-02-20T09:00:00Z")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = {}
    for plain in ("", "1"):
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        if plain:
            monkeypatch.setenv("NO_COLOR", plain)
        people("contact", "due")
        shown[plain] = screen.getvalue()
    ken, ann = (next(line for line in shown[""].splitlines() if name in line) for name in ("Ken", "Ann"))
    assert "\x1b[31m" in ken
    assert "\x1b[33m" in ann
    assert "\x1b[3" not in shown["1"]
    assert "late" in shown["1"]
