"""Which new items tell a story that another source told already. Pure: what is compared is given.

Two ways to be one: the same page under a title that is alike, or nearly the same title and text within a few days.
Never by a title alone: "Weekly links" are many. Anybody may write anything under the address of somebody else's page, so
the source at whose home the page is speaks for it, and nothing that was decided about others' words is decided of its own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from typing import NamedTuple, TypeVar

from pkm.dates import parse_stamp, stamp
from pkm.store.stories import Titled, Told
from pkm.text import fold

WITHIN = timedelta(days=3)
"""How far apart two without a common page may be written."""

ALIKE, NEARLY_EQUAL = 75, 90
"""Likeness of titles, 0 to 100: what suffices at one page, and what suffices without."""

SAME_TEXT = 0.5
"""The share of the shorter text's runs of three words that the other one holds as well."""

FEWEST_WORDS = 8
"""A text of fewer words says nothing."""

DatedT = TypeVar("DatedT", Told, Titled)

_LONG_WORD = re.compile(r"\w{4,}")
_MOST = 20  # items compared with one new one


class Titles:
    """The latest items by the long words of their titles. Kept for a whole pull, which asks again with each batch."""

    def __init__(self) -> None:
        self.last = 0
        """The highest id of those that were added."""
        self._titled: dict[str, list[Titled]] = defaultdict(list)

    def add(self, titles: Iterable[Titled]) -> None:
        """From now on these, by id, are among them."""
        for titled in titles:
            self.last = titled.id
            if key := _long_words(titled.title):
                self._titled[key].append(titled)

    def like(self, new: Iterable[Told]) -> list[int]:
        """Those of the latest that may tell what one of the new items tells, by title and date."""
        found: set[int] = set()
        for told in new:
            if near := self._titled.get(_long_words(told.title)):
                found.update(other.id for other in _about_then(near, told) if _is_titled_alike(told, other))
        return list(found)


def _about_then(near: Sequence[DatedT], told: Told) -> Iterator[DatedT]:
    """Those of the latest of them that are of about the item's time. Stamps sort as text."""
    at = parse_stamp(told.at)
    first, last = stamp(at - WITHIN), stamp(at + WITHIN)
    return (other for other in near[-_MOST:] if first <= other.at <= last)


def _is_titled_alike(told: Told, other: Told | Titled) -> bool:
    return likeness(told.title, other.title) >= NEARLY_EQUAL


def find_stories(new: Sequence[Told], there: Iterable[Told], read: Callable[[int], str]) -> "Stories":
    """Which of the new items tell a story told before, and which item stands for it.

    there: what came before and may be the same; new ones are compared with each other as well. read: an item's text.
    """
    book = _Book(read)
    before = list(there)
    for told in before:
        book.add(told)
    found = Stories({}, {})
    for told in _comparable(new, before):
        lead = book.find(told)
        if lead is not None:
            found.joined[told.id] = lead
            told = told._replace(lead_id=lead)
            if is_at_home(told) and not book.is_at_home(lead):
                found.led[lead] = told.id
        book.add(told)
    return found


def _comparable(new: Sequence[Told], before: Iterable[Told]) -> list[Told]:
    """The new items with a page or a title's long words which an earlier or another new one has: most have neither."""
    pages = Counter(told.canonical_url for told in new)
    keys = Counter(_long_words(told.title) for told in new)
    for told in before:
        pages[told.canonical_url] += 1
        keys[_long_words(told.title)] += 1
    pages[""] = keys[""] = 0
    return [told for told in new if pages[told.canonical_url] > 1 or keys[_long_words(told.title)] > 1]


class Stories(NamedTuple):
    """joined: each new item that tells a story told before, and the item that stands for it. led: stories, by the item
    that stood for them, that a new one stands for from now on, since the page is its source's own.
    """

    joined: dict[int, int]
    led: dict[int, int]


def is_at_home(told: Told) -> bool:
    """Whether the page is on the host where its source is at home."""
    page = _host(told.canonical_url)
    return bool(page) and page == _home(told.site)


@lru_cache(4096)
def _home(site: str) -> str:
    """The host of a source's site: all of its items ask for it."""
    return _host(site)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")


class _Book:
    """What came so far, by address and by the long words of titles."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._pages: dict[str, list[Told]] = defaultdict(list)
        self._words: dict[str, list[Told]] = defaultdict(list)
        self._sources: dict[int, set[int]] = defaultdict(set)  # of a story, by its lead
        self._home: set[int] = set()  # stories, by their leads, that are told at the page's own home

    def add(self, told: Told) -> None:
        """From now on new items are compared with this one."""
        self._sources[told.lead_id].add(told.source_id)
        if is_at_home(told):
            self._home.add(told.lead_id)
        if told.canonical_url:
            self._pages[told.canonical_url].append(told)
        self._words[_long_words(told.title)].append(told)

    def find(self, told: Told) -> int | None:
        """The lead of the story that the item tells, of those that its source has not told yet."""
        at_page = self._pages.get(told.canonical_url, []) if told.canonical_url else []
        for other in sorted(at_page[-_MOST:], key=lambda other: not self.is_at_home(other.lead_id)):
            if self._may_be(told, other) and likeness(told.title, other.title) >= ALIKE and self._may_rest(told, other):
                return other.lead_id
        key = _long_words(told.title)
        near = self._words.get(key) if key else None
        for other in _about_then(near, told) if near else ():
            if self._may_be(told, other) and self._is_same(told, other):
                return other.lead_id
        return None

    def is_at_home(self, lead: int) -> bool:
        """Whether the story is told at its page's own home already."""
        return lead in self._home

    def _may_rest(self, told: Told, other: Told) -> bool:
        """Whether what was decided about the story holds for this item: not for the page's own words, on others'."""
        decided = other.state in ("kept", "dropped")
        if not decided or not is_at_home(told) or self.is_at_home(other.lead_id):
            return True
        return is_same_text(self._read(told.id), self._read(other.id))

    def _may_be(self, told: Told, other: Told) -> bool:
        return told.source_id not in self._sources[other.lead_id]

    def _is_same(self, told: Told, other: Told) -> bool:
        return _is_titled_alike(told, other) and is_same_text(self._read(told.id), self._read(other.id))


def likeness(one: str, other: str) -> float:
    """How alike two titles are, 0 to 100, in any case, order of words and punctuation; 0 where one says nothing."""
    if not one or not other:
        return 0.0
    if one == other:
        return 100.0
    ratio, processor = _measure()
    return float(ratio(one, other, processor=processor, score_cutoff=ALIKE))


@cache
def _measure() -> tuple[Callable[..., float], Callable[[str], str]]:
    """Of two titles, and what is done to them before: few pulls need it, and some need it by the ten thousand."""
    from rapidfuzz import fuzz, utils

    return fuzz.token_sort_ratio, utils.default_process


def is_same_text(one: str, other: str) -> bool:
    """Whether two texts are one, or one is the beginning or a large part of the other."""
    runs, others = _runs(one), _runs(other)
    return bool(runs and others) and len(runs & others) >= SAME_TEXT * min(len(runs), len(others))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", fold(text))
    return set(zip(words, words[1:], words[2:], strict=False)) if len(words) >= FEWEST_WORDS else set()


@lru_cache(32_768)
def _long_words(title: str) -> str:
    """The two longest words of a title: what two titles that are nearly equal share, nearly always.

    Kept for the next batch of a pull, which compares with the same items again.
    """
    words = sorted(set(_LONG_WORD.findall(fold(title))))
    words.sort(key=len, reverse=True)  # of equally long ones the first by the alphabet
    return " ".join(sorted(words[:2]))
