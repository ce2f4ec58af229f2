"""The inbox best first, through the real command line: what it says, what a decision leaves, whose day it is."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pkm.config import Home
from pkm.store.session import Store
from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, kept_home
from tests.server import FeedServer

AT = "2026-11-01T00:00:00Z"


@kept_home
def habits() -> None:
    """s1 is kept, s2 is dropped (20 decisions each); s3 to s12 are new; i101 … wait in the inbox, one or two a source."""
    from pkm.store.model import Item, Source

    store = Store(Home.find())
    with store.unit(journal=False) as unit:
        for number in range(1, 13):
            unit.add(Source(url=f"https://s{number}.org/feed", title=f"Source {number}", created_at=AT))
        for number in range(40):
            kept = number % 2 == 0
            unit.add(Item(source_id=1 if kept else 2, title=f"Old {number}", received_at="2026-11-02T00:00:00Z",
                          state="kept" if kept else "dropped", decided_at="2026-11-20T00:00:00Z", via="network"))  # fmt: skip
        for number in range(101, 121):  # two of s6 … s9, one of each other
            unit.add(Item(id=number, source_id=number % 12 + 1, title=f"Title{number}", text="Words.", via="network",
                          received_at="2026-11-21T00:00:00Z", url=f"https://x.org/{number}"))  # fmt: skip
    store.close()


def rows(home: Path, sql: str) -> list[Any]:
    with sqlite3.connect(home / "pkm.db") as db:
        return db.execute(sql).fetchall()


def test_a_likeness_is_computed_anew_only_where_the_item_or_a_note_changed(
    habits: Path, pkm: CommandLine, monkeypatch: Any
) -> None:  # fmt: skip
    from pkm.seek.likeness import NoteIndex
    from pkm.seek.signals import refresh_signals

    compared: list[str] = []
    compare = NoteIndex.compare
    monkeypatch.setattr(NoteIndex, "compare", lambda self, title, text: (compared.append(title), compare(self, title, text))[1])

    def refresh() -> list[str]:
        compared.clear()
        store = Store(Home.find())
        refresh_signals(store)
        store.close()
        return compared

    pkm("sense", "note", "Title101 is about words")
    assert len(refresh()) == 20
    before = rows(habits, "SELECT item_id, fit, note_id FROM signal ORDER BY item_id")
    assert any(row[1] for row in before)
    assert refresh() == []
    assert rows(habits, "SELECT item_id, fit, note_id FROM signal ORDER BY item_id") == before
    with sqlite3.connect(habits / "pkm.db") as db:
        db.execute("UPDATE item SET changed_at = '2099-01-01T00:00:00Z' WHERE id = 103")
    assert refresh() == ["Title103"]
    pkm("sense", "edit", "n1", "--text", "Title102 is about words")
    assert len(refresh()) == 20


class TestOrder:
    def test_best_first_with_the_reason_and_the_seventh_a_surprise(self, pkm: CommandLine, habits: Path) -> None:
        found = pkm.json("sense", "inbox")
        assert (found[0]["source"], found[0]["why"], found[0]["place"]) == ("s1", "kept 20 of 20", 1)
        assert found[1]["source"] == "s1"
        assert [row["place"] for row in found if row["surprise"]] == [7, 14]
        assert pkm("sense", "inbox").out.splitlines()[6].endswith("  surprise")

    def test_explain_shows_terms_that_add_up(self, pkm: CommandLine, habits: Path) -> None:
        for row in pkm.json("sense", "inbox", "--explain"):
            assert sum(row["parts"].values()) == pytest.approx(row["score"], abs=0.001)
        lines = pkm("sense", "inbox", "--explain", "-n", "7").out.splitlines()
        assert len(lines) == 14
        total, _, terms = lines[1].strip().partition(" = ")
        assert sum(float(term.split()[-1]) for term in terms.split(", ")) == pytest.approx(float(total), abs=0.001)
        assert "its source" in terms
        assert "to surprise you" in lines[13]

    def test_everything_is_shown_once_and_newest_is_always_there(self, pkm: CommandLine, habits: Path) -> None:
        best = [row["id"] for row in pkm.json("sense", "inbox", "-n", "5000")]
        newest = [row["id"] for row in pkm.json("sense", "inbox", "-n", "5000", "--sort", "newest")]
        assert sorted(best) == sorted(newest)
        assert len(set(best)) == 20
        assert newest == [f"i{number}" for number in range(120, 100, -1)]
        assert pkm.json("sense", "inbox", "--source", "s3", "--sort", "best")[0]["source"] == "s3"

    def test_too_few_decisions_are_said_and_the_sources_take_turns(self, pkm: CommandLine, habits: Path) -> None:
        with sqlite3.connect(habits / "pkm.db") as db:
            db.execute("DELETE FROM item WHERE state = 'dropped'")
        result = pkm("sense", "inbox")
        assert "Too few" not in result.err  # told where it is asked for
        explained = pkm("sense", "inbox", "--explain").err
        assert "Too few decisions to tell your habits (20 of 30): the sources take turns." in explained
        assert len({line.split("Source ")[1].split()[0] for line in result.out.splitlines()[:12]}) == 12

    def test_bare_pkm_shows_the_best_too(self, pkm: CommandLine, habits: Path) -> None:
        assert pkm.json()["best"][0]["why"] == "kept 20 of 20"

    def test_one_folder_of_sources_is_read_alone(self, pkm: CommandLine, habits: Path) -> None:
        pkm("seek", "edit", "s2", "--tag", "+People/far")
        pkm("seek", "edit", "s3", "--tag", "+people")
        pkm("sense", "tag", "i105", "+News")
        asked = {
            ("People",): {"s2", "s3"}, ("people/far",): {"s2"}, ("news",): {"s10"}, ("News", "people/far"): {"s10", "s2"},
        }  # fmt: skip
        for names, sources in asked.items():
            for sort in ("best", "newest", "oldest"):
                args = [word for name in names for word in ("--tag", name)]
                assert {row["source"] for row in pkm.json("sense", "inbox", "--sort", sort, *args)} == sources
        assert {row["source"] for row in pkm.json("find", "is:inbox from:#people")} == {"s2", "s3"}
        assert pkm("sense", "inbox", "--tag", "people", "-n", "1").err == "1 of 2 items in the inbox (-n for more)\n"
        refused = pkm("sense", "drop", "is:inbox tag:people", ok=1).err
        assert "Next: pkm find 'is:inbox from:#people'" in refused
        assert "a tag of 2 sources" in refused
        assert "pkm find 'is:inbox from:#people'" in pkm("find", "is:inbox #people").err
        assert {row["state"] for row in pkm.json("sense", "drop", "is:inbox from:#people")} == {"dropped"}
        assert pkm("sense", "inbox", "--tag", "people").err.startswith("Nothing tagged #people in the inbox.")

    def test_a_writer_who_joins_a_circle_rises_before_the_first_decision(self, pkm: CommandLine, habits: Path) -> None:
        with sqlite3.connect(habits / "pkm.db") as db:
            db.execute("DELETE FROM item WHERE decided_at IS NOT NULL")
            db.executemany(  # many that came later: hers is none of the newest, from which the order is made
                "INSERT INTO item (source_id, title, url, received_at, canonical_url, author, hash, state, via, summary, text, "
                "html) VALUES (?, 'New', '', '2026-11-22T00:00:00Z', '', '', '', 'inbox', '', '', '', '')",
                [(2 + number % 11,) for number in range(500)],
            )
        pkm("contact", "add", "Ann Bo")
        pkm("circle", "add", "crew", "--kind", "team")
        pkm("circle", "join", "crew", "c1")
        pkm("seek", "edit", "s1", "--contact", "c1")
        first = pkm.json("sense", "inbox")[0]
        assert (first["source"], first["why"], first["parts"]["person"]) == ("s1", "Ann Bo", 1.0)


class TestDecision:
    def test_it_keeps_the_filter_that_the_item_stood_high_by(self, pkm: CommandLine, habits: Path) -> None:
        found = pkm.json("sense", "inbox")
        first, surprise = found[0]["id"], found[6]["id"]
        plain = next(row["id"] for row in found if row["why"] == "")
        pkm("sense", "keep", first, plain)
        pkm("sense", "drop", surprise)
        shown = {one: pkm.json("sense", "show", one)["via"] for one in (first, surprise, plain)}
        assert shown == {first: "score", surprise: "chance", plain: "network"}
        pkm("undo")
        assert pkm.json("sense", "show", surprise)["via"] == "network"

    def test_deciding_others_does_not_change_the_surprise(self, pkm: CommandLine, habits: Path) -> None:
        found = pkm.json("sense", "inbox")
        pkm("sense", "keep", found[0]["id"], found[1]["id"])
        pkm("sense", "keep", found[2]["id"], "--note", "words")
        assert pkm.json("sense", "inbox")[6]["id"] == found[6]["id"]

    def test_a_source_that_challenges_gets_the_place(self, pkm: CommandLine, habits: Path) -> None:
        pkm("seek", "edit", "s2", "--challenges", "#agile")
        assert pkm.json("seek", "show", "s2")["challenges"] == "agile"
        assert pkm.json("sense", "inbox")[6]["why"] == "challenges #agile"
        pkm("seek", "edit", "s2", "--challenges", "")
        assert pkm.json("sense", "inbox")[6]["why"] == "surprise"


class TestWalk:
    def test_it_goes_best_first_says_why_and_takes_more_and_less(self, pkm: CommandLine, habits: Path) -> None:
        best = [row["id"] for row in pkm.json("sense", "inbox")]
        pressed = "k+-+ssssssq"
        waited = ["1/20", *["[q]uit ?"] * 3, "[q]uit ?", *(f"{place}/20" for place in range(3, 8)), "[q]uit ?"]
        output = run_on_pty(habits, ["sense", "--plain"], list(zip(waited, pressed, strict=True)))
        assert output.index(best[0]) < output.index(best[1]) < output.index(best[2])
        assert "── 1/20 · kept 20 of 20 ─" in output
        assert "── 7/20 · surprise ─" in output
        assert "rule u1" in output
        assert "As before: neither more nor less of" in output
        assert rows(habits, "SELECT action, pattern FROM rule") == [("up", "")]
        assert rows(habits, f"SELECT via FROM item WHERE id = {best[0][1:]}") == [("score",)]
        raised = pkm.json("sense", "inbox")[0]
        assert raised["why"].startswith("rule u")


class TestPeople:
    @pytest.fixture
    def ann(self, pkm: CommandLine, habits: Path) -> Path:
        pkm("contact", "add", "Ann Onymous", "--nick", "ann", "--read", "weekly")
        pkm("seek", "edit", "s6", "--contact", "ann")
        return habits

    def test_what_they_write_shows_up_on_their_day(self, pkm: CommandLine, ann: Path, monkeypatch: Any) -> None:
        theirs = [row for row in pkm.json("sense", "inbox") if row["source"] == "s6"]
        assert [row["why"] for row in theirs] == ["ann", "ann"]
        assert all(row["parts"]["due"] == 1 for row in theirs)
        pkm("sense", "keep", theirs[0]["id"])
        assert [row["source"] for row in pkm.json("sense", "inbox")].count("s6") == 1  # their day is not over
        monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
        result = pkm("sense", "inbox")
        assert "1 item of 1 person waits for its day: pkm sense inbox --sort newest" in result.err
        assert result.err.startswith("18 of 19 items in the inbox\n")  # and -n has no more of them
        assert "Source 6" not in result.out
        assert "Source 6" in pkm("sense", "inbox", "--sort", "newest").out
        assert pkm.json("find", theirs[1]["title"])[0]["id"] == theirs[1]["id"]
        monkeypatch.setenv("PKM_NOW", "2026-12-02T09:00:00Z")
        assert "Source 6" in pkm("sense", "inbox").out

    def test_the_card_says_how_and_an_empty_cadence_takes_it_away(self, pkm: CommandLine, ann: Path) -> None:
        assert pkm.json("contact", "show", "ann")["read_every_s"] == 7 * 86400
        assert "shows up every 1 week" in pkm("contact", "show", "ann").out
        pkm("contact", "edit", "ann", "--read", "")
        assert pkm.json("contact", "show", "ann")["read_every_s"] is None

    def test_who_is_quiet_is_shown_as_such(self, pkm: CommandLine, ann: Path, monkeypatch: Any) -> None:
        assert pkm.json("contact", "list", "--quiet") == []
        assert pkm.json("contact", "show", "ann")["quiet_since"] is None
        monkeypatch.setenv("PKM_NOW", "2027-02-01T09:00:00Z")
        assert [row["name"] for row in pkm.json("contact", "list", "--quiet")] == ["Ann Onymous"]
        assert "quiet: the last is of 2026-11-21" in pkm("contact", "show", "ann").out


class TestReplay:
    def test_too_little_is_said(self, pkm: CommandLine, habits: Path) -> None:
        assert pkm("sense", "inbox", "--replay").out.startswith("Nothing to compare in 40 decisions")
        assert pkm.json("sense", "inbox", "--replay")["better"] is None


def feed(name: str, *entries: tuple[str, str]) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>https://{name}.org/{number}</link><description><![CDATA[{html}]]></description></item>"
        for number, (title, html) in enumerate(entries)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"


class TestSignals:
    """What a pull leaves behind: likeness to notes, who points at what, subjects that come up."""

    def test_from_feeds_to_reasons(self, pkm: CommandLine, server: FeedServer, monkeypatch: Any) -> None:
        pkm("sense", "note", "How do communities of practice renew their members? Newcomers matter.", "--title",
            "How do communities of practice renew their members?")  # fmt: skip
        pkm("sense", "note", "Trust grows in small teams. People trust whom they worked with.")
        link = 'See <a href="https://ann.org/0?utm_source=x">Ann</a>.'
        server.add("/ann", feed("ann", ("A plain thing", "<p>Nothing.</p>")))
        server.add("/bo", feed("bo", ("Bread", f"<p>{link}</p>"), ("Trust in small teams", "<p>Teams that trust.</p>")))
        server.add("/cy", feed("cy", ("Cheese", f"<blockquote><p>{link}</p></blockquote>"),
                               ("Renewing communities of practice", "<p>Members, newcomers, practice.</p>")))  # fmt: skip
        for name in ("ann", "bo", "cy"):
            pkm("seek", "add", f"{server.url}/{name}")
        pkm("seek", "pull")
        why = {row["title"]: row["why"] for row in pkm.json("sense", "inbox")}
        assert why["A plain thing"] == "2 point at it"
        assert why["Renewing communities of practice"] == "may answer n1"
        assert why["Trust in small teams"].startswith("like n2: ")
        assert why["Bread"] == ""

    def test_a_coincidence_is_pointed_out_with_its_items(
        self, pkm: CommandLine, server: FeedServer, monkeypatch: Any
    ) -> None:
        names = ("ann", "bo", "cy")
        for name in names:
            server.add(f"/{name}", feed(name, (f"Earlier {name} words", "<p>Old.</p>")))
            pkm("seek", "add", f"{server.url}/{name}")
        pkm("seek", "pull")
        monkeypatch.setenv("PKM_NOW", "2026-12-05T09:00:00Z")
        for name in names:
            server.add(f"/{name}", feed(name, (f"Earlier {name} words", "<p>Old.</p>"), (f"{name} on desire paths", "<p>N.</p>")))
        report = pkm.json("seek")
        assert [(one["subject"], len(one["items"])) for one in report["coincidences"]] == [("desire paths", 3)]
        told = pkm("sense", "inbox").err
        assert 'Coincidence: 3 sources turn to "desire paths": i4, i5, i6 (' in told
        assert sorted(told.rpartition("(")[2].partition(")")[0].split(", ")) == ["ann", "bo", "cy"]
        state = json.loads((Path(Home.find().db).with_name("signals.json")).read_text())
        assert state["at"] == "2026-12-05T09:00:00Z"
