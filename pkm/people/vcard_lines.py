"""The lines of vCards: unfolding, parameters, encodings, escapes, and folding again.

Owns the syntax of vCard 2.1, 3.0 and 4.0 and its frequent misuses; must not know what any property means.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pkm.filekind import decode_text
from pkm.text import clean, one_line

_ENCODINGS = ("QUOTED-PRINTABLE", "BASE64", "B", "Q", "8BIT", "7BIT")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}\s*")
_SAYS_QP = re.compile(rb';(?:ENCODING=)?"?QUOTED-PRINTABLE\b')
_SAYS_BASE64 = re.compile(rb';(?:ENCODING=)?"?(?:BASE64|B)"?(?:;|$)')
_CARET = {"n": "\n", "'": '"', "^": "^"}
_ESCAPED = {"n": "\n", "N": "\n", ",": ",", ";": ";", ":": ":", "\\": "\\", '"': '"'}


@dataclass(frozen=True, slots=True)
class Line:
    """One property, unfolded. `number` is the first of its lines in the file, `name` in capitals; `params` are
    (NAME, value); `raw` is the value as it came, before escapes; `data` holds decoded base64.
    """

    number: int
    group: str
    name: str
    params: tuple[tuple[str, str], ...]
    raw: str
    data: bytes | None = None
    encoded: bool = False  # quoted-printable: its value has no backslash escapes for line ends
    written: str = ""  # the name in the letters it was written in

    def param(self, name: str) -> str:
        """The first value of a parameter, "" where it has none."""
        return next((value for key, value in self.params if key == name), "")

    def types(self) -> list[str]:
        """The TYPE values, in lower case, in their order, each once."""
        values = (part for key, value in self.params if key == "TYPE" for part in value.split(","))
        return list(dict.fromkeys(part.strip().strip('"').lower() for part in values if part.strip()))

    def text(self) -> str:
        """The value as text: escapes undone, harmless."""
        return clean(unescape(self.raw, line_ends=not self.encoded))

    def parts(self, separator: str = ";") -> list[str]:
        """The value divided at unescaped separators, each part as text."""
        return [clean(unescape(part, line_ends=not self.encoded)) for part in split_escaped(self.raw, separator)]

    def spell(self) -> str:
        """The property as one unfolded line of a vCard 4.0 that says the same: no charset, no quoted-printable."""
        params = "".join(
            f";{key}={quote(value, key)}" for key, value in self.params if key not in ("CHARSET", "ENCODING")
        )
        if self.data is not None:
            params, value = params + ";ENCODING=b", base64.b64encode(self.data).decode()
        else:  # between escapes: a combining mark after \n must not make it \ñ
            value = "".join(part if part[:1] == "\\" else clean(part) for part in re.split(r"(\\.)", self.raw))
        return f"{self.group + '.' if self.group else ''}{self.written or self.name}{params}:" + value.replace(
            "\n", "\\n"
        )


def read_lines(data: bytes) -> Iterator[Line | tuple[int, str]]:
    """The properties of a file in order; what is no property comes as (line number, text)."""
    if data[:4].count(0) or data.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 or UTF-32
        data = decode_text(data).encode("utf-8", "replace")
    for number, line in _unfold(data.removeprefix(b"\xef\xbb\xbf")):
        yield _parse(number, line) or (number, clean(decode_text(line)))


def _unfold(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Logical lines with the number of their first physical line; blank ones are passed over."""
    lines = re.split(rb"\r*\n|\r", data)  # exports through Windows text files have \r\r\n
    at = 0
    while at < len(lines):
        start, parts = at, [lines[at]]
        soft, base64_block = _continues(lines[at])
        at += 1
        while at < len(lines):
            line = lines[at]
            if soft and parts[-1].endswith(b"=") and not _is_border(line):
                parts[-1] = parts[-1][:-1]
                parts.append(line)
            elif line[:1] in (b" ", b"\t"):
                parts.append(line[1:])
            elif base64_block and line and _BASE64_LINE.fullmatch(line):
                parts.append(line)
            else:
                break
            at += 1
        whole = b"".join(parts)
        if whole.strip():
            yield start + 1, whole


def _continues(line: bytes) -> tuple[bool, bool]:
    """Whether a property's first line says that it is quoted-printable, and that it is base64."""
    head = line.partition(b":")[0].upper()
    if b";" not in head:
        return False, False
    return bool(_SAYS_QP.search(head)), bool(_SAYS_BASE64.search(head))


def _is_border(line: bytes) -> bool:
    return line.strip().upper() in (b"BEGIN:VCARD", b"END:VCARD")


def _parse(number: int, line: bytes) -> Line | None:
    """The property on a logical line, None where there is none."""
    at = _colon(line)
    if at <= 0:
        return None
    head = _split_quoted(one_line(decode_text(line[:at])), ";")
    group, _, name = head[0].strip().rpartition(".")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or not re.fullmatch(r"[\w.-]*", group):
        return None
    params = tuple(_param(part) for part in head[1:] if part.strip())
    given = dict(params)
    encoding, charset, value = given.get("ENCODING", "").upper(), given.get("CHARSET", ""), line[at + 1 :]
    if encoding in ("BASE64", "B"):
        decoded = _base64(value)
        raw = decode_text(value) if decoded is None else ""
        return Line(number, group, name.upper(), params, raw, decoded, written=name)
    encoded = encoding in ("QUOTED-PRINTABLE", "Q")
    if encoded:
        value = quopri.decodestring(value)
    raw = decode_text(value, charset).strip("\r\n")
    return Line(number, group, name.upper(), params, raw, None, encoded, name)


def _colon(line: bytes) -> int:
    """Where the value begins: the first colon outside quotes, else the first of all; -1 without one."""
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
    if re.fullmatch(r'"[^"]*"(?:,"[^"]*")+', value):
        return value
    value = value.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    needed = re.search(r"[:;]", value) or value != value.strip() or ("," in value and name != "TYPE")
    return f'"{value}"' if needed else value


def fold(lines: Iterable[str]) -> bytes:
    """The lines with CRLF, each folded at 75 octets, never inside a character (RFC 6350 3.2)."""
    written = []
    for line in lines:
        data = line.encode("utf-8", "replace")
        limit = 75
        while len(data) > limit:
            cut = limit
            while data[cut] & 0xC0 == 0x80:
                cut -= 1
            written.append(data[:cut] + b"\r\n ")
            data, limit = data[cut:], 74  # the space counts
        written.append(data + b"\r\n")
    return b"".join(written)
