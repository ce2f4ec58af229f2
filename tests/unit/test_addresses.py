"""Addresses of mail are the same where the wire has them the same, and only there."""

import pytest

from pkm.addresses import address_key, spellings, wire_address
from pkm.config import Home
from pkm.store import contacts, unsubscribing
from tests.conftest import CommandLine
from tests.sending import fresh


@pytest.mark.parametrize(("one", "other", "same"), [
    ("ann@müller.example", "ann@xn--mller-kva.example", True), ("ann@MÜLLER.example", "Ann@XN--MLLER-KVA.Example", True),
    ("ann@mu\u0308ller.example", "ann@müller.example", True), ("a@日本。example", "a@日本.example", True),
    ("ann@faß.example", "ann@fass.example", False), ("ann@FAẞ.example", "ann@xn--fa-hia.example", True),
    ("kim@βόλος.example", "kim@βόλοσ.example", False), ("ann@\uff46ass.example", "ann@fass.example", True),
    ("\u212aim@x.example", "kim@x.example", False), ("jürgen@x.example", "JüRGEN@X.example", True),
    ("JÜRGEN@x.example", "jürgen@x.example", False), ("straße@x.example", "strasse@x.example", False),
    ("ann@ex\u00adample.org", "ann@example.org", True), ("\uff41nn@x.example", "ann@x.example", False),
])  # fmt: skip
def test_two_spellings_of_one_address_are_the_same_and_no_two_addresses(one: str, other: str, same: bool) -> None:
    assert (address_key(one) == address_key(other)) is same
    assert all(address_key(form) == address_key(one) for form in spellings(one))


@pytest.mark.parametrize("address", ["a@ℂ℀.example", "a@ü..example", f"a@{'ü' * 60}.example", "a@ü b.example"])
def test_a_domain_that_cannot_be_written_is_no_other(address: str) -> None:
    with pytest.raises(UnicodeError):
        wire_address(address)
    assert address_key(address) == address_key(address_key(address))


def test_what_older_versions_kept_of_an_address_still_means_it() -> None:
    assert spellings("Ann@Müller.example") == ("ann@xn--mller-kva.example", "ann@müller.example")
    assert spellings("ann@faß.example") == ("ann@xn--fa-hia.example",)  # they had fass for it, which is another's


def test_contacts_are_found_by_any_spelling_and_by_no_other_address(pkm: CommandLine, home_paths: Home) -> None:
    for name, email in (("Ann", "ann@müller.example"), ("Ben", "ben@xn--kln-sna.example"), ("Fay", "f@faß.example")):
        pkm("contact", "add", name, "--email", email)
    assert "e-mail" in pkm("contact", "add", "Other", "--email", "ann@xn--mller-kva.example", ok=1).err
    pkm("contact", "add", "Fass", "--email", "f@fass.example")
    db = fresh(home_paths).read()
    found = {one: contacts.with_handle(db, "email", one) for one in (
        "ann@xn--mller-kva.example", "ben@köln.example", "f@xn--fa-hia.example", "f@faß.example", "f@fass.example",
    )}  # fmt: skip
    assert list(found.values()) == [[1], [2], [3], [3], [4]]
    assert unsubscribing.addresses(db, [1, 3]) == {1: ["ann@xn--mller-kva.example"], 3: ["f@xn--fa-hia.example"]}
