"""The schema as SQL, made from the model: tables, full-text indexes, and the triggers that keep them and the journal.

`schema.sql` beside this file is what `render()` gives; a new store is made from it without importing the ORM, and a
test holds the two equal. After a change of the model: `python -m pkm.store.schema`, then add a migration.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import LargeBinary, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from pkm.ids import LETTERS
from pkm.store.model import ENTITIES, FULL_TEXT, PREFIXED, UNJOURNALED
from pkm.store.tally import BY_SOURCE, BY_STATE, TAGGED
from pkm.store.version import APPLICATION_ID, HEAD, SCHEMA_VERSION

FILE = Path(__file__).with_name("schema.sql")


def tables() -> list[Table]:
    """The model's tables, each after those it refers to where that is possible, in a stable order."""
    return sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name)


def image(table: Table, row: str) -> str:
    """SQL of a row's JSON image; `row` is NEW, OLD or a table's name. Bytes are written as hex."""
    pairs = []
    for column in table.columns:
        value = f'{row}."{column.name}"'
        if isinstance(column.type, LargeBinary):
            value = f"CASE WHEN {value} IS NULL THEN NULL ELSE hex({value}) END"  # hex(NULL) is ''
        pairs.append(f"'{column.name}', {value}")
    return f"json_object({', '.join(pairs)})"


def journal_triggers(table: Table) -> Iterator[str]:
    """Triggers that write each change of the table's rows into `change` while an operation is open."""
    open_now = "(SELECT operation_id FROM journal)"
    for event, row, before, after in (
        ("INSERT", "NEW", "NULL", image(table, "NEW")),
        ("UPDATE", "NEW", image(table, "OLD"), image(table, "NEW")),
        ("DELETE", "OLD", image(table, "OLD"), "NULL"),
    ):
        yield (
            f"CREATE TRIGGER journal_{table.name}_{event.lower()} AFTER {event} ON {table.name}\n"
            f"WHEN {open_now} IS NOT NULL BEGIN\n"
            f"  INSERT INTO change (operation_id, table_name, row_id, before, after)\n"
            f"  VALUES ({open_now}, '{table.name}', {row}.id, {before}, {after});\nEND"
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
    tagged = (f"'{TAGGED}' || {{0}}.kind", "{0}.tag_id", "1")
    for name, event, gone, come in (
        ("item_insert", "INSERT ON item", (), (by_state, by_source)),
        ("item_delete", "DELETE ON item", (by_state, by_source), ()),
        ("item_state", "UPDATE OF state, story_id ON item", (by_state,), (by_state,)),
        ("item_source", "UPDATE OF source_id ON item", (by_source,), (by_source,)),
        ("tagging_insert", "INSERT ON tagging", (), (tagged,)), ("tagging_delete", "DELETE ON tagging", (tagged,), ()),
        ("tagging_tag", "UPDATE OF tag_id, kind ON tagging", (tagged,), (tagged,)),
    ):  # fmt: skip
        left = "".join(fewer(*(one.format("OLD") for one in part)) for part in gone)
        arrived = "".join(more(*(one.format("NEW") for one in part)) for part in come)
        yield f"CREATE TRIGGER tally_{name} AFTER {event} BEGIN\n{arrived}{left}END"


def derived() -> Iterator[str]:
    """Everything that is made from the tables: indexes of text and triggers. Migrations drop and make it anew."""
    for name in sorted(FULL_TEXT):
        yield from full_text(name)
    yield from tally_triggers()
    for name in sorted(set(ENTITIES) & set(LETTERS)):
        yield cleanup(name)
    yield from standing_triggers()
    for table in tables():
        if table.name not in UNJOURNALED:
            yield from journal_triggers(table)


def statements() -> Iterator[str]:
    """Every statement that makes a new store, in order."""
    dialect = sqlite.dialect()
    for table in tables():
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()
    yield from derived()
    yield "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
    yield f"INSERT INTO alembic_version VALUES ('{HEAD}')"
    yield "INSERT INTO journal (id, operation_id) VALUES (1, NULL)"
    yield f"PRAGMA application_id = {APPLICATION_ID}"
    yield f"PRAGMA user_version = {SCHEMA_VERSION}"


def render() -> str:
    """schema.sql, whole."""
    head = "-- Made by `python -m pkm.store.schema` from store/model/. Do not edit.\n"
    return head + ";\n\n".join(statements()) + ";\n"


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
