"""More and less: what a person says outright about a source outranks what is inferred from what they keep."""

from typing import Any, NamedTuple

from pkm.seek.rules import NewRule, write_rule
from pkm.store import items, rules
from pkm.store.session import Store
from pkm.text import one_line

ACTIONS = {1: "up", -1: "down"}


class Preferred(NamedTuple):
    """What came of it. rule: its number, None where an opposite one was taken away. items: how many rank anew.

    changed: whether anything was.
    """

    rule: int | None
    items: int
    changed: bool


def prefer_source(store: Store, source_id: int, by: int) -> Preferred:
    """The source's items rank higher (by = 1) or lower (by = -1) from now on, by a rule; those that are here at once.

    Less after more, and more after less, takes that rule away: the source is as it was. An undo takes it back.
    """
    if (number := rules.rule_number(store.read(), source_id, ACTIONS[by])) is not None:
        return Preferred(number, 0, changed=False)
    with store.unit() as unit:
        db = unit.connection
        opposite = rules.rule_number(db, source_id, ACTIONS[-by])
        if opposite is not None:
            rules.remove(unit, opposite)
            made = None
        else:
            made = write_rule(unit, NewRule(ACTIONS[by], "", source_id=source_id))
        shifted = rules.shift_rank(unit, source_id, by)
        unit.summarize(f"{'more' if by > 0 else 'less'} of {_name(items.of_source(db, source_id, 1))}")
        return Preferred(made, shifted, changed=True)


def _name(rows: list[dict[str, Any]]) -> str:
    return one_line(str(rows[0]["source_title"]), 60) if rows else "a source"
