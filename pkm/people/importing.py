"""An import of people: files are read, a plan is made of them and of who is known, and it is written in one transaction.

vCards, tables of contacts (CSV), and folders of vCards. A file or card that cannot be used is named; the rest comes in.
Never prints, never uses the network.
"""

import json
import shlex
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from pkm import ids
from pkm.dates import now
from pkm.errors import BadInput, Invalid, NotFound, PkmError
from pkm.filekind import name_kind
from pkm.ids import Row
from pkm.people.arrival import NO_NAME, Arrival, compared, is_book_group, mark, read_arrival
from pkm.people.card import Card, CardFile
from pkm.people.contacts_csv import looks_like_contacts, read_contacts
from pkm.people.matching import ImportPlan, Taken, plan_import
from pkm.people.person import Difference, Person, Replaced, known_person
from pkm.people.said import LINE, Said
from pkm.people.vcard import looks_like_cards, read_cards
from pkm.store import cards as stored
from pkm.store import contact_intake, tags
from pkm.store.session import Store, Unit
from pkm.text import clean, count, fold, one_line, some

MAX_BYTES = 500_000_000
"""Of one file; a phone's 20,000 cards with pictures are under it."""
_CARDS, _TABLES = (".vcf", ".vcard"), (".csv", ".tsv")
_NAMED = (*_CARDS, *_TABLES)

Bases = dict[str, Said]
"""What cards said, by what each is known again by."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be used. what: file, line and text. where: the file and line of the card that has the rest, "": none has.

    contact: whose card that is (c12), name: what they are called; both "" where nothing was kept, or is kept yet.
    """

    what: str
    why: str
    where: str = ""
    contact: str = ""
    name: str = ""

    @property
    def asks(self) -> bool:
        """Whether there is something to do about it: nothing of it came in, or it is not known who it is."""
        return not self.where or self.name == NO_NAME

    @property
    def told(self) -> str:
        """Why, and what became of it."""
        if not self.where:
            return f"{self.why}; not imported"
        if not self.contact:
            return self.why
        if self.name == NO_NAME:
            return f"{self.why}; kept as {self.contact} {NO_NAME}: pkm contact edit {self.contact} --name …"
        return f"{self.why}; the rest is {self.contact} {one_line(self.name, 40)}"


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """What files of people gave. failures: what cannot be used. lost: cards and rows that nothing can be made of.

    files: the names of the files, each with how many of the cards are its.
    """

    name: str
    cards: tuple[Card, ...] = ()
    failures: tuple[Failure, ...] = ()
    lost: int = 0
    files: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleImport:
    """An import that was done, or would be. resolved: mentions in notes that mean the new people now.

    failures: what was lost, and of cards that bring something what to look at.
    """

    plan: ImportPlan
    failures: tuple[Failure, ...] = ()
    lost: int = 0
    resolved: int = 0

    @property
    def known(self) -> tuple[int, ...]:
        """Who of those that were read were contacts before, by number."""
        return tuple(sorted({person.number for person in self.plan.whose.values() if person.number}))

    def as_dict(self) -> Row:
        """The summary as JSON has it."""
        plan = self.plan
        return {
            "read": plan.read, "new": len(plan.new), "updated": len(plan.updated), "unchanged": plan.unchanged,
            "failed": len(self.failures), "failures": [{"what": one.what, "why": one.why} for one in self.failures],
            "lost": self.lost, "joined": [{"what": _place(one.where, one.name), "why": one.why} for one in plan.joined],
            "possible_duplicates": [[_told(one), _told(other)] for one, other in plan.alike],
            "differences": [_difference(one) for one in plan.differences],
            "conflicts": [_difference(one) for one in plan.conflicts],
            "replaced": [_replaced(one) for one in plan.replaced], "taken_for": [_taken(one) for one in plan.taken],
            "older": [{**_told(one.person), "date": one.rev, "known": one.before} for one in plan.older],
        }  # fmt: skip

    @property
    def line(self) -> str:
        """The summary for people."""
        plan = self.plan
        told = [f"{plan.read:,} read", f"{len(plan.new):,} new", f"{len(plan.updated):,} updated"]
        told += [f"{plan.unchanged:,} unchanged"] if plan.unchanged else []
        told += [f"{len(plan.joined):,} joined to another of them"] if plan.joined else []
        told += [count(len(plan.alike), "possible duplicate")] if plan.alike else []
        return " · ".join([*told, f"{self.lost:,} lost"])


def read_people(path: Path, *, kind: str = "", mapping: Mapping[str, str] | None = None) -> PeopleRead:
    """The cards of a file, or of every .vcf of a folder. kind: vcard or csv, where that cannot be seen.

    mapping: see read_contacts(). Raises NotFound; BadInput where the file, or the folder, holds no people; Invalid for a
    mapping that does not fit. In a folder, a file that is none is a failure.
    """
    if not path.is_dir():
        return _read_file(path, kind, mapping, path.name)
    if mapping or kind == "csv":
        raise Invalid(str(path), "it is a folder; a table is one file", next="name the file")
    files = sorted(file for file in path.iterdir() if is_card_file(file))
    if not files:
        tables = sorted(file.name for file in path.iterdir() if file.suffix.lower() in _TABLES)
        step = f"tables are imported one by one: pkm contact import {shlex.quote(str(path / tables[0]))}" if tables else None
        raise BadInput(str(path), "there is no .vcf file in it", next=step)
    return _together(path.name, [_or_failure(file, "vcard", None, file.name) for file in files])


def read_several(paths: Sequence[Path], *, kind: str = "", mapping: Mapping[str, str] | None = None) -> PeopleRead:
    """The people of several files and folders, each as read_people() has it alone; each file is called by its path.

    One that cannot be used is a failure, and stops no other.
    """
    files: dict[Path, str] = {}  # each once, also where its folder is named as well
    for path in paths:
        inside = sorted(filter(is_card_file, path.iterdir())) if path.is_dir() and kind != "csv" and not mapping else []
        files |= dict.fromkeys(inside, "vcard") or {path: kind}
    found = [_or_failure(file, kind_of, mapping, str(file)) for file, kind_of in files.items()]
    return _together(some([path.name for path in paths], 3), found)


def _together(name: str, found: Sequence[PeopleRead]) -> PeopleRead:
    return PeopleRead(
        name, tuple(card for one in found for card in one.cards),
        tuple(failure for one in found for failure in one.failures), sum(one.lost for one in found),
        tuple(file for one in found for file in one.files),
    )  # fmt: skip


def is_card_file(path: Path) -> bool:
    """True for a file, not a hidden one, that by its name holds vCards."""
    return path.suffix.lower() in _CARDS and not path.name.startswith(".") and path.is_file()


def holds_people(path: Path) -> bool:
    """True where the file looks like vCards or a table, or is called like one, and for a folder of vCards."""
    if path.is_dir():
        return any(map(is_card_file, path.iterdir()))
    if not path.is_file() or path.suffix.lower() in _NAMED:
        return path.is_file()
    with path.open("rb") as file:
        head = file.read(16384)
    return looks_like_cards(head) or looks_like_contacts(head)


def preview_import(store: Store, read: PeopleRead, bases: Callable[[Person], Bases] | None = None) -> PeopleImport:
    """What import_people would do now."""
    people = list(map(known_person, stored.everybody(store.read())))
    known = {card: said for person in people for card, said in bases(person).items()} if bases else {}
    plan = plan_import(people, list(_arrivals(store, read)), known, now())
    return PeopleImport(plan, _to_look_at(read.failures, plan), read.lost)


def _to_look_at(failures: Sequence[Failure], plan: ImportPlan) -> tuple[Failure, ...]:
    """What was lost, and what a card could not be used for that brings something now; said once, not at each import."""
    bring = {id(person) for person in (*plan.new, *plan.updated)}
    return tuple(one for one in failures if not one.where or id(plan.whose.get(one.where)) in bring)


def import_people(
    store: Store, read: PeopleRead, *, circle_id: int | None = None, because: str = "",
    bases: Callable[[Person], Bases] | None = None,
) -> PeopleImport:  # fmt: skip
    """Everybody who was read is a contact, once; those who are known have what was new of them.

    circle_id: the circle that those who are new are in then, because of the import where no reason is given.
    bases: what the cards of a person said when somebody last wrote their files, where that is newer than what the person
    remembers. A second import changes nothing; one undo takes the whole of it back.
    """
    with store.unit() as unit:
        done = preview_import(store, read, bases)
        numbers = _add_new(unit, done.plan.new)
        failures = _named(done, dict(zip(map(id, done.plan.new), numbers, strict=True)))
        _give(unit, {person.number: person for person in (*done.plan.updated, *done.plan.remembered)})
        if circle_id is not None:
            contact_intake.join_circle(unit, circle_id, numbers, clean(because).strip() or f"import of {read.name}")
        resolved = contact_intake.resolve_mentions(unit, [*numbers, *(person.number for person in done.plan.updated)])
        if done.plan.new or done.plan.updated:
            told = f"{count(len(numbers), 'new contact')}, {len(done.plan.updated):,} updated"
            unit.summarize(f"{told}, from {one_line(read.name, 60)}")
        elif done.plan.remembered:
            told = count(len(done.plan.remembered), "contact")
            unit.summarize(f"remembered what the cards of {told} say, from {one_line(read.name, 60)}")
    return PeopleImport(done.plan, failures, done.lost, resolved)


def _named(done: PeopleImport, new: Mapping[int, int]) -> tuple[Failure, ...]:
    """The failures, each with the contact that has the rest of the card. new: the numbers of new people, by identity."""
    named = []
    for one in done.failures:
        person = done.plan.whose.get(one.where)
        number = person and (person.number or new[id(person)])
        contact = ids.make("contact", number) if number else ""
        named.append(replace(one, contact=contact, name=person.fields.get("name", NO_NAME) if person else ""))
    return tuple(named)


def _read_file(path: Path, kind: str, mapping: Mapping[str, str] | None, called: str) -> PeopleRead:
    data = _bytes(path)
    cards = looks_like_cards(data)
    if cards and (mapping or kind == "csv"):
        raise BadInput(str(path), "it is a vCard file, not a table of contacts",
                       next=f"pkm contact import {shlex.quote(str(path))}")  # fmt: skip
    if mapping or kind == "csv" or (not kind and not cards and _is_table(path, data)):
        return _found_in_table(called, read_contacts(data, mapping, name=str(path)))
    if kind == "vcard" or cards or is_card_file(path):
        found = read_cards(data, name=str(path))
        return _found(called, found)
    raise BadInput(str(path), f"it is {name_kind(data)}, no vCards and no table of contacts", next="say what it is, as in "
                   f'pkm contact import {shlex.quote(path.name)} --map "name=COLUMN,email=COLUMN"')  # fmt: skip


def _is_table(path: Path, data: bytes) -> bool:
    return looks_like_contacts(data) or path.suffix.lower() in _TABLES


def _or_failure(path: Path, kind: str, mapping: Mapping[str, str] | None, called: str) -> PeopleRead:
    try:
        if path.is_dir():
            return read_people(path, kind=kind, mapping=mapping)  # which says why it cannot be used
        return _read_file(path, kind, mapping, called)
    except PkmError as error:
        return PeopleRead(called, failures=(Failure(called, error.why),), lost=1)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(str(path), f"it is larger than {MAX_BYTES // 1_000_000} MB", next="divide it")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(str(path), "there is no such file or folder") from None
    except OSError as error:
        raise BadInput(str(path), error.strerror or "it cannot be read") from error


def _found_in_table(called: str, found: CardFile) -> PeopleRead:
    """What a table gave; a failure on a row that is a card is of that card, any other row is lost."""
    whole = {card.line for card in found.cards}
    failures = tuple(
        Failure(f"{called}, line {line}: {what}", why, f"{called}, line {line}" if line in whole else "")
        for line, what, why in found.failures
    )
    lost = sum(not one.where for one in failures)
    return PeopleRead(called, found.cards, failures, lost, ((called, len(found.cards)),))


def _found(called: str, found: CardFile) -> PeopleRead:
    """What a file of vCards gave; a failure is of the card that begins last before its line, unless that is cut off."""
    whole = {card.line for card in found.cards}
    starts = sorted((*whole, *(card.line for card in found.broken)))

    def where(line: int) -> str:
        start = starts[bisect_right(starts, line) - 1] if starts else 0
        return f"{called}, line {start}" if start in whole else ""

    failures = tuple(Failure(f"{called}, line {line}: {what}", why, where(line)) for line, what, why in found.failures)
    return PeopleRead(called, found.cards, failures, len(found.broken), ((called, len(found.cards)),))


def _place(where: str, name: str) -> str:
    return f"{where}: {one_line(name, 60)}"


def _told(person: Person) -> Row:
    """A person as JSON names them: with an id, where they have one."""
    return {"id": person.id if person.number else None, "name": person.fields["name"], "org": person.fields.get("org", "")}


def _difference(one: Difference) -> Row:
    return {"who": one.who, "field": one.field, "here": one.here, "there": one.there}


def _replaced(one: Replaced) -> Row:
    return {"contact": one.who, "name": one.name, "field": one.field, "from": one.here, "to": one.there, "kept": one.kept}


def _taken(one: Taken) -> Row:
    return {"what": _place(one.where, one.name), "contact": one.person.id, "name": one.called, "why": one.why}


def _arrivals(store: Store, read: PeopleRead) -> Iterator[Arrival]:
    """The cards as the store would keep them."""
    meant = tags.reader(store.read())

    def tag_of(category: str) -> str:
        return "" if is_book_group(category) else meant(category)

    names = (name for name, number in read.files for _ in range(number))
    for card, name in zip(read.cards, names, strict=True):
        yield read_arrival(card, tag_of, f"{name}, line {card.line}")


def _add_new(unit: Unit, people: Sequence[Person]) -> list[int]:
    """The people are contacts; their numbers in order."""
    unit.flush()
    numbers = contact_intake.add_contacts(unit, [
        {
            **person.filled, "uid": person.uid or f"urn:uuid:{uuid4()}",
            "vcard": _as_json([*person.kept, *person.memory()]),
        }
        for person in people
    ])  # fmt: skip
    _add_lists(unit, dict(zip(numbers, people, strict=True)))
    return numbers


def _give(unit: Unit, people: Mapping[int, Person]) -> None:
    """The contacts have what the import brings them, and no longer what it takes."""
    contact_intake.fill_contacts(unit, {number: one.filled for number, one in people.items() if one.changed})

    def change(number: int, lines: list[str]) -> list[str]:
        person = people[number]
        gone = set(person.dropped)
        stay = [line for line in lines if mark(line) not in gone and not (person.remembers and line.startswith(LINE))]
        return [*stay, *person.kept, *(person.memory() if person.remembers else ())]

    contact_intake.change_lines(unit, [n for n, one in people.items() if one.kept or one.dropped or one.remembers], change)
    for number, person in people.items():
        if person.taken or person.relabeled:
            _change_handles(unit, number, person)
        if person.untagged:
            tags.take(unit, "contact", number, person.untagged)
    _add_lists(unit, people)


def _change_handles(unit: Unit, number: int, person: Person) -> None:
    for row, kind, value in contact_intake.handles_of(unit, number):
        key = (kind, fold(value)) if kind == "alias" else compared(kind, value)
        if key in person.taken:
            contact_intake.take_handle(unit, row)
        elif key in person.relabeled:
            contact_intake.write_handle(unit, row, *person.relabeled[key])


def _as_json(lines: Sequence[str]) -> str:
    return json.dumps(lines, ensure_ascii=False) if lines else ""


def _add_lists(unit: Unit, people: Mapping[int, Person]) -> None:
    contact_intake.add_handles(
        unit, ((number, *handle) for number, person in people.items() for handle in person.added)
    )
    tags.put_many(unit, "contact", {number: person.tagged for number, person in people.items() if person.tagged})
