"""How sources do, as it is shown: the list and its orders, one source, the doctor."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine, KeptHomes
from tests.edge.test_pull import rss
from tests.server import FeedServer

WALL = "<!DOCTYPE html><html><head><title>Making sure you&#39;re not a bot!</title></head></html>"


@pytest.fixture
def read(pkm: CommandLine, server: FeedServer, home: Path, kept_homes: KeptHomes) -> CommandLine:
    """Three sources of twelve items: all of s1 are kept, one of s2, none of s3 was decided on."""
    names = ("Loved", "Noise", "Untouched")
    urls = [server.add(f"/{name}", rss(*(f"{name}{n}" for n in range(12)), name=name)) for name in names]
    kept_homes.fill(home, "health", lambda: live(pkm, urls))
    return pkm


def live(pkm: CommandLine, urls: list[str]) -> None:
    for url in urls:
        pkm("seek", "add", url)
        pkm("seek", "pull", "--all")
    for number in range(1, 13):
        pkm("sense", "keep", f"i{number}")
        pkm("sense", "keep" if number == 1 else "drop", f"i{number + 12}")


def test_the_list_says_how_much_is_kept_and_sorts_by_it(read: CommandLine) -> None:
    rows = read.json("seek", "list")
    assert [(row["kept"], row["decided"], row["signal"]) for row in rows] == [(12, 12, 1.0), (1, 12, 0.083), (0, 0, None)]
    assert all(row["items_per_week"] == 12.0 for row in rows)
    assert [row["id"] for row in read.json("seek", "list", "--sort", "noise")] == ["s2", "s1", "s3"]
    assert [row["id"] for row in read.json("seek", "list", "--sort", "signal")] == ["s1", "s2", "s3"]
    assert [row["id"] for row in read.json("seek", "list", "--sort", "signal", "-n", "1")] == ["s1"]
    ran = read("seek", "list", "--sort", "noise")
    assert "Of s2 you kept 1 of 12. Leave them: pkm seek remove s2" in ran.err
    assert "1/12" in ran.out
    assert "--sort loud" in read("seek", "list", "--sort", "loud", ok=2).err


def test_with_few_decisions_no_noise_is_named(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/f", rss("a")))
    pkm("seek", "pull")
    pkm("sense", "drop", "i1")
    assert "Nothing can be said yet" in pkm("seek", "list", "--sort", "noise").err


def test_the_longest_silent_first(pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pkm("seek", "add", server.add("/a", rss("a", name="A")))
    pkm("seek", "add", server.add("/b", rss("b", name="B")))
    pkm("seek", "pull")
    monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
    server.add("/a", rss("a", "more", name="A"))
    pkm("seek", "pull", "--all")
    assert [row["id"] for row in pkm.json("seek", "list", "--sort", "quiet")] == ["s2", "s1"]


def test_silence_is_counted_from_the_newest_item(pkm: CommandLine, server: FeedServer) -> None:
    """All three are pulled at once, and the one that was added last has been silent for longest."""
    for name, day in (("new", 20), ("none", 0), ("old", 3), ("middle", 9)):
        feed = rss("a", name=name).replace("<guid", f"<pubDate>{day} Nov 2026 09:00:00 GMT</pubDate><guid")
        pkm("seek", "add", server.add(f"/{name}", feed))
    server.add("/none", status=500)
    pkm("seek", "pull", "--all", ok=4)
    assert [row["id"] for row in pkm.json("seek", "list", "--sort", "quiet")] == ["s3", "s4", "s1", "s2"]


def test_what_gave_nothing_the_last_time_is_listed_by_the_doctor(
    pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkm("seek", "add", server.add("/f", rss("a")))
    pkm("seek", "pull", "--all")
    server.add("/f", status=500)
    pkm("seek", "pull", "--all", ok=4)
    assert "1 source gave nothing the last time: pkm doctor" in pkm().out
    (found,) = pkm.json("doctor")
    assert (found["id"], found["health"], found["state"], found["next"]) == ("s1", "failing", "told", "pkm seek pull s1")
    assert "1 failure in a row" in found["title"]
    for day in (24, 25):
        monkeypatch.setenv("PKM_NOW", f"2026-11-{day}T09:00:00Z")
        pkm("seek", "pull", "--all", ok=4)
    assert pkm.json("doctor", ok=1)[0]["state"] == "wrong"


def test_the_doctor_tells_kinds_apart_with_the_command_for_each(
    pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("dead", "blocked", "wall", "auth", "broken", "moved", "quiet", "well")
    for name in names:
        pkm("seek", "add", server.add(f"/{name}", rss("a", name=name)))
    pkm("seek", "pull", "--all")
    server.add("/dead", status=410)
    server.add("/blocked", status=403)
    server.add("/wall", WALL, status=403, content_type="text/html")
    server.add("/auth", status=401)
    server.add("/broken", "<html><body>hello</body></html>", content_type="text/html")
    server.add("/moved", redirect_to="/new", status=301)
    server.add("/new", rss("a", "b", name="moved"))
    monkeypatch.setenv("PKM_NOW", "2027-11-25T09:00:00Z")
    server.add("/well", rss("a", "b", name="well"))
    pkm("seek", "pull", "--all", ok=4)
    found = {row["id"]: row for row in pkm.json("doctor", ok=1)}
    assert {number: row["health"] for number, row in found.items()} == {
        "s1": "dead", "s2": "blocked", "s3": "blocked", "s4": "auth", "s5": "broken", "s6": "moved", "s7": "quiet",
    }  # fmt: skip
    assert "(Anubis)" in found["s3"]["title"]
    assert found["s2"]["next"].startswith('pkm seek edit s2 --user-agent "')
    assert found["s6"]["next"] == f"pkm seek edit s6 --url {server.url}/new"
    assert {number for number, row in found.items() if row["state"] == "told"} == {"s6", "s7"}
    assert pkm.json("seek", "show", "s1")["health"]["kind"] == "dead"
    shown = pkm("seek", "show", "s4").out
    assert "auth (1)" in shown
    assert "pkm seek edit s4 --credential env:NAME" in shown
    for number in ("s1", "s2", "s3", "s4", "s5"):
        pkm("seek", "edit", number, "--pause")
    assert {row["state"] for row in pkm.json("doctor")} == {"told"}


def test_show_says_how_often_and_why(read: CommandLine) -> None:
    assert "every     60 min: the least interval" in read("seek", "show", "s1").out
    assert "12 items a week; in a year you decided on 12 and kept 12" in read("seek", "show", "s1").out
    read("seek", "edit", "s1", "--every", "2d")
    assert read.json("seek", "show", "s1")["interval"] == "every 2 days: as you set it"
