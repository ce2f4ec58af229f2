"""Lists of feeds and the store: what a list names is followed, and what is followed becomes a list. No network.

Folders become tags; how they were written, and the attributes that pkm does not know, are kept with the source so that
an export gives them back.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pkm.errors import Invalid
from pkm.ids import Row
from pkm.opml_writing import OpmlFeed, write_opml
from pkm.seek.opml import OpmlList, looks_like, read_opml, read_urls
from pkm.store import intake, sources
from pkm.store.session import Store, Unit
from pkm.store.tags import clean_name
from pkm.text import count, fold

TITLE = "pkm"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do: feeds that are new, tags that known sources (number) would get, what cannot be used."""

    new: tuple[OpmlFeed, ...] = ()
    tagged: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    unchanged: int = 0
    failures: tuple[tuple[str, str], ...] = ()
    salvaged: bool = False

    def as_dict(self) -> Row:
        """The summary as JSON has it."""
        return {
            "new": len(self.new), "updated": len(self.tagged), "unchanged": self.unchanged,
            "failed": len(self.failures), "failures": [{"what": what, "why": why} for what, why in self.failures],
            "salvaged": self.salvaged,
        }  # fmt: skip

    @property
    def line(self) -> str:
        """The summary for people."""
        told = f"{count(len(self.new), 'new source')}, {len(self.tagged):,} updated, {self.unchanged:,} unchanged"
        return told + (f"; {len(self.failures):,} could not be used" if self.failures else "")


def read_list(data: bytes, name: str) -> OpmlList:
    """The feeds that a file lists: OPML, or newsboat's urls file. Raises BadInput where it is neither.

    A list may come from anybody, so paths on this machine are not taken from it: `pkm seek add PATH` does that by hand.
    """
    if looks_like(data) == "urls":
        return read_urls(data, name=name, files=False)
    return read_opml(data, name=name, files=False)


def plan_import(listed: OpmlList, there: Mapping[str, Row]) -> ImportPlan:
    """What the list brings to the sources that are there (by address)."""
    new, tagged, unchanged = [], {}, 0
    for feed in listed.outlines:
        known = there.get(feed.url)
        if known is None:
            new.append(feed)
            continue
        had = {fold(name) for name in known["tags"]}
        more = tuple(name for name in _tag_names(feed.tags) if fold(name) not in had)
        if more:
            tagged[known["id"]] = more
        else:
            unchanged += 1
    return ImportPlan(tuple(new), tagged, unchanged, listed.failures, listed.salvaged)


def preview_import(store: Store, listed: OpmlList) -> ImportPlan:
    """What import_list would do now."""
    return plan_import(listed, {row["url"]: row for row in sources.outlines(store.read())})


def import_list(store: Store, listed: OpmlList, *, backlog: bool = False) -> ImportPlan:
    """Every feed of the list is followed, once, with its folders as tags. A second import changes nothing.

    backlog: all that the first pull of the new ones brings comes into the inbox.
    """
    with store.unit() as unit:
        plan = plan_import(listed, {row["url"]: row for row in sources.outlines(unit.connection)})
        ids = intake.add_sources(unit, [{**_source_row(feed), "backlog": int(backlog)} for feed in plan.new])
        wanted = {number: _tag_names(feed.tags) for number, feed in zip(ids, plan.new, strict=True)}
        _tag_all(unit, {**wanted, **plan.tagged})
        unit.summarize(plan.line)
        return plan


def _tag_all(unit: Unit, wanted: Mapping[int, Sequence[str]]) -> None:
    intake.tag_sources(unit, {number: names for number, names in wanted.items() if names})


def _source_row(feed: OpmlFeed) -> Row:
    kept = {"attributes": dict(feed.attributes), "folders": list(feed.tags)}
    return {
        "url": feed.url, "title": feed.title, "site_url": feed.site_url,
        "opml": json.dumps(kept if any(kept.values()) else {}, ensure_ascii=False),
    }  # fmt: skip


def _tag_names(folders: Sequence[str]) -> tuple[str, ...]:
    """The folders as tags; one that can be no tag is left out."""
    names: dict[str, str] = {}
    for folder in folders:
        try:
            name = clean_name(folder)
        except Invalid:
            continue
        names.setdefault(fold(name), name)
    return tuple(names.values())


def export_list(store: Store) -> bytes:
    """Every source as OPML, in the order they were added; the same sources give the same bytes."""
    return write_opml(TITLE, all_feeds(store.read()))


def export_urls(store: Store) -> bytes:
    """Every source as newsboat's urls file, in the order they were added."""
    from pkm.seek.newsboat import write_urls

    return write_urls(all_feeds(store.read()))


def all_feeds(db: sqlite3.Connection) -> list[OpmlFeed]:
    """Every source as a list has it, in the order they were added."""
    return [_outline(row) for row in sources.outlines(db)]


def _outline(row: Row) -> OpmlFeed:
    kept = row["opml"]
    folders = _folders(kept.get("folders", []), row["tags"])
    return OpmlFeed(row["url"], row["title"], row["site_url"], folders, kept.get("attributes", {}))


def _folders(written: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """The tags as folders: in the words of the list they came from, where that was one; those taken away are gone."""
    left = {fold(name): name for name in names}
    kept = []
    for folder in written:
        tags = _tag_names([folder])
        if not tags or left.pop(fold(tags[0]), None) is not None:
            kept.append(folder)
    return (*kept, *left.values())
