"""What lies in a folder that is given to an import: each thing in it that pkm can take, and the command for that."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pkm.errors import BadInput, PkmError, Several
from pkm.people.contacts_csv import looks_like_contacts
from pkm.people.importing import is_card_file
from pkm.seek.bookmarks import looks_like_bookmarks
from pkm.seek.nb import looks_like_nb
from pkm.seek.opml import looks_like as looks_like_list
from pkm.sense.jrnl import looks_like_jrnl
from pkm.sense.vault_folder import holds_notes, is_marked, is_note_name, root_of
from pkm.store import note_intake
from pkm.store.session import Store
from pkm.text import count
from pkm.whole.archive import is_export

HEAD = 65_536
"""Bytes of a file that its kind is told by."""
LISTED = (".opml", ".xml", ".csv", ".tsv", ".html", ".htm", ".json", ".txt", "")
"""Endings of the files that are looked into."""
MOST = 2_000
"""So many files of a folder are looked at; who has more in one place has one thing there."""
SHOWN = 12
"""So many things are named."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that pkm can take: what it is, and the command that takes it. kind: notes, people, feeds, bookmarks, export."""

    kind: str
    what: str
    command: str


def things_in(folder: Path) -> list[Thing]:
    """What lies in the folder and in the folders right in it.

    A folder that a tool calls its own is one thing; the folders of one with notes in it are that one's.
    """
    if one := _one_thing(folder):
        return [one]
    found = [*_in_files(folder)]
    if any(thing.kind == "notes" for thing in found):
        return found
    for inner in sorted(path for path in _entries(folder) if path.is_dir() and not path.name.startswith(".")):
        one = _one_thing(inner)
        found += [one] if one else [thing for thing in _in_files(inner) if thing.kind != "notes"]
    if not any(thing.kind == "notes" for thing in found) and holds_notes(folder):
        found.append(Thing("notes", "Markdown", f"pkm import {_quoted(folder)} --as vault"))
    return found


def was_taken(store: Store, folder: Path) -> bool:
    """Whether notes came from it before, as from one folder of notes; else Several is raised where it holds several things."""
    if note_intake.paths_in(store.read(), root_of(folder)):
        return True
    things = things_in(folder)
    if len(things) > 1:
        raise _several(folder, things)
    return False


def instead(folder: Path, why: str) -> PkmError:
    """The error for a folder that a command cannot take: what lies there, each with the command that takes it."""
    things = things_in(folder)
    if len(things) > 1:
        return _several(folder, things)
    if not things:
        return BadInput(str(folder), f"{why}, and nothing that pkm can take was found in it", next="pkm import -h")
    return BadInput(str(folder), f"{why}; in it: {things[0].what}", next=things[0].command)


def beside(folder: Path, kind: str) -> list[Thing]:
    """What lies there beside the things of that kind."""
    return [thing for thing in things_in(folder) if thing.kind != kind]


def _several(folder: Path, things: list[Thing]) -> Several:
    whole = f"pkm import {_quoted(folder)} --as vault"
    notes = sum(thing.kind == "notes" for thing in things)
    step = "the one that you mean, or one after the other"
    step += f"; all Markdown there as one folder of notes: {whole}" if notes > 1 else ""
    listed = [(thing.command, thing.what) for thing in things]
    return Several(str(folder), listed[:SHOWN], total=len(listed), next=step)


def _one_thing(folder: Path) -> Thing | None:
    """The folder as one thing, where it is marked as such."""
    path = _quoted(folder)
    if is_export(folder):
        return Thing("export", "what pkm export wrote", f"pkm import {path}")
    if (looks_like_nb(folder) or is_marked(folder)) and holds_notes(folder):
        return Thing("notes", f"a folder of notes, {folder.name}", f"pkm import {path}")
    return None


def _in_files(folder: Path) -> Iterator[Thing]:
    files = [path for path in _entries(folder) if path.is_file() and not path.name.startswith(".")]
    if notes := sum(is_note_name(path.name) for path in files):
        yield Thing("notes", count(notes, "Markdown file"), f"pkm import {_quoted(folder)} --as vault")
    if cards := sum(map(is_card_file, files)):
        yield Thing("people", count(cards, "file of vCards", "files of vCards"), f"pkm contact import {_quoted(folder)}")
    for path in files:
        if path.suffix.lower() in LISTED and (thing := _of_file(path)):
            yield thing


def _of_file(path: Path) -> Thing | None:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return None
    if looks_like_bookmarks(head):
        return Thing("bookmarks", f"bookmarks, {path.name}", f"pkm seek import {_quoted(path)}")
    if looks_like_list(head):
        return Thing("feeds", f"a list of feeds, {path.name}", f"pkm seek import {_quoted(path)}")
    if looks_like_jrnl(head):
        return Thing("journal", f"a journal, {path.name}", f"pkm import {_quoted(path)}")
    if path.suffix.lower() in (".csv", ".tsv") and looks_like_contacts(head):
        return Thing("people", f"a table of contacts, {path.name}", f"pkm contact import {_quoted(path)}")
    return None


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[:MOST]
    except OSError:
        return []


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
