"""Who: contacts and where one stands with them, circles, what passed and what was promised."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlmodel import Field

from pkm.store.model.base import Numbered, Table, one_of, ref_column, text_column
from pkm.vocabulary import CIRCLE_KINDS


class Contact(Numbered, table=True):
    """A person."""

    __table_args__ = (
        UniqueConstraint("uid"), Index("contact_name", "name"),
        Index("contact_rhythm", "every_s", "snoozed_until", "created_at"),  # who is due is told from it, without the cards
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    uid: str  # vCard UID
    name: str
    nick: str = ""  # what @nick means
    org: str = ""
    role: str = ""
    met: str = ""  # how we met
    through_id: int | None = Field(default=None, sa_column=ref_column("contact.id"))  # through whom
    about: str = Field(default="", sa_column=Column(Text, nullable=False))
    birthday: str = ""  # as vCard writes it: 1980-05-01, --05-01
    every_s: int | None = None  # own cadence; None: that of the closest circle
    snoozed_until: str | None = None
    read_every_s: int | None = None  # how often what they write shows up; None: as it comes
    vcard: str = Field(default="", sa_column=Column(Text, nullable=False))  # properties pkm does not know, as they came
    created_at: str
    updated_at: str


class Merger(Numbered, table=True):
    """A thing that was merged into another one: its id means that one from then on."""

    __table_args__ = (UniqueConstraint("kind", "gone_id"), {"sqlite_autoincrement": True})
    kind: str
    gone_id: int
    into_id: int
    at: str


class Handle(Numbered, table=True):
    """A way to reach or recognize a contact: email, phone, url, alias, or an account's address; uid: a merged card's."""

    __table_args__ = (
        UniqueConstraint("contact_id", "kind", "value"),
        Index("handle_value", "kind", "folded"),
        {"sqlite_autoincrement": True},
    )
    contact_id: int = Field(sa_column=ref_column("contact.id", required=True, gone="CASCADE"))
    kind: str
    value: str
    folded: str  # as it is compared: case folded
    label: str = ""  # home, work, or as the card says
    position: int = 0


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
    counted: str = Field(default="", sa_column=text_column())  # what counted as a touch when it was computed; "": to be computed
    tie: str | None = None  # the closest kind of circle joined
    every_s: int | None = None
    last: str | None = None  # the last touch
    due: str | None = None


class Circle(Numbered, table=True):
    """A named group; its interests are its tags, its strength its kind."""

    __table_args__ = (one_of("kind", CIRCLE_KINDS), UniqueConstraint("name"), {"sqlite_autoincrement": True})
    name: str
    kind: str
    purpose: str = Field(default="", sa_column=Column(Text, nullable=False))  # what it is for
    every_s: int | None = None  # cadence; None: that of its kind
    salutation: str = ""
    introduction: str = Field(default="", sa_column=Column(Text, nullable=False))
    language: str = Field(default="", sa_column=text_column())  # what is sent to it is in (BCP 47); "": as config says
    created_at: str


class Membership(Numbered, table=True):
    """One stay of a contact in a circle, with its reasons. Joining again after leaving is a new row."""

    __table_args__ = (
        Index(
            "membership_open", "circle_id", "contact_id", unique=True,
            sqlite_where=Column("left_at", String).is_(None),
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    circle_id: int = Field(sa_column=ref_column("circle.id", required=True, gone="CASCADE"))
    contact_id: int = Field(sa_column=ref_column("contact.id", required=True, gone="CASCADE"))
    joined_at: str
    because: str = ""
    left_at: str | None = None
    left_because: str = ""


class CircleSource(Numbered, table=True):
    """A source that a circle writes or reads together."""

    __tablename__ = "circle_source"
    __table_args__ = (UniqueConstraint("circle_id", "source_id"), {"sqlite_autoincrement": True})
    circle_id: int = Field(sa_column=ref_column("circle.id", required=True, gone="CASCADE"))
    source_id: int = Field(sa_column=ref_column("source.id", required=True, gone="CASCADE"))


class CircleChannel(Numbered, table=True):
    """A channel that reaches a circle."""

    __tablename__ = "circle_channel"
    __table_args__ = (UniqueConstraint("circle_id", "channel_id"), {"sqlite_autoincrement": True})
    circle_id: int = Field(sa_column=ref_column("circle.id", required=True, gone="CASCADE"))
    channel_id: int = Field(sa_column=ref_column("channel.id", required=True, gone="CASCADE"))


class Interaction(Numbered, table=True):
    """Something that passed between the person and one or more contacts."""

    __table_args__ = (Index("interaction_at", "at", "id"), {"sqlite_autoincrement": True})
    at: str
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at: str
    share_id: int | None = Field(default=None, sa_column=ref_column("share.id"))  # the share that it was, as an introduction is


class Promise(Numbered, table=True):
    """What was promised in an interaction, to those who took part or by them: open until it is kept or let go."""

    __table_args__ = (
        one_of("state", ("open", "kept", "dropped")), one_of("owed_by", ("me", "them")), {"sqlite_autoincrement": True}
    )  # fmt: skip
    interaction_id: int = Field(sa_column=ref_column("interaction.id", required=True, gone="CASCADE"))
    text: str = Field(sa_column=Column(Text, nullable=False))
    owed_by: str = "me"
    state: str = "open"
    due_at: str | None = None  # until when, where that was said
    settled_at: str | None = None  # when it was kept or let go,
    because: str = Field(default="", sa_column=text_column())  # and what came of it


class InteractionContact(Numbered, table=True):
    """Who took part in an interaction."""

    __tablename__ = "interaction_contact"
    __table_args__ = (UniqueConstraint("interaction_id", "contact_id"), {"sqlite_autoincrement": True})
    interaction_id: int = Field(sa_column=ref_column("interaction.id", required=True, gone="CASCADE"))
    contact_id: int = Field(sa_column=ref_column("contact.id", required=True, gone="CASCADE"))
