"""What a card of a file brings to the store: its values as a contact keeps them, and the keys that say whose they are.

Pure values. What a contact has no column for stays as a line of a vCard, the way vcard.leftover() gives it. Must not know
the store or any file.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from pkm.addresses import address_key
from pkm.ids import is_selector
from pkm.people.card import Card
from pkm.people.vcard import leftover
from pkm.people.vcard_lines import escape
from pkm.text import fold, one_line, quoted_url

NO_NAME = "(no name)"
"""What a contact is called whose card has nothing to name them by."""
KNOWN_AS = "pkm.X-PKM-AS"
"""The line that remembers a card which had no better key than its name: it is known again by that."""
ALSO_UID = "pkm.UID"
"""The line that remembers another UID of the same contact."""

_VALUE = 1000  # characters of an address or number that is used; a longer one is kept as a line
_LONG = 200  # characters from which on a line is compared by its digest: pictures
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]/]+")
_WEB = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s().\-/]+")  # of a number
_BARE = re.compile(r"[\w-]+(\.[\w-]+)+([/?#:]\S*)?")
_OWN_KINDS = ("", "email", "phone", "url", "alias")  # of handles; a service of such a name is told apart from them
_PROFILES = (
    "linkedin.com/in/", "linkedin.com/pub/", "github.com/", "gitlab.com/", "codeberg.org/", "twitter.com/", "x.com/",
    "facebook.com/", "instagram.com/", "xing.com/profile/", "orcid.org/", "bsky.app/profile/", "keybase.io/",
    "researchgate.net/profile/", "about.me/", "t.me/",
)  # fmt: skip
"""Where a page is one person's; so is any whose path begins with @ (Mastodon, Medium, YouTube)."""

Handle = tuple[str, str, str]
"""kind, label, value."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One card, ready to be compared with contacts and kept.

    fields: name, org, role, met, about and birthday, those that are not empty. nicks: without those that a selector reads
    as something else (c1, `.`), which are lines. handles: without aliases, the preferred first; keys: the same as they are
    compared. tags: as the store calls the categories, where it can.
    lines: what no column holds.
    emails, profiles: as they are compared. rev: digits, "" without.
    known_as: the line that remembers a card with no UID, e-mail or profile; "" for any other.
    card: what the card is known again by, a UID or a kind of table; "" where that cannot be. where: its file and line.
    """

    uid: str
    fields: dict[str, str]
    nicks: tuple[str, ...] = ()
    handles: tuple[Handle, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    known_as: str = ""
    rev: str = ""
    card: str = ""
    where: str = ""

    @property
    def name(self) -> str:
        """The name, never empty."""
        return self.fields["name"]


def read_arrival(card: Card, tag_of: Callable[[str], str], where: str = "") -> Arrival:
    """The card as the store would keep it. tag_of: a category's tag, "" where it can be none."""
    sorted_handles, lines = _sort_handles(card)
    handles = tuple(sorted_handles.values())
    shadows = [f"NICKNAME:{escape(nick)}" for nick in card.nicks if is_selector(nick)]
    kept = (*leftover(card), *lines, *shadows)
    fields = {
        "name": card.name or NO_NAME, "org": card.org, "role": card.title, "met": card.met, "about": card.note,
        "birthday": card.birthday,
    }  # fmt: skip
    found = Arrival(
        card.uid, {key: value for key, value in fields.items() if value},
        tuple(nick for nick in card.nicks if not is_selector(nick)), handles, tuple(sorted_handles),
        *_named_categories(card, tag_of), tuple(dict.fromkeys(kept)),
        tuple(value for kind, value in sorted_handles if kind == "email"),
        tuple(_each_once(filter(None, (profile_key(value) for _, _, value in handles)))),
        rev=_digits(card.rev), card=uid_line(card.uid) if card.uid else card.source, where=where,
    )  # fmt: skip
    if found.uid or found.emails or found.profiles:
        return found
    return replace(found, known_as=_known_as(found))


def _named_categories(card: Card, tag_of: Callable[[str], str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The categories that can be tags, as they are compared, and the tags, each at the same place."""
    named = {fold(tag): (fold(category), tag) for category in reversed(card.categories) if (tag := tag_of(category))}
    pairs = list(reversed(named.values()))
    return tuple(category for category, _ in pairs), tuple(tag for _, tag in pairs)


def _digits(rev: str) -> str:
    """A REV as it is compared with others; "" where it is no instant."""
    digits = re.sub(r"[^0-9]", "", rev)[:14]
    return digits.ljust(14, "0") if len(digits) >= 8 else ""


_BOOK_GROUPS = {"mycontacts", "starred", "starredinandroid", "othercontacts", "allcontacts", "contacts", "systemgroupmycontacts"}
_COMMON_GROUPS = {"friends", "family", "coworkers"}


def is_book_group(name: str) -> bool:
    """Whether a phone book itself calls a group so, and it says nothing of the person: My Contacts, starred."""
    return name.startswith("* ") or _letters(name) in _BOOK_GROUPS


def is_subject(tag: str) -> bool:
    """False for a tag that is no subject: a group as phone books have them, or everybody has (friends, family)."""
    return not is_book_group(tag) and _letters(tag) not in _COMMON_GROUPS


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", fold(name))


def uid_line(uid: str) -> str:
    """The line that remembers a UID; the same for one with and without urn:uuid:, whatever its case."""
    return f"{ALSO_UID}:{fold(uid).removeprefix('urn:uuid:')}"


def compared(kind: str, value: str) -> tuple[str, str]:
    """A handle as it is compared: a number by its digits, an address without a slash at its end."""
    if kind == "email":
        return kind, address_key(value)
    text = fold(value)
    if kind == "phone":
        return kind, _PUNCTUATION.sub("", text) or text
    return kind, text.rstrip("/") if kind == "url" else text


def mark(line: str) -> str:
    """A line as it is compared, short enough to hold many thousand of."""
    if len(line) <= _LONG:
        return line
    return f"{line.partition(':')[0]}:{hashlib.sha256(line.encode('utf-8', 'replace')).hexdigest()}"


def profile_key(value: str) -> str:
    """One person's page as it is compared, host and path; "" for any other address."""
    if value[:4].lower() != "http" or not _WEB.fullmatch(value):
        return ""
    try:
        parts = urlsplit(fold(value))
    except ValueError:
        return ""
    host = re.sub(r"^(?:www|m|mobile|[a-z]{2}(?=\.linkedin\.com))\.", "", parts.netloc)
    page = host + unquote(parts.path).rstrip("/") + (f"?{parts.query}" if parts.path.endswith(".php") else "")
    own = any(page.startswith(place) and len(page) > len(place) for place in _PROFILES)
    return page if own or (parts.path.startswith("/@") and len(parts.path) > 2) else ""


def _known_as(found: Arrival) -> str:
    """Name and organization; for a card without a name, a digest of all it holds."""
    if found.name != NO_NAME:
        return f"{KNOWN_AS}:{escape(fold(found.name))};{escape(fold(found.fields.get('org', '')))}"
    told = repr((sorted(found.fields.items()), found.nicks, found.handles, found.tags, found.lines))
    return f"{KNOWN_AS}:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()}"


def _sort_handles(card: Card) -> tuple[dict[tuple[str, str], Handle], list[str]]:
    """The ways to reach them that can be used, each once, by how they are compared; and the lines of those that cannot."""
    handles: dict[tuple[str, str], Handle] = {}
    lines = []
    for kind, name, values, fits in (
        ("email", "EMAIL", card.emails, _email), ("phone", "TEL", card.phones, _phone), ("url", "URL", card.urls, _url)
    ):  # fmt: skip
        for label, given in values:
            if value := fits(given):
                handles.setdefault(compared(kind, value), (kind, label, value))
            else:
                lines.append(f"{name}:{given if kind == 'url' else escape(given)}")
    for service, given in card.handles:
        kind, value = _service_kind(service), one_line(given, _VALUE)
        handles.setdefault(compared(kind, value), (kind, "", value))
    return handles, lines


def _service_kind(service: str) -> str:
    return "im" if service in _OWN_KINDS else service


def _email(text: str) -> str:
    return text if _EMAIL.fullmatch(text) and len(text) <= _VALUE else ""


def _phone(text: str) -> str:
    return text if len(text) <= _VALUE else ""


def _url(text: str) -> str:
    text = quoted_url(f"https://{text}" if _BARE.fullmatch(text) else text)
    return text if _WEB.fullmatch(text) and len(text) <= _VALUE else ""


def _each_once(values: Iterable[str]) -> Iterable[str]:
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(fold(value), value)
    return found.values()
