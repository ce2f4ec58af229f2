"""What the shell completes: ids with their titles, tags, circles and contacts, read straight from the store; settings, copies.

A completion never fails loudly and never creates a home: where there is no store, nothing is offered.
"""

import sqlite3
from collections.abc import Callable

from pkm.cli import current
from pkm.errors import PkmError
from pkm.store import lookup, offers
from pkm.store.offers import Offer
from pkm.text import one_line

OFFERED = 50
"""How many words at most; the newest first."""


_READ_BY_A_SHELL = str.maketrans("\\`'\"$[]&", "\u2216\u2019\u2019\u201d\uff04()+")
"""zsh evaluates what is offered, descriptions too, and a title may come from anybody: these show as what is like them."""


def _about(text: str) -> str:
    return one_line(text, 60).translate(_READ_BY_A_SHELL)


def _db() -> sqlite3.Connection | None:
    try:
        return current.store().read() if current.home().db.exists() else None
    except PkmError:
        return None


def _ids(*kinds: str) -> Callable[[str], Offer]:
    def complete(incomplete: str) -> Offer:
        if (db := _db()) is None:
            return []
        found = (one for kind in kinds for one in lookup.starting(db, kind, incomplete, OFFERED))
        return [(one.id, _about(one.title)) for one in found]

    return complete


def _names(kind: str, sign: str = "") -> Callable[[str], Offer]:
    """Names of a kind; a leading character of `sign` stays in front of what is offered."""

    def complete(incomplete: str) -> Offer:
        if (db := _db()) is None:
            return []
        first = incomplete[:1] if incomplete[:1] and incomplete[0] in sign else ""
        found = offers.names(db, kind, incomplete[len(first) :], OFFERED)
        return [(first + name, _about(about)) for name, about in found]

    return complete


complete_notes = _ids("note")
complete_items = _ids("item")
complete_shares = _ids("share")
complete_sources = _ids("source")
complete_rules = _ids("rule")
complete_any = _ids("note", "item", "contact", "circle", "share", "source", "annotation")
complete_contacts = _names("contact", "@")
complete_circles = _names("circle")
complete_channels = _names("channel")
complete_tags = _names("tag", "+-#")


def complete_settings(incomplete: str) -> Offer:
    """The settings, with what each means; and timer, which is asked for in their place."""
    from pkm.config import SETTINGS

    found = [*((name, setting.help) for name, setting in SETTINGS.items()), ("timer", "what makes the pull run by itself")]
    return [(name, _about(about)) for name, about in found if name.startswith(incomplete)]


def complete_copies(incomplete: str) -> Offer:
    """The home's copies by name, the newest first."""
    try:
        return [(path.name, "") for path in sorted(current.home().backups.glob("pkm-*.db"), reverse=True)
                if path.name.startswith(incomplete)][:OFFERED]  # fmt: skip
    except (OSError, PkmError):
        return []
