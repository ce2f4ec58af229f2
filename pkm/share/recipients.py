"""Who gets a stage of a share, by which channels: one letter a person, whatever circles they are in and move to.

What somebody has, or may have, of a share in one stage they do not get again in another; no two letters of it go to one address.
"""

import functools
import sqlite3
from collections.abc import Mapping
from typing import Any

from pkm import dates
from pkm.addresses import address_key
from pkm.config import Home
from pkm.delivery import NO_ADDRESS, may_go, may_have_it
from pkm.ids import Row, make
from pkm.reach import REACHES
from pkm.share import worded
from pkm.share.channels import is_letters
from pkm.share.unsubscribed import subscribers
from pkm.store import audience, deliveries, shares, unsubscribing

NOT_THEIRS = "they left the circle or asked for no more letters, or a note in it is not for them"
MOVED = "they have another address now"
ANOTHER = "another letter of it is theirs"
"""Why a letter that waited goes nowhere; it may go again where that is so no more."""


def channels_for(db: sqlite3.Connection, stage: Mapping[str, Any]) -> list[Row]:
    """The channels that carry a stage: those of its circle; for people by name the first that sends letters."""
    if stage["circle_id"] is not None:
        found = shares.channels_of(db, stage["circle_id"])
        return [one for one in found if is_letters(one["channel_kind"])] if stage["gate"].get("replies_to") else found
    return [one for one in shares.channels(db) if is_letters(one["channel_kind"])][:1]


def people_of(db: sqlite3.Connection, home: Home, share: int, stage: Mapping[str, Any]) -> list[Row]:
    """Who is to get a stage: of a circle without those of whom the person said that one of its notes is not for them."""
    if not stage["circle_id"]:
        return shares.people_of(db, share)
    notes = [note["id"] for note in worded.notes_for(db, share, dict(stage))]
    withheld = audience.withheld_people(db, notes, dates.day(dates.now()))
    return [one for one in subscribers(db, home, stage["circle_id"]) if one["id"] not in withheld]


def letter_places(db: sqlite3.Connection, home: Home, share: int) -> dict[int, tuple[int, int]]:
    """By contact: the stage and the channel of their one letter: the one they have, else the closest of their circles'.

    A stage that passed before they came into its circle has none for them. Of several who have one address, the first gets it.
    """
    places, addresses = _had(db, share)
    given = {(row["stage_id"], row["contact_id"]) for row in deliveries.frozen(db, share) if row["state"] != "cancelled"}
    for stage in sorted(shares.stages(db, share), key=lambda one: REACHES.index(one["circle_kind"] or "private")):
        ways = [channel["number"] for channel in channels_for(db, stage) if is_letters(channel["channel_kind"])]
        for one in people_of(db, home, share, stage) if ways else ():
            if stage["passed_at"] and (stage["id"], one["id"]) not in given:
                continue
            address = address_key(recipient_of(one))
            if not stage["circle_id"] or addresses.setdefault(address, one["id"]) == one["id"]:
                places.setdefault(one["id"], (stage["id"], ways[0]))
    return places


def _had(db: sqlite3.Connection, share: int) -> tuple[dict[int, tuple[int, int]], dict[str, int]]:
    """What has left of a share by letters: by contact, the stage and the channel; by address, the contact."""
    places: dict[int, tuple[int, int]] = {}
    addresses: dict[str, int] = {}
    for row in deliveries.frozen(db, share):
        if row["contact_id"] is not None and may_have_it(row["state"], row["error"]):
            places.setdefault(row["contact_id"], (row["stage_id"], row["channel_id"]))
            addresses.setdefault(address_key(row["recipient"]), row["contact_id"])
    return places, addresses


def turned(db: sqlite3.Connection, home: Home, share: int, stage: int | None) -> dict[int, tuple[str, str]]:
    """Delivery -> (state, why) of a share's letters that are otherwise than they stand; stage: of that one alone.

    What may still go goes nowhere where its channel was removed, somebody has no part in the stage now, has another address, or
    has a letter of the share, or is to get another: two contacts turned out to be one. What a server refused gives way. What
    went nowhere for that waits again where it is theirs after all, and its stage has not passed.
    """
    stages = {one["id"]: one for one in shares.stages(db, share)}
    people = functools.cache(lambda number: {one["id"] for one in people_of(db, home, share, stages[number])})
    had, addresses = _had(db, share)
    contacts, found = set(had), dict[int, tuple[str, str]]()
    rows = [row for row in deliveries.frozen(db, share) if row["recipient"] and stage in (None, row["stage_id"])]
    theirs = unsubscribing.addresses(db, {row["contact_id"] for row in rows})
    there = {one["number"] for one in shares.channels(db)}
    gives_way = {"refused": 1, "cancelled": 2}
    for row in sorted(rows, key=lambda one: gives_way.get(one["state"], 0)):
        off = row["state"] == "cancelled" and row["error"] in (NOT_THEIRS, MOVED, ANOTHER)
        if not (off or may_go(row["state"], row["error"])):
            continue
        contact, address = row["contact_id"], address_key(row["recipient"])
        if row["channel_id"] not in there:
            why = shares.REMOVED
        elif contact not in people(row["stage_id"]):
            why = NOT_THEIRS
        elif address not in (address_key(make("contact", contact)), *theirs.get(contact, ())):
            why = MOVED
        elif contact in contacts or address in addresses:
            why = ANOTHER
        elif off and stages[row["stage_id"]]["passed_at"]:
            continue
        else:
            contacts.add(contact)
            addresses[address] = contact
            if off:
                found[row["id"]] = ("waiting", "") if row["payload"] else ("refused", NO_ADDRESS)
            continue
        if not off:
            found[row["id"]] = ("cancelled", why)
    return found


def had_before(db: sqlite3.Connection, home: Home, share: int, stage: Mapping[str, Any]) -> list[Row]:
    """Who of a stage's people has, or may have, its letter from another stage, or at an address that somebody else has it at."""
    if not stage["circle_id"] or not any(is_letters(channel["channel_kind"]) for channel in channels_for(db, stage)):
        return []
    places, addresses = _had(db, share)
    return [
        one for one in people_of(db, home, share, stage)
        if places.get(one["id"], (stage["id"],))[0] != stage["id"]
        or addresses.get(address_key(recipient_of(one)), one["id"]) != one["id"]
    ]  # fmt: skip


def recipient_of(person: Mapping[str, Any]) -> str:
    """Where a letter to somebody goes: their address; their id where nobody knows one."""
    from pkm.share.letter import is_address

    return person["email"] if is_address(person["email"] or "") else make("contact", person["id"])
