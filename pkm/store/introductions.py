"""Questions behind an introduction: what two people share, and whether they know each other already. Reads only, set-based.

Only what few people share says something of them: a subject or a circle of more than `most` is left out.
"""

import sqlite3

from pkm.ids import Row
from pkm.store.rows import as_dicts, in_ids

# +kind: the index by tag covers the question; the one by kind would look up each row.
_TAGGED = """
WITH many AS MATERIALIZED (SELECT tag_id FROM tagging WHERE +kind = 'contact' GROUP BY tag_id HAVING count(*) > :most),
theirs AS MATERIALIZED (SELECT id FROM source WHERE contact_id IS NOT NULL),
folder AS MATERIALIZED (SELECT tag_id FROM tagging JOIN theirs ON theirs.id = entity_id WHERE kind = 'source'
GROUP BY tag_id HAVING count(*) > 4 AND 3 * count(*) >= (SELECT count(*) FROM theirs))
SELECT tag_id, entity_id AS contact_id, 'contact' AS kind, entity_id AS number FROM tagging
WHERE +kind = 'contact' AND tag_id NOT IN many
UNION ALL SELECT tag_id, source.contact_id, 'source', source.id FROM tagging JOIN source ON source.id = entity_id
WHERE tagging.kind = 'source' AND source.contact_id IS NOT NULL AND tag_id NOT IN many AND tag_id NOT IN folder
UNION ALL SELECT tag_id, source.contact_id, 'item', item.id FROM tagging JOIN item ON item.id = entity_id
JOIN source ON source.id = item.source_id
WHERE tagging.kind = 'item' AND item.state = 'kept' AND source.contact_id IS NOT NULL AND tag_id NOT IN many
"""


def subjects(db: sqlite3.Connection, most: int) -> list[Row]:
    """Tags that stand for 2 to `most` people: on them, on a source of theirs, on an item of it that was kept.

    What five sources and a third of all that people write are tagged with is the folder of a list, and says nothing of them.
    {"tag" (its name), "contact_id", "kind", "number"}: one row for the first thing of each kind, by tag and contact.
    """
    named = {row[0]: (row[1], row[2]) for row in db.execute("SELECT id, alias_of, name FROM tag")}
    first: dict[int, dict[int, dict[str, int]]] = {}  # counted here: as a query it takes four times as long
    for tag, contact, kind, number in db.execute(_TAGGED, {"most": most}):
        said = first.setdefault(named[tag][0] or tag, {}).setdefault(contact, {})
        said[kind] = min(number, said.get(kind, number))
    few = sorted(((named[tag][1], people) for tag, people in first.items() if 2 <= len(people) <= most), key=lambda one: one[0])
    return [
        {"tag": tag, "contact_id": contact, "kind": kind, "number": number}
        for tag, people in few for contact in sorted(people) for kind, number in sorted(people[contact].items())
    ]  # fmt: skip


def notes_together(db: sqlite3.Connection, most: int) -> list[Row]:
    """Notes that mention 2 to `most` people: {"note_id", "contact_id"}, the newest note first."""
    return as_dicts(db.execute(
        "WITH said AS MATERIALIZED (SELECT DISTINCT from_id AS note_id, to_id AS contact_id FROM link "
        "JOIN note ON note.id = from_id WHERE from_kind = 'note' AND to_kind = 'contact' AND to_id IS NOT NULL "
        "AND note.dropped_at IS NULL), few AS (SELECT note_id FROM said GROUP BY note_id HAVING count(*) BETWEEN 2 AND :most) "
        "SELECT note_id, contact_id FROM said JOIN few USING (note_id) JOIN contact ON contact.id = contact_id "
        "ORDER BY note_id DESC, contact_id", {"most": most},
    ))  # fmt: skip


def circles_together(db: sqlite3.Connection, most: int) -> list[Row]:
    """Circles of loose ties with 2 to `most` members now: {"circle_id", "name", "contact_id"}, by circle and contact."""
    return as_dicts(db.execute(
        "SELECT circle.id AS circle_id, circle.name, contact_id FROM membership JOIN circle ON circle.id = circle_id "
        "WHERE circle.kind = 'network' AND left_at IS NULL AND circle_id IN (SELECT circle_id FROM membership "
        "WHERE left_at IS NULL GROUP BY circle_id HAVING count(*) BETWEEN 2 AND :most) ORDER BY circle.id, contact_id",
        {"most": most},
    ))  # fmt: skip


def met_in(db: sqlite3.Connection) -> list[tuple[int, str]]:
    """(contact, where) for each place where people come to know each other: an interaction of several, a team or community
    that they are or were in, a share that introduces them.
    """
    found = db.execute(
        "SELECT contact_id, 'e' || interaction_id FROM interaction_contact WHERE interaction_id IN "
        "(SELECT interaction_id FROM interaction_contact GROUP BY interaction_id HAVING count(*) > 1) "
        "UNION ALL SELECT contact_id, 'o' || circle_id FROM membership JOIN circle ON circle.id = circle_id "
        "WHERE circle.kind <> 'network' UNION ALL SELECT contact_id, 'x' || share_id FROM share_contact "
        "JOIN share ON share.id = share_id WHERE type = 'introduction' AND state <> 'retracted'"
    )
    return [(row[0], row[1]) for row in found]


def through(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """(contact, whom one met them through)."""
    found = db.execute("SELECT id, through_id FROM contact WHERE through_id IS NOT NULL ORDER BY id")
    return [(row[0], row[1]) for row in found]


def names(db: sqlite3.Connection, numbers: list[int]) -> dict[int, str]:
    """What these contacts are called."""
    return {row[0]: row[1] for row in db.execute(f"SELECT id, name FROM contact WHERE id IN {in_ids(numbers)}")}


def common_tags(db: sqlite3.Connection, first: int, second: int) -> list[str]:
    """Names of the tags that are on both contacts, by name."""
    found = db.execute(
        "SELECT DISTINCT tag.name FROM tagging AS one JOIN tagging AS other ON other.tag_id = one.tag_id "
        "AND other.kind = 'contact' AND other.entity_id = :second JOIN tag ON tag.id = one.tag_id "
        "WHERE one.kind = 'contact' AND one.entity_id = :first ORDER BY tag.name", {"first": first, "second": second},
    )  # fmt: skip
    return [row[0] for row in found]
