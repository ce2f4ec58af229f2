"""What stands in the elements of plain feeds, as feedparser reads it: attributes, kinds, addresses, tags, authors. Pure."""

import re
from collections.abc import Mapping
from html.entities import entitydefs
from typing import Any

from pkm.seek.plain_names import MEANT_ATTRIBUTES

Fields = dict[str, Any]

_HTML_SIGNS = re.compile(r"</\w+>|&#?\w+;")
_ENTITY = re.compile(r"&(\w+);")
_SLASHES = re.compile("^([A-Za-z][A-Za-z0-9+-.]*://)/+")
_EMAIL = re.compile(
    r"(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))([a-zA-Z]{2,4}|[0-9]{1,3})"
    r"(\]?))(\?subject=\S+)?"
)


class NotPlain(Exception):
    """Something that is feedparser's to read."""


def plain_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes without a namespace, names in lower case. xml:base changes what addresses mean: not plain."""
    found = {}
    for given, value in attributes.items():
        uri, _, name = given.rpartition("}")
        name = name.lower()
        if name in ("base", "mode", "src") or (uri and name in MEANT_ATTRIBUTES):
            raise NotPlain
        if not uri:
            found[name] = value.lower() if name in ("rel", "type") else value
    return found


def kind_of(type: str) -> str:
    """The media type that a `type` means."""
    return {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}.get(
        type, type
    )


def looks_like_html(text: str) -> bool:
    """Whether feedparser takes a plain text of RSS for HTML. Raises NotPlain where that takes more to tell."""
    if ("<" not in text and "&" not in text) or not _HTML_SIGNS.search(text):
        return False
    if "<" in text:
        raise NotPlain
    return all(name in entitydefs for name in _ENTITY.findall(text))


def mend_address(address: str) -> str:
    """The address with two slashes behind its scheme, not more, as feedparser joins it to nothing."""
    return _SLASHES.sub(r"\1", address) if ":///" in address else address


def with_href(attributes: Mapping[str, str]) -> dict[str, str]:
    """A link's attributes with its address as "href"."""
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    rest = {name: value for name, value in attributes.items() if not (href and name in ("url", "uri"))}
    return {**rest, "href": href} if href else rest


def add_tag(fields: Fields, term: str | None, scheme: str | None, label: str | None) -> None:
    """The fields have that tag, once."""
    tags = fields.setdefault("tags", [])
    tag = {"term": term, "scheme": scheme, "label": label}
    if (term or scheme or label) and tag not in tags:
        tags.append(tag)


def add_to_author(fields: Fields, name: str, text: str) -> None:
    """An author's name, address or page, as Atom gives it in elements of its own."""
    key = "href" if name == "uri" else name
    fields.setdefault("author_detail", {})[key] = mend_address(text) if key == "href" and text else text
    sync_author(fields)
    fields["authors"][-1][key] = fields["author_detail"][key]


def sync_author(fields: Fields) -> None:
    """The author in one line, and in parts where the line holds an address."""
    detail = fields["authors"][-1]
    if detail:
        name, email = detail.get("name"), detail.get("email")
        if name or email:
            fields["author"] = f"{name} ({email})" if name and email else name or email
        return
    author = fields.get("author")
    if not author:
        return
    found = _EMAIL.search(author)
    if found:
        author = author.replace(found[0], "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
        author = author[1:] if author[:1] == "(" else author
        author = (author[:-1] if author[-1:] == ")" else author).strip()
    if author or found:
        fields.setdefault("author_detail", detail)
    if author:
        detail["name"] = author
    if found:
        detail["email"] = found[0]
