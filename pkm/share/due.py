"""What leaves by a plan: the stages whose gates have opened, in their time, and what was sent by hand and met no server.

A stage that is late by more than its limit is held and asked about. Letters wait for the cooling-off time, and through
the quiet hours of their circle; folders and the site, which can be taken back, do not.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from pkm import config, dates, hours
from pkm.config import Home, Settings
from pkm.delivery import is_refused
from pkm.errors import PkmError, Refused
from pkm.ids import Row, existing, make
from pkm.share import gate, ledger, origin, outbox, plan
from pkm.share.channels import MIRRORS, is_mirror
from pkm.share.plan import Step
from pkm.share.recipients import channels_for
from pkm.share.rendered import look_at
from pkm.store import deliveries, plans, shares
from pkm.store.session import Store
from pkm.text import one_line

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the settings say of when a circle may be disturbed. weekly: how many shares in a week; None: any number."""

    cooling: timedelta = timedelta()
    late: timedelta = timedelta(days=3)
    quiet: hours.Quiet | None = None
    weekly: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens with the next stage of a share now.

    go: it may leave. waits: what for, in words, where it may not. hold: why it is to be held and asked about. not_before:
    when its letters may leave. quiet: letters that wait stay for now.
    """

    go: bool = False
    waits: tuple[str, ...] = ()
    hold: str = ""
    not_before: datetime | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one share in a run: its next stage, what it waits for or why it is held, or what was sent of it."""

    share: Row
    circle: str
    waits: tuple[str, ...] = ()
    held: str = ""
    report: outbox.SendReport | None = None
    failure: PkmError | None = None


def turn(
    step: Step, limits: Limits, went: tuple[datetime, ...], now: datetime, *, handed_in: bool, by_hand: bool = False
) -> Turn:  # fmt: skip
    """What happens with a stage that has not passed. Pure.

    went: when its circle got something in the last week, in order. handed_in: whether some of it is no folder, which disturbs
    nobody. by_hand: the person sends it this moment, so it is never late and needs no time to cool: they were asked.
    """
    if step.held is not None:
        return Turn(waits=(f"on hold: {step.held}",))
    if step.verdict.waits:
        return Turn(waits=step.verdict.waits)
    if step.unsettled:
        first = step.unsettled[0]
        told = f"until {', '.join(step.unsettled)} is settled (pkm share log --resolve {first} sent|refused)"
        return Turn(waits=(told,))
    times = (step.row["gate"].get("released_at"), step.leaving)
    since = max([step.verdict.since, *(dates.parse_stamp(at) for at in times if at)])
    if not by_hand and now - since > limits.late:
        return Turn(hold=f"it should have gone on {dates.day(since)}, and it is {dates.day(now)}")
    if not step.leaving and limits.weekly is not None and len(went) >= limits.weekly:
        opens = went[len(went) - limits.weekly] + WEEK
        return Turn(waits=(f"until {dates.day(opens)}: {step.row['circle']} gets {limits.weekly} a week at most",))
    ends = hours.quiet_until(limits.quiet, dates.local(now)) if handed_in else None
    if step.leaving and not by_hand:
        at = dates.parse_stamp(step.leaving)
        if at > now:
            return Turn(waits=(f"until {dates.local(at):%Y-%m-%d %H:%M}: its letters leave then",))
        return Turn(go=True, quiet=ends is not None)
    cooled = now if by_hand or step.tried else now + limits.cooling
    later = (hours.quiet_until(limits.quiet, dates.local(cooled)) or cooled) if handed_in else now
    return Turn(go=True, not_before=later if later > now else None)


def limits_of(settings: Settings, circle: str | None) -> Limits:
    """What the settings say of one circle."""
    quiet = hours.of_circle(hours.read_quiet(settings["share.quiet"]), circle or "")
    weekly = hours.of_circle(hours.read_weekly(settings["share.weekly"]), circle or "")
    return Limits(
        timedelta(seconds=settings.seconds("share.cooling")), timedelta(seconds=settings.seconds("share.late")),
        quiet, weekly,  # type: ignore[arg-type]
    )  # fmt: skip


def next_step(db: sqlite3.Connection, share: int, now: datetime) -> Step | None:
    """The first stage that has not passed, None where all have."""
    return next((step for step in plan.steps(db, share, now) if not step.row["passed_at"]), None)


def look(db: sqlite3.Connection, settings: Settings, now: datetime) -> list[tuple[Row, Step, Turn]]:
    """Every planned share with its next stage and what would happen with it now, by the share's number."""
    found = []
    for number in plans.planned(db):
        row, step = shares.row(db, number), next_step(db, number, now)
        if row is not None and step is not None:
            found.append((row, step, turn_of(db, settings, step, now)))
    return found


def turn_of(db: sqlite3.Connection, settings: Settings, step: Step, now: datetime, *, by_hand: bool = False) -> Turn:
    """What happens with a stage now, by the settings and by what its circle got lately."""
    limits = limits_of(settings, step.row["circle"])
    return turn(step, limits, _went(db, step.row, now), now, handed_in=_hands_in(db, step.row), by_hand=by_hand)


def _went(db: sqlite3.Connection, stage: Row, now: datetime) -> tuple[datetime, ...]:
    """When the circle of a stage got something else in the last week, in order."""
    circle = stage["circle_id"]
    found = plans.went_to(db, circle, dates.stamp(now - WEEK), but=stage["id"]) if circle is not None else ()
    return tuple(map(dates.parse_stamp, found))


def _hands_in(db: sqlite3.Connection, stage: Row) -> bool:
    return any(not is_mirror(channel["channel_kind"]) for channel in channels_for(db, stage))


def cautions(db: sqlite3.Connection, settings: Settings, share: int, now: datetime) -> list[str]:
    """Why the person may want to wait before they send a draft this moment: quiet hours and weekly caps of its circles."""
    told: list[str] = []
    for stage in shares.stages(db, share):
        if stage["passed_at"] or stage["circle_id"] is None:
            continue
        limits, circle = limits_of(settings, stage["circle"]), one_line(stage["circle"], 60)
        here = dates.local(now)
        if _hands_in(db, stage) and (ends := hours.quiet_until(limits.quiet, here)):
            told.append(f"it is {here:%H:%M}, and {circle} is quiet until {ends:%H:%M}")
        if limits.weekly is not None and (went := len(_went(db, stage, now))) >= limits.weekly:
            told.append(f"{circle} got {went} in the last 7 days, and gets {limits.weekly} a week at most")
    return told


def run(store: Store, home: Home) -> list[Done]:
    """Every planned share went as far as its gates let it, by number; so did what the person had sent and met no server.

    What fails lets the others go on.
    """
    origin.settle_down(store.read(), home, dates.stamp(dates.now()))
    outbox.ask_channels(store, home)
    before = [_try_again(store, home, *one) for one in behind(store.read(), config.read(home), dates.now())]
    done = [one for number in plans.planned(store.read()) for one in run_share(store, home, number)]
    return [*before, *done, *(_take_up(store, home, row) for row in interrupted(store.read()))]


def interrupted(db: sqlite3.Connection) -> list[Row]:
    """The shares without a plan that the person had sent and of which something waits since, for a server that was away."""
    found = shares.unfinished(db)
    return [row for row in found if any(one["state"] == "waiting" for one in deliveries.frozen(db, row["number"]))]


def behind(db: sqlite3.Connection, settings: Settings, now: datetime) -> list[tuple[Row, Row]]:
    """The stages that have passed and of which something waits, since the person had tried again what was refused, each with
    its share; not those whose circle has quiet hours now.
    """
    pairs = plans.behind(db, MIRRORS)
    found = [(existing(shares.row(db, share), "share", share), stage) for share, stage in pairs]
    stages = [(row, one) for row, stage in found for one in shares.stages(db, row["number"]) if one["id"] == stage]
    return [(row, stage) for row, stage in stages if not _is_quiet(settings, stage, now)]


def _is_quiet(settings: Settings, stage: Row, now: datetime) -> bool:
    return hours.quiet_until(limits_of(settings, stage["circle"]).quiet, dates.local(now)) is not None


def _try_again(store: Store, home: Home, share: Row, stage: Row) -> Done:
    """What waits of a stage that has passed went; not what is late."""
    circle = stage["circle"] or "people by name"
    rows = [one for one in deliveries.frozen(store.read(), share["number"]) if one["stage_id"] == stage["id"]]
    if why := gate.stopped(stage["gate"], share["id"]):
        return Done(share, circle, waits=(f"for you: {why}",))
    tried = ledger.began(home)
    last = max((tried.get(one["key"]) or str(one["frozen_at"]) for one in rows if one["state"] == "waiting"), default="")
    try:
        if last and dates.now() - dates.parse_stamp(last) > timedelta(seconds=config.read(home).seconds("share.late")):
            return Done(share, circle, waits=(f"for you: it was tried on {dates.day(last)} (pkm share send {share['id']})",))
        report = outbox.send_share(store, home, share["number"], outbox.Leave(stage["id"], refused_too=False))
        return Done(share, circle, report=report)
    except PkmError as error:
        return Done(share, circle, failure=error)


def hold_all(store: Store, because: str) -> list[Row]:
    """All that would leave by itself and is not on hold is: the shares, by number."""
    held: list[Row] = []
    db = store.read()
    tried = {stage: share for share, stage in plans.behind(db, MIRRORS)}
    numbers = {*plans.planned(db), *(row["number"] for row in interrupted(db)), *tried.values()}
    if not numbers:
        return held
    with store.unit() as unit:
        db = unit.connection
        for number in sorted(numbers):
            every = [one for one in shares.stages(db, number) if not one["gate"].get("held")]
            stages = [one for one in every if not one["passed_at"] or one["id"] in tried]
            for stage in stages:
                plan.hold_stage(unit, stage, because)
            held += [existing(shares.row(db, number), "share", number)] if stages else []
        if held:
            unit.summarize(f"put {', '.join(row['id'] for row in held)} on hold")
    return held


def _take_up(store: Store, home: Home, share: Row) -> Done:
    """What was confirmed when it met no server went; not what it would say by now, nor what is late."""
    circle = ", ".join(share["circles"]) or "people by name"
    waiting = [one for one in deliveries.frozen(store.read(), share["number"]) if one["state"] == "waiting"]
    at = waiting[0]["frozen_at"]
    try:
        by_now = {one.key: one.sha256 for one in look_at(store, home, share["number"], at)}
        if any(by_now.get(one["key"]) != one["sha256"] for one in waiting):
            return Done(share, circle, waits=(f"for you: it would say something else by now (pkm share send {share['id']})",))
        if dates.now() - dates.parse_stamp(at) > timedelta(seconds=config.read(home).seconds("share.late")):
            return Done(share, circle, waits=(f"for you: it should have gone on {dates.day(at)} (pkm share send {share['id']})",))
        leave = outbox.Leave(at=at, refused_too=False)
        return Done(share, circle, report=outbox.send_share(store, home, share["number"], leave))
    except PkmError as error:
        return Done(share, circle, failure=error)


def run_share(store: Store, home: Home, share: int) -> list[Done]:
    """The stages of a share that are due went, one after the other, as far as its gates let it."""
    told: list[Done] = []
    settings = config.read(home)
    now = dates.now()
    while (step := next_step(store.read(), share, now)) is not None:
        try:
            one = _take(store, home, share, step, turn_of(store.read(), settings, step, now))
        except PkmError as error:
            one = Done(_row(store, share), step.row["circle"] or "", failure=error)
            if findings := getattr(error, "findings", ()):  # what keeps it may go by itself: the person is asked first
                with store.unit() as unit:
                    plan.hold_stage(unit, step.row, one_line(": ".join(map(str, findings[0][:2])), 200))
                    unit.summarize(f"held {make('share', share)} for {step.row['circle'] or 'people'}")
        told.append(one)
        after = next_step(store.read(), share, now)
        if after is None or after.row["id"] == step.row["id"]:
            break
    return told


def _take(
    store: Store, home: Home, share: int, step: Step, turned: Turn, at: str = "", *, wait: bool = True, by_hand: bool = False
) -> Done:  # fmt: skip
    """What happens with the stage has happened. by_hand: the person sends it, so that what was refused is tried again."""
    circle = step.row["circle"] or ""
    if turned.hold:
        with store.unit() as unit:
            plan.hold_stage(unit, step.row, turned.hold)
            unit.summarize(f"held {make('share', share)} for {circle}: {turned.hold}")
        return Done(_row(store, share), circle, held=turned.hold)
    if not turned.go:
        return Done(_row(store, share), circle, waits=turned.waits)
    not_before = dates.stamp(turned.not_before) if turned.not_before and wait else ""
    leave = outbox.Leave(step.row["id"], at, not_before, wait, turned.quiet and wait, refused_too=by_hand)
    report = outbox.send_share(store, home, share, leave)
    return Done(_row(store, share), circle, report=report)


def _row(store: Store, share: int) -> Row:
    return existing(shares.row(store.read(), share), "share", share)


def send_next(store: Store, home: Home, share: int, at: str = "", *, at_once: bool = False) -> Done | None:
    """The next stage of a planned share went, where its gates are open; None where all have passed.

    It goes at once, as a draft does that the person sends; in quiet hours its letters wait for their end. at_once: not even
    then, and beyond the weekly cap. Raises Refused where a gate is shut.
    """
    now = dates.now()
    db = store.read()
    step = next_step(db, share, now)
    if step is None:
        return None
    turned = check_turn(db, home, share, step, now, at_once=at_once)
    return _take(store, home, share, step, turned, at, wait=turned.not_before is not None, by_hand=True)


def refused_before(db: sqlite3.Connection, home: Home, share: int, now: datetime, *, at_once: bool = False) -> list[Row]:
    """The stages of a share that have passed though a server refused something of them, or took nothing when it was tried
    again, in order.

    Not those whose circle has quiet hours now. at_once: those as well.
    """
    settings = config.read(home)
    left = {
        row["stage_number"] for row in deliveries.of(db, share)
        if not is_mirror(row["channel_kind"]) and (is_refused(row["state"], row["error"]) or row["state"] == "waiting")
    }  # fmt: skip
    stages = [stage for stage in shares.stages(db, share) if stage["passed_at"] and stage["id"] in left]
    return [stage for stage in stages if at_once or not _is_quiet(settings, stage, now)]


def check_turn(db: sqlite3.Connection, home: Home, share: int, step: Step, now: datetime, *, at_once: bool = False) -> Turn:
    """What happens with the stage when the person sends it. Raises Refused where it waits or is held."""
    settings = config.read(home)
    turned = turn_of(db, settings, step, now, by_hand=True)
    if at_once and step.held is None and not step.verdict.waits:
        return Turn(go=True)
    if not turned.go:
        name = make("share", share)
        held = step.held is not None
        finding = (f"{name} for {one_line(step.row['circle'] or '', 60)}",
                   f"it is on hold: {step.held}" if held else f"it waits {', and '.join(turned.waits)}",
                   f"pkm share hold {name} --release" if held else f"pkm share plan {name}")  # fmt: skip
        raise Refused(name, "its next stage may not go now", findings=[finding], kept="Nothing was sent.")
    return turned
