"""An import of a journal that jrnl exported as JSON: each entry is a note of its day. A second import changes nothing.

jrnl has no ids: an entry is known by its time, and by its place among those of the same minute.
"""

import hashlib
import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pkm import capture
from pkm.dates import now, parse_when, stamp
from pkm.errors import BadInput, Invalid
from pkm.sense.notes import mentions
from pkm.sense.vault import tag_of
from pkm.store import note_intake, tags
from pkm.store.links import Written
from pkm.store.note_intake import FileRow, KnownFile
from pkm.store.note_names import Names
from pkm.store.session import Store, Unit
from pkm.text import clean, count, one_line
from pkm.textmerge import plain, same

MAX_BYTES = 200_000_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its key in the journal, the time it speaks of (a stamp), its words."""

    key: str
    at: str
    text: str
    starred: bool

    @property
    def hash(self) -> str:
        """The hash of what it says."""
        return hashlib.sha256(f"{self.starred}{self.text}".encode()).hexdigest()


@dataclass(slots=True)
class JournalImport:
    """An import that was done, or would be."""

    new: list[Entry] = field(default_factory=list)
    changed: list[tuple[KnownFile, Entry]] = field(default_factory=list)
    unchanged: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> Row:
        """The summary as JSON has it."""
        return {
            "new": len(self.new), "updated": len(self.changed), "unchanged": self.unchanged, "failed": len(self.failures),
            "failures": [{"what": what, "why": why} for what, why in self.failures],
        }  # fmt: skip

    @property
    def line(self) -> str:
        """The summary for people."""
        return f"{len(self.new):,} new, {len(self.changed):,} updated, {self.unchanged:,} unchanged"


def looks_like_jrnl(head: bytes) -> bool:
    """Whether a file begins as jrnl's export does: tags with their counts, then the entries."""
    start = head.lstrip()[:40]
    return start.startswith(b"{") and b'"tags"' in start and (b'"entries"' in head or b'"@' in head or b'"#' in head)


def read_entries(data: bytes, name: str) -> tuple[list[Entry], list[tuple[str, str]]]:
    """The entries of an export, and what in it is none. Raises BadInput where it is no export of jrnl."""
    try:
        rows = json.loads(data)["entries"]
        assert isinstance(rows, list)
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        raise BadInput(name, "it is no journal that jrnl exported as JSON", next="jrnl --format json > journal.json") from None
    entries, failures = [], []
    seen: Counter[str] = Counter()
    for number, row in enumerate(rows, 1):
        try:
            when = f"{row['date']} {row.get('time') or '00:00'}"
            at = stamp(parse_when(when.replace(" ", "T", 1), now()))
            text = plain("\n".join(part for part in (clean(row["title"]), clean(row.get("body") or "")) if part))
        except (KeyError, TypeError, AttributeError, Invalid):
            failures.append((f"{name}, entry {number}", "it has no title, or no date and time"))
            continue
        seen[when] += 1
        key = when if seen[when] == 1 else f"{when} #{seen[when]}"
        entries.append(Entry(key, at, text, row.get("starred") is True))
    return entries, failures


def import_jrnl(store: Store, path: Path, *, dry_run: bool = False) -> JournalImport:
    """Every entry of the export is a note, private, of its day; one that is starred has the tag `starred`.

    An entry that was changed there changes its note, unless that was changed here too: then it is a failure.
    """
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(str(path), f"it is larger than {MAX_BYTES // 1_000_000} MB", next="divide it")
    entries, failures = read_entries(path.read_bytes(), path.name)
    root = f"jrnl:{path.resolve()}"
    done = JournalImport(failures=failures)
    known = note_intake.files_in(store.read(), root)
    for entry in entries:
        before = known.get(entry.key)
        if before is None:
            done.new.append(entry)
        elif before.hash == entry.hash:
            done.unchanged += 1
        elif same(before.text, before.base):
            done.changed.append((before, entry))
        else:
            done.failures.append((entry.key, f"it was changed in the journal and in n{before.note_id}: the note was left"))
    if (done.new or done.changed) and not dry_run:
        with store.unit() as unit:
            _apply(store, unit, done, root)
            unit.summarize(f"{count(len(done.new), 'new note')} from {one_line(path.name, 60)}")
    return done


def _apply(store: Store, unit: Unit, done: JournalImport, root: str) -> None:
    rows = [
        {"uid": str(uuid.uuid4()), "title": _title(entry), "text": entry.text, "stage": "observation", "reach": "private",
         "at": entry.at, "created_at": min(entry.at, unit.at), "updated_at": min(entry.at, unit.at)}
        for entry in done.new
    ]  # fmt: skip
    said = dict(zip(note_intake.add_notes(unit, rows), done.new, strict=True))
    said |= {known.note_id: entry for known, entry in done.changed}
    note_intake.change_notes(unit, {
        known.note_id: {"title": _title(entry), "text": entry.text, "updated_at": unit.at} for known, entry in done.changed
    })  # fmt: skip
    note_intake.keep_files(unit, (FileRow(number, root, one.key, one.hash, "", one.text) for number, one in said.items()))
    meant = tag_of(store)
    tags.put_many(unit, "note", {number: ["starred"] for number, entry in said.items() if entry.starred})
    written: dict[int, list[Written]] = {}
    for number, entry in said.items():
        masked = capture.masked(entry.text)
        tags.sync(unit, "note", number, [tag for word in capture.tags_in(masked) if (tag := meant(word))])
        links = [Written("note", one_line(link.target), link.sentence) for link in capture.links_in(entry.text)]
        written[number] = mentions(entry.text, capture.people_in(masked)) + links
    names = Names.all(unit.connection)
    note_intake.link_many(unit, written, names, {})
    note_intake.resolve_wanted(unit, names, said)


def _title(entry: Entry) -> str:
    return one_line(capture.title_of(entry.text), 300) or entry.key
