"""What was done: each command that wrote, and the rows it changed."""

from sqlalchemy import Column, Index, Integer, String, Text
from sqlmodel import Field

from pkm.store.model.base import Numbered, Table


class Operation(Numbered, table=True):
    """One command that wrote: the line of `pkm log`, and what `pkm undo` takes back."""

    at: str
    command: str
    summary: str = ""  # what came of it, in words
    final: str = ""  # why it cannot be undone; empty: it can
    undone_by: int | None = None
    undoes: int | None = None


class Change(Numbered, table=True):
    """One row before and after an operation, as JSON; None: there was no such row."""

    __table_args__ = (Index("change_operation", "operation_id", "id"), {"sqlite_autoincrement": True})
    operation_id: int
    table_name: str
    row_id: int
    before: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    after: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class Journal(Numbered, table=True):
    """One row: the operation that is being written now, None while the journal is off."""

    operation_id: int | None = None


class Tally(Table, table=True):
    """How many rows there are of what comes by the million, so that no list counts them. Triggers keep it (store/tally.py).

    No history, no export.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    what: str = Field(sa_column=Column(String, primary_key=True))  # "item inbox", "of source", "note team", "tagged note"
    key: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))  # the source, the tag; 0: all
    number: int
