"""The edge cases of the field, 49 to 57: when two entries are one. Each test bears its number in the list."""

from datetime import timedelta

from tests.conftest import CommandLine
from tests.edge.cases.conftest import Reader, entry, rss
from tests.server import FeedServer


def dated(number: int, guid: str = "", scheme: str = "https", text: str = "") -> str:
    return entry(
        guid or f"{scheme}://e.org/?p={number}", f"Post {number}", f"{scheme}://e.org/{number}",
        text or f"Words of {number}", f"Fri, {number:02} Nov 2026 10:00:00 GMT",
    )  # fmt: skip


def test_49_one_guid_for_two_pages_keeps_both_in_any_order(reader: Reader) -> None:
    one, two = entry("same", "One", "https://e.org/1"), entry("same", "Two", "https://e.org/2")
    reader.read(rss(one, two))
    assert reader.titles == ["One", "Two"]
    reader.give(rss(two, one))
    report = reader.pull(hours=1)
    assert (report.new, report.updated, report.unchanged) == (0, 0, 2)


def test_50_guids_that_move_to_https_are_the_same(reader: Reader) -> None:
    reader.read(rss(*(dated(n, scheme="http") for n in (1, 2, 3))))
    reader.give(rss(*(dated(n) for n in (1, 2, 3))))
    assert reader.pull(hours=1).new == 0
    assert len(reader.items()) == 3


def test_51_a_new_engine_gives_every_entry_another_guid_and_nothing_comes_again(reader: Reader) -> None:
    reader.read(rss(*(dated(n) for n in range(10, 0, -1))))
    reader.decide("Post 3")
    reader.decide("Post 4", "dropped")
    renamed = [dated(n, f"urn:uuid:{n}") for n in range(11, 0, -1)]
    reader.give(rss(*renamed))
    report = reader.pull(days=1)
    assert (report.new, report.updated, report.unchanged) == (1, 0, 10)
    assert {item["title"]: item["state"] for item in reader.items() if item["state"] != "inbox"} == {
        "Post 3": "kept", "Post 4": "dropped",
    }  # fmt: skip
    assert reader.pull(days=1).new == 0


def test_51_nor_where_its_texts_and_scheme_change_on_the_way(reader: Reader) -> None:
    reader.read(rss(*(dated(n, scheme="http") for n in range(10, 0, -1))))
    reader.give(rss(*(dated(n, f"urn:uuid:{n}", text=f"<p>Words of {n}</p> by the new engine") for n in range(11, 0, -1))))
    report = reader.pull(days=1)
    assert (report.new, report.updated) == (1, 10)
    assert reader.items()[0]["url"] == "https://e.org/1"
    assert reader.pull(days=1).new == 0


def test_51_what_was_purged_does_not_come_back_under_another_guid(reader: Reader) -> None:
    reader.read(rss(dated(2), dated(1)))
    with reader.store.unit(journal=False) as unit:
        unit.connection.execute("DELETE FROM item WHERE title = 'Post 1'")
    reader.give(rss(dated(2, "urn:2"), dated(1, "urn:1")))
    assert reader.pull(days=1).new == 0


def test_52_a_date_that_is_new_at_every_fetch_changes_nothing(reader: Reader) -> None:
    for day in (1, 2, 3):
        reader.give(rss(entry("1", "a", text="words", date=f"Fri, {day:02} Nov 2026 10:00:00 GMT")))
        report = reader.pull(days=1)
        assert (report.new, report.updated) == (int(day == 1), 0)


def test_53_a_guid_that_is_used_again_for_another_story_brings_it(reader: Reader) -> None:
    def latest(number: int) -> str:
        return rss(dated(number, "latest"))

    reader.read(latest(1))
    reader.decide("Post 1")
    reader.give(latest(2))
    assert reader.pull(days=1).new == 1
    assert [(item["title"], item["state"], item["text"]) for item in reader.items()] == [
        ("Post 1", "kept", "Words of 1"), ("Post 2", "inbox", "Words of 2"),
    ]  # fmt: skip
    assert reader.pull(days=1).new == 0


def test_53_but_a_title_that_is_mended_is_the_same_story(reader: Reader) -> None:
    reader.read(rss(dated(1, "1")))
    reader.give(rss(dated(1, "1").replace("Post 1", "Post 1, mended")))
    report = reader.pull(days=1)
    assert (report.new, report.updated, reader.titles) == (0, 1, ["Post 1, mended"])


def test_54_addresses_that_differ_by_trackers_are_one(reader: Reader) -> None:
    def post(guid: str, tracker: str) -> str:
        return rss(entry(guid, "a", f"https://e.org/1?utm_source={tracker}", "words"))

    for guid in ("", "1"):
        path = f"/{guid or 'none'}"
        reader.give(post(guid, "rss"), path)
        reader.pull()
        reader.give(post(guid, "mail"), path)
        report = reader.pull(hours=1)
        assert (report.new, report.updated) == (0, 0)
    assert {item["canonical_url"] for item in reader.store.read().execute("SELECT canonical_url FROM item")} == {
        "https://e.org/1"
    }


def test_55_one_title_for_another_story_is_another_item(reader: Reader) -> None:
    def weekly(week: int, link: bool = True) -> str:
        return entry(f"w{week}" if link else "", "Weekly links", f"https://e.org/{week}" if link else "", f"Links of {week}")

    reader.give(rss(weekly(1)))
    reader.give(rss(weekly(1, link=False)), "/bare")
    reader.pull()
    reader.give(rss(weekly(2), weekly(1)))
    reader.give(rss(weekly(2, link=False)), "/bare")
    assert reader.pull(days=7).new == 2
    assert len(reader.items()) == 4


def test_56_what_was_purged_stays_away_even_if_it_changes(reader: Reader) -> None:
    reader.read(rss("a", "b"))
    with reader.store.unit(journal=False) as unit:
        unit.connection.execute("DELETE FROM item WHERE title = 'a'")
    assert reader.pull(hours=1).new == 0
    reader.give(rss(entry("a", "a", text="other words"), "b", "c"))
    assert (reader.pull(hours=1).new, reader.titles) == (1, ["b", "c"])


def test_56_what_went_by_age_stays_away_and_what_was_used_or_is_among_the_last_stays(reader: Reader) -> None:
    posts = [entry(f"g{n}", f"Post {n}", f"https://e.org/{n}") for n in range(120)]
    reader.give(rss(*posts))
    reader.pull()
    reader.decide("Post 119")
    reader.decide("Post 118", "dropped")
    reader.now += timedelta(days=400)
    assert reader.pull(keep=(timedelta(days=365), None)).purged == 69
    titles = set(reader.titles)
    assert len(titles) == 51
    assert "Post 119" in titles
    assert {"Post 118", "Post 117"}.isdisjoint(titles)
    again = reader.pull(days=9, keep=(timedelta(days=365), None))
    assert (again.new, again.purged) == (0, 0)


def test_56_a_number_of_a_source_is_a_limit_too(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/f", rss(*(f"g{n}" for n in range(70)))))
    pkm("config", "keep.items", "60")
    assert pkm.json("seek", "pull")["purged"] == 10
    assert pkm.json("seek", "list")[0]["items"] == 60
    assert pkm("config", "keep.items", "sixty", ok=2).err.startswith("Cannot use “sixty”")


def test_57_an_archive_of_700_comes_in_whole_and_once(reader: Reader) -> None:
    archive = [entry(f"g{n}", f"Post {n}", f"https://e.org/{n}", "words " * 50) for n in range(700)]
    reader.give(rss(*archive))
    assert reader.pull().new == 700
    report = reader.pull(days=9)
    assert (report.new, report.unchanged) == (0, 700)
    assert len(reader.store.read().execute("SELECT DISTINCT key FROM entry").fetchall()) == 700
