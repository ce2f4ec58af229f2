"""What Readwise exports into bookmarks: its table of highlights (CSV), and its pages of Markdown, one a book or article.

Text in, values out: no store, no network. A highlight is a quote, its note the comment. Annotations have no tags here, so
that a highlight's go to its book.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pkm.errors import BadInput
from pkm.filekind import decode_text, is_binary, name_kind
from pkm.seek.bookmark import BookmarkList, Found, Quote, collect, columns_of, make_bookmark, when_of
from pkm.seek.entry import hash_of
from pkm.text import one_line

_INLINE = r"(?<!\S)\.([^\W\d][\w-]*)"  # a tag as it is typed in a note: .idea
_MARK = r"h[1-6]|c\d{1,2}"  # not tags: headings, and pieces that Readwise itself puts together
_MOST = 10_000_000  # characters of one cell


def read_table(text: str) -> Iterator[Found]:
    """A bookmark a highlight, in the table's order, and words for what is wrong with a row. Rows are counted from 1."""
    lines = io.StringIO(text.lstrip(), newline="")
    head = lines.readline()
    columns = columns_of(head)
    csv.field_size_limit(_MOST)
    rows = csv.reader(lines, delimiter=max(",;\t", key=head.count), strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"row {number}: {_wrong(error)}"
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            yield f"row {number}: it has {len(cells)} cells where the table has {len(columns)} columns"
            continue
        yield from _read_row(dict(zip(columns, cells, strict=True)), f"row {number}")


def _wrong(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "a quotation mark in it is never closed, so that nothing from there on could be read"
    return f"its quotation marks are broken ({one_line(str(error), 60)})"


def _read_row(row: Mapping[str, str], where: str) -> Iterator[Found]:
    """A book has no address: its store's number, or its title with the author, tells it apart."""
    title, author = row.get("book title") or row.get("title") or "", row.get("book author") or row.get("author") or ""
    words, note = row.get("highlight", ""), row.get("note") or ""
    written = row.get("highlighted at") or row.get("date") or ""
    at = when_of(written)
    book, url = one_line(row.get("amazon book id") or ""), row.get("url") or row.get("source url") or ""
    if not one_line(title) or not (words.strip() or note.strip()):
        yield f"{where}: it has no book, or no words"
        return
    if written.strip() and at is None:
        time = one_line(written, 40).replace(": ", ":")
        yield f"{where}, “{one_line(words or note, 40)}”: “{time}” is no time that it can be of, so it came in without"
    comment, inline = _note(note)
    tags = [*(row.get("document tags") or "").split(","), *(row.get("tags") or "").split(","), *inline]
    yield make_bookmark(url, title=title, author=author, added=at, tags=_tags(tags), quotes=[Quote(words, comment, at)],
                        key="" if url else f"urn:asin:{book}" if book else _key(title, author))  # fmt: skip


def _key(title: str, author: str) -> str:
    return f"urn:book:{hash_of(one_line(title).lower(), author.lower())}"


def _note(note: str) -> tuple[str, list[str]]:
    """(what is said, the tags in it); nothing is said where it holds tags only."""
    inline = re.findall(_INLINE, note)
    only_tags = bool(inline) and not re.sub(_INLINE, "", note).strip()
    return "" if only_tags else note, inline


def _tags(names: Iterable[str]) -> list[str]:
    return [name.strip().lstrip(".") for name in names if not re.fullmatch(_MARK, name.strip().lstrip("."))]


# Markdown, as Readwise writes it for Obsidian


def read_file(data: bytes, name: str) -> list[Found]:
    """The book of one exported page. Raises BadInput where the bytes are none that Readwise exported."""
    if is_binary(data):
        raise BadInput(name, f"it is {name_kind(data)}", next="readwise.io/export gives a CSV")
    found = read_page(decode_text(data).lstrip("\ufeff").replace("\x00", ""), Path(name).stem)
    if found is None:
        raise BadInput(name, "it is no export of Readwise: neither a table with the columns Highlight and Book Title, "
                       "nor Markdown with Metadata and Highlights", next="readwise.io/export gives a CSV")  # fmt: skip
    return [found]


def read_folder(folder: Path) -> BookmarkList:
    """The books of a folder of exported pages; Markdown that is none is left out. Raises BadInput where all of it is."""
    found: list[Found] = []
    for path in sorted(folder.rglob("*.md")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in inside.parts):
            continue
        try:
            data = path.read_bytes()
        except OSError as error:
            found.append(f"{inside}: it cannot be read ({error.strerror or error})")
            continue
        if is_binary(data):
            found.append(f"{inside}: it is {name_kind(data)}")
        else:
            found.append(read_page(decode_text(data).lstrip("\ufeff").replace("\x00", ""), path.stem))
    if not any(found):
        raise BadInput(str(folder), "there is no page that Readwise exported in it", next="readwise.io/export gives a CSV")
    return collect("readwise", found)


def read_page(text: str, name: str) -> Found:
    """The book or article of one page; None where it is no page of Readwise. name: what it is called by, without one."""
    text = text.replace("\r\n", "\n")
    parts = re.split(r"^##[ \t]+([^\n]*)$", text, flags=re.M)
    sections = list(zip(parts[1::2], parts[2::2], strict=True))
    meta = next((body for title, body in sections if title.strip().lower() == "metadata"), None)
    lists = [body for title, body in sections if re.match(r"(?:new )?highlights\b", title.strip(), re.I)]
    if meta is None or not lists:
        return None
    said = {key.lower(): value.strip() for key, value in re.findall(r"^- ([\w ]+):[ \t]*(.*)$", meta, re.M)}
    heading = re.match(r"\s*#[ \t]+([^\n]+)", parts[0])
    title = said.get("full title") or (heading[1] if heading else name)
    author = re.sub(r"\[\[|\]\]", "", said.get("author", ""))
    quotes, tags = [], _names(said.get("document tags", ""))
    for body in lists:
        for quote, more in _highlights(body):
            quotes.append(quote)
            tags += more
    url = said.get("url", "") if said.get("url", "").startswith("http") else ""
    return make_bookmark(url, title=title, author=author, tags=_tags(tags), quotes=quotes,
                         key="" if url else _key(title, author))  # fmt: skip


def _highlights(body: str) -> Iterator[tuple[Quote, list[str]]]:
    """Each highlight with its tags: an entry of the list, its tags and note as entries below it."""
    for entry in re.split(r"^- ", body, flags=re.M)[1:]:
        words, *below = re.split(r"^[ \t]+- (?=(?:Tags|Note):)", entry, flags=re.M)
        words = re.sub(r"\s*\(\[[^\]\n]*\]\(https?://[^)\s]*\)\)[^\n]*\s*\Z|\s+\((?:Page|Location) \d+\)\s*\Z", "", words)
        words = re.sub(r"\n[ \t]+", "\n", words).strip()
        tags, comment = [], ""
        for line in below:
            if line.startswith("Tags:"):
                tags += _names(line[5:])
            else:
                comment, inline = _note(re.sub(r"\n[ \t]+", "\n", line[5:]).strip())
                tags += inline
        if words or comment:
            yield Quote(words, comment), tags


def _names(cell: str) -> list[str]:
    """The tags of a line: [[one]], #[[two words]] or #three."""
    return [one or other for one, other in re.findall(r"\[\[([^\]\n]+)\]\]|#([^\s\[#,]+)", cell)]
