"""Regular expressions that a person typed: their searches can be given a time, and none may unroll without end."""

import re
from typing import Any

from pkm.errors import Malformed


def compile_regex(text: str, whole: str = "", start: int = 0) -> Any:
    """The regular expression, without regard to case. Raises Malformed with the place in `whole`, where it begins at start.

    It is of the PyPI package regex, whose searches can be given a time.
    """
    import regex  # type: ignore[import-untyped]

    _refuse_endless(text, whole or text, start)
    try:
        return regex.compile(text, regex.IGNORECASE | regex.V0)
    except Exception as error:  # its reader meets any text here, and raises many kinds of errors
        place = getattr(error, "pos", None) or 0
        why = f"it is no regular expression: {getattr(error, 'msg', error) or type(error).__name__}"
        raise Malformed(
            "this pattern", why, text=whole or text, position=start + min(place, len(text)),
            next="put it in quotes to find the words",
        ) from None  # fmt: skip


MOST_REPEATS = 10_000
"""Counted repetitions, multiplied: they are unrolled before any time is counted, and take memory without end."""


def _refuse_endless(text: str, whole: str, start: int) -> None:
    product = 1
    for found in re.finditer(r"\{[^\d{}]{0,3}(\d+)[^\d{}]{0,3}(\d*)[^\d{}]{0,3}\}", text):
        product *= max(1, *(int(number[:9]) for number in found.groups() if number))
        if product > MOST_REPEATS:
            why = f"its repetitions are more than {MOST_REPEATS:,} together"
            raise Malformed("this pattern", why, text=whole, position=start + found.start(), next="say it with + or *")
