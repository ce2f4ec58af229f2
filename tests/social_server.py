"""Mastodon, a Bluesky PDS, a Matrix server and a webhook on 127.0.0.1 for tests, as far as posts and their answers go.

They answer as the real ones do, which tests/edge/test_servers.py holds where those are installed: Mastodon honors an
Idempotency-Key, a PDS takes equal bytes under one key without a new commit and fails a second createRecord with 500, record
keys are TIDs, a post has 300 graphemes and 3,000 bytes, Matrix gives one event for one transaction of one device.

    social.faults = ["drop before", "drop after", 500, 429, 503, 401, 302]     # one for each creating request, then none;
                                                                            # {"error": …}: a 401 that says so
    social.made                                                             # what stands there: remote id -> body as it came
"""

import base64
import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import regex

from tests.server import answering

TOKEN = "the-token-nobody-may-see"
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
STATUS, EVENT = "/api/v1/statuses", "/send/m.room.message/"
_RECORD = "Invalid app.bsky.feed.post record:"


@dataclass
class Social:
    """What it holds, in order, and how it fails.

    made: what stands there, by remote id; bodies: every creating request's body as it came; seen: (method, path, headers).
    keys: what was made under an Idempotency-Key, a transaction, a webhook-id. hook: called "before" and "after" something is
    made; nothing is made where the first call says True. answers: what others wrote there. commits: of the PDS.
    silent: whether every question of what is there ends in a 502, as that of a PDS does which has no AppView.
    uploads: pictures, by the name that they have there. clock: its Date header; what is posted is dated 09:00 of that Monday.
    """

    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    faults: list[Any] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    hook: Callable[[str], bool | None] | None = None
    limit: int = 500
    commits: int = 0
    uploads: dict[str, bytes] = field(default_factory=dict)
    encrypted: bool = False
    silent: bool = False
    port: int = 0
    clock: str = "Mon, 23 Nov 2026 09:00:00 GMT"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def texts(self) -> list[str]:
        """What readers see of what stands there, in order."""
        return [one.get("status") or one.get("record", {}).get("text") or one.get("body", "") for one in self.made.values()]


class _Handler(BaseHTTPRequestHandler):
    social: Social

    def log_message(self, *_: Any) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.social.clock

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def drop(self) -> None:
        self.close_connection = True

    def route(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.raw = self.rfile.read(length)
        self.path_only = unquote(urlsplit(self.path).path)
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.social.seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        if self.social.silent and re.search(r"/context$|/accounts/7/|/messages$|/relations/|[.]get", self.path_only):
            self.answer(502, {"error": "UpstreamFailure", "message": "Upstream service unreachable"})
            return
        for prefix, serve in (("/api/", self.mastodon), ("/xrpc/", self.pds), ("/_matrix/", self.matrix), ("/", self.webhook)):
            if self.path_only.startswith(prefix):
                serve()
                return

    do_GET = do_POST = do_PUT = do_DELETE = route

    def create(self, key: str, name: Callable[[], str], body: dict[str, Any], reply: Callable[[str], Any]) -> None:
        """One thing is made under the key, once; with the fault that is next."""
        social = self.social
        fault = social.faults.pop(0) if social.faults else None
        social.bodies.append(self.raw)
        if fault == "drop before" or (social.hook and social.hook("before")):
            self.drop()
            return
        if isinstance(fault, dict):
            self.answer(401, fault)
            return
        if isinstance(fault, int) and fault != 500:
            older = fault == 429 and EVENT in self.path_only  # a Matrix server of before 1.10 says it in the body alone
            wait = {"Retry_After": "120"} if fault in (429, 503) and not older else {}
            said = {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 119_001} if older else {"error": "as the test says"}
            self.answer(fault, said, **wait, **({"Location": "/elsewhere"} if fault == 302 else {}))
            return
        made = social.keys.get(key) if key else None
        if made and made not in social.made and STATUS in self.path_only:  # what was deleted since
            self.answer(404, {"error": "Record not found"})
            return
        if made is None or (made not in social.made and EVENT not in self.path_only):
            made = name()
            social.made[made] = body
            if key:
                social.keys[key] = made
        if social.hook:
            social.hook("after")
        if fault == "drop after":
            self.drop()
        elif fault == 500:
            self.answer(500, {"error": "it was made all the same"})
        else:
            self.answer(200, reply(made))

    def allowed(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        if self.path_only.startswith("/xrpc/"):
            self.answer(400, {"error": "InvalidToken", "message": "Token could not be verified"})
        else:
            self.answer(401, {"error": "The access token is invalid"})
        return False

    # A webhook.

    def webhook(self) -> None:
        name = self.headers.get("webhook-id", "")
        self.create("", lambda: f"{name} {len(self.social.made)}", json.loads(self.raw), lambda made: {"ok": True})

    # Mastodon.

    def mastodon(self) -> None:
        if self.path_only == "/api/v2/instance":
            self.answer(200, {"configuration": {"statuses": {
                "max_characters": self.social.limit, "characters_reserved_per_url": 23}}})  # fmt: skip
        elif self.allowed():
            self._mastodon()

    def _mastodon(self) -> None:
        rest = self.path_only.removeprefix(STATUS).strip("/").split("/")
        if self.path_only == "/api/v2/media":
            number = str(500 + len(self.social.uploads))
            self.social.uploads[number] = self.raw
            self.answer(202, {"id": number, "url": None})
        elif self.path_only.startswith("/api/v1/media/"):
            known = self.path_only.rpartition("/")[2] in self.social.uploads
            self.answer(200 if known else 404, {"id": "", "url": "https://social.example/x.png"})
        elif self.path_only == STATUS:
            body = json.loads(self.raw)
            if not set(body.get("media_ids", ())) <= set(self.social.uploads) or len(body.get("media_ids", ())) > 4:
                self.answer(422, {"error": "Cannot attach files that have not finished processing. Try again in a moment!"})
                return
            if len(regex.findall(r"\X", re.sub(r"https?://\S+", "x" * 23, body["status"]))) > self.social.limit:
                self.answer(422, {"error": "Validation failed: Text character limit exceeded"})
                return
            self.create(self.headers.get("Idempotency-Key", ""), lambda: str(1000 + len(self.social.bodies)), body, self._status)
        elif self.path_only == "/api/v1/accounts/verify_credentials":
            self.answer(200, {"id": "7", "acct": "me"})
        elif self.path_only == "/api/v1/accounts/7/statuses":
            older = [one for one in reversed(self.social.made) if one < self.query.get("max_id", "~")]
            self.answer(200, [self._status(one) for one in older[: int(self.query.get("limit", "20"))]])
        elif rest[0] not in self.social.made:
            self.answer(404, {"error": "Record not found"})
        elif rest[-1] == "context":
            self.answer(200, {"ancestors": [], "descendants": self.social.answers})
        elif self.command == "DELETE":
            self.answer(200, {"id": rest[0], "deleted": self.social.made.pop(rest[0]) is not None})

    def _status(self, made: str) -> dict[str, Any]:
        text = re.sub(r"(@\w+)@[\w.-]+\w", r"\1", self.social.made[made]["status"])
        content = re.sub(r"https?://(\S+)", r'<a href="https://\1"><span class="invisible">https://</span>\1</a>', text)
        return {"id": made, "url": f"{self.social.url}/@me/{made}", "created_at": "2026-11-23T09:00:00.000Z",
                "content": f"<p>{content}</p>".replace("\n", "<br>")}  # fmt: skip

    # A Bluesky PDS.

    def pds(self) -> None:
        method = self.path_only.rpartition(".")[2]
        if method == "uploadBlob":
            if self.allowed():
                digest = b"\x01\x55\x12\x20" + hashlib.sha256(self.raw).digest()
                name = "b" + base64.b32encode(digest).decode().lower().rstrip("=")
                self.social.uploads[name] = self.raw
                self.answer(200, {"blob": {"$type": "blob", "ref": {"$link": name}, "mimeType": self.headers["Content-Type"],
                                           "size": len(self.raw)}})  # fmt: skip
            return
        body = json.loads(self.raw) if self.raw else {}
        if method == "createSession":
            if body["password"] != TOKEN:
                self.answer(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
                return
            self.answer(200, {"accessJwt": TOKEN, "did": "did:plc:me", "handle": body["identifier"]})
        elif self.allowed():
            getattr(self, f"_{method}")(body)

    def _putRecord(self, body: dict[str, Any]) -> None:
        text = body["record"]["text"]
        if not TID.fullmatch(body["rkey"]):
            self._invalid(f"Invalid record key for app.bsky.feed.post: Invalid TID string (got \"{body['rkey']}\") at $")
        elif (signs := len(regex.findall(r"\X", text))) > 300:
            self._invalid(f"{_RECORD} grapheme too big (maximum 300, got {signs}) at $.record.text")
        elif (size := len(text.encode())) > 3000:
            self._invalid(f"{_RECORD} string too big (maximum 3000, got {size}) at $.record.text")
        elif any(len(tag) > 64 for tag in re.findall(r'"tag":"([^"]*)"', self.raw.decode())):
            self._invalid(f"{_RECORD} grapheme too big (maximum 64) at $.record.facets[0].features[0].tag")
        elif any(one["image"]["ref"]["$link"] not in self.social.uploads
                 for one in body["record"].get("embed", {}).get("images", ())):  # fmt: skip
            self.answer(400, {"error": "BlobNotFound", "message": "Could not find blob"})
        else:
            uri = f"at://did:plc:me/{body['collection']}/{body['rkey']}"
            if self.social.made.get(uri, {}).get("record") != body["record"]:
                self.social.commits += 1
            self.create(uri, lambda: uri, body, lambda made: {"uri": made, "cid": self._cid(made)})

    def _invalid(self, why: str) -> None:
        self.answer(400, {"error": "InvalidRequest", "message": why})

    def _createRecord(self, body: dict[str, Any]) -> None:
        self.answer(500, {"error": "InternalServerError"})  # what an existing key gives; posts never come this way

    def _getRecord(self, _: dict[str, Any]) -> None:
        uri = f"at://did:plc:me/{self.query['collection']}/{self.query['rkey']}"
        if uri in self.social.made:
            self.answer(200, {"uri": uri, "cid": self._cid(uri), "value": self.social.made[uri]["record"]})
        else:
            self.answer(400, {"error": "RecordNotFound", "message": f"Could not locate record: {uri}"})

    def _deleteRecord(self, body: dict[str, Any]) -> None:
        self.social.made.pop(f"at://did:plc:me/{body['collection']}/{body['rkey']}", None)
        self.answer(200, {})

    def _getPostThread(self, _: dict[str, Any]) -> None:
        self.answer(200, {"thread": {"post": {"uri": self.query["uri"]}, "replies": self.social.answers}})

    def _cid(self, uri: str) -> str:
        return "bafy" + hashlib.sha256(json.dumps(self.social.made[uri]["record"]).encode()).hexdigest()[:20]

    # A Matrix server.

    def matrix(self) -> None:
        if not self.allowed():
            return
        if self.path_only == "/_matrix/media/v3/upload":
            self.social.uploads[where := f"mxc://example.org/{len(self.social.uploads)}"] = self.raw
            self.answer(200, {"content_uri": where})
        elif EVENT in self.path_only:
            transaction = self.path_only.rpartition("/")[2]
            self.create(transaction, lambda: f"$event{len(self.social.bodies)}", json.loads(self.raw),
                        lambda made: {"event_id": made})  # fmt: skip
        elif self.path_only.endswith("/whoami"):
            self.answer(200, {"user_id": "@me:example.org", "device_id": "PKM"})
        elif self.path_only.endswith("/state/m.room.encryption"):
            self.answer(200, {"algorithm": "m.megolm"}) if self.social.encrypted else self.answer(404, {"errcode": "M_NOT_FOUND"})
        elif self.path_only.endswith("/joined_rooms"):
            self.answer(200, {"joined_rooms": ["!abc:example.org"]})
        elif "/redact/" in self.path_only:
            self.social.made.pop(self.path_only.split("/")[-2], None)
            self.answer(200, {"event_id": "$redaction"})
        elif "/relations/" in self.path_only:
            self.answer(200, {"chunk": [one for one in self.social.answers if "rel_type" in one["content"]["m.relates_to"]]})
        elif self.path_only.endswith("/messages"):
            back = {made: key for key, made in self.social.keys.items()}
            own = [{"event_id": made, "sender": "@me:example.org", "type": "m.room.message", "content": body,
                    "origin_server_ts": 1795424400000, "unsigned": {"transaction_id": back.get(made, "")}}
                   for made, body in reversed(self.social.made.items())]  # fmt: skip
            start, size = int(self.query.get("from", "0")), int(self.query.get("limit", "10"))
            told = [*self.social.answers, *own]
            more = {"end": str(start + size)} if len(told) > start + size else {}
            self.answer(200, {"chunk": told[start : start + size], "start": str(start), **more})
        else:
            self.answer(404, {"errcode": "M_UNRECOGNIZED"})


@contextlib.contextmanager
def serving() -> Iterator[Social]:
    """The server runs while the block does."""
    social = Social()
    with answering(_Handler, social=social) as social.port:
        yield social


@pytest.fixture
def social() -> Iterator[Social]:
    with serving() as running:
        yield running
