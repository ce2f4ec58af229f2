"""What was done: each command that wrote, and the rows it changed."""

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from pkm.store.model.base import Table, id_column


class Operation(Table, table=True):
    """One command that wrote: the line of `pkm log`, and what `pkm undo` takes back."""

    id: int | None = Field(default=None, sa_column=id_column())
    at: str
    command: str
    summary: str = ""  # what came of it, in words
    final: str = ""  # why it cannot be undone; empty: it can
    undone_by: int | None = None
    undoes: int | None = None


class Change(Table, table=True):
    """One row before and after an operation, as JSON; None: there was no such row."""

    __table_args__ = (Index("change_operation", "operation_id", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=id_column())
    operation_id: int
    table_name: str
    row_id: int
    before: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    after: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class Journal(Table, table=True):
    """One row: the operation that is being written now, None while the journal is off."""

    id: int | None = Field(default=None, sa_column=id_column())
    operation_id: int | None = None
