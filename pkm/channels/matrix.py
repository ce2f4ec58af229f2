"""A Matrix room: messages, each sent under a transaction id, which a server answers with one event however often it is used.

The id belongs to the device that the token is of; where another one was logged in since, the room's own messages say what is
there. What is sent is never encrypted, so that a room that wants it is refused. Source: spec.matrix.org, Client-Server API
(PUT …/send/{eventType}/{txnId}, /relations, /messages, /redact).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from pkm.channels.account import Account
from pkm.channels.http import LONGEST_WAIT_S, Place, Reply, Silent, call, read_place
from pkm.channels.lengths import split
from pkm.channels.way import Answer, Given, Job, Outcome, Picture, Post, Room, as_body, firm, taken, verdict
from pkm.dates import parse_stamp, stamp
from pkm.errors import Invalid, Unreachable

EXAMPLE = "matrix+https://matrix.example"
LIMIT = 40_000
"""Bytes of an event's content; a server takes 65,536 of a whole event."""

_ROOM = re.compile(r"![^\s:]+(?::[^\s]+)?")
_PAGES, _PAGE = 5, 100
_SKEW_MS = 86_400_000
"""How wrong a clock may have been when a message was dated."""

_QUOTED = re.compile(r"\A(?:> .*\n?)+\n*")
"""How an answer repeats, in front of its own words, what it answers."""


def check(address: str, given: Given) -> tuple[str, dict[str, Any]]:
    """The server behind matrix+; the room, and where the token is."""
    place = read_place(address.removeprefix("matrix+"), EXAMPLE)
    if not given.credential or not _ROOM.fullmatch(given.room):
        raise Invalid("a Matrix room", "its id, as !abc:example.org, and where the token is are said together",
                      next=f"pkm share channel add NAME {EXAMPLE} --room '!abc:example.org' --token-env VARIABLE")  # fmt: skip
    return f"matrix+{place}", {"room": given.room, "credential": given.credential}


def learn(address: str) -> dict[str, Any]:
    """The limits are the same everywhere."""
    return {}


def compose(post: Post, name: Callable[[int], str], options: Mapping[str, Any]) -> list[bytes]:
    """The content of one message with its HTML; where that is too long, of several without it; then one for each picture."""
    link = f"\n\n{post.url}" if post.url else ""
    warning = f"[{post.warning}]\n\n" if post.warning else ""
    whole = as_body(_content(f"{warning}{post.text}{link}", _marked(post)))
    pictures = [as_body(_image(one)) for one in post.pictures]
    if len(whole) <= LIMIT:
        return [whole, *pictures]
    parts = split(f"{warning}{post.text}{link}", LIMIT // 2, lambda one: len(one.encode()))
    return [*(as_body(_content(part)) for part in parts), *pictures]


def _marked(post: Post) -> str:
    from html import escape

    warning = f"<p><strong>{escape(post.warning)}</strong></p>\n" if post.warning else ""
    link = f'\n<p><a href="{escape(post.url)}">{escape(post.url)}</a></p>' if post.url else ""
    return f"{warning}{post.html}{link}"


def _content(text: str, html: str = "") -> dict[str, str]:
    marked = {"format": "org.matrix.custom.html", "formatted_body": html} if html else {}
    return {"msgtype": "m.text", "body": text, **marked}


def _image(one: Picture) -> dict[str, Any]:
    """A picture as a message of its own, its words for a body; where the server has it is put in when it has it."""
    size = {"w": one.width, "h": one.height} if one.width and one.height else {}
    return {"msgtype": "m.image", "body": one.alt, "info": {"mimetype": one.media_type, "size": one.size_bytes, **size},
            "sha256": one.sha256}  # fmt: skip


def shown(payload: bytes) -> str:
    """The text, or what stands for a picture."""
    said = json.loads(payload)
    return f"[picture: {said['body']}]" if said["msgtype"] == "m.image" else str(said["body"])


def measure(payload: bytes, options: Mapping[str, Any]) -> str:
    """Its bytes of those that a message may have."""
    return f"{len(payload):,} of {LIMIT:,} bytes"


def room(payload: bytes, options: Mapping[str, Any]) -> Room:
    """Bytes of the message's content."""
    return Room(len(payload), LIMIT, "bytes")


def connect(address: str, options: Mapping[str, Any], secret: str) -> "Matrix":
    """The room, to be entered."""
    return Matrix(read_place(address.removeprefix("matrix+"), EXAMPLE), str(options["room"]), secret)


class Matrix(Account):
    """A room that is written to. Raises Unreachable where it is entered and cannot be, or wants what is sent encrypted."""

    kept_in = "the room's last messages"
    gone = (404,)

    def __init__(self, place: Place, room: str, token: str) -> None:
        self.place = place
        self.room = room
        self._token = token
        self._in_room = f"rooms/{quote(room, safe='')}"
        self._user = ""

    def __enter__(self) -> "Matrix":
        try:
            who = self._call("GET", "account/whoami")
            encrypted = self._call("GET", f"{self._in_room}/state/m.room.encryption") if who.ok else who
        except Silent as error:  # nothing was written by asking
            raise Unreachable(str(self.place), error.why) from None
        if not who.ok or not who.said("user_id"):
            raise Unreachable(str(self.place), f"the server does not know the token: {who.words}",
                              next="see that the token is right where the channel looks for it")  # fmt: skip
        if encrypted.status != 404:
            why = "the room is encrypted, and pkm cannot do that" if encrypted.ok else f"the room: {encrypted.words}"
            raise Unreachable(str(self.place), why, next="take a room that is not encrypted, and join it first")
        self._user = who.said("user_id")
        return self

    def _hand_in(self, job: Job, body: bytes) -> Outcome:
        reply = self._call("PUT", f"{self._in_room}/send/m.room.message/{quote(job.key, safe='')}", body)
        return taken(reply, "event_id", "event", self._page(reply.said("event_id")))

    def _body(self, job: Job) -> bytes | Outcome:
        """What is sent: as it was frozen; of a picture with where the server has it now."""
        said = json.loads(job.payload)
        if said["msgtype"] != "m.image":
            return job.payload
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": said["info"]["mimetype"]}
        reply = call(self.place, "POST", "/_matrix/media/v3/upload", job.read(said.pop("sha256")), headers)
        where = reply.said("content_uri")
        if reply.ok and where:
            return as_body({**said, "url": where})
        found = verdict(reply)
        return found._replace(state="waiting" if found.state in ("unknown", "sent") else found.state)

    def _there(self, job: Job) -> Outcome | None:
        found = self._find(job)
        return Outcome("sent", "", found, self._page(found)) if found else None

    def _take_away(self, job: Job) -> Reply | None:
        if not (event := job.remote_id or self._find(job)):
            return None
        return self._call("PUT", f"{self._in_room}/redact/{quote(event, safe='')}/{quote(job.key, safe='')}-r", b"{}")

    def answers(self, job: Job) -> list[Answer]:
        """What others answered to it: in its thread, or as an answer that names it."""
        if not job.remote_id:
            return []
        path = f"{self._in_room}/relations/{quote(job.remote_id, safe='')}?limit={_PAGE}"
        reply = firm(self._call("GET", path, version="v1"), self.place)
        related = list(_chunk(reply))
        for event in self._messages(parse_stamp(job.frozen_at)):
            related_to = event.get("content", {}).get("m.relates_to")
            answered = related_to.get("m.in_reply_to") if isinstance(related_to, dict) else None
            if isinstance(answered, dict) and answered.get("event_id") == job.remote_id:
                related.append(event)
        once = {str(event.get("event_id")): event for event in related}
        return [answer for event in once.values() if (answer := self._answer(event))]

    def probe(self, key: str) -> str:
        """Whether the room is joined; what is written there, all others in it see."""
        joined = self._call("GET", "joined_rooms")
        rooms = joined.body.get("joined_rooms") if joined.ok and isinstance(joined.body, dict) else None
        if self.room not in (rooms or []):
            raise Unreachable(str(self.place), f"{self._user} has not joined {self.room}", next="join the room first")
        return f"{self._user} has joined the room; nothing was written, for everybody in it would see it"

    def _page(self, event: str) -> str:
        return f"https://matrix.to/#/{quote(self.room, safe='!:')}/{quote(event, safe='$:')}"

    def _answer(self, event: Mapping[str, Any]) -> Answer | None:
        content, sender, at = event.get("content"), str(event.get("sender") or ""), event.get("origin_server_ts")
        if event.get("type") != "m.room.message" or not isinstance(content, dict) or sender == self._user:
            return None
        text = _QUOTED.sub("", str(content.get("body") or "")).strip()
        if not text or not sender or not isinstance(at, int) or not event.get("event_id"):
            return None
        try:
            when = stamp(datetime.fromtimestamp(at / 1000, UTC))
        except (OverflowError, ValueError, OSError):
            return None
        return Answer(str(event["event_id"]), (sender, f"https://matrix.to/#/{sender}", f"matrix:u/{sender[1:]}"), text, when)

    def _find(self, job: Job) -> str:
        """The id of its event among the room's messages, by its transaction or its very content; "" where it is none.

        Raises Unreachable where they are too many to say so.
        """
        content, since = _told(json.loads(job.payload)), _millis(parse_stamp(job.frozen_at)) - _SKEW_MS
        for event in self._messages(parse_stamp(job.frozen_at), whole=True):
            unsigned, at = event.get("unsigned"), event.get("origin_server_ts")
            named = isinstance(unsigned, dict) and unsigned.get("transaction_id") == job.key
            same = _told(event["content"]) == content and isinstance(at, int) and at >= since
            mine = event.get("sender") == self._user and event.get("event_id") not in job.others
            if mine and (named or same):
                return str(event.get("event_id") or "")
        return ""

    def _messages(self, since: datetime, *, whole: bool = False) -> Iterator[Mapping[str, Any]]:
        """The room's messages since then, newest first, as far as a few pages tell. whole: raises Unreachable behind the last
        where there are more.
        """
        query = {"dir": "b", "limit": str(_PAGE)}
        oldest = _millis(since) - _SKEW_MS
        for _ in range(_PAGES):
            reply = firm(self._call("GET", f"{self._in_room}/messages?{urlencode(query)}"), self.place)
            page = list(_chunk(reply))
            yield from page
            last = page[-1].get("origin_server_ts") if page else None
            if not reply.said("end") or not isinstance(last, int) or last < oldest:
                return
            query["from"] = reply.said("end")
        if whole:
            raise Unreachable(str(self.place), "more was said there since than is looked through")

    def _call(self, method: str, path: str, body: bytes | None = None, *, version: str = "v3") -> Reply:
        headers = {"Authorization": f"Bearer {self._token}"}
        return _waiting(call(self.place, method, f"/_matrix/client/{version}/{path}", body, headers))


def _waiting(reply: Reply) -> Reply:
    """The answer, with how long its server asks to wait: servers of before Matrix 1.10 say it in the body alone."""
    asked = reply.body.get("retry_after_ms") if reply.status == 429 and isinstance(reply.body, dict) else None
    seconds = min(-(-asked // 1000), LONGEST_WAIT_S) if isinstance(asked, int) and asked >= 0 else None
    return reply if reply.wait_s is not None or seconds is None else reply._replace(wait_s=seconds)


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """A message's content without what only this side, or only the server, knows of its picture."""
    return {key: value for key, value in content.items() if key not in ("sha256", "url")}


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _chunk(reply: Reply) -> Iterator[Mapping[str, Any]]:
    rows = reply.body.get("chunk") if reply.ok and isinstance(reply.body, dict) else None
    return (one for one in rows or [] if isinstance(one, dict) and isinstance(one.get("content"), dict))
