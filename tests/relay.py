"""A relay in front of a real server on 127.0.0.1: what passes is kept as it came, and the way there or back can break.

    relay.breaks = ["before", None, "after"]    # one for each creating request: it never gets there, passes, its answer is lost
    relay.hook = kill                           # called with "before" and "after"; True breaks the way at that moment
    relay.bodies                                # the bodies of creating requests, as they came
"""

import contextlib
import http.client
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.server import answering

_OWN = ("connection", "transfer-encoding", "content-length", "keep-alive")


@dataclass
class Relay:
    """Passes requests on to `target`, a port of this machine. creates: those that make something, as "POST /path"."""

    target: int
    creates: re.Pattern[str]
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    breaks: list[str | None] = field(default_factory=list)
    hook: Callable[[str], bool] | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """For the next test."""
        self.bodies.clear()
        self.headers.clear()
        self.breaks.clear()
        self.hook = None


class _Handler(BaseHTTPRequestHandler):
    relay: Relay

    def log_message(self, *_: Any) -> None:
        pass

    def handle_one(self) -> None:
        relay, self.close_connection = self.relay, True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        creates = bool(relay.creates.match(f"{self.command} {self.path}"))
        fault = None
        if creates:
            relay.bodies.append(body)
            relay.headers.append({name.lower(): value for name, value in self.headers.items()})
            fault = relay.breaks.pop(0) if relay.breaks else None
            if fault == "before" or (relay.hook and relay.hook("before")):
                return
        status, headers, answer = self.passed(body)
        if creates and (fault == "after" or (relay.hook and relay.hook("after"))):
            return
        self.send_response_only(status)
        for name, value in [*headers, ("Content-Length", str(len(answer))), ("Connection", "close")]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def passed(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        beyond = http.client.HTTPConnection("127.0.0.1", self.relay.target, timeout=60)
        try:
            given = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
            beyond.request(self.command, self.path, body or None, given)
            reply = beyond.getresponse()
            data = reply.read()
            return reply.status, [one for one in reply.getheaders() if one[0].lower() not in _OWN], data
        finally:
            beyond.close()

    do_GET = do_POST = do_PUT = do_DELETE = handle_one


@contextlib.contextmanager
def relaying(target: int, creates: str) -> Iterator[Relay]:
    """The relay runs while the block does."""
    relay = Relay(target, re.compile(creates))
    with answering(_Handler, relay=relay) as relay.port:
        yield relay
