"""Questions about circles: what they are, who is in them and why, who left, and how close a contact is.

Reads only, plain SQL, in the shape of the JSON contract.
"""

import sqlite3

from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.store import standings, tags
from pkm.store.rows import in_ids
from pkm.store.sources import without_user
from pkm.store.standings import RANK
from pkm.text import fold

_ROWS = (
    "SELECT circle.*, (SELECT count(*) FROM membership WHERE circle_id = circle.id AND left_at IS NULL) AS members "
    f"FROM circle {{where}} ORDER BY {RANK.format(kind='circle.kind')}, circle.name COLLATE NOCASE, circle.id"
)


def rows(db: sqlite3.Connection) -> list[Row]:
    """All circles, the closest kind first, then by name and id."""
    return _shaped(db, db.execute(_ROWS.format(where="")).fetchall())


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One circle as an object, None where there is none."""
    return next(iter(_shaped(db, db.execute(_ROWS.format(where="WHERE circle.id = :id"), {"id": number}).fetchall())), None)


def marks(db: sqlite3.Connection, number: int) -> tuple[str, ...]:
    """What files beside the store call the circle: its number and when it was made, since a store that was put back from a
    backup gives the numbers again that came after it; then, as older versions did, by its number alone.
    """
    found = db.execute("SELECT created_at FROM circle WHERE id = :id", {"id": number}).fetchone()
    name = make("circle", number)
    return (f"{name} {found[0]}", name) if found else (name,)


def by_name(db: sqlite3.Connection, name: str) -> Row | None:
    """The circle of that name, case ignored, None where there is none."""
    for number, found in db.execute("SELECT id, name FROM circle ORDER BY id"):
        if fold(found) == fold(name):
            return row(db, number)
    return None


def _shaped(db: sqlite3.Connection, rows: list[sqlite3.Row]) -> list[Row]:
    """The circles as objects, with the names of the channels that reach each and its tags; asked once for all."""
    numbers = [row["id"] for row in rows]
    channels = grouped(db.execute(
        "SELECT circle_id, channel.name FROM circle_channel JOIN channel ON channel.id = channel_id "
        f"WHERE circle_id IN {in_ids(numbers)} ORDER BY channel.name, channel.id"
    ))  # fmt: skip
    tagged = tags.of_many(db, "circle", numbers)
    return [
        {
            "id": make("circle", row["id"]), "kind": "circle", "title": row["name"], "name": row["name"],
            "circle_kind": row["kind"], "purpose": row["purpose"], "members": row["members"],
            "channels": channels.get(row["id"], []), "tags": tagged.get(row["id"], []),
            "every_s": row["every_s"], "salutation": row["salutation"], "introduction": row["introduction"],
            "language": row["language"], "created_at": row["created_at"],
        }
        for row in rows
    ]  # fmt: skip


def channel_rows(db: sqlite3.Connection, number: int) -> dict[int, int]:
    """The channels that reach a circle, each with the row that says so."""
    return {
        row["channel_id"]: row["id"]
        for row in db.execute(
            "SELECT channel_id, id FROM circle_channel WHERE circle_id = :id ORDER BY id", {"id": number}
        )
    }


def channels(db: sqlite3.Connection) -> list[tuple[int, str]]:
    """(number, name) of every channel, by name."""
    return [(row[0], row[1]) for row in db.execute(
        "SELECT id, name FROM channel WHERE json_extract(options, '$.removed') IS NULL ORDER BY name, id"
    )]


def sources_of(db: sqlite3.Connection, number: int) -> list[Row]:
    """What a circle writes or reads together, by title then id: {"id", "kind", "title", "url", "state"}."""
    found = db.execute(
        "SELECT source.id, coalesce(nullif(source.title, ''), source.url) AS title, source.url, source.state "
        "FROM circle_source JOIN source ON source.id = circle_source.source_id WHERE circle_source.circle_id = :id "
        "ORDER BY title COLLATE NOCASE, source.id",
        {"id": number},
    )
    return [
        {"id": make("source", row["id"]), "kind": "source", "title": without_user(row["title"]),
         "url": without_user(row["url"]), "state": row["state"]}
        for row in found
    ]  # fmt: skip


def members(db: sqlite3.Connection, circle_id: int) -> list[Row]:
    """Who is in a circle now, by name then id.

    {"id", "kind", "title", "name", "nick", "since", "because", "tie", "last", "due", "every_s"}
    """
    found = db.execute(
        "SELECT contact.id, contact.name, contact.nick, membership.joined_at, membership.because FROM membership "
        "JOIN contact ON contact.id = membership.contact_id WHERE membership.circle_id = :id "
        "AND membership.left_at IS NULL ORDER BY contact.name COLLATE NOCASE, contact.id",
        {"id": circle_id},
    ).fetchall()
    stood = standings.standings(db, [row["id"] for row in found])
    return [
        {"id": make("contact", row["id"]), "kind": "contact", "title": row["name"], "name": row["name"],
         "nick": row["nick"], "since": row["joined_at"], "because": row["because"],
         **{key: stood[row["id"]][key] for key in ("tie", "last", "due", "every_s")}}
        for row in found
    ]  # fmt: skip


CAME = (
    "SELECT response.id, response.at, response.share_id, response.contact_id, theirs.circle_id FROM response "
    "JOIN delivery AS theirs ON theirs.id = response.delivery_id WHERE theirs.circle_id IS NOT NULL "
    "UNION SELECT response.id, response.at, response.share_id, response.contact_id, membership.circle_id FROM response "
    "JOIN membership ON membership.contact_id = response.contact_id AND membership.left_at IS NULL "
    "WHERE response.delivery_id IS NULL AND EXISTS (SELECT 1 FROM delivery WHERE delivery.share_id = response.share_id "
    "AND delivery.circle_id = membership.circle_id AND delivery.state = 'sent')"
)
"""The answers of each circle: to what was handed to it, or, where that is not known, of who is in it now to what it got.

An answer counts when it came, whenever it was that the circle got what it answers.
"""


def shares_to(db: sqlite3.Connection, circle_id: int, limit: int) -> list[Row]:
    """What a circle got, newest first, with "at", how many "deliveries" went out and how many "answers" came back."""
    found = db.execute(
        "SELECT share.id, share.title, max(delivery.sent_at) AS at, count(*) AS deliveries, "
        f"(SELECT count(*) FROM ({CAME}) AS came WHERE came.share_id = share.id AND came.circle_id = :id) AS answers "
        "FROM delivery JOIN share ON share.id = delivery.share_id "
        "WHERE delivery.circle_id = :id AND delivery.state = 'sent' "
        "GROUP BY share.id ORDER BY at DESC, share.id DESC LIMIT :limit",
        {"id": circle_id, "limit": limit},
    )
    return [{**dict(row), "id": make("share", row["id"]), "kind": "share"} for row in found]


def given(db: sqlite3.Connection, circle_id: int) -> Row:
    """What a circle got: {"shares" (how many), "last" (when; None: nothing yet), "share" (which that was), "title"}."""
    found = shares_to(db, circle_id, 1)
    sql = "SELECT count(DISTINCT share_id) FROM delivery WHERE circle_id = :id AND state = 'sent'"
    shares = int(db.execute(sql, {"id": circle_id}).fetchone()[0])
    last: Row = found[0] if found else {"at": None, "id": None, "title": ""}
    return {"shares": shares, "last": last["at"], "share": last["id"], "title": last["title"]}


def came_back(db: sqlite3.Connection, circle_id: int) -> Row:
    """What a circle answered to what it got: {"answers" (how many), "people" (from how many), "last", "response"}."""
    found = db.execute(
        f"WITH came AS ({CAME}) SELECT id, at, count(*) OVER () AS answers, "
        "(SELECT count(DISTINCT contact_id) FROM came WHERE circle_id = :id) AS people "
        "FROM came WHERE circle_id = :id ORDER BY at DESC, id DESC LIMIT 1",
        {"id": circle_id},
    ).fetchone()
    if found is None:
        return {"answers": 0, "people": 0, "last": None, "response": None}
    return {"answers": found["answers"], "people": found["people"], "last": found["at"],
            "response": make("response", found["id"])}  # fmt: skip


def member_ids(db: sqlite3.Connection, circle_id: int) -> list[int]:
    """Numbers of the contacts that are in a circle now, in order."""
    found = db.execute(
        "SELECT contact_id FROM membership WHERE circle_id = :id AND left_at IS NULL ORDER BY contact_id",
        {"id": circle_id},
    )
    return [row[0] for row in found]


def open_membership(db: sqlite3.Connection, circle_id: int, contact_id: int) -> Row | None:
    """A contact's stay in a circle that lasts: {"id" (a number), "joined_at", "because"}; None where there is none."""
    found = db.execute(
        "SELECT id, joined_at, because FROM membership WHERE circle_id = :circle AND contact_id = :contact "
        "AND left_at IS NULL",
        {"circle": circle_id, "contact": contact_id},
    ).fetchone()
    return None if found is None else dict(found)


def last_stay(db: sqlite3.Connection, circle_id: int, contact_id: int) -> Row | None:
    """A contact's last stay in a circle that is over: {"id" (a number), "left_because"}; None where there is none."""
    found = db.execute(
        "SELECT id, left_because FROM membership WHERE circle_id = :circle AND contact_id = :contact "
        "AND left_at IS NOT NULL ORDER BY left_at DESC, id DESC LIMIT 1",
        {"circle": circle_id, "contact": contact_id},
    ).fetchone()
    return None if found is None else dict(found)


def history(db: sqlite3.Connection, *, circle_id: int | None = None, contact_id: int | None = None) -> list[Row]:
    """Every stay in a circle, or of a contact, oldest first, then by its row.

    {"circle", "circle_name", "circle_kind", "contact", "contact_name", "joined_at", "because", "left_at",
    "left_because"}
    """
    found = db.execute(
        "SELECT circle.id AS circle, circle.name AS circle_name, circle.kind AS circle_kind, contact.id AS contact, "
        "contact.name AS contact_name, joined_at, because, left_at, left_because FROM membership "
        "JOIN circle ON circle.id = membership.circle_id JOIN contact ON contact.id = membership.contact_id "
        "WHERE (:circle IS NULL OR circle.id = :circle) AND (:contact IS NULL OR contact.id = :contact) "
        "ORDER BY joined_at, membership.id",
        {"circle": circle_id, "contact": contact_id},
    )
    return [
        {**dict(row), "circle": make("circle", row["circle"]), "contact": make("contact", row["contact"])}
        for row in found
    ]
