"""Numbers that triggers keep are those of the rows, and what is asked every day reads no whole table."""

import sqlite3

import pytest

from pkm.store import items, journal, review, shares, sources, stories, tags, tally, today
from pkm.store.session import Store
from pkm.whole.doctor import examine
from tests.store.world import make_world

NOW = "2026-11-28T12:00:00Z"


def counted(db: sqlite3.Connection) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute("SELECT what || ' ' || key, number FROM tally")}


@pytest.mark.parametrize("sql", [
    "UPDATE item SET state = 'dropped'", "UPDATE item SET state = 'inbox', story_id = NULL",
    "UPDATE item SET story_id = (SELECT min(id) FROM item) WHERE id > (SELECT min(id) FROM item)",
    "UPDATE item SET source_id = NULL", "DELETE FROM item WHERE id = (SELECT min(id) FROM item)", "DELETE FROM source",
    "DELETE FROM item", "DELETE FROM note",
    "UPDATE note SET reach = 'team'", "UPDATE note SET dropped_at = created_at",
    "UPDATE note SET reach = 'private', dropped_at = created_at WHERE id = (SELECT min(id) FROM note)",
    "DELETE FROM tag", "UPDATE tagging SET kind = 'source'", "UPDATE item SET title = ''",
])  # fmt: skip
def test_numbers_follow_every_change_and_its_undo(store: Store, sql: str) -> None:
    make_world(store.home).close()  # type: ignore[arg-type]
    before = counted(store.read())
    assert before["item inbox 0"] == items.count_inbox(store.read()) > 0
    assert not tally.is_wrong(store.read())
    with Store(store.home, "pkm test").unit() as unit:
        unit.connection.execute("PRAGMA defer_foreign_keys = ON")
        unit.connection.execute(sql)
    assert not tally.is_wrong(store.read())
    journal.undo(Store(store.home, "pkm undo"))
    assert counted(store.read()) == before


def test_the_doctor_counts_anew_what_does_not_fit(store: Store) -> None:
    make_world(store.home).close()  # type: ignore[arg-type]
    with store.unit(journal=False) as unit:
        unit.connection.execute("UPDATE tally SET number = number + 7")
    assert any("counted anew" in finding.why for finding in examine(store, store.home))  # type: ignore[arg-type]
    assert not tally.is_wrong(store.read())


def test_what_may_go_to_a_circle_is_counted_without_a_look_at_each_note(store: Store) -> None:
    make_world(store.home).close()  # type: ignore[arg-type]
    asked: list[str] = []
    db = store.read()
    db.set_trace_callback(asked.append)
    today.counts(db)
    shares.count_candidates(db, 1, ["network"], [3])
    shares.kept_without_note(db, "", 100)
    db.set_trace_callback(None)
    plans = [row[3] for sql in asked for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert [plan for plan in plans if plan.startswith("SCAN note")] == []
    assert any(plan.startswith("SEARCH item USING INDEX item_decided") for plan in plans)


def test_no_question_of_every_day_reads_a_table_whole(store: Store) -> None:
    asked: list[str] = []
    db = store.read()
    db.set_trace_callback(asked.append)
    today.counts(db)
    today.new_since(db, NOW, 3)
    items.count_inbox(db)
    tags.rows(db, limit=50)
    sources.rows(db, limit=50)
    shares.count_candidates(db, 1, ["network"])
    shares.candidates(db, 1, ["network"], 20)
    review.due(db, NOW, 3)
    review.count_due(db, NOW)
    review.questions(db, 5)
    review.contradictions(db, 5)
    review.far_away(db, NOW, 7, 5)
    review.of_days(db, ["11-28"], NOW, NOW)
    stories.members(db, [1])
    db.set_trace_callback(None)
    plans = [row[3] for sql in asked for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    whole = [f"SCAN {table}" for table in ("item", "note", "annotation", "link", "tagging")]
    assert len(asked) > 12
    assert [plan for plan in plans if plan in whole] == []
