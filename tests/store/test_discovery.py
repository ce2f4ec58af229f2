"""The questions behind suggestions: what was kept of whom, bounded, and what was turned down."""


from pkm.store import discovery, dismissals
from pkm.store.model import Annotation, Item, Link, Note, Share, ShareNote, Source
from pkm.store.session import Store

AT = "2026-11-20T08:00:00Z"


def add_items(store: Store, *states: str, source: int | None = 1) -> list[int]:
    with store.unit() as unit:
        return [
            unit.add(Item(source_id=source, state=state, title=f"{state} {place}", received_at=f"2026-11-21T0{place}:00:00Z",
                          author="Ann", html="<p>x</p>", decided_at=None if state == "inbox" else AT)).id
            for place, state in enumerate(states)
        ]  # fmt: skip


def kept(store: Store, limit: int = 100) -> dict[str, int]:
    return {row["title"]: row["weight"] for row in discovery.kept_items(store.read(), limit)}


def test_what_was_kept_noted_and_shared_weighs_one_two_three(store):
    numbers = add_items(store, "kept", "kept", "inbox", "inbox", "inbox", "dropped", source=None)
    with store.unit() as unit:
        for number in numbers[1:3]:
            unit.add(Note(uid=f"n{number}", title="n", text="n", item_id=number, created_at=AT, updated_at=AT))
        unit.add(Annotation(item_id=numbers[3], created_at=AT, updated_at=AT))
        unit.add(Link(from_kind="note", from_id=1, to_kind="item", to_id=numbers[4], created_at=AT))
        unit.add(Share(uid="x", title="x", state="sent", created_at=AT))
        unit.add(ShareNote(share_id=1, note_id=2, position=1))
    assert kept(store) == {"kept 0": 1, "kept 1": 2, "inbox 2": 3, "inbox 3": 2, "inbox 4": 2}


def test_a_note_that_was_put_away_does_not_count(store):
    (number,) = add_items(store, "inbox", source=None)
    with store.unit() as unit:
        unit.add(Note(uid=f"n{number}", title="n", text="n", item_id=number, created_at=AT, updated_at=AT, dropped_at=AT))
    assert kept(store) == {}


def test_no_more_than_asked_for_and_the_last_decided_first(store):
    add_items(store, *["kept"] * 9, source=None)
    assert list(kept(store, 3)) == ["kept 8", "kept 7", "kept 6"]


def test_peoples_items_are_those_of_their_sources_but_muted_ones(world, monkeypatch):
    add_items(world, "inbox", "muted", "backlog")
    add_items(world, "inbox", source=2)
    titles = [row["title"] for row in discovery.items_of_people(world.read(), 100)]
    assert len(discovery.items_of_people(world.read(), 1)) == 1
    assert titles == ["backlog 2", "inbox 0", "Roadmaps and plans", "Desire paths in parks"]
    monkeypatch.setattr(discovery, "EACH", 2)
    assert len(discovery.items_of_people(world.read(), 100)) == 1  # of the two newest one is muted


def test_the_rest_is_answered_from_the_world(world):
    db = world.read()
    assert [row["title"] for row in discovery.followed(db)] == ["Maria's garden", "Other News"]
    assert [row["name"] for row in discovery.known_people(db)][:1] == ["Maria Silva"]
    assert discovery.kept_of_decided(db) == {1: (1, 1)}
    assert [row["id"] for row in discovery.dropped_bylines(db, 10)] == [3]
    assert [source for source, _ in discovery.samples(db, [1, 2], each=1)] == [2, 1]
    assert discovery.samples(db, [], each=5) == []


def test_a_source_is_called_by_nothing_secret(store):
    with store.unit() as unit:
        unit.add(Source(url="https://ann:secret@a.org/feed", created_at=AT))
    add_items(store, "kept")
    assert "secret" not in str(discovery.followed(store.read())[0]["title"])
    assert "secret" not in discovery.kept_items(store.read(), 5)[0]["writer"]


def test_a_dismissal_is_kept_once_for_its_kind(store):
    for _ in range(2):
        with store.unit() as unit:
            dismissals.put(unit, "source", "a.org", "A")
    assert set(dismissals.dismissed(store.read(), "source")) == {"a.org"}
    assert dismissals.dismissed(store.read(), "person") == {}
