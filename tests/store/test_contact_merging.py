"""Two contacts become one: nothing that hung on either is lost, nothing refers to the one that is gone, undo is exact."""

import sqlite3

import pytest

from pkm.config import Home
from pkm.errors import Invalid, NotFound
from pkm.people import contacts as people
from pkm.people import duplicates, merging
from pkm.store import audience, contacts, dismissals, journal, links, lookup, mergers
from pkm.store.contact_merging import Stay, counts, unite_stays
from pkm.store.links import Written
from pkm.store.session import Store
from tests.store.test_journal import image

AT = "2026-11-20T08:00:00Z"


@pytest.fixture
def world(world: Store) -> Store:
    """The small world, where c3 is c1 once more, and something of every kind hangs on c3."""
    people.add_contact(world, "M. Silva", nick="mary", emails=["Maria@b.org"], tags=["org/design", "maps"], about="Second.",
                       aliases=["Maria S."], through=1, every_s=604_800)  # fmt: skip
    people.add_contact(world, "Somebody", through=3)
    hang_on(world, 3)
    world.operation = None
    return world


def hang_on(store: Store, number: int) -> None:
    from pkm.store.model import (
        Circle,
        Delivery,
        Dismissal,
        Interaction,
        InteractionContact,
        Link,
        Membership,
        Promise,
        Response,
        Rule,
        ShareContact,
        Source,
        Trial,
    )

    with store.unit() as unit:
        unit.add(Source(url="https://mary.example.org/feed", title="Mary's", contact_id=number, created_at=AT))
        unit.add(Rule(action="assign", pattern="silva", person_id=number, source_id=2, created_at=AT))
        for who in (1, number):
            unit.add(Rule(action="up", pattern="paths", contact_id=who, created_at=AT))
        unit.connection.execute("UPDATE item SET rule_id = (SELECT max(id) FROM rule) WHERE id = 4")
        unit.add(InteractionContact(interaction_id=1, contact_id=number))
        made = unit.add(Interaction(at=AT, text="met at the park", created_at=AT)).id or 0
        unit.add(InteractionContact(interaction_id=made, contact_id=number))
        unit.add(Promise(interaction_id=made, text="a map"))
        unit.add(Circle(name="walkers", kind="team", created_at=AT))
        unit.add(Membership(circle_id=2, contact_id=number, joined_at="2026-10-01T08:00:00Z", because="asked to",
                            left_at="2026-11-05T08:00:00Z", left_because="no time"))  # fmt: skip
        unit.add(Membership(circle_id=3, contact_id=number, joined_at=AT, because="walks"))
        unit.add(Trial(note_id=1, outcome="worked", text="She tried it", at=AT, created_at=AT, contact_id=number))
        unit.add(Response(share_id=1, contact_id=number, text="Thanks", at=AT))
        unit.add(Delivery(key="m", share_id=1, stage_id=1, circle_id=2, channel_id=1, contact_id=number, recipient="b",
                          sha256="0", media_type="t", frozen_at=AT, payload=b"y"))  # fmt: skip
        unit.add(ShareContact(share_id=1, contact_id=number, position=1))
        unit.add(Link(from_kind="note", from_id=2, to_kind="contact", to_id=number, written="mary", origin="text",
                      created_at=AT))  # fmt: skip
        for who in (1, number):
            unit.add(Link(from_kind="note", from_id=3, to_kind="contact", to_id=who, created_at=AT))
        for kind, key in (("duplicate", f"c1,c{number}"), ("duplicate", f"c2,c{number}"), ("member", f"o2:c{number}"),
                          ("introduction", f"c{number},c4"), ("source", f"c{number}.org")):  # fmt: skip
            unit.add(Dismissal(kind=kind, key=key, at=AT))


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.read().execute(sql)]


REFERENCES = {
    ("contact", "through_id"), ("delivery", "contact_id"), ("handle", "contact_id"), ("interaction_contact", "contact_id"),
    ("membership", "contact_id"), ("response", "contact_id"), ("rule", "contact_id"), ("rule", "person_id"),
    ("share_contact", "contact_id"), ("source", "contact_id"), ("trial", "contact_id"),
}  # fmt: skip
"""Every column that refers to a contact; tags and links do so by kind, dismissals by their key."""


def test_every_column_that_refers_to_a_contact_is_known(world: Store) -> None:
    db = world.read()
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%fts5%'")]
    found = {
        (table, key["from"]) for table in tables for key in db.execute(f"PRAGMA foreign_key_list({table})")
        if key["table"] == "contact" and table != "standing"  # computed anew by itself
    }  # fmt: skip
    assert found == REFERENCES


def test_all_that_hung_on_them_hangs_on_the_one_who_stays(world: Store) -> None:
    before = counts(world.read(), [1, 3])
    done = merging.merge_contacts(world, [1, 3])
    db = world.read()
    for table, column in sorted(REFERENCES):
        assert rows(world, f"SELECT 1 FROM {table} WHERE {column} = 3") == [], f"{table}.{column}"
    assert rows(world, "SELECT 1 FROM link WHERE (to_kind, to_id) = ('contact', 3)") == []
    assert rows(world, "SELECT 1 FROM tagging WHERE (kind, entity_id) = ('contact', 3)") == []
    after = counts(db, [1])
    # both took part in one interaction, were in one circle, and had one rule and one link that said the same
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == {
        "interaction": 1, "stay": 1, "rule": 1, "mention": 1,
    }  # fmt: skip
    assert done.row["tags"] == ["maps", "org", "org/design"]
    assert done.row["emails"] == ["maria@example.org", "Maria@b.org"]
    assert rows(world, "SELECT through_id FROM contact WHERE id = 4") == [(1,)]
    assert rows(world, "SELECT rule_id FROM item WHERE id = 4") == rows(
        world, "SELECT id FROM rule WHERE action = 'up' AND contact_id = 1"
    )
    assert rows(world, "SELECT text FROM promise JOIN interaction_contact USING (interaction_id) WHERE contact_id = 1 "
                "ORDER BY 1") == [("a map",), ("the Dawson paper",)]  # fmt: skip


def test_one_undo_gives_all_of_it_back(world: Store, home_paths: Home) -> None:
    before = image(world)
    merging.merge_contacts(world, [1, 3, 2], ["name=c3", "email=c1"])
    after = image(world)
    assert after != before
    undone = journal.undo(Store(home_paths, "pkm undo"))
    assert image(world) == before
    check_full_text(world)
    journal.undo(Store(home_paths, "pkm undo"), undone.number)
    assert image(world) == after
    check_full_text(world)


def check_full_text(store: Store) -> None:
    with store.unit() as unit:
        for table in ("contact_fts", "handle_fts"):
            unit.connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
    store.operation = None


def test_names_and_ids_mean_the_one_who_stays(world: Store) -> None:
    merging.merge_contacts(world, [1, 3])
    db = world.read()
    for name in ("mary", "M. Silva", "Maria S.", "maria", "Maria Silva"):
        assert contacts.find_mentioned(db, name) == [1], name
    assert lookup.by_number(db, "contact", 3) == ("contact", 1, "Maria Silva")
    assert links.answer(db, Written("note", "c3", "")) == ("contact", 1)
    world.operation = None
    merging.merge_contacts(world, [2, 1])
    assert lookup.by_number(world.read(), "contact", 3) == ("contact", 2, "Jörg Ólafsson")
    assert mergers.follow(world.read(), "contact", 3) == 2
    assert mergers.follow(world.read(), "contact", 2) is None


def test_the_card_of_the_one_who_went_is_known_again(world: Store) -> None:
    uid = rows(world, "SELECT uid FROM contact WHERE id = 3")[0][0]
    done = merging.merge_contacts(world, [1, 3])
    assert contacts.with_handle(world.read(), "uid", str(uid)) == [1]
    assert "uid" not in {handle["kind"] for handle in done.row["handles"]}


def test_what_was_turned_down_stays_so(world: Store) -> None:
    merging.merge_contacts(world, [1, 3])
    db = world.read()
    assert {kind: set(dismissals.dismissed(db, kind)) for kind in ("duplicate", "member", "introduction", "source")} == {
        "duplicate": {"c1,c2"}, "member": {"o2:c1"}, "introduction": {"c1,c4"}, "source": {"c3.org"},
    }  # fmt: skip


def test_what_was_kept_from_either_is_kept_from_the_one_who_stays_for_as_long_as_the_longer(world: Store) -> None:
    with world.unit() as unit:
        for note, whom, until in ((1, "c3", ""), (2, "c1", "2026-12-01"), (2, "c3", "2027-02-01"), (3, "c1", ""),
                                  (3, "c3", "2026-12-01")):  # fmt: skip
            audience.put(unit, note, whom, until, f"of {whom}")
        dismissals.put(unit, "mention", "n2 c3", "M. Silva")
    merging.merge_contacts(world, [1, 3])
    kept = [audience.kept(world.read(), note, "2026-11-23")["c1"] for note in (1, 2, 3)]
    assert [(one.until, one.because) for one in kept] == [("", "of c3"), ("2027-02-01", "of c3"), ("", "of c1")]
    assert set(dismissals.dismissed(world.read(), "mention")) == {"n2 c1"}


def test_a_mention_that_several_answered_to_is_answered_now(world: Store) -> None:
    people.add_contact(world, "Kim")
    people.add_contact(world, "Kim")
    with world.unit() as unit:
        links.sync(unit, 2, [Written("contact", "kim", "with @kim")])
    assert [row["to"] for row in links.outgoing(world.read(), "note", 2) if row["written"] == "kim"] == [None]
    assert merging.merge_contacts(world, [6, 5]).resolved == 1
    assert [row["to"] for row in links.outgoing(world.read(), "note", 2) if row["written"] == "kim"] == ["c6"]


@pytest.mark.parametrize(("numbers", "takes", "error"), [
    ([1], [], Invalid), ([1, 1], [], Invalid), ([1, 99], [], NotFound), ([1, 3], ["foo=c1"], Invalid),
    ([1, 3], ["email"], Invalid), ([1, 3], ["email=c2"], Invalid), ([1, 3], ["name=both"], Invalid),
    ([1, 3], ["email="], Invalid),
])  # fmt: skip
def test_a_merge_that_is_none_changes_nothing(
    world: Store, numbers: list[int], takes: list[str], error: type[Exception]
) -> None:
    before = image(world)
    with pytest.raises(error):
        merging.merge_contacts(world, numbers, takes)
    assert image(world) == before


def stay(number: int, joined: str, left: str | None = None, because: str = "", left_because: str = "") -> Stay:
    return Stay(number, 1, joined, because, left, left_because)


@pytest.mark.parametrize(("stays", "united"), [
    ([stay(1, "2025", "2026"), stay(2, "2027")], [(stay(1, "2025", "2026"), []), (stay(2, "2027"), [])]),
    ([stay(2, "2025", None, "a"), stay(1, "2026", None, "b")], [(stay(2, "2025", None, "a; b"), [1])]),
    ([stay(1, "2025", "2026", "a", "x"), stay(2, "2025", "2027", "a", "y")], [(stay(1, "2025", "2027", "a", "x; y"), [2])]),
    ([stay(1, "2025", "2027", "a", "x"), stay(2, "2026", None, "b")], [(stay(1, "2025", None, "a; b", ""), [2])]),
    ([stay(1, "2025", None, "a"), stay(2, "2026", "2027", "b", "y")], [(stay(1, "2025", None, "a; b", ""), [2])]),
    ([stay(1, "2025", "2027"), stay(2, "2026", "2029"), stay(3, "2028")], [(stay(1, "2025"), [2, 3])]),
])  # fmt: skip
def test_stays_that_overlap_are_one(stays: list[Stay], united: list[tuple[Stay, list[int]]]) -> None:
    assert unite_stays(stays) == unite_stays(reversed(stays)) == united


def test_stays_of_both_are_one_history(world: Store) -> None:
    merging.merge_contacts(world, [1, 3])
    found = rows(world, "SELECT circle_id, joined_at, left_at, because FROM membership WHERE contact_id = 1 ORDER BY 1, 2")
    assert found == [(2, "2026-10-01T08:00:00Z", None, "asked to; co-hosts the meetup"), (3, AT, None, "walks")]


def test_duplicates_are_found_in_the_store_and_dismissed(world: Store) -> None:
    with world.unit() as unit:
        unit.connection.execute("DELETE FROM dismissal")
    assert [pair.key for pair in duplicates.find_duplicates(world)] == ["c1,c3"]
    assert duplicates.dismiss_pairs(world, [(3, 1)]) == ["c1,c3"]
    assert duplicates.find_duplicates(world) == []


def test_a_read_only_store_can_be_asked(world: Store) -> None:
    db = world.read()
    assert merging.preview_merge(world, [1, 3]).moves["stay"] == 2
    with pytest.raises(sqlite3.OperationalError):
        db.execute("DELETE FROM merger")
