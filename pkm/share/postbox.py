"""The mailbox that a channel of mail names: what came into it that concerns what was shared, and whether a letter left.

Read and never changed (net/mailbox). Of all that lies there only what names one of the own letters, or asks to be taken off
a list by the subject that they gave, is read beyond its headers. Writes nothing; its values are made for hostile mail.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pkm.channels.way import Job, Outcome
from pkm.dates import now, parse_stamp, stamp
from pkm.errors import Invalid
from pkm.share.ownwords import LONGEST, asks_to_leave, own_words
from pkm.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkm.share.bounces import Bounce

HEADERS = ("MESSAGE-ID", "IN-REPLY-TO", "REFERENCES", "SUBJECT", "FROM", "CONTENT-TYPE")
FIRST_DAYS = 30
"""How far back a server's mailbox is looked through the first time."""

_KEY = re.compile(r"<([0-9a-f]{32})@[^<>\s]*>")
_LEAVES = re.compile(r"(?:(?:re|aw|fwd?|wg)\s*:\s*)*unsubscribe(?:\s+o(\d{1,9}))?(?:\s+([0-9a-f]{32}))?", re.I)
_BY_MACHINE = re.compile(r"mailer-daemon@|postmaster@|<>", re.I)


@dataclass(frozen=True, slots=True)
class Came:
    """A letter that concerns what was shared.

    key: of the own letter that it answers, or names in its subject, "" where it does not; circle: whose list it asks to be
    taken off by its subject, 0 where it does not; leaves: whether it asks to be taken off, that way or in an answer. sender: an
    address in lower case, "" where it names none; name: as it is written there. at: a stamp, "" where it gives none. words: its
    own.
    """

    ident: str
    name: str
    sender: str
    key: str
    circle: int
    leaves: bool
    words: str
    at: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a mailbox gave, and what is to be kept so that the same is not read again."""

    letters: tuple[Came, ...]
    cursor: str | None
    bounces: "tuple[Bounce, ...]" = ()


def inbox_of(channel: Mapping[str, Any]) -> str:
    """The address of the mailbox that the channel names, "" where it names none."""
    return str(channel["options"].get("inbox") or "")


def check_inbox(url: str, login: str, credential: str) -> dict[str, str]:
    """The options that name a mailbox, checked: its address, and where its password is where it needs one.

    login: who logs in where the address does not say. Raises Invalid, NotFound or BadInput; a password is not repeated.
    """
    from pathlib import Path

    from pkm.net.mailbox import is_mailbox, maildir_folders, make_url, read_place
    from pkm.secret import check_place

    wanted = Invalid("the address of the mailbox", "it should be imaps://ME@HOST/FOLDER, maildir:/PATH or mbox:/PATH",
                     next="--inbox imaps://me@mail.example.org/INBOX --inbox-password-env VARIABLE")  # fmt: skip
    if not is_mailbox(url) or re.match(r"\w+://[^/@]*:[^/]*@", url) or one_line(url) != url:
        raise wanted
    place = read_place(url)._replace(all_mail=False)
    if place.scheme in ("maildir", "mbox"):
        path = Path(place.path).expanduser().absolute()
        if place.scheme == "maildir":
            maildir_folders(path, subfolders=True)
        if credential:
            raise Invalid("--inbox-password-env", "a mailbox on this machine has no password")
        return {"inbox": make_url(place._replace(path=str(path)))}
    place = place._replace(user=place.user or login)
    if not place.host or not place.user:
        raise wanted
    return {"inbox": make_url(place), **({"inbox_credential": check_place(credential)} if credential else {})}


def take(channel: Mapping[str, Any], keys: Collection[str], began: str = "") -> Taken:
    """What came into the channel's mailbox since the last time and concerns what was shared, oldest first.

    keys: of the own letters. began: a stamp; where the mailbox has to be looked through anew, it is as it would have been then.
    Raises PkmError kinds where it cannot be read.
    """
    from pkm.net.mailbox import open_mailbox

    before, first = channel["options"].get("inbox_read"), min(parse_stamp(began), now()) if began else now()
    reading = open_mailbox(
        inbox_of(channel), cursor=before, wanted=lambda head: concerns(head, keys), secret=_secret(channel),
        headers=HEADERS, since=(first - timedelta(days=FIRST_DAYS)).date(),
    )  # fmt: skip
    found: list[Came] = []
    bounces: list[Bounce] = []
    for data in reading:
        if back := read_report(data, keys):
            bounces.append(back)
        elif came := read_letter(data, keys):
            found.append(came)
    ordered = sorted(found, key=lambda one: (one.at, one.ident))
    return Taken(tuple(ordered), reading.cursor, tuple(sorted(bounces, key=lambda one: one.at)))


def read_report(data: bytes, keys: Collection[str]) -> "Bounce | None":
    """What the letter reports of an own one that could not be delivered, None where it is no such report."""
    from pkm.mime import read_message
    from pkm.share.bounces import read_bounce

    message = read_message(data)
    return read_bounce(message, keys, _written(message))


def concerns(head: bytes, keys: Collection[str]) -> bool:
    """Whether a letter with these headers may answer an own letter, report of one, or ask to be taken off a list."""
    from pkm.mime import read_headers
    from pkm.share.bounces import is_report

    message = read_headers(head)
    if set(_KEY.findall(_raw(message, "message-id"))) & set(keys):  # the copy of one's own
        return False
    return bool(_answered(message, keys) or _list_left(message) or is_report(message))


def read_letter(data: bytes, keys: Collection[str]) -> Came | None:
    """The letter, where it concerns what was shared; None also for what a machine wrote by itself (RFC 3834)."""
    from pkm.html import clean_html, html_to_text
    from pkm.mime import address, only_address, raw_header, read_body, read_message

    message = read_message(data)
    (name, _), sender = address(message, "from"), only_address(message, "from")
    key, circle = _answered(message, keys) or _key_named(message, keys), _list_left(message)
    if not (key or circle) or (not circle and _is_by_machine(message)):
        return None
    words = own_words(html_to_text(clean_html(read_body(message).html[: 5 * LONGEST])))
    subject = _LEAVES.fullmatch(_subject(message))
    leaves = bool(circle or (key and (asks_to_leave(words) or (subject and not words))))
    ident = one_line(raw_header(message, "message-id").strip("<> \t"), 500)
    ident = ident or f"letter-{hashlib.sha256(data).hexdigest()[:32]}"
    return Came(ident, name, sender, key, circle, leaves, words, _written(message))


def _raw(message: Message, name: str) -> str:
    from pkm.mime import raw_header

    return raw_header(message, name)


def _subject(message: Message) -> str:
    from pkm.mime import header

    return header(message, "subject")


def _answered(message: Message, keys: Collection[str]) -> str:
    """The key of the own letter that it answers: the one it names first, else the last one that it refers to."""
    named = _KEY.findall(_raw(message, "in-reply-to")) + _KEY.findall(_raw(message, "references"))[::-1]
    return next((key for key in named if key in keys), "")


def _list_left(message: Message) -> int:
    found = _LEAVES.fullmatch(_subject(message))
    return int(found[1] or 0) if found else 0


def _key_named(message: Message, keys: Collection[str]) -> str:
    """The key of an own letter in a subject as its List-Unsubscribe gives it, "" where there is none."""
    found = _LEAVES.fullmatch(_subject(message))
    key = (found[2] or "").lower() if found else ""
    return key if key in keys else ""


def _is_by_machine(message: Message) -> bool:
    """Whether a machine wrote it by itself: out of office, not delivered, a read receipt."""
    said = _raw(message, "auto-submitted").lower()
    return (
        bool(said and said.partition(";")[0].strip() != "no")
        or bool(_BY_MACHINE.search(_raw(message, "from") + _raw(message, "return-path")))
        or message.get_content_type() == "multipart/report"
        or _raw(message, "precedence").lower() in ("bulk", "junk", "auto_reply")
        or bool(_raw(message, "x-autoreply") or _raw(message, "x-autorespond"))
    )


def _written(message: Message) -> str:
    try:
        date = _raw(message, "date")[:200]
        at = parsedate_to_datetime(date)
        if not at.tzinfo and re.search(r"-0000\b", date):  # it is UTC, and nothing is said of their zone (RFC 5322, 3.3)
            at = at.replace(tzinfo=UTC)
        return stamp(at) if at.tzinfo else ""
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return ""


def _secret(channel: Mapping[str, Any]) -> str:
    """The mailbox's password, by default the same as the mail server's; "" for a mailbox on this machine."""
    from pkm.errors import NotFound
    from pkm.secret import read_secret

    options = channel["options"]
    if not inbox_of(channel).startswith("imap"):
        return ""
    place = options.get("inbox_credential") or options.get("credential")
    if not place:
        raise NotFound(f"the password of {inbox_of(channel)}", "the channel does not say where it is",
                       next=f"pkm share channel edit {channel['name']} --inbox-password-env VARIABLE")  # fmt: skip
    return read_secret(place, "the password alone, on its first line")


def look(channel: Mapping[str, Any]) -> None:
    """The channel's mailbox can be read. Raises PkmError kinds where not."""
    with _looking_in(channel) as has:
        has("nobody@localhost.invalid")


@contextmanager
def _looking_in(channel: Mapping[str, Any]) -> "Iterator[Callable[[str], bool]]":
    from pkm.net.mailbox import searching

    with searching(inbox_of(channel), _secret(channel)) as has:
        yield has


@contextmanager
def open_witness(channel: Mapping[str, Any]) -> "Iterator[Witness]":
    """The channel's mailbox as a witness of what left, to be entered. Raises PkmError kinds."""
    with _looking_in(channel) as has:
        yield Witness(has)


class Witness:
    """Says of a letter that it left where a copy of it lies in the mailbox; of one that has no copy it says nothing."""

    def __init__(self, has: "Callable[[str], bool]") -> None:
        self._has = has

    def settle(self, job: Job, /, *, repeat: bool) -> Outcome:
        """`sent` where there is a copy. A letter to several has one name for all of them, so its copy tells of none."""
        from pkm.share.letter import open_letter

        opened = open_letter(job.payload)
        named = _KEY.findall(opened.header("Message-ID"))
        if named != [job.key] or opened.header("To").count("@") != 1:
            return Outcome("unknown")
        if self._has(opened.header("Message-ID").strip("<> ")):
            return Outcome("sent")
        return Outcome("unknown", "no copy of it is in the mailbox")
