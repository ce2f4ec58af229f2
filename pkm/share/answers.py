"""Answers come home: what people answered to posts, letters and pages, each kept once, in the inbox, with whoever gave it.

Gathers from the channels first, then writes in one unit. An answer counts as a touch of the contact who has the name that
the channel knows them by, or the address that they wrote from; where nobody has, or several do, it says who wrote. A letter
that asks to be taken off a circle's list is acted on only where it names the key of a letter that went to the address that it
comes from: anybody can write anything else, also in somebody's name. What nothing of that kind proves is kept as nobody's
answer: it counts for no contact and opens no gate. Never prints.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pkm import config
from pkm.addresses import address_key
from pkm.channels.way import Answer
from pkm.config import Home
from pkm.dates import now, stamp
from pkm.errors import PkmError
from pkm.html import same_page_key
from pkm.ids import Row, make
from pkm.share.channels import KINDS
from pkm.store import circles, contacts, deliveries, posts, responses, shares, unsubscribing
from pkm.store.session import Store, Unit
from pkm.text import clean, count, one_line

if TYPE_CHECKING:
    from pkm.share.bounces import Bounce
    from pkm.share.leaving import Wish
    from pkm.share.postbox import Came
    from pkm.share.waiting import Waits
    from pkm.share.webmentions import Mention

DAYS, MOST = 30, 100
"""How far back posts are asked about, and about how many."""

_LONGEST_TEXT = 10_000
"""Characters of an answer that are kept."""

UNPROVEN = "unproven"
"""What stands behind the name that an answer gives, where nothing shows that it is theirs."""

_READ_ON = 50
"""So many letters of others may pass before it is written down how far a mailbox was read, where nothing else is written."""


@dataclass(frozen=True, slots=True)
class Off:
    """Who gets no more letters of a circle (a contact's row, the circle's id and name), as they asked."""

    contact: Row
    circle: str
    circle_name: str


class Asked(NamedTuple):
    """Who asked to be taken off a circle, and was not: the address, the circle's id, the ids of the contacts that it may be,
    and the doubt, as share.leaving has it.
    """

    address: str
    circle: str
    people: tuple[str, ...]
    doubt: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What came: the answers that are new, who was taken off a circle's letters, (channel, why) where one could not be asked.

    strangers: (address, circle's id) of those who asked to be taken off and are not known there; nothing was done for them.
    asked: those where it is known, and nothing was done all the same.
    away: (address, circle's id) of those who got its letters and are no contacts here: whoever has that address gets none.
    back: letters that a server could not deliver, as share.outbox.settle_bounced has them.
    unknown: who answered letters that the store, older than the ledger, does not know; they stay in the mailbox (share.waiting).
    wishes: who asked to be taken off in answer to one, from an address of which it is not known that one went there; the same.
    """

    new: tuple[Row, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    off: tuple[Off, ...] = ()
    strangers: tuple[tuple[str, str], ...] = ()
    back: tuple[Row, ...] = ()
    asked: tuple[Asked, ...] = ()
    away: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer to a delivery: {"id", "share_id", "channel_id"}. address: it was written from, None where that is no mail, ""
    where nobody can tell. source: of a webmention, the page that it stands on and who is said to have it, else None.
    since: a stamp; what claims to be older than that came now. names_it: whether it names the delivery that it answers.
    """

    row: Mapping[str, Any]
    answer: Answer
    address: str | None = None
    since: str = ""
    source: tuple[str, str] | None = None
    names_it: bool = True


@dataclass(slots=True)
class _Gathered:
    """What the channels gave. leaving: letters of those who ask to be taken off; cursors: by channel; answered:
    letters that answer one of the own; read: all letters, each of which may lie in the mailbox of several channels; waits: by
    channel, where what waits in its mailbox is other than it was; strangers, asked, away, unknown, wishes: as Collected has them.
    """

    found: list[_Found] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    leaving: list["Came"] = field(default_factory=list)
    cursors: dict[int, str] = field(default_factory=dict)
    answered: list["Came"] = field(default_factory=list)
    read: set["Came"] = field(default_factory=set)
    waits: dict[int, "Waits"] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    bounces: "list[Bounce]" = field(default_factory=list)
    strangers: list[tuple[str, str]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    away: list[tuple[str, str]] = field(default_factory=list)


def collect(store: Store, home: Home) -> Collected:
    """The answers to what was shared are kept, each once. Nothing is asked where nothing was sent."""
    gathered = _Gathered()
    db = store.read()
    kinds = [kind for kind, powers in KINDS.items() if powers.answers]
    rows = posts.lately(db, kinds, stamp(now() - timedelta(days=DAYS)), MOST)
    for channel in shares.channels(db):
        try:
            if channel["channel_kind"] in kinds:
                _from_posts(channel, [row for row in rows if row["channel_id"] == channel["number"]], gathered)
            elif channel["options"].get("inbox"):
                _from_letters(db, home, channel, gathered)
            elif channel["options"].get("webmentions"):
                _from_mentions(db, home, channel, gathered)
        except PkmError as error:
            gathered.failures.append((channel["name"], str(error)))
    return _apply(store, home, gathered)


def collect_mentions(store: Store, home: Home, path: Path) -> Collected:
    """The webmentions in a folder of files, or in one, that are about pages of the site are kept, each once.

    Raises NotFound, BadInput where nothing can be read; Invalid where there is no site, or nobody knows its address.
    """
    from pkm.errors import Invalid
    from pkm.share.webmentions import from_files

    db = store.read()
    sites = [channel for channel in shares.channels(db) if channel["channel_kind"] == "site"]
    if not sites:
        raise Invalid("webmentions", "there is no site that they could be about", next="pkm share channel add site site:")
    read = from_files(path)
    gathered = _Gathered(failures=list(read.failures))
    for site in sites:
        gathered.found += _about(db, home, site, read.mentions)
    return _apply(store, home, gathered)


def _from_posts(channel: Row, mine: list[Row], gathered: _Gathered) -> None:
    from pkm.share import transmit

    if mine:
        with transmit.open_posts(channel) as way:
            for row in mine:  # what came before one that fails is kept
                gathered.found += [_Found(row, answer) for answer in way.answers(transmit.job(row, {}))]


def _from_letters(db: sqlite3.Connection, home: Home, channel: Row, gathered: _Gathered) -> None:
    from pkm.share import ledger, waiting
    from pkm.share.leaving import UNPROVEN, Wishes

    forgotten, options = unsubscribing.emptied(db), channel["options"]
    began = ledger.began(home)
    lost = frozenset(began.keys() - deliveries.keys(db))  # a store that was put back does not know them
    keys = unsubscribing.keys(db) | began.keys()
    if not keys:
        return
    taken, mine, wishes = waiting.take_all(channel, keys, lost), _own_addresses(db), Wishes(home)
    if taken.cursor and taken.cursor != options.get("inbox_read"):
        gathered.cursors[channel["number"]] = taken.cursor
    letters = [one for one in taken.letters if one.sender not in mine]  # one's own, in the same thread, are none
    new = [one for one in letters if one.key in lost and not (one.leaves and wishes.read(db, one).doubt != UNPROVEN)]
    gathered.bounces += [one for one in taken.bounces if one.key not in forgotten | lost]
    about = {one.key for one in new} | {one.key for one in taken.bounces if one.key in lost}
    left = waiting.after(options, lost, frozenset(about), stamp(now()))
    if left != waiting.of(options):
        gathered.waits[channel["number"]] = left
    gathered.wishes += [_called(one) for one in new if one.leaves and one not in gathered.read]
    gathered.unknown += [_called(one) for one in new if not one.leaves and one not in gathered.read]
    for letter in letters:
        if letter in gathered.read:
            continue
        gathered.read.add(letter)
        if letter in new or (letter.key in forgotten and not letter.leaves):  # of those it is kept alone that somebody leaves
            continue
        if letter.key:
            gathered.answered.append(letter)
        if letter.leaves:
            gathered.leaving.append(letter)
        elif row := unsubscribing.letter(db, letter.key):
            gathered.found.append(_answer_of({**row, "since": began.get(letter.key, row["since"])}, letter))


def _called(letter: "Came") -> str:
    return letter.sender or letter.name or "somebody"


def _own_addresses(db: sqlite3.Connection) -> set[str]:
    """The addresses that letters are or were sent from, as addresses are compared."""
    senders = [str(channel["options"].get("from") or "") for channel in shares.channels(db, removed=True)]
    return {address_key(one.rpartition("<")[2].rstrip("> ")) for one in senders if one}


def _answer_of(row: Row, letter: "Came") -> _Found:
    who = f"{letter.name} <{letter.sender}>" if letter.name and letter.sender else _called(letter)
    return _Found(row, Answer(letter.ident, (who,), letter.words, letter.at), letter.sender, row["since"])


def _from_mentions(db: sqlite3.Connection, home: Home, channel: Row, gathered: _Gathered) -> None:
    from pkm.share import webmentions

    if deliveries.payloads(db, channel["number"]):
        read = webmentions.gather(channel["options"], responses.remote_ids(db, channel["number"]))
        gathered.failures += read.failures
        gathered.found += _about(db, home, channel, read.mentions)


def _about(db: sqlite3.Connection, home: Home, channel: Row, mentions: "Iterable[Mention]") -> list[_Found]:
    """The mentions that are about pages of the site, each with the delivery that the page is made from."""
    pages = _pages(db, home, channel["number"])
    return [
        _Found(row, Answer(one.ident, (one.author or one.author_url or one.source,), one.text, one.at),
               since=row["at"], source=(one.source, one.author_url))
        for one in mentions if (row := pages.get(same_page_key(one.target)))
    ]  # fmt: skip


def _pages(db: sqlite3.Connection, home: Home, channel: int) -> dict[str, Row]:
    """Key of a page's address -> the delivery that it was made from; of a note's page the last one that holds the note.

    Raises Invalid where nobody knows where the site stands.
    """
    from pkm.errors import Invalid
    from pkm.share.render import thaw
    from pkm.share.site_plan import digest_path, note_slug, public_url

    base = config.read(home)["site.url"]
    if not base:
        raise Invalid("the webmentions", "nobody knows where the site stands", next="pkm config site.url https://example.org")
    pages: dict[str, Row] = {}
    slugs: dict[str, str] = {}
    for row in deliveries.payloads(db, channel):
        digest, place = thaw(row["payload"]), {"id": row["id"], "share_id": row["share_id"], "channel_id": channel}
        place["at"] = row["at"]
        pages[same_page_key(public_url(base, digest_path(digest)))] = place
        for piece in digest.pieces:
            slug = slugs.setdefault(piece.id, note_slug(piece))  # its page's address is made of the title that it had first
            pages[same_page_key(public_url(base, f"notes/{slug}/index.html"))] = place
    return pages


def _apply(store: Store, home: Home, gathered: _Gathered) -> Collected:
    from pkm.share import outbox
    from pkm.share.unsubscribed import KEPT_BESIDE

    failures = tuple(gathered.failures)
    bounced = outbox.settle_bounced(store, home, gathered.bounces)
    answered = {
        outbox.settle_answered(store, home, letter.key, letter.sender, min(letter.at or stamp(now()), stamp(now())))
        for letter in gathered.answered
    }  # who answers has it, whatever a server said
    back = tuple(row for row in bounced if row["id"] not in answered)
    off = _take_off(store, home, gathered)
    fresh = _unknown(store.read(), gathered.found)
    unknown, wishes = tuple(gathered.unknown), tuple(gathered.wishes)
    if not (fresh or gathered.leaving):
        _read_on(store, gathered)
        return Collected(failures=failures, back=back, unknown=unknown, wishes=wishes)
    with store.unit() as unit:
        new = _keep(unit, fresh)
        for channel in gathered.cursors.keys() | gathered.waits.keys():
            _set_cursor(unit, channel, gathered)
        people = f"; {count(len(off), 'person', 'people')} taken off" if off else ""
        unit.summarize(f"{count(len(new), 'answer')} came home{people}", final=KEPT_BESIDE if off else "")
    return Collected(
        new, failures, tuple(off), tuple(gathered.strangers), back, tuple(gathered.asked), tuple(gathered.away), unknown, wishes
    )


def _unknown(db: sqlite3.Connection, found: list[_Found]) -> list[_Found]:
    """Those that are not kept yet and say something, each once, oldest first."""
    known = {number: responses.remote_ids(db, number) for number in {one.row["channel_id"] for one in found}}
    fresh = []
    for one in sorted(found, key=lambda each: (each.answer.at, each.answer.remote_id)):
        seen = known[one.row["channel_id"]]
        if one.answer.remote_id not in seen and clean(one.answer.text).strip():
            seen.add(one.answer.remote_id)
            fresh.append(one)
    return fresh


def _read_on(store: Store, gathered: _Gathered) -> None:
    """How far mailboxes were read is kept, where that is worth a write: nothing came for a while, or a report did, or what
    waits there is other than it was.
    """
    options = {one["number"]: one["options"] for one in shares.channels(store.read())}
    far = {
        number for number, cursor in gathered.cursors.items()
        if gathered.bounces or gathered.unknown or gathered.wishes or _far(options[number].get("inbox_read"), cursor)
    } | gathered.waits.keys()  # fmt: skip
    if far:
        with store.unit(journal=False) as unit:
            for number in far:
                _set_cursor(unit, number, gathered)


def _far(before: str | None, cursor: str) -> bool:
    try:
        was, now_at = json.loads(before or "{}"), json.loads(cursor)
    except ValueError:
        return True
    if was.get("validity") != now_at.get("validity") or "next" not in now_at:
        return True
    return int(now_at["next"]) - int(was.get("next") or 0) > _READ_ON


def _set_cursor(unit: Unit, channel: int, gathered: _Gathered) -> None:
    from pkm.share.waiting import with_waits
    from pkm.store.model import Channel

    row = unit.get(Channel, channel)
    options = json.loads(row.options)
    if channel in gathered.cursors:
        options["inbox_read"] = gathered.cursors[channel]
    if channel in gathered.waits:
        options = with_waits(options, gathered.waits[channel])
    row.options = json.dumps(options, ensure_ascii=False)
    unit.flush()


def _take_off(store: Store, home: Home, gathered: _Gathered) -> list[Off]:
    """Who asked for no more letters, in an answer to one, gets none; what else asked is kept as an answer, and said."""
    from pkm.share import unsubscribed
    from pkm.share.leaving import Wishes

    off: list[Off] = []
    wishes = Wishes(home)
    for letter in gathered.leaving:
        db = store.read()
        wish = wishes.read(db, letter)
        if unsubscribed.is_taken_back(db, home, wish.circle, wish.people, letter.sender, letter.ident):
            continue
        if not wish.doubt:
            if wish.people:
                off += _leave(store, home, wish, letter)
            elif unsubscribed.keep_away(db, home, wish.circle, letter.sender):
                gathered.away.append((letter.sender, make("circle", wish.circle)))
            unsubscribed.note_done(store.read(), home, wish.circle, letter.sender, letter.ident)
        elif not wish.people or len(unsubscribed.off(db, home, wish.circle, wish.people)) < len(wish.people):
            _ask_about(db, letter, wish, gathered)
    return off


def _leave(store: Store, home: Home, wish: "Wish", letter: "Came") -> list[Off]:
    from pkm.share.unsubscribed import take_off

    reached = [letter.sender, *([wish.letter["recipient"]] if wish.letter else [])]
    gone = take_off(store, home, wish.circle, wish.people, "they unsubscribed by a letter", also=reached)
    row, name = circles.row(store.read(), wish.circle), make("circle", wish.circle)
    return [Off(contact, name, row["name"] if row else name) for contact in gone]


def _ask_about(db: sqlite3.Connection, letter: "Came", wish: "Wish", gathered: _Gathered) -> None:
    """What asked to be taken off is kept as nobody's answer, and said, once; nothing else is done."""
    row, circle = wish.letter or unsubscribing.last_letter(db, wish.circle), wish.circle
    if letter.ident in unsubscribing.idents(db):
        return
    if row is not None:
        found = _answer_of(row, letter)
        words = replace(found.answer, text=letter.words or "unsubscribe")
        gathered.found.append(replace(found, answer=words, names_it=False))
    if circle and wish.people:
        people = tuple(make("contact", one) for one in wish.people)
        gathered.asked.append(Asked(letter.sender, make("circle", circle), people, wish.doubt))
    elif circle:
        who = letter.sender or f"{letter.name or 'somebody'}, whose address nobody can tell,"
        gathered.strangers.append((who, make("circle", circle)))


def _keep(unit: Unit, fresh: list[_Found]) -> tuple[Row, ...]:
    from pkm.store.model import Response

    db, made = unit.connection, []
    for one in _unknown(db, fresh):  # another run may have kept them since
        row, answer = one.row, one.answer
        contact = _who(db, one)
        response = unit.add(Response(
            share_id=row["share_id"], delivery_id=row["id"] if one.names_it else None,
            channel_id=row["channel_id"], contact_id=contact,
            remote_id=answer.remote_id, text=clean(answer.text).strip()[:_LONGEST_TEXT],
            author="" if contact else _author(db, one),
            at=answer.at if max(one.since, "0") <= answer.at <= unit.at else unit.at,
        ))  # fmt: skip
        made.append(response.id or 0)
    return tuple(told for number in made if (told := responses.row(db, number)))


def _who(db: sqlite3.Connection, found: _Found) -> int | None:
    """The contact who answered, None where that is not one, or nothing shows it: who the letter went to, if they wrote from an
    address of theirs; whose page a mention stands on; else by the names that the channel knows them by.
    """
    if found.address is not None:
        return unsubscribing.sender_of(db, found.row["id"], found.address)[1] if found.names_it else None
    people = responses.at_home(db, *found.source) if found.source else responses.known_as(db, found.answer.names)
    return people[0] if len(people) == 1 else None


def _author(db: sqlite3.Connection, found: _Found) -> str:
    """Who it says gave it; and that nothing shows it, where it is in the name of a contact or of who got the letter."""
    said = one_line(found.answer.names[0], 180)
    theirs = contacts.with_handle(db, "email", found.address) if found.address else []
    theirs += contacts.find_mentioned(db, said) if found.source or found.address == "" else []
    return f"{said}, {UNPROVEN}" if theirs or not found.names_it else said
