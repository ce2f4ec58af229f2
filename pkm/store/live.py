"""A row of the store that can be changed without the ORM, whose import takes longer than what most commands do."""

import sqlite3
from typing import Any


class Live:
    """A row as it stands in the transaction, a column an attribute. What is set on it is written when its unit flushes.

    waiting: the unit's rows that are to be written.
    """

    __slots__ = ("_changed", "_table", "_values", "_waiting")

    def __init__(self, table: str, values: dict[str, Any], waiting: "list[Live]") -> None:
        for name, value in zip(self.__slots__, ({}, table, values, waiting), strict=True):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"{self._table} has no column {name}") from None

    def __setattr__(self, name: str, value: object) -> None:
        if getattr(self, name) == value:
            return
        if not self._changed:
            self._waiting.append(self)
        self._values[name] = self._changed[name] = value

    def write(self, connection: sqlite3.Connection) -> None:
        """What was set is in the transaction."""
        changes = ", ".join(f'"{name}" = :{name}' for name in self._changed)
        connection.execute(
            f'UPDATE "{self._table}" SET {changes} WHERE id = :id', {**self._changed, "id": self._values["id"]}
        )
        self._changed.clear()
