"""The site's folder on its way to where others read it: the person's own command, run after a build that changed something.

The command is split into words once and never given to a shell. What it says is kept out of the store; only how it ended
is remembered, in a file beside the site's manifest, so that a command that failed is run again by the next build.
"""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pkm.errors import Invalid, PkmError
from pkm.files import write_atomic
from pkm.store import shares
from pkm.store.session import Store
from pkm.text import one_line

TIMEOUT_S = 600
TO_DO = ".pkm-unpublished"
"""A file in the folder: what it holds was not published yet, or only in part."""


def set_command(store: Store, name: str, command: str) -> dict[str, Any]:
    """The site of that name has the command ("": none). Raises NotFound; Invalid where it is no site, or no command."""
    import json

    from pkm.store.model import Channel

    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Invalid(f"the command {one_line(command, 80)}", f"it cannot be split into words: {error}") from error
    with store.unit() as unit:
        row = shares.channel_named(unit.connection, name)
        if row["channel_kind"] != "site":
            raise Invalid(f"the channel {row['name']}", "only a site is published by a command", next="pkm share channel list")
        options = {key: value for key, value in row["options"].items() if key != "publish"}
        if words:
            options["publish"] = words
        unit.get(Channel, row["number"]).options = json.dumps(options, ensure_ascii=False)
        unit.summarize(f"{row['name']} is published by {shlex.join(words)}" if words else f"{row['name']} has no command")
        unit.flush()
        return next(one for one in shares.channels(unit.connection) if one["number"] == row["number"])


def run(channel: Mapping[str, Any], folder: Path, changed: Sequence[str]) -> bool:
    """The command has run, in the site's folder, where something changed or the last run failed; whether it ran.

    Raises PkmError, with what it said last, where it cannot be started, ends with another code than 0, or takes too long.
    """
    words = channel["options"].get("publish")
    mark = folder / TO_DO
    if not words or not (changed or mark.exists()):
        return False
    write_atomic(mark, b"", 0o600)
    shown = shlex.join(words)
    try:
        ran = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise _failed(shown, f"it took longer than {TIMEOUT_S} s and was ended") from error
    except OSError as error:
        raise _failed(shown, f"it cannot be started: {error.strerror or error}") from error
    if ran.returncode:
        said = one_line((ran.stderr or ran.stdout).decode("utf-8", "replace").strip()[-400:])
        raise _failed(shown, f"it ended with {ran.returncode}" + (f": {said}" if said else ""))
    mark.unlink(missing_ok=True)
    return True


def owe(channel: Mapping[str, Any], folder: Path) -> bool:
    """What the folder holds is to be published by the next build, where the site has a command; whether it has one."""
    if not channel["options"].get("publish"):
        return False
    write_atomic(folder / TO_DO, b"", 0o600)
    return True


def is_owed(channel: Mapping[str, Any], folder: Path) -> bool:
    """Whether what others read is not yet what the folder holds."""
    return bool(channel["options"].get("publish")) and (folder / TO_DO).exists()


def _failed(command: str, why: str) -> PkmError:
    return PkmError(
        f"publishing the site by {one_line(command, 120)}", why, kept="the site's folder, as it was built",
        next="mend that, then pkm share site build",
    )  # fmt: skip
