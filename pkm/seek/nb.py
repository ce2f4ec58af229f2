"""Bookmarks of a notebook of nb: what a .bookmark.md file says becomes an item, as a page that was saved anywhere else.

A bookmark holds others' words (title, description, quote, content); the person's are its comment and tags. Only the URL
is sure to be there: the first one in angle brackets. Nothing outside of the folder is read.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pkm import capture
from pkm.dates import stamp
from pkm.filekind import decode_text, is_binary, name_kind
from pkm.seek.bookmark import Bookmark, BookmarkList, Found, Quote, collect, make_bookmark
from pkm.text import one_line

ENDING = ".bookmark.md"
_MOST = 20_000_000  # bytes of one bookmark
_SECTIONS = ("description", "quote", "comment", "related", "tags", "content", "content (html)", "source", "page content")


def looks_like_nb(folder: Path) -> bool:
    """Whether it is a notebook of nb, or the folder of its notebooks: there is an .index."""
    if not folder.is_dir():
        return False
    return (folder / ".index").is_file() or any(path.is_file() for path in folder.glob("[!.]*/.index"))


def read_bookmarks(folder: Path) -> BookmarkList:
    """The bookmarks of the notebook, each page once; a file that holds none is a failure."""
    return collect("nb", _read(folder))


def _read(folder: Path) -> Iterator[Found]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(ENDING) and not name.startswith("."):
                path = Path(place, name)
                yield _read_file(path, one_line(str(path.relative_to(folder)), 90))


def _read_file(path: Path, inside: str) -> Found:
    try:
        if path.is_symlink() or not path.is_file():
            return f"{inside}: it is no file of its own (links are not followed)"
        state = path.stat()
        data = path.read_bytes() if state.st_size <= _MOST else b""
    except OSError as error:
        return f"{inside}: it cannot be read ({error.strerror or error})"
    if state.st_size > _MOST:
        return f"{inside}: it is larger than {_MOST // 1_000_000} MB"
    if is_binary(data):
        return f"{inside}: it is {name_kind(data)}"
    found = read_bookmark(decode_text(data).lstrip("\ufeff"), saved=_saved(path.name, state.st_mtime))
    return found or f"{inside}: there is no web address in angle brackets in it (<https://…>)"


def _saved(name: str, changed: float) -> str:
    """When it was saved: as nb's own name says (20260102090000, local time), else when the file was changed."""
    try:
        return stamp(datetime.strptime(name[:14], "%Y%m%d%H%M%S").astimezone())
    except (ValueError, OverflowError):
        return stamp(datetime.fromtimestamp(max(0, changed), UTC))


def read_bookmark(text: str, *, saved: str) -> Bookmark | None:
    """What one file says; None where there is no web address in it."""
    text = text.replace("\r\n", "\n").replace("\x00", "")
    address = re.search(r"<(https?://[^<>\s]+)>", text)
    if address is None:
        return None
    top, said = _sections(text)
    heading = re.match(r"\s*#[ \t]+([^\n]+)", top)
    title = re.sub(r"\s+\([^()\s]+\.[^()\s]+\)$", "", heading[1].strip()) if heading else ""
    quotes = [Quote(words, "", saved) for words in _quotes(said.get("quote", ""))]
    found = make_bookmark(
        address[1], title=title, tags=capture.tags_in(capture.masked(said.get("tags", ""))), added=saved,
        description=said.get("description", ""), comment=said.get("comment", ""), quotes=quotes,
        text=said.get("content") or said.get("page content", ""),
    )  # fmt: skip
    return found if isinstance(found, Bookmark) else None


def _sections(text: str) -> tuple[str, dict[str, str]]:
    """(what stands on top, the sections by name). Content is the last: what it holds is no section of the bookmark."""
    heads = [head for head in re.finditer(r"^##[ \t]+([^\n]+?)[ \t]*$", text, re.M) if head[1].lower() in _SECTIONS]
    content = next((at for at, head in enumerate(heads) if "content" in head[1].lower()), len(heads))
    html = [head for head in heads[content + 1 :] if head[1].lower() == "content (html)"]
    heads = [*heads[: content + 1], *html[-1:]]
    ends = [*(head.start() for head in heads[1:]), len(text)]
    said = {head[1].lower(): text[head.end() : end].strip() for head, end in zip(heads, ends, strict=False)}
    return text[: heads[0].start()] if heads else text, said


def _quotes(section: str) -> list[str]:
    """The words of each block of > lines, without the >."""
    blocks = re.findall(r"(?:^>[^\n]*(?:\n|\Z))+", section, re.M)
    return [words for block in blocks if (words := re.sub(r"^> ?", "", block, flags=re.M).strip())]
