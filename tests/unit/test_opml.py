"""Lists of feeds are read with their folders as tags, written again, and never fetch or expand anything."""

import csv
import time
from pathlib import Path

import pytest

from pkm.errors import BadInput
from pkm.opml_writing import OpmlFeed, write_opml
from pkm.seek.opml import looks_like, read_opml, read_urls


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head>{head}</head><body>{body}</body></opml>'.encode()


def urls(data: bytes) -> list[str]:
    return [feed.url for feed in read_opml(data).outlines]


def rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "opml" / "INDEX.tsv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_shared_list_gives_the_feeds_of_the_index(shared: Path) -> None:
    got, want = {}, {}
    for row in rows(shared):
        found = read_opml((shared / "opml" / row["file"]).read_bytes())
        web = sum(feed.url.startswith("http") for feed in found.outlines)
        unusable = {what for what, why in found.failures if why.startswith("it is not a web address")}
        salvaged = row["file"].startswith("bad-")
        got[row["file"]] = (web, len(found.outlines) + len(unusable), found.salvaged)
        wanted = ("salvage", "salvage") if salvaged else ("distinct_http", "distinct")
        want[row["file"]] = (int(row[wanted[0]]), int(row[wanted[1]]), salvaged)
    assert len(got) == 13
    assert got == want


def test_every_shared_list_survives_writing_and_reading(shared: Path) -> None:
    for row in rows(shared):
        found = read_opml((shared / "opml" / row["file"]).read_bytes())
        written = write_opml(found.title, found.outlines)
        again = read_opml(written)
        assert (again.title, again.outlines) == (found.title, found.outlines), row["file"]
        assert not again.salvaged
        assert write_opml(again.title, again.outlines) == written


def test_nested_folders_are_tag_paths_and_a_feed_in_two_folders_has_both(shared: Path) -> None:
    found = read_opml((shared / "opml" / "odd-deep-nesting.opml").read_bytes())
    assert found.title == "Deep & odd"
    feeds = {feed.url: feed for feed in found.outlines}
    assert feeds["https://ferns.example.org/feed.xml"].tags == ("Science/Biology/Plants & trees/Ferns", "Science")
    assert feeds["https://tagged.example.org/rss"].tags == ("Art/Photography", "photography", "travel")
    assert feeds["https://cells.example.org/atom"].title == "Cells"
    assert feeds["https://cells.example.org/atom"].attributes == {"title": "Cells weekly"}
    assert "https://upper.example.org/Feed" in feeds
    assert "https://space.example.org/feed" in feeds
    reasons = dict(found.failures)
    assert reasons["javascript:alert(1)"] == "it is not a web address (javascript:)"
    assert reasons["Empty address"] == "it has no address"
    assert "another list" in reasons["https://lists.example.org/other.opml"]


def test_files_of_this_machine_can_be_refused() -> None:
    data = opml('<outline text="Local" xmlUrl="file:///etc/hosts"/>')
    assert urls(data) == ["file:///etc/hosts"]
    refused = read_opml(data, files=False)
    assert refused.outlines == ()
    assert refused.failures[0][0] == "file:///etc/hosts"


def test_feed_inside_a_feed_lies_in_the_folder_of_both() -> None:
    inner = '<outline text="b" xmlUrl="http://b/"/>'
    data = opml(f'<outline text="F"><outline text="a" xmlUrl="http://a/">{inner}</outline></outline>')
    assert [(feed.url, feed.tags) for feed in read_opml(data).outlines] == [
        ("http://a/", ("F",)),
        ("http://b/", ("F",)),
    ]


@pytest.mark.parametrize(
    ("given", "want"),
    [
        ("  HTTPS://Example.ORG/Path?Q=A  ", "https://example.org/Path?Q=A"),
        ("feed://example.org/rss", "http://example.org/rss"),
        ("feed:https://example.org/rss", "https://example.org/rss"),
        ("http://User@Example.org/", "http://User@example.org/"),
        ("http://example.org/a b", "http://example.org/a%20b"),
    ],
)
def test_addresses_are_brought_into_one_form(given: str, want: str) -> None:
    assert urls(opml(f'<outline xmlUrl="{given}"/>')) == [want]


@pytest.mark.parametrize(
    "given", ["mailto:a@b.c", "http://", "https:///x", "/feed.xml", "C:\\feed.xml", "javascript:1"]
)
def test_what_is_no_web_address_is_a_failure(given: str) -> None:
    found = read_opml(opml(f'<outline text="x" xmlUrl="{given}"/>'))
    assert found.outlines == ()
    assert found.failures[0][0] == given
    assert "not a web address" in found.failures[0][1]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1"]
)
def test_encodings(encoding: str) -> None:
    declared = encoding if encoding in ("windows-1252", "iso-8859-1") else "utf8"
    body = '<opml><body><outline text="Zoë" xmlUrl="http://z/"/></body></opml>'
    text = f'<?xml version="1.0" encoding="{declared}"?>{body}'
    assert read_opml(text.encode(encoding)).outlines[0].title == "Zoë"


def test_bare_ampersands_and_html_entities_are_mended() -> None:
    found = read_opml(opml('<outline text="A & B &nbsp;&eacute; &amp; &unknown;" xmlUrl="http://a/?x=1&y=2&copy=3"/>'))
    assert not found.salvaged
    assert found.outlines[0].title == "A & B é & &unknown;"
    assert found.outlines[0].url == "http://a/?x=1&y=2&copy=3"


def test_missing_type_and_other_letter_case() -> None:
    assert urls(b'<OPML><BODY><OUTLINE TEXT="x" XMLURL="http://x/"/></BODY></OPML>') == ["http://x/"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture (PNG)"),
        (bytes(range(256)), "binary data"),
        (b"<!DOCTYPE html><html><body>hi</body></html>", "a web page"),
        (b"<html><p>unclosed", "a web page"),
        (b'<rss version="2.0"><channel></channel></rss>', "an RSS feed"),
        (b"just words", "plain text"),
        (b'{"a": 1}', "JSON"),
    ],
)
def test_what_is_no_list_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_opml(data, name="x.opml")
    assert caught.value.what == "x.opml"
    assert kind in caught.value.why


def test_entities_are_refused_and_never_expanded() -> None:
    bomb = '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">'
    outside = '<!ENTITY b SYSTEM "file:///etc/passwd">'
    for entities in (bomb, outside):
        text = f'<!DOCTYPE opml [{entities}]><opml><body><outline text="&b;" xmlUrl="http://a/"/>&b;</body></opml>'
        with pytest.raises(BadInput, match="entities"):
            read_opml(text.encode())


def test_an_external_document_type_is_never_fetched() -> None:
    body = '<opml><body><outline text="x" xmlUrl="http://a/"/></body></opml>'
    text = f'<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd">{body}'
    assert urls(text.encode()) == ["http://a/"]


def test_depth_is_limited_and_no_feed_is_lost() -> None:
    deep = '<outline text="d">' * 3000 + '<outline text="x" xmlUrl="http://a/"/>' + "</outline>" * 3000
    (feed,) = read_opml(opml(deep)).outlines
    assert feed.tags == ("/".join(["d"] * 50),)


def test_control_characters_and_terminal_sequences_do_not_enter() -> None:
    data = opml('<outline text="\x1b[31mred\x00 \u202eabc" xmlUrl="http://a/\x07"/>')
    (feed,) = read_opml(data).outlines
    assert "\x1b" not in feed.title
    assert "\u202e" not in feed.title
    assert feed.url == "http://a/"


def test_ten_thousand_feeds_go_out_and_come_in() -> None:
    feeds = [OpmlFeed(f"https://h{n}.example.org/feed", f"Feed {n}", tags=(f"F{n % 40}",)) for n in range(10_000)]
    assert list(read_opml(write_opml("All", feeds)).outlines) == feeds


def test_order_survives_folders() -> None:
    feeds = (
        OpmlFeed("http://1/", tags=("A",)),
        OpmlFeed("http://2/"),
        OpmlFeed("http://3/", tags=("A", "x, y", "100%2C")),
    )
    written = write_opml("t", feeds)
    assert written.count(b'text="A"') == 1
    assert read_opml(written).outlines == feeds
    assert b"pkm:order" not in write_opml("t", feeds[:2])


def test_unknown_attributes_are_given_back() -> None:
    text = (
        '<opml xmlns:nb="http://nb.example.org/ns"><body><outline type="atom" text="x" '
        'xmlUrl="http://x/" isComment="true" nb:rule="a &lt; b" other:y="1"/></body></opml>'
    )
    found = read_opml(text.encode())
    assert found.outlines[0].attributes["nb:rule"] == "a < b"
    written = write_opml("t", found.outlines)
    assert b'xmlns:nb="http://nb.example.org/ns"' in written
    assert b'type="atom"' in written
    assert read_opml(written).outlines == found.outlines


def test_no_credentials_are_written() -> None:
    written = write_opml(
        "t", [OpmlFeed("https://me:secret@example.org/feed", site_url="https://me:secret@example.org/")]
    )
    assert b"secret" not in written
    assert b"https://example.org/feed" in written


def test_newsboats_urls_file() -> None:
    text = """# comment
https://example.org/feed.xml "tech news" blog "~My \\"own\\" title" "!"
"query:Unread:unread = \\"yes\\""
exec:~/bin/feed.sh
filter:~/bin/f.sh:https://example.org/other

http://example.com/rss
https://example.org/feed.xml more
"""
    found = read_urls(text.encode())
    first, second = found.outlines
    assert first == OpmlFeed(
        "https://example.org/feed.xml",
        'My "own" title',
        tags=("tech news", "blog", "more"),
        attributes={"hidden": "true"},
    )
    assert second.url == "http://example.com/rss"
    assert [why for _, why in found.failures] == [
        "it is a query over other feeds, not a feed",
        "it runs a command, which pkm does not do for a list",
        "it runs a command, which pkm does not do for a list",
    ]


def test_recognition(shared: Path) -> None:
    for row in rows(shared):
        kind = looks_like((shared / "opml" / row["file"]).read_bytes())
        assert kind == ("opml"), row["file"]
    assert looks_like(b"https://example.org/feed tag\n# c\n") == "urls"
    assert looks_like('https://example.org/feed "~T"\n'.encode("utf-16")) == "urls"
    for other in (
        b"",
        b"# only a comment",
        b"# Title\n\nsome words",
        b"<html></html>",
        b"%PDF-1.7",
        b"\x00\x01\x02\x03",
    ):
        assert looks_like(other) is None


def test_a_large_broken_list_is_salvaged_in_time() -> None:
    written = write_opml("t", [OpmlFeed(f"https://h{n}.example.org/", f"F{n}") for n in range(20_000)])
    start = time.perf_counter()
    found = read_opml(written.replace(b"<body>", b"<body><"))
    assert time.perf_counter() - start < 60
    assert found.salvaged
    assert (found.outlines[-1].url, found.outlines[-1].title, len(found.outlines)) == (
        "https://h19999.example.org/", "F19999", 20_000,
    )  # fmt: skip
    assert found.outlines[0].line == 7
