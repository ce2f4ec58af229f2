"""What the tables of the model are made of: the kinds of columns, the class they share."""

from typing import Any, ClassVar

from pydantic import ConfigDict
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Text
from sqlmodel import Field, SQLModel


def ref_column(target: str, *, required: bool = False, gone: str = "SET NULL") -> Column[int]:
    """A foreign key; `gone` is what happens to the row when its target is deleted."""
    return Column(Integer, ForeignKey(target, ondelete=gone), nullable=not required, index=True)


def text_column(default: str = "") -> Column[str]:
    """Text that is never NULL; bulk intake may leave it out."""
    return Column(Text, nullable=False, server_default=default)


def number_column() -> Column[int]:
    """A whole number that is never NULL, 0 at first; bulk intake may leave it out."""
    return Column(Integer, nullable=False, server_default="0")


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Nothing but these values in the column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Table(SQLModel):
    """What all tables share. AUTOINCREMENT, so that an id is never given twice."""

    # Rows of a table are not validated (the schema's constraints are), so no validator need be built: it would cost
    # every command that writes some 40 ms.
    model_config: ClassVar[Any] = ConfigDict(defer_build=True)
    __table_args__: ClassVar[Any] = ({"sqlite_autoincrement": True},)


class Numbered(Table):
    """A table whose rows are known by a number."""

    id: int | None = Field(default=None, primary_key=True)
