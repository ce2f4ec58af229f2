"""A text in the person's own editor. What was typed stays in the home's drafts until the caller says it is stored."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from pkm import config, draft_files
from pkm.cli import current, render
from pkm.dates import day
from pkm.errors import Invalid, PkmError, Refused
from pkm.files import safe_name, write_atomic
from pkm.text import one_line


def edit(
    text: str, what: str, *, instead: str, again: str = "", ending: str = ".md", older: str = "", changed_at: str = "",
    draft: Path | None = None,
) -> tuple[str, Path]:  # fmt: skip
    """What the person made of the text, and the draft that holds it: delete it once it is stored.

    A text of the same thing that did not get into the store is gone on with, unless the person says no.

    what: is written, as draft_files.Begun.of has it; older: what such a draft was called before. ending: of its name.
    instead: what to run where there is no editor to be used. again: what takes up the draft that an editor left behind when
    it failed. changed_at: when the store last changed the thing. draft: the text that is gone on with, whatever waits.
    Raises PkmError where the editor fails: nothing is changed, the draft is kept and its path told; Refused where
    there is neither an editor set nor a terminal to open one on.
    """
    command = _command(instead)
    draft = draft or _gone_on_with(text, what, older, ending, changed_at) or keep(
        text, draft_files.name_for(what, ending, process=os.getpid())
    )
    try:
        code, why = subprocess.run([*command, str(draft)], check=False).returncode, ""
    except OSError as error:
        code, why = 1, error.strerror or str(error)
    words = _holds_words(draft, text)
    if code and not words:
        draft.unlink(missing_ok=True)
        step = "set EDITOR, or: pkm config editor nano" if why else instead
        raise PkmError(f"the editor {command[0]}", why or f"it ended with code {code}, and nothing was typed", next=step)
    if code:
        raise PkmError(
            f"the editor {command[0]}", why or f"it ended with code {code}", next=again or instead,
            kept=f"nothing was changed; what was typed is in {draft}",
        )  # fmt: skip
    try:
        return draft.read_text(encoding="utf-8", errors="replace"), draft
    except OSError as error:
        raise PkmError(str(draft), "the editor left no file there", next=instead) from error


def _gone_on_with(text: str, what: str, older: str, ending: str, changed_at: str) -> Path | None:
    """The draft of that which waits, taken up by this run; None where none does, or it is not wanted."""
    home = current.home()
    for one in draft_files.left(home, *filter(None, (what, older))):
        words = draft_files.text_of(one.path)
        if not words.strip() or words == text:
            continue
        told = f"You began this on {day(one.at)}, and it was not stored: “{_first_words(words, text)}”."
        if changed_at > one.at:
            told += " What it is of was changed since."
        if render.is_asked() and not render.takes(f"{told} Go on with it?"):
            render.tell(f"It stays in {one.path}")
            return None
        if not render.is_asked():
            render.tell(f"{told} It is gone on with.")
        path = home.drafts / draft_files.name_for(what, ending, process=os.getpid(), at=one.at)
        try:
            one.path.replace(path)
        except FileNotFoundError:  # another command went on with it
            continue
        return path
    return None


def _first_words(words: str, before: str) -> str:
    """The first line of words that was not there before they were typed."""
    had = {line.strip() for line in before.splitlines()}
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return one_line(next((line for line in lines if line not in had), lines[0]), 60)


def _holds_words(draft: Path, before: str) -> bool:
    """Whether the draft holds something that was typed: words, and not just those that were given."""
    text = draft_files.text_of(draft)
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
