"""Ids as people see them: a letter for the kind and a number (n142). One table, used everywhere."""

import re
from typing import Any, TypeVar

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
_LISTS = {
    "contact": "pkm contact list",
    "circle": "pkm circle list",
    "source": "pkm seek list",
    "share": "pkm share log",
    "delivery": "pkm share log",
    "response": "pkm share heard",
    "rule": "pkm seek rules",
    "promise": "pkm contact promises",
}
"""The commands that list things of a kind; others are found."""
FoundT = TypeVar("FoundT")
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


def called(kind: str) -> str:
    """What people call a kind: a response is an answer."""
    return "answer" if kind == "response" else kind


def listing(kind: str) -> str:
    """The command that lists things of that kind."""
    return _LISTS.get(kind, f"pkm find kind:{kind}")


def existing(found: FoundT | None, kind: str, number: int) -> FoundT:
    """What was found of that number. Raises NotFound where it is nothing: another command may have removed it."""
    if found is None:
        from pkm.errors import NotFound

        raise NotFound(make(kind, number), f"there is no such {called(kind)}", next=listing(kind))
    return found


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
