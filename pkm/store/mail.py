"""The sources that a mailbox brings: one a list or a sender, at mail: and its id; and those that are not wanted again."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from pkm.store.session import Unit

DISMISSED = "mail"
"""The kind of a dismissal that keeps a list away."""


def lists_at(db: sqlite3.Connection, urls: Iterable[str]) -> dict[str, tuple[int, str]]:
    """(number, state) of the sources at these addresses."""
    found = db.execute(
        "SELECT url, id, state FROM source WHERE url IN (SELECT value FROM json_each(:urls))",
        {"urls": json.dumps(list(urls))},
    )
    return {row[0]: (row[1], row[2]) for row in found}


def dismissed(db: sqlite3.Connection, urls: Iterable[str]) -> set[str]:
    """Those of the addresses whose list was removed: its letters stay in the mailbox."""
    found = db.execute(
        "SELECT key FROM dismissal WHERE kind = :kind AND key IN (SELECT value FROM json_each(:urls))",
        {"kind": DISMISSED, "urls": json.dumps(list(urls))},
    )
    return {row[0] for row in found}


def dismiss_lists(unit: Unit, source_ids: Sequence[int]) -> None:
    """The lists among these sources do not come back by themselves."""
    unit.connection.execute(
        "INSERT OR IGNORE INTO dismissal (kind, key, title, at) SELECT :kind, url, title, :at FROM source "
        "WHERE url LIKE 'mail:%' AND id IN (SELECT value FROM json_each(:ids))",
        {"kind": DISMISSED, "at": unit.at, "ids": json.dumps(list(source_ids))},
    )


def welcome_list(unit: Unit, url: str) -> None:
    """The list may come again."""
    unit.connection.execute("DELETE FROM dismissal WHERE kind = :kind AND key = :url", {"kind": DISMISSED, "url": url})


def add_list(unit: Unit, url: str, title: str, *, mailbox_id: int | None, contact_id: int | None, state: str) -> int:
    """A source for the list's letters; its number."""
    made = unit.connection.execute(
        "INSERT INTO source (url, title, site_url, description, state, created_at, failures, opml, mailbox_id, "
        "contact_id) VALUES (:url, :title, '', '', :state, :at, 0, '{}', :mailbox, :contact) RETURNING id",
        {"url": url, "title": title, "at": unit.at, "mailbox": mailbox_id, "contact": contact_id, "state": state},
    )
    return int(made.fetchone()[0])


def set_mailbox(unit: Unit, source_id: int, mailbox_id: int) -> None:
    """A list without a mailbox has this one: its former was removed, or it began with a letter in a file."""
    unit.connection.execute(
        "UPDATE source SET mailbox_id = :mailbox WHERE id = :id AND mailbox_id IS NULL",
        {"mailbox": mailbox_id, "id": source_id},
    )


def reread_mailboxes(unit: Unit, mailbox_ids: Sequence[int]) -> None:
    """The mailboxes are due, and read from their beginning; what is known is not brought again."""
    unit.connection.execute(
        "UPDATE source SET etag = NULL, next_at = NULL WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(mailbox_ids))},
    )


def mailboxes_of(db: sqlite3.Connection, source_ids: Iterable[int]) -> list[int]:
    """What is to be asked for these sources: for a list its mailbox, for all others themselves."""
    found = db.execute(
        "SELECT DISTINCT CASE WHEN url LIKE 'mail:%' THEN mailbox_id ELSE id END AS asked FROM source "
        "WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY asked",
        {"ids": json.dumps(list(source_ids))},
    )
    return [row[0] for row in found if row[0] is not None]


def with_lists(db: sqlite3.Connection, source_ids: Iterable[int]) -> list[int]:
    """The sources, and the lists of those of them that are mailboxes."""
    found = db.execute(
        "SELECT id FROM source WHERE id IN (SELECT value FROM json_each(:ids)) "
        "OR mailbox_id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        {"ids": json.dumps(list(source_ids))},
    )
    return [row[0] for row in found]


def next_item(db: sqlite3.Connection) -> int:
    """The number that AUTOINCREMENT would give the next item: never one that was given before."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'item'").fetchone()
    return 1 if row is None else int(row[0]) + 1


def count_letters(db: sqlite3.Connection, mailbox_id: int, before: int) -> int:
    """How many items below that number the lists of a mailbox have."""
    found = db.execute(
        "SELECT count(*) FROM source JOIN item ON item.source_id = source.id "
        "WHERE source.mailbox_id = :id AND item.id < :before",
        {"id": mailbox_id, "before": before},
    )
    return int(found.fetchone()[0])


def find_mailbox(db: sqlite3.Connection, schemes: Iterable[str]) -> list[tuple[int, str]]:
    """(number, address) of each mailbox that is followed."""
    found = db.execute(
        "SELECT id, url FROM source WHERE substr(url, 1, instr(url, ':') - 1) IN (SELECT value FROM json_each(:schemes))",
        {"schemes": json.dumps(list(schemes))},
    )
    return [(row[0], row[1]) for row in found]
