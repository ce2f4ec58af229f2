"""When one was last in touch with each contact. Owns what counts as a touch; knows nothing of cadence.

What was logged and what they answered always counts. A note that mentions them (at the day it was made) and what was
shared with them count where `touch.mentions` and `touch.shares` say so.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from pkm.grouped import grouped

EVERYBODY = "IS NOT NULL"

_LOGGED = (
    "SELECT interaction_contact.contact_id, interaction.at FROM interaction_contact "
    "JOIN interaction ON interaction.id = interaction_contact.interaction_id WHERE interaction_contact.contact_id {chosen}"
)
_ANSWERED = "SELECT contact_id, at FROM response WHERE contact_id {chosen}"
_MENTIONED = (
    "SELECT link.to_id, note.created_at FROM link JOIN note ON note.id = link.from_id WHERE link.from_kind = 'note' "
    "AND link.to_kind = 'contact' AND link.to_id {chosen} AND note.dropped_at IS NULL"
)
_SENT = "SELECT contact_id, sent_at FROM delivery WHERE state = 'sent' AND contact_id {chosen}"
_SENT_TO_CIRCLES = (
    "SELECT circle_id, sent_at FROM delivery WHERE state = 'sent' AND contact_id IS NULL AND circle_id IS NOT NULL "
    "ORDER BY sent_at, id"
)
_STAYS = (
    "SELECT contact_id, circle_id, joined_at, coalesce(left_at, '~') FROM membership WHERE contact_id {chosen} "
    "AND circle_id IN (SELECT circle_id FROM delivery WHERE state = 'sent' AND contact_id IS NULL)"
)


def last(db: sqlite3.Connection, chosen: str = EVERYBODY) -> dict[int, str]:
    """The stamp of the last touch of each contact who was touched. chosen: the end of an SQL condition on an id."""
    found: dict[int, str] = {}
    for touches in _all(db, chosen):
        for number, at in touches:
            if at > found.get(number, ""):
                found[number] = at
    return found


def counted(db: sqlite3.Connection) -> str:
    """What counts as a touch here, as words: what was kept under other words does not hold."""
    also = [key for key in ("touch.mentions", "touch.shares") if _counts(db, key)]
    return " ".join(["logged", *also])


def _all(db: sqlite3.Connection, chosen: str) -> Iterator[Iterable[tuple[int, str]]]:
    cursor = db.cursor()
    cursor.row_factory = None  # tens of thousands of pairs: as plain tuples they come twice as fast
    yield cursor.execute(_LOGGED.format(chosen=chosen))
    yield cursor.execute(_ANSWERED.format(chosen=chosen))
    if _counts(db, "touch.mentions"):
        yield cursor.execute(_MENTIONED.format(chosen=chosen))
    if _counts(db, "touch.shares"):
        yield cursor.execute(_SENT.format(chosen=chosen))
        yield _through_circles(db, cursor.execute(_STAYS.format(chosen=chosen)))


def _counts(db: sqlite3.Connection, key: str) -> bool:
    return bool(db.execute("SELECT setting(:key) = 'yes'", {"key": key}).fetchone()[0])


def _through_circles(db: sqlite3.Connection, stays: Iterable[tuple[int, int, str, str]]) -> Iterator[tuple[int, str]]:
    """For each stay in a circle, the last thing that the circle was sent in it."""
    sent = grouped(db.execute(_SENT_TO_CIRCLES))
    for number, circle, joined_at, left_at in stays:
        ats = sent.get(circle, [])
        place = bisect_left(ats, left_at)
        if place and ats[place - 1] >= joined_at:
            yield number, ats[place - 1]
