"""The pull over a real server and a real store: nothing twice, nothing lost, one bad source stops no other."""

import csv
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pkm.errors import BadInput, PkmError
from pkm.lock import locked
from pkm.seek.entry import make_entries
from pkm.seek.identity import choose_scheme, distinct
from pkm.seek.parse import parse_feed
from pkm.seek.pull import PullReport, pull
from pkm.store import intake, sources
from pkm.store.session import Store
from tests.server import Answer, FeedServer


def rss(*titles: str, text: str = "words", name: str = "Feed") -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{title}</guid><title>{title}</title><description>{text}</description></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"


@pytest.fixture
def follow(store: Store) -> Callable[..., list[int]]:
    def add(*urls: str) -> list[int]:
        with store.unit() as unit:
            rows = [{"url": url, "title": "", "site_url": "", "opml": "{}"} for url in urls]
            return intake.add_sources(unit, rows)

    return add


def again(store: Store, monkeypatch: pytest.MonkeyPatch, at: str = "2026-11-23T15:00:00Z") -> PullReport:
    monkeypatch.setenv("PKM_NOW", at)
    return pull(store)


def counts(report: PullReport) -> tuple[int, int, int, int]:
    return report.new, report.updated, report.unchanged, report.failed


def polled(store: Store, number: int = 1) -> dict[str, object]:
    return sources.polled(store.read(), [number])[0]


def test_every_real_feed_gives_its_entries_and_their_files_and_a_second_pull_nothing(shared, server, store, follow):
    with (shared / "feeds" / "INDEX.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    server.serve_folder(shared / "feeds", {row["file"]: row["content_type"] for row in rows})
    follow(*(f"{server.url}/{row['file']}" for row in rows))
    first = pull(store, due_only=False)
    second = pull(store, due_only=False)
    got = {row["url"].rsplit("/", 1)[-1]: row["items"] for row in sources.rows(store.read(), limit=1000)}
    assert got == {row["file"]: int(row["distinct"]) for row in rows}
    assert first.new == sum(got.values())
    assert (second.new, second.updated, second.unchanged) == (0, 0, first.new)
    assert first.failed == second.failed == 5
    files = {row["url"]: row["files"] for row in store.read().execute(
        "SELECT source.url, count(enclosure.id) AS files FROM source JOIN item ON item.source_id = source.id "
        "JOIN enclosure ON enclosure.item_id = item.id GROUP BY source.id")}  # fmt: skip
    there = {f"{server.url}/{row['file']}": shared / "feeds" / row["file"] for row in rows}
    assert files == {url: count for url, path in there.items() if (count := files_of(path, url))}
    assert sum(files.values()) > 50


def files_of(path: Path, url: str) -> int:
    """How many files the entries of a feed bring, each entry once."""
    try:
        parsed = parse_feed(path.read_bytes(), url=url)
    except BadInput:
        return 0
    return sum(len(entry.enclosures) for _, entry in distinct(parsed.entries, choose_scheme(parsed.entries)))


def test_new_then_unchanged_by_its_bytes_then_changed(server, store, follow, monkeypatch):
    url = server.add("/f", rss("a", "b"))
    follow(url)
    assert counts(pull(store)) == (2, 0, 0, 0)
    assert counts(again(store, monkeypatch)) == (0, 0, 2, 0)
    with store.unit() as unit:
        unit.connection.execute("UPDATE item SET state = 'kept' WHERE title = 'a'")
    server.add("/f", rss("a", "b", "c", text="other words"))
    assert counts(again(store, monkeypatch, "2026-11-23T18:00:00Z")) == (1, 2, 0, 0)
    row = store.read().execute("SELECT * FROM item WHERE title = 'a'").fetchone()
    assert (row["state"], row["text"], row["changed_at"]) == ("kept", "other words", "2026-11-23T18:00:00Z")


def test_known_entries_are_not_read_again_until_the_whole_feed_is(server, store, follow, monkeypatch):
    read: list[str] = []
    monkeypatch.setattr("pkm.seek.reading.LARGE", 10**9)  # read in this process, to be seen
    monkeypatch.setattr(
        "pkm.seek.parse.make_entries", lambda given: (read.extend(one.title for one in given), make_entries(given))[1]
    )
    url = server.add("/f", rss("a", "b"))
    follow(url)
    pull(store)
    server.add("/f", rss("c", "a", "b"))
    assert counts(again(store, monkeypatch)) == (1, 0, 2, 0)
    assert read == ["a", "b", "c"]
    server.add("/f", rss("d", "c", "a", "b"))
    assert counts(again(store, monkeypatch, "2026-12-23T15:00:00Z")) == (1, 0, 3, 0)
    assert read[3:] == ["d", "c", "a", "b"]


def test_validators_are_played_back_as_they_came(server, store, follow, monkeypatch):
    follow(server.add("/f", rss("a"), etag='W/"x-gzip"', modified="Heute, um zehn"))
    pull(store)
    assert counts(again(store, monkeypatch)) == (0, 0, 1, 0)
    asked = server.requests[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('W/"x-gzip"', "Heute, um zehn")
    again(store, monkeypatch, "2026-12-23T15:00:00Z")
    assert "if-none-match" not in server.requests[-1].headers


def test_only_what_is_due(server, store, follow, monkeypatch):
    follow(server.add("/f", rss("a")))
    pull(store)
    assert pull(store).sources == 0
    assert pull(store, due_only=False).sources == 1
    assert pull(store, ids=[1]).sources == 1
    assert again(store, monkeypatch, "2026-11-23T10:00:00Z").sources == 1


def test_failures_are_named_and_the_others_go_on(server, store, follow):
    urls = [server.add("/good", rss("a")), server.url + "/none", server.add("/page", "<html>hello</html>"),
            server.add("/empty", ""), "http://127.0.0.1:1/f", server.add("/cut", rss("a"), cut_at=10)]  # fmt: skip
    follow(*urls)
    report = pull(store)
    assert counts(report) == (1, 0, 0, 5)
    assert {failure["id"]: failure["why"][:25] for failure in report.failures} == {
        "s2": "the server answered 404 (", "s3": "it is a web page, not a f", "s4": "it is empty",
        "s5": "connection refused", "s6": "the answer broke off afte",
    }  # fmt: skip
    assert polled(store, 2)["failures"] == 1
    assert polled(store, 2)["next_at"] == "2026-11-23T10:00:00Z"


def test_a_failing_source_keeps_its_items_and_recovers(server, store, follow, monkeypatch):
    url = server.script("/f", [Answer(rss("a")), Answer(status=500), Answer(rss("a", "b"))])
    follow(url)
    pull(store)
    assert counts(again(store, monkeypatch)) == (0, 0, 0, 1)
    assert sources.row(store.read(), 1)["items"] == 1
    assert counts(again(store, monkeypatch, "2026-11-23T17:00:00Z")) == (1, 0, 1, 0)
    assert (polled(store)["failures"], polled(store)["error"]) == (0, None)


def test_a_host_that_asks_to_wait_is_asked_once(server, store, follow):
    busy = {"status": 429, "headers": {"Retry-After": "7200"}}
    follow(server.add("/1", **busy), server.add("/2", rss("a")), server.add("/3", rss("a")))
    report = pull(store)
    assert [request.path for request in server.requests] == ["/1"]
    assert (report.failed, len(report.failures)) == (3, 1)
    assert report.failures[0]["why"] == (
        "the server answered 429 (too many requests): its host waits until 11:00 "
        "(2 more sources of that host wait too)"
    )
    assert {polled(store, number)["next_at"] for number in (1, 2, 3)} == {"2026-11-23T11:00:00Z"}
    assert [polled(store, number)["failures"] for number in (1, 2, 3)] == [1, 0, 0]


def test_gone_is_said_and_asked_a_month_later(server, store, follow, monkeypatch):
    follow(server.script("/f", [Answer(status=410), Answer(rss("a"))]))
    assert pull(store).failed == 1
    assert polled(store)["state"] == "gone"
    assert again(store, monkeypatch, "2026-12-20T00:00:00Z").sources == 0
    assert counts(again(store, monkeypatch, "2026-12-24T00:00:00Z")) == (1, 0, 0, 0)
    assert polled(store)["state"] == "active"


def test_no_network_is_said_once_and_held_against_none(store, follow):
    follow(*(f"http://host{number}.invalid/f" for number in range(12)))
    report = pull(store)
    assert report.offline
    assert (report.failed, len(report.failures)) == (12, 1)
    assert report.failures[0]["what"] == "the network (12 sources)"
    assert polled(store)["failures"] == 0
    assert polled(store)["next_at"] is None


def test_one_unknown_host_among_others_is_its_own_failure(server, store, follow):
    follow(server.add("/f", rss("a")), "http://host.invalid/f")
    report = pull(store)
    assert (report.new, report.failed, report.offline) == (1, 1, False)
    assert polled(store, 2)["failures"] == 1


def test_a_file_is_a_source(store, follow, tmp_path, monkeypatch):
    path = tmp_path / "feed.xml"
    path.write_text(rss("a"))
    follow(path.as_uri(), (tmp_path / "none.xml").as_uri())
    assert counts(pull(store)) == (1, 0, 0, 1)
    path.write_text(rss("a", "b"))
    assert again(store, monkeypatch).new == 1


def test_an_entry_given_twice_is_one_and_a_title_is_found(server, store, follow):
    body = rss("a", "a").replace("<title>a</title>", "")
    follow(server.add("/f", body.replace("words", "First sentence. Second one.")))
    assert pull(store).new == 1
    assert store.read().execute("SELECT title FROM item").fetchone()[0] == "First sentence"


def test_a_purged_entry_stays_away(server, store, follow, monkeypatch):
    follow(server.add("/f", rss("a", "b")))
    pull(store)
    with store.unit(journal=False) as unit:
        unit.connection.execute("DELETE FROM item WHERE title = 'a'")
    server.add("/f", rss("a", "b", text="new"))
    assert counts(again(store, monkeypatch)) == (0, 1, 0, 0)


def test_a_second_pull_at_the_same_time_is_told_so(server, store, follow):
    follow(server.add("/f", rss("a")))
    said: list[str] = []

    def while_running(done: int, total: int, what: str) -> None:
        with pytest.raises(PkmError) as error:
            pull(Store(store.home))
        said.append(error.value.why)

    assert pull(store, progress=while_running).new == 1
    assert said == ["another pull is running"]
    assert pull(store, due_only=False).sources == 1


def test_a_reader_that_is_about_to_end_holds_up_no_other_pull(tmp_path):
    read, write = os.pipe()
    with locked(tmp_path / "pull.lock", "this pull", 0):
        reader = os.fork()
        if not reader:
            os.close(write)
            os.read(read, 1)  # until the parent is through
            os._exit(0)
    try:
        with locked(tmp_path / "pull.lock", "this pull", 0):
            pass
    finally:
        os.close(write)
        os.waitpid(reader, 0)
        os.close(read)


def test_what_is_removed_meanwhile_stays_removed(server, store, follow):
    follow(server.add("/1", rss("a")), server.add("/2", rss("b")))

    def remove(done: int, total: int, what: str) -> None:
        if done == 2:
            with store.unit() as unit:
                intake.remove_sources(unit, [1])

    assert pull(store, progress=remove).new == 1
    assert [row["id"] for row in sources.rows(store.read(), limit=9)] == ["s2"]


@pytest.mark.parametrize("number", [3, 12])  # read here; read in processes
def test_ctrl_c_keeps_what_is_finished(server: FeedServer, store, follow, number):
    follow(*(server.add(f"/{n}", rss(f"t{n}")) for n in range(number)), server.add("/slow", rss("z"), delay_s=60))

    def stop(done: int, total: int, what: str) -> None:
        if done == number:
            os.kill(os.getpid(), signal.SIGINT)

    report = pull(store, progress=stop)
    assert report.interrupted
    assert (report.new, report.left) == (number, 1)
    assert store.read().execute("SELECT count(*) FROM item").fetchone()[0] == number


def test_one_connection_a_host(server, store, follow):
    follow(*(server.add(f"/{n}", rss(f"t{n}"), delay_s=0.02) for n in range(6)))
    under_way, most = 0, 0
    lock, take = threading.Lock(), server.take

    def watched(request):  # the server answers one request after the other unless several connections ask
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        answer = take(request)
        threading.Event().wait(0.02)
        with lock:
            under_way -= 1
        return answer

    server.take = watched
    assert pull(store).new == 6
    assert most == 1


def test_a_hundred_sources_come_in_whole(server, store, follow):
    """Many bodies go through the reading processes and several transactions; every item is kept and can be found."""
    follow(*(server.add(f"/{n}", rss(*(f"f{n}e{m}" for m in range(40)), text="x " * 200)) for n in range(100)))
    assert counts(pull(store)) == (4000, 0, 0, 0)
    db = store.read()
    assert db.execute("SELECT count(*) FROM item_fts WHERE item_fts MATCH 'f99e39'").fetchone()[0] == 1
    assert db.execute("SELECT count(DISTINCT item_id) FROM entry").fetchone()[0] == 4000
    assert db.execute("SELECT count(*) FROM change WHERE table_name IN ('item', 'entry')").fetchone()[0] == 0


def test_of_many_only_what_changed_is_sent_and_each_is_asked_once(server, store, follow, monkeypatch):
    for number in range(6):
        server.add(f"/{number}", rss(f"first {number}"), etag=f'"{number}"')
    follow(*(f"{server.url}/{number}" for number in range(6)))
    assert counts(pull(store)) == (6, 0, 0, 0)
    server.add("/2", rss("first 2", "second"), etag='"new"')
    server.add("/4", status=503, headers={"Retry-After": "7200"})
    server.requests.clear()
    report = again(store, monkeypatch)
    assert (report.new, report.failed, [failure["id"] for failure in report.failures]) == (1, 2, ["s5"])
    assert [request.path for request in server.requests] == [f"/{number}" for number in range(5)]  # /5 has the host's wait
