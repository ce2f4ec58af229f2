"""A list of feeds as OPML, as it is written wherever pkm writes one; seek/opml reads it.

Must not know the store, the network or any path.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pkm.text import one_line

TITLE_LIMIT = 500
OWN = ("text", "title", "type", "xmlurl", "htmlurl", "category", "pkm:order")
"""The attributes of an outline that are read and written as a feed's fields."""
UNDECLARED = "urn:undeclared:"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?")
_NAMESPACE = "urn:pkm:opml"  # of pkm:order, written only where folders change the order of the list


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed of a list. `tags` are paths ("Science/Biology"), the folder it lies in first; `attributes` are those
    that pkm does not know, given back when the list is written; `line` is where it stands in the file.
    """

    url: str
    title: str = ""
    site_url: str = ""
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)


def write_opml(title: str, feeds: Sequence[OpmlFeed]) -> bytes:
    """The feeds as OPML 2.0, the same bytes for the same feeds: folders from the first tag, others in `category`.

    Reading it gives the same feeds in the same order. User names and passwords in addresses are left out: lists
    are handed on.
    """
    root = _Folder()
    for position, feed in enumerate(feeds):
        folder = root
        for part in tag_path(feed.tags[0]).split("/") if feed.tags else ():
            folder = folder.inner(part) if part else folder
        folder.content.append((position, feed))
    order = root.order()
    numbered = order != sorted(order)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<opml version="2.0" xmlns:pkm="{_NAMESPACE}">' if numbered else '<opml version="2.0">')
    lines.append(f"  <head>\n    <title>{escape(one_line(title))}</title>\n  </head>\n  <body>")
    root.write(lines, "    ", numbered)
    lines.append("  </body>\n</opml>\n")
    return "\n".join(lines).encode()


class _Folder:
    """A folder that is being written: feeds with their places in the list, and folders, as they first came."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.content: list[tuple[int, OpmlFeed] | _Folder] = []
        self._inner: dict[str, _Folder] = {}

    def inner(self, name: str) -> "_Folder":
        """The folder of that name in this one, made where it is missing."""
        if name not in self._inner:
            self._inner[name] = _Folder(name)
            self.content.append(self._inner[name])
        return self._inner[name]

    def order(self) -> list[int]:
        """The places of the feeds as they will be written."""
        return [
            place for entry in self.content for place in (entry.order() if isinstance(entry, _Folder) else [entry[0]])
        ]

    def write(self, lines: list[str], indent: str, numbered: bool) -> None:
        """Appends the outlines of this folder."""
        for entry in self.content:
            if isinstance(entry, _Folder):
                lines.append(f"{indent}<outline text={_quote(entry.name)} title={_quote(entry.name)}>")
                entry.write(lines, indent + "  ", numbered)
                lines.append(f"{indent}</outline>")
            else:
                place, feed = entry
                written = _outline(feed) + ([("pkm:order", str(place))] if numbered else [])
                lines.append(f"{indent}<outline {' '.join(f'{key}={_quote(value)}' for key, value in written)}/>")


def _outline(feed: OpmlFeed) -> list[tuple[str, str]]:
    """The attributes of a feed's outline, in the order they are written."""
    kept = {key: value for key, value in feed.attributes.items() if key.lower() not in OWN and _XML_NAME.fullmatch(key)}
    written = {"type": "rss", "text": feed.title, "title": feed.title, "xmlUrl": _without_user(feed.url)}
    written |= {key: value for key, value in feed.attributes.items() if key in ("type", "title")}
    if feed.site_url:
        written["htmlUrl"] = _without_user(feed.site_url)
    if categories := ",".join(map(_pack_comma, feed.tags[1:])):
        written["category"] = categories
    prefixes = {key.split(":")[0] for key in kept if ":" in key} - {"xml", "xmlns"}
    declared = {f"xmlns:{prefix}": UNDECLARED + prefix for prefix in sorted(prefixes) if f"xmlns:{prefix}" not in kept}
    return [*written.items(), *declared.items(), *kept.items()]


def _without_user(url: str) -> str:
    """The address without a user name and password."""
    return re.sub(r"^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#]*@", r"\1", url)


def tag_path(name: str) -> str:
    """A folder's name or a category as a tag path: no empty parts, no slash at either end."""
    return "/".join(part for part in map(str.strip, one_line(name, TITLE_LIMIT).split("/")) if part)


# A comma parts categories, so one inside a tag is written as %2C (and a literal %2C as %252C).
def _pack_comma(tag: str) -> str:
    return re.sub("%(?=25|2C)", "%25", tag).replace(",", "%2C")


def unpack_comma(category: str) -> str:
    """The tag that a part of `category` is."""
    return re.sub("%(25|2C)", lambda match: "%" if match[1] == "25" else ",", category)


def escape(text: str) -> str:
    """The text as XML character data."""
    return NOT_XML.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quote(text: str) -> str:
    """The text as an XML attribute, white space kept as it is."""
    text = escape(text).replace('"', "&quot;")
    return '"' + text.replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;") + '"'
