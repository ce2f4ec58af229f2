"""Addresses and telephone numbers of people in a text, however they are written there. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pkm.phones import LEAST, TAIL, Number, read_number
from pkm.text import fold

_LOCAL = re.compile(r"[\w.+'’-]+$")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_LONGEST = 260
_AT = re.compile(r"\s*[\[({<]\s*(?:at|ät|@)\s*[\])}>]\s*|\s+@\s+")
_DOT = re.compile(r"\s*[\[({<]\s*(?:dot|punkt|\.)\s*[\])}>]\s*| dot ")
_IS_SPELLED = re.compile(r"[\[({<]\s*(?:at|ät|@|dot|punkt|\.)\s*[\])}>]|\s@\s| dot ")
_SPELLED = re.compile(r"(?<=\w) at (?=\w+(?: dot \w+)+)")
_NO_LETTER = re.compile(r"[\x21-\x7e]+$")

_DASHES = re.compile("[\u2010-\u2015\u2043\u2212]")
_FOREIGN = re.compile(r"(?![0-9])\d")
_AREA_ZERO = re.compile(r"\(\s*0\s*\)\s*")
_OF_THE_WORLD = re.compile(r"(wa\.me/|phone=|(?:[Tt][Ee][Ll]|[Cc]allto|[Ss][Mm][Ss]):)\+?(?=\d)")
_DIGITS = re.compile(r"\+?\(?\d(?:[\s()./·-]{0,3}\d){5,}")
_SURE = 9
"""So many digits are no other number by chance."""


def addresses_in(text: str, known: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """(address, whose) of each known address of mail (folded) in a text, by address."""
    folded = fold(text)
    is_spelled = bool(known) and _IS_SPELLED.search(folded) is not None
    if not known or not (is_spelled or "@" in folded):
        return
    spelled = _DOT.sub(".", _AT.sub("@", _SPELLED.sub("@", folded))) if is_spelled else folded
    found: set[str] = set()
    for form in dict.fromkeys((folded, spelled)):
        for at in re.finditer("@", form):
            run = _LOCAL.search(form[max(0, at.start() - _LONGEST) : at.start()])
            place = _DOMAIN.match(form, at.end(), at.end() + _LONGEST)
            if run and place:
                found.update(f"{one}@{other}" for one in _locals(run[0]) for other in _domains(place[0]))
    for address, person in sorted(known.items()):
        local, _, domain = fold(address).rpartition("@")
        if f"{local}@{_ascii(domain)}" in found:
            yield address, person


def _locals(run: str) -> set[str]:
    """What may be an address's local part at the end of a run of its signs: quotes, dots and other scripts stand before it."""
    bare = {run.lstrip(".'’-_+"), run, run.rpartition("..")[2], run.rpartition("'")[2] if run.startswith("'") else run}
    return bare | {match[0] for one in bare if not one.isascii() and (match := _NO_LETTER.search(one))}


def _domains(run: str) -> Iterator[str]:
    """What may be a domain at the beginning of a run of its signs: the next sentence may begin right behind it."""
    parts = run.strip("-_").split(".")
    for end in range(2, len(parts) + 1):
        yield _ascii(".".join(parts[:end]).rstrip("-_"))


def _ascii(domain: str) -> str:
    """The domain as it goes over the wire (RFC 5890)."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


class _Known(NamedTuple):
    number: Number
    written: str
    person: int


def numbers_in(text: str, known: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, str]]:
    """(number as it is known, whose, as it stands there) of each known telephone number in a text."""
    tails: dict[str, list[_Known]] = defaultdict(list)
    for written, person in known:
        if number := read_number(written):
            tails[number.tail].append(_Known(number, written, person))
    for match in _DIGITS.finditer(_plain_numbers(text)) if tails else ():
        digits, breaks = _taken_apart(match[0])
        alone = not re.search(r"[\w/=+-]$|\w\.$", match.string[max(0, match.start() - 2) : match.start()])
        for size in (TAIL, LEAST):
            for end in range(size, len(digits) + 1):
                for one in tails.get(digits[end - size : end], ()) if end in breaks else ():
                    if _is_line(one.number, digits[:end], breaks, world=match[0].startswith("+"), alone=alone):
                        yield one.written, one.person, match[0]


def _plain_numbers(text: str) -> str:
    """The text with one kind of dash and digit; what an address of a call begins with is a + there."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _DASHES.sub("-", text))
        text = _DASHES.sub("-", _FOREIGN.sub(lambda sign: str(unicodedata.digit(sign[0], 0)), text))
    return _AREA_ZERO.sub(" ", _OF_THE_WORLD.sub(r"\1 +", text))


def _taken_apart(written: str) -> tuple[str, set[int]]:
    """The digits, and the places among them where something else stands, both ends too."""
    digits = ""
    breaks = {0}
    for sign in written:
        if sign.isdecimal():
            digits += sign
        else:
            breaks.add(len(digits))
    return digits, breaks | {len(digits)}


def _is_line(number: Number, head: str, breaks: set[int], *, world: bool, alone: bool) -> bool:
    """Whether the digits up to a break end with that number. world: a + stands before them; alone: and no letter."""

    def ends(with_: str) -> bool:
        begin = len(head) - len(with_)
        whole = begin in breaks and (begin == 0 or len(with_) >= _SURE)
        return head.endswith(with_) and whole and (alone or len(with_) >= _SURE)

    if number.world:
        inland = [number.digits[country:] for country in (1, 2, 3) if len(number.digits) - country >= TAIL]
        written = [number.digits, f"00{number.digits}", *(f"0{one}" for one in inland), *(inland if not world else ())]
        return any(ends(one) for one in written)
    if ends(f"0{number.digits}") or ends(number.digits):
        return True
    whole = head.lstrip("0")
    country = len(whole) - len(number.digits)
    return (world or head.startswith("00")) and 1 <= country <= 3 and len(number.digits) >= TAIL and whole.endswith(number.digits)
