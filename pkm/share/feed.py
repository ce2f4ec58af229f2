"""The site's feeds as bytes: Atom (RFC 4287), JSON Feed 1.1. Same entries, same bytes; knows nothing of digests."""

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a lasting id (an IRI), its page, RFC 3339 times, and its content as HTML."""

    id: str
    title: str
    url: str
    published: str
    updated: str
    summary: str
    html: str
    author: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its entries, newest first; its addresses are absolute, or relative where no base is known."""

    id: str
    title: str
    author: str
    language: str
    home: str
    atom_url: str
    json_url: str
    updated: str
    entries: tuple[Entry, ...]


def lasting_id(uid: str) -> str:
    """An IRI that stays the same for ever for that uid: the UUID itself where it is one, else one made from it."""
    try:
        return uuid.UUID(uid).urn
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"pkm:{uid}").urn


def atom(feed: Feed) -> bytes:
    """The feed as Atom. Every entry has id, title, updated, author, content and a link to its page."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.atom_url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(_add(root, "author"), "name", feed.author or feed.title)
    for entry in feed.entries:
        _add_entry(_add(root, "entry"), entry)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _add_entry(element: ET.Element, entry: Entry) -> None:
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "link", rel="alternate", type="text/html", href=entry.url)
    _add(element, "published", entry.published)
    _add(element, "updated", entry.updated)
    if entry.author:
        _add(_add(element, "author"), "name", entry.author)
    for tag in entry.tags:
        _add(element, "category", term=tag)
    if entry.summary:
        _add(element, "summary", entry.summary)
    _add(element, "content", entry.html, type="html")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", made)
    element.text = _NOT_XML.sub("", text) or None
    return element


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1 (jsonfeed.org). The feed's own addresses are left out where they are not absolute."""
    values: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title}
    if "://" in feed.home:
        values |= {"home_page_url": feed.home, "feed_url": feed.json_url}
    values |= {"language": feed.language, "authors": [{"name": feed.author or feed.title}]}
    values["items"] = [_json_item(entry) for entry in feed.entries]
    return (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode()


def _json_item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "date_published": entry.published,
        "date_modified": entry.updated,
    }
    if entry.author:
        item["authors"] = [{"name": entry.author}]
    if entry.tags:
        item["tags"] = list(entry.tags)
    return {key: value for key, value in item.items() if value}
