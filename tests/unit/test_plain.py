"""The fast way for plain feeds gives what feedparser gives: over the public collection, and over what tells them apart."""

import csv
from pathlib import Path

import pytest

from pkm.errors import BadInput
from pkm.seek import parse
from pkm.seek.parse import ParsedFeed
from pkm.seek.plain import read_plain

XML = "application/xml"
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
ITEMS = [
    "<guid>a b</guid><link>http:///e.org/x?a=1&amp;amp;b;=2</link>", "<guid isPermaLink='false'>1</guid>",
    "<guid>https://e.org/1</guid><title> caf\u00c3\u00a9 </title>", "<title>a &amp;amp; b</title>", "<title>Q&amp;A; so</title>",
    "<title>it&amp;#8217;s</title><description>x</description>", "<title/><description/>",
    "<link href='x'/><link/>", "<link/><guid/>",
    "<author>ann@e.org (Ann)</author><dc:creator>Bob &lt;bob@e.org&gt;</dc:creator>", "<author/>",
    "<category>a</category><category domain='d'>b</category><category/><category>a</category>",
    "<pubDate>Thu, 19 Nov 2026 23:00:00 -0330</pubDate>", "<pubDate>19 Nov 26 23:00 EST</pubDate>",
    "<pubDate>2026-11-19T23:00:00.5+05:30</pubDate>", "<pubDate>Thu, 31 Feb 2026 23:00:00 GMT</pubDate>",
    "<pubDate>Thu, 19 Nov 2026 23:59:60 GMT</pubDate><dc:date>2026-11-19</dc:date>", "<pubDate>soon</pubDate>",
    "<description>d</description><content:encoded><![CDATA[<p>long text</p>]]></content:encoded>",
    "<content:encoded>&lt;b>c&lt;/b></content:encoded><description>&lt;i>d</description>",
    "<enclosure url='/a.mp3' length='9' type='AUDIO/mpeg'/><enclosure url='' type='x'/>",
    "<source url='https://s.org/f'>S</source><title>T</title><comments>c</comments><x>1</x>",
    "<description>\x85 \u0092 smart</description>", "<description>&#x85;</description>",
    "<m:content xmlns:m='urn:m' url='x'/><n:a xmlns:n='urn:n' k='v'>t<n:b/></n:a><post-id xmlns='urn:p'>9</post-id>",
    "<media:content xmlns:media='http://search.yahoo.com/mrss/' url='/v.mp4' medium='video' fileSize='9'/>",
    "<dc:rights>r</dc:rights>",
    "<media:thumbnail xmlns:media='http://search.yahoo.com/mrss/' url='/v.jpg'/><dc:creator>C</dc:creator>",
]  # fmt: skip
ATOMS = [
    "<id>urn:1</id><title type='html'>a &lt;b>b&lt;/b></title>", "<id>http://e.org/1</id><title>1 &lt; 2</title>",
    "<link href='a'/><link rel='SELF' href='b'/><link rel='enclosure' href='c' length='3'/>",
    "<author><name>A</name><email>a@e.org</email></author><author><name>B</name><uri>http://b.org</uri></author>",
    "<author>x</author>", "<contributor><name>C</name></contributor><published>2026-11-19T23:00:00Z</published>",
    "<summary>s</summary><content type='html'>&lt;p>c</content>", 
    "<content>plain\n\ntext</content><summary type='html'>s</summary>",
    "<category term='t' label='L'/><category term='t' label='L'/><category label='M'/>", "<rights>r</rights><source/>",
]  # fmt: skip
REFUSED = [
    "<title>a</title><title>b</title>", "<title>a <b>b</b></title>", "<description><p>x</p></description>",
    "<summary>s</summary>", "<title xml:base='http://b.org/'>t</title>",
    "<dc:title>t</dc:title>", "<xml:note>n</xml:note>", "<x><title>t</title></x>", "<item><title>t</title></item>",
    "<t:title xmlns:t='http://www.itunes.com/dtds/podcast-1.0.dtd'>t</t:title>", "<media:content xmlns:media='urn:x'/>",
]  # fmt: skip


def both(monkeypatch: pytest.MonkeyPatch, body: bytes, content_type: str) -> tuple[ParsedFeed | str, ParsedFeed | str]:
    def read() -> ParsedFeed | str:
        try:
            return parse.parse_feed(body, url="https://h.org/feed", content_type=content_type)
        except BadInput as error:
            return error.why

    fast = read()
    with monkeypatch.context() as patch:
        patch.setattr(parse, "read_plain", lambda body, content_type: None)
        return fast, read()


def test_every_public_feed_is_what_feedparser_makes_of_it(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = 0
    with open(shared / "feeds" / "INDEX.tsv", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t"):
            body = (shared / "feeds" / row["file"]).read_bytes()
            for content_type in {row["content_type"], "text/xml", "text/xml; charset=iso-8859-1", ""}:
                if read_plain(body, content_type) is None:
                    continue  # then feedparser reads it either way
                fast, slow = both(monkeypatch, body, content_type)
                assert fast == slow, (row["file"], content_type)
                plain += 1
    assert plain > 50


@pytest.mark.parametrize("content_type", [XML, "text/xml", "text/html; charset=UTF-8"])
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="utf-8"?>', '<?xml version="1.0" encoding="latin1"?>'])
def test_rss_and_atom(monkeypatch: pytest.MonkeyPatch, declared: str, content_type: str) -> None:
    plain = 0
    for item in ITEMS:
        for more in ("", "<title>T\u00e9</title><link>http://e.org/</link><ttl>9</ttl><image><url>u</url><title>x</title></image>"):
            body = f'{declared}<rss version="2.0" {DC}><channel>{more}<item>{item}</item></channel></rss>'.encode()
            fast, slow = both(monkeypatch, body, content_type)
            assert fast == slow, item
            plain += read_plain(body, content_type) is not None
    for entry in ATOMS:
        body = f'{declared}<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry>{entry}</entry></feed>'.encode()
        fast, slow = both(monkeypatch, body, content_type)
        assert fast == slow, entry
        plain += read_plain(body, content_type) is not None
    assert ("latin1" in declared) == (not plain)


def test_what_is_left_to_feedparser(monkeypatch: pytest.MonkeyPatch) -> None:
    for item in REFUSED:
        body = f'<rss version="2.0" {DC}><channel><item>{item}</item></channel></rss>'.encode()
        assert read_plain(body, XML) is None, item
        fast, slow = both(monkeypatch, body, XML)
        assert fast == slow, item
    for start in (
        '<rss version="0.91">', '<rss version="2.0" xmlns="http://purl.org/rss/1.0/">', "<!DOCTYPE rss><rss version='2.0'>",
    ):  # fmt: skip
        assert read_plain(f"{start}<channel><item/></channel></rss>".encode(), XML) is None
