"""Private feeds and hosts that refuse a program's name: what is sent, to whom, and what is shown of it."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.edge.cases.conftest import Reader, rss
from tests.server import FeedServer

SECRET = "ann:s3cret"
BASIC = "Basic YW5uOnMzY3JldA=="


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FEED_SECRET", SECRET)
    return "env:FEED_SECRET"


def test_the_secret_is_sent_and_only_its_place_is_kept(
    pkm: CommandLine, server: FeedServer, secret: str, home: Path
) -> None:
    pkm("seek", "add", server.add("/f", rss("a")), "--credential", secret)
    pkm("seek", "pull", "--all")
    assert [request.headers.get("authorization") for request in server.requests] == [BASIC, BASIC]
    server.add("/f", status=403)
    shown = [
        pkm(*words.split(), ok=None)
        for words in ("seek pull --all", "seek list --json", "seek show s1 --json", "seek export", "log", "log --json",
                      "doctor", "why s1", "undo", "undo --json")
    ]  # fmt: skip
    assert '"credential": "env:FEED_SECRET"' in shown[1].out
    assert not [ran for ran in shown if "s3cret" in ran.out + ran.err or "YW5u" in ran.out + ran.err]
    assert not [path for path in home.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]


def test_the_credential_stays_out_of_a_list_of_feeds(pkm: CommandLine, server: FeedServer, secret: str) -> None:
    pkm("seek", "add", server.add("/f", rss("a")), "--credential", secret)
    assert "FEED_SECRET" not in pkm("seek", "export").out


def test_it_is_dropped_on_the_way_to_another_server_and_goes_to_no_new_address_by_itself(
    reader: Reader, secret: str
) -> None:
    with FeedServer() as other:
        there = other.add("/g", rss("a"))
        url = reader.give(path="/f", redirect_to=there, status=301)
        with reader.store.unit() as unit:
            unit.connection.execute("UPDATE source SET credential = ?", (secret,))
        for _ in range(4):
            reader.pull(days=4)
        assert {"authorization" in request.headers for request in reader.server.requests} == {True}
        assert {"authorization" in request.headers for request in other.requests} == {False}
        assert (reader.source()["url"], reader.source()["moved_to"]) == (url, there)


def test_a_secret_that_cannot_be_read_is_its_sources_failure_and_asks_nobody(
    pkm: CommandLine, server: FeedServer, tmp_path: Path
) -> None:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    path.chmod(0o600)
    for number in range(4):
        pkm("seek", "add", server.add(f"/{number}", rss("a")), "--credential", f"file:{path}")
    pkm("seek", "add", server.add("/open", rss("b")))
    path.chmod(0o644)
    asked = len(server.requests)
    ran = pkm.json("seek", "pull", "--all", ok=4)
    assert (ran["failed"], ran["new"], len(server.requests)) == (4, 1, asked + 1)
    (why,) = {failure["why"] for failure in ran["failures"]}
    assert why.startswith("the credential at file:/")
    assert why.endswith(f": others on this machine could read it (644): chmod 600 {path}")


def test_add_and_edit_say_where_the_secret_is_or_nothing_at_all(
    pkm: CommandLine, server: FeedServer, secret: str
) -> None:
    url = server.add("/f", rss("a"))
    ran = pkm("seek", "add", url, "--credential", SECRET, ok=2)
    assert "s3cret" not in ran.err
    assert server.requests == []
    pkm("seek", "add", url)
    assert pkm.json("seek", "edit", "s1", "--credential", secret)["credential"] == secret
    assert pkm.json("seek", "edit", "s1", "--credential", "")["credential"] == ""


def test_a_password_in_the_address_is_warned_of_and_stands_in_no_log(pkm: CommandLine, server: FeedServer) -> None:
    server.add("/f", rss("a"))
    url = f"http://ann:s3cret@127.0.0.1:{server.port}/f"
    assert "--credential env:NAME" in pkm("seek", "add", url).err
    pkm("seek", "edit", "s1", "--url", url.replace("s3cret", "s3cret2"))
    shown = [pkm(*words.split()) for words in ("log", "log --json", "undo", "log", "undo 3 --json")]
    assert not [ran for ran in shown if "s3cret" in ran.out + ran.err]
    assert "http://127.0.0.1" in shown[0].out


def test_a_host_that_refuses_the_programs_name_is_asked_under_another(
    pkm: CommandLine, server: FeedServer
) -> None:
    url = server.add("/f", rss("a"))
    row = pkm.json("seek", "add", url, "--user-agent", "Ann's reader")
    assert row["user_agent"] == "Ann's reader"
    server.add("/f", redirect_to="/g")
    server.add("/g", rss("a"))
    pkm("seek", "pull", "--all")
    assert {request.headers["user-agent"] for request in server.requests} == {"Ann's reader"}
    pkm("seek", "edit", "s1", "--user-agent", "")
    pkm("seek", "pull", "--all")
    assert server.requests[-1].headers["user-agent"].startswith("pkm/")
    pkm("seek", "edit", "s1", "--user-agent", "ä", ok=2)


def test_a_feed_may_be_handed_over_and_no_command_is_run(pkm: CommandLine) -> None:
    pkm("seek", "add", "stdin:made", "--title", "Made")
    assert pkm.json("seek", "pull", "--all")["sources"] == 0
    assert pkm.json("seek", "pull", "s1", "--stdin", stdin=rss("a", "b"))["new"] == 2
    assert pkm.json("seek", "pull", "made", "--stdin", stdin=rss("a", "b", "c"))["new"] == 1
    assert "pull s1 --stdin" in pkm("seek", "pull", "s1", ok=2).err
    again = pkm.json("seek", "pull", "s1", "--stdin", stdin=rss("a", "b", "c"))
    assert (again["new"], again["unchanged"]) == (0, 3)
    assert "neither XML nor JSON" in pkm("seek", "pull", "s1", "--stdin", stdin="/etc/passwd", ok=4).err
    assert "exactly one source" in pkm("seek", "pull", "--stdin", stdin=rss("a"), ok=2).err
    assert "stdin:NAME" in pkm("seek", "add", "exec:rm -r x", "--force", ok=3).err


def test_a_secret_stays_behind_where_its_source_is_sent_to_another_server(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/private", rss("a")), "--credential", "env:TOKEN", "--force")
    told = pkm("seek", "edit", "s1", "--url", "http://127.0.0.2:1/stolen").err
    assert "Its secret belonged to" in told
    assert pkm.json("seek", "show", "s1")["credential"] == ""
    pkm("undo")
    assert pkm.json("seek", "show", "s1")["credential"] == "env:TOKEN"
    pkm("seek", "edit", "s1", "--url", f"{server.url}/moved")
    assert pkm.json("seek", "show", "s1")["credential"] == "env:TOKEN"
