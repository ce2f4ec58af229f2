"""`pkm sense review`: the few notes to look at again, as a list and on a terminal."""

import os
from pathlib import Path

import pytest

from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, KeptHomes
from tests.server import FeedServer


@pytest.fixture
def notes(pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, home: Path, kept_homes: KeptHomes) -> None:
    """Four notes of other days: n1 contradicts n2, n3 asks, n4 is of this day a year ago. Now: 2026-11-28."""
    kept_homes.fill(home, "review", lambda: live(pkm, monkeypatch))
    monkeypatch.setenv("PKM_NOW", "2026-11-28T12:00:00Z")


def live(pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, words in (
        ("2026-01-05", "Desire paths beat roadmaps"), ("2026-01-06", "Roadmaps give calm"),
        ("2026-01-07", "Who walks in retros?"), ("2025-11-28", "A remark of last year"),
    ):  # fmt: skip
        monkeypatch.setenv("PKM_NOW", f"{day}T12:00:00Z")
        pkm("sense", "note", words)
    pkm("sense", "link", "n1", "n2", "--as", "contradicts")


def parts(pkm: CommandLine, *more: str) -> dict[str, str]:
    return {row["id"]: row["part"] for row in pkm.json("sense", "review", *more)}


def test_one_of_each_and_why(pkm: CommandLine, notes: None) -> None:
    shown = pkm("sense", "review")
    assert parts(pkm) == {"n1": "contradiction", "n3": "question", "n2": "stale", "n4": "day"}
    assert "contradicts n2 “Roadmaps give calm”" in shown.out
    assert "an open question, asked 325 days ago" in shown.out


def test_what_was_looked_at_comes_back_in_its_time(
    pkm: CommandLine, notes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pkm("sense", "review", "n4", "--as", "later").out == "n4  A remark of last year  seen  comes back later: in 14 days\n"
    assert "n4" not in parts(pkm, "--only", "due")
    assert parts(pkm, "--only", "day") == {}
    monkeypatch.setenv("PKM_NOW", "2026-12-12T12:00:00Z")
    assert parts(pkm, "--only", "due")["n4"] == "due"
    pkm("sense", "review", "n4", "--as", "never")
    monkeypatch.setenv("PKM_NOW", "2028-12-12T12:00:00Z")
    assert "n4" not in parts(pkm, "-n", "50")


def test_what_was_written_on_this_day_is_told_until_it_was_looked_at(
    pkm: CommandLine, notes: None, monkeypatch: pytest.MonkeyPatch, server: FeedServer, home: Path
) -> None:
    assert "review   n4  A remark of last year  (1 year ago today): pkm sense show n4\n" in (shown := pkm().out)
    assert shown.count("n4") == 2  # once as a line, once in the command: it is the most forgotten, too
    (row,) = pkm.json()["years_ago"]
    assert (row["id"], row["years"], row["off"], row["why"]) == ("n4", 1, 0, "1 year ago today")
    server.add("/page", "<html><title>Paths</title><article><p>People walk where they want to walk, and so the planners "
               "follow them later, when the grass is gone for good.</p></article></html>", content_type="text/html")
    monkeypatch.setenv("PKM_NOW", "2025-11-30T12:00:00Z")
    pkm("seek", "clip", f"{server.url}/page")
    pkm("sense", "annotate", "i1", "--quote", "planners follow them", "--comment", "as we did")
    monkeypatch.setenv("PKM_NOW", "2026-11-28T12:00:00Z")
    assert list(parts(pkm, "--only", "day")) == ["n4", "a1"]
    pkm("sense", "review", "n4")
    assert "a1  planners follow them  (1 year ago, on 2025-11-30): pkm sense show i1" in pkm().out
    assert pkm("sense", "review", "a1", "--as", "soon", ok=2).err.startswith("Cannot use --as")
    assert pkm("sense", "review", "a1").out == "a1  as we did  seen\n"
    assert (pkm.json()["years_ago"], parts(pkm, "--only", "day")) == ([], {})
    pkm("undo")
    assert list(parts(pkm, "--only", "day")) == ["a1"]
    output = run_on_pty(home, ["sense", "review", "--only", "day"], [("1/1 · 1 year ago", "s"), ("Of a quote", "\n")])
    assert "“planners follow them”" in output
    assert (" ".join(output.split()).count("as we did"), "1 note looked at; 0 left." in output) == (1, True)
    assert parts(pkm, "--only", "day") == {}
    pkm("undo")
    for day, there in (("2026-12-03", ["a1"]), ("2026-12-04", []), ("2027-11-28", ["n4", "a1"])):
        monkeypatch.setenv("PKM_NOW", f"{day}T12:00:00Z")
        assert list(parts(pkm, "--only", "day")) == there


def test_a_contradiction_is_listed_until_one_came_to_terms_with_it(pkm: CommandLine, notes: None) -> None:
    assert parts(pkm, "--only", "contradiction") == {"n1": "contradiction"}
    pkm("sense", "link", "n2", "n1", "--resolve", "  ", ok=2)
    assert pkm("sense", "link", "n2", "n1", "--resolve", "both hold, at other times").out.startswith("n2")
    assert parts(pkm, "--only", "contradiction") == {}
    assert "no open contradiction" in pkm("sense", "link", "n1", "n2", "--resolve", "again", ok=2).err
    pkm("undo")
    assert parts(pkm, "--only", "contradiction") == {"n1": "contradiction"}


def test_a_question_is_closed_by_a_link(pkm: CommandLine, notes: None) -> None:
    pkm("sense", "link", "n1", "n3", "--as", "answers")
    assert parts(pkm, "--only", "question") == {}


def test_what_is_put_away_is_not_reviewed(pkm: CommandLine, notes: None) -> None:
    pkm("sense", "drop", "n2", "n3", "n4")
    assert parts(pkm, "-n", "50") == {"n1": "stale"}  # nothing stands against it any more


def test_by_chance_is_far_from_what_one_works_on(
    pkm: CommandLine, notes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5, 9):
        pkm("sense", "note", f"New note {number}")
    pkm("sense", "link", "n8", "n2")
    assert parts(pkm, "--only", "chance").keys() == {"n3", "n4"}  # n1 and n2 are a link or two away
    assert list(parts(pkm, "--only", "chance")) == list(parts(pkm, "--only", "chance"))


def test_what_comes_by_chance_is_another_note_each_day(pkm: CommandLine, home: Path) -> None:
    from pkm.config import Home
    from pkm.store import note_intake, review
    from pkm.store.session import Store

    old = {"text": "Words", "stage": "idea", "reach": "private", "at": None}
    store, day = Store(Home.find()), "2026-01-01T00:00:00Z"
    with store.unit() as unit:
        note_intake.add_notes(unit, [
            {**old, "uid": str(number), "title": f"Old {number}", "created_at": day, "updated_at": day} for number in range(300)
        ])  # fmt: skip
    first = [review.far_away(store.read(), "2026-10-01T00:00:00Z", seed, 1)[0]["id"] for seed in range(739_000, 739_100)]
    assert len(set(first)) > 60
    again = review.far_away(store.read(), "2026-10-01T00:00:00Z", 739_000, 1)
    assert again[0]["id"] == first[0]
    store.close()


PAGES = {
    "Albums.md": "", "Templates/Book.md": "Title, author, rating, and when I read it, and where I got it from.\n",
    "What is Foam.md": "# What is Foam?\n\nA place for one's notes, with links between them.\n",
    "Evergreen.md": "Notes that are written and rewritten over the years, and belong to no project alone.\n",
    **{f"Empty {number}.md": f"page {number}\n" for number in range(12)},
}


def test_what_an_import_brought_is_no_debt_and_no_question(
    pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    vault = tmp_path / "garden"
    for name, text in PAGES.items():
        (vault / name).parent.mkdir(parents=True, exist_ok=True)
        (vault / name).write_text(text)  # as old as today, which is later than the clock here
        if name in ("Albums.md", "Templates/Book.md"):
            os.utime(vault / name, (1_600_000_000, 1_600_000_000))
    pkm("sense", "note", "A remark of my own")  # n1
    pkm("import", str(vault))
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:01:00Z")
    pkm("export", "--notes", str(tmp_path / "out"))  # n1 is in a file now, too
    monkeypatch.setenv("PKM_NOW", "2026-12-01T09:00:00Z")
    (asks,) = [row["id"] for row in pkm.json("find", "kind:note Foam") if row["title"].endswith("?")]
    assert {row["id"]: row["part"] for row in pkm.json("sense", "review") if row["part"] != "chance"} == {"n1": "due"}
    (drawn,) = [row for row in pkm.json("sense", "review", "-n", "20") if row["part"] == "chance"]
    assert (drawn["title"] in ("What is Foam?", "Evergreen"), drawn["brought"]) == (True, "garden")
    assert drawn["why"] == "by chance, from garden: not looked at since it came in"
    assert pkm.json()["review"] == 1
    assert "review   n1  A remark of my own and 1 more: pkm sense review\n" in (told := pkm().out) or drawn["title"] in told
    monkeypatch.setenv("PKM_NOW", "2027-03-01T09:00:00Z")
    assert pkm.json("sense", "review", "--only", "question") == []
    assert asks not in pkm("stats", "sense").out
    pkm("sense", "review", asks, "--as", "later")
    pkm("sense", "edit", "Evergreen", "-m", "Notes that are rewritten over the years.")
    monkeypatch.setenv("PKM_NOW", "2026-09-13T09:00:00Z")  # of this day in 2020 are an empty page and a template
    assert pkm.json()["years_ago"] == []
    monkeypatch.setenv("PKM_NOW", "2027-03-20T09:00:00Z")  # what was looked at or changed here comes back as other notes do
    assert pkm.json()["review"] == 3


def test_several_are_marked_by_a_search_at_once(pkm: CommandLine, notes: None) -> None:
    told = pkm("sense", "review", "kind:note before:2026-01-07", "--as", "never")
    assert told.out.splitlines()[0].startswith("n")
    assert told.err == "3 notes seen; they come back no more, only when you look for it. Take it back: pkm undo 6\n"
    assert parts(pkm, "-n", "50") == {"n1": "contradiction", "n3": "question"}
    pkm("undo")
    assert parts(pkm, "--only", "day") == {"n4": "day"}
    assert [row["id"] for row in pkm.json("sense", "review", "n2", "n4")] == ["n2", "n4"]
    assert "there is no such note" in pkm("sense", "review", "n2", "n77", ok=1).err


def test_bad_words(pkm: CommandLine, notes: None) -> None:
    assert "one of soon, later, eventually, never" in pkm("sense", "review", "n1", "--as", "weekly", ok=2).err
    assert "contradiction, question" in pkm("sense", "review", "--only", "all", ok=2).err
    assert "which note" in pkm("sense", "review", "--as", "soon", ok=2).err


def test_an_empty_store_has_nothing_due(pkm: CommandLine) -> None:
    shown = pkm("sense", "review")
    assert (shown.out, shown.err) == ("", "Nothing is due to be looked at again.\n")


def test_on_a_terminal_one_key_each(pkm: CommandLine, notes: None, home: Path) -> None:
    keys = [("1/4 · contradicts n2", "l"), ("2/4 ·", "x"), ("[s]oon", "u"), ("1/4 ·", "v"), ("2/4 ·", "g"),
            ("[s]oon", "d"), ("3/4 ·", "\n"), ("4/4 ·", "q")]  # fmt: skip
    output = run_on_pty(home, ["sense", "review"], keys)
    assert "3 notes looked at; 1 left." in output
    assert "? x\r\nNo such key here; ? says what each does.\r\nEnter [s]oon" in output
    assert "n1 comes back later: in 14 days" in output
    assert "n1 comes back no more" in output
    assert "review: never" in pkm("sense", "show", "n1").out
    assert "a title that is a claim" in output  # why the question does not grow
    assert pkm.json("sense", "show", "n1")["half_life"] == "never"
    assert pkm.json("sense", "show", "n3")["dropped_at"]


def test_after_the_inbox_comes_the_review(pkm: CommandLine, notes: None, home: Path) -> None:
    output = run_on_pty(home, ["sense", "--plain"], [("1/4 ·", "q")])
    assert "Nothing is followed yet" in output
    assert "Now the review: 4 notes" in output
