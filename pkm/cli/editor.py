"""A text in the person's own editor. What was typed stays in the home's drafts until the caller says it is stored."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from pkm import config
from pkm.cli import current
from pkm.errors import Invalid, PkmError, Refused
from pkm.files import safe_name, write_atomic


def edit(text: str, name: str, *, instead: str, again: str = "") -> tuple[str, Path]:
    """What the person made of the text, and the draft that holds it: delete it once it is stored.

    name: of the draft, with its ending. instead: what to run where there is no editor to be used.
    again: what takes up the draft that an editor left behind when it failed.
    Raises PkmError where the editor fails: nothing is changed, the draft is kept and its path told; Refused where
    there is neither an editor set nor a terminal to open one on.
    """
    command = _command(instead)
    draft = keep(text, name)
    try:
        code = subprocess.run([*command, str(draft)], check=False).returncode
    except OSError as error:
        draft.unlink(missing_ok=True)  # it holds only what the store holds
        step = "set EDITOR, or: pkm config editor nano"
        raise PkmError(f"the editor {command[0]}", error.strerror or str(error), next=step) from error
    if code and not _holds_words(draft, text):
        draft.unlink(missing_ok=True)
        raise PkmError(f"the editor {command[0]}", f"it ended with code {code}, and nothing was typed", next=instead)
    if code:
        raise PkmError(
            f"the editor {command[0]}", f"it ended with code {code}", next=again or instead,
            kept=f"nothing was changed; what was typed is in {draft}",
        )  # fmt: skip
    try:
        return draft.read_text(encoding="utf-8", errors="replace"), draft
    except OSError as error:
        raise PkmError(str(draft), "the editor left no file there", next=instead) from error


def _holds_words(draft: Path, before: str) -> bool:
    """Whether the draft holds something that was typed: words, and not just those that were given."""
    try:
        text = draft.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return bool(text.strip()) and text != before


def keep(text: str, name: str) -> Path:
    """The text is a file of its own in the home's drafts; its path. Raises StoreError where it cannot be written."""
    home = current.home()
    home.ensure()
    stem, ending = os.path.splitext(name)
    path = home.drafts / (safe_name(stem) + ending)
    number = 2
    while path.exists():
        path = home.drafts / f"{safe_name(stem)}-{number}{ending}"
        number += 1
    write_atomic(path, text.encode("utf-8", errors="replace"))
    return path


def _command(instead: str) -> list[str]:
    settings = config.read(current.home())
    chosen = settings["editor"] or os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
        try:
            return shlex.split(chosen)
        except ValueError as error:
            raise Invalid(f"the editor {chosen}", f"{error}", next="pkm config editor nano") from error
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Refused("there is no terminal to open an editor on", next=instead)
    return [next((name for name in ("sensible-editor", "nano", "vim", "vi") if shutil.which(name)), "vi")]
