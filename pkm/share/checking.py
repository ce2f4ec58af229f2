"""Whether the site's folder holds what the store says was sent, and whether its own links lead somewhere."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from pkm.channels.folder import Content, holds, read_manifest, stands_as_built
from pkm.config import Home
from pkm.share import mirror
from pkm.share.channels import folder_of

_ADDRESS = re.compile(r'\b(?:href|src)="([^"]*)"')

OUTDATED = "{} built before a setting, or something else that {} made of, changed"
"""Why a file that nobody touched since is not what is to stand there."""


def verify(db: sqlite3.Connection, home: Home, channel: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(file, what is wrong) of each file that is missing, is another one than was built, or links to what is not there."""
    files = mirror.built(db, home, channel["number"])
    folder = folder_of(channel, home)
    earlier, found = read_manifest(folder), []
    for path, content in files.items():
        file = folder / path
        if holds(file, content):
            continue
        if stands_as_built(folder, path, earlier):
            found.append((path, OUTDATED.format("it was", "it is")))
        else:
            found.append((path, "it is not what was built" if file.is_file() else "it is missing"))
    return [*found, *_dead(files)]


def _dead(files: Mapping[str, Content]) -> Iterable[tuple[str, str]]:
    for path, content in files.items():
        for address in _ADDRESS.findall(content.decode()) if path.endswith(".html") and isinstance(content, bytes) else ():
            target = unquote(urldefrag(urljoin(f"/{path}", unescape(address)))[0])
            if not re.match(r"[a-z][a-z0-9+.-]*:", address) and target.lstrip("/") not in files:
                yield path, f"it links to {target}, which is not there"
