"""Where the tour plays: a throw-away home, a web server on this machine that gives out the samples, child processes.

Knows nothing of the steps and nothing of the terminal: a child writes where this process writes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from socketserver import TCPServer
from string import Template
from types import TracebackType
from typing import Any, Self

from pkm.dates import stamp
from pkm.errors import PkmError

_TYPES = {
    "html": "text/html", "atom": "application/atom+xml", "xml": "application/rss+xml", "json": "application/feed+json",
}  # fmt: skip
_LONG_S = 60
"""How long a question to pkm may take before the tour gives up."""


class Stage:
    """A context: inside it the server runs. The home stays until `clear` is called.

    home: the folder that is PKM_HOME for the commands; url: the server's address, no slash at its end.
    """

    def __init__(self, now: datetime) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="pkm-tour-"))
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._server.pages = _read_samples({"here": self.url, **_ages(now)})
        # Nothing but this machine is asked, whatever proxy or home the environment names.
        proxies = ("http_proxy", "https_proxy", "all_proxy")
        self._environment = {key: value for key, value in os.environ.items() if key.lower() not in proxies}
        self._environment |= {"PKM_HOME": str(self.home), "no_proxy": "*"}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def play(self, words: Sequence[str]) -> int:
        """`pkm WORDS` has run and written to this process's own output; its exit code. It never waits for a key."""
        return subprocess.run(_command(words), env=self._environment, stdin=subprocess.DEVNULL, check=False).returncode

    def ask(self, words: Sequence[str]) -> Any:
        """What `pkm WORDS --json` says. Raises PkmError where that is no JSON."""
        told = subprocess.run(
            _command([*words, "--json"]), env=self._environment, stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", errors="replace", timeout=_LONG_S, check=False,
        )  # fmt: skip
        try:
            return json.loads(told.stdout)
        except ValueError:
            first = (told.stderr.strip().splitlines() or [f"exit code {told.returncode}"])[0]
            raise PkmError(f"pkm {' '.join(words)} --json", first) from None

    def find_id(self, words: Sequence[str], title: str) -> str | None:
        """The id of the first row that `pkm WORDS` lists whose title begins so; None where there is none."""
        rows = self.ask(words)
        return next((str(row["id"]) for row in rows if str(row["title"]).startswith(title)), None)

    def find_digest(self) -> Path | None:
        """The page of the digest that the commands published; None where there is none."""
        return next(iter(sorted((self.home / "site").glob("[0-9]*/*/index.html"))), None)

    def clear(self) -> None:
        """The home is gone."""
        shutil.rmtree(self.home, ignore_errors=True)


def _command(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pkm", *words]


# The samples


def _ages(now: datetime) -> dict[str, str]:
    """at3 and on3: the instant three days before now, as RFC 3339 and as RFC 822; for 1 to 30 days."""
    ages: dict[str, str] = {}
    for days in range(1, 31):
        at = now - timedelta(days=days, minutes=37 * days)
        ages |= {f"at{days}": stamp(at), f"on{days}": format_datetime(at)}
    return ages


def _read_samples(known: Mapping[str, str]) -> dict[str, tuple[str, bytes]]:
    """Path on the server to media type and body; a folder's index.html stands under the folder's own path."""
    pages: dict[str, tuple[str, bytes]] = {}
    for folder in files("pkm.whole").joinpath("samples").iterdir():
        for file in _files_in(folder):
            kind = _TYPES.get(file.name.rpartition(".")[2], "text/plain")
            body = Template(file.read_text(encoding="utf-8")).safe_substitute(known).encode()
            name = "" if file.name == "index.html" else file.name
            pages[f"/{folder.name}/{name}"] = (f"{kind}; charset=utf-8", body)
    return pages


def _files_in(folder: Traversable) -> list[Traversable]:
    return [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pages: Mapping[str, tuple[str, bytes]]

    def server_bind(self) -> None:
        """Binds without asking the network for this machine's name, which http.server does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no matter for the terminal."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """The tour's output is that of its commands."""

    def do_GET(self) -> None:
        """Gives a sample; an article's path gives the page of its folder, which lists it."""
        path = self.path.partition("?")[0]
        folder = "/".join(path.split("/")[:2]) + "/"
        found = self.server.pages.get(path)
        if found is None and "." not in path:
            found = self.server.pages.get(folder)
        kind, body = found or ("text/plain; charset=utf-8", b"There is no such page in the tour.\n")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET
