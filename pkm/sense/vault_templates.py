"""Which files of a folder are templates: forms that another tool fills in, no words of the person's.

Obsidian's settings name their folder; elsewhere it is known by its name and by what is to be filled in. Foam's, zk's
(.foam/templates, .zk/templates) and Logseq's copies of old pages are in folders that are never looked at.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from pkm.notefile import stem
from pkm.sense.vault_folder import LOGSEQ, ReadFile

_SETTINGS = (
    (".obsidian/templates.json", "folder"), (".obsidian/plugins/templater-obsidian/data.json", "templates_folder"),
)  # fmt: skip
"""Where Obsidian's core plugin and Templater name the folder."""
_CALLED = {"template", "templates"}
_FILLED_IN = re.compile(r"\{\{[^{}\n]+\}\}|<%|\$\{?FOAM_")
"""What Obsidian, zk and nb ({{date}}), Templater and Logseq (<% today %>) and Foam ($FOAM_TITLE) fill in."""
_FULL = 1 / 3
"""From this share of its notes on a folder called templates is full of such places; many are forms of headings alone."""
_BLOCK, _FORM = re.compile(r"^- ", re.M), re.compile(r"^\s*(?:- )?template:: *\S", re.M)
"""A block of Logseq's, and the property that makes it a template."""


def templates_in(files: Sequence[ReadFile], folder: Path) -> list[ReadFile]:
    """Which of the folder's files are templates, in their order."""
    inside: dict[str, list[ReadFile]] = {}
    for file in files:
        top, slash, _ = file.path.partition("/")
        if slash and top.lower().strip("_") in _CALLED:
            inside.setdefault(top, []).append(file)
    named = [f"{one}/" for one in (*_folders_named(folder), *(top for top, held in inside.items() if _is_full(held)))]
    graph = (folder / LOGSEQ).is_file()
    return [file for file in files if file.path.startswith(tuple(named)) or (graph and _holds_forms(file))]


def _folders_named(folder: Path) -> list[str]:
    found = []
    for path, key in _SETTINGS:
        try:
            said = json.loads((folder / path).read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        name = said.get(key) if isinstance(said, dict) else ""
        found += [name.strip("/ ")] if isinstance(name, str) and name.strip("/ ") else []
    return found


def _is_full(files: Sequence[ReadFile]) -> bool:
    return sum(bool(_FILLED_IN.search(file.note.front + file.note.body)) for file in files) >= _FULL * len(files)


def _holds_forms(file: ReadFile) -> bool:
    """Whether a page is nothing but blocks that are templates; of one that is called so, whether it has any."""
    blocks = [block for block in _BLOCK.split(file.note.body)[1:] if block.strip(" -\t\r\n")]
    forms = [block for block in blocks if _FORM.search(block)]
    return bool(forms) and (len(forms) == len(blocks) or stem(file.path).lower() in _CALLED)
