"""Questions about items: the inbox, one, several, those of a source; and what is decided about them."""

import heapq
import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pkm.ids import Row, make
from pkm.store import conditions, stories, tags, tally
from pkm.store.rows import in_ids
from pkm.store.sources import without_user

if TYPE_CHECKING:
    from pkm.store.session import Unit

_COLUMNS = (
    "item.id, item.title, item.url, item.source_id, coalesce(nullif(source.title, ''), source.url) AS source_title, "
    "item.author, item.published_at, item.received_at, item.decided_at, item.state, item.via, "
    "item.rule_id, item.rank, coalesce(rule.person_id, source.contact_id) AS contact_id, item.story_id"
)
_FROM = "FROM item LEFT JOIN source ON source.id = item.source_id LEFT JOIN rule ON rule.id = item.rule_id"
WRITTEN = conditions.AT["item"]
"""SQL: when an item was written. A source may claim any day; nothing was published after it came in."""
NEWEST, OLDEST = "item.received_at DESC, item.id DESC", "item.received_at, item.id"
"""What came last stands first, or what has waited longest."""
WINDOW = 20_000
"""So many that came last are put into the order of their writing; no index has it."""


def _shape(row: sqlite3.Row, names: list[str], story: Sequence[Row] = ()) -> Row:
    """An item as JSON has it. sources: all that told its story, its own first; also: the story's other items."""
    own = make("item", row["id"])
    told = sorted(story, key=lambda one: one["id"] != own) or [
        {"source": row["source_id"] and make("source", row["source_id"]), "source_title": row["source_title"]}
    ]
    return {
        "id": make("item", row["id"]), "kind": "item", "title": row["title"] or row["url"], "url": row["url"],
        "source": None if row["source_id"] is None else make("source", row["source_id"]),
        "source_title": row["source_title"] and without_user(row["source_title"]), "author": row["author"],
        "published_at": row["published_at"], "received_at": row["received_at"],
        "decided_at": row["decided_at"], "state": row["state"], "via": row["via"],
        "rule": None if row["rule_id"] is None else make("rule", row["rule_id"]), "rank": row["rank"],
        "person": None if row["contact_id"] is None else make("contact", row["contact_id"]), "tags": names,
        "sources": [
            {"id": one["source"], "kind": "source", "title": without_user(one["source_title"])}
            for one in told if one["source"]
        ],
        "also": [one["id"] for one in story if one["id"] != own],
    }  # fmt: skip


def _shaped(db: sqlite3.Connection, found: Iterable[sqlite3.Row]) -> list[Row]:
    found = list(found)
    names = tags.of_many(db, "item", [row["id"] for row in found])
    told = stories.members(db, [row["story_id"] or row["id"] for row in found])
    return [_shape(row, names.get(row["id"], []), told.get(row["story_id"] or row["id"], ())) for row in found]


def inbox(
    db: sqlite3.Connection, limit: int, *, sort: str = "newest", source: int | None = None, state: str = "inbox",
    tags: Sequence[str] = (),
) -> list[Row]:  # fmt: skip
    """Items that nothing was decided about, of one source or all; newest: what was written last, oldest: what waits longest.

    state: backlog, or muted, for those that wait outside the inbox. tags: only what is tagged so, or of sources that are.
    """
    if sort == "newest":
        return rows(db, newest(db, limit, source=source, state=state, tags=tags))
    where, given = _waiting(db, source, state, tags)
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {OLDEST} LIMIT :limit"
    return _shaped(db, db.execute(sql, {**given, "limit": limit}))


def newest(
    db: sqlite3.Connection, limit: int, *, source: int | None = None, state: str = "inbox", tags: Sequence[str] = (),
    skipped: Iterable[int] = (),
) -> list[int]:  # fmt: skip
    """Numbers of the items that `inbox` lists, what was written last first, then by id; skipped: these not.

    They are read as they came, the last first, until none can be newer that came before. Beyond WINDOW they stay so.
    """
    where, given = _waiting(db, source, state, tags)
    found = db.execute(
        f"SELECT {WRITTEN} AS at, item.id, item.received_at FROM item WHERE {where} AND item.id NOT IN {in_ids(skipped)} "
        f"ORDER BY {NEWEST}", given,
    )  # fmt: skip
    best: list[tuple[str, int]] = []  # a heap, what was written first on top
    for at, item, received_at in islice(found, WINDOW if limit else 0):
        if len(best) != limit:
            heapq.heappush(best, (at, item))
        elif received_at < best[0][0]:
            break
        else:
            heapq.heappushpop(best, (at, item))
    numbers = [item for _, item in sorted(best, reverse=True)]
    beyond = found if limit < 0 else islice(found, limit - len(numbers))
    return numbers + [row["id"] for row in beyond]


def _waiting(
    db: sqlite3.Connection, source: int | None, state: str, names: Sequence[str] = ()
) -> tuple[str, dict[str, object]]:
    """SQL of the items that wait there, and its values. What another item stands for is listed with its source alone."""
    where = "item.state = :state AND " + ("item.story_id IS NULL" if source is None else "item.source_id = :source")
    given: dict[str, object] = {"source": source, "state": state}
    if names:
        where += (
            " AND (+item.source_id IN (SELECT value FROM json_each(:sources)) OR item.id IN (SELECT entity_id FROM tagging "
            "WHERE kind = 'item' AND tag_id IN (SELECT value FROM json_each(:tags))))"
        )
        numbers = sorted({number for name in names for number in conditions.tag_numbers(db, name)})
        given |= {"sources": json.dumps(conditions.tagged_sources(db, names)), "tags": json.dumps(numbers)}
    return where, given


def muted(db: sqlite3.Connection, limit: int, *, source: int | None = None) -> list[Row]:
    """Items that a rule muted, of one source or all, the last brought first."""
    of_source = "" if source is None else "AND item.source_id = :source"
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE item.state = 'muted' {of_source} ORDER BY {NEWEST} LIMIT :limit"
    return _shaped(db, db.execute(sql, {"limit": limit, "source": source}))


def count_muted(db: sqlite3.Connection, *, source: int | None = None) -> int:
    """How many items rules muted, of one source or all."""
    sql = "SELECT count(*) FROM item WHERE state = 'muted'" + ("" if source is None else " AND source_id = :source")
    return int(db.execute(sql, {"source": source}).fetchone()[0])


def next_in_inbox(db: sqlite3.Connection, skipped: Iterable[int], *, sort: str = "newest") -> Row | None:
    """The first item of the inbox that is not among the skipped ones, with its text; None where there is none."""
    if sort == "newest":
        first = newest(db, 1, skipped=skipped)
        return row(db, first[0]) if first else None
    sql = (
        f"SELECT item.id FROM item WHERE state = 'inbox' AND story_id IS NULL AND id NOT IN {in_ids(skipped)} "
        f"ORDER BY {OLDEST} LIMIT 1"
    )
    found = db.execute(sql).fetchone()
    return None if found is None else row(db, found[0])


def count_inbox(
    db: sqlite3.Connection, *, source: int | None = None, state: str = "inbox", tags: Sequence[str] = ()
) -> int:
    """How many items nothing was decided about, of one source or all. state, tags: as in `inbox`."""
    if tags:
        where, given = _waiting(db, source, state, tags)
        return int(db.execute(f"SELECT count(*) FROM item WHERE {where}", given).fetchone()[0])
    if source is None:
        return tally.waiting(db, state)
    sql = "SELECT count(*) FROM item WHERE state = :state AND source_id = :source"
    return int(db.execute(sql, {"source": source, "state": state}).fetchone()[0])


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One item as an object with its text, summary and cleaned HTML, None where there is none."""
    sql = f"SELECT {_COLUMNS}, item.summary, item.text, item.html, item.changed_at {_FROM} WHERE item.id = :id"
    found = db.execute(sql, {"id": number}).fetchone()
    if found is None:
        return None
    whole = {key: found[key] for key in ("summary", "text", "html", "changed_at")}
    return {**_shaped(db, [found])[0], **whole}


def rows(db: sqlite3.Connection, ids: Sequence[int]) -> list[Row]:
    """The items of these numbers, in their order, without texts; those that are not there are left out."""
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE item.id IN {in_ids(ids)}"
    found = {row["id"]: row for row in db.execute(sql)}
    return _shaped(db, [found[number] for number in ids if number in found])


def of_source(db: sqlite3.Connection, source_id: int, limit: int) -> list[Row]:
    """Items of a source, the last brought first."""
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE item.source_id = :id ORDER BY item.id DESC LIMIT :limit"
    return _shaped(db, db.execute(sql, {"id": source_id, "limit": limit}))


def decide(unit: "Unit", number: int, state: str, via: str = "") -> None:
    """The item is kept, dropped or back in the inbox, with all that tell its story.

    The hour of the decision stays where nothing changes. via: the filter it stood high by when it was decided about,
    where that is another than the one that brought it.
    """
    for one in stories.whole(unit.connection, [number]) or [number]:
        item = unit.row("item", one)
        if item.state != state:
            item.state = state
            item.decided_at = None if state == "inbox" else unit.at
            item.via = via or item.via
    unit.flush()


def bring_forward(unit: "Unit", source_id: int) -> int:
    """What waits in the source's backlog is in the inbox, with all that tell the same stories; how many items."""
    db = unit.connection
    waiting = db.execute(
        "SELECT id FROM item WHERE source_id = :source AND state = 'backlog'", {"source": source_id}
    ).fetchall()
    found = db.execute(
        "UPDATE item SET state = 'inbox' WHERE state = 'backlog' AND id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(stories.whole(db, [row[0] for row in waiting]))},
    )
    return found.rowcount


def others_of_story(db: sqlite3.Connection, number: int) -> list[Row]:
    """The other items that tell an item's story: {"id", "url", "source", "source_title"}."""
    lead = db.execute("SELECT coalesce(story_id, id) FROM item WHERE id = :id", {"id": number}).fetchone()
    story = stories.members(db, [lead[0]]).get(lead[0], []) if lead else []
    return [{name: one[name] for name in ("id", "url", "source", "source_title")} for one in story if one["number"] != number]
