"""Ids as people see them: a letter for the kind and a number (n142). One table, used everywhere."""

import re
from typing import Any

Row = dict[str, Any]
"""A thing as a query gives it and the JSON contract has it: by name; where it is shown, its id, kind and title among them."""
Thing = tuple[str, int]
"""(kind, number) of a thing."""

LETTERS = {
    "source": "s",
    "item": "i",
    "annotation": "a",
    "note": "n",
    "contact": "c",
    "circle": "o",
    "share": "x",
    "delivery": "d",
    "response": "r",
    "trial": "t",
    "interaction": "e",
    "rule": "u",
    "promise": "p",
}
KINDS = {letter: kind for kind, letter in LETTERS.items()}
_ID = re.compile(r"([a-z])([1-9][0-9]{0,17})")


def make(kind: str, number: int) -> str:
    """The thing's id as people see it: n142 for note 142."""
    return f"{LETTERS[kind]}{number}"


def parse(text: str) -> tuple[str, int] | None:
    """(kind, number) of an id, None where the text is no id. Case does not matter."""
    match = _ID.fullmatch(text.strip().lower())
    if match is None or match[1] not in KINDS:
        return None
    return KINDS[match[1]], int(match[2])


_SELECTOR = re.compile(r"[.-]|%\d+")
_QUERY = re.compile(r"(?:^|[\s(-])(?::[^\W\d_]|[a-z]+:(?!//)\S)")


def is_selector(text: str) -> bool:
    """True for what a selector reads as an id, `.`, `-`, %2, a list of those, or a query: nobody is called so."""
    parts = [part.strip() for part in text.split(",")]
    return all(parse(part) or _SELECTOR.fullmatch(part) for part in parts) or is_query(text)


def is_query(text: str) -> bool:
    """Whether the words may be a query: there is a field or a saved search in them."""
    return _QUERY.search(text) is not None


def new_uid() -> str:
    """A random name for a thing that is the same on every machine (RFC 9562, UUID version 4)."""
    import uuid  # 2 ms that a command which only reads need not spend

    return str(uuid.uuid4())
