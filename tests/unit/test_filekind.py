"""What a file is, by its bytes: text of which encoding, or none."""

import pytest

from pkm.filekind import decode_text, is_binary, name_kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xff\xd8\xff\xe0", "a picture (JPEG)"),
        (b"RIFF\x00\x00\x00\x00WEBP", "a picture (WebP)"),
        (b"\x00\x00\x00\x18ftypmp42", "a video, sound or picture file"),
        (b"PK\x03\x04", "a zip archive or an office document"),
        (b"\x00\x01\x02\x03\xff", "binary data"),
        (b"<?xml version='1.0'?><feed/>", "an Atom feed"),
        ("<opml/>".encode("utf-16"), "an OPML list"),
        (b"<!-- x --><p>Hello", "a web page"),
        (b"<note/>", "XML"),
        (b"[1]", "JSON"),
        (b"hello", "plain text"),
        (b"BEGIN:VCARD\nEND:VCARD", "a vCard file"),
    ],
)
def test_kinds(data: bytes, kind: str) -> None:
    assert name_kind(data) == kind


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("Zoë".encode(), "", "Zoë"),
        ("Zoë".encode("latin-1"), "", "Zoë"),
        ("Zoë".encode(), "utf8", "Zoë"),
        ("Zoë".encode("utf-8-sig"), "latin-1", "Zoë"),
        ("Zoë".encode("utf-16-be"), "", "Zoë"),
        ("Zoë".encode("utf-16"), "utf-8", "Zoë"),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本"),
        ("Zoë".encode(), "utf-16", "Zoë"),
        (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
        (b"plain", "no-such-charset", "plain"),
        (b"plain", "rot13", "plain"),
        (b"\x81\x8d", "", "\x81\x8d"),
    ],
)
def test_encodings(data: bytes, declared: str, text: str) -> None:
    assert decode_text(data, declared) == text


def test_a_stray_nul_makes_no_text_binary() -> None:
    assert not is_binary(b"a line of text with one\x00 in it, and more words after it")
    assert is_binary(bytes(range(256)))
