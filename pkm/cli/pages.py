"""Other texts of an item: the archived page, what the feed gave where a full text took its place, the Markdown."""

import sys
from pathlib import Path
from shlex import quote
from typing import Any

from pkm.cli import current, render
from pkm.errors import Invalid, NotFound
from pkm.store import items, pages
from pkm.text import count


def show_other(found: Any, *, page: str, feed_text: bool, json: bool) -> None:
    """The one of them that was asked for; the Markdown where none of the others was."""
    if page:
        write_page(found, page)
    elif feed_text:
        show_feed_text(found, json)
    else:
        show_markdown(found, json)


def show_markdown(found: Any, json: bool) -> None:
    """The item as Markdown: its title, where it is from, its text. Raises Invalid for what is no item."""
    from pkm.html_markdown import html_to_markdown
    from pkm.markdown import escape

    row = items.row(current.store().read(), found.number) if found.kind == "item" else None
    if row is None:
        raise Invalid("--markdown", f"{found.id} is a {found.kind}, and Markdown as it stands")
    body = html_to_markdown(row["html"]) if row["html"] else escape(row["text"] or row["summary"])
    if json:
        render.emit_json({key: row[key] for key in ("id", "kind", "title", "url", "author")} | {"markdown": body})
        return
    title = f"# {escape(row['title'])}"
    body = body.removeprefix(f"{title}\n\n")  # most pages begin with their title
    head = [title, " · ".join(filter(None, [row["author"], row["url"] and f"<{row['url']}>"]))]
    render.show_text("\n\n".join(part for part in (*head, body) if part))


def write_page(found: Any, file: str) -> None:
    """The archived page is in the file, byte for byte as it came, or on stdout; a terminal gets its text alone.

    Raises NotFound where there is none.
    """
    kept = pages.archived(current.store().read(), found.number) if found.kind == "item" else None
    if kept is None:
        row = (items.row(current.store().read(), found.number) or {}) if found.kind == "item" else {}
        step = f"pkm seek clip {quote(row['url'])} --keep-page" if row.get("url") else None
        raise NotFound(found.id, "no page was archived with it", next=step)
    body, kind = kept
    if file == "-" and sys.stdout.isatty():
        render.emit_file(body.decode("utf-8", "replace"))
        return
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
