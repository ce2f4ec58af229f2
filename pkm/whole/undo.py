"""Undo of a command, whole: the rows from the journal, and what was published from them on this machine."""

from pkm.config import Home
from pkm.store import journal
from pkm.store.session import Store


def undo_command(store: Store, home: Home, number: int | None = None) -> journal.Undone:
    """The command's rows are as before it; a digest that it published on this machine is taken down again.

    What comes down comes down before the store says so, and what goes up again goes up after it: wherever this is cut
    short, nothing is public that the store does not know of. Raises what journal.undo raises, and Refused where a
    digest would come back that its notes' reach no longer allows; nothing is changed then.
    """
    with store.unit() as unit:
        undone = journal.undo(store, number)
        sent = [row for row in undone.rows if row.table == "delivery"]
        up = any(row.before.get("state") == "sent" for row in sent)
        if sent:
            from pkm.share import mirror, outbox

            outbox.check_return(unit.connection, home, undone.rows)
            if not up:
                mirror.republish(unit.connection, home, undone.rows)
    if sent and up:
        mirror.republish(store.read(), home, undone.rows)
    return undone
