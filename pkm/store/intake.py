"""Bulk intake: what a pull or a list of feeds brings, written by the thousand with plain SQL inside a unit.

Knows rows, not feeds: what is new and what has changed was decided before. The unit's transaction holds the store's
only write lock, so that the next ids can be given out here.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from pkm.enclosure import Enclosure
from pkm.ids import Row
from pkm.store import mail, pages, stories, tags, versions
from pkm.store.session import Unit
from pkm.store.sources import UNTOUCHED, undecided

HASH_BYTES = 64_000_000
"""Memory for FTS5's pending words: with its default of 1 MB it writes and merges 60 times as many segments."""

PORTION, PORTION_CHARACTERS = 1000, 10_000_000
"""So many items, or characters, are put into the store by one statement."""


class Brought(NamedTuple):
    """One item as its source gave it. Times are stamps; `key` is what the source calls it.

    categories, authors: JSON, as the item's columns hold them. state, via, rule_id, rank: what was decided about it on
    its way in.
    """

    key: str
    hash: str
    title: str
    url: str
    canonical_url: str
    author: str
    published_at: str | None
    summary: str
    text: str
    html: str
    categories: str = "[]"
    authors: str = "[]"
    enclosures: tuple[Enclosure, ...] = ()
    state: str = "inbox"
    via: str = "network"
    rule_id: int | None = None
    rank: int = 0
    links: tuple[tuple[str, str], ...] = ()  # what it points at: canonical address, "link"


class Known(NamedTuple):
    """What the store knows of one entry of a source; item_id None: its item was purged, and stays so."""

    hash: str
    item_id: int | None


def known_entries(db: sqlite3.Connection, source_id: int) -> dict[str, Known]:
    """The entries of a source by their key."""
    rows = db.execute("SELECT key, hash, item_id FROM entry WHERE source_id = :source", {"source": source_id})
    return {row[0]: Known(row[1], row[2]) for row in rows}


class Standing(NamedTuple):
    """An item as it stands in the store, as far as it tells whether another entry is the same one."""

    item_id: int
    title: str
    canonical_url: str
    published_at: str | None


def standing(db: sqlite3.Connection, source_id: int, ids: Iterable[int], pages: Iterable[str]) -> list[Standing]:
    """The source's items that have one of these ids or one of these canonical addresses, by id."""
    rows = db.execute(
        "SELECT id, title, canonical_url, published_at FROM item WHERE source_id = :source AND id IN ("
        "SELECT value FROM json_each(:ids) UNION "
        "SELECT item.id FROM json_each(:pages) AS page JOIN item ON item.canonical_url = page.value) ORDER BY id",
        {"source": source_id, "ids": json.dumps(list(ids)), "pages": json.dumps(list(pages))},
    )
    return [Standing(*row) for row in rows]


def count_items(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, int]:
    """How many items each of these sources has, of those that have any."""
    rows = db.execute(
        "SELECT source_id, count(*) FROM item WHERE source_id IN (SELECT value FROM json_each(:ids)) GROUP BY source_id",
        {"ids": json.dumps(list(ids))},
    )
    return {row[0]: row[1] for row in rows}


def followed(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    """The address of each of these sources that is still there."""
    found = db.execute(
        "SELECT id, url FROM source WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(ids))}
    )
    return {row[0]: row[1] for row in found}


def source_at(db: sqlite3.Connection, url: str) -> int | None:
    """The source that is fetched at exactly this address."""
    row = db.execute("SELECT id FROM source WHERE url = :url", {"url": url}).fetchone()
    return None if row is None else int(row[0])


def bring_in(unit: Unit, brought: Sequence[tuple[int, Brought]]) -> list[int]:
    """The items are there in their states and their entries known; returns their ids in order.

    brought: (source id, what it brought), in the order in which they get their ids. A key that is known means the new
    item from now on.
    """
    if not brought:
        return []
    _widen_hash(unit.connection)
    first = mail.next_item(unit.connection)
    ids = list(range(first, first + len(brought)))
    numbered = list(zip(ids, brought, strict=True))
    for some in _portions(numbered):
        _add_items(unit, some)
    _add_files(unit, ((number, one) for number, (_, one) in numbered))
    return ids


Numbered = tuple[int, tuple[int, Brought]]
"""(the item's id, (its source's, what it brought))."""


def _portions(numbered: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    """The items in order, so many at once as are kept in memory twice without harm."""
    some: list[Numbered] = []
    size = 0
    for each in numbered:
        some.append(each)
        size += len(each[1][1].text) + len(each[1][1].html)
        if len(some) == PORTION or size > PORTION_CHARACTERS:
            yield some
            some, size = [], 0
    if some:
        yield some


def _add_items(unit: Unit, some: Iterable[Numbered]) -> None:
    """The items are in the store and their entries known, put there by one statement each.

    Before each statement that may have to be taken back by itself SQLite has FTS5 write out the words that it holds, so
    that a thousand statements would write and merge a thousand indexes: that took two thirds of the time of a first pull.
    """
    db = unit.connection
    names = f"id, source_id, received_at, {', '.join(_COLUMNS)}"
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS brought AS SELECT {names}, '' AS key FROM item WHERE 0")
    db.executemany(
        f"INSERT INTO brought VALUES (?, ?, ?{', ?' * len(_COLUMNS)}, ?)",
        ((number, source_id, unit.at, *_values(one), one.key) for number, (source_id, one) in some),
    )
    db.execute(f"INSERT INTO item ({names}) SELECT {names} FROM brought ORDER BY rowid")
    db.execute(
        "INSERT INTO entry (source_id, item_id, key, hash, seen_at) "
        "SELECT source_id, id, key, hash, received_at FROM brought WHERE true ORDER BY rowid "
        "ON CONFLICT (source_id, key) DO UPDATE SET item_id = excluded.item_id, hash = excluded.hash, seen_at = excluded.seen_at"
    )
    db.execute("DELETE FROM brought")


def count_waiting(db: sqlite3.Connection, ids: Iterable[int]) -> list[tuple[int, int]]:
    """(source, how many) of these items that wait in the backlog, by source."""
    rows = db.execute(
        "SELECT source_id, count(*) FROM item WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'backlog' "
        "GROUP BY source_id ORDER BY source_id", {"ids": json.dumps(list(ids))},
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


_COLUMNS = tuple(name for name in Brought._fields if name not in ("key", "enclosures", "links"))
_values = attrgetter(*_COLUMNS)
"""What was brought, as values of the item's columns."""


def _columns(one: Brought) -> Row:
    """The same by name, with the entry's key."""
    return {"key": one.key, **dict(zip(_COLUMNS, _values(one), strict=True))}


def _add_files(unit: Unit, numbered: Iterable[tuple[int, Brought]]) -> None:
    """The items have the files that they name."""
    unit.connection.executemany(
        "INSERT INTO enclosure (item_id, position, url, type, size_bytes, duration_s, rel) "
        "VALUES (:item, :position, :url, :type, :size_bytes, :duration_s, :rel)",
        (
            {**file._asdict(), "item": number, "position": position}
            for number, one in numbered for position, file in enumerate(one.enclosures)
        ),
    )  # fmt: skip


def know(unit: Unit, source_id: int, keys: Mapping[str, Known]) -> None:
    """The source's items are known by these keys as well; a key without an item is a tombstone."""
    if not keys:
        return
    unit.connection.executemany(
        "INSERT INTO entry (source_id, item_id, key, hash, seen_at) VALUES (:source, :item, :key, :hash, :at) "
        "ON CONFLICT DO NOTHING",
        [
            {"source": source_id, "item": known.item_id, "key": key, "hash": known.hash, "at": unit.at}
            for key, known in keys.items()
        ],
    )


def change(unit: Unit, source_id: int, changed: Sequence[tuple[int, Brought]]) -> None:
    """The items (id, as the source gives them now) have their new content; what they said before is kept as a version,
    and what was decided about them stays.
    """
    if not changed:
        return
    _widen_hash(unit.connection)
    versions.keep(unit, [number for number, _ in changed])
    rows = [{**_columns(one), "id": number, "source_id": source_id, "at": unit.at} for number, one in changed]
    unit.connection.executemany(
        "UPDATE item SET title = :title, url = :url, canonical_url = :canonical_url, author = :author, "
        "published_at = coalesce(:published_at, published_at), changed_at = :at, hash = :hash, summary = :summary, "
        f"text = iif({FULL_TEXT}, text, :text), html = iif({FULL_TEXT}, html, :html), "
        "categories = :categories, authors = :authors WHERE id = :id",
        rows,
    )
    unit.connection.executemany(
        "UPDATE page SET text = :text, html = :html, at = :at WHERE item_id = :id AND role = 'feed' AND text <> ''", rows
    )
    numbers = {"ids": json.dumps([number for number, _ in changed])}
    unit.connection.execute("DELETE FROM enclosure WHERE item_id IN (SELECT value FROM json_each(:ids))", numbers)
    _add_files(unit, changed)
    unit.connection.executemany(
        "UPDATE entry SET hash = :hash, seen_at = :at WHERE source_id = :source_id AND key = :key", rows
    )


FULL_TEXT = "EXISTS (SELECT 1 FROM page WHERE page.item_id = :id AND page.role = 'feed' AND page.text <> '')"
"""SQL: the item shows its page's text, which its feed's summary must not overwrite."""


def set_polled(unit: Unit, source_id: int, columns: Mapping[str, object]) -> None:
    """The source's row has these values: validators, times, failures, and what its feed says of itself."""
    if not columns:
        return
    assert columns.keys() <= _POLLED
    values = ", ".join(f"{name} = :{name}" for name in columns)
    unit.connection.execute(f"UPDATE source SET {values} WHERE id = :id", {**columns, "id": source_id})


def hashes_of(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, bytes]:
    """For each source of which it is known: the hashes of its feed's entries, as it was read last."""
    rows = db.execute(
        "SELECT source_id, hashes FROM source_entries WHERE source_id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(ids))},
    )
    return dict(rows.fetchall())


def keep_hashes(unit: Unit, source_id: int, hashes: bytes) -> None:
    """The entries of the source's feed have these hashes; none: it is not plain what its entries are."""
    row = {"id": source_id, "hashes": hashes}
    if hashes:
        unit.connection.execute("INSERT OR REPLACE INTO source_entries (source_id, hashes) VALUES (:id, :hashes)", row)
    else:
        unit.connection.execute("DELETE FROM source_entries WHERE source_id = :id", row)


_POLLED = {
    "url", "title", "site_url", "description", "state", "checked_at", "fetched_at", "changed_at", "next_at", "etag",
    "modified", "body_hash", "identity", "moved_to", "moved_since", "failures", "error",
}  # fmt: skip


def add_sources(unit: Unit, sources: Sequence[Row]) -> list[int]:
    """The sources are followed, due at once; returns their ids in order.

    Rows: url, title, site_url, opml (JSON), backlog (1: all of their past comes into the inbox; else 0).
    """
    ids = []
    for source in sources:
        made = unit.connection.execute(
            "INSERT INTO source (url, title, site_url, description, state, created_at, failures, backlog, opml) "
            "VALUES (:url, :title, :site_url, '', 'active', :at, 0, :backlog, :opml) RETURNING id",
            {"backlog": 0, **source, "at": unit.at},
        )
        ids.append(int(made.fetchone()[0]))
    return ids


def remove_sources(unit: Unit, ids: Sequence[int]) -> Row:
    """The sources are gone with the items nobody has touched; the others stay, without a source. {"goes", "stays"}."""
    counted = undecided(unit.connection, ids)
    mail.dismiss_lists(unit, ids)
    which = {"ids": json.dumps(list(ids))}
    stories.hand_on(unit, f"source_id IN (SELECT value FROM json_each(:ids)) AND {UNTOUCHED}", which)
    unit.connection.execute(
        f"DELETE FROM item WHERE source_id IN (SELECT value FROM json_each(:ids)) AND {UNTOUCHED}", which
    )
    unit.connection.execute("DELETE FROM source WHERE id IN (SELECT value FROM json_each(:ids))", which)
    return counted


def _widen_hash(db: sqlite3.Connection) -> None:
    """FTS5 keeps a transaction's words in memory until it commits; the store remembers the size."""
    row = db.execute("SELECT v FROM item_fts_config WHERE k = 'hashsize'").fetchone()
    if row is None or row[0] != HASH_BYTES:
        db.execute("INSERT INTO item_fts (item_fts, rank) VALUES ('hashsize', :size)", {"size": HASH_BYTES})


def tag_sources(unit: Unit, wanted: Mapping[int, Sequence[str]]) -> None:
    """The sources have the tags, by the thousand: each name is looked up or made once."""
    numbers: dict[str, int] = {}
    rows = []
    for source_id, names in wanted.items():
        for name in names:
            if name not in numbers:
                numbers[name] = tags.number_for(unit, name)
            rows.append({"tag": numbers[name], "id": source_id})
    unit.connection.executemany(
        "INSERT INTO tagging (tag_id, kind, entity_id, origin) VALUES (:tag, 'source', :id, 'hand') "
        "ON CONFLICT DO NOTHING",
        rows,
    )


def circles_of(db: sqlite3.Connection, source_id: int) -> set[int]:
    """The circles that hold a source."""
    rows = db.execute("SELECT circle_id FROM circle_source WHERE source_id = :id", {"id": source_id})
    return {row[0] for row in rows}


def leave_circles(unit: Unit, source_id: int, circle_ids: Sequence[int]) -> None:
    """The circles no longer hold the source."""
    unit.connection.executemany(
        "DELETE FROM circle_source WHERE source_id = :id AND circle_id = :circle",
        [{"id": source_id, "circle": circle} for circle in circle_ids],
    )


def find_page(db: sqlite3.Connection, addresses: Iterable[str]) -> int | None:
    """The oldest item with one of these canonical addresses."""
    row = db.execute(
        "SELECT min(id) FROM item WHERE canonical_url IN (SELECT value FROM json_each(:addresses))",
        {"addresses": json.dumps(list(addresses))},
    ).fetchone()
    return None if row[0] is None else int(row[0])


def add_clip(unit: Unit, page: Brought) -> int:
    """The page is a kept item without a source; its id."""
    made = unit.connection.execute(
        "INSERT INTO item (state, title, url, canonical_url, author, published_at, received_at, decided_at, hash, via, "
        "summary, text, html) VALUES ('kept', :title, :url, :canonical_url, :author, :published_at, :at, :at, :hash, "
        "'clip', :summary, :text, :html) RETURNING id",
        {**_columns(page), "at": unit.at},
    )
    return int(made.fetchone()[0])


def fill_clip(unit: Unit, number: int, page: Brought) -> None:
    """An item that is there has the page's text where that is longer, and its author where it had none.

    What its source gave is kept beside it, and the source's next change does not put it back.
    """
    db = unit.connection
    longer = db.execute(
        "UPDATE item SET author = coalesce(nullif(author, ''), :author), changed_at = :at "
        "WHERE id = :id AND length(:text) > length(text)",
        {"author": page.author, "text": page.text, "at": unit.at, "id": number},
    ).rowcount
    if longer:
        pages.fill(unit, [pages.FullText(number, page.text, page.html)])
