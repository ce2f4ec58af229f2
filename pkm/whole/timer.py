"""How a pull, and what is due to go, run unattended: timers of systemd, or lines for cron. Pure text; nothing is installed."""

import shlex
from collections.abc import Sequence

SERVICE = "pkm-seek.service"
TIMER = "pkm-seek.timer"

SHARE_SERVICE = "pkm-share.service"
SHARE_TIMER = "pkm-share.timer"

PARTLY_DONE = 4
"""Some sources failed, which is no failure of the service: `pkm doctor` tells."""


def write_service(program: Sequence[str], home: str) -> str:
    """The unit that pulls what is due. program: absolute path and words; home: PKM_HOME, "" where it is not set."""
    return _service("Pull the sources of pkm that are due", (*program, "seek", "--quiet"), home)


def write_timer() -> str:
    """The unit that starts it each half hour: each source is looked at at its own pace."""
    return _timer("Pull the sources of pkm each half hour", "*:0/30", "5min")


def write_share_service(program: Sequence[str], home: str) -> str:
    """The unit that sends what was planned and has passed its gates, and nothing else."""
    return _service("Send what is planned in pkm and due", (*program, "share", "--due", "--yes", "--quiet"), home)


def write_share_timer() -> str:
    """The unit that starts it each quarter of an hour: a stage has its own time, quiet hours and cap."""
    return _timer("Send what is due in pkm each quarter of an hour", "*:7/15", "2min")


def _service(description: str, command: Sequence[str], home: str) -> str:
    words = " ".join(_unit_word(word).replace("$", "$$") for word in command)
    place = [f"Environment={_unit_word(f'PKM_HOME={home}')}"] if home else []
    return "\n".join([
        "[Unit]", f"Description={description}", "",
        "[Service]", "Type=oneshot", f"ExecStart={words}", *place, f"SuccessExitStatus={PARTLY_DONE}", "Nice=10",
        "TimeoutStartSec=1h", "",
    ])  # fmt: skip


def _timer(description: str, calendar: str, delay: str) -> str:
    return "\n".join([
        "[Unit]", f"Description={description}", "",
        "[Timer]", f"OnCalendar={calendar}", f"RandomizedDelaySec={delay}", "Persistent=true", "",
        "[Install]", "WantedBy=timers.target", "",
    ])  # fmt: skip


def write_script(program: Sequence[str], home: str) -> str:
    """A shell script that a person can read and then run: it writes the units and starts both timers."""
    folder = '"${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"'
    return "\n".join([
        "#!/bin/sh", "set -e", f"mkdir -p {folder}",
        f"cat > {folder}/{SERVICE} <<'END'", f"{write_service(program, home)}END",
        f"cat > {folder}/{TIMER} <<'END'", f"{write_timer()}END",
        f"cat > {folder}/{SHARE_SERVICE} <<'END'", f"{write_share_service(program, home)}END",
        f"cat > {folder}/{SHARE_TIMER} <<'END'", f"{write_share_timer()}END",
        "systemctl --user daemon-reload", f"systemctl --user enable --now {TIMER} {SHARE_TIMER}", "",
    ])  # fmt: skip


def write_cron(program: Sequence[str], home: str) -> str:
    """The lines for `crontab -e`: the pull, and what is due to go. cron mails what is printed."""
    place = f"PKM_HOME={shlex.quote(home)} " if home else ""
    due = (("*/30", ("seek", "--quiet")), ("7-59/15", ("share", "--due", "--yes", "--quiet")))
    lines = [f"{minutes} * * * * {place}{' '.join(map(shlex.quote, [*program, *words]))}" for minutes, words in due]
    return "".join(line.replace("%", r"\%") + "\n" for line in lines)


def _unit_word(word: str) -> str:
    """A word as systemd reads it again: quoted, its own signs doubled (but for $, which only commands know).

    Source: systemd.service(5), systemd.syntax(7).
    """
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    plain = word and not set(word) & set(" \t'\";#\\")
    return word if plain else f'"{word}"'
