"""Answers to what was shared, as a person types them in: each kept once, with the delivery that it answers.

Writes in one unit; whoever makes a note of an answer does both inside one store.unit(). Never prints.
"""

import re
from dataclasses import dataclass
from typing import Any

from pkm.dates import day
from pkm.errors import Invalid
from pkm.ids import Row, existing, make
from pkm.store import contacts, received, responses, shares
from pkm.store.session import Store
from pkm.text import clean, fold, one_line


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as it is kept. new: False where it was kept before; reached: whether the share went to them at all."""

    row: Row
    new: bool
    reached: bool

    @property
    def number(self) -> int:
        """The answer's number."""
        return int(self.row["id"][1:])


def hear(store: Store, share: int, contact: int, text: str, at: str | None = None) -> Heard:
    """The answer of a contact to a share is kept, once a day for the same words; it counts as a touch.

    at: stamp of when it was given; None: now. Raises NotFound; Invalid where there are no words, nothing of the share
    has left, or the time is before that or still to come.
    """
    text = clean(text).strip()
    if not text:
        raise Invalid("an empty answer", "what they said is wanted",
                      next=f'pkm share heard {make("share", share)} --from WHO "tried it, worked"')  # fmt: skip
    from pkm.store.model import Response

    with store.unit() as unit:
        db = unit.connection
        given = at or unit.at
        _refuse_untimely(db, share, given, unit.at)
        same = _kept_before(responses.of_contact(db, share, contact), text, given)
        delivery = received.delivery_to(db, share, contact)
        if same is None:
            response = unit.add(Response(
                share_id=share, delivery_id=delivery, contact_id=contact, text=text, at=given
            ))  # fmt: skip
            same = responses.row(db, response.id or 0)
            assert same is not None
            unit.summarize(f"{same['id']} {one_line(same['contact_name'], 60)} answered {same['share']}")
            return Heard(same, True, delivery is not None)
    return Heard(same, False, delivery is not None)


def _refuse_untimely(db: Any, share: int, given: str, now: str) -> None:
    row = existing(shares.row(db, share), "share", share)
    first = received.first_sent(db, share)
    if first is None:
        raise Invalid(row["id"], "nothing of it has gone out, so nobody can have answered", next=f"pkm share send {row['id']}")
    if given > now:
        raise Invalid(given, "that is still to come", next="give the day with --when")
    if day(given) < day(first):
        raise Invalid(day(given), f"{row['id']} went out on {day(first)}, after that", next="give the day with --when")


def _kept_before(known: list[Row], text: str, at: str) -> Row | None:
    words, when = fold(text), day(at)
    return next((one for one in known if fold(one["text"]) == words and day(one["at"]) == when), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a note tells it: a title; who said it on what, and their words quoted."""

    title: str
    text: str


def as_note(db: Any, row: Row) -> Answer:
    """What a note of the answer says: a mention of whoever gave it, and their words as a quote.

    What they wrote is no tag, link or comment of one's own: each sign of Markdown in it is escaped.
    """
    person = contacts.row(db, int(row["contact"][1:])) if row["contact"] else None
    name, mention = (person["name"], _mention(person)) if person else (_author(row), _untagged(_author(row)))
    quoted = "\n".join(f"> {line}".rstrip() for line in _untagged(row["text"]).split("\n"))
    text = f"{mention} on {row['share']} “{one_line(row['share_title'], 100)}”:\n\n{quoted}"
    return Answer(f"{one_line(name, 60)}: {row['title']}", text)


def _untagged(text: str) -> str:
    """The words, in which no sign means anything."""
    from pkm.markdown import escape

    return re.sub(r"([@%])", r"\\\1", escape(text)).replace("\\<", "&lt;")  # \<!-- would begin a comment all the same


def _author(row: Row) -> str:
    """Who it says wrote it, where that is no contact; without their address where they have a name."""
    return one_line(re.sub(r"(?<=\S)\s*<[^<>]*>", "", row["author"]), 60) or "Somebody"


def _mention(person: Row) -> str:
    """How a text names them: by nickname or name; by id where that would not be read as it is written."""
    from pkm.capture import links_in, people_in

    if person["nick"] and people_in(f"@{person['nick']} ") == (person["nick"],):
        return f"@{person['nick']}"
    link = f"[[{person['name']}]]"
    return link if [one.target for one in links_in(link)] == [person["name"]] else f"[[{person['id']}]]"


def settle(store: Store, number: int, note: int) -> Row:
    """The answer has led to the note, and waits no longer; the answer as it stands."""
    from pkm.store.model import Response

    with store.unit() as unit:
        response = unit.get(Response, number)
        response.note_id, response.state = note, "kept"
        unit.flush()
        return existing(responses.row(unit.connection, number), "response", number)
