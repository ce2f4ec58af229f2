"""What was read of a feed before is cut out of it; what is left is read as if the whole had been."""

import csv
from pathlib import Path

import pytest

from pkm.seek.entry_bytes import SIZE, cut_known
from pkm.seek.reading import Body, read_body

URL = "https://a.example/feed"


def feed(*entries: str) -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(entries)}</channel></rss>".encode()


def entry(number: int, text: str = "") -> str:
    return f"<item><guid>g{number}</guid><title>Entry {number}</title><description>{text}</description></item>"


def titles(data: bytes, known: bytes = b"") -> list[str]:
    read = read_body(Body(URL, "", data, "guid", known))
    assert read.failure is None
    return [one.title for _, one in read.entries]


def hashes(data: bytes) -> bytes:
    return read_body(Body(URL, "", data, "guid")).hashes or b""


def test_only_what_is_new_or_changed_is_read() -> None:
    known = hashes(feed(entry(1), entry(2), entry(3)))
    assert len(known) == 3 * SIZE
    later = feed(entry(4), entry(3), entry(2, "changed"), entry(1))
    assert titles(later, known) == ["Entry 4", "Entry 2"]
    assert read_body(Body(URL, "", later, "guid", known)).hashes == hashes(later)
    assert titles(feed(entry(3), entry(1)), known) == []


def test_a_source_without_a_rung_is_read_whole() -> None:
    known = hashes(feed(entry(1), entry(2)))
    assert len(read_body(Body(URL, "", feed(entry(1), entry(2)), None, known)).entries) == 2


@pytest.mark.parametrize(
    "data",
    [
        feed(entry(1), entry(1, "a double")),
        feed("<item><item></item></item>"),
        b"<rss version='2.0'><channel><title>T</title><item><title>One</title>",
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "content_html": "<item></item>"}]}',
    ],
    ids=["doubles", "nested", "broken-off", "json"],
)
def test_where_it_is_not_plain_what_its_entries_are_nothing_is_remembered(data: bytes) -> None:
    assert hashes(data) == b""


def test_what_stands_in_cdata_and_comments_begins_and_ends_nothing() -> None:
    text = "<description><![CDATA[</item><item>]]></description>"
    data = feed("<!-- <item> -->", f"<item><guid>1</guid><title>One</title>{text}</item>")
    cut = cut_known(data, b"")
    assert cut is not None
    assert cut.left == 1
    assert titles(data, cut.hashes) == []


def test_a_document_that_is_broken_is_read_whole() -> None:
    known = hashes(feed(entry(1)))
    broken = feed(entry(1), "<item><guid>2</guid><title>a & b</title></item>")
    assert titles(broken, known) == ["Entry 1", "a & b"]
    assert read_body(Body(URL, "", broken, "guid", known)).hashes == b""


def test_of_every_real_feed_the_rest_is_read_as_in_the_whole(shared: Path) -> None:
    plain = 0
    with open(shared / "feeds" / "INDEX.tsv", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t"):
            data, kind = (shared / "feeds" / row["file"]).read_bytes(), row["content_type"]
            whole = read_body(Body(URL, kind, data, None))
            if not whole.hashes or len(whole.entries) < 2:
                continue
            plain += 1
            known = b"".join(whole.hashes[at : at + SIZE] for at in range(0, len(whole.hashes), 2 * SIZE))
            rest = read_body(Body(URL, kind, data, whole.scheme, known))
            assert rest.entries == whole.entries[1::2], row["file"]
            assert rest.hashes == whole.hashes, row["file"]
    assert plain > 20
