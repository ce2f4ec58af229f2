"""A draft that nobody wants any more is gone from the store, with its plan; its notes stay. Undone like any command."""

from collections.abc import Sequence

from pkm.errors import Refused
from pkm.ids import Row, existing, make
from pkm.store import deliveries, plans, shares
from pkm.store.session import Store, Unit


def drop(store: Store, numbers: Sequence[int]) -> list[Row]:
    """These shares, as they were, are gone. Raises NotFound; Refused where one may have left or was answered: none is gone."""
    from pkm.store.model import Share

    with store.unit() as unit:
        rows = [_droppable(unit, number) for number in numbers]
        for number in numbers:
            unit.delete(unit.get(Share, number))  # its stages, and what waits in them, hang on it
        unit.summarize(f"dropped {', '.join(row['id'] + ' ' + row['title'] for row in rows)}")
    return rows


def _droppable(unit: Unit, number: int) -> Row:
    db, share = unit.connection, make("share", number)
    row = existing(shares.row(db, number), "share", number)
    tried = [one for one in deliveries.of(db, number) if one["state"] != "waiting" or one["attempts"]]
    if row["state"] not in ("draft", "planned") or tried or plans.answers(db, number):
        finding = (share, "something of it has left, or may have", f"pkm share log {share}")
        raise Refused(share, "it cannot be dropped any more", findings=[finding], kept="Nothing was changed.",
                      next=f'pkm share plan {share} --stage "CIRCLE now", with who has it, to end it there; '
                           f"pkm share hold {share}, to stop the rest for now; or pkm share retract {share}")  # fmt: skip
    return row
