"""Bookmarks that stand in a page: the file that every browser exports (Netscape's), and Pocket's.

The form is not HTML as written anywhere: <DT> and <DD> are never closed, <p> means nothing. Folders become tags; those
that every browser has by itself do not.
"""

import contextlib
import re
from html.parser import HTMLParser

from pkm.html_depth import whole_tags
from pkm.seek.bookmark import Found, make_bookmark, stamp_of_number
from pkm.text import one_line

_OWN_FOLDERS = {
    "bookmarks", "bookmarks bar", "bookmarks menu", "bookmarks toolbar", "favorites bar", "mobile bookmarks",
    "other bookmarks", "other favorites", "unsorted bookmarks", "bookmarksmenu", "toolbar", "favorites",
}  # fmt: skip
_OWN_MARKS = ("personal_toolbar_folder", "unfiled_bookmarks_folder")
_DEEPEST = 30


def read_page(text: str) -> list[Found]:
    """What the page lists, in its order; None for what is no web page (a browser's own places, bookmarklets)."""
    reader = _Reader()
    with contextlib.suppress(AssertionError):  # what html.parser raises on a declaration it cannot read
        reader.feed(whole_tags(text))
        reader.close()
    reader.finish()
    return reader.found


class _Reader(HTMLParser):
    """Collects the bookmarks. Open are: folders, and at most one bookmark with its words and its description."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []
        self._folders: list[str] = []
        self._named = ""  # the folder that the next list is
        self._waiting = False  # below Pocket's "Unread"
        self._link: dict[str, str] | None = None
        self._words: list[str] | None = None
        self._said: dict[str, str] = {}  # of the bookmark that is open: title, description

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens folders and bookmarks."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("h1", "h3"):
            self.finish()
            self._words = []
            own = any(given.get(mark, "").lower() == "true" for mark in _OWN_MARKS)
            self._said = {"own": "1"} if own else {}
        elif tag == "dl":
            self.finish()
            self._folders.append(self._named)
            self._named = ""
        elif tag == "a" and "href" in given:
            self.finish()
            self._link, self._words = given, []
        elif tag == "dd":
            self._end_words("title")
            self._words = [] if self._link is not None else None
        elif tag in ("dt", "li"):
            self.finish()
        elif tag == "br" and self._words is not None:
            self._words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Closes them."""
        if tag in ("h1", "h3") and self._words is not None:
            self._end_heading(tag, one_line("".join(self._words), 200))
        elif tag == "a":
            self._end_words("title")
        elif tag in ("dl", "ul"):
            self.finish()
            if tag == "dl" and self._folders:
                self._folders.pop()

    def handle_data(self, data: str) -> None:
        """Takes the words of what is open."""
        if self._words is not None:
            self._words.append(data)

    def finish(self) -> None:
        """The bookmark that is open is done."""
        self._end_words("description" if "title" in self._said else "title")
        link, said = self._link, self._said
        self._link, self._said = None, {}
        if link is None:
            return
        self.found.append(make_bookmark(
            link["href"], title=said.get("title", ""), description=said.get("description", ""),
            tags=[*re.split(r"[,|]", link.get("tags", "")), self._folder()],
            added=stamp_of_number(link.get("add_date") or link.get("time_added") or ""),
            waiting=self._waiting or link.get("toread", "").lower() in ("1", "true", "yes"),
        ))  # fmt: skip

    def _end_words(self, name: str) -> None:
        if self._words is not None and self._link is not None:
            self._said.setdefault(name, "".join(self._words).strip())
        self._words = None

    def _end_heading(self, tag: str, words: str) -> None:
        own = "own" in self._said or (words.lower() in _OWN_FOLDERS and not any(self._folders))
        self._words, self._said = None, {}
        if tag == "h3":
            self._named = "" if own else words
        else:
            self._waiting = words.lower() == "unread"

    def _folder(self) -> str:
        """The folders that are open as one tag: design/type."""
        return "/".join(one_line(name).replace("/", "-") for name in self._folders[:_DEEPEST] if name)
