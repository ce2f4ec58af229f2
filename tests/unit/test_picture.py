"""Pictures made clean: given files with what they become beside them, and bytes that are none."""

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import BadInput
from pkm.picture import clean

PICTURES = Path(__file__).parent.parent / "data" / "pictures"
SHOWN = {"turned.jpg": (16, 24), "progressive.jpg": (24, 16), "told.png": (16, 24), "told.webp": (16, 24), "moving.gif": (24, 16)}
"""File -> width and height as it is shown. They tell of a camera, a place and an author, in capitals; each has its clean
form beside it, of which Pillow reads the same pixels and the same orientation."""


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_picture_tells_goes_and_what_it_shows_stays(name: str) -> None:
    made = clean((PICTURES / name).read_bytes(), name)
    stem, _, ending = name.rpartition(".")
    assert made.data == (PICTURES / f"{stem}.clean.{ending}").read_bytes()
    assert b"SECRET" not in made.data
    assert (made.width, made.height) == SHOWN[name]
    assert clean(made.data, name) == made


@pytest.mark.parametrize(("data", "why"), [
    (b"", "it is empty"), (b"%PDF-1.4 hello", "it is a PDF"), (b"<svg xmlns='x'><script/></svg>", "a picture (SVG)"),
    (b"RIFF\0\0\0\0WAVEfmt ", "cannot take out"), (b"RIFX\0\0\0\0WEBPVP8 ", "cannot take out"),
    (b"GIF88a" + b"\0" * 20, "cannot take out"),
    (b"\0\0\0\x18ftypheic" + b"\0" * 20, "a video, sound or picture file"),
    ((PICTURES / "turned.jpg").read_bytes()[:600], "it ends early"),
    ((PICTURES / "told.png").read_bytes()[:90], "cut off or changed"),
    ((PICTURES / "told.png").read_bytes().replace(b"IDAT", b"IDAX", 1), "cut off or changed"),
    (b"\xff\xd8\xff\xd9", "there is no picture in it"), (b"GIF89a" + b"\0" * 7 + b"\x3b", "there is no picture in it"),
])  # fmt: skip
def test_what_cannot_be_made_clean_stays(data: bytes, why: str) -> None:
    with pytest.raises(BadInput) as error:
        clean(data, "x.jpg")
    assert why in error.value.why


# Where a picture can tell something, each put into a small one that is clean.


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))


HEADER = struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0)


def png(*parts: bytes, data: bytes = zlib.compress(b"\0" * 7), header: bytes = HEADER) -> bytes:
    """A picture of two points; parts: whole chunks before its data."""
    return b"\x89PNG\r\n\x1a\n" + b"".join([chunk(b"IHDR", header), *parts, chunk(b"IDAT", data), chunk(b"IEND", b"")])


def profile(name: bytes = b"SECRET", maker: bytes = b"SECR") -> bytes:
    """A color profile with one tag of color and three that tell of its owner."""
    tags = [(b"wtpt", b"XYZ \0\0\0\0" + b"\1" * 12), (b"desc", b"desc\0\0\0\0" + name),
    (b"cprt", b"mluc\0\0\0\0\0\0\0\1\0\0\0\x0c" + name),
            (b"mmod", name)]  # fmt: skip
    table, at = struct.pack(">I", len(tags)), 132 + 12 * len(tags)
    for tag, body in tags:
        table += struct.pack(">4sII", tag, at, len(body))
        at += len(body)
    head = b"\0" * 16 + b"XYZ " + name.ljust(12,
    b"\0") + b"acsp" + b"\0" * 8 + maker * 2 + b"\0" * 24 + maker * 5 + b"\0" * 28
    return struct.pack(">I", at) + head + table + b"".join(body for _, body in tags)


def jpeg(*parts: tuple[int, bytes], tail: bytes = b"") -> bytes:
    """The progressive picture; parts: (marker, body) of segments in front."""
    data = (PICTURES / "progressive.clean.jpg").read_bytes()
    first = data.index(b"\xff\xdb")
    return data[:2] + b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker,
    body in parts) + data[first:] + tail


def webp(*parts: tuple[bytes, bytes], tail: bytes = b"") -> bytes:
    data = (PICTURES / "told.clean.webp").read_bytes()[12:]
    made = b"".join(struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) & 1) for name, body in parts)
    at = 18 if data[:4] == b"VP8X" else 0
    body = b"WEBP" + data[:at] + made + data[at:]
    return b"RIFF" + struct.pack("<I", len(body)) + body + tail


def gif(block: bytes = b"", tail: bytes = b"") -> bytes:
    data = (PICTURES / "moving.clean.gif").read_bytes()
    at = 13 + (3 * (2 << (data[10] & 7)) if data[10] & 0x80 else 0)
    return data[:at] + block + data[at:] + tail


EXIF = b"II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0\x06\0\0\0SECR\0\0\0\0SECRET"
TELLING = {
    "PNG text": png(chunk(b"tEXt", b"Author\0SECRET")),
    "PNG packed text": png(chunk(b"zTXt", b"SECRET\0\0" + zlib.compress(b"x"))),
    "PNG text of the world": png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRET")), "PNG EXIF": png(chunk(b"eXIf", EXIF)),
    "PNG time": png(chunk(b"tIME", b"SECRET!")), "PNG unknown": png(chunk(b"seCr", b"SECRET")),
    "PNG histogram": png(chunk(b"hIST", b"SECRET")),
    "PNG palette's name": png(chunk(b"sPLT", b"SECRET\0\x08")), "PNG long": png(chunk(b"pHYs", b"\0" * 9 + b"SECRET")),
    "PNG twice": png(chunk(b"gAMA", b"\0\0\0\1"), chunk(b"gAMA", b"SECR")), "PNG after": png() + b"SECRET",
    "PNG behind its data": png(data=zlib.compress(b"\0" * 7) + b"SECRET"),
    "PNG profile's name": png(chunk(b"iCCP", b"SECRET\0\0" + zlib.compress(profile(b"x", b"")))),
    "PNG behind its profile": png(chunk(b"iCCP", b"x\0\0" + zlib.compress(profile(b"", b"\0\0\0\0")) + b"SECRET")),
    "PNG no profile": png(chunk(b"iCCP", b"x\0\0SECRET")),
    "JPEG comment": jpeg((0xFE, b"SECRET")), "JPEG EXIF": jpeg((0xE1, b"Exif\0\0" + EXIF)),
    "JPEG XMP": jpeg((0xE1, b"http://ns.adobe.com/xap/1.0/\0SECRET")),
    "JPEG small picture": jpeg((0xE0, b"JFIF\0\1\2\0\0\1\0\1\1\2SECRET")),
    "JPEG JFIF's extension": jpeg((0xE0, b"JFXX\0\x13SECRET")),
    "JPEG further pictures": jpeg((0xE2, b"MPF\0SECRET")), "JPEG IPTC": jpeg((0xED, b"Photoshop 3.0\0SECRET")),
    "JPEG Adobe": jpeg((0xEE, b"Adobe\0d\0\0\0\0\0SECRET")),
    "JPEG profile elsewhere": jpeg((0xE3, b"ICC_PROFILE\0\1\1SECRET" + profile())),
    "JPEG Adobe elsewhere": jpeg((0xE4, b"AdobeSECRET")),
    "JPEG other Adobe": jpeg((0xEE, b"SECRET")), "JPEG late JFIF": jpeg((0xE3, b"JFIF\0\1\2\0\0\1\0\1\0\0SECRET")),
    "JPEG short JFIF": jpeg((0xE0, b"JFIF\0SECRET")),
    "JPEG JFIF twice": jpeg((0xE0, b"JFIF\0" + b"\0" * 9), (0xE0, b"JFIF\0SECRET\0\0\0")),
    "JPEG anybody's": jpeg((0xEB, b"SECRET")), "JPEG after": jpeg(tail=b"SECRET"),
    "JPEG profile": jpeg((0xE2, b"ICC_PROFILE\0\1\1" + profile())),
    "JPEG part of a profile": jpeg((0xE2, b"ICC_PROFILE\0\1\2" + profile())),
    "JPEG no profile": jpeg((0xE2, b"ICC_PROFILE\0\1\1SECRET")),
    "WebP EXIF": webp((b"EXIF", EXIF)), "WebP XMP": webp((b"XMP ", b"SECRET")), "WebP unknown": webp((b"SECR", b"SECRET")),
    "WebP after": webp(tail=b"SECRET"),
    "WebP profile": webp((b"ICCP", profile())), "WebP no profile": webp((b"ICCP", b"SECRET")),
    "GIF comment": gif(b"!\xfe\x06SECRET\0"), "GIF application": gif(b"!\xff\x0bSECRETSECRE\x06SECRET\0"),
    "GIF words": gif(b"!\x01\x0c" + b"\0" * 12 + b"\x06SECRET\0"),
    "GIF loops": gif(b"!\xff\x0bNETSCAPE2.0\x06SECRET\0"), "GIF after": gif(tail=b"SECRET"),
    "GIF long control": gif(b"!\xf9\x06SECRET\0"),
}  # fmt: skip


@pytest.mark.parametrize("where", TELLING)
def test_nothing_is_told_anywhere_beside_what_is_shown(where: str) -> None:
    made = clean(TELLING[where], where)
    assert b"SECR" not in made.data
    assert clean(made.data, where) == made
    assert made.width
    assert made.height


def test_of_a_color_profile_the_colors_stay() -> None:
    made = clean(png(chunk(b"iCCP", b"mine\0\0" + zlib.compress(profile()))), "x").data
    at = made.index(b"iCCP") + 4
    kept = zlib.decompress(made[at + 5 :])
    assert (made[at : at + 5], len(kept), kept[36:40]) == (b"ICC\0\0", len(profile()), b"acsp")
    assert b"\1" * 12 in kept
    assert b"SECR" not in kept
    assert b"ICC_PROFILE\0\1\1" in clean(TELLING["JPEG profile"], "x").data
    assert b"\1" * 12 in clean(TELLING["WebP profile"], "x").data


def turned(orientation: int, order: str = ">", kind: int = 3, count: int = 1, tag: int = 0x0112) -> bytes:
    """An EXIF block that tells how the picture is turned."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    return mark + struct.pack(f"{order}IHHHIHHI", 8, 1, tag, kind, count, orientation, 0, 0)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("orientation", range(10))
def test_how_it_is_turned_stays_and_nothing_else_of_exif(orientation: int, order: str) -> None:
    known = orientation if 2 <= orientation <= 8 else 1
    exif = turned(orientation, order)
    for data, width, height in (
        (jpeg((0xE1, b"Exif\0\0" + exif)), 24, 16), (png(chunk(b"eXIf", exif)), 2, 1), (webp((b"EXIF", exif)), 24, 16),
    ):  # fmt: skip
        made = clean(data, "x")
        if data[:4] == b"RIFF":  # has one already, behind this: the last counts
            continue
        assert (made.width, made.height) == ((height, width) if known >= 5 else (width, height))
        assert (turned(known) in made.data) is (known != 1)


@pytest.mark.parametrize("exif", [
    turned(6, kind=4), turned(6, count=2), turned(6, tag=0x0111), b"XX" + turned(6)[2:], turned(6)[:9], turned(6)[:19],
    b"MM\0*\0\0\xff\xff\0\0", b"",
])  # fmt: skip
def test_what_does_not_say_how_it_is_turned_turns_nothing(exif: bytes) -> None:
    assert clean(jpeg((0xE1, b"Exif\0\0" + exif)), "x") == clean(jpeg(), "x")
    assert clean(jpeg((0xE5, b"Exif\0\0" + turned(6)), (0xE1, b"http:\0" + turned(6))), "x") == clean(jpeg(), "x")


def test_signs_that_fill_and_parts_that_are_empty_say_nothing() -> None:
    data = jpeg((0xEB, b""))
    assert clean(data, "x") == clean(data[:2] + b"\xff\xff" + data[2:], "x") == clean(jpeg(), "x")


def test_what_restarts_and_is_stuffed_in_coded_data_is_the_picture_s_own() -> None:
    own = jpeg()[:-2] + b"\xff\x00\xff\xd0\xff\xd7"
    assert clean(own + b"\xff\xd9", "x").data == own + b"\xff\xd9"
    assert clean(own + b"\xff\xff\xff\xd9SECRET", "x").data == own + b"\xff\xff\xff\xd9"
    with pytest.raises(BadInput):
        clean(own + b"\xff", "x")


def test_the_first_that_says_how_it_is_turned_counts() -> None:
    twice = jpeg((0xE1, b"Exif\0\0" + turned(6)), (0xE1, b"Exif\0\0" + turned(3)))
    assert clean(twice, "x") == clean(jpeg((0xE1, b"Exif\0\0" + turned(6))), "x")


def test_of_a_jpeg_the_density_and_how_its_colors_are_coded_stay() -> None:
    made = clean(jpeg((0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\0\0"), (0xEE, b"Adobe\0d\0\0\0\0\1")), "x").data
    assert b"JFIF\0\1\2\1\0\x48\0\x48\0\0" in made
    assert b"Adobe\0d\0\0\0\0\1" in made


@pytest.mark.parametrize(("data", "why"), [
    (png(data=zlib.compress(b"\0" * 8)), "more in it than it shows"), (png(data=b"none"), "cannot be unpacked"),
    (png(chunk(b"SECr", b"")), "nobody knows"), (png(chunk(b"PLTE", b"\0" * 771)), "too long"),
    (png(header=struct.pack(">IIBBBBB", 2, 1, 8, 9, 0, 0, 0)), "what no picture is"), (png()[:-20], "cut off or changed"),
    (jpeg()[: jpeg().index(b"\xff\xda")] + b"\xff\xd9", "no picture in it"),
    (b"\xff\xd8" + jpeg()[jpeg().index(b"\xff\xda") :], "no picture in it"),
    *((jpeg((marker, b"")), "where none may") for marker in (0x00, 0x01, 0xD0, 0xD8)),
    (jpeg()[:-2], "ends early"), (webp()[:40], "ends early"),
    (gif(b"SECRET"), "a block of it is none"),
])  # fmt: skip
def test_what_does_not_read_as_a_picture_stays(data: bytes, why: str) -> None:
    with pytest.raises(BadInput) as error:
        clean(data, "x")
    assert why in error.value.why


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize(("kind", "depth", "size"), [(0, 1, 9 * 3), (2, 16, 9 * (1 + 9 * 6)), (3, 4, 9 * 6), (6, 8, 9 * 37)])
def test_as_many_bytes_as_a_picture_shows_are_its_own(kind: int, depth: int, size: int, interlaced: int) -> None:
    if interlaced:  # nine by nine points in seven pictures (PNG, 8.2)
        rows = [(2, 2), (2, 1), (1, 3), (3, 2), (2, 5), (5, 4), (4, 9)]  # (rows, columns), checked by hand
        size = sum(down * (1 + -(-across * depth * {0: 1, 2: 3, 3: 1, 6: 4}[kind] // 8)) for down, across in rows)
    header = struct.pack(">IIBBBBB", 9, 9, depth, kind, 0, 0, interlaced)
    assert clean(png(data=zlib.compress(b"\0" * size), header=header), "x").width == 9
    with pytest.raises(BadInput):
        clean(png(data=zlib.compress(b"\0" * (size + 1)), header=header), "x")


def test_a_moving_png_keeps_its_frames_and_nothing_behind_them() -> None:
    control = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 2, 1, 0, 0, 1, 1, 0, 0))
    frame = struct.pack(">I", 1) + zlib.compress(b"\0" * 7)
    parts = [chunk(b"acTL", struct.pack(">II", 1, 0)), control]
    data = png(*parts)[:-12]
    made = clean(data + chunk(b"fcTL", b"\0\0\0\1" + control[12:-4]) + chunk(b"fdAT",
    frame + b"SECRET") + chunk(b"IEND", b""), "x").data
    assert made.count(b"fdAT") == 1
    assert frame in made
    assert b"SECRET" not in made
    with pytest.raises(BadInput):
        clean(data + control + chunk(b"fdAT", frame) + chunk(b"fdAT", b"\0\0\0\2SECRET") + chunk(b"IEND", b""), "x")


@given(st.sampled_from(sorted(SHOWN)), st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=6))
def test_any_bytes_become_a_clean_picture_or_are_refused(name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray((PICTURES / name).read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    try:
        made = clean(bytes(data), name)
    except BadInput:
        return
    assert clean(made.data, name) == made
