"""What a pull did, as it is told to a person and as JSON has it. Values only."""

from dataclasses import dataclass, field, replace

from pkm.ids import Row
from pkm.text import count

_PLACES = {"inbox": "in the inbox", "backlog": "in the backlog", "muted": "muted", "told": "told by another item"}
"""Where new items went, in words."""


@dataclass(slots=True)
class PullReport:
    """What a pull did. new, updated, unchanged, muted and the like count items; failed counts sources.

    went: what became of the new ones: how many are in the inbox, in the backlog, muted, or told by another item of the
    same story; they add up to new. brought: numbers of what this pull put into the inbox, the last brought first; the JSON
    has them as items.
    unchanged: items of the sources that answered which stayed as they were. muted: so many of the new ones, by rules.
    repeated: new ones that tell a story which was decided on already. resurfaced: those that came back into the inbox,
    or moved up in it, since their source changed them; changed_kept: ids of kept ones that changed, and stay kept.
    changed: ids of all that were updated.
    full_texts: those whose page's text took the place of a summary. purged: those that went by age or number.
    personal: letters that mailboxes keep to themselves.
    failures: {"what", "why", "id"}. warnings: rules that could not be asked: {"what", "why"}. backlog: new sources of
    whose past a part waits there: {"id", "items"}. moved: sources whose address was changed for the one that their
    server redirects to: {"id", "from", "to"}. doubled: sources that lead to what another one follows, and will be
    merged where that lasts: {"id", "of"}. merged: those that were: {"id", "into", "moved", "same"} (items that came
    along, items that both had). left: sources not asked (interrupted). offline: no host could be reached at all, which
    counts against no source.
    """

    sources: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    muted: int = 0
    warnings: list[dict[str, str]] = field(default_factory=list)
    backlog: list[Row] = field(default_factory=list)
    repeated: int = 0
    resurfaced: int = 0
    went: dict[str, int] = field(default_factory=dict)
    brought: list[int] = field(default_factory=list)
    changed_kept: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    full_texts: int = 0
    moved: list[dict[str, str]] = field(default_factory=list)
    doubled: list[dict[str, str]] = field(default_factory=list)
    merged: list[Row] = field(default_factory=list)
    purged: int = 0
    personal: int = 0
    left: int = 0
    interrupted: bool = False
    offline: bool = False

    def as_dict(self) -> Row:
        """The summary as JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "brought"}

    def copy(self) -> "PullReport":
        """The same, apart from what is counted on it, and added to its lists, from now on."""
        other = replace(self)
        for name in self.__slots__:
            if isinstance(value := getattr(self, name), list):
                setattr(other, name, list(value))
        return other

    @property
    def line(self) -> str:
        """The summary for people, without the failures."""
        places = [f"{self.went[name]:,} {words}" for name, words in _PLACES.items() if self.went.get(name)]
        where = f" ({', '.join(places)})" if self.went.keys() - {"inbox"} else ""
        parts = [f"{self.new:,} new{where}", f"{self.updated:,} updated", f"{self.unchanged:,} unchanged"]
        told = f"{', '.join(parts)}, from {count(self.sources - self.failed - self.left, 'source')}"
        told += f"; {count(self.full_texts, 'full text')} fetched" if self.full_texts else ""
        return told + (f"; {self.failed:,} failed" if self.failed else "")
