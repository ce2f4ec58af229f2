"""What is being typed at the desk, on the disk at every moment; and what an earlier desk left there."""

import contextlib
import os

from pkm import draft_files
from pkm.config import Home


class Draft:
    """One text in the making. It is a file as soon as something is typed."""

    def __init__(self, home: Home, what: str) -> None:
        home.ensure()
        self.path = home.drafts / draft_files.name_for(what, process=os.getpid())

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


def take_up(home: Home, what: str) -> tuple[Draft, str]:
    """A draft of that, with the text of the newest one that was left; "" where none was."""
    draft = Draft(home, what)
    for one in draft_files.left(home, what):
        with contextlib.suppress(OSError):
            text = one.path.read_text(encoding="utf-8", errors="replace")
            one.path.replace(draft.path)
            return draft, text
    return draft, ""
