"""Channels that hand each letter in once: what left is never sent again by itself, whatever happens in between.

A delivery is `sending` on the disk (the store is synchronous=FULL, and the ledger beside it) before its first byte leaves.
Only the server's answer makes it sent or refused; without one it is `unknown`, and the person settles it. One run at a time.
"""

import contextlib
import functools
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pkm import attachment_files, dates
from pkm.addresses import wire_address
from pkm.channels.way import Job, Outcome, Way, no_picture
from pkm.config import Home
from pkm.delivery import BEGAN, MAY_HAVE_LEFT, came_back, may_go, may_have_left
from pkm.errors import PkmError, StoreError
from pkm.ids import Row, make
from pkm.lock import locked
from pkm.secret import hide
from pkm.share import ledger, origin, unsubscribed
from pkm.share.channels import KINDS, MIRRORS, adapter, is_mirror, is_posts
from pkm.share.gate import stopped
from pkm.share.letter import unpack
from pkm.share.recipients import NOT_THEIRS
from pkm.store import circles, deliveries, posts, shares
from pkm.store.session import Store

if TYPE_CHECKING:
    from pkm.channels.mail import Mailer
    from pkm.share.postbox import Witness
    from pkm.store.session import Unit

CANNOT_RECALL = "what left by it cannot be recalled by an undo"
"""Why such a command is not undone."""

OLDER = "this store is older than outbox.log: "
"""How the reason begins for which a letter is held in a store that does not know others, which left."""

DIED = "the run was ended before the answer came"


class Result(NamedTuple):
    """What one delivery came to: its number, whom it was for, the state and why."""

    number: int
    recipient: str
    state: str
    why: str


class _Letters:
    """A mail server as a way out: a letter goes from the channel's sender to its recipient."""

    def __init__(self, mailer: "Mailer", sender: str, *, copy: bool = False) -> None:
        self._mailer, self._sender, self._copy = mailer, sender, copy

    def __enter__(self) -> "_Letters":
        self._mailer.__enter__()
        return self

    def __exit__(self, *stopped: object) -> None:
        self._mailer.__exit__(*stopped)

    def send(self, job: Job) -> Outcome:
        """The letter was handed in, or not."""
        return self._mailer.send(self._sender, wire_address(job.recipient), job.payload, self._copy)


def open_mail(channel: Mapping[str, Any]) -> _Letters:
    """The channel's server, to be entered; its password is read now and lives no longer than the connection."""
    from pkm.channels.mail import Mailer, read_address
    from pkm.share.letter import read_mailbox

    options = channel["options"]
    secret = _secret(options, "the password alone, on its first line")
    mailer = Mailer(read_address(channel["address"]), options.get("login", ""), secret)
    # a copy to oneself is what tells later of a letter that had no answer
    return _Letters(mailer, read_mailbox(options["from"]).address, copy=bool(options.get("inbox") and options.get("copy", True)))


def open_posts(channel: Mapping[str, Any]) -> AbstractContextManager[Way]:
    """A channel that posts, to be entered; its secret is read now, and asked of nobody again."""
    options = channel["options"]
    secret = _secret(options, "the token, password or secret alone, on its first line")
    return adapter(channel["channel_kind"]).connect(channel["address"], options, secret)


def _secret(options: Mapping[str, Any], forms: str) -> str:
    from pkm.secret import read_secret

    return read_secret(options["credential"], forms) if options.get("credential") else ""


def _open_asking(channel: Mapping[str, Any]) -> "AbstractContextManager[Way | Witness]":
    """What can be asked of a channel's deliveries, to be entered: the channel, or the mailbox that a copy came into."""
    from pkm.share.postbox import open_witness

    return open_posts(channel) if is_posts(channel["channel_kind"]) else open_witness(channel)


WAIT_S = 60.0
"""How long a run waits for another one that is sending: a circle's letters take their time."""


def alone(home: Home) -> AbstractContextManager[None]:
    """One run at a time freezes and sends letters, while the block lasts. Raises PkmError where another one does not end."""
    return locked(home.state / "outbox.lock", "sending", WAIT_S)


def send(store: Store, home: Home, channel: Row, numbers: Sequence[int]) -> list[Result]:
    """Each delivery was handed in once, or is as it was, with the reason; those without bytes are left out.

    To be called within `alone`.
    """
    todo = _claimable(store, home, numbers)
    results = [one for one in todo if isinstance(one, Result)]
    letters = [one for one in todo if not isinstance(one, Result)]
    if not letters:
        return results
    try:
        way_out: AbstractContextManager[_Letters | Way]
        way_out = open_posts(channel) if is_posts(channel["channel_kind"]) else open_mail(channel)
        with way_out as way:
            for row in letters:
                results.append(_send_one(store, home, way, row))
    except PkmError as error:
        done = {one.number for one in results}
        results += _not_sent(store, home, [row["id"] for row in letters if row["id"] not in done], str(error))
    return results


def _not_sent(store: Store, home: Home, numbers: Sequence[int], why: str) -> list[Result]:
    """Deliveries that a run stopped before, for that reason, wait; one that it had begun, and could not settle, does not."""
    return [
        _settle(store, home, row, Outcome("waiting", why)) if may_go(row["state"], row["error"])
        else Result(row["id"], row["recipient"], "unknown" if row["state"] == "sending" else row["state"], why)
        for row in deliveries.leaving(store.read(), numbers)
    ]  # fmt: skip


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
    found = _begun(store)
    if found:
        with store.unit() as unit:
            for row in found:
                settle_as(unit, home, row["id"], "unknown", DIED)
    return len(found)


def _begun(store: Store) -> list[Row]:
    return deliveries.sending(store.read(), MIRRORS)


def _claimable(store: Store, home: Home, numbers: Sequence[int]) -> list[Row | Result]:
    """The deliveries that may leave now; a Result for each that the ledger holds back."""
    db = store.read()
    rows = [row for row in deliveries.leaving(db, numbers) if row["payload"] and may_go(row["state"], row["error"])]
    if why := origin.foreign(db, home):
        return [_settle(store, home, row, Outcome("held", why)) for row in rows]
    known = ledger.read(home) or {}
    why = older(db, home)
    return [_held(store, home, row, known, why) or row for row in rows]


def older(db: sqlite3.Connection, home: Home) -> str:
    """Why letters are held: others left that this store, put back from an older copy, does not know; "" where none did."""
    count = len(ledger.left_unknown(home, deliveries.keys(db)))
    return f"{OLDER}{count:,} {'letter' if count == 1 else 'letters'} left that it does not know" if count else ""


def _held(store: Store, home: Home, row: Row, known: Mapping[str, tuple[str, str]], older: str) -> Result | None:
    """A letter that left, or that was not queued here, is held; and, in a store that is older, each other: what the ledger says
    did not arrive may have left since by another key.
    """
    state, at = known.get(row["key"], ("", ""))
    if state in (*MAY_HAVE_LEFT, ledger.SETTLED):
        return _settle(store, home, row, Outcome("held", f"{BEGAN} on {dates.day(at)}; this store is older than that"))
    if older:
        return _settle(store, home, row, Outcome("held", older))
    if not state:
        return _settle(store, home, row, Outcome("held", origin.NOT_QUEUED_HERE))
    return None


def _send_one(store: Store, home: Home, way: "_Letters | Way", row: Row) -> Result:
    """One delivery, claimed on the disk before it leaves and settled when the answer is there."""
    from pkm.store.model import Delivery, Stage

    parts = posts.thread(store.read(), row["id"])
    before, _ = parts.get(row["part"] - 1, ("sent", ""))
    if before != "sent":
        return Result(row["id"], row["recipient"], row["state"], f"it waits for part {row['part'] - 1}, which is {before}")
    leaving = job(row, parts, home=home)
    with store.unit() as unit:
        delivery = unit.get(Delivery, row["id"])
        if not may_go(delivery.state, delivery.error):
            return Result(row["id"], row["recipient"], delivery.state, delivery.error)
        if why := stopped(shares.read_gate(unit.get(Stage, delivery.stage_id).gate), make("share", row["share_id"])):
            return Result(row["id"], row["recipient"], delivery.state, why)
        circle = delivery.circle_id if row["recipient"] else None
        if circle is not None and unsubscribed.off(unit.connection, home, circle, [delivery.contact_id or 0]):
            delivery.state, delivery.error = "cancelled", NOT_THEIRS  # they asked while others were sent to
            return Result(row["id"], row["recipient"], delivery.state, delivery.error)
        delivery.state, delivery.attempts, delivery.error = "sending", delivery.attempts + 1, ""
        marks = circles.marks(unit.connection, circle) if circle is not None else ()
        to = ledger.address_digest(row["key"], marks, row["recipient"]) if marks else ""
        ledger.note(home, row["key"], "sending", unit.at, to=to)
        # whatever comes of it: a run that is killed here has perhaps sent
        unit.summarize(f"sending x{row['share_id']}", final=CANNOT_RECALL)
    try:
        outcome = way.send(leaving)
    except BaseException:
        _settle(store, home, row, Outcome("unknown", DIED))
        raise
    return _settle(store, home, row, outcome)


def job(
    row: Row, parts: Mapping[int, tuple[str, str]], began: str = "", home: Home | None = None,
    others: frozenset[str] = frozenset(),
) -> Job:  # fmt: skip
    """A delivery as a channel gets it. parts: those that it is one of, as store.posts.thread has them.

    others: what else has its place there, so that it is not taken for this one. home: where the bytes of its pictures are; not
    needed where it is only asked about. Raises StoreError where a picture of
    a letter is missing.
    """
    first = row["part"] == 1
    read = functools.partial(attachment_files.read, home.attachments) if home else None
    return Job(
        row["key"], unpack(row["payload"], read) if read and row["recipient"] else row["payload"], row["frozen_at"],
        row["recipient"], row["part"], "" if first else parts.get(row["part"] - 1, ("", ""))[1],
        "" if first else parts.get(1, ("", ""))[1], row["remote_id"], began, others, read or no_picture,
    )  # fmt: skip


def settle_as(
    unit: "Unit", home: Home, number: int, state: str, why: str = "", *, sent_at: str = "", noted: bool = True
) -> None:  # fmt: skip
    """The delivery counts as that, with the reason, in the store and in the ledger.

    sent_at: when it went; "": when it was sent before, else when the ledger says that it began to leave, or it was frozen.
    What came back keeps its time. noted: whether the ledger hears of it; it does not of what is held, nor of what came back:
    there it knows better.
    """
    from pkm.store.model import Delivery

    delivery = unit.get(Delivery, number)
    back = came_back(state, why)
    delivery.state, delivery.error = state, why
    if state == "sent":
        delivery.sent_at = sent_at or delivery.sent_at or ledger.began(home).get(delivery.key) or delivery.frozen_at
    elif not back:
        delivery.sent_at = None
    if noted and state != "held" and not back:
        with contextlib.suppress(StoreError):  # full: that it began stands there, which is enough to send it to nobody twice
            ledger.note(home, delivery.key, state, unit.at)


def _settle(store: Store, home: Home, row: Row, outcome: Outcome) -> Result:
    from pkm.store.model import Delivery

    with store.unit() as unit:
        delivery = unit.get(Delivery, row["id"])
        delivery.remote_id, delivery.remote_url = outcome.remote_id or delivery.remote_id, outcome.remote_url
        if outcome.wait_s is not None:
            delivery.not_before = dates.stamp(dates.now() + timedelta(seconds=outcome.wait_s))
        settle_as(unit, home, row["id"], outcome.state, hide(outcome.why), sent_at=unit.at)
    return Result(row["id"], row["recipient"], outcome.state, hide(outcome.why))


def askable(db: sqlite3.Connection, share: int | None = None, stage: int | None = None) -> list[Row]:
    """Deliveries that are unknown and that their channel can be asked about, by id; of a share or a stage of it alone.

    A channel of mail can where it names a mailbox.
    """
    kinds = [kind for kind, powers in KINDS.items() if powers.asks]
    ways = shares.channels(db, removed=True)
    there = {one["number"] for one in ways if one["channel_kind"] in kinds or one["options"].get("inbox")}
    rows = [row for row in posts.unknown(db, list(KINDS), share) if row["channel_id"] in there]
    return [row for row in rows if stage in (None, row["stage_id"]) and not _is_stopped(db, row)]


def ask(store: Store, home: Home, share: int, stage: int | None, *, repeat: bool) -> list[Result]:
    """What channels say of deliveries that are unknown; those that it settles. repeat: as channels.way has it; by one that was
    removed nothing goes again.

    What cannot be asked now stays unknown. To be called within `alone`; not for a share whose bytes may no longer go.
    """
    db = store.read()
    rows = askable(db, share, stage)
    repeat = repeat and not (rows and origin.foreign(db, home))
    began = ledger.began(home) if rows else {}
    results: list[Result] = []
    for channel in shares.channels(db, removed=True):
        mine = [row for row in rows if row["channel_id"] == channel["number"]]
        if not mine:
            continue
        again = repeat and not channel["options"].get("removed")
        with contextlib.suppress(PkmError), _open_asking(channel) as way:
            for row in mine:
                parts = posts.thread(store.read(), row["id"])
                others = posts.others(store.read(), channel["number"], row["id"])
                outcome = way.settle(job(row, parts, began.get(row["key"], ""), home, others), repeat=again)
                if outcome.state != "unknown" or outcome.why not in ("", row["error"]):
                    results.append(_settle(store, home, row, outcome))
    return results


def _is_stopped(db: sqlite3.Connection, row: Row) -> bool:
    stages = shares.stages(db, row["share_id"])
    return any(stopped(one["gate"], make("share", row["share_id"])) for one in stages if one["id"] == row["stage_id"])


def anything_left(db: sqlite3.Connection, share: int) -> bool:
    """Whether a letter of the share may be on the other side."""
    rows = deliveries.of(db, share)
    return any(not is_mirror(row["channel_kind"]) and may_have_left(row["state"], row["error"]) for row in rows)
