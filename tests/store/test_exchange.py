"""What there is between the person and contacts, from a real store."""


import pytest

from pkm.store import exchange
from pkm.store.model import (
    Annotation,
    Circle,
    Contact,
    Handle,
    Interaction,
    InteractionContact,
    Item,
    Link,
    Membership,
    Note,
    Promise,
    Response,
    Rule,
    Tagging,
    Trial,
)
from pkm.store.session import Store, Unit
from tests.store.world import AT

LATER = "2026-11-22T08:00:00Z"


def told(store: Store, *ids: int) -> list[tuple[int, str, str, int]]:
    return [(one.contact, one.part, one.kind, one.number) for one in exchange.traces(store.read(), ids)]


def test_the_world_has_some_of_each(world: Store) -> None:
    assert told(world, 1, 2) == [
        (1, "interactions", "interaction", 1), (1, "mentions", "note", 1), (1, "quotes", "annotation", 1),
        (2, "answers", "response", 1),
    ]  # fmt: skip
    assert [one[0] for one in told(world, 2)] == [2]
    assert told(world) == []


def test_what_was_put_away_or_counts_already_does_not_count(world: Store) -> None:
    with world.unit() as unit:
        unit.get(Note, 1).dropped_at = AT
        unit.get(Response, 1).state = "dropped"
        unit.add(Link(from_kind="note", from_id=3, to_kind="contact", to_id=2, created_at=AT))  # n3 was made of r1
        unit.add(Trial(note_id=1, outcome="worked", at=AT, created_at=AT, contact_id=2, response_id=1))
        unit.add(Promise(interaction_id=1, text="an open one"))
    assert told(world, 1, 2) == [(1, "interactions", "interaction", 1), (1, "quotes", "annotation", 1)]


def test_kept_promises_and_trials_count_on_the_day_they_were(world: Store) -> None:
    with world.unit() as unit:
        promise = unit.get(Promise, 1)
        promise.state, promise.settled_at = "kept", LATER
        unit.add(Trial(note_id=1, outcome="worked", at="2026-11-19T08:00:00Z", created_at=LATER, contact_id=2))
    found = [one for one in exchange.traces(world.read(), [1, 2]) if one.part in ("promises", "trials")]
    assert [(one.contact, one.part, one.number, one.at, one.entered) for one in found] == [
        (1, "promises", 1, LATER, LATER), (2, "trials", 2, "2026-11-19T08:00:00Z", LATER),
    ]  # fmt: skip


def test_a_long_list_of_people_says_the_same_as_a_short_one(world: Store) -> None:
    assert told(world, *range(1, 2000)) == told(world, 1, 2)


def add_item(unit: Unit, author: str, authors: str = "[]", source: int | None = 2, rule: int | None = None) -> int:
    item = unit.add(Item(source_id=source, rule_id=rule, author=author, authors=authors, received_at=AT, state="kept"))
    return item.id or 0


@pytest.mark.parametrize(("author", "authors", "source", "whose"), [
    ("", "[]", 1, (1,)),
    ("Jörg ÓLAFSSON", "[]", 1, (2,)),
    ("Jörg Ólafsson and Maria Silva", "[]", 2, (2, 1)),
    ("JO", "[]", 2, (2,)),
    ("somebody", '[{"name": "x", "email": "MARIA@example.org"}]', 2, (1,)),
    ("Twin", "[]", 2, ()),
    ("a stranger", "[]", 2, ()),
    ("Maria", "[]", 2, ()),
])  # fmt: skip
def test_who_wrote_an_item(world: Store, author: str, authors: str, source: int, whose: tuple[int, ...]) -> None:
    with world.unit() as unit:
        unit.add(Handle(contact_id=2, kind="alias", value="JO", folded="jo"))
        for uid in ("t1", "t2"):
            unit.add(Contact(uid=uid, name="Twin", created_at=AT, updated_at=AT))
        item = add_item(unit, author, authors, source)
    assert tuple(exchange.writers_of(world.read(), [item]).get(item, ())) == whose


@pytest.mark.parametrize(("source", "address", "part"), [
    (1, "", "quotes"),  # the source is hers
    (2, "", "bylines"), (2, "https://maria.example.org", "bylines"),
    (2, "https://other.example.net/", "quotes"), (2, "https://www.other.example.net", "quotes"),
    (2, "https://other.example.net/feed", "quotes"), (2, "https://other.example.net/@maria", "bylines"),
    (2, "https://example.net", "bylines"), (None, "https://clip.example", "quotes"), (None, "", "bylines"),
])  # fmt: skip
def test_a_byline_is_hers_in_her_source_or_at_her_address(world: Store, source: int | None, address: str, part: str) -> None:
    with world.unit() as unit:
        item = unit.add(Item(source_id=source, author="Maria Silva", received_at=AT, url="https://clip.example/1"))
        unit.add(Annotation(item_id=item.id, exact="x", created_at=AT, updated_at=AT))
        if address:
            unit.add(Handle(contact_id=1, kind="url", value=address, folded=address))
    found = exchange.traces(world.read(), [1])[-1 if part == "quotes" else 0]
    where = {None: "https://clip.example/1", 2: "Other News"}.get(source, "") if part == "bylines" else ""
    assert (found.part, found.number, found.where) == (part, 3, where)


def test_a_rule_knows_better_than_a_byline(world: Store) -> None:
    with world.unit() as unit:
        rule = unit.add(Rule(action="assign", person_id=2, created_at=AT))
        item = add_item(unit, "Maria Silva", source=1, rule=rule.id)
    assert exchange.writers_of(world.read(), [item]) == {item: {2: True}}


def test_shared_interests_hang_on_the_person_their_sources_their_kept_items_and_notes_that_mention_them(world: Store) -> None:
    with world.unit() as unit:
        unit.add(Tagging(tag_id=1, kind="circle", entity_id=2))
        unit.add(Tagging(tag_id=4, kind="contact", entity_id=1))  # weather is no interest
        for kind, number in (("item", 1), ("item", 3), ("source", 1)):
            unit.add(Tagging(tag_id=1, kind=kind, entity_id=number))
    db = world.read()
    wanted = exchange.interests(db, 2)
    assert wanted == {1: "org", 2: "org"}  # org/design is org as well
    assert exchange.shared_interests(db, [1, 2], wanted) == {1: {"org": ["c1", "n1", "s1", "i1"]}}
    assert exchange.shared_interests(db, [1, 2], {}) == {}


@pytest.mark.parametrize(("kind", "joined", "found"), [
    ("community", {}, [1, 2]),  # in no circle: the widest ring of all
    ("community", {1: 1}, [1, 2]),
    ("community", {1: 3}, [2]),  # in another community: as close already
    ("community", {1: 4}, [2]),  # in a team: closer
    ("community", {1: 2, 2: 1}, [2]),  # a member is no candidate
    ("team", {1: 3, 2: 1}, [1, 2]),
    ("team", {1: 4}, [2]),
])  # fmt: skip
def test_the_ring_around_a_circle(store: Store, kind: str, joined: dict[int, int], found: list[int]) -> None:
    with store.unit() as unit:
        for name, of in (("it", kind), ("other", "community"), ("crew", "team")):
            unit.add(Circle(name=name, kind=of, created_at=AT))
        for uid in ("u1", "u2"):
            unit.add(Contact(uid=uid, name=uid, created_at=AT, updated_at=AT))
        for contact, circle in joined.items():
            unit.add(Membership(circle_id=circle, contact_id=contact, joined_at=AT))
    assert exchange.ring(store.read(), 2, kind) == found


def test_the_last_sign_is_the_newest_of_all_that_came(world: Store) -> None:
    signs = exchange.last_signs(world.read(), [1, 2])
    assert {number: (sign.id, sign.at) for number, sign in signs.items()} == {
        1: ("e1", AT), 2: ("r1", "2026-11-22T08:00:00Z"),
    }  # fmt: skip
    with world.unit() as unit:
        unit.add(Item(source_id=1, title="New", published_at="2030-01-01T00:00:00Z", received_at=LATER))
    assert exchange.last_signs(world.read(), [1])[1] == ("i5", "item", "New", LATER)


def test_who_joined_again_has_not_left(world: Store) -> None:
    assert exchange.left_since(world.read(), 1) == {2: ("2026-11-02T08:00:00Z", "no time")}
    with world.unit() as unit:
        unit.add(Membership(circle_id=1, contact_id=2, joined_at=LATER))
    assert exchange.left_since(world.read(), 1) == {}


def test_one_who_met_several_counts_for_each(world: Store) -> None:
    with world.unit() as unit:
        unit.add(Interaction(at=LATER, text="all", created_at=LATER))
        for number in (1, 2):
            unit.add(InteractionContact(interaction_id=2, contact_id=number))
        unit.add(Annotation(item_id=4, exact="Rain", created_at=AT, updated_at=AT))  # by nobody that is known
    assert [(one[0], one[3]) for one in told(world, 1, 2) if one[1] == "interactions"] == [(1, 1), (1, 2), (2, 2)]
    assert sum(one[1] == "quotes" for one in told(world, 1, 2)) == 1
