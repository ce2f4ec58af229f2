"""A circle on one screen: what it is for, what it got and gave back, who came and went, its members with their evidence."""

import sqlite3
import sys
from datetime import datetime
from shlex import quote

from pkm.cli import render
from pkm.dates import ago, day, format_span, now, stamp
from pkm.ids import Row, existing, make
from pkm.store import circles, exchange
from pkm.store.standings import EVERY_S
from pkm.text import count, one_line, with_kind

MOVES, SOURCES, QUIET = 2, 2, 3
"""Rows of the parts that stand beside ten members on a screen of 24 lines, where no -n asks for more."""

ROOM = 16
"""Columns that a reason needs at least to be worth showing."""

NAMED = {
    "answers": "answer", "trials": "trial", "interactions": "touch", "promises": "promise", "quotes": "quote",
    "bylines": "byline", "mentions": "note",
}  # fmt: skip
"""The parts of evidence, as they are counted in words."""


def gather(db: sqlite3.Connection, number: int) -> Row:
    """The circle with who is in it ("members" stays how many), who is quiet, who came and went, what it got and gave."""
    from pkm.people.cadence import begin_quarter
    from pkm.people.candidates import silent_of

    at = now()
    row = existing(circles.row(db, number), "circle", number)
    members = circles.members(db, number)
    stays = circles.history(db, circle_id=number)
    silent = [one.as_dict() for one in silent_of(db, members, at)]
    since = stamp(begin_quarter(at))
    return {
        **row,
        "people": _with_evidence(db, members),
        "quiet": [one["id"] for one in silent],
        "silent": silent,
        "left": [stay for stay in stays if stay["left_at"]],
        "quarter": {
            "since": since,
            "joined": [stay["contact"] for stay in stays if stay["joined_at"] >= since],
            "left": [stay["contact"] for stay in stays if (stay["left_at"] or "") >= since],
            "moves": _moves(stays, since),
        },
        "sources": circles.sources_of(db, number),
        "shares": circles.shares_to(db, number, 5),
        "gave": circles.given(db, number),
        "came_back": circles.came_back(db, number),
    }


def _with_evidence(db: sqlite3.Connection, members: list[Row]) -> list[Row]:
    """The members with what there is between you, counted and by id: "notes" are those that mention them."""
    found: dict[str, dict[str, list[str]]] = {one["id"]: {} for one in members}
    for trace in exchange.traces(db, [int(one["id"][1:]) for one in members]):
        found[make("contact", trace.contact)].setdefault(trace.part, []).append(make(trace.kind, trace.number))
    return [
        {
            **one,
            "evidence": {_key(part): len(found[one["id"]].get(part, ())) for part in NAMED},
            "evidence_ids": {_key(part): found[one["id"]].get(part, []) for part in NAMED},
        }
        for one in members
    ]


def _key(part: str) -> str:
    return "notes" if part == "mentions" else part


def _moves(stays: list[Row], since: str) -> list[Row]:
    """Who joined and who left since then, with the reason, the last first."""
    joined = [(stay, "joined", stay["joined_at"], stay["because"]) for stay in stays]
    left = [(stay, "left", stay["left_at"] or "", stay["left_because"]) for stay in stays]
    moves = [
        {"contact": stay["contact"], "name": stay["contact_name"], "what": what, "at": at, "because": because}
        for stay, what, at, because in [*joined, *left] if at >= since
    ]  # fmt: skip
    return sorted(moves, key=lambda move: move["at"], reverse=True)


def show(row: Row, at: datetime, limit: int = 10) -> None:
    """The circle; with ten members it is one screen of 80 columns and 24 lines. limit: rows of each part."""
    wide = render.width() if sys.stdout.isatty() else 0  # in a pipe lines are whole
    told = [*_head(row), *_exchange(row, at), *_changes(row, at, limit), *_members(row, at, limit, wide)]
    render.show_text("\n".join(_cut(line, wide) for line in told))
    if row["circle_kind"] != "network":
        render.tell(f"Next: pkm circle candidates {quote(row['name'])}")


def _cut(line: str, wide: int) -> str:
    return line if not wide or len(line) <= wide else line[: wide - 1].rstrip() + "…"


def _head(row: Row) -> list[str]:
    every = f"in touch every {format_span(row['every_s'] or EVERY_S[row['circle_kind']])}"
    lines = [f"{row['id']}  {with_kind(one_line(row['name'], 50), row['circle_kind'], every)}"]
    if row["purpose"]:
        lines.append(f"  for        {one_line(row['purpose'], 200)}")
    if row["tags"]:
        lines.append(f"  interests  {' '.join('#' + tag for tag in row['tags'])}")
    reached = ", ".join(row["channels"]) or f"nothing reaches it yet. Next: pkm circle edit {row['id']} --channel NAME"
    lines.append(f"  channels   {reached}")
    if row.get("unsubscribed"):
        who = ", ".join(one_line(one["name"], 24) for one in row["unsubscribed"][:QUIET])
        beyond = len(row["unsubscribed"]) - QUIET
        lines.append(f"  no letters {who}{f' and {beyond} more' if beyond > 0 else ''}, as they asked")
    if row["sources"]:
        named = [f"{one['id']} {one_line(one['title'], 24)}" for one in row["sources"][:SOURCES]]
        more = len(row["sources"]) - len(named)
        lines.append(f"  sources    {', '.join(named)}{f' and {more} more' if more else ''}")
    return lines


def _exchange(row: Row, at: datetime) -> list[str]:
    """What it got from the person and when, and what came back."""
    gave, back = row["gave"], row["came_back"]
    if not gave["shares"]:
        return [f"  got        nothing from you yet. Next: pkm share --to {quote(row['name'])}"]
    last = f"last {day(gave['last'])} ({ago(gave['last'], at)}), {gave['share']} “{one_line(gave['title'], 40)}”"
    lines = [f"  got        {count(gave['shares'], 'share')} from you; {last}"]
    if back["answers"]:
        people = f"{count(back['answers'], 'answer')} from {count(back['people'], 'person', 'people')}"
        lines.append(f"  came back  {people}; last {day(back['last'])} ({ago(back['last'], at)}), {back['response']}")
    else:
        lines.append("  came back  no answer yet")
    return lines


def _changes(row: Row, at: datetime, limit: int) -> list[str]:
    """Who joined and left this quarter and why, and who is quiet."""
    quarter, lines = row["quarter"], []
    moves = quarter["moves"]
    if moves:
        shown = moves[: MOVES if limit <= 10 else limit]
        more = f" (the last {len(shown)}; all: pkm why {row['id']})" if len(shown) < len(moves) else ""
        joined, left = len(quarter["joined"]), len(quarter["left"])
        lines.append(f"  quarter    {joined} joined, {left} left since {day(quarter['since'])}{more}")
        lines += [f"    {'+' if move['what'] == 'joined' else '-'} {_move(move)}" for move in shown]
    if row["silent"]:
        quiet = row["silent"][: QUIET if limit <= 10 else limit]
        named = [f"{one['id']} {one_line(one['name'], 20)} ({_silence(one, at)})" for one in quiet]
        rest = len(row["silent"]) - len(quiet)
        lines.append(f"  quiet      {', '.join(named)}{f' and {rest} more' if rest else ''}")
    return lines


def _move(move: Row) -> str:
    because = f": {one_line(move['because'], 80)}" if move["because"] else ", no reason kept"
    return f"{move['contact']}  {one_line(move['name'], 30)}  {day(move['at'])}{because}"


def _silence(one: Row, at: datetime) -> str:
    last = f"{one['last']['id']} " if one["last"] else ""
    return f"{last}{ago(one['silent_since'], at)}"


def _members(row: Row, at: datetime, limit: int, wide: int) -> list[str]:
    """A line for each member; the reason why they are in it only where the screen has room for it."""
    people = row["people"]
    if not people:
        return [f'Nobody is in it. Next: pkm circle join {row["id"]} WHO --because "…"']
    shown = people[:limit]
    more = f" ({len(shown)} of them; -n for more)" if len(shown) < len(people) else ""
    cells = [
        (one["id"], one_line(one["name"], 18), f"since {day(one['since'])}", _told(one, at), one_line(one["because"], 80))
        for one in shown
    ]
    widths = [max(len(line[place]) for line in cells) for place in range(4)]
    if wide and sum(widths) + 10 + ROOM > wide:
        cells = [(*line[:4], "") for line in cells]
    lines = ["  ".join(cell.ljust(to) for cell, to in zip(line, [*widths, 0], strict=True)).rstrip() for line in cells]
    return [f"{count(len(people), 'member')}{more}", *("  " + line for line in lines)]


def _told(one: Row, at: datetime) -> str:
    """What there is between you, and when one was last in touch."""
    plural = {"touch": "touches"}
    told = [count(number, word, plural.get(word)) for part, word in NAMED.items() if (number := one["evidence"][_key(part)])]
    return f"{', '.join(told)}; {ago(one['last'], at)}" if one["last"] else ", ".join([*told, "no touch logged"])
