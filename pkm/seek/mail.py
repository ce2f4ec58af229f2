"""Letters given out: each goes to the source of its list, or of its sender, which is made when the first one comes.

A list that is paused takes nothing; one that was removed stays away. The rest is the way of every item: story, decide.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pkm.dates import now
from pkm.errors import Exists
from pkm.ids import existing
from pkm.seek.decide import Facts, Fetched, plan_source
from pkm.seek.identity import distinct
from pkm.seek.letter import Letter, read_letter
from pkm.seek.rhythm import NOTHING_ASKED
from pkm.seek.story import find_compared
from pkm.store import contacts, intake, items, mail, sources, tags
from pkm.store.session import Store, Unit

if TYPE_CHECKING:
    from pkm.seek.clipping import Clipped

Batch = Sequence[tuple[Facts, Fetched]]

SCHEME = "guid"
"""How letters are told apart: by their Message-ID, in whatever folder they are found."""


def deliver(unit: Unit, batch: Batch) -> list[tuple[Facts, Fetched]]:
    """The batch, each mailbox followed by the sources of the lists whose letters it holds; those are made where new."""
    there = intake.followed(unit.connection, [facts.id for facts, fetched in batch if fetched.letters])
    mailboxes = [(facts, fetched) for facts, fetched in batch if fetched.letters and there.get(facts.id) == facts.url]
    posts: dict[str, list[Letter]] = {}
    first: dict[str, tuple[int, bool]] = {}
    for facts, fetched in mailboxes:
        for letter in fetched.letters:
            posts.setdefault(letter.url, []).append(letter)
            first.setdefault(letter.url, (facts.id, fetched.past))
    known = mail.lists_at(unit.connection, posts)
    away = mail.dismissed(unit.connection, posts) - known.keys()
    given: dict[int, Fetched] = {}
    for url, letters in posts.items():
        mailbox_id, past = first[url]
        number, state = known.get(url, (None, "active"))
        if state == "paused" or url in away:
            continue
        if number is None:
            number = _add_list(unit, letters, mailbox_id, "active")
        else:
            mail.set_mailbox(unit, number, mailbox_id)
        given[number] = _as_fetched(letters, past=past and url in known)
    facts_of = {row["id"]: Facts(**row) for row in sources.polled(unit.connection, given)} if given else {}
    return [*batch, *((facts_of[number], fetched) for number, fetched in given.items())]


def _add_list(unit: Unit, letters: Sequence[Letter], mailbox_id: int | None, state: str) -> int:
    """A source for the list; of a contact where that one alone writes to it."""
    writers = {letter.sender for letter in letters}
    sender = writers.pop() if len(writers) == 1 else ""
    known = contacts.with_handle(unit.connection, "email", sender) if sender else []
    contact_id = known[0] if len(known) == 1 else None
    letter = letters[0]
    return mail.add_list(unit, letter.url, letter.title, mailbox_id=mailbox_id, contact_id=contact_id, state=state)


def _as_fetched(letters: Sequence[Letter], *, past: bool) -> Fetched:
    entries = distinct([letter.entry for letter in letters], SCHEME)
    latest = letters[0]
    return Fetched(
        site_url=latest.site_url, description=latest.description, scheme=SCHEME, entries=tuple(entries), past=past,
        asked=NOTHING_ASKED,
    )  # fmt: skip


def take_letter(store: Store, data: bytes, *, kept: bool = False, tag_names: Sequence[str] = ()) -> "Clipped":
    """The one letter is an item of its list's or its sender's source, in the inbox or kept: it was chosen.

    The same letter twice is one item. A list that was removed is made anew for it, but paused. Raises BadInput where
    it is no letter, Exists where its item was purged.
    """
    from pkm.seek.clipping import Clipped

    letter = read_letter(data)
    with store.unit() as unit:
        number, new = _bring_letter(unit, letter)
        if kept:
            items.decide(unit, number, "kept")
        if tag_names:
            tags.put(unit, "item", number, tag_names)
        unit.flush()
        row = existing(items.row(unit.connection, number), "item", number)
        unit.summarize(f"took the letter {row['title']}")
        return Clipped({**row, "number": number}, new)


def _bring_letter(unit: Unit, letter: Letter) -> tuple[int, bool]:
    """(the letter's item, whether it is new)."""
    found = mail.lists_at(unit.connection, [letter.url]).get(letter.url)
    away = mail.dismissed(unit.connection, [letter.url])
    source_id = found[0] if found else _add_list(unit, [letter], None, "paused" if away else "active")
    facts = Facts(**sources.polled(unit.connection, [source_id])[0])
    fetched = _as_fetched([letter], past=False)
    known = intake.known_entries(unit.connection, source_id)
    standing = intake.standing(unit.connection, source_id, *find_compared(fetched.entries, known))
    at = now()
    plan = plan_source(facts, fetched, known, at, at - at, standing=standing)
    intake.know(unit, source_id, plan.known_as)
    intake.change(unit, source_id, plan.changed)
    if plan.new:
        intake.set_polled(unit, source_id, plan.columns)
        one = plan.new[0]._replace(via=via_of(facts), state="inbox")
        return intake.bring_in(unit, [(source_id, one)])[0], True
    ((key, _),) = fetched.entries
    number = (known.get(key) or plan.known_as[key]).item_id
    if number is None:
        raise Exists(letter.entry.title, "it was here and was removed for good")
    return number, False


def via_of(facts: Facts) -> str:
    """The filter that a source's items come by."""
    if facts.contact_id:
        return "person"
    return "mail" if facts.is_list else "network"
