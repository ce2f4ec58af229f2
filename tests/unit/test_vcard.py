"""vCards of all versions and programs are read, kept whole and written again."""

import csv
import time
from pathlib import Path

import pytest

from pkm.errors import BadInput
from pkm.people.card import Card
from pkm.people.vcard import leftover, looks_like_cards, read_cards, read_date, write_card, write_cards


def card(*lines: str, version: str = "3.0") -> bytes:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode()


def one(*lines: str, version: str = "3.0") -> Card:
    (only,) = read_cards(card(*lines, version=version)).cards
    return only


def rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "vcards" / "INDEX.tsv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_shared_card_is_read_with_its_addresses_and_numbers(shared: Path) -> None:
    got, want = {}, {}
    for row in rows(shared):
        found = read_cards((shared / "vcards" / row["file"]).read_bytes())
        everyone = (*found.cards, *found.broken)
        counts = (len(found.cards), sum(len(c.emails) for c in everyone), sum(len(c.phones) for c in everyone))
        got[row["file"]] = counts
        want[row["file"]] = (int(row["cards"]), int(row["emails"]), int(row["tels"]))
    assert got == want
    assert sum(cards for cards, _, _ in got.values()) == 36


def test_every_shared_card_comes_back_from_version_4(shared: Path) -> None:
    for row in rows(shared):
        cards = read_cards((shared / "vcards" / row["file"]).read_bytes()).cards
        written = write_cards(cards)
        again = read_cards(written).cards
        assert again == cards, row["file"]
        assert write_cards(again) == written
        assert all(len(line) <= 75 for line in written.split(b"\r\n"))
        written.decode("utf-8")


def test_only_odd_files_have_failures(shared: Path) -> None:
    found = {row["file"]: read_cards((shared / "vcards" / row["file"]).read_bytes()).failures for row in rows(shared)}
    assert {file: failures for file, failures in found.items() if failures} == {
        "bad-line-without-colon.vcf": ((4, "this line is no property", "it has no colon, so nothing is known of it"),),
        "bad-unclosed.vcf": ((6, "Contact 008", "the card is cut off: it has no END:VCARD"),),
        "issue64-no-name.vcf": ((1, "a card", "it has no name, and nothing to name it by"),),
    }


def test_android_cards_are_named(shared: Path) -> None:
    cards = read_cards((shared / "vcards" / "John_Doe_ANDROID.vcf").read_bytes()).cards
    assert cards[0].name == "john.doe@company.com"
    assert cards[2].name == "Ñ Ñ Ñ Ñ Ñ"
    assert cards[3].note.startswith("Ñ Ñ Ñ")
    assert [label for label, _ in cards[3].phones] == ["cell", "home", "cell", "home"]
    assert cards[4].photo.startswith("data:image/jpeg;base64,/9j/")
    assert cards[5].org == "Ñ" * len(cards[5].org)
    assert cards[5].categories == ("My Contacts",)


def test_mixed_versions(shared: Path) -> None:
    cards = read_cards((shared / "vcards" / "odd-mixed.vcf").read_bytes()).cards
    assert [c.name for c in cards] == [
        "Contact 001", "Contact 002 Ünïcödé 名前", "A group", "Contact 004 Ärger", "Only an Organisation",
    ]  # fmt: skip
    second = cards[1]
    assert second.uid == "urn:uuid:00000000-0000-4000-8000-000000000002"
    assert second.emails[0] == ("", "contact002@example.org")
    assert second.phones == (("", "+00-000-0002"),)
    assert second.categories == ("friends", "community, local")
    assert second.note == "a line that is folded here, with a comma; a semicolon\nand a second line"
    assert second.birthday == "--02-03"
    assert cards[2].kind == "group"
    assert cards[3].parts[:2] == ("Ärger", "Contact 004")


def test_groups_give_labels(shared: Path) -> None:
    (found,) = read_cards((shared / "vcards" / "gmail-single2.vcf").read_bytes()).cards
    assert ("CustomEmailCategory", "customcategory@example.com") in found.emails
    assert ("HomePage", "http://www.example4.com") in found.urls
    assert ("home fax", "5555551117") in found.phones
    assert ("jabber", "IM9") in found.handles
    assert "item9.X-ABDATE:1930-03-20" in found.extra
    assert "item9.X-ABLabel:_$!<Anniversary>!$_" in found.extra
    assert not any("CustomEmailCategory" in line for line in found.extra)
    assert b"X-ABLabel:CustomEmailCategory" in write_card(found)


def test_caret_escapes_come_back(shared: Path) -> None:
    (found,) = read_cards((shared / "vcards" / "issue114-caret.vcf").read_bytes()).cards
    assert found.name == "Dummy, Dummy"
    assert found.phones[0] == ("cell", "+49 1234 56789")
    (address,) = [line for line in found.extra if line.startswith("ADR")]
    assert "^nGERMANY^': BHG01:^n" in address


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1980-05-21", "1980-05-21"),
        ("19800521", "1980-05-21"),
        ("1980-05-21T00:00:00Z", "1980-05-21"),
        ("--0521", "--05-21"),
        ("--02-29", "--02-29"),
        ("1980-05", "1980-05"),
        ("1980", "1980"),
        ("2001-02-31", ""),
        ("2001-02-29", ""),
        ("--13-01", ""),
        ("0000-01-01", ""),
        ("spring", ""),
    ],
)
def test_dates(text: str, value: str) -> None:
    assert read_date(text) == value


def test_31_february_is_said_and_kept() -> None:
    found = read_cards(card("FN:A", "BDAY:2001-02-31"))
    assert found.cards[0].birthday == ""
    assert found.cards[0].extra == ("BDAY:2001-02-31",)
    assert found.failures == ((4, "BDAY:2001-02-31", "it is no date: kept as it is"),)
    assert b"BDAY:2001-02-31" in write_card(found.cards[0])


def test_a_name_of_ten_thousand_characters_is_cut_and_kept() -> None:
    found = read_cards(card("FN:" + "x" * 10_000))
    assert len(found.cards[0].name) == 1000
    assert "10,000 characters" in found.failures[0][2]
    assert len(found.failures[0][1]) <= 80
    assert found.cards[0].extra == ("FN:" + "x" * 10_000,)
    assert read_cards(write_card(found.cards[0])).cards == found.cards


def test_a_photo_of_twenty_megabytes_is_left_out_in_time() -> None:
    lines = (" " + "/9j/" * 18 + "\r\n") * (27_000_000 // 72)
    data = card("FN:A", "PHOTO;ENCODING=b;TYPE=JPEG:\r\n" + lines + "EMAIL:a@example.org")
    start = time.perf_counter()
    found = read_cards(data)
    assert time.perf_counter() - start < 60  # joined line by line, it would take hours
    assert found.cards[0].photo == ""
    assert found.cards[0].emails == (("", "a@example.org"),)
    assert found.failures == ((4, "PHOTO", "it is larger than 1,000,000 bytes and was left out"),)


def test_photos_become_one_form() -> None:
    data = "iVBORw0KGgo="
    uri = f"data:image/png;base64,{data}"
    assert one("FN:A", f"PHOTO;ENCODING=b;TYPE=PNG:{data}").photo == uri
    assert one("FN:A", f"PHOTO;PNG;BASE64:\r\n  {data[:4]}\r\n  {data[4:]}\r\n", version="2.1").photo == uri
    assert one("FN:A", f"PHOTO;PNG;BASE64:\r\n{data[:8]}\r\n{data[8:]}", "EMAIL:a@b.c", version="2.1").photo == uri
    assert one("FN:A", f"PHOTO:{uri}", version="4.0").photo == uri
    assert one("FN:A", "PHOTO;VALUE=uri:http://e.org/a.png").photo == "http://e.org/a.png"


def test_terminal_sequences_and_direction_marks_do_not_enter() -> None:
    found = one("FN:\x1b[31mRed\x1b]0;title\x07 [bold]B[/bold] \u202eevil", "EMAIL:a\x00b@example.org")
    assert found.name == "Red [bold]B[/bold] evil"
    assert found.emails == (("", "ab@example.org"),)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"FN;CHARSET=ISO-8859-1:Zo\xeb", "Zoë"),
        (b"FN:Zo\xeb", "Zoë"),
        (b"FN:Zo\xc3\xab", "Zoë"),
        (b"FN;CHARSET=UTF-8:Zo\xeb", "Zoë"),
        (b"FN;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1252:Zo=EB", "Zoë"),
        (b"FN;QUOTED-PRINTABLE:Zo=C3=\r\n=AB", "Zoë"),
        (b"FN:Zo\xc3\r\n \xab", "Zoë"),
        (b"FN;CHARSET=nonsense:Zo\xc3\xab", "Zoë"),
        (b"fn:Zo\n\t\xc3\xab", "Zoë"),
        (b"a.b.FN:Zo\\, e\\; f\\\\g\\:h", "Zo, e; f\\g:h"),
    ],
)
def test_lines_of_all_kinds(line: bytes, name: str) -> None:
    data = b"BEGIN:VCARD\r\nVERSION:3.0\r\n" + line + b"\r\nEND:VCARD\r\n"
    assert read_cards(data).cards[0].name == name


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_in_other_encodings(encoding: str) -> None:
    assert read_cards(card("FN:Zoë").decode().encode(encoding)).cards[0].name == "Zoë"


def test_soft_break_before_the_end_does_not_eat_the_card() -> None:
    found = read_cards(card("FN:A", "NOTE;ENCODING=QUOTED-PRINTABLE:cut =", version="2.1"))
    assert [c.note for c in found.cards] == ["cut"]


def test_a_nested_agent_stays_with_its_card() -> None:
    inner = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Agent, A.\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:C\r\nEND:VCARD\r\nEND:VCARD"
    found = read_cards(card("FN:Boss", "AGENT:", inner, "EMAIL:boss@example.org", version="2.1"))
    (boss,) = found.cards
    assert boss.name == "Boss"
    assert boss.emails == (("", "boss@example.org"),)
    assert boss.extra[0].startswith("AGENT:BEGIN:VCARD\\nVERSION:4.0\\nFN:Agent\\\\\\, A.")
    assert read_cards(write_card(boss)).cards == (boss,)
    assert found.failures[0][2] == "an agent of an agent is left out"


def test_a_card_inside_an_unclosed_card_is_read() -> None:
    found = read_cards(b"BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\nEND:VCARD\n")
    assert [c.name for c in found.cards] == ["B"]
    assert [c.name for c in found.broken] == ["A"]
    assert found.failures == ((1, "A", "the card is cut off: it has no END:VCARD"),)


def test_preferred_addresses_come_first() -> None:
    found = one("FN:A", "EMAIL;PREF=2:b@x", "EMAIL:c@x", "EMAIL;TYPE=work,pref:a@x", version="4.0")
    assert found.emails == (("work", "a@x"), ("", "b@x"), ("", "c@x"))


def test_handles() -> None:
    found = one(
        "FN:A", "IMPP;X-SERVICE-TYPE=GTalk:xmpp:g", "IMPP:sip:me@example.org",
        "X-SOCIALPROFILE;type=twitter:http://twitter.com/x", "X-SKYPE:me",
        "SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://example.social/@x",
    )  # fmt: skip
    assert found.handles == (
        ("gtalk", "xmpp:g"), ("sip", "sip:me@example.org"), ("twitter", "http://twitter.com/x"), ("skype", "me"),
        ("mastodon", "https://example.social/@x"),
    )  # fmt: skip
    assert read_cards(write_card(found)).cards == (found,)


def test_what_pkm_does_not_know_comes_back() -> None:
    found = one("FN:A", 'item1.ADR;LABEL="a;b, c":;;x\\;y;z', "item1.X-ABADR:us", "X-FOO;BAR=1;BAR=2:v,w", "GEO:1;2")
    assert found.extra == ('item1.ADR;LABEL="a;b, c":;;x\\;y;z', "item1.X-ABADR:us", "X-FOO;BAR=1;BAR=2:v,w", "GEO:1;2")
    written = write_card(found)
    for line in found.extra:
        assert line.encode() in written


def test_unknown_quoted_printable_is_spelled_plainly() -> None:
    found = one("FN:A", "LABEL;WORK;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Stra=C3=9Fe=0D=0AOrt", version="2.1")
    assert found.extra == ("LABEL;TYPE=WORK:Straße\\nOrt",)


def test_leftover_brings_parts_and_units_back_as_long_as_they_agree() -> None:
    found = one(
        "FN:Dr. Ann B. Lee", "N:Lee;Ann;B.;Dr.;", "ORG:Acme;Lab", "KIND:individual", "PHOTO;VALUE=uri:http://e/p"
    )
    kept = leftover(found)
    plain = Card(found.name, org=found.org, extra=kept)
    assert read_cards(write_card(plain)).cards == (found,)
    moved = read_cards(write_card(Card("Ann Other", org="New", extra=kept))).cards[0]
    assert (moved.parts, moved.org, moved.units) == ((), "New", ())
    assert leftover(read_cards(write_card(plain)).cards[0]) == kept


def test_two_cards_with_one_uid_are_both_read() -> None:
    data = card("UID:1", "FN:A") + card("UID:1", "FN:B", "REV:20260101T000000Z")
    assert [(c.uid, c.name, c.rev) for c in read_cards(data).cards] == [("1", "A", ""), ("1", "B", "20260101T000000Z")]


@pytest.mark.parametrize("data", [b"", b"\r\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_cards(data: bytes) -> None:
    assert read_cards(data).cards == ()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4", "a PDF"),
        (b"Name,Email\nA,a@b.c\n", "plain text"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "a calendar"),
        (b"<html></html>", "a web page"),
    ],
)
def test_what_is_no_vcard_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(BadInput, match="not a vCard") as caught:
        read_cards(data, name="x.vcf")
    assert caught.value.what == "x.vcf"
    assert kind in caught.value.why
    assert not looks_like_cards(data)


def test_recognition(shared: Path) -> None:
    for row in rows(shared):
        data = (shared / "vcards" / row["file"]).read_bytes()
        assert looks_like_cards(data) == bool(data), row["file"]
    assert looks_like_cards(card("FN:Zoë").decode().encode("utf-16"))


def test_thousands_of_cards_are_read() -> None:
    data = card("FN:Contact", "N:Last;First;;;", "EMAIL;TYPE=work:a@example.org", "TEL;TYPE=cell:1", "X-A:b") * 4_000
    assert len(read_cards(data).cards) == 4_000


def test_version_3_has_what_phones_ask_for_and_comes_back() -> None:
    photo = "data:image/jpeg;base64,/9j/AAAA"
    given = Card("Ann", uid="1", birthday="--05-21", photo=photo, emails=(("work", "a@b.c"),))
    written = write_card(given, "3.0")
    for line in (b"VERSION:3.0", b"N:Ann;;;;", b"BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-21", b"PHOTO;ENCODING=b;TYPE=JPEG:/9j/AAAA"):
        assert line in written
    (again,) = read_cards(written).cards
    assert (again.birthday, again.photo, again.emails) == (given.birthday, given.photo, given.emails)


def test_a_file_cannot_say_what_pkm_keeps_for_itself() -> None:
    assert one("FN:A", "pkm.UID:other", "pkm.X-PKM-SAID:{}").extra == ("X-PKM-SAID:{}",)
