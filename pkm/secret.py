"""Secrets: where one is (that alone is stored), and what it is.

A place is `env:NAME`, `command:WORDS`, `file:PATH` or `keyring:SERVICE NAME`. The secret is read when it is used and lives
no longer than the run; it stands in no message, no log and on no command line, also where a server repeats it. Knows no store
and no network.
"""

import base64
import binascii
import contextlib
import html
import json
import os
import re
import shlex
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from pkm.errors import BadInput, Invalid, NotFound, Refused
from pkm.text import one_line

COMMAND_S = 10.0
"""How long a command may take to give its secret."""

MAX_BYTES = 16_384

HIDDEN = "•••"
"""What stands where a secret stood."""

_SHORTEST, _CUT = 4, 8
"""Fewer letters are no secret that could be told from a word; how many of its first ones are, where a server cuts it off."""

_told: list[str] = []
"""What this run was given as secrets, so that nothing that others say of them is passed on."""

PLACES = "env:NAME, command:pass show feeds/x, file:/path, or keyring:SERVICE NAME"


def check_place(place: str) -> str:
    """The place as it is stored. Raises Invalid where it is none, and never repeats it: it may be the secret itself."""
    kind, colon, rest = one_line(place).partition(":")
    rest = rest.strip()
    if not colon or not rest or kind not in ("env", "command", "file", "keyring"):
        why = f"it says where the secret is, not what it is: {PLACES}"
        raise Invalid("--credential", why, next="put the secret into a file of mode 600: --credential file:~/secret")
    if kind == "env" and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", rest):
        raise Invalid("--credential env:", "no variable of the environment can have that name")
    if kind == "command":
        _words(rest)
    if kind == "keyring" and len(rest.split(" ")) != 2:
        raise Invalid("--credential keyring:", "a service and a name are wanted: keyring:mail ann@example.org")
    if kind == "file":
        rest = str(Path(rest).expanduser().absolute())
        _read_file(rest)
    return f"{kind}:{rest}"


def read_secret(place: str, forms: str = "the secret alone, on its first line") -> str:
    """The secret at the place: the first line that is not empty. forms: what it should look like, for the error.

    Raises NotFound, Refused (others could read the file), Invalid or BadInput, naming the place alone.
    """
    kind, _, rest = place.partition(":")
    read = {
        "env": _read_environment, "command": _run_command, "file": _read_file, "keyring": _ask_keyring,
    }.get(kind)  # fmt: skip
    if read is None:
        raise Invalid("its credential", f"it should be at one of {PLACES}")
    lines = [line.strip() for line in read(rest).splitlines() if line.strip()]
    if not lines:
        raise BadInput(_named(place), "it gives no secret", next=f"it should give {forms}")
    return remember(lines[0])


def remember(secret: str) -> str:
    """The secret itself; from now on hide() knows it."""
    if len(secret) >= _SHORTEST and secret not in _told:
        _told.append(secret)
    return secret


def hide(text: str) -> str:
    """The text without the secrets of this run, however they are written: plain, cut off, escaped, in base64 with a name."""
    for secret in _told:
        forms = {
            secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret), json.dumps(secret)[1:-1],
            secret.encode().hex(),
        }  # fmt: skip
        for form in sorted(forms, key=len, reverse=True):
            text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
        for length in range(len(secret) - 1, _CUT - 1, -1):
            text = text.replace(secret[:length], HIDDEN)
    if _told:
        text = re.sub(r"[\w+/-]{6,}={0,2}", lambda found: HIDDEN if _packs(found[0]) else found[0], text, flags=re.ASCII)
    return text


def _packs(word: str) -> bool:
    """Whether a word is base64 of something with a secret in it."""
    return any(secret.encode() in data for data in _unpacked(word) for secret in _told)


def _unpacked(word: str) -> Iterator[bytes]:
    plain = word.rstrip("=").translate(str.maketrans("-_", "+/"))
    with contextlib.suppress(binascii.Error, ValueError):
        yield base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + "=" * (-len(plain) % 4))


def _named(place: str) -> str:
    return f"the credential at {one_line(place, 80)}"


def _read_environment(name: str) -> str:
    secret = os.environ.get(name)
    if secret is None:
        raise NotFound(_named(f"env:{name}"), f"the environment has no {name}", next=f"export {name}=…")
    return secret


def _read_file(path: str) -> str:
    """The text of a plain file that only its owner, who is this person, can read."""
    try:
        file = os.open(os.path.expanduser(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise NotFound(_named(f"file:{path}"), f"it cannot be read: {error.strerror or error}") from None
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Refused(_named(f"file:{path}"), "it is no plain file")
        if status.st_uid != os.getuid():
            raise Refused(_named(f"file:{path}"), "the file belongs to another user of this machine")
        if status.st_mode & 0o077:
            why = f"others on this machine could read it ({stat.S_IMODE(status.st_mode):o}): chmod 600 {shlex.quote(path)}"
            raise Refused(_named(f"file:{path}"), why, next=f"chmod 600 {shlex.quote(path)}")
        return os.read(file, MAX_BYTES).decode("utf-8", "replace")
    finally:
        os.close(file)


def _ask_keyring(service_and_name: str) -> str:
    """What the system's keyring holds, where the library that asks it is installed."""
    what = _named(f"keyring:{service_and_name}")
    service, _, name = service_and_name.partition(" ")
    try:
        import keyring
    except ImportError:
        raise NotFound(what, "the library keyring is not installed", next="pip install keyring") from None
    try:
        secret = keyring.get_password(service, name)
    except Exception as error:  # each backend has errors of its own
        raise NotFound(what, f"the keyring does not answer ({type(error).__name__})") from None
    if secret is None:
        raise NotFound(what, "the keyring has none of that name", next=f"keyring set {service} {name}")
    return str(secret)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Invalid("--credential command:", f"it cannot be divided into words: {error}") from None
    if not words:
        raise Invalid("--credential command:", "it names no program")
    return words


def _run_command(command: str) -> str:
    """What the command prints, no shell between. It is stopped, with all it started, when its time is over."""
    what = _named(f"command:{command}")
    try:
        process = subprocess.Popen(
            _words(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            process_group=0,
        )  # fmt: skip
    except OSError as error:
        raise NotFound(what, f"it cannot be run: {error.strerror or error}") from None
    late = threading.Event()

    def stop() -> None:
        late.set()
        _kill(process)

    watch = threading.Timer(COMMAND_S, stop)
    watch.daemon = True
    watch.start()
    try:
        assert process.stdout is not None
        data = process.stdout.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            _kill(process)
        process.stdout.close()
        code = process.wait()
    except BaseException:
        _kill(process)
        raise
    finally:
        watch.cancel()
    if late.is_set():
        raise BadInput(what, f"the command gave nothing within {COMMAND_S:g} s")
    if len(data) > MAX_BYTES:
        raise BadInput(what, "the command gave too much for a secret")
    if code:
        raise BadInput(what, f"the command failed (exit {code})")
    return data.decode("utf-8", "replace")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or its address: only there may a secret go in the open."""
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
