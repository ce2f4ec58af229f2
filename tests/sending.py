"""What tests of sharing do in a home: open its store anew, write and draft, send, and kill a run that sends."""

import os
import signal
import threading
from typing import Any

from pkm.config import Home
from pkm.sense.notes import add_note
from pkm.share import draft, outbox
from pkm.store import circles
from pkm.store.session import Store
from tests.warm import Running


def fresh(home: Home, command: str = "pkm share") -> Store:
    return Store(home, command)


def note(home: Home, text: str, reach: str = "private") -> int:
    return int(add_note(fresh(home, "pkm sense note"), text, reach=reach).row["id"][1:])


def circle(home: Home, name: str) -> dict[str, Any]:
    row = circles.by_name(fresh(home).read(), name)
    assert row is not None
    return {**row, "number": int(row["id"][1:])}


def drafted(home: Home, notes: list[int], *names: str, title: str = "Finds 47") -> int:
    """A draft with the notes for these circles."""
    return int(draft.create_share(fresh(home), notes, [circle(home, name) for name in names], title)["number"])


def send(home: Home, share: int) -> outbox.SendReport:
    return outbox.send_share(fresh(home, f"pkm share send x{share}"), home, share)


class Kill:
    """A server's hook that kills the run which sends, just before or just after the server keeps what it was given."""

    def __init__(self, when: str) -> None:
        self._when = when
        self._running: list[Running] = []
        self._known = threading.Lock()  # the server may hear of it before its number is written down

    def __call__(self, moment: str) -> bool:
        with self._known:
            if not self._running or moment != self._when:
                return False
            os.kill(self._running.pop().pid, signal.SIGKILL)
            return True

    def send(self, share: int) -> None:
        """A run that sent the share was killed."""
        with self._known:
            self._running.append(process := Running("share", "send", f"x{share}", "--yes"))
        assert process.wait() == -signal.SIGKILL
