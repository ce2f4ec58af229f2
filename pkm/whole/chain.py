"""The chain of a thing, in the order it went: who and what led to it, the thing, what came of it.

Puts the answers of store/chain.py into one flat list with depths; knows no SQL and no screen. A line of thought is
followed through to its end (note, share, delivery, answer, the note made of it); what only touches it (a linked note,
another item of the same source) is named once and not followed: `why` of that one tells its own.
"""

import sqlite3

from pkm import ids
from pkm.dates import day, now
from pkm.ids import Row
from pkm.store import audience
from pkm.store import chain as ask

LIMIT = 20
"""How many of one sort are named under one thing; a step says in `more` of what there are others."""

_INNER = {"kind", "number", "title", "at", "type", "direction", "delivered"}
"""Columns that a step says otherwise."""


class Chain:
    """The steps so far. `asked` is the thing that the question was about."""

    def __init__(self, db: sqlite3.Connection, asked: tuple[str, int]) -> None:
        self.db = db
        self.asked = asked
        self.steps: list[Row] = []

    def add(self, row: Row, relation: str, depth: int, **facts: object) -> None:
        """A step stands at the end of the chain; facts that are empty are left out."""
        given = {key: value for key, value in row.items() if key not in _INNER and not key.endswith("_id")}
        kind, number = row["kind"], row["number"]
        of = "note" if kind == "growth" else kind
        step: Row = {"id": ids.make(of, number) if number else None, "kind": kind, "title": row["title"] or ""}
        step |= {"relation": relation, "at": row["at"], "depth": depth, "this": (kind, number) == self.asked}
        step |= {key: value for key, value in {**given, **facts}.items() if value not in (None, "", [])}
        self.steps.append(step)

    def shown(self, rows: list[Row], depth: int) -> list[Row]:
        """The rows to name at that depth; the step they stand under has their kind in `more` where there are others."""
        if len(rows) > LIMIT:
            above = next((step for step in reversed(self.steps) if step["depth"] < depth), None)
            if above is not None:
                above.setdefault("more", []).append(rows[0]["kind"])
        return rows[:LIMIT]


def trace(db: sqlite3.Connection, kind: str, number: int) -> Row:
    """The chain: {"id", "kind", "title", "chain": [{"id", "kind", "title", "relation", "at", "depth", "this", ...}]}.

    kind: any that has ids. Raises NotFound where the thing is not there.
    """
    row = ids.existing(ask.thing(db, kind, number), kind, number)
    chain = Chain(db, (kind, number))
    WALKS[kind](chain, row)
    return {"id": ids.make(kind, number), "kind": kind, "title": row["title"] or "", "chain": chain.steps}


def _to_source(chain: Chain, source: Row | None) -> int:
    """The source stands there, after the person behind it; gives the depth of what it brought."""
    if source is None:
        return 0
    person = ask.thing(chain.db, "contact", source["contact_id"]) if source["contact_id"] else None
    if person:
        chain.add(person, "writer", 0)
    chain.add(source, "source", int(person is not None), circles=ask.circles_of_source(chain.db, source["number"]))
    return 2 if person else 1


def _to_item(chain: Chain, item: Row) -> int:
    depth = _to_source(chain, ask.thing(chain.db, "source", item["source_id"]) if item["source_id"] else None)
    chain.add(item, "item" if depth else "clip", depth, rule=item["rule_id"] and ids.make("rule", item["rule_id"]))
    _quotes(chain, "item", item["number"], depth + 1)
    return depth + 1


def _to_note(chain: Chain, note: Row) -> int:
    """The note stands there, after what it was made from; gives the depth of what came of it."""
    depth = 0
    item = ask.thing(chain.db, "item", note["item_id"]) if note["item_id"] else None
    if item:
        depth = _to_item(chain, item)
    for answer in ask.responses(chain.db, "note", note["number"], LIMIT):
        depth = max(depth, _to_response(chain, answer))
    chain.add(note, "note", depth)
    return depth + 1


def _to_response(chain: Chain, answer: Row) -> int:
    """The answer stands there, after what it is an answer to; gives the depth of what came of it."""
    _shared(chain, answer["share_id"])
    share = ask.thing(chain.db, "share", answer["share_id"])
    delivery = ask.thing(chain.db, "delivery", answer["delivery_id"]) if answer["delivery_id"] else None
    depth = 0
    for row, relation in ((share, "share"), (delivery, "delivery"), (answer, "response")):
        if row:
            chain.add(row, relation, depth)
            depth += 1
    return depth


def _shared(chain: Chain, share: int) -> None:
    """The notes of a share stand there, each once; `why` of one tells what it was made from."""
    named = {step["id"] for step in chain.steps}
    for note in chain.shown(ask.notes_of_share(chain.db, share, LIMIT + 1), 0):
        if ids.make("note", note["number"]) not in named:
            chain.add(note, "note", 0)


def _quotes(chain: Chain, kind: str, number: int, depth: int) -> None:
    for quote in chain.shown(ask.quotes(chain.db, kind, number, LIMIT + 1), depth):
        chain.add(quote, "quote" if quote["exact"] else "comment", depth)


def _links(chain: Chain, kind: str, number: int, depth: int, *, without: set[tuple[str, int | None]]) -> None:
    for link in chain.shown(ask.links(chain.db, kind, number, LIMIT + 1), depth):
        if (link["kind"], link["number"]) not in without:
            chain.add(link, link["type"], depth, direction=link["direction"])


def _after_note(chain: Chain, note: Row, depth: int) -> None:
    """What came of a note: comments, links, growth, trials, shares with their answers."""
    number = note["number"]
    _quotes(chain, "note", number, depth)
    _links(chain, "note", number, depth, without={("item", note["item_id"])} if note["item_id"] else set())
    for step in ask.growth(chain.db, number):
        chain.add(step, "growth", depth)
    for trial in chain.shown(ask.trials(chain.db, "note", number, LIMIT + 1), depth):
        chain.add(trial, "trial", depth, **_told_in(trial))
    _declined(chain, number, depth)
    for share in chain.shown(ask.shares_of_note(chain.db, number, LIMIT + 1), depth):
        chain.add(share, "share", depth)
        _after_share(chain, share["number"], depth + 1)


def _declined(chain: Chain, note: int, depth: int) -> None:
    """To whom the person said that it should not go, until when, and why."""
    for answer in audience.kept(chain.db, note, day(now())).values():
        kind, number = ids.parse(answer.whom) or ("", 0)
        row = ask.thing(chain.db, kind, number) if kind else None
        target = {"kind": kind or "note", "number": number or None, "title": row["title"] if row else "anybody"}
        chain.add({**target, "at": answer.at}, "declined", depth, until=answer.until, because=answer.because)


def _after_share(chain: Chain, share: int, depth: int) -> None:
    told: set[int] = set()
    for delivery in chain.shown(ask.deliveries(chain.db, "share", share, LIMIT + 1), depth):
        chain.add(delivery, "delivery", depth)
        told |= _answers(chain, ask.responses(chain.db, "delivery", delivery["number"], LIMIT + 1), depth + 1)
    for stage in ask.stages(chain.db, share):
        if not stage["delivered"]:
            chain.add(stage, "planned", depth)
    others = ask.responses(chain.db, "share", share, LIMIT + 1)
    _answers(chain, [answer for answer in others if answer["number"] not in told], depth)


def _answers(chain: Chain, answers: list[Row], depth: int) -> set[int]:
    for answer in chain.shown(answers, depth):
        chain.add(answer, "response", depth)
        note = ask.thing(chain.db, "note", answer["note_id"]) if answer["note_id"] else None
        if note:
            chain.add(note, "note", depth + 1)
    return {answer["number"] for answer in answers}


def _of_note(chain: Chain, note: Row) -> None:
    _after_note(chain, note, _to_note(chain, note))


def _of_item(chain: Chain, item: Row) -> None:
    depth = _to_item(chain, item)
    _after_item(chain, item, depth)


def _after_item(chain: Chain, item: Row, depth: int) -> None:
    notes = chain.shown(ask.notes_of_item(chain.db, item["number"], LIMIT + 1), depth)
    for note in notes:
        chain.add(note, "note", depth)
        _after_note(chain, note, depth + 1)
    _links(chain, "item", item["number"], depth, without={("note", note["number"]) for note in notes})


def _of_annotation(chain: Chain, quote: Row) -> None:
    if quote["item_id"]:
        _of_item(chain, _there(chain, "item", quote["item_id"]))
    else:
        _of_note(chain, _there(chain, "note", quote["note_id"]))
    depth = next((step["depth"] for step in chain.steps if step["this"]), 0)
    _links(chain, "annotation", quote["number"], depth + 1, without=set())


def _there(chain: Chain, kind: str, number: int) -> Row:
    return ids.existing(ask.thing(chain.db, kind, number), kind, number)


def _of_source(chain: Chain, source: Row) -> None:
    depth = _to_source(chain, source)
    chain.steps[-1] |= ask.counts_of_source(chain.db, source["number"])
    _used(chain, source, depth)
    _links(chain, "source", source["number"], depth, without=set())


def _used(chain: Chain, source: Row, depth: int) -> None:
    for item in chain.shown(ask.used_items(chain.db, source["number"], LIMIT + 1), depth):
        chain.add(item, "item", depth)
        for note in chain.shown(ask.notes_of_item(chain.db, item["number"], LIMIT + 1), depth + 1):
            chain.add(note, "note", depth + 1)
            for share in chain.shown(ask.shares_of_note(chain.db, note["number"], LIMIT + 1), depth + 2):
                chain.add(share, "share", depth + 2)


def _of_contact(chain: Chain, person: Row) -> None:
    db, number = chain.db, person["number"]
    through = ask.thing(db, "contact", person["through_id"]) if person["through_id"] else None
    if through:
        chain.add(through, "through", 0)
    depth = int(through is not None) + 1
    chain.add(person, "contact", depth - 1)
    _stays(chain, "contact", number, depth)
    for source in chain.shown(ask.sources_of(db, "contact", number, LIMIT + 1), depth):
        chain.add(source, "source", depth)
        _used(chain, source, depth + 1)
    _links(chain, "contact", number, depth, without=set())
    for row in chain.shown(ask.interactions(db, number, LIMIT + 1), depth):
        chain.add(row, "interaction", depth)
    for row in chain.shown(ask.deliveries(db, "contact", number, LIMIT + 1), depth):
        chain.add(row, "delivery", depth, share=ids.make("share", row["share_id"]))
    _answers(chain, ask.responses(db, "contact", number, LIMIT + 1), depth)
    for row in chain.shown(ask.introduced(db, number, LIMIT + 1), depth):
        chain.add(row, "introduced", depth)


def _stays(chain: Chain, of: str, number: int, depth: int) -> None:
    """The history of memberships: of a contact the circles, of a circle the contacts."""
    other = "circle" if of == "contact" else "contact"
    for stay in chain.shown(ask.stays(chain.db, of, number, LIMIT + 1), depth):
        row = {"kind": other, "number": stay[f"{other}_id"], "title": stay[other], "at": stay["at"]}
        told = ("because", "until", "left_because", *(("circle_kind",) if other == "circle" else ()))
        chain.add(row, "member", depth, **{key: stay[key] for key in told})


def _of_circle(chain: Chain, circle: Row) -> None:
    number = circle["number"]
    chain.add(circle, "circle", 0)
    _stays(chain, "circle", number, 1)
    for source in chain.shown(ask.sources_of(chain.db, "circle", number, LIMIT + 1), 1):
        chain.add(source, "source", 1)
    for row in chain.shown(ask.deliveries(chain.db, "circle", number, LIMIT + 1), 1):
        chain.add(row, "delivery", 1, share=ids.make("share", row["share_id"]))
        _answers(chain, ask.responses(chain.db, "delivery", row["number"], LIMIT + 1), 2)


def _of_share(chain: Chain, share: Row) -> None:
    for note in chain.shown(ask.notes_of_share(chain.db, share["number"], LIMIT + 1), 0):
        _to_note(chain, note)
    people = ask.introduced_in(chain.db, share["number"])
    for person in people:
        chain.add(person, "contact", 0)
    chain.add(share, "share", 1 if people else 0)
    _after_share(chain, share["number"], 2 if people else 1)


def _of_delivery(chain: Chain, delivery: Row) -> None:
    _shared(chain, delivery["share_id"])
    chain.add(_there(chain, "share", delivery["share_id"]), "share", 0)
    chain.add(delivery, "delivery", 1)
    _answers(chain, ask.responses(chain.db, "delivery", delivery["number"], LIMIT + 1), 2)


def _of_response(chain: Chain, answer: Row) -> None:
    depth = _to_response(chain, answer)
    for trial in chain.shown(ask.trials(chain.db, "response", answer["number"], LIMIT + 1), depth):
        chain.add(trial, "trial", depth, note=ids.make("note", trial["note_id"]))
    note = ask.thing(chain.db, "note", answer["note_id"]) if answer["note_id"] else None
    if note:
        chain.add(note, "note", depth)
        _after_note(chain, note, depth + 1)


def _of_trial(chain: Chain, trial: Row) -> None:
    depth = _to_note(chain, _there(chain, "note", trial["note_id"]))
    for step in ask.growth(chain.db, trial["note_id"]):
        chain.add(step, "growth", depth)
    chain.add(trial, "trial", depth, **_told_in(trial))


def _told_in(trial: Row) -> dict[str, str]:
    """The answer that told of the trial."""
    return {"response": ids.make("response", trial["response_id"])} if trial["response_id"] else {}


def _of_interaction(chain: Chain, row: Row) -> None:
    people = ask.who_met(chain.db, row["number"])
    for person in people:
        chain.add(person, "contact", 0)
    depth = 1 if people else 0
    share = ask.thing(chain.db, "share", row["share_id"]) if row["share_id"] else None
    if share:
        chain.add(share, "share", depth)
        depth += 1
    chain.add(row, "interaction", depth)
    for promise in ask.promises(chain.db, row["number"]):
        chain.add(promise, "promise", depth + 1)


def _of_promise(chain: Chain, promise: Row) -> None:
    _of_interaction(chain, _there(chain, "interaction", promise["interaction_id"]))


def _of_rule(chain: Chain, rule: Row) -> None:
    """What it is for, the rule, and the latest items that it muted or brought in."""
    depth = 0
    for kind in ("source", "contact"):
        about = ask.thing(chain.db, kind, rule[f"{kind}_id"]) if rule[f"{kind}_id"] else None
        if about:
            chain.add(about, kind, depth)
            depth = 1
    chain.add(rule, "rule", depth)
    for item in chain.shown(ask.items_of_rule(chain.db, rule["number"], LIMIT + 1), depth + 1):
        chain.add(item, "item", depth + 1)


WALKS = {
    "note": _of_note, "item": _of_item, "annotation": _of_annotation, "source": _of_source, "contact": _of_contact,
    "circle": _of_circle, "share": _of_share, "delivery": _of_delivery, "response": _of_response, "trial": _of_trial,
    "interaction": _of_interaction, "rule": _of_rule, "promise": _of_promise,
}  # fmt: skip
"""How the chain of a kind is walked."""
