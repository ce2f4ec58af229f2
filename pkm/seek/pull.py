"""The pull: every source that is due is fetched, what is new comes in. One bad source never stops the others.

Gather (threads and processes, seek/gather), decide (pure, seek/decide), apply here: one writer, large transactions, the
journal off. What is finished is kept whatever happens to the rest.
"""

import contextlib
import fcntl
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pkm.dates import now, stamp
from pkm.errors import PkmError, StoreError
from pkm.ids import make
from pkm.seek.decide import Facts, Fetched, SourcePlan, count_against, plan_source
from pkm.seek.gather import Gathering
from pkm.seek.rhythm import RECENT
from pkm.seek.same import WITHIN, find_stories
from pkm.seek.story import find_compared
from pkm.seek.waits import read_waits, write_waits
from pkm.store import intake, merging, sources, stories, versions
from pkm.store.session import Store, Unit
from pkm.text import count

BATCH_ENTRIES = 3000
BATCH_BYTES = 30_000_000
BATCH_S = 10.0
"""What is finished is written when it has so many entries or characters, or has waited so long."""

EVERY = timedelta(hours=1)

Progress = Callable[[int, int, str], None]
"""Told after each source: how many are done, of how many, and the name of this one."""


@dataclass(slots=True)
class PullReport:
    """What a pull did. new, updated, unchanged count items; failed counts sources. failures: {"what", "why", "id"}.

    unchanged: items of the sources that answered which stayed as they were. moved: sources whose address was changed
    for the one that their server redirects to: {"id", "from", "to"}. doubled: sources that lead to what another one
    follows: {"id", "of"}. merged: sources that are one with the one they lead to, since they have done so for a week: {"id",
    "into", "items"}. backlog: new sources of whose past a part waits there: {"id", "items"}. resurfaced: items that
    came back into the inbox, or moved up in it, since their source changed them; changed_kept: ids of kept items of
    such sources that changed, and stay kept. left: sources not asked (interrupted).
    offline: no host could be reached at all, which counts against no source.
    """

    sources: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    moved: list[dict[str, str]] = field(default_factory=list)
    doubled: list[dict[str, str]] = field(default_factory=list)
    merged: list[dict[str, Any]] = field(default_factory=list)
    backlog: list[dict[str, Any]] = field(default_factory=list)
    resurfaced: int = 0
    changed_kept: list[str] = field(default_factory=list)
    purged: int = 0  # items that keep.items let go
    left: int = 0
    interrupted: bool = False
    offline: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The summary as JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__}

    def copy(self) -> "PullReport":
        """The same, apart from what is counted on it from now on."""
        return deepcopy(self)

    @property
    def line(self) -> str:
        """The summary for people, without the failures."""
        parts = [f"{self.new:,} new", f"{self.updated:,} updated", f"{self.unchanged:,} unchanged"]
        told = f"{', '.join(parts)}, from {count(self.sources - self.failed - self.left, 'source')}"
        return told + (f"; {self.failed:,} failed" if self.failed else "")


def pull(
    store: Store, *, ids: Sequence[int] | None = None, due_only: bool = True, every: timedelta = EVERY,
    progress: Progress | None = None,
) -> PullReport:  # fmt: skip
    """What the sources hold is in the store; a second pull of the same adds nothing.

    ids: these sources, whatever their state; else the due ones, or all active ones with due_only=False. A host that
    asked to wait is not asked in any case. every: the least interval of a source that has none of its own.
    Raises PkmError where another pull is running, StoreError where the store cannot be written. Ctrl-C does not raise:
    what was finished is written, and the report says so.
    """
    with _alone(store.path.with_name("pull.lock")):
        at = now()
        facts = [Facts(**row) for row in _select(store, ids, due_only, at)]
        run = _Run(store, at, every, PullReport(sources=len(facts)))
        if facts:
            run.gather(facts, progress or _silent)
        return run.report


def _silent(done: int, total: int, what: str) -> None:
    """Nobody watches."""


def _select(store: Store, ids: Sequence[int] | None, due_only: bool, at: datetime) -> list[dict[str, Any]]:
    db = store.read()
    if ids is not None:
        return sources.polled(db, ids)
    return sources.due(db, stamp(at)) if due_only else sources.active(db)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Within the block no other pull runs on this store. The lock goes with the process, however it ends."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(str(path.parent), f"it cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        step = "wait until it is done, then: pkm seek list"
        raise PkmError("this pull", "another pull is running", next=step) from error
    try:
        yield
    finally:
        os.close(file)


class _Run:
    """One pull under way: what is gathered and not yet written, and the report so far."""

    def __init__(self, store: Store, at: datetime, every: timedelta, report: PullReport) -> None:
        self.store = store
        self.at = at
        self.every = every
        self.report = report
        self._batch: list[tuple[Facts, Fetched]] = []
        self._unreached: list[tuple[Facts, Fetched]] = []  # judged at the end: is it the host, or the network?
        self._waits_file = store.path.with_name("waits.json")
        self._waits = read_waits(self._waits_file, at)
        self._refused: dict[str, int] = {}  # the host that asks to wait: the source that it said so to
        self._held: list[tuple[Facts, Fetched]] = []  # not asked for its host's sake; told at the end, in one line a host
        self._reached = False
        self._entries = self._bytes = 0  # in the batch
        self._written_at = time.monotonic()

    def gather(self, facts: Sequence[Facts], progress: Progress) -> None:
        """Everything is fetched and written, or what was finished when the person stopped it."""
        done = 0
        try:
            with Gathering(facts, self.at, self._waits) as gathering:
                for one, fetched in gathering:
                    done += 1
                    self._take(one, fetched)
                    progress(done, len(facts), one.called)
                    if self._is_full():
                        self._write()
        except KeyboardInterrupt:
            self.report.interrupted = True
            self.report.left = len(facts) - done
        except StoreError as error:
            error.kept = f"What was written before: {self.report.line}."
            raise
        self._judge_unreached()
        self._write()
        self._tell_held()

    def _take(self, facts: Facts, fetched: Fetched) -> None:
        if fetched.offline:
            self._unreached.append((facts, fetched))
            return
        self._reached = self._reached or not (fetched.held or facts.url.startswith("file:"))
        if fetched.host_waits and fetched.not_before and fetched.not_before > self.at:
            self._refused[facts.host] = facts.id
            self._waits[facts.host] = fetched.not_before
        self._batch.append((facts, fetched))
        self._entries += len(fetched.entries)
        self._bytes += sum(len(entry.html) + len(entry.text) for _, entry in fetched.entries)

    def _is_full(self) -> bool:
        waited = time.monotonic() - self._written_at
        return self._entries >= BATCH_ENTRIES or self._bytes >= BATCH_BYTES or waited > BATCH_S

    def _judge_unreached(self) -> None:
        """Where other hosts were reached, it is the sources' own fault; else it is said once, and held against none."""
        if not self._unreached:
            return
        if self._reached:
            self._batch += [(facts, count_against(fetched)) for facts, fetched in self._unreached]
            return
        self.report.offline = True
        self.report.failed += len(self._unreached)
        (facts, fetched), number = self._unreached[0], len(self._unreached)
        what = _name(facts) if number == 1 else f"the network ({count(number, 'source')})"
        why = f"{fetched.failure}, or there is no network" if number == 1 else "no host can be reached"
        self.report.failures.append({"what": what, "why": why, "id": make("source", facts.id)})

    def _write(self) -> None:
        """What is gathered is in the store, in one transaction."""
        self._written_at = time.monotonic()
        if not self._batch:
            return
        report = self.report.copy()  # a transaction that fails, or is interrupted, counts nothing
        held: list[tuple[Facts, Fetched]] = []
        merges: list[tuple[int, int]] = []
        with self.store.unit(journal=False) as unit:
            ids = [facts.id for facts, _ in self._batch]
            there = intake.followed(unit.connection, ids)
            dates = sources.recent_dates(unit.connection, ids, RECENT)
            brought: list[tuple[int, intake.Brought]] = []
            for facts, fetched in self._batch:
                if there.get(facts.id) != facts.url:
                    continue  # removed or changed while it was fetched
                other = intake.source_at(unit.connection, fetched.moved_to) if fetched.moved_to else None
                plan = self._apply(unit, facts, fetched, dates.get(facts.id, ()), may_move=other is None)
                if fetched.held:
                    held.append((facts, fetched))
                    report.failed += 1
                    continue
                _count(report, unit, facts, plan)
                if facts.updates == "resurface":
                    _resurface(report, unit, plan)
                if "url" in plan.columns:
                    moved = {"from": sources.without_user(facts.url), "to": sources.without_user(plan.columns["url"])}
                    report.moved.append({"id": make("source", facts.id), **moved})
                if other is not None and other != facts.id and plan.url != facts.url:
                    merges.append((facts.id, other))
                elif other is not None and other != facts.id:
                    report.doubled.append({"id": make("source", facts.id), "of": make("source", other)})
                via = "person" if facts.contact_id else "network"
                brought += ((facts.id, one._replace(via=via)) for one in plan.new)
            # What was written last gets the highest number, whatever source it is of: the inbox is read by number.
            ids = intake.bring_in(unit, sorted(brought, key=lambda one: one[1].published_at or ""))
            _join_stories(unit, ids, self.at)
            if report.new or report.updated:  # an hourly pull that brings nothing is no line of the log
                unit.summarize(report.line)
        self.report = report
        self._merge(merges)
        self._held += held
        self._batch.clear()
        self._entries = self._bytes = 0

    def _apply(
        self, unit: Unit, facts: Facts, fetched: Fetched, dates: Sequence[str], *, may_move: bool
    ) -> SourcePlan:  # fmt: skip
        db = unit.connection
        known = intake.known_entries(db, facts.id) if fetched.entries else {}
        ids, pages = find_compared(fetched.entries, known)
        standing = intake.standing(db, facts.id, ids, pages) if ids or pages else []
        plan = plan_source(facts, fetched, known, self.at, self.every, standing=standing, dates=dates)
        columns = {name: value for name, value in plan.columns.items() if may_move or name != "url"}
        intake.know(unit, facts.id, plan.known_as)
        versions.keep(unit, [number for number, _ in plan.changed])
        intake.change(unit, facts.id, plan.changed)
        intake.set_polled(unit, facts.id, columns)
        return plan._replace(columns=columns, url=plan.columns.get("url", plan.url))

    def _merge(self, merges: Sequence[tuple[int, int]]) -> None:
        """Sources whose move is believed are one with those that they lead to; an undo makes them two again."""
        for going, staying in merges:
            with self.store.unit() as unit:
                if len(intake.followed(unit.connection, (going, staying))) < 2:
                    continue
                moved = merging.merge_sources(unit, going, staying)
                names = {"id": make("source", going), "into": make("source", staying)}
                unit.summarize(f"merged {names['id']} into {names['into']}, where it leads for good")
            self.report.merged.append({**names, "items": moved})

    def _tell_held(self) -> None:
        """The sources that were not asked stand in one line a host: beside the one that was told why, or the first."""
        write_waits(self._waits_file, self._waits)
        told = {failure["id"]: failure for failure in self.report.failures}
        numbers = Counter((facts.host, fetched.failure) for facts, fetched in self._held)
        for facts, fetched in self._held:
            number = numbers.pop((facts.host, fetched.failure), 0)
            if not number:
                continue
            failure = told.get(make("source", self._refused.get(facts.host, 0)))
            if failure is None:
                failure = {"what": _name(facts), "why": fetched.failure or "", "id": make("source", facts.id)}
                self.report.failures.append(failure)
                number -= 1
            if number:
                failure["why"] += f" ({count(number, 'more source')} of that host wait{'' if number > 1 else 's'} too)"


def _count(report: PullReport, unit: Unit, facts: Facts, plan: SourcePlan) -> None:
    if plan.failure is not None:
        report.failed += 1
        report.failures.append({"what": _name(facts), "why": plan.failure, "id": make("source", facts.id)})
        return
    report.new += len(plan.new)
    if waiting := sum(one.state == "backlog" for one in plan.new):
        report.backlog.append({"id": make("source", facts.id), "items": waiting})
    report.updated += len(plan.changed)
    report.unchanged += intake.count_items(unit.connection, facts.id) - len(plan.changed)


def _join_stories(unit: Unit, ids: Sequence[int], at: datetime) -> None:
    """New items that tell a story which another source told are one row with it."""
    if not ids:
        return
    db = unit.connection
    new = stories.of_ids(db, ids)
    there = {told.id: told for told in stories.recent(db, ids[0], stamp(at - WITHIN))}
    pages = dict.fromkeys(told.canonical_url for told in new if told.canonical_url)
    there |= {told.id: told for told in stories.at_pages(db, pages, ids[0])}
    stories.join(unit, find_stories(new, [there[id] for id in sorted(there)], lambda id: stories.text_of(db, id)))


def _resurface(report: PullReport, unit: Unit, plan: SourcePlan) -> None:
    numbers = [number for number, _ in plan.changed]
    report.changed_kept += [make("item", number) for number in versions.kept_among(unit.connection, numbers)]
    report.resurfaced += versions.resurface(unit, numbers)


def _name(facts: Facts) -> str:
    return f"{make('source', facts.id)} {sources.without_user(facts.called)}"
