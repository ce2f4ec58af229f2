"""What comes in: sources, their items and what was computed or decided of those."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field

from pkm.store.model.base import Numbered, Table, number_column, one_of, ref_column, text_column
from pkm.vocabulary import ITEM_STATES, RULE_ACTIONS, SOURCE_STATES, UPDATES


class Source(Numbered, table=True):
    """A stream that is followed: a feed. May belong to a contact; circles hold it through circle_source."""

    __table_args__ = (
        one_of("state", SOURCE_STATES),
        one_of("updates", UPDATES),
        UniqueConstraint("url"),
        Index("source_due", "state", "next_at"),
        {"sqlite_autoincrement": True},
    )
    url: str  # where it is fetched: http(s), file: on this machine, maildir: mbox: imap: a mailbox, mail: what one brings
    title: str = ""
    site_url: str = ""
    description: str = ""
    state: str = "active"
    contact_id: int | None = Field(default=None, sa_column=ref_column("contact.id"))
    every_s: int | None = None  # the person's own interval; None: its own pace
    created_at: str
    checked_at: str | None = None  # last attempt
    fetched_at: str | None = None  # last attempt that gave a whole feed (304 and equal bytes count)
    changed_at: str | None = None  # last time it brought something
    next_at: str | None = None  # not fetched before; None: due now
    etag: str | None = None  # opaque, replayed as it came (RFC 9110 8.8.3)
    modified: str | None = None  # Last-Modified, opaque as well
    body_hash: str | None = None
    identity: str | None = None  # how its entries are told apart, chosen once: guid, guid+url, url, text
    moved_to: str | None = None  # where a permanent redirect leads, until it is believed
    moved_since: str | None = None  # since when it has led there, without a break
    failures: int = 0  # in a row
    error: str | None = None  # the last failure in words
    updates: str = Field(default="silent", sa_column=text_column("silent"))  # what becomes of an item that its source changed
    backlog: int = Field(default=0, sa_column=number_column())  # 1: all that the first pull brings goes into the inbox
    full_text: int = Field(default=0, sa_column=number_column())  # 1: it gives summaries only, its pages are fetched as well
    challenges_id: int | None = Field(default=None, sa_column=ref_column("tag.id"))  # it disagrees with what one thinks there
    mailbox_id: int | None = Field(default=None, sa_column=ref_column("source.id"))  # the mailbox that its letters come into
    credential: str = Field(default="", sa_column=text_column())  # where its secret is: env:NAME, command:WORDS, file:PATH
    user_agent: str = Field(default="", sa_column=text_column())  # what it is asked as, where its host refuses pkm's own name
    opml: str = Field(default="{}", sa_column=Column(Text, nullable=False))  # attributes pkm does not know, as JSON


class SourceEntries(Table, table=True):
    """What the entries of a source's feed were like when it was last read: they need not be read again. No history, no export."""

    __tablename__ = "source_entries"

    source_id: int = Field(
        sa_column=Column(Integer, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    hashes: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # BLAKE2b of each entry's bytes, 8 bytes each


class Item(Numbered, table=True):
    """One entry that a source brought, or one clipped page (no source)."""

    __table_args__ = (
        one_of("state", ITEM_STATES),
        Index("item_state", "state", "received_at", "id"),
        Index("item_source", "source_id", "id"),
        Index("item_canonical", "canonical_url"),
        Index("item_story", "story_id", sqlite_where=Column("story_id", Integer).is_not(None)),
        Index("item_rule", "rule_id", sqlite_where=Column("rule_id", Integer).is_not(None)),
        Index("item_decided", "decided_at", "source_id", "author", "state", "via",
              sqlite_where=Column("decided_at", String).is_not(None)),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    source_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("source.id", ondelete="SET NULL"), nullable=True)
    )
    state: str = "inbox"  # backlog: came with its source's past and waits for nobody; muted: by a rule
    title: str = ""
    url: str = ""
    canonical_url: str = ""  # without trackers and fragment, for "have I seen this?"
    author: str = ""
    published_at: str | None = None
    received_at: str
    changed_at: str | None = None  # last time its source changed it
    decided_at: str | None = None
    hash: str = ""  # of title, link and body: a change of it is a change of the item
    via: str = ""  # the filter that brought it: person, network, rule, score, chance, clip, import, mail
    rule_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("rule.id", ondelete="SET NULL"), nullable=True)
    )  # the rule that muted it or brought it in
    rank: int = Field(default=0, sa_column=number_column())  # by rules: each up counts 1, each down -1
    story_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("item.id", ondelete="SET NULL"), nullable=True)
    )  # the item that stands for it in lists, where another source told the same story
    categories: str = Field(default="[]", sa_column=text_column("[]"))  # as its source tagged it: JSON, an array of names
    authors: str = Field(default="[]", sa_column=text_column("[]"))  # where more than names is known: JSON {name, email, url}
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    text: str = Field(default="", sa_column=Column(Text, nullable=False))  # plain: searched, quoted, shown
    html: str = Field(default="", sa_column=Column(Text, nullable=False))  # cleaned


class Entry(Numbered, table=True):
    """What one source calls one item: its identity there. Without an item it is a tombstone (purged stays purged)."""

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("entry_item", "item_id"),
        {"sqlite_autoincrement": True},
    )
    source_id: int = Field(sa_column=Column(Integer, ForeignKey("source.id", ondelete="CASCADE"), nullable=False))
    item_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("item.id", ondelete="SET NULL"), nullable=True)
    )
    key: str
    hash: str = ""
    seen_at: str


class Version(Numbered, table=True):
    """What an item said before its source changed it."""

    item_id: int = Field(sa_column=ref_column("item.id", required=True, gone="CASCADE"))
    at: str  # when it was replaced
    title: str = ""
    url: str = ""
    hash: str = ""
    text: str = Field(default="", sa_column=text_column())
    html: str = Field(default="", sa_column=text_column())


class Enclosure(Numbered, table=True):
    """A file that goes with an item: an episode, a video, its transcript."""

    item_id: int = Field(sa_column=ref_column("item.id", required=True, gone="CASCADE"))
    position: int
    url: str
    type: str = ""
    size_bytes: int | None = None
    duration_s: int | None = None
    rel: str = "enclosure"  # enclosure, transcript


class Page(Numbered, table=True):
    """Another text of an item: the feed's own where the page's full text took its place; the page as it was archived."""

    __table_args__ = (
        one_of("role", ("feed", "archive")),
        UniqueConstraint("item_id", "role"),
        {"sqlite_autoincrement": True},
    )
    item_id: int = Field(sa_column=ref_column("item.id", required=True, gone="CASCADE"))
    role: str
    at: str
    media_type: str = "text/html"
    text: str = Field(default="", sa_column=text_column())
    html: str = Field(default="", sa_column=text_column())
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))  # zlib, as it came


class Citation(Numbered, table=True):
    """An item points at another item of the store: by a link, a quote, or as where it was found (via)."""

    __table_args__ = (
        one_of("type", ("link", "quote", "via")),
        UniqueConstraint("item_id", "cited_id"),
        {"sqlite_autoincrement": True},
    )
    item_id: int = Field(sa_column=Column(Integer, ForeignKey("item.id", ondelete="CASCADE"), nullable=False))
    cited_id: int = Field(sa_column=ref_column("item.id", required=True, gone="CASCADE"))
    type: str = "link"


class Signal(Numbered, table=True):
    """What was computed of an item in the inbox, to order it by. Made anew by each pull: no history, no export."""

    __table_args__ = (UniqueConstraint("item_id"), {"sqlite_autoincrement": True})
    item_id: int = Field(sa_column=Column(Integer, ForeignKey("item.id", ondelete="CASCADE"), nullable=False))
    heat: int = Field(default=0, sa_column=number_column())  # how many other followed sources pointed at it in a week
    fit: float = Field(default=0.0, sa_column=Column(Float, nullable=False, server_default="0"))  # likeness to own notes, 0 to 1
    note_id: int | None = Field(default=None, sa_column=ref_column("note.id"))  # the note that it is most like
    words: str = Field(default="", sa_column=text_column())  # what they share
    answers_id: int | None = Field(default=None, sa_column=ref_column("note.id"))  # the open question that it may answer


class Rule(Numbered, table=True):
    """What happens to items by themselves when they come in: muted, kept only, tagged, ranked, assigned to a person."""

    __table_args__ = (one_of("action", RULE_ACTIONS), {"sqlite_autoincrement": True})
    action: str  # keep: of the items in its scope, only those that match come in
    pattern: str = ""  # what it matches, as it was typed; empty: everything in its scope
    argument: str = ""  # the tag it puts on
    person_id: int | None = Field(default=None, sa_column=ref_column("contact.id", gone="CASCADE"))  # whom it assigns to
    source_id: int | None = Field(default=None, sa_column=ref_column("source.id", gone="CASCADE"))  # scope: one source,
    tag_id: int | None = Field(default=None, sa_column=ref_column("tag.id", gone="CASCADE"))  # the sources of a tag,
    contact_id: int | None = Field(default=None, sa_column=ref_column("contact.id", gone="CASCADE"))  # those of a person
    created_at: str


class Dismissal(Numbered, table=True):
    """A suggestion that was turned down, and is not made again."""

    __table_args__ = (UniqueConstraint("kind", "key"), {"sqlite_autoincrement": True})
    kind: str  # of suggestion: source, person, member, duplicate, introduction, link …
    key: str  # what was suggested, as it is compared
    title: str = ""
    at: str
