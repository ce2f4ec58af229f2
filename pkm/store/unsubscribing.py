"""Who gets no letters of a circle, though they may be in it: kept as dismissals by the person, and by each address they had.

By the person, so that another address changes nothing; by the address, so that a contact that is made anew with it gets none
either.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.store import dismissals

if TYPE_CHECKING:
    from pkm.store.session import Unit

PERSON, ADDRESS = "unsubscribed", "unsubscribed address"
"""The kinds of dismissal that it is: o3:c5, and o3:ann@example.org. The first follows a contact that is merged."""


def kept(db: sqlite3.Connection, circle: int) -> tuple[dict[int, tuple[str, str]], dict[str, tuple[str, str]]]:
    """(contact -> (since when, why), address, case folded -> the same): who gets no letters of the circle."""
    start = f"{make('circle', circle)}:"
    by_person = {one.key[len(start) + 1 :]: (one.at, one.because) for one in dismissals.starting(db, PERSON, start)}
    by_address = {one.key[len(start) :]: (one.at, one.because) for one in dismissals.starting(db, ADDRESS, start)}
    return {int(number): said for number, said in by_person.items() if number.isdecimal()}, by_address


def put(unit: "Unit", circle: int, contacts: Iterable[int], addresses: Iterable[str], because: str) -> None:
    """They get no letters of the circle, as of now."""
    name = make("circle", circle)
    for contact in contacts:
        dismissals.put(unit, PERSON, f"{name}:{make('contact', contact)}", because)
    for address in addresses:
        dismissals.put(unit, ADDRESS, f"{name}:{address}", because)


def remove(unit: "Unit", circle: int, contacts: Iterable[int], addresses: Iterable[str]) -> bool:
    """They get letters of the circle again; False where they did before."""
    name = make("circle", circle)
    gone = [dismissals.remove(unit, PERSON, f"{name}:{make('contact', contact)}") for contact in contacts]
    gone += [dismissals.remove(unit, ADDRESS, f"{name}:{address}") for address in addresses]
    return any(gone)


def addresses(db: sqlite3.Connection, contacts: Iterable[int]) -> dict[int, list[str]]:
    """Contact -> their e-mail addresses, case folded, the first first."""
    found = db.execute(
        "SELECT contact_id, folded FROM handle WHERE kind = 'email' "
        "AND contact_id IN (SELECT value FROM json_each(:ids)) ORDER BY contact_id, position, id",
        {"ids": json.dumps(list(contacts))},
    )
    return grouped((row[0], row[1]) for row in found)


def letter(db: sqlite3.Connection, key: str) -> Row | None:
    """The delivery of that key: id, share_id, circle_id, channel_id, contact_id, recipient, since (when it left); else None."""
    found = db.execute(
        "SELECT id, share_id, circle_id, channel_id, contact_id, recipient, coalesce(sent_at, frozen_at) AS since "
        "FROM delivery WHERE key = :key", {"key": key},
    ).fetchone()  # fmt: skip
    return dict(found) if found else None


def last_letter(db: sqlite3.Connection, circle: int, channel: int) -> Row | None:
    """The circle's last delivery that left by a channel, as `letter` has it; None where none did."""
    found = db.execute(
        "SELECT key FROM delivery WHERE circle_id = :circle AND channel_id = :channel AND attempts > 0 "
        "ORDER BY coalesce(sent_at, frozen_at) DESC, id DESC LIMIT 1", {"circle": circle, "channel": channel},
    ).fetchone()  # fmt: skip
    return letter(db, found[0]) if found else None


def got_letters(db: sqlite3.Connection, circle: int, address: str) -> list[int]:
    """Contacts who have that address, case folded, and are or were in the circle, or got a letter of it there; by id."""
    found = db.execute(
        "SELECT contact_id FROM handle WHERE kind = 'email' AND folded = :address AND EXISTS (SELECT 1 FROM membership "
        "WHERE membership.contact_id = handle.contact_id AND circle_id = :circle) UNION SELECT contact_id FROM delivery "
        "WHERE circle_id = :circle AND lower(recipient) = :address AND contact_id IS NOT NULL ORDER BY contact_id",
        {"circle": circle, "address": address},
    )
    return [row[0] for row in found]


def circles(db: sqlite3.Connection) -> list[int]:
    """The numbers of all circles, in order."""
    return [row[0] for row in db.execute("SELECT id FROM circle ORDER BY id")]


def keys(db: sqlite3.Connection, channel: int) -> set[str]:
    """The keys of all letters that began to leave by a channel."""
    sql = "SELECT key FROM delivery WHERE channel_id = :channel AND attempts > 0 AND payload <> x''"
    return {row[0] for row in db.execute(sql, {"channel": channel})}
