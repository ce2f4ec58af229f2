"""Feeds of every kind into entries: the public collection, then one case for each oddity of the field."""

import csv
import io
import json
import pickle
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm.errors import BadInput
from pkm.seek import parse
from pkm.seek.identity import choose_scheme, distinct
from pkm.seek.parse import ParsedEntry, ParsedFeed, parse_feed
from tests.effort import tries

URL = "https://example.org/feed.xml"


def rss(item: str, channel: str = "<title>T</title><link>https://example.org/</link>", **options: str) -> ParsedFeed:
    body = f'<rss version="2.0" {options.pop("ns", "")}><channel>{channel}<item>{item}</item></channel></rss>'
    return parse_feed(body.encode(), url=URL, **options)


def one(item: str, **options: str) -> ParsedEntry:
    (entry,) = rss(item, **options).entries
    return entry


def atom(entry: str, feed: str = "") -> ParsedFeed:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}<entry>{entry}</entry></feed>'
    return parse_feed(body.encode(), url=URL)


def json_feed(*items: object, **top: object) -> ParsedFeed:
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": list(items), **top}
    return parse_feed(json.dumps(whole).encode(), url=URL, content_type="application/feed+json")


def rows(shared: Path) -> Iterator[tuple[dict[str, str], bytes]]:
    with open(shared / "feeds" / "INDEX.tsv", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t"):
            yield row, (shared / "feeds" / row["file"]).read_bytes()


def test_every_public_feed_gives_its_number_of_distinct_entries(shared: Path) -> None:
    wrong, seen = [], 0
    for row, body in rows(shared):
        seen += 1
        try:
            feed = parse_feed(body, url=f"http://127.0.0.1/{row['file']}", content_type=row["content_type"])
            count = len(distinct(feed.entries, choose_scheme(feed.entries)))
        except BadInput:
            count = 0
        if count != int(row["distinct"]):
            wrong.append(f"{row['file']}: {count} for {row['distinct']}")
    assert wrong == []
    assert seen > 100


def test_real_feeds_have_what_a_reader_needs(shared: Path) -> None:
    bare = []
    for row, body in rows(shared):
        if not row["file"].startswith("real-"):
            continue
        feed = parse_feed(body, url=f"http://127.0.0.1/{row['file']}", content_type=row["content_type"])
        assert feed.title, row["file"]
        assert feed.kind in ("rss", "atom", "rdf")
        for entry in feed.entries:
            if not (entry.title and entry.url.startswith("http")):
                bare.append(row["file"])
            assert "\x1b" not in entry.html + entry.title
            assert "<script" not in entry.html
            assert len(entry.hash) == 32
        assert pickle.loads(pickle.dumps(feed)) == feed
    assert bare == ["real-no-encoding-latin1.xml"]  # one of its items holds a date and nothing else


@pytest.mark.parametrize(
    ("name", "kind"),
    [("odd-rss090.xml", "rdf"), ("odd-rss092.xml", "rss"), ("odd-cdf.xml", "cdf"), ("odd-atom03.xml", "atom"),
     ("real-biorxiv-rdf.xml", "rdf"), ("json-1.1.json", "json"), ("odd-atom-single-entry.xml", "atom")],
)  # fmt: skip
def test_kinds(shared: Path, name: str, kind: str) -> None:
    assert parse_feed((shared / "feeds" / name).read_bytes(), url=URL).kind == kind


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("odd-atom10-title-markup.xml", ["Example Atom"]),
        ("odd-atom10-title-brackets.xml", ["History of the <blink> tag"]),
        ("odd-koi8r.xml", None),
        ("odd-rss092.xml", None),
    ],
)
def test_titles(shared: Path, name: str, titles: list[str] | None) -> None:
    found = [entry.title for entry in parse_feed((shared / "feeds" / name).read_bytes(), url=URL).entries]
    assert found == titles if titles else all(found)
    assert parse_feed((shared / "feeds" / "odd-title-lt.xml").read_bytes(), url=URL).title == "1 < 2"


def test_bases(shared: Path) -> None:
    (entry,) = parse_feed((shared / "feeds" / "odd-atom-xml-base.xml").read_bytes(), url=URL).entries
    assert 'src="https://numi.st/post/2022/travel-uke/IMG_1232.jpeg"' in entry.html
    (entry,) = parse_feed(
        (shared / "feeds" / "odd-relative-html-no-base.xml").read_bytes(), url="http://h.org/f"
    ).entries
    assert entry.url == "https://example.com/feed/posts/post-1"
    assert 'href="https://example.com/feed/posts/post-1#comments"' in entry.html
    (entry,) = parse_feed((shared / "feeds" / "odd-unsafe-base.xml").read_bytes(), url=URL).entries
    assert "javascript" not in entry.html + entry.title + entry.url


def test_what_is_no_feed() -> None:
    for body, words in [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<!DOCTYPE html><html><body>Just a moment...</body></html>", "web page"),
        (b"<?xml version='1.0'?>\n<!-- x --><html xmlns='http://www.w3.org/1999/xhtml'/>", "web page"),
        (b"plain words", "neither XML nor JSON"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(60)), "neither"),
        (b"<a><b/></a>", "no feed was found"),
        (b"{", "no JSON"),
        (b'{"a": 1}', "no JSON Feed"),
        (b"[1]", "neither"),
        (b'{"items": ' + b"[" * 100_000, "no JSON"),
        (b'{"items": [' + b"9" * 5000 + b"]}", "no JSON"),
    ]:
        with pytest.raises(BadInput) as caught:
            parse_feed(body, url=URL)
        assert words in caught.value.why, body[:40]
        assert caught.value.what == URL


@pytest.mark.parametrize("body", [b"/etc/passwd", b"https://example.org/other.xml", b"file:///etc/passwd"])
def test_body_that_is_a_path_or_an_address_is_not_followed(body: bytes) -> None:
    with pytest.raises(BadInput, match="neither"):
        parse_feed(body, url=URL)


def test_body_that_names_an_existing_feed_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "<rss>"
    (tmp_path / name).write_text('<rss version="2.0"><channel><item><title>secret</title></item></channel></rss>')
    assert parse_feed(name.encode(), url=URL).entries == ()


@pytest.mark.parametrize(
    ("date", "stamp"),
    [
        ("Mon, 03 Mar 2025 10:00:00 GMT", "2025-03-03T10:00:00Z"),
        ("Mon, 03 Mar 2025 10:00:00 EST", "2025-03-03T15:00:00Z"),
        ("2025-03-03T10:00:00+02:00", "2025-03-03T08:00:00Z"),
        ("Mon, 03 Mar 2027 10:00:00 +0000", "2027-03-03T10:00:00Z"),
        ("Mon, 03 Mar 2040 10:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("03/06/2025", None),
        ("Mo, 03 Mär 2025 10:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(date: str, stamp: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")
    assert one(f"<title>a</title><pubDate>{date}</pubDate>").published == stamp
    (entry,) = json_feed({"id": "1", "date_published": date}).entries
    assert entry.published == stamp


def test_published_falls_back_to_updated_and_hash_ignores_dates() -> None:
    first, second = (
        atom(f"<id>1</id><title>t</title><updated>{day}</updated><content>x</content>").entries[0]
        for day in ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    )
    assert first.published == first.updated == "2026-01-01T00:00:00Z"
    assert first.hash == second.hash
    changed = atom("<id>1</id><title>t</title><content>y</content>").entries[0]
    assert changed.hash != first.hash


def test_entry_without_anything_but_text_gets_its_first_sentence_as_title() -> None:
    assert one("<description>First words. More words.</description>").title == "First words"
    assert one("<title>  A\n title </title>").title == "A title"


def test_guid_that_is_no_address_is_no_link_and_does_not_depend_on_the_host() -> None:
    for guid in ("x", "123", "tag:e.org,2024:1"):
        entry = one(f"<title>a</title><guid>{guid}</guid>")
        assert (entry.guid, entry.url) == (guid, "")
    assert one("<guid>https://e.org/1</guid>").url == "https://e.org/1"
    assert one("<guid isPermaLink='false'>https://e.org/1</guid>").url == ""


def test_links_are_web_addresses_or_nothing() -> None:
    assert one("<link>javascript:alert(1)</link>").url == ""
    assert one("<link>/post 1</link>").url == "https://example.org/post%201"
    entry = atom('<link rel="self" href="/s"/><link rel="alternate" type="application/json" href="/j"/>'
                 '<link rel="alternate" type="text/html" href="/h"/>').entries[0]  # fmt: skip
    assert entry.url == "https://example.org/h"


def test_enclosures_are_all_kept_and_stand_in_for_a_link() -> None:
    ns = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    entry = one(
        '<enclosure url="/a.mp3" type="audio/mpeg" length="12"/><enclosure url="https://e.org/b.ogg"/>'
        '<enclosure type="x"/><enclosure url="javascript:x"/><itunes:duration>1:02:03</itunes:duration>'
        '<podcast:transcript url="https://e.org/t.vtt" type="text/vtt"/>',
        ns=ns,
    )
    assert [(each.url, each.size_bytes, each.duration_s, each.rel) for each in entry.enclosures] == [
        ("https://example.org/a.mp3", 12, 3723, "enclosure"),
        ("https://e.org/b.ogg", None, 3723, "enclosure"),
        ("https://e.org/t.vtt", None, None, "transcript"),
    ]
    assert entry.url == "https://example.org/a.mp3"


def test_authors() -> None:
    assert one("<author>ann@example.org (Ann Lee)</author>").authors == ("Ann Lee",)
    several = atom("<author><name>Ann</name></author><author><name>Bo</name></author>").entries[0]
    assert (several.authors, several.author) == (("Ann", "Bo"), "Ann, Bo")
    assert atom("<id>1</id>", "<author><name>Cy</name></author>").entries[0].author == "Cy"
    assert one("<title>a</title>", channel="<managingEditor>ed@e.org</managingEditor>").author == ""


def test_broken_xml_keeps_what_came_before_the_break() -> None:
    whole = "<item><title>one</title></item><item><title>two</title></item>"
    feed = parse_feed(f'<rss version="2.0"><channel>{whole}<item><title>thr'.encode(), url=URL)
    assert [entry.title for entry in feed.entries][:2] == ["one", "two"]
    assert feed.warning
    assert feed.warning.startswith("broken")
    nbsp = rss("<title>a&nbsp;b</title><description>x &copy; y</description>")
    assert nbsp.entries[0].text == "x © y"
    assert rss("<title>a\x08b\x1b[31m</title>").entries[0].title == "ab"


@pytest.mark.parametrize("odd", ["&#xD800;", "&#x110000;", "&#99999999;", "<media:thumbnail/>"])
def test_what_the_parser_gives_up_on_is_mended(odd: str) -> None:
    feed = parse_feed(f"<rss><channel><item><title>a{odd}</title></item></channel>&nbsp;".encode(), url=URL)
    assert feed.entries[0].title.startswith("a")


def test_elements_named_like_the_parsers_own_fields() -> None:
    names = "links title_detail content authors author_detail tags media_content podcast_transcript summary_detail"
    entry = one("<title>a</title>" + "".join(f"<{name}>x</{name}>" for name in names.split()))
    assert entry.title == "a"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    name = {"utf-8-sig": "utf-8", "utf-32": "utf-32"}.get(encoding, encoding)
    body = f'<?xml version="1.0" encoding="{name}"?><rss><channel><item><title>café</title></item></channel></rss>'
    assert parse_feed(body.encode(encoding), url=URL).entries[0].title == "café"
    as_json = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "title": "café"}]}'
    if encoding.startswith("utf"):
        assert parse_feed(as_json.encode(encoding), url=URL, content_type="application/json").entries[0].title == "café"


def test_charset_of_the_header_wins_and_white_space_may_lead() -> None:
    body = '<rss version="2.0"><channel><item><title>тест</title></item></channel></rss>'.encode("koi8-r")
    assert parse_feed(body, url=URL, content_type="application/xml; charset=koi8-r").entries[0].title == "тест"
    assert parse_feed(b" \n\n" + b'<?xml version="1.0"?><rss><channel><item/></channel></rss>', url=URL).entries


def test_entity_bomb_is_harmless() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE rss [<!ENTITY a0 "ha">{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body += "<rss><channel><item><title>&a11;</title><description>&f;</description></item></channel></rss>"
    started = time.perf_counter()
    feed = parse_feed(body.encode(), url=URL)
    assert time.perf_counter() - started < 60  # expanded, it would take hours
    assert len(feed.entries[0].title) < 100
    assert "root:" not in feed.entries[0].text


def test_html_is_cleaned_and_plain_text_stays_text() -> None:
    entry = one("<description><![CDATA[<p onclick='x'>a<script>b</script><img src='/i.png'>]]></description>")
    assert entry.html == '<p>a<img src="https://example.org/i.png"></p>'
    assert one("<description>a &amp;lt; b, 1 &lt; 2</description>").text == "a < b, 1 < 2"
    assert atom("<title>x</title><content type='text'>a &lt;b&gt; c</content>").entries[0].text == "a <b> c"
    assert one("<description>one&lt;br&gt;two</description>").text == "one\ntwo"


def test_summary_beside_content() -> None:
    ns = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    content = "<content:encoded>Long &lt;b&gt;text&lt;/b&gt;</content:encoded>"
    entry = one(f"<description>Short.</description>{content}", ns=ns)
    assert (entry.summary, entry.text) == ("Short.", "Long text")
    assert one("<description>" + "word " * 500 + "</description>").summary.endswith("…")


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [("<ttl>60</ttl>", 3600), ("<ttl>soon</ttl>", None), ("", None),
     ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
     ("<ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800)],
)  # fmt: skip
def test_ttl(channel: str, seconds: int | None) -> None:
    feed = rss("<title>a</title>", channel=channel, ns='xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"')
    assert feed.ttl_s == seconds


def test_json_feed_is_read_with_patience() -> None:
    sound = {"url": "/f.mp3", "duration_in_seconds": 61.0}
    feed = json_feed(
        {"id": 7, "url": "/a", "content_text": "a <b>\n\nc", "author": {"name": "Ann"}, "tags": ["x", "x", 3]},
        {"id": 3.5, "title": 5, "content_html": "<p>h</p>", "attachments": [sound]},
        "not an item",
        {"id": True, "external_url": "https://e.org/x", "summary": "s"},
        authors=[{"name": "Bo"}],
    )
    first, second, third = feed.entries
    assert (first.guid, first.url, first.text, first.author) == ("7", "https://example.org/a", "a <b>\n\nc", "Ann")
    assert first.tags == ("x",)
    assert (second.guid, second.title, second.author, second.enclosures[0].duration_s) == ("3.5", "h", "Bo", 61)
    assert (third.guid, third.url, third.text) == ("", "https://e.org/x", "s")
    assert (feed.kind, feed.title, feed.author, feed.warning) == ("json", "J", "Bo", None)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse.MAX_ENTRIES == 20_000  # so many come in: tests/edge/cases/test_edge_stories.py
    monkeypatch.setattr(parse, "MAX_ENTRIES", 100)
    items = "<item><title>t</title></item>" * 150
    feed = parse_feed(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), url=URL)
    assert len(feed.entries) == 100
    big = one(f"<title>{'t' * 5000}</title><description><![CDATA[{'<b>x</b> ' * 200_000}]]></description>")
    assert len(big.title) == 1000
    assert len(big.html) <= 1_000_010


@settings(max_examples=tries(20), deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_feed_or_our_error(body: bytes) -> None:
    for start in (b"", b"<rss><channel><item>", b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>', b"{"):
        try:
            feed = parse_feed(start + body, url=URL)
        except BadInput:
            continue
        assert isinstance(feed, ParsedFeed)


@settings(max_examples=tries(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_feeds_give_a_feed_or_our_error(data: st.DataObject, shared: Path) -> None:
    names = ["odd-full-rss.xml", "odd-full-atom.xml", "json-full.json", "odd-media-group.xml", "odd-rss090.xml"]
    whole = bytearray((shared / "feeds" / data.draw(st.sampled_from(names))).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        entries = parse_feed(bytes(whole), url=URL).entries
    except BadInput:
        return
    assert all(isinstance(entry, ParsedEntry) for entry in entries)


def test_a_whole_archive_is_read() -> None:
    out = io.StringIO()
    for number in range(700):
        words = "&lt;p&gt;word&lt;/p&gt;" * 50
        out.write(f"<item><title>Post {number}</title><guid>{number}</guid><description>{words}</description></item>")
    feed = parse_feed(f'<rss version="2.0"><channel>{out.getvalue()}</channel></rss>'.encode(), url=URL)
    assert len(distinct(feed.entries, choose_scheme(feed.entries))) == 700
