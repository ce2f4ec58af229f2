"""Names that the shell completes: (word, what it stands for), by name. Reads only."""

import re
import sqlite3

Offer = list[tuple[str, str]]

_PLAIN = re.compile(r"[\w@.,:/%+=-]+")
"""A word that every shell takes as it stands. Names come from anywhere: a shell would run what is in $(…) or behind &."""

_NAMES = {
    "contact": "SELECT nick, name, 'c' || id FROM contact "
    "WHERE nick LIKE :start OR name LIKE :start OR 'c' || id LIKE :start ORDER BY name, id LIMIT :limit",
    "circle": "SELECT name, kind, 'o' || id FROM circle "
    "WHERE name LIKE :start OR 'o' || id LIKE :start ORDER BY name LIMIT :limit",
    "channel": "SELECT name, kind, '' FROM channel WHERE name LIKE :start "
    "AND json_extract(options, '$.removed') IS NULL ORDER BY name LIMIT :limit",
    "tag": "SELECT name, (SELECT count(*) FROM tagging WHERE tag_id = tag.id) || ' things', '' FROM tag "
    "WHERE name LIKE :start AND alias_of IS NULL ORDER BY name LIMIT :limit",
}
"""Each row is the name, what it stands for, and its id where it has one."""


def names(db: sqlite3.Connection, kind: str, start: str, limit: int) -> Offer:
    """Contacts (by nick), circles, channels or tags whose name begins so; by their id where the name is no plain word."""
    rows = db.execute(_NAMES[kind], {"start": start.replace("%", "") + "%", "limit": limit})
    words = [(name if _PLAIN.fullmatch(name) else number, about or name) for name, about, number in map(tuple, rows)]
    return [(word, str(about)) for word, about in words if word]
