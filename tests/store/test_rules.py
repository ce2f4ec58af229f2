"""The gate of a pull over a real store: rules as they are when a batch is written."""

from pkm.seek.rules import Gate, NewRule, write_rule
from pkm.store import intake, rules
from pkm.store.intake import Brought
from pkm.store.model import Item, Rule
from pkm.store.rules import Origin
from pkm.store.session import Store


def brought(key: str) -> tuple[int, Brought]:
    return 1, Brought(key, key, f"Sponsored {key}", "", "", "", None, "", "", "")


def test_a_rule_that_changes_while_a_pull_runs_counts_from_the_next_batch(store: Store) -> None:
    gate, origins = Gate(), {1: Origin("One", "https://e.org")}
    with store.unit() as unit:
        intake.add_sources(unit, [{"url": "https://e.org", "title": "One", "site_url": "", "opml": "{}"}])
        number = write_rule(unit, NewRule("mute", "sponsored", tag="news"))
        assert gate.bring_in(unit, [brought("a")], origins) == ([1], 0)
        intake.tag_sources(unit, {1: ["news"]})
        assert gate.bring_in(unit, [brought("b")], origins) == ([2], 1)
        unit.delete(unit.get(Rule, number))
        assert gate.bring_in(unit, [brought("c")], origins) == ([3], 0)
    rows = store.read().execute("SELECT state, rule_id FROM item ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [("inbox", None), ("muted", None), ("inbox", None)]


def test_a_rule_mutes_what_nothing_was_decided_about_and_nobody_brought_back(store: Store) -> None:
    open_ = [("inbox", "network"), ("backlog", "network"), ("inbox", "person")]
    stay = [("inbox", rules.BY_HAND), ("backlog", rules.BY_HAND), ("kept", "network"), ("dropped", "network")]
    with store.unit() as unit:
        number = write_rule(unit, NewRule("mute", "sponsored"))
        for state, via in [*open_, *stay, ("inbox", "network")]:
            unit.add(Item(title="Sponsored", state=state, via=via, received_at=unit.at))
        named = range(1, len(open_ + stay) + 1)  # all but the last
        assert rules.mute(unit, number, list(named)) == len(open_)
    found = store.read().execute("SELECT state, via, rule_id FROM item ORDER BY id").fetchall()
    assert [tuple(row) for row in found] == [
        *(("muted", via, number) for _, via in open_), *((state, via, None) for state, via in stay),
        ("inbox", "network", None),
    ]  # fmt: skip
