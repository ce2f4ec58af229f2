"""An import of a journal of jrnl, as JSON or as text: each entry is a note of its day. A second import changes nothing.

jrnl has no ids: an entry is known by its minute, and among those of one minute by its words, or by words that are like them.
Its @words are tags, and people where a contact is called so.
"""

import hashlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pkm import capture
from pkm.dates import now, stamp
from pkm.errors import BadInput, Invalid
from pkm.filekind import decode_text, is_binary, name_kind
from pkm.grouped import grouped
from pkm.ids import Row
from pkm.sense.notes import mentions
from pkm.sense.vault_plan import is_like
from pkm.store import links, note_intake, tags
from pkm.store.links import Written
from pkm.store.note_intake import FileRow, KnownFile
from pkm.store.note_names import Names
from pkm.store.session import Store, Unit
from pkm.text import clean, count, one_line
from pkm.textmerge import plain, same
from pkm.typed_dates import parse_when

MAX_BYTES = 200_000_000
NEXT = "jrnl --format json > journal.json"

_HEAD = r"^\[(\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b[^\]\n]{0,30})\](?:[ \t]|$)"
"""What an entry of the text begins with: a day in brackets; what else is in brackets is text."""
_TAG = r"(?<!\S)@([-+*#/\w]+)"  # jrnl's own rule, for its usual sign

Failure = tuple[str, str]


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
    """Whether a file begins as jrnl's exports do: as JSON, tags with their counts, then the entries; as text, an entry."""
    if not is_binary(head) and re.match(_HEAD, decode_text(head[:400]).lstrip("\ufeff \t\r\n"), re.M):
        return True
    start = head.lstrip()[:40]
    return start.startswith(b"{") and b'"tags"' in start and (b'"entries"' in head or b'"@' in head or b'"#' in head)


def read_entries(data: bytes, name: str) -> tuple[list[Entry], list[Failure]]:
    """The entries of an export, and what in it is none. Raises BadInput where it is no export of jrnl."""
    if is_binary(data):
        raise BadInput(name, f"it is {name_kind(data)}, no journal of jrnl", next=NEXT)
    text = decode_text(data).lstrip("\ufeff").replace("\r\n", "\n")
    found = list(_json_entries(text, name) if text.lstrip().startswith("{") else _text_entries(text, name))
    entries, failures = [], []
    seen: Counter[str] = Counter()
    for one in found:
        if not isinstance(one, Entry):
            failures.append(one)
            continue
        seen[one.key] += 1
        entries.append(one if seen[one.key] == 1 else replace(one, key=f"{one.key} #{seen[one.key]}"))
    return entries, failures


def _json_entries(text: str, name: str) -> Iterator[Entry | Failure]:
    try:
        rows = json.loads(text)["entries"]
        assert isinstance(rows, list)
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        raise BadInput(name, "it is no journal that jrnl exported as JSON", next=NEXT) from None
    for number, row in enumerate(rows, 1):
        try:
            when = f"{row['date']} {row.get('time') or '00:00'}"
            at = stamp(parse_when(when.replace(" ", "T", 1), now()))
            said = plain("\n".join(part for part in (clean(row["title"]), clean(row.get("body") or "")) if part))
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError, Invalid):
            yield f"{name}, entry {number}", "it has no title, or no date and time"
            continue
        if not said:
            yield f"{name}, entry {number}", "there is nothing in it"
            continue
        yield Entry(when, at, said, row.get("starred") is True)


def _text_entries(text: str, name: str) -> Iterator[Entry | Failure]:
    """An entry goes from its time in brackets to the next one's; a * at the end of its first line is its star."""
    heads = list(re.finditer(_HEAD, text, re.M))
    if not heads:
        raise BadInput(name, "it is no journal of jrnl: no line begins with a time in brackets", next=NEXT)
    if text[: heads[0].start()].strip():
        yield f"{name}, line 1", "what stands before the first entry is none"
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        where = f"{name}, line {text.count(chr(10), 0, head.start()) + 1}"
        words = text[head.end() : after.start() if after else len(text)].strip()
        try:
            key = _time_of(head[1].strip())
        except ValueError as error:
            yield where, str(error)
            continue
        title, _, body = words.partition("\n")
        starred = title.rstrip().endswith("*")
        said = plain(clean(f"{title.rstrip(' *') if starred else title.rstrip()}\n{body}"))
        if not said:
            yield where, "there is nothing in it"
            continue
        try:
            at = stamp(parse_when(key.replace(" ", "T", 1), now()))
        except (Invalid, OverflowError, ValueError):
            yield where, f"“{head[1].strip()}” is no time that can be kept"
            continue
        yield Entry(key, at, said, starred)


def _time_of(written: str) -> str:
    """The time as the JSON export has it (2026-01-02 09:00). Raises ValueError, in words, for what is none."""
    for form in _FORMS:
        try:
            found = datetime.strptime(written, form)
        except ValueError:
            continue
        return found.strftime("%Y-%m-%d %H:%M:%S" if found.second else "%Y-%m-%d %H:%M")
    if re.match(r"\d{1,2}/\d{1,2}/\d{4}", written):
        raise ValueError(f"“{written}” may be of two days (day or month first); as JSON it is clear: {NEXT}")
    raise ValueError(f"“{written}” is no date and time")


_TIMES = (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "")
_FORMS = tuple(f"{day}{time}" for day in ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y") for time in _TIMES)


def import_jrnl(store: Store, path: Path, *, dry_run: bool = False) -> JournalImport:
    """Every entry of the export is a note, private, of its day; one that is starred has the tag `starred`.

    An entry that was changed there changes its note, unless that was changed here too: then it is a failure.
    """
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(str(path), f"it is larger than {MAX_BYTES // 1_000_000} MB", next="divide it")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), error.strerror or str(error)) from error
    entries, failures = read_entries(data, path.name)
    root = f"jrnl:{path.resolve()}"
    done = JournalImport(failures=failures)
    known = note_intake.files_in(store.read(), root)
    for entry, before in _matched(entries, known):
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


def _matched(entries: list[Entry], known: dict[str, KnownFile]) -> list[tuple[Entry, KnownFile | None]]:
    """Each entry with the note that it was, None for a new one, which has a key of its own.

    Among the entries of a minute, which may have come in any order since: first those of the same words, then those that
    are like what was there. Another's words never take the place of a note's: it may go further than they may.
    """
    left = grouped((_minute(one.path), one) for one in known.values())
    met: dict[int, KnownFile] = {}
    for is_it in (lambda entry, one: one.hash == entry.hash, lambda entry, one: is_like(one.base, entry.text)):
        for at, entry in enumerate(entries):
            found = next((one for one in left.get(_minute(entry.key), ()) if at not in met and is_it(entry, one)), None)
            if found is not None:
                met[at] = found
                left[_minute(entry.key)].remove(found)
    taken = {one.path for one in known.values()}
    result: list[tuple[Entry, KnownFile | None]] = []
    for at, entry in enumerate(entries):
        if (before := met.get(at)) is not None:
            result.append((replace(entry, key=before.path), before))
            continue
        key, number = entry.key, 2
        while key in taken:
            key = f"{_minute(entry.key)} #{number}"
            number += 1
        taken.add(key)
        result.append((replace(entry, key=key), None))
    return result


def _minute(key: str) -> str:
    return key.partition(" #")[0]


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
    starred = {number: "starred" if one.starred else "" for number, one in said.items()}
    note_intake.keep_files(
        unit, (FileRow(number, root, one.key, one.hash, starred[number], one.text) for number, one in said.items())
    )
    meant = tags.reader(store.read())
    for known, entry in done.changed:  # what it was tagged by then, and is no longer
        now_said = {*re.findall(_TAG, capture.masked(entry.text)), starred[known.note_id]}
        before = [*re.findall(_TAG, capture.masked(known.base)), *filter(None, [known.front])]
        tags.take(unit, "note", known.note_id, [tag for word in before if word not in now_said and (tag := meant(word))])
    written: dict[int, list[Written]] = {}
    people: dict[str, bool] = {}
    by_hand: dict[int, list[str]] = {}
    for number, entry in said.items():
        masked = capture.masked(entry.text)
        tags.sync(unit, "note", number, [tag for word in capture.tags_in(masked) if (tag := meant(word))])
        linked = [Written("note", one_line(link.target), link.sentence) for link in capture.links_in(entry.text)]
        written[number] = mentions(entry.text, capture.people_in(masked)) + linked
        for word in re.findall(_TAG, masked):
            if word not in people:
                people[word] = links.answer(unit.connection, Written("contact", word, "")) is not None
        named = [tag for word in re.findall(_TAG, masked) if not people[word] and (tag := meant(word))]
        by_hand[number] = [*named, *(["starred"] if entry.starred else [])]
    tags.put_many(unit, "note", by_hand)
    names = Names.all(unit.connection)
    note_intake.link_many(unit, written, names, {})
    note_intake.resolve_wanted(unit, names, said)


def _title(entry: Entry) -> str:
    return one_line(capture.title_of(entry.text), 300) or entry.key
