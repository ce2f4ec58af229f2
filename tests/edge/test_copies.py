"""A home that was copied, or put back from a backup: what was queued leaves from one of them, and from the other once said."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pkm.config import Home
from pkm.share import ledger
from pkm.store.session import Store
from tests.conftest import CommandLine, KeptHomes
from tests.mail_server import MailServer
from tests.mail_server import mail as mail

QUEUED, LATER = "2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z"


class Homes:
    """The command line in one home or another, at a time."""

    def __init__(self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pkm, self._monkeypatch = pkm, monkeypatch

    def __call__(self, home: Path, at: str, *words: object, ok: int | None = 0) -> str:
        self._monkeypatch.setenv("PKM_HOME", str(home))
        self._monkeypatch.setenv("PKM_NOW", at)
        result = self.pkm(*words, ok=ok)
        return result.out + result.err


@pytest.fixture
def run(
    pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, home: Path, mail: MailServer, kept_homes: KeptHomes
) -> Homes:
    """A home where a share is planned for Ann's circle, which gets letters; nothing of it is queued yet."""
    run = Homes(pkm, monkeypatch)
    kept_homes.fill(home, "copies", lambda: live(run, home, mail), mail.url)
    return run


def live(run: Homes, home: Path, mail: MailServer) -> None:
    for line in (
        ["share", "channel", "add", "mail", mail.url, "--from", "Me <me@example.org>"],
        ["circle", "add", "practice", "--kind", "community", "--channel", "mail"],
        ["contact", "add", "Ann", "--nick", "ann", "--email", "ann@example.org"],
        ["circle", "join", "practice", "ann", "--because", "peer"],
        ["sense", "note", "Walking retros work", "--reach", "community"],
        ["share", "draft", "n1", "--to", "practice", "--title", "Walking"], ["share", "plan", "x1", "--stage", "practice now"],
    ):  # fmt: skip
        run(home, QUEUED, *line)


def whole(run: Homes, home: Path, other: Path) -> None:
    shutil.copytree(home, other)


def restored(run: Homes, home: Path, other: Path) -> None:
    run(home, QUEUED, "backup", home.parent / "b1.db")
    run(other, QUEUED, "backup", "--restore", home.parent / "b1.db", "--yes")


def restored_with_its_ledger(run: Homes, home: Path, other: Path) -> None:
    restored(run, home, other)
    shutil.copy(home / "outbox.log", other)


def restored_where_another_plan_is(run: Homes, home: Path, other: Path) -> None:
    shutil.copytree(home, other)  # where something else was planned, before all this
    (other / "outbox.log").unlink()
    with Store(Home(other, other, other)).unit() as unit:
        unit.connection.execute("UPDATE share SET state = 'draft'")
    run(other, QUEUED, "share", "drop", "x1")
    run(other, QUEUED, "share", "draft", "n1", "--to", "practice")
    run(other, QUEUED, "share", "plan", "x2", "--stage", "practice now")
    restored(run, home, other)
    run(other, QUEUED, "share", "hold", "x1", "--release")  # it is on hold, since a store was there


@pytest.mark.parametrize(("copy", "queued"), [
    (whole, True), (whole, False), (restored, True), (restored, False), (restored_with_its_ledger, True),
    (restored_where_another_plan_is, True),
])  # fmt: skip
def test_a_copy_holds_what_is_queued_until_it_is_said(
    run: Homes, home: Path, mail: MailServer, copy: Callable[[Homes, Path, Path], None], queued: bool
) -> None:
    other = home.parent / "other"
    if queued:
        assert "may leave from 2026-12-01 10:10" in run(home, QUEUED, "share", "--due", "--yes")
    copy(run, home, other)
    for at in (LATER, "2026-12-01T11:20:00Z"):
        run(home, at, "share", "--due", "--yes")
        told = run(other, at, "share", "--due", "--yes", ok=None)
    assert len(mail.letters) == 1
    assert "pkm share log --resolve copy sent" in told
    assert "--resolve copy sent|refused" in run(other, LATER, "doctor", ok=1)
    run(other, LATER, "share", "send", "x1", "--now", "--yes", ok=None)
    assert len(mail.letters) == 1
    assert "1 held letter counts as sent" in run(other, LATER, "share", "log", "--resolve", "copy", "sent")
    run(other, LATER, "share", "--due", "--yes")
    assert len(mail.letters) == 1
    assert "nothing tells" in run(other, LATER, "share", "log", "--resolve", "copy", "sent", ok=2)
    run(other, LATER, "share", "draft", "n1", "--to", "practice", "--title", "Another")
    run(other, LATER, "share", "send", "x2", "--yes")
    assert len(mail.letters) == 2


@pytest.mark.parametrize("anew", [False, True], ids=["same channel", "another channel"])
def test_what_was_a_draft_is_held_too_where_its_store_is_put_back(run: Homes, home: Path, mail: MailServer, anew: bool) -> None:
    """Nothing was queued at the time of the backup; what was done with the draft since, only the other home knows."""
    other = home.parent / "other"
    run(home, QUEUED, "share", "drop", "x1")
    run(home, QUEUED, "share", "draft", "n1", "--to", "practice", "--title", "Walking")
    run(home, QUEUED, "backup", home.parent / "b1.db")
    run(other, QUEUED, "backup", "--restore", home.parent / "b1.db", "--yes")
    if anew:
        run(other, QUEUED, "share", "channel", "remove", "mail", "--yes")
        run(other, QUEUED, "share", "channel", "add", "mail2", mail.url, "--from", "Me <me@example.org>")
        run(other, QUEUED, "circle", "edit", "practice", "--channel", "mail2")
    for place in (home, other):
        run(place, QUEUED, "share", "plan", "x2", "--stage", "practice now")
        for at in (QUEUED, LATER):
            told = run(place, at, "share", "--due", "--yes", ok=None)
    assert len(mail.letters) == 1
    assert "pkm share log --resolve copy" in told
    run(other, LATER, "share", "send", "x2", "--now", "--yes", ok=None)
    assert len(mail.letters) == 1


def test_the_copy_sends_what_is_queued_where_it_is_the_one(run: Homes, home: Path, mail: MailServer) -> None:
    other = home.parent / "other"
    run(home, QUEUED, "share", "--due", "--yes")
    whole(run, home, other)
    told = run(other, LATER, "share", "--due", "--yes", ok=4)
    assert told.count("--resolve copy refused") == told.count("Held: 1 letter to Ann") == 1
    run(other, LATER, "share", "log", "--resolve", "copy", "refused")
    run(other, LATER, "share", "--due", "--yes")
    assert len(mail.letters) == 1


def test_what_the_other_home_plans_stays_there_and_is_asked_about_again(run: Homes, home: Path, mail: MailServer) -> None:
    other = home.parent / "other"
    whole(run, home, other)
    assert "0 held letters count as sent" in run(other, QUEUED, "share", "log", "--resolve", "copy", "sent")
    run(other, QUEUED, "share", "--due", "--yes")
    assert "does not know that this was queued" in run(other, LATER, "share", "--due", "--yes", ok=4)
    run(home, LATER, "share", "--due", "--yes")
    run(home, "2026-12-01T11:20:00Z", "share", "--due", "--yes")
    assert len(mail.letters) == 1


@pytest.mark.parametrize("place", ["same", "moved", "put back"])
def test_a_home_that_is_moved_sends_and_one_that_is_put_back_asks(
    run: Homes, home: Path, mail: MailServer, place: str
) -> None:
    run(home, QUEUED, "share", "--due", "--yes")
    now = home.parent / "now" if place == "moved" else home
    if place == "moved":
        home.rename(now)
    elif place == "put back":
        shutil.copytree(home, home.parent / "kept")
        shutil.rmtree(home)
        shutil.copytree(home.parent / "kept", home)
    told = run(now, LATER, "share", "--due", "--yes", ok=None)
    assert len(mail.letters) == (0 if place == "put back" else 1), told
    assert ("its home was put back from a copy" in told) == (place == "put back")


def of_before(home: Home) -> None:
    """The ledger is as a version before left it: without its place, and without what is queued."""
    path = ledger.path_of(home)
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    path.write_text("".join(line for line in lines if '"home"' not in line and '"queued"' not in line))


@pytest.mark.parametrize("queued", [True, False])
def test_two_homes_with_a_ledger_of_before_hold_what_waits_until_one_is_said_to_be_it(
    run: Homes, home: Path, mail: MailServer, queued: bool
) -> None:
    other = home.parent / "other"
    if queued:
        run(home, QUEUED, "share", "--due", "--yes")
    of_before(Home(home, home, home))
    whole(run, home, other)
    for one in (home, other, home):
        told = run(one, LATER, "share", "--due", "--yes", ok=None)
        told += run(one, LATER, "share", "send", "x1", "--now", "--yes", ok=None)
        assert "does not say which home it is of" in told
        assert mail.letters == []
    run(home, LATER, "share", "log", "--resolve", "copy", "refused")
    run(other, LATER, "share", "log", "--resolve", "copy", "sent")
    for at in ("2026-12-01T11:30:00Z", "2026-12-01T12:00:00Z"):
        for one in (home, other):
            run(one, at, "share", "--due", "--yes", ok=None)
    assert len(mail.letters) == 1


@pytest.mark.parametrize("words", [
    ["share", "--due", "--yes"], ["share", "plan", "x2", "--stage", "practice now"], ["share", "send", "x2", "--yes"],
])  # fmt: skip
def test_a_home_with_a_ledger_of_before_goes_on_where_nothing_waits(
    run: Homes, home: Path, mail: MailServer, words: list[str]
) -> None:
    run(home, QUEUED, "share", "send", "x1", "--now", "--yes")
    run(home, QUEUED, "share", "draft", "n1", "--to", "practice", "--title", "Another")
    paths = Home(home, home, home)
    of_before(paths)
    run(home, LATER, *words)
    assert (ledger.place(paths) or {})["inode"] == ledger.path_of(paths).stat().st_ino
    run(home, LATER, "share", "send", "x2", "--yes", ok=None)
    run(home, "2026-12-01T11:30:00Z", "share", "--due", "--yes")
    assert len(mail.letters) == 2


def test_a_restore_that_is_refused_leaves_no_question_behind(run: Homes, home: Path, mail: MailServer, tmp_path: Path) -> None:
    from pkm.store.version import SCHEMA_VERSION

    other, copy = home.parent / "other", tmp_path / "newer.db"
    run(home, QUEUED, "backup", copy)
    with sqlite3.connect(copy) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    assert "newer pkm" in run(other, QUEUED, "backup", "--restore", copy, "--yes", ok=1)
    assert not (other / "outbox.log").exists()
