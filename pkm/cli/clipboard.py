"""What the clipboard holds, asked of the program that this desktop has for it."""

import os
import shutil
import subprocess
import sys

from pkm.errors import NotFound, PkmError
from pkm.text import one_line

# (program, how it is asked, the variable without which it has no desktop to ask). On a Mac pbpaste is part of the system.
PROGRAMS = (
    ("wl-paste", ("--no-newline", "--type", "text"), "WAYLAND_DISPLAY"),
    ("xclip", ("-selection", "clipboard", "-out"), "DISPLAY"),
    ("xsel", ("--clipboard", "--output"), "DISPLAY"),
    ("pbpaste", (), ""),
)
SECONDS = 10


def read() -> str:
    """The text on the clipboard. Raises NotFound (no program, nothing there), PkmError (the program failed)."""
    there = [(name, path, asked, needs) for name, asked, needs in PROGRAMS if (path := shutil.which(name))]
    usable = [(name, path, asked) for name, path, asked, needs in there if not needs or os.environ.get(needs)]
    if not usable:
        why = _why([name for name, *_ in there])
        raise NotFound("the clipboard", why, next="paste into: pkm sense note -   (end with Ctrl-D)")
    name, path, asked = usable[0]
    try:
        ran = subprocess.run([path, *asked], capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        why = f"it gave nothing in {SECONDS} seconds" if isinstance(error, subprocess.TimeoutExpired) else str(error.strerror)
        raise PkmError(f"the clipboard ({name})", why, next="pkm sense note -") from error
    text = ran.stdout.decode("utf-8", errors="replace")
    if not text.strip():
        why = one_line(ran.stderr.decode(errors="replace"), 200) or "there is no text on it"
        raise NotFound(f"the clipboard ({name})", why, next="copy some text first, then do it again")
    return text


def _why(there: list[str]) -> str:
    if there:
        return f"{' and '.join(there)} found no desktop (neither WAYLAND_DISPLAY nor DISPLAY is set)"
    wanted = "pbpaste" if sys.platform == "darwin" else "wl-paste (wl-clipboard), xclip or xsel"
    return f"no program to read it: {wanted} is not installed"
