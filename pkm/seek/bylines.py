"""Who wrote what: the people in bylines, told apart. Pure: values in, values out.

Two spellings are one person only where an e-mail address or an author's page is the same, or where pages name each
other (rel=me). A name alone proves nothing: it is said that it may be the same person, and no more.
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pkm.html import is_web_address, same_page_key
from pkm.seek.entry import Byline
from pkm.seek.sitekey import site_key
from pkm.text import fold, one_line

_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]/]+\.[^\s@<>(),;:\"\[\]/]+")
_BY = re.compile(r"^(?:written |posted |words |text |story )?(?:by|von|par|por)[:\s]+", re.I)
_BETWEEN = re.compile(r"\s*(?:,|;|\||\s/(?=\s)|&|\band\b|\bund\b|\bet\b|\bwith\b)\s+", re.I)
_SUFFIX = re.compile(r"(?:jr|sr|ph\.?\s?d|m\.?d|msc|mba|esq|ii|iii)\.?", re.I)
_ROLES_LISTED = (
    "admin administrator anonymous author blogger bot columnist contributor contributors correspondent desk editor editorial"
    " editors feed guest info journalist moderator news newsletter newsroom noreply office owner press producer"
    " redaction redaktion redacción redazione rédaction reporter root staff support team teams unknown user webmaster"
    " webteam writer writers"
    " agency company corporation foundation gmbh inc institute journal limited llc ltd magazine media network podcast"
    " records society times university"
)
_ROLES = set(_ROLES_LISTED.split())
_MAX_WORDS = 5
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters that no normal form takes apart."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]?)+")


@dataclass(frozen=True, slots=True)
class Writing:
    """One byline on one item. source: its number, None for a clip; place: who stands behind the source (two feeds of one
    site are one); kept, dropped: what became of the item.
    """

    byline: Byline
    item: int
    source: int | None
    place: str = ""
    kept: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is named in bylines. key: as they are remembered (mailto:, url:, name:); keys: all that means them.

    name: the commonest spelling; spellings: the others. maybe: who may be the same person, in words.
    """

    key: str
    name: str
    spellings: tuple[str, ...]
    emails: tuple[str, ...]
    urls: tuple[str, ...]
    keys: frozenset[str]
    writings: tuple[Writing, ...]
    maybe: tuple[str, ...] = ()

    @property
    def places(self) -> set[str]:
        """The sites, or sources, whose items name them; what was clipped is none."""
        return {one.place or str(one.source) for one in self.writings if one.source}

    @property
    def kept(self) -> int:
        """How many of their items were kept."""
        return sum(one.kept for one in self.writings)

    @property
    def decided(self) -> int:
        """How many of their items were kept or dropped."""
        return sum(one.kept or one.dropped for one in self.writings)

    @property
    def score(self) -> float:
        """(sources - 1) + 2 kept / (decided + 5)."""
        return max(0, len(self.places) - 1) + 2 * self.kept / (self.decided + 5)

    @property
    def sites(self) -> set[str]:
        """The sites that are theirs: an author's page on a site that many share is not the site."""
        return {key for url in self.urls if (key := own_site(url))}


@lru_cache(maxsize=65_536)
def own_site(url: str) -> str:
    """The site that is a person's where this is their page: its root, an account, a page beside the root; else ""."""
    key = site_key(url)
    path = same_page_key(url).removeprefix(key).strip("/")
    shared = re.match(r"(?:authors?|people|persons?|team|staff|users?|profiles?|contributors?|by|members?)(?:/|$)", path, re.I)
    return "" if shared or "/" in path or "?" in path else key


def full_names(lines: Iterable[str]) -> frozenset[str]:
    """The names of two words that lines of authors have as they are spoken, folded: what tells whom "Lee, Ann" means."""
    parts = (_bare(part) for line in set(lines) for part in _split(line))
    return frozenset(fold(name) for name in parts if len(name.split()) == 2)


def read_bylines(author: str, authors: str = "[]", names: Collection[str] = ()) -> tuple[Byline, ...]:
    """The people that a line of authors names, each once, with what the JSON beside it knows of them.

    "Ann Lee, Senior Editor", "by Ann Lee and Bo", "ann@example.org (Ann Lee)" give people's names only.
    names: see full_names(); "Lee, Ann" is Ann Lee where she is among them, else two people.
    """
    author = _spoken(author, names)
    known = {fold(_bare(one.name)): one for one in _known(authors)}
    found: dict[str, Byline] = {}
    for part in _split(author):
        email = _EMAIL.search(part)
        name = _bare(part)
        known_one = known.pop(fold(name), None) if name else None
        one = Byline(name, email[0].lower() if email else "") if known_one is None else known_one
        if name:
            found.setdefault(fold(name), Byline(name, one.email, one.url))
    for folded, one in known.items():
        found.setdefault(folded, Byline(_bare(one.name), one.email, one.url))
    return tuple(one for one in found.values() if one.name)


def _spoken(author: str, names: Collection[str]) -> str:
    """The line, with the family name behind where it stood before and the whole is a name that is known."""
    family, comma, first = (part.strip() for part in one_line(author).partition(","))
    alone = comma and all(len(part.split()) == 1 for part in (family, first))
    return f"{first} {family}" if alone and fold(f"{first} {family}") in names else author


def _known(authors: str) -> list[Byline]:
    try:
        listed = json.loads(authors or "[]")
    except ValueError:
        return []
    people = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    known = [tuple(str(one.get(part) or "") for part in ("name", "email", "url")) for one in people]
    return [Byline(name, email.lower() if is_email(email) else "", url) for name, email, url in known]


def is_email(text: str) -> bool:
    """True for one address that mail can be sent to."""
    return bool(_EMAIL.fullmatch(text))


def _split(author: str) -> list[str]:
    """The parts of a line of authors; what stands in brackets after an address is its name."""
    line = _BY.sub("", one_line(author))
    line = re.sub(rf"{_EMAIL.pattern}\s*\(([^()]+)\)", lambda found: f"{found[1]} <{found[0].split()[0]}>", line)
    parts: list[str] = []
    for part in _BETWEEN.split(line):
        if parts and _INITIALS.fullmatch(part.strip()) and "." not in parts[-1]:  # "Lee, A., Dahl, B. C."
            parts[-1] = f"{part.strip()} {parts[-1]}"
        elif part.strip():
            parts.append(part)
    return parts


def _bare(part: str) -> str:
    """The name in a part of a byline: no address, no brackets, no "by"; "" where it is a title like PhD."""
    name = _EMAIL.sub(" ", part)
    name = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|https?://\S+", " ", name)
    name = _BY.sub("", one_line(name).strip(" \"'“”,;:–—-@"))
    return "" if _SUFFIX.fullmatch(name) else name


def is_person(name: str, feeds: Iterable[str] = ()) -> bool:
    """False for roles (staff, Editorial Team), names of feeds, sentences, numbers. feeds: folded titles of sources."""
    folded = fold(name)
    words = re.findall(r"[^\W_]+", folded)
    if len(folded) < 2 or not words or len(words) > _MAX_WORDS or len(folded) > 60:
        return False
    is_host = "www." in folded or ("." in folded.strip(".") and " " not in folded) or bool(_INITIALS.fullmatch(name))
    if {word.rstrip("0123456789") for word in words} & _ROLES or any(word.isdigit() for word in words) or is_host:
        return False
    return folded not in set(feeds)


def group_people(writings: Sequence[Writing], feeds: Iterable[str] = (), same: Iterable[tuple[str, str]] = ()) -> list[Person]:
    """The people of these bylines, by key. feeds: titles of sources; same: pairs of addresses that name each other."""
    titles = {fold(title) for title in feeds}
    named = [one for one in writings if is_person(one.byline.name, titles) and not _is_role_email(one.byline.email)]
    groups = _group(named, same)
    people = [_person(ones) for ones in groups]
    return _say_maybe(sorted(people, key=lambda one: one.key))


def _is_role_email(email: str) -> bool:
    return bool(email) and bool(set(re.findall(r"[a-z]+", email.partition("@")[0])) & _ROLES)


def _tokens(byline: Byline) -> list[str]:
    """What proves who somebody is: an address to write to, a page."""
    page = same_page_key(byline.url) if is_web_address(byline.url) else ""
    return [token for token in (f"mailto:{byline.email}" if byline.email else "", f"url:{page}" if page else "") if token]


def _group(writings: Sequence[Writing], same: Iterable[tuple[str, str]]) -> list[list[Writing]]:
    """The writings of each person: joined by what proves it; within one source, a name alone joins its one owner."""
    shared = _shared_tokens(writings)
    parent: dict[str, str] = {}

    def root(token: str) -> str:
        while parent.setdefault(token, token) != token:
            token = parent[token]
        return token

    def join(tokens: Sequence[str]) -> None:
        for token in tokens[1:]:
            first, other = sorted((root(tokens[0]), root(token)))
            parent[other] = first

    own = [[token for token in _tokens(one.byline) if token not in shared] for one in writings]
    for tokens in own:
        join(tokens)
    for pair in same:
        join([f"url:{same_page_key(page)}" for page in pair])
    owners: dict[tuple[int | None, str], set[str]] = defaultdict(set)
    for one, tokens in zip(writings, own, strict=True):
        if tokens:
            owners[one.source, _plain(fold(one.byline.name))].add(root(tokens[0]))
    groups: dict[str, list[Writing]] = defaultdict(list)
    for one, tokens in zip(writings, own, strict=True):
        name = _plain(fold(one.byline.name))
        known = owners.get((one.source, name), set())
        owner = root(tokens[0]) if tokens else next(iter(known)) if len(known) == 1 else f"name:{name}"
        groups[owner].append(one)
    return list(groups.values())


def _plain(name: str) -> str:
    """A folded name without accents, hyphens and points: spellings of a name that nobody would take for two people."""
    letters = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return " ".join(re.findall(r"[^\W_]+", "".join(one for one in letters if not unicodedata.combining(one))))


def _shared_tokens(writings: Sequence[Writing]) -> set[str]:
    """Addresses that stand beside full names that are nothing alike: a newsroom's, not a person's."""
    names: dict[str, set[str]] = defaultdict(set)
    for one in writings:
        for token in _tokens(one.byline):
            if " " in (name := fold(one.byline.name)):
                names[token].add(name)
    return {token for token, found in names.items() if not _all_alike(sorted(found))}


def _all_alike(names: Sequence[str]) -> bool:
    return all(_alike(one, other) for place, one in enumerate(names[:20]) for other in names[place + 1 : 20])


def _alike(one: str, other: str) -> bool:
    """Spellings of what may be one name: a word of two letters in common, or hardly a difference."""
    from rapidfuzz import fuzz, utils

    words = {word for word in re.findall(r"[^\W\d_]{2,}", one)}
    if words & set(re.findall(r"[^\W\d_]{2,}", other)):
        return True
    return fuzz.token_sort_ratio(one, other, processor=utils.default_process) >= 85


def _person(writings: Sequence[Writing]) -> Person:
    names = Counter(one.byline.name for one in writings)
    ordered = sorted(names, key=lambda name: (-names[name], -len(name), name))
    folded: dict[str, str] = {}
    for name in ordered:
        folded.setdefault(fold(name), name)
    spellings = list(folded.values())
    emails = tuple(dict.fromkeys(one.byline.email for one in writings if one.byline.email))
    urls = tuple({same_page_key(one.byline.url): one.byline.url for one in writings if is_web_address(one.byline.url)}.values())
    proofs = [*(f"mailto:{email}" for email in emails), *(f"url:{same_page_key(url)}" for url in urls)]
    keys = sorted(proofs) or sorted(f"name:{fold(spelling)}" for spelling in spellings)
    newest = sorted({one.item: one for one in writings}.values(), key=lambda one: (not one.kept, -one.item))
    return Person(keys[0], spellings[0], tuple(spellings[1:]), emails, urls, frozenset(keys), tuple(newest))


def _say_maybe(people: Sequence[Person]) -> list[Person]:
    """Each person with those who may be the same: an equal name, or one very like it on the same site."""
    from dataclasses import replace

    by_name: dict[str, list[Person]] = defaultdict(list)
    by_host: dict[str, list[Person]] = defaultdict(list)
    for one in people:
        for name in {fold(name) for name in (one.name, *one.spellings)}:
            by_name[name].append(one)
        for host in {site_key(url) for url in one.urls}:
            by_host[host].append(one)
    told = []
    for one in people:
        near = {other.key: other for name in (one.name, *one.spellings) for other in by_name[fold(name)]}
        for host in {site_key(url) for url in one.urls}:
            near |= {other.key: other for other in by_host[host][:100] if _nearly(one.name, other.name)}
        near.pop(one.key, None)
        told.append(replace(one, maybe=tuple(_called(other) for _, other in sorted(near.items())[:3])))
    return told


def _nearly(one: str, other: str) -> bool:
    from rapidfuzz import fuzz, utils

    return fuzz.token_sort_ratio(one, other, processor=utils.default_process) >= 85


def _called(person: Person) -> str:
    where = next(iter((*person.urls, *person.emails)), "known by name only")
    return f"{person.name} ({where})"
