"""`pkm config timer`: what to install so that the pull and what is due to go run by themselves. Nothing is installed."""

import os
import sys
from pathlib import Path

from pkm.cli import render


def show_timer(*, cron: bool, json: bool) -> None:
    """The timer (or cron's line) is on stdout, how to install it on stderr."""
    from pkm.whole import timer

    home = os.environ.get("PKM_HOME", "")
    home = str(Path(home).expanduser().absolute()) if home else ""
    program = _program()
    if json:
        units = {"service": timer.write_service(program, home), "timer": timer.write_timer(),
                 "share_service": timer.write_share_service(program, home),
                 "share_timer": timer.write_share_timer()}  # fmt: skip
        render.emit_json({
            "id": timer.TIMER, "kind": "timer", "title": "Pull the sources of pkm each half hour", **units,
            "cron": timer.write_cron(program, home),
        })  # fmt: skip
        return
    if cron:
        print(timer.write_cron(program, home), end="")
        render.tell("Nothing was installed. Put these lines into your table: crontab -e")
        return
    print(timer.write_script(program, home), end="")
    render.tell("Nothing was installed. Read it, then: pkm config timer | sh")
    render.tell("It runs while you are logged in; else too, after: loginctl enable-linger. Look: systemctl --user list-timers")


def _program() -> list[str]:
    """The words that start this program from anywhere."""
    started = Path(sys.argv[0]).absolute()
    if started.name != "__main__.py" and started.is_file() and os.access(started, os.X_OK):
        return [str(started)]
    return [sys.executable, "-m", "pkm"]
