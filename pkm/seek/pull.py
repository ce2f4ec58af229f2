"""The pull: every source that is due is fetched, what is new comes in. One bad source never stops the others.

Gather (threads and processes, seek/gather), decide (pure, seek/decide), apply here: one writer, large transactions, the
journal off. What is finished is kept whatever happens to the rest.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pkm.dates import now, stamp
from pkm.errors import Invalid, PkmError, StoreError
from pkm.ids import make
from pkm.lock import locked
from pkm.net.mailbox import is_mailbox
from pkm.seek.decide import Facts, Fetched, SourcePlan, count_against, keeps_its_pace, plan_source
from pkm.seek.gather import Gathering
from pkm.seek.mail import deliver, via_of
from pkm.seek.report import PullReport
from pkm.seek.rhythm import RECENT
from pkm.seek.rules import Gate
from pkm.seek.same import WITHIN, Titles, find_stories
from pkm.seek.signalfile import is_stale
from pkm.seek.signals import refresh_quietly
from pkm.seek.story import find_compared
from pkm.seek.waits import read_waits, write_waits
from pkm.store import arrivals, intake, mail, retention, sources, stories, versions
from pkm.store.merging import merge_source, remember_merge
from pkm.store.rules import Origin
from pkm.store.session import Store, Unit
from pkm.text import count

FIRST_ENTRIES, BATCH_ENTRIES = 600, 3000
BATCH_BYTES = 40_000_000
BATCH_S = 10.0
"""What is finished is written when it has so many entries or characters, or has waited so long: the first time early, so that
the writer does not wait for the readers, and fewer towards the end, so that little is left to write once all is read."""

EVERY = timedelta(hours=1)

PURGED_AT_ONCE = 5000
"""Items that a run lets go at most: the first time there may be hundreds of thousands."""

MOVED = ("url", "moved_to", "moved_since")

Keep = tuple[timedelta | None, int | None]
"""How long items stay, and how many of a source; None: without a limit."""

Progress = Callable[[int, int, str], None]
"""Told after each source: how many are done, of how many, and what came of them so far with the host of this one."""


class PullRunning(PkmError):
    """Another pull works on this store at the moment."""


def pull(
    store: Store, *, ids: Sequence[int] | None = None, due_only: bool = True, every: timedelta = EVERY,
    progress: Progress | None = None, keep: Keep = (None, None), given: bytes | None = None, local: Sequence[str] = (),
) -> PullReport:  # fmt: skip
    """What the sources hold is in the store; a second pull of the same adds nothing.

    ids: these sources, whatever their state; else the due ones, or all active ones with due_only=False. A host that
    asked to wait is not asked in any case. given: the feed itself, for the one source of `ids`; sources whose feed is
    always handed over (stdin:) are passed by without it. every: the least interval of a source that has none of its own.
    keep: how long, and how many of a source, items stay that nobody used. local: hosts that may be on this machine or its
    network though their names do not say so.
    Raises PullRunning where another pull is running, StoreError where the store cannot be written. Ctrl-C does not raise:
    what was finished is written, and the report says so.
    """
    running = PullRunning("this pull", "another pull is running", next="wait until it is done, then: pkm seek list")
    with locked(store.path.with_name("pull.lock"), "this pull", 0, running):
        at = now()
        facts = [Facts(**row) for row in _select(store, ids, due_only, at)]
        if given is None:
            facts = _without_handed(facts, named=ids is not None)
        run = _Run(store, at, every, keep, PullReport(sources=len(facts)), given, local)
        if facts:
            run.gather(facts, progress or _silent)
            run.fill_texts(facts)
            if not run.report.interrupted and (run.report.new or run.report.updated or is_stale(store, at)):
                refresh_quietly(store, run.pointing, run.pages)
            run.tell_brought()
        return run.report


def _silent(done: int, total: int, what: str) -> None:
    """Nobody watches."""


def _select(store: Store, ids: Sequence[int] | None, due_only: bool, at: datetime) -> list[dict[str, Any]]:
    db = store.read()
    if ids is not None:
        return sources.polled(db, mail.mailboxes_of(db, ids))
    return sources.due(db, stamp(at)) if due_only else sources.active(db)


def _without_handed(facts: list[Facts], *, named: bool) -> list[Facts]:
    """Those that can be fetched. Raises Invalid where none of those that were named can."""
    rest = [one for one in facts if not one.url.startswith("stdin:")]
    if named and facts and not rest:
        step = f"COMMAND | pkm seek pull {make('source', facts[0].id)} --stdin"
        raise Invalid(make("source", facts[0].id), "its feed is handed over on stdin", next=step)
    return rest


class _Run:
    """One pull under way: what is gathered and not yet written, and the report so far."""

    def __init__(
        self, store: Store, at: datetime, every: timedelta, keep: Keep, report: PullReport, given: bytes | None,
        local: Sequence[str],
    ) -> None:
        self._given = given
        self._local = local
        self.store = store
        self.at = at
        self.every = every
        self.keep = keep
        self.report = report
        self._batch: list[tuple[Facts, Fetched]] = []
        self._unreached: list[tuple[Facts, Fetched]] = []  # judged at the end: is it the host, or the network?
        self._gate = Gate()
        self._titles = Titles()
        self._waits_file = store.path.with_name("waits.json")
        self._waits = read_waits(self._waits_file, at)
        self._refused: dict[str, int] = {}  # the host that asks to wait: the source that it said so to
        self._merges: list[tuple[int, int]] = []  # (a source, the one that its address is that of from now on)
        self._held: list[tuple[Facts, Fetched]] = []  # not asked for its host's sake; told at the end, in one line a host
        self._reached = False
        self._first_new = mail.next_item(store.read())
        self.pointing: list[tuple[int, tuple[tuple[str, str], ...]]] = []  # new items, and what they link to
        self.pages: set[str] | None = set() if self._first_new == 1 else None  # of all items, in a store that had none
        self._known: dict[int, bytes] = {}
        self._entries = self._bytes = 0  # in the batch
        self._written_at = time.monotonic()

    def gather(self, facts: Sequence[Facts], progress: Progress) -> None:
        """Everything is fetched and written, or what was finished when the person stopped it."""
        done = failed = 0
        try:
            self._known = intake.hashes_of(self.store.read(), [one.id for one in facts])
            with Gathering(facts, self.at, self._waits, self._given, self._known, self._local) as gathering:
                for one, fetched in gathering:
                    done += not fetched.more
                    self._take(one, fetched)
                    failed += fetched.failure is not None
                    if self._is_full(done, len(facts) - done):
                        self._write()
                    progress(done, len(facts), f"{self.report.new:,} new, {failed:,} failed · {one.host or one.called}")
        except KeyboardInterrupt:
            self.report.interrupted = True
            self.report.left = len(facts) - done
        except StoreError as error:
            error.kept = f"What was written before: {self.report.line}."
            raise
        self._judge_unreached()
        self._write()
        self.report.went = arrivals.where_new_went(self.store.read(), self._first_new) if self.report.new else {}
        self._merge()
        if not self.report.interrupted:
            self._purge(mail.with_lists(self.store.read(), [one.id for one in facts]))
        self._tell_held()

    def fill_texts(self, facts: Sequence[Facts]) -> None:
        """Sources that give summaries only have the texts of their new items' pages. Nothing here fails the pull."""
        wanted = {one.id: one.url for one in facts if one.full_text}
        if not wanted or self.report.interrupted or self.report.offline:
            return
        from pkm.seek.fulltext import fill_sources

        try:
            self.report.full_texts = fill_sources(self.store, wanted, self.at, self._waits, self._local).filled
        except KeyboardInterrupt:
            self.report.interrupted = True

    def tell_brought(self) -> None:
        """The report says what of this pull waits in the inbox."""
        if self.report.new or self.report.brought:
            self.report.brought = arrivals.in_inbox(self.store.read(), self._first_new, self.report.brought)

    def _take(self, facts: Facts, fetched: Fetched) -> None:
        if fetched.offline:
            self._unreached.append((facts, fetched))
            return
        self._reached = self._reached or not (fetched.held or not facts.host)
        if fetched.host_waits and fetched.not_before and fetched.not_before > self.at:
            self._refused[facts.host] = facts.id
            self._waits[facts.host] = fetched.not_before
        self._batch.append((facts, fetched))
        self._entries += len(fetched.entries) + len(fetched.letters)
        self._bytes += sum(len(entry.html) + len(entry.text) for _, entry in fetched.entries)
        self._bytes += sum(len(letter.entry.html) + len(letter.entry.text) for letter in fetched.letters)

    def _is_full(self, done: int, left: int) -> bool:
        """done, left: sources."""
        waited = time.monotonic() - self._written_at
        coming = left * (self.report.new + self._entries) // max(done, 1)
        enough = min(BATCH_ENTRIES, max(FIRST_ENTRIES, coming // 2)) if self.report.new else FIRST_ENTRIES
        return self._entries >= enough or self._bytes >= BATCH_BYTES or waited > BATCH_S

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
        if not self._batch:
            self._written_at = time.monotonic()
            return
        report = self.report.copy()  # a transaction that fails, or is interrupted, counts nothing
        held: list[tuple[Facts, Fetched]] = []
        merges: list[tuple[int, int]] = []
        with self.store.unit(journal=False) as unit:
            batch = deliver(unit, self._batch)
            ids = [facts.id for facts, _ in batch]
            there = intake.followed(unit.connection, ids)
            paced = [facts.id for facts, fetched in batch if not keeps_its_pace(facts, fetched)]
            items = intake.count_items(unit.connection, [facts.id for facts, _ in batch if not facts.is_list])
            dates = sources.recent_dates(unit.connection, paced, RECENT)
            brought: list[tuple[int, intake.Brought]] = []
            for facts, fetched in batch:
                if there.get(facts.id) != facts.url:
                    continue  # removed or changed while it was fetched
                other = intake.source_at(unit.connection, fetched.moved_to) if fetched.moved_to else None
                plan = self._apply(unit, facts, fetched, dates.get(facts.id, ()), other)
                if fetched.held:
                    held.append((facts, fetched))
                    report.failed += 1
                    continue
                _count(report, items.get(facts.id, 0), facts, plan)
                if is_mailbox(facts.url) and not (fetched.more or fetched.failure):
                    report.unchanged += mail.count_letters(unit.connection, facts.id, self._first_new)
                if facts.updates == "resurface":
                    _resurface(report, unit, plan)
                if "url" in plan.columns:
                    moved = {"from": sources.without_user(facts.url), "to": sources.without_user(plan.columns["url"])}
                    report.moved.append({"id": make("source", facts.id), **moved})
                if other is not None and other != facts.id:
                    if plan.is_moved and remember_merge(unit, facts.url, fetched.moved_to or ""):
                        merges.append((facts.id, other))
                    else:
                        report.doubled.append({"id": make("source", facts.id), "of": make("source", other)})
                report.personal += fetched.personal
                via = via_of(facts)
                news = plan.new if via == "network" else [one._replace(via=via) for one in plan.new]
                brought += ((facts.id, one._replace(state="backlog") if fetched.past else one) for one in news)
            # What was written last gets the highest number, whatever source it is of: the inbox is read by number.
            brought.sort(key=lambda one: one[1].published_at or "")
            origins = {facts.id: _origin(facts, fetched) for facts, fetched in batch}
            numbers, muted = self._gate.bring_in(unit, brought, origins)
            report.muted += muted
            waiting = intake.count_waiting(unit.connection, numbers)
            report.backlog += [{"id": make("source", number), "items": held} for number, held in waiting]
            report.warnings = self._gate.warnings
            self.pointing += [(number, one.links) for number, (_, one) in zip(numbers, brought, strict=True) if one.links]
            if self.pages is not None:
                self.pages.update(one.canonical_url.partition("://")[2] for _, one in brought)
            report.repeated += _join_stories(unit, numbers, self._titles, stamp(self.at - WITHIN))
            if report.new or report.updated:  # an hourly pull that brings nothing is no line of the log
                unit.summarize(report.line)
        self.report = report
        self._held += held
        self._merges += merges
        self._batch.clear()
        self._entries = self._bytes = 0
        self._written_at = time.monotonic()  # not before: after a long write the next one would be of a single feed

    def _apply(
        self, unit: Unit, facts: Facts, fetched: Fetched, dates: Sequence[str], other: int | None
    ) -> SourcePlan:
        """other: the source that is at the address that this one's server sends to."""
        db = unit.connection
        known = intake.known_entries(db, facts.id) if fetched.entries else {}
        ids, pages = find_compared(fetched.entries, known)
        standing = intake.standing(db, facts.id, ids, pages) if ids or pages else []
        plan = plan_source(facts, fetched, known, self.at, self.every, standing=standing, dates=dates)
        is_moved = "url" in plan.columns
        left_out = MOVED if is_moved and other is not None else ()
        columns = {name: value for name, value in plan.columns.items() if name not in left_out}
        intake.know(unit, facts.id, plan.known_as)
        intake.change(unit, facts.id, plan.changed)
        intake.set_polled(unit, facts.id, columns)
        if fetched.hashes is not None and fetched.hashes != self._known.get(facts.id, b""):
            intake.keep_hashes(unit, facts.id, fetched.hashes)
        return plan._replace(columns=columns, is_moved=is_moved)

    def _merge(self) -> None:
        """What has moved for good onto another source is one with it; an undo takes that apart again."""
        for gone, kept in self._merges:
            with self.store.unit() as unit:
                urls = intake.followed(unit.connection, [gone, kept])
                if urls.keys() != {gone, kept}:
                    continue  # two that moved onto each other, say
                found = merge_source(unit, gone, kept, one_host=_host_of(urls[gone]) == _host_of(urls[kept]))
                told = {"id": make("source", gone), "into": make("source", kept), "moved": found.moved, "same": found.same}
                self.report.merged.append(told)
                unit.summarize(f"{self.report.line}; merged {told['id']} into {told['into']}")

    def _purge(self, ids: Sequence[int]) -> None:
        """What is older, or more, than the person wants to keep is gone, unless it was used; a bounded number a run."""
        age, number = self.keep
        if age is None and number is None:
            return
        before = None if age is None else stamp(self.at - age)
        with self.store.unit(journal=False) as unit:
            old = retention.find_old(unit.connection, ids, before=before, number=number, limit=PURGED_AT_ONCE)
            retention.purge(unit, old)
            self.report.purged = len(old)
            if old:
                unit.summarize(f"{self.report.line}; {self.report.purged:,} old ones gone")

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


def _count(report: PullReport, there: int, facts: Facts, plan: SourcePlan) -> None:
    """there: the items that the source had; none for a list's, which its mailbox counts."""
    if plan.failure is not None:
        report.failed += 1
        report.failures.append({"what": _name(facts), "why": plan.failure, "id": make("source", facts.id)})
        return
    report.new += len(plan.new)
    report.updated += len(plan.changed)
    report.changed += [make("item", number) for number, _ in plan.changed]
    report.unchanged = max(0, report.unchanged + there - len(plan.changed))


def _origin(facts: Facts, fetched: Fetched) -> Origin:
    """What rules may ask of the source: at its first pull it says what it is called."""
    title, site_url = facts.title or fetched.title, facts.site_url or fetched.site_url
    return Origin(title, facts.url, site_url, facts.contact_id)


def _join_stories(unit: Unit, ids: Sequence[int], titles: Titles, since: str) -> int:
    """New items that tell a story which another source told are one row with it; how many tell one that is decided.

    titles: of what came since then, as far as it was read; these are added.
    """
    if not ids:
        return 0
    db = unit.connection
    new = stories.of_ids(db, ids)
    titles.add(stories.recent_titles(db, titles.last, ids[0], since))
    pages = dict.fromkeys(told.canonical_url for told in new if told.canonical_url)
    near = {*titles.like(new), *stories.at_pages(db, pages, ids[0])}
    there = stories.of_ids(db, stories.whole(db, near)) if near else []
    found = find_stories(new, there, lambda id: stories.text_of(db, id))
    stories.join(unit, found.joined)
    stories.lead_with(unit, found.led)
    titles.add(stories.Titled(told.id, told.title, told.at) for told in new)
    decided = {told.lead_id for told in there if told.state in ("kept", "dropped")}
    return sum(lead in decided for lead in found.joined.values())


def _resurface(report: PullReport, unit: Unit, plan: SourcePlan) -> None:
    numbers = [number for number, _ in plan.changed]
    report.changed_kept += [make("item", number) for number in versions.kept_among(unit.connection, numbers)]
    back = versions.resurface(unit, numbers)
    report.resurfaced += len(back)
    report.brought += back


def _host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower().removeprefix("www.")


def _name(facts: Facts) -> str:
    return f"{make('source', facts.id)} {sources.without_user(facts.called)}"
