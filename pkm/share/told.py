"""What a share says otherwise than it is written, and whom it does not reach: told before it leaves; it keeps nothing back.

Gathers from the store; sends and writes nothing.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from shlex import quote
from typing import Any

from pkm.capture import masked, tags_in
from pkm.config import Home
from pkm.delivery import NO_ADDRESS
from pkm.errors import PkmError
from pkm.ids import Row, existing, make
from pkm.keys import secret_in
from pkm.markdown import web_url
from pkm.reach import wide_enough
from pkm.share import called, draft, holding, linked, worded
from pkm.share.channels import is_letters, is_posts
from pkm.share.guard import Finding
from pkm.share.letter import is_address
from pkm.share.posting import posted_for
from pkm.share.recipients import channels_for, had_before
from pkm.share.unsubscribed import subscribers
from pkm.store import notes as stored
from pkm.store import shares, tags
from pkm.text import fold, one_line, some

NAMED = 8
"""How many notes are named in one line."""


def look(db: sqlite3.Connection, home: Home, share: int) -> list[Finding]:
    """(what, what becomes of it, the command that changes that) of each link that is cut, of the writer's marks that are read
    otherwise or stand, of who has no address, and of who and what has it already.

    Of the stages that are still to go; nothing of a share that has gone.
    """
    found: list[Finding] = []
    for stage in _ahead(db, share):
        found += _before(db, share, stage)
        found += _without_address(db, home, share, stage)
        found += _had(db, home, share, stage)
    return list(dict.fromkeys(found))


def before_sending(db: sqlite3.Connection, share: int, stages: Collection[int] | None = None) -> list[Finding]:
    """The same without what sending says itself, which is who gets no letter. stages: of these alone; None: all ahead."""
    wanted = [stage for stage in _ahead(db, share) if stages is None or stage["id"] in stages]
    return list(dict.fromkeys(one for stage in wanted for one in _before(db, share, stage)))


def again(db: sqlite3.Connection, share: int) -> list[Finding]:
    """The notes that another share holds for the same circle, or took there."""
    return list(dict.fromkeys(one for stage in _ahead(db, share) for one in _again(db, share, stage)))


def of_digest(db: sqlite3.Connection, circle: Row, notes: Sequence[Row]) -> list[Finding]:
    """The same of notes that are in no share yet: a digest of them for a circle (number, name, circle_kind, language)."""
    stage = {"circle_id": circle["number"], "circle": circle["name"], "circle_kind": circle["circle_kind"], "gate": {},
             "language": circle.get("language")}  # fmt: skip
    return list(dict.fromkeys(_as_written(db, 0, stage, notes)))


def _ahead(db: sqlite3.Connection, share: int) -> list[Row]:
    """The stages that are still to go; none of a share that has gone."""
    row = shares.row(db, share)
    if row is None or row["state"] not in ("draft", "planned"):
        return []
    return [stage for stage in shares.stages(db, share) if stage["passed_at"] is None]


def _before(db: sqlite3.Connection, share: int, stage: Row) -> Iterable[Finding]:
    yield from _as_written(db, share, stage, worded.notes_for(db, share, stage))
    yield from _beside(db, share, stage)
    yield from _again(db, share, stage)


def _as_written(db: sqlite3.Connection, share: int, stage: Row, notes: Sequence[Row]) -> Iterable[Finding]:
    """What of the notes' words is said otherwise, or stands where it was not meant to."""
    yield from _cut_links(db, share, stage, notes)
    yield from _cut_addresses(notes)
    for kind in draft.kinds(db, share, stage):
        naming = called.readers(db, share, stage, kind)
        for note in notes:
            yield from _marks(db, note, naming)


def _marks(db: sqlite3.Connection, note: Row, naming: called.Naming) -> Iterable[Finding]:
    """The nicks and tags of a note that stay within its words: whoever reads them may not be meant to."""
    about = tags.of(db, "note", note["id"])
    beside = called.beside(note)
    there = {fold(tag) for tag in about}
    stay = [tag for tag in tags_in(masked(naming.text(note["text"], about, beside))) if fold(tags.resolve(db, tag)) not in there]
    said = [*_said(naming.unnamed(note["text"], about, beside)), *(f"#{tag} is still in its words" for tag in stay)]
    if said:
        yield make("note", note["id"]), "; ".join(said), f"pkm sense edit {make('note', note['id'])}"


def _beside(db: sqlite3.Connection, share: int, stage: Row) -> Iterable[Finding]:
    """The nicks in the title and the few words in front, and in the circle's salutation."""
    row, name = existing(shares.row(db, share), "share", share), make("share", share)
    for kind in draft.kinds(db, share, stage):
        naming, words = called.readers(db, share, stage, kind), worded.said(db, row, stage, own=stage["circle_kind"] == kind)
        if said := _said(naming.unnamed(words.title) | naming.unnamed(words.introduction)):
            yield name, "; ".join(said), f"pkm share edit {name}"
        if said := _said(naming.unnamed(words.salutation)):
            circle = make("circle", stage["circle_id"])
            yield f"the salutation of {circle}", "; ".join(said), f"pkm circle edit {circle} --salutation WORDS"


def _said(nicks: Mapping[str, bool]) -> list[str]:
    return [f"@{nick} is written as “somebody”" if is_known else f"@{nick} stands as it is" for nick, is_known in nicks.items()]


def _cut_links(db: sqlite3.Connection, share: int, stage: Row, notes: Sequence[Row]) -> Iterable[Finding]:
    for kind in draft.kinds(db, share, stage):
        for number, cut in linked.cut_by(db, notes, wide_enough(kind)).items():
            for other in stored.rows(db, cut):
                name, target = make("note", number), other["id"]
                is_so = "was put away" if other["dropped_at"] else f"is {other['reach']}"
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


def _again(db: sqlite3.Connection, share: int, stage: Row) -> Iterable[Finding]:
    """What would go to the circle twice: it holds nothing back, since a note may have grown."""
    if stage["circle_id"] is None:
        return
    numbers = [note["id"] for note in worded.notes_for(db, share, stage)]
    circle = one_line(stage["circle"], 40)
    for other in shares.others_with(db, numbers, stage["circle_id"], share):
        named = some([make("note", number) for number in other["notes"]], NAMED)
        if other["went"]:
            yield named, f"went to {circle} in {other['id']} already", f"pkm share log {other['id']}"
        else:
            waits = "waits" if len(other["notes"]) == 1 else "wait"
            yield named, f"{waits} for {circle} in {other['id']} as well", holding.step(other)


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
                   f'other words: pkm share edit {name} --for {quote(stage["circle"])} -m "…"')  # fmt: skip


def _posted(db: sqlite3.Connection, home: Home, share: int, stage: Row, channel: Row) -> str | None:
    try:
        return posted_for(db, home, share, stage, channel)
    except PkmError:  # what keeps it from being told there at all is told elsewhere
        return None
