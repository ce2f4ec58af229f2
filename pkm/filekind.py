"""What bytes are, before a reader trusts them: their kind in words, and their text.

Knows nothing of any one format's inside, of the store or of the network.
"""

import codecs
import re

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"ID3", "a sound file (MP3)"),
    (b"OggS", "a sound file (Ogg)"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a rich text document"),
)
_MARKUP = (
    ("<opml", "an OPML list"),
    ("<rss", "an RSS feed"),
    ("<rdf:rdf", "an RSS feed"),
    ("<feed", "an Atom feed"),
    ("<!doctype netscape-bookmark-file", "a list of bookmarks"),
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("<svg", "a picture (SVG)"),
    ("begin:vcard", "a vCard file"),
    ("begin:vcalendar", "a calendar"),
)
_FRAGMENT = re.compile(r"<(?:head|body|meta|title|h[1-6]|p|div|span|a|ul|ol|table|br|img|article|section|main)[\s>/]")
_NO_CHARSETS = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7")  # Python's own, slow or deceiving
# utf-32 first: its mark begins with that of utf-16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def name_kind(data: bytes) -> str:
    """What the bytes are, in words that fit after "it is": "a PDF", "a web page", "binary data", "plain text"."""
    if not data.strip():
        return "empty"
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a picture (WebP)"
    if data[4:8] == b"ftyp":
        return "a video, sound or picture file"
    if is_binary(data):
        return "binary data"
    head = decode_text(data[:4096]).lower()
    found = [(at, name) for mark, name in _MARKUP if (at := head.find(mark)) >= 0]
    if found:
        return min(found)[1]
    start = head.lstrip()[:1]
    if start == "<":
        return "a web page" if _FRAGMENT.search(head) else "XML"
    return "JSON" if start in ("{", "[") else "plain text"


def is_binary(data: bytes) -> bool:
    """True where the bytes are no text in any encoding that pkm reads."""
    if _encoding_of(data):
        return False
    head = data[:4096]
    control = sum(1 for byte in head if byte < 32 and byte not in (9, 10, 12, 13, 27))
    return control * 20 > len(head)  # a stray NUL makes no text binary; of random bytes a tenth are such


def decode_text(data: bytes, declared: str = "") -> str:
    """The text of the bytes: by byte order mark, else as declared, else UTF-8, else Windows-1252. Never fails.

    declared: the encoding that a header or the document names; a wrong or unknown name is passed over.
    """
    if not declared and data.isascii() and 0 not in data:
        return data.decode("ascii")
    order = [declared, "utf-8"]
    if declared.lower().startswith(("utf-16", "utf-32")):  # read as ASCII, the declaration cannot be true
        order.reverse()
    for encoding in (_encoding_of(data), *order, "windows-1252"):
        text = _decode(data, encoding)
        if text is not None:
            return text
    return data.decode("latin-1")


def _decode(data: bytes, encoding: str) -> str | None:
    """The text in that encoding, None where the name is unknown or the bytes do not fit."""
    try:
        codec = codecs.lookup(encoding.strip().strip("\"'") or "-")
        if not codec._is_text_encoding or codec.name in _NO_CHARSETS:
            return None
        if codec.name == "iso8859-1":  # as browsers do: what says Latin-1 is Windows-1252
            codec = codecs.lookup("windows-1252")
        return codec.decode(data)[0]
    except (LookupError, ValueError):
        return None


def _encoding_of(data: bytes) -> str:
    """The encoding that a byte order mark, or the NULs of UTF-16 without one, give away; else ""."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if 0 not in data[:400]:
        return ""
    even, odd = data[0:400:2], data[1:400:2]
    if len(data) >= 4 and len(data) % 2 == 0:
        if odd.count(0) > 0.7 * len(odd) and not even.count(0):
            return "utf-16-le"
        if even.count(0) > 0.7 * len(even) and not odd.count(0):
            return "utf-16-be"
    return ""
