"""What makes two entries of one source the same. Pure: values in, values out.

A ladder, after miniflux: the guid; the guid with the URL where a source uses one guid for several pages; the URL; the
title with the text. The rung is chosen once for a source and stored, since a source that changed rungs would bring
all its entries again. An entry that lacks what its rung needs is known by the next one it has.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, TypeVar

from pkm.html import canonical_url, is_web_address
from pkm.seek.entry import hash_of

Scheme = Literal["guid", "guid+url", "url", "text"]
SCHEMES: tuple[Scheme, ...] = ("guid", "guid+url", "url", "text")


class Entry(Protocol):
    """What identity needs of an entry: seek.entry.ParsedEntry has it."""

    @property
    def guid(self) -> str:
        """The id the feed gives, or ""."""

    @property
    def url(self) -> str:
        """The page's address, or ""."""

    @property
    def title(self) -> str:
        """The title, or ""."""

    @property
    def text(self) -> str:
        """The content as plain text."""


E = TypeVar("E", bound=Entry)


def choose_scheme(entries: Iterable[Entry]) -> Scheme:
    """The rung for a source, by the entries it brings first. A source without entries gets "guid".

    One guid on several pages makes "guid+url": a guid that repeats with one URL is one entry, given twice.
    """
    pages: dict[str, set[str]] = defaultdict(set)
    known = list(entries)
    for entry in known:
        if entry.guid:
            pages[same_guid(entry.guid)].add(_page(entry.url))
    if any(len(urls - {""}) > 1 for urls in pages.values()):
        return "guid+url"
    if pages or not known:
        return "guid"
    return "url" if any(entry.url for entry in known) else "text"


def entry_key(entry: Entry, scheme: str) -> str:
    """The key under which a source knows the entry: the rung's letter and 32 hex digits. Equal keys, same entry.

    It does not depend on dates, order, white space around a guid, trackers in a URL, nor on http or https.
    """
    if scheme in ("guid", "guid+url") and entry.guid:
        if scheme == "guid" or not entry.url:
            return _key("g", same_guid(entry.guid))
        return _key("p", same_guid(entry.guid), _page(entry.url))
    if scheme != "text" and entry.url:
        return _key("u", _page(entry.url))
    return _key("t", entry.title, entry.text)


def distinct(entries: Sequence[E], scheme: str) -> list[tuple[str, E]]:
    """(key, entry) of each entry once, in their order; of equal keys the first one."""
    found: dict[str, E] = {}
    for entry in entries:
        found.setdefault(entry_key(entry, scheme), entry)
    return list(found.items())


def same_guid(guid: str) -> str:
    """The guid as it is compared: one that is an address loses its scheme, since sources move to https."""
    guid = guid.strip()
    return guid.partition("://")[2] if is_web_address(guid) else guid


def _page(url: str) -> str:
    """The URL as it is compared: canonical, without scheme; its fragment counts, since some link into one page."""
    return canonical_url(url, keep_fragment=True).partition("://")[2] or url


def _key(letter: str, *parts: str) -> str:
    return f"{letter}{hash_of(*parts)}"
