"""A letter's outer form: headers as text, and of its many parts the ones that are read. Pure, and made for hostile mail.

The email package's older policy is used: the newer one's header parser raises on broken headers and takes quadratic
time on long ones. What the package takes too long for is cut off before it sees it. Sources: RFC 5322, 2045 to 2047,
2231, 3676.
"""

import html as entities
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from email.utils import parseaddr

from pkm import text
from pkm.addresses import NO_SIGNS, address_key, is_plain
from pkm.filekind import decode_text
from pkm.html import text_to_html

MAX_LETTER = 10_000_000
"""Bytes of a letter that are read; what comes after is left out."""

_MAX_HEADER = 20_000
_MAX_PARAMETERS = 4_000  # of one Content-Type: the package takes quadratic time to divide them
_MAX_MULTIPARTS = 100  # each line is compared with the boundaries of all that are open
_MAX_BOUNDARIES = 5_000
_MAX_PARTS = 500  # that are looked at
_MAX_DEPTH = 20
_MAX_TEXT = 1_000_000  # characters of all parts together

_CONTENT_HEADER = re.compile(rb"^content-(?:type|disposition)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.I | re.M)
_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]+\?[bBqQ]\?)")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+")
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What the email package raises on letters that are none."""


@dataclass(slots=True)
class Body:
    """What is read of a letter. html: as it came, not yet clean; attachments: names of the files that went with it."""

    html: str = ""
    attachments: list[str] = field(default_factory=list)


def read_message(data: bytes) -> Message:
    """The letter's parts, as far as its first ten megabytes say; of what cannot be taken apart only the headers."""
    data = _bounded(data[:MAX_LETTER])
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    try:
        return BytesParser(policy=compat32).parsebytes(data)
    except _BROKEN:
        return BytesHeaderParser(policy=compat32).parsebytes(data)


def _bounded(data: bytes) -> bytes:
    """The letter without what would take the parser minutes: no more boundaries and parameters than letters have."""
    for mark, most in ((b"multipart/", _MAX_MULTIPARTS), (b"\n--", _MAX_BOUNDARIES)):
        if data.count(mark) > most:
            at = -1
            for _ in range(most + 1):
                at = data.find(mark, at + 1)
            data = data[:at]
    if len(data) < _MAX_PARAMETERS:
        return data
    return _CONTENT_HEADER.sub(lambda found: found[0][:_MAX_PARAMETERS], data)


def read_headers(data: bytes) -> Message:
    """The letter's headers alone: enough to know whose it is."""
    return read_message(re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0] + b"\n\n")


def header(message: Message, name: str) -> str:
    """The header as one line of text, "" where there is none; encoded words and raw 8-bit text are decoded."""
    return text.one_line(decode_words(raw_header(message, name)))


def raw_header(message: Message, name: str) -> str:
    """The first header of that name, unfolded, its encoded words as they are."""
    for each, value in message.raw_items():
        if each.lower() == name.lower():
            data = str(value)[:_MAX_HEADER].encode("utf-8", "surrogateescape")
            return re.sub(r"\r?\n(?=[ \t])", "", decode_text(data)).strip()
    return ""


def decode_words(raw: str) -> str:
    """The text with its encoded words read; neighbors of one charset are joined first: some cut a letter in two."""
    raw = _BETWEEN_WORDS.sub(r"\1", raw)
    out, at = list[str](), 0
    pending, charset = b"", ""
    for word in _WORD.finditer(raw):
        if pending and (word.start() > at or word[1].lower() != charset):
            out.append(decode_text(pending, charset))
            pending = b""
        out.append(raw[at : word.start()])
        pending, charset, at = pending + _word_bytes(word), word[1].lower(), word.end()
    return "".join([*out, decode_text(pending, charset) if pending else "", raw[at:]])


def _word_bytes(word: re.Match[str]) -> bytes:
    data = word[3].encode("utf-8", "replace")
    if word[2] in "qQ":
        return quopri.decodestring(data.replace(b"_", b"=20"))
    try:
        return b64decode(data + b"=" * (-len(data) % 4))
    except ValueError:
        return data


def address(message: Message, name: str) -> tuple[str, str]:
    """(name, email address in lower case) that the header gives first, each "" where it does not. No name is an address."""
    raw = raw_header(message, name)
    try:
        called, email = parseaddr(raw)
    except _BROKEN:
        called, email = "", ""
    if "@" not in email:
        found = _ADDRESS.search(raw)
        called, email = raw.partition("<")[0].strip(' "'), found[0] if found else ""
    called = text.one_line(decode_words(called), 200).strip("\"'")
    email = text.one_line(email, 200).lower().replace(" ", "")
    return ("" if "@" in called else called), email  # an address is no name, and names are shown to others


_PART = f"[^{NO_SIGNS}.]+"
_MAILBOX = rf"({_PART[:-1]}[^{NO_SIGNS}]*@{_PART}(?:\.{_PART})+)"  # some servers gave names with two dots, or one at the end
_ALONE = re.compile(rf"\s*(?:{_MAILBOX}|(?P<name>[^<>@]*)<\s*{_MAILBOX}\s*>)\s*(?:\s\([^<>()@\\]*\)\s*)?")
_QUOTED = re.compile(r'\A\s*"(?:[^"\\]|\\.)*"(?=\s*<)')


def only_address(message: Message, name: str) -> str:
    """The one email address that the header gives (its address_key); "" where it can be read in two ways, or stands there twice.

    Servers vouch for the address that they read, which need not be the one that is read first. A name in quotes is a name;
    any other may be written as it likes, but without an @: then there is but one address to read. A domain in letters that only
    some take for others (fullwidth ones, a soft hyphen) is nobody's: no server vouches for the domain that they look like.
    """
    given = message.get_all(name) or []
    found = _ALONE.fullmatch(_QUOTED.sub("", raw_header(message, name)))
    if len(given) != 1 or not found:
        return ""
    written = str(found[1] or found[3])
    return address_key(written) if is_plain(written.rpartition("@")[2]) else ""


def read_body(message: Message) -> Body:
    """The text of a letter: of alternatives the best, of a digest every letter; what else is in it by name."""
    reader = _PartReader()
    try:
        reader.read(message, 0)
    except _BROKEN:
        reader.pieces.append(_broken_text(message))
    return Body("\n".join(reader.pieces)[:_MAX_TEXT], reader.attachments[:100])


class _PartReader:
    """Collects the text of a letter, part by part."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.attachments: list[str] = []
        self._parts = 0
        self._size = 0

    def read(self, part: Message, depth: int) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS or depth > _MAX_DEPTH or self._size > _MAX_TEXT:
            return
        kind = part.get_content_type()
        inner = list(_inner(part))
        if kind == "message/rfc822" and inner:
            self._read_enclosed(inner[0], depth)
        elif kind == "multipart/alternative" and inner:
            self._read_best(inner, depth)
        elif kind == "multipart/related" and inner:
            self.read(inner[0], depth + 1)
        elif inner:
            for each in inner:
                self.read(each, depth + 1)
        elif kind.startswith("multipart/"):
            self._add(_broken_text(part))
        elif kind in ("text/html", "text/plain") and part.get_content_disposition() != "attachment":
            self._add(_html_of(part, kind))
        else:
            self.attachments.append(_name_of(part, kind))

    def _add(self, html: str) -> None:
        self.pieces.append(html)
        self._size += len(html)

    def _read_best(self, inner: list[Message], depth: int) -> None:
        """The last alternative that holds text: a letter writes the best one last."""
        pieces, attachments = self.pieces, self.attachments
        for each in sorted(reversed(inner), key=lambda part: not _holds_html(part)):
            self.pieces, self.attachments = [], []
            self.read(each, depth + 1)
            if any(piece.strip() for piece in self.pieces):
                break
        self.pieces, self.attachments = pieces + self.pieces, attachments + self.attachments

    def _read_enclosed(self, letter: Message, depth: int) -> None:
        """A letter within the letter, as digests have it, under its subject and its author."""
        subject, (called, email) = header(letter, "subject"), address(letter, "from")
        self._add(f"<h3>{entities.escape(subject)}</h3><p><em>{entities.escape(called or email)}</em></p>")
        self.read(letter, depth + 1)


def _inner(part: Message) -> Iterator[Message]:
    payload = part.get_payload() if part.is_multipart() else []
    if isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))


def _holds_html(part: Message) -> bool:
    kind = part.get_content_type()
    return kind == "text/html" or (
        kind in ("multipart/related", "multipart/mixed") and any(_holds_html(each) for each in list(_inner(part))[:1])
    )


def _html_of(part: Message, kind: str) -> str:
    data = part.get_payload(decode=True)
    written = decode_text(data if isinstance(data, bytes) else b"", part.get_content_charset() or "")[: 2 * _MAX_TEXT]
    if kind == "text/html":
        return written
    if part.get_content_subtype() == "plain" and _parameter(part, "format").lower() == "flowed":
        written = unflow(written, delete_space=_parameter(part, "delsp").lower() == "yes")
    return text_to_html(written)


def _parameter(part: Message, name: str) -> str:
    value = part.get_param(name)
    return value if isinstance(value, str) else ""


def unflow(flowed: str, *, delete_space: bool = False) -> str:
    """The paragraphs of format=flowed text, each on one line. Source: RFC 3676."""
    out: list[str] = []
    soft, depth = False, 0
    for line in flowed.replace("\r\n", "\n").split("\n"):
        quoted = len(line) - len(line.lstrip(">"))
        line = line[quoted:].removeprefix(" ")
        joins = soft and quoted == depth and line != "-- "
        soft, depth = line.endswith(" ") and line != "-- ", quoted
        line = line[:-1] if soft and delete_space else line
        if joins:
            out[-1] += line
        else:
            out.append("> " * quoted + line)
    return "\n".join(out)


def _name_of(part: Message, kind: str) -> str:
    try:
        name = part.get_filename() or ""
    except _BROKEN:
        name = ""
    return text.one_line(decode_words(name), 100) or kind


def _broken_text(part: Message) -> str:
    """What can be read of a multipart letter whose boundaries are not there."""
    del part["Content-Type"]  # what it says is not true, and some of it would be an error
    payload = part.get_payload()
    raw = payload if isinstance(payload, str) else ""
    data = raw.encode("utf-8", "surrogateescape")[:MAX_LETTER]
    if re.search(rb"^content-transfer-encoding:\s*quoted-printable", data, re.I | re.M):
        data = quopri.decodestring(data)
    written = decode_text(data)
    page = re.search(r"<html\b.*", written, re.I | re.S)
    if page:
        return page[0]
    return text_to_html(re.sub(r"^(?:--\S+|content-[a-z-]+:.*(?:\n[ \t].*)*)$", "", written, flags=re.I | re.M))
