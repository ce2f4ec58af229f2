"""Very many people in a real store, the same for the same seed: circles and stays in them, handles, what passed between
one and them, promises, notes that mention them, what they write, what was shared and what they answered.

Written by plain SQL, since the model would take minutes; `python -m tests.people FOLDER [PEOPLE]` makes a home of it.
"""

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pkm.config import Home
from pkm.dates import parse_stamp, stamp
from pkm.store.session import Store

SEED = 7
NOW = "2026-11-23T09:00:00Z"
CIRCLES = (("crew", "team", 12), ("board", "team", 6), ("practice", "community", 80), ("retros", "community", 60),
           ("maps", "community", 40), ("book club", "network", 300), ("conference", "network", 2000))  # fmt: skip
"""Name, kind and how many members at most; the network that is there from the start takes three quarters of all."""
FIRST = ("Ada", "Ben", "Chloé", "Dmitri", "Eve", "Farid", "Grace", "Hugo", "Ines", "Jörg", "Ken", "Lina", "Maria", "Nils")
LAST = ("Silva", "Ólafsson", "Okafor", "Lee", "Nakamura", "Petrov", "Garcia", "Haddad", "Novak", "Brown", "Żak")
TAGS = ("org", "maps", "retro", "learning", "community", "data", "writing", "cynefin")


def fill(store: Store, people: int, seed: int = SEED) -> None:
    """The store, which was empty, holds so many contacts and what hangs on them."""
    dice = random.Random(seed)
    with store.unit(journal=False) as unit:
        for table, rows in _tables(dice, people, parse_stamp(NOW)):
            columns = ", ".join(rows[0])
            marks = ", ".join(f":{column}" for column in rows[0])
            unit.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


Rows = list[dict[str, object]]


def _tables(dice: random.Random, people: int, at: datetime) -> Iterator[tuple[str, Rows]]:
    def past(days: int) -> str:
        return stamp(at - timedelta(minutes=dice.randrange(1, days * 1440)))

    ids = range(1, people + 1)
    names = [f"{dice.choice(FIRST)} {dice.choice(LAST)} {number}" for number in ids]
    yield "contact", [
        {"id": number, "uid": f"urn:{number}", "name": name, "nick": f"p{number}" if number % 3 == 0 else "", "org": "",
         "role": "", "met": "at a meetup", "about": "", "birthday": "", "vcard": "", "created_at": past(900),
         "updated_at": NOW, "through_id": dice.randrange(1, number) if number % 20 == 0 else None,
         "every_s": 604_800 * dice.randrange(1, 30) if number % 10 == 0 else None,
         "snoozed_until": stamp(at + timedelta(days=dice.randrange(-20, 20))) if number % 25 == 0 else None}
        for number, name in zip(ids, names, strict=True)
    ]  # fmt: skip
    yield "handle", [
        {"contact_id": number, "kind": kind, "value": value, "folded": value, "label": "", "position": 0}
        for number in ids
        for kind, value in (("email", f"p{number}@example.org"), ("url", f"https://example.org/{number}"))
    ]
    yield "circle", [
        {"id": number, "name": name, "kind": kind, "purpose": "", "salutation": "", "introduction": "",
         "created_at": past(900)}
        for number, (name, kind, _) in enumerate(CIRCLES, 2)
    ]  # fmt: skip
    stays = [(1, number) for number in ids if dice.random() < 0.75]
    for circle, (_, _, members) in enumerate(CIRCLES, 2):
        stays += [(circle, number) for number in dice.sample(ids, min(members, people // 2))]
    yield "membership", [
        {"circle_id": circle, "contact_id": number, "joined_at": (joined := past(600)), "because": "met", "left_because": "",
         "left_at": _later(dice, joined, at) if dice.random() < 0.1 else None}
        for circle, number in stays
    ]  # fmt: skip
    touches = range(1, people)
    yield "interaction", [{"id": number, "at": past(900), "text": "call: the demo", "created_at": NOW} for number in touches]
    near = max(people // 20, 1)  # half of what passes is with one in twenty
    pairs = {(number, dice.randrange(1, (near if number % 2 else people) + 1)) for number in touches}
    pairs |= {(number, dice.randrange(1, near + 1)) for number in touches if number % 5 == 0}
    yield "interaction_contact", [{"interaction_id": touch, "contact_id": number} for touch, number in sorted(pairs)]
    yield "promise", [
        {"interaction_id": dice.choice(touches), "text": f"the paper {number}", "owed_by": dice.choice(("me", "them")),
         "state": dice.choice(("open", "kept", "kept")), "due_at": past(60) if number % 2 else None}
        for number in range(1, people // 10 + 2)
    ]  # fmt: skip
    yield "tag", [{"id": number, "name": name, "created_at": NOW} for number, name in enumerate(TAGS, 1)]
    yield from _loop(dice, people, past)


def _loop(dice: random.Random, people: int, past: "object") -> Iterator[tuple[str, Rows]]:
    """What they write, what one noted, what was shared and what they answered."""
    assert callable(past)
    sources = range(1, max(people // 20, 1) + 1)
    yield "source", [
        {"id": number, "url": f"https://example.org/{number}/feed", "title": f"Notebook {number}", "site_url": "",
         "description": "", "state": "active", "contact_id": dice.randrange(1, people + 1), "created_at": NOW, "failures": 0,
         "opml": "{}"}
        for number in sources
    ]  # fmt: skip
    yield "item", [
        {"source_id": dice.choice(sources), "state": "inbox", "title": f"Item {number}", "author": "", "via": "person",
         "url": f"https://example.org/i/{number}", "canonical_url": f"https://example.org/i/{number}", "hash": "",
         "summary": "", "text": "Some words of theirs.", "html": "", "published_at": (at := past(300)), "received_at": at}
        for number in range(1, people + 1)
    ]  # fmt: skip
    notes = range(1, people + 1)
    yield "note", [
        {"id": number, "uid": f"note-{number}", "title": f"Thought {number}", "text": f"Thought {number}. " + "More words. " * 80,
         "stage": "observation", "reach": "private", "created_at": (at := past(900)), "updated_at": at,
         "dropped_at": NOW if number % 50 == 0 else None}
        for number in notes
    ]  # fmt: skip
    yield "link", [
        {"from_kind": "note", "from_id": number, "to_kind": "contact", "to_id": dice.randrange(1, people + 1), "type": "related",
         "written": "them", "sentence": "As they said.", "origin": "text", "created_at": NOW}
        for number in notes if number % 3
    ]  # fmt: skip
    tagged = {(dice.randrange(1, len(TAGS) + 1), "note", number) for number in notes}
    tagged |= {(dice.randrange(1, len(TAGS) + 1), "contact", number) for number in range(1, people + 1) if number % 3 == 0}
    yield "tagging", [
        {"tag_id": tag, "kind": kind, "entity_id": number, "origin": "hand"} for tag, kind, number in sorted(tagged)
    ]
    yield from _shares(dice, people, past)


def _shares(dice: random.Random, people: int, past: "object") -> Iterator[tuple[str, Rows]]:
    assert callable(past)
    shares = range(1, 61)
    yield "share", [
        {"id": number, "uid": f"share-{number}", "title": f"Finds {number}", "slug": "", "introduction": "", "state": "sent",
         "created_at": NOW, "sent_at": NOW}
        for number in shares
    ]  # fmt: skip
    yield "stage", [{"id": number, "share_id": number, "circle_id": 1 + number % 8, "position": 1, "gate": "{}"}
                    for number in shares]  # fmt: skip
    sent = [(number, contact) for number in shares
            for contact in (None, *dice.sample(range(1, people + 1), min(30, people // 3)))]  # fmt: skip
    yield "delivery", [
        {"key": f"d{number}", "share_id": share, "stage_id": share, "circle_id": 1 + share % 8, "channel_id": 1,
         "contact_id": contact, "recipient": f"p{contact}@example.org" if contact else "", "part": 1, "revision": 1,
         "state": "waiting" if number % 40 == 0 else "sent", "attempts": 0, "sha256": "0", "media_type": "text/plain",
         "file_name": "", "remote_id": "", "remote_url": "", "error": "", "frozen_at": NOW,
         "sent_at": None if number % 40 == 0 else past(400), "payload": b"x" * 4000}
        for number, (share, contact) in enumerate(sent, 1)
    ]  # fmt: skip
    yield "response", [
        {"share_id": dice.choice(shares), "contact_id": dice.randrange(1, people + 1), "state": "inbox", "at": past(400),
         "text": "Our group needs that too"}
        for _ in range(people // 10 + 2)
    ]  # fmt: skip


def _later(dice: random.Random, start: str, end: datetime) -> str:
    """A moment between a stamp and the end."""
    begun = parse_stamp(start)
    return stamp(begun + (end - begun) * dice.random())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    made = Store(Home(folder, folder, folder))
    fill(made, int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
    made.close()
