"""What a new source brings of its past, and what becomes of an item that its source changed. Pure."""

from collections.abc import Sequence

from pkm.store.intake import Brought

NEWEST = 5
"""How many items of a new source come into the inbox; the others wait in the backlog."""


def set_back(new: Sequence[Brought], *, first: bool, whole: bool) -> tuple[Brought, ...]:
    """The items as they come in: of a first pull all but the newest NEWEST are backlog, unless the whole is wanted.

    new: oldest first. first: no pull of their source has succeeded before. whole: all are to come into the inbox.
    """
    if not first or whole or len(new) <= NEWEST:
        return tuple(new)
    return (*(one._replace(state="backlog") for one in new[:-NEWEST]), *new[-NEWEST:])
