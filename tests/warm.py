"""Processes of pkm that a test kills or runs at once, forked from one that has imported everything: starting anew takes a second.

Each is a process of its own, with its own files, connections and end; none of them is a copy of this one, which has servers
and open stores.
"""

import json
import os
import subprocess
import sys
from functools import cache

_PROGRAM = """
import json, os, sys
from pkm.cli import current
from pkm.cli.app import main
import pkm.store.model, pkm.share.outbox, pkm.share.freeze, pkm.channels.mail, sqlalchemy.pool, jinja2, nh3, markdown_it
for line in sys.stdin:
    asked = json.loads(line)
    if "pid" in asked:
        print(os.waitstatus_to_exitcode(os.waitpid(asked["pid"], 0)[1]), flush=True)
    elif pid := os.fork():
        print(pid, flush=True)
    else:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["pkm", *asked["words"]]
        code = 1
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            current.close()
            os._exit(code)
"""


class Running:
    """`pkm WORDS`, as a process that runs; pid: whom to kill."""

    def __init__(self, *words: str) -> None:
        self.pid = _ask({"words": words, "environment": dict(os.environ)})

    def wait(self) -> int:
        """Its exit code once it has ended; that of a signal is negative."""
        return _ask({"pid": self.pid})


@cache
def _warm() -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ask(asked: dict[str, object]) -> int:
    process = _warm()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())
