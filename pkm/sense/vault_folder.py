"""A folder of Markdown as it lies on the disk: its notes, its other files, and what in it cannot be read.

Nothing outside of the folder is looked at: symbolic links are not followed. Folders and files that begin with a dot
(.obsidian, .trash, .foam) are not part of it, nor is Logseq's own, logseq.
"""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pkm.dates import stamp
from pkm.errors import BadInput
from pkm.notefile import ENDINGS, MAX_BYTES, NoteText, read_file
from pkm.text import one_line

Failure = tuple[str, str]
LOGSEQ = "logseq/config.edn"
"""What makes a folder one of Logseq's; beside it lie its copies of old versions."""
TWICE = "another file has the same name, in another form of Unicode; rename one of the two"
"""Of the second of them."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A note's file: its path in the folder (with /, NFC), where it lies, the hash of its bytes, what it says.

    created_at, changed_at: the file's own times, as stamps.
    """

    path: str
    place: Path
    hash: str
    note: NoteText
    created_at: str
    changed_at: str
    crlf: bool = False


@dataclass(slots=True)
class Folder:
    """What was read. others: path to place of the files that are no notes. failures: (file, why)."""

    root: str
    notes: list[ReadFile] = field(default_factory=list)
    others: dict[str, Path] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    lost: int = 0  # notes that could not be read

    def fail(self, path: str, why: str, *, lost: bool = True) -> None:
        """What is the matter with one file is told; lost: nothing of it comes in."""
        self.failures.append((one_line(path, 200), why))
        self.lost += lost


def root_of(folder: Path) -> str:
    """The folder's path, as the store knows it."""
    return os.path.realpath(folder)


@dataclass(slots=True)
class Names:
    """The files of a folder by their paths in it: where they lie, and the hashes of the notes' bytes."""

    root: str
    places: dict[str, Path] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def read_names(folder: Path) -> Names:
    """What lies in the folder, for an export into it. A note that cannot be read counts as one of unknown bytes."""
    found = Names(root_of(folder))
    told = Folder(found.root)
    for entry, path in walk(folder, "", told):
        if not _is_unicode(path):
            continue
        kept = unicodedata.normalize("NFC", path)
        if kept in found.places:
            told.fail(path, TWICE)
            found.hashes[kept] = "?"  # neither of the two is written
            continue
        found.places[kept] = Path(entry.path)
        if is_note_name(entry.name):
            try:
                regular = entry.is_file(follow_symlinks=False)
                found.hashes[kept] = hashlib.sha256(Path(entry.path).read_bytes()).hexdigest() if regular else "?"
            except OSError:
                found.hashes[kept] = "?"
    found.failures = told.failures
    return found


def is_note_name(name: str) -> bool:
    """Whether a file of that name is taken for a note."""
    return name.lower().endswith(ENDINGS)


def holds_notes(folder: Path, leave: str = "") -> bool:
    """Whether there is a Markdown file in the folder, or in one of its folders; not counting those that end in leave."""
    names = (entry.name for entry, _ in walk(folder, "", None))
    return any(is_note_name(name) and not (leave and name.lower().endswith(leave)) for name in names)


def is_marked(folder: Path) -> bool:
    """Whether a tool for notes calls the folder its own: Obsidian, Foam, zk, Logseq or nb."""
    return any((folder / mark).exists() for mark in (".obsidian", ".foam", ".zk", LOGSEQ, ".index"))


def looks_like_vault(folder: Path) -> bool:
    """Whether a folder is one of notes: there is Markdown in it, and it is not one of vCards."""
    if is_marked(folder):
        return holds_notes(folder)
    try:
        cards = any(entry.name.lower().endswith((".vcf", ".vcard")) for entry in os.scandir(folder))
    except OSError:
        return False
    return not cards and holds_notes(folder)


def read_folder(folder: Path, leave: str = "") -> Folder:
    """Every note of the folder, by path. What cannot be read is a failure; the rest is read all the same.

    leave: the ending of files that are not looked at.
    """
    found = Folder(root_of(folder))
    links: list[tuple[str, Path]] = []
    seen: dict[str, str] = {}
    for entry, path in walk(folder, "", found):
        if leave and entry.name.lower().endswith(leave):
            continue
        if entry.is_symlink():
            links.append((path, Path(entry.path)))
            continue
        if not _is_unicode(path):
            if is_note_name(entry.name):
                found.fail(os.fsencode(path).decode("utf-8", "replace"), "its name is not UTF-8; rename it, then import again")
            continue
        kept = unicodedata.normalize("NFC", path)
        if kept in seen:
            found.fail(path, TWICE)
            continue
        seen[kept] = path
        if is_note_name(entry.name):
            _read_note(found, Path(entry.path), kept)
        elif entry.is_file(follow_symlinks=False):
            found.others[kept] = Path(entry.path)
    for path, place in links:
        _tell_link(found, path, place)
    found.notes.sort(key=lambda one: one.path)
    return found


def walk(folder: Path, inside: str, found: Folder | None) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Each file with its path, folders in the order of their names; those of the tools left out, links not followed."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        if found is not None:
            found.fail(inside or str(folder), f"the folder cannot be read: {error.strerror or error}")
        return
    for entry in entries:
        path = f"{inside}/{entry.name}" if inside else entry.name
        if entry.name.startswith(".") or (path == "logseq" and (folder / LOGSEQ).is_file()):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path), path, found)
        else:
            yield entry, path


def _is_unicode(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _read_note(found: Folder, place: Path, path: str) -> None:
    try:
        state = place.lstat()
        if not stat.S_ISREG(state.st_mode):
            found.fail(path, "it is no file that can be read")
            return
        if state.st_size > MAX_BYTES:
            found.fail(path, f"it is larger than {MAX_BYTES // 1_000_000} MB; divide it")
            return
        data = place.read_bytes()
        note = read_file(data, path)
    except FileNotFoundError:
        found.fail(path, "it was deleted while the folder was read")
        return
    except OSError as error:
        found.fail(path, f"it cannot be read: {error.strerror or error}")
        return
    except BadInput as error:
        found.fail(path, error.why)
        return
    born = min(state.st_mtime, getattr(state, "st_birthtime", state.st_mtime))
    found.notes.append(ReadFile(path, place, hashlib.sha256(data).hexdigest(), note, _stamp(born), _stamp(state.st_mtime),
                                b"\r\n" in data))  # fmt: skip
    if any(ord(letter) < 32 for letter in path):
        found.fail(path, "its name holds a line break or a control character: imported; other systems cannot hold it",
                   lost=False)  # fmt: skip


def _stamp(seconds: float) -> str:
    try:
        return stamp(datetime.fromtimestamp(max(0, seconds), UTC))
    except (OverflowError, ValueError):
        return "1970-01-01T00:00:00Z"


def _tell_link(found: Folder, path: str, place: Path) -> None:
    """A symbolic link is not followed; where what it leads to does not come in by itself, that is told."""
    try:
        target = place.resolve(strict=True)
    except (OSError, RuntimeError):
        # Python 3.13 no longer raises where links lead to each other: what is left then is no file
        found.fail(path, "a symbolic link that leads nowhere, or in a circle", lost=is_note_name(path))
        return
    inside = target.is_relative_to(found.root)
    if target.is_dir():
        if inside and place.parent.resolve().is_relative_to(target):
            found.fail(path, "a symbolic link to a folder that it is in: not followed", lost=False)
        elif not inside:
            found.fail(path, "a symbolic link that leads out of the folder: not followed", lost=False)
    elif is_note_name(path) or is_note_name(target.name):
        if not inside:
            found.fail(path, "a symbolic link that leads out of the folder: not followed")
        elif not any(one.place == target for one in found.notes):
            found.fail(path, "a symbolic link to a file that is not imported: not followed")
