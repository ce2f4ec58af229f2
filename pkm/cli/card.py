"""A contact on one screen, and the lists of who is due: gathered from the store's questions, laid out for people."""

import sqlite3
import sys
from datetime import datetime
from typing import Any

from pkm.cli import current, render
from pkm.dates import ago, day, format_span, now
from pkm.errors import NotFound
from pkm.store import circles, contacts, interactions, links, sources
from pkm.text import count, one_line

Row = dict[str, Any]

SHOWN = 5
"""Rows of each part of a card."""


def gather(db: sqlite3.Connection, number: int) -> Row:
    """Everything on the card: the contact's own fields, and lists of what hangs on them."""
    row = contacts.row(db, number)
    if row is None:
        raise NotFound(f"c{number}", "there is no such contact", next="pkm contact list")
    from pkm.people.cadence import quiet_since
    from pkm.store import writers

    through = contacts.row(db, int(row["through"][1:])) if row["through"] else None
    return {
        **row,
        "through_name": through["name"] if through else None,
        "quiet_since": quiet_since(writers.dates(db, [number]).get(number, ()), now()),
        "memberships": contacts.memberships(db, number),
        "left": [stay for stay in circles.history(db, contact_id=number) if stay["left_at"]],
        "interactions": interactions.of_contact(db, number, SHOWN),
        "sources": sources.of_contact(db, number),
        "newest": contacts.newest_items(db, number, SHOWN),
        "notes": contacts.notes_about(db, number, SHOWN),
        "links": [link for link in links.incoming(db, "contact", number) if link["origin"] != "text"],
        "shares": contacts.shares_to(db, number, SHOWN),
        "introduced": contacts.introduced_by(db, number),
    }


def gather_topics(db: sqlite3.Connection, number: int) -> Row:
    """What there is to talk about with a contact."""
    return {
        "newest": contacts.newest_items(db, number, SHOWN),
        "notes": contacts.notes_about(db, number, SHOWN),
        "fitting": contacts.notes_fitting(db, number, SHOWN),
        "interactions": interactions.of_contact(db, number, 1),
    }


def show(row: Row, now: datetime) -> None:
    """The card, on one screen."""
    lines = [_head(row), *_facts(row), "", *_standing(row, now)]
    for heading, part in (
        ("Circles", [_membership(one) for one in row["memberships"]] + [_left(one) for one in row["left"]]),
        ("Lately", [f"{one['id']}  {day(one['at'])}  {one_line(one['text'], 70)}" for one in row["interactions"]]),
        ("Writes", _pace(row, now) + [_source(one) for one in row["sources"]] + [_item(one) for one in row["newest"]]),
        ("In your notes", [f"{one['id']}  {one_line(one['title'], 70)}" for one in row["notes"]]),
        ("Linked", [f"{link['from']}  {link['type']}  {one_line(link['from_title'], 60)}" for link in row["links"]]),
        ("Shared with them", [_share(one) for one in row["shares"]]),
        ("Met through them", [f"{one['id']}  {one_line(one['title'], 60)}" for one in row["introduced"]]),
    ):
        if part:
            lines += ["", heading, *("  " + line for line in part)]
    if not row["sources"]:
        lines += ["", f"Nothing of theirs is followed. Next: pkm seek add URL --contact {row['id']}"]
    render.show_text("\n".join(lines))


def _pace(row: Row, now: datetime) -> list[str]:
    """How what they write shows up, and whether they have fallen quiet."""
    shows = f"shows up every {format_span(row['read_every_s'])}" if row["read_every_s"] else ""
    quiet = f"quiet: the last is of {day(row['quiet_since'])} ({ago(row['quiet_since'], now)})" if row["quiet_since"] else ""
    return [line for line in (shows, quiet) if line and row["sources"]]


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


def _head(row: Row) -> str:
    nick = f"  @{row['nick']}" if row["nick"] else ""
    work = ", ".join(part for part in (row["role"], row["org"]) if part)
    return f"{row['id']}  {row['name']}{nick}" + (f"  ({work})" if work else "")


def _facts(row: Row) -> list[str]:
    told = [f"  {handle['kind']:<7} {handle['value']}{_label(handle)}" for handle in row["handles"]]
    if row["tags"]:
        told.append("  " + " ".join(f"#{tag}" for tag in row["tags"]))
    through = f"through {row['through']} {row['through_name']}" if row["through"] else ""
    met = ", ".join(part for part in (row["met"], through) if part)
    if met:
        told.append(f"  met     {met}")
    if row["birthday"]:
        told.append(f"  born    {row['birthday']}")
    if row["about"]:
        told += ["  " + line for line in row["about"].split("\n")[:6]]
    return told


def _label(handle: Row) -> str:
    return f"  ({handle['label']})" if handle["label"] else ""


def _standing(row: Row, now: datetime) -> list[str]:
    last = f"{day(row['last'])} ({ago(row['last'], now)})" if row["last"] else "none yet"
    told = [f"Last touch: {last}"]
    if row["due"]:
        rhythm = f"every {format_span(row['every_s'])}" + (", snoozed" if row["snoozed_until"] == row["due"] else "")
        told.append(f"Next due:   {day(row['due'])} ({ago(row['due'], now)}; {rhythm})")
    else:
        step = f"pkm circle join CIRCLE {row['id']}, or pkm contact edit {row['id']} --every 6w"
        told.append(f"Next due:   never. Next: {step}")
    return told


def _membership(one: Row) -> str:
    because = f": {one_line(one['because'], 60)}" if one["because"] else ""
    return f"{one['id']}  {one['name']} ({one['circle_kind']}) since {day(one['since'])}{because}"


def _left(stay: Row) -> str:
    because = f": {one_line(stay['left_because'], 60)}" if stay["left_because"] else ""
    return f"{stay['circle']}  {stay['circle_name']} left {day(stay['left_at'])}{because}"


def _source(source: Row) -> str:
    paused = "" if source["state"] == "active" else f"  ({source['state']})"
    return f"{source['id']}  {one_line(source['title'], 60)}  {count(source['items'], 'item')}{paused}"


def _item(item: Row) -> str:
    return f"  {item['id']}  {day(item['at'])}  {one_line(item['title'], 60)}"


def _share(share: Row) -> str:
    answers = f"  {count(share['answers'], 'answer')}" if share["answers"] else ""
    return f"{share['id']}  {day(share['at']) if share['at'] else ''}  {one_line(share['title'], 60)}{answers}"


def tell_nobody_due() -> None:
    """Says that nobody is due, and who will be next."""
    db = current.store().read()
    number = interactions.first_due(db)
    coming = None if number is None else contacts.row(db, number)
    if coming:
        render.tell(f"Nobody is due. The next one is {coming['id']} {coming['name']}, on {day(coming['due'])}.")
    else:
        render.tell("Nobody is due. Next: pkm circle join CIRCLE WHO, so that there is a rhythm to keep")


def show_due(rows: list[Row], now: datetime, *, more: bool) -> None:
    """Who is due, the longest first; on a terminal the late are red and the due yellow (NO_COLOR is respected)."""
    current.remember(rows=[str(row["id"]) for row in rows])
    if not rows:
        tell_nobody_due()
        return
    if sys.stdout.isatty():
        _show_colored(rows, now)
    else:
        names = ("id", "name", "due", "state", "last", "circles")
        render.emit_table(rows, [(name, _cell(name, now)) for name in names])
    rest = "; there are more (-n)" if more else ""
    render.tell(f"{count(len(rows), 'contact')}{rest}. Next: pkm contact next")


def _cell(name: str, now: datetime) -> Any:
    return {
        "id": lambda row: row["id"],
        "name": lambda row: one_line(row["name"], 40),
        "due": lambda row: f"{day(row['due'])} ({ago(row['due'], now)})",
        "state": lambda row: row["shade"],
        "last": lambda row: day(row["last"]) if row["last"] else "never",
        "circles": lambda row: ", ".join(row["circles"]),
    }[name]


def _show_colored(rows: list[Row], now: datetime) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    names = ("id", "name", "due", "last", "circles")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for row in rows:
        style = {"late": "red", "due": "yellow"}.get(row["shade"], "")
        table.add_row(*(Text(one_line(str(_cell(name, now)(row))), style=style) for name in names))
    Console(markup=False, highlight=False).print(table)


def show_next(row: Row, topics: Row, now: datetime) -> None:
    """One person, why now, and what there is to talk about."""
    lines = [_head(row), *_standing(row, now)]
    for heading, part in (
        ("Last time", [f"{day(one['at'])}  {one_line(one['text'], 70)}" for one in topics["interactions"]]),
        ("New from them", [_item(one).strip() for one in topics["newest"]]),
        ("Your notes on them", [f"{one['id']}  {one_line(one['title'], 70)}" for one in topics["notes"]]),
        ("Your notes on their subjects", [_fitting(one) for one in topics["fitting"]]),
    ):
        if part:
            lines += ["", heading, *("  " + line for line in part)]
    render.show_text("\n".join(lines))
    render.tell(f'Next: pkm contact log {row["id"]} "…", or pkm contact snooze {row["id"]} 1w')


def _fitting(note: Row) -> str:
    return f"{note['id']}  {one_line(note['title'], 60)}  {' '.join('#' + tag for tag in note['tags'])}"
