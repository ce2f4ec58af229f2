"""The gate of a pull over a real store: rules as they are when a batch is written."""

from pkm.seek.rules import Gate, NewRule, write_rule
from pkm.store import intake
from pkm.store.intake import Brought
from pkm.store.model import Rule
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
