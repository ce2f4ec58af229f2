"""Who is known already: contacts by name, alias, address and e-mail; which sites and followed sources are whose. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from pkm.html import same_page_key
from pkm.ids import Row, make
from pkm.seek.bylines import Person, own_site
from pkm.seek.sitekey import site_key
from pkm.text import fold


class KnownPeople:
    """Who is a contact already, by name, alias, address and e-mail."""

    def __init__(self, contacts: Sequence[Row], people: Sequence[Person]) -> None:
        self._names: dict[str, int] = {}
        self._tokens: dict[str, int] = {}
        self._sites: dict[str, int] = {}
        for row in contacts:
            aliases = [value for kind, value in row["handles"] if kind == "alias"]
            self._names |= {fold(name): row["id"] for name in (row["name"], row["nick"], *aliases) if name}
            for kind, value in row["handles"]:
                if kind == "email":
                    self._tokens[f"mailto:{value.lower()}"] = row["id"]
                elif kind == "url":
                    self._tokens[f"url:{same_page_key(value)}"] = row["id"]
                    self._sites[own_site(value)] = row["id"]
        self._sites.pop("", None)
        self._proven = {number for one in people if (number := self._by_proof(one)) is not None}

    def has_name(self, name: str) -> bool:
        """True where a contact is called so."""
        return fold(name) in self._names

    def has_email(self, address: str) -> bool:
        """True where a contact has that e-mail address."""
        return f"mailto:{address.lower()}" in self._tokens

    def is_known(self, one: Person) -> bool:
        """True for a contact; one who only shares the name of a contact, who is proven to be another, is not."""
        if self._by_proof(one) is not None:
            return True
        named = {self._names[fold(name)] for name in (one.name, *one.spellings) if fold(name) in self._names}
        is_another = bool(one.urls or one.emails) and named <= self._proven
        return bool(named) and not is_another

    def _by_proof(self, one: Person) -> int | None:
        by_token = next((self._tokens[key] for key in one.keys if key in self._tokens), None)
        return by_token or next((self._sites[site] for site in one.sites if site in self._sites), None)


def places_of_contacts(contacts: Sequence[Row], sources: Sequence[Row]) -> dict[str, str]:
    """The sites that are one contact's: of their addresses and of their sources."""
    claims: dict[str, set[int]] = defaultdict(set)
    for row in contacts:
        for kind, value in row["handles"]:
            if kind == "url" and (site := own_site(value)):
                claims[site].add(row["id"])
    for row in sources:
        if row["contact_id"]:
            for url in (row["site_url"], row["url"]):
                claims[site_key(url)].add(row["contact_id"])
    return {site: make("contact", min(ids)) for site, ids in claims.items() if site and len(ids) == 1}


def feeds_of_people(people: Sequence[Person], sources: Sequence[Row]) -> dict[str, tuple[int, ...]]:
    """For each person (by key) the followed sources that are theirs: on their site, or where they write nearly all that
    was looked at.
    """
    at_site: dict[str, set[int]] = defaultdict(set)
    for row in sources:
        for url in (row["site_url"], row["url"]):
            at_site[site_key(url)].add(row["id"])
    every = Counter(writing.source for one in people for writing in one.writings)
    feeds = {}
    for one in people:
        written = Counter(writing.source for writing in one.writings if writing.source)
        mostly = {number for number, times in written.items() if number and times >= max(3, 0.8 * every[number])}
        feeds[one.key] = tuple(sorted(mostly.union(*(at_site[site] for site in one.sites if site in at_site))))
    return feeds
