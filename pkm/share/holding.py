"""Which drafts and plans keep notes for a circle, so that they are in no other digest for it; and why a digest is empty."""

import sqlite3
from collections.abc import Mapping
from shlex import quote

from pkm.dates import day, local, now
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.share.channels import reaches_for
from pkm.store import audience, dismissals, shares
from pkm.text import count


def drafts_for(db: sqlite3.Connection, circles: Mapping[int, list[str]]) -> list[Row]:
    """The drafts that keep notes for one of these circles, each once, by number; as shares.holding().

    circles: the reaches of notes that may go to each, as reaches_for() has them.
    """
    found = [one for number, reaches in circles.items() for one in shares.holding(db, number, reaches)]
    drafts: dict[str, Row] = {}
    for one in found:
        if one["state"] == "draft" and one["notes"] > drafts.get(one["id"], {"notes": 0})["notes"]:
            drafts[one["id"]] = one
    return sorted(drafts.values(), key=lambda one: int(one["id"][1:]))


def waiting_for(db: sqlite3.Connection, reaches: Mapping[int, list[str]]) -> dict[int, int]:
    """How many notes may be in the next digest of each circle; what the person said is not for it may not.

    reaches: of each circle, by number, the reaches that are wide enough for it.
    """
    kept = dict[int, set[int]]()
    if dismissals.dismissed(db, audience.KIND):
        from pkm.share.declined import notes_not_for

        kept = {number: notes_not_for(db, number) for number in reaches}
    return {number: shares.count_candidates(db, number, wide, kept.get(number, ())) for number, wide in reaches.items()}


def told(held: Row) -> str:
    """What a row of shares.holding() keeps, in words: 3 notes wait in x1 (a draft of 4 Dec)."""
    at = local(held["at"])
    what = "a draft" if held["state"] == "draft" else "a plan"
    year = f" {at.year}" if at.year != local(now()).year else ""
    return f"{count(held['notes'], 'note waits', 'notes wait')} in {held['id']} ({what} of {at.day} {at:%b}{year})"


def step(held: Row) -> str:
    """What lets the notes of such a row go, or gives them back to the next digest."""
    if held["state"] == "draft":
        return f"pkm share send {held['id']}, or pkm share drop {held['id']}"
    return f"pkm share plan {held['id']}"


def empty(db: sqlite3.Connection, circle: Row) -> Invalid:
    """The error for a digest for a circle that has no notes, with what keeps them: other drafts, plans, or their reach."""
    held = shares.holding(db, circle["number"], reaches_for(db, circle))
    if held:
        first = next((one for one in held if one["state"] == "draft"), held[0])
        return Invalid("an empty draft", ", and ".join(map(told, held)), next=step(first))
    since = shares.last_sent(db, circle["number"])
    why = f"all that may go there has gone, last on {day(since)}" if since else "no note of yours may go there yet"
    widen = f"pkm sense reach NOTE {circle['circle_kind']}, then pkm share draft NOTE --to {quote(circle['name'])}"
    return Invalid("an empty draft", why, next=widen)
