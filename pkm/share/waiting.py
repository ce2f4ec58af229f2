"""What waits in a mailbox for the letter that it is about: a store that was put back from a backup does not know that one.

Answers, reports of what came back, and wishes to leave of which nothing shows yet that they are theirs who say so. The
letter's delivery is made again by the next send of its share, under the same key. Until then the channel remembers from
where its mailbox is to be read again, and for which keys; no word of an answer is kept meanwhile. Pure.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPTION = "inbox_waits"
"""The channel's option that holds it."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The cursor that the mailbox had before the first of the answers came, "" where it had none; the keys that they name."""

    cursor: str = ""
    keys: frozenset[str] = frozenset()


def of(options: Mapping[str, Any]) -> Waits:
    """What waits in the channel's mailbox."""
    try:
        kept = json.loads(options.get(OPTION) or "{}")
        return Waits(str(kept["cursor"]), frozenset(map(str, kept["keys"])))
    except (ValueError, TypeError, KeyError):
        return Waits()


def after(waits: Waits, cursor: str, come: frozenset[str], new: frozenset[str]) -> Waits:
    """What waits once letters of the keys `come` are known, and answers to `new` ones, read from that cursor on, are not."""
    keys = waits.keys - come
    return Waits(waits.cursor if keys or not new else cursor, keys | new) if keys or new else Waits()


def with_waits(options: Mapping[str, Any], waits: Waits) -> dict[str, Any]:
    """The channel's options with it."""
    rest = {key: value for key, value in options.items() if key != OPTION}
    return {**rest, OPTION: json.dumps({"cursor": waits.cursor, "keys": sorted(waits.keys)})} if waits.keys else rest


def read_again(channel: Mapping[str, Any], waits: Waits) -> dict[str, Any]:
    """The channel as it was before the first of the answers came."""
    return {**channel, "options": {**channel["options"], "inbox_read": waits.cursor or None}}
