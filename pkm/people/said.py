"""What a card said when it was last seen, as digests: so that the next time a change there is told from an edit here.

Pure values. A contact remembers it in a line of its `vcard`, one for each card that is known again (by its UID, or by the
kind of table it stood in); the memory of a folder keeps the same for its files. Must not know the store or any file.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from pkm.grouped import grouped
from pkm.people.arrival import Arrival, mark
from pkm.text import fold

LINE = "pkm.X-PKM-SAID"
"""The line of a contact's `vcard` that remembers what a card said."""

Digests = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """The digests of one card, or of all cards of one UID in an import. rev: the newest of theirs, digits, "" without.

    fields: of each field. handles: of each handle as it is compared, those of its label and value. names, tags, lines.
    """

    rev: str = ""
    fields: Digests = field(default_factory=dict)
    handles: Digests = field(default_factory=dict)
    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {"rev": self.rev, "fields": self.fields, "handles": self.handles, "names": self.names, "tags": self.tags,
                "lines": self.lines}  # fmt: skip


NOTHING = Said()


def digest(text: str) -> str:
    """A short digest of a text: it has to differ from a few dozen others only."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def handle_digest(key: tuple[str, str]) -> str:
    """The digest of a handle as it is compared."""
    return digest(f"{key[0]} {key[1]}")


def spelled(label: str, value: str) -> str:
    """The digest of how a handle is written, label and all."""
    return digest(f"{label}\0{value}")


def said_by(arrivals: Sequence[Arrival]) -> Said:
    """What these cards say together."""
    fields = grouped((key, digest(value)) for one in arrivals for key, value in one.fields.items())
    handles = grouped(
        (handle_digest(key), spelled(label, value))
        for one in arrivals for key, (_, label, value) in zip(one.keys, one.handles, strict=True)
    )  # fmt: skip
    names = (fold(name) for one in arrivals for name in (one.name, *one.nicks))
    return Said(
        max(one.rev for one in arrivals), _sorted(fields), _sorted(handles), _all(names),
        _all(tag for one in arrivals for tag in one.categories), _all(mark(line) for one in arrivals for line in one.lines),
    )  # fmt: skip


def write_line(card: str, said: Said) -> str:
    """The line that remembers it. card: what it is known again by."""
    told = json.dumps({"card": card, **said.as_dict()}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{LINE}:{told}"


def read_line(line: str) -> tuple[str, Said]:
    """What a line of write_line() remembers; ("", nothing) where it does not read."""
    try:
        values = json.loads(line.partition(":")[2])
        return str(values["card"]), read_said(values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", NOTHING


def read_said(values: Mapping[str, Any]) -> Said:
    """The values of as_dict() again. Raises TypeError, KeyError or AttributeError for others."""
    return Said(
        str(values["rev"]), {str(key): tuple(map(str, some)) for key, some in values["fields"].items()},
        {str(key): tuple(map(str, some)) for key, some in values["handles"].items()},
        *(tuple(map(str, values[key])) for key in ("names", "tags", "lines")),
    )  # fmt: skip


def _sorted(values: Mapping[str, Iterable[str]]) -> Digests:
    return {key: tuple(sorted(set(some))) for key, some in sorted(values.items())}


def _all(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({digest(text) for text in texts}))
