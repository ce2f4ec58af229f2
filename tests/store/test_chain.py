"""`pkm why`: the chain from the person behind a source over item, note and share to what was answered."""


import pytest

from pkm.errors import NotFound
from pkm.store.model import Link, Note, Response, Share, ShareNote
from pkm.store.session import Store
from pkm.whole.chain import LIMIT, WALKS, trace


@pytest.fixture
def store(world: Store) -> Store:
    return world


def told(store: Store, kind: str, number: int) -> list[str]:
    """The chain as lines: depth, relation, id; the thing asked for with a star."""
    steps = trace(store.read(), kind, number)["chain"]
    return [f"{'  ' * step['depth']}{step['relation']} {step['id']}{'*' if step['this'] else ''}" for step in steps]


def test_the_chain_of_a_note_goes_from_the_person_behind_its_source_to_what_was_answered(store: Store) -> None:
    assert told(store, "note", 1) == [
        "writer c1",
        "  source s1",
        "    item i1",
        "      quote a1",
        "      note n1*",
        "        comment a2",
        "        supports n2",
        "        related c1",
        "        growth n1",
        "        growth n1",
        "        trial t1",
        "        share x1",
        "          delivery d1",
        "            response r1",
        "              note n3",
        "          planned o1",
    ]


def test_the_chain_of_an_item_holds_what_came_of_its_notes(store: Store) -> None:
    lines = told(store, "item", 1)
    assert "    item i1*" in lines
    assert lines[-5:] == told(store, "note", 1)[-5:]


def test_the_chain_of_a_note_made_from_an_answer_begins_with_what_was_shared(store: Store) -> None:
    assert told(store, "note", 3) == ["note n1", "share x1", "  delivery d1", "    response r1", "      note n3*"]


def test_an_answer_leads_to_the_trial_told_in_it_which_says_of_what_note_it_is(store: Store) -> None:
    with store.unit() as unit:
        unit.row("trial", 1).response_id = 1
    assert told(store, "response", 1)[3:6] == ["    response r1*", "      trial t1", "      note n3"]
    step = next(step for step in trace(store.read(), "response", 1)["chain"] if step["kind"] == "trial")
    assert (step["note"], step["outcome"], "response" in step) == ("n1", "mixed", False)


def test_what_was_shared_is_named_once_where_two_answers_to_it_are_in_one_share(store: Store) -> None:
    with store.unit() as unit:
        unit.add(Response(share_id=1, text="Ours too", note_id=2, at="2026-11-22T08:00:00Z", state="kept", via="hand",
                          created_at="2026-11-22T08:00:00Z"))  # fmt: skip
        unit.add(Share(uid="two", title="Answers", slug="answers", state="draft", created_at="2026-11-23T08:00:00Z"))
        unit.flush()
        unit.add(ShareNote(share_id=2, note_id=2, position=1))
        unit.add(ShareNote(share_id=2, note_id=3, position=2))
    lines = [line.strip() for line in told(store, "share", 2)]
    assert lines[:5] == ["note n1", "share x1", "response r2", "note n2", "share x1"]
    assert lines.count("note n1") == 1


@pytest.mark.parametrize(
    ("kind", "number", "lines"),
    [
        ("annotation", 1, ["      quote a1*", "      note n1", "        trial t1"]),
        ("source", 1, ["writer c1", "  source s1*", "    item i1", "      note n1", "        share x1"]),
        (
            "contact",
            1,
            [
                "contact c1*",
                "  member o2",
                "  source s1",
                "      note n1",
                "  related n1",
                "  interaction e1",
                "  introduced c2",
            ],
        ),
        ("contact", 2, ["through c1", "  contact c2*", "    member o1", "    response r1", "      note n3"]),
        ("circle", 2, ["circle o2*", "  member c1", "  source s2", "  delivery d1", "    response r1"]),
        (
            "share",
            1,
            ["      note n1", "share x1*", "  delivery d1", "    response r1", "      note n3", "  planned o1"],
        ),
        ("delivery", 1, ["note n1", "share x1", "  delivery d1*", "    response r1"]),
        ("response", 1, ["note n1", "share x1", "  delivery d1", "    response r1*", "      note n3"]),
        ("trial", 1, ["      note n1", "        growth n1", "        growth n1", "        trial t1*"]),
        ("interaction", 1, ["contact c1", "  interaction e1*", "    promise p1"]),
        ("promise", 1, ["contact c1", "  interaction e1", "    promise p1*"]),
    ],
)
def test_chains_of_other_kinds(store: Store, kind: str, number: int, lines: list[str]) -> None:
    found = told(store, kind, number)
    assert [line for line in found if line in lines] == lines
    assert set(lines) <= set(found)


def test_every_kind_with_an_id_has_a_chain(store: Store) -> None:
    from pkm.ids import LETTERS

    assert set(WALKS) == set(LETTERS)
    for kind in WALKS:
        assert trace(store.read(), kind, 1)["chain"], kind


def test_the_facts_of_a_step(store: Store) -> None:
    chain = trace(store.read(), "note", 1)
    assert (chain["id"], chain["kind"], chain["title"]) == ("n1", "note", "Desire paths beat roadmaps")
    steps = {step["relation"]: step for step in chain["chain"]}
    assert steps["item"]["via"] == "person"
    assert steps["item"]["title"] == "Desire paths in parks"
    assert steps["growth"] | {"because": "it was tried", "stage_from": "idea"} == steps["growth"]
    assert (steps["delivery"]["circle"], steps["delivery"]["channel"], steps["delivery"]["state"]) == (
        "practice",
        "site",
        "sent",
    )
    assert steps["delivery"]["at"] == "2026-11-21T08:00:00Z"
    assert steps["trial"]["outcome"] == "mixed"
    left = next(step for step in trace(store.read(), "contact", 2)["chain"] if step["relation"] == "member")
    assert (left["because"], left["until"], left["left_because"]) == ("met online", "2026-11-02T08:00:00Z", "no time")


def test_a_link_to_nothing_yet_is_told_without_an_id(store: Store) -> None:
    wanted = [step for step in trace(store.read(), "note", 2)["chain"] if step["id"] is None]
    assert [(step["title"], step["direction"]) for step in wanted] == [("Not there", "out"), ("unknown", "out")]


def test_a_long_list_is_cut_and_says_so(store: Store) -> None:
    at = "2026-11-20T08:00:00Z"
    with store.unit() as unit:
        for number in range(LIMIT + 5):
            note = unit.add(
                Note(uid=f"more{number}", title=f"More {number}", text="", item_id=4, created_at=at, updated_at=at)
            )
            unit.add(Link(from_kind="note", from_id=note.id, to_kind="contact", to_id=2, created_at=at))
    steps = trace(store.read(), "item", 4)["chain"]
    assert sum(step["relation"] == "note" for step in steps) == LIMIT
    assert next(step for step in steps if step["this"])["more"] == ["note"]


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotFound):
        trace(store.read(), "note", 99)
