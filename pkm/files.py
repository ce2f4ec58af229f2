"""Files as pkm writes them: whole or not at all, readable by their owner only, under names that every system takes.

Knows nothing of what the files hold.
"""

import contextlib
import itertools
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pkm.errors import StoreError
from pkm.text import one_line

NAME_BYTES = 80
"""How long a file's name may be, in UTF-8, without its ending: short enough for every file system and for a list."""

_count = itertools.count()
# What a path, Windows or a [[wikilink]] would read as something else than a letter of the name.
_UNSAFE = re.compile(r'[/\\:*?"<>|#^\[\]\0]+')
# Names that Windows keeps for devices, whatever their ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.I)


@contextlib.contextmanager
def folder_errors(folder: Path) -> Iterator[None]:
    """What keeps a folder from being written, inside the block, is raised as StoreError: each of its files is whole."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            str(folder), f"it cannot be written: {error.strerror or error}",
            kept="every file in it is whole, the old one or the new", next="make it writable, then do the same again",
        ) from error  # fmt: skip


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """What the block writes to the path it is given is at `path` afterwards; nothing of it is left where it raises."""
    part = path.with_name(f".pkm-{os.getpid()}-{next(_count)}.part")
    with contextlib.suppress(OSError):
        part.unlink()  # of a killed run that had this number
    try:
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def write_atomic(path: Path, data: bytes, mode: int = 0o600) -> None:
    """The file at `path` holds exactly `data`, on the disk; whoever reads it meanwhile sees the old bytes or the new.

    A symbolic link at `path` is replaced, not followed. Raises StoreError, with the file as it was before.
    """
    try:
        with replacing(path) as part:
            _write_whole(part, data, mode)
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            str(path), f"it could not be written: {error.strerror or error}", kept="the file as it was before",
            next="see that there is room and that the folder can be written, then do it again",
        ) from error  # fmt: skip


def _write_whole(part: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """The new name is on the disk as well, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def safe_name(title: str, empty: str = "untitled") -> str:
    """A file name (without ending) that says the title and nothing else: one part of a path on every system.

    NFC, at most NAME_BYTES of UTF-8 and cut between characters; no separator, control character, leading dot or dash,
    no name of a Windows device; never empty. Names may still be equal: the caller numbers them.
    """
    name = _trimmed(_UNSAFE.sub("-", one_line(title)))
    name = _trimmed(_cut(name))
    if _DEVICE.match(name):
        name = f"_{name}"
    return name or empty


def _trimmed(name: str) -> str:
    return name.lstrip(" .-~").rstrip(" .-")


def _cut(name: str) -> str:
    """The name within NAME_BYTES; a letter keeps its marks, or goes with them."""
    if len(name.encode()) <= NAME_BYTES:
        return name
    short = name.encode()[:NAME_BYTES].decode(errors="ignore")
    while short and unicodedata.category(name[len(short)])[0] == "M":
        short = short[:-1]
    return short.rstrip("\u200d")
