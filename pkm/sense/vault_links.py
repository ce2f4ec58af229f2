"""What a folder's notes say to each other: links, embeds, attachments and tags, read and counted.

Pure: values of files in, values out. The rules of counting are those of the folder alone; but a link that the
store keeps, since its note was renamed, is none that leads nowhere.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace

from pkm import capture
from pkm.beside import Others
from pkm.capture import FileLink, Wikilink
from pkm.notefile import is_unreadable
from pkm.sense.notes import is_file_link, is_note_path, mentions
from pkm.sense.vault_folder import ReadFile
from pkm.store.links import Written
from pkm.store.note_names import Names
from pkm.text import fold, one_line


@dataclass(frozen=True, slots=True)
class Speech:
    """What a note says: its links, those in its front matter with the property they stand in, files, tags, people."""

    links: tuple[Wikilink, ...]
    front: tuple[tuple[str, Wikilink], ...]
    files: tuple[FileLink, ...]
    tags: tuple[str, ...]
    people: tuple[Written, ...]
    words: int


@dataclass(slots=True)
class Counted:
    """What is in a folder, counted. unresolved, ambiguous: by name, with the note that says so first."""

    numbers: Counter[str] = field(default_factory=Counter)
    unresolved: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, str] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)  # the names of `unresolved`, folded
    attachments: dict[str, str] = field(default_factory=dict)  # path of a file to the first note that shows it

    def as_dict(self) -> dict[str, int]:
        """The counts by their names in the JSON contract."""
        return {name: self.numbers[name] for name in COUNTS}


COUNTS = (
    "notes", "words", "front_matter", "empty", "crlf", "bom", "duplicate_names", "links", "resolved", "by_alias", "ambiguous",
    "unresolved", "unresolved_names", "embeds", "block_refs", "heading_refs", "same_note", "md_links", "md_unresolved",
    "aliases", "tag_uses", "tags", "attachments",
)  # fmt: skip


def read_speech(file: ReadFile, text: str | None = None) -> Speech:
    """What the note of a file says. text: the note's, where that is another than its file's."""
    text = file.note.text if text is None else text
    plain = capture.masked(text)
    tags = capture.tags_in(plain)
    front = tuple(_front_links(file)) if "[[" in file.note.front else ()
    return Speech(
        tuple(capture.all_links_in(text)), front, capture.file_links_in(text), tags,
        tuple(mentions(text, capture.people_in(plain))),
        len(capture.without_code(_prose(file)).split()),
    )  # fmt: skip


def _prose(file: ReadFile) -> str:
    """The body, without front matter that could not be read and is part of it."""
    if not is_unreadable(file.note):
        return file.note.body
    return re.sub(r"\A\ufeff?---[^\n]*\n.*?^(?:---|\.\.\.)[ \t]*$", "", file.note.body, count=1, flags=re.M | re.S)


def _front_links(file: ReadFile) -> Iterator[tuple[str, Wikilink]]:
    """The [[links]] in front matter, each with the word of its property."""
    for name, value in file.note.fields.items():
        for said in [value] if isinstance(value, str) else value:
            for link in capture.all_links_in(said):
                yield name, replace(link, sentence=one_line(f"{name}: {said}", 300))


def written(speech: Speech, others: Others) -> list[Written]:
    """The links as the store keeps them; what leads to a file that is no note is none."""
    found = list(speech.people)
    found += [
        Written("note", one_line(link.target), link.sentence)
        for link in speech.links if link.target and not is_file_link(link) and not others.meant(link.target)
    ]  # fmt: skip
    found += [
        Written("note", one_line(link.target), link.sentence, type=_type(name))
        for name, link in speech.front if link.target and not is_file_link(link) and not others.meant(link.target)
    ]  # fmt: skip
    files = [link for link in speech.files if is_note_path(link.path)]
    return found + [Written("note", link.path, link.sentence, path=True) for link in files]


def _type(name: str) -> str:
    """The word that a property's name is, as a kind of link."""
    word = re.sub(r"[^\w-]+", "-", name.rpartition(".")[2].lower()).strip("-")[:40]
    return word if re.fullmatch(r"\w[\w-]*", word) and word != "related" else "property"


def count(
    files: Sequence[ReadFile], speeches: Sequence[Speech], others: Others, kept: Set[tuple[str, str]] = frozenset()
) -> Counted:
    """What is in the folder. Front matter that could not be read counts as some.

    kept: (path, what is written, folded) of links that lead to a note here although nothing there is called so any more.
    """
    counted = Counted()
    numbers = counted.numbers
    names, stems = Names(), Counter(fold(file.path.rpartition("/")[2]) for file in files)
    for number, file in enumerate(files):
        names.add_file(("", file.path), number)
        names.add_title(file.note.properties.title, number)
        for alias in file.note.properties.aliases:
            names.add_alias(alias, number)
    numbers["notes"] = len(files)
    numbers["front_matter"] = sum(bool(file.note.front.lstrip("\ufeff")) or is_unreadable(file.note) for file in files)
    numbers["empty"] = sum(not (file.note.front + file.note.body).strip("\ufeff \r\n\t") for file in files)
    numbers["bom"] = sum((file.note.front + file.note.body).startswith("\ufeff") for file in files)
    numbers["crlf"] = sum(file.crlf for file in files)
    numbers["duplicate_names"] = sum(times > 1 for times in stems.values())
    numbers["aliases"] = sum(len(file.note.properties.aliases) for file in files)
    used = [
        {fold(tag) for tag in (*file.note.properties.tags, *speech.tags)} for file, speech in zip(files, speeches, strict=True)
    ]
    numbers["tags"], numbers["tag_uses"] = len(set().union(*used)), sum(map(len, used))
    for file, speech in zip(files, speeches, strict=True):
        numbers["words"] += speech.words
        for link in (*speech.links, *(link for _, link in speech.front)):
            _count_link(counted, link, file.path, names, others, kept)
        for one in speech.files:
            _count_file(counted, one, file.path, names, others)
    numbers["unresolved_names"] = len(counted.unresolved)
    numbers["attachments"] = len(counted.attachments)
    return counted


def _count_link(
    counted: Counted, link: Wikilink, path: str, names: Names, others: Others, kept: Set[tuple[str, str]]
) -> None:
    numbers = counted.numbers
    numbers["links"] += 1
    numbers["embeds"] += link.embed
    numbers["block_refs" if link.block else "heading_refs"] += bool(link.block or link.heading)
    if not link.target:
        numbers["same_note"] += 1
        return
    how, meant = names.found(link.target, ("", path))
    attached = "" if meant else others.meant(link.target)
    if len(meant) > 1:
        numbers["ambiguous"] += 1
        counted.ambiguous.setdefault(link.target, path)
    elif meant or attached or (path, fold(link.target)) in kept:
        numbers["resolved"] += 1
        numbers["by_alias"] += how == "alias"
    else:
        numbers["unresolved"] += 1
        if (folded := fold(link.target)) not in counted.wanted:
            counted.wanted.add(folded)
            counted.unresolved[link.target] = path
    if attached:
        counted.attachments.setdefault(attached, path)


def _count_file(counted: Counted, link: FileLink, path: str, names: Names, others: Others) -> None:
    if is_note_path(link.path):
        counted.numbers["md_links"] += 1
        counted.numbers["md_unresolved"] += not names.at_path(link.path, ("", path))
        return
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), link.path))
    attached = "" if joined.startswith("..") else others.exactly(joined)
    if attached:
        counted.attachments.setdefault(attached, path)
