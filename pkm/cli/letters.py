"""The words of a draft, changed: by options, or in the person's own editor."""

import sys
from typing import Any

from pkm.cli import current, drafts, render
from pkm.errors import NotFound
from pkm.store import shares


def edit_share(found: Any, title: str | None, text: str | None, json: bool) -> None:
    """The draft has the title and the words that are given; where none are, those that the editor leaves."""
    from pkm.share.introduction import edit

    row = shares.row(current.store().read(), found.number)
    if row is None:
        raise NotFound(found.id, "there is no such share", next="pkm share log")
    if text == "-":
        text = sys.stdin.read()
    if title is None and text is None:
        changed = _in_editor(row)
    else:
        with drafts.kept(text or "", drafts.name_for("letter"), again=f"pkm share edit {found.id} -m - <"):
            changed = edit(current.store(), found.number, title=title, text=text)
    same = (changed["title"], changed["introduction"]) == (row["title"], row["introduction"])
    render.emit_made(changed, as_json=json, also=["nothing changed" if same else "changed"])
    if not json:
        render.tell(f"Next: pkm share preview {changed['id']}")


def _in_editor(row: dict[str, Any]) -> dict[str, Any]:
    from pkm.cli.editor import edit as open_editor
    from pkm.people.introducing import read_form, write_form
    from pkm.share.introduction import edit

    form = write_form(row["title"], row["introduction"])
    typed, path = open_editor(form, f"share {row['title']}.md", instead=f'pkm share edit {row["id"]} -m "…"')
    with drafts.kept(typed, path.name, path, again=""):
        title, words = read_form(typed, row["title"])
        return edit(current.store(), row["number"], title=title, text=words)
