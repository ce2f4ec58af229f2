"""A Bluesky account: posts as records on its personal data server, each under a record key that is its own for ever.

putRecord with the same key and bytes makes no second post, whenever it is repeated (measured on @atproto/pds); createRecord
would. So the key and the time in the record come from the delivery, and what is unknown is put again. Sources: atproto.com
(specs/tid, specs/record-key, lexicons com.atproto.repo.*, app.bsky.feed.post, app.bsky.richtext.facet).
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pkm.channels.account import Account
from pkm.channels.http import Place, Reply, Silent, call, read_place
from pkm.channels.lengths import graphemes, links, parts_of, share_out
from pkm.channels.way import Answer, Given, Job, Outcome, Picture, Post, Room, as_body, firm, taken, verdict
from pkm.dates import parse_stamp, stamp
from pkm.errors import Invalid, Unreachable
from pkm.secret import remember

EXAMPLE = "bluesky+https://pds.example"
COLLECTION = "app.bsky.feed.post"
LIMIT, LINK = 300, 48
"""Graphemes in a post; how long a link is shown: its whole address is in the facet."""

BYTES, TAG_BYTES, TAG = 3000, 640, 64
"""Bytes in a post; bytes and graphemes in a tag: more is refused with all of the post (lexicon app.bsky.feed.post)."""

EMBED = "app.bsky.embed.images"
MOST_PICTURES, LARGEST_PICTURE = 4, 1_000_000
"""Pictures of a post, and bytes of one."""

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_HANDLE = re.compile(r"(?:did:[a-z]+:[\w.:%-]+|(?:[a-z0-9-]+\.)+[a-z0-9-]+)", re.IGNORECASE)
_TAG = re.compile(r"(?<!\S)#(\w*[^\W\d_]\w*)")
_DEEPEST = 20


def check(address: str, given: Given) -> tuple[str, dict[str, Any]]:
    """The server behind bluesky+; who logs in, and where the password is."""
    place = read_place(address.removeprefix("bluesky+"), EXAMPLE)
    login = given.login.removeprefix("@")
    if not given.credential or not login:
        raise Invalid("a Bluesky account", "who logs in and where the password is are said together",
                      next=f"pkm share channel add NAME {EXAMPLE} --login me.example --password-env VARIABLE")  # fmt: skip
    if not _HANDLE.fullmatch(login):
        raise Invalid("--login", "it should be the account's handle, as me.example, or its did")
    return f"bluesky+{place}", {"login": login, "credential": given.credential}


def learn(address: str) -> dict[str, Any]:
    """The limits are the same everywhere."""
    return {}


def compose(post: Post, name: Callable[[int], str], options: Mapping[str, Any]) -> list[bytes]:
    """What putRecord is given for each part; the record comes last, so that what it answers can be put behind its end."""
    warning = f"[{post.warning}]\n\n" if post.warning else ""
    bodies = []
    parts = parts_of(post, LIMIT - length(warning), length)
    pictures = share_out(post, len(parts), MOST_PICTURES, LARGEST_PICTURE)
    for number, (part, shown) in enumerate(zip(parts, pictures, strict=True), 1):
        text, facets = _shortened(warning + part)
        created = parse_stamp(post.at).strftime(f"%Y-%m-%dT%H:%M:%S.{number:03d}Z")
        record: dict[str, Any] = {"$type": COLLECTION, "text": text, "createdAt": created, "langs": [post.language]}
        if shown:
            record["embed"] = {"$type": EMBED, "images": [_image(one) for one in shown]}
        bodies.append(as_body({
            "repo": options["login"], "collection": COLLECTION, "rkey": record_key(name(number), post.at, number),
            "record": {**record, "facets": facets} if facets else record,
        }))  # fmt: skip
    return bodies


def _image(one: Picture) -> dict[str, Any]:
    """A picture in a record: what stands in its place, and its bytes by the name that the server gives them, too."""
    blob = {"$type": "blob", "ref": {"$link": content_name(one.sha256)}, "mimeType": one.media_type, "size": one.size_bytes}
    ratio = {"aspectRatio": {"width": one.width, "height": one.height}} if one.width and one.height else {}
    return {"alt": one.alt, "image": blob, **ratio}


def content_name(sha256: str) -> str:
    """The CID of bytes of that hash: version 1, raw, SHA-256, in base32 (atproto.com/specs/data-model; multiformats.io/cid)."""
    return "b" + base64.b32encode(bytes([1, 0x55, 0x12, 0x20]) + bytes.fromhex(sha256)).decode().rstrip("=").lower()


def _hash_of(name: str) -> str:
    """The hash that such a name has in it."""
    text = name[1:].upper()
    return base64.b32decode(text + "=" * (-len(text) % 8))[4:].hex()


def record_key(key: str, at: str, part: int) -> str:
    """The TID of a delivery: the time that it is dated with and its part, and ten bits of its key.

    Source: atproto.com/specs/tid: 53 bits of microseconds, 10 bits that tell writers apart, in thirteen sortable digits.
    """
    noise = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    micros = int(parse_stamp(at).timestamp()) * 1_000_000 + part * 1000 + noise % 1000
    value = (micros << 10) | ((noise >> 10) & 0x3FF)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(60, -1, -5))


def length(text: str) -> int:
    """How many graphemes are shown, long links shortened; more where its bytes, ten to a grapheme, would be too many."""
    return _weight(_shortened(text)[0])


def _weight(told: str) -> int:
    return max(len(graphemes(told)), -(-len(told.encode()) * LIMIT // BYTES))


def shown(payload: bytes) -> str:
    """The text, and what stands for its pictures."""
    record = json.loads(payload)["record"]
    return str(record["text"]) + "".join(f"\n[picture: {one['alt']}]" for one in _images(record))


def _images(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(record.get("embed", {}).get("images", ()))


def measure(payload: bytes, options: Mapping[str, Any]) -> str:
    """Its graphemes of those that a post may have."""
    return f"{room(payload, options).used} of {LIMIT} characters"


def room(payload: bytes, options: Mapping[str, Any]) -> Room:
    """Graphemes of the text that is shown, or what its bytes make of them."""
    return Room(_weight(str(json.loads(payload)["record"]["text"])), LIMIT, "characters")


def connect(address: str, options: Mapping[str, Any], secret: str) -> "Bluesky":
    """The account, to be entered."""
    return Bluesky(read_place(address.removeprefix("bluesky+"), EXAMPLE), str(options["login"]), secret)


def _shortened(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The text with long links cut, and the facets that make its links and tags ones, by the offsets of their bytes."""
    told, end = "", 0
    facets = []
    for start, stop in links(text):
        url = text[start:stop]
        told += text[end:start]
        label = url if len(url) <= LINK else url.partition("://")[2][: LINK - 1] + "…"
        facets.append(_facet(told, label, {"$type": "app.bsky.richtext.facet#link", "uri": url}))
        told, end = told + label, stop
    told += text[end:]
    for found in _TAG.finditer(told):
        if len(found[1].encode()) > TAG_BYTES or len(graphemes(found[1])) > TAG:
            continue
        facets.append(_facet(told[: found.start()], found[0], {"$type": "app.bsky.richtext.facet#tag", "tag": found[1]}))
    return told, sorted(facets, key=lambda one: one["index"]["byteStart"])


def _facet(before: str, label: str, feature: dict[str, str]) -> dict[str, Any]:
    start = len(before.encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(label.encode())}, "features": [feature]}


class Bluesky(Account):
    """An account that posts. Raises Unreachable where it is entered and the server does not let it in."""

    kept_in = "the account's records"

    def __init__(self, place: Place, login: str, password: str) -> None:
        self.place = place
        self._login, self._password = login, password
        self._token = self._did = ""

    def __enter__(self) -> "Bluesky":
        body = as_body({"identifier": self._login, "password": self._password})
        try:
            reply = call(self.place, "POST", "/xrpc/com.atproto.server.createSession", body)
        except Silent as error:  # a login that is not answered has posted nothing
            raise Unreachable(str(self.place), error.why) from None
        self._token, self._did = remember(reply.said("accessJwt")), reply.said("did")
        if not reply.ok or not self._token or not self._did:
            why = "the name or the password" if reply.status in (400, 401) else f"it answers {reply.status}"
            raise Unreachable(str(self.place), f"the server does not let {self._login} in: {why}",
                              next="see that the app password is right where the channel looks for it")  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._token = ""

    def _body(self, job: Job) -> bytes | Outcome:
        """The record as it was frozen, byte for byte, and whose answer it is."""
        for one in _images(json.loads(job.payload)["record"]):
            if (failed := self._upload(one["image"], job)) is not None:
                return failed
        if not job.parent:
            return job.payload
        reply_to = {"root": self._reference(job.root), "parent": self._reference(job.parent)}
        return job.payload[:-2] + b',"reply":' + as_body(reply_to) + b"}}"

    def _hand_in(self, job: Job, body: bytes) -> Outcome:
        reply = self._call("POST", "com.atproto.repo.putRecord", body)
        if reply.said("error") in ("ExpiredToken", "InvalidToken"):
            return Outcome("waiting", reply.words)
        return taken(reply, "uri", "record", self._page(job))

    def _upload(self, blob: Mapping[str, Any], job: Job) -> Outcome | None:
        """None where the server has the picture, under the name that the record gives it; nobody sees one that no record shows.

        Raises Unreachable, Silent; StoreError where it is missing here.
        """
        name = blob["ref"]["$link"]
        reply = call(self.place, "POST", "/xrpc/com.atproto.repo.uploadBlob", job.read(_hash_of(name)),
                     {"Authorization": f"Bearer {self._token}", "Content-Type": blob["mimeType"]})  # fmt: skip
        if reply.ok:
            kept = reply.body.get("blob") if isinstance(reply.body, dict) else None
            ref = kept.get("ref") if isinstance(kept, dict) else None
            same = isinstance(ref, dict) and ref.get("$link") == name
            return None if same else Outcome("refused", "the server keeps another picture than it was given")
        if reply.said("error") in ("ExpiredToken", "InvalidToken"):
            return Outcome("waiting", reply.words)
        found = verdict(reply)
        return found._replace(state="waiting" if found.state == "unknown" else found.state)

    def _there(self, job: Job) -> Outcome | None:
        found = self._get(json.loads(job.payload)["rkey"])
        uri = found.said("uri") if found.ok else ""
        return Outcome("sent", "", uri, self._page(job)) if uri else None

    def _take_away(self, job: Job) -> Reply:
        body = as_body({"repo": self._did, "collection": COLLECTION, "rkey": json.loads(job.payload)["rkey"]})
        return self._call("POST", "com.atproto.repo.deleteRecord", body)

    def answers(self, job: Job) -> list[Answer]:
        """What others answered to the thread, to whichever part; asked at its first."""
        if job.part > 1 or not job.remote_id:
            return []
        query = urlencode({"uri": job.remote_id, "depth": _DEEPEST, "parentHeight": 0})
        # a server indexes no threads itself: it asks another, where it has one
        reply = firm(self._call("GET", f"app.bsky.feed.getPostThread?{query}"), self.place, "NotFound")
        thread = reply.body.get("thread") if reply.ok and isinstance(reply.body, dict) else None
        return [answer for one in _below(thread, _DEEPEST) if (answer := self._answer(one))]

    def probe(self, key: str) -> str:
        """The login alone: what is posted there, everybody sees."""
        return f"{self._login} may log in; nothing was posted, for no post there is private"

    def _answer(self, post: Mapping[str, Any]) -> Answer | None:
        author, record = post.get("author"), post.get("record")
        if not isinstance(author, dict) or not isinstance(record, dict) or author.get("did") == self._did:
            return None
        text, uri = str(record.get("text") or "").strip(), str(post.get("uri") or "")
        try:
            at = stamp(datetime.fromisoformat(str(post.get("indexedAt") or record.get("createdAt"))))
        except (ValueError, OverflowError):
            return None
        handle, did = str(author.get("handle") or ""), str(author.get("did") or "")
        pages = [f"https://bsky.app/profile/{name}" for name in (handle, did) if name]
        return Answer(uri, (handle, f"@{handle}", did, *pages), text, at) if text and uri and handle else None

    def _reference(self, uri: str) -> dict[str, str]:
        """The record with the hash of what it is now, as an answer names it."""
        reply = self._get(uri.rpartition("/")[2])
        if not reply.ok or not reply.said("cid"):
            raise Unreachable(str(self.place), "the part before it is not there any more")
        return {"uri": uri, "cid": reply.said("cid")}

    def _get(self, rkey: str) -> Reply:
        query = urlencode({"repo": self._did, "collection": COLLECTION, "rkey": rkey})
        return firm(self._call("GET", f"com.atproto.repo.getRecord?{query}"), self.place, "RecordNotFound")

    def _page(self, job: Job) -> str:
        return f"https://bsky.app/profile/{self._did}/post/{json.loads(job.payload)['rkey']}"

    def _call(self, method: str, name: str, body: bytes | None = None) -> Reply:
        return call(self.place, method, f"/xrpc/{name}", body, {"Authorization": f"Bearer {self._token}"})


def _below(thread: Any, deepest: int) -> Iterator[Mapping[str, Any]]:
    """The posts of all answers, and of theirs."""
    replies = thread.get("replies") if isinstance(thread, dict) else None
    for one in replies if isinstance(replies, list) and deepest else ():
        if isinstance(one, dict) and isinstance(one.get("post"), dict):
            yield one["post"]
            yield from _below(one, deepest - 1)
