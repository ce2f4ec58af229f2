"""What was merged into what: the id of a thing that is gone means the one that it went into, from then on."""

import sqlite3


def follow(db: sqlite3.Connection, kind: str, number: int) -> int | None:
    """The number that a gone one means today, through every merger since; None where it was never merged."""
    found = db.execute(
        "WITH RECURSIVE went (number, step) AS ("
        "SELECT into_id, 1 FROM merger WHERE kind = :kind AND gone_id = :id UNION ALL "
        "SELECT merger.into_id, step + 1 FROM went JOIN merger ON merger.kind = :kind AND merger.gone_id = went.number "
        "WHERE step < 100) SELECT number FROM went ORDER BY step DESC LIMIT 1",
        {"kind": kind, "id": number},
    ).fetchone()
    return None if found is None else int(found[0])
