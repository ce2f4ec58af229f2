"""What to do with what a fetch gave: pure functions from facts to a plan. No store, no network, no clock.

Owns what becomes of a source after a fetch and what is held against it; seek/rhythm knows its pace, seek/story which
entries are new. Source of the rules: RFC 9110 (304, Retry-After, 410), and what readers in the field learned the hard
way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pkm.dates import parse_stamp, stamp
from pkm.seek.backlog import set_back
from pkm.seek.entry import ParsedEntry
from pkm.seek.letter import Letter
from pkm.seek.rhythm import NOTHING_ASKED, Asked, next_look
from pkm.seek.story import sort_entries
from pkm.store.intake import Brought, Known, Standing

WHOLE_EVERY = timedelta(days=8)
"""Validators are left out once in this time: some servers answer 304 for ever."""

FIRST_WAIT, LONGEST_WAIT = timedelta(hours=1), timedelta(days=7)
"""After a failure, doubling with each in a row; a source is never given up."""

GONE_WAIT = timedelta(days=30)
"""How often a source that is gone (410) is asked whether it came back."""

BELIEVED_AFTER = timedelta(days=7)
"""How long a permanent redirect must lead to the same place: login pages and mistakes are "permanent" for a day."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows of a source that is pulled. Times are stamps."""

    id: int
    url: str
    title: str = ""
    site_url: str = ""
    description: str = ""
    state: str = "active"
    every_s: int | None = None
    checked_at: str | None = None
    fetched_at: str | None = None
    changed_at: str | None = None
    next_at: str | None = None
    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    identity: str | None = None
    moved_to: str | None = None
    moved_since: str | None = None
    failures: int = 0
    error: str | None = None
    contact_id: int | None = None
    updates: str = "silent"
    backlog: int = 0
    full_text: int = 0
    mailbox_id: int | None = None
    credential: str = ""
    user_agent: str = ""

    @property
    def called(self) -> str:
        """What a person sees: the title, else the address."""
        return self.title or self.url

    @property
    def is_list(self) -> bool:
        """Whether its items are letters that come into a mailbox: it is not asked itself."""
        return self.url.startswith("mail:")

    @property
    def host(self) -> str:
        """The host that is asked, "" for a file; the whole address where it has no host that can be read."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return self.url


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the network gave for one source: it is unchanged, or a feed, or there is a failure.

    unchanged: a 304, or the very bytes of the last time. entries: (key, entry), each once, by the rung `scheme`;
    partial: only what is new (226, RFC 3229). asked: how rarely the source asks to be looked at. failure: why there is
    nothing; `offline`: it may be the network; `held`: another source's answer closed the host; `unasked`: its credential
    cannot be read. letters: what came into a mailbox, for the sources of their lists (seek/mail); personal: how many
    were left there; more: the rest is yet to come. past: older than what the source gave before. hashes: of the bytes of
    all entries that the feed has, those included that were left out as known; None: as they were.
    """

    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    moved_to: str | None = None
    unchanged: bool = False
    title: str = ""
    site_url: str = ""
    description: str = ""
    scheme: str | None = None
    entries: tuple[tuple[str, ParsedEntry], ...] = ()
    partial: bool = False
    asked: Asked = NOTHING_ASKED
    failure: str | None = None
    status: int | None = None
    not_before: datetime | None = None
    offline: bool = False
    held: bool = False
    unasked: bool = False
    letters: tuple[Letter, ...] = ()
    personal: int = 0
    more: bool = False
    past: bool = False
    hashes: bytes | None = None

    @property
    def host_waits(self) -> bool:
        """Whether the answer closes the whole host for a time."""
        return self.status in (429, 503) and self.not_before is not None


class SourcePlan(NamedTuple):
    """What is to be written for one source: columns of its row, items that are new, items that changed.

    known_as: keys under which the source gives from now on what was there already. is_moved: it is at another address
    for good, also where another source has that one.
    """

    source_id: int
    url: str  # the one that was fetched: if the source has another one by now, the plan is void
    columns: Mapping[str, Any]
    new: tuple[Brought, ...] = ()
    changed: tuple[tuple[int, Brought], ...] = ()
    known_as: Mapping[str, Known] = {}
    failure: str | None = None
    is_moved: bool = False


def may_ask_conditionally(facts: Facts, now: datetime) -> bool:
    """Whether the validators are sent. The first look in each eight days is unconditional, spread over the sources."""
    if facts.checked_at is None:
        return False
    return _period(facts.id, now) == _period(facts.id, parse_stamp(facts.checked_at))


def _period(number: int, at: datetime) -> int:
    return int((at.timestamp() + number * 3600) // WHOLE_EVERY.total_seconds())


def plan_source(
    facts: Facts, fetched: Fetched, known: Mapping[str, Known], now: datetime, least: timedelta, *,
    standing: Sequence[Standing] = (), dates: Sequence[str] = (),
) -> SourcePlan:  # fmt: skip
    """What becomes of one source after one fetch.

    known: its entries in the store; needed where something was read. standing: those of its items that what was read
    has to be compared with. dates: when its latest items were published; needed where it may not keep its pace.
    least: no interval is shorter, but for the source's own.
    """
    if fetched.failure is not None:
        return SourcePlan(facts.id, facts.url, _after_failure(facts, fetched, now), failure=fetched.failure)
    sorted_out = sort_entries(fetched.entries, known, standing, now)
    columns = _after_success(facts, fetched, now)
    dates = [*dates, *(one.published_at or stamp(now) for one in sorted_out.new)]
    columns["next_at"] = stamp(_next_look(facts, fetched, dates, now, least))
    if sorted_out.new or (sorted_out.changed and facts.updates != "ignore"):
        columns["changed_at"] = stamp(now)
    new = set_back(sorted_out.new, first=facts.fetched_at is None, whole=bool(facts.backlog))
    changed = () if facts.updates == "ignore" else sorted_out.changed
    return SourcePlan(facts.id, facts.url, columns, new, changed, sorted_out.known_as)


def _next_look(facts: Facts, fetched: Fetched, dates: Sequence[str], now: datetime, least: timedelta) -> datetime:
    """The person's own interval before all; else the source's pace and what it asks for."""
    if facts.every_s:
        return now + timedelta(seconds=facts.every_s)
    before = _last_interval(facts) if fetched.unchanged else timedelta(0)
    return next_look(facts.id, fetched.asked, dates, now, least=least, before=before)


def keeps_its_pace(facts: Facts, fetched: Fetched) -> bool:
    """Whether the source is looked at as often as before: it brought nothing by which its pace could be told anew."""
    return fetched.unchanged and (facts.every_s is not None or _last_interval(facts) > timedelta(0))


def _last_interval(facts: Facts) -> timedelta:
    """The interval of the last time: a feed that was not sent again asks for what it asked for then."""
    if facts.failures or facts.error or facts.checked_at is None or facts.next_at is None:
        return timedelta(0)
    return parse_stamp(facts.next_at) - parse_stamp(facts.checked_at)


def _after_success(facts: Facts, fetched: Fetched, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {"checked_at": stamp(now), "fetched_at": stamp(now), "failures": 0, "error": None}
    if facts.state == "gone":
        columns["state"] = "active"
    if not fetched.unchanged or fetched.body_hash is not None:
        columns |= {"etag": fetched.etag, "modified": fetched.modified}
    else:  # a 304 may bring new validators; what it leaves out stays
        columns |= {"etag": fetched.etag or facts.etag, "modified": fetched.modified or facts.modified}
    if fetched.body_hash is not None and not fetched.partial:
        columns["body_hash"] = fetched.body_hash
    for name in ("title", "site_url", "description"):
        said = getattr(fetched, name)
        if said and not getattr(facts, name):
            columns[name] = said
    if fetched.scheme and facts.identity is None:
        columns["identity"] = fetched.scheme
    return columns | _after_move(facts, fetched.moved_to, now)


def _after_move(facts: Facts, moved_to: str | None, now: datetime) -> dict[str, Any]:
    """A permanent redirect (301, 308) is believed when it has said the same for a week; http to https at once."""
    settled = {"moved_to": None, "moved_since": None}
    if moved_to is None or moved_to == facts.url:
        return settled if facts.moved_to else {}
    if is_secure_twin(facts.url, moved_to):
        return {"url": moved_to, **settled}
    if moved_to != facts.moved_to or facts.moved_since is None:
        return {"moved_to": moved_to, "moved_since": stamp(now)}
    if now - parse_stamp(facts.moved_since) >= BELIEVED_AFTER and _may_follow(facts, moved_to):
        return {"url": moved_to, **settled}
    return {}


def _may_follow(facts: Facts, moved_to: str) -> bool:
    """Whether a source may go there by itself: its secret goes to no other server because its own one says so."""
    return urlsplit(facts.url).username is None and (is_same_server(facts.url, moved_to) or not facts.credential)


def is_same_server(url: str, other: str) -> bool:
    """Whether two addresses are of one origin: scheme, host and port (RFC 6454)."""
    try:
        old, new = urlsplit(url), urlsplit(other)
        return (old.scheme, old.hostname, old.port) == (new.scheme, new.hostname, new.port)
    except ValueError:  # one of them is no address
        return False


def is_secure_twin(url: str, moved_to: str) -> bool:
    """Whether the second is the first over https, and nothing else."""
    old, new = urlsplit(url), urlsplit(moved_to)
    return (
        (old.scheme, new.scheme) == ("http", "https")
        and old.hostname == new.hostname
        and old.port in (None, 80)
        and new.port in (None, 443)
        and old.username is None
        and (old.path or "/", old.query) == (new.path or "/", new.query)
    )


def _after_failure(facts: Facts, fetched: Fetched, now: datetime) -> dict[str, Any]:
    if fetched.offline:  # not this source's fault
        return {}
    if fetched.held:
        return _after_wait(facts, fetched)
    columns: dict[str, Any] = {
        "checked_at": stamp(now), "failures": facts.failures + 1, "error": fetched.failure,
        "next_at": stamp(next_try(facts.failures + 1, fetched.not_before, now)),
    }  # fmt: skip
    if fetched.status == 410:
        columns |= {"state": "gone", "next_at": stamp(now + GONE_WAIT)}
    return columns


def _after_wait(facts: Facts, fetched: Fetched) -> dict[str, Any]:
    """It was not asked: nothing is held against it, but why it waits can be read."""
    if fetched.not_before is None:
        return {}
    return {"next_at": max(stamp(fetched.not_before), facts.next_at or ""), "error": fetched.failure}


def next_try(failures: int, not_before: datetime | None, now: datetime) -> datetime:
    """When a source is asked again after so many failures in a row: 1 h, doubling up to 7 d, never before it allows."""
    wait: timedelta = min(FIRST_WAIT * (1 << min(failures - 1, 20)), LONGEST_WAIT)
    return max(now + wait, not_before or now)


def count_against(fetched: Fetched) -> Fetched:
    """The same failure, held against the source: others were reached, so the network was there."""
    return replace(fetched, offline=False)
