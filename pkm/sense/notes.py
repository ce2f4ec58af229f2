"""Notes: made from what was typed, edited, retitled, given a reach. Tags, people and links are read out of the text.

What stands in the text is kept in step with it; what was put by hand stays. Only writes import this module.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pkm.capture import Captured, Wikilink, read_text
from pkm.dates import now, stamp
from pkm.errors import Invalid, Refused
from pkm.ids import Row, existing, make
from pkm.reach import read_reach
from pkm.sense.tags import new_with_likes
from pkm.store import contacts, items, links, note_names, notes, tags
from pkm.store.links import Written
from pkm.store.session import Store, Unit
from pkm.text import clean, fold, one_line

if TYPE_CHECKING:
    from pkm.store.live import Live

Likes = list[tuple[str, list[tuple[str, int]]]]

TITLE = 300
"""Characters of a title at most."""


class NoteAdded(NamedTuple):
    """A note as it is now, and what in it nothing answers to yet.

    unknown_people: names nobody has; ambiguous: names that several contacts have; near_tags: tags its text made that
    nearly exist; wanted: titles no note has; resolved: links of other notes that were waiting for it.
    """

    row: Row
    unknown_people: list[str]
    ambiguous: list[str]
    near_tags: Likes
    wanted: list[str]
    resolved: int = 0


def add_note(
    store: Store, text: str, *, reach: str = "private", item_id: int | None = None, title: str | None = None,
    names: Sequence[str] = (), also_from: Sequence[int] = (),
) -> NoteAdded:  # fmt: skip
    """A note with these words is in the store; an item it was made from is kept.

    names: tags beside those in the text. also_from: more items it speaks of; they are linked and kept.
    Raises Invalid where the text is empty or the reach is unknown.
    """
    captured = read(text)
    reach = read_reach(reach)
    with store.unit() as unit:
        likes = new_with_likes(store, captured.tags)
        called = _title(title, captured)
        number = unit.insert(
            "note", uid=str(uuid.uuid4()), title=called, text=captured.body, stage="observation", reach=reach,
            item_id=item_id, at=_day(captured), created_at=unit.at, updated_at=unit.at,
        )  # fmt: skip
        _read_out(unit, number, captured)
        tags.put(unit, "note", number, names)
        for other in also_from:
            links.add(unit, number, "item", other, "source")
        for item in also_from if item_id is None else [item_id, *also_from]:
            items.decide(unit, item, "kept")
        resolved = links.resolve_title(unit, number, called)
        unit.summarize(f"{make('note', number)} {one_line(called, 60)}")
    return _result(store, number, likes, resolved)


def read(text: str, *, dated: bool = True) -> Captured:
    """What stands in a text; dated: a date in front is taken out of it. Raises Invalid where there is nothing in it."""
    if not captured_text(text):
        raise Invalid("an empty note", "there are no words in it", kept="Nothing was made.",
                      next='pkm sense note "your words"')  # fmt: skip
    captured = read_text(captured_text(text), now(), dated=dated)
    return replace(captured, body=captured_text(captured.body) or captured_text(text))


def captured_text(text: str) -> str:
    """The text as a note keeps it: cleaned, without blank lines around it and blanks at the ends of lines."""
    return re.sub(r"[ \t]+\n", "\n", clean(text)).strip("\n \t")


def _title(given: str | None, captured: Captured) -> str:
    return one_line(given or "", TITLE) or one_line(captured.title, TITLE) or "Untitled"


def _day(captured: Captured) -> str | None:
    return None if captured.at is None else stamp(captured.at)


def _read_out(unit: Unit, number: int, captured: Captured) -> None:
    """Tags, people and links of the note are those that its text names."""
    tags.sync(unit, "note", number, captured.tags)
    links.sync(unit, number, written(captured))


def written(captured: Captured) -> list[Written]:
    """The links and mentions of a text, each with the first sentence it stands in. Embedded files are no links."""
    people = mentions(captured.body, captured.people)
    titles = [
        Written("note", one_line(link.target), link.sentence)
        for link in captured.links if link.target.strip() and not is_file_link(link)
    ]  # fmt: skip
    files = [Written("note", link.path, link.sentence, path=True) for link in captured.files if is_note_path(link.path)]
    return people + titles + files


def mentions(body: str, names: Sequence[str]) -> list[Written]:
    """The people whom a text names, each with the first sentence that does."""
    if not names:
        return []
    sentences = [line for line in re.split(r"\n+|(?<=[.!?…])\s+", body) if line.strip()]
    found = []
    for name in names:
        sentence = next((line for line in sentences if fold(f"@{name}") in fold(line)), "")
        found.append(Written("contact", name, one_line(sentence, 300)))
    return found


def is_note_path(path: str) -> bool:
    """Whether a link leads to a Markdown file."""
    return path.lower().endswith((".md", ".markdown"))


def is_file_link(link: Wikilink) -> bool:
    """Whether a link shows, or leads to, a file that is no note."""
    ending = r"\.(?!md$)[A-Za-z0-9]{2,4}$" if link.embed else _ATTACHED
    return re.search(ending, link.target, re.I) is not None


_ATTACHED = (
    r"\.(?:pdf|png|jpe?g|gif|webp|svg|avif|bmp|heic|mp[34]|m4a|ogg|wav|webm|mov|docx?|xlsx?|pptx?|od[tsp]|csv|zip|epub"
    r"|canvas|base)$"
)
"""Files that are no notes, by their endings."""


def _result(store: Store, number: int, likes: Likes, resolved: int = 0) -> NoteAdded:
    db = store.read()
    row = existing(notes.row(db, number), "note", number)
    there = {fold(name) for name in row["tags"]}
    open_links = [link for link in links.outgoing(db, "note", number) if link["to"] is None]
    people = [link["written"] for link in open_links if link["to_kind"] == "contact"]
    several = [link["written"] for link in open_links if len(contacts.find_mentioned(db, link["written"])) > 1]
    return NoteAdded(
        row=row,
        unknown_people=[name for name in people if name not in several],
        ambiguous=several,
        near_tags=[(name, like) for name, like in likes if fold(name) in there],
        wanted=[link["written"] for link in open_links if link["to_kind"] != "contact" and link["written"] not in several],
        resolved=resolved,
    )


def edit_note(
    store: Store, number: int, *, text: str | None = None, title: str | None = None, base: Row | None = None
) -> NoteAdded:
    """The note has the text, and the title where one is given; tags, people and links are read again.

    A title that was read from the text follows the text; one that was given stays.
    base: the note as it was when its editing began; where it is another by now, Refused: both texts are kept.
    Raises Invalid (empty), Refused.
    """
    with store.unit() as unit:
        note = unit.row("note", number)
        if base is not None and (note.text, note.title) != (base["text"], base["title"]):
            raise Refused(make("note", number), "it was changed by another command while it was edited",
                          next=f"pkm sense show {make('note', number)}")  # fmt: skip
        captured = read(note.text if text is None else text, dated=False)
        new_text = captured.body
        likes = new_with_likes(store, captured.tags)
        before = note.title
        if title is not None and one_line(title):
            note.title = one_line(title, TITLE)
        elif new_text != note.text and note.title == _title(None, read(note.text, dated=False)):
            note.title = _title(None, captured)
        if (new_text, note.title) != (note.text, before):
            note.updated_at = unit.at
        note.text = new_text
        note.at = _day(captured) or note.at
        unit.flush()
        _read_out(unit, number, captured)
        resolved = 0
        if note.title != before:
            if title is not None or links.is_called(unit.connection, number, before):
                _keep_name(unit, number, before, note.title)
            resolved = links.resolve_title(unit, number, note.title)
        unit.summarize(f"edited {make('note', number)}")
    return _result(store, number, likes, resolved)


def retitle(unit: Unit, note: "Live", title: str) -> None:
    """The note has the title, and its old one as another name, so that what links to it goes on meaning it.

    Links that were waiting for this title point to it.
    """
    before, note.title = note.title, one_line(title, TITLE)
    unit.flush()
    _keep_name(unit, note.id, before, note.title)
    links.resolve_title(unit, note.id, note.title)


def _keep_name(unit: Unit, number: int, before: str, title: str) -> None:
    """The note answers to its old title as well; its new one is no other name of it."""
    if fold(before) != fold(title):
        note_names.put_aliases(unit, {number: [before]})
    note_names.take_aliases(unit, number, [title])


def set_reach(store: Store, numbers: Sequence[int], reach: str) -> list[tuple[Row, str]]:
    """The notes have the reach: (note, its reach before). Raises Invalid where there is no such reach."""
    reach = read_reach(reach)
    before = {}
    with store.unit() as unit:
        for number in numbers:
            note = unit.row("note", number)
            before[number] = note.reach
            if note.reach != reach:
                note.reach, note.updated_at = reach, unit.at
        unit.flush()
        unit.summarize(f"reach {reach}: {', '.join(make('note', number) for number in numbers[:8])}")
        rows = notes.rows(unit.connection, numbers)
    return [(row, before[int(row["id"][1:])]) for row in rows]
