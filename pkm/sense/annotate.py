"""Quotes and comments: put on items and notes, and found again when the text under them has changed.

How a quote is found is anchor.py's matter; here it is kept and kept true.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pkm.errors import Invalid, NotFound
from pkm.ids import Row, existing, make
from pkm.sense.anchor import Anchor, Passage, Selector, anchor, closest, find, select
from pkm.store import annotations
from pkm.store.session import Store
from pkm.text import clean, one_line


class Annotated(NamedTuple):
    """An annotation that was made: its row, in how many places its words stand, and which of them was taken.

    as_before: the same one was there already, and no second was made.
    """

    row: Row
    places: int
    taken: int
    as_before: bool = False


class Checked(NamedTuple):
    """What became of one annotation's quote: the row as it is now, its state before, where it stands."""

    row: Row
    before: str
    place: Anchor | None


def annotate(
    store: Store, kind: str, number: int, *, quote: str = "", comment: str = "", nth: int = 1, near: int | None = None
) -> Annotated:
    """A quote with a comment is on the item or note, once; without a quote, the comment is on the whole of it.

    nth: which place is meant where the words stand several times, from 1. near: a position in the text, in place of nth:
    the place that is nearest to it.
    Raises Invalid (neither quote nor comment, no such place), NotFound (with the closest passage).
    """
    quote, comment = clean(quote).strip(), clean(comment).strip()
    if not quote and not comment:
        raise Invalid("an empty annotation", "give the words (-q), a comment (-m), or both")
    with store.unit() as unit:
        text = annotations.texts(unit.connection, kind, number)
        passages = find(text, quote) if quote else []
        if near is not None and passages:
            nth = 1 + min(range(len(passages)), key=lambda at: abs(passages[at].start - near))
        kept = _selected(make(kind, number), text, quote, passages, nth)
        same = (kept.exact, kept.position, comment)
        for there in annotations.of(unit.connection, kind, number):
            if (there["exact"], there["position"], there["comment"]) == same:
                return Annotated(there, len(passages), nth if passages else 0, as_before=True)
        added = unit.insert(
            "annotation", item_id=number if kind == "item" else None, note_id=number if kind == "note" else None,
            exact=kept.exact, prefix=kept.prefix, suffix=kept.suffix, position=kept.position, comment=comment,
            state="anchored", created_at=unit.at, updated_at=unit.at,
        )  # fmt: skip
        made = existing(annotations.row(unit.connection, added), "annotation", added)
        unit.summarize(f"annotated {make(kind, number)}")
        return Annotated(made, len(passages), nth if passages else 0)


def _selected(name: str, text: str, quote: str, passages: list[Passage], nth: int) -> Selector:
    if not quote:
        return Selector("", "", "", None)
    if not passages:
        like = closest(text, quote)
        why = f"those words are not in {name}"
        if like:
            why += f"; the closest there is “{one_line(like, 200)}”"
        raise NotFound(f"“{one_line(quote, 80)}”", why, next=f"pkm sense show {name}, then quote its exact words")
    if not 1 <= nth <= len(passages):
        raise Invalid(f"--nth {nth}", f"the words stand in {name} {len(passages)} times")
    return select(text, passages[nth - 1])


def annotate_all(
    store: Store, kind: str, number: int, said: Sequence[tuple[str, str]], *, nth: int = 1
) -> list[Annotated]:
    """Each (quote, comment) is an annotation of the item or note, in one operation: all of them or none.

    nth: which place is meant where the words stand several times, for all of them. Raises as `annotate` does.
    """
    with store.unit() as unit:
        made = [annotate(store, kind, number, quote=quote, comment=comment, nth=nth) for quote, comment in said]
        if (new := sum(not one.as_before for one in made)) > 1:
            unit.summarize(f"annotated {make(kind, number)} {new} times")
    return made


def edit(store: Store, number: int, *, quote: str | None = None, comment: str | None = None, nth: int = 1) -> Annotated:
    """The annotation has the comment, and quotes the words, where they are given; None: as it is.

    Raises Invalid (nothing would be left of it, no such place), NotFound (the words are not in the text).
    """
    with store.unit() as unit:
        annotation = unit.row("annotation", number)
        places = taken = 0
        if quote is not None and (words := clean(quote).strip()):
            kind, on = ("item", annotation.item_id) if annotation.item_id is not None else ("note", annotation.note_id)
            text = annotations.texts(unit.connection, kind, on)
            passages = find(text, words)
            kept = _selected(make(kind, on), text, words, passages, nth)
            annotation.exact, annotation.prefix, annotation.suffix, annotation.position = kept
            annotation.state, places, taken = "anchored", len(passages), nth
        if comment is not None:
            annotation.comment = clean(comment).strip()
        if not annotation.exact and not annotation.comment:
            raise Invalid("an empty annotation", f"nothing would be left of {make('annotation', number)}",
                          next=f"pkm sense annotate {make('annotation', number)} --remove")  # fmt: skip
        annotation.updated_at = unit.at
        unit.flush()
        unit.summarize(f"edited {make('annotation', number)}")
        row = existing(annotations.row(unit.connection, number), "annotation", number)
    return Annotated(row, places, taken)


def remove(store: Store, numbers: Sequence[int]) -> list[Row]:
    """The annotations are gone, an undo brings them back; they as they were. What they were on stays as it is."""
    with store.unit() as unit:
        rows = [row for number in numbers if (row := annotations.row(unit.connection, number))]
        for number in numbers:
            unit.remove("annotation", number)
        unit.summarize(f"removed {', '.join(row['id'] for row in rows)}")
    return rows


def as_found(rows: list[Row], text: str) -> list[Row]:
    """The annotations, each in the state that it has in the text as it is now, whether or not that was stored."""
    return [{**one.row, "state": state(one)} if one.row["exact"] else one.row for one in
            (Checked(row, row["state"], place(row, text) if row["exact"] else None) for row in rows)]  # fmt: skip


def place(row: Row, text: str) -> Anchor | None:
    """Where an annotation's quote stands in the text now; None where it has none or that is not certain."""
    return anchor(text, row["exact"], row["prefix"], row["suffix"], row["position"])


def plan_check(rows: list[Row], text: str) -> list[Checked]:
    """What became of each annotation with a quote, against the text as it is now."""
    return [Checked(row, row["state"], place(row, text)) for row in rows if row["exact"]]


def check(store: Store, kind: str, number: int) -> list[Checked]:
    """Every annotation of the item or note stands where its words stand now, or is an orphan that keeps its quote.

    The words as they were quoted stay what they are looked for by, so that many small changes do not carry them off.
    """
    db = store.read()
    planned = plan_check(annotations.of(db, kind, number), annotations.texts(db, kind, number))
    if not any(_changes(one) for one in planned):
        return planned
    with store.unit() as unit:
        text = annotations.texts(unit.connection, kind, number)
        planned = plan_check(annotations.of(unit.connection, kind, number), text)
        for one in planned:
            if _changes(one):
                annotation = unit.row("annotation", int(one.row["id"][1:]))
                annotation.state, annotation.updated_at = state(one), unit.at
                if one.place is not None:
                    annotation.position = one.place.start
        unit.flush()
        unit.summarize(f"looked for the quotes of {make(kind, number)}")
        now = {row["id"]: row for row in annotations.of(unit.connection, kind, number)}
    return [one._replace(row=now[one.row["id"]]) for one in planned]


def state(checked: Checked) -> str:
    """What an annotation's state is after a check."""
    if checked.place is None:
        return "orphan"
    if checked.place.start == checked.row["position"] and checked.place.likeness == 1.0:
        return "moved" if checked.before == "moved" else "anchored"
    return "moved"


def _changes(checked: Checked) -> bool:
    elsewhere = checked.place is not None and checked.place.start != checked.row["position"]
    return elsewhere or state(checked) != checked.before
