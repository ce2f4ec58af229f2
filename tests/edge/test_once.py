"""Nobody gets the same twice: who moves between the circles of a plan, an address that two have, an account of two circles."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.social_server import TOKEN, Social
from tests.social_server import social as social

DAYS = ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "2026-11-24T11:00:00Z", "2026-11-24T12:00:00Z")
"""When the first stage is queued, when it leaves, and the same of the second."""


class Plan:
    """Two circles, practice and world, and a share of n1 that is planned for the one, and a day later for the other."""

    def __init__(self, pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pkm, self.home, self._monkeypatch = pkm, home, monkeypatch

    def make(self, *channel: str, people: tuple[str, ...] = ("Ann", "Cy")) -> None:
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

    def set(self, sql: str) -> None:
        with sqlite3.connect(self.home / "pkm.db") as db:
            db.execute(sql)

    def stages(self) -> list[str]:
        return [row["state"] for row in self.pkm.json("share", "plan", "x1")]


@pytest.fixture
def plan(pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + "c2VjcmV0IG9mIHNvbWUgbGVuZ3Ro")
    return Plan(pkm, home, monkeypatch)


@pytest.mark.parametrize("state", ["sent", "unknown", "held", "refused"])
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


def test_an_address_that_somebody_else_has_now_gets_it_once(plan: Plan, mail: MailServer) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann")
    plan.join("world", "cy")
    plan.due(0, 1)
    plan.pkm("contact", "edit", "ann", "--email", "ann@new.example")
    plan.pkm("contact", "edit", "cy", "--email", "Ann@example.org")
    plan.due(2, 3)
    assert ([to for to, _ in mail.letters], plan.stages()) == (["ann@example.org"], ["sent", "sent"])


@pytest.mark.parametrize("stop", [
    "UPDATE stage SET gate = json_set(gate, '$.held', json('{\"at\": \"\", \"because\": \"wait\"}'))",
    "UPDATE delivery SET state = 'cancelled' WHERE state = 'waiting'",
])  # fmt: skip
def test_what_is_stopped_between_two_letters_stays(plan: Plan, mail: MailServer, stop: str) -> None:
    plan.make(mail.url, "--from", "Me <me@example.org>")
    plan.join("practice", "ann", "cy")
    plan.due(0)
    mail.on_data = lambda when: plan.set(stop) if when == "after" else None
    plan.due(1)
    assert [to for to, _ in mail.letters] == ["ann@example.org"]


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


def test_other_words_are_another_post_and_another_channel_is_the_same_account(plan: Plan, social: Social) -> None:
    plan.make(f"mastodon+{social.url}", *ACCESS["mastodon"])
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
