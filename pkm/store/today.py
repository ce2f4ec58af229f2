"""Where everything stands: counts and the few things to look at, for the dashboard. Reads only."""

import sqlite3

from pkm.ids import Row, make
from pkm.store import tally
from pkm.store.rows import things


def counts(db: sqlite3.Connection) -> Row:
    """How much there is of each: contacts, sources, inbox, notes, shares sent and drafts, what is leaving, answers."""
    one = db.execute(
        "SELECT (SELECT count(*) FROM contact) AS contacts, (SELECT count(*) FROM source) AS sources, "
        "(SELECT count(*) FROM share WHERE state = 'sent') AS shared, "
        "(SELECT count(*) FROM share WHERE state = 'draft') AS drafts, "
        "(SELECT count(*) FROM delivery WHERE state IN ('waiting', 'sending')) AS leaving, "
        "(SELECT count(*) FROM response WHERE state = 'inbox') AS answers"
    ).fetchone()
    return {**dict(one), "notes": tally.notes(db), "inbox": tally.waiting(db, "inbox")}


def is_empty(counts: Row) -> bool:
    """Whether nothing is in the home yet, by its `counts`."""
    return not (counts["contacts"] or counts["sources"] or counts["notes"])


def newest_note(db: sqlite3.Connection, *, private: bool) -> str | None:
    """The note that was changed last; private: among those that nobody else may read. None where there is none."""
    found = db.execute(
        "SELECT id FROM note WHERE dropped_at IS NULL AND (NOT :private OR reach = 'private') "
        "ORDER BY updated_at DESC, id DESC LIMIT 1", {"private": private},
    ).fetchone()  # fmt: skip
    return None if found is None else make("note", found[0])


def new_since(db: sqlite3.Connection, since: str, limit: int) -> tuple[int, list[Row]]:
    """Items in the inbox that came since then: how many, and the newest of them."""
    total = db.execute(
        "SELECT count(*) FROM item WHERE state = 'inbox' AND story_id IS NULL AND received_at >= :since", {"since": since}
    ).fetchone()[0]
    rows = db.execute(
        "SELECT item.id, item.title, source.title AS source_title FROM item LEFT JOIN source ON source.id = item.source_id "
        "WHERE item.state = 'inbox' AND item.story_id IS NULL AND received_at >= :since "
        "ORDER BY received_at DESC, item.id DESC LIMIT :limit",
        {"since": since, "limit": limit},
    )
    return total, things("item", rows)


def sources_failing(db: sqlite3.Connection) -> int:
    """How many of the sources that are not paused gave nothing the last time they were asked."""
    return int(db.execute("SELECT count(*) FROM source WHERE state <> 'paused' AND failures > 0").fetchone()[0])
