"""Lists of feeds: OPML (any version) and newsboat's urls file, bytes in and values out (pkm.opml_writing writes OPML).

Owns how both are read and what is done with broken files. Must not know the store, the network or any path.
"""

import html
import html.entities
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from shlex import quote
from xml.parsers import expat

from pkm.errors import BadInput
from pkm.filekind import decode_text, is_binary, name_kind
from pkm.opml_writing import NOT_XML, OWN, TITLE_LIMIT, UNDECLARED, OpmlFeed, escape, tag_path, unpack_comma
from pkm.text import clean, one_line

MAX_DEPTH = 50  # folders that count; deeper ones are passed over, their feeds are not
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);)")
_NAMED_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_ADDRESS = re.compile(r"""\bxmlUrl\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
_TEXT = re.compile(r"""\b(?:text|title)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_WEB = re.compile(r"(https?)://([^/?#]+)(.*)", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_COMMAND = "it runs a command, which pkm does not do for a list"
_NO_FEED = {"query:": "it is a query over other feeds, not a feed", "exec:": _COMMAND, "filter:": _COMMAND}


@dataclass(frozen=True, slots=True)
class OpmlList:
    """What a file gave: feeds in its order, each once; failures as (what, why); `salvaged` where the file is so
    broken that only its addresses could be taken, without folders.
    """

    title: str
    outlines: tuple[OpmlFeed, ...]
    failures: tuple[tuple[str, str], ...] = ()
    salvaged: bool = False


class _EntityDeclared(Exception):
    """The document declares entities of its own: refused, they can grow without bounds or name files."""


def read_opml(data: bytes, *, name: str = "the file", files: bool = True) -> OpmlList:
    """Every feed of an OPML list is there once, with the folders it lies in as tags; what cannot be used says why.

    Bare ampersands and HTML entities are mended; what is no XML even then has its addresses picked out
    (`salvaged`). Nothing outside the document is read and no entity of its own is expanded.
    files: file: addresses are taken too; False makes them failures.
    Raises BadInput, naming what it is, where the file is no list of feeds. Source: OPML 2.0 (opml.org/spec2.opml).
    """
    if not data.strip() or is_binary(data):
        raise _no_list(data, name)
    text = NOT_XML.sub("", clean(_decode(data)))
    for mend in (str, _mend):
        try:
            found = _parse(mend(text), files)
        except _EntityDeclared:
            raise BadInput(name, "it declares XML entities, which pkm does not expand") from None
        except expat.ExpatError:
            continue
        if found.root == "opml" or found.feeds:
            return found.result()
        raise _no_list(data, name)
    return _salvage(text, data, name, files)


def read_urls(data: bytes, *, name: str = "the file", files: bool = True) -> OpmlList:
    """Every address of newsboat's urls file is there once, with its tags and its title ("~Title").

    query:, exec: and filter: lines are failures with the reason; a "!" tag becomes the attribute `hidden`.
    Raises BadInput where the bytes are no text. Source: newsboat's documentation, "Managing feeds".
    """
    if is_binary(data):
        raise BadInput(name, f"it is {name_kind(data)}, not a list of addresses")
    found = _Collector(files)
    for number, line in enumerate(clean(decode_text(data)).split("\n"), 1):
        words = [re.sub(r"\\(.)", r"\1", a) or b for a, b in re.findall(r'"((?:\\.|[^"\\])*)"|([^\s"]\S*)', line)]
        if not words or line.lstrip().startswith("#"):
            continue
        title = next((word[1:] for word in words[1:] if word.startswith("~")), "")
        tags = tuple(word for word in words[1:] if word[:1] not in ("~", "!", "") and word != "!")
        hidden = {"hidden": "true"} if any(word.startswith("!") for word in words[1:]) else {}
        found.add(OpmlFeed(words[0], one_line(title, TITLE_LIMIT), "", _unique(map(tag_path, tags)), hidden, number))
    return found.result()


def looks_like(data: bytes) -> str | None:
    """What the bytes can be read as, by their first 64 kB: "opml", "urls" (newsboat's) or None."""
    if is_binary(data):
        return None
    head = _decode(data[:65536])
    if re.search(r"<opml\b|<outline\b[^>]*\bxmlUrl", head, re.IGNORECASE):
        return "opml"
    lines = [line for line in map(str.strip, head.splitlines()) if line and not line.startswith("#")]
    if lines and all(re.match(r'"?(?:https?://|file:|query:|exec:|filter:)', line) for line in lines[:200]):
        return "urls"
    return None


class _Collector:
    """Feeds as they are found: addresses checked, one feed an address, tags joined, failures kept."""

    def __init__(self, files: bool) -> None:
        self.root = ""
        self.title = ""
        self.failures: list[tuple[str, str]] = []
        self.feeds: dict[str, OpmlFeed] = {}
        self.order: dict[str, int] = {}
        self._files = files

    def add(self, feed: OpmlFeed) -> None:
        """Takes a feed, joins it to the one with its address, or keeps why it cannot be followed."""
        try:
            url = _address(feed.url, self._files)
        except ValueError as error:
            self.failures.append((one_line(feed.url or feed.title, TITLE_LIMIT) or "an outline", str(error)))
            return
        first = self.feeds.get(url)
        tags = _unique((*first.tags, *feed.tags)) if first else feed.tags
        self.feeds[url] = replace(first or feed, url=url, tags=tags)

    def result(self, salvaged: bool = False) -> OpmlList:
        """All that was found, in the order of the file, or in the one that it states."""
        feeds = list(self.feeds.values())
        if len(self.order) == len(feeds):
            feeds.sort(key=lambda feed: self.order[feed.url])
        return OpmlList(self.title, tuple(feeds), tuple(self.failures), salvaged)


def _parse(text: str, files: bool) -> _Collector:
    """What the document holds. Raises ExpatError where it is not well-formed, _EntityDeclared where it has entities."""
    found = _Collector(files)
    parser = expat.ParserCreate("utf-8")  # the text is decoded already; what it says of its encoding is overruled
    elements: list[str] = []
    folders: list[str] = []  # one entry an open outline: its name, "" where it is no folder
    namespaces: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.lower()
        elements.append(tag)
        if len(elements) == 1:
            found.root = tag
            namespaces.update((key, value) for key, value in attributes.items() if key.startswith("xmlns:"))
        if tag == "outline":
            given = {key.lower(): value for key, value in attributes.items()}
            is_feed = "xmlurl" in given or given.get("type", "").lower() in ("rss", "atom", "include", "link")
            if is_feed:
                _take_outline(found, attributes, given, folders[:MAX_DEPTH], namespaces, parser.CurrentLineNumber)
            folders.append("" if is_feed else tag_path(given.get("text") or given.get("title", "")))

    def end(tag: str) -> None:
        if elements.pop() == "outline":
            folders.pop()

    def characters(data: str) -> None:
        if elements[1:] == ["head", "title"]:
            found.title = one_line(found.title + data, TITLE_LIMIT) if data.strip() else found.title + " "

    def refuse(*_: object) -> None:
        raise _EntityDeclared

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = characters, refuse
    parser.Parse(text.lstrip().encode(), True)
    found.title = one_line(found.title, TITLE_LIMIT)
    return found


def _take_outline(
    found: _Collector, attributes: dict[str, str], given: dict[str, str], folders: list[str],
    namespaces: dict[str, str], line: int,
) -> None:  # fmt: skip
    """Puts one outline that is meant as a feed into `found`."""
    text, title = (one_line(given.get(key, ""), TITLE_LIMIT) for key in ("text", "title"))
    url = given.get("xmlurl", "")
    if not url.strip() and given.get("url") and given.get("type", "").lower() in ("include", "link"):
        other = given["type"].lower() == "include"
        why = "it is another list: import it by itself" if other else "it is a link to a page, not a feed"
        found.failures.append((one_line(given["url"], TITLE_LIMIT), why))
        return
    kept = {key: clean(value) for key, value in attributes.items() if key.lower() not in OWN}
    kept = {key: value for key, value in kept.items() if not (key.startswith("xmlns:") and UNDECLARED in value)}
    prefixes = [f"xmlns:{key.split(':')[0]}" for key in kept if ":" in key and not key.startswith("xmlns:")]
    kept |= {key: namespaces[key] for key in prefixes if key in namespaces and key not in kept}
    if text and title and text != title:
        kept["title"] = title
    if given.get("type", "rss").lower() != "rss":
        kept["type"] = clean(given["type"])
    folder = "/".join(filter(None, folders))
    categories = [tag_path(unpack_comma(part)) for part in given.get("category", "").split(",")]
    site = one_line(given.get("htmlurl", ""))
    before = len(found.failures)
    found.add(OpmlFeed(url, text or title, site, _unique((folder, *categories)), kept, line))
    if len(found.failures) == before and given.get("pkm:order", "").isdecimal():
        found.order[_address(url, True)] = int(given["pkm:order"])


def _salvage(text: str, data: bytes, name: str, files: bool) -> OpmlList:
    """The web addresses that a pattern finds in what is no XML, with the title in front of each where there is one."""
    found = _Collector(files)
    line, counted = 1, 0
    for match in _ADDRESS.finditer(text):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        start = text.rfind("<outline", max(0, match.start() - 2000), match.start())
        title = _TEXT.search(text, start, match.start()) if start >= 0 else None
        words = html.unescape(title[1] or title[2] or "") if title else ""
        url = html.unescape(match[1] or match[2] or "")
        found.add(OpmlFeed(url, one_line(words, TITLE_LIMIT), line=line))
    if not found.feeds:
        raise _no_list(data, name)
    return found.result(salvaged=True)


def _no_list(data: bytes, name: str) -> BadInput:
    """The error for what is no list of feeds."""
    kind = name_kind(data)
    if kind == "an OPML list":
        return BadInput(name, "it is not well-formed, and no feed's address can be made out in it")
    follow = f"pkm seek add {quote(name)}" if kind.endswith(("feed", "a web page")) else None
    if kind == "a SQLite database":
        follow = f"if pkm backup made it: pkm backup --restore {quote(name)}"
    return BadInput(name, f"it is {kind}, not an OPML list of feeds", next=follow)


def _decode(data: bytes) -> str:
    """The text of a document, by its byte order mark or what it says of itself."""
    declared = _DECLARED.match(data[:1000])
    return decode_text(data, declared[1].decode() if declared else "")


def _mend(text: str) -> str:
    """The text with bare ampersands and HTML's named entities made what XML allows."""

    def spell(match: re.Match[str]) -> str:
        if match[1] in ("amp;", "lt;", "gt;", "quot;", "apos;"):
            return match[0]
        character = html.entities.html5.get(match[1])
        return escape(character) if character else f"&amp;{match[1]}"

    return _NAMED_ENTITY.sub(spell, _BARE_AMPERSAND.sub("&amp;", text))


def _address(url: str, files: bool) -> str:
    """The address of a feed as it is followed: scheme and host in lower case, no white space.

    Raises ValueError with the reason where nothing can be fetched from it.
    """
    url = re.sub(r"[\t\n\r]", "", clean(url).strip()).replace(" ", "%20")
    url = re.sub(r"^feed:(?://)?(?=https?:)", "", url, flags=re.IGNORECASE)
    url = re.sub(r"^feed://", "http://", url, flags=re.IGNORECASE)
    web = _WEB.fullmatch(url)
    if web:
        user, at, host = web[2].rpartition("@")
        return f"{web[1].lower()}://{user}{at}{host.lower()}{web[3]}"
    if not url:
        raise ValueError("it has no address")
    if url.lower().startswith("file:") and len(url) > 5:
        if files:
            return "file:" + url[5:]
        raise ValueError("it is a file, not a web address: follow it by itself")
    scheme = _SCHEME.match(url)
    if scheme and scheme[0].lower() in _NO_FEED:
        raise ValueError(_NO_FEED[scheme[0].lower()])
    raise ValueError(f"it is not a web address ({scheme[0].lower()})" if scheme else "it is not a web address")


def _unique(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags, each once, none empty, in their order."""
    return tuple(dict.fromkeys(filter(None, tags)))
