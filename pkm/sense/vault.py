"""An import of a folder of Markdown: each file is a note, kept in step with it from then on. All is one transaction.

The folder is read, a plan is made of it and of what the store knows (vault_plan), and it is applied. What is told of
links is counted over the folder, and what the store keeps of them (vault_links). The folder itself is never written to.
"""

import mimetypes
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from pkm import attachment_files
from pkm.beside import Others
from pkm.config import Home
from pkm.dates import now, stamp
from pkm.errors import BadInput, NotFound
from pkm.ids import Row, make
from pkm.sense.vault_folder import Folder, ReadFile, read_folder
from pkm.sense.vault_links import Counted, Speech, count, read_speech, written
from pkm.sense.vault_plan import Change, Standing, VaultPlan, moved_root, plan
from pkm.sense.vault_templates import templates_in
from pkm.store import attachments, forgotten_files, links, note_intake, note_names, tags
from pkm.store.attachments import Attached
from pkm.store.links import Written
from pkm.store.note_intake import FileRow
from pkm.store.note_names import Names
from pkm.store.session import Store, Unit
from pkm.text import count as counted_noun
from pkm.text import fold, one_line
from pkm.textmerge import is_marked

MAX_ATTACHMENT = 200_000_000
"""Bytes of one attachment; a film stays where it is."""


MANY = 2_000
"""From so many notes on an import says what it is at."""


@dataclass(slots=True)
class VaultImport:
    """An import that was done, or would be. conflicts, gone, put_away: notes as {"id", "title", "path"}."""

    plan: VaultPlan
    counted: Counted
    failures: list[tuple[str, str]]
    conflicts: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    put_away: list[Row] = field(default_factory=list)
    resolved: int = 0
    others: int = 0  # files that no note shows, and that were left
    lost: int = 0  # files of which nothing came in
    unmerged: list[str] = field(default_factory=list)  # notes in which two versions stand since an earlier import
    forgotten: list[str] = field(default_factory=list)  # files of notes that were forgotten, and that were left
    templates: list[str] = field(default_factory=list)  # files that another tool fills in, and that were left

    @property
    def wider(self) -> list[str]:
        """The new notes whose files say that they may go further than oneself, as “title (reach)”."""
        said = (file.note.properties for file in self.plan.new)
        return [f"{one_line(one.title, 60)} ({one.reach})" for one in said if one.reach != "private"]

    def as_dict(self) -> Row:
        """The summary as JSON has it."""
        return {
            "new": len(self.plan.new), "updated": len(self.plan.changed), "unchanged": self.plan.unchanged,
            "failed": len(self.failures), "failures": [{"what": what, "why": why} for what, why in self.failures],
            "renamed": sum(change.renamed for change in self.plan.changed),
            "merged": sum(change.merged and not change.conflict for change in self.plan.changed),
            "conflicts": self.conflicts, "gone": self.gone, "put_away": self.put_away,
            "other_files": self.others, "lost": self.lost,
            "forgotten": [one_line(path) for path in self.forgotten],
            "templates": [one_line(path) for path in self.templates], **self.counted.as_dict(),
        }  # fmt: skip

    @property
    def line(self) -> str:
        """The summary for people."""
        numbers = self.counted.numbers
        told = [f"{counted_noun(numbers['notes'], 'note')}: {len(self.plan.new):,} new, {len(self.plan.changed):,} updated, "
                f"{self.plan.unchanged:,} unchanged"]  # fmt: skip
        told += [f"{self.lost:,} not read"] if self.lost else []
        found = [f"{numbers[name]:,} {name}" for name in ("resolved", "unresolved", "ambiguous")]
        told += [f"{counted_noun(numbers['links'], 'link')}: {', '.join(found)}"] if numbers["links"] else []
        told += [counted_noun(numbers["attachments"], "attachment")] if numbers["attachments"] else []
        return " · ".join(told)


@dataclass(slots=True)
class _Gathered:
    folder: Folder
    speeches: dict[str, Speech]
    others: Others
    counted: Counted
    attached: list[tuple[Attached, Path]]
    moved_from: str
    standing: Standing
    plan: VaultPlan
    kept_away: list[str]
    templates: list[str]


def preview_import(
    store: Store, path: Path, *, drop_gone: bool = False, leave: str = "", forgotten: bool = False, templates: bool = False
) -> VaultImport:
    """What import_vault would do now."""
    done = _told(_gather(store, path, leave, forgotten, templates))
    if drop_gone:
        done.put_away, done.gone = done.gone, []
    return done


def import_vault(
    store: Store, home: Home, path: Path, *, drop_gone: bool = False, leave: str = "", forgotten: bool = False,
    templates: bool = False, tell: Callable[[str], None] = lambda _: None,
) -> VaultImport:  # fmt: skip
    """Every Markdown file of the folder is a note; a second import changes nothing, one undo takes it back.

    Imported notes are private unless their front matter says otherwise. What notes show is in the home's attachments.
    drop_gone: notes whose files are gone from the folder are put away. leave: the ending of files that are not looked at.
    forgotten: files of notes that were forgotten come in, too; templates: what another tool fills in does.
    tell: is told what is going on, where that takes long.
    Raises NotFound, BadInput (no folder, no Markdown in it); what is wrong with one file is a failure.
    """
    found = _gather(store, path, leave, forgotten, templates)
    done = _told(found)
    if len(found.plan.new) + len(found.plan.changed) >= MANY:
        tell(f"{len(found.folder.notes):,} files are read; they come in all together, or, broken off, none of them …")
    for one, place in found.attached:
        attachment_files.take_in(home.attachments, place, one.sha256)
    new = [one for one, _ in found.attached]
    made = found.plan
    if not (made.new or made.met or made.changed or found.moved_from or (drop_gone and made.gone) or _are_new(store, new)):
        return done
    with store.unit() as unit:
        if found.moved_from:
            note_intake.move_root(unit, found.moved_from, found.folder.root)
        numbers = _add(unit, found)
        forgotten_files.let_in(unit, [(found.folder.root, file.path, file.hash) for file in made.new])
        note_intake.keep_files(unit, (_file_row(number, file, found.folder.root) for number, file in made.met))
        _change(unit, found)
        if drop_gone:
            note_intake.change_notes(unit, {known.note_id: {"dropped_at": unit.at} for known in made.gone})
            note_intake.keep_files(unit, (FileRow(one.note_id, found.folder.root, one.path, "", one.front, one.base)
                                          for one in made.gone))  # fmt: skip
            done.put_away, done.gone = done.gone, []
        names = Names.all(unit.connection)
        _link(unit, found, names, numbers)
        done.resolved = note_intake.resolve_wanted(unit, names, [*numbers, *(change.known.note_id for change in made.changed)])
        attachments.put(unit, new)
        told = [f"{len(made.new):,} new", f"{len(made.changed):,} updated"]
        told += [f"{len(done.put_away):,} put away"] if done.put_away else []
        unit.summarize(f"notes from {one_line(path.name, 60)}: {', '.join(told)}")
    return done


def _gather(store: Store, path: Path, leave: str, forgotten: bool, templates: bool) -> _Gathered:
    if not path.exists():
        raise NotFound(str(path), "there is no such folder")
    if not path.is_dir():
        raise BadInput(str(path), "it is a file; notes come in by the folder",
                       next=f"pkm import {quote(str(path.parent))} --as vault")  # fmt: skip
    folder = read_folder(path, leave)
    if not folder.notes and not folder.failures:
        raise BadInput(str(path), "there is no Markdown file (.md) in it")
    kept_away = [] if forgotten else _keep_away(store, folder)
    db = store.read()
    known = note_intake.files_in(db, folder.root)
    moved_from = "" if known else _moved_from(store, folder)
    known = note_intake.files_in(db, moved_from) if moved_from else known
    forms = [] if templates else [file for file in templates_in(folder.notes, path) if file.path not in known]
    _leave_out(folder, forms)
    others = Others(folder.others)
    speeches = [read_speech(file) for file in folder.notes]
    counted = count(folder.notes, speeches, others, note_intake.links_kept(db, moved_from or folder.root))
    attached = _not_of_others(store, folder, _attached(folder, counted))
    unfiled = {(fold(row["title"]), row["text"].strip()): row["id"] for row in note_intake.unfiled_notes(db)}
    standing = Standing(known, unfiled, note_intake.hand_tags(db), note_names.aliases_of(db), tags.reader(db))
    failed = [what for what, _ in folder.failures]

    def missing(path: str) -> bool:
        return not any(path == what or path.startswith(f"{what}/") for what in failed)

    made = plan(folder.notes, standing, stamp(now()), missing)
    by_path = {file.path: speech for file, speech in zip(folder.notes, speeches, strict=True)}
    return _Gathered(folder, by_path, others, counted, attached, moved_from, standing, made, kept_away,
                     [file.path for file in forms])  # fmt: skip


def _keep_away(store: Store, folder: Folder) -> list[str]:
    """The files of notes that were forgotten are no part of the folder; their paths. What took their place since stays out."""
    marks = forgotten_files.kept_away(store.read())
    away = [file for file in folder.notes if marks & forgotten_files.marks_of(folder.root, file.path, file.hash)]
    _leave_out(folder, away)
    return [file.path for file in away]


def _leave_out(folder: Folder, files: Sequence[ReadFile]) -> None:
    away = {file.path for file in files}
    folder.notes = [file for file in folder.notes if file.path not in away]


def _moved_from(store: Store, folder: Folder) -> str:
    """The folder's former place, where it was moved as a whole."""
    db = store.read()
    gone = [root for root in note_intake.roots(db) if root.startswith("/") and not Path(root).exists()]
    return moved_root(folder.notes, {root: note_intake.files_in(db, root) for root in gone})


def _attached(folder: Folder, counted: Counted) -> list[tuple[Attached, Path]]:
    """The files that notes show or point at; one that cannot be taken in is a failure."""
    found = []
    for path in sorted(counted.attachments):
        place = folder.others[path]
        try:
            size = place.stat().st_size
            if size > MAX_ATTACHMENT:
                folder.fail(path, f"it is larger than {MAX_ATTACHMENT // 1_000_000} MB: left where it is", lost=False)
                continue
            media_type = mimetypes.guess_type(path)[0] or ""
            found.append((Attached(path, attachment_files.digest(place), media_type, size), place))
        except OSError as error:
            folder.fail(path, f"it cannot be read: {error.strerror or error}", lost=False)
    return found


def _not_of_others(store: Store, folder: Folder, found: list[tuple[Attached, Path]]) -> list[tuple[Attached, Path]]:
    """Those whose name means no other file, of a folder with other notes; of the rest it is told whose stays."""
    db = store.read()
    there = {one.name: one.sha256 for one in attachments.rows(db)} if found else {}
    if all(there.get(one.name, one.sha256) == one.sha256 for one, _ in found):
        return found
    notes = {root: {known.note_id for known in note_intake.files_in(db, root).values()} for root in note_intake.roots(db)}
    others = [root for root in notes if root != folder.root and not notes[root] & notes.get(folder.root, set())]
    kept = []
    for one, place in found:
        before = there.get(one.name, one.sha256)
        root = next((root for root in others if before != one.sha256 and _has(root, one.name, before)), "")
        if root:
            folder.fail(one.name, f"another file of that name is in {root}, and it alone is shown; rename one of the two",
                        lost=False)  # fmt: skip
        else:
            kept.append((one, place))
    return kept


def _has(root: str, name: str, sha256: str) -> bool:
    try:
        return root.startswith("/") and attachment_files.digest(Path(root, name)) == sha256
    except OSError:
        return False


def _are_new(store: Store, files: Sequence[Attached]) -> bool:
    there = {one.name: one.sha256 for one in attachments.rows(store.read())} if files else {}
    return any(there.get(one.name) != one.sha256 for one in files)


def _told(found: _Gathered) -> VaultImport:
    """What there is to say of the import: every failure, and what a file that comes in says beside its text."""
    made = found.plan
    failures = list(found.folder.failures)
    conflicts = []
    for file in [*made.new, *(change.file for change in made.changed)]:
        failures += [(one_line(file.path, 200), remark) for remark in file.note.remarks]
    for change in made.changed:
        failures += [(one_line(change.file.path, 200), remark) for remark in change.remarks]
        if change.conflict:
            number = make("note", change.known.note_id)
            why = (f"changed here and in the folder: both versions are in {number}, marked <<<<<<< and >>>>>>>; "
                   f"choose with: pkm sense edit {number}")  # fmt: skip
            failures.append((one_line(change.file.path, 200), why))
            conflicts.append({"id": number, "title": change.known.title, "path": one_line(change.file.path)})
    gone = [{"id": make("note", one.note_id), "title": one.title, "path": one_line(one.path)} for one in made.gone]
    texts = {change.known.note_id: "" if change.conflict else change.text for change in made.changed}
    unmerged = [
        make("note", one.note_id) for one in found.standing.files.values()
        if not one.dropped and is_marked(texts.get(one.note_id, one.text))
    ]  # fmt: skip
    left = len(found.folder.others) - len(found.counted.attachments)
    return VaultImport(made, found.counted, failures, conflicts, gone, others=left, lost=found.folder.lost, unmerged=unmerged,
                       forgotten=found.kept_away, templates=found.templates)  # fmt: skip


def _file_row(number: int, file: ReadFile, root: str) -> FileRow:
    return FileRow(number, root, file.path, file.hash, file.note.front, file.note.body)


def _add(unit: Unit, found: _Gathered) -> list[int]:
    """The new files are notes; their numbers in order."""
    files = found.plan.new
    rows = []
    for file in files:
        said = file.note.properties
        created = min(said.created or file.created_at, unit.at)
        rows.append({
            "uid": str(uuid.uuid4()), "title": said.title, "text": file.note.text, "stage": said.stage, "reach": said.reach,
            "at": said.at, "created_at": created, "updated_at": max(created, min(file.changed_at, unit.at)),
        })  # fmt: skip
    numbers = note_intake.add_notes(unit, rows)
    of = dict(zip(numbers, files, strict=True))
    note_intake.keep_files(unit, (_file_row(number, file, found.folder.root) for number, file in of.items()))
    note_names.put_aliases(unit, {number: file.note.properties.aliases for number, file in of.items()})
    meant = found.standing.tag_of
    by_hand = {number: [tag for name in file.note.properties.tags if (tag := meant(name))] for number, file in of.items()}
    in_text = {number: [tag for name in found.speeches[file.path].tags if (tag := meant(name))] for number, file in of.items()}
    tags.put_many(unit, "note", by_hand)
    tags.put_many(unit, "note", in_text, origin="text")
    return numbers


def _change(unit: Unit, found: _Gathered) -> None:
    """The notes whose files changed have what the plan says."""
    changes = found.plan.changed
    note_intake.forget_files(unit, found.folder.root, [change.known.path for change in changes if change.renamed])
    note_intake.keep_files(unit, (_file_row(change.known.note_id, change.file, found.folder.root) for change in changes))
    note_intake.change_notes(unit, {change.known.note_id: change.columns for change in changes})
    for change in changes:
        number = change.known.note_id
        tags.take(unit, "note", number, change.tags_taken)
        tags.put(unit, "note", number, change.tags_added)
        tags.sync(unit, "note", number, [tag for name in _speech(found, change).tags if (tag := found.standing.tag_of(name))])
        note_names.take_aliases(unit, number, change.aliases_taken)
        kept = [change.was] if change.was and links.is_called(unit.connection, number, change.was) else []
        note_names.put_aliases(unit, {number: [*change.aliases_added, *kept]})


def _speech(found: _Gathered, change: Change) -> Speech:
    """What the changed note says: as its file, unless the two were merged."""
    if change.text == change.file.note.text:
        return found.speeches[change.file.path]
    return read_speech(change.file, change.text)


def _link(unit: Unit, found: _Gathered, names: Names, numbers: Sequence[int]) -> None:
    """The new and the changed notes are linked as they say."""
    said: dict[int, list[Written]] = {}
    places = {}
    for number, file in zip(numbers, found.plan.new, strict=True):
        said[number] = written(found.speeches[file.path], found.others)
        places[number] = (found.folder.root, file.path)
    for change in found.plan.changed:
        said[change.known.note_id] = written(_speech(found, change), found.others)
        places[change.known.note_id] = (found.folder.root, change.file.path)
    note_intake.link_many(unit, said, names, places)
