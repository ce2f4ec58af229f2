"""The questions that the order of the inbox rests on, over a real store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pkm.config import Home
from pkm.seek.prefer import prefer_source
from pkm.store import journal, ranking, rules
from pkm.store.session import Store

TODAY = "2026-11-23T00:00:00Z"
AT = "2026-11-23T09:00:00Z"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """s1 nobody's, s2 Ann's (c1, weekly), s3; n1 an open question, n2, n3 put away."""
    from pkm.store.model import Contact, Item, Note, Source

    opened = Store(Home.find())
    with opened.unit() as unit:
        unit.add(Contact(uid="a", name="Ann", nick="", read_every_s=7 * 86400, created_at=AT, updated_at=AT))
        for number in (1, 2, 3):
            unit.add(Source(url=f"https://s{number}.org/feed", contact_id=1 if number == 2 else None, created_at=AT))
        for source, state, received, at, via, story in (
            (1, "inbox", "2026-11-20T00:00:00Z", None, "network", None),
            (2, "inbox", "2026-11-21T00:00:00Z", None, "person", None),
            (1, "kept", "2026-11-10T00:00:00Z", "2026-11-12T00:00:00Z", "network", None),
            (2, "dropped", "2026-11-10T00:00:00Z", "2026-11-18T00:00:00Z", "chance", None),
            (1, "kept", "2026-11-22T00:00:00Z", "2026-11-23T08:00:00Z", "network", None),
            (None, "kept", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z", "clip", None),
            (3, "inbox", "2026-11-22T00:00:00Z", None, "network", 1),
            (3, "muted", "2026-11-22T00:00:00Z", None, "network", None),
            (3, "inbox", "2026-11-23T01:00:00Z", None, "network", None),
        ):  # fmt: skip
            unit.add(Item(source_id=source, state=state, received_at=received, decided_at=at, via=via, story_id=story,
                          title="T", canonical_url=f"https://s{source}.org/{received[8:10]}"))  # fmt: skip
        for number, title, gone in ((1, "What is trust?", None), (2, "Trust", None), (3, "Old", AT)):
            unit.add(Note(uid=f"n{number}", title=title, text=title, created_at=AT, updated_at=AT, dropped_at=gone))
    opened.operation = None
    yield opened
    opened.close()


def test_the_pool_is_what_is_undecided_and_what_was_decided_today(store: Store):
    assert [row["item"] for row in ranking.pool(store.read(), TODAY)] == [9, 5, 2, 1]


def test_decisions_without_clips_the_last_first(store: Store):
    found = ranking.decisions(store.read(), "2026-01-01T00:00:00Z")
    assert [(row[1], row[3], row[4]) for row in found] == [(1, True, "network"), (2, False, "chance"), (1, True, "network")]
    assert len(ranking.decisions(store.read(), "2026-11-15T00:00:00Z")) == 2


@pytest.mark.parametrize(
    ("today", "at"),
    [(TODAY, "2026-11-18T00:00:00Z"), ("2026-11-26T00:00:00Z", None), ("2026-11-18T00:00:00Z", None)],
    ids=["within the week", "the week is over", "decisions of the day itself do not count"],
)
def test_the_last_decision_about_a_persons_items(store: Store, today: str, at: str | None):
    assert ranking.people(store.read(), [1], today, today)[1] == ("Ann", 7 * 86400, at)


def test_own_notes_and_open_questions(store: Store):
    assert [(row[0], row[3]) for row in ranking.own_notes(store.read())] == [(2, False), (1, True)]


def test_citations_lead_to_items_that_are_there_and_make_heat(store: Store):
    pointing = [
        (3, (("http://s2.org/21", "link"),)), (9, (("https://s2.org/21", "link"),)), (2, (("https://s2.org/21", "link"),)),
        (1, (("https://nowhere.org/", "link"),)),
    ]  # fmt: skip
    with store.unit() as unit:
        ranking.add_citations(unit, pointing)
    assert ranking.citing_pairs(store.read(), range(10)) == {(3, 2), (9, 2)}
    assert ranking.heat(store.read(), [1, 2], "2026-11-01T00:00:00Z") == {2: 2}
    assert ranking.heat(store.read(), [1, 2], "2026-11-15T00:00:00Z") == {2: 1}


def test_signals_are_made_anew_and_never_journaled(store: Store):
    one = {"item": 1, "heat": 2, "fit": 0.5, "note": 2, "words": "trust", "answers": 1}
    for signals in ([one, {**one, "item": 2}], [one]):
        with store.unit(journal=False) as unit:
            ranking.replace_signals(unit, signals)
    pool = {row["item"]: row for row in ranking.pool(store.read(), TODAY)}
    assert (pool[1]["fit"], pool[1]["words"], pool[1]["answers"], pool[2]["fit"]) == (0.5, "trust", 1, None)


def test_what_is_beyond_the_pool_follows_newest_first(store: Store):
    assert ranking.unranked(store.read(), [2], -1) == [9, 1]


def ranks(store: Store) -> list[int]:
    return [row[0] for row in store.read().execute("SELECT rank FROM item WHERE source_id = 1")]


def test_more_is_a_rule_that_less_takes_back_and_so_does_an_undo(store: Store):
    assert prefer_source(store, 1, 1) == (1, 3, True)
    assert (ranks(store), rules.raising_rules(store.read())) == ([1, 1, 1], {1: 1})
    store.operation = None
    assert prefer_source(store, 1, 1).changed is False
    store.operation = None
    assert prefer_source(store, 1, -1) == (None, 3, True)
    assert (ranks(store), rules.raising_rules(store.read())) == ([0, 0, 0], {})
    last, store.operation = store.operation, None
    journal.undo(store, last)
    assert (ranks(store), rules.raising_rules(store.read())) == ([1, 1, 1], {1: 1})
