"""Blogrolls of the people one follows: found and read over the network, one hop, and what they agree on (pure).

Where a blogroll is: what a page names by rel="blogroll", /.well-known/recommendations.opml, /blogroll.opml.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin

from pkm.errors import PkmError
from pkm.ids import make
from pkm.net.fetch import ACCEPT_PAGE, Fetcher, Response, is_local
from pkm.opml_writing import OpmlFeed
from pkm.seek.discover import SourceSuggestion, tell_names
from pkm.seek.opml import read_opml
from pkm.seek.sitekey import can_be_followed, site_key
from pkm.store import discovery
from pkm.store.session import Store
from pkm.text import count

AT_ONCE = 8
MAX_OWNERS = 300
MAX_FEEDS = 2000  # of one roll
MAX_BYTES = 3_000_000
HIGH_AFFINITY, DECIDED = 0.6, 10
"""From this share of kept items on, of so many decided on, one roll is enough."""
PATIENCE_S = 10.0
_PLACES = ("/.well-known/recommendations.opml", "/blogroll.opml")

Fetch = Callable[[str], Response]
Step = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Owner:
    """A contact who is followed. affinity: 0 to 1, how much of what they brought was kept, of
    `decided` items; pages: where they are; local: on one's own network.
    """

    contact_id: int
    name: str
    affinity: float
    pages: tuple[str, ...]
    decided: int = 0
    local: bool = False


@dataclass(frozen=True, slots=True)
class Blogroll:
    """The feeds that a person recommends, and where the list is."""

    owner: Owner
    url: str
    feeds: tuple[OpmlFeed, ...]


def find_owners(store: Store) -> list[Owner]:
    """The contacts whose sources are followed, those whose items one keeps first, then by id."""
    db = store.read()
    counted = discovery.kept_of_decided(db)
    usual = (sum(kept for kept, _ in counted.values()) + 1) / (sum(decided for _, decided in counted.values()) + 2)
    people = {row["id"]: row for row in discovery.known_people(db)}
    pages: dict[int, list[str]] = defaultdict(list)
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    local = set()
    for source in discovery.followed(db):
        if source["contact_id"]:
            local |= {source["contact_id"]} if is_local(source["url"]) else set()
            pages[source["contact_id"]].append(source["site_url"] or urljoin(source["url"], "/"))
            taken[source["contact_id"]].append(counted.get(source["id"], (0, 0)))
    owners = []
    for number, found in pages.items():
        kept, decided = (sum(column) for column in zip(*taken[number], strict=True))
        urls = [value for kind, value in people[number]["handles"] if kind == "url"]
        affinity = (kept + 10 * usual) / (decided + 10)
        owners.append(Owner(number, people[number]["name"], affinity, _web_pages((*found, *urls)), decided, number in local))
    return sorted(owners, key=lambda one: (-one.affinity, one.contact_id))[:MAX_OWNERS]


def _web_pages(urls: Iterable[str]) -> tuple[str, ...]:
    """One page of each site, in order; what gives no pages of its own is left out."""
    pages = {site_key(url): url for url in reversed(list(urls)) if can_be_followed(site_key(url))}
    return tuple(reversed(pages.values()))


def fetch_blogrolls(owners: Sequence[Owner], progress: Step | None = None) -> list[Blogroll]:
    """The blogrolls that the owners' sites hold, in the owners' order. The network only; who has none is left out.

    progress: told after each owner how many are done, of how many, and who it was.
    """
    with Fetcher() as fetcher, ThreadPoolExecutor(AT_ONCE) as pool:
        found = []
        asked = pool.map(lambda owner: _find_roll(owner, page_fetch(fetcher, local=owner.local)), owners)
        for done, (owner, roll) in enumerate(zip(owners, asked, strict=True), 1):
            found += [roll] if roll is not None else []
            if progress is not None:
                progress(done, len(owners), owner.name)
        return found


def page_fetch(fetcher: Fetcher, *, local: bool) -> Fetch:
    """A fetch of pages that others name. local: they may be on this machine or its network; else that is refused."""

    def fetch(url: str) -> Response:
        return fetcher.fetch(url, accept=ACCEPT_PAGE, max_bytes=MAX_BYTES, timeout_s=PATIENCE_S, allow_private=local)

    return fetch


def _find_roll(owner: Owner, fetch: Fetch) -> Blogroll | None:
    for page in owner.pages[:3]:
        for url in _places(page, fetch):
            if feeds := read_roll(url, fetch):
                return Blogroll(owner, url, feeds)
    return None


def _places(page: str, fetch: Fetch) -> list[str]:
    """Where a site may have its blogroll: what its page names, then the known places."""
    return [*named_blogrolls(page, fetch), *(urljoin(page, place) for place in _PLACES)]


def named_blogrolls(page: str, fetch: Fetch) -> list[str]:
    """The addresses that a page names as its blogroll, at most three."""
    from pkm.seek.microformats import read_microformats

    try:
        answer = fetch(page)
        html = (answer.body or b"").decode("utf-8", "replace")
        return list(read_microformats(html, answer.final_url).rels.get("blogroll", ()))[:3]
    except PkmError:
        return []


def read_roll(url: str, fetch: Fetch) -> tuple[OpmlFeed, ...]:
    """The feeds of the list at that address; none where it is no list, or does not answer."""
    try:
        body = fetch(url).body or b""
        if not re.search(rb"<opml\b|<outline\b", body[:65536], re.I):
            return ()
        return read_opml(body, name=url, files=False).outlines[:MAX_FEEDS]
    except PkmError:
        return ()


def decide_blogrolls(rolls: Sequence[Blogroll], left_out: Iterable[str]) -> list[SourceSuggestion]:
    """The sites that two blogrolls recommend, or one of a person whose items one mostly keeps, best first. Pure.

    score: sum over the rolls of the owner's affinity / sqrt(feeds of the roll): who recommends everything says little.
    """
    out = set(left_out)
    found: dict[str, list[tuple[Blogroll, OpmlFeed]]] = defaultdict(list)
    for roll in rolls:
        own = {site_key(page) for page in roll.owner.pages}
        for key, feed in {site_key(feed.site_url or feed.url): feed for feed in roll.feeds}.items():
            if can_be_followed(key) and key not in out | own and site_key(feed.url) not in out:
                found[key].append((roll, feed))
    suggested = [_suggest(key, ones) for key, ones in found.items() if _is_enough([roll for roll, _ in ones])]
    return sorted(suggested, key=lambda one: (-one.score, one.key))


def _is_enough(rolls: Sequence[Blogroll]) -> bool:
    first = rolls[0].owner
    sure = first.affinity >= HIGH_AFFINITY and first.decided >= DECIDED
    return sure or len({roll.owner.contact_id for roll in rolls}) >= 2


def _suggest(key: str, named: Sequence[tuple[Blogroll, OpmlFeed]]) -> SourceSuggestion:
    named = sorted(named, key=lambda one: (-one[0].owner.affinity, one[0].owner.contact_id))
    owners = {roll.owner.contact_id: roll.owner for roll, _ in named}
    score = sum(roll.owner.affinity / math.sqrt(len(roll.feeds)) for roll, _ in named)
    names = tell_names([owner.name for owner in owners.values()])
    only = f", whose items you mostly keep ({named[0][0].owner.affinity:.0%})" if len(owners) == 1 else ""
    why = f"in the {'blogroll' if len(owners) == 1 else count(len(owners), 'blogroll')} of {names}{only}"
    feed = named[0][1]
    ids = tuple(make("contact", number) for number in owners)
    return SourceSuggestion(key, feed.url, score, why, rolls=ids, title=feed.title)


def join_suggestions(linked: Sequence[SourceSuggestion], rolled: Sequence[SourceSuggestion]) -> list[SourceSuggestion]:
    """Both lists as one: what both name has both scores and both reasons; best first, then by key."""
    from dataclasses import replace

    found = {one.key: one for one in linked}
    for one in rolled:
        if there := found.get(one.key):
            why = f"{there.why}; {one.why}"
            found[one.key] = replace(
                there, address=one.address, score=there.score + one.score, why=why, rolls=one.rolls, title=one.title
            )
        else:
            found[one.key] = one
    return sorted(found.values(), key=lambda one: (-one.score, one.key))
