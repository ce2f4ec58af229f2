"""A letter's bytes: read back as they were meant by a reader of mail, whatever stands in a name, a subject or a text."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import Invalid
from pkm.share.letter import Letter, Mailbox, is_address, open_letter, read_mailbox, write
from pkm.text import clean, one_line
from tests.effort import tries

KEY = "0123456789abcdef0123456789abcdef"
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "MIME-Version", "Content-Type"}


def letter(name: str = "Ann", subject: str = "Finds", text: str = "Hello", list_name: str = "practice") -> bytes:
    me = Mailbox(name, "me@example.org")
    return write(Letter(KEY, me, (Mailbox(name, "ann@example.org"), Mailbox("Ben", "ben@example.org")), subject,
                        "2026-11-23T09:00:00Z", text, f"<p>{len(text)}</p>", "o3", list_name))  # fmt: skip


@given(name=st.text(max_size=220), subject=st.text(max_size=300), text=st.text(max_size=400))
@settings(max_examples=tries(20), deadline=None)
def test_anything_typed_is_read_back_and_begins_no_header(name: str, subject: str, text: str) -> None:
    body = clean(text)
    made = letter(name, subject, body, name)
    made.decode("ascii")
    assert max(map(len, made.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", made)
    message = message_from_bytes(made, policy=policy.default)
    assert set(message.keys()) <= HEADERS
    assert len(message.keys()) == len(set(message.keys()))
    assert [address for _, address in getaddresses([message["To"]])] == ["ann@example.org", "ben@example.org"]
    assert one_line(str(message["Subject"])) == one_line(subject, 300)
    assert open_letter(made).text.rstrip("\n") == body.rstrip("\n")


@pytest.mark.parametrize("name", [
    "Ann\r\nBcc: eve@example.org", "Lee, Ann", 'Ann "the voice" Lee', "Lee\\", "Müller, Änne", "=?utf-8?q?Ann?=", "(Ann)",
    "ann@example.org", "Ann <eve@example.org>, Eve", "Ä" * 150, "李娜", "a" * 199,
])  # fmt: skip
def test_names_that_would_be_something_else(name: str) -> None:
    message = message_from_bytes(letter(name))
    shown, address = getaddresses([message["To"]])[0]
    # the library's newer reader puts spaces between encoded words, which RFC 2047 (6.2) says are none
    assert (str(make_header(decode_header(shown))), address) == (one_line(name), "ann@example.org")
    assert message["Bcc"] is None


@pytest.mark.parametrize(("typed", "name", "address"), [
    ("Me <me@example.org>", "Me", "me@example.org"), ("me@example.org", "", "me@example.org"),
    ('"Lee, Ann" <a@b.c>', "Lee, Ann", "a@b.c"), ("<me@example.org>", "", "me@example.org"),
    ("Änne <änne@bücher.example>", "Änne", "änne@bücher.example"),
])  # fmt: skip
def test_whom_letters_are_from(typed: str, name: str, address: str) -> None:
    assert read_mailbox(typed) == Mailbox(name, address)


@pytest.mark.parametrize("typed", [
    "", "Me", "Me <>", "a@b, c@d", "Me <a@b> <c@d>", "a b@c.d", "a@b@c", "me@", "@b.c", "a@b.c" * 60, "a@" + "ü" * 80 + ".org",
    "a@b..c", "a@.b", "a@b.c.", "a@ü..c",
])  # fmt: skip
def test_what_is_no_address(typed: str) -> None:
    assert not is_address(typed)
    with pytest.raises(Invalid):
        read_mailbox(typed)


def test_a_domain_beyond_ascii_is_written_in_ascii() -> None:
    made = write(Letter(KEY, Mailbox("", "me@bücher.example"), (Mailbox("", "x@bücher.example"),), "s", "2026-11-23T09:00:00Z",
                        "t", "h"))  # fmt: skip
    assert b"To: x@xn--bcher-kva.example\r\n" in made
    assert f"Message-ID: <{KEY}@xn--bcher-kva.example>".encode() in made


def test_its_shape() -> None:
    made = letter(text="a\n" * 3)
    assert made.count(f"--=_{KEY}".encode()) == 3
    assert b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n" in made
    assert f"List-Unsubscribe: <mailto:me@example.org?subject=unsubscribe%20o3%20{KEY}>\r\n".encode() in made
    assert made.endswith(b"--\r\n")
