"""Telephone numbers as they are compared: by their digits, whether written for the world, a country or a house. Pure."""

import re
from dataclasses import dataclass

LEAST = 6
"""Digits under which a number says nothing: short codes, extensions alone."""
TAIL = 7
"""Digits at the end that two ways to write one number have in common (or all, where there are fewer)."""

_EXTENSION = re.compile(r"(?:;?\s*(?:ext(?:ension|n)?|durchwahl|poste)[.:=\s]*|\s*[x#]\s*)(\d{1,6})\s*$", re.I)
_AREA_ZERO = re.compile(r"\(\s*0\s*\)")
_PLAIN = re.compile(r"[+0-9 ./-]*")  # nothing to take apart


@dataclass(frozen=True, slots=True)
class Number:
    """A number: its digits with the country's (world) or without the leading 0, and the extension."""

    digits: str
    world: bool
    extension: str = ""

    @property
    def tail(self) -> str:
        """What equal numbers surely have in common."""
        return self.digits[-TAIL:]


def read_number(text: str) -> Number | None:
    """The number written there, None where it is none: +49 30 …, 0049 30 …, (030) …, tel:+49-30-…;ext=5."""
    text = text.strip()
    extension = ""
    if not _PLAIN.fullmatch(text):
        text = text[4:] if text[:4].lower() == "tel:" else text
        found = _EXTENSION.search(text)
        extension = found[1] if found else ""
        text = (text[: found.start()] if found else text).partition(";")[0]
        text = _AREA_ZERO.sub("", text) if text.lstrip().startswith(("+", "00")) else text
    digits = re.sub(r"[^0-9]+", "", text)
    world = text.lstrip(" (").startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0") if world or digits.startswith("0") else digits
    return Number(digits, world, extension) if len(digits) >= LEAST else None


def same_line(one: Number, other: Number) -> bool:
    """Whether both may be one line; an extension does not count. Where one has the country's digits, the rest must be all
    of the other. A hint: what looks like a country's digits may be none.
    """
    if one.digits == other.digits:
        return True
    short, long = sorted((one, other), key=lambda number: len(number.digits))
    country = len(long.digits) - len(short.digits)
    return (
        long.world and not short.world and 1 <= country <= 3 and len(short.digits) >= TAIL
        and long.digits.endswith(short.digits)
    )  # fmt: skip
