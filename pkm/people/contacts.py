"""Contacts: made, changed, touched. What is typed is cleaned here and refused where it would mean two people at once.

Gathers from the store, decides, writes in one unit. Never prints, never uses the network: whoever adds a contact with a
site looks for its feed first.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from pkm import ids
from pkm.addresses import address_key
from pkm.dates import day
from pkm.errors import Exists, Invalid
from pkm.ids import Row
from pkm.people import promises
from pkm.people.promised import read_all
from pkm.people.promises import refuse_strangers
from pkm.store import contacts, interactions, links, tags
from pkm.store import promises as stored_promises
from pkm.store.session import Store, Unit
from pkm.text import clean, count, fold, one_line, quoted_url

NAME_LIMIT = 200
"""Characters of a name, a nick, an organization; what is longer is cut, with a warning."""
LINE_LIMIT = 1000
"""Characters of the other lines: e-mail, address, how we met."""

_EMAIL = re.compile(r"(?![+-])[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]/]+")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

HANDLES = {"emails": "email", "urls": "url", "aliases": "alias"}
"""Fields that are lists of handles, and the handles' kind."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What is to be set of a contact; None: as it is. Lists are set whole, or changed by +value and -value.

    through: a contact's number, 0: nobody. every_s: seconds, 0: that of the closest circle.
    read_every_s: seconds between the days on which what they write shows up, 0: as it comes.
    """

    name: str | None = None
    nick: str | None = None
    org: str | None = None
    role: str | None = None
    met: str | None = None
    about: str | None = None
    through: int | None = None
    every_s: int | None = None
    read_every_s: int | None = None
    emails: tuple[str, ...] | None = None
    urls: tuple[str, ...] | None = None
    aliases: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ContactAdded:
    """A contact that was made. resolved: mentions in notes that mean them now; warnings: what was cut or looks odd."""

    row: Row
    resolved: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The contact's number."""
        return int(self.row["id"][1:])


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A contact after an edit. changed: names of the fields that are not as they were."""

    row: Row
    changed: tuple[str, ...] = ()
    resolved: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TouchLogged:
    """An interaction and the contacts that took part, as they stand after it; promises made and kept in it.

    same: an earlier interaction of that day with the same text and people, None.
    """

    row: Row
    contacts: tuple[Row, ...]
    promised: tuple[Row, ...] = ()
    kept: tuple[Row, ...] = ()
    same: str | None = None


def add_contact(
    store: Store, name: str, *, nick: str = "", emails: Iterable[str] = (), urls: Iterable[str] = (), org: str = "",
    met: str = "", through: int | None = None, tags: Iterable[str] = (), about: str = "", aliases: Iterable[str] = (),
    role: str = "", every_s: int | None = None, read_every_s: int | None = None,
) -> ContactAdded:  # fmt: skip
    """The contact is in the store, and mentions of them in notes that meant nobody mean them.

    Raises Invalid (a name, nick, e-mail or address that cannot be one), Exists (the nick or e-mail is another's).
    """
    fields, warnings = clean_fields(Fields(
        name=name, nick=nick, org=org, role=role, met=met, about=about, through=through or 0, every_s=every_s or 0,
        read_every_s=read_every_s or 0,
        emails=tuple(emails), urls=tuple(urls), aliases=tuple(aliases), tags=tuple(tags),
    ))  # fmt: skip
    with store.unit() as unit:
        db = unit.connection
        refuse_taken(db, fields)
        namesakes = contacts.with_name(db, fields.name or "")
        made = dict.fromkeys(("nick", "org", "role", "met", "about", "birthday", "vcard"), "") | _columns(fields)
        number = unit.insert("contact", uid=f"urn:uuid:{uuid4()}", created_at=unit.at, updated_at=unit.at, **made)
        _set_lists(unit, number, fields)
        resolved = links.resolve_people(unit, number, contacts.names_of(db, number))
        unit.summarize(f"added {ids.make('contact', number)} {one_line(fields.name or '', 60)}")
        row = ids.existing(contacts.row(db, number), "contact", number)
        alike = _may_be(db, number, namesakes)
    return ContactAdded(row, resolved, (*warnings, *alike))


def _may_be(db: sqlite3.Connection, number: int, namesakes: Sequence[int]) -> list[str]:
    """Who else the new contact may be, in words, with the command that makes one of the two."""
    from pkm.people.duplicates import find_like

    like = [(pair.one.id, pair.other.id, pair.one.title, pair.because[0].what) for pair in find_like(db, number)]
    told = {who for one, other, *_ in like for who in (one, other)}
    rows = contacts.rows(db, limit=-1, ids=namesakes) if namesakes else []
    like += [(row["id"], ids.make("contact", number), row["name"], "the same name") for row in rows if row["id"] not in told]
    return [
        f"{one} {one_line(name, 60)} may be the same person ({why}); pkm contact merge {one} {other} makes them one"
        for one, other, name, why in like[:3]
    ]


_CALLED = {"own_every_s": "every", "read_every_s": "read"}
"""What a person calls fields of a contact, as its options do; the others are called as they are."""
_FOLLOWS = ("updated_at", "title", "every_s", "due")
"""What is not said by itself: it follows from the others."""


def edit_contact(store: Store, number: int, fields: Fields) -> ContactChanged:
    """The contact has the fields; a name or nick that they lose stays as an alias, so that old mentions mean them.

    Raises NotFound, Invalid and Exists as add_contact does; nothing is changed then.
    """
    with store.unit() as unit:
        db = unit.connection
        before = ids.existing(contacts.row(db, number), "contact", number)
        fields, warnings = clean_fields(_whole_lists(before, fields))
        if fields.through == number:
            raise Invalid(before["id"], "nobody is met through themselves")
        fields = _keep_old_names(before, fields)
        refuse_taken(db, fields, but=number)
        person = unit.row("contact", number)
        for name, value in _columns(fields).items():
            setattr(person, name, value)
        unit.flush()
        _set_lists(unit, number, fields)
        row = ids.existing(contacts.row(db, number), "contact", number)
        changed = tuple(_CALLED.get(key, key) for key in before if key not in _FOLLOWS and before[key] != row[key])
        resolved = 0
        if changed:
            person.updated_at = unit.at
            resolved = links.resolve_people(unit, number, contacts.names_of(db, number))
            _give_up_names(unit, before)
            unit.summarize(f"changed {', '.join(changed)} of {row['id']} {one_line(row['name'], 60)}")
            row = contacts.row(store.read(), number) or row
    return ContactChanged(row, changed, resolved, warnings)


def log_touch(
    store: Store, numbers: Sequence[int], text: str, at: str | None = None, *, mine: Sequence[str] = (),
    theirs: Sequence[str] = (), kept: Sequence[int] = (),
) -> TouchLogged:  # fmt: skip
    """An interaction with those contacts is kept; their next touch counts from it, and a snooze before it is over.

    at: stamp; None: now. mine, theirs: what one promised them, and they one, beside what the text says was promised.
    kept: promises of theirs or to them that were kept by it. Raises Invalid where the text is empty, nobody took part,
    the time is still to come, or a promise is another's or settled already.
    """
    numbers = list(dict.fromkeys(numbers))
    text = clean(text).strip()
    if not text:
        raise Invalid("an empty text", "a word about what passed between you is wanted",
                      next='pkm contact log NAME "call: the demo"')  # fmt: skip
    if not numbers:
        raise Invalid("nobody", "name whom it was with", next='pkm contact log NAME "call: the demo"')
    with store.unit() as unit:
        at = at or unit.at
        if at > unit.at:
            raise Invalid(day(at), "that is still to come; what is logged has happened",
                          next='pkm contact log WHO "…" --when yesterday')  # fmt: skip
        db = unit.connection
        said = read_all(text, [contacts.names_of(db, number) for number in numbers], at, mine, theirs)
        refuse_strangers(db, kept, numbers)
        same = interactions.find_same(db, text, at, numbers)
        number = unit.insert("interaction", at=at, text=text, created_at=unit.at)
        for contact_id in numbers:
            unit.insert("interaction_contact", interaction_id=number, contact_id=contact_id)
            unit.row("contact", contact_id).snoozed_until = None
        made = promises.add(unit, number, said)
        done = promises.settle(store, kept, "kept", text) if kept else []
        unit.flush()
        rows = contacts.rows(db, limit=-1, ids=numbers)
        summary = f"logged {ids.make('interaction', number)} with {', '.join(row['name'] for row in rows[:5])}"
        unit.summarize(summary + "".join(f"; kept {promise['id']}" for promise in done))
        row = ids.existing(interactions.row(db, number), "interaction", number)
        promised = [promise for one in made if (promise := stored_promises.row(db, one))]
    earlier = ids.make("interaction", same) if same else None
    return TouchLogged(row, tuple(rows), tuple(promised), tuple(done), earlier)


def snooze(store: Store, number: int, until: str | None) -> Row:
    """The contact is not due before that stamp, None: as their cadence says; the contact as it stands."""
    with store.unit() as unit:
        person = unit.row("contact", number)
        person.snoozed_until = until
        unit.flush()
        told = f"is not due before {day(until)}" if until else "is due as the cadence says"
        unit.summarize(f"{ids.make('contact', number)} {one_line(person.name, 60)} {told}")
        return ids.existing(contacts.row(unit.connection, number), "contact", number)


def clean_fields(fields: Fields) -> tuple[Fields, tuple[str, ...]]:
    """The fields as they may enter the store, and what was cut. Raises Invalid, naming the field's value."""
    warnings: list[str] = []
    lines: dict[str, Any] = {
        key: _line(key, value, LINE_LIMIT if key == "met" else NAME_LIMIT, warnings)
        for key in ("name", "nick", "org", "role", "met")
        if (value := getattr(fields, key)) is not None
    }
    if "name" in lines and not lines["name"]:
        raise Invalid("an empty name", "a contact needs a name", next='pkm contact add "Maria Silva"')
    if "nick" in lines:
        lines["nick"] = _nick(lines["nick"])
    checks = {"emails": _email, "urls": _url, "aliases": _word, "tags": _word}
    lists: dict[str, Any] = {
        key: tuple(dict.fromkeys(value for given in values if (value := check(given))))
        for key, check in checks.items()
        if (values := getattr(fields, key)) is not None
    }
    about = None if fields.about is None else clean(fields.about).strip()
    return replace(fields, **lines, **lists, about=about), tuple(warnings)


def refuse_taken(db: sqlite3.Connection, fields: Fields, but: int = 0) -> None:
    """Raises Exists where another contact has the nick or one of the e-mails; `but` is the contact that may."""
    nick = (fields.nick or "").removeprefix("@")
    asked = [("nick", nick, contacts.with_nick(db, nick) if nick else [])]
    asked += [("e-mail", email, contacts.with_handle(db, "email", email)) for email in fields.emails or ()]
    for what, value, found in asked:
        others = [number for number in found if number != but]
        if others:
            other = contacts.row(db, others[0]) or {"id": "", "name": ""}
            raise Exists(f"the contact {one_line(other['name'], 60)} ({other['id']})", f"it has the {what} {value}",
                         next=f"pkm contact show {other['id']}, or pkm contact edit {other['id']}")  # fmt: skip


def find_same(db: sqlite3.Connection, fields: Fields, circle: int | None = None) -> Row | None:
    """The contact of that name who has all that is given already, an address among it; None where anything is new."""
    if not fields.urls:
        return None
    for row in contacts.rows(db, limit=-1, ids=contacts.with_name(db, fields.name or "")):
        own = row | {key: _values(row, kind) for key, kind in HANDLES.items()} | {"every_s": row["own_every_s"]}
        own["through"] = int(row["through"][1:]) if row["through"] else None
        told = {key: value for key in Fields.__slots__ if (value := getattr(fields, key)) and key != "name"}
        there = all(set(value) <= set(own[key]) if isinstance(value, tuple) else value == own[key] for key, value in told.items())
        if there and (circle is None or circle in {int(one["id"][1:]) for one in contacts.memberships(db, int(row["id"][1:]))}):
            return row
    return None


def changed_list(current: Sequence[str], given: Sequence[str], same: Callable[[str], str] = fold) -> tuple[str, ...]:
    """The list after `given`: +value adds, -value takes away; values without a sign are the new list.

    An empty value alone empties it. same: what two values that are one have in common. Raises Invalid where some have a sign and
    others none.
    """
    given = [value.strip() for value in given if value.strip()]
    signed = [value for value in given if value[0] in "+-"]
    if not signed:
        return tuple(given)
    if len(signed) < len(given):
        raise Invalid(f"“{one_line(' '.join(given), 60)}”", "a list is given whole, or changed by +VALUE and -VALUE, not both",
                      next="put + before what is to be added")  # fmt: skip
    gone = {same(value[1:]) for value in given if value[0] == "-"}
    kept = [value for value in current if same(value) not in gone]
    known = {same(value) for value in kept}
    return (*kept, *(value[1:] for value in given if value[0] == "+" and same(value[1:]) not in known))


def _whole_lists(before: Row, fields: Fields) -> Fields:
    """The fields with each list as it will be in the end."""
    current = {key: _values(before, kind) for key, kind in HANDLES.items()} | {"tags": before["tags"]}
    given = {key: values for key in current if (values := getattr(fields, key)) is not None}
    same = {key: _same(HANDLES.get(key, "")) for key in given}
    after: dict[str, Any] = {key: changed_list(current[key], values, same[key]) for key, values in given.items()}
    return replace(fields, **after)


def _same(kind: str) -> Callable[[str], str]:
    """What two handles of a kind that are one have in common: no two addresses of mail are one because they are folded alike."""
    return address_key if kind == "email" else fold


def _values(row: Row, kind: str) -> list[str]:
    return [handle["value"] for handle in row["handles"] if handle["kind"] == kind]


def _keep_old_names(before: Row, fields: Fields) -> Fields:
    new = {"name": fields.name, "nick": fields.nick}
    lost = [before[key] for key, value in new.items() if value is not None and before[key] and before[key] != value]
    if not lost:
        return fields
    aliases = fields.aliases if fields.aliases is not None else tuple(_values(before, "alias"))
    known = {fold(name) for name in (*aliases, *(before[key] if value is None else value for key, value in new.items()))}
    return replace(fields, aliases=(*aliases, *(name for name in lost if fold(name) not in known)))


def _give_up_names(unit: Unit, before: Row) -> None:
    """Open mentions by a name that was shared, and is one other person's now, mean that person."""
    for name in filter(None, (before["name"], before["nick"])):
        found = contacts.find_mentioned(unit.connection, name)
        if len(found) == 1 and ids.make("contact", found[0]) != before["id"]:
            links.resolve_people(unit, found[0], [name])


def _columns(fields: Fields) -> dict[str, Any]:
    """The columns that are to be set, and to what."""
    lines = {key: getattr(fields, key) for key in ("name", "nick", "org", "role", "met", "about")}
    numbers = {"through_id": fields.through, "every_s": fields.every_s, "read_every_s": fields.read_every_s}
    given = {key: value or None for key, value in numbers.items() if value is not None}
    return {key: value for key, value in lines.items() if value is not None} | given


def _set_lists(unit: Unit, number: int, fields: Fields) -> None:
    for key, kind in HANDLES.items():
        values = getattr(fields, key)
        if values is not None:
            _set_handles(unit, number, kind, values)
    if fields.tags is not None:
        current = tags.of(unit.connection, "contact", number)
        wanted = {fold(tag.removeprefix("#")) for tag in fields.tags}
        tags.take(unit, "contact", number, [tag for tag in current if fold(tag) not in wanted])
        tags.put(unit, "contact", number, fields.tags)


def _set_handles(unit: Unit, number: int, kind: str, values: Sequence[str]) -> None:
    same = _same(kind)
    wanted = {same(value): (place, value) for place, value in reversed(list(enumerate(values)))}
    for handle_id in contacts.handle_ids(unit.connection, number, kind):
        handle = unit.row("handle", handle_id)
        if (key := same(handle.value)) in wanted:
            handle.position, handle.value = wanted.pop(key)
            handle.folded = fold(handle.value)
        else:
            unit.remove("handle", handle_id)
    for place, value in sorted(wanted.values()):
        unit.insert("handle", contact_id=number, kind=kind, value=value, folded=fold(value), label="", position=place)
    unit.flush()


def _line(key: str, text: str, limit: int, warnings: list[str]) -> str:
    line = one_line(text)
    if len(line) > limit:
        warnings.append(f"the {key} was cut from {count(len(line), 'character')} to {limit}")
        line = one_line(line, limit)
    return line


def _nick(text: str) -> str:
    nick = text.removeprefix("@")
    if re.search(r"[\s,@#]", nick):
        raise Invalid(f"the nick “{one_line(nick, 60)}”", "a nick is one word, as in @maria",
                      next="give the whole name as the name, and other names with --alias")  # fmt: skip
    if ids.parse(nick):
        raise Invalid(f"the nick {nick}", "it reads as an id", next="give another nick")
    return nick


def _email(text: str) -> str:
    email = one_line(text, LINE_LIMIT).removeprefix("mailto:")
    if email and not _EMAIL.fullmatch(email):
        raise Invalid(f"the e-mail “{one_line(email, 60)}”", "it should be one address, such as maria@example.org")
    return email


def _url(text: str) -> str:
    url = quoted_url(one_line(text, LINE_LIMIT))
    if url and not _SCHEME.match(url):
        url = f"https://{url}"
    if url and not _URL.fullmatch(url):
        raise Invalid(f"the address “{one_line(url, 60)}”", "it should be one of the web, such as https://example.org")
    return url


def _word(text: str) -> str:
    return one_line(text, NAME_LIMIT)
