"""The edge cases of the field, 29 to 48: what feeds are made of. Each test bears its number in the list."""

import json
import time
from pathlib import Path

import pytest

from pkm.seek.parse import parse_feed
from tests.edge.cases.conftest import Reader, entry, rss


def test_29_blank_before_the_prolog(reader: Reader) -> None:
    (item,) = reader.read("\n \ufeff\n<?xml version='1.0'?>" + rss("a"))
    assert item["title"] == "a"


def test_30_a_body_that_is_a_path_or_an_address_is_not_opened(reader: Reader, tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(rss("secret"))
    other = reader.server.add("/other", rss("other"))
    for body in (str(secret), secret.as_uri(), other):
        assert reader.read(body) == []
        assert reader.source()["error"] == "it is neither XML nor JSON"
    assert reader.server.hits("/other") == 0


def test_31_an_entity_of_html_that_nobody_declared(reader: Reader) -> None:
    (item,) = reader.read(rss(entry("1", "one&nbsp;two &eacute;", text="a &amp;mdash; b")))
    assert item["title"] == "one two é"
    assert item["text"] == "a — b"


def test_32_a_tail_that_is_not_closed_keeps_what_came_before(reader: Reader) -> None:
    whole = rss("a", "b", "c")
    reader.give(whole[: whole.index("<title>c") + len("<title>")])
    assert reader.pull().new >= 2
    assert {"a", "b"} <= set(reader.titles)
    reader.give(whole)
    reader.pull(hours=1)
    assert reader.titles == ["a", "b", "c"]


def test_32_a_tail_that_says_nothing_yet_is_no_item(reader: Reader) -> None:
    reader.read(rss("a", "b").partition("</channel>")[0] + "<item><title>c</ti")
    assert reader.titles == ["a", "b"]


@pytest.mark.parametrize(
    ("declared", "real"), [("utf-8", "latin-1"), ("us-ascii", "utf-8"), ("windows-1252", "windows-1252")]
)
def test_33_a_charset_that_is_not_true(reader: Reader, declared: str, real: str) -> None:
    body = f"<?xml version='1.0' encoding='{declared}'?>{rss('café')}".encode(real)
    (item,) = reader.read(body, content_type="application/rss+xml")
    assert item["title"] == "café"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_34_utf_16_with_a_byte_order_mark(reader: Reader, order: str) -> None:
    (item,) = reader.read(("\ufeff" + f"<?xml version='1.0' encoding='utf-16'?>{rss('日本 é')}").encode(order))
    assert item["title"] == "日本 é"


def test_35_control_bytes_are_gone(reader: Reader) -> None:
    (item,) = reader.read(rss(entry("1", "a\x00b\x08c\x1b[31md", text="x\x0by &#7; &#155;31m")))
    assert item["title"].isprintable()
    assert not [char for char in item["text"] if ord(char) < 32 or 127 <= ord(char) < 160]


def test_36_an_entity_bomb_is_over_at_once(reader: Reader) -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{lines}]>'
    started = time.monotonic()
    items = reader.read(bomb + rss(entry("1", "t", text="&l9;"), "b"))
    assert time.monotonic() - started < 60  # expanded, it would take hours
    assert sum(len(item["text"]) for item in items) < 100_000


def test_37_xml_base_of_feed_and_entry(reader: Reader) -> None:
    (item,) = reader.read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/blog/"><title>B</title>'
        '<entry xml:base="2026/"><id>1</id><title>t</title><link href="post"/>'
        '<content type="html">&lt;a href="next"&gt;n&lt;/a&gt; &lt;img src="/p.png"&gt;</content></entry></feed>'
    )
    assert item["url"] == "https://example.org/blog/2026/post"
    html = reader.store.read().execute("SELECT html FROM item").fetchone()[0]
    assert 'href="https://example.org/blog/2026/next"' in html
    assert 'src="https://example.org/p.png"' in html


def test_38_an_xhtml_title(reader: Reader) -> None:
    (item,) = reader.read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml">Less <em>is</em> &lt;more&gt;</div></title></entry></feed>'
    )
    assert item["title"] == "Less is <more>"


def test_39_rdf_has_its_items_beside_the_channel(reader: Reader) -> None:
    items = reader.read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://e.org/"><title>R</title></channel>'
        '<item rdf:about="https://e.org/1"><title>one</title><link>https://e.org/1</link>'
        "<dc:date>2026-11-20T10:00:00+01:00</dc:date><dc:creator>Ann</dc:creator></item></rdf:RDF>"
    )
    assert [(item["title"], item["author"], item["published_at"]) for item in items] == [
        ("one", "Ann", "2026-11-20T09:00:00Z")
    ]


def test_40_json_feed_with_numbers_for_ids(reader: Reader) -> None:
    posts = [{"id": number, "content_text": f"text {number}"} for number in (1, 2, 2.5)]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1", "title": "J", "items": posts})
    assert len(reader.read(feed, content_type="application/feed+json")) == 3
    assert reader.pull(hours=1).new == 0


def test_41_an_empty_channel_is_not_dead(reader: Reader) -> None:
    assert reader.read(rss()) == []
    assert (reader.source()["state"], reader.source()["failures"], reader.source()["error"]) == ("active", 0, None)
    reader.give(rss("a"))
    assert reader.pull(all=False, hours=1).new == 1


def test_42_without_a_date_it_counts_from_when_it_came(reader: Reader) -> None:
    (item,) = reader.read(rss("a"))
    assert (item["published_at"], item["received_at"]) == (None, "2026-11-23T09:00:00Z")


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("Tue, 01 May 2040 10:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Wed, 01 Jan 2031 10:00:00 GMT", "2026-11-23T09:00:00Z"),
        ("Di, 03. März 2026 10:00:00 +0100", None),
        ("2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00Z"),
        ("yesterday", None),
    ],
)
def test_43_dates_that_cannot_be(reader: Reader, date: str, published: str | None) -> None:
    (item,) = reader.read(rss(entry("1", "a", date=date)))
    assert item["published_at"] == published


def test_43_a_date_that_can_be_read_two_ways_loses_no_item(reader: Reader) -> None:
    (item,) = reader.read(rss(entry("1", "a", date="03/06/2025")))
    assert item["published_at"] in (None, "2025-03-06T00:00:00Z", "2025-06-03T00:00:00Z")


@pytest.mark.parametrize(("zone", "hour"), [("EST", "15"), ("PDT", "17"), ("-0500", "15"), ("GMT", "10")])
def test_44_zones_by_name(reader: Reader, zone: str, hour: str) -> None:
    (item,) = reader.read(rss(entry("1", "a", date=f"Fri, 20 Nov 2026 10:00:00 {zone}")))
    assert item["published_at"] == f"2026-11-20T{hour}:00:00Z"


def test_45_without_a_title_it_is_called_by_its_first_sentence_or_its_address(reader: Reader) -> None:
    reader.read(rss(entry("1", text="Walk first. Then pave.", link="https://e.org/1"), entry("2", link="https://e.org/2")))
    assert reader.titles == ["Walk first", "https://e.org/2"]


def test_46_a_guid_that_is_no_address_is_no_link(reader: Reader) -> None:
    reader.read(rss("<item><guid>post-17</guid><title>a</title></item>"
                    "<item><guid isPermaLink='true'>tag:e.org,2026:1</guid><title>b</title></item>"
                    "<item><guid>https://e.org/c</guid><title>c</title></item>"))  # fmt: skip
    assert {item["title"]: item["url"] for item in reader.items()} == {"a": "", "b": "", "c": "https://e.org/c"}


def test_47_two_enclosures_without_a_length() -> None:
    files = '<enclosure url="https://e.org/a.mp3" type="audio/mpeg"/><enclosure url="https://e.org/b.ogg" length=""/>'
    (item,) = parse_feed(rss(entry("1", "a", more=files)).encode(), url="https://e.org/f").entries
    assert [(file.url, file.type, file.size_bytes) for file in item.enclosures] == [
        ("https://e.org/a.mp3", "audio/mpeg", None), ("https://e.org/b.ogg", "", None),
    ]  # fmt: skip
    assert item.url == "https://e.org/a.mp3"


def test_48_authors_as_they_are_written(reader: Reader) -> None:
    dc = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
    several = "<dc:creator>Ann Lee</dc:creator><dc:creator>Bo Ek</dc:creator>"
    entries = [
        entry("1", "mail", more="<author>ann@e.org (Ann Lee)</author>"), entry("2", "several", more=several),
        entry("3", "bare", more="<author>ann@e.org</author>"),
    ]  # fmt: skip
    reader.read(rss(*entries, ns=dc))
    assert {item["title"]: item["author"] for item in reader.items()} == {
        "mail": "Ann Lee", "several": "Ann Lee, Bo Ek", "bare": "ann@e.org",
    }  # fmt: skip
