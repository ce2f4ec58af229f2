"""People to get to know: who is named in bylines of several sources, and who is quoted by those one reads. Offline.

Gathers from the store, decides in a pure function. Nobody is added by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pkm.ids import make
from pkm.seek import quotes
from pkm.seek.bylines import Person, Writing, group_people, is_person, read_bylines
from pkm.seek.discover import MAX_KEPT, SHOWN_EVIDENCE, is_boilerplate, listed, place_of, sample_boilerplate, writer_of
from pkm.seek.known import KnownPeople, feeds_of_people, places_of_contacts
from pkm.seek.pointers import read_pointers
from pkm.seek.quotes import Path, Quote
from pkm.seek.sitekey import can_be_met, is_share_button, site_address, site_key
from pkm.store import discovery
from pkm.store.session import Store
from pkm.text import count, fold, one_line

Row = dict[str, Any]

MAX_OF_PEOPLE = 2000
"""Items of people's sources, the newest, that are looked at."""
MAX_DROPPED = 3000
_NO_NAME_LISTED = (
    "a an article click continue for full here how in link more my of on original our page post read see source story"
    " that the these this those to via view what why your"
)
_NO_NAME = set(_NO_NAME_LISTED.split())
QUOTED_WEIGHT, QUOTED_CAP = 3.0, 5.0
"""Three writers' half attention counts about as much as a byline in two more sources."""


@dataclass(frozen=True, slots=True)
class PersonSuggestion:
    """Somebody to get to know. key: as they are remembered; keys: all that means them; feeds: sources that are theirs
    and followed already; evidence: the items that speak for it; unnamed: only their site is known.
    """

    key: str
    name: str
    score: float
    why: str
    url: str = ""
    spellings: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    feeds: tuple[int, ...] = ()
    evidence: tuple[int, ...] = ()
    path: tuple[str, ...] = ()
    excerpts: tuple[tuple[int, str], ...] = ()
    maybe: tuple[str, ...] = ()
    unnamed: bool = False
    feed: str = ""  # an address at which their feed was found to be

    @property
    def id(self) -> str:
        """What they are called from run to run."""
        return f"person:{self.key}"

    @property
    def title(self) -> str:
        """The name, with the other spellings."""
        return f"{self.name}, also as {listed(self.spellings)}" if self.spellings else self.name

    def as_dict(self) -> Row:
        """The suggestion as the JSON contract has it."""
        return {
            "id": self.id, "kind": "suggestion", "title": self.title, "suggests": "person", "key": self.key,
            "name": "" if self.unnamed else self.name, "spellings": list(self.spellings), "emails": list(self.emails),
            "urls": list(self.urls), "url": self.url, "score": round(self.score, 3), "why": self.why,
            "evidence": [make("item", number) for number in self.evidence[:SHOWN_EVIDENCE]],
            "path": list(self.path),
            "excerpts": [{"item": make("item", number), "text": text} for number, text in self.excerpts],
            "maybe": list(self.maybe), "sources": [make("source", number) for number in self.feeds],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeopleFacts:
    """What a decision about people rests on. same: pairs of pages that name each other by rel=me; boilerplate: as in
    discover.LinkFacts.
    """

    items: Sequence[Row]
    dropped: Sequence[Row] = ()
    sources: Sequence[Row] = ()
    contacts: Sequence[Row] = ()
    dismissed: frozenset[str] = frozenset()
    own: str = ""
    same: Sequence[tuple[str, str]] = ()
    boilerplate: Mapping[int, frozenset[str]] = field(default_factory=dict)


def gather_people(store: Store, own_url: str = "") -> PeopleFacts:
    """The newest kept, noted and dropped items, those of people's sources, who is known, who was turned down."""
    db = store.read()
    items = {row["id"]: row for row in discovery.items_of_people(db, MAX_OF_PEOPLE)}
    items |= {row["id"]: row for row in discovery.kept_items(db, MAX_KEPT)}
    return PeopleFacts(
        list(items.values()), discovery.dropped_bylines(db, MAX_DROPPED), discovery.followed(db),
        discovery.known_people(db), frozenset(discovery.dismissed(db, "person")), site_key(own_url),
        boilerplate=sample_boilerplate(store, list(items.values())),
    )  # fmt: skip


def find_people(store: Store, own_url: str = "") -> list[PersonSuggestion]:
    """People to get to know, the best first. Nothing is asked of the network."""
    return decide_people(gather_people(store, own_url))


def decide_people(facts: PeopleFacts) -> list[PersonSuggestion]:
    """Those who are named in two sources, kept three times, or quoted by two, best first, then by key. Pure.

    score: of bylines (sources - 1) + 2 kept / (decided + 5), and of quotes three times the personalized PageRank times
    the number of writers it begins at, at most 5. Contacts, dismissed people, roles and one's own site are left out.
    """
    decider = _Decider(facts)
    found = [*decider.bylined(), *decider.quoted_only()]
    return sorted(found, key=lambda one: (-one.score, one.key))


@dataclass(slots=True)
class _Decider:
    """The facts with what follows from them: people, the places that are theirs, the graph of quotes."""

    facts: PeopleFacts
    people: list[Person] = field(default_factory=list)
    known: KnownPeople = field(init=False)
    places: dict[str, str] = field(default_factory=dict)  # site to node: c1, or the site itself
    owners: dict[str, Person] = field(default_factory=dict)  # site to the one person in bylines whose it is
    feeds: dict[str, tuple[int, ...]] = field(default_factory=dict)  # person's key to sources
    ranks: Mapping[str, float] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    quoted: dict[str, list[Quote]] = field(default_factory=dict)
    restarts: int = 0
    names: dict[str, str] = field(default_factory=dict)  # what a node is called
    writers: dict[int, int | None] = field(default_factory=dict)  # source to contact

    def __post_init__(self) -> None:
        facts = self.facts
        self.people = group_people(read_writings(facts), [row["title"] for row in facts.sources], facts.same)
        self.known = KnownPeople(facts.contacts, self.people)
        self.places = places_of_contacts(facts.contacts, facts.sources)
        self.feeds = feeds_of_people(self.people, facts.sources)
        self.owners = self._owners()
        self.names = {site_key(row["site_url"] or row["url"]): row["title"] for row in facts.sources}
        self.names |= {f"person:{one.key}": one.name for one in self.people}
        self.names |= {make("contact", row["id"]): row["name"] for row in facts.contacts}
        self.writers = {row["id"]: row["contact_id"] for row in facts.sources}
        self._walk()

    def _owners(self) -> dict[str, Person]:
        claims: dict[str, list[Person]] = defaultdict(list)
        sites = {row["id"]: site_key(row["site_url"] or row["url"]) for row in self.facts.sources}
        for one in self.people:
            for site in one.sites | {sites[number] for number in self.feeds[one.key]}:
                claims[site].append(one)
        return {site: ones[0] for site, ones in claims.items() if len(ones) == 1}

    def _walk(self) -> None:
        common = self.facts.boilerplate
        found = [
            quote for row in self.facts.items
            for quote in read_quotes(row, self._node, common.get(row["source_id"] or 0, frozenset()))
        ]  # fmt: skip
        graph = quotes.make_graph(one for one in found if one.quoted != self.facts.own)
        restart = Counter[str]()
        for row in self.facts.items:
            restart[self._writer(row)] += max(row["weight"], 0)
        restart.pop("", None)
        restart.pop("clip", None)
        self.restarts = sum(weight > 0 for weight in restart.values())
        self.ranks, self.paths = quotes.rank_nodes(graph, restart), quotes.find_paths(graph, restart)
        for by in graph.values():
            for node, ones in by.items():
                self.quoted.setdefault(node, []).extend(ones)

    def _node(self, key: str) -> str:
        """The node of a site: the contact or the person whose it is, else the site."""
        if key in self.places:
            return self.places[key]
        return f"person:{self.owners[key].key}" if key in self.owners else key

    def _writer(self, row: Row) -> str:
        return make("contact", row["contact_id"]) if row["contact_id"] else self._node(place_of(row))

    def bylined(self) -> list[PersonSuggestion]:
        """Those who are named in bylines, with what quotes add."""
        found = []
        for one in self.people:
            node = f"person:{one.key}"
            cited = self.quoted.get(node, [])
            recurs = len(one.places) >= 2 or one.kept >= 3
            if (recurs or _is_quoted_enough(cited)) and not self._is_left_out(one):
                found.append(self._suggest(one, node, cited, recurs))
        return found

    def _is_left_out(self, one: Person) -> bool:
        out = self.known.is_known(one) or bool(one.keys & self.facts.dismissed)
        out = out or any(f"site:{site}" in self.facts.dismissed for site in one.sites)
        return out or any(self.writers.get(number) for number in self.feeds[one.key])

    def _suggest(self, one: Person, node: str, cited: Sequence[Quote], recurs: bool) -> PersonSuggestion:
        whys = [_why_bylined(one)] if recurs or one.kept else []
        whys += [self._why_quoted(node, cited)] if cited else []
        if self.feeds[one.key]:
            whys.append(f"writes {', '.join(make('source', number) for number in self.feeds[one.key])}, which you follow")
        if one.maybe:
            whys.append(f"maybe the same as {listed(one.maybe)}")
        path = self.paths.get(node)
        return PersonSuggestion(
            one.key, one.name, (one.score if recurs else 0.0) + self._rank(node), "; ".join(whys),
            next(iter(one.urls), ""), one.spellings, one.emails, one.urls, one.keys, self.feeds[one.key],
            tuple(dict.fromkeys([*(w.item for w in one.writings if w.kept), *(q.item for q in cited),
                                 *(w.item for w in one.writings)])),
            self._named(path), _excerpts(cited), one.maybe,
        )  # fmt: skip

    def _rank(self, node: str) -> float:
        return min(QUOTED_CAP, QUOTED_WEIGHT * self.ranks.get(node, 0.0) * self.restarts) if node in self.paths else 0.0

    def quoted_only(self) -> list[PersonSuggestion]:
        """Those who are quoted and stand in no byline: their site, with the name by which they are linked."""
        followed = {site_key(row[name]) for row in self.facts.sources for name in ("url", "site_url")}
        found = []
        for site, cited in self.quoted.items():
            known = site in self.places.values() or site.startswith("person:") or f"site:{site}" in self.facts.dismissed
            if known or site in followed or not can_be_met(site) or not _is_quoted_enough(cited):
                continue
            name = _name_in_links(cited)
            if name and self.known.has_name(name):
                continue
            address = site_address(site, cited[0].url)
            why = self._why_quoted(site, cited) + ("" if name else "; whose site it is: pkm seek people --look")
            score = self._rank(site) * (1.0 if name else 0.5)
            found.append(PersonSuggestion(
                f"site:{site}", name or site, score, why, address, urls=(address,), keys=frozenset({f"site:{site}"}),
                evidence=tuple(dict.fromkeys(one.item for one in cited)), path=self._named(self.paths.get(site)),
                excerpts=_excerpts(cited), unnamed=not name,
            ))  # fmt: skip
        return found

    def _why_quoted(self, node: str, cited: Sequence[Quote]) -> str:
        """The strongest way, with how often each quotes the next, and the words of its last step."""
        path = self.paths.get(node)
        if path is None:
            return f"quoted in {count(len({one.item for one in cited}), 'item')}"
        names = self._named(path)
        way = names[0] + "".join(f" →({len(step)}) {name}" for step, name in zip(path.steps, names[1:], strict=True))
        last = next((one for one in path.steps[-1] if one.excerpt), path.steps[-1][0])
        words = f": “{one_line(last.excerpt, 80)}”" if last.excerpt else ""
        return f"quoted: {way}{words} ({make('item', last.item)})"

    def _named(self, path: Path | None) -> tuple[str, ...]:
        nodes = path.nodes if path else ()
        return tuple(one_line(self.names.get(node) or _site_name(node, self.quoted), 40) for node in nodes)


def _site_name(node: str, quoted: Mapping[str, Sequence[Quote]]) -> str:
    return _name_in_links(quoted.get(node, ())) or node


def read_writings(facts: PeopleFacts) -> list[Writing]:
    """Every byline of the items, with what became of the item."""
    found = []
    for row in facts.items:
        for one in read_bylines(row["author"], row["authors"]):
            kept, dropped = row["weight"] > 0, row["state"] == "dropped"
            found.append(Writing(one, row["id"], row["source_id"], writer_of(row), kept, dropped))
    places = {row["source_id"]: writer_of(row) for row in facts.items}
    seen = {row["id"] for row in facts.items}
    for row in facts.dropped:
        if row["id"] not in seen:
            found += [
                Writing(one, row["id"], row["source_id"], places.get(row["source_id"], ""), dropped=True)
                for one in read_bylines(row["author"], row["authors"])
            ]
    return found


def read_quotes(row: Row, node: Callable[[str], str], common: frozenset[str] = frozenset()) -> list[Quote]:
    """Whom an item quotes, or names as where it found something. node: from a site to whose it is; common: what stands
    in most items of its source, and says nothing.
    """
    quoter = make("contact", row["contact_id"]) if row["contact_id"] else node(place_of(row))
    found = []
    for pointer in read_pointers(row["html"]):
        key = site_key(pointer.url)
        meant = pointer.type != "link" and bool(quoter) and can_be_met(key)
        if meant and not is_share_button(pointer.url) and not is_boilerplate(pointer.url, common):
            found.append(Quote(quoter, node(key), row["id"], pointer.excerpt, pointer.words, pointer.url))
    return found


def _is_quoted_enough(cited: Sequence[Quote]) -> bool:
    return len({one.quoter for one in cited}) >= 2 or len({one.item for one in cited}) >= 2


def _name_in_links(cited: Iterable[Quote]) -> str:
    """The person's name by which most links call a site, "" where none does."""
    names = Counter(one.words for one in cited if is_full_name(one.words))
    return min(names, key=lambda name: (-names[name], name)) if names else ""


def is_full_name(words: str) -> bool:
    """True for words that look like a person's full name: two to four, each with a capital."""
    parts = words.split()
    capital = all(part[:1].isupper() for part in parts)
    return 2 <= len(parts) <= 4 and capital and not _NO_NAME & set(fold(words).split()) and is_person(words)


def _excerpts(cited: Sequence[Quote]) -> tuple[tuple[int, str], ...]:
    return tuple(dict.fromkeys((one.item, one.excerpt) for one in cited if one.excerpt))[:5]


def _why_bylined(one: Person) -> str:
    several = f"bylined in {count(len(one.places), 'source')}" if one.places else "bylined in what you clipped"
    decided = f"kept {one.kept} of {one.decided}" if one.decided else "nothing decided yet"
    some = ", ".join(make("item", writing.item) for writing in one.writings[:3])
    return f"{several}, {decided} ({some}{', …' if len(one.writings) > 3 else ''})"


def dismiss_person(store: Store, title: str, keys: Iterable[str]) -> None:
    """They are not suggested again, by whatever means them; an undo brings them back."""
    with store.unit() as unit:
        discovery.dismiss(unit, "person", keys, title)
        unit.summarize(f"will not suggest {one_line(title, 80)} again")

