"""Who asked for no more letters of a circle: for good, whatever becomes of the store.

Kept twice: in the store, which goes along to another machine; and in a file beside it, which a store that is put back from a
backup does not take away. The last word counts. The file holds no address: only digests of circle and address, of the letters
that asked for it, and times.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from pkm.addresses import address_key, others, spellings
from pkm.config import Home
from pkm.dates import now, stamp
from pkm.ids import Row, make
from pkm.share import ledger
from pkm.store import circles, contacts, shares, unsubscribing
from pkm.store.session import Store
from pkm.text import one_line, some

OFF, ON = "unsubscribed", "subscribed"

_DONE = "done"
"""What a letter that asked for no more letters is, once that was so."""

KEPT_BESIDE = "unsubscribed.log has it too: pkm circle join or leave with --letters"
"""Why what was said of it is not undone."""

_BESIDE = "unsubscribed.log has it"
"""Why, where the file alone tells."""


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
    beside = _Beside(db, home, circle, strictly=strictly)
    if not (by_person or by_address or beside.lines):
        return {}
    held, found = unsubscribing.addresses(db, people), {}
    for number in people:
        theirs = held.get(number, ())
        said = [word for one in theirs if (word := beside.off(one))]
        if number in by_person and not any(beside.undid(one, by_person[number][0]) for one in theirs):
            said.append(by_person[number])
        for one in theirs:
            rows = [by_address[form] for form in spellings(one) if form in by_address]
            # that another gets letters again is not said of this one, but what was kept of that one is theirs
            older = [form for form in others(one) if form in by_address] if not strictly else []
            rows += [by_address[form] for form in older if not beside.undid(form, by_address[form][0])]
            said += [row for row in rows if not beside.undid(one, row[0])]
        if said:
            found[number] = max(said, key=lambda one: (one[0], one[1] != _BESIDE))
    return found


def subscribers(db: sqlite3.Connection, home: Home, circle: int) -> list[Row]:
    """Who is in a circle and gets its letters, as store.shares.recipients has them."""
    people = shares.recipients(db, circle)
    away = off(db, home, circle, [one["id"] for one in people])
    return [one for one in people if one["id"] not in away]


def take_off(
    store: Store, home: Home, circle: int, people: Sequence[int], because: str, also: Sequence[str] = ()
) -> list[Row]:
    """They get no letters of the circle any more, at any address that they have or got its letters at; who did until now, as
    contacts. An address that is another's now is left out.

    also: addresses that letters reached them at, beside those that are known. Raises StoreError where it cannot be written
    beside the store; nothing is changed then.
    """
    db = store.read()
    by_person, by_address = unsubscribing.kept(db, circle)
    away, beside = off(db, home, circle, people, strictly=True), _Beside(db, home, circle, strictly=True)
    new = [number for number in people if number not in away]
    every = _addresses(db, circle, people, also)
    unkept = [one for one in every if new or one not in by_address or not beside.off(one)]
    persons = [number for number in people if number in new or number not in by_person]
    if not (persons or unkept):
        return []
    with store.unit() as unit:
        db = unit.connection
        unsubscribing.put(unit, circle, persons, unkept, one_line(because, 200))
        _write(db, home, circle, unkept, OFF, unit.at)
        unit.summarize(f"no letters of {_circle(db, circle)} for {_named(db, people)}", final=KEPT_BESIDE)
        return contacts.rows(db, limit=-1, ids=new) if new else []


def _addresses(db: sqlite3.Connection, circle: int, people: Sequence[int], also: Sequence[str]) -> list[str]:
    """Where these people get letters of the circle, or got them, without what is another's by now."""
    got = [*also, *unsubscribing.reached_at(db, circle, people)]
    got = [address_key(one) for one in got if one and set(contacts.with_handle(db, "email", one)) <= set(people)]
    held = unsubscribing.addresses(db, people)
    return list(dict.fromkeys([*(one for addresses in held.values() for one in addresses), *got]))


def keep_away(db: sqlite3.Connection, home: Home, circle: int, address: str) -> bool:
    """Whoever has that address, which nobody has whom the store knows, gets no letters of the circle; False where it was so.

    Raises StoreError where it cannot be written.
    """
    if _Beside(db, home, circle, strictly=True).off(address):
        return False
    _write(db, home, circle, [address_key(address)], OFF, stamp(now()))
    return True


def note_done(db: sqlite3.Connection, home: Home, circle: int, address: str, ident: str) -> None:
    """What the letter of that Message-ID, from that address, asked for was done. Raises StoreError where it cannot be written."""
    if not _Beside(db, home, circle, strictly=True).done_by(address, ident):
        key = _letter_key(circles.marks(db, circle)[0], address, ident)
        ledger.append(path_of(home), key, _DONE, stamp(now()), kept="Who asked for no more letters gets none.")


def is_taken_back(db: sqlite3.Connection, home: Home, circle: int, people: Sequence[int], address: str, ident: str) -> bool:
    """Whether that letter, from that address of one of these people, was done before they came back: a mailbox is read anew after
    a restore, or where its letters are moved. The order of what was said tells, and no clock.
    """
    beside = _Beside(db, home, circle, strictly=True)
    if not (done := beside.done_by(address, ident)):
        return False
    every = [address, *(one for held in unsubscribing.addresses(db, people).values() for one in held)]
    return any(state == ON and number >= done for number, state, _ in map(beside.last, every))


def back_since(db: sqlite3.Connection, home: Home, circle: int, address: str) -> str:
    """The stamp of when it was last said that letters of the circle go to that address again, "" where it never was.

    One that is still to come was given by a clock that was wrong: it is now.
    """
    _, state, at = _Beside(db, home, circle, strictly=True).last(address)
    return min(at, stamp(now())) if state == ON else ""


def put_back(store: Store, home: Home, circle: int, people: Sequence[int]) -> list[Row]:
    """They get the letters of the circle again; who did not until now, as contacts. Raises StoreError as take_off does."""
    new = list(off(store.read(), home, circle, people))
    if not new:
        return []
    with store.unit() as unit:
        db = unit.connection
        every = [one for addresses in unsubscribing.addresses(db, new).values() for one in addresses]
        unsubscribing.remove(unit, circle, new, dict.fromkeys(form for one in every for form in spellings(one)))
        _write(db, home, circle, every, ON, unit.at)
        unit.summarize(f"letters of {_circle(db, circle)} for {_named(db, new)} again", final=KEPT_BESIDE)
        return contacts.rows(db, limit=-1, ids=new)


class _Beside:
    """What the file beside the store says of a circle's letters: of each address, however it is spelled, its last line counts.

    A line's time does not: clocks are set back. strictly: as `off` has it.
    """

    def __init__(self, db: sqlite3.Connection, home: Home, circle: int, *, strictly: bool) -> None:
        self.lines = ledger.steps(path_of(home)) or []
        self._last = {key: (number, state, at) for number, (key, state, at) in enumerate(self.lines)}
        self._said = set(self.lines)
        self._marks = circles.marks(db, circle)
        self._strictly = strictly

    def last(self, address: str) -> tuple[int, str, str]:
        """(line, state, at) of the address, (-1, "", "") where nothing was ever said of it."""
        said = [self._last[key] for key in self._keys(spellings(address)) if key in self._last]
        older = [self._last[key] for key in self._keys(self._older(address)) if key in self._last]
        return max([*said, *(one for one in older if one[1] == OFF)], default=(-1, "", ""))

    def off(self, address: str) -> tuple[str, str] | None:
        """(since when, why) where no letters go to the address."""
        _, state, at = self.last(address)
        return (at, _BESIDE) if state == OFF else None

    def done_by(self, address: str, ident: str) -> int:
        """The number of the line behind the one that says that the letter was done, 0 where none does."""
        keys = [_letter_key(mark, address, ident) for mark in self._marks]
        return max((self._last[key][0] + 1 for key in keys if key in self._last), default=0)

    def undid(self, address: str, since: str) -> bool:
        """Whether what the store has of it since then was taken back: letters were said to go there again after that."""
        _, state, at = self.last(address)
        forms = (*spellings(address), *self._older(address))
        return state == ON and (since <= at or any((key, OFF, since) in self._said for key in self._keys(forms)))

    def _older(self, address: str) -> tuple[str, ...]:
        return () if self._strictly else others(address)

    def _keys(self, forms: Iterable[str]) -> list[str]:
        return [_key(mark, form) for mark in self._marks for form in forms]


def _write(db: sqlite3.Connection, home: Home, circle: int, addresses: Iterable[str], state: str, at: str) -> None:
    mark = circles.marks(db, circle)[0]
    for address in addresses:
        ledger.append(path_of(home), _key(mark, address), state, at, kept="Nothing was changed.")


def _key(mark: str, address: str) -> str:
    return hashlib.sha256(f"unsubscribed\n{mark}\n{address}".encode()).hexdigest()[:32]


def _letter_key(mark: str, address: str, ident: str) -> str:
    return hashlib.sha256(f"unsubscribed by\n{mark}\n{address_key(address)}\n{ident}".encode()).hexdigest()[:32]


def _named(db: sqlite3.Connection, people: Sequence[int]) -> str:
    rows = contacts.rows(db, limit=-1, ids=list(people))
    return some([one_line(row["name"], 40) for row in rows], 3)


def _circle(db: sqlite3.Connection, circle: int) -> str:
    row = circles.row(db, circle)
    return one_line(row["name"], 60) if row else make("circle", circle)
