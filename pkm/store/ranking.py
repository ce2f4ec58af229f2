"""Questions that the order of the inbox rests on, and the signals and citations that a pull leaves for it.

Every question is bounded and served by an index, so that a store of a million items is ordered as fast as one of a
thousand. Items that another one stands for (story_id) are in none of them.
"""

import json
import sqlite3
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pkm.grouped import grouped
from pkm.ids import Row

if TYPE_CHECKING:
    from pkm.store.session import Unit

POOL = 400
"""So many of the newest undecided items are ordered by score; what is older follows newest first."""
BEFORE_TODAY = 200
"""So many of the newest of before today are among them in any case: surprises are drawn from those."""
PEOPLE_POOL = 200
"""So many older ones of people's own sources are ordered with them: rare writers must not drown."""
DECISIONS = 1_500
"""The latest decisions that habits are learned from; with a half-life of half a year older ones weigh little."""
PEOPLE_DECISIONS = 5_000
"""The latest decisions among which a person's last one is looked for."""
NOTES = 2_000
"""The latest own notes that items are compared with."""

_COLUMNS = (
    "item.id AS item, item.source_id AS source, item.author, item.title, item.received_at, item.published_at, item.rank, "
    "item.rule_id AS rule, coalesce(rule.person_id, source.contact_id) AS contact_id, source.challenges_id, "
    "item.decided_at, signal.fit, signal.note_id AS note, signal.words, signal.answers_id AS answers, signal.heat"
)
_FROM = (
    "FROM item LEFT JOIN source ON source.id = item.source_id LEFT JOIN rule ON rule.id = item.rule_id "
    "LEFT JOIN signal ON signal.item_id = item.id"
)
_UNDECIDED = "SELECT id FROM item WHERE state = 'inbox' AND story_id IS NULL"
_NEWEST = (
    f"SELECT * FROM ({_UNDECIDED} ORDER BY received_at DESC, id DESC LIMIT :pool) UNION SELECT * FROM ({_UNDECIDED} "
    "AND received_at < :today ORDER BY received_at DESC, id DESC LIMIT :before) "
    "UNION SELECT * FROM (SELECT id FROM item INDEXED BY item_decided WHERE decided_at >= :today "
    "AND received_at < :today AND state IN ('kept', 'dropped') AND story_id IS NULL "
    "ORDER BY decided_at DESC LIMIT :pool)"
)
"""SQL: the newest items, the newest of before today, and what was decided since the day began."""
_OF_PEOPLE = (
    "SELECT * FROM (SELECT item.id FROM (SELECT id FROM source WHERE contact_id IS NOT NULL "
    "ORDER BY changed_at DESC LIMIT :people) AS theirs JOIN item ON item.id IN (SELECT id FROM item "
    "WHERE source_id = theirs.id ORDER BY id DESC LIMIT 10) "
    "WHERE +item.state = 'inbox' AND item.story_id IS NULL ORDER BY item.id DESC LIMIT :people)"
)
"""SQL: the latest items of people's sources, which a contact may have become the writer of since the last pull."""


def pool(db: sqlite3.Connection, today: str) -> list[Row]:
    """The items that are ordered by score, newest first: undecided ones, and those decided since the day began.

    The newest; the newest of before today (so that what comes in during the day moves no surprise); older ones of people;
    those that have signals.
    """
    chosen = (
        f"{_NEWEST} UNION {_OF_PEOPLE} UNION SELECT item.id FROM signal CROSS JOIN item ON item.id = signal.item_id "
        "WHERE +item.state = 'inbox' AND item.story_id IS NULL"
    )
    found = db.execute(
        f"SELECT {_COLUMNS} {_FROM} WHERE item.id IN ({chosen}) ORDER BY item.received_at DESC, item.id DESC",
        {"pool": POOL, "before": BEFORE_TODAY, "people": PEOPLE_POOL, "today": today},
    )
    return [dict(row) for row in found]


def picked(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Row]:
    """The same of these items, as far as there are so many in a pool, in no order."""
    found = db.execute(
        f"SELECT {_COLUMNS} {_FROM} WHERE item.id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(numbers[:POOL]))},
    )
    return [dict(row) for row in found]


def decisions(db: sqlite3.Connection, since: str, limit: int = DECISIONS) -> list[tuple[str, int | None, str, bool, str]]:
    """(when, source, author, kept?, via) of the latest decisions since then, the last first. Clips are none."""
    found = db.execute(
        "SELECT decided_at, source_id, author, state = 'kept', via FROM item INDEXED BY item_decided WHERE decided_at >= :since "
        "AND state IN ('kept', 'dropped') AND via NOT IN ('clip', 'import') ORDER BY decided_at DESC LIMIT :limit",
        {"since": since, "limit": limit},
    )
    return [(row[0], row[1], row[2], bool(row[3]), row[4]) for row in found]


class Person(NamedTuple):
    """A contact who writes: what they are called in a few letters, and how often what they write shows up."""

    name: str
    read_every_s: int | None
    decided_at: str | None  # the last decision about an item of theirs, before today, within their time


def people(db: sqlite3.Connection, numbers: Iterable[int], now: str, today: str) -> dict[int, Person]:
    """Those contacts, with when the last decision about an item of theirs was made, where their time has not passed."""
    found = db.execute(
        "SELECT id, name, nick, read_every_s FROM contact WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(numbers))},
    ).fetchall()
    last = _last_decisions(db, [row["id"] for row in found if row["read_every_s"]], now, today)
    return {row["id"]: Person(row["nick"] or row["name"], row["read_every_s"], last.get(row["id"])) for row in found}


def _last_decisions(db: sqlite3.Connection, numbers: Sequence[int], now: str, today: str) -> dict[int, str]:
    """By contact: the last decision before today about an item of theirs, where their time since it has not passed."""
    if not numbers:
        return {}
    values = {"ids": json.dumps(list(numbers)), "now": now, "today": today, "decisions": PEOPLE_DECISIONS}
    found = db.execute(
        "SELECT contact.id, max(theirs.at) FROM (SELECT source.contact_id AS who, latest.decided_at AS at FROM ("
        "SELECT decided_at, source_id FROM item INDEXED BY item_decided WHERE decided_at < :today "
        "AND state IN ('kept', 'dropped') ORDER BY decided_at DESC LIMIT :decisions) AS latest "
        "JOIN source ON source.id = latest.source_id AND source.contact_id IS NOT NULL "
        "UNION ALL SELECT rule.person_id, item.decided_at FROM rule CROSS JOIN item ON item.rule_id = rule.id "
        "WHERE rule.person_id IS NOT NULL AND item.decided_at < :today AND +item.state IN ('kept', 'dropped')) AS theirs "
        "JOIN contact ON contact.id = theirs.who WHERE contact.id IN (SELECT value FROM json_each(:ids)) "
        "AND theirs.at >= strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || contact.read_every_s || ' seconds') "
        "GROUP BY contact.id",
        values,
    )
    return {row[0]: row[1] for row in found}


def tag_names(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """The names of these tags."""
    found = db.execute(
        "SELECT id, name FROM tag WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(numbers))}
    )
    return {row[0]: row[1] for row in found}


def unranked(db: sqlite3.Connection, beyond: Iterable[int], limit: int) -> list[int]:
    """Undecided items that are not among those, newest first."""
    found = db.execute(
        "SELECT id FROM item WHERE state = 'inbox' AND story_id IS NULL AND id NOT IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY received_at DESC, id DESC LIMIT :limit",
        {"ids": json.dumps(list(beyond)), "limit": limit},
    )
    return [row[0] for row in found]


def own_notes(db: sqlite3.Connection) -> list[tuple[int, str, str, bool]]:
    """(id, title, text, an open question?) of the latest own notes."""
    from pkm.store.conditions import IS

    sql = (
        f"SELECT note.id, note.title, note.text, {IS['question']['note']} FROM note WHERE note.dropped_at IS NULL "
        "ORDER BY note.updated_at DESC, note.id DESC LIMIT :limit"
    )
    return [(row[0], row[1], row[2], bool(row[3])) for row in db.execute(sql, {"limit": NOTES})]


def compared(db: sqlite3.Connection, today: str) -> list[Row]:
    """The items that signals are computed of: the pool, and older ones of people, each with the text to compare."""
    found = db.execute(
        "SELECT id AS item, title, substr(text, 1, 4000) AS text, source_id AS source, received_at, "
        "coalesce(changed_at, received_at) AS changed_at FROM item "
        "WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        {"ids": json.dumps(pool_numbers(db, today))},
    )
    return [dict(row) for row in found]


def pool_numbers(db: sqlite3.Connection, today: str) -> list[int]:
    """The items of the pool as it has to be from now on: without those that had signals, with older ones of people."""
    found = db.execute(
        f"{_NEWEST} UNION {_OF_PEOPLE}",
        {"pool": POOL, "before": BEFORE_TODAY, "people": PEOPLE_POOL, "today": today},
    )
    return [row[0] for row in found]


def heat(db: sqlite3.Connection, numbers: Iterable[int], since: str) -> dict[int, int]:
    """By item: how many other sources' items that came since then point at it."""
    found = db.execute(
        "SELECT citation.cited_id, count(DISTINCT citing.source_id) FROM json_each(:ids) AS wanted "
        "JOIN citation ON citation.cited_id = wanted.value JOIN item AS cited ON cited.id = citation.cited_id "
        "JOIN item AS citing ON citing.id = citation.item_id WHERE citing.received_at >= :since "
        "AND citing.source_id IS NOT cited.source_id GROUP BY citation.cited_id",
        {"ids": json.dumps(list(numbers)), "since": since},
    )
    return {row[0]: row[1] for row in found}


def likenesses(db: sqlite3.Connection) -> dict[int, tuple[float, int | None, str, int | None]]:
    """For each item that has a signal: (fit, note, words, answers) of it."""
    rows = db.execute("SELECT item_id, fit, note_id, words, answers_id FROM signal")
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def replace_signals(unit: "Unit", signals: Iterable[Mapping[str, Any]]) -> None:
    """The signals are these and no others. Keys: item, heat, fit, note, words, answers."""
    unit.connection.execute("DELETE FROM signal")
    unit.connection.executemany(
        "INSERT INTO signal (item_id, heat, fit, note_id, words, answers_id) "
        "VALUES (:item, :heat, :fit, :note, :words, :answers)",
        signals,
    )


def add_citations(
    unit: "Unit", pointing: Iterable[tuple[int, Sequence[tuple[str, str]]]], among: Container[str] | None = None
) -> None:
    """Items (id, its links: canonical address and type) point at those items of the store that have such an address.

    among: the addresses that items have, without their schemes, where all are at hand: the store is asked for these alone.
    """
    links = [(number, address.partition("://")[2], kind) for number, linked in pointing for address, kind in linked]
    if among is not None:
        links = [link for link in links if link[1] in among]
    known = _known_addresses(unit.connection, {address for _, address, _ in links})
    unit.connection.executemany(
        "INSERT INTO citation (item_id, cited_id, type) SELECT ?1, id, ?3 FROM item "
        "WHERE canonical_url = ?2 AND id <> ?1 ORDER BY id LIMIT 1 ON CONFLICT DO NOTHING",
        [(number, full, kind) for number, address, kind in links for full in known.get(address, ())],
    )


def _known_addresses(db: sqlite3.Connection, addresses: Iterable[str]) -> dict[str, list[str]]:
    """Those that an item has, by the address without its scheme. A pull brings links by the hundred thousand, and few of
    them lead to something here.
    """
    found = db.execute(
        "SELECT value, scheme.column1 || value FROM json_each(:addresses), (VALUES ('https://'), ('http://')) AS scheme "
        "WHERE EXISTS (SELECT 1 FROM item WHERE canonical_url = scheme.column1 || value)",
        {"addresses": json.dumps(sorted(addresses))},
    )
    return grouped((row[0], row[1]) for row in found)


def recent_titles(db: sqlite3.Connection, since: str, limit: int) -> list[Row]:
    """Items that came since then, the last first: id, source, title, beginning of the text, when, what it stands for."""
    found = db.execute(
        "SELECT id AS item, source_id AS source, title, substr(text, 1, 1500) AS text, received_at, "
        "coalesce(story_id, id) AS story FROM item WHERE source_id IS NOT NULL AND +received_at >= :since "
        "AND +state IN ('inbox', 'kept', 'dropped') AND id > (SELECT max(id) FROM item) - 4 * :limit "
        "ORDER BY id DESC LIMIT :limit",
        {"since": since, "limit": limit},
    )
    return [dict(row) for row in found]


def citing_pairs(db: sqlite3.Connection, numbers: Iterable[int]) -> set[tuple[int, int]]:
    """(item, item) of those that point at one another."""
    found = db.execute(
        "SELECT item_id, cited_id FROM citation WHERE item_id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(numbers))},
    )
    return {(row[0], row[1]) for row in found}


def history(db: sqlite3.Connection, limit: int) -> list[Row]:
    """The latest decided items with all that a replay needs, the last decided first."""
    found = db.execute(
        "SELECT id AS item, source_id AS source, author, title, received_at, published_at, decided_at, via, "
        "state = 'kept' AS kept FROM item WHERE decided_at IS NOT NULL AND state IN ('kept', 'dropped') "
        "AND via NOT IN ('clip', 'import') AND story_id IS NULL ORDER BY decided_at DESC, id DESC LIMIT :limit",
        {"limit": limit},
    )
    return [{**dict(row), "kept": bool(row["kept"])} for row in found]
