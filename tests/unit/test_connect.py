"""Which addresses are private, also where IPv6 wraps an IPv4 address that is."""

import http.client
import io

import pytest

from pkm.net.connect import _read_headers, is_private


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.0.0.1", True), ("169.254.169.254", True), ("::1", True), ("::ffff:127.0.0.1", True), ("fe80::1%eth0", True),
        ("64:ff9b::7f00:1", True), ("64:ff9b::a9fe:a9fe", True), ("64:ff9b::808:808", False),
        ("64:ff9b:1::7f00:1", True), ("64:ff9b:1::808:808", True), ("2002:7f00:1::", True), ("2002:c0a8:101::1", True),
        ("2002:808:808::1", True), ("::127.0.0.1", True), ("::192.168.0.1", True), ("fec0::1", True),
        ("2001:0:808:808:0:0:80ff:fefe", True), ("2001:0:7f00:1::1", True), ("8.8.8.8", False), ("2606:4700::1111", False),
        ("[2606:4700::1111]", False), ("ff02::1", True), ("2130706433", True), ("0177.1", True), ("0x7f.0.0.1", True),
        ("127.1", True), ("134744072", False),
    ],
)  # fmt: skip
def test_what_leads_to_a_private_address_is_private(address: str, private: bool) -> None:
    assert is_private(address) is private


@pytest.mark.parametrize("name", ["example.org", "localhost", "", "127.0.0.1 x", "256.1.1.1", "1.2.3.4.5"])
def test_a_name_is_no_address(name: str) -> None:
    with pytest.raises(ValueError, match="address"):
        is_private(name)


@pytest.mark.parametrize(
    "head",
    [
        b"ETag: \"1\"\r\nContent-Type: text/xml; charset=utf-8\r\nSet-Cookie: a\r\nset-cookie: b \r\n", b"",
        b"X:\r\nY:\t  two words\t\r\n", b"A: 1\r\n folded\r\nB: 2\r\n", b"A: caf\xe9 \xff\r\n", b"A: 1\nB: 2\n",
        b"no colon\r\nA: 1\r\n",
        b"A : 1\r\nB: 2\r\n", b": 1\r\nA: 2\r\n", b"From here: 1\r\nA: 2\r\n", b"A: 1\rB: 2\r\n",
        b"A: x\x0b\x85y\r\nB: 2\r\n",
    ],
)  # fmt: skip
def test_headers_are_read_as_the_library_reads_them(head):
    """Also where they are folded, without a colon, ended otherwise or no ASCII."""
    theirs = http.client.parse_headers(io.BytesIO(head + b"\r\nbody"))
    file = io.BytesIO(head + b"\r\nbody")
    ours = _read_headers(file)
    assert (ours.items(), file.read()) == (theirs.items(), b"body")


def test_endless_headers_are_refused():
    """By their number and by their length."""
    for head in (b"A: 1\r\n" * 101, b"A: " + b"x" * 70_000 + b"\r\n"):
        with pytest.raises(http.client.HTTPException):
            _read_headers(io.BytesIO(head + b"\r\n"))
