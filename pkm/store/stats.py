"""Counts behind `pkm stats`: what was kept, written, shared and tried, in a span of time. Reads only, set-based.

Of a million items only indexes are gone over; rows are read of what the person kept, wrote or shared. Measures and
words are not made here. since and until are stamps: at or after the one, before the other.
"""

import sqlite3

from pkm.ids import Row, make
from pkm.store.audience import STANDS
from pkm.store.brought import BROUGHT
from pkm.store.conditions import IS
from pkm.store.rows import in_ids, thing, things
from pkm.store.sources import without_user

TEXT = 4000
"""Characters of a note that are looked at to see whether they are one's own."""


SENT = (
    "sent AS MATERIALIZED (SELECT * FROM (SELECT stage.id AS stage, stage.share_id AS share, stage.circle_id AS circle, "
    "stage.gate, share.type, (SELECT sent_at FROM delivery WHERE stage_id = stage.id AND +state = 'sent' ORDER BY id LIMIT 1) "
    "AS at FROM stage JOIN share ON share.id = stage.share_id WHERE share.state <> 'retracted') WHERE at IS NOT NULL)"
)
"""SQL of a WITH clause: the steps of plans that went out and stand, each with when its first delivery did.

Deliveries hold their bytes: of a step only the first is looked at, never all of them.
"""
WENT = (
    f"{SENT}, went AS MATERIALIZED (SELECT share_note.note_id AS note, circle.kind, min(sent.at) AS at FROM sent "
    "JOIN circle ON circle.id = sent.circle JOIN share_note ON share_note.share_id = sent.share GROUP BY 1, 2)"
)
"""SQL of a WITH clause: the notes that went out, by the kind of circle, with when they first did."""


def kept(db: sqlite3.Connection, since: str, until: str) -> list[Row]:
    """Items that were kept, in the order of their keeping: {"at", "source", "contact", "author", "via", "told"}.

    source, contact: numbers or None; contact: whose source it is, or whose a rule says the item is; told: another
    item stands for it, which tells the same story and was kept with it.
    """
    found = db.execute(
        "SELECT item.decided_at AS at, item.source_id AS source, coalesce(rule.person_id, source.contact_id) AS contact, "
        "item.author, item.via, item.story_id IS NOT NULL AS told FROM item INDEXED BY item_decided "
        "LEFT JOIN source ON source.id = item.source_id LEFT JOIN rule ON rule.id = item.rule_id "
        "WHERE item.decided_at >= :since AND item.decided_at < :until AND item.state = 'kept' "
        "ORDER BY item.decided_at, item.id",
        {"since": since, "until": until},
    )
    return [dict(row) for row in found]


_TOLD = "sum(id IN (SELECT id FROM item INDEXED BY item_story WHERE story_id IS NOT NULL))"
"""SQL: how many of a group another item stands for."""


def decided_by_source(db: sqlite3.Connection, since: str, until: str) -> dict[int, tuple[int, int]]:
    """By source: how many of its items were kept or dropped, and how many of these another item stands for."""
    found = db.execute(
        f"SELECT source_id, count(*), {_TOLD} FROM item INDEXED BY item_decided WHERE decided_at >= :since "
        "AND decided_at < :until AND state IN ('kept', 'dropped') AND source_id IS NOT NULL GROUP BY source_id",
        {"since": since, "until": until},
    )
    return {row[0]: (row[1], row[2]) for row in found}


def came_in_by_source(db: sqlite3.Connection, since: str) -> dict[int, tuple[int, int]]:
    """By source: how many of its items came into the inbox since then, whatever became of them; and, of these, how many
    another item stands for.

    Not its past (backlog) and not what rules muted. Items are numbered as they come: the first of them since then is
    looked up, and all from its number on are counted in an index that is a hundredth of the items.
    """
    first = min(
        (
            row[0]
            for state in ("inbox", "backlog", "muted", "kept", "dropped")
            for row in db.execute(
                "SELECT id FROM item INDEXED BY item_state WHERE state = :state AND received_at >= :since "
                "ORDER BY received_at, id LIMIT 1",
                {"state": state, "since": since},
            )
        ),
        default=None,
    )
    if first is None:
        return {}
    found = db.execute(
        f"SELECT source_id, count(*), {_TOLD} FROM item INDEXED BY item_source WHERE source_id IS NOT NULL AND id >= :first "
        "AND id NOT IN (SELECT id FROM item INDEXED BY item_state WHERE state IN ('backlog', 'muted') "
        "AND received_at >= :since) GROUP BY source_id",
        {"first": first, "since": since},
    )
    return {row[0]: (row[1], row[2]) for row in found}


def sources(db: sqlite3.Connection) -> dict[int, Row]:
    """Every source: {"title", "contact"}."""
    found = db.execute("SELECT id, coalesce(nullif(title, ''), url) AS title, contact_id FROM source ORDER BY id")
    return {row["id"]: {"title": without_user(row["title"]), "contact": row["contact_id"]} for row in found}


def notes_made(db: sqlite3.Connection, since: str, until: str) -> list[Row]:
    """Notes made then that are not put away, in the order of their making: {"id", "at", "text"}; the text cut."""
    found = db.execute(
        f"SELECT id, created_at AS at, substr(text, 1, {TEXT}) AS text FROM note INDEXED BY note_updated "
        "WHERE updated_at >= :since AND created_at >= :since AND created_at < :until AND dropped_at IS NULL "
        "ORDER BY created_at, id",
        {"since": since, "until": until},
    )
    return [dict(row) for row in found]


def shares_made(db: sqlite3.Connection, since: str, until: str) -> list[Row]:
    """Shares that first went out then and were not retracted, in that order: {"id", "at", "type", "title", "texts"}.

    texts: the introduction and the notes, each cut: where one's own words would stand.
    """
    found = db.execute(
        f"WITH {SENT} SELECT share.id, share.title, share.type, min(sent.at) AS at, share.introduction AS texts FROM sent "
        "JOIN share ON share.id = sent.share GROUP BY share.id HAVING min(sent.at) >= :since AND min(sent.at) < :until "
        "ORDER BY min(sent.at), share.id",
        {"since": since, "until": until},
    ).fetchall()
    texts: dict[int, list[str]] = {row["id"]: [row["texts"]] for row in found}
    for number, text in db.execute(
        f"SELECT share_note.share_id, substr(note.text, 1, {TEXT}) FROM share_note JOIN note ON note.id = share_note.note_id "
        f"WHERE share_note.share_id IN {in_ids(texts)} ORDER BY share_note.share_id, share_note.position, note.id"
    ):
        texts[number].append(text)
    return [{**thing("share", row), "texts": texts[row["id"]]} for row in found]


def taken_back(db: sqlite3.Connection, since: str, until: str) -> list[Row]:
    """Shares that were taken back then, in that order: {"id", "kind", "title", "at", "because"}."""
    found = db.execute(
        "SELECT share.id, share.title, json_extract(stage.gate, '$.retracted.at') AS at, "
        "coalesce(json_extract(stage.gate, '$.retracted.because'), '') AS because FROM share "
        "JOIN stage ON stage.share_id = share.id AND stage.position = "
        "(SELECT min(position) FROM stage WHERE share_id = share.id) "
        "WHERE share.state = 'retracted' AND at >= :since AND at < :until ORDER BY at, share.id",
        {"since": since, "until": until},
    )
    return things("share", found)


def stages(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(stage, since when it is there) of every note that is not put away, by note."""
    found = db.execute(
        "SELECT note.stage, coalesce(max(growth.at), note.created_at) FROM note LEFT JOIN growth "
        "ON growth.note_id = note.id AND growth.stage_to = note.stage WHERE note.dropped_at IS NULL GROUP BY note.id "
        "ORDER BY note.id"
    )
    return [(row[0], row[1]) for row in found]


def grown(db: sqlite3.Connection, today: str) -> list[Row]:
    """Ideas and practices that are not put away, since the longest first, then by id.

    {"id", "kind", "title", "stage", "reach", "since", "trials", "community", "network", "waits"}; trials: how many;
    community, network: whether it went to such a circle; waits: it was said that it should not go yet, or never, and on
    that local day that still holds.
    """
    found = db.execute(
        f"WITH {WENT} SELECT note.id, note.title, note.stage, note.reach, coalesce((SELECT max(at) FROM growth "
        "WHERE note_id = note.id AND stage_to = note.stage), note.created_at) AS since, "
        "(SELECT count(*) FROM trial WHERE note_id = note.id) AS trials, "
        "note.id IN (SELECT note FROM went WHERE kind = 'community') AS community, "
        "note.id IN (SELECT note FROM went WHERE kind = 'network') AS network, "
        "EXISTS (SELECT 1 FROM dismissal WHERE dismissal.kind = 'share' AND (dismissal.key = 'n' || note.id "
        f"OR dismissal.key LIKE 'n' || note.id || ':%') AND {STANDS}) AS waits "
        "FROM note WHERE note.stage IN ('idea', 'practice') AND note.dropped_at IS NULL ORDER BY since, note.id",
        {"today": today},
    )
    return [{**row, **{key: bool(row[key]) for key in ("community", "network", "waits")}} for row in things("note", found)]


def questions(db: sqlite3.Connection, before: str) -> list[Row]:
    """Open questions of one's own, asked before then, the oldest first, then by id: {"id", "kind", "title", "at"}."""
    found = db.execute(
        f"SELECT id, title, created_at AS at FROM note WHERE dropped_at IS NULL AND created_at < :before "
        f"AND {IS['question']['note']} AND NOT {BROUGHT} ORDER BY created_at, id",
        {"before": before},
    )
    return things("note", found)


def steps(db: sqlite3.Connection, since: str, until: str) -> list[Row]:
    """Steps of growth made then, each with when the stage before it began: {"note", "to", "at", "began", "shared"}.

    shared: whether the note had gone to somebody before it grew.
    """
    found = db.execute(
        f"WITH {WENT} SELECT growth.note_id AS note, growth.stage_to AS 'to', growth.at, coalesce((SELECT max(earlier.at) "
        "FROM growth AS earlier WHERE earlier.note_id = growth.note_id AND earlier.stage_to = growth.stage_from "
        "AND earlier.id < growth.id), note.created_at) AS began, EXISTS (SELECT 1 FROM went "
        "WHERE went.note = note.id AND went.at < growth.at) AS shared "
        "FROM growth JOIN note ON note.id = growth.note_id WHERE growth.at >= :since AND growth.at < :until "
        "AND (growth.stage_from, growth.stage_to) IN (VALUES ('observation', 'idea'), ('idea', 'practice')) "
        "ORDER BY growth.at, growth.id",
        {"since": since, "until": until},
    )
    return [{**dict(row), "note": make("note", row["note"]), "shared": bool(row["shared"])} for row in found]


def unchallenged(db: sqlite3.Connection) -> list[str]:
    """Names of the tags that one wants to learn about and that no source challenges, nor what is under them."""
    found = db.execute(
        "SELECT name FROM tag WHERE learning = 1 AND alias_of IS NULL AND NOT EXISTS (SELECT 1 FROM source "
        "JOIN tag AS challenged ON challenged.id = source.challenges_id WHERE challenged.id = tag.id "
        "OR challenged.alias_of = tag.id OR lower(challenged.name) LIKE lower(tag.name) || '/%') ORDER BY name, id"
    )
    return [row[0] for row in found]


def skipped_steps(db: sqlite3.Connection, since: str, until: str) -> list[Row]:
    """Notes that went to a network then and to no community before, and no reason is given; by when they went, then id.

    {"id", "kind", "title", "share", "at"}
    """
    found = db.execute(
        f"WITH {WENT} SELECT note.id, note.title, sent.share AS share_id, min(sent.at) AS at FROM sent "
        "JOIN circle ON circle.id = sent.circle AND circle.kind = 'network' "
        "JOIN share_note ON share_note.share_id = sent.share JOIN note ON note.id = share_note.note_id "
        "LEFT JOIN went AS before ON before.note = note.id AND before.kind = 'community' "
        "WHERE sent.at >= :since AND sent.at < :until AND coalesce(json_extract(sent.gate, '$.because'), '') = '' "
        "AND (before.at IS NULL OR before.at > sent.at) GROUP BY note.id ORDER BY min(sent.at), note.id",
        {"since": since, "until": until},
    )
    return things("note", found)
