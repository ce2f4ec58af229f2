"""What becomes of each file of a folder: new, changed, renamed, unchanged, gone. Pure: values in, a plan out.

A note that was changed here while its file was changed there is merged line by line against what both had last; where
both changed the same lines, the note has both versions, marked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pkm import frontmatter
from pkm.ids import make
from pkm.notefile import Properties, read_properties, stem
from pkm.reach import is_wider
from pkm.sense.vault_folder import ReadFile
from pkm.store.note_intake import KnownFile
from pkm.text import fold
from pkm.textmerge import merge, same

LIKE = 60
"""From this likeness (rapidfuzz ratio, 0 to 100) on, a file of the same name in another folder is the one that is gone."""

NEARLY, MARGIN = 85, 10
"""So like, and so much more than the next one, is a file under another name that was changed as well."""
TELLING = 40
"""A text of fewer letters is like too many others."""
MOST_COMPARED = 10_000

TagOf = Callable[[str], str]
"""The tag that a word means, as the store keeps it; "" for a word that is none."""


@dataclass(frozen=True, slots=True)
class Change:
    """A note whose file is another than before. columns: of the note, that change. was: the title it had, where that changes.

    conflict: both versions stand in its text. remarks: what was decided between two that differ.
    """

    known: KnownFile
    file: ReadFile
    columns: dict[str, Any]
    text: str
    tags_added: tuple[str, ...] = ()
    tags_taken: tuple[str, ...] = ()
    aliases_added: tuple[str, ...] = ()
    aliases_taken: tuple[str, ...] = ()
    was: str = ""
    conflict: bool = False
    merged: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def renamed(self) -> bool:
        """Whether its file is elsewhere than before."""
        return self.known.path != self.file.path


@dataclass(slots=True)
class VaultPlan:
    """What an import does. met: files that say what a note without a file says. gone: notes whose files are no longer there."""

    new: list[ReadFile] = field(default_factory=list)
    met: list[tuple[int, ReadFile]] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    gone: list[KnownFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store has of the notes of a folder: files by path, tags that were put on, other names.

    unfiled: notes that are in no file anywhere, by title (folded) and text.
    """

    files: Mapping[str, KnownFile]
    unfiled: Mapping[tuple[str, str], int]
    tags: Mapping[int, Sequence[str]]
    aliases: Mapping[int, Sequence[str]]
    tag_of: TagOf


def plan(files: Sequence[ReadFile], standing: Standing, now: str, missing: Callable[[str], bool]) -> VaultPlan:
    """What becomes of the files. missing: whether a path that was not read is really not there any more."""
    made = VaultPlan()
    paths = {file.path for file in files}
    left = [known for path, known in standing.files.items() if path not in paths and missing(path)]
    fresh: list[ReadFile] = []
    for file in files:
        known = standing.files.get(file.path)
        if known is None or (known.dropped and not known.hash and not is_like(known.base, file.note.body, NEARLY)):
            fresh.append(file)  # also another text by the name of a note that was put away, whose file was gone
        elif known.hash == file.hash:
            made.unchanged += 1
        else:
            made.changed.append(decide(known, file, standing, now))
    moved = _renamed(fresh, left)
    unfiled = dict(standing.unfiled)
    for file in fresh:
        if file.path in moved:
            made.changed.append(decide(moved[file.path], file, standing, now))
        elif number := unfiled.pop((fold(file.note.properties.title), file.note.text.strip()), 0):
            made.met.append((number, file))  # as after the undo of an export, which leaves the files
            made.unchanged += 1
        else:
            made.new.append(file)
    taken = {known.path for known in moved.values()}
    made.gone = [known for known in left if known.path not in taken and not known.dropped]
    return made


def _renamed(fresh: Sequence[ReadFile], left: Sequence[KnownFile]) -> dict[str, KnownFile]:
    """New files that are files which are gone: of the same bytes, else of the same name and much the same text."""
    found: dict[str, KnownFile] = {}
    open_left = {known.path: known for known in left if known.hash}
    for file in fresh:
        equal = [known for known in open_left.values() if known.hash == file.hash and file.note.text]
        equal.sort(key=lambda known: (fold(stem(known.path)) != fold(stem(file.path)), known.id))
        if equal:
            found[file.path] = open_left.pop(equal[0].path)
    for file in fresh:
        named = [known for known in open_left.values() if fold(stem(known.path)) == fold(stem(file.path))]
        if file.path not in found and len(named) == 1 and is_like(named[0].base, file.note.body):
            found[file.path] = open_left.pop(named[0].path)
    _find_changed(fresh, open_left, found)
    return found


def _find_changed(fresh: Sequence[ReadFile], left: dict[str, KnownFile], found: dict[str, KnownFile]) -> None:
    """New files, by another name, that say what one of those that are gone said, or nearly so, and no other does."""
    from rapidfuzz import fuzz

    rest = [file for file in fresh if file.path not in found and len(file.note.body.strip()) >= TELLING]
    if len(rest) * len(left) > MOST_COMPARED:
        return
    for file in rest:
        text = file.note.body[:5000]
        like = sorted(((fuzz.ratio(one.base[:5000], text), -one.id, path) for path, one in left.items()), reverse=True)
        if like and like[0][0] >= NEARLY and (len(like) == 1 or like[0][0] - like[1][0] >= MARGIN):
            found[file.path] = left.pop(like[0][2])


def is_like(one: str, other: str, least: int = LIKE) -> bool:
    """Whether the one text may have become the other."""
    from rapidfuzz import fuzz

    return bool(one.strip()) and fuzz.ratio(one[:5000], other[:5000]) >= least


def decide(known: KnownFile, file: ReadFile, standing: Standing, now: str) -> Change:
    """What a note becomes whose file changed, by what both had last."""
    text, conflict, merged = _text(known, file)
    fields = frontmatter.split(known.front)[0] if known.front else {}
    before = read_properties(fields, known.base, known.path)
    after = file.note.properties
    columns, remarks = _columns(known, before, after)
    if text != known.text:
        columns["text"] = text
    if known.dropped:
        columns["dropped_at"] = None
        there = "changed there" if known.hash else "is there again"
        remarks.append(f"it was put away here and {there}: it is back")
    if columns:
        columns["updated_at"] = max(known.updated_at, min(file.changed_at, now))
    tag_of = standing.tag_of
    old_tags, new_tags = ({fold(tag_of(name)): tag_of(name) for name in one.tags if tag_of(name)} for one in (before, after))
    old_names, new_names = ({fold(name): name for name in one.aliases} for one in (before, after))
    return Change(
        known, file, columns, text,
        tags_added=tuple(name for key, name in new_tags.items() if key not in old_tags),
        tags_taken=tuple(name for key, name in old_tags.items() if key not in new_tags),
        aliases_added=tuple(name for key, name in new_names.items() if key not in old_names),
        aliases_taken=tuple(name for key, name in old_names.items() if key not in new_names),
        was=known.title if "title" in columns else "", conflict=conflict, merged=merged, remarks=tuple(remarks),
    )  # fmt: skip


def _text(known: KnownFile, file: ReadFile) -> tuple[str, bool, bool]:
    """(the note's text, whether both versions stand in it, whether both were changed)."""
    if same(known.text, known.base):
        return file.note.text, False, False
    if same(known.base, file.note.body) or same(known.text, file.note.body):
        return known.text, False, False
    made = merge(known.base, known.text, file.note.body, theirs_name=f"in {file.path}")
    return made.text, bool(made.conflicts), True


def _columns(known: KnownFile, before: Properties, after: Properties) -> tuple[dict[str, Any], list[str]]:
    """What of title, reach, stage and day changes: as the file says, where only it changed; remarks where both did."""
    changed: dict[str, Any] = {}
    remarks = []
    for name in ("title", "reach", "stage", "at"):
        here, was, there = getattr(known, name), getattr(before, name), getattr(after, name)
        if there in (was, here):
            continue
        if name == "reach" and here == was and is_wider(there, here):
            number = make("note", known.note_id)
            remarks.append(f"the file says reach {there}: kept {here}. To widen it: pkm sense reach {number} {there}")
            continue
        if here == was:
            changed[name] = there
            continue
        chosen = there
        if name == "reach":
            chosen = here if is_wider(there, here) else there
        if name == "stage":
            chosen = here
        remarks.append(f"{name} is “{here}” here and “{there}” in the file: it is “{chosen}”")
        if chosen != here:
            changed[name] = chosen
    return changed, remarks


def moved_root(files: Sequence[ReadFile], candidates: Mapping[str, Mapping[str, KnownFile]]) -> str:
    """Of folders that are gone, the one whose files these are for the most part; "" for none."""
    paths = {file.path: file.hash for file in files}
    best, most = "", 0.5
    for root, known in candidates.items():
        alike = sum(paths.get(path) is not None for path in known) / max(len(known), 1)
        equal = sum(paths.get(path) == one.hash for path, one in known.items())
        if alike > most and equal:
            best, most = root, alike
    return best
