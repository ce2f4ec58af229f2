"""Questions about plans: what happened to a share that its gates ask for, what a circle got lately. Reads only."""

import json
import sqlite3
from collections.abc import Iterable

from pkm.ids import Row
from pkm.store.rows import things
from pkm.store.stats import WENT


def planned(db: sqlite3.Connection) -> list[int]:
    """The numbers of shares that are planned and have not gone everywhere, by number."""
    return [row[0] for row in db.execute("SELECT id FROM share WHERE state = 'planned' ORDER BY id")]


def behind(db: sqlite3.Connection, mirrors: Iterable[str]) -> list[tuple[int, int]]:
    """(share, stage) of each stage that has passed and of which something waits, as where what was refused is tried again; by
    number. mirrors: kinds of channels that are left out.
    """
    found = db.execute(
        "SELECT DISTINCT delivery.share_id, stage_id FROM delivery JOIN stage ON stage.id = stage_id "
        "JOIN share ON share.id = delivery.share_id JOIN channel ON channel.id = channel_id WHERE delivery.state = 'waiting' "
        "AND passed_at IS NOT NULL AND share.state IN ('planned', 'sent') "
        "AND channel.kind NOT IN (SELECT value FROM json_each(:mirrors)) ORDER BY 1, 2", {"mirrors": json.dumps(list(mirrors))},
    )
    return [(row[0], row[1]) for row in found]


def answers(db: sqlite3.Connection, share: int) -> list[str]:
    """When each answer of a contact to a share came, in order; not those that were put away, and no stranger's: anybody may
    write, and what they open may not be closed again. What came by a channel counts once a contact; who sends mail in
    another's name, or a lively thread, opens nothing. What the person typed counts each time.
    """
    found = db.execute(
        "SELECT at FROM response WHERE share_id = :id AND contact_id IS NOT NULL AND state <> 'dropped' "
        "AND (remote_id IS NULL OR id = (SELECT min(id) FROM response AS first WHERE first.share_id = response.share_id "
        "AND first.contact_id = response.contact_id AND first.state <> 'dropped')) ORDER BY at, id",
        {"id": share},
    )
    return [row[0] for row in found]


def contradicting(db: sqlite3.Connection, share: int) -> list[str]:
    """Who, by name, answered a share with what speaks against it: a trial that failed, or a note that contradicts one of
    its notes; each once, by the answer's number.
    """
    found = db.execute(
        "SELECT response.id, coalesce(contact.name, 'somebody') AS name FROM response "
        "LEFT JOIN contact ON contact.id = response.contact_id WHERE response.share_id = :id AND response.state <> 'dropped' "
        "AND (EXISTS (SELECT 1 FROM trial WHERE trial.response_id = response.id AND trial.outcome = 'failed') "
        "OR EXISTS (SELECT 1 FROM link JOIN share_note ON share_note.note_id = link.to_id AND share_note.share_id = :id "
        "WHERE link.from_kind = 'note' AND link.from_id = response.note_id AND link.to_kind = 'note' "
        "AND link.type = 'contradicts' AND link.resolved_at IS NULL)) ORDER BY response.id",
        {"id": share},
    )
    return list(dict.fromkeys(row["name"] for row in found))


def went_to(db: sqlite3.Connection, circle: int, since: str, *, but: int) -> list[str]:
    """When each stage for a circle first reached it, of those that did since then, but for one; in order."""
    found = db.execute(
        "SELECT at FROM (SELECT min(sent_at) AS at FROM delivery WHERE circle_id = :circle AND state = 'sent' "
        "AND stage_id <> :but GROUP BY stage_id) WHERE at >= :since ORDER BY at",
        {"circle": circle, "since": since, "but": but},
    )
    return [row[0] for row in found]


def never_to_community(db: sqlite3.Connection, notes: Iterable[int]) -> list[Row]:
    """Those of the notes that went to no community yet, by id: {"id", "kind", "title", "stage"}."""
    found = db.execute(
        f"WITH {WENT} SELECT id, title, stage FROM note WHERE id IN (SELECT value FROM json_each(:notes)) "
        "AND id NOT IN (SELECT note FROM went WHERE kind = 'community') ORDER BY id",
        {"notes": json.dumps(list(notes))},
    )
    return things("note", found)


def awaited(db: sqlite3.Connection, note: int, circle: int, share: int) -> int | None:
    """The earlier share whose plan a note waits in for that circle, None where it waits in none. share: the one that asks."""
    found = db.execute(
        "SELECT share.id FROM stage JOIN share ON share.id = stage.share_id JOIN share_note ON share_note.share_id = share.id "
        "WHERE share_note.note_id = :note AND stage.circle_id = :circle AND stage.passed_at IS NULL "
        "AND share.state = 'planned' AND share.id <> :share AND share.id < :share "
        "AND (json_type(stage.gate, '$.notes') IS NULL OR :note IN (SELECT value FROM json_each(stage.gate, '$.notes'))) "
        "ORDER BY share.id LIMIT 1",
        {"note": note, "circle": circle, "share": share},
    ).fetchone()
    return None if found is None else int(found[0])


def called(db: sqlite3.Connection, reaches: list[str]) -> list[tuple[str, int, bool]]:
    """(name, note's number, whether it may not go there) of all that notes are called by: id, title, other names, files."""
    found = db.execute(
        "WITH called (name, id) AS (SELECT 'n' || id, id FROM note UNION SELECT title, id FROM note "
        "UNION SELECT name, note_id FROM note_alias UNION SELECT path, note_id FROM note_file) "
        "SELECT called.name, note.id, dropped_at IS NOT NULL OR reach NOT IN (SELECT value FROM json_each(:reaches)) "
        "FROM called JOIN note ON note.id = called.id ORDER BY note.id, called.name", {"reaches": json.dumps(reaches)},
    )  # fmt: skip
    return [(row[0], row[1], bool(row[2])) for row in found]

