"""What is being typed at the desk, on the disk at every moment; and what an earlier desk left there."""

import contextlib
import os
import re
from pathlib import Path

from pkm.config import Home
from pkm.dates import now, stamp
from pkm.files import safe_name


class Draft:
    """One text in the making. It is a file as soon as something is typed."""

    def __init__(self, home: Home, what: str) -> None:
        home.ensure()
        self.path = home.drafts / f"{safe_name(f'{what}-{stamp(now())}-{os.getpid()}')}.md"

    def keep(self, text: str) -> str:
        """The file holds the text, whole, or what it held before; why not, "" where it does."""
        part = self.path.with_name(f".{self.path.name}.part")
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            part.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            return error.strerror or str(error)
        return ""

    def remove(self) -> None:
        """Nothing is left of it: what it held is stored, or was nothing."""
        with contextlib.suppress(OSError):
            self.path.unlink()


def left(home: Home, what: str = "") -> list[tuple[str, Path]]:
    """Drafts that no running desk is at work on, the newest first: (what they are of, their file). what: of that only."""
    found = []
    with contextlib.suppress(OSError):
        for path in home.drafts.glob("*.md"):
            of, process = _read_name(path.stem)
            if of and (not what or of == what) and not _runs(process):
                found.append((path.stat().st_mtime_ns, of, path))
    return [(of, path) for _, of, path in sorted(found, reverse=True)]


def take_up(home: Home, what: str) -> tuple[Draft, str]:
    """A draft of that, with the text of the newest one that was left; "" where none was."""
    draft = Draft(home, what)
    for _, path in left(home, what):
        with contextlib.suppress(OSError):
            text = path.read_text(encoding="utf-8", errors="replace")
            path.replace(draft.path)
            return draft, text
    return draft, ""


def _read_name(stem: str) -> tuple[str, int]:
    found = re.fullmatch(r"(.+)-\d{4}-?\d\d-?\d\dT.*Z?-(\d+)", stem)
    return (found[1], int(found[2])) if found else ("", 0)


def _runs(process: int) -> bool:
    """Whether another process of that number is running."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
