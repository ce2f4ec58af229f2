"""Addresses and telephone numbers of people in a text, however they are written there. Pure."""

import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pkm.addresses import NO_SIGNS, address_key, alike
from pkm.grouped import grouped
from pkm.phones import LEAST, TAIL, Number, read_number
from pkm.text import fold

_LONGEST = 260
_LOCAL = re.compile(f"[^{NO_SIGNS}]+$")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)+)"$')
_BEFORE = re.compile(r"[^\w.+'’-]|\.\.|(?<=[^\x00-\u024f])(?=[!-~]+$)")
"""Behind what an address may begin: "user=", a dash, an ellipsis, a word of a script without spaces."""
_LABEL = r"[^\s!-,./:-@\[-^`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f\u3001-\u3004\u3008-\u3020\u3030]"
_DOMAIN = re.compile(rf"{_LABEL}+(?:[.。]{_LABEL}+)+")
_ASCII = re.compile(r"[!-~]+")
_AT = re.compile(r"\s*[\[({<]\s*(?:at|ät|@)\s*[\])}>]\s*|\s*@\s*")
_DOT = re.compile(r"\s*[\[({<]\s*(?:dot|punkt|\.)\s*[\])}>]\s*| dot ")
_COMMENT = re.compile(r"\s?\([^()]{0,100}\)\s?(?=[@.])|(?<=[@.])\s?\([^()]{0,100}\)\s?")  # RFC 5322, 3.2.2
_IS_SPELLED = re.compile(r"[\[({<]\s*(?:at|ät|@|dot|punkt|\.)\s*[\])}>]|\s@|@\s| dot |\)\s?[@.]|[@.]\s?\(")
_SPELLED = re.compile(r"(?<=\w) at (?=\w+(?: dot \w+)+)")

_DASHES = re.compile("[\u2010-\u2015\u2043\u2212]")
_FOREIGN = re.compile(r"(?![0-9])\d")
_AREA_ZERO = re.compile(r"\(\s*0\s*\)\s*")
_OF_THE_WORLD = re.compile(r"(wa\.me/|phone=|(?:[Tt][Ee][Ll]|[Cc]allto|[Ss][Mm][Ss]):)\+?(?=\d)")
_DIGITS = re.compile(r"\+?\(?\d(?:[\s()./·-]{0,3}\d){5,}")
_SURE = 9
"""So many digits are no other number by chance."""


class Addresses:
    """Addresses of mail of people, ready to be looked for in many texts. known: address_key -> whose."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known

    def found_in(self, text: str, allowed: Collection[str] = ()) -> Iterator[tuple[str, int]]:
        """(address, whose) of each that stands in a text, by address.

        allowed: those that may stand there. What is one of all these to the letter is no other that is only written alike.
        """
        plain = " ".join(_straight(unicodedata.normalize("NFKC", text)).lower().split()) if self._known else ""
        forms = [plain]
        if _IS_SPELLED.search(plain):
            forms.append(_DOT.sub(".", _COMMENT.sub("", _AT.sub("@", _SPELLED.sub("@", plain)))))
        names = self._names.union(map(_name, allowed))
        found: set[str] = set()
        for form in forms:
            for at in re.finditer("@", form):
                place = _DOMAIN.match(form, at.end(), at.end() + _LONGEST)
                before = form[max(0, at.start() - _LONGEST) : at.start()] if place else ""
                if place and (locals_ := [one for one in _locals(before) if fold(one) in names]):
                    found.update(self._meant([f"{one}@{domain}" for one in locals_ for domain in _domains(place[0])], allowed))
        yield from sorted((one, self._known[one]) for one in found.difference(allowed))

    def _meant(self, readings: Sequence[str], allowed: Collection[str]) -> Collection[str]:
        """The known addresses that an @ with what stands around it may mean: by the first reading that is one, or is like one."""
        for one in map(address_key, readings):
            if one in allowed or one in self._exact:
                return self._exact.get(one, ())
        return next((found for one in readings if (found := self._alike.get(alike(one)))), ())

    @functools.cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(map(_name, self._known))

    @functools.cached_property
    def _exact(self) -> Mapping[str, list[str]]:
        return grouped((_unquoted(one), one) for one in self._known)

    @functools.cached_property
    def _alike(self) -> Mapping[str, list[str]]:
        return grouped((alike(_unquoted(one)), one) for one in self._known)


def _unquoted(address: str) -> str:
    """The address without the quotes about its local part: they say nothing (RFC 5321, 4.1.2)."""
    local, at, domain = _straight(address).rpartition("@")
    quoted = _QUOTED.fullmatch(local)
    return f"{_plain(quoted) if quoted else local}{at}{domain}"


def _straight(text: str) -> str:
    """The text with the apostrophe that is typed where an editor made one for print of it."""
    return text.replace("’", "'")


def _plain(quoted: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1])


def _name(address: str) -> str:
    """The local part, as it is like others."""
    return alike(_unquoted(address)).rpartition("@")[0]


def _locals(before: str) -> Iterator[str]:
    """What may be an address's local part at the end of what stands before an @, the longest first."""
    if quoted := _QUOTED.search(before):
        yield "".join(_plain(quoted).split())
    elif run := _LOCAL.search(before):
        for start in (0, *(found.end() for found in _BEFORE.finditer(run[0]))):
            one = run[0][start:]
            yield from (one, one.lstrip(".'’-_+"))
            if one.startswith("'"):
                yield one.rpartition("'")[2]


def _domains(run: str) -> Iterator[str]:
    """What may be a domain at the beginning of a run of its signs, the longest first: a sentence may begin right behind."""
    parts = run.strip("-_").replace("。", ".").split(".")
    for end in range(len(parts), 1, -1):
        *front, last = parts[:end]
        for one in (last, found[0] if (found := _ASCII.match(last)) else last):
            yield ".".join([*front, one]).rstrip("-_")


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
