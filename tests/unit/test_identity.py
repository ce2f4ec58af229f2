"""Which entries of a source are the same, and by what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.seek.entry import ParsedEntry
from pkm.seek.identity import SCHEMES, choose_scheme, distinct, entry_key


def entry(guid: str = "", url: str = "", title: str = "", text: str = "", updated: str | None = None) -> ParsedEntry:
    return ParsedEntry(guid=guid, url=url, title=title, text=text, updated=updated)


@pytest.mark.parametrize(
    ("entries", "scheme"),
    [
        ([], "guid"),
        ([entry("1", "http://e.org/1"), entry("2", "http://e.org/2")], "guid"),
        ([entry("1", "http://e.org/1"), entry("1", "http://e.org/1")], "guid"),
        ([entry("1", "http://e.org/1"), entry("1", "https://e.org/1?utm_source=x")], "guid"),
        ([entry("1", "http://e.org/1"), entry("1", "http://e.org/2")], "guid+url"),
        ([entry("1"), entry("1", "http://e.org/2")], "guid"),
        ([entry("", "http://e.org/1"), entry("", "", "t")], "url"),
        ([entry("", "", "t"), entry("", "", "u")], "text"),
    ],
)
def test_choose_scheme(entries: list[ParsedEntry], scheme: str) -> None:
    assert choose_scheme(entries) == scheme
    assert choose_scheme(list(reversed(entries))) == scheme


@pytest.mark.parametrize(
    ("scheme", "one", "other"),
    [
        ("guid", entry("1", "http://e.org/1", "a"), entry(" 1 ", "http://e.org/2", "b", updated="2026-01-01")),
        ("guid", entry("http://e.org/1"), entry("https://e.org/1")),
        ("guid+url", entry("1", "http://e.org/1"), entry("1", "https://e.org/1?utm_campaign=x")),
        ("url", entry("1", "http://e.org/1"), entry("2", "https://E.org/1?fbclid=1")),
        ("text", entry("1", "http://e.org/1", "t", "x"), entry("2", "http://e.org/2", "t", "x")),
    ],
)
def test_the_same(scheme: str, one: ParsedEntry, other: ParsedEntry) -> None:
    assert entry_key(one, scheme) == entry_key(other, scheme)


@pytest.mark.parametrize(
    ("scheme", "one", "other"),
    [
        ("guid", entry("1"), entry("2")),
        ("guid+url", entry("1", "http://e.org/1"), entry("1", "http://e.org/2")),
        ("url", entry("", "http://e.org/log#v1"), entry("", "http://e.org/log#v2")),
        ("url", entry("", "http://e.org/?id=1"), entry("", "http://e.org/?id=2")),
        ("text", entry(title="Weekly links", text="a"), entry(title="Weekly links", text="b")),
        ("text", entry(title="ab", text="c"), entry(title="a", text="bc")),
    ],
)
def test_not_the_same(scheme: str, one: ParsedEntry, other: ParsedEntry) -> None:
    assert entry_key(one, scheme) != entry_key(other, scheme)


def test_what_a_rung_needs_and_is_absent_falls_to_the_next() -> None:
    assert entry_key(entry("", "http://e.org/1"), "guid") == entry_key(entry("9", "http://e.org/1"), "url")
    assert entry_key(entry("", "", "t", "x"), "guid+url") == entry_key(entry("9", "", "t", "x"), "text")
    assert entry_key(entry("9", "", "t", "x"), "guid+url") == entry_key(entry("9"), "guid")


def test_of_equal_entries_the_first_stays() -> None:
    entries = [entry("1", title="first"), entry("2"), entry("1", title="again")]
    assert [each.title for _, each in distinct(entries, "guid")] == ["first", ""]


def test_shared_guid_keeps_both_in_any_order() -> None:
    entries = [entry("1", "http://e.org/1"), entry("1", "http://e.org/2")]
    keys = {key for key, _ in distinct(entries, choose_scheme(entries))}
    assert len(keys) == 2
    assert keys == {key for key, _ in distinct(entries[::-1], "guid+url")}


FIELDS = st.sampled_from(["", "1", "2", "http://e.org/1", "http://e.org/2"])


@given(st.lists(st.builds(entry, FIELDS, FIELDS, FIELDS, FIELDS)), st.sampled_from(SCHEMES))
def test_keys_are_short_stable_and_give_each_entry_once(entries: list[ParsedEntry], scheme: str) -> None:
    found = distinct(entries, scheme)
    assert len({key for key, _ in found}) == len(found)
    assert all(len(key) == 33 and key.isalnum() for key, _ in found)
    assert {key for key, _ in found} == {key for key, _ in distinct(entries[::-1], scheme)}
    assert distinct([each for _, each in found], scheme) == found
