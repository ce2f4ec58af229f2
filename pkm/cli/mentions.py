"""Names that notes mention and that mean nobody yet, or several people: what is said of them, and the command that helps."""

import shlex
from collections.abc import Iterable
from typing import Any

from pkm.cli import current, render
from pkm.ids import Row, make
from pkm.spelling import did_you_mean
from pkm.store import contacts, lookup
from pkm.text import count, one_line


def tell_people(note: str, unknown: Iterable[str], ambiguous: Iterable[str]) -> None:
    """Each name in a note that nobody has is offered for creation; of one that several have, it is said how to write it.

    Whose nick it might become is said once, at the first note; from then on `pkm contact list --wanted` says it.
    """
    for name in unknown:
        if told := _unknown(note, name):
            render.tell(told)
    for name in ambiguous:
        render.tell(_several(name))


def tell_wanted(note: str, titles: Iterable[str]) -> None:
    """Each title in a note that no note has: it waits for one, and may be that of another, mistyped."""
    meant = lookup.Meant(current.store().read())
    for title in titles:
        question = did_you_mean([one_line(one, 80) for one in meant.near("note", title, int(note[1:]))])
        waits = "it will be linked when one is called that."
        told = f"{question} If so: pkm sense edit {note}; if not, {waits}" if question else waits
        render.tell(f"[[{one_line(title, 80)}]] is no note yet{'. ' if question else '; '}{told}")


def _unknown(note: str, name: str) -> str:
    """What helps; "" where it was said before."""
    db = current.store().read()
    known = contacts.first_named(db, name)
    if known and contacts.is_mentioned_again(db, name):
        return ""
    if len(known) > 1:
        ways = " or ".join(f"{row['id']} {one_line(row['name'], 40)} (write [[{row['id']}]])" for row in known)
        return (f"@{name} may be {ways}; or give one of them the nick: "
                f"pkm contact edit ID --nick {shlex.quote(name)}; all: pkm contact list {shlex.quote(name)}")  # fmt: skip
    if known:
        may = ", ".join(f"{row['id']} {one_line(row['name'], 40)}" for row in known)
        return f"@{name} may be {may}: {_next(name)}"
    if question := did_you_mean(lookup.Meant(db).near("contact", name)):
        return f"@{name} is nobody yet. {one_line(question, 160)} If so: pkm sense edit {note}; if not: {_next(name)}"
    return f"@{name} is nobody yet: {_next(name)}"


def _next(name: str) -> str:
    """The command after which the name means somebody."""
    known = contacts.first_named(current.store().read(), name)
    if len(known) > 1:
        return f"pkm contact list {shlex.quote(name)}"
    if known:
        return f"pkm contact edit {known[0]['id']} --nick {shlex.quote(name)}"
    called = name.replace("_", " ").replace(".", " ").split("@")[0].title()
    return f"pkm contact add {_quoted(called + ' …')} --nick {shlex.quote(name)}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"'


def _several(name: str) -> str:
    """Both are named, and how each is meant: by the whole name where only one has it, else by the id."""
    db = current.store().read()
    people = [row for number in contacts.find_mentioned(db, name)[:4] if (row := contacts.row(db, number))]
    ways = [f"{row['id']} {one_line(row['name'], 40)} (write {_meaning(db, row)})" for row in people]
    step = f"; or give one of them the nick: pkm contact edit {people[0]['id']} --nick {shlex.quote(name)}" if people else ""
    return f"@{name} can be {' or '.join(ways)}{step if ' ' not in name else ''}"


def _meaning(db: Any, row: Row) -> str:
    number = int(row["id"][1:])
    for name in (row["nick"], row["name"]):
        if name and contacts.find_mentioned(db, name) == [number]:
            return _written(name)
    return f"[[{row['id']}]]"


def _written(name: str) -> str:
    return f"@{name}" if " " not in name else f"[[{one_line(name, 60)}]]"


def list_wanted(limit: int, json: bool) -> None:
    """The names that notes mention and nobody has, or several have, those of most notes first."""
    db = current.store().read()
    total, found = contacts.mentioned_in_vain(db, limit)
    rows = [_row(row) for row in found]
    current.remember(rows=[row["notes"][0] for row in rows])
    if json:
        render.emit_json(rows)
        return
    meant = lookup.Meant(db)
    for row in rows:
        render.say(f"@{row['name']}  in {count(row['total'], 'note')}: {', '.join(row['notes'][:5])}{' …' * (row['total'] > 5)}")
        question = "" if row["may_be"] else did_you_mean(meant.near("contact", row["name"]))
        if question:
            render.say(f"    {one_line(question, 160)} If so: pkm sense edit {row['notes'][0]}; if not:")
        render.say(f"    {row['next']}")
    told = render.count_of(len(rows), total, "name")
    render.tell(told if rows else "Everybody whom your notes mention is a contact.")


def _row(row: Row) -> Row:
    db = current.store().read()
    people = contacts.find_mentioned(db, row["name"])
    named = [make("contact", number) for number in people] or [one["id"] for one in contacts.first_named(db, row["name"])]
    step = f"pkm contact show {named[0]}" if len(people) > 1 else _next(row["name"])
    return {"id": f"@{row['name']}", "kind": "mention", "title": f"@{row['name']}", **row, "may_be": named, "next": step}
