"""What a share says otherwise than it is written, and whom it does not reach: told before it leaves; it keeps nothing back.

Gathers from the store; sends and writes nothing.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from pkm.config import Home
from pkm.delivery import NO_ADDRESS
from pkm.errors import PkmError
from pkm.ids import Row, make
from pkm.keys import secret_in
from pkm.markdown import web_url
from pkm.reach import wide_enough
from pkm.share import draft, linked, worded
from pkm.share.channels import effective_kind, is_letters, is_posts
from pkm.share.guard import Finding
from pkm.share.letter import is_address
from pkm.share.posting import posted_for
from pkm.share.recipients import channels_for, had_before
from pkm.share.unsubscribed import subscribers
from pkm.store import notes, shares
from pkm.text import one_line


def look(db: sqlite3.Connection, home: Home, share: int) -> list[Finding]:
    """(what, what becomes of it, the command that changes that) of each link that is cut, of who has no address, and of
    who and what has it already.

    Of the stages that are still to go; nothing of a share that has gone.
    """
    row = shares.row(db, share)
    if row is None or row["state"] not in ("draft", "planned"):
        return []
    found: list[Finding] = []
    for stage in shares.stages(db, share):
        if stage["passed_at"] is None:
            found += _cut_links(db, share, stage)
            found += _cut_addresses(worded.notes_for(db, share, stage))
            found += _without_address(db, home, share, stage)
            found += _had(db, home, share, stage)
    return list(dict.fromkeys(found))


def _cut_links(db: sqlite3.Connection, share: int, stage: Row) -> Iterable[Finding]:
    circle = draft.kind_by_name(db, share) if stage["circle_id"] is None else stage["circle_kind"]
    for kind in dict.fromkeys(effective_kind(circle, one["channel_kind"]) for one in channels_for(db, stage)):
        for note in worded.notes_for(db, share, stage):
            for number in dict.fromkeys(other for _, other in linked.narrower_links(db, [note], [], wide_enough(kind))):
                other = notes.row(db, number)
                name, target = make("note", note["id"]), make("note", number)
                is_so = "was put away" if other is None or other["dropped_at"] else f"is {other['reach']}"
                yield (name, f"a link to {target}, which {is_so}, shows as “…”",
                       f"pkm sense edit {name}, to leave it out; or pkm sense reach {target} {kind}, to show it")  # fmt: skip


def _cut_addresses(found: Iterable[Row]) -> Iterable[Finding]:
    """Where the address of what a note is about has a secret in it."""
    for note in found:
        for address in (note["item_url"], note["source_url"]):
            if what := secret_in(address or ""):
                name, left = make("note", note["id"]), web_url(address)
                yield (name, f"the address of its source has {what} and goes out {f'as {left}' if left else 'not at all'}",
                       f"pkm sense edit {name}, to name another address in its words")  # fmt: skip


def _without_address(db: sqlite3.Connection, home: Home, share: int, stage: Mapping[str, Any]) -> Iterable[Finding]:
    if not any(is_letters(one["channel_kind"]) for one in channels_for(db, stage)):
        return
    people = subscribers(db, home, stage["circle_id"]) if stage["circle_id"] else shares.people_of(db, share)
    for one in people:
        if not is_address(one["email"] or ""):
            number = make("contact", one["id"])
            yield (f"{number} {one_line(one['name'], 40)}", f"{NO_ADDRESS}; no letter goes there",
                   f"pkm contact edit {number} --email ADDRESS")  # fmt: skip


def _had(db: sqlite3.Connection, home: Home, share: int, stage: Row) -> Iterable[Finding]:
    """Whom it goes to no second time, and which accounts say it already."""
    name, goal = make("share", share), f"for {one_line(stage['circle'] or 'people by name', 40)}"
    for one in had_before(db, home, share, stage):
        yield (f"{make('contact', one['id'])} {one_line(one['name'], 40)}", f"has {name} already; no second letter goes {goal}",
               f"pkm share log {name}")  # fmt: skip
    for channel in channels_for(db, stage):
        if is_posts(channel["channel_kind"]) and (other := _posted(db, home, share, stage, channel)) is not None:
            yield (f"{channel['name']} {goal}", f"the same is posted there for {one_line(other, 40)}; nothing is posted twice",
                   f'other words: pkm share edit {name} --for {stage["circle"]} -m "…"')  # fmt: skip


def _posted(db: sqlite3.Connection, home: Home, share: int, stage: Row, channel: Row) -> str | None:
    try:
        return posted_for(db, home, share, stage, channel)
    except PkmError:  # what keeps it from being told there at all is told elsewhere
        return None
