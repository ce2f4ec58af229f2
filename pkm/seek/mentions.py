"""Whom an item points at: by a quote, as where something was found, or by a plain link; and what is new of it. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from pkm.ids import Row, make, parse
from pkm.seek.bylines import is_person
from pkm.seek.discover import is_boilerplate, place_of, tell_names
from pkm.seek.pointers import read_pointers
from pkm.seek.quotes import Quote
from pkm.seek.sitekey import can_be_met, is_kin, is_share_button, site_key
from pkm.text import count, fold, one_line, some

_NO_NAME_LISTED = (
    "a an article click continue for full here how in link more my of on original our page post read see source story"
    " that the these this those to via view what why your"
)
_NO_NAME = set(_NO_NAME_LISTED.split())
WRITERS = 2
"""So many who link to a site make its owner somebody to get to know."""
NEW_EVIDENCE = 3
"""Somebody who was turned down comes back once as much speaks for them again, and so many items at least."""


def read_mentions(
    row: Row, node: Callable[[str], str], common: Collection[str] = frozenset()
) -> tuple[list[Quote], list[Quote]]:
    """(quotes, plain links) of an item: whom it quotes or names as where it found something, and whom it links to.

    node: from a site to whose it is; common: what stands in most items of its source, and says nothing.
    """
    own = place_of(row)
    quoter = make("contact", row["contact_id"]) if row["contact_id"] else node(own)
    quotes: list[Quote] = []
    links: list[Quote] = []
    for pointer in read_pointers(row["html"]):
        key = site_key(pointer.url)
        meant = bool(quoter) and can_be_met(key) and not is_share_button(pointer.url)
        if not meant or is_boilerplate(pointer.url, frozenset(common)):
            continue
        if pointer.type != "link":
            quotes.append(Quote(quoter, node(key), row["id"], pointer.excerpt, pointer.words, pointer.url))
        elif not is_kin(key, own):
            links.append(Quote(quoter, node(key), row["id"], "", pointer.words, pointer.url))
    return quotes, links


def gather_links(found: Iterable[Quote], own: str) -> dict[str, list[Quote]]:
    """The plain links by whom they point at, one an item; nobody points at themselves, and oneself is nobody new."""
    by: dict[str, dict[int, Quote]] = {}
    for one in found:
        if one.quoted and one.quoted not in (one.quoter, own):
            known = by.setdefault(one.quoted, {}).setdefault(one.item, one)
            if not is_full_name(known.words) and is_full_name(one.words):
                by[one.quoted][one.item] = one
    return {node: list(ones.values()) for node, ones in by.items()}


def is_quoted_enough(cited: Sequence[Quote]) -> bool:
    """Two writers who quote somebody, or one in two items."""
    return len({one.quoter for one in cited}) >= WRITERS or len({one.item for one in cited}) >= WRITERS


def is_linked_enough(linked: Sequence[Quote]) -> bool:
    """Two writers who link to somebody; one who does it again and again is no more than one."""
    return len({one.quoter for one in linked}) >= WRITERS


def contacts_who_link(linked: Sequence[Quote]) -> set[str]:
    """The contacts among those who link there."""
    return {one.quoter for one in linked if (parsed := parse(one.quoter)) and parsed[0] == "contact"}


def name_in_links(cited: Iterable[Quote]) -> str:
    """The person's name by which most links call a site, "" where none does."""
    names = Counter(one.words for one in cited if is_full_name(one.words))
    return min(names, key=lambda name: (-names[name], name)) if names else ""


def name_of_linked(linked: Sequence[Quote], site: str) -> str:
    """The name by which plain links call a site, where it is a person's: two writers use it, or the site is called so.

    A plain link's words may be the title of anything: alone they prove nothing.
    """
    name = name_in_links(linked)
    writers = {one.quoter for one in linked if one.words == name}
    place = fold(site)
    in_place = any(len(word) >= 3 and word in place for word in re.findall(r"[^\W\d_]+", fold(name)))
    return name if name and (len(writers) >= WRITERS or in_place) else ""


def is_full_name(words: str) -> bool:
    """True for words that look like a person's full name: two to four, each with a capital."""
    parts = words.split()
    capital = all(part[:1].isupper() for part in parts)
    return 2 <= len(parts) <= 4 and capital and not _NO_NAME & set(fold(words).split()) and is_person(words)


def why_linked(linked: Sequence[Quote], names: Mapping[str, str]) -> str:
    """Who links to somebody, in how many items, and which."""
    writers = sorted({one_line(names.get(one.quoter) or one.quoter, 40) for one in linked}, key=str.casefold)
    items = sorted({one.item for one in linked}, reverse=True)
    shown = some([make("item", number) for number in items], 3)
    return f"linked by {tell_names(writers)} in {count(len(items), 'item')} ({shown})"


def why_answered(answers: Sequence[Row]) -> str:
    """Which of one's shares somebody answered, and how often."""
    shares = sorted({row["share"] for row in answers})
    which = some([make("response", row["id"]) for row in answers], 3)
    return f"answered {some([make('share', number) for number in shares], 3)} ({which})"


def is_back(at: str, evidence: Iterable[str]) -> bool:
    """Whether somebody who was turned down at that time is suggested again: as much speaks for them since as before,
    three things at least. evidence: stamps.
    """
    times = list(evidence)
    new = sum(one > at for one in times)
    return new >= NEW_EVIDENCE and new * 2 >= len(times)
