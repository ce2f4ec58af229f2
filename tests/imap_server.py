"""A small real IMAP server on 127.0.0.1 for tests: enough of RFC 3501 to read a folder, and it remembers what was asked.

    server.folders["Newsletters"] = Folder([b"From: …"])
    imap://ann@127.0.0.1:PORT/Newsletters

Letters are (UID, bytes). Nothing can be changed: what is no reading is answered BAD.
"""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from pkm.dates import now


@dataclass
class Folder:
    """Letters by UID; `validity` changes where a server numbers anew. `came`: the day of those that were added, by PKM_NOW."""

    letters: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    came: dict[int, date] = field(default_factory=dict)

    def add(self, *letters: bytes) -> None:
        for letter in letters:
            number = max(self.letters, default=0) + 1
            self.letters[number], self.came[number] = letter, now().date()


class ImapServer(socketserver.ThreadingTCPServer):
    """`commands`: every line that was received, without its tag, those under TLS with a lock before them.

    `certificate`: what it has for TLS; `starttls`: whether it begins without and offers it.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.folders: dict[str, Folder] = {}
        self.password = "s3cret"
        self.commands: list[str] = []
        self.huge_literal = False
        self.silent_at = ""
        self.certificate: Path | None = None
        self.starttls = False

    @property
    def url(self) -> str:
        return f"imap://ann@127.0.0.1:{self.server_address[1]}"


class _Connection(socketserver.StreamRequestHandler):
    server: ImapServer

    def handle(self) -> None:
        self.folder = Folder()
        self.lock = ""
        if self.server.certificate and not self.server.starttls:
            self._secure()
        self._say("* OK ready")
        while line := self.rfile.readline(100_000):
            tag, _, command = line.decode("latin-1").strip().partition(" ")
            self.server.commands.append(self.lock + command)
            word = command.split(" ")[0].upper()
            if self.server.silent_at and command.startswith(self.server.silent_at):
                return
            if word == "UID":
                word = "UID " + command.split(" ")[1].upper()
            answer = getattr(self, "do_" + word.lower().replace(" ", "_"), None)
            self._say(f"{tag} {answer(command) if answer else 'BAD unknown'} (done)")
            if word == "LOGOUT":
                return
            if word == "STARTTLS":
                self._secure()

    def _secure(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate)
        try:
            secured = context.wrap_socket(self.connection, server_side=True)
        except OSError:  # a client that does not trust it
            return
        self.rfile, self.wfile, self.lock = secured.makefile("rb"), secured.makefile("wb", 0), "🔒"

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode("latin-1") + b"\r\n")

    def do_capability(self, command: str) -> str:
        offer = " STARTTLS LOGINDISABLED" if self.server.starttls and not self.lock else ""
        self._say(f"* CAPABILITY IMAP4rev1 AUTH=PLAIN{offer}")
        return "OK"

    def do_starttls(self, command: str) -> str:
        return "OK"

    def do_login(self, command: str) -> str:
        given = re.findall(r'"([^"]*)"|(\S+)', command.partition(" ")[2])
        words = [quoted or bare for quoted, bare in given]
        return "OK" if words == ["ann", self.server.password] else f"NO not {words}"

    def do_examine(self, command: str) -> str:
        name = command.partition(" ")[2].strip('"')
        if name not in self.server.folders:
            return "NO no such folder"
        self.folder = self.server.folders[name]
        following = max(self.folder.letters, default=0) + 1
        self._say(f"* {len(self.folder.letters)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.folder.validity}] .")
        self._say(f"* OK [UIDNEXT {following}] .")
        return "OK [READ-ONLY]"

    def do_uid_fetch(self, command: str) -> str:
        _, _, chosen, what = command.split(" ", 3)
        for place, (uid, letter) in enumerate(sorted(self.folder.letters.items()), 1):
            if not self._is_chosen(uid, chosen):
                continue
            if "HEADER" in what:
                data, name = self._headers(letter, what), "BODY[HEADER.FIELDS]"
            elif "BODY" in what:
                data, name = letter, "BODY[]<0>"
            else:
                self._say(f"* {place} FETCH (UID {uid})")
                continue
            size = 10**12 if self.server.huge_literal else len(data)
            self.wfile.write(f"* {place} FETCH (UID {uid} {name} {{{size}}}\r\n".encode() + data + b")\r\n")
        return "OK"

    def do_uid_search(self, command: str) -> str:
        asked = re.search(r'HEADER Message-ID "([^"]*)"', command)
        found = [uid for uid, letter in self.folder.letters.items() if not asked or asked[1].encode() in letter]
        if since := re.search(r"SINCE (\S+)", command):
            day = datetime.strptime(since[1], "%d-%b-%Y").date()
            found = [uid for uid in found if self.folder.came.get(uid, day) >= day]
        self._say(f"* SEARCH {' '.join(map(str, sorted(found)))}".rstrip())
        return "OK"

    def do_list(self, command: str) -> str:
        for name in self.server.folders:
            self._say(f'* LIST (\\HasNoChildren) "/" "{name}"')
        return "OK"

    def _is_chosen(self, uid: int, chosen: str) -> bool:
        last = max(self.folder.letters)
        for part in chosen.split(","):
            first, _, end = part.partition(":")
            upto = last if end == "*" else int(end or first)
            if min(int(first), upto) <= uid <= max(int(first), upto):
                return True
        return False

    @staticmethod
    def _headers(letter: bytes, what: str) -> bytes:
        wanted = [name.lower() for name in re.findall(r"\(([^()]*)\)\]", what)[0].split()]
        lines = letter.split(b"\r\n\r\n")[0].split(b"\r\n")
        kept = [line for line in lines if line.split(b":")[0].decode("latin-1").lower() in wanted]
        return b"\r\n".join([*kept, b"", b""])

    def do_logout(self, command: str) -> str:
        self._say("* BYE")
        return "OK"


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
