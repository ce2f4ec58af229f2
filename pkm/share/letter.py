"""A letter as the bytes that a mail server gets: one recipient's, plain text and HTML from one Markdown, the same every time.

The headers are written here, not by the library's folding: its versions differ, and some lost the quotes around a name
(CVE-2025-1795). No value can begin a header of its own. Sources: RFC 5322, 2045 to 2047 (MIME), 2369 and 2919 (lists), 6532.
Pure: values in, bytes out.
"""

import quopri
import re
from base64 import encodebytes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import quote

from pkm.addresses import NO_SIGNS, wire_address
from pkm.dates import parse_stamp
from pkm.errors import Invalid
from pkm.text import one_line

MEDIA_TYPE = "message/rfc822"

_LABEL = f"[^{NO_SIGNS}/.]+"
_ADDRESS = re.compile(rf"[^{NO_SIGNS}]+@{_LABEL}(?:\.{_LABEL})*")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")
_CRLF = b"\r\n"
_FOLD = "\r\n "


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody's name and address; the name may be ""."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


class Inline(NamedTuple):
    """A picture that a letter's HTML shows: the hash and length of its bytes, its kind, what the HTML calls it, a file name."""

    sha256: str
    size_bytes: int
    media_type: str
    content_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What one recipient gets.

    key: the Message-ID is made of it. date: a stamp. list_id: the name of the circle's list, as `o3`, "" where it is no
    list's; list_name: what it is called there, "" where that is nobody's business. answers: the key of the letter that this one
    is about.
    """

    key: str
    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    date: str
    text: str
    html: str
    list_id: str = ""
    list_name: str = ""
    answers: str = ""
    pictures: tuple[Inline, ...] = ()


def read_mailbox(text: str) -> Mailbox:
    """The name and address of "Me <me@example.org>" or of an address alone. Raises Invalid."""
    line = one_line(text, 320)
    named = _NAMED.fullmatch(line)
    name, address = (named["name"].strip().strip('"').strip(), named["address"].strip()) if named else ("", line)
    if not is_address(address):
        raise Invalid(f"“{line}” as an address of mail", 'it should be "Me <me@example.org>" or me@example.org')
    return Mailbox(name, address)


def is_address(text: str) -> bool:
    """Whether a letter can be addressed to it: one address, nothing around it, a domain that can be written."""
    if not _ADDRESS.fullmatch(text) or not text.isprintable() or len(text) > 254:
        return False
    try:
        wire_address(text)
    except UnicodeError:
        return False
    return True


def write(letter: Letter) -> bytes:
    """The letter: every line ends with CRLF and has at most 998 bytes; all is ASCII, but for addresses that are not.

    Where it has pictures it is packed: a line stands in the place of each (unpack).
    """
    domain = wire_address(letter.sender.address).rpartition("@")[2]
    headers = [
        f"From: {_mailbox(letter.sender)}",
        f"To: {_to(letter.to)}",
        f"Subject: {_words(letter.subject, len('Subject: '))}",
        f"Date: {format_datetime(parse_stamp(letter.date))}",
        f"Message-ID: <{letter.key}@{domain}>",
    ]
    if letter.answers:
        headers += [f"In-Reply-To: <{letter.answers}@{domain}>", f"References: <{letter.answers}@{domain}>"]
    if letter.list_id:
        address = quote(wire_address(letter.sender.address), safe="@")
        name = f"{_phrase(letter.list_name)} " if letter.list_name else ""
        headers += [
            f"List-Id: {name}<{letter.list_id}.pkm.{domain}>",
            f"List-Unsubscribe: <mailto:{address}?subject=unsubscribe%20{letter.list_id}%20{letter.key}>",
        ]
    boundary = f"=_{letter.key}"  # no quoted-printable text can hold =_
    headers += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"']
    head = _CRLF.join(line.encode() for line in headers)
    page = _part("html", letter.html)
    if letter.pictures:
        inner = f"=_r{letter.key}"
        kind = f'Content-Type: multipart/related; type="text/html"; boundary="{inner}"'.encode()
        page = kind + _CRLF + _CRLF + _multipart(inner, [page, *map(_inline, letter.pictures)])
    return head + _CRLF + _CRLF + _multipart(boundary, [_part("plain", letter.text), page])


def _multipart(boundary: str, parts: Sequence[bytes]) -> bytes:
    """The body of a multipart (RFC 2046, 5.1); each part ends with CRLF, of which the last is the boundary's."""
    between = b"--" + boundary.encode()
    return b"".join(between + _CRLF + part for part in parts) + between + b"--" + _CRLF


def _inline(one: Inline) -> bytes:
    lines = (
        f"Content-Type: {one.media_type}", "Content-Transfer-Encoding: base64", f"Content-ID: <{one.content_id}>",
        f'Content-Disposition: inline; filename="{one.name}"', "", f"=@{one.sha256} {one.size_bytes}", "",
    )  # fmt: skip
    return _CRLF.join(line.encode() for line in lines)


_PACKED = re.compile(rb"^=@([0-9a-f]{64}) (\d+)\r\n", re.M)
_INLINE = re.compile(rb"^Content-Type: (image/[a-z]+)\r\n(?:[^\r\n]+\r\n)+\r\n=@([0-9a-f]{64}) \d+\r\n", re.M)
"""What stands in the place of a picture: no line of a header begins so, and no quoted-printable text can."""


def unpack(packed: bytes, read: Callable[[str], bytes]) -> bytes:
    """The letter as it leaves, with its pictures in base64; read: the bytes of a hash."""
    return _PACKED.sub(lambda match: encodebytes(read(match[1].decode())).replace(b"\n", _CRLF), packed)


def inlined(packed: bytes) -> list[tuple[str, str]]:
    """(hash, media type) of each picture of a packed letter."""
    return [(found[2].decode(), found[1].decode()) for found in _INLINE.finditer(packed)]


def whole_size(packed: bytes) -> int:
    """How many bytes the letter has that unpack gives."""
    size = len(packed)
    for match in _PACKED.finditer(packed):
        signs = -(-int(match[2]) // 3) * 4
        size += signs + 2 * -(-signs // 76) - len(match[0])
    return size


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter as its receiver sees it: headers decoded, in order, and its two texts."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str

    def header(self, name: str) -> str:
        """The value of the header, "" where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def open_letter(letter: bytes) -> Opened:
    """The letter, decoded as a reader of mail does it."""
    from email import message_from_bytes, policy

    message = message_from_bytes(letter, policy=policy.default)
    parts = {}
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        parts[kind] = str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
    return Opened(tuple((key, str(value)) for key, value in message.items()), parts["plain"], parts["html"])


def _part(kind: str, body: str) -> bytes:
    lines = (
        f"Content-Type: text/{kind}; charset=utf-8".encode(),
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        quopri.encodestring(body.replace("\r\n", "\n").encode()).rstrip(b"\n").replace(b"\n", _CRLF),
        b"",
    )
    return _CRLF.join(lines)


def _to(people: tuple[Mailbox, ...]) -> str:
    return f",{_FOLD}".join(_mailbox(one) for one in people)


def _mailbox(one: Mailbox) -> str:
    address = wire_address(one.address)
    if not one.name.strip():
        return address
    phrase = _phrase(one.name)
    fits = "\r\n" not in phrase and len(phrase) + len(address) < 70
    return f"{phrase}{' ' if fits else _FOLD}<{address}>"


def _phrase(name: str) -> str:
    """A name in front of an address: quoted, or encoded as a whole where it is not plain (RFC 2047, 5.3)."""
    line = one_line(name, 200)
    if not line.isascii() or "=?" in line:
        return _encoded(line, 12)
    return '"' + re.sub(r'(["\\])', r"\\\1", line) + '"'


def _words(text: str, taken: int) -> str:
    """A subject: as it is where it is short and plain, else in encoded words."""
    line = one_line(text, 300)
    return line if line.isascii() and "=?" not in line and len(line) + taken < 78 else _encoded(line, taken)


def _encoded(line: str, taken: int) -> str:
    return Header(line, "utf-8", maxlinelen=74, header_name="x" * taken).encode(linesep="\r\n")
