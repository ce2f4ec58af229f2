"""A folder with one vCard a file, as CardDAV sync tools keep it (vdirsyncer's vdir), and what it said when last written.

What the files said when they were last written is remembered at home, not in the folder, which a sync tool may carry to
another machine: so that a change there is told from a change here. Owns the files and that memory; knows cards, not the store.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pkm.errors import BadInput
from pkm.files import folder_errors, safe_name, write_atomic
from pkm.people.arrival import Arrival, compared, mark, read_arrival, uid_line
from pkm.people.card import Card
from pkm.people.importing import is_card_file
from pkm.people.said import LINE, Said, digest, read_line, read_said, said_by
from pkm.people.vcard import read_cards, version_of, write_card
from pkm.text import fold


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of a file. sha256: of its bytes; made: whether an export made it; uid: the contact's.

    said: what it said. since: the digest of what the contact remembered of its card then, so that an import that came later
    is known to be newer. gone: whether it was deleted there, and left so.
    """

    sha256: str
    made: bool
    uid: str
    said: Said
    since: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a folder. version: the vCard version of new files, "" while nobody said."""

    path: Path
    folder: str
    files: dict[str, Entry] = field(default_factory=dict)
    version: str = ""


@dataclass(frozen=True, slots=True)
class FolderExport:
    """What an export into a folder did, as file names. failures: (file, why) of those that were left as they are.

    deleted: (file, name) of contacts whose file somebody deleted, and that were not written again; again: of those that were,
    because they changed here since.
    """

    new: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]
    deleted: tuple[tuple[str, str], ...] = ()
    again: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the folder: its bytes and, where it holds exactly one card, that."""

    data: bytes
    card: Card | None


def write_folder(
    cards: Iterable[Card], folder: Path, memory: Memory, *, version: str = "", restore: bool = False
) -> FolderExport:
    """Each card is in a file of the folder: in the one that has its UID, else in one named by it.

    A file is written where it says otherwise than its card, in the vCard version it has. One that another program has
    written since, and that was not imported, is left and told. A file that somebody deleted is not written again, unless
    the contact has changed since, or with `restore`. Files of people who are gone are removed where an earlier export made
    them, or a merger joined them, and nobody changed them. version: of new files; "": as said before, else as most files.
    Raises StoreError where the folder cannot be written.
    """
    with folder_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = {path.name: _read(path) for path in sorted(folder.iterdir()) if is_card_file(path)}
        every = list(cards)
        wanted = _name_files(every, there, memory)
        version = version or memory.version
        deleted, again = _deleted(wanted, there, memory, restore)
        written = {name: card for name, card in wanted.items() if name not in deleted}
        unsafe = [*_misnamed(there), *_unsafe({n: card for n, card in written.items() if _fits(n)}, there, memory)]
        left = {name for name, _ in unsafe}
        usual = version or _usual(there)
        changed = {name: _write(card, there.get(name), usual) for name, card in written.items()
                   if name not in left and not _says(there.get(name), card)}  # fmt: skip
        gone = _removable(every, wanted, there, memory)
        entries = {name: replace(memory.files[name], gone=True) for name in deleted}
        entries |= {name: memory.files[name] for name in left if name in memory.files}
        for name in written.keys() - left:
            data = changed[name] if name in changed else there[name].data
            made = memory.files[name].made if name in memory.files else name not in there
            card = read_cards(data).cards[0] if name in changed else there[name].card
            entries[name] = _entry(data, made, written[name], card)
        keep = {name: memory.files[name] for name in gone}
        _write_memory(replace(memory, files={**keep, **entries}, version=version))
        for name, data in changed.items():
            write_atomic(folder / name, data)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        _write_memory(replace(memory, files=entries, version=version))
    new = tuple(name for name in changed if name not in there)
    updated = tuple(name for name in changed if name in there)
    return FolderExport(
        new, updated, len(written) - len(changed) - len(left & written.keys()), tuple(gone),
        tuple((os.fsencode(name).decode("utf-8", "replace"), why) for name, why in unsafe),
        tuple((name, wanted[name].name) for name in sorted(deleted)), tuple((name, wanted[name].name) for name in sorted(again)),
    )  # fmt: skip


def bases_of(memory: Memory, uid: str, lines: Iterable[str]) -> dict[str, Said]:
    """What the files of a contact said when they were written, of those whose cards no import has seen since.

    lines: what the contact remembers of its cards.
    """
    remembered = {card: digest(line) for line in lines if line.startswith(LINE) for card, _ in [read_line(line)]}
    return {
        card: entry.said for entry in memory.files.values() if uid_line(entry.uid) == uid_line(uid)
        for card in [uid_line(entry.uid)] if entry.since == remembered.get(card, "")
    }  # fmt: skip


def missing_files(memory: Memory, folder: Path) -> list[str]:
    """The files that an export left and that somebody deleted."""
    return sorted(name for name in memory.files if not (folder / name).is_file())


def _read(path: Path) -> _File:
    data = path.read_bytes()
    try:
        cards = read_cards(data).cards
    except BadInput:
        cards = ()
    return _File(data, cards[0] if len(cards) == 1 else None)


def _uids(card: Card) -> list[str]:
    """The UIDs of a contact's cards, as they are compared, its own first."""
    return [uid_line(card.uid), *(line for line in card.extra if line.startswith(uid_line("")))]


def _name_files(cards: Iterable[Card], there: Mapping[str, _File], memory: Memory) -> dict[str, Card]:
    """Each card with its file: the one that holds its UID, else the one that it had, else a free name."""
    owned: dict[str, str] = {}
    for name, file in sorted(there.items(), key=lambda one: one[0] not in memory.files):  # before a copy that a tool made
        if file.card and file.card.uid:
            owned.setdefault(uid_line(file.card.uid), name)
    for name, entry in memory.files.items():
        if name not in there:
            owned.setdefault(uid_line(entry.uid), name)
    wanted: dict[str, Card] = {}
    taken = {fold(name) for name in (*there, *memory.files)}
    for card in cards:
        name = next((owned[uid] for uid in _uids(card) if uid in owned and owned[uid] not in wanted), "")
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


def _deleted(
    wanted: Mapping[str, Card], there: Mapping[str, _File], memory: Memory, restore: bool
) -> tuple[set[str], set[str]]:
    """The files that somebody deleted and that stay so, and those that are written again since their contact changed."""
    missing = {name for name in wanted if name in memory.files and name not in there}
    if restore:
        return set(), missing
    changed = {name for name in missing if memory.files[name].said not in (_said(wanted[name]), _said(wanted[name], "3.0"))}
    return missing - changed, changed


def _usual(there: Mapping[str, _File]) -> str:
    """The version that most files of the folder have; 4.0 where there are none."""
    versions = [version_of(file.data) for file in there.values() if file.card]
    return "3.0" if versions.count("3.0") * 2 > len(versions) else "4.0"


def _own(card: Card, file: _File | None) -> Card:
    """The card as its file has to have it: a server takes no other UID for a file that it knows."""
    return replace(card, uid=file.card.uid) if file and file.card and file.card.uid else card


def _write(card: Card, file: _File | None, version: str) -> bytes:
    return write_card(_own(card, file), version_of(file.data) if file else version)


def _says(file: _File | None, card: Card) -> bool:
    """Whether the file says what the card says, in whatever version and order."""
    if file is None or file.card is None:
        return False
    return _said(file.card, "3.0") == _said(_own(card, file), "3.0") or _write(card, file, "") == file.data


def _said(card: Card, version: str = "4.0") -> Said:
    """What a card says as it is written in that version, its date aside."""
    return replace(said_by([read_arrival(read_cards(write_card(card, version)).cards[0], str)]), rev="")


def _entry(data: bytes, made: bool, card: Card, file: Card | None) -> Entry:
    remembered = dict((read_line(line)[0], line) for line in card.extra if line.startswith(LINE))
    since = remembered.get(uid_line(card.uid), "")
    said = said_by([read_arrival(file, str)]) if file else Said()
    return Entry(_digest(data), made, card.uid, replace(said, rev=""), digest(since) if since else "")


def _unsafe(wanted: Mapping[str, Card], there: Mapping[str, _File], memory: Memory) -> Iterator[tuple[str, str]]:
    """The files that somebody wrote since, or before, and whose text no import has seen, with what it is."""
    for name, card in wanted.items():
        file, entry = there.get(name), memory.files.get(name)
        if file is None or file.card is None or (entry and entry.sha256 == _digest(file.data)):
            continue
        said = _said(file.card)
        seen = [replace(read_line(line)[1], rev="") for line in card.extra if line.startswith(LINE)]
        if said in seen or (entry and said == entry.said) or said == _said(_own(card, file)):
            continue
        more = _more(read_arrival(file.card, str), read_arrival(card, str))
        if more:
            yield name, f"it says more than the contact ({more}); import the folder first, or move the file away"
        elif entry or seen:
            yield name, "it was changed since; import the folder first, or move the file away"


def _fits(name: str) -> bool:
    """Whether a file's name is text: one that is not UTF-8 can be remembered nowhere."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def _misnamed(there: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in there:
        if not _fits(name):
            yield name, "its name is not UTF-8: left as it is; give it another name"


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


def _removable(cards: Iterable[Card], wanted: Mapping[str, Card], there: Mapping[str, _File], memory: Memory) -> list[str]:
    """The files that stand for nobody any more, as an export left them: of people who are gone, and of merged ones."""
    merged = {uid for card in cards for uid in _uids(card)}
    return [
        name for name, entry in memory.files.items()
        if name not in wanted and name in there and entry.sha256 == _digest(there[name].data)
        and (entry.made or uid_line(entry.uid) in merged)
    ]  # fmt: skip


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_memory(home: Path, folder: Path) -> Memory:
    """What is remembered of the folder, in the folder `home`; nothing where that does not read."""
    folder = folder.absolute()
    path = home / f"{digest(str(folder))}.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        files = {str(name): _read_entry(entry) for name, entry in values["files"].items() if "/" not in name}
        return Memory(path, str(folder), files, str(values["version"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # then everything is told as unknown, nothing lost
        return Memory(path, str(folder))


def _read_entry(values: Mapping[str, Any]) -> Entry:
    return Entry(
        str(values["sha256"]), bool(values["made"]), str(values["uid"]), read_said(values["said"]), str(values["since"]),
        bool(values["gone"]),
    )  # fmt: skip


def _write_memory(memory: Memory) -> None:
    files = {
        name: {"sha256": one.sha256, "made": one.made, "uid": one.uid, "said": one.said.as_dict(), "since": one.since,
               "gone": one.gone}
        for name, one in sorted(memory.files.items())
    }  # fmt: skip
    text = json.dumps({"folder": memory.folder, "version": memory.version, "files": files}, ensure_ascii=False) + "\n"
    if not (memory.path.is_file() and memory.path.read_bytes() == text.encode()):
        memory.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(memory.path, text.encode())
