"""Answers to shares: what came back, from whom, in the shape of the JSON contract; and what is decided about one."""

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from pkm.addresses import address_key, wire_domain
from pkm.ids import Row, existing
from pkm.store.rows import thing
from pkm.text import first_sentence, fold

if TYPE_CHECKING:
    from pkm.store.session import Unit

_ROWS = (
    "SELECT response.id, response.text AS title, response.text, response.at, response.state, response.share_id, "
    "share.title AS share_title, response.contact_id, contact.name AS contact_name, response.author, response.delivery_id, "
    "response.note_id, channel.name AS channel FROM response "
    "JOIN share ON share.id = response.share_id LEFT JOIN contact ON contact.id = response.contact_id "
    "LEFT JOIN channel ON channel.id = response.channel_id "
)


def row(db: sqlite3.Connection, number: int) -> Row | None:
    """One answer as an object, None where there is none."""
    found = db.execute(f"{_ROWS} WHERE response.id = :id", {"id": number}).fetchone()
    return None if found is None else _shape(found)


def rows(db: sqlite3.Connection, *, share: int | None = None, state: str | None = None, limit: int) -> list[Row]:
    """Answers, newest first, then by id; those to one share, or of one state."""
    found = db.execute(
        f"{_ROWS} WHERE (:share IS NULL OR response.share_id = :share) AND (:state IS NULL OR response.state = :state) "
        "ORDER BY response.at DESC, response.id DESC LIMIT :limit", {"share": share, "state": state, "limit": limit},
    )  # fmt: skip
    return [_shape(one) for one in found]


def count(db: sqlite3.Connection, *, share: int | None = None, state: str | None = None) -> int:
    """How many answers `rows` would list without a limit."""
    sql = "SELECT count(*) FROM response WHERE (:share IS NULL OR share_id = :share) AND (:state IS NULL OR state = :state)"
    return int(db.execute(sql, {"share": share, "state": state}).fetchone()[0])


def decide(unit: "Unit", number: int, state: str) -> Row:
    """The answer is kept, dropped or in the inbox; as it stands then."""
    unit.row("response", number).state = state
    unit.flush()
    return existing(row(unit.connection, number), "response", number)


def of_contact(db: sqlite3.Connection, share: int, contact: int) -> list[Row]:
    """What a contact answered to a share, oldest first, then by id."""
    found = db.execute(
        f"{_ROWS} WHERE response.share_id = :share AND response.contact_id = :contact ORDER BY response.at, response.id",
        {"share": share, "contact": contact},
    )
    return [_shape(one) for one in found]


class Known(set[str]):
    """What answers are called where they came from; one that was forgotten is known by the mark that it left."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or super().__contains__(answer_mark(str(name)))


def remote_ids(db: sqlite3.Connection, channel: int) -> Known:
    """What the answers that came by a channel are called there."""
    sql = "SELECT remote_id FROM response WHERE channel_id = :channel AND remote_id IS NOT NULL"
    return Known(row[0] for row in db.execute(sql, {"channel": channel}))


def answer_mark(name: str) -> str:
    """What is kept of an answer's name when it is forgotten: a digest, so that it is not collected again."""
    if name.startswith("forgotten:"):
        return name
    from hashlib import sha256  # loads OpenSSL, which no list needs

    return f"forgotten:{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def known_as(db: sqlite3.Connection, names: Iterable[str]) -> list[int]:
    """Contacts who have one of these names of an account among their handles, by id; a letter's address is no account.

    Names are folded to be found, and compared as they are on the wire: ß is not ss.
    """
    wanted = {_account(name) for name in names if name}
    folded = {fold(name).rstrip("/") for name in names if name}
    found = db.execute(
        "SELECT contact_id, value FROM handle WHERE kind NOT IN ('email', 'phone', 'uid') "
        "AND folded IN (SELECT value FROM json_each(:names)) ORDER BY contact_id",
        {"names": json.dumps(sorted(folded | {f"{name}/" for name in folded}))},
    )
    return list(dict.fromkeys(row[0] for row in found if _account(row[1]) in wanted))


def _account(name: str) -> str:
    """An account's name, or its page's address, as they are compared: the server's name is as on the wire."""
    scheme, colon, rest = name.strip().rstrip("/").rpartition("://")
    if not colon:
        return address_key(rest)
    host, slash, path = rest.partition("/")
    return f"{address_key(f'{scheme}@{host}')}{slash}{address_key(path)}"


def at_home(db: sqlite3.Connection, page: str, writer: str = "") -> list[int]:
    """Contacts on whose own web address a page stands, by id: the same host, and at that address or beneath it. Where a host
    is many people's, only the path tells whose a page is; one that goes on behind the path is that page's alone. writer: the
    address of who it says wrote it: on the same host, or also theirs, else it is a guest's.
    """
    found = db.execute("SELECT contact_id, value FROM handle WHERE kind = 'url' ORDER BY contact_id")
    homes = [(row[0], home) for row in found if (home := _place(row[1]))]
    at, by = _place(page), _place(writer) if writer else None
    theirs = _within(homes, at)
    if not writer or not theirs or (by and at and by.host == at.host):
        return theirs
    return [number for number in _within(homes, by) if number in theirs]


class _Place(NamedTuple):
    """A place of the web: host with its port, path, and what stands behind that."""

    host: str
    path: str
    rest: str


def _within(homes: list[tuple[int, _Place]], place: _Place | None) -> list[int]:
    if place is None:
        return []
    return list(dict.fromkeys(
        number for number, home in homes
        if home == place or (not home.rest and home.host == place.host and f"{place.path}/".startswith(f"{home.path}/"))
    ))  # fmt: skip


def _place(url: str) -> _Place | None:
    """Where an address of the web leads, without `www.` and what names the folder's own page; None for one that can be read in
    two ways.
    """
    if "\\" in url or not url[:8].lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(url)
        port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
        host = wire_domain((parts.hostname or "").rstrip("."))
    except ValueError:  # UnicodeError is one
        return None
    path = unquote(parts.path)
    if not host or "@" in parts.netloc or {".", ".."} & set(path.split("/")):
        return None
    rest = f"?{parts.query}#{parts.fragment}" if parts.query or parts.fragment else ""
    return _Place(host.removeprefix("www.") + port, re.sub(r"/(?:index\.\w+)?$", "", path), rest)


def _shape(one: sqlite3.Row) -> Row:
    return {**thing("response", one), "title": first_sentence(one["text"])}
