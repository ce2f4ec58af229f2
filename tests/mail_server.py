"""A real SMTP server on 127.0.0.1 for tests (aiosmtpd): it keeps what it takes, and fails where it is told to.

    server.refuse["eve@example.org"] = "550 no such user"
    server.drop_after_data = True        # takes the letter and hangs up without a word
    server.letters                       # [(recipient, bytes as they came)]
"""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

aiosmtpd = pytest.importorskip("aiosmtpd", reason="aiosmtpd is not installed: pip install -e '.[test]'")
from aiosmtpd.controller import Controller, UnthreadedController  # noqa: E402,F401
from aiosmtpd.smtp import SMTP, AuthResult  # noqa: E402

LOOPBACK = Path(__file__).parent / "data" / "loopback.pem"


@dataclass
class MailServer:
    """What it took, in order, and how it answers.

    on_data: called with "before" and "after" a letter is kept; it is not kept where the first call says True.
    """

    letters: list[tuple[str, bytes]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = "250 kept"
    drop_after_data: bool = False
    users: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    on_data: Any = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[bytes]:
        """The letters that came for that address."""
        return [letter for recipient, letter in self.letters if recipient == address]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.on_data is not None and self.on_data("before"):
            return "451 not kept"
        if self.answer.startswith("250"):
            self.letters += [(recipient, envelope.original_content) for recipient in envelope.rcpt_tos]
        if self.on_data is not None:
            self.on_data("after")
        if self.drop_after_data:
            server.transport.abort()
        return self.answer

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        name, password = data.login.decode(), data.password.decode()
        return AuthResult(success=self.users.get(name) == password, handled=self.users.get(name) == password)


class _Controller(Controller):
    def __init__(self, server: MailServer, **options: Any) -> None:
        self.options = options
        super().__init__(server, hostname="127.0.0.1", port=0, server_hostname="loopback", **(
            {"ssl_context": options["outer"]} if options.get("outer") else {}
        ))

    def factory(self) -> SMTP:
        login = {"authenticator": self.handler.authenticate, "auth_require_tls": False} if self.handler.users else {}
        return SMTP(
            self.handler, hostname="loopback", tls_context=self.options.get("inner"), data_size_limit=10_000_000,
            enable_SMTPUTF8=self.options.get("utf8", True), **login,
        )

    def _trigger_server(self) -> None:
        """The port is known only when the server is there."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def tls_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(LOOPBACK)
    return context


def serve(server: MailServer, **options: Any) -> Controller:
    """The server runs until its stop() is called. outer: TLS from the start; inner: STARTTLS."""
    controller = _Controller(server, **options)
    controller.start()
    server.port = controller.port
    return controller


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    controller = serve(server)
    yield server
    controller.stop()
