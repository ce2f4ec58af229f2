"""A synthesis: one note out of many quotes, each with where it is from; the person's own paragraph is still to be written.

`compose` is pure. What is taken over stands in quoted lines, which are nobody's own words: `grow` asks for those.
"""

import re
import sqlite3
from collections.abc import Sequence
from shlex import quote
from typing import NamedTuple

from pkm import query
from pkm.dates import now
from pkm.errors import Invalid
from pkm.grouped import grouped
from pkm.ids import Row
from pkm.store import annotations, items, notes
from pkm.store.search import search
from pkm.text import clean, count, one_line

MOST = 200
"""Things of a query that go into one synthesis."""


class Passage(NamedTuple):
    """What is taken over from one thing: its quotes (exact, comment), who said it, its title, its address.

    A comment on the whole of it is one on no words: ("", comment).
    """

    id: str
    title: str
    quotes: tuple[tuple[str, str], ...] = ()
    author: str = ""
    url: str = ""


class Synthesis(NamedTuple):
    """The text of the note that is to be, and what it is made of: numbers of items and notes, how many quotes."""

    text: str
    items: tuple[int, ...]
    notes: tuple[int, ...]
    quotes: int


def gather(db: sqlite3.Connection, asked: str) -> list[Passage]:
    """What the query gives, items before notes, by id, with the quotes on them, or only the quotes it names itself.

    Raises Invalid where nothing is found, or nothing but what cannot be quoted, or more than MOST things.
    """
    page = search(db, query.parse(asked), limit=MOST, sort="oldest", now=now())
    if page.stopped or page.total is None or page.total > MOST:
        told = "its regular expression takes too long" if page.stopped else f"it finds more than {MOST} things"
        raise Invalid(asked, f"{told}; a synthesis is made of {MOST} at most", kept="Nothing was made.",
                      next="narrow it: add a word, a tag or after:3m")  # fmt: skip
    found = grouped((row["item"] or row["note"], row) for row in page.rows if row["kind"] == "annotation")
    for row in page.rows:
        if row["kind"] in ("item", "note") and row["id"] not in found:
            found[row["id"]] = annotations.of(db, row["kind"], int(row["id"][1:]))
    if not found:
        raise Invalid(asked, "no item, note or quote is found by it", kept="Nothing was made.",
                      next=f"pkm find {quote(asked)}")  # fmt: skip
    return [_passage(db, name, found[name]) for name in sorted(found, key=lambda name: (name[0], int(name[1:])))]


def _passage(db: sqlite3.Connection, name: str, quotes: Sequence[Row]) -> Passage:
    ordered = sorted(quotes, key=lambda row: (row["position"] or 0, int(row["id"][1:])))
    taken = tuple((clean(row["exact"]), one_line(row["comment"])) for row in ordered)
    if name.startswith("i"):
        item = items.rows(db, [int(name[1:])])[0]
        return Passage(name, item["title"], taken, item["author"] or item["source_title"] or "", item["url"])
    (note,) = notes.rows(db, [int(name[1:])])
    return Passage(name, note["title"], taken)


def compose(title: str, passages: Sequence[Passage]) -> Synthesis:
    """The title, an empty paragraph for own words, then each quote with its citation; things without a quote by name."""
    blocks = []
    for one in passages:
        cited = _citation(one)
        of_words = [pair for pair in one.quotes if pair[0]]
        of_the_whole = [line for exact, comment in one.quotes if not exact for line in _comment(comment)]
        if of_the_whole or not of_words:
            blocks.append("\n".join([f"> {cited}", *of_the_whole]))
        for exact, comment in of_words:
            lines = [f"> {line}".rstrip() for line in exact.split("\n")]
            blocks.append("\n".join([*lines, f"> — {cited}", *_comment(comment)]))
    text = "\n\n".join([one_line(title), *blocks])
    numbers = {kind: tuple(int(one.id[1:]) for one in passages if one.id[0] == kind) for kind in "in"}
    return Synthesis(text, numbers["i"], numbers["n"], sum(bool(exact) for one in passages for exact, _ in one.quotes))


def _comment(comment: str) -> list[str]:
    """What was said to it then, as a comment, which stays at home."""
    return [f"> %%Then I said: {comment.replace('%%', '%')}%%"] if comment else []


def _citation(one: Passage) -> str:
    if one.id.startswith("n"):
        return f"[[{one.id}]]"  # a link shows the title, and hides it where the note may not be known
    by = f"{_as_words(one_line(one.author, 80))}: " if one.author else ""
    address = f", {one.url}" if one.url else ""
    return f"{by}{_as_words(one_line(one.title, 120))}{address} ({one.id})"


def _as_words(text: str) -> str:
    """Others' words as words: no tag, mention or link of one's own comes of them."""
    return re.sub(r"[#@](?=\w)|\[(?=\[)|(?<=\[)\[|%", r"\\\g<0>", text)


def told(made: Synthesis) -> str:
    """What the note is made of, in words."""
    of = [count(len(made.items), "item")] if made.items else []
    of += [count(len(made.notes), "note")] if made.notes else []
    return f"{count(made.quotes, 'quote')} of {' and '.join(of)}"
