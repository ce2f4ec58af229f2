"""What is made from the tables: indexes of text, and the triggers that keep them, the journal, standings and tallies.

A new store and a migrated one get it from here, without the ORM. It knows the tables by schema.sql, which is made from
the model.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pkm.ids import LETTERS
from pkm.store.tally import BY_REACH, BY_SOURCE, BY_STATE, TAGGED

UNJOURNALED = {
    "operation", "change", "journal", "signal", "standing", "source_entries", "tally", "alembic_version", "sqlite_sequence",
}  # fmt: skip
"""Tables of history itself, and of what is worked out of the others."""

FULL_TEXT = {
    "annotation": ("exact", "comment"),
    "contact": ("name", "nick", "org", "about"),
    "handle": ("value",),
    "item": ("title", "author", "text"),
    "note": ("title", "text"),
}
"""What is searched: an FTS5 table `<table>_fts` over these columns, kept in step by triggers."""

PREFIXED = {"note": "2"}
"""How many letters of a beginning (or*) are looked up whole; two letters begin too many words to read each of them."""

FILE = Path(__file__).with_name("schema.sql")


def make_tables(db: sqlite3.Connection) -> None:
    """The tables are in the empty store, in the transaction that is open: executescript() would commit first."""
    for statement in FILE.read_text(encoding="utf-8").split(";\n\n"):
        db.execute(statement)


def derived() -> list[str]:
    """The statements that make all of it. Migrations drop and make it anew."""
    made = [statement for name in FULL_TEXT for statement in full_text(name)]
    made += tally_triggers()
    made += [cleanup(name) for name in sorted(LETTERS) if name != "rule"]  # no tag or link hangs on a rule
    made += standing_triggers()
    with contextlib.closing(sqlite3.connect(":memory:")) as db:  # a migrated store has the columns in an order of its own
        make_tables(db)
        for table in tables(db):
            made += journal_triggers(table, db.execute(f"SELECT name, type FROM pragma_table_info('{table}')").fetchall())
    return made


def tables(db: sqlite3.Connection) -> list[str]:
    """The tables that have a history: their rows are undone, exported and forgotten. By name."""
    names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '*_fts*' ORDER BY name")
    return [row[0] for row in names if row[0] not in UNJOURNALED]


def image(columns: list[tuple[str, str]], row: str) -> str:
    """SQL of a row's JSON image, of its columns and their types; `row` is NEW or OLD. Bytes are written as hex."""
    pairs = []
    for column, kind in columns:
        value = f'{row}."{column}"'
        if kind == "BLOB":
            value = f"CASE WHEN {value} IS NULL THEN NULL ELSE hex({value}) END"  # hex(NULL) is ''
        pairs.append(f"'{column}', {value}")
    return f"json_object({', '.join(pairs)})"


def journal_triggers(table: str, columns: list[tuple[str, str]]) -> Iterator[str]:
    """Triggers that write each change of the table's rows into `change` while an operation is open."""
    open_now = "(SELECT operation_id FROM journal)"
    new, old, none = image(columns, "NEW"), image(columns, "OLD"), "NULL"
    for event, row, before, after in (("INSERT", "NEW", none, new), ("UPDATE", "NEW", old, new), ("DELETE", "OLD", old, none)):
        yield (
            f"CREATE TRIGGER journal_{table}_{event.lower()} AFTER {event} ON {table}\n"
            f"WHEN {open_now} IS NOT NULL BEGIN\n"
            f"  INSERT INTO change (operation_id, table_name, row_id, before, after)\n"
            f"  VALUES ({open_now}, '{table}', {row}.id, {before}, {after});\nEND"
        )


def full_text(name: str) -> Iterator[str]:
    """An external-content FTS5 table over a table's text columns, with the triggers that keep it in step."""
    columns = FULL_TEXT[name]
    prefix = f", prefix='{PREFIXED[name]}'" if name in PREFIXED else ""
    listed = ", ".join(columns)
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    yield (
        f"CREATE VIRTUAL TABLE {name}_fts USING fts5({listed}, content='{name}', content_rowid='id', "
        f"tokenize='porter unicode61 remove_diacritics 2'{prefix})"
    )
    add = f"INSERT INTO {name}_fts(rowid, {listed}) VALUES (NEW.id, {new});"
    take = f"INSERT INTO {name}_fts({name}_fts, rowid, {listed}) VALUES ('delete', OLD.id, {old});"
    yield f"CREATE TRIGGER fts_{name}_insert AFTER INSERT ON {name} BEGIN {add} END"
    yield f"CREATE TRIGGER fts_{name}_delete AFTER DELETE ON {name} BEGIN {take} END"
    yield f"CREATE TRIGGER fts_{name}_update AFTER UPDATE OF {listed} ON {name} BEGIN {take} {add} END"


def cleanup(name: str) -> str:
    """A deleted thing takes the tags and links on it along; they refer by kind and number, which no key can guard."""
    return (
        f"CREATE TRIGGER cleanup_{name} AFTER DELETE ON {name} BEGIN\n"
        f"  DELETE FROM tagging WHERE kind = '{name}' AND entity_id = OLD.id;\n"
        f"  DELETE FROM link WHERE from_kind = '{name}' AND from_id = OLD.id;\n"
        f"  UPDATE link SET to_id = NULL WHERE to_kind = '{name}' AND to_id = OLD.id AND origin = 'text';\n"
        f"  DELETE FROM link WHERE to_kind = '{name}' AND to_id = OLD.id;\nEND"
    )


def standing_triggers() -> Iterator[str]:
    """What a contact's standing rests on, and whose is to be computed anew when it changes (store/standings.py)."""

    def anew(whose: str) -> str:
        return f"UPDATE standing SET counted = '' WHERE contact_id {whose};"

    members = "IN (SELECT contact_id FROM membership WHERE circle_id = {circle})"
    reached = members.format(circle="iif({row}.contact_id IS NULL, {row}.circle_id, NULL)")
    linked = "IN (SELECT to_id FROM link WHERE from_kind = 'note' AND from_id = NEW.id AND to_kind = 'contact')"
    spoken = "IN (SELECT contact_id FROM interaction_contact WHERE interaction_id = NEW.id)"
    yield (
        "CREATE TRIGGER standing_of_new_contact AFTER INSERT ON contact BEGIN\n"
        "  INSERT OR IGNORE INTO standing (contact_id, counted) VALUES (NEW.id, '');\nEND"
    )
    for name, columns, whose in (
        ("contact", "every_s, snoozed_until, created_at", "= NEW.id"),
        ("circle", "kind, every_s", members.format(circle="NEW.id")),
        ("interaction", "at", spoken),
        ("note", "created_at, dropped_at", linked),
    ):
        yield f"CREATE TRIGGER standing_of_{name} AFTER UPDATE OF {columns} ON {name} BEGIN\n  {anew(whose)}\nEND"
    for name, condition, then in (
        ("membership", "", anew("= {row}.contact_id")),
        ("interaction_contact", "", anew("= {row}.contact_id")),
        ("response", "", anew("= {row}.contact_id")),
        ("link", "{row}.from_kind = 'note' AND {row}.to_kind = 'contact'", anew("= {row}.to_id")),
        ("delivery", "{row}.state = 'sent'", anew("= {row}.contact_id") + " " + anew(reached)),
    ):
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            when = f"\nWHEN {condition.format(row=row)} " if condition else " "
            yield (
                f"CREATE TRIGGER standing_of_{name}_{event.lower()}_{row.lower()} AFTER {event} ON {name}{when}BEGIN\n"
                f"  {then.format(row=row)}\nEND"
            )


def tally_triggers() -> Iterator[str]:
    """What keeps the numbers of store/tally.py; one that comes to nothing goes."""

    def more(what: str, key: str, which: str) -> str:
        return (
            f"  INSERT INTO tally (what, key, number) SELECT {what}, {key}, 1 WHERE {which} "
            "ON CONFLICT (what, key) DO UPDATE SET number = number + 1;\n"
        )

    def fewer(what: str, key: str, which: str) -> str:
        there = f"WHERE what = {what} AND key = {key}"
        return f"  UPDATE tally SET number = number - 1 {there} AND {which};\n  DELETE FROM tally {there} AND number = 0;\n"

    by_state = (f"'{BY_STATE}' || {{0}}.state", "0", "{0}.story_id IS NULL")
    by_source = (f"'{BY_SOURCE}'", "coalesce({0}.source_id, 0)", "1")
    by_reach = (f"'{BY_REACH}' || {{0}}.reach", "0", "{0}.dropped_at IS NULL")
    tagged = (f"'{TAGGED}' || {{0}}.kind", "{0}.tag_id", "1")
    for name, event, gone, come in (
        ("item_insert", "INSERT ON item", (), (by_state, by_source)),
        ("item_delete", "DELETE ON item", (by_state, by_source), ()),
        ("item_state", "UPDATE OF state, story_id ON item", (by_state,), (by_state,)),
        ("item_source", "UPDATE OF source_id ON item", (by_source,), (by_source,)),
        ("note_insert", "INSERT ON note", (), (by_reach,)), ("note_delete", "DELETE ON note", (by_reach,), ()),
        ("note_reach", "UPDATE OF reach, dropped_at ON note", (by_reach,), (by_reach,)),
        ("tagging_insert", "INSERT ON tagging", (), (tagged,)), ("tagging_delete", "DELETE ON tagging", (tagged,), ()),
        ("tagging_tag", "UPDATE OF tag_id, kind ON tagging", (tagged,), (tagged,)),
    ):  # fmt: skip
        left = "".join(fewer(*(one.format("OLD") for one in part)) for part in gone)
        arrived = "".join(more(*(one.format("NEW") for one in part)) for part in come)
        yield f"CREATE TRIGGER tally_{name} AFTER {event} BEGIN\n{arrived}{left}END"
