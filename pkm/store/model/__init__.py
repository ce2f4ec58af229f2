"""The model: every table of the store, in the words of the code, the schema and the JSON.

Only writes import this module (sqlmodel costs several times the rest of a command's start-up); reads are plain SQL
over the same tables. Times are stamps (text, RFC 3339, UTC, whole seconds), so they sort and go into JSON as they are.
Ids are never used again (AUTOINCREMENT): an id that somebody wrote down means one thing for ever.
"""

from pkm.store.model.base import Table  # noqa: I001
from pkm.store.model.history import Change, Journal, Operation, Tally
from pkm.store.model.people import (
    Circle, CircleChannel, CircleSource, Contact, Handle, Interaction, InteractionContact, Membership, Merger,
    Promise, Standing,
)  # fmt: skip
from pkm.store.model.seeking import (
    Citation, Dismissal, Enclosure, Entry, Item, Page, Rule, Signal, Source, SourceEntries, Version,
)  # fmt: skip
from pkm.store.model.sensing import (
    Annotation, Attachment, Growth, Link, Note, NoteAlias, NoteFile, SavedSearch, Tag, Tagging, Trial,
)  # fmt: skip
from pkm.store.model.sharing import Channel, Delivery, Response, Share, ShareContact, ShareNote, Stage

__all__ = [  # noqa: RUF022 - by file, as they are above
    "Table", "Change", "Journal", "Operation", "Tally",
    "Circle", "CircleChannel", "CircleSource", "Contact", "Handle", "Interaction", "InteractionContact",
    "Membership", "Merger", "Promise", "Standing",
    "Citation", "Dismissal", "Enclosure", "Entry", "Item", "Page", "Rule", "Signal", "Source", "SourceEntries",
    "Version",
    "Annotation", "Attachment", "Growth", "Link", "Note", "NoteAlias", "NoteFile", "SavedSearch", "Tag",
    "Tagging", "Trial",
    "Channel", "Delivery", "Response", "Share", "ShareContact", "ShareNote", "Stage",
]  # fmt: skip
