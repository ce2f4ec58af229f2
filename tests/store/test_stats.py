"""Questions behind `pkm stats`, over a small real store: what is counted, at the edges of a span, and in no store at all."""


import pytest

from pkm.store import balance, stats
from pkm.store.session import Store

SINCE, UNTIL = "2026-08-25T09:00:00Z", "2026-11-23T09:00:01Z"
AT = "2026-11-20T08:00:00Z"


def test_what_was_kept_is_told_with_who_and_how(world: Store) -> None:
    (one,) = stats.kept(world.read(), SINCE, UNTIL)
    assert one == {"at": AT, "source": 1, "contact": 1, "author": "Maria Silva", "via": "person", "told": 0}
    assert stats.kept(world.read(), AT, UNTIL)  # at or after its beginning
    assert stats.kept(world.read(), SINCE, AT) == []  # and before its end


def test_what_came_in_leaves_out_the_past_and_what_was_muted(world: Store) -> None:
    from pkm.store.model import Item

    with world.unit() as unit:
        for state in ("backlog", "muted", "inbox"):
            unit.add(Item(source_id=2, state=state, title=state, received_at=AT))
    assert stats.came_in_by_source(world.read(), SINCE) == {1: (2, 0), 2: (3, 0)}
    assert stats.came_in_by_source(world.read(), "2026-11-13T08:00:00Z") == {2: (3, 0)}
    assert stats.came_in_by_source(world.read(), UNTIL) == {}
    assert stats.decided_by_source(world.read(), SINCE, UNTIL) == {1: (1, 0), 2: (1, 0)}


def test_what_grew_is_told_with_trials_and_where_it_went(world: Store) -> None:
    rows = {row["id"]: row for row in stats.grown(world.read(), "2026-11-23")}
    assert set(rows) == {"n1", "n2"}
    assert (rows["n1"]["trials"], rows["n1"]["community"], rows["n1"]["network"]) == (1, True, False)
    assert (rows["n2"]["since"], rows["n2"]["community"], rows["n2"]["waits"]) == ("2026-11-16T08:00:00Z", False, False)
    assert [(row["to"], row["began"][8:10], row["at"][8:10]) for row in stats.steps(world.read(), SINCE, UNTIL)] == [
        ("idea", "15", "16"), ("practice", "16", "18")
    ]  # fmt: skip
    assert sorted(stats.stages(world.read())) == [
        ("idea", "2026-11-16T08:00:00Z"), ("observation", "2026-11-17T08:00:00Z"), ("practice", "2026-11-18T08:00:00Z"),
    ]  # fmt: skip


def test_what_must_not_nag_does_not(world: Store) -> None:
    from pkm.store.model import Dismissal

    with world.unit() as unit:
        unit.add(Dismissal(kind="share", key="n2", title="not yet", at=AT))
    assert next(row for row in stats.grown(world.read(), "2026-11-23") if row["id"] == "n2")["waits"]


def test_shares_are_told_once_with_what_stands_in_them(world: Store) -> None:
    (share,) = stats.shares_made(world.read(), SINCE, UNTIL)
    assert share["id"] == "x1"
    assert any("my own words" in text for text in share["texts"])
    assert stats.shares_made(world.read(), UNTIL, "2027") == []


def test_open_questions_are_those_asked_before(world: Store) -> None:
    assert [row["id"] for row in stats.questions(world.read(), UNTIL)] == ["n3"]
    assert stats.questions(world.read(), "2026-11-17T08:00:00Z") == []


def test_circles_are_heard_and_given_to_apart(world: Store) -> None:
    heard, answers, given = (ask(world.read()) for ask in (balance.last_item, balance.last_answer, balance.last_given))
    assert heard[2] == ("2026-11-14T08:00:00Z", 4)  # o2: its own source brought i4 after its member's i2
    assert set(given) == {2}  # what goes to the network has not left yet
    assert set(answers) <= {1, 2}
    assert balance.circles_of_sources(world.read()) == {2: frozenset({2})}
    assert balance.circles_of_contacts(world.read()) == {1: frozenset({2})}  # c2 has left


def touch(store: Store, contact: int, at: str) -> None:
    from pkm.store.model import Interaction, InteractionContact

    with store.unit() as unit:
        made = unit.add(Interaction(at=at, text="a word", created_at=at))
        unit.add(InteractionContact(interaction_id=made.id or 0, contact_id=contact))


@pytest.mark.parametrize(("change", "waits"), [
    ("nothing", True), ("before", True), ("same moment", True), ("after", False), ("note", False), ("dropped", False),
    ("trial", False), ("a letter by name", False),
])  # fmt: skip
def test_an_answer_waits_until_something_came_of_it(world: Store, change: str, waits: bool) -> None:
    from pkm.store.model import Response, Share, ShareContact, Trial

    at = "2026-11-21T08:00:00Z"
    with world.unit() as unit:
        for row in (unit.get(Response, 1),):
            row.note_id, row.contact_id, row.at, row.state = None, 2, at, "inbox"
    if change in ("before", "same moment", "after"):
        touch(world, 2, {"before": "2026-11-21T07:59:59Z", "same moment": at, "after": "2026-11-21T08:00:01Z"}[change])
    with world.unit() as unit:
        if change == "note":
            unit.get(Response, 1).note_id = 3
        elif change == "dropped":
            unit.get(Response, 1).state = "dropped"
        elif change == "trial":
            unit.add(Trial(note_id=1, outcome="worked", at=at, created_at=at, response_id=1))
        elif change == "a letter by name":
            share = unit.add(Share(uid="x9", title="For you", created_at=at, sent_at="2026-11-22T08:00:00Z", state="sent"))
            unit.add(ShareContact(share_id=share.id or 0, contact_id=2, position=1))
    assert [row["id"] for row in balance.unanswered(world.read(), SINCE, UNTIL)] == (["r1"] if waits else [])


def test_what_passed_is_counted_for_each_and_once_in_all(world: Store) -> None:
    from pkm.store.model import Interaction, InteractionContact

    with world.unit() as unit:
        made = unit.add(Interaction(at=AT, text="a call of three", created_at=AT))
        for number in (1, 2):
            unit.add(InteractionContact(interaction_id=made.id or 0, contact_id=number))
    given, back = balance.exchanged(world.read(), SINCE, UNTIL)
    totals = balance.totals(world.read(), SINCE, UNTIL)
    assert given["interactions"][2] >= 1
    assert totals["interactions"] < sum(given["interactions"].values())
    assert back["answers"] == {2: 1}
    assert back["introductions"] == {1: 1}  # c2 was met through c1
    assert (totals["shares"], totals["answers"], totals["met_through"]) == (1, 1, 1)
    assert balance.totals(world.read(), UNTIL, "2027")["interactions"] == 0


def test_notes_that_join_worlds(world: Store) -> None:
    from pkm.store.model import Link, Membership

    def worlds() -> dict[str, list[str]]:
        cases, rows = balance.bridges(world.read(), SINCE, UNTIL)
        return {"cases": [str(cases)], **{row["id"]: row["worlds"] for row in rows}}

    assert worlds() == {"cases": ["1"]}  # n1 names Maria, of the community
    with world.unit() as unit:
        unit.add(Link(from_kind="note", from_id=1, to_kind="contact", to_id=2, written="jörg", created_at=AT))
    assert worlds()["n1"] == ["community", "life"]  # Jörg is in no circle now
    with world.unit() as unit:
        unit.add(Membership(circle_id=1, contact_id=2, joined_at=AT))
    assert worlds()["n1"] == ["community", "network"]


PLANS = {
    "kept": ("SEARCH item USING INDEX item_decided", stats.kept, (SINCE, UNTIL)),
    "decided": ("SEARCH item USING COVERING INDEX item_decided", stats.decided_by_source, (SINCE, UNTIL)),
    "came in": ("USING COVERING INDEX item_source", stats.came_in_by_source, (SINCE,)),
    "newest": ("SEARCH item USING COVERING INDEX item_source", balance.last_item, ()),
}


@pytest.mark.parametrize("name", PLANS)
def test_of_all_items_only_indexes_are_gone_over(world: Store, name: str) -> None:
    plan, ask, given = PLANS[name]
    asked: list[str] = []
    world.read().set_trace_callback(asked.append)
    ask(world.read(), *given)  # type: ignore[operator]
    world.read().set_trace_callback(None)
    told = [row[3] for sql in asked for row in world.read().execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any(plan in line for line in told)
    assert not [line for line in told if line.split(" USING")[0] in ("SCAN item", "SCAN delivery") and "INDEX" not in line]
