"""The lines of vCards: unfolding, parameters, encodings, escapes, and folding again.

Owns the syntax of vCard 2.1, 3.0 and 4.0 and its frequent misuses; must not know what any property means.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pkm.filekind import decode_text
from pkm.text import clean, one_line

MAX_VALUE = 4_000_000
"""Bytes of one property that are read: more than the largest picture that is kept has in base64."""
_CHUNK = 1_000_000  # bytes of the file that are divided at once
_ENCODINGS = ("QUOTED-PRINTABLE", "BASE64", "B", "Q", "8BIT", "7BIT")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}\s*")
_SAYS_QP = re.compile(rb';(?:ENCODING=)?"?QUOTED-PRINTABLE\b')
_SAYS_BASE64 = re.compile(rb';(?:ENCODING=)?"?(?:BASE64|B)"?(?:;|$)')
_CARET = {"n": "\n", "'": '"', "^": "^"}
_ESCAPED = {"n": "\n", "N": "\n", ",": ",", ";": ";", ":": ":", "\\": "\\", '"': '"'}


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a property's colon: `name` in capitals, `written` as it came, `params` as (NAME, value).

    types: the TYPE values, in lower case, in their order, each once.
    """

    group: str
    name: str
    written: str
    params: tuple[tuple[str, str], ...]
    types: tuple[str, ...]

    def param(self, name: str) -> str:
        """The first value of a parameter, "" where it has none."""
        return next((value for key, value in self.params if key == name), "")


@dataclass(slots=True)  # not frozen: half of the time of reading a large file went into that
class Line:
    """One property, unfolded. `number` is the first of its lines in the file; `raw` is the value as it came, before
    escapes; `data` holds decoded base64.

    encoded: quoted-printable; its value has no backslash escapes for line ends. too_large: the value is longer than
    MAX_VALUE, and was not read.
    """

    number: int
    head: Head
    name: str
    group: str
    raw: str
    data: bytes | None = None
    encoded: bool = False
    too_large: bool = False

    def param(self, name: str) -> str:
        """The first value of a parameter, "" where it has none."""
        return self.head.param(name)

    def types(self) -> tuple[str, ...]:
        """The TYPE values, in lower case, in their order, each once."""
        return self.head.types

    def text(self) -> str:
        """The value as text: escapes undone, harmless."""
        return clean(unescape(self.raw, line_ends=not self.encoded))

    def parts(self, separator: str = ";") -> list[str]:
        """The value divided at unescaped separators, each part as text."""
        return [clean(unescape(part, line_ends=not self.encoded)) for part in split_escaped(self.raw, separator)]

    def spell(self) -> str:
        """The property as one unfolded line of a vCard 4.0 that says the same: no charset, no quoted-printable."""
        params = "".join(
            f";{key}={quote(value, key)}" for key, value in self.head.params if key not in ("CHARSET", "ENCODING")
        )
        if self.data is not None:
            params, value = params + ";ENCODING=b", base64.b64encode(self.data).decode()
        else:  # between escapes: a combining mark after \n must not make it \ñ
            value = "".join(map(clean, re.split(r"(\\.)", self.raw)))
        return f"{self.group + '.' if self.group else ''}{self.head.written}{params}:" + value.replace("\n", "\\n")


def read_lines(data: bytes) -> Iterator[Line | tuple[int, str]]:
    """The properties of a file in order; what is no property comes as (line number, text)."""
    if data[:4].count(0) or data.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 or UTF-32
        data = decode_text(data).encode("utf-8", "replace")
    for number, line in _unfold(data.removeprefix(b"\xef\xbb\xbf")):
        yield _parse(number, line) or (number, clean(decode_text(line)))


def _unfold(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Logical lines with the number of their first physical line; blank ones are passed over."""
    start, parts, soft, base64_block = 0, [b""], False, False
    for number, line in enumerate(_physical(data), 1):
        if soft and parts[-1].endswith(b"=") and not _is_border(line):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif start and line[:1] in (b" ", b"\t"):
            parts.append(line[1:])
        elif base64_block and line and _BASE64_LINE.fullmatch(line):
            parts.append(line)
        else:
            if (whole := b"".join(parts)).strip():
                yield start, whole
            start, parts = number, [line]
            soft, base64_block = _continues(line)
    if (whole := b"".join(parts)).strip():
        yield start, whole


def _physical(data: bytes) -> Iterator[bytes]:
    r"""The lines of a file; exports through Windows text files have \r\r\n, those of old Macs \r alone."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at + _CHUNK)
        end = len(data) if end < 0 else end
        for line in data[at:end].split(b"\n"):
            line = line.rstrip(b"\r")
            if b"\r" in line:
                yield from line.split(b"\r")
            else:
                yield line
        at = end + 1


def _continues(line: bytes) -> tuple[bool, bool]:
    """Whether a property's first line says that it is quoted-printable, and that it is base64."""
    head = line.partition(b":")[0]
    return _head_continues(head) if b";" in head else (False, False)


@lru_cache(4096)
def _head_continues(head: bytes) -> tuple[bool, bool]:
    head = head.upper()
    return bool(_SAYS_QP.search(head)), bool(_SAYS_BASE64.search(head))


def _is_border(line: bytes) -> bool:
    return line.strip().upper() in (b"BEGIN:VCARD", b"END:VCARD")


def _parse(number: int, line: bytes) -> Line | None:
    """The property on a logical line, None where there is none."""
    at = _colon(line)
    read = _read_head(line[:at]) if at > 0 else None
    if read is None:
        return None
    head, encoding, charset = read
    value = line[at + 1 :]
    if len(value) > MAX_VALUE:
        return Line(number, head, head.name, head.group, "", too_large=True)
    if encoding in ("BASE64", "B"):
        decoded = _base64(value)
        raw = decode_text(value) if decoded is None else ""
        return Line(number, head, head.name, head.group, raw, decoded)
    encoded = encoding in ("QUOTED-PRINTABLE", "Q")
    if encoded:
        value = quopri.decodestring(value)
    return Line(number, head, head.name, head.group, decode_text(value, charset).strip("\r\n"), None, encoded)


@lru_cache(4096)
def _read_head(head: bytes) -> tuple[Head, str, str] | None:
    """What stands before the colon, its encoding and its charset; None where it is no property.

    Kept, since a file of thousands of cards has but a few dozen of them.
    """
    first, *rest = _split_quoted(one_line(decode_text(head)), ";")
    group, _, name = first.strip().rpartition(".")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or not re.fullmatch(r"[\w.-]*", group):
        return None
    params = tuple(_param(part) for part in rest if part.strip())
    given = dict(params)
    kinds = (part for key, value in params if key == "TYPE" for part in value.split(","))
    types = tuple(dict.fromkeys(part.strip().strip('"').lower() for part in kinds if part.strip()))
    read = Head(group, name.upper(), name, params, types)
    return read, given.get("ENCODING", "").upper(), given.get("CHARSET", "")


def _colon(line: bytes) -> int:
    """Where the value begins: the first colon outside quotes, else the first of all; -1 without one."""
    first = line.find(b":")
    if b'"' not in line[: max(first, 0)]:
        return first
    quoted = False
    for at, byte in enumerate(line[:4096]):
        if byte == 0x22:
            quoted = not quoted
        elif byte == 0x3A and not quoted:
            return at
    return line.find(b":")


def _param(text: str) -> tuple[str, str]:
    """A parameter's name and value; the bare words of 2.1 are types or encodings."""
    name, equals, value = text.partition("=")
    name, value = name.strip().upper(), value.strip()
    if not equals and text.strip().upper() in _ENCODINGS:
        return "ENCODING", text.strip().upper()
    if not equals or not re.fullmatch(r"[A-Z0-9_-]+", name):
        name, value = "TYPE", text.strip()
    if len(value) > 1 and value[0] == value[-1] == '"' and '"' not in value[1:-1]:
        value = value[1:-1]
    return name, re.sub(r"\^([n'^])", lambda match: _CARET[match[1]], value)


def _base64(value: bytes) -> bytes | None:
    """The bytes of base64 text, None where it is none."""
    packed = b"".join(value.split()).rstrip(b"=")  # exports pad wrongly, and cut pictures short
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _split_quoted(text: str, separator: str) -> list[str]:
    """The text divided at separators outside quotes; quotes without a partner do not count."""
    if '"' not in text:
        return text.split(separator)
    if text.count('"') % 2:
        return text.replace('"', "").split(separator)
    return re.findall(rf'(?:[^{separator}"]|"[^"]*")+', text) or [text]


def split_escaped(text: str, separator: str) -> list[str]:
    """The text divided at separators that no backslash stands before; escapes stay."""
    if "\\" not in text:
        return text.split(separator)
    parts, last, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            parts.append(text[last:at])
            last = at + 1
        at += 1
    return [*parts, text[last:]]


def unescape(text: str, line_ends: bool = True) -> str:
    r"""The text without backslash escapes (RFC 6350 3.4); a backslash before anything else stays.

    line_ends: \\n is a line end; not so in quoted-printable text, where it can be part of a path.
    """
    if "\\" not in text:
        return text

    def undo(match: re.Match[str]) -> str:
        return match[0] if match[1] in "nN" and not line_ends else _ESCAPED.get(match[1], match[0])

    return re.sub(r"\\(.)", undo, text, flags=re.DOTALL)


def escape(text: str) -> str:
    """The text as a value: backslash, comma, semicolon and line end escaped (RFC 6350 3.4)."""
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", "\\n")


def quote(value: str, name: str = "") -> str:
    """A parameter's value as it is written: carets for what it cannot hold (RFC 6868), quotes where needed."""
    if re.fullmatch(r'"[^"]*"(?:,"[^"]*")+', value):  # a list of values, as _param() leaves it
        return _careted(value)
    value = _careted(value).replace('"', "^'")
    needed = re.search(r"[:;]", value) or value != value.strip() or ("," in value and name != "TYPE")
    return f'"{value}"' if needed else value


def _careted(value: str) -> str:
    return re.sub(r"\r\n?|\n", "^n", value.replace("^", "^^"))


def fold(lines: Iterable[str]) -> bytes:
    """The lines with CRLF, each folded at 75 octets, never inside a character (RFC 6350 3.2).

    A line end inside of one is written as an escape: what a line holds never begins another property, or another card.
    """
    written = []
    for line in lines:
        data = re.sub(r"\r\n?|\n", r"\\n", line).encode("utf-8", "replace")
        limit = 75
        while len(data) > limit:
            cut = limit
            while data[cut] & 0xC0 == 0x80:
                cut -= 1
            written.append(data[:cut] + b"\r\n ")
            data, limit = data[cut:], 74  # the space counts
        written.append(data + b"\r\n")
    return b"".join(written)
