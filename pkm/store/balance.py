"""Facts behind `pkm stats people`: who gave what to whom, whom one reads, which circles are heard. Reads only, set-based.

Nobody is ranked here: people come by name, answers by date, circles by kind and name.
"""

import re
import sqlite3

from pkm.grouped import grouped_sets
from pkm.ids import Row, make
from pkm.store.circles import CAME
from pkm.store.items import WRITTEN
from pkm.store.rows import things
from pkm.store.standings import EVERY_S, RANK
from pkm.store.stats import SENT


def stays(db: sqlite3.Connection) -> list[tuple[int, str, str | None]]:
    """(circle, joined, left or None) of every stay in a circle, by circle, then when it began, then its row."""
    found = db.execute("SELECT circle_id, joined_at, left_at FROM membership ORDER BY circle_id, joined_at, id")
    return [(row[0], row[1], row[2]) for row in found]


def circles(db: sqlite3.Connection) -> list[Row]:
    """Every circle, the closest kind first, then by name and id: {"number", "name", "circle_kind", "every_s", "members"}."""
    found = db.execute(
        "SELECT circle.id AS number, circle.name, circle.kind AS circle_kind, circle.every_s, "
        "(SELECT count(*) FROM membership WHERE circle_id = circle.id AND left_at IS NULL) AS members FROM circle "
        f"ORDER BY {RANK.format(kind='circle.kind')}, circle.name COLLATE NOCASE, circle.id"
    )
    return [{**dict(row), "every_s": row["every_s"] or EVERY_S[row["circle_kind"]]} for row in found]


_SOURCES_OF_CIRCLES = (
    "SELECT circle_id, source_id FROM circle_source UNION SELECT membership.circle_id, source.id FROM membership "
    "JOIN source ON source.contact_id = membership.contact_id WHERE membership.left_at IS NULL"
)


def last_item(db: sqlite3.Connection) -> dict[int, tuple[str, int]]:
    """By circle: when the newest item of its sources and of its members' was written, or came; and its number.

    Of each source the item that came last is looked at: what one pull brings is numbered in the order of its writing.
    """
    found = db.execute(
        f"SELECT theirs.circle_id, max({WRITTEN}), item.id FROM ({_SOURCES_OF_CIRCLES}) AS theirs JOIN item ON item.id = "
        "(SELECT max(id) FROM item WHERE source_id = theirs.source_id) GROUP BY theirs.circle_id"
    )
    return {row[0]: (row[1], row[2]) for row in found}


def last_answer(db: sqlite3.Connection) -> dict[int, tuple[str, int]]:
    """By circle: when it, or one who is in it now, last answered a share; and the answer's number."""
    found = db.execute(
        "SELECT circle_id, max(at), id FROM (SELECT membership.circle_id, response.at, response.id FROM response "
        "JOIN membership ON membership.contact_id = response.contact_id AND membership.left_at IS NULL "
        "UNION ALL SELECT delivery.circle_id, response.at, response.id FROM response "
        "JOIN delivery ON delivery.id = response.delivery_id WHERE delivery.circle_id IS NOT NULL) GROUP BY circle_id"
    )
    return {row[0]: (row[1], row[2]) for row in found}


def last_given(db: sqlite3.Connection) -> dict[int, tuple[str, int]]:
    """By circle: when a share that stands last went to it, and the share's number."""
    found = db.execute(f"WITH {SENT} SELECT circle, max(at), share FROM sent WHERE circle IS NOT NULL GROUP BY circle")
    return {row[0]: (row[1], row[2]) for row in found}


def circles_of_contacts(db: sqlite3.Connection) -> dict[int, frozenset[int]]:
    """By contact: the circles they are in now."""
    return _sets(db.execute("SELECT contact_id, circle_id FROM membership WHERE left_at IS NULL"))


def circles_of_sources(db: sqlite3.Connection) -> dict[int, frozenset[int]]:
    """By source: the circles that write or read it together."""
    return _sets(db.execute("SELECT source_id, circle_id FROM circle_source"))


def _sets(found: sqlite3.Cursor) -> dict[int, frozenset[int]]:
    sets = grouped_sets(found)
    return {key: frozenset(values) for key, values in sets.items()}


def names(db: sqlite3.Connection) -> dict[int, str]:
    """What every contact is called."""
    return {row[0]: row[1] for row in db.execute("SELECT id, name FROM contact")}


_GIVEN = {
    "shares": "WITH [SENT] SELECT delivery.contact_id AS who, count(DISTINCT delivery.share_id) AS number FROM sent "
    "CROSS JOIN delivery INDEXED BY ix_delivery_stage_id ON delivery.stage_id = sent.stage WHERE {sent.at} "
    "AND sent.type <> 'introduction' AND +delivery.state = 'sent' AND delivery.contact_id IS NOT NULL GROUP BY 1",
    "introductions": "SELECT contact_id AS who, count(*) AS number FROM interaction_contact JOIN interaction "
    "ON interaction.id = interaction_contact.interaction_id JOIN share ON share.id = interaction.share_id "
    "WHERE share.type = 'introduction' AND {interaction.at} GROUP BY 1",
    "interactions": "SELECT contact_id AS who, count(*) AS number FROM interaction JOIN interaction_contact "
    "ON interaction.id = interaction_contact.interaction_id WHERE {interaction.at} AND NOT EXISTS (SELECT 1 FROM share "
    "WHERE share.id = interaction.share_id AND share.type = 'introduction') GROUP BY 1",
    "promises": "SELECT contact_id AS who, count(*) AS number FROM promise JOIN interaction_contact "
    "ON interaction_contact.interaction_id = promise.interaction_id WHERE promise.owed_by = 'me' AND promise.state = 'kept' "
    "AND {promise.settled_at} GROUP BY 1",
}
_BACK = {
    "interactions": _GIVEN["interactions"],  # what passed between two goes both ways
    "answers": "SELECT contact_id AS who, count(*) AS number FROM response WHERE contact_id IS NOT NULL "
    "AND {response.at} GROUP BY 1",
    "introductions": "SELECT through_id AS who, count(*) AS number FROM contact WHERE through_id IS NOT NULL "
    "AND {contact.created_at} GROUP BY 1",
    "promises": "SELECT contact_id AS who, count(*) AS number FROM promise JOIN interaction_contact "
    "ON interaction_contact.interaction_id = promise.interaction_id WHERE promise.owed_by = 'them' "
    "AND promise.state = 'kept' AND {promise.settled_at} GROUP BY 1",
}
GIVEN, BACK = tuple(_GIVEN), tuple(_BACK)


def exchanged(db: sqlite3.Connection, since: str, until: str) -> tuple[dict[str, dict[int, int]], dict[str, dict[int, int]]]:
    """What was given to people, and what came back from them, then: for each sort, how much by contact.

    Given: shares, introductions, promises kept. Back: answers, people met through them, promises they kept. An interaction
    that was logged is an exchange: it is in both.
    """
    given = {"since": since, "until": until}
    return tuple(
        {sort: {row[0]: row[1] for row in db.execute(_spanned(sql), given)} for sort, sql in sorts.items()}
        for sorts in (_GIVEN, _BACK)
    )  # type: ignore[return-value]


def _spanned(sql: str) -> str:
    """The query with {column} as the condition that it lies in the span."""
    return re.sub(r"\{([a-z_.]+)\}", r"\1 >= :since AND \1 < :until", sql.replace("[SENT]", SENT))


def totals(db: sqlite3.Connection, since: str, until: str) -> Row:
    """Each thing that passed then, counted once whoever took part: {"shares", "introductions", "interactions",
    "promises", "answers", "met_through", "their_promises", "answers_of_nobody"}; the last: of no contact yet.
    """
    span = _spanned
    found = db.execute(
        f"WITH {SENT} SELECT (SELECT count(DISTINCT share) FROM sent WHERE type <> 'introduction' "
        f"AND {span('{sent.at}')}) AS shares, "
        "(SELECT count(DISTINCT share.id) FROM share JOIN interaction ON interaction.share_id = share.id "
        f"WHERE share.type = 'introduction' AND {span('{interaction.at}')}) AS introductions, "
        f"(SELECT count(*) FROM interaction WHERE {span('{interaction.at}')} AND NOT EXISTS (SELECT 1 FROM share "
        "WHERE share.id = interaction.share_id AND share.type = 'introduction')) AS interactions, "
        f"(SELECT count(*) FROM promise WHERE owed_by = 'me' AND state = 'kept' AND {span('{settled_at}')}) AS promises, "
        f"(SELECT count(*) FROM response WHERE {span('{at}')}) AS answers, "
        f"(SELECT count(*) FROM contact WHERE through_id IS NOT NULL AND {span('{created_at}')}) AS met_through, "
        f"(SELECT count(*) FROM promise WHERE owed_by = 'them' AND state = 'kept' AND {span('{settled_at}')}) "
        f"AS their_promises, (SELECT count(*) FROM response WHERE contact_id IS NULL AND {span('{at}')}) AS answers_of_nobody",
        {"since": since, "until": until},
    ).fetchone()
    return dict(found)


def addressed(db: sqlite3.Connection) -> set[int]:
    """Contacts with whom something passed ever, or for whom a share by name was sent."""
    found = db.execute(
        "SELECT DISTINCT contact_id FROM interaction_contact UNION SELECT share_contact.contact_id FROM share_contact "
        "JOIN share ON share.id = share_contact.share_id WHERE share.sent_at IS NOT NULL"
    )
    return {row[0] for row in found}


def unanswered(db: sqlite3.Connection, since: str, until: str) -> list[Row]:
    """Answers to shares that came then with no reply, note or thanks since, the oldest first, then by id.

    A reply: an interaction with them after it, or a share for them by name. A note, or a trial: made of it. What was
    put away asks for nothing. {"id", "kind", "title", "at", "share", "contact", "name"}; contact: None for nobody's yet.
    """
    found = db.execute(
        "SELECT response.id, response.text AS title, response.at, response.share_id, coalesce(contact.name, '') AS name, "
        "response.contact_id FROM response LEFT JOIN contact ON contact.id = response.contact_id "
        "WHERE response.note_id IS NULL AND response.state <> 'dropped' "
        "AND response.at >= :since AND response.at < :until "
        "AND NOT EXISTS (SELECT 1 FROM trial WHERE trial.response_id = response.id) "
        "AND NOT EXISTS (SELECT 1 FROM interaction_contact JOIN interaction "
        "ON interaction.id = interaction_contact.interaction_id "
        "WHERE interaction_contact.contact_id = response.contact_id AND interaction.at > response.at) "
        "AND NOT EXISTS (SELECT 1 FROM share_contact JOIN share ON share.id = share_contact.share_id "
        "WHERE share_contact.contact_id = response.contact_id AND share.sent_at > response.at) "
        "ORDER BY response.at, response.id",
        {"since": since, "until": until},
    )
    return things("response", found)


def overdue(db: sqlite3.Connection, now: str) -> tuple[int, list[Row]]:
    """How many promises one made are open; and those whose day has passed, the oldest first, then by id.

    {"id", "kind", "title", "due_at"}
    """
    total = db.execute("SELECT count(*) FROM promise WHERE owed_by = 'me' AND state = 'open'").fetchone()[0]
    found = db.execute(
        "SELECT id, text AS title, due_at FROM promise WHERE owed_by = 'me' AND state = 'open' AND due_at < :now "
        "ORDER BY due_at, id", {"now": now},
    )
    return int(total), things("promise", found)


def answers_by_circle(db: sqlite3.Connection, since: str, until: str) -> dict[int, tuple[int, int]]:
    """By circle: (shares that went to it then, answers of it that came then); those with neither are left out."""
    given = {"since": since, "until": until}
    went = db.execute(
        f"WITH {SENT} SELECT circle, count(DISTINCT share) FROM sent WHERE circle IS NOT NULL AND at >= :since AND at < :until "
        "GROUP BY 1", given,
    )  # fmt: skip
    shares = {row[0]: row[1] for row in went}
    came = db.execute(f"SELECT circle_id, count(*) FROM ({CAME}) WHERE at >= :since AND at < :until GROUP BY 1", given)
    answers = {row[0]: row[1] for row in came}
    return {circle: (shares.get(circle, 0), answers.get(circle, 0)) for circle in sorted({*shares, *answers})}


_TIES = (
    f"tie AS (SELECT membership.contact_id AS who, min({RANK.format(kind='circle.kind')}) AS rank FROM membership "
    "JOIN circle ON circle.id = membership.circle_id WHERE membership.left_at IS NULL GROUP BY membership.contact_id)"
)
_WORLDS = f"""WITH recent AS (SELECT id, item_id FROM note INDEXED BY note_updated WHERE updated_at >= :since
  AND updated_at < :until AND dropped_at IS NULL),
{_TIES},
points AS (
  SELECT recent.id AS note, link.to_kind AS kind, link.to_id AS number FROM recent JOIN link
    ON link.from_kind = 'note' AND link.from_id = recent.id WHERE link.to_id IS NOT NULL AND link.to_kind IN ('contact', 'item')
  UNION SELECT id, 'item', item_id FROM recent WHERE item_id IS NOT NULL),
sourced AS (
  SELECT points.note, source.id AS source, coalesce(rule.person_id, source.contact_id) AS who FROM points
  JOIN item ON points.kind = 'item' AND item.id = points.number
  LEFT JOIN source ON source.id = item.source_id LEFT JOIN rule ON rule.id = item.rule_id),
worlds AS (
  SELECT points.note, CASE tie.rank WHEN 1 THEN 'team' WHEN 2 THEN 'community' WHEN 3 THEN 'network' ELSE 'life' END AS world
    FROM points LEFT JOIN tie ON tie.who = points.number WHERE points.kind = 'contact'
  UNION SELECT sourced.note, CASE tie.rank WHEN 1 THEN 'team' WHEN 2 THEN 'community' WHEN 3 THEN 'network' END
    FROM sourced JOIN tie ON tie.who = sourced.who
  UNION SELECT sourced.note, circle.kind FROM sourced JOIN circle_source ON circle_source.source_id = sourced.source
    JOIN circle ON circle.id = circle_source.circle_id)
"""


def bridges(db: sqlite3.Connection, since: str, until: str) -> tuple[int, list[Row]]:
    """How many notes changed then link to anybody's world, and those that link at least two of network, community, team
    and life, by id: {"id", "kind", "title", "worlds"}.

    A world: the kind of circle of the people that a note names and of those whose items it speaks of (their closest
    tie), or of a circle whose source that is; life: a person who is named and is in no circle.
    """
    found = db.execute(
        f"{_WORLDS} SELECT worlds.note, note.title, group_concat(worlds.world) AS worlds, count(*) AS number FROM worlds "
        "JOIN note ON note.id = worlds.note GROUP BY worlds.note ORDER BY worlds.note",
        {"since": since, "until": until},
    ).fetchall()
    return len(found), [
        {"id": make("note", row["note"]), "kind": "note", "title": row["title"], "worlds": sorted(row["worlds"].split(","))}
        for row in found if row["number"] >= 2
    ]  # fmt: skip
