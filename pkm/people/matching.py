"""Whose card it is: what came in is told apart from who is known, by UID, e-mail, profile, then name and organization.

Pure: contacts and cards in, a plan out. What the person has is never overwritten: what is empty is filled, lists are
united, what differs is told. Must not know the store or any file.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pkm import ids
from pkm.people.arrival import ALSO_UID, KNOWN_AS, NO_NAME, Arrival, Handle, compared, mark, profile_key, uid_line
from pkm.text import fold

FIELDS = ("name", "org", "role", "met", "about", "birthday")
_KEY_LINES = (f"{ALSO_UID}:", f"{KNOWN_AS}:")


@dataclass(slots=True)
class Person:
    """A contact as far as it is compared, and what the import gives them. number: 0 for one that is new.

    names, handles, tags, lines: as they are compared. seen: keys of the cards of this import that are theirs.
    filled, added, tagged, kept: fields, handles, tags and lines that the import brings.
    """

    number: int
    uid: str
    fields: dict[str, str]
    nick: str = ""
    names: set[str] = field(default_factory=set)
    handles: set[tuple[str, str]] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    filled: dict[str, str] = field(default_factory=dict)
    added: list[Handle] = field(default_factory=list)
    tagged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the import brings anything."""
        return bool(self.filled or self.added or self.tagged or self.kept)

    @property
    def id(self) -> str:
        """c12; for one that is new, the name."""
        return ids.make("contact", self.number) if self.number else f"“{self.fields['name']}”"

    def values(self, kind: str) -> set[str]:
        """The handles of a kind, as they are compared."""
        return {value for other, value in self.handles if other == kind}

    def unnamed(self) -> bool:
        """Whether the name only stands in for one: no name, or one of the handles."""
        name = fold(self.fields.get("name", ""))
        return name in ("", NO_NAME) or any(compared(kind, name)[1] == value for kind, value in self.handles)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a card has otherwise than the contact, whose value stays."""

    who: str
    field: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. new, updated: people with what they get; joined: cards that are another one of the import.

    differences: what the files say otherwise. alike: pairs of different contacts that may be one person.
    """

    read: int
    new: tuple[Person, ...] = ()
    updated: tuple[Person, ...] = ()
    unchanged: int = 0
    joined: int = 0
    differences: tuple[Difference, ...] = ()
    alike: tuple[tuple[Person, Person], ...] = ()


def plan_import(people: Iterable[Person], arrivals: Sequence[Arrival]) -> ImportPlan:
    """What the cards bring to the people who are there, and who is new."""
    register = Register(people)
    met: dict[int, Person] = {}
    for arrival in arrivals:
        person = register.take(arrival)
        met.setdefault(id(person), person)
    new = tuple(person for person in met.values() if not person.number)
    updated = tuple(person for person in met.values() if person.number and person.changed)
    return ImportPlan(
        len(arrivals), new, updated, len(met) - len(new) - len(updated), len(arrivals) - len(met),
        tuple(register.differences), tuple(register.alike.values()),
    )  # fmt: skip


def known_person(row: Mapping[str, Any]) -> Person:
    """A contact of the store (store.cards.everybody) as it is compared."""
    lines = json.loads(row["vcard"]) if row["vcard"] else []
    aliases = [one["value"] for one in row["handles"] if one["kind"] == "alias"]
    return Person(
        row["id"], row["uid"], {key: row[key] for key in FIELDS if row[key]}, row["nick"],
        {fold(name) for name in (row["name"], row["nick"], *aliases) if name},
        {compared(one["kind"], one["value"]) for one in row["handles"] if one["kind"] != "alias"},
        set(map(fold, row["tags"])), set(map(mark, lines)),
    )  # fmt: skip


class Register:
    """The people who are known, found by their keys; those that come in are added to it."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.differences: list[Difference] = []
        self.alike: dict[tuple[int, int], tuple[Person, Person]] = {}
        self._keys: dict[tuple[str, str], Person] = {}  # kind of key and its value: whose it is
        self._named: dict[str, list[Person]] = {}
        self._nicks: set[str] = set()
        for person in people:
            self._enter(person)

    def take(self, arrival: Arrival) -> Person:
        """The person whose card it is, made where nobody is; they have what it brings."""
        person = self._find(arrival)
        if person is None:
            person = Person(0, arrival.uid, {})
            self._note_namesakes(person, arrival)
        self._give(person, arrival)
        self._enter(person)
        person.seen.update(_seen(arrival))
        return person

    def _enter(self, person: Person) -> None:
        for key in _keys_of(person):
            self._keys.setdefault(key, person)
        for name in person.names:
            named = self._named.setdefault(name, [])
            if not any(person is other for other in named):
                named.append(person)
        if person.nick:
            self._nicks.add(fold(person.nick))

    def _find(self, arrival: Arrival) -> Person | None:
        """Whose card it is: the first key that somebody has."""
        keys = [("line", mark(uid_line(arrival.uid)))] if arrival.uid else []
        keys += [("email", email) for email in arrival.emails]
        keys += [("line", mark(arrival.known_as))] if arrival.known_as else []
        for key in keys:
            if key in self._keys:
                return self._keys[key]
        for profile in arrival.profiles:
            person = self._keys.get(("profile", profile))
            if person is not None and not _other_uid(person, arrival):
                return person
        return self._find_named(arrival)

    def _find_named(self, arrival: Arrival) -> Person | None:
        """The one of that name with the same organization or site, whom no better key tells apart."""
        if arrival.name == NO_NAME:
            return None
        named = [one for one in self._named.get(fold(arrival.name), ()) if _is_same(one, arrival)]
        handles = {compared(kind, value) for kind, _, value in arrival.handles}
        return max(named, key=lambda one: len(one.handles & handles), default=None)

    def _note_namesakes(self, person: Person, arrival: Arrival) -> None:
        if arrival.name != NO_NAME:
            for other in self._named.get(fold(arrival.name), ())[:1]:
                self.alike[id(person), id(other)] = (person, other)

    def _give(self, person: Person, arrival: Arrival) -> None:
        """The person has what the card brings beyond what they had."""
        if not person.number and not person.uid:
            person.uid = arrival.uid
        for handle in self._free_handles(person, arrival):
            person.handles.add(compared(handle[0], handle[2]))
            person.added.append(handle)
        self._name(person, arrival)
        for key in FIELDS[1:]:
            self._fill(person, key, arrival.fields.get(key, ""))
        for tag in arrival.tags:
            if fold(tag) not in person.tags:
                person.tags.add(fold(tag))
                person.tagged.append(tag)
        for line in _new_lines(person, arrival):
            person.lines.add(mark(line))
            person.kept.append(line)

    def _free_handles(self, person: Person, arrival: Arrival) -> Iterator[Handle]:
        """The handles that they do not have; an e-mail or profile of somebody else stays theirs, and is told."""
        for kind, label, value in arrival.handles:
            if compared(kind, value) in person.handles:
                continue
            key = ("email", fold(value)) if kind == "email" else ("profile", profile_key(value))
            owner = self._keys.get(key) if key[1] else None
            if owner is None or owner is person:
                yield kind, label, value
            else:
                self.alike[id(person), id(owner)] = (person, owner)

    def _name(self, person: Person, arrival: Arrival) -> None:
        """Another name is one more they go by; a nick that nobody has is theirs where they have none."""
        real = not Person(0, "", arrival.fields, handles={compared(one[0], one[2]) for one in arrival.handles}).unnamed()
        if not person.fields.get("name") or (person.unnamed() and real):
            person.fields["name"] = person.filled["name"] = arrival.name
            person.names.add(fold(arrival.name))
        elif real:
            self._add_alias(person, arrival.name)
        for nick in arrival.nicks:
            fits = re.fullmatch(r"[^\s,@#]+", nick) and not ids.parse(nick) and fold(nick) not in self._nicks
            if fits and not person.nick and fold(nick) not in person.names:
                person.nick = person.filled["nick"] = nick
                person.names.add(fold(nick))
            else:
                self._add_alias(person, nick)

    def _add_alias(self, person: Person, name: str) -> None:
        if fold(name) not in person.names:
            person.names.add(fold(name))
            person.added.append(("alias", "", name))

    def _fill(self, person: Person, key: str, value: str) -> None:
        here = person.fields.get(key, "")
        if value and not here:
            person.fields[key] = person.filled[key] = value
        elif value and fold(here) != fold(value):
            self.differences.append(Difference(person.id, key, here, value))


def _keys_of(person: Person) -> Iterator[tuple[str, str]]:
    if person.uid:
        yield "line", mark(uid_line(person.uid))
    for line in person.lines:
        if line.startswith(_KEY_LINES):
            yield "line", line
    for kind, value in person.handles:
        if kind == "email":
            yield "email", value
        elif profile := profile_key(value):
            yield "profile", profile


def _is_same(person: Person, arrival: Arrival) -> bool:
    """Whether one of that name is who the card means: the organization or a site is the same, and nothing contradicts.

    Where nothing but the name is the same, an e-mail of each contradicts; of two cards of one import, always.
    """
    org = fold(arrival.fields.get("org", ""))
    sites = {compared(kind, value)[1] for kind, _, value in arrival.handles if kind == "url"}
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


def _new_lines(person: Person, arrival: Arrival) -> Iterator[str]:
    """The lines that they do not have; of what a card has once, the first stays: another picture is one more."""
    lines = list(arrival.lines)
    if arrival.uid and uid_line(arrival.uid) != uid_line(person.uid):
        lines.append(uid_line(arrival.uid))
    lines += [arrival.known_as] if arrival.known_as else []
    have = {line.partition(":")[0] for line in person.lines if line.startswith("pkm.")}
    for line in lines:
        head = line.partition(":")[0]
        if head.startswith("pkm.") and head not in (ALSO_UID, KNOWN_AS) and mark(line) not in person.lines:
            if head == "pkm.PHOTO" and head in have:
                line = line.removeprefix("pkm.")
            elif head in have or not _agrees(head, person, arrival):
                continue
        if mark(line) not in person.lines:
            yield line


def _agrees(head: str, person: Person, arrival: Arrival) -> bool:
    """Whether a stand-in line fits: the parts of a name to that name, the units to that organization."""
    key = {"pkm.N": "name", "pkm.ORG": "org"}.get(head)
    return key is None or person.fields.get(key) == arrival.fields.get(key)
