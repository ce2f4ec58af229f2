"""Whatever bytes come as a letter or as a feed: items or one of our errors, and a second pull of the same changes nothing."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pkm.config import Home
from pkm.errors import PkmError
from pkm.mime import decode_words, unflow
from pkm.seek import gather
from pkm.seek.letter import is_bulk, read_letter
from pkm.seek.letter_html import read_letter_html
from pkm.seek.pull import PullReport, pull
from pkm.seek.reading import Body, Reader, read_body
from pkm.seek.sources import add_source
from pkm.store.session import Store
from pkm.text import clean
from tests import letters
from tests.effort import tries

FEEDS = [
    b"<rss version='2.0'><channel><title>F</title><item><guid>a</guid><title>a</title><link>https://a.example/1</link>"
    b"<pubDate>Tue, 01 Sep 2026 08:00:00 GMT</pubDate><description>&lt;p&gt;words</description></item>"
    b"<item><title>b</title><enclosure url='https://a.example/b.mp3' length='9' type='audio/mpeg'/></item></channel></rss>",
    b"<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://a.example/'>"
    b"<title type='html'>&lt;b>F</title><entry><id>tag:a</id><title>a</title><link href='1'/>"
    b"<updated>2026-09-01T08:00:00Z</updated><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>x</p></div>"
    b"</content></entry></feed>",
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [{"id": 7, "url": "https://a.example/1", '
    b'"content_html": "<p>x", "date_published": "2026-09-01T08:00:00Z", "authors": [{"name": "A"}]}, {"id": "b"}]}',
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel>"
    b"<title>F</title></channel><item rdf:about='https://a.example/1'><title>a</title></item></rdf:RDF>",
]
PIECES = [
    b"\x00", b"\xff\xfe", b"\r", b"\n\n", b"&#0;", b"&#x110000;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"]]>", b"<![CDATA[",
    b"=?utf-8?q?=00=FF?=", b"=?idna?b?/////w==?=", b"Content-Type: multipart/mixed; boundary=\"\"\n", b"--b1", b"--b1--",
    b"Content-Type: text/html; charset=idna\n", b"Content-Transfer-Encoding: base64\n", b"; charset*=x''%ff", b"\x1b[2J",
    b"Date: Fri, 99 Foo 99999 99:99:99 +9999\n", b"Message-ID: <>\n", b"List-Id: <>\n", b"From: <@>\n", b"From: =?\n",
    b"<table><div style='display:none'>", b"{\"a\":" * 50, b"\xed\xa0\x80", "‮".encode(), b"<p " * 200, b"file:///etc/passwd",
    b"9999999999999999999999", b"<![", b"<!x", b"<?", b"&", b"Content-Type: message/rfc822\n\n",
]  # fmt: skip
WHOLE = settings(max_examples=tries(10), deadline=None, suppress_health_check=list(HealthCheck))
PURE = settings(max_examples=tries(30), deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def spoiled(draw: st.DrawFn, wholes: list[bytes]) -> bytes:
    """Something whole that was cut, spliced and sown with what breaks parsers; or anything."""
    data = draw(st.sampled_from(wholes))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        upto = draw(st.integers(at, min(len(data), at + 60)))
        data = data[:at] + draw(st.sampled_from(PIECES) | st.binary(max_size=8)) + data[upto:]
    return data[draw(st.just(0) | st.integers(0, len(data))) :]


LETTERS = spoiled([*letters.ALL, letters.PERSONAL.encode()]) | st.binary(max_size=300)
BODIES = spoiled(FEEDS) | st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))


@PURE
@given(LETTERS)
@example(b"")
@example(b"From: a\xff\nContent-Type: text/plain; charset=\xff\n\n\xff")
def test_any_bytes_are_a_letter_or_bad_input(data: bytes) -> None:
    is_bulk(data)
    try:
        entry = read_letter(data).entry
    except PkmError:
        return
    assert entry.guid
    assert "<img" not in entry.html
    for words in (entry.title, entry.author, entry.text, entry.url, entry.guid):
        assert words == clean(words)
    assert read_letter(data).entry == entry


@PURE
@given(BODIES)
def test_any_bytes_are_a_feed_or_a_failure(data: bytes) -> None:
    fetched = read_body(Body("https://a.example/feed", "", data, None))
    assert fetched.failure or fetched.scheme or not fetched.entries
    for _, entry in fetched.entries:
        for words in (entry.title, entry.author, entry.text, entry.url, entry.guid):
            assert words == clean(words)


@PURE
@given(st.text() | st.sampled_from([piece.decode("latin-1") for piece in PIECES]))
def test_what_is_read_of_a_letter_never_fails(words: str) -> None:
    decode_words(words)
    unflow(words)
    read_letter_html(words)


@PURE
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_a_subject_comes_through_its_encoding(subject: str) -> None:
    from email.header import Header

    from pkm.text import one_line

    data = b"From: a@b.example\nMessage-ID: <1>\nSubject: " + Header(subject, "utf-8").encode().encode() + b"\n\nx"
    assert read_letter(data).entry.title == (one_line(subject) or "x")


@pytest.fixture(scope="module", autouse=True)
def _read_here() -> Iterator[None]:
    """No process is started for each pull to read in: what is given here is small, and would be read in this one anyway."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "start_readers", lambda *_: [Reader(), Reader()])
        yield


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    before = {name: os.environ.get(name) for name in ("PKM_HOME", "PKM_NOW", "TZ")}
    os.environ.update(PKM_HOME=str(tmp_path_factory.mktemp("home")), PKM_NOW="2026-11-23T09:00:00Z", TZ="UTC")
    opened = Store(Home.find())
    yield opened
    opened.close()
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("given")


_numbers = itertools.count()


def everything(store: Store) -> list[Any]:
    """All that a pull of the same may not change."""
    db = store.read()
    items = "SELECT id, source_id, state, title, url, canonical_url, author, published_at, changed_at, hash, text, html FROM item"
    tables = (items, "SELECT source_id, item_id, key, hash FROM entry", "SELECT id, url, title, state FROM source",
              "SELECT item_id, position, url FROM enclosure")  # fmt: skip
    return [[tuple(row) for row in db.execute(sql)] for sql in tables]


def pull_twice(store: Store, number: int, left: int) -> PullReport:
    """The report of the first pull, once the second one, which has to read all again, was seen to change nothing."""
    first = pull(store, ids=[number])
    after = everything(store)
    with store.unit() as unit:  # neither a cursor nor equal bytes spare the reading
        unit.connection.execute("UPDATE source SET etag = NULL, body_hash = NULL")
    second = pull(store, ids=[number])
    assert (second.new, second.updated) == (0, 0)
    assert everything(store) == after
    assert first.failed == second.failed
    assert all(failure["why"] and "and should" not in failure["why"] for failure in first.failures)
    assert first.new <= left
    return first


@WHOLE
@given(st.lists(LETTERS, max_size=4))
def test_a_maildir_of_anything_is_pulled_twice_as_once(store: Store, folder: Path, given: list[bytes]) -> None:
    box = folder / f"box{next(_numbers)}"
    for part in ("cur", "new", "tmp"):
        (box / part).mkdir(parents=True)
    for number, data in enumerate(given):
        (box / "new" / str(number)).write_bytes(data)
    added = add_source(store, f"maildir://{box}?letters=all")
    assert pull_twice(store, added.row["number"], len(given)).failed == 0


@WHOLE
@given(st.lists(LETTERS, max_size=4), st.binary(max_size=50))
def test_an_mbox_of_anything_is_pulled_twice_as_once(store: Store, folder: Path, given: list[bytes], before: bytes) -> None:
    path = folder / f"box{next(_numbers)}.mbox"
    mark = b"\n\nFrom - Tue Sep 01 08:00:00 2026\n"
    path.write_bytes(before + b"".join(mark + data for data in given))
    added = add_source(store, f"mbox://{path}?letters=all")
    pull_twice(store, added.row["number"], 100)


@WHOLE
@given(BODIES)
def test_a_feed_of_anything_is_pulled_twice_as_once(store: Store, folder: Path, given: bytes) -> None:
    path = folder / f"feed{next(_numbers)}.xml"
    path.write_bytes(given)
    added = add_source(store, path.as_uri())
    pull_twice(store, added.row["number"], 1000)
