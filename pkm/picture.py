"""Pictures without what they tell beside what they show: no EXIF, no place, no camera, no comment, no hidden second picture.

The pixels' own bytes are kept as they are; only the parts around them are dropped, and how the picture is turned is written
anew where it was said. What a reader of the format would not need to show it does not stay, known or not; a color profile
does, without names. Pure: bytes in, bytes out.

Sources: ITU T.81 (JPEG), JFIF 1.02, CIPA DC-008 (EXIF), PNG 3rd edition, WebP container (RFC 9649), GIF89a.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from pkm.color_profile import clean_profile
from pkm.errors import BadInput

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
"""The kinds that can be cleaned, and how a file of each ends."""


class Picture(NamedTuple):
    """A picture that may go out: its kind, its bytes, how wide and high it is shown (0, 0: unknown)."""

    media_type: str
    data: bytes
    width: int = 0
    height: int = 0


class _Broken(Exception):
    """The bytes do not read as the format says."""


def clean(data: bytes, name: str) -> Picture:
    """The picture with nothing in it but what it shows. Cleaning it again changes nothing.

    Raises BadInput, naming it, where it is of a kind that cannot be cleaned, or is broken.
    """
    media_type = kind_of(data)
    if not media_type:
        from pkm.filekind import name_kind

        raise BadInput(name, f"it is {name_kind(data[:4096])}, of which pkm cannot take out what it tells beside what it shows")
    try:
        return _CLEANERS[media_type](data)
    except (_Broken, struct.error, IndexError) as error:
        raise BadInput(name, f"it does not read as {media_type}: {error or 'it ends early'}") from None


def kind_of(data: bytes) -> str:
    """The media type that the bytes begin like, "" where it is none that can be cleaned."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(_PNG):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/gif" if data[:6] in (b"GIF87a", b"GIF89a") else ""


# How it is turned: the one thing of EXIF that belongs to what a picture shows.


def _turned(exif: bytes) -> int:
    """The orientation that an EXIF block (its TIFF part) tells, 1 (upright) where it tells none that there is."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 10:
        return 1
    try:
        at = struct.unpack_from(f"{order}I", exif, 4)[0]
        for number in range(struct.unpack_from(f"{order}H", exif, at)[0]):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * number)
            if (tag, kind, count) == (0x0112, 3, 1):
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _turn(orientation: int) -> bytes:
    """An EXIF block (its TIFF part) that tells the orientation and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def _shown(width: int, height: int, orientation: int) -> tuple[int, int]:
    return (height, width) if orientation >= 5 else (width, height)


# JPEG: segments that begin with FF and a letter; what is between SOS and the next marker is the picture's own.

_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
_ICC = b"ICC_PROFILE\0"
_SOS, _EOI, _APP0, _APP1, _APP2, _APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE


def _clean_jpeg(data: bytes) -> Picture:
    head: list[bytes] = []
    rest: list[bytes] = []
    colors: list[bytes] = []
    width, height, orientation = 0, 0, 1
    for marker, segment in _segments(data):
        body = segment[4:]
        if marker == _APP1 and body.startswith(b"Exif\0\0"):
            orientation = _turned(body[6:]) if orientation == 1 else orientation
        elif marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 14 and not head:
            head.append(_segment(_APP0, body[:12] + b"\0\0"))  # without its small picture
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", body, 1)
            rest.append(_segment(marker, body[: 6 + 3 * body[5]]))
        elif marker == _APP2 and body.startswith(_ICC):
            colors.append(body)
        elif marker == _APP14 and body.startswith(b"Adobe"):  # says what the numbers mean as colors
            rest.append(_segment(_APP14, body[:12]))
        elif marker in _TABLES or marker == _SOS:
            rest.append(segment)
    if not width or not any(one[1] == _SOS for one in rest):
        raise _Broken("there is no picture in it")
    if orientation != 1:
        head.append(_segment(_APP1, b"Exif\0\0" + _turn(orientation)))
    made = b"".join([b"\xff\xd8", *head, *_profile_segments(colors), *rest, b"\xff\xd9"])
    return Picture("image/jpeg", made, *_shown(width, height, orientation))


def _profile_segments(bodies: list[bytes]) -> list[bytes]:
    """The color profile in as many segments as it had (ICC.1, B.4); none where it is not whole."""
    ordered = sorted(bodies, key=lambda body: body[12:13])
    numbers = [tuple(body[12:14]) for body in ordered]
    if numbers != [(number, len(ordered)) for number in range(1, len(ordered) + 1)]:
        return []
    profile = clean_profile(b"".join(body[14:] for body in ordered))
    made = []
    for body in ordered if profile else ():
        size = len(body) - 14
        made.append(_segment(_APP2, body[:14] + profile[:size]))
        profile = profile[size:]
    return made


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, the whole segment) of the first picture of a file, up to its end; of SOS with the coded data behind it.

    What comes behind that end, as phones put films and second pictures there, is not looked at.
    """
    at = 2
    while True:
        if data[at] != 0xFF:
            raise _Broken("a marker is missing")
        while data[at + 1] == 0xFF:  # fill bytes (B.1.1.2)
            at += 1
        marker = data[at + 1]
        if marker == _EOI:
            return
        if marker == 0 or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            raise _Broken("a marker stands where none may")
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if end > len(data) or end < at + 4:
            raise _Broken("it ends early")
        if marker == _SOS:
            end = _coded_until(data, end)
        yield marker, data[at:end]
        at = end


def _coded_until(data: bytes, at: int) -> int:
    """Where the coded data ends that begins at `at`: before the next marker that is no restart and no stuffed byte."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise _Broken("it ends early")
        if data[at + 1] == 0xFF:  # fill bytes before a marker
            at += 1
        elif data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        else:
            return at


# PNG: chunks with a name and a checksum.

_PNG = b"\x89PNG\r\n\x1a\n"
_WHOLE = 1 << 31
_KEPT = {  # chunk -> how many bytes it has at most
    b"IHDR": 13, b"PLTE": 768, b"IDAT": _WHOLE, b"tRNS": 256, b"cHRM": 32, b"gAMA": 4, b"iCCP": _WHOLE, b"sBIT": 4, b"sRGB": 1,
    b"cICP": 4, b"mDCV": 24, b"cLLI": 8, b"bKGD": 6, b"pHYs": 9, b"acTL": 8, b"fcTL": 26, b"fdAT": _WHOLE,
}  # fmt: skip
_MANY = (b"IDAT", b"fcTL", b"fdAT")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # Adam7
_LARGEST_PROFILE = 8_000_000


def _clean_png(data: bytes) -> Picture:
    kept: list[tuple[bytes, bytes]] = []
    orientation = 1
    for name, body in _chunks(data):
        if name == b"eXIf":
            orientation = _turned(body)
        elif not name[0] & 0x20 and name not in _KEPT:
            raise _Broken("there is a part in it that nobody knows")
        elif name in _KEPT and (name in _MANY or name not in [known for known, _ in kept]):
            if len(body) > _KEPT[name]:
                if not name[0] & 0x20:
                    raise _Broken("a part of it is too long")
            elif made := _clean_color(body) if name == b"iCCP" else body:
                kept.append((name, made))
    if not any(name == b"IDAT" for name, _ in kept):
        raise _Broken("there is no picture in it")
    header = kept[0][1]
    width, height = struct.unpack_from(">II", header)
    turn = [(b"eXIf", _turn(orientation))] if orientation != 1 else []
    whole = [kept[0], *turn, *_without_rests(header, kept[1:]), (b"IEND", b"")]
    made = _PNG + b"".join(_chunk(name, body) for name, body in whole)
    return Picture("image/png", made, *_shown(width, height, orientation))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) of each chunk before the last; what comes behind that is not looked at."""
    at = len(_PNG)
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        whole = data[at : at + 12 + length]
        if len(whole) < 12 + length or struct.unpack_from(">I", whole, 8 + length)[0] != zlib.crc32(whole[4:-4]):
            raise _Broken("a part of it is cut off or changed")
        if (at == len(_PNG)) != (name == b"IHDR"):
            raise _Broken("its header is missing")
        if name == b"IEND":
            return
        yield name, whole[8:-4]
        at += 12 + length


def _clean_color(body: bytes) -> bytes:
    """The color profile of a chunk, under no name; b"" where it is none."""
    packed = body.partition(b"\0")[2][1:]
    try:
        unpacker = zlib.decompressobj()
        profile = unpacker.decompress(packed, _LARGEST_PROFILE)
    except zlib.error:
        return b""
    cleaned = clean_profile(profile)
    if not cleaned:
        return b""
    used = packed[: len(packed) - len(unpacker.unused_data)]
    return b"ICC\0\0" + (used if cleaned == profile and unpacker.eof else zlib.compress(cleaned, 9))


def _without_rests(header: bytes, chunks: list[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """The chunks without what stands behind the end of a picture's own data.

    Raises _Broken where that holds more than is shown: what is behind it cannot be cut out.
    """
    size = struct.unpack_from(">II", header)
    stream = _Stream(header, size)
    for name, body in chunks:
        if name == b"fcTL":
            size = struct.unpack_from(">II", body, 4)
        if name == b"fcTL" or name not in _MANY:
            stream = _Stream(header, size) if name == b"fcTL" else stream
            yield name, body
        elif name == b"IDAT":
            if used := body[: stream.used(body)]:
                yield name, used
        elif (end := stream.used(body[4:])) or not body[4:]:
            yield name, body[: 4 + end]
        else:  # its number would be missing in those that follow
            raise _Broken("there is more in it than it shows")


class _Stream:
    """The packed bytes of one picture, as they are unpacked chunk by chunk."""

    def __init__(self, header: bytes, size: tuple[int, int]) -> None:
        depth, kind, _, _, interlaced = header[8:13]
        if kind not in _CHANNELS or interlaced > 1:
            raise _Broken("its header says what no picture is")
        self._left = _bytes_shown(*size, depth * _CHANNELS[kind], interlaced=bool(interlaced))
        self._unpacker = zlib.decompressobj()

    def used(self, data: bytes) -> int:
        """How many of the next bytes are the picture's."""
        if self._unpacker.eof:
            return 0
        rest = data
        while rest and not self._unpacker.eof:
            try:
                self._left -= len(self._unpacker.decompress(rest, 1 << 20))
            except zlib.error:
                raise _Broken("its picture cannot be unpacked") from None
            if self._left < 0:
                raise _Broken("there is more in it than it shows")
            rest = self._unpacker.unconsumed_tail
        return len(data) - len(self._unpacker.unused_data)


def _bytes_shown(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    """How many bytes a picture has, unpacked: each row with one in front that tells its filter."""
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // step_x), -(-(height - y) // step_y)) for x, y, step_x, step_y in passes]
    return sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0 and rows > 0)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))


# WebP: a RIFF of chunks, an even number of bytes each.

_WEBP = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_LONGEST = {b"VP8X": 10, b"ANIM": 6}
_IN_FRAME = {b"VP8 ", b"VP8L", b"ALPH"}
_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _MOVES = 0x20, 0x10, 0x08, 0x02


def _clean_webp(data: bytes) -> Picture:
    chunks, orientation = [], 1
    for name, body in _riff(data, 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])):
        if name == b"EXIF":
            orientation = _turned(body.removeprefix(b"Exif\0\0"))
        elif name == b"ANMF":
            frame = b"".join(_riff_chunk(*one) for one in _riff(body, 16, len(body)) if one[0] in _IN_FRAME)
            chunks.append((name, body[:16] + frame))
        elif name == b"ICCP":
            chunks += [(name, made)] if (made := clean_profile(body)) else []
        elif name in _WEBP:
            chunks.append((name, body[: _WEBP_LONGEST.get(name, len(body))]))
    if not any(name in (b"VP8 ", b"VP8L", b"ANMF") for name, _ in chunks):
        raise _Broken("there is no picture in it")
    if chunks[0][0] == b"VP8X":
        flags = chunks[0][1][0] & (_HAS_ALPHA | _MOVES) | (_HAS_EXIF if orientation != 1 else 0)
        flags |= _HAS_PROFILE if any(name == b"ICCP" for name, _ in chunks) else 0
        chunks[0] = (b"VP8X", bytes([flags, 0, 0, 0]) + chunks[0][1][4:])
    else:
        orientation = 1  # without VP8X there is nothing that could tell it
    if orientation != 1:
        chunks.append((b"EXIF", _turn(orientation)))
    made = b"WEBP" + b"".join(_riff_chunk(name, body) for name, body in chunks)
    return Picture("image/webp", b"RIFF" + struct.pack("<I", len(made)) + made, *_shown(*_webp_size(*chunks[0]), orientation))


def _riff(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > end:
            raise _Broken("it ends early")
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + (length & 1)


def _riff_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) & 1)


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if name == b"VP8L":
        bits = struct.unpack_from("<I", body, 1)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


# GIF: blocks; of extensions only those stay that say how long a picture stands and how often it is shown.

_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _clean_gif(data: bytes) -> Picture:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _colors(flags)
    kept, pictures = [data[:at]], 0
    while at < len(data) and data[at] != 0x3B:  # some end without saying so
        start = at
        if data[at] == 0x2C:
            at, pictures = _blocks_end(data, at + 10 + _colors(data[at + 9]) + 1), pictures + 1
            kept.append(data[start:at])
        elif data[at] == 0x21:
            at = _blocks_end(data, at + 2)
            loops = data[start + 1] == 0xFF and data[start + 3 : start + 14] in _LOOPS and at - start == 19
            if loops or (data[start + 1] == 0xF9 and at - start == 8):
                kept.append(data[start:at])
        else:
            raise _Broken("a block of it is none")
    if not pictures or len(kept[0]) < 13:
        raise _Broken("there is no picture in it")
    return Picture("image/gif", b"".join([*kept, b"\x3b"]), width, height)


def _colors(flags: int) -> int:
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


_CLEANERS = {"image/jpeg": _clean_jpeg, "image/png": _clean_png, "image/webp": _clean_webp, "image/gif": _clean_gif}
