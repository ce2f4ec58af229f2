"""The small file that a pull leaves beside the store: each source's pace, and the coincidences. Reads only.

It is no part of what a person keeps: without it every source counts as a weekly one until the next pull.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from pkm.dates import parse_stamp
from pkm.ids import Row
from pkm.store.session import Store

WEEK = timedelta(days=7)


def is_stale(store: Store, at: datetime) -> bool:
    """Whether the signals are a day old, or were never computed."""
    try:
        return parse_stamp(str(read_state(store)["at"])) < at - timedelta(days=1)
    except (KeyError, ValueError):
        return True


def read_state(store: Store) -> Row:
    """What the last pull left: {"at", "pace": {source: seconds}, "coincidences"}; empty where it left nothing."""
    try:
        state = json.loads(path_of(store).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}


def coincidences(store: Store, at: datetime) -> list[Row]:
    """The coincidences that the last pull found, none where it is a week ago: {"subject", "items": [ids], "sources"}."""
    from pkm.store import items

    state = read_state(store)
    try:
        if parse_stamp(str(state["at"])) < at - WEEK:
            return []
        found = [(str(one["subject"]), [int(number) for number in one["items"]]) for one in state["coincidences"]]
    except (KeyError, ValueError, TypeError):
        return []
    told = []
    for subject, numbers in found:
        rows = items.rows(store.read(), numbers)
        names = list(dict.fromkeys(str(row["source_title"]) for row in rows))
        if len(names) > 1:
            told.append({"subject": subject, "items": [row["id"] for row in rows], "sources": names})
    return told


def path_of(store: Store) -> Path:
    """Where it is."""
    return store.path.with_name("signals.json")
