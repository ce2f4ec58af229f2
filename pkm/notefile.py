"""One Markdown file as a note: what its bytes say, and the bytes that say what a note is now.

Obsidian, Foam, zk and plain Markdown are read alike. Pure: bytes and a path in, values out. Knows nothing of the store,
of folders, or of what links lead to.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pkm import capture, frontmatter
from pkm.dates import midnight, stamp
from pkm.errors import BadInput, Invalid
from pkm.filekind import decode_text, is_binary, name_kind
from pkm.frontmatter import Fields
from pkm.reach import REACHES
from pkm.text import fold, one_line
from pkm.textmerge import plain
from pkm.typed_dates import parse_when
from pkm.vocabulary import STAGES

ENDINGS = (".md", ".markdown")
MAX_BYTES = 20_000_000
"""Of one note; a book is under it."""
TITLE = 300

_BOX = r"\A(?:\ufeff|\s)*#[ \t]+\[([ xX])\][ \t]+"
_UNCLOSED = r"---[ \t]*\r?\n[ \t]*[\w\"'-][^\n:]{0,80}:(?:[ \t\r\n]|$)"


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says about its note beside the text. Times are stamps; None where it says none. tags: of the front matter."""

    title: str
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    reach: str = "private"
    stage: str = "observation"
    at: str | None = None
    created: str | None = None


@dataclass(frozen=True, slots=True)
class NoteText:
    """A file as it was read. front + body are its text to the letter, byte order mark included.

    front: its front matter, "" where it has none that can be read. text: the body as a note keeps it. remarks: what
    somebody who wrote the file may want to know.
    """

    front: str
    body: str
    text: str
    properties: Properties
    fields: Fields = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_file(data: bytes, path: str) -> NoteText:
    """What the file at that path (in its folder, with /) says. Raises BadInput where its bytes are no text."""
    if len(data) > MAX_BYTES:
        raise BadInput(path, f"it is larger than {MAX_BYTES // 1_000_000} MB", next="divide it")
    remarks = []
    try:
        text = data.decode("utf-8")
        if "\0" in text:
            raise BadInput(path, "it is no text: there are NUL characters in it")
    except UnicodeDecodeError as error:
        if is_binary(data):
            raise BadInput(path, f"it is no text: it is {name_kind(data)}") from None
        text = decode_text(data)
        if "\0" in text:
            raise BadInput(path, f"it is no text: it is {name_kind(data)}") from None
        named = "UTF-16 or UTF-32" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "Windows-1252"
        remarks.append(f"it is not UTF-8 (from byte {error.start:,} on): read as {named}; the file was not touched")
    read = read_text(text, path)
    return replace(read, remarks=(*remarks, *read.remarks))


def read_text(text: str, path: str) -> NoteText:
    """What a file of that text says."""
    fields, body, front = frontmatter.split(text)
    if text.startswith("\ufeff"):
        front, body = ("\ufeff" + front, body) if front else ("", "\ufeff" + body)
    remarks = list(_remarks(text, front, fields))
    return NoteText(front, body, plain(body), read_properties(fields, body, path), fields, tuple(remarks))


def _remarks(text: str, front: str, fields: Fields) -> Sequence[str]:
    if not front:
        if not re.match("\ufeff?" + _UNCLOSED, text):
            return ()
        closed = re.search(r"\n(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", text) is not None
        why = "its front matter cannot be read" if closed else "its front matter has no end (a line of ---)"
        return (f"{why}: kept as text",)
    found = []
    if frontmatter.refers(front):
        found.append("its front matter has YAML anchors or aliases: kept as they are written, not followed")
    reach = said(fields, "reach")
    if reach and reach.lower() not in REACHES:
        found.append(f"its reach “{one_line(reach, 40)}” is none of {', '.join(REACHES)}: private")
    if len(_reaches(fields)) > 1:
        found.append(f"it says its reach more than once ({', '.join(sorted(_reaches(fields)))}): {_reach(fields)}")
    return found


def _reaches(fields: Fields) -> set[str]:
    """What every field says that is called reach, however it is spelled."""
    return {said({"reach": value}, "reach").lower() for name, value in fields.items() if name.casefold() == "reach"} - {""}


def _reach(fields: Fields) -> str:
    """The narrowest reach that is said; private where none is, or one that is unknown."""
    said_so = _reaches(fields)
    if not said_so or not said_so <= set(REACHES):
        return "private"
    return min(said_so, key=REACHES.index)


def is_unreadable(read: NoteText) -> bool:
    """Whether the file has front matter that could not be read."""
    return any("cannot be read: kept" in remark for remark in read.remarks)


def read_properties(fields: Fields, body: str, path: str) -> Properties:
    """What front matter, text and the file's name say. An unknown reach means private."""
    stage = said(fields, "stage").lower()
    return Properties(
        title=_title(fields, body, path),
        tags=capture._once((*_tag_words(fields), *_todo_tags(body, path))),
        aliases=capture._once(one_line(name, TITLE) for name in listed(fields, "aliases", "alias")),
        reach=_reach(fields),
        stage=stage if stage in STAGES else "observation",
        at=_when(said(fields, "at")) or _day_in_name(path),
        created=_when(said(fields, "created", "date", "created_at", "date created", "creation_date"))
        or _time_in_name(path),
    )


def _todo_tags(body: str, path: str) -> Sequence[str]:
    """How a to-do of nb stands: the box in its heading is empty or ticked."""
    box = re.match(_BOX, body) if path.lower().endswith(".todo.md") else None
    return () if box is None else ("done",) if box[1] in "xX" else ("todo",)


def stem(path: str) -> str:
    """The name of the file that [[links]] call it by: without folders and .md."""
    name = path.rpartition("/")[2]
    return next((name[: -len(end)] for end in ENDINGS if name.lower().endswith(end)), name)


def _title(fields: Fields, body: str, path: str) -> str:
    """As the front matter says, else a heading of the first level on top, else the file's name, unless that is a time."""
    named = one_line(said(fields, "title"), TITLE)
    if path.lower().endswith(".todo.md"):
        body = re.sub(_BOX, "# ", body, count=1)
    heading = re.match("(?:\ufeff|\\s)*#[ \t]+[^\n]*", body)
    if not named and not heading and re.fullmatch(r"\d{14}", stem(path)):
        return one_line(capture.title_of(body.lstrip("\ufeff")), TITLE) or stem(path)  # nb names a file by the time alone
    return named or (heading and one_line(capture.title_of(heading[0].lstrip("\ufeff")), TITLE)) or (
        one_line(stem(path), TITLE) or "Untitled"
    )  # fmt: skip


def said(fields: Fields, *names: str) -> str:
    """What the first of these fields that says something says, on its own or as the first of a list."""
    folded = {name.casefold(): value for name, value in fields.items()}
    for name in names:
        value = folded.get(name, "")
        value = (value[0] if value else "") if isinstance(value, list) else value
        if value.strip():
            return value.strip()
    return ""


def listed(fields: Fields, *names: str) -> list[str]:
    """What these fields list; a single text is a list of one."""
    folded = {name.casefold(): value for name, value in fields.items()}
    found = []
    for name in names:
        value = folded.get(name, "")
        found += [one for one in ([value] if isinstance(value, str) else value) if one.strip()]
    return found


def _tag_words(fields: Fields) -> Sequence[str]:
    folded = {name.casefold(): value for name, value in fields.items()}
    found: list[str] = []
    for name in ("tags", "tag"):
        value = folded.get(name, "")
        found += re.split(r"[,\s]+", value) if isinstance(value, str) else value
    return capture._once(one_line(word).strip("#").strip("/ ") for word in found)


def _when(written: str) -> str | None:
    """The instant of a date as front matter writes it; None where it is none."""
    if not re.match(r"\d{4}-\d\d-\d\d", written):
        return None
    try:
        return stamp(parse_when(re.sub(r"^(\d{4}-\d\d-\d\d)[ T]+(\d)", r"\1T\2", written), datetime.now().astimezone()))
    except (Invalid, ValueError, OverflowError):
        return None


def _day_in_name(path: str) -> str | None:
    """The day that a journal's page is called by."""
    name = stem(path)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", name):
        return None
    try:
        return stamp(midnight(datetime.strptime(name, "%Y-%m-%d").date()))
    except (ValueError, OverflowError):
        return None


def _time_in_name(path: str) -> str | None:
    """The time that nb calls a file by."""
    digits = re.match(r"(\d{14})(?:\.todo)?$", stem(path))
    try:
        return stamp(datetime.strptime(digits[1], "%Y%m%d%H%M%S").astimezone()) if digits else None
    except (ValueError, OverflowError):
        return None


# Out: the front matter that says what a note is.


def write_front(front: str, body: str, path: str, wanted: Properties, source: str = "") -> str:
    """The front matter with which the file says `wanted`; lines that say so already, or that pkm does not know, stay.

    What the file would be taken for anyhow (private, an observation, the title that its name says) is not written.
    source: the address of the page that the note was made from, for the reader's eye; "" for none.
    """
    fields = frontmatter.split(front)[0] if front else {}
    here = read_properties(fields, body, path)
    changes: dict[str, str | Sequence[str] | None] = {}
    if here.title != wanted.title:
        bare = read_properties({}, body, path).title
        changes["title"] = None if wanted.title == bare else wanted.title
    if set(map(fold, here.aliases)) != set(map(fold, wanted.aliases)):
        changes |= {name: None for name in ("alias",) if name in _folded(fields)}
        changes["aliases"] = _in_order(here.aliases, wanted.aliases) or None
    if set(map(fold, here.tags)) != set(map(fold, wanted.tags)):
        changes |= {name: None for name in ("tag",) if name in _folded(fields)}
        changes["tags"] = _in_order(here.tags, wanted.tags) or None
    if here.reach != wanted.reach:
        changes["reach"] = wanted.reach if wanted.reach != "private" else None
    if here.stage != wanted.stage:
        changes["stage"] = wanted.stage if wanted.stage != "observation" else None
    if here.at != wanted.at and wanted.at is not None:
        changes["at"] = wanted.at
    if wanted.created is not None and here.created is None:
        changes["created"] = wanted.created
    if source and "source" not in _folded(fields):
        changes["source"] = source
    return frontmatter.change(front, changes) if changes else front


def _folded(fields: Fields) -> set[str]:
    return {name.casefold() for name in fields}


def _in_order(here: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Those wanted, the ones that are here first and as they are spelled here."""
    folded = {fold(name) for name in wanted}
    kept = [name for name in here if fold(name) in folded]
    there = {fold(name) for name in kept}
    return kept + [name for name in wanted if fold(name) not in there]
