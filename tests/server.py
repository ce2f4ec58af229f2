"""A real web server on 127.0.0.1 for tests: it gives what it is told to give, and remembers what it was asked.

    server.add("/feed.xml", xml, content_type="application/rss+xml", etag='"1"')
    server.add("/old", redirect_to="/feed.xml", status=301)
    server.script("/flaky", [Answer(status=503, headers={"Retry-After": "60"}), Answer(xml)])
    server.serve_folder(shared / "feeds", {"a.xml": "application/xml"})
    fetch(server.url + "/feed.xml"); server.hits("/feed.xml")

A path that nothing was added for is answered 404. ETag and Last-Modified are honored (304).
"""

import contextlib
import gzip as gzip_module
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest


@dataclass(frozen=True)
class Answer:
    """What one request gets. `cut_at`: the body stops after so many bytes though more were promised."""

    body: bytes | str = b""
    content_type: str | None = "application/xml"
    status: int = 200
    etag: str | None = None
    modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0
    drip_s: float = 0  # seconds between two bytes of the body
    header_drip_s: float = 0  # seconds between two header lines that never end
    gzip: bool = False
    deflate: bool = False
    cut_at: int | None = None
    redirect_to: str | None = None

    def packed(self) -> bytes:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        if self.gzip:
            return gzip_module.compress(body)
        return zlib.compress(body) if self.deflate else body


@dataclass(frozen=True)
class Request:
    """What was asked: header names in lower case; `path` with its query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "_Server"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Request(self.command, self.path, headers, self.rfile.read(size) if size else b"")
        answer = self.server.feeds.take(asked)
        try:
            self._give(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def _give(self, answer: Answer) -> None:
        time.sleep(answer.delay_s)
        if self._unchanged(answer):
            answer = replace(answer, status=304, body=b"", content_type=None)
        body = answer.packed()
        if any(name.lower() == "date" for name in answer.headers):
            self.send_response_only(answer.status)  # send_response would write the real date beside it
        else:
            self.send_response(answer.status)
        for name, value in self._headers(answer, len(body)).items():
            self.send_header(name, value)
        if answer.header_drip_s:
            self._drip_headers(answer.header_drip_s)
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self._send(body, answer)

    def _unchanged(self, answer: Answer) -> bool:
        etag, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if answer.status != 200:
            return False
        if answer.etag and etag is not None:
            return etag == answer.etag
        return bool(answer.modified) and since == answer.modified

    def _headers(self, answer: Answer, size: int) -> dict[str, str]:
        headers = {} if answer.status == 304 else {"Content-Length": str(size)}
        if answer.content_type:
            headers["Content-Type"] = answer.content_type
        if answer.etag:
            headers["ETag"] = answer.etag
        if answer.modified:
            headers["Last-Modified"] = answer.modified
        if answer.redirect_to is not None:
            headers["Location"] = answer.redirect_to
        if answer.gzip or answer.deflate:
            headers["Content-Encoding"] = "gzip" if answer.gzip else "deflate"
        return {**headers, **answer.headers}

    def _drip_headers(self, pause_s: float) -> None:
        for number in range(1000):
            self.send_header(f"X-Drip-{number}", "1")
            self.flush_headers()
            self.wfile.flush()
            time.sleep(pause_s)

    def _send(self, body: bytes, answer: Answer) -> None:
        if answer.cut_at is not None:
            body, self.close_connection = body[: answer.cut_at], True
        if not answer.drip_s:
            self.wfile.write(body)
            return
        for number in range(len(body)):
            self.wfile.write(body[number : number + 1])
            self.wfile.flush()
            time.sleep(answer.drip_s)


class Quiet(ThreadingHTTPServer):
    """A client that hangs up, or is killed, is part of the tests, and no error of it."""

    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing."""


class _Server(Quiet):
    feeds: "FeedServer"


@contextlib.contextmanager
def answering(handler: type[BaseHTTPRequestHandler], **known: object) -> Iterator[int]:
    """A server runs while the block does; its port. known: what its handler has beside what its class says."""
    httpd = Quiet(("127.0.0.1", 0), type("Handler", (handler,), known))
    threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield httpd.server_port
    finally:
        httpd.shutdown()
        httpd.server_close()


class FeedServer:
    """The server: `url` has no slash at its end; `requests` is the log, oldest first."""

    def __init__(self, certificate: Path | None = None, host: str = "127.0.0.1") -> None:
        """certificate: a PEM file with its key; the server speaks https with it. host: another 127.x.y.z."""
        self._server = _Server((host, 0), _Handler)
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.feeds = self
        self._lock = threading.Lock()
        self._answers: dict[str, list[Answer]] = {}
        self._folder: tuple[Path, Mapping[str, str]] | None = None
        self.requests: list[Request] = []
        self.port = self._server.server_port
        self.url = f"{'https' if certificate else 'http'}://{host}:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def add(self, path: str, body: bytes | str = b"", **options: Any) -> str:
        """The path is answered so from now on; its URL is returned. Options: Answer's fields."""
        if "redirect_to" in options:
            options.setdefault("status", 302)
        self.script(path, [Answer(body, **options)])
        return self.url + path

    def script(self, path: str, answers: Sequence[Answer]) -> str:
        """The path is answered by these in turn; the last one stays. Its URL is returned."""
        with self._lock:
            self._answers[path] = list(answers)
        return self.url + path

    def serve_folder(self, folder: Path, types: Mapping[str, str]) -> None:
        """Every file of the folder is given under /name, as types[name] (application/xml where it is not named)."""
        self._folder = (folder, types)

    def forget(self) -> None:
        """No path is answered, and nothing was asked."""
        with self._lock:
            self._answers, self._folder, self.requests = {}, None, []

    def take(self, request: Request) -> Answer:
        """The answer to a request, which is logged. A path with a query falls back to the path without."""
        with self._lock:
            self.requests.append(request)
            answers = self._answers.get(request.path) or self._answers.get(request.path.split("?")[0])
            if answers:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return self._from_folder(request.path.split("?")[0].lstrip("/"))

    def _from_folder(self, name: str) -> Answer:
        if self._folder and "/" not in name and (self._folder[0] / name).is_file():
            return Answer((self._folder[0] / name).read_bytes(), self._folder[1].get(name) or "application/xml")
        return Answer("not here", "text/plain", 404)

    def hits(self, path: str) -> int:
        """How often the path was asked for."""
        return sum(request.path == path for request in self.requests)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


@pytest.fixture(scope="session")
def one_server() -> Iterator[FeedServer]:
    """The server of a whole run; `server` is what tests use."""
    with FeedServer() as running:
        yield running


@pytest.fixture
def server(one_server: FeedServer) -> FeedServer:
    """A FeedServer on 127.0.0.1 that was told and asked nothing yet; its address is the same in every test."""
    one_server.forget()
    return one_server
