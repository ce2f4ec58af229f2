"""A share before it leaves: which notes, for which circle, and the digest that would go there.

Gathers from the store, decides in pure functions, and applies in one transaction. Sends nothing.
"""

import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pkm.addresses import address_key
from pkm.capture import title_of as title_of_text
from pkm.config import Settings
from pkm.dates import local, now, stamp
from pkm.errors import NotFound
from pkm.ids import Row, existing, make
from pkm.reach import REACHES, wide_enough
from pkm.share import called, declined, holding, linked, page_names, worded
from pkm.share.channels import effective_kind, reaches_for
from pkm.share.guard import Finding, check_notes
from pkm.share.recipients import channels_for
from pkm.store import notes as stored
from pkm.store import plans, shares
from pkm.store.session import Store
from pkm.text import one_line

if TYPE_CHECKING:
    from pkm.share.render import Digest, Piece

IN_A_DIGEST = 20
"""How many notes a digest takes by itself: "a few links and notes"; the newest, the others wait for the next."""

LOOKED_AT = 500
"""How many of the newest notes that may go are read to choose them; the older ones are only counted."""


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """What a digest for a circle would hold now.

    notes: rows in order. without_words: notes that drop out, having no words of one's own; bare_items: items kept
    since the last digest that no note was made from; waiting: how many more notes may go but wait for the next one;
    holding: the drafts and plans whose notes it leaves to these (shares.holding).
    """

    circle: Row
    notes: tuple[Row, ...]
    without_words: tuple[Row, ...]
    bare_items: tuple[Row, ...]
    waiting: int
    since: str | None
    holding: tuple[Row, ...] = ()


def plan_digest(db: sqlite3.Connection, circle: Row, *, limit: int = IN_A_DIGEST) -> DigestPlan:
    """What the digest since the last one would hold for a circle (number, name, circle_kind)."""
    reaches = reaches_for(db, circle)
    found = shares.candidates(db, circle["number"], reaches, LOOKED_AT)
    kept = declined.notes_not_for(db, circle["number"])
    found = [note for note in found if note["id"] not in kept]
    written = [note for note in found if _has_words(note)]
    bare = [note for note in found if not _has_words(note)]
    since = shares.last_sent(db, circle["number"])
    items = shares.kept_without_note(db, since or "", 100)
    rest = shares.count_candidates(db, circle["number"], reaches, kept) - len(found)
    waiting = max(0, len(written) - limit) + rest
    holds = tuple(shares.holding(db, circle["number"], reaches))
    return DigestPlan(circle, tuple(written[-limit:]), tuple(bare), tuple(items), waiting, since, holds)


def _has_words(note: Row) -> bool:
    from pkm.share.render import ItemRef, Piece, has_words

    item = ItemRef(note["item_title"] or "") if note["item_id"] is not None else None
    return has_words(Piece("", note["title"], note["text"], item=item))


def title_of(settings: Mapping[str, str] | Settings, circle: str, count: int, at: datetime) -> str:
    """The title of a digest, from the setting share.title; without a name of one's own: "Finds, 23 November 2026"."""
    here = local(stamp(at))
    date = f"{here.day} {here:%B %Y}"
    if not settings["name"] and "{name}" in settings["share.title"]:
        return f"Finds, {date}"
    title = settings["share.title"]
    for key, value in (("name", settings["name"]), ("date", date), ("circle", circle), ("count", str(count))):
        title = title.replace("{" + key + "}", value)
    return title


def title_of_note(db: sqlite3.Connection, number: int, circles: Sequence[Row]) -> str:
    """What a share of that note alone is called: as the note is, without names of notes that some of the circles may not get."""
    note = stored.row(db, number)
    if note is None:
        raise NotFound(make("note", number), "there is no such note")
    reaches = min((reaches_for(db, circle) for circle in circles), key=len)
    narrow = linked.narrower_links(db, [{**note, "id": number}], [], reaches)
    return concealed(note["title"], [name for name, _ in narrow])


def create_share(
    store: Store, notes: Sequence[int], circles: Sequence[Row], title: str, introduction: str = "", *, only_new: bool = False
) -> Row:
    """A draft of these notes for these circles, in order, is in the store.

    only_new: without the notes that another run put into a share to the first circle meanwhile.
    Raises Invalid for no notes; Refused (with findings) where a note's reach is too narrow for a circle: nothing is made.
    """
    from pkm.errors import Refused
    from pkm.ids import new_uid
    from pkm.markdown import without_comments

    with store.unit() as unit:
        db = unit.connection
        if only_new:
            free = {row["id"] for row in shares.candidates(db, circles[0]["number"], reaches_for(db, circles[0]), LOOKED_AT)}
            notes = [note for note in notes if note in free]
        if not notes:
            raise holding.empty(db, circles[0])
        title = one_line(without_comments(title), 200) or "Finds"
        number = unit.insert(
            "share", uid=new_uid(), type="digest", title=title, slug="", introduction=introduction, state="draft",
            created_at=unit.at,
        )  # fmt: skip
        for position, note in enumerate(dict.fromkeys(notes), 1):
            unit.insert("share_note", share_id=number, note_id=note, position=position)
        for position, circle in enumerate(circles, 1):
            unit.insert("stage", share_id=number, circle_id=circle["number"], position=position, gate="{}")
        page_names.name_page(unit, number)
        findings = check_share(db, number, there=())
        if findings:
            raise Refused("the draft", "something in it may not go there", findings=findings, kept="No draft was made.")
        return existing(shares.row(db, number), "share", number)


def check_share(
    db: sqlite3.Connection, share: int, stage: int | None = None, by: str = "", there: Collection[int] | None = None
) -> list[Finding]:
    """What keeps a share from its circles, looking at the reach of its notes and at other plans; empty: nothing.

    stage: of that one alone; by: on the channel of that name alone. there: the circles that it is for whatever is found,
    so that a note can be taken out of it; None: all.
    """
    findings: list[Finding] = []
    for step in shares.stages(db, share):
        if stage is not None and step["id"] != stage:
            continue
        notes = worded.notes_for(db, share, step)
        if step["circle_id"] is None:
            names = " and ".join(one["name"] for one in shares.people_of(db, share))
            findings += check_notes(notes, names, kind_by_name(db, share))
            continue
        findings += check_notes(notes, step["circle"], step["circle_kind"])
        findings += _waiting_elsewhere(db, share, step, notes)
        findings += declined.check(db, share, step, notes, stays=there is None or step["circle_id"] in there, by=by)
        for channel in shares.channels_of(db, step["circle_id"]):
            kind = effective_kind(step["circle_kind"], channel["channel_kind"])
            if kind != step["circle_kind"] and by in ("", channel["name"]):
                findings += check_notes(notes, f"the channel {channel['name']}", kind)
    return list(dict.fromkeys(findings))


def _waiting_elsewhere(db: sqlite3.Connection, share: int, step: Row, notes: Sequence[Row]) -> list[Finding]:
    """A note that waits in an earlier plan for a circle goes to it by no other share before."""
    findings = []
    for note in notes if step["passed_at"] is None else ():
        other = plans.awaited(db, note["id"], step["circle_id"], share)
        if other is not None:
            name = f"{make('note', note['id'])} “{note['title']}”"
            findings.append((name, f"it waits for {step['circle']} in the plan of {make('share', other)}",
                             f"pkm share plan {make('share', other)}"))  # fmt: skip
    return findings


def digest_for(
    db: sqlite3.Connection, share: int, stage: Row, channel_kind: str, settings: Mapping[str, str] | Settings, at: str
) -> "Digest":
    """The digest of a share for one stage's circle on one kind of channel, ready to be rendered. at: its date.

    What is public says nothing of the circle: neither its name nor the words that are kept for it.
    """
    from pkm.share.render import Digest

    row = existing(shares.row(db, share), "share", share)
    notes = worded.notes_for(db, share, stage)
    by_name = stage["circle_id"] is None
    kind = effective_kind(kind_by_name(db, share) if by_name else stage["circle_kind"], channel_kind)
    said = worded.said(db, row, stage, own=stage["circle_kind"] == kind)
    hidden = [name for name, _ in linked.linked_by(db, share, stage, wide_enough(kind))]
    naming = called.readers(db, share, stage, kind, settings["share.language"])
    return Digest(
        uid=shares.published_id(db, row), title=naming.line(worded.title_for(db, row, stage)),
        slug=page_names.name_for(db, row, stage, channel_kind),
        date=at, author=settings["name"],
        intro=naming.text(said.introduction), salutation=naming.text(said.salutation),
        circle=(stage["circle"] or "") if kind != "network" else "",
        circle_kind=kind, pieces=tuple(piece_of(db, note, naming, hidden) for note in notes),
        hidden=tuple(dict.fromkeys(hidden)), language=naming.language,
    )  # fmt: skip


def kind_by_name(db: sqlite3.Connection, share: int) -> str:
    """The kind of circle that the people of a share are treated as: the loosest of their closest ties."""
    from pkm.store.standings import standings

    people = [one["id"] for one in shares.people_of(db, share)]
    ties = {row["tie"] or "network" for row in standings(db, people).values()}
    return max(ties, key=REACHES.index) if ties else "network"


def kinds(db: sqlite3.Connection, share: int, stage: Row) -> list[str]:
    """The kinds of circle that those who read a stage are treated as, by its channels."""
    circle = kind_by_name(db, share) if stage["circle_id"] is None else stage["circle_kind"]
    return list(dict.fromkeys(effective_kind(circle, one["channel_kind"]) for one in channels_for(db, stage)))


def may_be_read_in(db: sqlite3.Connection, share: int, channel: int, recipient: str) -> frozenset[str]:
    """The addresses that a letter may name (address_key): its sender's and its recipient's; an introduction's, of both."""
    from pkm.share.letter import read_mailbox

    options = next(one["options"] for one in shares.channels(db, removed=True) if one["number"] == channel)
    named = [read_mailbox(options["from"]).address, recipient, *(one["email"] or "" for one in shares.people_of(db, share))]
    return frozenset(address_key(one) for one in named if "@" in one)


def piece_of(db: sqlite3.Connection, note: Row, naming: called.Naming, hidden: Sequence[str] = ()) -> "Piece":
    """A note as a piece of a digest: own words, the exact words quoted from its item, and where that came from.

    The marks in its words that are for their writer alone, trailing #tags and @nicks, are not in it (pkm.share.unmarked).
    Comments on quotes stay at home: they have no reach of their own, and unknown means private.
    """
    from pkm.share.render import ItemRef, Piece, Quote
    from pkm.store import tags

    item = None
    quotes: list[str] = []
    if note["item_id"] is not None:
        quotes = shares.quotes(db, note["item_id"])
        item = ItemRef(
            title=note["item_title"] or "", url=note["item_url"] or "", author=note["item_author"] or "",
            source_title=note["source_title"] or "", source_url=note["source_url"] or "",
        )  # fmt: skip
    about = tuple(tags.of(db, "note", note["id"]))
    beside = called.beside(note)
    words = naming.text(note["text"], about, beside)
    return Piece(
        id=make("note", note["id"]), title=concealed(_said_title(note, words, naming.line(note["title"], beside)), hidden),
        words=words, quotes=tuple(Quote(exact) for exact in quotes), item=item, tags=about,
        stage=note["stage"], date=note["created_at"],
    )  # fmt: skip


def _said_title(note: Row, words: str, title: str) -> str:
    """The note's title as it may be read; one that was taken from its text is taken anew from what of that is said."""
    from pkm.markdown import without_comments

    said = without_comments(words)
    if said != note["text"] and title_of_text(note["text"]) == note["title"]:
        return title_of_text(said) or title
    return title


def concealed(title: str, hidden: Sequence[str]) -> str:
    """The title without the names that must not be read: it was taken from a text whose links are bare in it."""
    for name in sorted(hidden, key=len, reverse=True):
        spread = r"[\W_]+".join(map(re.escape, name.split()))  # between the words there may be marks
        title = re.sub(rf"(?<!\w){spread}(?!\w)", "…", title, flags=re.IGNORECASE) if spread else title
    return title


def now_stamp() -> str:
    """A digest's date: now."""
    return stamp(now())
