"""A person as the bytes of a vCard: 4.0 (RFC 6350), or 3.0 (RFC 2426), what many phones take. vcard.py reads them back."""

import re
from collections.abc import Sequence

from pkm.people.card import Card
from pkm.people.vcard_lines import escape, fold, quote

SILENT_TYPES = ("internet", "pref", "voice", "x400")
SERVICES = ["AIM", "GADU-GADU", "GOOGLE-TALK", "GROUPWISE", "GTALK", "ICQ", "JABBER", "MASTODON", "MATRIX", "MSN"]
SERVICES += ["QQ", "SIGNAL", "SKYPE", "TELEGRAM", "TWITTER", "YAHOO"]
URI = re.compile(r"([a-z][a-z0-9+.-]*):\S", re.IGNORECASE)
_NO_YEAR_APPLE = "1604"  # what 3.0 has for a birthday without a year, as Apple writes it


def card_bytes(card: Card, version: str = "4.0") -> bytes:
    """The card as a vCard: UTF-8, CRLF, folded at 75 octets, escaped (RFC 6350).

    version: 4.0 or 3.0. In 3.0 a card has an N, made of its name where it has none.
    """
    old = version == "3.0"
    lines = [
        "BEGIN:VCARD",
        f"VERSION:{version}",
        *text_line("UID", card.uid),
        *text_line("KIND", card.kind),
        f"FN:{escape(card.name)}",
    ]
    lines += list_line("N", ";", card.parts or ((card.name, "", "", "", "") if old else ()))
    lines += list_line("NICKNAME", ",", card.nicks)
    lines += list_line("ORG", ";", (card.org, *card.units))
    lines += text_line("TITLE", card.title)
    lines += _labeled_lines(card)
    lines += [_handle_line(service, value) for service, value in card.handles]
    lines += _birthday_3(card.birthday) if old else text_line("BDAY", _basic_date(card.birthday))
    lines += list_line("CATEGORIES", ",", card.categories)
    lines += text_line("NOTE", card.note) + text_line("X-PKM-MET", card.met)
    lines += [_photo_3(card.photo) if old else f"PHOTO:{card.photo}"] if card.photo else []
    lines += card.extra
    return fold([*lines, *text_line("REV", card.rev), "END:VCARD"])


def _birthday_3(birthday: str) -> list[str]:
    if birthday.startswith("--"):
        return [f"BDAY;X-APPLE-OMIT-YEAR={_NO_YEAR_APPLE}:{_NO_YEAR_APPLE}{birthday[1:]}"]
    return text_line("BDAY", birthday)


def _photo_3(photo: str) -> str:
    kind, comma, data = photo.partition(";base64,")
    if comma and kind.lower().startswith("data:image/"):
        return f"PHOTO;ENCODING=b;TYPE={kind[11:].upper()}:{data}"
    return f"PHOTO;VALUE=uri:{photo}"


def _basic_date(text: str) -> str:
    """A date as vCard 4.0 writes it: 19800521, --0521, 1980-05, 1980."""
    return re.sub(r"^(\d{4}|--)-?(\d\d)-(\d\d)$", r"\1\2\3", text)


def text_line(name: str, value: str) -> list[str]:
    """The property with one value; no line without one."""
    return [f"{name}:{escape(value)}"] if value else []


def list_line(name: str, separator: str, values: Sequence[str]) -> list[str]:
    """The property with several values; no line where all are empty."""
    return [f"{name}:{separator.join(map(escape, values))}"] if any(values) else []


def _labeled_lines(card: Card) -> list[str]:
    """EMAIL, TEL and URL lines; a label that is no plain type stands in a group, as Apple writes it."""
    taken = {line.split(".", 1)[0].lower() for line in card.extra}
    lines: list[str] = []
    number = 0
    for name, values in (("EMAIL", card.emails), ("TEL", card.phones), ("URL", card.urls)):
        for label, value in values:
            text = value.replace("\\", "%5C") if name == "URL" else escape(value)
            if not label or _is_type(label):
                lines.append(f"{name};TYPE={label.replace(' ', ',')}:{text}" if label else f"{name}:{text}")
                continue
            number = next(n for n in range(number + 1, number + len(taken) + 2) if f"item{n}" not in taken)
            lines += [f"item{number}.{name}:{text}", f"item{number}.X-ABLabel:{escape(label)}"]
    return lines


def _is_type(label: str) -> bool:
    """True where the label can be written as TYPE and comes back the same."""
    words = label.split(" ")
    return (
        all(re.fullmatch(r"[a-z0-9-]+", word) and word not in SILENT_TYPES for word in words)
        and len(set(words)) == len(words)
    )  # fmt: skip


def _handle_line(service: str, value: str) -> str:
    """A handle as the property that fits it."""
    if re.match(r"https?://", value, re.IGNORECASE):
        return f"SOCIALPROFILE{_service(service)}:{escape(value)}"
    scheme = URI.match(value)
    if service.upper() in SERVICES and not scheme:
        return f"X-{service.upper()}:{escape(value)}"
    same = scheme is not None and scheme[1].lower() == service
    return f"IMPP{'' if same else _service(service)}:{escape(value)}"


def _service(service: str) -> str:
    return f";SERVICE-TYPE={quote(service)}" if service else ""
