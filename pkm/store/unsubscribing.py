"""Who gets no letters of a circle, though they may be in it: kept as dismissals by the person, and by each address they had.

By the person, so that another address changes nothing; by the address, so that a contact that is made anew with it gets none
either.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkm.addresses import address_key
from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.store import contacts, dismissals
from pkm.store.responses import Known

if TYPE_CHECKING:
    from pkm.store.session import Unit

PERSON, ADDRESS = "unsubscribed", "unsubscribed address"
"""The kinds of dismissal that it is: o3:c5, and o3:ann@example.org. The first follows a contact that is merged."""


def kept(db: sqlite3.Connection, circle: int) -> tuple[dict[int, tuple[str, str]], dict[str, tuple[str, str]]]:
    """(contact -> (since when, why), address -> the same): who gets no letters of the circle."""
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


def remove(unit: "Unit", circle: int, contacts: Iterable[int], addresses: Iterable[str]) -> None:
    """They get letters of the circle again."""
    name = make("circle", circle)
    for contact in contacts:
        dismissals.remove(unit, PERSON, f"{name}:{make('contact', contact)}")
    for address in addresses:
        dismissals.remove(unit, ADDRESS, f"{name}:{address}")


def addresses(db: sqlite3.Connection, contacts: Iterable[int]) -> dict[int, list[str]]:
    """Contact -> their e-mail addresses, as addresses are compared, the first first."""
    found = db.execute(
        "SELECT contact_id, value FROM handle WHERE kind = 'email' "
        "AND contact_id IN (SELECT value FROM json_each(:ids)) ORDER BY contact_id, position, id",
        {"ids": json.dumps(list(contacts))},
    )
    return grouped((row[0], address_key(row[1])) for row in found)


def reached_at(db: sqlite3.Connection, circle: int, contacts: Iterable[int]) -> list[str]:
    """The addresses that letters of the circle to these contacts went to, or were to go, by delivery."""
    found = db.execute(
        "SELECT DISTINCT recipient FROM delivery WHERE circle_id = :circle AND recipient LIKE '%@%' "
        "AND channel_id IN (SELECT id FROM channel WHERE kind = 'mail') "
        "AND contact_id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        {"circle": circle, "ids": json.dumps(list(contacts))},
    )
    return [row[0] for row in found]


def letter(db: sqlite3.Connection, key: str) -> Row | None:
    """The delivery of that key: id, share_id, circle_id, channel_id, contact_id, recipient, since (when it left); else None."""
    found = db.execute(
        "SELECT id, share_id, circle_id, channel_id, contact_id, recipient, coalesce(sent_at, frozen_at) AS since "
        "FROM delivery WHERE key = :key", {"key": key},
    ).fetchone()  # fmt: skip
    return dict(found) if found else None


def last_letter(db: sqlite3.Connection, circle: int) -> Row | None:
    """The circle's last letter that left, by whatever channel, as `letter` has it; None where none did."""
    found = db.execute(
        "SELECT key FROM delivery WHERE circle_id = :circle AND attempts > 0 "
        "AND channel_id IN (SELECT id FROM channel WHERE kind = 'mail') "
        "ORDER BY coalesce(sent_at, frozen_at) DESC, id DESC LIMIT 1", {"circle": circle},
    ).fetchone()  # fmt: skip
    return letter(db, found[0]) if found else None


def got_letters(db: sqlite3.Connection, circle: int, address: str) -> list[int]:
    """Contacts who have that address and are or were in the circle, or got a letter of it; by id.

    Where nobody has it any more, who got a letter of the circle there: what one person had may be another's now.
    """
    went = db.execute(
        "SELECT DISTINCT contact_id, recipient FROM delivery WHERE circle_id = :circle AND contact_id IS NOT NULL",
        {"circle": circle},
    ).fetchall()
    if not (holders := set(contacts.with_handle(db, "email", address))):
        return sorted({row[0] for row in went if address_key(row[1]) == address_key(address)})
    members = db.execute("SELECT DISTINCT contact_id FROM membership WHERE circle_id = :circle", {"circle": circle})
    return sorted(holders & {row[0] for row in (*went, *members)})


def sender_of(db: sqlite3.Connection, delivery: int, address: str) -> tuple[bool, int | None]:
    """Whether a letter went to who writes from that address, and the contact that it is, None where it is none.

    It is theirs where it went to that address, or to a contact who has it. A letter that introduces two went to both.
    """
    people, key = contacts.with_handle(db, "email", address), address_key(address)
    went = db.execute(
        "SELECT other.contact_id, other.recipient FROM delivery AS one JOIN delivery AS other ON other.id = one.id "
        "OR (one.circle_id IS NULL AND other.circle_id IS NULL AND other.share_id = one.share_id "
        "AND other.channel_id = one.channel_id) WHERE one.id = :id AND other.recipient <> '' "
        "ORDER BY other.id <> one.id, other.id", {"id": delivery},
    ).fetchall()  # fmt: skip
    for row in went:
        if address and (row["contact_id"] in people or address_key(row["recipient"]) == key):
            return True, row["contact_id"] or (people[0] if len(people) == 1 else None)
    return False, None


def circles(db: sqlite3.Connection) -> list[int]:
    """The numbers of all circles, in order."""
    return [row[0] for row in db.execute("SELECT id FROM circle ORDER BY id")]


def keys(db: sqlite3.Connection) -> set[str]:
    """The keys of all letters that began to leave, by whatever channel, one that was removed too: an answer says which letter
    it means, whatever mailbox it comes into. Of letters whose words were forgotten those of which it is known whose they are.
    """
    sql = (
        "SELECT key FROM delivery WHERE attempts > 0 AND (payload <> x'' OR contact_id IS NOT NULL) "
        "AND channel_id IN (SELECT id FROM channel WHERE kind = 'mail')"
    )
    return {row[0] for row in db.execute(sql)}


def emptied(db: sqlite3.Connection) -> set[str]:
    """The keys of letters whose words were forgotten."""
    return {row[0] for row in db.execute("SELECT key FROM delivery WHERE payload = x''")}


def idents(db: sqlite3.Connection) -> Known:
    """What the answers that came by mail are called, by whatever channel."""
    sql = (
        "SELECT remote_id FROM response WHERE remote_id IS NOT NULL "
        "AND channel_id IN (SELECT id FROM channel WHERE kind = 'mail')"
    )
    return Known(row[0] for row in db.execute(sql))
