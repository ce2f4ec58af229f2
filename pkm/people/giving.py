"""What a card gives a person: what is empty is filled, lists are united, and what the card changed since it was last seen is
changed here, unless the person changed it too: what was typed here stays.

A card that is known again (by its UID; a row by its kind of table) is compared with what it said the last time: what it
added comes in, what it changed or took away follows as long as nobody touched it here, what was taken away here stays away.
A change on both sides is a conflict: the own text stays, theirs is kept beside it. Any other card only adds.
Pure: must not know the store or any file.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pkm import ids
from pkm.people.arrival import ALSO_UID, KNOWN_AS, Arrival, Handle, mark, uid_line
from pkm.people.person import FIELDS, Difference, Key, Person
from pkm.people.said import NOTHING, Said, digest, handle_digest, said_by, spelled
from pkm.people.vcard_lines import escape
from pkm.text import fold

OTHER = "X-PKM-OTHER"
"""The property that keeps what a card said where the own text stays."""


class Giver:
    """Gives cards to people, and collects what differs. owner: whose a handle is; nicks: those that are taken."""

    def __init__(self, owner: Callable[[Key, str], Person | None], nicks: set[str]) -> None:
        self.differences: list[Difference] = []
        self.conflicts: list[Difference] = []
        self.strangers: list[tuple[Person, Person]] = []  # the one whose card has an address, and whose it is
        self._owner = owner
        self._nicks = nicks

    def give(self, person: Person, arrival: Arrival, copies: Sequence[Arrival] = ()) -> None:
        """The person has what the card brings beyond what they had. copies: other files of the card, as new as this or newer;
        what they say as it is here is not out of date.
        """
        before = person.said.get(arrival.card) if arrival.card else None
        if not person.number and not person.uid:
            person.uid = arrival.uid
        for key, handle in self._new_handles(person, arrival, before):
            person.handles[key] = handle[1:]
            person.added.append(handle)
        self._name(person, arrival, before, copies)
        for field in FIELDS[1:]:
            self._fill(person, field, arrival, before, copies)
        for category, tag in zip(arrival.categories, arrival.tags, strict=True):
            if fold(tag) not in person.tags and not (before and digest(category) in before.tags):
                person.tags.add(fold(tag))
                person.tagged.append(tag)
        for line in _key_lines(person, arrival):
            _keep(person, line)

    def finish(self, person: Person, card: str, arrivals: Sequence[Arrival], others: Sequence[Said] = ()) -> None:
        """The person no longer has what their card took away, has its other lines, and it is remembered what it says now."""
        before, after = person.said.get(card) if card else None, said_by(arrivals)
        if before and not card.startswith("table "):
            _take_away(person, before, after, [*others, *(said for one, said in person.said.items() if one != card)])
        for arrival in arrivals:
            for line in _new_lines(person, arrival, before or NOTHING):
                _keep(person, line)
        if card and after != before:
            person.said[card] = after
            person.remembers = True

    def refill(self, person: Person, arrivals: Sequence[Arrival], before: Mapping[str, Said]) -> None:
        """What one of their cards emptied or took away, another one gives that says it now and did not say it before."""
        for arrival in arrivals:
            for line in _new_lines(person, arrival, before.get(arrival.card, NOTHING)):
                _keep(person, line)
        for field in [field for field, value in person.filled.items() if value == "" and field != "met"]:
            for arrival in arrivals:
                value, known = arrival.fields.get(field, ""), before.get(arrival.card, NOTHING).fields.get(field, ())
                if value and digest(value) not in known:
                    person.fields[field] = person.filled[field] = value
                    break

    def _new_handles(self, person: Person, arrival: Arrival, before: Said | None) -> Iterator[tuple[Key, Handle]]:
        """The handles that they do not have; an e-mail or profile of somebody else stays theirs, and is told."""
        for key, handle in zip(arrival.keys, arrival.handles, strict=True):
            if key in person.handles:
                if before:
                    _relabel(person, key, handle, before)
            elif not (before and handle_digest(key) in before.handles):
                owner = self._owner(key, handle[2])
                if owner is None or owner is person:
                    yield key, handle
                else:
                    self.strangers.append((person, owner))

    def _name(self, person: Person, arrival: Arrival, before: Said | None, copies: Sequence[Arrival]) -> None:
        """Another name is one more they go by, unless the card changed it; a nick that nobody has is theirs where they
        have none.
        """
        name = person.fields.get("name", "")
        real = not Person(0, "", arrival.fields, handles=dict.fromkeys(arrival.keys, ("", ""))).unnamed()
        real = real and not ids.is_selector(arrival.name)  # else a word of a command would mean them
        changed = before and real and digest(name) in before.fields.get("name", ()) and "name" not in person.filled
        changed = changed and not any(one.name == name for one in copies)
        if not name or (person.unnamed() and real):
            person.fields["name"] = person.filled["name"] = arrival.name
            person.names.add(fold(arrival.name))
        elif changed and digest(arrival.name) not in (before or NOTHING).fields.get("name", ()):
            person.fields["name"] = person.filled["name"] = arrival.name
            person.names.add(fold(arrival.name))
            if fold(name) != fold(arrival.name):
                person.added.append(("alias", "", name))  # old mentions mean them still
        elif real:
            self._add_alias(person, arrival.name, before)
        for nick in arrival.nicks:
            fits = re.fullmatch(r"[^\s,@#]+", nick) and not ids.parse(nick) and fold(nick) not in self._nicks
            if fits and not person.nick and fold(nick) not in person.names and not _said_name(nick, before):
                person.nick = person.filled["nick"] = nick
                person.names.add(fold(nick))
            else:
                self._add_alias(person, nick, before)

    def _add_alias(self, person: Person, name: str, before: Said | None) -> None:
        if fold(name) not in person.names and not _said_name(name, before):
            person.names.add(fold(name))
            person.added.append(("alias", "", name))

    def _fill(
        self, person: Person, key: str, arrival: Arrival, before: Said | None, copies: Sequence[Arrival]
    ) -> None:
        value, card = arrival.fields.get(key, ""), arrival.card
        here = person.fields.get(key, "")
        known = before.fields.get(key, ()) if before else ()
        if not value or here == value or digest(value) in known:
            return
        if key == "met" and person.number and not card.startswith("table "):  # that is not for their card to say
            self.differences.append(Difference(person.id, key, here, value))
            return
        stands = any(one.fields.get(key) == here for one in copies)
        if not here or (digest(here) in known and key not in person.filled and not stands):
            person.fields[key] = person.filled[key] = value
        elif before and person.number and key not in person.filled and not stands:
            self._keep_both(person, key, here, value)
        elif fold(here) != fold(value):
            self.differences.append(Difference(person.id, key, here, value))

    def _keep_both(self, person: Person, key: str, here: str, value: str) -> None:
        """What was typed here stays, what the card says now is kept: a text below it, a line as a property."""
        if fold(here) == fold(value) or (key == "about" and value in here):
            return
        self.conflicts.append(Difference(person.id, key, here, value))
        if key == "about":
            person.fields[key] = person.filled[key] = f"{here}\n\n{value}"
        else:
            _keep(person, f"{OTHER};X-NAME={key}:{escape(value)}")


def _said_name(name: str, before: Said | None) -> bool:
    return before is not None and digest(fold(name)) in before.names


def _relabel(person: Person, key: Key, handle: Handle, before: Said) -> None:
    """A handle that nobody touched here is written as the card writes it now."""
    known = before.handles.get(handle_digest(key), ())
    if spelled(*person.handles[key]) in known and spelled(*handle[1:]) not in known and key not in person.relabeled:
        person.handles[key] = person.relabeled[key] = handle[1:]


def _take_away(person: Person, before: Said, after: Said, others: Sequence[Said]) -> None:
    """What the card said and says no more is gone, where it stands as the card had it and no other card says it."""
    gone = set(before.handles) - set(after.handles) - {key for said in others for key in said.handles}
    for key in [key for key in person.handles if gone and handle_digest(key) in gone]:
        if key[0] == "email" and person.written_to:  # letters go there: only the person takes it away
            person.held.append(person.handles[key][1])
            continue
        del person.handles[key]
        person.taken.append(key)
    gone = set(before.names) - set(after.names) - {name for said in others for name in said.names}
    for name in [name for name in sorted(person.aliases) if gone and digest(name) in gone]:
        person.aliases.discard(name)
        person.names.discard(name)
        person.taken.append(("alias", name))
    for field in FIELDS[1:]:
        here = person.fields.get(field, "")
        mine = here and field != "met" and field not in after.fields and digest(here) in before.fields.get(field, ())
        if mine and not any(digest(here) in said.fields.get(field, ()) for said in others):
            person.fields.pop(field)
            person.filled[field] = ""
    gone = set(before.tags) - set(after.tags) - {tag for said in others for tag in said.tags}
    for tag in [tag for tag in sorted(person.tags) if gone and digest(tag) in gone]:
        person.tags.discard(tag)
        person.untagged.append(tag)
    gone = set(before.lines) - set(after.lines) - {line for said in others for line in said.lines}
    for line in [line for line in sorted(person.lines) if gone and digest(line) in gone]:
        person.lines.discard(line)
        person.dropped.append(line)


def _keep(person: Person, line: str) -> None:
    if mark(line) not in person.lines:
        person.lines.add(mark(line))
        person.kept.append(line)


def _key_lines(person: Person, arrival: Arrival) -> Iterator[str]:
    """The lines that the card is found again by."""
    if arrival.uid and uid_line(arrival.uid) != uid_line(person.uid):
        yield uid_line(arrival.uid)
    if arrival.known_as:
        yield arrival.known_as


def _new_lines(person: Person, arrival: Arrival, before: Said) -> Iterator[str]:
    """The lines that they do not have; of what a card has once, the first stays: another picture is one more."""
    have = {line.partition(":")[0] for line in person.lines if line.startswith("pkm.")}
    for line in arrival.lines:
        if mark(line) in person.lines or digest(mark(line)) in before.lines:
            continue
        head = line.partition(":")[0]
        if head.startswith("pkm.") and head not in (ALSO_UID, KNOWN_AS):
            if head == "pkm.PHOTO" and head in have:
                line = line.removeprefix("pkm.")
            elif head in have or not _agrees(head, person, arrival):
                continue
        yield line


def _agrees(head: str, person: Person, arrival: Arrival) -> bool:
    """Whether a stand-in line fits: the parts of a name to that name, the units to that organization."""
    key = {"pkm.N": "name", "pkm.ORG": "org"}.get(head)
    return key is None or person.fields.get(key) == arrival.fields.get(key)
