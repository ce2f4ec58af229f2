"""Webmentions: what others wrote on their own pages about a page of the site, out of a folder of files or from a service.

Both give jf2, as webmention.io does: an entry, or a feed with children. What only likes, reposts or saves a page says
nothing and is left out: no engagement scores. Sources: W3C Webmention, jf2.spec.indieweb.org, webmention.io's API.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pkm.dates import stamp
from pkm.errors import BadInput, Invalid, NotFound, PkmError
from pkm.html import clean_html, html_to_text, is_web_address
from pkm.text import clean, one_line

MOST_FILES, MOST_BYTES = 10_000, 5_000_000
PAGE, MOST_PAGES = 100, 20
"""Mentions that a service is asked for at once, and how often at most."""

_DEEPEST = 5
_SILENT = ("like-of", "repost-of", "bookmark-of", "rsvp")
EXAMPLE = "https://webmention.io/api/mentions.jf2?domain=example.org"


@dataclass(frozen=True, slots=True)
class Mention:
    """What somebody wrote. ident: the same for the same source and target, wherever it came from; at: a stamp, or ""."""

    ident: str
    source: str
    target: str
    author: str
    author_url: str
    text: str
    at: str


def check_place(address: str, credential: str) -> dict[str, str]:
    """The options that say where a site's mentions are, checked: a folder or a file, or a service's address.

    Raises Invalid where a secret stands in the address, and never repeats it; NotFound where there is no such folder.
    """
    from pkm.channels.http import read_place
    from pkm.secret import check_place as check_secret

    if not re.match(r"https?:", address, re.I):
        if credential:
            raise Invalid("--token-env", "a folder of mentions has no secret")
        path = Path(address).expanduser().absolute()
        if not path.exists():
            raise NotFound(str(path), "there is no such folder or file", next="name a folder of JSON files")
        return {"webmentions": str(path)}
    try:
        asked = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    except ValueError:
        asked = {}
    if "token" in asked:
        raise Invalid("the address of the mentions", "its token does not belong into it", next="--token-env VARIABLE")
    read_place(address.partition("?")[0], EXAMPLE)
    if one_line(address) != address or " " in address or "#" in address:
        raise Invalid("the address of the mentions", f"it should be as {EXAMPLE}")
    return {"webmentions": address, **({"webmentions_credential": check_secret(credential)} if credential else {})}


def gather(options: Mapping[str, Any], known: Collection[str] = ()) -> "Read":
    """The mentions at the place that a channel's options name. known: the idents of those that are kept: no older page of a
    service is asked for where a page holds nothing else.

    Raises PkmError where the place cannot be read, or the service does not answer.
    """
    place = str(options["webmentions"])
    if not is_web_address(place):
        return from_files(Path(place))
    return Read(_from_service(place, str(options.get("webmentions_credential") or ""), known))


@dataclass(frozen=True, slots=True)
class Read:
    """What a place gave: the mentions, each once, and (file, why) of what could not be read."""

    mentions: list[Mention]
    failures: tuple[tuple[str, str], ...] = ()


def from_files(path: Path) -> Read:
    """The mentions in a file, or in all .json and .jf2 files of a folder and of those in it. Raises NotFound, BadInput."""
    if path.is_dir():
        files = sorted(one for one in path.rglob("*") if one.suffix.lower() in (".json", ".jf2"))[:MOST_FILES]
    elif path.exists():
        files = [path]
    else:
        raise NotFound(str(path), "there is no such folder or file")
    found: dict[str, Mention] = {}
    failures = []
    for file in files:
        try:
            found |= {one.ident: one for one in parse(_load(file))}
        except PkmError as error:
            failures.append((file.name, error.why))
    if failures and len(failures) == len(files):
        raise BadInput(str(path), f"no mention can be read: {failures[0][1]}")
    return Read(list(found.values()), tuple(failures))


def _load(file: Path) -> Any:
    from pkm.net.fetch import read_file

    try:
        return json.loads(read_file(file, MOST_BYTES))
    except (ValueError, RecursionError):
        raise BadInput(file.name, "it is no JSON") from None


def _from_service(address: str, credential: str, known: Collection[str]) -> list[Mention]:
    from pkm.channels.http import call, read_place
    from pkm.errors import Unreachable
    from pkm.secret import read_secret

    base, _, query = address.partition("?")
    place = read_place(base, EXAMPLE)
    token = read_secret(credential, "the token alone, on its first line") if credential else ""
    asked = {**dict(parse_qsl(query)), "per-page": str(PAGE), **({"token": token} if token else {})}
    found: dict[str, Mention] = {}
    for page in range(MOST_PAGES):
        reply = call(place, "GET", f"?{urlencode({**asked, 'page': str(page)})}")
        if not reply.ok:
            raise Unreachable(str(place), f"the service answered {reply.words.replace(token, '…') if token else reply.words}")
        if not isinstance(reply.body, dict | list):
            raise BadInput(str(place), "the service's answer is no JSON of mentions")
        came = list(parse(reply.body))
        new = {one.ident for one in came if one.ident not in known} - found.keys()
        found |= {one.ident: one for one in came}
        if len(_children(reply.body)) < PAGE or not new:
            break
    return list(found.values())


def _children(body: Any) -> list[Any]:
    inner = body.get("children") if isinstance(body, dict) else body
    return inner if isinstance(inner, list) else []


def parse(body: Any, depth: int = 0) -> Iterator[Mention]:
    """The mentions in jf2: one entry, a feed with children, or a list of either; what is none of it gives nothing."""
    if depth > _DEEPEST:
        return
    if isinstance(body, list):
        for one in body:
            yield from parse(one, depth + 1)
    elif isinstance(body, dict):
        if isinstance(body.get("children"), list):
            yield from parse(body["children"], depth + 1)
        if mention := _mention(body):
            yield mention


def _mention(entry: Mapping[str, Any]) -> Mention | None:
    """The mention that an entry is; None where it names no pages, or says nothing."""
    source = _url(entry, "wm-source", "source", "url")
    target = _url(entry, "wm-target", "target", "in-reply-to", "mention-of")
    if not source or not target or _first(entry.get("wm-property")) in _SILENT:
        return None
    if not entry.get("wm-property") and any(entry.get(kind) for kind in _SILENT):
        return None
    author = entry.get("author")
    card = author[0] if isinstance(author, list) and author else author
    card = card if isinstance(card, dict) else {"name": card, "url": card}
    text = _words(entry)
    name = one_line(_first(card.get("name")), 100)
    page = _url(entry, "url") or source
    text = f"{text}\n\n{page}" if text else f"{one_line(_first(entry.get('name')), 300)}\n\n{page}".strip()
    key = hashlib.sha256(f"{source}\n{target}".encode()).hexdigest()[:32]
    at = _instant(entry.get("published")) or _instant(entry.get("wm-received"))
    return Mention(f"wm-{key}", source, target, "" if is_web_address(name) else name, _url(card, "url"), text, at)


def _words(entry: Mapping[str, Any]) -> str:
    """What it says, as text: its content, else its summary."""
    for value in (entry.get("content"), entry.get("summary")):
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, dict):
            html, plain = _first(value.get("html")), _first(value.get("text")) or _first(value.get("value"))
            said = html_to_text(clean_html(html[:MOST_BYTES])) if html else plain
        else:
            said = _first(value)
        if clean(said).strip():
            return clean(said).strip()
    return ""


def _first(value: Any) -> str:
    """A text, or the first of several; "" where it is something else."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _url(entry: Mapping[str, Any], *names: str) -> str:
    """The first of these members that is there, where it is a web address; "" where it is none, or none is there.

    What a service says of the page is not to be replaced by what the page says of itself.
    """
    url = next((_first(entry[name]).strip() for name in names if entry.get(name)), "")
    return url if len(url) < 2_000 and is_web_address(url) and one_line(url) == url else ""


def _instant(value: Any) -> str:
    try:
        at = datetime.fromisoformat(_first(value))
    except ValueError:
        return ""
    try:
        return stamp(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (OverflowError, ValueError):
        return ""
