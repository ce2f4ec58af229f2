"""What a folder looks like before its notes are taken in: how many, where, and whether it is one of notes at all."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

from pkm.sense.vault_folder import is_marked, is_note_name, root_of, walk
from pkm.store import note_intake, tally
from pkm.store.session import Store
from pkm.text import count, one_line

LARGE, MUCH = 1_000, 10
"""More new notes than that are asked about, where they are more than so many times what the home holds."""
OTHERS = {"node_modules", "bower_components", "site-packages"}
"""Folders of what others wrote."""
SOURCE = {"package.json", "composer.json", "pyproject.toml", "setup.py", "cargo.toml", "go.mod", "pom.xml", "build.gradle",
          "cmakelists.txt"}  # fmt: skip
"""Files that say that a folder is a program's."""


@dataclass(slots=True)
class Sight:
    """A folder, by the names in it. notes: how many in each of its folders, "" for its own. new: those never taken in.

    held: how many notes the home has. marked: it is one of notes for sure; known: notes came from it before.
    others, source: what speaks for another's words in it, or for a program.
    """

    held: int
    marked: bool
    known: bool
    holds_home: bool = False
    others: str = ""
    source: str = ""
    new: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def doubt(self) -> str:
        """Why it may be the wrong folder; "" where nothing speaks for that."""
        if self.holds_home and not self.known:
            return "it is your home folder, or one that holds it"
        if self.others and not self.known:
            return f"others' words are in it ({self.others})"
        if self.marked:
            return ""
        if self.source and not self.known:
            return f"it looks like a program's ({self.source})"
        many = self.new > LARGE and self.new > MUCH * self.held
        return f"{count(self.new, 'note')} would be new, and you have {self.held:,}" if many else ""


def look(store: Store, folder: Path, *, marked: bool = False) -> Sight:
    """What the folder looks like. marked: the person says what it is."""
    db, root = store.read(), root_of(folder)
    known = note_intake.paths_in(db, root)
    seen = Sight(tally.notes(db), marked or is_marked(folder), bool(known), Path.home().resolve().is_relative_to(root))
    for entry, path in walk(folder, "", None):
        *inside, name = path.split("/")
        seen.others = seen.others or next((one_line(path, 60) for one in inside if one in OTHERS), "")
        seen.source = seen.source or (one_line(path, 60) if name.lower() in SOURCE else "")
        if is_note_name(name) and not entry.is_symlink():
            seen.notes[inside[0] if inside else ""] += 1
            seen.new += normalize("NFC", path) not in known
    return seen
