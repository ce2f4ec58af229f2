"""Lists of saved pages as services export them: each file's pages, told apart and read to the end."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm.errors import BadInput
from pkm.seek.bookmark import BookmarkList, Quote
from pkm.seek.bookmarks import looks_like_bookmarks, read_bookmarks

FILES = Path(__file__).parent.parent / "data" / "bookmarks"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")


def read(name: str) -> BookmarkList:
    return read_bookmarks((FILES / name).read_bytes(), name)


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        ("firefox.html", "browser", [
            ("https://example.org/type?utm_source=x", "On type & more", ("fonts", "long read", "Design/Type & set"), False),
            ("https://example.org/grid", "Grid", ("Design", "grids"), False),
            ("https://example.org/in", "In", (), False)]),
        ("chrome.html", "browser", [
            ("https://example.org/bar", "Bar", (), False), ("https://example.org/life", "Life", ("Work-Life",), False),
            ("https://example.org/after", "After", (), False)]),
        ("pocket.html", "pocket", [
            ("https://example.com/a?x=1&y=2", "Great & useful", ("design", "tools"), True),
            ("https://example.com/b", "Archived one", (), False)]),
        ("pocket.csv", "pocket", [
            ("https://example.com/c?utm_source=pocket", "Hello, world", ("a", "b c"), True),
            ("https://example.com/d", "", (), False)]),
        ("pinboard.json", "pinboard", [
            ("https://example.org/pin", "Pin & <needle>", ("sewing", "craft"), False),
            ("https://example.org/later", "Later", (), True)]),
        ("raindrop.csv", "raindrop", [
            ("https://food.example/pasta", "Pasta, the best",
             ("cooking", "dinner", "Apps-Services/Recipes", "favorite"), False),
            ("https://plain.example/", "Plain link", (), False)]),
        ("instapaper.csv", "instapaper", [
            ("https://example.org/x", "One", (), True), ("https://example.org/y", "Two", (), False)]),
        ("reader.csv", "reader", [
            ("https://example.com/1", "Article", ("example", "two words"), True),
            ("https://example.com/2", "Done", (), False)]),
        ("readwise.csv", "readwise", [
            ("", "The Book", ("books", "favorite", "idea"), False), ("", "An Article", (), False)]),
    ],
)  # fmt: skip
def test_each_list_is_known_and_read(name: str, kind: str, wanted: list[Any]) -> None:
    listed = read(name)
    assert listed.kind == kind
    assert [(one.url, one.title, one.tags, one.waiting) for one in listed.bookmarks] == wanted


def test_what_is_said_of_a_page() -> None:
    firefox, _, _ = read("firefox.html").bookmarks
    assert (firefox.description, firefox.added) == ("A page about type with two lines", "2023-07-22T04:26:42Z")
    pasta, _ = read("raindrop.csv").bookmarks
    assert pasta.quotes == (Quote("", "my note", pasta.added), Quote("salt the water", "always"))
    assert (pasta.description, pasta.added) == ("site excerpt", "2025-05-15T12:34:56Z")
    pin, _ = read("pinboard.json").bookmarks
    assert pin.quotes == (Quote("", "Why I keep it", "2021-05-06T07:08:09Z"),)
    book, article = read("readwise.csv").bookmarks
    assert book.quotes == (
        Quote("First words, with a comma", "My thought .idea", "2023-01-05T10:20:30Z"),
        Quote("Second words", "", "2023-01-05T10:21:30Z"),
    )
    assert (book.key, book.author) == ("urn:asin:B00ABC", "Ann Author")
    assert article.key.startswith("urn:book:")


def test_what_is_no_page_is_left_out_and_what_has_no_address_is_told() -> None:
    assert (read("firefox.html").left_out, read("firefox.html").doubled) == (2, 1)  # place:, javascript:; grid#part
    assert read("reader.csv").left_out == 1  # came by a feed
    assert read("pocket.csv").failures == (("No url", "it has no web address"),)


def test_no_password_is_kept() -> None:
    assert "secret" not in repr(read("firefox.html"))


@pytest.mark.parametrize("data", [b"", b"<html><p>a page", b"a,b\n1,2", b"[1]", b"{}", b"\x00\x01\x02", b"name,email\nA,b"])
def test_what_is_no_list(data: bytes) -> None:
    assert looks_like_bookmarks(data) == ""
    with pytest.raises(BadInput):
        read_bookmarks(data, "x")


_WHOLE = [path.read_bytes() for path in sorted(FILES.iterdir())]
_PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b"<DL><p>", b"</DL>", b"<DT><H3>x</H3>", b'<DT><A HREF="https://x.example" TAGS="a,,/" ADD_DATE="9">',
                     b"<DD>", b'"', b"\n", b",", b'"\n"', b"</A>", b"<!-- ", b"[", b"{", b'"href":']),
)  # fmt: skip


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(_WHOLE), st.integers(0, 2000), st.lists(_PIECES, max_size=20).map(b"".join))
def test_a_broken_list_gives_what_can_be_read_or_says_so(whole: bytes, cut: int, more: bytes) -> None:
    try:
        listed = read_bookmarks(whole[:cut] + more, "x")
    except BadInput:
        return
    assert all(one.key and (not one.url or one.url.startswith("http")) for one in listed.bookmarks)
