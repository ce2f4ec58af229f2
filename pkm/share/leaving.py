"""What a letter that asks for no more letters of a circle means: of which circle, who asks, and whether anything shows it.

It is acted on only where it names the key of a letter that went to the address that it comes from, and one contact alone is
meant: anybody can write anything else, also in somebody's name. Decides; writes nothing.
"""

import sqlite3
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pkm.config import Home
from pkm.ids import Row
from pkm.share import ledger
from pkm.share.unsubscribed import back_since
from pkm.store import circles, contacts, unsubscribing

if TYPE_CHECKING:
    from pkm.share.postbox import Came

UNPROVEN, SHARED, EARLIER = "unproven", "shared", "earlier"
"""Why the person is asked: nothing shows who wrote it; several may have; it may be from before they came back."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants no more letters of which circle, 0 where that cannot be told. doubt: "" where it is to be done.

    people: contacts, by number; none where nobody is known at that address. letter: the own one that it names, as
    store.unsubscribing.letter has it, None where the store does not know it.
    """

    circle: int
    people: tuple[int, ...]
    letter: Row | None
    doubt: str


class Wishes:
    """What wishes to leave mean; outbox.log is read once, where it is needed."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def read(self, db: sqlite3.Connection, came: "Came") -> Wish:
        """What the letter means."""
        row = unsubscribing.letter(db, came.key) if came.key else None
        circle, is_theirs = self._proven(db, came, row)
        if not is_theirs:
            people = unsubscribing.got_letters(db, circle, came.sender) if came.sender else []
            return Wish(circle, tuple(people), row, UNPROVEN)
        holders = contacts.with_handle(db, "email", came.sender)
        if row is not None and row["contact_id"]:
            people = sorted({row["contact_id"], *holders})  # what was one's may be another's now
        else:
            people = unsubscribing.got_letters(db, circle, came.sender) or holders
        if len(people) > 1:
            return Wish(circle, tuple(people), row, SHARED)
        doubt = EARLIER if people and self._may_be_earlier(db, circle, came, row, people) else ""
        return Wish(circle, tuple(people), row, doubt)

    def _proven(self, db: sqlite3.Connection, came: "Came", row: Row | None) -> tuple[int, bool]:
        """The circle whose letters are not wanted; whether the key that it names went to who wrote it.

        A key is good for the circle that its letter went to, and one of no circle's letter for none. row: the letter of that
        key; where a store that was put back has it no more, or whose it was is forgotten, the ledger tells, of each address that
        the writer has.
        """
        numbers = unsubscribing.circles(db)
        if row is not None:
            is_theirs, _ = unsubscribing.sender_of(db, row["id"], came.sender)
            if is_theirs or row["contact_id"] or not row["circle_id"]:
                return (row["circle_id"], is_theirs) if row["circle_id"] else (came.circle, False)
            numbers = [row["circle_id"]]
        to = self._to.get(came.key) if came.key else None
        if not (to and came.sender):
            return came.circle, False
        theirs = unsubscribing.addresses(db, contacts.with_handle(db, "email", came.sender)).values()
        every = dict.fromkeys([came.sender, *(one for addresses in theirs for one in addresses)])
        for number in numbers:
            marks = circles.marks(db, number)
            if any(to in ledger.address_digests(came.key, marks, one) for one in every):
                return number, True
        return came.circle, False

    @cached_property
    def _to(self) -> dict[str, str]:
        return ledger.addressed(self._home)

    def _may_be_earlier(
        self, db: sqlite3.Connection, circle: int, came: "Came", row: Row | None, people: list[int]
    ) -> bool:  # fmt: skip
        """Whether it may have been written before they came back, at whichever address: what it answers left before that, and
        so it is dated.

        By its date alone nothing can be told, since that is by another's clock.
        """
        theirs = [one for addresses in unsubscribing.addresses(db, people).values() for one in addresses]
        back = max(back_since(db, self._home, circle, one) for one in (came.sender, *theirs))
        if not (back and came.at):
            return False
        left = ledger.began(self._home).get(came.key) or (row["since"] if row else "")
        return left < back and came.at <= back
