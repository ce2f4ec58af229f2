"""What is made of it: notes and how they grow, annotations, links, tags, saved searches."""

from sqlalchemy import CheckConstraint, Column, Index, String, Text, UniqueConstraint, text
from sqlmodel import Field

from pkm.reach import REACHES
from pkm.store.model.base import Numbered, number_column, one_of, ref_column, text_column
from pkm.vocabulary import HALF_LIVES, OUTCOMES, STAGES


class Note(Numbered, table=True):
    """Own words in Markdown. Private until its owner widens it."""

    __table_args__ = (
        one_of("stage", STAGES),
        one_of("reach", REACHES),
        one_of("half_life", HALF_LIVES),
        UniqueConstraint("uid"),
        Index("note_updated", "updated_at", "id"),
        Index("note_dropped", "dropped_at", sqlite_where=Column("dropped_at", String).is_not(None)),
        # Each question by an index that holds all it asks for: a note's text is long, and stands before most of what is
        # asked. None is partial by dropped_at alone (SQLite would scan it for every question about what is in lists), and
        # none begins with a column of few values, which would lead a search away from the order it needs.
        Index("note_made", "created_at", "id", "reach", "dropped_at"),
        Index("note_seen", text("coalesce(reviewed_at, updated_at)"), "stage", "half_life", "dropped_at"),
        Index("note_day", text("substr(coalesce(at, created_at), 6, 5)")),
        Index("note_title", text("title COLLATE NOCASE"), "dropped_at"),
        Index("note_asks", "created_at", "id", sqlite_where=text("dropped_at IS NULL AND substr(title, -1) = '?'")),
        {"sqlite_autoincrement": True},
    )
    uid: str  # random, the same on every machine it is exported to
    title: str
    text: str = Field(sa_column=Column(Text, nullable=False))  # the whole text, its first line included
    stage: str = "observation"
    reach: str = "private"
    item_id: int | None = Field(default=None, sa_column=ref_column("item.id"))  # the item it was made from
    at: str | None = None  # the day it speaks of, where its writer named one
    created_at: str
    updated_at: str
    reviewed_at: str | None = None
    half_life: str = Field(default="", sa_column=text_column())  # how soon it is looked at again; "": as its stage says
    dropped_at: str | None = None  # put away: in no list but is:dropped


class NoteAlias(Numbered, table=True):
    """Another title that [[links]] may call a note by: as its file says, or what it was called before."""

    __tablename__ = "note_alias"
    __table_args__ = (
        UniqueConstraint("note_id", "folded"), Index("note_alias_folded", "folded"), {"sqlite_autoincrement": True}
    )  # fmt: skip
    note_id: int = Field(sa_column=ref_column("note.id", required=True, gone="CASCADE"))
    name: str
    folded: str  # as it is compared: case folded


class NoteFile(Numbered, table=True):
    """The file that a note is in a folder outside: where it came from, or where it is kept in step with."""

    __tablename__ = "note_file"
    __table_args__ = (UniqueConstraint("root", "path"), {"sqlite_autoincrement": True})
    note_id: int = Field(sa_column=ref_column("note.id", required=True, gone="CASCADE"))
    root: str  # the folder, by its path
    path: str  # in the folder, with /, in NFC
    hash: str = ""  # of the file's bytes as they were last read or written
    front: str = Field(default="", sa_column=text_column())  # its front matter as it came, to the letter
    base: str = Field(default="", sa_column=text_column())  # the note's text as both had it last: what a merge starts from
    at: str


class Attachment(Numbered, table=True):
    """A file that notes show or point at; its bytes are in the home's attachments/, named by their hash."""

    __table_args__ = (UniqueConstraint("name", "sha256"), Index("attachment_sha256", "sha256"), {"sqlite_autoincrement": True})
    name: str  # as notes write it: a path in the folder that it came from, with /
    sha256: str
    media_type: str = ""
    size_bytes: int = Field(default=0, sa_column=number_column())
    created_at: str


class Annotation(Numbered, table=True):
    """A quote with a comment on an item or a note (W3C text quote selector); without a quote, on the whole of it."""

    __table_args__ = (
        one_of("state", ("anchored", "moved", "orphan")),
        CheckConstraint("(item_id IS NULL) <> (note_id IS NULL)", name="one_target"),
        Index("annotation_day", text("substr(created_at, 6, 5)")),
        {"sqlite_autoincrement": True},
    )
    item_id: int | None = Field(default=None, sa_column=ref_column("item.id", gone="CASCADE"))
    note_id: int | None = Field(default=None, sa_column=ref_column("note.id", gone="CASCADE"))
    exact: str = Field(default="", sa_column=Column(Text, nullable=False))
    prefix: str = ""  # up to 32 characters before
    suffix: str = ""  # up to 32 characters after
    position: int | None = None  # in characters of the text it was made on
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: str = "anchored"
    created_at: str
    updated_at: str


class Link(Numbered, table=True):
    """From a note to a note, an item or a contact; `to_id` is None while nothing answers to what was written."""

    __table_args__ = (
        Index("link_from", "from_kind", "from_id"),
        Index("link_to", "to_kind", "to_id"),
        Index("link_against", "created_at", "id", sqlite_where=text("type = 'contradicts' AND resolved_at IS NULL")),
        {"sqlite_autoincrement": True},
    )
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
    because: str = Field(default="", sa_column=text_column())  # and how


class Trial(Numbered, table=True):
    """Where an idea was tried and what came of it."""

    __table_args__ = (one_of("outcome", OUTCOMES), {"sqlite_autoincrement": True})
    note_id: int = Field(sa_column=ref_column("note.id", required=True, gone="CASCADE"))
    place: str = ""
    outcome: str
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    at: str
    created_at: str
    contact_id: int | None = Field(default=None, sa_column=ref_column("contact.id"))  # who tried it; None: oneself
    response_id: int | None = Field(default=None, sa_column=ref_column("response.id"))  # the answer that told of it


class Growth(Numbered, table=True):
    """One step of a note from stage to stage, with its reason: the history that `why` tells."""

    note_id: int = Field(sa_column=ref_column("note.id", required=True, gone="CASCADE"))
    stage_from: str
    stage_to: str
    because: str = ""
    at: str


class Tag(Numbered, table=True):
    """A name; `/` makes a hierarchy. An alias points to the tag it was merged into."""

    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})
    name: str
    learning: int = Field(default=0, sa_column=number_column())  # 1: something that one wants to learn about
    alias_of: int | None = Field(default=None, sa_column=ref_column("tag.id", gone="CASCADE"))
    created_at: str


class Tagging(Numbered, table=True):
    """A tag on a source, item, note, contact or circle."""

    __table_args__ = (
        UniqueConstraint("tag_id", "kind", "entity_id"),
        Index("tagging_entity", "kind", "entity_id"),
        {"sqlite_autoincrement": True},
    )
    tag_id: int = Field(sa_column=ref_column("tag.id", required=True, gone="CASCADE"))
    kind: str
    entity_id: int
    origin: str = "hand"  # text: read out of a note's text and kept in step with it


class SavedSearch(Numbered, table=True):
    """A query with a name: `:name` stands for it."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})
    name: str
    query: str
    created_at: str
