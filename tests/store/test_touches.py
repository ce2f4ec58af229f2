"""What counts as a touch, and who is due: the same as counted by hand over a few hundred people."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pkm import config
from pkm.config import Home
from pkm.dates import parse_stamp, stamp
from pkm.store import contacts, interactions, promises, received, standings, touches
from pkm.store.session import Store
from tests.conftest import KeptHomes
from tests.people import NOW, fill

PEOPLE = 300


@pytest.fixture
def peopled(home: Path, kept_homes: KeptHomes) -> Iterator[Store]:
    kept_homes.fill(home, "touches", live)
    store = Store(Home.find())
    yield store
    store.close()


def live() -> None:
    store = Store(Home.find())
    fill(store, PEOPLE)
    store.close()


def set_touches(store: Store, mentions: str, shares: str) -> Any:
    config.set(Home.find(), "touch.mentions", mentions)
    config.set(Home.find(), "touch.shares", shares)
    store.close()  # a connection asks for a setting once
    return store.read()


def by_hand(db: Any, mentions: bool, shares: bool) -> dict[int, str]:
    """The last touch of each contact, by one plain question each."""
    asked = ["SELECT contact_id AS who, at FROM interaction JOIN interaction_contact ON interaction_id = interaction.id",
             "SELECT contact_id AS who, at FROM response"]  # fmt: skip
    if mentions:
        asked.append("SELECT to_id AS who, note.created_at AS at FROM link, note WHERE to_kind = 'contact' "
                     "AND from_kind = 'note' AND note.id = from_id AND dropped_at IS NULL")  # fmt: skip
    if shares:
        asked.append("SELECT contact_id AS who, sent_at AS at FROM delivery WHERE state = 'sent' AND contact_id IS NOT NULL")
        asked.append("SELECT membership.contact_id AS who, sent_at AS at FROM delivery, membership WHERE state = 'sent' "
                     "AND delivery.contact_id IS NULL AND membership.circle_id = delivery.circle_id "
                     "AND sent_at >= joined_at AND (left_at IS NULL OR sent_at < left_at)")  # fmt: skip
    rows = db.execute(f"SELECT who, max(at) FROM ({' UNION ALL '.join(asked)}) GROUP BY who")
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize(("mentions", "shares"), [("no", "no"), ("yes", "no"), ("no", "yes"), ("yes", "yes")])
def test_what_counts_as_a_touch(peopled: Store, mentions: str, shares: str) -> None:
    db = set_touches(peopled, mentions, shares)
    expected = by_hand(db, mentions == "yes", shares == "yes")
    assert touches.last(db) == expected
    chosen = {number: at for number, at in expected.items() if number in (3, 7, 40)}
    assert touches.last(db, "IN (3, 7, 40)") == chosen


def test_each_setting_makes_a_difference(peopled: Store) -> None:
    counted = [touches.last(set_touches(peopled, *pair)) for pair in (("no", "no"), ("yes", "no"), ("no", "yes"))]
    assert counted[0] != counted[1] != counted[2] != counted[0]


def test_settings_that_cannot_be_read_are_the_defaults(peopled: Store) -> None:
    plain = touches.last(peopled.read())
    Home.find().config.write_text("touch = {")
    peopled.close()
    assert touches.last(peopled.read()) == plain


def test_who_is_due_is_the_same_for_all_as_for_each(peopled: Store) -> None:
    db = peopled.read()
    each = standings.standings(db, range(1, PEOPLE + 1))
    due = sorted((row["due"], number) for number, row in each.items() if row["due"] and row["due"] <= NOW)
    assert 20 < len(due) < PEOPLE
    assert standings.due(db, NOW, -1) == [number for _, number in due]
    assert standings.due(db, NOW, 7) == [number for _, number in due][:7]
    over = {
        number: (parse_stamp(NOW) - parse_stamp(each[number]["due"])) / timedelta(seconds=each[number]["every_s"])
        for _, number in due
    }
    assert standings.most_due(db, NOW) == min(over, key=lambda number: (-over[number], number))
    assert standings.first_due(db) == due[0][1]


def test_a_standing_counted_by_hand(peopled: Store) -> None:
    db = peopled.read()
    last = by_hand(db, False, False)
    kinds = {"team": (1, 14), "community": (2, 42), "network": (3, 182)}
    for number, row in standings.standings(db, range(1, PEOPLE + 1)).items():
        person = db.execute("SELECT * FROM contact WHERE id = ?", (number,)).fetchone()
        joined = db.execute("SELECT kind FROM membership JOIN circle ON circle.id = circle_id WHERE left_at IS NULL "
                            "AND contact_id = ?", (number,)).fetchall()  # fmt: skip
        tie = min((kind[0] for kind in joined), key=lambda kind: kinds[kind][0], default=None)
        every_s = person["every_s"] or (kinds[tie][1] * 86_400 if tie else None)
        assert (row["tie"], row["every_s"], row["last"]) == (tie, every_s, last.get(number))
        if every_s:
            due = stamp(parse_stamp(last.get(number) or person["created_at"]) + timedelta(seconds=every_s))
            assert row["due"] == max(due, person["snoozed_until"] or "")


def test_the_counts_of_a_card_are_those_of_its_lists(peopled: Store) -> None:
    db = peopled.read()
    for number in range(1, 60):
        assert received.counts(db, number) == {
            "interactions": len(interactions.of_contact(db, number, -1)),
            "newest": len(contacts.newest_items(db, number, -1)), "notes": len(contacts.notes_about(db, number, -1)),
            "shares": len(received.shares(db, number, -1)), "answers": len(received.answers(db, number, -1)),
            "promises": len(promises.rows(db, contact=number, limit=-1)),
        }  # fmt: skip


def test_what_was_shared_with_a_circle_counts_while_they_were_in_it(peopled: Store) -> None:
    db = peopled.read()
    found = 0
    for number in range(1, PEOPLE + 1):
        direct = {f"x{row[0]}" for row in db.execute(
            "SELECT share_id FROM delivery WHERE contact_id = ? AND state = 'sent' UNION "
            "SELECT share_id FROM response WHERE contact_id = ?", (number, number))}  # fmt: skip
        through = {f"x{row[0]}": row[1] for row in db.execute(
            "SELECT share_id, name FROM delivery, membership, circle WHERE membership.contact_id = ? AND state = 'sent' "
            "AND delivery.contact_id IS NULL AND membership.circle_id = delivery.circle_id AND circle.id = delivery.circle_id "
            "AND sent_at >= joined_at AND (left_at IS NULL OR sent_at < left_at)", (number,))}  # fmt: skip
        shares = {row["id"]: row for row in received.shares(db, number, -1)}
        assert shares.keys() == direct | through.keys()
        for share in through.keys() - direct:
            assert shares[share]["via"] == through[share]
            found += 1
    assert found > 10


@pytest.mark.skipif(not os.environ.get("PKM_LARGE"), reason="builds 20,000 contacts: set PKM_LARGE=1")
def test_twenty_thousand_contacts_are_answered_for(home: Path) -> None:
    store = Store(Home.find())
    fill(store, 20_000)
    db = store.read()
    assert len(standings.due(db, NOW, 20)) == 20
    assert standings.most_due(db, NOW)
    for sql in (touches._LOGGED, touches._MENTIONED, touches._SENT, touches._STAYS):
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql.format(chosen='IN (7)')}")]
        assert not [step for step in plan if step.startswith(("SCAN interaction", "SCAN link", "SCAN note", "SCAN member"))], plan
    store.close()


CHANGES = (
    "UPDATE contact SET every_s = 777 WHERE id = 5",
    "UPDATE contact SET snoozed_until = '2040-01-01T00:00:00Z' WHERE id = 5",
    "UPDATE circle SET every_s = 4321",
    "UPDATE circle SET kind = 'team'",
    "UPDATE interaction SET at = '2030-01-01T00:00:00Z'",
    "DELETE FROM interaction",
    "UPDATE OR IGNORE interaction_contact SET contact_id = 9",
    "INSERT INTO interaction_contact (interaction_id, contact_id) SELECT id, 299 FROM interaction ORDER BY at DESC LIMIT 1",
    "DELETE FROM response",
    "UPDATE response SET contact_id = 11",
    "DELETE FROM link WHERE to_kind = 'contact'",
    "UPDATE link SET to_id = 12 WHERE to_kind = 'contact'",
    "UPDATE note SET dropped_at = '2026-01-01T00:00:00Z'",
    "UPDATE note SET created_at = '2031-01-01T00:00:00Z'",
    "DELETE FROM note",
    "UPDATE delivery SET state = 'unknown' WHERE state = 'sent'",
    "UPDATE delivery SET sent_at = '2031-01-01T00:00:00Z' WHERE contact_id IS NULL",
    "DELETE FROM delivery",
    "UPDATE membership SET left_at = '2026-11-01T00:00:00Z' WHERE left_at IS NULL",
    "DELETE FROM membership",
    "DELETE FROM circle",
    "INSERT INTO contact (id, uid, name, nick, org, role, met, about, birthday, vcard, every_s, created_at, updated_at) "
    "VALUES (9001, 'u9001', 'N', '', '', '', '', '', '', '', 60, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
    "DELETE FROM contact WHERE id % 2",
)


def test_what_is_kept_is_what_would_be_computed_whatever_changes(peopled: Store) -> None:
    set_touches(peopled, "yes", "yes")
    everyone = [*range(1, PEOPLE + 1), 9001]
    for change in CHANGES:
        with peopled.unit() as unit:
            before = standings.compute(unit.connection, everyone)
            unit.connection.execute("SAVEPOINT before")
            unit.connection.execute(change)
            standings.refresh(unit.connection)
            kept = {row["contact_id"]: dict(row) for row in unit.connection.execute("SELECT * FROM standing")}
            computed = standings.compute(unit.connection, everyone)
            assert computed != before, change
            assert {number: {key: row[key] for key in computed[number]} for number, row in kept.items()} == computed, change
            unit.connection.execute("ROLLBACK TO before")


def test_a_setting_holds_before_anything_is_written(peopled: Store) -> None:
    with peopled.unit() as unit:
        assert standings.refresh(unit.connection) == 0
    db = set_touches(peopled, "yes", "yes")
    everyone = range(1, PEOPLE + 1)
    assert standings.standings(db, everyone) == standings.compute(db, everyone)
    assert standings.due(db, NOW, -1) == sorted(
        (number for number, row in standings.compute(db, everyone).items() if row["due"] and row["due"] <= NOW),
        key=lambda number: (standings.compute(db, [number])[number]["due"], number),
    )
