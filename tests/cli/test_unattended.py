"""The pull that nobody watches: quiet, alone, stopped half-way; and how it is set up."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CommandLine, KeptHomes
from tests.edge.test_pull import rss
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.server import FeedServer


def test_quiet_says_nothing_when_all_is_well_and_what_failed_otherwise(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/f", rss("a")))
    assert pkm("seek", "--quiet") == ("", "", 0)
    server.add("/f", status=500)
    pkm("seek", "edit", "s1", "--every", "1h")
    ran = pkm("seek", "--quiet", ok=4)
    assert (ran.out, ran.err) == ("", "s1 Feed: the server answered 500 (internal server error)\n")


def test_a_second_pull_is_told_of_the_first_but_cron_is_not(pkm: CommandLine, home: Path) -> None:
    import fcntl

    pkm("seek", "list")
    with (home / "pull.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another pull is running" in pkm("seek", ok=1).err
        assert pkm("seek", "--quiet") == ("", "", 0)
        assert pkm("seek", "pull", "--quiet") == ("", "", 0)
        assert pkm("seek", "pull", "--quiet", "--json", ok=1).out == ""


def test_ctrl_c_in_a_real_process_keeps_what_is_finished(pkm: CommandLine, server: FeedServer, home: Path) -> None:
    for name in ("1", "2", "3", "later", "stuck"):
        pkm("seek", "add", server.add(f"/{name}", rss(f"t{name}")))
    server.add("/later", rss("later"), delay_s=1)  # meanwhile the first three are read
    server.add("/stuck", rss("stuck"), delay_s=15)
    asked = len(server.requests)
    process = subprocess.Popen(
        [sys.executable, "-m", "pkm", "seek", "pull", "--all", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=os.environ,
    )  # fmt: skip
    while len(server.requests) < asked + 5:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    report = json.loads(out)
    assert process.returncode == 4
    assert report["interrupted"]
    assert 1 <= report["new"] == 5 - report["left"] < 5
    assert "Traceback" not in err
    assert len(pkm.json("sense", "inbox")) == report["new"]


def test_ctrl_c_in_any_command_says_what_came_of_it(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/stuck", rss("stuck"), delay_s=15)
    process = subprocess.Popen(
        [sys.executable, "-m", "pkm", "seek", "add", url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ,
    )  # fmt: skip
    while not server.requests:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "Stopped. Nothing was changed in the store."
    assert pkm.json("seek", "list") == []


def test_config_timer_prints_and_installs_nothing(pkm: CommandLine, home: Path) -> None:
    ran = pkm("config", "timer")
    assert f"Environment=PKM_HOME={home}" in ran.out.splitlines()
    assert "enable --now pkm-seek.timer" in ran.out
    assert "Nothing was installed" in ran.err
    assert pkm("config", "timer", "--cron").out.startswith(f"*/30 * * * * PKM_HOME={home} /")
    units = pkm.json("config", "timer")
    assert units["kind"] == "timer"
    assert units["service"] in ran.out


class TestSentOffline:
    """A share without a plan that was sent while its server was away."""

    @pytest.fixture
    def away(self, pkm: CommandLine, mail: MailServer, home: Path, kept_homes: KeptHomes) -> CommandLine:
        kept_homes.fill(home, "away", lambda: self.live(pkm))
        pkm("share", "channel", "edit", "mail", "--address", mail.url)
        return pkm

    def live(self, pkm: CommandLine) -> None:
        pkm("share", "channel", "add", "mail", "smtp://127.0.0.1:1", "--from", "me@example.org")
        pkm("circle", "add", "peers", "--kind", "community", "--channel", "mail")
        for who in ("ann", "cy"):
            pkm("contact", "add", who, "--email", f"{who}@example.org")
            pkm("circle", "join", "peers", who, "--because", "peer")
        pkm("sense", "note", "Walking retros work", "--reach", "community")
        pkm("share", "draft", "n1", "--to", "peers", "--title", "Walking")
        assert "connection refused" in pkm("share", "send", "x1", "--yes", ok=4).err

    def test_it_goes_when_due_is_run(self, away: CommandLine, mail: MailServer) -> None:
        assert "x1  Walking  for peers: would go" in away("share", "--due", "--dry-run").out
        mail.refuse["cy@example.org"] = "451 later"
        away("share", "--due", "--yes", ok=4)
        mail.refuse["cy@example.org"] = "550 no such user"
        away("share", "--due", "--yes", ok=4)
        mail.refuse.clear()
        away("share", "--due", "--yes")  # what was refused, only the person tries again
        assert [to for to, _ in mail.letters] == ["ann@example.org"]

    @pytest.mark.parametrize(("first", "said"), [
        (["sense", "edit", "n1", "--text", "Walking never works"], "it would say something else by now"),
        (["share", "hold", "x1"], "Nothing planned waits to go"), (["sense", "reach", "n1", "private"], "may not go there"),
    ])  # fmt: skip
    def test_it_stays_where_it_is_another_or_may_not(
        self, away: CommandLine, mail: MailServer, first: list[str], said: str
    ) -> None:
        away(*first)
        result = away("share", "--due", "--yes", ok=(0, 4))
        assert said in result.out + result.err
        assert mail.letters == []

    def test_it_stays_where_it_is_late(self, away: CommandLine, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PKM_NOW", "2026-11-28T09:00:00Z")
        assert "it should have gone on 2026-11-23" in away("share", "--due", "--yes").err
        assert mail.letters == []
