"""Which pictures go out with a note: those that its words show, made clean; and what keeps one from going.

Only what a cleared note itself shows is looked for. Reads the store and the home's attachments; writes nothing. What goes
out is named by the hash of its clean bytes, and these are kept with the attachments when a share is frozen.
"""

import posixpath
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pkm import attachment_files
from pkm.beside import Others
from pkm.config import Home
from pkm.errors import BadInput, StoreError
from pkm.ids import Row, make
from pkm.picture import Picture, clean
from pkm.share.guard import Finding
from pkm.store import attachments, note_names
from pkm.store.attachments import Attached
from pkm.text import fold, one_line

if TYPE_CHECKING:
    from pkm.share.render import Digest, Figure

MAX_PICTURE = 25_000_000
"""Bytes of one picture; a camera's largest is under it."""

MAX_LETTER = 15_000_000
"""Bytes of all pictures of a letter: with a third more for base64, most servers still take it (Gmail: 25 MB)."""


class Shown(NamedTuple):
    """An attachment that a note's words show. target: as they name it; alt: what is read in its place, "" for nothing."""

    target: str
    alt: str
    attached: Attached


class Names:
    """The attachments that there are, by what notes call them; made once for a share."""

    def __init__(self, db: sqlite3.Connection, notes: Sequence[int]) -> None:
        self._rows = {one.name: one for one in attachments.rows(db)}
        self._others = Others(self._rows)
        self._paths = note_names.paths_of(db, notes) if self._rows else {}

    def shown(self, note: Row) -> Iterator[Shown]:
        """Each attachment that the note's words show, once, in order; what they call so and nobody knows is none."""
        from pkm.markdown import pictures

        if not self._rows:
            return
        once: dict[str, Shown] = {}
        for target, alt in pictures(note["text"]):
            if name := self._name_of(target, self._paths.get(note["id"], "")):
                said = "" if is_name(alt, target) else alt
                before = once.get(target)
                once[target] = Shown(target, before.alt if before and not said else said, self._rows[name])
        yield from once.values()

    def _name_of(self, target: str, path: str) -> str:
        """The attachment that a text in the file at `path` ("": in none) means by that; "" for none."""
        target = re.split(r"[#?]", target, maxsplit=1)[0].replace("\\", "/")
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        return (self._others.exactly(joined) or self._others.meant(target)) if target else ""


class Gallery(Names):
    """The same with their bytes."""

    def __init__(self, db: sqlite3.Connection, home: Home, notes: Sequence[int]) -> None:
        super().__init__(db, notes)
        self._folder = home.attachments
        self._clean: dict[str, Picture] = {}

    def picture(self, one: Attached) -> Picture:
        """The picture, clean. Raises BadInput (of no kind that can be cleaned, broken, too large), StoreError (missing)."""
        if one.sha256 not in self._clean:
            if one.size_bytes > MAX_PICTURE:
                raise BadInput(one.name, f"it is larger than {MAX_PICTURE // 1_000_000} MB")
            self._clean[one.sha256] = clean(attachment_files.read(self._folder, one.sha256), one.name)
        return self._clean[one.sha256]

    def fill(self, digest: "Digest", notes: Sequence[Row]) -> "tuple[Digest, dict[str, Picture]]":
        """The digest with the pictures that may go out with its pieces, and these by hash."""
        known: dict[str, Picture] = {}
        figures: dict[str, tuple[Figure, ...]] = {}
        for note in notes:
            found = list(self._figures(note))
            known |= {figure.sha256: picture for figure, picture in found}
            figures[make("note", note["id"])] = tuple(figure for figure, _ in found)
        pieces = tuple(replace(piece, figures=figures.get(piece.id, ())) for piece in digest.pieces)
        return replace(digest, pieces=pieces), known

    def _figures(self, note: Row) -> "Iterator[tuple[Figure, Picture]]":
        from pkm.share.render import Figure

        for one in self.shown(note):
            try:
                picture = self.picture(one.attached)
            except (BadInput, StoreError):
                continue  # check() tells of it, and nothing goes
            digest = sha256(picture.data).hexdigest()
            yield Figure(
                one.target, digest, picture.media_type, one.alt, len(picture.data), picture.width, picture.height
            ), picture  # fmt: skip

    def check(self, notes: Sequence[Row]) -> list[Finding]:
        """A finding for each attachment that cannot go out as it is shown."""
        findings: list[Finding] = []
        for note in notes:
            number = make("note", note["id"])
            for one in self.shown(note):
                named = f"{number} shows {one_line(one.target, 60)}"
                try:
                    self.picture(one.attached)
                except BadInput as error:
                    findings.append((named, f"{error.why}; it stays here", f"pkm sense edit {number}"))
                    continue
                except StoreError as error:
                    findings.append((named, error.why, "pkm doctor"))
                    continue
                if not one.alt:
                    why = "the picture has no words in its place, for those who do not see it: ![what it shows](…)"
                    findings.append((named, why, f"pkm sense edit {number}"))
        return findings

    def size(self, notes: Sequence[Row]) -> int:
        """How many bytes the notes' pictures have together."""
        return sum({figure.sha256: figure.size_bytes for note in notes for figure, _ in self._figures(note)}.values())


def is_name(alt: str, target: str) -> bool:
    """Whether the words in a picture's place are only what its file is called."""
    file = target.rpartition("/")[2]
    return fold(alt) in (fold(file), fold(file.rpartition(".")[0]), fold(target))
