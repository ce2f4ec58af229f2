"""People as vCards: 2.1, 3.0 and 4.0 in, 4.0 (RFC 6350) and 3.0 (RFC 2426, what many phones take) out.

Owns what each property means to pkm; those it does not know are kept as they came. Must not know the store, the
network or any path; the syntax of lines is vcard_lines.py's, and how a card is
written is vcard_writing.py's.
"""

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from pkm.errors import BadInput
from pkm.filekind import name_kind
from pkm.people.card import Card, CardFile, Labeled
from pkm.people.vcard_lines import Line, escape, read_lines
from pkm.people.vcard_writing import SERVICES, SILENT_TYPES, URI, card_bytes, list_line, text_line
from pkm.text import fold as fold_case
from pkm.text import one_line, shown_name

MAX_PHOTO = 1_000_000  # bytes of a picture that is kept, and of a property that pkm does not know
MAX_NAME = 1000  # characters
MAX_EACH = 100  # e-mails, numbers, addresses, services, nicks and categories of a card that are used, of each
_SAID = 80  # characters of a line that a failure quotes
_SOCIAL = ("IMPP", "SOCIALPROFILE", "X-SOCIALPROFILE")
_FULL_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_NO_YEAR = re.compile(r"--(\d\d)-?(\d\d)")
_PART_DATE = re.compile(r"(\d{4})(?:-(\d\d))?")
_ADDRESS_SCHEME = re.compile(r"^(?:(?:mailto|tel):\s*)+", re.IGNORECASE)
_MIME = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp"}
_STAND_IN = "pkm."  # the group of lines that leftover() makes

VERSIONS = ("4.0", "3.0")

Failure = tuple[int, str, str]
_T = TypeVar("_T", str, Line, Labeled)


def read_cards(data: bytes, *, name: str = "the file") -> CardFile:
    """Every whole card of a vCard file is read; what cannot be used is a failure with its line, the rest is kept.

    Cards of all versions may be mixed; a nested AGENT stays with its card as one unknown property. An empty file
    gives no cards. Raises BadInput, naming what it is, where the file has no card at all.
    """
    cards: list[Card] = []
    broken: list[Card] = []
    failures: list[Failure] = []
    opened: list[_Draft] = []
    for line in read_lines(data):
        if isinstance(line, tuple):
            if opened:
                failures.append((line[0], one_line(line[1], _SAID), "it has no colon, so nothing is known of it"))
        elif line.name == "BEGIN" and _is_card(line):
            if opened and not opened[-1].awaits_agent():
                broken.append(_cut_off(opened))
            opened.append(_Draft(line.number, failures))
        elif line.name == "END" and _is_card(line):
            _close(opened, cards)
        elif opened:
            opened[-1].take(line)
    if opened:
        broken.append(_cut_off(opened))
    if not cards and not broken and data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise BadInput(name, f"it is {name_kind(data)}, not a vCard file")
    return CardFile(tuple(cards), tuple(sorted(failures)), tuple(broken))


def looks_like_cards(data: bytes) -> bool:
    """True where the bytes hold a vCard, judged by their first 4 kB."""
    lines = read_lines(data[:4096])
    return any(isinstance(line, Line) and line.name == "BEGIN" and _is_card(line) for line in lines)


def write_cards(cards: Iterable[Card], version: str = "4.0") -> bytes:
    """The cards as one vCard file, the same bytes for the same cards; reading it gives the same cards."""
    return b"".join(write_card(card, version) for card in cards)


def write_card(card: Card, version: str = "4.0") -> bytes:
    """The card as a vCard, as card_bytes() writes it. Reading it gives the card.

    Lines of leftover() in `extra` stand for what the card itself does not say, as long as they agree with its name
    and its organization.
    """
    return card_bytes(_absorb(card), version)


def version_of(data: bytes) -> str:
    """The version in which to write a file anew: 3.0 for one that is older than 4.0, else 4.0."""
    found = re.search(rb"(?im)^VERSION:\s*(\d)", data)
    return "3.0" if found and found[1] in (b"2", b"3") else "4.0"


def leftover(card: Card) -> tuple[str, ...]:
    """The lines to keep where only name, org and the other plain fields are stored, so that nothing is lost.

    Unfolded lines: the parts of the name, units, kind, photo, and `extra`. Given as `Card.extra`, write_card() puts
    each where it belongs.
    """
    kept = [*text_line("KIND", card.kind), *list_line("N", ";", card.parts)]
    kept += list_line("ORG", ";", (card.org, *card.units)) if card.units else []
    kept += [f"PHOTO:{card.photo}"] if card.photo else []
    return (*(_STAND_IN + line for line in kept), *card.extra)


def _is_card(line: Line) -> bool:
    return line.raw.strip().upper() == "VCARD"


def _close(opened: list["_Draft"], cards: list[Card]) -> None:
    """Ends the innermost open card: it goes to its outer card, or to the cards."""
    if not opened:
        return
    draft = opened.pop()
    if opened:
        opened[-1].take_agent(draft)
    else:
        cards.append(draft.compose())


def _cut_off(opened: list["_Draft"]) -> Card:
    """What is in a card without an end, said as a failure; nothing stays open."""
    while len(opened) > 1:
        _close(opened, [])
    draft = opened.pop()
    card = draft.compose()
    draft.say(draft.start, card.name or "a card", "the card is cut off: it has no END:VCARD")
    return card


@dataclass(slots=True)
class _Draft:
    """A card while it is read. Lines that pkm does not know, or cannot hold, go to `extra`."""

    start: int
    failures: list[Failure]
    fields: dict[str, str] = field(default_factory=dict)  # of one text each, the first that comes
    lists: dict[str, list[str]] = field(default_factory=dict)
    labeled: dict[str, list[Line]] = field(default_factory=dict)  # EMAIL, TEL, URL
    handles: list[Labeled] = field(default_factory=list)
    extra: list[Line] = field(default_factory=list)
    full: set[str] = field(default_factory=set)  # names of properties of which there were too many

    def say(self, number: int, what: str, why: str) -> None:
        """Keeps what could not be used, and why."""
        self.failures.append((number, one_line(what, _SAID), why))

    def take(self, line: Line) -> None:
        """Puts a property where it belongs."""
        if line.too_large:
            self.say(line.number, line.name, f"it is larger than {MAX_PHOTO:,} bytes and was left out")
        elif line.name in ("VERSION", "PRODID"):
            return
        elif line.name in _SOCIAL or (line.name.startswith("X-") and line.name[2:] in SERVICES):
            if self._take_each(line, self.handles, [handle for handle in [_handle(line)] if handle[1]]):
                self.extra.append(line)
        elif line.name in ("EMAIL", "TEL", "URL"):
            self.extra += self._take_each(line, self.labeled.setdefault(line.name, []), [line] if line.text().strip() else [])
        elif line.name in ("NICKNAME", "CATEGORIES"):
            values = list(filter(None, (shown_name(part, MAX_NAME) for part in line.parts(","))))
            if rest := self._take_each(line, self.lists.setdefault(line.name, []), values):
                self.extra.append(replace(line, raw=",".join(map(escape, rest)), encoded=False))
        elif not _TAKERS.get(line.name, _take_nothing)(self, line):
            self.extra.append(line)

    def _take_each(self, line: Line, taken: list[_T], more: list[_T]) -> list[_T]:
        """Adds what a card may have many of, up to MAX_EACH, and says once that there was more. The rest, which is not used."""
        room = MAX_EACH - len(taken)
        taken += more[:room]
        if len(more) > room and line.name not in self.full:
            self.full.add(line.name)
            self.say(line.number, line.name, f"the card has more than {MAX_EACH}: the rest is kept, and not used")
        return more[room:]

    def awaits_agent(self) -> bool:
        """True where a nested card may begin: after the AGENT property of 2.1."""
        return bool(self.extra) and self.extra[-1].name == "AGENT" and not self.extra[-1].raw.strip()

    def take_agent(self, nested: "_Draft") -> None:
        """Makes a nested card the value of its AGENT property, as in 3.0. An agent's agent would double every
        escape again, so it is left out.
        """
        deeper = [line for line in nested.extra if line.name == "AGENT"]
        for line in deeper:
            self.say(line.number, "AGENT", "an agent of an agent is left out")
            nested.extra.remove(line)
        text = write_card(nested.compose()).decode().replace("\r\n ", "").replace("\r\n", "\n")
        self.extra[-1] = replace(self.extra[-1], raw=escape(text))

    def compose(self) -> Card:
        """The card of all that was taken."""
        labels = {line.group.lower(): line for line in self.extra if line.name == "X-ABLABEL" and line.group}
        groups = {line.group.lower() for lines in self.labeled.values() for line in lines if line.group}
        extra = self._keep_extra(groups) if self.extra else ()
        emails, phones, urls = (self._values(name, labels) for name in ("EMAIL", "TEL", "URL"))
        parts, units = (tuple(self.lists.get(name, ())) for name in ("N", "ORG"))
        nicks, categories = (tuple(dict.fromkeys(self.lists.get(name, ()))) for name in ("NICKNAME", "CATEGORIES"))
        given = self.fields
        name = given.get("FN") or _compose_name(parts) or given.get("ORG", "")
        others = (value for values in (emails, [("", nick) for nick in nicks], phones, urls) for _, value in values)
        name = name or next((one_line(value, MAX_NAME) for value in others), "")
        if not name:
            self.say(self.start, "a card", "it has no name, and nothing to name it by")
        return Card(
            name, given.get("UID", ""), given.get("KIND", ""), parts, nicks, given.get("ORG", ""), units,
            given.get("TITLE", ""), emails, phones, urls, tuple(self.handles), given.get("BDAY", ""),
            given.get("NOTE", ""), categories, given.get("X-PKM-MET", ""), given.get("PHOTO", ""),
            given.get("REV", ""), extra, self.start,
        )  # fmt: skip

    def _values(self, name: str, labels: dict[str, Line]) -> tuple[Labeled, ...]:
        """The (label, value) of the properties of that name, the preferred first."""
        lines = self.labeled.get(name, [])
        if len(lines) > 1:
            lines.sort(key=_preference)
        return tuple((_label(line, labels), _value(line)) for line in lines)

    def _keep_extra(self, labeled: set[str]) -> tuple[str, ...]:
        """The unknown properties as lines, without labels that belong to known ones alone; too large ones are said."""
        others = {line.group.lower() for line in self.extra if line.name != "X-ABLABEL"}
        kept = []
        for line in self.extra:
            if line.name == "X-ABLABEL" and line.group.lower() in labeled - others:
                continue
            spelled = line.spell()
            if line.group.lower() + "." == _STAND_IN:  # what leftover() writes is not for files to say
                spelled = spelled.partition(".")[2]
            if len(spelled) > MAX_PHOTO * 3 // 2:
                self.say(line.number, line.name, f"it is larger than {MAX_PHOTO:,} bytes and was left out")
            else:
                kept.append(spelled)
        return tuple(kept)


def _take_nothing(draft: _Draft, line: Line) -> bool:
    return False


def _take_text(draft: _Draft, line: Line) -> bool:
    """A property of one line of text, of which a card has one."""
    value = shown_name(line.text()) if line.name == "FN" else one_line(line.text())
    if not value or draft.fields.get(line.name) == value:
        return True
    if line.name in draft.fields:
        return False
    draft.fields[line.name] = one_line(value, MAX_NAME)
    if len(value) > MAX_NAME:
        draft.say(line.number, f"{line.name}:{value}", f"it has {len(value):,} characters: cut to {MAX_NAME:,}")
        return False
    return True


def _take_note(draft: _Draft, line: Line) -> bool:
    """Notes: all of them, with an empty line between."""
    notes = [draft.fields.get(line.name, ""), line.text().strip()]
    draft.fields[line.name] = "\n\n".join(filter(None, notes))
    return True


def _take_name(draft: _Draft, line: Line) -> bool:
    """N: family, given and additional names, prefixes, suffixes."""
    parts = [one_line(part, MAX_NAME) for part in line.parts()]
    if not any(parts):
        return True
    if "N" in draft.lists:
        return False
    draft.lists["N"] = _trim(parts, 5) + [""] * (5 - len(parts))
    return True


def _take_org(draft: _Draft, line: Line) -> bool:
    """ORG: the organization and its units."""
    org, *units = (one_line(part, MAX_NAME) for part in line.parts())
    if not org and not any(units):
        return True
    if "ORG" in draft.fields:
        return False
    draft.fields["ORG"], draft.lists["ORG"] = org, _trim(units, 0)
    return True


def _take_birthday(draft: _Draft, line: Line) -> bool:
    """BDAY, where it is a date that exists; any other is said and kept as it is."""
    text = one_line(line.text())
    if not text:
        return True
    if "BDAY" in draft.fields or line.param("VALUE").lower() == "text":
        return False
    value = read_date(text, line.param("X-APPLE-OMIT-YEAR"))
    if not value:
        draft.say(line.number, f"BDAY:{text}", "it is no date: kept as it is")
        return False
    draft.fields["BDAY"] = value
    return True


def _take_photo(draft: _Draft, line: Line) -> bool:
    """PHOTO, as a URL or a data: URI, where it is not too large."""
    if line.data is not None:
        kind = next((kind for magic, kind in _MIME.items() if line.data.startswith(magic)), "")
        kind = kind or re.sub(r"[^a-z0-9.+-]", "", (line.types() or ["jpeg"])[0].removeprefix("image/")) or "jpeg"
        value = f"data:image/{kind};base64,{base64.b64encode(line.data).decode()}" if line.data else ""
    else:
        value = one_line(line.text())
    if not value:
        return True
    if len(value) > MAX_PHOTO * 4 // 3 + 100:
        draft.say(line.number, "PHOTO", f"it is larger than {MAX_PHOTO:,} bytes and was left out")
        return True
    if "PHOTO" in draft.fields:
        return False
    if "\\" in value or not URI.match(value):
        draft.say(line.number, f"PHOTO:{value}", "it is no picture and no address: kept as it is")
        return False
    draft.fields["PHOTO"] = value
    return True


_TAKERS: dict[str, Callable[[_Draft, Line], bool]] = {
    **dict.fromkeys(("FN", "UID", "KIND", "TITLE", "X-PKM-MET", "REV"), _take_text),
    "N": _take_name, "ORG": _take_org, "BDAY": _take_birthday, "NOTE": _take_note, "PHOTO": _take_photo,
}  # fmt: skip


def read_date(text: str, no_year: str = "") -> str:
    """A vCard date as 1980-05-21, --05-21, 1980-05 or 1980; "" where it is none (31 February).

    no_year: the year that stands for none (Apple writes 1604). Source: RFC 6350 4.3.1.
    """
    if match := _FULL_DATE.fullmatch(text):
        year, month, day = match.groups()
        year = "" if year == no_year else year
    elif match := _NO_YEAR.fullmatch(text):
        year, month, day = "", *match.groups()
    elif match := _PART_DATE.fullmatch(text):
        year, month, day = match[1], match[2] or "", ""
    else:
        return ""
    try:
        date(int(year or 2000), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join(filter(None, (year or "-", month, day)))


def _compose_name(parts: Sequence[str]) -> str:
    """The name as it is spoken: prefix, given, additional, family, suffix."""
    family, given, additional, prefix, suffix = (*parts, "", "", "", "", "")[:5]
    return shown_name(" ".join(filter(None, (prefix, given, additional, family, suffix))), MAX_NAME)


def _trim(parts: Sequence[str], least: int) -> list[str]:
    """The parts without empty ones at the end, but `least` of them."""
    kept = list(parts)
    while len(kept) > least and not kept[-1]:
        kept.pop()
    return kept


def _preference(line: Line) -> int:
    """1 (the most) to 100 as the property says, 101 where it says nothing."""
    if "pref" in line.types():
        return 1
    return int(line.param("PREF")) if re.fullmatch(r"\d{1,3}", line.param("PREF")) else 101


def _label(line: Line, labels: dict[str, Line]) -> str:
    """The label of its group (X-ABLabel), else its types."""
    own = labels.get(line.group.lower()) if line.group else None
    if own and (text := one_line(re.sub(r"_\$!<|>!\$_", "", own.text()), 100)):
        return text
    return _typed(line.types())


@lru_cache(1024)
def _typed(types: tuple[str, ...]) -> str:
    return one_line(" ".join(kind for kind in types if kind not in SILENT_TYPES), 100)


def _value(line: Line) -> str:
    """The address, number or URL of an EMAIL, TEL or URL property."""
    value = _ADDRESS_SCHEME.sub("", one_line(line.text()))
    return value.replace("\\", "%5C") if line.name == "URL" else value


def _handle(line: Line) -> Labeled:
    """Service and value of a messaging or social property."""
    value = one_line(line.text())
    if line.name not in _SOCIAL:
        return line.name.removeprefix("X-").lower(), value
    service = line.param("SERVICE-TYPE") or line.param("X-SERVICE-TYPE")
    if not service and line.name == "X-SOCIALPROFILE":
        service = next((kind for kind in line.types() if kind not in SILENT_TYPES), "")
    if not service and line.name == "IMPP" and (scheme := URI.match(value)):
        service = scheme[1]
    return one_line(service, 100).lower(), value


def _absorb(card: Card) -> Card:
    """The card with the lines of leftover() put into the fields they stand for; those that disagree drop out."""
    stand_ins = [line for line in card.extra if line.startswith(_STAND_IN)]
    if not stand_ins:
        return card
    draft = _Draft(0, [])
    for line in read_lines("\n".join(stand_ins).encode("utf-8", "replace")):
        if isinstance(line, Line):
            draft.take(line)
    other = draft.compose()
    named = fold_case(card.name)
    fits = all(fold_case(part) in named for part in other.parts[:2])
    return replace(
        card,
        kind=card.kind or other.kind,
        parts=card.parts or (other.parts if fits else ()),
        units=card.units or (other.units if other.org == card.org else ()),
        photo=card.photo or other.photo,
        extra=tuple(line for line in card.extra if not line.startswith(_STAND_IN)),
    )
