"""Retention: what the setting keep.items says goes from the store, after a pull."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from pkm.dates import now, stamp
from pkm.store import retention
from pkm.store.session import Store

LEAST = 50
"""So many items of a source stay however old they are: one that rarely writes is not emptied."""


class Keep(NamedTuple):
    """How long items that nobody touched stay, and how many of a source; None: without end."""

    age: timedelta | None = None
    most: int | None = None


def read_keep(text: str) -> Keep:
    """What keep.items says: "1y", "500", "1y 500", or nothing. Raises Invalid for a span that is none."""
    from pkm.dates import parse_span

    age, most = None, None
    for word in text.split():
        if re.fullmatch(r"[0-9]{1,9}", word):
            most = int(word)
        else:
            age = parse_span(word)
    return Keep(age, most)


def prune(store: Store, keep: Keep, *, at: datetime | None = None) -> int:
    """What keep does not keep is gone, in bounded transactions; how many items. Nothing that was touched goes."""
    if keep == Keep():
        return 0
    before = stamp((at or now()) - keep.age) if keep.age else None
    purged = 0
    while True:
        with store.unit(journal=False) as unit:
            going = retention.to_purge(unit.connection, before=before, most=keep.most, least=LEAST)
            retention.purge(unit, going)
        purged += len(going)
        if len(going) < retention.BATCH:
            return purged
