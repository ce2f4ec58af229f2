"""What becomes of a source after one fetch: facts in, plan out; no store, no network."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pkm.dates import stamp
from pkm.seek.decide import (
    GONE_WAIT,
    Facts,
    Fetched,
    count_against,
    is_secure_twin,
    may_ask_conditionally,
    next_try,
    plan_source,
)
from pkm.seek.entry import ParsedEntry
from pkm.seek.rhythm import Asked
from pkm.store.intake import Known

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACTS = Facts(1, "http://example.org/feed", etag='"1"', modified="yesterday", body_hash="old", identity="guid")


def entry(title: str, published: str | None = None, hash: str = "h") -> ParsedEntry:
    return ParsedEntry(title=title, url=f"http://example.org/{title}?utm_source=x", published=published, hash=hash)


def read(*entries: tuple[str, ParsedEntry]) -> Fetched:
    return Fetched(etag='"2"', body_hash="new", scheme="guid", title="Ann", entries=entries)


def test_new_entries_come_oldest_first_and_the_validators_are_kept():
    fetched = read(("b", entry("b", "2026-11-22T00:00:00Z")), ("a", entry("a", "2026-11-21T00:00:00Z")))
    plan = plan_source(FACTS, fetched, {}, NOW, HOUR)
    assert [one.key for one in plan.new] == ["a", "b"]
    assert plan.new[0].canonical_url == "http://example.org/a"
    wanted = {"etag": '"2"', "modified": None, "body_hash": "new", "title": "Ann", "failures": 0,
              "changed_at": "2026-11-23T09:00:00Z"}  # fmt: skip
    assert {name: plan.columns[name] for name in wanted} == wanted


def test_without_dates_the_feeds_own_order_turned_round():
    plan = plan_source(FACTS, read(("new", entry("n")), ("old", entry("o"))), {}, NOW, HOUR)
    assert [one.key for one in plan.new] == ["old", "new"]


def test_known_entries_are_new_nowhere_and_changed_only_by_their_hash():
    known = {"same": Known("h", 7), "other": Known("before", 8), "purged": Known("before", None)}
    fetched = read(("same", entry("s")), ("other", entry("o")), ("purged", entry("p")))
    plan = plan_source(FACTS, fetched, known, NOW, HOUR)
    assert plan.new == ()
    assert [number for number, _ in plan.changed] == [8]


def test_a_date_ahead_counts_from_when_it_came():
    fetched = read(("far", entry("f", "2031-01-01T00:00:00Z")), ("near", entry("n", "2026-11-24T00:00:00Z")))
    dates = {one.key: one.published_at for one in plan_source(FACTS, fetched, {}, NOW, HOUR).new}
    assert dates == {"far": stamp(NOW), "near": "2026-11-24T00:00:00Z"}


def test_not_modified_keeps_what_it_does_not_name():
    plan = plan_source(FACTS, Fetched(unchanged=True, etag='"2"'), {}, NOW, HOUR)
    assert (plan.columns["etag"], plan.columns["modified"]) == ('"2"', "yesterday")
    assert "body_hash" not in plan.columns
    assert "changed_at" not in plan.columns


def test_the_persons_title_interval_and_rung_stay():
    facts = replace(FACTS, title="Mine", every_s=7200, identity="url")
    plan = plan_source(facts, read(), {}, NOW, HOUR)
    assert "title" not in plan.columns
    assert "identity" not in plan.columns
    assert plan.columns["next_at"] == "2026-11-23T11:00:00Z"


def test_an_empty_feed_chooses_no_rung():
    plan = plan_source(replace(FACTS, identity=None), Fetched(body_hash="x"), {}, NOW, HOUR)
    assert "identity" not in plan.columns


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, HOUR), (2, 2 * HOUR), (5, 16 * HOUR), (8, 128 * HOUR), (9, timedelta(days=7)), (4000, timedelta(days=7))],
)
def test_backoff_doubles_up_to_a_week(failures, wait):
    assert next_try(failures, None, NOW) == NOW + wait


def test_a_failure_is_counted_and_the_server_may_ask_for_more_time():
    later = NOW + timedelta(days=2)
    plan = plan_source(FACTS, Fetched(failure="busy", status=503, not_before=later), {}, NOW, HOUR)
    assert plan.columns == {"checked_at": stamp(NOW), "failures": 1, "error": "busy", "next_at": stamp(later)}
    assert plan.failure == "busy"


def test_success_forgets_failures_and_what_was_gone_is_back():
    plan = plan_source(replace(FACTS, failures=3, state="gone"), read(), {}, NOW, HOUR)
    assert (plan.columns["failures"], plan.columns["error"], plan.columns["state"]) == (0, None, "active")


def test_gone_is_asked_monthly():
    plan = plan_source(FACTS, Fetched(failure="gone for good", status=410), {}, NOW, HOUR)
    assert (plan.columns["state"], plan.columns["next_at"]) == ("gone", stamp(NOW + GONE_WAIT))


def test_nothing_is_held_against_a_source_for_the_network_or_for_its_host():
    offline = Fetched(failure="no such host", offline=True)
    held = Fetched(failure="its host waits", held=True, not_before=NOW + HOUR)
    assert plan_source(FACTS, offline, {}, NOW, HOUR).columns == {}
    assert plan_source(FACTS, count_against(offline), {}, NOW, HOUR).columns["failures"] == 1
    assert plan_source(FACTS, held, {}, NOW, HOUR).columns == {"next_at": stamp(NOW + HOUR), "error": "its host waits"}


def test_the_persons_interval_wins_over_all_that_is_asked_for():
    slow = replace(read(("a", entry("a", "2020-01-01T00:00:00Z"))), asked=Asked(fresh_s=86400))
    assert plan_source(replace(FACTS, every_s=600), slow, {}, NOW, HOUR).columns["next_at"] == "2026-11-23T09:10:00Z"
    assert plan_source(FACTS, slow, {}, NOW, HOUR).columns["next_at"] > stamp(NOW + timedelta(days=6))


def test_what_is_sent_no_more_asks_for_what_it_asked_last_time():
    half_a_day = replace(FACTS, checked_at=stamp(NOW - 12 * HOUR), next_at=stamp(NOW))
    same = Fetched(unchanged=True)
    assert plan_source(half_a_day, same, {}, NOW, HOUR).columns["next_at"] == stamp(NOW + 12 * HOUR)
    failing = replace(half_a_day, failures=1, error="busy")
    assert plan_source(failing, same, {}, NOW, HOUR).columns["next_at"] == stamp(NOW + HOUR)


def test_a_part_of_a_feed_is_not_taken_for_its_whole_body():
    plan = plan_source(FACTS, replace(read(("a", entry("a"))), partial=True), {"b": Known("other", 7)}, NOW, HOUR)
    assert (len(plan.new), plan.changed, "body_hash" in plan.columns) == (1, (), False)


def test_https_at_once_other_moves_not():
    moved = replace(read(), moved_to="https://example.org/feed")
    assert plan_source(FACTS, moved, {}, NOW, HOUR).columns["url"] == "https://example.org/feed"


def test_another_address_is_believed_after_a_week_of_the_same_answer():
    away = replace(read(), moved_to="https://example.org/other")
    first = plan_source(FACTS, away, {}, NOW, HOUR).columns
    assert "url" not in first
    assert (first["moved_to"], first["moved_since"]) == ("https://example.org/other", stamp(NOW))
    seen = replace(FACTS, moved_to=first["moved_to"], moved_since=first["moved_since"])
    assert "url" not in plan_source(seen, away, {}, NOW + timedelta(days=6), HOUR).columns
    settled = plan_source(seen, away, {}, NOW + timedelta(days=7), HOUR).columns
    assert (settled["url"], settled["moved_to"]) == ("https://example.org/other", None)


def test_a_redirect_that_changes_its_mind_begins_anew():
    seen = replace(FACTS, moved_to="https://example.org/other", moved_since=stamp(NOW))
    late = NOW + timedelta(days=30)
    elsewhere = plan_source(seen, replace(read(), moved_to="https://example.org/third"), {}, late, HOUR).columns
    assert (elsewhere["moved_to"], elsewhere["moved_since"]) == ("https://example.org/third", stamp(late))
    back = plan_source(seen, replace(read(), moved_to=None), {}, late, HOUR).columns
    assert (back["moved_to"], back["moved_since"]) == (None, None)
    assert "url" not in back


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("http://a.org", "https://a.org/", True),
        ("http://a.org/f?x=1", "https://a.org/f?x=1", True),
        ("http://a.org/f", "https://www.a.org/f", False),
        ("http://a.org:8080/f", "https://a.org/f", False),
        ("https://a.org/f", "http://a.org/f", False),
        ("http://u:p@a.org/f", "https://a.org/f", False),
    ],
)
def test_secure_twin(old, new, same):
    assert is_secure_twin(old, new) is same


def test_unconditional_once_in_eight_days():
    facts = replace(FACTS, checked_at=stamp(NOW))
    asked = [may_ask_conditionally(replace(facts, checked_at=stamp(NOW + n * 12 * HOUR)), NOW + (n + 1) * 12 * HOUR)
             for n in range(32)]  # fmt: skip
    assert asked.count(False) == 2
    assert not may_ask_conditionally(replace(FACTS, checked_at=None), NOW)
    assert not may_ask_conditionally(facts, NOW + timedelta(days=9))
