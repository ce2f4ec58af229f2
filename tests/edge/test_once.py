"""Nobody gets the same twice: who moves between the circles of a plan, an address that two have, an account of two circles."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pkm.errors import StoreError
from pkm.share import transmit
from pkm.share.delivery_keys import Keys
from pkm.store import deliveries, shares
from pkm.store.connection import connect_to_read
from tests.conftest import CommandLine, KeptHomes
from tests.edge.test_answers_by_mail import report
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.social_server import TOKEN, Social
from tests.social_server import social as social

DAYS = ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "2026-11-24T11:00:00Z", "2026-11-24T12:00:00Z")
"""When the first stage is queued, when it leaves, and the same of the second."""


class Plan:
    """Two circles, practice and world, and a share of n1 that is planned for the one, and a day later for the other."""

    def __init__(self, pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch, kept_homes: KeptHomes) -> None:
        self.pkm, self.home, self._monkeypatch, self._kept_homes = pkm, home, monkeypatch, kept_homes

    def make(self, server: str, *channel: str, people: tuple[str, ...] = ("Ann", "Cy")) -> None:
        """channel: what else the way to that server is told, of each kind the same in every test."""
        name = " ".join(("once", server.partition(":")[0], *people, *(word for word in channel if "/" not in word)))
        self._kept_homes.fill(self.home, name, lambda: self._live(server, *channel, people=people), server)

    def _live(self, *channel: str, people: tuple[str, ...]) -> None:
        self.pkm("share", "channel", "add", "way", *channel)
        for name, kind in (("practice", "community"), ("world", "network")):
            self.pkm("circle", "add", name, "--kind", kind, "--channel", "way")
        for one in people:
            self.pkm("contact", "add", one, "--nick", one.lower(), "--email", f"{one.lower()}@example.org")
        self.pkm("sense", "note", "Walking retros work", "--reach", "network")
        self.pkm("share", "draft", "n1", "--to", "practice", "--title", "Walking")
        self.pkm("share", "plan", "x1", "--stage", "practice now", "--stage", "world +1d")

    def join(self, circle: str, *people: str) -> None:
        for one in people:
            self.pkm("circle", "join", circle, one, "--because", "peer")

    def due(self, *days: int) -> str:
        told = ""
        for day in days:
            self._monkeypatch.setenv("PKM_NOW", DAYS[day])
            result = self.pkm("share", "--due", "--yes", ok=None)
            told += result.out + result.err
        return told

    def set_now(self, at: str) -> None:
        self._monkeypatch.setenv("PKM_NOW", at)

    def set(self, sql: str) -> None:
        with sqlite3.connect(self.home / "pkm.db") as db:
            db.execute(sql)

    def stages(self) -> list[str]:
        return [row["state"] for row in self.pkm.json("share", "plan", "x1")]


@pytest.fixture
def plan(pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch, kept_homes: KeptHomes) -> Plan:
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + "c2VjcmV0IG9mIHNvbWUgbGVuZ3Ro")
    return Plan(pkm, home, monkeypatch, kept_homes)


@pytest.mark.parametrize("state", ["sent", "unknown", "sending", "held", "refused"])
def test_who_moves_to_a_later_circle_gets_it_once(plan: Plan, mail: MailServer, state: str) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.join("world", "ann", "cy")
    plan.due(0, 1)
    assert [to for to, _ in mail.letters] == ["ann@example.org"]
    plan.pkm("circle", "leave", "practice", "ann")
    plan.pkm("contact", "edit", "ann", "--email", "ann@new.example")
    plan.set(f"UPDATE delivery SET state = '{state}', attempts = 1")
    told = plan.pkm("share", "check", "x1").err
    assert ("c1 Ann: has x1 already; no second letter goes for world" in told) == (state != "refused")
    plan.due(2, 3)
    went = {to for to, _ in mail.letters[1:]}
    assert went == {"cy@example.org"} | ({"ann@new.example"} if state == "refused" else set())


def test_a_stage_that_everybody_has_already_has_gone(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.join("world", "ann")
    plan.due(0, 1, 2, 3)
    assert (len(mail.letters), plan.stages()) == (1, ["sent", "sent"])
    plan.pkm("share", "retract", "x1", "--because", "it did not hold", "--yes")
    plan.pkm("share", "send", "x2", "--yes")  # the correction is meant for who has it
    assert [to for to, _ in mail.letters] == ["ann@example.org"] * 2


@pytest.mark.parametrize("reworded", [["practice"], ["practice", "world"]], ids=["for one", "for both"])
def test_a_correction_says_no_title_that_its_circle_has_not_read(
    plan: Plan, mail: MailServer, reworded: list[str]
) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.join("world", "cy")
    plan.pkm("share", "edit", "x1", "--title", "Why ACME fails")
    for circle in reworded:
        plan.pkm("share", "edit", "x1", "--for", circle, "--title", "On walks")
    plan.due(0, 1, 2, 3)
    plan.pkm("share", "retract", "x1", "--because", "it did not hold", "--yes")
    plan.pkm("share", "send", "x2", "--yes")
    assert [b"ACME" in letter for _, letter in mail.letters] == [False, len(reworded) == 1, False, False]
    assert [b"On walks" in letter for _, letter in mail.letters[2:]] == [len(reworded) == 2] * 2
    assert all(b"it did not hold" in letter for _, letter in mail.letters[2:])


def test_a_correction_says_no_title_that_the_share_has_only_since(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.pkm("sense", "note", "Why ACME fails", "--reach", "network")
    plan.pkm("share", "draft", "n2", "--to", "practice")
    plan.pkm("share", "edit", "x2", "--for", "practice", "--note", "n2", "-m", "On walks")
    plan.pkm("share", "send", "x2", "--yes")
    plan.pkm("sense", "edit", "n2", "--text", "Why that firm fails")
    plan.pkm("share", "retract", "x2", "--because", "it did not hold", "--yes")
    plan.pkm("share", "send", "x3", "--yes")
    assert [(b"ACME" in letter, b"On walks" in letter) for _, letter in mail.letters] == [(False, True)] * 2


@pytest.mark.parametrize("when", ["now", "after approval"])
def test_a_correction_that_is_planned_goes_to_nobody_who_never_got_it(plan: Plan, mail: MailServer, when: str) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.due(0, 1)
    plan.join("practice", "cy")
    plan.join("world", "cy")
    plan.pkm("share", "retract", "x1", "--because", "it did not hold", "--yes")
    told = plan.pkm("share", "plan", "x2", "--stage", "world now", ok=2).err
    assert "it corrects x1, of which no letter went there" in told
    plan.pkm("share", "plan", "x2", "--stage", f"practice {when}")
    plan.pkm("share", "approve", "x2", "--by", "ann", ok=None)
    plan.due(1, 2)
    assert ([to for to, _ in mail.letters], plan.pkm.json("share", "plan", "x2")[0]["state"]) == (["ann@example.org"] * 2, "sent")


@pytest.mark.parametrize(("stop", "go"), [
    (["hold", "x1"], ["hold", "x1", "--release"]),
    (["approve", "x1", "--by", "ann", "--objects"], ["approve", "x1", "--by", "ann"]),
], ids=["hold", "objection"])  # fmt: skip
@pytest.mark.parametrize("alone", [True, False], ids=["the last stage", "one before another"])
def test_what_stopped_a_stage_that_passed_since_can_be_taken_back(
    plan: Plan, mail: MailServer, stop: list[str], go: list[str], alone: bool
) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    plan.pkm("share", "plan", "x1", "--stage", "practice no objection", *([] if alone else ["--stage", "world +9d"]))
    mail.refuse["cy@example.org"], mail.drop_after_data = "550 no such user", True
    plan.pkm("share", "send", "x1", "--yes", ok=None)
    mail.refuse.clear()
    mail.drop_after_data = False
    plan.pkm("share", *stop)
    plan.pkm("share", "log", "--resolve", "d1", "sent")
    told = plan.pkm("share", "send", "x1", "--yes", ok=None)
    assert " ".join(["pkm share", *go[:2]]) in told.out + told.err
    assert len(mail.letters) == 1
    plan.pkm("share", *go)
    plan.pkm("share", "send", "x1", "--yes")
    assert [to for to, _ in mail.letters] == ["ann@example.org", "cy@example.org"]


@pytest.mark.parametrize("away", [True, False], ids=["who was away", "who was there"])
@pytest.mark.parametrize("address", ["cy@new.example", "cy@example.org"], ids=["a new one", "the first one again"])
def test_a_letter_goes_once_and_to_an_address_that_they_have(plan: Plan, mail: MailServer, away: bool, address: str) -> None:
    """One that they had may be somebody else's by now, and one that was mistyped always is."""
    plan.make(mail.url, "--from", "Me <me@example.org>", people=("Ann", "Cy", "Ken"))
    plan.join("practice", "ann", "cy", "ken")
    mail.refuse |= {f"{one}@example.org": "451 later" for one in ("cy", "ken")} | {"cy@new.example": "451 later"}
    plan.due(0, 1)
    if away:
        plan.pkm("circle", "leave", "practice", "cy", "--because", "moved on")
        plan.due(1)
        plan.join("practice", "cy")
    plan.pkm("contact", "edit", "cy", "--email", "cy@new.example")
    plan.due(1)
    plan.pkm("contact", "edit", "cy", "--email", address)
    mail.refuse.clear()
    shown = plan.pkm("share", "send", "x1", "--dry-run").out
    assert (f"Cy <{address}>" in shown, shown.count("Cy <"), shown.count("Ken <")) == (True, 1, 1)
    plan.due(1, 1, 2, 3)
    assert sorted(to for to, _ in mail.letters) == ["ann@example.org", address, "ken@example.org"]


def test_who_has_no_address_and_is_back_keeps_nothing_waiting(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.pkm("contact", "add", "Nell", "--nick", "nell")
    plan.join("practice", "ann", "cy", "nell")
    mail.refuse["cy@example.org"] = "451 later"
    plan.due(0, 1)
    plan.pkm("circle", "leave", "practice", "nell", "--because", "moved on")
    plan.due(1)
    plan.join("practice", "nell")
    mail.refuse.clear()
    assert "Nell: no e-mail address is known" in plan.due(1)
    assert plan.stages() == ["sent", "waits"]


def test_who_comes_into_a_closer_circle_after_its_stage_gets_it_in_the_next(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.join("world", "cy")
    plan.due(0, 1)
    plan.join("practice", "cy")
    plan.due(1, 2, 3)
    assert [to for to, _ in mail.letters] == ["ann@example.org", "cy@example.org"]


@pytest.mark.parametrize("back", ["put back", "lost and put back", "lost and imported"])
@pytest.mark.parametrize("planned", [False, True], ids=["a draft", "a plan"])
def test_what_was_stopped_after_a_copy_that_is_put_back_does_not_leave_by_itself(
    plan: Plan, home: Path, mail: MailServer, back: str, planned: bool
) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    if not planned:
        plan.pkm("share", "drop", "x1")
        plan.pkm("share", "draft", "n1", "--to", "practice", "--title", "At once")
    share = "x1" if planned else "x2"
    mail.refuse["ann@example.org"] = "451 later"
    plan.pkm("share", "send", share, "--yes", ok=4)
    plan.pkm("backup", home.parent / "copy.db")
    plan.pkm("export", home.parent / "export")
    plan.pkm("share", "retract", share, "--yes")
    mail.refuse.clear()
    if back != "put back":
        for file in home.glob("pkm.db*"):
            file.unlink()
    how = ["import", home.parent / "export"] if back == "lost and imported" else ["backup", "--restore", home.parent / "copy.db"]
    told = plan.pkm(*how, "--yes").err
    assert f"pkm share hold {share} --release" in told
    plan.due(0, 1)
    assert mail.letters == []
    plan.pkm("share", "hold", share, "--release")
    plan.due(1)
    assert len(mail.letters) == 1


def test_who_leaves_one_circle_of_a_share_gets_it_as_one_of_the_other(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.pkm("share", "drop", "x1")
    plan.join("practice", "ann", "cy")
    plan.join("world", "cy")
    plan.pkm("share", "draft", "n1", "--to", "practice", "--to", "world")
    mail.refuse["cy@example.org"] = "451 later"
    plan.pkm("share", "send", "x2", "--yes", ok=4)
    plan.pkm("circle", "leave", "practice", "cy", "--because", "moved on")
    assert "Cy <cy@example.org>" in plan.pkm("share", "send", "x2", "--dry-run").out
    mail.refuse.clear()
    plan.due(0, 1)
    assert [to for to, _ in mail.letters] == ["ann@example.org", "cy@example.org"]
    assert plan.pkm.json("share", "log", "x2")[0]["circle"] == "world"


@pytest.mark.parametrize("refused", ["451 later", "550 no such user"])
def test_a_channel_that_is_removed_while_letters_wait_stops_nothing_else(
    plan: Plan, mail: MailServer, tmp_path: Path, refused: str
) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    mail.refuse["cy@example.org"] = refused
    plan.pkm("share", "send", "x1", "--yes", ok=4)
    plan.pkm("share", "channel", "remove", "way", "--yes")
    plan.pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    plan.pkm("circle", "edit", "world", "--channel", "drop")
    told = plan.due(0, 2, 3)
    assert ("did not foresee" in told, "To try again" in told, plan.stages()) == (False, False, ["sent", "sent"])
    plan.pkm("share", "send", "x1", "--yes")
    assert [row["error"] for row in plan.pkm.json("share", "log", "x1") if row["contact"] == "c2"] == ["its channel was removed"]
    assert len(mail.letters) == 1


def test_what_is_said_to_have_been_refused_by_a_channel_that_was_removed_goes_nowhere(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    mail.drop_after_data = True
    plan.pkm("share", "send", "x1", "--yes", ok=4)
    plan.pkm("share", "channel", "remove", "way", "--yes")
    plan.pkm("share", "log", "--resolve", "d1", "sent")
    plan.pkm("share", "log", "--resolve", "d2", "refused")
    told = plan.pkm("share", "send", "x1", "--yes", ok=None)
    assert "did not foresee" not in told.err
    assert "did not foresee" not in plan.due(1, 2)


def test_an_introduction_goes_to_the_other_at_their_new_address(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.pkm("contact", "introduce", "ann", "cy", "-m", "You both walk.")
    mail.refuse["cy@example.org"] = "451 later"
    plan.pkm("share", "send", "x2", "--yes", ok=4)
    plan.pkm("contact", "edit", "cy", "--email", "cy@new.example")
    plan.pkm("share", "send", "x2", "--yes")
    assert [to for to, _ in mail.letters] == ["ann@example.org", "cy@new.example"]
    assert b"cy@example.org" not in mail.letters[1][1]


def test_a_copy_is_put_back_when_a_run_that_is_sending_has_settled_its_letters(plan: Plan, home: Path, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    plan.pkm("backup", home.parent / "copy.db")
    restore = [sys.executable, "-m", "pkm", "backup", "--restore", str(home.parent / "copy.db"), "--yes"]
    begun: list[subprocess.Popen[bytes]] = []

    def restored(when: str) -> None:
        if when == "after" and not begun:
            begun.append(subprocess.Popen(restore, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
            with contextlib.suppress(subprocess.TimeoutExpired):
                begun[0].wait(2)

    mail.on_data = restored
    assert "sent by way to 2 people" in plan.pkm("share", "send", "x1", "--yes").out
    assert b"is on hold" in begun[0].communicate()[1]
    plan.pkm("share", "hold", "x1", "--release")
    assert "outbox.log says left here are held" in plan.pkm("share", "send", "x1", "--yes", ok=4).err
    assert len(mail.letters) == 2


@pytest.mark.parametrize("more", [[], ["--stage", "world +9d"]], ids=["the last stage", "one before another"])
@pytest.mark.parametrize("way", ["due", "send", "held", "late"])
def test_what_was_refused_and_met_no_server_when_it_was_tried_again_is_not_lost(
    plan: Plan, mail: MailServer, more: list[str], way: str, home: Path
) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    plan.join("world", "ann")
    plan.pkm("share", "plan", "x1", "--stage", "practice now", *more)
    mail.refuse["cy@example.org"] = "550 no such user"
    plan.pkm("share", "send", "x1", "--yes", ok=4)
    plan.pkm("contact", "edit", "cy", "--email", "cy@new.example")
    mail.refuse["cy@new.example"] = "451 later"
    plan.pkm("share", "send", "x1", "--yes", ok=4)
    plan.due(1)
    mail.refuse.clear()
    if way == "send":
        plan.pkm("share", "send", "x1", "--yes")
    elif way == "held":
        plan.pkm("backup", home.parent / "copy.db")
        plan.pkm("backup", "--restore", home.parent / "copy.db", "--yes")
        assert "pkm share hold x1 --release" in plan.due(1)
        plan.pkm("share", "hold", "x1", "--release")
    elif way == "late":
        plan.set_now("2026-11-28T10:00:00Z")
        assert "waits for you: it was tried on 2026-11-23 (pkm share send x1)" in plan.pkm("share", "--due", "--yes").err
        plan.pkm("share", "send", "x1", "--yes")
    plan.due(1, 1)
    assert [to for to, _ in mail.letters] == ["ann@example.org", "cy@new.example"]


def test_an_address_that_somebody_else_has_now_gets_it_once(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.join("world", "cy")
    plan.due(0, 1)
    plan.pkm("contact", "edit", "ann", "--email", "ann@new.example")
    plan.pkm("contact", "edit", "cy", "--email", "Ann@example.org")
    plan.due(2, 3)
    assert ([to for to, _ in mail.letters], plan.stages()) == (["ann@example.org"], ["sent", "sent"])


def test_an_address_that_another_got_it_at_meanwhile_gets_it_once(plan: Plan, mail: MailServer, tmp_path: Path) -> None:
    """It was refused there before the second of the two got a letter of their own, which waits."""
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    for circle, who in (("practice", "ann"), ("world", "cy")):
        plan.pkm("circle", "edit", circle, "--channel", "+drop")
        plan.join(circle, who)
    mail.refuse["ann@example.org"] = "550 no such user"
    plan.due(0, 1)
    mail.refuse.clear()
    plan.pkm("contact", "edit", "ann", "--email", "ann@new.example")
    plan.pkm("contact", "edit", "cy", "--email", "ann@example.org")
    plan.due(2)
    plan.set("UPDATE delivery SET state = 'sent' WHERE state = 'refused'")
    plan.due(3)
    assert ([to for to, _ in mail.letters], plan.stages()) == ([], ["sent", "sent"])


@pytest.mark.parametrize("stop", [
    "UPDATE stage SET gate = json_set(gate, '$.held', json('{\"at\": \"\", \"because\": \"wait\"}'))",
    "UPDATE stage SET gate = json_set(gate, '$.objections', json('[{\"by\": \"c2\", \"name\": \"Cy\"}]'))",
    "UPDATE delivery SET state = 'cancelled' WHERE state = 'waiting'",
])  # fmt: skip
def test_what_is_stopped_between_two_letters_stays(plan: Plan, mail: MailServer, stop: str) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    plan.due(0)
    mail.on_data = lambda when: plan.set(stop) if when == "after" else None
    plan.due(1)
    assert [to for to, _ in mail.letters] == ["ann@example.org"]


@pytest.mark.parametrize(("refused", "others", "meanwhile"), [
    ({"ann": "550 no such user", "cy": "451 later"}, ["cy"], []), ({"ann": "550 no such user"}, ["cy"], []),
    ({"ann": "550 no such user", "cy": "550 nor he"}, [], []),
    ({"ann": "550 no such user", "cy": "550 nor he"}, [], ["sense", "edit", "n1", "--text", "Walking works"]),
], ids=["one waits", "one went", "none went", "other words"])  # fmt: skip
def test_what_was_refused_goes_again_only_when_the_person_says_so(
    plan: Plan, mail: MailServer, refused: dict[str, str], others: list[str], meanwhile: list[str]
) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    mail.refuse |= {f"{who}@example.org": why for who, why in refused.items()}
    told = plan.due(0, 1)
    assert "refused, to Ann <ann@example.org>" in told
    assert "To try again: pkm share send x1" in told
    mail.refuse.clear()
    if meanwhile:
        plan.pkm(*meanwhile)
    assert "To try again: pkm share send x1" in plan.due(1, 1, 1)
    assert [to for to, _ in mail.letters] == [f"{who}@example.org" for who in others]
    assert "To try again: pkm share send x1" in plan.pkm("share", "log").err
    plan.pkm("share", "hold", "x1")
    plan.pkm("share", "send", "x1", "--yes", ok=3)
    plan.pkm("share", "hold", "x1", "--release")
    plan.pkm("share", "send", "x1", "--yes")
    assert sorted(to for to, _ in mail.letters) == ["ann@example.org", "cy@example.org"]
    assert "refused" not in plan.pkm("share", "log").err


def test_what_was_refused_stays_so_where_its_stage_gets_another_place(plan: Plan, mail: MailServer, tmp_path: Path) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    mail.refuse["ann@example.org"] = "550 no such user"
    plan.due(0, 1)
    mail.refuse.clear()
    plan.pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    plan.pkm("circle", "add", "club", "--kind", "community", "--channel", "drop")
    plan.pkm("share", "plan", "x1", "--stage", "club now", "--stage", "practice now")
    assert "To try again: pkm share send x1" in plan.due(1, 2, 3)
    assert not mail.letters
    assert [row["error"] for row in plan.pkm.json("share", "log", "x1") if row["channel"] == "way"] == ["550 no such user"]


def test_what_was_refused_before_does_not_go_at_night(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    mail.refuse["ann@example.org"] = "550 no such user"
    plan.due(0, 1)
    mail.refuse.clear()
    plan.pkm("config", "share.quiet", "09:30-10:30")
    assert "its next stage may not go now" in plan.pkm("share", "send", "x1", "--yes", ok=3).err
    assert mail.to("ann@example.org") == []
    plan.pkm("share", "send", "x1", "--now", "--yes", ok=None)
    assert len(mail.to("ann@example.org")) == 1


def test_a_letter_is_not_sent_again_where_the_store_could_not_say_that_it_left(
    plan: Plan, home: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command holds the store from the moment that a letter is taken for longer than is waited for."""
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    plan.due(0)
    monkeypatch.setattr("pkm.store.connection.BUSY_MS", 50)
    other = sqlite3.connect(home / "pkm.db", isolation_level=None, check_same_thread=False)
    settled = transmit._settle

    def released_late(*given: Any) -> transmit.Result:
        try:
            return settled(*given)
        except StoreError:
            other.execute("ROLLBACK")
            raise

    def hold(when: str) -> None:
        if when == "after" and len(mail.letters) == 1:
            other.execute("BEGIN IMMEDIATE")

    mail.on_data = hold
    monkeypatch.setattr(transmit, "_settle", released_late)
    assert "did not finish" in plan.due(1)
    other.close()
    plan.due(1, 1)
    assert sorted(to for to, _ in mail.letters) == ["ann@example.org", "cy@example.org"]
    assert [row["state"] for row in plan.pkm.json("share", "log", "x1")] == ["sent", "unknown"]


@pytest.mark.parametrize(("others", "state"), [(("cy",), "sent"), (("cy",), "451 later"), ((), "sent")])
def test_a_report_that_anybody_can_send_makes_no_second_copy(
    plan: Plan, mail: MailServer, tmp_path: Path, others: tuple[str, ...], state: str
) -> None:
    for part in ("new", "cur"):
        (tmp_path / "in" / part).mkdir(parents=True)
    plan.make(mail.url, "--from", "Me <me@example.org>", "--inbox", f"maildir:{tmp_path / 'in'}")
    plan.join("practice", "ann", *others)
    plan.join("world", "ann")
    if state != "sent":
        mail.refuse["cy@example.org"] = state
    plan.due(0, 1)
    for number in range(3):
        (tmp_path / "in" / "new" / str(number)).write_bytes(report(mail.to("ann@example.org")[0]))
        assert ("d1 of x1 to Ann <ann@example.org> came back" in plan.pkm("share", "heard").err) == (number == 0)
        plan.due(1)
    plan.pkm("sense", "edit", "n1", "--text", "Walking retros work well")
    plan.pkm("contact", "edit", "ann", "--email", "ann@new.example")
    plan.pkm("share", "--to", "practice", "--yes", ok=None)
    plan.pkm("share", "send", "x1", "--yes", ok=None)
    plan.due(2, 3)
    said = plan.pkm("share", "send", "x1", "--yes", ok=None)
    assert [to for to, _ in mail.letters if to != "me@example.org"] == ["ann@example.org", *(
        f"{one}@example.org" for one in others if state == "sent")]  # fmt: skip
    assert "d1 of x1 to Ann <ann@example.org> came back: 550 5.1.1 no such user" in said.err
    assert "pkm share log --resolve d1 refused, then pkm share send x1" in said.err
    plan.pkm("share", "log", "--resolve", "d1", "refused")
    plan.pkm("share", "send", "x1", "--now", "--yes", ok=None)
    assert len(mail.to("ann@new.example")) == 1


def test_a_run_of_two_stages_says_once_what_came_back(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.pkm("circle", "add", "third", "--kind", "network", "--channel", "way")
    for circle, who in (("practice", "ann"), ("world", "cy"), ("third", "cy")):
        plan.join(circle, who)
    plan.pkm("share", "plan", "x1", "--stage", "practice now", "--stage", "world +1d", "--stage", "third +2d")
    plan.due(0, 1)
    plan.set("UPDATE delivery SET state = 'refused', error = 'it came back: 550 no'")
    plan.due(2)
    said = plan.due(3)
    assert "x1 for third waits" in said
    assert mail.to("cy@example.org")
    assert said.count("d1 of x1 to Ann <ann@example.org> came back") == 1


def test_the_ledger_is_on_the_disk_before_a_letter_leaves(plan: Plan, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    path, fsync = plan.home / "outbox.log", os.fsync
    monkeypatch.setattr("os.fsync", lambda number: (fsync(number), synced.append(path.read_text())))
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.due(0)
    mail.on_data = lambda when: when == "before" and monkeypatch.undo() and None
    plan.due(1)
    assert json.loads(synced[-1].splitlines()[-1])["state"] == "sending"


ACCESS = {"mastodon": ("--token-env", "SOCIAL_TOKEN"), "bluesky": ("--login", "me.example", "--password-env", "SOCIAL_TOKEN"),
          "matrix": ("--room", "!abc:example.org", "--token-env", "SOCIAL_TOKEN"), "webhook": ("--secret-env", "HOOK_SECRET")}


@pytest.mark.parametrize("kind", ACCESS)
def test_an_account_of_two_circles_says_it_once(plan: Plan, social: Social, kind: str) -> None:
    plan.make(f"{kind}+{social.url}", *ACCESS[kind])
    assert "the same is posted there for practice; nothing is posted twice" in plan.pkm("share", "preview", "x1").err
    plan.due(0, 1, 2, 3)
    assert (len(social.made), plan.stages()) == (1, ["sent", "sent"])


def test_a_stage_that_passed_without_its_post_keeps_no_later_one_back(plan: Plan, social: Social) -> None:
    plan.make(f"mastodon+{social.url}", *ACCESS["mastodon"])
    plan.due(0, 1)
    plan.set("UPDATE delivery SET state = 'refused', error = '422 no'")
    plan.due(2, 3)
    assert (len(social.made), plan.stages()) == (2, ["sent", "sent"])


def test_a_post_that_may_be_there_is_not_made_for_a_circle_that_comes_before_by_now(plan: Plan, social: Social) -> None:
    """A store put back took its post for one that waits, and held it."""
    plan.make(f"mastodon+{social.url}", *ACCESS["mastodon"])
    plan.due(0, 1)
    plan.set("UPDATE delivery SET state = 'held', error = 'outbox.log says it began to leave'")
    plan.set("UPDATE stage SET passed_at = NULL")
    plan.pkm("share", "plan", "x1", "--stage", "world now", "--stage", "practice +1d")
    plan.due(1, 1)
    assert (len(social.made), plan.stages()) == (1, ["sent", "waits"])


def test_other_words_are_another_post_and_another_channel_is_the_same_account(
    plan: Plan, social: Social, tmp_path: Path
) -> None:
    plan.make(f"mastodon+{social.url}", *ACCESS["mastodon"])
    plan.pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    plan.pkm("circle", "edit", "practice", "--channel", "+drop")
    plan.pkm("share", "channel", "add", "same", f"mastodon+{social.url}", *ACCESS["mastodon"])
    plan.pkm("circle", "edit", "world", "--channel", "way", "--channel", "same")
    plan.pkm("share", "edit", "x1", "--for", "world", "--note", "n1", "-m", "Walk, and talk")
    plan.due(0, 1, 2, 3)
    assert (len(social.made), plan.stages()) == (2, ["sent", "sent"])
    plan.pkm("sense", "note", "Silence works", "--reach", "network")
    plan.pkm("share", "draft", "n2", "--to", "practice", "--to", "world", "--title", "At once")
    plan.pkm("share", "send", "x2", "--yes")
    assert len(social.made) == 3
    assert plan.pkm.json("share", "log", "x2")[0]["state"] == "sent"


def test_a_delivery_has_a_key_of_its_own_however_its_address_is_written(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.due(0, 1)
    with contextlib.closing(connect_to_read(plan.home / "pkm.db")) as db:
        keys = Keys(db, shares.row(db, 1) or {})
        (step, later), channel = shares.stages(db, 1), shares.channel_named(db, "way")
        first = keys.of(step, channel, "ann@example.org", 1)
        assert [row["key"] for row in deliveries.frozen(db, 1)] == [first]
        assert keys.of({**later, "position": step["position"]}, channel, "ann@example.org", 1) != first
        assert keys.of(later, channel, "Ann@Example.org", 1) == keys.of(later, channel, "ann@example.org", 1)
