"""The model: every table of the store, in the words of the code, the schema and the JSON.

Only writes import this module (sqlmodel costs several times the rest of a command's start-up); reads are plain SQL
over the same tables. Times are stamps (text, RFC 3339, UTC, whole seconds), so they sort and go into JSON as they are.
Ids are never used again (AUTOINCREMENT): an id that somebody wrote down means one thing for ever.
"""

from pkm.store.model.base import CIRCLE_KINDS, HALF_LIVES, ITEM_STATES, REACHES, RULE_ACTIONS, STAGES, UPDATES, Table  # noqa: I001
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
    "CIRCLE_KINDS", "HALF_LIVES", "ITEM_STATES", "REACHES", "RULE_ACTIONS", "STAGES", "UPDATES", "Table",
    "Change", "Journal", "Operation", "Tally",
    "Circle", "CircleChannel", "CircleSource", "Contact", "Handle", "Interaction", "InteractionContact",
    "Membership", "Merger", "Promise", "Standing",
    "Citation", "Dismissal", "Enclosure", "Entry", "Item", "Page", "Rule", "Signal", "Source", "SourceEntries",
    "Version",
    "Annotation", "Attachment", "Growth", "Link", "Note", "NoteAlias", "NoteFile", "SavedSearch", "Tag",
    "Tagging", "Trial",
    "Channel", "Delivery", "Response", "Share", "ShareContact", "ShareNote", "Stage",
]  # fmt: skip

ENTITIES = ("source", "item", "annotation", "note", "contact", "circle", "share", "delivery", "response", "trial",
            "interaction", "promise")  # fmt: skip
"""Tables whose rows have ids that people see; tags and links may hang on them."""

UNJOURNALED = ("operation", "change", "journal", "signal", "standing", "source_entries", "tally")

FULL_TEXT = {
    "item": ("title", "author", "text"),
    "note": ("title", "text"),
    "annotation": ("exact", "comment"),
    "contact": ("name", "nick", "org", "about"),
    "handle": ("value",),
}
"""What is searched: an FTS5 table `<table>_fts` over these columns, kept in step by triggers."""

PREFIXED = {"note": "2"}
"""How many letters of a beginning (or*) are looked up whole; two letters begin too many words to read each of them."""
