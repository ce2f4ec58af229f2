"""Which of the entries that a source gives are new, which have changed, and which are old ones under a new name. Pure.

The key says which entry is which (seek/identity), but sources break it: a new engine gives every entry another guid,
and some use one guid for whatever is latest. Both are seen by comparing with the items that stand in the store.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from pkm.dates import stamp
from pkm.html import canonical_url
from pkm.seek.entry import Byline, ParsedEntry
from pkm.store.intake import Brought, Known, Standing

AHEAD = timedelta(days=2)
"""An entry dated further ahead than this has a wrong date; it counts from when it was received."""

Keyed = Sequence[tuple[str, ParsedEntry]]


class Sorted(NamedTuple):
    """new: oldest first. changed: (item id, as it is now). known_as: further keys of what was there already."""

    new: tuple[Brought, ...]
    changed: tuple[tuple[int, Brought], ...]
    known_as: Mapping[str, Known]


def find_compared(entries: Keyed, known: Mapping[str, Known]) -> tuple[list[int], list[str]]:
    """The items, by (ids, canonical addresses), that have to be looked up to sort the entries; often none."""
    if not known:
        return [], []
    gone = _left_out(entries, known)
    ids, pages = [], []
    for key, entry in entries:
        before = known.get(key)
        if before is not None:
            ids += [before.item_id] if before.item_id is not None and before.hash != entry.hash else []
            continue
        same = gone.get(entry.hash)
        ids += [same.item_id] if same is not None and same.item_id is not None else []
        pages += _addresses(entry.url) if entry.published else []
    return ids, pages


def sort_entries(entries: Keyed, known: Mapping[str, Known], standing: Iterable[Standing], now: datetime) -> Sorted:
    """The entries sorted into new, changed and known under another key; what is as it was is none of them.

    Feeds run from new to old, so the last entry is brought first and gets the smallest id.
    standing: the items that find_compared names.
    """
    if not entries:
        return Sorted((), (), {})
    book = _Book(entries, known, standing)
    new: list[Brought] = []
    changed: list[tuple[int, Brought]] = []
    known_as: dict[str, Known] = {}
    latest = stamp(now + AHEAD)
    for key, entry in reversed(entries):
        before = known.get(key)
        renamed = before is None
        if before is None and (before := book.recognize(entry)) is not None:
            known_as[key] = before._replace(hash=entry.hash)
        if before is None or (not renamed and book.is_another(before, entry)):
            new.append(_brought(key, entry, now, latest))
        elif before.item_id is not None and before.hash != entry.hash:
            changed.append((before.item_id, _brought(key, entry, now, latest)))
    undated = stamp(now)
    new.sort(key=lambda one: one.published_at or undated)
    return Sorted(tuple(new), tuple(changed[::-1]), known_as)


class _Book:
    """What is known of a source's items, to recognize an entry by something else than its key."""

    def __init__(self, entries: Keyed, known: Mapping[str, Known], standing: Iterable[Standing]) -> None:
        self._gone = _left_out(entries, known) if known else {}
        self._standing = {item.item_id: item for item in standing}
        self._taken = {known[key].item_id for key, _ in entries if key in known} - {None}
        self._pages = {(_page(item.canonical_url), item.title): item for item in self._standing.values()}
        self._hashes = {one.item_id: one.hash for one in known.values()}

    def recognize(self, entry: ParsedEntry) -> Known | None:
        """The entry that this is under a new key, where the old key is no longer given; each only once.

        It has the same content, or the same title, page and date; the dates never differ. Two that are given together
        are two.
        """
        found = self._gone.pop(entry.hash, None)
        if found is None or not self._agrees(found.item_id, entry):
            found = self._on_the_same_page(entry)
        if found is None or found.item_id in self._taken:
            return None
        self._taken |= {found.item_id} - {None}
        return found

    def _on_the_same_page(self, entry: ParsedEntry) -> Known | None:
        if not self._pages or not entry.url:  # most feeds have nothing to compare with, and an address takes time to read
            return None
        item = self._pages.get((_page(canonical_url(entry.url)), entry.title))
        if item is None or not entry.published or item.published_at != entry.published:
            return None
        return Known(self._hashes.get(item.item_id, ""), item.item_id)

    def _agrees(self, item_id: int | None, entry: ParsedEntry) -> bool:
        """No date speaks against it; a tombstone has none."""
        item = self._standing.get(item_id) if item_id is not None else None
        return item is None or None in (item.published_at, entry.published) or item.published_at == entry.published

    def is_another(self, before: Known, entry: ParsedEntry) -> bool:
        """Whether the key stands for another story than before: later, elsewhere, under another title."""
        item = self._standing.get(before.item_id) if before.item_id is not None else None
        if item is None or not (item.canonical_url and entry.url and item.published_at and entry.published):
            return False
        moved = _page(item.canonical_url) != _page(canonical_url(entry.url))
        return moved and item.title != entry.title and entry.published > item.published_at


def _left_out(entries: Keyed, known: Mapping[str, Known]) -> dict[str, Known]:
    """What is known and not given this time, by its hash; the latest of equal ones."""
    given = {key for key, _ in entries}
    here = {known[key].item_id for key in given if key in known} - {None}
    return {one.hash: one for key, one in known.items() if key not in given and one.item_id not in here}


def _addresses(url: str) -> list[str]:
    """The canonical address with either scheme, since whole sites move to https."""
    page = canonical_url(url)
    return [f"{scheme}://{_page(page)}" for scheme in ("http", "https")] if "://" in page else []


def _page(canonical: str) -> str:
    return canonical.partition("://")[2]


def _brought(key: str, entry: ParsedEntry, now: datetime, latest: str) -> Brought:
    ahead = entry.published is not None and entry.published > latest
    return Brought(
        key=key, hash=entry.hash, title=entry.title, url=entry.url, canonical_url=canonical_url(entry.url),
        author=entry.author, published_at=stamp(now) if ahead else entry.published, summary=entry.summary,
        text=entry.text, html=entry.html, categories=_as_json(entry.tags),
        authors=_as_json(entry.bylines),
        enclosures=entry.enclosures, links=entry.links,
    )  # fmt: skip


@lru_cache(4096)
def _as_json(values: tuple[str, ...] | tuple[Byline, ...]) -> str:
    """A source's entries have the same tags and authors again and again."""
    plain = [value if isinstance(value, str) else value._asdict() for value in values]
    return json.dumps(plain, ensure_ascii=False) if plain else "[]"
