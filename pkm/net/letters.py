"""What reading letters is, wherever they lie: where that is, which are wanted, and how far it came."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

MAX_LETTER = 10_000_000
"""Bytes of one letter that are read."""

MAX_HEADER = 100_000

Wanted = Callable[[bytes], bool]
"""Whether a letter with these headers is to be read."""


class Place(NamedTuple):
    """A mailbox's address, taken apart. path: on this machine, or the folder's name on the server."""

    scheme: str
    path: str
    host: str = ""
    port: int | None = None
    user: str = ""
    all_mail: bool = False
    subfolders: bool = False


class Reading(ABC):
    """The letters of a mailbox that the cursor does not know: iterate, then ask for the cursor of the next time.

    left_out: how many were not wanted.
    """

    def __init__(self, cursor: str | None, wanted: Wanted) -> None:
        self.left_out = 0
        self.cursor = cursor
        self._wanted = wanted

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """Letters as they came, the newest first."""

    def _known(self) -> dict[str, Any]:
        """What the last cursor says; nothing where it is of another kind."""
        try:
            known = json.loads(self.cursor or "{}")
        except ValueError:
            return {}
        return known if isinstance(known, dict) else {}

    def _is_wanted(self, head: bytes) -> bool:
        wanted = self._wanted(head)
        self.left_out += not wanted
        return wanted
