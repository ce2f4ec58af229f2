"""Which addresses are private, also where IPv6 wraps an IPv4 address that is."""

import pytest

from pkm.net.connect import is_private


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.0.0.1", True), ("169.254.169.254", True), ("::1", True), ("::ffff:127.0.0.1", True), ("fe80::1%eth0", True),
        ("64:ff9b::7f00:1", True), ("64:ff9b::a9fe:a9fe", True), ("64:ff9b::808:808", False),
        ("64:ff9b:1::7f00:1", True), ("64:ff9b:1::808:808", True), ("2002:7f00:1::", True), ("2002:c0a8:101::1", True),
        ("2002:808:808::1", False), ("::127.0.0.1", True), ("::192.168.0.1", True), ("fec0::1", True),
        ("2001:0:808:808:0:0:80ff:fefe", True), ("2001:0:7f00:1::1", True), ("8.8.8.8", False), ("2606:4700::1111", False),
        ("[2606:4700::1111]", False), ("ff02::1", True),
    ],
)  # fmt: skip
def test_what_leads_to_a_private_address_is_private(address: str, private: bool) -> None:
    assert is_private(address) is private
