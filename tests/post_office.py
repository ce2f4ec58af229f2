"""A post office of real parts on 127.0.0.1 for tests: Dovecot keeps what comes for anybody, OpenSMTPD takes it and hands it on.

    office.imap("me@example.org")        # imap://me%40example.org@127.0.0.1:PORT/INBOX; the password is SECRET
    office.smtp                          # smtp://127.0.0.1:PORT, by OpenSMTPD
    office.bring("ann@example.org", b"From: …")     # put into her mailbox, past all of that
    office.letters("ann@example.org")    # what is in it, as bytes

    apt-get install dovecot-imapd dovecot-lmtpd opensmtpd

Dovecot runs as an ordinary user, nobody where the tests are root's. OpenSMTPD can only be started by root; one that runs on
the machine already is in its way. Tests skip with the reason where one is missing.
"""

import contextlib
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

SECRET = "s3cret"
_WAIT_S = 20.0

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_username_format = %Lu
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={secret}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""

_SMTPD = """
listen on 127.0.0.1 port {smtp}
table anyone {{ "@" = {user} }}
action "bring" lmtp "127.0.0.1:{lmtp}" rcpt-to virtual <anyone>
match from any for any action "bring"
"""


@dataclass
class PostOffice:
    """Where it is. start_smtpd: called when OpenSMTPD is first wanted."""

    folder: Path
    imap_port: int
    lmtp_port: int
    start_smtpd: Callable[[], int]

    @property
    def smtp(self) -> str:
        """The address of OpenSMTPD."""
        return f"smtp://127.0.0.1:{self.start_smtpd()}"

    def imap(self, address: str, folder: str = "INBOX") -> str:
        return f"imap://{quote(address, safe='')}@127.0.0.1:{self.imap_port}/{folder}"

    def bring(self, address: str, *letters: bytes) -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as dovecot:
            for letter in letters:
                dovecot.sendmail("sender@example.org", [address], letter)

    def letters(self, address: str, at_least: int = 0) -> list[bytes]:
        """What lies in the mailbox, as soon as there are so many."""
        inbox = self.folder / "mail" / address
        until = time.monotonic() + _WAIT_S
        while True:
            found = [path for part in ("new", "cur") for path in sorted((inbox / part).glob("*"))]
            if len(found) >= at_least or time.monotonic() > until:
                return [path.read_bytes() for path in found]
            time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    pytest.skip(f"it does not start: {log.read_text()[-300:] if log.exists() else process.returncode}")


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install dovecot-imapd dovecot-lmtpd opensmtpd")
    return found


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    dovecot = _program("dovecot")
    import grp
    import pwd

    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    group = grp.getgrgid(owner.pw_gid).gr_name
    with tempfile.TemporaryDirectory(prefix="pkm-post-", dir="/tmp") as name, contextlib.ExitStack() as open_until:
        folder = Path(name)
        imap, lmtp = free_port(), free_port()
        config = folder / "dovecot.conf"
        config.write_text(_DOVECOT.format(
            folder=folder, user=owner.pw_name, group=group, uid=owner.pw_uid, gid=owner.pw_gid, imap=imap, lmtp=lmtp,
            secret=SECRET,
        ))  # fmt: skip
        for part in ("run", "state", "mail"):
            (folder / part).mkdir()
        as_owner = {}
        if os.getuid() == 0:
            as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            for path in (folder, *folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        process = subprocess.Popen([dovecot, "-F", "-c", str(config)], stderr=subprocess.DEVNULL, **as_owner)  # type: ignore[call-overload]
        open_until.callback(_end, process)
        _wait_for(imap, process, folder / "dovecot.log")
        _wait_for(lmtp, process, folder / "dovecot.log")
        ports: list[int] = []

        def start_smtpd() -> int:
            if not ports:
                smtpd = _program("smtpd")
                if os.getuid():
                    pytest.skip("OpenSMTPD can only be started by root")
                port = free_port()
                (folder / "smtpd.conf").write_text(_SMTPD.format(smtp=port, user=owner.pw_name, lmtp=lmtp))
                log = folder / "smtpd.log"
                with log.open("wb") as said:
                    running = subprocess.Popen([smtpd, "-d", "-f", str(folder / "smtpd.conf")], stdout=said, stderr=said)
                open_until.callback(_end, running)
                _wait_for(port, running, log)
                ports.append(port)
            return ports[0]

        yield PostOffice(folder, imap, lmtp, start_smtpd)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
        return
    process.kill()
    process.wait()
