"""Contacts that are one person become one: which value of each field stays is planned, shown, then written in one unit.

Nothing here decides that two contacts are one: that is asked of the person.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pkm import ids
from pkm.dates import day, format_span
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.people.arrival import ALSO_UID, KNOWN_AS, NO_NAME, compared, mark
from pkm.phones import read_number
from pkm.spelling import near
from pkm.store import cards, contact_merging, contacts, links, mergers, tags
from pkm.store.session import Store
from pkm.text import count, fold, one_line

COLUMNS = {
    "name": "name", "nick": "nick", "org": "org", "role": "role", "met": "met", "through": "through_id",
    "birthday": "birthday", "every": "every_s", "read": "read_every_s", "snoozed": "snoozed_until", "about": "about",
}  # fmt: skip
"""Fields that hold one value, and their column."""
JOINED = {"met": "; ", "about": "\n\n"}
"""Fields of one value that can hold the texts of both, and what stands between them."""
LISTS = ("email", "phone", "url", "alias", "tag")
"""Fields that hold several values; so does each kind of account."""
BOTH = ("both", "all")
_UID = "uid"
_SAYS_MORE = {"pkm.N": "name", "pkm.ORG": "org"}
_PHOTO = "pkm.PHOTO"


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field of the contacts, side by side: what each has, what stays, and of whom that is (c12, both, "").

    elsewhere: values that another field of the one who stays holds, as a nick does what was an alias.
    """

    field: str
    values: tuple[tuple[str, ...], ...]
    kept: tuple[str, ...]
    origin: str
    elsewhere: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[tuple[int, str], ...]:
        """(place of the contact, value) of the values that nobody has afterwards; a name and a nick stay as aliases."""
        if self.field in ("name", "nick"):
            return ()
        kept = {_key(self.field, value) for value in (*self.kept, *self.elsewhere)}
        joined = "\n".join(self.kept)
        return tuple(
            (place, value) for place, values in enumerate(self.values) for value in values
            if _key(self.field, value) not in kept and not (self.field in JOINED and value in joined)
        )  # fmt: skip

    @property
    def alike(self) -> bool:
        """Whether all of the contacts have the same there, and it stays."""
        return len({frozenset(_key(self.field, value) for value in values) for values in (*self.values, self.kept)}) == 1


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do. kept: who stays; gone: who goes into them; moves: how much of what hangs on those who go.

    columns, handles, tags: what the one who stays has afterwards.
    """

    kept: Row
    gone: tuple[Row, ...]
    fields: tuple[MergeField, ...]
    columns: Mapping[str, Any]
    handles: tuple[tuple[str, str, str], ...]
    tags: tuple[str, ...]
    moves: Mapping[str, int]

    def as_dict(self) -> Row:
        """The plan as JSON has it, beside the contact's own fields."""
        everybody = [ids.make("contact", row["id"]) for row in (self.kept, *self.gone)]
        return {
            "merged": everybody[1:],
            "fields": [
                {"field": one.field, "values": dict(zip(everybody, map(list, one.values), strict=True)),
                 "kept": list(one.kept), "from": one.origin}
                for one in self.fields
            ],
            "moved": dict(self.moves),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that was done: the contact as it stands. resolved: mentions that meant nobody and mean them now."""

    row: Row
    plan: MergePlan
    resolved: int = 0


def preview_merge(store: Store, numbers: Sequence[int], takes: Iterable[str] = ()) -> MergePlan:
    """What merge_contacts would do now. Raises as that does."""
    db = store.read()
    numbers = list(dict.fromkeys(mergers.follow(db, "contact", number) or number for number in numbers))
    rows = [_existing(db, number) for number in numbers]
    if len(rows) < 2:
        raise Invalid(ids.make("contact", numbers[0]), "it cannot be merged with itself",
                      next="name two contacts: pkm contact merge c12 c40")  # fmt: skip
    return plan_merge(rows, read_takes(takes, rows), contact_merging.counts(db, numbers[1:]))


def merge_contacts(store: Store, numbers: Sequence[int], takes: Iterable[str] = ()) -> Merged:
    """The first of the contacts has what the others had; their ids and names mean the first from now on.

    takes: FIELD=c12, or FIELD=both: whose value of a field stays. One undo takes all of it back.
    Raises NotFound; Invalid: one contact alone, a field or a value that there is not.
    """
    with store.unit() as unit:
        db = unit.connection
        plan = preview_merge(store, numbers, takes)
        kept, gone = plan.kept["id"], [row["id"] for row in plan.gone]
        contact_merging.set_handles(unit, kept, gone, plan.handles)
        for number in gone:
            contact_merging.merge_contact(unit, number, kept)
        contact_merging.set_columns(unit, kept, plan.columns)
        wanted = set(map(fold, plan.tags))
        tags.take(unit, "contact", kept, [tag for tag in tags.of(db, "contact", kept) if fold(tag) not in wanted])
        resolved = links.resolve_people(unit, kept, contacts.names_of(db, kept))
        others = ", ".join(f"{ids.make('contact', row['id'])} {one_line(row['name'], 40)}" for row in plan.gone[:5])
        unit.summarize(f"{others} went into {ids.make('contact', kept)} {one_line(plan.columns['name'], 60)}")
        row = ids.existing(contacts.row(db, kept), "contact", kept)
    return Merged(row, plan, resolved)


def read_takes(texts: Iterable[str], rows: Sequence[Row]) -> dict[str, int]:
    """Field to the place of the contact whose value stays, -1 for both. Raises Invalid, naming what there is."""
    fields = {**dict.fromkeys((*COLUMNS, *LISTS)), **dict.fromkeys(_account_kinds(rows))}
    takes = {}
    for text in (part for given in texts for part in re.split(r",(?=\s*[\w.-]+\s*=)", given)):
        field, equals, value = (part.strip() for part in text.partition("="))
        field = field.lower()
        if not equals or field not in fields:
            raise Invalid(f"--take {one_line(text, 60)}", f"the fields are {', '.join(fields)}", near=near(field, fields),
                          next=f"as in --take email=both, or --take name={ids.make('contact', rows[0]['id'])}")  # fmt: skip
        takes[field] = _place(field, value, rows)
    return takes


def _place(field: str, value: str, rows: Sequence[Row]) -> int:
    if fold(value) in BOTH:
        if field in COLUMNS and field not in JOINED:
            named = " or ".join(f"{field}={ids.make('contact', row['id'])}" for row in rows)
            raise Invalid(f"--take {field}={one_line(value, 40)}", "it holds one value", next=f"--take {named}")
        return -1
    called = fold(value.removeprefix("@"))
    for place, row in enumerate(rows):
        if called and called in {ids.make("contact", row["id"]), fold(row["nick"]), fold(row["name"])}:
            return place
    there = ", ".join(f"{ids.make('contact', row['id'])} ({one_line(row['name'], 40)})" for row in rows)
    both = "" if field in COLUMNS and field not in JOINED else ", or both"
    raise Invalid(f"--take {field}={one_line(value, 40)}", f"it is none of {there}{both}")


def plan_merge(rows: Sequence[Row], takes: Mapping[str, int], moves: Mapping[str, int] | None = None) -> MergePlan:
    """What of each field stays: what was asked for; else lists of all, and the first value that is not empty.

    rows: contacts whole (_existing), the one who stays first.
    """
    fields = [_plan_single(field, rows, takes.get(field)) for field in COLUMNS]
    columns = {COLUMNS[one.field]: value for one, value in fields}
    listed = [_plan_list(kind, rows, takes.get(kind, -1)) for kind in (*LISTS[:3], *_account_kinds(rows))]
    aliases = _plan_aliases(rows, columns, takes.get("alias", -1))
    tagged = _plan_list("tag", rows, takes.get("tag", -1))
    handles = [handle for _, values in listed for handle in values] + aliases[1] + _uids(rows)
    columns |= {"created_at": min(row["created_at"] for row in rows), "vcard": _lines(rows, columns)}
    shown = [*(one for one, _ in fields), *(one for one, _ in listed), aliases[0], tagged[0]]
    return MergePlan(
        rows[0], tuple(rows[1:]), tuple(one for one in shown if any(one.values) or one.kept), columns, tuple(handles),
        tuple(value for _, value, _ in tagged[1]), dict(moves or {}),
    )  # fmt: skip


def _plan_single(field: str, rows: Sequence[Row], take: int | None) -> tuple[MergeField, Any]:
    column = COLUMNS[field]
    own = {row["id"] for row in rows}
    values = [None if field == "through" and row[column] in own else row[column] for row in rows]
    given = [place for place, value in enumerate(values) if value and not (field == "name" and value == NO_NAME)]
    if take == -1 or (take is None and field in JOINED):
        texts = list({fold(text): text for text in (str(values[place]) for place in reversed(given))}.values())[::-1]
        value: Any = JOINED[field].join(texts)
        origin = "both" if len(texts) > 1 else _owner(rows, given)
    else:
        place = take if take is not None else next(iter(given), 0)
        value, origin = values[place], _owner(rows, [place] if values[place] else [])
    shown = tuple(() if not one else (_shown(field, one, rows[place]),) for place, one in enumerate(values))
    source = rows[values.index(value)] if value in values else rows[0]
    return MergeField(field, shown, (_shown(field, value, source),) if value else (), origin), value


def _owner(rows: Sequence[Row], places: Sequence[int]) -> str:
    return ids.make("contact", rows[places[0]]["id"]) if places else ""


def _shown(field: str, value: Any, row: Row) -> str:
    if field == "through":
        return f"{ids.make('contact', value)} {row['through_name']}"
    if field in ("every", "read"):
        return format_span(value)
    return day(value) if field == "snoozed" else str(value)


def _plan_list(kind: str, rows: Sequence[Row], take: int) -> tuple[MergeField, list[tuple[str, str, str]]]:
    """The values of a kind, each once: of one of the contacts, or of all."""
    values = [_listed(kind, row) for row in rows]
    kept: list[tuple[str, str, str]] = []
    for handle in values[take] if take >= 0 else (one for ones in values for one in ones):
        same = next((place for place, other in enumerate(kept) if _key(*handle[:2]) == _key(*other[:2])), None)
        if same is None:
            kept.append(handle)
        else:
            kept[same] = (kind, kept[same][1], kept[same][2] or handle[2])
    having = [place for place, ones in enumerate(values) if ones]
    origin = _owner(rows, having) if len(having) < 2 else "both" if take < 0 else _owner(rows, [take])
    shown = tuple(tuple(one[1] for one in ones) for ones in values)
    return MergeField(kind, shown, tuple(one[1] for one in kept), origin), kept


def _listed(kind: str, row: Row) -> list[tuple[str, str, str]]:
    if kind == "tag":
        return [("tag", name, "") for name in row["tags"]]
    return [(kind, one["value"], one["label"]) for one in row["handles"] if one["kind"] == kind]


def _key(kind: str, value: str) -> tuple[str, ...]:
    """A value as it is compared: of a number all digits, with the country's or without, and the extension.

    That a number with the country's digits and one without are the same line is a guess, and no guess throws one away.
    """
    number = read_number(value) if kind == "phone" else None
    if number is None:
        return compared(kind, value)
    return kind, number.digits, "+" if number.world else "", number.extension


def _plan_aliases(
    rows: Sequence[Row], columns: Mapping[str, Any], take: int
) -> tuple[MergeField, list[tuple[str, str, str]]]:
    """Aliases, and every name and nick that is nobody's otherwise: what was called so keeps its meaning."""
    field, kept = _plan_list("alias", rows, take)
    called = {fold(columns[key]) for key in ("name", "nick") if columns[key]}
    lost = [row[key] for key in ("name", "nick") for row in rows if row[key] and row[key] != NO_NAME]
    found: dict[str, str] = {}
    for name in (*(one[1] for one in kept), *lost):
        if fold(name) not in called:
            found.setdefault(fold(name), name)
    values = tuple(found.values())
    owners = [place for place, row in enumerate(rows) if found.keys() & _called(row)]
    origin = "both" if len(owners) > 1 else _owner(rows, owners)
    elsewhere = tuple(columns[key] for key in ("name", "nick") if columns[key])
    return MergeField("alias", field.values, values, origin, elsewhere), [("alias", name, "") for name in values]


def _called(row: Row) -> set[str]:
    """Every name of a contact, as it is compared."""
    aliases = (one["value"] for one in row["handles"] if one["kind"] == "alias")
    return {fold(name) for name in (row["name"], row["nick"], *aliases) if name}


def _uids(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """The UIDs of the cards that go, so that they are known again."""
    found = [one["value"] for row in rows for one in row["handles"] if one["kind"] == _UID]
    found += [row["uid"] for row in rows[1:]]
    return [(_UID, uid, "") for uid in dict.fromkeys(found) if uid != rows[0]["uid"]]


def _account_kinds(rows: Sequence[Row]) -> list[str]:
    known = (*LISTS, _UID)
    return sorted({one["kind"] for row in rows for one in row["handles"] if one["kind"] not in known})


def _lines(rows: Sequence[Row], columns: Mapping[str, Any]) -> str:
    """What of their cards no column holds, of all, each line once.

    A line that says more of a column (the parts of a name) goes with the value; of what a card has once, the first stays.
    """
    found: dict[str, str] = {}
    once: set[str] = set()
    for row in rows:
        for line in json.loads(row["vcard"] or "[]"):
            head = line.partition(":")[0]
            column = _SAYS_MORE.get(head)
            single = head.startswith("pkm.") and head not in (ALSO_UID, KNOWN_AS)
            if (column and row[column] != columns[column]) or (single and head in once and head != _PHOTO):
                continue
            line = line.removeprefix("pkm.") if head == _PHOTO and head in once else line  # another picture is one more
            once.add(head)
            found.setdefault(mark(line), line)
    return json.dumps(list(found.values()), ensure_ascii=False) if found else ""


def _existing(db: sqlite3.Connection, number: int) -> Row:
    row = ids.existing(cards.one(db, number), "contact", number)
    through = contacts.row(db, row["through_id"]) if row["through_id"] else None
    return {**row, "through_name": through["name"] if through else ""}


def told_moves(moves: Mapping[str, int]) -> str:
    """What moves, in words: "3 interactions, 1 membership"."""
    return ", ".join(count(number, "membership" if name == "stay" else name) for name, number in moves.items())
