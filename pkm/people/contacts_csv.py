"""People in tables: the contacts that LinkedIn, Google and Outlook export as CSV, and any table with a map.

Owns what columns mean. Must not know the store, the network or any path.
"""

import csv
import hashlib
import io
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pkm.errors import BadInput, Invalid
from pkm.filekind import decode_text, is_binary, name_kind
from pkm.people.card import Card, CardFile, Labeled
from pkm.people.vcard import read_date
from pkm.people.vcard_lines import escape, quote
from pkm.text import clean, fold, one_line, shown_name

# What a mapping may name, and the headers that mean it without one. Google numbers its columns ("E-mail 1 - Value").
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "fullname", "display name", "contact", "contact name"),
    "given": ("first name", "given name", "firstname", "given"),
    "additional": ("middle name", "additional name"),
    "family": ("last name", "family name", "lastname", "surname", "family"),
    "prefix": ("name prefix",),
    "suffix": ("name suffix", "suffix"),
    "nick": ("nickname", "nick", "alias"),
    "org": ("company", "organization", "organisation", "organization name", "org", "employer"),
    "unit": ("department", "organization department"),
    "title": ("position", "job title", "organization title", "role"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail address", "email addresses"),
    "phone": ("phone", "telephone", "phone number", "mobile", "mobile phone", "home phone", "business phone",
              "primary phone", "company main phone", "other phone", "business fax", "home fax", "car phone", "pager",
              "home phone 2", "business phone 2", "tel"),
    "url": ("url", "website", "web page", "web site", "homepage", "profile", "profile url", "personal web page"),
    "handle": ("im",),
    "birthday": ("birthday", "birth date", "date of birth"),
    "note": ("notes", "note", "comments", "comment"),
    "tags": ("labels", "categories", "tags", "group membership", "groups"),
    "met": ("connected on", "met", "how we met"),
    "uid": ("uid",),
}  # fmt: skip
# What the German, French, Spanish, Italian, Dutch and Portuguese versions of Outlook and LinkedIn call the same.
_ABROAD: dict[str, tuple[str, ...]] = {
    "name": ("vollständiger name", "anzeigename", "nom complet", "nombre completo", "nome completo", "volledige naam"),
    "given": ("vorname", "prénom", "nombre", "nome", "voornaam"),
    "additional": ("weitere vornamen", "deuxième prénom", "segundo nombre", "secondo nome"),
    "family": ("nachname", "nom", "apellidos", "apellido", "cognome", "achternaam", "sobrenome"),
    "suffix": ("suffixe", "sufijo"),
    "nick": ("spitzname", "surnom", "apodo", "bijnaam", "apelido"),
    "org": ("firma", "unternehmen", "société", "entreprise", "empresa", "organización", "azienda", "società", "bedrijf"),
    "unit": ("abteilung", "service", "departamento", "reparto", "ufficio", "afdeling"),
    "title": ("funktion", "titre", "poste", "profession", "cargo", "puesto", "posizione", "qualifica", "functie"),
    "email": ("e-mail-adresse", "email-adresse", "e-mailadresse", "adresse e-mail", "adresse de messagerie",
              "dirección de correo electrónico", "correo electrónico", "indirizzo e-mail", "indirizzo posta elettronica",
              "indirizzo di posta elettronica", "e-mailadres", "endereço de e-mail", "endereço de email"),
    "phone": ("mobiltelefon", "telefon", "telefon geschäftlich", "telefon privat", "téléphone", "tél. mobile",
              "téléphone mobile", "téléphone (bureau)", "téléphone (domicile)", "teléfono", "teléfono móvil", "cellulare",
              "telefono", "telefono cellulare", "mobiele telefoon", "telefoon", "telemóvel", "telefone"),
    "url": ("webseite", "website-url", "page web", "página web", "pagina web", "webpagina"),
    "birthday": ("geburtstag", "anniversaire", "cumpleaños", "compleanno", "verjaardag", "aniversário"),
    "note": ("notizen", "bemerkungen", "remarques", "notas", "note", "notities"),
    "tags": ("kategorien", "catégories", "categorías", "categorie", "categorieën", "categorias"),
    "met": ("verbunden am", "connecté le", "conectado el", "collegato il"),
}  # fmt: skip
_MEANING = {header: field for names in (_ABROAD, FIELDS) for field, headers in names.items() for header in headers}
_LABELED_ABROAD = {"mobiltelefon": "mobile", "téléphone mobile": "mobile", "tél. mobile": "mobile", "teléfono móvil": "mobile",
                   "cellulare": "mobile", "telefono cellulare": "mobile", "mobiele telefoon": "mobile", "telemóvel": "mobile",
                   "telefon geschäftlich": "work", "téléphone (bureau)": "work", "telefon privat": "home",
                   "téléphone (domicile)": "home", "telefon": "", "telefono": "", "teléfono": "", "téléphone": "",
                   "telefoon": "", "telefone": ""}  # fmt: skip
_IDENTIFY = ("name", "given", "family", "email")
_NUMBERED = re.compile(
    r"(e-?mail|phone|website|organization|im) \d+ - (value|name|title|department|label|type|service)"
)
_OUTLOOK_MAIL = re.compile(r"e-?mail \d+ address|e-?mail-?adresse \d|e-?mail \d:? adresse|adresse de messagerie \d")
_LABELS = ("label", "type", "service")
_MAX_CELL = 10_000_000
_HEADER_WITHIN = 25  # rows that a preamble may take
_EXTRA = "X-PKM-COLUMN"  # the property that holds a column pkm does not know


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is understood: the field it gives, and what its values are labeled with or by which column."""

    index: int
    field: str
    label: str = ""
    label_index: int = -1


def read_contacts(data: bytes, mapping: Mapping[str, str] | None = None, *, name: str = "the file") -> CardFile:
    """Every row of a table of contacts is a card; a row that names nobody is a failure with its line.

    LinkedIn's preamble, delimiters (comma, semicolon, tab) and encodings are recognized. mapping: field to header,
    {"name": "Full Name"}, for tables that are not (FIELDS lists the fields). Columns pkm does not know go to `extra`.
    A table with a header alone, and an empty file, give no cards.
    Raises BadInput where no column names people, Invalid where the mapping does not fit; both list the columns.
    """
    if is_binary(data):
        raise BadInput(name, f"it is {name_kind(data)}, not a table of contacts")
    text = decode_text(data).replace("\0", "")
    if not text.strip():
        return CardFile(())
    _check_fields(mapping)
    rows, failures = _rows(text, _delimiter(text, mapping))
    header = _header_at(rows, mapping)
    if header is None:
        raise _no_contacts(rows, mapping, name)
    return _read_table(rows[header][1], rows[header + 1 :], mapping, failures)


def looks_like_contacts(data: bytes) -> bool:
    """True where the bytes begin with a table whose header names people and a way to tell them apart."""
    if is_binary(data):
        return False
    text = decode_text(data[:16384])
    rows, _ = _rows(text, _delimiter(text, None))
    header = _header_at(rows, None)
    return header is not None and _score(rows[header][1], None) >= 2


def _read_table(
    header: list[str], rows: list[tuple[int, list[str]]], mapping: Mapping[str, str] | None,
    failures: list[tuple[int, str, str]],
) -> CardFile:  # fmt: skip
    """The cards of the rows under a header."""
    columns = _columns(header, mapping)
    used = {index for column in columns for index in (column.index, column.label_index)}
    unknown = [(index, head) for index, head in enumerate(header) if index not in used and one_line(head)]
    linkedin = {"connected on", "first name"} <= set(map(_plain, header))
    source = "table linkedin" if linkedin else f"table {_table_digest(header)}"
    cards = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        card, unread = _card(cells, columns, unknown, "LinkedIn" if linkedin else "")
        if card.name:
            cards.append(replace(card, line=line, source=source))
            failures += [(line, one_line(what, 80), "it says no date for sure: kept as it is") for what in unread]
        else:
            failures.append((line, one_line(", ".join(filter(None, cells)), 80), "the row has no name and no e-mail"))
    return CardFile(tuple(cards), tuple(sorted(failures)))


def _table_digest(header: Sequence[str]) -> str:
    """What tables with those columns are told from others by."""
    return hashlib.sha256("\n".join(sorted(set(map(_plain, header)))).encode("utf-8", "replace")).hexdigest()[:12]


def _card(
    cells: list[str], columns: Sequence[_Column], unknown: list[tuple[int, str]], service: str
) -> tuple[Card, list[str]]:
    """The card of one row, and what in it was to be a date and is none."""

    def cell(index: int) -> str:
        return clean(cells[index]).strip() if 0 <= index < len(cells) else ""

    values: dict[str, list[Labeled]] = {}
    for column in columns:
        label = one_line(cell(column.label_index), 100) if column.label_index >= 0 else column.label
        for value in re.split(r"\s*:::\s*", cell(column.index)):
            if value:
                values.setdefault(column.field, []).append((label, value))

    def text(field: str) -> str:
        return one_line(next((value for _, value in values.get(field, ())), ""), 1000)

    parts = tuple(text(field) for field in ("family", "given", "additional", "prefix", "suffix"))
    spoken = shown_name(" ".join(filter(None, (parts[3], parts[1], parts[2], parts[0], parts[4]))), 1000)
    emails = _labeled(values.get("email", ()))
    name = shown_name(text("name")) or spoken or shown_name(text("nick")) or (emails[0][1] if emails else "")
    birthday = read_date(text("birthday")) or _day(text("birthday"))
    extra = [_extra(head, cell(index)) for index, head in unknown if cell(index)]
    unread = [text("birthday")] if text("birthday") and not birthday else []
    extra += [_extra("Birthday", day) for day in unread]
    met = text("met")
    card = Card(
        name=name,
        uid=text("uid"),
        parts=parts if any(parts) else (),
        nicks=tuple(filter(None, (shown_name(value, 1000) for _, value in values.get("nick", ())))),
        org=text("org"),
        units=(text("unit"),) if text("unit") else (),
        title=text("title"),
        emails=emails,
        phones=_labeled(values.get("phone", ())),
        urls=_labeled(values.get("url", ())),
        handles=tuple((label.lower(), value) for label, value in _labeled(values.get("handle", ()))),
        birthday=birthday,
        note="\n\n".join(value for _, value in values.get("note", ())),
        categories=_tags([value for _, value in values.get("tags", ())]),
        met=f"{service}, {_day(met) or met}" if met and service else met,
        extra=tuple(extra),
    )
    return card, [f"Birthday {day}" for day in unread]


def _labeled(values: Sequence[Labeled]) -> tuple[Labeled, ...]:
    """The values with their labels, those first that Google marks as primary ("* Work")."""
    ordered = sorted(values, key=lambda pair: not pair[0].startswith("*"))
    return tuple((_label(label), one_line(value)) for label, value in ordered)


def _label(label: str) -> str:
    """A label as a vCard has it: without Google's mark, and in lower case where it is one of the common words."""
    label = label.removeprefix("*").strip()
    return label.lower() if re.fullmatch(r"(?i)(home|work|mobile|cell|other|main|pager|profile|blog)", label) else label


def _tags(values: Sequence[str]) -> tuple[str, ...]:
    """Labels and categories, without Google's own (myContacts, starred)."""
    parts = [one_line(part) for value in values for part in re.split(r"[;,]", value)]
    return tuple(dict.fromkeys(part for part in parts if part and not part.startswith("* ")))


def _day(text: str) -> str:
    """A day as 2013-02-02; "" where the text is none, or could be two days (03/04/2020)."""
    for form in ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).strftime("%Y-%m-%d")
        except ValueError:
            continue
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    if match:
        first, second, year = map(int, match.groups())
        if first == second or first > 12 or second > 12:
            month, day = (second, first) if first > 12 else (first, second)
            return read_date(f"{year:04}-{month:02}-{day:02}")
    return ""


def _extra(header: str, value: str) -> str:
    """A column that pkm does not know, as a vCard property."""
    return f"{_EXTRA};X-NAME={quote(one_line(header), 'X-NAME')}:{escape(value)}"


def _columns(header: list[str], mapping: Mapping[str, str] | None) -> list[_Column]:
    """The columns of a header that are understood; those that a mapping names mean what it says."""
    plain = [_plain(head) for head in header]
    columns, mapped = [], {_plain(column): field for field, column in (mapping or {}).items()}
    for index, head in enumerate(plain):
        label = next((plain.index(twin) for twin in _twins(head) if twin in plain), -1)
        if head in mapped:
            columns.append(_Column(index, mapped[head], "", label))
        elif field := _meaning(head):
            columns.append(_Column(index, field, _column_label(head, field), label))
    return columns


def _meaning(head: str) -> str:
    """The field that a header means, "" where it is not known."""
    if _OUTLOOK_MAIL.fullmatch(head):
        return "email"
    match = _NUMBERED.fullmatch(head)
    if not match:
        return _MEANING.get(head, "")
    kind, what = match.groups()
    if kind == "organization":
        return {"name": "org", "title": "title", "department": "unit"}.get(what, "")
    if what != "value":
        return ""
    return {"phone": "phone", "website": "url", "im": "handle"}.get(kind, "email")


def _twins(head: str) -> Iterator[str]:
    """The headers of the columns that may label this one ("e-mail 1 - value": "e-mail 1 - label")."""
    if head.endswith(" - value"):
        for label in _LABELS:
            yield f"{head.removesuffix('value')}{label}"


def _column_label(head: str, field: str) -> str:
    """The label that a header itself gives: "mobile phone" is a phone, mobile."""
    if field != "phone" or " - " in head:
        return ""
    if head in _LABELED_ABROAD:
        return _LABELED_ABROAD[head]
    words = re.sub(r"\b(phone|telephone|number|tel|primary|\d+)\b", "", head).split()
    return " ".join("work" if word == "business" else word for word in words)


def _plain(header: str) -> str:
    """A header as it is compared."""
    return fold(one_line(header)).replace("_", " ")


def _score(cells: Sequence[str], mapping: Mapping[str, str] | None) -> int:
    """How many cells of a row are headers that are understood; 0 where none of them can name a person."""
    plain = set(map(_plain, cells))
    if mapping:
        return sum(_plain(column) in plain for column in mapping.values())
    fields = [field for field in map(_meaning, plain) if field]
    return len(fields) if any(field in _IDENTIFY for field in fields) else 0


def _header_at(rows: list[tuple[int, list[str]]], mapping: Mapping[str, str] | None) -> int | None:
    """The place of the row that is the header: the best of the first ones; None where no row can be one."""
    scores = [_score(cells, mapping) for _, cells in rows[:_HEADER_WITHIN]]
    least = len(mapping) if mapping else 1
    best = max(scores, default=0)
    return scores.index(best) if best >= least else None


def _delimiter(text: str, mapping: Mapping[str, str] | None) -> str:
    """The delimiter that makes the best header; a comma where none does."""
    head = text[:16384]
    best = {mark: max((_score(cells, mapping) for _, cells in _rows(head, mark)[0]), default=0) for mark in ",;\t"}
    return max(best, key=lambda mark: best[mark])


def _rows(text: str, delimiter: str) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]]]:
    """The rows with the line each begins on; a row that cannot be read ends the table and is said."""
    rows: list[tuple[int, list[str]]] = []
    before = csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        return rows, [(start, "the rest of the table", f"it cannot be read: {error}")]
    finally:
        csv.field_size_limit(before)
    return rows, []


def _check_fields(mapping: Mapping[str, str] | None) -> None:
    """Raises Invalid where a mapping names a field that there is not."""
    wrong = [field for field in mapping or () if field not in FIELDS]
    if wrong:
        raise Invalid(f"--map {wrong[0]}=…", f"there is no field {wrong[0]}; there are {', '.join(FIELDS)}")


def _no_contacts(rows: list[tuple[int, list[str]]], mapping: Mapping[str, str] | None, name: str) -> Exception:
    """The error for a table whose columns name nobody, or not those that the mapping names."""
    widest = max((cells for _, cells in rows[:_HEADER_WITHIN]), key=len, default=[])
    columns = ", ".join(one_line(cell, 40) for cell in widest[:20]) or "none"
    if mapping:
        present = set(map(_plain, widest))
        missing = [column for column in mapping.values() if _plain(column) not in present]
        return Invalid(f"--map …={', '.join(missing)}", f"{name} has no such column; it has: {columns}")
    why = f"no column names people (expected First Name, Last Name, Name or Email; it has: {columns})"
    return BadInput(name, why, next=f'pkm contact import {shlex.quote(name)} --map "name=COLUMN,email=COLUMN"')
