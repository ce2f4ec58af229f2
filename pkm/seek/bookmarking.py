"""Saved pages come in: each bookmark of a list is an item, once. No network: their texts can be fetched later.

What was saved and read is kept; what was saved to be read waits in the inbox. Nothing that the person decided here is
changed, and a second import of the same list adds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pkm.dates import now, stamp
from pkm.errors import Invalid
from pkm.ids import make
from pkm.seek.bookmark import Bookmark, BookmarkList, Quote
from pkm.store import clips, tags
from pkm.store.clips import PageThere, Said, SavedPage
from pkm.store.session import Store
from pkm.text import count

_AROUND = 32  # characters kept of the text before and after a quote
_APART = "\n\n"  # between the quotes that a text is made of


@dataclass(frozen=True, slots=True)
class BookmarkChange:
    """What an item that is there gets from a list: tags, quotes, other comments (by annotation), and being kept.

    left: so many comments are others there, but were changed here. unlisted: the words of quotes here that are not there.
    """

    item_id: int
    tags: tuple[str, ...]
    quotes: tuple[Quote, ...]
    keep: bool
    text: str | None  # what its text becomes, where that is made of its quotes
    comments: Mapping[int, str] = field(default_factory=dict)
    left: int = 0
    unlisted: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether the item stays as it is."""
        return not (self.tags or self.quotes or self.keep or self.comments)


@dataclass(frozen=True, slots=True)
class BookmarkPlan:
    """What an import would do. new: bookmarks that become items, with the tags they get."""

    kind: str
    new: tuple[tuple[Bookmark, tuple[str, ...]], ...] = ()
    changed: tuple[BookmarkChange, ...] = ()
    unchanged: int = 0
    left_out: int = 0
    failures: tuple[tuple[str, str], ...] = ()
    differing: int = 0  # comments that are others in the list, but were changed here
    unlisted: tuple[tuple[int, str], ...] = ()  # (item, words) of quotes here that a list of quotes does not have

    def as_dict(self) -> dict[str, Any]:
        """The summary as JSON has it. waiting: how many of the new ones are in the inbox."""
        return {
            "new": len(self.new), "updated": len(self.changed), "unchanged": self.unchanged,
            "failed": len(self.failures), "failures": [{"what": what, "why": why} for what, why in self.failures],
            "waiting": self.waiting, "left_out": self.left_out, "list": self.kind, "differing": self.differing,
            "unlisted": [{"item": make("item", number), "quote": words} for number, words in self.unlisted],
        }  # fmt: skip

    @property
    def waiting(self) -> int:
        """How many of the new ones wait to be read."""
        return sum(one.waiting for one, _ in self.new)

    @property
    def line(self) -> str:
        """The summary for people."""
        told = f"{count(len(self.new), 'new item')}, {len(self.changed):,} updated, {self.unchanged:,} unchanged"
        told += f"; {self.waiting:,} of the new ones in the inbox, the others kept" if self.waiting else ""
        return told + (f"; {len(self.failures):,} could not be used" if self.failures else "")


def plan_bookmarks(
    listed: BookmarkList, there: Mapping[str, PageThere], names: Mapping[str, str]
) -> BookmarkPlan:  # fmt: skip
    """What the list brings to the items that are there (by key). names: what each of its tags is called here."""
    new, changed, unchanged, differing = [], [], listed.doubled, 0
    unlisted: list[tuple[int, str]] = []
    for one in listed.bookmarks:
        wanted = tuple(dict.fromkeys(names[tag] for tag in one.tags if tag in names))
        item = there.get(one.key)
        if item is None:
            new.append((one, wanted))
            continue
        change = _plan_change(one, wanted, item)
        differing += change.left
        if listed.kind == "readwise" and item.via == "import":
            unlisted += ((item.item_id, words) for words in change.unlisted)
        if change.is_nothing:
            unchanged += 1
        else:
            changed.append(change)
    return BookmarkPlan(listed.kind, tuple(new), tuple(changed), unchanged, listed.left_out, listed.failures, differing,
                        tuple(unlisted))  # fmt: skip


def _plan_change(one: Bookmark, wanted: tuple[str, ...], item: PageThere) -> BookmarkChange:
    more = tuple(name for name in wanted if name not in item.tags)
    quotes, comments, left = _plan_quotes(one.quotes, item)
    keep = not one.waiting and not item.decided and item.state != "kept" and item.via != "import"
    own = item.via == "import" and (not item.text or bool(set(item.text.split(_APART)) & item.quotes))
    added = [quote.exact for quote in quotes if quote.exact]
    text = _APART.join(filter(None, [item.text, *added])) if own and added else None
    there = {quote.exact for quote in one.quotes}
    unlisted = tuple(said.exact for said in item.said if said.exact and said.exact not in there)
    return BookmarkChange(item.item_id, more, quotes, keep, text, comments, left, unlisted)


def _plan_quotes(quotes: Sequence[Quote], item: PageThere) -> tuple[tuple[Quote, ...], dict[int, str], int]:
    """(quotes that are new, comments that changed by annotation, how many were changed here too and are left).

    A quote is known by its words and its time; one whose comment was taken away there keeps it here.
    """
    told = {(said.exact, said.comment) for said in item.said}
    listed = {(quote.exact, quote.comment) for quote in quotes}
    open_ = [said for said in item.said if (said.exact, said.comment) not in listed]
    new, comments, left = [], {}, 0
    for quote in quotes:
        if (quote.exact, quote.comment) in told:
            continue
        same = [said for said in open_ if said.exact == quote.exact and quote.at in (None, said.at)]
        if same and quote.comment and (quote.exact or quote.at):
            open_.remove(same[0])
            if same[0].changed:
                left += 1
            else:
                comments[same[0].id] = quote.comment
        elif (quote.exact or quote.comment) not in item.quotes:
            new.append(quote)
    return tuple(new), comments, left


def preview_bookmarks(store: Store, listed: BookmarkList) -> BookmarkPlan:
    """What import_bookmarks would do now."""
    db = store.read()
    there = clips.find_pages(db, [one.key for one in listed.bookmarks])
    names: dict[str, str] = {}
    for tag in dict.fromkeys(tag for one in listed.bookmarks for tag in one.tags):
        try:
            names[tag] = tags.resolve(db, tags.clean_name(tag))
        except Invalid:
            continue  # nothing is left of it
    return plan_bookmarks(listed, there, names)


def import_bookmarks(store: Store, listed: BookmarkList) -> BookmarkPlan:
    """Every page of the list is an item with its tags, comments and quotes; one undo takes all of it back."""
    with store.unit() as unit:
        plan = preview_bookmarks(store, listed)
        at = stamp(now())
        ids = clips.add_pages(unit, [_page(one, at) for one, _ in plan.new])
        said = [(number, _said(quote, _text_of(one), at)) for number, (one, _) in zip(ids, plan.new, strict=True)
                for quote in one.quotes]  # fmt: skip
        wanted = {number: names for number, (_, names) in zip(ids, plan.new, strict=True) if names}
        texts = clips.find_texts(unit.connection, [change.item_id for change in plan.changed if change.quotes])
        for change in plan.changed:
            if change.text is not None:
                clips.set_text(unit, change.item_id, change.text)
            text = texts.get(change.item_id, "") if change.text is None else change.text
            said += ((change.item_id, _said(quote, text, at)) for quote in change.quotes)
            wanted |= {change.item_id: change.tags} if change.tags else {}
        clips.keep_pages(unit, [change.item_id for change in plan.changed if change.keep])
        clips.add_quotes(unit, said)
        clips.change_comments(unit, {number: words for change in plan.changed for number, words in change.comments.items()})
        tags.put_many(unit, "item", wanted)
        unit.summarize(f"imported bookmarks: {plan.line}")
        return plan


def _page(one: Bookmark, at: str) -> SavedPage:
    return SavedPage(
        url=one.url, canonical_url=one.key, title=one.title, author=one.author,
        state="inbox" if one.waiting else "kept", saved_at=one.added or at, summary=one.description, text=_text_of(one),
    )  # fmt: skip


def _text_of(one: Bookmark) -> str:
    """The text of a page; of one that is known by its quotes only, these."""
    return one.text or _APART.join(dict.fromkeys(quote.exact for quote in one.quotes if quote.exact))


def _said(quote: Quote, text: str, at: str) -> Said:
    place = text.find(quote.exact) if quote.exact else -1
    if place < 0:
        return Said(quote.exact, "", "", None, quote.comment, quote.at or at)
    end = place + len(quote.exact)
    return Said(
        quote.exact, text[max(0, place - _AROUND) : place], text[end : end + _AROUND], place, quote.comment, quote.at or at
    )
