"""Microformats: the entries of a page, its people, its rel links; examples after microformats.org's own."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm.seek.microformats import MfItem, Microformats, read_microformats

BASE = "https://ann.example/notes/"


def only(html: str) -> MfItem:
    (item,) = read_microformats(html, BASE).items
    return item


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<span class="h-card">Frances Berriman</span>', {"name": ("Frances Berriman",)}),
        ('<a class="h-card" href="/f">Ben Ward</a>',
         {"name": ("Ben Ward",), "url": ("https://ann.example/f",)}),
        ('<a class="h-card" href="http://ro.example/"><img alt="Rohit" src="me.jpg"> </a>',
         {"name": ("Rohit",), "photo": ("https://ann.example/notes/me.jpg",), "url": ("http://ro.example/",)}),
        ('<img class="h-card" alt="Chris" src="//c.example/x.png">',
         {"name": ("Chris",), "photo": ("https://c.example/x.png",)}),
        ('<p class="h-card"><b class="p-name">A  <i>B</i></b> <a class="u-url u-uid" href="x">x</a>'
         '<a class="u-email" href="mailto:a@b.example">m</a><abbr class="p-region" title="California">CA</abbr></p>',
         {"name": ("A B",), "url": ("https://ann.example/notes/x",), "uid": ("https://ann.example/notes/x",),
          "email": ("mailto:a@b.example",), "region": ("California",)}),
        ('<p class="h-x"><a class="u-url" href="javascript:alert(1)">x</a><span class="p-name"> </span></p>', {}),
    ],
)  # fmt: skip
def test_cards(html: str, wanted: dict[str, tuple[str, ...]]) -> None:
    assert only(html).properties == wanted


def test_an_entry_with_its_author_and_content() -> None:
    entry = only(
        '<article class="h-entry hentry"><h1 class="p-name">Microformats &amp; me</h1>'
        '<p>by <a class="p-author h-card" href="/ann">Ann</a> on '
        '<time class="dt-published" datetime="2026-11-20T12:00:00+01:00">20 Nov</time></p>'
        '<div class="e-content"><p>One <b>two</b>.</p><p>Three<script>bad()</script></p></div>'
        '<a class="p-category">org</a><a class="p-category">learning</a><a class="u-url" href="/n/1">#</a></article>'
    )
    assert entry.types == ("h-entry",)
    assert entry.text("name") == "Microformats & me"
    assert entry.properties["author"] == (
        MfItem(("h-card",), {"name": ("Ann",), "url": ("https://ann.example/ann",)}),
    )
    assert entry.text("author") == "Ann"
    assert entry.text("published") == "2026-11-20T12:00:00+01:00"
    assert entry.properties["content"] == (
        {"value": "One two.\nThree", "html": "<p>One <b>two</b>.</p><p>Three<script>bad()</script></p>"},
    )
    assert entry.properties["category"] == ("org", "learning")
    assert entry.text("url") == "https://ann.example/n/1"


def test_a_feed_holds_its_entries_as_children() -> None:
    page = read_microformats(
        '<base href="https://other.example/a/"><div class="h-feed"><h1 class="p-name">All</h1>'
        '<div class="h-entry"><a class="p-name u-url" href="1">One</a></div><div class="h-entry">Two</div></div>', BASE,
    )  # fmt: skip
    (feed,) = page.items
    assert feed.text("name") == "All"
    assert [child.text("name") for child in feed.children] == ["One", "Two"]
    assert feed.children[0].text("url") == "https://other.example/a/1"
    assert page.of_type("h-entry") == list(feed.children)


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<span class="dt-start"><abbr class="value" title="2026-06-26">26 June</abbr>, at '
         '<span class="value">7:00pm</span></span>', "2026-06-26 19:00"),
        ('<span class="dt-start"><span class="value">18:30</span><span class="value">+02:00</span>'
         '<time class="value" datetime="2026-06-26">x</time></span>', "2026-06-26 18:30+02:00"),
        ('<span class="dt-start"><span class="value-title" title="2026-06-26T19:00:00-08:00"> </span>June</span>',
         "2026-06-26T19:00:00-08:00"),
        ('<span class="dt-start">2026-06-26</span>', "2026-06-26"),
        ('<span class="p-start">Tel: <b class="value">+1</b> <b class="value">23</b></span>', "+123"),
    ],
)  # fmt: skip
def test_values_in_pieces(html: str, wanted: str) -> None:
    assert only(f'<div class="h-event">{html}</div>').text("start") == wanted


def test_rel_links_are_absolute_and_each_once() -> None:
    page = read_microformats(
        '<link rel="me authn" href="https://a.example/@ann"><a rel="ME" href="https://a.example/@ann">x</a>'
        '<a rel="me" href="mailto:ann@a.example">m</a><a rel="me" href="javascript:x">j</a>'
        '<a rel="alternate" type="application/rss+xml" href="/feed">f</a>', BASE,
    )  # fmt: skip
    assert page.rels == {
        "me": ("https://a.example/@ann", "mailto:ann@a.example"), "authn": ("https://a.example/@ann",),
        "alternate": ("https://ann.example/feed",),
    }  # fmt: skip


@pytest.mark.parametrize("html", ["", " ", "\x00", "<", "<!--", "plain words", '<?xml encoding="x"?><a>', "\ud800<p>"])
def test_what_holds_none_gives_none(html: str) -> None:
    assert read_microformats(html, BASE).items == ()


def test_depth_and_repetition_are_bounded() -> None:
    deep = read_microformats('<div class="h-a p-b e-c">x' * 5000, BASE)
    assert sum(1 for _ in deep.of_type("h-a")) <= 5000
    wide = read_microformats('<div class="h-a">' + '<b class="e-x p-y">' * 200 + "word " * 50_000, BASE)
    taken = sum(len(str(value)) for item in wide.items for values in item.properties.values() for value in values)
    assert taken < 2_000_000


_PIECES = st.sampled_from(
    ['<div class="h-entry">', '<a class="p-name u-url h-card" href="', '">', "</div>", "</a>", "<time class='dt-x' ",
     '<p class="e-content">', "<img alt='x' src=//[ class=u-photo>", "<base href='http://[x'>", "&#0;", "<!--", "\x00",
     '<b class="value">', '<table class="h-feed">', "<svg>", "<template>", "<a rel='me' href='//['>", "words"]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join)), st.sampled_from([BASE, "", "http://[", "x"]))
def test_nothing_makes_it_raise(html: str, base: str) -> None:
    assert isinstance(read_microformats(html, base), Microformats)
