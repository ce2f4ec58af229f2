"""The microformats of a page: its h-feed, h-entries and h-cards, and its rel links, as values.

Knows how they are written into HTML, not what becomes of them. Source: microformats.org/wiki/microformats2-parsing and
value-class-pattern. Values are as the page has them, without control characters; HTML is not clean yet.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pkm.html import absolute_url
from pkm.text import clean

Value: TypeAlias = "str | dict[str, str] | MfItem"
"""Of a property: text or an address; {"value", "html"} of an e-* property; an item within the item."""

_MAX_PAGE = 2_000_000  # characters of a page that are read
_MAX_NESTED = 10  # items within items
_MAX_ITEMS = 5_000
_ROOT = re.compile(r"h(?:-[a-z0-9]+)+")
_PROPERTY = re.compile(r"(p|u|dt|e)-([a-z0-9]+(?:-[a-z0-9]+)*)")
_SCHEME = re.compile(r"(?:mailto|tel|xmpp|acct|sip|tag|urn|matrix):", re.I)
_UNREAD = {"script", "style", "template", "noscript"}
_BLOCK = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "article", "section"}
_LINKED = {"a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "video": "src", "source": "src",
           "iframe": "src", "object": "data"}  # fmt: skip
_TITLED = {"abbr": "title", "link": "title", "data": "value", "input": "value", "img": "alt", "area": "alt"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-\d{3}")
_TIME = re.compile(r"(\d{1,2}(?::\d{2}){0,2})(?:\s*([ap])\.?m\.?)?\s*(z|[+-]\d{1,2}:?(?:\d{2})?)?", re.I)


@dataclass(frozen=True, slots=True)
class MfItem:
    """One item. types: h-entry and the like. children: items within it that are no property of it."""

    types: tuple[str, ...]
    properties: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    children: tuple["MfItem", ...] = ()

    def text(self, name: str) -> str:
        """The first value of a property as text, "" where it has none; of an item within: its name or address."""
        for value in self.properties.get(name, ()):
            if isinstance(value, MfItem):
                return value.text("name") or value.text("url")
            return value["value"] if isinstance(value, dict) else value
        return ""


@dataclass(frozen=True, slots=True)
class Microformats:
    """What a page holds. items: those that stand in no other; rels: addresses by rel, each once, as they come."""

    items: tuple[MfItem, ...] = ()
    rels: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of_type(self, kind: str) -> list[MfItem]:
        """All items of a type (h-entry, h-card), wherever they stand, as they come."""
        return [item for item in walk_items(self.items) if kind in item.types]


def walk_items(items: tuple[MfItem, ...]) -> Iterator[MfItem]:
    """Every item, then those within it: its properties first, then its children."""
    for item in items:
        yield item
        found = [value for values in item.properties.values() for value in values if isinstance(value, MfItem)]
        inner = {id(value): value for value in found}  # one item may be several properties
        yield from walk_items((*inner.values(), *item.children))


def read_microformats(html: str, base: str) -> Microformats:
    """The microformats of a page; nothing where there are none, or where it cannot be read. Never raises.

    base: the page's address, for relative ones; its own <base> comes first. Addresses are absolute; those that no page
    may be sent to (javascript: and the like) are left out.
    """
    top = _parse(html[:_MAX_PAGE])
    if top is None:
        return Microformats()
    stated = next((each.get("href") or "" for each in top.iter("base") if each.get("href")), "")
    reader = _Reader((absolute_url(stated, base) if stated else "") or base, 4 * len(html) + 10_000)
    return Microformats(tuple(reader.read_items(top)), reader.read_rels(top))


def _parse(html: str) -> Any:
    """The tree of a page, None where there is none."""
    if not html.strip():
        return None
    from lxml import etree
    from lxml import html as pages

    parser = pages.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return pages.document_fromstring(html.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


class _Reader:
    """Reads one page. Its budget bounds the characters taken: properties within properties repeat their text."""

    def __init__(self, base: str, budget: int) -> None:
        self._base = base
        self._budget = budget
        self._items = 0

    def read_rels(self, top: Any) -> dict[str, tuple[str, ...]]:
        """The addresses that links name, by each word of their rel."""
        found: dict[str, dict[str, None]] = {}
        for each in top.iter("a", "area", "link"):
            words, href = (each.get("rel") or "").lower().split(), each.get("href")
            address = self._address(href) if words and href is not None else ""
            for word in words if address else ():
                found.setdefault(clean(word), {})[address] = None
        return {word: tuple(addresses) for word, addresses in found.items()}

    def read_items(self, top: Any) -> list[MfItem]:
        """The items below an element that stand in no other one."""
        found, stack = [], [top]
        while stack:
            each = stack.pop()
            if not isinstance(each.tag, str) or each.tag in _UNREAD:
                continue
            if kinds := _kinds(each):
                found.append(self._item(each, kinds, 0))
            else:
                stack.extend(reversed(each))
        return found

    def _item(self, root: Any, kinds: tuple[str, ...], depth: int) -> MfItem:
        """The item of an element; deeper than any page means it, or after thousands, it has no properties."""
        self._items += 1
        if depth > _MAX_NESTED or self._items > _MAX_ITEMS:
            return MfItem(kinds)
        found: dict[str, list[Value]] = {}
        children: list[MfItem] = []
        prefixes: set[str] = set()
        nested = False
        stack = list(reversed(root))
        while stack:
            each = stack.pop()
            if not isinstance(each.tag, str) or each.tag in _UNREAD:
                continue
            named, inner = _properties(each), _kinds(each)
            item = self._item(each, inner, depth + 1) if inner else None
            nested = nested or item is not None
            for prefix, name in named:
                prefixes.add(prefix)
                value = item or self._value(each, prefix)
                if value:
                    found.setdefault(name, []).append(value)
            if item is not None and not named:
                children.append(item)
            if item is None:
                stack.extend(reversed(each))
        self._imply(root, found, prefixes, nested)
        return MfItem(kinds, {name: tuple(values) for name, values in found.items()}, tuple(children))

    def _imply(self, root: Any, found: dict[str, list[Value]], prefixes: set[str], nested: bool) -> None:
        """The name, photo and url that a short item has without saying so."""
        if nested:
            return
        implied = {}
        if "name" not in found and not prefixes & {"p", "e"}:
            implied["name"] = self._implied_name(root)
        if "photo" not in found and "u" not in prefixes:
            implied["photo"] = self._implied_address(root, (("img", "src"), ("object", "data")))
        if "url" not in found and "u" not in prefixes:
            implied["url"] = self._implied_address(root, (("a", "href"), ("area", "href")))
        for name, value in implied.items():
            if value:
                found[name] = [value]

    def _implied_name(self, root: Any) -> str:
        for each in _alone(root):
            said = _said(each, {"img": "alt", "area": "alt", "abbr": "title"})
            if said:
                return self._take(said)
        return self._text(root)

    def _implied_address(self, root: Any, places: tuple[tuple[str, str], ...]) -> str:
        own = dict(places).get(root.tag)
        if own and root.get(own) is not None:
            return self._address(root.get(own))
        inner = next((each for each in root if isinstance(each.tag, str)), None)
        for parent in (root, inner if inner is not None and len(root) == 1 else None):
            if parent is None:
                continue
            for tag, attribute in places:
                there = [each for each in parent if each.tag == tag and each.get(attribute) is not None]
                if len(there) == 1:
                    return self._address(there[0].get(attribute))
        return ""

    def _value(self, each: Any, prefix: str) -> "str | dict[str, str]":
        """The value of a property, "" where it has none."""
        if prefix == "e":
            value, inner = self._text(each), self._inner_html(each)
            return {"value": value, "html": inner} if value or inner else ""
        if prefix == "u":
            return self._address(self._link(each))
        parts = _value_parts(each, self._text)
        if prefix == "dt":
            return _joined_date(parts) if parts else self._take(each.get("datetime") or "") or self._plain(each)
        return "".join(parts) if parts else self._plain(each)

    def _link(self, each: Any) -> str:
        linked = _said(each, _LINKED) or (each.get("poster") if each.tag == "video" else None)
        return linked or "".join(_value_parts(each, self._text)) or self._plain(each)

    def _plain(self, each: Any) -> str:
        """What stands for an element in text: its title, value or alt where its kind has one, else its words."""
        said = _said(each, _TITLED)
        return self._take(said) if said is not None else self._text(each)

    def _text(self, top: Any) -> str:
        """The words of an element, lines apart where its blocks are; pictures by their alternative text."""
        parts: list[str] = []
        stack: list[tuple[Any, bool]] = [(top, False)]
        left = self._budget
        while stack and left > 0:
            each, ended = stack.pop()
            if ended:
                parts.append(("\n" if each.tag in _BLOCK else "") + (each.tail or "" if each is not top else ""))
            else:
                stack.append((each, True))
                if isinstance(each.tag, str) and each.tag not in _UNREAD:
                    parts.append(("\n" if each.tag in _BLOCK else "") + (each.text or ""))
                    parts.append(each.get("alt") or "" if each.tag == "img" else "")
                    stack.extend((child, False) for child in reversed(each))
            left -= 1 + len(parts[-1]) if parts else 1
        folded = re.sub(r"[ \t\r\f\v]+", " ", "".join(parts))
        return self._take(re.sub(r" ?\n[\n ]*", "\n", folded))

    def _inner_html(self, each: Any) -> str:
        from html import escape

        from lxml import etree

        pieces = [escape(each.text or "", quote=False)]
        for child in each:
            if self._budget <= 0:
                break
            pieces.append(self._take(etree.tostring(child, encoding="unicode", method="html")))
        return clean("".join(pieces)).strip()

    def _take(self, value: str) -> str:
        value = clean(value[: max(0, self._budget)]).strip()
        self._budget -= len(value)
        return value

    def _address(self, href: str) -> str:
        """The absolute address, "" for one that no reader may be sent to."""
        href = self._take(href)
        if _SCHEME.match(href):
            return "".join(href.split())
        return absolute_url(href, self._base)


def _said(each: Any, attributes: dict[str, str]) -> str | None:
    """What an element's attribute says, by its tag; None where it has none."""
    name = attributes.get(each.tag)
    said = each.get(name) if name else None
    return said if isinstance(said, str) else None


def _classes(each: Any) -> list[str]:
    return (each.get("class") or "").split()[:100]


def _kinds(each: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in _classes(each) if _ROOT.fullmatch(name)))


def _properties(each: Any) -> list[tuple[str, str]]:
    """(prefix, name) of each property that an element is, each once."""
    found = [_PROPERTY.fullmatch(name) for name in dict.fromkeys(_classes(each))]
    return [(match[1], match[2]) for match in found if match]


def _alone(root: Any) -> list[Any]:
    """The element, its only child, and that one's only child."""
    found = [root]
    for _ in range(2):
        inner = [each for each in found[-1] if isinstance(each.tag, str)]
        if len(inner) != 1 or _kinds(inner[0]):
            break
        found.append(inner[0])
    return found


def _value_parts(each: Any, words: Any) -> list[str]:
    """The pieces of a value that are marked with class "value" or "value-title", in their order."""
    parts: list[str] = []
    stack = list(reversed(each))
    while stack and len(parts) < 20:
        inner = stack.pop()
        names = _classes(inner) if isinstance(inner.tag, str) else []
        if "value-title" in names:
            parts.append(clean(inner.get("title") or ""))
        elif "value" in names:
            said = _said(inner, _TITLED) or inner.get("datetime")
            parts.append(clean(said) if said else words(inner))
        elif names and (_kinds(inner) or _properties(inner)):
            continue
        else:
            stack.extend(reversed(inner))
    return parts


def _joined_date(parts: list[str]) -> str:
    """One date of its pieces: a day, a time, a zone, in any order; a piece that is a whole date stands alone."""
    day = time = zone = ""
    for part in parts:
        if _DATE.fullmatch(part):
            day = day or part
        elif part[:1].isdigit() and (match := _TIME.fullmatch(part)):
            time, zone = time or _full_time(match[1], match[2]), zone or (match[3] or "")
        elif re.fullmatch(r"z|[+-]\d{1,2}:?(?:\d{2})?", part, re.I):
            zone = zone or part
        elif part and not (day or time):
            return part
    return " ".join(piece for piece in (day, time) if piece) + zone if day or time else ""


def _full_time(time: str, half: str | None) -> str:
    """hh:mm[:ss], of a time that may be in halves of the day."""
    hour, *rest = time.split(":")
    number = int(hour)
    if half:
        number = number % 12 + (12 if half.lower() == "p" else 0)
    return ":".join([f"{number:02}", *(rest or ["00"])])
