"""Contacts in the store: whom a mention means, what an edit changes, and when somebody is due."""


import pytest

from pkm.errors import Exists, Invalid, NotFound, StoreError
from pkm.people import circles as circle_verbs
from pkm.people import contacts as people
from pkm.people.contacts import Fields
from pkm.store import contacts, interactions, standings
from pkm.store.journal import undo
from pkm.store.session import Store


@pytest.fixture
def peopled(store: Store) -> Store:
    """Five people: c1 maria, c2 Ken (alias Kenneth), c3 and c4 of one name, c5 with a name beyond ASCII."""
    people.add_contact(store, "Maria Silva", nick="maria", emails=["maria@example.org"], org="Map Works", tags=["org"])
    people.add_contact(store, "Ken", aliases=["Kenneth"], urls=["https://ken.example.org"])
    people.add_contact(store, "Ann Lee")
    people.add_contact(store, "ann lee", nick="ken2")
    people.add_contact(store, "Łukasz Żak", nick="łuk")
    return store


def take_back(store: Store) -> None:
    """Undo what was written since the store's operation was last set to None, as the next command would."""
    number, store.operation = store.operation, None
    assert number is not None
    undo(store, number)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("maria", [1]), ("@Maria", [1]), ("MARIA SILVA", [1]), ("maria_silva", [1]), ("ken", [2]), ("kenneth", [2]),
        ("Ann Lee", [3, 4]), ("łuk", [5]), ("ŁUK", [5]), ("łukasz żak", [5]), ("mar", []), ("", []), ("%", []),
    ],
)  # fmt: skip
def test_who_a_mention_means(peopled: Store, name: str, ids: list[int]):
    assert contacts.find_mentioned(peopled.read(), name) == ids


def test_a_nick_goes_before_a_name_and_a_name_before_an_alias(peopled: Store):
    people.add_contact(peopled, "Somebody", nick="kenneth")
    assert contacts.find_mentioned(peopled.read(), "Kenneth") == [6]
    people.add_contact(peopled, "kenny", aliases=["Somebody"])
    assert contacts.find_mentioned(peopled.read(), "somebody") == [6]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, ["c3", "c4", "c2", "c1", "c5"]),
        ({"limit": 2}, ["c3", "c4"]),
        ({"words": "ann"}, ["c3", "c4"]),
        ({"words": "silva works"}, ["c1"]),
        ({"words": "ken.example"}, ["c2"]),
        ({"words": "100%"}, []),
        ({"words": "_"}, []),
        ({"ids": [5, 1]}, ["c5", "c1"]),
        ({"ids": [99]}, []),
        ({"circle": 1}, []),
    ],
)
def test_lists(peopled: Store, asked: dict, ids: list[str]):
    asked = {"limit": -1, **asked}
    assert [row["id"] for row in contacts.rows(peopled.read(), **asked)] == ids


def test_count_is_what_a_list_without_limit_has(peopled: Store):
    assert contacts.count(peopled.read()) == 5
    assert contacts.count(peopled.read(), words="ann") == 2


def test_row_is_the_contract(peopled: Store):
    row = contacts.row(peopled.read(), 1)
    assert row is not None
    assert {key: row[key] for key in ("id", "kind", "title", "name", "nick", "org", "emails", "circles", "tie", "last",
                                      "due", "tags")} == {
        "id": "c1", "kind": "contact", "title": "Maria Silva", "name": "Maria Silva", "nick": "maria",
        "org": "Map Works", "emails": ["maria@example.org"], "circles": [], "tie": None, "last": None, "due": None,
        "tags": ["org"],
    }  # fmt: skip
    assert row["handles"] == [{"kind": "email", "value": "maria@example.org", "label": ""}]
    assert contacts.row(peopled.read(), 99) is None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"nick": "MARIA"}, "c1"),
        ({"emails": ["new@example.org", "Maria@Example.org"]}, "c1"),
        ({"nick": "ŁUK"}, "c5"),
    ],
)
def test_a_nick_or_email_is_one_persons(peopled: Store, given: dict, named: str):
    with pytest.raises(Exists) as caught:
        people.add_contact(peopled, "New", **given)
    assert f"({named})" in caught.value.what
    assert contacts.count(peopled.read()) == 5


def test_the_same_name_is_allowed_but_told(peopled: Store):
    assert people.add_contact(peopled, "Maria SILVA").warnings == (
        "c1 Maria Silva may be the same person (the same name); pkm contact merge c1 c6 makes them one",
    )


def test_edit_changes_what_is_given_and_nothing_else(peopled: Store):
    before = contacts.row(peopled.read(), 1)
    assert before is not None
    peopled.operation = None
    fields = Fields(org="Atlas", emails=("+m@x.org",), tags=("+map", "-org"), through=2)
    changed = people.edit_contact(peopled, 1, fields)
    assert set(changed.changed) == {"org", "emails", "handles", "tags", "through"}
    assert changed.row["emails"] == ["maria@example.org", "m@x.org"]
    assert (changed.row["tags"], changed.row["through"]) == (["map"], "c2")
    assert changed.row["nick"] == before["nick"]
    take_back(peopled)
    assert contacts.row(peopled.read(), 1) == before


def test_an_edit_that_changes_nothing_changes_nothing(peopled: Store):
    before = contacts.row(peopled.read(), 1)
    changed = people.edit_contact(peopled, 1, Fields(name="Maria Silva", emails=("maria@example.org",)))
    assert (changed.changed, changed.row) == ((), before)


def test_a_lost_name_stays_as_an_alias(peopled: Store):
    row = people.edit_contact(peopled, 1, Fields(name="Maria Costa", nick="mc")).row
    assert [handle["value"] for handle in row["handles"] if handle["kind"] == "alias"] == ["Maria Silva", "maria"]
    for name in ("maria", "Maria Silva", "mc", "Maria Costa"):
        assert contacts.find_mentioned(peopled.read(), name) == [1]


def test_edit_refuses(peopled: Store):
    with pytest.raises(Exists):
        people.edit_contact(peopled, 2, Fields(nick="maria"))
    with pytest.raises(Invalid):
        people.edit_contact(peopled, 2, Fields(through=2))
    with pytest.raises(NotFound):
        people.edit_contact(peopled, 77, Fields(name="x"))
    people.edit_contact(peopled, 1, Fields(nick="Maria"))  # one's own nick in another spelling is no conflict


# Cadence: the clock of the `home` fixture stands at 2026-11-23T09:00:00Z.


def test_due_is_the_last_touch_plus_the_cadence(peopled: Store):
    circle_verbs.join(peopled, 1, [1, 2])
    people.log_touch(peopled, [1, 2], "call", "2026-11-01T12:00:00Z")
    people.log_touch(peopled, [2], "an older mail", "2026-10-01T12:00:00Z")
    rows = {row["id"]: row for row in contacts.rows(peopled.read(), limit=-1)}
    assert rows["c1"]["last"] == rows["c2"]["last"] == "2026-11-01T12:00:00Z"
    assert rows["c1"]["due"] == "2027-05-02T12:00:00Z"  # 26 weeks on
    assert rows["c3"]["due"] is None


def test_never_touched_counts_from_the_day_they_were_added(peopled: Store):
    people.edit_contact(peopled, 3, Fields(every_s=86_400))
    row = contacts.row(peopled.read(), 3)
    assert row is not None
    assert (row["last"], row["due"]) == (None, "2026-11-24T09:00:00Z")


def test_the_closest_circle_sets_the_cadence_unless_the_contact_does(peopled: Store):
    team = int(circle_verbs.add_circle(peopled, "crew", "team").row["id"][1:])
    own = int(circle_verbs.add_circle(peopled, "quick", "team", every_s=3 * 86_400).row["id"][1:])
    circle_verbs.join(peopled, 1, [1])
    for circle, weeks in ((team, 2), (own, 3 / 7)):
        circle_verbs.join(peopled, circle, [1])
        row = contacts.row(peopled.read(), 1)
        assert row is not None
        assert (row["tie"], row["every_s"]) == ("team", weeks * 7 * 86_400)
    people.edit_contact(peopled, 1, Fields(every_s=86_400))
    assert standings.standings(peopled.read(), [1])[1]["every_s"] == 86_400


def test_due_list_snooze_and_touch(peopled: Store):
    for number in (1, 2, 3):
        people.edit_contact(peopled, number, Fields(every_s=7 * 86_400))
    people.log_touch(peopled, [1], "a", "2026-11-01T00:00:00Z")
    people.log_touch(peopled, [2], "b", "2026-10-01T00:00:00Z")
    now = "2026-11-23T09:00:00Z"

    def due() -> list[str]:
        return [row["id"] for row in contacts.due(peopled.read(), now, limit=9)]

    assert due() == ["c2", "c1"]
    people.snooze(peopled, 2, "2026-11-30T00:00:00Z")
    assert due() == ["c1"]
    people.log_touch(peopled, [1, 2], "met both", now)
    assert due() == []
    row = contacts.row(peopled.read(), 2)
    assert row is not None
    assert (row["snoozed_until"], row["due"]) == (None, "2026-11-30T09:00:00Z")


def test_next_is_who_is_over_by_the_most_of_their_own_cadence(peopled: Store):
    now = "2026-11-23T09:00:00Z"
    assert standings.most_due(peopled.read(), now) is None
    for number, days, touched in ((1, 182, "2026-05-01"), (2, 14, "2026-11-05"), (3, 14, "2026-11-05")):
        people.edit_contact(peopled, number, Fields(every_s=days * 86_400))
        people.log_touch(peopled, [number], "x", f"{touched}T00:00:00Z")
    assert [row["id"] for row in contacts.due(peopled.read(), now, limit=9)] == ["c1", "c2", "c3"]
    assert standings.most_due(peopled.read(), now) == 2  # 4 of 14 days are more than 24 of 182


def test_log_refuses_nothing_and_the_future(peopled: Store):
    with pytest.raises(Invalid):
        people.log_touch(peopled, [1], " \x1b[0m ")
    with pytest.raises(Invalid):
        people.log_touch(peopled, [1], "x", "2026-12-24T00:00:00Z")
    assert interactions.of_contact(peopled.read(), 1, limit=9) == []


def test_interactions_of_a_contact_newest_first(peopled: Store):
    people.log_touch(peopled, [1, 2], "first. Then more", "2026-11-01T00:00:00Z")
    people.log_touch(peopled, [1], "second", "2026-11-02T00:00:00Z")
    found = interactions.of_contact(peopled.read(), 1, 9)
    assert [(row["id"], row["title"], row["contacts"]) for row in found] == [
        ("e2", "second", ["c1"]), ("e1", "first", ["c1", "c2"]),
    ]  # fmt: skip
    assert interactions.row(peopled.read(), 9) is None


def test_every_write_is_undone_whole(peopled: Store):
    before = "\n".join(peopled.read().iterdump())
    peopled.operation = None
    added = people.add_contact(peopled, "Gone", nick="gone", emails=["g@example.org"], tags=["new"], through=1)
    take_back(peopled)
    assert contacts.row(peopled.read(), added.number) is None

    def told(dump: str) -> list[str]:
        kept = ("contact", "handle", "tag", "tagging", "membership", "interaction")
        return [line for line in dump.split("\n") if any(f'INTO "{table}" ' in line for table in kept)]

    assert told("\n".join(peopled.read().iterdump())) == told(before)


def test_a_locked_store_is_said_and_nothing_is_changed(peopled: Store, monkeypatch: pytest.MonkeyPatch):
    from pkm.store import connection

    monkeypatch.setattr(connection, "BUSY_MS", 50)
    other = connection.connect(peopled.path)
    other.execute("BEGIN IMMEDIATE")
    fresh = Store(peopled.home)
    try:
        with pytest.raises(StoreError):
            people.add_contact(fresh, "Late")
    finally:
        other.execute("ROLLBACK")
        other.close()
        fresh.close()
    assert contacts.count(peopled.read()) == 5
