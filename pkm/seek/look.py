"""Who somebody says they are: their page's h-card, what is theirs as well (rel=me, both ways), WebFinger. The network.

The representative h-card: uid and url are the page; else its url is among the page's rel=me; else the page's only
h-card, with the page as url. Source: microformats.org/wiki/representative-h-card-parsing; RFC 7033 (WebFinger).
"""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from pkm.errors import PkmError
from pkm.html import absolute_url, is_web_address, same_page_key
from pkm.net.fetch import Fetcher, is_local
from pkm.seek.blogrolls import Fetch, Step, page_fetch, read_roll
from pkm.seek.bylines import is_email, is_person
from pkm.seek.candidates import PersonSuggestion, decide_people, gather_people
from pkm.seek.microformats import MfItem, Microformats, read_microformats
from pkm.seek.sitekey import site_key
from pkm.store.session import Store
from pkm.text import count, fold, one_line

AT_ONCE = 8
MAX_ME = 5
"""Pages that a page calls the same person's, at most, that are asked whether they say so too."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a page says of whose it is. me: pages that are theirs and name each other; roll: feeds of their blogroll."""

    page: str
    name: str = ""
    emails: tuple[str, ...] = ()
    me: tuple[str, ...] = ()
    feed: str = ""
    roll: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """The suggestions after their pages were asked. answered: how many of the pages did."""

    people: tuple[PersonSuggestion, ...]
    answered: int = 0


def look_at(
    store: Store, own_url: str = "", own_name: str = "", *, limit: int, keys: frozenset[str] = frozenset(),
    progress: Step | None = None,
) -> Looked:  # fmt: skip
    """The people as their pages tell of them; spellings that rel=me joins, both ways, are one person.

    The pages of the first `limit` are asked, or of those whom one of the keys means.
    """
    facts = gather_people(store, own_url, own_name)
    people = decide_people(facts)
    wanted = [one for one in people if keys & (one.keys | {one.key})] if keys else people[:limit]
    wanted = [one for one in wanted if one.url]
    local = any(is_local(row["url"]) for row in facts.sources)
    with Fetcher() as fetcher, ThreadPoolExecutor(AT_ONCE) as pool:
        fetch = page_fetch(fetcher, local=local)
        cards = []
        asked = pool.map(lambda one: read_card(one.url, fetch), wanted)
        for done, (one, card) in enumerate(zip(wanted, asked, strict=True), 1):
            cards += [card] if card is not None else []
            if progress is not None:
                progress(done, len(wanted), one.name)
    pairs = [(card.page, me) for card in cards for me in card.me]
    followed = {site_key(row[name]) for row in facts.sources for name in ("url", "site_url")}
    return Looked(tuple(tell_people(decide_people(replace(facts, same=pairs)), cards, followed)), len(cards))


def tell_people(people: Sequence[PersonSuggestion], cards: Sequence[Card], followed: set[str]) -> list[PersonSuggestion]:
    """The people with what the cards of their pages say, best first, then by key. Pure."""
    by_page = {same_page_key(card.page): card for card in cards}
    told = []
    for one in people:
        for card in {id(card): card for url in one.urls if (card := by_page.get(same_page_key(url)))}.values():
            one = _told(one, card, followed)
        told.append(one)
    return join_spellings(told)


def read_card(page: str, fetch: Fetch) -> Card | None:
    """What the page says of whose it is; None where it does not answer."""
    try:
        answer = fetch(page)
    except PkmError:
        return None
    found = read_microformats((answer.body or b"").decode("utf-8", "replace"), answer.final_url)
    card = representative_card(found, answer.final_url)
    mails = [url[7:].partition("?")[0] for url in found.rels.get("me", ()) if url[:7].lower() == "mailto:"]
    mails += [card.text("email").removeprefix("mailto:")] if card else []
    me = [url for url in found.rels.get("me", ()) if is_web_address(url)]
    mutual = tuple(url for url in dict.fromkeys(me) if same_page_key(url) != same_page_key(page))[:MAX_ME]
    mutual = tuple(url for url in mutual if _names_back(url, page, fetch))
    account = _fediverse_feed(page, me, fetch)
    return Card(
        page, one_line(card.text("name"), 100) if card else "",
        tuple(dict.fromkeys(mail.lower() for mail in mails if is_email(mail))), mutual, account,
        _roll_sites(found, page, fetch),
    )  # fmt: skip


def representative_card(found: Microformats, page: str) -> MfItem | None:
    """The h-card that says whose the page is, None where none does."""
    here = same_page_key(page)
    cards = found.of_type("h-card")
    mine = {same_page_key(url) for url in found.rels.get("me", ())}
    for card in cards:
        if here in _keys(card, "uid") and here in _keys(card, "url"):
            return card
    for card in cards:
        if _keys(card, "url") & mine:
            return card
    return cards[0] if len(cards) == 1 and here in _keys(cards[0], "url") else None


def _keys(card: MfItem, name: str) -> set[str]:
    values = card.properties.get(name, ())
    return {same_page_key(value) for value in values if isinstance(value, str)}


def _names_back(url: str, page: str, fetch: Fetch) -> bool:
    """True where the other page calls this one the same person's as well: alone, anybody could claim it."""
    try:
        answer = fetch(url)
    except PkmError:
        return False
    found = read_microformats((answer.body or b"").decode("utf-8", "replace"), answer.final_url)
    return same_page_key(page) in {same_page_key(each) for each in found.rels.get("me", ())}


def _fediverse_feed(page: str, me: Sequence[str], fetch: Fetch) -> str:
    """The feed of an account that the page is, or names as its own: WebFinger, its profile page, .rss; "" for none."""
    for url in (page, *me[:MAX_ME]):
        account = re.match(r"/@([\w.-]+)/?$", urlsplit(url).path)
        if account and (profile := find_profile(f"{account[1]}@{urlsplit(url).netloc}", url, fetch)):
            return f"{profile.rstrip('/')}.rss"
    return ""


def find_profile(account: str, like: str, fetch: Fetch) -> str:
    """The profile page of name@host by WebFinger, "" where there is none. like: an address whose scheme is used."""
    host = account.rpartition("@")[2]
    asked = f"{urlsplit(like).scheme}://{host}/.well-known/webfinger?resource={quote(f'acct:{account}')}"
    try:
        told: Any = json.loads((fetch(asked).body or b"").decode("utf-8", "replace"))
        links = told.get("links", [])
        pages = [one.get("href", "") for one in links if one.get("rel") == "http://webfinger.net/rel/profile-page"]
        return next((url for url in map(absolute_url, pages) if url), "")
    except (PkmError, ValueError, AttributeError, TypeError, RecursionError):
        return ""


def _roll_sites(found: Microformats, page: str, fetch: Fetch) -> tuple[str, ...]:
    for url in found.rels.get("blogroll", ())[:1]:
        feeds = read_roll(urljoin(page, url), fetch)
        return tuple(dict.fromkeys(site_key(feed.site_url or feed.url) for feed in feeds))
    return ()


def _told(one: PersonSuggestion, card: Card, followed: set[str]) -> PersonSuggestion:
    """The suggestion with what the card adds to it. Pure."""
    name = card.name if is_person(card.name) else ""
    spellings = [spelling for spelling in ((one.name, *one.spellings) if not one.unnamed else ()) if spelling]
    names = {fold(spelling): spelling for spelling in reversed([*spellings, *([name] if name else [])])}
    called = one.name if not one.unnamed else name or one.name
    shared = followed & set(card.roll)
    whys = [one.why.removesuffix("; whose site it is: pkm seek people --look") if name else one.why]
    whys += [f"{one.url} says it is {name}’s"] if name and (one.unnamed or fold(name) != fold(one.name)) else []
    whys += [f"{count(len(shared), 'site')} in their blogroll you follow too"] if shared else []
    urls = tuple({same_page_key(url): url for url in reversed([*one.urls, *card.me])}.values())[::-1]
    return replace(
        one, name=called, unnamed=one.unnamed and not name, why="; ".join(whys), urls=urls,
        spellings=tuple(spelling for folded, spelling in names.items() if folded != fold(called)),
        emails=tuple(dict.fromkeys([*one.emails, *card.emails])), feed=card.feed or one.feed,
        score=one.score * (2 if one.unnamed and name else 1) + (0.25 * min(4, len(shared))),
        keys=one.keys | {f"url:{same_page_key(url)}" for url in card.me},
    )  # fmt: skip


def join_spellings(people: Sequence[PersonSuggestion]) -> list[PersonSuggestion]:
    """The people, those who share a page or an e-mail as one, best first, then by key. Pure."""
    joined: list[PersonSuggestion] = []
    for one in people:
        proofs = _proofs(one)
        there = next((place for place, other in enumerate(joined) if proofs & _proofs(other)), None)
        if there is None:
            joined.append(one)
        else:
            joined[there] = _join(joined[there], one)
    return sorted(joined, key=lambda one: (-one.score, one.key))


def _proofs(one: PersonSuggestion) -> set[str]:
    return {f"url:{same_page_key(url)}" for url in one.urls} | {f"mailto:{email}" for email in one.emails}


def _join(one: PersonSuggestion, other: PersonSuggestion) -> PersonSuggestion:
    named, rest = (other, one) if one.unnamed and not other.unnamed else (one, other)
    spellings = [*named.spellings, *(() if rest.unnamed else (rest.name, *rest.spellings))]
    also = {fold(name): name for name in spellings if fold(name) != fold(named.name)}
    return replace(
        named, score=one.score + other.score, why=f"{one.why}; {other.why}; their pages name each other",
        spellings=tuple(also.values()), keys=one.keys | other.keys,
        emails=tuple(dict.fromkeys([*one.emails, *other.emails])), feeds=tuple(dict.fromkeys([*one.feeds, *other.feeds])),
        urls=tuple({same_page_key(url): url for url in (*one.urls, *other.urls)}.values()),
        evidence=tuple(dict.fromkeys([*one.evidence, *other.evidence])), maybe=(), feed=one.feed or other.feed,
        answers=tuple(dict.fromkeys([*one.answers, *other.answers])),
    )  # fmt: skip
