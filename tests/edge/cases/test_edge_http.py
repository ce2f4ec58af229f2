"""The edge cases of the field, 1 to 28: what servers answer. Each test bears its number in the list."""

import gzip
from datetime import timedelta

import pytest

from pkm.net import fetch as fetching
from pkm.store import sources, tags
from pkm.store.journal import undo
from tests.conftest import CommandLine
from tests.edge.cases.conftest import HTML, LOOPBACK, Reader, entry, rss
from tests.server import Answer, FeedServer


def test_01_a_304_brings_new_validators(reader: Reader) -> None:
    first, second = {"ETag": '"1"'}, {"ETag": '"2"', "Last-Modified": "then"}
    reader.follow(reader.server.script("/f", [Answer(rss("a"), headers=first), Answer(status=304, headers=second)]))
    reader.pull()
    assert reader.pull(hours=1).unchanged == 1
    assert (reader.source()["etag"], reader.source()["modified"]) == ('"2"', "then")
    reader.pull(hours=1)
    assert (reader.asked("if-none-match"), reader.asked("if-modified-since")) == ('"2"', "then")


def test_02_a_304_without_anything_to_compare_with_is_a_failure_that_is_told(reader: Reader) -> None:
    reader.give(status=304)
    report = reader.pull()
    assert (report.failed, report.unchanged) == (1, 0)
    assert "304" in report.failures[0]["why"]
    reader.give(rss("a"))
    assert reader.pull(hours=2).new == 1


@pytest.mark.parametrize(
    "etag", [pytest.param('W/"weak"', id="03"), pytest.param("unquoted", id="04"), pytest.param('"abc-gzip"', id="05")]
)
def test_03_04_05_an_etag_goes_back_as_it_came(reader: Reader, etag: str) -> None:
    reader.give(rss("a"), etag=etag)
    reader.pull()
    assert reader.pull(hours=1).unchanged == 1
    assert reader.asked("if-none-match") == etag
    assert reader.source()["etag"] == etag


def test_06_a_last_modified_that_is_no_gmt_goes_back_as_it_came(reader: Reader) -> None:
    odd = "Mon, 23 Nov 2026 10:00:00 +0100 (CET)"
    reader.give(rss("a"), modified=odd)
    reader.pull()
    reader.pull(hours=1)
    assert reader.asked("if-modified-since") == odd


def test_07_a_server_that_answers_304_for_ever_is_asked_without_conditions_each_week(reader: Reader) -> None:
    reader.follow(reader.server.script("/f", [Answer(rss("a"), etag='"1"'), Answer(rss("a", "b"), etag='"1"')]))
    reader.pull()
    brought = [reader.pull(days=1).new for _ in range(9)]
    assert sum(brought) == 1
    assert brought[0] == 0


def test_08_a_226_is_a_part_and_what_it_leaves_out_stays(reader: Reader) -> None:
    delta = Answer(rss("c"), status=226, headers={"ETag": '"2"', "IM": "feed"})
    reader.follow(reader.server.script("/f", [Answer(rss("a", "b"), etag='"1"'), delta, Answer(rss("a", "b"))]))
    reader.pull()
    whole = reader.source()["body_hash"]
    assert (reader.pull(hours=1).new, reader.titles) == (1, ["a", "b", "c"])
    assert (reader.source()["etag"], reader.source()["body_hash"]) == ('"2"', whole)
    report = reader.pull(hours=1)
    assert (report.new, report.unchanged) == (0, 3)


def test_09_a_chain_with_a_302_in_it_changes_no_address(reader: Reader) -> None:
    reader.server.add("/b", redirect_to="/c", status=302)
    reader.server.add("/c", rss("a"))
    url = reader.give(path="/a", redirect_to="/b", status=301)
    for _ in range(4):
        reader.pull(days=4)
    assert (reader.source()["url"], reader.titles) == (url, ["a"])


def test_10_a_301_to_a_login_page_changes_no_address_and_takes_nothing(reader: Reader) -> None:
    url = reader.give(rss("a"))
    reader.pull()
    reader.server.add("/login", "<!doctype html><html><title>Log in</title></html>", content_type=HTML)
    reader.server.add("/f", redirect_to="/login", status=301)
    for _ in range(5):
        assert "a web page, not a feed" in reader.pull(days=3).failures[0]["why"]
    assert (reader.source()["url"], reader.titles) == (url, ["a"])


def test_11_a_redirect_onto_what_is_followed_is_told_at_first(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/new", rss("a")))
    pkm("seek", "add", server.add("/old", rss("a")))
    server.add("/old", redirect_to="/new", status=301)
    told = "s2 now leads to what s1 follows; if that lasts a week, the two become one."
    assert told in pkm("seek", "pull", "--all").err.splitlines()
    assert pkm.json("seek", "pull", "--all")["doubled"] == [{"id": "s2", "of": "s1"}]
    assert [row["url"] for row in pkm.json("seek", "list")] == [f"{server.url}/new", f"{server.url}/old"]


def test_11_after_a_week_the_two_are_one_with_all_that_was_decided(
    pkm: CommandLine, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.give(rss("a", "b"), "/new")
    reader.give(rss("a", "c"), "/old")
    reader.pull()
    pkm("contact", "add", "Ann Lee")
    pkm("seek", "edit", "s2", "--contact", "c1", "--tag", "+trust")
    kept, other = (row["id"] for row in pkm.json("find", "from:s2") if row["title"] in "ac")
    pkm("sense", "keep", kept, other, "--tag", "gold")
    reader.server.add("/old", redirect_to="/new", status=301)
    reader.pull(hours=1)
    reader.now += timedelta(days=8)
    report = pkm.json("seek", "pull", "--all")
    assert report["merged"] == [{"id": "s2", "into": "s1", "moved": 1, "same": 2}]
    (row,) = pkm.json("seek", "list")
    assert (row["id"], row["contact"], row["tags"], row["items"]) == ("s1", "c1", ["trust"], 3)
    assert {(item["title"], item["state"]) for item in pkm.json("find", "kind:item")} == {
        ("a", "kept"), ("b", "inbox"), ("c", "kept")
    }  # fmt: skip
    assert pkm.json("seek", "pull", "--all")["new"] == 0
    pkm("undo", str(next(row["id"] for row in pkm.json("log") if "merged" in row["summary"])))
    assert [row["url"].rpartition("/")[2] for row in pkm.json("seek", "list")] == ["new", "old"]
    assert [row["items"] for row in pkm.json("seek", "list")] == [2, 3]
def test_11_after_a_week_they_are_one_with_items_and_states_kept(reader: Reader) -> None:
    page = "http://ex.org/"
    reader.give(rss(entry("x1", "both", page + "1"), entry("x2", "new one", page + "2")), "/new")
    reader.give(rss(entry("y1", "both", page + "1"), entry("y3", "old one", page + "3"), entry("y4", "seen")), "/old")
    reader.pull()
    for title in ("both", "seen"):
        with reader.store.unit() as unit:
            unit.connection.execute("UPDATE item SET state = 'kept', decided_at = ? WHERE source_id = 2 AND title = ?",
                                    ("2026-11-23T09:00:00Z", title))  # fmt: skip
    reader.server.add("/old", redirect_to="/new", status=301)
    assert reader.pull(days=1).merged == []
    report = reader.pull(days=8)
    assert [(one["id"], one["into"]) for one in report.merged] == [("s2", "s1")]
    assert report.doubled == []
    assert reader.titles == ["both", "new one", "old one", "seen"]
    assert {item["title"]: item["state"] for item in reader.items()} == {
        "both": "kept", "new one": "inbox", "old one": "inbox", "seen": "kept",
    }  # fmt: skip
    assert {item["source"] for item in reader.items()} == {"s1"}
    again = reader.pull(hours=1)
    assert (again.sources, again.new, len(reader.titles)) == (1, 0, 4)


def test_11_a_merge_can_be_undone(reader: Reader) -> None:
    reader.give(rss("a", "b"), "/new")
    reader.give(rss("b", "c"), "/old")
    with reader.store.unit() as unit:
        tags.put(unit, "source", 2, ["x"])
    reader.pull()
    reader.server.add("/old", redirect_to="/new", status=308)
    reader.pull(hours=1)
    before = reader.items()
    reader.store.operation = None  # the next command
    assert reader.pull(days=8).merged
    assert sources.row(reader.store.read(), 1)["tags"] == ["x"]
    number = reader.store.operation
    reader.store.operation = None
    undo(reader.store, number)
    assert [(item["id"], item["source"]) for item in reader.items()] == [(item["id"], item["source"]) for item in before]
    assert sources.row(reader.store.read(), 2)["tags"] == ["x"]


def test_11_a_merge_that_was_taken_back_is_not_made_again(reader: Reader) -> None:
    reader.give(rss("a"), "/new")
    reader.give(rss("b"), "/old")
    reader.pull()
    reader.server.add("/old", redirect_to="/new", status=301)
    reader.pull(hours=1)
    reader.store.operation = None
    assert reader.pull(days=8).merged
    number, reader.store.operation = reader.store.operation, None
    undo(reader.store, number)
    report = reader.pull(days=9)
    assert (report.merged, report.doubled) == ([], [{"id": "s2", "of": "s1"}])
    assert reader.source(2)["url"].endswith("/old")


def test_11_what_another_host_called_its_entries_means_nothing_here(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    with FeedServer(host="127.0.0.2") as other:
        reader.follow(reader.server.add("/feed", rss("now")))
        reader.follow(other.add("/junk", rss("now", "tomorrow")))
        reader.pull()
        reader.decide("tomorrow", "dropped")
        other.add("/junk", redirect_to=f"{reader.server.url}/feed", status=301)
        reader.pull(hours=1)
        assert reader.pull(days=8).merged
    reader.server.add("/feed", rss("now", entry("tomorrow", "Tomorrow", text="the real words")))
    report = reader.pull(hours=1)
    assert (report.new, report.updated) == (1, 0)
    assert {item["title"]: item["state"] for item in reader.items()}["Tomorrow"] == "inbox"


def test_12_a_loop_ends(reader: Reader) -> None:
    reader.server.add("/b", redirect_to="/a")
    reader.give(path="/a", redirect_to="/b")
    assert "more than 5 redirects" in reader.pull().failures[0]["why"]
    assert len(reader.server.requests) == 6


def test_13_from_https_to_http_is_followed_and_never_believed(
    reader: Reader, secure: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(LOOPBACK))
    fetching._ssl_context.cache_clear()
    plain = reader.server.add("/f", rss("a"))
    url = secure.add("/f", redirect_to=plain, status=301)
    reader.follow(url)
    try:
        assert [reader.pull(days=5).failed for _ in range(4)] == [0] * 4
    finally:
        fetching._ssl_context.cache_clear()
    assert (reader.source()["url"], reader.source()["moved_to"], reader.titles) == (url, None, ["a"])


def test_14_a_308_that_is_taken_back_counts_from_the_beginning(reader: Reader) -> None:
    url = reader.give(path="/f", redirect_to="/g", status=308)
    reader.server.add("/g", rss("a"))
    reader.pull()
    reader.server.add("/f", rss("a"))
    assert reader.pull(days=3).moved == []
    reader.server.add("/f", redirect_to="/g", status=308)
    assert reader.pull(days=3).moved == []
    assert reader.pull(days=6).moved == []
    assert reader.source()["url"] == url
    assert reader.pull(days=2).moved == [{"id": "s1", "from": url, "to": f"{reader.server.url}/g"}]
    assert (reader.source()["url"], reader.titles) == (f"{reader.server.url}/g", ["a"])


def test_15_what_was_gone_is_asked_monthly_and_comes_back(reader: Reader) -> None:
    reader.follow(reader.server.script("/f", [Answer(rss("a")), Answer(status=410), Answer(rss("a", "b"))]))
    reader.pull()
    assert "gone for good" in reader.pull(hours=1).failures[0]["why"]
    assert reader.source()["state"] == "gone"
    assert reader.pull(all=False, days=29).sources == 0
    assert reader.pull(all=False, days=2).new == 1
    assert (reader.source()["state"], reader.titles) == ("active", ["a", "b"])


@pytest.mark.parametrize(
    ("wait", "next_at"),
    [
        ("Mon, 23 Nov 2026 14:30:00 GMT", "2026-11-23T14:30:00Z"),
        ("19800", "2026-11-23T14:30:00Z"),
        ("-5", "2026-11-23T10:00:00Z"),
        ("soon", "2026-11-23T10:00:00Z"),
        ("315360000", "2026-12-24T09:00:00Z"),
        ("Thu, 23 Nov 2036 09:00:00 GMT", "2026-12-24T09:00:00Z"),
    ],
)
def test_16_retry_after_as_it_is_written(reader: Reader, wait: str, next_at: str) -> None:
    reader.give(status=503, headers={"Retry-After": wait, "Date": "Mon, 23 Nov 2026 09:00:00 GMT"})
    reader.pull()
    assert reader.source()["next_at"] == next_at


def test_16_the_whole_host_waits_and_says_so_once(pkm: CommandLine, server: FeedServer) -> None:
    busy = {"status": 429, "headers": {"Retry-After": "19800", "Date": "Mon, 23 Nov 2026 09:00:00 GMT"}}
    for number in range(4):
        pkm("seek", "add", server.add(f"/{number}", rss("a")))
    server.add("/0", **busy)
    told = "the server answered 429 (too many requests): its host waits until 14:30"
    ran = pkm("seek", "pull", ok=4)
    assert f"s1 Feed: {told} (3 more sources of that host wait too)" in ran.err.splitlines()


def test_16_a_host_that_waits_is_not_asked_by_a_later_run_whatever_it_is_told(reader: Reader) -> None:
    reader.give(rss("b"), "/b")
    reader.give(path="/a", status=429, headers={"Retry-After": "7200"})
    reader.pull(ids=[2])
    asked = len(reader.server.requests)
    report = reader.pull(minutes=90)
    assert (len(reader.server.requests), report.failed) == (asked, 2)
    assert [failure["why"] for failure in report.failures] == [
        "its host waits until 11:00 (1 more source of that host waits too)"
    ]
    assert (reader.source(1)["failures"], reader.source(1)["next_at"]) == (0, "2026-11-23T11:00:00Z")
    reader.server.add("/a", rss("a"))
    assert reader.pull(minutes=31).new == 2


def test_17_a_503_without_a_time_backs_off_and_stops_no_other(reader: Reader) -> None:
    reader.give(status=503)
    reader.give(rss("b"), "/b")
    assert (reader.pull().new, reader.source()["next_at"]) == (1, "2026-11-23T10:00:00Z")
    reader.pull(ids=[1], hours=1)
    assert reader.source()["next_at"] == "2026-11-23T12:00:00Z"


def test_18_sixteen_years_are_a_day(reader: Reader) -> None:
    reader.give(rss("a"), headers={"Cache-Control": f"max-age={16 * 365 * 86400}"})
    reader.pull()
    assert reader.source()["next_at"] == "2026-11-24T09:00:00Z"
    assert reader.pull(all=False, hours=23).sources == 0
    assert reader.pull(hours=0).sources == 1  # all means all


@pytest.mark.parametrize(
    ("said", "hours"),
    [({"Cache-Control": "no-cache, max-age=36000"}, 1), ({"Cache-Control": "max-age=36000"}, 10),
     ({"Expires": "Mon, 23 Nov 2026 12:00:00 GMT", "Date": "Mon, 23 Nov 2026 09:00:00 GMT"}, 3)],
)  # fmt: skip
def test_19_no_cache_wins_over_max_age(reader: Reader, said: dict[str, str], hours: int) -> None:
    reader.give(rss("a"), headers=said)
    reader.pull()
    assert reader.source()["next_at"] == f"2026-11-23T{9 + hours}:00:00Z"


def test_19_what_the_feed_asks_for_holds_through_a_304(reader: Reader) -> None:
    reader.give(rss("a", channel="<ttl>720</ttl>"), etag='"1"')
    reader.pull()
    assert reader.source()["next_at"] == "2026-11-23T21:00:00Z"
    assert reader.pull(all=False, hours=12).unchanged == 1
    assert reader.source()["next_at"] == "2026-11-24T09:00:00Z"


def test_20_a_gzip_bomb_is_cut_off(reader: Reader) -> None:
    bomb = gzip.compress(b"0" * 60_000_000, 1)
    reader.give(bomb, headers={"Content-Encoding": "gzip"})
    assert reader.pull().failures[0]["why"] == "more than 10 MB"


def test_21_a_body_that_breaks_off_takes_nothing(reader: Reader) -> None:
    reader.give(rss("a", "b"))
    reader.pull()
    reader.give(rss("a", "b", "c"), cut_at=150)
    assert "broke off" in reader.pull(hours=1).failures[0]["why"]
    assert reader.titles == ["a", "b"]


def test_22_an_empty_200_takes_nothing(reader: Reader) -> None:
    reader.give(rss("a"))
    reader.pull()
    reader.give(b"")
    assert reader.pull(hours=1).failures[0]["why"] == "it is empty"
    assert (reader.titles, reader.source()["failures"]) == (["a"], 1)


def test_23_a_bot_wall_with_200_is_named(reader: Reader) -> None:
    wall = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript</body></html>"
    reader.give(wall, content_type=HTML)
    assert "a bot wall" in reader.pull().failures[0]["why"]


def test_24_bad_tls_is_named_and_not_overridden(reader: Reader, secure: FeedServer) -> None:
    reader.follow(secure.add("/f", rss("a")))
    assert "signed by nobody this machine trusts" in reader.pull().failures[0]["why"]
    assert (reader.titles, secure.requests) == ([], [])


def test_25_without_names_nothing_is_held_against_a_feed(reader: Reader) -> None:
    reader.follow("http://one.invalid/f", "http://two.invalid/f", "http://three.invalid/f")
    report = reader.pull()
    assert [failure["what"] for failure in report.failures] == ["the network (3 sources)"]
    assert [(reader.source(n)["failures"], reader.source(n)["error"]) for n in (1, 2, 3)] == [(0, None)] * 3


def test_26_offline_ends_with_1_and_partly_failed_with_4(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", "http://one.invalid/f", "--force")
    assert pkm("seek", "pull", "--all", ok=1).err.count("there is no network") == 1
    pkm("seek", "add", server.add("/f", rss("a")))
    pkm("seek", "pull", "--all", ok=4)


def test_27_credentials_in_an_address_are_shown_nowhere(pkm: CommandLine, server: FeedServer) -> None:
    server.add("/f", rss("a", channel=""))
    url = f"http://ann:s3cret@127.0.0.1:{server.port}/f"
    pkm("seek", "add", url)
    shown = [
        pkm(*words.split(), ok=None)
        for words in ("seek pull", "seek list", "seek show s1", "seek show s1 --json", "seek export", "why s1",
                      "find kind:source 127 --json", "sense inbox --json", "sense show i1", "doctor")
    ]  # fmt: skip
    server.add("/f", status=500)
    shown += [pkm("seek", "pull", "--all", ok=4), pkm("seek", "add", url, ok=1)]
    assert server.requests[-1].headers["authorization"].startswith("Basic ")
    assert not [ran for ran in shown if "s3cret" in ran.out + ran.err]


def test_28_credentials_stay_with_their_host(reader: Reader) -> None:
    port = reader.server.port
    reader.server.add("/f", redirect_to=f"http://localhost:{port}/g")
    reader.server.add("/g", rss("a"))
    reader.follow(f"http://ann:s3cret@127.0.0.1:{port}/f")
    assert reader.pull().new == 1
    assert ["authorization" in request.headers for request in reader.server.requests] == [True, False]
