"""People to get to know: who is named in bylines of several sources, and who is quoted by those one reads. Offline.

Gathers from the store, decides in a pure function. Nobody is added by itself.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pkm.ids import Row, make
from pkm.seek import quotes
from pkm.seek.bylines import Person, Writing, full_names, group_people, read_bylines
from pkm.seek.discover import MAX_KEPT, SHOWN_EVIDENCE, place_of, sample_boilerplate, tell_names, writer_of
from pkm.seek.known import KnownPeople, feeds_of_people, places_of_contacts
from pkm.seek.mentions import (
    contacts_who_link,
    gather_links,
    is_back,
    is_linked_enough,
    is_quoted_enough,
    name_in_links,
    name_of_linked,
    read_mentions,
    why_answered,
    why_linked,
)
from pkm.seek.quotes import Path, Quote
from pkm.seek.sitekey import can_be_met, site_address, site_key
from pkm.store import discovery, dismissals
from pkm.store.session import Store
from pkm.text import count, fold, one_line

MAX_OF_PEOPLE = 2000
"""Items of people's sources, the newest, that are looked at."""
MAX_DROPPED = 3000
MAX_ANSWERS = 1000
QUOTED_WEIGHT, QUOTED_CAP = 3.0, 5.0
"""Three writers' half attention counts about as much as a byline in two more sources."""
LINKED_WEIGHT, ANSWERED_WEIGHT = 0.5, 2.0
"""A plain link is less than a quote: ln(writers + 1) times this. An answer is more than a byline: once for each share."""


@dataclass(frozen=True, slots=True)
class PersonSuggestion:
    """Somebody to get to know. key: as they are remembered; keys: all that means them; feeds: sources that are theirs
    and followed already; evidence: the items that speak for it; answers: theirs to shares; unnamed: only their site, or
    address, is known.
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
    answers: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """What they are called from run to run."""
        return f"person:{self.key}"

    @property
    def title(self) -> str:
        """The name, with the other spellings."""
        return f"{self.name}, also as {tell_names(self.spellings)}" if self.spellings else self.name

    def as_dict(self) -> Row:
        """The suggestion as the JSON contract has it."""
        return {
            "id": self.id, "kind": "suggestion", "title": self.title, "suggests": "person", "key": self.key,
            "name": "" if self.unnamed else self.name, "spellings": list(self.spellings), "emails": list(self.emails),
            "urls": list(self.urls), "url": self.url, "score": round(self.score, 3), "why": self.why,
            "evidence": [*(make("response", number) for number in self.answers[:SHOWN_EVIDENCE]),
                         *(make("item", number) for number in self.evidence[:SHOWN_EVIDENCE])],
            "path": list(self.path),
            "excerpts": [{"item": make("item", number), "text": text} for number, text in self.excerpts],
            "maybe": list(self.maybe), "sources": [make("source", number) for number in self.feeds],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeopleFacts:
    """What a decision about people rests on. dismissed: key to when they were turned down; own, own_names: one's own site
    and what one is called, folded; same: pairs of pages that name each other by rel=me; answers: to shares, of no
    contact; boilerplate: as in discover.LinkFacts.
    """

    items: Sequence[Row]
    dropped: Sequence[Row] = ()
    sources: Sequence[Row] = ()
    contacts: Sequence[Row] = ()
    dismissed: Mapping[str, str] = field(default_factory=dict)
    own: str = ""
    own_names: frozenset[str] = frozenset()
    answers: Sequence[Row] = ()
    same: Sequence[tuple[str, str]] = ()
    boilerplate: Mapping[int, frozenset[str]] = field(default_factory=dict)


def gather_people(store: Store, own_url: str = "", own_name: str = "") -> PeopleFacts:
    """The newest kept, noted and dropped items, those of people's sources, who answered, who is known, who was turned
    down.
    """
    db = store.read()
    items = {row["id"]: row for row in discovery.items_of_people(db, MAX_OF_PEOPLE)}
    items |= {row["id"]: row for row in discovery.kept_items(db, MAX_KEPT)}
    return PeopleFacts(
        list(items.values()), discovery.dropped_bylines(db, MAX_DROPPED), discovery.followed(db),
        discovery.known_people(db), dismissals.dismissed(db, "person"), site_key(own_url),
        frozenset({fold(own_name)} if own_name else ()), discovery.answers_of_nobody(db, MAX_ANSWERS),
        boilerplate=sample_boilerplate(store, list(items.values())),
    )  # fmt: skip


def find_people(store: Store, own_url: str = "", own_name: str = "") -> list[PersonSuggestion]:
    """People to get to know, the best first. Nothing is asked of the network."""
    return decide_people(gather_people(store, own_url, own_name))


def decide_people(facts: PeopleFacts) -> list[PersonSuggestion]:
    """Those who are named in two sources, kept three times, quoted or linked by two, or who answered a share; best first,
    then by key. Pure.

    score: of bylines (sources - 1) + 2 kept / (decided + 5), of quotes three times the personalized PageRank times
    the number of writers it begins at, at most 5, of links half of ln(writers + 1), of answers 2 a share. Contacts, roles,
    oneself, and whoever was turned down (until as much speaks for them again) are left out.
    """
    decider = _Decider(facts)
    found = [*decider.bylined(), *decider.pointed_at_only(), *decider.answered_only()]
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
    linked: dict[str, list[Quote]] = field(default_factory=dict)
    answered: dict[str, list[Row]] = field(default_factory=dict)  # by e-mail address
    times: dict[int, str] = field(default_factory=dict)  # when an item was kept or came
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
        self.times = {row["id"]: row["at"] for row in facts.items}
        for row in facts.answers:
            if not self.known.has_email(row["address"]):
                self.answered.setdefault(row["address"].lower(), []).append(row)
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
        found: list[Quote] = []
        links: list[Quote] = []
        for row in self.facts.items:
            quotes_of_row, links_of_row = read_mentions(row, self._node, common.get(row["source_id"] or 0, frozenset()))
            found += quotes_of_row
            links += links_of_row
        self.linked = gather_links(links, self.facts.own)
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
        """Those who are named in bylines, with what quotes, links and answers add."""
        found = []
        for one in self.people:
            node = f"person:{one.key}"
            cited, linked = self.quoted.get(node, []), self.linked.get(node, [])
            recurs = len(one.places) >= 2 or one.kept >= 3
            answers = [row for email in one.emails for row in self.answered.get(email, [])]
            enough = recurs or is_quoted_enough(cited) or is_linked_enough(linked) or bool(answers)
            if enough and not self._is_left_out(one, cited, linked, answers):
                found.append(self._suggest(one, node, recurs, answers))
        return found

    def _is_left_out(self, one: Person, cited: Sequence[Quote], linked: Sequence[Quote], answers: Sequence[Row]) -> bool:
        out = self.known.is_known(one) or bool(self.facts.own_names & {fold(name) for name in (one.name, *one.spellings)})
        if out or any(self.writers.get(number) for number in self.feeds[one.key]):
            return True
        keys = {*one.keys, *(f"site:{site}" for site in one.sites)}
        wrote = (writing.item for writing in one.writings if writing.kept)
        return self._was_turned_down(keys, [*wrote, *(each.item for each in (*cited, *linked))], answers)

    def _was_turned_down(self, keys: Iterable[str], items: Iterable[int], answers: Sequence[Row]) -> bool:
        """True where one of the keys was turned down and too little that is new speaks for them."""
        told = [at for key in keys if (at := self.facts.dismissed.get(key))]
        if not told:
            return False
        evidence = [self.times.get(number, "") for number in set(items)] + [row["at"] for row in answers]
        return not is_back(max(told), evidence)

    def _suggest(self, one: Person, node: str, recurs: bool, answers: Sequence[Row]) -> PersonSuggestion:
        cited, linked = self.quoted.get(node, []), self.linked.get(node, [])
        whys = [why_answered(answers)] if answers else []
        whys += [_why_bylined(one)] if recurs or one.kept else []
        whys += [self._why_quoted(node, cited)] if cited else []
        whys += [why_linked(linked, self.names)] if is_linked_enough(linked) else []
        if self.feeds[one.key]:
            whys.append(f"writes {', '.join(make('source', number) for number in self.feeds[one.key])}, which you follow")
        if one.maybe:
            whys.append(f"maybe the same as {tell_names(one.maybe)}")
        path = self.paths.get(node)
        return PersonSuggestion(
            one.key, one.name, (one.score if recurs else 0.0) + self._rank(node) + _score_pointed(linked, answers),
            "; ".join(whys),
            next(iter(one.urls), ""), one.spellings, one.emails, one.urls, one.keys, self.feeds[one.key],
            tuple(dict.fromkeys([*(w.item for w in one.writings if w.kept), *(q.item for q in cited),
                                 *(w.item for w in one.writings), *(q.item for q in linked)])),
            self._named(path), _excerpts(cited), one.maybe, answers=tuple(row["id"] for row in answers),
        )  # fmt: skip

    def _rank(self, node: str) -> float:
        return min(QUOTED_CAP, QUOTED_WEIGHT * self.ranks.get(node, 0.0) * self.restarts) if node in self.paths else 0.0

    def pointed_at_only(self) -> list[PersonSuggestion]:
        """Those who are quoted or linked and stand in no byline: their site, with the name by which they are linked."""
        followed = {site_key(row[name]) for row in self.facts.sources for name in ("url", "site_url")}
        found = []
        for site in dict.fromkeys([*self.quoted, *self.linked]):
            known = site in self.places.values() or site.startswith("person:") or site in followed or not can_be_met(site)
            one = None if known else self._pointed_at(site, self.quoted.get(site, []), self.linked.get(site, []))
            if one is not None:
                found.append(one)
        return found

    def _pointed_at(self, site: str, cited: Sequence[Quote], linked: Sequence[Quote]) -> PersonSuggestion | None:
        """The owner of a site, where enough quote them, or link to them by a name; None else.

        Of a site that is only linked, and by no name, two contacts have to be among those who link there.
        """
        quoted = is_quoted_enough(cited)
        name = name_in_links(cited) or name_of_linked([*cited, *linked], site)
        linked = linked if is_linked_enough([*cited, *linked]) else ()
        if not quoted and not (linked and (name or len(contacts_who_link([*cited, *linked])) >= 2)):
            return None
        if (name and (self.known.has_name(name) or fold(name) in self.facts.own_names)) or self._was_turned_down(
            {f"site:{site}"}, [one.item for one in (*cited, *linked)], ()
        ):
            return None
        address = site_address(site, (*cited, *linked)[0].url)
        whys = [self._why_quoted(site, cited)] if cited else []
        whys += [why_linked(linked, self.names)] if linked else []
        whys += [] if name else ["whose site it is: pkm seek people --look"]
        score = (self._rank(site) + _score_pointed(linked, ())) * (1.0 if name else 0.5)
        return PersonSuggestion(
            f"site:{site}", name or site, score, "; ".join(whys), address, urls=(address,),
            keys=frozenset({f"site:{site}"}), evidence=tuple(dict.fromkeys(one.item for one in (*cited, *linked))),
            path=self._named(self.paths.get(site)), excerpts=_excerpts(cited), unnamed=not name,
        )  # fmt: skip

    def answered_only(self) -> list[PersonSuggestion]:
        """Those who answered a share and stand in no byline: the address they answered from."""
        bylined = {email for one in self.people for email in one.emails}
        found = []
        for address, answers in self.answered.items():
            key = f"mailto:{address}"
            if address not in bylined and not self._was_turned_down({key}, (), answers):
                found.append(PersonSuggestion(
                    key, address, _score_pointed((), answers), why_answered(answers), emails=(address,),
                    keys=frozenset({key}), answers=tuple(row["id"] for row in answers), unnamed=True,
                ))  # fmt: skip
        return found

    def _why_quoted(self, node: str, cited: Sequence[Quote]) -> str:
        """The strongest way, with how often each quotes the next, and the words of its last step."""
        path = self.paths.get(node)
        if path is None:
            return f"quoted in {count(len({one.item for one in cited}), 'item')}"
        names = self._named(path)
        steps = zip(path.steps, names[1:], strict=True)
        way = names[0] + ", who".join(f" quotes {name} {count(len(step), 'time')}" for step, name in steps)
        last = next((one for one in path.steps[-1] if one.excerpt), path.steps[-1][0])
        words = f": “{one_line(last.excerpt, 80)}”" if last.excerpt else ""
        return f"{way}{words} ({make('item', last.item)})"

    def _named(self, path: Path | None) -> tuple[str, ...]:
        nodes = path.nodes if path else ()
        return tuple(one_line(self.names.get(node) or name_in_links(self.quoted.get(node, ())) or node, 40) for node in nodes)


def read_writings(facts: PeopleFacts) -> list[Writing]:
    """Every byline of the items, with what became of the item."""
    found = []
    names = full_names(row["author"] for row in (*facts.items, *facts.dropped))
    for row in facts.items:
        for one in read_bylines(row["author"], row["authors"], names):
            kept, dropped = row["weight"] > 0, row["state"] == "dropped"
            found.append(Writing(one, row["id"], row["source_id"], writer_of(row), kept, dropped))
    places = {row["source_id"]: writer_of(row) for row in facts.items}
    seen = {row["id"] for row in facts.items}
    for row in facts.dropped:
        if row["id"] not in seen:
            found += [
                Writing(one, row["id"], row["source_id"], places.get(row["source_id"], ""), dropped=True)
                for one in read_bylines(row["author"], row["authors"], names)
            ]
    return found


def _score_pointed(linked: Sequence[Quote], answers: Sequence[Row]) -> float:
    writers = len({one.quoter for one in linked})
    return LINKED_WEIGHT * math.log1p(writers) * (writers > 1) + ANSWERED_WEIGHT * len({row["share"] for row in answers})


def _excerpts(cited: Sequence[Quote]) -> tuple[tuple[int, str], ...]:
    return tuple(dict.fromkeys((one.item, one.excerpt) for one in cited if one.excerpt))[:5]


def _why_bylined(one: Person) -> str:
    several = f"bylined in {count(len(one.places), 'source')}" if one.places else "bylined in what you clipped"
    decided = f"kept {one.kept} of {one.decided}" if one.decided else "nothing decided yet"
    some = ", ".join(make("item", writing.item) for writing in one.writings[:3])
    return f"{several}, {decided} ({some}{', …' if len(one.writings) > 3 else ''})"


def dismiss_person(store: Store, title: str, keys: Iterable[str]) -> None:
    """They are not suggested until as much speaks for them again, by whatever means them; an undo brings them back."""
    with store.unit() as unit:
        for key in keys:
            dismissals.put(unit, "person", key, title)
        unit.summarize(f"will not suggest {one_line(title, 80)} again")


def claim_answers(store: Store, contact_id: int, emails: Iterable[str]) -> int:
    """Answers that came from one of these addresses and were nobody's are the contact's; how many."""
    with store.unit() as unit:
        return discovery.claim_answers(unit, contact_id, emails)
