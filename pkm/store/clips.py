"""Pages that were saved by hand, by the thousand: which are there, and what a list of them adds. Plain SQL in a unit."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pkm.store.session import Unit


class SavedPage(NamedTuple):
    """One saved page. Times are stamps; state: kept, or inbox where it still waits to be read."""

    url: str
    canonical_url: str
    title: str
    author: str
    state: str
    saved_at: str
    summary: str
    text: str


class SaidThere(NamedTuple):
    """An annotation that an item has. at: when it was made. changed: it is another since."""

    id: int
    exact: str
    comment: str
    at: str
    changed: bool


class PageThere(NamedTuple):
    """An item that a saved page is already. decided: the person said what becomes of it."""

    item_id: int
    state: str
    via: str
    decided: bool
    text: str
    tags: frozenset[str]
    said: tuple[SaidThere, ...] = ()

    @property
    def quotes(self) -> frozenset[str]:
        """The words of its annotations, and the comments of those without."""
        return frozenset(one.exact or one.comment for one in self.said)


class Said(NamedTuple):
    """An annotation: words of the page (exact), where they stand (position, None: nowhere), and what was said of them."""

    exact: str
    prefix: str
    suffix: str
    position: int | None
    comment: str
    at: str


def find_pages(db: sqlite3.Connection, addresses: Iterable[str]) -> dict[str, PageThere]:
    """The oldest item with each of these canonical addresses."""
    rows = db.execute(
        "SELECT page.value AS page, item.id, item.state, item.via, item.decided_at IS NOT NULL AS decided, item.text, "
        "(SELECT json_group_array(tag.name) FROM tagging JOIN tag ON tag.id = tagging.tag_id "
        " WHERE tagging.kind = 'item' AND tagging.entity_id = item.id) AS tags, "
        "(SELECT json_group_array(json_array(id, exact, comment, created_at, updated_at <> created_at)) FROM "
        " (SELECT * FROM annotation WHERE annotation.item_id = item.id ORDER BY id)) AS said "
        "FROM json_each(:pages) AS page JOIN item ON item.id = "
        "(SELECT min(id) FROM item WHERE canonical_url = page.value)",
        {"pages": json.dumps(list(addresses))},
    )
    return {
        row["page"]: PageThere(
            row["id"], row["state"], row["via"], bool(row["decided"]), row["text"],
            frozenset(json.loads(row["tags"])), tuple(SaidThere(*one) for one in json.loads(row["said"])),
        )
        for row in rows
    }  # fmt: skip


def add_pages(unit: Unit, pages: Sequence[SavedPage]) -> list[int]:
    """The pages are items; their ids in order. What is kept was decided when it was saved."""
    ids = []
    for page in pages:
        made = unit.connection.execute(
            "INSERT INTO item (state, title, url, canonical_url, author, received_at, decided_at, hash, via, summary, "
            "text, html) VALUES (:state, :title, :url, :canonical_url, :author, :saved_at, "
            "iif(:state = 'kept', :saved_at, NULL), '', 'import', :summary, :text, '') RETURNING id",
            page._asdict(),
        )
        ids.append(int(made.fetchone()[0]))
    return ids


def keep_pages(unit: Unit, ids: Iterable[int]) -> None:
    """The items are kept: they were saved elsewhere."""
    unit.connection.executemany(
        "UPDATE item SET state = 'kept', decided_at = :at WHERE id = :id", [{"id": number, "at": unit.at} for number in ids]
    )


def set_text(unit: Unit, number: int, text: str) -> None:
    """The item's text is this one: quotes came to those that it is made of."""
    unit.connection.execute("UPDATE item SET text = :text WHERE id = :id", {"text": text, "id": number})


def add_quotes(unit: Unit, said: Sequence[tuple[int, Said]]) -> None:
    """The items (by id) have these annotations; words that stand nowhere in the text are orphans, and kept."""
    unit.connection.executemany(
        "INSERT INTO annotation (item_id, exact, prefix, suffix, position, comment, state, created_at, updated_at) "
        "VALUES (:item, :exact, :prefix, :suffix, :position, :comment, "
        "iif(:exact <> '' AND :position IS NULL, 'orphan', 'anchored'), :at, :at)",
        [{**one._asdict(), "item": number} for number, one in said],
    )


def change_comments(unit: Unit, comments: Mapping[int, str]) -> None:
    """The annotations (by id) have these comments. They do not count as changed here: where they came from says so."""
    unit.connection.executemany(
        "UPDATE annotation SET comment = :comment WHERE id = :id",
        [{"id": number, "comment": comment} for number, comment in comments.items()],
    )


def find_texts(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    """The texts of these items."""
    rows = db.execute(
        "SELECT id, text FROM item WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(ids))}
    )
    return {row[0]: row[1] for row in rows}
