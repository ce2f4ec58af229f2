"""The bytes of attachments: files in the home's attachments/, named by their hash, written once and never changed."""

import hashlib
import os
import shutil
from pathlib import Path

from pkm.config import ensure_folder
from pkm.errors import StoreError
from pkm.files import replacing, write_atomic

_CHUNK = 1_000_000


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex. Raises OSError."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def take_in(folder: Path, source: Path, sha256: str) -> bool:
    """The folder has the bytes of that hash (0600); False where it had them already.

    Raises StoreError, with nothing left behind, where they cannot be written or the source has other bytes by now.
    """
    target = folder / sha256
    if target.is_file():
        return False
    ensure_folder(folder)
    try:
        with replacing(target) as part:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb") as out, source.open("rb") as file:
                shutil.copyfileobj(file, out, _CHUNK)
                out.flush()
                os.fsync(descriptor)
            if digest(part) != sha256:
                raise StoreError(str(source), "it was changed while it was copied", next="do it again")
    except OSError as error:
        raise StoreError(str(target), f"it cannot be written: {error.strerror or error}",
                         next="see that there is room, then do it again") from error  # fmt: skip
    return True


def keep(folder: Path, data: bytes) -> str:
    """The folder has these bytes (0600), on the disk; their hash. Raises StoreError where they cannot be written."""
    sha256 = hashlib.sha256(data).hexdigest()
    target = folder / sha256
    if target.is_file() and target.stat().st_size == len(data):
        return sha256
    ensure_folder(folder)
    write_atomic(target, data)
    return sha256


def read(folder: Path, sha256: str) -> bytes:
    """The bytes of that hash. Raises StoreError where the folder has them not, or has others under that name."""
    try:
        data = (folder / sha256).read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(str(folder / sha256), "the bytes of this attachment are missing", next="pkm doctor")
    return data


def give_out(folder: Path, sha256: str, target: Path) -> None:
    """A file that was not there holds the bytes of that hash. Raises StoreError where the folder has them not, OSError."""
    source = folder / sha256
    if not source.is_file():
        raise StoreError(str(source), "the bytes of this attachment are missing", next="pkm doctor")
    with replacing(target) as part, source.open("rb") as file, open(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        shutil.copyfileobj(file, out, _CHUNK)
