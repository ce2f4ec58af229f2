"""Who asked for no more letters of a circle: for good, whatever becomes of the store.

Kept twice: in the store, which goes along to another machine; and in a file beside it, which a store that is put back from a
backup does not take away. The last word counts. The file holds no address: only digests of circle and address, and times.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from pkm.addresses import address_key, others, spellings
from pkm.config import Home
from pkm.ids import Row, make
from pkm.share import ledger
from pkm.store import circles, contacts, shares, unsubscribing
from pkm.store.session import Store
from pkm.text import one_line, some

OFF, ON = "unsubscribed", "subscribed"

KEPT_BESIDE = "unsubscribed.log has it too: pkm circle join or leave with --letters"
"""Why what was said of it is not undone."""


def path_of(home: Home) -> Path:
    """Where the file is: beside the store."""
    return home.data / "unsubscribed.log"


def off(
    db: sqlite3.Connection, home: Home, circle: int, people: Sequence[int], *, strictly: bool = False
) -> dict[int, tuple[str, str]]:
    """Contact -> (since when, why), of those of these people who get no letters of the circle.

    strictly: not also who is only taken for one who asked for none, by what older versions kept of their address.
    """
    by_person, by_address = unsubscribing.kept(db, circle)
    beside = _beside(home)
    if not (by_person or by_address or beside):
        return {}
    held = unsubscribing.addresses(db, people)
    found = {}
    for number in people:
        said = [by_person[number]] if number in by_person else []
        theirs = [form for one in held.get(number, ()) for form in spellings(one)]
        said += [by_address[one] for one in theirs if one in by_address]
        written = [beside[key] for one in theirs if (key := _key(circle, one)) in beside]
        for form in [form for one in held.get(number, ()) for form in others(one)] if not strictly else ():
            row, (state, at) = by_address.get(form), beside.get(_key(circle, form), ("", ""))
            said += [row] if row and not (state == ON and at > row[0]) else []
            written += [(OFF, at)] if state == OFF else []  # that another gets letters again is not said of this one
        last = max(said, default=("", ""))
        state, at = max(written, key=lambda one: (one[1], one[0] == OFF), default=("", ""))
        if at > last[0] and state == ON:
            continue
        if said or state == OFF:
            found[number] = last if last[0] >= at else (at, "unsubscribed.log has it")
    return found


def subscribers(db: sqlite3.Connection, home: Home, circle: int) -> list[Row]:
    """Who is in a circle and gets its letters, as store.shares.recipients has them."""
    people = shares.recipients(db, circle)
    away = off(db, home, circle, [one["id"] for one in people])
    return [one for one in people if one["id"] not in away]


def take_off(store: Store, home: Home, circle: int, people: Sequence[int], because: str, also: str = "") -> list[Row]:
    """They get no letters of the circle any more, at any address they have; who did until now, as contacts.

    also: an address that letters reached them at, beside those that are known. Raises StoreError where it cannot be written
    beside the store; nothing is changed then.
    """
    new = [number for number in people if number not in off(store.read(), home, circle, people, strictly=True)]
    if not new:
        return []
    with store.unit() as unit:
        db = unit.connection
        held = unsubscribing.addresses(db, new)
        every = dict.fromkeys([address_key(also)] if also else [])
        every |= dict.fromkeys(one for addresses in held.values() for one in addresses)
        unsubscribing.put(unit, circle, new, every, one_line(because, 200))
        for address in every:
            ledger.append(path_of(home), _key(circle, address), OFF, unit.at, kept="Nothing was changed.")
        unit.summarize(f"no letters of {_circle(db, circle)} for {_named(db, new)}", final=KEPT_BESIDE)
        return contacts.rows(db, limit=-1, ids=new)


def back_since(home: Home, circle: int, address: str) -> str:
    """The stamp of when it was last said that letters of the circle go to that address again, "" where it never was."""
    beside = _beside(home)
    said = [beside[key] for one in spellings(address) if (key := _key(circle, one)) in beside]
    state, at = max(said, key=lambda one: (one[1], one[0] == OFF), default=("", ""))
    return at if state == ON else ""


def put_back(store: Store, home: Home, circle: int, people: Sequence[int]) -> list[Row]:
    """They get the letters of the circle again; who did not until now, as contacts. Raises StoreError as take_off does."""
    new = list(off(store.read(), home, circle, people))
    if not new:
        return []
    with store.unit() as unit:
        db = unit.connection
        held = unsubscribing.addresses(db, new)
        every = dict.fromkeys(form for addresses in held.values() for one in addresses for form in spellings(one))
        unsubscribing.remove(unit, circle, new, every)
        for address in every:
            ledger.append(path_of(home), _key(circle, address), ON, unit.at, kept="Nothing was changed.")
        unit.summarize(f"letters of {_circle(db, circle)} for {_named(db, new)} again", final=KEPT_BESIDE)
        return contacts.rows(db, limit=-1, ids=new)


def _beside(home: Home) -> dict[str, tuple[str, str]]:
    """Digest -> (state, at), as it was last written beside the store."""
    return {key: (state, at) for key, state, at in ledger.steps(path_of(home)) or ()}


def _key(circle: int, address: str) -> str:
    return hashlib.sha256(f"unsubscribed\n{make('circle', circle)}\n{address}".encode()).hexdigest()[:32]


def _named(db: sqlite3.Connection, people: Sequence[int]) -> str:
    rows = contacts.rows(db, limit=-1, ids=list(people))
    return some([one_line(row["name"], 40) for row in rows], 3)


def _circle(db: sqlite3.Connection, circle: int) -> str:
    row = circles.row(db, circle)
    return one_line(row["name"], 60) if row else make("circle", circle)
