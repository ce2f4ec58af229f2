"""JSON Feed 1.0 and 1.1 into entries, as tolerant as the world is careless. Source: jsonfeed.org/version/1.1."""

import json
from typing import Any

from pkm import text
from pkm.enclosure import Enclosure
from pkm.errors import BadInput
from pkm.html import absolute_url, html_to_text, text_to_html
from pkm.seek.entry import (
    MAX_ENTRIES,
    Byline,
    GivenEntry,
    ParsedFeed,
    distinct_lines,
    make_enclosure,
    make_entries,
    stamp_of,
)

_KNOWN = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/", "1")


def read_json_feed(body: bytes, url: str) -> ParsedFeed:
    """The feed of a JSON document. Fields of a wrong type count as absent; an item that is no object is left out.

    Raises BadInput for what is no JSON, or JSON that is no feed.
    """
    top = _load(body, url)
    items = top.get("items")
    version = _string(top, "version")
    if not isinstance(items, list) or not (version.startswith(_KNOWN) or any(isinstance(each, dict) for each in items)):
        raise BadInput(url, "it is JSON, but no JSON Feed")
    site = absolute_url(_string(top, "home_page_url"), url) if _string(top, "home_page_url") else ""
    names = distinct_lines(_authors(top), 200)
    entries = make_entries([_given(item, names, site or url) for item in items[:MAX_ENTRIES] if isinstance(item, dict)])
    return ParsedFeed(
        title=text.one_line(_string(top, "title"), 1000),
        site_url=site,
        description=text.one_line(_string(top, "description"), 2000),
        author=text.one_line(", ".join(names), 200),
        entries=tuple(entries),
        kind="json",
        warning=None if version.startswith(_KNOWN) else "it does not say which version of JSON Feed it is",
    )


def _load(body: bytes, url: str) -> dict[str, Any]:
    try:
        encoding = json.detect_encoding(body)
        top = json.loads(body.decode(encoding, "replace").lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BadInput(url, f"it is no JSON that can be read ({text.one_line(str(error), 80)})") from error
    if not isinstance(top, dict):
        raise BadInput(url, "it is JSON, but no JSON Feed")
    return top


def _given(item: dict[str, Any], feed_authors: tuple[str, ...], base: str) -> GivenEntry:
    addresses = [_string(item, name) for name in ("url", "external_url")]
    link = next((url for url in (absolute_url(each, base) for each in addresses if each) if url), "")
    html, plain = _string(item, "content_html"), _string(item, "content_text")
    summary = _string(item, "summary")
    return GivenEntry(
        guid=_identifier(item.get("id")),
        url=link,
        title=_string(item, "title"),
        authors=_authors(item) or feed_authors,
        published=stamp_of(_string(item, "date_published")),
        updated=stamp_of(_string(item, "date_modified")),
        html=html or text_to_html(plain or summary),
        base=link or base,
        summary=html_to_text(summary) if "</" in summary else summary,
        tags=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
        enclosures=_enclosures(item, link or base),
        bylines=_bylines(item),
    )


def _enclosures(item: dict[str, Any], base: str) -> list[Enclosure]:
    found = []
    for attachment in _list(item, "attachments"):
        if isinstance(attachment, dict):
            size, duration = attachment.get("size_in_bytes"), attachment.get("duration_in_seconds")
            mime = _string(attachment, "mime_type")
            found.append(make_enclosure(_string(attachment, "url"), base, type=mime, size=size, duration=duration))
    return [each for each in found if each is not None]


def _authors(thing: dict[str, Any]) -> list[str]:
    """The names of `authors` (1.1) and `author` (1.0)."""
    people = [each for each in [*_list(thing, "authors"), thing.get("author")] if isinstance(each, dict)]
    return [_string(each, "name") or _string(each, "url").removeprefix("mailto:") for each in people]


def _bylines(item: dict[str, Any]) -> list[Byline]:
    people = [each for each in [*_list(item, "authors"), item.get("author")] if isinstance(each, dict)]
    told = [(_string(each, "name"), _string(each, "url")) for each in people]
    return [
        Byline(name, url[7:], "") if url.startswith("mailto:") else Byline(name, "", url) for name, url in told
    ]


def _identifier(value: object) -> str:
    """Version 1.0 allowed numbers; booleans and objects are no ids."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _string(thing: dict[str, Any], name: str) -> str:
    value = thing.get(name)
    return value if isinstance(value, str) else ""


def _list(thing: dict[str, Any], name: str) -> list[Any]:
    value = thing.get(name)
    return value if isinstance(value, list) else []
