"""Tables of contacts (LinkedIn, Google, Outlook and others) are read as cards, whatever their columns and encodings."""

import csv
from pathlib import Path

import pytest

from pkm.errors import BadInput, Invalid
from pkm.people.card import Card
from pkm.people.contacts_csv import looks_like_contacts, read_contacts
from pkm.people.vcard import read_cards, write_cards


def rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "csv" / "INDEX.tsv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def people(cards: tuple[Card, ...]) -> int:
    """How many people there are where an equal address or profile makes two cards one."""
    groups: list[set[str]] = []
    for card in cards:
        keys = {v.casefold().rstrip("/") for _, v in (*card.emails, *card.urls)} or {card.name}
        same = [group for group in groups if group & keys]
        groups = [group for group in groups if not group & keys] + [keys.union(*same)]
    return len(groups)


def test_every_shared_table_gives_the_contacts_of_the_index(shared: Path) -> None:
    for row in rows(shared):
        data = (shared / "csv" / row["file"]).read_bytes()
        if row["file"] == "bad-not-contacts.csv":
            with pytest.raises(BadInput, match="date, amount, text"):
                read_contacts(data)
            continue
        found = read_contacts(data)
        assert people(found.cards) == int(row["contacts"]), row["file"]
        assert len(found.cards) + len(found.failures) == int(row["rows"]), row["file"]
        if row["file"] != "linkedin-odd.csv":
            assert sum(bool(card.emails) for card in found.cards) == int(row["emails"]), row["file"]


def test_every_shared_table_survives_as_vcards(shared: Path) -> None:
    for row in rows(shared):
        if row["contacts"] != "0":
            cards = read_contacts((shared / "csv" / row["file"]).read_bytes()).cards
            assert read_cards(write_cards(cards)).cards == cards, row["file"]


def test_linkedin(shared: Path) -> None:
    first = read_contacts((shared / "csv" / "linkedin-connections.csv").read_bytes()).cards[0]
    assert first == Card(
        name="Contact 001", parts=("001", "Contact", "", "", ""), org="Example Company 01", title="Teacher",
        urls=(("", "https://www.linkedin.com/in/pkm-example-contact-001"),), met="LinkedIn, 2013-02-02",
    )  # fmt: skip


def test_odd_linkedin_rows(shared: Path) -> None:
    found = read_contacts((shared / "csv" / "linkedin-odd.csv").read_bytes())
    names = [card.name for card in found.cards]
    assert names == [
        "Contact 300", "Contact 301", "Ünïcödé Kontakt 303", "名前 304", "=1+1 305", "Contact 306, Ph.D.",
        "Contact 306", "Contact 300", "Contact 307",
    ]  # fmt: skip
    assert found.cards[2].org == 'Beispiel & Söhne "GmbH"'
    assert found.cards[2].title == "Leitung, zweite Zeile"
    assert found.cards[2].met == "LinkedIn, 2024-02-29"
    assert found.cards[5].met == "LinkedIn, not a date"
    assert found.failures == ((7, "15 Mar 2021", "the row has no name and no e-mail"),)


def test_google_new_and_old(shared: Path) -> None:
    new = read_contacts((shared / "csv" / "google-contacts.csv").read_bytes()).cards
    assert new[0].name == "Contact 001"
    assert new[0].emails == (
        ("work", "contact001@example.org"), ("home", "home001@example.net"), ("home", "other001@example.net"),
    )  # fmt: skip
    assert new[0].categories == ()
    assert new[2].categories == ("Community",)
    assert new[3].phones == (("mobile", "+00 000 0004"),)
    old = read_contacts((shared / "csv" / "google-contacts-old.csv").read_bytes()).cards
    assert old[2].emails == (("home", "contact063@example.org"),)
    assert old[2].name == "Contact 063"


def test_outlook() -> None:
    text = (
        "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Phone,Mobile Phone,"
        "E-mail Address,E-mail 2 Address,Web Page,Birthday,Notes,Categories,Home Street\r\n"
        'Dr.,Ann,B.,Lee,Jr.,Acme,Lab,Chief,1,2,ann@example.org,lee@example.org,http://e.org,'
        '25/12/1980,"a\r\nb",x;y,Road 1\r\n'
    )
    (card,) = read_contacts(text.encode("windows-1252")).cards
    assert card.name == "Ann B. Lee Jr."
    assert (card.org, card.units, card.title) == ("Acme", ("Lab",), "Chief")
    assert card.phones == (("work", "1"), ("mobile", "2"))
    assert [value for _, value in card.emails] == ["ann@example.org", "lee@example.org"]
    assert (card.birthday, card.note, card.categories) == ("1980-12-25", "a\nb", ("x", "y"))
    assert card.extra == ("X-PKM-COLUMN;X-NAME=Title:Dr.", "X-PKM-COLUMN;X-NAME=Home Street:Road 1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = delimiter.join(("Name", "E-Mail", "Größe")) + "\n" + delimiter.join(("Zoë", "z@example.org", "Müller"))
    (card,) = read_contacts(text.encode(encoding)).cards
    assert (card.name, card.emails) == ("Zoë", (("", "z@example.org"),))
    assert card.extra == ("X-PKM-COLUMN;X-NAME=Größe:Müller",)


@pytest.mark.parametrize(("header", "row"), [
    ("Vorname;Nachname;Firma;Position;E-Mail-Adresse;Mobiltelefon;Geburtstag", "Ann;Lee;Acme;Chef;a@b.c;12;21.05.1980"),
    ("Prénom;Nom;Société;Titre;Adresse de messagerie;Tél. mobile;Anniversaire", "Ann;Lee;Acme;Chef;a@b.c;12;1980-05-21"),
    ("Nombre;Apellidos;Empresa;Cargo;Dirección de correo electrónico;Teléfono móvil;Cumpleaños",
     "Ann;Lee;Acme;Chef;a@b.c;12;1980-05-21"),
])  # fmt: skip
def test_headers_in_other_languages(header: str, row: str) -> None:
    (card,) = read_contacts(f"{header}\n{row}\n".encode("windows-1252")).cards
    assert (card.name, card.org, card.title, card.emails) == ("Ann Lee", "Acme", "Chef", (("", "a@b.c"),))
    assert (card.phones, card.birthday, card.extra) == ((("mobile", "12"),), "1980-05-21", ())


def test_headers_that_come_twice_and_rows_that_are_short_or_long() -> None:
    found = read_contacts(b'Name,Email,Email,Note\nAnn,a@b.c,d@e.f,"two\nlines"\nBen\nCleo,c@b.c,,x,more,cells\n')
    assert [card.emails for card in found.cards] == [(("", "a@b.c"), ("", "d@e.f")), (), (("", "c@b.c"),)]
    assert [card.note for card in found.cards] == ["two\nlines", "", "x"]
    assert [card.line for card in found.cards] == [2, 4, 5]


def test_a_mapping_says_what_columns_mean() -> None:
    data = b"about us\n\nWho,Reach,When\nAnn,ann@example.org,2020\n"
    with pytest.raises(BadInput) as caught:
        read_contacts(data, name="t.csv")
    assert "it has: Who, Reach, When" in caught.value.why
    assert caught.value.next == 'pkm contact import t.csv --map "name=COLUMN,email=COLUMN"'
    (card,) = read_contacts(data, {"name": "who", "email": "Reach"}).cards
    assert (card.name, card.emails) == ("Ann", (("", "ann@example.org"),))
    assert card.extra == ("X-PKM-COLUMN;X-NAME=When:2020",)


@pytest.mark.parametrize("mapping", [{"colour": "Who"}, {"name": "Nobody"}])
def test_a_mapping_that_does_not_fit_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        read_contacts(b"Who,Reach\nAnn,a@b.c\n", mapping)


def test_ambiguous_dates_are_kept_as_they_are() -> None:
    found = read_contacts(b"Name,Birthday\nAnn,03/04/1980\n")
    (card,) = found.cards
    assert found.failures == ((2, "Birthday 03/04/1980", "it says no date for sure: kept as it is"),)
    assert card.birthday == ""
    assert card.extra == ("X-PKM-COLUMN;X-NAME=Birthday:03/04/1980",)


def test_harmful_characters_do_not_enter() -> None:
    (card,) = read_contacts("Name,Email\n\x1b[31mAnn\x00\u202e,a@b.c\n".encode()).cards
    assert card.name == "Ann"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"Name,Email\n", b"Name,Email\n,\n"])
def test_no_rows_are_no_cards(data: bytes) -> None:
    assert read_contacts(data).cards == ()


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", bytes(range(256)), b"just words\n"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_contacts(data)


def test_a_cell_too_large_ends_the_table_and_is_said() -> None:
    found = read_contacts(b'Name,Email\nAnn,a@b.c\nBob,"' + b"x" * 10_000_001)
    assert [card.name for card in found.cards] == ["Ann"]
    assert found.failures[0][:2] == (3, "the rest of the table")


def test_recognition(shared: Path) -> None:
    for row in rows(shared):
        want = row["file"] != "bad-not-contacts.csv"
        assert looks_like_contacts((shared / "csv" / row["file"]).read_bytes()) == want, row["file"]
    assert not looks_like_contacts(b"BEGIN:VCARD\nFN:A\nEND:VCARD\n")
    assert not looks_like_contacts(b"# Name\n\nwords\n")
