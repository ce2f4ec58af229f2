"""What goes out and what comes back: channels, shares and their stages, deliveries, responses."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from pkm.store.model.base import Numbered, one_of, ref_column, text_column


class Channel(Numbered, table=True):
    """A way out: the site, a folder of files, mail, a public account. No secret is ever in it."""

    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})
    name: str
    kind: str
    address: str = ""
    options: str = Field(default="{}", sa_column=Column(Text, nullable=False))  # JSON; names of secrets, never secrets
    created_at: str


class Share(Numbered, table=True):
    """A digest or a single note for some circles, with an ordered plan of stages; or a letter that introduces people."""

    __table_args__ = (
        one_of("type", ("digest", "introduction")),
        one_of("state", ("draft", "planned", "sent", "retracted")),
        UniqueConstraint("uid"),
        {"sqlite_autoincrement": True},
    )
    uid: str  # random; keys of deliveries and ids of feeds rest on it
    type: str = Field(default="digest", sa_column=text_column("digest"))
    title: str
    slug: str = ""  # of its page, fixed when it was first sent
    introduction: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: str = "draft"
    created_at: str
    sent_at: str | None = None


class ShareNote(Numbered, table=True):
    """A note in a share, in order."""

    __tablename__ = "share_note"
    __table_args__ = (UniqueConstraint("share_id", "note_id"), {"sqlite_autoincrement": True})
    share_id: int = Field(sa_column=ref_column("share.id", required=True, gone="CASCADE"))
    note_id: int = Field(sa_column=ref_column("note.id", required=True, gone="CASCADE"))
    position: int


class ShareContact(Numbered, table=True):
    """A person whom a share is for by name, in order."""

    __tablename__ = "share_contact"
    __table_args__ = (UniqueConstraint("share_id", "contact_id"), {"sqlite_autoincrement": True})
    share_id: int = Field(sa_column=ref_column("share.id", required=True, gone="CASCADE"))
    contact_id: int = Field(sa_column=ref_column("contact.id", required=True, gone="CASCADE"))
    position: int


class Stage(Numbered, table=True):
    """One step of a share's plan: which circle (None: the people it is for by name), not before when."""

    __table_args__ = (UniqueConstraint("share_id", "position"), {"sqlite_autoincrement": True})
    share_id: int = Field(sa_column=ref_column("share.id", required=True, gone="CASCADE"))
    circle_id: int | None = Field(default=None, sa_column=ref_column("circle.id", gone="CASCADE"))
    position: int
    gate: str = Field(default="{}", sa_column=Column(Text, nullable=False))  # JSON: what it waits for; {}: nothing
    passed_at: str | None = None


class Delivery(Numbered, table=True):
    """One share x stage x circle x channel x recipient x part x revision, with the frozen bytes that leave."""

    __table_args__ = (
        one_of("state", ("waiting", "sending", "sent", "refused", "unknown", "held", "cancelled")),
        UniqueConstraint("share_id", "stage_id", "circle_id", "channel_id", "recipient", "part", "revision"),
        UniqueConstraint("key"),
        Index(  # the same where there is no circle: in the constraint above, no two NULLs are equal
            "delivery_by_name", "stage_id", "channel_id", "recipient", "part", "revision", unique=True,
            sqlite_where=Column("circle_id", Integer).is_(None),
        ),
        Index("delivery_state", "state", "not_before"),
        {"sqlite_autoincrement": True},
    )
    key: str  # made of what it is (share.delivery_keys), kept for ever: what a channel recognizes a repeat by
    share_id: int = Field(sa_column=ref_column("share.id", required=True, gone="CASCADE"))
    stage_id: int = Field(sa_column=ref_column("stage.id", required=True, gone="CASCADE"))
    circle_id: int | None = Field(default=None, sa_column=ref_column("circle.id", gone="CASCADE"))
    channel_id: int = Field(sa_column=ref_column("channel.id", required=True, gone="CASCADE"))
    contact_id: int | None = Field(default=None, sa_column=ref_column("contact.id"))
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


class Response(Numbered, table=True):
    """What somebody answered to a share."""

    __table_args__ = (
        one_of("state", ("inbox", "kept", "dropped")),
        UniqueConstraint("channel_id", "remote_id"),
        {"sqlite_autoincrement": True},
    )
    share_id: int = Field(sa_column=ref_column("share.id", required=True, gone="CASCADE"))
    delivery_id: int | None = Field(default=None, sa_column=ref_column("delivery.id"))
    contact_id: int | None = Field(default=None, sa_column=ref_column("contact.id"))
    channel_id: int | None = Field(default=None, sa_column=ref_column("channel.id"))
    note_id: int | None = Field(default=None, sa_column=ref_column("note.id"))  # the note made from it
    remote_id: str | None = None
    state: str = "inbox"
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    author: str = Field(default="", sa_column=text_column())  # who it says wrote it, where that is no contact
    at: str
