"""New sources: sites that what one kept links to. Offline: gathers from the store, decides in a pure function.

Whose links count, and how much, after "linked by many" in feed readers: each writer counts once with the logarithm of
what stands behind it, so that one who links a lot does not decide alone.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from pkm.dates import parse_stamp
from pkm.html import same_page_key
from pkm.ids import Row, make, parse
from pkm.seek.pointers import read_pointers
from pkm.seek.sitekey import can_be_followed, is_kin, is_share_button, site_address, site_key
from pkm.store import discovery, dismissals
from pkm.store.session import Store
from pkm.text import count, listed, one_line, some

MAX_KEPT = 3000
"""Items kept or noted, the newest, that are looked at."""
HALF_LIFE_DAYS = 180.0
SAMPLED_SOURCES = 300
SAMPLE = 12
"""Newest items of a source that show what stands in every one of them."""
MIN_SAMPLE = 5
SHOWN_EVIDENCE = 50


@dataclass(frozen=True, slots=True)
class Mention:
    """An item that points at a site. writer: whose it is (a contact, else its source), with `name`; weight: 1 kept,
    2 noted, 3 shared. url: what it points at.
    """

    item: int
    title: str
    writer: str
    name: str
    weight: int
    age_days: float
    url: str


@dataclass(frozen=True, slots=True)
class SourceSuggestion:
    """A site that may be worth following. key: whose place it is; address: where its feed is looked for first; rolls: ids of
    the people who recommend it in their blogrolls.
    """

    key: str
    address: str
    score: float
    why: str
    mentions: tuple[Mention, ...] = ()
    rolls: tuple[str, ...] = ()
    title: str = ""

    @property
    def id(self) -> str:
        """What it is called from run to run."""
        return f"source:{self.key}"

    def as_dict(self) -> Row:
        """The suggestion as the JSON contract has it."""
        writers = dict.fromkeys(one.name or one.writer for one in self.mentions)
        return {
            "id": self.id, "kind": "suggestion", "title": self.title or self.key, "suggests": "source",
            "key": self.key, "url": self.address, "score": round(self.score, 3), "why": self.why,
            "evidence": [*(make("item", one.item) for one in self.mentions[:SHOWN_EVIDENCE]), *self.rolls],
            "linked_by": list(writers), "blogrolls": list(self.rolls),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What a decision about new sources rests on. boilerplate: for each source, addresses and sites that stand in most
    of its items; left_out: sites that are followed, dismissed or one's own.
    """

    items: Sequence[Row]
    boilerplate: Mapping[int, frozenset[str]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()


def find_sources(store: Store, now: datetime, own_url: str = "") -> list[SourceSuggestion]:
    """Sites to follow, the best first: what the items that were kept link to. Nothing is asked of the network."""
    return decide_sources(gather_links(store, own_url), now)


def gather_links(store: Store, own_url: str = "") -> LinkFacts:
    """The newest kept and noted items, and what is to be left out of the sites they link to."""
    db = store.read()
    items = discovery.kept_items(db, MAX_KEPT)
    return LinkFacts(items, sample_boilerplate(store, items), frozenset(places_left_out(store, own_url)))


def sample_boilerplate(store: Store, items: Sequence[Row]) -> dict[int, frozenset[str]]:
    """What stands in most items of the sources of these items; of those that have the most of them."""
    counted = Counter(row["source_id"] for row in items if row["source_id"])
    wanted = [number for number, _ in counted.most_common(SAMPLED_SOURCES)]
    return find_boilerplate(discovery.samples(store.read(), wanted, each=SAMPLE))


def places_left_out(store: Store, own_url: str) -> set[str]:
    """The sites that are followed, were dismissed, or are one's own."""
    db = store.read()
    known = {site_key(row[name]) for row in discovery.followed(db) for name in ("url", "site_url")}
    return known | {site_key(own_url)} | dismissals.dismissed(db, "source").keys()


_LINK = re.compile(r"<a\b[^>]*?\bhref\s*=\s*[\"']?(https?://[^\s\"'>]+)", re.I)


def find_boilerplate(sampled: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    """For each source: the addresses (without queries) that more than half of its sampled items hold, and the sites
    that more than four fifths of them link to, at whatever address.
    """
    pages: dict[int, int] = Counter()
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for source, html in sampled:
        pages[source] += 1
        links = set(_LINK.findall(html))
        found[source].update({_place(url) for url in links})
        found[source].update({f"site:{site_key(url)}" for url in links})
    return {
        source: frozenset(
            place for place, times in counted.items()
            if times > pages[source] * (0.8 if place.startswith("site:") else 0.5)
        )
        for source, counted in found.items() if pages[source] >= MIN_SAMPLE
    }  # fmt: skip


@lru_cache(maxsize=65_536)
def _place(url: str) -> str:
    """An address as boilerplate is told by: the page, whatever is asked of it."""
    return same_page_key(url.replace("&amp;", "&").partition("?")[0])


def is_boilerplate(url: str, common: frozenset[str]) -> bool:
    """True where a source has that address, or its site, in nearly every item."""
    return bool(common) and (_place(url) in common or f"site:{site_key(url)}" in common)


def decide_sources(facts: LinkFacts, now: datetime) -> list[SourceSuggestion]:
    """The sites that two writers link to, or three kept items, best first, then by key. Pure.

    A site's score is the sum over writers of ln(1 + sum of weight * 2^(-age / 180 days)).
    """
    mentions: dict[str, dict[str, Mention]] = defaultdict(dict)
    for row in facts.items:
        page = same_page_key(row["url"]) or str(row["id"])  # of the same page from two feeds, one counts
        for key, url in _sites_of(row, facts).items():
            mentions[key].setdefault(page, _mention(row, url, now))
    found = [_suggest(key, list(ones.values())) for key, ones in mentions.items() if _is_enough(list(ones.values()))]
    return sorted(found, key=lambda one: (-one.score, one.key))


def _sites_of(row: Row, facts: LinkFacts) -> dict[str, str]:
    """The sites that an item points at, each with the address it points at; the item's own page counts as one."""
    common = facts.boilerplate.get(row["source_id"] or 0, frozenset())
    own = place_of(row) if row["source_id"] else ""
    found: dict[str, str] = {}
    for url in (row["url"], *(pointer.url for pointer in read_pointers(row["html"]))):
        key = site_key(url)
        usable = can_be_followed(key) and key not in facts.left_out and not is_kin(key, own)
        if usable and key not in found and not is_share_button(url) and not is_boilerplate(url, common):
            found[key] = url
    return found


def _mention(row: Row, url: str, now: datetime) -> Mention:
    age = max(0.0, (now - parse_stamp(row["at"])).total_seconds() / 86400)
    title = one_line(row["title"] or row["url"], 70)
    return Mention(row["id"], title, writer_of(row), row["writer"] or "", row["weight"], age, url)


def writer_of(row: Row) -> str:
    """Who stands behind an item: the contact (c1), else the source's site, so that two feeds of one site are one (s1 for
    a source without a site), else the person who clipped it ("clip").
    """
    if row["contact_id"]:
        return make("contact", row["contact_id"])
    return (place_of(row) or make("source", row["source_id"])) if row["source_id"] else "clip"


def place_of(row: Row) -> str:
    """The site that an item stands for: its source's, else (a clip) its page's."""
    return site_key(row["site"] or row["source_url"] or "") if row["source_id"] else site_key(row["url"])


def _is_enough(mentions: Sequence[Mention]) -> bool:
    return len({one.writer for one in mentions}) >= 2 or len(mentions) >= 3


def _suggest(key: str, mentions: Sequence[Mention]) -> SourceSuggestion:
    behind: dict[str, float] = defaultdict(float)
    for one in mentions:
        behind[one.writer] += one.weight * 2 ** (-one.age_days / HALF_LIFE_DAYS)
    score = sum(math.log1p(weight) for weight in behind.values())
    ordered = sorted(mentions, key=lambda one: (-one.weight, one.age_days, -one.item))
    names = {one.writer: one.name for one in ordered}
    named = sorted((writer for writer in behind if writer != "clip"), key=lambda writer: (-behind[writer], names[writer]))
    address = site_address(key, ordered[0].url)
    return SourceSuggestion(key, address, score, _why([names[one] for one in named], ordered), tuple(ordered))


def _why(names: Sequence[str], mentions: Sequence[Mention]) -> str:
    """One sentence: who links to it, in how many items, and which."""
    titles = some([f"“{one.title}” ({make('item', one.item)})" for one in mentions], 3)
    by = f"linked by {tell_names(names)} in" if names else "where you clipped from, in"
    kept = "kept" if all(one.weight == 1 for one in mentions) else "kept or noted"
    return f"{by} {count(len(mentions), 'item')} you {kept}: {titles}"


def tell_names(names: Sequence[str]) -> str:
    """Names, each cut, as one says them: "Ann, Bo and Cy"; "Ann, Bo, Cy and 2 more"."""
    return listed([one_line(name, 40) for name in names], len(names), 3)


def find_owner(store: Store, key: str) -> int | None:
    """The number of the contact whose site it is, None where it is nobody's, or of several."""
    from pkm.seek.known import places_of_contacts

    db = store.read()
    place = places_of_contacts(discovery.known_people(db), discovery.followed(db)).get(key, "")
    parsed = parse(place)
    return parsed[1] if parsed else None


def dismiss_source(store: Store, key: str) -> None:
    """The site is not suggested again; an undo brings it back."""
    with store.unit() as unit:
        dismissals.put(unit, "source", key, key)
        unit.summarize(f"will not suggest {one_line(key, 80)} again")

