"""Rules: which there are, the stored items they are tried on, and what they do to them."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pkm.ids import Row, make
from pkm.store import conditions, stories, tags
from pkm.store.sources import without_user

if TYPE_CHECKING:
    from pkm.store.session import Unit

BATCH = 1000
"""Stored items in memory at a time."""

BY_HAND = "hand"
"""`via` of an item that a rule muted and the person brought back: no rule mutes it again."""


class Origin(NamedTuple):
    """What a rule may ask of a source."""

    title: str = ""
    url: str = ""
    site_url: str = ""
    contact_id: int | None = None


def all_rules(db: sqlite3.Connection) -> list[Row]:
    """Every rule as it is stored, in the order in which they are asked."""
    return [dict(row) for row in db.execute("SELECT * FROM rule ORDER BY id")]


_SHOWN = """
SELECT rule.*, person.name AS person_name, contact.name AS contact_name, tag.name AS tag_name,
  coalesce(nullif(source.title, ''), source.url) AS source_title,
  (SELECT count(*) FROM item WHERE item.rule_id = rule.id) AS items,
  (SELECT count(*) FROM item WHERE item.rule_id = rule.id AND item.state = 'muted') AS muted
FROM rule LEFT JOIN contact AS person ON person.id = rule.person_id LEFT JOIN contact ON contact.id = rule.contact_id
LEFT JOIN tag ON tag.id = rule.tag_id LEFT JOIN source ON source.id = rule.source_id
"""


def rows(db: sqlite3.Connection, *, limit: int = -1, ids: Iterable[int] | None = None) -> list[Row]:
    """Rules by id, with the names of what they speak of and how many items bear their number."""
    found = db.execute(
        f"{_SHOWN} WHERE :ids IS NULL OR rule.id IN (SELECT value FROM json_each(:ids)) ORDER BY rule.id LIMIT :limit",
        {"ids": None if ids is None else json.dumps(list(ids)), "limit": limit},
    )
    return [dict(row) for row in found]


def count(db: sqlite3.Connection) -> int:
    """How many rules there are."""
    return int(db.execute("SELECT count(*) FROM rule").fetchone()[0])


def raising_rules(db: sqlite3.Connection) -> dict[int, int]:
    """By source: the latest rule that ranks all of it up."""
    found = db.execute("SELECT source_id, max(id) FROM rule WHERE action = 'up' AND pattern = '' AND source_id IS NOT NULL "
                       "GROUP BY source_id")  # fmt: skip
    return {row[0]: row[1] for row in found}


def rule_number(db: sqlite3.Connection, source_id: int, action: str) -> int | None:
    """The rule that ranks all of a source up or down, None where there is none."""
    row = db.execute(
        "SELECT id FROM rule WHERE action = :action AND pattern = '' AND source_id = :source ORDER BY id DESC LIMIT 1",
        {"action": action, "source": source_id},
    ).fetchone()
    return None if row is None else int(row[0])


def tagged_sources(db: sqlite3.Connection, tag: int | str) -> set[int]:
    """The sources that have the tag (its number, or its name), or one below it."""
    name: str | None = tag if isinstance(tag, str) else None
    if name is None:
        row = db.execute("SELECT name FROM tag WHERE id = :id", {"id": tag}).fetchone()
        name = row[0] if row else None
    numbers = conditions.tag_numbers(db, name) if name else []
    found = db.execute(
        "SELECT entity_id FROM tagging WHERE kind = 'source' AND tag_id IN (SELECT value FROM json_each(:tags))",
        {"tags": json.dumps(numbers)},
    )
    return {row[0] for row in found}


def origins(db: sqlite3.Connection) -> dict[int, Origin]:
    """What a rule may ask of each source."""
    found = db.execute("SELECT id, title, url, site_url, contact_id FROM source")
    return {row["id"]: Origin(row["title"], row["url"], row["site_url"], row["contact_id"]) for row in found}


_TEXTS = ", item.text, item.summary"


def stored(
    db: sqlite3.Connection, *, sources: Iterable[int] | None, since: str | None, texts: bool, files: bool,
    limit: int = -1,
) -> Iterator[Row]:  # fmt: skip
    """The items of these sources (None: all) that came in since then, newest first, a batch in memory at a time.

    texts: with text and summary; files: with {"type", "url", "rel"} in `files`. limit: at most so many.
    """
    below: int | None = None
    given = {"sources": None if sources is None else json.dumps(sorted(sources)), "since": since}
    scope = "AND source_id IN (SELECT value FROM json_each(:sources))" if sources is not None else ""
    scope += " AND received_at >= :since" if since else ""
    sql = (
        "SELECT item.id, item.source_id, item.state, item.via, item.rule_id, item.rank, item.title, item.author, "
        f"item.url, item.categories{_TEXTS if texts else ''} FROM item WHERE id IN (SELECT id FROM item "
        f"WHERE (:below IS NULL OR id < :below) {scope} ORDER BY id DESC LIMIT :batch) ORDER BY id DESC"
    )
    while limit:
        batch = BATCH if limit < 0 else min(BATCH, limit)
        found = [dict(row) for row in db.execute(sql, {**given, "below": below, "batch": batch})]
        if files:
            _with_files(db, found)
        yield from found
        if len(found) < batch:
            return
        below = found[-1]["id"]
        limit = limit if limit < 0 else limit - len(found)


def _with_files(db: sqlite3.Connection, found: Sequence[Row]) -> None:
    by_number: dict[int, list[Row]] = {row["id"]: row.setdefault("files", []) for row in found}
    for file in db.execute(
        "SELECT item_id, type, url, rel FROM enclosure WHERE item_id IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY item_id, position",
        {"ids": json.dumps(list(by_number))},
    ):
        by_number[file["item_id"]].append(dict(file))


def tagged_items(db: sqlite3.Connection, name: str) -> set[int]:
    """The items that have the tag, or what it became."""
    row = tags.find(db, tags.resolve(db, name))
    found = db.execute(
        "SELECT entity_id FROM tagging WHERE kind = 'item' AND tag_id = :tag", {"tag": row["id"] if row else 0}
    )
    return {each[0] for each in found}


# What a rule does


def mute(unit: "Unit", rule_id: int, ids: Sequence[int]) -> int:
    """The items are muted by the rule, where nothing was decided about them; how many.

    A muted item tells its story no more: another source's, which no rule muted, stands for it.
    """
    muted = unit.connection.execute(
        "UPDATE item SET state = 'muted', rule_id = :rule WHERE id IN (SELECT value FROM json_each(:ids)) "
        f"AND state IN ('inbox', 'backlog') AND via <> '{BY_HAND}' RETURNING id",
        {"rule": rule_id, "ids": json.dumps(ids)},
    ).fetchall()
    stories.part(unit, [row[0] for row in muted])
    return len(muted)


def set_ranks(unit: "Unit", ranks: dict[int, int]) -> int:
    """The items have these ranks; how many."""
    unit.connection.executemany(
        "UPDATE item SET rank = :rank WHERE id = :id", [{"id": number, "rank": rank} for number, rank in ranks.items()]
    )
    return len(ranks)


def shift_rank(unit: "Unit", source_id: int, by: int) -> int:
    """The source's items, whatever their state, are ranked that much higher; how many there are."""
    return unit.connection.execute(
        "UPDATE item SET rank = rank + :by WHERE source_id = :source", {"by": by, "source": source_id}
    ).rowcount


def remove(unit: "Unit", rule_id: int) -> None:
    """The rule is gone; what it did stays."""
    unit.remove("rule", rule_id)


def assign(unit: "Unit", rule_id: int, ids: Sequence[int]) -> int:
    """The items are of the rule's person; how many. One that was brought back by hand stays so."""
    return unit.connection.execute(
        f"UPDATE item SET rule_id = :rule, via = CASE via WHEN '{BY_HAND}' THEN via ELSE 'person' END "
        "WHERE id IN (SELECT value FROM json_each(:ids))",
        {"rule": rule_id, "ids": json.dumps(ids)},
    ).rowcount


def muted_items(db: sqlite3.Connection, rule_id: int | None) -> list[int]:
    """The items that the rule muted; None: those whose rule is gone."""
    sql = "SELECT id FROM item WHERE state = 'muted' AND rule_id " + ("IS NULL" if rule_id is None else "= :rule")
    return [row[0] for row in db.execute(f"{sql} ORDER BY id", {"rule": rule_id})]


def bring_back(unit: "Unit", ids: Sequence[int]) -> list[int]:
    """The muted ones of these items are muted no more, by hand: no rule mutes them again; which they were.

    They are in the inbox, or in the backlog where they came with the past of a source that was new then: five of what
    came at once with its first pull are its newest, the others wait as they would have.
    """
    found = unit.connection.execute(
        f"UPDATE item SET via = '{BY_HAND}', state = iif({_OF_THE_PAST}, 'backlog', 'inbox') "
        "WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'muted' RETURNING id",
        {"ids": json.dumps(list(ids))},
    )
    return sorted(row[0] for row in found.fetchall())


_OF_THE_PAST = """(
  EXISTS (SELECT 1 FROM source WHERE source.id = item.source_id AND source.backlog = 0)
  AND item.received_at = (SELECT received_at FROM item AS oldest WHERE oldest.source_id = item.source_id ORDER BY id LIMIT 1)
  AND 5 <= (SELECT count(*) FROM (SELECT 1 FROM item AS newer WHERE newer.source_id = item.source_id
            AND newer.id > item.id AND newer.received_at = item.received_at LIMIT 5)))"""
"""SQL: the item came with its source's first pull, and five newer ones with it (of one pull the newest have the highest ids)."""


def shape(row: Row, title: str) -> Row:
    """A rule as the JSON contract has it. title: it said in words."""
    named = {"person": "contact", "source": "source", "contact": "contact"}
    parts = {name: None if row[f"{name}_id"] is None else make(kind, row[f"{name}_id"]) for name, kind in named.items()}
    return {
        "id": make("rule", row["id"]), "kind": "rule", "title": title, "action": row["action"],
        "pattern": row["pattern"], "argument": row["argument"], **parts, "tag": row["tag_name"],
        "person_name": row["person_name"], "source_title": row["source_title"] and without_user(row["source_title"]),
        "contact_name": row["contact_name"], "items": row["items"], "muted": row["muted"],
        "created_at": row["created_at"],
    }  # fmt: skip
