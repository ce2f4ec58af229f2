"""What comes in and what becomes of it: the past of a new source, changed entries, one story from several sources."""

import json

import pytest

from pkm.store import intake, items, versions
from tests.conftest import CommandLine
from tests.edge.cases.conftest import Reader, entry, rss

WORDS = "The old bridge was closed this morning after a boat had struck one of its piers, the city said."


def follow(reader: Reader, body: str, path: str, **columns: object) -> None:
    url = reader.server.add(path, body)
    with reader.store.unit() as unit:
        intake.add_sources(unit, [{"url": url, "title": "", "site_url": "", "opml": "{}", **columns}])


def states(reader: Reader) -> list[str]:
    return [item["state"] for item in reader.items()]


def test_57_of_an_archive_of_700_the_newest_five_come_into_the_inbox(reader: Reader) -> None:
    archive = [entry(f"g{n}", f"Post {n}", f"https://e.org/{n}", f"words of {n}") for n in range(700)]
    follow(reader, rss(*archive), "/f")
    report = reader.pull()
    assert (report.new, report.backlog) == (700, [{"id": "s1", "items": 695}])
    db = reader.store.read()
    assert [row["title"] for row in items.inbox(db, 10)] == [f"Post {n}" for n in range(5)]
    assert items.count_inbox(db, state="backlog") == 695
    follow(reader, rss(entry("new", "Post", "https://e.org/new"), *archive), "/f2")
    reader.server.add("/f", rss(*(entry(f"n{n}", f"New {n}", f"https://e.org/n{n}") for n in range(9)), *archive))
    assert reader.pull(ids=[1], hours=1).new == 9
    assert items.count_inbox(reader.store.read(), source=1) == 14


def test_57_a_feed_of_20_000_entries_comes_in_whole_and_five_of_it_into_the_inbox(reader: Reader) -> None:
    entries = [{"id": f"g{n}", "title": f"Post {n}", "url": f"https://e.org/{n}"} for n in range(20_000)]
    follow(reader, json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "All", "items": entries}), "/f")
    assert reader.pull().new == 20_000
    assert items.count_inbox(reader.store.read()) == 5
    assert reader.pull(hours=1).new == 0


def test_a_changed_entry_keeps_what_it_said(reader: Reader) -> None:
    for number in range(30):
        reader.give(rss(entry("1", "a", text=f"words {number}")))
        reader.pull(hours=2)
    told = [row["text"] for row in versions.of_item(reader.store.read(), 1)]
    assert (len(told), told[0], told[-1]) == (24, "words 0", "words 28")
    assert told[1] == "words 6"


def test_a_changed_entry_comes_back_where_its_source_is_to_resurface(reader: Reader) -> None:
    reader.read(rss(*(entry(name, name, text="words") for name in ("kept", "dropped", "open"))))
    reader.decide("kept")
    reader.decide("dropped", "dropped")
    with reader.store.unit() as unit:
        unit.connection.execute("UPDATE source SET updates = 'resurface'")
    reader.give(rss(*(entry(name, name, text="other words") for name in ("kept", "dropped", "open"))))
    report = reader.pull(days=1)
    assert (report.updated, report.resurfaced, report.changed_kept) == (3, 2, ["i3"])
    assert sorted(states(reader)) == ["inbox", "inbox", "kept"]


def test_a_changed_entry_of_a_source_that_is_ignored_stays_as_it_was(reader: Reader) -> None:
    reader.read(rss(entry("1", "a", text="words")))
    with reader.store.unit() as unit:
        unit.connection.execute("UPDATE source SET updates = 'ignore'")
    reader.give(rss(entry("1", "a", text="other words")))
    assert reader.pull(days=1).updated == 0
    assert (reader.items()[0]["text"], versions.count_of(reader.store.read(), 1)) == ("words", 0)


def test_one_story_from_three_sources_is_one_row(reader: Reader) -> None:
    reader.give(rss(entry("1", "Old bridge closed", "https://news.org/1", WORDS)), "/a")
    reader.pull()
    reader.give(rss(entry("x", "Old bridge closed!", "https://news.org/1?utm_source=b", "See.")), "/b")
    reader.give(rss(entry("y", "Old Bridge Closed", "https://copy.org/y", f"{WORDS} More.")), "/c")
    reader.pull(hours=1)
    (row,) = items.inbox(reader.store.read(), 10)
    assert (row["id"], row["also"], [one["id"] for one in row["sources"]]) == ("i1", ["i2", "i3"], ["s1", "s2", "s3"])
    assert items.count_inbox(reader.store.read()) == 1
    with reader.store.unit() as unit:
        items.decide(unit, 3, "dropped")
    assert states(reader) == ["dropped"] * 3
    with reader.store.unit() as unit:
        items.decide(unit, 1, "inbox")
        intake.remove_sources(unit, [1])
    (row,) = items.inbox(reader.store.read(), 10)
    assert (row["id"], row["also"]) == ("i2", ["i3"])


def test_a_story_is_one_row_where_each_source_is_written_by_itself(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkm.seek.pull.FIRST_ENTRIES", 1)
    monkeypatch.setattr("pkm.seek.pull.BATCH_ENTRIES", 1)
    for number in range(4):
        reader.give(rss(entry("x", "Old bridge closed", f"https://copy{number}.org/", f"{WORDS} {number}")), f"/{number}")
    reader.pull()
    assert items.count_inbox(reader.store.read()) == 1
    with reader.store.unit() as unit:
        items.decide(unit, 1, "dropped")
    reader.give(rss(entry("x", "Old bridge closed", "https://copy9.org/", WORDS)), "/9")
    reader.pull(hours=1)
    assert states(reader) == ["dropped"] * 5


def test_55_one_title_for_other_words_stays_two_and_one_address_for_all_joins_nothing(reader: Reader) -> None:
    reader.give(rss(entry("1", "Weekly links", "https://a.org/1", WORDS)), "/a")
    reader.give(rss(entry("1", "Weekly links", "https://b.org/1", "Ten quite other things that were seen on the way.")), "/b")
    reader.give(rss(*(entry(f"{n}", name, "http://example.org/") for n, name in enumerate(("Apples", "Bridges")))), "/c")
    reader.give(rss(*(entry(f"{n}", name, "http://example.org/") for n, name in enumerate(("Clouds", "Dogs")))), "/d")
    reader.pull()
    assert items.count_inbox(reader.store.read()) == 6


TITLE = "The old bridge is closed after a boat struck it"


def tell(reader: Reader, name: str, site: str, text: str, **columns: object) -> None:
    """A source at home at `site` that tells the story of one page of a.example."""
    follow(reader, rss(entry(name, TITLE, "https://a.example/bridge", text), channel=f"<title>{name}</title><link>{site}</link>"),
           f"/{name}", **columns)  # fmt: skip


def listed(reader: Reader) -> list[tuple[str, str]]:
    return [(row["id"], row["source_title"]) for row in items.inbox(reader.store.read(), 10)]


def test_the_source_at_whose_home_the_page_is_stands_for_the_story(reader: Reader) -> None:
    tell(reader, "other", "https://b.example/", "Buy this instead, said somebody else about it all day long.")
    reader.pull()
    tell(reader, "own", "https://www.a.example/", WORDS)
    reader.pull(hours=1)
    assert listed(reader) == [("i2", "own")]
    assert [one["story_id"] for one in reader.store.read().execute("SELECT story_id FROM item ORDER BY id")] == [2, None]


def test_what_was_dropped_of_others_words_is_not_decided_of_the_pages_own(reader: Reader) -> None:
    tell(reader, "other", "https://b.example/", "Buy this instead, said somebody else about it all day long.")
    reader.pull()
    reader.decide(TITLE, "dropped")
    tell(reader, "own", "https://a.example/", WORDS)
    report = reader.pull(hours=1)
    assert (report.repeated, listed(reader)) == (0, [("i2", "own")])
    tell(reader, "third", "https://c.example/", WORDS)
    assert reader.pull(hours=1).repeated == 0


def test_what_was_dropped_stays_so_where_another_tells_it_again(reader: Reader) -> None:
    tell(reader, "own", "https://a.example/", WORDS)
    reader.pull()
    reader.decide(TITLE, "dropped")
    tell(reader, "other", "https://b.example/", "")
    report = reader.pull(hours=1)
    assert (report.new, report.repeated, states(reader)) == (1, 1, ["dropped", "dropped"])


def test_a_rule_that_mutes_one_teller_leaves_the_story_to_the_others(reader: Reader, pkm: CommandLine) -> None:
    tell(reader, "own", "https://a.example/", WORDS)
    tell(reader, "other", "https://b.example/", "Words of another kind.")
    reader.pull()
    lead = items.inbox(reader.store.read(), 10)[0]["source"]
    pkm("seek", "rules", "add", "mute", "*", "--source", lead)
    pkm("seek", "rules", "apply", "u1", "--yes")
    assert sorted(states(reader)) == ["inbox", "muted"]
    assert len(listed(reader)) == 1
    assert pkm.json("sense", "inbox")[0]["source"] != lead


def test_a_backlog_that_is_brought_forward_brings_its_stories(reader: Reader, pkm: CommandLine) -> None:
    posts = [entry(f"g{n}", f"Number {n} of many that were told", f"https://a.example/{n}", f"{WORDS} {n}") for n in range(8)]
    for name in ("one", "two"):
        follow(reader, rss(*posts), f"/{name}")
    reader.pull()
    before = len(listed(reader))
    pkm("seek", "edit", "s2", "--backlog")
    assert (before, len(listed(reader))) == (5, 8)
