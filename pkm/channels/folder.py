"""A folder that holds built files: only what changed is written, only what was built before is removed.

Owns the manifest `.pkm-manifest.json`, which names the files that an earlier build made, each with a sum of its bytes.
Knows nothing of what they hold.
"""

import contextlib
import filecmp
import hashlib
import json
import os
import re
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pkm.errors import BadInput, Exists, Refused
from pkm.files import folder_errors, write_atomic

MANIFEST = ".pkm-manifest.json"
_PART = re.compile(r"[^\x00-\x1f/\\]+")


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write did, as relative paths in order."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    outdated: frozenset[str] = frozenset()  # of those written or removed: as the last build left them, until now

    @property
    def changed(self) -> tuple[str, ...]:
        """What is otherwise now than it was."""
        return (*self.written, *self.removed)


Content = bytes | Path
"""What a file is to hold: these bytes, or those of another file."""


def write(files: Mapping[str, Content], folder: Path) -> WriteReport:
    """The folder holds these files, byte for byte, and none of an earlier build that are not among them.

    Each file is replaced whole (pkm.files.write_atomic), so a reader never meets half of one; a
    killed run is mended by the next. Files that no build made are never touched. What is written is public by nature:
    files are asked for as 0644 and folders as 0755, which the umask may narrow (077 leaves them to their owner).

    Raises Exists, before anything was written, where a file that no build made is in the way; Refused where a path
    would leave the folder; BadInput for a manifest that is none; StoreError where the folder cannot be written.
    """
    wanted = dict(sorted(files.items()))
    with folder_errors(folder):
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        inside = {"": True}
        for path in wanted:
            _check_inside(folder, path, inside)
        earlier = read_manifest(folder)
        unchanged = {path for path in wanted if holds(os.path.join(folder, path), wanted[path])}
        _check_free(folder, set(wanted) - unchanged - set(earlier))
        gone = sorted(set(earlier) - set(wanted))
        changed = [path for path in wanted if path not in unchanged]
        outdated = frozenset(path for path in (*changed, *gone) if stands_as_built(folder, path, earlier))
        # named before they are made: a run that is killed in between leaves nothing that the next one does not know
        _write_manifest(folder, dict.fromkeys(wanted, "") | earlier)
        for path in changed:
            (folder / path).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            content = wanted[path]
            write_atomic(folder / path, content if isinstance(content, bytes) else content.read_bytes(), 0o644)
        removed = [path for path in gone if _remove(folder, path)]
        _write_manifest(folder, {path: _sum(content) for path, content in wanted.items()})
    return WriteReport(tuple(changed), tuple(sorted(unchanged)), tuple(removed), outdated & {*changed, *removed})


def stands_as_built(folder: Path, path: str, earlier: Mapping[str, str]) -> bool:
    """Whether what stands there, or that nothing does, is what the last build left. earlier: what read_manifest gave then."""
    if path not in earlier:
        return bool(earlier)  # a folder that was emptied, its manifest too, is no build's
    with contextlib.suppress(OSError):
        return bool(earlier[path]) and _sum((folder / path).read_bytes()) == earlier[path]
    return False


def _sum(content: Content) -> str:
    """What tells bytes from others; "" of another file, which is named by what it holds and never changes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest() if isinstance(content, bytes) else ""


def disown(folder: Path, paths: Collection[str]) -> None:
    """These files are no build's any more: they stay, and no write removes or replaces them. Nothing where there is no folder."""
    if (folder / MANIFEST).is_file():
        with folder_errors(folder):
            _write_manifest(folder, {path: known for path, known in read_manifest(folder).items() if path not in paths})


def _inside(path: str) -> bool:
    parts = path.split("/")
    return path != MANIFEST and all(_PART.fullmatch(part) and part not in (".", "..") for part in parts)


def _check_inside(folder: Path, path: str, inside: dict[str, bool]) -> None:
    """The path stays in the folder, also where a folder in it is a symbolic link. inside: what was found of its folders."""
    if not _inside(path) or not _leads_inside(folder, path.rpartition("/")[0], inside):
        raise Refused(path, f"it would be written outside {folder}", kept="nothing was written")


def _leads_inside(folder: Path, path: str, inside: dict[str, bool]) -> bool:
    """Whether the folder at the path is in the folder; each is looked at once, a link followed to its end."""
    if path not in inside:
        place = os.path.join(folder, path)
        inside[path] = _leads_inside(folder, path.rpartition("/")[0], inside) and (
            not os.path.islink(place) or Path(place).resolve().is_relative_to(folder.resolve())
        )
    return inside[path]


def _check_free(folder: Path, paths: set[str]) -> None:
    for path in sorted(paths):
        if os.path.lexists(folder / path):
            raise Exists(
                str(folder / path), "it is there already, and no build of pkm made it",
                kept="nothing was written", next="move it away, or name another folder",
            )  # fmt: skip


def holds(path: str | Path, content: Content) -> bool:
    """Whether the file is there and holds just that."""
    if isinstance(content, Path):
        place = Path(path)
        return place.is_file() and not place.is_symlink() and content.is_file() and filecmp.cmp(path, content, shallow=False)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        there = os.lstat(path)
        if stat.S_ISREG(there.st_mode) and there.st_size == len(content):
            with open(path, "rb") as opened:
                return opened.read() == content
    return False


def _remove(folder: Path, path: str) -> bool:
    """The file is gone, with the folders that it leaves empty; False where it was gone before."""
    file = folder / path
    if not _inside(path) or not file.parent.resolve().is_relative_to(folder.resolve()) or not os.path.lexists(file):
        return False
    if file.is_dir() and not file.is_symlink():
        return False
    file.unlink()
    for parent in file.parents:
        if parent == folder or any(parent.iterdir()):
            break
        parent.rmdir()
    return True


def read_manifest(folder: Path) -> dict[str, str]:
    """The files that an earlier build made, each with the sum of its bytes; "" where it is not known. Raises BadInput."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        known = files if isinstance(files, dict) else dict.fromkeys(files, "")  # a list: of before sums were kept
        return {path: str(known[path]) for path in known if isinstance(path, str) and _inside(path)}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(
            str(folder / MANIFEST), f"it does not read as the list of files that a build made: {error}",
            kept="nothing was written", next="remove the folder's built files and this list, then build again",
        ) from error  # fmt: skip


def _write_manifest(folder: Path, files: Mapping[str, str]) -> None:
    text = json.dumps({"version": 2, "files": dict(sorted(files.items()))}, indent=1, ensure_ascii=False) + "\n"
    if not holds(folder / MANIFEST, text.encode()):
        write_atomic(folder / MANIFEST, text.encode(), 0o644)
