"""A letter as an entry of the list that it was sent to, or of its sender where no list is named. Pure: bytes in, values out.

Nothing that a letter links to is loaded, its own list's addresses are never called, and what is attached is only named.
Sources: RFC 2919 (List-Id), RFC 2369 (List-Archive, List-Unsubscribe), RFC 5064 (Archived-At), RFC 3834 (Precedence).
"""

import html as entities
import re
from dataclasses import dataclass
from email.message import Message
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pkm.errors import BadInput
from pkm.html import absolute_url
from pkm.mime import address, header, raw_header, read_body, read_headers, read_message
from pkm.seek.entry import Byline, GivenEntry, ParsedEntry, hash_of, make_entries, stamp_of
from pkm.seek.letter_html import read_letter_html
from pkm.text import one_line

_LIST_HEADERS = ("list-id", "list-unsubscribe")
_BULK = {"bulk", "list"}
_READERS_OWN = {"mailchi.mp": "e", "campaign-archive.com": "e"}
"""Hosts whose page of a letter is addressed with the one who got it: the parameter that names them."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. url: of the source that it belongs to, mail: with its list's id or its sender's address.

    title, site_url, description: what it says of its list. sender: an email address, "" where it names none.
    """

    url: str
    title: str
    site_url: str
    description: str
    sender: str
    entry: ParsedEntry


def is_bulk(head: bytes) -> bool:
    """Whether the letter's headers say that it was sent to many: a newsletter or a list, and nothing personal."""
    message = read_headers(head)
    return any(raw_header(message, name) for name in _LIST_HEADERS) or raw_header(message, "precedence").lower() in _BULK


def read_letter(data: bytes) -> Letter:
    """The letter in the bytes. Raises BadInput where they are none: without sender, subject, date and list."""
    message = read_message(data)
    called, sender = address(message, "from")
    list_id, list_name = _list_of(message)
    if not (called or sender or list_id or any(header(message, name) for name in ("subject", "date", "message-id"))):
        raise BadInput("letter", "it has no headers of a letter")
    return Letter(
        url=f"mail:{list_id or sender or 'unknown'}",
        title=list_name or called or list_id or sender.partition("@")[0] or "letters without a sender",
        site_url=_web_address(raw_header(message, "list-archive")) or _web_address(raw_header(message, "list-url")),
        description=_describe(message, sender),
        sender=sender,
        entry=make_entries([_given(message, called, sender)])[0],
    )


def _list_of(message: Message) -> tuple[str, str]:
    """(id in lower case, name) of the list, each "" where the letter names none."""
    raw = header(message, "list-id")
    found = re.search(r"<([^<>]+)>\s*$", raw)
    name = raw[: found.start()].strip(" \"'") if found else ""
    ident = re.sub(r"\s", "", found[1] if found else raw).lower()[:250]
    if re.fullmatch(r"[0-9a-f]{6,}(?:mc list)?", name):  # a number of the service's, not a name
        name = ""
    return ident, one_line(name, 200)


def _describe(message: Message, sender: str) -> str:
    said = [f"Letters of {sender}"] if sender else []
    found = re.findall(r"<\s*((?:https?|mailto):[^<>\s]+)\s*>", raw_header(message, "list-unsubscribe"), re.I)
    said += [f"To unsubscribe: {one_line(each, 300)}" for each in sorted(found, key=lambda each: each[:4].lower() != "http")[:1]]
    return ". ".join(said)


def _web_address(raw: str) -> str:
    found = re.search(r"https?://[^<>\s]+", raw, re.I)
    return absolute_url(found[0]) if found else ""


def _given(message: Message, called: str, sender: str) -> GivenEntry:
    body = read_body(message)
    read = read_letter_html(body.html)
    published = _published(message)
    subject = header(message, "subject")
    named = ", ".join(entities.escape(name) for name in body.attachments)
    files = f"<p><em>Attached, not kept: {named}</em></p>" if named else ""
    return GivenEntry(
        guid=_guid(message, sender, subject, body.html), url=_page_of(message, read.in_browser), title=subject,
        authors=[called or sender.partition("@")[0]], bylines=[Byline(called or sender.partition("@")[0], sender)],
        published=published, updated=None, html=read.html + files, base="",
    )  # fmt: skip


def _guid(message: Message, sender: str, subject: str, html: str) -> str:
    """The Message-ID; without one, what tells the letter from all others."""
    ident = one_line(raw_header(message, "message-id").strip("<> \t"), 500)
    return ident or f"letter-{hash_of(sender, subject, raw_header(message, 'date'), html)}"


def _page_of(message: Message, in_browser: str) -> str:
    """Where the letter stands in the web, "" where it does not say."""
    posted = _web_address(raw_header(message, "list-post"))  # an address to write to; some services give the post's page
    url = _web_address(raw_header(message, "archived-at")) or absolute_url(in_browser) or posted
    return _without_reader(url)


def _without_reader(url: str) -> str:
    """The address without the parameter that tells which reader it was sent to."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    own = next((name for host, name in _READERS_OWN.items() if f".{parts.hostname or ''}".endswith(f".{host}")), "")
    if not own:
        return url
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != own]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _published(message: Message) -> str | None:
    """When it was sent, else when the last server received it."""
    received = raw_header(message, "received").rpartition(";")[2]
    return stamp_of(header(message, "date")) or stamp_of(one_line(received))
