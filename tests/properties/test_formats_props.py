"""Formats: any bytes give values or one of our errors; what is written is read back the same."""

import string

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pkm.errors import PkmError
from pkm.opml_writing import OpmlFeed, write_opml
from pkm.people.card import Card, CardFile
from pkm.people.contacts_csv import looks_like_contacts, read_contacts
from pkm.people.vcard import leftover, looks_like_cards, read_cards, read_date, write_card, write_cards
from pkm.seek.clip import read_page
from pkm.seek.opml import OpmlList, looks_like, read_opml, read_urls
from pkm.text import clean, one_line
from tests.effort import tries

often = settings(deadline=None, max_examples=tries(20), suppress_health_check=list(HealthCheck))

anything = st.text(max_size=60)
lines = anything.map(lambda text: one_line(text, 200))
words = lines.filter(bool)
ascii_word = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)


def fragments(*parts: str) -> st.SearchStrategy[bytes]:
    """Bytes made of pieces of a format and of anything."""
    piece = st.one_of(st.sampled_from([part.encode() for part in parts]), st.binary(max_size=8))
    return st.lists(piece, max_size=30).map(b"".join)


# OPML

part = words.map(lambda text: one_line(text.replace("/", " "))).filter(bool)
tag = st.lists(part, min_size=1, max_size=3).map("/".join)
url = st.builds(
    lambda scheme, host, path: f"{scheme}://{host}/{path}",
    st.sampled_from(["http", "https"]),
    ascii_word,
    st.text(string.ascii_letters + string.digits + "?&=;,%'\"#<>é日", max_size=12),
)
unknown = st.dictionaries(
    st.from_regex(r"\A[a-z]{1,6}(:[a-z]{1,6})?\Z").filter(
        lambda key: key.lower() not in ("text", "title", "type", "category", "pkm:order") and not key.startswith("xml")
    ),
    anything.map(clean),
    max_size=3,
)
feed = st.builds(
    OpmlFeed,
    url=url,
    title=words,
    site_url=st.one_of(st.just(""), url),
    tags=st.lists(tag, max_size=3, unique=True).map(tuple),
    attributes=unknown,
)
feeds = st.lists(feed, max_size=6, unique_by=lambda feed: feed.url)


@often
@given(words, feeds)
@example("t", [OpmlFeed("http://a/", "x", tags=("%2C%25,", "a,b")), OpmlFeed("http://b/", '\\n&<">')])
def test_opml_comes_back(title: str, feeds: list[OpmlFeed]) -> None:
    written = write_opml(title, feeds)
    again = read_opml(written)
    assert list(again.outlines) == feeds
    assert (again.title, again.failures, again.salvaged) == (title, (), False)
    assert write_opml(again.title, again.outlines) == written
    assert looks_like(written) == "opml"


@often
@given(
    fragments(
        "<opml>",
        "<body>",
        "<outline ",
        "text='x' ",
        'xmlUrl="http://a/"',
        "/>",
        "</outline>",
        "&",
        "<!DOCTYPE ",
        "</body></opml>",
        "feed:",
        "\x00",
        "<![CDATA[",
    )
)
def test_any_bytes_give_a_list_or_an_error(data: bytes) -> None:
    looks_like(data)
    for read in (read_opml, read_urls):
        try:
            found = read(data)
        except PkmError:
            continue
        assert isinstance(found, OpmlList)
        assert list(read_opml(write_opml(found.title, found.outlines)).outlines) == list(found.outlines)


# vCards

label = st.one_of(st.just(""), st.sampled_from(["home", "work", "work fax", "CustomLabel", "voice", "a:b;c,d"]))
labeled = st.lists(st.tuples(label, words.filter(lambda text: ":" not in text)), max_size=3).map(tuple)
urls = st.lists(st.tuples(label, url), max_size=2).map(tuple)
handles = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["skype", "jabber", "mastodon"]), words.filter(lambda text: ":" not in text)),
        st.tuples(st.sampled_from(["mastodon", "", "my;own service"]), url),
        st.tuples(ascii_word, ascii_word.map("xmpp:{}".format)),
    ),
    max_size=3,
).map(tuple)
note = anything.map(lambda text: clean(text).strip())
birthdays = st.one_of(st.just(""), st.dates().map(str), st.just("--02-29"), st.just("1980-05"), st.just("1980"))
five = st.lists(lines, min_size=5, max_size=5).filter(any).map(tuple)
cards = st.builds(
    Card,
    name=words,
    uid=lines,
    kind=st.sampled_from(["", "individual", "group"]),
    parts=st.one_of(st.just(()), five),
    nicks=st.lists(words, max_size=2, unique=True).map(tuple),
    org=words,
    title=lines,
    units=st.lists(words, max_size=2).map(tuple),
    emails=labeled,
    phones=labeled,
    urls=urls,
    handles=handles,
    birthday=birthdays,
    note=note,
    categories=st.lists(words, max_size=3, unique=True).map(tuple),
    met=lines,
    photo=st.sampled_from(["", "http://e.org/p.png", "data:image/png;base64,iVBORw0KGgo="]),
    rev=lines,
    extra=st.lists(
        st.sampled_from(["item1.X-A;B=c:d\\,e", "X-ABLabel:l", "item2.ADR:;;x;y", "FN:Other"]), max_size=3
    ).map(tuple),
)


@often
@given(st.lists(cards, max_size=3))
def test_cards_come_back(given_cards: list[Card]) -> None:
    written = write_cards(given_cards)
    found = read_cards(written)
    assert list(found.cards) == given_cards
    assert write_cards(found.cards) == written
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")


@often
@given(cards)
def test_leftover_is_stable(card: Card) -> None:
    plain = Card(card.name, org=card.org, extra=leftover(card))
    (again,) = read_cards(write_card(plain)).cards
    assert (again.kind, again.units, again.photo, again.extra) == (card.kind, card.units, card.photo, card.extra)
    assert again.parts in (card.parts, ())


vcard_bytes = fragments(
    "BEGIN:VCARD\r\n",
    "END:VCARD\r\n",
    "VERSION:2.1\n",
    "FN:",
    "N:a;b",
    "\r\n",
    "\n ",
    "EMAIL;TYPE=work:",
    "AGENT:\n",
    "NOTE;ENCODING=QUOTED-PRINTABLE:=C3=",
    "PHOTO;BASE64:AAAA",
    "item1.",
    "X-ABLabel:",
    "BDAY:20010231",
    ";",
    ",",
    "\\",
    'X-FOO;A="b":',
    "^n",
    "=\n",
    "ORG:",
    "IMPP:xmpp:",
    "URL:http\\://",
    "\u2028",
    "\u0303",
    "CHARSET=utf-16;",
    "a@b.c",
)


@often
@given(vcard_bytes)
def test_any_bytes_give_cards_or_an_error(data: bytes) -> None:
    looks_like_cards(data)
    try:
        found = read_cards(b"BEGIN:VCARD\n" + data)
    except PkmError:
        return
    assert isinstance(found, CardFile)
    assert read_cards(write_cards(found.cards)).cards == found.cards


hostile_values = st.lists(
    st.sampled_from([
        "^n", "^^", "^'", '"', ",", ";", ":", "a", " ", "\r", "\\", "\\\r", "\\n", "=0D=0A", "=5C=0D", "BEGIN:VCARD", "END:VCARD",
        'x^nEND:VCARD^nBEGIN:VCARD^nFN:Eve', '"a","b^nEND:VCARD^nBEGIN:VCARD^nFN:Eve^nX-P:c"',
    ]), max_size=6,
).map("".join)  # fmt: skip


@often
@given(st.lists(st.tuples(st.sampled_from(["X-A", "item1.ADR", "KIND", "N", "IMPP", "EMAIL"]), hostile_values, hostile_values)))
@example([("X-A", '"a","b^nEND:VCARD^nBEGIN:VCARD^nVERSION:4.0^nFN:Eve^nX-P:c"', "v")])
@example([("X-A;ENCODING=QUOTED-PRINTABLE", "", "=5C=0DEND:VCARD=5C=0DBEGIN:VCARD=5C=0DFN:Eve")])
def test_no_value_becomes_a_card_of_its_own(properties: list[tuple[str, str, str]]) -> None:
    told = "".join(f"{name};P={param}:{value.replace(chr(13), '')}\r\n" for name, param, value in properties)
    data = f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\n{told}END:VCARD\r\n".encode()
    read = read_cards(data)
    for version in ("4.0", "3.0"):
        again = read_cards(write_cards(read.cards, version))
        assert len(again.cards) == len(read.cards)
        assert [card.name for card in again.cards] == [card.name for card in read.cards]


@often
@given(st.text("0123456789-T:Z", max_size=12))
def test_dates_are_stable(text: str) -> None:
    value = read_date(text)
    assert not value or read_date(value) == value


# Tables

csv_bytes = fragments(
    "Name,Email\n",
    "First Name;Last Name\r\n",
    "Notes:\n",
    "a,b\n",
    '"',
    ",",
    ";",
    "\t",
    "\n",
    "E-mail 1 - Value",
    "\x00",
    "URL,Position,Connected On\n",
    "1,2,3,01 Jan 2020\n",
    " ::: ",
    "=1+1",
)


@often
@given(csv_bytes, st.sampled_from([None, {"name": "a"}, {"email": "Email", "note": "Name"}]))
def test_any_bytes_give_contacts_or_an_error(data: bytes, mapping: dict[str, str] | None) -> None:
    looks_like_contacts(data)
    try:
        found = read_contacts(data, mapping)
    except PkmError:
        return
    assert all(card.name for card in found.cards)
    assert len(read_cards(write_cards(found.cards)).cards) == len(found.cards)


# Pages

page_bytes = fragments(
    "<html>",
    "<head>",
    "<title>x",
    "</title>",
    "<body>",
    "<p>",
    "text of a page ",
    "</p>",
    "<a href='",
    "<![",
    "<!--",
    "<?",
    "<script>",
    "</nav>",
    "<nav>",
    "&#155;",
    "<link rel=canonical href=http://[>",
    "<meta charset=utf-7>",
    "\x00",
)


@settings(often, max_examples=tries(20))
@given(page_bytes)
def test_any_bytes_give_a_page_or_an_error(body: bytes) -> None:
    try:
        page = read_page(body, url="https://example.org/a", content_type="text/html")
    except PkmError:
        return
    assert page.title
    assert page.text == clean(page.text)
