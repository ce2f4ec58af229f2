"""A contact on one screen: gathered from the store's questions, laid out by card_layout.py; and the list of the quiet."""

import shutil
import sqlite3

from pkm.cli import card_layout, current, render
from pkm.dates import ago, day, now
from pkm.ids import Row, existing
from pkm.store import circles, contacts, interactions, links, promises, received, sources
from pkm.text import one_line

GATHERED = 20
"""Rows of each part that are gathered for one screen."""
WHOLE = 1000
"""Rows of each part where all is asked for."""
PROMPT = 2
"""Lines of the screen that the command and the next prompt take."""


def gather(db: sqlite3.Connection, number: int, limit: int = GATHERED) -> Row:
    """Everything on the card: the contact's own fields, lists of what hangs on them, and how much there is of each."""
    row = existing(contacts.row(db, number), "contact", number)
    from pkm.people.cadence import quiet_since
    from pkm.store import writers

    through = contacts.row(db, int(row["through"][1:])) if row["through"] else None
    return {
        **row,
        "through_name": through["name"] if through else None,
        "quiet_since": quiet_since(writers.dates(db, [number]).get(number, ()), now()),
        "memberships": contacts.memberships(db, number),
        "left": [stay for stay in circles.history(db, contact_id=number) if stay["left_at"]],
        "interactions": interactions.of_contact(db, number, limit),
        "promises": promises.rows(db, contact=number, limit=limit),
        "sources": sources.of_contact(db, number),
        "newest": contacts.newest_items(db, number, limit),
        "notes": contacts.notes_about(db, number, limit),
        "links": [link for link in links.incoming(db, "contact", number) if link["origin"] != "text"],
        "shares": received.shares(db, number, limit),
        "introduced": contacts.introduced_by(db, number),
        "counts": received.counts(db, number),
    }


def show(row: Row, *, whole: bool) -> None:
    """The card: as much as the terminal (in a pipe 80 x 24) holds, or all of it."""
    size = shutil.get_terminal_size((80, 24))
    lines = None if whole else size.lines - PROMPT
    render.show_text("\n".join(card_layout.lay_out(row, now(), columns=size.columns, lines=lines)))


def list_quiet(words: str, circle: str | None, limit: int, json: bool) -> None:
    """Who used to write and has not for long is listed, the longest quiet first."""
    from pkm.cli import selectors
    from pkm.people.cadence import quiet_since
    from pkm.store import writers

    db, at = current.store().read(), now()
    since = {
        number: quiet for number, dates in writers.dates(db, writers.all_writers(db)).items()
        if (quiet := quiet_since(dates, at)) is not None
    }  # fmt: skip
    chosen = sorted(since, key=lambda number: (since[number], number))
    if words or circle:
        of = selectors.one(circle, ("circle",)).number if circle else None
        there = {row["id"] for row in contacts.rows(db, limit=-1, circle=of, words=words)}
        chosen = [number for number in chosen if f"c{number}" in there]
    rows = contacts.rows(db, limit=limit, ids=chosen[: limit if limit >= 0 else None])
    rows = [{**row, "quiet_since": since[int(row["id"][1:])]} for row in rows]
    columns: render.Columns = (
        ("id", lambda row: row["id"]), ("name", lambda row: one_line(row["name"], 40)),
        ("quiet", lambda row: f"since {day(row['quiet_since'])} ({ago(row['quiet_since'], at)})"),
        ("circles", lambda row: ", ".join(row["circles"])),
    )  # fmt: skip
    render.emit_list(rows, columns, as_json=json, noun="contact", total=len(chosen),
                     empty="Nobody whom you follow is quiet.")  # fmt: skip
