"""The model: every table of the store, in the words of the code, the schema and the JSON.

Only writes import this module (sqlmodel costs several times the rest of a command's start-up); reads are plain SQL
over the same tables. Times are stamps (text, RFC 3339, UTC, whole seconds), so they sort and go into JSON as they are.
Ids are never used again (AUTOINCREMENT): an id that somebody wrote down means one thing for ever.
"""

from typing import Any, ClassVar

from pydantic import ConfigDict
from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

REACHES = ("private", "team", "community", "network")
CIRCLE_KINDS = ("team", "community", "network")
STAGES = ("observation", "idea", "practice")
ITEM_STATES = ("inbox", "backlog", "muted", "kept", "dropped")
UPDATES = ("silent", "resurface", "ignore")
HALF_LIVES = ("", "soon", "later", "eventually", "never")
RULE_ACTIONS = ("mute", "keep", "tag", "up", "down", "assign")


def _id() -> Column[int]:
    return Column(Integer, primary_key=True, autoincrement=True)


def _ref(target: str, *, required: bool = False, gone: str = "SET NULL") -> Column[int]:
    """A foreign key; `gone` is what happens to the row when its target is deleted."""
    return Column(Integer, ForeignKey(target, ondelete=gone), nullable=not required, index=True)


def _text(default: str = "") -> Column[str]:
    """Text that is never NULL; bulk intake may leave it out."""
    return Column(Text, nullable=False, server_default=default)


def _number(default: int = 0) -> Column[int]:
    """A whole number that is never NULL; bulk intake may leave it out."""
    return Column(Integer, nullable=False, server_default=str(default))


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Table(SQLModel):
    """What all tables share. AUTOINCREMENT, so that an id is never given twice."""

    # Rows of a table are not validated (the schema's constraints are), so no validator need be built: it would cost
    # every command that writes some 40 ms.
    model_config: ClassVar[Any] = ConfigDict(defer_build=True)
    __table_args__: ClassVar[Any] = ({"sqlite_autoincrement": True},)


class Source(Table, table=True):
    """A stream that is followed: a feed. May belong to a contact; circles hold it through circle_source."""

    __table_args__ = (
        _one_of("state", ("active", "paused", "gone")),
        _one_of("updates", UPDATES),
        UniqueConstraint("url"),
        Index("source_due", "state", "next_at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    url: str  # where it is fetched: http(s), file: on this machine, maildir: mbox: imap: a mailbox, mail: what one brings
    title: str = ""
    site_url: str = ""
    description: str = ""
    state: str = "active"
    contact_id: int | None = Field(default=None, sa_column=_ref("contact.id"))
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
    updates: str = Field(default="silent", sa_column=_text("silent"))  # what becomes of an item that its source changed
    backlog: int = Field(default=0, sa_column=_number())  # 1: all that the first pull brings goes into the inbox
    full_text: int = Field(default=0, sa_column=_number())  # 1: it gives summaries only, its pages are fetched as well
    challenges_id: int | None = Field(default=None, sa_column=_ref("tag.id"))  # it disagrees with what one thinks there
    mailbox_id: int | None = Field(default=None, sa_column=_ref("source.id"))  # the mailbox that its letters come into
    credential: str = Field(default="", sa_column=_text())  # where its secret is: env:NAME, command:WORDS, file:PATH
    user_agent: str = Field(default="", sa_column=_text())  # what it is asked as, where its host refuses pkm's own name
    opml: str = Field(default="{}", sa_column=Column(Text, nullable=False))  # attributes pkm does not know, as JSON


class SourceEntries(Table, table=True):
    """What the entries of a source's feed were like when it was last read: they need not be read again. No history, no export."""

    __tablename__ = "source_entries"

    source_id: int = Field(
        sa_column=Column(Integer, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    hashes: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # BLAKE2b of each entry's bytes, 8 bytes each


class Item(Table, table=True):
    """One entry that a source brought, or one clipped page (no source)."""

    __table_args__ = (
        _one_of("state", ITEM_STATES),
        Index("item_state", "state", "received_at", "id"),
        Index("item_source", "source_id", "id"),
        Index("item_canonical", "canonical_url"),
        Index("item_story", "story_id", sqlite_where=Column("story_id", Integer).is_not(None)),
        Index("item_rule", "rule_id", sqlite_where=Column("rule_id", Integer).is_not(None)),
        Index("item_decided", "decided_at", "source_id", "author", "state", "via",
              sqlite_where=Column("decided_at", String).is_not(None)),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=_id())
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
    rank: int = Field(default=0, sa_column=_number())  # by rules: each up counts 1, each down -1
    story_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("item.id", ondelete="SET NULL"), nullable=True)
    )  # the item that stands for it in lists, where another source told the same story
    categories: str = Field(default="[]", sa_column=_text("[]"))  # as its source tagged it: JSON, an array of names
    authors: str = Field(default="[]", sa_column=_text("[]"))  # where more than names is known: JSON {name, email, url}
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    text: str = Field(default="", sa_column=Column(Text, nullable=False))  # plain: searched, quoted, shown
    html: str = Field(default="", sa_column=Column(Text, nullable=False))  # cleaned


class Entry(Table, table=True):
    """What one source calls one item: its identity there. Without an item it is a tombstone (purged stays purged)."""

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("entry_item", "item_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    source_id: int = Field(sa_column=Column(Integer, ForeignKey("source.id", ondelete="CASCADE"), nullable=False))
    item_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("item.id", ondelete="SET NULL"), nullable=True)
    )
    key: str
    hash: str = ""
    seen_at: str


class Version(Table, table=True):
    """What an item said before its source changed it."""

    id: int | None = Field(default=None, sa_column=_id())
    item_id: int = Field(sa_column=_ref("item.id", required=True, gone="CASCADE"))
    at: str  # when it was replaced
    title: str = ""
    url: str = ""
    hash: str = ""
    text: str = Field(default="", sa_column=_text())
    html: str = Field(default="", sa_column=_text())


class Enclosure(Table, table=True):
    """A file that goes with an item: an episode, a video, its transcript."""

    id: int | None = Field(default=None, sa_column=_id())
    item_id: int = Field(sa_column=_ref("item.id", required=True, gone="CASCADE"))
    position: int
    url: str
    type: str = ""
    size_bytes: int | None = None
    duration_s: int | None = None
    rel: str = "enclosure"  # enclosure, transcript


class Page(Table, table=True):
    """Another text of an item: the feed's own where the page's full text took its place; the page as it was archived."""

    __table_args__ = (
        _one_of("role", ("feed", "archive")),
        UniqueConstraint("item_id", "role"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    item_id: int = Field(sa_column=_ref("item.id", required=True, gone="CASCADE"))
    role: str
    at: str
    media_type: str = "text/html"
    text: str = Field(default="", sa_column=_text())
    html: str = Field(default="", sa_column=_text())
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))  # zlib, as it came


class Citation(Table, table=True):
    """An item points at another item of the store: by a link, a quote, or as where it was found (via)."""

    __table_args__ = (
        _one_of("type", ("link", "quote", "via")),
        UniqueConstraint("item_id", "cited_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    item_id: int = Field(sa_column=Column(Integer, ForeignKey("item.id", ondelete="CASCADE"), nullable=False))
    cited_id: int = Field(sa_column=_ref("item.id", required=True, gone="CASCADE"))
    type: str = "link"


class Signal(Table, table=True):
    """What was computed of an item in the inbox, to order it by. Made anew by each pull: no history, no export."""

    __table_args__ = (UniqueConstraint("item_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    item_id: int = Field(sa_column=Column(Integer, ForeignKey("item.id", ondelete="CASCADE"), nullable=False))
    heat: int = Field(default=0, sa_column=_number())  # how many other followed sources pointed at it in a week
    fit: float = Field(default=0.0, sa_column=Column(Float, nullable=False, server_default="0"))  # likeness to own notes, 0 to 1
    note_id: int | None = Field(default=None, sa_column=_ref("note.id"))  # the note that it is most like
    words: str = Field(default="", sa_column=_text())  # what they share
    answers_id: int | None = Field(default=None, sa_column=_ref("note.id"))  # the open question that it may answer


class Standing(Table, table=True):
    """Where one stands with a contact, kept so that who is due need not be computed from all that ever passed.

    Triggers empty `counted` when something changes that it rests on; a unit computes those anew at its end. No history, no
    export.
    """

    __table_args__ = (
        Index("standing_due", "due", "contact_id"),
        Index("standing_over", "every_s", "due", "contact_id"),
        Index("standing_counted", "counted"),
    )
    contact_id: int = Field(
        sa_column=Column(Integer, ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    counted: str = Field(default="", sa_column=_text())  # what counted as a touch when it was computed; "": to be computed
    tie: str | None = None  # the closest kind of circle joined
    every_s: int | None = None
    last: str | None = None  # the last touch
    due: str | None = None


class Rule(Table, table=True):
    """What happens to items by themselves when they come in: muted, kept only, tagged, ranked, assigned to a person."""

    __table_args__ = (_one_of("action", RULE_ACTIONS), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    action: str  # keep: of the items in its scope, only those that match come in
    pattern: str = ""  # what it matches, as it was typed; empty: everything in its scope
    argument: str = ""  # the tag it puts on
    person_id: int | None = Field(default=None, sa_column=_ref("contact.id", gone="CASCADE"))  # whom it assigns to
    source_id: int | None = Field(default=None, sa_column=_ref("source.id", gone="CASCADE"))  # scope: one source,
    tag_id: int | None = Field(default=None, sa_column=_ref("tag.id", gone="CASCADE"))  # the sources of a tag,
    contact_id: int | None = Field(default=None, sa_column=_ref("contact.id", gone="CASCADE"))  # those of a person
    created_at: str


class Dismissal(Table, table=True):
    """A suggestion that was turned down, and is not made again."""

    __table_args__ = (UniqueConstraint("kind", "key"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    kind: str  # of suggestion: source, person, member, duplicate, introduction, link …
    key: str  # what was suggested, as it is compared
    title: str = ""
    at: str


class Note(Table, table=True):
    """Own words in Markdown. Private until its owner widens it."""

    __table_args__ = (
        _one_of("stage", STAGES),
        _one_of("reach", REACHES),
        _one_of("half_life", HALF_LIVES),
        UniqueConstraint("uid"),
        Index("note_updated", "updated_at", "id"),
        Index("note_dropped", "dropped_at", sqlite_where=Column("dropped_at", String).is_not(None)),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    uid: str  # random, the same on every machine it is exported to
    title: str
    text: str = Field(sa_column=Column(Text, nullable=False))  # the whole text, its first line included
    stage: str = "observation"
    reach: str = "private"
    item_id: int | None = Field(default=None, sa_column=_ref("item.id"))  # the item it was made from
    at: str | None = None  # the day it speaks of, where its writer named one
    created_at: str
    updated_at: str
    reviewed_at: str | None = None
    half_life: str = Field(default="", sa_column=_text())  # how soon it is looked at again; "": as its stage says
    dropped_at: str | None = None  # put away: in no list but is:dropped


class NoteAlias(Table, table=True):
    """Another title that [[links]] may call a note by: as its file says, or what it was called before."""

    __tablename__ = "note_alias"
    __table_args__ = (
        UniqueConstraint("note_id", "folded"), Index("note_alias_folded", "folded"), {"sqlite_autoincrement": True}
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=_id())
    note_id: int = Field(sa_column=_ref("note.id", required=True, gone="CASCADE"))
    name: str
    folded: str  # as it is compared: case folded


class NoteFile(Table, table=True):
    """The file that a note is in a folder outside: where it came from, or where it is kept in step with."""

    __tablename__ = "note_file"
    __table_args__ = (UniqueConstraint("root", "path"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    note_id: int = Field(sa_column=_ref("note.id", required=True, gone="CASCADE"))
    root: str  # the folder, by its path
    path: str  # in the folder, with /, in NFC
    hash: str = ""  # of the file's bytes as they were last read or written
    front: str = Field(default="", sa_column=_text())  # its front matter as it came, to the letter
    base: str = Field(default="", sa_column=_text())  # the note's text as both had it last: what a merge starts from
    at: str


class Attachment(Table, table=True):
    """A file that notes show or point at; its bytes are in the home's attachments/, named by their hash."""

    __table_args__ = (UniqueConstraint("name", "sha256"), Index("attachment_sha256", "sha256"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    name: str  # as notes write it: a path in the folder that it came from, with /
    sha256: str
    media_type: str = ""
    size_bytes: int = Field(default=0, sa_column=_number())
    created_at: str


class Annotation(Table, table=True):
    """A quote with a comment on an item or a note (W3C text quote selector); without a quote, on the whole of it."""

    __table_args__ = (
        _one_of("state", ("anchored", "moved", "orphan")),
        CheckConstraint("(item_id IS NULL) <> (note_id IS NULL)", name="one_target"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    item_id: int | None = Field(default=None, sa_column=_ref("item.id", gone="CASCADE"))
    note_id: int | None = Field(default=None, sa_column=_ref("note.id", gone="CASCADE"))
    exact: str = Field(default="", sa_column=Column(Text, nullable=False))
    prefix: str = ""  # up to 32 characters before
    suffix: str = ""  # up to 32 characters after
    position: int | None = None  # in characters of the text it was made on
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: str = "anchored"
    created_at: str
    updated_at: str


class Link(Table, table=True):
    """From a note to a note, an item or a contact; `to_id` is None while nothing answers to what was written."""

    __table_args__ = (
        Index("link_from", "from_kind", "from_id"),
        Index("link_to", "to_kind", "to_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    from_kind: str
    from_id: int
    to_kind: str
    to_id: int | None = None
    type: str = "related"  # related, supports, contradicts, source, next, answers, or one's own word
    written: str = ""  # as it stands in the text: the target of [[target|label]], or the name of @name
    sentence: str = Field(default="", sa_column=Column(Text, nullable=False))  # the sentence around it
    origin: str = "hand"  # hand: made by a command; text: read out of the note's text and kept in step with it
    created_at: str
    resolved_at: str | None = None  # of a contradiction: when one came to terms with it,
    because: str = Field(default="", sa_column=_text())  # and how


class Trial(Table, table=True):
    """Where an idea was tried and what came of it."""

    __table_args__ = (_one_of("outcome", ("worked", "mixed", "failed")), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    note_id: int = Field(sa_column=_ref("note.id", required=True, gone="CASCADE"))
    place: str = ""
    outcome: str
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    at: str
    created_at: str
    contact_id: int | None = Field(default=None, sa_column=_ref("contact.id"))  # who tried it; None: oneself
    response_id: int | None = Field(default=None, sa_column=_ref("response.id"))  # the answer that told of it


class Growth(Table, table=True):
    """One step of a note from stage to stage, with its reason: the history that `why` tells."""

    id: int | None = Field(default=None, sa_column=_id())
    note_id: int = Field(sa_column=_ref("note.id", required=True, gone="CASCADE"))
    stage_from: str
    stage_to: str
    because: str = ""
    at: str


class Contact(Table, table=True):
    """A person."""

    __table_args__ = (
        UniqueConstraint("uid"), Index("contact_name", "name"),
        Index("contact_rhythm", "every_s", "snoozed_until", "created_at"),  # who is due is told from it, without the cards
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=_id())
    uid: str  # vCard UID
    name: str
    nick: str = ""  # what @nick means
    org: str = ""
    role: str = ""
    met: str = ""  # how we met
    through_id: int | None = Field(default=None, sa_column=_ref("contact.id"))  # through whom
    about: str = Field(default="", sa_column=Column(Text, nullable=False))
    birthday: str = ""  # as vCard writes it: 1980-05-01, --05-01
    every_s: int | None = None  # own cadence; None: that of the closest circle
    snoozed_until: str | None = None
    read_every_s: int | None = None  # how often what they write shows up; None: as it comes
    vcard: str = Field(default="", sa_column=Column(Text, nullable=False))  # properties pkm does not know, as they came
    created_at: str
    updated_at: str


class Merger(Table, table=True):
    """A thing that was merged into another one: its id means that one from then on."""

    __table_args__ = (UniqueConstraint("kind", "gone_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    kind: str
    gone_id: int
    into_id: int
    at: str


class Handle(Table, table=True):
    """A way to reach or recognize a contact: email, phone, url, alias, or an account's address; uid: a merged card's."""

    __table_args__ = (
        UniqueConstraint("contact_id", "kind", "value"),
        Index("handle_value", "kind", "folded"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    contact_id: int = Field(sa_column=_ref("contact.id", required=True, gone="CASCADE"))
    kind: str
    value: str
    folded: str  # as it is compared: case folded
    label: str = ""  # home, work, or as the card says
    position: int = 0


class Circle(Table, table=True):
    """A named group; its interests are its tags, its strength its kind."""

    __table_args__ = (_one_of("kind", CIRCLE_KINDS), UniqueConstraint("name"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    name: str
    kind: str
    purpose: str = Field(default="", sa_column=Column(Text, nullable=False))  # what it is for
    every_s: int | None = None  # cadence; None: that of its kind
    salutation: str = ""
    introduction: str = Field(default="", sa_column=Column(Text, nullable=False))
    language: str = Field(default="", sa_column=_text())  # what is sent to it is in (BCP 47); "": as config says
    created_at: str


class Membership(Table, table=True):
    """One stay of a contact in a circle, with its reasons. Joining again after leaving is a new row."""

    __table_args__ = (
        Index(
            "membership_open", "circle_id", "contact_id", unique=True,
            sqlite_where=Column("left_at", String).is_(None),
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=_id())
    circle_id: int = Field(sa_column=_ref("circle.id", required=True, gone="CASCADE"))
    contact_id: int = Field(sa_column=_ref("contact.id", required=True, gone="CASCADE"))
    joined_at: str
    because: str = ""
    left_at: str | None = None
    left_because: str = ""


class CircleSource(Table, table=True):
    """A source that a circle writes or reads together."""

    __tablename__ = "circle_source"
    __table_args__ = (UniqueConstraint("circle_id", "source_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    circle_id: int = Field(sa_column=_ref("circle.id", required=True, gone="CASCADE"))
    source_id: int = Field(sa_column=_ref("source.id", required=True, gone="CASCADE"))


class CircleChannel(Table, table=True):
    """A channel that reaches a circle."""

    __tablename__ = "circle_channel"
    __table_args__ = (UniqueConstraint("circle_id", "channel_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    circle_id: int = Field(sa_column=_ref("circle.id", required=True, gone="CASCADE"))
    channel_id: int = Field(sa_column=_ref("channel.id", required=True, gone="CASCADE"))


class Interaction(Table, table=True):
    """Something that passed between the person and one or more contacts."""

    __table_args__ = (Index("interaction_at", "at", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    at: str
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at: str
    share_id: int | None = Field(default=None, sa_column=_ref("share.id"))  # the share that it was, as an introduction is


class Promise(Table, table=True):
    """What was promised in an interaction, to those who took part or by them: open until it is kept or let go."""

    __table_args__ = (
        _one_of("state", ("open", "kept", "dropped")), _one_of("owed_by", ("me", "them")), {"sqlite_autoincrement": True}
    )  # fmt: skip
    id: int | None = Field(default=None, sa_column=_id())
    interaction_id: int = Field(sa_column=_ref("interaction.id", required=True, gone="CASCADE"))
    text: str = Field(sa_column=Column(Text, nullable=False))
    owed_by: str = "me"
    state: str = "open"
    due_at: str | None = None  # until when, where that was said
    settled_at: str | None = None  # when it was kept or let go,
    because: str = Field(default="", sa_column=_text())  # and what came of it


class InteractionContact(Table, table=True):
    """Who took part in an interaction."""

    __tablename__ = "interaction_contact"
    __table_args__ = (UniqueConstraint("interaction_id", "contact_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    interaction_id: int = Field(sa_column=_ref("interaction.id", required=True, gone="CASCADE"))
    contact_id: int = Field(sa_column=_ref("contact.id", required=True, gone="CASCADE"))


class Tag(Table, table=True):
    """A name; `/` makes a hierarchy. An alias points to the tag it was merged into."""

    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    name: str
    learning: int = Field(default=0, sa_column=_number())  # 1: something that one wants to learn about
    alias_of: int | None = Field(default=None, sa_column=_ref("tag.id", gone="CASCADE"))
    created_at: str


class Tagging(Table, table=True):
    """A tag on a source, item, note, contact or circle."""

    __table_args__ = (
        UniqueConstraint("tag_id", "kind", "entity_id"),
        Index("tagging_entity", "kind", "entity_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    tag_id: int = Field(sa_column=_ref("tag.id", required=True, gone="CASCADE"))
    kind: str
    entity_id: int
    origin: str = "hand"  # text: read out of a note's text and kept in step with it


class SavedSearch(Table, table=True):
    """A query with a name: `:name` stands for it."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    name: str
    query: str
    created_at: str


class Channel(Table, table=True):
    """A way out: the site, a folder of files, later mail and public accounts. No secret is ever in it."""

    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    name: str
    kind: str
    address: str = ""
    options: str = Field(default="{}", sa_column=Column(Text, nullable=False))  # JSON; names of secrets, never secrets
    created_at: str


class Share(Table, table=True):
    """A digest or a single note for some circles, with an ordered plan of stages; or a letter that introduces people."""

    __table_args__ = (
        _one_of("type", ("digest", "introduction")),
        _one_of("state", ("draft", "planned", "sent", "retracted")),
        UniqueConstraint("uid"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    uid: str  # random; keys of deliveries and ids of feeds rest on it
    type: str = Field(default="digest", sa_column=_text("digest"))
    title: str
    slug: str = ""  # of its page, fixed when it was first sent
    introduction: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: str = "draft"
    created_at: str
    sent_at: str | None = None


class ShareNote(Table, table=True):
    """A note in a share, in order."""

    __tablename__ = "share_note"
    __table_args__ = (UniqueConstraint("share_id", "note_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    share_id: int = Field(sa_column=_ref("share.id", required=True, gone="CASCADE"))
    note_id: int = Field(sa_column=_ref("note.id", required=True, gone="CASCADE"))
    position: int


class ShareContact(Table, table=True):
    """A person whom a share is for by name, in order."""

    __tablename__ = "share_contact"
    __table_args__ = (UniqueConstraint("share_id", "contact_id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    share_id: int = Field(sa_column=_ref("share.id", required=True, gone="CASCADE"))
    contact_id: int = Field(sa_column=_ref("contact.id", required=True, gone="CASCADE"))
    position: int


class Stage(Table, table=True):
    """One step of a share's plan: which circle (None: the people it is for by name), not before when."""

    __table_args__ = (UniqueConstraint("share_id", "position"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    share_id: int = Field(sa_column=_ref("share.id", required=True, gone="CASCADE"))
    circle_id: int | None = Field(default=None, sa_column=_ref("circle.id", gone="CASCADE"))
    position: int
    gate: str = Field(default="{}", sa_column=Column(Text, nullable=False))  # JSON: what it waits for; {}: nothing
    passed_at: str | None = None


class Delivery(Table, table=True):
    """One share x stage x circle x channel x recipient x part x revision, with the frozen bytes that leave."""

    __table_args__ = (
        _one_of("state", ("waiting", "sending", "sent", "refused", "unknown", "held", "cancelled")),
        UniqueConstraint("share_id", "stage_id", "circle_id", "channel_id", "recipient", "part", "revision"),
        UniqueConstraint("key"),
        Index(  # the same where there is no circle: in the constraint above, no two NULLs are equal
            "delivery_by_name", "stage_id", "channel_id", "recipient", "part", "revision", unique=True,
            sqlite_where=Column("circle_id", Integer).is_(None),
        ),
        Index("delivery_state", "state", "not_before"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    key: str  # random, kept for ever: what a channel recognizes a repeat by
    share_id: int = Field(sa_column=_ref("share.id", required=True, gone="CASCADE"))
    stage_id: int = Field(sa_column=_ref("stage.id", required=True, gone="CASCADE"))
    circle_id: int | None = Field(default=None, sa_column=_ref("circle.id", gone="CASCADE"))
    channel_id: int = Field(sa_column=_ref("channel.id", required=True, gone="CASCADE"))
    contact_id: int | None = Field(default=None, sa_column=_ref("contact.id"))
    recipient: str = ""  # an address; empty where the channel itself is the recipient
    part: int = 1
    revision: int = 1
    state: str = "waiting"
    not_before: str | None = None
    attempts: int = 0
    sha256: str
    media_type: str
    file_name: str = ""
    remote_id: str = ""
    remote_url: str = ""
    error: str = ""
    frozen_at: str
    sent_at: str | None = None
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Response(Table, table=True):
    """What somebody answered to a share."""

    __table_args__ = (
        _one_of("state", ("inbox", "kept", "dropped")),
        UniqueConstraint("channel_id", "remote_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=_id())
    share_id: int = Field(sa_column=_ref("share.id", required=True, gone="CASCADE"))
    delivery_id: int | None = Field(default=None, sa_column=_ref("delivery.id"))
    contact_id: int | None = Field(default=None, sa_column=_ref("contact.id"))
    channel_id: int | None = Field(default=None, sa_column=_ref("channel.id"))
    note_id: int | None = Field(default=None, sa_column=_ref("note.id"))  # the note made from it
    remote_id: str | None = None
    state: str = "inbox"
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    author: str = Field(default="", sa_column=_text())  # who it says wrote it, where that is no contact
    at: str


class Operation(Table, table=True):
    """One command that wrote: the line of `pkm log`, and what `pkm undo` takes back."""

    id: int | None = Field(default=None, sa_column=_id())
    at: str
    command: str
    summary: str = ""  # what came of it, in words
    final: str = ""  # why it cannot be undone; empty: it can
    undone_by: int | None = None
    undoes: int | None = None


class Change(Table, table=True):
    """One row before and after an operation, as JSON; None: there was no such row."""

    __table_args__ = (Index("change_operation", "operation_id", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=_id())
    operation_id: int
    table_name: str
    row_id: int
    before: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    after: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class Journal(Table, table=True):
    """One row: the operation that is being written now, None while the journal is off."""

    id: int | None = Field(default=None, sa_column=_id())
    operation_id: int | None = None


ENTITIES = ("source", "item", "annotation", "note", "contact", "circle", "share", "delivery", "response", "trial",
            "interaction", "promise")  # fmt: skip
"""Tables whose rows have ids that people see; tags and links may hang on them."""

UNJOURNALED = ("operation", "change", "journal", "signal", "standing", "source_entries")

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
