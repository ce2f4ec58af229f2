"""Learning areas: who one learns from, what came in, notes by stage, what was tried, open questions."""


import pytest

from pkm.config import Home
from pkm.sense import tags as change
from pkm.sense.notes import add_note
from pkm.store import journal, learning, tags
from pkm.store.session import Store


@pytest.fixture
def world(world: Store) -> Store:
    """The small world: #org is on i2, #org/design on n1 (tried, shared) and #org on c1."""
    world.operation = None
    return world


def test_a_tag_is_an_area_until_it_is_none_and_an_undo_brings_it_back(world: Store, home_paths: Home) -> None:
    assert change.set_learning(world, "#ORG", True) == ("org", True)
    assert change.set_learning(world, "organisation", True) == ("org", False)
    assert learning.areas(world.read()) == ["org"]
    world.operation = None
    change.set_learning(world, "org", False)
    assert learning.areas(world.read()) == []
    journal.undo(Store(home_paths, "pkm undo"))
    assert learning.areas(world.read()) == ["org"]


def test_an_area_holds_what_is_below_it(world: Store) -> None:
    with world.unit() as unit:
        unit.connection.execute("UPDATE item SET state = 'kept' WHERE id = 2")
        unit.connection.execute("INSERT INTO tagging (tag_id, kind, entity_id, origin) VALUES (1, 'source', 2, 'hand')")
    from pkm.store.model import Link

    add_note(world, "Who walks first? #org/design")
    add_note(world, "Who follows? #org")
    answered = add_note(world, "Who pays? #org")
    with world.unit() as unit:
        unit.add(Link(from_kind="note", from_id=1, to_kind="note", to_id=int(answered.row["id"][1:]), type="answers",
                      created_at="2026-11-20T08:00:00Z"))  # fmt: skip
    found = learning.area(world.read(), "org", "2026-11-01T00:00:00Z", 5)
    assert [(row["id"], row["kept"]) for row in found["from"]] == [("c1", 1), ("s2", 0)]
    assert [row["id"] for row in found["came_in"]] == ["i4", "i3", "i2"]
    assert learning.area(world.read(), "org", "2026-11-13T00:00:00Z", 1)["came_in_count"] == 2
    assert found["stages"]["observation"] >= 3
    assert [(row["id"], row["note"]) for row in found["tried"]] == [("t1", "n1")]
    assert [row["title"] for row in found["questions"]] == ["Who walks first?", "Who follows?"]
    assert learning.area(world.read(), "weather", "2027", 5)["from"] == []


def test_a_merge_keeps_that_it_is_an_area_and_what_refers_to_it(world: Store) -> None:
    change.set_learning(world, "weather", True)
    with world.unit() as unit:
        unit.connection.execute("UPDATE rule SET tag_id = 4")
        unit.connection.execute("UPDATE source SET challenges_id = 4 WHERE id = 2")
    change.merge(world, "weather", "org")
    assert learning.areas(world.read()) == ["org"]
    db = world.read()
    assert db.execute("SELECT count(*) FROM rule WHERE tag_id = 1").fetchone()[0] > 0
    assert db.execute("SELECT challenges_id FROM source WHERE id = 2").fetchone()[0] == 1
    assert tags.rows(db, names=["org"])[0]["aliases"] == ["organisation", "weather"]
