"""What waits in a mailbox for the letter that it is about: a store that was put back from a backup does not know that one.

Answers, reports of what came back, and wishes to leave of which nothing shows yet that they are theirs who say so. The
letter's delivery is made again by the next send of its share, under the same key. Until then the channel remembers from
where its mailbox is to be read again, and for which keys; no word of an answer is kept meanwhile.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pkm.dates import parse_stamp, stamp
from pkm.share.postbox import Taken, take

OPTION = "inbox_waits"
"""The channel's option that holds it."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The cursor that the mailbox had before the first of the answers came, "" where it had none; the keys that they name.

    began: the stamp of when the first of them was read, "" where an older version kept it.
    """

    cursor: str = ""
    keys: frozenset[str] = frozenset()
    began: str = ""


def of(options: Mapping[str, Any]) -> Waits:
    """What waits in the channel's mailbox."""
    try:
        kept = json.loads(options.get(OPTION) or "{}")
        began = kept.get("began")
        return Waits(str(kept["cursor"]), frozenset(map(str, kept["keys"])), stamp(parse_stamp(began)) if began else "")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return Waits()


def after(options: Mapping[str, Any], lost: frozenset[str], new: frozenset[str], now: str) -> Waits:
    """What waits once what is about the new keys was read: letters that are lost still are not known, all others are."""
    waits = of(options)
    keys = waits.keys & lost
    if keys:
        return replace(waits, keys=keys | new)
    return Waits(options.get("inbox_read") or "", new, now) if new else Waits()


def with_waits(options: Mapping[str, Any], waits: Waits) -> dict[str, Any]:
    """The channel's options with it."""
    rest = {key: value for key, value in options.items() if key != OPTION}
    kept = {"cursor": waits.cursor, "keys": sorted(waits.keys), "began": waits.began}
    return {**rest, OPTION: json.dumps(kept)} if waits.keys else rest


def take_all(channel: Mapping[str, Any], keys: Collection[str], lost: Collection[str]) -> Taken:
    """What came into the channel's mailbox, as postbox.take has it, with what waited there for letters that are known again.

    keys: of the own letters; lost: those of them that the store does not know.
    """
    waits, taken = of(channel["options"]), take(channel, keys)
    if not (come := waits.keys.difference(lost)):
        return taken
    as_it_was = {**channel, "options": {**channel["options"], "inbox_read": waits.cursor or None}}
    again = take(as_it_was, come, waits.began)
    letters = (*taken.letters, *(one for one in again.letters if one.key in come))
    return Taken(letters, taken.cursor, tuple(dict.fromkeys((*taken.bounces, *again.bounces))))
