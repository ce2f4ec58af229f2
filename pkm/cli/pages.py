"""Other texts of an item: the archived page, and what the feed gave where a full text took its place."""

import sys
from pathlib import Path
from typing import Any

from pkm.cli import current, render
from pkm.errors import NotFound
from pkm.store import items, pages
from pkm.text import count


def write_page(found: Any, file: str) -> None:
    """The archived page is in the file, byte for byte as it came, or on stdout. Raises NotFound where there is none."""
    kept = pages.archived(current.store().read(), found.number) if found.kind == "item" else None
    if kept is None:
        row = (items.row(current.store().read(), found.number) or {}) if found.kind == "item" else {}
        step = f"pkm seek clip {row['url']} --keep-page" if row.get("url") else None
        raise NotFound(found.id, "no page was archived with it", next=step)
    body, kind = kept
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        return
    from pkm.files import write_atomic

    path = Path(file).expanduser()
    write_atomic(path, body, mode=0o600)
    render.say(f"{path}")
    render.tell(f"{count(len(body), 'byte')}, {kind}, as they came. A browser that opens the file runs its scripts and loads "
                "what it names; pkm does neither.")  # fmt: skip


def show_feed_text(found: Any, json: bool) -> None:
    """The text that the item's feed gave. Raises NotFound where no full text took its place."""
    text = pages.feed_text(current.store().read(), found.number) if found.kind == "item" else None
    if text is None:
        raise NotFound(found.id, "it has the text that its feed gives, and no other", next=f"pkm sense show {found.id}")
    if json:
        render.emit_json({"id": found.id, "kind": "item", "title": found.title, "text": text})
    else:
        render.show_text(text)
