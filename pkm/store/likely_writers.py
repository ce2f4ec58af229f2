"""Who may write a source that is followed: the contact whose address its site is."""

import sqlite3
from typing import NamedTuple

from pkm.grouped import grouped_sets
from pkm.html import same_page_key
from pkm.store.sources import without_user


class Writer(NamedTuple):
    """A source without a contact, and the one contact whose address its site is; numbers and names."""

    source: int
    title: str
    contact: int
    name: str


def likely(db: sqlite3.Connection) -> list[Writer]:
    """The sources that nobody is said to write, each with the contact whose address it has, by id.

    An address that several contacts have (a firm's) is nobody's.
    """
    known = db.execute("SELECT contact_id, value FROM handle WHERE kind = 'url' ORDER BY id")
    owners = grouped_sets((same_page_key(url), number) for number, url in known)
    if not owners:
        return []
    names = dict(db.execute("SELECT id, name FROM contact").fetchall())
    found = db.execute(
        "SELECT id, url, site_url, coalesce(nullif(title, ''), url) AS title FROM source WHERE contact_id IS NULL "
        "AND state <> 'gone' ORDER BY id"
    )
    written = []
    for row in found:
        who = next((owners[key] for at in (row["site_url"], row["url"]) if at and (key := same_page_key(at)) in owners), set())
        if len(who) == 1:
            (contact,) = who
            written.append(Writer(row["id"], without_user(row["title"]), contact, names[contact]))
    return written
