"""What the person said a note is not for: a circle, somebody, anybody; and how far that keeps it back.

By letters a note goes to the others. By a way out that a circle reads as a whole (a folder, a room, a webhook) it goes to nobody
there while somebody is in it whom it is not for. What everybody reads (the site, public accounts) keeps it from nobody.
"""

import shlex
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from pkm.dates import day, now
from pkm.ids import Row, make
from pkm.reach import may_go
from pkm.share.channels import is_letters, is_public
from pkm.share.guard import Finding
from pkm.share.recipients import channels_for
from pkm.store import audience, circles, deliveries, shares
from pkm.store.audience import Kept
from pkm.text import one_line, some


def read_by_all(channels: Iterable[Row]) -> list[str]:
    """The names of those channels that a circle reads as a whole."""
    return [one["name"] for one in channels if not is_letters(one["channel_kind"]) and not is_public(one["channel_kind"])]


def notes_not_for(db: sqlite3.Connection, circle: int) -> set[int]:
    """Notes that do not go to a circle today: they are not for it, or not for somebody who would read them there."""
    inside = audience.members(db).get(circle, ()) if read_by_all(shares.channels_of(db, circle)) else ()
    whom = [make("circle", circle), *(make("contact", one) for one in inside)]
    return audience.withheld(db, whom, day(now()))


def members_not_for(db: sqlite3.Connection, circle: int, kept: Mapping[str, Kept]) -> list[tuple[Kept, str]]:
    """Of the answers about a note those about who is in a circle, each with their name; by name."""
    inside = audience.members(db).get(circle, set()) if any(whom.startswith("c") for whom in kept) else set()
    names = audience.names(db, [one for one in inside if make("contact", one) in kept])
    found = [(kept[make("contact", number)], one_line(name, 60)) for number, name in names.items()]
    return sorted(found, key=lambda one: (one[1].casefold(), one[0].whom))


def check(db: sqlite3.Connection, share: int, step: Row, notes: Sequence[Row], *, stays: bool, by: str = "") -> list[Finding]:
    """A note of which the person said "not yet" or "never" does not go there before they take that back.

    stays: the share is there whatever is found, so that the note can be taken out of it. by: on the channel of that name alone.
    """
    findings = []
    for note in notes if step["passed_at"] is None else ():
        name, kept = make("note", note["id"]), audience.kept(db, note["id"], day(now()))
        said = [(kept[""], "", "")] if "" in kept else []
        if own := kept.get(make("circle", step["circle_id"])):
            said.append((own, f" for {step['circle']}", f" {shlex.quote(step['circle'])}"))
        people = members_not_for(db, step["circle_id"], kept)
        ways = some(_ways_ahead(db, share, step, by), 3) if people else ""
        said += [(one, f" for {who}, and all of {step['circle']} reads {ways}", f" {one.whom}") for one, who in people if ways]
        for one, goal, whom in said:
            until = f"not before {one.until}" if one.until else "never"
            why = f"you said {until}{goal}{f': {one.because}' if one.because else ''}"
            mend = f"pkm share not {name}{whom} --take-back"
            if stays:
                why, mend = f"{why} (it may go after all: {mend})", _taken_out(db, share, step, name, len(notes))
            findings.append((f"{name} “{note['title']}”", why, mend))
    return findings


def _ways_ahead(db: sqlite3.Connection, share: int, step: Row, by: str) -> list[str]:
    """The ways that a stage's circle reads as a whole, without those by which all of it has gone: that keeps nothing back."""
    open_: dict[int, bool] = {}
    for row in deliveries.of(db, share, step["id"]):
        open_[row["channel_number"]] = open_.get(row["channel_number"], False) or row["state"] != "sent"
    ahead = [one for one in channels_for(db, step) if open_.get(one["number"], True) and by in ("", one["name"])]
    return read_by_all(ahead)


def _taken_out(db: sqlite3.Connection, share: int, step: Row, note: str, of: int) -> str:
    """The command that takes a note, one of so many, out of what a stage's circle gets."""
    name, alone = make("share", share), len(shares.stages(db, share)) == 1
    if of == 1 and alone:
        return f"pkm share drop {name}"
    only = "" if alone else f" --for {shlex.quote(step['circle'])}"
    return f"pkm share edit {name}{only} --without {note}"


def told(db: sqlite3.Connection, note: Row, contact: int, name: str) -> list[str]:
    """What it means that a note is not for somebody, where more is to be said than that they get no letter with it.

    That they have it already, which circles they keep it from, and where everybody can read it.
    """
    number = int(note["id"][1:])
    went, has = audience.has(db, number)
    said = [f"{name} has it since {day(has[contact][1])} (pkm share log {note['id']})."] if contact in has else []
    inside = audience.members(db)
    for circle in circles.rows(db):
        theirs = int(circle["id"][1:])
        ways = read_by_all(shares.channels_of(db, theirs)) if contact in inside.get(theirs, ()) else []
        if ways and theirs not in went and may_go(note["reach"], circle["circle_kind"]):
            said.append(f"All of {one_line(circle['name'], 60)} reads {some(ways, 3)}, and {name} is in it: while that holds, "
                        f"{note['id']} does not go to {one_line(circle['name'], 60)}.")  # fmt: skip
    public = [one["name"] for one in shares.channels(db) if is_public(one["channel_kind"]) and one["circles"]]
    if public and may_go(note["reach"], "network"):
        said.append(f"Everybody reads {some(public, 3)}: where {note['id']} goes there, {name} can read it too.")
    return said
