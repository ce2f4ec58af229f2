"""A mail server that takes letters, one recipient at a time: what it answered, and whether it may have taken one.

Only the server's own answer makes a letter `sent` or `refused`. Once its text began to leave, silence is `unknown`: RFC 1047
tells how a letter that was sent again then comes twice. Sources: RFC 5321 (4.2.1 replies, 4.5.2 dots, 4.5.3.2 times), RFC
6531 (addresses beyond ASCII), RFC 8314 (TLS). Knows no store, and repeats no secret.
"""

import base64
import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pkm.channels.way import Outcome
from pkm.errors import Invalid, Unreachable
from pkm.secret import hide, is_loopback
from pkm.text import one_line

CONNECT_S, ANSWER_S = 10.0, 60.0
TAKEN_S = 300.0
"""How long the answer to a whole letter is waited for: most of what is called lost is only late."""

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed in; smtps: TLS from the first byte."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def read_address(address: str) -> Server:
    """The server of an address such as smtp://mail.example.org:587. Raises Invalid; a password in it is not repeated."""
    wanted = Invalid("the address of the mail server", "it should be smtp://HOST:PORT or smtps://HOST:PORT, nothing more",
                     next="pkm share channel add mail smtp://mail.example.org:587 --from ADDRESS")  # fmt: skip
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise wanted from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise wanted
    if parts.username is not None:
        raise Invalid("the address of the mail server", "name and password do not belong into it",
                      next="name who logs in with --login, and where the password is with --password-env")  # fmt: skip
    if one_line(parts.hostname) != parts.hostname or " " in parts.hostname or port == 0:
        raise wanted
    return Server(parts.scheme, parts.hostname, port or PORTS[parts.scheme])


class Mailer:
    """A connection that letters go through, made when it is entered.

    login: who logs in with the secret; "": nobody. Raises Unreachable where the server cannot be used; nothing was sent then.
    """

    def __init__(self, server: Server, login: str = "", secret: str = "") -> None:
        self.server = server
        self._login, self._secret = login, secret
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Mailer":
        self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                _wait(self._smtp, 2.0)  # what counts has been answered
                self._smtp.quit()
            self._cut()

    def send(self, sender: str, recipient: str, letter: bytes, copy: bool = False) -> Outcome:
        """The letter was handed in for the recipient, byte for byte, or not.

        letter: with CRLF at the end of every line. copy: the sender gets it as well, handed in together with the
        recipient's, where the server takes it for them. A connection that broke before is made anew first.
        """
        try:
            if self._smtp is None:
                self._connect()
            refused = self._announce(sender, recipient, copy and recipient.casefold() != sender.casefold())
        except Unreachable as error:
            return Outcome("waiting", error.why)
        except (OSError, smtplib.SMTPException):
            self._cut()
            return Outcome("waiting", "the connection broke before the letter left")
        return refused or self._hand_in(letter)

    def _announce(self, sender: str, recipient: str, copy: bool) -> Outcome | None:
        """The server is ready for the letter's text; the outcome where it is not."""
        smtp = self._open()
        options = []
        if not (sender + recipient).isascii():
            if not smtp.has_extn("smtputf8"):
                return Outcome("refused", "the server takes no address with letters beyond a to z")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        smtp.command_encoding = "utf-8" if options else "ascii"
        code, said = smtp.mail(sender, options)
        if code == 250:
            code, said = smtp.rcpt(recipient)
        if code in (250, 251):
            if copy:
                smtp.rcpt(sender)  # whatever comes of it: the letter is the recipient's
            code, said = smtp.docmd("DATA")
            if code == 354:
                return None
        if code == 421:
            self._cut()
        else:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.rset()
        return _refusal(code, said)

    def _hand_in(self, letter: bytes) -> Outcome:
        smtp = self._open()
        try:
            _wait(smtp, TAKEN_S)
            smtp.send(_with_dots(letter))
            code, said = smtp.getreply()
            _wait(smtp, ANSWER_S)
        except (OSError, smtplib.SMTPException) as error:
            self._cut()
            late = isinstance(error, TimeoutError)
            why = f"no answer within {TAKEN_S:g} s" if late else "the connection broke"
            return Outcome("unknown", f"{why} after the letter had begun to leave")
        except BaseException:
            self._cut()
            raise
        if 200 <= code < 300:
            return Outcome("sent")
        if 400 <= code < 600:
            return _refusal(code, said)
        self._cut()
        return Outcome("unknown", "the server's answer to the letter cannot be read")

    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected
        return self._smtp

    def _connect(self) -> None:
        with _explained(self.server):
            where = self.server.host, self.server.port
            # A name of this machine is nobody's business, and looking for one can take long.
            if self.server.scheme == "smtps":
                self._smtp = smtplib.SMTP_SSL(*where, "localhost", timeout=CONNECT_S, context=ssl.create_default_context())
            else:
                self._smtp = smtplib.SMTP(*where, "localhost", timeout=CONNECT_S)
            try:
                self._greet(self._smtp)
            except BaseException:
                self._cut()
                raise

    def _greet(self, smtp: smtplib.SMTP) -> None:
        _wait(smtp, ANSWER_S)
        smtp.ehlo_or_helo_if_needed()
        if self.server.scheme == "smtp":
            if smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            elif smtp.sock is None or not is_loopback(str(smtp.sock.getpeername()[0])):
                raise Unreachable(str(self.server), "the server offers no TLS; letters are not sent in the open",
                                  next="try smtps:// and its port, often 465")  # fmt: skip
        if self._login:
            self._log_in(smtp)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        ways = smtp.esmtp_features.get("auth", "").upper().split()
        if not smtp.has_extn("auth"):
            raise Unreachable(str(self.server), "the server asks for no login; take it out of the channel")
        try:
            if "PLAIN" in ways:  # smtplib's own takes ASCII alone
                packed = base64.b64encode(f"\0{self._login}\0{self._secret}".encode()).decode()
                accepted = smtp.docmd("AUTH", f"PLAIN {packed}")[0] == 235
            else:
                smtp.login(self._login, self._secret)
                accepted = True
        except UnicodeEncodeError:
            raise Unreachable(str(self.server), "the server takes no password with letters beyond a to z") from None
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException:  # its words may repeat what was sent
            accepted = False
        if not accepted:
            raise Unreachable(str(self.server), f"the server does not let {self._login} in: the name or the password",
                              next="see that the secret is right where the channel looks for it")  # fmt: skip

    def _cut(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.close()
        self._smtp = None


def _with_dots(letter: bytes) -> bytes:
    """The letter as it goes over the wire: a line's first dot doubled, a dot alone at the end (RFC 5321, 4.5.2)."""
    doubled = letter.replace(b"\r\n.", b"\r\n..")
    return (b"." if doubled.startswith(b".") else b"") + doubled + (b"" if doubled.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _refusal(code: int, said: bytes) -> Outcome:
    """A definite no: for now (4yz), or for good."""
    state = "waiting" if 400 <= code < 500 else "refused"
    return Outcome(state, _words(code, said))


def _words(code: int, said: bytes) -> str:
    return one_line(hide(f"{code} {said.decode('utf-8', 'replace')}"), 200)


def _wait(smtp: smtplib.SMTP, seconds: float) -> None:
    """From now on an answer is waited for that long."""
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


@contextlib.contextmanager
def _explained(server: Server) -> Iterator[None]:
    """What keeps a connection from being made, in plain words. Nothing was sent."""
    try:
        yield
    except Unreachable:
        raise
    except socket.gaierror as error:
        raise Unreachable(str(server), "no such host, or no network") from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(str(server), f"its certificate is not to be trusted: {one_line(error.verify_message)}") from error
    except ssl.SSLError as error:
        raise Unreachable(str(server), "no secure connection can be made with it") from error
    except TimeoutError as error:
        raise Unreachable(str(server), "no answer in time") from error
    except ConnectionRefusedError as error:
        raise Unreachable(str(server), "connection refused") from error
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        why = getattr(error, "strerror", None) or "it was closed"
        raise Unreachable(str(server), f"the connection broke: {one_line(str(why))}") from error
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        raise Unreachable(str(server), f"the mail server does not want to talk: {_words(error.smtp_code, said)}") from error
    except smtplib.SMTPException as error:
        raise Unreachable(str(server), "the server's answer is no SMTP that can be read") from error
