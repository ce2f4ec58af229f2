"""A plan in stages: the community today, the network after two weeks and a yes, once; and all that keeps it from going."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, KeptHomes
from tests.mail_server import MailServer
from tests.mail_server import mail as mail

PICTURE = Path(__file__).parent.parent / "data" / "pictures" / "told.png"


class Days:
    """The command line on a day."""

    def __init__(self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pkm, self._monkeypatch = pkm, monkeypatch

    def __call__(self, at: str, *words: object, ok: int | None = 0) -> str:
        self._monkeypatch.setenv("PKM_NOW", at if "T" in at else f"{at}T10:00:00Z")
        result = self.pkm(*words, ok=ok)
        return result.out + result.err


@pytest.fixture
def on(pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path, kept_homes: KeptHomes) -> Days:
    """A practice of Ann's community, a private note that it links to, and a plan: x1."""
    on = Days(pkm, monkeypatch)
    kept_homes.fill(home, "plan", lambda: live(on, tmp_path))
    monkeypatch.setenv("PKM_NOW", "2026-12-01T10:00:00Z")
    return on


def live(on: Days, tmp_path: Path) -> None:
    day = "2026-12-01"
    on(day, "share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    on(day, "circle", "add", "practice", "--kind", "community", "--channel", "drop")
    on(day, "contact", "add", "Ann", "--nick", "ann", "--email", "ann@example.org")
    on(day, "contact", "add", "Ken", "--nick", "ken")
    on(day, "circle", "join", "practice", "ann", "--because", "peer")
    on(day, "sense", "note", "SECRETLY the boss hates it")
    on(day, "sense", "note", "Walking RETROS work, see [[SECRETLY the boss hates it]]", "--reach", "network")
    on(day, "sense", "note", "Silence is a SIGNAL", "--reach", "community")
    on(day, "share", "draft", "n2", "--to", "practice", "--title", "Walking")


def plan(on: Days) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "network +14d after approval")


def text(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("change", [
    ["circle", "edit", "practice", "--intro", "Nobody approved this."],
    ["circle", "edit", "practice", "--salutation", "Dear fools,"], ["sense", "annotate", "i1", "-q", "unlike them"],
    ["contact", "edit", "ann", "--name", "Annette"],
    ["circle", "leave", "practice", "ann"], ["sense", "tag", "n4", "+walks"], ["tag", "rename", "feeds", "rss"],
    ["tag", "merge", "feeds", "web"], ["UPDATE item SET title = 'Buy pills'"], ["UPDATE attachment SET sha256 = 'another'"],
])  # fmt: skip
def test_a_yes_is_for_all_that_is_said(on: Days, change: list[str], tmp_path: Path, home: Path) -> None:
    (tmp_path / "a.html").write_text("<html><title>Talks</title><p>Feeds are for people unlike them.</p></html>")
    on("2026-12-01", "seek", "clip", tmp_path / "a.html")
    on("2026-12-01", "sense", "keep", "i1", "--note", "Feeds are good, as @ann says. #feeds")
    on("2026-12-01", "sense", "tag", "n3", "+web")
    on("2026-12-01", "sense", "reach", "n4", "community")
    (tmp_path / "my walk.png").write_bytes(PICTURE.read_bytes())
    on("2026-12-01", "sense", "attach", "n4", tmp_path / "my walk.png", "--alt", "A walk")
    on("2026-12-01", "share", "draft", "n4", "--to", "practice")
    on("2026-12-01", "share", "plan", "x2", "--stage", "practice after approval")
    on("2026-12-01", "share", "approve", "x2", "--by", "ken")
    assert "due" in on("2026-12-01", "share", "plan", "x2")
    if change[1:]:
        on("2026-12-01", *change)
    else:  # what a feed, or an import, brings
        with sqlite3.connect(home / "pkm.db") as db:
            db.execute(*change)
    assert "a new approval" in on("2026-12-01", "share", "--due", "--yes")


def test_a_yes_is_for_the_names_of_other_notes_that_are_read(on: Days, tmp_path: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice after approval")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken")
    on("2026-12-01", "sense", "reach", "n1", "network")
    assert "a new approval" in on("2026-12-01", "share", "--due", "--yes")
    on("2026-12-01", "sense", "reach", "n1", "private")
    on("2026-12-01", "share", "--due", "--yes")
    assert "see …" in text(tmp_path / "drop")


@pytest.mark.parametrize("name", ["rename", "merge"])
def test_a_mark_for_its_writer_stays_out_under_the_name_that_its_tag_had(on: Days, name: str, tmp_path: Path) -> None:
    on("2026-12-01", "sense", "tag", "n3", "+web")
    on("2026-12-01", "sense", "edit", "n2", "--text", "Walking RETROS work.\n\n#feeds")
    on("2026-12-01", "tag", name, "feeds", "web" if name == "merge" else "rss")
    assert "still in its words" not in on("2026-12-01", "share", "check", "x1")
    on("2026-12-01", "share", "send", "x1", "--yes")
    assert "RETROS" in text(tmp_path / "drop")
    assert "#feeds" not in text(tmp_path / "drop")


def test_community_today_network_after_two_weeks_and_a_yes_then_once(on: Days, home: Path, tmp_path: Path) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    assert "RETROS" in text(tmp_path / "drop")
    for day in ("2026-12-02", "2026-12-14", "2026-12-16"):
        assert "waits" in on(day, "share", "--due", "--yes")
        assert not (home / "site").exists()
    assert "its next stage may not go now" in on("2026-12-16", "share", "send", "x1", "--yes", ok=3)
    on("2026-12-16", "share", "approve", "x1", "--by", "ann")
    on("2026-12-17", "share", "--due", "--yes")
    once = text(home / "site")
    assert "RETROS" in once
    assert "SECRETLY" not in once + text(tmp_path / "drop")
    on("2026-12-18", "share", "--due", "--yes")
    on("2026-12-18", "share", "send", "x1", "--yes")
    assert text(home / "site") == once
    assert {row["state"] for row in on.pkm.json("share", "log", "x1")} == {"sent"}
    assert [row["state"] for row in on.pkm.json("share", "plan", "x1")] == ["sent", "sent"]


def test_without_a_yes_and_a_terminal_nothing_goes(on: Days, home: Path, tmp_path: Path) -> None:
    plan(on)
    assert "--yes" in on("2026-12-01", "share", "--due", ok=3)
    assert "would go" in on("2026-12-01", "share", "--due", "--dry-run")
    assert not (tmp_path / "drop").exists()


def test_words_that_changed_need_a_new_yes(on: Days, home: Path) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-15", "share", "approve", "x1", "--by", "ann")
    on("2026-12-15", "sense", "edit", "n2", "--text", "Walking RETROS never work")
    assert "a new approval" in on("2026-12-16", "share", "--due", "--yes")
    assert not (home / "site").exists()
    on("2026-12-16", "share", "approve", "x1", "--by", "ann")
    on("2026-12-16", "share", "--due", "--yes")
    assert "never work" in text(home / "site")


def test_a_new_yes_that_is_asked_for_is_not_one_to_a_later_stage(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice after approval", "--stage", "network +1d after approval")
    on("2026-12-01", "share", "approve", "x1", "--by", "ann")
    on("2026-12-01", "share", "edit", "x1", "--for", "practice", "--title", "Other words")
    assert "for practice, approved by Ann" in on("2026-12-01", "share", "approve", "x1", "--by", "ann")
    on("2026-12-01", "share", "send", "x1", "--yes")
    assert "for approval" in on("2026-12-02T12:00:00Z", "share", "--due", "--yes")
    assert "for network, approved by Ann" in on("2026-12-03", "share", "approve", "x1", "--by", "ann")


def test_a_yes_takes_an_objection_back_before_it_is_one_to_a_later_stage(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice no objection", "--stage", "network +1d after approval")
    assert "for practice, objected" in on("2026-12-01", "share", "approve", "x1", "--by", "ken", "--objects")
    assert "for practice, approved" in on("2026-12-01", "share", "approve", "x1", "--by", "ken")
    on("2026-12-01", "share", "send", "x1", "--yes")
    assert "for approval" in on("2026-12-02T12:00:00Z", "share", "--due", "--yes")


@pytest.mark.parametrize("said", [
    ["share", "approve", "x1", "--by", "ken", "--objects"], ["share", "hold", "x1"], ["sense", "reach", "n2", "community"],
], ids=["objection", "hold", "reach"])  # fmt: skip
def test_what_was_said_after_a_copy_that_is_put_back_is_asked_about(on: Days, home: Path, said: list[str]) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-15", "share", "approve", "x1", "--by", "ann")
    on("2026-12-15", "backup", home / "copy.db")
    on("2026-12-15", *said)
    told = on("2026-12-15", "backup", "--restore", home / "copy.db", "--yes")
    assert "x1. Next: pkm share plan x1, then pkm share hold x1 --release" in told
    assert "put back from a copy" in on("2026-12-16", "share", "--due", "--yes")
    on("2026-12-16", "share", "hold", "x1", "--release")
    assert "sent by site" in on("2026-12-16", "share", "--due", "--yes")


def test_what_was_taken_back_waits_for_nothing(on: Days, home: Path) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-02", "share", "retract", "x1", "--yes")
    for at in ("2026-12-02", "2026-12-30"):
        told = on(at, "share", "plan", "x1")
        assert ("waits" in told, "pkm share send" in told) == (False, False)
        assert "x1 was taken back; nothing more of it goes" in told
    assert "it was taken back" in on("2026-12-30", "share", "hold", "x1", ok=2)


def test_a_plan_ends_where_it_is_whatever_a_note_in_it_is_now(on: Days, home: Path) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-01", "sense", "reach", "n2", "private")
    assert "its reach is private" in on("2026-12-01", "share", "plan", "x1", "--stage", "network now", ok=3)
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now")
    assert "1 stage\n" in on("2026-12-01", "share", "plan", "x1")
    assert "Nothing planned waits to go" in on("2026-12-30", "share", "--due", "--yes")


@pytest.mark.parametrize("begun", [True, False], ids=["after a stage that passed", "before anything"])
@pytest.mark.parametrize("forgotten", [False, True], ids=["who is there", "who was forgotten since"])
def test_an_objection_stays_where_its_circle_leaves_the_plan_and_is_back(
    on: Days, home: Path, begun: bool, forgotten: bool
) -> None:
    on("2026-12-01", "circle", "add", "club", "--kind", "community", "--channel", "drop")
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "network no objection")
    if begun:
        on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-02", "share", "approve", "x1", "--by", "ken", "--objects")
    on("2026-12-02", "share", "plan", "x1", "--stage", "club no objection")
    on("2026-12-02", "share", "approve", "x1", "--by", "ann", "--objects")
    if not begun:
        on("2026-12-02", "share", "plan", "x1", "--stage", "practice now")
    if forgotten:
        on("2026-12-02", "forget", "c2", "--yes")
        assert b"Ken" not in (home / "pkm.db").read_bytes()
    on("2026-12-02", "share", "plan", "x1", "--stage", "practice now", "--stage", "network now")
    if not begun:
        on("2026-12-02", "share", "send", "x1", "--yes")
    told = on("2026-12-02", "share", "--due", "--yes")
    assert ("who objected to it was forgotten" if forgotten else "for the objection of Ken to be settled") in told
    assert "Ann" not in told
    on("2026-12-02", "share", *(["hold", "x1", "--release"] if forgotten else ["approve", "x1", "--by", "ken"]))
    assert "sent by site" in on("2026-12-02", "share", "--due", "--yes")


def test_what_was_taken_back_after_a_copy_that_is_put_back_is_told(on: Days, home: Path, tmp_path: Path) -> None:
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-01", "backup", home / "copy.db")
    assert "Taken back" not in on("2026-12-01", "backup", "--restore", home / "copy.db", "--yes")
    on("2026-12-02", "share", "retract", "x1", "--yes")
    told = on("2026-12-03", "backup", "--restore", home / "copy.db", "--yes")
    assert "Taken back after the copy, and not in it: x1 “Walking”" in told
    assert "Next: pkm share retract x1" in told
    on("2026-12-03", "share", "retract", "x1", "--yes")
    on("2026-12-03", "share", "draft", "n3", "--to", "practice")
    on("2026-12-03", "share", "send", "x2", "--yes")
    assert ("RETROS" in text(tmp_path / "drop"), "SIGNAL" in text(tmp_path / "drop")) == (False, True)


def test_a_late_stage_is_held_and_asked_about(on: Days, home: Path, tmp_path: Path) -> None:
    plan(on)
    assert "is held, not sent" in on("2026-12-09", "share", "--due", "--yes", ok=4)
    assert "on hold" in on("2026-12-10", "share", "--due", "--yes")
    assert not (tmp_path / "drop").exists()
    on("2026-12-10", "share", "hold", "x1", "--release")
    on("2026-12-10", "share", "--due", "--yes")
    assert "RETROS" in text(tmp_path / "drop")


def test_hold_stops_all_that_has_not_left(on: Days, tmp_path: Path) -> None:
    plan(on)
    on("2026-12-01", "share", "hold", "x1", "--because", "after the reorganisation")
    assert "after the reorganisation" in on("2026-12-01", "share", "send", "x1", "--yes", ok=3)
    assert "on hold" in on("2026-12-01", "share", "--due", "--yes")
    assert not (tmp_path / "drop").exists()
    on("2026-12-01", "share", "hold", "x1", "--release")
    assert "not on hold" in on("2026-12-01", "share", "hold", "x1", "--release", ok=2)


def test_who_objects_stops_it_until_they_say_yes(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "network now no objection", "--because", "asked for")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken", "--objects", "--because", "too early")
    assert "the objection of Ken" in on("2026-12-01", "share", "--due", "--yes")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken")
    on("2026-12-01", "share", "--due", "--yes")
    assert "RETROS" in text(home / "site")


def test_an_objection_stops_a_stage_that_waits_for_a_yes_alone(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "network after approval by ann", "--because", "asked for")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken", "--objects", "--because", "too early")
    on("2026-12-01", "share", "approve", "x1", "--by", "ann")
    assert "the objection of Ken" in on("2026-12-01", "share", "--due", "--yes")
    assert not (home / "site").exists()
    on("2026-12-01", "share", "approve", "x1", "--by", "ken")
    on("2026-12-01", "share", "--due", "--yes")
    assert "RETROS" in text(home / "site")


@pytest.mark.parametrize(("stop", "go"), [
    (["approve", "x1", "--by", "ken", "--objects"], ["approve", "x1", "--by", "ken"]),
    (["hold", "x1"], ["hold", "x1", "--release"]),
], ids=["objection", "hold"])  # fmt: skip
def test_a_plan_that_is_laid_anew_answers_no_objection_and_ends_no_hold(on: Days, stop: list[str], go: list[str]) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice after approval")
    on("2026-12-01", "share", *stop)
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now")
    assert "sent" not in on("2026-12-01", "share", "--due", "--yes")
    on("2026-12-01", "share", *go)
    assert "sent by drop" in on("2026-12-01", "share", "--due", "--yes")


def test_a_circle_that_comes_into_a_plan_on_hold_is_on_hold(on: Days, tmp_path: Path) -> None:
    on("2026-12-01", "share", "channel", "add", "more", f"files:{tmp_path / 'more'}")
    on("2026-12-01", "circle", "add", "crew", "--kind", "team", "--channel", "more")
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now")
    on("2026-12-01", "share", "hold", "x1")
    on("2026-12-01", "share", "plan", "x1", "--stage", "crew now", "--stage", "practice +1d")
    assert "sent" not in on("2026-12-01", "share", "--due", "--yes")


def test_what_somebody_objected_to_who_is_forgotten_goes_when_the_person_releases_it(on: Days, home: Path) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-15", "share", "approve", "x1", "--by", "ken", "--objects")
    on("2026-12-15", "share", "approve", "x1", "--by", "ann")
    on("2026-12-16", "forget", "c2", "--yes")
    assert "who objected to it was forgotten" in on("2026-12-16", "share", "--due", "--yes")
    assert "Next: pkm share hold x1 --release" in on("2026-12-16", "share", "plan", "x1")
    on("2026-12-16", "share", "hold", "x1", "--release")
    assert "sent by site" in on("2026-12-16", "share", "--due", "--yes")


@pytest.mark.parametrize("stopped", ["objection", "hold", "narrower"])
def test_a_plan_can_end_with_those_who_have_it(on: Days, home: Path, stopped: str) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    stop = {"objection": ["share", "approve", "x1", "--by", "ken", "--objects"], "hold": ["share", "hold", "x1"],
            "narrower": ["sense", "reach", "n2", "community"]}[stopped]  # fmt: skip
    on("2026-12-02", *stop)
    assert 'pkm share plan x1 --stage "CIRCLE now"' in on("2026-12-02", "share", "drop", "x1", ok=3)
    told = on("2026-12-02", "share", "plan", "x1", "--stage", "practice now")
    assert "network" not in told
    assert "Nothing planned waits to go." in on("2027-12-02", "share", "--due", "--yes")
    assert [row["state"] for row in on.pkm.json("share", "log", "x1")] == ["sent", "sent"]
    on("2026-12-02", "undo")
    assert [row["circle"] for row in on.pkm.json("share", "plan", "x1")] == ["practice", "network"]


def test_what_only_an_objection_keeps_back_says_who_takes_it_back(on: Days, home: Path) -> None:
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-15", "share", "approve", "x1", "--by", "ann")
    told = on("2026-12-15", "share", "approve", "x1", "--by", "ken", "--objects")
    assert "Next: pkm share approve x1 --by c2, when they agree" in told
    on("2026-12-15", "share", "approve", "x1", "--by", "c2")
    assert "Next: pkm share approve x1, when they agree" in on("2026-12-15", "share", "approve", "x1", "--objects")
    on("2026-12-15", "share", "approve", "x1")
    assert "objection" not in on("2026-12-15", "share", "plan", "x1")


def test_a_circle_that_nobody_is_in_any_more_is_told_with_what_lets_the_rest_go(
    on: Days, home: Path, mail: MailServer
) -> None:
    on("2026-12-01", "share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
    on("2026-12-01", "circle", "add", "friends", "--kind", "network", "--channel", "post")
    on("2026-12-01", "circle", "join", "friends", "ken", "--because", "peer")
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "friends +1d", "--stage", "network +1d")
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-02", "circle", "leave", "friends", "ken", "--because", "moved on")
    told = on("2026-12-02", "share", "--due", "--yes", ok=4)
    assert "Next: pkm circle join friends WHO; or without it: pkm share plan x1" in told


def test_who_takes_an_objection_back_says_no_yes_that_another_is_asked_for(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "network after approval by ann", "--because", "asked for")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken", "--objects")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken")
    assert "for approval by Ann" in on("2026-12-01", "share", "--due", "--yes")
    assert not (home / "site").exists()


def test_who_objects_takes_their_own_yes_back_and_no_others(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "network after approval", "--because", "asked for")
    on("2026-12-01", "share", "approve", "x1", "--by", "ann")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken", "--objects")
    (row,) = on.pkm.json("share", "plan", "x1")
    assert (row["approved"]["name"], row["waits"]) == ("Ann", ["for the objection of Ken to be settled"])
    on("2026-12-01", "share", "approve", "x1", "--by", "ann", "--objects")
    (row,) = on.pkm.json("share", "plan", "x1")
    assert row["approved"] is None
    assert row["waits"] == ["for approval", "for the objection of Ken, Ann to be settled"]


def test_of_two_contacts_who_were_one_the_yes_and_the_objection_are_theirs(on: Days, home: Path) -> None:
    on("2026-12-01", "contact", "add", "Kenneth", "--nick", "kenneth")
    on("2026-12-01", "share", "plan", "x1", "--stage", "network after approval by kenneth", "--because", "asked for")
    on("2026-12-01", "share", "approve", "x1", "--by", "kenneth", "--objects")
    on("2026-12-01", "contact", "merge", "ken", "kenneth", "--yes")
    on("2026-12-01", "share", "approve", "x1", "--by", "ken")
    on("2026-12-01", "share", "--due", "--yes")
    assert "RETROS" in text(home / "site")


def test_an_answer_that_contradicts_a_note_of_it_is_an_objection_until_that_is_resolved(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "network +2d no objection")
    on("2026-12-01", "share", "--due", "--yes")
    heard = on.pkm.json("share", "heard", "x1", "--from", "ann", "it did not hold", "--contradicts", "n2")
    assert "objection of" in on("2026-12-04", "share", "--due", "--yes")
    assert not (home / "site").exists()
    on("2026-12-04", "sense", "link", heard["note"], "n2", "--resolve", "it was another team")
    on("2026-12-04", "share", "--due", "--yes")
    assert "RETROS" in text(home / "site")


def test_only_the_one_who_was_asked_can_say_yes(on: Days) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "network after approval by ken")
    assert "waits for that of Ken" in on("2026-12-01", "share", "approve", "x1", "--by", "ann", ok=2)
    on("2026-12-01", "share", "approve", "x1", "--by", "ken")
    assert on.pkm.json("share", "plan", "x1")[0]["state"] == "due"


def test_answers_open_a_gate(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "network after 1 response")
    on("2026-12-01", "share", "--due", "--yes")
    assert "for 1 more response" in on("2026-12-02", "share", "--due", "--yes")
    on("2026-12-03", "share", "heard", "x1", "--from", "ann", "tried it, worked")
    on("2026-12-03", "share", "--due", "--yes")
    assert "RETROS" in text(home / "site")


def test_a_stranger_opens_no_gate(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "network after 1 response")
    on("2026-12-01", "share", "--due", "--yes")
    with sqlite3.connect(home / "pkm.db") as db:
        db.execute("INSERT INTO response (share_id, state, text, author, at) "
                   "VALUES (1, 'inbox', 'Great!', 'evil@evil.example', '2026-12-02T10:00:00Z')")  # fmt: skip
    assert "for 1 more response" in on("2026-12-03", "share", "--due", "--yes")
    assert not (home / "site").exists()


def test_a_wider_circle_gets_fewer_notes_and_other_words(on: Days, home: Path, tmp_path: Path) -> None:
    on("2026-12-01", "share", "draft", "n2", "n3", "--to", "practice", "--title", "Both")
    stages = ("--stage", "practice now", "--stage", "network now")
    assert "its reach is community" in on("2026-12-01", "share", "plan", "x2", *stages, ok=3)
    on("2026-12-01", "sense", "reach", "n3", "network")
    on("2026-12-01", "share", "plan", "x2", *stages)
    on("2026-12-01", "share", "edit", "x2", "--for", "network", "--only", "n2")
    on("2026-12-01", "share", "edit", "x2", "--for", "network", "--note", "n2", "-m",
       "In short: walk. [[SECRETLY the boss hates it]]")  # fmt: skip
    on("2026-12-01", "share", "--due", "--yes")
    assert "SIGNAL" in text(tmp_path / "drop")
    assert "RETROS" in text(tmp_path / "drop")
    site = text(home / "site")
    assert "In short: walk." in site
    assert not [word for word in ("SIGNAL", "RETROS", "SECRETLY") if word in site]
    on("2026-12-02", "share", "edit", "x2", "--for", "network", "-m", "x", ok=2)


def test_a_note_that_waits_for_a_circle_is_in_no_other_digest_for_it(on: Days, home: Path) -> None:
    plan(on)
    assert "Nothing else may go to network" in on("2026-12-01", "share", "--yes")
    assert "it waits for network in the plan of x1" in on("2026-12-01", "share", "draft", "n2", "--to", "network", ok=3)
    assert not (home / "site").exists()


def test_the_way_by_a_community_is_offered_with_its_reason(on: Days) -> None:
    said = on("2026-12-01", "share", "draft", "n2", "--to", "network")
    assert "went to no community yet" in said
    assert "pkm share plan x2 --offered, which is --stage 'practice now' --stage 'network +14d after approval'" in said
    plan(on)
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-01", "sense", "note", "Another thought", "--reach", "network")
    assert "went to no community yet" not in on("2026-12-01", "share", "draft", "n3", "--to", "practice")


@pytest.mark.parametrize("words", [("plan", "x2"), ("send", "x2")], ids=" ".join)
@pytest.mark.parametrize(("typed", "stages"), [("\n", ["practice", "network"]), ("n\n", ["network"])], ids=["Enter", "no"])
def test_on_a_terminal_the_way_by_a_community_is_asked_about(
    on: Days, home: Path, words: tuple[str, ...], typed: str, stages: list[str]
) -> None:
    on("2026-12-01", "share", "draft", "n2", "--to", "network")
    asked = [("practice first? That is practice now, then network +14d after approval. [Y/n]", typed)]
    shown = run_on_pty(home, ["share", *words], [*asked, *([("[y/N]", "n\n")] if words[0] == "send" and typed != "\n" else [])])
    assert "went to no community yet" in shown
    assert [row["circle"] for row in on.pkm.json("share", "plan", "x2")] == stages
    assert not (home / "site").exists()


def test_not_yet_holds_what_is_planned_and_never_keeps_it_out_of_a_draft(on: Days, home: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "network +14d")
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-02", "share", "not", "n2", "network", "--until", "2027-02-01", "--because", "after the move")
    assert "not before 2027-02-01 for network: after the move" in on("2026-12-02", "share", "check", "x1", ok=3)
    on("2026-12-16", "share", "--due", "--yes", ok=4)
    assert not (home / "site").exists()
    assert "after the move" in on("2026-12-16", "share", "plan", "x1")
    on("2026-12-16", "share", "not", "n3", "practice", "--because", "too raw")
    said = on("2026-12-16", "share", "draft", "n3", "--to", "practice", ok=3)
    assert "pkm share not n3 practice --take-back" in said
    on("2026-12-16", "share", "not", "n3", "practice", "--take-back")
    on("2026-12-16", "share", "draft", "n3", "--to", "practice")


def test_what_was_taken_back_is_not_offered_again_by_itself(on: Days) -> None:
    on("2026-12-01", "share", "send", "x1", "--yes")
    on("2026-12-02", "share", "retract", "x1", "--because", "wrong")
    on("2026-12-03", "share", "--to", "practice", "--yes")
    (row,) = on.pkm.json("find", "kind:share is:sent")
    assert "RETROS" not in str(row)
    on("2026-12-03", "share", "draft", "n2", "--to", "practice")


@pytest.mark.parametrize(
    ("stages", "why"),
    [
        (["nowhere now"], "nowhere"), (["network someday"], "someday"), (["practice now", "practice +1d"], "practice twice"),
        (["network after approval by nobody"], "nobody"), ([""], "CIRCLE, then now"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_read_changes_nothing(on: Days, stages: list[str], why: str) -> None:
    result = on.pkm("share", "plan", "x1", *(part for stage in stages for part in ("--stage", stage)), ok=None)
    assert result.code in (1, 2)
    assert why in result.err
    assert [row["gate"] for row in on.pkm.json("share", "plan", "x1")] == ["now"]


class TestMail:
    """Letters of a plan cool off before they leave."""

    @pytest.fixture
    def letters(self, on: Days, home: Path, mail: MailServer, kept_homes: KeptHomes) -> MailServer:
        kept_homes.fill(home, "plan by mail", lambda: self.live(on, mail), mail.url)
        return mail

    def live(self, on: Days, mail: MailServer) -> None:
        on("2026-12-01", "share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
        on("2026-12-01", "circle", "edit", "practice", "--channel", "drop", "--channel", "post")
        on("2026-12-01", "share", "plan", "x1", "--stage", "practice now")

    def test_they_leave_after_ten_minutes_as_they_were_shown(self, on: Days, letters: MailServer) -> None:
        shown = on.pkm.json("share", "preview", "x1")
        said = on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
        assert "may leave from 2026-12-01 10:10 on" in said
        on("2026-12-01T10:09:59Z", "share", "--due", "--yes")
        assert letters.letters == []
        on("2026-12-01T10:10:00Z", "share", "--due", "--yes")
        on("2026-12-01T10:20:00Z", "share", "--due", "--yes")
        assert [to for to, _ in letters.letters] == ["ann@example.org"]
        sent = {row["recipient"]: row["sha256"] for row in on.pkm.json("share", "log", "x1")}
        assert sent["ann@example.org"] in {one["sha256"] for one in shown}

    def test_who_and_what_came_in_meanwhile_gets_its_own_ten_minutes(
        self, on: Days, letters: MailServer, home: Path
    ) -> None:
        on("2026-12-01T10:00:00Z", "circle", "edit", "practice", "--channel", "-drop")
        on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
        on("2026-12-01T10:05:00Z", "contact", "edit", "ken", "--email", "ken@example.org")
        on("2026-12-01T10:05:00Z", "circle", "join", "practice", "ken")
        on("2026-12-01T10:05:00Z", "circle", "edit", "practice", "--channel", "+site")
        on("2026-12-01T10:11:00Z", "share", "--due", "--yes")
        assert [to for to, _ in letters.letters] == ["ann@example.org"]
        assert not (home / "site").exists()
        on("2026-12-01T10:22:00Z", "share", "--due", "--yes")
        assert [to for to, _ in letters.letters] == ["ann@example.org", "ken@example.org"]
        assert (home / "site").exists()

    def test_a_note_that_is_narrowed_while_they_wait_holds_the_stage_until_it_is_released(
        self, on: Days, letters: MailServer
    ) -> None:
        on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
        on("2026-12-01T10:05:00Z", "sense", "reach", "n2", "private")
        on("2026-12-01T10:11:00Z", "share", "--due", "--yes", ok=4)
        assert "n2" in on("2026-12-01T10:12:00Z", "share", "plan", "x1")
        assert on.pkm.json("share", "plan", "x1")[0]["state"] == "held"
        on("2026-12-01T10:13:00Z", "sense", "reach", "n2", "network")
        on("2026-12-01T10:14:00Z", "share", "--due", "--yes")
        assert letters.letters == []
        on("2026-12-01T10:15:00Z", "share", "hold", "x1", "--release")
        on("2026-12-01T10:16:00Z", "share", "--due", "--yes")
        assert len(letters.letters) == 1

    def test_who_a_note_is_not_for_gets_no_letter_with_it(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01", "contact", "edit", "ken", "--email", "ken@example.org")
        on("2026-12-01", "circle", "join", "practice", "ken")
        on("2026-12-01", "circle", "edit", "practice", "--channel", "post")
        on("2026-12-01", "share", "not", "n2", "c2", "--because", "he has enough")
        on("2026-12-01T10:00:00Z", "share", "send", "x1", "--yes", "--now")
        assert [to for to, _ in letters.letters] == ["ann@example.org"]

    def test_hold_keeps_them(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
        on("2026-12-01T10:05:00Z", "share", "hold", "x1")
        on("2026-12-01T11:00:00Z", "share", "--due", "--yes")
        assert letters.letters == []

    @pytest.mark.parametrize("run_before", [False, True], ids=["due", "leaving"])
    def test_what_is_sent_by_hand_goes_at_once(self, on: Days, letters: MailServer, run_before: bool) -> None:
        if run_before:
            on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
            assert letters.letters == []
        said = on("2026-12-01T10:05:00Z", "share", "send", "x1", "--yes")
        assert "may leave from" not in said
        assert len(letters.letters) == 1
        on("2026-12-01T10:20:00Z", "share", "--due", "--yes")
        assert len(letters.letters) == 1

    def test_by_hand_quiet_hours_hold_unless_it_is_to_be_now(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01", "config", "share.quiet", "22:00-07:00")
        assert "may leave from 2026-12-02 07:00" in on("2026-12-01T23:00:00Z", "share", "send", "x1", "--yes")
        on("2026-12-01T23:01:00Z", "share", "send", "x1", "--yes")
        assert letters.letters == []
        on("2026-12-01T23:02:00Z", "share", "send", "x1", "--yes", "--now")
        assert len(letters.letters) == 1

    @pytest.mark.parametrize("change", [["circle", "show", "practice"], ["sense", "edit", "n2", "--text", "Walking works"]])
    @pytest.mark.parametrize("channels", [["post"], ["post", "drop"]])
    def test_by_hand_quiet_hours_hold_what_could_have_left_before_them(
        self, on: Days, letters: MailServer, channels: list[str], change: list[str]
    ) -> None:
        on("2026-12-01T21:40:00Z", "config", "share.quiet", "22:00-07:00")
        on("2026-12-01T21:40:00Z", "circle", "edit", "practice", *(word for one in channels for word in ("--channel", one)))
        assert "may leave from 2026-12-01 21:50" in on("2026-12-01T21:40:00Z", "share", "--due", "--yes")
        on("2026-12-01T21:41:00Z", *change)
        assert "may leave from 2026-12-02 07:00" in on("2026-12-01T22:10:00Z", "share", "send", "x1", "--yes")
        on("2026-12-01T23:10:00Z", "share", "--due", "--yes")
        assert letters.letters == []
        on("2026-12-02T07:00:00Z", "share", "--due", "--yes")
        assert len(letters.letters) == 1

    def test_stages_that_change_places_while_the_first_waits(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01", "circle", "add", "guild", "--kind", "community", "--channel", "post")
        on("2026-12-01", "circle", "join", "guild", "ann", "--because", "peer")
        on("2026-12-01", "circle", "edit", "practice", "--channel", "post")
        on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "guild +1d")
        on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
        on("2026-12-01T10:05:00Z", "share", "plan", "x1", "--stage", "guild now", "--stage", "practice +1d")
        for at in ("2026-12-01T10:06:00Z", "2026-12-01T10:30:00Z", "2026-12-02T11:00:00Z", "2026-12-02T11:20:00Z"):
            on(at, "share", "--due", "--yes")
        assert len(letters.letters) == 1
        assert [row["state"] for row in on.pkm.json("share", "plan", "x1")] == ["sent", "sent"]

    def test_the_preview_of_what_is_queued_is_what_leaves(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
        on("2026-12-01T10:05:00Z", "share", "plan", "x1")
        shown = [row["sha256"] for row in on.pkm.json("share", "preview", "x1") if row["channel"] == "post"]
        on("2026-12-01T10:11:00Z", "share", "--due", "--yes")
        assert [row["sha256"] for row in on.pkm.json("share", "log", "x1") if row["channel"] == "post"] == shown

    def test_the_rest_of_a_stage_is_not_another_of_the_week(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01", "contact", "edit", "ken", "--email", "ken@example.org")
        on("2026-12-01", "circle", "join", "practice", "ken", "--because", "peer")
        on("2026-12-01", "config", "share.weekly", "practice 1")
        letters.refuse["ken@example.org"] = "451 later"
        on("2026-12-01", "share", "send", "x1", "--yes", ok=4)
        letters.refuse.clear()
        for at in ("2026-12-01T11:00:00Z", "2026-12-01T11:20:00Z"):
            on(at, "share", "--due", "--yes")
        assert len(letters.to("ken@example.org")) == 1

    def test_what_was_sent_by_hand_and_met_no_server_needs_no_time_to_cool(self, on: Days, letters: MailServer) -> None:
        letters.refuse["ann@example.org"] = "451 later"
        on("2026-12-01T10:00:00Z", "share", "send", "x1", "--yes", ok=4)
        letters.refuse.clear()
        on("2026-12-01T10:30:00Z", "share", "--due", "--yes")
        assert len(letters.letters) == 1

    def test_what_was_refused_and_is_tried_by_night_is_told_how_it_goes_at_once(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01T10:00:00Z", "circle", "edit", "practice", "--channel", "post")
        letters.refuse["ann@example.org"] = "550 no such user"
        on("2026-12-01T10:00:00Z", "share", "send", "x1", "--yes", ok=4)
        letters.refuse.clear()
        on("2026-12-01T10:00:00Z", "config", "share.quiet", "22:00-07:00")
        said = on("2026-12-01T23:00:00Z", "share", "send", "x1", "--yes", ok=None)
        assert letters.letters == []
        assert "pkm share send x1 --now" in said
        on("2026-12-01T23:00:00Z", "share", "send", "x1", "--now", "--yes")
        assert len(letters.letters) == 1

    def test_whose_address_is_another_and_when_what_waits_may_leave_is_told(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01T09:00:00Z", "share", "send", "x1", "--yes")
        on("2026-12-01T09:00:00Z", "contact", "edit", "ann", "--email", "ann@new.example")
        on("2026-12-01T09:00:00Z", "share", "draft", "n3", "--to", "practice", "--title", "Two")
        on("2026-12-01T09:00:00Z", "share", "plan", "x2", "--stage", "practice now")
        letters.refuse["ann@new.example"] = "451 later"
        assert "may leave from 2026-12-01 10:10" in on("2026-12-01T10:00:00Z", "share", "--due", "--yes")
        assert "may leave from" not in on("2026-12-01T11:00:00Z", "share", "--due", "--yes", ok=None)
        assert "Another address than last time" in on("2026-12-01T11:00:00Z", "share", "send", "x2", "--yes", ok=4)

    def test_notes_are_fixed_once_some_letters_have_left(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01", "contact", "edit", "ken", "--email", "ken@example.org")
        on("2026-12-01", "circle", "join", "practice", "ken", "--because", "peer")
        letters.refuse["ken@example.org"] = "451 later"
        on("2026-12-01", "share", "send", "x1", "--now", "--yes", ok=4)
        said = on("2026-12-01", "share", "edit", "x1", "--for", "practice", "--with", "n3", ok=2)
        assert "it has begun to leave" in said

    def test_quiet_hours_keep_them_and_the_folder_does_not_wait(self, on: Days, letters: MailServer, tmp_path: Path) -> None:
        on("2026-12-01", "config", "share.quiet", "22:00-07:00")
        on("2026-12-01T23:00:00Z", "share", "--due", "--yes")
        assert "RETROS" in text(tmp_path / "drop")
        on("2026-12-02T06:30:00Z", "share", "--due", "--yes")
        assert letters.letters == []
        on("2026-12-02T07:00:00Z", "share", "--due", "--yes")
        assert len(letters.letters) == 1

    def test_hours_that_became_quiet_since_keep_letters_that_could_have_left(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01T20:50:00Z", "share", "--due", "--yes")
        on("2026-12-01T20:55:00Z", "config", "share.quiet", "21:00-07:00")
        on("2026-12-01T23:00:00Z", "share", "--due", "--yes")
        assert letters.letters == []
        on("2026-12-02T07:00:00Z", "share", "--due", "--yes")
        assert len(letters.letters) == 1

    def test_a_draft_that_is_sent_by_hand_says_what_it_does_not_keep(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01T10:00:00Z", "config", "share.quiet", "22:00-07:00")
        on("2026-12-01T10:00:00Z", "config", "share.weekly", "practice 1")
        on("2026-12-01T10:00:00Z", "share", "draft", "n3", "--to", "practice")
        quiet, cap = "It is 23:10, and practice is quiet until 07:00. Sent by hand it goes at once", "ractice got 1 in the last"
        for at, told in (("2026-12-01T21:59:59Z", ()), ("2026-12-01T23:10:00Z", (quiet,)), ("2026-12-02T07:00:00Z", ())):
            for words in (("preview", "x2"), ("send", "x2", "--dry-run")):
                said = on(at, "share", *words)
                assert all(one in said for one in told)
                assert ("Sent by hand" in said) == bool(told)
        on("2026-12-02T08:00:00Z", "share", "send", "x1", "--yes", "--now")
        assert "Practice got 1 in the last 7 days" in on("2026-12-09T07:59:59Z", "share", "send", "x2", "--dry-run")
        assert cap not in on("2026-12-09T08:00:01Z", "share", "send", "x2", "--dry-run")
        assert len(letters.letters) == 1
        assert quiet in on("2026-12-09T23:10:00Z", "share", "send", "x2", "--yes")
        assert len(letters.letters) == 2

    def test_a_week_has_its_cap(self, on: Days, letters: MailServer) -> None:
        on("2026-12-01", "config", "share.weekly", "practice 1")
        on("2026-12-01", "share", "send", "x1", "--yes", "--now")
        on("2026-12-01", "share", "draft", "n3", "--to", "practice")
        on("2026-12-01", "share", "plan", "x2", "--stage", "practice now")
        assert "practice gets 1 a week at most" in on("2026-12-03", "share", "--due", "--yes")
        on("2026-12-02", "share", "hold", "x2")
        on("2026-12-08T10:00:00Z", "share", "hold", "x2", "--release")
        on("2026-12-08T10:00:01Z", "share", "--due", "--yes")
        on("2026-12-08T11:00:00Z", "share", "--due", "--yes")
        assert len(letters.letters) == 2


def test_what_no_community_got_is_said_before_all_that_is_new_goes_to_a_network(on: Days) -> None:
    said = on("2026-12-01", "share", "--yes")
    assert "went to no community yet. Without --yes, pkm share offers to go there first." in said
    assert "--offered" not in said  # it goes now


def test_it_goes_there_first_where_that_is_taken(on: Days, home: Path) -> None:
    said = run_on_pty(home, ["share"], [("practice first?", "y\n")])
    assert "To go there first: pkm share draft, then pkm share plan . --offered" in " ".join(said.split())
    assert "x2 is planned; nothing was sent. Next: pkm share send x2" in said
    assert [row["circle"] for row in on.pkm.json("share", "plan", "x2")] == ["practice", "network"]
    assert not (home / "site").exists()


def test_at_once_is_not_past_a_yes_or_a_hold(on: Days, tmp_path: Path) -> None:
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice after approval")
    on("2026-12-01", "share", "send", "x1", "--now", "--yes", ok=3)
    on("2026-12-01", "share", "approve", "x1")
    on("2026-12-01", "share", "hold", "x1")
    on("2026-12-01", "share", "send", "x1", "--now", "--yes", ok=3)
    assert not (tmp_path / "drop").exists()


def test_who_got_fewer_notes_is_not_named_as_having_another(on: Days) -> None:
    on("2026-12-01", "circle", "join", "network", "ken")
    on("2026-12-01", "share", "draft", "n2", "n3", "--to", "practice")
    on("2026-12-01", "sense", "reach", "n3", "network")
    on("2026-12-01", "share", "plan", "x2", "--stage", "practice now", "--stage", "network now")
    on("2026-12-01", "share", "edit", "x2", "--for", "network", "--only", "n2")
    on("2026-12-01", "share", "--due", "--yes")
    heard = on.pkm.json("share", "heard", "x2", "--from", "ann", "--contradicts", "n3", "not so")
    assert [one["title"] for one in heard["received"]] == ["Ann"]


def test_a_stage_and_what_it_waits_for_are_whole_on_a_terminal_of_80_columns(on: Days, home: Path) -> None:
    on("2026-12-01", "contact", "edit", "ken", "--name", "Konstantin Featherstone")
    on("2026-12-01", "share", "plan", "x1", "--stage", "practice now", "--stage", "network +14d after approval by ken")
    shown = run_on_pty(home, ["share", "plan", "x1"]).replace("\r", "").splitlines()
    assert shown[:2] == ["1  practice  due    now", "2  network   waits  +2 weeks, after approval by Konstantin Featherstone"]
    assert [line[:8] for line in shown[2:4]] == ["   waits", "     Kon"]
    assert max(map(len, shown)) <= 80
    told = "waits for practice to get it first, then 2 weeks, and for approval by Konstantin Featherstone"
    assert " ".join(" ".join(shown[2:4]).split()) == told


@pytest.mark.parametrize("typed", ["n\n", "\x03"])
def test_a_no_and_a_ctrl_c_both_say_that_nothing_was_sent(on: Days, home: Path, tmp_path: Path, typed: str) -> None:
    plan(on)
    shown = run_on_pty(home, ["share", "send", "x1"], [("[y/N]", typed)])
    assert shown.count("Nothing was sent.") == 1
    assert shown.endswith("exit 130" if typed == "\x03" else "exit 0")
    assert not (tmp_path / "drop").exists()
