"""A file put beside a note: its bytes are kept in the home, and the note shows it, a picture with words in its place."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pkm import attachment_files
from pkm.config import Home
from pkm.errors import BadInput, Invalid, NotFound
from pkm.files import safe_name
from pkm.ids import existing, make
from pkm.sense.notes import NoteAdded, edit_note
from pkm.sense.vault import MAX_ATTACHMENT
from pkm.store import attachments, notes
from pkm.store.attachments import Attached
from pkm.store.session import Store
from pkm.text import clean, one_line


def attach(store: Store, home: Home, number: int, files: Sequence[tuple[Path, str]]) -> NoteAdded:
    """The note shows the files, in order below its text; one command, undone as one. files: each with its words.

    A file of a name that is another's gets a number. Raises NotFound, BadInput (no file, or too large), Invalid (none
    given); StoreError where the bytes cannot be kept. Nothing is changed then.
    """
    if not files:
        raise Invalid("no file", "name one", next=f"pkm sense attach {make('note', number)} FILE --alt \"what it shows\"")
    taken = [(_read(path), path, words) for path, words in files]
    with store.unit() as unit:
        base = existing(notes.row(unit.connection, number), "note", number)
        names = {one.name: one.sha256 for one in attachments.rows(unit.connection)}
        lines = []
        for one, path, words in taken:
            named = one._replace(name=_free(one.name, one.sha256, names))
            names[named.name] = named.sha256
            attachment_files.take_in(home.attachments, path, named.sha256)
            attachments.put(unit, [named])
            lines.append(_shown(named, words))
        added = edit_note(store, number, text="\n\n".join([base["text"].rstrip(), *lines]), base=base)
        unit.summarize(f"attached {', '.join(one_line(path.name, 60) for _, path, _ in taken)} to {make('note', number)}")
    return added


def _read(path: Path) -> Attached:
    """The file as it will be known, named after itself. Raises NotFound, BadInput."""
    if not path.is_file():
        raise NotFound(str(path), "it is a folder" if path.is_dir() else "there is no such file")
    try:
        size = path.stat().st_size
        if size > MAX_ATTACHMENT:
            why = f"it is larger than {MAX_ATTACHMENT // 1_000_000} MB"
            raise BadInput(str(path), why, next="make it smaller, or link to it")
        name = safe_name(path.stem) + path.suffix.lower()
        return Attached(name, attachment_files.digest(path), mimetypes.guess_type(name)[0] or "", size)
    except OSError as error:
        raise BadInput(str(path), f"it cannot be read: {error.strerror or error}") from error


def _free(name: str, sha256: str, names: dict[str, str]) -> str:
    """The name, or where other bytes have it one with a number."""
    path, number, free = PurePosixPath(name), 2, name
    while names.get(free, sha256) != sha256:
        free = f"{path.stem}-{number}{path.suffix}"
        number += 1
    return free


def _shown(one: Attached, words: str) -> str:
    """The line of Markdown that shows a picture, or leads to another file."""
    said = one_line(clean(words)).replace("[", "(").replace("]", ")")
    target = f"<{one.name}>" if " " in one.name else one.name
    picture = one.media_type.startswith("image/")
    return f"{'!' if picture else ''}[{said if picture else said or one.name}]({target})"
