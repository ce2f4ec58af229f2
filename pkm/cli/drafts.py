"""What was typed, safe before it is stored: a file in drafts/ that goes when the store has it.

Where the home cannot be written it goes to the system's folder for temporary files; where that cannot be either, the
words themselves are shown.
"""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pkm import draft_files
from pkm.cli import current, editor, render
from pkm.errors import NotFound, PkmError


def name_for(kind: str = "note", of: str = "") -> str:
    """The file name of a draft made now: what it is to be (note: a new note), of which thing, and when."""
    return draft_files.name_for("-".join(filter(None, (kind, of))))


def keep(text: str, name: str) -> Path | None:
    """The file that holds the text now; None where no folder takes it."""
    with contextlib.suppress(PkmError, OSError):
        return editor.keep(text, name)
    with contextlib.suppress(OSError):
        handle, path = tempfile.mkstemp(prefix="pkm-", suffix=".md")
        with open(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        return Path(path)
    return None


def typed() -> str:
    """What comes on stdin; bytes that are no UTF-8 are replaced. Broken off (Ctrl-C), the lines so far are a draft."""
    raw = getattr(sys.stdin, "buffer", None)
    if raw is None:
        return sys.stdin.read()
    lines: list[bytes] = []
    try:
        for line in raw:
            lines.append(line)
    except KeyboardInterrupt:
        so_far = b"".join(lines).decode("utf-8-sig", errors="replace")
        if so_far.strip() and (path := keep(so_far, name_for())):
            render.tell(f"Kept: what you typed, in {path}")
            render.tell("Next: pkm sense note --draft last")
            raise render.Stopped from None
        raise
    return b"".join(lines).decode("utf-8-sig", errors="replace")


@contextlib.contextmanager
def kept(text: str, name: str, path: Path | None = None) -> Iterator[None]:
    """While the block stores the text, a draft holds it; it goes when the block is done, and so do those of the same words.

    path: the draft that holds it already. Where the block fails, the draft stays, and the error names it and what takes it up.
    """
    if path is None and text.strip():
        path = next(_of_the_same_words(text, name), None) or keep(text, name)
    try:
        yield
    except PkmError as error:
        if text.strip():
            _tell_kept(error, text, name, path)
        elif path is not None:
            path.unlink(missing_ok=True)
        raise
    except BaseException:
        if text.strip() and path is not None:
            render.tell(f"Kept: what you typed, in {path}")
        raise
    if path is not None:
        path.unlink(missing_ok=True)
    for earlier in _of_the_same_words(text, name):
        with contextlib.suppress(OSError):
            earlier.unlink()


def _of_the_same_words(text: str, name: str) -> Iterator[Path]:
    """The drafts of earlier tries, before what was mistyped beside the words was mended."""
    for one in draft_files.left(current.home(), draft_files.what_of(name)) if text.strip() else ():
        if draft_files.text_of(one.path) == text:
            yield one.path


def _tell_kept(error: PkmError, text: str, name: str, path: Path | None) -> None:
    if path is None:
        render.tell(f"What you typed could be written nowhere; here it is:\n\n{text}\n")
        return
    error.kept = f"what you typed, in {path}"
    if step := draft_files.take_up(draft_files.what_of(name), path):
        error.next = f"{error.next}; then: {step}" if error.next else step


def take_up(which: str, kind: str = "note") -> tuple[str, Path]:
    """The text of a draft and its path: `last` of the kind, its name in drafts/, or a path. Raises NotFound."""
    folder = current.home().drafts
    if which == "last":
        found = current.home().begun(kind)
        if not found:
            raise NotFound("the last draft", f"there is none in {folder}")
        path = found[-1]
    else:
        path = next((one for one in (Path(which).expanduser(), folder / which) if one.is_file()), Path(which))
    try:
        return path.read_text(encoding="utf-8", errors="replace"), path
    except OSError as error:
        raise NotFound(str(path), error.strerror or str(error), next=f"see what is in {folder}") from error
