"""All of it as one folder of plain files, and back into an empty store, equal byte for byte when exported again.

notes/ is Markdown with front matter; tables/ has every table as JSON, one row a line. sources.opml and contacts.vcf say
again what other tools can read; an import of the folder takes the tables and the notes.
"""

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from pkm import attachment_files
from pkm.config import Home
from pkm.errors import BadInput, Invalid, Refused, StoreError
from pkm.files import safe_name, write_atomic
from pkm.ids import Row, make
from pkm.store import archive, attachments, derived
from pkm.store.session import Store
from pkm.store.version import SCHEMA_VERSION
from pkm.text import one_line, some

FORMAT = 1
MARK = "pkm.json"
UNFINISHED = "unfinished"
"""What the mark says of an export that was begun."""
_README = """# An export of pkm

Everything in plain files. `notes/` holds the notes as Markdown with front matter; `tables/` every table as JSON, one row
a line (a note's text stands in its file in `notes/`); `sources.opml` and `contacts.vcf` are copies for other programs;
`home/` holds the settings, templates and drafts, `attachments/` the files that notes show, named by the hash of their
bytes. `pkm import` of this folder into an empty home gives it all back.
"""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote: the folder, how many files changed and how many rows each table has."""

    folder: Path
    written: int
    unchanged: int
    removed: int
    rows: dict[str, int]


def export_all(store: Store, home: Home, folder: Path) -> ExportReport:
    """The folder holds all of the store and the settings; a file that is equal already is not written again.

    Raises Refused where the folder holds files that no export made; StoreError where it cannot be written.
    """
    earlier = _earlier(folder)
    db = store.read()
    counts: dict[str, int] = {}
    files: dict[str, bytes] = {"README.md": _README.encode()}
    for table in derived.tables(db):
        rows = list(archive.dump(db, table))
        counts[table] = len(rows)
        if table == "note":
            files |= {f"notes/{make('note', row['id'])} {safe_name(row['title'])}.md": _note_file(row) for row in rows}
            rows = [{key: value for key, value in row.items() if key != "text"} for row in rows]
        files[f"tables/{table}.json"] = _json_lines(rows)
    files |= _home_files(home)
    kept = {f"attachments/{name}": home.attachments / name for name in _hashes(db) if (home.attachments / name).is_file()}
    files["sources.opml"] = _opml(db)
    files["contacts.vcf"] = _vcards(db)
    mark = {"format": FORMAT, "schema": SCHEMA_VERSION, "sequences": archive.sequences(db), "files": sorted([*files, *kept])}
    files[MARK] = (json.dumps(mark, ensure_ascii=False, indent=1) + "\n").encode()
    gone = [name for name in earlier if name not in files and name not in kept]
    _check_inside(folder, [*files, *kept, *gone])
    new = {name: data for name, data in files.items() if not _holds(folder / name, data)}
    copies = {name: path for name, path in kept.items() if not _has(folder / name, path.name)}
    written = len(new) + len(copies)
    if gone or copies or new.keys() - {MARK}:  # a run that is cut short leaves a folder that is ours, and known not to be whole
        begun = {**mark, "files": sorted({*earlier, *files, *kept}), UNFINISHED: True}
        _put(folder / MARK, (json.dumps(begun, ensure_ascii=False, indent=1) + "\n").encode())
        new[MARK] = files[MARK]
    for name, path in copies.items():
        (folder / name).unlink(missing_ok=True)
        attachment_files.take_in((folder / name).parent, path, path.name)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    for name, data in new.items():  # the mark is the last
        _put(folder / name, data)
    return ExportReport(folder, written, len(files) + len(kept) - written, len(gone), counts)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomic(path, data)


def _check_inside(folder: Path, names: Sequence[str]) -> None:
    """Nothing is written or removed by way of a folder in it that is a symbolic link to somewhere else."""
    root = os.path.realpath(folder)
    for place in sorted({(folder / name).parent for name in names}):
        if not Path(os.path.realpath(place)).is_relative_to(root):
            raise Refused(str(place), "it is a symbolic link that leads out of the folder", kept="Nothing was written.",
                          next="remove that link, or name a new folder")  # fmt: skip


def _hashes(db: Any) -> list[str]:
    """The names of the files in attachments/ that belong to the store."""
    return sorted(name for name in attachments.hashes(db) if re.fullmatch(r"[0-9a-f]{64}", name))


def _has(target: Path, sha256: str) -> bool:
    """Whether the export has the attachment's bytes."""
    return target.is_file() and not target.is_symlink() and attachment_files.digest(target) == sha256


def _earlier(folder: Path) -> list[str]:
    """The files that an earlier export made there; Refused where the folder is not ours."""
    if folder.exists() and not folder.is_dir():
        raise Refused(str(folder), "it is a file", kept="It was not touched.", next="name a new or empty folder")
    if not folder.exists() or not any(folder.iterdir()):
        return []
    if not (folder / MARK).is_file():
        raise Refused(
            str(folder),
            "it holds files that pkm did not write",
            kept="They were not touched.",
            next="name an empty or new folder",
        )
    return _named(_read_mark(folder))


def _named(mark: Row) -> list[str]:
    """The files of an export, as its mark names them; none that would be outside of its folder."""
    named = mark.get("files")
    return [
        name for name in (named if isinstance(named, list) else ())
        if isinstance(name, str) and ".." not in Path(name).parts and not Path(name).is_absolute()
    ]  # fmt: skip


def _read_mark(folder: Path) -> Row:
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(str(folder / MARK), f"it cannot be read: {error}") from error
    if not isinstance(mark, dict):
        raise BadInput(str(folder / MARK), "it is no export of pkm")
    return mark


def _json_lines(rows: list[Row]) -> bytes:
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode() if rows else b"[]\n"


def _note_file(row: Row) -> bytes:
    from pkm.frontmatter import join

    fields: dict[str, str | list[str]] = {
        "id": make("note", row["id"]),
        "title": row["title"],
        "reach": row["reach"],
        "stage": row["stage"],
    }
    return join(fields, row["text"]).encode()


def _home_files(home: Home) -> dict[str, bytes]:
    """Settings, templates and drafts, under home/."""
    found = {"home/config.toml": home.config} if home.config.is_file() else {}
    for folder, name in ((home.templates, "templates"), (home.drafts, "drafts")):
        if folder.is_dir():
            found |= {
                f"home/{name}/{path.relative_to(folder).as_posix()}": path
                for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()
            }  # fmt: skip
    return {name: path.read_bytes() for name, path in found.items()}


def _opml(db: Any) -> bytes:
    from pkm.opml_writing import write_opml
    from pkm.seek.lists import all_feeds

    return write_opml("Sources", all_feeds(db))


def _vcards(db: Any) -> bytes:
    from pkm.people.cards import all_cards
    from pkm.people.vcard import write_cards

    return write_cards(all_cards(db))


def is_export(path: Path) -> bool:
    """Whether the path is a folder that export_all() wrote."""
    return path.is_dir() and (path / MARK).is_file() and (path / "tables").is_dir()


def import_all(store: Store, home: Home, folder: Path, *, dry_run: bool = False, trusted: bool = False) -> dict[str, int]:
    """The empty store holds what the folder says, ids included; rows by table. Settings are taken where none are set.

    trusted: the person wants the commands that it brings, and what it says of where secrets are. Raises Refused where the
    store is not empty, or where there are such; BadInput where a file is not as an export writes it: nothing is changed
    then, all is one transaction.
    """
    mark = _read_mark(folder)
    if mark.get("format") != FORMAT or not isinstance(mark.get("schema"), int):
        raise BadInput(str(folder / MARK), "it is no export of pkm, or one of another format")
    if mark["schema"] > SCHEMA_VERSION:
        raise BadInput(str(folder), "a newer pkm wrote it", next="install the newer pkm")
    gone = [name for name in _named(mark) if name.startswith("tables/") and not (folder / name).is_file()]
    if mark.get(UNFINISHED) or gone:
        why = f"it is not whole: {some(gone, 3)} not there" if gone else "it is not whole: the export was cut short"
        step = f"in the home that it is of: pkm export {quote(str(folder))}"
        raise BadInput(str(folder), why, kept="Nothing was imported.", next=step)
    db = store.read()
    if not archive.is_empty(db):
        raise Refused(
            f"the import of {folder}", "the store is not empty", kept="Nothing was changed.",
            next="PKM_HOME=/some/new/folder pkm import " + str(folder),
        )  # fmt: skip
    tables = {table: _read_table(folder, table, archive.columns(db, table)) for table in derived.tables(db)}
    counts = {table: len(rows) for table, rows in tables.items()}
    if dry_run:
        return counts
    try:
        if not trusted and (brought := list(_commands(folder, tables))):
            raise Refused(
                f"the import of {folder}", "it brings commands that pkm would run, or names secrets that it would send",
                findings=brought, kept="Nothing was imported.",
                next=f"if they are yours: pkm import {quote(str(folder))} --yes",
            )  # fmt: skip
        with store.unit(journal=False) as unit:
            archive.clear(unit)
            for table, rows in tables.items():
                if rows:
                    archive.load(unit, table, list(rows[0]), rows)
            archive.set_sequences(unit, {key: int(value) for key, value in mark.get("sequences", {}).items()})
            unit.summarize(
                f"imported {sum(counts.values())} rows from {folder}",
                final="an import into an empty store is not undone; begin with a new home",
            )
            _restore_attachments(unit.connection, home, folder)
            _restore_home(home, folder)  # before the rows are committed: a run that is cut short can be run again
    except OSError as error:
        where = str(error.filename or home.settings)
        raise StoreError(where, error.strerror or str(error), kept="Nothing was imported.") from error
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
        why = f"a row in it is not as an export writes it: {one_line(str(error), 80)}"
        raise BadInput(str(folder), why, kept="Nothing was imported.") from error
    return counts


def _commands(folder: Path, tables: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, str, str]]:
    """What an export would have pkm run, or which secret of this machine read and sent, as findings."""
    with contextlib.suppress(OSError, ValueError):
        if editor := tomllib.loads((folder / "home" / "config.toml").read_text(encoding="utf-8-sig")).get("editor"):
            yield "the editor", one_line(str(editor), 200), "home/config.toml"
    for row in tables.get("source", ()):
        if place := row.get("credential"):
            whose = f"{make('source', row['id'])} ({one_line(str(row.get('url')), 80)})"
            yield whose, one_line(str(place), 200), "tables/source.json"
    for row in tables.get("channel", ()):
        options = json.loads(row.get("options") or "{}")
        for name, given in options.items() if isinstance(options, dict) else ():
            value = " ".join(map(str, given)) if isinstance(given, list) else given
            if value and (name == "publish" or name.endswith("credential")):
                whose = f"channel {one_line(str(row.get('name')), 40)} ({one_line(str(row.get('address')), 80)})"
                yield whose, one_line(f"{name}: {value}", 200), "tables/channel.json"


def _read_table(folder: Path, table: str, known: set[str]) -> list[Row]:
    path = folder / "tables" / f"{table}.json"
    if not path.is_file():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(str(path), f"it cannot be read: {error}", kept="Nothing was imported.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) and isinstance(row.get("id"), int) for row in rows):
        raise BadInput(str(path), "it is no list of rows with ids", kept="Nothing was imported.")
    if table == "note":
        texts = dict(_note_texts(folder))
        missing = [row["id"] for row in rows if row["id"] not in texts]
        if missing:
            raise BadInput(
                str(folder / "notes"),
                f"the file of {make('note', missing[0])} is missing",
                kept="Nothing was imported.",
            )
        rows = [{**row, "text": texts[row["id"]]} for row in rows]
    strange = {key for row in rows for key in row} - known
    if strange:
        raise BadInput(
            str(path),
            f"it has columns that this pkm does not know: {', '.join(sorted(strange))}",
            kept="Nothing was imported.",
        )
    return rows


def _note_texts(folder: Path) -> Iterator[tuple[int, str]]:
    from pkm.frontmatter import split
    from pkm.ids import parse

    for path in sorted((folder / "notes").glob("*.md")):
        try:
            fields, body, _ = split(path.read_bytes().decode("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(str(path), f"it cannot be read: {error}", kept="Nothing was imported.") from error
        known = parse(str(fields.get("id", "")))
        if known is None:
            raise Invalid(str(path), "its front matter has no id", kept="Nothing was imported.")
        yield known[1], body


def _restore_attachments(db: Any, home: Home, folder: Path) -> None:
    """The home has the bytes of every attachment that the export has."""
    for name in _hashes(db):
        source = folder / "attachments" / name
        if source.is_file() and not source.is_symlink():
            attachment_files.take_in(home.attachments, source, name)


def _restore_home(home: Home, folder: Path) -> None:
    """Settings, templates and drafts of the export are there where the home has none of that name."""
    for name, target in (("config.toml", home.config), ("templates", home.templates), ("drafts", home.drafts)):
        source = folder / "home" / name
        files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
        for path in files:
            if path.is_symlink() or source.is_symlink():
                continue  # an export holds none; one that was put there may lead anywhere
            place = target if path == source else target / path.relative_to(source)
            if not place.exists():
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_atomic(place, path.read_bytes())
