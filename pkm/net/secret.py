"""Where a source's secret is, and the secret itself at the moment it is needed. It is never stored, logged or shown."""

import os
import shlex
import stat
import subprocess
from pathlib import Path

from pkm.errors import Invalid, NotFound, Refused

COMMAND_S = 20
"""Seconds that a command may take to give a secret: some ask for a password in a window."""


def read_secret(credential: str) -> str:
    """The secret that `env:NAME`, `command:WORDS` or `file:PATH` leads to: its first line, without the line's end.

    Raises NotFound where there is none, Refused where others may read the file, Invalid for another form.
    """
    kind, _, rest = credential.partition(":")
    if kind == "env" and rest:
        secret = os.environ.get(rest, "")
    elif kind == "command" and rest:
        secret = _from_command(rest)
    elif kind == "file" and rest:
        secret = _from_file(Path(rest).expanduser())
    else:
        raise Invalid("credential", "it should be env:NAME, command:WORDS or file:PATH")
    secret = secret.split("\n", 1)[0].rstrip("\r")
    if not secret:
        raise NotFound(f"credential {kind}:…", "it gives no secret")
    return secret


def _from_command(words: str) -> str:
    try:
        ran = subprocess.run(
            shlex.split(words), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_S, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise NotFound("credential command:…", "the command does not run or does not end") from error
    if ran.returncode:
        raise NotFound("credential command:…", f"the command failed (exit {ran.returncode})")
    return ran.stdout.decode("utf-8", "replace")


def _from_file(path: Path) -> str:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Refused(str(path), "others may read this secret", next=f"chmod 600 {shlex.quote(str(path))}")
        return path.read_text("utf-8", "replace")
    except OSError as error:
        raise NotFound(str(path), f"the secret cannot be read: {error.strerror}") from error
