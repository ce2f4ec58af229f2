"""The outbox: frozen bytes on their way out, each delivery once; what came of a send, and what is said of it by the
person, an answer or a report.

There are two ways: mirrors (mirror.py) may be written again and again; what is handed in (transmit.py) may not. Freezing is
freeze.py's. Sending again sends nothing that was sent.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pkm import config, dates
from pkm.addresses import address_key
from pkm.config import Home
from pkm.delivery import BEGAN, CAME_BACK, NO_ADDRESS, NOT_LEFT, UNSETTLED, came_back
from pkm.errors import Invalid, PkmError, Refused, StoreError
from pkm.ids import Row, existing, make
from pkm.share import draft, introduction, mirror, origin, transmit
from pkm.share.channels import is_mirror, is_posts
from pkm.share.clearing import check_rendered
from pkm.share.freeze import check_stands, freeze
from pkm.share.ledger import SETTLED, left_unknown, note, times_begun
from pkm.share.recipients import channels_for
from pkm.share.rendered import frozen, look_at
from pkm.spelling import none_of
from pkm.store import bounced, deliveries, shares, unsubscribing
from pkm.store.session import Store

if TYPE_CHECKING:
    from pkm.share.bounces import Bounce
    from pkm.store.journal import Reverted

OUTCOMES = ("sent", "refused")
"""How a delivery can end, as a person says it."""


@dataclass(frozen=True, slots=True)
class SendReport:
    """What a send did: deliveries sent, those that were sent before, failures (what, why), where to look.

    unknown: deliveries of which nobody knows whether they arrived, or that are held; interaction: the row that an
    introduction is logged as.
    """

    share: Row
    sent: tuple[Row, ...]
    already: int
    failures: tuple[tuple[str, str], ...]
    places: tuple[str, ...] = ()
    unknown: tuple[Row, ...] = ()
    interaction: Row | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Which part of a share leaves, and when.

    stage: that one alone; None: all. at: the stamp that new bytes are dated with; "": now. not_before: when new letters
    may leave at the earliest; wait: whether that counts; quiet: letters stay for now. refused_too: what a server refused is
    tried again, as the person may ask; folders and the site are in any case.
    """

    stage: int | None = None
    at: str = ""
    not_before: str = ""
    wait: bool = True
    quiet: bool = False
    refused_too: bool = True


def send_share(store: Store, home: Home, share: int, leave: Leave | None = None) -> SendReport:
    """Every delivery of the share that waits or was refused has been tried; what was sent before is not sent again, nor what
    came back.

    leave: which part of it, and when; None: all of it, now.
    Raises Refused (guard), Invalid (nothing carries it). What fails on one channel lets the others go on.
    """
    leave = leave or Leave()
    check_stands(store.read(), share)
    if not _hands_in(store.read(), share):
        return _send(store, home, share, leave)
    with transmit.alone(home):
        transmit.settle_begun(store, home)
        return _send(store, home, share, leave)


def ask_channels(store: Store, home: Home) -> None:
    """Every delivery of which nobody knows whether it arrived has been asked about, where its channel can say.

    It is handed in again, where that makes no second one, only if the guard would let it go now.
    """
    transmit.settle_died(store, home)
    asked = {(row["share_id"], row["stage_id"]): None for row in transmit.askable(store.read())}
    if not asked:
        return
    with transmit.alone(home):
        for share, stage in asked:
            try:
                look_at(store, home, share, stage=stage)
                cleared = True
            except PkmError:
                cleared = False
            if transmit.ask(store, home, share, stage, repeat=cleared):
                _finish(store, share, stage)


def _hands_in(db: sqlite3.Connection, share: int) -> bool:
    """Whether some of the share goes by a channel that may not be repeated."""
    kinds = {channel["channel_kind"] for stage in shares.stages(db, share) for channel in channels_for(db, stage)}
    kinds |= {row["channel_kind"] for row in deliveries.of(db, share)}
    return not all(map(is_mirror, kinds))


def _send(store: Store, home: Home, share: int, leave: Leave) -> SendReport:
    waiting = freeze(store, home, share, leave.at, leave.stage, leave.not_before, wait=leave.wait)
    try:
        return _send_frozen(store, home, share, leave, waiting)
    except StoreError as error:
        name = make("share", share)
        error.kept = f"{name} is queued: what had not left goes with the next pkm share send {name} or pkm share --due."
        raise


def _send_frozen(store: Store, home: Home, share: int, leave: Leave, waiting: Mapping[int, list[int]]) -> SendReport:
    before = [row for row in deliveries.of(store.read(), share) if row["state"] == "sent"]
    channels = {one["number"]: one for one in shares.channels(store.read())}
    failures: list[tuple[str, str]] = []
    if not leave.quiet:
        transmit.ask(store, home, share, leave.stage, repeat=True)
    for number in sorted(waiting, key=lambda one: not is_mirror(channels[one]["channel_kind"])):  # posts lead to pages
        channel, numbers = channels[number], waiting[number]
        if not leave.refused_too and not is_mirror(channel["channel_kind"]):
            numbers = [one["id"] for one in deliveries.leaving(store.read(), numbers) if one["state"] != "refused"]
        if is_mirror(channel["channel_kind"]):
            if error := mirror.send(store, home, channel, numbers):
                failures.append((f"{make('share', share)} to {channel['name']}", str(error)))
        elif is_posts(channel["channel_kind"]) and (missing := _page_to_come(store.read(), home, share, numbers)):
            failures.append((f"{make('share', share)} to {channel['name']}", missing))
        elif not leave.quiet:
            results = transmit.send(store, home, channel, numbers)
            failures += _told(results, channel)
    failures += _without_address(store.read(), share, leave.stage)
    before_it = shares.row(store.read(), share)
    unfinished = before_it is not None and before_it["state"] != "sent"
    interaction = _finish(store, share, leave.stage) if waiting or unfinished else None
    return _report(store, home, share, {row["id"] for row in before}, failures, interaction)


def _page_to_come(db: sqlite3.Connection, home: Home, share: int, numbers: Sequence[int]) -> str:
    """Why posts wait that lead to a page of the site which is not there; "" where they need not."""
    base = config.read(home)["site.url"].rstrip("/").encode()
    sites = [row for row in deliveries.of(db, share) if row["channel_kind"] == "site"]
    if not base or not sites or any(row["state"] == "sent" for row in sites):
        return ""
    leads = any(base in row["payload"] for row in deliveries.leaving(db, numbers))
    return "it waits: the page that it leads to is not on the site" if leads else ""


def _told(results: Sequence[transmit.Result], channel: Row) -> list[tuple[str, str]]:
    """(what, why) of what was not sent; where all failed for one reason, as where the server is away, it is said once."""
    failed = [one for one in results if one.state != "sent"]
    if len(failed) > 1 and len({(one.state, one.why) for one in failed}) == 1:
        what = f"{len(failed)} posts to {channel['name']}" if is_posts(channel["channel_kind"]) else f"{len(failed)} letters"
        return [(what, f"{failed[0].state}: {failed[0].why}")]
    return [
        (f"{make('delivery', one.number)} to {one.recipient or channel['name']}", f"{one.state}: {one.why}") for one in failed
    ]


def _without_address(db: sqlite3.Connection, share: int, stage: int | None) -> list[tuple[str, str]]:
    rows = deliveries.of(db, share, stage)
    return [
        (f"{row['contact']} {row['name']}", f"{NO_ADDRESS} (pkm contact edit {row['contact']} --email ADDRESS)")
        for row in reversed(rows) if row["state"] == "refused" and row["error"] == NO_ADDRESS
    ]  # fmt: skip


def _report(
    store: Store, home: Home, share: int, before: set[str], failures: Sequence[tuple[str, str]], interaction: Row | None
) -> SendReport:
    db = store.read()
    rows = deliveries.of(db, share)[::-1]
    row = existing(shares.row(db, share), "share", share)
    sent = tuple(one for one in rows if one["state"] == "sent" and one["id"] not in before)
    already = len(before) if not sent else 0
    unknown = tuple(one for one in rows if one["state"] in UNSETTLED)
    places = tuple(mirror.places(db, home, share, {one["id"] for one in sent}))
    return SendReport(row, sent, already, tuple(failures), places, unknown, interaction)


def _finish(store: Store, share: int, stage: int | None = None) -> Row | None:
    """The share is sent where everything has arrived; the interaction that an introduction is logged as.

    stage: where the share has a plan, that one has passed where all of it has arrived, or had before, so that nothing was to
    go; the share is sent when all have passed.

    A digest has gone out where it reached somebody and nothing is on its way: a recipient who was refused is settled. An
    introduction is for both or it is not done.
    """
    logged = None
    with store.unit() as unit:
        db = unit.connection
        current = existing(shares.row(db, share), "share", share)
        stage = stage if current["state"] == "planned" else None
        rows = deliveries.of(db, share, stage)
        if current["state"] != "sent" and (_has_arrived(current, rows) or (stage is not None and not rows)):
            for step in shares.stages(db, share):
                if step["passed_at"] is None and stage in (None, step["id"]):
                    unit.update("stage", step["id"], passed_at=unit.at)
            if all(step["passed_at"] for step in shares.stages(db, share)):
                unit.update("share", share, state="sent", sent_at=unit.at)
            if current["type"] == "introduction":
                logged = introduction.log(unit, current)
            unit.flush()
        if any(not is_mirror(one["channel_kind"]) for one in deliveries.of(db, share)):
            final = transmit.CANNOT_RECALL if transmit.anything_left(db, share) else ""
            unit.summarize(f"handed in {current['id']} {current['title']}", final=final)
    return logged


def _has_arrived(share: Row, rows: Sequence[Row]) -> bool:
    may_stay = ("sent", "cancelled") if share["type"] == "introduction" else ("sent", "cancelled", "refused")
    return any(row["state"] == "sent" for row in rows) and all(
        row["state"] == "sent" if is_mirror(row["channel_kind"]) else row["state"] in may_stay for row in rows
    )


def send_by_hand(store: Store, share: int) -> SendReport:
    """The introduction counts as sent: the person wrote to both themselves. It is logged as an interaction of both.

    Raises NotFound; Invalid where it is no introduction, or has left already.
    """
    from pkm.store.model import Share, Stage

    with store.unit() as unit:
        db = unit.connection
        current = existing(shares.row(db, share), "share", share)
        if current["type"] != "introduction":
            raise Invalid(current["id"], "only an introduction can be sent by hand", next=f"pkm share send {current['id']}")
        if current["state"] != "draft" or transmit.anything_left(db, share):
            raise Invalid(current["id"], "it has gone already", next=f"pkm share log {current['id']}")
        row = unit.get(Share, share)
        row.state, row.sent_at = "sent", unit.at
        for stage in shares.stages(db, share):
            unit.get(Stage, stage["id"]).passed_at = unit.at
        _cancel(unit, share)
        logged = introduction.log(unit, current)
        unit.summarize(f"sent {current['id']} by hand")
        unit.flush()
        told = existing(shares.row(db, share), "share", share)
    return SendReport(told, (), 0, (), interaction=logged)


def _cancel(unit: Any, share: int) -> None:
    from pkm.store.model import Delivery

    for row in deliveries.of(unit.connection, share):
        if row["state"] in NOT_LEFT:
            unit.get(Delivery, int(row["id"][1:])).state = "cancelled"


def resolve(store: Store, home: Home, number: int, outcome: str) -> tuple[Row, SendReport]:
    """The letter is what the person says: sent, or refused (it did not arrive), whatever was known of it.

    One that was refused goes with the next send of its share. Raises NotFound; Invalid for another outcome, or a letter
    that has not been handed in.
    """
    transmit.settle_died(store, home)
    row = existing(deliveries.row(store.read(), number), "delivery", number)
    _check_outcome(outcome, f"pkm share log --resolve {row['id']} sent")
    if is_mirror(row["channel_kind"]) or row["state"] not in (*UNSETTLED, "sent", "refused"):
        raise Invalid(row["id"], f"it is {row['state']}; only a letter that was handed in is settled by hand",
                      next=f"pkm share send {row['share']}")  # fmt: skip
    share = int(row["share"][1:])
    with store.unit() as unit:
        transmit.settle_as(unit, home, number, outcome, "" if outcome == "sent" else "it did not arrive, as you said")
        unit.flush()
        interaction = _finish(store, share, row["stage_number"])
        unit.summarize(f"{row['id']} counts as {outcome}", final="outbox.log has it too: settle it again instead")
    after = existing(deliveries.row(store.read(), number), "delivery", number)
    return after, _report(store, home, share, set(), (), interaction)


def settle_answered(store: Store, home: Home, key: str, sender: str, at: str) -> int | None:
    """The letter of that key that nobody knew to have arrived, or that came back, has: it was answered. Its number, or None.

    A letter to both of an introduction has one name: it arrived for who answered. sender: an address_key; at: a stamp.
    """
    db = store.read()
    found = unsubscribing.letter(db, key)
    share = shares.row(db, found["share_id"]) if found else None
    if found is None or share is None:
        return None
    rows = [
        row for row in deliveries.of(db, share["number"]) if not is_mirror(row["channel_kind"])
        and (row["state"] in UNSETTLED or came_back(row["state"], row["error"]))
    ]  # fmt: skip
    to_both = share["type"] == "introduction"
    one = next((
        row for row in rows
        if (row["contact"] and address_key(row["recipient"]) == sender if to_both else row["id"] == make("delivery", found["id"]))
    ), None)  # fmt: skip
    if one is None:
        return None
    number = int(one["id"][1:])
    with store.unit() as unit:
        transmit.settle_as(unit, home, number, "sent", f"it arrived: it was answered on {dates.day(at)}")
        unit.flush()
        _finish(store, share["number"], one["stage_number"])
        unit.summarize(f"{one['id']} arrived: it was answered", final="outbox.log has it too: settle it again instead")
    return number


def _check_outcome(outcome: str, step: str) -> None:
    """Raises Invalid where it is not how a delivery can end."""
    if outcome not in OUTCOMES:
        raise none_of(f"“{outcome}”", outcome, OUTCOMES, next=step)


def resolve_older(store: Store, home: Home, outcome: str) -> list[Row]:
    """The letters that left and that this store does not know are settled, and with them what was held because of them.

    outcome: what was held counts as sent (it is what they got), or as refused: it goes with the next send of its share. Of
    those that outbox.log itself says began to leave, all count as sent at once; that one did not arrive is said of it alone.
    The deliveries that were held. Raises Invalid for another outcome, or where the store is not older than the ledger.
    """
    _check_outcome(outcome, "pkm share log --resolve older sent")
    with transmit.alone(home):
        db = store.read()
        unknown = left_unknown(home, deliveries.keys(db))
        why = (transmit.OLDER, BEGAN) if outcome == "sent" else (transmit.OLDER,)
        held = [row for row in deliveries.unsettled(db) if row["state"] == "held" and row["error"].startswith(why)]
        if not unknown and not held:
            raise Invalid("older", "outbox.log tells of no letter that this store does not know", next="pkm share log")
        settled = [resolve(store, home, int(row["id"][1:]), outcome)[0] for row in held]
        for key in unknown:
            note(home, key, SETTLED, draft.now_stamp())
    return settled


def resolve_copy(store: Store, home: Home, outcome: str) -> list[Row]:
    """What is queued in a home that may be a copy is settled, and what is queued in it from now on leaves from it.

    outcome: the other home sends what is queued, so that it counts as sent here, or that one is no more (refused): it goes from
    here when its share does. The deliveries that were held. Raises Invalid for another outcome, or where nothing tells of a copy.
    """
    _check_outcome(outcome, "pkm share log --resolve copy refused")
    with transmit.alone(home):
        db = store.read()
        held = [row for row in deliveries.unsettled(db) if row["error"].startswith(origin.COPY)]
        if not held and not origin.foreign(db, home):
            raise Invalid("copy", "nothing tells that this home is a copy of another", next="pkm share log")
        with store.unit() as unit:
            origin.settle(unit, home, here=outcome == "refused")
            for row in held:
                settled = "sent" if outcome == "sent" else "waiting"
                transmit.settle_as(unit, home, int(row["id"][1:]), settled, noted=False)  # origin has noted all of them
            unit.flush()
            for share, stage in dict.fromkeys((int(row["share"][1:]), row["stage_number"]) for row in held):
                _finish(store, share, stage)
            unit.summarize("what is queued leaves " + ("from another home" if outcome == "sent" else "from this home"),
                           final="outbox.log has it too: settle it again instead")  # fmt: skip
        after = [deliveries.row(store.read(), int(one["id"][1:])) for one in held]
    return [one for one in after if one]


def check_return(db: sqlite3.Connection, home: Home, rows: "Sequence[Reverted]") -> None:
    """Raises Refused where an undo would bring a digest back that may no longer go where it stood."""
    back = {int(row.before["share_id"]) for row in rows if row.table == "delivery" and row.before.get("state") == "sent"}
    pages = shares.pages(db) if back else {}
    for share in sorted(back):
        other = next((one for one, name in pages.items() if one != share and name == pages.get(share)), None)
        findings = [(f"its page {pages[share]}", f"{make('share', other)} stands there now", "pkm share log")] if other else []
        findings += draft.check_share(db, share) or check_rendered(db, home, share, list(frozen(db, share)))
        if findings:
            raise Refused(make("share", share), "it may no longer stand there", findings=findings, kept="Nothing was changed.")


_SLACK = timedelta(hours=1)
"""How far a server's clock may be behind; not for a letter that was sent anew: the report may be of the first time."""


def settle_bounced(store: Store, home: Home, bounces: "Sequence[Bounce]") -> list[Row]:
    """The letters that came back count as refused, with the server's words; each as store.bounced has it. Others stay.

    When they left is told by the ledger where it knows: a store that was put back may not. Of the held ones only those that did.
    """
    done: list[Row] = []
    begun = times_begun(home) if bounces else {}
    for one in bounces:
        words = dict(reversed(one.failed))
        for row in bounced.letters(store.read(), one.key):
            address = address_key(row["recipient"])
            if times := begun.get(row["key"]):
                row |= {"attempts": len(times), "since": times[-1]}
            elif row["state"] == "held":
                continue
            if address not in words or not _of_this_time(row, one.at):
                continue
            why = f"{CAME_BACK}{words[address] or 'the server does not say why'}"
            with store.unit() as unit:
                transmit.settle_as(unit, home, row["id"], "refused", why)
                unit.flush()
                if row["state"] == "held":
                    _finish(store, int(row["share"][1:]), row["stage"])
                unit.summarize(f"d{row['id']} to {address} came back", final="it is settled by pkm share log --resolve")
            done.append({**row, "error": why})
    return done


def _of_this_time(row: Row, at: str) -> bool:
    """Whether the report is of the last time that the letter left."""
    if not at:
        return int(row["attempts"]) == 1
    slack = _SLACK if row["attempts"] == 1 else timedelta()
    return at >= dates.stamp(dates.parse_stamp(row["since"]) - slack)
