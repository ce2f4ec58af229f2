"""Names that the shell completes: (word, what it stands for), by name. Reads only."""

import sqlite3

Offer = list[tuple[str, str]]

_NAMES = {
    "contact": "SELECT coalesce(nullif(nick, ''), 'c' || id), name FROM contact "
    "WHERE nick LIKE :start OR name LIKE :start OR 'c' || id LIKE :start ORDER BY name, id LIMIT :limit",
    "circle": "SELECT name, kind FROM circle WHERE name LIKE :start ORDER BY name LIMIT :limit",
    "channel": "SELECT name, kind FROM channel WHERE name LIKE :start "
    "AND json_extract(options, '$.removed') IS NULL ORDER BY name LIMIT :limit",
    "tag": "SELECT name, (SELECT count(*) FROM tagging WHERE tag_id = tag.id) || ' things' FROM tag "
    "WHERE name LIKE :start AND alias_of IS NULL ORDER BY name LIMIT :limit",
}


def names(db: sqlite3.Connection, kind: str, start: str, limit: int) -> Offer:
    """Contacts (by nick, else id), circles, channels or tags whose name begins so."""
    rows = db.execute(_NAMES[kind], {"start": start.replace("%", "") + "%", "limit": limit})
    return [(str(row[0]), str(row[1])) for row in rows]
