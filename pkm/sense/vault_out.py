"""Notes as a folder of Markdown, for other editors: each in its file, and only what changed is written.

A note that came from a file goes back into one of that name, with every line that did not change to the byte. A file that
was changed in the folder since is never overwritten: an import brings it in first.
"""

import contextlib
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from pkm import attachment_files, frontmatter
from pkm.config import Home
from pkm.dates import parse_stamp
from pkm.errors import BadInput, PkmError, Refused, StoreError
from pkm.files import folder_errors, replacing, safe_name
from pkm.ids import Row, make
from pkm.notefile import ENDINGS, Properties, read_properties, stem, write_front
from pkm.sense.vault_folder import Names, read_names
from pkm.sense.vault_plan import TagOf
from pkm.store import attachments, note_intake, note_names, tags
from pkm.store.note_intake import FileRow, KnownFile
from pkm.store.session import Store
from pkm.text import count, fold, one_line
from pkm.textmerge import is_marked, put_back


@dataclass(slots=True)
class FolderExport:
    """What an export into a folder did, as paths. ahead: files that were changed there and wait for an import."""

    folder: Path
    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # were deleted there, and are new again
    unmerged: list[str] = field(default_factory=list)  # hold two versions, marked
    attached: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> Row:
        """The summary as JSON has it."""
        return {
            "folder": str(self.folder), "new": len(self.new), "updated": len(self.updated), "unchanged": self.unchanged,
            "removed": len(self.removed), "failed": len(self.failures),
            "failures": [{"what": what, "why": why} for what, why in self.failures],
            "ahead": self.ahead, "written_again": self.again, "unmerged": self.unmerged,
            "attachments": self.attached,
        }  # fmt: skip

    @property
    def line(self) -> str:
        """The summary for people."""
        told = [f"{len(self.new):,} new", f"{len(self.updated):,} updated", f"{self.unchanged:,} unchanged"]
        told += [f"{len(self.removed):,} removed"] if self.removed else []
        told += [count(self.attached, "attachment")] if self.attached else []
        return f"{self.folder}  {', '.join(told)}"


class _Wanted(NamedTuple):
    """A note as its file is to say it."""

    number: int
    path: str
    front: str
    body: str
    changed_at: str

    @property
    def data(self) -> bytes:
        return (self.front + self.body).encode()

    def row(self, root: str) -> FileRow:
        return FileRow(self.number, root, self.path, hashlib.sha256(self.data).hexdigest(), self.front, self.body)


def export_notes(store: Store, home: Home, folder: Path) -> FolderExport:
    """Every note that is not put away is in a file of the folder, and what notes show beside them.

    A file that says so already is not written. One that was changed in the folder since the last export or import is left:
    a failure where its note was changed as well, else it is ahead. The file of a note that was put away is removed if
    nobody changed it. Raises Refused (a folder with an export of everything), StoreError (it cannot be written).
    """
    _check(folder)
    done = FolderExport(folder)
    with folder_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = read_names(folder)
        done.failures += there.failures
        root = there.root
        own = note_intake.files_in(store.read(), root)
        writing = _Writing(folder, root, there.hashes, there.places, done)
        for wanted in _wanted(store, own, there):
            writing.put(wanted, own.get(wanted.path))
            if is_marked(wanted.body):
                done.unmerged.append(wanted.path)
        for known in own.values():
            if known.dropped and known.hash:
                writing.remove(known)
        _write_attachments(store, home, writing)
    if writing.rows or writing.left:
        with store.unit() as unit:
            note_intake.keep_files(unit, writing.rows)
            note_intake.forget_files(unit, root, writing.left)
            unit.summarize(f"{count(len(writing.rows), 'note')} written to {one_line(folder.name, 60)}")
    return done


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise BadInput(str(folder), "it is a file", next="name a folder")
    if (folder / "pkm.json").is_file():
        raise Refused(str(folder), "an export of everything is in it", kept="It was not touched.",
                      next="name another folder for the notes alone")  # fmt: skip


def _wanted(store: Store, own: Mapping[str, KnownFile], there: Names) -> list[_Wanted]:
    """Every note with its file in the folder: where it is already, where it came from, else a new one."""
    db = store.read()
    here = {known.note_id: known for known in own.values()}
    elsewhere = note_intake.files_of_notes(db)
    hand, aliases, meant = note_intake.hand_tags(db), note_names.aliases_of(db), tags.reader(db)
    taken = {fold(path) for path in (*there.places, *own)}
    rows = note_intake.live_notes(db)
    rows.sort(key=lambda row: (row["id"] not in elsewhere, row["id"]))
    found = []
    for row in rows:
        number = row["id"]
        known = here.get(number) or elsewhere.get(number)
        path = known.path if known else ""
        if number not in here:
            path = _free_path(path, row["title"], taken)
            taken.add(fold(path))
        found.append(_as_file(row, known, path, hand.get(number, ()), aliases.get(number, ()), meant))
    return found


def _free_path(path: str, title: str, taken: set[str]) -> str:
    """A path that no other note of the folder has: that one, or the title's, with a number where it is taken.

    A file that lies there but that pkm does not know keeps its name as well.
    """
    if not _is_safe(path):
        path = f"{safe_name(title)}.md"
    if fold(path) not in taken:
        return path
    head, ending = path.rpartition(".")[::2]
    number = 2
    while fold(f"{head} {number}.{ending}") in taken:
        number += 1
    return f"{head} {number}.{ending}"


def _is_safe(path: str) -> bool:
    """Whether a stored path leads to a note in the folder, and nowhere else."""
    return path.lower().endswith(ENDINGS) and _is_inside(path)


def _as_file(
    row: Row, known: KnownFile | None, path: str, hand: Sequence[str], aliases: Sequence[str], meant: TagOf
) -> _Wanted:
    """The note as its file says it: what is known of its file, with what changed since."""
    front, base = (known.front, known.base) if known else ("", "")
    body = put_back(base, row["text"])
    fields = frontmatter.split(front)[0] if front else {}
    said = read_properties(fields, body, path)
    other_names = [
        name for name in aliases
        if fold(name) in map(fold, said.aliases) or fold(name) not in (fold(row["title"]), fold(stem(path)))
    ]  # fmt: skip
    wanted = Properties(
        title=row["title"], tags=_spelled(said.tags, hand, meant), aliases=tuple(other_names), reach=row["reach"],
        stage=row["stage"], at=row["at"], created=None if known else row["created_at"],
    )  # fmt: skip
    source = "" if known else row["source"]
    front = write_front(front, body, path, wanted, source)
    if frontmatter.split(front + body)[1:] != (body.removeprefix("\ufeff") if not front else body, front.removeprefix("\ufeff")):
        front = front or "---\n---\n"  # the text itself begins like front matter
    return _Wanted(row["id"], path, front, body, row["updated_at"])


def _spelled(written: Sequence[str], hand: Sequence[str], meant: TagOf) -> tuple[str, ...]:
    """The tags that were put on a note, as its file spells those that it has; what is no tag stays."""
    left = {fold(name): name for name in hand}
    kept = [word for word in written if not meant(word) or fold(meant(word)) in left]
    there = {fold(meant(word)) for word in kept}
    return (*kept, *(name for key, name in left.items() if key not in there))


class _Writing:
    """The files as they are written, and what the store is to know of them. rows: files as they are now."""

    def __init__(
        self, folder: Path, root: str, hashes: Mapping[str, str], places: Mapping[str, Path], done: FolderExport
    ) -> None:
        self.folder, self.root, self.hashes, self.places, self.done = folder, root, hashes, places, done
        self.rows: list[FileRow] = []
        self.left: list[str] = []

    def put(self, wanted: _Wanted, known: KnownFile | None) -> None:
        """The note is in its file, unless that was changed there."""
        row, there = wanted.row(self.root), self.hashes.get(wanted.path)
        as_before = known is not None and (known.front, known.base) == (wanted.front, wanted.body)
        if there is not None and (there == row.hash or (as_before and known is not None and there == known.hash)):
            self.done.unchanged += 1
            if known is None or (known.hash, known.front, known.base) != (there, wanted.front, wanted.body):
                self.rows.append(row)
        elif there is None or (known is not None and there == known.hash):
            self._write(wanted, row, there, known)
        elif as_before:
            self.done.ahead.append(wanted.path)
            self.done.unchanged += 1
        else:
            why = (f"changed here ({make('note', wanted.number)}) and in the folder; the file was left; "
                   f"bring it in: pkm import {quote(str(self.folder))} --as vault")  # fmt: skip
            self.done.failures.append((one_line(wanted.path, 200), why))

    def _write(self, wanted: _Wanted, row: FileRow, there: str | None, known: KnownFile | None) -> None:
        place = self.places.get(wanted.path) or self.folder / wanted.path
        try:
            self.write(place, wanted.data)
        except (PkmError, OSError, ValueError) as error:
            why = error.why if isinstance(error, PkmError) else getattr(error, "strerror", "") or str(error)
            self.done.failures.append((one_line(wanted.path, 200), f"it could not be written: {why}"))
            return
        with contextlib.suppress(OSError):
            at = parse_stamp(wanted.changed_at).astimezone(UTC).timestamp()
            os.utime(place, (at, at))
        (self.done.updated if there else self.done.new).append(wanted.path)
        if not there and known is not None and known.hash:
            self.done.again.append(wanted.path)
        self.rows.append(row)

    def write(self, place: Path, data: bytes) -> None:
        """The file holds the data, whole; it keeps its mode. No link is followed out of the folder."""
        self.make_room(place)
        mode = place.stat().st_mode & 0o777 if place.is_file() and not place.is_symlink() else 0o600
        with replacing(place) as part:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with open(descriptor, "wb") as file:
                file.write(data)
            part.chmod(mode)

    def make_room(self, place: Path) -> None:
        """The file's folder is there, inside of the root."""
        parents = list(reversed(place.relative_to(self.folder).parents[:-1]))
        if not Path(os.path.realpath(place.parent)).is_relative_to(self.root):  # also of what is not there yet
            raise StoreError(str(place), "its folder is a symbolic link that leads out of the folder")
        for parent in parents:
            (self.folder / parent).mkdir(mode=0o700, exist_ok=True)

    def remove(self, known: KnownFile) -> None:
        """The file of a note that was put away is gone, unless somebody changed it."""
        there = self.hashes.get(known.path)
        if there is not None and there != known.hash:
            why = f"{make('note', known.note_id)} was put away here, but its file was changed in the folder: it was left"
            self.done.failures.append((one_line(known.path, 200), why))
            return
        if there is not None:
            self.places[known.path].unlink(missing_ok=True)
            self.done.removed.append(known.path)
        self.rows.append(FileRow(known.note_id, self.root, known.path, "", known.front, known.base))


def _write_attachments(store: Store, home: Home, writing: _Writing) -> None:
    """What notes show is beside them; another file of that name is left."""
    for one in attachments.rows(store.read()):
        place = writing.places.get(one.name) or writing.folder / one.name
        if not _is_inside(one.name):
            continue
        writing.done.attached += 1
        try:
            if place.is_file() and place.stat().st_size == one.size_bytes and attachment_files.digest(place) == one.sha256:
                continue
            if place.exists():
                writing.done.failures.append((one_line(one.name, 200), "another file of that name is there; it was left"))
                continue
            writing.make_room(place)
            attachment_files.give_out(home.attachments, one.sha256, place)
        except (PkmError, OSError) as error:
            why = error.why if isinstance(error, PkmError) else error.strerror or str(error)
            writing.done.failures.append((one_line(one.name, 200), f"it could not be written: {why}"))


def _is_inside(path: str) -> bool:
    return all(part and part[0] != "." and "\0" not in part for part in path.split("/"))

