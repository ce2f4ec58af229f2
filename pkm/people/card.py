"""What pkm knows of a person in a file of contacts, whatever the format.

Owns the values that readers give and writers take. Must not know any format or the store.
"""

from dataclasses import dataclass, field

Labeled = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """A person (or, by `kind`, a group or an organization) as a file tells it.

    name: FN, else composed of N, else org, e-mail, nickname, phone or URL; "" where there is nothing of these.
    parts: N's family, given and additional names, prefixes and suffixes; () where the card has no N.
    emails, phones, urls: (label, value), the preferred first; label is "" or words such as "work fax".
    handles: (service, value), such as ("mastodon", "https://example.social/@x") or ("skype", "name").
    birthday: 1980-05-21, --05-21, 1980-05 or 1980. photo: a URL or a data: URI.
    met: how we met. rev: when the card was changed, as it says. extra: properties that pkm does not know, one
    unfolded line each, groups included. line, source: where it stood: the line of its file; for a row of a table, a name
    for tables like that one.
    """

    name: str = ""
    uid: str = ""
    kind: str = ""
    parts: tuple[str, ...] = ()
    nicks: tuple[str, ...] = ()
    org: str = ""
    units: tuple[str, ...] = ()
    title: str = ""
    emails: tuple[Labeled, ...] = ()
    phones: tuple[Labeled, ...] = ()
    urls: tuple[Labeled, ...] = ()
    handles: tuple[Labeled, ...] = ()
    birthday: str = ""
    note: str = ""
    categories: tuple[str, ...] = ()
    met: str = ""
    photo: str = ""
    rev: str = ""
    extra: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class CardFile:
    """What a file gave. `failures` are (line, what, why): of cards that were read, what could not be used.

    broken: what could be read of cards that are cut off; not among `cards`.
    """

    cards: tuple[Card, ...]
    failures: tuple[tuple[int, str, str], ...] = ()
    broken: tuple[Card, ...] = ()
