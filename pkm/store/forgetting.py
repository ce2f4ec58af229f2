"""What hangs on things that are to be forgotten, in the tables and in the undo journal, and the words in it. Reads only."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pkm.addresses import address_key
from pkm.conceal import targets
from pkm.ids import LETTERS, Row, make
from pkm.link_forms import name_of
from pkm.store import unsubscribing
from pkm.store.dismissals import ids_in
from pkm.store.lookup import TITLES
from pkm.text import fold

Rows = dict[str, set[int]]
"""Rows by table: their numbers."""

WORDED = {
    "title", "text", "name", "nick", "org", "role", "met", "about", "birthday", "vcard", "value", "exact", "comment", "prefix",
    "suffix", "because", "left_because", "label", "place", "sentence", "written", "url", "author", "authors", "summary", "html",
    "front", "base", "path", "purpose", "salutation", "introduction",
}  # fmt: skip
"""Columns that hold somebody's words."""

MENTIONING = {
    "note": ("title", "text"), "interaction": ("text",), "promise": ("text", "because"), "annotation": ("exact", "comment"),
    "response": ("text", "author"), "trial": ("text", "place"), "contact": ("name", "org", "met", "about"),
    "circle": ("name", "purpose", "introduction"), "share": ("title", "introduction"), "source": ("title", "url"),
    "rule": ("pattern",),
}  # fmt: skip
"""Where the words of what is forgotten may stand in what stays."""

_BESIDE = {"share": (
    "EXISTS (SELECT 1 FROM stage WHERE share_id = share.id AND holds(gate))",
    "EXISTS (SELECT 1 FROM delivery WHERE share_id = share.id AND (holds(CAST(payload AS TEXT)) OR holds(file_name)))",
)}  # fmt: skip
"""The same, in rows that belong to a thing: what a share is called for one circle, and what it sent."""

PART = "a part of it was forgotten"
"""Why a command whose images are gone cannot be undone."""

UNWIPED = "; its bytes are still to be wiped"
"""How the log's line ends until the store's file holds nothing of it any more."""


class Past:
    """The store with its undo journal, which is read through once: where in it each row has its images."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.execute = db.execute
        self._changes: dict[str, dict[int, list[int]]] = {}
        for number, table, row in db.execute("SELECT id, table_name, row_id FROM change ORDER BY id"):
            self._changes.setdefault(table, {}).setdefault(row, []).append(number)

    def of_rows(self, table: str, numbers: Iterable[int]) -> str:
        """The numbers of the changes of these rows, as JSON."""
        known = self._changes.get(table, {})
        return json.dumps([change for number in sorted(numbers) for change in known.get(number, ())])

    def of_table(self, table: str) -> str:
        """The numbers of all changes of a table's rows, as JSON."""
        return json.dumps([change for changes in self._changes.get(table, {}).values() for change in changes])


class Tie(NamedTuple):
    """Rows of `table` go with a row of `target`: those whose `key` is its number, and whose other columns are `fixed`."""

    target: str
    table: str
    key: str
    fixed: tuple[tuple[str, str], ...] = ()

    def where(self, image: str = "") -> str:
        """The condition, on the table or on a column of `change`; it names :ids."""
        named = [f"{_column(name, image)} = '{value}'" for name, value in self.fixed]
        return " AND ".join([*named, f"{_column(self.key, image)} IN (SELECT value FROM json_each(:ids))"])


def _column(name: str, image: str) -> str:
    return f"json_extract({image}, '$.{name}')" if image else f'"{name}"'


def ties(db: sqlite3.Connection, *, cascading: bool = True) -> list[Tie]:
    """What goes with what; with cascading=False also what merely refers to it."""
    from pkm.store.derived import tables

    found = [
        Tie(key["table"], table, key["from"]) for table in tables(db) for key in db.execute(f"PRAGMA foreign_key_list({table})")
        if key["on_delete"] == "CASCADE" or not cascading
    ]  # fmt: skip
    for kind in LETTERS:
        found.append(Tie(kind, "tagging", "entity_id", (("kind", kind),)))
        found.append(Tie(kind, "link", "from_id", (("from_kind", kind),)))
        found.append(Tie(kind, "link", "to_id", (("to_kind", kind), *((("origin", "hand"),) if cascading else ()))))
    return found


def hanging(db: Past, start: Mapping[str, Iterable[int]]) -> Rows:
    """These rows with all that goes when they go, by table: as they are now, and as the journal knows them."""
    found: Rows = {table: set(numbers) for table, numbers in start.items()}
    fresh, every = {table: set(numbers) for table, numbers in found.items()}, ties(db.db)
    while fresh:
        new: Rows = {}
        for tie in every:
            if numbers := fresh.get(tie.target):
                new.setdefault(tie.table, set()).update(tied(db, tie, numbers) - found.get(tie.table, set()))
        for table, numbers in new.items():
            found.setdefault(table, set()).update(numbers)
        fresh = {table: numbers for table, numbers in new.items() if numbers}
    return {table: numbers for table, numbers in found.items() if numbers}


def tied(db: Past, tie: Tie, numbers: Iterable[int]) -> set[int]:
    """The rows that a tie leads to from these, now and in the journal."""
    ids = {"ids": json.dumps(sorted(numbers)), "changes": db.of_table(tie.table)}
    now = db.execute(f"SELECT id FROM {tie.table} WHERE {tie.where()}", ids)
    then = db.execute(
        "SELECT DISTINCT row_id FROM change WHERE id IN (SELECT value FROM json_each(:changes)) "
        f"AND (({tie.where('before')}) OR ({tie.where('after')}))", ids,
    ).fetchall()  # fmt: skip
    return {row[0] for row in now} | {row[0] for row in then}


def there_now(db: sqlite3.Connection, rows: Rows) -> Rows:
    """Those of the rows that are in their tables, and not only in the journal."""
    found = {
        table: {row[0] for row in db.execute(
            f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(sorted(numbers))}
        )} for table, numbers in rows.items()
    }  # fmt: skip
    return {table: numbers for table, numbers in found.items() if numbers}


def images(db: Past, table: str, numbers: Iterable[int]) -> list[Row]:
    """All that these rows are and were, as far as it is known: rows of the table, and images in the journal."""
    wanted = set(numbers)
    ids, within = {"ids": json.dumps(sorted(wanted))}, "IN (SELECT value FROM json_each(:ids))"
    found = [dict(row) for row in db.execute(f"SELECT * FROM {table} WHERE id {within} ORDER BY id", ids)]
    changes = {"ids": db.of_rows(table, wanted)}
    kept = db.execute(f"SELECT before, after FROM change WHERE id {within} ORDER BY id", changes)
    return found + [json.loads(image) for row in kept for image in row if image]


def words_in(db: Past, rows: Rows) -> dict[str, list[Row]]:
    """By table, all that these rows say and said: their worded columns alone, and "kind" of a handle."""
    return {
        table: [{name: value for name, value in image.items() if name in WORDED or name == "kind"} for image in
                images(db, table, numbers)] for table, numbers in rows.items() if table not in ("delivery", "attachment", "tag")
    }  # fmt: skip


def merged_into(db: sqlite3.Connection, contact: int) -> set[int]:
    """The contact's number and those of all that were merged into them."""
    found = db.execute(
        "WITH RECURSIVE one(id) AS (VALUES(:id) UNION SELECT gone_id FROM merger JOIN one ON into_id = one.id "
        "WHERE kind = 'contact') SELECT id FROM one", {"id": contact},
    )  # fmt: skip
    return {row[0] for row in found}


def interactions_of(db: Past, contacts: Iterable[int]) -> tuple[set[int], dict[int, list[str]]]:
    """(those in which nobody else took part, or that only the journal knows; of the others who else did, by number)."""
    ids = set(contacts)
    tie = Tie("contact", "interaction_contact", "contact_id")
    rows = images(db, "interaction_contact", tied(db, tie, ids))
    numbers = {row["interaction_id"] for row in rows}
    others: dict[int, list[str]] = {}
    for row in db.execute(
        "SELECT interaction_id, contact.id, contact.name FROM interaction_contact JOIN contact ON contact.id = contact_id "
        "WHERE interaction_id IN (SELECT value FROM json_each(:ids)) ORDER BY interaction_id, contact.id",
        {"ids": json.dumps(sorted(numbers))},
    ):
        if row[1] not in ids:
            others.setdefault(row[0], []).append(f"{make('contact', row[1])} {row[2]}")
    return numbers - others.keys(), others


def answers_of(db: Past, contacts: Iterable[int]) -> set[int]:
    """The answers that these contacts wrote; one that is another's by now is not theirs."""
    ids = set(contacts)
    found = tied(db, Tie("contact", "response", "contact_id"), ids)
    stand = db.execute("SELECT id FROM response WHERE contact_id IS NOT NULL AND contact_id NOT IN "
                       "(SELECT value FROM json_each(:ids))", {"ids": json.dumps(sorted(ids))})  # fmt: skip
    return found - {row[0] for row in stand}


def deliveries_to(db: sqlite3.Connection, contacts: Iterable[int]) -> list[Row]:
    """What went or goes to these contacts, by number: id, share_id, share_state, type, state, recipient, channel, sent_at."""
    ids = sorted(contacts)
    theirs = {one for addresses in unsubscribing.addresses(db, ids).values() for one in addresses}
    nobodys = db.execute("SELECT DISTINCT recipient FROM delivery WHERE contact_id IS NULL AND recipient <> ''")
    went = [row[0] for row in nobodys if address_key(row[0]) in theirs]
    return [dict(row) for row in db.execute(
        f"{_DELIVERY} WHERE delivery.contact_id IN (SELECT value FROM json_each(:ids)) OR (delivery.contact_id IS NULL "
        "AND delivery.recipient <> '' AND (delivery.recipient IN (SELECT value FROM json_each(:went)) "
        "OR (substr(delivery.recipient, 1, 1) = 'c' AND "
        "substr(delivery.recipient, 2) IN (SELECT CAST(value AS TEXT) FROM json_each(:ids))))) ORDER BY delivery.id",
        {"ids": json.dumps(ids), "went": json.dumps(went)},
    )]  # fmt: skip


def deliveries_of_shares(db: sqlite3.Connection, numbers: Iterable[int]) -> list[Row]:
    """The deliveries of these shares, as deliveries_to has them."""
    return [dict(row) for row in db.execute(
        f"{_DELIVERY} WHERE delivery.share_id IN (SELECT value FROM json_each(:ids)) ORDER BY delivery.id",
        {"ids": json.dumps(sorted(numbers))},
    )]  # fmt: skip


_DELIVERY = (
    "SELECT delivery.id, delivery.share_id, share.state AS share_state, share.type, share.title AS share_title, delivery.state, "
    "recipient, file_name, media_type, remote_url, delivery.contact_id, contact.name, channel.name AS channel, "
    "channel.kind AS channel_kind, channel.id AS channel_id, channel.address, delivery.sent_at, delivery.error, stage.gate, "
    "payload <> x'' AS full "
    "FROM delivery JOIN share ON share.id = delivery.share_id JOIN channel ON channel.id = delivery.channel_id "
    "JOIN stage ON stage.id = delivery.stage_id LEFT JOIN contact ON contact.id = delivery.contact_id"
)


def shares_of(db: Past, table: str, key: str, numbers: Iterable[int]) -> list[Row]:
    """The shares that hold these notes, or are for these contacts, now or before (share_note, share_contact): id, state, …"""
    rows = images(db, table, tied(db, Tie("", table, key), numbers))
    ids = {"ids": json.dumps(sorted({row["share_id"] for row in rows}))}
    return [dict(row) for row in db.execute(
        "SELECT id, state, type, title FROM share WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id", ids
    )]  # fmt: skip


def former_shares(db: Past, notes: Iterable[int]) -> set[int]:
    """The numbers of all shares that ever held these notes, also those that are gone."""
    rows = images(db, "share_note", tied(db, Tie("", "share_note", "note_id"), notes))
    return {row["share_id"] for row in rows}


def shares_of_no_other(db: Past, notes: Iterable[int]) -> set[int]:
    """The numbers of the shares that are there and never held any other note than these."""
    ids = set(notes)
    held = former_shares(db, ids)
    rows = images(db, "share_note", tied(db, Tie("", "share_note", "share_id"), held))
    there = there_now(db.db, {"share": held}).get("share", set())
    return there - {row["share_id"] for row in rows if row["note_id"] not in ids}


def waiting_for(db: sqlite3.Connection, contacts: Iterable[int]) -> list[int]:
    """Planned shares with a stage that waits for the approval of one of these contacts, by number."""
    found = db.execute(
        "SELECT DISTINCT share.id FROM stage JOIN share ON share.id = share_id WHERE share.state = 'planned' "
        "AND passed_at IS NULL AND json_valid(gate) AND json_extract(gate, '$.by') IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY share.id", {"ids": json.dumps([make("contact", number) for number in sorted(contacts)])},
    )  # fmt: skip
    return [row[0] for row in found]


def told_of(db: sqlite3.Connection, shares: Iterable[int]) -> set[int]:
    """The interactions that these shares were."""
    ids = {"ids": json.dumps(sorted(shares))}
    found = db.execute("SELECT id FROM interaction WHERE share_id IN (SELECT value FROM json_each(:ids)) ORDER BY id", ids)
    return {row[0] for row in found}


def stages_of(db: sqlite3.Connection, shares: Iterable[int]) -> set[int]:
    """The stages of these shares."""
    found = db.execute("SELECT id FROM stage WHERE share_id IN (SELECT value FROM json_each(:ids))",
                       {"ids": json.dumps(sorted(shares))})  # fmt: skip
    return {row[0] for row in found}


def wordings(db: Past, shares: Iterable[int], notes: Iterable[int]) -> set[str]:
    """What stands, or stood, in stages of these shares instead of these notes' own words."""
    names = [make("note", number) for number in notes]
    rows = images(db, "stage", tied(db, Tie("", "stage", "share_id"), shares))
    said = [words for row in rows if isinstance(words := _gate(row["gate"]).get("words"), dict)]
    return {str(words[name]) for words in said for name in names if words.get(name)}


def _gate(text: str) -> Row:
    """What a stage waits for, and what is said in it; nothing where that cannot be read."""
    try:
        gate = json.loads(text)
    except ValueError:
        return {}
    return gate if isinstance(gate, dict) else {}


def dismissals_of(db: Past, things: Rows, known: "Words | None") -> set[int]:
    """The dismissals that are about these things, or in which these words stand, now and in the journal."""
    named = {make(kind, number) for kind, numbers in things.items() if kind in LETTERS for number in numbers}
    now = [dict(row) for row in db.execute("SELECT id, kind, key, title FROM dismissal ORDER BY id")]
    then = db.execute("SELECT before, after FROM change WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
                      {"ids": db.of_table("dismissal")})  # fmt: skip
    return {
        row["id"] for row in [*now, *(json.loads(image) for both in then for image in both if image)]
        if named & ids_in(row["kind"], row["key"])
        or (known and known.search(f"{row['key']}\n{row['title']}"))
    }


def files_of(db: sqlite3.Connection, notes: Iterable[int]) -> list[tuple[str, str]]:
    """(folder, path) of the files that these notes are in outside, in order."""
    found = db.execute(
        "SELECT root, path FROM note_file WHERE root GLOB '/*' AND note_id IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY root, path", {"ids": json.dumps(sorted(notes))},
    )  # fmt: skip
    return [(row[0], row[1]) for row in found]


def shown_alone(db: Past, notes: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Number -> (name, hash) of attachments that these notes show or lead to, or once did, and no other note does."""
    named = frozenset().union(*(_files_in(image["text"]) for image in images(db, "note", notes)))
    ids = {"ids": json.dumps(sorted(notes))}
    found = {}
    for row in db.execute("SELECT id, name, sha256 FROM attachment WHERE name NOT GLOB '.sent/*' ORDER BY id").fetchall():
        name = fold(row["name"].rpartition("/")[2])
        if name not in named:
            continue
        sign = max(re.findall("[a-z0-9]*", name), key=len)  # stands in every way in which the name may be written
        others = db.execute("SELECT text FROM note WHERE id NOT IN (SELECT value FROM json_each(:ids)) "
                            "AND instr(folded(text), :sign)", {**ids, "sign": sign})  # fmt: skip
        if not any(name in _files_in(other["text"]) for other in others):
            found[row["id"]] = (row["name"], row["sha256"])
    return found


def _files_in(text: str) -> frozenset[str]:
    """The names, without their folders and folded, of all that a text shows or leads to."""
    return frozenset(fold(name.rpartition("/")[2]) for target in targets(text) for name in (target, name_of(target)))


def sent_with(db: sqlite3.Connection, shares: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Number -> (name, hash) of the pictures that went out with these shares, made clean."""
    found = db.execute("SELECT id, name, sha256 FROM attachment WHERE name GLOB '.sent/*' ORDER BY id").fetchall()
    starts = tuple(f".sent/{make('share', number)}/" for number in shares)
    return {row["id"]: (row["name"], row["sha256"]) for row in found if row["name"].startswith(starts)}


def of_contact(db: sqlite3.Connection, contacts: Iterable[int], table: str) -> list[Row]:
    """What stays of a contact's in a table with a contact_id (source, trial), by number: id, title."""
    ids = {"ids": json.dumps(sorted(contacts))}
    return [dict(row) for row in db.execute(
        f"SELECT id, {TITLES[table]} AS title FROM {table} WHERE contact_id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids,
    )]  # fmt: skip


def notes_from(db: sqlite3.Connection, table: str, numbers: Iterable[int]) -> list[Row]:
    """Notes that were made from these items or answers (`table`), by number: id, title."""
    ids = {"ids": json.dumps(sorted(numbers))}
    where = {
        "item": "item_id IN (SELECT value FROM json_each(:ids))",
        "response": "id IN (SELECT note_id FROM response WHERE response.id IN (SELECT value FROM json_each(:ids)))",
    }[table]
    return [dict(row) for row in db.execute(f"SELECT id, title FROM note WHERE {where} ORDER BY id", ids)]


def written_by(db: sqlite3.Connection, names: Iterable[str]) -> int:
    """How many items say that somebody of one of these names wrote them."""
    given = {"names": json.dumps([name.casefold() for name in names])}
    sql = "SELECT count(*) FROM item WHERE folded(author) IN (SELECT value FROM json_each(:names))"
    return int(db.execute(sql, given).fetchone()[0])


def mentions(db: sqlite3.Connection, rows: Rows, needles: Iterable[str]) -> list[Row]:
    """Things that stay and in which these words stand, by kind and number: kind, number, title."""
    known = pattern(needles)
    if known is None:
        return []
    teach(db, known)
    found = []
    for kind, columns in MENTIONING.items():
        said = " OR ".join([*(f"holds({column})" for column in columns), *_BESIDE.get(kind, ())])
        found += [
            {"kind": kind, "number": row[0], "title": row[1] or ""}
            for row in db.execute(f"SELECT id, {TITLES[kind]} FROM {kind} WHERE {said} ORDER BY id")
            if row[0] not in rows.get(kind, ())
        ]
    return found


def kept_in(path: str, rows: Mapping[str, Iterable[tuple[int, str, str]]]) -> bool:
    """Whether a copy of the store holds one of these things: by kind (number, column, value), now or in its journal.

    Raises sqlite3.Error where the copy cannot be read.
    """
    db = sqlite3.connect(path, uri=True)
    try:
        there = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for kind, things in rows.items():
            for number, column, value in things if kind in there else ():
                given = {"id": number, "value": value, "kind": kind}
                if db.execute(f"SELECT 1 FROM {kind} WHERE id = :id AND {column} = :value", given).fetchone() or db.execute(
                    "SELECT 1 FROM change WHERE table_name = :kind AND row_id = :id "
                    f"AND json_extract(coalesce(after, before), '$.{column}') = :value LIMIT 1", given,
                ).fetchone():  # fmt: skip
                    return True
        return False
    finally:
        db.close()


MARKS = {
    "contact": "uid", "note": "uid", "circle": "created_at", "annotation": "created_at", "interaction": "created_at",
    "trial": "created_at", "item": "received_at", "response": "at", "promise": "interaction_id",
}  # fmt: skip
"""By kind, the column that tells in a copy of the store that a number means the same thing there."""


def marks(db: Past, kind: str, numbers: Iterable[int]) -> list[tuple[int, str, str]]:
    """(number, column, value) by which these things are known in a copy of the store."""
    column = MARKS[kind]
    return sorted({(image["id"], column, image[column]) for image in images(db, kind, numbers)})


class Words(NamedTuple):
    """Words that are looked for: `known` finds them, and is asked only where one of the folded `signs` stands."""

    known: re.Pattern[str]
    signs: tuple[str, ...]

    def search(self, text: str) -> bool:
        """Whether one of the words stands in the text."""
        folded = text.casefold()
        return any(sign in folded for sign in self.signs) and self.known.search(text) is not None


def pattern(needles: Iterable[str]) -> Words | None:
    """What finds these words, whole and whatever their case, in a text, in JSON, and, as they are, in bytes as hex; None
    where there are none. A single word of letters, such as a first name, is found only as it is written: Will is no will.
    """
    wanted = sorted({one for one in needles if one.strip()}, key=lambda one: (-len(one), one))
    ways, signs = [], []
    for needle in wanted:
        before, after = (r"(?<!\w)" if needle[0].isalnum() else ""), (r"(?!\w)" if needle[-1].isalnum() else "")
        if before and "@" in needle:  # mary.ann@example.org is no ann@example.org, nor is ann@example.org.uk
            before, after = r"(?<![\w.+-])", r"(?![\w-]|\.\w)"
        for spelled in dict.fromkeys((needle, json.dumps(needle, ensure_ascii=False)[1:-1])):
            way = f"(?-i:{re.escape(spelled)})" if spelled.isalpha() else re.escape(spelled)
            ways.append(f"{before}{way}{after}")
            signs.append(spelled.casefold())
        if len(needle) >= _LONG_AS_HEX:
            signs.append(needle.encode("utf-8", "surrogatepass").hex())
            ways.append(signs[-1])
    return Words(re.compile("|".join(ways), re.IGNORECASE), tuple(signs)) if ways else None


_LONG_AS_HEX = 6
"""A word of fewer letters is found in any bytes by chance."""


def teach(db: sqlite3.Connection, known: Words | None) -> None:
    """SQL on the connection can ask holds(text), and folded(text)."""

    def holds(text: object) -> bool:
        return known is not None and isinstance(text, str) and known.search(text)

    db.create_function("holds", 1, holds, deterministic=True)
    db.create_function("folded", 1, lambda text: text.casefold() if isinstance(text, str) else text, deterministic=True)


def forgotten_on(db: sqlite3.Connection, thing: str) -> str | None:
    """When the thing of that id was forgotten, as a stamp; None where it was not."""
    found = db.execute(
        "SELECT at FROM operation WHERE final <> '' AND summary GLOB 'forgot *' "
        "AND instr(replace(replace(summary, ';', ','), 'forgot ', ', ') || ',', ', ' || :id || ',') ORDER BY id DESC LIMIT 1",
        {"id": thing},
    ).fetchone()  # fmt: skip
    return None if found is None else str(found[0])


def unwiped(db: sqlite3.Connection) -> list[int]:
    """Commands whose forgotten bytes may still be in the store's file, by number."""
    found = db.execute("SELECT id FROM operation WHERE summary LIKE '%' || :end ORDER BY id", {"end": UNWIPED})
    return [row[0] for row in found]
