"""Whether the site's folder holds what the store says was sent, and whether its own links lead somewhere."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from pkm.channels.folder import Content, holds
from pkm.config import Home
from pkm.share import mirror
from pkm.share.channels import folder_of

_ADDRESS = re.compile(r'\b(?:href|src)="([^"]*)"')


def verify(db: sqlite3.Connection, home: Home, channel: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(file, what is wrong) of each file that is missing, is another one than was built, or links to what is not there."""
    files = mirror.built(db, home, channel["number"])
    folder = folder_of(channel, home)
    found = []
    for path, content in files.items():
        file = folder / path
        if not file.is_file():
            found.append((path, "it is missing"))
        elif not holds(file, content):
            found.append((path, "it is not what was built"))
    return [*found, *_dead(files)]


def _dead(files: Mapping[str, Content]) -> Iterable[tuple[str, str]]:
    for path, content in files.items():
        for address in _ADDRESS.findall(content.decode()) if path.endswith(".html") and isinstance(content, bytes) else ():
            target = unquote(urldefrag(urljoin(f"/{path}", unescape(address)))[0])
            if not re.match(r"[a-z][a-z0-9+.-]*:", address) and target.lstrip("/") not in files:
                yield path, f"it links to {target}, which is not there"
