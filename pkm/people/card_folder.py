"""A folder with one .vcf a contact, as tools keep it that carry contacts to a phone (CardDAV).

Owns which file is whose and when one is written: equal content stays as it is, whoever wrote it. Cards in, files out; must
not know the store.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pkm.errors import BadInput, StoreError
from pkm.files import safe_name, write_atomic
from pkm.people.arrival import Arrival, compared, mark, read_arrival, uid_line
from pkm.people.card import Card
from pkm.people.importing import is_card_file
from pkm.people.vcard import read_cards, write_card
from pkm.text import fold

MANIFEST = ".pkm-contacts.json"
"""The files as an export left them, so that the next one sees who changed what: {"files": {name: {"sha256", "made"}}}."""

Written = dict[str, dict[str, str | bool]]


@dataclass(frozen=True, slots=True)
class FolderExport:
    """What an export into a folder did, as file names. failures: (file, why) of those that were left as they are."""

    new: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the folder: its bytes and, where it holds exactly one card, that."""

    data: bytes
    card: Card | None


def write_folder(cards: Iterable[Card], folder: Path) -> FolderExport:
    """Each card is in a file of the folder: in the one that has its UID, else in one named by it.

    A file is written where it says otherwise than its card. One that another program has written since, and that says
    more than the card, is left and told, so that nothing is lost that was not imported. Files of people who are gone are
    removed where an earlier export made them and nobody changed them. Raises StoreError where the folder cannot be
    written, BadInput where the list of what was written does not read.
    """
    with _reported(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = {path.name: _read(path) for path in sorted(folder.iterdir()) if is_card_file(path)}
        earlier = _read_manifest(folder)
        wanted = _name_files(cards, there)
        failures = tuple(_unsafe(wanted, there, earlier))
        left = {name for name, _ in failures}
        changed = {name: write_card(card) for name, card in wanted.items()
                   if name not in left and not _says(there.get(name), card)}  # fmt: skip
        gone = [name for name in earlier if name not in wanted and name in there and _removable(there[name], earlier[name])]
        manifest = {name: entry for name, entry in earlier.items() if name in left}
        for name in wanted.keys() - left:
            data = changed[name] if name in changed else there[name].data
            made = bool(earlier[name]["made"]) if name in earlier else name not in there
            manifest[name] = {"sha256": _digest(data), "made": made}
        _write_manifest(folder, {**{name: earlier[name] for name in gone}, **manifest})
        for name, data in changed.items():
            write_atomic(folder / name, data)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        _write_manifest(folder, manifest)
    new = tuple(name for name in changed if name not in there)
    updated = tuple(name for name in changed if name in there)
    return FolderExport(new, updated, len(wanted) - len(changed) - len(left), tuple(gone), failures)


@contextlib.contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            str(folder), f"it cannot be written: {error.strerror or error}",
            kept="every file in it is whole, the old one or the new", next="make it writable, then do the same again",
        ) from error  # fmt: skip


def _read(path: Path) -> _File:
    data = path.read_bytes()
    try:
        cards = read_cards(data).cards
    except BadInput:
        cards = ()
    return _File(data, cards[0] if len(cards) == 1 else None)


def _name_files(cards: Iterable[Card], there: Mapping[str, _File]) -> dict[str, Card]:
    """Each card with its file: the one that holds its UID, else a free name."""
    owned: dict[str, str] = {}
    for name, file in there.items():
        if file.card and file.card.uid:
            owned.setdefault(uid_line(file.card.uid), name)
    wanted: dict[str, Card] = {}
    taken = {fold(name) for name in there}
    for card in cards:
        uids = [uid_line(card.uid), *(line for line in card.extra if line.startswith(uid_line("")))]
        name = next((owned[uid] for uid in uids if uid in owned and owned[uid] not in wanted), "")
        name = name or _free_name(card, taken)
        taken.add(fold(name))
        wanted[name] = card
    return wanted


def _free_name(card: Card, taken: set[str]) -> str:
    stem = safe_name(card.uid.removeprefix("urn:uuid:"), "contact")
    number, name = 1, f"{stem}.vcf"
    while fold(name) in taken:
        number += 1
        name = f"{stem}-{number}.vcf"
    return name


def _says(file: _File | None, card: Card) -> bool:
    """Whether the file says what the card says, in whatever version of vCard."""
    if file is None:
        return False
    data = write_card(card)
    return file.data == data or (
        file.card is not None and write_card(replace(file.card, rev="", uid=card.uid)) == data
    )


def _unsafe(wanted: Mapping[str, Card], there: Mapping[str, _File], earlier: Written) -> Iterator[tuple[str, str]]:
    """The files that somebody wrote since, or before, and that say more than the card, with what it is."""
    for name, card in wanted.items():
        file = there.get(name)
        if file is None or file.card is None or earlier.get(name, {}).get("sha256") == _digest(file.data):
            continue
        if more := _more(read_arrival(file.card, str), read_arrival(card, str)):
            yield name, f"it says more than the contact ({more}); import the folder first, or move the file away"


def _more(theirs: Arrival, ours: Arrival) -> str:
    """Something of theirs that is not in ours, "" where there is nothing."""
    have = {compared(kind, value) for kind, _, value in ours.handles}
    for kind, _, value in theirs.handles:
        if compared(kind, value) not in have:
            return f"{kind} {value[:60]}"
    lines = set(map(mark, ours.lines))
    single = {line.partition(":")[0] for line in ours.lines if line.startswith("pkm.")}
    for line in theirs.lines:
        head = line.partition(":")[0]
        if mark(line) not in lines and mark(line.removeprefix("pkm.")) not in lines and head not in single:
            return head.removeprefix("pkm.").partition(";")[0]
    return next((key for key in theirs.fields if key not in ours.fields), "")


def _removable(file: _File, entry: Mapping[str, str | bool]) -> bool:
    return bool(entry["made"]) and entry["sha256"] == _digest(file.data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_manifest(folder: Path) -> Written:
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {
            str(name): {"sha256": str(entry["sha256"]), "made": bool(entry["made"])}
            for name, entry in values.items() if "/" not in name
        }  # fmt: skip
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(
            str(folder / MANIFEST), f"it does not read as the list of files that an export made: {error}",
            kept="nothing was written", next="remove it, then export again: files that are there are kept",
        ) from error  # fmt: skip


def _write_manifest(folder: Path, files: Written) -> None:
    text = json.dumps({"version": 1, "files": dict(sorted(files.items()))}, indent=1, ensure_ascii=False) + "\n"
    path = folder / MANIFEST
    if not (path.is_file() and path.read_bytes() == text.encode()):
        write_atomic(path, text.encode())
