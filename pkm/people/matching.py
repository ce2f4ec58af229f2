"""Whose card it is: what came in is told apart from who is known, by UID, e-mail, profile, then name and organization.

Pure: contacts and cards in, a plan out. Who is whose is said here, what they get in giving.py. Must not know the store or
any file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pkm.grouped import grouped
from pkm.people.arrival import ALSO_UID, KNOWN_AS, NO_NAME, Arrival, mark, profile_key, uid_line
from pkm.people.giving import Giver
from pkm.people.person import Difference, Key, Person, Replaced
from pkm.people.said import Said, said_by
from pkm.text import fold

_KEY_LINES = (f"{ALSO_UID}:", f"{KNOWN_AS}:")
_PHONE = 9  # digits, the last ones, by which two numbers are likely one's


@dataclass(frozen=True, slots=True)
class Joined:
    """A card that is the same contact as an earlier one of the import, and by what."""

    where: str
    name: str
    other: str  # where the earlier one stands
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A card of another name that is taken for a contact, and by what."""

    where: str
    name: str
    person: Person
    called: str  # what the contact was called then
    why: str


@dataclass(frozen=True, slots=True)
class Older:
    """A person whose card is older than the one that was seen last. rev, before: the dates of the two, digits."""

    person: Person
    rev: str
    before: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. new, updated: people with what they get; joined: cards that are another one of the import.

    differences: what the files say otherwise, where what is here stays. conflicts: what was changed on both sides since
    the card was last seen; both are kept. older: people whose cards are older than what was imported, and bring nothing.
    alike: pairs of different contacts that may be one person. remembered: people of whom nothing changes but what their
    card said. whose: by where a card stands, the person whose it is. taken: cards that are a known contact's by an
    address, under a name they do not go by.
    """

    read: int
    new: tuple[Person, ...] = ()
    updated: tuple[Person, ...] = ()
    unchanged: int = 0
    joined: tuple[Joined, ...] = ()
    differences: tuple[Difference, ...] = ()
    conflicts: tuple[Difference, ...] = ()
    older: tuple[Older, ...] = ()
    alike: tuple[tuple[Person, Person], ...] = ()
    remembered: tuple[Person, ...] = ()
    whose: Mapping[str, Person] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()

    @property
    def replaced(self) -> list[Replaced]:
        """The names and e-mails of people who are known that others take the place of, or that go."""
        return [one for person in (*self.updated, *self.remembered) for one in person.replaced()]


def plan_import(
    people: Iterable[Person], arrivals: Sequence[Arrival], bases: Mapping[str, Said] | None = None,
    now: datetime | None = None,
) -> ImportPlan:  # fmt: skip
    """What the cards bring to the people who are there, and who is new.

    bases: what cards said when they were last seen, where somebody knows better than the people do. now: a REV of more than
    a day later counts as none: it would make every true one the older.
    """
    limit = (now + timedelta(days=1)).strftime("%Y%m%d%H%M%S") if now else ""
    arrivals = [replace(one, rev="") if limit and one.rev > limit else one for one in arrivals]
    register = Register(people, limit, grouped((arrival.card, arrival) for arrival in arrivals))
    met: dict[int, Person] = {}
    groups: dict[int, dict[str, list[Arrival]]] = {}  # of each person, by what the cards are known again by
    first: dict[int, Arrival] = {}
    joined, whose = [], {}
    for arrival in _newest_first(arrivals):
        person, why = register.take(arrival, (bases or {}).get(arrival.card) if arrival.card else None)
        if id(person) in met:
            joined.append(Joined(arrival.where, arrival.name, first[id(person)].where, why))
        whose[arrival.where] = person
        first.setdefault(id(person), arrival)
        met.setdefault(id(person), person)
        groups.setdefault(id(person), {}).setdefault(arrival.card, []).append(arrival)
    for number, cards in groups.items():
        register.settle(met[number], cards)
    new = tuple(person for person in met.values() if not person.number)
    updated = tuple(person for person in met.values() if person.number and person.changed)
    remembered = tuple(one for one in met.values() if one.number and one.remembers and not one.changed)
    return ImportPlan(
        len(arrivals), new, updated, len(met) - len(new) - len(updated), tuple(joined), tuple(register.giver.differences),
        tuple(register.giver.conflicts), tuple(register.older.values()), tuple(register.alike.values()), remembered,
        whose, tuple(register.taken),
    )  # fmt: skip


def _newest_first(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The cards in their order, but of those with one UID the newest at the first one's place."""
    groups = grouped((one.card if one.uid else f"place {place}", one) for place, one in enumerate(arrivals))
    return [one for group in groups.values() for one in sorted(group, key=lambda arrival: arrival.rev, reverse=True)]


class Register:
    """The people who are known, found by their keys; those that come in are added to it. copies: all arrivals of each card.

    limit: a REV after it counts as none, "" for no limit.
    """

    def __init__(self, people: Iterable[Person], limit: str, copies: Mapping[str, Sequence[Arrival]]) -> None:
        self.alike: dict[tuple[int, int], tuple[Person, Person]] = {}
        self.older: dict[int, Older] = {}
        self.taken: list[Taken] = []
        self._limit = limit
        self._copies = copies
        self._newest = {card: max(one.rev for one in group) for card, group in copies.items()}
        self._keys: dict[tuple[str, str], Person] = {}  # kind of key and its value: whose it is
        self._named: dict[str, list[Person]] = {}
        self._nicks: set[str] = set()
        self.giver = Giver(self._owner, self._nicks)
        for person in people:
            self._enter(person)

    def take(self, arrival: Arrival, base: Said | None = None) -> tuple[Person, str]:
        """The person whose card it is and by what, made where nobody is; they have what it adds."""
        person, why = self._find(arrival)
        if person is None:
            person = Person(0, arrival.uid, {})
            self._note_namesakes(person, arrival)
        elif base is not None and not person.seen:
            person.said[arrival.card] = base
        if _is_stranger(person, arrival) and why.startswith(("the same e-mail", "the same page")):
            self.taken.append(Taken(arrival.where, arrival.name, person, person.fields["name"], why))
        if not self._is_older(person, arrival):
            copies = self._copies[arrival.card] if arrival.uid else ()
            self.giver.give(person, arrival, [one for one in copies if one is not arrival and one.rev >= arrival.rev])
            for one, other in self.giver.strangers:
                self.alike[id(one), id(other)] = (one, other)
            self.giver.strangers.clear()
            self._enter(person)
        person.seen.update(_seen(arrival))
        return person, why

    def settle(self, person: Person, cards: Mapping[str, Sequence[Arrival]]) -> None:
        """The person is as all their cards want it; what one card took away another one may give."""
        before = dict(person.said)
        fresh = [one for group in cards.values() for one in group if not self._is_older(person, one)]
        said = {card: said_by(group) for card, group in cards.items()} if len(cards) > 1 else {}
        for card, group in cards.items():
            self.finish(person, card, group, [one for other, one in said.items() if other != card])
        self.giver.refill(person, fresh, before)

    def finish(self, person: Person, card: str, arrivals: Sequence[Arrival], others: Sequence[Said]) -> None:
        """The person is as their card wants it; nothing happens where it is older than the one that was seen last.

        others: what their other cards of this import say, which stays.
        """
        if not self._is_older(person, arrivals[0]):
            self.giver.finish(person, card, arrivals, others)
        elif replace(said_by(arrivals), rev="") != replace(person.said[card], rev=""):
            self.older[id(person)] = Older(person, self._newest[card], person.said[card].rev)

    def _is_older(self, person: Person, arrival: Arrival) -> bool:
        before = person.said.get(arrival.card) if arrival.card else None
        if before is None or (self._limit and before.rev > self._limit):
            return False
        return bool(self._newest[arrival.card] and self._newest[arrival.card] < before.rev)

    def _owner(self, key: Key, value: str) -> Person | None:
        """Whose an e-mail or a profile is."""
        if key[0] == "email":
            return self._keys.get(key)
        profile = profile_key(value)
        return self._keys.get(("profile", profile)) if profile else None

    def _enter(self, person: Person) -> None:
        for key in _keys_of(person):
            self._keys.setdefault(key, person)
        for name in person.names:
            named = self._named.setdefault(name, [])
            if not any(person is other for other in named):
                named.append(person)
        if person.nick:
            self._nicks.add(fold(person.nick))

    def _find(self, arrival: Arrival) -> tuple[Person | None, str]:
        """Whose card it is and by what: the first key that somebody has."""
        keys = [("line", mark(uid_line(arrival.uid)), "the same UID")] if arrival.uid else []
        keys += [("email", email, f"the same e-mail {email}") for email in arrival.emails]
        keys += [("line", mark(arrival.known_as), "the same name")] if arrival.known_as else []
        for kind, value, why in keys:
            if (kind, value) in self._keys:
                return self._keys[kind, value], why
        for profile in arrival.profiles:
            person = self._keys.get(("profile", profile))
            if person is not None and not _other_uid(person, arrival):
                return person, f"the same page {profile}"
        return self._find_named(arrival), "the same name"

    def _find_named(self, arrival: Arrival) -> Person | None:
        """The one of that name with the same organization or site, whom no better key tells apart."""
        if arrival.name == NO_NAME:
            return None
        named = [one for one in self._named.get(fold(arrival.name), ()) if _is_same(one, arrival)]
        handles = set(arrival.keys)
        return max(named, key=lambda one: len(one.handles.keys() & handles), default=None)

    def _note_namesakes(self, person: Person, arrival: Arrival) -> None:
        """Somebody else of that name, or with that number, may be the same person."""
        named = self._named.get(fold(arrival.name), ())[:1] if arrival.name != NO_NAME else ()
        called = (self._keys.get(number) for number in map(_number, arrival.keys) if number)
        for other in (*named, *filter(None, called)):
            self.alike[id(person), id(other)] = (person, other)


def _is_stranger(person: Person, arrival: Arrival) -> bool:
    """Whether the card has a name that the contact, who is known, does not go by, and was never seen as theirs."""
    named = fold(arrival.name) not in person.names and "@" not in arrival.name and arrival.name != NO_NAME
    return bool(person.number) and named and not person.unnamed() and arrival.card not in person.said


def _keys_of(person: Person) -> Iterator[tuple[str, str]]:
    if person.uid:
        yield "line", mark(uid_line(person.uid))
    for line in person.lines:
        if line.startswith(_KEY_LINES):
            yield "line", line
    for kind, value in person.handles:
        if kind == "email":
            yield "email", value
        elif number := _number((kind, value)):
            yield number
        elif profile := profile_key(value):
            yield "profile", profile


def _number(key: Key) -> tuple[str, str] | None:
    """The key of a telephone number that is long enough to be one person's; None for any other handle."""
    digits = "".join(filter(str.isdecimal, key[1])) if key[0] == "phone" else ""
    return ("phone", digits[-_PHONE:]) if len(digits) >= _PHONE else None


def _is_same(person: Person, arrival: Arrival) -> bool:
    """Whether one of that name is who the card means: the organization or a site is the same, and nothing contradicts.

    Where nothing but the name is the same, an e-mail of each contradicts; of two cards of one import, always.
    """
    org = fold(arrival.fields.get("org", ""))
    sites = {value for kind, value in arrival.keys if kind == "url"}
    strong = bool(org and org == fold(person.fields.get("org", ""))) or bool(sites & person.values("url"))
    if not strong and (org or person.fields.get("org")):
        return False
    emails = {key[6:] for key in person.seen if key.startswith("email ")} if strong else person.values("email")
    contradicted = bool(emails and arrival.emails) or _other_uid(person, arrival) or _other_profile(person, arrival)
    return not contradicted


def _other_uid(person: Person, arrival: Arrival) -> bool:
    """Whether another card of this import is theirs with a UID of its own: the file tells the two apart."""
    seen = {key for key in person.seen if key.startswith("uid ")}
    return bool(seen and arrival.uid and f"uid {uid_line(arrival.uid)}" not in seen)


def _other_profile(person: Person, arrival: Arrival) -> bool:
    """Whether they have another page at the same place: two accounts there are two people."""
    places = {profile.partition("/")[0] for profile in arrival.profiles}
    theirs = {profile_key(value).partition("/")[0] for _, value in person.handles}
    return bool(places & (theirs - {""}))


def _seen(arrival: Arrival) -> Iterator[str]:
    if arrival.uid:
        yield f"uid {uid_line(arrival.uid)}"
    for email in arrival.emails:
        yield f"email {email}"
