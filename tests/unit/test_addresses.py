"""Addresses of mail are the same where the wire has them the same, and only there."""

import hashlib
import sqlite3

import pytest

from pkm.addresses import address_key, others, spellings, wire_address
from pkm.config import Home
from pkm.people.circles import add_circle, join
from pkm.people.contacts import Fields, add_contact, edit_contact
from pkm.share import ledger, unsubscribed
from pkm.store import contacts, unsubscribing
from pkm.store.session import Store
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
    assert others("ann@faß.example") == others("ann@xn--fa-hia.example") == ("ann@fass.example",)
    assert others("Straße@müller.example") == ("strasse@müller.example",)
    assert others("ann@fass.example") == others("ann@müller.example") == ()


class TestWhoAskedAnOlderVersionForNoLetters:
    """It kept ann@fass.example of ann@faß.example, in the store and beside it."""

    def made(self, home: Home, address: str = "ann@faß.example") -> Store:
        store = fresh(home)
        add_circle(store, "practice", "community")
        join(store, 2, [add_contact(store, "Ann", emails=[address]).number], "peers")
        return store

    def write(self, home: Home, address: str, state: str, at: str) -> None:
        key = hashlib.sha256(f"unsubscribed\no2\n{address}".encode()).hexdigest()[:32]
        ledger.append(unsubscribed.path_of(home), key, state, at, kept="")

    def is_off(self, home: Home) -> bool:
        return bool(unsubscribed.off(fresh(home).read(), home, 2, [1]))

    @pytest.mark.parametrize("where", ["the file", "the store"])
    def test_gets_none_until_they_are_put_back(self, home_paths: Home, where: str) -> None:
        store = self.made(home_paths)
        if where == "the file":
            self.write(home_paths, "ann@fass.example", unsubscribed.OFF, "2026-11-22T09:00:00Z")
        else:
            with store.unit() as unit:
                unsubscribing.put(unit, 2, [], ["ann@fass.example"], "they asked")
                unit.summarize("no letters")
        assert self.is_off(home_paths)
        with pytest.MonkeyPatch.context() as clock:
            clock.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
            unsubscribed.put_back(fresh(home_paths), home_paths, 2, [1])
        assert not self.is_off(home_paths)

    def test_letters_for_the_other_who_has_that_address_are_none_for_them(self, home_paths: Home) -> None:
        self.made(home_paths)
        self.write(home_paths, "ann@fass.example", unsubscribed.OFF, "2026-11-22T09:00:00Z")
        unsubscribed.take_off(fresh(home_paths), home_paths, 2, [1], "they asked")
        self.write(home_paths, "ann@fass.example", unsubscribed.ON, "2026-11-24T09:00:00Z")
        assert self.is_off(home_paths)
        assert unsubscribed.back_since(fresh(home_paths).read(), home_paths, 2, "ann@faß.example") == ""

    def test_is_known_by_the_letter_that_left_then(self) -> None:
        said = hashlib.sha256(b"k\no1\nann@fass.example").hexdigest()[:32]
        assert said in ledger.address_digests("k", ("o1 2026-11-01T09:00:00Z", "o1"), "ann@faß.example")

    @pytest.mark.parametrize("states", [[unsubscribed.ON, unsubscribed.OFF], [unsubscribed.OFF, unsubscribed.ON]])
    @pytest.mark.parametrize("forms", [("ann@müller.example", "ann@xn--mller-kva.example"),
                                       ("ann@xn--mller-kva.example", "ann@müller.example")])  # fmt: skip
    def test_what_was_said_last_of_an_address_counts_however_it_was_spelled(
        self, home_paths: Home, forms: tuple[str, str], states: list[str]
    ) -> None:
        self.made(home_paths, "ann@Müller.example")
        for form, state, at in zip(forms, states, ("2026-11-23T09:00:00Z", "2026-11-21T09:00:00Z"), strict=True):
            self.write(home_paths, form, state, at)
        assert self.is_off(home_paths) == (states[-1] == unsubscribed.OFF)


class TestWhatWasSaidLastCounts:
    """Whatever the clocks said."""

    def made(self, home: Home, *addresses: str) -> Store:
        store = fresh(home)
        add_circle(store, "practice", "community")
        join(store, 2, [add_contact(store, "Ann", emails=list(addresses)).number], "peers")
        return store

    def say(self, home: Home, state: str, at: str) -> None:
        with pytest.MonkeyPatch.context() as clock:
            clock.setenv("PKM_NOW", at)
            if state == unsubscribed.OFF:
                unsubscribed.take_off(fresh(home), home, 2, [1], "they asked")
            else:
                unsubscribed.put_back(fresh(home), home, 2, [1])

    @pytest.mark.parametrize("later", ["2026-11-23T09:00:00Z", "2026-11-20T09:00:00Z"])
    @pytest.mark.parametrize("said", [[unsubscribed.OFF, unsubscribed.ON], [unsubscribed.OFF, unsubscribed.ON, unsubscribed.OFF]])
    def test_also_where_the_store_was_put_back(self, home_paths: Home, said: list[str], later: str) -> None:
        self.made(home_paths, "ann@example.org")
        with sqlite3.connect(home_paths.db) as at, sqlite3.connect(home_paths.data / "before.db") as old:
            at.backup(old)
        for state, when in zip(said, ("2026-11-23T09:00:00Z", later, later), strict=False):
            self.say(home_paths, state, when)
            if state == unsubscribed.OFF:
                with sqlite3.connect(home_paths.db) as at, sqlite3.connect(home_paths.data / "off.db") as old:
                    at.backup(old)
        is_off = said[-1] == unsubscribed.OFF
        assert bool(unsubscribed.off(fresh(home_paths).read(), home_paths, 2, [1])) == is_off
        for copy in ("before.db", "off.db"):
            with sqlite3.connect(home_paths.db) as at, sqlite3.connect(home_paths.data / copy) as old:
                old.backup(at)
            assert bool(unsubscribed.off(fresh(home_paths).read(), home_paths, 2, [1])) == is_off

    def test_that_letters_go_to_one_address_again_is_not_said_of_another(self, home_paths: Home) -> None:
        self.made(home_paths, "ann@example.org")
        self.say(home_paths, unsubscribed.OFF, "2026-11-21T09:00:00Z")
        store = fresh(home_paths)
        add_contact(store, "Anne", emails=["anne@example.org"])
        join(store, 2, [2], "peers")
        unsubscribed.take_off(store, home_paths, 2, [2], "they asked")
        unsubscribed.put_back(fresh(home_paths), home_paths, 2, [2])
        edit_contact(fresh(home_paths), 1, Fields(emails=()))
        edit_contact(fresh(home_paths), 2, Fields(emails=("anne@example.org", "ann@example.org")))
        assert list(unsubscribed.off(fresh(home_paths).read(), home_paths, 2, [2])) == [2]

    @pytest.mark.parametrize("also", ["Ann@Old.example", "ann@old.example"])
    def test_where_letters_reached_them_is_kept_as_addresses_are_compared(self, home_paths: Home, also: str) -> None:
        store = self.made(home_paths, "ann@example.org")
        unsubscribed.take_off(store, home_paths, 2, [1], "they asked", also=["", also])
        unsubscribed.path_of(home_paths).unlink()  # the store tells it too
        join(store, 2, [add_contact(store, "Anne", emails=["ANN@old.example"]).number], "peers")
        assert list(unsubscribed.off(fresh(home_paths).read(), home_paths, 2, [2])) == [2]

    def test_who_is_off_by_the_file_alone_is_kept_in_the_store_too(self, home_paths: Home) -> None:
        store = self.made(home_paths, "ann@example.org")
        assert unsubscribed.keep_away(store.read(), home_paths, 2, "Ann@example.org")
        assert not unsubscribed.keep_away(store.read(), home_paths, 2, "ann@example.org")
        assert unsubscribed.take_off(store, home_paths, 2, [1], "they asked") == []
        unsubscribed.path_of(home_paths).unlink()
        assert unsubscribed.off(fresh(home_paths).read(), home_paths, 2, [1])


def test_one_person_may_have_two_addresses_that_are_only_alike(pkm: CommandLine) -> None:
    alike = ("fay@faß.example", "fay@fass.example")
    pkm("contact", "add", "Fay", *(word for one in alike for word in ("--email", one)))
    assert pkm.json("contact", "show", "c1")["emails"] == list(alike)
    pkm("contact", "edit", "c1", "--email", "-fay@fass.example")
    assert pkm.json("contact", "show", "c1")["emails"] == ["fay@faß.example"]
    pkm("contact", "edit", "c1", "--email", "fay@xn--fa-hia.example")
    assert pkm.json("contact", "show", "c1")["emails"] == ["fay@xn--fa-hia.example"]


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
