"""What a search shows of each kind: its title, the text that is looked at, and its row in the JSON contract's shape."""

import itertools
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pkm.ids import Row
from pkm.query_tree import Word
from pkm.stemming import common_beginning, stem
from pkm.store.rows import in_ids, thing
from pkm.store.sources import without_user
from pkm.text import fold, one_line

# Titles are told with their table, for queries that join an index which has a title too.
TITLED = {
    "note": "note.title", "item": "coalesce(nullif(item.title, ''), item.url)",
    "annotation": "coalesce(nullif(annotation.comment, ''), annotation.exact)", "contact": "contact.name",
    "share": "share.title", "source": "coalesce(nullif(source.title, ''), source.url)", "circle": "circle.name",
    "tag": "tag.name", "response": "response.text", "trial": "coalesce(nullif(trial.text, ''), trial.place)",
}  # fmt: skip
"""SQL of what a thing of a kind is called."""
_TEXTS = {
    "note": "note.text", "item": "item.text", "annotation": "annotation.exact || ' ' || annotation.comment",
    "contact": "contact.nick || ' ' || contact.org || ' ' || contact.about", "share": "share.introduction",
    "source": "source.url || ' ' || source.site_url || ' ' || source.description", "circle": "circle.purpose",
    "tag": "''", "response": "response.text", "trial": "trial.place || ' ' || trial.text",
}  # fmt: skip


def whole_text(kind: str, where: str = "") -> str:
    """SQL of the text of a thing that is looked at: its title (where="title"), what is under it (text), or both."""
    if where:
        return TITLED[kind] if where == "title" else f"({_TEXTS[kind]})"
    return f"({TITLED[kind]} || char(10) || {_TEXTS[kind]})"


def read(db: sqlite3.Connection, kind: str, numbers: Sequence[int]) -> dict[int, Row]:
    """The rows of these numbers in the contract's shape; `searched` beside them is the text to take a snippet from."""
    beginnings = db.execute(f"SELECT id, substr({_TEXTS[kind]}, 1, 20000) FROM {kind} WHERE id IN {in_ids(numbers)}")
    texts = {row[0]: without_user(str(row[1] or "")) for row in beginnings}
    return {number: {**row, "searched": texts.get(number, "")} for number, row in _rows(db, kind, numbers).items()}


def _rows(db: sqlite3.Connection, kind: str, numbers: Sequence[int]) -> dict[int, Row]:
    """Each kind's own module knows its shape; it is loaded when there is something of that kind to show."""
    if kind == "tag":
        return _tags(db, numbers)
    if kind in ("response", "trial"):
        return {number: row for number in numbers if (row := _small(db, kind, number)) is not None}
    from importlib import import_module

    module = import_module(f"pkm.store.{kind}s")
    if kind in ("note", "item"):
        found = module.rows(db, numbers)
    elif kind in ("contact", "source"):
        found = module.rows(db, limit=len(numbers), ids=numbers)
    else:
        found = [row for number in numbers if (row := module.row(db, number)) is not None]
    return {int(row["id"][1:]): row for row in found}


def _tags(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Row]:
    from pkm.store import tags

    names = {
        row[1]: row[0] for row in db.execute(f"SELECT id, name FROM tag WHERE alias_of IS NULL AND id IN {in_ids(numbers)}")
    }
    return {names[row["name"]]: row for row in tags.rows(db, names=list(names))}


_SMALL = {
    "response": "SELECT response.id, text AS title, text, at, state, share_id, contact_id FROM response",
    "trial": "SELECT trial.id, coalesce(nullif(text, ''), place) AS title, text, at, place, outcome, note_id FROM trial",
}


def _small(db: sqlite3.Connection, kind: str, number: int) -> Row | None:
    found = db.execute(f"{_SMALL[kind]} WHERE {kind}.id = :id", {"id": number}).fetchone()
    if found is None:
        return None
    return {**thing(kind, found), "title": one_line(found["title"], 120)}


def title_words(db: sqlite3.Connection) -> Counter[str]:
    """The words, folded, of the newest 5,000 titles of notes, items, contacts and tags, with how often each stands there."""
    found: Counter[str] = Counter()
    for kind in ("note", "item", "contact", "tag"):
        rows = db.execute(f"SELECT {TITLED[kind]} FROM {kind} ORDER BY id DESC LIMIT 5000")
        found.update(word for row in rows for word in re.findall(r"[^\W\d_]{4,}", fold(str(row[0] or ""))))
    return found


# The piece of a text that is shown

REGEX_TEXT = 20_000
"""How many characters of a text a regular expression looks at."""
SHOWN = 140
"""How many characters of a text are shown where no index gave a snippet."""


def cut(text: str, words: Sequence[Word], patterns: Sequence[Any]) -> tuple[str, list[list[int]]]:
    """A piece of the text around its first hit, on one line, and where hits stand in it; its beginning without one.

    patterns: of the package regex; one that takes long marks nothing.
    """
    line = re.sub(r"\s+", " ", text[:REGEX_TEXT]).strip()
    looked = [*words, *patterns]
    first = min((places[0][0] for one in looked if (places := _places(one, line, 1))), default=0)
    start = 0 if first < SHOWN // 2 else line.rfind(" ", 0, first - SHOWN // 4) + 1
    piece = ("…" if start else "") + line[start : start + SHOWN] + ("…" if len(line) > start + SHOWN else "")
    apart: list[list[int]] = []
    for span in sorted(place for one in looked for place in _places(one, piece, SHOWN)):
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return piece, apart


MARK_S = 0.1
"""How long a regular expression may take to mark its hits in one text."""


def _places(looked: Any, text: str, most: int) -> list[list[int]]:
    """Where the word or the pattern stands in the text."""
    if isinstance(looked, Word):
        return list(itertools.islice(_said(looked, text), most))
    try:
        found = (match for match in looked.finditer(text, timeout=MARK_S) if match.group())
        return [[match.start(), match.end()] for match in itertools.islice(found, most)]
    except TimeoutError:
        return []


def _said(word: Word, text: str) -> Iterator[list[int]]:
    """Where the word stands, as it was typed or in another form; what begins so as a whole."""
    typed = word.text.lower()
    pattern = rf"(?<!\w){re.escape(common_beginning(typed))}\w*|{re.escape(typed)}"
    for match in re.finditer(pattern, text, re.I):
        said = match[0].lower()
        if said == typed or (said.startswith(typed) if word.prefix else stem(said) == stem(typed)):
            yield [match.start(), match.end()]
        elif (at := said.find(typed)) >= 0 and len(said) == len(match[0]):
            yield [match.start() + at, match.start() + at + len(typed)]
