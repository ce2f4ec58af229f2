"""Undo of a command, whole: the rows from the journal, and what was published from them on this machine."""

from pkm.config import Home
from pkm.store import journal
from pkm.store.session import Store


def undo_command(store: Store, home: Home, number: int | None = None) -> journal.Undone:
    """The command's rows are as before it; a digest that it published on this machine is taken down again.

    Raises what journal.undo raises; nothing is changed then.
    """
    undone = journal.undo(store, number)
    if any(row.table == "delivery" for row in undone.rows):
        from pkm.share.outbox import republish

        republish(store, home, undone.rows)
    return undone
