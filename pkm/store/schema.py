"""The tables as SQL, made from the model: `schema.sql` beside this file is what `render()` gives.

A new store is made from it without importing the ORM, and a test holds the two equal. After a change of the model:
`python -m pkm.store.schema`, then add a migration. What is made from the tables is derived.py's.
"""

from collections.abc import Iterator

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from pkm.store import model as model  # its tables are in the metadata
from pkm.store.derived import FILE
from pkm.store.version import APPLICATION_ID, HEAD, SCHEMA_VERSION


def statements() -> Iterator[str]:
    """Every statement that makes the tables of a new store, by name."""
    dialect = sqlite.dialect()
    for table in sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name):
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()
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
