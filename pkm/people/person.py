"""A contact as far as an import compares it, and what the import gives and takes. Pure values; knows no store and no file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from pkm import ids
from pkm.people.arrival import NO_NAME, Handle, compared, mark, uid_line
from pkm.people.said import LINE, Said, read_line, write_line
from pkm.text import fold

FIELDS = ("name", "org", "role", "met", "about", "birthday")

Key = tuple[str, str]
"""The kind and the value of a handle, as they are compared."""


@dataclass(slots=True)
class Person:
    """A contact as far as it is compared, and what the import gives them. number: 0 for one that is new.

    names, handles (with label and value), aliases, tags, lines: by how they are compared. said: what their cards said, by
    what each is known again by. seen: keys of the cards of this import that are theirs.
    filled, added, tagged, kept: fields ("": emptied), handles, tags and lines that the import brings.
    relabeled, taken, untagged, dropped: handles, tags and lines (as they are compared) that it changes and takes away.
    """

    number: int
    uid: str
    fields: dict[str, str]
    nick: str = ""
    names: set[str] = field(default_factory=set)
    handles: dict[Key, tuple[str, str]] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    said: dict[str, Said] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    filled: dict[str, str] = field(default_factory=dict)
    added: list[Handle] = field(default_factory=list)
    relabeled: dict[Key, tuple[str, str]] = field(default_factory=dict)
    taken: list[Key] = field(default_factory=list)
    tagged: list[str] = field(default_factory=list)
    untagged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    remembers: bool = False  # whether `said` is to be written anew
    called: str = ""  # the name that the import found
    written_to: bool = False  # whether letters go to them: they are in a team or a community
    held: list[str] = field(default_factory=list)  # e-mails that their card takes away and that stay

    @property
    def changed(self) -> bool:
        """Whether the import brings or takes anything."""
        return bool(
            self.filled or self.added or self.tagged or self.kept
            or self.relabeled or self.taken or self.untagged or self.dropped
        )  # fmt: skip

    @property
    def id(self) -> str:
        """c12; for one that is new, the name."""
        return ids.make("contact", self.number) if self.number else f"“{self.fields['name']}”"

    def values(self, kind: str) -> set[str]:
        """The handles of a kind, as they are compared."""
        return {value for other, value in self.handles if other == kind}

    def unnamed(self) -> bool:
        """Whether the name only stands in for one: no name, or one of the handles."""
        name = fold(self.fields.get("name", ""))
        return name in ("", NO_NAME) or any(compared(kind, name)[1] == value for kind, value in self.handles)

    def replaced(self) -> Iterator["Replaced"]:
        """The name and the e-mails that the import puts others in the place of, or takes away."""
        name = self.filled.get("name", self.called)
        if self.called and name != self.called:
            yield Replaced(self.id, self.called, "name", self.called, name)
        gone = [(value, False) for kind, value in self.taken if kind == "email"]
        gone += [(value, True) for value in self.held]
        come = [value for kind, _, value in self.added if kind == "email"]
        for (value, stays), other in zip(gone, chain(come, repeat("")), strict=False):
            yield Replaced(self.id, self.called, "email", value, other, stays)

    def memory(self) -> list[str]:
        """The lines that remember what their cards said."""
        return [write_line(card, said) for card, said in sorted(self.said.items())]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a card has otherwise than the contact, whose value stays."""

    who: str
    field: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """A name or an e-mail of a contact that an import changes ("to", "" where it only goes). kept: it stays, and stays first."""

    who: str
    name: str
    field: str
    here: str
    there: str
    kept: bool = False


def known_person(row: Mapping[str, Any]) -> Person:
    """A contact of the store (store.cards.everybody) as it is compared."""
    lines = json.loads(row["vcard"]) if row["vcard"] else []
    handles = row["handles"]
    aliases = [one["value"] for one in handles if one["kind"] == "alias"]
    merged = [uid_line(one["value"]) for one in handles if one["kind"] == "uid"]
    return Person(
        row["id"], row["uid"], {key: row[key] for key in FIELDS if row[key]}, row["nick"],
        {fold(name) for name in (row["name"], row["nick"], *aliases) if name},
        {compared(one["kind"], one["value"]): (one["label"], one["value"])
         for one in reversed(handles) if one["kind"] not in ("alias", "uid")},
        set(map(fold, aliases)), set(map(fold, row["tags"])),
        {mark(line) for line in (*lines, *merged) if not line.startswith(LINE)},
        dict(read_line(line) for line in lines if line.startswith(LINE)), called=row["name"],
        written_to=row["written_to"],
    )  # fmt: skip
