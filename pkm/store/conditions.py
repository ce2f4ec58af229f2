"""The fields of a search as SQL conditions: for each kind of thing, what `tag:`, `from:`, `is:` and the others ask of it.

A condition is SQL over the kind's own table; "0" and "1" say never and always. Whatever was typed goes in by a
parameter. A condition that begins with `<kind>.id IN (` names its things outright, and can lead a query.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from pkm import ids
from pkm.dates import now, stamp
from pkm.store.rows import literal
from pkm.text import fold

if TYPE_CHECKING:
    from pkm.query_tree import Field, When

TAGGED = ("source", "item", "note", "contact", "circle")
AT = {
    "note": "note.updated_at",
    # a source may claim any day; nothing was published after it came in
    "item": "min(coalesce(item.published_at, item.received_at), item.received_at)",
    "annotation": "annotation.updated_at",
    "contact": "contact.updated_at",
    "share": "coalesce(share.sent_at, share.created_at)",
    "source": "coalesce(source.changed_at, source.created_at)",
    "circle": "circle.created_at",
    "tag": "tag.created_at",
    "response": "response.at",
    "trial": "trial.at",
}
"""The day of a thing, for before:, after:, on: and the newest first."""

_ITEMS_OF = "SELECT id FROM item WHERE source_id IN ({})"
_ASSIGNED_TO = "SELECT id FROM item WHERE rule_id IN (SELECT id FROM rule WHERE person_id IN ({}))"
"""What rules say a person wrote."""
_NOTES_OF = "SELECT id FROM note WHERE item_id IN ({})"


class Scope:
    """One kind that is searched, with the parameters of its query. `unknown` are names that nothing answers to.

    least: nothing with a lower number is asked for.
    """

    def __init__(self, db: sqlite3.Connection, kind: str) -> None:
        self.db = db
        self.kind = kind
        self.given: dict[str, object] = {}
        self.least = 0
        self.unknown: list[tuple[str, str]] = []

    def bind(self, value: object) -> str:
        """The name of a parameter that holds the value."""
        name = f"p{len(self.given)}"
        self.given[name] = value
        return f":{name}"

    def bind_ids(self, numbers: Iterable[int]) -> str:
        """A subquery that gives the numbers, for IN."""
        return f"SELECT value FROM json_each({self.bind(json.dumps(sorted(set(numbers))))})"

    def match(self, table: str, expression: str) -> str:
        """A subquery that gives the rows of a full-text index that match, for IN."""
        return f"SELECT rowid FROM {table} WHERE {table} MATCH {self.bind(expression)}"

    def first(self, sql: str, **given: object) -> list[int]:
        """The first column of a query, as numbers."""
        return [int(row[0]) for row in self.db.execute(sql, given)]


def of_field(scope: Scope, field: "Field") -> str:
    """The condition of a field for the scope's kind. A saved search was put into words before (searches.expanded)."""
    if field.name in ("kind", "reach", "stage"):
        return _plain(scope, field)
    if field.name in _SETS:
        return any_of([_named(scope, _SETS[field.name](scope, value)) for value in field.values])
    return any_of([_VALUES[field.name](scope, value) for value in field.values])


def of_date(scope: Scope, when: "When") -> str:
    """The condition of a date for the scope's kind."""
    at = AT[scope.kind]
    parts = [f"{at} >= {scope.bind(when.since)}"] if when.since else []
    parts += [f"{at} < {scope.bind(when.until)}"] if when.until else []
    return all_of(parts)


def all_of(parts: Sequence[str]) -> str:
    """The conditions joined by AND; what never or always holds is worked out."""
    kept = [part for part in parts if part != "1"]
    if "0" in kept or not kept:
        return "0" if kept else "1"
    return kept[0] if len(kept) == 1 else f"({' AND '.join(kept)})"


def any_of(parts: Sequence[str]) -> str:
    """The conditions joined by OR; what never or always holds is worked out."""
    kept = [part for part in parts if part != "0"]
    if "1" in kept or not kept:
        return "1" if kept else "0"
    return kept[0] if len(kept) == 1 else f"({' OR '.join(kept)})"


def none_of(part: str) -> str:
    """The condition does not hold; where a column is empty, it does not hold either."""
    return {"0": "1", "1": "0"}.get(part, f"NOT coalesce({part}, 0)")


def _plain(scope: Scope, field: "Field") -> str:
    if field.name == "kind":
        return "1" if scope.kind in field.values else "0"
    if scope.kind != "note":
        return "0"
    return f"note.{field.name} IN ({', '.join(scope.bind(value) for value in field.values)})"


# Fields that name things: kind to a subquery of ids

_Sets = dict[str, str]


def _named(scope: Scope, sets: _Sets) -> str:
    """The condition for the scope's kind: its own set, or that of the items and notes it hangs on."""
    kind = scope.kind
    if kind in sets:
        return f"{kind}.id IN ({sets[kind]})"
    note, item = sets.get("note"), sets.get("item")
    if kind == "annotation":
        return any_of([f"annotation.{name}_id IN ({ids})" for name, ids in (("item", item), ("note", note)) if ids])
    if note and kind == "share":
        return f"share.id IN (SELECT share_id FROM share_note WHERE note_id IN ({note}))"
    if note and kind == "trial":
        return f"trial.note_id IN ({note})"
    return "0"


def _tagged(scope: Scope, name: str) -> _Sets:
    numbers = tag_numbers(scope.db, name)
    if not numbers:
        scope.unknown.append(("tag", name))
    tags = scope.bind_ids(numbers)
    sets = {kind: f"SELECT entity_id FROM tagging WHERE kind = '{kind}' AND tag_id IN ({tags})" for kind in TAGGED}
    if scope.least:
        sets[scope.kind] += f" AND entity_id >= {scope.bind(scope.least)}"
    return {**sets, "tag": tags}


def tag_numbers(db: sqlite3.Connection, name: str) -> list[int]:
    """Tags of that name, what is under it, and the aliases of all of these."""
    from pkm.store import tags

    top = fold(tags.resolve(db, name))
    every = db.execute("SELECT id, name, alias_of FROM tag").fetchall()
    found = {row["id"] for row in every if (folded := fold(row["name"])) == top or folded.startswith(top + "/")}
    return sorted(found | {row["id"] for row in every if row["alias_of"] in found})


def tagged_sources(db: sqlite3.Connection, names: Iterable[str]) -> list[int]:
    """Sources that have one of the tags, or one below it, by id."""
    numbers = sorted({number for name in names for number in tag_numbers(db, name)})
    found = db.execute(
        "SELECT DISTINCT entity_id FROM tagging WHERE kind = 'source' AND tag_id IN (SELECT value FROM json_each(:tags)) "
        "ORDER BY entity_id", {"tags": json.dumps(numbers)},
    )  # fmt: skip
    return [row[0] for row in found]


def _from(scope: Scope, name: str) -> _Sets:
    if name.startswith("@"):
        return _by(scope, name[1:])
    parsed = ids.parse(name)
    if name.startswith("#") and len(name) > 1:
        numbers = tagged_sources(scope.db, [name[1:]])
    elif parsed and parsed[0] == "source":
        numbers = [parsed[1]]
    else:
        like = f"%{literal(name)}%"
        numbers = scope.first("SELECT id FROM source WHERE title LIKE :like ESCAPE '!' OR url LIKE :like ESCAPE '!' "
                              "OR site_url LIKE :like ESCAPE '!'", like=like)  # fmt: skip
    if not numbers:
        scope.unknown.append(("source", name))
    sources = scope.bind_ids(numbers)
    items = _ITEMS_OF.format(sources)
    people = f"SELECT contact_id FROM source WHERE id IN ({sources}) AND contact_id IS NOT NULL"
    return {"source": sources, "item": items, "note": _NOTES_OF.format(items), "contact": people}


def _people(scope: Scope, name: str) -> list[int]:
    """Whom the name means: an id, a nick, a name, an alias; else all who have it in their name."""
    from pkm.store.contacts import find_mentioned
    from pkm.store.mergers import follow

    parsed = ids.parse(name)
    if parsed and parsed[0] == "contact":
        return [follow(scope.db, *parsed) or parsed[1]]
    found = find_mentioned(scope.db, name)
    quoted = _quoted(name)
    if not found and quoted:
        found = scope.first(
            "SELECT rowid FROM contact_fts WHERE contact_fts MATCH :words", words=f"{{name nick}} : {quoted}"
        )
    return found


def _quoted(name: str) -> str:
    """The name as one phrase of FTS5; empty where it holds no letter or digit."""
    words = "".join(letter if letter.isalnum() else " " for letter in name).split()
    return f'"{" ".join(words)}"' if words else ""


def _by(scope: Scope, name: str) -> _Sets:
    people = scope.bind_ids(_people(scope, name))
    items = _ITEMS_OF.format(f"SELECT id FROM source WHERE contact_id IN ({people})")
    items += f" UNION {_ASSIGNED_TO.format(people)}"
    if quoted := _quoted(name):
        items += " UNION " + scope.match("item_fts", f"author : {quoted}")
    return {
        "contact": people, "item": items, "note": _NOTES_OF.format(items),
        "source": f"SELECT id FROM source WHERE contact_id IN ({people})",
        "response": f"SELECT id FROM response WHERE contact_id IN ({people})",
    }  # fmt: skip


def _naming(scope: Scope, name: str) -> _Sets:
    """What mentions a person, what they wrote, what went to them and what they answered."""
    numbers = _people(scope, name)
    if not numbers:
        scope.unknown.append(("contact", name))
    people = scope.bind_ids(numbers)
    sources = f"SELECT id FROM source WHERE contact_id IN ({people})"
    items = f"{_ITEMS_OF.format(sources)} UNION {_ASSIGNED_TO.format(people)}"
    link = "SELECT from_id FROM link WHERE from_kind = 'note' AND to_kind = 'contact' AND"
    mentions = f"{link} to_id IN ({people}) UNION {link} to_id IS NULL AND written = {scope.bind(name)} COLLATE NOCASE"
    answers = f"SELECT {{}} FROM response WHERE contact_id IN ({people})"
    return {
        "contact": people, "source": sources, "item": items, "note": f"{mentions} UNION {_NOTES_OF.format(items)}",
        "circle": f"SELECT circle_id FROM membership WHERE left_at IS NULL AND contact_id IN ({people})",
        "share": f"SELECT share_id FROM delivery WHERE contact_id IN ({people}) UNION {answers.format('share_id')}",
        "response": answers.format("id"),
    }  # fmt: skip


def _in_circle(scope: Scope, name: str) -> _Sets:
    parsed = ids.parse(name)
    rows = scope.db.execute("SELECT id, name FROM circle").fetchall()
    numbers = [row["id"] for row in rows if fold(row["name"]) == fold(name) or parsed == ("circle", row["id"])]
    if not numbers:
        scope.unknown.append(("circle", name))
    circles = scope.bind_ids(numbers)
    sources = f"SELECT source_id FROM circle_source WHERE circle_id IN ({circles})"
    shares = f"SELECT share_id FROM stage WHERE circle_id IN ({circles})"
    return {
        "circle": circles, "source": sources, "item": _ITEMS_OF.format(sources), "share": shares,
        "contact": f"SELECT contact_id FROM membership WHERE left_at IS NULL AND circle_id IN ({circles})",
        "note": f"SELECT note_id FROM share_note WHERE share_id IN ({shares})",
        "response": f"SELECT id FROM response WHERE share_id IN ({shares})",
    }  # fmt: skip


_SETS: dict[str, Callable[[Scope, str], _Sets]] = {
    "tag": _tagged, "from": _from, "by": _by, "person": _naming, "circle": _in_circle,
}  # fmt: skip


# Fields with a list of values

SENT = (
    "SELECT note_id FROM share_note JOIN share ON share.id = share_note.share_id WHERE share.state = 'sent' "
    "OR EXISTS (SELECT 1 FROM delivery WHERE delivery.share_id = share.id AND delivery.state = 'sent')"
)
"""The notes that somebody got: also by a plan of which another circle is still to get it."""
IS_THERE = "NOT ({end}_kind = 'note' AND {end}_id IN (SELECT id FROM note WHERE dropped_at IS NOT NULL))"
"""SQL of a link, by its end (from, to): what is there was not put away. Where to_id is NULL it is not known: see it first."""
FROM_THERE, TO_THERE = IS_THERE.format(end="from"), f"(to_id IS NULL OR {IS_THERE.format(end='to')})"
_LINKED = {
    kind: f"(EXISTS (SELECT 1 FROM link WHERE from_kind = '{kind}' AND from_id = {kind}.id AND {TO_THERE}) "
    f"OR EXISTS (SELECT 1 FROM link WHERE to_kind = '{kind}' AND to_id = {kind}.id AND {FROM_THERE}))"
    for kind in ("note", "contact")
} | {
    "item": "item.id IN (SELECT from_id FROM link WHERE from_kind = 'item' AND "  # few of many: each is not asked for its links
    f"{TO_THERE} UNION ALL SELECT to_id FROM link WHERE to_kind = 'item' AND to_id IS NOT NULL AND {FROM_THERE})"
}
IS: dict[str, dict[str, str]] = {
    "inbox": {"item": "item.state = 'inbox'", "response": "response.state = 'inbox'"},
    "kept": {"item": "item.state = 'kept'", "response": "response.state = 'kept'"},
    "dropped": {
        "item": "item.state = 'dropped'", "note": "note.dropped_at IS NOT NULL", "response": "response.state = 'dropped'",
    },
    "backlog": {"item": "item.state = 'backlog'"},
    "muted": {"item": "item.state = 'muted'"},
    "question": {
        "note": "(substr(note.title, -1) = '?' AND NOT EXISTS (SELECT 1 FROM link WHERE to_kind = 'note' AND to_id = note.id "
        "AND type = 'answers') "  # a page that asks is somebody else's question
        "AND NOT EXISTS (SELECT 1 FROM item WHERE item.id = note.item_id AND item.title = note.title))",
    },
    "orphan": {"note": f"NOT {_LINKED['note']}", "annotation": "annotation.state = 'orphan'"},
    "shared": {"note": f"note.id IN ({SENT})", "share": "share.state = 'sent'"},
    "unshared": {"note": f"note.id NOT IN ({SENT})"},
    "private": {"note": "note.reach = 'private'"},
    **{state: {"share": f"share.state = '{state}'"} for state in ("draft", "planned", "sent", "retracted")},
    **{state: {"source": f"source.state = '{state}'"} for state in ("active", "paused", "gone")},
}  # fmt: skip
_ANNOTATED = "SELECT {kind}_id FROM annotation WHERE {kind}_id IS NOT NULL AND {column} <> ''"
HAS: dict[str, dict[str, str]] = {
    "note": {
        "item": "item.id IN (SELECT item_id FROM note WHERE item_id IS NOT NULL AND dropped_at IS NULL)",
        "annotation": "annotation.note_id IS NOT NULL", "response": "response.note_id IS NOT NULL",
        "share": "share.id IN (SELECT share_id FROM share_note)",
        "contact": "contact.id IN (SELECT to_id FROM link WHERE to_kind = 'contact' AND to_id IS NOT NULL)",
    },
    "quote": {
        "item": f"item.id IN ({_ANNOTATED.format(kind='item', column='exact')})",
        "note": f"note.id IN ({_ANNOTATED.format(kind='note', column='exact')})",
        "annotation": "annotation.exact <> ''",
    },
    "comment": {
        "item": f"item.id IN ({_ANNOTATED.format(kind='item', column='comment')})",
        "note": f"note.id IN ({_ANNOTATED.format(kind='note', column='comment')})",
        "annotation": "annotation.comment <> ''",
    },
    "link": _LINKED,
    "tag": {kind: f"{kind}.id IN (SELECT entity_id FROM tagging WHERE kind = '{kind}')" for kind in TAGGED},
    "item": {
        "note": "note.item_id IS NOT NULL", "annotation": "annotation.item_id IS NOT NULL",
        "source": "EXISTS (SELECT 1 FROM item WHERE source_id = source.id)",
    },
    "contact": {
        "note": "note.id IN (SELECT from_id FROM link WHERE from_kind = 'note' AND to_kind = 'contact')",
        "item": "(item.source_id IN (SELECT id FROM source WHERE contact_id IS NOT NULL) "
        "OR item.rule_id IN (SELECT id FROM rule WHERE person_id IS NOT NULL))",
        "source": "source.contact_id IS NOT NULL", "response": "response.contact_id IS NOT NULL",
        "circle": "circle.id IN (SELECT circle_id FROM membership WHERE left_at IS NULL)",
    },
    "trial": {"note": "note.id IN (SELECT note_id FROM trial)"},
}  # fmt: skip
"""For each value, what it asks of a kind; other kinds never have it."""


def _is(scope: Scope, value: str) -> str:
    return _due(scope) if value == "due" else IS[value].get(scope.kind, "0")


def _due(scope: Scope) -> str:
    """A source whose next fetch is due, or a contact whom one should be in touch with again."""
    at = stamp(now())
    if scope.kind == "source":
        return f"(source.state = 'active' AND (source.next_at IS NULL OR source.next_at <= {scope.bind(at)}))"
    if scope.kind == "contact":
        from pkm.store import standings

        return f"contact.id IN ({scope.bind_ids(standings.due(scope.db, at, -1))})"
    return "0"


def _has(scope: Scope, value: str) -> str:
    return HAS[value].get(scope.kind, "0")


def _links(scope: Scope, span: str) -> str:
    """How many links a note, item or contact has, both ways: "0..0", "3..", "2..5"."""
    kind = scope.kind
    if kind not in _LINKED:
        return "0"
    least, _, most = span.partition("..")
    if most == "0":
        return f"NOT {_LINKED[kind]}"
    count = " + ".join(
        f"(SELECT count(*) FROM link WHERE {end}_kind = '{kind}' AND {end}_id = {kind}.id AND {other})"
        for end, other in (("from", TO_THERE), ("to", FROM_THERE))
    )
    upper = f" AND {count} <= {scope.bind(int(most))}" if most else ""
    some = f"{_LINKED[kind]} AND " if least not in ("", "0") else ""
    return f"({some}{count} >= {scope.bind(int(least or 0))}{upper})"


_VALUES: dict[str, Callable[[Scope, str], str]] = {"is": _is, "has": _has, "links": _links}
