"""A letter in bytes becomes an entry of its list: whole, readable, and nothing in it that would be loaded."""

import pytest

from pkm.errors import BadInput
from pkm.mime import MAX_LETTER, decode_words, unflow
from pkm.seek.letter import is_bulk, read_letter
from pkm.seek.letter_html import read_letter_html
from tests import letters


def read(letter: str | bytes):
    return read_letter(letters.crlf(letter).encode() if isinstance(letter, str) else letter)


def test_a_newsletter_belongs_to_its_list_and_loads_nothing():
    letter = read(letters.substack(1))
    assert (letter.url, letter.title) == ("mail:slowletters.substack.example", "Ann Author from Slow Letters")
    assert letter.site_url == "https://slowletters.substack.example/archive"
    assert "disable_email" in letter.description
    entry = letter.entry
    assert (entry.guid, entry.title, entry.author) == (
        "post-1@mg1.substack.example", "Post 1", "Ann Author from Slow Letters"
    )  # fmt: skip
    assert entry.bylines[0].email == "slowletters@substack.example"
    assert entry.published == "2026-09-01T08:00:00Z"
    assert entry.url == "https://slowletters.substack.example/p/post-1"
    assert "src" not in entry.html
    assert "<img" not in entry.html
    assert "[A chart of rain]" in entry.text
    assert "preview that nobody" not in entry.text
    assert "https://substack.example/redirect/2/abc" in entry.html  # a counter's link leads where it leads
    assert "token=me\">Unsub" not in entry.html
    assert "disable_email" not in entry.html


def test_mailchimp_words_links_and_hidden_text():
    letter = read(letters.MAILCHIMP)
    assert letter.url == "mail:40a1b2c3d4.123456.list-id.mcsv.net"
    assert letter.title == "Gärtnerei Müller"
    assert letter.entry.title == "Neues aus dem Garten – März"
    assert letter.entry.url == "https://mailchi.mp/abc/garten"
    assert letter.entry.text == "Die Beete werden warm.\n\nAbmelden"
    assert "READER" not in letter.entry.html
    assert letter.description.endswith("To unsubscribe: https://x.list-manage.example/unsubscribe?u=1&id=2&e=READER")


def test_flowed_text_joins_its_lines_and_archived_at_is_the_page():
    entry = read(letters.BUTTONDOWN).entry
    assert entry.url == "https://buttondown.example/hw/archive/on-naming/?utm_source=mail"
    assert entry.text.startswith("A name is a promise that goes on over the line.")
    assert "> a quoted line that flows as well" in entry.text
    assert read(letters.BUTTONDOWN).url == "mail:hw@buttondown.example"


def test_a_digest_holds_every_letter_and_names_what_is_attached():
    entry = read(letters.DIGEST).entry
    for words in ("Today's Topics", "Gardens", "Plant a page", "Weeds too.", "Attached, not kept: Gärten.pdf"):
        assert words in entry.text
    assert read(letters.DIGEST).title == "Talk about wikis"


def test_encodings_declared_wrongly_or_not_at_all():
    cafe = read(letters.outlook())
    assert (cafe.title, cafe.entry.title, cafe.entry.text) == ("Café News", "„Angebot“ für Sie", "Nur 5 € – heute")
    ming = read(letters.big5())
    assert (ming.title, ming.entry.title, ming.entry.text) == ("小明", "週報第三期", "今天天氣很好。")


def test_without_a_message_id_a_letter_is_known_by_what_it_says():
    one, again = read(letters.outlook()), read(letters.outlook())
    assert one.entry.guid == again.entry.guid != read(letters.outlook() + b"!").entry.guid


def test_a_boundary_that_is_not_there():
    assert "The words are there all the same." in read(letters.BROKEN_BOUNDARY).entry.text


@pytest.mark.parametrize("letter", [letters.PERSONAL.encode(), b"", b"\xff\xfe\x00", b"From: a@b\n\nList-Id: <x>"])
def test_what_nobody_sent_to_many_is_personal(letter: bytes):
    assert not is_bulk(letter)


@pytest.mark.parametrize("letter", letters.ALL)
def test_what_was_sent_to_many_is_not(letter: bytes):
    assert is_bulk(letter)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00" * 50, b"no header at all", b"{}"])
def test_what_is_no_letter_is_said_to_be_none(data: bytes):
    with pytest.raises(BadInput):
        read_letter(data)


def test_a_letter_without_a_date_has_that_of_its_last_server():
    letter = "From: a@b.example\nReceived: from x by y;\n Mon, 02 Mar 2026 10:00:00 +0000\nSubject: s\n\nx"
    assert read(letter).entry.published == "2026-03-02T10:00:00Z"
    assert read("From: a@b.example\nDate: soon\nSubject: s\n\nx").entry.published is None


@pytest.mark.parametrize("sender", ['ann@example.org', '"ann@example.org" <ann@example.org>', '"a@b.c via x" <ann@example.org>'])
def test_an_address_is_never_shown_as_a_name(sender: str):
    letter = read(f"From: {sender}\nSubject: s\n\nx")
    assert (letter.sender, letter.title, letter.entry.author) == ("ann@example.org", "ann", "ann")


def test_encoded_words_cut_within_a_letter_are_joined():
    assert decode_words("=?utf-8?B?w4PC?= =?utf-8?B?pA==?=") == "Ã¤"
    assert decode_words("a =?utf-8?q?b=20c?= d =?nonsense?q?x?= =?utf-8?B?!!!?=").startswith("a b c d x")


def test_space_stuffed_and_deleted_spaces():
    assert unflow("one \ntwo\n-- \nsig", delete_space=True) == "onetwo\n-- \nsig"
    assert unflow(" From me\n>> deep \n>> er\n> up") == "From me\n> > deep er\n> up"


def test_a_letter_that_hides_all_of_itself_is_read_all_the_same():
    assert "Words" in read_letter_html("<div style='display:none'><p>Words</p></div>").html


def test_a_hidden_part_that_is_never_closed_ends_with_what_holds_it():
    html = "<table><tr><td><div style='display:none'>secret<p>more</td></tr><tr><td>Words</td></tr></table>"
    read_html = read_letter_html(html).html
    assert "Words" in read_html
    assert "secret" not in read_html


def test_joiners_within_words_and_emoji_stay():
    words = "می‌خواهم 👩‍👩‍👧"
    assert words in read_letter_html(f"<p>{words}</p>").html


HOSTILE = {
    "ten thousand multiparts": b"Subject: s\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(10_000)
    ),
    "a million parts": b"From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 1_000_000,
    "a parameter without end": b"From: a@b.c\nContent-Type: text/plain" + b";a=\"" * 500_000 + b"\n\nx",
    "a header without end": b"From: " + b"(" * 2_000_000 + b"\nSubject: s\n\nx",
    "many recipients": b"Subject: s\nFrom: " + b"a@b.example, " * 100_000 + b"\n\nx",
    "open tags": b"From: a@b.c\nContent-Type: text/html\n\n" + b"<div><a href=x style='display:none'>" * 50_000,
    "many words": b"From: a@b.c\nSubject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nx",
    "too large": b"From: a@b.c\nSubject: s\n\n" + b"x" * (MAX_LETTER + 5),
    "a charset that is none": b"Subject: s\nContent-Type: multipart/mixed; charset=idna\n\n\xff\n",
    "nested letters": b"From: a@b.c\n" + b"Content-Type: message/rfc822\n\n" * 3000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_letters_are_read_within_bounds(name: str):  # without the bounds it takes minutes, or for ever
    entry = read_letter(HOSTILE[name]).entry
    assert len(entry.html) <= 1_100_000
    assert len(entry.title) <= 1000
