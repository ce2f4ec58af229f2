"""Stories: items of several sources that tell the same one. The item that came first stands for it in lists.

An item's story_id names that item; all of one story are in one state. Where one source has the page itself (its own
host), its item is the one that stands for the story: what others write under that address is theirs, not the page's.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pkm.ids import Row, make

if TYPE_CHECKING:
    from pkm.store.session import Unit

AT_ONE_PAGE = 8
"""With so many items at one address a new one is compared, the latest: an address that many share says nothing."""

RECENT = 10_000
"""Among so many items, the latest, one of the same title is looked for."""


class Told(NamedTuple):
    """An item, as far as it tells which story it is. at: when it was published, else when it came in.

    site: where its source is at home, else where its feed is.
    """

    id: int
    source_id: int
    lead_id: int
    state: str
    title: str
    canonical_url: str
    at: str
    site: str = ""


class Titled(NamedTuple):
    """An item, as far as it tells whether it may be the same story. at: as above."""

    id: int
    title: str
    at: str


_TOLD = (
    "SELECT item.id, item.source_id, coalesce(item.story_id, item.id), item.state, item.title, item.canonical_url, "
    "coalesce(item.published_at, item.received_at), coalesce(nullif(source.site_url, ''), source.url) "
    "FROM item JOIN source ON source.id = item.source_id"
)


def of_ids(db: sqlite3.Connection, ids: Iterable[int]) -> list[Told]:
    """These items, where they have a source and no rule muted them, by id."""
    rows = db.execute(
        f"{_TOLD} WHERE item.id IN (SELECT value FROM json_each(:ids)) AND item.state <> 'muted' ORDER BY item.id",
        {"ids": json.dumps(list(ids))},
    )
    return [Told(*row) for row in rows]


def at_pages(db: sqlite3.Connection, pages: Iterable[str], before: int) -> list[int]:
    """The items below that id at these canonical addresses: of each address the latest AT_ONE_PAGE."""
    known = db.execute(  # most addresses are new: one question for all tells which are not
        "SELECT value FROM json_each(:pages) WHERE EXISTS (SELECT 1 FROM item WHERE canonical_url = value AND id < :before)",
        {"pages": json.dumps(list(pages)), "before": before},
    ).fetchall()
    sql = (
        "SELECT id FROM item WHERE canonical_url = :page AND id < :before AND state <> 'muted' ORDER BY id DESC LIMIT :few"
    )
    few = {"before": before, "few": AT_ONE_PAGE}
    return [row[0] for page, in known for row in db.execute(sql, {"page": page, **few})]


def recent_titles(db: sqlite3.Connection, after: int, before: int, since: str) -> list[Titled]:
    """The items between those ids that came in since then, of the latest RECENT ones, by id."""
    rows = db.execute(
        "SELECT id, title, coalesce(published_at, received_at) FROM item WHERE id > max(:after, :before - :few) AND id < :before "
        "AND received_at >= :since AND state <> 'muted' ORDER BY id",
        {"after": after, "before": before, "few": RECENT, "since": since},
    )
    return [Titled(*row) for row in rows]


def text_of(db: sqlite3.Connection, number: int) -> str:
    """The beginning of an item's text."""
    row = db.execute("SELECT substr(text, 1, 4000) FROM item WHERE id = :id", {"id": number}).fetchone()
    return "" if row is None else str(row[0])


def join(unit: "Unit", leads: Mapping[int, int]) -> None:
    """Each item (key) belongs to the story that the other one stands for, and is in its state.

    A story that waited in the backlog is in the inbox where a new item of it came into the inbox.
    """
    rows = [{"id": number, "lead": lead} for number, lead in leads.items()]
    db = unit.connection
    db.executemany(
        "UPDATE item SET state = 'inbox' WHERE (id = :lead OR story_id = :lead) AND state = 'backlog' "
        "AND (SELECT state FROM item WHERE id = :id) = 'inbox'",
        rows,
    )
    db.executemany(
        "UPDATE item SET story_id = :lead, state = (SELECT state FROM item WHERE id = :lead) WHERE id = :id", rows
    )


def lead_with(unit: "Unit", leads: Mapping[int, int]) -> None:
    """Each item (value) stands from now on for the story that the other one (key) stood for."""
    unit.connection.executemany(
        "UPDATE item SET story_id = CASE id WHEN :new THEN NULL ELSE :new END "
        "WHERE story_id = :old OR id IN (:old, :new)",
        [{"old": old, "new": new} for old, new in leads.items()],
    )


def part(unit: "Unit", numbers: Iterable[int]) -> None:
    """These items tell no story but their own: those that they stood for have another item to stand for them."""
    which = {"ids": json.dumps(list(numbers))}
    going = "id IN (SELECT value FROM json_each(:ids))"
    hand_on(unit, going, which)
    unit.connection.execute(f"UPDATE item SET story_id = NULL WHERE {going} AND story_id IS NOT NULL", which)


def whole(db: sqlite3.Connection, numbers: Iterable[int]) -> list[int]:
    """The items with all others of their stories, by id."""
    rows = db.execute(
        "WITH lead AS (SELECT DISTINCT coalesce(story_id, id) AS id FROM item "
        "WHERE id IN (SELECT value FROM json_each(:ids))) "
        "SELECT id FROM lead UNION SELECT item.id FROM lead JOIN item ON item.story_id = lead.id ORDER BY 1",
        {"ids": json.dumps(list(numbers))},
    )
    return [row[0] for row in rows]


def members(db: sqlite3.Connection, leads: Sequence[int]) -> dict[int, list[Row]]:
    """For each item that stands for a story of several: all of its items, by id, with their sources and addresses."""
    rows = db.execute(
        "WITH lead AS (SELECT value AS id FROM json_each(:ids) AS wanted "
        "WHERE EXISTS (SELECT 1 FROM item WHERE story_id = wanted.value)) "
        "SELECT coalesce(item.story_id, item.id) AS lead, item.id, item.url, item.source_id, "
        "coalesce(nullif(source.title, ''), source.url) AS source_title "
        "FROM (SELECT id FROM lead UNION SELECT item.id FROM lead JOIN item ON item.story_id = lead.id) AS one "
        "JOIN item ON item.id = one.id LEFT JOIN source ON source.id = item.source_id ORDER BY item.id",
        {"ids": json.dumps(list(leads))},
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["lead"], []).append({
            "number": row["id"], "id": make("item", row["id"]), "url": row["url"],
            "source": None if row["source_id"] is None else make("source", row["source_id"]),
            "source_title": row["source_title"],
        })  # fmt: skip
    return found


def told_by(db: sqlite3.Connection, leads: Iterable[int]) -> set[int]:
    """The items that tell the stories that these stand for."""
    sql = "SELECT item.id FROM json_each(:ids) AS lead JOIN item ON item.story_id = lead.value"
    return {row[0] for row in db.execute(sql, {"ids": json.dumps(list(leads))})}


def hand_on(unit: "Unit", going: str, values: Mapping[str, object]) -> None:
    """Where an item that is about to go stands for a story, the first of those that stay stands for it.

    going: an SQL condition on item that says which go; the values it names.
    """
    db = unit.connection
    leads = [
        row[0] for row in db.execute(
            f"SELECT id FROM item WHERE id IN (SELECT story_id FROM item WHERE story_id IS NOT NULL) AND ({going})", values
        )
    ]  # fmt: skip
    for lead in leads:
        heir = db.execute(
            f"SELECT min(id) FROM item WHERE story_id = :lead AND NOT ({going})", {**values, "lead": lead}
        ).fetchone()[0]
        if heir is not None:
            db.execute("UPDATE item SET story_id = :heir WHERE story_id = :lead", {"heir": heir, "lead": lead})
            db.execute("UPDATE item SET story_id = NULL WHERE id = :heir", {"heir": heir})
