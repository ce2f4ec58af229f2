"""Ids as people see them: a letter for the kind and a number (n142). One table, used everywhere."""

import re

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


def new_uid() -> str:
    """A random name for a thing that is the same on every machine (RFC 9562, UUID version 4)."""
    import uuid  # 2 ms that a command which only reads need not spend

    return str(uuid.uuid4())
