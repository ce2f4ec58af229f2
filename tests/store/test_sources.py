"""Questions about sources and their answers, over a real store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pkm.config import Home
from pkm.store import intake, sources, today
from pkm.store.session import Store

NOW = "2026-11-23T09:00:00Z"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """s1 beta (due), s2 Alpha (later), s3 without a title (paused), s4 gamma (gone, due), s5 delta (long due)."""
    opened = Store(Home.find())
    given = [
        ("http://b.org/f", "beta", "active", None),
        ("http://A.org/f", "Alpha", "active", "2026-11-24T09:00:00Z"),
        ("http://me:secret@c.org/f", "", "paused", None),
        ("http://d.org/f", "gamma", "gone", "2026-11-20T00:00:00Z"),
        ("http://e.org/f", "delta", "active", "2026-11-01T00:00:00Z"),
    ]
    with opened.unit() as unit:
        rows = [{"url": url, "title": title, "site_url": "", "opml": "{}"} for url, title, _, _ in given]
        for number, (_, _, state, at) in zip(intake.add_sources(unit, rows), given, strict=True):
            intake.set_polled(unit, number, {"state": state, "next_at": at})
        intake.tag_sources(unit, {1: ["z", "a"]})
        unit.connection.execute("INSERT INTO circle_source (circle_id, source_id) VALUES (1, 1)")
    yield opened
    opened.close()


def ids(rows: list[dict[str, object]]) -> list[object]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"limit": 9}, ["s2", "s1", "s5", "s4", "s3"]),
        ({"limit": 2}, ["s2", "s1"]),
        ({"limit": 9, "state": "active"}, ["s2", "s1", "s5"]),
        ({"limit": 9, "ids": [3, 1, 77]}, ["s1", "s3"]),
        ({"limit": 9, "ids": []}, []),
    ],
)
def test_rows(store, options, found):
    assert ids(sources.rows(store.read(), **options)) == found


def test_due_waits_longest_first_and_asks_what_is_gone_when_its_time_comes(store):
    assert [row["id"] for row in sources.due(store.read(), NOW)] == [1, 5, 4]
    assert [row["id"] for row in sources.active(store.read())] == [1, 2, 5]
    assert [row["id"] for row in sources.polled(store.read(), [3, 2])] == [2, 3]


def test_a_row_has_what_the_contract_says(store):
    row = sources.row(store.read(), 1)
    assert {"id": "s1", "kind": "source", "title": "beta", "items": 0, "contact": None}.items() <= row.items()
    assert (row["tags"], row["circles"]) == (["z", "a"], ["network"])
    assert sources.row(store.read(), 99) is None


def test_credentials_are_for_the_fetch_only(store):
    assert sources.row(store.read(), 3)["title"] == "http://c.org/f"
    assert sources.row(store.read(), 3)["url"] == "http://c.org/f"
    assert sources.polled(store.read(), [3])[0]["url"] == "http://me:secret@c.org/f"


def test_by_url_and_host(store):
    assert sources.by_url(store.read(), "http://b.org/f")["id"] == "s1"
    assert sources.by_url(store.read(), "http://b.org/") is None
    assert ids(sources.at_host(store.read(), "a.org")) == ["s2"]
    assert sources.of_contact(store.read(), 1) == []
    assert sources.count_all(store.read()) == 5


def test_a_source_that_is_paused_does_not_fail(store: Store) -> None:
    with store.unit() as unit:
        for number in (1, 3):
            intake.set_polled(unit, number, {"failures": 2})
    assert today.sources_failing(store.read()) == 1
