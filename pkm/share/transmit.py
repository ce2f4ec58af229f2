"""Channels that hand each letter in once: what left is never sent again by itself, whatever happens in between.

A delivery is `sending` on the disk (the store is synchronous=FULL, and the ledger beside it) before its first byte leaves.
Only the server's answer makes it sent or refused; without one it is `unknown`, and the person settles it. One run at a time.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from pkm import dates
from pkm.config import Home
from pkm.errors import PkmError, StoreError
from pkm.lock import locked
from pkm.share import ledger
from pkm.store import shares
from pkm.store.session import Store

Row = dict[str, Any]

CANNOT_RECALL = "letters left by it, and mail cannot be recalled"
"""Why such a command is not undone."""

OLDER = "this store is older than outbox.log: "
"""How the reason begins for which a letter is held that the ledger does not know, beside others that the store does not."""

DIED = "the run was ended before the answer came"


class Answer(Protocol):
    """What a sender says of one delivery: its state, and why."""

    @property
    def state(self) -> str:
        """Sent, refused, waiting or unknown."""

    @property
    def why(self) -> str:
        """In words, "" where it was sent."""


class Sender(Protocol):
    """An open way out."""

    def send(self, sender: str, recipient: str, letter: bytes, /) -> Answer:
        """The letter was handed in, or not."""


class Result(NamedTuple):
    """What one delivery came to: its number, whom it was for, the state and why."""

    number: int
    recipient: str
    state: str
    why: str


Open = Callable[[Mapping[str, Any]], AbstractContextManager[Sender]]


def open_mail(channel: Mapping[str, Any]) -> AbstractContextManager[Sender]:
    """The channel's server, to be entered; its password is read now and lives no longer than the connection."""
    from pkm.channels.mail import Mailer, read_address
    from pkm.secret import read_secret

    options = channel["options"]
    secret = read_secret(options["credential"], "the password alone, on its first line") if options.get("credential") else ""
    return Mailer(read_address(channel["address"]), options.get("login", ""), secret)


SENDERS: Mapping[str, Open] = {"mail": open_mail}
"""How a channel of each kind is opened."""


WAIT_S = 60.0
"""How long a run waits for another one that is sending: a circle's letters take their time."""


def alone(home: Home) -> AbstractContextManager[None]:
    """One run at a time freezes and sends letters, while the block lasts. Raises PkmError where another one does not end."""
    return locked(home.state / "outbox.lock", "sending", WAIT_S)


def send(store: Store, home: Home, channel: Row, numbers: Sequence[int]) -> list[Result]:
    """Each delivery was handed in once, or is as it was, with the reason; those without bytes are left out.

    To be called within `alone`.
    """
    from pkm.share.letter import read_mailbox

    todo = _claimable(store, home, channel, numbers)
    results = [one for one in todo if isinstance(one, Result)]
    letters = [one for one in todo if not isinstance(one, Result)]
    if not letters:
        return results
    sender = read_mailbox(channel["options"]["from"]).address
    try:
        with SENDERS[channel["channel_kind"]](channel) as way:
            results += [_send_one(store, home, way, sender, row) for row in letters]
    except PkmError as error:
        done = {one.number for one in results}
        results += [_settle(store, home, row, "waiting", str(error)) for row in letters if row["id"] not in done]
    return results


def settle_died(store: Store, home: Home) -> int:
    """What runs left in `sending` when they were ended is `unknown` now; how many. Not where one is sending this moment."""
    if not _begun(store):
        return 0
    try:
        with locked(home.state / "outbox.lock", "sending", wait_s=0):
            return settle_begun(store, home)
    except StoreError:
        raise
    except PkmError:
        return 0


def settle_begun(store: Store, home: Home) -> int:
    """The same, within `alone`: who holds the lock knows that nobody else is sending."""
    from pkm.store.model import Delivery

    found = _begun(store)
    if found:
        with store.unit() as unit:
            for row in found:
                delivery = unit.get(Delivery, row["id"])
                delivery.state, delivery.error = "unknown", DIED
                ledger.note(home, row["key"], "unknown", unit.at)
    return len(found)


def _begun(store: Store) -> list[Row]:
    db = store.read()
    channels = [one["number"] for one in shares.channels(db) if one["channel_kind"] in SENDERS]
    return [row for number in channels for row in shares.sending(db, number)]


def _claimable(store: Store, home: Home, channel: Row, numbers: Sequence[int]) -> list[Row | Result]:
    """The deliveries that may leave now; a Result for each that the ledger holds back."""
    db = store.read()
    known = ledger.read(home)
    rows = [row for row in shares.leaving(db, numbers) if row["payload"] and row["state"] in ("waiting", "refused")]
    if known is None and shares.attempted(db, channel["number"]):
        why = "this store has sent letters, but there is no outbox.log beside it: it may be a copy"
        return [_settle(store, home, row, "held", why) for row in rows]
    why = older(db, home)
    return [_held(store, home, row, known or {}, why) or row for row in rows]


def older(db: sqlite3.Connection, home: Home) -> str:
    """Why new letters are held: letters left that this store, put back from an older copy, does not know; "" where none did."""
    count = len(ledger.left_unknown(home, shares.keys(db)))
    return f"{OLDER}{count:,} {'letter' if count == 1 else 'letters'} left that it does not know" if count else ""


def _held(store: Store, home: Home, row: Row, known: Mapping[str, tuple[str, str]], older: str) -> Result | None:
    """A letter that left is held; and, in a store that is older, each that is new: it may be one of those by another key."""
    state, at = known.get(row["key"], ("", ""))
    if older and not state:
        return _settle(store, home, row, "held", older)
    if state not in (*ledger.MAY_HAVE_LEFT, ledger.SETTLED):
        return None
    why = f"outbox.log says it began to leave on {dates.day(at)}; this store is older than that"
    return _settle(store, home, row, "held", why)


def _send_one(store: Store, home: Home, way: Sender, sender: str, row: Row) -> Result:
    """One letter, claimed on the disk before it leaves and settled when the answer is there."""
    from pkm.store.model import Delivery, Stage

    with store.unit() as unit:
        delivery = unit.get(Delivery, row["id"])
        if delivery.state not in ("waiting", "refused"):
            return Result(row["id"], row["recipient"], delivery.state, delivery.error)
        if shares.read_gate(unit.get(Stage, delivery.stage_id).gate).get("held"):
            return Result(row["id"], row["recipient"], delivery.state, "its share was put on hold")
        delivery.state, delivery.attempts, delivery.error = "sending", delivery.attempts + 1, ""
        ledger.note(home, row["key"], "sending", unit.at)
        # whatever comes of it: a run that is killed here has perhaps sent
        unit.summarize(f"sending x{row['share_id']}", final=CANNOT_RECALL)
    try:
        answer = way.send(sender, row["recipient"], row["payload"])
    except BaseException:
        _settle(store, home, row, "unknown", DIED)
        raise
    return _settle(store, home, row, answer.state, answer.why)


def _settle(store: Store, home: Home, row: Row, state: str, why: str) -> Result:
    from pkm.store.model import Delivery

    with store.unit() as unit:
        delivery = unit.get(Delivery, row["id"])
        delivery.state, delivery.error = state, why
        if state == "sent":
            delivery.sent_at = unit.at
        if state != "held":  # the ledger knows better
            ledger.note(home, row["key"], state, unit.at)
    return Result(row["id"], row["recipient"], state, why)


def anything_left(db: sqlite3.Connection, share: int) -> bool:
    """Whether a letter of the share may be on the other side."""
    rows = shares.deliveries(db, share=share, limit=-1)
    return any(row["channel_kind"] in SENDERS and row["state"] in ledger.MAY_HAVE_LEFT for row in rows)
